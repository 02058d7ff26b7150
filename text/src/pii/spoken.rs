//! CPR numbers spoken digit by digit or in pairs, as transcripts hold them: `nul et nul et halvfems …`.

use super::cpr;
use super::table::{Folded, Table, rows};
use super::{Label, Span, context};
use memchr::memmem::Finder;
use std::sync::LazyLock;

const TABLE: &str = include_str!("../../data/pii/number_words.tsv");

static WORDS: LazyLock<Table<&'static str>> = LazyLock::new(|| {
    let row = |fields: Vec<&'static str>| Some((*fields.first()?, *fields.get(1)?));
    Table::new(rows(TABLE).filter_map(row), |a, _| a)
});

/// What is said or written between two digits without being one.
const FILLERS: [&str; 4] = ["streg", "bindestreg", "og", "minus"];

/// How far after the word CPR a spoken number may start, in words.
const WORDS_AFTER: usize = 8;

// Made once: texts are short, and making one costs as much as searching a page.
static NUL: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("nul"));
static KEYWORDS: LazyLock<[Finder<'static>; 4]> =
    LazyLock::new(|| ["cpr", "CPR", "Cpr", "ersonnum"].map(Finder::new));

/// Adds the spoken CPR numbers of `text`: those with a `nul`, and those after a word for CPR.
pub(super) fn find(text: &str, spans: &mut Vec<Span>) {
    let bytes = text.as_bytes();
    let mut done = 0;
    for at in NUL.find_iter(bytes) {
        let whole = !super::groups::word_at(text, at + 3)
            && !super::groups::char_before(text, at).is_some_and(char::is_alphanumeric);
        if at < done || !whole {
            continue;
        }
        // The number may have started before its first nul.
        let mut start = at;
        while let Some(word) = word_before(text, start).filter(|word| *word >= done) {
            start = word;
        }
        let (span, end) = in_run(text, start);
        spans.extend(span);
        done = end.max(at + 3);
    }
    for word in KEYWORDS.iter() {
        for at in word.find_iter(bytes) {
            after_keyword(text, at + word.needle().len(), spans);
        }
    }
}

fn after_keyword(text: &str, at: usize, spans: &mut Vec<Span>) {
    let mut at = at;
    for _ in 0..WORDS_AFTER {
        let Some((start, end)) = next_word(text, at) else { return };
        if digits_of(&text[start..end]).is_some() {
            spans.extend(in_run(text, start).0);
            return;
        }
        at = end;
    }
}

/// The number in the run of number words from byte `start` on, and where the run ends. What was said
/// before the last ten digits, such as `nummer to`, may belong to the run; what comes after may not.
fn in_run(text: &str, start: usize) -> (Option<Span>, usize) {
    let mut words: Vec<(usize, &'static str)> = Vec::new();
    let (mut at, mut end) = (start, start);
    while let Some((from, to)) = next_word(text, at) {
        match digits_of(&text[from..to]) {
            Some(read) => {
                words.push((from, read));
                end = to;
            }
            None if !words.is_empty() && FILLERS.contains(&&text[from..to]) => {}
            None => break,
        }
        at = to;
    }
    let mut count = 0;
    let first = words.iter().rposition(|(_, read)| {
        count += read.len();
        count >= 10
    });
    let span = first.filter(|_| count == 10).and_then(|first| {
        let digits: Vec<u8> =
            words[first..].iter().flat_map(|(_, read)| read.bytes()).map(|b| b - b'0').collect();
        let short = words.len() - first + 2 >= words.len();
        let from = words[first].0;
        (short && cpr::is_date(&digits)).then(|| judged(text, from..end, &digits))
    });
    (span, end)
}

fn judged(text: &str, range: std::ops::Range<usize>, digits: &[u8]) -> Span {
    let word = context::before(text, range.start).all & context::CPR != 0;
    let (score, reason) = match (cpr::passes_mod11(digits), word) {
        (true, true) => (0.97, "spoken+date+mod11+word"),
        (false, true) => (0.9, "spoken+date+word"),
        (true, false) => (0.8, "spoken+date+mod11"),
        (false, false) => (0.6, "spoken+date"),
    };
    Span { range, label: Label::Cpr, score, reason }
}

fn digits_of(word: &str) -> Option<&'static str> {
    WORDS.get(Folded::new(word)?.as_str())
}

/// The digits that spoken words stand for.
pub(super) fn digits(spoken: &str) -> Option<Vec<u8>> {
    let mut digits = Vec::new();
    let mut at = 0;
    while let Some((from, to)) = next_word(spoken, at) {
        digits.extend(digits_of(&spoken[from..to]).unwrap_or("").bytes().map(|b| b - b'0'));
        at = to;
    }
    (digits.len() == 10).then_some(digits)
}

/// The next word after byte `at`, if only spaces, commas, stops and hyphens stand between.
fn next_word(text: &str, at: usize) -> Option<(usize, usize)> {
    let gap = text[at..].find(|c: char| !matches!(c, ' ' | ',' | '.' | '-' | '–' | '\u{a0}' | '\n' | ':'))?;
    let start = at + gap;
    let len = text[start..].find(|c: char| !c.is_alphabetic()).unwrap_or(text.len() - start);
    (gap <= 6 && len > 0 && len <= Folded::MAX).then_some((start, start + len))
}

/// Where the number word before byte `at` starts.
fn word_before(text: &str, at: usize) -> Option<usize> {
    let before = text[..at].trim_end_matches([' ', ',', '.', '-']);
    if at - before.len() > 6 {
        return None;
    }
    let lowest = context::floor(text, before.len().saturating_sub(Folded::MAX));
    let word = &before[lowest..];
    let len = word.chars().rev().take_while(|c| c.is_alphabetic()).map(char::len_utf8).sum::<usize>();
    let start = before.len() - len;
    let word = &text[start..before.len()];
    (digits_of(word).is_some() || FILLERS.contains(&word)).then_some(start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pii;

    #[test]
    fn every_row_parses() {
        for fields in rows(TABLE) {
            assert_eq!(fields.len(), 2);
            assert!(matches!(fields[1].len(), 1 | 2) && fields[1].bytes().all(|b| b.is_ascii_digit()));
        }
        assert_eq!(WORDS.get("syvogtredive"), Some("37"));
    }

    #[test]
    fn digits_and_pairs() {
        for text in [
            "nul et nul et halvfems tolv fireogtredive",
            "Nul et, nul et, ni nul, streg, et to tre fire",
            "mit cpr er enogtyve tolv femogtredive enogfyrre nitten",
        ] {
            let spans = pii::find(text);
            assert_eq!((spans.len(), spans[0].label), (1, Label::Cpr), "{text}");
        }
        for text in
            ["nul et nul et halvfems tolv", "nul nul nul nul nul nul nul nul nul nul", "tre to en nul", "nul"]
        {
            assert!(pii::find(text).is_empty(), "{text}");
        }
    }
}
