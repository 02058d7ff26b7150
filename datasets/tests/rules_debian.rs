//! The Danish dictionaries of Debian as tables: through a published Parquet file and back, byte for byte.
//!
//! Needs hunspell-da and hyphen-da 1:7.5.0 (Debian 12); other folders are named by `SPROG_HUNSPELL_DIR`
//! and `SPROG_HYPHEN_DIR`. Where the files are absent the tests say so and pass, but fail when `CI` is set.

#![allow(clippy::print_stderr)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use arrow::array::{Array, RecordBatch, StringArray};
use sprog_datasets::rules::{self, RuleOrigin, RuleTable};
use sprog_datasets::table::{TableFile, write_published};
use sprog_formats::Limits;
use sprog_formats::rules::hunspell_aff::{self, AffFile};
use sprog_formats::rules::{hunspell_dic, hyphenation};

fn file(variable: &str, default: &str, name: &str) -> Option<Vec<u8>> {
    let folder = std::env::var_os(variable).map_or_else(|| PathBuf::from(default), PathBuf::from);
    let path = folder.join(name);
    match std::fs::read(&path) {
        Ok(bytes) => Some(bytes),
        Err(e) => {
            eprintln!("SKIPPED: install Debian's hunspell-da and hyphen-da ({}: {e})", path.display());
            assert!(std::env::var_os("CI").is_none(), "CI must have {}", path.display());
            None
        }
    }
}

fn hunspell(name: &str) -> Option<Vec<u8>> {
    file("SPROG_HUNSPELL_DIR", "/usr/share/hunspell", name)
}

fn read_aff(bytes: &[u8]) -> AffFile {
    hunspell_aff::read(bytes, &Limits::default()).expect("reads").value
}

fn origin(name: &str) -> RuleOrigin {
    let license = "LicenseRef-test".to_owned();
    RuleOrigin { source: "stavekontrolden".to_owned(), license, file: name.to_owned() }
}

/// Publishes the rows, reads them back, checks that they give `bytes`; how many rows are of each kind.
fn round_trip(table: RuleTable, rows: RecordBatch, name: &str, bytes: &[u8]) -> BTreeMap<String, usize> {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join(table.name()).with_extension("parquet");
    let schema = rules::schema(table);
    write_published(&path, &schema, rows.num_rows() as u64, [Ok(rows.clone())].into_iter(), |_| {})
        .expect("writes");
    let published = TableFile::open(&path).expect("opens");
    assert_eq!(published.rows(), rows.num_rows() as u64);

    let exported = rules::export(published.read(&[], None).expect("reads"), name).expect("exports");
    assert!(exported == bytes, "{name} is not byte-equal");

    let (mut kinds, mut start) = (BTreeMap::new(), 0);
    for batch in published.read(&[], None).expect("reads") {
        let batch = batch.expect("reads");
        let sent = rows.slice(start, batch.num_rows());
        assert_eq!(batch.columns(), sent.columns(), "rows from {start} on");
        start += batch.num_rows();
        let kind = batch.column_by_name("kind").expect("kind");
        for kind in kind.as_any().downcast_ref::<StringArray>().expect("text").iter().flatten() {
            *kinds.entry(kind.to_owned()).or_default() += 1;
        }
    }
    kinds
}

fn counts(expected: &[(&str, usize)]) -> BTreeMap<String, usize> {
    expected.iter().map(|(kind, count)| ((*kind).to_owned(), *count)).collect()
}

#[test]
fn da_dk_aff() {
    let Some(bytes) = hunspell("da_DK.aff") else { return };
    let rows = rules::affix_rules(&read_aff(&bytes), &origin("da_DK.aff")).expect("rows");
    let kinds = round_trip(RuleTable::AffixRules, rows, "da_DK.aff", &bytes);
    assert_eq!(
        kinds,
        counts(&[
            ("affix_header", 73),
            ("affix_rule", 534 + 1478),
            ("blank", 117),
            ("comment", 130),
            ("option", 20),
            ("table_header", 2),
            ("table_row", 126 + 63)
        ])
    );
}

#[test]
fn da_dk_dic() {
    let (Some(aff), Some(bytes)) = (hunspell("da_DK.aff"), hunspell("da_DK.dic")) else { return };
    let file = hunspell_dic::read_with(&bytes, &read_aff(&aff), &Limits::default()).expect("reads").value;
    let rows = rules::dic_entries(&file, &origin("da_DK.dic")).expect("rows");
    let words = rows.column_by_name("word").expect("word");
    assert_eq!(words.len() - words.null_count(), 157_832);
    let kinds = round_trip(RuleTable::DicEntries, rows, "da_DK.dic", &bytes);
    assert_eq!(kinds, counts(&[("blank", 3), ("count", 1), ("entry", 157_832), ("unknown", 2)]));
}

#[test]
fn hyph_da_dk_dic() {
    let Some(bytes) = file("SPROG_HYPHEN_DIR", "/usr/share/hyphen", "hyph_da_DK.dic") else { return };
    let file = hyphenation::read(&bytes, &Limits::default()).expect("reads").value;
    let rows = rules::hyphenation_patterns(&file, &origin("hyph_da_DK.dic")).expect("rows");
    let kinds = round_trip(RuleTable::HyphenationPatterns, rows, "hyph_da_DK.dic", &bytes);
    assert_eq!(kinds, counts(&[("encoding", 1), ("pattern", 1145)]));
}
