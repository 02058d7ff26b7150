//! Lines of the page around the text: consent, copyright, accounts, menus, sharing, programs.

use std::sync::LazyLock;

use crate::tables;

/// What a line of boilerplate is of. In the order of the fields of `Boilerplate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Cookie,
    Copyright,
    Login,
    Navigation,
    Share,
    Technical,
}

/// How much of a line a phrase is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Line,
    Start,
    Inside,
}

struct Phrase {
    words: &'static str,
    kind: Kind,
    place: Place,
}

/// A line with a phrase inside it is no longer than this, in bytes: prose may speak of cookies.
pub(super) const LONGEST: usize = 300;
/// A line that starts with a phrase is no longer than this.
const LONGEST_START: usize = 100;

/// Phrases by their longest word, in the order of these words.
static PHRASES: LazyLock<Vec<(&'static str, Vec<Phrase>)>> = LazyLock::new(|| {
    let mut phrases: Vec<(&str, Vec<Phrase>)> = Vec::new();
    for row in tables::rows(include_str!("../../data/profile/boilerplate.tsv")) {
        let Some((anchor, phrase)) = phrase(&row) else { continue };
        match phrases.iter_mut().find(|(other, _)| *other == anchor) {
            Some((_, all)) => all.push(phrase),
            None => phrases.push((anchor, vec![phrase])),
        }
    }
    phrases.sort_by_key(|(anchor, _)| *anchor);
    phrases
});

fn phrase(row: &[&'static str]) -> Option<(&'static str, Phrase)> {
    let [words, kind, place, _] = *row else { return None };
    let kind = match kind {
        "cookie" => Kind::Cookie,
        "copyright" => Kind::Copyright,
        "login" => Kind::Login,
        "navigation" => Kind::Navigation,
        "share" => Kind::Share,
        "technical" => Kind::Technical,
        _ => return None,
    };
    let place = match place {
        "line" => Place::Line,
        "start" => Place::Start,
        "inside" => Place::Inside,
        _ => return None,
    };
    let anchor = words.split(' ').max_by_key(|word| word.len())?;
    Some((anchor, Phrase { words, kind, place }))
}

/// The words that phrases are found by; their numbers count from 0.
pub(super) fn anchors() -> impl Iterator<Item = &'static str> {
    PHRASES.iter().map(|(anchor, _)| *anchor)
}

/// The kind of a line in which words stand: their places, and their numbers. `normal` is room to write in.
pub(super) fn kind(line: &str, anchors: &[(u32, u32)], normal: &mut String) -> Option<Kind> {
    if line.len() > LONGEST {
        return None;
    }
    normalize(line, normal);
    for (index, (_, anchor)) in anchors.iter().enumerate() {
        if anchors.iter().take(index).any(|(_, tried)| tried == anchor) {
            continue;
        }
        let phrases = PHRASES.get(*anchor as usize).map_or(&[][..], |(_, phrases)| phrases);
        for phrase in phrases {
            let found = match phrase.place {
                Place::Line => normal.trim_ascii() == phrase.words,
                Place::Start => normal.len() <= LONGEST_START && ends(normal, 1, phrase.words),
                Place::Inside => memchr::memmem::find_iter(normal.as_bytes(), phrase.words).any(|at| {
                    normal.as_bytes().get(at.wrapping_sub(1)) == Some(&b' ') && ends(normal, at, phrase.words)
                }),
            };
            if found {
                return Some(phrase.kind);
            }
        }
    }
    None
}

/// Whether the words stand at a place, with a space behind them.
fn ends(normal: &str, at: usize, words: &str) -> bool {
    let rest = normal.as_bytes().get(at..).unwrap_or_default();
    rest.starts_with(words.as_bytes()) && rest.get(words.len()) == Some(&b' ')
}

/// Small letters and digits, and `©`; everything else is one space, and there is one at both ends.
fn normalize(line: &str, normal: &mut String) {
    normal.clear();
    normal.push(' ');
    for c in line.chars() {
        if c.is_ascii_lowercase() || c.is_ascii_digit() {
            normal.push(c);
        } else if c.is_alphanumeric() || c == '©' {
            normal.extend(c.to_lowercase());
        } else if !normal.ends_with(' ') {
            normal.push(' ');
        }
    }
    if !normal.ends_with(' ') {
        normal.push(' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind_of(line: &str) -> Option<Kind> {
        let lower = line.to_lowercase();
        let words: Vec<&str> = lower.split(|c: char| !(c.is_alphanumeric() || c == '©')).collect();
        let anchors: Vec<(u32, u32)> = words
            .iter()
            .filter_map(|word| anchors().position(|anchor| anchor == *word))
            .map(|at| (0, at as u32))
            .collect();
        kind(line, &anchors, &mut String::new())
    }

    #[test]
    fn every_row_is_a_phrase_in_its_normal_form_and_is_found() {
        let mut seen = std::collections::BTreeSet::new();
        for row in tables::rows(include_str!("../../data/profile/boilerplate.tsv")) {
            let (_, phrase) = phrase(&row).unwrap_or_else(|| panic!("{row:?}"));
            let mut normal = String::new();
            normalize(phrase.words, &mut normal);
            assert_eq!(normal.trim(), phrase.words);
            assert!(matches!(row[3], "da" | "en"), "{row:?}");
            assert!(seen.insert(phrase.words), "{row:?} is there twice");
            assert!(kind_of(&format!("» {} «", phrase.words.to_uppercase())).is_some(), "{row:?}");
        }
        assert!(seen.len() < 4000);
    }

    #[test]
    fn prose_about_such_things_is_no_boilerplate() {
        for line in [
            "Hun bagte cookies til fødselsdagen og gav en kage til naboen.",
            "Regeringen vil have flere til at læse mere.",
            "Forside og bagside af bogen var revet af.",
            "I 1989 fik han ophavsret til melodien.",
            "Kontakt mellem de to lande blev genoptaget.",
            "Man kan dele brødet i fire stykker.",
            "Menuen var sild, steg og is.",
            "",
        ] {
            assert_eq!(kind_of(line), None, "{line}");
        }
        for (line, kind) in [
            ("Vi bruger cookies til at forbedre din oplevelse.", Kind::Cookie),
            ("© 2024 Firmaet A/S", Kind::Copyright),
            ("Log ind", Kind::Login),
            ("LÆS MERE »", Kind::Navigation),
            ("Del på Facebook", Kind::Share),
            ("Please enable JavaScript to view this page.", Kind::Technical),
        ] {
            assert_eq!(kind_of(line), Some(kind), "{line}");
        }
    }
}
