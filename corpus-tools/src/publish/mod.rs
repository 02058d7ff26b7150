//! Publishing: a built folder goes into a root that any web server or object storage can serve.
//!
//! The order is what keeps readers safe: data, metadata, manifest, signature, list of changes, and the pointer
//! `latest.json` last. A reader that begins at the pointer never meets a version that is not whole.

mod error;
pub mod keys;
#[cfg(feature = "s3")]
mod s3;
mod store;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use sprog_datasets::changes::{CHANGELOG, ConfigChange, RowDiff, VersionChange, changelog};
use sprog_datasets::manifest::{Entry, MANIFEST, Manifest, SHA256_LIST, checksums};
use sprog_datasets::pointer::{self, LATEST, Latest, Listed, Version};
use sprog_datasets::release::{DATASET_JSON, Description};
use sprog_datasets::signature::{SIGNATURE, SigningKey, TrustedComment, Unchecked};
use sprog_datasets::{Error, bagit, verify};

pub use self::error::{PublishError, Result};
use self::store::{Folder, Small, Store};
use crate::progress::Progress;
use crate::{codes, diff};

/// Where a release goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A folder.
    Folder(PathBuf),
    /// A bucket of S3-compatible storage and the prefix of its keys, without `/` at its ends.
    S3 {
        /// The bucket.
        bucket: String,
        /// The prefix; may be empty.
        prefix: String,
    },
}

impl Target {
    /// Reads `s3://bucket/prefix`, or the path of a folder.
    ///
    /// # Errors
    /// `SPROG-2056` for another scheme, or no bucket.
    pub fn parse(text: &str) -> Result<Target> {
        let invalid = |why: &str| PublishError::refused(codes::TARGET_INVALID, format!("{text:?}: {why}"));
        let Some((scheme, rest)) = text.split_once("://") else { return Ok(Target::Folder(text.into())) };
        if scheme != "s3" {
            return Err(invalid("a folder or s3://bucket/prefix is expected"));
        }
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
        if bucket.is_empty() || !bucket.chars().all(named) {
            return Err(invalid("no name of a bucket"));
        }
        let prefix = prefix.trim_matches('/');
        if prefix.split('/').any(|part| part == ".." || part == ".") || prefix.contains(char::is_control) {
            return Err(invalid("the prefix is not plain"));
        }
        Ok(Target::S3 { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
    }
}

/// How to publish.
pub struct Options {
    /// The key to sign with.
    pub key: Option<SigningKey>,
    /// The version before, where it is not in the root as a folder: for the row diff.
    pub previous: Option<PathBuf>,
    /// Tell what would be done, and do nothing.
    pub dry_run: bool,
    /// S3: allow a server that is spoken to without encryption.
    pub allow_http: bool,
    /// Bytes of memory for the row diff.
    pub memory: usize,
}

/// What became of the pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PointerMove {
    /// It points to this version now.
    Moved,
    /// The version is listed; a newer one is still the newest.
    Listed,
    /// It was so before.
    Unchanged,
}

/// What was done, or with `dry_run` would be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// The dataset's id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Where it is.
    pub path: String,
    /// Files that were brought.
    pub copied: Vec<String>,
    /// Bytes of these.
    pub copied_bytes: u64,
    /// Files that were there with the same bytes.
    pub present: u64,
    /// Id of the key of its signature, if it is signed.
    pub key: Option<String>,
    /// What became of the pointer.
    pub pointer: PointerMove,
    /// Whether nothing was done.
    pub dry_run: bool,
}

/// Most ids of each config in a row diff.
const DIFF_IDS: usize = 1000;
/// How often the pointer is tried again when another publisher moved it meanwhile.
const TRIES: usize = 8;

/// A folder that was verified, with all that publishing asks of it.
struct Source<'s> {
    dir: &'s Path,
    manifest: Manifest,
    description: Description,
    manifest_bytes: Vec<u8>,
    listed: Listed,
    signature: Option<String>,
    key: Option<String>,
}

impl<'s> Source<'s> {
    /// Verifies a folder; with a key, its signature is the one of the folder if that is by this key, else a new one.
    fn read(dir: &'s Path, key: Option<&SigningKey>, progress: &Progress) -> Result<Source<'s>> {
        progress.stage("verify", None);
        let found = verify::verify(dir, |_| progress.advance(1))?;
        if let Some(first) = found.findings.first() {
            let more = match found.findings.len() {
                1 => String::new(),
                n => format!(", and {} findings more (see: sprog verify)", n - 1),
            };
            let message = format!(
                "{} is not sound: {}: {} [{}]{more}",
                dir.display(),
                first.path,
                first.message,
                first.code
            );
            return Err(PublishError::refused(codes::PUBLISH_UNSOUND, message));
        }
        let manifest_bytes = read(&dir.join(MANIFEST))?;
        let manifest = Manifest::read(dir)?;
        if !pointer::is_dataset_id(&manifest.dataset) {
            let message = format!("dataset id {:?} is not of a-z, 0-9, - and _", manifest.dataset);
            return Err(PublishError::refused(codes::PUBLISH_UNSOUND, message));
        }
        Version::parse(&manifest.version)?;
        let description = parse(&dir.join(DATASET_JSON))?;
        let (_, manifest_sha256, _) = checksums(&dir.join(MANIFEST))?;
        let listed = Listed {
            version: manifest.version.clone(),
            created: description.metadata.created.clone(),
            manifest_sha256,
            bytes: manifest.files.iter().map(|f| f.bytes).fold(0, u64::saturating_add),
        };
        let mut source =
            Source { dir, manifest, description, manifest_bytes, listed, signature: None, key: None };
        let own = dir.join(SIGNATURE);
        if own.is_file() {
            source.signature = Some(String::from_utf8_lossy(&read(&own)?).into_owned());
        }
        source.sign(key)?;
        Ok(source)
    }

    fn sign(&mut self, key: Option<&SigningKey>) -> Result<()> {
        if let Some(key) = key {
            let public = key.public()?;
            let by_key = |text: &String| {
                Unchecked::read(text).is_ok_and(|s| s.check(&public, &self.manifest_bytes).is_ok())
            };
            if !self.signature.as_ref().is_some_and(by_key) {
                let comment = TrustedComment::new(&self.manifest.dataset, &self.manifest.version);
                let text = key.sign(&self.manifest_bytes, &comment)?;
                Unchecked::read(&text)?.check(&public, &self.manifest_bytes)?;
                self.signature = Some(text);
            }
        }
        self.key = match &self.signature {
            Some(text) => Some(Unchecked::read(text)?.key_id()),
            None => None,
        };
        Ok(())
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    Ok(fs::read(path).map_err(Error::io(path))?)
}

fn parse(path: &Path) -> Result<Description> {
    let bytes = read(path)?;
    let invalid = |e: serde_json::Error| Error::Invalid(format!("{}: {e}", path.display()));
    Ok(serde_json::from_slice(&bytes).map_err(invalid)?)
}

/// Publishes a built folder into a root, as `ds/<id>/<version>/`.
///
/// The same call again changes nothing, and a call after one that was killed goes on where that one stood: files that
/// are there with the right checksum are not brought again.
///
/// # Errors
/// [`PublishError`]: `SPROG-2051` when the folder does not verify, `SPROG-2052` when the version is published with other
/// bytes, `SPROG-2054` while another publisher is at work, and those of the file system or server.
pub fn publish(dir: &Path, target: &Target, options: &Options, progress: &Progress) -> Result<Outcome> {
    match target {
        Target::Folder(root) => {
            outside(root, dir)?;
            let source = Source::read(dir, options.key.as_ref(), progress)?;
            let store = Folder { root: root.clone() };
            let _lock = match options.dry_run {
                true => None,
                false => Some(store.lock(&pointer::folder(&source.manifest.dataset))?),
            };
            Job { store: &store, source, options, progress }.run()
        }
        #[cfg(feature = "s3")]
        Target::S3 { bucket, prefix } => {
            let store = s3::Bucket::open(bucket, prefix, options.allow_http)?;
            let source = Source::read(dir, options.key.as_ref(), progress)?;
            Job { store: &store, source, options, progress }.run()
        }
        #[cfg(not(feature = "s3"))]
        Target::S3 { .. } => {
            let message = "this sprog was built without S3: cargo install --path corpus-tools --features s3";
            Err(PublishError::refused(codes::TARGET_INVALID, message))
        }
    }
}

/// Writes a built folder as a bag (BagIt 1.0), which appears whole or not at all.
///
/// # Errors
/// [`PublishError`]: `SPROG-2051` when the folder does not verify, `SPROG-1115` when `dest` is there and is another bag.
pub fn bag(dir: &Path, dest: &Path, options: &Options, progress: &Progress) -> Result<Outcome> {
    outside(dest, dir)?;
    let source = Source::read(dir, options.key.as_ref(), progress)?;
    let own = source.dir.join(SIGNATURE).is_file().then(|| read(&source.dir.join(SIGNATURE))).transpose()?;
    let added = source.signature.as_deref().filter(|text| Some(text.as_bytes()) != own.as_deref());
    let mut outcome = Outcome {
        id: source.manifest.dataset.clone(),
        version: source.manifest.version.clone(),
        path: dest.display().to_string(),
        copied: Vec::new(),
        copied_bytes: 0,
        present: 0,
        key: source.key.clone(),
        pointer: PointerMove::Unchanged,
        dry_run: options.dry_run,
    };
    if !options.dry_run {
        progress.stage("bag", Some(source.listed.bytes));
        // A signature that was made a moment ago differs from that of the bag that is there.
        let kept = fs::read_to_string(dest.join("data").join(SIGNATURE)).ok();
        let by_same = |text: &String| {
            let key = options.key.as_ref().and_then(|key| key.public().ok());
            let signed = Unchecked::read(text).ok();
            key.zip(signed).is_some_and(|(key, signed)| signed.check(&key, &source.manifest_bytes).is_ok())
        };
        let added = added.map(|new| kept.filter(by_same).unwrap_or_else(|| new.to_owned()));
        let bagged = bagit::export(dir, dest, added.as_deref(), &mut |n| progress.advance(n))?;
        if bagged.unchanged {
            outcome.present = bagged.files;
        } else {
            outcome.copied_bytes = bagged.bytes;
            outcome.copied = source.manifest.files.iter().map(|f| format!("data/{}", f.path)).collect();
            let own = [Some(MANIFEST), Some(SHA256_LIST), source.signature.as_ref().map(|_| SIGNATURE)];
            outcome.copied.extend(own.into_iter().flatten().map(|name| format!("data/{name}")));
        }
        progress.done();
    }
    Ok(outcome)
}

/// A root inside the dataset would make the dataset unsound.
fn outside(root: &Path, dir: &Path) -> Result<()> {
    let mut existing = std::path::absolute(root).map_err(Error::io(root))?;
    while !existing.exists() && existing.pop() {}
    let inside = match (existing.canonicalize(), dir.canonicalize()) {
        (Ok(root), Ok(dir)) => root.starts_with(dir),
        _ => false,
    };
    if inside {
        let message = format!("{} lies in the dataset {}", root.display(), dir.display());
        return Err(PublishError::refused(codes::TARGET_INVALID, message));
    }
    Ok(())
}

struct Job<'j> {
    store: &'j dyn Store,
    source: Source<'j>,
    options: &'j Options,
    progress: &'j Progress,
}

impl Job<'_> {
    fn run(mut self) -> Result<Outcome> {
        let home = pointer::folder(&self.source.manifest.dataset);
        let place = format!("{home}/{}", self.source.manifest.version);
        let before = self.latest(&home)?;
        self.claimable(&place, before.as_ref())?;
        self.keep_signature(&place)?;
        let mut outcome = Outcome {
            id: self.source.manifest.dataset.clone(),
            version: self.source.manifest.version.clone(),
            path: self.store.show(&place),
            copied: Vec::new(),
            copied_bytes: 0,
            present: 0,
            key: self.source.key.clone(),
            pointer: PointerMove::Unchanged,
            dry_run: self.options.dry_run,
        };
        self.files(&place, &mut outcome)?;
        let (latest, moved) = self.next(before.as_ref())?;
        outcome.pointer = moved;
        if !self.options.dry_run {
            self.point(&home, before, latest, &mut outcome)?;
        }
        self.progress.done();
        Ok(outcome)
    }

    fn latest(&self, home: &str) -> Result<Option<(Small, Latest)>> {
        let Some(small) = self.store.read(&format!("{home}/{LATEST}"))? else { return Ok(None) };
        let latest = Latest::parse(&small.bytes)?;
        if latest.id != self.source.manifest.dataset {
            let message = format!("{} is of {:?}", self.store.show(&format!("{home}/{LATEST}")), latest.id);
            return Err(PublishError::refused(codes::ROOT_FOREIGN, message));
        }
        Ok(Some((small, latest)))
    }

    /// A version that is listed, or has a manifest, must be this very one.
    fn claimable(&self, place: &str, before: Option<&(Small, Latest)>) -> Result<()> {
        let listed = before.and_then(|(_, latest)| latest.find(&self.source.listed.version));
        if listed.is_some_and(|listed| *listed != self.source.listed) {
            return Err(PublishError::taken(&self.store.show(&format!("{place}/{MANIFEST}"))));
        }
        match self.store.read(&format!("{place}/{MANIFEST}"))? {
            Some(small) if small.bytes != self.source.manifest_bytes => {
                Err(PublishError::taken(&self.store.show(&format!("{place}/{MANIFEST}"))))
            }
            _ => Ok(()),
        }
    }

    /// A signature that is published already stays, if it may: two of the same key differ in their bytes.
    fn keep_signature(&mut self, place: &str) -> Result<()> {
        let path = format!("{place}/{SIGNATURE}");
        let Some(small) = self.store.read(&path)? else { return Ok(()) };
        let text = String::from_utf8_lossy(&small.bytes).into_owned();
        let published = Unchecked::read(&text)?;
        let comment = TrustedComment::new(&self.source.manifest.dataset, &self.source.manifest.version);
        let fine = *published.comment() == comment
            && match &self.options.key {
                Some(key) => published.check(&key.public()?, &self.source.manifest_bytes).is_ok(),
                None => self.source.signature.as_ref().is_none_or(|own| *own == text),
            };
        if !fine {
            let message = format!("{} is another signature than this one", self.store.show(&path));
            return Err(PublishError::refused(codes::VERSION_TAKEN, message));
        }
        self.source.key = Some(published.key_id());
        self.source.signature = Some(text);
        Ok(())
    }

    /// Data, metadata, manifest, signature.
    fn files(&self, place: &str, outcome: &mut Outcome) -> Result<()> {
        let (source, dry) = (&self.source, self.options.dry_run);
        let (tables, rest): (Vec<&Entry>, Vec<&Entry>) =
            source.manifest.files.iter().partition(|f| f.path.ends_with(".parquet"));
        let own = |name: &str| -> Result<Entry> {
            let (bytes, sha256, blake3) = checksums(&source.dir.join(name))?;
            Ok(Entry { path: name.to_owned(), bytes, sha256, blake3 })
        };
        let last = [own(SHA256_LIST)?, own(MANIFEST)?];
        self.progress.stage("publish", Some(source.listed.bytes));
        for entry in tables.into_iter().chain(rest).chain(&last) {
            let path = format!("{place}/{}", entry.path);
            if self.store.has(&path, entry)? {
                outcome.present += 1;
                self.progress.advance(entry.bytes);
                continue;
            }
            if !dry {
                let from = source.dir.join(&entry.path);
                self.store.bring(&path, &from, entry, &mut |n| self.progress.advance(n))?;
            }
            outcome.copied.push(entry.path.clone());
            outcome.copied_bytes += entry.bytes;
        }
        if let Some(text) = &source.signature {
            let path = format!("{place}/{SIGNATURE}");
            if self.store.read(&path)?.is_some_and(|small| small.bytes == text.as_bytes()) {
                outcome.present += 1;
            } else {
                if !dry {
                    self.store.create(&path, text.as_bytes())?;
                }
                outcome.copied.push(SIGNATURE.to_owned());
                outcome.copied_bytes += text.len() as u64;
            }
        }
        Ok(())
    }

    fn next(&self, before: Option<&(Small, Latest)>) -> Result<(Latest, PointerMove)> {
        let listed = self.source.listed.clone();
        let Some((_, before)) = before else {
            return Ok((Latest::first(&self.source.manifest.dataset, listed), PointerMove::Moved));
        };
        let latest = before.with(listed)?;
        let moved = match (latest == *before, latest.version == self.source.listed.version) {
            (true, _) => PointerMove::Unchanged,
            (false, true) => PointerMove::Moved,
            (false, false) => PointerMove::Listed,
        };
        Ok((latest, moved))
    }

    /// List of changes, then the pointer.
    fn point(
        &self,
        home: &str,
        mut before: Option<(Small, Latest)>,
        mut latest: Latest,
        outcome: &mut Outcome,
    ) -> Result<()> {
        let path = format!("{home}/{LATEST}");
        for _ in 0..TRIES {
            self.changes(home, &latest)?;
            if before.as_ref().is_some_and(|(_, b)| *b == latest) {
                return Ok(());
            }
            if self.store.swap(
                &path,
                before.as_ref().map(|(small, _)| small),
                latest.to_json()?.as_bytes(),
            )? {
                return Ok(());
            }
            before = self.latest(home)?;
            (latest, outcome.pointer) = self.next(before.as_ref())?;
        }
        let message = format!("{} was changed by others again and again", self.store.show(&path));
        Err(PublishError::environment(codes::PUBLISH_LOCKED, message))
    }

    fn changes(&self, home: &str, latest: &Latest) -> Result<()> {
        let mut told = Vec::new();
        for (index, listed) in latest.versions.iter().enumerate() {
            let description = match listed.version == self.source.listed.version {
                true => Some(self.source.description.clone()),
                false => self
                    .store
                    .read(&format!("{home}/{}/{DATASET_JSON}", listed.version))?
                    // One of another format tells its day still.
                    .and_then(|small| serde_json::from_slice(&small.bytes).ok()),
            };
            let diff = match latest.versions.get(index + 1) {
                Some(older) => self.diff(home, older, listed)?,
                None => None,
            };
            told.push(VersionChange {
                version: listed.version.clone(),
                created: listed.created.clone(),
                changes: description.and_then(|d: Description| d.metadata.about.changes),
                diff,
            });
        }
        let text = changelog(&self.source.description.metadata.title, &told);
        self.put(&format!("{home}/{CHANGELOG}"), text.as_bytes())
    }

    fn put(&self, path: &str, bytes: &[u8]) -> Result<()> {
        match self.store.read(path)? {
            Some(small) if small.bytes == bytes => Ok(()),
            _ => self.store.put(path, bytes),
        }
    }

    /// The row diff of two versions: the one that is there, or a new one where both can be read.
    fn diff(&self, home: &str, from: &Listed, to: &Listed) -> Result<Option<RowDiff>> {
        let id = &self.source.manifest.dataset;
        let path = format!("{home}/{}", RowDiff::path(&from.version, &to.version));
        if let Some(small) = self.store.read(&path)?
            && let Some(diff) = RowDiff::parse(&small.bytes, id, &from.version, &to.version)
        {
            return Ok(Some(diff));
        }
        let (Some(a), Some(b)) = (self.folder_of(home, from), self.folder_of(home, to)) else {
            return Ok(None);
        };
        self.progress.stage("diff", None);
        let compared = diff::diff(&a, &b, DIFF_IDS, self.options.memory)?;
        let change = |c: diff::ConfigDiff| ConfigChange {
            added: c.added,
            removed: c.removed,
            changed: c.changed,
            same: c.same,
            ids: c.ids,
        };
        let configs: BTreeMap<String, ConfigChange> =
            compared.into_iter().map(|(config, c)| (config, change(c))).collect();
        let (from, to) = (from.version.clone(), to.version.clone());
        let diff = RowDiff { format: 1, id: id.clone(), from, to, configs };
        self.put(&path, diff.to_json()?.as_bytes())?;
        Ok(Some(diff))
    }

    /// A folder on this machine with a version, if there is one.
    fn folder_of(&self, home: &str, listed: &Listed) -> Option<PathBuf> {
        if listed.version == self.source.listed.version {
            return Some(self.source.dir.to_owned());
        }
        let is_it = |dir: &PathBuf| {
            checksums(&dir.join(MANIFEST)).is_ok_and(|(_, sha256, _)| sha256 == listed.manifest_sha256)
        };
        let published = self.store.local(&format!("{home}/{}", listed.version));
        published.filter(is_it).or_else(|| self.options.previous.clone().filter(is_it))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_folders_or_buckets() {
        assert_eq!(Target::parse("a/b").expect("a folder"), Target::Folder("a/b".into()));
        let s3 = |bucket: &str, prefix: &str| Target::S3 { bucket: bucket.into(), prefix: prefix.into() };
        assert_eq!(Target::parse("s3://data/open/da/").expect("a bucket"), s3("data", "open/da"));
        assert_eq!(Target::parse("s3://data").expect("a bucket"), s3("data", ""));
        for bad in ["http://x/y", "s3://", "s3:///a", "s3://a/../b", "s3://user@host/x"] {
            let told = Target::parse(bad).expect_err(bad).to_string();
            assert!(told.contains("SPROG-2056"), "{told}");
        }
    }
}
