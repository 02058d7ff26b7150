//! Labels of a CTC model from transcripts, as the files that the field reads.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use rayon::iter::ParallelIterator;
use rayon::slice::ParallelSlice;
use serde::Serialize;
use sprog_datasets::{Error, durable};
use sprog_formats::LineReader;
use sprog_text::normalize::{Normalizer, Step, spoken};
use sprog_text::subword::ctc::{self, Characters, Labels, Lexicon, RareCharacter, Subwords, Transcripts};
use sprog_text::verbalize;

use super::texts::{self, Batch, Columns, Problems};
use crate::build::outcome::FileProblem;
use crate::codes;
use crate::dedup::input::without_bom;
use crate::dedup::limits;

/// Most problems of one kind that are listed; all are counted.
const MOST_LISTED: usize = 10_000;

/// What labels to make.
#[derive(Clone, Debug)]
pub struct CtcOptions {
    /// Folder for the files.
    pub out: PathBuf,
    /// The column of the transcripts.
    pub text_column: String,
    /// How transcripts are brought into the form in which they are said; `None` leaves them as they are.
    pub normalizer: Option<Normalizer>,
    /// Which characters become labels.
    pub labels: ctc::Options,
    /// How many labels of one character or more to train; `None` for one character each.
    pub subwords: Option<usize>,
    /// Words that a decoder may find, one a line (the first column of a table by tabs).
    pub lexicon: Option<PathBuf>,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CtcReport {
    /// Labels, the blank among them: the columns of the model.
    pub labels: usize,
    /// The blank, label 0.
    pub blank: String,
    /// The label for what has none.
    pub unknown: Option<String>,
    /// The label between words.
    pub delimiter: Option<String>,
    /// The steps that transcripts went through.
    pub normalize: Vec<String>,
    /// Transcripts read.
    pub transcripts: u64,
    /// Transcripts without a word once they are normalized.
    pub without_words: u64,
    /// Transcripts that still have a digit.
    pub with_digits: u64,
    /// How often each character is met, by code point; the delimiter stands for the places between words.
    pub characters: BTreeMap<String, u64>,
    /// Characters that are no labels.
    pub rare: Vec<RareCharacter>,
    /// Words of the lexicon, where there is one.
    pub lexicon: Option<LexiconReport>,
    /// How much could not be read or written, transcripts with digits among it.
    pub problems: u64,
    /// The first of it.
    #[serde(skip)]
    pub first_problems: Vec<FileProblem>,
}

/// How a lexicon goes with the labels and transcripts.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct LexiconReport {
    /// Words in lexicon.txt.
    pub words: usize,
    /// Words that have a character without a label.
    pub unwritable: usize,
    /// Words of the transcripts, each once.
    pub transcript_words: u64,
    /// Of these, those that the lexicon does not have.
    pub outside: u64,
    /// How often words stand in the transcripts that the lexicon does not have.
    pub outside_occurrences: u64,
}

/// The files of a set of labels.
pub const FILES: [&str; 7] = [
    "vocab.json",
    "tokenizer_config.json",
    "tokenizer.json",
    "tokens.txt",
    "labels.txt",
    "lexicon.txt",
    "report.json",
];
/// What could not be read or written, a JSON object a line.
pub const PROBLEMS: &str = "problems.jsonl";

/// Makes labels of the transcripts in some files and writes them to `options.out`; report.json comes last, and with it
/// all is there.
///
/// # Errors
/// Those of the files; a folder with such files that were not made here; labels that cannot be;
/// [`ctc::Error::Rare`] where rare characters are refused.
pub fn ctc(inputs: &[PathBuf], options: &CtcOptions, pool: &rayon::ThreadPool) -> Result<CtcReport> {
    check_folder(&options.out, options.lexicon.as_deref())?;
    let columns = Columns { text: options.text_column.clone(), by: None };
    let mut transcripts = Transcripts::default();
    let mut problems = Problems::default();
    let mut digits = Vec::new();
    texts::each_batch(inputs, &columns, &mut problems, &mut |batch| {
        let (counted, places) = pool.install(|| count(batch, options.normalizer.as_ref()));
        transcripts.merge(counted);
        if !options.labels.digits && digits.len() < MOST_LISTED {
            digits.extend(places.into_iter().map(|number| {
                batch.problem(
                    number,
                    codes::TRANSCRIPT_DIGITS,
                    "digits in the transcript; they have no label".into(),
                )
            }));
        }
        Ok(())
    })?;
    digits.into_iter().for_each(|problem| problems.push(problem));
    if transcripts.is_empty() {
        return Err(anyhow!("no transcript in the input"));
    }
    let chosen = match options.subwords {
        None => Chosen::Characters(ctc::characters(&transcripts, &options.labels)?),
        Some(size) => Chosen::Subwords(Box::new(ctc::subwords(&transcripts, size, &options.labels)?)),
    };
    let lexicon = match &options.lexicon {
        None => None,
        Some(path) => Some(read_lexicon(path, &chosen, &mut problems)?),
    };
    let mut report = report(&transcripts, &chosen, options);
    report.lexicon = lexicon.as_ref().map(|lexicon| lexicon_report(lexicon, &chosen, &transcripts));
    (report.problems, report.first_problems) = (problems.count, problems.first);
    write(&options.out, &chosen, lexicon.as_ref(), &report)?;
    Ok(report)
}

/// Labels of either kind.
enum Chosen {
    Characters(Characters),
    Subwords(Box<Subwords>),
}

impl Chosen {
    fn labels(&self) -> &Labels {
        match self {
            Chosen::Characters(chosen) => &chosen.labels,
            Chosen::Subwords(chosen) => chosen.labels(),
        }
    }

    fn rare(&self) -> &[RareCharacter] {
        match self {
            Chosen::Characters(chosen) => &chosen.rare,
            Chosen::Subwords(chosen) => chosen.rare(),
        }
    }

    /// A text with its rare characters as they are written in labels.
    fn write(&self, text: &str) -> String {
        match self {
            Chosen::Characters(chosen) => chosen.write(text),
            Chosen::Subwords(chosen) => chosen.write(text),
        }
    }

    fn spell(&self, word: &str) -> Result<Vec<u32>, char> {
        match self {
            Chosen::Characters(chosen) => chosen.labels.spell(word),
            Chosen::Subwords(chosen) => chosen.spell(word),
        }
    }
}

/// Counts the transcripts of a batch on all threads, and tells where digits are left.
fn count(batch: &Batch<'_>, normalizer: Option<&Normalizer>) -> (Transcripts, Vec<u64>) {
    let piece = batch.texts.len().div_ceil(4 * rayon::current_num_threads()).max(1);
    let counted = batch.texts.par_chunks(piece).map(|texts| {
        let (mut counted, mut digits) = (Transcripts::default(), Vec::new());
        for text in texts {
            let has_digits = match normalizer {
                None => counted.add(&text.text),
                Some(normalizer) => counted.add(&said(normalizer, &text.text)),
            };
            if has_digits {
                digits.push(text.number);
            }
        }
        (counted, digits)
    });
    let counted: Vec<_> = counted.collect();
    let mut sum = (Transcripts::default(), Vec::new());
    for (counts, digits) in counted {
        sum.0.merge(counts);
        sum.1.extend(digits);
    }
    sum
}

/// That nothing of others is in the way: files of these names are replaced only where report.json says that they were made
/// here.
fn check_folder(out: &Path, lexicon: Option<&Path>) -> Result<()> {
    if !out.join("report.json").exists()
        && let Some(name) = FILES.iter().find(|name| out.join(name).exists())
    {
        return Err(Error::Invalid(format!(
            "{}: has {name} and no report.json, so it was not made here or not to its end; empty the folder or name another",
            out.display()
        ))
        .into());
    }
    let of = |path: &Path| path.canonicalize().ok();
    if let Some(path) = lexicon
        && FILES.iter().any(|name| of(&out.join(name)).is_some_and(|file| Some(file) == of(path)))
    {
        return Err(Error::Invalid(format!("{}: would be overwritten", path.display())).into());
    }
    Ok(())
}

/// A transcript as it is said, where the normalizer has a step for that.
fn said<'t>(normalizer: &Normalizer, text: &'t str) -> Cow<'t, str> {
    match normalizer.steps().contains(&Step::Verbalize) {
        true => spoken(normalizer, text, &verbalize::Options { max_readings: 1 }).text,
        false => normalizer.normalize(text).text,
    }
}

/// The words of a file, spelled. Words go through the characters that stand for rare ones, as transcripts do.
fn read_lexicon(path: &Path, chosen: &Chosen, problems: &mut Problems) -> Result<Lexicon> {
    let file = std::fs::File::open(path).map_err(Error::io(path))?;
    let limits = limits();
    let mut lines = LineReader::new(BufReader::with_capacity(1 << 18, file), &limits);
    let named = path.display().to_string();
    let problem = |place: String, code: sprog_formats::Code, message: String| FileProblem {
        source: String::new(),
        file: named.clone(),
        place,
        code: code.to_string(),
        message,
    };
    let mut words = BTreeMap::new();
    while let Some(line) = lines.next_line().with_context(|| named.clone())? {
        match std::str::from_utf8(without_bom(line.bytes)) {
            Ok(text) => {
                let word = text.split('\t').next().unwrap_or_default().trim();
                if !word.is_empty() {
                    words.entry(word.to_owned()).or_insert(line.number);
                }
            }
            Err(_) => {
                let code = sprog_formats::codes::BAD_ENCODING;
                problems.push(problem(format!("line {}", line.number), code, "not UTF-8; left out".into()));
            }
        }
    }
    lines.take_problems().iter().for_each(|p| problems.push(FileProblem::new("", &named, p)));
    let lexicon = ctc::lexicon(words.keys().map(String::as_str), |word| chosen.spell(&chosen.write(word)));
    for (word, c) in lexicon.unwritable.iter().take(MOST_LISTED) {
        let line = words.get(word).copied().unwrap_or(0);
        let message = format!("{word:?} has {c:?}, which is no label; left out");
        problems.push(problem(format!("line {line}"), codes::LEXICON_WORD, message));
    }
    Ok(lexicon)
}

fn lexicon_report(lexicon: &Lexicon, chosen: &Chosen, transcripts: &Transcripts) -> LexiconReport {
    let mut report = LexiconReport {
        words: lexicon.entries.len(),
        unwritable: lexicon.unwritable.len(),
        ..LexiconReport::default()
    };
    for (word, count) in transcripts.words() {
        report.transcript_words += 1;
        if !lexicon.contains(word) && !lexicon.contains(&chosen.write(word)) {
            report.outside += 1;
            report.outside_occurrences += count;
        }
    }
    report
}

fn report(transcripts: &Transcripts, chosen: &Chosen, options: &CtcOptions) -> CtcReport {
    let labels = chosen.labels();
    let mut characters: BTreeMap<String, u64> =
        transcripts.characters().map(|(c, count)| (c.to_string(), count)).collect();
    for name in labels.names().iter().filter(|name| name.chars().count() == 1) {
        characters.entry(name.clone()).or_default();
    }
    if let Some(delimiter) = labels.delimiter() {
        characters.insert(delimiter.to_owned(), transcripts.gaps());
    }
    let steps = options.normalizer.iter().flat_map(|n| n.steps()).map(|step| step.name().to_owned());
    CtcReport {
        labels: labels.len(),
        blank: labels.name(0).unwrap_or_default().to_owned(),
        unknown: labels.unknown().map(str::to_owned),
        delimiter: labels.delimiter().map(str::to_owned),
        normalize: steps.collect(),
        transcripts: transcripts.len(),
        without_words: transcripts.without_words(),
        with_digits: transcripts.with_digits(),
        characters,
        rare: chosen.rare().to_vec(),
        ..CtcReport::default()
    }
}

/// Writes the files, each whole or not at all.
fn write(out: &Path, chosen: &Chosen, lexicon: Option<&Lexicon>, report: &CtcReport) -> Result<()> {
    std::fs::create_dir_all(out).map_err(Error::io(out))?;
    let remove = |name: &str| match std::fs::remove_file(out.join(name)) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::io(out.join(name))(e)),
        _ => Ok(()),
    };
    // Of an earlier run: until the new one is there, the folder is not whole.
    for name in FILES.iter().rev().chain([&PROBLEMS]) {
        remove(name)?;
    }
    let labels = chosen.labels();
    let write = |name: &str, text: &str| durable::write_bytes(&out.join(name), text.as_bytes());
    match chosen {
        Chosen::Characters(_) => {
            write("vocab.json", &labels.vocab_json())?;
            write("tokenizer_config.json", &labels.tokenizer_config_json())?;
        }
        Chosen::Subwords(chosen) => write("tokenizer.json", chosen.tokenizer_json())?,
    }
    write("tokens.txt", &labels.tokens_txt())?;
    write("labels.txt", &labels.labels_txt())?;
    if let Some(lexicon) = lexicon {
        write("lexicon.txt", &lexicon.text(labels))?;
    }
    if !report.first_problems.is_empty() {
        let mut text = String::new();
        for problem in &report.first_problems {
            text.push_str(&serde_json::to_string(problem)?);
            text.push('\n');
        }
        write(PROBLEMS, &text)?;
    }
    write("report.json", &format!("{}\n", serde_json::to_string_pretty(report)?))?;
    Ok(())
}
