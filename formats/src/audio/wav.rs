//! WAV: our own walk over the chunks, so that lying lengths and RF64 are seen through; hound decodes.

use std::io::{Cursor, Read, Seek, SeekFrom};

use super::{AudioFormat, AudioInfo, Source};
use crate::{Error, Place, Problem, Result, codes};

/// Frames decoded at a time.
const BLOCK_FRAMES: u64 = 16_384;
/// Bytes of a `fmt ` chunk that mean anything: WAVEFORMATEXTENSIBLE has 40.
const FMT_BYTES: u64 = 40;

pub(super) struct WavDecoder<'s> {
    source: Box<dyn Source + 's>,
    fmt: Vec<u8>,
    data_left: u64,
    block_align: u64,
    scale: f32,
    float: bool,
}

struct Chunks {
    fmt: Vec<u8>,
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

/// Finds `fmt ` and `data`, believing the file's real length over every number in it.
fn walk<'s>(source: &mut Box<dyn Source + 's>) -> Result<Chunks> {
    let file_len = source.seek(SeekFrom::End(0))?;
    let mut at = 12u64;
    let mut fmt = None;
    let mut ds64_data = None;
    while at.checked_add(8).is_some_and(|end| end <= file_len) {
        source.seek(SeekFrom::Start(at))?;
        let mut head = [0u8; 8];
        source.read_exact(&mut head)?;
        let length = u64::from(u32::from_le_bytes([head[4], head[5], head[6], head[7]]));
        let body = at + 8;
        match &head[..4] {
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
            b"data" => {
                let fmt = fmt.ok_or_else(|| bad(at, "a data chunk before any fmt chunk"))?;
                let claimed = match length {
                    0xFFFF_FFFF => ds64_data,
                    // Written by programs that stream and never come back to fill in the length.
                    0 if body < file_len => None,
                    n => Some(n),
                };
                let there = file_len - body;
                return Ok(Chunks {
                    fmt,
                    data_at: body,
                    claimed,
                    present: claimed.unwrap_or(there).min(there),
                });
            }
            _ => {}
        }
        at = body.saturating_add(length).saturating_add(length & 1);
    }
    Err(bad(at.min(file_len), "no data chunk"))
}

impl<'s> WavDecoder<'s> {
    /// The inner `Err` gives the source back when the codec is one that hound does not decode.
    #[allow(clippy::type_complexity)]
    pub(super) fn open(
        mut source: Box<dyn Source + 's>,
        problems: &mut Vec<Problem>,
    ) -> Result<std::result::Result<(Self, AudioInfo), Box<dyn Source + 's>>> {
        let chunks = walk(&mut source)?;
        let field = |at: usize| u16_at(&chunks.fmt, at).ok_or_else(|| bad(12, "a fmt chunk cut short"));
        let (mut tag, channels, block_align, bits) = (field(0)?, field(2)?, field(12)?, field(14)?);
        let sample_rate = u32_at(&chunks.fmt, 4).ok_or_else(|| bad(12, "a fmt chunk cut short"))?;
        if tag == 0xFFFE {
            tag = u16_at(&chunks.fmt, 24).unwrap_or(tag);
        }
        let float = tag == 3;
        let known = match tag {
            1 => matches!(bits, 8 | 16 | 24 | 32),
            3 => bits == 32,
            _ => false,
        };
        if !known {
            source.seek(SeekFrom::Start(0))?;
            return Ok(Err(source));
        }
        if channels == 0 || sample_rate == 0 {
            return Err(bad(12, format!("{channels} channels at {sample_rate} Hz")));
        }
        let align = u64::from(block_align);
        if align == 0 || align % u64::from(channels) != 0 || align / u64::from(channels) < u64::from(bits / 8)
        {
            return Err(bad(
                12,
                format!("{block_align} bytes a frame for {channels} channels of {bits} bits"),
            ));
        }
        if chunks.claimed.is_none() {
            let message = "the header gives no length; read to the end of the file";
            problems.push(Problem::new(codes::AUDIO_HEADER_LENGTH, Place::File, message));
        }
        let info = AudioInfo {
            format: AudioFormat::Wav,
            codec: format!(
                "pcm_{}{bits}le",
                if float {
                    "f"
                } else if bits == 8 {
                    "u"
                } else {
                    "s"
                }
            ),
            sample_rate,
            channels,
            bits_per_sample: Some(bits),
            claimed_frames: chunks.claimed.map(|c| c / align),
        };
        source.seek(SeekFrom::Start(chunks.data_at))?;
        let decoder = WavDecoder {
            source,
            fmt: chunks.fmt,
            data_left: chunks.present,
            block_align: align,
            scale: 1.0 / (1u64 << (bits - 1)) as f32,
            float,
        };
        Ok(Ok((decoder, info)))
    }

    pub(super) fn next_block(&mut self, out: &mut Vec<f32>, frame: u64, problems: &mut Vec<Problem>) -> bool {
        let want = (self.data_left / self.block_align).min(BLOCK_FRAMES) * self.block_align;
        if want == 0 {
            return false;
        }
        // A little WAV file of just this block, for hound to decode.
        let mut block = Vec::with_capacity(want as usize + 64);
        block.extend_from_slice(b"RIFF");
        block.extend_from_slice(&(want as u32 + 20 + self.fmt.len() as u32).to_le_bytes());
        block.extend_from_slice(b"WAVEfmt ");
        block.extend_from_slice(&(self.fmt.len() as u32).to_le_bytes());
        block.extend_from_slice(&self.fmt);
        block.extend_from_slice(b"data");
        block.extend_from_slice(&(want as u32).to_le_bytes());
        match self.source.by_ref().take(want).read_to_end(&mut block) {
            Ok(read) if read as u64 == want => self.data_left -= want,
            Ok(_) => self.data_left = 0,
            Err(e) => {
                problems.push(Problem::new(codes::AUDIO_DECODE, Place::Frame(frame), e.to_string()));
                return false;
            }
        }
        match self.decode_block(block, out) {
            Ok(()) => self.data_left >= self.block_align,
            Err(e) => {
                problems.push(Problem::new(codes::AUDIO_DECODE, Place::Frame(frame), e.to_string()));
                false
            }
        }
    }

    fn decode_block(&self, block: Vec<u8>, out: &mut Vec<f32>) -> Result<(), hound::Error> {
        let reader = hound::WavReader::new(Cursor::new(block))?;
        if self.float {
            for sample in reader.into_samples::<f32>() {
                out.push(sample?);
            }
        } else {
            for sample in reader.into_samples::<i32>() {
                out.push(sample? as f32 * self.scale);
            }
        }
        Ok(())
    }
}
