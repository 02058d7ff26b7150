//! A published folder as its metadata has it: what every standard in [`crate::standards`] is written from.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use arrow::datatypes::SchemaRef;
use serde::de::DeserializeOwned;

use crate::manifest::{Entry, Manifest};
use crate::release::{DATASET_JSON, Description};
use crate::stats::TableStats;
use crate::table::TableFile;
use crate::{Error, Result};

/// Name of the statistics, by config.
pub const STATS_JSON: &str = "stats.json";

/// A dataset as published.
#[derive(Clone, Debug)]
pub struct Publication {
    /// dataset.json.
    pub description: Description,
    /// stats.json: statistics by config.
    pub stats: BTreeMap<String, TableStats>,
    /// Files with sizes and checksums: of a folder all but the manifest's own; while it is being written those that
    /// are there already, the data among them.
    pub files: Vec<Entry>,
    /// Schema of each config, as in its Parquet files.
    pub schemas: BTreeMap<String, SchemaRef>,
}

impl Publication {
    /// Reads a published folder. Its bytes are not checked; see [`crate::verify`].
    ///
    /// # Errors
    /// When a file is missing or not valid.
    pub fn read(dir: &Path) -> Result<Publication> {
        let description: Description = json(&dir.join(DATASET_JSON))?;
        let mut schemas = BTreeMap::new();
        for config in &description.configs {
            if let Some(file) = config.splits.first().and_then(|s| s.files.first()) {
                let table = TableFile::open(&dir.join(&file.path))?;
                schemas.insert(config.name.clone(), table.schema().clone());
            }
        }
        Ok(Publication {
            description,
            stats: json(&dir.join(STATS_JSON))?,
            files: Manifest::read(dir)?.files,
            schemas,
        })
    }

    /// Size and checksums of a file.
    pub fn file(&self, path: &str) -> Option<&Entry> {
        self.files.iter().find(|f| f.path == path)
    }
}

fn json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text = fs::read(path).map_err(Error::io(path))?;
    serde_json::from_slice(&text).map_err(|e| Error::Invalid(format!("{}: {e}", path.display())))
}
