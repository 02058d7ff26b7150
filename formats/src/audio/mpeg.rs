//! MP3 and ADTS streams: frames found one after the other, whatever stands between them.
//!
//! Sources: ISO/IEC 11172-3 and 13818-3 (frame headers), 13818-7 (ADTS), ID3v2.4, and the Xing, LAME
//! and VBRI headers as their encoders write them.

use std::collections::VecDeque;
use std::io::{BufReader, Read, Seek, SeekFrom};

use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::{CODEC_ID_AAC, CODEC_ID_MP3};

use super::Source;
use super::codec::CodecSetup;
use super::packets::{Demuxer, Link, Next, Notes, Packet};
use crate::{Error, Place, Result, codes};

/// Packets held back so that the padding at the end, up to 4095 frames, can be cut.
const HELD_PACKETS: usize = 9;
/// Bytes searched for the first frame.
const MAX_SEARCH: u64 = 1 << 20;
/// Tags one after the other.
const MAX_TAGS: u32 = 64;
/// Frames of delay in every decoder of layer III.
const DECODER_DELAY: u64 = 529;

/// A layer III frame's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mp3Header {
    /// Bits that do not change within a stream.
    kind: u32,
    pub(super) rate: u32,
    pub(super) channels: u16,
    /// Frames (in the sense of this crate) that it decodes to.
    pub(super) frames: u64,
    bytes: usize,
    side_info: usize,
}

impl Mp3Header {
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let word = u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?);
        let (version, layer) = (word >> 19 & 3, word >> 17 & 3);
        let (bitrate, rate) = ((word >> 12 & 15) as usize, (word >> 10 & 3) as usize);
        if word >> 21 != 0x7FF || layer != 1 || version == 1 || rate == 3 || bitrate == 0 || bitrate == 15 {
            return None;
        }
        let first = version == 3;
        let kilobits = if first {
            [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320][bitrate]
        } else {
            [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160][bitrate]
        };
        let rate = [44_100, 48_000, 32_000][rate] >> [2, 0, 1, 0][version as usize];
        let mono = word >> 6 & 3 == 3;
        let bytes = (if first { 144_000 } else { 72_000 }) * kilobits / rate + (word >> 9 & 1);
        Some(Mp3Header {
            kind: word & 0xFFFE_0C00 | u32::from(mono),
            rate,
            channels: if mono { 1 } else { 2 },
            frames: if first { 1152 } else { 576 },
            bytes: bytes as usize,
            side_info: match (first, mono) {
                (true, false) => 32,
                (false, true) => 9,
                _ => 17,
            },
        })
    }
}

/// An ADTS frame's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct AdtsHeader {
    kind: u32,
    rate: u32,
    channels: u16,
    header: usize,
    bytes: usize,
    config: [u8; 2],
}

/// Sampling rates by their index (ISO/IEC 14496-3, table 1.18).
const AAC_RATES: [u32; 13] =
    [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];

impl AdtsHeader {
    fn read(bytes: &[u8]) -> Option<Self> {
        let b: [u8; 7] = bytes.get(..7)?.try_into().ok()?;
        let index = b[2] >> 2 & 15;
        let channels = (b[2] & 1) << 2 | b[3] >> 6;
        let header = if b[1] & 1 == 1 { 7 } else { 9 };
        let length = usize::from(b[3] & 3) << 11 | usize::from(b[4]) << 3 | usize::from(b[5]) >> 5;
        if b[0] != 0xFF || b[1] & 0xF6 != 0xF0 || length <= header {
            return None;
        }
        let object = (b[2] >> 6) + 1;
        Some(AdtsHeader {
            kind: u32::from_be_bytes([b[0], b[1] & 0xFE, b[2] & 0xFD, b[3] & 0xC0]),
            rate: *AAC_RATES.get(usize::from(index))?,
            channels: u16::from(if channels == 7 { 8 } else { channels }),
            header,
            bytes: length,
            config: [object << 3 | index >> 1, (index & 1) << 7 | channels << 3],
        })
    }
}

#[derive(Clone, Copy)]
struct Frame {
    kind: u32,
    header: usize,
    bytes: usize,
    frames: u64,
}

/// Which of the two streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    Mp3,
    Adts,
}

impl Stream {
    fn read(self, bytes: &[u8]) -> Option<Frame> {
        match self {
            Stream::Mp3 => Mp3Header::read(bytes).map(|h| Frame {
                kind: h.kind,
                header: 0,
                bytes: h.bytes,
                frames: h.frames,
            }),
            Stream::Adts => AdtsHeader::read(bytes).map(|h| Frame {
                kind: h.kind,
                header: h.header,
                bytes: h.bytes,
                frames: 1024,
            }),
        }
    }
}

/// What the encoder says of the whole in a first frame of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Whole {
    packets: Option<u64>,
    /// Frames of delay and of padding that the encoder added.
    gap: Option<(u64, u64)>,
}

/// Reads Xing, Info or VBRI in a frame; None if it holds none.
fn whole(frame: &[u8], header: &Mp3Header) -> Option<Whole> {
    let number = |at: usize| Some(u32::from_be_bytes(frame.get(at..at + 4)?.try_into().ok()?));
    if frame.get(36..40) == Some(b"VBRI") {
        return Some(Whole { packets: number(50).map(u64::from), gap: None });
    }
    let at = 4 + header.side_info;
    if !matches!(frame.get(at..at + 4)?, b"Xing" | b"Info") {
        return None;
    }
    let flags = number(at + 4)?;
    let mut next = at + 8;
    let mut packets = None;
    for (flag, length) in [(1, 4), (2, 4), (4, 100), (8, 4)] {
        if flags & flag != 0 {
            packets = if flag == 1 { number(next).map(u64::from) } else { packets };
            next += length;
        }
    }
    // LAME's extension starts with the encoder's name.
    let named = frame.get(next..next + 4).is_some_and(|n| n.iter().all(u8::is_ascii_graphic));
    let gap = frame.get(next + 21..next + 24).filter(|_| named).map(|b| {
        let both = u64::from(b[0]) << 16 | u64::from(b[1]) << 8 | u64::from(b[2]);
        (both >> 12, both & 0xFFF)
    });
    Some(Whole { packets: packets.filter(|p| *p > 0), gap })
}

struct Held {
    data: Vec<u8>,
    frames: u64,
    trim_end: u64,
}

pub(super) struct MpegDemuxer<'s> {
    source: BufReader<Box<dyn Source + 's>>,
    stream: Stream,
    at: u64,
    end: u64,
    first: u64,
    kind: u32,
    whole: Whole,
    link: bool,
    queue: VecDeque<Held>,
    spare: Vec<Vec<u8>>,
    frames: u64,
    ended: bool,
}

impl<'s> MpegDemuxer<'s> {
    pub(super) fn new(mut source: Box<dyn Source + 's>, stream: Stream) -> Result<Self> {
        let mut end = source.seek(SeekFrom::End(0))?;
        let mut tail = [0u8; 128];
        if end >= 128 {
            source.seek(SeekFrom::Start(end - 128))?;
            source.read_exact(&mut tail)?;
            if tail.starts_with(b"TAG") {
                end -= 128;
            }
        }
        if end >= 32 {
            let mut foot = [0u8; 32];
            source.seek(SeekFrom::Start(end - 32))?;
            source.read_exact(&mut foot)?;
            let length = u64::from(u32::from_le_bytes([foot[12], foot[13], foot[14], foot[15]]));
            if foot.starts_with(b"APETAGEX") && (32..=end).contains(&length) {
                let head = if foot[23] & 0x80 != 0 { 32 } else { 0 };
                end = end.saturating_sub(length + head);
            }
        }
        source.seek(SeekFrom::Start(0))?;
        let mut this = MpegDemuxer {
            source: BufReader::with_capacity(1 << 16, source),
            stream,
            at: 0,
            end,
            first: 0,
            kind: 0,
            whole: Whole::default(),
            link: true,
            queue: VecDeque::new(),
            spare: Vec::new(),
            frames: 0,
            ended: false,
        };
        this.skip_tags()?;
        Ok(this)
    }

    fn go(&mut self, at: u64) -> Result<()> {
        self.source.seek_relative((at as i64).wrapping_sub(self.at as i64))?;
        self.at = at;
        Ok(())
    }

    /// The bytes at `at`, as many as there are before the end.
    fn peek<const N: usize>(&mut self, at: u64) -> Result<([u8; N], usize)> {
        let mut bytes = [0u8; N];
        let there = self.end.saturating_sub(at).min(N as u64) as usize;
        if there > 0 {
            self.go(at)?;
            self.source.read_exact(&mut bytes[..there])?;
            self.at += there as u64;
        }
        Ok((bytes, there))
    }

    /// Past ID3v2 tags, without reading what is in them.
    fn skip_tags(&mut self) -> Result<()> {
        let mut at = self.at;
        for _ in 0..MAX_TAGS {
            let (head, there) = self.peek::<10>(at)?;
            if there < 10 || !head.starts_with(b"ID3") || head[6..].iter().any(|b| b & 0x80 != 0) {
                break;
            }
            let size = head[6..].iter().fold(0u64, |n, b| n << 7 | u64::from(*b));
            let foot = if head[5] & 0x10 != 0 { 10 } else { 0 };
            // A tag that claims more than the file has: frames are searched for inside it.
            at += if at + 10 + size + foot > self.end { 10 } else { 10 + size + foot };
        }
        self.go(at)
    }

    /// The next frame at or after where the reader is.
    fn find(&mut self, notes: &mut Notes) -> Result<Option<(u64, Frame)>> {
        let start = self.at;
        let mut at = start;
        let mut checked = false;
        loop {
            let (head, there) = self.peek::<10>(at)?;
            if there < 7 {
                if at > start && there + ((at - start) as usize) > 32 {
                    let message = format!("{} bytes at the end are no frame", self.end - start);
                    notes.push((codes::AUDIO_DECODE, message));
                }
                return Ok(None);
            }
            if let Some(frame) = self.stream.read(&head[..there]) {
                let next = at + frame.bytes as u64;
                let sure = self.kind == frame.kind && !checked;
                let follows = sure || next >= self.end || {
                    let (after, there) = self.peek::<10>(next)?;
                    self.stream.read(&after[..there]).is_some_and(|f| f.kind == frame.kind)
                        || after.starts_with(b"ID3")
                };
                if follows {
                    if checked && self.kind != 0 {
                        let message = format!("{} bytes at byte {start} are no frame", at - start);
                        notes.push((codes::AUDIO_DECODE, message));
                    }
                    self.go(at)?;
                    return Ok(Some((at, frame)));
                }
            }
            if !checked && head.starts_with(b"ID3") {
                self.go(at)?;
                self.skip_tags()?;
                if self.at > at + 10 {
                    at = self.at;
                    continue;
                }
            }
            checked = true;
            if self.kind == 0 && at - start > MAX_SEARCH {
                return Ok(None);
            }
            at += 1;
        }
    }

    /// Reads the next frame into the queue; false at the end.
    fn take(&mut self, notes: &mut Notes) -> Result<bool> {
        let Some((at, frame)) = self.find(notes)? else { return Ok(false) };
        if at + frame.bytes as u64 > self.end {
            let message = format!("the last frame has {} bytes of {}", self.end - at, frame.bytes);
            notes.push((codes::AUDIO_TRUNCATED, message));
            self.go(self.end)?;
            return Ok(false);
        }
        let mut data = self.spare.pop().unwrap_or_default();
        data.resize(frame.bytes, 0);
        self.source.read_exact(&mut data)?;
        self.at += frame.bytes as u64;
        data.drain(..frame.header);
        self.frames += frame.frames;
        self.queue.push_back(Held { data, frames: frame.frames, trim_end: 0 });
        Ok(true)
    }

    fn start(&mut self, notes: &mut Notes) -> Result<Link> {
        let none = || Error::malformed("audio", Place::File, "no MPEG audio frames");
        let (at, frame) = self.find(notes)?.ok_or_else(none)?;
        let (head, _) = self.peek::<10>(at)?;
        self.go(at)?;
        (self.first, self.kind) = (at, frame.kind);
        let mut params = AudioCodecParameters::new();
        let (sample_rate, channels) = match self.stream {
            Stream::Adts => {
                let header = AdtsHeader::read(&head).ok_or_else(none)?;
                params.for_codec(CODEC_ID_AAC).with_extra_data(Box::new(header.config));
                (header.rate, header.channels)
            }
            Stream::Mp3 => {
                let header = Mp3Header::read(&head).ok_or_else(none)?;
                params.for_codec(CODEC_ID_MP3).with_sample_rate(header.rate);
                let mut data = vec![0; header.bytes.min((self.end - at) as usize)];
                self.source.read_exact(&mut data)?;
                self.at += data.len() as u64;
                match whole(&data, &header) {
                    Some(whole) => (self.whole, self.first) = (whole, self.at),
                    None => self.go(at)?,
                }
                (header.rate, header.channels)
            }
        };
        let all = self.whole.packets.map(|p| p.saturating_mul(frame.frames));
        let (skip, padding) = self.gap();
        Ok(Link {
            codec: CodecSetup::Symphonia(Box::new(params)),
            sample_rate,
            channels,
            bits_per_sample: None,
            claimed_frames: all.map(|a| a.saturating_sub(skip + padding)),
            skip,
            keep: None,
        })
    }

    /// Frames to cut at the start and at the end.
    fn gap(&self) -> (u64, u64) {
        let (delay, padding) = self.whole.gap.filter(|g| *g != (0, 0)).unzip();
        (delay.map_or(0, |d| d + DECODER_DELAY), padding.map_or(0, |p| p.saturating_sub(DECODER_DELAY)))
    }
}

impl Demuxer for MpegDemuxer<'_> {
    fn next(&mut self, packet: &mut Packet, notes: &mut Notes) -> Result<Next> {
        if std::mem::take(&mut self.link) {
            return Ok(Next::Link(Box::new(self.start(notes)?)));
        }
        while !self.ended && self.queue.len() < HELD_PACKETS {
            if !self.take(notes)? {
                self.ended = true;
                let each = self.queue.back().map_or(0, |h| h.frames);
                // Padding is cut only where the end is the one that the encoder knew.
                if self.whole.packets.is_some_and(|p| p * each == self.frames) {
                    let mut padding = self.gap().1;
                    for held in self.queue.iter_mut().rev() {
                        held.trim_end = padding.min(held.frames);
                        padding -= held.trim_end;
                    }
                }
            }
        }
        let Some(held) = self.queue.pop_front() else { return Ok(Next::End) };
        self.spare.push(std::mem::replace(&mut packet.data, held.data));
        (packet.frames, packet.trim_end) = (Some(held.frames), held.trim_end);
        Ok(Next::Packet)
    }

    fn rewind(&mut self) -> Result<()> {
        self.queue.clear();
        (self.frames, self.ended, self.link, self.kind) = (0, false, true, 0);
        self.go(0)?;
        self.skip_tags()
    }
}
