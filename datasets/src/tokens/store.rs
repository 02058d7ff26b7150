//! Where the tokens of documents lie during a build: plain files, read from any place at little cost.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::Width;
use crate::{Error, Result};

/// Files that a reader keeps open: few, since every thread has a reader, and a shuffled order does not soon come back to
/// a file.
const OPEN_FILES: usize = 4;

/// Writes the documents of one shard: for each its id, then its tokens.
pub struct StoreWriter<W> {
    out: W,
}

impl<W: Write> StoreWriter<W> {
    /// Into a file of its own.
    pub fn new(out: W) -> Self {
        StoreWriter { out }
    }

    /// Adds a document; `tokens` are little-endian integers, with those of beginning and end.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn push(&mut self, id: &str, tokens: &[&[u8]]) -> std::io::Result<()> {
        self.out.write_all(id.as_bytes())?;
        tokens.iter().try_for_each(|part| self.out.write_all(part))
    }
}

/// Where a document lies in a [`Store`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Located {
    /// Number of the file.
    pub shard: u32,
    /// Byte at which its id begins; its tokens follow.
    pub offset: u64,
    /// Bytes of its id.
    pub id_bytes: u8,
    /// Its tokens, with those of beginning and end.
    pub tokens: u32,
}

impl Located {
    /// Bytes of a [`Located`] in a record that is sorted or kept on disk.
    pub(super) const BYTES: usize = 17;

    /// Bytes that sort by file and place.
    pub(super) fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut out = [0; Self::BYTES];
        out[..4].copy_from_slice(&self.shard.to_be_bytes());
        out[4..12].copy_from_slice(&self.offset.to_be_bytes());
        out[12] = self.id_bytes;
        out[13..].copy_from_slice(&self.tokens.to_be_bytes());
        out
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Located {
        let number = |range: Range<usize>| {
            bytes.get(range).unwrap_or_default().iter().fold(0u64, |n, byte| n << 8 | u64::from(*byte))
        };
        Located {
            shard: number(0..4) as u32,
            offset: number(4..12),
            id_bytes: number(12..13) as u8,
            tokens: number(13..17) as u32,
        }
    }

    /// Bytes that the document takes in its file.
    pub fn bytes(&self, width: Width) -> u64 {
        u64::from(self.id_bytes) + u64::from(self.tokens) * width.bytes() as u64
    }
}

/// The files of a config's tokens.
pub struct Store {
    paths: Vec<PathBuf>,
    width: Width,
}

impl Store {
    /// Over files that [`StoreWriter`] wrote, by number of their shard.
    pub fn new(paths: Vec<PathBuf>, width: Width) -> Store {
        Store { paths, width }
    }

    /// What the tokens are stored as.
    pub fn width(&self) -> Width {
        self.width
    }

    /// A reader for one thread.
    pub fn reader(&self) -> Reader<'_> {
        Reader { store: self, open: Vec::new() }
    }
}

/// Reads documents of a [`Store`] in any order.
pub struct Reader<'s> {
    store: &'s Store,
    open: Vec<(u32, File)>,
}

impl Reader<'_> {
    /// What the tokens are stored as.
    pub fn width(&self) -> Width {
        self.store.width
    }

    /// The document's id.
    ///
    /// # Errors
    /// Those of the file system; [`Error::Invalid`] where there is no such document.
    pub fn id(&mut self, document: &Located) -> Result<String> {
        let mut bytes = vec![0; usize::from(document.id_bytes)];
        self.read(document.shard, document.offset, &mut bytes)?;
        String::from_utf8(bytes).map_err(|e| Error::Invalid(format!("a store of tokens: {e}")))
    }

    /// Appends some of the document's tokens, as bytes.
    ///
    /// # Errors
    /// As [`id`](Self::id).
    pub fn tokens(&mut self, document: &Located, range: Range<u32>, out: &mut Vec<u8>) -> Result<()> {
        let width = self.store.width.bytes();
        let from = document.offset + u64::from(document.id_bytes) + u64::from(range.start) * width as u64;
        let start = out.len();
        out.resize(start + range.len() * width, 0);
        self.read(document.shard, from, &mut out[start..])
    }

    fn read(&mut self, shard: u32, offset: u64, out: &mut [u8]) -> Result<()> {
        let path = self.store.paths.get(shard as usize);
        let path: &Path = path.ok_or_else(|| Error::Invalid(format!("no tokens of shard {shard}")))?;
        let at = match self.open.iter().position(|(number, _)| *number == shard) {
            Some(at) => at,
            None => {
                if self.open.len() >= OPEN_FILES {
                    self.open.remove(0);
                }
                self.open.push((shard, File::open(path).map_err(Error::io(path))?));
                self.open.len() - 1
            }
        };
        let file = &mut self.open[at].1;
        file.seek(SeekFrom::Start(offset)).and_then(|_| file.read_exact(out)).map_err(Error::io(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_read_back_from_any_place() {
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("0.tokens");
        let empty = dir.path().join("1.tokens");
        File::create(&empty).expect("creates");
        let mut writer = StoreWriter::new(File::create(&path).expect("creates"));
        let (mut offset, mut all) = (0, Vec::new());
        for n in 0..5u32 {
            let (id, mut tokens) = (format!("dok-{n}-æ"), Vec::new());
            assert!((0..n * 3).all(|id| Width::Uint16.push(id, &mut tokens)));
            writer.push(&id, &[&tokens, &[9, 0]]).expect("writes");
            let located = Located { shard: 0, offset, id_bytes: id.len() as u8, tokens: n * 3 + 1 };
            assert_eq!(Located::from_bytes(&located.to_bytes()), located);
            offset += located.bytes(Width::Uint16);
            all.push(located);
        }
        // More files than are kept open.
        let mut paths = vec![path];
        paths.extend(std::iter::repeat_n(empty, 2 * OPEN_FILES));
        let store = Store::new(paths, Width::Uint16);
        let mut reader = store.reader();
        for n in [4u32, 0, 2] {
            for shard in 1..=2 * OPEN_FILES as u32 {
                assert!(reader.id(&Located { shard, ..all[1] }).is_err(), "nothing is there");
            }
            assert!(reader.open.len() <= OPEN_FILES);
            let document = all[n as usize];
            assert_eq!(reader.id(&document).expect("reads"), format!("dok-{n}-æ"));
            let mut out = Vec::new();
            reader.tokens(&document, 0..document.tokens, &mut out).expect("reads");
            let ids: Vec<u32> = Width::Uint16.ids(&out).collect();
            assert_eq!(ids, (0..n * 3).chain([9]).collect::<Vec<_>>());
        }
        let beyond = Located { tokens: 1000, ..all[4] };
        assert!(reader.tokens(&beyond, 0..1000, &mut Vec::new()).is_err());
    }
}
