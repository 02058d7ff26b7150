//! The rows themselves: looked at file by file, and those that are taken written as shards.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use arrow::array::{Array, BooleanArray, Int64Array, RecordBatch, new_null_array};
use sprog_datasets::publication::Publication;
use sprog_datasets::records::with_build_columns;
use sprog_datasets::table::{RowRange, TableFile, write_shard};
use sprog_datasets::{Error, Result};

use super::{Chosen, Cuts, Role};
use crate::build::{Resources, pool, strings, value};
use crate::filter::Filter;

/// Payload of a shard, bytes: what a thread holds.
const SHARD_BYTES: u64 = 32 << 20;
/// Columns that stay filled whatever is asked for: gates, statistics and splits need them.
const NEEDED: [&str; 10] = [
    "id",
    "text",
    "audio",
    "speaker_id",
    "recording_id",
    "source",
    "license",
    "token_count",
    "duration",
    "sampling_rate",
];

/// Rows of one config that are taken.
#[derive(Debug, Default)]
pub(super) struct Cut {
    /// In the order of the parent's files.
    pub(super) shards: Vec<Shard>,
    /// Rows by source; empty where rows name none.
    pub(super) sources: BTreeMap<String, u64>,
    /// Tokens by split, as `token_count` has them.
    pub(super) tokens: BTreeMap<String, u64>,
}

/// Some rows of one split.
#[derive(Debug)]
pub(super) struct Shard {
    pub(super) path: PathBuf,
    pub(super) split: String,
    pub(super) rows: u32,
    /// Payload.
    pub(super) bytes: u64,
}

/// One file of the parent.
struct Job<'j> {
    config: &'j str,
    split: &'j str,
    path: &'j str,
    /// Its place among the files of its config.
    number: usize,
    /// The first of its rows in its split.
    first: u64,
}

/// Ranges of rows that are taken, by config, split and file.
type Taken = BTreeMap<(String, usize), Vec<RowRange>>;

/// Looks at every row, and writes those that are taken into `work`.
pub(super) fn cut(
    dir: &Path,
    parent: &Publication,
    chosen: &Chosen,
    filter: Option<&Filter>,
    columns: &[String],
    work: &Path,
    resources: Resources,
) -> Result<Cuts> {
    let jobs = jobs(parent, chosen);
    let taken: Mutex<Taken> = Mutex::default();
    run(
        &jobs,
        resources,
        |job| chosen.roles.get(job.config) == Some(&Role::Rows),
        |job| {
            let ranges = ranges(&dir.join(job.path), filter)?;
            taken
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert((job.config.to_owned(), job.number), ranges);
            Ok(())
        },
    )?;
    let taken = taken.into_inner().unwrap_or_else(PoisonError::into_inner);
    let cuts: Mutex<BTreeMap<(&str, usize), Cut>> = Mutex::default();
    run(
        &jobs,
        resources,
        |_| true,
        |job| {
            let cut = match chosen.roles.get(job.config) {
                None => return Ok(()),
                Some(Role::Rows) => {
                    let ranges = taken.get(&(job.config.to_owned(), job.number));
                    write(&dir.join(job.path), job, ranges.map_or(&[], Vec::as_slice), columns, work)?
                }
                Some(Role::Beside(of)) => {
                    let ranges = along(&jobs, &taken, of, job, dir)?;
                    write_beside(&dir.join(job.path), job, &ranges, work)?
                }
                Some(Role::Whole) => whole(&dir.join(job.path), job)?,
            };
            cuts.lock().unwrap_or_else(PoisonError::into_inner).insert((job.config, job.number), cut);
            Ok(())
        },
    )?;
    let mut out = Cuts::new();
    for ((config, _), cut) in cuts.into_inner().unwrap_or_else(PoisonError::into_inner) {
        let sum = out.entry(config.to_owned()).or_default();
        sum.shards.extend(cut.shards);
        for (mine, theirs) in [(&mut sum.sources, cut.sources), (&mut sum.tokens, cut.tokens)] {
            theirs.into_iter().for_each(|(key, n)| *mine.entry(key).or_default() += n);
        }
    }
    Ok(out)
}

fn jobs<'j>(parent: &'j Publication, chosen: &Chosen) -> Vec<Job<'j>> {
    let mut jobs = Vec::new();
    for config in parent.description.configs.iter().filter(|c| chosen.roles.contains_key(&c.name)) {
        let mut number = 0;
        for split in &config.splits {
            let mut first = 0;
            for file in &split.files {
                jobs.push(Job { config: &config.name, split: &split.name, path: &file.path, number, first });
                number += 1;
                first += file.rows;
            }
        }
    }
    jobs
}

fn run<'j>(
    jobs: &'j [Job<'j>],
    resources: Resources,
    wanted: impl Fn(&Job<'_>) -> bool,
    work: impl Fn(&Job<'j>) -> Result<()> + Sync,
) -> Result<()> {
    pool::run(resources, |hand_out| jobs.iter().filter(|j| wanted(j)).try_for_each(hand_out), work)
}

/// Rows of a file for which the expression is true.
fn ranges(path: &Path, filter: Option<&Filter>) -> Result<Vec<RowRange>> {
    let file = TableFile::open(path)?;
    let Some(filter) = filter else { return Ok(all(&file)) };
    let columns = filter.columns();
    // An expression without columns still has a value for each row.
    let columns = if columns.is_empty() { vec!["id"] } else { columns };
    let mut ranges: Vec<RowRange> = Vec::new();
    let mut row = 0u32;
    for batch in file.read(&columns, None)? {
        let keep: BooleanArray = filter
            .evaluate(&batch?)
            .map_err(|e| Error::Invalid(format!("--where: {}: {e}", path.display())))?;
        for index in 0..keep.len() {
            if keep.is_valid(index) && keep.value(index) {
                match ranges.last_mut() {
                    Some(last) if last.start + last.len == row => last.len += 1,
                    _ => ranges.push(RowRange { shard: 0, start: row, len: 1 }),
                }
            }
            row += 1;
        }
    }
    Ok(ranges)
}

fn all(file: &TableFile) -> Vec<RowRange> {
    let len = u32::try_from(file.rows()).unwrap_or(u32::MAX);
    if len == 0 { Vec::new() } else { vec![RowRange { shard: 0, start: 0, len }] }
}

/// Writes rows of a text or speech table with the build's own columns.
fn write(path: &Path, job: &Job<'_>, ranges: &[RowRange], columns: &[String], work: &Path) -> Result<Cut> {
    let mut cut = Cut::default();
    if ranges.is_empty() {
        return Ok(cut);
    }
    let (mut held, mut bytes) = (Vec::new(), 0u64);
    for batch in TableFile::open(path)?.read(&[], Some(ranges))? {
        let batch = with_build_columns(&emptied(&batch?, columns)?)?;
        let sources = strings(&batch, "source")?;
        for row in 0..batch.num_rows() {
            *cut.sources.entry(value(sources, row).unwrap_or_default().to_owned()).or_default() += 1;
        }
        let sum = |name: &str| {
            let column = batch.column_by_name(name).and_then(|c| c.as_any().downcast_ref::<Int64Array>());
            column.map_or(0, |c| c.iter().flatten().map(|n| n.max(0) as u64).sum::<u64>())
        };
        *cut.tokens.entry(job.split.to_owned()).or_default() += sum("token_count");
        bytes += sum("__bytes");
        held.push(batch);
        if bytes >= SHARD_BYTES {
            store(&mut cut, job, &mut held, &mut bytes, work)?;
        }
    }
    store(&mut cut, job, &mut held, &mut bytes, work)?;
    Ok(cut)
}

fn store(
    cut: &mut Cut,
    job: &Job<'_>,
    held: &mut Vec<RecordBatch>,
    bytes: &mut u64,
    work: &Path,
) -> Result<()> {
    let Some(first) = held.first() else { return Ok(()) };
    let path = work.join(format!("{}-{}-{}.parquet", job.config, job.number, cut.shards.len()));
    write_shard(&path, &first.schema(), held)?;
    let rows = held.iter().map(RecordBatch::num_rows).sum::<usize>();
    let rows = u32::try_from(rows).map_err(|e| Error::Invalid(e.to_string()))?;
    cut.shards.push(Shard { path, split: job.split.to_owned(), rows, bytes: std::mem::take(bytes) });
    held.clear();
    Ok(())
}

/// The batch with columns that were not asked for null.
fn emptied(batch: &RecordBatch, columns: &[String]) -> Result<RecordBatch> {
    if columns.is_empty() {
        return Ok(batch.clone());
    }
    let schema = batch.schema();
    let arrays = schema.fields().iter().zip(batch.columns()).map(|(field, array)| {
        let stays = NEEDED.contains(&field.name().as_str()) || columns.contains(field.name());
        if stays { array.clone() } else { new_null_array(field.data_type(), batch.num_rows()) }
    });
    RecordBatch::try_new(schema.clone(), arrays.collect()).map_err(|e| Error::Invalid(e.to_string()))
}

/// Rows of a file of attributes: those taken of the table that it lies beside, whose files may end elsewhere.
fn along(jobs: &[Job<'_>], taken: &Taken, of: &str, job: &Job<'_>, dir: &Path) -> Result<Vec<RowRange>> {
    let rows = TableFile::open(&dir.join(job.path))?.rows();
    let mut out: Vec<RowRange> = Vec::new();
    for other in jobs.iter().filter(|o| o.config == of && o.split == job.split) {
        for range in taken.get(&(of.to_owned(), other.number)).into_iter().flatten() {
            let from = (other.first + u64::from(range.start)).max(job.first);
            let to = (other.first + u64::from(range.start) + u64::from(range.len)).min(job.first + rows);
            if from < to {
                let start = u32::try_from(from - job.first).map_err(|e| Error::Invalid(e.to_string()))?;
                let len = u32::try_from(to - from).map_err(|e| Error::Invalid(e.to_string()))?;
                out.push(RowRange { shard: 0, start, len });
            }
        }
    }
    Ok(out)
}

fn write_beside(path: &Path, job: &Job<'_>, ranges: &[RowRange], work: &Path) -> Result<Cut> {
    let mut cut = Cut::default();
    if ranges.is_empty() {
        return Ok(cut);
    }
    let (mut held, mut bytes) = (Vec::new(), 0u64);
    for batch in TableFile::open(path)?.read(&[], Some(ranges))? {
        let batch = batch?;
        bytes += batch.num_rows() as u64 * 256;
        held.push(batch);
        if bytes >= SHARD_BYTES {
            store(&mut cut, job, &mut held, &mut bytes, work)?;
        }
    }
    store(&mut cut, job, &mut held, &mut bytes, work)?;
    Ok(cut)
}

/// A file of which all rows are taken is its own shard.
fn whole(path: &Path, job: &Job<'_>) -> Result<Cut> {
    let file = TableFile::open(path)?;
    let rows = u32::try_from(file.rows()).map_err(|e| Error::Invalid(e.to_string()))?;
    let bytes = std::fs::metadata(path).map_err(Error::io(path))?.len();
    let mut cut = Cut::default();
    if rows > 0 {
        cut.shards.push(Shard { path: path.to_owned(), split: job.split.to_owned(), rows, bytes });
    }
    Ok(cut)
}
