//! Text kernels in MB/s: `cargo bench -p sprog-benches --bench text`.
//!
//! On the texts of the demo corpus; `examples/text_speed.rs` takes any text, and peers' turns.
#![allow(missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sprog_text::{count_words, itn, normalize, pii, repair, segment, verbalize};
use unicode_segmentation::UnicodeSegmentation;

fn kernels(c: &mut Criterion) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../datasets/demo/text/flytning.jsonl");
    let rows = std::fs::read_to_string(path).expect("the demo's texts");
    let text_of =
        |row: &str| serde_json::from_str::<serde_json::Value>(row).ok()?["text"].as_str().map(String::from);
    let piece = rows.lines().filter_map(text_of).collect::<Vec<_>>().join("\n");
    let text = piece.repeat(2_000_000 / piece.len() + 1);
    let text = text.as_str();
    let damaged = text.replace('ø', "Ã¸").replace('å', "Ã¥").replace('æ', "Ã¦");
    let mut group = c.benchmark_group("text");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("count_words", |b| b.iter(|| count_words(black_box(text))));
    group.bench_function("tokens", |b| b.iter(|| segment::tokens(black_box(text)).count()));
    group.bench_function("tokens, unicode-segmentation", |b| {
        b.iter(|| black_box(text).split_word_bounds().count())
    });
    group.bench_function("sentences", |b| b.iter(|| segment::sentences(black_box(text)).count()));
    group.bench_function("sentences, unicode-segmentation", |b| {
        b.iter(|| black_box(text).split_sentence_bounds().count())
    });
    group.bench_function("pii", |b| b.iter(|| pii::find(black_box(text))));
    let options = repair::Options::default();
    group.bench_function("repair, clean", |b| b.iter(|| repair::repair(black_box(text), &options).lossy()));
    let options = normalize::Options::default();
    group.bench_function("normalize, clean", |b| {
        b.iter(|| normalize::normalize(black_box(text.trim()), &options))
    });
    let options = verbalize::Options { max_readings: 1 };
    group.bench_function("verbalize", |b| b.iter(|| verbalize::verbalize(black_box(text), &options)));
    group.bench_function("itn", |b| b.iter(|| itn::itn(black_box(text), &options)));
    group.throughput(Throughput::Bytes(damaged.len() as u64));
    let options = repair::Options::default();
    group.bench_function("repair, damaged", |b| {
        b.iter(|| repair::repair(black_box(&damaged), &options).changed())
    });
    group.finish();
}

criterion_group!(benches, kernels);
criterion_main!(benches);
