//! `CHANGELOG.md` and `diff/<from>..<to>.json`: what changed from version to version.

use std::collections::BTreeMap;
use std::fmt::Write;

use sprog_datasets::pointer::{Latest, numbers};
use sprog_datasets::publication::Publication;
use sprog_datasets::{Error, Result};

use super::Store;
use crate::diff::{ConfigDiff, diff};

/// Memory to compare two versions in.
const MEMORY: usize = 256 << 20;
/// Ids listed of each config.
const LISTED: usize = 1_000;

/// Writes the section of a version, and where the version before is at hand how its rows differ.
pub(super) fn write(store: &dyn Store, home: &str, publication: &Publication, latest: &Latest) -> Result<()> {
    let m = &publication.description.metadata;
    let before = latest.versions.iter().find(|v| numbers(&v.version) < numbers(&m.version));
    let rows = match before.map(|v| &v.version) {
        Some(before) => rows(store, home, before, &m.version)?,
        None => None,
    };
    let path = format!("{home}CHANGELOG.md");
    let there =
        store.read(&path)?.map(|text| String::from_utf8_lossy(&text).into_owned()).unwrap_or_default();
    let mut sections = sections(&there);
    sections.insert(
        std::cmp::Reverse(numbers(&m.version)),
        section(publication, before.map(|v| v.version.as_str()), rows.as_ref()),
    );
    let line = |text: &str| text.replace(['\n', '\r'], " ");
    let mut text = format!("# {} / {}\n", line(&m.title.da), line(&m.title.en));
    sections.values().for_each(|section| {
        text.push('\n');
        text.push_str(section);
    });
    if text == there { Ok(()) } else { store.put(&path, text.as_bytes()) }
}

/// Sections of a changelog by version, the newest first.
fn sections(text: &str) -> BTreeMap<std::cmp::Reverse<Vec<u64>>, String> {
    let mut out = BTreeMap::new();
    for part in text.split("\n## ").skip(1) {
        let version = part.split([' ', '\n']).next().unwrap_or_default();
        out.insert(std::cmp::Reverse(numbers(version)), format!("## {}\n", part.trim_end()));
    }
    out
}

fn section(
    publication: &Publication,
    before: Option<&str>,
    rows: Option<&BTreeMap<String, ConfigDiff>>,
) -> String {
    let m = &publication.description.metadata;
    let mut out = format!("## {} ({})\n\n", m.version, m.created);
    // A line of the text must not look like the next section.
    let safe = |text: &str| text.replace("\n#", "\n\\#").trim().to_owned();
    match &m.about.changes {
        Some(changes) => {
            let _ = writeln!(out, "{}\n\n*{}*", safe(&changes.da), safe(&changes.en).replace('\n', " "));
        }
        None if before.is_none() => out.push_str("Første udgave. *First version.*\n"),
        None => out.push_str("Ingen beskrivelse af ændringerne. *The changes were not described.*\n"),
    }
    if let (Some(before), Some(rows)) = (before, rows) {
        let _ = writeln!(out, "\nRækker siden {before} / *rows since {before}*:\n");
        for (config, diff) in rows {
            let _ = writeln!(
                out,
                "- `{config}`: {} nye / *added*, {} fjernet / *removed*, {} ændret / *changed*, {} ens / *same*",
                diff.added, diff.removed, diff.changed, diff.same
            );
        }
    }
    out
}

/// How the rows of two versions differ, if both are on this machine; written beside for programs.
fn rows(store: &dyn Store, home: &str, from: &str, to: &str) -> Result<Option<BTreeMap<String, ConfigDiff>>> {
    let (Some(a), Some(b)) = (store.local(&format!("{home}{from}")), store.local(&format!("{home}{to}")))
    else {
        return Ok(None);
    };
    if !a.is_dir() {
        return Ok(None);
    }
    let found = diff(&a, &b, LISTED, MEMORY)?;
    let path = format!("{home}diff/{from}..{to}.json");
    let value = serde_json::json!({"format": 1, "from": from, "to": to, "configs": found});
    let text = serde_json::to_string_pretty(&value).map_err(|e| Error::Invalid(e.to_string()))? + "\n";
    if store.read(&path)?.as_deref() != Some(text.as_bytes()) {
        store.put(&path, text.as_bytes())?;
    }
    Ok(Some(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_come_back_as_they_were() {
        let text = "# a / b\n\n## 1.10.0 (2026-01-01)\n\nx\n\n## 1.9.0 (2025-01-01)\n\n- y\n";
        let found = sections(text);
        let all: Vec<&str> = found.values().map(String::as_str).collect();
        assert_eq!(all, ["## 1.10.0 (2026-01-01)\n\nx\n", "## 1.9.0 (2025-01-01)\n\n- y\n"]);
    }
}
