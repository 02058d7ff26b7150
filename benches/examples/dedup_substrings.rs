//! Exact stretches in JSON lines or made-up corpora, with time and memory.
#![allow(clippy::print_stdout, reason = "an example")]
//!
//!     substrings FILE.jsonl [--repeat N] [--mem MB] [--min-tokens N] [--dir DIR] [--cuts FILE] [--skip-made]
//!     substrings --made {big,empty,identical,word,zalgo}
//!
//! `--repeat N` reads the file N times, each time with the words changed so that the copies share nothing.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::PathBuf;

use sprog::dedup::Substrings;
use sprog_benches::{cpu_seconds, peak_mb};
use sprog_text::dedup::{cuts_to_bytes, token_hashes, without};

/// Seconds of CPU, user and system.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn text(&mut self, bytes: usize) -> String {
        let mut text = String::new();
        while text.len() < bytes {
            text.push_str(&format!("ord{} ", self.next() % 50_000));
        }
        text
    }
}

fn made(what: &str) -> Vec<String> {
    let mut random = Random(1);
    match what {
        "big" => vec![random.text(37_000_000)],
        "half" => {
            let text = random.text(18_500_000);
            vec![text.clone() + &text]
        }
        "empty" => vec![String::new(); 1_000_000],
        "identical" => vec![random.text(5_000); 10_000],
        "word" => vec!["ord ".repeat(5_000_000)],
        "zalgo" => vec![
            format!("a{}", "\u{301}\u{334}\u{350}".repeat(40)).repeat(20_000)
                + &"\u{301}\u{202e} ".repeat(200_000),
        ],
        "period" => vec!["et to tre fire fem seks syv ".repeat(200_000); 3],
        _ => Vec::new(),
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value =
        |name: &str| arguments.iter().position(|a| a == name).and_then(|at| arguments.get(at + 1)).cloned();
    let number = |name: &str, or: usize| value(name).and_then(|v| v.parse().ok()).unwrap_or(or);
    let memory = number("--mem", 512) << 20;
    let min_tokens = number("--min-tokens", 50);
    let dir: PathBuf = value("--dir").unwrap_or_else(|| std::env::temp_dir().display().to_string()).into();

    let mut stage = Substrings::new(&dir, memory, min_tokens)?;
    let (mut hashes, mut bytes, mut document) = (Vec::new(), 0usize, 0u64);
    let repeat = number("--repeat", 1);
    let mut texts: Vec<String> = Vec::new();
    let mut kinds: Vec<String> = Vec::new();
    match value("--made") {
        Some(what) => texts = made(&what),
        None => {
            let file = arguments.first().ok_or("which file?")?;
            for line in BufReader::new(std::fs::File::open(file)?).lines() {
                let line: serde_json::Value = serde_json::from_str(&line?)?;
                texts.push(line["text"].as_str().unwrap_or("").to_owned());
                kinds.push(line["kind"].as_str().unwrap_or("").to_owned());
            }
        }
    }
    let start = cpu_seconds();
    let count = texts.iter().map(|text| (token_hashes(text, &mut hashes), hashes.len()).1).sum::<usize>();
    println!(
        "before: {:.0} MB; only tokens and hashes of one turn: {count}, {:.2} s CPU",
        peak_mb(),
        cpu_seconds() - start
    );
    let start = cpu_seconds();
    for turn in 0..repeat as u64 {
        for text in &texts {
            token_hashes(text, &mut hashes);
            if turn > 0 {
                hashes.iter_mut().for_each(|hash| *hash = hash.wrapping_mul(2 * turn + 1));
            }
            bytes += text.len();
            stage.push(document, &hashes)?;
            document += 1;
        }
    }
    let pushed = cpu_seconds();
    println!("pushed: {:.2} s CPU, {:.0} MB", pushed - start, peak_mb());
    let mut cuts = stage.finish()?;
    let sorted = cpu_seconds();
    println!("sorted: {:.2} s CPU, {:.0} MB", sorted - pushed, peak_mb());
    let mut all = Vec::new();
    let mut count = 0u64;
    for cut in cuts.by_ref() {
        let cut = cut?;
        count += 1;
        if (cut.document as usize) < texts.len() {
            all.push(cut);
        }
    }
    let end = cpu_seconds();
    println!("traced: {:.2} s CPU, {:.0} MB", end - sorted, peak_mb());
    println!("{:?}", cuts.found());
    let mb = bytes as f64 / 1e6;
    println!("{mb:.1} MB, {count} cuts, {:.2} s CPU, {:.1} MB/s", end - start, mb / (end - start));

    // Applying: per kind what share of the bytes goes.
    let start = cpu_seconds();
    let mut kept = 0usize;
    let mut by_kind = std::collections::BTreeMap::<&str, (usize, usize, usize, usize)>::new();
    let mut next = all.iter().peekable();
    let mut out = match value("--out") {
        Some(path) => Some(BufWriter::new(std::fs::File::create(path)?)),
        None => None,
    };
    for (index, text) in texts.iter().enumerate() {
        let mut ranges = Vec::new();
        while let Some(cut) = next.next_if(|cut| cut.document == index as u64) {
            ranges.push(cut.tokens.start as usize..cut.tokens.end as usize);
        }
        let left =
            if ranges.is_empty() { text.clone() } else { without(text, &cuts_to_bytes(text, &ranges)) };
        kept += left.len();
        let kind = by_kind.entry(kinds.get(index).map_or("", String::as_str)).or_default();
        kind.0 += 1;
        kind.1 += usize::from(left.len() < text.len());
        kind.2 += text.len();
        kind.3 += text.len() - left.len();
        if let Some(out) = &mut out {
            writeln!(out, "{}", serde_json::json!({ "text": left }))?;
        }
    }
    println!("applied: {:.2} s CPU; {kept} bytes left", cpu_seconds() - start);
    for (kind, (documents, cut, bytes, gone)) in by_kind {
        println!(
            "{kind:10} {documents:7} documents, {cut:7} cut, {:6.2} % of the bytes",
            gone as f64 * 100.0 / bytes.max(1) as f64
        );
    }
    if let Some(path) = value("--cuts") {
        let mut out = BufWriter::new(std::fs::File::create(path)?);
        for cut in &all {
            writeln!(
                out,
                "{}\t{}\t{}\t{}\t{}",
                cut.document, cut.tokens.start, cut.tokens.end, cut.kept_document, cut.kept_start
            )?;
        }
    }
    Ok(())
}
