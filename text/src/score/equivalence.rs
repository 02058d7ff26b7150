//! Scoring where a stretch may be written in any of several ways.

use std::ops::Range;

use serde::Serialize;

use super::align::{Alignment, ChunkKind, align};
use super::counts::Counts;
use super::lattice::{self, Lattice};
use super::tokens::{char_ranges, word_ranges};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Words, as [`word_ranges`] finds them.
    Word,
    /// Characters, as [`char_ranges`] finds them.
    Char,
}

impl Unit {
    pub(super) fn ranges(self, text: &str) -> Vec<Range<usize>> {
        match self {
            Unit::Word => word_ranges(text),
            Unit::Char => char_ranges(text),
        }
    }
}

/// A stretch of a text that can be read in other ways, such as `25` as `femogtyve` or `fem og tyve`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alternative {
    /// Bytes of the text. A range that cuts into a word is of the word: what is left of it stays around
    /// the reading, so `42` → `toogfyrre` makes `toogfyrreårige` of `42årige`.
    pub range: Range<usize>,
    /// What may stand there instead; the text as written is always allowed. An empty reading means that
    /// the stretch may be missing.
    pub readings: Vec<String>,
}

/// Which reading a token is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// Index into the alternatives of that side.
    pub alternative: usize,
    /// Index into its readings.
    pub reading: usize,
}

/// A token of the path that was scored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PathToken {
    /// The token, as scored.
    pub text: String,
    /// Bytes of the text that it stands for: its own, or those of all words that the readings replace.
    pub range: Range<usize>,
    /// The readings it is of; none for text as written, several where alternatives share a word.
    pub readings: Vec<Reading>,
}

/// The best match between all that the reference and all that the hypothesis can be read as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Equivalent {
    /// Counts for the paths chosen. The rate's denominator is the length of the chosen reference path,
    /// as in NIST sclite.
    pub counts: Counts,
    /// Counts for both texts as written.
    pub written: Counts,
    /// The alignment of the two paths; indices into `reference` and `hypothesis`.
    pub alignment: Alignment,
    /// The reference, as read.
    pub reference: Vec<PathToken>,
    /// The hypothesis, as read.
    pub hypothesis: Vec<PathToken>,
    /// Whether no other choice of readings has fewer errors. Texts of some thousand tokens are cut where
    /// they match, and scored piece by piece; then it is false, and the errors are an upper bound.
    pub exact: bool,
}

impl Equivalent {
    /// Errors per token of the reference as written: its denominator does not depend on the hypothesis.
    pub fn rate_as_written(&self) -> f64 {
        match self.written.reference() {
            0 => self.counts.errors() as f64,
            reference => self.counts.errors() as f64 / reference as f64,
        }
    }
}

/// An alternative that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "alternative {index} of the {side} covers bytes {start} to {end}, which is no range of characters with a token in it"
)]
pub struct AlternativeError {
    /// `reference` or `hypothesis`.
    pub side: &'static str,
    /// Which of the side's alternatives, from 0.
    pub index: usize,
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

/// Scores with alternative readings on both sides.
///
/// Both texts become lattices, and the pair of paths with the fewest errors is scored. Among such pairs
/// it takes the one with the fewest readings in the reference, then the fewest in the hypothesis: what
/// is written is left alone where that is as good. The counts are those of [`align`] on the two paths,
/// so without alternatives they are those of [`wer`](super::wer) and [`cer`](super::cer).
///
/// Alternatives may overlap, and may share a word. Time and memory are O(n · m) up to four million
/// cells; see [`Equivalent::exact`] for longer texts.
///
/// ```
/// use sprog_text::score::{Alternative, Unit, equivalent};
/// let spoken = Alternative { range: 7..9, readings: vec!["femogtyve".into(), "fem og tyve".into()] };
/// let done = equivalent("hun er 25 år", &[spoken], "hun er fem og tyve år", &[], Unit::Word)?;
/// assert_eq!((done.counts.errors(), done.counts.reference()), (0, 6));
/// assert_eq!(done.written.errors(), 3);
/// assert_eq!(done.reference[2].readings[0].reading, 1);
/// # Ok::<(), sprog_text::score::AlternativeError>(())
/// ```
pub fn equivalent(
    reference: &str,
    reference_alternatives: &[Alternative],
    hypothesis: &str,
    hypothesis_alternatives: &[Alternative],
    unit: Unit,
) -> Result<Equivalent, AlternativeError> {
    let reference = Lattice::new(reference, reference_alternatives, unit, "reference")?;
    let hypothesis = Lattice::new(hypothesis, hypothesis_alternatives, unit, "hypothesis")?;
    let plain = align(&reference.written(), &hypothesis.written());
    let written = plain.counts();
    let whole = [(0..reference.len(), 0..hypothesis.len())];
    let exact = lattice::fits(&reference, &whole[0].0, &hypothesis, &whole[0].1);
    let parts = if exact { whole.to_vec() } else { cut(&plain, &reference, &hypothesis) };
    let (mut read, mut heard) = (Vec::new(), Vec::new());
    for (ours, theirs) in parts {
        let untouched = !reference.has_variants(&ours) && !hypothesis.has_variants(&theirs);
        if untouched || !lattice::fits(&reference, &ours, &hypothesis, &theirs) {
            read.extend(reference.as_written(ours));
            heard.extend(hypothesis.as_written(theirs));
        } else {
            let (a, b) = lattice::best_paths(&reference, ours, &hypothesis, theirs);
            read.extend(a);
            heard.extend(b);
        }
    }
    let text = |path: &[PathToken]| path.iter().map(|token| token.text.clone()).collect::<Vec<_>>();
    let alignment = align(&text(&read), &text(&heard));
    Ok(Equivalent {
        counts: alignment.counts(),
        written,
        alignment,
        reference: read,
        hypothesis: heard,
        exact,
    })
}

/// Tokens of a reference and of a hypothesis that are scored together.
type Part = (Range<usize>, Range<usize>);

/// Runs of matches this long are cut in the middle.
const ANCHOR: usize = 8;

fn cut(plain: &Alignment, reference: &Lattice, hypothesis: &Lattice) -> Vec<Part> {
    let mut parts = Vec::new();
    let (mut i, mut j) = (0, 0);
    let anchors = plain.chunks.iter().filter(|c| c.kind == ChunkKind::Equal && c.reference.len() >= ANCHOR);
    for chunk in anchors {
        // Near the middle, where no reading spans the cut.
        let half = chunk.reference.len() / 2;
        let place = (0..ANCHOR / 2).map(|shift| half + shift).find(|shift| {
            !reference.is_spanned(chunk.reference.start + shift)
                && !hypothesis.is_spanned(chunk.hypothesis.start + shift)
        });
        if let Some(shift) = place {
            let (to, other) = (chunk.reference.start + shift, chunk.hypothesis.start + shift);
            parts.push((i..to, j..other));
            (i, j) = (to, other);
        }
    }
    parts.push((i..reference.len(), j..hypothesis.len()));
    parts
}
