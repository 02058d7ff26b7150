//! What a number counts: money, percent, units; and the number alone.

use super::amount::{self, Amount, combine, counted_gender};
use super::context::Context;
use super::lexicon::{CURRENCY_SYMBOLS, Currency, SCALE_SYMBOLS, UNIT_SYMBOLS, Unit, gender_of, krone};
use super::{Class, Match};
use crate::number::{Gender, add, cardinal, table, year};

/// A word of scale at `at`, past blanks: `mio.`, `millioner`.
fn scale_at(context: &Context, at: usize) -> Option<(u32, usize)> {
    let start = context.past_blanks(at);
    let (form, exponent) = SCALE_SYMBOLS.longest(context.rest(start), |form| fits(context, start, form))?;
    Some((exponent, start + form.len()))
}

/// Does a symbol that stands at `at` end there?
fn fits(context: &Context, at: usize, form: &str) -> bool {
    let end = at + form.len();
    let letter = form.chars().next_back().is_some_and(char::is_alphanumeric);
    if letter {
        return context.ends_token(end)
            && !(context.at(end) == b'/' && context.after(end + 1).is_some_and(char::is_alphabetic));
    }
    // "kr.s" is none of ours; "kr.!" is.
    !(form.ends_with('.') && context.after(end).is_some_and(char::is_alphabetic))
}

/// Drops the full stop of a symbol that seems to end the sentence as well.
fn symbol_end(context: &Context, at: usize, form: &str) -> usize {
    let end = at + form.len();
    if form.ends_with('.') && context.sentence_ends(end) { end - 1 } else { end }
}

fn currency_at(context: &Context, at: usize) -> Option<(&'static Currency, usize)> {
    let start = context.past_blanks(at);
    let (form, row) = CURRENCY_SYMBOLS.longest(context.rest(start), |form| fits(context, start, form))?;
    Some((row, symbol_end(context, start, form)))
}

pub(super) fn unit_at(context: &Context, at: usize) -> Option<(&'static Unit, usize)> {
    let start = context.past_blanks(at);
    let (form, row) = UNIT_SYMBOLS.longest(context.rest(start), |form| {
        let end = start + form.len();
        // "5 A. Hansen", "12 A Hansen" are names.
        let initial = form.len() == 1 && form.as_bytes()[0].is_ascii_uppercase() && start > at && {
            let next = context.past_blanks(end + usize::from(context.at(end) == b'.'));
            next > end && context.after(next).is_some_and(char::is_uppercase)
        };
        let genitive = form.len() == 1 && context.apostrophe(end) > 0;
        let joined = form.len() == 1
            && context.dash(end) > 0
            && context.after(end + context.dash(end)).is_some_and(char::is_alphabetic);
        fits(context, start, form) && !initial && !joined && !genitive
    })?;
    Some((row, symbol_end(context, start, form)))
}

pub(super) fn percent_at(context: &Context, at: usize) -> Option<(&'static str, usize)> {
    let start = context.past_blanks(at);
    for (form, spoken) in [
        ("%", "procent"),
        ("‰", "promille"),
        ("pct.", "procent"),
        ("procent", "procent"),
        ("promille", "promille"),
        ("pct", "procent"),
    ] {
        if context.rest(start).starts_with(form.as_bytes()) && fits(context, start, form) {
            return Some((spoken, symbol_end(context, start, form)));
        }
    }
    None
}

/// `,-` after a round amount.
fn round_end(context: &Context, at: usize) -> Option<usize> {
    let sign = matches!(context.at(at), b',' | b'.');
    let dash = context.dash(at + 1);
    let end = at + 1 + dash;
    (sign && dash > 0 && !context.after(end).is_some_and(char::is_alphanumeric))
        .then(|| end + context.dash(end))
}

pub(super) fn strings(forms: &[&str], all: bool) -> Vec<String> {
    forms.iter().take(if all { forms.len() } else { 1 }).map(|form| form.to_string()).collect()
}

/// Money: the number, a word of scale, and the currency where it is.
fn money(context: &Context, amount: &Amount, exponent: Option<u32>, currency: &Currency) -> Vec<String> {
    if let Some(exponent) = exponent {
        let parts = [scaled(context, amount, exponent), strings(&currency.plural, context.all)];
        return combine(&parts, " ");
    }
    let name = if amount.is_singular() { &currency.singular } else { &currency.plural };
    let minor = amount.decimals.clone().filter(|range| range.len() == 2 && !currency.minor_plural.is_empty());
    let (Some(minor), Some(value)) = (minor, amount.value) else {
        return combine(&[amount.readings(context, Some(currency.gender)), strings(name, context.all)], " ");
    };
    let digits = &context.bytes[minor];
    let count = u64::from(digits[0] - b'0') * 10 + u64::from(digits[1] - b'0');
    let mut whole = amount.clone();
    whole.decimals = None;
    let name = if value == 1 { &currency.singular } else { &currency.plural };
    let major = combine(&[whole.readings(context, Some(currency.gender)), strings(name, context.all)], " ");
    if count == 0 {
        return major;
    }
    let minor_name = if count == 1 { &currency.minor_singular } else { &currency.minor_plural };
    let small = combine(
        &[vec![cardinal::spell(count, currency.minor_gender)], strings(minor_name, context.all)],
        " ",
    );
    if value == 0 && !amount.negative {
        let mut out = small;
        if context.all {
            for reading in combine(&[amount.readings(context, None), strings(&currency.plural, true)], " ") {
                add(&mut out, reading);
            }
        }
        return out;
    }
    let mut out = combine(&[major.clone(), small.clone()], " og ");
    if context.all {
        let decimals = combine(&[amount.readings(context, None), strings(&currency.plural, true)], " ");
        let bare = combine(&[major, vec![cardinal::below_hundred(count).to_string()]], " ");
        let mut more = Vec::new();
        if count == 50 {
            let half = combine(
                &[whole.readings(context, Some(currency.gender)), strings(&currency.singular, true)],
                " en halv ",
            );
            let og_half = combine(
                &[whole.readings(context, Some(currency.gender)), strings(&currency.singular, true)],
                " og en halv ",
            );
            more.extend(half.into_iter().chain(og_half));
        }
        for reading in decimals.into_iter().chain(bare).chain(more) {
            add(&mut out, reading);
        }
    }
    out
}

/// `2,5 millioner`, `en milliard`.
fn scaled(context: &Context, amount: &Amount, exponent: u32) -> Vec<String> {
    let Some(row) = table::scale(exponent) else { return Vec::new() };
    let name = if amount.is_singular() { &row.singular } else { &row.plural };
    combine(&[amount.readings(context, Some(row.gender)), vec![name[0].to_string()]], " ")
}

/// A quantity that starts with the number `amount`.
pub(crate) fn at(context: &Context, amount: &Amount) -> Option<Match> {
    let start = amount.start;
    let end = amount.end;
    if let Some(stop) = round_end(context, end) {
        let currency = currency_at(context, stop);
        let (row, stop) = currency.or_else(|| Some((krone()?, stop)))?;
        return Some(Match::new(start, stop, Class::Money, money(context, amount, None, row)));
    }
    if let Some((exponent, stop)) = scale_at(context, end) {
        if let Some((row, stop)) = currency_at(context, stop) {
            return Some(Match::new(start, stop, Class::Money, money(context, amount, Some(exponent), row)));
        }
        let stop = if context.at(stop - 1) == b'.' && context.sentence_ends(stop) { stop - 1 } else { stop };
        let mut spoken = scaled(context, amount, exponent);
        if let Some((row, after)) = unit_at(context, stop) {
            spoken = combine(&[spoken, strings(&row.plural, context.all)], " ");
            return Some(Match::new(start, after, Class::Measure, spoken));
        }
        return Some(Match::new(start, stop, Class::Cardinal, spoken));
    }
    if let Some((row, stop)) = currency_at(context, end) {
        // "kr./m²" is a unit.
        let unit = unit_at(context, end).filter(|(_, other)| *other > stop);
        if unit.is_none() {
            return Some(Match::new(start, stop, Class::Money, money(context, amount, None, row)));
        }
    }
    if let Some((spoken, stop)) = percent_at(context, end) {
        let parts = [amount.readings(context, Some(Gender::Common)), vec![spoken.to_string()]];
        return Some(Match::new(start, stop, Class::Percent, combine(&parts, " ")));
    }
    if let Some((row, stop)) = unit_at(context, end) {
        let name = if amount.is_singular() { &row.singular } else { &row.plural };
        // "stk." has many meanings; after a number it counts.
        let parts = [amount.readings(context, Some(row.gender)), strings(name, context.all)];
        return Some(Match::new(start, stop, Class::Measure, combine(&parts, " ")));
    }
    None
}

/// The number alone: a year, a postcode, or a cardinal.
pub(crate) fn plain(context: &Context, amount: &Amount) -> Match {
    let (start, end) = (amount.start, amount.end);
    if amount.is_year_like()
        && let Some(value) = amount.integer()
        && !counts(context, start, end)
    {
        return Match::new(start, end, Class::Year, year::readings(value, context.all));
    }
    let class = match (&amount.decimals, &amount.vulgar) {
        (Some(_), _) => Class::Decimal,
        (_, Some(_)) => Class::Fraction,
        _ => Class::Cardinal,
    };
    let one = amount.value.is_some_and(|value| value % 100 == 1) || amount.vulgar.is_some();
    let gender = if one { counted_gender(context, end) } else { None };
    Match::new(start, end, class, amount.readings(context, gender))
}

/// Is the four-digit number a count, as in "de 1200 deltagere"?
fn counts(context: &Context, start: usize, end: usize) -> bool {
    let next = context.past_blanks(end);
    let word = if next > end { context.word_at(next) } else { "" };
    let before = context.word_before(start).to_lowercase();
    let counting = [
        "over", "end", "mindst", "højst", "cirka", "ca.", "knap", "godt", "næsten", "alle", "de", "disse",
        "hele", "nogle", "kun", "alt", "antal", "nr.", "nummer", "side", "s.",
    ];
    let dating = [
        "i",
        "år",
        "året",
        "fra",
        "siden",
        "til",
        "før",
        "efter",
        "maj",
        "juni",
        "juli",
        "sommeren",
        "efteråret",
        "foråret",
        "vinteren",
        "årgang",
        "primo",
        "ultimo",
        "medio",
        "marts",
        "omkring",
        "inden",
        "og",
    ];
    if !word.is_empty() && word.starts_with(char::is_lowercase) && gender_of(word).is_some() {
        return !dating.contains(&before.as_str())
            || word.ends_with("er") && before == "i" && word == "meter";
    }
    counting.contains(&before.as_str()) && word.starts_with(char::is_lowercase)
}

/// A currency sign or code before its number, at `at`: `kr. 99,-`, `$20`, `DKK 500`.
pub(crate) fn currency_first(context: &Context, at: usize) -> Option<Match> {
    if context.after(at).is_some_and(char::is_alphanumeric) && !context.starts_token(at) {
        return None;
    }
    let (row, mut next) = {
        let (form, row) = CURRENCY_SYMBOLS.longest(context.rest(at), |form| {
            let end = at + form.len();
            let letter = form.chars().next_back().is_some_and(char::is_alphanumeric);
            // Words such as "kroner" stand after the number only.
            form.chars().any(char::is_lowercase).eq(&form.starts_with("kr"))
                && (!letter || context.ends_token(end))
                || form == "Kr."
        })?;
        (row, at + form.len())
    };
    next = context.past_blanks(next);
    if context.at(next) == b':' {
        next = context.past_blanks(next + 1);
    }
    let negative = context.dash(next) > 0;
    let number_at = next + context.dash(next);
    if !context.is_digit(number_at) {
        return None;
    }
    let mut amount = amount::lex(context, number_at)?;
    amount.negative = negative;
    let mut exponent = None;
    let mut end = amount.end;
    if let Some(stop) = round_end(context, end) {
        end = stop;
    } else if let Some((found, stop)) = scale_at(context, end) {
        exponent = Some(found);
        end = if context.at(stop - 1) == b'.' && context.sentence_ends(stop) { stop - 1 } else { stop };
    } else if context.after(end).is_some_and(char::is_alphabetic)
        || context.at(end) == b'.' && context.is_digit(end + 1)
    {
        return None;
    }
    // "kr. 5-10" stays a range of numbers.
    if context.dash(end) > 0 && context.is_digit(end + context.dash(end)) {
        return None;
    }
    Some(Match::new(at, end, Class::Money, money(context, &amount, exponent, row)))
}
