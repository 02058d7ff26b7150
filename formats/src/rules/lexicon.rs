//! Delimited lexicons: one word form a line, its columns between tabs or semicolons.
//!
//! Covers full-form lists with a header, or with columns named by the caller; NST's lexicon has a module of its own,
//! [`nst`](super::nst). There is no quoting: a quote is a character like any
//! other, as in those files.

use super::source::{Budget, Source, excerpt};
use super::{Charset, RawLine, write_lines};
use crate::{Limits, Parsed, Problem, Result, codes};

/// How a lexicon is laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LexiconFormat {
    /// The character between two fields.
    pub delimiter: char,
    /// The columns' names, in order; empty when the file's first line has them.
    ///
    /// A row may have fields after the named ones, but a row under a header of the file may not.
    pub columns: Vec<String>,
    /// What starts a comment line, if the format has comments.
    pub comment: Option<char>,
    /// The file's encoding.
    pub encoding: Charset,
}

impl LexiconFormat {
    /// Tab-separated UTF-8 with a header and no comments.
    pub fn tsv() -> LexiconFormat {
        LexiconFormat { delimiter: '\t', columns: Vec::new(), comment: None, encoding: Charset::Utf8 }
    }

    /// Tab-separated UTF-8 without a header, the columns named here.
    pub fn tsv_with_columns(columns: &[&str]) -> LexiconFormat {
        LexiconFormat { columns: columns.iter().map(|c| (*c).to_owned()).collect(), ..LexiconFormat::tsv() }
    }
}

fn field_name(number: usize) -> String {
    format!("field_{number}")
}

/// A lexicon, line by line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LexiconFile {
    /// How the file was decoded.
    pub encoding: Charset,
    /// The columns' names, from the header or the format.
    pub columns: Vec<String>,
    /// Every line of the file.
    pub lines: Vec<LexiconLine>,
}

impl LexiconFile {
    /// The name of column `index` (from 0); `field_13` and so on past the named ones.
    pub fn column_name(&self, index: usize) -> String {
        self.columns.get(index).cloned().unwrap_or_else(|| field_name(index.saturating_add(1)))
    }

    /// Every entry, with the line it stands on.
    pub fn entries(&self) -> impl Iterator<Item = (&RawLine, &LexiconEntry)> {
        self.lines.iter().filter_map(|l| match &l.content {
            LexiconContent::Entry(entry) => Some((&l.line, entry)),
            _ => None,
        })
    }
}

/// A line of a lexicon: as it stands, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LexiconLine {
    /// The line as it stands in the file.
    pub line: RawLine,
    /// What the line says.
    pub content: LexiconContent,
}

/// What a line of a lexicon says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LexiconContent {
    /// The names of the columns.
    Header,
    /// A word form.
    Entry(LexiconEntry),
    /// Nothing but white space.
    Blank,
    /// A comment.
    Comment,
    /// A line that was not understood; it is a [`codes::RULE_LINE`] problem too.
    Unknown,
}

/// A word form and what the lexicon says of it. Empty fields are `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LexiconEntry {
    /// The form as written in text.
    pub form: String,
    /// Its lemma.
    pub lemma: Option<String>,
    /// Its part of speech, in the lexicon's own terms.
    pub pos: Option<String>,
    /// Its inflection, in the lexicon's own terms.
    pub features: Option<String>,
    /// How it is said, in the lexicon's own alphabet.
    pub pronunciation: Option<String>,
    /// Every other field that is not empty: its column's index (see [`LexiconFile::column_name`]) and its text.
    pub extra: Vec<(usize, String)>,
}

/// The part of an entry that a column fills.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Form,
    Lemma,
    Pos,
    Features,
    Pronunciation,
    Extra,
}

/// What a column of this name holds; names are compared without case.
fn role(column: &str) -> Role {
    match column.to_lowercase().as_str() {
        "form" | "word" | "wordform" | "word_form" | "orthography" | "ortografi" => Role::Form,
        "lemma" | "lemma_form" | "baseform" => Role::Lemma,
        "pos" | "upos" | "class" | "ordklasse" => Role::Pos,
        "features" | "feats" | "morphology" | "bøjning" => Role::Features,
        "pronunciation" | "transcription" | "ipa" | "sampa" | "udtale" => Role::Pronunciation,
        _ => Role::Extra,
    }
}

/// Reads a lexicon.
///
/// The columns' names say what is the form, lemma, part of speech, inflection and pronunciation
/// (`form` or `word`, `lemma`, `pos`, `features`, `pronunciation` and the like); without a column for
/// the form, the first one is. Problems: [`codes::RULE_LINE`] for a row without a form or, under a
/// header, with another number of fields; [`codes::DUPLICATE_COLUMN`]; [`codes::RULE_ENCODING`].
///
/// # Errors
/// [`Error::Limit`](crate::Error::Limit) past `limits`' bytes, bytes of a line or items (lines;
/// fields of all lines that are not empty).
///
/// ```
/// use sprog_formats::{Limits, rules::lexicon::{self, LexiconFormat}};
/// let bytes = "lemma\tform\tid\nhus\thuse\t7\n".as_bytes();
/// let parsed = lexicon::read(bytes, &LexiconFormat::tsv(), &Limits::default())?;
/// let (_, entry) = parsed.value.entries().next().expect("one entry");
/// assert_eq!((entry.form.as_str(), entry.lemma.as_deref()), ("huse", Some("hus")));
/// assert_eq!(entry.extra, [(2, "7".to_owned())]);
/// assert_eq!(lexicon::write(&parsed.value)?, bytes);
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub fn read(bytes: &[u8], format: &LexiconFormat, limits: &Limits) -> Result<Parsed<LexiconFile>> {
    let Source { charset, lines: raw_lines, mut problems } = Source::read(bytes, format.encoding, limits)?;
    let mut layout = (!format.columns.is_empty()).then(|| Layout::new(format.columns.clone(), None));
    let mut budget = Budget::new(limits);
    let mut lines = Vec::with_capacity(raw_lines.len());
    for line in raw_lines {
        let content = if line.text().trim().is_empty() {
            LexiconContent::Blank
        } else if format.comment.is_some_and(|c| line.text().starts_with(c)) {
            LexiconContent::Comment
        } else if let Some(layout) = &layout {
            budget.take(line.text().split(format.delimiter).filter(|f| !f.is_empty()).count(), &line)?;
            match layout.entry(line.text(), format.delimiter) {
                Ok(entry) => LexiconContent::Entry(entry),
                Err(why) => {
                    problems.push(line.problem(codes::RULE_LINE, why));
                    LexiconContent::Unknown
                }
            }
        } else {
            budget.take(line.text().split(format.delimiter).count(), &line)?;
            let columns: Vec<String> = line.text().split(format.delimiter).map(str::to_owned).collect();
            let width = columns.len();
            let header = Layout::new(columns, Some(width));
            header.report_duplicates(&line, &mut problems);
            layout = Some(header);
            LexiconContent::Header
        };
        lines.push(LexiconLine { line, content });
    }
    let columns = layout.map(|l| l.columns).unwrap_or_default();
    Ok(Parsed { value: LexiconFile { encoding: charset, columns, lines }, problems })
}

/// The bytes of the file: those that were read, when no line was changed.
///
/// # Errors
/// Those of [`write_lines`].
pub fn write(file: &LexiconFile) -> Result<Vec<u8>> {
    write_lines(file.lines.iter().map(|l| &l.line), file.encoding)
}

struct Layout {
    columns: Vec<String>,
    roles: Vec<Role>,
    /// The number of fields that each row must have, if there is one.
    width: Option<usize>,
}

impl Layout {
    fn new(columns: Vec<String>, width: Option<usize>) -> Layout {
        let mut roles: Vec<Role> = Vec::with_capacity(columns.len());
        for column in &columns {
            let role = role(column);
            roles.push(if role != Role::Extra && roles.contains(&role) { Role::Extra } else { role });
        }
        if let (false, Some(first)) = (roles.contains(&Role::Form), roles.first_mut()) {
            *first = Role::Form;
        }
        Layout { columns, roles, width }
    }

    fn report_duplicates(&self, header: &RawLine, problems: &mut Vec<Problem>) {
        let mut seen = std::collections::BTreeSet::new();
        if let Some(column) = self.columns.iter().find(|c| !seen.insert(*c)) {
            let message = format!("two columns are called {:?}, perhaps others too", excerpt(column));
            problems.push(Problem::new(codes::DUPLICATE_COLUMN, header.place(), message));
        }
    }

    fn entry(&self, text: &str, delimiter: char) -> std::result::Result<LexiconEntry, &'static str> {
        let mut entry = LexiconEntry::default();
        let mut fields = 0usize;
        for (index, field) in text.split(delimiter).enumerate() {
            fields = index.saturating_add(1);
            if field.is_empty() {
                continue;
            }
            let field = field.to_owned();
            match self.roles.get(index).copied().unwrap_or(Role::Extra) {
                Role::Form => entry.form = field,
                Role::Lemma => entry.lemma = Some(field),
                Role::Pos => entry.pos = Some(field),
                Role::Features => entry.features = Some(field),
                Role::Pronunciation => entry.pronunciation = Some(field),
                Role::Extra => entry.extra.push((index, field)),
            }
        }
        if self.width.is_some_and(|width| width != fields) {
            return Err("another number of fields than the header");
        }
        if entry.form.is_empty() {
            return Err("no form");
        }
        Ok(entry)
    }
}

#[cfg(test)]
#[path = "lexicon_tests.rs"]
mod tests;
