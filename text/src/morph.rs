//! Words as grammar sees them: lemma, part of speech and features of Universal Dependencies.

use std::fmt;

/// A part of speech of Universal Dependencies, <https://universaldependencies.org/u/pos/>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are the standard's")]
pub enum Upos {
    Adj,
    Adp,
    Adv,
    Aux,
    Cconj,
    Det,
    Intj,
    Noun,
    Num,
    Part,
    Pron,
    Propn,
    Punct,
    Sconj,
    Sym,
    Verb,
    X,
}

impl Upos {
    /// All seventeen, by name.
    pub const ALL: [Upos; 17] = {
        use Upos::*;
        [Adj, Adp, Adv, Aux, Cconj, Det, Intj, Noun, Num, Part, Pron, Propn, Punct, Sconj, Sym, Verb, X]
    };

    /// The tag as CoNLL-U writes it: `NOUN`.
    pub fn as_str(self) -> &'static str {
        match self {
            Upos::Adj => "ADJ",
            Upos::Adp => "ADP",
            Upos::Adv => "ADV",
            Upos::Aux => "AUX",
            Upos::Cconj => "CCONJ",
            Upos::Det => "DET",
            Upos::Intj => "INTJ",
            Upos::Noun => "NOUN",
            Upos::Num => "NUM",
            Upos::Part => "PART",
            Upos::Pron => "PRON",
            Upos::Propn => "PROPN",
            Upos::Punct => "PUNCT",
            Upos::Sconj => "SCONJ",
            Upos::Sym => "SYM",
            Upos::Verb => "VERB",
            Upos::X => "X",
        }
    }

    /// The part of speech that CoNLL-U writes as `tag`.
    ///
    /// ```
    /// use sprog_text::morph::Upos;
    /// assert_eq!(Upos::parse("SCONJ"), Some(Upos::Sconj));
    /// assert_eq!(Upos::parse("sconj"), None);
    /// ```
    pub fn parse(tag: &str) -> Option<Upos> {
        Upos::ALL.into_iter().find(|upos| upos.as_str() == tag)
    }
}

impl fmt::Display for Upos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a word can be: one line of a full-form lexicon, one cohort reading.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reading {
    /// The dictionary form.
    pub lemma: String,
    /// The part of speech.
    pub upos: Upos,
    /// Features as in CoNLL-U, sorted by name: `Definite=Ind|Gender=Com|Number=Sing`; empty where there are none.
    pub feats: String,
}

impl Reading {
    /// Part of speech and features in one string, for patterns over tags.
    ///
    /// ```
    /// use sprog_text::morph::{Reading, Upos};
    /// let hus = Reading { lemma: "hus".into(), upos: Upos::Noun, feats: "Gender=Neut|Number=Sing".into() };
    /// assert_eq!(hus.tag(), "NOUN|Gender=Neut|Number=Sing");
    /// ```
    pub fn tag(&self) -> String {
        if self.feats.is_empty() {
            self.upos.as_str().to_owned()
        } else {
            format!("{}|{}", self.upos, self.feats)
        }
    }
}

/// Something that knows words: a lexicon, a dictionary, a guesser.
pub trait Analyze {
    /// Adds the readings of a word form to `out`, best or most frequent first; none for an unknown word.
    fn readings(&self, form: &str, out: &mut Vec<Reading>);
}
