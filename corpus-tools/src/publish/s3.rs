//! A root in S3-compatible storage.
//!
//! An object appears whole. Small ones are created with `If-None-Match` and the pointer is replaced with `If-Match`, so
//! that of two publishers one is told; a server that knows neither is written to after looking. A file that was sent has
//! its SHA-256 beside it as metadata, by which it is known again; the server compares what it gets with a checksum.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures_util::StreamExt;
use object_store::aws::{AmazonS3Builder, Checksum};
use object_store::path::Path as Key;
use object_store::{
    Attribute, Attributes, Error as S3Error, GetOptions, ObjectStore, PutMode, PutMultipartOptions,
    PutOptions, RetryConfig, UpdateVersion, WriteMultipart,
};
use sha2::Digest;
use sprog_datasets::Error;
use sprog_datasets::changes::CHANGELOG;
use sprog_datasets::manifest::Entry;
use sprog_datasets::pointer::LATEST;
use tokio::runtime::{Builder, Runtime};

use super::store::{MAX_SMALL, Small, Store};
use super::{PublishError, Result};
use crate::codes;

/// Files up to this size are sent in one request, larger ones in parts of it; S3 allows 10,000 parts.
const PART: u64 = 16 << 20;
/// Parts on their way at once.
const AT_ONCE: usize = 4;
/// Metadata with a file's SHA-256.
const SHA256: &str = "sha256";

/// A bucket.
pub(super) struct Bucket {
    store: Box<dyn ObjectStore>,
    runtime: Runtime,
    bucket: String,
    prefix: String,
}

fn failed(what: &str, error: &dyn std::fmt::Display) -> PublishError {
    PublishError::environment(codes::STORE_FAILED, format!("{what}: {error}"))
}

impl Bucket {
    /// The bucket, at the server and with the credentials of the usual `AWS_…` variables.
    pub(super) fn open(bucket: &str, prefix: &str, allow_http: bool) -> Result<Bucket> {
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let endpoint =
            set("AWS_ENDPOINT_URL_S3").or_else(|| set("AWS_ENDPOINT_URL")).or_else(|| set("AWS_ENDPOINT"));
        if endpoint.as_ref().is_some_and(|e| !e.to_ascii_lowercase().starts_with("https://")) && !allow_http {
            let message = "the server is spoken to without encryption, which --allow-http allows";
            return Err(PublishError::refused(codes::TARGET_INVALID, message));
        }
        // Without any, the address of a cloud's metadata server would be asked.
        let known = [
            "AWS_ACCESS_KEY_ID",
            "AWS_WEB_IDENTITY_TOKEN_FILE",
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        ];
        if !known.iter().any(|name| set(name).is_some()) {
            return Err(failed("no credentials", &"AWS_ACCESS_KEY_ID is not set"));
        }
        let retry =
            RetryConfig { max_retries: 6, retry_timeout: Duration::from_secs(90), ..RetryConfig::default() };
        let mut builder = AmazonS3Builder::from_env()
            .with_bucket_name(bucket)
            .with_allow_http(allow_http)
            .with_checksum_algorithm(Checksum::SHA256)
            .with_retry(retry);
        if let Some(endpoint) = endpoint {
            builder = builder.with_endpoint(endpoint.trim_end_matches('/'));
        }
        let store = builder.build().map_err(|e| failed(bucket, &e))?;
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.map_err(|e| failed(bucket, &e))?;
        Ok(Bucket { store: Box::new(store), runtime, bucket: bucket.to_owned(), prefix: prefix.to_owned() })
    }

    fn key(&self, path: &str) -> Result<Key> {
        let full = if self.prefix.is_empty() { path.to_owned() } else { format!("{}/{path}", self.prefix) };
        Key::parse(&full).map_err(|e| PublishError::refused(codes::TARGET_INVALID, e.to_string()))
    }

    fn error(&self, path: &str, error: &S3Error) -> PublishError {
        failed(&self.show(path), error)
    }

    /// What a web server would tell with the file.
    fn attributes(path: &str, sha256: &str) -> Attributes {
        let kind = crate::catalog::types::media_type(path);
        let replaced = [LATEST, CHANGELOG].iter().any(|name| path.rsplit('/').next() == Some(name));
        let cache = if replaced { "no-cache" } else { "public, max-age=31536000, immutable" };
        Attributes::from_iter([
            (Attribute::ContentType, kind.to_owned()),
            (Attribute::CacheControl, cache.to_owned()),
            (Attribute::Metadata(SHA256.into()), sha256.to_owned()),
        ])
    }

    /// `false` when the condition did not hold.
    fn write(&self, path: &str, bytes: &[u8], mode: PutMode) -> Result<bool> {
        let key = self.key(path)?;
        let attributes = Bucket::attributes(path, &hexadecimal(&sha2::Sha256::digest(bytes)));
        let options = PutOptions { mode, attributes: attributes.clone(), ..PutOptions::default() };
        let sent = self.runtime.block_on(self.store.put_opts(&key, bytes.to_vec().into(), options));
        match sent {
            Ok(_) => Ok(true),
            Err(
                S3Error::AlreadyExists { .. } | S3Error::Precondition { .. } | S3Error::NotModified { .. },
            ) => Ok(false),
            // A server that knows no conditions; what is there was looked at a moment ago.
            Err(S3Error::NotImplemented { .. } | S3Error::NotSupported { .. }) => {
                let options = PutOptions { attributes, ..PutOptions::default() };
                let sent = self.runtime.block_on(self.store.put_opts(&key, bytes.to_vec().into(), options));
                sent.map(|_| true).map_err(|e| self.error(path, &e))
            }
            Err(e) => Err(self.error(path, &e)),
        }
    }

    /// SHA-256 of an object that was not sent by us.
    async fn hash(&self, key: &Key) -> Result<String, S3Error> {
        let mut stream = self.store.get_opts(key, GetOptions::default()).await?.into_stream();
        let mut sha256 = sha2::Sha256::new();
        while let Some(bytes) = stream.next().await {
            sha256.update(&bytes?);
        }
        Ok(hexadecimal(&sha256.finalize()))
    }

    fn parts(&self, path: &str, from: &Path, entry: &Entry, progress: &mut dyn FnMut(u64)) -> Result<()> {
        let key = self.key(path)?;
        let size = PART.max(entry.bytes / 9_000 + 1) as usize;
        let attributes = Bucket::attributes(path, &entry.sha256);
        let options = PutMultipartOptions { attributes, ..PutMultipartOptions::default() };
        let mut file = File::open(from).map_err(Error::io(from))?;
        let mut buffer = vec![0u8; 1 << 20];
        let mut sha256 = sha2::Sha256::new();
        self.runtime.block_on(async {
            let upload =
                self.store.put_multipart_opts(&key, options).await.map_err(|e| self.error(path, &e))?;
            let mut write = WriteMultipart::new_with_chunk_size(upload, size);
            let sent: Result<()> = async {
                loop {
                    let n = match file.read(&mut buffer) {
                        Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
                        other => other.map_err(Error::io(from))?,
                    };
                    if n == 0 {
                        break;
                    }
                    write.wait_for_capacity(AT_ONCE).await.map_err(|e| self.error(path, &e))?;
                    sha256.update(&buffer[..n]);
                    write.write(&buffer[..n]);
                    progress(n as u64);
                }
                if hexadecimal(&sha256.finalize()) == entry.sha256 { Ok(()) } else { Err(changed(from)) }
            }
            .await;
            match sent {
                Ok(()) => write.finish().await.map(|_| ()).map_err(|e| self.error(path, &e)),
                Err(e) => {
                    // The first error is the one to tell; parts without an end cost money, so they are given up.
                    let _ = write.abort().await;
                    Err(e)
                }
            }
        })
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn changed(from: &Path) -> PublishError {
    let code = sprog_datasets::codes::FILE_CHANGED;
    PublishError::refused(code, format!("{} changed while it was sent", from.display()))
}

impl Store for Bucket {
    fn read(&self, path: &str) -> Result<Option<Small>> {
        let key = self.key(path)?;
        let got = self.runtime.block_on(async {
            let found = self.store.get_opts(&key, GetOptions::default()).await?;
            if found.meta.size > MAX_SMALL {
                return Ok((None, None));
            }
            let token = found.meta.e_tag.clone();
            Ok((Some(found.bytes().await?), token))
        });
        match got {
            Ok((Some(bytes), token)) => Ok(Some(Small { bytes: bytes.to_vec(), token })),
            Ok((None, _)) => {
                let message = format!("{} is longer than {} MiB", self.show(path), MAX_SMALL >> 20);
                Err(PublishError::refused(codes::ROOT_FOREIGN, message))
            }
            Err(S3Error::NotFound { .. }) => Ok(None),
            Err(e) => Err(self.error(path, &e)),
        }
    }

    fn has(&self, path: &str, entry: &Entry) -> Result<bool> {
        let key = self.key(path)?;
        let head = GetOptions { head: true, ..GetOptions::default() };
        let found = match self.runtime.block_on(self.store.get_opts(&key, head)) {
            Ok(found) => found,
            Err(S3Error::NotFound { .. }) => return Ok(false),
            Err(e) => return Err(self.error(path, &e)),
        };
        let same = found.meta.size == entry.bytes
            && match found.attributes.get(&Attribute::Metadata(SHA256.into())) {
                Some(sha256) => sha256.as_ref() == entry.sha256,
                None => {
                    self.runtime.block_on(self.hash(&key)).map_err(|e| self.error(path, &e))? == entry.sha256
                }
            };
        if same { Ok(true) } else { Err(PublishError::taken(&self.show(path))) }
    }

    fn bring(&self, path: &str, from: &Path, entry: &Entry, progress: &mut dyn FnMut(u64)) -> Result<()> {
        if entry.bytes > PART {
            return self.parts(path, from, entry, progress);
        }
        let bytes = std::fs::read(from).map_err(Error::io(from))?;
        if hexadecimal(&sha2::Sha256::digest(&bytes)) != entry.sha256 {
            return Err(changed(from));
        }
        progress(entry.bytes);
        // Somebody who sent the same file meanwhile did no harm.
        if self.write(path, &bytes, PutMode::Create)? || self.has(path, entry)? {
            return Ok(());
        }
        Err(failed(&self.show(path), &"the object came and went"))
    }

    fn create(&self, path: &str, bytes: &[u8]) -> Result<()> {
        if self.write(path, bytes, PutMode::Create)?
            || self.read(path)?.is_some_and(|small| small.bytes == bytes)
        {
            return Ok(());
        }
        Err(PublishError::taken(&self.show(path)))
    }

    fn put(&self, path: &str, bytes: &[u8]) -> Result<()> {
        self.write(path, bytes, PutMode::Overwrite).map(|_| ())
    }

    fn swap(&self, path: &str, before: Option<&Small>, bytes: &[u8]) -> Result<bool> {
        let mode = match before {
            None => PutMode::Create,
            Some(Small { token: Some(token), .. }) => {
                PutMode::Update(UpdateVersion { e_tag: Some(token.clone()), version: None })
            }
            Some(_) => PutMode::Overwrite,
        };
        self.write(path, bytes, mode)
    }

    fn local(&self, _: &str) -> Option<PathBuf> {
        None
    }

    fn show(&self, path: &str) -> String {
        match self.prefix.is_empty() {
            true => format!("s3://{}/{path}", self.bucket),
            false => format!("s3://{}/{}/{path}", self.bucket, self.prefix),
        }
    }
}
