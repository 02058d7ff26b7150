//! Alignment of long recordings with approximate transcripts.
//!
//! A recording of minutes or many hours and a text that is roughly what is said in it: words are
//! missing, added or changed, there is music, whole passages may be missing on either side.
//!
//! 1. Phones are recognised without words wherever there is speech ([`RecordingBuilder::finish`]).
//! 2. Stretches of about a hundred phones are searched for in the text (local alignment, Smith and
//!    Waterman 1981), and a chain of places that rise with time is kept. The same search in the text
//!    with its words shuffled says what chance would find; a transcript of another recording is
//!    refused here.
//! 3. Between neighbouring places the search is repeated with less room for chance.
//! 4. What was found says how the recording's cepstra differ from the model's, and where it can be
//!    cut; in each window the exact path through the words is found, where any word can be skipped
//!    and any sound can stand between words.
//! 5. Each word is compared with the best phones for its sound, which gives its score and status.
//!
//! Words come in the order of the text. A passage that the text lacks is a gap; one that is never
//! said is unaligned, as is a text that goes on where the recording ends. Of passages that were said
//! in another order than they are written, one order is aligned, and the rest is unaligned text at
//! one place and a gap at another. Music is a gap only where it does not look like silence to the
//! detector of speech; a gap says that there is sound, not that it is speech.

mod acoustic;
mod coarse;
mod fine;
mod inventory;
mod matching;
mod offset;
mod phones;
mod recording;
mod result;
mod segments;
mod window;

use std::ops::Range;

pub use recording::{Recording, RecordingBuilder};

pub use segments::{LeftOut, Reason, Segment, SegmentOptions, Segments, segments};

use crate::align::{AcousticModel, Error, FrontEnd, Status, Utterance, Word};

/// How to align. The costs are differences of log-likelihood.
#[derive(Clone, Debug, PartialEq)]
pub struct LongOptions {
    /// Cost of a word that is not spoken, once.
    pub skip: f32,
    /// Cost of a word that is not spoken, each of its phones.
    pub skip_phone: f32,
    /// Cost of sound between words, once.
    pub filler: f32,
    /// Cost of sound between words, each frame.
    pub filler_frame: f32,
    /// A frame never costs a word more than this.
    pub floor: f32,
    /// Words with a score below this are suspect.
    pub threshold: f32,
    /// Share of the shorter of text and speech that must be found for the transcript to be accepted.
    pub least_found: f32,
}

impl Default for LongOptions {
    fn default() -> Self {
        LongOptions {
            skip: 10.0,
            skip_phone: 12.0,
            filler: 15.0,
            filler_frame: 4.0,
            floor: 8.0,
            threshold: 0.35,
            least_found: 0.1,
        }
    }
}

/// A word of the transcript. Times are samples at 16 kHz.
#[derive(Clone, Debug, PartialEq)]
pub struct LongWord {
    /// Where it is said; none if [`Status::Unaligned`].
    pub place: Option<Range<u64>>,
    /// Which of its pronunciations was said.
    pub pronunciation: Option<usize>,
    /// The places of that pronunciation's phones.
    pub phones: Vec<Range<u64>>,
    /// How sure it is that the word is said here, from 0 to 1.
    pub score: f32,
    /// Suspect: something else may be said at its place, or its place is a guess.
    pub status: Status,
}

impl LongWord {
    fn unaligned() -> LongWord {
        LongWord {
            place: None,
            pronunciation: None,
            phones: Vec::new(),
            score: 0.0,
            status: Status::Unaligned,
        }
    }
}

/// Sound without words: speech that is not in the transcript, music or noise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LongGap {
    /// First sample.
    pub start: u64,
    /// Sample after the last.
    pub end: u64,
    /// Index of the word that comes after it.
    pub before: usize,
}

/// What speaks for text and recording belonging together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// Phones heard in the recording.
    pub heard: usize,
    /// Phones of the text.
    pub text: usize,
    /// Phones found on both sides, in order.
    pub found: usize,
    /// Best scores of all stretches of sound in the text, over those in the text with its words
    /// shuffled: about 1 by chance.
    pub odds: f64,
}

impl Evidence {
    /// Phones found as a share of the shorter side.
    pub fn share(&self) -> f64 {
        self.found as f64 / self.heard.min(self.text).max(1) as f64
    }
}

/// Words with their places.
#[derive(Clone, Debug, PartialEq)]
pub struct LongAlignment {
    /// One for each word that was given.
    pub words: Vec<LongWord>,
    /// In order.
    pub gaps: Vec<LongGap>,
    /// What the coarse pass found.
    pub evidence: Evidence,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The words have places.
    Aligned(LongAlignment),
    /// The transcript is of something else.
    Refused(Evidence),
}

/// Aligns a long recording with its words. A word without pronunciations stays unaligned.
///
/// Time is proportional to the recording's length (the search in the text to the product of both up
/// to some six hours of text, at some 10⁹ pairs of phones a second), memory beside the recording's
/// to the longest window.
///
/// # Errors
/// [`Error::Dimension`] when the recording was made with another front end than the model's;
/// [`Error::UnknownPhone`] for a phone that the model does not have.
pub fn align(
    model: &AcousticModel,
    recording: &Recording,
    words: &[Word],
    options: &LongOptions,
) -> Result<Outcome, Error> {
    let acoustic = acoustic::Acoustic::new(model)?;
    acoustic.check(recording, words)?;
    let text = fine::Text::new(words.iter().map(|w| w.pronunciations.clone()).collect());
    let a_second = recording.frames_a_second();
    let share = coarse::shares(&text.phones, acoustic.phones());
    let sound = coarse::listen(&acoustic, recording, &share);
    let path = coarse::place(&sound, &text.phones, &text.shuffled());
    let evidence = Evidence {
        heard: sound.voiced.len(),
        text: text.phones.len(),
        found: path.pairs.len(),
        odds: path.score / path.chance.max(1.0),
    };
    if path.pairs.is_empty() || evidence.share() < f64::from(options.least_found) {
        return Ok(Outcome::Refused(evidence));
    }
    let offsets = offset::measure(&acoustic, recording, &sound, &text.phones, &path.pairs, a_second);
    let cuts = fine::cuts(&sound, &text, &path.pairs, recording.frames(), a_second);
    let costs = window::Costs {
        skip: options.skip,
        skip_phone: options.skip_phone,
        filler: options.filler,
        filler_frame: options.filler_frame,
        silence: 0.0,
        floor: options.floor,
    };
    let mut pieces = Vec::new();
    for pair in cuts.windows(2) {
        let window = (pair[0], pair[1]);
        pieces.extend(fine::align(&acoustic, recording, &offsets, &text, window, &costs, a_second));
    }
    let scale = result::Scale { shift: recording.shift, samples: recording.samples };
    let (words, gaps) = result::collect(&text, &pieces, options.threshold, scale);
    Ok(Outcome::Aligned(LongAlignment { words, gaps, evidence }))
}

/// What of an aligned recording can be trained on: runs of at least four words that are all ok, with
/// nothing between them. On made-up recordings of synthetic speech a monophone model trained on them
/// and on what the first one was trained on finds more of a transcript's flaws; whether it places
/// more of the right words depends on the recording. One trained on them alone places fewer.
///
/// ```no_run
/// # use sprog_speech::align::{AcousticModel, Error, FrontEnd, TrainOptions, Utterance, Word, train};
/// # use sprog_speech::align::long::{LongOptions, Outcome, Recording, align, training_utterances};
/// # fn run(model: &AcousticModel, recording: &Recording, words: &[Word], mut utterances: Vec<Utterance>)
/// # -> Result<(), Error> {
/// let options = TrainOptions::default();
/// let front_end = FrontEnd::new(model.front_end().clone())?;
/// if let Outcome::Aligned(first) = align(model, recording, words, &LongOptions::default())? {
///     utterances.extend(training_utterances(&front_end, recording, words, &first));
///     let own = train(&utterances, model.phones(), model.front_end(), &options)?;
///     let second = align(&own, recording, words, &LongOptions::default())?;
/// }
/// # Ok(())
/// # }
/// ```
pub fn training_utterances(
    front_end: &FrontEnd,
    recording: &Recording,
    words: &[Word],
    alignment: &LongAlignment,
) -> Vec<Utterance> {
    const LEAST: usize = 4;
    const MOST: usize = 30;
    const SILENCE: u64 = 4000;
    let found = &alignment.words;
    let joined = |w: usize| {
        let gap = alignment.gaps.partition_point(|g| g.before < w);
        alignment.gaps.get(gap).is_none_or(|g| g.before != w)
    };
    let mut utterances = Vec::new();
    let mut w = 0;
    while w < found.len().min(words.len()) {
        let mut end = w;
        while end < found.len().min(words.len())
            && found[end].status == Status::Ok
            && end - w < MOST
            && (end == w || joined(end))
        {
            end += 1;
        }
        if end - w >= LEAST
            && let (Some(first), Some(last)) = (&found[w].place, &found[end - 1].place)
        {
            // With the silence around it, up to the middle.
            let sounds = |w: usize| found.get(w).and_then(|f| f.place.as_ref());
            let gaps = &alignment.gaps;
            let gap_before = gaps[..gaps.partition_point(|g| g.end <= first.start)].last().map(|g| g.end);
            let gap_after = gaps.get(gaps.partition_point(|g| g.start < last.end)).map(|g| g.start);
            let before = w.checked_sub(1).and_then(sounds).map_or(0, |p| p.end).max(gap_before.unwrap_or(0));
            let after = sounds(end).map_or(recording.samples, |p| p.start);
            let after = after.min(gap_after.unwrap_or(recording.samples));
            let start = first.start - (first.start.saturating_sub(before) / 2).min(SILENCE);
            let stop = last.end + (after.saturating_sub(last.end) / 2).min(SILENCE);
            let frame = |sample: u64| (sample / recording.shift as u64) as usize;
            let features = recording.alone(front_end, frame(start)..frame(stop));
            utterances.push(Utterance { features, words: words[w..end].to_vec() });
        }
        w = end.max(w + 1);
    }
    utterances
}

#[cfg(test)]
mod tests;
