//! `report.html`: what a build took in, left out and made, as one page a public body can read.
//!
//! The page needs nothing but itself: no script, no font, no image from elsewhere. Danish and English stand
//! side by side in the file and a radio button (plain CSS) chooses which is seen. The same data gives the
//! same bytes; this module knows no clock, no files and no locale.
//!
//! ```
//! use sprog::report::{Bilingual, ReportData, render};
//! let data = ReportData {
//!     id: "tale-demo".into(),
//!     title: Bilingual { da: "Demotale".into(), en: "Demo speech".into() },
//!     ..ReportData::default()
//! };
//! let html = render(&data)?;
//! assert!(html.starts_with("<!DOCTYPE html>") && html.contains("Demotale"));
//! # Ok::<(), askama::Error>(())
//! ```

pub(crate) mod local;
mod page;
pub(crate) mod plot;
pub(crate) mod spectrogram_png;
pub(crate) mod strings;
#[cfg(test)]
mod tests;

use askama::Template;

/// A text in both languages of the page. Where one is empty, the other is shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bilingual {
    /// Danish.
    pub da: String,
    /// English.
    pub en: String,
}

/// Everything the page tells. Empty lists leave their section out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReportData {
    /// The dataset's id.
    pub id: String,
    /// The dataset's version.
    pub version: String,
    /// The dataset's name.
    pub title: Bilingual,
    /// What the dataset is, in a few sentences.
    pub description: Bilingual,
    /// When it was made, as in the recipe: an ISO 8601 date, with or without a time.
    pub created: String,
    /// Run id: a hash of recipe, tool version and inputs.
    pub run: String,
    /// Name and version of the program that built it.
    pub tool: String,
    /// Licence of the whole dataset, an SPDX expression.
    pub licence: String,
    /// What came in.
    pub sources: Vec<SourceRow>,
    /// What each step did.
    pub steps: Vec<StepRow>,
    /// How much there is under each licence.
    pub licences: Vec<LicenceRow>,
    /// The published parts.
    pub splits: Vec<SplitRow>,
    /// The speakers.
    pub speakers: Vec<SpeakerRow>,
    /// Hours per dialect.
    pub dialects: Vec<Share>,
    /// Hours per gender.
    pub genders: Vec<Share>,
    /// Hours per age group, youngest first.
    pub ages: Vec<Share>,
    /// Documents per domain.
    pub domains: Vec<Count>,
    /// Documents per language.
    pub languages: Vec<Count>,
    /// How long the clips are.
    pub durations: Option<Histogram>,
    /// How loud the clips are.
    pub levels: Option<Histogram>,
    /// Clips to look at.
    pub clips: Vec<Clip>,
    /// Texts that were made into tokens.
    pub tokens: Vec<TokenTable>,
    /// The rule tables.
    pub tables: Vec<TableRow>,
    /// What was wrong, one row a finding.
    pub problems: Vec<ProblemRow>,
    /// How many findings there were, also those not listed in `problems`.
    pub problems_total: u64,
}

/// One source of the dataset.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SourceRow {
    /// Id in the recipe.
    pub id: String,
    /// `text`, `speech` or `rules`.
    pub modality: String,
    /// SPDX expression.
    pub licence: String,
    /// On what legal ground the source may be used.
    pub legal_basis: String,
    /// Files read.
    pub files: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Records found.
    pub records: u64,
    /// Records that reached the dataset.
    pub kept: u64,
    /// Records left out.
    pub dropped: u64,
    /// Findings in this source.
    pub problems: u64,
    /// Why the whole source was left out, if it was.
    pub excluded: Option<String>,
}

/// What one step did to one config.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StepRow {
    /// Config (table) it worked on.
    pub config: String,
    /// Name of the step.
    pub step: String,
    /// Rows that reached it.
    pub rows_in: u64,
    /// Rows it left out.
    pub dropped: u64,
    /// Rows it changed and kept.
    pub changed: u64,
    /// Some of the rows it left out or changed.
    pub examples: Vec<Example>,
}

/// A row that a step left out or changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Example {
    /// The row's id.
    pub id: String,
    /// Why.
    pub reason: String,
    /// A piece of its text, where that may be shown.
    pub excerpt: Option<String>,
}

/// How much there is under one licence.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LicenceRow {
    /// SPDX expression.
    pub licence: String,
    /// What it asks, as short English phrases (`Terms::phrases`).
    pub terms: Vec<String>,
    /// Rows.
    pub rows: u64,
    /// Tokens of text.
    pub tokens: u64,
    /// Hours of speech.
    pub hours: f64,
}

/// One published part.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SplitRow {
    /// Config (table).
    pub config: String,
    /// Split (`train`, `validation`, `test`).
    pub split: String,
    /// Rows.
    pub rows: u64,
    /// Tokens of text.
    pub tokens: u64,
    /// Hours of speech.
    pub hours: f64,
    /// Different speakers.
    pub speakers: u64,
}

/// One speaker, under the pseudonym used in the dataset.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SpeakerRow {
    /// Pseudonym.
    pub speaker: String,
    /// `female`, `male` or `other`.
    pub gender: Option<String>,
    /// Age group.
    pub age_group: Option<String>,
    /// Dialect.
    pub dialect: Option<String>,
    /// Clips.
    pub clips: u64,
    /// Seconds of speech.
    pub seconds: f64,
}

/// A group's part of the speech.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Share {
    /// Name of the group.
    pub label: String,
    /// Hours of speech.
    pub value_hours: f64,
}

/// A group's part of the documents.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Count {
    /// Name of the group.
    pub label: String,
    /// Documents.
    pub count: u64,
}

/// Counts between edges: `counts[i]` lies in `edges[i]..edges[i + 1]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Histogram {
    /// Edges, ascending; one more than there are counts.
    pub edges: Vec<f64>,
    /// Counts.
    pub counts: Vec<u64>,
    /// Unit of the edges, such as `s` or `dBFS`.
    pub unit: String,
}

/// A clip to look at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clip {
    /// The row's id.
    pub id: String,
    /// What is said.
    pub text: Option<String>,
    /// Pseudonym of the speaker.
    pub speaker: Option<String>,
    /// Seconds.
    pub duration: f64,
    /// Samples a second.
    pub sampling_rate: u32,
    /// Lowest and highest sample of each column, in −1..1.
    pub waveform: Vec<(f32, f32)>,
    /// Levels 0–255, column by column, the lowest frequency first.
    pub spectrogram: Vec<u8>,
    /// Columns (moments) of the spectrogram.
    pub spectrogram_columns: usize,
    /// Rows (frequencies) of the spectrogram.
    pub spectrogram_rows: usize,
}

/// The tokens of one config: counted in its texts, or packed into sequences of its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TokenTable {
    /// Config (table).
    pub config: String,
    /// File name of the tokenizer.
    pub tokenizer: String,
    /// Tokens that it knows.
    pub vocab_size: u64,
    /// Why it has no fast path, if it has none.
    pub fallback: Option<String>,
    /// How the texts were packed, and into sequences of how many tokens, if they were.
    pub packing: Option<(String, u64)>,
    /// The files with the tokens of the texts, if there are any.
    pub files: Option<String>,
    /// By split.
    pub splits: Vec<TokenRow>,
}

/// The tokens of one split.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TokenRow {
    /// Split.
    pub split: String,
    /// Documents.
    pub documents: u64,
    /// Tokens of their texts.
    pub tokens: u64,
    /// UTF-8 bytes of text to a token.
    pub bytes_per_token: f64,
    /// Sequences.
    pub sequences: u64,
    /// Documents that lie in more than one sequence.
    pub cut: u64,
    /// Tokens of padding.
    pub padding: u64,
}

/// One rule table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TableRow {
    /// Name of the table.
    pub name: String,
    /// Rows.
    pub rows: u64,
}

/// One finding.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProblemRow {
    /// Source it was found in.
    pub source: String,
    /// File.
    pub file: String,
    /// Line, byte or row.
    pub place: String,
    /// Stable code, `SPROG-0000`.
    pub code: String,
    /// What is wrong.
    pub message: String,
}

/// The page, as one HTML file.
///
/// # Errors
/// Only if the template cannot be written to memory.
pub fn render(data: &ReportData) -> Result<String, askama::Error> {
    page::Page::new(data).render()
}
