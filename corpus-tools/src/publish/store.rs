//! Where releases go: what publishing asks of a root, and a root that is a folder.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use sha2::Digest;
use sprog_datasets::manifest::{Entry, checksums};
use sprog_datasets::{Error, durable};

use super::{PublishError, Result};
use crate::codes;

/// The longest file that is read into memory: manifests and metadata.
pub(super) const MAX_SMALL: u64 = 256 << 20;

/// A small file, and what [`Store::swap`] needs to replace this very one.
pub(super) struct Small {
    pub(super) bytes: Vec<u8>,
    #[cfg_attr(not(feature = "s3"), allow(dead_code, reason = "a folder is locked instead"))]
    pub(super) token: Option<String>,
}

/// A root of published datasets. Paths are relative, with `/`. Files appear whole or not at all.
pub(super) trait Store {
    /// A small file; `None` if it is not there.
    fn read(&self, path: &str) -> Result<Option<Small>>;
    /// Whether a file is there; an error if it has other bytes than those.
    fn has(&self, path: &str, entry: &Entry) -> Result<bool>;
    /// Brings a file that is not there; an error if it is not as `entry` says. `progress` gets bytes.
    fn bring(&self, path: &str, from: &Path, entry: &Entry, progress: &mut dyn FnMut(u64)) -> Result<()>;
    /// Writes a small file that is not there. An error if it came meanwhile, with other bytes.
    fn create(&self, path: &str, bytes: &[u8]) -> Result<()>;
    /// Writes or replaces a small file.
    fn put(&self, path: &str, bytes: &[u8]) -> Result<()>;
    /// Replaces a small file if it is still what was read; `false` if it is not.
    fn swap(&self, path: &str, before: Option<&Small>, bytes: &[u8]) -> Result<bool>;
    /// The folder on this machine, if it is one.
    fn local(&self, path: &str) -> Option<PathBuf>;
    /// How it is shown to people.
    fn show(&self, path: &str) -> String;
}

/// A folder.
pub(super) struct Folder {
    pub(super) root: PathBuf,
}

impl Folder {
    /// Keeps a second publisher of the same dataset out, as long as what is returned lives.
    pub(super) fn lock(&self, folder: &str) -> Result<File> {
        let dir = self.root.join(folder);
        fs::create_dir_all(&dir).map_err(Error::io(&dir))?;
        let file = File::open(&dir).map_err(Error::io(&dir))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(fs::TryLockError::Error(e)) => Err(Error::io(&dir)(e).into()),
            Err(fs::TryLockError::WouldBlock) => {
                let message = format!("{}: somebody else is publishing this dataset now", dir.display());
                Err(PublishError::environment(codes::PUBLISH_LOCKED, message))
            }
        }
    }

    fn parent(&self, path: &str) -> Result<PathBuf> {
        let path = self.root.join(path);
        let dir = durable::parent_of(&path);
        fs::create_dir_all(dir).map_err(Error::io(dir))?;
        Ok(path)
    }
}

impl Store for Folder {
    fn read(&self, path: &str) -> Result<Option<Small>> {
        let path = self.root.join(path);
        let file = match fs::metadata(&path) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            other => other.map_err(Error::io(&path))?,
        };
        if !file.is_file() || file.len() > MAX_SMALL {
            let message = format!("{} is no file of at most {} MiB", path.display(), MAX_SMALL >> 20);
            return Err(PublishError::refused(codes::ROOT_FOREIGN, message));
        }
        Ok(Some(Small { bytes: fs::read(&path).map_err(Error::io(&path))?, token: None }))
    }

    fn has(&self, path: &str, entry: &Entry) -> Result<bool> {
        let full = self.root.join(path);
        let found = match fs::metadata(&full) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(false),
            other => other.map_err(Error::io(&full))?,
        };
        let same = found.is_file() && found.len() == entry.bytes && checksums(&full)?.1 == entry.sha256;
        if same { Ok(true) } else { Err(PublishError::taken(&self.show(path))) }
    }

    fn bring(&self, path: &str, from: &Path, entry: &Entry, progress: &mut dyn FnMut(u64)) -> Result<()> {
        let to = self.parent(path)?;
        let mut source = File::open(from).map_err(Error::io(from))?;
        let mut sha256 = sha2::Sha256::new();
        let mut buffer = vec![0u8; 1 << 18];
        durable::write_atomic(&to, |out| {
            loop {
                let n = match source.read(&mut buffer) {
                    Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
                    other => other.map_err(Error::io(from))?,
                };
                if n == 0 {
                    break;
                }
                sha256.update(&buffer[..n]);
                out.write_all(&buffer[..n]).map_err(Error::io(&to))?;
                progress(n as u64);
            }
            let sha256: String = sha256.finalize().iter().map(|b| format!("{b:02x}")).collect();
            if sha256 == entry.sha256 {
                return Ok(());
            }
            let code = sprog_datasets::codes::FILE_CHANGED;
            Err(Error::Invalid(format!("{} changed while it was copied [{code}]", from.display())))
        })?;
        Ok(())
    }

    fn create(&self, path: &str, bytes: &[u8]) -> Result<()> {
        self.put(path, bytes)
    }

    fn put(&self, path: &str, bytes: &[u8]) -> Result<()> {
        Ok(durable::write_bytes(&self.parent(path)?, bytes)?)
    }

    fn swap(&self, path: &str, _: Option<&Small>, bytes: &[u8]) -> Result<bool> {
        // Under the lock nobody else writes it.
        self.put(path, bytes)?;
        Ok(true)
    }

    fn local(&self, path: &str) -> Option<PathBuf> {
        Some(self.root.join(path))
    }

    fn show(&self, path: &str) -> String {
        self.root.join(path).display().to_string()
    }
}
