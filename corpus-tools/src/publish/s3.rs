//! S3-compatible storage as a place for releases.
//!
//! Credentials, region and endpoint come from the usual variables (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
//! `AWS_REGION`, `AWS_ENDPOINT`). Objects carry their SHA-256 as metadata, by which a call that was stopped knows what
//! is there. The manifest is only put where none is, as far as the server keeps to `If-None-Match`.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use object_store::aws::AmazonS3Builder;
use object_store::path::Path as Key;
use object_store::{
    Attribute, AttributeValue, Attributes, GetOptions, ObjectStore, PutMode, PutMultipartOptions, PutOptions,
    PutPayload,
};
use sha2::Digest;
use sprog_datasets::manifest::{Entry, MANIFEST};
use sprog_datasets::{Error, Result};
use tokio::runtime::Runtime;

use super::{Store, refused};

/// Bytes of a part of a large file.
const PART: usize = 16 << 20;
/// Name of the metadata that has the checksum.
const SHA256: &str = "sha256";

/// A bucket, or a part of one.
pub struct S3 {
    store: Arc<dyn ObjectStore>,
    prefix: String,
    runtime: Runtime,
}

fn failed(path: &str) -> impl Fn(object_store::Error) -> Error {
    let path = PathBuf::from(format!("s3:{path}"));
    move |e| Error::io(&path)(std::io::Error::other(e.to_string()))
}

fn hex(sha: sha2::Sha256) -> String {
    sha.finalize().iter().map(|b| format!("{b:02x}")).collect()
}

impl S3 {
    /// `s3://bucket/prefix`. Plain http only where it is allowed.
    ///
    /// # Errors
    /// When the address is not of that form or the variables do not fit together.
    pub fn open(url: &str, allow_http: bool) -> Result<S3> {
        let rest = url.strip_prefix("s3://").unwrap_or_default();
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() {
            return Err(Error::Invalid(format!("{url:?} is no address such as s3://bucket/prefix")));
        }
        let prefix = prefix.trim_matches('/');
        let store = AmazonS3Builder::from_env().with_bucket_name(bucket).with_allow_http(allow_http).build();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        Ok(S3 {
            store: Arc::new(store.map_err(failed(bucket))?),
            prefix: if prefix.is_empty() { String::new() } else { format!("{prefix}/") },
            runtime: runtime.map_err(Error::io("s3"))?,
        })
    }

    fn key(&self, path: &str) -> Key {
        Key::from(format!("{}{path}", self.prefix))
    }

    /// The type that a browser is told, and how long it may keep the file.
    fn attributes(path: &str, sha256: &str) -> Attributes {
        let media_type = crate::catalog::media_type(path);
        let cache = if path.ends_with("latest.json") || path.ends_with("CHANGELOG.md") {
            "public, max-age=60"
        } else {
            "public, max-age=31536000, immutable"
        };
        let mut attributes = Attributes::new();
        attributes.insert(Attribute::ContentType, AttributeValue::from(media_type));
        attributes.insert(Attribute::CacheControl, AttributeValue::from(cache));
        attributes.insert(Attribute::Metadata(SHA256.into()), AttributeValue::from(sha256.to_owned()));
        attributes
    }
}

impl Store for S3 {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>> {
        let key = self.key(path);
        let got = self.runtime.block_on(async {
            match self.store.get_opts(&key, GetOptions::default()).await {
                Ok(got) => Ok(Some(got.bytes().await?)),
                Err(object_store::Error::NotFound { .. }) => Ok(None),
                Err(e) => Err(e),
            }
        });
        Ok(got.map_err(failed(path))?.map(|bytes| bytes.to_vec()))
    }

    fn has(&self, path: &str, entry: &Entry) -> Result<bool> {
        let key = self.key(path);
        let options = GetOptions { head: true, ..GetOptions::default() };
        match self.runtime.block_on(self.store.get_opts(&key, options)) {
            Ok(there) => {
                let sum = there.attributes.get(&Attribute::Metadata(SHA256.into()));
                Ok(there.meta.size == entry.bytes && sum.is_some_and(|sum| sum.as_ref() == entry.sha256))
            }
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(e) => Err(failed(path)(e)),
        }
    }

    fn put_file(&self, path: &str, from: &Path, entry: &Entry) -> Result<()> {
        let key = self.key(path);
        let mut file = File::open(from).map_err(Error::io(from))?;
        let mut sha = sha2::Sha256::new();
        let mut part = |sha: &mut sha2::Sha256| -> Result<Vec<u8>> {
            let mut bytes = Vec::new();
            (&mut file).take(PART as u64).read_to_end(&mut bytes).map_err(Error::io(from))?;
            sha.update(&bytes);
            Ok(bytes)
        };
        let attributes = S3::attributes(path, &entry.sha256);
        let fails = failed(path);
        let changed = || refused(format!("{} changed while it was sent", from.display()));
        if entry.bytes <= PART as u64 {
            let bytes = part(&mut sha)?;
            if hex(sha) != entry.sha256 || bytes.len() as u64 != entry.bytes {
                return Err(changed());
            }
            let options = PutOptions { attributes, ..PutOptions::default() };
            let put = self.store.put_opts(&key, PutPayload::from(bytes), options);
            return self.runtime.block_on(put).map(|_| ()).map_err(fails);
        }
        self.runtime.block_on(async {
            let options = PutMultipartOptions { attributes, ..PutMultipartOptions::default() };
            let mut upload = self.store.put_multipart_opts(&key, options).await.map_err(&fails)?;
            let sending = async {
                loop {
                    let bytes = part(&mut sha)?;
                    if bytes.is_empty() {
                        return Ok(());
                    }
                    upload.put_part(PutPayload::from(bytes)).await.map_err(&fails)?;
                }
            };
            let result = sending.await;
            let whole = result.and_then(|()| match hex(sha) == entry.sha256 {
                true => Ok(()),
                false => Err(changed()),
            });
            if let Err(e) = whole {
                let _ = upload.abort().await;
                return Err(e);
            }
            upload.complete().await.map(|_| ()).map_err(&fails)
        })
    }

    fn put(&self, path: &str, bytes: &[u8]) -> Result<()> {
        let sum = hex(sha2::Sha256::new_with_prefix(bytes));
        let mode = if path.ends_with(MANIFEST) { PutMode::Create } else { PutMode::Overwrite };
        let options = PutOptions { mode, attributes: S3::attributes(path, &sum), ..PutOptions::default() };
        let key = self.key(path);
        let put = self.store.put_opts(&key, PutPayload::from(bytes.to_vec()), options);
        match self.runtime.block_on(put) {
            Ok(_) => Ok(()),
            Err(object_store::Error::AlreadyExists { .. }) => {
                Err(refused(format!("{path} was published by somebody else in the meantime")))
            }
            Err(e) => Err(failed(path)(e)),
        }
    }

    fn local(&self, _path: &str) -> Option<PathBuf> {
        None
    }

    /// Buckets have no locks: that the manifest is put only where none is decides between two publishers.
    fn lock(&self, _id: &str) -> Result<Box<dyn std::any::Any>> {
        Ok(Box::new(()))
    }
}
