//! The stage `decontaminate` on texts and transcripts: n-grams of words that a test set holds as well.

use std::sync::{Mutex, PoisonError};

use arrow::array::RecordBatch;
use sprog_datasets::Result;
use sprog_datasets::corpus::Kept;
use sprog_datasets::records::replace_text;
use sprog_text::contamination::{Hit, NgramCounts, Options, TestSet, passages};
use sprog_text::dedup::without;

use super::edit::EditStep;
use super::{Global, OWN, Rows, each_text};
use crate::build::outcome::{Beside, Outcome};
use crate::build::passages::Passage;
use crate::build::steps::{Origins, Why, drop_blank, drop_rows, measure_again, rewritten, strings, value};
use crate::lines::CodePoints;
use crate::recipe::Clean;

/// Characters cut on each side of a passage: as many as GPT-3's.
const MARGIN: usize = 200;

/// How to look, and what to do.
pub(super) struct Settings {
    pub(super) ngram: usize,
    pub(super) max_documents: Option<u32>,
    pub(super) min_share: f64,
    pub(super) action: Clean,
}

/// The test sets, ready to look texts up in.
pub(in crate::build) struct TestSets {
    tests: TestSet,
    /// The reference of each item.
    names: Vec<String>,
    /// The texts of the items, for offsets in them.
    texts: Vec<String>,
    counts: Option<(NgramCounts, u32)>,
    min_share: f64,
    action: Clean,
}

/// Reads the references and, where common phrases are to be told apart, counts the n-grams of the corpus.
///
/// # Errors
/// Those of reading the shards.
pub(super) fn test_sets(global: &Global<'_>, kept: &Kept, settings: &Settings) -> Result<TestSets> {
    let (mut ids, mut names, mut texts) = (Vec::new(), Vec::new(), Vec::new());
    for (name, shards) in &global.references {
        for shard in 0..shards.paths().len() as u32 {
            for batch in shards.file(shard)?.read(&["id", "text"], None)? {
                let batch = batch?;
                let (id, text) = (strings(&batch, "id")?, strings(&batch, "text")?);
                for row in 0..batch.num_rows() {
                    let Some(text) = value(text, row) else { continue };
                    ids.push(value(id, row).unwrap_or_default().to_owned());
                    texts.push(text.to_owned());
                    names.push((*name).to_owned());
                }
            }
        }
    }
    let options = Options { words: settings.ngram, ..Options::default() };
    let tests = TestSet::new(ids.into_iter().zip(&texts), options);
    let counts = match settings.max_documents {
        None => None,
        Some(most) => {
            let counts = Mutex::new(NgramCounts::new(&tests));
            let rows = Rows { table: OWN, shards: global.shards, kept: Some(kept) };
            let count = |text: &str| {
                // Only what is found takes the lock.
                if !tests.of(text).is_empty() {
                    tests.of_counting(text, &mut counts.lock().unwrap_or_else(PoisonError::into_inner));
                }
            };
            each_text(global, &rows, count, |_, _, ()| Ok(()))?;
            Some((counts.into_inner().unwrap_or_else(PoisonError::into_inner), most))
        }
    };
    let Settings { min_share, action, .. } = *settings;
    Ok(TestSets { tests, names, texts, counts, min_share, action })
}

impl TestSets {
    fn hits(&self, text: &str) -> Vec<Hit> {
        let mut hits = self.tests.of(text);
        hits.retain(|hit| {
            let common = |(counts, most): &(NgramCounts, u32)| counts.rarest(&self.tests, hit) > *most;
            hit.covered >= self.min_share && !self.counts.as_ref().is_some_and(common)
        });
        hits
    }

    fn item_range(&self, hit: &Hit) -> Option<(i64, i64)> {
        let mut points = CodePoints::new(self.texts.get(hit.item)?);
        Some((points.at(hit.in_item.start) as i64, points.at(hit.in_item.end) as i64))
    }

    /// The batch without what the test sets hold, as the action says; every passage is listed.
    ///
    /// # Errors
    /// Never in practice.
    pub(super) fn run(
        &self,
        batch: &RecordBatch,
        edit: &EditStep<'_>,
        outcome: &mut Outcome,
        beside: &mut Beside,
    ) -> Result<RecordBatch> {
        // The words can be cut out of a transcript, but not out of the audio.
        let speech = batch.schema().index_of("audio").is_ok();
        let action = if speech && self.action == Clean::Cut { Clean::Drop } else { self.action };
        let told = match action {
            Clean::Drop => "drop",
            Clean::Cut => "cut",
            Clean::Report => "report",
        };
        let step = edit.named;
        let mut again = Vec::new();
        let ids = strings(batch, "id")?;
        let origins = Origins::of(batch)?;
        let mut reasons: Vec<Option<Why>> = vec![None; batch.num_rows()];
        let (texts, changed) = rewritten(strings(batch, "text")?, |row, text| {
            let hits = self.hits(text);
            let best =
                hits.iter().max_by(|a, b| a.covered.total_cmp(&b.covered).then(b.item.cmp(&a.item)))?;
            let mut points = CodePoints::new(text);
            for hit in &hits {
                let in_item = self.item_range(hit);
                beside.passages.push(Passage {
                    id: value(ids, row).unwrap_or_default().to_owned(),
                    source: origins.source(row),
                    step: step.1,
                    start: points.at(hit.training.start) as i64,
                    end: points.at(hit.training.end) as i64,
                    action: told,
                    kept_source: self.names.get(hit.item).cloned(),
                    kept_id: self.tests.id(hit.item).to_owned(),
                    kept_start: in_item.map(|(start, _)| start),
                    kept_end: in_item.map(|(_, end)| end),
                    value: Some(hit.covered),
                });
            }
            match action {
                Clean::Report => None,
                Clean::Cut => {
                    let ranges: Vec<_> = hits.iter().map(|hit| hit.training.clone()).collect();
                    again.push(row as u32);
                    Some(without(text, &passages(text, &ranges, MARGIN)))
                }
                Clean::Drop => {
                    let name = self.names.get(best.item).map_or("", String::as_str);
                    let words = best.words;
                    let reason = format!("{words} words of {} in {name}", self.tests.id(best.item));
                    reasons[row] = Some(Why { reason, value: Some(best.covered) });
                    None
                }
            }
        });
        let count = outcome.step(step.0);
        count.rows_in += batch.num_rows() as u64;
        count.changed += changed;
        match action {
            Clean::Report => Ok(batch.clone()),
            Clean::Cut if changed == 0 => Ok(batch.clone()),
            Clean::Cut => {
                let batch = measure_again(&replace_text(batch, texts)?, &again, &edit.measures)?;
                drop_blank(&batch, step, outcome, &mut beside.removed)
            }
            Clean::Drop => {
                // Its text is the test set's.
                drop_rows(batch, step, outcome, &mut beside.removed, |row| reasons[row].clone(), false)
            }
        }
    }
}
