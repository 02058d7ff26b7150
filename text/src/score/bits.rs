//! Edit distance 64 cells at a time (Myers 1999 in the form of Hyyrö 2003), within a band (Ukkonen 1985).
//!
//! A cell's value is the distance of the reference's first `i` tokens and the hypothesis's first `j`. A
//! row holds the values of one `j` as differences from cell to cell: bit `i - 1` of `plus` if the value
//! rises by one from `i - 1` to `i`, of `minus` if it falls.

use std::ops::Range;

/// More masks than this are kept only for the blocks that have the token.
const DENSE: usize = 1 << 20;

/// Where the reference's blocks of 64 have each token.
#[derive(Default)]
pub(super) struct Masks {
    /// A mask for each block, of one token after the other; empty if there would be too many.
    dense: Vec<u64>,
    /// Otherwise block and mask, in order of blocks, of one token after the other.
    sparse: Vec<(u32, u64)>,
    /// First and last + 1 of a token's masks in either.
    spans: Vec<(u32, u32)>,
    /// Tokens that the reference has.
    seen: Vec<u32>,
    /// Masks of one row, made from sparse ones.
    row: Vec<u64>,
}

impl Masks {
    /// `kinds` is more than any token.
    pub(super) fn new(kinds: usize) -> Masks {
        Masks { spans: vec![(0, 0); kinds], ..Masks::default() }
    }

    fn fill(&mut self, reference: impl Iterator<Item = u32> + Clone, blocks: usize) {
        for token in self.seen.drain(..) {
            self.spans[token as usize] = (0, 0);
        }
        for token in reference.clone() {
            let span = &mut self.spans[token as usize];
            if span.1 == 0 {
                self.seen.push(token);
            }
            span.1 += 1;
        }
        self.dense.clear();
        self.sparse.clear();
        self.row.clear();
        if self.seen.len() * blocks <= DENSE {
            self.dense.resize(self.seen.len() * blocks, 0);
            for (index, token) in self.seen.iter().enumerate() {
                self.spans[*token as usize] = ((index * blocks) as u32, ((index + 1) * blocks) as u32);
            }
            for (at, token) in reference.enumerate() {
                self.dense[self.spans[token as usize].0 as usize + at / 64] |= 1 << (at % 64);
            }
            return;
        }
        self.row.resize(blocks, 0);
        let mut total = 0;
        for token in &self.seen {
            let span = &mut self.spans[*token as usize];
            let count = span.1;
            *span = (total, total);
            total += count;
        }
        self.sparse.resize(total as usize, (0, 0));
        for (at, token) in reference.enumerate() {
            let (block, bit) = ((at / 64) as u32, 1u64 << (at % 64));
            let span = &mut self.spans[token as usize];
            let last = span.1.checked_sub(1).filter(|last| *last >= span.0).map(|last| last as usize);
            match last {
                Some(last) if self.sparse[last].0 == block => self.sparse[last].1 |= bit,
                _ => {
                    self.sparse[span.1 as usize] = (block, bit);
                    span.1 += 1;
                }
            }
        }
    }

    /// Masks of a token in some blocks; `None` if it is nowhere. Ends by [`clear`](Self::clear).
    fn of(&mut self, token: u32, blocks: Range<usize>) -> Option<&[u64]> {
        let (start, end) = self.spans.get(token as usize).copied().unwrap_or_default();
        let span = start as usize..end as usize;
        if span.is_empty() {
            return None;
        }
        if self.row.is_empty() {
            return Some(&self.dense[span][blocks]);
        }
        for (block, mask) in within(&self.sparse[span], &blocks) {
            self.row[*block as usize] = *mask;
        }
        Some(&self.row[blocks])
    }

    fn clear(&mut self, token: u32, blocks: Range<usize>) {
        if self.row.is_empty() {
            return;
        }
        let (start, end) = self.spans.get(token as usize).copied().unwrap_or_default();
        for (block, _) in within(&self.sparse[start as usize..end as usize], &blocks) {
            self.row[*block as usize] = 0;
        }
    }
}

fn within<'m>(masks: &'m [(u32, u64)], blocks: &Range<usize>) -> &'m [(u32, u64)] {
    let first = masks.partition_point(|(block, _)| (*block as usize) < blocks.start);
    let past = masks.partition_point(|(block, _)| (*block as usize) < blocks.end);
    &masks[first..past.max(first)]
}

/// Which rows to keep.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    All,
    Last,
}

impl Keep {
    fn all(self) -> bool {
        self == Keep::All
    }
}

/// One row within its band of blocks.
#[derive(Clone, Copy)]
struct Row {
    /// First block, and where its bits are in [`Matrix::bits`].
    first: usize,
    at: usize,
    blocks: usize,
}

/// The rows of a table, or its last one.
pub(super) struct Matrix {
    rows: Vec<Row>,
    /// `plus` and `minus` of each block.
    bits: Vec<(u64, u64)>,
    /// Value left of the first block of the last row.
    left: usize,
    /// Distance of the whole reference and hypothesis, if a path of that cost keeps to the band.
    pub(super) distance: usize,
}

impl Matrix {
    /// Whether the value rises from cell `i - 1` to `i` in the row of `j` tokens, `j` ≥ 1.
    pub(super) fn rises(&self, j: usize, i: usize) -> bool {
        self.bits_of(j, i).0
    }

    /// Whether it falls.
    pub(super) fn falls(&self, j: usize, i: usize) -> bool {
        self.bits_of(j, i).1
    }

    fn bits_of(&self, j: usize, i: usize) -> (bool, bool) {
        let Some(row) = self.rows.get(j - 1) else { return (false, false) };
        let block = (i - 1) / 64;
        let bits =
            block.checked_sub(row.first).filter(|b| *b < row.blocks).and_then(|b| self.bits.get(row.at + b));
        let bit = 1u64 << ((i - 1) % 64);
        bits.map_or((false, false), |(plus, minus)| (plus & bit > 0, minus & bit > 0))
    }

    /// Cells of the last row that are in the band, as `i` and value.
    pub(super) fn last_row(&self, reference_len: usize) -> Vec<(usize, usize)> {
        let Some(row) = self.rows.last() else { return Vec::new() };
        let mut value = self.left;
        let mut cells = vec![(row.first * 64, value)];
        for (block, (plus, minus)) in self.bits[row.at..row.at + row.blocks].iter().enumerate() {
            for bit in 0..64 {
                let i = (row.first + block) * 64 + bit + 1;
                if i > reference_len {
                    break;
                }
                value = value + (plus >> bit & 1) as usize - (minus >> bit & 1) as usize;
                cells.push((i, value));
            }
        }
        cells
    }
}

/// The diagonals that a path between two ends may touch.
#[derive(Clone, Copy)]
pub(super) struct Band {
    /// How far `i` may be ahead of `j`, and behind.
    ahead: usize,
    behind: usize,
}

impl Band {
    /// All that lies on a path of no more than `distance`, from start to end of a reference and a
    /// hypothesis of these lengths: a path that strays has to come back.
    pub(super) fn new(distance: usize, reference: usize, hypothesis: usize) -> Band {
        let slack = distance.saturating_sub(reference.abs_diff(hypothesis)) / 2;
        Band {
            ahead: reference.saturating_sub(hypothesis) + slack,
            behind: hypothesis.saturating_sub(reference) + slack,
        }
    }
}

/// Fills the table for a reference of `length` tokens. Values are exact on every path that keeps to the
/// band; others are too high, never too low.
pub(super) fn fill(
    masks: &mut Masks,
    reference: impl Iterator<Item = u32> + Clone,
    length: usize,
    hypothesis: impl Iterator<Item = u32>,
    band: Band,
    keep: Keep,
) -> Matrix {
    let blocks = length.div_ceil(64);
    masks.fill(reference, blocks);
    let nowhere = vec![0u64; blocks];
    let last_bit = length.wrapping_sub(1) % 64;
    // Row 0: every value is one more than the one before.
    let mut now = vec![(u64::MAX, 0u64); blocks];
    let (mut rows, mut bits) = (Vec::new(), Vec::new());
    let (mut first, mut past) = (0, blocks.min(band.ahead / 64 + 1));
    // The value at the end of the last block in the band, and left of the first one.
    let mut bottom = (past * 64).min(length);
    let mut left = 0;
    for (j, token) in hypothesis.enumerate() {
        let j = j + 1;
        let want_past = blocks.min((j + band.ahead).div_ceil(64).max(1));
        while past < want_past {
            bottom += ((past + 1) * 64).min(length) - past * 64;
            past += 1;
        }
        let want_first = (j.saturating_sub(band.behind + 1) / 64).min(past.saturating_sub(1));
        while first < want_first {
            let (plus, minus) = now[first];
            left = left + plus.count_ones() as usize - minus.count_ones() as usize;
            first += 1;
        }
        left += 1;
        let equal = masks.of(token, first..past).unwrap_or(&nowhere[first..past]);
        let (mut plus_in, mut minus_in) = (1u64, 0u64);
        let row = &mut now[first..past];
        if let Some((last, inner)) = row.split_last_mut() {
            for (cell, equal) in inner.iter_mut().zip(equal) {
                (plus_in, minus_in) = advance(cell, *equal, plus_in, minus_in, 63);
            }
            let top = if past == blocks { last_bit } else { 63 };
            let equal = equal.last().copied().unwrap_or(0);
            (plus_in, minus_in) = advance(last, equal, plus_in, minus_in, top);
        }
        bottom = bottom + plus_in as usize - minus_in as usize;
        masks.clear(token, first..past);
        if keep.all() {
            rows.push(Row { first, at: bits.len(), blocks: past - first });
            bits.extend_from_slice(&now[first..past]);
        }
    }
    if !keep.all() {
        rows.push(Row { first, at: 0, blocks: past - first });
        bits.extend_from_slice(&now[first..past]);
    }
    Matrix { rows, bits, left, distance: if past == blocks { bottom } else { usize::MAX } }
}

/// Brings a block to the next row. What comes in and goes out is whether the values below and above it
/// rise or fall from row to row; `top` is its last bit.
#[inline]
fn advance(cell: &mut (u64, u64), equal: u64, plus_in: u64, minus_in: u64, top: usize) -> (u64, u64) {
    let (plus, minus) = *cell;
    let same = equal | minus_in;
    let diagonal = ((same & plus).wrapping_add(plus) ^ plus) | same | minus;
    let across_plus = minus | !(diagonal | plus);
    let across_minus = diagonal & plus;
    let out = (across_plus >> top & 1, across_minus >> top & 1);
    let (across_plus, across_minus) = (across_plus << 1 | plus_in, across_minus << 1 | minus_in);
    *cell = (across_minus | !(diagonal | across_plus), across_plus & diagonal);
    out
}
