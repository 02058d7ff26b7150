//! Builds a dataset: plan, shard jobs, global stages, parts, gates, publication.
//!
//! Every piece of work is a job with a key; a job counts when its line is in the journal. A build
//! that was stopped anywhere goes on where it stood and ends with the same bytes.

mod audio_steps;
mod audit;
mod elements;
mod global;
pub mod inputs;
mod measure;
pub mod outcome;
mod pack;
mod passages;
mod personal;
pub mod plan;
pub mod pool;
pub(crate) mod problems;
mod publish;
pub mod rules;
mod speech;
mod steps;
mod tables;
mod text;
mod tokenize;

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use sprog_datasets::gate::{Cleared, GateOptions};
use sprog_datasets::release::Published;
use sprog_datasets::{Error, Result, durable};
use sprog_formats::Limits;

pub(crate) use self::measure::languages;
pub use self::measure::presets;
pub use self::plan::Plan;
pub use self::pool::Resources;
pub(crate) use self::publish::report_of_tables;
pub(crate) use self::steps::{strings, value};
pub(crate) use self::text::as_text;
pub use self::tokenize::check as check_tokenizers;
use crate::journal::Journal;
use crate::progress::Progress;
use crate::recipe::Loaded;

/// The program's name and version: part of the run's id.
pub const TOOL: &str = concat!("sprog ", env!("CARGO_PKG_VERSION"));

/// How and where to build.
#[derive(Clone, Debug)]
pub struct Options {
    /// Folder that gets `<id>/<version>/`.
    pub out: PathBuf,
    /// Threads and memory.
    pub resources: Resources,
    /// Keep the work folder of a finished build.
    pub keep_work: bool,
}

/// How a build ended.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Built {
    /// The published folder.
    pub path: PathBuf,
    /// Whether it is new.
    pub new: bool,
    /// The run's id.
    pub run: String,
    /// Rows by config.
    pub rows: std::collections::BTreeMap<String, u64>,
    /// Rows taken out.
    pub removed: u64,
    /// Problems listed.
    pub problems: u64,
    /// Jobs that an earlier, stopped run had finished.
    pub resumed: usize,
}

/// What every stage of a build needs.
pub(crate) struct Context<'c> {
    pub(crate) loaded: &'c Loaded,
    pub(crate) plan: &'c Plan,
    pub(crate) journal: &'c Journal,
    /// Shards and parts of this run.
    pub(crate) work: &'c Path,
    pub(crate) resources: Resources,
    pub(crate) limits: Limits,
    /// The steps `tokenize`.
    pub(crate) tokenize: Vec<std::sync::Arc<tokenize::Tokenize>>,
    pub(crate) progress: &'c Progress,
}

/// Bounds on what one record may hold. Constants: what is published must not depend on the memory or
/// the threads that a build was given.
fn limits() -> Limits {
    // The largest texts in Danish collections have 37 MB.
    Limits { audio_bytes: 1 << 30, bytes: 40 << 20, line_bytes: 44 << 20, ..Limits::default() }
}

/// Builds a recipe.
///
/// # Errors
/// [`Error::Refused`] when a gate refuses; those of inputs that cannot be found and of the file
/// system. The published folder appears whole or not at all.
pub fn build(loaded: &Loaded, options: &Options, progress: &Progress) -> Result<Built> {
    let limits = limits();
    let tokenize = tokenize::load(loaded).map_err(|e| Error::Invalid(e.to_string()))?;
    progress.stage("plan", None);
    let plan = plan::plan(loaded, options.resources, &limits, TOOL)?;
    let metadata = loaded.metadata();
    let dest = options.out.join(&metadata.id).join(&metadata.version);
    let bench = options.out.join(".work").join(&metadata.id);
    let work = bench.join(&plan.run[..16]);
    let lock = lock(&bench)?;
    fs::create_dir_all(&work).map_err(Error::io(&work))?;
    sweep(&work)?;
    let journal = Journal::open(&work.join(JOURNAL))?;
    let resumed = journal.len();
    let context = Context {
        loaded,
        plan: &plan,
        journal: &journal,
        work: &work,
        resources: options.resources,
        limits,
        tokenize,
        progress,
    };
    let gathered = tables::build(&context)?;
    progress.stage("gates", None);
    let corpus =
        sprog_datasets::corpus::Corpus { metadata, sources: plan.described(), tables: gathered.tables };
    let resources = options.resources;
    let gate = GateOptions { scratch: &work, memory: resources.memory / 4, threads: resources.threads };
    let cleared = Cleared::clear(corpus, &gate)?;
    let story = gathered.story;
    let (published, rows) = publish::publish(&context, &cleared, &story, gathered.files, &dest)?;
    if !options.keep_work {
        // The journal first: without it a half-removed folder is only files that nothing refers to.
        let path = work.join(JOURNAL);
        fs::remove_file(&path).map_err(Error::io(&path))?;
        durable::sync_dir(&work)?;
        fs::remove_dir_all(&work).map_err(Error::io(&work))?;
    }
    // Neither goes while it holds anything: another build, or one that was stopped.
    let _ = fs::remove_dir(&bench).and_then(|()| fs::remove_dir(options.out.join(".work")));
    drop(lock);
    progress.done();
    Ok(Built {
        path: dest,
        new: published == Published::New,
        run: plan.run.clone(),
        rows,
        removed: story.removed_rows(),
        problems: story.problems.len(),
        resumed,
    })
}

/// Name of the journal in the work folder.
const JOURNAL: &str = "journal.jsonl";

/// Keeps a second build of the same dataset out until this one has ended: both would publish.
pub(crate) fn lock(bench: &Path) -> Result<File> {
    fs::create_dir_all(bench).map_err(Error::io(bench))?;
    let dir = File::open(bench).map_err(Error::io(bench))?;
    match dir.try_lock() {
        // A build that ended in between took its folder away: then the lock is of nothing.
        Ok(()) if !bench.is_dir() => lock(bench),
        Ok(()) => Ok(dir),
        Err(fs::TryLockError::WouldBlock) => {
            let message = "another build of this dataset is running";
            Err(Error::io(bench)(std::io::Error::new(std::io::ErrorKind::WouldBlock, message)))
        }
        Err(fs::TryLockError::Error(e)) => Err(Error::io(bench)(e)),
    }
}

/// Removes what a killed run left under temporary names.
fn sweep(work: &Path) -> Result<()> {
    for entry in fs::read_dir(work).map_err(Error::io(work))? {
        let entry = entry.map_err(Error::io(work))?;
        if entry.file_name().to_string_lossy().ends_with(durable::TEMPORARY) {
            fs::remove_file(entry.path()).map_err(Error::io(work))?;
        }
    }
    Ok(())
}
