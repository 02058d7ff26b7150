//! From an address to a manifest that can be trusted as far as it was vouched for.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};
use sprog_datasets::manifest::{MANIFEST, Manifest, SHA256_LIST};
use sprog_datasets::partial::{HUGGING_FACE_YAML, PARTIAL_JSON};
use sprog_datasets::{Error, signature};
use sprog_formats::archive::safe_path;

use super::site::is_version;
use super::{Ask, DatasetError};
use crate::codes;
use crate::fetch::{Client, FetchError, Request};

/// Name of the pointer to the newest version.
const LATEST_JSON: &str = "latest.json";
/// Name of the signature over the manifest.
pub(super) const SIGNATURE: &str = "MANIFEST.json.minisig";
/// The most that a pointer, a signature and a manifest may have: what is read before anything is checked is bounded.
const POINTER_BYTES: u64 = 4 << 20;
const SIGNATURE_BYTES: u64 = 4 << 10;
const MANIFEST_BYTES: u64 = 64 << 20;

/// latest.json, as far as a reader needs it.
#[derive(Debug, Deserialize)]
struct Pointer {
    format: u32,
    id: String,
    version: String,
    manifest_sha256: String,
    versions: Vec<Listed>,
}

#[derive(Debug, Deserialize)]
struct Listed {
    version: String,
    manifest_sha256: String,
}

/// A version that was found, with its manifest.
#[derive(Clone, Debug)]
pub struct Found {
    /// The version.
    pub version: String,
    /// Whether it is the newest one.
    pub newest: bool,
    /// The manifest.
    pub manifest: Manifest,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// SHA-256 of them, hexadecimal.
    pub sha256: String,
    /// The signature, where there is one.
    pub signature: Option<Vec<u8>>,
    /// Whether it was checked with the key given.
    pub vouched: bool,
}

/// Finds the version asked for, and checks its manifest.
///
/// # Errors
/// SPROG-2031 for a pointer that cannot be used, SPROG-2032 for a version that is not there, SPROG-2033 for a manifest that
/// is not the one named, SPROG-2034 and SPROG-2035 for a signature that is missing or wrong; those of fetching.
pub fn find(ask: &Ask, client: &Client) -> Result<Found, DatasetError> {
    let scratch = tempfile::tempdir().map_err(Error::io(std::env::temp_dir()))?;
    let pointer = pointer(ask, client, scratch.path())?;
    let version = ask.version.as_deref().or(ask.site.version()).unwrap_or(&pointer.version);
    let Some(listed) = pointer.versions.iter().find(|v| v.version == version) else {
        let there: Vec<&str> = pointer.versions.iter().map(|v| v.version.as_str()).take(20).collect();
        let message = format!("{}: no version {version:?}; there are {}", ask.site.id(), there.join(", "));
        return Err(DatasetError::asked(codes::VERSION_UNKNOWN, message));
    };
    let bytes = manifest(ask, client, scratch.path(), listed)?;
    let sha256 = hex(&Sha256::digest(&bytes));
    let signature = fetch_signature(ask, client, scratch.path(), version)?;
    let vouched = match (&ask.key, &signature) {
        (None, _) => false,
        (Some(key), Some(signature)) => {
            check_signature(key, &bytes, signature, ask.site.id(), version)?;
            true
        }
        (Some(_), None) => {
            let message = format!("{} {version}: no signature {SIGNATURE}", ask.site.id());
            return Err(DatasetError::refused(codes::SIGNATURE_MISSING, message));
        }
    };
    let manifest = checked(&bytes, ask.site.id(), version)?;
    let newest = pointer.version == version;
    Ok(Found { version: version.to_owned(), newest, manifest, bytes, sha256, signature, vouched })
}

/// Tries a file at each site, and gives the first error if none has it.
fn from_any<T>(
    ask: &Ask,
    mut get: impl FnMut(&super::Site) -> Result<T, DatasetError>,
) -> Result<T, DatasetError> {
    let mut first = None;
    for site in ask.sites() {
        match get(site) {
            Ok(found) => return Ok(found),
            Err(e) => drop(first.get_or_insert(e)),
        }
    }
    Err(first.unwrap_or_else(|| DatasetError::asked(codes::POINTER, "no address".to_owned())))
}

fn small(
    client: &Client,
    url: String,
    to: PathBuf,
    sha256: Option<&str>,
    max: u64,
) -> Result<Vec<u8>, FetchError> {
    let request = Request { url, sha256: sha256.map(str::to_owned), bytes: None };
    let fetched = client.fetch_small(&request, &to, max)?;
    let bytes = std::fs::read(&fetched.path).map_err(|source| FetchError::Io { path: to.clone(), source })?;
    // The next site's comes in its place.
    std::fs::remove_file(&to).map_err(|source| FetchError::Io { path: to, source })?;
    Ok(bytes)
}

fn pointer(ask: &Ask, client: &Client, scratch: &Path) -> Result<Pointer, DatasetError> {
    from_any(ask, |site| {
        let url = site.url(LATEST_JSON);
        let wrong = |why: &str| {
            let message =
                format!("{url}: {why}\nhint: name the address of a dataset, such as https://host/ds/<id>");
            DatasetError::asked(codes::POINTER, message)
        };
        let bytes = match small(client, url.clone(), scratch.join(LATEST_JSON), None, POINTER_BYTES) {
            Err(FetchError::Status { status: 404 | 410, .. }) => {
                return Err(wrong("nothing is published there"));
            }
            other => other?,
        };
        let pointer: Pointer =
            serde_json::from_slice(&bytes).map_err(|e| wrong(&format!("no pointer to a dataset: {e}")))?;
        let hash = |text: &str| text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
        if pointer.format != 1 {
            return Err(wrong(&format!("format {} where 1 is known", pointer.format)));
        }
        if pointer.id != ask.site.id() {
            return Err(wrong(&format!("it points to {:?}", pointer.id)));
        }
        let fits = |v: &Listed| is_version(&v.version) && hash(&v.manifest_sha256);
        let newest = pointer.versions.iter().find(|v| v.version == pointer.version);
        if !pointer.versions.iter().all(fits)
            || newest.is_none_or(|v| v.manifest_sha256 != pointer.manifest_sha256)
        {
            return Err(wrong("its versions contradict each other"));
        }
        Ok(pointer)
    })
}

fn manifest(ask: &Ask, client: &Client, scratch: &Path, listed: &Listed) -> Result<Vec<u8>, DatasetError> {
    from_any(ask, |site| {
        let url = site.url(&format!("{}/{MANIFEST}", listed.version));
        let sha256 = Some(listed.manifest_sha256.as_str());
        match small(client, url, scratch.join(MANIFEST), sha256, MANIFEST_BYTES) {
            Err(FetchError::Hash { url, expected, got }) => {
                let message = format!("{url}: sha256 {got} where {LATEST_JSON} names {expected}");
                Err(DatasetError::refused(codes::MANIFEST_REFUSED, message))
            }
            other => Ok(other?),
        }
    })
}

/// The signature, or `None` where no site has one.
fn fetch_signature(
    ask: &Ask,
    client: &Client,
    scratch: &Path,
    version: &str,
) -> Result<Option<Vec<u8>>, DatasetError> {
    let mut first = None;
    for site in ask.sites() {
        let url = site.url(&format!("{version}/{SIGNATURE}"));
        match small(client, url, scratch.join(SIGNATURE), None, SIGNATURE_BYTES) {
            // Some hosts have a page for what is not there.
            Ok(bytes) if ask.key.is_none() && !bytes.starts_with(b"untrusted comment:") => {}
            Ok(bytes) => return Ok(Some(bytes)),
            // Storage that lists nothing to strangers says 403 for what is not there.
            Err(FetchError::Status { status: 403 | 404 | 410, .. }) => {}
            Err(FetchError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => drop(first.get_or_insert(e)),
        }
    }
    match (first, &ask.key) {
        (Some(e), Some(_)) => Err(e.into()),
        _ => Ok(None),
    }
}

fn check_signature(
    key: &str,
    manifest: &[u8],
    signature: &[u8],
    id: &str,
    version: &str,
) -> Result<(), DatasetError> {
    let wrong = |why: String| {
        let message = format!("{id} {version}: {SIGNATURE}: {why}");
        DatasetError::refused(codes::SIGNATURE_WRONG, message)
    };
    let text = std::str::from_utf8(signature).map_err(|e| wrong(e.to_string()))?;
    let trusted = signature::verify(key, manifest, text).map_err(|e| wrong(e.to_string()))?;
    if trusted.dataset != id || trusted.version != version {
        return Err(wrong(format!("it is of {:?} {:?}", trusted.dataset, trusted.version)));
    }
    Ok(())
}

/// The manifest, if it is of this version and names no file outside the folder.
fn checked(bytes: &[u8], id: &str, version: &str) -> Result<Manifest, DatasetError> {
    let wrong = |why: String| {
        DatasetError::refused(codes::MANIFEST_REFUSED, format!("{id} {version}: {MANIFEST}: {why}"))
    };
    let manifest: Manifest = serde_json::from_slice(bytes).map_err(|e| wrong(e.to_string()))?;
    if manifest.dataset != id || manifest.version != version {
        return Err(wrong(format!("it is of {:?} {:?}", manifest.dataset, manifest.version)));
    }
    let mut seen = BTreeSet::new();
    for entry in &manifest.files {
        let path = &entry.path;
        let own =
            [MANIFEST, SHA256_LIST, PARTIAL_JSON, HUGGING_FACE_YAML, SIGNATURE].contains(&path.as_str());
        let temporary =
            [".part", ".part.json", ".tmp", ".columns"].iter().any(|ending| path.ends_with(ending));
        if safe_path(path).as_deref() != Ok(path) || own || temporary || path.len() > 1000 {
            return Err(wrong(format!("a file of the name {path:?}")));
        }
        // Disks of many readers do not tell A from a.
        if !seen.insert(path.to_lowercase()) {
            return Err(wrong(format!("two files of the name {path:?}")));
        }
    }
    Ok(manifest)
}

pub(super) fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
