//! datapackage.json: [Data Package](https://datapackage.org), version 2, with a resource for each Parquet file.
//!
//! A file is a resource of its own because the standard joins the files of one resource byte by byte.

use arrow::datatypes::{DataType, Schema};
use serde_json::{Value, json};

use super::columns::describe_column;
use super::facts::{address, creators, licence_url, licences, list, object, text, used};
use super::text::Language;
use crate::publication::Publication;
use crate::release::{Config, FileInfo, SplitInfo};
use crate::schema::GENDERS;

/// datapackage.json.
pub fn datapackage(publication: &Publication) -> Value {
    let description = &publication.description;
    let m = &description.metadata;
    let licences =
        licences(description).into_iter().flat_map(|expression| expression.split(" OR ")).map(|id| {
            let id = id.trim();
            // A name or a path is required: a declared licence is explained in LICENSE.
            object([
                ("name", Some(id.into())),
                ("path", Some(licence_url(id).unwrap_or_else(|| "LICENSE".into()).into())),
            ])
        });
    let contributors = creators(description).into_iter().map(|c| {
        object([("title", Some(c.name.into())), ("path", text(&c.id)), ("roles", Some(json!(["author"])))])
    });
    let publisher = object([
        ("title", Some(m.publisher.as_str().into())),
        ("path", text(&m.about.publisher_url)),
        ("roles", Some(json!(["publisher"]))),
    ]);
    let sources =
        used(description).map(|s| object([("title", Some(s.id.as_str().into())), ("path", text(&s.url))]));
    let mut resources = Vec::new();
    for config in &description.configs {
        for split in &config.splits {
            for file in &split.files {
                resources.push(resource(publication, config, split, file));
            }
        }
    }
    object([
        ("$schema", Some("https://datapackage.org/profiles/2.0/datapackage.json".into())),
        ("name", Some(m.id.as_str().into())),
        (
            "id",
            m.about
                .doi
                .as_ref()
                .map(|doi| format!("https://doi.org/{doi}").into())
                .or_else(|| text(&m.about.landing_page)),
        ),
        ("title", Some(Language::En.of(&m.title).into())),
        ("description", Some(Language::En.of(&m.description).into())),
        ("homepage", address(description).map(Value::from)),
        ("version", Some(m.version.as_str().into())),
        ("created", Some(format!("{}T00:00:00Z", m.created).into())),
        ("keywords", list(m.keywords.iter().map(|k| k.as_str().into()).collect())),
        ("licenses", list(licences.collect())),
        ("contributors", list(contributors.chain([publisher]).collect())),
        ("sources", list(sources.collect())),
        ("resources", list(resources)),
    ])
}

fn resource(publication: &Publication, config: &Config, split: &SplitInfo, file: &FileInfo) -> Value {
    let entry = publication.file(&file.path);
    // `speech-train`, and where a split has several files `speech-train-00001`.
    let stem = file.path.rsplit('/').next().and_then(|name| name.split("-of-").next()).unwrap_or_default();
    let name = if split.files.len() > 1 { stem.to_owned() } else { split.name.clone() };
    let slug = |text: &str| {
        text.to_lowercase().replace(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c)), "-")
    };
    let schema = publication.schemas.get(&config.name).map(|schema| table_schema(config, schema));
    object([
        ("name", Some(slug(&format!("{}-{name}", config.name)).into())),
        ("title", Some(format!("{}, {}", config.name, split.name).into())),
        ("type", Some("table".into())),
        ("path", Some(file.path.as_str().into())),
        ("format", Some("parquet".into())),
        ("mediatype", Some("application/vnd.apache.parquet".into())),
        // `bytes` and `hash` would be the standard's, but frictionless counts neither of a Parquet file and reports both.
        ("byteSize", entry.map(|e| e.bytes.into())),
        ("sha256", entry.map(|e| e.sha256.as_str().into())),
        ("schema", schema),
    ])
}

/// A [Table Schema](https://datapackage.org/standard/table-schema/).
fn table_schema(config: &Config, schema: &Schema) -> Value {
    let fields = schema.fields().iter().map(|field| {
        let [_, described] = describe_column(config, field.name());
        let categories = (field.name() == "gender").then(|| {
            let each =
                GENDERS.iter().enumerate().map(|(value, label)| json!({"value": value, "label": label}));
            Value::Array(each.collect())
        });
        object([
            ("name", Some(field.name().as_str().into())),
            ("type", Some(field_type(field.data_type()).into())),
            ("description", (!described.is_empty()).then(|| described.into())),
            ("categories", categories),
        ])
    });
    let fields = Value::Array(fields.collect());
    let key = schema.index_of("id").is_ok().then(|| json!(["id"]));
    object([("fields", Some(fields)), ("primaryKey", key)])
}

fn field_type(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::Utf8 => "string",
        DataType::Boolean => "boolean",
        DataType::Int32 | DataType::Int64 => "integer",
        DataType::Float32 | DataType::Float64 => "number",
        // An "array" is a list of JSON; frictionless reads a list of Parquet as one of numpy's, and refuses it.
        DataType::List(_) => "any",
        DataType::Struct(_) => "object",
        _ => "any",
    }
}
