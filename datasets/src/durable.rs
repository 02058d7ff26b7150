//! Files that are either whole and on disk, or not there.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// Flushes a folder's entries to disk, so that a rename in it survives a power cut.
///
/// # Errors
/// Those of the file system.
pub fn sync_dir(dir: &Path) -> Result<()> {
    File::open(dir).and_then(|d| d.sync_all()).map_err(Error::io(dir))
}

/// Writes a file through `fill` under a temporary name beside it, flushes it to disk and renames it.
///
/// # Errors
/// Those of `fill` and of the file system; the temporary file is removed then.
pub fn write_atomic<T>(path: &Path, fill: impl FnOnce(&mut BufWriter<File>) -> Result<T>) -> Result<T> {
    let temporary = temporary_beside(path);
    let written = (|| {
        let file = File::create(&temporary).map_err(Error::io(&temporary))?;
        let mut out = BufWriter::with_capacity(1 << 18, file);
        let value = fill(&mut out)?;
        out.flush().map_err(Error::io(&temporary))?;
        out.get_ref().sync_all().map_err(Error::io(&temporary))?;
        fs::rename(&temporary, path).map_err(Error::io(path))?;
        sync_dir(parent_of(path))?;
        Ok(value)
    })();
    if written.is_err() {
        // The first error is the one to tell; a leftover temporary name is swept by the next run.
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// Writes bytes as [`write_atomic`] does.
///
/// # Errors
/// Those of the file system.
pub fn write_bytes(path: &Path, bytes: &[u8]) -> Result<()> {
    write_atomic(path, |out| out.write_all(bytes).map_err(Error::io(path)))
}

/// The ending of names that nothing refers to yet.
pub const TEMPORARY: &str = ".tmp";

fn temporary_beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(TEMPORARY);
    path.with_file_name(name)
}

/// The folder a path stands in.
pub fn parent_of(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_file_and_no_other() {
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("a.txt");
        write_bytes(&path, b"old").expect("writes");
        let failed: Result<()> = write_atomic(&path, |out| {
            out.write_all(b"half").map_err(Error::io("x"))?;
            Err(Error::Invalid("no".into()))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read(&path).expect("reads"), b"old");
        assert_eq!(fs::read_dir(dir.path()).expect("lists").count(), 1);
    }
}
