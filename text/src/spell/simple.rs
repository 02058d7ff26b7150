//! Simple mistakes: whether one small change makes a dictionary word of another word.
//!
//! Hunspell accepts no compound that is one row of the REP table, or one space, away from a dictionary word.

use std::ops::ControlFlow;

use super::compound::Work;
use super::options::Replacement;
use super::{Speller, class};

/// What counts as a word when compounds are doubted.
const KNOWN: u32 = class::LISTED | class::ROOT | class::AFFIXED | class::HIDDEN | class::FORBIDDEN_AFFIXED;

impl Speller<'_> {
    /// Whether a row of the REP table makes a dictionary word of `word`.
    pub(super) fn is_replaced_word(&self, word: &[char], work: &Work) -> bool {
        let found = self.replaced(word, |row, form| {
            let doubted = !row.start && !row.end && work.take(form.len()) && self.bits_of(form) & KNOWN != 0;
            if doubted { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        found.is_break()
    }

    /// Every form that a row of the REP table makes of `word`, anchored rows included where they fit.
    pub(super) fn replaced(
        &self,
        word: &[char],
        mut each: impl FnMut(&Replacement, &[char]) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let rows = &self.image.options.replacements;
        let mut form = Vec::new();
        for (at, first) in word.iter().enumerate() {
            let (before, rest) = word.split_at(at);
            let start = self.by_first.partition_point(|(c, _)| c < first);
            let same = self.by_first.iter().skip(start).take_while(|(c, _)| c == first);
            for row in same.filter_map(|(_, row)| rows.get(*row as usize)) {
                let Some(after) = rest.strip_prefix(row.from.as_slice()) else { continue };
                if (row.start && at > 0) || (row.end && !after.is_empty()) {
                    continue;
                }
                form.clear();
                form.extend_from_slice(before);
                form.extend_from_slice(&row.to);
                form.extend_from_slice(after);
                each(row, &form)?;
            }
        }
        ControlFlow::Continue(())
    }

    /// Whether the dictionary has the word with a space in it.
    pub(super) fn is_word_pair(&self, word: &[char], work: &Work) -> bool {
        let image = &self.image;
        let space = image.alphabet.symbol(' ');
        let mut state = image.dawg.root();
        for (at, c) in word.iter().enumerate() {
            let rest = word.get(at..).unwrap_or_default();
            if at > 0
                && let Some(mut after) = image.dawg.step(state, space)
            {
                let walked = rest.iter().all(|c| {
                    let next = image.dawg.step(after, image.alphabet.symbol(*c));
                    after = next.unwrap_or(after);
                    next.is_some()
                });
                if walked && image.bits(after.class) & KNOWN != 0 {
                    return true;
                }
            }
            match image.dawg.step(state, image.alphabet.symbol(*c)) {
                Some(next) if work.take(1) => state = next,
                _ => return false,
            }
        }
        false
    }
}
