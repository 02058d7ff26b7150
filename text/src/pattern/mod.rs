//! Pattern rules in the manner of LanguageTool: token patterns over words and their readings.
//!
//! The files are read by [`sprog_formats::rules::languagetool`]; here they are compiled and run. A
//! sentence is a row of words with readings, between `SENT_START` (a word of its own, empty) and
//! `SENT_END` (a further reading of the last word), as in LanguageTool. Tags are strings: those of
//! [`Reading::tag`](crate::morph::Reading::tag), such as `VERB|Tense=Pres|VerbForm=Fin`, or any other.
//!
//! Matching is LanguageTool's: from the left, without going back. An optional token is left out where
//! the next one fits, a repeated one takes all it can, a skip takes the first word that fits.
//!
//! Not run, and listed with the reason by [`RuleSet::rejected`]: filters (Java code), `min_prev_matches`
//! and `distance_tokens`, and regular expressions with look-around other than at their very start,
//! back-references or `\G`. Possessive quantifiers are run as greedy ones.

mod check;
mod compile;
mod disambiguate;
mod examples;
mod index;
mod matcher;
mod regex;
mod ruleset;
mod sentence;
mod suggest;
#[cfg(test)]
mod tests;
mod unify;

pub use check::{Checked, Checker, Match};
pub use examples::{ExampleFailure, ExampleReport, run as run_examples};
pub use ruleset::{Rejected, RuleInfo, RuleSet};
pub use sentence::{Sentence, Word, WordReading, WordReadings};
pub use suggest::{NoSynthesis, Synthesize};
