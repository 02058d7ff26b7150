//! `sprog speech align`, and the step `align` of recipes.

pub mod ctc;
pub mod long;
pub mod manifest;
pub mod output;
pub mod train;
pub mod transcript;

use std::path::{Path, PathBuf};

use anyhow::Result;
use serde::Serialize;
use sprog_speech::align::{AcousticModel, AlignOptions, Calibration, CepstralMean, FrontEnd, Word};

use sprog_text::g2p::PhoneId;

use self::manifest::Item;
use self::output::{Aligned, Format, Gap, PhoneTime};
use self::train::Trained;
use self::transcript::{Found, Pronouncer, Status, Transcript, timed};
use super::audio::{AudioProblem, mono};
use crate::build::Resources;
use crate::progress::Progress;

/// The sample rate of the aligner, Hz.
pub const RATE: u32 = 16_000;
/// Paths this much worse than the best are dropped, in log-likelihood; where none is left the search is exact.
const BEAM: f32 = 800.0;
/// The share of sure words and the mean score below which a transcript is of something else. Of synthetic speech
/// with its own transcripts 1 in 200 has fewer sure words, none a lower score; with others', 97 in 100 have both.
const REFUSED: (f32, f32) = (0.5, 0.75);
/// The share of sure words below which a recording is suspect.
const SUSPECT: f32 = 0.8;
/// Recordings aligned and written at a time.
const GROUP: usize = 256;

/// How to align.
pub struct Options {
    /// Folder for the result.
    pub out: PathBuf,
    /// Forms to write besides JSON.
    pub formats: Vec<Format>,
    /// A table of all words too.
    pub parquet: bool,
    /// Recordings are long, and their transcripts approximate.
    pub long: bool,
    /// With `long`: pieces of 1 to 30 seconds.
    pub segments: bool,
    /// A model, in place of one trained on the recordings.
    pub model: Option<PathBuf>,
    /// Where to keep the model.
    pub save_model: Option<PathBuf>,
    /// Hours to train on at most.
    pub train_hours: f64,
    /// Pronunciations that go before the rules.
    pub lexicon: Option<PathBuf>,
    /// Letters for phones.
    pub graphemes: bool,
    /// Whether word starts are moved by the constant offsets of their phones.
    pub calibrate: bool,
    /// Threads.
    pub resources: Resources,
}

/// What came of it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Summary {
    /// What the model was trained on, if it was.
    pub trained: Option<Trained>,
    /// Recordings by status.
    pub recordings: Counts,
    /// Words by status.
    pub words: Counts,
    /// Recordings that could not be read, and why.
    pub failed: Vec<(String, String)>,
    /// What was wrong with recordings that could.
    pub problems: Vec<(String, AudioProblem)>,
    /// Lines of the lexicon that were not understood.
    pub lexicon_problems: Vec<String>,
}

impl Summary {
    fn count(&mut self, aligned: &Aligned) {
        self.recordings.add(&aligned.status);
        let problems = aligned.problems.iter().map(|p| (aligned.id.clone(), p.clone()));
        self.problems.extend(problems);
        aligned.words.iter().for_each(|word| self.words.add(word.status.as_deref().unwrap_or("")));
    }
}

/// How many of each status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Nothing speaks against it.
    pub ok: usize,
    /// Look or listen before use.
    pub suspect: usize,
    /// Words without a time; recordings that were refused.
    pub unaligned: usize,
}

impl Counts {
    fn add(&mut self, status: &str) {
        match status {
            "ok" => self.ok += 1,
            "suspect" => self.suspect += 1,
            _ => self.unaligned += 1,
        }
    }
}

/// A model with all that is needed to align with it.
pub struct Aligner {
    pub(crate) model: AcousticModel,
    pub(crate) front_end: FrontEnd,
    pub(crate) pronouncer: Pronouncer,
    calibration: Calibration,
    options: AlignOptions,
}

/// What the aligner says of one recording.
pub(crate) struct Outcome {
    pub(crate) transcript: Transcript,
    /// A place for each spoken word, in samples at [`RATE`].
    pub(crate) found: Vec<Found>,
    pub(crate) gaps: Vec<(std::ops::Range<u64>, usize)>,
    pub(crate) status: Status,
    pub(crate) reasons: Vec<String>,
}

impl Outcome {
    /// Nothing is found yet.
    fn unaligned(transcript: Transcript) -> Outcome {
        Outcome {
            found: vec![Found { status: Status::Unaligned, ..Found::default() }; transcript.words.len()],
            transcript,
            gaps: Vec::new(),
            status: Status::Unaligned,
            reasons: Vec::new(),
        }
    }
}

impl Aligner {
    /// Around a model.
    ///
    /// # Errors
    /// For a model whose front end cannot be made.
    pub fn new(model: AcousticModel, pronouncer: Pronouncer) -> Result<Aligner> {
        let front_end = FrontEnd::new(model.front_end().clone())?;
        Ok(Aligner {
            model,
            front_end,
            pronouncer,
            calibration: Calibration::built_in(),
            options: AlignOptions { beam: BEAM, ..AlignOptions::default() },
        })
    }

    /// Words by the model's phones; those that cannot be said are left out, and `None` in the map.
    pub(crate) fn words(&self, transcript: &Transcript) -> (Vec<Word>, Vec<Option<usize>>) {
        let mut words = Vec::new();
        let place = |pronunciations: &Vec<Vec<String>>| {
            let word = self.model.phones().known_word(pronunciations, &fallback()).ok()?;
            if word.pronunciations.is_empty() {
                return None;
            }
            words.push(word);
            Some(words.len() - 1)
        };
        let places = transcript.words.iter().map(place).collect();
        (words, places)
    }

    /// Finds the words of a text in mono samples at [`RATE`].
    pub(crate) fn align(&self, samples: &[f32], text: &str) -> Outcome {
        let transcript = self.pronouncer.transcript(text);
        let (words, places) = self.words(&transcript);
        let mut outcome = Outcome::unaligned(transcript);
        if words.is_empty() {
            outcome.reasons.push("the transcript has no words".into());
            return outcome;
        }
        let cepstra = self.front_end.cepstra(samples);
        let features = self.front_end.finish(&cepstra, &CepstralMean::of(&cepstra).mean());
        let alignment = match self.model.align(&features, &words, &self.options) {
            Ok(alignment) => alignment,
            Err(e) => {
                outcome.reasons.push(e.to_string());
                return outcome;
            }
        };
        let shift = self.model.front_end().shift_samples() as u64;
        let end = samples.len() as u64;
        let at = |frame: usize| (frame as u64 * shift).min(end);
        let starts = self.calibration.starts(&alignment, self.model.phones(), self.model.front_end());
        let sample = |seconds: f64| ((seconds * f64::from(RATE)).round().max(0.0) as u64).min(end);
        for (found, place) in outcome.found.iter_mut().zip(&places) {
            let Some(index) = *place else { continue };
            let span = &alignment.words[index];
            found.score = span.score;
            found.status = span.status;
            if span.pronunciation.is_none() {
                continue;
            }
            let start = starts.get(index).copied().map_or(at(span.start), sample);
            // A word ends where the next begins, if nothing is between them.
            let next = alignment.words.get(index + 1).filter(|next| next.start == span.end);
            let stop = next.and_then(|_| starts.get(index + 1)).copied().map_or(at(span.end), sample);
            let stop = stop.max(start + 1).min(end.max(start + 1));
            found.phones = span
                .phones
                .iter()
                .map(|p| {
                    (
                        self.model.phones().name(p.phone).to_owned(),
                        at(p.start).clamp(start, stop)..at(p.end).clamp(start, stop),
                    )
                })
                .collect();
            if let Some((_, last)) = found.phones.last_mut() {
                last.end = stop;
            }
            if let Some((_, first)) = found.phones.first_mut() {
                first.start = start;
            }
            found.place = Some(start..stop);
        }
        let spoken = alignment.gaps.iter().filter(|gap| gap.speech);
        // The words that could be said, by their places in the transcript.
        let word =
            |given: usize| places.iter().position(|place| *place == Some(given)).unwrap_or(places.len());
        outcome.gaps = spoken.map(|gap| (at(gap.start)..at(gap.end), word(gap.before_word))).collect();
        outcome.status = alignment.status;
        let count = outcome.found.len().max(1) as f32;
        let ok = outcome.found.iter().filter(|found| found.status == Status::Ok).count();
        let score = outcome.found.iter().map(|found| found.score).sum::<f32>() / count;
        if (ok as f32) < REFUSED.0 * count && score < REFUSED.1 {
            outcome.status = Status::Unaligned;
            outcome.reasons.push(format!("{ok} of {count} words are said where they would have to be"));
        } else if (ok as f32) < SUSPECT * count {
            outcome.status = outcome.status.max(Status::Suspect);
        }
        outcome
    }
}

/// Near phones for those that a model has not met.
fn fallback() -> std::collections::BTreeMap<String, String> {
    let bare = |id: PhoneId| id.info().bare.info().ipa.to_owned();
    PhoneId::all().filter_map(|id| Some((bare(id), bare(*id.info().near.first()?)))).collect()
}

/// From samples of the aligner to the file that is written.
pub(crate) fn aligned(id: &str, text: &str, samples: u64, outcome: Outcome) -> Aligned {
    let seconds = |sample: u64| (sample as f64 / f64::from(RATE) * 1e5).round() / 1e5;
    let words = timed(text, &outcome.transcript, &outcome.found, RATE);
    let tokens: Vec<_> = outcome.transcript.tokens.iter().map(|t| t.source.clone()).collect();
    let phones = outcome.found.iter().flat_map(|found| &found.phones).map(|(phone, place)| PhoneTime {
        phone: phone.clone(),
        start: seconds(place.start),
        end: seconds(place.end),
    });
    let phones = phones.collect();
    let count = words.len().max(1) as f32;
    let ok = words.iter().filter(|w| w.status.as_deref() == Some("ok")).count();
    let mean = words.iter().filter_map(|w| w.score).sum::<f32>() / count;
    // Words of one token share its place.
    let token_of = |word: usize| {
        outcome.transcript.tokens.iter().position(|t| t.words.end > word).unwrap_or(words.len())
    };
    let gaps = outcome.gaps.iter().map(|(gap, before)| Gap {
        start: seconds(gap.start),
        end: seconds(gap.end),
        before_word: token_of(*before),
    });
    let gaps = gaps.collect();
    let status = match outcome.status {
        Status::Ok => "ok",
        Status::Suspect => "suspect",
        Status::Unaligned => "refused",
    };
    Aligned {
        id: id.to_owned(),
        status: status.to_owned(),
        reasons: outcome.reasons,
        duration: seconds(samples),
        coverage: (ok as f32 / count * 1e4).round() / 1e4,
        score: (mean * 1e4).round() / 1e4 + 0.0,
        words,
        gaps,
        phones,
        problems: Vec::new(),
        written: output::written(text, &tokens),
        audio: String::new(),
    }
}

/// Aligns recordings with their transcripts and writes what was found to `options.out`.
///
/// # Errors
/// Those of the file system, and where no model can be had. A recording that cannot be read or aligned is told in
/// the summary, and does not stop the others.
pub fn run(items: &[Item], options: &Options, progress: &Progress) -> Result<Summary> {
    std::fs::create_dir_all(&options.out).map_err(sprog_datasets::Error::io(&options.out))?;
    let (pronouncer, lexicon_problems) = Pronouncer::new(options.lexicon.as_deref(), options.graphemes)?;
    let mut summary = Summary { lexicon_problems, ..Summary::default() };
    let model = match &options.model {
        Some(path) => train::load(path)?,
        None => {
            let (model, trained) =
                train::train(items, options.train_hours, &pronouncer, options.resources, progress)?;
            summary.trained = Some(trained);
            model
        }
    };
    if let Some(path) = &options.save_model {
        train::save(&model, path)?;
    }
    let mut aligner = Aligner::new(model, pronouncer)?;
    if !options.calibrate {
        aligner.calibration = Calibration::default();
    }
    progress.stage("align", Some(items.len() as u64));
    let mut all = Vec::new();
    for group in items.chunks(GROUP) {
        let done = super::map(options.resources, group, |item| {
            let done = one(&aligner, item, options);
            progress.advance(1);
            done
        })?;
        for (item, result) in group.iter().zip(done) {
            match result {
                Ok(aligned) => {
                    summary.count(&aligned);
                    if options.parquet {
                        all.push(Aligned { phones: Vec::new(), ..aligned });
                    }
                }
                Err(e) => summary.failed.push((item.id.clone(), format!("{e:#}"))),
            }
        }
    }
    if options.parquet {
        output::write_parquet(&all, &options.out.join("words.parquet"))?;
    }
    progress.done();
    Ok(summary)
}

fn one(aligner: &Aligner, item: &Item, options: &Options) -> Result<Aligned> {
    let mut aligned = if options.long {
        long::align(aligner, item, options.segments.then_some(options.out.as_path()))?
    } else {
        let audio = mono(&item.audio, RATE)?;
        let outcome = aligner.align(&audio.samples, &item.text);
        let mut aligned = aligned(&item.id, &item.text, audio.samples.len() as u64, outcome);
        aligned.problems = audio.problems;
        aligned
    };
    aligned.audio = file_url(&item.audio);
    output::write(&aligned, &options.out, &options.formats)?;
    Ok(aligned)
}

fn file_url(path: &Path) -> String {
    format!("file:{}", path.display())
}
