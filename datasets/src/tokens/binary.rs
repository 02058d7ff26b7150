//! Flat binary files of tokens with Megatron-LM's index and a table of the documents' ids.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};

use super::order::Ranked;
use super::store::Reader;
use super::{Width, document_schema};
use crate::table::write_published;
use crate::{Error, Result, durable};

/// What `megatron/core/datasets/indexed_dataset.py` begins its index with.
const MAGIC: &[u8; 9] = b"MMIDIDX\0\0";
const VERSION: u64 = 1;
/// magic, version, type, sequences, documents.
const HEADER: u64 = 9 + 8 + 1 + 8 + 8;
/// Rows of a batch of the table of documents.
const BATCH: usize = 8192;

/// Megatron's number of a type. It has none for uint32; ids are below 2^31, so that int32 has the same bytes.
fn megatron_code(width: Width) -> u8 {
    match width {
        Width::Uint16 => 8,
        Width::Uint32 => 4,
    }
}

/// The three files of a split.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BinaryPaths {
    /// `<split>.bin`: the tokens.
    pub bin: PathBuf,
    /// `<split>.idx`: where each document begins.
    pub idx: PathBuf,
    /// `<split>_documents.parquet`: which document that is.
    pub documents: PathBuf,
}

impl BinaryPaths {
    /// Files in a folder, by a stem.
    pub fn new(dir: &Path, stem: &str) -> BinaryPaths {
        BinaryPaths {
            bin: dir.join(format!("{stem}.bin")),
            idx: dir.join(format!("{stem}.idx")),
            documents: dir.join(format!("{stem}_documents.parquet")),
        }
    }
}

/// Writes the documents of a split in their order, each with the tokens that the store has of it. Gives the tokens
/// written.
///
/// # Errors
/// Those of the file system; the files appear whole or not at all, `idx` and `documents` last.
pub fn write_binary(
    paths: &BinaryPaths,
    ranked: &mut Ranked,
    split: usize,
    reader: &mut Reader<'_>,
) -> Result<u64> {
    let tokens = durable::write_atomic(&paths.bin, |out| {
        let (mut bytes, mut tokens) = (Vec::new(), 0u64);
        for document in ranked.documents(split)? {
            let document = document?;
            bytes.clear();
            reader.tokens(&document, 0..document.tokens, &mut bytes)?;
            out.write_all(&bytes).map_err(Error::io(&paths.bin))?;
            tokens += u64::from(document.tokens);
        }
        Ok(tokens)
    })?;
    let width = reader.width();
    durable::write_atomic(&paths.idx, |out| write_index(&paths.idx, out, width, ranked, split))?;
    let rows = ranked.count(split);
    let mut start = 0i64;
    let mut located = ranked.documents(split)?;
    let batches = std::iter::from_fn(|| {
        let (mut ids, mut starts, mut counts) = (Vec::new(), Vec::new(), Vec::new());
        for document in located.by_ref().take(BATCH) {
            let read = document.and_then(|document| Ok((reader.id(&document)?, i64::from(document.tokens))));
            let (id, tokens) = match read {
                Ok(read) => read,
                Err(e) => return Some(Err(e)),
            };
            ids.push(id);
            starts.push(start);
            counts.push(tokens);
            start += tokens;
        }
        if ids.is_empty() {
            return None;
        }
        let columns: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from(ids)),
            Arc::new(Int64Array::from(starts)),
            Arc::new(Int64Array::from(counts)),
        ];
        Some(RecordBatch::try_new(document_schema(), columns).map_err(|e| Error::Invalid(e.to_string())))
    });
    write_published(&paths.documents, &document_schema(), rows, batches, |_| {})?;
    Ok(tokens)
}

fn write_index(
    path: &Path,
    out: &mut impl Write,
    width: Width,
    ranked: &mut Ranked,
    split: usize,
) -> Result<()> {
    let failed = |e: std::io::Error| Error::io(path)(e);
    let documents = ranked.count(split);
    out.write_all(MAGIC).map_err(failed)?;
    out.write_all(&VERSION.to_le_bytes()).map_err(failed)?;
    out.write_all(&[megatron_code(width)]).map_err(failed)?;
    out.write_all(&documents.to_le_bytes()).map_err(failed)?;
    // The bounds of the documents: one more than there are.
    out.write_all(&(documents + 1).to_le_bytes()).map_err(failed)?;
    for document in ranked.documents(split)? {
        out.write_all(&document?.tokens.to_le_bytes()).map_err(failed)?;
    }
    let mut at = 0u64;
    for document in ranked.documents(split)? {
        out.write_all(&at.to_le_bytes()).map_err(failed)?;
        at += u64::from(document?.tokens) * width.bytes() as u64;
    }
    (0..=documents).try_for_each(|n| out.write_all(&n.to_le_bytes())).map_err(failed)
}

/// Checks an index against its file of tokens. Gives documents and tokens, or what does not agree.
///
/// # Errors
/// Those of the file system.
pub fn check_binary(bin: &Path, idx: &Path, width: Width) -> Result<Result<(u64, u64), String>> {
    let size = |path: &Path| std::fs::metadata(path).map(|m| m.len()).map_err(Error::io(path));
    let (bytes, indexed) = (size(bin)?, size(idx)?);
    let mut reader = BufReader::new(File::open(idx).map_err(Error::io(idx))?);
    if indexed < HEADER {
        return Ok(Err("the index is cut off".to_owned()));
    }
    let mut header = [0; HEADER as usize];
    reader.read_exact(&mut header).map_err(Error::io(idx))?;
    let number =
        |from: usize| header[from..from + 8].iter().rev().fold(0u64, |n, byte| n << 8 | u64::from(*byte));
    if &header[..9] != MAGIC || number(9) != VERSION || header[17] != megatron_code(width) {
        return Ok(Err(format!("the index is not one of {} tokens", width.name())));
    }
    let documents = number(18);
    let expected = documents.checked_mul(20).and_then(|n| n.checked_add(HEADER + 8));
    if expected != Some(indexed) || number(26) != documents + 1 {
        return Ok(Err(format!("the index of {documents} documents has {indexed} bytes")));
    }
    let mut counts = BufReader::new(File::open(idx).map_err(Error::io(idx))?);
    counts.seek(SeekFrom::Start(HEADER)).map_err(Error::io(idx))?;
    reader.seek(SeekFrom::Start(HEADER + 4 * documents)).map_err(Error::io(idx))?;
    let mut tokens = 0u64;
    for n in 0..documents {
        let (mut count, mut place) = ([0; 4], [0; 8]);
        counts.read_exact(&mut count).map_err(Error::io(idx))?;
        reader.read_exact(&mut place).map_err(Error::io(idx))?;
        if tokens.checked_mul(width.bytes() as u64) != Some(u64::from_le_bytes(place)) {
            return Ok(Err(format!("the index has document {n} in a wrong place")));
        }
        tokens = tokens.saturating_add(u64::from(u32::from_le_bytes(count)));
    }
    if tokens.checked_mul(width.bytes() as u64) != Some(bytes) {
        return Ok(Err(format!("the index has {tokens} tokens, and the file {bytes} bytes")));
    }
    Ok(Ok((documents, tokens)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::{Located, Ranker, Store, StoreWriter};

    #[test]
    fn binary_files_are_laid_out_as_megatron_and_nanogpt_read_them() {
        let dir = tempfile::tempdir().expect("dir");
        let store_path = dir.path().join("0.tokens");
        let mut writer = StoreWriter::new(File::create(&store_path).expect("creates"));
        let mut ranker = Ranker::new(dir.path(), 1 << 20, None);
        let mut offset = 0;
        for (id, ids) in [("a", vec![1u32, 2, 9]), ("bb", vec![300, 9])] {
            let mut bytes = Vec::new();
            assert!(ids.iter().all(|id| Width::Uint16.push(*id, &mut bytes)));
            writer.push(id, &[&bytes]).expect("writes");
            let document = Located { shard: 0, offset, id_bytes: id.len() as u8, tokens: ids.len() as u32 };
            offset += document.bytes(Width::Uint16);
            ranker.push(0, id, document).expect("pushes");
        }
        let store = Store::new(vec![store_path], Width::Uint16);
        let mut ranked = ranker.finish().expect("sorts");
        let paths = BinaryPaths::new(dir.path(), "train");
        assert_eq!(write_binary(&paths, &mut ranked, 0, &mut store.reader()).expect("writes"), 5);
        assert_eq!(std::fs::read(&paths.bin).expect("reads"), [1, 0, 2, 0, 9, 0, 44, 1, 9, 0]);
        let mut expected = b"MMIDIDX\0\0".to_vec();
        expected.extend([1, 0, 0, 0, 0, 0, 0, 0, 8]);
        for n in [2u64, 3] {
            expected.extend(n.to_le_bytes());
        }
        for n in [3u32, 2] {
            expected.extend(n.to_le_bytes());
        }
        for n in [0u64, 6, 0, 1, 2] {
            expected.extend(n.to_le_bytes());
        }
        assert_eq!(std::fs::read(&paths.idx).expect("reads"), expected);
        let check = || check_binary(&paths.bin, &paths.idx, Width::Uint16).expect("reads");
        assert_eq!(check(), Ok((2, 5)));
        std::fs::write(&paths.bin, [0; 8]).expect("writes");
        assert!(check().is_err());
        for end in 0..expected.len() {
            std::fs::write(&paths.idx, &expected[..end]).expect("writes");
            assert!(check().is_err(), "cut off at {end}");
        }
        let rows = crate::table::TableFile::open(&paths.documents).expect("opens");
        assert_eq!((rows.rows(), rows.schema().fields().len()), (2, 3));
    }
}
