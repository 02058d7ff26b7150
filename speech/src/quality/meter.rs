//! One channel in one pass.

use ebur128::{EbuR128, Mode};

use super::hum::Hum;
use super::samples::{BLOCK, Samples};
use super::spectrum::LongTerm;
use super::speech::Speech;
use super::{Quality, power_db, rounded};
use crate::Error;
use crate::stft::{LANES, Spectrum, Stft};
use crate::vad::{Detector, Frame, RATES};

/// dB by which the edges of a dropout may be under the mean level of the speech.
const DROPOUT_BELOW: f64 = 20.0;
/// Lowest level reported for what is silent, dBFS.
const SILENCE_DB: f64 = -200.0;

/// Measures a whole recording of one channel.
///
/// # Errors
/// As [`Meter::new`].
pub fn measure(samples: &[f32], rate: u32) -> Result<Quality, Error> {
    let mut meter = Meter::new(rate)?;
    meter.push(samples);
    Ok(meter.finish().0)
}

/// Measures one channel, given in chunks of any length; the result does not depend on how they are cut.
pub struct Meter {
    stft: Stft,
    rest: Rest,
}

/// What a meter has but for the transform, which two channels take in step.
pub(super) struct Rest {
    rate: u32,
    detector: Detector,
    frames: Vec<Frame>,
    long_term: LongTerm,
    speech: Speech,
    samples: Samples,
    hum: Hum,
    loudness: EbuR128,
    /// What is left of the last block.
    pending: Vec<f32>,
}

impl Meter {
    /// A meter for samples at `rate` Hz.
    ///
    /// # Errors
    /// For rates under 8 kHz and over 384 kHz.
    pub fn new(rate: u32) -> Result<Meter, Error> {
        let (stft, rest) = parts(rate)?;
        Ok(Meter { stft, rest })
    }

    /// Takes samples in [−1, 1]. What is not finite counts as zero.
    pub fn push(&mut self, samples: &[f32]) {
        let rest = &mut self.rest;
        self.stft.push(samples, &mut |count, spectrum| rest.spectrum(count, spectrum));
        rest.push(samples);
    }

    /// The measurements, and the detector's frames, from which [`crate::vad::segments`] makes segments.
    pub fn finish(mut self) -> (Quality, Vec<Frame>) {
        let rest = &mut self.rest;
        self.stft.finish(&mut |count, spectrum| rest.spectrum(count, spectrum));
        self.rest.finish()
    }
}

pub(super) fn parts(rate: u32) -> Result<(Stft, Rest), Error> {
    if !RATES.contains(&rate) {
        return Err(Error::Rate { rate });
    }
    let stft = Stft::new(rate);
    let loudness = EbuR128::new(1, rate, Mode::I | Mode::LRA | Mode::HISTOGRAM)
        .map_err(|e| Error::Loudness { channels: 1, rate, reason: e.to_string() })?;
    let rest = Rest {
        rate,
        detector: Detector::new(&stft),
        frames: Vec::new(),
        long_term: LongTerm::new(&stft, rate),
        speech: Speech::new(),
        samples: Samples::new(rate),
        hum: Hum::new(rate),
        loudness,
        pending: Vec::with_capacity(BLOCK),
    };
    Ok((stft, rest))
}

impl Rest {
    pub(super) fn spectrum(&mut self, count: usize, spectrum: &Spectrum) {
        let mut above = [f32::NAN; LANES];
        let (frames, speech) = (&mut self.frames, &mut self.speech);
        let mut lane = 0;
        self.detector.take(count, spectrum, |over, frame| {
            above[lane] = over;
            lane += 1;
            if let Some(frame) = frame {
                speech.take(frame);
                frames.push(frame);
            }
        });
        self.long_term.take(&spectrum.power, &above);
    }

    pub(super) fn push(&mut self, samples: &[f32]) {
        let clean = |s: &f32| if s.is_finite() { *s } else { 0.0 };
        for part in samples.chunks(BLOCK) {
            let room = (BLOCK - self.pending.len()).min(part.len());
            self.pending.extend(part[..room].iter().map(clean));
            if self.pending.len() == BLOCK {
                self.block();
                self.pending.extend(part[room..].iter().map(clean));
            }
        }
    }

    fn block(&mut self) {
        self.samples.take(&self.pending);
        self.hum.take(&self.pending);
        // Fails for a wrong number of channels only, and there is one.
        let _ = self.loudness.add_frames_f32(&self.pending);
        self.pending.clear();
    }

    pub(super) fn finish(mut self) -> (Quality, Vec<Frame>) {
        self.block();
        let (speech, frames) = (&mut self.speech, &mut self.frames);
        self.detector.finish(|frame| {
            speech.take(frame);
            frames.push(frame);
        });
        let samples = &self.samples;
        let count = samples.count.max(1) as f64;
        let power = samples.squares / count;
        let duration = samples.count as f64 / f64::from(self.rate);
        let lufs = self.loudness.loudness_global().ok().filter(|l| l.is_finite());
        let range = self.loudness.loudness_range().ok().filter(|l| l.is_finite() && duration >= 3.0);
        let (loud, quiet) = (self.speech.loud_power(), self.speech.quiet_power());
        // Speech stands on the background; where it does not reach over it, a tenth of the power is left.
        let speech_power = loud.map(|l| (l - quiet.unwrap_or(0.0)).max(l / 10.0));
        let snr = loud.zip(quiet).map(|(l, q)| {
            let db = 10.0 * ((l - q).max(l / 10.0) / q).log10();
            rounded(db.clamp(-10.0, 80.0), 2)
        });
        let hum = self.hum.finish();
        let side = speech_power.map(|p| (10.0 * p.log10() - DROPOUT_BELOW) as f32);
        let (dropouts, dropped) = side.map_or((0, 0), |level| samples.dropouts_above(level));
        let speech_share =
            if self.speech.frames == 0 { 0.0 } else { self.speech.speech as f64 / self.speech.frames as f64 };
        let quality = Quality {
            duration_s: duration,
            peak_db: power_db(f64::from(samples.peak()).powi(2), SILENCE_DB),
            true_peak_db: power_db(f64::from(samples.true_peak()).powi(2), SILENCE_DB),
            rms_db: power_db(power, SILENCE_DB),
            dc_offset: rounded(samples.sum / count, 6),
            loudness_lufs: lufs.map(|l| rounded(l, 2)),
            loudness_range_lu: lufs.and(range).map(|l| rounded(l, 2)),
            clipping_share: rounded(samples.clipped as f64 / count, 6),
            flat_top_share: rounded(samples.flat_top_samples() as f64 / count, 6),
            silence_share: rounded(self.speech.silence_share(), 6),
            speech_share: rounded(speech_share, 6),
            speech_s: rounded(self.speech.speech as f64 / 100.0, 2),
            speech_level_db: speech_power.map(|p| power_db(p, SILENCE_DB)),
            noise_level_db: quiet.map(|p| power_db(p, SILENCE_DB)),
            snr_db: snr,
            bandwidth_hz: self.long_term.bandwidth().map(|hz| rounded(hz, 0)),
            hum_db: hum.map(|p| power_db(p, -120.0)),
            hum_share: hum.filter(|_| power > 0.0).map(|p| rounded((p / power).min(1.0), 6)),
            dropouts: u32::try_from(dropouts).unwrap_or(u32::MAX),
            dropout_share: rounded(dropped as f64 / count, 6),
        };
        (quality, self.frames)
    }
}
