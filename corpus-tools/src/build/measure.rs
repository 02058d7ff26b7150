//! The steps `langid` and `quality` on batches of rows.

use std::cell::RefCell;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float32Array, RecordBatch, StringArray};
use arrow::datatypes::{Field, Schema};
use sprog_datasets::schema::SIGNALS;
use sprog_datasets::signals::{self, SignalsBuilder};
use sprog_datasets::{Error, Result};
use sprog_text::langid::{DocumentLanguages, Identifier, Language};
use sprog_text::profile::{Preset, Profiler, Reason};

use super::steps::{Why, strings, value};
use crate::recipe::QualityAction;

thread_local! {
    /// Each thread's own from batch to batch: they remember the words they met, which changes no result.
    static IDENTIFIER: RefCell<Identifier> = RefCell::new(Identifier::new());
    static PROFILER: RefCell<Profiler> = RefCell::new(Profiler::default());
}

fn invalid(e: impl std::fmt::Display) -> Error {
    Error::Invalid(e.to_string())
}

/// The languages of a list of codes.
///
/// # Errors
/// The code that is none.
pub(crate) fn languages(codes: &[String]) -> std::result::Result<Vec<Language>, String> {
    let known = || Language::ALL.map(Language::code).join(", ");
    let language = |code: &String| {
        Language::from_code(code).ok_or_else(|| format!("no language {code:?}; there are {}", known()))
    };
    codes.iter().map(language).collect()
}

/// The presets of a list of names.
///
/// # Errors
/// The name that is none.
pub fn presets(names: &[String]) -> std::result::Result<Vec<Preset>, String> {
    let known = || Preset::ALL.map(Preset::name).join(", ");
    let preset = |name: &String| {
        Preset::ALL
            .into_iter()
            .find(|preset| preset.name() == name.as_str())
            .ok_or_else(|| format!("no preset {name:?}; there are {}", known()))
    };
    names.iter().map(preset).collect()
}

/// Which value is where it should not be: `word_count below 50`.
pub(crate) fn explained(reason: &Reason) -> String {
    let where_ = if reason.is_below() { "below" } else { "above" };
    format!("{} {where_} {}", reason.field, reason.threshold)
}

/// The step `langid`.
pub(super) struct Languages {
    keep: Vec<Language>,
    min_share: f32,
}

impl Languages {
    /// From the recipe's settings.
    pub(super) fn new(keep: &[String], min_share: f32) -> Result<Languages> {
        Ok(Languages { keep: languages(keep).map_err(invalid)?, min_share })
    }

    /// The batch with the columns `language` and `language_score`, and for each row why it is dropped.
    pub(super) fn run(&self, batch: &RecordBatch) -> Result<(RecordBatch, Vec<Option<Why>>)> {
        let texts = strings(batch, "text")?;
        let (mut codes, mut scores, mut reasons) = (Vec::new(), Vec::new(), Vec::new());
        for row in 0..batch.num_rows() {
            let text = value(texts, row).unwrap_or_default();
            let found = IDENTIFIER.with_borrow_mut(|identifier| identifier.document(text));
            // `other` is no tag of BCP 47.
            codes.push(match found.identification.label {
                None | Some(Language::Other) => "und",
                Some(language) => language.code(),
            });
            scores.push(found.identification.score);
            reasons.push(self.judge(&found));
        }
        let mut columns = batch.columns().to_vec();
        let schema = batch.schema();
        let new: [(&str, ArrayRef); 2] = [
            ("language", Arc::new(StringArray::from(codes))),
            ("language_score", Arc::new(Float32Array::from(scores))),
        ];
        for (name, column) in new {
            columns[schema.index_of(name).map_err(invalid)?] = column;
        }
        Ok((RecordBatch::try_new(schema, columns).map_err(invalid)?, reasons))
    }

    fn judge(&self, found: &DocumentLanguages) -> Option<Why> {
        if self.keep.is_empty() {
            return None;
        }
        let identified = &found.identification;
        // What may be Danish is not dropped for being something else.
        if !identified.set.iter().any(|language| self.keep.contains(&language)) {
            let reason = format!("language {}", identified.code());
            return Some(Why { reason, value: Some(f64::from(identified.score)) });
        }
        let share: f32 = self.keep.iter().map(|language| found.share(*language)).sum();
        let letters = found.shares.iter().sum::<f32>() > 0.0;
        (letters && share < self.min_share).then(|| {
            let codes: Vec<&str> = self.keep.iter().map(|language| language.code()).collect();
            let reason = format!("share of {} below {}", codes.join(", "), self.min_share);
            Why { reason, value: Some(f64::from(share)) }
        })
    }
}

/// The step `quality`.
pub(super) struct Quality {
    presets: Vec<Preset>,
    action: QualityAction,
}

impl Quality {
    /// From the recipe's settings.
    pub(super) fn new(names: &[String], action: QualityAction) -> Result<Quality> {
        Ok(Quality { presets: presets(names).map_err(invalid)?, action })
    }

    /// The batch with the column `signals`, and for each row why it is dropped.
    pub(super) fn run(&self, batch: &RecordBatch) -> Result<(RecordBatch, Vec<Option<Why>>)> {
        let texts = strings(batch, "text")?;
        let mut column = SignalsBuilder::default();
        let mut reasons = Vec::with_capacity(batch.num_rows());
        for row in 0..batch.num_rows() {
            let text = value(texts, row).unwrap_or_default();
            let profile = PROFILER.with_borrow_mut(|profiler| profiler.profile(text));
            let failed = self.presets.iter().find_map(|preset| preset.check(&profile));
            column.push(&profile, failed.as_ref().map(|reason| reason.rule));
            let failed = failed.filter(|_| self.action == QualityAction::Drop);
            reasons.push(failed.map(|reason| Why {
                reason: format!("{}: {}", reason.rule, explained(&reason)),
                value: Some(reason.value),
            }));
        }
        Ok((with_signals(batch, Arc::new(column.finish()))?, reasons))
    }
}

/// The batch with the column of signals, at its end if it is new.
fn with_signals(batch: &RecordBatch, column: ArrayRef) -> Result<RecordBatch> {
    let mut columns = batch.columns().to_vec();
    if let Ok(at) = batch.schema().index_of(SIGNALS) {
        columns[at] = column;
        return RecordBatch::try_new(batch.schema(), columns).map_err(invalid);
    }
    columns.push(column);
    RecordBatch::try_new(Arc::new(schema_with_signals(&batch.schema())), columns).map_err(invalid)
}

/// The schema that a batch has behind the step `quality`.
pub(super) fn schema_with_signals(schema: &Schema) -> Schema {
    let mut fields: Vec<Arc<Field>> = schema.fields().iter().cloned().collect();
    debug_assert!(schema.index_of(SIGNALS).is_err(), "one quality step a config");
    fields.push(signals::field());
    Schema::new(fields)
}
