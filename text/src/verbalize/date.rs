//! Dates: `3. december 2024`, `03.12.2024`, `3/12-24`, `2024-12-03`, `1.-3. maj`.

use super::amount::combine;
use super::context::Context;
use super::lexicon::{MONTH_SYMBOLS, MONTHS};
use super::{Class, Match};
use crate::number::{Gender, cardinal, ordinal, year};

fn days(month: u64) -> u64 {
    match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    }
}

fn is_day(day: u64, month: u64) -> bool {
    (1..=days(month)).contains(&day)
}

/// Words that a date follows.
pub(crate) fn follows_den(context: &Context, at: usize) -> bool {
    matches!(context.word_before(at), "den" | "Den" | "d." | "D." | "d")
}

/// Words that a day follows, not a share: `siden 1/8`, `senest 1/9`.
fn follows_a_day(context: &Context, at: usize) -> bool {
    let word = context.word_before(at);
    ["siden", "senest", "inden", "pr.", "født", "dateret"].contains(&word)
}

/// A date at `at`, a digit.
pub(crate) fn at(context: &Context, at: usize) -> Option<Match> {
    iso(context, at)
        .or_else(|| in_digits(context, at))
        .or_else(|| named(context, at))
        .or_else(|| short(context, at))
}

/// Readings of day and month number, with or without `den`, both as month name and as `i tolvte`.
fn day_month(context: &Context, at: usize, day: u64, month: u64, name_first: bool) -> Vec<String> {
    let day = ordinal::readings(day, Gender::Common);
    let (Some(day), Some(name)) = (day.first(), MONTHS.get(month as usize - 1)) else { return Vec::new() };
    let nth = ordinal::readings(month, Gender::Common);
    let mut out: Vec<String> = nth.iter().take(1).map(|nth| format!("{day} i {nth}")).collect();
    out.insert(usize::from(!name_first), format!("{day} {name}"));
    with_den(context, at, out)
}

fn with_den(context: &Context, at: usize, mut out: Vec<String>) -> Vec<String> {
    if context.all && !follows_den(context, at) {
        for index in 0..out.len() {
            let reading = format!("den {}", out[index]);
            out.push(reading);
        }
    }
    out
}

/// `2024-12-03`, `2024/12/03`, `2024.12.03`.
fn iso(context: &Context, at: usize) -> Option<Match> {
    let y = context.exactly(at, 4)?;
    let sign = context.at(at + 4);
    if !matches!(sign, b'-' | b'/' | b'.') || context.at(at + 7) != sign {
        return None;
    }
    let (month, day) = (context.exactly(at + 5, 2)?, context.exactly(at + 8, 2)?);
    let end = at + 10;
    if !is_day(day, month) || !ends_date(context, end) || !(1_000..3_000).contains(&y) {
        return None;
    }
    let parts = [day_month(context, at, day, month, true), year::readings(y, context.all)];
    Some(Match::new(at, end, Class::Date, combine(&parts, " ")))
}

fn ends_date(context: &Context, end: usize) -> bool {
    context.ends_token(end)
        && !(matches!(context.at(end), b'-' | b'/' | b'.' | b':') && context.is_digit(end + 1))
}

/// `03.12.2024`, `3/12-2024`, `3/12 2024`, `3.12.24`, `03-12-2024`.
fn in_digits(context: &Context, at: usize) -> Option<Match> {
    let (day, after_day) = context.small(at)?;
    let first = context.at(after_day);
    if !matches!(first, b'.' | b'/' | b'-') {
        return None;
    }
    let month_at = if first == b'.' { context.past_blanks(after_day + 1) } else { after_day + 1 };
    let (month, after_month) = context.small(month_at)?;
    if !is_day(day, month) {
        return None;
    }
    let second = context.at(after_month);
    let year_at = match second {
        b'.' | b'/' | b'-' => {
            let blank = if second == b'.' { context.blank(after_month + 1) } else { 0 };
            after_month + 1 + blank
        }
        _ if context.blank(after_month) > 0 && first == b'/' => context.past_blanks(after_month),
        _ => return None,
    };
    let four = context
        .exactly(year_at, 4)
        .filter(|y| (1_000..3_000).contains(y))
        .map(|y| (year::readings(y, context.all), 4));
    // Two digits only where the three parts are written alike: "3-4-5" is none.
    let two = || {
        let alike = first == second && first != b'-' || (first == b'/' && second == b'-');
        let y = context.exactly(year_at, 2).filter(|_| alike && month_at == after_day + 1)?;
        let spoken = if y < 10 {
            format!("nul {}", cardinal::below_hundred(y))
        } else {
            cardinal::below_hundred(y).into()
        };
        Some((vec![spoken], 2))
    };
    let (years, length) = four.or_else(two)?;
    let end = year_at + length;
    if !ends_date(context, end) {
        return None;
    }
    let parts = [day_month(context, at, day, month, false), years];
    Some(Match::new(at, end, Class::Date, combine(&parts, " ")))
}

/// `24/12`, `3/5` after `den`; `24.12.` after `den`. Where both are small it is a fraction, see `fraction`.
fn short(context: &Context, at: usize) -> Option<Match> {
    let (day, after_day) = context.small(at)?;
    let sign = context.at(after_day);
    if !matches!(sign, b'.' | b'/') {
        return None;
    }
    let (month, end) = context.small(after_day + 1)?;
    if !is_day(day, month) || !ends_date(context, end) {
        return None;
    }
    let den = follows_den(context, at) || sign == b'/' && follows_a_day(context, at);
    let mut stop = end;
    if sign == b'.' {
        let alone = context.at(end) == b'.' && context.is_whole(at, end + 1);
        if !den && !alone {
            return None;
        }
        if alone
            || context.at(end) == b'.' && !context.sentence_ends(end + 1) && end + 1 < context.bytes.len()
        {
            stop = end + 1;
        }
    } else if !den && (day < month && month != 11 || (day, month) == (24, 7)) {
        // A fraction, or "24/7".
        return None;
    }
    Some(Match::new(at, stop, Class::Date, day_month(context, at, day, month, false)))
}

/// The month at `at`: its number and where it ends.
fn month(context: &Context, at: usize, full_only: bool) -> Option<(usize, usize)> {
    let rest = context.rest(at);
    // Names of months have a small letter; "Maj" is read as well.
    let lower: Vec<u8> = rest.iter().take(12).map(u8::to_ascii_lowercase).collect();
    let (form, (number, full)) =
        MONTH_SYMBOLS.longest(&lower, |form| form.ends_with('.') || context.ends_token(at + form.len()))?;
    if full_only && !full {
        return None;
    }
    let mut end = at + form.len();
    if form.ends_with('.') && context.sentence_ends(end) {
        end -= 1;
    }
    Some((number, end))
}

/// `3. december 2024`, `3. dec.`, `3 december`, `1.-3. maj`, `3.december`.
fn named(context: &Context, at: usize) -> Option<Match> {
    let (first, mut cursor) = context.small(at)?;
    let mut last = None;
    let dot = context.at(cursor) == b'.';
    cursor += usize::from(dot);
    let dash = context.dash(context.past_blanks(cursor));
    if dash > 0 && (context.blank(cursor) == 0 || dot) {
        let (second, after) = context.small(context.past_blanks(context.past_blanks(cursor) + dash))?;
        if context.at(after) != b'.' {
            return None;
        }
        last = Some(second);
        cursor = after + 1;
    } else if !dot && context.blank(cursor) == 0 {
        return None;
    }
    let month_at = context.past_blanks(cursor);
    let (number, mut end) = month(context, month_at, !dot && last.is_none())?;
    let number = number as u64;
    if !is_day(first, number) || last.is_some_and(|last| !is_day(last, number)) {
        return None;
    }
    let name = MONTHS.get(number as usize - 1)?;
    let spoken = |day| ordinal::readings(day, Gender::Common).into_iter().next().unwrap_or_default();
    let days = match last {
        Some(last) => vec![format!("{} til {} {name}", spoken(first), spoken(last))],
        None => vec![format!("{} {name}", spoken(first))],
    };
    let mut parts = vec![with_den(context, at, days)];
    if let Some((years, stop)) = year_after(context, end) {
        parts.push(years);
        end = stop;
    }
    Some(Match::new(at, end, Class::Date, combine(&parts, " ")))
}

/// ` 2024` or `, 2024` after a month.
fn year_after(context: &Context, at: usize) -> Option<(Vec<String>, usize)> {
    let start = context.past_blanks(at + usize::from(context.at(at) == b','));
    let value = context.exactly(start, 4).filter(|_| start > at)?;
    let end = start + 4;
    let decimals = matches!(context.at(end), b'.' | b',') && context.is_digit(end + 1);
    if !(1_000..3_000).contains(&value) || decimals || !context.ends_token(end) || context.dash(end) > 0 {
        return None;
    }
    Some((year::readings(value, context.all), end))
}
