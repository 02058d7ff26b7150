//! Label and score of each line of standard input; the size of what was read and the time go to stderr.
//! `--documents`: texts are separated by a NUL byte and read by their sections, with `--whole` as one; `--full`: all
//! scores too; `--turns N`: the best time of N. Used by benches/peers/langid.py.
#![allow(clippy::print_stderr, clippy::print_stdout)]

use sprog_text::langid::{Identifier, Language};
use std::io::{Read, Write};
use std::time::Instant;

/// Seconds of this thread on a core, where the system says; else the time gone by.
fn seconds(since: Instant) -> f64 {
    std::fs::read_to_string("/proc/thread-self/schedstat")
        .ok()
        .and_then(|line| line.split(' ').next()?.parse::<f64>().ok())
        .map_or(since.elapsed().as_secs_f64(), |nanoseconds| nanoseconds / 1e9)
}

fn main() -> std::io::Result<()> {
    let documents = std::env::args().any(|a| a == "--documents");
    let sections = documents && !std::env::args().any(|a| a == "--whole");
    let full = std::env::args().any(|a| a == "--full");
    let turns: usize =
        std::env::args().skip_while(|a| a != "--turns").nth(1).and_then(|n| n.parse().ok()).unwrap_or(1);
    let mut input = String::new();
    std::io::stdin().read_to_string(&mut input)?;
    let parts: Vec<&str> = input.split(if documents { '\0' } else { '\n' }).collect();
    let begun = Instant::now();
    let mut best = f64::INFINITY;
    let mut out = Vec::new();
    for _ in 0..turns {
        out.clear();
        let start = seconds(begun);
        let mut identifier = Identifier::new();
        for text in &parts {
            if sections {
                let found = identifier.document(text);
                write!(
                    out,
                    "{}\t{:.4}\t{}",
                    found.identification.code(),
                    found.identification.score,
                    found.mixed
                )?;
                for l in Language::ALL {
                    write!(out, "\t{:.3}", found.share(l))?;
                }
                writeln!(out)?;
            } else {
                let found = identifier.identify(text);
                write!(out, "{}\t{:.4}\t{}", found.code(), found.score, found.words)?;
                if full {
                    for score in found.scores {
                        write!(out, "\t{score:.5}")?;
                    }
                }
                writeln!(out)?;
            }
        }
        best = best.min(seconds(begun) - start);
    }
    std::io::stdout().write_all(&out)?;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let memory = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("?").trim();
    eprintln!(
        "{} texts, {:.3} MB, {:.4} s, {:.1} MB/s, peak {memory}",
        parts.len(),
        input.len() as f64 / 1e6,
        best,
        input.len() as f64 / 1e6 / best
    );
    Ok(())
}
