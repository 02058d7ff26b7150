//! The stage `line-dedup`: lines and paragraphs that are there again, in a text or over the corpus.

use std::ops::Range;

use sprog_datasets::Result;
use sprog_datasets::corpus::Kept;
use sprog_text::dedup::{self, UnitOptions, repeats_in_document, units};

use super::cuts::{Finds, Found};
use super::edit::{Edit, Passages};
use super::{Global, OWN, Rows, each_text, key, split};
use crate::dedup::Lines;
use crate::recipe::{Scope, Unit};

/// What is compared.
pub(super) struct Settings {
    pub(super) unit: Unit,
    pub(super) scope: Scope,
    pub(super) min_documents: u32,
    pub(super) min_characters: u32,
}

/// What is to be cut.
///
/// # Errors
/// Those of reading the shards and of sorting.
pub(super) fn edit(global: &Global<'_>, kept: &Kept, settings: &Settings) -> Result<Edit> {
    let unit = match settings.unit {
        Unit::Line => dedup::Unit::Line,
        Unit::Paragraph => dedup::Unit::Paragraph,
    };
    let options =
        UnitOptions { unit, min_characters: settings.min_characters as usize, ..UnitOptions::default() };
    let rows = Rows { table: OWN, shards: global.shards, kept: Some(kept) };
    let mut finds = Finds::new(global);
    match settings.scope {
        Scope::Document => {
            let repeats = |text: &str| {
                let mut repeats = repeats_in_document(text, &options).into_iter().peekable();
                let numbered = (0u32..).zip(units(text, &options));
                let mut found = Vec::new();
                for (number, (range, _)) in numbered {
                    if repeats.next_if(|repeat| repeat.range == range).is_some() {
                        found.push(number);
                    }
                }
                found
            };
            each_text(global, &rows, repeats, |shard, row, repeats| {
                repeats.into_iter().try_for_each(|unit| {
                    let position = (shard, row);
                    finds.push(&Found { kept: (OWN, position), row: position, units: unit..unit + 1 })
                })
            })?;
        }
        Scope::Corpus => {
            let documents = u64::from(settings.min_documents);
            let mut stage = Lines::new(global.scratch, global.memory / 2, documents, options);
            let hashes = |text: &str| {
                let numbered = (0u32..).zip(units(text, &options));
                numbered.filter_map(|(unit, (_, hash))| Some((unit, hash?))).collect::<Vec<_>>()
            };
            each_text(global, &rows, hashes, |shard, row, hashes| {
                hashes.into_iter().try_for_each(|(unit, hash)| stage.push_hash(key(shard, row), unit, hash))
            })?;
            for cut in stage.finish()? {
                let cut = cut?;
                finds.push(&Found {
                    kept: (OWN, split(cut.kept_document)),
                    row: split(cut.document),
                    units: cut.unit..cut.unit + 1,
                })?;
            }
        }
    }
    let to_bytes = move |text: &str, wanted: &[Range<u32>]| {
        let mut wanted = wanted.iter().cloned().peekable();
        let mut out: Vec<Range<usize>> = Vec::new();
        for (number, (range, _)) in (0u32..).zip(units(text, &options)) {
            while wanted.next_if(|w| w.end <= number).is_some() {}
            if wanted.peek().is_some_and(|w| w.contains(&number)) {
                match out.last_mut().filter(|last| last.end == range.start) {
                    Some(last) => last.end = range.end,
                    None => out.push(range),
                }
            }
        }
        out
    };
    Ok(Edit::Cut(Passages { cuts: finds.name(global)?, to_bytes: Box::new(to_bytes) }))
}
