//! A corpus ready for the gates: its description, its sources, and for each table which rows of
//! which shards go into which published file, in which order.

use std::path::Path;

use arrow::array::{Array, FixedSizeBinaryArray, Int64Array, RecordBatch};
use arrow::datatypes::SchemaRef;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::extsort::Sorter;
use crate::metadata::Metadata;
use crate::records::as_strings;
use crate::schema::Modality;
use crate::split::{KeyHash, Split};
use crate::table::{RowRange, Shards};
use crate::tokens::Tokens;
use crate::{Error, Result};

/// Where data came from and on what ground it may be published.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Source {
    /// Id in the recipe.
    pub id: String,
    /// What it holds.
    pub modality: Option<Modality>,
    /// Config that its rows go to; for rules the name of their table.
    pub config: String,
    /// SPDX expression or declared `LicenseRef-…`.
    pub license: Option<String>,
    /// Why it may be processed and published: `own work`, `ophavsretsloven § 9`, `consent`, …
    pub legal_basis: Option<String>,
    /// For people's voices: what they agreed to, or why no consent is needed.
    pub consent: Option<String>,
    /// Who is to be named.
    pub attribution: Option<String>,
    /// Where it can be had.
    pub url: Option<String>,
    /// Its files.
    pub files: Vec<InputFile>,
    /// Why the source was left out, if it was.
    pub excluded: Option<String>,
}

/// One file that went into a build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InputFile {
    /// Relative to the recipe, with `/`.
    pub path: String,
    /// Size.
    pub bytes: u64,
    /// BLAKE3 of its bytes, hexadecimal.
    pub blake3: String,
}

/// A published file to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Split name.
    pub split: String,
    /// Number within the split, from 0.
    pub index: usize,
    /// How many files the split has.
    pub of: usize,
    /// Rows, in order.
    pub rows: Vec<RowRange>,
    /// How many rows that is.
    pub num_rows: u64,
}

impl Part {
    /// `data/<config>/<split>-00000-of-00001.parquet`.
    pub fn path(&self, config: &str) -> String {
        format!("data/{config}/{}-{:05}-of-{:05}.parquet", self.split, self.index, self.of)
    }
}

/// One config of a dataset.
pub struct Table {
    /// The config's name.
    pub config: String,
    /// What it holds.
    pub modality: Modality,
    /// Schema as published.
    pub schema: SchemaRef,
    /// The build's shards.
    pub shards: Shards,
    /// Files to be, split by split.
    pub parts: Vec<Part>,
    /// For attributes and tokens: the config whose rows they are of.
    pub beside: Option<String>,
    /// How its texts were made into tokens, if they were.
    pub tokens: Option<Tokens>,
}

/// Everything that the gates look at.
pub struct Corpus {
    /// What the dataset says of itself.
    pub metadata: Metadata,
    /// Its sources, also those left out.
    pub sources: Vec<Source>,
    /// Its configs.
    pub tables: Vec<Table>,
}

/// Which rows of the shards are still in, a bit a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    shards: Vec<Vec<u64>>,
    rows: Vec<u32>,
}

impl Kept {
    /// Keeps every row of shards with these row counts.
    pub fn all(rows: &[u32]) -> Kept {
        Kept {
            shards: rows.iter().map(|n| vec![u64::MAX; n.div_ceil(64) as usize]).collect(),
            rows: rows.to_vec(),
        }
    }

    /// Takes a row out.
    pub fn remove(&mut self, shard: u32, row: u32) {
        self.shards[shard as usize][row as usize / 64] &= !(1 << (row % 64));
    }

    /// Whether a row is in.
    pub fn contains(&self, shard: u32, row: u32) -> bool {
        self.shards[shard as usize][row as usize / 64] >> (row % 64) & 1 == 1
    }

    /// Rows that are in, of one shard, as ranges.
    pub fn ranges(&self, shard: u32) -> Vec<RowRange> {
        let mut out: Vec<RowRange> = Vec::new();
        for row in (0..self.rows[shard as usize]).filter(|row| self.contains(shard, *row)) {
            match out.last_mut() {
                Some(last) if last.start + last.len == row => last.len += 1,
                _ => out.push(RowRange { shard, start: row, len: 1 }),
            }
        }
        out
    }
}

/// The build's own columns of a shard, row by row.
pub struct BuildColumns<'b> {
    hash: &'b FixedSizeBinaryArray,
    split_key: &'b FixedSizeBinaryArray,
    bytes: &'b Int64Array,
}

/// Names of the columns that [`BuildColumns`] needs.
pub const BUILD_COLUMNS: [&str; 3] = ["__hash", "__split_key", "__bytes"];

impl<'b> BuildColumns<'b> {
    /// Takes them out of a batch.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the batch does not have them.
    pub fn of(batch: &'b RecordBatch) -> Result<Self> {
        fn get<'b, T: 'static>(batch: &'b RecordBatch, name: &str) -> Result<&'b T> {
            let column = batch.column_by_name(name).and_then(|c| c.as_any().downcast_ref());
            column.ok_or_else(|| Error::Invalid(format!("a shard without {name}")))
        }
        Ok(BuildColumns {
            hash: get(batch, "__hash")?,
            split_key: get(batch, "__split_key")?,
            bytes: get(batch, "__bytes")?,
        })
    }

    /// What exact duplicates share.
    pub fn hash(&self, row: usize) -> KeyHash {
        copied(self.hash.value(row))
    }

    /// The key of the split.
    pub fn split_key(&self, row: usize) -> KeyHash {
        copied(self.split_key.value(row))
    }

    /// Payload bytes.
    pub fn bytes(&self, row: usize) -> u64 {
        self.bytes.value(row).max(0) as u64
    }
}

fn copied(bytes: &[u8]) -> KeyHash {
    let mut out = [0; 16];
    out.copy_from_slice(&bytes[..16]);
    out
}

/// Payload bytes after which a new file is begun.
fn part_bytes(modality: Modality) -> u64 {
    match modality {
        // Few row groups, so that the footer that a player fetches stays small.
        Modality::Speech => 128 << 20,
        Modality::Text | Modality::Rules | Modality::Attributes | Modality::Tokens => 256 << 20,
    }
}

struct OpenPart {
    rows: Vec<RowRange>,
    num_rows: u64,
    bytes: u64,
}

/// Lays rows out into parts as they come in their final order.
struct Layout<'s> {
    split: &'s Split,
    limit: u64,
    open: Vec<OpenPart>,
    done: Vec<Vec<OpenPart>>,
}

impl<'s> Layout<'s> {
    fn new(split: &'s Split, modality: Modality) -> Self {
        let open =
            split.shares.iter().map(|_| OpenPart { rows: Vec::new(), num_rows: 0, bytes: 0 }).collect();
        let done = split.shares.iter().map(|_| Vec::new()).collect();
        Layout { split, limit: part_bytes(modality), open, done }
    }

    fn push(&mut self, split: usize, shard: u32, row: u32, bytes: u64) {
        let part = &mut self.open[split];
        if part.num_rows > 0 && part.bytes + bytes > self.limit {
            self.done[split].push(OpenPart {
                rows: std::mem::take(&mut part.rows),
                num_rows: std::mem::take(&mut part.num_rows),
                bytes: std::mem::take(&mut part.bytes),
            });
        }
        match part.rows.last_mut() {
            Some(last) if last.shard == shard && last.start + last.len == row => last.len += 1,
            _ => part.rows.push(RowRange { shard, start: row, len: 1 }),
        }
        part.num_rows += 1;
        part.bytes += bytes;
    }

    fn finish(self) -> Vec<Part> {
        let mut parts = Vec::new();
        for ((open, mut done), (name, _)) in self.open.into_iter().zip(self.done).zip(&self.split.shares) {
            if open.num_rows > 0 {
                done.push(open);
            }
            let of = done.len();
            parts.extend(done.into_iter().enumerate().map(|(index, part)| Part {
                split: name.clone(),
                index,
                of,
                rows: part.rows,
                num_rows: part.num_rows,
            }));
        }
        parts
    }
}

/// Parts of a table whose rows keep the order they came in.
///
/// # Errors
/// Those of reading the shards.
pub fn parts_in_order(shards: &Shards, kept: &Kept, split: &Split, modality: Modality) -> Result<Vec<Part>> {
    let mut layout = Layout::new(split, modality);
    for shard in 0..shards.paths().len() as u32 {
        let mut row = 0u32;
        for batch in shards.file(shard)?.read(&BUILD_COLUMNS[1..], None)? {
            let batch = batch?;
            let column = |name: &str| batch.column_by_name(name);
            let keys = column("__split_key").and_then(|c| c.as_any().downcast_ref::<FixedSizeBinaryArray>());
            let sizes = column("__bytes").and_then(|c| c.as_any().downcast_ref::<Int64Array>());
            let (Some(keys), Some(sizes)) = (keys, sizes) else {
                return Err(Error::Invalid("a shard without its build columns".into()));
            };
            for index in 0..batch.num_rows() {
                if kept.contains(shard, row) {
                    let to = split.assign(&copied(keys.value(index)));
                    layout.push(to, shard, row, sizes.value(index).max(0) as u64);
                }
                row += 1;
            }
        }
    }
    Ok(layout.finish())
}

/// Longest id, bytes: ids are sorted as fixed-width records.
pub const MAX_ID_BYTES: usize = 120;
const SPEAKER_AT: usize = MAX_ID_BYTES;
/// speaker (120), id (120), shard (4), row (4), split (2), bytes (6).
const SORT_BYTES: usize = 2 * MAX_ID_BYTES + 16;

/// Parts of a speech table, sorted by speaker and id so that a speaker's clips lie together.
///
/// # Errors
/// Those of reading the shards and of sorting in `scratch`; [`Error::Invalid`] for an id longer than
/// [`MAX_ID_BYTES`].
pub fn parts_by_speaker(
    shards: &Shards,
    kept: &Kept,
    split: &Split,
    scratch: &Path,
    memory: usize,
) -> Result<Vec<Part>> {
    let mut sorter = Sorter::<SORT_BYTES>::new(scratch, memory);
    for shard in 0..shards.paths().len() as u32 {
        let mut row = 0u32;
        for batch in
            shards.file(shard)?.read(&["id", "speaker_id", "__hash", "__split_key", "__bytes"], None)?
        {
            let batch = batch?;
            let build = BuildColumns::of(&batch)?;
            let strings = |name: &str| {
                let column = batch.column_by_name(name);
                column.ok_or_else(|| Error::Invalid(format!("a shard without {name}"))).and_then(as_strings)
            };
            let (ids, speakers) = (strings("id")?, strings("speaker_id")?);
            for index in 0..batch.num_rows() {
                if kept.contains(shard, row) {
                    let mut record = [0u8; SORT_BYTES];
                    for (at, column) in [(0, speakers), (SPEAKER_AT, ids)] {
                        let value = if column.is_null(index) { "" } else { column.value(index) };
                        let slot = record[at..at + MAX_ID_BYTES].get_mut(..value.len());
                        slot.ok_or_else(|| {
                            Error::Invalid(format!("an id over {MAX_ID_BYTES} bytes: {value:?}"))
                        })?
                        .copy_from_slice(value.as_bytes());
                    }
                    let tail = &mut record[2 * MAX_ID_BYTES..];
                    tail[..4].copy_from_slice(&shard.to_be_bytes());
                    tail[4..8].copy_from_slice(&row.to_be_bytes());
                    let to = split.assign(&build.split_key(index)) as u16;
                    tail[8..10].copy_from_slice(&to.to_be_bytes());
                    tail[10..16].copy_from_slice(&build.bytes(index).to_be_bytes()[2..]);
                    sorter.push(record)?;
                }
                row += 1;
            }
        }
    }
    let mut layout = Layout::new(split, Modality::Speech);
    for record in sorter.finish()? {
        let record = record?;
        let tail = &record[2 * MAX_ID_BYTES..];
        let number =
            |range: std::ops::Range<usize>| tail[range].iter().fold(0u64, |n, b| n << 8 | u64::from(*b));
        layout.push(number(8..10) as usize, number(0..4) as u32, number(4..8) as u32, number(10..16));
    }
    Ok(layout.finish())
}

/// Parts of a table whose shards are in their final order, each with the split that all its rows go to, its rows and
/// their bytes. Splits come in the order of their shards.
pub fn parts_of_shards(shards: &[(String, u32, u64)], modality: Modality) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut filled = 0u64;
    for (shard, (split, len, bytes)) in shards.iter().enumerate().filter(|(_, (_, len, _))| *len > 0) {
        let range = RowRange { shard: shard as u32, start: 0, len: *len };
        match parts.last_mut().filter(|part| part.split == *split) {
            Some(part) if filled.saturating_add(*bytes) <= part_bytes(modality) => {
                part.rows.push(range);
                part.num_rows += u64::from(*len);
                filled += bytes;
            }
            last => {
                let index = last.map_or(0, |part| part.index + 1);
                let num_rows = u64::from(*len);
                parts.push(Part { split: split.clone(), index, of: 0, rows: vec![range], num_rows });
                filled = *bytes;
            }
        }
    }
    let counts: Vec<usize> =
        parts.iter().map(|part| parts.iter().filter(|other| other.split == part.split).count()).collect();
    for (part, of) in parts.iter_mut().zip(counts) {
        part.of = of;
    }
    parts
}

/// One part with all rows of each shard: for tables that are neither split nor thinned out.
pub fn parts_whole(rows: &[u32]) -> Vec<Part> {
    let ranges: Vec<RowRange> = rows
        .iter()
        .enumerate()
        .filter(|(_, len)| **len > 0)
        .map(|(shard, len)| RowRange { shard: shard as u32, start: 0, len: *len })
        .collect();
    let num_rows = rows.iter().map(|n| u64::from(*n)).sum();
    if num_rows == 0 {
        return Vec::new();
    }
    vec![Part { split: "train".to_owned(), index: 0, of: 1, rows: ranges, num_rows }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_counts_what_is_left() {
        let mut kept = Kept::all(&[70, 3]);
        kept.remove(0, 69);
        kept.remove(1, 0);
        let range = |shard, start, len| RowRange { shard, start, len };
        assert_eq!((kept.ranges(0), kept.ranges(1)), (vec![range(0, 0, 69)], vec![range(1, 1, 2)]));
        assert!(!kept.contains(0, 69) && kept.contains(0, 64));
    }

    #[test]
    fn whole_shards_are_gathered_into_parts_of_a_bounded_size() {
        let shard = |split: &str, rows, mib: u64| (split.to_owned(), rows, mib << 20);
        let shards = [
            shard("train", 5, 200),
            shard("train", 2, 50),
            shard("train", 4, 10),
            shard("test", 1, 1),
            shard("test", 0, 0),
        ];
        let parts = parts_of_shards(&shards, Modality::Tokens);
        let paths: Vec<String> = parts.iter().map(|part| part.path("tokens")).collect();
        let expected = ["train-00000-of-00002", "train-00001-of-00002", "test-00000-of-00001"];
        assert_eq!(paths, expected.map(|name| format!("data/tokens/{name}.parquet")));
        assert_eq!(parts.iter().map(|part| part.num_rows).collect::<Vec<_>>(), [7, 4, 1]);
    }

    #[test]
    fn rows_that_follow_one_another_are_one_range() {
        let split = Split::default();
        let mut layout = Layout::new(&split, Modality::Text);
        for row in [0, 1, 2, 5, 6] {
            layout.push(0, 3, row, 10);
        }
        layout.push(0, 4, 0, 300 << 20);
        let parts = layout.finish();
        assert_eq!(parts.len(), 2);
        let range = |shard, start, len| RowRange { shard, start, len };
        assert_eq!(parts[0].rows, [range(3, 0, 3), range(3, 5, 2)]);
        assert_eq!(parts[1].path("text"), "data/text/train-00001-of-00002.parquet");
    }
}
