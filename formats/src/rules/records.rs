use std::collections::HashSet;

use super::source::{Source, excerpt};
use super::{Charset, RawLine, write_lines};
use crate::{Limits, Parsed, Problem, Result, codes};

/// A file of one entry a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Records<T> {
    /// How the file was decoded.
    pub encoding: Charset,
    /// Every line of the file.
    pub lines: Vec<Record<T>>,
}

/// A line: as it stands, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record<T> {
    /// The line as it stands in the file.
    pub line: RawLine,
    /// What the line says.
    pub content: Content<T>,
}

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content<T> {
    /// An entry.
    Entry(T),
    /// The names of the columns.
    Header,
    /// Nothing but white space.
    Blank,
    /// A comment.
    Comment,
    /// A line that was not understood; it is a [`codes::RULE_LINE`] problem too.
    Unknown,
}

impl<T> Records<T> {
    /// Every entry, with the line it stands on.
    pub fn entries(&self) -> impl Iterator<Item = (&RawLine, &T)> {
        self.lines.iter().filter_map(|l| match &l.content {
            Content::Entry(entry) => Some((&l.line, entry)),
            _ => None,
        })
    }
}

/// The bytes of the file: those that were read, when no line was changed.
///
/// # Errors
/// Those of [`write_lines`].
pub fn write_records<T>(file: &Records<T>) -> Result<Vec<u8>> {
    write_lines(file.lines.iter().map(|l| &l.line), file.encoding)
}

/// What a format makes of a line that is not blank: its content, or why it is not understood.
pub(super) type Read<T> = std::result::Result<Content<T>, &'static str>;

/// Reads every line with `read`; blank lines and those not understood are dealt with here.
pub(super) fn read_records<T>(
    bytes: &[u8],
    charset: Charset,
    limits: &Limits,
    mut read: impl FnMut(&RawLine) -> Read<T>,
) -> Result<Parsed<Records<T>>> {
    let Source { charset, lines: raw, mut problems } = Source::read(bytes, charset, limits)?;
    report_nuls(bytes, &mut problems);
    let mut lines = Vec::with_capacity(raw.len());
    for line in raw {
        let content = if line.text().trim().is_empty() {
            Content::Blank
        } else {
            read(&line).unwrap_or_else(|why| {
                problems.push(line.problem(codes::RULE_LINE, why));
                Content::Unknown
            })
        };
        lines.push(Record { line, content });
    }
    Ok(Parsed { value: Records { encoding: charset, lines }, problems })
}

/// Reports NUL characters, once. They stay where they are.
pub(super) fn report_nuls(bytes: &[u8], problems: &mut Vec<Problem>) {
    let count = memchr::memchr_iter(0, bytes).count();
    if count > 0 {
        let message = format!("{count} NUL characters, kept as they are");
        problems.push(Problem::new(codes::NUL_IN_TEXT, crate::Place::File, message));
    }
}

/// Reports each entry whose id an earlier one has. Both are kept.
pub(super) fn report_duplicates<'a>(
    ids: impl Iterator<Item = (&'a RawLine, &'a str)>,
    problems: &mut Vec<Problem>,
) {
    let mut seen = HashSet::new();
    for (line, id) in ids {
        if !seen.insert(id) {
            let message = format!("the id {:?} stands on an earlier line too; both are kept", excerpt(id));
            problems.push(Problem::new(codes::RULE_DUPLICATE, line.place(), message));
        }
    }
}

/// The text as an owned field; `None` for an empty one.
pub(super) fn field(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// Exactly `N` tab-separated fields.
pub(super) fn tabs<const N: usize>(text: &str) -> Option<[&str; N]> {
    let mut out = [""; N];
    let mut parts = text.split('\t');
    for slot in &mut out {
        *slot = parts.next()?;
    }
    parts.next().is_none().then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_counted_exactly() {
        assert_eq!(tabs::<3>("a\t\tc"), Some(["a", "", "c"]));
        assert_eq!(tabs::<3>("a\tb"), None);
        assert_eq!(tabs::<3>("a\tb\tc\td"), None);
    }
}
