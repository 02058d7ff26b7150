//! Fingerprints of sound: the same recording found again after coding, resampling or cutting.
//!
//! In the manner of Haitsma & Kalker, *A Highly Robust Audio Fingerprinting System* (ISMIR 2002): every
//! 256 samples (16 ms) a *sub-fingerprint* of 32 bits, each the sign of how the difference between two
//! neighbouring bands changed. What is ours, chosen by measuring on speech:
//!
//! - Energies are means of eight short spectra (Welch's method, 144 ms together) in place of one long
//!   spectrum, and are compared with those 64 ms before. A sub-fingerprint covers [`SPAN`] samples.
//! - The 33 bands go from 300 to 3400 Hz on the mel scale, and levels are logarithmic, so that a fixed
//!   filter (another microphone's colour, a telephone) cancels out.
//! - A sub-fingerprint is **no evidence** and is stored as 0 where fewer than half of its bits stand on
//!   firm ground: silence, steady tones, hum, dial tones, beeps.
//! - Two fingerprints match in their best ungapped *local* alignment, so that an excerpt, a common jingle
//!   or a trimmed copy is found where it is.
//!
//! It knows the same *recording*, not the same words: another reading of a sentence, even by the same
//! speaker, does not match. It follows no change of speed or pitch past about one per cent, and a clip
//! needs about 0.7 s of sound that changes. Noise is evidence: a copy of it matches, other noise does not.
//! For identical samples a hash of them is cheaper.
//!
//! ```
//! use sprog_speech::fingerprint::{Fingerprinter, compare};
//! // Something that changes all the time, as speech does.
//! let mut state = 1u32;
//! let sound: Vec<f32> = (0..80_000)
//!     .map(|_| {
//!         state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
//!         (state >> 8) as f32 / (1 << 24) as f32 - 0.5
//!     })
//!     .collect();
//! let mut plan = Fingerprinter::new();
//! let whole = plan.fingerprint(&sound);
//! let quiet_excerpt: Vec<f32> = sound[20_480..60_000].iter().map(|s| s * 0.1).collect();
//! let found = compare(&whole, &plan.fingerprint(&quiet_excerpt)).expect("the same recording");
//! assert_eq!(found.offset_frames, 80, "the excerpt begins 80 × 256 samples into the whole");
//! assert!(found.bit_error_rate < 0.01);
//! ```

mod bands;
mod compare;
mod fft;
mod keys;

pub use compare::{Match, compare, compare_at};
pub use keys::Key;

use bands::{BANDS, Bands};
use fft::{LANES, Lane, Spectra};

/// Sample rate that a [`Fingerprinter`] expects, Hz.
pub const SAMPLE_RATE: u32 = 16_000;
/// Samples from one sub-fingerprint to the next: 16 ms.
pub const HOP: usize = 256;
/// Samples that one sub-fingerprint covers: 208 ms.
pub const SPAN: usize = FRAME + (MEAN + LAG - 1) * HOP;

/// Samples of a short spectrum.
const FRAME: usize = 512;
/// Short spectra in a mean.
const MEAN: usize = 8;
/// Hops between the means that a sub-fingerprint compares.
const LAG: usize = 4;
/// Energy of a sine of full scale in a band's mean.
const FULL_SCALE: f32 = (MEAN * FRAME * FRAME / 16) as f32;
/// Added to every energy: −120 dBFS, so that digital silence has a level.
const GROUND: f32 = FULL_SCALE * 1e-12;
/// The loudest band must reach this: −80 dBFS.
const AUDIBLE: f32 = FULL_SCALE * 1e-8;
/// A firm bit's bands are at most this far below the loudest: 40 dB, in octaves of energy. A window's
/// leakage beside a tone lies below.
const REACH: f32 = 13.3;
/// A firm bit's difference changes by at least this: 0.6 dB, in octaves of energy. Steady tones stay below.
const CHANGE: f32 = 0.2;
/// Firm bits that make a sub-fingerprint evidence.
const FIRM_BITS: u32 = 16;
/// Samples beyond are cut, and those that are no number are silence.
const LARGEST: f32 = 16.0;
/// Samples of a batch of frames, and those that it uses up.
const BATCH: usize = FRAME + (LANES - 1) * HOP;
const STEP: usize = LANES * HOP;

/// The sub-fingerprints of a recording.
///
/// Frame `i` covers samples `i × 256 .. i × 256 + 3328`. A frame of 0 is no evidence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fingerprint {
    frames: Vec<u32>,
}

impl Fingerprint {
    /// From stored frames.
    pub fn from_frames(frames: Vec<u32>) -> Fingerprint {
        Fingerprint { frames }
    }

    /// The frames, one every [`HOP`] samples; 0 where the sound is no evidence.
    pub fn frames(&self) -> &[u32] {
        &self.frames
    }

    /// The frames, to be stored.
    pub fn into_frames(self) -> Vec<u32> {
        self.frames
    }

    /// Frames that are evidence.
    pub fn evidence_frames(&self) -> usize {
        self.frames.iter().filter(|f| **f != 0).count()
    }

    /// Share of frames that are no evidence, from 0 to 1; 1 where there are no frames.
    pub fn degenerate_share(&self) -> f32 {
        if self.frames.is_empty() {
            return 1.0;
        }
        1.0 - self.evidence_frames() as f32 / self.frames.len() as f32
    }
}

/// A plan: window, transform, bands and the state of one recording. Made once, used for many recordings.
///
/// Nothing is allocated for a recording but its result. In pieces the result is the same bits as at once,
/// whatever the pieces:
///
/// ```
/// use sprog_speech::fingerprint::Fingerprinter;
/// let sound: Vec<f32> = (0..40_000u32).map(|n| (n.wrapping_mul(n) % 1009) as f32 / 2018.0).collect();
/// let mut plan = Fingerprinter::new();
/// let at_once = plan.fingerprint(&sound);
/// sound.chunks(777).for_each(|piece| plan.push(piece));
/// assert_eq!(plan.finish(), at_once);
/// ```
pub struct Fingerprinter {
    spectra: Spectra,
    bands: Bands,
    energies: Box<[Lane; BANDS]>,
    pending: Vec<f32>,
    state: State,
}

/// What a recording's later frames need of its earlier ones.
struct State {
    /// The last [`MEAN`] short spectra, by index.
    spectra: [[f32; BANDS]; MEAN],
    /// The last [`LAG`] mean levels, by index.
    levels: [[f32; BANDS]; LAG],
    /// Short spectra seen.
    seen: usize,
    frames: Vec<u32>,
}

impl Default for Fingerprinter {
    fn default() -> Self {
        Fingerprinter::new()
    }
}

impl Fingerprinter {
    /// A plan for mono samples at [`SAMPLE_RATE`].
    pub fn new() -> Fingerprinter {
        Fingerprinter {
            spectra: Spectra::new(),
            bands: Bands::new(),
            energies: Box::new([[0.0; LANES]; BANDS]),
            pending: Vec::with_capacity(BATCH + STEP),
            state: State::new(),
        }
    }

    /// The fingerprint of a whole recording; samples that were pushed and not finished are forgotten.
    ///
    /// Less than [`SPAN`] samples have no frame.
    pub fn fingerprint(&mut self, samples: &[f32]) -> Fingerprint {
        self.pending.clear();
        self.state = State::new();
        self.state.frames.reserve((samples.len() / HOP + 2).saturating_sub(SPAN / HOP));
        self.push(samples);
        self.finish()
    }

    /// Adds the next samples of a recording.
    pub fn push(&mut self, samples: &[f32]) {
        for piece in samples.chunks(STEP) {
            self.pending.extend(piece.iter().map(|s| {
                let cut = s.clamp(-LARGEST, LARGEST);
                if cut.is_nan() { 0.0 } else { cut }
            }));
            while self.pending.len() >= BATCH {
                self.batch(LANES);
                self.pending.copy_within(STEP.., 0);
                self.pending.truncate(self.pending.len() - STEP);
            }
        }
    }

    /// Ends the recording; the plan is ready for the next.
    pub fn finish(&mut self) -> Fingerprint {
        if self.pending.len() >= FRAME {
            self.batch((self.pending.len() - FRAME) / HOP + 1);
        }
        self.pending.clear();
        Fingerprint { frames: std::mem::replace(&mut self.state, State::new()).frames }
    }

    fn batch(&mut self, frames: usize) {
        self.spectra.load(&self.pending, HOP);
        self.bands.energies(&self.spectra, &mut self.energies);
        for lane in 0..frames.min(LANES) {
            let energies = std::array::from_fn(|band| self.energies[band][lane]);
            self.state.add(energies);
        }
    }
}

impl State {
    fn new() -> State {
        State { spectra: [[0.0; BANDS]; MEAN], levels: [[0.0; BANDS]; LAG], seen: 0, frames: Vec::new() }
    }

    fn add(&mut self, energies: [f32; BANDS]) {
        self.spectra[self.seen % MEAN] = energies;
        self.seen += 1;
        if self.seen < MEAN {
            return;
        }
        let mut level = [GROUND; BANDS];
        for spectrum in &self.spectra {
            level.iter_mut().zip(spectrum).for_each(|(sum, e)| *sum += e);
        }
        level.iter_mut().for_each(|l| *l = log2(*l));
        let before = std::mem::replace(&mut self.levels[self.seen % LAG], level);
        if self.seen >= MEAN + LAG {
            self.frames.push(sub_fingerprint(&before, &level));
        }
    }
}

/// Bit `i` is set where band `i` gained on band `i + 1`; 0 where that is no evidence.
fn sub_fingerprint(before: &[f32; BANDS], now: &[f32; BANDS]) -> u32 {
    let loudest: [f32; BANDS] = std::array::from_fn(|b| before[b].max(now[b]));
    let gain: [f32; BANDS] = std::array::from_fn(|b| now[b] - before[b]);
    let top = loudest.iter().fold(f32::MIN, |m, l| m.max(*l));
    let (mut bits, mut firm) = (0u32, 0u32);
    for b in 0..BANDS - 1 {
        let change = gain[b] - gain[b + 1];
        bits |= u32::from(change > 0.0) << b;
        let heard = loudest[b].min(loudest[b + 1]) >= top - REACH;
        firm += u32::from(heard & (change.abs() >= CHANGE));
    }
    if firm >= FIRM_BITS && top >= log2(AUDIBLE) { bits } else { 0 }
}

/// Base-2 logarithm of a normal positive number to 10⁻⁴, in operations that round alike everywhere.
///
/// With x = 2ᵉ(1 + t) it is e + t + t(1 − t)q(t), where q is a least-squares fit; exact at every octave.
fn log2(x: f32) -> f32 {
    let bits = x.to_bits();
    let exponent = (bits >> 23) as i32 - 127;
    let t = f32::from_bits(bits & 0x007f_ffff | 0x3f80_0000) - 1.0;
    exponent as f32 + t + t * (1.0 - t) * (0.442_454 + t * (-0.270_160 + t * (0.152_021 - t * 0.045_842)))
}
