//! Fixed-width records on disk, written once and read in the order they were written.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sprog_datasets::{Error, Result};

const BUFFER: usize = 1 << 18;

/// Records of `N` bytes in a file without a name.
pub(super) struct Spool<const N: usize> {
    dir: PathBuf,
    out: BufWriter<File>,
}

impl<const N: usize> Spool<N> {
    pub(super) fn new(dir: &Path) -> Result<Self> {
        let file = tempfile::tempfile_in(dir).map_err(Error::io(dir))?;
        Ok(Spool { dir: dir.to_owned(), out: BufWriter::with_capacity(BUFFER, file) })
    }

    #[inline]
    pub(super) fn push(&mut self, record: &[u8; N]) -> Result<()> {
        self.out.write_all(record).map_err(Error::io(&self.dir))
    }

    pub(super) fn finish(self) -> Result<Written<N>> {
        let file = self.out.into_inner().map_err(|e| Error::io(&self.dir)(e.into_error()))?;
        Ok(Written { dir: self.dir, file })
    }
}

/// A spool that is complete; it can be read more than once.
pub(super) struct Written<const N: usize> {
    dir: PathBuf,
    file: File,
}

impl<const N: usize> Written<N> {
    /// The records from the first on.
    pub(super) fn records(&mut self) -> Result<Records<'_, N>> {
        self.file.seek(SeekFrom::Start(0)).map_err(Error::io(&self.dir))?;
        Ok(Records { dir: &self.dir, input: BufReader::with_capacity(BUFFER, &self.file) })
    }
}

pub(super) struct Records<'a, const N: usize> {
    dir: &'a Path,
    input: BufReader<&'a File>,
}

impl<const N: usize> Iterator for Records<'_, N> {
    type Item = Result<[u8; N]>;
    fn next(&mut self) -> Option<Self::Item> {
        let mut record = [0; N];
        match self.input.read_exact(&mut record) {
            Ok(()) => Some(Ok(record)),
            Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => None,
            Err(e) => Some(Err(Error::io(self.dir)(e))),
        }
    }
}
