//! What a stage does to the texts of the next phase, shard by shard, before that phase's steps.

use std::collections::BTreeSet;
use std::ops::Range;

use arrow::array::RecordBatch;
use sprog_datasets::Result;
use sprog_datasets::records::replace_text;
use sprog_text::dedup::without;

use super::contamination::TestSets;
use super::cuts::{Cut, Cuts};
use crate::build::outcome::{Beside, Outcome};
use crate::build::passages::Passage;
use crate::build::steps::{Origins, RowStep, drop_blank, measure_again, rewritten, strings, value};
use crate::lines::CodePoints;

/// Where the units that a stage counts (tokens, lines) lie in a text, as ranges of bytes to cut.
type ToBytes = Box<dyn Fn(&str, &[Range<u32>]) -> Vec<Range<usize>> + Send + Sync>;

/// The step that a change is made for.
pub(in crate::build) struct EditStep<'s> {
    /// Its index in the recipe, and its name.
    pub(in crate::build) named: (usize, &'static str),
    /// Steps before it whose measures of a text no longer hold once it is changed.
    pub(in crate::build) measures: Vec<&'s RowStep>,
}

/// The change, ready to be made.
pub(in crate::build) enum Edit {
    /// Passages that other rows keep are cut.
    Cut(Passages),
    /// What test sets hold is found in each text by itself.
    Decontaminate(Box<TestSets>),
}

impl Edit {
    /// What the change needs to know of one shard.
    ///
    /// # Errors
    /// Those of the file system.
    pub(in crate::build) fn of_shard(&self, shard: u32) -> Result<Vec<Cut>> {
        match self {
            Edit::Cut(passages) => passages.cuts.of_shard(shard),
            Edit::Decontaminate(_) => Ok(Vec::new()),
        }
    }

    /// Changes a batch. `rows` are the numbers of its rows in their shard, `cuts` what
    /// [`of_shard`](Self::of_shard) gave.
    ///
    /// # Errors
    /// Never in practice.
    pub(in crate::build) fn run(
        &self,
        batch: &RecordBatch,
        rows: &[u32],
        cuts: &[Cut],
        step: &EditStep<'_>,
        outcome: &mut Outcome,
        beside: &mut Beside,
    ) -> Result<RecordBatch> {
        match self {
            Edit::Cut(passages) => passages.run(batch, rows, cuts, step, outcome, beside),
            Edit::Decontaminate(tests) => tests.run(batch, step, outcome, beside),
        }
    }
}

/// Cuts, and how they are found in a text.
pub(in crate::build) struct Passages {
    pub(super) cuts: Cuts,
    pub(super) to_bytes: ToBytes,
}

impl Passages {
    /// The batch with the passages cut out, each of them listed; texts of which nothing is left are
    /// dropped. `rows` are the numbers of the batch's rows in their shard.
    ///
    /// # Errors
    /// Never in practice.
    fn run(
        &self,
        batch: &RecordBatch,
        rows: &[u32],
        cuts: &[Cut],
        step: &EditStep<'_>,
        outcome: &mut Outcome,
        beside: &mut Beside,
    ) -> Result<RecordBatch> {
        let (index, name) = step.named;
        let mut again = Vec::new();
        let ids = strings(batch, "id")?;
        let origins = Origins::of(batch)?;
        let (texts, changed) = rewritten(strings(batch, "text")?, |at, text| {
            let row = *rows.get(at)?;
            let from = cuts.partition_point(|cut| cut.row < row);
            let mine = &cuts[from..];
            let mine = &mine[..mine.partition_point(|cut| cut.row == row)];
            if mine.is_empty() {
                return None;
            }
            let groups = touching(mine);
            let units: Vec<Range<u32>> = groups.iter().map(|(units, _)| units.clone()).collect();
            let ranges = (self.to_bytes)(text, &units);
            let mut points = CodePoints::new(text);
            for (number, (units, cuts)) in groups.iter().enumerate() {
                // Of a group of signs that stay nothing is cut, and the numbers no longer agree.
                let range = match ranges.len() == groups.len() {
                    true => ranges.get(number).cloned(),
                    false => (self.to_bytes)(text, std::slice::from_ref(units)).pop(),
                };
                let Some(range) = range else { continue };
                let (start, end) = (points.at(range.start) as i64, points.at(range.end) as i64);
                let mut told = BTreeSet::new();
                for cut in cuts.iter() {
                    if !told.insert((&cut.kept_source, &cut.kept_id)) {
                        continue;
                    }
                    beside.passages.push(Passage {
                        id: value(ids, at).unwrap_or_default().to_owned(),
                        source: origins.source(at),
                        step: name,
                        start,
                        end,
                        action: "cut",
                        kept_source: cut.kept_source.clone(),
                        kept_id: cut.kept_id.clone(),
                        ..Passage::default()
                    });
                }
            }
            let left = Some(without(text, &ranges)).filter(|new| new != text);
            again.extend(left.is_some().then_some(at as u32));
            left
        });
        let count = outcome.step(index);
        count.rows_in += batch.num_rows() as u64;
        count.changed += changed;
        if changed == 0 {
            return Ok(batch.clone());
        }
        let batch = measure_again(&replace_text(batch, texts)?, &again, &step.measures)?;
        drop_blank(&batch, step.named, outcome, &mut beside.removed)
    }
}

/// Cuts that touch, together.
fn touching(cuts: &[Cut]) -> Vec<(Range<u32>, &[Cut])> {
    let mut groups: Vec<(Range<u32>, &[Cut])> = Vec::new();
    let mut first = 0;
    for (at, cut) in cuts.iter().enumerate() {
        match groups.last_mut().filter(|(units, _)| cut.units.start <= units.end) {
            Some((units, group)) => {
                units.end = units.end.max(cut.units.end);
                *group = &cuts[first..=at];
            }
            None => {
                first = at;
                groups.push((cut.units.clone(), &cuts[at..=at]));
            }
        }
    }
    groups
}
