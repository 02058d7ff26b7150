//! The verbs of `sprog tokenizer`, end to end.

mod command;

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int32Array, ListArray, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use command::Sprog;
use serde_json::{Value, json};
use sprog_datasets::table::{TableFile, write_rows};
use sprog_text::subword::byte_level;

/// A byte-level BPE of our own: all bytes, a few merges, and one special token after them.
fn tokenizer(merges: &[(&[u8], &[u8])]) -> String {
    let written = |bytes: &[u8]| bytes.iter().map(|b| byte_level::CHARS[usize::from(*b)]).collect::<String>();
    let mut tokens: Vec<String> = byte_level::CHARS.iter().map(char::to_string).collect();
    let mut pairs = Vec::new();
    for (left, right) in merges {
        let (left, right) = (written(left), written(right));
        tokens.push(format!("{left}{right}"));
        pairs.push(json!([left, right]));
    }
    let end = tokens.len();
    let vocab: BTreeMap<&String, usize> = tokens.iter().zip(0..).collect();
    let byte_level =
        json!({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true});
    json!({
        "version": "1.0", "truncation": null, "padding": null,
        "added_tokens": [{"id": end, "content": "<|endoftext|>", "single_word": false, "lstrip": false,
                          "rstrip": false, "normalized": false, "special": true}],
        "normalizer": null, "pre_tokenizer": byte_level, "post_processor": null, "decoder": byte_level,
        "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
                  "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
                  "vocab": vocab, "merges": pairs},
    })
    .to_string()
}

/// With one that knows `ø`, `rød` and ` med`, and one that knows bytes alone.
fn with_tokenizers() -> Sprog {
    let sprog = Sprog::new();
    let merges: [(&[u8], &[u8]); 6] = [
        (b"\xc3", b"\xb8"),
        (b"r", b"\xc3\xb8"),
        (b"r\xc3\xb8", b"d"),
        (b" ", b"m"),
        (b" m", b"e"),
        (b" me", b"d"),
    ];
    sprog.write("da.json", tokenizer(&merges));
    sprog.write("bytes.json", tokenizer(&[]));
    sprog
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect()
}

#[test]
fn texts_become_ids_and_ids_texts() {
    let sprog = with_tokenizers();
    let input = "rød med 🙂\n\nå\u{301}\n";
    let encoded =
        sprog.run_with(&["tokenizer", "encode", "--tokenizer", "da.json"], &[], input.as_bytes()).ok();
    let rows = lines(&encoded.stdout);
    assert_eq!((rows.len(), &rows[1]), (3, &json!({"ids": []})));
    assert_eq!(rows[0]["ids"].as_array().map(Vec::len), Some(7), "{}", encoded.stdout);
    let decoded = sprog
        .run_with(&["tokenizer", "decode", "--tokenizer", "da.json"], &[], encoded.stdout.as_bytes())
        .ok();
    let texts: Vec<Value> = lines(&decoded.stdout).into_iter().map(|row| row["text"].clone()).collect();
    assert_eq!(texts, ["rød med 🙂", "", "å\u{301}"]);

    let args = ["tokenizer", "encode", "--tokenizer", "da.json", "--tokens", "--offsets", "--jsonl"];
    let row =
        &lines(&sprog.run_with(&args, &[], "{\"id\": 7, \"text\": \"rød med å\"}\n".as_bytes()).ok().stdout)
            [0];
    assert_eq!(row["id"], 7);
    assert_eq!(row["tokens"][0], "rÃ¸d");
    assert_eq!(row["tokens"][1], "Ġmed");
    // Both bytes of å are at its one code point.
    assert_eq!(row["offsets"], json!([[0, 3], [3, 7], [7, 8], [8, 9], [8, 9]]));

    let plain = ["tokenizer", "encode", "--tokenizer", "da.json", "--plain"];
    let ids = sprog.run_with(&plain, &[], "rød med\n".as_bytes()).ok().stdout;
    assert_eq!(ids.split_whitespace().count(), 2, "{ids}");
    let plain = ["tokenizer", "decode", "--tokenizer", "da.json", "--plain"];
    assert_eq!(sprog.run_with(&plain, &[], ids.as_bytes()).ok().stdout, "rød med\n");
}

#[test]
fn many_lines_keep_their_order_whatever_the_threads() {
    let sprog = with_tokenizers();
    let input: String = (0..9000).map(|n| format!("rød med {n}\n")).collect();
    let run = |threads: &str| {
        let args = ["tokenizer", "encode", "--tokenizer", "da.json", "--threads", threads];
        sprog.run_with(&args, &[], input.as_bytes()).ok().stdout
    };
    let one = run("1");
    assert!(one == run("4") && one.lines().count() == 9000);
}

#[test]
fn a_wrong_id_is_an_error_of_its_line() {
    let sprog = with_tokenizers();
    let input = "1 2\n{\"id\": \"b\", \"ids\": [70000]}\n[1, \"x\"]\n-3\n[2]\n";
    let out = sprog.run_with(&["tokenizer", "decode", "--tokenizer", "da.json"], &[], input.as_bytes());
    let rows = lines(&out.stdout);
    assert_eq!((out.code, rows.len()), (2, 5), "{}", out.stderr);
    let wrong = "line 2: no token has the id 70000; the tokenizer has 263 [SPROG-2021]";
    assert_eq!(rows[1], json!({"id": "b", "error": wrong}));
    assert!(
        out.stderr.contains(wrong) && out.stderr.contains("3 lines could not be read, of 5"),
        "{}",
        out.stderr
    );
    assert!(rows[4]["text"].is_string());
    for args in [
        &["tokenizer", "encode", "--tokenizer", "nowhere.json"][..],
        &["tokenizer", "encode", "--tokenizer", "da.json", "--out", "x.parquet"],
        &["tokenizer", "encode", "--tokenizer", "da.json", "da.json", "--out", "x.parquet"],
        &["tokenizer", "encode"],
    ] {
        assert_eq!(sprog.run(args).code, 2, "{args:?}");
    }
    sprog.write("broken.json", "{\"model\": ");
    let broken = sprog.run(&["tokenizer", "encode", "--tokenizer", "broken.json"]);
    assert!(broken.code == 2 && broken.stderr.contains("SPROG-3001"), "{}", broken.stderr);
}

fn parquet(sprog: &Sprog, name: &str, columns: &[(&str, &[Option<&str>])]) {
    let fields: Vec<Field> =
        columns.iter().map(|(name, _)| Field::new(*name, DataType::Utf8, true)).collect();
    let features: BTreeMap<&str, Value> =
        columns.iter().map(|(name, _)| (*name, json!({"dtype": "string", "_type": "Value"}))).collect();
    let info = json!({"info": {"features": features}}).to_string();
    let schema = Schema::new_with_metadata(fields, [("huggingface".to_owned(), info)].into_iter().collect());
    let schema = Arc::new(schema);
    let arrays = columns.iter().map(|(_, values)| Arc::new(StringArray::from(values.to_vec())) as ArrayRef);
    let batch = RecordBatch::try_new(schema.clone(), arrays.collect()).expect("a batch");
    write_rows(&sprog.path(name), &schema, std::iter::once(Ok(batch))).expect("writes");
}

#[test]
fn a_table_gets_a_column_of_ids() {
    let sprog = with_tokenizers();
    parquet(&sprog, "in.parquet", &[("id", &[Some("a"), Some("b")]), ("text", &[Some("rød med"), None])]);
    let args = ["tokenizer", "encode", "--tokenizer", "da.json", "in.parquet", "--out", "out.parquet"];
    let out = sprog.run(&args).ok();
    assert!(
        out.stdout == "out.parquet\n" && out.stderr.contains("2 rows, 1 without a text, 2 tokens"),
        "{}",
        out.stderr
    );
    let table = TableFile::open(&sprog.path("out.parquet")).expect("opens");
    let info = &table.schema().metadata()["huggingface"];
    let info: Value = serde_json::from_str(info).expect("JSON");
    let expected = json!({"feature": {"dtype": "int32", "_type": "Value"}, "_type": "List"});
    assert_eq!(
        (&info["info"]["features"]["input_ids"], info["info"]["features"]["id"].is_object()),
        (&expected, true)
    );
    let batch = table.read(&[], None).expect("reads").next().expect("one").expect("a batch");
    let ids =
        batch.column_by_name("input_ids").expect("ids").as_any().downcast_ref::<ListArray>().expect("lists");
    let first = ids.value(0);
    assert_eq!(
        (first.as_any().downcast_ref::<Int32Array>().map(Int32Array::len), ids.is_null(1)),
        (Some(2), true)
    );
    let again = ["tokenizer", "encode", "--tokenizer", "da.json", "out.parquet", "--out", "two.parquet"];
    assert!(sprog.run(&again).stderr.contains("input_ids") && !sprog.path("two.parquet").exists());
    let column =
        ["tokenizer", "encode", "--tokenizer", "da.json", "in.parquet", "--out", "o", "--text-column", "x"];
    assert!(sprog.run(&column).stderr.contains("no column \"x\"; there are id, text"));
}

#[test]
fn tokenizers_are_compared_on_the_same_texts() {
    let sprog = with_tokenizers();
    let texts: String = [("news", "rød med rød"), ("law", "med rød"), ("news", "arbejdsmarked")]
        .map(|(domain, text)| format!("{}\n", json!({"text": text, "domain": domain})))
        .concat();
    sprog.write("a.jsonl", texts);
    let base = ["tokenizer", "stats", "a.jsonl", "--tokenizer", "da.json", "--tokenizer", "bytes.json"];
    let table = sprog.run(&base).ok().stdout;
    assert!(table.lines().next().is_some_and(|head| head.contains("bytes/token")), "{table}");
    assert_eq!(table.lines().count(), 3, "{table}");
    let by: Vec<&str> = base.iter().copied().chain(["--by", "domain", "--json"]).collect();
    let found: Value = serde_json::from_str(&sprog.run(&by).ok().stdout).expect("JSON");
    let rows = found["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), 6);
    let told: Vec<(&Value, &Value)> = rows.iter().map(|row| (&row["group"], &row["tokenizer"])).collect();
    assert_eq!(told[0], (&Value::Null, &json!("da")));
    assert_eq!(told[3], (&json!("law"), &json!("bytes")));
    let all = &rows[0]["counts"];
    assert_eq!((&all["texts"], &all["words"], &all["words_whole"]), (&json!(3), &json!(6), &json!(4)));
    assert_eq!((&all["compounds"], &all["compounds_whole"]), (&json!(1), &json!(0)));
    // A token a byte: two for each ø.
    assert_eq!((&rows[1]["bytes_per_token"], &rows[1]["counts"]["partial_tokens"]), (&json!(1.0), &json!(6)));
    // The parts add up.
    let sum = |at: usize| rows[at]["counts"]["tokens"].as_u64().expect("a number");
    assert_eq!(sum(0), sum(2) + sum(4));
    for (name, starts) in [("p.svg", "<svg"), ("p.html", "<!doctype html>")] {
        let plot: Vec<&str> = base.iter().copied().chain(["--plot", name, "--by", "domain"]).collect();
        sprog.run(&plot).ok();
        let drawn = std::fs::read_to_string(sprog.path(name)).expect("drawn");
        assert!(drawn.starts_with(starts) && drawn.contains("<desc") && drawn.contains(">law<"), "{drawn}");
    }
    let wrong: Vec<&str> = base.iter().copied().chain(["--plot", "p.png"]).collect();
    assert_eq!(sprog.run(&wrong).code, 2);
    let nowhere: Vec<&str> = base.iter().copied().chain(["--by", "nowhere"]).collect();
    let told = sprog.run(&nowhere);
    assert!(told.code == 2 && told.stderr.contains("no text has a value in \"nowhere\""), "{}", told.stderr);
    let danish: Vec<&str> = ["--lang", "da"].into_iter().chain(base).collect();
    assert!(sprog.run(&danish).ok().stdout.contains("hele ord"));
}

#[test]
fn what_cannot_be_read_is_left_out_and_told() {
    let sprog = with_tokenizers();
    sprog.write(
        "bad.jsonl",
        b"{\"text\": \"r\xc3\xb8d\"}\n{\"x\": 1}\nno\n\n{\"text\": [7]}\n{\"text\": \"med\"}\n",
    );
    let out = sprog.run(&["tokenizer", "stats", "bad.jsonl", "--tokenizer", "da.json"]);
    assert_eq!(out.code, 2);
    assert!(out.stderr.contains("bad.jsonl: line 2") && out.stderr.contains("SPROG-2003"), "{}", out.stderr);
    assert!(out.stderr.contains("3 problems in all") && out.stdout.contains("bytes/token"), "{}", out.stderr);
    parquet(&sprog, "in.parquet", &[("a", &[Some("x")])]);
    let none = sprog.run(&["tokenizer", "stats", "in.parquet", "--tokenizer", "da.json"]);
    assert!(none.code == 2 && none.stderr.contains("no column \"text\"; there are a"), "{}", none.stderr);
    sprog.write("empty.txt", "");
    let empty = sprog.run(&["tokenizer", "stats", "empty.txt", "--tokenizer", "da.json"]).ok();
    assert!(empty.stdout.contains('–'), "{}", empty.stdout);
}

const TRANSCRIPTS: &str = "Det koster 25 kr. i Ærø!\nEn idé til: café\nx42y er ikke læst\n";

#[test]
fn transcripts_become_the_labels_of_a_ctc_model() {
    let sprog = Sprog::new();
    sprog.write("t.txt", TRANSCRIPTS);
    sprog.write("words.txt", "Ærø\nærø\nidé\ndet\nfem%\n\nog så\n");
    let out = sprog.run(&["tokenizer", "ctc", "t.txt", "--out", "labels", "--lexicon", "words.txt"]);
    // A digit is left, and words of the lexicon cannot be written: told, and the labels are there.
    assert_eq!(out.code, 2, "{}", out.stderr);
    let read =
        |name: &str| std::fs::read_to_string(sprog.path(&format!("labels/{name}"))).unwrap_or_default();
    let vocab: BTreeMap<String, u32> = serde_json::from_str(&read("vocab.json")).expect("JSON");
    assert_eq!((vocab["<blank>"], vocab["<unk>"], vocab["|"], vocab["a"], vocab.len()), (0, 1, 2, 3, 32));
    assert!(read("tokens.txt").starts_with("<blank> 0\n<unk> 1\n| 2\na 3\n"));
    assert!(read("labels.txt").starts_with("<blank>\n<unk>\n|\na\n"));
    assert_eq!(read("lexicon.txt"), "det\td e t |\nidé\ti d e |\nærø\tæ r ø |\n");
    let report: Value = serde_json::from_str(&read("report.json")).expect("JSON");
    assert_eq!(
        (&report["labels"], &report["transcripts"], &report["with_digits"]),
        (&json!(32), &json!(3), &json!(1))
    );
    assert_eq!(report["characters"]["|"].as_u64().map(|gaps| gaps > 5), Some(true), "{report}");
    let problems = read("problems.jsonl");
    assert!(problems.contains("line 3") && problems.contains("SPROG-2022"), "{problems}");
    assert!(problems.contains("fem%") && problems.contains("SPROG-2023"), "{problems}");

    // The labels go into an alignment: 40 frames of which each says a label or nothing.
    let labels = vocab["d"] as usize;
    sprog.write("clip.txt", "Det");
    sprog.write(
        "e.npy",
        emissions(&[(4, labels), (6, vocab["e"] as usize), (9, vocab["t"] as usize)], vocab.len()),
    );
    for file in ["vocab.json", "tokens.txt", "labels.txt"] {
        let labels = format!("labels/{file}");
        let args =
            ["speech", "align", "--ctc", "e.npy", "--labels", &labels, "--text", "clip.txt", "--out", file];
        sprog.run(&args).ok();
        let aligned = std::fs::read_to_string(sprog.path(&format!("{file}/e.json"))).expect("aligned");
        assert!(aligned.contains("\"ok\""), "{aligned}");
    }
}

/// Log-probabilities of 16 frames: the labels at their frames, the blank elsewhere.
fn emissions(said: &[(usize, usize)], labels: usize) -> Vec<u8> {
    let header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': (16, {labels}), }}");
    let header = format!("{header:<117}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    for frame in 0..16 {
        let label = said.iter().find(|(at, _)| *at == frame).map_or(0, |(_, label)| *label);
        for column in 0..labels {
            let log_prob = if column == label { -0.05f32 } else { -8.0 };
            bytes.extend(log_prob.to_le_bytes());
        }
    }
    bytes
}

#[test]
fn labels_of_several_characters_come_with_their_tokenizer() {
    let sprog = Sprog::new();
    sprog.write("t.txt", "det er det der er det\n".repeat(20));
    sprog.write("words.txt", "det\nder\n");
    let args = ["tokenizer", "ctc", "t.txt", "--out", "labels", "--model", "bpe", "--vocab-size", "36"];
    let lexicon: Vec<&str> = args.into_iter().chain(["--lexicon", "words.txt"]).collect();
    sprog.run(&lexicon).ok();
    let read = |name: &str| std::fs::read_to_string(sprog.path(&format!("labels/{name}"))).expect(name);
    assert!(
        read("labels.txt").starts_with("<blank>\n<unk>\na\n") && read("lexicon.txt").contains("det\t▁det\n")
    );
    assert!(!sprog.path("labels/vocab.json").exists());
    let ids = sprog
        .run_with(&["tokenizer", "encode", "--tokenizer", "labels/tokenizer.json"], &[], b"det der\n")
        .ok();
    let ids = lines(&ids.stdout)[0]["ids"].clone();
    assert!(ids[0].as_u64().is_some_and(|id| id > 31), "{ids}");
    let columns = read("labels.txt").lines().count();
    sprog.write("clip.txt", "Det der");
    let said: Vec<(usize, usize)> = ids
        .as_array()
        .expect("ids")
        .iter()
        .enumerate()
        .map(|(at, id)| (3 + 3 * at, id.as_u64().expect("an id") as usize))
        .collect();
    sprog.write("e.npy", emissions(&said, columns));
    let args = [
        "speech",
        "align",
        "--ctc",
        "e.npy",
        "--labels",
        "labels/tokenizer.json",
        "--text",
        "clip.txt",
        "--out",
        "a",
    ];
    sprog.run(&args).ok();
    let aligned: Value =
        serde_json::from_str(&std::fs::read_to_string(sprog.path("a/e.json")).expect("aligned"))
            .expect("JSON");
    assert_eq!(
        (&aligned["words"][0]["status"], &aligned["words"][1]["status"]),
        (&json!("ok"), &json!("ok"))
    );
    // Made anew as characters, the folder has no file of the earlier labels.
    sprog.run(&["tokenizer", "ctc", "t.txt", "--out", "labels"]).ok();
    assert!(!sprog.path("labels/tokenizer.json").exists() && !sprog.path("labels/lexicon.txt").exists());
}

#[test]
fn rare_characters_can_be_refused() {
    let sprog = Sprog::new();
    sprog.write("t.jsonl", "{\"said\": \"en idé\"}\n");
    let base = ["tokenizer", "ctc", "t.jsonl", "--out", "labels", "--text-column", "said"];
    let refused: Vec<&str> = base.iter().copied().chain(["--rare", "refuse"]).collect();
    let out = sprog.run(&refused);
    assert!(
        out.code == 1 && out.stderr.contains("'é' 1 times") && out.stderr.contains("SPROG-3052"),
        "{}",
        out.stderr
    );
    assert!(!sprog.path("labels").exists());
    let out = sprog.run(&base).ok();
    assert!(out.stderr.contains("'é' (1) → \"e\"") && out.stdout == "labels\n", "{}", out.stderr);
    for wrong in
        [["--blank", ""], ["--blank", "a b"], ["--unknown", "|"], ["--normalize", "x"], ["--rare", "x"]]
    {
        let args: Vec<&str> = base.iter().copied().chain(wrong).collect();
        assert_eq!(sprog.run(&args).code, 2, "{wrong:?}");
    }
    sprog.write("nothing.txt", "\n\n");
    assert_eq!(sprog.run(&["tokenizer", "ctc", "nothing.txt", "--out", "labels"]).code, 2);
    let small = [
        "tokenizer",
        "ctc",
        "t.jsonl",
        "--out",
        "l",
        "--text-column",
        "said",
        "--model",
        "bpe",
        "--vocab-size",
        "9",
    ];
    assert!(sprog.run(&small).stderr.contains("SPROG-3053"));
}

#[test]
fn a_vocabulary_is_trained_used_and_the_same_again() {
    let sprog = Sprog::new();
    let texts: String = (0..200)
        .map(|n| {
            format!("{}\n", json!({"text": format!("rødgrød med fløde nummer {n} smager dejligt"), "n": n}))
        })
        .collect();
    sprog.write("a.jsonl", texts);
    let train = |out: &str, more: &[&str]| {
        let base = ["tokenizer", "train", "a.jsonl", "--vocab-size", "290", "--out", out];
        sprog.run(&base.into_iter().chain(more.iter().copied()).collect::<Vec<_>>())
    };
    let done = train("one.json", &["--threads", "1"]).ok();
    assert!(
        done.stdout == "one.json\n" && done.stderr.contains("290 tokens from 200 texts"),
        "{}",
        done.stderr
    );
    train("two.json", &["--threads", "2", "--mem", "128M"]).ok();
    let read = |name: &str| std::fs::read(sprog.path(name)).expect("reads");
    assert_eq!(read("one.json"), read("two.json"));
    let text = "rødgrød med fløde!  \u{1f642}\n";
    let encoded =
        sprog.run_with(&["tokenizer", "encode", "--tokenizer", "one.json"], &[], text.as_bytes()).ok();
    let decode = ["tokenizer", "decode", "--tokenizer", "one.json", "--plain"];
    assert_eq!(sprog.run_with(&decode, &[], encoded.stdout.as_bytes()).ok().stdout, text);
    let report =
        train("three.json", &["--json", "--special-token", "<s>", "--special-token", "<pad>"]).ok().stdout;
    let report: Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!((&report["documents"], &report["tokens"]), (&json!(200), &json!(290)));
    let decoded =
        sprog.run_with(&["tokenizer", "decode", "--tokenizer", "three.json", "--plain"], &[], b"0 1\n").ok();
    assert_eq!(decoded.stdout, "<s><pad>\n");
    train("bert.json", &["--model", "wordpiece"]).ok();
    let encoded = sprog
        .run_with(&["tokenizer", "encode", "--tokenizer", "bert.json"], &[], "rødgrød\n".as_bytes())
        .ok();
    assert!(lines(&encoded.stdout)[0]["ids"].as_array().is_some_and(|ids| !ids.is_empty()));
    assert!(encoded.stderr.contains("bert.json: takes the slow path:"), "{}", encoded.stderr);
    for pattern in ["gpt2", "cl100k", "o200k", "qwen2"] {
        train("p.json", &["--pattern", pattern]).ok();
    }
    let small = train("small.json", &["--special-token", "<s>", "--special-token", "<s>"]);
    assert!(small.code == 2 && !sprog.path("small.json").exists(), "{}", small.stderr);
    assert_eq!(train("x.json", &["--text-column", "nowhere"]).code, 2);
    assert!(!sprog.path("x.json").exists());
}
