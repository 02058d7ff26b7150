//! Character references of HTML that were left in prose: `&aelig;`, `&#230;`, `&amp;oslash;`.
//!
//! - A reference to a letter is undone where it touches another letter; alone it may be meant, as
//!   in a text about HTML, and is undone only beside others that are.
//! - A reference to a mark (dash, quote, §, no-break space) is undone in prose.
//! - `&amp;`, `&quot;`, `&apos;` are undone only in a line in which a letter is; `&lt;` and `&gt;`
//!   never are, since markup could come of it.
//! - Nothing is undone in addresses, in a line with a tag or a backtick, nor in a text with an
//!   end tag: there references are as they should be.

use std::ops::Range;
use std::sync::LazyLock;

use super::codepage::{Encoding, page, rows};
use super::scan;

static NAMES: LazyLock<Vec<(&str, char)>> = LazyLock::new(|| {
    let parse = |row: &'static str| {
        let (name, code) = row.split_once('\t')?;
        Some((name, char::from_u32(u32::from_str_radix(code, 16).ok()?)?))
    };
    let mut names: Vec<_> = rows(include_str!("../../data/repair/entities.tsv")).filter_map(parse).collect();
    names.sort_unstable();
    names
});

/// A reference in a line.
struct Reference {
    range: Range<usize>,
    c: char,
}

/// Times that `amp;` may follow `&`.
const LEVELS: usize = 8;

/// The reference at `at`, where an `&` stands.
fn reference(line: &str, at: usize) -> Option<Reference> {
    let mut rest = &line[at + 1..];
    let mut levels = 0;
    while let Some(inner) = rest.strip_prefix("amp;") {
        let refers = inner.starts_with("amp;") || parse(inner).is_some();
        if levels == LEVELS || !refers {
            break;
        }
        rest = inner;
        levels += 1;
    }
    let (length, c) = parse(rest)?;
    let start = line.len() - rest.len();
    Some(Reference { range: at..start + length, c })
}

/// The name or number at the start of `text`, as far as its semicolon.
fn parse(text: &str) -> Option<(usize, char)> {
    let end = text.bytes().take(10).position(|b| b == b';')?;
    let name = &text[..end];
    let c = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) if hex.bytes().all(|b| b.is_ascii_hexdigit()) => {
                    u32::from_str_radix(hex, 16).ok()?
                }
                None if number.bytes().all(|b| b.is_ascii_digit()) => number.parse().ok()?,
                _ => return None,
            };
            match code {
                34 | 38 | 39 | 0xA0.. => char::from_u32(code)?,
                // As browsers read them (HTML, section 13.2.5.80).
                0x80..=0x9F => page(Encoding::Windows1252)?.decode(u8::try_from(code).ok()?),
                _ => return None,
            }
        }
        None => NAMES[NAMES.binary_search_by_key(&name, |(known, _)| known).ok()?].1,
    };
    (!c.is_control()).then_some((end + 1, c))
}

/// The references of a line that are to be undone, in order.
pub(super) fn undo(line: &str, mut change: impl FnMut(Range<usize>, char)) {
    if line.contains('`') || has_tag(line) {
        return;
    }
    let mut references = Vec::new();
    let mut at = 0;
    while let Some(by) = memchr::memchr(b'&', &line.as_bytes()[at..]) {
        at += by;
        match reference(line, at) {
            Some(found) => {
                at = found.range.end;
                references.push(found);
            }
            None => at += 1,
        }
    }
    let tells_of_html =
        ["html", "HTML", "entit", "Entit", "unicode", "Unicode", "tegnkode"].iter().any(|w| line.contains(w));
    let mut accepted: Vec<bool> = Vec::with_capacity(references.len());
    for (at, found) in references.iter().enumerate() {
        let touches = |other: Option<&Reference>, edge: bool| {
            other.is_some_and(|o| {
                if edge { o.range.end == found.range.start } else { o.range.start == found.range.end }
            })
        };
        let entity_before = touches(at.checked_sub(1).map(|at| &references[at]), true);
        let entity_after = touches(references.get(at + 1), false);
        let before = line[..found.range.start].chars().next_back();
        let after = line[found.range.end..].chars().next();
        let beside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let attached = entity_before || entity_after || beside(before) || beside(after);
        let lone = !attached && tells_of_html;
        accepted.push(match found.c {
            '&' | '"' | '\'' => false,
            c if in_address(line, found.range.start) && c != '\u{fffd}' => false,
            c if c.is_alphabetic() => attached,
            _ => !lone,
        });
    }
    let letters = references.iter().zip(&accepted).any(|(r, accepted)| *accepted && r.c.is_alphabetic());
    for (found, accepted) in references.into_iter().zip(accepted) {
        if accepted || (letters && !in_address(line, found.range.start)) {
            change(found.range, found.c);
        }
    }
}

/// Whether a tag or a comment of HTML begins in the line.
fn has_tag(line: &str) -> bool {
    memchr::memchr_iter(b'<', line.as_bytes())
        .any(|at| matches!(line.as_bytes().get(at + 1), Some(b'/' | b'!' | b'a'..=b'z' | b'A'..=b'Z')))
}

/// Whether the token around `at` is a web address or has a query before `at`.
pub(super) fn in_address(line: &str, at: usize) -> bool {
    let start = line[..at].rfind(|c: char| c.is_ascii_whitespace()).map_or(0, |gap| gap + 1);
    let before = &line[start.max(scan::floor(line, at.saturating_sub(300)))..at];
    before.contains("://") || before.contains("www.") || before.contains('?') && before.contains('=')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn undone(line: &str) -> String {
        let (mut out, mut at) = (String::new(), 0);
        undo(line, |range, c| {
            out.push_str(&line[at..range.start]);
            out.push(c);
            at = range.end;
        });
        out + &line[at..]
    }

    #[test]
    fn every_row_of_the_names_parses() {
        assert_eq!(NAMES.len(), rows(include_str!("../../data/repair/entities.tsv")).count());
    }

    #[test]
    fn references_in_prose_are_undone_and_others_stay() {
        assert_eq!(
            undone("S&oslash;ren &amp; &Aring;se &ndash; &quot;b&#248;h&quot;"),
            "Søren & Åse – \"bøh\""
        );
        assert_eq!(undone("R&amp;amp;oslash;d"), "Rød");
        assert_eq!(undone("10&nbsp;kr. &#150; &sect; 2"), "10\u{a0}kr. – § 2");
        for line in [
            "Skriv &aelig; for at få æ",
            "`bl&aring;`",
            "<p>bl&aring;</p>",
            "Salt &amp; peber, 1 &lt; 2",
            "https://example.dk/?a=1&aring;r;=2",
            "I HTML er &ndash; en tankestreg",
            "R&D; AT&T",
        ] {
            assert_eq!(undone(line), line);
        }
    }
}
