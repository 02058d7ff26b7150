//! `sprog dedup`: takes duplicates out of files and leaves the rest of them as it is.
//!
//! The input is read twice. The first pass turns each document into narrow records, which are sorted
//! outside memory; the second writes what is kept, line by line or row by row, as it stood.

pub mod audio;
mod boilerplate;
pub(crate) mod input;
pub mod near;
mod output;
mod substrings;
mod token_file;
mod trace;

pub use boilerplate::{Boilerplate, Common, Lines, UnitCut, UnitCuts};
pub use substrings::{Found, Substrings};
pub use trace::{Cut, Cuts};

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use sprog_datasets::extsort::Sorter;
use sprog_datasets::split::key_hash;
use sprog_datasets::{Error, Result, durable};
use sprog_formats::Limits;
use sprog_text::dedup::token_hashes;
use sprog_text::minhash::MinHash;
pub use sprog_text::minhash::Options as MinHashOptions;

use self::input::{Block, Input, place};
use self::near::{Candidates, Document, Near, Removals};
use self::output::{Decision, Decisions};
use crate::build::Resources;
use crate::build::outcome::FileProblem;
use crate::build::pool;
use crate::codes;
use crate::progress::Progress;

/// What counts as a duplicate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Method {
    /// The same text, byte for byte.
    Exact,
    /// Near duplicates.
    MinHash {
        /// Shingles, bands and rows.
        options: MinHashOptions,
        /// Only what has this Jaccard similarity, found out from the texts themselves.
        threshold: Option<f64>,
    },
    /// Stretches of tokens that stood before; they are cut.
    Substring {
        /// Tokens of the shortest.
        min_tokens: u32,
    },
}

impl Method {
    fn name(self) -> &'static str {
        match self {
            Method::Exact => "exact",
            Method::MinHash { .. } => "near",
            Method::Substring { .. } => "substring",
        }
    }
}

/// How to look, and where to write.
#[derive(Clone, Debug)]
pub struct Options {
    /// What counts as a duplicate.
    pub method: Method,
    /// Folder for `kept.*` and `removed.parquet`; it must not hold them yet.
    pub out: PathBuf,
    /// Threads and memory.
    pub resources: Resources,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Deduplicated {
    /// What is kept.
    pub kept_file: PathBuf,
    /// Documents read.
    pub read: u64,
    /// Documents kept.
    pub kept: u64,
    /// Documents taken out; they are in `removed.parquet`.
    pub removed: u64,
    /// Documents kept from which passages were cut; the passages are in `removed.parquet` too.
    pub changed: u64,
    /// Lines and rows that hold no text that can be read; they are in `problems.jsonl`, not in `kept.*`.
    pub problems: u64,
}

/// Bounds on one record.
pub(crate) fn limits() -> Limits {
    Limits { line_bytes: crate::lines::MAX_LINE_BYTES, ..Limits::default() }
}

/// Deduplicates files of one kind (JSON Lines, Parquet, or texts a line), in the order given.
///
/// # Errors
/// Those of the file system; [`Error::Invalid`] for files of several kinds, or that are neither, and
/// where the folder holds a result already. `kept.*` appears whole or not at all, and last.
pub fn run(inputs: &[PathBuf], options: &Options, progress: &Progress) -> Result<Deduplicated> {
    let mut inputs: Vec<Input> = inputs.iter().map(|path| Input::open(path)).collect::<Result<_>>()?;
    let first = inputs.iter().find(|i| !i.empty).or(inputs.first());
    let kind = first.ok_or_else(|| Error::Invalid("no input".into()))?.kind;
    for input in &mut inputs {
        if input.empty {
            input.kind = kind;
        }
        if input.kind != kind {
            let (path, is, other) = (input.path.display(), input.kind.ending(), kind.ending());
            let message =
                format!("{path} is {is}, others are {other}: the inputs are of several kinds, one a run");
            return Err(Error::Invalid(message));
        }
    }
    if inputs.len() >= usize::from(u16::MAX) {
        return Err(Error::Invalid(format!("{} files: fewer than {} a run", inputs.len(), u16::MAX)));
    }
    std::fs::create_dir_all(&options.out).map_err(Error::io(&options.out))?;
    let _lock = lock(&options.out)?;
    let mut name = format!("kept.{}", kind.ending());
    if inputs.iter().any(|i| i.compressed) {
        name.push_str(".zst");
    }
    let kept_file = options.out.join(name);
    let others = [output::REMOVED_FILE, PROBLEMS].map(|name| options.out.join(name));
    if let Some(there) = others.iter().chain([&kept_file]).find(|f| f.exists()) {
        return Err(Error::Invalid(format!("{} is there already", there.display())));
    }
    let scratch = tempfile::Builder::new().prefix(SCRATCH).tempdir_in(&options.out);
    let scratch = scratch.map_err(Error::io(&options.out))?;
    let run = Run { inputs, options, progress, scratch: scratch.path(), problems: Mutex::default() };
    let decisions = match options.method {
        Method::Exact => run.exact()?,
        Method::MinHash { options, threshold } => run.near(options, threshold)?,
        Method::Substring { min_tokens } => run.substrings(min_tokens)?,
    };
    let mut done = output::write(&run, decisions)?;
    let problems = run.problems.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.problems = problems.len() as u64;
    write_problems(scratch.path(), problems)?;
    // What is kept comes last: with it the result is whole.
    let place = |name: &str, to: &Path| {
        let from = scratch.path().join(name);
        if from.exists() { std::fs::rename(&from, to).map_err(Error::io(to)) } else { Ok(()) }
    };
    for name in [PROBLEMS, output::REMOVED_FILE] {
        place(name, &options.out.join(name))?;
    }
    place(output::KEPT, &kept_file)?;
    durable::sync_dir(&options.out)?;
    done.kept_file = kept_file;
    progress.done();
    Ok(done)
}

const PROBLEMS: &str = "problems.jsonl";
/// Names of scratch folders begin with it.
const SCRATCH: &str = ".dedup-";

/// Keeps a second run out of the folder, and sweeps what a killed one left there.
fn lock(out: &Path) -> Result<std::fs::File> {
    let dir = std::fs::File::open(out).map_err(Error::io(out))?;
    dir.try_lock().map_err(|e| match e {
        std::fs::TryLockError::Error(e) => Error::io(out)(e),
        std::fs::TryLockError::WouldBlock => {
            let message = "another run writes to this folder";
            Error::io(out)(std::io::Error::new(std::io::ErrorKind::WouldBlock, message))
        }
    })?;
    for entry in std::fs::read_dir(out).map_err(Error::io(out))? {
        let entry = entry.map_err(Error::io(out))?;
        if entry.file_name().to_string_lossy().starts_with(SCRATCH) {
            std::fs::remove_dir_all(entry.path()).map_err(Error::io(out))?;
        }
    }
    Ok(dir)
}

struct Run<'r> {
    inputs: Vec<Input>,
    options: &'r Options,
    progress: &'r Progress,
    scratch: &'r Path,
    problems: Mutex<Vec<(u64, FileProblem)>>,
}

impl Run<'_> {
    fn memory(&self) -> usize {
        self.options.resources.memory / 4
    }

    /// Reads everything, block by block on all threads; `work` gets the documents of a block.
    fn read(&self, work: impl Fn(u64, &Block, &mut Vec<Decision>) -> Result<()> + Sync) -> Result<Decisions> {
        let total = self.inputs.iter().map(|i| i.bytes).sum();
        self.progress.stage("read", Some(total));
        let decisions = Mutex::new(Decisions::new(self.scratch, self.memory()));
        pool::run(
            self.options.resources,
            |hand_out| {
                let mut number = 0;
                for (file, input) in (0u16..).zip(&self.inputs) {
                    let problems = input.blocks(file, &limits(), &mut |block| {
                        number += 1;
                        hand_out((number - 1, block))
                    })?;
                    for problem in &problems {
                        self.problem(input::key(file, 0), FileProblem::new("", &self.name(file), problem));
                    }
                    self.progress.advance(input.bytes);
                }
                Ok(())
            },
            |(number, block): (u64, Block)| {
                let mut bad = Vec::new();
                work(number, &block, &mut bad)?;
                let mut decisions = decisions.lock().unwrap_or_else(PoisonError::into_inner);
                bad.iter().try_for_each(|decision| decisions.push(decision))
            },
        )?;
        Ok(decisions.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// The documents of a block; what cannot be read is told, and left out.
    fn texts(
        &self,
        block: &Block,
        bad: &mut Vec<Decision>,
        each: &mut dyn FnMut(u64, &str) -> Result<()>,
    ) -> Result<()> {
        block.records(&mut |record| match &record.text {
            Ok(text) => each(record.key, text),
            Err(message) => {
                let (file, number) = place(record.key);
                let word =
                    if self.inputs[usize::from(file)].kind == input::Kind::Parquet { "row" } else { "line" };
                let code = if message.starts_with("no ") {
                    codes::TEXT_MISSING
                } else {
                    sprog_formats::codes::BAD_RECORD
                };
                let problem = FileProblem {
                    source: String::new(),
                    file: self.name(file),
                    place: format!("{word} {number}"),
                    code: code.to_string(),
                    message: format!("{message}; left out"),
                };
                self.problem(record.key, problem);
                bad.push(Decision::bad(record.key));
                Ok(())
            }
        })
    }

    fn problem(&self, key: u64, problem: FileProblem) {
        self.problems.lock().unwrap_or_else(PoisonError::into_inner).push((key, problem));
    }

    fn name(&self, file: u16) -> String {
        let path = self.inputs.get(usize::from(file)).map(|i| i.path.to_string_lossy().into_owned());
        path.unwrap_or_default()
    }

    fn exact(&self) -> Result<Decisions> {
        const RECORD: usize = 24;
        let hashes = Mutex::new(Sorter::<RECORD>::new(self.scratch, self.memory()));
        let mut decisions = self.read(|_, block, bad| {
            let mut found = Vec::new();
            self.texts(block, bad, &mut |key, text| {
                let mut record = [0; RECORD];
                record[..16].copy_from_slice(&key_hash(text.as_bytes()));
                record[16..].copy_from_slice(&key.to_be_bytes());
                found.push(record);
                Ok(())
            })?;
            let mut hashes = hashes.lock().unwrap_or_else(PoisonError::into_inner);
            found.into_iter().try_for_each(|record| hashes.push(record))
        })?;
        self.progress.stage("duplicates", None);
        let hashes = hashes.into_inner().unwrap_or_else(PoisonError::into_inner);
        let key = |record: &[u8; RECORD]| record[16..].iter().fold(0u64, |n, b| n << 8 | u64::from(*b));
        let mut first: Option<[u8; RECORD]> = None;
        for record in hashes.finish()? {
            let record = record?;
            match &first {
                Some(first) if first[..16] == record[..16] => {
                    decisions.push(&Decision::removed(key(&record), key(first), 1.0))?;
                }
                _ => first = Some(record),
            }
        }
        Ok(decisions)
    }
}

/// Hands on results in the order of their numbers, whichever thread has them first.
struct InOrder<T> {
    next: u64,
    waiting: BTreeMap<u64, T>,
}

impl<T> InOrder<T> {
    fn push(&mut self, number: u64, value: T, mut each: impl FnMut(T) -> Result<()>) -> Result<()> {
        self.waiting.insert(number, value);
        while let Some(value) = self.waiting.remove(&self.next) {
            self.next += 1;
            each(value)?;
        }
        Ok(())
    }
}

impl Run<'_> {
    fn near(&self, options: MinHashOptions, threshold: Option<f64>) -> Result<Decisions> {
        let minhash = MinHash::new(options).map_err(|e| Error::Invalid(e.to_string()))?;
        let (bands, rows) = (options.bands, options.rows);
        let stage = near::Options { bands, rows, memory: self.options.resources.memory / 2 };
        let stage = Mutex::new(Near::new(self.scratch, stage)?);
        let mut decisions = self.read(|_, block, bad| {
            let mut minhash = minhash.clone();
            let (mut of_one, mut keys, mut all) = (Vec::new(), Vec::new(), Vec::new());
            self.texts(block, bad, &mut |key, text| {
                if minhash.bands(text, &mut of_one) {
                    keys.push(key);
                    all.extend_from_slice(&of_one);
                }
                Ok(())
            })?;
            let mut stage = stage.lock().unwrap_or_else(PoisonError::into_inner);
            keys.into_iter().zip(all.chunks_exact(bands)).try_for_each(|(order, bands)| {
                stage.push(Document { order, rank: 0, reference: false }, bands)
            })
        })?;
        self.progress.stage("duplicates", None);
        let candidates = stage.into_inner().unwrap_or_else(PoisonError::into_inner).finish()?;
        let removals = match threshold {
            None => candidates.connected()?,
            Some(threshold) => self.verified(candidates, threshold, options.ngram)?,
        };
        for removal in removals {
            let removal = removal?;
            decisions.push(&Decision::removed(removal.removed, removal.kept, removal.score))?;
        }
        Ok(decisions)
    }

    /// Reads the input again beside the stage, which asks for the texts of candidates in their order.
    fn verified(&self, candidates: Candidates, threshold: f64, ngram: usize) -> Result<Removals> {
        std::thread::scope(|scope| {
            let (send, receive) = std::sync::mpsc::sync_channel::<Result<Block>>(1);
            scope.spawn(move || {
                for (file, input) in (0u16..).zip(&self.inputs) {
                    let stopped = || Error::Invalid("stopped".into());
                    let sent = input
                        .blocks(file, &limits(), &mut |block| send.send(Ok(block)).map_err(|_| stopped()));
                    // Nobody listens any more once the last candidate was read.
                    if let Err(e) = sent
                        && send.send(Err(e)).is_err()
                    {
                        return;
                    }
                }
            });
            let mut texts: std::collections::VecDeque<(u64, String)> = Default::default();
            candidates.verified(threshold, ngram, |wanted, out| {
                loop {
                    while let Some((key, text)) = texts.pop_front() {
                        if key == wanted {
                            out.push_str(&text);
                            return Ok(());
                        }
                    }
                    let gone = || Error::Invalid("the input changed while it was read".into());
                    let block = receive.recv().map_err(|_| gone())??;
                    block.records(&mut |record| {
                        if let (true, Ok(text)) = (record.key >= wanted, record.text) {
                            texts.push_back((record.key, text.into_owned()));
                        }
                        Ok(())
                    })?;
                }
            })
        })
    }

    fn substrings(&self, min_tokens: u32) -> Result<Decisions> {
        let memory = self.options.resources.memory / 2;
        let stage = Mutex::new((
            Substrings::new(self.scratch, memory, min_tokens as usize)?,
            InOrder::<Vec<(u64, Vec<u64>)>> { next: 0, waiting: BTreeMap::new() },
        ));
        let mut decisions = self.read(|number, block, bad| {
            let mut documents = Vec::new();
            self.texts(block, bad, &mut |key, text| {
                let mut hashes = Vec::new();
                token_hashes(text, &mut hashes);
                documents.push((key, hashes));
                Ok(())
            })?;
            let mut stage = stage.lock().unwrap_or_else(PoisonError::into_inner);
            let (stage, in_order) = &mut *stage;
            in_order.push(number, documents, |documents| {
                documents.iter().try_for_each(|(key, hashes)| stage.push(*key, hashes))
            })
        })?;
        self.progress.stage("duplicates", None);
        for cut in stage.into_inner().unwrap_or_else(PoisonError::into_inner).0.finish()? {
            decisions.push(&Decision::cut(&cut?)?)?;
        }
        Ok(decisions)
    }
}

fn write_problems(out: &Path, mut problems: Vec<(u64, FileProblem)>) -> Result<()> {
    if problems.is_empty() {
        return Ok(());
    }
    problems.sort();
    let path = out.join(PROBLEMS);
    durable::write_atomic(&path, |file| {
        for (_, problem) in &problems {
            let line = serde_json::to_string(problem).map_err(|e| Error::Invalid(e.to_string()))?;
            std::io::Write::write_all(file, line.as_bytes())
                .and_then(|()| std::io::Write::write_all(file, b"\n"))
                .map_err(Error::io(&path))?;
        }
        Ok(())
    })
}
