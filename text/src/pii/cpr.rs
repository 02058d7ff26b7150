//! CPR numbers: a date, a century, a serial number.
//!
//! Sources: Det Centrale Personregister, "Personnummeret i CPR" (date, century table, modulus 11,
//! numbers without a check digit since October 2007; replacement numbers add 60 to the day);
//! Sundhedsdatastyrelsen, eCPR: X-eCPR have 1 or 7, D-eCPR 0, 5 or 6 in the seventh place, then two
//! letters and a digit.

use super::context::{self, Roles};
use super::groups::{Separator, char_before, joined_after, joined_before, separator, word_at};
use super::scan::{Number, UNASSIGNED};
use super::{Label, Span};

/// Signs for a CPR number, as bits of an index into [`REASONS`].
const MOD11: usize = 1;
const WORD: usize = 2;
const REPLACEMENT: usize = 4;

const REASONS: [&str; 8] = [
    "date",
    "date+mod11",
    "date+word",
    "date+mod11+word",
    "replacement-date",
    "replacement-date+mod11",
    "replacement-date+word",
    "replacement-date+mod11+word",
];

/// Words that say it is a number of another kind.
const ELSE: Roles = context::CVR
    | context::PNR
    | context::PHONE
    | context::REG
    | context::ACCOUNT
    | context::BANK
    | context::IBAN
    | context::CARD
    | context::CASE
    | context::OTHER
    | context::AMOUNT;

/// The CPR number that starts where `number` does.
pub(super) fn at(number: &Number) -> Option<Span> {
    let groups = &number.groups;
    let counts = groups.counts();
    let dated = matches!(counts, [2, 2, 4, 4, ..]) && groups.separator(1) == groups.separator(2);
    if dated || matches!(counts, [8, 4, ..]) {
        return with_full_year(number);
    }
    if counts.first() == Some(&6)
        && let Some(span) = with_letters(number)
    {
        return Some(span);
    }
    let used = groups.with_total(10)?;
    let usual = matches!(counts[..used], [10] | [6, 4] | [2, 2, 2, 4]);
    // More groups than pairs are a row of figures.
    if !usual && (used > 5 || !number.before().says(context::CPR)) {
        return None;
    }
    let end = groups.end(used - 1);
    score(number, groups.digits(used), end, groups.separator(used - 1))
}

/// A number whose date has all four digits of the year: `14102035-4000`.
fn with_full_year(number: &Number) -> Option<Span> {
    let groups = &number.groups;
    let used = groups.with_total(12)?;
    let digits = groups.digits(used);
    let mut short = [0; 10];
    short[..4].copy_from_slice(&digits[..4]);
    short[4..].copy_from_slice(&digits[6..]);
    let year = digits[4..8].iter().fold(0, |n, d| n * 10 + u32::from(*d));
    let span = score(number, &short, groups.end(used - 1), Some(Separator::Dash))?;
    (span.reason == UNASSIGNED || birth_year(&short) == year).then_some(span)
}

fn score(number: &Number, digits: &[u8], end: usize, separator: Option<Separator>) -> Option<Span> {
    let (text, start) = (number.text, number.groups.start);
    if is_stand_in(digits) && !word_at(text, end) {
        return Some(Span { range: start..end, label: Label::Cpr, score: 0.2, reason: UNASSIGNED });
    }
    if !is_date(digits) || word_at(text, end) || char_before(text, start) == Some('+') {
        return None;
    }
    let before = number.before();
    let beside = if before.nearest == 0 { context::after(text, end) } else { before.nearest };
    let word = beside & context::CPR != 0 || (before.all & context::CPR != 0 && before.nearest & !ELSE != 0);
    // Letters right before it make it part of another code, unless they say what it is.
    if char_before(text, start).is_some_and(char::is_alphabetic) && !(word && before.distance == 1) {
        return None;
    }
    let check = passes_mod11(digits);
    let list = text[end..].starts_with([',', ';']) || separator == Some(Separator::Dash);
    let in_list = list && text[..start].ends_with([',', ';', ':', '/']);
    if (joined_before(text, start) && !in_list || joined_after(text, end)) && !word && !check {
        return None;
    }
    let replacement = digits[0] >= 6;
    let mut score: f32 = match (check, separator) {
        (true, Some(Separator::Dash)) => 0.97,
        (true, _) => 0.92,
        (false, Some(Separator::Dash)) => 0.85,
        (false, None) if replacement => 0.5,
        (false, _) => 0.6,
    };
    if word {
        score = if check { 0.99 } else { 0.97 };
    } else if beside & ELSE != 0 {
        score -= match (check, separator) {
            (_, Some(Separator::Dash)) => 0.25,
            (true, _) => 0.35,
            (false, _) => 0.4,
        };
    }
    let reason = REASONS
        [usize::from(check) * MOD11 + usize::from(word) * WORD + usize::from(replacement) * REPLACEMENT];
    Some(Span { range: start..end, label: Label::Cpr, score, reason })
}

/// A replacement number with letters (eCPR), such as `0703321VJ4`.
fn with_letters(number: &Number) -> Option<Span> {
    let (text, groups) = (number.text, &number.groups);
    let date = groups.digits(1);
    let after_date = groups.end(0);
    let serial_at = separator(text, after_date).map_or(after_date, |(_, next)| next);
    let &[century, first, second, last] = text.as_bytes().get(serial_at..serial_at + 4)? else { return None };
    let form = matches!(century, b'0' | b'1' | b'5' | b'6' | b'7')
        && first.is_ascii_uppercase()
        && second.is_ascii_uppercase()
        && last.is_ascii_digit();
    if !form {
        return None;
    }
    ecpr(number, date, serial_at + 4)
}

/// The same without a separator, where the groups read seven digits.
pub(super) fn with_letters_joined(number: &Number) -> Option<Span> {
    let (text, groups) = (number.text, &number.groups);
    if groups.counts().first() != Some(&7) {
        return None;
    }
    let end = groups.end(0);
    let &[first, second, last] = text.as_bytes().get(end..end + 3)? else { return None };
    let digits = groups.digits(1);
    let form = matches!(digits[6], 0 | 1 | 5 | 6 | 7)
        && first.is_ascii_uppercase()
        && second.is_ascii_uppercase()
        && last.is_ascii_digit();
    if !form {
        return None;
    }
    ecpr(number, &digits[..6], end + 3)
}

fn ecpr(number: &Number, date: &[u8], end: usize) -> Option<Span> {
    let (text, start) = (number.text, number.groups.start);
    let day = date[0] * 10 + date[1];
    let fine = (1..=days_in_month(date[2] * 10 + date[3], true)).contains(&day)
        && !word_at(text, end)
        && !char_before(text, start).is_some_and(char::is_alphanumeric);
    let word = number.before().all & context::CPR != 0;
    let (score, reason) = if word { (0.95, "date+letters+word") } else { (0.6, "date+letters") };
    fine.then_some(Span { range: start..end, label: Label::Cpr, score, reason })
}

/// Whether ten digits hold a day that was or will be, by the century table; replacement numbers count.
pub(super) fn is_date(digits: &[u8]) -> bool {
    let &[d1, d2, m1, m2, _, _, _, _, _, _] = digits else { return false };
    let day = d1 * 10 + d2;
    let day = if day > 60 { day - 60 } else { day };
    let year = birth_year(digits);
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    (1..=days_in_month(m1 * 10 + m2, leap)).contains(&day)
}

/// Whether the month is one of the stand-ins' that [`Pseudonymizer`](super::Pseudonymizer) makes.
fn is_stand_in(digits: &[u8]) -> bool {
    matches!(digits, [1..=2, _, m1, m2, ..] if (81..=92).contains(&(m1 * 10 + m2)))
}

/// The year of birth, by the seventh digit (the century table).
fn birth_year(digits: &[u8]) -> u32 {
    let year = u32::from(digits[4]) * 10 + u32::from(digits[5]);
    let century = match (digits[6], year) {
        (0..=3, _) | (4 | 9, 37..) => 1900,
        (5..=8, 58..) => 1800,
        _ => 2000,
    };
    century + year
}

fn days_in_month(month: u8, leap: bool) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u8::from(leap),
        _ => 0,
    }
}

/// The modulus 11 check. Evidence only: numbers given out since October 2007 may fail it.
pub(super) fn passes_mod11(digits: &[u8]) -> bool {
    let weights = [4u32, 3, 2, 7, 6, 5, 4, 3, 2, 1];
    digits.iter().zip(weights).map(|(d, w)| u32::from(*d) * w).sum::<u32>() % 11 == 0
}

#[cfg(test)]
mod tests {
    use crate::pii::{Label, find};

    #[test]
    fn the_seventh_digit_decides_about_leap_days() {
        // 2000 was a leap year, 1900 was none.
        assert_eq!(find("290200-4321").len(), 1);
        assert!(find("290200-1321").is_empty());
        assert!(find("290233-4321").is_empty());
    }

    #[test]
    fn modulus_11_is_evidence_not_a_filter() {
        let passes = find("070761-4285")[0].score;
        let fails = find("070761-4286")[0].score;
        assert!(passes > fails && fails > 0.5, "{passes} {fails}");
        assert_eq!(find("070761-4285")[0].reason, "date+mod11");
        assert_eq!(find("cpr-nr. 670761-4285")[0].reason, "replacement-date+word");
    }

    #[test]
    fn the_forms_people_write() {
        for text in [
            "010190-1234",
            "010190–1234",
            "010190 1234",
            "0101901234",
            "(610190-1234)",
            "CPR:290200-4321.",
            "cpr=0101901234&sag=1",
            "01.01.90-1234",
            "01/01/1990-1234",
            "01 01 90 1234",
            "0101901AB4",
            "010190-6AB4",
            "_0101901234_",
            "cpr 01 0190 1234",
        ] {
            let spans = find(text);
            assert_eq!(spans.iter().filter(|s| s.label == Label::Cpr).count(), 1, "{text} {spans:?}");
        }
        for text in [
            "320190-1234",
            "300290-1234",
            "011390-1234",
            "10101901234",
            "x010190-1234",
            "010190-12345",
            "010190-1234a",
            "01012091-1234",
            "+0101901234",
            "7-010190-1234-5",
        ] {
            assert!(!find(text).iter().any(|s| s.label == Label::Cpr), "{text}");
        }
    }
}
