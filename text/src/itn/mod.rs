//! Spoken Danish to written Danish, the inverse of [`crate::verbalize`]: `klokken otte femten` is written `kl. 8.15`.
//!
//! Both read the same tables. Where Danish leaves a choice, the first reading takes this one, and the others are
//! in [`Span::readings`]:
//!
//! - Cardinals of running text from 10 on are written in digits, those below as words (Dansk Sprognævn's advice);
//!   before currencies and units with a symbol all are digits. A text that is nothing but a number is digits.
//! - Full stops stand between groups of three from 1.000 on; never in years, telephone numbers and paragraphs.
//! - Round millions keep their word in running text: `3 millioner`.
//! - Ordinals up to `tolvte` stay words but in dates, after regents and in addresses; larger ones are digits.
//! - Fractions in words stay words (`tre fjerdedele`), but `to en halv` is `2½`.
//! - `en` and `et` alone are articles.
//! - `kroner` and `procent` stay words; kroner with øre are `5,50 kr.`; units have their symbol, `5 km`.
//!
//! Old long forms are read: `femogtresindstyve` is 65.

mod address;
mod cardinal;
mod legal;
mod ordinal;
mod phrase;
mod quantity;
mod telephone;
mod time;
mod words;
mod year;

use crate::number::words::{Starts, Word, lookup};
pub use crate::verbalize::{Class, Options};
use crate::verbalize::{Match, assemble, whole_readings};
use std::ops::Range;
use std::sync::LazyLock;
use words::{MOST, is_word_byte, tokens, word_before, word_end};

/// A part of the text that is written in another way than it is said.
///
/// Small cardinals (`fem`) are spans whose first reading is the word itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Bytes of the input.
    pub range: Range<usize>,
    /// What it is.
    pub class: Class,
    /// The best reading, as it stands in [`Inverse::written`].
    pub written: String,
    /// All accepted readings, the best first.
    pub readings: Vec<String>,
}

/// What [`itn`] gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inverse {
    /// The text as it is written, in the best reading.
    pub written: String,
    /// Readings of the whole text, the best first: bounded by [`Options::max_readings`].
    pub readings: Vec<String>,
    /// The parts that were found, in order.
    pub spans: Vec<Span>,
}

/// Writes spoken Danish as it is written (inverse text normalization).
///
/// Linear in the length of the text; no input makes it fail. Text between the spans is left byte for byte.
///
/// ```
/// use sprog_text::itn::{Options, itn};
///
/// let found = itn("vi mødes den tredje maj klokken halv ni og betaler fem kroner og halvtreds øre", &Options::default());
/// assert_eq!(found.written, "vi mødes den 3. maj kl. 8.30 og betaler 5,50 kr.");
/// assert_eq!(&found.spans[0].readings[..2], ["3. maj", "3/5"]);
/// ```
pub fn itn(text: &str, options: &Options) -> Inverse {
    let matches = matches(text, options.max_readings > 1);
    let best = vec![0; matches.len()];
    let written = assemble(text, &matches, &best);
    let readings = whole_readings(text, &matches, &written, options.max_readings);
    let spans = matches
        .into_iter()
        .map(|found| Span {
            range: found.start..found.end,
            class: found.class,
            written: found.readings.first().cloned().unwrap_or_default(),
            readings: found.readings,
        })
        .collect();
    Inverse { written, readings, spans }
}

/// First letters of what a phrase can start with.
static STARTS: LazyLock<Starts> = LazyLock::new(|| {
    Starts::new(&["klokken", "paragraf", "minus", "plus", "snabela", "halvanden", "komma", "og", "stuen"])
});

/// All matches, in order, none overlapping.
fn matches(text: &str, all: bool) -> Vec<Match> {
    let bytes = text.as_bytes();
    let mut out: Vec<Match> = Vec::new();
    let (mut at, mut last) = (0, 0);
    let mut lower = String::new();
    while at < bytes.len() {
        let Some(offset) = bytes[at..].iter().position(|&byte| is_word_byte(byte)) else { break };
        at += offset;
        let start = at;
        let end = start
            + bytes[start..]
                .iter()
                .take_while(|&&byte| is_word_byte(byte) || (0x80..0xC0).contains(&byte))
                .count();
        at = end;
        if !STARTS.may(&bytes[start..end]) {
            continue;
        }
        let free = start == 0
            || text[..start].chars().next_back().is_none_or(|c| {
                !(c.is_alphanumeric()
                    || matches!(c, '-' | '_' | '@' | '\'' | '’' | '.' | '/')
                        && start >= 2
                        && bytes[start - 2] != b' ')
            });
        if !free || !starts_phrase(text, start, end, &mut lower) {
            continue;
        }
        let all_tokens = tokens(text, start, MOST);
        if all_tokens.is_empty() {
            continue;
        }
        let (before_start, before) = word_before(text, start);
        let place = phrase::Place { text, tokens: &all_tokens, before, before_start, last };
        if let Some(mut found) = phrase::find(&place)
            && found.start >= last
            && found.end > start
        {
            if !all {
                found.readings.truncate(1);
            }
            at = found.end;
            last = found.end;
            out.push(found);
        }
    }
    out
}

/// Can a phrase start with the word? Keeps prose cheap: most words fail on their first letters.
fn starts_phrase(text: &str, start: usize, end: usize, lower: &mut String) -> bool {
    let length = end - start;
    let first = text.as_bytes()[start] | 0x20;
    if !(2..=64).contains(&length) || !matches!(first, b'a'..=b't') {
        return false;
    }
    if !text.is_char_boundary(end) || text[start..end].len() != word_end(text, start) - start {
        return false;
    }
    lower.clear();
    lower.extend(text[start..end].chars().flat_map(char::to_lowercase));
    match lower.as_str() {
        "en" | "et" => followed_by_number(text, start, end),
        "klokken" | "paragraf" | "paragrafferne" | "minus" | "plus" | "snabela" | "snabel" | "halvanden" => {
            true
        }
        word if word.ends_with("erne") || word.ends_with("ernes") => word.len() < 32,
        word if word.ends_with("tallet") || word.ends_with("tallets") || word.ends_with("tals") => {
            word.contains("hundrede")
        }
        word => matches!(
            lookup(word),
            Some(
                Word::Cardinal(_) | Word::Ordinal(_) | Word::Hundred(_) | Word::Thousands(_) | Word::Scale(3)
            )
        ),
    }
}

/// An article is a number only before one: `en million`, `et komma fem`, `en en to`, `en og en halv`.
fn followed_by_number(text: &str, start: usize, end: usize) -> bool {
    let whole = text.len() < 64 && text.trim().len() == end - start;
    let bytes = text.as_bytes();
    let gap = bytes[end..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).take(4).count();
    let next_word = &bytes[end + gap..];
    let ends_clause = gap == 0 || next_word.first().is_none_or(|byte| !is_word_byte(*byte));
    if !whole
        && !ends_clause
        && !STARTS.may(&next_word[..next_word.len().min(3)])
        && next_word.get(1).is_some_and(u8::is_ascii_alphabetic)
    {
        return false;
    }
    let next = tokens(text, start, 4);
    let second = next.get(1);
    let follows = second.is_some_and(|token| {
        token.is("komma")
            || matches!(token.word, Some(Word::Hundred(_) | Word::Scale(_) | Word::Cardinal(_)))
            || token.is("og")
                && next
                    .get(2)
                    .is_some_and(|third| third.is("en") || third.is("et") || third.cardinal().is_some())
    });
    whole || follows || is_after_street(text, start)
}

fn is_after_street(text: &str, start: usize) -> bool {
    let (_, before) = word_before(text, start);
    crate::verbalize::lexicon::is_spoken_street(&before)
}
