//! Steps on letters: case, marks, ligatures, `aa`.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::super::rewrite::{Rewrite, Rewritten};

pub(in super::super) fn casefold(text: &str, log: bool) -> Option<Rewritten> {
    let mut rewrite = Rewrite::new(text, log);
    let mut small = String::new();
    for (at, c) in text.char_indices() {
        if c.is_ascii_lowercase() || matches!(c, ' ' | 'æ' | 'ø' | 'å') {
            continue;
        }
        let mut lower = c.to_lowercase();
        if lower.len() == 1 && lower.next() == Some(c) {
            continue;
        }
        small.clear();
        small.extend(c.to_lowercase());
        rewrite.replace(at..at + c.len_utf8(), &small);
    }
    rewrite.finish()
}

pub(in super::super) fn ligatures(text: &str, log: bool) -> Option<Rewritten> {
    let mut rewrite = Rewrite::new(text, log);
    for (at, found) in text.match_indices(|c| matches!(c, '\u{fb00}'..='\u{fb06}')) {
        let with = match found {
            "\u{fb00}" => "ff",
            "\u{fb01}" => "fi",
            "\u{fb02}" => "fl",
            "\u{fb03}" => "ffi",
            "\u{fb04}" => "ffl",
            _ => "st",
        };
        rewrite.replace(at..at + found.len(), with);
    }
    rewrite.finish()
}

pub(in super::super) fn aa(text: &str, log: bool) -> Option<Rewritten> {
    let mut rewrite = Rewrite::new(text, log);
    let bytes = text.as_bytes();
    let mut at = 0;
    while at + 1 < bytes.len() {
        match (bytes[at], bytes[at + 1]) {
            (first @ (b'a' | b'A'), b'a' | b'A') => {
                rewrite.replace(at..at + 2, if first == b'a' { "å" } else { "Å" });
                at += 2;
            }
            _ => at += 1,
        }
    }
    rewrite.finish()
}

pub(in super::super) fn stress_marks(text: &str, log: bool) -> Option<Rewritten> {
    marks(text, log, |mut letter| {
        letter.retain(|c| *c != '\u{301}');
        letter
    })
}

pub(in super::super) fn accents(text: &str, log: bool) -> Option<Rewritten> {
    marks(text, log, |letter| {
        let base = letter[0];
        let has = |mark| letter.contains(&mark);
        let ring = matches!(base, 'a' | 'A') && has('\u{30a}');
        let kept = match base {
            _ if ring => return vec![base, '\u{30a}'],
            // DS 377: filed as æ, ø and y.
            'a' if has('\u{308}') => 'æ',
            'A' if has('\u{308}') => 'Æ',
            'o' if has('\u{308}') => 'ø',
            'O' if has('\u{308}') => 'Ø',
            'u' if has('\u{308}') => 'y',
            'U' if has('\u{308}') => 'Y',
            base => base,
        };
        vec![kept]
    })
}

/// Rewrites Latin letters that have marks: `change` gets the letter and its marks taken apart.
fn marks(text: &str, log: bool, change: impl Fn(Vec<char>) -> Vec<char>) -> Option<Rewritten> {
    let mut rewrite = Rewrite::new(text, log);
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        let marked = chars.peek().is_some_and(|(_, next)| is_mark(*next));
        if c.is_ascii() && !marked || !c.is_alphabetic() {
            continue;
        }
        let mut end = start + c.len_utf8();
        while let Some((at, mark)) = chars.next_if(|(_, next)| is_mark(*next)) {
            end = at + mark.len_utf8();
        }
        let apart: Vec<char> = text[start..end].nfd().collect();
        if apart.len() > 1 && apart.first().is_some_and(|base| is_latin(*base)) {
            let changed: String = change(apart).into_iter().nfc().collect();
            rewrite.replace(start..end, &changed);
        }
    }
    rewrite.finish()
}

fn is_mark(c: char) -> bool {
    c >= '\u{300}' && is_combining_mark(c)
}

fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}
