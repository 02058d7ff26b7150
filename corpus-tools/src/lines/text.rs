//! The verbs of `sprog text`, and the JSON that each writes. Offsets in it are Unicode code points,
//! half-open.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;

use serde::Serialize;
use sprog_text::langid::{Identifier, Language, Section};
use sprog_text::normalize::Normalizer;
use sprog_text::pii::Pseudonymizer;
use sprog_text::profile::{Preset, Profiler, Value};
use sprog_text::{itn, normalize, pii, profile, repair, segment, verbalize};

use super::{CodePoints, Verb};

/// `sprog text repair`: encoding damage undone.
pub struct Repair(pub repair::Options);

/// What [`Repair`] writes.
#[derive(Serialize)]
pub struct Repaired {
    text: String,
    changed: bool,
    chain: Vec<String>,
    lossy: bool,
}

impl Verb for Repair {
    type Output = Repaired;

    fn apply(&self, text: &str) -> Repaired {
        let repaired = repair::repair(text, &self.0);
        Repaired {
            changed: repaired.changed(),
            chain: repaired.chain().iter().map(ToString::to_string).collect(),
            lossy: repaired.lossy(),
            text: repaired.text.into_owned(),
        }
    }

    fn plain<'o>(&self, _: &str, output: &'o Repaired) -> Cow<'o, str> {
        Cow::Borrowed(&output.text)
    }
}

/// `sprog text normalize`: the steps of a preset or a list.
pub struct Normalize {
    /// The steps.
    pub normalizer: Normalizer,
    /// What fills the step `verbalize`, if it is among them.
    pub verbalize: Option<verbalize::Options>,
    /// Whether the changes are written too.
    pub changes: bool,
    /// Whether old orthography is told. It is never changed.
    pub orthography: bool,
}

/// What [`Normalize`] writes.
#[derive(Serialize)]
pub struct Normalized {
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<Vec<Change>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    orthography: Option<Vec<OldSpelling>>,
}

/// A word in the orthography of before 1948; `start` and `end` are in the original text.
#[derive(Serialize)]
pub struct OldSpelling {
    start: usize,
    end: usize,
    kind: normalize::TagKind,
    modern: Option<String>,
    certainty: normalize::Certainty,
}

/// One change; `start` and `end` are in the original text.
#[derive(Serialize)]
pub struct Change {
    step: &'static str,
    start: usize,
    end: usize,
    before: String,
    after: String,
}

impl Verb for Normalize {
    type Output = Normalized;

    fn apply(&self, text: &str) -> Normalized {
        let done = match &self.verbalize {
            Some(options) => normalize::spoken(&self.normalizer, text, options),
            None => self.normalizer.normalize(text),
        };
        let mut at = CodePoints::new(text);
        let change = |c: normalize::Change| Change {
            step: c.step.name(),
            start: at.at(c.original.start),
            end: at.at(c.original.end),
            before: c.before,
            after: c.after,
        };
        let changes = self.changes.then(|| done.changes.into_iter().map(change).collect());
        let orthography = self.orthography.then(|| old_spellings(text));
        Normalized { text: done.text.into_owned(), changes, orthography }
    }

    fn plain<'o>(&self, _: &str, output: &'o Normalized) -> Cow<'o, str> {
        Cow::Borrowed(&output.text)
    }
}

fn old_spellings(text: &str) -> Vec<OldSpelling> {
    let mut at = CodePoints::new(text);
    let told = |tag: normalize::Tag| OldSpelling {
        start: at.at(tag.range.start),
        end: at.at(tag.range.end),
        kind: tag.kind,
        modern: tag.modern,
        certainty: tag.certainty,
    };
    normalize::orthography(text).into_iter().map(told).collect()
}

/// `sprog text tokens`.
pub struct Tokens;

/// What [`Tokens`] writes.
#[derive(Serialize)]
pub struct TokenRow {
    tokens: Vec<Interval>,
}

/// Code points of the text, half-open.
#[derive(Clone, Copy, Serialize)]
pub struct Interval {
    start: usize,
    end: usize,
}

impl Verb for Tokens {
    type Output = TokenRow;

    fn apply(&self, text: &str) -> TokenRow {
        let mut at = CodePoints::new(text);
        let interval = |range: Range<usize>| Interval { start: at.at(range.start), end: at.at(range.end) };
        TokenRow { tokens: segment::tokens(text).map(|token| token.range).map(interval).collect() }
    }

    fn plain<'o>(&self, text: &str, _: &'o TokenRow) -> Cow<'o, str> {
        joined(text, segment::tokens(text).map(|token| token.range), " ")
    }
}

/// `sprog text sentences`.
pub struct Sentences {
    /// Boundaries that are less sure are no boundaries.
    pub min_confidence: f32,
}

/// What [`Sentences`] writes.
#[derive(Serialize)]
pub struct SentenceRow {
    sentences: Vec<Sentence>,
}

/// A sentence, and how sure its end is, from 0 to 1.
#[derive(Serialize)]
pub struct Sentence {
    start: usize,
    end: usize,
    confidence: f32,
}

impl Verb for Sentences {
    type Output = SentenceRow;

    fn apply(&self, text: &str) -> SentenceRow {
        let mut at = CodePoints::new(text);
        let row = |found: segment::Sentence| Sentence {
            start: at.at(found.range.start),
            end: at.at(found.range.end),
            confidence: found.confidence,
        };
        SentenceRow { sentences: segment::confident_sentences(text, self.min_confidence).map(row).collect() }
    }

    fn plain<'o>(&self, text: &str, _: &'o SentenceRow) -> Cow<'o, str> {
        joined(
            text,
            segment::confident_sentences(text, self.min_confidence).map(|sentence| sentence.range),
            " ⏎ ",
        )
    }
}

fn joined<'o>(text: &str, ranges: impl Iterator<Item = Range<usize>>, between: &str) -> Cow<'o, str> {
    let parts: Vec<&str> = ranges.map(|range| &text[range]).collect();
    Cow::Owned(parts.join(between))
}

/// `sprog text verbalize`: written to spoken.
pub struct Verbalize(pub verbalize::Options);

/// What [`Verbalize`] writes.
#[derive(Serialize)]
pub struct Verbalized {
    spoken: String,
    readings: Vec<String>,
    spans: Vec<Spoken>,
}

/// A part of the text and how it is said.
#[derive(Serialize)]
pub struct Spoken {
    start: usize,
    end: usize,
    class: &'static str,
    spoken: String,
}

impl Verb for Verbalize {
    type Output = Verbalized;

    fn apply(&self, text: &str) -> Verbalized {
        let done = verbalize::verbalize(text, &self.0);
        let mut at = CodePoints::new(text);
        let span = |span: verbalize::Span| Spoken {
            start: at.at(span.range.start),
            end: at.at(span.range.end),
            class: span.class.as_str(),
            spoken: span.spoken,
        };
        let spans = done.spans.into_iter().map(span).collect();
        Verbalized { spoken: done.spoken, readings: done.readings, spans }
    }

    fn plain<'o>(&self, _: &str, output: &'o Verbalized) -> Cow<'o, str> {
        Cow::Borrowed(&output.spoken)
    }
}

/// `sprog text itn`: spoken to written.
pub struct Itn(pub verbalize::Options);

/// What [`Itn`] writes.
#[derive(Serialize)]
pub struct Inverse {
    written: String,
    readings: Vec<String>,
    spans: Vec<Written>,
}

/// A part of the text and how it is written.
#[derive(Serialize)]
pub struct Written {
    start: usize,
    end: usize,
    class: &'static str,
    written: String,
}

impl Verb for Itn {
    type Output = Inverse;

    fn apply(&self, text: &str) -> Inverse {
        let done = itn::itn(text, &self.0);
        let mut at = CodePoints::new(text);
        let span = |span: itn::Span| Written {
            start: at.at(span.range.start),
            end: at.at(span.range.end),
            class: span.class.as_str(),
            written: span.written,
        };
        let spans = done.spans.into_iter().map(span).collect();
        Inverse { written: done.written, readings: done.readings, spans }
    }

    fn plain<'o>(&self, _: &str, output: &'o Inverse) -> Cow<'o, str> {
        Cow::Borrowed(&output.written)
    }
}

/// `sprog text pii`: personal data, and the text without it.
pub struct Pii {
    /// What to look for.
    pub options: pii::Options,
    /// Stand-ins instead of labels.
    pub pseudonymizer: Option<Pseudonymizer>,
}

/// What [`Pii`] writes.
#[derive(Serialize)]
pub struct Found {
    spans: Vec<PersonalData>,
    masked: String,
}

/// One find.
#[derive(Serialize)]
pub struct PersonalData {
    start: usize,
    end: usize,
    label: &'static str,
    score: f32,
    reason: &'static str,
}

impl Verb for Pii {
    type Output = Found;

    fn apply(&self, text: &str) -> Found {
        let found = pii::find_with(text, &self.options);
        let masked = match &self.pseudonymizer {
            Some(pseudonymizer) => pseudonymizer.replace(text, &found),
            None => pii::mask_with(text, &found),
        };
        let mut at = CodePoints::new(text);
        let span = |span: pii::Span| PersonalData {
            start: at.at(span.range.start),
            end: at.at(span.range.end),
            label: span.label.as_str(),
            score: span.score,
            reason: span.reason,
        };
        Found { spans: found.into_iter().map(span).collect(), masked }
    }

    fn plain<'o>(&self, _: &str, output: &'o Found) -> Cow<'o, str> {
        Cow::Borrowed(&output.masked)
    }
}

thread_local! {
    /// Each thread's own, for the words it met last.
    static IDENTIFIER: RefCell<Identifier> = RefCell::new(Identifier::new());
    /// Each thread's own, for its tables.
    static PROFILER: RefCell<Profiler> = RefCell::new(Profiler::default());
}

/// `sprog text langid`: the language.
pub struct Langid {
    /// By vote of the text's sections, with the share of each language.
    pub document: bool,
}

/// What [`Langid`] writes.
#[derive(Serialize)]
pub struct Identified {
    label: &'static str,
    score: f32,
    set: Vec<&'static str>,
    scores: BTreeMap<&'static str, f32>,
    #[serde(flatten)]
    document: Option<Shares>,
}

/// What a document has of each language.
#[derive(Serialize)]
pub struct Shares {
    mixed: bool,
    shares: BTreeMap<&'static str, f32>,
    sections: Vec<LanguageSection>,
}

/// A part of a document in one language.
#[derive(Serialize)]
pub struct LanguageSection {
    start: usize,
    end: usize,
    label: &'static str,
}

fn by_code(values: &[f32]) -> BTreeMap<&'static str, f32> {
    Language::ALL.iter().map(|language| language.code()).zip(values.iter().copied()).collect()
}

impl Verb for Langid {
    type Output = Identified;

    fn apply(&self, text: &str) -> Identified {
        let (found, document) = IDENTIFIER.with_borrow_mut(|identifier| {
            if !self.document {
                return (identifier.identify(text), None);
            }
            let found = identifier.document(text);
            let mut at = CodePoints::new(text);
            let section = |section: Section| LanguageSection {
                start: at.at(section.range.start),
                end: at.at(section.range.end),
                label: section.language.map_or("und", Language::code),
            };
            let sections = found.sections.into_iter().map(section).collect();
            let document = Shares { mixed: found.mixed, shares: by_code(&found.shares), sections };
            (found.identification, Some(document))
        });
        Identified {
            label: found.code(),
            score: found.score,
            set: found.set.iter().map(Language::code).collect(),
            scores: by_code(&found.scores),
            document,
        }
    }

    fn plain<'o>(&self, _: &str, output: &'o Identified) -> Cow<'o, str> {
        Cow::Borrowed(output.label)
    }
}

/// `sprog text profile`: quality signals.
pub struct Profile {
    /// The rules to try.
    pub presets: Vec<Preset>,
}

/// What [`Profile`] writes.
#[derive(Serialize)]
pub struct Profiled {
    profile: serde_json::Map<String, serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<Vec<FailedRule>>,
}

/// A rule that a text does not pass.
#[derive(Serialize)]
pub struct FailedRule {
    preset: &'static str,
    rule: &'static str,
    field: &'static str,
    value: f64,
    threshold: f64,
}

impl Verb for Profile {
    type Output = Profiled;

    fn apply(&self, text: &str) -> Profiled {
        let profile = PROFILER.with_borrow_mut(|profiler| profiler.profile(text));
        let number = |value: Value| match value {
            Value::U32(count) => count.into(),
            Value::F32(ratio) => ratio.into(),
            Value::Bool(yes) => yes.into(),
        };
        let fields = profile::Profile::fields().iter().zip(profile.values());
        let failed = self.presets.iter().flat_map(|preset| {
            preset.failures(&profile).into_iter().map(|reason| FailedRule {
                preset: preset.name(),
                rule: reason.rule,
                field: reason.field,
                value: reason.value,
                threshold: reason.threshold,
            })
        });
        Profiled {
            profile: fields.map(|(field, value)| (field.name.to_owned(), number(value))).collect(),
            failed: (!self.presets.is_empty()).then(|| failed.collect()),
        }
    }

    fn plain<'o>(&self, _: &str, output: &'o Profiled) -> Cow<'o, str> {
        let rules: Vec<&str> = output.failed.iter().flatten().map(|failed| failed.rule).collect();
        if rules.is_empty() { Cow::Borrowed("ok") } else { Cow::Owned(rules.join(" ")) }
    }
}

/// A key as 64 hexadecimal digits, white space around allowed.
///
/// # Errors
/// What is wrong with it.
pub fn parse_key(text: &str) -> Result<[u8; 32], String> {
    let text = text.trim();
    let mut key = [0; 32];
    if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err("a key is 64 hexadecimal digits; make one with: openssl rand -hex 32".to_owned());
    }
    for (byte, pair) in key.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let digit = |b: u8| char::from(b).to_digit(16).unwrap_or_default() as u8;
        *byte = digit(pair[0]) << 4 | digit(pair[1]);
    }
    Ok(key)
}
