//! Telephone numbers: `treogtredive fjorten femogtyve seksogtredive`.

use super::phrase::Place;
use super::words::{Token, word_before};
use crate::number::words::Word;
use crate::verbalize::{Class, Match};

/// Two digits of a telephone number at `at`: `treogtredive`, `nul fem`.
pub(super) fn two_digits(tokens: &[Token], at: usize) -> Option<(u64, usize)> {
    match tokens.get(at)?.cardinal()? {
        0 => tokens.get(at + 1)?.cardinal().filter(|unit| *unit < 10).map(|unit| (unit, at + 2)),
        value @ 10..100 => Some((value, at + 1)),
        _ => None,
    }
}

/// Words that a telephone number follows.
pub(super) fn is_cue(place: &Place) -> bool {
    let own = ["ring", "ringe", "ringer", "ringede", "telefon", "telefonnummer", "mobil", "alarm", "sms"];
    match place.before.as_str() {
        "på" | "til" | "nummer" => own.contains(&word_before(place.text, place.before_start).1.as_str()),
        word => own.contains(&word),
    }
}

pub(super) fn telephone(place: &Place) -> Option<Match> {
    let tokens = place.tokens;
    let (mut at, mut prefix) = (0, String::new());
    if place.is(0, "plus") {
        let (code, next) = two_digits(tokens, 1)?;
        prefix = format!("+{code} ");
        at = next;
    }
    let mut pairs = Vec::new();
    let mut next = at;
    while pairs.len() < 5
        && let Some((pair, after)) = two_digits(tokens, next)
    {
        pairs.push(format!("{pair:02}"));
        next = after;
    }
    let more =
        |next: usize| matches!(place.word(next), Some(Word::Cardinal(_) | Word::Hundred(_) | Word::Scale(_)));
    if pairs.len() == 4 && !more(next) {
        return place.found(
            next,
            Class::Telephone,
            vec![format!("{prefix}{}", pairs.join(" ")), format!("{prefix}{}", pairs.concat())],
        );
    }
    if at > 0 {
        return None;
    }
    let digits: String = tokens
        .iter()
        .map_while(|token| token.cardinal().filter(|digit| *digit < 10))
        .map(|digit| digit.to_string())
        .collect();
    let count = digits.len();
    if more(count) {
        return None;
    }
    let known = matches!(digits.as_str(), "112" | "113" | "114");
    if count == 8 {
        let pairs: Vec<&str> = (0..4).map(|pair| &digits[2 * pair..2 * pair + 2]).collect();
        return place.found(8, Class::Telephone, vec![pairs.join(" "), digits.clone()]);
    }
    let is_run = count >= 3 && (place.is_whole(count) || is_cue(place)) || count > 8;
    (is_run || known && is_cue(place))
        .then(|| place.found(count, Class::Telephone, vec![digits.clone(), place.original(count)]))
        .flatten()
}
