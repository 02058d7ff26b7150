//! Native FLAC (RFC 9639), by symphonia.

use std::io::{Seek, SeekFrom};

use symphonia::core::codecs::CodecParameters;
use symphonia::core::formats::{FormatReader, SeekMode, SeekTo, TrackType};
use symphonia::core::units::Timestamp;

use super::Source;
use super::codec::{CodecSetup, flac_frames};
use super::media::{self, stop};
use super::packets::{Demuxer, Link, Next, Notes, Packet};
use crate::{Error, Place, Result};

/// Rate, channels and bits in a STREAMINFO block.
pub(super) fn stream_info(info: &[u8]) -> Option<(u32, u16, u16)> {
    let word = u32::from_be_bytes(info.get(10..14)?.try_into().ok()?);
    Some((word >> 12, (word >> 9 & 7) as u16 + 1, (word >> 4 & 31) as u16 + 1))
}

pub(super) struct FlacDemuxer<'s> {
    reader: Option<Box<dyn FormatReader + 's>>,
    track: u32,
    link: bool,
    /// A packet that was read to see where it stands.
    held: Option<Vec<u8>>,
}

impl<'s> FlacDemuxer<'s> {
    pub(super) fn new(mut source: Box<dyn Source + 's>) -> Result<Self> {
        source.seek(SeekFrom::Start(0))?;
        let reader = media::probe(source, "flac")?;
        let none = || Error::malformed("FLAC", Place::File, "no audio track");
        let track = reader.default_track(TrackType::Audio).ok_or_else(none)?.id;
        Ok(FlacDemuxer { reader: Some(reader), track, link: true, held: None })
    }

    fn start(&self) -> Result<Link> {
        let none = || Error::malformed("FLAC", Place::File, "no STREAMINFO block");
        let reader = self.reader.as_ref().ok_or_else(none)?;
        let track = reader.tracks().iter().find(|t| t.id == self.track).ok_or_else(none)?;
        let Some(CodecParameters::Audio(params)) = &track.codec_params else { return Err(none()) };
        let info = params.extra_data.as_deref().ok_or_else(none)?;
        let (sample_rate, channels, bits) = stream_info(info).ok_or_else(none)?;
        Ok(Link {
            codec: CodecSetup::Symphonia(Box::new(params.clone())),
            sample_rate,
            channels,
            bits_per_sample: Some(bits),
            claimed_frames: track.num_frames.filter(|n| *n > 0),
            skip: 0,
            keep: None,
        })
    }
}

impl Demuxer for FlacDemuxer<'_> {
    fn next(&mut self, packet: &mut Packet, _notes: &mut Notes) -> Result<Next> {
        if std::mem::take(&mut self.link) {
            return Ok(Next::Link(Box::new(self.start()?)));
        }
        if let Some(data) = self.held.take() {
            packet.data = data;
            (packet.frames, packet.trim_end) = (flac_frames(&packet.data), 0);
            return Ok(Next::Packet);
        }
        let Some(reader) = &mut self.reader else { return Ok(Next::End) };
        match reader.next_packet() {
            Ok(Some(next)) => {
                packet.data = next.data.into_vec();
                (packet.frames, packet.trim_end) = (flac_frames(&packet.data), 0);
                Ok(Next::Packet)
            }
            Ok(None) => Ok(Next::End),
            Err(e) => stop(e),
        }
    }

    fn rewind(&mut self) -> Result<()> {
        // Made anew: symphonia's seek does not always come back from the end.
        let gone = || Error::malformed("FLAC", Place::File, "not readable since an error");
        let mut stream = self.reader.take().ok_or_else(gone)?.into_inner();
        stream.seek(SeekFrom::Start(0))?;
        self.reader = Some(media::probe_stream(stream, "flac")?);
        (self.link, self.held) = (true, None);
        Ok(())
    }

    fn jump(&mut self, frame: u64) -> Option<u64> {
        self.rewind().ok()?;
        self.link = false;
        let reader = self.reader.as_mut()?;
        let to = SeekTo::Timestamp { ts: Timestamp::new(i64::try_from(frame).ok()?), track_id: self.track };
        let sought = frame > 0 && reader.seek(SeekMode::Accurate, to).is_ok();
        // Where the packet stands is believed, not where the seek says that it went.
        let packet = if sought { reader.next_packet().ok().flatten() } else { None };
        if let Some(packet) = packet {
            let at = u64::try_from(packet.pts.get()).ok().filter(|at| *at <= frame);
            if at.is_some() {
                self.held = Some(packet.data.into_vec());
                return at;
            }
        }
        self.rewind().ok()?;
        self.link = false;
        Some(0)
    }
}
