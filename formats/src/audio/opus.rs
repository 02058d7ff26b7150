//! Opus (RFC 6716) at 48 kHz, with the header and the channel orders of RFC 7845.

use opus_pure::{ChannelLayout, OpusDecoder, OpusMSDecoder};

use super::codec::Decoded;
use crate::{Error, Place, Result};

/// Frames of the longest packet, 120 ms.
const MAX_FRAMES: usize = 5_760;

/// The identification header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OpusHead {
    pub(super) channels: u16,
    pub(super) pre_skip: u16,
    /// Q7.8 dB.
    gain: i16,
    family: u8,
    /// Streams, coupled streams, and the channels that they go to, for other families than 0.
    mapping: Option<(u8, u8, Vec<u8>)>,
}

impl OpusHead {
    /// Reads `OpusHead`; None when it is none. `big_endian` as in MP4's `dOps` box.
    pub(super) fn read(bytes: &[u8], big_endian: bool) -> Option<Self> {
        let body = bytes.strip_prefix(b"OpusHead")?;
        let [version, channels, skip0, skip1, _, _, _, _, gain0, gain1, family, rest @ ..] = body else {
            return None;
        };
        if version & 0xF0 != 0 || *channels == 0 {
            return None;
        }
        let (skip, gain) = ([*skip0, *skip1], [*gain0, *gain1]);
        let mapping = match (family, rest) {
            (0, _) => None,
            (_, [streams, coupled, table @ ..]) => {
                Some((*streams, *coupled, table.get(..usize::from(*channels))?.to_vec()))
            }
            _ => return None,
        };
        Some(OpusHead {
            channels: u16::from(*channels),
            pre_skip: if big_endian { u16::from_be_bytes(skip) } else { u16::from_le_bytes(skip) },
            gain: if big_endian { i16::from_be_bytes(gain) } else { i16::from_le_bytes(gain) },
            family: *family,
            mapping,
        })
    }
}

/// Frames of a packet (RFC 6716 §3); None when it is none.
pub(super) fn frames(packet: &[u8]) -> Option<u64> {
    opus_pure::packet::samples_48k(packet).ok().map(|n| n as u64)
}

enum Streams {
    One(Box<OpusDecoder>),
    Many(Box<OpusMSDecoder>),
}

pub(super) struct OpusCodec {
    streams: Streams,
    channels: usize,
    /// Where each channel of the stream goes, when Vorbis order is not that of WAV.
    order: Option<&'static [usize]>,
    last_frames: usize,
    scratch: Vec<f32>,
}

fn failed(e: &opus_pure::Error) -> Error {
    Error::malformed("Opus", Place::File, e.to_string())
}

impl OpusCodec {
    /// The decoder's predictions fade; RFC 7845 §4.6 asks for 80 ms. After 2 s the difference is noise of f32.
    pub(super) const PREROLL: u64 = 96_000;

    pub(super) fn new(head: &OpusHead) -> Result<Self> {
        let channels = usize::from(head.channels);
        let streams = match (&head.mapping, head.family) {
            (None, _) if channels <= 2 => {
                let mut decoder = OpusDecoder::new(48_000, channels).map_err(|e| failed(&e))?;
                decoder.gain_q8 = i32::from(head.gain);
                Streams::One(Box::new(decoder))
            }
            (Some((streams, coupled, table)), 1) if channels <= 8 => {
                let layout = ChannelLayout::surround(channels, 1).map_err(|e| failed(&e))?;
                let stated = (usize::from(*streams), usize::from(*coupled), table);
                if stated != (layout.nb_streams, layout.nb_coupled_streams, &layout.mapping) {
                    let message = "Opus whose streams are not mapped to channels as its encoder does";
                    return Err(Error::Unsupported(message.into()));
                }
                let mut decoder = OpusMSDecoder::new(48_000, channels, 1).map_err(|e| failed(&e))?;
                for stream in decoder.streams_mut() {
                    stream.gain_q8 = i32::from(head.gain);
                }
                Streams::Many(Box::new(decoder))
            }
            _ => {
                let what = format!("Opus of {channels} channels in mapping family {}", head.family);
                return Err(Error::Unsupported(what));
            }
        };
        // RFC 7845 §5.1.1.2 to the order of WAV's channel mask.
        let order: Option<&'static [usize]> = match channels {
            3 => Some(&[0, 2, 1]),
            5 => Some(&[0, 2, 1, 3, 4]),
            6 => Some(&[0, 2, 1, 5, 3, 4]),
            7 => Some(&[0, 2, 1, 6, 5, 3, 4]),
            8 => Some(&[0, 2, 1, 7, 5, 6, 3, 4]),
            _ => None,
        };
        Ok(OpusCodec { streams, channels, order, last_frames: 960, scratch: Vec::new() })
    }

    pub(super) fn reset(&mut self) {
        // Resetting only fails where making the decoder would have.
        let _ = match &mut self.streams {
            Streams::One(decoder) => decoder.reset_state(),
            Streams::Many(decoder) => decoder.reset_state(),
        };
    }

    fn run(&mut self, packet: &[u8], frames: usize) -> opus_pure::Result<usize> {
        self.scratch.clear();
        self.scratch.resize(frames * self.channels, 0.0);
        match &mut self.streams {
            Streams::One(decoder) => decoder.decode(packet, frames, &mut self.scratch),
            Streams::Many(decoder) => decoder.decode(packet, frames, &mut self.scratch),
        }
    }

    pub(super) fn decode(&mut self, packet: &[u8], out: &mut Vec<f32>) -> Decoded {
        let known = frames(packet).map(|n| n as usize).filter(|n| *n <= MAX_FRAMES);
        let frames = known.unwrap_or(self.last_frames);
        let result = match known {
            Some(_) => self.run(packet, frames),
            None => Err(opus_pure::Error::InvalidPacket("not an Opus packet")),
        };
        let bad = match result {
            Ok(made) => {
                self.last_frames = frames;
                self.scratch.truncate(made.min(frames) * self.channels);
                None
            }
            Err(e) => {
                // Concealed as a lost one.
                if self.run(&[], frames).is_err() || self.scratch.iter().any(|s| !s.is_finite()) {
                    self.scratch.fill(0.0);
                }
                Some(e.to_string())
            }
        };
        match self.order {
            None => out.extend_from_slice(&self.scratch),
            Some(order) => {
                for frame in self.scratch.chunks_exact(self.channels) {
                    out.extend(order.iter().map(|c| frame[*c]));
                }
            }
        }
        bad.map_or(Decoded::Frames, Decoded::Bad)
    }
}
