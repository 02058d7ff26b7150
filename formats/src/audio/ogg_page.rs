//! Ogg pages (RFC 3533), found again after damage.

use std::io::{BufReader, Read, Seek, SeekFrom};

use super::Source;
use super::packets::Notes;
use crate::{Result, codes};

/// Damaged pages after which a file is given up.
const MAX_BAD_PAGES: u32 = 1_000;

const fn crc_table() -> [u32; 256] {
    let mut table = [0u32; 256];
    let mut n = 0;
    while n < 256 {
        let mut crc = (n as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 0x8000_0000 != 0 { (crc << 1) ^ 0x04C1_1DB7 } else { crc << 1 };
            bit += 1;
        }
        table[n] = crc;
        n += 1;
    }
    table
}

static CRC: [u32; 256] = crc_table();

/// The checksum of a page whose own checksum is set to zero.
pub(super) fn crc(parts: &[&[u8]]) -> u32 {
    let bytes = parts.iter().flat_map(|p| p.iter());
    bytes.fold(0u32, |crc, b| (crc << 8) ^ CRC[usize::from((crc >> 24) as u8 ^ b)])
}

/// One page; its buffer is used again for the next.
#[derive(Default)]
pub(super) struct Page {
    pub(super) at: u64,
    pub(super) continued: bool,
    pub(super) first: bool,
    pub(super) last: bool,
    pub(super) granule: Option<u64>,
    pub(super) serial: u32,
    pub(super) sequence: u32,
    pub(super) lacing: Vec<u8>,
    pub(super) body: Vec<u8>,
}

pub(super) struct PageReader<'s> {
    source: BufReader<Box<dyn Source + 's>>,
    at: u64,
    len: u64,
    bad: u32,
}

impl<'s> PageReader<'s> {
    pub(super) fn new(mut source: Box<dyn Source + 's>) -> Result<Self> {
        let len = source.seek(SeekFrom::End(0))?;
        source.seek(SeekFrom::Start(0))?;
        Ok(PageReader { source: BufReader::with_capacity(1 << 16, source), at: 0, len, bad: 0 })
    }

    pub(super) fn position(&self) -> u64 {
        self.at
    }

    pub(super) fn len(&self) -> u64 {
        self.len
    }

    pub(super) fn seek(&mut self, at: u64) -> Result<()> {
        // Within the buffer this costs nothing.
        self.source.seek_relative((at as i64).wrapping_sub(self.at as i64))?;
        (self.at, self.bad) = (at, 0);
        Ok(())
    }

    /// Fills `buffer` as far as the file goes; true when it is full.
    fn fill(&mut self, buffer: &mut [u8]) -> Result<bool> {
        let mut done = 0;
        while done < buffer.len() {
            match self.source.read(&mut buffer[done..]) {
                Ok(0) => break,
                Ok(n) => done += n,
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e.into()),
            }
        }
        self.at += done as u64;
        Ok(done == buffer.len())
    }

    /// The next whole page with the right checksum; false at the end.
    pub(super) fn next(&mut self, page: &mut Page, notes: &mut Notes) -> Result<bool> {
        let mut skipped_from = None;
        loop {
            let start = self.at;
            let mut head = [0u8; 27];
            if !self.fill(&mut head)? {
                if start < self.len {
                    let message = format!("{} bytes at the end are no page", self.len - start);
                    notes.push((codes::AUDIO_TRUNCATED, message));
                }
                return Ok(false);
            }
            if !head.starts_with(b"OggS\0") {
                skipped_from.get_or_insert(start);
                // To the next place where a page could start.
                let next = head[1..].iter().position(|b| *b == b'O').map_or(27, |n| n + 1);
                self.source.seek_relative(next as i64 - 27)?;
                self.at = start + next as u64;
                continue;
            }
            page.lacing.resize(usize::from(head[26]), 0);
            let mut lacing = std::mem::take(&mut page.lacing);
            let whole = self.fill(&mut lacing)?;
            let length = lacing.iter().map(|n| usize::from(*n)).sum();
            page.body.resize(length, 0);
            let mut body = std::mem::take(&mut page.body);
            let whole = whole && self.fill(&mut body)?;
            (page.lacing, page.body) = (lacing, body);
            if !whole && self.at >= self.len {
                notes.push((codes::AUDIO_TRUNCATED, "the last page is cut off".into()));
                return Ok(false);
            }
            let field = |n: usize| u32::from_le_bytes([head[n], head[n + 1], head[n + 2], head[n + 3]]);
            let stated = field(22);
            let mut zeroed = head;
            zeroed[22..26].fill(0);
            if crc(&[&zeroed, &page.lacing, &page.body]) != stated {
                self.bad += 1;
                if self.bad > MAX_BAD_PAGES {
                    notes.push((codes::AUDIO_DECODE, "too many damaged pages".into()));
                    return Ok(false);
                }
                if self.bad == 1 {
                    let message = format!("the page at byte {start} is damaged (checksum) and was left out");
                    notes.push((codes::AUDIO_DECODE, message));
                }
                self.source.seek_relative((start + 27) as i64 - self.at as i64)?;
                self.at = start + 27;
                skipped_from.get_or_insert(start);
                continue;
            }
            if let Some(from) = skipped_from.filter(|_| self.bad == 0) {
                notes.push((codes::AUDIO_DECODE, format!("{} bytes at {from} are no page", start - from)));
            }
            self.bad = 0;
            page.at = start;
            (page.continued, page.first, page.last) = (head[5] & 1 != 0, head[5] & 2 != 0, head[5] & 4 != 0);
            let granule = u64::from(field(6)) | u64::from(field(10)) << 32;
            // −1 is none; other negative ones are a stream that starts before its first frame.
            page.granule = Some(granule).filter(|g| *g <= i64::MAX as u64);
            (page.serial, page.sequence) = (field(14), field(18));
            return Ok(true);
        }
    }
}
