//! Two numbers with a sign between: `5-10`, `1914-18`, `1:100`, `2/3`, `24/7`.

use super::amount::{self, Amount, combine, counted_gender};
use super::context::Context;
use super::lexicon::gender_of;
use super::quantity::{at, percent_at, strings, unit_at};
use super::{Class, Match};
use crate::number::{Gender, cardinal, extend, year};

/// `5 x 7 cm`, `5-10`, `5–10 %`, `1914-18`; the unit after the last number is said once.
pub(crate) fn range(context: &Context, first: &Amount) -> Option<Match> {
    let near = context.dash(first.end);
    let dash_at = context.past_blanks(first.end);
    let dash = context.dash(dash_at);
    // A hyphen between blanks is a dash of the sentence, or minus; "10 – 12" is a range.
    if dash == 0
        || (near == 0 && dash == 1)
        || context.before(first.start).is_some_and(|c| matches!(c, '-' | '–'))
    {
        return None;
    }
    let second_at = context.past_blanks(dash_at + dash);
    if (second_at > dash_at + dash) != (dash_at > first.end) || !context.is_digit(second_at) {
        return None;
    }
    let second = amount::lex(context, second_at)?;
    let more = context.dash(second.end) > 0 && context.is_digit(second.end + context.dash(second.end));
    if more || context.after(second.end).is_some_and(char::is_alphabetic) && at(context, &second).is_none() {
        return None;
    }
    let (a, b) = (first.integer(), second.integer());
    let years = first.is_year_like()
        && (second.is_year_like()
            || (second.whole.len() == 2 && second.decimals.is_none() && second.vulgar.is_none()));
    if years {
        let last = match b {
            Some(b) if second.is_year_like() => year::readings(b, context.all),
            _ => {
                let century = a? / 100 * 100;
                let short = second.whole.clone();
                let n = context.exactly(short.start, 2)?;
                let mut out = vec![if n < 10 {
                    format!("nul {}", cardinal::below_hundred(n))
                } else {
                    cardinal::below_hundred(n).into()
                }];
                if context.all {
                    extend(&mut out, year::readings(century + n, true));
                }
                out
            }
        };
        let first_years = year::readings(a?, context.all);
        let mut out = combine(&[first_years.clone(), last.clone()], " til ");
        if context.all {
            extend(&mut out, combine(&[first_years, last], " "));
        }
        return Some(Match::new(first.start, second.end, Class::Range, out));
    }
    if a.is_none() && first.decimals.is_none() && first.vulgar.is_none() {
        return None;
    }
    let head = first.readings(context, Some(Gender::Common).filter(|_| a == Some(1)));
    let (class, stop, last) = match at(context, &second) {
        Some(found) => (found.class, found.end, found.readings),
        None => {
            let gender = counted_gender(context, second.end);
            (Class::Range, second.end, second.readings(context, gender))
        }
    };
    // A result: "3-1".
    let result = class == Class::Range && a > b && a.is_some_and(|a| a < 200) && near == 1;
    let words = if result { [" ", " til "] } else { [" til ", " "] };
    let mut out = combine(&[head.clone(), last.clone()], words[0]);
    if context.all && result {
        extend(&mut out, combine(&[head, last], words[1]));
    }
    Some(Match::new(first.start, stop, class, out))
}

/// `1:100`, `3:2`: a scale, odds, a result.
pub(crate) fn ratio(context: &Context, first: &Amount) -> Option<Match> {
    let colon = first.end;
    if context.at(colon) != b':'
        || !context.is_digit(colon + 1)
        || first.vulgar.is_some()
        || first.is_year_like()
        || context.before(first.start) == Some(':')
    {
        return None;
    }
    let second = amount::lex(context, colon + 1)?;
    if !context.ends_token(second.end) || context.at(second.end) == b':' {
        return None;
    }
    let head = first.readings(context, Some(Gender::Common));
    let out = combine(&[head, second.readings(context, None)], " til ");
    Some(Match::new(first.start, second.end, Class::Range, out))
}

/// `1/3`, `2 1/2`, `24/7`.
pub(crate) fn fraction(context: &Context, first: &Amount) -> Option<Match> {
    let numerator = |amount: &Amount| amount.integer().filter(|_| !amount.grouped);
    let (whole, top) = if context.at(first.end) == b'/' {
        (None, first.clone())
    } else {
        let next = context.past_blanks(first.end);
        if next == first.end || !context.is_digit(next) || first.whole.len() > 3 {
            return None;
        }
        (Some(numerator(first)?), amount::lex(context, next)?)
    };
    if context.at(top.end) != b'/' || !context.is_digit(top.end + 1) {
        return None;
    }
    let bottom = amount::lex(context, top.end + 1)?;
    let end = bottom.end;
    if matches!(context.at(end), b'/' | b'-') && context.is_digit(end + 1) || !context.ends_token(end) {
        return None;
    }
    let (a, b) = (numerator(&top)?, numerator(&bottom)?);
    if whole.is_some() && a >= b {
        return None;
    }
    let noun = context.word_at(context.past_blanks(end));
    let gender = gender_of(noun);
    let spoken = match whole {
        Some(_) => amount::mixed(context, whole, (a, b), gender.or(Some(Gender::Common))),
        None if b < 2 || a == b || (a > b && b > 20) || a > 100 => Vec::new(),
        None => amount::fraction(a, b, gender),
    };
    let mut out = if whole.is_some() && spoken.is_empty() { return None } else { spoken };
    let head = if top.is_year_like() { year::readings(a, context.all) } else { top.readings(context, None) };
    let plain = combine(&[head, bottom.readings(context, None)], " ");
    let class = if out.is_empty() { Class::Cardinal } else { Class::Fraction };
    if whole.is_none() && (out.is_empty() || context.all) {
        extend(&mut out, plain);
    }
    if context.all && whole.is_none() && (1..=31).contains(&a) && (1..=12).contains(&b) {
        let ordinal = |n| crate::number::ordinal::readings(n, Gender::Common);
        extend(&mut out, combine(&[ordinal(a), ordinal(b).into_iter().take(1).collect()], " i "));
    }
    if class == Class::Fraction {
        if let Some((sign, stop)) = percent_at(context, end) {
            return Some(Match::new(
                first.start,
                stop,
                Class::Percent,
                combine(&[out, vec![sign.to_string()]], " "),
            ));
        }
        if let Some((row, stop)) = unit_at(context, end).filter(|(_, stop)| *stop > end) {
            let gendered = match whole {
                Some(_) => amount::mixed(context, whole, (a, b), Some(row.gender)),
                None => amount::fraction(a, b, Some(row.gender)),
            };
            let parts = [gendered, strings(&row.singular, context.all)];
            return Some(Match::new(first.start, stop, Class::Measure, combine(&parts, " ")));
        }
    }
    Some(Match::new(first.start, end, class, out))
}
