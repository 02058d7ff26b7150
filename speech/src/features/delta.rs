//! Deltas and neighbours: what a frame's row knows of the frames around it.

use super::Features;
use crate::Error;

/// Kaldi's `DeltaFeaturesOptions` (`add-deltas`), by its names and with its defaults.
#[derive(Clone, Debug, PartialEq)]
pub struct DeltaFeaturesOptions {
    /// Order of the last deltas: 0 for the features alone, 2 for deltas and their deltas. Below 1000.
    pub order: usize,
    /// Frames to each side that a delta looks at, 1 to 999.
    pub window: usize,
}

impl Default for DeltaFeaturesOptions {
    fn default() -> DeltaFeaturesOptions {
        DeltaFeaturesOptions { order: 2, window: 2 }
    }
}

/// Each row, its deltas, their deltas and so on: `dim` × (order + 1) numbers. Kaldi's `ComputeDeltas`.
///
/// A delta is the slope of a line through the frames of its window by least squares; the first and the last
/// frame stand for those beyond the ends.
///
/// ```
/// use sprog_speech::features::{DeltaFeaturesOptions, Features, compute_deltas};
/// let ramp = Features { frames: 9, dim: 1, data: (0..9).map(|n| n as f32).collect() };
/// let with = compute_deltas(&DeltaFeaturesOptions::default(), &ramp)?;
/// let [value, slope, bend] = [0, 1, 2].map(|column| with.row(4)[column]);
/// assert!(value == 4.0 && (slope - 1.0).abs() < 1e-6 && bend.abs() < 1e-6);
/// # Ok::<(), sprog_speech::Error>(())
/// ```
pub fn compute_deltas(options: &DeltaFeaturesOptions, features: &Features) -> Result<Features, Error> {
    if options.order >= 1000 || !(1..1000).contains(&options.window) {
        let reason = format!("deltas of order {} over {} frames", options.order, options.window);
        return Err(Error::Features { reason });
    }
    let scales = scales(options);
    let dim = features.dim;
    let mut out = Features::new(dim * scales.len());
    out.data.reserve(features.frames * out.dim);
    let last = features.frames.saturating_sub(1) as i64;
    for frame in 0..features.frames {
        for scales in &scales {
            let start = out.data.len();
            out.data.resize(start + dim, 0.0);
            let first = frame as i64 - (scales.len() / 2) as i64;
            for (at, scale) in scales.iter().enumerate().filter(|(_, scale)| **scale != 0.0) {
                let row = features.row((first + at as i64).clamp(0, last) as usize);
                for (out, value) in out.data[start..].iter_mut().zip(row) {
                    *out += scale * value;
                }
            }
        }
        out.frames += 1;
    }
    Ok(out)
}

/// For each order the weights of the frames around, from the earliest.
fn scales(options: &DeltaFeaturesOptions) -> Vec<Vec<f32>> {
    let window = options.window;
    let mut all = vec![vec![1.0f32]];
    for order in 0..options.order {
        let before = &all[order];
        let mut scales = vec![0.0f32; before.len() + 2 * window];
        let mut norm = 0.0f32;
        for j in 0..=2 * window {
            let step = j as f32 - window as f32;
            norm += step * step;
            for (k, weight) in before.iter().enumerate() {
                scales[j + k] += step * weight;
            }
        }
        scales.iter_mut().for_each(|scale| *scale *= 1.0 / norm);
        all.push(scales);
    }
    all
}

/// Each row with its neighbours: `left_context` rows before, itself, `right_context` rows after, the ends
/// repeated. Kaldi's `SpliceFrames`.
///
/// ```
/// use sprog_speech::features::{Features, splice_frames};
/// let ramp = Features { frames: 3, dim: 1, data: vec![1.0, 2.0, 3.0] };
/// assert_eq!(splice_frames(&ramp, 1, 1).data, [1.0, 1.0, 2.0, 1.0, 2.0, 3.0, 2.0, 3.0, 3.0]);
/// ```
pub fn splice_frames(features: &Features, left_context: usize, right_context: usize) -> Features {
    let width = left_context.saturating_add(right_context).saturating_add(1);
    let mut out = Features::new(features.dim.saturating_mul(width));
    for frame in 0..features.frames {
        for at in 0..width {
            let from = frame.saturating_add(at).saturating_sub(left_context).min(features.frames - 1);
            out.data.extend_from_slice(features.row(from));
        }
        out.frames += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_those_of_kaldi() {
        let scales = scales(&DeltaFeaturesOptions::default());
        assert_eq!(scales[1], [-0.2, -0.1, 0.0, 0.1, 0.2]);
        let want = [4.0, 4.0, 1.0, -4.0, -10.0, -4.0, 1.0, 4.0, 4.0].map(|w| w / 100.0);
        assert!(scales[2].iter().zip(want).all(|(got, want)| (got - want).abs() < 1e-7));
    }

    #[test]
    fn ends_are_repeated() {
        let step = Features { frames: 3, dim: 2, data: vec![0.0, 5.0, 1.0, 5.0, 1.0, 5.0] };
        let options = DeltaFeaturesOptions { order: 1, window: 1 };
        let out = compute_deltas(&options, &step).unwrap();
        assert_eq!(out.data, [0.0, 5.0, 0.5, 0.0, 1.0, 5.0, 0.5, 0.0, 1.0, 5.0, 0.0, 0.0]);
        assert_eq!(compute_deltas(&options, &Features::new(2)).unwrap(), Features::new(4));
    }

    #[test]
    fn senseless_options_are_refused() {
        for (order, window) in [(1000, 2), (2, 0), (2, 1000)] {
            assert!(compute_deltas(&DeltaFeaturesOptions { order, window }, &Features::new(3)).is_err());
        }
    }
}
