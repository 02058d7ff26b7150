//! The Danish dictionaries of Debian, read and written back whole.
//!
//! Needs hunspell-da and hyphen-da 1:7.5.0 (Debian 12; Stavekontrolden 2.7.001); other folders are named by
//! `SPROG_HUNSPELL_DIR` and `SPROG_HYPHEN_DIR`. Where the files are absent the tests say so and pass,
//! but fail when `CI` is set.

#![allow(clippy::print_stderr)]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use sprog_formats::rules::hunspell_aff::{self, AffFile, AffRule, FlagType};
use sprog_formats::rules::hunspell_dic::{self, DicContent};
use sprog_formats::rules::hyphenation::{self, HyphenationRule};
use sprog_formats::rules::{Charset, LineEnding};
use sprog_formats::{Limits, Parsed, Place, codes};

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

fn read_aff(bytes: &[u8]) -> Parsed<AffFile> {
    hunspell_aff::read(bytes, &Limits::default()).expect("reads")
}

#[test]
fn da_dk_aff() {
    let Some(bytes) = hunspell("da_DK.aff") else { return };
    let parsed = read_aff(&bytes);
    assert!(hunspell_aff::write(&parsed.value).expect("writes") == bytes, "not byte-equal");

    let aff = &parsed.value;
    assert_eq!((aff.encoding, aff.flag_type), (Charset::Utf8, FlagType::Num));
    let count = |is: fn(&AffRule) -> bool| aff.lines.iter().filter(|l| is(&l.rule)).count();
    let table = |table: &str| {
        let of_table = aff.lines.iter().filter(|l| match &l.rule {
            AffRule::TableHeader { name, .. } | AffRule::TableRow { name, .. } => name == table,
            _ => false,
        });
        of_table.count()
    };
    // One header line and its rows.
    assert_eq!((table("REP"), table("MAP")), (1 + 126, 1 + 63));
    assert_eq!(count(|r| matches!(r, AffRule::AffixHeader { .. })), 73);
    assert_eq!(count(|r| matches!(r, AffRule::AffixRule { .. })), 534 + 1478);
    assert_eq!(count(|r| matches!(r, AffRule::Option { .. })), 20);
    assert_eq!(count(|r| matches!(r, AffRule::Unknown)), 0);
    assert_eq!(parsed.problems, []);
}

#[test]
fn da_dk_dic() {
    let (Some(aff), Some(bytes)) = (hunspell("da_DK.aff"), hunspell("da_DK.dic")) else { return };
    let aff = read_aff(&aff).value;
    let started = Instant::now();
    let parsed = hunspell_dic::read_with(&bytes, &aff, &Limits::default()).expect("reads");
    let took = started.elapsed();
    assert!(hunspell_dic::write(&parsed.value).expect("writes") == bytes, "not byte-equal");
    // An unoptimised build on a busy machine; a release build takes a tenth of this.
    assert!(took < Duration::from_secs(5), "{took:?} for {} bytes", bytes.len());

    let lines = &parsed.value.lines;
    assert_eq!(lines.len(), 157_838);
    assert!(lines.iter().all(|l| l.line.ending == LineEnding::Lf));
    assert_eq!(lines[0].entry, DicContent::Count(160_502));
    // All lines but the count, three blank ones and two without a word.
    assert_eq!(parsed.value.entry_count(), 157_838 - 1 - 3 - 2);
    let numbers = |content: &DicContent| -> Vec<u64> {
        lines.iter().filter(|l| l.entry == *content).map(|l| l.line.number).collect()
    };
    assert_eq!(numbers(&DicContent::Blank), [22_996, 142_416, 154_722]);
    assert_eq!(numbers(&DicContent::Unknown), [22_998, 156_516]);

    let quoted: Vec<(u64, &str)> =
        lines.iter().filter_map(|l| l.quoted().map(|word| (l.line.number, word))).collect();
    assert_eq!(quoted, [(60, "A/S"), (20_352, "c/o"), (60_266, "I/S")]);

    let with_field = |field: &str| {
        let has = |content: &DicContent| matches!(content, DicContent::Entry { morph, .. } if morph.iter().any(|m| m.starts_with(field)));
        lines.iter().filter(|l| has(&l.entry)).count()
    };
    assert_eq!((with_field("st:"), with_field("al:"), with_field("ph:")), (20_126, 3_803, 338));

    let problems: Vec<_> = parsed.problems.iter().map(|p| (p.code, p.place.clone())).collect();
    let expected = [
        (codes::RULE_FLAG, Place::Line(60)),
        (codes::RULE_FLAG, Place::Line(20_352)),
        (codes::RULE_LINE, Place::Line(22_998)),
        (codes::RULE_FLAG, Place::Line(60_266)),
        (codes::RULE_LINE, Place::Line(156_516)),
        (codes::RULE_COUNT, Place::Line(1)),
    ];
    assert_eq!(problems, expected);
}

#[test]
fn hyph_da_dk() {
    let Some(bytes) = file("SPROG_HYPHEN_DIR", "/usr/share/hyphen", "hyph_da_DK.dic") else { return };
    let parsed = hyphenation::read(&bytes, &Limits::default()).expect("reads");
    assert!(hyphenation::write(&parsed.value).expect("writes") == bytes, "not byte-equal");

    let file = &parsed.value;
    assert_eq!((file.encoding, file.lines.len()), (Charset::Latin1, 1_146));
    assert_eq!(file.lines[0].rule, HyphenationRule::Encoding("ISO8859-1".into()));
    assert_eq!(file.patterns().count(), 1_145);
    for (line, pattern) in file.patterns() {
        assert_eq!(pattern.to_string(), line.raw, "line {}", line.number);
    }
    assert_eq!(parsed.problems, []);
}
