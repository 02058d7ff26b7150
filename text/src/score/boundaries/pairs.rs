//! Which segment of the hypothesis is which of the reference.

use serde::Serialize;

use super::Segment;
use crate::score::{Chunk, ChunkKind, align};

/// Gaps with more pairs of tokens than this are left as they are.
const MOST_CELLS: usize = 1 << 20;

/// Indices of segments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Pairing {
    /// Of the reference, and of the hypothesis, in the order of the reference.
    pub pairs: Vec<(usize, usize)>,
    /// Segments of the reference that the hypothesis lacks.
    pub only_reference: Vec<usize>,
    /// Segments of the hypothesis that the reference lacks.
    pub only_hypothesis: Vec<usize>,
}

/// Pairs the segments of one utterance.
///
/// If all of them say where they stand in the transcript, two are a pair if each shares more of the
/// transcript with the other than with any other segment (of equals the first). Else they are aligned at
/// least edit distance, with as many equal labels as that leaves room for between its hits: letters and digits alone are
/// compared, in
/// lower case, or the labels as they are where those have none.
///
/// ```
/// use sprog_text::score::boundaries::{Segment, pair};
/// let word = |label, start| Segment { label, start, end: start + 0.2, ..Segment::default() };
/// let found = pair(&[word("Hej,", 0.0), word("du", 0.3)], &[word("øh", 0.0), word("hej", 0.1), word("du", 0.3)]);
/// assert_eq!(found.pairs, [(0, 1), (1, 2)]);
/// assert_eq!(found.only_hypothesis, [0]);
/// ```
pub fn pair(reference: &[Segment<'_>], hypothesis: &[Segment<'_>]) -> Pairing {
    let known = reference.iter().chain(hypothesis).all(|segment| segment.chars.is_some());
    let pairs = if known { by_place(reference, hypothesis) } else { by_label(reference, hypothesis) };
    let (mut mine, mut other) = (vec![true; reference.len()], vec![true; hypothesis.len()]);
    for (at, found) in &pairs {
        mine[*at] = false;
        other[*found] = false;
    }
    let left = |flags: &[bool]| (0..flags.len()).filter(|at| flags[*at]).collect();
    Pairing { pairs, only_reference: left(&mine), only_hypothesis: left(&other) }
}

fn by_label(reference: &[Segment<'_>], hypothesis: &[Segment<'_>]) -> Vec<(usize, usize)> {
    let plain = |segment: &Segment<'_>| {
        let letters = segment.label.chars().filter(|c| c.is_alphanumeric());
        let plain: String = letters.flat_map(char::to_lowercase).collect();
        if plain.is_empty() { segment.label.to_owned() } else { plain }
    };
    let (mine, other): (Vec<String>, Vec<String>) =
        (reference.iter().map(plain).collect(), hypothesis.iter().map(plain).collect());
    let mut pairs = Vec::new();
    let (mut mine_end, mut other_end) = (0, 0);
    let mut chunks = align(&mine, &other).chunks;
    // Where the last gap ends.
    let (reference, hypothesis) = (mine.len()..mine.len(), other.len()..other.len());
    chunks.push(Chunk { kind: ChunkKind::Equal, reference, hypothesis });
    for chunk in chunks.into_iter().filter(|chunk| chunk.kind == ChunkKind::Equal) {
        let gap = (mine_end..chunk.reference.start, other_end..chunk.hypothesis.start);
        for (at, found) in common(&mine[gap.0.clone()], &other[gap.1.clone()]) {
            pairs.push((gap.0.start + at, gap.1.start + found));
        }
        (mine_end, other_end) = (chunk.reference.end, chunk.hypothesis.end);
        pairs.extend(chunk.reference.zip(chunk.hypothesis));
    }
    pairs
}

/// A longest common subsequence of what least edit distance counts as substitutions: two of them cost as
/// much as a deletion and an insertion around an equal token. None where the gap is large.
fn common(mine: &[String], other: &[String]) -> Vec<(usize, usize)> {
    let width = other.len() + 1;
    if mine.is_empty() || other.is_empty() || mine.len().saturating_mul(width) > MOST_CELLS {
        return Vec::new();
    }
    // Longest of what follows each pair of places.
    let mut length = vec![0u32; (mine.len() + 1) * width];
    for at in (0..mine.len()).rev() {
        for found in (0..other.len()).rev() {
            length[at * width + found] = if mine[at] == other[found] {
                length[(at + 1) * width + found + 1] + 1
            } else {
                length[(at + 1) * width + found].max(length[at * width + found + 1])
            };
        }
    }
    let (mut at, mut found) = (0, 0);
    let mut pairs = Vec::new();
    while at < mine.len() && found < other.len() {
        if mine[at] == other[found] {
            pairs.push((at, found));
            (at, found) = (at + 1, found + 1);
        } else if length[(at + 1) * width + found] >= length[at * width + found + 1] {
            at += 1;
        } else {
            found += 1;
        }
    }
    pairs
}

fn by_place(reference: &[Segment<'_>], hypothesis: &[Segment<'_>]) -> Vec<(usize, usize)> {
    let sorted = |segments: &[Segment<'_>]| {
        let place = |(at, segment): (usize, &Segment<'_>)| {
            let chars = segment.chars.clone().unwrap_or_default();
            (chars.start, chars.end.max(chars.start), at)
        };
        let mut all: Vec<(u64, u64, usize)> = segments.iter().enumerate().map(place).collect();
        all.sort_unstable();
        all
    };
    let (mine, other) = (sorted(reference), sorted(hypothesis));
    // Most shared characters of each, and with whom.
    let mut best_of_mine = vec![(0u64, usize::MAX); reference.len()];
    let mut best_of_other = vec![(0u64, usize::MAX); hypothesis.len()];
    let mut first = 0;
    for (start, end, at) in mine {
        // What ends before this one starts is done with, as the ones to come start no earlier.
        while other.get(first).is_some_and(|(_, other_end, _)| *other_end <= start) {
            first += 1;
        }
        for (other_start, other_end, found) in &other[first..] {
            if *other_start >= end {
                break;
            }
            let shared = end.min(*other_end).saturating_sub(start.max(*other_start));
            if shared > best_of_mine[at].0 {
                best_of_mine[at] = (shared, *found);
            }
            if shared > best_of_other[*found].0 {
                best_of_other[*found] = (shared, at);
            }
        }
    }
    let mutual = |at: &usize| best_of_other.get(best_of_mine[*at].1).is_some_and(|(_, back)| back == at);
    (0..reference.len()).filter(mutual).map(|at| (at, best_of_mine[at].1)).collect()
}
