use std::io::{Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::flac::FlacDemuxer;
use super::matroska::MatroskaDemuxer;
use super::mp4::Mp4Demuxer;
use super::mpeg::{MpegDemuxer, Stream};
use super::ogg::OggDemuxer;
use super::packets::{Demuxer, PacketDecoder};
use super::raw::RawDecoder;
use super::{Audio, AudioFormat, AudioInfo, aiff, wav};
use crate::sniff::{self, Kind};
use crate::{Error, Limits, Parsed, Place, Problem, Result, codes};

/// Problems listed of one file.
const MAX_PROBLEMS: usize = 200;

/// Where audio bytes come from: a file, or a `Cursor` over memory.
pub trait Source: Read + Seek + Send + Sync {}
impl<T: Read + Seek + Send + Sync> Source for T {}

enum Codec<'s> {
    Raw(RawDecoder<'s>),
    Packets(Box<PacketDecoder<'s>>),
}

/// Decodes a file block by block, in memory that does not grow with its length.
///
/// The delay and the padding that encoders add are cut where the file tells them: by the LAME header
/// of MP3, by granule positions in Ogg, by edit lists and `iTunSMPB` in MP4, by `CodecDelay` and
/// `DiscardPadding` in Matroska.
pub struct Decoder<'s> {
    codec: Codec<'s>,
    info: AudioInfo,
    frames: u64,
    /// The frame sought, when it is yet to be reached.
    sought: Option<u64>,
    problems: Vec<Problem>,
    done: bool,
}

fn panic_text(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|s| (*s).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".into())
}

/// Runs what may panic inside a codec.
fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| {
        Err(Error::Malformed {
            format: "audio",
            place: Place::File,
            message: format!("the decoder failed inside: {}", panic_text(payload.as_ref())),
            code: codes::AUDIO_DECODER_PANIC,
        })
    })
}

fn packets<'s>(
    demuxer: Box<dyn Demuxer + 's>,
    format: AudioFormat,
    problems: &mut Vec<Problem>,
) -> Result<(Codec<'s>, AudioInfo)> {
    let (decoder, link, notes) = PacketDecoder::open(demuxer)?;
    problems.extend(notes.into_iter().map(|(code, message)| Problem::new(code, Place::File, message)));
    let info = AudioInfo {
        format,
        codec: decoder.codec_name().to_owned(),
        sample_rate: link.sample_rate,
        channels: link.channels,
        bits_per_sample: link.bits_per_sample,
        claimed_frames: link.claimed_frames,
    };
    Ok((Codec::Packets(Box::new(decoder)), info))
}

impl<'s> Decoder<'s> {
    /// Opens a file by what its bytes say; `name` is only compared with them.
    ///
    /// # Errors
    /// [`Error::Unsupported`] when it is no audio known here, [`Error::Malformed`] when its header
    /// cannot be read.
    pub fn open(mut source: Box<dyn Source + 's>, name: Option<&str>) -> Result<Self> {
        let mut head = Vec::new();
        source.by_ref().take(sniff::HEAD_BYTES as u64).read_to_end(&mut head)?;
        source.seek(SeekFrom::Start(0))?;
        if head.is_empty() {
            return Err(Error::Malformed {
                format: "audio",
                place: Place::File,
                message: "the file is empty".into(),
                code: codes::EMPTY_FILE,
            });
        }
        let Kind::Audio(format) = sniff::sniff(&head) else {
            return Err(Error::Unsupported(format!("no audio format known here ({})", sniff::sniff(&head))));
        };
        let mut problems = Vec::new();
        let promised = name
            .and_then(|n| Path::new(n).extension())
            .and_then(|e| e.to_str())
            .and_then(AudioFormat::for_extension);
        if promised.is_some_and(|p| p != format) {
            let message = format!("the bytes are {}, whatever the name says", format.extension());
            problems.push(Problem::new(codes::AUDIO_NAME, Place::File, message));
        }
        let (codec, info) = guarded(|| {
            let demuxer: Box<dyn Demuxer + 's> = match format {
                AudioFormat::Wav => {
                    let (decoder, info) = wav::open(source, &mut problems)?;
                    return Ok((Codec::Raw(decoder), info));
                }
                AudioFormat::Aiff => {
                    let (decoder, info) = aiff::open(source, &mut problems)?;
                    return Ok((Codec::Raw(decoder), info));
                }
                AudioFormat::Ogg => Box::new(OggDemuxer::new(source)?),
                AudioFormat::Mp3 => Box::new(MpegDemuxer::new(source, Stream::Mp3)?),
                AudioFormat::Adts => Box::new(MpegDemuxer::new(source, Stream::Adts)?),
                AudioFormat::Matroska => Box::new(MatroskaDemuxer::new(source)?),
                AudioFormat::Mp4 => Box::new(Mp4Demuxer::new(source)?),
                AudioFormat::Flac => Box::new(FlacDemuxer::new(source)?),
            };
            packets(demuxer, format, &mut problems)
        })?;
        if info.sample_rate == 0 || info.channels == 0 {
            let message = format!("{} Hz, {} channels", info.sample_rate, info.channels);
            return Err(Error::malformed("audio", Place::File, message));
        }
        Ok(Decoder { codec, info, frames: 0, sought: None, problems, done: false })
    }

    /// What the header says.
    pub fn info(&self) -> &AudioInfo {
        &self.info
    }

    /// The frame that the next block starts with: those decoded so far, or the one sought.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Goes to a frame, counted as [`next_block`](Self::next_block) counts from the start; past the end there is
    /// no next block.
    ///
    /// What is decoded from there is what decoding from the start gives: to the bit for PCM, ADPCM, FLAC, MP3
    /// and Vorbis; for AAC but for noise that the decoder draws (PNS); for Opus, whose decoder predicts from all
    /// that was before, to about −90 dB. Checksums of the whole are no longer checked. Audio in packets is read
    /// from the start of the file to there without decoding it.
    ///
    /// # Errors
    /// Those of the file.
    ///
    /// ```
    /// use std::io::Cursor;
    /// use sprog_formats::audio;
    ///
    /// let mut wav = Vec::new();
    /// audio::write_wav(Cursor::new(&mut wav), &[0.0, 0.25, 0.5], 16_000, 1, audio::WavSamples::F32)?;
    /// let mut decoder = audio::Decoder::open(Box::new(Cursor::new(wav)), None)?;
    /// decoder.seek(1)?;
    /// let mut rest = Vec::new();
    /// while decoder.next_block(&mut rest) {}
    /// assert_eq!(rest, [0.25, 0.5]);
    /// # Ok::<(), sprog_formats::Error>(())
    /// ```
    pub fn seek(&mut self, frame: u64) -> Result<()> {
        let (codec, problems) = (&mut self.codec, &mut self.problems);
        let mut reached = frame;
        let result = guarded(|| {
            match codec {
                Codec::Raw(decoder) => reached = decoder.seek(frame)?,
                Codec::Packets(decoder) => decoder.seek(frame, problems)?,
            }
            Ok(())
        });
        self.cap_problems();
        (self.frames, self.sought, self.done) = (reached, Some(frame), result.is_err());
        result
    }

    /// Appends the next block of interleaved samples to `out`; false at the end.
    ///
    /// Whatever goes wrong inside a file ends it with a problem, never with a panic.
    pub fn next_block(&mut self, out: &mut Vec<f32>) -> bool {
        if self.done {
            return false;
        }
        let before = out.len();
        let mut more = true;
        while more && out.len() == before {
            more = self.step(out);
        }
        let channels = usize::from(self.info.channels);
        // Half a frame at a torn end would shift the channels of everything after it.
        out.truncate(before + (out.len() - before) / channels * channels);
        self.silence_nonsense(&mut out[before..]);
        self.frames += ((out.len() - before) / channels) as u64;
        if !more {
            self.done = true;
            if let Codec::Packets(decoder) = &self.codec {
                self.frames = self.frames.min(decoder.position());
            }
            self.compare_length();
        }
        self.cap_problems();
        more
    }

    fn step(&mut self, out: &mut Vec<f32>) -> bool {
        let (codec, problems) = (&mut self.codec, &mut self.problems);
        let before = out.len();
        let step = catch_unwind(AssertUnwindSafe(|| match codec {
            Codec::Raw(decoder) => decoder.next_block(out, problems),
            Codec::Packets(decoder) => decoder.next_block(out, problems),
        }));
        step.unwrap_or_else(|payload| {
            out.truncate(before);
            let message = format!("the decoder failed inside: {}", panic_text(payload.as_ref()));
            self.problems.push(Problem::new(codes::AUDIO_DECODER_PANIC, Place::Frame(self.frames), message));
            false
        })
    }

    fn silence_nonsense(&mut self, samples: &mut [f32]) {
        // A pass that only looks is much faster than one that may write.
        if samples.iter().fold(true, |all, s| all & s.is_finite()) {
            return;
        }
        let channels = usize::from(self.info.channels);
        let (mut count, mut first) = (0u64, None);
        for (n, sample) in samples.iter_mut().enumerate() {
            if !sample.is_finite() {
                *sample = 0.0;
                count += 1;
                first.get_or_insert(self.frames + (n / channels) as u64);
            }
        }
        let message = format!("{count} samples that are not numbers set to zero");
        let place = Place::Frame(first.unwrap_or(self.frames));
        self.problems.push(Problem::new(codes::AUDIO_NOT_FINITE, place, message));
    }

    fn cap_problems(&mut self) {
        if self.problems.len() > MAX_PROBLEMS {
            self.problems.truncate(MAX_PROBLEMS - 1);
            let message = "more problems, which are not listed";
            self.problems.push(Problem::new(codes::AUDIO_DECODE, Place::Frame(self.frames), message));
        }
    }

    fn compare_length(&mut self) {
        // Past the end nothing was decoded that could be compared.
        if self.sought.is_some_and(|s| s >= self.frames && s > 0) {
            return;
        }
        let at = Place::Frame(self.frames);
        if self.frames == 0 {
            self.problems.push(Problem::new(codes::AUDIO_NO_FRAMES, Place::File, "no audio frames"));
        }
        if matches!(&self.codec, Codec::Packets(decoder) if decoder.chained) {
            return;
        }
        let Some(claimed) = self.info.claimed_frames.filter(|c| *c != self.frames) else {
            return;
        };
        let decoded = self.frames;
        if decoded < claimed {
            let seconds = (claimed - decoded) as f64 / f64::from(self.info.sample_rate);
            let message =
                format!("the header claims {claimed} frames, {decoded} are there: {seconds:.3} s missing");
            self.problems.push(Problem::new(codes::AUDIO_TRUNCATED, at, message));
        } else {
            let message = format!("the header claims {claimed} frames, {decoded} were decoded");
            self.problems.push(Problem::new(codes::AUDIO_HEADER_LENGTH, at, message));
        }
    }

    /// What was wrong so far; complete once [`next_block`](Self::next_block) has returned false.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

/// Decodes a whole file.
///
/// # Errors
/// As [`Decoder::open`], and [`Error::Limit`] past `limits.audio_bytes`.
///
/// ```
/// use std::io::Cursor;
/// use sprog_formats::{Limits, audio};
///
/// let mut wav = Vec::new();
/// audio::write_wav(Cursor::new(&mut wav), &[0.0, 0.5, -0.5], 16_000, 1, audio::WavSamples::I16)?;
/// let parsed = audio::read(Box::new(Cursor::new(wav)), Some("a.wav"), &Limits::default())?;
/// assert_eq!(parsed.value.frames(), 3);
/// assert!(parsed.problems.is_empty());
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub fn read<'s>(source: Box<dyn Source + 's>, name: Option<&str>, limits: &Limits) -> Result<Parsed<Audio>> {
    let mut decoder = Decoder::open(source, name)?;
    let mut samples = Vec::new();
    let most = usize::try_from(limits.audio_bytes / 4).unwrap_or(usize::MAX);
    while decoder.next_block(&mut samples) {
        if samples.len() > most {
            return Err(Error::Limit {
                what: "decoded audio bytes",
                limit: limits.audio_bytes,
                place: Place::Frame(decoder.frames()),
            });
        }
    }
    Ok(Parsed { value: Audio { info: decoder.info, samples }, problems: decoder.problems })
}
