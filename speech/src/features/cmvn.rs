//! Mean and variance normalization: per utterance, per speaker, and over a sliding window.

use super::Features;
use crate::Error;

/// What is normalized.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Norm {
    /// The mean becomes 0. Kaldi's default.
    #[default]
    Means,
    /// And the variance becomes 1: Kaldi's `--norm-vars`.
    MeansAndVars,
}

/// Sums for normalization, of any number of recordings: an utterance, or all of a speaker.
///
/// Statistics of parts add up with [`merge`](CmvnStats::merge). Sums are of `f64`, in the order given, so
/// merge in a fixed order for the same bits.
///
/// ```
/// use sprog_speech::features::{CmvnStats, Features, Norm};
/// let mut features = Features { frames: 2, dim: 2, data: vec![1.0, 10.0, 3.0, 30.0] };
/// let mut stats = CmvnStats::new(2);
/// stats.accumulate(&features)?;
/// stats.apply(Norm::MeansAndVars, &mut features)?;
/// assert_eq!(features.data, [-1.0, -1.0, 1.0, 1.0]);
/// stats.reverse(Norm::MeansAndVars, &mut features)?;
/// assert_eq!(features.data, [1.0, 10.0, 3.0, 30.0]);
/// # Ok::<(), sprog_speech::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CmvnStats {
    /// Number of rows, or the sum of their weights.
    pub count: f64,
    /// Sum of each column.
    pub sum: Vec<f64>,
    /// Sum of the squares of each column.
    pub sum_of_squares: Vec<f64>,
}

fn refuse<T>(reason: String) -> Result<T, Error> {
    Err(Error::Features { reason })
}

impl CmvnStats {
    /// No rows yet, of `dim` numbers each.
    pub fn new(dim: usize) -> CmvnStats {
        CmvnStats { count: 0.0, sum: vec![0.0; dim], sum_of_squares: vec![0.0; dim] }
    }

    fn check(&self, dim: usize) -> Result<(), Error> {
        if self.sum.len() != dim || self.sum_of_squares.len() != dim {
            return refuse(format!("statistics of {} columns do not fit features of {dim}", self.sum.len()));
        }
        Ok(())
    }

    /// Adds all rows. Fails if their width is another.
    pub fn accumulate(&mut self, features: &Features) -> Result<(), Error> {
        self.check(features.dim)?;
        features.rows().for_each(|row| self.add(row, 1.0));
        Ok(())
    }

    /// Adds one row with a weight, as of the share of speech in it. Fails if its width is another.
    pub fn accumulate_row(&mut self, row: &[f32], weight: f32) -> Result<(), Error> {
        self.check(row.len())?;
        self.add(row, f64::from(weight));
        Ok(())
    }

    fn add(&mut self, row: &[f32], weight: f64) {
        self.count += weight;
        for ((sum, squares), value) in self.sum.iter_mut().zip(&mut self.sum_of_squares).zip(row) {
            let value = f64::from(*value);
            *sum += value * weight;
            *squares += value * value * weight;
        }
    }

    /// Adds the rows of other statistics. Fails if their width is another.
    pub fn merge(&mut self, other: &CmvnStats) -> Result<(), Error> {
        self.check(other.sum.len())?;
        other.check(self.sum.len())?;
        self.count += other.count;
        self.sum.iter_mut().zip(&other.sum).for_each(|(a, b)| *a += b);
        self.sum_of_squares.iter_mut().zip(&other.sum_of_squares).for_each(|(a, b)| *a += b);
        Ok(())
    }

    /// Mean and standard deviation of each column; a variance is 1e−20 at least, as in Kaldi.
    fn moments(&self, dim: usize) -> Result<Vec<(f64, f64)>, Error> {
        self.check(dim)?;
        // Written so that NaN is refused.
        let enough = self.count >= 1.0;
        if !enough {
            return refuse(format!("statistics of {} rows are too few to normalize by", self.count));
        }
        let moments = self.sum.iter().zip(&self.sum_of_squares).map(|(sum, squares)| {
            let mean = sum / self.count;
            (mean, (squares / self.count - mean * mean).max(1e-20).sqrt())
        });
        Ok(moments.collect())
    }

    /// Normalizes features (Kaldi's `ApplyCmvn`). Fails if their width is another, or for less than one row
    /// of statistics.
    pub fn apply(&self, norm: Norm, features: &mut Features) -> Result<(), Error> {
        let factors = self.moments(features.dim)?.into_iter().map(|(mean, deviation)| match norm {
            Norm::Means => (-mean as f32, 1.0),
            Norm::MeansAndVars => (-(mean / deviation) as f32, (1.0 / deviation) as f32),
        });
        rescale(features, &factors.collect::<Vec<_>>());
        Ok(())
    }

    /// Takes the normalization back (Kaldi's `ApplyCmvnReverse`). Fails as [`apply`](CmvnStats::apply) does.
    pub fn reverse(&self, norm: Norm, features: &mut Features) -> Result<(), Error> {
        let factors = self.moments(features.dim)?.into_iter().map(|(mean, deviation)| match norm {
            Norm::Means => (mean as f32, 1.0),
            Norm::MeansAndVars => (mean as f32, deviation as f32),
        });
        rescale(features, &factors.collect::<Vec<_>>());
        Ok(())
    }
}

fn rescale(features: &mut Features, factors: &[(f32, f32)]) {
    for row in features.data.chunks_exact_mut(factors.len().max(1)) {
        for (value, (offset, scale)) in row.iter_mut().zip(factors) {
            *value = offset + *value * scale;
        }
    }
}

/// Kaldi's `SlidingWindowCmnOptions` (`apply-cmvn-sliding`), by its names and with its defaults.
#[derive(Clone, Debug, PartialEq)]
pub struct SlidingWindowCmnOptions {
    /// Frames of the window.
    pub cmn_window: usize,
    /// Frames at least at the start, if not centred.
    pub min_window: usize,
    /// Normalize the variance too.
    pub normalize_variance: bool,
    /// The window's middle, not its end, is at the frame.
    pub center: bool,
}

impl Default for SlidingWindowCmnOptions {
    fn default() -> SlidingWindowCmnOptions {
        SlidingWindowCmnOptions { cmn_window: 600, min_window: 100, normalize_variance: false, center: false }
    }
}

/// Normalizes each row by the rows of a window that moves with it. Kaldi's `SlidingWindowCmn`.
///
/// ```
/// use sprog_speech::features::{Features, SlidingWindowCmnOptions, sliding_window_cmn};
/// let features = Features { frames: 4, dim: 1, data: vec![1.0, 2.0, 3.0, 4.0] };
/// let options = SlidingWindowCmnOptions { cmn_window: 2, min_window: 1, center: true, ..Default::default() };
/// assert_eq!(sliding_window_cmn(&options, &features)?.data, [-0.5, 0.5, 0.5, 0.5]);
/// # Ok::<(), sprog_speech::Error>(())
/// ```
pub fn sliding_window_cmn(options: &SlidingWindowCmnOptions, features: &Features) -> Result<Features, Error> {
    let window = options.cmn_window;
    if window == 0 || (options.center && !(1..=window).contains(&options.min_window)) {
        return refuse(format!("a window of {window} frames, at least {}", options.min_window));
    }
    let mut out = features.clone();
    let mut sums = CmvnStats::new(features.dim);
    let (mut start, mut end) = (0, 0);
    for (frame, out) in out.data.chunks_exact_mut(features.dim.max(1)).enumerate() {
        let want = window_of(options, frame, features.frames);
        while end < want.1 {
            sums.add(features.row(end), 1.0);
            end += 1;
        }
        while start < want.0 {
            sums.add(features.row(start), -1.0);
            start += 1;
        }
        let count = (end - start) as f64;
        for (column, value) in out.iter_mut().enumerate() {
            let mean = sums.sum[column] / count;
            let centred = f64::from(*value) - mean;
            let variance = (sums.sum_of_squares[column] / count - mean * mean).max(1e-10);
            *value = match options.normalize_variance {
                true if end - start == 1 => 0.0,
                true => (centred / variance.sqrt()) as f32,
                false => centred as f32,
            };
        }
    }
    Ok(out)
}

/// First frame of the window and the one after its last, as Kaldi moves it at the ends.
fn window_of(options: &SlidingWindowCmnOptions, frame: usize, frames: usize) -> (usize, usize) {
    let window = options.cmn_window;
    let back = if options.center { window / 2 } else { window };
    let start = frame.saturating_sub(back);
    let mut end = if options.center { start.saturating_add(window) } else { frame + 1 };
    if !options.center {
        end = end.max(options.min_window);
    }
    if end > frames { (start.saturating_sub(end - frames), frames) } else { (start, end) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(frames: usize) -> Features {
        let data = (0..2 * frames).map(|n| ((n * 37) % 101) as f32 * 0.1).collect();
        Features { frames, dim: 2, data }
    }

    #[test]
    fn parts_add_up() {
        let (all, mut parts, mut second) = (ramp(50), CmvnStats::new(2), CmvnStats::new(2));
        let half = |from: usize, to: usize| Features {
            frames: to - from,
            dim: 2,
            data: all.data[2 * from..2 * to].to_vec(),
        };
        parts.accumulate(&half(0, 20)).unwrap();
        second.accumulate(&half(20, 50)).unwrap();
        parts.merge(&second).unwrap();
        let mut whole = CmvnStats::new(2);
        whole.accumulate(&all).unwrap();
        assert_eq!(parts.count, 50.0);
        assert!(parts.sum.iter().zip(&whole.sum).all(|(a, b)| (a - b).abs() < 1e-9));
    }

    #[test]
    fn columns_end_with_mean_0_and_variance_1() {
        let mut features = ramp(80);
        let mut stats = CmvnStats::new(2);
        stats.accumulate(&features).unwrap();
        stats.apply(Norm::MeansAndVars, &mut features).unwrap();
        let mut after = CmvnStats::new(2);
        after.accumulate(&features).unwrap();
        assert!(after.sum.iter().all(|sum| sum.abs() < 1e-4), "{after:?}");
        assert!(after.sum_of_squares.iter().all(|squares| (squares / 80.0 - 1.0).abs() < 1e-5));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let mut stats = CmvnStats::new(3);
        assert!(stats.accumulate(&ramp(2)).is_err());
        assert!(stats.accumulate_row(&[1.0], 1.0).is_err());
        assert!(stats.merge(&CmvnStats::new(2)).is_err());
        assert!(CmvnStats::new(2).apply(Norm::Means, &mut ramp(2)).is_err());
        assert!(CmvnStats::default().apply(Norm::Means, &mut Features::default()).is_err());
    }

    /// Kaldi's window for one frame, by its code.
    fn kaldi(options: &SlidingWindowCmnOptions, t: i64, frames: i64) -> (i64, i64) {
        let window = options.cmn_window as i64;
        let (mut start, mut end) =
            if options.center { (t - window / 2, t - window / 2 + window) } else { (t - window, t + 1) };
        if start < 0 {
            end -= start;
            start = 0;
        }
        if !options.center && end > t {
            end = (t + 1).max(options.min_window as i64);
        }
        if end > frames {
            start = (start - (end - frames)).max(0);
            end = frames;
        }
        (start, end)
    }

    #[test]
    fn windows_are_those_of_kaldi() {
        for center in [false, true] {
            for (cmn_window, min_window) in [(1, 1), (5, 3), (6, 6), (40, 10)] {
                let options =
                    SlidingWindowCmnOptions { cmn_window, min_window, center, ..Default::default() };
                for frames in [1usize, 4, 30, 100] {
                    for t in 0..frames {
                        let (start, end) = window_of(&options, t, frames);
                        assert_eq!((start as i64, end as i64), kaldi(&options, t as i64, frames as i64));
                    }
                }
            }
        }
    }

    #[test]
    fn a_sliding_window_equals_the_sums_done_anew() {
        let features = ramp(90);
        let options =
            SlidingWindowCmnOptions { cmn_window: 30, normalize_variance: true, ..Default::default() };
        let got = sliding_window_cmn(&options, &features).unwrap();
        for t in [0, 10, 50, 89] {
            let (start, end) = window_of(&options, t, 90);
            let mut stats = CmvnStats::new(2);
            (start..end).for_each(|frame| stats.accumulate_row(features.row(frame), 1.0).unwrap());
            let mut one = Features { frames: 1, dim: 2, data: features.row(t).to_vec() };
            stats.apply(Norm::MeansAndVars, &mut one).unwrap();
            assert!(one.data.iter().zip(got.row(t)).all(|(a, b)| (a - b).abs() < 1e-5));
        }
    }
}
