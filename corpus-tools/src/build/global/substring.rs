//! The stage `substring-dedup`: stretches of tokens that stand in the corpus before.

use std::ops::Range;

use sprog_datasets::corpus::Kept;
use sprog_datasets::{Error, Result};
use sprog_text::dedup::{cuts_to_bytes, token_hashes};

use super::cuts::{Finds, Found};
use super::edit::{Edit, Passages};
use super::{Global, OWN, Rows, each_text, key, split};
use crate::dedup::Substrings;

/// What is to be cut.
///
/// # Errors
/// Those of reading the shards and of sorting.
pub(super) fn edit(global: &Global<'_>, kept: &Kept, min_tokens: u32) -> Result<Edit> {
    let mut stage = Substrings::new(global.scratch, global.memory / 2, min_tokens as usize)?;
    let rows = Rows { table: OWN, shards: global.shards, kept: Some(kept) };
    let hashes = |text: &str| {
        let mut hashes = Vec::new();
        token_hashes(text, &mut hashes);
        hashes
    };
    each_text(global, &rows, hashes, |shard, row, hashes| stage.push(key(shard, row), &hashes))?;
    let mut finds = Finds::new(global);
    for cut in stage.finish()? {
        let cut = cut?;
        let unit = |n: u64| u32::try_from(n).map_err(|_| Error::Invalid("a text of 2^32 tokens".into()));
        finds.push(&Found {
            kept: (OWN, split(cut.kept_document)),
            row: split(cut.document),
            units: unit(cut.tokens.start)?..unit(cut.tokens.end)?,
        })?;
    }
    let to_bytes = |text: &str, units: &[Range<u32>]| {
        let tokens: Vec<Range<usize>> = units.iter().map(|u| u.start as usize..u.end as usize).collect();
        cuts_to_bytes(text, &tokens)
    };
    Ok(Edit::Cut(Passages { cuts: finds.name(global)?, to_bytes: Box::new(to_bytes) }))
}
