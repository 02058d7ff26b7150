//! Ordinals, and the dates, regents and decades that they are in.

use super::cardinal::Cardinal;
use super::phrase::Place;
use super::quantity::counts;
use super::words::{Token, word_before};
use super::year;
use crate::number::table::NUMERALS;
use crate::verbalize::lexicon::{MONTHS, REGENTS_LOWER};
use crate::verbalize::{Class, Match};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Decades and centuries: `halvfemserne`, `nitten halvfemserne`, `attenhundredetallet`.
pub(super) fn decade(place: &Place) -> Option<Match> {
    static ENDINGS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
        let mut out = HashMap::new();
        for row in NUMERALS.iter().filter(|row| row.value >= 20) {
            for form in &row.decade {
                for ending in ["ne", "nes"] {
                    out.insert(format!("{form}{ending}"), format!("{}'er{ending}", row.value));
                    for century in (16..20).filter_map(crate::number::table::numeral) {
                        let head = century.cardinal.first().copied().unwrap_or_default();
                        out.insert(
                            format!("{head}{form}{ending}"),
                            format!("{}{}'er{ending}", century.value, row.value),
                        );
                    }
                }
            }
        }
        for row in NUMERALS.iter().filter(|row| (1..20).contains(&row.value)) {
            for (head, ending) in row
                .cardinal
                .iter()
                .flat_map(|head| ["tallet", "tallets", "tals"].map(|ending| (head, ending)))
            {
                out.insert(format!("{head}hundrede{ending}"), format!("{}00-{ending}", row.value));
            }
        }
        out
    });
    let first = place.tokens.first()?;
    if let Some(form) = ENDINGS.get(&first.lower) {
        let class = if form.contains('-') { Class::Year } else { Class::Decade };
        return place.found(1, class, vec![form.clone(), place.original(1)]);
    }
    let century = first.cardinal().filter(|value| (10..20).contains(value))?;
    let form = ENDINGS.get(&place.tokens.get(1)?.lower).filter(|form| form.contains('\''))?;
    if form.len() > 2 && !form.as_bytes()[2].is_ascii_digit() {
        return place.found(2, Class::Decade, vec![format!("{century}{form}"), place.original(2)]);
    }
    None
}

pub(super) fn is_month(place: &Place, at: usize) -> Option<(usize, &'static str)> {
    let token = place.tokens.get(at)?;
    MONTHS.iter().enumerate().find(|(_, name)| token.is(name)).map(|(index, name)| (index + 1, *name))
}

pub(super) fn ordinal(place: &Place, n: u64) -> Option<Match> {
    if let Some((month, name)) = is_month(place, 1).filter(|_| (1..=31).contains(&n)) {
        let name_written = &place.text[place.tokens[1].start..place.tokens[1].end];
        let Some((y, next)) = year::expected(place.tokens, 2).filter(|(_, next)| !counts(place, *next))
        else {
            return place.found(
                2,
                Class::Date,
                vec![format!("{n}. {name_written}"), format!("{n}/{month}"), format!("{n:02}.{month:02}.")],
            );
        };
        let mut out = vec![format!("{n}. {name_written} {y}")];
        out.extend(in_digits(n, month as u64, y));
        out.push(format!("{n}. {name} {y}"));
        return place.found(next, Class::Date, out);
    }
    if place.is(1, "i")
        && let Some(month) = place
            .tokens
            .get(2)
            .and_then(Token::ordinal)
            .filter(|month| (1..=12).contains(month) && (1..=31).contains(&n))
    {
        if let Some((y, next)) = year::expected(place.tokens, 3) {
            let mut out = in_digits(n, month, y);
            let name = MONTHS.get(month as usize - 1).copied().unwrap_or_default();
            out.push(format!("{n}. {name} {y}"));
            return place.found(next, Class::Date, out);
        }
        if place.before == "den" || place.is_whole(3) {
            return place.found(
                3,
                Class::Date,
                vec![format!("{n}/{month}"), format!("{n}.{month}."), format!("{n:02}.{month:02}.")],
            );
        }
    }
    if place.before == "den" && n <= 100 {
        let (_, name) = word_before(place.text, place.before_start);
        if REGENTS_LOWER.contains(&name) && place.before_start >= place.last {
            let start = place.before_start;
            let end = place.end(1);
            let mut out = vec![format!("{n}.")];
            out.push(roman(n));
            out.push(place.text[start..end].to_string());
            return Some(Match::new(start, end, Class::Roman, out));
        }
    }
    if place.is_whole(1) && !place.is(0, "anden") && !place.is(0, "andet") {
        return place.found(1, Class::Ordinal, vec![format!("{n}."), place.original(1)]);
    }
    // "den femtende", "hendes halvtredsindstyvende fødselsdag"; the small ones are words of prose.
    (n > 12 && n < 1_000)
        .then(|| place.found(1, Class::Ordinal, vec![format!("{n}."), place.original(1)]))
        .flatten()
}

pub(super) fn in_digits(day: u64, month: u64, year: u64) -> Vec<String> {
    vec![
        format!("{day}.{month}.{year}"),
        format!("{day:02}.{month:02}.{year}"),
        format!("{day}/{month} {year}"),
        format!("{day}/{month}-{year}"),
        format!("{year:04}-{month:02}-{day:02}"),
    ]
}

pub(super) fn roman(mut n: u64) -> String {
    let mut out = String::new();
    for (sign, worth) in
        [("C", 100), ("XC", 90), ("L", 50), ("XL", 40), ("X", 10), ("IX", 9), ("V", 5), ("IV", 4), ("I", 1)]
    {
        while n >= worth {
            out.push_str(sign);
            n -= worth;
        }
    }
    out
}

/// A cardinal before an ordinal: `hundrede og første`.
pub(super) fn long_ordinal(place: &Place, number: &Cardinal) -> Option<Match> {
    let at = number.next + usize::from(place.is(number.next, "og"));
    let n = place.tokens.get(at)?.ordinal().filter(|n| *n < 100)?;
    let whole = number.value >= 100 && number.value.is_multiple_of(100) && at > number.next;
    whole
        .then(|| {
            place.found(
                at + 1,
                Class::Ordinal,
                vec![format!("{}.", number.value + n), place.original(at + 1)],
            )
        })
        .flatten()
}
