//! Where in a text a part of its normalized form came from.

use std::ops::Range;

use serde::Serialize;

/// One replaced stretch. An empty `output` is a deletion, an empty `original` an insertion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// Bytes in the original.
    pub original: Range<usize>,
    /// Bytes in the output.
    pub output: Range<usize>,
}

/// Maps byte ranges between a text and what a normalizer made of it.
///
/// A sorted list of edits; what lies between two edits has the same length on both sides. Both
/// directions take O(log n) for n edits, and [`then`](Self::then) is linear.
///
/// A range that cuts into an edit grows to the whole of it: the `å` made of `a` + U+030A leads back
/// to both. A deletion at the very edge of a non-empty range is not part of it.
///
/// ```
/// use sprog_text::normalize::{Normalizer, Preset};
/// let done = Normalizer::preset(Preset::Publish).normalize("A\u{30a}rs\u{ad}dag");
/// assert_eq!(done.text, "Årsdag");
/// assert_eq!(done.map.to_original(0..2), 0..3);
/// assert_eq!(done.map.to_original(4..7), 7..10);
/// assert_eq!(done.map.from_original(0..1), 0..2);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OffsetMap {
    edits: Vec<Edit>,
    original_len: usize,
    output_len: usize,
}

/// One side of an edit.
type Side = fn(&Edit) -> &Range<usize>;
const ORIGINAL: Side = |edit| &edit.original;
const OUTPUT: Side = |edit| &edit.output;

impl OffsetMap {
    /// The map of an untouched text of `len` bytes.
    pub fn identity(len: usize) -> OffsetMap {
        OffsetMap { edits: Vec::new(), original_len: len, output_len: len }
    }

    /// A map of edits that are in order and do not overlap, for an output of `output_len` bytes.
    pub(super) fn new(edits: Vec<Edit>, original_len: usize, output_len: usize) -> OffsetMap {
        OffsetMap { edits, original_len, output_len }
    }

    /// The edits in order.
    pub fn edits(&self) -> &[Edit] {
        &self.edits
    }

    /// Whether every offset maps to itself. Characters may still have been replaced by others of the
    /// same length, such as capitals by small letters.
    pub fn is_identity(&self) -> bool {
        self.edits.is_empty()
    }

    /// Bytes of the original.
    pub fn original_len(&self) -> usize {
        self.original_len
    }

    /// Bytes of the output.
    pub fn output_len(&self) -> usize {
        self.output_len
    }

    /// The bytes of the original that a range of the output came from. A range past the end is cut.
    ///
    /// An empty range gives what was deleted at that point, or an empty range. Where the range begins
    /// and ends between characters, so does the answer.
    pub fn to_original(&self, range: Range<usize>) -> Range<usize> {
        carry(&self.edits, range, self.output_len, OUTPUT, ORIGINAL)
    }

    /// The bytes of the output that came of a range of the original.
    pub fn from_original(&self, range: Range<usize>) -> Range<usize> {
        carry(&self.edits, range, self.original_len, ORIGINAL, OUTPUT)
    }

    /// The map of this change followed by `next`, whose original is the output of this one.
    pub fn then(&self, next: &OffsetMap) -> OffsetMap {
        if next.edits.is_empty() {
            return self.clone();
        }
        let mut edits = Vec::with_capacity(self.edits.len() + next.edits.len());
        let mut first = Reader::new(&self.edits, OUTPUT, ORIGINAL);
        let mut second = Reader::new(&next.edits, ORIGINAL, OUTPUT);
        // Edits that overlap in the text between the two steps become one.
        while let Some(mut middle) = starting_first(first.peek(), second.peek()) {
            let (original, output) = (first.outer(middle.start), second.outer(middle.start));
            while first.absorb(&mut middle) || second.absorb(&mut middle) {}
            edits.push(Edit {
                original: original..first.outer(middle.end),
                output: output..second.outer(middle.end),
            });
        }
        OffsetMap::new(edits, self.original_len, next.output_len)
    }
}

/// The range that starts first; of two that start together the empty one.
fn starting_first(a: Option<Range<usize>>, b: Option<Range<usize>>) -> Option<Range<usize>> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if (b.start, b.end) < (a.start, a.end) { b } else { a }),
        (a, b) => a.or(b),
    }
}

/// Reads a list of edits in order of the text between two steps.
struct Reader<'e> {
    edits: &'e [Edit],
    inner: Side,
    outer: Side,
    /// Ends of the last edit read, in the text between the steps and in the other one.
    ends: (usize, usize),
}

impl<'e> Reader<'e> {
    fn new(edits: &'e [Edit], inner: Side, outer: Side) -> Self {
        Reader { edits, inner, outer, ends: (0, 0) }
    }

    fn peek(&self) -> Option<Range<usize>> {
        self.edits.first().map(|edit| (self.inner)(edit).clone())
    }

    /// An offset at or after the last edit read, in the other text.
    fn outer(&self, inner: usize) -> usize {
        inner - self.ends.0 + self.ends.1
    }

    /// Takes the next edit if it overlaps, and widens the range by it.
    fn absorb(&mut self, range: &mut Range<usize>) -> bool {
        let Some((edit, rest)) = self.edits.split_first() else { return false };
        let inner = (self.inner)(edit);
        let overlaps = inner.start < range.end || (inner.start == range.start && inner.end == range.end);
        if overlaps {
            range.end = range.end.max(inner.end);
            self.ends = (inner.end, (self.outer)(edit).end);
            self.edits = rest;
        }
        overlaps
    }
}

fn carry(edits: &[Edit], range: Range<usize>, len: usize, from: Side, to: Side) -> Range<usize> {
    let start = range.start.min(len);
    let end = range.end.clamp(start, len);
    let shift = |before: usize, offset: usize| match before.checked_sub(1).and_then(|i| edits.get(i)) {
        Some(edit) => offset - from(edit).end + to(edit).end,
        None => offset,
    };
    if start == end {
        // Edits around or at the point; an edit that only touches it is on one side.
        let first =
            edits.partition_point(|e| from(e).end < start || from(e).end == start && !from(e).is_empty());
        let past =
            edits.partition_point(|e| from(e).start < start || from(e).start == start && from(e).is_empty());
        return match edits.get(first..past) {
            Some([only]) => to(only).clone(),
            Some([head, .., tail]) => to(head).start..to(tail).end,
            _ => {
                let point = shift(first, start);
                point..point
            }
        };
    }
    let first = edits.partition_point(|edit| from(edit).end <= start);
    let from_start = match edits.get(first) {
        Some(edit) if from(edit).start <= start => to(edit).start,
        _ => shift(first, start),
    };
    let past = edits.partition_point(|edit| from(edit).start < end);
    let from_end = match past.checked_sub(1).and_then(|i| edits.get(i)) {
        Some(edit) if from(edit).end >= end => to(edit).end,
        _ => shift(past, end),
    };
    from_start..from_end
}
