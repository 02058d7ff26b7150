//! Danish compounds: where a word falls apart, and which linking elements (`-s-`, `-e-`, `-er-` …) stand between.
//!
//! A search over the stems of a [`StemSource`] (ours, or ours and a Hunspell dictionary's) finds the cheapest ways to read
//! a word as parts. What a part costs: 100, more for a short stem, for a link that its left neighbour does not take
//! by itself, for word classes that seldom meet, for endings and affixes. Derivations (`bestyrelse`, `oversætter`) are one
//! part. A word that is not to be read so stays whole. The linking elements are those that grammars of Danish list (Hansen
//! and Heltoft, Grammatik over det Danske Sprog, 2011).
//!
//! ```
//! use sprog_text::compounds::{Mode, Splitter};
//! let splitter = Splitter::ours();
//! assert_eq!(splitter.marked("arbejdsmarked", Mode::Deep), "arbejd|+s|marked");
//! assert_eq!(splitter.marked("fodboldkamp", Mode::Deep), "fod|bold|kamp");
//! assert_eq!(splitter.marked("fodboldkamp", Mode::Lexical), "fodbold|kamp");
//! assert_eq!(splitter.marked("minister", Mode::Deep), "minister");
//! ```

mod affixes;
mod hunspell;
mod search;
mod stems;
pub(crate) mod trie;

use std::sync::LazyLock;

pub use stems::{Class, Links, OurStems, Stem, StemSource};

use stems::{Builder, Table};

/// Words longer than this, in characters, are not looked into.
pub const LONGEST_WORD: usize = 160;

/// The most splits that [`Splitter::split`] gives.
pub const MOST_SPLITS: usize = 16;

/// How far a word is taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// As a dictionary would split: parts that are words of their own right stay whole (`fodbold|kamp`).
    Lexical,
    /// Down to stems that are no compounds (`fod|bold|kamp`).
    #[default]
    Deep,
}

/// What a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKind {
    /// A stem with its affixes, the last one with its ending.
    Stem,
    /// A linking element.
    Link,
    /// A hyphen of the writer's.
    Hyphen,
}

/// A part of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Its first byte in the word.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
    /// What it is.
    pub kind: PartKind,
}

/// One way to take a word apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The parts from left to right; they cover the word.
    pub parts: Vec<Part>,
    /// What it costs; the less the better, and comparable for one word only.
    pub cost: u32,
}

impl Split {
    /// Whether there is more than one part.
    pub fn is_compound(&self) -> bool {
        self.parts.len() > 1
    }

    /// The parts with `|` between them and `+` ahead of linking elements: `arbejd|+s|marked`.
    pub fn marked(&self, word: &str) -> String {
        let mut out = String::with_capacity(word.len().saturating_add(self.parts.len().saturating_mul(2)));
        for part in &self.parts {
            if !out.is_empty() {
                out.push('|');
            }
            if part.kind == PartKind::Link {
                out.push('+');
            }
            out.push_str(word.get(part.start..part.end).unwrap_or_default());
        }
        out
    }

    /// Bytes of the word at which a new part begins; a linking element belongs to the part ahead of it.
    pub fn boundaries(&self) -> impl Iterator<Item = usize> + '_ {
        self.parts.iter().skip(1).filter(|part| part.kind == PartKind::Stem).map(|part| part.start)
    }
}

/// Splits compounds by the stems that it was made of.
#[derive(Debug)]
pub struct Splitter {
    table: Table,
}

impl Splitter {
    /// The splitter of this project's own stems; built at the first call.
    pub fn ours() -> &'static Splitter {
        static OURS: LazyLock<Splitter> = LazyLock::new(|| Splitter::from_stems(&OurStems));
        &OURS
    }

    /// A splitter of other stems.
    pub fn from_stems(source: &(impl StemSource + ?Sized)) -> Splitter {
        let mut builder = Builder::default();
        source.each(&mut |stem| builder.add(&stem, false));
        Splitter { table: builder.build() }
    }

    /// The best split and up to `n` in all, the cheapest first; one at least, and no more than [`MOST_SPLITS`].
    ///
    /// The whole word is among them where there is room. An empty word is one empty part.
    pub fn split(&self, word: &str, mode: Mode, n: usize) -> Vec<Split> {
        search::split(&self.table, word, mode, n.clamp(1, MOST_SPLITS))
    }

    /// Whether a stem of three letters or more stands at the start of these letters.
    pub(crate) fn begins_with_stem(&self, letters: &[u8]) -> bool {
        let mut node = 0;
        for (at, code) in letters.iter().enumerate() {
            let Some(next) = self.table.trie.step(node, *code) else { return false };
            node = next;
            let stems = Class::NOUN
                .or(Class::DEVERBAL)
                .or(Class::VERB_STEM)
                .or(Class::INFINITIVE)
                .or(Class::ADJECTIVE);
            if at >= 2
                && self.table.trie.value(node).is_some_and(|v| self.table.entries[v].class.meets(stems))
            {
                return true;
            }
        }
        false
    }

    /// The best split, as [`Split::marked`] writes it.
    pub fn marked(&self, word: &str, mode: Mode) -> String {
        self.split(word, mode, 1).first().map_or_else(|| word.to_owned(), |split| split.marked(word))
    }
}
