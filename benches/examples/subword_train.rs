//! Trains a byte-level BPE vocabulary on JSON lines, with time and memory.
//!
//!     cargo run --release -p sprog-benches --example subword_train -- FILE.jsonl MB VOCAB OUT.json [--json]
//!         [--pattern gpt2|cl100k|o200k|danish] [--mem MB] [--min-frequency N]
//!         [--file [--threads N] [--model bpe|unigram|wordpiece]]
//!
//! Reads `text` until so many MB (10^6 bytes). The time is that of the whole process, with the reading of the file, on
//! one thread. With `--file` it is what `sprog tokenizer train` does with the whole file.
//! benches/peers/subword_train.py runs this beside others, and compares the merges of two files.
#![allow(clippy::print_stdout, reason = "an example")]

use std::io::{BufRead, BufReader};
use std::time::Instant;

use sprog::build::Resources;
use sprog::progress::Progress;
use sprog::tokenizer::train::{Model, TrainConfig, train};
use sprog_benches::{cpu_seconds, peak_mb};
use sprog_text::subword::pretokenize::Pattern;
use sprog_text::subword::train::{BpeTrainer, Error, WordCounts};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value =
        |name: &str| arguments.iter().position(|a| a == name).and_then(|at| arguments.get(at + 1)).cloned();
    let number = |name: &str, or: usize| value(name).and_then(|v| v.parse().ok()).unwrap_or(or);
    let [path, mb, vocab_size, out] = arguments.get(..4).ok_or("FILE.jsonl MB VOCAB OUT.json")? else {
        return Err("FILE.jsonl MB VOCAB OUT.json".into());
    };
    let most = mb.parse::<f64>()? * 1e6;
    let pattern = match value("--pattern").as_deref() {
        None | Some("gpt2") => Pattern::Gpt2,
        Some("cl100k") => Pattern::Cl100k,
        Some("o200k") => Pattern::O200k,
        Some("danish") => Pattern::Danish,
        Some(other) => return Err(format!("no pattern {other:?}").into()),
    };
    let (wall, started) = (Instant::now(), cpu_seconds());
    if arguments.iter().any(|a| a == "--file") {
        let resources = Resources { threads: number("--threads", 1), memory: number("--mem", 1024) << 20 };
        let mut config = TrainConfig::new(vec![path.into()], out.into(), resources);
        (config.pattern, config.vocab_size) = (pattern, vocab_size.parse()?);
        config.min_frequency = number("--min-frequency", 0) as u64;
        config.model = match value("--model").as_deref() {
            None | Some("bpe") => Model::Bpe,
            Some("unigram") => Model::Unigram,
            Some("wordpiece") => Model::WordPiece,
            Some(other) => return Err(format!("no model {other:?}").into()),
        };
        let report = train(&config, &Progress::new(true))?;
        let (cpu, wall, mb) =
            (cpu_seconds() - started, wall.elapsed().as_secs_f64(), report.bytes as f64 / 1e6);
        println!("{}", serde_json::to_string(&report)?);
        println!(
            "{mb:.1} MB: {cpu:.2} s CPU, {:.1} MB/s; {wall:.2} s, {:.1} MB/s; {:.0} MB",
            mb / cpu,
            mb / wall,
            peak_mb()
        );
        return Ok(());
    }
    let mut counts = WordCounts::new();
    let mut bytes = 0;
    for line in BufReader::with_capacity(1 << 20, std::fs::File::open(path)?).lines() {
        let line: serde_json::Value = serde_json::from_str(&line?)?;
        let text = line["text"].as_str().unwrap_or("");
        counts.count_text(text, pattern);
        bytes += text.len();
        if bytes as f64 >= most {
            break;
        }
    }
    let counted = cpu_seconds() - started;
    let trainer = BpeTrainer {
        vocab_size: vocab_size.parse()?,
        min_frequency: number("--min-frequency", 0) as u64,
        memory: number("--mem", 1024) << 20,
        ..BpeTrainer::default()
    };
    let each_word = &mut |each: &mut dyn FnMut(&[u8], u64)| -> Result<(), Error> {
        counts.for_each(each);
        Ok(())
    };
    let model = trainer.train(each_word, &mut |_| ())?;
    let (cpu, wall, mb) = (cpu_seconds() - started, wall.elapsed().as_secs_f64(), bytes as f64 / 1e6);
    std::fs::write(out, model.to_json(pattern))?;
    if arguments.iter().any(|a| a == "--json") {
        println!("{}", serde_json::json!({ "mb": mb, "cpu": cpu, "wall": wall, "rss_mb": peak_mb() }));
        return Ok(());
    }
    println!(
        "{mb:.1} MB, {} words, {} different in {:.1} MB",
        counts.total(),
        counts.len(),
        counts.bytes() as f64 / 1e6
    );
    println!("{} tokens, {} merges, {:?}", model.tokens.len(), model.merges.len(), model.trained);
    println!(
        "{counted:.2} s to read and count, {cpu:.2} s in all: {:.1} MB/s, {:.0} MB",
        mb / cpu,
        peak_mb()
    );
    Ok(())
}
