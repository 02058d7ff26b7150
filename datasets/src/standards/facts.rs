//! What several standards ask of a publication.

use serde_json::{Map, Value};

use super::text::{Language, markdown};
use crate::corpus::Source;
use crate::metadata::{Creator, CreatorKind};
use crate::publication::Publication;
use crate::release::{Config, Description, SplitInfo};
use crate::schema::Modality;

/// Sources whose rows are published.
pub(crate) fn used(description: &Description) -> impl Iterator<Item = &Source> {
    description.sources.iter().filter(|s| s.excluded.is_none())
}

/// The licences of all sources, each once, as SPDX expressions.
pub(crate) fn licences(description: &Description) -> Vec<&str> {
    let mut ids: Vec<&str> = used(description).filter_map(|s| s.license.as_deref()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The page that has a licence's text; of a declared `LicenseRef-…` there is none.
pub(crate) fn licence_url(id: &str) -> Option<String> {
    let plain =
        !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'+'));
    if !plain || id.starts_with("LicenseRef-") {
        return None;
    }
    Some(format!("https://spdx.org/licenses/{id}.html"))
}

/// The ground of a source inside Markdown; the two that recipes name in English most often are said in Danish too.
pub(crate) fn legal_basis(source: &Source, language: Language) -> String {
    match (source.legal_basis.as_deref(), language) {
        (None, _) => language.pick("ikke oplyst", "not given").to_owned(),
        (Some("own work"), Language::Da) => "eget værk".to_owned(),
        (Some("consent"), Language::Da) => "samtykke".to_owned(),
        (Some(basis), _) => markdown(basis),
    }
}

/// Rows of a split.
pub(crate) fn rows(split: &SplitInfo) -> u64 {
    split.files.iter().map(|f| f.rows).sum()
}

/// Rows of a config.
pub(crate) fn config_rows(config: &Config) -> u64 {
    config.splits.iter().map(rows).sum()
}

/// Bytes of all files of data, which are there whether the folder is being written or is read.
pub(crate) fn bytes(publication: &Publication) -> u64 {
    let splits = publication.description.configs.iter().flat_map(|config| &config.splits);
    let entries = splits.flat_map(|split| &split.files).filter_map(|file| publication.file(&file.path));
    entries.map(|entry| entry.bytes).sum()
}

/// For sequences and signals: the config of texts that they are of.
pub(crate) fn beside(config: &Config) -> Option<&str> {
    match config.modality {
        Modality::Tokens => Some(config.name.strip_suffix("_tokens").unwrap_or("text")),
        Modality::Attributes => Some(config.name.strip_prefix("signals_").unwrap_or("text")),
        _ => None,
    }
}

/// Who made it: the publisher if nobody is named.
pub(crate) fn creators(description: &Description) -> Vec<Creator> {
    let metadata = &description.metadata;
    if !metadata.about.creators.is_empty() {
        return metadata.about.creators.clone();
    }
    vec![Creator {
        name: metadata.publisher.clone(),
        kind: CreatorKind::Organization,
        id: metadata.about.publisher_url.clone(),
    }]
}

/// Given and family name of a person, told apart at the last space.
pub(crate) fn given_and_family(name: &str) -> (Option<&str>, &str) {
    match name.trim().rsplit_once(char::is_whitespace) {
        Some((given, family)) => (Some(given.trim()), family),
        None => (None, name.trim()),
    }
}

/// The dataset's own address: its landing page, or its DOI's.
pub(crate) fn address(description: &Description) -> Option<String> {
    let about = &description.metadata.about;
    let doi = || about.doi.as_ref().map(|doi| format!("https://doi.org/{doi}"));
    about.landing_page.clone().or_else(doi)
}

/// Task ids of Hugging Face: those that the recipe names, else by modality.
pub(crate) fn tasks(description: &Description) -> Vec<String> {
    if !description.metadata.about.tasks.is_empty() {
        return description.metadata.about.tasks.clone();
    }
    let tasks = description.configs.iter().filter_map(|config| match config.modality {
        Modality::Speech => Some("automatic-speech-recognition".to_owned()),
        Modality::Text | Modality::Tokens => Some("text-generation".to_owned()),
        Modality::Rules | Modality::Attributes => None,
    });
    let mut tasks: Vec<String> = tasks.collect();
    tasks.sort_unstable();
    tasks.dedup();
    tasks
}

/// An object of those members that have a value.
pub(crate) fn object<const N: usize>(members: [(&str, Option<Value>); N]) -> Value {
    let members = members.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
    Value::Object(members.collect::<Map<_, _>>())
}

/// A list, if there is anything in it.
pub(crate) fn list(values: Vec<Value>) -> Option<Value> {
    (!values.is_empty()).then_some(Value::Array(values))
}

/// The value as text, if there is one.
pub(crate) fn text(value: &Option<String>) -> Option<Value> {
    value.as_deref().map(Value::from)
}
