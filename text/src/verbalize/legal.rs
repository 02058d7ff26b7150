//! References to law: `§ 12, stk. 3, nr. 2`, `§§ 3-5`, `2. pkt.`.

use super::amount::{self, combine};
use super::context::Context;
use super::{Class, Match};
use crate::number::{Gender, cardinal, ordinal};

/// A reference at the `§` at `at`.
pub(crate) fn at(context: &Context, at: usize) -> Option<Match> {
    let mut cursor = at + 2;
    let plural = context.rest(cursor).starts_with("§".as_bytes());
    if plural {
        cursor += 2;
    }
    cursor = context.past_blanks(cursor);
    let (number, mut end) = numbers(context, cursor)?;
    let word = if plural {
        vec!["paragrafferne".to_string(), "paragraf".to_string()]
    } else {
        vec!["paragraf".to_string()]
    };
    let mut parts = vec![word, number];
    while let Some((spoken, stop)) = part(context, end) {
        parts.push(spoken);
        end = stop;
        if parts.len() > 12 {
            break;
        }
    }
    Some(Match::new(at, end, Class::Legal, combine(&parts, " ")))
}

/// `12`, `12 a`, `3-5`.
fn numbers(context: &Context, at: usize) -> Option<(Vec<String>, usize)> {
    let (first, end) = number(context, at)?;
    let dash = context.dash(end);
    if dash > 0
        && let Some((last, stop)) = number(context, end + dash)
    {
        return Some((combine(&[first, last], " til "), stop));
    }
    Some((first, end))
}

fn number(context: &Context, at: usize) -> Option<(Vec<String>, usize)> {
    if !context.is_digit(at) {
        return None;
    }
    let amount = amount::lex(context, at)?;
    // The comma of "§ 12,3" and all else that is no whole number is left to others.
    let end = amount.whole.end;
    let mut spoken = vec![cardinal::spell(amount.value?, Gender::Neuter)];
    if context.all {
        for reading in cardinal::readings(amount.value?, None, true) {
            crate::number::add(&mut spoken, reading);
        }
    }
    let letter_at = end + context.blank(end);
    let letter = context.at(letter_at);
    if letter.is_ascii_lowercase()
        && context.ends_token(letter_at + 1)
        && !(letter == b'i' && letter_at > end)
    {
        let letter = char::from(letter).to_string();
        return Some((combine(&[spoken, vec![letter]], " "), letter_at + 1));
    }
    if context.after(end).is_some_and(char::is_alphabetic) {
        return None;
    }
    Some((spoken, end))
}

/// `, stk. 3`, `, nr. 2`, `, litra b`, `, 2. pkt.` at `at`.
fn part(context: &Context, at: usize) -> Option<(Vec<String>, usize)> {
    let start = context.past_blanks(at + usize::from(context.at(at) == b','));
    if start == at {
        return None;
    }
    for (form, word) in [
        ("stk.", "stykke"),
        ("nr.", "nummer"),
        ("litra", "litra"),
        ("stykke", "stykke"),
        ("nummer", "nummer"),
    ] {
        if !context.rest(start).starts_with(form.as_bytes()) {
            continue;
        }
        let next = context.past_blanks(start + form.len());
        if form == "litra" {
            let letter = context.at(next);
            let fits =
                letter.is_ascii_alphabetic() && context.ends_token(next + 1) && next > start + form.len();
            return fits
                .then(|| (vec![format!("litra {}", char::from(letter.to_ascii_lowercase()))], next + 1));
        }
        let (spoken, end) = numbers(context, next)?;
        return Some((combine(&[vec![word.to_string()], spoken], " "), end));
    }
    let (n, end) = context.small(start)?;
    let next = context.past_blanks(end + 1);
    let pkt = context.rest(next).starts_with(b"pkt.");
    if context.at(end) != b'.' || !(pkt || context.rest(next).starts_with(b"punktum")) {
        return None;
    }
    let nth = ordinal::readings(n, Gender::Neuter).into_iter().next()?;
    let stop = if pkt && context.sentence_ends(next + 4) { next + 3 } else { next + if pkt { 4 } else { 7 } };
    Some((vec![format!("{nth} punktum")], stop))
}
