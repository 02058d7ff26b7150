//! A test set against JSON lines, with time and memory.
#![allow(clippy::print_stdout, reason = "an example")]
//!
//!     contamination TRAINING.jsonl TESTS.jsonl [--words N] [--hits FILE] [--made WHAT]

use std::io::{BufRead, BufReader, BufWriter, Write};

use sprog_benches::{cpu_seconds, peak_mb};
use sprog_text::contamination::{NgramCounts, Options, TestSet};

fn read(path: &str) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let mut texts = Vec::new();
    for line in BufReader::new(std::fs::File::open(path)?).lines() {
        let line: serde_json::Value = serde_json::from_str(&line?)?;
        texts.push(line["text"].as_str().unwrap_or("").to_owned());
    }
    Ok(texts)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value =
        |name: &str| arguments.iter().position(|a| a == name).and_then(|at| arguments.get(at + 1)).cloned();
    let words = value("--words").and_then(|v| v.parse().ok()).unwrap_or(13);
    let mut training = read(arguments.first().ok_or("which training file?")?)?;
    let tests = read(arguments.get(1).ok_or("which test file?")?)?;
    if let Some(what) = value("--made") {
        training = match what.as_str() {
            "one" => vec![training.join("\n")],
            "empty" => vec![String::new(); 1_000_000],
            "word" => vec!["ord ".repeat(5_000_000)],
            "letters" => vec!["x".repeat(37_000_000)],
            "leaked" => (0..20).map(|_| tests.join("\n")).collect(),
            "zalgo" => vec![format!("a{} ", "\u{301}\u{334}\u{350}".repeat(40)).repeat(20_000)],
            _ => training,
        };
    }
    let start = cpu_seconds();
    let bytes: usize = tests.iter().map(String::len).sum();
    let set = TestSet::new(
        tests.iter().enumerate().map(|(n, t)| (n.to_string(), t)),
        Options { words, ..Options::default() },
    );
    println!(
        "index: {:.1} MB, {} items ({} not compared), {} n-grams, {:.2} s CPU, {:.0} MB",
        bytes as f64 / 1e6,
        set.len(),
        set.not_compared(),
        set.ngrams(),
        cpu_seconds() - start,
        peak_mb()
    );
    let bytes: usize = training.iter().map(String::len).sum();
    let mut counts = NgramCounts::new(&set);
    let mut all = Vec::new();
    let mut best = f64::MAX;
    for turn in 0..3 {
        let start = cpu_seconds();
        for (document, text) in training.iter().enumerate() {
            let hits = if turn == 0 { set.of_counting(text, &mut counts) } else { set.of(text) };
            if turn == 0 && !hits.is_empty() {
                all.push((document, hits));
            }
        }
        best = best.min(cpu_seconds() - start);
    }
    let hits: usize = all.iter().map(|(_, hits)| hits.len()).sum();
    let mb = bytes as f64 / 1e6;
    println!(
        "{mb:.1} MB: best of three {best:.2} s CPU, {:.1} MB/s; {hits} hits in {} documents, {:.0} MB",
        mb / best,
        all.len(),
        peak_mb()
    );
    let common = all.iter().flat_map(|(_, hits)| hits).filter(|hit| counts.rarest(&set, hit) > 10).count();
    println!("{common} hits are phrases in more than 10 documents");
    if let Some(path) = value("--hits") {
        let mut out = BufWriter::new(std::fs::File::create(path)?);
        for (document, hits) in &all {
            for hit in hits {
                writeln!(
                    out,
                    "{document}\t{}\t{}\t{}\t{}\t{:.3}",
                    hit.item, hit.training.start, hit.training.end, hit.words, hit.covered
                )?;
            }
        }
    }
    Ok(())
}
