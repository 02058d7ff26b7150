//! The quality of a recording in numbers that a filter can use.
//!
//! [`Meter`] measures one channel in one pass, [`PairMeter`] two and how they relate, both in chunks of
//! any length and with memory that grows by less than 1 kB a second (the detector's frames). [`choose`]
//! says which channel of two is the better one and why; [`pace`] whether a transcript can belong to a
//! recording.
//!
//! Numbers are rounded (dB to 0.01, shares to 10⁻⁶, Hz to 1), so that they are the same on every machine.
//!
//! ```
//! use sprog_speech::quality::measure;
//! let tone: Vec<f32> = (0..32_000).map(|n| (n as f32 * 0.3).sin() * 0.5 + 0.01).collect();
//! let quality = measure(&tone, 16_000)?;
//! assert_eq!(quality.duration_s, 2.0);
//! assert!((quality.dc_offset - 0.01).abs() < 0.001);
//! assert!((quality.peak_db - -5.85).abs() < 0.1);
//! # Ok::<(), sprog_speech::Error>(())
//! ```

mod choice;
mod hum;
mod meter;
mod pace;
mod pair;
mod samples;
mod spectrum;
mod speech;
mod true_peak;

pub use choice::{Choice, Reason, choose};
pub use meter::{Meter, measure};
pub use pace::{CHARACTERS_PER_SECOND, Pace, PaceVerdict, SYLLABLES_PER_SECOND, pace};
pub use pair::{Pair, PairMeter, Relation, measure_pair};

/// Measurements of one channel. Shares are from 0 to 1 of the duration, levels in dB below full scale
/// (mean square 1 is 0 dBFS, so that a sine has at most −3.01); `None` is what cannot be measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Quality {
    /// Seconds.
    pub duration_s: f64,
    /// Largest sample, dBFS; −200 for digital silence.
    pub peak_db: f64,
    /// Largest value between samples too, dBTP (ITU-R BS.1770-4, annex 2; 4-fold oversampling); −200 for
    /// silence.
    pub true_peak_db: f64,
    /// Root mean square, dBFS; −200 for silence.
    pub rms_db: f64,
    /// Mean of the samples, of full scale.
    pub dc_offset: f64,
    /// Loudness in LUFS (EBU R 128), with the two gates, from a histogram of 0.1 LU; `None` under −70
    /// LUFS or 400 ms.
    pub loudness_lufs: Option<f64>,
    /// Loudness range in LU (EBU Tech 3342); `None` where there is no loudness, and under 3 s.
    pub loudness_range_lu: Option<f64>,
    /// Share of samples at full scale, in runs of two or more.
    pub clipping_share: f64,
    /// Share of samples in flat tops: runs of three or more, about equal, with an edge, from 90 % of the
    /// peak up. Finds clipping below full scale; not after resampling or lossy coding, which round the
    /// tops.
    pub flat_top_share: f64,
    /// Share of frames of 10 ms under −60 dBFS between 80 and 7200 Hz.
    pub silence_share: f64,
    /// Share of frames that are speech by [`crate::vad`], mode normal.
    pub speech_share: f64,
    /// Seconds of those frames.
    pub speech_s: f64,
    /// Mean level of speech from 80 to 7200 Hz, background taken off, dBFS; `None` under 0.1 s of clear
    /// speech.
    pub speech_level_db: Option<f64>,
    /// Median level of what is not speech, same band, dBFS, −83 at the least; `None` under 0.1 s of it.
    pub noise_level_db: Option<f64>,
    /// The difference of the two in dB, −10 to 80: signal-to-noise ratio. Segmental, from the detector's
    /// speech and pauses, as NIST's STNR takes it from two humps of one histogram.
    pub snr_db: Option<f64>,
    /// Highest frequency of the speech in Hz: where frames 10 dB above the background are 3 dB above the
    /// quiet ones, within 75 dB of the strongest frequency, above 16-bit rounding, and below the cliff
    /// (25 dB in 600 Hz) that a codec or a resampler made. About 3400 to 4200 for telephone speech at
    /// any rate. `None` under 0.1 s of such frames.
    pub bandwidth_hz: Option<f64>,
    /// Level of steady lines at 50 and 100 Hz, dBFS, −120 at the least; `None` under about a second.
    pub hum_db: Option<f64>,
    /// Their share of the power; `None` under about a second and in silence.
    pub hum_share: Option<f64>,
    /// Dropouts: runs of exact zeros of 5 to 500 ms that cut off sound on both sides, at no less than 20
    /// dB under the level of the speech. A fade to zero is none.
    pub dropouts: u32,
    /// Share of samples in them.
    pub dropout_share: f64,
}

/// Rounded to `places` decimals; not a number becomes 0.
fn rounded(value: f64, places: i32) -> f64 {
    let scale = 10f64.powi(places);
    let rounded = (value * scale).round() / scale;
    // Minus zero and what is not finite would be a surprise in a table.
    if rounded.is_finite() { rounded + 0.0 } else { 0.0 }
}

/// `10 · log10(power)`, rounded, at least `floor`.
fn power_db(power: f64, floor: f64) -> f64 {
    if power > 0.0 { rounded(10.0 * power.log10(), 2).max(floor) } else { floor }
}
