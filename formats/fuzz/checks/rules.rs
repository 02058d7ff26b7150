//! What is asked of any bytes by the readers of rule files: an end, and the same bytes written back.

#![allow(dead_code)]

use sprog_formats::Limits;
use sprog_formats::rules::{
    Charset, cg, dix, hunspell_aff, hunspell_dic, languagetool, mythes, wn_lmf, write_records,
};

fn limits() -> Limits {
    Limits { bytes: 1 << 20, line_bytes: 1 << 18, items: 100_000, depth: 64, ..Limits::default() }
}

fn abort_unless(good: bool, what: &str) {
    if !good {
        eprintln!("{what}");
        std::process::abort();
    }
}

pub fn aff(data: &[u8]) {
    let Ok(parsed) = hunspell_aff::read(data, &limits()) else { return };
    let again = hunspell_aff::write(&parsed.value);
    abort_unless(again.is_ok_and(|bytes| bytes == data), "an affix file is not written as it was read");
}

/// The first byte chooses the flags' form and the charset.
pub fn dic(data: &[u8]) {
    use hunspell_aff::FlagType;
    let Some((choice, data)) = data.split_first() else { return };
    let types = [FlagType::Char, FlagType::Long, FlagType::Num, FlagType::Utf8];
    let flags = types[usize::from(choice % 4)];
    let charset = if choice & 4 == 0 { Charset::Utf8 } else { Charset::Latin1 };
    let Ok(parsed) = hunspell_dic::read(data, flags, charset, &limits()) else { return };
    let again = hunspell_dic::write(&parsed.value);
    abort_unless(again.is_ok_and(|bytes| bytes == data), "a word list is not written as it was read");
}

pub fn mythes(data: &[u8]) {
    if let Ok(parsed) = mythes::read(data, &limits()) {
        let again = mythes::write(&parsed.value);
        abort_unless(again.is_ok_and(|bytes| bytes == data), "a thesaurus is not written as it was read");
        let index =
            mythes::write_index(&parsed.value).and_then(|idx| mythes::read_index(&idx, &Limits::default()));
        let index = index.expect("an index of our own");
        let wrong = mythes::check_index(&parsed.value, &index.value);
        abort_unless(wrong.is_empty(), "an index of our own is not that of its data");
    }
    if let Ok(parsed) = mythes::read_index(data, &limits()) {
        let again = write_records(&parsed.value);
        abort_unless(again.is_ok_and(|bytes| bytes == data), "an index is not written as it was read");
    }
}

pub fn wn_lmf(data: &[u8]) {
    let mut items = Vec::new();
    let _ = wn_lmf::for_each(&mut &*data, &limits(), &mut |item| {
        items.push(item);
        Ok(())
    });
    let mut out = Vec::new();
    let Ok(mut writer) = wn_lmf::Writer::new(&mut out) else { return };
    for item in &items {
        let _ = writer.item(item);
    }
    let _ = writer.finish();
    // Not asked to be read again: the XML reader lets odd attribute names pass.
    let _ = wn_lmf::for_each(&mut &out[..], &Limits::default(), &mut |_| Ok(()));
}

pub fn dix(data: &[u8]) {
    if let Ok(parsed) = dix::read(&mut &*data, &limits()) {
        let _ = dix::expand(&parsed.value, &limits(), &mut |_| Ok(()));
    }
}

pub fn languagetool(data: &[u8]) {
    let Ok(parsed) = languagetool::read(data, &limits()) else { return };
    let once = languagetool::write(&parsed.value);
    let Ok(again) = languagetool::read(once.as_bytes(), &Limits::default()) else {
        return abort_unless(false, "rules of our own are not read");
    };
    abort_unless(languagetool::write(&again.value) == once, "rules change when they are written again");
}

pub fn cg(data: &[u8]) {
    let Ok(parsed) = cg::read(data, &limits()) else { return };
    let again = cg::write(&parsed.value);
    abort_unless(again.is_ok_and(|bytes| bytes == data), "a grammar is not written as it was read");
}
