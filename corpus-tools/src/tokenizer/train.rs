//! `sprog tokenizer train`: files to a `tokenizer.json`.
//!
//! Words are counted on all threads, within half of the memory, and go to disk where they take more. A text is a record
//! of JSON lines or a row of Parquet; a text file is one text, its line ends with it, read in blocks of whole lines.
//! The file that is written depends on the texts and the options alone: not on threads, nor on their order, nor on
//! memory, unless there was too little of it for the words; how many were left out is reported.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use arrow::array::Array;
use arrow::record_batch::RecordBatch;
use sprog_datasets::table::TableFile;
use sprog_datasets::{Error, Result, durable};
use sprog_formats::text::jsonl;
use sprog_formats::{Chunk, Code};
use sprog_text::subword::pretokenize::Pattern;
use sprog_text::subword::train::{
    self, BertWords, BpeTrainer, Trained, UnigramTrainer, WordCounts, WordPieceTrainer,
};

use super::counts::{Counted, Counter};
use super::texts::has_column;
use crate::build::outcome::FileProblem;
use crate::build::{Resources, pool};
use crate::codes;
use crate::dedup::input::{Content, Input, Kind, as_text, without_bom};
use crate::dedup::limits;
use crate::progress::Progress;

/// Problems that a report lists; all of them are counted.
const MOST_PROBLEMS: usize = 100;
/// Memory that is not for words and pairs: blocks of text under way, and the program itself.
const APART: usize = 64 << 20;

/// What kind of model to train.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Model {
    /// Byte-level BPE, by our own trainer.
    #[default]
    Bpe,
    /// Unigram on bytes, by the trainer of the crate `tokenizers`.
    Unigram,
    /// WordPiece with the words of cased BERT, by our own trainer.
    WordPiece,
}

/// What to train, on what.
#[derive(Clone, Debug)]
pub struct TrainConfig {
    /// Parquet, JSON lines or text, as they are or compressed with gzip or zstd (Parquet not).
    pub inputs: Vec<PathBuf>,
    /// Column of Parquet, or field of JSON lines, with the text.
    pub text_column: String,
    /// Kind of model.
    pub model: Model,
    /// Tokens in all.
    pub vocab_size: usize,
    /// Pairs that occur less often are not merged; not for Unigram.
    pub min_frequency: u64,
    /// Special tokens; they have the first ids. If none are named: `<|endoftext|>`, or those of BERT for WordPiece.
    pub special_tokens: Option<Vec<String>>,
    /// How text is cut into words; not for WordPiece.
    pub pattern: Pattern,
    /// A token of BPE is shorter than this many bytes; one of Unigram has at most so many.
    pub max_token_length: Option<usize>,
    /// The file to write.
    pub out: PathBuf,
    /// Threads and memory.
    pub resources: Resources,
}

impl TrainConfig {
    /// A vocabulary of BPE with 32,000 tokens and our pattern, of files with the column `text`.
    pub fn new(inputs: Vec<PathBuf>, out: PathBuf, resources: Resources) -> TrainConfig {
        TrainConfig {
            inputs,
            text_column: "text".to_owned(),
            model: Model::Bpe,
            vocab_size: 32_000,
            min_frequency: 2,
            special_tokens: None,
            pattern: Pattern::Danish,
            max_token_length: None,
            out,
            resources,
        }
    }
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct TrainReport {
    /// The file.
    pub file: PathBuf,
    /// Kind of model.
    pub model: Model,
    /// Texts read: records, rows, text files.
    pub documents: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Words in them.
    pub words: u64,
    /// Different words.
    pub unique_words: u64,
    /// Different words that were left out, because the memory did not hold them: the rarest.
    pub words_dropped: u64,
    /// Their occurrences.
    pub occurrences_dropped: u64,
    /// Tokens of the vocabulary.
    pub tokens: usize,
    /// Merges; for BPE only.
    pub merges: usize,
    /// Times that counts went to disk.
    pub spills: u64,
    /// Bytes that they took there.
    pub spilled_bytes: u64,
    /// Lines and rows that hold no text that can be read.
    pub problems: u64,
    /// The first of them.
    pub first_problems: Vec<FileProblem>,
}

/// Trains a tokenizer and writes it.
///
/// ```no_run
/// use sprog::build::Resources;
/// use sprog::progress::Progress;
/// use sprog::tokenizer::train::{TrainConfig, train};
/// let resources = Resources { threads: 2, memory: 1 << 30 };
/// let config = TrainConfig::new(vec!["da.jsonl.zst".into()], "da32k.json".into(), resources);
/// let report = train(&config, &Progress::new(false))?;
/// println!("{} tokens of {} bytes", report.tokens, report.bytes);
/// # Ok::<(), sprog_datasets::Error>(())
/// ```
///
/// # Errors
/// Those of the file system; [`Error::Invalid`] for files that are neither Parquet, JSON lines nor text, for a column
/// that is not there, for a vocabulary that cannot be had, and where no text was read. The file appears whole or not
/// at all.
pub fn train(config: &TrainConfig, progress: &Progress) -> Result<TrainReport> {
    let trainer = Trainer::of(config)?;
    let dir = durable::parent_of(&config.out);
    // Known now, and not after an hour of reading.
    tempfile::tempfile_in(dir).map_err(Error::io(dir))?;
    if config.out.is_dir() {
        return Err(Error::Invalid(format!("{}: a folder; name a file", config.out.display())));
    }
    let inputs: Vec<Input> = config.inputs.iter().map(|path| Input::open(path)).collect::<Result<_>>()?;
    if inputs.is_empty() {
        return Err(Error::Invalid("no input".into()));
    }
    if inputs.len() >= usize::from(u16::MAX) {
        return Err(Error::Invalid(format!("{} files: fewer than {} a run", inputs.len(), u16::MAX)));
    }
    let memory = config.resources.memory;
    let counter = Counter::new(dir, memory / 2, config.resources.threads);
    let reading = Reading {
        config,
        inputs: &inputs,
        progress,
        counter: &counter,
        documents: AtomicU64::new(0),
        bytes: AtomicU64::new(0),
        problems: Mutex::default(),
    };
    reading.run()?;
    let problems = reading.problems.into_inner().unwrap_or_else(PoisonError::into_inner);
    let (documents, bytes) = (reading.documents.into_inner(), reading.bytes.into_inner());
    progress.stage("count", None);
    // What stays in memory while pairs are merged is a quarter at most.
    let mut counted = counter.finish(memory / 4)?;
    if counted.total() == 0 {
        let message =
            format!("no text in {} files, {} problems; nothing is written", inputs.len(), problems.count);
        return Err(Error::Invalid(message));
    }
    let room = memory.saturating_sub(counted.memory()).saturating_sub(APART.min(memory / 4));
    let made = trainer.train(&mut counted, room, progress).map_err(Stopped::into_error)?;
    durable::write_bytes(&config.out, made.json.as_bytes())?;
    progress.done();
    Ok(TrainReport {
        file: config.out.clone(),
        model: config.model,
        documents,
        bytes,
        words: counted.total(),
        unique_words: made.unique_words,
        words_dropped: made.trained.words_dropped,
        occurrences_dropped: made.trained.occurrences_dropped.saturating_add(counted.refused()),
        tokens: made.tokens,
        merges: made.merges,
        spills: counted.spills(),
        spilled_bytes: counted.spilled_bytes(),
        problems: problems.count,
        first_problems: problems.first.into_values().collect(),
    })
}

/// A trainer with its options.
enum Trainer {
    Bpe(BpeTrainer, Pattern),
    Unigram(UnigramTrainer, Pattern),
    WordPiece(WordPieceTrainer),
}

struct Made {
    json: String,
    tokens: usize,
    merges: usize,
    unique_words: u64,
    trained: Trained,
}

/// Why training ended: the words, or what they were read from.
enum Stopped {
    Train(train::Error),
    Read(Error),
}

impl From<train::Error> for Stopped {
    fn from(e: train::Error) -> Self {
        Stopped::Train(e)
    }
}

impl Stopped {
    fn into_error(self) -> Error {
        match self {
            Stopped::Train(e) => Error::Invalid(e.to_string()),
            Stopped::Read(e) => e,
        }
    }
}

impl Trainer {
    /// The trainer, if its options can be met.
    fn of(config: &TrainConfig) -> Result<Trainer> {
        let invalid = |e: train::Error| Error::Invalid(e.to_string());
        let special = config.special_tokens.clone();
        let (vocab_size, min_frequency) = (config.vocab_size, config.min_frequency);
        Ok(match config.model {
            Model::Bpe => {
                let mut trainer = BpeTrainer { vocab_size, min_frequency, ..BpeTrainer::default() };
                trainer.special_tokens = special.unwrap_or(trainer.special_tokens);
                trainer.max_token_length = config.max_token_length;
                trainer.check().map_err(invalid)?;
                Trainer::Bpe(trainer, config.pattern)
            }
            Model::Unigram => {
                let mut trainer = UnigramTrainer { vocab_size, ..UnigramTrainer::default() };
                trainer.special_tokens = special.unwrap_or(trainer.special_tokens);
                trainer.max_piece_length = config.max_token_length.unwrap_or(trainer.max_piece_length);
                trainer.check().map_err(invalid)?;
                Trainer::Unigram(trainer, config.pattern)
            }
            Model::WordPiece => {
                let mut trainer =
                    WordPieceTrainer { vocab_size, min_frequency, ..WordPieceTrainer::default() };
                trainer.special_tokens = special.unwrap_or(trainer.special_tokens);
                trainer.check().map_err(invalid)?;
                Trainer::WordPiece(trainer)
            }
        })
    }

    fn train(self, counted: &mut Counted, memory: usize, progress: &Progress) -> Result<Made, Stopped> {
        let mut unique_words = 0;
        let each_word = &mut |each: &mut dyn FnMut(&[u8], u64)| -> Result<(), Stopped> {
            unique_words = counted.each_word(each).map_err(Stopped::Read)?;
            Ok(())
        };
        let on_merge = &mut |_: usize| progress.advance(1);
        let (json, tokens, merges, trained) = match self {
            Trainer::Bpe(mut trainer, pattern) => {
                trainer.memory = memory;
                progress.stage("merge", Some(trainer.vocab_size as u64));
                let model = trainer.train(each_word, on_merge)?;
                (model.to_json(pattern), model.tokens.len(), model.merges.len(), model.trained)
            }
            Trainer::WordPiece(mut trainer) => {
                trainer.memory = memory;
                progress.stage("merge", Some(trainer.vocab_size as u64));
                let model = trainer.train(each_word, on_merge)?;
                (model.to_json(), model.tokens.len(), 0, model.trained)
            }
            Trainer::Unigram(mut trainer, pattern) => {
                trainer.memory = memory;
                progress.stage("unigram", None);
                let model = trainer.train(each_word)?;
                (model.to_json(pattern), model.pieces.len(), 0, model.trained)
            }
        };
        Ok(Made { json, tokens, merges, unique_words, trained })
    }
}

/// The first problems by their place, and how many there are.
#[derive(Default)]
struct Problems {
    count: u64,
    first: BTreeMap<(usize, u64), FileProblem>,
}

/// One reading of all files.
struct Reading<'r> {
    config: &'r TrainConfig,
    inputs: &'r [Input],
    progress: &'r Progress,
    counter: &'r Counter,
    documents: AtomicU64,
    bytes: AtomicU64,
    problems: Mutex<Problems>,
}

/// Texts of one file that are counted together.
enum Block {
    Lines(Chunk),
    Rows { first: u64, batch: RecordBatch },
}

impl Reading<'_> {
    fn run(&self) -> Result<()> {
        self.progress.stage("read", Some(self.inputs.iter().map(|i| i.bytes).sum()));
        pool::run(
            self.config.resources,
            |hand_out| (0..self.inputs.len()).try_for_each(|file| self.blocks(file, hand_out)),
            |(file, block): (usize, Block)| {
                self.counter.count(|table, check| match &block {
                    Block::Rows { first, batch } => self.rows(file, *first, batch, table, check),
                    Block::Lines(chunk) if self.inputs[file].kind == Kind::Jsonl => {
                        self.json_lines(file, chunk, table, check)
                    }
                    Block::Lines(chunk) => self.text_lines(file, chunk, table, check),
                })
            },
        )
    }

    /// Hands out the blocks of a file.
    fn blocks(&self, file: usize, hand_out: &mut dyn FnMut((usize, Block)) -> Result<()>) -> Result<()> {
        let input = &self.inputs[file];
        if input.kind == Kind::Parquet {
            let column = self.config.text_column.as_str();
            let table = TableFile::open(&input.path)?;
            has_column(&table, &input.path, column)?;
            let mut first = 1;
            for batch in table.read(&[column], None)? {
                let batch = batch?;
                let rows = batch.num_rows() as u64;
                hand_out((file, Block::Rows { first, batch }))?;
                first += rows;
            }
            self.progress.advance(input.bytes);
            return Ok(());
        }
        if input.kind == Kind::Lines && !input.empty {
            self.documents.fetch_add(1, Ordering::Relaxed);
        }
        let mut told = 0;
        let problems = input.blocks(0, &limits(), &mut |block| {
            let Content::Lines { chunk, .. } = block.content else { return Ok(()) };
            if !input.compressed {
                told += chunk.bytes.len() as u64;
                self.progress.advance(chunk.bytes.len() as u64);
            }
            hand_out((file, Block::Lines(chunk)))
        })?;
        self.progress.advance(input.bytes.saturating_sub(told));
        for problem in &problems {
            let problem = FileProblem::new("", &input.path.display().to_string(), problem);
            self.problem((file, 0), problem);
        }
        Ok(())
    }

    fn rows(
        &self,
        file: usize,
        first: u64,
        batch: &RecordBatch,
        table: &mut WordCounts,
        check: &dyn Fn(&mut WordCounts) -> Result<()>,
    ) -> Result<()> {
        let path = &self.inputs[file].path;
        let name = &self.config.text_column;
        let texts = batch.column_by_name(name).and_then(as_text);
        let texts = texts.ok_or_else(|| {
            Error::Invalid(format!("{}: column {name:?} holds no text; name another one", path.display()))
        })?;
        for row in 0..batch.num_rows() {
            if texts.is_valid(row) {
                self.documents.fetch_add(1, Ordering::Relaxed);
                self.text(texts.value(row), table)?;
                check(table)?;
            } else {
                let message = format!("no text in {name:?}; left out");
                self.bad(file, "row", first + row as u64, codes::TEXT_MISSING, message);
            }
        }
        Ok(())
    }

    fn json_lines(
        &self,
        file: usize,
        chunk: &Chunk,
        table: &mut WordCounts,
        check: &dyn Fn(&mut WordCounts) -> Result<()>,
    ) -> Result<()> {
        let name = self.config.text_column.as_str();
        for line in chunk.lines().filter(|line| !line.bytes.trim_ascii().is_empty()) {
            let found = jsonl::fields(without_bom(line.bytes), &[name]);
            match found.map(|mut fields| fields.pop().flatten()) {
                Ok(Some(text)) if text.starts_with(['{', '[']) && !is_string(line.bytes, name) => {
                    let message = format!("no string in {name:?}; left out");
                    self.bad(file, "line", line.number, sprog_formats::codes::BAD_RECORD, message);
                }
                Ok(Some(text)) => {
                    self.documents.fetch_add(1, Ordering::Relaxed);
                    self.text(&text, table)?;
                    check(table)?;
                }
                Ok(None) => {
                    let message = format!("no text in {name:?}; left out");
                    self.bad(file, "line", line.number, codes::TEXT_MISSING, message);
                }
                Err(message) => {
                    let message = format!("{message}; left out");
                    self.bad(file, "line", line.number, sprog_formats::codes::BAD_RECORD, message);
                }
            }
        }
        Ok(())
    }

    /// Lines with what ends them: a model has tokens for that too.
    fn text_lines(
        &self,
        file: usize,
        chunk: &Chunk,
        table: &mut WordCounts,
        check: &dyn Fn(&mut WordCounts) -> Result<()>,
    ) -> Result<()> {
        let bytes = if chunk.first_line == 1 { without_bom(&chunk.bytes) } else { &chunk.bytes[..] };
        if let Ok(text) = std::str::from_utf8(bytes) {
            self.text(text, table)?;
            return check(table);
        }
        let mut good = String::with_capacity(bytes.len());
        for line in chunk.lines() {
            match std::str::from_utf8(without_bom(line.bytes)) {
                Ok(text) => {
                    good.push_str(text);
                    good.push('\n');
                }
                Err(_) => {
                    let message = "not UTF-8; left out".to_owned();
                    self.bad(file, "line", line.number, sprog_formats::codes::BAD_ENCODING, message);
                }
            }
        }
        self.text(&good, table)?;
        check(table)
    }

    fn text(&self, text: &str, table: &mut WordCounts) -> Result<()> {
        self.bytes.fetch_add(text.len() as u64, Ordering::Relaxed);
        match self.config.model {
            Model::Bpe | Model::Unigram => table.count_text(text, self.config.pattern),
            Model::WordPiece => {
                let cut = BertWords::new().words(text, |word| table.add(word.as_bytes(), 1));
                cut.map_err(|e| Error::Invalid(e.to_string()))?;
            }
        }
        Ok(())
    }

    fn bad(&self, file: usize, unit: &str, number: u64, code: Code, message: String) {
        let problem = FileProblem {
            source: String::new(),
            file: self.inputs[file].path.display().to_string(),
            place: format!("{unit} {number}"),
            code: code.to_string(),
            // A message may quote what it is about, and that may be personal.
            message: sprog_datasets::gate::mask(&message),
        };
        self.problem((file, number), problem);
    }

    fn problem(&self, place: (usize, u64), problem: FileProblem) {
        let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        problems.count += 1;
        problems.first.insert(place, problem);
        if problems.first.len() > MOST_PROBLEMS {
            problems.first.pop_last();
        }
    }
}

/// Whether a field is a string: what looks like an object may be one, and an object is no text.
pub(super) fn is_string(line: &[u8], field: &str) -> bool {
    let line = serde_json::from_slice::<serde_json::Value>(without_bom(line));
    line.is_ok_and(|line| line.get(field).is_some_and(serde_json::Value::is_string))
}
