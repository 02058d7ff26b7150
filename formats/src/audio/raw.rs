//! A run of samples or ADPCM blocks in a file, read by the block and sought by arithmetic.

use std::io::{Read, Seek, SeekFrom};

use super::Source;
use super::adpcm::Adpcm;
use super::pcm::Encoding;
use crate::{Place, Problem, codes};

/// Bytes read at a time, about.
const BLOCK_BYTES: u64 = 1 << 16;

/// What stands between `start` and `start + bytes`.
#[derive(Clone, Copy, Debug)]
pub(super) enum Samples {
    /// Frames of `align` bytes: the samples, and whatever pads them.
    Pcm { encoding: Encoding, align: u64 },
    /// Blocks of `block` bytes.
    Adpcm { kind: Adpcm, block: u64 },
}

pub(super) struct RawDecoder<'s> {
    source: Box<dyn Source + 's>,
    samples: Samples,
    channels: usize,
    start: u64,
    bytes: u64,
    /// Bytes from `start` to what is read next.
    at: u64,
    /// Frames to leave out of the next block, after a seek.
    skip: u64,
    /// Frames in all, where the header knows better than the number of blocks does.
    frames: Option<u64>,
    frame: u64,
    buffer: Vec<u8>,
}

impl<'s> RawDecoder<'s> {
    pub(super) fn new(
        source: Box<dyn Source + 's>,
        samples: Samples,
        channels: u16,
        start: u64,
        bytes: u64,
        frames: Option<u64>,
    ) -> std::io::Result<Self> {
        let mut this = RawDecoder {
            source,
            samples,
            channels: usize::from(channels),
            start,
            bytes,
            at: 0,
            skip: 0,
            frames,
            frame: 0,
            buffer: Vec::new(),
        };
        this.source.seek(SeekFrom::Start(start))?;
        Ok(this)
    }

    /// Frames that the bytes there hold.
    pub(super) fn frames_there(&self) -> u64 {
        let held = match self.samples {
            Samples::Pcm { align, .. } => self.bytes / align,
            Samples::Adpcm { kind, block } => {
                let of = |bytes: u64| kind.frames(bytes as usize, self.channels) as u64;
                (self.bytes / block).saturating_mul(of(block)).saturating_add(of(self.bytes % block))
            }
        };
        self.frames.map_or(held, |f| f.min(held))
    }

    pub(super) fn seek(&mut self, frame: u64) -> std::io::Result<u64> {
        let frame = frame.min(self.frames_there());
        (self.at, self.skip) = match self.samples {
            Samples::Pcm { align, .. } => (frame * align, 0),
            Samples::Adpcm { kind, block } => {
                let each = (kind.frames(block as usize, self.channels) as u64).max(1);
                (frame / each * block, frame % each)
            }
        };
        self.frame = frame;
        self.source.seek(SeekFrom::Start(self.start + self.at))?;
        Ok(frame)
    }

    pub(super) fn next_block(&mut self, out: &mut Vec<f32>, problems: &mut Vec<Problem>) -> bool {
        let unit = match self.samples {
            Samples::Pcm { align, .. } => align,
            Samples::Adpcm { block, .. } => block,
        };
        let left = self.bytes - self.at;
        let mut want = left.min((BLOCK_BYTES / unit).max(1) * unit);
        if let Samples::Pcm { align, .. } = self.samples {
            want = want / align * align;
        }
        if want == 0 || self.frames.is_some_and(|f| self.frame >= f) {
            return false;
        }
        self.buffer.clear();
        if let Err(e) = self.source.by_ref().take(want).read_to_end(&mut self.buffer) {
            problems.push(Problem::new(codes::AUDIO_DECODE, Place::Frame(self.frame), e.to_string()));
            return false;
        }
        self.at += want;
        if (self.buffer.len() as u64) < want {
            self.at = self.bytes;
        }
        let before = out.len();
        match self.samples {
            Samples::Pcm { encoding, align } => self.pcm(encoding, align as usize, out),
            Samples::Adpcm { kind, block } => {
                for block in self.buffer.chunks(block as usize) {
                    kind.append(block, self.channels, out);
                }
            }
        }
        let decoded = (out.len() - before) / self.channels;
        let skip = (self.skip as usize).min(decoded);
        out.drain(before..before + skip * self.channels);
        self.skip = 0;
        let mut kept = (decoded - skip) as u64;
        if let Some(frames) = self.frames {
            kept = kept.min(frames - self.frame);
        }
        out.truncate(before + kept as usize * self.channels);
        self.frame += kept;
        self.at < self.bytes
    }

    fn pcm(&self, encoding: Encoding, align: usize, out: &mut Vec<f32>) {
        let used = encoding.bytes() * self.channels;
        let whole = self.buffer.len() / align * align;
        if used == align {
            encoding.append(&self.buffer[..whole], out);
        } else {
            for frame in self.buffer[..whole].chunks_exact(align) {
                encoding.append(&frame[..used], out);
            }
        }
    }
}
