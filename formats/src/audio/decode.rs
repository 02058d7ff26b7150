use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use super::symphonia_source::SymphoniaDecoder;
use super::wav::WavDecoder;
use super::{Audio, AudioFormat, AudioInfo};
use crate::sniff::{self, Kind};
use crate::{Error, Limits, Parsed, Place, Problem, Result, codes};

/// Frames by which AAC may differ from its container's length without a problem: the encoder's
/// priming and the padding of the last packet, which edit lists describe and we do not yet trim.
const AAC_SLACK_FRAMES: u64 = 2 * 1024 + 64;

/// Where audio bytes come from: a file, or a `Cursor` over memory.
pub trait Source: Read + Seek + Send + Sync {}
impl<T: Read + Seek + Send + Sync> Source for T {}

enum Codec<'s> {
    Wav(WavDecoder<'s>),
    Symphonia(Box<SymphoniaDecoder<'s>>),
}

/// Decodes a file block by block, in memory that does not grow with its length.
pub struct Decoder<'s> {
    codec: Codec<'s>,
    info: AudioInfo,
    frames: u64,
    problems: Vec<Problem>,
    done: bool,
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
        let (codec, info) = match format {
            AudioFormat::Wav => match WavDecoder::open(source, &mut problems)? {
                Ok((decoder, info)) => (Codec::Wav(decoder), info),
                // A-law, µ-law and other codecs in WAV that hound does not know.
                Err(source) => Self::symphonia(source, format)?,
            },
            _ => Self::symphonia(source, format)?,
        };
        if info.sample_rate == 0 || info.channels == 0 {
            let message = format!("{} Hz, {} channels", info.sample_rate, info.channels);
            return Err(Error::malformed("audio", Place::File, message));
        }
        Ok(Decoder { codec, info, frames: 0, problems, done: false })
    }

    fn symphonia(source: Box<dyn Source + 's>, format: AudioFormat) -> Result<(Codec<'s>, AudioInfo)> {
        let (decoder, info) = SymphoniaDecoder::open(source, format)?;
        Ok((Codec::Symphonia(Box::new(decoder)), info))
    }

    /// What the header says.
    pub fn info(&self) -> &AudioInfo {
        &self.info
    }

    /// Frames decoded so far.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Appends the next block of interleaved samples to `out`; false at the end.
    ///
    /// Whatever goes wrong inside a file ends it with a problem, never with a panic.
    pub fn next_block(&mut self, out: &mut Vec<f32>) -> bool {
        if self.done {
            return false;
        }
        let channels = usize::from(self.info.channels);
        let before = out.len();
        let more = match &mut self.codec {
            Codec::Wav(decoder) => decoder.next_block(out, self.frames, &mut self.problems),
            Codec::Symphonia(decoder) => decoder.next_block(out, self.frames, &mut self.problems),
        };
        // Half a frame at a torn end would shift the channels of everything after it.
        out.truncate(before + (out.len() - before) / channels * channels);
        let mut not_finite = 0u64;
        for sample in &mut out[before..] {
            if !sample.is_finite() {
                *sample = 0.0;
                not_finite += 1;
            }
        }
        if not_finite > 0 {
            let message = format!("{not_finite} samples that are not numbers set to zero");
            self.problems.push(Problem::new(codes::AUDIO_NOT_FINITE, Place::Frame(self.frames), message));
        }
        self.frames += ((out.len() - before) / channels) as u64;
        if !more {
            self.done = true;
            self.compare_length();
        }
        more
    }

    fn compare_length(&mut self) {
        let at = Place::Frame(self.frames);
        if self.frames == 0 {
            self.problems.push(Problem::new(codes::AUDIO_NO_FRAMES, Place::File, "no audio frames"));
        }
        let slack = if self.info.format == AudioFormat::Mp4 { AAC_SLACK_FRAMES } else { 0 };
        let Some(claimed) = self.info.claimed_frames.filter(|c| c.abs_diff(self.frames) > slack) else {
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
