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
//! | [`lexicon_forms`] | lines of a full-form lexicon, word list or list of misspellings | header, entry, blank, comment, unknown |
//! | [`form_rows`], [`entry_rows`], [`meaning_rows`] | files whose entries are not lines: their lines, then what they say | source, entry, meaning |
//! | [`thesaurus`] | lines of a MyThes thesaurus | encoding, word, meaning, blank, unknown |
//! | [`rules_pattern`] | rules of a LanguageTool file, and what stands between them | rule, frame |
//! | [`rules_cg`] | statements of a Constraint Grammar | list, set, section, select, remove, …, tail, unknown |
//! | [`cells`] | lines of our own tables: `paradigms`, `compound_rules`, `verbalization_rules`, `abbreviations`, `pii_patterns`, `g2p_rules`, `normalization_rules` | entry, blank, comment, unknown |
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

mod cells;
mod columns;
mod describe;
mod elements;
mod export;
mod hunspell;
mod hyphenation;
mod lexicon;
mod page;
mod records;
mod statements;
mod thesaurus;

use std::sync::Arc;

use arrow::datatypes::{DataType, FieldRef, Fields, Schema, SchemaRef};

pub use cells::{cells, cells_format};
pub use describe::describe_column;
pub use elements::{Element, MeaningRow, entry_rows, form_rows, meaning_rows};
pub use export::export;
pub use hunspell::{affix_rules, dic_entries};
pub use hyphenation::hyphenation_patterns;
pub use lexicon::lexicon_entries;
pub use page::{TablePage, pages};
pub use records::lexicon_forms;
pub use statements::{rules_cg, rules_pattern};
pub use thesaurus::thesaurus;

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
    /// Lines of full-form lexicons.
    LexiconForms,
    /// Lines of thesauri.
    Thesaurus,
    /// Lines of tables of inflection.
    Paradigms,
    /// Lines of tables for compounds.
    CompoundRules,
    /// Lines of tables for reading aloud.
    VerbalizationRules,
    /// Lines of tables of spellings.
    NormalizationRules,
    /// Lines of tables of abbreviations.
    Abbreviations,
    /// Lines of tables for personal data.
    PiiPatterns,
    /// Lines of tables of pronunciation.
    G2pRules,
    /// Rules of grammar by patterns.
    RulesPattern,
    /// Statements of Constraint Grammars.
    RulesCg,
}

impl RuleTable {
    /// Every table.
    pub const ALL: [RuleTable; 15] = [
        RuleTable::AffixRules,
        RuleTable::DicEntries,
        RuleTable::HyphenationPatterns,
        RuleTable::LexiconEntries,
        RuleTable::LexiconForms,
        RuleTable::Thesaurus,
        RuleTable::Paradigms,
        RuleTable::CompoundRules,
        RuleTable::VerbalizationRules,
        RuleTable::NormalizationRules,
        RuleTable::Abbreviations,
        RuleTable::PiiPatterns,
        RuleTable::G2pRules,
        RuleTable::RulesPattern,
        RuleTable::RulesCg,
    ];

    /// The name of its config in a dataset.
    pub fn name(self) -> &'static str {
        match self {
            RuleTable::AffixRules => "affix_rules",
            RuleTable::DicEntries => "dic_entries",
            RuleTable::HyphenationPatterns => "hyphenation_patterns",
            RuleTable::LexiconEntries => "lexicon_entries",
            RuleTable::LexiconForms => "lexicon_forms",
            RuleTable::Thesaurus => "thesaurus",
            RuleTable::Paradigms => "paradigms",
            RuleTable::CompoundRules => "compound_rules",
            RuleTable::VerbalizationRules => "verbalization_rules",
            RuleTable::NormalizationRules => "normalization_rules",
            RuleTable::Abbreviations => "abbreviations",
            RuleTable::PiiPatterns => "pii_patterns",
            RuleTable::G2pRules => "g2p_rules",
            RuleTable::RulesPattern => "rules_pattern",
            RuleTable::RulesCg => "rules_cg",
        }
    }

    /// The table of this name.
    ///
    /// ```
    /// use sprog_datasets::rules::RuleTable;
    /// assert_eq!(RuleTable::parse("thesaurus"), Some(RuleTable::Thesaurus));
    /// ```
    pub fn parse(name: &str) -> Option<RuleTable> {
        RuleTable::ALL.into_iter().find(|table| table.name() == name)
    }

    /// What its rows are, in Danish and in English.
    pub fn describe(self) -> [&'static str; 2] {
        match self {
            RuleTable::AffixRules => [
                "linjer af affiksfiler: hvordan ord bøjes og sammensættes",
                "lines of affix files: how words are inflected and compounded",
            ],
            RuleTable::DicEntries => [
                "ordlistens linjer, hver med flag, der peger på affiksreglerne",
                "lines of a word list, each with flags that point to the affix rules",
            ],
            RuleTable::HyphenationPatterns => {
                ["mønstre, der siger, hvor ord kan deles", "patterns that say where words can be divided"]
            }
            RuleTable::LexiconEntries => [
                "opslagsord med ordklasse, udtale og hvad kilden ellers ved",
                "headwords with part of speech, pronunciation and what else the source knows",
            ],
            RuleTable::LexiconForms => [
                "bøjede former med lemma, ordklasse og træk (Universal Dependencies)",
                "inflected forms with lemma, part of speech and features (Universal Dependencies)",
            ],
            RuleTable::Thesaurus => ["betydninger og deres synonymer", "meanings and their synonyms"],
            RuleTable::Paradigms => {
                ["bøjningsmønstre: hvilke endelser et ord får", "paradigms: which endings a word takes"]
            }
            RuleTable::CompoundRules => [
                "led og fugeelementer i sammensætninger",
                "parts of compounds and the elements that link them",
            ],
            RuleTable::VerbalizationRules => [
                "hvordan tal, enheder, tegn og forkortelser siges",
                "how numbers, units, signs and abbreviations are said",
            ],
            RuleTable::NormalizationRules => [
                "ældre og forkerte stavemåder og hvad der skrives nu",
                "old and wrong spellings and what is written now",
            ],
            RuleTable::Abbreviations => [
                "forkortelser, hvad de står for, og om en sætning kan ende med dem",
                "abbreviations, what they stand for and whether a sentence can end with them",
            ],
            RuleTable::PiiPatterns => [
                "ord og mønstre, der afslører personoplysninger",
                "words and patterns that give personal data away",
            ],
            RuleTable::G2pRules => [
                "regler for udtale: fra bogstaver til lyde",
                "rules of pronunciation: from letters to sounds",
            ],
            RuleTable::RulesPattern => [
                "grammatik- og stilregler som mønstre, hver med sine eksempler",
                "rules of grammar and style as patterns, each with its examples",
            ],
            RuleTable::RulesCg => [
                "regler, der vælger den rette læsning af et ord (Constraint Grammar)",
                "rules that choose the right reading of a word (Constraint Grammar)",
            ],
        }
    }
}

/// The columns of a table.
///
/// All tables have `row_id` (32 hex digits: the first 16 bytes of BLAKE3 over source, file, line number
/// in decimal and raw text, a NUL byte between them), `source`, `source_ref` (file, `:`, line number),
/// `license`, `file`, `line` (from 1), `raw` (the line without its ending), `ending` (`"\n"`, `"\r\n"`,
/// `"\r"` or `""`), `charset` (`UTF-8` or `ISO-8859-1`) and `kind`. Where a row is not a line but what a line or an
/// element says ([`form_rows`]), `file`, `line`, `raw`, `ending` and `charset` are null, `source_ref` says where it comes
/// from, and `row_id` is over source, file, that place and what it says.
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
        RuleTable::LexiconForms => {
            let mut fields = records::FORM_TEXTS.map(text).to_vec();
            fields.push(texts("pronunciations"));
            fields.push(field("extra", list_of(DataType::Struct(extra_fields()))));
            fields
        }
        RuleTable::Thesaurus => vec![text("word"), text("pos"), texts("synonyms"), texts("notes")],
        RuleTable::Paradigms
        | RuleTable::CompoundRules
        | RuleTable::VerbalizationRules
        | RuleTable::NormalizationRules
        | RuleTable::Abbreviations
        | RuleTable::PiiPatterns
        | RuleTable::G2pRules => vec![text("name"), text("key"), texts("cells")],
        RuleTable::RulesPattern => {
            let mut fields = ["rule_id", "category", "name", "message", "short", "url"].map(text).to_vec();
            fields.push(field("default_on", DataType::Boolean));
            fields.push(texts("suggestions"));
            fields.push(field("examples", list_of(DataType::Struct(example_fields()))));
            fields
        }
        RuleTable::RulesCg => vec![text("name"), text("section"), texts("options"), text("statement")],
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

/// Fields of an element of `examples`.
fn example_fields() -> Fields {
    let texts = ["text", "kind"].map(|name| field(name, DataType::Utf8)).to_vec();
    let corrections = field("corrections", list_of(DataType::Utf8));
    texts.into_iter().chain([corrections]).collect::<Vec<FieldRef>>().into()
}

#[cfg(test)]
mod tests;
