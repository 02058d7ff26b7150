//! Lines and paragraphs of JSON lines, with time and memory.
#![allow(clippy::print_stdout, reason = "an example")]
//!
//!     boilerplate FILE.jsonl [--mem MB] [--documents N] [--paragraphs] [--made {empty,identical,big,word}]

use std::io::{BufRead, BufReader};

use sprog::dedup::Lines;
use sprog_benches::{cpu_seconds, peak_mb};
use sprog_text::dedup::{Unit, UnitOptions, repeats_in_document, units};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value =
        |name: &str| arguments.iter().position(|a| a == name).and_then(|at| arguments.get(at + 1)).cloned();
    let number = |name: &str, or: usize| value(name).and_then(|v| v.parse().ok()).unwrap_or(or);
    let mut options = UnitOptions::default();
    if arguments.iter().any(|a| a == "--paragraphs") {
        options.unit = Unit::Paragraph;
    }
    let mut texts: Vec<String> = Vec::new();
    for line in BufReader::new(std::fs::File::open(arguments.first().ok_or("which file?")?)?).lines() {
        let line: serde_json::Value = serde_json::from_str(&line?)?;
        texts.push(line["text"].as_str().unwrap_or("").to_owned());
    }
    texts = match value("--made").as_deref() {
        Some("empty") => vec![String::new(); 1_000_000],
        Some("identical") => vec![texts[0].clone() + "\n" + &texts[1]; 10_000],
        Some("big") => vec![texts.join("\n")],
        Some("line") => vec!["Denne linje er lang nok til at blive set på her.\n".repeat(750_000)],
        Some("word") => vec!["ord ".repeat(5_000_000)],
        Some("zalgo") => vec![format!("a{}\n", "\u{301}\u{334}\u{350}".repeat(40)).repeat(20_000)],
        _ => texts,
    };
    let mb = texts.iter().map(String::len).sum::<usize>() as f64 / 1e6;
    let start = cpu_seconds();
    let (mut all, mut compared) = (0usize, 0usize);
    for text in &texts {
        for (_, hash) in units(text, &options) {
            all += 1;
            compared += usize::from(hash.is_some());
        }
    }
    println!(
        "units: {all}, compared {compared}, {:.1} MB/s, {:.0} MB",
        mb / (cpu_seconds() - start),
        peak_mb()
    );
    let start = cpu_seconds();
    let (mut repeats, mut documents, mut bytes) = (0usize, 0usize, 0usize);
    for text in &texts {
        let found = repeats_in_document(text, &options);
        repeats += found.len();
        documents += usize::from(!found.is_empty());
        bytes += found.iter().map(|repeat| repeat.range.len()).sum::<usize>();
    }
    println!(
        "within documents: {repeats} repeats in {documents} documents, {bytes} bytes, {:.1} MB/s",
        mb / (cpu_seconds() - start)
    );
    let start = cpu_seconds();
    let mut stage = Lines::new(
        &std::env::temp_dir(),
        number("--mem", 64) << 20,
        number("--documents", 10) as u64,
        options,
    );
    for (document, text) in texts.iter().enumerate() {
        stage.push(document as u64, text)?;
    }
    let cuts = stage.finish()?;
    let found = cuts.found().clone();
    let count = cuts.collect::<Result<Vec<_>, _>>()?.len();
    println!("over the corpus: {count} cuts, {:.1} MB/s, {:.0} MB", mb / (cpu_seconds() - start), peak_mb());
    println!("{} boilerplate, {} compared", found.boilerplate, found.compared);
    for common in found.common.iter().take(5) {
        let text = &texts[common.kept_document as usize];
        let unit = units(text, &options)
            .nth(common.kept_unit as usize)
            .map(|(range, _)| text[range].trim().chars().take(70).collect::<String>());
        println!("  {} documents: {unit:?}", common.documents);
    }
    Ok(())
}
