//! WAV: RIFF, RF64, BW64 and W64, walked chunk by chunk so that lying lengths are seen through.
//!
//! Sources: Microsoft RIFF 1991 and WAVEFORMATEXTENSIBLE; EBU Tech 3306 (RF64); Sony Wave64.

use std::io::{Read, Seek, SeekFrom};

use super::adpcm::Adpcm;
use super::pcm::Encoding;
use super::raw::{RawDecoder, Samples};
use super::{AudioFormat, AudioInfo, Source};
use crate::{Error, Place, Problem, Result, codes};

/// Bytes of a `fmt ` chunk that mean anything: WAVEFORMATEXTENSIBLE has 40.
const FMT_BYTES: u64 = 40;
/// Chunks looked at before the file is given up.
const MAX_CHUNKS: u32 = 10_000;
const W64_RIFF: &[u8; 16] = b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00";
/// The end of every Wave64 chunk name after its four letters.
const W64_TAIL: &[u8; 12] = b"\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a";

struct Chunks {
    fmt: Vec<u8>,
    fact: Option<u64>,
    data_at: u64,
    claimed: Option<u64>,
    present: u64,
}

fn bad(place: u64, message: impl Into<String>) -> Error {
    Error::malformed("WAV", Place::Byte(place), message)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// Whether a file starts as a Wave64 one.
pub(crate) fn is_w64(head: &[u8]) -> bool {
    head.starts_with(W64_RIFF) && head.get(24..28) == Some(b"wave")
}

/// One chunk's name, the place of its body, and the length that it claims.
fn chunk(source: &mut Box<dyn Source + '_>, at: u64, w64: bool) -> Result<([u8; 4], u64, u64)> {
    source.seek(SeekFrom::Start(at))?;
    let mut head = [0u8; 24];
    let used = if w64 { 24 } else { 8 };
    source.read_exact(&mut head[..used])?;
    let name = [head[0], head[1], head[2], head[3]];
    if !w64 {
        return Ok((name, at + 8, u64::from(u32::from_le_bytes([head[4], head[5], head[6], head[7]]))));
    }
    let mut length = [0u8; 8];
    length.copy_from_slice(&head[16..24]);
    let name = if head[4..16] == *W64_TAIL { name } else { *b"    " };
    // A Wave64 length counts the chunk's own 24 bytes.
    Ok((name, at + 24, u64::from_le_bytes(length).saturating_sub(24)))
}

/// Finds `fmt ` and `data`, believing the file's real length over every number in it.
fn walk(source: &mut Box<dyn Source + '_>) -> Result<Chunks> {
    let file_len = source.seek(SeekFrom::End(0))?;
    let mut start = [0u8; 40];
    source.seek(SeekFrom::Start(0))?;
    let read = source.by_ref().take(40).read(&mut start)?;
    let w64 = is_w64(&start[..read]);
    let (head, pad) = if w64 { (24u64, 8u64) } else { (8, 2) };
    let mut at = if w64 { 40u64 } else { 12 };
    let (mut fmt, mut fact, mut ds64_data) = (None, None, None);
    for _ in 0..MAX_CHUNKS {
        if at.checked_add(head).is_none_or(|end| end > file_len) {
            break;
        }
        let (name, body, length) = chunk(source, at, w64)?;
        match &name {
            b"ds64" => {
                let mut sizes = [0u8; 16];
                source.read_exact(&mut sizes).map_err(|_| bad(body, "a ds64 chunk cut short"))?;
                let mut size = [0u8; 8];
                size.copy_from_slice(&sizes[8..]);
                ds64_data = Some(u64::from_le_bytes(size));
            }
            b"fmt " => {
                let mut bytes = Vec::new();
                source.by_ref().take(length.min(FMT_BYTES)).read_to_end(&mut bytes)?;
                fmt = Some(bytes);
            }
            b"fact" => {
                let mut count = [0u8; 8];
                let wide = w64 && length >= 8;
                let used = if wide { 8 } else { 4 };
                if length >= used as u64 && source.read_exact(&mut count[..used]).is_ok() {
                    fact = Some(u64::from_le_bytes(count));
                }
            }
            b"data" => {
                let fmt = fmt.ok_or_else(|| bad(at, "a data chunk before any fmt chunk"))?;
                let claimed = match length {
                    0xFFFF_FFFF if !w64 => ds64_data,
                    // Written by programs that stream and never come back to fill in the length.
                    0 if body < file_len => None,
                    n => Some(n),
                };
                let there = file_len - body;
                let present = claimed.unwrap_or(there).min(there);
                return Ok(Chunks { fmt, fact, data_at: body, claimed, present });
            }
            _ => {}
        }
        at = body.saturating_add(length).checked_next_multiple_of(pad).unwrap_or(u64::MAX);
    }
    Err(bad(at.min(file_len), "no data chunk"))
}

/// What the bytes of the data chunk are.
fn samples(tag: u16, channels: u16, align: u64, bits: u16) -> Result<Samples> {
    let adpcm = match tag {
        0x0002 => Some(Adpcm::Microsoft),
        0x0011 => Some(Adpcm::Ima),
        _ => None,
    };
    if let Some(kind) = adpcm {
        if bits != 4 || !(1..=8).contains(&channels) || kind.frames(align as usize, channels.into()) < 2 {
            return Err(bad(
                12,
                format!("ADPCM of {bits} bits, {channels} channels, blocks of {align} bytes"),
            ));
        }
        return Ok(Samples::Adpcm { kind, block: align });
    }
    let wide = align / u64::from(channels);
    let encoding = match (tag, bits) {
        (1, 1..=8) => Encoding::U8,
        // 24 bits in 4 bytes stand in the low three; 12 or 20 bits in the high ones of theirs.
        (1, 24) if wide == 4 => Encoding::Int { bytes: 4, bits: 24, big_endian: false },
        (1, 9..=32) => {
            let bytes = bits.div_ceil(8) as u8;
            Encoding::Int { bytes, bits: bytes * 8, big_endian: false }
        }
        (3, 32) => Encoding::F32 { big_endian: false },
        (3, 64) => Encoding::F64 { big_endian: false },
        (6, 8) => Encoding::ALaw,
        (7, 8) => Encoding::MuLaw,
        (1 | 3 | 6 | 7, _) => return Err(Error::Unsupported(format!("WAV of codec {tag} with {bits} bits"))),
        _ => return Err(Error::Unsupported(format!("WAV of codec 0x{tag:04x}"))),
    };
    let least = encoding.bytes() as u64 * u64::from(channels);
    if align < least || !align.is_multiple_of(u64::from(channels)) {
        return Err(bad(12, format!("{align} bytes a frame for {channels} channels of {bits} bits")));
    }
    Ok(Samples::Pcm { encoding, align })
}

pub(super) fn open<'s>(
    mut source: Box<dyn Source + 's>,
    problems: &mut Vec<Problem>,
) -> Result<(RawDecoder<'s>, AudioInfo)> {
    let chunks = walk(&mut source)?;
    let field = |at: usize| u16_at(&chunks.fmt, at).ok_or_else(|| bad(12, "a fmt chunk cut short"));
    let (mut tag, channels, block_align, bits) = (field(0)?, field(2)?, field(12)?, field(14)?);
    let sample_rate = u32_at(&chunks.fmt, 4).ok_or_else(|| bad(12, "a fmt chunk cut short"))?;
    if tag == 0xFFFE {
        tag = u16_at(&chunks.fmt, 24).unwrap_or(tag);
    }
    if channels == 0 || sample_rate == 0 {
        return Err(bad(12, format!("{channels} channels at {sample_rate} Hz")));
    }
    let align = u64::from(block_align);
    let samples = samples(tag, channels, align, bits)?;
    if chunks.claimed.is_none() {
        let message = "the header gives no length; read to the end of the file";
        problems.push(Problem::new(codes::AUDIO_HEADER_LENGTH, Place::File, message));
    }
    let (codec, frames, claimed) = match samples {
        Samples::Pcm { encoding, .. } => (encoding.name(), None, chunks.claimed.map(|c| c / align)),
        Samples::Adpcm { kind, block } => {
            let name = if kind == Adpcm::Ima { "adpcm_ima_wav" } else { "adpcm_ms" };
            // The last block is filled up; only the fact chunk knows where its samples end.
            let whole = |bytes: u64| {
                let each = kind.frames(block as usize, channels.into()) as u64;
                (bytes / block)
                    .saturating_mul(each)
                    .saturating_add(kind.frames((bytes % block) as usize, channels.into()) as u64)
            };
            let most = chunks.claimed.map(whole);
            let fact = chunks.fact.filter(|f| *f > 0 && most.is_none_or(|m| *f <= m));
            (name.to_owned(), fact, fact.or(most))
        }
    };
    let info = AudioInfo {
        format: AudioFormat::Wav,
        codec,
        sample_rate,
        channels,
        bits_per_sample: Some(bits),
        claimed_frames: claimed,
    };
    let decoder = RawDecoder::new(source, samples, channels, chunks.data_at, chunks.present, frames)?;
    Ok((decoder, info))
}
