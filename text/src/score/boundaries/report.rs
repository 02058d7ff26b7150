//! Figures over the deviations.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Boundaries, Deviation, Edge};
use crate::score::bootstrap::{Bootstrap, BootstrapError, Interval, percentile};
use crate::score::random::Random;

/// Deviations this much over a tolerance, in seconds, are within it still: times come from decimals.
const ROUNDING: f64 = 1e-9;

/// How to report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReportOptions {
    /// Tolerances, in milliseconds.
    pub within_ms: Vec<f64>,
    /// How to draw utterances for the intervals; `None` for no intervals. Its `rate` is not used.
    pub bootstrap: Option<Bootstrap>,
}

impl Default for ReportOptions {
    fn default() -> Self {
        ReportOptions {
            within_ms: vec![10.0, 20.0, 25.0, 50.0, 100.0],
            bootstrap: Some(Bootstrap::default()),
        }
    }
}

/// Share of the deviations within a tolerance.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Within {
    /// The tolerance, in milliseconds, itself within.
    pub ms: f64,
    /// Share, 0 to 1.
    pub share: f64,
    /// Between which shares it may well lie.
    pub interval: Option<Interval>,
}

/// Figures of one limit, in seconds. All are 0 if there are no deviations.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct EdgeScore {
    /// Deviations.
    pub count: u64,
    /// Mean of their sizes.
    pub mean: f64,
    /// Between which means it may well lie.
    pub mean_interval: Option<Interval>,
    /// Median of their sizes.
    pub median: f64,
    /// 90 of 100 sizes are no larger (interpolated).
    pub percentile_90: f64,
    /// The largest.
    pub max: f64,
    /// Mean with signs: above zero if the hypothesis is late.
    pub bias: f64,
    /// Standard deviation around the bias, of the sample (n − 1).
    pub sd: f64,
    /// Shares, one a tolerance.
    pub within: Vec<Within>,
}

/// Figures of one group.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroupReport {
    /// Its name; `None` for the segments without one.
    pub group: Option<String>,
    /// Of starts.
    pub starts: EdgeScore,
    /// Of ends.
    pub ends: EdgeScore,
}

/// Figures of all.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Utterances.
    pub utterances: u64,
    /// Segments that were paired and have times.
    pub matched: u64,
    /// Segments that only the reference has.
    pub only_reference: u64,
    /// Segments that only the hypothesis has.
    pub only_hypothesis: u64,
    /// Pairs left out because a time is no number.
    pub not_finite: u64,
    /// Of starts.
    pub starts: EdgeScore,
    /// Of ends.
    pub ends: EdgeScore,
    /// By group, in the order of the names, those without one last. Empty if no segment has a group.
    pub groups: Vec<GroupReport>,
}

impl Boundaries {
    /// Figures over all that was added.
    ///
    /// Intervals are percentile intervals from drawing as many utterances as there are, with repetition; a
    /// group draws from the utterances that it is in. The same seed gives the same intervals on every machine.
    ///
    /// # Errors
    /// Options of [`Bootstrap`] out of range.
    pub fn report(&self, options: &ReportOptions) -> Result<Report, BootstrapError> {
        if let Some(bootstrap) = &options.bootstrap {
            bootstrap.check()?;
        }
        let all: Vec<&Deviation> = self.deviations.iter().collect();
        let mut of_group: BTreeMap<(bool, Option<&str>), Vec<&Deviation>> = BTreeMap::new();
        for deviation in &self.deviations {
            let name = deviation.group.and_then(|at| self.groups.get(at)).map(String::as_str);
            of_group.entry((name.is_none(), name)).or_default().push(deviation);
        }
        let groups = of_group.into_iter().filter(|_| !self.groups.is_empty());
        let groups = groups.map(|((_, group), members)| GroupReport {
            group: group.map(str::to_owned),
            starts: score(&members, Edge::Start, options),
            ends: score(&members, Edge::End, options),
        });
        Ok(Report {
            utterances: self.utterances as u64,
            matched: self.deviations.len() as u64,
            only_reference: self.only_reference,
            only_hypothesis: self.only_hypothesis,
            not_finite: self.not_finite,
            starts: score(&all, Edge::Start, options),
            ends: score(&all, Edge::End, options),
            groups: groups.collect(),
        })
    }
}

fn score(members: &[&Deviation], edge: Edge, options: &ReportOptions) -> EdgeScore {
    let values: Vec<f64> = members.iter().map(|deviation| deviation.of(edge)).collect();
    let within = |value: f64, ms: f64| value.abs() <= ms / 1000.0 + ROUNDING;
    if values.is_empty() {
        let empty = |ms: &f64| Within { ms: *ms, share: 0.0, interval: None };
        return EdgeScore { within: options.within_ms.iter().map(empty).collect(), ..EdgeScore::default() };
    }
    let count = values.len() as f64;
    let bias = values.iter().sum::<f64>() / count;
    let spread: f64 = values.iter().map(|value| (value - bias) * (value - bias)).sum();
    let mut sizes: Vec<f64> = values.iter().map(|value| value.abs()).collect();
    let mean = sizes.iter().sum::<f64>() / count;
    sizes.sort_unstable_by(f64::total_cmp);
    let intervals = options.bootstrap.as_ref().map(|bootstrap| {
        let mut sums: Vec<Vec<f64>> = Vec::new();
        let mut last = None;
        for (deviation, value) in members.iter().zip(&values) {
            if last != Some(deviation.utterance) {
                last = Some(deviation.utterance);
                sums.push(vec![0.0; options.within_ms.len() + 2]);
            }
            if let Some(row) = sums.last_mut() {
                row[0] += 1.0;
                row[1] += value.abs();
                for (sum, ms) in row[2..].iter_mut().zip(&options.within_ms) {
                    *sum += f64::from(u8::from(within(*value, *ms)));
                }
            }
        }
        intervals(&sums, bootstrap)
    });
    let interval = |at: usize| intervals.as_ref().and_then(|all| all.get(at).copied());
    let shares = options.within_ms.iter().enumerate().map(|(at, ms)| Within {
        ms: *ms,
        share: values.iter().filter(|value| within(**value, *ms)).count() as f64 / count,
        interval: interval(at + 1),
    });
    EdgeScore {
        count: values.len() as u64,
        mean,
        mean_interval: interval(0),
        median: percentile(&sizes, 0.5),
        percentile_90: percentile(&sizes, 0.9),
        max: sizes.last().copied().unwrap_or_default(),
        bias,
        sd: (spread / (count - 1.0).max(1.0)).sqrt(),
        within: shares.collect(),
    }
}

/// Intervals of each sum over the first one. Rows are utterances.
fn intervals(sums: &[Vec<f64>], bootstrap: &Bootstrap) -> Vec<Interval> {
    let columns = sums.first().map_or(0, |row| row.len() - 1);
    let mut random = Random::new(bootstrap.seed);
    let mut drawn: Vec<Vec<f64>> = vec![Vec::with_capacity(bootstrap.resamples as usize); columns];
    for _ in 0..bootstrap.resamples {
        let mut total = vec![0.0; columns + 1];
        for _ in sums {
            let row = &sums[random.below(sums.len() as u64) as usize];
            for (sum, value) in total.iter_mut().zip(row) {
                *sum += value;
            }
        }
        for (column, sum) in drawn.iter_mut().zip(&total[1..]) {
            column.push(sum / total[0]);
        }
    }
    let tail = (1.0 - bootstrap.level) / 2.0;
    let interval = |mut column: Vec<f64>| {
        column.sort_unstable_by(f64::total_cmp);
        let (low, high) = (percentile(&column, tail), percentile(&column, 1.0 - tail));
        Interval { low, high, clusters: sums.len() as u64 }
    };
    drawn.into_iter().map(interval).collect()
}
