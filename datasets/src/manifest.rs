//! MANIFEST.json: every file of a published dataset with its size and two checksums.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::Digest;

use crate::{Error, Result};

/// Name of the manifest.
pub const MANIFEST: &str = "MANIFEST.json";
/// Name of the list for `sha256sum -c`.
pub const SHA256_LIST: &str = "manifest-sha256.txt";

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Relative path with `/`.
    pub path: String,
    /// Size.
    pub bytes: u64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// BLAKE3, hexadecimal.
    pub blake3: String,
}

/// The files of one version of a dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of this format.
    pub format: u32,
    /// The dataset's id.
    pub dataset: String,
    /// Its version.
    pub version: String,
    /// Files by path.
    pub files: Vec<Entry>,
}

/// Size and checksums of a file's bytes.
///
/// # Errors
/// Those of the file system.
pub fn checksums(path: &Path) -> Result<(u64, String, String)> {
    let mut file = File::open(path).map_err(Error::io(path))?;
    let (mut sha, mut blake) = (sha2::Sha256::new(), blake3::Hasher::new());
    let mut buffer = vec![0u8; 1 << 18];
    let mut bytes = 0u64;
    loop {
        let n = match file.read(&mut buffer) {
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
            other => other.map_err(Error::io(path))?,
        };
        if n == 0 {
            break;
        }
        sha.update(&buffer[..n]);
        blake.update(&buffer[..n]);
        bytes += n as u64;
    }
    let sha256: String = sha.finalize().iter().map(|b| format!("{b:02x}")).collect();
    Ok((bytes, sha256, blake.finalize().to_hex().to_string()))
}

/// BLAKE3 of a file's bytes, hexadecimal.
///
/// # Errors
/// Those of the file system.
pub fn blake3_of(path: &Path) -> Result<String> {
    let mut hasher = blake3::Hasher::new();
    let mut file = File::open(path).map_err(Error::io(path))?;
    std::io::copy(&mut file, &mut hasher).map_err(Error::io(path))?;
    Ok(hasher.finalize().to_hex().to_string())
}

/// All files below a folder, relative, with `/`, sorted.
///
/// # Errors
/// Those of the file system; [`Error::Invalid`] for a name that is not UTF-8.
pub fn files_below(dir: &Path) -> Result<Vec<String>> {
    fn walk(dir: &Path, prefix: &str, out: &mut BTreeSet<String>) -> Result<()> {
        for entry in fs::read_dir(dir).map_err(Error::io(dir))? {
            let entry = entry.map_err(Error::io(dir))?;
            let name = entry.file_name();
            let name =
                name.to_str().ok_or_else(|| Error::Invalid(format!("a name that is not UTF-8: {name:?}")))?;
            let path = format!("{prefix}{name}");
            if entry.file_type().map_err(Error::io(dir))?.is_dir() {
                walk(&entry.path(), &format!("{path}/"), out)?;
            } else {
                out.insert(path);
            }
        }
        Ok(())
    }
    let mut out = BTreeSet::new();
    walk(dir, "", &mut out)?;
    Ok(out.into_iter().collect())
}

impl Manifest {
    /// Measures every file below a folder but the manifest's own two; those in `known` were measured before.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn measure(dir: &Path, dataset: &str, version: &str, known: Vec<Entry>) -> Result<Manifest> {
        let mut known: BTreeMap<String, Entry> = known.into_iter().map(|e| (e.path.clone(), e)).collect();
        let mut files = Vec::new();
        for path in files_below(dir)? {
            if path == MANIFEST || path == SHA256_LIST {
                continue;
            }
            let entry = match known.remove(&path) {
                Some(entry) => entry,
                None => {
                    let (bytes, sha256, blake3) = checksums(&dir.join(&path))?;
                    Entry { path, bytes, sha256, blake3 }
                }
            };
            files.push(entry);
        }
        Ok(Manifest { format: 1, dataset: dataset.to_owned(), version: version.to_owned(), files })
    }

    /// The file's text.
    ///
    /// # Errors
    /// Never in practice.
    pub fn to_json(&self) -> Result<String> {
        let text = serde_json::to_string_pretty(self).map_err(|e| Error::Invalid(e.to_string()))?;
        Ok(text + "\n")
    }

    /// Reads the manifest of a published dataset.
    ///
    /// # Errors
    /// When it is not there or not valid.
    pub fn read(dir: &Path) -> Result<Manifest> {
        let path: PathBuf = dir.join(MANIFEST);
        let text = fs::read_to_string(&path).map_err(Error::io(&path))?;
        serde_json::from_str(&text).map_err(|e| Error::Invalid(format!("{}: {e}", path.display())))
    }
}

/// The text of `manifest-sha256.txt`, as `sha256sum` writes it.
pub fn sha256_list<'e>(entries: impl Iterator<Item = (&'e str, &'e str)>) -> String {
    entries.map(|(sha256, path)| format!("{sha256}  {path}\n")).collect()
}
