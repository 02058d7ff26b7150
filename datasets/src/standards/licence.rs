//! LICENSE: which licence covers what, and what it asks.

use std::fmt::Write;

use super::facts::{beside, licence_url, used};
use crate::publication::Publication;

/// LICENSE.
pub fn licence_text(publication: &Publication) -> String {
    let description = &publication.description;
    let mut out = String::from(
        "This dataset is made from several sources. Each row names its source and its licence.\n\
         The terms below are a summary; the licences themselves apply.\n\n",
    );
    for source in used(description) {
        let licence = source.license.as_deref().unwrap_or("none");
        let _ = writeln!(out, "{} ({}): {}", source.id, source.config, line(licence));
        if let Some(who) = &source.attribution {
            let _ = writeln!(out, "    name as: {}", line(who));
        }
        if let Some(url) = &source.url {
            let _ = writeln!(out, "    from: {}", line(url));
        }
        for url in licence.split(" OR ").filter_map(|id| licence_url(id.trim())) {
            let _ = writeln!(out, "    {url}");
        }
    }
    out.push_str("\nTaken together, by config:\n");
    for config in &description.configs {
        let name = &config.name;
        if let Some(texts) = beside(config) {
            let _ = writeln!(out, "{name}: made of {texts}, on its terms");
            continue;
        }
        let phrases = config.terms.phrases();
        let text = if phrases.is_empty() { "no conditions".to_owned() } else { phrases.join("; ") };
        let _ = writeln!(out, "{name}: {}", line(&text));
    }
    out
}

/// Text on one line.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
