//! Words and characters as jiwer takes them.

use std::ops::Range;

/// White space to Python, on which jiwer's rules rest: Unicode's, and U+001C–U+001F.
fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

fn trimmed(text: &str) -> Range<usize> {
    let start = text.len() - text.trim_start_matches(is_space).len();
    start..text.trim_end_matches(is_space).len().max(start)
}

/// Byte ranges of the words: what stands between spaces, or between two or more of any white space. A
/// single tab or line end inside does not divide: normalize first.
///
/// ```
/// use sprog_text::score::word_ranges;
/// assert_eq!(word_ranges(" to  ord\n"), [1..3, 5..8]);
/// ```
pub fn word_ranges(text: &str) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let Range { start: mut at, end } = trimmed(text);
    let mut start = at;
    while let Some(found) = text[at..end].find(is_space) {
        let space = at + found;
        let run = text[space..end].find(|c| !is_space(c)).unwrap_or(end - space);
        at = space + run;
        let divides = text[space..].starts_with(' ') || text[space..at].chars().nth(1).is_some();
        if divides {
            words.push(start..space);
            start = at;
        }
    }
    if start < end {
        words.push(start..end);
    }
    words
}

/// Byte ranges of the characters (Unicode scalar values), spaces among them, but for white space around
/// the text.
pub fn char_ranges(text: &str) -> Vec<Range<usize>> {
    let Range { start, end } = trimmed(text);
    text[start..end].char_indices().map(|(at, c)| start + at..start + at + c.len_utf8()).collect()
}
