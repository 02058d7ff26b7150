//! Telephone numbers and CPR numbers: read in pairs.

use super::amount::combine;
use super::context::Context;
use super::{Class, Match};
use crate::number::cardinal::{below_hundred, digit_by_digit};
use crate::number::{Gender, add, cardinal};

/// Words that a telephone number follows.
fn is_cue(context: &Context, at: usize) -> bool {
    let (start, end) = context.word_before_at(at);
    let word = context.text[start..end].trim_end_matches('.').to_lowercase();
    match word.as_str() {
        "tlf" | "telefon" | "telefonnummer" | "telefonnr" | "tel" | "mobil" | "mobilnummer" | "mob"
        | "ring" | "ringe" | "ringer" | "ringede" | "fax" | "telefax" | "sms" | "alarm"
        | "alarmcentralen" | "opkald" | "vagtlægen" => true,
        // "ring på 33 14 25 36", "ring til 112"
        "på" | "til" | "nummer" | "nr" => {
            let before = context.word_before(start).to_lowercase();
            ["ring", "ringe", "ringer", "ringede", "telefon", "tlf.", "kald", "sms"]
                .contains(&before.as_str())
        }
        _ => {
            context.before(at) == Some(':') && {
                let colon = at - 1;
                let word = context.word_before(colon).to_lowercase();
                ["tlf", "tlf.", "telefon", "mobil", "fax", "tel"].contains(&word.as_str())
            }
        }
    }
}

/// Reads digits in pairs: `treogtredive nul fem`.
fn pairs(digits: &[u8], one: Gender) -> String {
    let mut out = String::new();
    for pair in digits.chunks(2) {
        if !out.is_empty() {
            out.push(' ');
        }
        match pair {
            [b'0', unit] => out.push_str(&digit_by_digit([b'0', *unit].into_iter(), one)),
            [tens, unit] => out.push_str(below_hundred(u64::from(tens - b'0') * 10 + u64::from(unit - b'0'))),
            other => out.push_str(&digit_by_digit(other.iter().copied(), one)),
        }
    }
    out
}

fn readings(context: &Context, digits: &[u8]) -> Vec<String> {
    let mut out = vec![pairs(digits, Gender::Common)];
    if context.all {
        add(&mut out, pairs(digits, Gender::Neuter));
        add(&mut out, digit_by_digit(digits.iter().copied(), Gender::Common));
        add(&mut out, digit_by_digit(digits.iter().copied(), Gender::Neuter));
    }
    out
}

/// The eight digits of a Danish number at `at`: `33 14 25 36`, `3314 2536`, `33-14-25-36`, and with a cue `33142536`.
fn eight(context: &Context, at: usize, cued: bool) -> Option<(Vec<u8>, usize)> {
    let first = context.digits_end(at);
    let size = first - at;
    if !matches!(size, 2 | 4 | 8) || (size == 8 && !cued) || (size == 4 && !cued && context.at(at) < b'2') {
        return None;
    }
    let mut digits = context.bytes[at..first].to_vec();
    let mut end = first;
    let sign = context.at(first);
    let gap = |at: usize| {
        let blank = context.blank(at);
        if blank > 0 {
            blank
        } else {
            usize::from(matches!(context.at(at), b'-' | b'.') && context.at(at) == sign)
        }
    };
    while digits.len() < 8 {
        let length = gap(end);
        let next = context.digits_end(end + length);
        if length == 0 || next - (end + length) != size {
            return None;
        }
        digits.extend_from_slice(&context.bytes[end + length..next]);
        end = next;
    }
    // `2010-2015` is a span of years.
    let is_century = |two: &[u8]| two == b"19" || two == b"20";
    let years =
        size == 4 && !cued && digits.len() == 8 && is_century(&digits[..2]) && is_century(&digits[4..6]);
    let more = context.is_digit(end + gap(end)) || (context.at(end) == b',' && context.is_digit(end + 1));
    (digits.len() == 8 && !more && !years && context.ends_token(end)).then_some((digits, end))
}

/// Does a noun, a unit or a sign follow that the number counts?
fn is_counted(context: &Context, end: usize) -> bool {
    let next = context.past_blanks(end);
    let word = context.word_at(next);
    let noun =
        next > end && word.starts_with(char::is_lowercase) && super::lexicon::gender_of(word).is_some();
    noun || super::lexicon::UNIT_SYMBOLS
        .longest(context.rest(next), |form| form.len() == word.len() && next > end)
        .is_some()
        || super::lexicon::CURRENCY_SYMBOLS.longest(context.rest(next), |_| true).is_some()
        || context.at(next) == b'%'
        || context.dash(end) > 0
}

/// A telephone number at `at`, a digit.
pub(crate) fn at(context: &Context, at: usize) -> Option<Match> {
    let cued = is_cue(context, at);
    if let Some((digits, end)) = eight(context, at, cued) {
        return Some(Match::new(at, end, Class::Telephone, readings(context, &digits)));
    }
    let end = context.digits_end(at);
    let digits = &context.bytes[at..end];
    if !context.ends_token(end) || matches!(context.at(end), b'.' | b',' | b'/') && context.is_digit(end + 1)
    {
        return None;
    }
    // Eight digits run together are a telephone or CVR number; a count has full stops between its groups.
    if digits.len() == 8
        && (b'2'..=b'9').contains(&digits[0])
        && !digits.ends_with(b"000")
        && !is_counted(context, end)
    {
        let mut out = readings(context, digits);
        if let Some(value) =
            super::amount::lex(context, at).and_then(|amount| amount.value).filter(|_| context.all)
        {
            add(&mut out, cardinal::spell(value, Gender::Neuter));
        }
        return Some(Match::new(at, end, Class::Telephone, out));
    }
    let known = matches!(digits, b"112" | b"113" | b"114" | b"1813" | b"1812" | b"1881" | b"116111");
    let short = known && (cued || (digits.len() == 3 && context.is_whole(at, end)));
    if short {
        let mut out = Vec::new();
        if digits.len() == 3 {
            out.push(digit_by_digit(digits.iter().copied(), Gender::Common));
            if context.all {
                add(&mut out, digit_by_digit(digits.iter().copied(), Gender::Neuter));
                add(&mut out, format!("hundrede og {}", pairs(&digits[1..], Gender::Common)));
            }
        } else {
            out = readings(context, digits);
        }
        return Some(Match::new(at, end, Class::Telephone, out));
    }
    None
}

/// `+45 33 14 25 36`, `+4533142536`, at the plus.
pub(crate) fn international(context: &Context, at: usize) -> Option<Match> {
    if context.at(at) != b'+' || !context.starts_token(at) || !context.is_digit(at + 1) {
        return None;
    }
    let start = at + 1;
    let (code, number_at) = match context.digits_end(start) - start {
        size @ 1..=3 if context.blank(start + size) > 0 => {
            (&context.bytes[start..start + size], start + size + 1)
        }
        10 if context.rest(start).starts_with(b"45") => (&context.bytes[start..start + 2], start + 2),
        _ => return None,
    };
    let number_at = number_at + context.blank(number_at);
    let (digits, end) = eight(context, number_at, true)?;
    let code = match code.len() {
        2 => readings(context, code).into_iter().take(1).collect(),
        _ => vec![digit_by_digit(code.iter().copied(), Gender::Common)],
    };
    let parts = [vec!["plus".to_string()], code, readings(context, &digits)];
    Some(Match::new(at, end, Class::Telephone, combine(&parts, " ")))
}

/// `010203-1234` at `at`: a CPR number, where the first six digits are a date.
pub(crate) fn cpr(context: &Context, at: usize) -> Option<Match> {
    if context.digits_end(at) != at + 6 {
        return None;
    }
    let mut second = at + 6 + context.blank(at + 6);
    second += context.dash(second);
    if second == at + 6 {
        return None;
    }
    second += context.blank(second);
    let end = context.digits_end(second);
    let day = (context.at(at) - b'0') * 10 + (context.at(at + 1) - b'0');
    let month = (context.at(at + 2) - b'0') * 10 + (context.at(at + 3) - b'0');
    if end != second + 4 || !context.ends_token(end) || !(1..=31).contains(&day) || !(1..=12).contains(&month)
    {
        return None;
    }
    let mut digits = context.bytes[at..at + 6].to_vec();
    digits.extend_from_slice(&context.bytes[second..end]);
    Some(Match::new(at, end, Class::Cpr, readings(context, &digits)))
}
