//! Decodes files block by block and prints the CPU seconds of each: `decode_speed ROUNDS FILE…`.
//!
//! One line a file: the least CPU seconds of the rounds, frames, rate, channels, codec, problems.

use std::fs::File;
use std::io::{self, Write};

use sprog_formats::audio::Decoder;

/// CPU seconds of this process so far, from /proc.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    stat.split(' ').next().and_then(|n| n.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

fn main() -> io::Result<()> {
    let mut args = std::env::args().skip(1);
    let rounds: u32 = args.next().and_then(|n| n.parse().ok()).unwrap_or(3);
    for path in args {
        let mut best = f64::INFINITY;
        let mut line = String::new();
        for _ in 0..rounds {
            let start = cpu_seconds();
            let source = Box::new(File::open(&path)?);
            let mut decoder = match Decoder::open(source, Some(&path)) {
                Ok(decoder) => decoder,
                Err(e) => {
                    line = e.to_string();
                    continue;
                }
            };
            let mut block = Vec::new();
            while decoder.next_block(&mut block) {
                block.clear();
            }
            best = best.min(cpu_seconds() - start);
            let info = decoder.info();
            line = format!(
                "{}\t{}\t{}\t{}\t{}",
                decoder.frames(),
                info.sample_rate,
                info.channels,
                info.codec,
                decoder.problems().len()
            );
        }
        writeln!(io::stdout(), "{path}\t{best:.4}\t{line}")?;
    }
    Ok(())
}
