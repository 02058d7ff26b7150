//! IBAN, Danish registration and account numbers, payment cards.

use super::context::{self, Roles};
use super::cpr;
use super::groups::{Separator, char_before, joined_after, joined_before, word_at};
use super::scan::{Number, UNASSIGNED};
use super::table::{Table, rows};
use super::{Label, Span};
use std::sync::LazyLock;

const TABLE: &str = include_str!("../../data/pii/iban.tsv");

/// The length of an IBAN by its country.
static LENGTHS: LazyLock<Table<u8>> = LazyLock::new(|| {
    let row = |fields: Vec<&'static str>| Some((*fields.first()?, fields.get(1)?.parse().ok()?));
    Table::new(rows(TABLE).filter_map(row), |a, _| a)
});

/// The IBAN whose check digits start where `number` does (ISO 13616, check by ISO 7064 MOD 97-10).
pub(super) fn iban_at(number: &Number) -> Option<Span> {
    let (text, at) = (number.text, number.groups.start);
    let mut start = at.checked_sub(2)?;
    let mut country = text.get(start..at)?;
    if country.ends_with(' ') {
        start = at.checked_sub(3)?;
        country = text.get(start..at - 1)?;
    }
    let country = country.to_ascii_uppercase();
    let length = usize::from(LENGTHS.get(&country)?);
    if char_before(text, start).is_some_and(char::is_alphanumeric) {
        return None;
    }
    let (mut remainder, mut count, mut end) = (0u32, 0, at);
    let mut lead = [0u8; 4];
    lead[..2].copy_from_slice(country.as_bytes());
    let step = |remainder: u32, byte: u8| match byte {
        b'0'..=b'9' => (remainder * 10 + u32::from(byte - b'0')) % 97,
        _ => (remainder * 100 + u32::from(byte.to_ascii_uppercase() - b'A') + 10) % 97,
    };
    let mut gap = false;
    for (offset, byte) in text.as_bytes()[at..].iter().enumerate() {
        if count + 2 == length {
            break;
        }
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                if count < 2 {
                    lead[2 + count] = *byte;
                } else {
                    remainder = step(remainder, *byte);
                }
                count += 1;
                end = at + offset + 1;
                gap = false;
            }
            b' ' | b'-' if !gap => gap = true,
            // The no-break space is C2 A0.
            0xC2 | 0xA0 => {}
            _ => return None,
        }
    }
    if count + 2 != length || word_at(text, end) || !lead[2..].iter().all(u8::is_ascii_digit) {
        return None;
    }
    // Check digits are 02 to 98; 00, 01 and 99 would pass for 97, 98 and 02.
    let canonical = !matches!(&lead[2..], b"00" | b"01" | b"99");
    let remainder = lead.iter().fold(remainder, |rest, byte| step(rest, *byte));
    let (score, reason) = match remainder {
        _ if !canonical => (0.3, UNASSIGNED),
        1 => (0.99, "country+mod97"),
        _ => (0.3, "country"),
    };
    Some(Span { range: start..end, label: Label::Iban, score, reason })
}

const TRANSFER: Roles = context::REG | context::ACCOUNT | context::BANK;
const ELSE: Roles = context::CPR
    | context::CVR
    | context::PNR
    | context::PHONE
    | context::CARD
    | context::CASE
    | context::OTHER
    | context::AMOUNT;

/// How far an account may stand behind its registration number, in bytes.
const REG_REACH: usize = 40;

/// A registration number, an account, or both in one. `last_bank` is where the last find of this kind ended.
pub(super) fn account_at(number: &Number, last_bank: Option<usize>) -> Option<Span> {
    let (text, groups) = (number.text, &number.groups);
    let counts = groups.counts();
    let start = groups.start;
    let span = |groups_used: usize, score: f32, reason: &'static str| {
        let end = groups.end(groups_used - 1);
        let fine = !word_at(text, end)
            && !joined_after(text, end)
            && !joined_before(text, start)
            && !char_before(text, start).is_some_and(char::is_alphanumeric);
        fine.then_some(Span { range: start..end, label: Label::Bank, score, reason })
    };
    match *counts {
        [4, 10, ..] => {
            let before = number.before();
            let personal = cpr::is_date(&groups.digits(2)[4..]);
            if before.says(TRANSFER) {
                span(2, 0.95, "reg+account+word")
            } else if before.says(ELSE) || personal || groups.separator(1) == Some(Separator::Dot) {
                None
            } else {
                span(2, 0.7, "reg+account")
            }
        }
        [4, 6..=9, ..] if number.before().says(TRANSFER) => span(2, 0.9, "reg+account+word"),
        [4, _, _, ..] if number.before().says(TRANSFER) => {
            let used = groups.with_total(14)?;
            span(used, 0.85, "reg+account+word")
        }
        [4] | [4, ..] if context::just_before(text, start) & context::REG != 0 => span(1, 0.85, "reg+word"),
        [14] if number.before().says(TRANSFER) => span(1, 0.8, "account+word"),
        [6..=10, ..] => {
            let before = number.before();
            if !before.says(TRANSFER) || before.distance > 3 {
                return None;
            }
            let with_reg = last_bank.is_some_and(|end| start - end <= REG_REACH);
            let score = match (with_reg, before.nearest & context::BANK != 0) {
                (true, _) => 0.9,
                (false, true) => 0.55,
                (false, false) => 0.45,
            };
            let used =
                if counts[0] == 10 || counts.len() == 1 { 1 } else { groups.with_total(10).unwrap_or(1) };
            span(used, score, if with_reg { "account+reg+word" } else { "account+word" })
        }
        _ => None,
    }
}

/// A payment card: its length, a first digit of a payment network, and the Luhn check (ISO/IEC 7812-1).
pub(super) fn card_at(number: &Number) -> Option<Span> {
    let (text, groups) = (number.text, &number.groups);
    let used = match *groups.counts() {
        [13..=19, ..] => 1,
        [4, 4, 4, 4, ..] => 4,
        [4, 6, 4 | 5, ..] => 3,
        _ => return None,
    };
    let (start, end) = (groups.start, groups.end(used - 1));
    let digits = groups.digits(used);
    if digits.starts_with(&[0, 0]) && !word_at(text, end) {
        return Some(Span { range: start..end, label: Label::Card, score: 0.2, reason: UNASSIGNED });
    }
    let network = match *digits {
        [3, 4 | 7, ..] => digits.len() == 15,
        [3, 0 | 6 | 8, ..] => digits.len() == 14,
        [4, ..] => matches!(digits.len(), 13 | 16 | 19),
        [5, 1..=5, ..] | [2, 2..=7, ..] | [5, 0, 1, 9, ..] | [6, ..] | [3, 5, ..] => digits.len() == 16,
        [5, 0, ..] => matches!(digits.len(), 16..=19),
        _ => false,
    };
    let fine = network
        && passes_luhn(digits)
        && groups.uniform(used)
        && !word_at(text, end)
        && !joined_after(text, end)
        && !joined_before(text, start)
        && !char_before(text, start).is_some_and(char::is_alphanumeric);
    let before = number.before();
    let (score, reason) = match (before.says(context::CARD), before.says(context::OTHER | context::CASE)) {
        (true, _) => (0.98, "network+luhn+word"),
        (false, true) => (0.45, "network+luhn"),
        (false, false) => (0.85, "network+luhn"),
    };
    fine.then_some(Span { range: start..end, label: Label::Card, score, reason })
}

/// Whether the digits pass the Luhn check.
pub(super) fn passes_luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match u32::from(*digit) << (place % 2) {
            doubled @ 10.. => doubled - 9,
            value => value,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pii::find;

    fn labels(text: &str) -> Vec<(&str, &str)> {
        find(text).into_iter().map(|s| (s.label.as_str(), &text[s.range])).collect()
    }

    #[test]
    fn every_row_parses() {
        for fields in rows(TABLE) {
            assert!(fields[0].len() == 2 && (15..=34).contains(&fields[1].parse::<u8>().unwrap()));
        }
        assert_eq!(LENGTHS.get("DK"), Some(18));
    }

    #[test]
    fn iban_by_its_check() {
        assert_eq!(labels("IBAN DK85 3762 2659 0462 73."), [("IBAN", "DK85 3762 2659 0462 73")]);
        assert_eq!(labels("DK8537622659046273"), [("IBAN", "DK8537622659046273")]);
        assert_eq!(labels("GB82 WEST 1234 5698 7654 32"), [("IBAN", "GB82 WEST 1234 5698 7654 32")]);
        assert_eq!(labels("IBAN DK86 3762 2659 0462 73"), []);
    }

    #[test]
    fn accounts_and_cards() {
        assert_eq!(labels("Reg. 8242, kontonr. 5582901"), [("BANK", "8242"), ("BANK", "5582901")]);
        assert_eq!(labels("overføres til 1987-9128599207"), [("BANK", "1987-9128599207")]);
        assert_eq!(labels("konto 3201991234"), []);
        assert_eq!(labels("Visa 4111 1111 1111 1111"), [("CARD", "4111 1111 1111 1111")]);
        assert_eq!(labels("Visa 4111 1111 1111 1112"), []);
    }
}
