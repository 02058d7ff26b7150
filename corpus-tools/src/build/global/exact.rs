//! Exact duplicates: rows with the same hash, of their text or of their audio samples.

use sprog_datasets::Result;
use sprog_datasets::corpus::{BUILD_COLUMNS, BuildColumns, Kept};
use sprog_datasets::extsort::Sorter;

use super::removal::{Pair, Pairs};
use super::{Global, OWN, Rows, all_rows};

/// hash, whether it is the config's own, table, shard, row.
const RECORD: usize = 16 + 1 + 2 + 8;

/// Pairs of the first of the rows that share a hash, in the order of the shards, with each of the
/// others. A reference comes before the config's own rows, and is never taken out.
///
/// # Errors
/// Those of reading the shards and of sorting.
pub(super) fn pairs(global: &Global<'_>, kept: &Kept) -> Result<(Pairs, u64)> {
    let mut hashes = Sorter::<RECORD>::new(global.scratch, global.memory / 2);
    let mut rows_in = 0;
    for rows in all_rows(global, kept) {
        for shard in 0..rows.shards.paths().len() as u32 {
            let mut row = 0u32;
            for batch in rows.shards.file(shard)?.read(&BUILD_COLUMNS, None)? {
                let batch = batch?;
                let build = BuildColumns::of(&batch)?;
                for index in 0..batch.num_rows() {
                    if rows.contains(shard, row) {
                        hashes.push(record(&build.hash(index), &rows, shard, row))?;
                        rows_in += u64::from(rows.table == OWN);
                    }
                    row += 1;
                }
            }
        }
    }
    let mut pairs = Pairs::new(global);
    let mut first: Option<[u8; RECORD]> = None;
    // Sorted by hash, then by position: the first of a group is the first in the corpus.
    for record in hashes.finish()? {
        let record = record?;
        match &first {
            Some(first) if first[..16] == record[..16] => {
                if record[16] == 1 {
                    let kept = (table_of(first), position(first));
                    pairs.push(Pair { kept, removed: position(&record), value: None })?;
                }
            }
            _ => first = Some(record),
        }
    }
    Ok((pairs, rows_in))
}

fn record(hash: &[u8; 16], rows: &Rows<'_>, shard: u32, row: u32) -> [u8; RECORD] {
    let mut record = [0; RECORD];
    record[..16].copy_from_slice(hash);
    record[16] = u8::from(rows.table == OWN);
    record[17..19].copy_from_slice(&rows.table.to_be_bytes());
    record[19..23].copy_from_slice(&shard.to_be_bytes());
    record[23..].copy_from_slice(&row.to_be_bytes());
    record
}

fn table_of(record: &[u8; RECORD]) -> u16 {
    u16::from_be_bytes([record[17], record[18]])
}

fn position(record: &[u8; RECORD]) -> (u32, u32) {
    super::position(&record[19..])
}
