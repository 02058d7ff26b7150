//! Telephone numbers: Danish ones of eight digits, and those of other countries with a `+` (ITU-T E.164).

use super::context::{self, Roles};
use super::groups::{Separator, char_before, joined_after, joined_before, separator, word_at};
use super::scan::{Number, UNASSIGNED};
use super::table::rows;
use super::{Label, Span};
use std::sync::LazyLock;

const TABLE: &str = include_str!("../../data/pii/phone_prefixes.tsv");

/// Whether each pair of first digits is in use.
static PREFIXES: LazyLock<[bool; 100]> = LazyLock::new(|| {
    let mut used = [false; 100];
    for fields in rows(TABLE) {
        let mut bounds = fields.iter().map_while(|field| field.parse::<usize>().ok());
        if let (Some(first), Some(last)) = (bounds.next(), bounds.next()) {
            used.iter_mut().take(last + 1).skip(first).for_each(|prefix| *prefix = true);
        }
    }
    used
});

const ELSE: Roles = context::CPR
    | context::CVR
    | context::PNR
    | context::REG
    | context::ACCOUNT
    | context::BANK
    | context::CARD
    | context::CASE
    | context::OTHER
    | context::AMOUNT
    | context::IBAN;

/// The telephone number that starts where `number` does, with the `+45` or bracket before it.
pub(super) fn at(number: &Number) -> Option<Span> {
    let (text, start) = (number.text, number.groups.start);
    if text[..start].ends_with('+') {
        return international(text, start);
    }
    if number.groups.digits(usize::MAX).starts_with(&[0, 0]) {
        return with_double_zero(number);
    }
    with_bare_country(number).or_else(|| national(number))
}

/// `45` without a sign and eight digits, after a word for telephones: `tlf. 45 20 30 40 50`.
fn with_bare_country(number: &Number) -> Option<Span> {
    let (text, groups) = (number.text, &number.groups);
    let used = groups.with_total(10)?;
    let digits = groups.digits(used);
    let whole = used == groups.counts().len() && matches!(groups.counts()[0], 2 | 10);
    let assigned = PREFIXES.get(usize::from(digits[2] * 10 + digits[3])).is_some_and(|used| *used);
    let (start, end) = (groups.start, groups.end(used - 1));
    let fine = whole
        && digits.starts_with(&[4, 5])
        && assigned
        && number.before().says(context::PHONE)
        && !word_at(text, end)
        && !char_before(text, start).is_some_and(is_glue)
        && !joined_before(text, start)
        && !joined_after(text, end);
    fine.then_some(Span {
        range: start..end,
        label: Label::Phone,
        score: 0.95,
        reason: "country+digits+word",
    })
}

fn national(number: &Number) -> Option<Span> {
    let (text, groups) = (number.text, &number.groups);
    let used = groups.with_total(8)?;
    let counts = &groups.counts()[..used];
    let (start, end) = (groups.start, groups.end(used - 1));
    let digits = groups.digits(used);
    if counts.contains(&1) || used > 4 || word_at(text, end) || char_before(text, start).is_some_and(is_glue)
    {
        return None;
    }
    let before = number.before();
    let after = context::after(text, end);
    let word = before.says(context::PHONE) || (before.nearest == 0 && after & context::PHONE != 0);
    // Two numbers may share a slash behind a word for them.
    let slash = |joined: bool, sign: bool| joined && !(word && sign);
    if slash(joined_before(text, start), text[..start].ends_with('/'))
        || slash(joined_after(text, end), text[end..].starts_with('/'))
        || !word && unit_follows(text, end)
    {
        return None;
    }
    // More pairs to come make it a row of figures; dates and thousands are grouped in other ways.
    let more = groups.counts().len() > used
        && groups.counts()[used] < 4
        && groups.separator(used) == groups.separator(1)
        && used > 1;
    if !word && (before.nearest & ELSE != 0 || after & (context::AMOUNT | context::OTHER) != 0 || more) {
        return None;
    }
    if word && (after & context::AMOUNT != 0 && before.distance > 3 || !groups.uniform(used)) {
        return None;
    }
    let prefix = PREFIXES.get(usize::from(digits[0] * 10 + digits[1])).is_some_and(|used| *used);
    let score = match (word, counts, groups.separator(1)) {
        _ if digits[0] < 2 => 0.3,
        (true, _, _) if prefix => 0.95,
        (true, _, _) => 0.8,
        (false, [2, 2, 2, 2], Some(Separator::Space)) if prefix && groups.uniform(4) => 0.55,
        (false, [2, 2, 2, 2], Some(Separator::Dash)) if prefix && groups.uniform(4) => 0.45,
        _ => 0.3,
    };
    let reason = match (word, prefix) {
        _ if digits[0] < 2 => UNASSIGNED,
        (true, true) => "prefix+word",
        (true, false) => "digits+word",
        (false, true) => "prefix+grouping",
        (false, false) => "digits",
    };
    Some(Span { range: start..end, label: Label::Phone, score, reason })
}

/// Words that may follow a number without being what it counts.
const NO_UNITS: [&str; 16] = [
    "og", "eller", "efter", "hvis", "i", "fra", "mellem", "når", "så", "for", "til", "hver", "senest",
    "inden", "på", "er",
];

/// Whether a word follows that the number may count: `22 33 44 55 enheder`.
fn unit_follows(text: &str, at: usize) -> bool {
    let Some(rest) = text[at..].strip_prefix([' ', '\u{a0}']) else { return false };
    let len: usize = rest.chars().take(24).take_while(|c| c.is_alphabetic()).map(char::len_utf8).sum();
    rest.starts_with(char::is_lowercase) && !NO_UNITS.contains(&&rest[..len])
}

fn is_glue(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// `0045` and eight digits; `00` and another country needs a word.
fn with_double_zero(number: &Number) -> Option<Span> {
    let (text, groups) = (number.text, &number.groups);
    let all = groups.digits(usize::MAX);
    let danish = all.starts_with(&[0, 0, 4, 5]);
    let used =
        if danish { groups.with_total(12)? } else { (11..=15).rev().find_map(|n| groups.with_total(n))? };
    let (start, end) = (groups.start, groups.end(used - 1));
    let word = number.before().says(context::PHONE);
    let fine = all.get(2) != Some(&0)
        && !word_at(text, end)
        && !joined_before(text, start)
        && !char_before(text, start).is_some_and(is_glue)
        && (word || danish && number.before().nearest & ELSE == 0);
    let unassigned = danish && matches!(all.get(4), Some(0 | 1)) || all.starts_with(&[0, 0, 9, 9, 9]);
    let (score, reason) = match (unassigned, word) {
        (true, _) => (0.3, UNASSIGNED),
        (false, true) => (0.95, "country+digits+word"),
        (false, false) => (0.8, "country+digits"),
    };
    fine.then_some(Span { range: start..end, label: Label::Phone, score, reason })
}

/// A number after `+`, whose first digit stands at byte `digit`.
fn international(text: &str, digit: usize) -> Option<Span> {
    let plus = digit - 1;
    let bracket = text[..plus].ends_with('(');
    if char_before(text, plus).is_some_and(|c| c.is_alphanumeric()) {
        return None;
    }
    let bytes = text.as_bytes();
    let danish = text[digit..].starts_with("45");
    let most = if danish { 10 } else { 15 };
    let (mut at, mut count, mut end) = (digit, 0, digit);
    loop {
        let run = bytes[at..].iter().take(most + 1).take_while(|b| b.is_ascii_digit()).count();
        if run == 0 || count + run > most {
            break;
        }
        count += run;
        end = at + run;
        at = end;
        if text[at..].starts_with(')') {
            at += 1;
        }
        at = match separator(text, at) {
            Some((_, next)) => next,
            None => at,
        };
    }
    // "(+45)" at the start and "+45 (0) …" are written too; a number may not end inside a word.
    let fine =
        (if danish { count == 10 } else { (8..=15).contains(&count) }) && bytes.get(digit) != Some(&b'0');
    let national = digit + 2..end;
    let lead = text.get(national)?.bytes().find(u8::is_ascii_digit);
    let unassigned = danish && matches!(lead, Some(b'0' | b'1'))
        || text[digit..end].bytes().filter(u8::is_ascii_digit).take(3).eq(*b"999");
    let (score, reason) = if unassigned { (0.3, UNASSIGNED) } else { (0.95, "country+digits") };
    let closes = text[digit..end].contains(')');
    let start = if bracket && closes { plus - 1 } else { plus };
    let whole = fine && !word_at(text, end) && (!joined_after(text, end) || text[end..].starts_with('/'));
    whole.then_some(Span { range: start..end, label: Label::Phone, score, reason })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pii::find;

    #[test]
    fn every_row_parses() {
        for fields in rows(TABLE) {
            let [first, last, _] = fields[..] else { panic!("{fields:?}") };
            assert!(first.parse::<u8>().unwrap() <= last.parse::<u8>().unwrap());
        }
        assert!(PREFIXES[20] && !PREFIXES[19] && !PREFIXES[67]);
    }

    #[test]
    fn groupings() {
        for number in [
            "22180944",
            "22 18 09 44",
            "2218 0944",
            "221 80 944",
            "22-18-09-44",
            "22.18.09.44",
            "+45 22180944",
            "+4522 18 09 44",
            "(+45) 22 18 09 44",
            "0045 2218 0944",
            "+46 70 123 45 67",
        ] {
            let text = format!("Ring på {number}, tak");
            let spans = find(&text);
            assert_eq!(spans.len(), 1, "{text}");
            assert_eq!((spans[0].label, &text[spans[0].range.clone()]), (Label::Phone, number));
        }
    }

    #[test]
    fn amounts_and_other_numbers_are_none() {
        for text in [
            "I alt 22180944 kr.",
            "ordrenr. 22180944",
            "Løn 22 18 09 44 i kvartalet",
            "22180944",
            "tlf. 01234567",
        ] {
            assert!(find(text).is_empty(), "{text}");
        }
    }
}
