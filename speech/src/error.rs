/// Why a computation could not be done.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A rate or number of channels outside what makes sense.
    #[error("cannot resample {channels} channels from {from} Hz to {to} Hz: {reason}")]
    Resample {
        /// Channels.
        channels: u16,
        /// Hz in.
        from: u32,
        /// Hz out.
        to: u32,
        /// What was wrong.
        reason: String,
    },
    /// Loudness of audio that the standard does not measure.
    #[error("cannot measure loudness of {channels} channels at {rate} Hz: {reason}")]
    Loudness {
        /// Channels.
        channels: u16,
        /// Hz.
        rate: u32,
        /// What was wrong.
        reason: String,
    },
    /// Options of a feature extractor that contradict each other, or make no sense.
    #[error("cannot compute features: {reason}")]
    Features {
        /// What was wrong.
        reason: String,
    },
    /// A rate that voice activity and quality are not measured at.
    #[error("cannot analyse speech at {rate} Hz: the rate must be from 8000 to 384000 Hz; resample first")]
    Rate {
        /// Hz.
        rate: u32,
    },
}
