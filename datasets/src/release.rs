//! Putting a published folder together: everything in a staging folder, then one rename.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::corpus::{Corpus, Source};
use crate::durable::{parent_of, sync_dir, write_bytes};
use crate::gate::Cleared;
use crate::licence::Terms;
use crate::manifest::{MANIFEST, Manifest, SHA256_LIST, checksums, sha256_list};
use crate::metadata::Metadata;
use crate::publication::{Publication, STATS_JSON};
use crate::rules::{RuleTable, TablePage, pages};
use crate::schema::{Modality, SCHEMA_VERSION};
use crate::stats::{TableStats, Totals};
use crate::table::{TableFile, write_published};
use crate::tokens::Tokens;
use crate::{Error, Result, chunks, standards};

/// Name of the single source of all metadata.
pub const DATASET_JSON: &str = "dataset.json";

/// Version of dataset.json.
pub const FORMAT: u32 = 2;

/// dataset.json.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Description {
    /// Version of this format.
    pub format: u32,
    /// The dataset.
    #[serde(flatten)]
    pub metadata: Metadata,
    /// Version of the table schemas.
    pub schema: String,
    /// The program that built it.
    pub tool: String,
    /// Hash of recipe, program and inputs.
    pub run: String,
    /// Its configs.
    pub configs: Vec<Config>,
    /// Its sources, also those left out.
    pub sources: Vec<Source>,
    /// What was done to them, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<StepInfo>,
}

/// One step of the recipe as it ran.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StepInfo {
    /// Its name in recipes, such as `exact-dedup`.
    #[serde(rename = "use")]
    pub name: String,
    /// Its settings, those that were not given among them.
    #[serde(flatten)]
    pub settings: BTreeMap<String, serde_json::Value>,
}

/// The JSON Schema (2020-12) of dataset.json, format 2, as it lies beside it in a published folder.
///
/// ```
/// let schema: serde_json::Value = serde_json::from_str(&sprog_datasets::release::json_schema())?;
/// assert!(schema["required"].as_array().is_some_and(|names| names.iter().any(|name| name == "version")));
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn json_schema() -> String {
    let mut schema = schemars::schema_for!(Description);
    schema.insert("title".to_owned(), format!("dataset.json, format {FORMAT}").into());
    json(&schema).unwrap_or_default()
}

/// One config in dataset.json.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Config {
    /// Name.
    pub name: String,
    /// What it holds.
    pub modality: Modality,
    /// Terms of all its sources together.
    pub terms: Terms,
    /// Its splits.
    pub splits: Vec<SplitInfo>,
    /// How its texts were made into tokens, if they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<Tokens>,
}

/// One split of a config.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SplitInfo {
    /// Name.
    pub name: String,
    /// Rows and what they add up to.
    pub totals: Totals,
    /// Its files, in order.
    pub files: Vec<FileInfo>,
}

/// One Parquet file of a split.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FileInfo {
    /// Relative path.
    pub path: String,
    /// Rows.
    pub rows: u64,
}

/// What a build adds to the corpus when it publishes.
pub struct Release<'r> {
    /// For each table its part files on disk, in the order of its parts.
    pub parts: Vec<Vec<PathBuf>>,
    /// Statistics by config.
    pub stats: &'r BTreeMap<String, TableStats>,
    /// Files beside the tables, by their paths in the folder: binary files of tokens, and the rows that were dropped,
    /// as `removed/…`.
    pub beside: Vec<(String, PathBuf)>,
    /// report.html.
    pub report: String,
    /// The program.
    pub tool: String,
    /// Hash of recipe, program and inputs.
    pub run: String,
    /// What was done to the sources, in order.
    pub steps: Vec<StepInfo>,
}

/// How publishing ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Published {
    /// The folder is new.
    New,
    /// The very same bytes were there already.
    Unchanged,
}

/// Rows in each `sample/<config>.parquet`.
const SAMPLE_ROWS: usize = 10;

impl Release<'_> {
    /// dataset.json of this release.
    pub fn description(&self, corpus: &Cleared<Corpus>) -> Description {
        let terms = corpus.terms();
        let corpus = corpus.corpus();
        let configs = corpus.tables.iter().map(|table| {
            let mut splits: Vec<SplitInfo> = Vec::new();
            for part in &table.parts {
                let file = FileInfo { path: part.path(&table.config), rows: part.num_rows };
                match splits.last_mut().filter(|s| s.name == part.split) {
                    Some(split) => split.files.push(file),
                    None => {
                        let stats = self.stats.get(&table.config);
                        let totals =
                            stats.and_then(|s| s.splits.get(&part.split)).copied().unwrap_or_default();
                        splits.push(SplitInfo { name: part.split.clone(), totals, files: vec![file] });
                    }
                }
            }
            let of = table.beside.as_ref().unwrap_or(&table.config);
            let terms = terms.get(of).cloned().unwrap_or_default();
            let tokens = table.tokens.clone();
            Config { name: table.config.clone(), modality: table.modality, terms, splits, tokens }
        });
        Description {
            format: FORMAT,
            metadata: corpus.metadata.clone(),
            schema: SCHEMA_VERSION.to_owned(),
            tool: self.tool.clone(),
            run: self.run.clone(),
            configs: configs.collect(),
            sources: corpus.sources.clone(),
            steps: self.steps.clone(),
        }
    }

    /// Publishes into the folder `dest`, which appears whole or not at all.
    ///
    /// # Errors
    /// Those of the file system; [`Error::Invalid`] when `dest` holds this version with other bytes.
    pub fn publish(&self, corpus: &Cleared<Corpus>, dest: &Path) -> Result<Published> {
        let parent = parent_of(dest);
        fs::create_dir_all(parent).map_err(Error::io(parent))?;
        let name = dest.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let staging = parent.join(format!(".{name}.{}.staging", self.run.get(..16).unwrap_or(&self.run)));
        remove_tree(&staging)?;
        self.fill(corpus, &staging)?;
        if dest.exists() {
            let same = fs::read(staging.join(MANIFEST)).ok() == fs::read(dest.join(MANIFEST)).ok();
            remove_tree(&staging)?;
            let findings = if same { crate::verify::verify(dest, |_| {})?.findings } else { Vec::new() };
            return if let Some(first) = findings.first() {
                Err(Error::Invalid(format!(
                    "{} is published already but damaged ({}: {}); move it away and build again",
                    dest.display(),
                    first.path,
                    first.message
                )))
            } else if same {
                Ok(Published::Unchanged)
            } else {
                let message = format!(
                    "{} is published already with other content; a version never changes: raise `version` in the \
                     recipe, or remove the folder if it was never given to anyone",
                    dest.display()
                );
                Err(Error::Invalid(message))
            };
        }
        fs::rename(&staging, dest).map_err(Error::io(dest))?;
        sync_dir(parent)?;
        Ok(Published::New)
    }

    fn fill(&self, cleared: &Cleared<Corpus>, staging: &Path) -> Result<()> {
        let corpus = cleared.corpus();
        fs::create_dir_all(staging).map_err(Error::io(staging))?;
        for (table, files) in corpus.tables.iter().zip(&self.parts) {
            for (part, file) in table.parts.iter().zip(files) {
                place(file, &staging.join(part.path(&table.config)))?;
            }
            if let Some(first) = files.first() {
                write_sample(first, &staging.join("sample").join(format!("{}.parquet", table.config)))?;
            }
            if let Some(rules) = RuleTable::parse(&table.config).filter(|_| table.modality == Modality::Rules)
            {
                let of_table = |s: &&Source| s.excluded.is_none() && s.config == table.config;
                let sources = corpus.sources.iter().filter(of_table).cloned().collect();
                let m = &corpus.metadata;
                let page = TablePage::read(&m.id, &m.version, sources, files)?;
                let dir = staging.join("rules");
                fs::create_dir_all(&dir).map_err(Error::io(&dir))?;
                for (name, text) in pages(rules, &page) {
                    write_bytes(&dir.join(name), text.as_bytes())?;
                }
            }
        }
        for (path, file) in &self.beside {
            place(file, &staging.join(path))?;
        }
        let write = |name: &str, text: String| write_bytes(&staging.join(name), text.as_bytes());
        let description = self.description(cleared);
        write(DATASET_JSON, json(&description)?)?;
        write(STATS_JSON, json(&self.stats)?)?;
        write("report.html", self.report.clone())?;
        let data = description.configs.iter().flat_map(|c| &c.splits).flat_map(|s| &s.files);
        let measured = chunks::Chunks::measure(staging, data.map(|f| f.path.as_str()))?;
        write(chunks::CHUNKS_JSON, measured.to_json()?)?;
        let (id, version) = (&corpus.metadata.id, &corpus.metadata.version);
        let schemas = corpus.tables.iter().map(|t| (t.config.clone(), t.schema.clone())).collect();
        let files = Manifest::measure(staging, id, version, Vec::new())?.files;
        let publication = Publication { description, stats: self.stats.clone(), files, schemas };
        for (name, text) in standards::files(&publication)? {
            write(&name, text)?;
        }
        let manifest = Manifest::measure(staging, id, version, publication.files)?;
        write(MANIFEST, manifest.to_json()?)?;
        let (_, own, _) = checksums(&staging.join(MANIFEST))?;
        let entries = manifest.files.iter().map(|f| (f.sha256.as_str(), f.path.as_str()));
        write(SHA256_LIST, sha256_list(entries.chain([(own.as_str(), MANIFEST)])))?;
        sync_tree(staging)
    }
}

/// Pretty JSON with a final newline.
fn json(value: &impl Serialize) -> Result<String> {
    let text = serde_json::to_string_pretty(value).map_err(|e| Error::Invalid(e.to_string()))?;
    Ok(text + "\n")
}

/// Brings a finished file of the build into the staging folder, without copying where it can.
fn place(from: &Path, to: &Path) -> Result<()> {
    let dir = parent_of(to);
    fs::create_dir_all(dir).map_err(Error::io(dir))?;
    if fs::hard_link(from, to).is_err() {
        // Never over a file that is there: it might be a link to `from` itself.
        let mut target = fs::File::create_new(to).map_err(Error::io(to))?;
        let mut source = fs::File::open(from).map_err(Error::io(from))?;
        std::io::copy(&mut source, &mut target).map_err(Error::io(to))?;
        fs::File::open(to).and_then(|f| f.sync_all()).map_err(Error::io(to))?;
    }
    Ok(())
}

fn write_sample(from: &Path, to: &Path) -> Result<()> {
    let dir = parent_of(to);
    fs::create_dir_all(dir).map_err(Error::io(dir))?;
    let file = TableFile::open(from)?;
    let mut left = SAMPLE_ROWS;
    let batches = file.read(&[], None)?.map_while(|batch| match batch {
        _ if left == 0 => None,
        Ok(batch) => {
            let take = batch.num_rows().min(left);
            left -= take;
            Some(Ok(batch.slice(0, take)))
        }
        Err(e) => Some(Err(e)),
    });
    write_published(to, file.schema(), SAMPLE_ROWS as u64, batches, |_| {})
}

fn remove_tree(dir: &Path) -> Result<()> {
    match fs::remove_dir_all(dir) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::io(dir)(e)),
        _ => Ok(()),
    }
}

fn sync_tree(dir: &Path) -> Result<()> {
    for entry in fs::read_dir(dir).map_err(Error::io(dir))? {
        let entry = entry.map_err(Error::io(dir))?;
        if entry.file_type().map_err(Error::io(dir))?.is_dir() {
            sync_tree(&entry.path())?;
        }
    }
    sync_dir(dir)
}
