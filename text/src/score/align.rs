//! Alignments of least edit distance, and the error rates they give.

use std::collections::HashMap;
use std::hash::Hash;
use std::ops::Range;

use serde::Serialize;

use super::bits::{self, Band, Keep, Masks};
use super::counts::Counts;
use super::tokens::{char_ranges, word_ranges};

/// What happened to a run of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChunkKind {
    /// The same tokens on both sides.
    Equal,
    /// As many other tokens in the hypothesis.
    Substitute,
    /// Missing in the hypothesis.
    Delete,
    /// Only in the hypothesis.
    Insert,
}

/// A run of tokens with one fate. Ranges are token indices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Chunk {
    /// What happened.
    pub kind: ChunkKind,
    /// Tokens of the reference; empty for an insertion.
    pub reference: Range<usize>,
    /// Tokens of the hypothesis; empty for a deletion.
    pub hypothesis: Range<usize>,
}

/// Runs in order, that together cover both sides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Alignment {
    /// The runs. Two neighbours differ in kind.
    pub chunks: Vec<Chunk>,
}

impl Alignment {
    /// Hits and errors.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for chunk in &self.chunks {
            let (reference, hypothesis) = (chunk.reference.len() as u64, chunk.hypothesis.len() as u64);
            match chunk.kind {
                ChunkKind::Equal => counts.hits += reference,
                ChunkKind::Substitute => counts.substitutions += reference,
                ChunkKind::Delete => counts.deletions += reference,
                ChunkKind::Insert => counts.insertions += hypothesis,
            }
        }
        counts
    }

    fn push(&mut self, kind: ChunkKind, count: usize) {
        if count == 0 {
            return;
        }
        let (reference, hypothesis) =
            self.chunks.last().map_or((0, 0), |c| (c.reference.end, c.hypothesis.end));
        let reference_end = reference + if kind == ChunkKind::Insert { 0 } else { count };
        let hypothesis_end = hypothesis + if kind == ChunkKind::Delete { 0 } else { count };
        match self.chunks.last_mut() {
            Some(last) if last.kind == kind => {
                (last.reference.end, last.hypothesis.end) = (reference_end, hypothesis_end);
            }
            _ => self.chunks.push(Chunk {
                kind,
                reference: reference..reference_end,
                hypothesis: hypothesis..hypothesis_end,
            }),
        }
    }
}

/// Word error counts of two texts, in jiwer's words ([`word_ranges`]).
///
/// ```
/// let counts = sprog_text::score::wer("vi ses i morgen", "vi ses morgen");
/// assert_eq!((counts.hits, counts.deletions, counts.rate()), (3, 1, 0.25));
/// ```
pub fn wer(reference: &str, hypothesis: &str) -> Counts {
    let words = |text| word_ranges(text).into_iter().map(move |range: Range<usize>| &text[range]);
    let (reference, hypothesis): (Vec<&str>, Vec<&str>) =
        (words(reference).collect(), words(hypothesis).collect());
    align(&reference, &hypothesis).counts()
}

/// Character error counts of two texts, in jiwer's characters ([`char_ranges`]): spaces count.
pub fn cer(reference: &str, hypothesis: &str) -> Counts {
    align_chars(reference, hypothesis).counts()
}

pub(super) fn align_chars(reference: &str, hypothesis: &str) -> Alignment {
    let mut small = vec![u32::MAX; 0x180];
    let mut large = HashMap::new();
    let mut kinds = 0;
    let mut ids = |text: &str| -> Vec<u32> {
        let chars = char_ranges(text).into_iter().filter_map(|range| text[range].chars().next());
        chars
            .map(|c| {
                let id = match small.get_mut(c as usize) {
                    Some(id) => id,
                    None => large.entry(c).or_insert(u32::MAX),
                };
                if *id == u32::MAX {
                    *id = kinds;
                    kinds += 1;
                }
                *id
            })
            .collect()
    };
    let (reference, hypothesis) = (ids(reference), ids(hypothesis));
    align_ids(&reference, &hypothesis, kinds as usize)
}

/// Aligns two lists of tokens at least edit distance.
///
/// Of several such alignments it gives the one of rapidfuzz, and so of jiwer: counts of substitutions,
/// deletions and insertions are the same, not only their sum. For n and m tokens at distance d, time is
/// O(n · min(m, d) / 64), and memory O(n + m) beside a table of about a megabyte (Hirschberg 1975).
///
/// ```
/// use sprog_text::score::{ChunkKind, align};
/// let done = align(&["på", "den", "anden", "side"], &["på", "anden", "side"]);
/// assert_eq!(done.chunks[1].kind, ChunkKind::Delete);
/// assert_eq!(done.chunks[1].reference, 1..2);
/// ```
pub fn align<T: Eq + Hash>(reference: &[T], hypothesis: &[T]) -> Alignment {
    let (reference, hypothesis, kinds) = intern(reference, hypothesis);
    align_ids(&reference, &hypothesis, kinds)
}

/// The edit distance alone, in O(n + m) memory.
///
/// ```
/// assert_eq!(sprog_text::score::distance(b"kitten", b"sitting"), 3);
/// ```
pub fn distance<T: Eq + Hash>(reference: &[T], hypothesis: &[T]) -> usize {
    let (reference, hypothesis, kinds) = intern(reference, hypothesis);
    distance_ids(&mut Masks::new(kinds), &reference, &hypothesis)
}

fn intern<T: Eq + Hash>(reference: &[T], hypothesis: &[T]) -> (Vec<u32>, Vec<u32>, usize) {
    let mut ids: HashMap<&T, u32> = HashMap::with_capacity(reference.len());
    let mut number = |token| {
        let next = ids.len() as u32;
        *ids.entry(token).or_insert(next)
    };
    let reference: Vec<u32> = reference.iter().map(&mut number).collect();
    let hypothesis: Vec<u32> = hypothesis.iter().map(&mut number).collect();
    (reference, hypothesis, ids.len())
}

/// Tokens at the start, and of the rest at the end, that both sides have.
fn common(reference: &[u32], hypothesis: &[u32]) -> (usize, usize) {
    let head = reference.iter().zip(hypothesis).take_while(|(a, b)| a == b).count();
    let ends = reference[head..].iter().rev().zip(hypothesis[head..].iter().rev());
    (head, ends.take_while(|(a, b)| a == b).count())
}

fn distance_ids(masks: &mut Masks, reference: &[u32], hypothesis: &[u32]) -> usize {
    let (head, tail) = common(reference, hypothesis);
    let reference = &reference[head..reference.len() - tail];
    let hypothesis = &hypothesis[head..hypothesis.len() - tail];
    let longest = reference.len().max(hypothesis.len());
    if reference.is_empty() || hypothesis.is_empty() {
        return longest;
    }
    let mut band = reference.len().abs_diff(hypothesis.len()).max(32);
    loop {
        band = band.min(longest);
        let within = Band::new(band, reference.len(), hypothesis.len());
        let (ids, others) = (reference.iter().copied(), hypothesis.iter().copied());
        let distance = bits::fill(masks, ids, reference.len(), others, within, Keep::Last).distance;
        if distance <= band || band == longest {
            return distance;
        }
        band *= 2;
    }
}

/// Tables of more bits are divided. The number decides which of equal alignments is found: rapidfuzz's.
const TABLE_BYTES: usize = 1024 * 1024;

fn align_ids(reference: &[u32], hypothesis: &[u32], kinds: usize) -> Alignment {
    let mut masks = Masks::new(kinds);
    let longest = reference.len().max(hypothesis.len());
    let band = if longest > 62 { distance_ids(&mut masks, reference, hypothesis) } else { longest };
    let mut alignment = Alignment::default();
    align_part(&mut masks, reference, hypothesis, band, &mut alignment);
    alignment
}

/// `band` is the distance or more. Recurses no deeper than the logarithm of the hypothesis's length.
fn align_part(masks: &mut Masks, reference: &[u32], hypothesis: &[u32], band: usize, out: &mut Alignment) {
    let (head, tail) = common(reference, hypothesis);
    let reference = &reference[head..reference.len() - tail];
    let hypothesis = &hypothesis[head..hypothesis.len() - tail];
    out.push(ChunkKind::Equal, head);
    let band = band.min(reference.len().max(hypothesis.len()));
    let width = reference.len().min(2 * band + 1);
    if 2 * width * hypothesis.len() / 8 < TABLE_BYTES || reference.len() < 65 || hypothesis.len() < 10 {
        align_table(masks, reference, hypothesis, band, out);
    } else {
        let half = hypothesis.len() / 2;
        let (middle, left, right) = divide(masks, reference, hypothesis, half, band);
        align_part(masks, &reference[..middle], &hypothesis[..half], left, out);
        align_part(masks, &reference[middle..], &hypothesis[half..], right, out);
    }
    out.push(ChunkKind::Equal, tail);
}

/// Where the reference is best cut if the hypothesis is cut at `half`, and the distances of both parts.
fn divide(
    masks: &mut Masks,
    reference: &[u32],
    hypothesis: &[u32],
    half: usize,
    band: usize,
) -> (usize, usize, usize) {
    let length = reference.len();
    let band = Band::new(band, length, hypothesis.len());
    let (ids, others) = (reference.iter().rev().copied(), hypothesis[half..].iter().rev().copied());
    let back = bits::fill(masks, ids, length, others, band, Keep::Last).last_row(length);
    let (ids, others) = (reference.iter().copied(), hypothesis[..half].iter().copied());
    let ahead = bits::fill(masks, ids, length, others, band, Keep::Last).last_row(length);
    let back_start = back.first().map_or(0, |(i, _)| *i);
    let mut best: Option<(usize, usize, usize)> = None;
    for (i, left) in ahead {
        let Some((_, right)) = (length - i).checked_sub(back_start).and_then(|at| back.get(at)) else {
            continue;
        };
        if best.is_none_or(|(_, l, r)| left + right < l + r) {
            best = Some((i, left, *right));
        }
    }
    best.unwrap_or((length / 2, length, length))
}

fn align_table(masks: &mut Masks, reference: &[u32], hypothesis: &[u32], band: usize, out: &mut Alignment) {
    let (mut i, mut j) = (reference.len(), hypothesis.len());
    // From back to front. A deletion goes before an insertion, and that before a substitution.
    let mut steps = Vec::with_capacity(i.max(j));
    if i > 0 && j > 0 {
        let (ids, others) = (reference.iter().copied(), hypothesis.iter().copied());
        let table = bits::fill(masks, ids, i, others, Band::new(band, i, j), Keep::All);
        while i > 0 && j > 0 {
            if table.rises(j, i) {
                i -= 1;
                steps.push(ChunkKind::Delete);
            } else if j > 1 && table.falls(j - 1, i) {
                j -= 1;
                steps.push(ChunkKind::Insert);
            } else {
                (i, j) = (i - 1, j - 1);
                let same = reference[i] == hypothesis[j];
                steps.push(if same { ChunkKind::Equal } else { ChunkKind::Substitute });
            }
        }
    }
    out.push(ChunkKind::Delete, i);
    out.push(ChunkKind::Insert, j);
    steps.into_iter().rev().for_each(|kind| out.push(kind, 1));
}
