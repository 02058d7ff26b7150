//! CITATION.cff, version 1.2.0 of the [Citation File Format](https://citation-file-format.github.io).

use std::fmt::Write;

use super::facts::{address, creators, given_and_family, licences};
use super::text::yaml;
use crate::metadata::CreatorKind;
use crate::publication::Publication;

/// CITATION.cff. The format's `license` means "any of these", so that it is left out where the sources have several.
pub fn citation(publication: &Publication) -> String {
    let description = &publication.description;
    let m = &description.metadata;
    let mut out = format!(
        "cff-version: 1.2.0\nmessage: If you use this dataset, please cite it as below.\ntype: dataset\ntitle: {}\n",
        yaml(&m.title.en)
    );
    let mut line = |key: &str, value: &str| {
        let _ = writeln!(out, "{key}: {}", yaml(value));
    };
    line("abstract", &m.description.en);
    line("version", &m.version);
    line("date-released", &m.created);
    if let Some(url) = address(description) {
        line("url", &url);
    }
    if let Some(doi) = &m.about.doi {
        line("doi", doi);
    }
    out.push_str("authors:\n");
    for creator in creators(description) {
        let id = creator.id.as_deref();
        match creator.kind {
            CreatorKind::Organization => {
                let _ = writeln!(out, "- name: {}", yaml(&creator.name));
                if let Some(id) = id {
                    let _ = writeln!(out, "  website: {}", yaml(id));
                }
            }
            CreatorKind::Person => {
                let (given, family) = given_and_family(&creator.name);
                let _ = writeln!(out, "- family-names: {}", yaml(family));
                if let Some(given) = given {
                    let _ = writeln!(out, "  given-names: {}", yaml(given));
                }
                if let Some(id) = id {
                    let key = if id.starts_with("https://orcid.org/") { "orcid" } else { "website" };
                    let _ = writeln!(out, "  {key}: {}", yaml(id));
                }
            }
        }
    }
    let mut keywords: Vec<&str> = m.keywords.iter().map(String::as_str).filter(|k| !k.is_empty()).collect();
    keywords.sort_unstable();
    keywords.dedup();
    if !keywords.is_empty() {
        out.push_str("keywords:\n");
        for keyword in keywords {
            let _ = writeln!(out, "- {}", yaml(keyword));
        }
    }
    if let [one] = licences(description)[..]
        && one.split(" OR ").all(|id| IN_CFF.contains(&id.trim()))
    {
        out.push_str("license:\n");
        for id in one.split(" OR ") {
            let _ = writeln!(out, "- {}", id.trim());
        }
    }
    out
}

/// Those licences known here that version 1.2.0 of the format lists.
const IN_CFF: [&str; 30] = [
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC-BY-3.0",
    "CC-BY-4.0",
    "CC-BY-NC-4.0",
    "CC-BY-NC-ND-4.0",
    "CC-BY-NC-SA-4.0",
    "CC-BY-ND-4.0",
    "CC-BY-SA-3.0",
    "CC-BY-SA-4.0",
    "CC-PDDC",
    "CC0-1.0",
    "GPL-2.0-only",
    "GPL-2.0-or-later",
    "GPL-3.0-only",
    "GPL-3.0-or-later",
    "ISC",
    "LGPL-2.0-or-later",
    "LGPL-2.1-only",
    "LGPL-2.1-or-later",
    "LGPL-3.0-or-later",
    "MIT",
    "MPL-1.1",
    "MPL-2.0",
    "ODC-By-1.0",
    "ODbL-1.0",
    "PDDL-1.0",
    "Unlicense",
];
