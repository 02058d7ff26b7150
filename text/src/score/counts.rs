//! Hits, substitutions, deletions, insertions, and rates made of them.

use std::iter::Sum;
use std::ops::AddAssign;

use serde::Serialize;

/// What an alignment counts. Add the counts of many texts before taking a rate: a mean of rates gives
/// short texts too much weight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Tokens of the reference found in the hypothesis.
    pub hits: u64,
    /// Tokens of the reference that another token stands for.
    pub substitutions: u64,
    /// Tokens of the reference that are missing.
    pub deletions: u64,
    /// Tokens of the hypothesis that answer none of the reference.
    pub insertions: u64,
}

impl Counts {
    /// Substitutions, deletions and insertions: the edit distance.
    pub fn errors(&self) -> u64 {
        self.substitutions + self.deletions + self.insertions
    }

    /// Tokens of the reference.
    pub fn reference(&self) -> u64 {
        self.hits + self.substitutions + self.deletions
    }

    /// Tokens of the hypothesis.
    pub fn hypothesis(&self) -> u64 {
        self.hits + self.substitutions + self.insertions
    }

    /// Errors per token of the reference: the word or character error rate, which can pass 1.
    ///
    /// For a reference without tokens it is the number of insertions, as in jiwer 4 (jiwer 3 refuses it).
    pub fn rate(&self) -> f64 {
        if self.reference() == 0 {
            return self.insertions as f64;
        }
        self.errors() as f64 / self.reference() as f64
    }

    /// Errors per alignment step, which is between 0 and 1: the match error rate.
    ///
    /// What alexandrainst/coral publishes as WER and CER since 2025-11-27 is this rate, not
    /// [`rate`](Self::rate). 0 for no tokens at all.
    pub fn match_error_rate(&self) -> f64 {
        let steps = self.errors() + self.hits;
        if steps == 0 { 0.0 } else { self.errors() as f64 / steps as f64 }
    }

    /// Word information preserved: share of the reference that was hit, times that of the hypothesis.
    /// 1 if both have no tokens, 0 if one has none.
    pub fn information_preserved(&self) -> f64 {
        match (self.reference(), self.hypothesis()) {
            (0, 0) => 1.0,
            (0, _) | (_, 0) => 0.0,
            (reference, hypothesis) => {
                (self.hits as f64 / reference as f64) * (self.hits as f64 / hypothesis as f64)
            }
        }
    }

    /// 1 less [`information_preserved`](Self::information_preserved).
    pub fn information_lost(&self) -> f64 {
        1.0 - self.information_preserved()
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        self.hits += other.hits;
        self.substitutions += other.substitutions;
        self.deletions += other.deletions;
        self.insertions += other.insertions;
    }
}

impl Sum for Counts {
    fn sum<I: Iterator<Item = Counts>>(counts: I) -> Counts {
        let mut sum = Counts::default();
        counts.for_each(|counts| sum += counts);
        sum
    }
}
