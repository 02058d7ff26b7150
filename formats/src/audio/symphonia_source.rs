//! Every codec but plain WAV, by symphonia, with panics caught at this border.

use std::io::{Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};

use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error as SymphoniaError;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream};
use symphonia::core::meta::MetadataOptions;

use super::{AudioFormat, AudioInfo, Source};
use crate::{Error, Place, Problem, Result, codes};

/// Undecodable packets in a row after which the rest of a file is given up.
const MAX_BAD_PACKETS: u32 = 1_000;

struct Media<'s> {
    inner: Box<dyn Source + 's>,
    len: u64,
}

impl Read for Media<'_> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        self.inner.read(buf)
    }
}

impl Seek for Media<'_> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.inner.seek(to)
    }
}

impl MediaSource for Media<'_> {
    fn is_seekable(&self) -> bool {
        true
    }
    fn byte_len(&self) -> Option<u64> {
        Some(self.len)
    }
}

pub(super) struct SymphoniaDecoder<'s> {
    format: Box<dyn FormatReader + 's>,
    decoder: Box<dyn AudioDecoder>,
    track: u32,
    channels: usize,
    sample_rate: u32,
    bad_packets: u32,
    scratch: Vec<f32>,
}

/// What one packet came to.
enum Step {
    Samples,
    Bad(String),
    Changed(String),
    End(Option<String>),
}

fn panic_text(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|s| (*s).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".into())
}

fn decoder_panic(payload: &(dyn std::any::Any + Send)) -> Error {
    Error::Malformed {
        format: "audio",
        place: Place::File,
        message: format!("the decoder failed inside: {}", panic_text(payload)),
        code: codes::AUDIO_DECODER_PANIC,
    }
}

impl<'s> SymphoniaDecoder<'s> {
    pub(super) fn open(source: Box<dyn Source + 's>, format: AudioFormat) -> Result<(Self, AudioInfo)> {
        let opened = catch_unwind(AssertUnwindSafe(|| Self::open_inner(source, format)));
        opened.unwrap_or_else(|payload| Err(decoder_panic(payload.as_ref())))
    }

    fn open_inner(mut source: Box<dyn Source + 's>, format: AudioFormat) -> Result<(Self, AudioInfo)> {
        let len = source.seek(SeekFrom::End(0))?;
        source.seek(SeekFrom::Start(0))?;
        let malformed = |e: SymphoniaError| match e {
            SymphoniaError::IoError(e) if e.kind() != std::io::ErrorKind::UnexpectedEof => Error::Io(e),
            SymphoniaError::Unsupported(what) => {
                Error::Unsupported(format!("{}: {what}", format.extension()))
            }
            other => Error::malformed("audio", Place::File, other.to_string()),
        };
        let stream = MediaSourceStream::new(Box::new(Media { inner: source, len }), Default::default());
        let mut hint = Hint::new();
        hint.with_extension(format.extension());
        let reader = symphonia::default::get_probe()
            .probe(&hint, stream, FormatOptions::default(), MetadataOptions::default())
            .map_err(malformed)?;
        let track = reader
            .default_track(TrackType::Audio)
            .ok_or_else(|| Error::Unsupported(format!("{} without an audio track", format.extension())))?;
        let Some(CodecParameters::Audio(params)) = &track.codec_params else {
            return Err(Error::Unsupported("an audio track of an unknown codec".into()));
        };
        let options = AudioDecoderOptions::default().verify(true);
        let decoder =
            symphonia::default::get_codecs().make_audio_decoder(params, &options).map_err(malformed)?;
        let params = decoder.codec_params().clone();
        let mut this = SymphoniaDecoder {
            track: track.id,
            channels: params.channels.as_ref().map_or(0, |c| c.count()),
            sample_rate: params.sample_rate.unwrap_or(0),
            bad_packets: 0,
            scratch: Vec::new(),
            format: reader,
            decoder,
        };
        let claimed = this.claimed_frames();
        // Some containers know rate and channels only once the first packet is decoded.
        if this.channels == 0 || this.sample_rate == 0 {
            this.learn_from_first_packet();
        }
        let info = AudioInfo {
            format,
            codec: this.decoder.codec_info().short_name.to_owned(),
            sample_rate: this.sample_rate,
            channels: u16::try_from(this.channels).unwrap_or(0),
            bits_per_sample: params.bits_per_sample.and_then(|b| u16::try_from(b).ok()),
            claimed_frames: claimed,
        };
        Ok((this, info))
    }

    /// Frames by the header after the encoder's delay and padding, where they count in frames.
    fn claimed_frames(&self) -> Option<u64> {
        let track = self.format.tracks().iter().find(|t| t.id == self.track)?;
        let counts_frames =
            track.time_base.is_none_or(|tb| tb.numer.get() == 1 && tb.denom.get() == self.sample_rate);
        track.num_frames.filter(|_| counts_frames)
    }

    fn learn_from_first_packet(&mut self) {
        if let Step::Samples = self.step() {
            let buffer = self.decoder.last_decoded();
            self.channels = buffer.spec().channels().count();
            self.sample_rate = buffer.spec().rate();
        }
    }

    pub(super) fn next_block(&mut self, out: &mut Vec<f32>, frame: u64, problems: &mut Vec<Problem>) -> bool {
        // Samples of a packet that was decoded early, to learn the rate.
        if !self.scratch.is_empty() {
            out.append(&mut self.scratch);
            return true;
        }
        let place = Place::Frame(frame);
        let step = match catch_unwind(AssertUnwindSafe(|| self.step())) {
            Ok(step) => step,
            Err(payload) => {
                let message = format!("the decoder failed inside: {}", panic_text(payload.as_ref()));
                problems.push(Problem::new(codes::AUDIO_DECODER_PANIC, place, message));
                return false;
            }
        };
        match step {
            Step::Samples => {
                self.bad_packets = 0;
                out.append(&mut self.scratch);
                true
            }
            Step::Bad(message) => {
                // One problem for each run of bad packets, not for each packet.
                if self.bad_packets == 0 {
                    problems.push(Problem::new(codes::AUDIO_DECODE, place, message));
                }
                self.bad_packets += 1;
                self.bad_packets < MAX_BAD_PACKETS
            }
            Step::Changed(message) => {
                problems.push(Problem::new(codes::AUDIO_FORMAT_CHANGE, place, message));
                false
            }
            Step::End(message) => {
                if let Some(message) = message {
                    problems.push(Problem::new(codes::AUDIO_DECODE, place.clone(), message));
                }
                if self.decoder.finalize().verify_ok == Some(false) {
                    let message = "the checksum in the header is not that of the decoded samples";
                    problems.push(Problem::new(codes::AUDIO_DECODE, place, message));
                }
                false
            }
        }
    }

    fn step(&mut self) -> Step {
        let packet = loop {
            match self.format.next_packet() {
                Ok(Some(packet)) if packet.track_id == self.track => break packet,
                Ok(Some(_)) => {}
                Ok(None) => return Step::End(None),
                Err(SymphoniaError::IoError(e)) if e.kind() == std::io::ErrorKind::UnexpectedEof => {
                    return Step::End(None);
                }
                Err(SymphoniaError::ResetRequired) => return Step::Changed("another stream follows".into()),
                Err(e) => return Step::End(Some(e.to_string())),
            }
        };
        match self.decoder.decode(&packet) {
            Ok(buffer) => {
                let (rate, channels) = (buffer.spec().rate(), buffer.spec().channels().count());
                if self.sample_rate != 0
                    && self.channels != 0
                    && (rate, channels) != (self.sample_rate, self.channels)
                {
                    return Step::Changed(format!("{rate} Hz, {channels} channels from here on"));
                }
                let at = self.scratch.len();
                self.scratch.resize(at + buffer.samples_interleaved(), 0.0);
                buffer.copy_to_slice_interleaved(&mut self.scratch[at..]);
                Step::Samples
            }
            Err(SymphoniaError::DecodeError(e)) => Step::Bad(e.to_owned()),
            Err(SymphoniaError::IoError(e)) => Step::Bad(e.to_string()),
            Err(SymphoniaError::ResetRequired) => Step::Changed("the decoder asks for a new start".into()),
            Err(e) => Step::End(Some(e.to_string())),
        }
    }
}
