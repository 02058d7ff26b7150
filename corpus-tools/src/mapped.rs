//! Files read as memory.
#![allow(unsafe_code, reason = "a file is mapped into memory")]

use std::fs::File;
use std::ops::Deref;
use std::path::Path;

use memmap2::Mmap;
use sprog_datasets::{Error, Result};

/// A file mapped into memory: only the pages that are looked at are read.
pub struct Mapped(Mmap);

impl Mapped {
    /// Maps a file.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn open(path: &Path) -> Result<Mapped> {
        let file = File::open(path).map_err(Error::io(path))?;
        // SAFETY: the bytes are only read, and every reader of them checks what it finds, so that a file that
        // somebody changes meanwhile gives wrong answers at worst. One that is cut off meanwhile ends the process
        // (SIGBUS): our own writers replace files whole, by renaming.
        let map = unsafe { Mmap::map(&file) }.map_err(Error::io(path))?;
        Ok(Mapped(map))
    }
}

impl Deref for Mapped {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}
