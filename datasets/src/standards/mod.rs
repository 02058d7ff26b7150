//! One description, many standards: the metadata files of a published folder.
//!
//! Every function here takes a [`Publication`] and gives a file's text; none reads the data.

mod ai_act;
pub mod card;
mod citation;
mod columns;
mod croissant;
mod datacite;
mod datapackage;
mod datasheet;
pub mod dcat;
mod dcat_distribution;
mod dcat_metashare;
#[cfg(test)]
mod dcat_tests;
mod dcat_vocabulary;
pub mod digst;
mod facts;
mod licence;
pub mod prov;
mod rdf;
mod text;

pub use ai_act::ai_act_summary;
pub use card::hugging_face_card;
pub use citation::citation;
pub use columns::describe_column;
pub use croissant::croissant;
pub use datacite::datacite;
pub use datapackage::datapackage;
pub use datasheet::datasheet;
pub use licence::licence_text;
pub use text::Language;
pub(crate) use text::{danish, markdown};

use crate::Result;
use crate::publication::Publication;

/// Name of the JSON Schema that dataset.json of the same folder keeps to.
pub const DATASET_SCHEMA: &str = "dataset.schema.json";

/// The metadata files that go into a published folder, by name.
///
/// # Errors
/// Never in practice.
pub fn files(publication: &Publication) -> Result<Vec<(String, String)>> {
    let mut rdf = dcat::files(publication)?;
    rdf.extend(prov::files(publication)?);
    let files = vec![
        ("README.md", card::hugging_face_card(publication)),
        ("LICENSE", licence_text(publication)),
        ("CITATION.cff", citation(publication)),
        ("datablad.da.md", datasheet(publication, Language::Da)),
        ("datasheet.en.md", datasheet(publication, Language::En)),
        ("ai-act-summary.da.md", ai_act_summary(publication, Language::Da)),
        ("ai-act-summary.en.md", ai_act_summary(publication, Language::En)),
        ("croissant.json", json(&croissant(publication))?),
        ("datacite.json", json(&datacite(publication))?),
        ("datapackage.json", json(&datapackage(publication))?),
        (DATASET_SCHEMA, crate::release::json_schema()),
    ];
    Ok(files.into_iter().map(|(name, text)| (name.to_owned(), text)).chain(rdf).collect())
}

/// Pretty JSON with a final newline.
fn json(value: &serde_json::Value) -> Result<String> {
    let text = serde_json::to_string_pretty(value).map_err(|e| crate::Error::Invalid(e.to_string()))?;
    Ok(text + "\n")
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::corpus::Source;
    use crate::manifest::Entry;
    use crate::metadata::{Bilingual, Creator, Metadata};
    use crate::release::{Config, Description, FORMAT, FileInfo, SplitInfo};
    use crate::schema::{self, Modality, SpeechColumns};
    use crate::stats::Totals;

    /// A small publication of texts and speech.
    pub(crate) fn publication() -> Publication {
        let config = |name: &str, modality| {
            let path = format!("data/{name}/train-00000-of-00001.parquet");
            let totals = Totals { rows: 3, characters: 30, tokens: 9, microseconds: 0 };
            let split = SplitInfo { name: "train".into(), totals, files: vec![FileInfo { path, rows: 3 }] };
            Config {
                name: name.into(),
                modality,
                terms: Default::default(),
                splits: vec![split],
                tokens: None,
            }
        };
        let both = |da: &str, en: &str| Bilingual { da: da.into(), en: en.into() };
        let metadata = Metadata {
            id: "proeve".into(),
            version: "1.0.0".into(),
            title: both("Prøve", "Trial"),
            description: both("En prøve.", "A trial."),
            publisher: "sprog".into(),
            contact: "hej@example.dk".into(),
            created: "2026-11-22".into(),
            languages: vec!["da".into()],
            ..Metadata::default()
        };
        let source = |id: &str, config: &str| Source {
            id: id.into(),
            config: config.into(),
            license: Some("CC0-1.0".into()),
            legal_basis: Some("own work".into()),
            ..Source::default()
        };
        let description = Description {
            format: FORMAT,
            metadata,
            schema: "1".into(),
            tool: "sprog".into(),
            run: "0".into(),
            configs: vec![config("text", Modality::Text), config("speech", Modality::Speech)],
            sources: vec![source("tekster", "text"), source("tale", "speech")],
            steps: Vec::new(),
        };
        let entry = |path: &str| Entry {
            path: path.into(),
            bytes: 10,
            sha256: "ab".repeat(32),
            blake3: "cd".repeat(32),
        };
        let files = description.configs.iter().map(|c| entry(&c.splits[0].files[0].path)).collect();
        let schemas = [("text", schema::text()), ("speech", schema::speech(SpeechColumns::default()))]
            .map(|(n, s)| (n.to_owned(), s));
        Publication { description, stats: BTreeMap::new(), files, schemas: schemas.into() }
    }

    #[test]
    fn hostile_metadata_stays_text_in_every_file() {
        let mut publication = publication();
        let m = &mut publication.description.metadata;
        let hostile = "</script><img src=x onerror=alert(1)>\u{202E}\n---\n# x\n[a](javascript:b) ${x} \\ \" ' {{ y }} | `c`";
        for text in
            [&mut m.publisher, &mut m.contact, &mut m.title.da, &mut m.title.en, &mut m.description.en]
        {
            *text = hostile.to_owned();
        }
        m.keywords = vec![hostile.to_owned()];
        m.about.creators = vec![Creator { name: hostile.into(), ..Creator::default() }];
        m.about.funding = vec![hostile.to_owned()];
        publication.description.sources[0].attribution = Some(hostile.to_owned());
        publication.description.sources[0].url = Some("https://a.dk/|<script>".into());
        for (name, text) in files(&publication).expect("writes") {
            if name.ends_with(".json") {
                let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
                assert!(value.is_object(), "{name}");
            } else if name.ends_with(".md") {
                // What is escaped is text.
                let body = text.rsplit("\n---\n").next().unwrap_or_default().replace("\\]", "");
                assert!(
                    !body.contains("<script") && !body.contains("<img") && !body.contains("](javascript"),
                    "{name}: {text}"
                );
                assert!(!text.lines().any(|line| line == "# x"), "{name}: {text}");
                assert!(!body.contains('\u{202E}'), "{name}");
            } else if name == "CITATION.cff" {
                assert!(text.lines().all(|l| l.starts_with([' ', '-']) || l.contains(':')), "{text}");
            }
        }
    }

    #[test]
    fn each_file_is_written_once_and_the_same_each_time() {
        let publication = publication();
        let one = files(&publication).expect("writes");
        assert_eq!(one, files(&publication).expect("writes"));
        let mut names: Vec<&String> = one.iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), one.len());
        assert!(one.iter().all(|(_, text)| text.ends_with('\n')));
    }
}
