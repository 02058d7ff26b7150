//! The stage `near-dedup` on text: MinHash, LSH, and the texts themselves where that is asked for.

use arrow::array::{Array, RecordBatch};
use sprog_datasets::corpus::Kept;
use sprog_datasets::{Error, Result};
use sprog_text::minhash::{MinHash, Options};

use super::removal::{Pair, Pairs};
use super::{Global, OWN, Rows, all_rows, each_text_of};
use crate::build::steps::{strings, value};
use crate::dedup::near::{self, Document, Near};
use crate::filter::number_at;
use crate::recipe::quality::FIRST;

/// How to look, and what to keep.
pub(super) struct Settings<'s> {
    pub(super) ngram: usize,
    pub(super) bands: usize,
    pub(super) rows: usize,
    pub(super) threshold: Option<f64>,
    pub(super) keep: &'s str,
}

/// Rows of a table as one number: table, shard, row.
fn order(table: u16, shard: u32, row: u32) -> u64 {
    u64::from(table) << 56 | u64::from(shard) << 32 | u64::from(row)
}

fn place(order: u64) -> (u16, (u32, u32)) {
    ((order >> 56) as u16, ((order >> 32) as u32 & 0xff_ffff, order as u32))
}

/// Pairs of what goes and what stays for it.
///
/// # Errors
/// Those of reading the shards and of sorting; [`Error::Invalid`] for settings that cannot be, and where
/// `keep` names no column of numbers.
pub(super) fn pairs(global: &Global<'_>, kept: &Kept, settings: &Settings<'_>) -> Result<(Pairs, u64)> {
    let options =
        Options { ngram: settings.ngram, bands: settings.bands, rows: settings.rows, ..Options::default() };
    let minhash = MinHash::new(options).map_err(|e| Error::Invalid(e.to_string()))?;
    let memory = global.memory / 4 * 3;
    let mut stage =
        Near::new(global.scratch, near::Options { bands: settings.bands, rows: settings.rows, memory })?;
    let mut rows_in = 0;
    let all = all_rows(global, kept);
    for rows in &all {
        for shard in 0..rows.shards.paths().len() as u32 {
            if rows.shards.paths().len() > 1 << 24 || rows.table > u16::from(u8::MAX) {
                return Err(Error::Invalid("more shards than can be numbered".into()));
            }
            let ranks = match (settings.keep, rows.table) {
                (FIRST, _) | (_, 1..) => Vec::new(),
                (column, _) => ranks(rows, shard, column)?,
            };
            let bands = |minhash: &mut MinHash, text: &str| {
                let mut bands = Vec::with_capacity(settings.bands);
                minhash.bands(text, &mut bands);
                bands
            };
            each_text_of(
                global,
                rows,
                shard,
                || minhash.clone(),
                bands,
                |row, bands| {
                    rows_in += u64::from(rows.table == OWN);
                    let rank = ranks.get(row as usize).copied().unwrap_or_default();
                    let order = order(rows.table, shard, row);
                    stage.push(Document { order, rank, reference: rows.table != OWN }, &bands)
                },
            )?;
        }
    }
    let candidates = stage.finish()?;
    let mut texts = Texts { all: &all, at: None };
    let removals = match settings.threshold {
        None => candidates.connected()?,
        Some(threshold) => {
            candidates.verified(threshold, settings.ngram, |order, text| texts.get(order, text))?
        }
    };
    let mut pairs = Pairs::new(global);
    for removal in removals {
        let removal = removal?;
        let removed = place(removal.removed).1;
        pairs.push(Pair { kept: place(removal.kept), removed, value: Some(removal.score) })?;
    }
    Ok((pairs, rows_in))
}

/// The numbers of a column of one shard as ranks: the higher, the better. Null is the lowest.
fn ranks(rows: &Rows<'_>, shard: u32, column: &str) -> Result<Vec<u64>> {
    let path: Vec<&str> = column.split('.').collect();
    let mut out = Vec::new();
    for batch in rows.shards.file(shard)?.read(&path[..1], None)? {
        let batch = batch?;
        let numbers = number_at(&batch, &path)
            .ok_or_else(|| Error::Invalid(format!("near-dedup: {column:?} is no column of numbers")))?;
        let rank = |row: usize| {
            let bits = numbers.value(row).to_bits();
            // Bits of a float that sort as the float does.
            let sorted = if bits >> 63 == 1 { !bits } else { bits | 1 << 63 };
            if numbers.is_null(row) { 0 } else { sorted }
        };
        out.extend((0..numbers.len()).map(rank));
    }
    Ok(out)
}

/// Texts by their number, asked for in rising order: each shard is read once, forwards.
struct Texts<'t> {
    all: &'t [Rows<'t>],
    at: Option<Open>,
}

struct Open {
    table: u16,
    shard: u32,
    batches: Box<dyn Iterator<Item = Result<RecordBatch>>>,
    batch: Option<RecordBatch>,
    first: u32,
}

impl Texts<'_> {
    fn get(&mut self, order: u64, text: &mut String) -> Result<()> {
        let missing = || Error::Invalid("a text that was there is gone".into());
        let (table, (shard, row)) = place(order);
        if self.at.as_ref().is_none_or(|open| (open.table, open.shard) != (table, shard)) {
            let rows = self.all.iter().find(|rows| rows.table == table).ok_or_else(missing)?;
            let batches = Box::new(rows.shards.file(shard)?.read(&["text"], None)?);
            self.at = Some(Open { table, shard, batches, batch: None, first: 0 });
        }
        let open = self.at.as_mut().ok_or_else(missing)?;
        loop {
            let rows = open.batch.as_ref().map_or(0, |batch| batch.num_rows() as u32);
            if let Some(batch) = open.batch.as_ref().filter(|_| row < open.first + rows) {
                let at = row.checked_sub(open.first).ok_or_else(missing)?;
                text.push_str(value(strings(batch, "text")?, at as usize).unwrap_or_default());
                return Ok(());
            }
            open.first += rows;
            open.batch = Some(open.batches.next().ok_or_else(missing)??);
        }
    }
}
