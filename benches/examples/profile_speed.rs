//! MB/s of [`Profiler`] over JSON lines with `text`: CPU time of one thread, best and median of several turns.
//!
//!     cargo run --release --example profile_speed -- FILE.jsonl [MB] [TURNS]
#![allow(clippy::print_stdout, missing_docs)]

use std::hint::black_box;

use sprog_text::profile::{Preset, Profiler};

/// CPU seconds of this thread (Linux).
fn cpu() -> Result<f64, Box<dyn std::error::Error>> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(stat.split(' ').next().unwrap_or("0").parse::<f64>()? / 1e9)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let path = arguments.first().ok_or("a file is wanted")?;
    let limit = arguments.get(1).map_or(Ok(20), |mb| mb.parse::<usize>())? * 1_000_000;
    let turns = arguments.get(2).map_or(Ok(7), |turns| turns.parse::<usize>())?;
    let (mut texts, mut size) = (Vec::new(), 0);
    for line in std::io::BufRead::lines(std::io::BufReader::new(std::fs::File::open(path)?)) {
        let row: serde_json::Value = serde_json::from_str(&line?)?;
        let text = row["text"].as_str().unwrap_or_default().to_owned();
        size += text.len();
        texts.push(text);
        if size > limit {
            break;
        }
    }
    let mut profiler = Profiler::default();
    let mut turn = |check: bool| -> Result<f64, Box<dyn std::error::Error>> {
        let start = cpu()?;
        for text in &texts {
            let profile = profiler.profile(text);
            if check {
                for preset in Preset::ALL {
                    black_box(preset.check(&profile));
                }
            }
            black_box(profile);
        }
        Ok(size as f64 / 1e6 / (cpu()? - start))
    };
    // What finding words and sentences costs, to compare with on a machine that others use too.
    let start = cpu()?;
    for text in &texts {
        black_box(sprog_text::segment::sentences(text).count());
    }
    println!("sentences alone: {:.1} MB/s", size as f64 / 1e6 / (cpu()? - start));
    for check in [false, true] {
        let mut speeds = (0..turns).map(|_| turn(check)).collect::<Result<Vec<_>, _>>()?;
        speeds.sort_by(f64::total_cmp);
        println!(
            "{} texts, {:.1} MB, presets {check}: median {:.1}, best {:.1} MB/s",
            texts.len(),
            size as f64 / 1e6,
            speeds[turns / 2],
            speeds[turns - 1]
        );
    }
    Ok(())
}
