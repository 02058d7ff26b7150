//! Acronyms and company forms: `EU`, `DSB`, `A/S`, `B12`.

use super::amount::combine;
use super::context::Context;
use super::lexicon::ACRONYMS;
use super::roman::in_capitals;
use super::{Class, Match};
use crate::number::{Gender, cardinal};

/// The letters one by one.
pub(crate) fn spell(word: &str) -> String {
    let mut out = String::new();
    for c in word.chars().filter(|c| c.is_alphanumeric()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(c.to_lowercase());
    }
    out
}

/// An acronym at `at`, a letter at the start of a token.
pub(crate) fn at(context: &Context, at: usize) -> Option<Match> {
    let known = known(context, at);
    if known.is_some() {
        return known;
    }
    let (mut end, mut count) = (at, 0);
    for c in context.text.get(at..)?.chars().take(7) {
        if !c.is_uppercase() {
            break;
        }
        end += c.len_utf8();
        count += 1;
    }
    let digits_end = context.digits_end(end);
    if (1..=3).contains(&count) && (1..=4).contains(&(digits_end - end)) && context.ends_token(digits_end) {
        let more = matches!(context.at(digits_end), b'.' | b',' | b'/') && context.is_digit(digits_end + 1);
        if more || context.dash(digits_end) > 0 && context.is_digit(digits_end + context.dash(digits_end)) {
            return None;
        }
        let number = super::amount::lex(context, end)?;
        let letters = spell(&context.text[at..end]);
        let spoken = combine(&[vec![letters], number.readings(context, None)], " ");
        return Some(Match::new(at, digits_end, Class::Letters, spoken));
    }
    if !(2..=5).contains(&count) {
        return None;
    }
    let word = &context.text[at..end];
    let genitive = context.at(end) == b's' && context.ends_token(end + 1);
    if (!context.ends_token(end) && !genitive) || in_capitals(context, at, end) {
        return None;
    }
    let vowel = word.chars().any(|c| "AEIOUYÆØÅÉÜÖÄ".contains(c));
    let roman = word.chars().all(|c| "IVXLCDM".contains(c));
    if (vowel || roman) && !(genitive && ACRONYMS.contains_key(word)) {
        return None;
    }
    let mut spoken = match ACRONYMS.get(word) {
        Some(forms) if forms.is_empty() => return None,
        Some(forms) => forms.iter().map(|form| form.to_string()).collect(),
        None => vec![spell(word)],
    };
    if genitive {
        for reading in &mut spoken {
            reading.push('s');
        }
    }
    Some(Match::new(at, end + usize::from(genitive), Class::Letters, spoken))
}

/// An acronym of the table.
fn known(context: &Context, at: usize) -> Option<Match> {
    let window = context.rest(at);
    let length = window
        .iter()
        .take(16)
        .take_while(|&&byte| byte.is_ascii_alphabetic() || matches!(byte, b'/' | b'.') || byte >= 0x80)
        .count();
    for end in (at + 2..=at + length).rev() {
        if !context.text.is_char_boundary(end) || !(context.ends_token(end) || context.at(end - 1) == b'.') {
            continue;
        }
        let form = &context.text[at..end];
        let Some(spoken) = ACRONYMS.get(form) else { continue };
        let company = form.contains(['/', '.']) || form == "ApS";
        let next_is_sign = matches!(context.at(end), b'/' | b'&' | b'@' | b'_')
            || context.at(end) == b'.' && !context.ends_token(end + 1);
        if spoken.is_empty() || (!company && (in_capitals(context, at, end) || next_is_sign)) {
            return None;
        }
        if form.ends_with('.') && context.after(end).is_some_and(char::is_alphanumeric) {
            return None;
        }
        let stop = form.ends_with('.') && context.sentence_ends(end);
        let class = if company { Class::Abbreviation } else { Class::Letters };
        let spoken = spoken.iter().map(|form| form.to_string()).collect();
        return Some(Match::new(at, end - usize::from(stop), class, spoken));
    }
    None
}

/// `B&O`, `H&M`, at the sign.
pub(crate) fn ampersand(context: &Context, at: usize) -> Option<Match> {
    // An entity of markup: "&amp;"
    let word = context.word_at(at + 1);
    if !word.is_empty() && context.at(at + 1 + word.len()) == b';' || context.at(at + 1) == b'#' {
        return None;
    }
    let blanks = context.blank(at + 1) > 0 && context.before(at).is_some_and(|c| c == ' ' || c == '\u{a0}');
    let tight = context.before(at).is_some_and(char::is_alphabetic) && !word.is_empty();
    // A query of a URL: "?a=1&b=2"
    let query = tight && context.at(at + 1 + word.len()) == b'=';
    ((blanks || tight) && !query).then(|| Match::new(at, at + 1, Class::Abbreviation, vec!["og".to_string()]))
}

/// The value of a digit string in a name: leading zeros are read out.
pub(crate) fn digits(run: &str) -> String {
    match run.parse::<u64>() {
        Ok(value) if !(run.len() > 1 && run.starts_with('0')) && value < 10_000 => {
            cardinal::spell(value, Gender::Neuter)
        }
        _ => cardinal::digit_by_digit(run.bytes(), Gender::Neuter),
    }
}
