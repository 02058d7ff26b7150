//! The lists of names, and of the words that decide whether a capitalised word is one.

use super::table::{Folded, Table, rows};
use std::sync::LazyLock;

const NAMES: &str = include_str!("../../data/pii/names.tsv");
const CONTEXT: &str = include_str!("../../data/pii/name_context.tsv");

/// What the lists know of a word, as a set of bits.
pub(super) type Info = u16;

pub(super) const GIVEN: Info = 1;
pub(super) const SURNAME: Info = 1 << 1;
/// Also an ordinary word.
pub(super) const WORD: Info = 1 << 2;
/// Also a place, a god or a brand; or only that.
pub(super) const PLACE: Info = 1 << 3;
/// Ends the name of an organisation, a place or a thing.
pub(super) const ORG: Info = 1 << 4;
/// Never part of a name.
pub(super) const STOP: Info = 1 << 5;
/// A name may follow (in lower case).
pub(super) const TITLE: Info = 1 << 6;
/// The name of an organisation, an animal or a thing may follow (in lower case).
pub(super) const ORG_BEFORE: Info = 1 << 7;
/// The first word of a phrase that is no person.
const NO_PERSON: Info = 1 << 8;

pub(super) const NAME: Info = GIVEN | SURNAME;

static WORDS: LazyLock<Table<Info>> = LazyLock::new(|| {
    let names =
        rows(NAMES).filter_map(|fields| Some((*fields.first()?, name_info(fields.get(1)?, fields.get(2)?))));
    let context = rows(CONTEXT).filter_map(|fields| {
        let (form, role) = (*fields.first()?, *fields.get(1)?);
        let first = if role == "no-person" { form.split(' ').next()? } else { form };
        Some((first, role_info(role)))
    });
    Table::new(names.chain(context), |a, b| a | b)
});

static NO_PERSONS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    rows(CONTEXT)
        .filter(|fields| fields.get(1) == Some(&"no-person"))
        .filter_map(|f| f.first().copied())
        .collect()
});

fn name_info(usage: &str, notes: &str) -> Info {
    let used = |letter| usage.contains(letter);
    let noted = |note| notes.split(',').any(|n| n == note);
    let signs = [(used('g'), GIVEN), (used('s'), SURNAME), (noted("word"), WORD), (noted("place"), PLACE)];
    signs.iter().filter(|(set, _)| *set).fold(0, |info, (_, sign)| info | sign)
}

fn role_info(role: &str) -> Info {
    match role {
        "title" => TITLE,
        "org" => ORG,
        "org-before" => ORG_BEFORE,
        "place" => PLACE,
        "word" => STOP,
        "no-person" => NO_PERSON,
        _ => 0,
    }
}

/// What the lists know of `word`, as it is written.
pub(super) fn info(word: &str) -> Info {
    let info = WORDS.get(word).unwrap_or(0);
    // A name that is on the list of words too is a name that is also a word.
    if info & NAME != 0 && info & STOP != 0 { info & !STOP | WORD } else { info }
}

/// What the lists know of `word` in lower case: titles and the like.
pub(super) fn lower_info(word: &str) -> Info {
    Folded::new(word).map_or(0, |folded| WORDS.get(folded.as_str()).unwrap_or(0)) & (TITLE | ORG_BEFORE)
}

/// The length of the phrase at the start of `text` that looks like a person and is none, such as Ali Baba.
pub(super) fn no_person(text: &str, first: Info) -> Option<usize> {
    if first & NO_PERSON == 0 {
        return None;
    }
    let fits = |phrase: &&&str| {
        text.strip_prefix(**phrase)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphabetic() && c != 's'))
    };
    NO_PERSONS.iter().filter(fits).map(|phrase| phrase.len()).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_parses() {
        let (mut given, mut surnames) = (0, 0);
        for fields in rows(NAMES) {
            let [name, usage, notes] = fields[..] else { panic!("{fields:?}") };
            assert!(matches!(usage, "g" | "s" | "gs"), "{fields:?}");
            assert!(notes.split(',').all(|n| matches!(n, "-" | "word" | "place")), "{fields:?}");
            assert!(name.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '\'')), "{name}");
            given += usize::from(usage.contains('g'));
            surnames += usize::from(usage.contains('s'));
        }
        assert!(given >= 1200 && surnames >= 700, "{given} {surnames}");
        assert!(rows(CONTEXT).all(|fields| fields.len() == 2 && role_info(fields[1]) != 0));
    }

    #[test]
    fn names_that_are_words_are_marked() {
        assert_eq!(info("Mette"), GIVEN);
        assert_eq!(info("Bjørn") & (GIVEN | WORD), GIVEN | WORD);
        assert_eq!(info("Hansen") & NAME, SURNAME);
        assert_eq!(info("Det"), STOP);
        assert_eq!(no_person("Ali Baba og", info("Ali")), Some(8));
        assert_eq!(no_person("Ali Babar", info("Ali")), None);
    }
}
