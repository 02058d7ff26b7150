//! Text of a dataset inside Markdown and YAML: whatever it holds, it stays text.

use crate::metadata::Bilingual;

/// The language of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Danish.
    Da,
    /// English.
    En,
}

impl Language {
    /// The phrase in this language.
    pub fn pick<T>(self, da: T, en: T) -> T {
        match self {
            Language::Da => da,
            Language::En => en,
        }
    }

    /// The text in this language, or in the other where this one is empty.
    pub fn of(self, text: &Bilingual) -> &str {
        let (first, second) = self.pick((&text.da, &text.en), (&text.en, &text.da));
        if first.trim().is_empty() { second } else { first }
    }

    /// A whole number with its thousands separated.
    pub fn number(self, n: u64) -> String {
        self.pick(grouped(n, '.'), grouped(n, ','))
    }
}

/// A number with thousands separated as Danish does.
pub(crate) fn danish(n: u64) -> String {
    grouped(n, '.')
}

fn grouped(n: u64, separator: char) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (index, c) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(c);
    }
    out
}

/// Marks that turn the direction of the text around them, and other characters that nobody sees.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// A string as a YAML double-quoted scalar, in ASCII where YAML 1.1 would not print or would break the line.
pub(crate) fn yaml(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if is_hidden(c) || matches!(c, '\u{FFFE}' | '\u{FFFF}') => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Text inside a line of Markdown: no HTML, no links or images, no table breaks, no new block.
pub(crate) fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '\\' | '`' | '*' | '[' | ']' | '|' | '~' => out.extend(['\\', c]),
            // Inside a word it marks nothing.
            '_' if !out.ends_with(char::is_alphanumeric) => out.push_str("\\_"),
            '#' | '>' | '+' | '-' | '=' if out.is_empty() => out.extend(['\\', c]),
            c if c.is_whitespace() || is_hidden(c) => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
    }
    // `1.` at the start of a line would be a list.
    let digits = out.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 && out.as_bytes().get(digits).is_some_and(|b| matches!(b, b'.' | b')')) {
        out.insert(digits, '\\');
    }
    out.truncate(out.trim_end().len());
    out
}

/// An address as a link of Markdown if it is a web address, else as text.
pub(crate) fn link(address: &str) -> String {
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '`' | '\\');
    let is_web = address.starts_with("https://") || address.starts_with("http://");
    if is_web && address.chars().all(plain) { format!("<{address}>") } else { markdown(address) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_each_language_writes_them() {
        assert_eq!([0, 999, 1000, 1_234_567].map(danish), ["0", "999", "1.000", "1.234.567"]);
        assert_eq!(Language::En.number(1_234_567), "1,234,567");
    }

    #[test]
    fn hostile_text_stays_text() {
        assert_eq!(markdown("<script>[x](javascript:y)"), "&lt;script>\\[x\\](javascript:y)");
        assert_eq!(markdown("# a\n\n- b | `c` ![d](e)"), "\\# a - b \\| \\`c\\` !\\[d\\](e)");
        assert_eq!(markdown("1. et\u{202E}to snake_case _x_"), "1\\. et to snake_case \\_x_");
        assert_eq!(link("https://a.dk/b?c=(d)"), "<https://a.dk/b?c=(d)>");
        assert_eq!(link("javascript:alert(1)"), "javascript:alert(1)");
        assert_eq!(link("https://a.dk/><b>"), "https://a.dk/>&lt;b>");
        assert_eq!(yaml("a\": b\n- \u{85}\u{2028}|"), "\"a\\\": b\\n- \\u0085\\u2028|\"");
    }
}
