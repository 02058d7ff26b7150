//! Text kernels in MB/s: `cargo bench -p sprog-benches --bench text`.
#![allow(missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sprog_text::{count_words, damage, normalize, pii};

const TEXT: &str = "Borgeren kan søge om boligstøtte på kommunens hjemmeside, og svaret kommer som regel inden for fire uger. \
                    Ægtefæller, der flytter fra hinanden, skal søge hver for sig – også når de deler børnene.\n";

fn kernels(c: &mut Criterion) {
    let text = TEXT.repeat(5_000);
    let mut group = c.benchmark_group("text");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("count_words", |b| b.iter(|| count_words(black_box(&text))));
    group.bench_function("pii::find", |b| b.iter(|| pii::find(black_box(&text))));
    group.bench_function("damage::first_garbled", |b| b.iter(|| damage::first_garbled(black_box(&text))));
    let options = normalize::Options::default();
    group.bench_function("normalize (clean)", |b| {
        b.iter(|| normalize::normalize(black_box(text.trim()), &options))
    });
    group.finish();
}

criterion_group!(benches, kernels);
criterion_main!(benches);
