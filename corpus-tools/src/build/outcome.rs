//! What a job came to: counts, problems and the rows it took out. All of it goes into the journal or
//! beside it, so that a resumed build tells the same story.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use serde::{Deserialize, Serialize};
use sprog_datasets::{Error, Result};
use sprog_formats::{Place, Problem};

use super::problems::Spilled;

/// A problem and the file it is in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FileProblem {
    /// Source id.
    pub source: String,
    /// File, relative to the recipe.
    pub file: String,
    /// Place in it.
    pub place: String,
    /// `SPROG-0101`.
    pub code: String,
    /// What was found and done.
    pub message: String,
}

impl FileProblem {
    /// A reader's problem in its file.
    pub fn new(source: &str, file: &str, problem: &Problem) -> Self {
        FileProblem {
            source: source.to_owned(),
            file: file.to_owned(),
            place: problem.place.to_string(),
            code: problem.code.to_string(),
            // A message may quote what it is about, and that may be personal.
            message: sprog_datasets::gate::mask(&problem.message),
        }
    }

    /// An error that ended the reading of a file.
    pub fn of_error(source: &str, file: &str, error: &sprog_formats::Error) -> Self {
        FileProblem::new(source, file, &file_problem(error))
    }
}

/// An error that ended the reading of a file as a problem: without the code and the place, which a
/// problem holds beside its message.
pub fn file_problem(error: &sprog_formats::Error) -> Problem {
    let (code, place) = (error.code(), error.place());
    let text = error.to_string();
    let text = text.strip_suffix(&format!(" [{code}]")).unwrap_or(&text);
    let text = text.strip_prefix(&format!("{place}: ")).unwrap_or(text);
    Problem::new(code, place, format!("{text}; left out"))
}

/// A row that a step dropped, to show in the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// Its id.
    pub id: String,
    /// Why.
    pub reason: String,
    /// The start of its text; `None` where it may not be shown.
    pub excerpt: Option<String>,
}

/// Examples kept of one step in one job, and shown in the report.
pub const EXAMPLES: usize = 3;

/// What one step did to the rows of a job.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepCount {
    /// Rows that came in.
    pub rows_in: u64,
    /// Rows taken out.
    pub dropped: u64,
    /// Rows changed.
    pub changed: u64,
    /// Some of the dropped.
    pub examples: Vec<Example>,
}

impl StepCount {
    /// Adds what the step did elsewhere.
    pub fn add(&mut self, other: &StepCount) {
        self.rows_in += other.rows_in;
        self.dropped += other.dropped;
        self.changed += other.changed;
        let room = EXAMPLES.saturating_sub(self.examples.len());
        self.examples.extend(other.examples.iter().take(room).cloned());
    }
}

/// What a job came to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The shard's file name, if any row is left.
    pub shard: Option<String>,
    /// Its rows.
    pub rows: u32,
    /// The shard's size.
    pub shard_bytes: u64,
    /// The file with the rows taken out, if any.
    pub removed: Option<String>,
    /// Its size.
    pub removed_bytes: u64,
    /// The file with the audit of personal data, if any was found.
    pub audit: Option<String>,
    /// Its size.
    pub audit_bytes: u64,
    /// The file with the passages that were found elsewhere too, if any.
    pub passages: Option<String>,
    /// Its size.
    pub passages_bytes: u64,
    /// Records read.
    pub records: u64,
    /// Steps by their index in the recipe.
    pub steps: Vec<(usize, StepCount)>,
    /// Problems met, if they are few.
    pub problems: Vec<FileProblem>,
    /// Where they are if they are many.
    pub spilled: Option<Spilled>,
}

impl Outcome {
    /// Whether the files that the outcome names are there as they were written.
    pub fn is_intact(&self, work: &Path) -> bool {
        let there = |name: &Option<String>, bytes: u64| {
            name.as_ref().is_none_or(|n| fs::metadata(work.join(n)).is_ok_and(|m| m.len() == bytes))
        };
        there(&self.shard, self.shard_bytes)
            && there(&self.removed, self.removed_bytes)
            && there(&self.audit, self.audit_bytes)
            && there(&self.passages, self.passages_bytes)
            && self.spilled.as_ref().is_none_or(|s| there(&Some(s.name.clone()), s.bytes))
    }

    /// The count of a step of the recipe.
    pub fn step(&mut self, index: usize) -> &mut StepCount {
        let at = match self.steps.iter().position(|(i, _)| *i == index) {
            Some(at) => at,
            None => {
                self.steps.push((index, StepCount::default()));
                self.steps.len() - 1
            }
        };
        &mut self.steps[at].1
    }
}

/// What a job writes beside its rows.
#[derive(Debug, Default)]
pub struct Beside {
    /// Rows taken out.
    pub removed: Vec<Removed>,
    /// Personal data found.
    pub finds: Vec<super::audit::Find>,
    /// Passages found elsewhere too.
    pub passages: Vec<super::passages::Passage>,
}

/// One row of `removed/<config>.parquet`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Removed {
    /// The row's id.
    pub id: String,
    /// Source id.
    pub source: String,
    /// The step that took it out.
    pub step: String,
    /// Why.
    pub reason: String,
    /// The value that decided it: of the signal that failed, or how alike the kept row is.
    pub value: Option<f64>,
    /// The row that is kept in its place, for duplicates.
    pub kept_id: Option<String>,
    /// File.
    pub file: String,
    /// Place in it.
    pub place: String,
}

const REMOVED_COLUMNS: [&str; 7] = ["id", "source", "step", "reason", "kept_id", "file", "place"];
/// Where the column `value` stands among them.
const VALUE_AT: usize = 4;

/// Schema of the files with removed rows. They never hold the rows' content.
pub fn removed_schema() -> SchemaRef {
    let mut fields: Vec<Field> =
        REMOVED_COLUMNS.iter().map(|n| Field::new(*n, DataType::Utf8, true)).collect();
    fields.insert(VALUE_AT, Field::new("value", DataType::Float64, true));
    Arc::new(Schema::new(fields))
}

/// A batch of removed rows.
///
/// # Errors
/// Never in practice.
pub fn removed_batch(rows: &[Removed]) -> Result<RecordBatch> {
    let mut builders: Vec<StringBuilder> = REMOVED_COLUMNS.iter().map(|_| StringBuilder::new()).collect();
    for row in rows {
        // Ids can be personal, and a reason may name one.
        let mask = sprog_datasets::gate::mask;
        let (id, reason, kept_id) = (mask(&row.id), mask(&row.reason), row.kept_id.as_deref().map(mask));
        let values = [
            Some(&id),
            Some(&row.source),
            Some(&row.step),
            Some(&reason),
            kept_id.as_ref(),
            Some(&row.file),
            Some(&row.place),
        ];
        for (builder, value) in builders.iter_mut().zip(values) {
            builder.append_option(value);
        }
    }
    let mut columns: Vec<ArrayRef> = builders.iter_mut().map(|b| Arc::new(b.finish()) as ArrayRef).collect();
    columns.insert(VALUE_AT, Arc::new(rows.iter().map(|r| r.value).collect::<Float64Array>()));
    RecordBatch::try_new(removed_schema(), columns).map_err(|e| Error::Invalid(e.to_string()))
}

/// A problem of a record, by its line.
pub fn line_problem(code: sprog_formats::Code, line: u64, message: impl Into<String>) -> Problem {
    Problem::new(code, Place::Line(line), message)
}
