//! Speed of the pre-tokenizers, and of fancy-regex on the same regular expressions, over a text; MB/s as JSON.
//!
//!     cargo run --release -p sprog-benches --example pretokenize_speed -- TEXT.jsonl [MB]
//!
//! One thread, CPU time being wall time. Each figure is the best of three turns. fancy-regex, as `tokenizers` calls it,
//! runs over the first 2 MB.
#![allow(clippy::print_stdout, missing_docs)]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;

use sprog_text::subword::pretokenize::{Pattern, Scan, Visit};

struct Count<'a>(&'a [String]);

impl Visit for Count<'_> {
    type Output = usize;
    fn visit<S: Scan>(self) -> usize {
        let mut words = 0;
        for text in self.0 {
            let (bytes, mut at) = (text.as_bytes(), 0);
            while at < bytes.len() {
                at = S::end(bytes, at);
                words += 1;
            }
        }
        words
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let path = arguments.first().ok_or("a JSON lines file is wanted")?;
    let most = arguments.get(1).map_or(Ok(20), |mb| mb.parse::<usize>())? * 1_000_000;
    let (texts, size) = sprog_benches::texts(path, most)?;
    let mut few = 0;
    while few < texts.len() && texts[..few].iter().map(String::len).sum::<usize>() < 2_000_000 {
        few += 1;
    }
    let few_bytes: usize = texts[..few].iter().map(String::len).sum();
    let mut speeds: BTreeMap<String, (f64, f64, f64, usize)> = BTreeMap::new();
    for _ in 0..3 {
        for pattern in Pattern::ALL {
            let entry = speeds.entry(format!("{pattern:?}")).or_default();
            let start = Instant::now();
            entry.3 = black_box(pattern.visit(Count(&texts)));
            entry.0 = entry.0.max(size as f64 / 1e6 / start.elapsed().as_secs_f64());
            let start = Instant::now();
            black_box(texts.iter().map(|text| pattern.words(text).count()).sum::<usize>());
            entry.1 = entry.1.max(size as f64 / 1e6 / start.elapsed().as_secs_f64());
            let regex = fancy_regex::Regex::new(pattern.regex())?;
            let start = Instant::now();
            black_box(texts[..few].iter().map(|text| regex.find_iter(text).count()).sum::<usize>());
            entry.2 = entry.2.max(few_bytes as f64 / 1e6 / start.elapsed().as_secs_f64());
        }
    }
    for (pattern, (scan, words, regex, count)) in speeds {
        let line = serde_json::json!({
            "pattern": pattern, "visit_mb_s": scan.round(), "words_mb_s": words.round(),
            "fancy_regex_mb_s": (regex * 10.0).round() / 10.0, "words": count, "bytes": size,
        });
        println!("{line}");
    }
    Ok(())
}
