//! The steps of the public CoRal evaluation, faults and all, so that scores compare with those
//! published by it.
//!
//! Known difference: numbers in digits other than 0–9 are left as they are.

use std::sync::LazyLock;

use super::super::offsets::OffsetMap;
use super::super::rewrite::{Rewrite, Rewritten};
use super::coral_numbers;

static CONVERSIONS: LazyLock<Vec<(String, String)>> =
    LazyLock::new(|| parse(include_str!("../../../data/normalize/coral-conversions.tsv")));

fn parse(table: &str) -> Vec<(String, String)> {
    let value =
        |cell: &str| cell.replace("\\s", " ").replace("\\u{301}", "\u{301}").replace("\\u{200b}", "\u{200b}");
    let rows = table.lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|row| row.split_once('\t'))
        .flat_map(|(to, from)| from.split(' ').map(move |from| (value(from), value(to))))
        .collect()
}

/// Part of a word to the evaluation's patterns (Python's `\w`).
fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

pub(in super::super) fn numerals(text: &str, log: bool) -> Option<Rewritten> {
    let mut rewrite = Rewrite::new(text, log);
    let bytes = text.as_bytes();
    let (mut at, mut inside) = (0, false);
    while let Some(c) = text[at..].chars().next() {
        let length = if c.is_ascii_digit() && !inside { numeral(text, bytes, at) } else { 0 };
        if length > 0 {
            rewrite.replace(at..at + length, &coral_numbers::words(&text[at..at + length]));
            at += length;
            inside = true;
        } else {
            at += c.len_utf8();
            inside = is_word(c);
        }
    }
    rewrite.finish()
}

/// Bytes of the number at the start of a word; 0 if the evaluation sees none there, as in `007` and `3b`.
fn numeral(text: &str, bytes: &[u8], start: usize) -> usize {
    let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let ends = |at: usize| !text[at..].chars().next().is_some_and(is_word);
    if bytes[start] == b'0' {
        // No decimals after a nought: the evaluation reads 0,5 as two numbers.
        return usize::from(ends(start + 1));
    }
    let whole = start + digits(start);
    let mut stops = vec![whole];
    if whole - start <= 3 {
        let mut at = whole;
        while bytes.get(at) == Some(&b'.') && digits(at + 1) == 3 {
            at += 4;
            stops.push(at);
        }
    }
    for stop in stops.into_iter().rev() {
        if bytes.get(stop) == Some(&b',') {
            let decimals = digits(stop + 1);
            if decimals > 0 && ends(stop + 1 + decimals) {
                return stop + 1 + decimals - start;
            }
        }
        if ends(stop) {
            return stop - start;
        }
    }
    0
}

pub(in super::super) fn fillers(text: &str, log: bool) -> Option<Rewritten> {
    let mut rewrite = Rewrite::new(text, log);
    let mut at = 0;
    while let Some(start) = text[at..].find(is_word).map(|found| at + found) {
        at = text[start..].find(|c| !is_word(c)).map_or(text.len(), |past| start + past);
        if is_filler(&text[start..at]) {
            rewrite.replace(start..at, "");
        }
    }
    rewrite.finish()
}

/// `eh`, `ehm`, `øhhm`, `hm`, `mmhh` and the like.
fn is_filler(word: &str) -> bool {
    let in_order = |word: &str, first: char, second: char| {
        let rest = word.trim_start_matches(first);
        rest.len() < word.len() && !rest.is_empty() && rest.trim_start_matches(second).is_empty()
    };
    match word.chars().next() {
        Some(vowel @ ('e' | 'ø')) => {
            let rest = &word[vowel.len_utf8()..];
            let bare = rest.trim_start_matches('h');
            bare.len() < rest.len() && bare.trim_start_matches('m').is_empty()
        }
        Some('h') => in_order(word, 'h', 'm'),
        Some('m') => in_order(word, 'm', 'h'),
        _ => false,
    }
}

pub(in super::super) fn conversions(text: &str, log: bool) -> Option<Rewritten> {
    let mut done: Option<Rewritten> = None;
    for (from, to) in CONVERSIONS.iter() {
        let now = done.as_ref().map_or(text, |done| done.text.as_str());
        let mut rewrite = Rewrite::new(now, log);
        for (at, found) in now.match_indices(from.as_str()) {
            rewrite.replace(at..at + found.len(), to);
        }
        let Some(next) = rewrite.finish() else { continue };
        let before = done.take().unwrap_or_else(|| Rewritten {
            text: String::new(),
            map: OffsetMap::identity(text.len()),
            changes: 0,
            log: Vec::new(),
        });
        let mut log = before.log;
        log.extend(next.log.into_iter().map(|(range, with)| (before.map.to_original(range), with)));
        done = Some(Rewritten {
            map: before.map.then(&next.map),
            changes: before.changes + next.changes,
            text: next.text,
            log,
        });
    }
    done
}

pub(in super::super) fn characters(text: &str, log: bool) -> Option<Rewritten> {
    let dropped = |c: char| {
        let small = if c.is_ascii() { c.to_ascii_lowercase() } else { c.to_lowercase().next().unwrap_or(c) };
        !matches!(small, 'a'..='z' | '0'..='9' | 'æ' | 'ø' | 'å' | 'é' | 'ü' | ' ' | '|')
    };
    let mut rewrite = Rewrite::new(text, log);
    let mut at = 0;
    while let Some(start) = text[at..].find(dropped).map(|found| at + found) {
        at = text[start..].find(|c| !dropped(c)).map_or(text.len(), |kept| start + kept);
        rewrite.replace(start..at, " ");
    }
    rewrite.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_every_pair_once() {
        let mut from: Vec<&str> = CONVERSIONS.iter().map(|(from, _)| from.as_str()).collect();
        assert_eq!(from.len(), 37);
        from.sort_unstable();
        from.dedup();
        assert_eq!(from.len(), 37);
        assert!(CONVERSIONS.iter().all(|(from, to)| !from.contains('\\') && !to.contains('\\')));
    }
}
