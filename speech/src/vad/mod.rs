//! Voice activity detection: where in a recording someone speaks.
//!
//! Levels of 16 bands in frames of 20 to 25 ms every 10 ms; their background by minimum statistics;
//! seven measures of how far and how lively the frame is above it, averaged over 70, 210 and 510 ms; one
//! log-odds score. No weights are read from a file and nothing is random. At any rate from 8 kHz without
//! resampling; what is above 7.2 kHz is not used.
//!
//! It is made for speech near a microphone. Music and other voices at the level of the speech count as
//! speech.
//!
//! ```
//! use sprog_speech::vad::{Mode, SegmentOptions, Vad, segments};
//! // Silence, then a buzz that comes and goes as syllables do, then silence.
//! let sound: Vec<f32> = (0..48_000u32)
//!     .map(|n| {
//!         let syllable = if (16_000..32_000).contains(&n) && n % 4000 < 2800 { 0.3 } else { 0.0 };
//!         syllable * ((n % 133) as f32 / 66.5 - 1.0)
//!     })
//!     .collect();
//! let frames = Vad::frames_of(&sound, 16_000)?;
//! assert_eq!(frames.len(), 300);
//! let found = segments(&frames, 16_000, sound.len() as u64, &SegmentOptions::default());
//! assert_eq!(found.len(), 1);
//! assert!(found[0].start <= 16_000 && found[0].end >= 30_800);
//! # Ok::<(), sprog_speech::Error>(())
//! ```

mod bands;
mod noise;
mod score;
mod segments;

use bands::Bands;
use score::Scorer;
pub use segments::{SegmentOptions, segments};

use crate::Error;
use crate::stft::{LANES, Spectrum, Stft};

/// Rates that speech is analysed at, Hz.
pub(crate) const RATES: std::ops::RangeInclusive<u32> = 8_000..=384_000;

/// What was found about 10 ms.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Frame {
    /// Natural log-odds that this is speech: 0 is even, 2 is 88 %.
    pub score: f32,
    /// Level from 80 to 7200 Hz in dBFS (mean square; a full-scale sine has −3), −83 at the least.
    pub level_db: f32,
}

impl Frame {
    /// Whether it counts as speech.
    pub fn is_speech(&self, mode: Mode) -> bool {
        self.score > mode.threshold()
    }
}

/// How sure a frame must be to count as speech, as webrtcvad's modes 0 to 3.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Log-odds over −1: misses little.
    Lenient,
    /// Over 0: the fewest errors.
    #[default]
    Normal,
    /// Over 1: as many misses as false alarms in much noise.
    Strict,
    /// Over 2: few false alarms.
    VeryStrict,
}

impl Mode {
    /// Modes in their order, so that `Mode::ALL[2]` is what webrtcvad calls 2.
    pub const ALL: [Mode; 4] = [Mode::Lenient, Mode::Normal, Mode::Strict, Mode::VeryStrict];

    /// Least score of speech.
    pub fn threshold(self) -> f32 {
        match self {
            Mode::Lenient => -1.0,
            Mode::Normal => 0.0,
            Mode::Strict => 1.0,
            Mode::VeryStrict => 2.0,
        }
    }
}

/// A detector for one channel, given samples in chunks of any length.
///
/// Frames come in order, about 0.45 s after their samples; the same samples give the same frames however
/// they are cut into chunks. The work per chunk allocates nothing once the buffers have grown to the
/// chunk's size.
pub struct Vad {
    stft: Stft,
    detector: Detector,
}

impl Vad {
    /// A detector for samples at `rate` Hz.
    ///
    /// # Errors
    /// For rates under 8 kHz and over 384 kHz.
    pub fn new(rate: u32) -> Result<Vad, Error> {
        if !RATES.contains(&rate) {
            return Err(Error::Rate { rate });
        }
        let stft = Stft::new(rate);
        let detector = Detector::new(&stft);
        Ok(Vad { stft, detector })
    }

    /// The frames of a whole recording of one channel: one for each 10 ms begun.
    ///
    /// # Errors
    /// As [`Vad::new`].
    pub fn frames_of(samples: &[f32], rate: u32) -> Result<Vec<Frame>, Error> {
        let mut vad = Vad::new(rate)?;
        let mut frames = Vec::with_capacity(crate::stft::frames(rate, samples.len() as u64) as usize);
        vad.push(samples, &mut frames);
        vad.finish(&mut frames);
        Ok(frames)
    }

    /// Takes samples in [−1, 1] and appends the frames that are now known. What is not finite counts as
    /// zero.
    pub fn push(&mut self, samples: &[f32], frames: &mut Vec<Frame>) {
        let detector = &mut self.detector;
        self.stft.push(samples, &mut |count, spectrum| {
            detector.take(count, spectrum, |_, frame| frames.extend(frame));
        });
    }

    /// Appends the frames that are left, and makes the detector ready for another recording.
    pub fn finish(&mut self, frames: &mut Vec<Frame>) {
        let detector = &mut self.detector;
        self.stft.finish(&mut |count, spectrum| {
            detector.take(count, spectrum, |_, frame| frames.extend(frame));
        });
        detector.finish(|frame| frames.push(frame));
    }
}

/// The detector without the transform, which the quality measures share.
pub(crate) struct Detector {
    bands: Bands,
    scorer: Scorer,
}

impl Detector {
    pub(crate) fn new(stft: &Stft) -> Detector {
        let bands = Bands::new(stft.bins(), stft.bin_hz(), stft.scale());
        let scorer = Scorer::new(bands.present());
        Detector { bands, scorer }
    }

    /// Takes up to eight frames. `each` has, for every frame taken, its dB above the background, and the
    /// frame that is now scored.
    pub(crate) fn take(
        &mut self,
        count: usize,
        spectrum: &Spectrum,
        mut each: impl FnMut(f32, Option<Frame>),
    ) {
        let levels = self.bands.levels(&spectrum.power);
        for lane in 0..count.min(LANES) {
            let frame = self.scorer.take(&std::array::from_fn(|band| levels[band].0[lane]));
            each(self.scorer.above_background(), frame);
        }
    }

    /// Gives the frames that are left, and starts anew.
    pub(crate) fn finish(&mut self, mut each: impl FnMut(Frame)) {
        while let Some(frame) = self.scorer.drain() {
            each(frame);
        }
        self.scorer = Scorer::new(self.bands.present());
    }
}
