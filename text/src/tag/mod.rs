//! Parts of speech, features and lemmas of the words of a sentence, without neural weights.
//!
//! Two averaged perceptrons (Collins 2002, *Discriminative Training Methods for Hidden Markov Models*): the
//! first gives each word its part of speech from left to right, the second its features, given all parts of
//! speech, as the sum of the weights of their parts. What they look at: the word, its affixes and
//! shape, its neighbours, the tags before it, and what a lexicon lists for all of these. A lexicon
//! only gives evidence: it never forbids a tag. [`crate::lemma`] gives the lemma.
//!
//! Training uses whole numbers and a fixed order, so that the same sentences, options and lexicon give the
//! same bytes on every platform. The model holds no lexicon: it must be used with the one it was trained
//! with, or with a larger one of the same conventions.
//!
//! ```
//! use sprog_text::morph::{Reading, Upos};
//! use sprog_text::tag::{Annotated, NoLexicon, Tagger, TrainOptions, Trainer};
//! let word = |form: &str, lemma: &str, upos| Annotated {
//!     form: form.into(),
//!     reading: Reading { lemma: lemma.into(), upos, feats: String::new() },
//! };
//! let sentences = [vec![word("han", "han", Upos::Pron), word("sover", "sove", Upos::Verb)]];
//! let model = Trainer::new(TrainOptions::default()).train(&sentences, &NoLexicon);
//! let tagged = Tagger::new(&model, &NoLexicon).tag(&["han", "sover"]);
//! assert_eq!(tagged[1].reading, sentences[0][1].reading);
//! ```

pub(crate) mod bytes;
mod features;
mod model;
mod tagger;
mod tagset;
mod train;
pub(crate) mod weights;
pub(crate) mod word;

pub use model::{Model, ModelError};
pub use tagger::{Tagged, Tagger};
pub use train::{Annotated, TrainOptions, Trainer};

use crate::morph::{Analyze, Reading};

/// A lexicon that knows no word.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoLexicon;

impl Analyze for NoLexicon {
    fn readings(&self, _form: &str, _out: &mut Vec<Reading>) {}
}

/// Several lexicons as one: the readings of the first, then those of the next that are not there yet.
pub struct Lexicons<'a>(pub Vec<&'a dyn Analyze>);

impl Analyze for Lexicons<'_> {
    fn readings(&self, form: &str, out: &mut Vec<Reading>) {
        let start = out.len();
        for lexicon in &self.0 {
            let from = out.len();
            lexicon.readings(form, out);
            for at in (from..out.len()).rev() {
                if out[start..from].contains(&out[at]) {
                    out.remove(at);
                }
            }
        }
    }
}
