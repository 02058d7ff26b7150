//! Spelling from before 1948, told word by word. The tables and the rules are those of
//! [`orthography`](crate::normalize::orthography); here they are asked once for each form.

use std::sync::LazyLock;

use crate::normalize::{TagKind, orthography};
use crate::tables;

/// A word form of the table.
struct Form {
    old: &'static str,
    kind: TagKind,
    /// Words ahead that show it to be the old form; none if it always is.
    after: Vec<&'static str>,
}

static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| {
    let mut forms: Vec<Form> = tables::rows(include_str!("../../data/normalize/old-forms.tsv"))
        .filter_map(|row| {
            let kind = match *row.get(2)? {
                "double-a" => TagKind::DoubleA,
                "old-modal" => TagKind::OldModal,
                "plural-verb" => TagKind::PluralVerb,
                _ => TagKind::OldSpelling,
            };
            let after = match *row.get(3)? {
                "context" => row.get(5)?.split(' ').collect(),
                _ => Vec::new(),
            };
            Some(Form { old: row.first()?, kind, after })
        })
        .collect();
    forms.sort_by_key(|form| form.old);
    forms
});

/// Common nouns, ordered by their first two letters; those that are names too are left out.
struct Nouns {
    nouns: Vec<&'static str>,
    /// Where the nouns start that begin with two letters, by `start_of`.
    starts: Vec<u16>,
}

static NOUNS: LazyLock<Nouns> = LazyLock::new(|| {
    let mut nouns: Vec<&str> = tables::rows(include_str!("../../data/normalize/old-nouns.tsv"))
        .filter(|row| row.get(1).is_none_or(|note| note.is_empty()))
        .filter_map(|row| row.first().copied())
        .filter(|noun| start_of(noun).is_some())
        .collect();
    nouns.sort_by_key(|noun| (start_of(noun), *noun));
    let starts = (0..=STARTS)
        .map(|at| nouns.partition_point(|noun| start_of(noun).is_some_and(|start| start < at)) as u16)
        .collect();
    Nouns { nouns, starts }
});

/// What can follow a noun.
const ENDINGS: [&str; 24] = [
    "", "en", "et", "n", "t", "e", "er", "r", "ene", "erne", "rne", "ne", "s", "ens", "ets", "ns", "ts",
    "es", "ers", "rs", "enes", "ernes", "rnes", "nes",
];

/// What a word in small letters tells of its age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Age {
    /// Old as it stands.
    Old(TagKind),
    /// Old if `shows` says so of the word before.
    OldAfter(TagKind),
}

/// The forms of the table, in small letters.
pub(super) fn old_forms() -> impl Iterator<Item = (&'static str, Age)> {
    FORMS.iter().map(|form| {
        (form.old, if form.after.is_empty() { Age::Old(form.kind) } else { Age::OldAfter(form.kind) })
    })
}

/// Whether rules ask about a form in small letters: `aa`, and j behind k or g.
pub(super) fn may_be_old(lower: &str) -> bool {
    lower.as_bytes().windows(2).any(|pair| matches!(pair, b"aa" | b"kj" | b"gj"))
}

/// Whether a form in small letters, which is not in the table, is old by rule.
pub(super) fn by_rule(lower: &str) -> Option<Age> {
    orthography(lower).first().map(|tag| Age::Old(tag.kind))
}

/// Whether the word before shows a form to be old.
pub(super) fn shows(form: &str, before: &str) -> bool {
    let (form, before) = (form.to_lowercase(), before.to_lowercase());
    FORMS
        .binary_search_by_key(&form.as_str(), |form| form.old)
        .ok()
        .and_then(|at| FORMS.get(at))
        .is_some_and(|form| form.after.contains(&before.as_str()))
}

/// Whether a form in small letters is of a common noun of the table; old spelling is read as new.
pub(super) fn is_common_noun(lower: &str, old_spelling: bool) -> bool {
    if is_modern_noun(lower) {
        return true;
    }
    let tag = if old_spelling { orthography(lower).into_iter().next() } else { None };
    tag.and_then(|tag| tag.modern).is_some_and(|modern| is_modern_noun(&modern))
}

/// The places of two letters in `Nouns::starts`.
const STARTS: usize = 1 << 10;

fn start_of(word: &str) -> Option<usize> {
    let [first, second] = *word.as_bytes().first_chunk()?;
    Some((usize::from(first) * 37 + usize::from(second)) % STARTS)
}

fn is_modern_noun(word: &str) -> bool {
    let Some(start) = start_of(word) else { return false };
    let nouns = &*NOUNS;
    let [from, end] =
        [start, start + 1].map(|at| nouns.starts.get(at).map_or(0, |place| usize::from(*place)));
    nouns.nouns.get(from..end).unwrap_or_default().iter().any(|noun| {
        word.strip_prefix(noun).is_some_and(|rest| {
            // `ven`, `vennen`: the last letter is doubled before an ending.
            let doubled = noun.chars().next_back().and_then(|last| rest.strip_prefix(last));
            ENDINGS.contains(&rest) || doubled.is_some_and(|rest| !rest.is_empty() && ENDINGS.contains(&rest))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_and_rules_tell_the_age() {
        for (word, expected) in [
            ("paa", Some(Age::Old(TagKind::DoubleA))),
            ("haabede", Some(Age::Old(TagKind::DoubleA))),
            ("skulde", Some(Age::Old(TagKind::OldModal))),
            ("kunde", Some(Age::OldAfter(TagKind::OldModal))),
            ("kjær", Some(Age::Old(TagKind::OldSpelling))),
            ("ere", Some(Age::Old(TagKind::PluralVerb))),
            ("dataanalyse", None),
            ("hest", None),
        ] {
            let table = || old_forms().find(|(old, _)| *old == word).map(|(_, age)| age);
            let age = table().or_else(|| may_be_old(word).then(|| by_rule(word)).flatten());
            assert_eq!(age, expected, "{word}");
        }
        assert!(shows("kunde", "jeg") && !shows("kunde", "en") && !shows("hest", "en"));
    }

    #[test]
    fn nouns_are_known_in_all_forms() {
        for (word, noun) in
            [("krig", true), ("krigene", true), ("aaret", true), ("årene", true), ("løb", false)]
        {
            assert_eq!(is_common_noun(word, may_be_old(word)), noun, "{word}");
        }
        assert!(NOUNS.nouns.len() > 250 && FORMS.len() > 75);
    }
}
