//! MyThes thesauri (`th_da_DK.dat` and `.idx`), as LibreOffice's MyThes 1.2 reads them.
//!
//! The data file's first line names the encoding. Then each entry is a line `word|count`, and as many
//! lines that each hold one meaning: `(pos)|synonym|synonym (generic term)|…`. The Danish thesaurus
//! leaves the part of speech empty. The index has the encoding, the number of entries, and a line
//! `word|offset` for each: the byte in the data file at which the entry starts, sorted by the word's bytes.

use std::collections::HashSet;

use super::records::report_nuls;
use super::source::{Budget, Source, byte_lines, excerpt};
use super::{Charset, Content, RawLine, Record, Records, write_lines};
use crate::{Limits, Parsed, Place, Problem, Result, codes};

/// A thesaurus, line by line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MythesFile {
    /// How the file was decoded.
    pub encoding: Charset,
    /// Every line of the file.
    pub lines: Vec<MythesLine>,
}

/// A line of a thesaurus: as it stands, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MythesLine {
    /// The line as it stands in the file.
    pub line: RawLine,
    /// What the line says.
    pub content: MythesContent,
}

/// What a line of a thesaurus says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MythesContent {
    /// The first line: the encoding's name.
    Encoding(String),
    /// The first line of an entry.
    Word {
        /// The word or phrase that is looked up.
        word: String,
        /// The number of meanings that the line says will follow.
        count: u64,
    },
    /// A meaning of the word above.
    Meaning(Meaning),
    /// Nothing but white space.
    Blank,
    /// A line that was not understood; it is a [`codes::RULE_LINE`] problem too.
    Unknown,
}

/// One meaning of a word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meaning {
    /// The part of speech as it stands before the first `|`, such as `(noun)`; often empty, or `-`.
    pub pos: String,
    /// The synonyms and related words, in order.
    pub terms: Vec<Term>,
}

/// A synonym or another related word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The word or phrase, without the note.
    pub text: String,
    /// What stands in parentheses at the end: `underbegreb`, `generic term`, `antonym`, `daglig tale`.
    pub note: Option<String>,
}

impl Term {
    fn parse(text: &str) -> Term {
        let trimmed = text.trim();
        let parts = trimmed.strip_suffix(')').and_then(|t| t.rsplit_once(" ("));
        match parts {
            Some((word, note)) if !word.trim().is_empty() && !note.contains(')') => {
                Term { text: word.trim_end().to_owned(), note: Some(note.to_owned()) }
            }
            _ => Term { text: trimmed.to_owned(), note: None },
        }
    }
}

impl MythesFile {
    /// Every meaning with the word it belongs to and its number within the entry, from 1.
    pub fn meanings(&self) -> impl Iterator<Item = (&RawLine, &str, u64, &Meaning)> {
        let mut word = "";
        let mut number = 0u64;
        self.lines.iter().filter_map(move |line| match &line.content {
            MythesContent::Word { word: w, .. } => {
                (word, number) = (w, 0);
                None
            }
            MythesContent::Meaning(meaning) => {
                number = number.saturating_add(1);
                Some((&line.line, word, number, meaning))
            }
            _ => None,
        })
    }
}

/// Reads a thesaurus's data file.
///
/// Problems: [`codes::RULE_COUNT`] where an entry has another number of meanings than it says,
/// [`codes::RULE_LINE`] for a line that is neither, [`codes::RULE_DUPLICATE`] for a word with two
/// entries (an index finds one of them), [`codes::RULE_ENCODING`].
///
/// # Errors
/// [`Error::Limit`](crate::Error::Limit) past `limits`' bytes, bytes of a line or items (lines;
/// terms of all lines).
///
/// ```
/// use sprog_formats::{Limits, rules::mythes};
/// let bytes = "UTF-8\nbil|1\n|automobil|køretøj (overbegreb)\n".as_bytes();
/// let parsed = mythes::read(bytes, &Limits::default())?;
/// let (_, word, _, meaning) = parsed.value.meanings().next().expect("one meaning");
/// assert_eq!((word, meaning.terms[1].text.as_str()), ("bil", "køretøj"));
/// assert_eq!(meaning.terms[1].note.as_deref(), Some("overbegreb"));
/// assert_eq!(mythes::write(&parsed.value)?, bytes);
/// assert_eq!(mythes::write_index(&parsed.value)?, b"UTF-8\n1\nbil|6\n");
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Parsed<MythesFile>> {
    let label = byte_lines(bytes).next().unwrap_or_default().trim_ascii();
    let label = if bytes.is_empty() { b"UTF-8" } else { label };
    let Source { charset, lines: raw, mut problems } = Source::read_labelled(bytes, label, limits)?;
    report_nuls(bytes, &mut problems);
    let mut budget = Budget::new(limits);
    let mut entry: Option<Entry> = None;
    let mut lines = Vec::with_capacity(raw.len());
    for line in raw {
        let content = if line.number == 1 {
            MythesContent::Encoding(line.text().trim().to_owned())
        } else {
            content(&line, &mut entry, &mut budget, &mut problems)?
        };
        lines.push(MythesLine { line, content });
    }
    if let Some(entry) = entry {
        entry.check(&mut problems);
    }
    let mut seen = HashSet::new();
    for line in &lines {
        if let MythesContent::Word { word, .. } = &line.content
            && !seen.insert(word.as_str())
        {
            problems.push(line.line.problem(codes::RULE_DUPLICATE, "a second entry of the word"));
        }
    }
    Ok(Parsed { value: MythesFile { encoding: charset, lines }, problems })
}

/// The entry that lines belong to, and how many of its meanings have come.
struct Entry {
    line: u64,
    count: u64,
    found: u64,
}

impl Entry {
    fn check(&self, problems: &mut Vec<Problem>) {
        if self.count != self.found {
            let message = format!("the entry says {} meanings, {} follow", self.count, self.found);
            problems.push(Problem::new(codes::RULE_COUNT, Place::Line(self.line), message));
        }
    }
}

fn content(
    line: &RawLine,
    entry: &mut Option<Entry>,
    budget: &mut Budget,
    problems: &mut Vec<Problem>,
) -> Result<MythesContent> {
    let text = line.text();
    if text.trim().is_empty() {
        return Ok(MythesContent::Blank);
    }
    let head = head(text);
    let due = entry.as_ref().is_some_and(|e| e.found < e.count);
    // A meaning's first field is empty, `-` or in parentheses. Where one is missing or extra the next
    // entry is still found, as it is by the offsets of the index.
    let marked = text.starts_with(['|', '(', '-']);
    if let Some((word, count)) = head
        && !(due && marked)
    {
        if let Some(last) = entry.replace(Entry { line: line.number, count, found: 0 }) {
            last.check(problems);
        }
        return Ok(MythesContent::Word { word: word.to_owned(), count });
    }
    match (text.split_once('|'), entry) {
        (Some((pos, terms)), Some(entry)) if due || marked => {
            entry.found = entry.found.saturating_add(1);
            budget.take(terms.split('|').count(), line)?;
            let terms = terms.split('|').filter(|t| !t.trim().is_empty()).map(Term::parse).collect();
            Ok(MythesContent::Meaning(Meaning { pos: pos.to_owned(), terms }))
        }
        _ => {
            problems.push(line.problem(codes::RULE_LINE, "neither a word with a count nor a meaning"));
            Ok(MythesContent::Unknown)
        }
    }
}

/// The word and count of an entry's first line.
fn head(text: &str) -> Option<(&str, u64)> {
    let (word, count) = text.rsplit_once('|')?;
    Some((word, count.trim().parse().ok()?)).filter(|(word, _)| !word.is_empty() && !word.contains('|'))
}

/// The bytes of the data file: those that were read, when no line was changed.
///
/// # Errors
/// Those of [`write_lines`].
pub fn write(file: &MythesFile) -> Result<Vec<u8>> {
    write_lines(file.lines.iter().map(|l| &l.line), file.encoding)
}

/// A line of an index: a word, and where its entry starts in the data file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexEntry {
    /// The word, as in the data file.
    pub word: String,
    /// Bytes before the entry.
    pub offset: u64,
}

/// The index of a thesaurus, sorted by the words' bytes in the file's encoding. A word with several
/// entries has a line for each.
pub fn index(file: &MythesFile) -> Vec<IndexEntry> {
    let size = |text: &str| match file.encoding {
        Charset::Utf8 => text.len() as u64,
        Charset::Latin1 => text.chars().count() as u64,
    };
    let mut offset = 0u64;
    let mut entries = Vec::new();
    for line in &file.lines {
        if let MythesContent::Word { word, .. } = &line.content {
            entries.push(IndexEntry { word: word.clone(), offset });
        }
        let ending = line.line.ending.as_str().len() as u64;
        offset = offset.saturating_add(size(&line.line.raw)).saturating_add(ending);
    }
    // Latin-1 and UTF-8 both sort as their code points.
    entries.sort_by(|a, b| a.word.cmp(&b.word).then(a.offset.cmp(&b.offset)));
    entries
}

/// The bytes of the index (`.idx`) of a thesaurus, with line feeds.
///
/// # Errors
/// Those of [`write_lines`].
pub fn write_index(file: &MythesFile) -> Result<Vec<u8>> {
    let encoding = file.lines.iter().find_map(|l| match &l.content {
        MythesContent::Encoding(name) => Some(name.as_str()),
        _ => None,
    });
    let entries = index(file);
    let head = [encoding.unwrap_or("UTF-8").to_owned(), entries.len().to_string()];
    let texts = head.into_iter().chain(entries.into_iter().map(|e| format!("{}|{}", e.word, e.offset)));
    let lines: Vec<RawLine> =
        texts.zip(1..).map(|(raw, number)| RawLine { number, raw, ending: super::LineEnding::Lf }).collect();
    write_lines(&lines, file.encoding)
}

/// Reads an index. Its first two lines are [`Content::Header`].
///
/// Problems: [`codes::RULE_COUNT`] where the second line is not the number of entries,
/// [`codes::RULE_LINE`] for a line that is no `word|offset`, [`codes::RULE_ENCODING`].
///
/// # Errors
/// [`Error::Limit`](crate::Error::Limit) past `limits`' bytes, bytes of a line or items (lines).
pub fn read_index(bytes: &[u8], limits: &Limits) -> Result<Parsed<Records<IndexEntry>>> {
    let label = byte_lines(bytes).next().unwrap_or_default().trim_ascii();
    let label = if bytes.is_empty() { b"UTF-8" } else { label };
    let Source { charset, lines: raw, mut problems } = Source::read_labelled(bytes, label, limits)?;
    report_nuls(bytes, &mut problems);
    let mut lines = Vec::with_capacity(raw.len());
    let mut stated = None;
    let mut entries = 0u64;
    for line in raw {
        let text = line.text();
        let entry =
            text.rsplit_once('|').and_then(|(word, offset)| Some((word, offset.trim().parse().ok()?)));
        let content = match (line.number, entry) {
            (1, _) => Content::Header,
            (2, None) if text.trim().parse::<u64>().is_ok() => {
                stated = text.trim().parse().ok();
                Content::Header
            }
            _ if text.trim().is_empty() => Content::Blank,
            (_, Some((word, offset))) if !word.is_empty() => {
                entries = entries.saturating_add(1);
                Content::Entry(IndexEntry { word: word.to_owned(), offset })
            }
            _ => {
                problems.push(line.problem(codes::RULE_LINE, "no word with an offset"));
                Content::Unknown
            }
        };
        lines.push(Record { line, content });
    }
    if stated != Some(entries) && !lines.is_empty() {
        let message = format!("the second line does not say {entries}, the number of entries");
        problems.push(Problem::new(codes::RULE_COUNT, Place::Line(2), message));
    }
    Ok(Parsed { value: Records { encoding: charset, lines }, problems })
}

/// What an index says otherwise than the one made from its data file: a [`codes::RULE_REFERENCE`]
/// problem for each word with another offset, none, or no entry.
pub fn check_index(file: &MythesFile, found: &Records<IndexEntry>) -> Vec<Problem> {
    let right = index(file);
    let same = |a: &IndexEntry, b: &IndexEntry| (&a.word, a.offset) == (&b.word, b.offset);
    let key = |e: &IndexEntry| (e.word.clone(), e.offset);
    let mut problems = Vec::new();
    let mut have: Vec<(&RawLine, &IndexEntry)> = found.entries().collect();
    for (line, entry) in &have {
        if right.binary_search_by_key(&key(entry), key).is_err() {
            problems.push(line.problem(codes::RULE_REFERENCE, "no entry of the data file starts there"));
        }
    }
    have.sort_by_key(|(_, e)| key(e));
    let mut have = have.into_iter().map(|(_, e)| e).peekable();
    for entry in &right {
        while have.next_if(|e| key(e) < key(entry)).is_some() {}
        if !have.peek().is_some_and(|e| same(e, entry)) {
            let message = format!("the index lacks {:?} at byte {}", excerpt(&entry.word), entry.offset);
            problems.push(Problem::new(codes::RULE_REFERENCE, Place::File, message));
        }
    }
    problems
}

#[cfg(test)]
#[path = "mythes_tests.rs"]
mod tests;
