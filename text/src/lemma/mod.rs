//! The dictionary form of a word, by what a treebank had, what a lexicon lists, and rules on endings.
//!
//! In this order: the word with this tag in the treebank; the lexicon's reading with this tag; the word with this
//! part of speech in the treebank, then in the lexicon; for a compound, the lexicon's lemma of its last
//! part; the rule of the longest known ending (as in Jongejan and Dalianis, *Automatic training of
//! lemmatization rules that handle morphological changes in pre-, in- and suffixes alike*, ACL 2009, with
//! changes at the end only). Rules are edit scripts: cut so many letters, add these.
//!
//! Capitals as in UD_Danish-DDT: names and foreign words keep theirs; so does what stands before a hyphen
//! (`EF-landene`, `EF-land`), and abbreviations within a word.

mod case;
mod lemmatizer;
mod rules;
mod script;
mod train;

pub(crate) use case::base;
pub use lemmatizer::Lemmatizer;
pub(crate) use rules::Lemmas;
pub(crate) use train::Learner;
