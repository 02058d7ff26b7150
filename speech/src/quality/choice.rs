//! Which channel of a recording with two microphones to take.

use super::Quality;

/// Share of clipped or flat samples from which a channel is damaged: 1 in 1000.
const DAMAGED: f64 = 1e-3;
/// Bandwidth, of the other's, under which a channel is narrow.
const NARROW: f64 = 0.75;
/// dB from which a difference of noise or level decides.
const CLEAR_DB: f64 = 3.0;
/// dB of less noise that make up for a narrow band.
const MUCH_DB: f64 = 10.0;
/// RMS in dBFS under which a channel holds nothing.
const SILENT_DB: f64 = -65.0;

/// A channel and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Choice {
    /// 0 for the first, 1 for the second.
    pub channel: usize,
    /// What decided.
    pub reason: Reason,
}

/// What made one channel the better one, in the order that is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The other is silent (under −65 dBFS) or has no clear speech.
    OtherSilent,
    /// The other is clipped or has flat tops in more than 1 of 1000 samples, and five times more than
    /// this one.
    OtherClipped,
    /// The other has dropouts in more than 1 of 1000 samples.
    OtherDropouts,
    /// The other reaches less than three quarters of this one's bandwidth, at a signal-to-noise ratio
    /// that is no 3 dB worse (which would be the reason) and no 10 dB better.
    OtherNarrow,
    /// 3 dB or more better signal-to-noise ratio.
    Snr,
    /// As clean as the other, and 3 dB or more louder.
    Level,
    /// No clear difference: the first.
    Same,
}

/// The better of two channels: the first question of [`Reason`] that tells them apart decides.
///
/// ```
/// use sprog_speech::quality::{Quality, Reason, choose};
/// let near = Quality { rms_db: -25.0, speech_level_db: Some(-22.0), snr_db: Some(38.0), ..Quality::default() };
/// let far = Quality { snr_db: Some(19.0), ..near };
/// let choice = choose(&far, &near);
/// assert_eq!((choice.channel, choice.reason), (1, Reason::Snr));
/// ```
pub fn choose(first: &Quality, second: &Quality) -> Choice {
    for question in QUESTIONS {
        if let Some(reason) = question(first, second) {
            return Choice { channel: 0, reason };
        }
        if let Some(reason) = question(second, first) {
            return Choice { channel: 1, reason };
        }
    }
    Choice { channel: 0, reason: Reason::Same }
}

/// Each says why `this` is better than `other`, if it is.
const QUESTIONS: [fn(&Quality, &Quality) -> Option<Reason>; 6] = [
    |this, other| {
        let silent = |q: &Quality| q.rms_db < SILENT_DB || q.speech_level_db.is_none();
        (silent(other) && !silent(this)).then_some(Reason::OtherSilent)
    },
    |this, other| {
        let damage = |q: &Quality| q.clipping_share.max(q.flat_top_share);
        (damage(other) > DAMAGED && damage(other) > 5.0 * damage(this)).then_some(Reason::OtherClipped)
    },
    |this, other| {
        (other.dropout_share > DAMAGED && this.dropout_share <= DAMAGED).then_some(Reason::OtherDropouts)
    },
    |this, other| {
        let narrow = other.bandwidth_hz? < NARROW * this.bandwidth_hz?;
        // Much noise makes narrow too: that is for the next question. Few would take telephone speech
        // for being cleaner.
        let cleaner = difference(other.snr_db, this.snr_db).unwrap_or(0.0);
        (narrow && cleaner > -CLEAR_DB && cleaner < MUCH_DB).then_some(Reason::OtherNarrow)
    },
    |this, other| (difference(this.snr_db, other.snr_db)? >= CLEAR_DB).then_some(Reason::Snr),
    |this, other| {
        (difference(this.speech_level_db, other.speech_level_db)? >= CLEAR_DB).then_some(Reason::Level)
    },
];

fn difference(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    Some(a? - b?)
}
