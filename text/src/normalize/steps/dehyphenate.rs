//! Joins words that were divided at a line end.

use super::super::rewrite::{Rewrite, Rewritten};

/// Words after a suspended hyphen: in `nord-⏎og sydvendt` it stands for `vendt`.
const AFTER_SUSPENDED: [&str; 12] =
    ["og", "eller", "samt", "men", "til", "kontra", "versus", "hhv", "respektive", "plus", "såvel", "både"];

/// Joins `kommu-⏎nen`, by Retskrivningsordbogen § 15 (division) and § 57 (hyphen):
///
/// - U+00AD and OCR's `¬` at a line end are always a division;
/// - a hyphen stays, without the line end, where the word would have it anyway: after digits,
///   capitals, one letter (`e-⏎mail`) or letters without a vowel (`tv-⏎serie`), and before a capital or digit;
/// - a suspended hyphen and its line end stay.
pub(in super::super) fn dehyphenate(text: &str, log: bool) -> Option<Rewritten> {
    let mut rewrite = Rewrite::new(text, log);
    let mut done = 0;
    for (line_end, _) in text.match_indices('\n') {
        if line_end < done {
            continue;
        }
        let before = &text[done..line_end];
        let stem = before.trim_end_matches(is_gap);
        let soft = before[stem.len()..].contains('\u{ad}');
        let hyphen = stem.chars().next_back().filter(|c| matches!(c, '-' | '\u{2010}' | '\u{2011}' | '¬'));
        let stem = &stem[..stem.len() - hyphen.map_or(0, char::len_utf8)];
        if hyphen.is_none() && !soft {
            continue;
        }
        let head = &stem[stem.trim_end_matches(is_word).len()..];
        let after = &text[line_end + 1..];
        let next = after.trim_start_matches(is_gap);
        let tail = &next[..next.find(|c| !is_word(c)).unwrap_or(next.len())];
        let (false, Some(first)) = (head.is_empty(), tail.chars().next()) else { continue };
        let (start, end) = (done + stem.len(), line_end + 1 + (after.len() - next.len()));
        // A word, and not the first part of one.
        let whole = !next[tail.len()..].starts_with(['-', '\u{2010}', '\u{2011}', '¬']) && tail.len() < 16;
        let with = match hyphen {
            None | Some('¬') => "",
            _ if whole && AFTER_SUSPENDED.contains(&tail.to_lowercase().as_str()) => continue,
            _ if wants_hyphen(head) || !first.is_lowercase() || !has_vowel(tail) => "-",
            _ => "",
        };
        rewrite.replace(start..end, with);
        done = end;
    }
    rewrite.finish()
}

/// What may stand between a hyphen and the line end.
fn is_gap(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\u{a0}' | '\u{ad}')
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '\u{ad}' || unicode_normalization::char::is_combining_mark(c)
}

fn wants_hyphen(head: &str) -> bool {
    let mut letters = head.chars().filter(|c| *c != '\u{ad}');
    let single = letters.next().is_some() && letters.next().is_none();
    let capitals = head.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
    single || capitals || head.contains(|c: char| c.is_numeric()) || !has_vowel(head)
}

fn has_vowel(part: &str) -> bool {
    part.chars().any(|c| {
        let c = c.to_lowercase().next().unwrap_or(c);
        // Letters of other scripts are not judged.
        "aeiouyæøåáéíóúýäöüàèêëïôû".contains(c) || c > '\u{24f}'
    })
}
