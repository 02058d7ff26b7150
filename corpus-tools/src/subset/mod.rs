//! Some rows of a published dataset as a dataset of its own: `sprog subset`.
//!
//! The result has its own id, card, statistics and report, and the licences and terms of the sources that are left;
//! every gate runs, as in a build. Rows keep their order, their split and all their columns' types. Columns that are
//! not asked for are empty (null) rather than gone, so that the tables keep the schema of their kind; what gates and
//! statistics need stays filled: `id`, the content, `speaker_id`, `recording_id`, `source`, `license`, `token_count`,
//! `duration`, `sampling_rate`.
//!
//! Attributes beside a table are cut along with it. Tables of rules stand for files, line by line, and are taken whole
//! or not at all. Sequences of tokens are packed of whole texts, and are left out: tokenize again.
//!
//! dataset.json names the parent, with the hash of its manifest and the expression (`derived_from`).

mod choose;
mod describe;
mod rows;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use sprog_datasets::corpus::{Corpus, Part, Table, parts_of_shards};
use sprog_datasets::gate::{Cleared, GateOptions};
use sprog_datasets::manifest::{MANIFEST, checksums};
use sprog_datasets::partial::Partial;
use sprog_datasets::publication::Publication;
use sprog_datasets::release::{Published, Release, StepInfo};
use sprog_datasets::stats::TableStats;
use sprog_datasets::table::{Shards, write_published};
use sprog_datasets::{Error, Result, verify};
use sprog_formats::Code;

use self::choose::{Chosen, Role};
use self::rows::Cut;
use crate::build::{Resources, TOOL, pool};
use crate::codes;
use crate::filter::Filter;
use crate::progress::Progress;
use crate::report;

/// What to take, and where to put it.
#[derive(Clone, Debug)]
pub struct Options {
    /// The rows, as a SQL `WHERE` expression (see [`crate::filter`]); all if there is none.
    pub expression: Option<String>,
    /// Only these configs; all that the expression fits if none are named.
    pub configs: Vec<String>,
    /// Only these columns filled; all if none are named.
    pub columns: Vec<String>,
    /// Folder that gets `<id>/<version>/`.
    pub out: PathBuf,
    /// Id of the result; made of the parent's and of what is taken if not given.
    pub id: Option<String>,
    /// Version of the result; the parent's if not given.
    pub version: Option<String>,
    /// Day of the result, such as `2026-11-22`; the parent's if not given.
    pub created: Option<String>,
    /// Threads and memory.
    pub resources: Resources,
}

/// What was made.
#[derive(Clone, Debug, Serialize)]
pub struct Subset {
    /// The published folder.
    pub path: PathBuf,
    /// Whether it is new.
    pub new: bool,
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// By config rows taken, and rows that the parent has.
    pub rows: BTreeMap<String, (u64, u64)>,
    /// Configs left out, and why.
    pub configs_left_out: BTreeMap<String, String>,
    /// Sources without a row left.
    pub sources_left_out: Vec<String>,
}

fn invalid(code: Code, message: &str) -> Error {
    Error::Invalid(format!("{message} [{code}]"))
}

/// Takes rows of the published folder `dir`. The same input gives the same bytes.
///
/// # Errors
/// SPROG-2041 for a parent that is damaged or a part, SPROG-2042 for rows of rules, SPROG-2043 where no row is left,
/// SPROG-2044 for what does not fit the parent; [`Error::Refused`] when a gate refuses; those of the file system.
pub fn subset(dir: &Path, options: &Options, progress: &Progress) -> Result<Subset> {
    progress.stage("verify", None);
    if Partial::read(dir)?.is_some() {
        return Err(invalid(codes::SUBSET_PARENT, &format!("{}: a part of a dataset", dir.display())));
    }
    let verified = verify::verify(dir, |_| {})?;
    if let Some(first) = verified.findings.first() {
        let message = format!("{}: {}: {}", dir.display(), first.path, first.message);
        return Err(invalid(codes::SUBSET_PARENT, &message));
    }
    let parent = Publication::read(dir)?;
    let manifest_sha256 = checksums(&dir.join(MANIFEST))?.1;
    let filter = match &options.expression {
        Some(text) => Some(Filter::parse(text).map_err(|e| Error::Invalid(format!("--where: {e}")))?),
        None => None,
    };
    let chosen = choose::choose(&parent, options, filter.as_ref())?;
    let derived = describe::derivation(&parent, options, manifest_sha256);
    let run = describe::run(&derived, options)?;
    let metadata = describe::metadata(&parent, options, derived, &run)?;
    let dest = options.out.join(&metadata.id).join(&metadata.version);
    let bench = options.out.join(".work").join(&metadata.id);
    let work = bench.join(format!("subset-{}", run.get(..16).unwrap_or(&run)));
    let lock = crate::build::lock(&bench)?;
    // A run that was killed is done again from the start.
    remove(&work)?;
    fs::create_dir_all(&work).map_err(Error::io(&work))?;
    let made = make(dir, &parent, chosen, metadata, options, filter.as_ref(), &work, &run, &dest, progress);
    let removed = remove(&work);
    // Neither goes while it holds anything of another run.
    let _ = fs::remove_dir(&bench).and_then(|()| fs::remove_dir(options.out.join(".work")));
    drop(lock);
    progress.done();
    let made = made?;
    removed.map(|()| made)
}

#[allow(clippy::too_many_arguments, reason = "the one call of what `subset` prepared")]
fn make(
    dir: &Path,
    parent: &Publication,
    mut chosen: Chosen,
    metadata: sprog_datasets::metadata::Metadata,
    options: &Options,
    filter: Option<&Filter>,
    work: &Path,
    run: &str,
    dest: &Path,
    progress: &Progress,
) -> Result<Subset> {
    let resources = options.resources;
    progress.stage("rows", None);
    let cuts = rows::cut(dir, parent, &chosen, filter, &options.columns, work, resources)?;
    let mut tables = Vec::new();
    let mut rows = BTreeMap::new();
    for config in &parent.description.configs {
        let name = &config.name;
        let Some(cut) = cuts.get(name) else { continue };
        let all = config.splits.iter().flat_map(|s| &s.files).map(|f| f.rows).sum();
        let left: u64 = cut.shards.iter().map(|s| u64::from(s.rows)).sum();
        if left == 0 {
            chosen.left_out.insert(name.clone(), "no row of it is left".to_owned());
            continue;
        }
        rows.insert(name.clone(), (left, all));
        let schema = parent.schemas.get(name).cloned();
        let schema = schema.ok_or_else(|| Error::Invalid(format!("config {name:?} has no file")))?;
        let sizes: Vec<(String, u32, u64)> =
            cut.shards.iter().map(|s| (s.split.clone(), s.rows, s.bytes)).collect();
        let parts = parts_of_shards(&sizes, config.modality);
        let shards = Shards::new(cut.shards.iter().map(|s| s.path.clone()).collect());
        let beside = match chosen.roles.get(name) {
            Some(Role::Beside(of)) => Some(of.clone()),
            _ => None,
        };
        let tokens = describe::tokens(config, cut);
        tables.push(Table {
            config: name.clone(),
            modality: config.modality,
            schema,
            shards,
            parts,
            beside,
            tokens,
        });
    }
    if tables.is_empty() {
        let message = match &options.expression {
            Some(expression) => format!("the expression is true for no row: {expression}"),
            None => "there is no row".to_owned(),
        };
        return Err(invalid(codes::SUBSET_EMPTY, &message));
    }
    let sources = describe::sources(parent, &tables, &cuts);
    let sources_left_out = sources.iter().filter(|s| s.excluded.is_some()).map(|s| s.id.clone()).collect();
    let (id, version) = (metadata.id.clone(), metadata.version.clone());
    progress.stage("gates", None);
    let gate = GateOptions { scratch: work, memory: resources.memory / 4, threads: resources.threads };
    let cleared = Cleared::clear(Corpus { metadata, sources, tables }, &gate)?;
    let corpus = cleared.corpus();
    progress.stage("parts", Some(rows.values().map(|(left, _)| left).sum()));
    let (parts, stats) = write_parts(corpus, work, resources, progress)?;
    let mut data = crate::build::report_of_tables(corpus, &stats, &parts, run)?;
    data.steps = describe::steps(options, &rows);
    data.sources = describe::source_rows(parent, corpus, &stats);
    let report = report::render(&data).map_err(|e| Error::Invalid(format!("the report: {e}")))?;
    progress.stage("publish", None);
    // The steps of the whole, and the one that is the subset.
    let mut steps = parent.description.steps.clone();
    if let Some(expression) = &options.expression {
        let settings = [("where".to_owned(), serde_json::Value::from(expression.as_str()))].into();
        steps.push(StepInfo { name: "subset".to_owned(), settings });
    }
    let release = Release {
        parts,
        stats: &stats,
        beside: Vec::new(),
        report,
        tool: TOOL.to_owned(),
        run: run.to_owned(),
        steps,
    };
    let published = release.publish(&cleared, dest)?;
    Ok(Subset {
        path: dest.to_owned(),
        new: published == Published::New,
        id,
        version,
        rows,
        configs_left_out: chosen.left_out,
        sources_left_out,
    })
}

type Written = (Vec<Vec<PathBuf>>, BTreeMap<String, TableStats>);

/// The published files and their statistics.
fn write_parts(corpus: &Corpus, work: &Path, resources: Resources, progress: &Progress) -> Result<Written> {
    let done: Mutex<BTreeMap<(usize, usize), TableStats>> = Mutex::default();
    let path = |t: usize, p: usize| work.join(format!("part-{t}-{p}.parquet"));
    pool::run(
        resources,
        |hand_out| {
            for (t, table) in corpus.tables.iter().enumerate() {
                (0..table.parts.len()).try_for_each(|p| hand_out((t, p)))?;
            }
            Ok(())
        },
        |(t, p): (usize, usize)| {
            let table = &corpus.tables[t];
            let part: &Part = &table.parts[p];
            let mut stats = TableStats::default();
            let batches = table.shards.gather(&part.rows, &[]);
            write_published(&path(t, p), &table.schema, part.num_rows, batches, |batch| {
                stats.observe(&part.split, batch);
                progress.advance(batch.num_rows() as u64);
            })?;
            done.lock().unwrap_or_else(PoisonError::into_inner).insert((t, p), stats);
            Ok(())
        },
    )?;
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut stats: BTreeMap<String, TableStats> = BTreeMap::new();
    for ((t, _), of_part) in &done {
        stats.entry(corpus.tables[*t].config.clone()).or_default().merge(of_part);
    }
    let files = corpus.tables.iter().enumerate();
    let files = files.map(|(t, table)| (0..table.parts.len()).map(|p| path(t, p)).collect()).collect();
    Ok((files, stats))
}

fn remove(dir: &Path) -> Result<()> {
    match fs::remove_dir_all(dir) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::io(dir)(e)),
        _ => Ok(()),
    }
}

/// Cuts by config.
type Cuts = BTreeMap<String, Cut>;
