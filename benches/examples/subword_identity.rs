//! Whether our ids and places are those of the crate `tokenizers`, over JSON lines with `text`.
//!
//!     cargo run --release -p sprog-benches --example subword_identity -- FILE.jsonl MB TOKENIZER.json…
//!
//! Compares all ids; the places, the decoded text and `encode_bytes` for every tenth text; then every code point.
#![allow(clippy::print_stdout, missing_docs)]

use rayon::prelude::*;
use sprog_text::subword::tokenizer::Tokenizer;

type Any = Box<dyn std::error::Error>;

struct Both {
    ours: Tokenizer,
    theirs: tokenizers::Tokenizer,
}

impl Both {
    fn differs(&self, text: &str, all: bool) -> bool {
        let same = || -> Result<bool, tokenizers::Error> {
            let ids = self.ours.encode(text, false)?;
            if !all {
                return Ok(ids == self.theirs.encode_fast(text, false)?.get_ids());
            }
            let theirs = self.theirs.encode(text, true)?;
            let ours = self.ours.encode_with_offsets(text, true)?;
            Ok(ours.ids == theirs.get_ids()
                && ours.offsets == theirs.get_offsets()
                && self.ours.encode(text, true)? == theirs.get_ids()
                && self.ours.decode_bytes(&ids)? == text.as_bytes()
                && self.ours.encode_bytes(text.as_bytes())? == ids)
        };
        !same().unwrap_or(false)
    }
}

fn main() -> Result<(), Any> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, mb, files @ ..] = arguments.as_slice() else { return Err("FILE MB TOKENIZER…".into()) };
    let limit = mb.parse::<usize>()? * 1_000_000;
    let (texts, size) = sprog_benches::texts(path, limit)?;
    let all: Vec<char> = (0..=0x0010_FFFF).filter_map(char::from_u32).collect();
    let planes: Vec<String> = all
        .chunks(1 << 9)
        .map(|chars| chars.iter().flat_map(|&c| ['a', c, ' ', c, c, '1', c, '\n', c, '.']).collect())
        .collect();
    for file in files {
        let json = std::fs::read(file)?;
        let both = Both {
            ours: Tokenizer::from_json(&json)?,
            theirs: tokenizers::Tokenizer::from_bytes(&json).map_err(|e| e.to_string())?,
        };
        if let Some(why) = both.ours.fallback() {
            println!("{file}: falls back: {why}");
            continue;
        }
        let texts_differ =
            texts.par_iter().enumerate().filter(|(i, text)| both.differs(text, i % 10 == 0)).count();
        let planes_differ = planes.par_iter().filter(|text| both.differs(text, true)).count();
        println!(
            "{file}: {} texts, {:.1} MB: {texts_differ} differ; all code points in {} texts: {planes_differ} differ",
            texts.len(),
            size as f64 / 1e6,
            planes.len()
        );
    }
    Ok(())
}
