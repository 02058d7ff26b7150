//! The static JSON API: `api/datasets.json`, and `api/<id>.json` for each dataset.

use std::path::Path;

use serde_json::{Value, json};
use sprog_datasets::schema::Modality;
use sprog_datasets::table::TableFile;

use super::model::Dataset;
use super::words;

/// `api/<id>.json`: what a reader of the data needs to know. Paths are relative to `base`. `clip_index` of a file of
/// speech is [`TableFile::clip_index`].
pub(crate) fn dataset(dataset: &Dataset) -> anyhow::Result<Vec<u8>> {
    let p = &dataset.publication;
    let m = &p.description.metadata;
    let configs: Vec<Value> = dataset
        .configs()
        .iter()
        .map(|config| {
            let schema = p.schemas.get(&config.name);
            let columns: Vec<Value> = schema
                .iter()
                .flat_map(|schema| schema.fields())
                .map(|f| json!({"name": f.name(), "type": f.data_type().to_string()}))
                .collect();
            let splits: Vec<Value> = config
                .splits
                .iter()
                .map(|split| {
                    let files: Vec<Value> = split
                        .files
                        .iter()
                        .map(|file| {
                            let entry = p.file(&file.path);
                            let mut value = json!({"path": file.path, "rows": file.rows,
                                   "bytes": entry.map(|e| e.bytes), "sha256": entry.map(|e| &e.sha256)});
                            if config.modality == Modality::Speech
                                && let Ok(table) = TableFile::open(&dataset.dir.join(&file.path))
                            {
                                value["clip_index"] = json!(table.clip_index());
                            }
                            value
                        })
                        .collect();
                    let rows: u64 = split.files.iter().map(|f| f.rows).sum();
                    json!({"name": split.name, "rows": rows, "files": files})
                })
                .collect();
            json!({"name": config.name, "modality": words::modality(config.modality), "terms": config.terms,
                   "columns": columns, "splits": splits})
        })
        .collect();
    let value = json!({
        "id": dataset.id, "version": m.version, "created": m.created, "base": dataset.base(),
        "title": m.title, "description": m.description, "publisher": m.publisher, "contact": m.contact,
        "languages": m.languages, "keywords": m.keywords, "licenses": dataset.licences(),
        "signed": dataset.signed, "configs": configs, "versions": dataset.versions,
    });
    bytes(&value)
}

/// `api/datasets.json`: all datasets in few words.
pub(crate) fn datasets(datasets: &[Dataset]) -> anyhow::Result<Vec<u8>> {
    let list: Vec<Value> = datasets
        .iter()
        .map(|d| {
            let modalities: Vec<&str> = d.modalities().into_iter().map(words::modality).collect();
            let speech = d.totals(Modality::Speech);
            json!({
                "id": d.id, "version": d.version(), "created": d.created(), "title": d.title(),
                "modalities": modalities, "tasks": d.tasks(), "dialects": d.dialects(),
                "licenses": d.licences(), "themes": d.publication.description.metadata.about.themes,
                "hours": speech.hours(), "bytes": d.bytes(), "api": format!("api/{}.json", d.id), "base": d.base(),
            })
        })
        .collect();
    bytes(&json!({"format": 1, "datasets": list}))
}

fn bytes(value: &Value) -> anyhow::Result<Vec<u8>> {
    let mut text = serde_json::to_vec(value)?;
    text.push(b'\n');
    Ok(text)
}

/// Ids that `api/datasets.json` of an earlier build has; none where there is none.
pub(crate) fn listed(root: &Path) -> Vec<String> {
    let text = std::fs::read(root.join("api/datasets.json")).unwrap_or_default();
    let value: Value = serde_json::from_slice(&text).unwrap_or_default();
    let list = value.get("datasets").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let id = |v: &Value| v.get("id").and_then(Value::as_str).map(str::to_owned);
    // Only what can be an id: it becomes a path.
    let is_id =
        |id: &String| id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b));
    list.iter().filter_map(id).filter(is_id).collect()
}
