//! Tables of rule files: every line of a file is a row, and the rows give the file back.
//!
//! Each table starts with the same columns (`row_id` to `kind`, see [`schema`]) and goes on with what a
//! line says, by columns of its own. A column that a line has nothing for is null; an empty string or
//! list is a value: the `strip` of a rule that strips nothing is `""`.
//!
//! | table | rows | kinds |
//! |---|---|---|
//! | [`affix_rules`] | lines of Hunspell's `.aff` | blank, comment, option, table_header, table_row, affix_header, affix_rule, unknown |
//! | [`dic_entries`] | lines of Hunspell's `.dic` | count, entry, blank, comment, unknown |
//! | [`hyphenation_patterns`] | lines of libhyphen's or TeX's patterns | blank, comment, encoding, minimum, no_hyphen, next_level, pattern, tex, tex_code, unknown |
//! | [`lexicon_entries`] | lines of a delimited lexicon | header, entry, blank, comment, unknown |
//!
//! ```
//! use sprog_datasets::rules::{RuleOrigin, affix_rules, export};
//! use sprog_formats::{Limits, rules::hunspell_aff};
//!
//! let bytes = b"SET ISO8859-1\r\n# b\xF8jning\r\nSFX A Y 1\r\nSFX A 0 et .";
//! let file = hunspell_aff::read(bytes, &Limits::default())?.value;
//! let origin = RuleOrigin { source: "ordliste".into(), license: "CC0-1.0".into(), file: "da.aff".into() };
//! let rows = affix_rules(&file, &origin)?;
//! assert_eq!(rows.num_rows(), 4);
//! assert_eq!(export([Ok(rows)].into_iter(), "da.aff")?, bytes);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod columns;
mod export;
mod hunspell;
mod hyphenation;
mod lexicon;

use std::sync::Arc;

use arrow::datatypes::{DataType, FieldRef, Fields, Schema, SchemaRef};

pub use export::export;
pub use hunspell::{affix_rules, dic_entries};
pub use hyphenation::hyphenation_patterns;
pub use lexicon::lexicon_entries;

use crate::schema::{field, list_of};

/// Where the lines of a rule file come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleOrigin {
    /// The source's id in the recipe.
    pub source: String,
    /// Its licence, an SPDX expression.
    pub license: String,
    /// The file's name; with the source it names the file in the whole dataset.
    pub file: String,
}

/// A table of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RuleTable {
    /// Lines of affix files.
    AffixRules,
    /// Lines of word lists.
    DicEntries,
    /// Lines of hyphenation patterns.
    HyphenationPatterns,
    /// Lines of lexicons.
    LexiconEntries,
}

impl RuleTable {
    /// Every table.
    pub const ALL: [RuleTable; 4] = [
        RuleTable::AffixRules,
        RuleTable::DicEntries,
        RuleTable::HyphenationPatterns,
        RuleTable::LexiconEntries,
    ];

    /// The name of its config in a dataset.
    pub fn name(self) -> &'static str {
        match self {
            RuleTable::AffixRules => "affix_rules",
            RuleTable::DicEntries => "dic_entries",
            RuleTable::HyphenationPatterns => "hyphenation_patterns",
            RuleTable::LexiconEntries => "lexicon_entries",
        }
    }
}

/// The columns of a table.
///
/// All tables have `row_id` (32 hex digits: the first 16 bytes of BLAKE3 over source, file, line number
/// in decimal and raw text, a NUL byte between them), `source`, `source_ref` (file, `:`, line number),
/// `license`, `file`, `line` (from 1), `raw` (the line without its ending), `ending` (`"\n"`, `"\r\n"`,
/// `"\r"` or `""`), `charset` (`UTF-8` or `ISO-8859-1`) and `kind`.
///
/// ```
/// use sprog_datasets::rules::{RuleTable, schema};
/// assert!(schema(RuleTable::DicEntries).field_with_name("word").is_ok_and(|f| f.is_nullable()));
/// ```
pub fn schema(table: RuleTable) -> SchemaRef {
    let text = |name: &str| field(name, DataType::Utf8);
    let texts = |name: &str| field(name, list_of(DataType::Utf8));
    let mut fields: Vec<FieldRef> = ["row_id", "source", "source_ref", "license", "file"].map(text).to_vec();
    fields.push(field("line", DataType::Int64));
    fields.extend(["raw", "ending", "charset", "kind"].map(text));
    fields.extend(match table {
        RuleTable::AffixRules => vec![
            text("flag"),
            text("affix_kind"),
            field("cross_product", DataType::Boolean),
            text("strip"),
            text("affix"),
            text("condition"),
            texts("continuation"),
            texts("morph"),
            text("name"),
            texts("args"),
        ],
        RuleTable::DicEntries => vec![text("word"), texts("flags"), texts("morph"), text("stem")],
        RuleTable::HyphenationPatterns => vec![
            text("letters"),
            field("values", list_of(DataType::Int32)),
            text("replacement"),
            text("name"),
        ],
        RuleTable::LexiconEntries => {
            let mut fields = ["form", "lemma", "pos", "features", "pronunciation"].map(text).to_vec();
            fields.push(field("extra", list_of(DataType::Struct(extra_fields()))));
            fields
        }
    });
    Arc::new(Schema::new(fields))
}

/// Fields of an element of the lexicon's `extra`.
fn extra_fields() -> Fields {
    ["column", "value"].map(|name| field(name, DataType::Utf8)).to_vec().into()
}

#[cfg(test)]
mod tests;
