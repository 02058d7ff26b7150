//! Danish words to phones: stems, rules and variants, all of them tables in `data/g2p`.
//!
//! A word is cut into prefixes, stems, endings and the parts of a compound by the cheapest way through known ones. Stems
//! with a transcription keep it; the others, and whatever is not known, are read by letter-to-sound rules, with the stress by
//! the ending and stød by a simple form of Basbøll's non-stød model. A word has a second pronunciation where everyday
//! speech loses its schwas.
//!
//! | file | what |
//! |---|---|
//! | `phones.tsv` | the 56 phones with X-SAMPA, features and nearest phones |
//! | `stems.tsv` | stems, words, prefixes and suffixes with transcriptions, or without where the rules are right |
//! | `endings.tsv` | endings of inflection, and what they do to stød |
//! | `rules.tsv` | the letter-to-sound rules |
//! | `stress.tsv` | endings that place the stress |
//! | `letters.tsv` | names of the letters |
//!
//! The transcription is narrow IPA as dictionaries for the general public have it, in the standard of Copenhagen: p t k only where
//! they are aspirated, else b d ɡ; soft d as ð; r, v, g and j after vowels as the glides ɐ̯ ʊ̯ ɪ̯.
//!
//! Not yet: English words by English rules, sentence stress and the weak forms it makes, regional pronunciations.
//! Homographs have their commonest reading first (`dæk`, `løb` and `bøger` sound as the noun does).
//!
//! ```
//! use sprog_text::g2p::{G2p, PhoneSet};
//!
//! let g2p = G2p::default();
//! let hunden = g2p.pronounce("hunden");
//! assert_eq!(hunden[0].text(PhoneSet::Full), "h ˈu nˀ ə n");
//! assert_eq!(hunden[1].text(PhoneSet::Full), "h ˈu nˀ n̩");
//! assert_eq!(hunden[0].text(PhoneSet::Alignment), "h u n ə n");
//! assert_eq!(hunden[0].phones[2].bytes, 2..3);
//! ```

mod letters;
mod lexicon;
mod morphology;
mod phones;
mod place;
mod pronounce;
mod rules;
mod stems;
mod stod;
mod stress;
mod variants;
mod words;

use std::ops::Range;

pub use lexicon::{Imported, Lexicon, LexiconProblem, Notation};
pub use phones::{PhoneId, PhoneInfo};
pub use words::SpokenWord;

/// Stress of a syllable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Stress {
    /// None.
    #[default]
    None,
    /// Secondary: `ˌ`.
    Secondary,
    /// Primary: `ˈ`.
    Primary,
}

/// What a phone is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Symbol {
    /// A phone of the inventory.
    Phone(PhoneId),
    /// A letter that stands for itself.
    Letter(char),
}

/// A phone of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone {
    /// What it is.
    pub symbol: Symbol,
    /// Stress of the syllable whose vowel it is.
    pub stress: Stress,
    /// Whether it bears stød.
    pub stod: bool,
    /// Bytes of the word that it stands for.
    pub bytes: Range<usize>,
}

impl Phone {
    fn is_syllabic(&self) -> bool {
        matches!(self.symbol, Symbol::Phone(id) if id.is_syllabic())
    }

    fn is_full_vowel(&self) -> bool {
        matches!(self.symbol, Symbol::Phone(id) if id.is_vowel() && !matches!(id.info().ipa, "ə" | "ɐ"))
    }
}

/// Where a pronunciation comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// Letters stand for themselves.
    Letters,
    /// The names of the letters.
    Spelled,
    /// At least one part is read by the rules.
    Rules,
    /// All parts are known.
    Lexicon,
    /// The user's lexicon.
    User,
}

/// One way to say a word.
#[derive(Debug, Clone, PartialEq)]
pub struct Pronunciation {
    /// The phones in order.
    pub phones: Vec<Phone>,
    /// Where it comes from.
    pub source: Source,
    /// 1 for the best; smaller for variants.
    pub weight: f32,
}

/// Which marks of phones are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PhoneSet {
    /// With stress, stød and length: `ˈhunˀ`, `sɡˈoːlə`.
    #[default]
    Full,
    /// With length, without stress and stød.
    Length,
    /// Neither stress nor stød nor length nor syllabic marks: the 38 symbols of an acoustic model that learns these
    /// from the signal.
    Alignment,
}

/// How carefully a word is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Register {
    /// Each ə is said: as read aloud, slowly.
    Distinct,
    /// ə is lost where everyday speech loses it.
    Everyday,
    /// The distinct one first, then the everyday one.
    #[default]
    Both,
}

/// What becomes of letters of other scripts, as Greek ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Foreign {
    /// They are left out; a word of nothing else has no pronunciation.
    Skip,
    /// They stand for themselves, as [`Symbol::Letter`].
    #[default]
    Letters,
}

/// What [`G2p`] gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// At most this many pronunciations of a word, at least one.
    pub max_variants: usize,
    /// How carefully words are said.
    pub register: Register,
    /// What becomes of letters of other scripts.
    pub foreign: Foreign,
}

impl Default for Options {
    fn default() -> Self {
        Options { max_variants: 4, register: Register::Both, foreign: Foreign::Letters }
    }
}

/// Pronounces Danish words.
#[derive(Debug, Clone, Default)]
pub struct G2p {
    options: Options,
    lexicon: Lexicon,
}

impl G2p {
    /// With options, and without a lexicon of the user.
    pub fn new(options: Options) -> Self {
        G2p { options, lexicon: Lexicon::default() }
    }

    /// With a lexicon, which wins over our own tables: a word that it has gets its pronunciations and no others.
    pub fn with_lexicon(self, lexicon: Lexicon) -> Self {
        G2p { lexicon, ..self }
    }

    /// How a word is said, the likeliest first. Its case does not matter; a hyphen parts it, digits are read one by one,
    /// a word without a vowel is spelled, and whatever is no letter is skipped. Empty where nothing is left.
    ///
    /// Takes time linear in the length of the word.
    pub fn pronounce(&self, word: &str) -> Vec<Pronunciation> {
        let known = if self.lexicon.is_empty() { None } else { self.lexicon.words.get(&word.to_lowercase()) };
        let base = match known {
            Some(readings) => pronounce::by_lexicon(word, readings),
            None => pronounce::pronounce(word, self.options.foreign == Foreign::Letters),
        };
        let mut out: Vec<Pronunciation> = Vec::with_capacity(2 * base.len());
        // User readings are taken as they are.
        let register = if known.is_some() { Register::Distinct } else { self.options.register };
        for (rank, mut one) in base.into_iter().enumerate() {
            if known.is_none() {
                one.weight = if rank == 0 { 1.0 } else { 0.5 };
            }
            let everyday =
                if register == Register::Distinct { None } else { variants::everyday(&one.phones) };
            let everyday = everyday.map(|phones| Pronunciation { phones, weight: one.weight * 0.8, ..one });
            match (register, everyday) {
                (Register::Everyday, Some(everyday)) => {
                    push(&mut out, Pronunciation { weight: one.weight, ..everyday })
                }
                (_, None) => push(&mut out, one),
                (_, Some(everyday)) => {
                    push(&mut out, one);
                    push(&mut out, everyday);
                }
            }
        }
        out.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        out.truncate(self.options.max_variants.max(1));
        out
    }

    /// The letters of a word, each for itself, in lower case: for a language or script that has no rules here.
    ///
    /// ```
    /// use sprog_text::g2p::{G2p, PhoneSet};
    /// assert_eq!(G2p::graphemes("Łódź 7").text(PhoneSet::Alignment), "ł ó d ź 7");
    /// ```
    pub fn graphemes(word: &str) -> Pronunciation {
        let phone = |(at, c): (usize, char)| {
            let bytes = at..at + c.len_utf8();
            c.to_lowercase().filter(|c| c.is_alphanumeric()).map(move |c| Phone {
                symbol: Symbol::Letter(c),
                stress: Stress::None,
                stod: false,
                bytes: bytes.clone(),
            })
        };
        let phones = word.char_indices().flat_map(phone).collect();
        Pronunciation { phones, source: Source::Letters, weight: 1.0 }
    }
}

/// Adds one that sounds different from those there are.
fn push(out: &mut Vec<Pronunciation>, one: Pronunciation) {
    let same = |a: &Phone, b: &Phone| a.symbol == b.symbol && a.stress == b.stress && a.stod == b.stod;
    let known = |other: &Pronunciation| {
        other.phones.len() == one.phones.len()
            && other.phones.iter().zip(&one.phones).all(|(a, b)| same(a, b))
    };
    if !out.iter().any(known) {
        out.push(one);
    }
}

impl Phone {
    /// Writes the phone to the end of `out`.
    pub fn write(&self, set: PhoneSet, out: &mut String) {
        let id = match self.symbol {
            Symbol::Letter(c) => return out.push(c),
            Symbol::Phone(id) => id,
        };
        match (set, self.stress) {
            (PhoneSet::Full, Stress::Primary) => out.push('ˈ'),
            (PhoneSet::Full, Stress::Secondary) => out.push('ˌ'),
            _ => {}
        }
        let id = if set == PhoneSet::Alignment { id.info().bare } else { id };
        out.push_str(id.info().ipa);
        if set == PhoneSet::Full && self.stod {
            out.push('ˀ');
        }
    }
}

impl Pronunciation {
    /// The phones as labels, for an acoustic model.
    pub fn labels(&self, set: PhoneSet) -> Vec<String> {
        let label = |phone: &Phone| {
            let mut out = String::new();
            phone.write(set, &mut out);
            out
        };
        self.phones.iter().map(label).collect()
    }

    /// The phones with blanks between.
    pub fn text(&self, set: PhoneSet) -> String {
        let mut out = String::new();
        for phone in &self.phones {
            if !out.is_empty() {
                out.push(' ');
            }
            phone.write(set, &mut out);
        }
        out
    }
}
