//! One pass of each text kernel, and of `unicode-segmentation`, over a file; MB/s as JSON.
//!
//!     cargo run --release -p sprog-benches --example text_speed -- TEXT [MB]
//!
//! The file is repeated to MB (20). Each figure is the best of five; kernel and peer take turns.
#![allow(clippy::print_stdout, missing_docs)]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;

use sprog_text::{itn, normalize, pii, repair, segment, verbalize};
use unicode_segmentation::UnicodeSegmentation;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let path = arguments.first().ok_or("a text file is wanted")?;
    let bytes = arguments.get(1).map_or(Ok(20), |mb| mb.parse::<usize>())? * 1_000_000;
    let piece = std::fs::read_to_string(path)?;
    let text = piece.repeat(bytes / piece.len().max(1) + 1);
    let lines: Vec<&str> = text.lines().collect();
    let best = verbalize::Options { max_readings: 1 };
    let publish = normalize::Normalizer::preset(normalize::Preset::Publish);
    let asr = normalize::Normalizer::preset(normalize::Preset::Asr);
    type Kernel<'t> = (&'static str, Box<dyn Fn() -> usize + 't>);
    let kernels: Vec<Kernel<'_>> = vec![
        ("tokens", Box::new(|| segment::tokens(&text).count())),
        ("unicode words", Box::new(|| text.split_word_bounds().count())),
        ("sentences", Box::new(|| segment::sentences(&text).count())),
        ("unicode sentences", Box::new(|| text.split_sentence_bounds().count())),
        (
            "repair",
            Box::new(|| {
                lines.iter().map(|l| repair::repair(l, &repair::Options::default()).changes.len()).sum()
            }),
        ),
        ("normalize publish", Box::new(|| lines.iter().map(|l| publish.normalize(l).text.len()).sum())),
        ("normalize asr", Box::new(|| lines.iter().map(|l| asr.normalize(l).text.len()).sum())),
        ("verbalize", Box::new(|| lines.iter().map(|l| verbalize::verbalize(l, &best).spoken.len()).sum())),
        ("itn", Box::new(|| lines.iter().map(|l| itn::itn(l, &best).written.len()).sum())),
        ("pii", Box::new(|| lines.iter().map(|l| pii::find(l).len()).sum())),
    ];
    let mut speeds: BTreeMap<&str, f64> = BTreeMap::new();
    for _ in 0..5 {
        for (name, kernel) in &kernels {
            let start = Instant::now();
            black_box(kernel());
            let speed = text.len() as f64 / 1e6 / start.elapsed().as_secs_f64();
            let entry = speeds.entry(name).or_default();
            *entry = entry.max(speed);
        }
    }
    // Numbers one by one, as num2words takes them.
    let numbers: Vec<String> = (0..20_000u64).map(|i| (i * 7919 * 7919 % 1_000_000).to_string()).collect();
    let start = Instant::now();
    for number in &numbers {
        black_box(verbalize::verbalize(number, &best));
    }
    let nanoseconds = start.elapsed().as_nanos() as f64 / numbers.len() as f64;
    let mut out = serde_json::to_value(speeds)?;
    out["ns a number"] = nanoseconds.into();
    println!("{out}");
    Ok(())
}
