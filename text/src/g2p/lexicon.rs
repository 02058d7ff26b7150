//! The user's lexicon: TSV in IPA or X-SAMPA, and NST's Danish lexicon.

use std::collections::HashMap;

use super::Stress;
use super::phones::{self, PhoneId, Sound};

/// How the transcriptions of a TSV lexicon are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Notation {
    /// IPA as in `phones.tsv`: `ˈhunˀən`, with or without blanks between phones.
    #[default]
    Ipa,
    /// X-SAMPA as in `phones.tsv`, a blank between phones; `"` and `%` ahead of the vowel with stress, `?` after a
    /// phone with stød.
    XSampa,
    /// SAMPA as NST writes it, the syllables parted by `$`.
    Nst,
}

/// Pronunciations of the user, which win over the rules.
#[derive(Debug, Clone, Default)]
pub struct Lexicon {
    pub(super) words: HashMap<String, Vec<Reading>>,
}

#[derive(Debug, Clone)]
pub(super) struct Reading {
    pub(super) sounds: Vec<Sound>,
    pub(super) weight: f32,
}

/// What stands in the way of a line of a lexicon; the line is left out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LexiconProblem {
    /// Fewer cells than the layout has.
    #[error("line {line}: no transcription in the {cells} cells of the line")]
    Cells {
        /// From 1.
        line: usize,
        /// Cells there are.
        cells: usize,
    },
    /// A symbol that the notation does not have.
    #[error("line {line}: {symbol:?} is no phone")]
    Symbol {
        /// From 1.
        line: usize,
        /// The rest of the transcription from where it was not understood, at most 16 characters.
        symbol: String,
    },
    /// A weight that is no number above 0.
    #[error("line {line}: weight {weight:?} is no number above 0")]
    Weight {
        /// From 1.
        line: usize,
        /// The cell, at most 16 characters.
        weight: String,
    },
}

/// A lexicon and what could not be read of it.
#[derive(Debug, Clone, Default)]
pub struct Imported {
    /// What was read.
    pub lexicon: Lexicon,
    /// One for each line that was left out, in order.
    pub problems: Vec<LexiconProblem>,
}

impl Lexicon {
    /// Number of words.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Adds a pronunciation; the case of the word does not matter.
    ///
    /// # Errors
    ///
    /// The rest of the transcription, where it has a symbol that is no phone.
    pub fn add<'t>(&mut self, word: &str, ipa: &'t str) -> Result<(), &'t str> {
        let sounds = phones::parse(ipa)?;
        self.push(word, sounds, 1.0);
        Ok(())
    }

    fn push(&mut self, word: &str, sounds: Vec<Sound>, weight: f32) {
        if !sounds.is_empty() {
            self.words.entry(word.to_lowercase()).or_default().push(Reading { sounds, weight });
        }
    }

    /// Puts the heaviest reading of each word first; readings of one weight stay in order.
    fn sort(&mut self) {
        #[allow(clippy::iter_over_hash_type, reason = "each value is sorted by itself")]
        for readings in self.words.values_mut() {
            readings.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        }
    }

    /// Reads lines of word, transcription and, if there is one, weight, with a tab between. Lines that start with
    /// `# ` and empty ones are skipped. A word may have several lines.
    ///
    /// ```
    /// use sprog_text::g2p::{G2p, Lexicon, Notation, PhoneSet};
    ///
    /// let read = Lexicon::from_tsv("sprog\tsbʁɔːˀʊ̯\nxqz\tǃkǃ\n", Notation::Ipa);
    /// assert_eq!(read.lexicon.len(), 1);
    /// assert_eq!(read.problems[0].to_string(), "line 2: \"ǃkǃ\" is no phone");
    /// let g2p = G2p::default().with_lexicon(read.lexicon);
    /// assert_eq!(g2p.pronounce("Sprog")[0].text(PhoneSet::Full), "s b ʁ ɔːˀ ʊ̯");
    /// ```
    pub fn from_tsv(text: &str, notation: Notation) -> Imported {
        let mut out = Imported::default();
        for (line, row) in (1..).zip(text.lines()) {
            if row.trim().is_empty() || row.starts_with("# ") {
                continue;
            }
            let mut cells = row.split('\t').map(str::trim);
            let (Some(word), Some(cell)) = (cells.next(), cells.next().filter(|cell| !cell.is_empty()))
            else {
                out.problems.push(LexiconProblem::Cells { line, cells: row.split('\t').count() });
                continue;
            };
            let weight = match cells.next().filter(|cell| !cell.is_empty()) {
                None => 1.0,
                Some(cell) => match cell.parse::<f32>().ok().filter(|w| w.is_finite() && *w > 0.0) {
                    Some(weight) => weight,
                    None => {
                        out.problems.push(LexiconProblem::Weight { line, weight: short(cell) });
                        continue;
                    }
                },
            };
            let sounds = match notation {
                Notation::Ipa => phones::parse(cell),
                Notation::XSampa => from_xsampa(cell),
                Notation::Nst => from_nst(cell),
            };
            match sounds {
                Ok(sounds) => out.lexicon.push(word, sounds, weight),
                Err(rest) => out.problems.push(LexiconProblem::Symbol { line, symbol: short(rest) }),
            }
        }
        out.lexicon.sort();
        out
    }

    /// Reads NST's Danish lexicon (`dan030224NST.pron`, Språkbanken sbr-26, CC0), decoded from ISO 8859-1.
    ///
    /// Its lines have cells with `;` between: the first is the word, the eighth says `GARB` where the entry is
    /// garbage, and the 12th, 16th, 20th and 24th are transcriptions. Entries of several words (with `_`) are
    /// skipped. The layout is taken from published descriptions, as is the notation: the vowels
    /// `i y e 2 E 9 a A u o O Q 6 @`, with `:` if long, and the consonants `p t k b d g f v s s' h R j l m n N D w`;
    /// `"` and `%` are stress, `?` stød, `$` parts syllables. `6` is ɐ̯ after a vowel of its syllable, ʌ in a syllable
    /// with stress, else ɐ; `a:` is æː. Whatever else stands there is a problem.
    ///
    /// ```
    /// use sprog_text::g2p::{G2p, Lexicon, PhoneSet};
    ///
    /// let line = "skriver;VB;;;;;DAN;;;;;\"sgRi?$v6;1;STD;DAN;;;;;;;;;;;;;";
    /// let read = Lexicon::from_nst(line);
    /// assert!(read.problems.is_empty());
    /// let g2p = G2p::default().with_lexicon(read.lexicon);
    /// assert_eq!(g2p.pronounce("skriver")[0].text(PhoneSet::Full), "s ɡ ʁ ˈiˀ ʋ ɐ");
    /// ```
    pub fn from_nst(text: &str) -> Imported {
        let mut out = Imported::default();
        for (line, row) in (1..).zip(text.lines()) {
            let cells: Vec<&str> = row.split(';').take(24).collect();
            let word = cells.first().copied().unwrap_or("").trim();
            let garbage = cells.get(7).is_some_and(|cell| !cell.is_empty());
            if word.is_empty() || word.contains('_') || garbage {
                continue;
            }
            let given: Vec<&str> = [11, 15, 19, 23]
                .iter()
                .filter_map(|at| cells.get(*at).copied())
                .filter(|c| !c.is_empty())
                .collect();
            if given.is_empty() {
                out.problems.push(LexiconProblem::Cells { line, cells: cells.len() });
            }
            for (weight, cell) in [1.0, 0.5, 0.4, 0.3].into_iter().zip(given) {
                match from_nst(cell) {
                    Ok(sounds) => out.lexicon.push(word, sounds, weight),
                    Err(rest) => out.problems.push(LexiconProblem::Symbol { line, symbol: short(rest) }),
                }
            }
        }
        out.lexicon.sort();
        out
    }
}

fn short(text: &str) -> String {
    text.chars().take(16).collect()
}

fn from_xsampa(text: &str) -> Result<Vec<Sound>, &str> {
    let mut out = Vec::new();
    for symbol in text.split_whitespace() {
        let (stress, rest) = match symbol.strip_prefix('"') {
            Some(rest) => (Stress::Primary, rest),
            None => symbol.strip_prefix('%').map_or((Stress::None, symbol), |rest| (Stress::Secondary, rest)),
        };
        let (rest, stod) = rest.strip_suffix('?').map_or((rest, false), |rest| (rest, true));
        let Some(id) = PhoneId::all().find(|id| id.info().xsampa == rest) else { return Err(symbol) };
        out.push(Sound { id, stod, stress });
    }
    Ok(out)
}

/// Symbols of NST, the longest first.
const NST: [(&str, &str); 44] = [
    ("i:", "iː"),
    ("y:", "yː"),
    ("e:", "eː"),
    ("2:", "øː"),
    ("9:", "œː"),
    ("E:", "ɛː"),
    ("u:", "uː"),
    ("o:", "oː"),
    ("O:", "ɔː"),
    ("Q:", "ɒː"),
    ("A:", "ɑː"),
    ("a:", "æː"),
    ("6:", "ɒː"),
    ("s'", "ɕ"),
    ("i", "i"),
    ("y", "y"),
    ("e", "e"),
    ("2", "ø"),
    ("9", "œ"),
    ("E", "ɛ"),
    ("u", "u"),
    ("o", "o"),
    ("O", "ɔ"),
    ("Q", "ɒ"),
    ("A", "ɑ"),
    ("a", "a"),
    ("@", "ə"),
    ("p", "p"),
    ("t", "t"),
    ("k", "k"),
    ("b", "b"),
    ("d", "d"),
    ("g", "ɡ"),
    ("f", "f"),
    ("v", "ʋ"),
    ("s", "s"),
    ("h", "h"),
    ("R", "ʁ"),
    ("l", "l"),
    ("m", "m"),
    ("n", "n"),
    ("N", "ŋ"),
    ("D", "ð"),
    ("S", "ɕ"),
];

fn from_nst(text: &str) -> Result<Vec<Sound>, &str> {
    let mut out: Vec<Sound> = Vec::new();
    let mut stress = Stress::None;
    // Of the syllable: whether it has stress, and whether its vowel has been.
    let (mut stressed, mut vowel) = (false, false);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let skip = &rest[c.len_utf8()..];
        match c {
            '"' | '%' => {
                stress = if c == '"' { Stress::Primary } else { Stress::Secondary };
                (stressed, vowel) = (true, false);
                rest = skip;
                continue;
            }
            '$' => {
                (stressed, vowel) = (false, false);
                rest = skip;
                continue;
            }
            '¤' | ' ' => {
                rest = skip;
                continue;
            }
            '?' | '!' if !out.is_empty() => {
                if let Some(last) = out.last_mut() {
                    last.stod = true;
                }
                rest = skip;
                continue;
            }
            _ => {}
        }
        let (ipa, length) = match c {
            '6' if !rest.starts_with("6:") => (
                if vowel {
                    "ɐ̯"
                } else if stressed {
                    "ʌ"
                } else {
                    "ɐ"
                },
                1,
            ),
            'j' => (if vowel { "ɪ̯" } else { "j" }, 1),
            'w' => (if vowel { "ʊ̯" } else { "ʋ" }, 1),
            _ => match NST.iter().find(|(sampa, _)| rest.starts_with(sampa)) {
                Some((sampa, ipa)) => (*ipa, sampa.len()),
                None => return Err(rest),
            },
        };
        let Some(id) = PhoneId::from_ipa(ipa) else { return Err(rest) };
        let here = if id.is_vowel() {
            vowel = true;
            std::mem::take(&mut stress)
        } else {
            Stress::None
        };
        out.push(Sound { id, stod: false, stress: here });
        rest = &rest[length..];
    }
    Ok(out)
}
