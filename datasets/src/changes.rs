//! What changed between published versions: `CHANGELOG.md` and the row diffs that it counts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::metadata::Bilingual;
use crate::standards::{danish, markdown};
use crate::{Error, Result};

/// Name of the list of changes, in `ds/<id>/`.
pub const CHANGELOG: &str = "CHANGELOG.md";

/// Rows of a config in two versions, compared by id and content.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigChange {
    /// Rows only in the newer.
    pub added: u64,
    /// Rows only in the older.
    pub removed: u64,
    /// Rows in both with other content.
    pub changed: u64,
    /// Rows that are the same.
    pub same: u64,
    /// Ids of the first that differ, `+`, `-` or `~` before each.
    pub ids: Vec<String>,
}

/// `diff/<from>-<to>.json`: the rows of two versions compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowDiff {
    /// Version of this format: 1.
    pub format: u32,
    /// The dataset's id.
    pub id: String,
    /// The older version.
    pub from: String,
    /// The newer version.
    pub to: String,
    /// By config.
    pub configs: BTreeMap<String, ConfigChange>,
}

impl RowDiff {
    /// Where it stands in `ds/<id>/`.
    pub fn path(from: &str, to: &str) -> String {
        format!("diff/{from}-{to}.json")
    }

    /// The file's text.
    ///
    /// # Errors
    /// Never in practice.
    pub fn to_json(&self) -> Result<String> {
        let text = serde_json::to_string_pretty(self).map_err(|e| Error::Invalid(e.to_string()))?;
        Ok(text + "\n")
    }

    /// Reads it, if it is one between these versions.
    pub fn parse(bytes: &[u8], id: &str, from: &str, to: &str) -> Option<RowDiff> {
        let diff: RowDiff = serde_json::from_slice(bytes).ok()?;
        (diff.format == 1 && diff.id == id && diff.from == from && diff.to == to).then_some(diff)
    }
}

/// A version in the list of changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VersionChange {
    /// The version.
    pub version: String,
    /// Its day.
    pub created: String,
    /// What people say is new in it, from `[dataset.about]`.
    pub changes: Option<Bilingual>,
    /// Its rows compared with those of the version before, where both could be read.
    pub diff: Option<RowDiff>,
}

/// The text of `CHANGELOG.md`, Danish and English; `versions` come the newest first.
///
/// ```
/// use sprog_datasets::changes::{VersionChange, changelog};
/// use sprog_datasets::metadata::Bilingual;
/// let title = Bilingual { da: "Prøve".into(), en: "Sample".into() };
/// let first = VersionChange { version: "1.0.0".into(), created: "2026-11-22".into(), ..Default::default() };
/// assert!(changelog(&title, &[first]).contains("## 1.0.0 (2026-11-22)"));
/// ```
pub fn changelog(title: &Bilingual, versions: &[VersionChange]) -> String {
    let mut out = format!(
        "# {}: ændringer / {}: changes\n\n\
         Nyeste udgave først. En udgivet udgave ændres aldrig.\n\
         The newest version first. A published version never changes.\n",
        markdown(&title.da),
        markdown(&title.en)
    );
    for (index, version) in versions.iter().enumerate() {
        out.push_str(&format!("\n## {} ({})\n", version.version, markdown(&version.created)));
        match &version.changes {
            Some(changes) => {
                for text in [&changes.da, &changes.en].into_iter().filter(|text| !text.trim().is_empty()) {
                    out.push_str(&format!("\n{}\n", markdown(text.trim())));
                }
            }
            None if index + 1 == versions.len() => out.push_str("\nFørste udgave. First version.\n"),
            None => {}
        }
        let Some(diff) = &version.diff else { continue };
        out.push_str(&format!(
            "\nRækker sammenlignet med {from}. Rows compared with {from} ([diff]({path})).\n\n\
             | config | nye / added | fjernet / removed | ændret / changed | uændret / same |\n\
             |---|---:|---:|---:|---:|\n",
            from = diff.from,
            path = RowDiff::path(&diff.from, &diff.to),
        ));
        for (config, change) in &diff.configs {
            let [added, removed, changed, same] =
                [change.added, change.removed, change.changed, change.same].map(danish);
            out.push_str(&format!("| {} | {added} | {removed} | {changed} | {same} |\n", markdown(config)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_told_by_version_and_config_and_cannot_break_the_page() {
        let change = ConfigChange { added: 1200, removed: 3, changed: 1, same: 40, ids: vec!["+a".into()] };
        let diff = RowDiff {
            format: 1,
            id: "x".into(),
            from: "1.0.0".into(),
            to: "1.1.0".into(),
            configs: [("text".to_owned(), change)].into(),
        };
        let read = RowDiff::parse(diff.to_json().expect("writes").as_bytes(), "x", "1.0.0", "1.1.0");
        assert_eq!(read.as_ref(), Some(&diff));
        assert_eq!(RowDiff::parse(b"{}", "x", "1.0.0", "1.1.0"), None);
        let said =
            Bilingual { da: "Nye <script>breve</script>\n## 9.9.9".into(), en: "New | letters".into() };
        let day = "2026-11-22".to_owned();
        let versions = [
            VersionChange {
                version: "1.1.0".into(),
                created: day.clone(),
                changes: Some(said),
                diff: Some(diff),
            },
            VersionChange { version: "1.0.0".into(), created: day, ..VersionChange::default() },
        ];
        let text = changelog(&Bilingual { da: "Æ".into(), en: "E".into() }, &versions);
        assert!(text.contains("| text | 1.200 | 3 | 1 | 40 |"), "{text}");
        assert!(!text.contains("<script>") && !text.contains("\n## 9.9.9"), "{text}");
        assert!(text.contains("New \\| letters") && text.contains("Første udgave"), "{text}");
        assert!(text.find("## 1.1.0") < text.find("## 1.0.0"));
    }
}
