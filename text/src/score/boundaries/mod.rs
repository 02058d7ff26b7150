//! How far the limits of words or phones are from where they should be.
//!
//! [`pair`] finds which segment of a hypothesis is which of the reference; [`Boundaries`] gathers the
//! deviations of many utterances (hypothesis less reference, so that a late limit is above zero), and gives
//! their mean, median, bias, and the share within 10, 20, 25, 50 and 100 ms, as papers on forced alignment
//! do (McAuliffe et al. 2017; Gorman et al. 2011), for all and by group: a class of phones, a speaker, a
//! status. Times are in seconds.
//!
//! ```
//! use sprog_text::score::boundaries::{Boundaries, ReportOptions, Segment};
//! let word = |label, start, end| Segment { label, start, end, ..Segment::default() };
//! let mut all = Boundaries::default();
//! all.add(&[word("god", 0.10, 0.32), word("dag", 0.32, 0.70)], &[word("god", 0.11, 0.30), word("dag", 0.30, 0.71)]);
//! let report = all.report(&ReportOptions::default())?;
//! assert_eq!((report.matched, report.only_reference), (2, 0));
//! assert!((report.starts.mean - 0.015).abs() < 1e-9 && (report.starts.bias + 0.005).abs() < 1e-9);
//! assert_eq!(report.starts.within[0].share, 0.5);
//! # Ok::<(), sprog_text::score::BootstrapError>(())
//! ```

mod pairs;
mod plot;
mod report;

use std::ops::Range;

pub use pairs::{Pairing, pair};
pub use plot::{Histogram, PlotLabels, cumulative, histogram, svg};
pub use report::{EdgeScore, GroupReport, Report, ReportOptions, Within};

/// A word, phone or utterance with its time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Segment<'t> {
    /// What is said.
    pub label: &'t str,
    /// Start, in seconds.
    pub start: f64,
    /// End, in seconds.
    pub end: f64,
    /// Where it stands in the transcript, in characters or bytes, the same on both sides.
    pub chars: Option<Range<u64>>,
    /// A group to score it in; only that of the reference counts.
    pub group: Option<&'t str>,
}

/// Deviations of many utterances.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Boundaries {
    deviations: Vec<Deviation>,
    groups: Vec<String>,
    utterances: usize,
    only_reference: u64,
    only_hypothesis: u64,
    not_finite: u64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Deviation {
    start: f64,
    end: f64,
    utterance: usize,
    group: Option<usize>,
}

/// One limit of segments, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// Starts.
    Start,
    /// Ends.
    End,
}

impl Boundaries {
    /// Adds an utterance, and says which segments were paired.
    pub fn add(&mut self, reference: &[Segment<'_>], hypothesis: &[Segment<'_>]) -> Pairing {
        let pairing = pair(reference, hypothesis);
        self.add_paired(reference, hypothesis, &pairing);
        pairing
    }

    /// Adds an utterance of which the caller knows what belongs together. A pair with a time that is no
    /// number is counted, and left out; one whose numbers are not there is left out.
    pub fn add_paired(&mut self, reference: &[Segment<'_>], hypothesis: &[Segment<'_>], pairing: &Pairing) {
        for (at, other) in &pairing.pairs {
            let (Some(truth), Some(found)) = (reference.get(*at), hypothesis.get(*other)) else { continue };
            let (start, end) = (found.start - truth.start, found.end - truth.end);
            if !start.is_finite() || !end.is_finite() {
                self.not_finite += 1;
                continue;
            }
            let group = truth.group.map(|name| match self.groups.iter().position(|held| held == name) {
                Some(at) => at,
                None => {
                    self.groups.push(name.to_owned());
                    self.groups.len() - 1
                }
            });
            self.deviations.push(Deviation { start, end, utterance: self.utterances, group });
        }
        self.only_reference += pairing.only_reference.len() as u64;
        self.only_hypothesis += pairing.only_hypothesis.len() as u64;
        self.utterances += 1;
    }

    /// Deviations of one limit, in seconds, in the order added.
    pub fn deviations(&self, edge: Edge) -> Vec<f64> {
        self.deviations.iter().map(|deviation| deviation.of(edge)).collect()
    }
}

impl Deviation {
    fn of(&self, edge: Edge) -> f64 {
        match edge {
            Edge::Start => self.start,
            Edge::End => self.end,
        }
    }
}

#[cfg(test)]
mod tests;
