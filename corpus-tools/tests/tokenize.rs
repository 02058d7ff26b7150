//! The step `tokenize`: what a tokenizer counts, sequences and binary files.

mod command;

use std::collections::BTreeMap;
use std::path::Path;

use arrow::array::{Array, AsArray, Int64Array, ListArray, RecordBatch};
use arrow::datatypes::Int32Type;
use command::{Sprog, column, hashes, recipe, rows};
use serde_json::{Value, json};
use sprog_datasets::manifest::Manifest;
use sprog_text::subword::byte_level;
use sprog_text::subword::tokenizer::Tokenizer;

/// A byte-level BPE tokenizer of our own: GPT-2's alphabet, a few merges, and tokens for the ends of documents.
fn tokenizer_json() -> String {
    let alphabet: Vec<String> = (0..=255u8).map(|byte| byte_level::encode(&[byte])).collect();
    let space = byte_level::encode(b" ");
    let merges = [
        ("e".to_owned(), "n".to_owned()),
        ("e".to_owned(), "r".to_owned()),
        (space.clone(), "d".to_owned()),
        (format!("{space}d"), "en".to_owned()),
        ("o".to_owned(), "r".to_owned()),
    ];
    let mut vocab: BTreeMap<String, usize> = BTreeMap::new();
    for token in alphabet.into_iter().chain(merges.iter().map(|(a, b)| format!("{a}{b}"))) {
        let id = vocab.len();
        vocab.entry(token).or_insert(id);
    }
    let special = |id: usize, content: &str| {
        json!({"id": id, "content": content, "single_word": false, "lstrip": false, "rstrip": false,
               "normalized": false, "special": true})
    };
    let size = vocab.len();
    json!({
        "version": "1.0", "truncation": null, "padding": null,
        "added_tokens": [special(size, "<|endoftext|>"), special(size + 1, "<|pad|>"), special(size + 2, "<s>")],
        "normalizer": null,
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
        "post_processor": null,
        "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
        "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
                  "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false,
                  "vocab": vocab, "merges": merges.map(|(a, b)| [a, b])}
    })
    .to_string()
}

fn tokenizer() -> Tokenizer {
    Tokenizer::from_json(tokenizer_json().as_bytes()).expect("a tokenizer")
}

fn id(token: &str) -> u32 {
    tokenizer().token_to_id(token).expect("a token of it")
}

/// Texts of very different lengths, by id.
fn texts() -> Vec<(String, String)> {
    let words = ["den", "rødgrød", "med", "fløde", "er", "ør", "21", "år", "😀", "og"];
    (0..60usize)
        .map(|n| {
            let length = if n % 13 == 0 { 120 } else { 1 + n * 7 % 11 };
            let text: Vec<&str> = (0..length).map(|i| words[(i * i + n) % words.len()]).collect();
            (format!("dok{n}"), format!("Nr. {n}: {}", text.join(" ")))
        })
        .collect()
}

const SPLIT: &str =
    "[[step]]\nuse = \"split\"\nseed = \"1\"\nshares = [[\"train\", 0.8], [\"validation\", 0.2]]\n";

fn step(settings: &str) -> String {
    format!("[[step]]\nuse = \"tokenize\"\ntokenizer = \"tok.json\"\n{settings}")
}

fn written(sprog: &Sprog, steps: &str) {
    // Two files, so that there is more than one shard.
    let lines: Vec<String> =
        texts().into_iter().map(|(id, text)| format!("{}\n", json!({"id": id, "text": text}))).collect();
    let (first, second) = lines.split_at(lines.len() / 3);
    sprog.write("r/a.jsonl", first.concat());
    sprog.write("r/b.jsonl", second.concat());
    sprog.write("r/tok.json", tokenizer_json());
    sprog.write("r/recipe.toml", recipe("*.jsonl", "jsonl", &format!("{steps}{SPLIT}")));
}

fn build(sprog: &Sprog, steps: &str, out: &str) -> std::path::PathBuf {
    written(sprog, steps);
    sprog.run(&["build", "r", "--out", out]).ok();
    let path = sprog.path(&format!("{out}/t/1.0.0"));
    sprog.run(&["verify", &path.to_string_lossy()]).ok();
    path
}

fn ints(batches: &[RecordBatch], name: &str) -> Vec<Vec<u32>> {
    let of = |list: &ListArray, row: usize| {
        list.value(row).as_primitive::<Int32Type>().values().iter().map(|n| n.unsigned_abs()).collect()
    };
    batches
        .iter()
        .flat_map(|b| {
            let list = b.column_by_name(name).expect("the column").as_list::<i32>().clone();
            (0..list.len()).map(|row| of(&list, row)).collect::<Vec<Vec<u32>>>()
        })
        .collect()
}

fn strings(batches: &[RecordBatch], name: &str) -> Vec<Vec<String>> {
    batches
        .iter()
        .flat_map(|b| {
            let list = b.column_by_name(name).expect("the column").as_list::<i32>().clone();
            let of = |row| {
                list.value(row).as_string::<i32>().iter().map(|s| s.unwrap_or_default().to_owned()).collect()
            };
            (0..list.len()).map(of).collect::<Vec<Vec<String>>>()
        })
        .collect()
}

/// The tokens of each document, in the order in which it first comes, put together from sequences.
fn documents(folder: &Path, split: &str) -> Vec<(String, Vec<u32>)> {
    let batches = rows(folder, &format!("data/tokens/{split}-"));
    let (ids, lengths) = (ints(&batches, "input_ids"), ints(&batches, "seq_lengths"));
    let names = strings(&batches, "document_ids");
    let mut out: Vec<(String, Vec<u32>)> = Vec::new();
    for ((ids, lengths), names) in ids.iter().zip(&lengths).zip(&names) {
        assert_eq!(lengths.len(), names.len());
        let mut at = 0;
        for (length, name) in lengths.iter().zip(names) {
            let piece = &ids[at..at + *length as usize];
            at += *length as usize;
            match out.iter_mut().find(|(known, _)| known == name) {
                Some((_, tokens)) => tokens.extend(piece),
                None => out.push((name.clone(), piece.to_vec())),
            }
        }
        assert!(ids[at..].iter().all(|token| *token == id("<|pad|>")), "what is left is padding");
    }
    out
}

fn expected(text: &str) -> Vec<u32> {
    let mut ids = tokenizer().encode(text, false).expect("encodes");
    ids.push(id("<|endoftext|>"));
    ids
}

fn dataset_json(folder: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(folder.join("dataset.json")).expect("reads")).expect("JSON")
}

fn config<'d>(dataset: &'d Value, name: &str) -> &'d Value {
    let configs = dataset["configs"].as_array().expect("configs");
    configs.iter().find(|c| c["name"] == name).expect("the config")
}

#[test]
fn token_count_is_what_the_tokenizer_counts() {
    let sprog = Sprog::new();
    let folder = build(&sprog, &step(""), "out");
    let batches = rows(&folder, "data/text/");
    assert!(batches.iter().all(|b| b.schema().fields().iter().all(|f| !f.name().starts_with("__"))));
    let tokenizer = tokenizer();
    let texts = column(&batches, "text");
    let counts = batches.iter().flat_map(|b| {
        let counts = b.column_by_name("token_count").expect("the column");
        counts.as_any().downcast_ref::<Int64Array>().expect("ints").values().to_vec()
    });
    for (text, count) in texts.iter().zip(counts) {
        assert_eq!(tokenizer.encode(text, false).expect("encodes").len() as i64, count);
    }
    let dataset = dataset_json(&folder);
    let (text, bytes) = (&config(&dataset, "text")["tokens"], texts.iter().map(String::len).sum::<usize>());
    let splits = text["splits"].as_array().expect("splits");
    let sum = |key: &str| splits.iter().map(|s| s[key].as_u64().unwrap_or_default()).sum::<u64>();
    assert_eq!((text["tokenizer"].as_str(), text["vocab_size"].as_u64()), (Some("tok.json"), Some(264)));
    assert_eq!((sum("documents"), sum("bytes")), (60, bytes as u64));
    assert!(!folder.join("data/tokens").exists() && !folder.join("binary").exists());
    let report = std::fs::read_to_string(folder.join("report.html")).expect("reads");
    assert!(report.contains("tok.json") && report.contains("id=\"tokens\""));
}

#[test]
fn sequences_hold_every_document_whole_and_in_its_split() {
    for (packing, pad) in [("concatenate", ""), ("best-fit", ""), ("concatenate", "p"), ("best-fit", "p")] {
        let sprog = Sprog::new();
        let pad_line = if pad.is_empty() { "" } else { "pad = \"<|pad|>\"\n" };
        let settings = format!(
            "packing = \"{packing}\"\nsequence_length = 64\neos = \"<|endoftext|>\"\nseed = \"7\"\n{pad_line}"
        );
        let folder = build(&sprog, &step(&settings), "out");
        let texts: BTreeMap<String, String> = texts().into_iter().collect();
        let mut seen = 0;
        for split in ["train", "validation"] {
            let own = column(&rows(&folder, &format!("data/text/{split}-")), "id");
            let documents = documents(&folder, split);
            assert!(own != documents.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>(), "another order");
            let mut names: Vec<&String> = documents.iter().map(|(id, _)| id).collect();
            names.sort();
            let mut sorted: Vec<&String> = own.iter().collect();
            sorted.sort();
            assert_eq!(names, sorted, "{packing}: the documents of {split}");
            for (id, tokens) in &documents {
                // The pieces of one document can lie in sequences of any order.
                let (mut tokens, mut whole) = (tokens.clone(), expected(&texts[id]));
                if packing == "best-fit" && whole.len() > 64 {
                    tokens.sort_unstable();
                    whole.sort_unstable();
                }
                assert_eq!(tokens, whole, "{packing}: {id}");
            }
            seen += documents.len();
            let lengths = ints(&rows(&folder, &format!("data/tokens/{split}-")), "input_ids");
            let full = lengths.iter().filter(|ids| ids.len() == 64).count();
            assert!(lengths.iter().all(|ids| ids.len() <= 64));
            if pad == "p" {
                assert_eq!(full, lengths.len(), "all are filled");
            }
            if packing == "concatenate" {
                assert!(full + 1 >= lengths.len());
            }
        }
        assert_eq!(seen, texts.len());
        let dataset = dataset_json(&folder);
        let tokens = config(&dataset, "tokens");
        assert_eq!(tokens["modality"], "tokens");
        let split = &tokens["tokens"]["splits"][0];
        let stated = tokens["splits"][0]["totals"]["tokens"].as_u64();
        let documents = split["documents"].as_u64().unwrap_or_default();
        assert_eq!(stated, split["tokens"].as_u64().map(|n| n + documents), "eos counts in sequences");
        assert_eq!(split["padding"].as_u64() > Some(0), pad == "p");
        let cut = split["cut"].as_u64().unwrap_or_default();
        let long = texts.values().filter(|t| expected(t).len() > 64).count() as u64;
        assert!(cut > 0 && (packing == "concatenate" || cut <= long), "{packing}: {cut} cut");
        let card = std::fs::read_to_string(folder.join("README.md")).expect("reads");
        assert!(card.contains("config_name: tokens") && card.contains("## Tokens"), "{card}");
        let licence = std::fs::read_to_string(folder.join("LICENSE")).expect("reads");
        assert!(licence.contains("tokens: made of text"), "{licence}");
        assert!(sprog.run(&["inspect", &folder.to_string_lossy()]).ok().stdout.contains("tokens/train"));
    }
}

#[test]
fn binary_files_hold_all_documents_in_order_and_verify_checks_them() {
    let sprog = Sprog::new();
    let settings = "binary = true\neos = \"<|endoftext|>\"\nbos = \"<s>\"\nseed = \"7\"\n";
    let folder = build(&sprog, &step(settings), "out");
    let texts: BTreeMap<String, String> = texts().into_iter().collect();
    let index = rows(&folder, "binary/tokens/train_documents");
    let bin = std::fs::read(folder.join("binary/tokens/train.bin")).expect("reads");
    let ids: Vec<u32> = bin.chunks_exact(2).map(|b| u32::from(u16::from_le_bytes([b[0], b[1]]))).collect();
    let number = |name: &str| -> Vec<usize> {
        let of = |b: &RecordBatch| {
            let column = b.column_by_name(name).expect("the column").clone();
            let values = column.as_any().downcast_ref::<Int64Array>().expect("ints").values().to_vec();
            values.into_iter().map(|n| n as usize).collect::<Vec<_>>()
        };
        index.iter().flat_map(of).collect()
    };
    let (starts, counts) = (number("start"), number("tokens"));
    let idx = std::fs::read(folder.join("binary/tokens/train.idx")).expect("reads");
    let mut end = 0;
    for (n, name) in column(&index, "id").iter().enumerate() {
        let mut whole = vec![id("<s>")];
        whole.extend(expected(&texts[name]));
        assert_eq!(starts[n], end);
        end += counts[n];
        assert_eq!(ids[starts[n]..end], whole, "{name}");
        let size = u32::from_le_bytes(idx[34 + 4 * n..38 + 4 * n].try_into().expect("4 bytes"));
        assert_eq!(size as usize, counts[n]);
    }
    assert_eq!(end, ids.len());
    assert_eq!(&idx[..9], b"MMIDIDX\0\0");
    let own = column(&rows(&folder, "data/text/train-"), "id");
    assert_ne!(column(&index, "id"), own, "the seed draws another order");

    // An index that does not fit its tokens is found though the manifest agrees with it.
    let mut wrong = idx;
    wrong[34] ^= 1;
    std::fs::write(folder.join("binary/tokens/train.idx"), &wrong).expect("writes");
    let manifest =
        Manifest::measure(&folder, "t", "1.0.0", Vec::new()).expect("measures").to_json().expect("JSON");
    assert!(manifest.contains("binary/tokens/train.bin") && manifest.contains("train_documents.parquet"));
    std::fs::write(folder.join("MANIFEST.json"), manifest).expect("writes");
    let damaged = sprog.run(&["verify", &folder.to_string_lossy()]);
    assert!(damaged.code == 1 && damaged.stdout.contains("the index has"), "{}", damaged.stdout);
}

#[test]
fn threads_memory_and_a_second_run_change_no_byte() {
    let settings = "packing = \"best-fit\"\nsequence_length = 32\neos = \"<|endoftext|>\"\nseed = \"7\"\nbinary = true\n";
    let sprog = Sprog::new();
    let one = hashes(&build(&sprog, &step(settings), "one"));
    for (out, args) in
        [("two", ["--threads", "1"]), ("three", ["--threads", "4"]), ("four", ["--mem", "128M"])]
    {
        sprog.run(&["build", "r", "--out", out, args[0], args[1]]).ok();
        assert_eq!(hashes(&sprog.path(&format!("{out}/t/1.0.0"))), one, "{args:?}");
    }
    let other = hashes(&build(&sprog, &step(&settings.replace("\"7\"", "\"8\"")), "five"));
    assert_ne!(other["binary/tokens/train.bin"], one["binary/tokens/train.bin"]);
    assert_eq!(
        other["data/text/train-00000-of-00001.parquet"],
        one["data/text/train-00000-of-00001.parquet"]
    );
}

#[test]
fn a_build_that_was_stopped_goes_on_from_any_line_of_its_journal() {
    let settings =
        "packing = \"concatenate\"\nsequence_length = 32\neos = \"<|endoftext|>\"\nbinary = true\n";
    let sprog = Sprog::new();
    let whole = hashes(&build(&sprog, &step(settings), "whole"));
    sprog.run(&["build", "r", "--out", "kept", "--keep-work"]).ok();
    let find = |dir: &Path| {
        let mut entries = std::fs::read_dir(dir).expect("lists").flatten().map(|e| e.path());
        entries.find(|p| p.is_dir()).expect("a folder")
    };
    let work = find(&sprog.path("kept/.work/t"));
    let journal = std::fs::read_to_string(work.join("journal.jsonl")).expect("reads");
    let lines: Vec<&str> = journal.lines().collect();
    assert!(
        lines.iter().any(|l| l.contains("tokens/sequences"))
            && lines.iter().any(|l| l.contains("tokens/binary"))
    );
    for keep in 0..lines.len() {
        std::fs::remove_dir_all(sprog.path("kept/t")).expect("removes");
        // The next line is torn.
        let torn = &lines[keep][..lines[keep].len() / 2];
        std::fs::write(work.join("journal.jsonl"), format!("{}\n{torn}", lines[..keep].join("\n")))
            .expect("writes");
        sprog.run(&["build", "r", "--out", "kept", "--keep-work"]).ok();
        assert_eq!(hashes(&sprog.path("kept/t/1.0.0")), whole, "{keep} lines");
    }
}

#[test]
fn filters_may_use_the_count_and_dropped_rows_are_in_no_sequence() {
    let sprog = Sprog::new();
    let settings = "packing = \"concatenate\"\nsequence_length = 32\neos = \"<|endoftext|>\"\n";
    let filter = "[[step]]\nuse = \"filter\"\nfor = \"text\"\nwhere = \"token_count > 100\"\n\
                  [[step]]\nuse = \"exact-dedup\"\n";
    let folder = build(&sprog, &format!("{}{filter}", step(settings)), "out");
    let kept: usize = ["train", "validation"].map(|split| documents(&folder, split).len()).iter().sum();
    let tokenizer = tokenizer();
    let long = |text: &String| tokenizer.encode(text, false).expect("encodes").len() > 100;
    let all = texts();
    let expected = all.iter().filter(|(_, text)| long(text)).count();
    assert!(expected > 0 && expected < 60);
    assert_eq!(kept, expected);
}

#[test]
fn a_text_that_holds_the_end_of_documents_is_told() {
    let sprog = Sprog::new();
    written(&sprog, &step("packing = \"concatenate\"\nsequence_length = 32\neos = \"<|endoftext|>\"\n"));
    sprog.write("r/a.jsonl", "{\"id\":\"x\",\"text\":\"en <|endoftext|> to\"}\n");
    sprog.run(&["build", "r", "--out", "out"]).ok();
    let problems = std::fs::read_to_string(sprog.path("out/t/1.0.0/removed/problems.jsonl")).expect("listed");
    assert!(problems.contains("SPROG-2011"), "{problems}");
}

#[test]
fn settings_that_make_no_sense_name_their_line() {
    let sprog = Sprog::new();
    let packed = "packing = \"concatenate\"\nsequence_length = 32\neos = \"<|endoftext|>\"\n";
    // The lines behind those of the source.
    let named: Vec<String> = (18..=24).map(|line| format!("recipe.toml:{line}: ")).collect();
    let other = step(packed).replace("tok.json", "nowhere.json");
    for (steps, part) in [
        (step("packing = \"concatenate\"\neos = \"x\"\n"), "sequence_length"),
        (step("packing = \"concatenate\"\nsequence_length = 1\neos = \"x\"\n"), "sequence_length is from 2"),
        (step("sequence_length = 32\n"), "not given"),
        (step("binary = true\n"), "need `eos`"),
        (step("seed = \"1\"\n"), "neither"),
        (step("pad = \"<|pad|>\"\n"), "needs `packing`"),
        (step("packing = \"bedst\"\n"), "bedst"),
        (step(&packed.replace("endoftext", "slut")), "has no token"),
        (other, "nowhere.json"),
        (format!("{}[[step]]\nuse = \"normalize\"\n", step(packed)), "put it before"),
        (format!("{}{}", step(""), step("")), "twice"),
    ] {
        written(&sprog, &steps);
        for verb in ["check", "build"] {
            let failed = sprog.run(&[verb, "r"]);
            assert!(failed.code == 2 && failed.stderr.contains(part), "{steps}: {}", failed.stderr);
            assert!(
                named.iter().any(|line| failed.stderr.contains(line)) && failed.stderr.contains("SPROG-2001"),
                "{}",
                failed.stderr
            );
        }
    }
    for hostile in ["", "{", "[]", "{\"model\":{\"type\":\"BPE\",\"vocab\":{},\"merges\":[[\"a\",\"b\"]]}}"] {
        written(&sprog, &step(packed));
        sprog.write("r/tok.json", hostile);
        let failed = sprog.run(&["check", "r"]);
        assert!(failed.code == 2 && failed.stderr.contains("tok.json"), "{hostile}: {}", failed.stderr);
    }
}

#[test]
fn texts_that_may_not_be_changed_are_counted_and_not_packed() {
    let sprog = Sprog::new();
    for (settings, code) in [
        ("", 0),
        ("packing = \"concatenate\"\nsequence_length = 32\neos = \"<|endoftext|>\"\n", 1),
        ("binary = true\neos = \"<|endoftext|>\"\n", 1),
    ] {
        written(&sprog, &step(settings));
        let recipe = std::fs::read_to_string(sprog.path("r/recipe.toml")).expect("reads");
        sprog.write("r/recipe.toml", recipe.replace("CC0-1.0", "CC-BY-ND-4.0"));
        let checked = sprog.run(&["check", "r"]);
        assert_eq!(checked.code, code, "{settings}: {}", checked.stderr);
        assert!(code == 0 || checked.stderr.contains("SPROG-1003"), "{}", checked.stderr);
    }
}

#[test]
fn each_config_of_texts_has_tokens_of_its_own() {
    let sprog = Sprog::new();
    let packed = "packing = \"best-fit\"\nsequence_length = 32\neos = \"<|endoftext|>\"\n";
    let source = "config = \"breve\"\n[[source]]\nid = \"u\"\nkind = \"text\"\nformat = \"jsonl\"\n\
                  files = [\"a.jsonl\"]\nlicense = \"CC0-1.0\"\nlegal_basis = \"own work\"\nconfig = \"taler\"\n";
    written(&sprog, &format!("{source}{}for = \"breve\"\n", step(packed)));
    sprog.run(&["build", "r", "--out", "out"]).ok();
    let folder = sprog.path("out/t/1.0.0");
    sprog.run(&["verify", &folder.to_string_lossy()]).ok();
    let dataset = dataset_json(&folder);
    let configs = dataset["configs"].as_array().expect("configs");
    let names: Vec<&str> = configs.iter().filter_map(|c| c["name"].as_str()).collect();
    assert_eq!(names, ["breve", "breve_tokens", "taler"]);
    assert!(config(&dataset, "taler")["tokens"].is_null());
    // A config of that name is there already.
    let clash = source.replace("taler", "breve_tokens");
    written(&sprog, &format!("{clash}{}for = \"breve\"\n", step(packed)));
    let failed = sprog.run(&["check", "r"]);
    assert!(failed.code == 2 && failed.stderr.contains("breve_tokens"), "{}", failed.stderr);
}

#[test]
fn a_subset_counts_its_tokens_and_leaves_sequences_out() {
    let sprog = Sprog::new();
    let settings = "sequence_length = 64\npacking = \"best-fit\"\nbinary = true\neos = \"<|endoftext|>\"\n";
    let steps = step(&format!("{settings}pad = \"<|pad|>\"\n"));
    build(&sprog, &steps, "out");
    let take = ["subset", "out/t/1.0.0", "--where", "length(text) > 40", "--out", "out", "--id", "u"];
    let done = sprog.run(&take).ok();
    assert!(done.stderr.contains("packed of whole texts"), "{}", done.stderr);
    sprog.run(&["verify", "out/u/1.0.0"]).ok();
    let folder = sprog.path("out/u/1.0.0");
    let described: Value =
        serde_json::from_slice(&std::fs::read(folder.join("dataset.json")).expect("reads")).expect("JSON");
    let configs = described["configs"].as_array().expect("a list");
    assert_eq!(configs.len(), 1);
    for split in configs[0]["tokens"]["splits"].as_array().expect("a list") {
        let batches = rows(&folder, &format!("data/text/{}", split["name"].as_str().expect("a name")));
        let sum: i64 = batches
            .iter()
            .map(|b| {
                b.column_by_name("token_count")
                    .expect("a column")
                    .as_primitive::<arrow::datatypes::Int64Type>()
            })
            .flat_map(|c: &Int64Array| c.values().to_vec())
            .sum();
        assert_eq!(split["tokens"].as_i64(), Some(sum));
        assert_eq!(split["documents"].as_u64(), Some(batches.iter().map(|b| b.num_rows() as u64).sum()));
    }
}
