//! A lexicon of full forms: which words a form can be, and how a word is inflected.
//!
//! [`Lexicon`] is one piece of memory, such as a mapped file: an automaton over forms and lemmas with a table of
//! readings. [`LexiconBuilder`] writes it from entries, [`Lexicon::ours`] is the project's own core lexicon (CC0), and
//! [`tagsets`] maps the labels of other lexicons to Universal Dependencies. [`Paradigms`] inflects a lemma by a code,
//! [`Guesser`] reads and inflects words that no lexicon has, and [`unimorph`] converts features. [`Tables`] makes the
//! full forms of tables such as ours, each with the line that it comes of.
//!
//! Tags and lemmas follow UD Danish-DDT. What a reading is in its sentence is for a tagger to say.
//!
//! ```
//! use sprog_text::lexicon::Lexicon;
//! use sprog_text::morph::Upos;
//! let forms = Lexicon::ours().lookup("mændene");
//! assert_eq!(forms[0].reading.lemma, "mand");
//! assert_eq!(forms[0].reading.feats, "Definite=Def|Gender=Com|Number=Plur");
//! ```

mod analyze;
mod automaton;
mod builder;
mod container;
mod guess;
mod ours;
mod paradigms;
mod tables;
pub mod tagsets;
pub mod unimorph;

pub use builder::LexiconBuilder;
pub use container::Lexicon;
pub use guess::{Guess, Guesser, Inflected};
pub use paradigms::{Cell, Paradigms};
pub use tables::{FullForm, FullForms, Table, Tables};

use crate::morph::{Reading, Upos};

/// How a form stands to the official norm, Retskrivningsordbogen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NormStatus {
    /// In the norm, or not said otherwise.
    #[default]
    Official,
    /// A second form that the norm has beside another.
    Variant,
    /// Of an older norm.
    Old,
    /// Written as spoken, or otherwise outside the norm.
    Colloquial,
}

impl NormStatus {
    /// All four.
    pub const ALL: [NormStatus; 4] =
        [NormStatus::Official, NormStatus::Variant, NormStatus::Old, NormStatus::Colloquial];

    /// The name in tables: `official`, `variant`, `old`, `colloquial`.
    pub fn as_str(self) -> &'static str {
        match self {
            NormStatus::Official => "official",
            NormStatus::Variant => "variant",
            NormStatus::Old => "old",
            NormStatus::Colloquial => "colloquial",
        }
    }

    /// The status with this name.
    pub fn parse(name: &str) -> Option<NormStatus> {
        NormStatus::ALL.into_iter().find(|status| status.as_str() == name)
    }

    fn code(self) -> u8 {
        self as u8
    }

    fn from_code(code: u8) -> NormStatus {
        NormStatus::ALL.get(usize::from(code)).copied().unwrap_or_default()
    }
}

/// A word form for [`LexiconBuilder::add`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The form as written in text.
    pub form: String,
    /// Its dictionary form.
    pub lemma: String,
    /// Its part of speech.
    pub upos: Upos,
    /// Its features as in CoNLL-U, sorted by name; empty where there are none.
    pub feats: String,
    /// How it stands to the norm.
    pub status: NormStatus,
    /// Which source it is from, a number of [`LexiconBuilder::source`].
    pub source: u8,
}

impl Entry {
    /// An official form of source 0.
    pub fn new(form: &str, lemma: &str, upos: Upos, feats: &str) -> Entry {
        Entry {
            form: form.to_owned(),
            lemma: lemma.to_owned(),
            upos,
            feats: feats.to_owned(),
            status: NormStatus::Official,
            source: 0,
        }
    }

    /// The same with another source.
    pub fn source(mut self, source: u8) -> Entry {
        self.source = source;
        self
    }

    /// The same with another status.
    pub fn status(mut self, status: NormStatus) -> Entry {
        self.status = status;
        self
    }
}

/// A form in a lexicon, with one of its readings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// The form.
    pub form: String,
    /// What it is.
    pub reading: Reading,
    /// How it stands to the norm.
    pub status: NormStatus,
    /// Its source, an index into [`Lexicon::sources`].
    pub source: u8,
}

impl Form {
    /// The reading as UniMorph writes it, for parts of speech that its schema has.
    pub fn unimorph(&self) -> Option<String> {
        unimorph::from_ud(self.reading.upos, &self.reading.feats)
    }
}

/// Why a lexicon cannot be built or opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LexiconError {
    /// The bytes are not a lexicon of this version.
    #[error("the lexicon cannot be read: {0}; build it again")]
    Format(&'static str),
    /// A part would pass 4 GiB.
    #[error("the lexicon has too many entries; split it")]
    TooLarge,
}
