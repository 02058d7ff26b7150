//! Intervals by resampling (Efron and Tibshirani 1993; Bisani and Ney 2004 for word error rates).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::counts::Counts;
use super::groups::Utterance;
use super::random::Random;

/// How to draw.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bootstrap {
    /// How many samples; 1 to 1,000,000.
    pub resamples: u32,
    /// The same seed gives the same interval, on every machine.
    pub seed: u64,
    /// Share of the samples within the interval: between 0 and 1.
    pub level: f64,
    /// Which rate.
    pub rate: Rate,
}

/// Which rate the interval is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rate {
    /// [`Counts::rate`].
    #[default]
    Reference,
    /// [`Counts::match_error_rate`].
    Match,
}

impl Rate {
    fn of(self, counts: &Counts) -> f64 {
        match self {
            Rate::Reference => counts.rate(),
            Rate::Match => counts.match_error_rate(),
        }
    }
}

impl Default for Bootstrap {
    fn default() -> Self {
        Bootstrap { resamples: 1000, seed: 0, level: 0.95, rate: Rate::Reference }
    }
}

/// Options out of range.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BootstrapError {
    /// A level that is no share.
    #[error("level {0} is not between 0 and 1")]
    Level(f64),
    /// None, or more than anyone waits for.
    #[error("{0} resamples are not between 1 and 1000000")]
    Resamples(u32),
}

impl Bootstrap {
    pub(super) fn check(&self) -> Result<(), BootstrapError> {
        if !(self.level > 0.0 && self.level < 1.0) {
            return Err(BootstrapError::Level(self.level));
        }
        if !(1..=1_000_000).contains(&self.resamples) {
            return Err(BootstrapError::Resamples(self.resamples));
        }
        Ok(())
    }
}

/// A percentile interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// What was drawn from: speakers, and utterances without one. With fewer than 20 or so the
    /// interval is too narrow.
    pub clusters: u64,
}

/// An interval for the rate over all utterances.
///
/// Each sample draws as many speakers as there are, with repetition, and takes all that each one said;
/// an utterance without a speaker counts as a speaker of its own. The ends are the percentiles
/// (1 ± level) / 2 of the samples' rates, interpolated (type 7 of Hyndman and Fan 1996, numpy's default).
/// No utterances give 0 to 0.
///
/// Draws come from xoshiro256++ seeded by SplitMix64, speakers in the order of their names.
///
/// ```
/// use sprog_text::score::{Bootstrap, Utterance, bootstrap, wer};
/// let all: Vec<Utterance> = (0..40)
///     .map(|n| Utterance { counts: wer("et to tre fire", if n % 4 == 0 { "et tre fire" } else { "et to tre fire" }), ..Utterance::default() })
///     .collect();
/// let interval = bootstrap(&all, &Bootstrap::default())?;
/// assert!(interval.low < 0.0625 && 0.0625 < interval.high && interval.high < 0.12);
/// # Ok::<(), sprog_text::score::BootstrapError>(())
/// ```
pub fn bootstrap<'u>(
    utterances: impl IntoIterator<Item = &'u Utterance>,
    options: &Bootstrap,
) -> Result<Interval, BootstrapError> {
    options.check()?;
    let mut of_speaker: BTreeMap<&str, Counts> = BTreeMap::new();
    let mut clusters = Vec::new();
    for utterance in utterances {
        match &utterance.speaker {
            Some(speaker) => *of_speaker.entry(speaker).or_default() += utterance.counts,
            None => clusters.push(utterance.counts),
        }
    }
    clusters.extend(of_speaker.into_values());
    if clusters.is_empty() {
        return Ok(Interval { low: 0.0, high: 0.0, clusters: 0 });
    }
    let mut random = Random::new(options.seed);
    let count = clusters.len() as u64;
    let mut rates: Vec<f64> = (0..options.resamples)
        .map(|_| {
            let drawn = (0..count).map(|_| clusters[random.below(count) as usize]);
            options.rate.of(&drawn.sum())
        })
        .collect();
    rates.sort_unstable_by(f64::total_cmp);
    let tail = (1.0 - options.level) / 2.0;
    Ok(Interval { low: percentile(&rates, tail), high: percentile(&rates, 1.0 - tail), clusters: count })
}

pub(super) fn percentile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let below = sorted[place.floor() as usize];
    let above = sorted[(place.ceil() as usize).min(sorted.len() - 1)];
    below + (above - below) * place.fract()
}
