//! Speech kernels, as seconds of audio a second: `cargo bench -p sprog-benches --bench speech`.
#![allow(missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sprog_speech::features::LogMel;
use sprog_speech::resample::resample;

fn kernels(c: &mut Criterion) {
    let tone = |rate: u32| (0..rate * 10).map(|n| (n as f32 * 0.03).sin() * 0.4).collect::<Vec<f32>>();
    let mut group = c.benchmark_group("speech, elements = seconds of audio");
    group.throughput(Throughput::Elements(10));
    for rate in [44_100, 48_000] {
        let samples = tone(rate);
        group.bench_function(format!("resample {rate} to 16000"), |b| {
            b.iter(|| resample(black_box(&samples), 1, rate, 16_000));
        });
    }
    let (plan, samples) = (LogMel::new(80).expect("a plan"), tone(16_000));
    group.bench_function("log-mel 80", |b| b.iter(|| plan.compute(black_box(&samples))));
    group.finish();
}

criterion_group!(benches, kernels);
criterion_main!(benches);
