//! Drops what is not spoken, and keeps what is.

use unicode_normalization::char::is_combining_mark;

use super::super::rewrite::{Rewrite, Rewritten};

/// What becomes of a sign.
enum Fate {
    Keep,
    /// Another sign in its place.
    As(&'static str),
    Space,
    /// Dropped without a space: a bracket inside a word.
    Join,
}

pub(in super::super) fn punctuation(text: &str, log: bool) -> Option<Rewritten> {
    let mut rewrite = Rewrite::new(text, log);
    // The character written last, which a second run would see, and the one that stood there.
    let (mut written, mut stood) = (' ', ' ');
    for (at, c) in text.char_indices() {
        let mut here = c;
        if !c.is_ascii_alphanumeric() && c != ' ' {
            let end = at + c.len_utf8();
            match fate(written, stood, c, &text[end..]) {
                Fate::Keep => {}
                Fate::As(other) => {
                    rewrite.replace(at..end, other);
                    here = other.chars().next().unwrap_or(' ');
                }
                Fate::Space => {
                    rewrite.replace(at..end, " ");
                    here = ' ';
                }
                Fate::Join => {
                    rewrite.replace(at..end, "");
                    continue;
                }
            }
        }
        (written, stood) = (here, c);
    }
    rewrite.finish()
}

/// Whatever is kept for what follows it is kept for a letter or digit, which always stays: so a second
/// run decides the same.
fn fate(written: char, stood: char, c: char, rest: &str) -> Fate {
    let mut chars = rest.chars();
    let (next, second) = (chars.next().unwrap_or(' '), chars.next().unwrap_or(' '));
    let inside = is_word(written) && is_solid(next);
    let digits = written.is_numeric() && next.is_numeric();
    let keep_if = |keep: bool| if keep { Fate::Keep } else { Fate::Space };
    match c {
        c if is_solid(c) || c.is_whitespace() => Fate::Keep,
        '\u{200c}' | '\u{200d}' => {
            if inside {
                Fate::Keep
            } else {
                Fate::Join
            }
        }
        c if is_combining_mark(c) => keep_if(is_word(written)),
        // Read aloud.
        '%' | '‰' | '§' | '&' | '+' | '°' | '×' | '÷' | '±' | '€' | '£' | '$' | '¥' | '¢' => {
            Fate::Keep
        }
        '=' => {
            let free_before = stood == ' ' || is_word(stood);
            keep_if(free_before && (next == ' ' || is_solid(next)))
        }
        '#' | '@' => keep_if(is_solid(next)),
        '-' => {
            let compound = is_word(written) || matches!(written, '%' | '+' | '&');
            let place = written == '.' && next.is_alphabetic() && is_solid(next);
            let negative = written.is_whitespace() && !matches!(stood, '-' | '–' | '—') && next.is_numeric();
            keep_if(compound && is_solid(next) || place || negative)
        }
        '−' => keep_if(next.is_numeric()),
        '\u{2010}' | '\u{2011}' | '\u{2012}' | '–' if inside => Fate::As("-"),
        '\'' => keep_if(inside),
        '\u{2019}' | '\u{2bc}' if inside => Fate::As("'"),
        // Decimals and times.
        ',' | ':' => keep_if(digits),
        '/' => keep_if(inside),
        '.' => {
            let ordinal = next == ' ' && second.is_lowercase() || next == '-' && second.is_alphabetic();
            let name = is_word(written) && is_solid(next) && !next.is_uppercase();
            keep_if(written.is_numeric() && is_solid(second) && ordinal || name)
        }
        '(' | ')' | '[' | ']' if is_word(written) && next.is_alphabetic() && is_solid(next) => Fate::Join,
        _ => Fate::Space,
    }
}

fn is_word(c: char) -> bool {
    is_solid(c) || c >= '\u{300}' && (is_combining_mark(c) || matches!(c, '\u{200c}' | '\u{200d}'))
}

/// A letter or digit, which always stays. Some marks are alphabetic too.
fn is_solid(c: char) -> bool {
    c.is_alphanumeric() && (c < '\u{300}' || !is_combining_mark(c))
}
