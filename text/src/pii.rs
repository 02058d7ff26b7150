//! Personal data in text: CPR numbers and e-mail addresses.
//!
//! Enough to keep the worst out of a published dataset; the full set of kinds comes with its own
//! kernel. A CPR number is six digits that are a date and four more (CPR-loven; Det Centrale
//! Personregister, "Personnummeret i CPR"). The modulus-11 check is evidence only: numbers given out
//! since 2007 may fail it.

use std::ops::Range;

/// The kind of personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label {
    /// A personal identification number.
    Cpr,
    /// An e-mail address.
    Email,
}

impl Label {
    /// The label's name in JSON and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Label::Cpr => "CPR",
            Label::Email => "EMAIL",
        }
    }
}

/// One find.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// Byte range in the text.
    pub range: Range<usize>,
    /// What it is.
    pub label: Label,
    /// How sure, from 0 to 1.
    pub score: f32,
}

/// Finds CPR numbers and e-mail addresses, in the order they stand.
///
/// ```
/// use sprog_text::pii::{Label, find};
/// let spans = find("Borger 010190-1234, skriv til åse@example.dk");
/// assert_eq!(spans[0].label, Label::Cpr);
/// assert_eq!(spans[1].range, 30..45);
/// assert!(find("den 32. 320190-1234").is_empty(), "32 is no day");
/// ```
pub fn find(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        at = next_candidate(bytes, at);
        let Some(&byte) = bytes.get(at) else { break };
        if byte.is_ascii_digit() && !preceded_by_word(text, at) {
            if let Some(span) = cpr_at(text, at) {
                at = span.range.end;
                spans.push(span);
                continue;
            }
            // Go past this run of digits: a CPR number does not start inside one.
            while at < bytes.len() && bytes[at].is_ascii_digit() {
                at += 1;
            }
            continue;
        }
        if byte == b'@' {
            let floor = spans.last().map_or(0, |s: &Span| s.range.end);
            if let Some(span) = email_around(text, at, floor) {
                at = span.range.end;
                spans.push(span);
                continue;
            }
        }
        at += 1;
    }
    spans
}

/// The next digit or `@` from `at` on. Most blocks of Danish prose have neither: they are told by
/// one branch for 32 bytes.
fn next_candidate(bytes: &[u8], mut at: usize) -> usize {
    let is_candidate = |byte: &u8| byte.is_ascii_digit() | (*byte == b'@');
    while let Some(block) = bytes.get(at..at + 32) {
        if block.iter().fold(false, |any, byte| any | is_candidate(byte)) {
            break;
        }
        at += 32;
    }
    at + bytes[at..].iter().position(is_candidate).unwrap_or(bytes.len() - at)
}

/// Replaces each find by its label in brackets, such as `[CPR]`.
///
/// ```
/// assert_eq!(sprog_text::pii::mask("cpr 010190-1234."), "cpr [CPR].");
/// ```
pub fn mask(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for span in find(text) {
        out.push_str(&text[at..span.range.start]);
        out.push('[');
        out.push_str(span.label.as_str());
        out.push(']');
        at = span.range.end;
    }
    out.push_str(&text[at..]);
    out
}

fn preceded_by_word(text: &str, at: usize) -> bool {
    text[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_')
}

fn cpr_at(text: &str, at: usize) -> Option<Span> {
    let bytes = text.as_bytes();
    let date = bytes.get(at..at + 6)?;
    if !date.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let rest = &text[at + 6..];
    // Hyphen, the hyphens and dashes that word processors put in its place, a space, or nothing.
    let separator = rest.chars().next().filter(|c| matches!(c, '-' | '‐' | '‑' | '–' | ' ' | '\u{a0}'));
    let serial_at = at + 6 + separator.map_or(0, char::len_utf8);
    let serial = bytes.get(serial_at..serial_at + 4)?;
    let end = serial_at + 4;
    let ends_a_word = |c: char| !(c.is_alphanumeric() || c == '_');
    if !serial.iter().all(u8::is_ascii_digit) || !text[end..].chars().next().is_none_or(ends_a_word) {
        return None;
    }
    let digits: Vec<u32> = date.iter().chain(serial).map(|b| u32::from(b - b'0')).collect();
    let two = |i: usize| digits[i] * 10 + digits[i + 1];
    // Administrative replacement numbers add 60 to the day.
    let day = if two(0) > 60 { two(0) - 60 } else { two(0) };
    let days_in_month = match two(2) {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 29,
        _ => 0,
    };
    if day == 0 || day > days_in_month {
        return None;
    }
    let weights = [4, 3, 2, 7, 6, 5, 4, 3, 2, 1];
    let check = digits.iter().zip(weights).map(|(d, w)| d * w).sum::<u32>() % 11 == 0;
    let score = match (check, separator) {
        (true, Some('-')) => 0.99,
        (true, _) => 0.95,
        (false, Some(' ' | '\u{a0}') | None) => 0.6,
        (false, Some(_)) => 0.85,
    };
    Some(Span { range: at..end, label: Label::Cpr, score })
}

/// An address by the practical part of RFC 5321/6531: letters of any script are allowed.
fn email_around(text: &str, at: usize, floor: usize) -> Option<Span> {
    let local = |c: char| c.is_alphanumeric() || "._%+-'".contains(c);
    let start = text[floor..at].char_indices().rev().take_while(|(_, c)| local(*c)).last()?.0 + floor;
    let start = start + (text[start..at].len() - text[start..at].trim_start_matches(['.', '\'', '-']).len());
    let domain: usize = text[at + 1..]
        .chars()
        .take_while(|c| c.is_alphanumeric() || matches!(c, '.' | '-'))
        .map(char::len_utf8)
        .sum();
    let domain = text[at + 1..at + 1 + domain].trim_end_matches(['.', '-']);
    let top = domain.rsplit('.').next()?;
    let fine = start < at
        && domain.contains('.')
        && domain.split('.').all(|label| !label.is_empty())
        && top.chars().count() >= 2
        && top.chars().all(char::is_alphabetic);
    fine.then(|| Span { range: start..at + 1 + domain.len(), label: Label::Email, score: 0.98 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        find(text).into_iter().map(|s| &text[s.range]).collect()
    }

    #[test]
    fn cpr_numbers_in_the_forms_people_write() {
        for text in
            ["010190-1234", "010190–1234", "010190 1234", "0101901234", "(610190-1234)", "CPR:290200-4321."]
        {
            assert_eq!(find(text).len(), 1, "{text}");
        }
        // No such day, no such month, part of a longer number, of a word, of another grouping.
        for text in [
            "320190-1234",
            "300290-1234",
            "011390-1234",
            "10101901234",
            "x010190-1234",
            "010190-12345",
            "010190-1234a",
        ] {
            assert!(find(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn modulus_11_is_evidence_not_a_filter() {
        let passes = find("070761-4285")[0].score;
        let fails = find("070761-4286")[0].score;
        assert!(passes > fails && fails > 0.5, "{passes} {fails}");
    }

    #[test]
    fn e_mail_addresses_with_danish_letters_and_without_their_sentence() {
        assert_eq!(found("Skriv til søren.ø@blåbær.dk."), ["søren.ø@blåbær.dk"]);
        assert_eq!(found("<a.b+c@mail.example.com>, @dr, a@b, x@1.2"), ["a.b+c@mail.example.com"]);
        assert_eq!(mask("mail: 'a@b.dk' og 010190-1234"), "mail: '[EMAIL]' og [CPR]");
    }

    proptest::proptest! {
        #[test]
        fn spans_are_in_order_and_on_character_bounds(text in "[0-9@.a-zø \u{2013}-]{0,60}") {
            let mut last = 0;
            for span in find(&text) {
                proptest::prop_assert!(span.range.start >= last && span.range.end > span.range.start);
                proptest::prop_assert!(text.get(span.range.clone()).is_some());
                last = span.range.end;
            }
            let _ = mask(&text);
        }
    }
}
