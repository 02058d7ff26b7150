//! Labels of one character each.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Error, Labels, Transcripts};
use crate::normalize::{Normalizer, Step};

/// The letters of Danish (Retskrivningsordbogen § 1), small.
pub const DANISH: &str = "abcdefghijklmnopqrstuvwxyzæøå";

/// What becomes of characters that are met too seldom to be learnt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rare {
    /// The letter without its marks, where that is a label (`é` is written as `e`, `ä` as `æ`); else [`Rare::Unknown`].
    #[default]
    Map,
    /// The label for what has none.
    Unknown,
    /// No labels are made.
    Refuse,
}

/// How to choose labels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Options {
    /// The name of the blank, label 0.
    pub blank: String,
    /// The name of the label for what has none, label 1; none if empty.
    pub unknown: String,
    /// The name of the label between words; none if empty.
    pub delimiter: String,
    /// Characters that are labels however often they are met.
    pub always: String,
    /// Occurrences that another character needs to be a label.
    pub min_count: u64,
    /// What becomes of the others.
    pub rare: Rare,
    /// Whether digits may be labels.
    pub digits: bool,
}

impl Default for Options {
    /// `<blank>`, `<unk>` and `|`; the [`DANISH`] letters; others from 10 occurrences on; no digits.
    fn default() -> Self {
        Options {
            blank: "<blank>".into(),
            unknown: "<unk>".into(),
            delimiter: "|".into(),
            always: DANISH.into(),
            min_count: 10,
            rare: Rare::Map,
            digits: false,
        }
    }
}

/// A character of the transcripts that is no label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RareCharacter {
    /// The character.
    pub character: char,
    /// How often it stands in the transcripts.
    pub count: u64,
    /// The labels that it is written with; `None` if it has to be the label for what has none.
    pub written: Option<String>,
}

/// Labels, and what is not among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Characters {
    /// Blank, unknown, delimiter, and then the characters by code point.
    pub labels: Labels,
    /// Characters of the transcripts that are no labels, by code point.
    pub rare: Vec<RareCharacter>,
}

impl Characters {
    /// A transcript with its rare characters as they are written in labels; what has no label stays.
    pub fn write(&self, transcript: &str) -> String {
        let mapped: BTreeMap<char, &str> =
            self.rare.iter().filter_map(|r| Some((r.character, r.written.as_deref()?))).collect();
        let mut text = String::with_capacity(transcript.len());
        for c in transcript.chars() {
            match mapped.get(&c) {
                Some(written) => text.push_str(written),
                None => text.push(c),
            }
        }
        text
    }
}

/// Chooses a label for each character of the transcripts.
///
/// # Errors
/// [`Error::Label`] for special names that cannot be; [`Error::Rare`] with [`Rare::Refuse`] where a character is too rare
/// to be a label.
pub fn characters(transcripts: &Transcripts, options: &Options) -> Result<Characters, Error> {
    let given = |name: &String| (!name.is_empty()).then(|| name.clone());
    let (unknown, delimiter) = (given(&options.unknown), given(&options.delimiter));
    let mut names: Vec<String> = vec![options.blank.clone()];
    names.extend(unknown.clone());
    names.extend(delimiter.clone());
    let special: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    // A character that is a special name cannot spell as well: both would be the same label.
    let may_spell = |c: char| {
        let digit = c.is_numeric() && !options.digits;
        !digit
            && !c.is_control()
            && !c.is_whitespace()
            && !special.contains(c.encode_utf8(&mut [0; 4]) as &str)
    };
    let mut chosen: BTreeSet<char> = options.always.chars().filter(|c| may_spell(*c)).collect();
    let least = options.min_count.max(1);
    chosen.extend(transcripts.characters().filter(|(c, n)| *n >= least && may_spell(*c)).map(|(c, _)| c));
    let left: Vec<(char, u64)> = transcripts.characters().filter(|(c, _)| !chosen.contains(c)).collect();
    if options.rare == Rare::Refuse && !left.is_empty() {
        return Err(Error::Rare { characters: left });
    }
    let marks = Normalizer::new([Step::Ligatures, Step::StressMarks, Step::Accents]);
    let written = |c: char| {
        let plain = marks.normalize(c.encode_utf8(&mut [0; 4])).text.into_owned();
        let cased = plain.to_lowercase();
        let fits = |text: &String| !text.is_empty() && text.chars().all(|c| chosen.contains(&c));
        [plain, cased].into_iter().find(fits)
    };
    let rare = left.into_iter().map(|(character, count)| RareCharacter {
        character,
        count,
        written: if options.rare == Rare::Map { written(character) } else { None },
    });
    let rare = rare.collect();
    names.extend(chosen.iter().map(|c| c.to_string()));
    let labels = Labels::new(names, unknown.as_deref(), delimiter.as_deref())?;
    Ok(Characters { labels, rare })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transcripts(texts: &[&str]) -> Transcripts {
        let mut transcripts = Transcripts::default();
        for text in texts {
            transcripts.add(text);
        }
        transcripts
    }

    fn rare(transcripts: &Transcripts, options: &Options) -> Vec<(char, Option<String>)> {
        let chosen = characters(transcripts, options).unwrap();
        chosen.rare.into_iter().map(|r| (r.character, r.written)).collect()
    }

    #[test]
    fn letters_are_labels_and_rare_characters_are_written_with_them() {
        let few = transcripts(&["idé à la müsli ʃ 5 e-mail e-mail"]);
        let options = Options { min_count: 2, ..Options::default() };
        let chosen = characters(&few, &options).unwrap();
        assert!(chosen.labels.id("-").is_some() && chosen.labels.id("q").is_some());
        let written = |c: char, to: &str| (c, Some(to.to_owned()));
        assert_eq!(
            rare(&few, &options),
            [('5', None), written('à', "a"), written('é', "e"), written('ü', "y"), ('ʃ', None)]
        );
        assert_eq!(chosen.write("idé à ʃ"), "ide a ʃ");
        let unknown = Options { rare: Rare::Unknown, ..options.clone() };
        assert!(rare(&few, &unknown).iter().all(|(_, written)| written.is_none()));
    }

    #[test]
    fn refusing_rare_characters_names_them() {
        let refuse = Options { rare: Rare::Refuse, ..Options::default() };
        let error = characters(&transcripts(&["smørrebrød ©"]), &refuse).unwrap_err();
        assert_eq!(error, Error::Rare { characters: vec![('©', 1)] });
        assert!(error.to_string().contains("'©' 1 times"), "{error}");
        assert!(characters(&transcripts(&["smørrebrød"]), &refuse).is_ok());
    }

    #[test]
    fn digits_are_labels_only_if_asked_for() {
        let numbers = transcripts(&["1 2 3 1 2 3"]);
        let few = Options { min_count: 1, ..Options::default() };
        assert_eq!(characters(&numbers, &few).unwrap().labels.id("1"), None);
        let digits = Options { digits: true, ..few };
        assert!(characters(&numbers, &digits).unwrap().labels.id("1").is_some());
    }

    #[test]
    fn a_character_that_is_a_special_name_is_no_letter() {
        let hyphens = transcripts(&["e-mail | a"; 20]);
        let torchaudio = Options { blank: "-".into(), ..Options::default() };
        let chosen = characters(&hyphens, &torchaudio).unwrap();
        assert_eq!((chosen.labels.id("-"), chosen.labels.character('-')), (Some(0), None));
        assert_eq!(chosen.rare.iter().map(|r| r.character).collect::<String>(), "-|");
        for (blank, unknown) in [("", "<unk>"), ("<unk>", "<unk>"), ("a b", "<unk>")] {
            let wrong = Options { blank: blank.into(), unknown: unknown.into(), ..Options::default() };
            assert!(characters(&hyphens, &wrong).is_err(), "{blank:?}");
        }
        let bare = Options { unknown: String::new(), delimiter: String::new(), ..Options::default() };
        assert_eq!(characters(&transcripts(&[]), &bare).unwrap().labels.len(), 30);
    }
}
