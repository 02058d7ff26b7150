//! What stages want cut out of texts: gathered as narrow records, given the ids of the rows that keep
//! the passage, and read back shard by shard when the texts are written anew.

use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use sprog_datasets::corpus::MAX_ID_BYTES;
use sprog_datasets::extsort::Sorter;
use sprog_datasets::table::RowRange;
use sprog_datasets::{Error, Result};

use super::removal::columns_of;
use super::{Global, position};

/// kept table, shard, row; cut shard, row, start, end.
const FOUND: usize = 2 + 8 + 16;
/// cut shard, row, start, end; kept table and id (padded).
const NAMED: usize = 16 + 2 + MAX_ID_BYTES;
/// Records whose ids are looked up together.
const LOOKED_UP: usize = 50_000;

/// A stretch of a text that another one keeps. `units` counts what the stage counts: tokens or lines.
pub(super) struct Found {
    /// Table, shard and row of what keeps it.
    pub(super) kept: (u16, (u32, u32)),
    /// Shard and row of what it is cut from.
    pub(super) row: (u32, u32),
    /// What is cut.
    pub(super) units: Range<u32>,
}

/// All stretches of a stage.
pub(super) struct Finds {
    sorter: Sorter<FOUND>,
}

impl Finds {
    pub(super) fn new(global: &Global<'_>) -> Finds {
        Finds { sorter: Sorter::new(global.scratch, global.memory / 4) }
    }

    pub(super) fn push(&mut self, found: &Found) -> Result<()> {
        let mut record = [0; FOUND];
        record[..2].copy_from_slice(&found.kept.0.to_be_bytes());
        let numbers =
            [found.kept.1.0, found.kept.1.1, found.row.0, found.row.1, found.units.start, found.units.end];
        for (slot, number) in record[2..].chunks_exact_mut(4).zip(numbers) {
            slot.copy_from_slice(&number.to_be_bytes());
        }
        self.sorter.push(record)
    }

    /// With the ids of the rows that keep them, in the order of the rows they are cut from.
    pub(super) fn name(self, global: &Global<'_>) -> Result<Cuts> {
        let mut named = Sorter::<NAMED>::new(global.scratch, global.memory / 4);
        let mut group: Vec<[u8; FOUND]> = Vec::new();
        let mut flush = |group: &mut Vec<[u8; FOUND]>| -> Result<()> {
            let Some(first) = group.first() else { return Ok(()) };
            let shards = global.shards_of(u16::from_be_bytes([first[0], first[1]]))?;
            let mut ranges: Vec<RowRange> = Vec::new();
            let mut at = Vec::with_capacity(group.len());
            for record in group.iter() {
                let (shard, start) = position(&record[2..10]);
                let range = RowRange { shard, start, len: 1 };
                if ranges.last() != Some(&range) {
                    ranges.push(range);
                }
                at.push(ranges.len() - 1);
            }
            let ids = columns_of(shards, &ranges, &["id"])?;
            for (record, at) in group.drain(..).zip(at) {
                let id = ids.get(at).map_or("", |i| i[0].as_str()).as_bytes();
                let id = id.get(..MAX_ID_BYTES).unwrap_or(id);
                let mut out = [0; NAMED];
                out[..16].copy_from_slice(&record[10..]);
                out[16..18].copy_from_slice(&record[..2]);
                out[18..18 + id.len()].copy_from_slice(id);
                named.push(out)?;
            }
            Ok(())
        };
        for record in self.sorter.finish()? {
            let record = record?;
            if group.len() == LOOKED_UP || group.last().is_some_and(|last| last[..2] != record[..2]) {
                flush(&mut group)?;
            }
            group.push(record);
        }
        flush(&mut group)?;
        Cuts::write(named, global)
    }
}

/// What is to be cut out of one row.
pub(in crate::build) struct Cut {
    /// The row in its shard.
    pub(in crate::build) row: u32,
    /// Tokens or lines.
    pub(in crate::build) units: Range<u32>,
    /// The reference that keeps it, if it is one.
    pub(in crate::build) kept_source: Option<String>,
    /// The row that keeps it.
    pub(in crate::build) kept_id: String,
}

/// The cuts of all rows, on disk.
pub(in crate::build) struct Cuts {
    file: Mutex<File>,
    /// First record of each shard, and one past the last of all.
    starts: Vec<u64>,
    references: Vec<String>,
}

impl Cuts {
    fn write(named: Sorter<NAMED>, global: &Global<'_>) -> Result<Cuts> {
        let io = || Error::io(global.scratch);
        let mut file = tempfile::tempfile_in(global.scratch).map_err(io())?;
        let mut starts = vec![0];
        let mut count = 0u64;
        {
            let mut out = BufWriter::with_capacity(1 << 18, &mut file);
            for record in named.finish()? {
                let record = record?;
                let shard = position(&record[..8]).0 as usize;
                starts.resize(starts.len().max(shard + 1), count);
                out.write_all(&record).map_err(io())?;
                count += 1;
            }
            out.flush().map_err(io())?;
        }
        starts.resize(global.shards.paths().len() + 1, count);
        let references = global.references.iter().map(|(name, _)| (*name).to_owned()).collect();
        Ok(Cuts { file: Mutex::new(file), starts, references })
    }

    /// The cuts of one shard, in the order of its rows and their texts.
    ///
    /// # Errors
    /// Those of the file system.
    pub(in crate::build) fn of_shard(&self, shard: u32) -> Result<Vec<Cut>> {
        let shard = shard as usize;
        let (Some(from), Some(to)) = (self.starts.get(shard), self.starts.get(shard + 1)) else {
            return Ok(Vec::new());
        };
        let mut bytes = vec![0; (to - from) as usize * NAMED];
        {
            let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
            let read = file.seek(SeekFrom::Start(from * NAMED as u64));
            read.and_then(|_| file.read_exact(&mut bytes)).map_err(Error::io("cuts"))?;
        }
        let cut = |record: &[u8]| {
            let (_, row) = position(&record[..8]);
            let (start, end) = position(&record[8..16]);
            let table = usize::from(u16::from_be_bytes([record[16], record[17]]));
            let id = &record[18..];
            let id = &id[..id.iter().position(|b| *b == 0).unwrap_or(id.len())];
            Cut {
                row,
                units: start..end,
                kept_source: table.checked_sub(1).and_then(|n| self.references.get(n).cloned()),
                kept_id: String::from_utf8_lossy(id).into_owned(),
            }
        };
        Ok(bytes.chunks_exact(NAMED).map(cut).collect())
    }
}
