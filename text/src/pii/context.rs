//! The words beside a number, which say what it is.

use super::table::{Folded, Table, rows};
use std::sync::LazyLock;

/// What a word says of the number beside it, as a set of bits.
pub(super) type Roles = u32;

pub(super) const CPR: Roles = 1;
pub(super) const CVR: Roles = 1 << 1;
pub(super) const PNR: Roles = 1 << 2;
pub(super) const PHONE: Roles = 1 << 3;
pub(super) const REG: Roles = 1 << 4;
pub(super) const ACCOUNT: Roles = 1 << 5;
pub(super) const BANK: Roles = 1 << 6;
pub(super) const IBAN: Roles = 1 << 7;
pub(super) const CARD: Roles = 1 << 8;
pub(super) const PLATE: Roles = 1 << 9;
pub(super) const CASE: Roles = 1 << 10;
pub(super) const DOB: Roles = 1 << 11;
/// A number of another kind, such as an order.
pub(super) const OTHER: Roles = 1 << 12;
/// An amount or a unit.
pub(super) const AMOUNT: Roles = 1 << 13;
pub(super) const ADDRESS: Roles = 1 << 14;
/// A version or section, where four numbers with stops are no IP address.
pub(super) const VERSION: Roles = 1 << 15;
pub(super) const IP: Roles = 1 << 16;

const TABLE: &str = include_str!("../../data/pii/keywords.tsv");

static WORDS: LazyLock<Table<Roles>> = LazyLock::new(|| {
    let row = |fields: Vec<&'static str>| Some((*fields.first()?, roles(fields.get(1)?)));
    Table::new(rows(TABLE).filter_map(row), |a, b| a | b)
});

fn roles(names: &str) -> Roles {
    names.split(',').map(role).fold(0, |a, b| a | b)
}

fn role(name: &str) -> Roles {
    match name {
        "cpr" => CPR,
        "cvr" => CVR,
        "pnr" => PNR,
        "phone" => PHONE,
        "reg" => REG,
        "account" => ACCOUNT,
        "bank" => BANK,
        "iban" => IBAN,
        "card" => CARD,
        "plate" => PLATE,
        "case" => CASE,
        "dob" => DOB,
        "other" => OTHER,
        "amount" => AMOUNT,
        "address" => ADDRESS,
        "version" => VERSION,
        "ip" => IP,
        _ => 0,
    }
}

/// Ends of compounds that keep their meaning: `privattelefon`, `lønkonto`.
const COMPOUND_ENDS: [(&str, Roles); 14] = [
    ("telefon", PHONE),
    ("telefonen", PHONE),
    ("tlf", PHONE),
    ("mobil", PHONE),
    ("konto", ACCOUNT),
    ("cpr", CPR),
    ("plade", PLATE),
    ("adresse", ADDRESS),
    ("tallene", OTHER),
    ("kode", OTHER),
    ("koden", OTHER),
    ("reference", OTHER),
    ("beløb", AMOUNT),
    ("beløbet", AMOUNT),
];

const NUMBER_WORDS: [&str; 6] = ["nummeret", "nummer", "numre", "number", "nr", "no"];

/// How many words are read on each side.
const WORDS_BEFORE: usize = 7;
const WORDS_AFTER: usize = 4;
/// And how many bytes.
const BYTES: usize = 120;

/// The words before a number.
#[derive(Clone, Copy, Default)]
pub(super) struct Before {
    /// What the nearest word that says anything says.
    pub(super) nearest: Roles,
    /// Its distance in words, from 1.
    pub(super) distance: usize,
    /// What all of them say.
    pub(super) all: Roles,
}

impl Before {
    pub(super) fn says(&self, roles: Roles) -> bool {
        self.nearest & roles != 0
    }
}

/// Reads the words before byte `at`, nearest first.
pub(super) fn before(text: &str, at: usize) -> Before {
    let mut found = Before::default();
    let mut end = at;
    let mut number_word = false;
    for distance in 1..=WORDS_BEFORE {
        let Some((start, word_end)) = word_before(text, end, at) else { break };
        let word = text[start..word_end].trim_matches(is_joint);
        end = start;
        let Some(folded) = Folded::new(word) else { break };
        let word = folded.as_str();
        if NUMBER_WORDS.contains(&word) {
            number_word = true;
            continue;
        }
        let roles =
            if number_word { numbered(word).unwrap_or_else(|| roles_of(word)) } else { roles_of(word) };
        number_word = false;
        if roles != 0 {
            if found.nearest == 0 {
                found.nearest = roles;
                found.distance = distance;
            }
            found.all |= roles;
        }
    }
    found
}

/// What the word right before byte `at` says, with a `nr.` of its own joined to it.
pub(super) fn just_before(text: &str, at: usize) -> Roles {
    let Some((start, end)) = word_before(text, at, at) else { return 0 };
    let Some(word) = Folded::new(text[start..end].trim_matches(is_joint)) else { return 0 };
    if !NUMBER_WORDS.contains(&word.as_str()) {
        return roles_of(word.as_str());
    }
    let Some((start, end)) = word_before(text, start, at) else { return 0 };
    let word = Folded::new(text[start..end].trim_matches(is_joint));
    word.and_then(|word| numbered(word.as_str())).unwrap_or(0)
}

/// Reads the words after byte `at`, to the end of the sentence; what the nearest one says.
pub(super) fn after(text: &str, at: usize) -> Roles {
    let mut rest = text.get(at..floor(text, at + BYTES)).unwrap_or("");
    for _ in 0..WORDS_AFTER {
        let start = rest.find(|c: char| c.is_alphanumeric() || c == '%' || c == '€').unwrap_or(rest.len());
        // Past a stop or a line end it is about something else.
        if rest[..start].contains(['\n', '!', '?']) || rest[..start].contains(". ") || start > 8 {
            return 0;
        }
        rest = &rest[start..];
        if rest.starts_with(['%', '€']) {
            return AMOUNT;
        }
        let len = rest.find(|c: char| !(c.is_alphanumeric() || is_joint(c))).unwrap_or(rest.len());
        let Some(word) = Folded::new(rest[..len].trim_matches(is_joint)) else { return 0 };
        let roles = roles_of(word.as_str());
        if roles != 0 {
            return roles;
        }
        rest = &rest[len..];
    }
    0
}

fn is_joint(c: char) -> bool {
    matches!(c, '-' | '.' | '/' | '_' | '\'' | '’' | '\u{2011}')
}

/// The bounds of the word that ends before `end`, no further from `anchor` than [`BYTES`].
fn word_before(text: &str, end: usize, anchor: usize) -> Option<(usize, usize)> {
    let lowest = floor(text, anchor.saturating_sub(BYTES));
    let mut lines = 0;
    let mut word_end = None;
    let mut start = end;
    for (at, c) in text.get(lowest..end)?.char_indices().rev() {
        let at = lowest + at;
        if c.is_alphanumeric() || (word_end.is_some() && is_joint(c)) {
            word_end.get_or_insert(at + c.len_utf8());
            start = at;
        } else if word_end.is_some() {
            break;
        } else {
            lines += usize::from(c == '\n');
            if lines > 1 || matches!(c, '!' | '?') {
                return None;
            }
        }
    }
    word_end.map(|word_end| (start, word_end))
}

/// The nearest character bound at or below `at`.
pub(super) fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn roles_of(word: &str) -> Roles {
    if word.starts_with(|c: char| c.is_ascii_digit()) {
        return 0;
    }
    if let Some(roles) = WORDS.get(word) {
        return roles;
    }
    for end in NUMBER_WORDS {
        let Some(stem) = word.strip_suffix(end) else { continue };
        let stem = stem.trim_end_matches(is_joint);
        // Words such as "piano" and "casino" end in no as well.
        if let Some(roles) = numbered(stem) {
            return roles;
        }
        if end != "no" && !stem.is_empty() {
            let last = stem.rsplit(is_joint).next().unwrap_or(stem);
            return numbered(last).unwrap_or(OTHER);
        }
    }
    if word.contains(is_joint) {
        let roles = word.split(is_joint).filter(|piece| piece.len() > 1).map(|p| WORDS.get(p).unwrap_or(0));
        return roles.fold(0, |a, b| a | b);
    }
    let end = COMPOUND_ENDS.iter().find(|(end, _)| word.ends_with(end));
    end.map_or_else(|| if word.starts_with("cpr") { CPR } else { 0 }, |(_, roles)| *roles)
}

/// What `stem` says with a word for number after it.
fn numbered(stem: &str) -> Option<Roles> {
    let mut key = [0u8; Folded::MAX + 1];
    key.get_mut(..stem.len())?.copy_from_slice(stem.as_bytes());
    key[stem.len()] = b'#';
    WORDS.get(std::str::from_utf8(&key[..=stem.len()]).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_parses() {
        for fields in rows(TABLE) {
            assert_eq!(fields.len(), 2, "{fields:?}");
            assert!(fields[1].split(',').all(|name| role(name) != 0), "{fields:?}");
            assert_eq!(fields[0], fields[0].to_lowercase());
        }
        assert!(WORDS.len() > 400);
    }

    #[test]
    fn number_words_join_as_they_are_written() {
        for text in
            ["CPR-nr.: ", "cprnummer ", "cpr nr. ", "Cpr.nr. ", "cprNummer\":\"", "personnummer=", "CPR"]
        {
            assert_eq!(before(text, text.len()).nearest, CPR, "{text}");
        }
        for (text, roles) in [
            ("Moms-/SE-nr. ", CVR),
            ("P-nr.: ", PNR),
            ("J.nr. ", CASE),
            ("Faktura nr. ", OTHER),
            ("kontonr. ", ACCOUNT),
        ] {
            assert_eq!(before(text, text.len()).nearest, roles, "{text}");
        }
        assert_eq!(before("Hendes nummer er ", 17).nearest, 0);
    }

    #[test]
    fn the_nearest_word_decides() {
        let text = "CPR og telefon: ";
        let found = before(text, text.len());
        assert_eq!((found.nearest, found.distance, found.all), (PHONE, 1, PHONE | CPR));
        assert_eq!(after(" er mit cpr-nummer", 0), CPR);
        assert_eq!(after(". Cpr er", 0), 0);
    }
}
