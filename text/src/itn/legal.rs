//! References to law: `paragraf tolv stykke tre nummer to`.

use super::cardinal;
use super::phrase::Place;
use super::words::Token;
use crate::verbalize::{Class, Match};

/// `paragraf tolv stykke tre nummer to`
pub(super) fn legal(place: &Place) -> Option<Match> {
    let sign = if place.tokens[0].is("paragraf") { "§" } else { "§§" };
    let (mut numbers, mut next) = reference(place, 1)?;
    let mut long = format!("{} {numbers}", place.tokens[0].lower);
    numbers.insert_str(0, &format!("{sign} "));
    let mut out = numbers;
    if place.is(next, "til")
        && let Some((last, after)) = reference(place, next + 1)
    {
        out.push_str(&format!("-{last}"));
        long.push_str(&format!(" til {last}"));
        next = after;
    }
    loop {
        let (short, word) = match place.tokens.get(next).map(|token| token.lower.as_str()) {
            Some("stykke" | "styk") => ("stk.", "stykke"),
            Some("nummer") => ("nr.", "nummer"),
            Some("litra") => {
                let Some(letter) = place.tokens.get(next + 1).filter(|token| token.lower.len() == 1) else {
                    break;
                };
                out.push_str(&format!(", litra {}", letter.lower));
                long.push_str(&format!(", litra {}", letter.lower));
                next += 2;
                continue;
            }
            _ => {
                let Some(n) =
                    place.tokens.get(next).and_then(Token::ordinal).filter(|_| place.is(next + 1, "punktum"))
                else {
                    break;
                };
                out.push_str(&format!(", {n}. pkt."));
                long.push_str(&format!(", {n}. punktum"));
                next += 2;
                continue;
            }
        };
        let Some((n, after)) = reference(place, next + 1) else { break };
        out.push_str(&format!(", {short} {n}"));
        long.push_str(&format!(", {word} {n}"));
        next = after;
    }
    let bare = out.replace(',', "");
    place.found(next, Class::Legal, vec![out, long, bare])
}

/// A number with the letter that may follow it: `12 a`.
pub(super) fn reference(place: &Place, at: usize) -> Option<(String, usize)> {
    let number = cardinal::parse(place.tokens, at)?;
    let letter = place.tokens.get(number.next).filter(|token| token.lower.len() == 1 && token.lower != "i");
    Some(match letter {
        Some(letter) => (format!("{} {}", number.value, letter.lower), number.next + 1),
        None => (number.value.to_string(), number.next),
    })
}
