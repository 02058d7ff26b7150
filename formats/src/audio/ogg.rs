//! Ogg: Opus (RFC 7845), Vorbis and FLAC streams, one after the other where they are chained.

use std::collections::VecDeque;

use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::{CODEC_ID_FLAC, CODEC_ID_VORBIS};

use super::Source;
use super::codec::{CodecSetup, flac_frames};
use super::ogg_page::{Page, PageReader};
use super::opus::OpusHead;
use super::packets::{Demuxer, Link, Next, Notes, Packet};
use super::vorbis::VorbisLengths;
use crate::{Error, Place, Result, codes};

/// Bytes of one packet.
const MAX_PACKET: usize = 4 << 20;
/// Pages read before the first packet of audio: headers with pictures in them are long.
const MAX_HEADER_PAGES: u32 = 1_024;
/// Bytes at the end of a file in which its last page must start.
const TAIL: u64 = 1 << 17;

enum Codec {
    Opus(OpusHead),
    Vorbis { ident: Vec<u8>, setup: Vec<u8>, lengths: Option<VorbisLengths> },
    Flac { info: Vec<u8> },
}

/// A packet with the frames that it lasts.
struct Timed {
    data: Vec<u8>,
    frames: Option<u64>,
    trim_end: u64,
}

pub(super) struct OggDemuxer<'s> {
    pages: PageReader<'s>,
    page: Page,
    /// A page was read and is still to be used.
    held: bool,
    serial: u32,
    codec: Option<Codec>,
    sequence: Option<u32>,
    partial: Vec<u8>,
    queue: VecDeque<Timed>,
    spare: Vec<Vec<u8>>,
    /// Frames of the packets so far, before trimming.
    frames: u64,
    /// Granule position less those frames; None before the first.
    offset: Option<i64>,
    link: Option<Box<Link>>,
    links: u32,
    ended: bool,
    closed: bool,
}

fn bad(at: u64, message: impl Into<String>) -> Error {
    Error::malformed("Ogg", Place::Byte(at), message)
}

impl<'s> OggDemuxer<'s> {
    pub(super) fn new(source: Box<dyn Source + 's>) -> Result<Self> {
        Ok(OggDemuxer {
            pages: PageReader::new(source)?,
            page: Page::default(),
            held: false,
            serial: 0,
            codec: None,
            sequence: None,
            partial: Vec::new(),
            queue: VecDeque::new(),
            spare: Vec::new(),
            frames: 0,
            offset: None,
            link: None,
            links: 0,
            ended: false,
            closed: true,
        })
    }

    fn read_page(&mut self, notes: &mut Notes) -> Result<bool> {
        if std::mem::take(&mut self.held) {
            return Ok(true);
        }
        self.pages.next(&mut self.page, notes)
    }

    /// The whole packets of the page, with what was kept of the one before it.
    fn packets(&mut self, notes: &mut Notes) -> Vec<Vec<u8>> {
        let page = &self.page;
        let follows = self.sequence.is_none_or(|s| s.wrapping_add(1) == page.sequence);
        if !follows {
            notes.push((codes::AUDIO_GAP, format!("pages are missing before the one at byte {}", page.at)));
        }
        self.sequence = Some(page.sequence);
        // The rest of a packet whose start is missing.
        let mut torn = page.continued && (self.partial.is_empty() || !follows);
        if !page.continued || torn {
            self.partial.clear();
        }
        let mut done = Vec::new();
        let mut at = 0;
        for lace in &page.lacing {
            let end = at + usize::from(*lace);
            if !torn && self.partial.len() < MAX_PACKET {
                self.partial.extend_from_slice(&page.body[at..end]);
            }
            at = end;
            if *lace < 255 {
                let next = self.spare.pop().unwrap_or_default();
                let packet = std::mem::replace(&mut self.partial, next);
                self.partial.clear();
                // An empty packet, as some programs end a stream with, holds nothing.
                if !torn && (1..MAX_PACKET).contains(&packet.len()) {
                    done.push(packet);
                }
                torn = false;
            }
        }
        done
    }

    /// Finds the first stream of a known codec, reads its headers, and takes its first page of audio in.
    fn start_link(&mut self, notes: &mut Notes) -> Result<bool> {
        let mut others = 0;
        self.codec = None;
        for _ in 0..MAX_HEADER_PAGES {
            if !self.read_page(notes)? {
                break;
            }
            if !self.page.first {
                if self.codec.is_none() {
                    // Audio whose start is missing.
                    continue;
                }
                self.held = true;
                break;
            }
            let known = Codec::detect(&self.page.body);
            match known {
                Some(codec) if self.codec.is_none() => {
                    (self.codec, self.serial) = (Some(codec), self.page.serial);
                    (self.sequence, self.frames, self.offset) = (Some(self.page.sequence), 0, None);
                    self.partial.clear();
                }
                Some(_) => others += 1,
                None => {}
            }
        }
        if self.codec.is_none() {
            return Ok(false);
        }
        if others > 0 {
            notes.push((
                codes::AUDIO_TRACKS,
                format!("{others} other audio streams beside it; the first one is read"),
            ));
        }
        let mut headers = Vec::new();
        let mut wanted = self.codec.as_ref().map_or(0, Codec::headers);
        for _ in 0..MAX_HEADER_PAGES {
            if headers.len() >= wanted && !self.queue.is_empty() || !self.read_page(notes)? {
                break;
            }
            if self.page.first {
                self.held = true;
                break;
            }
            if self.page.serial != self.serial {
                continue;
            }
            let mut packets = self.packets(notes);
            let rest = packets.split_off(packets.len().min(wanted.saturating_sub(headers.len())));
            for header in packets {
                // FLAC's last metadata block is marked; the count in the first packet may be unknown.
                let last = header.first().is_some_and(|b| b & 0x80 != 0);
                headers.push(header);
                if matches!(self.codec, Some(Codec::Flac { .. })) && last {
                    wanted = headers.len();
                }
            }
            if headers.len() >= wanted {
                self.queue_packets(rest, notes);
            }
        }
        self.finish_link(&headers)
    }

    fn finish_link(&mut self, headers: &[Vec<u8>]) -> Result<bool> {
        let at = self.page.at;
        let Some(codec) = &mut self.codec else { return Ok(false) };
        if let Codec::Vorbis { setup, .. } = codec {
            *setup = headers.get(1).filter(|s| s.starts_with(b"\x05vorbis")).cloned().unwrap_or_default();
            if setup.is_empty() {
                return Err(bad(at, "a Vorbis stream without its headers"));
            }
        }
        // Lengths of Vorbis packets are known only now; the queue was filled without them.
        let queued: Vec<Timed> = self.queue.drain(..).collect();
        let page_granule = (self.page.serial == self.serial).then_some(self.page.granule).flatten();
        if let Codec::Vorbis { ident, setup, lengths } = codec {
            *lengths = VorbisLengths::new(ident, setup);
        }
        (self.frames, self.offset) = (0, None);
        let last = self.page.last && self.page.serial == self.serial;
        let packets = queued.into_iter().map(|t| t.data).collect();
        self.queue_timed(packets, page_granule, last, &mut Notes::new());
        let claimed = if self.links == 0 { self.claimed()? } else { None };
        let Some(codec) = &self.codec else { return Ok(false) };
        self.links += 1;
        self.link = Some(Box::new(codec.link(self.offset, claimed)?));
        self.closed = last;
        Ok(true)
    }

    fn queue_packets(&mut self, packets: Vec<Vec<u8>>, notes: &mut Notes) {
        let (granule, last) = (self.page.granule, self.page.last);
        self.queue_timed(packets, granule, last, notes);
    }

    /// Puts a page's packets in the queue, and compares their length with its granule position.
    fn queue_timed(&mut self, packets: Vec<Vec<u8>>, granule: Option<u64>, last: bool, notes: &mut Notes) {
        let Some(codec) = &mut self.codec else { return };
        if packets.is_empty() {
            return;
        }
        for data in packets {
            let frames = codec.frames(&data);
            self.frames += frames.unwrap_or(0);
            self.queue.push_back(Timed { data, frames, trim_end: 0 });
        }
        let timed = !matches!(codec, Codec::Vorbis { lengths: None, .. });
        let Some(granule) = granule.filter(|_| timed) else { return };
        let granule = granule as i64;
        let Some(offset) = self.offset else {
            // A stream that ends on its first page starts at 0 and is cut at its end.
            let first = granule.saturating_sub(self.frames as i64);
            self.offset = Some(if last { first.max(0) } else { first });
            if last && first < 0 {
                self.trim(first.unsigned_abs());
            }
            return;
        };
        let ahead = granule.saturating_sub(offset.saturating_add(self.frames as i64));
        if last && ahead < 0 {
            self.trim(ahead.unsigned_abs());
        } else if ahead != 0 {
            let message = if ahead > 0 {
                format!("{ahead} frames are missing before here by the time stamps")
            } else {
                format!("the time stamps go back by {} frames", ahead.unsigned_abs())
            };
            notes.push((codes::AUDIO_GAP, message));
            self.offset = Some(offset.saturating_add(ahead));
        }
    }

    /// Marks so many frames at the end of the queue as padding.
    fn trim(&mut self, mut frames: u64) {
        for timed in self.queue.iter_mut().rev() {
            timed.trim_end = frames.min(timed.frames.unwrap_or(0));
            frames -= timed.trim_end;
        }
    }

    /// Frames by the last page of the file, if it is of this stream.
    fn claimed(&mut self) -> Result<Option<u64>> {
        let back = self.pages.position();
        let held = std::mem::take(&mut self.page);
        let from = self.pages.len().saturating_sub(TAIL);
        self.pages.seek(from)?;
        let mut last = None;
        let mut other = false;
        while self.pages.next(&mut self.page, &mut Notes::new())? {
            if self.page.serial == self.serial {
                last = self.page.granule.or(last);
            } else {
                other |= self.page.first && from > 0;
            }
        }
        self.page = held;
        self.pages.seek(back)?;
        let delay = match &self.codec {
            Some(Codec::Opus(head)) => i64::from(head.pre_skip),
            _ => 0,
        };
        // Frames before the first are cut (Vorbis); a stream that starts later is not longer for it.
        let start = self.offset.unwrap_or(0).max(0);
        let frames = last.filter(|_| !other).map(|g| (g as i64).saturating_sub(delay).saturating_sub(start));
        Ok(frames.and_then(|f| u64::try_from(f).ok()))
    }
}

impl Codec {
    fn detect(first: &[u8]) -> Option<Codec> {
        if let Some(head) = OpusHead::read(first, false) {
            return Some(Codec::Opus(head));
        }
        if first.starts_with(b"\x01vorbis") && first.len() >= 30 {
            return Some(Codec::Vorbis { ident: first[..30].to_vec(), setup: Vec::new(), lengths: None });
        }
        let info = first.strip_prefix(b"\x7fFLAC")?.get(8..)?;
        info.starts_with(&[0, 0, 0, 34])
            .then_some(())
            .or_else(|| info.starts_with(&[0x80, 0, 0, 34]).then_some(()))?;
        Some(Codec::Flac { info: info.get(4..38)?.to_vec() })
    }

    /// Header packets after the first one, at most.
    fn headers(&self) -> usize {
        match self {
            Codec::Opus(_) => 1,
            Codec::Vorbis { .. } => 2,
            Codec::Flac { .. } => 128,
        }
    }

    fn frames(&mut self, packet: &[u8]) -> Option<u64> {
        match self {
            Codec::Opus(_) => Some(super::opus::frames(packet).unwrap_or(0)),
            Codec::Vorbis { lengths, .. } => lengths.as_mut().map(|l| l.frames(packet)),
            Codec::Flac { .. } => flac_frames(packet),
        }
    }

    fn link(&self, offset: Option<i64>, claimed_frames: Option<u64>) -> Result<Link> {
        let (codec, sample_rate, channels, bits, skip) = match self {
            Codec::Opus(head) => {
                (CodecSetup::Opus(head.clone()), 48_000, head.channels, None, u64::from(head.pre_skip))
            }
            Codec::Vorbis { ident, setup, .. } => {
                let rate = u32::from_le_bytes([ident[12], ident[13], ident[14], ident[15]]);
                let mut params = AudioCodecParameters::new();
                let headers = [&ident[..], setup].concat().into_boxed_slice();
                params.for_codec(CODEC_ID_VORBIS).with_sample_rate(rate).with_extra_data(headers);
                let skip = offset.unwrap_or(0).min(0).unsigned_abs();
                (CodecSetup::Symphonia(Box::new(params)), rate, u16::from(ident[11]), None, skip)
            }
            Codec::Flac { info } => {
                let mut params = AudioCodecParameters::new();
                params.for_codec(CODEC_ID_FLAC).with_extra_data(info.clone().into_boxed_slice());
                let (rate, channels, bits) = super::flac::stream_info(info)
                    .ok_or_else(|| bad(0, "a FLAC stream without its header"))?;
                (CodecSetup::Symphonia(Box::new(params)), rate, channels, Some(bits), 0)
            }
        };
        Ok(Link { codec, sample_rate, channels, bits_per_sample: bits, claimed_frames, skip, keep: None })
    }
}

impl Demuxer for OggDemuxer<'_> {
    fn next(&mut self, packet: &mut Packet, notes: &mut Notes) -> Result<Next> {
        loop {
            if let Some(link) = self.link.take() {
                return Ok(Next::Link(link));
            }
            if let Some(timed) = self.queue.pop_front() {
                self.spare.push(std::mem::replace(&mut packet.data, timed.data));
                self.spare.truncate(256);
                (packet.frames, packet.trim_end) = (timed.frames, timed.trim_end);
                return Ok(Next::Packet);
            }
            if self.ended {
                return Ok(Next::End);
            }
            if self.closed {
                if !self.start_link(notes)? {
                    self.ended = true;
                    if self.links == 0 {
                        return Err(Error::Unsupported("Ogg without an Opus, Vorbis or FLAC stream".into()));
                    }
                }
                continue;
            }
            if !self.read_page(notes)? {
                self.ended = true;
                let message = "the stream has no last page: its end may be missing";
                notes.push((codes::AUDIO_TRUNCATED, message.into()));
                continue;
            }
            if self.page.first {
                // The next link of a chain, though the last page of this one is missing.
                (self.held, self.closed) = (true, true);
                notes
                    .push((codes::AUDIO_TRUNCATED, "another stream starts before this one has ended".into()));
                continue;
            }
            if self.page.serial == self.serial {
                let packets = self.packets(notes);
                self.queue_packets(packets, notes);
                self.closed = self.page.last;
            }
        }
    }

    fn rewind(&mut self) -> Result<()> {
        self.pages.seek(0)?;
        self.queue.clear();
        self.partial.clear();
        (self.held, self.ended, self.closed, self.link, self.links) = (false, false, true, None, 1);
        if let Some(Codec::Vorbis { lengths: Some(lengths), .. }) = &mut self.codec {
            lengths.reset();
        }
        Ok(())
    }
}
