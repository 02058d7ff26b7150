//! A folder as a place for releases.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sha2::Digest;
use sprog_datasets::durable::{parent_of, sync_dir};
use sprog_datasets::manifest::{Entry, checksums};
use sprog_datasets::{Error, Result};

use super::{Store, refused};

/// A folder on this machine, or one that is mounted.
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The root of a site; it is made when something is put there.
    pub fn new(root: &Path) -> Folder {
        Folder { root: root.to_owned() }
    }

    /// Fills a file under another name, then gives it its own.
    fn fill(&self, path: &str, fill: impl FnOnce(&mut File) -> Result<()>) -> Result<()> {
        let to = self.root.join(path);
        let dir = parent_of(&to);
        fs::create_dir_all(dir).map_err(Error::io(dir))?;
        let name = to.file_name().unwrap_or_default().to_string_lossy();
        // The same name every time: the next call takes up what a killed one left.
        let part = dir.join(format!(".{name}.part"));
        let mut file = File::create(&part).map_err(Error::io(&part))?;
        let filled = fill(&mut file).and_then(|()| file.sync_all().map_err(Error::io(&part)));
        drop(file);
        if let Err(e) = filled {
            let _ = fs::remove_file(&part);
            return Err(e);
        }
        fs::rename(&part, &to).map_err(Error::io(&to))?;
        sync_dir(dir)
    }
}

impl Store for Folder {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>> {
        let path = self.root.join(path);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(Error::io(&path)(e)),
        }
    }

    fn has(&self, path: &str, entry: &Entry) -> Result<bool> {
        let path = self.root.join(path);
        match fs::metadata(&path) {
            Ok(there) if there.len() == entry.bytes => Ok(checksums(&path)?.1 == entry.sha256),
            Ok(_) => Ok(false),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(e) => Err(Error::io(&path)(e)),
        }
    }

    fn put_file(&self, path: &str, from: &Path, entry: &Entry) -> Result<()> {
        self.fill(path, |file| {
            let mut source = File::open(from).map_err(Error::io(from))?;
            let (mut sha, mut bytes) = (sha2::Sha256::new(), 0u64);
            let mut buffer = vec![0u8; 1 << 18];
            loop {
                let n = match source.read(&mut buffer) {
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                    other => other.map_err(Error::io(from))?,
                };
                if n == 0 {
                    break;
                }
                sha.update(&buffer[..n]);
                bytes += n as u64;
                file.write_all(&buffer[..n]).map_err(Error::io(self.root.join(path)))?;
            }
            let sum: String = sha.finalize().iter().map(|b| format!("{b:02x}")).collect();
            if bytes != entry.bytes || sum != entry.sha256 {
                return Err(refused(format!("{} changed while it was copied", from.display())));
            }
            Ok(())
        })
    }

    fn put(&self, path: &str, bytes: &[u8]) -> Result<()> {
        self.fill(path, |file| file.write_all(bytes).map_err(Error::io(self.root.join(path))))
    }

    fn local(&self, path: &str) -> Option<PathBuf> {
        Some(self.root.join(path))
    }

    fn lock(&self, id: &str) -> Result<Box<dyn std::any::Any>> {
        let dir = self.root.join("ds").join(id);
        fs::create_dir_all(&dir).map_err(Error::io(&dir))?;
        let path = dir.join(".publish.lock");
        let file = File::create(&path).map_err(Error::io(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(Box::new(file)),
            Err(fs::TryLockError::WouldBlock) => {
                Err(refused(format!("{id} is being published by somebody else")))
            }
            Err(fs::TryLockError::Error(e)) => Err(Error::io(&path)(e)),
        }
    }
}
