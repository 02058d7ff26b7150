//! Lists of misspellings with their corrections, one pair a line.
//!
//! | style | line |
//! |---|---|
//! | arrow | `hver->vær`, `forbinnelse->forbindelse, forbindelser` (Wikipedia's list for machines) |
//! | bars | `hver\|\|vær` (AutoWikiBrowser and others) |
//! | tab | `hver<TAB>vær` |
//!
//! Several corrections stand between commas. Lines that start with `#` are comments.

use super::records::read_records;
use super::{Charset, Content, Records};
use crate::{Limits, Parsed, Result};

/// What stands between a misspelling and its corrections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// `->`.
    Arrow,
    /// `||`.
    Bars,
    /// A tab.
    Tab,
}

impl Style {
    /// The mark as it stands in a line.
    pub fn mark(self) -> &'static str {
        match self {
            Style::Arrow => "->",
            Style::Bars => "||",
            Style::Tab => "\t",
        }
    }
}

/// A misspelling and what was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misspelling {
    /// The misspelling.
    pub wrong: String,
    /// The corrections as they stand, `forbindelse, forbindelser`.
    pub right: String,
    /// What stands between the two.
    pub style: Style,
}

impl Misspelling {
    /// The corrections one by one, the likeliest first.
    pub fn corrections(&self) -> impl Iterator<Item = &str> {
        self.right.split(',').map(str::trim).filter(|c| !c.is_empty())
    }

    /// The pair as a line of a file, without a line ending.
    ///
    /// ```
    /// use sprog_formats::rules::misspellings::{Misspelling, Style};
    /// let pair = Misspelling { wrong: "sansyligvis".into(), right: "sandsynligvis".into(), style: Style::Arrow };
    /// assert_eq!(pair.to_line(), "sansyligvis->sandsynligvis");
    /// ```
    pub fn to_line(&self) -> String {
        format!("{}{}{}", self.wrong, self.style.mark(), self.right)
    }
}

/// Reads a list. Each line has the style of the mark that comes first in it.
///
/// Problems: [`codes::RULE_LINE`](crate::codes::RULE_LINE) for a line without a mark, a misspelling or
/// a correction.
///
/// # Errors
/// [`Error::Limit`](crate::Error::Limit) past `limits`' bytes, bytes of a line or items (lines).
///
/// ```
/// use sprog_formats::{Limits, rules::{misspellings, write_records}};
/// let bytes = "intresse->interesse\nnogen gange||nogle gange, af og til\n".as_bytes();
/// let parsed = misspellings::read(bytes, &Limits::default())?;
/// let (_, pair) = parsed.value.entries().nth(1).expect("two pairs");
/// assert_eq!(pair.corrections().collect::<Vec<_>>(), ["nogle gange", "af og til"]);
/// assert_eq!(write_records(&parsed.value)?, bytes);
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Parsed<Records<Misspelling>>> {
    read_records(bytes, Charset::Utf8, limits, |line| {
        let text = line.text();
        if text.starts_with('#') {
            return Ok(Content::Comment);
        }
        let at = |style: Style| text.find(style.mark()).map(|at| (at, style));
        let marks = [Style::Arrow, Style::Bars, Style::Tab].into_iter().filter_map(at);
        let (at, style) = marks.min_by_key(|(at, _)| *at).ok_or("no ->, || or tab")?;
        let (wrong, rest) = text.split_at_checked(at).ok_or("no ->, || or tab")?;
        let right = rest.strip_prefix(style.mark()).unwrap_or_default();
        let pair = Misspelling { wrong: wrong.trim().to_owned(), right: right.trim().to_owned(), style };
        if pair.wrong.is_empty() || pair.corrections().next().is_none() {
            return Err("no misspelling or no correction");
        }
        Ok(Content::Entry(pair))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Place;
    use crate::rules::write_records;

    #[test]
    fn the_first_mark_in_a_line_is_the_one_that_counts() {
        let text = "# note\na->b||c\na||b->c\na\tb->c\r\na-b\n->b\na->\na-> ,\n";
        let parsed = read(text.as_bytes(), &Limits::default()).expect("reads");
        assert_eq!(write_records(&parsed.value).expect("writes"), text.as_bytes());
        let styles: Vec<_> = parsed.value.entries().map(|(_, p)| (p.style, p.right.as_str())).collect();
        assert_eq!(styles, [(Style::Arrow, "b||c"), (Style::Bars, "b->c"), (Style::Tab, "b->c")]);
        let places: Vec<_> = parsed.problems.iter().map(|p| p.place.clone()).collect();
        assert_eq!(places, [5, 6, 7, 8].map(Place::Line));
    }
}
