//! MP4, M4A and QuickTime: packets by symphonia, with the trimming that edit lists and iTunes ask for.

use std::io::{Read, Seek, SeekFrom};

use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::well_known::{CODEC_ID_MP3, CODEC_ID_OPUS};
use symphonia::core::formats::{FormatReader, TrackType};

use super::Source;
use super::codec::{Codec, CodecSetup, Lengths};
use super::media::{self, stop};
use super::mp4_edits::{self, Trim};
use super::mpeg::Mp3Header;
use super::opus::OpusHead;
use super::packets::{Demuxer, Link, Next, Notes, Packet};
use crate::{Error, Place, Result, codes};

pub(super) struct Mp4Demuxer<'s> {
    reader: Option<Box<dyn FormatReader + 's>>,
    track: u32,
    codec: CodecSetup,
    lengths: Lengths,
    trim: Trim,
    others: usize,
    mp3: Option<Mp3Header>,
    link: bool,
}

impl<'s> Mp4Demuxer<'s> {
    pub(super) fn new(mut source: Box<dyn Source + 's>) -> Result<Self> {
        let boxes = mp4_edits::read(&mut source)?;
        source.seek(SeekFrom::Start(0))?;
        let reader = media::probe(source, "m4a")?;
        let audio =
            reader.tracks().iter().filter(|t| matches!(t.codec_params, Some(CodecParameters::Audio(_))));
        let others = audio.count().saturating_sub(1);
        let none = || Error::Unsupported("m4a without an audio track".into());
        let track = reader.default_track(TrackType::Audio).ok_or_else(none)?;
        let Some(CodecParameters::Audio(params)) = &track.codec_params else { return Err(none()) };
        let codec = if params.codec == CODEC_ID_OPUS {
            let extra = params.extra_data.as_deref().unwrap_or_default();
            let head = OpusHead::read(extra, true)
                .ok_or_else(|| Error::malformed("MP4", Place::File, "Opus without its header"))?;
            CodecSetup::Opus(head)
        } else {
            CodecSetup::Symphonia(Box::new(params.clone()))
        };
        // The sample entry's number of channels is not passed on for MP3; its frames know.
        let unknown = params.codec == CODEC_ID_MP3;
        let track = track.id;
        let trim = boxes.trim(track);
        let lengths = Lengths::Unknown;
        let mut this =
            Mp4Demuxer { reader: Some(reader), track, codec, lengths, trim, others, mp3: None, link: false };
        if unknown {
            let mut packet = Packet::default();
            if let Next::Packet = this.next(&mut packet, &mut Notes::new())? {
                this.mp3 = Mp3Header::read(&packet.data);
            }
            this.rewind()?;
        }
        this.link = true;
        Ok(this)
    }

    fn start(&mut self, notes: &mut Notes) -> Result<Link> {
        let made = Codec::new(&self.codec, false)?;
        let (sample_rate, channels) = match (&made, &self.codec) {
            _ if self.mp3.is_some() => self.mp3.map_or((0, 0), |h| (h.rate, h.channels)),
            (_, CodecSetup::Opus(head)) => (48_000, head.channels),
            (Codec::Symphonia { spec, .. }, CodecSetup::Symphonia(params)) => (
                if spec.0 > 0 { spec.0 } else { params.sample_rate.unwrap_or(0) },
                u16::try_from(spec.1)
                    .unwrap_or(0)
                    .max(params.channels.as_ref().map_or(0, |c| c.count() as u16)),
            ),
            _ => (0, 0),
        };
        self.lengths = Lengths::of(&self.codec, channels);
        if self.others > 0 {
            let message = format!("{} other audio tracks; the first one is read", self.others);
            notes.push((codes::AUDIO_TRACKS, message));
        }
        let (skip, keep) = self.trim.frames(sample_rate, notes);
        Ok(Link {
            codec: self.codec.clone(),
            sample_rate,
            channels,
            bits_per_sample: None,
            claimed_frames: keep,
            skip,
            keep,
        })
    }
}

impl Demuxer for Mp4Demuxer<'_> {
    fn next(&mut self, packet: &mut Packet, notes: &mut Notes) -> Result<Next> {
        if std::mem::take(&mut self.link) {
            return Ok(Next::Link(Box::new(self.start(notes)?)));
        }
        let Some(reader) = &mut self.reader else { return Ok(Next::End) };
        loop {
            match reader.next_packet() {
                Ok(Some(next)) if next.track_id == self.track => {
                    packet.data = next.data.into_vec();
                    (packet.frames, packet.trim_end) = (self.lengths.frames(&packet.data), 0);
                    return Ok(Next::Packet);
                }
                Ok(Some(_)) => {}
                Ok(None) => return Ok(Next::End),
                Err(e) => return stop(e),
            }
        }
    }

    fn rewind(&mut self) -> Result<()> {
        // Made anew: symphonia's seek does not come back from the end.
        let gone = || Error::malformed("MP4", Place::File, "not readable since an error");
        let mut stream = self.reader.take().ok_or_else(gone)?.into_inner();
        stream.seek(SeekFrom::Start(0))?;
        self.reader = Some(media::probe_stream(stream, "m4a")?);
        self.link = true;
        Ok(())
    }
}

/// Fills `buffer` from a place in the file; false when it is not all there.
pub(super) fn read_at(source: &mut Box<dyn Source + '_>, at: u64, buffer: &mut [u8]) -> Result<bool> {
    source.seek(SeekFrom::Start(at))?;
    match source.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => Ok(false),
        Err(e) => Err(e.into()),
    }
}
