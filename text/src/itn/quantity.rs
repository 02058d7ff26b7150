//! What a number counts: money, percent, units; decimals and halves.

use super::cardinal::{self, Cardinal, grouped};
use super::phrase::{Place, SMALL};
use super::words::Token;
use crate::number::words::Word;
use crate::verbalize::lexicon::{CURRENCIES, UNITS, gender_of};
use crate::verbalize::{Class, Match};
use std::collections::HashMap;
use std::sync::LazyLock;

/// `halvanden million`; elsewhere the word stays.
pub(super) fn one_and_a_half(place: &Place) -> Option<Match> {
    let Some(Word::Scale(exponent @ 4..)) = place.word(1) else { return None };
    let row = crate::number::table::scale(exponent)?;
    let mut forms = vec![format!("1,5 {}", row.plural[0])];
    forms.extend(row.abbreviations.first().map(|short| format!("1,5 {short}")));
    forms.push(format!("1½ {}", row.singular[0]));
    forms.push(grouped(15 * 10_u64.pow(exponent - 1)));
    if let Some(found) = quantity(place, &forms, 2, None) {
        return Some(found);
    }
    forms.push(place.original(2));
    place.found(2, Class::Cardinal, forms)
}

/// Does something that is counted or measured stand at `at`?
pub(super) fn counts(place: &Place, at: usize) -> bool {
    place.tokens.get(at).is_some_and(|token| {
        gender_of(&token.lower).is_some() || unit(place, at).is_some() || token.is("kroner")
    })
}

/// The unit or currency said at `at`: what is written for it, the word itself, and the next word.
pub(super) fn unit(place: &Place, at: usize) -> Option<(Option<&'static str>, String, usize)> {
    type Names = HashMap<&'static str, Vec<(&'static str, Option<&'static str>)>>;
    static NAMES: LazyLock<Names> = LazyLock::new(|| {
        let mut out: Names = HashMap::new();
        // What a unit is called first goes before what another may be called: "grader" is no "°C".
        let (firsts, others): (Vec<_>, Vec<_>) = UNITS
            .iter()
            .flat_map(|row| [&row.singular, &row.plural].map(|names| (row, names)))
            .map(|(row, names)| ((row, &names[..1]), (row, &names[1..])))
            .unzip();
        for (row, names) in firsts.into_iter().chain(others) {
            for name in names {
                let first = name.split(' ').next().unwrap_or_default();
                let names = out.entry(first).or_default();
                if !names.iter().any(|(other, _)| other == name) {
                    names.push((name, row.itn));
                }
            }
        }
        out.values_mut().for_each(|names| names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len())));
        out
    });
    let first = place.tokens.get(at)?;
    for (name, symbol) in NAMES.get(first.lower.as_str())? {
        let count = name.split(' ').count();
        if name.split(' ').enumerate().all(|(index, part)| place.is(at + index, part)) {
            let next = at + count;
            return Some((*symbol, place.text[first.start..place.end(next)].to_string(), next));
        }
    }
    None
}

/// `1,2 milliarder` as it may be written for a round number.
pub(super) fn with_scale(value: u64, exponent: u32) -> Vec<String> {
    let count = value / 10_u64.pow(exponent);
    let Some(row) = crate::number::table::scale(exponent) else { return Vec::new() };
    let word = if count == 1 { row.singular[0] } else { row.plural[0] };
    let mut out = vec![format!("{count} {word}")];
    out.extend(row.abbreviations.first().map(|short| format!("{count} {short}")));
    out
}

/// Money, percent and units after a number written in `forms`.
pub(super) fn quantity(place: &Place, forms: &[String], next: usize, value: Option<u64>) -> Option<Match> {
    let token = place.tokens.get(next)?;
    let word = &place.text[token.start..token.end];
    if token.is("procent") || token.is("promille") {
        let sign = if token.is("procent") { "%" } else { "‰" };
        let mut out: Vec<String> = forms.iter().map(|form| format!("{form} {word}")).collect();
        out.extend(forms.iter().map(|form| format!("{form} {sign}")));
        if token.is("procent") {
            out.extend(forms.iter().map(|form| format!("{form} pct.")));
        }
        return place.found(next + 1, Class::Percent, out);
    }
    let currency =
        CURRENCIES.iter().find(|row| row.singular.iter().chain(&row.plural).any(|name| token.is(name)));
    if let Some(row) = currency {
        if let Some((minor, after)) = minor(place, next + 1, &row.minor_plural, &row.minor_singular) {
            let mut out = Vec::new();
            for form in forms {
                out.push(format!("{form},{minor:02} {}", row.itn));
            }
            for form in forms {
                out.push(format!("{form},{minor:02} {word}"));
                out.push(format!(
                    "{form} {word} og {minor} {}",
                    row.minor_plural.first().copied().unwrap_or_default()
                ));
            }
            return place.found(after, Class::Money, out);
        }
        let mut out: Vec<String> = forms.iter().map(|form| format!("{form} {word}")).collect();
        out.extend(forms.iter().map(|form| format!("{form} {}", row.itn)));
        out.push(place.original(next + 1));
        return place.found(next + 1, Class::Money, out);
    }
    if token.is("øre") {
        return place.found(
            next + 1,
            Class::Money,
            forms.iter().map(|form| format!("{form} {word}")).collect(),
        );
    }
    let (symbol, name, after) = unit(place, next)?;
    let large = value.is_none_or(|value| value >= SMALL);
    let mut out = Vec::new();
    match symbol {
        Some(symbol) => {
            out.extend(forms.iter().map(|form| format!("{form} {symbol}")));
            out.extend(forms.iter().map(|form| format!("{form} {name}")));
            out.push(place.original(after));
        }
        None => {
            if !large {
                out.push(place.original(after));
            }
            out.extend(forms.iter().map(|form| format!("{form} {name}")));
            if large {
                out.push(place.original(after));
            }
        }
    }
    place.found(after, Class::Measure, out)
}

/// `og halvtreds øre`, `halvtreds øre`
pub(super) fn minor(place: &Place, at: usize, plural: &[&str], singular: &[&str]) -> Option<(u64, usize)> {
    let start = at + usize::from(place.is(at, "og"));
    let number = cardinal::parse(place.tokens, start).filter(|number| (1..100).contains(&number.value))?;
    let named = plural.iter().chain(singular).any(|name| place.is(number.next, name));
    named.then_some((number.value, number.next + 1))
}

/// `tre komma fjorten`, `nul komma nul syv`, `to komma fem millioner`
pub(super) fn decimal(place: &Place, number: &Cardinal) -> Option<Match> {
    let mut next = number.next + 1;
    let mut digits = String::new();
    let first = place.tokens.get(next)?.cardinal()?;
    if first >= 10 {
        let (value, after) = cardinal::below_hundred(place.tokens, next)?;
        digits.push_str(&value.to_string());
        next = after;
        while digits.len() < 18
            && let Some(pair @ 10..100) = place.tokens.get(next).and_then(Token::cardinal)
        {
            digits.push_str(&pair.to_string());
            next += 1;
        }
    } else {
        while let Some(digit @ 0..10) = place.tokens.get(next).and_then(Token::cardinal) {
            // "to komma fem en gang": an article, unless it stands between digits or ends the text.
            let article = place.is(next, "en")
                && next > number.next + 1
                && place.tokens.get(next + 1).is_some_and(|token| token.cardinal().is_none());
            if article {
                break;
            }
            digits.push_str(&digit.to_string());
            next += 1;
        }
    }
    let whole = grouped(number.value);
    let mut forms = vec![format!("{whole},{digits}")];
    if whole.contains('.') {
        forms.push(format!("{},{digits}", number.value));
    }
    if let Some(Word::Scale(exponent)) = place.word(next)
        && exponent > 3
    {
        let word = &place.text[place.tokens[next].start..place.tokens[next].end];
        let row = crate::number::table::scale(exponent)?;
        let mut scaled = vec![format!("{} {word}", forms[0])];
        scaled.extend(row.abbreviations.first().map(|short| format!("{} {short}", forms[0])));
        let decimals = digits.len() as u32;
        if decimals <= exponent
            && let Ok(part) = digits.parse::<u64>()
            && let Some(full) = 10_u64.checked_pow(exponent).and_then(|unit| {
                number
                    .value
                    .checked_mul(unit)?
                    .checked_add(part.checked_mul(10_u64.pow(exponent - decimals))?)
            })
        {
            scaled.push(grouped(full));
        }
        next += 1;
        return quantity(place, &scaled, next, None).or_else(|| place.found(next, Class::Cardinal, scaled));
    }
    quantity(place, &forms, next, None).or_else(|| place.found(next, Class::Decimal, forms))
}

/// `to en halv`, `fire og en halv`
pub(super) fn half(place: &Place, number: &Cardinal, article: bool) -> Option<Match> {
    let at = number.next + usize::from(place.is(number.next, "og"));
    let common = place.is(at, "en") && place.is(at + 1, "halv");
    let neuter = place.is(at, "et") && place.is(at + 1, "halvt");
    // "en og en halv" is 1½; "en en halv" is said too.
    if !(common || neuter) || number.value > 999 || article && number.value != 1 {
        return None;
    }
    let next = at + 2;
    let value = number.value;
    let out = vec![format!("{value}½"), format!("{value},5"), format!("{value} 1/2"), place.original(next)];
    place.found(next, Class::Fraction, out)
}
