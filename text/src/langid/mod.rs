//! Which language a text is in: Danish, Bokmål, Nynorsk, Swedish, Faroese, Icelandic, German, English, Dutch,
//! or another.
//!
//! A linear model over words: a word's weights are the sum over the word and its character 1- to 5-grams, a
//! text's the sum over its words, so that each distinct word is worked out once and kept in a cache. The sums
//! become probabilities through a temperature that depends on the number of words, set on held-out text.
//! The idea is that of fastText (Joulin and others 2017, arXiv:1607.01759) and of HeLI (Jauhiainen and others
//! 2016), without their rule to fall back from words to n-grams.
//!
//! Digits, addresses, paths, code and signs are no evidence; capitals and small letters are the same. It does
//! not know: languages written alike (Danish before about 1900 and Norwegian of that time), dialects, and
//! which language of several shares one sentence. How the model was made: `data/langid/MODEL_CARD.md`.
//!
//! ```
//! use sprog_text::langid::{Identifier, Language};
//! let mut identifier = Identifier::new();
//! let found = identifier.identify("Hvad skal vi have til aftensmad?");
//! assert_eq!(found.label, Some(Language::Da));
//! assert!(found.score > 0.9);
//! ```

mod document;
mod features;
mod identify;
mod language;
mod model;
pub mod train;
mod words;

pub use document::{DocumentLanguages, Section};
pub use identify::{Identification, Identifier};
pub use language::{Language, LanguageSet};

/// The language of one text; [`Identifier::identify`] without a cache.
///
/// ```
/// use sprog_text::langid::{Language, identify};
/// assert_eq!(identify("Jeg vet ikke hva jeg skal si til det.").label, Some(Language::Nb));
/// ```
pub fn identify(text: &str) -> Identification {
    Identifier::uncached().identify(text)
}
