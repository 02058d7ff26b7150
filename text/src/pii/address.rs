//! Postal addresses: street, house number, floor and side, postcode and town.

use super::context;
use super::dob;
use super::groups::{char_before, run_end, word_at};
use super::lexicon;
use super::postcode::{Town, town_end};
use super::scan::Number;
use super::table::{Folded, Table, rows};
use super::{Label, Span};
use std::sync::LazyLock;

const STREETS: &str = include_str!("../../data/pii/streets.tsv");

/// How much the end of a street's name says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Strength {
    Weak,
    Strong,
}

static ENDINGS: LazyLock<Table<Strength>> = LazyLock::new(|| {
    let row = |fields: Vec<&'static str>| {
        let strength = if *fields.get(1)? == "strong" { Strength::Strong } else { Strength::Weak };
        Some((*fields.first()?, strength))
    };
    Table::new(rows(STREETS).filter_map(row), |a, _| a)
});

/// The longest ending of a street's name, in bytes.
const ENDING_MAX: usize = 12;

/// Words that stand before the last word of a street's name.
const PREFIXES: [&str; 40] = [
    "Gl",
    "Gammel",
    "Gamle",
    "Ny",
    "Nye",
    "Nr",
    "Ndr",
    "Nordre",
    "Nørre",
    "Sdr",
    "Søndre",
    "Sønder",
    "Øster",
    "Østre",
    "Ø",
    "Vester",
    "Vestre",
    "V",
    "Store",
    "St",
    "Lille",
    "Ll",
    "Skt",
    "Sankt",
    "Sct",
    "Sønderjyske",
    "Kongens",
    "Dronningens",
    "Kgs",
    "Amager",
    "Roskilde",
    "Frederiksberg",
    "Københavns",
    "Kirke",
    "Lyngby",
    "Indre",
    "Ydre",
    "Øvre",
    "Nedre",
    "Midt",
];

/// Prepositions that open a street's name, such as Ved Stranden.
const OPENERS: [&str; 5] = ["Ved", "Bag", "Under", "Over", "Mellem"];

/// Streets that many towns have, and are told apart by the town before them: Ballerup Byvej.
const OF_TOWNS: [&str; 18] = [
    "landevej",
    "strandvej",
    "kirkevej",
    "kirkegade",
    "bygade",
    "byvej",
    "skolevej",
    "stationsvej",
    "møllevej",
    "hovedgade",
    "søvej",
    "skovvej",
    "havnevej",
    "mosevej",
    "engvej",
    "parkvej",
    "ringvej",
    "strandgade",
];

/// Roads that are no addresses.
const NO_STREET: [&str; 10] = [
    "motorvej",
    "motorvejen",
    "hovedvej",
    "hovedvejen",
    "omfartsvej",
    "landevejen",
    "cykelsti",
    "cykelstien",
    "arbejdsplads",
    "arbejdspladsen",
];

/// What the part in front of the house number is.
struct Street {
    start: usize,
    strength: Option<Strength>,
}

/// The address whose house number starts where `number` does.
pub(super) fn at(number: &Number) -> Option<Span> {
    let (text, at) = (number.text, number.groups.start);
    let bytes = text.as_bytes();
    let digits = number.groups.run_end - at;
    if digits > 3 || bytes.get(at) == Some(&b'0') {
        return None;
    }
    // "Lars Holm 20 30 40 50": a surname that ends as streets do, and a telephone number.
    if matches!(number.groups.counts(), [2, 2, 2, 2, ..]) {
        return None;
    }
    let before_space = text[..at].strip_suffix([' ', '\u{a0}'])?;
    let street = street_before(text, before_space.len())?;
    if dob::with_month_name(text, at + digits).is_some() {
        return None;
    }
    let house_end = house_number_end(text, at)?;
    let (floor_end, floor) = floor_end(text, house_end);
    let (end, town) = match town_end(text, floor_end) {
        Some((end, town)) => (end, Some(town)),
        None => (floor_end, None),
    };
    let has_word = || context::before(text, street.start).says(context::ADDRESS);
    let (score, reason) = match (street.strength, town, floor) {
        (Some(_), Some(Town::OfPostcode), _) => (0.98, "street+postcode+town"),
        (Some(_), Some(_), _) => (0.95, "street+postcode"),
        (Some(_), None, true) => (0.85, "street+floor"),
        (Some(Strength::Strong), None, false) if !unit_follows(text, end) => (0.75, "street"),
        (Some(Strength::Weak), None, false) if has_word() => (0.6, "street+word"),
        (Some(_), None, false) => (0.3, "street"),
        (None, Some(Town::OfPostcode), _) => (0.85, "postcode+town"),
        (None, Some(Town::Other), _) => (0.7, "postcode+town"),
        (None, None | Some(Town::Missing), true) if has_word() => (0.6, "floor+word"),
        (None, None | Some(Town::Missing), _) => return None,
    };
    Some(Span { range: street.start..end, label: Label::Address, score, reason })
}

fn unit_follows(text: &str, at: usize) -> bool {
    context::after(text, at) & context::AMOUNT != 0 || text[at..].starts_with([':', '%'])
}

/// The capitalised word that ends at byte `end`: its start and itself, a closing stop left out.
fn word_before(text: &str, end: usize) -> Option<(usize, &str)> {
    let is_part = |c: &char| c.is_alphabetic() || matches!(c, '-' | '\'' | '’' | 'é' | '.');
    let len: usize = text[..end].chars().rev().take(48).take_while(is_part).map(char::len_utf8).sum();
    let word = &text[end - len..end];
    let word = word.trim_start_matches(['-', '\'', '’', '.']);
    let start = end - word.len();
    let lead = char_before(text, start);
    (word.starts_with(char::is_uppercase) && !lead.is_some_and(char::is_alphanumeric))
        .then(|| (start, word.trim_end_matches('.')))
}

fn street_before(text: &str, end: usize) -> Option<Street> {
    let (start, word) = word_before(text, end)?;
    if text[..end].ends_with('.') || word.chars().count() < 2 {
        return None;
    }
    let folded = Folded::new(word)?;
    let lower = folded.as_str();
    if NO_STREET.contains(&lower) {
        return None;
    }
    let alone = ENDINGS.get(lower);
    let strength = alone.or_else(|| ending(lower));
    let opened = sentence_start(text, start);
    let (mut first, mut words) = (start, 1);
    // Vej, Gade and the like stand last in names of several words; otherwise only some words may precede.
    while words < 5 {
        let Some(head) = text[..first].strip_suffix([' ', '\u{a0}']) else { break };
        let Some((start, word)) = word_before(text, head.len()) else { break };
        let dotted = head.ends_with('.');
        let known = PREFIXES.contains(&word)
            || (lexicon::info(word) & lexicon::PLACE != 0 && OF_TOWNS.contains(&lower))
            || (OPENERS.contains(&word) && !sentence_start(text, start))
            || (alone.is_some() && !dotted && word.ends_with('s') && word.len() > 3)
            || (alone.is_some() && !dotted && words == 1 && !sentence_start(text, start) && word.len() > 2)
            || (words > 1 && alone.is_some() && !sentence_start(text, start) && !dotted)
            || (alone.is_some() && dotted && word.contains('.'))
            || (alone.is_some() && dotted && words > 1 && word.chars().count() <= 3);
        if !known {
            break;
        }
        first = start;
        words += 1;
    }
    let strength = match alone {
        // Torvet and Havnen are streets of their own, but words as well.
        Some(_) if words == 1 => {
            (opened && !lower.starts_with("torv")).then_some(Strength::Weak).or(Some(Strength::Weak))
        }
        Some(_) => Some(Strength::Strong),
        None => strength,
    };
    Some(Street { start: first, strength })
}

/// The strength of the longest ending of `word` with two letters or more before it.
fn ending(word: &str) -> Option<Strength> {
    let longest = word.len().saturating_sub(2).min(ENDING_MAX);
    (2..=longest).rev().find_map(|len| ENDINGS.get(word.get(word.len() - len..)?))
}

/// Whether a sentence may start at byte `at`, so that the capital letter says nothing.
pub(super) fn sentence_start(text: &str, at: usize) -> bool {
    let floor = context::floor(text, at.saturating_sub(16));
    let before =
        text[floor..at].trim_end_matches([' ', '\u{a0}', '"', '»', '“', '”', '(', '\'', '–', '-', '*', '[']);
    before.is_empty() && floor == 0
        || before.ends_with(['.', '!', '?', '\n', '\r', '\t', ':', ';', '•', '|', '>', '…'])
}

/// Where the house number at byte `at` ends: `12`, `12B`, `12 B`, `12-14`, `60A-64`.
fn house_number_end(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut end = run_end(bytes, at);
    end = letter_end(text, end);
    if let Some(rest) = text[end..].strip_prefix(['-', '–']) {
        let from = text.len() - rest.len();
        let to = run_end(bytes, from);
        if (1..=3).contains(&(to - from)) {
            end = letter_end(text, to);
        } else {
            return None;
        }
    }
    let next = text[end..].chars().next();
    let number =
        |c: char| matches!(c, '.' | ',' | '/' | ':') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
    (!next.is_some_and(char::is_alphanumeric) && !next.is_some_and(number)).then_some(end)
}

/// Past the letter of a house number, with or without a space before it.
fn letter_end(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    let spaced = rest.strip_prefix(' ');
    let mut chars = spaced.unwrap_or(rest).chars();
    let Some(letter) = chars.next() else { return at };
    let alone = !chars.next().is_some_and(|c| c.is_alphanumeric() || c == '.');
    // With a space only capitals: "12 i" is the next word.
    let fits = if spaced.is_some() { matches!(letter, 'A'..='H') } else { letter.is_ascii_alphabetic() };
    if fits && alone { at + usize::from(spaced.is_some()) + 1 } else { at }
}

/// Where floor and side after byte `at` end, and whether there are any: `, 2. t.h.`, ` st. tv`, `, 3. sal`.
fn floor_end(text: &str, at: usize) -> (usize, bool) {
    let gap = |at: usize, signs: &[char]| {
        let rest = text[at..].trim_start_matches(signs);
        if text.len() - rest.len() - at <= 3 { text.len() - rest.len() } else { at }
    };
    let word = |at: usize| {
        text[at..].chars().take(8).take_while(|c| c.is_alphabetic()).map(char::len_utf8).sum::<usize>()
    };
    let start = gap(at, &[',', ' ']);
    if start == at {
        return (at, false);
    }
    let bytes = text.as_bytes();
    let digits = run_end(bytes, start) - start;
    let name_len = word(start);
    let name = text[start..start + name_len].to_lowercase();
    let mut end;
    let mut certain = false;
    if (1..=2).contains(&digits) && text[start + digits..].starts_with(['.', ' ']) {
        end = start + digits;
    } else if matches!(name.as_str(), "st" | "kl" | "stuen" | "kld" | "kælder" | "mezz") {
        end = start + name_len;
        certain = name == "stuen";
    } else {
        return (at, false);
    }
    end += usize::from(text[end..].starts_with('.'));
    let next = gap(end, &[' ', ',', '.']);
    let len = word(next);
    if text[next..next + len].eq_ignore_ascii_case("sal") {
        end = next + len;
        certain = true;
    }
    let next = gap(end, &[' ', ',', '.']);
    let rest = &text[next..];
    for side in ["t.h.", "t.v.", "m.f.", "t.h", "t.v", "m.f", "th.", "tv.", "mf.", "th", "tv", "mf"] {
        let fits = rest.get(..side.len()).is_some_and(|head| head.eq_ignore_ascii_case(side));
        if fits && !word_at(text, next + side.len()) {
            // The stop of "th." at the end of a sentence is the sentence's.
            let stop = side.ends_with('.') && side.len() == 3 && rest[3..].trim_start_matches(' ').is_empty();
            return (next + side.len() - usize::from(stop), true);
        }
    }
    for door in ["dør ", "lejl. ", "lejlighed ", "vær. "] {
        if let Some(after) = rest.strip_prefix(door) {
            let len = after.bytes().take(5).take_while(u8::is_ascii_digit).count();
            if len > 0 {
                return (next + door.len() + len, true);
            }
        }
    }
    if certain { (end, true) } else { (at, false) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pii::find;

    #[test]
    fn every_row_parses() {
        assert!(rows(STREETS).all(|fields| matches!(fields[..], [_, "strong" | "weak"])));
    }

    #[test]
    fn addresses_in_their_parts() {
        for address in [
            "Nørregade 12, 2. t.h., 1165 København K",
            "Ærøvej 5, 8800 Viborg",
            "Ndr. Ringgade 1, 8000 Aarhus C",
            "Gl. Landevej 7, Bov, 6330 Padborg",
            "H.C. Andersens Boulevard 45, 4. tv, 1553 København V",
            "Carl Jacobsens Vej 16",
            "Skovvænget 12B, st. th",
            "Lyngbyvej 100-102",
            "Frederiksberg Allé 3, 1820 Frederiksberg C",
            "Kirkebjerg 7, 6200 Aabenraa",
            "Vesterbrogade 3 A, 3. sal",
            "Algade 4, 4500 Nykøbing Sj",
            "Bygaden 8, DK-2800 Kongens Lyngby",
        ] {
            let text = format!("Borgeren bor på {address}, siger han");
            let spans = find(&text);
            assert_eq!(spans.iter().map(|s| &text[s.range.clone()]).collect::<Vec<_>>(), [address]);
            assert_eq!(spans[0].label, Label::Address);
        }
    }

    #[test]
    fn what_is_no_address() {
        for text in [
            "Kommunen fik 1165 klager i 2200 sager.",
            "Have 2 børn",
            "Motorvejen 12 km",
            "Den 3. maj på Nørregade",
            "Frederikshavn 3-1",
            "Strandvej 4. maj",
            "Side 2, 2100 ord",
        ] {
            assert!(find(text).is_empty(), "{text} {:?}", find(text));
        }
    }
}
