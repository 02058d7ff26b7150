//! Writes a changed text, and keeps the edits.

use std::ops::Range;

use super::offsets::{Edit, OffsetMap};

/// A text being rewritten from front to back. Nothing is copied before the first change.
pub(super) struct Rewrite<'t> {
    text: &'t str,
    out: String,
    copied: usize,
    edits: Vec<Edit>,
    changes: u64,
    log: Option<Vec<(Range<usize>, String)>>,
}

/// What came of a [`Rewrite`] that changed something.
pub(super) struct Rewritten {
    pub(super) text: String,
    pub(super) map: OffsetMap,
    pub(super) changes: u64,
    /// Ranges of the text before, and what stands there now. Empty unless asked for.
    pub(super) log: Vec<(Range<usize>, String)>,
}

impl<'t> Rewrite<'t> {
    pub(super) fn new(text: &'t str, log: bool) -> Self {
        Rewrite {
            text,
            out: String::new(),
            copied: 0,
            edits: Vec::new(),
            changes: 0,
            log: log.then(Vec::new),
        }
    }

    /// Puts `with` in place of a range that starts at or after the end of the last one replaced.
    pub(super) fn replace(&mut self, range: Range<usize>, with: &str) {
        let was = &self.text[range.clone()];
        if was == with {
            return;
        }
        if self.out.capacity() == 0 {
            self.out.reserve(self.text.len());
        }
        self.out.push_str(&self.text[self.copied..range.start]);
        let start = self.out.len();
        self.out.push_str(with);
        self.copied = range.end;
        self.changes += 1;
        if let Some(log) = &mut self.log {
            log.push((range.clone(), with.to_owned()));
        }
        // One character for one of the same length moves nothing.
        let in_place = was.len() == with.len() && is_one_char(was) && is_one_char(with);
        if !in_place {
            self.edits.push(Edit { original: range, output: start..self.out.len() });
        }
    }

    /// As [`replace`](Self::replace), but characters that both sides begin or end with stay apart.
    pub(super) fn replace_middle(&mut self, range: Range<usize>, with: &str) {
        let was = &self.text[range.clone()];
        let head: usize =
            was.chars().zip(with.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
        let (was, with) = (&was[head..], &with[head..]);
        let tail: usize = was
            .chars()
            .rev()
            .zip(with.chars().rev())
            .take_while(|(a, b)| a == b)
            .map(|(a, _)| a.len_utf8())
            .sum();
        self.replace(range.start + head..range.end - tail, &with[..with.len() - tail]);
    }

    pub(super) fn finish(mut self) -> Option<Rewritten> {
        if self.changes == 0 {
            return None;
        }
        self.out.push_str(&self.text[self.copied..]);
        let map = OffsetMap::new(self.edits, self.text.len(), self.out.len());
        Some(Rewritten { text: self.out, map, changes: self.changes, log: self.log.unwrap_or_default() })
    }
}

fn is_one_char(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some() && chars.next().is_none()
}
