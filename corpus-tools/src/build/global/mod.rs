//! Stages over all rows of a config at once. They work on narrow records of fixed width, sorted outside
//! memory; texts and audio are only ever read in the order of the shards.

mod audio;
mod contamination;
mod cuts;
mod edit;
mod exact;
mod lines;
mod near;
mod removal;
mod substring;

pub(super) use edit::{Edit, EditStep};

use std::collections::BTreeMap;
use std::path::Path;

use arrow::array::Array;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use sprog_datasets::corpus::Kept;
use sprog_datasets::table::Shards;
use sprog_datasets::{Error, Result};

use super::outcome::StepCount;
use super::steps::{strings, value};
use crate::recipe::{Clean, Step};

/// The number of the config's own table; references are numbered from 1.
const OWN: u16 = 0;

/// A stage of the recipe on one config.
pub(super) struct GlobalStep {
    /// Its index in the recipe.
    pub(super) index: usize,
    /// The step.
    pub(super) step: Step,
}

impl GlobalStep {
    /// The stage of a step that needs one, if it is for a config.
    pub(super) fn of(index: usize, step: &Step, config: &str, speech: bool) -> Option<GlobalStep> {
        let global = matches!(
            step,
            Step::ExactDedup { .. }
                | Step::LineDedup { .. }
                | Step::NearDedup { .. }
                | Step::SubstringDedup { .. }
                | Step::Decontaminate { .. }
        );
        (global && step.is_for(config, speech)).then(|| GlobalStep { index, step: step.clone() })
    }
}

/// What a stage works with.
pub(super) struct Global<'g> {
    /// The step's name.
    pub(super) name: &'static str,
    /// The rows that the stage is about.
    pub(super) shards: &'g Shards,
    /// Rows to compare with, by the name of their source, in the step's order.
    pub(super) references: Vec<(&'g str, &'g Shards)>,
    /// Folder for everything that is written.
    pub(super) scratch: &'g Path,
    /// Names of files begin with it.
    pub(super) prefix: String,
    /// Bytes to sort in.
    pub(super) memory: usize,
    /// Threads for what is done to each text.
    pub(super) pool: &'g rayon::ThreadPool,
}

impl Global<'_> {
    fn shards_of(&self, table: u16) -> Result<&Shards> {
        match table {
            OWN => Ok(self.shards),
            n => {
                let found = self.references.get(usize::from(n) - 1).map(|(_, shards)| *shards);
                found.ok_or_else(|| Error::Invalid(format!("no reference {n}")))
            }
        }
    }

    fn reference(&self, table: u16) -> Option<&str> {
        self.references.get(usize::from(table.checked_sub(1)?)).map(|(name, _)| *name)
    }
}

/// What a stage came to.
#[derive(Default)]
pub(super) struct Staged {
    /// Counts for the report.
    pub(super) count: StepCount,
    /// Names of the files with the removed rows, in the scratch folder.
    pub(super) removed: Vec<String>,
    /// What is to be done to the texts that are left.
    pub(super) edit: Option<Edit>,
}

/// Runs a stage; rows that it takes out are out of `kept` then.
///
/// # Errors
/// Those of reading the shards and of sorting.
pub(super) fn run(global: &Global<'_>, step: &Step, speech: bool, kept: &mut Kept) -> Result<Staged> {
    let mut staged = Staged::default();
    match step {
        Step::ExactDedup { .. } => {
            let (pairs, rows_in) = exact::pairs(global, kept)?;
            staged.count.rows_in = rows_in;
            staged.removed = removal::take_out(global, pairs, kept, "exact duplicate", &mut staged.count)?;
        }
        Step::NearDedup { .. } if speech => {
            let (pairs, rows_in) = audio::pairs(global, kept, false)?;
            staged.count.rows_in = rows_in;
            staged.removed = removal::take_out(global, pairs, kept, "the same recording", &mut staged.count)?;
        }
        Step::NearDedup { ngram, bands, rows, threshold, keep, .. } => {
            let settings =
                near::Settings { ngram: *ngram, bands: *bands, rows: *rows, threshold: *threshold, keep };
            let (pairs, rows_in) = near::pairs(global, kept, &settings)?;
            staged.count.rows_in = rows_in;
            staged.removed = removal::take_out(global, pairs, kept, "near duplicate", &mut staged.count)?;
        }
        Step::Decontaminate { ngram, max_documents, min_share, action, .. } => {
            let settings = contamination::Settings {
                ngram: *ngram,
                max_documents: *max_documents,
                min_share: *min_share,
                action: *action,
            };
            let reference_audio = |shards: &&Shards| match shards.paths().is_empty() {
                true => Ok(false),
                false => shards.file(0).map(|file| file.schema().index_of("audio").is_ok()),
            };
            let references: Vec<&Shards> = global.references.iter().map(|(_, shards)| *shards).collect();
            let has_audio = references.iter().map(reference_audio).collect::<Result<Vec<bool>>>()?;
            if speech && *action != Clean::Report && has_audio.contains(&true) {
                let (pairs, _) = audio::pairs(global, kept, true)?;
                staged.removed =
                    removal::take_out(global, pairs, kept, "the same recording", &mut staged.count)?;
                // The others are counted as their transcripts are looked at.
                staged.count.rows_in = staged.count.dropped;
            }
            let tests = contamination::test_sets(global, kept, &settings)?;
            staged.edit = Some(Edit::Decontaminate(Box::new(tests)));
        }
        Step::LineDedup { unit, scope, min_documents, min_characters, .. } => {
            let settings = lines::Settings {
                unit: *unit,
                scope: *scope,
                min_documents: *min_documents,
                min_characters: *min_characters,
            };
            staged.edit = Some(lines::edit(global, kept, &settings)?);
        }
        Step::SubstringDedup { min_tokens, .. } => {
            staged.edit = Some(substring::edit(global, kept, *min_tokens)?);
        }
        other => return Err(Error::Invalid(format!("{} is no stage", other.name()))),
    }
    Ok(staged)
}

/// The number of a row in its table: shard and row.
fn key(shard: u32, row: u32) -> u64 {
    u64::from(shard) << 32 | u64::from(row)
}

/// Shard and row of a number.
fn split(key: u64) -> (u32, u32) {
    ((key >> 32) as u32, key as u32)
}

/// Works out something of each text, on all threads, and hands it out in the order of the rows.
fn each_text<T: Send>(
    global: &Global<'_>,
    rows: &Rows<'_>,
    work: impl Fn(&str) -> T + Sync,
    mut each: impl FnMut(u32, u32, T) -> Result<()>,
) -> Result<()> {
    for shard in 0..rows.shards.paths().len() as u32 {
        let one = |_: &mut (), text: &str| work(text);
        each_text_of(global, rows, shard, || (), one, |row, result| each(shard, row, result))?;
    }
    Ok(())
}

/// As [`each_text`], of one shard, with something that each thread keeps between texts.
fn each_text_of<S, T: Send>(
    global: &Global<'_>,
    rows: &Rows<'_>,
    shard: u32,
    scratch: impl Fn() -> S + Sync + Send,
    work: impl Fn(&mut S, &str) -> T + Sync + Send,
    mut each: impl FnMut(u32, T) -> Result<()>,
) -> Result<()> {
    let mut first = 0u32;
    for batch in rows.shards.file(shard)?.read(&["text"], None)? {
        let batch = batch?;
        let texts = strings(&batch, "text")?;
        let numbers: Vec<u32> =
            (0..texts.len() as u32).filter(|row| rows.contains(shard, first + row)).collect();
        let one = |scratch: &mut S, row: &u32| work(scratch, value(texts, *row as usize).unwrap_or_default());
        let results: Vec<T> = global.pool.install(|| numbers.par_iter().map_init(&scratch, one).collect());
        for (row, result) in numbers.into_iter().zip(results) {
            each(first + row, result)?;
        }
        first += texts.len() as u32;
    }
    Ok(())
}

/// The rows of one table, with what is still kept of them.
struct Rows<'r> {
    table: u16,
    shards: &'r Shards,
    kept: Option<&'r Kept>,
}

impl Rows<'_> {
    fn contains(&self, shard: u32, row: u32) -> bool {
        self.kept.is_none_or(|kept| kept.contains(shard, row))
    }
}

/// The references' rows and the config's own.
fn all_rows<'r>(global: &'r Global<'_>, kept: &'r Kept) -> Vec<Rows<'r>> {
    let references = global.references.iter().zip(1u16..);
    let mut out: Vec<Rows<'r>> =
        references.map(|((_, shards), table)| Rows { table, shards, kept: None }).collect();
    out.push(Rows { table: OWN, shards: global.shards, kept: Some(kept) });
    out
}

/// Shard and row, big-endian.
fn position(bytes: &[u8]) -> (u32, u32) {
    let number = |at: usize| bytes[at..at + 4].iter().fold(0u32, |n, b| n << 8 | u32::from(*b));
    (number(0), number(4))
}

/// The reference sources of a recipe, read once for all stages.
pub(super) type References = BTreeMap<String, Shards>;
