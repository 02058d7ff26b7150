//! White space, line ends, and characters that are not printed.

use super::super::rewrite::{Rewrite, Rewritten};

pub(in super::super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}')
        || c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{85}')
}

/// Drops characters; a run of them is one change.
pub(in super::super) fn drop_runs(text: &str, log: bool, dropped: fn(char) -> bool) -> Option<Rewritten> {
    let mut rewrite = Rewrite::new(text, log);
    let mut at = 0;
    while let Some(start) = text[at..].find(dropped).map(|found| at + found) {
        at = text[start..].find(|c| !dropped(c)).map_or(text.len(), |kept| start + kept);
        rewrite.replace(start..at, "");
    }
    rewrite.finish()
}

fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{b}' | '\u{c}')
}

pub(in super::super) fn whitespace(text: &str, log: bool) -> Option<Rewritten> {
    let mut rewrite = Rewrite::new(text, log);
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(start) = next_space(text, at) {
        // One space inside a line, as nearly all are.
        if bytes[start] == b' ' && start > 0 && bytes.get(start + 1).is_some_and(|next| is_no_space(*next)) {
            at = start + 1;
            continue;
        }
        let (mut breaks, mut last) = (0, ' ');
        at = text.len();
        for (offset, c) in text[start..].char_indices() {
            if !c.is_whitespace() {
                at = start + offset;
                break;
            }
            // A carriage return and the line feed after it are one line end.
            breaks += u32::from(is_line_end(c) && !(c == '\n' && last == '\r'));
            last = c;
        }
        let with = match breaks {
            _ if start == 0 || at == text.len() => "",
            0 => " ",
            1 => "\n",
            _ => "\n\n",
        };
        rewrite.replace(start..at, with);
    }
    rewrite.finish()
}

/// Whether a byte cannot begin white space: that is ASCII, or led by 0xC2, 0xE1, 0xE2 or 0xE3.
fn is_no_space(byte: u8) -> bool {
    byte > b' ' && !matches!(byte, 0xC2 | 0xE1..=0xE3)
}

fn next_space(text: &str, mut at: usize) -> Option<usize> {
    loop {
        at += text.as_bytes().get(at..)?.iter().position(|byte| !is_no_space(*byte))?;
        let c = text[at..].chars().next()?;
        if c.is_whitespace() {
            return Some(at);
        }
        at += c.len_utf8();
    }
}

pub(in super::super) fn single_line(text: &str, log: bool) -> Option<Rewritten> {
    let mut rewrite = Rewrite::new(text, log);
    let mut at = 0;
    while let Some(start) = text[at..].find(is_line_end).map(|found| at + found) {
        at = text[start..].find(|c| !is_line_end(c)).map_or(text.len(), |other| start + other);
        rewrite.replace(start..at, " ");
    }
    rewrite.finish()
}
