//! Samples to features: cepstra, their mean taken away, and their slopes.

use super::Error;
pub use crate::features::Features;
use crate::features::{FrameExtractionOptions, MelBanksOptions, Mfcc, MfccOptions};

/// How samples become features; part of a model. Names as in Kaldi.
#[derive(Clone, Debug, PartialEq)]
pub struct FrontEndOptions {
    /// Window, milliseconds.
    pub frame_length_ms: f64,
    /// Step from frame to frame, milliseconds.
    pub frame_shift_ms: f64,
    /// Mel bands.
    pub num_bins: usize,
    /// Lower edge of the lowest band, Hz.
    pub low_freq: f64,
    /// Upper edge of the highest band, Hz.
    pub high_freq: f64,
    /// Cepstra a frame, the zeroth included.
    pub num_ceps: usize,
    /// Frames between the taps of the slope; with two taps on each side it spans 4 × this.
    pub delta_step: usize,
    /// 0, 1 or 2: cepstra alone, with slopes, with slopes of slopes.
    pub delta_order: usize,
}

impl Default for FrontEndOptions {
    fn default() -> Self {
        FrontEndOptions {
            frame_length_ms: 12.0,
            frame_shift_ms: 5.0,
            num_bins: 23,
            low_freq: 20.0,
            high_freq: 7800.0,
            num_ceps: 13,
            delta_step: 1,
            delta_order: 1,
        }
    }
}

impl FrontEndOptions {
    /// Values a frame that come out.
    pub fn dim(&self) -> usize {
        self.num_ceps * (1 + self.delta_order)
    }

    /// Samples (16 kHz) from frame to frame.
    pub fn shift_samples(&self) -> usize {
        (self.frame_shift_ms * 16.0).round().max(1.0) as usize
    }
}

/// A plan: tables made once and used for many recordings.
pub struct FrontEnd {
    options: FrontEndOptions,
    mfcc: Mfcc,
}

impl FrontEnd {
    /// A plan.
    ///
    /// # Errors
    /// [`Error::Option`] when an option makes no sense.
    pub fn new(options: FrontEndOptions) -> Result<FrontEnd, Error> {
        let bad = |name, reason: &str| Err(Error::Option { name, reason: reason.to_owned() });
        if !(1.0..=100.0).contains(&options.frame_length_ms) {
            return bad("frame_length_ms", "not between 1 and 100");
        }
        if !(1.0..=100.0).contains(&options.frame_shift_ms) {
            return bad("frame_shift_ms", "not between 1 and 100");
        }
        if !(3..=128).contains(&options.num_bins) || !(1..=options.num_bins).contains(&options.num_ceps) {
            return bad("num_bins", "not between 3 and 128, or fewer than num_ceps");
        }
        if !(0.0..8000.0).contains(&options.low_freq)
            || !(options.low_freq + 100.0..=8000.0).contains(&options.high_freq)
        {
            return bad("high_freq", "not above low_freq and up to 8000 Hz");
        }
        if options.delta_order > 2 || !(1..=20).contains(&options.delta_step) {
            return bad("delta_order", "above 2, or delta_step not between 1 and 20");
        }
        let kaldi = MfccOptions {
            frame_opts: FrameExtractionOptions {
                samp_freq: 16_000.0,
                frame_length_ms: options.frame_length_ms as f32,
                frame_shift_ms: options.frame_shift_ms as f32,
                snip_edges: false,
                ..FrameExtractionOptions::default()
            },
            mel_opts: MelBanksOptions {
                num_bins: options.num_bins,
                low_freq: options.low_freq as f32,
                high_freq: options.high_freq as f32,
                ..MelBanksOptions::default()
            },
            num_ceps: options.num_ceps,
            use_energy: false,
            ..MfccOptions::default()
        };
        let mfcc =
            Mfcc::new(&kaldi).map_err(|e| Error::Option { name: "features", reason: e.to_string() })?;
        Ok(FrontEnd { options, mfcc })
    }

    /// The options it was made with.
    pub fn options(&self) -> &FrontEndOptions {
        &self.options
    }

    /// Cepstra of mono samples at 16 kHz, nothing taken away: `frames × num_ceps`, the first frame
    /// centred half a step from the start (Kaldi's `snip_edges = false`).
    pub fn cepstra(&self, samples: &[f32]) -> Features {
        self.mfcc.compute(samples)
    }

    /// Features of one recording: cepstra less their mean over it, with slopes.
    pub fn compute(&self, samples: &[f32]) -> Features {
        let cepstra = self.cepstra(samples);
        let mean = CepstralMean::of(&cepstra).mean();
        self.finish(&cepstra, &mean)
    }

    /// Cepstra less `mean` (a speaker's, or the recording's), with slopes.
    pub fn finish(&self, cepstra: &Features, mean: &[f32]) -> Features {
        let ceps = cepstra.dim;
        let dim = self.options.dim();
        let frames = cepstra.frames;
        let mut data = vec![0f32; frames * dim];
        for (row, values) in data.chunks_exact_mut(dim).zip(cepstra.data.chunks_exact(ceps)) {
            for (slot, (value, m)) in row.iter_mut().zip(values.iter().zip(mean)) {
                *slot = value - m;
            }
        }
        let step = self.options.delta_step;
        for order in 1..=self.options.delta_order {
            let (from, to) = ((order - 1) * ceps, order * ceps);
            for t in 0..frames {
                let at = |steps: isize| {
                    let index = t as isize + steps * step as isize;
                    index.clamp(0, frames as isize - 1) as usize * dim + from
                };
                let (a, b, c, d) = (at(-2), at(-1), at(1), at(2));
                for k in 0..ceps {
                    data[t * dim + to + k] =
                        (2.0 * (data[d + k] - data[a + k]) + (data[c + k] - data[b + k])) * 0.1;
                }
            }
        }
        Features { frames, dim, data }
    }
}

/// A mean over recordings of one speaker, added up recording by recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CepstralMean {
    sum: Vec<f64>,
    frames: f64,
}

impl CepstralMean {
    /// Of one recording.
    pub fn of(cepstra: &Features) -> CepstralMean {
        let mut mean = CepstralMean::default();
        mean.add(cepstra);
        mean
    }

    /// Adds a recording.
    pub fn add(&mut self, cepstra: &Features) {
        self.sum.resize(cepstra.dim, 0.0);
        for row in cepstra.data.chunks_exact(cepstra.dim.max(1)) {
            for (s, v) in self.sum.iter_mut().zip(row) {
                *s += f64::from(*v);
            }
        }
        self.frames += cepstra.frames as f64;
    }

    /// The mean so far.
    pub fn mean(&self) -> Vec<f32> {
        self.sum.iter().map(|s| (s / self.frames.max(1.0)) as f32).collect()
    }
}
