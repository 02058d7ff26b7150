//! The codecs behind one face: symphonia's, and Opus by opus-pure.

use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_AAC, CODEC_ID_FLAC, CODEC_ID_MP3, CODEC_ID_VORBIS,
};
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error as SymphoniaError;
use symphonia::core::packet::PacketRef;
use symphonia::core::units::{Duration, Timestamp};

use super::opus::{OpusCodec, OpusHead};
use super::pcm::Encoding;
use crate::{Error, Place, Result};

/// What a decoder is made from.
#[derive(Clone, Debug)]
pub(super) enum CodecSetup {
    Symphonia(Box<AudioCodecParameters>),
    Opus(OpusHead),
    Pcm(Encoding),
}

/// What became of a packet.
pub(super) enum Decoded {
    /// Frames were appended.
    Frames,
    /// It could not be decoded; an Opus decoder has put in what it guesses.
    Bad(String),
    /// It has another rate or number of channels.
    Changed(u32, usize),
}

pub(super) enum Codec {
    Symphonia {
        decoder: Box<dyn AudioDecoder>,
        name: &'static str,
        preroll: u64,
        spec: (u32, usize),
        fresh: bool,
    },
    Opus(Box<OpusCodec>),
    Pcm(Encoding, String),
}

impl Codec {
    pub(super) fn new(setup: &CodecSetup, verify: bool) -> Result<Self> {
        match setup {
            CodecSetup::Opus(head) => Ok(Codec::Opus(Box::new(OpusCodec::new(head)?))),
            CodecSetup::Pcm(encoding) => Ok(Codec::Pcm(*encoding, encoding.name())),
            CodecSetup::Symphonia(params) => {
                let options = AudioDecoderOptions::default().verify(verify).gapless(false);
                let decoder = symphonia::default::get_codecs().make_audio_decoder(params, &options).map_err(
                    |e| match e {
                        SymphoniaError::Unsupported(_) if params.codec == CODEC_ID_AAC => Error::Unsupported(
                            "AAC other than AAC-LC in mono or stereo (HE-AAC, xHE-AAC, surround)".into(),
                        ),
                        SymphoniaError::Unsupported(what) => Error::Unsupported(what.to_owned()),
                        other => Error::malformed("audio", Place::File, other.to_string()),
                    },
                )?;
                // Frames after which what was decoded before no longer matters.
                let preroll = match params.codec {
                    CODEC_ID_AAC => 4 * 1024,
                    // The bit reservoir reaches 511 bytes back: at most 22 of the smallest frames.
                    CODEC_ID_MP3 => 26 * 1152,
                    CODEC_ID_VORBIS => 2 * 8192,
                    _ => 0,
                };
                let made = decoder.codec_params();
                let spec = (made.sample_rate.unwrap_or(0), made.channels.as_ref().map_or(0, |c| c.count()));
                let name = decoder.codec_info().short_name;
                Ok(Codec::Symphonia { decoder, name, preroll, spec, fresh: true })
            }
        }
    }

    /// What the container says of rate and channels, to compare packets with.
    pub(super) fn expect(&mut self, rate: u32, channels: u16) {
        if let Codec::Symphonia { spec, .. } = self {
            *spec = (rate, usize::from(channels));
        }
    }

    pub(super) fn name(&self) -> &str {
        match self {
            Codec::Symphonia { name, .. } => name,
            Codec::Opus(_) => "opus",
            Codec::Pcm(_, name) => name,
        }
    }

    /// Frames to decode before a place sought, so that it sounds as if decoded from the start.
    pub(super) fn preroll(&self) -> u64 {
        match self {
            Codec::Symphonia { preroll, .. } => *preroll,
            Codec::Opus(_) => OpusCodec::PREROLL,
            Codec::Pcm(..) => 0,
        }
    }

    pub(super) fn reset(&mut self) {
        match self {
            Codec::Symphonia { decoder, fresh, .. } => {
                decoder.reset();
                *fresh = true;
            }
            Codec::Opus(codec) => codec.reset(),
            Codec::Pcm(..) => {}
        }
    }

    /// Whether a packet that gives fewer frames than it should is worth telling: not the first one.
    pub(super) fn settled(&self) -> bool {
        !matches!(self, Codec::Symphonia { fresh: true, .. })
    }

    pub(super) fn verified(&mut self) -> Option<bool> {
        match self {
            Codec::Symphonia { decoder, .. } => decoder.finalize().verify_ok,
            _ => None,
        }
    }

    /// Appends a packet's frames.
    pub(super) fn decode(&mut self, data: &[u8], out: &mut Vec<f32>) -> Decoded {
        match self {
            Codec::Opus(codec) => codec.decode(data, out),
            Codec::Pcm(encoding, _) => {
                encoding.append(data, out);
                Decoded::Frames
            }
            Codec::Symphonia { decoder, spec, fresh, .. } => {
                let packet = PacketRef::new(0, Timestamp::new(0), Duration::new(0), data);
                match decoder.decode_ref(&packet) {
                    Ok(buffer) => {
                        let (rate, channels) = (buffer.spec().rate(), buffer.spec().channels().count());
                        if (rate, channels) != *spec {
                            return Decoded::Changed(rate, channels);
                        }
                        let at = out.len();
                        out.resize(at + buffer.samples_interleaved(), 0.0);
                        buffer.copy_to_slice_interleaved(&mut out[at..]);
                        *fresh = *fresh && out.len() == at;
                        Decoded::Frames
                    }
                    Err(SymphoniaError::DecodeError(e)) => Decoded::Bad(e.to_owned()),
                    Err(e) => Decoded::Bad(e.to_string()),
                }
            }
        }
    }
}

/// Frames that packets of a codec decode to, told without decoding them.
#[derive(Clone, Debug)]
pub(super) enum Lengths {
    Opus,
    Aac,
    Mp3,
    /// The fixed block size of the stream, for frames that do not name theirs.
    Flac,
    Pcm {
        frame_bytes: u64,
    },
    Unknown,
}

impl Lengths {
    pub(super) fn of(setup: &CodecSetup, channels: u16) -> Self {
        match setup {
            CodecSetup::Opus(_) => Lengths::Opus,
            CodecSetup::Pcm(encoding) => {
                Lengths::Pcm { frame_bytes: encoding.bytes() as u64 * u64::from(channels.max(1)) }
            }
            CodecSetup::Symphonia(params) => match params.codec {
                CODEC_ID_AAC => Lengths::Aac,
                CODEC_ID_MP3 => Lengths::Mp3,
                CODEC_ID_FLAC => Lengths::Flac,
                _ => Lengths::Unknown,
            },
        }
    }

    pub(super) fn frames(&self, packet: &[u8]) -> Option<u64> {
        match self {
            Lengths::Opus => super::opus::frames(packet),
            Lengths::Aac => Some(1024),
            Lengths::Mp3 => super::mpeg::Mp3Header::read(packet).map(|h| h.frames),
            Lengths::Flac => flac_frames(packet),
            Lengths::Pcm { frame_bytes } => Some(packet.len() as u64 / frame_bytes),
            Lengths::Unknown => None,
        }
    }
}

/// The block size in a FLAC frame's header (RFC 9639 §9.1).
pub(super) fn flac_frames(packet: &[u8]) -> Option<u64> {
    let [0xFF, sync, code, _, number, ..] = *packet else { return None };
    if sync & 0xFE != 0xF8 {
        return None;
    }
    let after = 4 + match number.leading_ones() {
        0 => 1,
        n @ 2..=7 => n as usize,
        _ => return None,
    };
    let byte = |n: usize| packet.get(after + n).map(|b| u64::from(*b));
    match code >> 4 {
        1 => Some(192),
        n @ 2..=5 => Some(576 << (n - 2)),
        6 => Some(byte(0)? + 1),
        7 => Some((byte(0)? << 8 | byte(1)?) + 1),
        n @ 8..=15 => Some(256 << (n - 8)),
        _ => None,
    }
}
