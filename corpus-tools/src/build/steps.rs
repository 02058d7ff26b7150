//! The recipe's steps on batches of rows.

use arrow::array::{Array, BooleanArray, RecordBatch, StringArray, StringBuilder, StructArray};
use arrow::compute::filter_record_batch;
use sprog_datasets::records::replace_text;
use sprog_datasets::{Error, Result};
use sprog_text::normalize::{self, Options};
use sprog_text::{excerpt, pii};

use super::outcome::{EXAMPLES, Example, Outcome, Removed};
use crate::filter::Filter;
use crate::recipe::{PiiAction, Step};

/// Characters shown of a dropped text.
const EXCERPT: usize = 160;

/// A step on rows, ready to run.
pub(super) struct RowStep {
    /// Its index in the recipe.
    pub(super) index: usize,
    name: &'static str,
    what: What,
}

enum What {
    Normalize(Options),
    Pii(PiiAction),
    Filter(Filter, String),
}

/// Steps of one config, in phases with an exact-dedup (by its index in the recipe) between them.
pub(super) struct Phases {
    /// Row steps of each phase; one more than there are dedups.
    pub(super) phases: Vec<Vec<RowStep>>,
    /// Indices of the dedup steps.
    pub(super) dedups: Vec<usize>,
}

/// Sorts a recipe's steps for one config into phases.
///
/// # Errors
/// [`Error::Invalid`] for a filter that does not fit the config's schema.
pub(super) fn phases(steps: &[&Step], config: &str, schema: &arrow::datatypes::Schema) -> Result<Phases> {
    let mut out = Phases { phases: vec![Vec::new()], dedups: Vec::new() };
    for (index, step) in steps.iter().enumerate() {
        let what = match step {
            Step::Normalize { nfc, whitespace, soft_hyphens, invisible } => What::Normalize(Options {
                nfc: *nfc,
                whitespace: *whitespace,
                soft_hyphens: *soft_hyphens,
                invisible: *invisible,
            }),
            // Masked in the transcript, a number would still be heard.
            Step::Pii { .. } if schema.index_of("audio").is_ok() => What::Pii(PiiAction::Drop),
            Step::Pii { action } => What::Pii(*action),
            Step::Filter { expression, config: target } if target == config => {
                let filter = Filter::parse(expression).map_err(|e| Error::Invalid(e.to_string()))?;
                filter.check(schema).map_err(|e| Error::Invalid(format!("filter for {config:?}: {e}")))?;
                What::Filter(filter, expression.clone())
            }
            Step::ExactDedup {} => {
                out.dedups.push(index);
                out.phases.push(Vec::new());
                continue;
            }
            _ => continue,
        };
        if let Some(phase) = out.phases.last_mut() {
            phase.push(RowStep { index, name: step.name(), what });
        }
    }
    Ok(out)
}

/// Runs one phase's steps on a batch.
///
/// # Errors
/// [`Error::Invalid`] where a filter cannot be evaluated (a division by zero).
pub(super) fn run(
    steps: &[RowStep],
    mut batch: RecordBatch,
    outcome: &mut Outcome,
    removed: &mut Vec<Removed>,
) -> Result<RecordBatch> {
    for step in steps {
        let count = outcome.step(step.index);
        count.rows_in += batch.num_rows() as u64;
        batch = match &step.what {
            What::Normalize(options) => {
                rewrite(&batch, &mut count.changed, |text| match normalize::normalize(text, options) {
                    std::borrow::Cow::Borrowed(_) => None,
                    std::borrow::Cow::Owned(text) => Some(text),
                })?
            }
            What::Pii(PiiAction::Mask) => rewrite(&batch, &mut count.changed, |text| {
                let masked = pii::mask(text);
                (masked != text).then_some(masked)
            })?,
            What::Pii(PiiAction::Drop) => {
                let reasons = personal_data(&batch)?;
                drop_rows(&batch, step, outcome, removed, |row| reasons[row].clone(), false)?
            }
            What::Filter(filter, expression) => {
                let reasons = judge(filter, expression, &batch);
                drop_rows(&batch, step, outcome, removed, |row| reasons[row].clone(), true)?
            }
        };
    }
    // What was only invisible characters is nothing now. Speech may have no transcript.
    if let (Some(last), true) = (steps.last(), batch.schema().index_of("audio").is_err()) {
        let texts = strings(&batch, "text")?.clone();
        if (0..texts.len()).any(|row| value(&texts, row).is_none_or(|t| t.trim().is_empty())) {
            let blank = |row: usize| {
                let blank = value(&texts, row).is_none_or(|t| t.trim().is_empty());
                blank.then(|| "no text left".to_owned())
            };
            batch = drop_rows(&batch, last, outcome, removed, blank, true)?;
        }
    }
    Ok(batch)
}

/// A column of strings.
pub(crate) fn strings<'b>(batch: &'b RecordBatch, name: &str) -> Result<&'b StringArray> {
    batch
        .column_by_name(name)
        .and_then(|c| c.as_any().downcast_ref())
        .ok_or_else(|| Error::Invalid(format!("no text column {name}")))
}

/// A string of a column.
pub(crate) fn value(column: &StringArray, row: usize) -> Option<&str> {
    column.is_valid(row).then(|| column.value(row))
}

fn rewrite(
    batch: &RecordBatch,
    changed: &mut u64,
    change: impl Fn(&str) -> Option<String>,
) -> Result<RecordBatch> {
    let texts = strings(batch, "text")?;
    let mut rewritten = 0u64;
    let mut builder = StringBuilder::with_capacity(texts.len(), texts.value_data().len());
    for row in 0..texts.len() {
        match value(texts, row) {
            None => builder.append_null(),
            Some(text) => match change(text) {
                None => builder.append_value(text),
                Some(new) => {
                    rewritten += 1;
                    builder.append_value(new);
                }
            },
        }
    }
    *changed += rewritten;
    if rewritten == 0 { Ok(batch.clone()) } else { replace_text(batch, builder.finish()) }
}

/// Why each row does not pass a filter. Where a value cannot be computed (a division by zero) the row
/// does not pass, and that is the reason.
fn judge(filter: &Filter, expression: &str, batch: &RecordBatch) -> Vec<Option<String>> {
    let verdict = |keep: &BooleanArray, row: usize| {
        (keep.is_null(row) || !keep.value(row)).then(|| format!("not {expression}"))
    };
    match filter.evaluate(batch) {
        Ok(keep) => (0..batch.num_rows()).map(|row| verdict(&keep, row)).collect(),
        Err(_) => (0..batch.num_rows())
            .map(|row| match filter.evaluate(&batch.slice(row, 1)) {
                Ok(keep) => verdict(&keep, 0),
                Err(e) => Some(e.to_string()),
            })
            .collect(),
    }
}

fn personal_data(batch: &RecordBatch) -> Result<Vec<Option<String>>> {
    let mut reasons = vec![None; batch.num_rows()];
    for name in sprog_datasets::gate::TEXT_COLUMNS {
        let Ok(column) = strings(batch, name) else { continue };
        for (row, reason) in reasons.iter_mut().enumerate() {
            if reason.is_none()
                && let Some(span) = value(column, row).and_then(|t| pii::find(t).into_iter().next())
            {
                *reason = Some(format!("{} in {name}", span.label.as_str()));
            }
        }
    }
    Ok(reasons)
}

fn drop_rows(
    batch: &RecordBatch,
    step: &RowStep,
    outcome: &mut Outcome,
    removed: &mut Vec<Removed>,
    reason: impl Fn(usize) -> Option<String>,
    show: bool,
) -> Result<RecordBatch> {
    let (ids, sources) = (strings(batch, "id")?, strings(batch, "source")?);
    let texts = strings(batch, "text")?;
    let origin = batch.column_by_name("provenance").and_then(|c| c.as_any().downcast_ref::<StructArray>());
    let part =
        |name: &str| origin.and_then(|o| o.column_by_name(name)?.as_any().downcast_ref::<StringArray>());
    let (files, places) = (part("file"), part("place"));
    let at = |column: Option<&StringArray>, row| column.and_then(|c| value(c, row)).unwrap_or("").to_owned();
    let mut keep = Vec::with_capacity(batch.num_rows());
    let count = outcome.step(step.index);
    for row in 0..batch.num_rows() {
        let why = reason(row);
        keep.push(why.is_none());
        let Some(reason) = why else { continue };
        count.dropped += 1;
        let id = value(ids, row).unwrap_or("").to_owned();
        if count.examples.len() < EXAMPLES {
            // A text with personal data is not shown; masked it may still say who it is about.
            let excerpt = value(texts, row).filter(|_| show).map(|t| excerpt(&pii::mask(t), EXCERPT));
            count.examples.push(Example { id: id.clone(), reason: reason.clone(), excerpt });
        }
        removed.push(Removed {
            id,
            source: at(Some(sources), row),
            step: step.name.to_owned(),
            reason,
            kept_id: None,
            file: at(files, row),
            place: at(places, row),
        });
    }
    filter_record_batch(batch, &BooleanArray::from(keep)).map_err(|e| Error::Invalid(e.to_string()))
}
