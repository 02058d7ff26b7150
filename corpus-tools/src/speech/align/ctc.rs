//! Alignment by the log-probabilities of a CTC model.

use std::path::Path;

use anyhow::{Context, Result, bail};
use sprog_formats::Limits;
use sprog_formats::numeric::npy;
use sprog_speech::align::ctc::{
    self, CtcOptions, EncodeOptions, LogProbs, Unknown, Vocabulary, share_blanks, to_samples, word_spans,
};

use super::manifest::Item;
use super::output::Aligned;
use super::transcript::{Pronouncer, Status};
use super::{Outcome, RATE, aligned};

/// Mean probability of a word's labels below which it is suspect.
const SUSPECT: f32 = 0.25;
/// Below which nothing speaks for it.
const UNALIGNED: f32 = 0.02;
/// Frames of blanks that a word may take at either end.
const MOST_BLANKS: usize = 5;

/// What to align.
pub struct CtcRequest<'r> {
    /// A .npy file of log-probabilities, [frames, labels] or [1, frames, labels].
    pub emissions: &'r Path,
    /// vocab.json (label to column), a JSON list, or a label a line.
    pub labels: &'r Path,
    /// The transcript.
    pub text: &'r Path,
    /// Seconds of a frame.
    pub frame: f64,
}

/// Aligns one recording; its id is the name of the file of log-probabilities.
///
/// # Errors
/// Those of the files; shapes that do not fit; labels without a blank.
pub fn align(request: &CtcRequest<'_>) -> Result<Aligned> {
    if !(request.frame > 0.0 && request.frame <= 10.0) {
        bail!("{} s a frame", request.frame);
    }
    let item = super::manifest::single(request.emissions, request.text)?;
    let shown = || request.emissions.display().to_string();
    let file =
        std::fs::File::open(request.emissions).map_err(sprog_datasets::Error::io(request.emissions))?;
    let limits = Limits { bytes: 4 << 30, ..Limits::default() };
    let array = npy::read(std::io::BufReader::new(file), &limits).with_context(shown)?.value;
    let columns = match array.shape.as_slice() {
        [_, columns] | [1, _, columns] if *columns > 0 => *columns,
        shape => bail!("{}: an array of {shape:?}; log-probabilities are [frames, labels]", shown()),
    };
    let scores = array.into_rows();
    let samples = ((scores.len() / columns) as f64 * request.frame * f64::from(RATE)).round() as u64;
    let found = Emissions { log_probs: &scores, columns, samples };
    of_emissions(&item, &found, &vocabulary(request.labels)?).with_context(shown)
}

/// Aligns recordings by a CTC model in an ONNX file, and writes what was found to `options.out`.
///
/// # Errors
/// Those of the files, and for what is no such model. A recording that cannot be read or aligned is told in the
/// summary, and does not stop the others.
#[cfg(feature = "onnx")]
pub fn run(items: &[Item], model: &Path, labels: &Path, options: &super::Options) -> Result<super::Summary> {
    use crate::onnx::ctc::{CtcModel, CtcModelOptions};

    let file = std::fs::File::open(model).map_err(sprog_datasets::Error::io(model))?;
    let mut loaded = CtcModel::load(std::io::BufReader::new(file), CtcModelOptions::default())
        .with_context(|| model.display().to_string())?;
    let vocabulary = vocabulary(labels)?;
    std::fs::create_dir_all(&options.out).map_err(sprog_datasets::Error::io(&options.out))?;
    let mut summary = super::Summary::default();
    for item in items {
        let mut one = || -> Result<Aligned> {
            let audio = crate::speech::audio::mono(&item.audio, RATE)?;
            let found = loaded.emissions(&audio.samples)?;
            let samples = audio.samples.len() as u64;
            let found = Emissions { log_probs: &found.log_probs, columns: found.vocab, samples };
            let aligned = of_emissions(item, &found, &vocabulary)?;
            super::output::write(&aligned, &options.out, &options.formats)?;
            Ok(aligned)
        };
        match one() {
            Ok(aligned) => summary.count(&aligned),
            Err(e) => summary.failed.push((item.id.clone(), format!("{e:#}"))),
        }
    }
    Ok(summary)
}

/// Log-probabilities of a recording.
struct Emissions<'e> {
    /// Row by row.
    log_probs: &'e [f32],
    /// Values of a row.
    columns: usize,
    /// Samples of the recording, at [`RATE`].
    samples: u64,
}

fn of_emissions(item: &Item, emissions: &Emissions<'_>, vocabulary: &Vocabulary) -> Result<Aligned> {
    let blank = vocabulary.blank().context("no label is called <pad>, <blank>, [PAD], <blk> or -")?;
    let log_probs = LogProbs::new(emissions.log_probs, emissions.columns)?;
    let (pronouncer, _) = Pronouncer::new(None, true)?;
    let transcript = pronouncer.transcript(&item.text);
    let encode =
        EncodeOptions { delimiter: Some("|".into()), unknown: Unknown::Star, ..EncodeOptions::default() };
    let labels = vocabulary.encode(&pronouncer.spoken(&item.text), &encode);
    let (frames, samples) = (log_probs.frames(), emissions.samples);
    let mut outcome = Outcome::unaligned(transcript);
    let options = CtcOptions { blank, ..CtcOptions::default() };
    let path = match ctc::align(log_probs, &labels.labels, &options) {
        Ok(path) => path,
        Err(e) => {
            outcome.reasons.push(e.to_string());
            return Ok(aligned(&item.id, &item.text, samples, outcome));
        }
    };
    let spans = word_spans(&path.spans, &labels.words);
    let places: Vec<usize> = (0..spans.len()).filter(|at| spans[*at].is_some()).collect();
    let mut found: Vec<_> = spans.into_iter().flatten().collect();
    share_blanks(&mut found, frames, MOST_BLANKS);
    for (place, span) in places.into_iter().zip(&found) {
        let Some(word) = outcome.found.get_mut(place) else { continue };
        // The mean over the word's labels, not over the blanks that it was given.
        word.score = span.mean_log_prob.exp();
        word.status = match word.score {
            s if s < UNALIGNED => Status::Unaligned,
            s if s < SUSPECT || span.has_star => Status::Suspect,
            _ => Status::Ok,
        };
        let range = to_samples(&(span.start..span.end), frames, samples as usize);
        word.place = range.map(|range| range.start as u64..range.end as u64);
    }
    let ok = outcome.found.iter().filter(|found| found.status == Status::Ok).count();
    outcome.status = match outcome.found.len() {
        0 => Status::Unaligned,
        all if ok == all => Status::Ok,
        all if 2 * ok >= all => Status::Suspect,
        _ => Status::Unaligned,
    };
    Ok(aligned(&item.id, &item.text, samples, outcome))
}

fn vocabulary(path: &Path) -> Result<Vocabulary> {
    let text = std::fs::read_to_string(path).map_err(sprog_datasets::Error::io(path))?;
    if let Ok(map) = serde_json::from_str::<std::collections::BTreeMap<String, u32>>(&text) {
        return Ok(Vocabulary::new(map));
    }
    let labels: Vec<String> = match serde_json::from_str(&text) {
        Ok(list) => list,
        Err(_) if text.trim_start().starts_with(['{', '[']) => {
            bail!("{}: neither labels with their columns nor a list", path.display())
        }
        Err(_) => text.lines().map(str::to_owned).collect(),
    };
    Ok(Vocabulary::new(labels.into_iter().zip(0..)))
}
