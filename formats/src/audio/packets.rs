//! Audio that comes in packets: what a container's reader gives, and decoding, trimming and seeking over it.
//!
//! Time counts in frames that are decoded and kept. A seek reads the packets from the start without
//! decoding them, so that it never depends on a container's index or on the clock of its time stamps.

use super::codec::{Codec, CodecSetup, Decoded};
use crate::{Code, Error, Place, Problem, Result, codes};

/// Undecodable packets in a row after which the rest of a file is given up.
const MAX_BAD_PACKETS: u32 = 1_000;

/// One packet; its buffer is used again for the next.
#[derive(Default)]
pub(super) struct Packet {
    pub(super) data: Vec<u8>,
    /// Frames that it decodes to before any trimming, where that can be told without decoding.
    pub(super) frames: Option<u64>,
    /// Frames at its end that are padding.
    pub(super) trim_end: u64,
}

/// A run of packets of one codec.
pub(super) struct Link {
    pub(super) codec: CodecSetup,
    pub(super) sample_rate: u32,
    pub(super) channels: u16,
    pub(super) bits_per_sample: Option<u16>,
    pub(super) claimed_frames: Option<u64>,
    /// Frames at the start that are the encoder's delay.
    pub(super) skip: u64,
    /// Frames after that which are meant to be heard.
    pub(super) keep: Option<u64>,
}

/// What comes next in a container.
pub(super) enum Next {
    /// The packet given has been filled.
    Packet,
    /// Another stream of packets starts.
    Link(Box<Link>),
    /// No more.
    End,
}

/// Something wrong that the reading goes on after.
pub(super) type Notes = Vec<(Code, String)>;

/// A container's reader.
pub(super) trait Demuxer: Send + Sync {
    /// The next packet into `packet`. The first thing given is a [`Next::Link`].
    ///
    /// # Errors
    /// Those of the file, and what ends the reading.
    fn next(&mut self, packet: &mut Packet, notes: &mut Notes) -> Result<Next>;

    /// Back to where the first [`Next::Link`] comes next.
    ///
    /// # Errors
    /// Those of the file.
    fn rewind(&mut self) -> Result<()>;

    /// Goes to a packet at or before a frame of the only link, if the container can; gives the packet's frame.
    fn jump(&mut self, _frame: u64) -> Option<u64> {
        None
    }
}

pub(super) struct PacketDecoder<'s> {
    demuxer: Box<dyn Demuxer + 's>,
    codec: Codec,
    packet: Packet,
    pub(super) sample_rate: u32,
    pub(super) channels: u16,
    skip_left: u64,
    keep_left: Option<u64>,
    /// Frame, after trimming, at which the next packet starts.
    position: u64,
    /// Frames still to be thrown away after a seek.
    discard: u64,
    bad_packets: u32,
    silent_packets: u32,
    verify: bool,
    /// Another link has followed, of which the first one's header knows nothing.
    pub(super) chained: bool,
    notes: Notes,
    /// The packet was read already.
    pending: bool,
    /// Samples that were decoded already.
    held: Vec<f32>,
    ended: bool,
}

impl<'s> PacketDecoder<'s> {
    pub(super) fn open(mut demuxer: Box<dyn Demuxer + 's>) -> Result<(Self, Link, Notes)> {
        let mut packet = Packet::default();
        let mut notes = Notes::new();
        let Next::Link(link) = demuxer.next(&mut packet, &mut notes)? else {
            return Err(Error::malformed("audio", Place::File, "no audio stream"));
        };
        let mut codec = Codec::new(&link.codec, true)?;
        codec.expect(link.sample_rate, link.channels);
        let this = PacketDecoder {
            demuxer,
            codec,
            packet,
            sample_rate: link.sample_rate,
            channels: link.channels,
            skip_left: link.skip,
            keep_left: link.keep,
            position: 0,
            discard: 0,
            bad_packets: 0,
            silent_packets: 0,
            verify: true,
            chained: false,
            notes: Notes::new(),
            pending: false,
            held: Vec::new(),
            ended: false,
        };
        Ok((this, *link, notes))
    }

    pub(super) fn codec_name(&self) -> &str {
        self.codec.name()
    }

    /// Of a packet's frames, those that are kept: from, to.
    fn trim(&mut self, frames: u64, trim_end: u64) -> (u64, u64) {
        let from = self.skip_left.min(frames);
        self.skip_left -= from;
        let mut to = frames - trim_end.min(frames - from);
        if let Some(keep) = &mut self.keep_left {
            to = to.min(from.saturating_add(*keep));
            *keep -= to - from;
        }
        (from, to)
    }

    fn start_link(&mut self, link: &Link) -> Result<Result<(), String>> {
        if (link.sample_rate, link.channels) != (self.sample_rate, self.channels) {
            let (rate, channels) = (link.sample_rate, link.channels);
            return Ok(Err(format!("{rate} Hz, {channels} channels from here on")));
        }
        self.codec = Codec::new(&link.codec, self.verify)?;
        self.codec.expect(link.sample_rate, link.channels);
        (self.skip_left, self.keep_left) = (link.skip, link.keep);
        Ok(Ok(()))
    }

    /// Takes the notes of the reader over as problems at `frame`.
    fn tell(&mut self, frame: u64, problems: &mut Vec<Problem>) {
        for (code, message) in self.notes.drain(..) {
            problems.push(Problem::new(code, Place::Frame(frame), message));
        }
    }

    /// Reads up to the next packet; None at the end of what can be decoded.
    fn next_packet(&mut self, problems: &mut Vec<Problem>) -> Option<()> {
        loop {
            let next = self.demuxer.next(&mut self.packet, &mut self.notes);
            let at = self.position;
            self.tell(at, problems);
            let place = Place::Frame(at);
            match next {
                Ok(Next::Packet) => return Some(()),
                Ok(Next::Link(link)) => match self.start_link(&link) {
                    Ok(Ok(())) => self.chained = true,
                    Ok(Err(message)) => {
                        problems.push(Problem::new(codes::AUDIO_FORMAT_CHANGE, place, message));
                        return None;
                    }
                    Err(e) => {
                        problems.push(Problem::new(codes::AUDIO_FORMAT_CHANGE, place, e.to_string()));
                        return None;
                    }
                },
                Ok(Next::End) => return None,
                Err(e) => {
                    problems.push(Problem::new(codes::AUDIO_DECODE, place, e.to_string()));
                    return None;
                }
            }
        }
    }

    /// Decodes one packet; false at the end.
    pub(super) fn next_block(&mut self, out: &mut Vec<f32>, problems: &mut Vec<Problem>) -> bool {
        if !self.held.is_empty() {
            out.append(&mut self.held);
            return true;
        }
        if self.ended {
            return false;
        }
        if !std::mem::take(&mut self.pending) && self.next_packet(problems).is_none() {
            self.ended = true;
            self.finish(problems);
            return false;
        }
        let more = self.decode(out, problems);
        self.ended = !more;
        more
    }

    /// Decodes the packet that was read, trims it, and appends what is to be heard.
    fn decode(&mut self, out: &mut Vec<f32>, problems: &mut Vec<Problem>) -> bool {
        let channels = usize::from(self.channels);
        let before = out.len();
        let place = Place::Frame(self.position);
        match self.codec.decode(&self.packet.data, out) {
            Decoded::Frames => self.bad_packets = 0,
            Decoded::Bad(message) => {
                // One problem for each run of bad packets, not for each packet.
                if self.bad_packets == 0 {
                    problems.push(Problem::new(codes::AUDIO_DECODE, place.clone(), message));
                }
                self.bad_packets += 1;
            }
            Decoded::Changed(rate, count) => {
                out.truncate(before);
                let message = format!("{rate} Hz, {count} channels from here on");
                problems.push(Problem::new(codes::AUDIO_FORMAT_CHANGE, place, message));
                return false;
            }
        }
        let mut decoded = ((out.len() - before) / channels) as u64;
        out.truncate(before + decoded as usize * channels);
        if let Some(frames) = self.packet.frames {
            // The packet lasts as long as it says: silence stands for what could not be decoded, and
            // what comes out too much is from before it.
            let want = frames as usize * channels;
            let have = out.len() - before;
            if have < want {
                if self.bad_packets == 0 && self.codec.settled() {
                    if self.silent_packets == 0 {
                        let message =
                            format!("{decoded} frames of {frames} decoded; silence put in for the rest");
                        problems.push(Problem::new(codes::AUDIO_DECODE, place, message));
                    }
                    self.silent_packets += 1;
                }
                out.resize(before + want, 0.0);
                out[before..].rotate_right(want - have);
            } else {
                if have > want {
                    out.drain(before..before + have - want);
                }
                self.silent_packets = 0;
            }
            decoded = frames;
        }
        let (from, to) = self.trim(decoded, self.packet.trim_end);
        self.position += to - from;
        let discard = self.discard.min(to - from);
        self.discard -= discard;
        out.truncate(before + to as usize * channels);
        out.drain(before..before + (from + discard) as usize * channels);
        self.bad_packets < MAX_BAD_PACKETS
    }

    fn finish(&mut self, problems: &mut Vec<Problem>) {
        if self.verify && self.codec.verified() == Some(false) {
            let message = "the checksum in the header is not that of the decoded samples";
            problems.push(Problem::new(codes::AUDIO_DECODE, Place::Frame(self.position), message));
        }
    }

    /// Goes to where the next frame given is `target`, or to the end of what is there.
    pub(super) fn seek(&mut self, target: u64, problems: &mut Vec<Problem>) -> Result<()> {
        let preroll = self.codec.preroll();
        self.verify = false;
        let near = !self.ended && self.held.is_empty() && target >= self.position;
        self.held.clear();
        if !near || target - self.position > preroll {
            self.walk(target, target.saturating_sub(preroll), near, problems)?;
        }
        self.discard = target.saturating_sub(self.position);
        Ok(())
    }

    /// Where the next frame is, if nothing is left to be thrown away.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// Passes over packets that end before `decode_from`.
    fn walk(&mut self, target: u64, decode_from: u64, near: bool, problems: &mut Vec<Problem>) -> Result<()> {
        (self.pending, self.bad_packets, self.discard) = (self.pending && near, 0, 0);
        // The codec has lost its memory once a packet was passed over.
        let mut passed = false;
        if let Some(frame) = self.demuxer.jump(decode_from) {
            (self.position, self.ended, self.pending, passed) = (frame, false, false, true);
        } else if !near {
            self.demuxer.rewind()?;
            let mut notes = Notes::new();
            let Next::Link(link) = self.demuxer.next(&mut self.packet, &mut notes)? else {
                return Err(Error::malformed("audio", Place::File, "no audio stream"));
            };
            (self.position, self.ended) = (0, false);
            if let Err(message) = self.start_link(&link)? {
                return Err(Error::malformed("audio", Place::File, message));
            }
        }
        loop {
            if !self.pending && self.next_packet(problems).is_none() {
                self.ended = true;
                return Ok(());
            }
            self.pending = false;
            match self.packet.frames {
                Some(frames) if decode_from > 0 && self.position.saturating_add(frames) <= decode_from => {
                    let (from, to) = self.trim(frames, self.packet.trim_end);
                    self.position += to - from;
                    passed = true;
                }
                Some(_) => {
                    if passed {
                        self.codec.reset();
                    }
                    self.pending = true;
                    return Ok(());
                }
                // How long it is only decoding can tell.
                None => {
                    self.discard = target.saturating_sub(self.position);
                    let mut held = std::mem::take(&mut self.held);
                    self.ended = !self.decode(&mut held, problems);
                    self.held = held;
                    if self.ended || !self.held.is_empty() || self.position >= target && self.skip_left == 0 {
                        return Ok(());
                    }
                }
            }
        }
    }
}
