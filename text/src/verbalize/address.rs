//! Addresses: `Vestergade 7, 3. tv.`, `1165 København K`.

use super::amount::{self, combine};
use super::context::Context;
use super::lexicon::{TOWNS, is_street};
use super::{Class, Match};
use crate::number::{Gender, add, cardinal, ordinal};

const SIDES: [(&str, &str); 9] = [
    ("t.h.", "til højre"),
    ("th.", "til højre"),
    ("th", "til højre"),
    ("t.v.", "til venstre"),
    ("tv.", "til venstre"),
    ("tv", "til venstre"),
    ("m.f.", "midtfor"),
    ("mf.", "midtfor"),
    ("mf", "midtfor"),
];

/// A house number, a postcode or a floor at `at`, a digit.
pub(crate) fn at(context: &Context, at: usize) -> Option<Match> {
    house(context, at).or_else(|| postcode(context, at)).or_else(|| {
        let (spoken, end) = floor(context, at, true)?;
        Some(Match::new(at, end, Class::Address, spoken))
    })
}

fn house(context: &Context, at: usize) -> Option<Match> {
    let (start, end) = context.word_before_at(at);
    let street = &context.text[start..end];
    if end == at || !street.starts_with(char::is_uppercase) || !is_street(street) {
        return None;
    }
    let digits = context.digits_end(at);
    if digits - at > 3 || context.at(at) == b'0' {
        return None;
    }
    let n = context.bytes[at..digits].iter().fold(0, |n, digit| n * 10 + u64::from(digit - b'0'));
    let mut end = digits;
    let mut parts = vec![cardinal::readings(n, None, context.all)];
    let letter_at = digits + context.blank(digits);
    let letter = context.at(letter_at);
    let upper =
        letter.is_ascii_uppercase() && (letter_at == digits || matches!(context.at(letter_at + 1), b',' | 0));
    if (upper || letter_at == digits && letter.is_ascii_lowercase()) && context.ends_token(letter_at + 1) {
        parts.push(vec![char::from(letter.to_ascii_lowercase()).to_string()]);
        end = letter_at + 1;
    }
    if context.dash(end) > 0 && context.is_digit(end + context.dash(end)) {
        let second_at = end + context.dash(end);
        let second = amount::lex(context, second_at)?;
        parts.push(vec!["til".to_string()]);
        parts.push(second.readings(context, None));
        end = second.end;
    }
    if !context.ends_token(end) || matches!(context.at(end), b'.' | b'/' | b':') && context.is_digit(end + 1)
    {
        return None;
    }
    // "Vejen 12. maj" is no address.
    if context.at(end) == b'.' && context.after(context.past_blanks(end + 1)).is_some_and(char::is_lowercase)
    {
        return None;
    }
    let floor_at = context.past_blanks(end + usize::from(context.at(end) == b','));
    if floor_at > end
        && let Some((spoken, stop)) = floor(context, floor_at, false)
    {
        parts.push(spoken);
        end = stop;
    }
    Some(Match::new(at, end, Class::Address, combine(&parts, " ")))
}

/// `3. tv.`, `2. sal`, `st. th.`, `kld.`; alone it needs the side.
fn floor(context: &Context, at: usize, alone: bool) -> Option<(Vec<String>, usize)> {
    let (mut spoken, mut end) = if context.rest(at).starts_with(b"st.") {
        (vec!["stuen".to_string()], at + 3)
    } else if context.rest(at).starts_with(b"kld.") {
        (vec!["kælderen".to_string(), "kælder".to_string()], at + 4)
    } else {
        let (n, stop) = context.small(at)?;
        if context.at(stop) != b'.' {
            return None;
        }
        (ordinal::readings(n, Gender::Common), stop + 1)
    };
    let mut sal = context.past_blanks(end);
    let mut whole = !context.is_digit(at);
    if context.rest(sal).starts_with(b"sal") && context.ends_token(sal + 3) {
        for reading in &mut spoken {
            reading.push_str(" sal");
        }
        end = sal + 3;
        sal = end;
        whole = true;
    } else if context.all {
        let with: Vec<String> = spoken.iter().map(|reading| format!("{reading} sal")).collect();
        if context.is_digit(at) {
            for reading in with {
                add(&mut spoken, reading);
            }
        }
    }
    let side_at = context.past_blanks(sal + usize::from(context.at(sal) == b','));
    for (form, name) in SIDES {
        let stop = side_at + form.len();
        if !context.rest(side_at).starts_with(form.as_bytes())
            || !(form.ends_with('.') || context.ends_token(stop))
        {
            continue;
        }
        let stop = if form.ends_with('.') && context.sentence_ends(stop) { stop - 1 } else { stop };
        return Some((combine(&[spoken, vec![name.to_string()]], " "), stop));
    }
    (whole && !alone).then_some((spoken, end))
}

/// Four digits before a post town.
fn postcode(context: &Context, at: usize) -> Option<Match> {
    let code = context.exactly(at, 4)?;
    let town_at = context.past_blanks(at + 4);
    let town = context.word_at(town_at);
    if town_at == at + 4 || code < 800 || !TOWNS.contains(town) {
        return None;
    }
    // "i 1864 København": a year where a preposition of time stands.
    if matches!(context.word_before(at), "i" | "I" | "år" | "fra" | "siden" | "til") {
        return None;
    }
    let (head, tail) = (code / 100, code % 100);
    let two = |n: u64| {
        if n < 10 { format!("nul {}", cardinal::below_hundred(n)) } else { cardinal::below_hundred(n).into() }
    };
    let best = match tail {
        0 if head.is_multiple_of(10) => cardinal::spell(code, Gender::Neuter),
        0 => format!("{} hundrede", cardinal::below_hundred(head)),
        _ => format!("{} {}", two(head), two(tail)),
    };
    let mut out = vec![best];
    if context.all {
        if tail > 0 {
            add(
                &mut out,
                format!("{} hundrede {}", cardinal::below_hundred(head), cardinal::below_hundred(tail)),
            );
            add(
                &mut out,
                format!("{} hundrede og {}", cardinal::below_hundred(head), cardinal::below_hundred(tail)),
            );
        } else {
            add(&mut out, format!("{} nul nul", two(head)));
        }
        for one in [Gender::Neuter, Gender::Common] {
            add(&mut out, cardinal::digit_by_digit(context.bytes[at..at + 4].iter().copied(), one));
        }
        for reading in cardinal::readings(code, None, true) {
            add(&mut out, reading);
        }
    }
    Some(Match::new(at, at + 4, Class::Address, out))
}
