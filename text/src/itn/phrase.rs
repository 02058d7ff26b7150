//! The rules: what a phrase of number words is, by the words beside it.

use super::address::{electronic, in_address, postcode};
use super::cardinal::{self, grouped};
use super::legal::legal;
use super::ordinal::{decade, long_ordinal, ordinal};
use super::quantity::{counts, decimal, half, one_and_a_half, quantity, unit, with_scale};
use super::telephone::telephone;
use super::words::Token;
use super::{time, year};
use crate::number::words::Word;
use crate::verbalize::lexicon::MONTHS;
use crate::verbalize::{Class, Match};

/// Cardinals below this stay words in running text, as Dansk Sprognævn advises.
pub(super) const SMALL: u64 = 10;

/// Where a phrase stands.
pub(crate) struct Place<'t> {
    pub(crate) text: &'t str,
    pub(crate) tokens: &'t [Token],
    pub(crate) before: String,
    pub(crate) before_start: usize,
    /// Start of the text not yet taken.
    pub(crate) last: usize,
}

impl Place<'_> {
    pub(super) fn start(&self) -> usize {
        self.tokens[0].start
    }

    pub(super) fn end(&self, next: usize) -> usize {
        self.tokens[next - 1].end
    }

    pub(super) fn is(&self, at: usize, word: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is(word))
    }

    pub(super) fn word(&self, at: usize) -> Option<Word> {
        self.tokens.get(at)?.word
    }

    /// Are the words up to `next` the whole text?
    pub(super) fn is_whole(&self, next: usize) -> bool {
        let around = |part: &str| part.len() < 16 && part.trim().is_empty();
        around(&self.text[..self.start()]) && around(&self.text[self.end(next)..])
    }

    pub(super) fn found(&self, next: usize, class: Class, readings: Vec<String>) -> Option<Match> {
        let mut unique: Vec<String> = Vec::with_capacity(readings.len());
        for reading in readings {
            crate::number::add(&mut unique, reading);
        }
        Some(Match::new(self.start(), self.end(next), class, unique))
    }

    pub(super) fn original(&self, next: usize) -> String {
        self.text[self.start()..self.end(next)].to_string()
    }
}

/// What the phrase at `place` is written as.
pub(crate) fn find(place: &Place) -> Option<Match> {
    let first = place.tokens.first()?;
    match first.lower.as_str() {
        "klokken" => return clock(place),
        "paragraf" | "paragrafferne" => return legal(place),
        "minus" => return minus(place),
        "halvanden" => return one_and_a_half(place),
        "plus" => return telephone(place),
        "snabela" | "snabel" => return electronic(place),
        _ => {}
    }
    if let Some(found) = decade(place) {
        return Some(found);
    }
    match first.word? {
        Word::Ordinal(n) => ordinal(place, n),
        _ => telephone(place).or_else(|| number(place)),
    }
}

fn clock(place: &Place) -> Option<Match> {
    let clock = time::parse(place.tokens, 1)?;
    let head = if place.text[place.start()..].starts_with('K') { "Kl." } else { "kl." };
    let word = &place.text[place.start()..place.tokens[0].end];
    let mut out: Vec<String> = clock.written().iter().map(|time| format!("{head} {time}")).collect();
    out.extend(clock.written().iter().map(|time| format!("{word} {time}")));
    out.push(place.original(clock.next));
    place.found(clock.next, Class::Time, out)
}

fn minus(place: &Place) -> Option<Match> {
    // "ti minus fem" is a sum.
    if crate::number::words::lookup(&place.before).is_some() {
        return None;
    }
    let number = cardinal::parse(place.tokens, 1)?;
    let sub = Place {
        tokens: &place.tokens[1..],
        before: String::new(),
        before_start: place.start(),
        text: place.text,
        last: place.last,
    };
    let inner = self::number(&sub)?;
    let is_number =
        inner.readings.first().is_some_and(|reading| reading.starts_with(|c: char| c.is_ascii_digit()));
    let (best, end) = if is_number {
        (inner.readings, inner.end)
    } else {
        (vec![grouped(number.value)], place.end(number.next))
    };
    let mut out: Vec<String> = best
        .iter()
        .filter(|reading| reading.starts_with(|c: char| c.is_ascii_digit()))
        .map(|reading| format!("-{reading}"))
        .collect();
    out.extend(best.iter().map(|reading| format!("\u{2212}{reading}")));
    let class = if inner.class == Class::Cardinal || !is_number { Class::Cardinal } else { inner.class };
    Some(Match::new(place.start(), end, class, out))
}

fn number(place: &Place) -> Option<Match> {
    if let Some(found) = in_address(place) {
        return Some(found);
    }
    if let Some(found) = postcode(place).or_else(|| as_year(place)) {
        return Some(found);
    }
    let number = cardinal::parse(place.tokens, 0)?;
    if let Some(found) = long_ordinal(place, &number) {
        return Some(found);
    }
    let next = number.next;
    let article = next == 1 && (place.is(0, "en") || place.is(0, "et"));
    if place.is(next, "komma") {
        return decimal(place, &number);
    }
    let follower = place.tokens.get(next).map(|token| token.lower.as_str()).unwrap_or_default();
    if follower.ends_with("dele") || follower.ends_with("del") && (article || follower.ends_with("edel")) {
        return None;
    }
    if let Some(found) = half(place, &number, article) {
        return Some(found);
    }
    if article {
        return place
            .is_whole(1)
            .then(|| place.found(1, Class::Cardinal, vec!["1".into(), place.original(1)]))
            .flatten();
    }
    let written = grouped(number.value);
    let bare = number.value.to_string();
    let mut forms = vec![written, bare];
    if let Some(exponent) = number.round.filter(|_| !place.is_whole(next)) {
        forms.splice(0..0, with_scale(number.value, exponent));
    }
    // "tusind tak", "et par hundrede", "flere hundrede tusinde": said, not counted.
    let lone = matches!(place.word(0), Some(Word::Hundred(1) | Word::Scale(3)));
    let vague = [
        "par",
        "flere",
        "mange",
        "nogle",
        "adskillige",
        "få",
        "hver",
        "halvt",
        "halve",
        "hundrede",
        "tusind",
        "tusinde",
    ];
    let thanks = ["tak", "gange", "ting", "kys", "undskyldninger"];
    if lone && (vague.contains(&place.before.as_str()) || next == 1 && thanks.contains(&follower)) {
        return None;
    }
    if let Some(found) = quantity(place, &forms, next, Some(number.value)) {
        return Some(found);
    }
    // The verb: "ti stille", "tie og ti".
    let silent = ["stille", "dog", "dig", "jer", "kvær", "bomstille"];
    if place.is(0, "ti") && next == 1 && (silent.contains(&follower) || place.before == "tie") {
        return None;
    }
    // "to tyve": thieves.
    if place.is(0, "tyve") && next == 1 && crate::number::words::lookup(&place.before).is_some() {
        return None;
    }
    // "fem til tyve": both in digits.
    let last = cardinal::parse(place.tokens, next + 1).filter(|_| place.is(next, "til"));
    let ranged = last.is_some_and(|last| last.value >= SMALL);
    if number.value < SMALL && !place.is_whole(next) && !ranged {
        forms.insert(0, place.original(next));
    } else {
        forms.push(place.original(next));
    }
    place.found(next, Class::Cardinal, forms)
}

fn as_year(place: &Place) -> Option<Match> {
    let dating = year::is_dating(&place.before) || MONTHS.contains(&place.before.as_str());
    if let Some((value, next)) = year::pair(place.tokens, 0) {
        let first = value / 100;
        let compound = value % 100 > 20 && !value.is_multiple_of(10);
        let clear =
            dating || place.is_whole(next) || (13..20).contains(&first) && compound && !counts(place, next);
        let unit = counts(place, next) && unit(place, next).is_some();
        return (clear && !unit)
            .then(|| place.found(next, Class::Year, vec![value.to_string(), place.original(next)]))
            .flatten();
    }
    if !dating {
        // "nitten hundrede og nioghalvtreds" alone is a year, "femten hundrede" need not be.
        let number = cardinal::parse(place.tokens, 0)?;
        let in_hundreds =
            matches!(place.word(1), Some(Word::Hundred(1))) && (1_600..2_000).contains(&number.value);
        let alone = in_hundreds && place.is_whole(number.next) && !number.value.is_multiple_of(100);
        let forms = vec![number.value.to_string(), grouped(number.value)];
        return alone.then(|| place.found(number.next, Class::Year, forms)).flatten();
    }
    let (value, next) = year::expected(place.tokens, 0)
        .filter(|(value, _)| (1_001..2_100).contains(value) || *value == 2_100)?;
    let scale =
        matches!(place.word(next), Some(Word::Scale(_) | Word::Hundred(_))) || place.is(next, "komma");
    (!counts(place, next) && !scale)
        .then(|| place.found(next, Class::Year, vec![value.to_string(), grouped(value)]))
        .flatten()
}
