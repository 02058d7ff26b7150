//! The hashes of the tokens of a corpus on disk, and which document each is of.

use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sprog_datasets::{Error, Result};

/// Bytes of a hash.
const HASH: usize = 8;
/// Start, end and number of a document.
const ENTRY: usize = 24;
/// Documents read at a time; the first position of each such group is kept in memory.
const GROUP: usize = 256;

/// Hashes made bytes at a time.
const WRITTEN: usize = 4096;

/// A document: where its tokens lie among those of all documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Document {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) number: u64,
}

impl Document {
    pub(super) fn holds(&self, position: u64) -> bool {
        (self.start..self.end).contains(&position)
    }
}

/// Writes the hashes of documents one after another, into files without a name.
pub(super) struct TokenWriter {
    dir: PathBuf,
    hashes: BufWriter<File>,
    documents: BufWriter<File>,
    groups: Vec<u64>,
    count: u64,
    end: u64,
    bytes: Vec<u8>,
}

impl TokenWriter {
    pub(super) fn new(dir: &Path) -> Result<Self> {
        let open = || tempfile::tempfile_in(dir).map_err(Error::io(dir));
        Ok(TokenWriter {
            dir: dir.to_owned(),
            hashes: BufWriter::with_capacity(1 << 18, open()?),
            documents: BufWriter::new(open()?),
            groups: Vec::new(),
            count: 0,
            end: 0,
            bytes: Vec::new(),
        })
    }

    /// Adds a document with at least one token; the position of its first.
    pub(super) fn push(&mut self, number: u64, hashes: &[u64]) -> Result<u64> {
        let start = self.end;
        for hashes in hashes.chunks(WRITTEN) {
            self.bytes.clear();
            self.bytes.extend(hashes.iter().flat_map(|hash| hash.to_le_bytes()));
            self.hashes.write_all(&self.bytes).map_err(Error::io(&self.dir))?;
        }
        self.end += hashes.len() as u64;
        if self.count.is_multiple_of(GROUP as u64) {
            self.groups.push(start);
        }
        for number in [start, self.end, number] {
            self.documents.write_all(&number.to_le_bytes()).map_err(Error::io(&self.dir))?;
        }
        self.count += 1;
        Ok(start)
    }

    pub(super) fn finish(self) -> Result<TokenFiles> {
        let whole = |file: BufWriter<File>| {
            file.into_inner().map_err(|error| Error::io(&self.dir)(error.into_error()))
        };
        Ok(TokenFiles {
            hashes: whole(self.hashes)?,
            documents: whole(self.documents)?,
            groups: self.groups,
            count: self.count,
            tokens: self.end,
            dir: self.dir,
        })
    }
}

/// What [`TokenWriter`] wrote.
pub(super) struct TokenFiles {
    dir: PathBuf,
    hashes: File,
    documents: File,
    groups: Vec<u64>,
    count: u64,
    tokens: u64,
}

fn read_at(mut file: &File, at: u64, bytes: &mut [u8], dir: &Path) -> Result<()> {
    file.seek(SeekFrom::Start(at)).and_then(|_| file.read_exact(bytes)).map_err(Error::io(dir))
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

impl TokenFiles {
    /// Replaces what is in `hashes` by those at `start..end`.
    pub(super) fn read(
        &self,
        start: u64,
        end: u64,
        hashes: &mut Vec<u64>,
        bytes: &mut Vec<u8>,
    ) -> Result<()> {
        bytes.resize(end.saturating_sub(start) as usize * HASH, 0);
        read_at(&self.hashes, start * HASH as u64, bytes, &self.dir)?;
        hashes.clear();
        hashes.extend(bytes.as_chunks::<HASH>().0.iter().map(|b| u64::from_le_bytes(*b)));
        Ok(())
    }
}

/// Looks documents up by the position of a token; the same group again costs no reading.
#[derive(Default)]
pub(super) struct DocumentReader {
    /// Number of the group that `entries` holds, and one more.
    group: usize,
    entries: Vec<u8>,
    last: Option<Document>,
}

impl DocumentReader {
    /// The document that holds a position.
    pub(super) fn find(&mut self, files: &TokenFiles, position: u64) -> Result<Document> {
        if let Some(last) = self.last.filter(|last| last.holds(position)) {
            return Ok(last);
        }
        let group = files.groups.partition_point(|start| *start <= position);
        if self.group != group {
            let first = (group.saturating_sub(1) * GROUP) as u64;
            let entries = files.count.saturating_sub(first).min(GROUP as u64) as usize;
            self.entries.resize(entries * ENTRY, 0);
            read_at(&files.documents, first * ENTRY as u64, &mut self.entries, &files.dir)?;
            self.group = group;
        }
        let entries = self.entries.as_chunks::<ENTRY>().0;
        let after = entries.partition_point(|entry| number(&entry[..8]) <= position);
        let document = after.checked_sub(1).and_then(|index| entries.get(index)).map(|entry| Document {
            start: number(&entry[..8]),
            end: number(&entry[8..16]),
            number: number(&entry[16..]),
        });
        self.last = document.filter(|document| document.holds(position));
        self.last.ok_or_else(|| Error::Invalid(format!("no document holds token {position}")))
    }
}

/// Hashes in a block.
const BLOCK: u64 = 1024;
/// Blocks kept: 2 MiB.
const BLOCKS: usize = 256;

/// Reads single hashes through blocks that are kept.
pub(super) struct TokenReader {
    /// Each block at its number modulo their count.
    blocks: Vec<(u64, Vec<u64>)>,
    bytes: Vec<u8>,
}

impl TokenReader {
    pub(super) fn new() -> Self {
        TokenReader { blocks: vec![(u64::MAX, Vec::new()); BLOCKS], bytes: Vec::new() }
    }

    /// The hash at a position.
    pub(super) fn get(&mut self, files: &TokenFiles, position: u64) -> Result<u64> {
        let block = position / BLOCK;
        let (kept, hashes) = &mut self.blocks[(block % BLOCKS as u64) as usize];
        if *kept != block {
            *kept = u64::MAX;
            let start = block * BLOCK;
            files.read(start, (start + BLOCK).min(files.tokens), hashes, &mut self.bytes)?;
            *kept = block;
        }
        hashes
            .get((position % BLOCK) as usize)
            .copied()
            .ok_or_else(|| Error::Invalid(format!("there is no token {position}")))
    }
}
