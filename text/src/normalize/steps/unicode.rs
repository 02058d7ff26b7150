//! Unicode normalization forms (UAX #15), one stretch that cannot be divided at a time.

use unicode_normalization::char::{canonical_combining_class, decompose_canonical, decompose_compatible};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick, is_nfkc_quick};

use super::super::rewrite::{Rewrite, Rewritten};

pub(in super::super) fn nfc(text: &str, log: bool) -> Option<Rewritten> {
    // Below U+0300 every character is composed, and composes with none before it.
    let quick = |c: char| c < '\u{300}' || is_nfc_quick(std::iter::once(c)) == IsNormalized::Yes;
    let starts = |c: char| {
        let mut first = None;
        decompose_canonical(c, |part| _ = first.get_or_insert(part));
        let first = first.unwrap_or(c);
        canonical_combining_class(first) == 0 && quick(first)
    };
    compose(text, log, '\u{300}', quick, starts, |stretch, out| out.extend(stretch.nfc()))
}

pub(in super::super) fn nfkc(text: &str, log: bool) -> Option<Rewritten> {
    let quick = |c: char| c < '\u{a0}' || is_nfkc_quick(std::iter::once(c)) == IsNormalized::Yes;
    let starts = |c: char| {
        let mut first = None;
        decompose_compatible(c, |part| _ = first.get_or_insert(part));
        let first = first.unwrap_or(c);
        canonical_combining_class(first) == 0 && quick(first)
    };
    compose(text, log, '\u{80}', quick, starts, |stretch, out| out.extend(stretch.nfkc()))
}

/// Composes from each character that cannot combine with one before it to the next such character.
/// Those below `plain`, the first character of its lead byte, never combine and never change.
fn compose(
    text: &str,
    log: bool,
    plain: char,
    quick: impl Fn(char) -> bool,
    starts: impl Fn(char) -> bool,
    normal: impl Fn(&str, &mut String),
) -> Option<Rewritten> {
    let mut rewrite = Rewrite::new(text, log);
    let mut composed = String::new();
    let mut flush = |start: usize, end: usize| {
        composed.clear();
        normal(&text[start..end], &mut composed);
        rewrite.replace_middle(start..end, &composed);
    };
    let mut lead = [0; 4];
    let lead = plain.encode_utf8(&mut lead).as_bytes()[0];
    let mut at = 0;
    while let Some(found) = text.as_bytes()[at..].iter().position(|byte| *byte >= lead) {
        let first = at + found;
        // The plain character ahead may take part.
        let mut start = text[at..first].char_indices().next_back().map_or(first, |(before, _)| at + before);
        let mut doubtful = false;
        at = text.len();
        for (offset, c) in text[first..].char_indices() {
            let here = first + offset;
            if c < plain {
                at = here;
                break;
            }
            let ahead = c < '\u{300}' || starts(c);
            if ahead {
                if doubtful {
                    flush(start, here);
                }
                (start, doubtful) = (here, false);
            }
            doubtful |= !ahead || !quick(c);
        }
        if doubtful {
            flush(start, at);
        }
    }
    rewrite.finish()
}
