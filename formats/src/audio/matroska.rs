//! Matroska and WebM (RFC 9559): the first audio track of a known codec, with its delay and padding.

use std::collections::VecDeque;
use std::io::{BufReader, Read, Seek, SeekFrom};

use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_AAC, CODEC_ID_FLAC, CODEC_ID_MP3, CODEC_ID_VORBIS,
};
use symphonia::core::codecs::audio::{AudioCodecId, AudioCodecParameters};

use super::Source;
use super::codec::{CodecSetup, Lengths};
use super::opus::OpusHead;
use super::packets::{Demuxer, Link, Next, Notes, Packet};
use super::pcm::Encoding;
use super::vorbis::VorbisLengths;
use crate::{Error, Place, Result, codes};

const SEGMENT: u32 = 0x1853_8067;
const TRACKS: u32 = 0x1654_AE6B;
const CLUSTER: u32 = 0x1F43_B675;
const BLOCK_GROUP: u32 = 0xA0;
const BLOCK: u32 = 0xA1;
const SIMPLE_BLOCK: u32 = 0xA3;
const DISCARD_PADDING: u32 = 0x75A2;
/// Bytes of the description of all tracks, and of one block.
const MAX_TRACKS: u64 = 4 << 20;
const MAX_BLOCK: u64 = 16 << 20;
/// Elements before the first cluster.
const MAX_ELEMENTS: u32 = 100_000;

fn bad(at: u64, message: impl Into<String>) -> Error {
    Error::malformed("Matroska", Place::Byte(at), message)
}

/// A variable-length number and its bytes; with the marker for an id.
fn vint(bytes: &[u8], id: bool) -> Option<(u64, usize)> {
    let first = *bytes.first()?;
    let length = first.leading_zeros() as usize + 1;
    if length > if id { 4 } else { 8 } {
        return None;
    }
    let start = if id { u64::from(first) } else { u64::from(first) & ((0x80 >> (length - 1)) - 1) };
    let value = bytes.get(1..length)?.iter().fold(start, |n, b| n << 8 | u64::from(*b));
    Some((value, length))
}

/// An element's id, the length of its head, and that of its body; None for one without an end.
fn element(bytes: &[u8]) -> Option<(u32, usize, Option<u64>)> {
    let (id, id_length) = vint(bytes, true)?;
    let (size, length) = vint(bytes.get(id_length..)?, false)?;
    let unknown = size == (1u64 << (7 * length)) - 1;
    Some((id as u32, id_length + length, (!unknown).then_some(size)))
}

/// The children of an element that is in memory.
fn children(mut bytes: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    std::iter::from_fn(move || {
        let (id, head, size) = element(bytes)?;
        let end = head.checked_add(usize::try_from(size?).ok()?)?;
        let body = bytes.get(head..end)?;
        bytes = &bytes[end..];
        Some((id, body))
    })
}

fn number(body: &[u8]) -> u64 {
    body.iter().take(8).fold(0, |n, b| n << 8 | u64::from(*b))
}

fn float(body: &[u8]) -> f64 {
    match body {
        [a, b, c, d] => f64::from(f32::from_be_bytes([*a, *b, *c, *d])),
        _ => body.try_into().map_or(0.0, f64::from_be_bytes),
    }
}

#[derive(Default)]
struct Track {
    number: u64,
    codec: String,
    private: Vec<u8>,
    delay_ns: u64,
    encoded: bool,
    rate: u32,
    channels: u16,
    bits: u16,
}

impl Track {
    fn read(entry: &[u8]) -> Option<Track> {
        let mut track = Track { rate: 8_000, channels: 1, ..Track::default() };
        let mut audio = false;
        for (id, body) in children(entry) {
            match id {
                0xD7 => track.number = number(body),
                0x83 => audio = number(body) == 2,
                0x86 => track.codec = String::from_utf8_lossy(body).trim_end_matches('\0').to_owned(),
                0x63A2 => track.private = body.to_vec(),
                0x56AA => track.delay_ns = number(body),
                0x6D80 => track.encoded = true,
                0xE1 => {
                    for (id, body) in children(body) {
                        match id {
                            0xB5 => track.rate = float(body).round().clamp(0.0, 4e9) as u32,
                            0x9F => track.channels = u16::try_from(number(body)).unwrap_or(0),
                            0x6264 => track.bits = number(body).min(64) as u16,
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        audio.then_some(track)
    }

    /// None for a codec that is not known.
    fn codec(&self) -> Option<(CodecSetup, Option<VorbisLengths>)> {
        let symphonia = |id: AudioCodecId, extra: Option<Vec<u8>>| {
            let mut params = AudioCodecParameters::new();
            params.for_codec(id).with_sample_rate(self.rate);
            if let Some(extra) = extra {
                params.with_extra_data(extra.into_boxed_slice());
            }
            Some((CodecSetup::Symphonia(Box::new(params)), None))
        };
        let int = |big_endian| match self.bits {
            8 => Some(if big_endian { Encoding::S8 } else { Encoding::U8 }),
            16 | 24 | 32 => {
                Some(Encoding::Int { bytes: self.bits as u8 / 8, bits: self.bits as u8, big_endian })
            }
            _ => None,
        };
        let pcm = |encoding: Option<Encoding>| Some((CodecSetup::Pcm(encoding?), None));
        match self.codec.as_str() {
            "A_OPUS" => Some((CodecSetup::Opus(OpusHead::read(&self.private, false)?), None)),
            "A_VORBIS" => {
                let [ident, setup] = vorbis_headers(&self.private)?;
                let lengths = VorbisLengths::new(ident, setup);
                let (made, _) = symphonia(CODEC_ID_VORBIS, Some([ident, setup].concat()))?;
                Some((made, lengths))
            }
            "A_FLAC" => {
                let at = if self.private.starts_with(b"fLaC") { 8 } else { 4 };
                symphonia(CODEC_ID_FLAC, Some(self.private.get(at..at + 34)?.to_vec()))
            }
            "A_AAC" if self.private.len() >= 2 => symphonia(CODEC_ID_AAC, Some(self.private.clone())),
            "A_MPEG/L3" => symphonia(CODEC_ID_MP3, None),
            "A_PCM/INT/LIT" => pcm(int(false)),
            "A_PCM/INT/BIG" => pcm(int(true)),
            "A_PCM/FLOAT/IEEE" => pcm(match self.bits {
                32 => Some(Encoding::F32 { big_endian: false }),
                64 => Some(Encoding::F64 { big_endian: false }),
                _ => None,
            }),
            _ => None,
        }
    }
}

/// The first and the third of three packets in Xiph's lacing.
fn vorbis_headers(private: &[u8]) -> Option<[&[u8]; 2]> {
    let mut rest = private.strip_prefix(&[2])?;
    let mut lengths = [0usize; 2];
    for length in &mut lengths {
        loop {
            let (first, after) = rest.split_first()?;
            rest = after;
            *length += usize::from(*first);
            if *first < 255 {
                break;
            }
        }
    }
    Some([rest.get(..lengths[0])?, rest.get(lengths[0].checked_add(lengths[1])?..)?])
}

/// The frames in a block after its head, by its lacing.
fn frames(flags: u8, body: &[u8]) -> Option<Vec<&[u8]>> {
    let lacing = flags & 6;
    if lacing == 0 {
        return Some(vec![body]);
    }
    let (count, mut rest) = body.split_first()?;
    let count = usize::from(*count) + 1;
    let mut sizes: Vec<usize> = Vec::with_capacity(count);
    match lacing {
        2 => {
            for _ in 1..count {
                let mut size = 0;
                loop {
                    let (first, after) = rest.split_first()?;
                    rest = after;
                    size += usize::from(*first);
                    if *first < 255 {
                        break;
                    }
                }
                sizes.push(size);
            }
        }
        6 => {
            for n in 1..count {
                let (value, length) = vint(rest, false)?;
                rest = &rest[length..];
                let bias = (1i64 << (7 * length as u32 - 1)) - 1;
                let last = sizes.last().map_or(0, |s| *s as i64);
                let size = if n == 1 { value as i64 } else { last.checked_add(value as i64 - bias)? };
                sizes.push(usize::try_from(size).ok()?);
            }
        }
        _ => sizes.resize(count - 1, rest.len() / count),
    }
    let mut frames = Vec::with_capacity(count);
    for size in sizes {
        frames.push(rest.get(..size)?);
        rest = &rest[size..];
    }
    frames.push(rest);
    Some(frames)
}

pub(super) struct MatroskaDemuxer<'s> {
    source: BufReader<Box<dyn Source + 's>>,
    at: u64,
    len: u64,
    track: Track,
    lengths: Lengths,
    vorbis: Option<VorbisLengths>,
    clusters: u64,
    started: bool,
    link: Option<Box<Link>>,
    queue: VecDeque<Packet>,
    spare: Vec<Vec<u8>>,
    block: Vec<u8>,
}

impl<'s> MatroskaDemuxer<'s> {
    pub(super) fn new(mut source: Box<dyn Source + 's>) -> Result<Self> {
        let len = source.seek(SeekFrom::End(0))?;
        source.seek(SeekFrom::Start(0))?;
        Ok(MatroskaDemuxer {
            source: BufReader::with_capacity(1 << 16, source),
            at: 0,
            len,
            track: Track::default(),
            lengths: Lengths::Unknown,
            vorbis: None,
            clusters: 0,
            started: false,
            link: None,
            queue: VecDeque::new(),
            spare: Vec::new(),
            block: Vec::new(),
        })
    }

    fn go(&mut self, at: u64) -> Result<()> {
        self.source.seek_relative((at as i64).wrapping_sub(self.at as i64))?;
        self.at = at;
        Ok(())
    }

    /// The head of the element at `at`: id, where its body starts, and its length.
    fn head(&mut self) -> Result<Option<(u32, u64, Option<u64>)>> {
        let mut bytes = [0u8; 12];
        let there = (self.len - self.at.min(self.len)).min(12) as usize;
        if there == 0 {
            return Ok(None);
        }
        self.source.read_exact(&mut bytes[..there])?;
        self.at += there as u64;
        let start = self.at - there as u64;
        let Some((id, head, size)) = element(&bytes[..there]) else {
            self.go(start)?;
            return Err(bad(start, "no element"));
        };
        self.go(start + head as u64)?;
        Ok(Some((id, self.at, size)))
    }

    fn body(&mut self, size: u64, most: u64) -> Result<()> {
        if size > most.min(self.len - self.at) {
            return Err(bad(self.at, format!("an element of {size} bytes")));
        }
        self.block.resize(size as usize, 0);
        self.source.read_exact(&mut self.block)?;
        self.at += size;
        Ok(())
    }

    fn start(&mut self, notes: &mut Notes) -> Result<Link> {
        for _ in 0..MAX_ELEMENTS {
            let Some((id, body, size)) = self.head()? else { break };
            match (id, size) {
                (SEGMENT, size) => {
                    if size.is_some_and(|s| body.saturating_add(s) > self.len) {
                        let missing = size.unwrap_or(0) - (self.len - body);
                        notes.push((
                            codes::AUDIO_TRUNCATED,
                            format!("{missing} bytes are missing at the end"),
                        ));
                    }
                }
                (TRACKS, Some(size)) => {
                    self.body(size, MAX_TRACKS)?;
                    let mut tracks: Vec<Track> = children(&self.block)
                        .filter(|(id, _)| *id == 0xAE)
                        .filter_map(|(_, entry)| Track::read(entry))
                        .collect();
                    if tracks.len() > 1 {
                        let message =
                            format!("{} audio tracks; the first of a known codec is read", tracks.len());
                        notes.push((codes::AUDIO_TRACKS, message));
                    }
                    let known = tracks.iter().position(|t| t.codec().is_some() && !t.encoded);
                    let Some(known) = known else {
                        let named: Vec<_> = tracks.iter().map(|t| format!("{:?}", t.codec)).collect();
                        let message =
                            format!("Matroska without audio of a known codec: {}", named.join(", "));
                        return Err(Error::Unsupported(message));
                    };
                    self.track = tracks.swap_remove(known);
                }
                (CLUSTER, _) => {
                    self.clusters = body;
                    return self.make_link();
                }
                (_, Some(size)) => {
                    let to = body.saturating_add(size);
                    if to > self.len {
                        break;
                    }
                    self.go(to)?;
                }
                (_, None) => return Err(bad(body, "an element without an end")),
            }
        }
        self.clusters = self.len;
        self.make_link()
    }

    fn make_link(&mut self) -> Result<Link> {
        let none = || Error::Unsupported("Matroska without an audio track".into());
        let (codec, vorbis) = self.track.codec().ok_or_else(none)?;
        let (mut rate, mut channels, mut bits) = (self.track.rate, self.track.channels, None);
        let mut skip = frames_of(self.track.delay_ns, rate);
        match &codec {
            CodecSetup::Opus(head) => {
                (rate, channels) = (48_000, head.channels);
                skip = u64::from(head.pre_skip);
            }
            CodecSetup::Pcm(encoding) => bits = Some(encoding.bytes() as u16 * 8),
            CodecSetup::Symphonia(params) => {
                let extra = params.extra_data.as_deref().unwrap_or_default();
                if params.codec == CODEC_ID_FLAC {
                    let info = super::flac::stream_info(extra).ok_or_else(none)?;
                    (rate, channels, bits) = (info.0, info.1, Some(info.2));
                }
                if params.codec == CODEC_ID_VORBIS && extra.len() >= 30 {
                    rate = u32::from_le_bytes([extra[12], extra[13], extra[14], extra[15]]);
                    channels = u16::from(extra[11]);
                }
            }
        }
        (self.lengths, self.vorbis) = (Lengths::of(&codec, channels), vorbis);
        self.track.rate = rate;
        Ok(Link {
            codec,
            sample_rate: rate,
            channels,
            bits_per_sample: bits,
            claimed_frames: None,
            skip,
            keep: None,
        })
    }

    /// Queues the frames of a block that is in memory, if it is of the track.
    fn queue_block(&mut self, body: &[u8], discard_ns: u64, notes: &mut Notes) {
        let damaged =
            |notes: &mut Notes| notes.push((codes::AUDIO_DECODE, "a damaged block was left out".into()));
        let Some((number, head)) = vint(body, false) else { return damaged(notes) };
        if number != self.track.number {
            return;
        }
        let Some(flags) = body.get(head + 2) else { return damaged(notes) };
        let Some(list) = frames(*flags, &body[head + 3..]) else { return damaged(notes) };
        for data in list {
            let mut buffer = self.spare.pop().unwrap_or_default();
            buffer.clear();
            buffer.extend_from_slice(data);
            let frames = match &mut self.vorbis {
                Some(lengths) => Some(lengths.frames(data)),
                None => self.lengths.frames(data),
            };
            self.queue.push_back(Packet { data: buffer, frames, trim_end: 0 });
        }
        if let Some(last) = self.queue.back_mut() {
            last.trim_end = frames_of(discard_ns, self.track.rate);
        }
    }

    fn group(&mut self, notes: &mut Notes) {
        let group = std::mem::take(&mut self.block);
        let discard = children(&group).find(|(id, _)| *id == DISCARD_PADDING).map_or(0, |(_, b)| number(b));
        // Negative padding, which would cut at the start, has its top bit set.
        let discard = if discard > u64::from(u32::MAX) { 0 } else { discard };
        if let Some((_, block)) = children(&group).find(|(id, _)| *id == BLOCK) {
            self.queue_block(block, discard, notes);
        }
        self.block = group;
    }

    /// To the next cluster after damage; false if there is none.
    fn resync(&mut self) -> Result<bool> {
        let mut window = 0u32;
        for byte in self.source.by_ref().bytes() {
            self.at += 1;
            window = window << 8 | u32::from(byte?);
            if window == CLUSTER {
                let at = self.at - 4;
                self.go(at)?;
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Nanoseconds in frames, to the nearest.
fn frames_of(nanoseconds: u64, rate: u32) -> u64 {
    ((u128::from(nanoseconds) * u128::from(rate) + 500_000_000) / 1_000_000_000).min(u128::from(u32::MAX))
        as u64
}

impl Demuxer for MatroskaDemuxer<'_> {
    fn next(&mut self, packet: &mut Packet, notes: &mut Notes) -> Result<Next> {
        if !std::mem::replace(&mut self.started, true) {
            let link = self.start(notes)?;
            return Ok(Next::Link(Box::new(link)));
        }
        if let Some(link) = self.link.take() {
            return Ok(Next::Link(link));
        }
        loop {
            if let Some(next) = self.queue.pop_front() {
                self.spare.push(std::mem::replace(packet, next).data);
                self.spare.truncate(256);
                return Ok(Next::Packet);
            }
            let step = self.head();
            let (id, body, size) = match step {
                Ok(Some(head)) => head,
                Ok(None) => return Ok(Next::End),
                Err(Error::Malformed { .. }) => {
                    notes.push((codes::AUDIO_DECODE, format!("no element at byte {}", self.at)));
                    if !self.resync()? {
                        return Ok(Next::End);
                    }
                    continue;
                }
                Err(e) => return Err(e),
            };
            let cut = size.is_some_and(|s| body.saturating_add(s) > self.len);
            match (id, size) {
                (SEGMENT | CLUSTER, _) => {}
                (BLOCK_GROUP | SIMPLE_BLOCK, Some(size)) if !cut && size <= MAX_BLOCK => {
                    self.body(size, MAX_BLOCK)?;
                    if id == BLOCK_GROUP {
                        self.group(notes);
                    } else {
                        let block = std::mem::take(&mut self.block);
                        self.queue_block(&block, 0, notes);
                        self.block = block;
                    }
                }
                (_, Some(size)) if !cut => self.go(body + size)?,
                _ => {
                    if cut && id != SEGMENT {
                        notes
                            .push((codes::AUDIO_TRUNCATED, format!("the element at byte {body} is cut off")));
                    }
                    if !self.resync()? {
                        return Ok(Next::End);
                    }
                }
            }
        }
    }

    fn rewind(&mut self) -> Result<()> {
        self.queue.clear();
        self.link = Some(Box::new(self.make_link()?));
        self.go(self.clusters)
    }
}
