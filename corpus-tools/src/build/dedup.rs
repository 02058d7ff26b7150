//! Exact duplicates over all shards: a global stage on narrow records, sorted outside memory.

use std::path::Path;

use sprog_datasets::corpus::{BUILD_COLUMNS, BuildColumns, Kept, MAX_ID_BYTES};
use sprog_datasets::extsort::Sorter;
use sprog_datasets::table::{RowRange, Shards, write_shard};
use sprog_datasets::{Error, Result};

use super::outcome::{EXAMPLES, Example, Removed, StepCount, removed_batch, removed_schema};
use super::steps::{strings, value};

/// What a dedup stage came to.
pub(super) struct Deduped {
    /// Counts for the report.
    pub(super) count: StepCount,
    /// Names of the files with the removed rows, in the scratch folder.
    pub(super) removed: Vec<String>,
}

/// Rows in a file of removed rows.
const REMOVED_ROWS: usize = 50_000;
/// hash, shard, row.
const HASHED: usize = 24;
/// kept shard and row, removed shard and row.
const PAIR: usize = 16;
/// removed shard and row, kept id (padded).
const NAMED: usize = 8 + MAX_ID_BYTES;

fn position(bytes: &[u8]) -> (u32, u32) {
    let number = |at: usize| bytes[at..at + 4].iter().fold(0u32, |n, b| n << 8 | u32::from(*b));
    (number(0), number(4))
}

/// Takes out all but the first of the rows that share a hash, in the order of the shards.
///
/// # Errors
/// Those of reading the shards and of sorting in `scratch`.
pub(super) fn exact(
    shards: &Shards,
    kept: &mut Kept,
    step: &str,
    scratch: &Path,
    prefix: &str,
    memory: usize,
) -> Result<Deduped> {
    let mut hashes = Sorter::<HASHED>::new(scratch, memory / 2);
    let mut count = StepCount::default();
    for shard in 0..shards.paths().len() as u32 {
        let mut row = 0u32;
        for batch in shards.file(shard)?.read(&BUILD_COLUMNS, None)? {
            let batch = batch?;
            let build = BuildColumns::of(&batch)?;
            for index in 0..batch.num_rows() {
                if kept.contains(shard, row) {
                    let mut record = [0u8; HASHED];
                    record[..16].copy_from_slice(&build.hash(index));
                    record[16..20].copy_from_slice(&shard.to_be_bytes());
                    record[20..].copy_from_slice(&row.to_be_bytes());
                    hashes.push(record)?;
                    count.rows_in += 1;
                }
                row += 1;
            }
        }
    }
    // Sorted by hash, then by position: the first of a group is the first in the corpus.
    let mut pairs = Sorter::<PAIR>::new(scratch, memory / 4);
    let mut first: Option<[u8; HASHED]> = None;
    for record in hashes.finish()? {
        let record = record?;
        match &first {
            Some(first) if first[..16] == record[..16] => {
                let mut pair = [0u8; PAIR];
                pair[..8].copy_from_slice(&first[16..]);
                pair[8..].copy_from_slice(&record[16..]);
                pairs.push(pair)?;
                let (shard, row) = position(&record[16..]);
                kept.remove(shard, row);
                count.dropped += 1;
            }
            _ => first = Some(record),
        }
    }
    let removed = if count.dropped == 0 {
        Vec::new()
    } else {
        let named = name_kept(shards, pairs, scratch, memory)?;
        write_removed(shards, named, step, scratch, prefix, &mut count)?
    };
    Ok(Deduped { count, removed })
}

/// Looks up the ids of the kept rows in one forward pass.
fn name_kept(shards: &Shards, pairs: Sorter<PAIR>, scratch: &Path, memory: usize) -> Result<Sorter<NAMED>> {
    let mut named = Sorter::<NAMED>::new(scratch, memory / 4);
    let mut group: Vec<[u8; PAIR]> = Vec::new();
    let mut flush = |group: &mut Vec<[u8; PAIR]>| -> Result<()> {
        let mut ranges: Vec<RowRange> = Vec::new();
        for pair in group.iter() {
            let (shard, start) = position(&pair[..8]);
            let range = RowRange { shard, start, len: 1 };
            if ranges.last() != Some(&range) {
                ranges.push(range);
            }
        }
        let ids = ids_of(shards, &ranges, &["id"])?;
        let mut at = 0;
        let mut last = None;
        for pair in group.drain(..) {
            let kept = position(&pair[..8]);
            if last.is_some_and(|l| l != kept) {
                at += 1;
            }
            last = Some(kept);
            let id: &str = ids.get(at).map_or("", |i| i[0].as_str());
            let mut record = [0u8; NAMED];
            record[..8].copy_from_slice(&pair[8..]);
            let id = id.as_bytes().get(..MAX_ID_BYTES).unwrap_or(id.as_bytes());
            record[8..8 + id.len()].copy_from_slice(id);
            named.push(record)?;
        }
        Ok(())
    };
    for pair in pairs.finish()? {
        group.push(pair?);
        if group.len() == REMOVED_ROWS {
            flush(&mut group)?;
        }
    }
    flush(&mut group)?;
    Ok(named)
}

/// String columns of rows, in the order of `ranges`; `file` and `place` come from the provenance.
fn ids_of(shards: &Shards, ranges: &[RowRange], columns: &[&str]) -> Result<Vec<Vec<String>>> {
    let mut out = Vec::new();
    for batch in shards.gather(ranges, columns) {
        let batch = batch?;
        for row in 0..batch.num_rows() {
            let mut fields = Vec::with_capacity(columns.len());
            for name in columns.iter().filter(|c| **c != "provenance") {
                fields.push(value(strings(&batch, name)?, row).unwrap_or("").to_owned());
            }
            if let Some(origin) = batch.column_by_name("provenance") {
                let origin = origin
                    .as_any()
                    .downcast_ref::<arrow::array::StructArray>()
                    .ok_or_else(|| Error::Invalid("provenance is a struct".into()))?;
                for name in ["file", "place"] {
                    let column = origin.column_by_name(name).and_then(|c| c.as_any().downcast_ref());
                    fields.push(column.and_then(|c| value(c, row)).unwrap_or("").to_owned());
                }
            }
            out.push(fields);
        }
    }
    Ok(out)
}

fn write_removed(
    shards: &Shards,
    named: Sorter<NAMED>,
    step: &str,
    scratch: &Path,
    prefix: &str,
    count: &mut StepCount,
) -> Result<Vec<String>> {
    let mut files = Vec::new();
    let mut group: Vec<[u8; NAMED]> = Vec::new();
    let mut flush = |group: &mut Vec<[u8; NAMED]>| -> Result<()> {
        if group.is_empty() {
            return Ok(());
        }
        let ranges: Vec<RowRange> = group
            .iter()
            .map(|record| {
                let (shard, start) = position(&record[..8]);
                RowRange { shard, start, len: 1 }
            })
            .collect();
        let rows = ids_of(shards, &ranges, &["id", "source", "provenance"])?;
        let mut removed = Vec::with_capacity(rows.len());
        for (record, mut fields) in group.drain(..).zip(rows) {
            let end = record[8..].iter().position(|b| *b == 0).unwrap_or(MAX_ID_BYTES);
            let kept_id = String::from_utf8_lossy(&record[8..8 + end]).into_owned();
            let mut take = |index: usize| fields.get_mut(index).map(std::mem::take).unwrap_or_default();
            let (id, source, file, place) = (take(0), take(1), take(2), take(3));
            if count.examples.len() < EXAMPLES {
                let reason = format!("the same as {kept_id}");
                count.examples.push(Example { id: id.clone(), reason, excerpt: None });
            }
            removed.push(Removed {
                id,
                source,
                step: step.to_owned(),
                reason: "exact duplicate".to_owned(),
                kept_id: Some(kept_id),
                file,
                place,
            });
        }
        let name = format!("{prefix}-{:05}.removed.parquet", files.len());
        write_shard(&scratch.join(&name), &removed_schema(), &[removed_batch(&removed)?])?;
        files.push(name);
        Ok(())
    };
    for record in named.finish()? {
        group.push(record?);
        if group.len() == REMOVED_ROWS {
            flush(&mut group)?;
        }
    }
    flush(&mut group)?;
    Ok(files)
}
