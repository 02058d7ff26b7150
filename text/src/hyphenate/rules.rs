//! Division of a word that is no compound, after Retskrivningsordbogen's rules on the division of words at the end of a
//! line: at prefixes and suffixes; otherwise the last consonant between two vowels goes to the next line, and with it those
//! ahead of it with which it can begin a word and which are not divided (`bl`, `tr` …). `st`, `sk` and `sp` may be divided either
//! way; here they are (`mes-ter`), but for the edge of a prefix (`be-stem-me`). Vowels are divided where they belong to different
//! syllables (`ide-al`), as far as the letters tell.

use std::sync::LazyLock;

use crate::compounds::trie::{E, I, L, N, R, S, Trie, codes, is_consonant, is_vowel, letter};
use crate::tables::rows;

/// Endings that are a syllable of their own after a vowel: `by-en`, `na-bo-er`, `mu-se-um`.
const AFTER_VOWEL: &[&str] =
    &["en", "ens", "er", "ers", "erne", "ernes", "et", "ets", "ende", "else", "elsen", "elser", "um", "ums"];

/// Words longer than this, in characters, are not looked into.
const LONGEST_WORD: usize = 1000;

struct Rules {
    /// Groups that begin words.
    onsets: Trie,
    /// By the index of a group: whether it is not divided.
    together: Vec<bool>,
    prefixes: Trie,
    /// By the index of a prefix: whether a known stem must follow.
    needs_stem: Vec<bool>,
    /// From their last letter to their first.
    suffixes: Trie,
    exceptions: Trie,
    /// By the index of an exception: after how many letters it is divided.
    divisions: Vec<Vec<usize>>,
    after_vowel: Vec<Vec<u8>>,
}

fn table<T>(rows: impl Iterator<Item = (Vec<u8>, T)>) -> (Trie, Vec<T>) {
    let mut rows: Vec<(Vec<u8>, T)> = rows.collect();
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    rows.dedup_by(|a, b| a.0 == b.0);
    let keys: Vec<&Vec<u8>> = rows.iter().map(|(key, _)| key).collect();
    let trie = Trie::new(&keys);
    (trie, rows.into_iter().map(|(_, value)| value).collect())
}

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    let onsets = rows(include_str!("../../data/hyphenate/onsets.tsv"));
    let (onsets, together) = table(onsets.map(|row| {
        let cell = |at: usize| row.get(at).copied().unwrap_or("");
        (codes(cell(0)), cell(1) == "together")
    }));
    let affixes = |kind: &'static str| {
        rows(include_str!("../../data/hyphenate/affixes.tsv")).filter(move |row| row.get(1) == Some(&kind))
    };
    let (prefixes, needs_stem) = table(affixes("prefix").map(|row| {
        let cell = |at: usize| row.get(at).copied().unwrap_or("");
        (codes(cell(0)), cell(2) == "stem")
    }));
    let (suffixes, _) = table(affixes("suffix").map(|row| {
        let mut key = codes(row.first().copied().unwrap_or(""));
        key.reverse();
        (key, ())
    }));
    let (exceptions, divisions) =
        table(rows(include_str!("../../data/hyphenate/exceptions.tsv")).filter_map(|row| {
            let word = row.first()?;
            let mut places = Vec::new();
            let mut at = 0;
            for part in word.split('-') {
                at += part.chars().count();
                places.push(at);
            }
            places.pop();
            Some((codes(&word.replace('-', "")), places))
        }));
    let after_vowel = AFTER_VOWEL.iter().map(|ending| codes(ending)).collect();
    Rules { onsets, together, prefixes, needs_stem, suffixes, exceptions, divisions, after_vowel }
});

/// Whether a word can begin with these consonants; none are an onset too.
pub(crate) fn is_onset(consonants: &[u8]) -> bool {
    consonants.is_empty() || RULES.onsets.get(consonants).is_some()
}

/// The bytes of `part` at which it can be divided, two letters or more from its edges.
pub(super) fn places(part: &str) -> Vec<usize> {
    let word = codes(part);
    if word.len() > LONGEST_WORD {
        return Vec::new();
    }
    let mut places = in_letters(&word);
    places.sort_unstable();
    places.dedup();
    let mut bytes = part.char_indices().map(|(at, _)| at);
    let mut done = 0;
    let mut out = Vec::with_capacity(places.len());
    for place in places {
        if place >= 2 && place + 2 <= word.len() {
            out.extend(bytes.nth(place - done));
            done = place + 1;
        }
    }
    out
}

fn has_vowel(letters: &[u8]) -> bool {
    letters.iter().any(|c| is_vowel(*c))
}

fn in_letters(word: &[u8]) -> Vec<usize> {
    let rules = &*RULES;
    if let Some(found) = rules.exceptions.get(word) {
        return rules.divisions[found].clone();
    }
    let mut out = Vec::new();
    let start = prefix(word);
    let end = suffix(word, start);
    if start > 0 {
        out.push(start);
        if let Some(inner) = word.get(..start)
            && start > 3
        {
            syllables(inner, 0, &mut out);
        }
    }
    if end < word.len() {
        out.push(end);
        syllables(&word[end..], end, &mut out);
    }
    syllables(&word[start..end], start, &mut out);
    out
}

/// Where the stem begins, after a prefix.
fn prefix(word: &[u8]) -> usize {
    let rules = &*RULES;
    let mut node = 0;
    let mut found = 0;
    for (at, c) in word.iter().enumerate() {
        let Some(next) = rules.prefixes.step(node, *c) else { break };
        node = next;
        let Some(index) = rules.prefixes.value(node) else { continue };
        let rest = &word[at + 1..];
        let onset = rest.iter().take_while(|c| is_consonant(**c)).count();
        if rest.len() < 3 || !has_vowel(rest) || !is_onset(&rest[..onset]) {
            continue;
        }
        // Ahead of a vowel, and after short prefixes, only a stem that is known tells.
        let sure = !rules.needs_stem[index] && onset > 0 && (at > 1 || rest.len() >= 4);
        if sure || crate::compounds::Splitter::ours().begins_with_stem(rest) {
            found = at + 1;
        }
    }
    found
}

/// Where a suffix begins, or the end; what is ahead of it from `start` has a vowel.
fn suffix(word: &[u8], start: usize) -> usize {
    let rules = &*RULES;
    let mut node = 0;
    let mut found = word.len();
    for at in (start + 2..word.len()).rev() {
        let Some(next) = rules.suffixes.step(node, word[at]) else { break };
        node = next;
        if rules.suffixes.value(node).is_some() && has_vowel(&word[start..at]) {
            let before = word[at - 1];
            // `bil-lig` is no `-lig`, `kan-ning` no `-ning`.
            if before != word[at] || !is_consonant(before) || before == S {
                found = at;
            }
        }
    }
    found
}

/// Divides by vowels and consonants.
fn syllables(word: &[u8], offset: usize, out: &mut Vec<usize>) {
    let mut last: Option<usize> = None;
    for (at, c) in word.iter().enumerate() {
        if !is_vowel(*c) {
            continue;
        }
        if let Some(before) = last {
            let between = &word[before + 1..at];
            if between.is_empty() {
                if (hiatus(word[before], *c) && word.get(at + 1).is_some()) || own_syllable(word, before, at)
                {
                    out.push(offset + at);
                }
            } else if between.iter().all(|c| is_consonant(*c)) {
                out.push(offset + at - onset(between, &word[at..]));
            }
        }
        last = Some(at);
    }
}

/// How many of the consonants between two vowels go to the next line; `rest` begins with the second vowel.
fn onset(between: &[u8], rest: &[u8]) -> usize {
    let rules = &*RULES;
    // `fug-le`, `sik-ring`: `-le`, `-re`, `-ling` and `-ring` begin there, unlike in `pro-blem`.
    let native = rest.first() == Some(&E) || rest.starts_with(&[I, N, letter(b'g')]);
    if between.len() == 2 && native && matches!(between[1], L | R) && between[0] != between[1] {
        return 1;
    }
    for length in [3, 2] {
        let Some(from) = between.len().checked_sub(length) else { continue };
        if rules.onsets.get(&between[from..]).is_some_and(|index| rules.together[index]) {
            return length;
        }
    }
    1
}

/// Whether the rest from the vowel `at` is an ending after the vowel `before`.
fn own_syllable(word: &[u8], before: usize, at: usize) -> bool {
    word[before] != word[at] && RULES.after_vowel.iter().any(|ending| *ending == word[at..])
}

/// Whether two vowels belong to different syllables.
fn hiatus(a: u8, b: u8) -> bool {
    let name = |c: u8| if c < 26 { char::from(c.wrapping_add(b'a')) } else { '*' };
    let b = name(b);
    match name(a) {
        'e' => matches!(b, 'a' | 'o'),
        'i' => matches!(b, 'a'),
        'u' => matches!(b, 'a'),
        'y' => matches!(b, 'a'),
        _ => false,
    }
}
