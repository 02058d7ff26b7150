//! Audio files: WAV, AIFF, FLAC, MP3, Ogg (Opus, Vorbis, FLAC), AAC/M4A and Matroska in, WAV and FLAC out.
//!
//! Samples are `f32` in [−1, 1], interleaved by channel; a *frame* is one sample of every channel.
//! The bytes decide what a file is, not its name. Lengths in headers are never believed: frames are
//! counted as they are decoded, and a difference is a [`Problem`](crate::Problem).

mod adpcm;
mod aiff;
mod codec;
mod decode;
mod flac;
mod flac_write;
mod matroska;
mod media;
mod mp4;
mod mp4_edits;
mod mpeg;
mod ogg;
mod ogg_page;
mod opus;
mod packets;
mod pcm;
mod raw;
mod vorbis;
mod wav;
mod wav_write;

pub use decode::{Decoder, Source, read};
pub use flac_write::write_flac;
pub(crate) use wav::is_w64;
pub use wav_write::{WavSamples, WavWriter, write_wav};

/// A container and codec that audio comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AudioFormat {
    /// RIFF WAVE, RF64, BW64 or Wave64.
    Wav,
    /// AIFF or AIFF-C.
    Aiff,
    /// Native FLAC.
    Flac,
    /// MPEG-1/2 layer III, with or without ID3 tags.
    Mp3,
    /// Ogg (Opus, Vorbis or FLAC inside).
    Ogg,
    /// MPEG-4 / QuickTime (AAC, MP3, Opus or FLAC inside).
    Mp4,
    /// AAC in ADTS frames.
    Adts,
    /// Matroska or WebM (Opus, Vorbis, AAC, FLAC, MP3 or PCM inside).
    Matroska,
}

impl AudioFormat {
    /// The usual file name extension.
    pub fn extension(self) -> &'static str {
        match self {
            AudioFormat::Wav => "wav",
            AudioFormat::Aiff => "aiff",
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
            "wav" | "wave" | "rf64" | "bwf" | "w64" => AudioFormat::Wav,
            "aif" | "aiff" | "aifc" => AudioFormat::Aiff,
            "flac" => AudioFormat::Flac,
            "mp3" => AudioFormat::Mp3,
            "ogg" | "oga" | "opus" => AudioFormat::Ogg,
            "m4a" | "mp4" | "m4b" | "mov" => AudioFormat::Mp4,
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
    /// Codec by its short name: `pcm_s16le`, `flac`, `mp3`, `vorbis`, `opus`, `aac`.
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
