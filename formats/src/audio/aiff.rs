//! AIFF and AIFF-C.
//!
//! Sources: Apple "Audio Interchange File Format" 1.3 (1989) and AIFF-C draft (1991).

use std::io::{Read, Seek, SeekFrom};

use super::pcm::Encoding;
use super::raw::{RawDecoder, Samples};
use super::{AudioFormat, AudioInfo, Source};
use crate::{Error, Place, Problem, Result, codes};

const MAX_CHUNKS: u32 = 10_000;

fn bad(place: u64, message: impl Into<String>) -> Error {
    Error::malformed("AIFF", Place::Byte(place), message)
}

struct Common {
    channels: u16,
    frames: u32,
    bits: u16,
    rate: u32,
    codec: [u8; 4],
}

/// An IEEE 754 extended number as a whole rate; 0 for what is none.
fn rate(bytes: [u8; 10]) -> u32 {
    let exponent = i32::from(u16::from_be_bytes([bytes[0], bytes[1]]) & 0x7FFF) - 16383;
    let mut mantissa = [0u8; 8];
    mantissa.copy_from_slice(&bytes[2..]);
    let mantissa = u64::from_be_bytes(mantissa);
    if bytes[0] & 0x80 != 0 || !(0..=31).contains(&exponent) {
        return 0;
    }
    let shift = 63 - exponent as u32;
    let whole = mantissa >> shift;
    let half = (mantissa >> (shift - 1)) & 1;
    u32::try_from(whole + half).unwrap_or(0)
}

fn common(bytes: &[u8], compressed: bool, at: u64) -> Result<Common> {
    let field = |n: usize, len: usize| bytes.get(n..n + len).ok_or_else(|| bad(at, "a COMM chunk cut short"));
    let u16_at = |n: usize| field(n, 2).map(|b| u16::from_be_bytes([b[0], b[1]]));
    let mut extended = [0u8; 10];
    extended.copy_from_slice(field(8, 10)?);
    let mut frames = [0u8; 4];
    frames.copy_from_slice(field(2, 4)?);
    let mut codec = *b"NONE";
    if compressed {
        codec.copy_from_slice(field(18, 4)?);
    }
    Ok(Common {
        channels: u16_at(0)?,
        frames: u32::from_be_bytes(frames),
        bits: u16_at(6)?,
        rate: rate(extended),
        codec,
    })
}

fn encoding(codec: [u8; 4], bits: u16) -> Result<Encoding> {
    let int = |bits: u16, big_endian: bool| {
        let bytes = bits.div_ceil(8) as u8;
        match bytes {
            1 => Encoding::S8,
            _ => Encoding::Int { bytes, bits: bytes * 8, big_endian },
        }
    };
    Ok(match (&codec, bits) {
        (b"NONE" | b"twos", 1..=32) => int(bits, true),
        (b"sowt", 1..=32) => int(bits, false),
        (b"in24", _) => int(24, true),
        (b"in32", _) => int(32, true),
        (b"42ni", _) => int(24, false),
        (b"23ni", _) => int(32, false),
        (b"raw ", 1..=8) => Encoding::U8,
        (b"fl32" | b"FL32", _) => Encoding::F32 { big_endian: true },
        (b"fl64" | b"FL64", _) => Encoding::F64 { big_endian: true },
        (b"alaw" | b"ALAW", _) => Encoding::ALaw,
        (b"ulaw" | b"ULAW", _) => Encoding::MuLaw,
        _ => {
            let name = String::from_utf8_lossy(&codec).into_owned();
            return Err(Error::Unsupported(format!("AIFF of codec {name:?} with {bits} bits")));
        }
    })
}

pub(super) fn open<'s>(
    mut source: Box<dyn Source + 's>,
    problems: &mut Vec<Problem>,
) -> Result<(RawDecoder<'s>, AudioInfo)> {
    let file_len = source.seek(SeekFrom::End(0))?;
    source.seek(SeekFrom::Start(8))?;
    let mut kind = [0u8; 4];
    source.read_exact(&mut kind).map_err(|_| bad(8, "cut in the header"))?;
    let (mut at, mut comm, mut data) = (12u64, None, None);
    for _ in 0..MAX_CHUNKS {
        if at.checked_add(8).is_none_or(|end| end > file_len) || comm.is_some() && data.is_some() {
            break;
        }
        source.seek(SeekFrom::Start(at))?;
        let mut head = [0u8; 8];
        source.read_exact(&mut head)?;
        let length = u64::from(u32::from_be_bytes([head[4], head[5], head[6], head[7]]));
        let body = at + 8;
        match &head[..4] {
            b"COMM" => {
                let mut bytes = Vec::new();
                source.by_ref().take(length.min(22)).read_to_end(&mut bytes)?;
                comm = Some(common(&bytes, &kind == b"AIFC", body)?);
            }
            b"SSND" => {
                let mut skip = [0u8; 4];
                source.read_exact(&mut skip).map_err(|_| bad(body, "an SSND chunk cut short"))?;
                let start = body + 8 + u64::from(u32::from_be_bytes(skip));
                let end = if length == 0 { file_len } else { (body + length).min(file_len) };
                data = Some((start.min(end), end.saturating_sub(start)));
            }
            _ => {}
        }
        at = body.saturating_add(length).saturating_add(length & 1);
    }
    let comm = comm.ok_or_else(|| bad(12, "no COMM chunk"))?;
    if comm.channels == 0 || comm.rate == 0 {
        return Err(bad(12, format!("{} channels at {} Hz", comm.channels, comm.rate)));
    }
    let encoding = encoding(comm.codec, comm.bits)?;
    let align = encoding.bytes() as u64 * u64::from(comm.channels);
    let (start, bytes) = match data {
        Some(there) => there,
        None if comm.frames == 0 => (file_len, 0),
        None => return Err(bad(at.min(file_len), "no SSND chunk")),
    };
    let mut claimed = Some(u64::from(comm.frames));
    if comm.frames == 0 && bytes >= align {
        let message = "the header gives no length; read to the end of the file";
        problems.push(Problem::new(codes::AUDIO_HEADER_LENGTH, Place::File, message));
        claimed = None;
    }
    let info = AudioInfo {
        format: AudioFormat::Aiff,
        codec: encoding.name(),
        sample_rate: comm.rate,
        channels: comm.channels,
        bits_per_sample: Some(encoding.bytes() as u16 * 8),
        claimed_frames: claimed,
    };
    let samples = Samples::Pcm { encoding, align };
    Ok((RawDecoder::new(source, samples, comm.channels, start, bytes, claimed)?, info))
}

#[cfg(test)]
mod tests {
    #[test]
    fn extended_numbers_are_rates() {
        assert_eq!(super::rate([0x40, 0x0E, 0xAC, 0x44, 0, 0, 0, 0, 0, 0]), 44_100);
        assert_eq!(super::rate([0x40, 0x0C, 0xFA, 0, 0, 0, 0, 0, 0, 0]), 16_000);
        for nonsense in [[0u8; 10], [0xFF; 10], [0x7F; 10]] {
            assert_eq!(super::rate(nonsense), 0);
        }
    }
}
