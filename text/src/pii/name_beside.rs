//! What stands before and after a name: titles, and signs that it is no person's.

use super::lexicon::{self, NAME, ORG, ORG_BEFORE, TITLE};
use super::name_parts::word_len;

/// What stands before a name.
pub(super) struct Beside {
    pub(super) title: bool,
    pub(super) organisation: bool,
}

/// What the word before byte `at` says: a title, or a word for an organisation.
pub(super) fn title_before(text: &str, at: usize) -> Beside {
    let none = Beside { title: false, organisation: false };
    let head = text[..at].trim_end_matches([' ', '\u{a0}', '\t']);
    let gap = at - head.len();
    if gap > 2 || (gap == 0 && !head.ends_with(['.', ':', '/'])) {
        return none;
    }
    let colon = head.ends_with(':');
    let stop = head.ends_with('.');
    let head = head.trim_end_matches([':', '.']);
    let is_part = |c: &char| c.is_alphabetic() || matches!(c, '-' | '/');
    let len: usize = head.chars().rev().take(32).take_while(is_part).map(char::len_utf8).sum();
    let word = &head[head.len() - len..];
    if word.is_empty() {
        return none;
    }
    if word == "v/" {
        return Beside { title: true, organisation: false };
    }
    let info = lexicon::lower_info(word);
    // A stop is part of hr., dr. and the like; after other words it ends the sentence.
    let title = info & TITLE != 0 && (!stop || word.len() <= 5);
    let organisation = info & ORG_BEFORE != 0 && !stop && !colon;
    Beside { title, organisation }
}

/// Whether what follows makes the chain the name of an organisation, a street or a place.
pub(super) fn organisation_follows(text: &str, end: usize) -> bool {
    let rest = &text[end..];
    let rest = rest.strip_prefix(['\'', '’']).unwrap_or(rest);
    if rest.starts_with(" & ") || rest.starts_with("-") && rest[1..].starts_with(char::is_alphabetic) {
        return true;
    }
    if ["og Søn", "og Co", "og Sønner", "og Partner"]
        .iter()
        .any(|o| rest.strip_prefix(' ').is_some_and(|r| r.starts_with(o)))
    {
        return true;
    }
    let Some(next) = rest.strip_prefix(' ') else { return false };
    if ["A/S", "I/S", "K/S", "P/S"].iter().any(|form| next.starts_with(form)) {
        return true;
    }
    let start = text.len() - next.len();
    if !next.starts_with(char::is_uppercase) {
        return false;
    }
    let word = &text[start..start + word_len(text, start)];
    let info = lexicon::info(word);
    info & ORG != 0 && info & NAME == 0 || is_street(word)
}

/// Streets that are named after persons are two words: Carl Jacobsens Vej.
pub(super) fn is_street(word: &str) -> bool {
    [
        "Vej",
        "Gade",
        "Allé",
        "Alle",
        "Plads",
        "Torv",
        "Boulevard",
        "Stræde",
        "Vænge",
        "Gård",
        "Passage",
        "Kaj",
        "Have",
    ]
    .contains(&word.strip_suffix('s').filter(|w| w.len() > 3).unwrap_or(word))
}
