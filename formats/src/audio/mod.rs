//! Audio files: WAV, FLAC, MP3, Ogg Vorbis, AAC/M4A and Matroska in, WAV and FLAC out.
//!
//! Samples are `f32` in [−1, 1], interleaved by channel; a *frame* is one sample of every channel.
//! The bytes decide what a file is, not its name. Lengths in headers are never believed: frames are
//! counted as they are decoded, and a difference is a [`Problem`](crate::Problem).

mod decode;
mod flac_write;
mod symphonia_source;
mod wav;
mod wav_write;

pub use decode::{Decoder, Source, read};
pub use flac_write::write_flac;
pub use wav_write::{WavSamples, write_wav};

/// A container and codec that audio comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AudioFormat {
    /// RIFF WAVE, RF64 or BW64.
    Wav,
    /// Native FLAC.
    Flac,
    /// MPEG-1/2 layer III, with or without ID3 tags.
    Mp3,
    /// Ogg (Vorbis or FLAC inside).
    Ogg,
    /// MPEG-4 / QuickTime (AAC inside).
    Mp4,
    /// AAC in ADTS frames.
    Adts,
    /// Matroska or WebM.
    Matroska,
}

impl AudioFormat {
    /// The usual file name extension.
    pub fn extension(self) -> &'static str {
        match self {
            AudioFormat::Wav => "wav",
            AudioFormat::Flac => "flac",
            AudioFormat::Mp3 => "mp3",
            AudioFormat::Ogg => "ogg",
            AudioFormat::Mp4 => "m4a",
            AudioFormat::Adts => "aac",
            AudioFormat::Matroska => "mka",
        }
    }

    /// The format that a file name's extension promises, if it is one of audio.
    pub fn for_extension(extension: &str) -> Option<AudioFormat> {
        Some(match extension.to_ascii_lowercase().as_str() {
            "wav" | "wave" | "rf64" | "bwf" => AudioFormat::Wav,
            "flac" => AudioFormat::Flac,
            "mp3" => AudioFormat::Mp3,
            "ogg" | "oga" => AudioFormat::Ogg,
            "m4a" | "mp4" | "m4b" => AudioFormat::Mp4,
            "aac" => AudioFormat::Adts,
            "mka" | "mkv" | "webm" => AudioFormat::Matroska,
            _ => return None,
        })
    }
}

/// What an audio file says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioInfo {
    /// Container.
    pub format: AudioFormat,
    /// Codec by its short name: `pcm_s16le`, `flac`, `mp3`, `vorbis`, `aac`.
    pub codec: String,
    /// Frames a second.
    pub sample_rate: u32,
    /// Channels, ≥ 1.
    pub channels: u16,
    /// Bits of a sample, where the codec has such a number.
    pub bits_per_sample: Option<u16>,
    /// Frames that the header claims; not verified.
    pub claimed_frames: Option<u64>,
}

/// Decoded audio.
#[derive(Clone, Debug, PartialEq)]
pub struct Audio {
    /// What the file says of itself.
    pub info: AudioInfo,
    /// Interleaved samples in [−1, 1]; its length is `frames × channels`.
    pub samples: Vec<f32>,
}

impl Audio {
    /// Decoded frames.
    pub fn frames(&self) -> u64 {
        (self.samples.len() / usize::from(self.info.channels.max(1))) as u64
    }

    /// Length in seconds.
    pub fn duration(&self) -> f64 {
        self.frames() as f64 / f64::from(self.info.sample_rate)
    }
}
