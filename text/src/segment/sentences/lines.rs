//! Line breaks between sentences.

use crate::segment::tokens::{Starter, starter};

/// Lines longer than this are running text, in bytes.
const HEADING: usize = 60;

/// What the white space between two tokens holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// Nothing.
    None,
    /// White space within a line.
    Space,
    /// One line break.
    Line,
    /// An empty line, a new page or a paragraph separator.
    Paragraph,
}

impl Gap {
    #[inline]
    pub(super) fn of(space: &str) -> Self {
        match space.as_bytes() {
            [] => Self::None,
            [b' '] => Self::Space,
            [b'\n'] => Self::Line,
            _ => Self::long(space),
        }
    }

    fn long(space: &str) -> Self {
        let mut lines = 0;
        let mut last = ' ';
        for c in space.chars() {
            match c {
                '\n' if last == '\r' => {}
                '\n' | '\r' | '\u{85}' | '\u{2028}' => lines += 1,
                '\u{2029}' | '\u{C}' => return Self::Paragraph,
                _ => {}
            }
            last = c;
        }
        match lines {
            0 => Self::Space,
            1 => Self::Line,
            _ => Self::Paragraph,
        }
    }
}

/// Whether a line that starts so is an item of a list, or a line of a dialogue.
pub(super) fn is_item(line: &str) -> bool {
    let mut chars = line.chars();
    match chars.next() {
        Some('-' | '–' | '—' | '*' | '+' | '#') => chars.as_str().starts_with([' ', '\t', '#', '\u{A0}']),
        Some('•' | '·' | '‣' | '▪' | '●' | '○' | '◦' | '§' | '|') => true,
        Some(c) if c.is_ascii_alphanumeric() || c == '(' => {
            let label = line.strip_prefix('(').unwrap_or(line);
            let length = label.bytes().take(4).take_while(u8::is_ascii_alphanumeric).count();
            let digits = label.as_bytes()[..length].iter().all(u8::is_ascii_digit);
            let rest = &label[length..];
            length > 0
                && (digits && length <= 3 || length == 1)
                && (rest.starts_with(") ") || digits && c != '(' && rest.starts_with(". "))
        }
        _ => false,
    }
}

/// Whether a line without a stop looks like a heading, or any line that ends where it does because it
/// is done: it is short, and its last word calls for no other.
pub(super) fn is_heading(line: &str, next: &str) -> bool {
    let last = line.rsplit(char::is_whitespace).next().unwrap_or_default();
    line.len() <= HEADING
        && next.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit() || "\"»”“(".contains(c))
        && !line.ends_with([',', '-', '–', '/', '(', '&'])
        && !is_function_word(last)
}

/// Words that go on: the starters of sentences are of this kind, too.
pub(super) fn is_function_word(word: &str) -> bool {
    let mut letters = word.chars();
    let capital: Option<String> = letters.next().map(|c| c.to_uppercase().chain(letters).collect());
    capital.is_some_and(|word| starter(&word) != Starter::No)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_breaks_are_counted_as_lines() {
        assert_eq!(Gap::of(" \r\n "), Gap::Line);
        assert_eq!(Gap::of("\r\n\r\n"), Gap::Paragraph);
        assert_eq!(Gap::of("\u{2029}"), Gap::Paragraph);
        assert_eq!(Gap::of("\u{A0}\t"), Gap::Space);
    }

    #[test]
    fn items_have_a_mark_or_a_number() {
        for line in
            ["- mel", "• mel", "1. Formål", "12) Formål", "a) formål", "(b) formål", "§ 3. Loven", "## Om"]
        {
            assert!(is_item(line), "{line}");
        }
        for line in ["-mel", "1.000 kr.", "1990. Det", "Han (a) sagde", "", "ab) c", "æble"] {
            assert!(!is_item(line), "{line}");
        }
    }

    #[test]
    fn a_heading_is_short_and_complete() {
        assert!(is_heading("Kommunens budget", "Udgifterne stiger"));
        assert!(!is_heading("Kommunens budget for", "Aarhus"));
        assert!(!is_heading("Kommunens budget,", "Aarhus"));
        assert!(!is_heading("Kommunens budget", "stiger"));
    }
}
