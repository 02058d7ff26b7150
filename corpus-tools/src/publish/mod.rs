//! Puts a built dataset where everybody can fetch it: a folder, or S3-compatible storage.
//!
//! Below the root is `ds/<id>/<version>/`, which never changes, and `ds/<id>/latest.json`, which points to the newest
//! version. The order makes half a release invisible: data and metadata first, then `MANIFEST.json`, its signature, the
//! changes, and the pointer last. A reader who follows the pointer finds a whole version or the one before. A call that
//! was stopped goes on where it stood: what is there with the right checksum is not copied again.

mod bagit;
mod changelog;
mod folder;
#[cfg(feature = "s3")]
mod s3;

use std::path::{Path, PathBuf};

use serde::Serialize;
use sprog_datasets::manifest::{Entry, MANIFEST, Manifest, SHA256_LIST, checksums};
use sprog_datasets::pointer::{LATEST_JSON, Latest, Version};
use sprog_datasets::publication::Publication;
use sprog_datasets::signature::{self, SIGNATURE, Signer, TrustedComment};
use sprog_datasets::verify::verify;
use sprog_datasets::{Error, Result};

pub use bagit::bag;
pub use folder::Folder;
#[cfg(feature = "s3")]
pub use s3::S3;

use crate::codes;
use crate::progress::Progress;

/// Where releases are put. Paths are relative, with `/`.
pub trait Store {
    /// The bytes of a small file; nothing where there is none.
    ///
    /// # Errors
    /// When the place cannot be read.
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>>;

    /// Whether a file is there with this size and checksum.
    ///
    /// # Errors
    /// When the place cannot be read.
    fn has(&self, path: &str, entry: &Entry) -> Result<bool>;

    /// Brings a file, whole or not at all.
    ///
    /// # Errors
    /// When it cannot be written, or its bytes are not those of the entry.
    fn put_file(&self, path: &str, from: &Path, entry: &Entry) -> Result<()>;

    /// Writes a small file, whole or not at all.
    ///
    /// # Errors
    /// When it cannot be written.
    fn put(&self, path: &str, bytes: &[u8]) -> Result<()>;

    /// The path on this machine, where the place is a folder of it.
    fn local(&self, path: &str) -> Option<PathBuf>;

    /// Keeps other publishers of a dataset off until the value is dropped.
    ///
    /// # Errors
    /// When somebody else is at it.
    fn lock(&self, id: &str) -> Result<Box<dyn std::any::Any>>;
}

/// What was published.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Published {
    /// The dataset.
    pub id: String,
    /// The version.
    pub version: String,
    /// Files that were copied.
    pub copied: u64,
    /// Bytes that were copied.
    pub bytes: u64,
    /// Files that were there already.
    pub there: u64,
    /// Whether the manifest is signed there.
    pub signed: bool,
    /// The version that `latest.json` points to now.
    pub latest: String,
}

/// What to do besides.
#[derive(Default)]
pub struct Options {
    /// Signs the manifest.
    pub signer: Option<Signer>,
    /// Only tells what would be done.
    pub dry_run: bool,
}

fn refused(message: String) -> Error {
    Error::Invalid(format!("{message} [{}]", codes::NOT_PUBLISHED))
}

/// Publishes a built folder.
///
/// # Errors
/// When the folder does not verify, when the version is published already with other bytes, when somebody else
/// publishes the dataset at the same time, and those of the place.
pub fn publish(dir: &Path, store: &dyn Store, options: &Options, progress: &Progress) -> Result<Published> {
    progress.stage("verify", None);
    let verification = verify(dir, |_| {})?;
    if let Some(first) = verification.findings.first() {
        let n = verification.findings.len();
        let message =
            format!("{}: {} ({}), the first of {n} findings", dir.display(), first.message, first.path);
        return Err(refused(message));
    }
    let manifest = Manifest::read(dir)?;
    let (id, version) = (manifest.dataset.clone(), manifest.version.clone());
    let is_id =
        |id: &str| !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    if !is_id(&id) || !is_id(&version) || id.contains('.') {
        return Err(refused(format!("{id:?} {version:?} cannot be a folder")));
    }
    if let Some(bad) = manifest.files.iter().find(|f| sprog_formats::archive::safe_path(&f.path).is_err()) {
        return Err(refused(format!("{:?} in the manifest leads out of the folder", bad.path)));
    }
    let home = format!("ds/{id}/");
    let base = format!("{home}{version}/");
    let mut done = Published { id: id.clone(), version: version.clone(), ..Published::default() };

    let _lock = if options.dry_run { None } else { Some(store.lock(&id)?) };
    let bytes = std::fs::read(dir.join(MANIFEST)).map_err(Error::io(dir.join(MANIFEST)))?;
    let there = store.read(&format!("{base}{MANIFEST}"))?;
    if there.as_ref().is_some_and(|there| *there != bytes) {
        let message = format!(
            "{id} {version} is published already with other bytes; a version never changes: raise `version` in the recipe"
        );
        return Err(refused(message));
    }

    let total = manifest.files.iter().map(|f| f.bytes).sum();
    progress.stage("publish", Some(total));
    for entry in &manifest.files {
        let path = format!("{base}{}", entry.path);
        if store.has(&path, entry)? {
            done.there += 1;
        } else {
            if !options.dry_run {
                store.put_file(&path, &dir.join(&entry.path), entry)?;
            }
            done.copied += 1;
            done.bytes += entry.bytes;
        }
        progress.advance(entry.bytes);
    }
    if options.dry_run {
        progress.done();
        return Ok(done);
    }
    for name in [SHA256_LIST, MANIFEST] {
        let bytes = std::fs::read(dir.join(name)).map_err(Error::io(dir.join(name)))?;
        let path = format!("{base}{name}");
        if store.read(&path)?.as_ref() != Some(&bytes) {
            store.put(&path, &bytes)?;
        }
    }
    done.signed = sign(store, &base, &bytes, &manifest, options.signer.as_ref())?;

    let pointer = format!("{home}{LATEST_JSON}");
    let before = store.read(&pointer)?.map(|text| Latest::parse(&text)).transpose()?;
    let publication = Publication::read(dir)?;
    let new = Version {
        version: version.clone(),
        created: publication.description.metadata.created.clone(),
        manifest_sha256: checksums(&dir.join(MANIFEST))?.1,
        bytes: total,
    };
    let latest = Latest::with(before.clone(), &id, new)?;
    changelog::write(store, &home, &publication, &latest)?;
    if before.as_ref() != Some(&latest) {
        store.put(&pointer, latest.to_json()?.as_bytes())?;
    }
    done.latest = latest.version;
    progress.done();
    Ok(done)
}

/// Signs the manifest where it lies. A signature by the same key stays; one by another is not replaced silently.
fn sign(
    store: &dyn Store,
    base: &str,
    manifest: &[u8],
    said: &Manifest,
    signer: Option<&Signer>,
) -> Result<bool> {
    let path = format!("{base}{SIGNATURE}");
    let there = store.read(&path)?.map(|text| String::from_utf8_lossy(&text).into_owned());
    let Some(signer) = signer else { return Ok(there.is_some()) };
    let public = signer.public()?;
    if let Some(there) = &there {
        return match signature::verify(&public, manifest, there) {
            Ok(_) => Ok(true),
            Err(e) => Err(refused(format!("{path} is there and not by this key: {e}"))),
        };
    }
    let comment = TrustedComment { dataset: said.dataset.clone(), version: said.version.clone() };
    store.put(&path, signer.sign(manifest, &comment)?.as_bytes())?;
    Ok(true)
}
