//! Training of tokenizers from files: the same file whatever the threads and the memory, and what is wrong is told.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

use sprog::build::Resources;
use sprog::progress::Progress;
use sprog::tokenizer::train::{Model, TrainConfig, TrainReport, train};

/// Invented Danish of many different words.
fn texts(count: usize) -> Vec<String> {
    let (starts, ends) =
        (["rød", "grøn", "blå", "sø", "ål", "øl"], ["grød", "bær", "hus", "gade", "mand", "fest"]);
    (0..count)
        .map(|n| {
            let word = |k: usize| {
                format!("{}{}{}", starts[k % 6], ends[k / 6 % 6], ["", "en", "s", "er"][k / 36 % 4])
            };
            let words: Vec<String> = (0..40).map(|k| word(n * 7 + k * k)).collect();
            let own: String =
                (0..5).map(|k| char::from(b'a' + (n * 7919 / 26usize.pow(k) % 26) as u8)).collect();
            format!("{}, {n} og {}.\n\nNummer {}: {own}", words[..20].join(" "), words[20..].join(" "), n * n)
        })
        .collect()
}

fn write_jsonl(path: &Path, texts: &[String]) {
    let lines: Vec<String> = texts.iter().map(|t| serde_json::json!({ "text": t }).to_string()).collect();
    fs::write(path, lines.join("\n")).unwrap();
}

fn run(inputs: &[PathBuf], out: &Path, change: impl FnOnce(&mut TrainConfig)) -> (TrainReport, Vec<u8>) {
    let resources = Resources { threads: 1, memory: 256 << 20 };
    let mut config = TrainConfig::new(inputs.to_vec(), out.to_owned(), resources);
    config.vocab_size = 400;
    change(&mut config);
    let report = train(&config, &Progress::new(true)).unwrap();
    (report, fs::read(out).unwrap())
}

#[test]
fn threads_and_memory_change_no_byte_and_spills_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let input = dir.path().join("da.jsonl");
    write_jsonl(&input, &texts(3000));
    for model in [Model::Bpe, Model::WordPiece] {
        let out = dir.path().join("t.json");
        let (report, json) = run(std::slice::from_ref(&input), &out, |c| c.model = model);
        assert_eq!((report.documents, report.spills, report.problems), (3000, 0, 0));
        assert_eq!((report.words_dropped, report.tokens), (0, 400));
        for (threads, memory) in [(2, 256 << 20), (1, 320 << 10), (2, 320 << 10)] {
            let (again, bytes) = run(std::slice::from_ref(&input), &out, |c| {
                c.model = model;
                c.resources = Resources { threads, memory };
            });
            assert_eq!(again.spills > 0, memory < 1 << 20, "{again:?}");
            assert_eq!((again.words, again.unique_words), (report.words, report.unique_words));
            assert_eq!(again.words_dropped, 0);
            assert!(bytes == json, "{model:?} {threads} {memory}");
        }
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "nothing else is left");
    }
}

#[test]
fn what_does_not_fit_is_left_out_and_counted() {
    let dir = tempfile::tempdir().unwrap();
    let input = dir.path().join("da.jsonl");
    write_jsonl(&input, &texts(300));
    let out = dir.path().join("t.json");
    let (report, _) = run(&[input], &out, |c| c.resources.memory = 4 << 10);
    assert!(report.words_dropped > 0 && report.occurrences_dropped >= report.words_dropped, "{report:?}");
}

#[test]
fn every_kind_of_file_counts_and_every_model_loads() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    let texts = texts(300);
    write_jsonl(&path("a.jsonl"), &texts);
    let zst = zstd::encode_all(fs::read(path("a.jsonl")).unwrap().as_slice(), 3).unwrap();
    fs::write(path("a.jsonl.zst"), zst).unwrap();
    fs::write(path("a.txt"), texts.join("\n")).unwrap();
    fs::write(path("empty.txt"), "").unwrap();
    let (one, json) = run(&[path("a.jsonl")], &path("1.json"), |_| ());
    let (two, same) = run(&[path("a.jsonl.zst")], &path("2.json"), |_| ());
    assert_eq!((one.bytes, one.words, one.unique_words), (two.bytes, two.words, two.unique_words));
    assert!(json == same);
    let inputs = ["a.jsonl", "a.jsonl.zst", "a.txt", "empty.txt"].map(path);
    for model in [Model::Bpe, Model::Unigram, Model::WordPiece] {
        let (report, _) = run(&inputs, &path("3.json"), |c| c.model = model);
        assert_eq!((report.documents, report.problems), (601, 0));
        assert_eq!(report.bytes, 3 * one.bytes + 299);
        let tokenizer = sprog::tokenizer::open(&path("3.json")).unwrap();
        assert_eq!(tokenizer.vocab_size(), report.tokens);
        let ids = tokenizer.encode("rødgrød på gaden", false).unwrap();
        assert!(!ids.is_empty() && ids.len() < 16);
        if model != Model::WordPiece {
            assert_eq!(tokenizer.decode(&ids, false).unwrap(), "rødgrød på gaden");
        }
    }
}

#[test]
fn bad_records_are_counted_with_their_places_and_the_rest_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    let bad = b"{\"text\": \"et\"}\n{\"tekst\": 1}\nnej\n\n{\"text\": \"[to]\"}\n{\"text\": [7]}\n";
    fs::write(path("a.jsonl"), bad).unwrap();
    fs::write(path("b.txt"), b"godt\n\xFF\xFE\ngodt igen\n").unwrap();
    let (report, _) = run(&[path("a.jsonl"), path("b.txt")], &path("t.json"), |c| c.resources.threads = 2);
    let places: Vec<&str> = report.first_problems.iter().map(|p| p.place.as_str()).collect();
    assert_eq!(places, ["line 2", "line 3", "line 6", "line 2"], "{report:?}");
    assert_eq!((report.problems, report.documents), (4, 3));
}

#[test]
fn what_cannot_be_trained_is_an_error_and_leaves_no_file() {
    let dir = tempfile::tempdir().unwrap();
    let (input, out) = (dir.path().join("a.jsonl"), dir.path().join("t.json"));
    fs::write(&input, "{\"text\": \"rødgrød\"}\n").unwrap();
    let error = |change: &dyn Fn(&mut TrainConfig)| {
        let resources = Resources { threads: 1, memory: 64 << 20 };
        let mut config = TrainConfig::new(vec![input.clone()], out.clone(), resources);
        change(&mut config);
        let error = train(&config, &Progress::new(true)).unwrap_err().to_string();
        assert!(!out.exists());
        error
    };
    assert!(error(&|c| c.vocab_size = 256).contains("ask for 257 to"));
    assert!(error(&|c| c.special_tokens = Some(vec!["a".into(), "a".into()])).contains("SPROG-3032"));
    assert!(error(&|c| (c.model, c.vocab_size) = (Model::Unigram, 100)).contains("SPROG-3031"));
    assert!(error(&|c| c.text_column = "tekst".into()).contains("no text"));
    assert!(error(&|c| c.inputs.clear()).contains("no input"));
    let none = dir.path().join("nowhere");
    let message = error(&|c| c.out = none.join("t.json"));
    assert!(message.contains("nowhere"), "{message}");
}
