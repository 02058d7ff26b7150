//! Numbers that a word grows on: `90'erne`, `1800-tallet`, `42-årige`, `12A`.

use super::amount::{Amount, combine};
use super::context::Context;
use super::{Class, Match};
use crate::number::table::numeral;
use crate::number::{Gender, add, cardinal, year};

/// A number with an ending at `at`, a digit.
pub(crate) fn at(context: &Context, amount: &Amount) -> Option<Match> {
    let at = amount.start;
    let end = amount.end;
    let n = amount.integer();
    let apostrophe = context.apostrophe(end);
    let zeros = &context.bytes[amount.whole.clone()] == b"00";
    if let Some(n) = n.or(zeros.then_some(0)).filter(|n| *n < 10_000 && !amount.grouped)
        && let Some(found) = noun(context, at, n, end + apostrophe, apostrophe > 0, amount.whole.len())
    {
        return Some(found);
    }
    if let Some(n) = n.filter(|n| *n < 10_000)
        && let Some(found) = century(context, at, n, end)
    {
        return Some(found);
    }
    let dash = context.dash(end);
    // "TV-2-spots" is no compound with a number.
    if dash > 0 && context.before(at) != Some('-') {
        if let Some(found) = range(context, amount, end + dash) {
            return Some(found);
        }
        let word = context.word_at(end + dash);
        return word.starts_with(char::is_lowercase).then(|| compound(context, amount, end + dash, word));
    }
    let word = context.word_at(end);
    let after = end + word.len();
    if word.starts_with("år") || ["dages", "timers", "ugers", "personers", "værelses"].contains(&word) {
        return context.ends_token(after).then(|| compound(context, amount, end, word));
    }
    // "12A", "4b": a house number, a class, a bus.
    let one_letter = word.len() == 1
        && (word.as_bytes()[0].is_ascii_uppercase() || matches!(word.as_bytes()[0], b'a'..=b'f'));
    if one_letter
        && amount.integer().is_some_and(|n| n < 1_000)
        && context.ends_token(after)
        && context.apostrophe(after) == 0
    {
        let spoken = combine(&[amount.readings(context, None), vec![word.to_lowercase()]], " ");
        let next_is_name =
            context.at(after) == b'.' && context.after(after + 1).is_some_and(char::is_alphabetic);
        return (!next_is_name).then(|| Match::new(at, after, Class::Letters, spoken));
    }
    None
}

/// `90'erne`, `1990'ernes`, `5'er`: the ending after `er`.
fn noun(
    context: &Context,
    at: usize,
    n: u64,
    start: usize,
    apostrophe: bool,
    digits: usize,
) -> Option<Match> {
    let word = context.word_at(start);
    let ending = word.strip_prefix("er")?;
    if !["", "s", "e", "es", "en", "ens", "ne", "nes"].contains(&ending)
        || (!apostrophe && !ending.starts_with("ne") && n < 10)
    {
        return None;
    }
    let end = start + word.len();
    if !context.ends_token(end) {
        return None;
    }
    let of_decade =
        |n: u64| numeral(n).map(|row| if ending.starts_with("ne") { &row.decade } else { &row.noun });
    let with_ending = |forms: &[&str]| forms.iter().map(|form| format!("{form}{ending}")).collect::<Vec<_>>();
    let (class, spoken) = match n {
        // "00'erne"
        0 => (Class::Decade, with_ending(&["nuller"])),
        1..100 if !n.is_multiple_of(10) || n == 10 && digits == 2 && !ending.starts_with("ne") => {
            let forms: Vec<String> = match numeral(n) {
                Some(row) => with_ending(&row.noun),
                None => vec![format!("{}er{ending}", cardinal::below_hundred(n))],
            };
            (Class::Cardinal, forms)
        }
        1..100 => (Class::Decade, with_ending(of_decade(n).filter(|forms| !forms.is_empty())?)),
        1_000..2_100 if n.is_multiple_of(100) => {
            let head = if n == 2_000 {
                "to tusinder".to_string()
            } else {
                format!("{} hundreder", cardinal::below_hundred(n / 100))
            };
            (Class::Decade, vec![format!("{head}{ending}")])
        }
        1_000..2_100 if n.is_multiple_of(10) => {
            let tails = with_ending(
                numeral(n % 100).map(|row| row.decade.as_slice()).filter(|forms| !forms.is_empty())?,
            );
            let head = cardinal::below_hundred(n / 100);
            let heads: Vec<String> = if n < 2_000 {
                vec![format!("{head} "), head.to_string(), format!("{head} hundrede og ")]
            } else {
                vec!["to tusind og ".to_string(), "tyve ".to_string(), "tyve".to_string()]
            };
            (Class::Decade, combine(&[heads, tails], ""))
        }
        _ => (Class::Cardinal, vec![format!("{}'er{ending}", cardinal::spell(n, Gender::Neuter))]),
    };
    Some(Match::new(at, end, class, spoken))
}

/// `1800-tallet`, `1800tallet`, `700-tallets`, `5-tallet`.
fn century(context: &Context, at: usize, n: u64, end: usize) -> Option<Match> {
    let start = end + context.dash(end);
    let word = context.word_at(start);
    if !word.starts_with("tal") || !["tal", "tals", "tallet", "tallets", "taller", "tallere"].contains(&word)
    {
        return None;
    }
    let after = start + word.len();
    if !context.ends_token(after) {
        return None;
    }
    let mut out = Vec::new();
    let (hundreds, rest) = (n / 100, n % 100);
    match n {
        2_000 => {
            out.extend([format!("totusind{word}"), format!("to tusind {word}"), format!("to tusinde {word}")])
        }
        1_000 => {
            out.extend([format!("tusind{word}"), format!("ti hundrede {word}"), format!("tihundrede{word}")])
        }
        _ if rest == 0 && (1..20).contains(&hundreds) => {
            let head = if hundreds == 1 { "et" } else { cardinal::below_hundred(hundreds) };
            out.extend([
                format!("{head}hundrede{word}"),
                format!("{head} hundrede{word}"),
                format!("{head} hundrede {word}"),
            ]);
        }
        _ => out.push(cardinal::spell(n, Gender::Neuter) + word),
    }
    let class = if rest == 0 && n >= 100 { Class::Year } else { Class::Cardinal };
    Some(Match::new(at, after, class, out))
}

/// `42-årige`, `8-cylindret`, `100-års`: one word.
fn compound(context: &Context, amount: &Amount, start: usize, word: &str) -> Match {
    let value = amount.integer();
    let head_gender = super::lexicon::gender_of(word.trim_end_matches('s'));
    let gender = if word.starts_with("år") { Gender::Neuter } else { head_gender.unwrap_or(Gender::Common) };
    let mut heads = match value {
        Some(n) if amount.is_year_like() => year::readings(n, context.all),
        _ => amount.readings(context, Some(gender)),
    };
    if value == Some(100) && word.starts_with("år") {
        heads.insert(0, "hundred".to_string());
    }
    // A name or a decimal number keeps the hyphen: "to komma fem-årig".
    let glue = if amount.decimals.is_some() || amount.is_year_like() { "-" } else { "" };
    for head in &mut heads {
        head.push_str(glue);
    }
    Match::new(amount.start, start, Class::Cardinal, heads).joined()
}

/// `7-8-årige`, `10-12-årige`.
fn range(context: &Context, amount: &Amount, second_at: usize) -> Option<Match> {
    let second = super::amount::lex(context, second_at).filter(|_| context.is_digit(second_at))?;
    let dash = context.dash(second.end);
    let word = context.word_at(second.end + dash);
    if (dash == 0 && !word.starts_with("år"))
        || !word.starts_with(char::is_lowercase)
        || second.integer()? >= 1_000
    {
        return None;
    }
    let first = amount.readings(context, Some(Gender::Neuter));
    let last = second.readings(context, Some(Gender::Neuter));
    let mut out = combine(&[first.clone(), last.clone()], " til ");
    for reading in combine(&[first, last], "-") {
        add(&mut out, reading);
    }
    Some(Match::new(amount.start, second.end + dash, Class::Range, out).joined())
}
