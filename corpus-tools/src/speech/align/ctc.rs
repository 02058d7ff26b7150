//! Alignment by the log-probabilities of a CTC model.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use sprog_formats::Limits;
use sprog_formats::numeric::npy;
use sprog_speech::align::ctc::{
    self, CtcOptions, EncodeOptions, Label, LogProbs, Transcript, Unknown, Vocabulary, share_blanks,
    to_samples, word_spans,
};
use sprog_text::subword::tokenizer::Tokenizer;

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
    /// vocab.json (label to column), a JSON list, a label a line, tokens.txt (label and column a line), or the
    /// tokenizer.json of a model of subwords.
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
    of_emissions(&item, &found, &labels(request.labels)?).with_context(shown)
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
    let labels = self::labels(labels)?;
    std::fs::create_dir_all(&options.out).map_err(sprog_datasets::Error::io(&options.out))?;
    let mut summary = super::Summary::default();
    for item in items {
        let mut one = || -> Result<Aligned> {
            let audio = crate::speech::audio::mono(&item.audio, RATE)?;
            let found = loaded.emissions(&audio.samples)?;
            let samples = audio.samples.len() as u64;
            let found = Emissions { log_probs: &found.log_probs, columns: found.vocab, samples };
            let aligned = of_emissions(item, &found, &labels)?;
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

fn of_emissions(item: &Item, emissions: &Emissions<'_>, labels: &Labels) -> Result<Aligned> {
    let blank = labels.blank().context("no label is called <pad>, <blank>, [PAD], <blk> or -")?;
    let log_probs = LogProbs::new(emissions.log_probs, emissions.columns)?;
    let (pronouncer, _) = Pronouncer::new(None, true)?;
    let transcript = pronouncer.transcript(&item.text);
    let labels = labels.encode(&pronouncer.spoken(&item.text))?;
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

/// What the columns stand for, and how words are written with them.
enum Labels {
    /// Characters, or the longest label that fits.
    Spelled(Vocabulary),
    /// Subwords, as the tokenizer of the model's training writes them.
    Tokens(Box<Tokenizer>),
}

impl Labels {
    fn blank(&self) -> Option<u32> {
        match self {
            Labels::Spelled(vocabulary) => vocabulary.blank(),
            Labels::Tokens(tokenizer) => BLANKS.iter().find_map(|name| tokenizer.token_to_id(name)),
        }
    }

    fn encode<S: AsRef<str>>(&self, words: &[S]) -> Result<Transcript> {
        let tokenizer = match self {
            Labels::Spelled(vocabulary) => {
                let options = EncodeOptions {
                    delimiter: Some("|".into()),
                    unknown: Unknown::Star,
                    ..EncodeOptions::default()
                };
                return Ok(vocabulary.encode(words, &options));
            }
            Labels::Tokens(tokenizer) => tokenizer,
        };
        let unknown = UNKNOWN.iter().find_map(|name| tokenizer.token_to_id(name));
        let mut out = Transcript::default();
        for word in words {
            let start = out.labels.len();
            let is_unknown = |ids: &[u32]| ids.iter().any(|id| Some(*id) == unknown);
            let mut ids = tokenizer.encode(word.as_ref(), false)?;
            if is_unknown(&ids) {
                // Most models were trained on small letters.
                let lower = tokenizer.encode(&word.as_ref().to_lowercase(), false)?;
                ids = if is_unknown(&lower) { ids } else { lower };
            }
            for id in ids {
                let label = if Some(id) == unknown { Label::Star } else { Label::Token(id) };
                // Two stars in a row would ask for a blank between them.
                if label != Label::Star || out.labels.len() == start || out.labels.last() != Some(&label) {
                    out.labels.push(label);
                }
            }
            out.words.push(start..out.labels.len());
        }
        Ok(out)
    }
}

/// The blank and the unknown by the names in use.
const BLANKS: [&str; 5] = ["<pad>", "<blank>", "[PAD]", "<blk>", "-"];
const UNKNOWN: [&str; 2] = ["<unk>", "[UNK]"];

fn labels(path: &Path) -> Result<Labels> {
    let text = std::fs::read_to_string(path).map_err(sprog_datasets::Error::io(path))?;
    if let Ok(map) = serde_json::from_str::<BTreeMap<String, u32>>(&text) {
        return Ok(Labels::Spelled(Vocabulary::new(map)));
    }
    if let Ok(list) = serde_json::from_str::<Vec<String>>(&text) {
        return Ok(Labels::Spelled(Vocabulary::new(list.into_iter().zip(0..))));
    }
    if text.trim_start().starts_with('{') {
        let tokenizer = Tokenizer::from_json(text.as_bytes()).map_err(|e| {
            anyhow!("{}: neither labels with their columns nor a tokenizer.json: {e}", path.display())
        })?;
        return Ok(Labels::Tokens(Box::new(tokenizer)));
    }
    let first = text.lines().next().unwrap_or_default().trim();
    if first == "[" || (first.starts_with('[') && first.ends_with(']') && text.trim() == first) {
        bail!("{}: neither labels with their columns nor a list", path.display());
    }
    if let Some(numbered) = numbered(&text) {
        return Ok(Labels::Spelled(Vocabulary::new(numbered)));
    }
    Ok(Labels::Spelled(Vocabulary::new(text.lines().map(str::to_owned).zip(0..))))
}

/// Labels of a tokens.txt, if every line is a label and its column.
fn numbered(text: &str) -> Option<Vec<(String, u32)>> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let numbered: Option<Vec<_>> = lines
        .map(|line| {
            let (label, column) = line.trim_end().rsplit_once([' ', '\t'])?;
            Some((label.trim().to_owned(), column.parse().ok()?)).filter(|(label, _)| !label.is_empty())
        })
        .collect();
    numbered.filter(|labels| !labels.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_read_from_each_file_of_the_field() {
        let dir = tempfile::tempdir().unwrap();
        let read = |text: &str| {
            let path = dir.path().join("labels");
            std::fs::write(&path, text).unwrap();
            match labels(&path).unwrap() {
                Labels::Spelled(vocabulary) => (vocabulary.blank(), vocabulary.column("å")),
                Labels::Tokens(_) => panic!("a tokenizer"),
            }
        };
        assert_eq!(read("{\"<pad>\": 0, \"å\": 2}"), (Some(0), Some(2)));
        assert_eq!(read("[\"<pad>\", \"a\", \"å\"]"), (Some(0), Some(2)));
        assert_eq!(read("<blank>\na\nå\n"), (Some(0), Some(2)));
        assert_eq!(read("[PAD]\na\nå\n"), (Some(0), Some(2)));
        assert_eq!(read("<blk> 0\na 1\nå 2\n"), (Some(0), Some(2)));
        assert_eq!(numbered("<blk> 0\na\n"), None);
        std::fs::write(dir.path().join("labels"), "{\"a\": \"b\"}").unwrap();
        assert!(labels(&dir.path().join("labels")).is_err());
    }
}
