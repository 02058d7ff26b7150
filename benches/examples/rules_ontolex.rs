//! A UniMorph file as OntoLex-Lemon in Turtle, for `peers/rules_ontolex.py` to check.
//!
//!     cargo run --release --example rules_ontolex dan > dan.ttl

#![allow(clippy::print_stderr)]

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};

use sprog_formats::rules::ontolex::{LexiconInfo, Writer};
use sprog_formats::rules::rows::{EntryRow, FormRow};
use sprog_formats::rules::unimorph;
use sprog_formats::{Error, Limits, Result};

fn main() -> Result<()> {
    let path = std::env::args().nth(1).ok_or_else(|| Error::Unsupported("name a UniMorph file".into()))?;
    let file = unimorph::read(&std::fs::read(path)?, &Limits::default())?.value;
    let mut lemmas: BTreeMap<(String, String), Vec<FormRow>> = BTreeMap::new();
    for (line, entry) in file.entries() {
        let pos = entry.feature_list().next().unwrap_or_default().to_owned();
        lemmas.entry((entry.lemma.clone(), pos)).or_default().push(FormRow::unimorph(line, entry));
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    let info = LexiconInfo {
        base: "https://example.org/dan/".into(),
        title: Some("UniMorph dan".into()),
        language: "da".into(),
        license: Some("https://creativecommons.org/licenses/by-sa/3.0/".into()),
    };
    let mut writer = Writer::new(&mut out, &info)?;
    for ((lemma, pos), forms) in &lemmas {
        let upos = match pos.as_str() {
            "N" => Some("NOUN".to_owned()),
            "V" => Some("VERB".to_owned()),
            "ADJ" => Some("ADJ".to_owned()),
            _ => None,
        };
        let entry_id = format!("{lemma}-{pos}");
        let entry =
            EntryRow { entry_id, lemma: lemma.clone(), pos: Some(pos.clone()), upos, ..EntryRow::default() };
        writer.entry(&entry, forms, &[])?;
    }
    eprintln!("{} entries", lemmas.len());
    Ok(out.flush()?)
}
