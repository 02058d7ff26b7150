//! The Danish thesaurus and word lists of Debian, read and written back whole.
//!
//! Needs mythes-da 1:7.5.0, wdanish and aspell-da 1.6.36 (Debian 12); other places are named by
//! `SPROG_MYTHES_DIR`, `SPROG_WDANISH` and `SPROG_ASPELL_DA`. Other files, which no package has, are read
//! where `SPROG_UNIMORPH`, `SPROG_WN_LMF` or `SPROG_DIX` names one. Where files are absent the tests say so
//! and pass, but those of the packages fail when `CI` is set.

#![allow(clippy::print_stderr)]

use std::path::PathBuf;

use sprog_formats::rules::wn_lmf::{self, Item};
use sprog_formats::rules::{Charset, Content, dix, mythes, unimorph, wordlist, write_records};
use sprog_formats::{Limits, codes};

fn file(variable: &str, default: &str, package: &str) -> Option<Vec<u8>> {
    let path = std::env::var_os(variable).map_or_else(|| PathBuf::from(default), PathBuf::from);
    match std::fs::read(&path) {
        Ok(bytes) => Some(bytes),
        Err(e) => {
            eprintln!("SKIPPED: install Debian's {package} ({}: {e})", path.display());
            assert!(std::env::var_os("CI").is_none(), "CI must have {}", path.display());
            None
        }
    }
}

fn named(variable: &str) -> Option<Vec<u8>> {
    let path = std::env::var_os(variable);
    if path.is_none() {
        eprintln!("SKIPPED: {variable} names no file");
    }
    Some(std::fs::read(path?).expect("the file that the variable names"))
}

fn mythes_file(name: &str) -> Option<Vec<u8>> {
    let folder = std::env::var("SPROG_MYTHES_DIR").unwrap_or_else(|_| "/usr/share/mythes".into());
    file("", &format!("{folder}/{name}"), "mythes-da")
}

#[test]
fn th_da_dk() {
    let (Some(dat), Some(idx)) = (mythes_file("th_da_DK.dat"), mythes_file("th_da_DK.idx")) else { return };
    let parsed = mythes::read(&dat, &Limits::default()).expect("reads");
    assert_eq!(parsed.problems, []);
    let file = &parsed.value;
    assert!(mythes::write(file).expect("writes") == dat, "the data is not byte-equal");
    assert!(mythes::write_index(file).expect("writes") == idx, "the index is not byte-equal");

    let meanings: Vec<_> = file.meanings().collect();
    assert_eq!(file.lines.len(), 1 + 30_981 + meanings.len(), "lines unaccounted for");
    assert_eq!(meanings.len(), 139_596);
    let terms = meanings.iter().map(|m| m.3.terms.len()).sum::<usize>();
    let narrower =
        meanings.iter().flat_map(|m| &m.3.terms).filter(|t| t.note.as_deref() == Some("underbegreb"));
    assert_eq!((terms > 139_596, narrower.count()), (true, 105_590));

    let index = mythes::read_index(&idx, &Limits::default()).expect("reads");
    assert_eq!(index.problems, []);
    assert!(write_records(&index.value).expect("writes") == idx, "the index is not byte-equal");
    assert_eq!(mythes::check_index(file, &index.value), []);
}

#[test]
fn wdanish() {
    let Some(bytes) = file("SPROG_WDANISH", "/usr/share/dict/danish", "wdanish") else { return };
    let parsed = wordlist::read(&bytes, None, Charset::Utf8, &Limits::default()).expect("reads");
    assert_eq!(parsed.problems, []);
    assert!(write_records(&parsed.value).expect("writes") == bytes, "not byte-equal");
    assert!(parsed.value.lines.iter().all(|l| matches!(l.content, Content::Entry(_))));
    assert!(parsed.value.lines.len() > 300_000);
}

#[test]
fn aspell_da() {
    let default = "/usr/share/aspell/da.cwl.gz";
    let Some(bytes) = file("SPROG_ASPELL_DA", default, "aspell-da") else { return };
    // The package's file is gzipped; plain files are passed through.
    let (mut plain, mut list) =
        (sprog_formats::decompress(&bytes[..], &Limits::default()).expect("opens").0, Vec::new());
    std::io::Read::read_to_end(&mut plain, &mut list).expect("decompresses");
    let bytes = list;
    let parsed = wordlist::read_compressed(&bytes, Charset::Latin1, &Limits::default()).expect("reads");
    assert_eq!(parsed.problems, []);
    assert!(wordlist::write_compressed(&parsed.value).expect("writes") == bytes, "not byte-equal");
    assert!(parsed.value.entries().count() > 300_000);
}

#[test]
fn a_unimorph_file() {
    let Some(bytes) = named("SPROG_UNIMORPH") else { return };
    let parsed = unimorph::read(&bytes, &Limits::default()).expect("reads");
    assert!(write_records(&parsed.value).expect("writes") == bytes, "not byte-equal");
    let unknown = parsed.value.lines.iter().filter(|l| l.content == Content::Unknown).count();
    eprintln!("{} lines, {unknown} not understood", parsed.value.lines.len());
    assert_eq!((unknown, parsed.problems.len()), (0, 0));
}

#[test]
fn a_wordnet() {
    let Some(bytes) = named("SPROG_WN_LMF") else { return };
    let read = |bytes: &[u8]| {
        let mut items: Vec<Item> = Vec::new();
        let problems = wn_lmf::for_each(&mut &*bytes, &Limits::default(), &mut |item| {
            items.push(item);
            Ok(())
        });
        (items, problems.expect("reads"))
    };
    let (items, problems) = read(&bytes);
    eprintln!("{} items", items.len());
    assert_eq!(problems, []);
    let mut out = Vec::new();
    let mut writer = wn_lmf::Writer::new(&mut out).expect("writes");
    items.iter().for_each(|item| writer.item(item).expect("writes"));
    writer.finish().expect("writes");
    assert!(read(&out).0 == items, "written and read again, the items are others");
}

#[test]
fn an_apertium_dictionary() {
    let Some(bytes) = named("SPROG_DIX") else { return };
    let parsed = dix::read(&mut &bytes[..], &Limits::default()).expect("reads");
    let lines = parsed.problems.iter().filter(|p| p.code == codes::RULE_LINE).count();
    eprintln!("{} problems: {:?}", parsed.problems.len(), parsed.problems.first());
    assert_eq!(lines, 0);
    let mut forms = 0u64;
    let limits = Limits { items: 100_000_000, ..Limits::default() };
    dix::expand(&parsed.value, &limits, &mut |_| {
        forms += 1;
        Ok(())
    })
    .expect("expands");
    eprintln!("{forms} forms");
}
