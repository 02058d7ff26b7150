//! The step `pii` on batches of rows.

use arrow::array::RecordBatch;
use sprog_datasets::records::replace_text;
use sprog_datasets::{Error, Result, gate};
use sprog_text::pii::{self, Options, Pseudonymizer};

use super::audit::Find;
use super::steps::{rewritten, strings, value, with_column};
use crate::lines::{CodePoints, text::parse_key};
use crate::recipe::{self, PiiAction};

/// Columns whose content is rewritten; what stands in others can only be reported or dropped.
const REWRITTEN: [&str; 2] = ["text", "title"];

/// The step, ready to run.
pub(super) struct PersonalData {
    action: PiiAction,
    options: Options,
    pseudonymizer: Option<Pseudonymizer>,
}

impl PersonalData {
    /// From the recipe's settings. On speech, what would rewrite the text drops the row.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a label that is none, and a key that is not there or is none.
    pub(super) fn new(
        action: PiiAction,
        labels: &[String],
        min_score: f32,
        key_env: Option<&str>,
        speech: bool,
    ) -> Result<PersonalData> {
        let action = match action {
            PiiAction::Mask | PiiAction::Pseudonymize if speech => PiiAction::Drop,
            action => action,
        };
        let labels = recipe::labels(labels).map_err(Error::Invalid)?;
        let pseudonymizer =
            key_env.map(|name| Ok::<_, Error>(Pseudonymizer::new(&key(name)?))).transpose()?;
        Ok(PersonalData { action, options: Options { labels, min_score }, pseudonymizer })
    }

    /// The batch with the texts as they may stay, and for each row why it is dropped, if it is.
    pub(super) fn run(
        &self,
        batch: &RecordBatch,
        changed: &mut u64,
        finds: &mut Vec<Find>,
    ) -> Result<(RecordBatch, Vec<Option<String>>)> {
        let mut reasons = vec![None; batch.num_rows()];
        let (ids, sources) = (strings(batch, "id")?, strings(batch, "source")?);
        let mut out = batch.clone();
        for name in gate::TEXT_COLUMNS {
            let Ok(column) = strings(batch, name) else { continue };
            let rewrites = REWRITTEN.contains(&name);
            let (texts, count) = rewritten(column, |row, text| {
                let spans = pii::find_with(text, &self.options);
                let first = spans.first()?;
                if self.action == PiiAction::Drop {
                    reasons[row].get_or_insert_with(|| format!("{} in {name}", first.label.as_str()));
                }
                let mut at = CodePoints::new(text);
                finds.extend(spans.iter().map(|span| Find {
                    id: value(ids, row).unwrap_or_default().to_owned(),
                    source: value(sources, row).unwrap_or_default().to_owned(),
                    column: name,
                    label: span.label.as_str(),
                    start: at.at(span.range.start) as i64,
                    end: at.at(span.range.end) as i64,
                    score: span.score,
                    reason: span.reason,
                    action: if rewrites { self.action.name() } else { self.elsewhere() },
                }));
                match (self.action, &self.pseudonymizer) {
                    (PiiAction::Mask, _) if rewrites => Some(pii::mask_with(text, &spans)),
                    (PiiAction::Pseudonymize, Some(p)) if rewrites => Some(p.replace(text, &spans)),
                    _ => None,
                }
            });
            if count > 0 {
                out =
                    if name == "text" { replace_text(&out, texts)? } else { with_column(&out, name, texts)? };
            }
            *changed += count;
        }
        Ok((out, reasons))
    }

    /// What is done where a text cannot be rewritten.
    fn elsewhere(&self) -> &'static str {
        match self.action {
            PiiAction::Drop => PiiAction::Drop.name(),
            _ => PiiAction::Report.name(),
        }
    }
}

/// The key in an environment variable.
///
/// # Errors
/// [`Error::Invalid`] when it is not set, or is no key.
pub(super) fn key(name: &str) -> Result<[u8; 32]> {
    let invalid = |why: String| Error::Invalid(format!("the environment variable {name:?}: {why}"));
    let text = std::env::var(name).map_err(|e| invalid(e.to_string()))?;
    parse_key(&text).map_err(invalid)
}
