//! What an MP4's boxes say of the part to be heard: edit lists (ISO/IEC 14496-12 §8.6.6) and `iTunSMPB`.

use super::Source;
use super::mp4::read_at;
use super::packets::Notes;
use crate::{Error, Place, Result, codes};

/// Boxes looked at, and how deep. A day in fragments of a second has half as many.
const MAX_BOXES: u32 = 1_000_000;
const MAX_DEPTH: u32 = 8;
/// Entries of an edit list, and bytes of a tag.
const MAX_EDITS: usize = 4_096;
const MAX_TAG: u64 = 4_096;

/// An edit: its length in the movie's time scale, and the media time it starts at; −1 for silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Edit {
    length: u64,
    start: i64,
}

#[derive(Default)]
struct Track {
    id: u32,
    scale: u32,
    length: u64,
    edits: Vec<Edit>,
}

#[derive(Default)]
pub(super) struct Boxes {
    movie_scale: u32,
    fragmented: bool,
    tracks: Vec<Track>,
    /// iTunes: frames of delay and padding, and frames between.
    itunes: Option<(u64, u64, u64)>,
    seen: u32,
    /// Samples that all fragments claim.
    samples: u64,
}

/// What is to be cut from one track.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Trim {
    movie_scale: u32,
    scale: u32,
    /// Media that there is, in the track's time scale; 0 when not known.
    length: u64,
    edits: Vec<(u64, i64)>,
    itunes: Option<(u64, u64, u64)>,
    fragmented: bool,
}

/// Walks the boxes of `moov` and of fragments.
pub(super) fn read(source: &mut Box<dyn Source + '_>) -> Result<Boxes> {
    let end = source.seek(std::io::SeekFrom::End(0))?;
    let mut boxes = Boxes::default();
    boxes.walk(source, 0, end, 0)?;
    if boxes.samples > end {
        // Such a count needs no bytes of its own, and takes hours to count to.
        let message = format!("fragments of {} samples in {end} bytes", boxes.samples);
        return Err(Error::malformed("MP4", Place::File, message));
    }
    if boxes.seen >= MAX_BOXES {
        return Err(Error::Limit {
            what: "boxes of an MP4",
            limit: u64::from(MAX_BOXES),
            place: Place::File,
        });
    }
    Ok(boxes)
}

fn be(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |n, b| n << 8 | u64::from(*b))
}

impl Boxes {
    fn walk(&mut self, source: &mut Box<dyn Source + '_>, mut at: u64, end: u64, depth: u32) -> Result<()> {
        while end.saturating_sub(at) >= 8 && self.seen < MAX_BOXES {
            self.seen += 1;
            let mut head = [0u8; 16];
            let there = (end - at).min(16) as usize;
            if !read_at(source, at, &mut head[..there])? {
                return Ok(());
            }
            let (body, length) = match be(&head[..4]) {
                0 => (at + 8, end - at),
                1 => (at + 16, be(&head[8..])),
                n => (at + 8, n),
            };
            let Some(next) = at.checked_add(length).filter(|n| *n >= body) else { return Ok(()) };
            self.visit(source, &head[4..8], body, next.min(end), depth)?;
            at = next;
        }
        Ok(())
    }

    fn visit(
        &mut self,
        source: &mut Box<dyn Source + '_>,
        name: &[u8],
        body: u64,
        end: u64,
        depth: u32,
    ) -> Result<()> {
        let mut bytes = [0u8; 40];
        let there = end.saturating_sub(body).min(40) as usize;
        match name {
            b"moov" | b"mdia" | b"edts" | b"udta" | b"ilst" | b"trak" | b"moof" | b"traf"
                if depth < MAX_DEPTH =>
            {
                if name == b"trak" {
                    self.tracks.push(Track::default());
                }
                self.walk(source, body, end, depth + 1)?;
            }
            b"meta" if depth < MAX_DEPTH => self.walk(source, body + 4, end, depth + 1)?,
            b"trun" if read_at(source, body, &mut bytes[..8])? => self.samples += be(&bytes[4..8]),
            b"mvex" => self.fragmented = true,
            b"mvhd" | b"mdhd" | b"tkhd" if read_at(source, body, &mut bytes[..there])? => {
                let wide = bytes[0] == 1;
                let scale = be(if wide { &bytes[20..24] } else { &bytes[12..16] }) as u32;
                match (name, self.tracks.last_mut()) {
                    (b"mvhd", _) => self.movie_scale = scale,
                    (b"mdhd", Some(track)) => {
                        track.scale = scale;
                        track.length = be(if wide { &bytes[24..32] } else { &bytes[16..20] });
                    }
                    // The track's number stands where the others have their scale.
                    (_, Some(track)) => track.id = scale,
                    _ => {}
                }
            }
            b"elst" => self.edits(source, body, end)?,
            b"----" => self.tag(source, body, end)?,
            _ => {}
        }
        Ok(())
    }

    fn edits(&mut self, source: &mut Box<dyn Source + '_>, body: u64, end: u64) -> Result<()> {
        let mut head = [0u8; 8];
        let Some(track) = self.tracks.last_mut() else { return Ok(()) };
        if end < body + 8 || !read_at(source, body, &mut head)? {
            return Ok(());
        }
        let wide = head[0] == 1;
        let each = if wide { 20 } else { 12 };
        let count = (be(&head[4..]) as usize).min(MAX_EDITS).min((end - body - 8) as usize / each);
        let mut table = vec![0u8; count * each];
        if !read_at(source, body + 8, &mut table)? {
            return Ok(());
        }
        track.edits = table
            .chunks_exact(each)
            .map(|e| {
                if wide {
                    Edit { length: be(&e[..8]), start: be(&e[8..16]).cast_signed() }
                } else {
                    Edit { length: be(&e[..4]), start: i64::from((be(&e[4..8]) as u32).cast_signed()) }
                }
            })
            .collect();
        Ok(())
    }

    /// iTunes' free-form tag: a `name` box, and a `data` box with numbers in hexadecimal.
    fn tag(&mut self, source: &mut Box<dyn Source + '_>, body: u64, end: u64) -> Result<()> {
        let mut bytes = vec![0u8; end.saturating_sub(body).min(MAX_TAG) as usize];
        if !read_at(source, body, &mut bytes)? {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&bytes);
        let Some(after) = text.split_once("iTunSMPB").map(|(_, after)| after) else { return Ok(()) };
        let Some((_, value)) = after.split_once("data") else { return Ok(()) };
        let mut numbers = value
            .split(|c: char| !c.is_ascii_hexdigit())
            .filter(|w| w.len() >= 8)
            .filter_map(|w| u64::from_str_radix(w, 16).ok())
            .skip(1);
        if let (Some(delay), Some(padding), Some(frames)) = (numbers.next(), numbers.next(), numbers.next()) {
            self.itunes = Some((delay, padding, frames));
        }
        Ok(())
    }

    pub(super) fn trim(&self, track: u32) -> Trim {
        let Some(found) = self.tracks.iter().find(|t| t.id == track) else { return Trim::default() };
        Trim {
            movie_scale: self.movie_scale,
            scale: found.scale,
            length: found.length,
            edits: found.edits.iter().map(|e| (e.length, e.start)).collect(),
            itunes: self.itunes,
            fragmented: self.fragmented,
        }
    }
}

/// `value` at the time scale `from` as frames at `rate`, to the nearest.
fn scaled(value: u64, from: u32, rate: u32) -> u64 {
    let from = u128::from(from.max(1));
    ((u128::from(value) * u128::from(rate) + from / 2) / from).min(u128::from(u64::MAX)) as u64
}

impl Trim {
    /// Frames to leave out at the start, and frames to keep after them.
    pub(super) fn frames(&self, rate: u32, notes: &mut Notes) -> (u64, Option<u64>) {
        // iTunes counts frames, where a movie's time scale is often too coarse for them.
        if let Some((delay, _, frames)) = self.itunes.filter(|i| i.2 > 0 && i.0 < 1 << 20) {
            return (delay, Some(frames));
        }
        let media: Vec<_> = self.edits.iter().filter(|e| e.1 >= 0).collect();
        let [(length, start), others @ ..] = media.as_slice() else { return (0, None) };
        if !others.is_empty() {
            let message = format!("an edit list of {} parts; the whole track is read", media.len());
            notes.push((codes::AUDIO_EDITS, message));
            return (0, None);
        }
        let start = start.unsigned_abs();
        if self.length > 0 && start >= self.length && !self.fragmented {
            notes.push((codes::AUDIO_EDITS, "the edit list starts past the end; it was left aside".into()));
            return (0, None);
        }
        let skip = scaled(start, self.scale, rate);
        if *length == 0 {
            return (skip, None);
        }
        // The end is known to half a tick of the movie's scale; the media's own end, where it is as near.
        let keep = scaled(*length, self.movie_scale, rate);
        let tick = scaled(1, self.movie_scale, rate).max(1);
        let rest = scaled(self.length.saturating_sub(start), self.scale, rate);
        let keep = if self.length > 0 && rest.abs_diff(keep) <= tick { rest } else { keep };
        (skip, Some(keep))
    }
}
