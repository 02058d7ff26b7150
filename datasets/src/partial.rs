//! PARTIAL.json: what was left out of a published folder when a part of it was fetched.
//!
//! The folder's MANIFEST.json and signature stay those of the whole. A file that is there as published is checked
//! against the manifest; one that was made of some columns, against chunks.json, which the manifest covers: so a part
//! is as surely what was published as the whole. PARTIAL.json itself is covered by nothing. It can hide that files
//! are missing, which [`mod@crate::verify`] tells whenever it is there, and it can pass nothing off as published.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::{Error, Result, codes};

/// Name of the file.
pub const PARTIAL_JSON: &str = "PARTIAL.json";

/// Name of the file beside it that tells Hugging Face `datasets` which configs are there: the card, README.md, is that of
/// the whole, and this one is read over it.
pub const HUGGING_FACE_YAML: &str = ".huggingface.yaml";

/// PARTIAL.json.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partial {
    /// Version of this format: 1.
    pub format: u32,
    /// The dataset's id.
    pub dataset: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of the MANIFEST.json, hexadecimal.
    pub manifest_sha256: String,
    /// What was asked for.
    pub selection: Selection,
    /// Files of the manifest that are not there, by path.
    pub left_out: Vec<String>,
    /// Files that hold some columns of the published ones, by path.
    pub made: Vec<Made>,
}

/// What of a dataset is wanted; an empty list is everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    /// Configs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub configs: Vec<String>,
    /// Splits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub splits: Vec<String>,
    /// Top-level columns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
}

impl Selection {
    /// Whether everything is wanted.
    pub fn is_whole(&self) -> bool {
        *self == Selection::default()
    }
}

/// A file with some columns of a published one, under the same path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// Path in the folder.
    pub path: String,
    /// Its columns, in the order of the schema.
    pub columns: Vec<String>,
    /// Size.
    pub bytes: u64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

impl Partial {
    /// The file's text.
    ///
    /// # Errors
    /// Never in practice.
    pub fn to_json(&self) -> Result<String> {
        let text = serde_json::to_string_pretty(self).map_err(|e| Error::Invalid(e.to_string()))?;
        Ok(text + "\n")
    }

    /// Reads the PARTIAL.json of a folder; `None` where there is none.
    ///
    /// # Errors
    /// Those of the file system; [`Error::Invalid`] with SPROG-1121 for one that is not valid.
    pub fn read(dir: &Path) -> Result<Option<Partial>> {
        let path = dir.join(PARTIAL_JSON);
        let text = match fs::read(&path) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            other => other.map_err(Error::io(&path))?,
        };
        let invalid =
            |why: String| Error::Invalid(format!("{}: {why} [{}]", path.display(), codes::PARTIAL_WRONG));
        let partial: Partial = serde_json::from_slice(&text).map_err(|e| invalid(e.to_string()))?;
        if partial.format != 1 {
            return Err(invalid(format!("format {} where 1 is known", partial.format)));
        }
        Ok(Some(partial))
    }

    /// Whether a file of the manifest was left out.
    pub fn leaves_out(&self, path: &str) -> bool {
        self.left_out.binary_search_by(|p| p.as_str().cmp(path)).is_ok()
    }

    /// The file made in place of a published one.
    pub fn made(&self, path: &str) -> Option<&Made> {
        self.made.iter().find(|m| m.path == path)
    }
}
