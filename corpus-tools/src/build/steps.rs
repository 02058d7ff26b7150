//! The recipe's steps on batches of rows.

use std::sync::Arc;

use arrow::array::{Array, BooleanArray, RecordBatch, StringArray, StringBuilder, StructArray, UInt32Array};
use arrow::compute::{filter_record_batch, interleave, take_record_batch};
use sprog_datasets::records::replace_text;
use sprog_datasets::{Error, Result};
use sprog_text::normalize::{self, Preset};
use sprog_text::{excerpt, itn, repair, segment, verbalize};

use super::global::GlobalStep;
use super::measure::{Languages, Quality, schema_with_signals};
use super::outcome::{Beside, EXAMPLES, Example, FileProblem, Outcome, Removed};
use super::personal::PersonalData;
use super::tokenize::Tokenize;
use crate::codes;
use crate::filter::Filter;
use crate::recipe::quality::FIRST;
use crate::recipe::{Step, Target, normalizer};

/// Characters shown of a dropped text.
const EXCERPT: usize = 160;

/// A step on rows, ready to run.
pub(super) struct RowStep {
    /// Its index in the recipe.
    pub(super) index: usize,
    pub(super) name: &'static str,
    what: What,
}

/// A new text, or `None` where the old one stays.
type Rewrite = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

enum What {
    Repair(repair::Options),
    Rewrite(Rewrite, Target),
    Sentences(f32),
    Pii(PersonalData),
    Langid(Languages),
    Quality(Quality),
    Filter(Filter, String),
    Tokenize(Arc<Tokenize>),
}

impl RowStep {
    /// Whether it measures the text and leaves it as it is.
    pub(super) fn measures(&self) -> bool {
        matches!(self.what, What::Langid(_) | What::Quality(_))
    }
}

impl What {
    fn rewrite(target: Target, change: impl Fn(&str) -> String + Send + Sync + 'static) -> What {
        let changed = move |text: &str| Some(change(text)).filter(|new| new != text);
        What::Rewrite(Box::new(changed), target)
    }

    /// What a step does to the rows of a config; `None` if it is no step on rows, or not for it.
    fn of(step: &Step, config: &str, schema: &arrow::datatypes::Schema) -> Result<Option<What>> {
        let speech = schema.index_of("audio").is_ok();
        if !step.is_for(config, speech) {
            return Ok(None);
        }
        let one = verbalize::Options { max_readings: 1 };
        Ok(Some(match step {
            Step::Repair { .. } => What::Repair(repair::Options::default()),
            // The common one, which tells clean text at a glance.
            Step::Normalize { preset: Preset::Publish, without, with, into: Target::Text, .. }
                if without.is_empty() && with.is_empty() =>
            {
                let options = normalize::Options::default();
                let change = move |text: &str| match normalize::normalize(text, &options) {
                    std::borrow::Cow::Borrowed(_) => None,
                    std::borrow::Cow::Owned(text) => Some(text),
                };
                What::Rewrite(Box::new(change), Target::Text)
            }
            Step::Normalize { preset, without, with, into, .. } => {
                let normalizer = normalizer(*preset, without, with);
                let spoken = normalizer.steps().contains(&normalize::Step::Verbalize);
                What::rewrite(*into, move |text| match spoken {
                    true => normalize::spoken(&normalizer, text, &one).text.into_owned(),
                    false => normalizer.normalize(text).text.into_owned(),
                })
            }
            Step::Verbalize { into, .. } => {
                What::rewrite(*into, move |text| verbalize::verbalize(text, &one).spoken)
            }
            Step::Itn { into, .. } => What::rewrite(*into, move |text| itn::itn(text, &one).written),
            Step::Tokens { .. } => What::rewrite(Target::Text, |text| {
                segment::tokens(text).map(|token| &text[token.range]).collect::<Vec<_>>().join(" ")
            }),
            Step::Sentences { min_confidence, .. } => What::Sentences(*min_confidence),
            Step::Pii { action, labels, min_score, key_env } => {
                What::Pii(PersonalData::new(*action, labels, *min_score, key_env.as_deref(), speech)?)
            }
            Step::Langid { keep, min_share, .. } => What::Langid(Languages::new(keep, *min_share)?),
            Step::Quality { presets, action, .. } => What::Quality(Quality::new(presets, *action)?),
            Step::Filter { expression, .. } => {
                let filter = Filter::parse(expression).map_err(|e| Error::Invalid(e.to_string()))?;
                filter.check(schema).map_err(|e| Error::Invalid(format!("filter for {config:?}: {e}")))?;
                What::Filter(filter, expression.clone())
            }
            _ => return Ok(None),
        }))
    }
}

/// Steps of one config, in phases with a stage over all rows between them.
pub(super) struct Phases {
    /// Row steps of each phase; one more than there are stages.
    pub(super) phases: Vec<Vec<RowStep>>,
    /// The stages.
    pub(super) globals: Vec<GlobalStep>,
}

/// Sorts a recipe's steps for one config into phases.
///
/// # Errors
/// [`Error::Invalid`] for a filter that does not fit the config's schema, and a key that is not there.
pub(super) fn phases(
    steps: &[&Step],
    config: &str,
    schema: &arrow::datatypes::Schema,
    tokenize: &[Arc<Tokenize>],
) -> Result<Phases> {
    let mut out = Phases { phases: vec![Vec::new()], globals: Vec::new() };
    let speech = schema.index_of("audio").is_ok();
    let mut schema = schema.clone();
    for (index, step) in steps.iter().enumerate() {
        if let Some(global) = GlobalStep::of(index, step, config, speech) {
            check_keep(step, &schema, speech)?;
            out.globals.push(global);
            out.phases.push(Vec::new());
            continue;
        }
        let tokenize = tokenize.iter().find(|t| t.index == index && step.is_for(config, speech));
        let what = match tokenize {
            Some(tokenize) => Some(What::Tokenize(tokenize.clone())),
            None => What::of(step, config, &schema)?,
        };
        let Some(what) = what else { continue };
        if matches!(what, What::Quality(_)) {
            schema = schema_with_signals(&schema);
        }
        if let Some(phase) = out.phases.last_mut() {
            phase.push(RowStep { index, name: step.name(), what });
        }
    }
    Ok(out)
}

/// Whether what `near-dedup` keeps can be told.
fn check_keep(step: &Step, schema: &arrow::datatypes::Schema, speech: bool) -> Result<()> {
    let Step::NearDedup { keep, threshold, .. } = step else { return Ok(()) };
    if speech && (keep != FIRST || threshold.is_some()) {
        let message =
            "near-dedup: `keep` and `threshold` are for texts; of recordings the first or longer one stays";
        return Err(Error::Invalid(message.into()));
    }
    let path: Vec<&str> = keep.split('.').collect();
    let empty = RecordBatch::new_empty(std::sync::Arc::new(schema.clone()));
    if keep != FIRST && crate::filter::number_at(&empty, &path).is_none() {
        return Err(Error::Invalid(format!("near-dedup: keep = {keep:?} is no column of numbers here")));
    }
    Ok(())
}

/// Runs one phase's steps on a batch.
///
/// # Errors
/// [`Error::Invalid`] where a filter cannot be evaluated (a division by zero).
pub(super) fn run(
    steps: &[RowStep],
    mut batch: RecordBatch,
    outcome: &mut Outcome,
    beside: &mut Beside,
) -> Result<RecordBatch> {
    for step in steps {
        let count = outcome.step(step.index);
        count.rows_in += batch.num_rows() as u64;
        batch = match &step.what {
            What::Repair(options) => repair_rows(&batch, options, step.index, outcome)?,
            What::Rewrite(change, target) => rewrite(&batch, *target, &mut count.changed, change)?,
            What::Sentences(min_confidence) => sentences(&batch, *min_confidence, step.index, outcome)?,
            What::Pii(personal) => {
                let (batch, reasons) = personal.run(&batch, &mut count.changed, &mut beside.finds)?;
                let why = |row: usize| reasons[row].clone().map(Why::from);
                drop_rows(&batch, (step.index, step.name), outcome, &mut beside.removed, why, false)?
            }
            What::Langid(languages) => {
                let (batch, reasons) = languages.run(&batch)?;
                let step = (step.index, step.name);
                drop_rows(&batch, step, outcome, &mut beside.removed, |row| reasons[row].clone(), true)?
            }
            What::Quality(quality) => {
                let (batch, reasons) = quality.run(&batch)?;
                let step = (step.index, step.name);
                drop_rows(&batch, step, outcome, &mut beside.removed, |row| reasons[row].clone(), true)?
            }
            What::Tokenize(tokenize) => {
                let (batch, reasons) = tokenize.run(&batch, outcome)?;
                let why = |row: usize| reasons[row].clone();
                drop_rows(&batch, (step.index, step.name), outcome, &mut beside.removed, why, true)?
            }
            What::Filter(filter, expression) => {
                let reasons = judge(filter, expression, &batch);
                let numbers = filter.number(&batch);
                let number = |row: usize| numbers.as_ref().filter(|n| n.is_valid(row)).map(|n| n.value(row));
                let why = |row: usize| Some(Why { reason: reasons[row].clone()?, value: number(row) });
                drop_rows(&batch, (step.index, step.name), outcome, &mut beside.removed, why, true)?
            }
        };
    }
    // What was only invisible characters is nothing now. Speech may have no transcript.
    if let (Some(last), true) = (steps.last(), batch.schema().index_of("audio").is_err()) {
        batch = drop_blank(&batch, (last.index, last.name), outcome, &mut beside.removed)?;
    }
    Ok(batch)
}

/// Measures again what `langid` and `quality` told of some rows, whose texts are others now. Nothing is
/// dropped for it.
pub(super) fn measure_again(batch: &RecordBatch, rows: &[u32], measures: &[&RowStep]) -> Result<RecordBatch> {
    let invalid = |e: arrow::error::ArrowError| Error::Invalid(e.to_string());
    if measures.is_empty() || rows.is_empty() {
        return Ok(batch.clone());
    }
    let mut new = take_record_batch(batch, &UInt32Array::from(rows.to_vec())).map_err(invalid)?;
    for step in measures {
        new = match &step.what {
            What::Langid(languages) => languages.run(&new)?.0,
            What::Quality(quality) => quality.run(&new)?.0,
            _ => new,
        };
    }
    let mut from: Vec<(usize, usize)> = (0..batch.num_rows()).map(|row| (0, row)).collect();
    for (at, row) in rows.iter().enumerate() {
        from[*row as usize] = (1, at);
    }
    let mut columns = batch.columns().to_vec();
    for name in ["language", "language_score", sprog_datasets::schema::SIGNALS] {
        let Ok(at) = batch.schema().index_of(name) else { continue };
        columns[at] = interleave(&[batch.column(at), new.column(at)], &from).map_err(invalid)?;
    }
    RecordBatch::try_new(batch.schema(), columns).map_err(invalid)
}

/// Drops the rows whose text is blank, in the name of a step: its index and name.
pub(super) fn drop_blank(
    batch: &RecordBatch,
    step: (usize, &'static str),
    outcome: &mut Outcome,
    removed: &mut Vec<Removed>,
) -> Result<RecordBatch> {
    let texts = strings(batch, "text")?;
    let blank = |row: usize| value(texts, row).is_none_or(|t| t.trim().is_empty());
    if !(0..texts.len()).any(blank) {
        return Ok(batch.clone());
    }
    let why = |row: usize| blank(row).then(|| Why::from("no text left".to_owned()));
    drop_rows(batch, step, outcome, removed, why, true)
}

/// Why a row is taken out, and the value that decided it.
#[derive(Clone, Debug)]
pub(super) struct Why {
    pub(super) reason: String,
    pub(super) value: Option<f64>,
}

impl From<String> for Why {
    fn from(reason: String) -> Why {
        Why { reason, value: None }
    }
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

/// Puts new strings in place of the old ones; `None` leaves a value as it is.
pub(super) fn rewritten(
    texts: &StringArray,
    mut change: impl FnMut(usize, &str) -> Option<String>,
) -> (StringArray, u64) {
    let mut changed = 0;
    let mut builder = StringBuilder::with_capacity(texts.len(), texts.value_data().len());
    for row in 0..texts.len() {
        match value(texts, row) {
            None => builder.append_null(),
            Some(text) => match change(row, text) {
                None => builder.append_value(text),
                Some(new) => {
                    changed += 1;
                    builder.append_value(new);
                }
            },
        }
    }
    (builder.finish(), changed)
}

fn rewrite(
    batch: &RecordBatch,
    target: Target,
    changed: &mut u64,
    change: &(dyn Fn(&str) -> Option<String> + Send + Sync),
) -> Result<RecordBatch> {
    let (texts, count) = rewritten(strings(batch, "text")?, |_, text| change(text));
    match target {
        Target::Text => {
            *changed += count;
            if count == 0 { Ok(batch.clone()) } else { replace_text(batch, texts) }
        }
        Target::Normalized => {
            *changed += (texts.len() - texts.null_count()) as u64;
            with_column(batch, "normalized", texts)
        }
    }
}

/// The batch with another column of strings in place of one.
pub(super) fn with_column(batch: &RecordBatch, name: &str, values: StringArray) -> Result<RecordBatch> {
    let invalid = |e: arrow::error::ArrowError| Error::Invalid(e.to_string());
    let mut columns = batch.columns().to_vec();
    columns[batch.schema().index_of(name).map_err(invalid)?] = std::sync::Arc::new(values);
    RecordBatch::try_new(batch.schema(), columns).map_err(invalid)
}

fn repair_rows(
    batch: &RecordBatch,
    options: &repair::Options,
    index: usize,
    outcome: &mut Outcome,
) -> Result<RecordBatch> {
    let origin = Origins::of(batch)?;
    let mut lost = Vec::new();
    let (texts, changed) = rewritten(strings(batch, "text")?, |row, text| {
        let repaired = repair::repair(text, options);
        if let Some(loss) = repaired.losses.first() {
            let count = repaired.losses.len();
            let at = text[..loss.range.start].chars().count();
            let message =
                format!("{count} characters lost to encoding damage, the first at {at}; kept as it is");
            lost.push(origin.problem(row, codes::TEXT_LOST, message));
        }
        repaired.changed().then(|| repaired.text.into_owned())
    });
    outcome.step(index).changed += changed;
    outcome.problems.append(&mut lost);
    if changed == 0 { Ok(batch.clone()) } else { replace_text(batch, texts) }
}

/// A row for each sentence of each text.
fn sentences(
    batch: &RecordBatch,
    min_confidence: f32,
    index: usize,
    outcome: &mut Outcome,
) -> Result<RecordBatch> {
    let origin = Origins::of(batch)?;
    let (ids, texts) = (strings(batch, "id")?, strings(batch, "text")?);
    let (mut rows, mut new_ids, mut new_texts) = (Vec::new(), Vec::new(), Vec::new());
    for row in 0..batch.num_rows() {
        let (id, text) = (value(ids, row).unwrap_or_default(), value(texts, row).unwrap_or_default());
        let found: Vec<&str> =
            segment::confident_sentences(text, min_confidence).map(|s| &text[s.range]).collect();
        // The ids of all sentences must be ids, or the text stays whole.
        let last = format!("{id}.{}", found.len());
        if sprog_datasets::id::DocumentId::new(last.as_str()).is_err() {
            let message = format!("the id {last:?} would be too long; not cut into sentences");
            outcome.problems.push(origin.problem(row, codes::BAD_ID, message));
            rows.push(row as u32);
            new_ids.push(id.to_owned());
            new_texts.push(text);
            continue;
        }
        outcome.step(index).changed += 1;
        for (number, sentence) in found.into_iter().enumerate() {
            rows.push(row as u32);
            new_ids.push(format!("{id}.{}", number + 1));
            new_texts.push(sentence);
        }
    }
    let taken =
        take_record_batch(batch, &UInt32Array::from(rows)).map_err(|e| Error::Invalid(e.to_string()))?;
    let named = with_column(&taken, "id", StringArray::from(new_ids))?;
    replace_text(&named, StringArray::from(new_texts))
}

/// Where the rows of a batch come from.
pub(super) struct Origins<'b> {
    sources: &'b StringArray,
    files: Option<&'b StringArray>,
    places: Option<&'b StringArray>,
}

impl<'b> Origins<'b> {
    pub(super) fn of(batch: &'b RecordBatch) -> Result<Self> {
        let origin =
            batch.column_by_name("provenance").and_then(|c| c.as_any().downcast_ref::<StructArray>());
        let part =
            |name: &str| origin.and_then(|o| o.column_by_name(name)?.as_any().downcast_ref::<StringArray>());
        Ok(Origins { sources: strings(batch, "source")?, files: part("file"), places: part("place") })
    }

    pub(super) fn source(&self, row: usize) -> String {
        value(self.sources, row).unwrap_or_default().to_owned()
    }

    fn file(&self, row: usize) -> String {
        self.files.and_then(|c| value(c, row)).unwrap_or_default().to_owned()
    }

    fn place(&self, row: usize) -> String {
        self.places.and_then(|c| value(c, row)).unwrap_or_default().to_owned()
    }

    pub(super) fn problem(&self, row: usize, code: sprog_formats::Code, message: String) -> FileProblem {
        FileProblem {
            source: self.source(row),
            file: self.file(row),
            place: self.place(row),
            code: code.to_string(),
            message: sprog_datasets::gate::mask(&message),
        }
    }
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

/// Drops rows, in the name of a step: its index and name.
pub(super) fn drop_rows(
    batch: &RecordBatch,
    (index, name): (usize, &'static str),
    outcome: &mut Outcome,
    removed: &mut Vec<Removed>,
    why: impl Fn(usize) -> Option<Why>,
    show: bool,
) -> Result<RecordBatch> {
    let (ids, texts) = (strings(batch, "id")?, strings(batch, "text")?);
    let origin = Origins::of(batch)?;
    let mut keep = Vec::with_capacity(batch.num_rows());
    let count = outcome.step(index);
    for row in 0..batch.num_rows() {
        let why = why(row);
        keep.push(why.is_none());
        let Some(Why { reason, value: decided }) = why else { continue };
        count.dropped += 1;
        let id = value(ids, row).unwrap_or("").to_owned();
        if count.examples.len() < EXAMPLES {
            // A text with personal data is not shown; masked it may still say who it is about.
            let excerpt =
                value(texts, row).filter(|_| show).map(|t| excerpt(&sprog_datasets::gate::mask(t), EXCERPT));
            let mask = sprog_datasets::gate::mask;
            count.examples.push(Example { id: mask(&id), reason: mask(&reason), excerpt });
        }
        removed.push(Removed {
            id,
            source: origin.source(row),
            step: name.to_owned(),
            reason,
            value: decided,
            kept_id: None,
            file: origin.file(row),
            place: origin.place(row),
        });
    }
    filter_record_batch(batch, &BooleanArray::from(keep)).map_err(|e| Error::Invalid(e.to_string()))
}
