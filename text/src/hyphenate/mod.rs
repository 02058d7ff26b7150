//! Where Danish words are divided at the end of a line.
//!
//! A [`Hyphenator`] first looks for the parts of a compound ([`crate::compounds`]); inside the parts it goes by
//! our own rules (after Retskrivningsordbogen's on the division of words: prefixes and suffixes, then one consonant or a
//! group that can begin a word to the next line) or by the [`Patterns`] of a libhyphen or TeX file. Soft hyphens decide alone
//! where a word has them. There is no hyphen beside a digit or an apostrophe, and none in a short word in capitals (`NATO`).
//!
//! ```
//! use sprog_text::hyphenate::Hyphenator;
//! let ours = Hyphenator::ours();
//! assert_eq!(ours.parts("arbejdsmarked"), ["ar", "bejds", "mar", "ked"]);
//! assert_eq!(ours.parts("sikkerhed"), ["sik", "ker", "hed"]);
//! ```

mod patterns;
mod rules;

pub use patterns::Patterns;
pub(crate) use rules::is_onset;

use std::sync::LazyLock;

use crate::compounds::{Mode, Splitter};

/// A place where a word can be divided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hyphen {
    /// The byte of the word that begins the next line.
    pub at: usize,
    /// How the spelling changes when the word is divided here (in some languages' patterns; never in Danish).
    pub change: Option<Change>,
}

/// A change of spelling at a hyphen: `Schiffahrt` is `Schiff-fahrt`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The first byte that is replaced.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
    /// What stands there ahead of the hyphen.
    pub before: String,
    /// What stands there behind it.
    pub after: String,
}

/// Divides words.
#[derive(Debug)]
pub struct Hyphenator {
    splitter: Option<&'static Splitter>,
    patterns: Option<Patterns>,
    left: usize,
    right: usize,
}

impl Hyphenator {
    /// Our own rules and our own stems; at least two characters on either side.
    pub fn ours() -> &'static Hyphenator {
        static OURS: LazyLock<Hyphenator> = LazyLock::new(|| Hyphenator {
            splitter: Some(Splitter::ours()),
            patterns: None,
            left: 2,
            right: 2,
        });
        &OURS
    }

    /// Compounds' parts by our stems, and these patterns inside the parts, with the minima of their file.
    pub fn with_patterns(patterns: Patterns) -> Hyphenator {
        let (left, right) = patterns.minima;
        Hyphenator { splitter: Some(Splitter::ours()), patterns: Some(patterns), left, right }
    }

    /// The patterns alone, as libhyphen applies them: compounds are not looked for.
    pub fn patterns_only(patterns: Patterns) -> Hyphenator {
        Hyphenator { splitter: None, ..Hyphenator::with_patterns(patterns) }
    }

    /// The same with at least `left` characters ahead of the first hyphen and `right` behind the last one.
    #[must_use]
    pub fn minima(self, left: usize, right: usize) -> Hyphenator {
        Hyphenator { left, right, ..self }
    }

    /// Every place where `word` can be divided, from left to right.
    pub fn hyphens(&self, word: &str) -> Vec<Hyphen> {
        if word.contains(SOFT_HYPHEN) {
            let soft = word.match_indices(SOFT_HYPHEN).map(|(at, s)| at + s.len());
            return soft.filter(|at| *at < word.len()).map(|at| Hyphen { at, change: None }).collect();
        }
        let mut out = Vec::new();
        let mut start = 0;
        let ends = word.char_indices().filter(|(_, c)| !c.is_alphabetic() && !is_mark(*c));
        for (at, c) in ends.chain([(word.len(), ' ')]) {
            let run = word.get(start..at).unwrap_or_default();
            if !run.is_empty() && !is_abbreviation(run) {
                self.run(run, start, &mut out);
            }
            start = at.saturating_add(c.len_utf8());
        }
        out
    }

    /// The word in the pieces that its hyphens leave; changes of spelling are not made.
    pub fn parts<'w>(&self, word: &'w str) -> Vec<&'w str> {
        cut(word, &self.hyphens(word))
    }

    /// A run of letters that begins at byte `offset`.
    fn run(&self, run: &str, offset: usize, out: &mut Vec<Hyphen>) {
        let mut places: Vec<Hyphen> = Vec::new();
        let mut bounds: Vec<usize> = Vec::new();
        if let Some(splitter) = self.splitter
            && let Some(split) = splitter.split(run, Mode::Deep, 1).first()
        {
            bounds.extend(split.boundaries());
        }
        places.extend(bounds.iter().map(|at| Hyphen { at: *at, change: None }));
        bounds.push(run.len());
        let mut start = 0;
        for end in bounds {
            let Some(part) = run.get(start..end) else { continue };
            match &self.patterns {
                Some(patterns) => {
                    let (left, right) =
                        if part.len() == run.len() { (self.left, self.right) } else { (2, 2) };
                    places.extend(
                        patterns.hyphens_within(part, left, right).into_iter().map(|h| shifted(h, start)),
                    );
                }
                None => places.extend(
                    rules::places(part).into_iter().map(|at| Hyphen { at: at + start, change: None }),
                ),
            }
            start = end;
        }
        places.sort_by_key(|hyphen| hyphen.at);
        places.dedup_by_key(|hyphen| hyphen.at);
        // The minima in characters: bytes ahead of and behind them.
        let first = run.char_indices().nth(self.left).map_or(run.len(), |(at, _)| at);
        let last = match self.right.checked_sub(1) {
            None => Some(run.len()),
            Some(n) => run.char_indices().nth_back(n).map(|(at, _)| at),
        };
        let inside = |hyphen: &Hyphen| hyphen.at >= first && last.is_some_and(|last| hyphen.at <= last);
        out.extend(places.into_iter().filter(inside).map(|hyphen| shifted(hyphen, offset)));
    }
}

const SOFT_HYPHEN: char = '\u{ad}';

fn shifted(hyphen: Hyphen, by: usize) -> Hyphen {
    let change = hyphen.change.map(|c| Change { start: c.start + by, end: c.end + by, ..c });
    Hyphen { at: hyphen.at + by, change }
}

/// Combining marks belong to the letter ahead of them.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// All in capitals, and short: letters rather than a word.
fn is_abbreviation(run: &str) -> bool {
    run.chars().all(char::is_uppercase) && run.chars().count() <= 5
}

/// The word, cut where the hyphens stand.
fn cut<'w>(word: &'w str, hyphens: &[Hyphen]) -> Vec<&'w str> {
    let mut start = 0;
    let mut parts = Vec::with_capacity(hyphens.len() + 1);
    for end in hyphens.iter().map(|hyphen| hyphen.at).chain([word.len()]) {
        parts.push(word.get(start..end).unwrap_or_default());
        start = end;
    }
    parts
}
