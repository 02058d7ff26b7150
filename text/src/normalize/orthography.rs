//! Old Danish orthography, found and named but never changed.
//!
//! Until 1948 nouns had capitals, `å` was `aa`, and *kunne, skulle, ville* in the past were *kunde,
//! skulde, vilde*; before 1889–1907 verbs had plurals (*de ere*), and `j` stood after `k` and `g` (*kjær*).

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use serde::Serialize;

/// What makes a stretch old.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum TagKind {
    /// A noun with a capital inside a sentence: `Mand`. It may be old in other ways too.
    CapitalNoun,
    /// `aa` where `å` is written since 1948: `paa`.
    DoubleA,
    /// `kunde`, `skulde`, `vilde`.
    OldModal,
    /// A plural verb: `de ere`.
    PluralVerb,
    /// Other spellings: `kjær`, `Qvinde`, `Huus`.
    OldSpelling,
}

/// How sure a tag is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// The form also occurs in modern text, and nothing else in this text is old.
    Possible,
    /// By a rule that has exceptions.
    Likely,
    /// No modern word is written so, or the text has other marks of its age.
    High,
}

/// A stretch of old orthography.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tag {
    /// Bytes of the text: one word.
    pub range: Range<usize>,
    /// What is old.
    pub kind: TagKind,
    /// The word in modern spelling, if known.
    pub modern: Option<String>,
    /// How sure it is.
    pub certainty: Certainty,
}

struct OldForm {
    modern: &'static str,
    kind: TagKind,
    /// Words ahead that show it to be the old form; `None` if it always is.
    after: Option<Vec<&'static str>>,
}

static FORMS: LazyLock<HashMap<&'static str, OldForm>> = LazyLock::new(|| {
    let rows = include_str!("../../data/normalize/old-forms.tsv").lines().filter(|row| !row.starts_with('#'));
    rows.filter_map(|row| {
        let mut cells = row.split('\t');
        let (old, modern, kind) = (cells.next()?, cells.next()?, kind(cells.next()?)?);
        let context = cells.next()? == "context";
        let after = cells.nth(1)?.split(' ').collect();
        Some((old, OldForm { modern, kind, after: context.then_some(after) }))
    })
    .collect()
});

/// Nouns, and whether they are names too.
static NOUNS: LazyLock<HashMap<&'static str, bool>> = LazyLock::new(|| {
    let rows = include_str!("../../data/normalize/old-nouns.tsv").lines().filter(|row| !row.starts_with('#'));
    rows.filter_map(|row| row.split_once('\t')).map(|(noun, note)| (noun, note == "name")).collect()
});

fn kind(name: &str) -> Option<TagKind> {
    Some(match name {
        "double-a" => TagKind::DoubleA,
        "old-modal" => TagKind::OldModal,
        "plural-verb" => TagKind::PluralVerb,
        "old-spelling" => TagKind::OldSpelling,
        _ => return None,
    })
}

/// Words after a verb that a noun or adjective would not have there.
const ORDER: [&str; 9] = ["ikke", "jeg", "du", "han", "hun", "vi", "man", "de", "aldrig"];

/// Words before a noun.
const BEFORE_NOUN: [&str; 26] = [
    "en", "et", "den", "det", "de", "min", "mit", "din", "dit", "sin", "sit", "hans", "hendes", "vor",
    "vort", "deres", "gammel", "gamle", "store", "lille", "unge", "ung", "stor", "god", "gode", "denne",
];

const ENDINGS: [&str; 12] = ["", "en", "et", "n", "t", "e", "er", "r", "ene", "erne", "rne", "ne"];
const NOUN_SUFFIXES: [&str; 15] = [
    "hed", "heden", "heder", "hederne", "ningen", "ninger", "else", "elsen", "elser", "skab", "skabet",
    "skaber", "dommen", "eriet", "erier",
];

/// Ends of modern first parts before a second part with `a`: `data|analyse`.
const SEAMS: [&str; 24] = [
    "ekstra",
    "data",
    "firma",
    "kamera",
    "drama",
    "villa",
    "pizza",
    "sofa",
    "tema",
    "skema",
    "propaganda",
    "aroma",
    "arena",
    "formula",
    "klima",
    "mafia",
    "malaria",
    "opera",
    "panda",
    "pasta",
    "plasma",
    "meta",
    "infra",
    "kina",
];
/// Modern words with `aa` from other languages and from names.
const FOREIGN: [&str; 14] = [
    "afrikaans",
    "kanaan",
    "bazaar",
    "naan",
    "salaam",
    "kraal",
    "maasai",
    "aalborgenser",
    "aarhusianer",
    "aarhusiansk",
    "aabenraaer",
    "haag",
    "baal",
    "isaak",
];

/// Finds old orthography. Tags are in order, one a word at most.
///
/// Names keep their `aa` and their capitals. Nothing in [`Normalizer`](super::Normalizer) uses the tags:
/// what to do with old text is the reader's choice.
///
/// ```
/// use sprog_text::normalize::{TagKind, orthography};
/// let tags = orthography("Hun skulde paa Torvet med Aage.");
/// let found: Vec<_> = tags.iter().map(|tag| (tag.kind, tag.modern.as_deref())).collect();
/// assert_eq!(found, [
///     (TagKind::OldModal, Some("skulle")),
///     (TagKind::DoubleA, Some("på")),
///     (TagKind::CapitalNoun, Some("torvet")),
/// ]);
/// ```
pub fn orthography(text: &str) -> Vec<Tag> {
    let words = words(text);
    let mut tags = Vec::new();
    let (mut capital_nouns, mut small_nouns) = (0u32, 0u32);
    for (index, word) in words.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| words.get(index));
        let after = words.get(index + 1);
        let noun = noun(&word.modern());
        if !word.capital {
            small_nouns += u32::from(noun.is_some());
            tags.extend(old_form(word, before, after));
        } else if let Some(only_noun) = noun.filter(|_| !word.starts)
            && is_capital_noun(only_noun, word, before, after)
        {
            capital_nouns += 1;
            tags.push(Tag {
                range: word.range.clone(),
                kind: TagKind::CapitalNoun,
                modern: Some(word.modern()),
                certainty: Certainty::Possible,
            });
        } else if FORMS.contains_key(word.lower.as_str()) || noun == Some(Noun::Common) {
            tags.extend(old_form(word, before, after));
        }
    }
    let other = tags.iter().any(|tag| tag.certainty == Certainty::High);
    let certainty = match capital_nouns > small_nouns {
        true if other || capital_nouns > 2 => Certainty::High,
        true => Certainty::Likely,
        false => Certainty::Possible,
    };
    for tag in tags.iter_mut().filter(|tag| tag.kind == TagKind::CapitalNoun) {
        tag.certainty = certainty;
    }
    tags
}

struct Word {
    range: Range<usize>,
    lower: String,
    /// A capital and then small letters.
    capital: bool,
    /// Whether a sentence or a quotation may start here.
    starts: bool,
    /// Whether only a space is between this word and the one before.
    close: bool,
}

impl Word {
    fn modern(&self) -> String {
        match FORMS.get(self.lower.as_str()) {
            Some(form) if form.kind != TagKind::PluralVerb && form.after.is_none() => form.modern.to_owned(),
            _ => modern_spelling(&self.lower).map_or_else(|| self.lower.clone(), |(modern, _)| modern),
        }
    }
}

fn words(text: &str) -> Vec<Word> {
    let is_letter = |c: char| c.is_alphabetic() || unicode_normalization::char::is_combining_mark(c);
    let mut words: Vec<Word> = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(is_letter).map(|found| at + found) {
        let between = &text[at..start];
        at = text[start..].find(|c| !is_letter(c)).map_or(text.len(), |past| start + past);
        let word = &text[start..at];
        // Longer words are no words.
        if word.len() > 64 {
            continue;
        }
        let capital = word.starts_with(char::is_uppercase) && word.chars().skip(1).all(|c| !c.is_uppercase());
        words.push(Word {
            range: start..at,
            lower: word.to_lowercase(),
            capital: capital && word.chars().nth(1).is_some(),
            starts: words.is_empty() || between.contains(|c| !matches!(c, ' ' | ',' | ';')),
            close: between == " ",
        });
    }
    words
}

/// A word by the table or the rules, in the case it is written in.
fn old_form(word: &Word, before: Option<&Word>, after: Option<&Word>) -> Option<Tag> {
    let (modern, kind, certainty) = match FORMS.get(word.lower.as_str()) {
        Some(form) => {
            let close = |next: Option<&Word>| next.filter(|next| next.close).map(|next| next.lower.clone());
            let shown = form.after.as_ref().is_none_or(|after_words| {
                let follows =
                    before.filter(|_| word.close).is_some_and(|b| after_words.contains(&b.lower.as_str()));
                follows
                    || form.kind == TagKind::OldModal
                        && close(after).is_some_and(|n| ORDER.contains(&n.as_str()))
            });
            if !shown {
                return None;
            }
            let certainty = if form.after.is_some() { Certainty::Likely } else { Certainty::High };
            (form.modern.to_owned(), form.kind, certainty)
        }
        None => {
            let (modern, kind) = modern_spelling(&word.lower)?;
            (modern, kind, Certainty::Likely)
        }
    };
    let mut letters = modern.chars();
    let modern = match letters.next() {
        Some(first) if word.capital => first.to_uppercase().chain(letters).collect(),
        _ => modern,
    };
    Some(Tag { range: word.range.clone(), kind, modern: Some(modern), certainty })
}

/// By rule, for a word in small letters: `aa` to `å`, no `j` between `k` or `g` and `e`, `æ`, `ø`.
fn modern_spelling(lower: &str) -> Option<(String, TagKind)> {
    if lower.contains("aa") && !lower.contains("aaa") && !is_modern_double_a(lower) {
        return Some((soften(lower).unwrap_or(lower.to_owned()).replace("aa", "å"), TagKind::DoubleA));
    }
    soften(lower).map(|modern| (modern, TagKind::OldSpelling))
}

fn soften(lower: &str) -> Option<String> {
    let mut out = lower.to_owned();
    for (old, new) in
        [("kje", "ke"), ("kjæ", "kæ"), ("kjø", "kø"), ("gje", "ge"), ("gjæ", "gæ"), ("gjø", "gø")]
    {
        // Not a seam: brækjern, bagjern.
        if lower.contains(old) && !lower.contains("jern") {
            out = out.replace(old, new);
        }
    }
    (out != lower).then_some(out)
}

fn is_modern_double_a(lower: &str) -> bool {
    FOREIGN.iter().any(|word| lower.starts_with(word))
        || SEAMS
            .iter()
            .any(|first| lower.find(first).is_some_and(|at| lower[at + first.len()..].starts_with('a')))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Noun {
    Common,
    /// By its suffix.
    Derived,
    /// A name too.
    Name,
}

fn noun(modern: &str) -> Option<Noun> {
    let stems = [Some(modern), modern.strip_suffix('s')];
    for stem in stems.into_iter().flatten() {
        for ending in ENDINGS {
            let Some(base) = stem.strip_suffix(ending) else { continue };
            // `vennen`: the last letter is doubled before an ending.
            let mut letters = base.chars().rev();
            let last = letters.next().filter(|last| !ending.is_empty() && letters.next() == Some(*last));
            let doubled = last.map(|last| &base[..base.len() - last.len_utf8()]);
            let found = NOUNS.get(base).or_else(|| NOUNS.get(doubled?));
            match found {
                Some(true) if ending.is_empty() => return Some(Noun::Name),
                Some(_) => return Some(Noun::Common),
                None => {}
            }
        }
    }
    let derived = modern.len() > 5 && NOUN_SUFFIXES.iter().any(|suffix| modern.ends_with(suffix));
    derived.then_some(Noun::Derived)
}

/// Names stand beside other capitals; nouns after articles and the like.
fn is_capital_noun(noun: Noun, word: &Word, before: Option<&Word>, after: Option<&Word>) -> bool {
    let is_name =
        |other: &Word| other.capital && !other.starts && self::noun(&other.modern()) != Some(Noun::Common);
    let name_before = word.close && before.is_some_and(is_name);
    let name_after = after.is_some_and(|after| after.capital && after.close);
    let article = before.is_some_and(|before| BEFORE_NOUN.contains(&before.lower.as_str()));
    match noun {
        Noun::Common => !name_before,
        Noun::Derived => !name_before && !name_after,
        Noun::Name => !name_before && !name_after && article,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_parses_and_its_example_holds() {
        let table = include_str!("../../data/normalize/old-forms.tsv");
        let rows: Vec<Vec<&str>> =
            table.lines().filter(|row| !row.starts_with('#')).map(|row| row.split('\t').collect()).collect();
        assert_eq!(rows.len(), FORMS.len());
        for row in rows {
            let [old, modern, of_kind, certainty, example, _] = row[..] else { panic!("{row:?}") };
            assert!(matches!(certainty, "high" | "context"), "{old}");
            let tags = orthography(example);
            let tag = tags.iter().find(|tag| example[tag.range.clone()].to_lowercase() == old);
            let tag = tag.unwrap_or_else(|| panic!("{old} is not found in {example}"));
            assert_eq!((tag.modern.as_deref(), Some(tag.kind)), (Some(modern), kind(of_kind)), "{old}");
        }
    }

    #[test]
    fn nouns_are_in_order_and_modern() {
        let table = include_str!("../../data/normalize/old-nouns.tsv");
        let nouns: Vec<&str> = table
            .lines()
            .filter(|row| !row.starts_with('#'))
            .map(|row| row.split('\t').next().unwrap())
            .collect();
        assert_eq!(nouns.len(), NOUNS.len());
        assert!(nouns.iter().all(|noun| modern_spelling(noun).is_none() && !noun.contains("aa")));
        for (word, found) in
            [("vennen", true), ("vejenes", true), ("katten", true), ("skagen", false), ("ven", true)]
        {
            assert_eq!(noun(word).is_some(), found, "{word}");
        }
    }
}
