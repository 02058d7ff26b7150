//! The files that `sprog dedup` reads, twice: block by block, each record under a key of its place.

use std::borrow::Cow;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use arrow::array::{Array, RecordBatch};
use sprog_datasets::table::TableFile;
use sprog_datasets::{Error, Result};
use sprog_formats::text::jsonl;
use sprog_formats::{Chunk, ChunkReader, Compression, Limits, Problem, decompress, sniff};

pub(crate) use crate::build::as_text;
use crate::build::outcome::file_problem;

/// Bytes of lines that are worked on together.
const BLOCK_BYTES: usize = 4 << 20;

/// What the records of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// JSON objects, one a line, with `text` and maybe `id`.
    Jsonl,
    /// Rows with a column `text` and maybe `id`.
    Parquet,
    /// Texts, one a line.
    Lines,
}

impl Kind {
    /// The ending of files of the kind.
    pub(super) fn ending(self) -> &'static str {
        match self {
            Kind::Jsonl => "jsonl",
            Kind::Parquet => "parquet",
            Kind::Lines => "txt",
        }
    }
}

/// A file.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    pub(crate) path: PathBuf,
    pub(crate) kind: Kind,
    pub(crate) compressed: bool,
    /// Nothing is in it, so it goes with every kind.
    pub(crate) empty: bool,
    pub(crate) bytes: u64,
}

impl Input {
    /// Finds out what a file is: Parquet by its first bytes, JSON Lines by its first character.
    ///
    /// # Errors
    /// Those of the file system; [`Error::Invalid`] for what is neither.
    pub(crate) fn open(path: &Path) -> Result<Input> {
        let io = || Error::io(path);
        let mut file = File::open(path).map_err(io())?;
        let metadata = file.metadata().map_err(io())?;
        if metadata.is_dir() {
            return Err(Error::Invalid(format!("{}: a folder; name its files", path.display())));
        }
        if !metadata.is_file() {
            return Err(Error::Invalid(format!("{}: no file, and it is read twice", path.display())));
        }
        let mut head = Vec::new();
        file.by_ref().take(sniff::HEAD_BYTES as u64).read_to_end(&mut head).map_err(io())?;
        let compressed = Compression::sniff(&head) != Compression::None;
        if compressed {
            // The head of a stream may end anywhere, and then what could be read is enough.
            let (reader, _) = decompress(File::open(path).map_err(io())?, &Limits::default()).map_err(io())?;
            head.clear();
            reader.take(sniff::HEAD_BYTES as u64).read_to_end(&mut head).map_err(io())?;
        }
        let empty = without_bom(&head).trim_ascii().is_empty();
        let kind = match () {
            () if head.starts_with(b"PAR1") && compressed => {
                let message = format!("{}: compressed Parquet; unpack it first", path.display());
                return Err(Error::Invalid(message));
            }
            () if head.starts_with(b"PAR1") => Kind::Parquet,
            () if empty && path.to_string_lossy().contains(".jsonl") => Kind::Jsonl,
            // The first line may be broken.
            () if without_bom(&head)
                .split(|b| *b == b'\n')
                .any(|line| line.trim_ascii().starts_with(b"{")) =>
            {
                Kind::Jsonl
            }
            () if head.contains(&0) => {
                let message = format!("{}: not JSON Lines, Parquet or text", path.display());
                return Err(Error::Invalid(message));
            }
            () => Kind::Lines,
        };
        Ok(Input { path: path.to_owned(), kind, compressed, empty, bytes: metadata.len() })
    }

    /// Hands out the file's blocks in order, and gives what is wrong with the file as a whole.
    ///
    /// # Errors
    /// Those of the file system and of `each`.
    pub(crate) fn blocks(
        &self,
        file: u16,
        limits: &Limits,
        each: &mut dyn FnMut(Block) -> Result<()>,
    ) -> Result<Vec<Problem>> {
        if self.kind == Kind::Parquet {
            let table = TableFile::open(&self.path)?;
            let mut first = 1;
            for batch in table.read(&[], None)? {
                let batch = batch?;
                let rows = batch.num_rows() as u64;
                each(Block { file, content: Content::Batch { first, batch } })?;
                first += rows;
            }
            return Ok(Vec::new());
        }
        let opened = File::open(&self.path).map_err(Error::io(&self.path))?;
        let (reader, _) = decompress(opened, limits).map_err(Error::io(&self.path))?;
        let mut chunks = ChunkReader::new(reader, BLOCK_BYTES, limits);
        loop {
            match chunks.next_chunk() {
                Ok(Some(chunk)) => {
                    each(Block { file, content: Content::Lines { kind: self.kind, chunk } })?;
                }
                Ok(None) => return Ok(chunks.take_problems()),
                Err(sprog_formats::Error::Io(e)) if e.raw_os_error().is_some() => {
                    return Err(Error::io(&self.path)(e));
                }
                Err(e) => {
                    let mut problems = chunks.take_problems();
                    problems.push(file_problem(&e));
                    return Ok(problems);
                }
            }
        }
    }
}

/// A part of a file.
pub(crate) struct Block {
    file: u16,
    pub(crate) content: Content,
}

pub(crate) enum Content {
    Lines { kind: Kind, chunk: Chunk },
    Batch { first: u64, batch: RecordBatch },
}

/// One document.
pub(super) struct Record<'r> {
    /// File, and line or row: the order of the input.
    pub(super) key: u64,
    /// Its text, or what is wrong with it.
    pub(super) text: std::result::Result<Cow<'r, str>, String>,
}

/// The key of a record by its place.
pub(super) fn key(file: u16, number: u64) -> u64 {
    u64::from(file) << 48 | number & ((1 << 48) - 1)
}

/// File, and line or row.
pub(super) fn place(key: u64) -> (u16, u64) {
    ((key >> 48) as u16, key & ((1 << 48) - 1))
}

impl Block {
    /// The records, in order. Blank lines are none.
    ///
    /// # Errors
    /// Those of `each`; [`Error::Invalid`] for Parquet without a text column.
    pub(super) fn records(&self, each: &mut dyn FnMut(Record<'_>) -> Result<()>) -> Result<()> {
        match &self.content {
            Content::Lines { kind, chunk } => {
                for line in chunk.lines().filter(|l| !l.bytes.trim_ascii().is_empty()) {
                    let key = key(self.file, line.number);
                    each(match kind {
                        Kind::Jsonl => of_json(key, without_bom(line.bytes)),
                        _ => {
                            let text = std::str::from_utf8(line.bytes).map(Cow::Borrowed);
                            Record { key, text: text.map_err(|_| "not UTF-8".to_owned()) }
                        }
                    })?;
                }
                Ok(())
            }
            Content::Batch { first, batch } => {
                let column = |name: &str| batch.column_by_name(name).and_then(as_text);
                let texts = column("text").ok_or_else(|| Error::Invalid("no column \"text\"".into()))?;
                for row in 0..batch.num_rows() {
                    let text =
                        if texts.is_valid(row) { Ok(texts.value(row).into()) } else { Err("no text".into()) };
                    each(Record { key: key(self.file, first + row as u64), text })?;
                }
                Ok(())
            }
        }
    }
}

/// Bytes without a byte order mark before them.
pub(crate) fn without_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

fn of_json(key: u64, line: &[u8]) -> Record<'static> {
    let text = jsonl::fields(line, &["text"])
        .and_then(|mut fields| fields.pop().flatten().ok_or_else(|| "no `text`".to_owned()))
        // What looks like an object may be one, and an object is no text.
        .and_then(|text| {
            match text.starts_with(['{', '[']) && super::output::value_of_text(line).is_none() {
                true => Err("no string in `text`".to_owned()),
                false => Ok(text),
            }
        });
    Record { key, text: text.map(Cow::Owned) }
}
