//! Rows taken out in favour of others: from pairs of positions to the list of removed rows.

use arrow::array::StructArray;
use sprog_datasets::corpus::{Kept, MAX_ID_BYTES};
use sprog_datasets::extsort::Sorter;
use sprog_datasets::table::{RowRange, Shards, write_shard};
use sprog_datasets::{Error, Result, gate};

use super::{Global, OWN, position};
use crate::build::outcome::{EXAMPLES, Example, Removed, StepCount, removed_batch, removed_schema};
use crate::build::steps::{strings, value};

/// Rows in a file of removed rows.
const REMOVED_ROWS: usize = 50_000;
/// kept table, shard and row; removed shard and row; value.
const PAIR: usize = 2 + 8 + 8 + 4;
/// removed shard and row, value, kept table, kept id (padded).
const NAMED: usize = 8 + 4 + 2 + MAX_ID_BYTES;

/// A row to take out, and the one that stays in its place.
pub(super) struct Pair {
    /// Table, shard and row of what stays.
    pub(super) kept: (u16, (u32, u32)),
    /// Shard and row of what goes.
    pub(super) removed: (u32, u32),
    /// How alike they are, if that was measured.
    pub(super) value: Option<f32>,
}

/// All pairs of a stage, sorted outside memory.
pub(super) struct Pairs {
    sorter: Sorter<PAIR>,
    /// How many.
    pub(super) count: u64,
}

impl Pairs {
    pub(super) fn new(global: &Global<'_>) -> Pairs {
        Pairs { sorter: Sorter::new(global.scratch, global.memory / 4), count: 0 }
    }

    /// Adds a pair.
    pub(super) fn push(&mut self, pair: Pair) -> Result<()> {
        let mut record = [0; PAIR];
        record[..2].copy_from_slice(&pair.kept.0.to_be_bytes());
        record[2..6].copy_from_slice(&pair.kept.1.0.to_be_bytes());
        record[6..10].copy_from_slice(&pair.kept.1.1.to_be_bytes());
        record[10..14].copy_from_slice(&pair.removed.0.to_be_bytes());
        record[14..18].copy_from_slice(&pair.removed.1.to_be_bytes());
        record[18..].copy_from_slice(&pair.value.unwrap_or(f32::NAN).to_bits().to_be_bytes());
        self.count += 1;
        self.sorter.push(record)
    }
}

/// Takes the rows out of `kept` and lists them, with the ids of those that stay, in files in the
/// scratch folder; gives the files' names.
///
/// # Errors
/// Those of reading the shards and of sorting.
pub(super) fn take_out(
    global: &Global<'_>,
    pairs: Pairs,
    kept: &mut Kept,
    reason: &str,
    count: &mut StepCount,
) -> Result<Vec<String>> {
    if pairs.count == 0 {
        return Ok(Vec::new());
    }
    count.dropped += pairs.count;
    let named = name_kept(global, pairs.sorter)?;
    list(global, named, kept, reason, count)
}

/// Looks up the ids of the rows that stay, in one forward pass over each table.
fn name_kept(global: &Global<'_>, pairs: Sorter<PAIR>) -> Result<Sorter<NAMED>> {
    let mut named = Sorter::<NAMED>::new(global.scratch, global.memory / 4);
    let mut group: Vec<[u8; PAIR]> = Vec::new();
    let mut flush = |group: &mut Vec<[u8; PAIR]>| -> Result<()> {
        let Some(first) = group.first() else { return Ok(()) };
        let shards = global.shards_of(u16::from_be_bytes([first[0], first[1]]))?;
        let mut ranges: Vec<RowRange> = Vec::new();
        for pair in group.iter() {
            let (shard, start) = position(&pair[2..10]);
            let range = RowRange { shard, start, len: 1 };
            if ranges.last() != Some(&range) {
                ranges.push(range);
            }
        }
        let ids = columns_of(shards, &ranges, &["id"])?;
        let mut at = 0;
        let mut last = None;
        for pair in group.drain(..) {
            let kept = position(&pair[2..10]);
            if last.is_some_and(|l| l != kept) {
                at += 1;
            }
            last = Some(kept);
            let id = ids.get(at).map_or("", |i| i[0].as_str()).as_bytes();
            let mut record = [0; NAMED];
            record[..8].copy_from_slice(&pair[10..18]);
            record[8..12].copy_from_slice(&pair[18..22]);
            record[12..14].copy_from_slice(&pair[..2]);
            let id = id.get(..MAX_ID_BYTES).unwrap_or(id);
            record[14..14 + id.len()].copy_from_slice(id);
            named.push(record)?;
        }
        Ok(())
    };
    for pair in pairs.finish()? {
        let pair = pair?;
        if group.len() == REMOVED_ROWS || group.last().is_some_and(|last| last[..2] != pair[..2]) {
            flush(&mut group)?;
        }
        group.push(pair);
    }
    flush(&mut group)?;
    Ok(named)
}

/// String columns of rows, in the order of `ranges`; `file` and `place` come from the provenance.
pub(super) fn columns_of(shards: &Shards, ranges: &[RowRange], columns: &[&str]) -> Result<Vec<Vec<String>>> {
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
                    .downcast_ref::<StructArray>()
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

fn list(
    global: &Global<'_>,
    named: Sorter<NAMED>,
    kept: &mut Kept,
    reason: &str,
    count: &mut StepCount,
) -> Result<Vec<String>> {
    let mut files = Vec::new();
    let mut group: Vec<[u8; NAMED]> = Vec::new();
    let mut flush = |group: &mut Vec<[u8; NAMED]>| -> Result<()> {
        if group.is_empty() {
            return Ok(());
        }
        let mut ranges = Vec::with_capacity(group.len());
        for record in group.iter() {
            let (shard, start) = position(&record[..8]);
            kept.remove(shard, start);
            ranges.push(RowRange { shard, start, len: 1 });
        }
        let rows = columns_of(global.shards_of(OWN)?, &ranges, &["id", "source", "provenance"])?;
        let mut removed = Vec::with_capacity(rows.len());
        for (record, mut fields) in group.drain(..).zip(rows) {
            let end = record[14..].iter().position(|b| *b == 0).unwrap_or(MAX_ID_BYTES);
            let kept_id = String::from_utf8_lossy(&record[14..14 + end]).into_owned();
            let mut take = |index: usize| fields.get_mut(index).map(std::mem::take).unwrap_or_default();
            let (id, source, file, place) = (take(0), take(1), take(2), take(3));
            let table = u16::from_be_bytes([record[12], record[13]]);
            let reason = match global.reference(table) {
                None => reason.to_owned(),
                Some(name) => format!("{reason} as in {name}"),
            };
            if count.examples.len() < EXAMPLES {
                let reason = gate::mask(&format!("{reason}: {kept_id}"));
                count.examples.push(Example { id: gate::mask(&id), reason, excerpt: None });
            }
            let value = f32::from_bits(u32::from_be_bytes([record[8], record[9], record[10], record[11]]));
            removed.push(Removed {
                id,
                source,
                step: global.name.to_owned(),
                reason,
                value: (!value.is_nan()).then_some(f64::from(value)),
                kept_id: Some(kept_id),
                file,
                place,
            });
        }
        let name = format!("{}-{:05}.removed.parquet", global.prefix, files.len());
        write_shard(&global.scratch.join(&name), &removed_schema(), &[removed_batch(&removed)?])?;
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
