//! Two channels and how they relate: one signal twice, two microphones, or two voices.

use super::meter::{Rest, parts};
use super::{Choice, Quality, choose, rounded};
use crate::Error;
use crate::stft::{LANES, Spectrum, Stft};
use crate::vad::Frame;

/// RMS in dBFS under which a channel holds nothing.
const SILENT_DB: f64 = -65.0;
/// Longest delay sought, either way: 10 ms, 3.4 m of air.
const LONGEST_A_SECOND: u32 = 100;
/// Correlation from which two channels are one signal, and from which they are two microphones of one
/// source.
const ONE_SIGNAL: f64 = 0.99;
const ONE_SOURCE: f64 = 0.3;
/// Frequencies that the delay is sought in, Hz.
const FROM_HZ: f64 = 80.0;
const TO_HZ: f64 = 7_200.0;
/// Groups of eight frames summed in single precision.
const GROUPS: u32 = 16;

/// How two channels relate.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Pair {
    /// What they are to each other.
    pub relation: Relation,
    /// Correlation coefficient from 80 to 7200 Hz at the best delay, −1 to 1; `None` if a channel is
    /// silent.
    pub correlation: Option<f64>,
    /// Samples by which the second channel comes later than the first (negative: earlier), at most 10
    /// ms; `None` if a channel is silent or the correlation is under 0.1 in size.
    pub delay_samples: Option<i64>,
    /// RMS of the first less that of the second, dB; `None` if a channel is silent.
    pub level_difference_db: Option<f64>,
    /// Which channel to take, if it is one source; between two voices it says nothing.
    pub choice: Choice,
}

/// What two channels are to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// Every sample is the same.
    Identical,
    /// One signal at two levels or delays: correlation from 0.99.
    OneSignal,
    /// One signal, upside down in one: correlation to −0.99. Their mean would be silence.
    Inverted,
    /// Two microphones of one source: correlation from 0.3 in size.
    OneSource,
    /// Nothing in common, such as two speakers, or microphones far apart.
    Different,
    /// The first is under −65 dBFS.
    FirstSilent,
    /// The second is under −65 dBFS.
    SecondSilent,
    /// Both are.
    BothSilent,
}

/// Measures a whole recording of two interleaved channels.
///
/// # Errors
/// As [`PairMeter::new`].
pub fn measure_pair(samples: &[f32], rate: u32) -> Result<([Quality; 2], Pair), Error> {
    let mut meter = PairMeter::new(rate)?;
    meter.push(samples);
    let (qualities, pair, _) = meter.finish();
    Ok((qualities, pair))
}

/// Measures two channels in one pass, given interleaved in chunks of any length.
pub struct PairMeter {
    rate: u32,
    stft: [Stft; 2],
    rest: [Rest; 2],
    cross: Cross,
    /// Chunks of each channel.
    split: [Vec<f32>; 2],
    /// A first channel's sample whose second came in no chunk yet.
    odd: Option<f32>,
    identical: bool,
}

impl PairMeter {
    /// A meter for samples at `rate` Hz.
    ///
    /// # Errors
    /// For rates under 8 kHz and over 384 kHz.
    pub fn new(rate: u32) -> Result<PairMeter, Error> {
        let ((a, first), (b, second)) = (parts(rate)?, parts(rate)?);
        let cross = Cross::new(a.bins());
        Ok(PairMeter {
            rate,
            stft: [a, b],
            rest: [first, second],
            cross,
            split: [Vec::new(), Vec::new()],
            odd: None,
            identical: true,
        })
    }

    /// Takes interleaved samples in [−1, 1]. What is not finite counts as zero.
    pub fn push(&mut self, samples: &[f32]) {
        let mut samples = samples;
        if let (Some(first), Some((second, rest))) = (self.odd, samples.split_first()) {
            self.odd = None;
            samples = rest;
            self.both(&[first, *second]);
        }
        for part in samples.chunks(1 << 14) {
            let even = part.len() / 2 * 2;
            self.both(&part[..even]);
            self.odd = part.get(even).copied();
        }
    }

    fn both(&mut self, pairs: &[f32]) {
        for (channel, split) in self.split.iter_mut().enumerate() {
            split.clear();
            split.extend(pairs.iter().skip(channel).step_by(2));
        }
        self.identical &= self.split[0] == self.split[1];
        for (rest, split) in self.rest.iter_mut().zip(&self.split) {
            rest.push(split);
        }
        self.spectra(false);
    }

    /// The transforms of the two go in step, group by group, so that one's spectrum is there for the
    /// other's.
    fn spectra(&mut self, last: bool) {
        let [a, b] = &mut self.stft;
        let [first, second] = &mut self.rest;
        let cross = &mut self.cross;
        let mut kept = |count: usize, spectrum: &Spectrum| {
            first.spectrum(count, spectrum);
            cross.keep(spectrum);
        };
        if last {
            a.finish(&mut kept)
        } else {
            a.push(&self.split[0], &mut kept)
        }
        cross.at = 0;
        let mut met = |count: usize, spectrum: &Spectrum| {
            second.spectrum(count, spectrum);
            cross.meet(count, spectrum);
        };
        if last {
            b.finish(&mut met)
        } else {
            b.push(&self.split[1], &mut met)
        }
        cross.forget();
    }

    /// The measurements of both, their relation, and the detector's frames. A last sample without its
    /// pair is left out.
    pub fn finish(mut self) -> ([Quality; 2], Pair, [Vec<Frame>; 2]) {
        self.spectra(true);
        let [first, second] = self.rest;
        let ((a, a_frames), (b, b_frames)) = (first.finish(), second.finish());
        let silent = [a.rms_db < SILENT_DB, b.rms_db < SILENT_DB];
        let heard = !silent[0] && !silent[1];
        let longest = i64::from(self.rate / LONGEST_A_SECOND);
        let best = heard.then(|| self.cross.best(&self.stft[0], self.rate, longest)).flatten();
        let correlation = best.map(|(value, _)| value);
        let relation = match (silent, correlation) {
            ([true, true], _) => Relation::BothSilent,
            ([true, false], _) => Relation::FirstSilent,
            ([false, true], _) => Relation::SecondSilent,
            _ if self.identical => Relation::Identical,
            (_, Some(c)) if c >= ONE_SIGNAL => Relation::OneSignal,
            (_, Some(c)) if c <= -ONE_SIGNAL => Relation::Inverted,
            (_, Some(c)) if c.abs() >= ONE_SOURCE => Relation::OneSource,
            _ => Relation::Different,
        };
        let pair = Pair {
            relation,
            correlation: correlation.map(|c| rounded(c, 4)),
            delay_samples: best.filter(|(c, _)| c.abs() >= 0.1).map(|(_, delay)| delay),
            level_difference_db: heard.then(|| rounded(a.rms_db - b.rms_db, 2)),
            choice: choose(&a, &b),
        };
        ([a, b], pair, [a_frames, b_frames])
    }
}

/// Sums over frames of the product of one spectrum with the other's conjugate, and of their powers.
struct Cross {
    /// Spectra of the first channel whose second is still to come.
    kept: Vec<Spectrum>,
    used: usize,
    at: usize,
    groups: u32,
    recent: Vec<[[f32; LANES]; 4]>,
    total: Vec<[f64; 4]>,
}

impl Cross {
    fn new(bins: usize) -> Cross {
        Cross {
            kept: Vec::new(),
            used: 0,
            at: 0,
            groups: 0,
            recent: vec![[[0.0; LANES]; 4]; bins],
            total: vec![[0.0; 4]; bins],
        }
    }

    fn keep(&mut self, spectrum: &Spectrum) {
        match self.kept.get_mut(self.used) {
            Some(slot) => slot.clone_from(spectrum),
            None => self.kept.push(spectrum.clone()),
        }
        self.used += 1;
    }

    fn meet(&mut self, count: usize, second: &Spectrum) {
        let Some(first) = self.kept.get(self.at) else { return };
        self.at += 1;
        let mut share = [0f32; LANES];
        share[..count].fill(1.0);
        for (bin, sums) in self.recent.iter_mut().enumerate() {
            let (ar, ai) = (&first.re[bin].0, &first.im[bin].0);
            let (br, bi) = (&second.re[bin].0, &second.im[bin].0);
            let (pa, pb) = (&first.power[bin].0, &second.power[bin].0);
            for lane in 0..LANES {
                sums[0][lane] += share[lane] * (ar[lane] * br[lane] + ai[lane] * bi[lane]);
                sums[1][lane] += share[lane] * (ai[lane] * br[lane] - ar[lane] * bi[lane]);
                sums[2][lane] += share[lane] * pa[lane];
                sums[3][lane] += share[lane] * pb[lane];
            }
        }
        self.groups += 1;
        if self.groups == GROUPS {
            self.settle();
        }
    }

    fn forget(&mut self) {
        self.used = 0;
    }

    fn settle(&mut self) {
        for (total, recent) in self.total.iter_mut().zip(&mut self.recent) {
            for (t, r) in total.iter_mut().zip(recent.iter()) {
                *t += r.iter().map(|v| f64::from(*v)).sum::<f64>();
            }
            *recent = [[0.0; LANES]; 4];
        }
        self.groups = 0;
    }

    /// The correlation that is largest in size, and its delay in samples.
    fn best(&mut self, stft: &Stft, rate: u32, longest: i64) -> Option<(f64, i64)> {
        self.settle();
        let bin_hz = stft.bin_hz();
        let first = (FROM_HZ / bin_hz).ceil() as usize;
        let end = ((TO_HZ / bin_hz).floor() as usize + 1).min(self.total.len());
        let bins = self.total.get(first..end)?;
        let powers = bins.iter().fold([0f64; 2], |p, b| [p[0] + b[2], p[1] + b[3]]);
        let norm = (powers[0] * powers[1]).sqrt();
        if norm.is_nan() || norm <= 0.0 {
            return None;
        }
        let mut best: Option<(f64, i64)> = None;
        for delay in -longest..=longest {
            let turn = -std::f64::consts::TAU * bin_hz * delay as f64 / f64::from(rate);
            let (step_sin, step_cos) = turn.sin_cos();
            let (mut sin, mut cos) = (turn * first as f64).sin_cos();
            let mut sum = 0f64;
            for [re, im, _, _] in bins {
                sum += re * cos - im * sin;
                (cos, sin) = (cos * step_cos - sin * step_sin, sin * step_cos + cos * step_sin);
            }
            // Rounded, so that neighbours that differ in the last bits cannot change places.
            let value = rounded(sum / norm, 9);
            if best.is_none_or(|(most, _)| value.abs() > most.abs()) {
                best = Some((value, delay));
            }
        }
        // The windows of both stand still, so that less of a delayed signal is in both.
        best.map(|(value, delay)| {
            let overlap = stft.overlap(usize::try_from(delay.abs()).unwrap_or(0)).max(0.1);
            ((value / overlap).clamp(-1.0, 1.0), delay)
        })
    }
}
