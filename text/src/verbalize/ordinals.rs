//! Ordinals written with a full stop: `3.`, `9.b`, `1.-division`, `Frederik 10.`.

use super::context::Context;
use super::date::follows_den;
use super::lexicon::{REGENTS, gender_of};
use super::{Class, Match};
use crate::number::{Gender, add, cardinal, ordinal};

/// Nouns that an ordinal names even where they have a capital.
const TITLED: [&str; 12] = [
    "Verdenskrig",
    "Division",
    "Maj",
    "Sal",
    "Søndag",
    "Juledag",
    "Påskedag",
    "Pinsedag",
    "Klasse",
    "Kvartal",
    "Del",
    "Afdeling",
];

/// Words after which `2.` is `andet`.
const NEUTER_BEFORE: [&str; 12] =
    ["det", "Det", "et", "hvert", "Hvert", "dit", "mit", "sit", "vores", "årets", "dets", "ethvert"];

/// An ordinal at `at`, a digit.
pub(crate) fn at(context: &Context, at: usize) -> Option<Match> {
    let amount = super::amount::lex(context, at)?;
    let end = amount.whole.end;
    if (end - at > 3 && !amount.grouped) || context.at(end) != b'.' || context.at(at) == b'0' {
        return None;
    }
    let n = amount.integer()?;
    let dot = end + 1;
    if context.is_digit(dot) || context.at(dot) == b'.' {
        return None;
    }
    let before = context.word_before(at);
    if REGENTS.contains(before) {
        return regnal(context, at, n, dot);
    }
    let blank = context.past_blanks(dot);
    let next = context.after(blank);
    if blank == dot && next.is_some_and(char::is_alphabetic) {
        return joined(context, at, n, dot);
    }
    let den = follows_den(context, at) || ["det", "de", "Det", "De", "hver", "hvert"].contains(&before);
    let dash = context.dash(dot);
    let is_ordinal = match next {
        None => den || context.is_whole(at, dot),
        Some(c) if blank > dot && c.is_lowercase() => true,
        Some(c) if blank > dot && c.is_uppercase() => den || TITLED.contains(&context.word_at(blank)),
        Some(c) if blank > dot && c.is_ascii_digit() => chain_follows(context, blank),
        Some(',' | '/') => true,
        Some('-' | '–') if context.after(dot + dash).is_some_and(char::is_lowercase) => {
            return hyphenated(context, at, n, dot + dash);
        }
        Some(_) if dash > 0 && context.is_digit(dot + dash) => {
            return range(context, at, n, dot + dash);
        }
        Some(')' | '"' | ';' | '!' | '?' | '\n') => den,
        _ => den || context.is_whole(at, dot),
    };
    is_ordinal.then(|| Match::new(at, dot, Class::Ordinal, readings(context, at, n, blank)))
}

/// `1. 2. og 3.`: does another ordinal stand at `at`?
fn chain_follows(context: &Context, at: usize) -> bool {
    let end = context.digits_end(at);
    end - at <= 2 && context.at(end) == b'.' && !context.is_digit(end + 1)
}

fn readings(context: &Context, at: usize, n: u64, noun_at: usize) -> Vec<String> {
    if n != 2 {
        let mut out = ordinal::readings(n, Gender::Common);
        if out.is_empty() {
            out.push(cardinal::spell(n, Gender::Neuter));
        }
        return out;
    }
    let before = context.word_before(at);
    let noun = context.word_at(noun_at);
    let neuter = NEUTER_BEFORE.contains(&before)
        || (!follows_den(context, at) && gender_of(noun) == Some(Gender::Neuter));
    let (best, other) =
        if neuter { (Gender::Neuter, Gender::Common) } else { (Gender::Common, Gender::Neuter) };
    let mut out = ordinal::readings(2, best);
    if context.is_whole(at, noun_at) {
        for form in ordinal::readings(2, other) {
            add(&mut out, form);
        }
    }
    out
}

/// `Frederik 10.`, `Christian 4.s`.
fn regnal(context: &Context, at: usize, n: u64, dot: usize) -> Option<Match> {
    let mut end = dot;
    let mut genitive = "";
    let apostrophe = context.apostrophe(dot);
    if context.at(dot + apostrophe) == b's' && context.ends_token(dot + apostrophe + 1) {
        end = dot + apostrophe + 1;
        genitive = "s";
    } else if context.sentence_ends(dot) {
        // The full stop ends the sentence too.
        end = dot - 1;
    }
    if !context.ends_token(end) {
        return None;
    }
    let spoken = ordinal::readings(n, Gender::Common)
        .into_iter()
        .map(|form| format!("den {form}{genitive}"))
        .collect();
    Some(Match::new(at, end, Class::Roman, spoken))
}

/// `9.b`, `1.division`.
fn joined(context: &Context, at: usize, n: u64, dot: usize) -> Option<Match> {
    let word = context.word_at(dot);
    let end = dot + word.len();
    if word.is_empty() || matches!(context.at(end), b'.' | b'/' | b'@' | b':') && !context.ends_token(end + 1)
    {
        return None;
    }
    if word.len() == 1 {
        let mut out: Vec<String> = ordinal::readings(n, Gender::Common);
        out.push(cardinal::spell(n, Gender::Neuter));
        for form in &mut out {
            form.push(' ');
            form.push_str(&word.to_lowercase());
        }
        return (n <= 12 && context.ends_token(end)).then(|| Match::new(at, end, Class::Ordinal, out));
    }
    let is_word = word.chars().all(char::is_lowercase) && context.ends_token(end) && n <= 100;
    let is_domain = super::lexicon::DOMAINS.contains_key(word);
    // The word stays; the blank that should stand before it is put in when the text is assembled.
    (is_word && !is_domain).then(|| Match::new(at, dot, Class::Ordinal, readings(context, at, n, dot)))
}

/// `9.-klasse`: one word.
fn hyphenated(context: &Context, at: usize, n: u64, end: usize) -> Option<Match> {
    let spoken = readings(context, at, n, end);
    (n <= 100).then(|| Match::new(at, end, Class::Ordinal, spoken).joined())
}

/// `1.-3.`, `7.-9. klasse`.
fn range(context: &Context, at: usize, n: u64, second: usize) -> Option<Match> {
    let end = context.digits_end(second);
    let last = context.small(second)?.0;
    if context.at(end) != b'.' || context.is_digit(end + 1) || context.sentence_ends(end + 1) {
        return None;
    }
    let first = ordinal::readings(n, Gender::Common);
    let last = ordinal::readings(last, Gender::Common);
    Some(Match::new(at, end + 1, Class::Range, super::amount::combine(&[first, last], " til ")))
}
