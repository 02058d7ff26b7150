//! MB/s of encoding with a `tokenizer.json`, over JSON lines with `text`: the CPU time of one thread, with an empty cache
//! and with the cache that this left; then wall time on all of rayon's threads.
//!
//!     cargo run --release -p sprog-benches --example subword_encode -- FILE.jsonl MB TOKENIZER.json [--json | --word]
//!
//! With `--json` the first turn alone, as one JSON object with a hash of all ids, for `benches/peers/subword_encode.py`.
//! With `--word` words of 1 and of 10 MB without a space, made of the letters of the file.
#![allow(clippy::print_stdout, missing_docs)]

use std::time::Instant;

use sha2::{Digest, Sha256};
use sprog_benches::{peak_mb, texts};
use sprog_text::subword::tokenizer::Tokenizer;

type Any = Box<dyn std::error::Error>;

/// CPU seconds of this thread (Linux).
fn cpu() -> Result<f64, Any> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(stat.split(' ').next().unwrap_or("0").parse::<f64>()? / 1e9)
}

fn main() -> Result<(), Any> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, mb, json] = arguments.get(..3).and_then(|a| a.first_chunk()).ok_or("FILE MB TOKENIZER")?;
    let mode = arguments.get(3).map_or("", String::as_str);
    let (texts, size) = texts(path, mb.parse::<usize>()? * 1_000_000)?;
    let started = Instant::now();
    let tokenizer = Tokenizer::from_json(&std::fs::read(json)?)?;
    let load = started.elapsed().as_secs_f64();
    if let Some(why) = tokenizer.fallback() {
        return Err(format!("no fast path: {why}").into());
    }
    let before = peak_mb();
    let mb = size as f64 / 1e6;
    if mode == "--word" {
        return words(&tokenizer, &texts);
    }
    let mut encoder = tokenizer.encoder();
    // Space for the ids of one text; what a user does with them is not ours to measure.
    let mut turn = |hash: Option<&mut Sha256>| -> Result<(f64, f64, usize), Any> {
        let mut ids = Vec::new();
        let mut tokens = 0;
        let (start, wall) = (cpu()?, Instant::now());
        let mut hashing = 0.0;
        let mut hash = hash;
        for text in &texts {
            ids.clear();
            encoder.encode_into(text, &mut ids)?;
            tokens += ids.len();
            if let Some(hash) = &mut hash {
                let pause = cpu()?;
                ids.iter().for_each(|id| hash.update(id.to_le_bytes()));
                hashing += cpu()? - pause;
            }
        }
        Ok((cpu()? - start - hashing, wall.elapsed().as_secs_f64() - hashing, tokens))
    };
    if mode == "--json" {
        let (cpu, wall, tokens) = turn(None)?;
        let rss = peak_mb();
        let mut hash = Sha256::new();
        turn(Some(&mut hash))?;
        let ids: String = hash.finalize().iter().take(6).map(|b| format!("{b:02x}")).collect();
        println!(
            "{}",
            serde_json::json!({"mb": mb, "cpu": cpu, "wall": wall, "tokens": tokens, "ids": ids, "rss_mb": rss})
        );
        return Ok(());
    }
    let (cold, _, tokens) = turn(None)?;
    let after = peak_mb();
    let warm = (0..3).map(|_| turn(None).map(|t| t.0)).collect::<Result<Vec<_>, _>>()?;
    let warm = warm.into_iter().fold(f64::INFINITY, f64::min);
    println!("{} texts, {mb:.1} MB, {tokens} tokens, read in {load:.2} s", texts.len());
    println!(
        "one thread: cold {:.1}, warm {:.1} MB/s CPU; {:.0} MB more memory",
        mb / cold,
        mb / warm,
        after - before
    );
    drop(encoder);
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let whole = texts.concat();
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
        let tokenizer = Tokenizer::from_json(&std::fs::read(json)?)?;
        for state in ["cold", "warm", "warm"] {
            let wall = Instant::now();
            pool.install(|| tokenizer.encode_batch(&texts, false))?;
            let batch = mb / wall.elapsed().as_secs_f64();
            let wall = Instant::now();
            pool.install(|| tokenizer.encode_batch(&[&whole], false))?;
            let one = mb / wall.elapsed().as_secs_f64();
            println!("{threads} threads, {state}: {batch:.1} MB/s wall; as one text, warm, {one:.1}");
        }
    }
    Ok(())
}

/// Words without end: the letters of the file, and one letter.
fn words(tokenizer: &Tokenizer, texts: &[String]) -> Result<(), Any> {
    let letters: String =
        texts.iter().flat_map(|t| t.chars()).filter(|c| c.is_lowercase()).take(12_000_000).collect();
    for (name, letters) in
        [("letters of the file", letters), ("a", "a".repeat(10_000_000)), ("spaces", " ".repeat(10_000_000))]
    {
        let mut last = 0.0;
        for size in [100_000, 1_000_000, 10_000_000] {
            let word: String = letters
                .chars()
                .scan(0, |n, c| {
                    *n += c.len_utf8();
                    (*n <= size).then_some(c)
                })
                .collect();
            let mut best = f64::INFINITY;
            for _ in 0..3 {
                let start = cpu()?;
                tokenizer.encode(&word, false)?;
                best = best.min(cpu()? - start);
            }
            println!(
                "{name}, {size} bytes: {:.1} ms, {:.1} ns a byte, {:.1} times the last; {:.0} MB",
                best * 1e3,
                best * 1e9 / size as f64,
                best / last,
                peak_mb()
            );
            last = best;
        }
    }
    Ok(())
}
