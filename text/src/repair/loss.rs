//! Characters that are gone: told, never made up.

use std::ops::Range;

use super::{Change, danish, scan};

/// What shows that a character was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum LossKind {
    /// U+FFFD, as a decoder writes it for bytes it cannot read.
    ReplacementCharacter,
    /// `?` for a letter inside a Danish word, as in `K?benhavn`.
    QuestionMark,
    /// U+FFFD for a byte that `windows-1252` leaves undefined, filled in since the rest of the
    /// text shows what the bytes were and just one of the five possible letters makes a word.
    UndefinedByte,
}

/// A place where a character was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Bytes of the original text.
    pub range: Range<usize>,
    /// What shows it.
    pub kind: LossKind,
}

const REPLACEMENT: char = '\u{fffd}';

/// All losses, in order. `changes` lead from `original` to `repaired`.
pub(super) fn losses(original: &str, repaired: &str, changes: &[Change]) -> Vec<Loss> {
    let mut losses = Vec::new();
    let mut change = 0;
    for at in memchr::memmem::find_iter(original.as_bytes(), "\u{fffd}") {
        while changes.get(change).is_some_and(|c| c.original.end <= at) {
            change += 1;
        }
        let filled = changes
            .get(change)
            .is_some_and(|c| c.original.start <= at && !repaired[c.repaired.clone()].contains(REPLACEMENT));
        let kind = if filled { LossKind::UndefinedByte } else { LossKind::ReplacementCharacter };
        losses.push(Loss { range: at..at + REPLACEMENT.len_utf8(), kind });
    }
    for change in changes {
        // U+FFFD that was itself misread, as ï¿½.
        if repaired[change.repaired.clone()].contains(REPLACEMENT)
            && !original[change.original.clone()].contains(REPLACEMENT)
        {
            losses.push(Loss { range: change.original.clone(), kind: LossKind::ReplacementCharacter });
        }
    }
    question_marks(repaired, changes, &mut losses);
    losses.sort_by_key(|loss| (loss.range.start, loss.range.end));
    losses
}

/// Question marks inside words that one letter or more for each would make Danish.
fn question_marks(repaired: &str, changes: &[Change], losses: &mut Vec<Loss>) {
    let bytes = repaired.as_bytes();
    let (mut done, mut change, mut shift) = (0, 0, 0i64);
    for at in memchr::memchr_iter(b'?', bytes) {
        if at < done || !bytes.get(at + 1).is_some_and(|b| b.is_ascii_lowercase() || *b == b'?') {
            continue;
        }
        let word = word_around(repaired, at);
        done = word.end;
        if !is_lost_word(repaired, &word) {
            continue;
        }
        for mark in memchr::memchr_iter(b'?', &bytes[word.clone()]).map(|by| word.start + by) {
            while let Some(c) = changes.get(change).filter(|c| c.repaired.end <= mark) {
                shift = c.original.end as i64 - c.repaired.end as i64;
                change += 1;
            }
            if changes.get(change).is_some_and(|c| c.repaired.start <= mark) {
                continue;
            }
            if let Ok(start) = usize::try_from(mark as i64 + shift) {
                losses.push(Loss { range: start..start + 1, kind: LossKind::QuestionMark });
            }
        }
    }
}

/// Longest word that is asked about, in bytes on either side.
const REACH: usize = 40;

/// The letters and question marks around `at`.
fn word_around(text: &str, at: usize) -> Range<usize> {
    let is_part = |c: char| c.is_alphabetic() || c == '?';
    let (low, high) =
        (scan::floor(text, at.saturating_sub(REACH)), scan::ceil(text, text.len().min(at + REACH)));
    let start = text[low..at]
        .char_indices()
        .rev()
        .take_while(|(_, c)| is_part(*c))
        .last()
        .map_or(at, |(i, _)| low + i);
    let length: usize = text[at..high].chars().take_while(|c| is_part(*c)).map(char::len_utf8).sum();
    start..at + length
}

/// Most places in a word that are filled in to see whether it becomes a known one.
const MOST_HOLES: usize = 4;

fn is_lost_word(text: &str, range: &Range<usize>) -> bool {
    let word = text[range.clone()].trim_end_matches('?');
    let beside = |c: Option<char>| {
        c.is_some_and(|c| c.is_ascii_digit() || matches!(c, '=' | '&' | '/' | '_' | '\\' | '.' | '*' | '('))
    };
    let after = text[range.end..].chars().next();
    if beside(text[..range.start].chars().next_back())
        || after.is_some_and(|c| matches!(c, '=' | '&' | '/' | '_' | '*' | '?'))
    {
        return false;
    }
    let parts: Vec<String> = split_at_marks(word);
    let holes = parts.len() - 1;
    if holes == 0 || holes > MOST_HOLES || word.chars().filter(|c| *c != '?').count() < 2 {
        return false;
    }
    (0..3usize.pow(holes as u32)).any(|mut number| {
        let mut filled = String::with_capacity(word.len() + holes);
        for (at, part) in parts.iter().enumerate() {
            if at > 0 {
                filled.push(['æ', 'ø', 'å'][number % 3]);
                number /= 3;
            }
            filled.push_str(part);
        }
        danish::is_word(&filled)
    })
}

/// The word in lower case, cut at `?` and `??` (the two bytes of a letter of UTF-8).
fn split_at_marks(word: &str) -> Vec<String> {
    word.to_lowercase().replace("??", "?").split('?').map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(text: &str) -> usize {
        losses(text, text, &[]).iter().filter(|l| l.kind == LossKind::QuestionMark).count()
    }

    #[test]
    fn question_marks_in_words_are_told_and_questions_are_not() {
        assert_eq!(marks("R?dgr?d, K??benhavn og ?ble"), 5);
        assert_eq!(marks("Hvad?nej, og hvor? Se find.php?navn=1, https://a.dk/?q=r?d ?"), 0);
    }
}
