//! Time and memory of the CTC search on made-up scores: frames, labels, and a search per line.

use std::time::Instant;

use sprog_speech::align::ctc::{Band, CtcOptions, Label, LogProbs, align};

const VOCAB: usize = 32;

fn main() {
    for (frames, count) in [(1_500, 450), (15_000, 4_500), (45_000, 13_500)] {
        let mut state = 1u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as u32
        };
        let labels: Vec<Label> = (0..count).map(|_| Label::Token(1 + next() % 31)).collect();
        let scores: Vec<f32> = (0..frames * VOCAB).map(|_| -((next() % 8000) as f32) / 1000.0).collect();
        let whole = CtcOptions::default();
        let band = CtcOptions { band: Band::Diagonal(500), ..whole.clone() };
        let small = CtcOptions { memory_bytes: 24 << 20, ..whole.clone() };
        for (name, options) in [("whole", whole), ("band 500", band), ("24 MiB", small)] {
            let mut fastest = f64::INFINITY;
            let mut bytes = 0;
            for _ in 0..3 {
                let started = Instant::now();
                let found = LogProbs::new(&scores, VOCAB).and_then(|scores| align(scores, &labels, &options));
                fastest = fastest.min(started.elapsed().as_secs_f64());
                bytes = found.map_or(0, |found| found.memory_bytes);
            }
            #[allow(clippy::print_stdout, reason = "a measuring program")]
            {
                println!("{frames} frames, {count} labels, {name}: {:.1} ms, {bytes} bytes", fastest * 1e3);
            }
        }
    }
}
