//! Recordings of minutes or hours with approximate transcripts.

use std::io::Write;
use std::ops::Range;
use std::path::Path;

use anyhow::Result;
use serde::Serialize;
use sprog_datasets::durable;
use sprog_speech::align::long::{
    self, LongAlignment, LongOptions, Outcome as LongOutcome, Recording, RecordingBuilder, SegmentOptions,
};
use sprog_speech::resample::Resampler;
use sprog_speech::vad::{SegmentOptions as VadOptions, Vad, segments};

use super::manifest::Item;
use super::output::Aligned;
use super::transcript::{Found, Status, Transcript};
use super::{Aligner, Outcome, RATE, aligned};
use crate::speech::audio::each_block;
use crate::speech::audio::resampler_of;

/// Recordings up to this long, in samples, need no cutting: 30 seconds.
pub const SHORTEST: u64 = 30 * RATE as u64;
/// Samples given to the aligner at a time.
const BLOCK: usize = 1 << 16;

/// A piece of a long recording with its part of the transcript.
pub(crate) struct Piece {
    /// Samples at [`RATE`].
    pub(crate) place: Range<u64>,
    /// Bytes of the transcript.
    pub(crate) text: Range<usize>,
    /// Its words, in seconds from the start of the piece.
    pub(crate) aligned: Aligned,
}

/// Takes mono samples at [`RATE`] and makes cepstra of them, so that hours fit into memory.
struct Listener<'a> {
    builder: RecordingBuilder<'a>,
    vad: Vad,
    frames: Vec<sprog_speech::vad::Frame>,
    samples: u64,
}

impl<'a> Listener<'a> {
    fn new(aligner: &'a Aligner) -> Result<Listener<'a>> {
        let builder = RecordingBuilder::new(&aligner.front_end);
        Ok(Listener { builder, vad: Vad::new(RATE)?, frames: Vec::new(), samples: 0 })
    }

    fn push(&mut self, samples: &[f32]) {
        self.samples += samples.len() as u64;
        self.vad.push(samples, &mut self.frames);
        self.builder.push(samples);
    }

    fn finish(mut self) -> Result<(Recording, u64)> {
        self.vad.finish(&mut self.frames);
        let options = VadOptions { max_length_ms: 0, ..VadOptions::default() };
        let speech = segments(&self.frames, RATE, self.samples, &options);
        Ok((self.builder.finish(&speech)?, self.samples))
    }
}

/// An alignment, and the token of each of its words.
type Placed = (LongAlignment, Vec<usize>);

/// The words of a long recording, by its recording and transcript.
fn words_of(
    aligner: &Aligner,
    recording: &Recording,
    transcript: Transcript,
) -> Result<(Outcome, Option<Placed>)> {
    // Those that cannot be said keep their place, without a pronunciation.
    let (words, places) = aligner.words(&transcript);
    let mut given = vec![sprog_speech::align::Word::default(); transcript.words.len()];
    for (slot, place) in given.iter_mut().zip(places) {
        if let Some(word) = place.and_then(|at| words.get(at)) {
            *slot = word.clone();
        }
    }
    let mut outcome = Outcome::unaligned(transcript);
    let alignment = match long::align(&aligner.model, recording, &given, &LongOptions::default())? {
        LongOutcome::Refused(evidence) => {
            outcome.reasons.push(format!(
                "the transcript is of something else: {:.1} % of its sounds found, {:.2} times as well as by chance",
                100.0 * evidence.share(),
                evidence.odds
            ));
            return Ok((outcome, None));
        }
        LongOutcome::Aligned(alignment) => alignment,
    };
    for ((found, word), given) in outcome.found.iter_mut().zip(&alignment.words).zip(&given) {
        found.score = word.score;
        found.status = word.status;
        found.place = word.place.clone();
        let phones = word.pronunciation.and_then(|p| given.pronunciations.get(p)).into_iter().flatten();
        found.phones = phones
            .zip(&word.phones)
            .map(|(phone, place)| (aligner.model.phones().name(*phone).to_owned(), place.clone()))
            .collect();
    }
    outcome.gaps = alignment.gaps.iter().map(|gap| (gap.start..gap.end, gap.before)).collect();
    let sound = outcome.gaps.is_empty() && outcome.found.iter().all(|found| found.status == Status::Ok);
    outcome.status = if sound { Status::Ok } else { Status::Suspect };
    let token_of = token_of_words(&outcome.transcript);
    Ok((outcome, Some((alignment, token_of))))
}

/// The token that each spoken word belongs to.
fn token_of_words(transcript: &Transcript) -> Vec<usize> {
    let mut tokens = vec![0; transcript.words.len()];
    for (at, token) in transcript.tokens.iter().enumerate() {
        tokens[token.words.clone()].fill(at);
    }
    tokens
}

/// Pieces of 1 to 30 seconds, cut in silence, where the transcript is what is said.
pub(crate) fn pieces(aligner: &Aligner, samples: &[f32], text: &str) -> Result<Vec<Piece>> {
    let mut listener = Listener::new(aligner)?;
    samples.chunks(BLOCK).for_each(|block| listener.push(block));
    let (recording, length) = listener.finish()?;
    let (outcome, done) = words_of(aligner, &recording, aligner.pronouncer.transcript(text))?;
    let Some((alignment, token_of)) = done else { return Ok(Vec::new()) };
    Ok(cut(&outcome, &alignment, length, &token_of, text))
}

fn cut(
    outcome: &Outcome,
    alignment: &LongAlignment,
    samples: u64,
    token_of: &[usize],
    text: &str,
) -> Vec<Piece> {
    let tokens = &outcome.transcript.tokens;
    let found = long::segments(alignment, samples, &SegmentOptions::default());
    let piece = |segment: &long::Segment| {
        let (first, last) = (token_of[segment.words.start], token_of[segment.words.end - 1]);
        // A number is not cut in two.
        if tokens[first].words.start != segment.words.start || tokens[last].words.end != segment.words.end {
            return None;
        }
        let start = tokens[first].source.start;
        // Signs after the last word are its own, up to the next one.
        let stop = tokens.get(last + 1).map_or(text.len(), |next| next.source.start);
        let end = text[..stop].trim_end().len().max(tokens[last].source.end);
        let here = |place: &Range<u64>| {
            place.start.saturating_sub(segment.samples.start)..place.end.saturating_sub(segment.samples.start)
        };
        let shifted = |found: &Found| Found {
            place: found.place.as_ref().map(here),
            phones: found.phones.iter().map(|(phone, place)| (phone.clone(), here(place))).collect(),
            ..found.clone()
        };
        let part = Outcome {
            transcript: Transcript {
                tokens: tokens[first..=last]
                    .iter()
                    .map(|token| super::transcript::Token {
                        source: token.source.start - start..token.source.end - start,
                        words: token.words.start - segment.words.start..token.words.end - segment.words.start,
                    })
                    .collect(),
                words: Vec::new(),
            },
            found: outcome.found[segment.words.clone()].iter().map(shifted).collect(),
            gaps: Vec::new(),
            status: if segment.bad == 0 { Status::Ok } else { Status::Suspect },
            reasons: Vec::new(),
        };
        let length = segment.samples.end - segment.samples.start;
        let aligned = aligned("", &text[start..end], length, part);
        Some(Piece { place: segment.samples.clone(), text: start..end, aligned })
    };
    found.segments.iter().filter(|segment| !segment.words.is_empty()).filter_map(piece).collect()
}

/// A line of `<id>.segments.jsonl`.
#[derive(Serialize)]
struct Line<'a> {
    id: String,
    recording_id: &'a str,
    audio: String,
    start: f64,
    end: f64,
    text: &'a str,
    score: f32,
}

/// Aligns a long recording. With a folder its pieces go to `<id>.segments.jsonl` there.
pub(super) fn align(aligner: &Aligner, item: &Item, folder: Option<&Path>) -> Result<Aligned> {
    let mut listener = Listener::new(aligner)?;
    let mut resampler: Option<Resampler> = None;
    let (mut mixed, mut samples) = (Vec::new(), Vec::new());
    let (_, _, problems) = each_block(&item.audio, |info, block| {
        let resampler = match &mut resampler {
            Some(resampler) => resampler,
            None => resampler.insert(resampler_of(1, info.sample_rate, RATE)?),
        };
        crate::speech::audio::mix(block, usize::from(info.channels), &mut mixed);
        samples.clear();
        resampler.process(&mixed, &mut samples);
        listener.push(&samples);
        Ok(())
    })?;
    samples.clear();
    if let Some(resampler) = &mut resampler {
        resampler.finish(&mut samples);
    }
    listener.push(&samples);
    let (recording, length) = listener.finish()?;
    let (outcome, done) = words_of(aligner, &recording, aligner.pronouncer.transcript(&item.text))?;
    if let Some(folder) = folder {
        let path = folder.join(format!("{}.segments.jsonl", item.id));
        let seconds = |sample: u64| (sample as f64 / f64::from(RATE) * 1e5).round() / 1e5;
        let mut lines = Vec::new();
        // A refused recording has none, and an older file must not stay.
        let pieces =
            done.as_ref().map(|(alignment, token_of)| cut(&outcome, alignment, length, token_of, &item.text));
        for (number, piece) in pieces.iter().flatten().enumerate() {
            let line = Line {
                id: format!("{}.{}", item.id, number + 1),
                recording_id: &item.id,
                audio: item.audio.display().to_string(),
                start: seconds(piece.place.start),
                end: seconds(piece.place.end),
                text: &item.text[piece.text.clone()],
                score: piece.aligned.score,
            };
            serde_json::to_writer(&mut lines, &line)?;
            lines.write_all(b"\n")?;
        }
        durable::write_bytes(&path, &lines)?;
    }
    Ok(Aligned { problems, ..aligned(&item.id, &item.text, length, outcome) })
}
