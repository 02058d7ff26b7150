//! What changed from one version of a dataset to another: rows added, removed, changed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use arrow::row::{RowConverter, SortField};
use serde::Serialize;
use sprog_datasets::corpus::MAX_ID_BYTES;
use sprog_datasets::extsort::Sorter;
use sprog_datasets::release::{DATASET_JSON, Description};
use sprog_datasets::table::TableFile;
use sprog_datasets::{Error, Result};

/// Changes of one config.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ConfigDiff {
    /// Rows only in the second.
    pub added: u64,
    /// Rows only in the first.
    pub removed: u64,
    /// Rows in both whose content differs.
    pub changed: u64,
    /// Rows the same in both.
    pub same: u64,
    /// Ids, `+`, `-` or `~` before each; as many as asked for.
    pub ids: Vec<String>,
}

/// id (padded), hash of the row, side.
const RECORD: usize = MAX_ID_BYTES + 16 + 1;

/// Columns that say how a row came about, not what it holds.
const IGNORED: [&str; 1] = ["provenance"];

/// Compares two published folders config by config, by row id and content. At most `list` ids of
/// each config are told.
///
/// # Errors
/// When either folder is no published dataset or cannot be read.
pub fn diff(a: &Path, b: &Path, list: usize, memory: usize) -> Result<BTreeMap<String, ConfigDiff>> {
    let scratch = tempfile::tempdir().map_err(Error::io(std::env::temp_dir()))?;
    let (first, second) = (files(a)?, files(b)?);
    let configs: BTreeSet<&String> = first.keys().chain(second.keys()).collect();
    let mut out = BTreeMap::new();
    for config in configs {
        let mut sorter = Sorter::<RECORD>::new(scratch.path(), memory);
        for (side, (root, files)) in [(a, first.get(config)), (b, second.get(config))].into_iter().enumerate()
        {
            for file in files.into_iter().flatten() {
                read(&root.join(file), side as u8, &mut sorter)?;
            }
        }
        out.insert(config.clone(), compare(sorter, list)?);
    }
    Ok(out)
}

fn files(dir: &Path) -> Result<BTreeMap<String, Vec<String>>> {
    let path = dir.join(DATASET_JSON);
    let text = std::fs::read_to_string(&path).map_err(Error::io(&path))?;
    let description: Description =
        serde_json::from_str(&text).map_err(|e| Error::Invalid(format!("{}: {e}", path.display())))?;
    let of = |c: sprog_datasets::release::Config| {
        let files = c.splits.into_iter().flat_map(|s| s.files).map(|f| f.path).collect();
        (c.name, files)
    };
    Ok(description.configs.into_iter().map(of).collect())
}

fn read(path: &Path, side: u8, sorter: &mut Sorter<RECORD>) -> Result<()> {
    let file = TableFile::open(path)?;
    let columns: Vec<&str> = file
        .schema()
        .fields()
        .iter()
        .map(|f| f.name().as_str())
        .filter(|name| !IGNORED.contains(name))
        .collect();
    let key = if columns.contains(&"id") { "id" } else { "row_id" };
    for batch in file.read(&columns, None)? {
        let batch = batch?;
        let fields = batch.columns().iter().map(|c| SortField::new(c.data_type().clone())).collect();
        let converter = RowConverter::new(fields).map_err(Error::parquet(path))?;
        let rows = converter.convert_columns(batch.columns()).map_err(Error::parquet(path))?;
        let ids = crate::build::strings(&batch, key)?;
        for (row, content) in rows.iter().enumerate() {
            let id = crate::build::value(ids, row).unwrap_or_default().as_bytes();
            let mut record = [0u8; RECORD];
            let slot = record.get_mut(..id.len().min(MAX_ID_BYTES)).unwrap_or_default();
            slot.copy_from_slice(&id[..slot.len()]);
            record[MAX_ID_BYTES..MAX_ID_BYTES + 16]
                .copy_from_slice(&blake3::hash(content.as_ref()).as_bytes()[..16]);
            record[RECORD - 1] = side;
            sorter.push(record)?;
        }
    }
    Ok(())
}

/// Sorted by id, the rows of one id stand together: those of both sides are compared as sets.
fn compare(sorter: Sorter<RECORD>, list: usize) -> Result<ConfigDiff> {
    let mut out = ConfigDiff::default();
    let mut group: Vec<[u8; RECORD]> = Vec::new();
    let mut close = |group: &mut Vec<[u8; RECORD]>| {
        let Some(first) = group.first() else { return };
        let end = first[..MAX_ID_BYTES].iter().position(|b| *b == 0).unwrap_or(MAX_ID_BYTES);
        let id = String::from_utf8_lossy(&first[..end]).into_owned();
        let hashes = |side: u8| -> Vec<&[u8]> {
            group
                .iter()
                .filter(|r| r[RECORD - 1] == side)
                .map(|r| &r[MAX_ID_BYTES..MAX_ID_BYTES + 16])
                .collect()
        };
        let (a, b) = (hashes(0), hashes(1));
        let mark = match (a.is_empty(), b.is_empty()) {
            (true, _) => {
                out.added += b.len() as u64;
                '+'
            }
            (_, true) => {
                out.removed += a.len() as u64;
                '-'
            }
            _ if a == b => {
                out.same += a.len() as u64;
                '='
            }
            _ => {
                out.changed += 1;
                '~'
            }
        };
        if mark != '=' && out.ids.len() < list {
            out.ids.push(format!("{mark}{id}"));
        }
        group.clear();
    };
    for record in sorter.finish()? {
        let record = record?;
        if group.first().is_some_and(|f| f[..MAX_ID_BYTES] != record[..MAX_ID_BYTES]) {
            close(&mut group);
        }
        group.push(record);
    }
    close(&mut group);
    Ok(out)
}
