//! Which files of a manifest are wanted, and of which of them only some columns.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};
use sprog_datasets::Error;
use sprog_datasets::chunks::{CHUNKS_JSON, Chunks, FileChunks};
use sprog_datasets::manifest::Entry;
use sprog_datasets::partial::Selection;
use sprog_datasets::publication::STATS_JSON;
use sprog_datasets::release::{DATASET_JSON, Description};

use super::error::changed;
use super::release::{Found, find};
use super::{Ask, DatasetError};
use crate::codes;
use crate::fetch::{Client, FetchError, Request};

/// Metadata that is read into memory before anything is brought: more than any real one has.
const METADATA_BYTES: u64 = 256 << 20;

/// What is to be brought, and what is left out.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The version.
    pub found: Found,
    /// Files, in the order of the manifest.
    pub jobs: Vec<Job>,
    /// Files of the manifest that are left out, sorted.
    pub left_out: Vec<String>,
    /// What was asked for.
    pub selection: Selection,
    /// Whether columns were asked for of a dataset without chunks.json: its files come whole.
    pub without_chunks: bool,
    /// The configs, splits and files of a part, for Hugging Face `datasets`.
    pub(super) tables: Option<String>,
    /// What came already, by path.
    pub(super) read: BTreeMap<String, Vec<u8>>,
}

/// One file.
#[derive(Clone, Debug)]
pub struct Job {
    /// As in the manifest.
    pub entry: Entry,
    /// For a file of which some columns are wanted: where they lie, and their names in the order of the schema.
    pub columns: Option<(FileChunks, Vec<String>)>,
}

impl Job {
    /// Bytes to fetch, if nothing goes wrong.
    pub fn bytes(&self) -> u64 {
        match &self.columns {
            None => self.entry.bytes,
            Some((chunks, columns)) => chunks.spans(columns).iter().map(|s| s.length).sum(),
        }
    }
}

impl Plan {
    /// Finds the version asked for and chooses its files. Nothing is written.
    ///
    /// # Errors
    /// Those of [`find`]; SPROG-2036 for a config, split or column that is not there.
    pub fn make(ask: &Ask, client: &Client) -> Result<Plan, DatasetError> {
        let found = find(ask, client)?;
        let selection = ask.selection.clone();
        let mut plan = Plan {
            found,
            jobs: Vec::new(),
            left_out: Vec::new(),
            selection,
            without_chunks: false,
            tables: None,
            read: BTreeMap::new(),
        };
        if plan.selection.is_whole() {
            let whole = |entry: &Entry| Job { entry: entry.clone(), columns: None };
            plan.jobs = plan.found.manifest.files.iter().map(whole).collect();
            return Ok(plan);
        }
        let description = plan.read(ask, client, DATASET_JSON)?;
        let description: Description = serde_json::from_slice(description)
            .map_err(|e| Error::Invalid(format!("{DATASET_JSON}: {e}; a newer sprog may have written it")))?;
        let mut chunks = None;
        if !plan.selection.columns.is_empty() {
            match plan.found.manifest.files.iter().any(|f| f.path == CHUNKS_JSON) {
                true => chunks = Some(Chunks::parse(plan.read(ask, client, CHUNKS_JSON)?)?),
                false => plan.without_chunks = true,
            }
        }
        plan.choose(&description, chunks.as_ref())?;
        Ok(plan)
    }

    /// All bytes to fetch.
    pub fn bytes(&self) -> u64 {
        self.jobs.iter().map(Job::bytes).sum()
    }

    /// A file of the manifest, into memory.
    fn read(&mut self, ask: &Ask, client: &Client, path: &str) -> Result<&[u8], DatasetError> {
        let scratch = tempfile::tempdir().map_err(Error::io(std::env::temp_dir()))?;
        let Some(entry) = self.found.manifest.files.iter().find(|f| f.path == path) else {
            return Err(DatasetError::refused(
                codes::MANIFEST_REFUSED,
                format!("the manifest lists no {path}"),
            ));
        };
        if entry.bytes > METADATA_BYTES {
            let message = format!("{path}: {} bytes are too many for metadata", entry.bytes);
            return Err(DatasetError::refused(codes::MANIFEST_REFUSED, message));
        }
        let to = scratch.path().join("file");
        fetch_entry(ask, client, &self.found.version, entry, &to, &mut |_| {})?;
        let bytes = std::fs::read(&to).map_err(Error::io(&to))?;
        Ok(self.read.entry(path.to_owned()).or_insert(bytes))
    }

    fn choose(&mut self, description: &Description, chunks: Option<&Chunks>) -> Result<(), DatasetError> {
        let Selection { configs, splits, columns } = &self.selection;
        let asked = |what: &str, name: &str, there: BTreeSet<&str>| {
            let there: Vec<&str> = there.into_iter().collect();
            let message = format!("no {what} {name:?}; there are {}", there.join(", "));
            DatasetError::asked(codes::SELECTION, message)
        };
        let names: BTreeSet<&str> = description.configs.iter().map(|c| c.name.as_str()).collect();
        if let Some(name) = configs.iter().find(|name| !names.contains(name.as_str())) {
            return Err(asked("config", name, names));
        }
        let mut chosen: BTreeSet<&str> = names
            .into_iter()
            .filter(|name| configs.is_empty() || configs.iter().any(|c| c == name))
            .collect();
        let of_chosen = description.configs.iter().filter(|c| chosen.contains(c.name.as_str()));
        let all_splits: BTreeSet<&str> = of_chosen.flat_map(|c| &c.splits).map(|s| s.name.as_str()).collect();
        if let Some(name) = splits.iter().find(|name| !all_splits.contains(name.as_str())) {
            return Err(asked("split", name, all_splits));
        }
        // Each data file's config and split.
        let mut data: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
        for config in &description.configs {
            for split in &config.splits {
                data.extend(
                    split
                        .files
                        .iter()
                        .map(|f| (f.path.as_str(), (config.name.as_str(), split.name.as_str()))),
                );
            }
        }
        if let Some(chunks) = chunks {
            let mut there = BTreeSet::new();
            let mut with_any = BTreeSet::new();
            for file in &chunks.files {
                let Some((config, _)) = data.get(file.path.as_str()).filter(|(c, _)| chosen.contains(c))
                else {
                    continue;
                };
                there.extend(file.columns.iter().map(String::as_str));
                if file.columns.iter().any(|c| columns.contains(c)) {
                    with_any.insert(*config);
                }
            }
            if let Some(name) = columns.iter().find(|name| !there.contains(name.as_str())) {
                return Err(asked("column", name, there));
            }
            if let Some(config) = chosen.iter().find(|c| !configs.is_empty() && !with_any.contains(*c)) {
                let message = format!("config {config:?} has none of the columns {}", columns.join(", "));
                return Err(DatasetError::asked(codes::SELECTION, message));
            }
            chosen = with_any;
        }
        for entry in &self.found.manifest.files {
            let path = entry.path.as_str();
            let wanted = match data.get(path) {
                Some((config, split)) => {
                    chosen.contains(config) && (splits.is_empty() || splits.iter().any(|s| s == split))
                }
                None => about_the_part(path, &chosen, &self.selection),
            };
            if !wanted {
                self.left_out.push(path.to_owned());
                continue;
            }
            let some = data.get(path).and(chunks).and_then(|chunks| {
                let file = chunks.file(path).filter(|file| file.bytes == entry.bytes)?;
                let kept: Vec<String> =
                    file.columns.iter().filter(|c| columns.contains(c)).cloned().collect();
                (kept.len() < file.columns.len()).then(|| (file.clone(), kept))
            });
            self.jobs.push(Job { entry: entry.clone(), columns: some });
        }
        self.left_out.sort();
        self.tables = Some(tables(description, &self.jobs));
        Ok(())
    }
}

/// The tables that are there, as a card lists them: Hugging Face `datasets` opens no config of a card of which one has
/// no files, unless a file of its own says which there are.
fn tables(description: &Description, jobs: &[Job]) -> String {
    let there: BTreeSet<&str> = jobs.iter().map(|j| j.entry.path.as_str()).collect();
    let mut configs: Vec<Value> = Vec::new();
    for config in &description.configs {
        let mut files: Vec<Value> = Vec::new();
        for split in &config.splits {
            let paths: Vec<&str> =
                split.files.iter().map(|f| f.path.as_str()).filter(|p| there.contains(p)).collect();
            if !paths.is_empty() {
                files.push(json!({"split": split.name, "path": paths}));
            }
        }
        if !files.is_empty() {
            configs.push(json!({
                "config_name": config.name, "data_files": files, "default": configs.is_empty(),
            }));
        }
    }
    // JSON is YAML.
    format!("{}\n", json!({ "configs": configs }))
}

/// Whether a file that is no table of rows goes with a part of the dataset: what describes the dataset does; what is
/// about rows that may be left out (report, samples, removed rows) does not, nor what lists the files of the whole.
fn about_the_part(path: &str, chosen: &BTreeSet<&str>, selection: &Selection) -> bool {
    let (folder, rest) = path.split_once('/').unwrap_or(("", path));
    match folder {
        "data" | "sample" | "removed" | "diff" => false,
        "rules" => rest.split('.').next().is_some_and(|table| chosen.contains(table)),
        "binary" => {
            let Some((config, name)) = rest.split_once('/') else { return false };
            let of_split =
                |s: &String| name.strip_prefix(s.as_str()).is_some_and(|r| r.starts_with(['.', '_']));
            let split = selection.splits.is_empty() || selection.splits.iter().any(of_split);
            selection.columns.is_empty() && chosen.contains(config) && split
        }
        // What people read of the dataset, and what we read of it. Descriptions for other programs list files of the
        // whole, and are larger than many a part.
        _ => {
            let ending = path.rsplit('.').next().unwrap_or_default();
            path != "report.html"
                && (!matches!(ending, "ttl" | "jsonld" | "rdf" | "json")
                    || matches!(path, DATASET_JSON | STATS_JSON | CHUNKS_JSON))
        }
    }
}

/// Brings a file of the manifest, from the first site that has its bytes.
pub(super) fn fetch_entry(
    ask: &Ask,
    client: &Client,
    version: &str,
    entry: &Entry,
    to: &Path,
    progress: &mut dyn FnMut(crate::fetch::Progress),
) -> Result<(), DatasetError> {
    let mut first: Option<FetchError> = None;
    for site in ask.sites() {
        let url = site.url(&format!("{version}/{}", entry.path));
        let request = Request { url, sha256: Some(entry.sha256.clone()), bytes: Some(entry.bytes) };
        match client.fetch(&request, to, progress) {
            Ok(_) => return Ok(()),
            // This disk is the same for every site.
            Err(e @ FetchError::Io { .. }) if !request.url.starts_with("file:") => return Err(e.into()),
            Err(e) => drop(first.get_or_insert(e)),
        }
    }
    Err(first.map_or_else(
        || DatasetError::asked(codes::POINTER, "no address".to_owned()),
        |e| changed(&entry.path, e),
    ))
}
