//! What makes a crawl a corpus: language, quality, duplicates, leakage; as verbs and as steps.

mod command;

use command::{Sprog, column, recipe, rows};
use serde_json::json;

/// A line for each (id, text).
fn jsonl(documents: &[(&str, &str)]) -> String {
    documents.iter().map(|(id, text)| format!("{}\n", json!({"id": id, "text": text}))).collect()
}

/// Ids of the rows of `text`, in order.
fn ids(sprog: &Sprog) -> Vec<String> {
    column(&rows(&sprog.path("sprog-out/t/1.0.0"), "data/text/"), "id")
}

const REFERENCE: &str = r#"
[[source]]
id = "prøve"
kind = "text"
role = "reference"
format = "jsonl"
files = ["ref.jsonl"]
"#;

#[test]
fn what_is_in_a_reference_is_taken_out_and_the_reference_is_not_published() {
    let sprog = Sprog::new();
    sprog.write("a.jsonl", jsonl(&[("1", "Kun her."), ("2", "Også i prøven."), ("3", "Kun her.")]));
    sprog.write("ref.jsonl", jsonl(&[("r1", "Noget andet."), ("r2", "Også i prøven.")]));
    let reference = REFERENCE.replace("prøve", "proeve");
    let step = "\n[[step]]\nuse = \"exact-dedup\"\nagainst = [\"proeve\"]\n";
    sprog.write("recipe.toml", recipe("a.jsonl", "jsonl", &format!("{reference}{step}")));
    sprog.run(&["build", "recipe.toml"]).ok();
    assert_eq!(ids(&sprog), ["1"]);
    let removed = rows(&sprog.path("sprog-out/t/1.0.0"), "removed/");
    assert_eq!(column(&removed, "id"), ["2", "3"]);
    assert_eq!(column(&removed, "kept_id"), ["r2", "1"]);
    let reasons = column(&removed, "reason");
    assert_eq!(reasons, ["exact duplicate as in proeve", "exact duplicate"]);
    let about = std::fs::read_to_string(sprog.path("sprog-out/t/1.0.0/dataset.json")).expect("reads");
    let about: serde_json::Value = serde_json::from_str(&about).expect("JSON");
    assert!(about["sources"][1]["excluded"].as_str().is_some_and(|why| why.contains("reference")));
    assert_eq!(about["sources"][1]["files"][0]["path"], "ref.jsonl");
    // A reference that is none is told before anything is read.
    let step = "\n[[step]]\nuse = \"exact-dedup\"\nagainst = [\"s\"]\n";
    sprog.write("bad.toml", recipe("a.jsonl", "jsonl", step));
    let refused = sprog.run(&["check", "bad.toml"]);
    assert!(refused.code == 2 && refused.stderr.contains("role"), "{}", refused.stderr);
}

#[test]
fn dedup_keeps_lines_as_they_stood() {
    let sprog = Sprog::new();
    let first = "{\"text\":\"Hej\",   \"id\": 7, \"x\": [1, {}]}\n";
    sprog.write(
        "a.jsonl",
        format!("{first}no\n\n{}", "{\"id\":\"b\",\"text\":\"Hej\"}\r\n{\"text\":\"Nej\"}"),
    );
    sprog.write("b.jsonl", "{\"id\":\"c\",\"text\":\"Nej\"}\n{\"id\":\"d\"}\n");
    let args = ["dedup", "a.jsonl", "b.jsonl", "--out", "o", "--method", "exact", "--json"];
    let out = sprog.run(&args);
    assert_eq!(out.code, 2, "{}", out.stderr);
    let told: serde_json::Value = serde_json::from_str(&out.stdout).expect("JSON");
    let count = |name: &str| told[name].as_u64().expect("a number");
    assert_eq!(["read", "kept", "removed", "problems"].map(count), [4, 2, 2, 2]);
    let kept = std::fs::read_to_string(sprog.path("o/kept.jsonl")).expect("reads");
    assert_eq!(kept, format!("{first}{{\"text\":\"Nej\"}}\n"));
    let removed = rows(&sprog.path("o"), "removed");
    assert_eq!(column(&removed, "id"), ["b", "c"]);
    assert_eq!(column(&removed, "kept_id"), ["7", "a.jsonl:5"]);
    let problems = std::fs::read_to_string(sprog.path("o/problems.jsonl")).expect("reads");
    assert!(problems.contains("\"line 2\"") && problems.contains("\"b.jsonl\""), "{problems}");
    // A result is never written over.
    let again = sprog.run(&args);
    assert!(again.code == 2 && again.stderr.contains("already"), "{}", again.stderr);
    assert_eq!(std::fs::read_dir(sprog.path("o")).expect("lists").count(), 3, "nothing else is left");
}

#[test]
fn dedup_reads_parquet_and_compressed_files_and_refuses_a_mixture() {
    let sprog = Sprog::new();
    sprog.write("a.jsonl", jsonl(&[("1", "Hej"), ("2", "Nej"), ("3", "Hej")]));
    sprog.write("recipe.toml", recipe("a.jsonl", "jsonl", ""));
    sprog.run(&["build", "recipe.toml"]).ok();
    let table = "sprog-out/t/1.0.0/data/text/train-00000-of-00001.parquet";
    sprog.run(&["dedup", table, "--out", "o", "--method", "exact"]).ok();
    let kept = rows(&sprog.path("o"), "kept");
    assert_eq!((column(&kept, "id"), kept[0].num_columns()), (vec!["1".into(), "2".into()], 15));
    let lines = std::fs::read(sprog.path("a.jsonl")).expect("reads");
    sprog.write("a.zst", zstd::encode_all(&lines[..], 3).expect("encodes"));
    sprog.run(&["dedup", "a.zst", "--out", "z", "--method", "exact"]).ok();
    let kept = std::fs::read(sprog.path("z/kept.jsonl.zst")).expect("reads");
    let kept = zstd::decode_all(&kept[..]).expect("decodes");
    assert_eq!(kept, jsonl(&[("1", "Hej"), ("2", "Nej")]).as_bytes());
    let mixed = sprog.run(&["dedup", table, "a.jsonl", "--out", "m", "--method", "exact"]);
    assert!(mixed.code == 2 && mixed.stderr.contains("kinds"), "{}", mixed.stderr);
}

/// A Danish sentence of its own for each number.
fn sentence(n: usize) -> String {
    let who = ["Bageren", "Læreren", "Naboen", "Postbudet", "Lægen", "Fiskeren", "Smeden"][n % 7];
    let what = ["købte", "solgte", "malede", "flyttede", "glemte", "hentede"][n / 7 % 6];
    let which = ["en gammel cykel", "tolv æg", "det blå hus", "sin paraply", "en sæk kartofler"][n / 42 % 5];
    let place = ["i Ribe", "på Ærø", "ved åen", "bag kirken", "nær Skive"][n / 210 % 5];
    format!("{who} {what} {which} {place} den {}. maj.", n % 31 + 1)
}

/// Sentences from one number to another.
fn story(from: usize, to: usize) -> String {
    (from..to).map(|n| sentence(n * 37 % 1050)).collect::<Vec<_>>().join(" ")
}

#[test]
fn near_duplicates_go_by_the_verb_and_by_the_step() {
    let sprog = Sprog::new();
    let base = story(0, 12);
    let near = base.replace("Naboen", "Genboen");
    let documents = [("a", story(20, 32)), ("b", base.clone()), ("c", near.clone()), ("d", story(40, 52))];
    let documents: Vec<(&str, &str)> = documents.iter().map(|(id, text)| (*id, text.as_str())).collect();
    sprog.write("a.jsonl", jsonl(&documents));
    sprog.run(&["dedup", "a.jsonl", "--out", "o"]).ok();
    let removed = rows(&sprog.path("o"), "removed");
    assert_eq!((column(&removed, "id"), column(&removed, "kept_id")), (vec!["c".into()], vec!["b".into()]));
    // The texts themselves: some shingles differ.
    sprog.run(&["dedup", "a.jsonl", "--out", "strict", "--threshold", "0.999"]).ok();
    assert!(rows(&sprog.path("strict"), "removed").iter().all(|b| b.num_rows() == 0));
    sprog.run(&["dedup", "a.jsonl", "--out", "loose", "--threshold", "0.5"]).ok();
    assert_eq!(column(&rows(&sprog.path("loose"), "removed"), "id"), ["c"]);

    // Of two alike the longer one stays, and what is in a reference goes.
    let longer = format!("{near} {}", sentence(900));
    sprog.write("a.jsonl", jsonl(&[("a", &base), ("b", &longer), ("c", &story(40, 52))]));
    sprog.write("ref.jsonl", jsonl(&[("r", &format!("{} {}", story(40, 52), sentence(7)))]));
    let step = "\n[[step]]\nuse = \"near-dedup\"\nkeep = \"token_count\"\nagainst = [\"proeve\"]\n";
    let extra = format!("{}{step}", REFERENCE.replace("prøve", "proeve"));
    for threshold in ["", "threshold = 0.7\n"] {
        let _ = std::fs::remove_dir_all(sprog.path("sprog-out"));
        sprog.write("recipe.toml", recipe("a.jsonl", "jsonl", &format!("{extra}{threshold}")));
        sprog.run(&["build", "recipe.toml"]).ok();
        assert_eq!(ids(&sprog), ["b"]);
        let removed = rows(&sprog.path("sprog-out/t/1.0.0"), "removed/text.parquet");
        assert_eq!(
            (column(&removed, "id"), column(&removed, "kept_id")),
            (vec!["a".into(), "c".into()], vec!["b".into(), "r".into()])
        );
        assert!(column(&removed, "reason")[1].contains("proeve"));
    }
}

#[test]
fn repeated_passages_are_cut_once_and_listed() {
    let sprog = Sprog::new();
    let shared = story(0, 8);
    let (first, second) =
        (format!("{}\n\n{shared}", sentence(500)), format!("{shared}\n\n{}", sentence(600)));
    sprog.write("a.jsonl", jsonl(&[("a", &first), ("b", &second), ("c", &shared)]));
    sprog.run(&["dedup", "a.jsonl", "--out", "o", "--method", "substring"]).ok();
    let kept = std::fs::read_to_string(sprog.path("o/kept.jsonl")).expect("reads");
    assert_eq!(kept, jsonl(&[("a", &first), ("b", &sentence(600))]));
    let removed = rows(&sprog.path("o"), "removed");
    // Of c nothing is left: its passage is listed, and that it is gone.
    assert_eq!(column(&removed, "id"), ["b", "c", "c"]);
    assert_eq!(column(&removed, "kept_id"), ["a", "a", "a"]);

    let step = "\n[[step]]\nuse = \"substring-dedup\"\n";
    sprog.write("recipe.toml", recipe("a.jsonl", "jsonl", step));
    sprog.run(&["build", "recipe.toml"]).ok();
    let published = rows(&sprog.path("sprog-out/t/1.0.0"), "data/text/");
    assert_eq!(column(&published, "text"), [first.as_str(), &sentence(600)]);
    let passages = rows(&sprog.path("sprog-out/t/1.0.0"), "removed/text_passages.parquet");
    assert_eq!(column(&passages, "kept_id"), ["a", "a"]);
    assert_eq!(column(&passages, "action"), ["cut", "cut"]);
    let removed = rows(&sprog.path("sprog-out/t/1.0.0"), "removed/text.parquet");
    assert_eq!(
        (column(&removed, "id"), column(&removed, "step")),
        (vec!["c".into()], vec!["substring-dedup".into()])
    );
}

#[test]
fn lines_that_many_texts_have_are_cut() {
    let sprog = Sprog::new();
    let menu = "Forside | Om os | Kontakt os | Find vej til biblioteket";
    let menu = menu.replace(" | ", " og ");
    let texts: Vec<String> = (0..4).map(|n| format!("{menu}\n{}\n", story(n * 5, n * 5 + 4))).collect();
    let named: Vec<(String, &String)> = (0..4).map(|n| format!("d{n}")).zip(&texts).collect();
    let documents: Vec<(&str, &str)> = named.iter().map(|(id, text)| (id.as_str(), text.as_str())).collect();
    sprog.write("a.jsonl", jsonl(&documents));
    let step = "\n[[step]]\nuse = \"line-dedup\"\nscope = \"corpus\"\nmin_documents = 4\n";
    sprog.write("recipe.toml", recipe("a.jsonl", "jsonl", step));
    sprog.run(&["build", "recipe.toml"]).ok();
    let published = column(&rows(&sprog.path("sprog-out/t/1.0.0"), "data/text/"), "text");
    let has: Vec<bool> = published.iter().map(|text| text.contains(&menu)).collect();
    assert_eq!(has, [true, false, false, false]);
    assert!(published.iter().zip(&texts).all(|(new, old)| old.contains(new.trim())));
}

#[test]
fn test_sets_are_found_in_training_texts() {
    let sprog = Sprog::new();
    let question = story(100, 103);
    let leaked = format!("{} {question} {}", story(0, 30), story(40, 70));
    sprog.write("a.jsonl", jsonl(&[("ren", &story(0, 6)), ("lækket", &leaked)]));
    sprog.write("ref.jsonl", jsonl(&[("q1", &question), ("q2", &story(110, 113))]));
    for (action, left) in
        [("drop", vec!["ren"]), ("cut", vec!["ren", "lækket"]), ("report", vec!["ren", "lækket"])]
    {
        let _ = std::fs::remove_dir_all(sprog.path("sprog-out"));
        let step =
            format!("\n[[step]]\nuse = \"decontaminate\"\nagainst = [\"proeve\"]\naction = \"{action}\"\n");
        let extra = format!("{}{step}", REFERENCE.replace("prøve", "proeve"));
        sprog.write("recipe.toml", recipe("a.jsonl", "jsonl", &extra));
        sprog.run(&["build", "recipe.toml"]).ok();
        assert_eq!(ids(&sprog), left, "{action}");
        let texts = column(&rows(&sprog.path("sprog-out/t/1.0.0"), "data/text/"), "text");
        let there = texts.iter().any(|text| text.contains(&question));
        assert_eq!(there, action == "report");
        let passages = rows(&sprog.path("sprog-out/t/1.0.0"), "removed/text_passages.parquet");
        assert_eq!(column(&passages, "kept_id"), ["q1"]);
        assert_eq!(column(&passages, "kept_source"), ["proeve"]);
        assert_eq!(column(&passages, "action"), [action]);
    }
}

const DANISH: &str = "Kommunen har behandlet din ansøgning om boligstøtte, og du får svar inden den første maj. \
    Hvis du ikke hører fra os, så ring til borgerservice, hvor du også kan få hjælp med skemaet.";
const NORWEGIAN: &str = "Kommunen har behandlet søknaden din om bostøtte, og du får svar innen første mai. Hvis \
    du ikke hører fra oss, kan du ringe til servicetorget, hvor du også kan få hjelp med skjemaet.";
const ENGLISH: &str = "The council has processed your application for housing support, and you will get an \
    answer before the first of May. If you do not hear from us, please call the help desk.";

#[test]
fn the_language_is_told_by_the_verb_and_by_the_step() {
    let sprog = Sprog::new();
    let lines = format!("{DANISH}\n{NORWEGIAN}\n{ENGLISH}\n12345\n");
    let labels = sprog.run_with(&["text", "langid", "--plain"], &[], lines.as_bytes()).ok().stdout;
    assert_eq!(labels, "da\nnb\nen\nund\n");
    let mixed = format!("{}\n", json!({"id": 1, "text": format!("{DANISH}\n\n{ENGLISH}\n\n{ENGLISH}")}));
    let args = ["text", "langid", "--jsonl", "--document"];
    let out = sprog.run_with(&args, &[], mixed.as_bytes()).ok().stdout;
    let found: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!((&found["label"], &found["mixed"], &found["id"]), (&json!("en"), &json!(true), &json!(1)));
    let share = found["shares"]["da"].as_f64().expect("a share");
    assert!((0.25..0.45).contains(&share), "{share}");
    let sections = found["sections"].as_array().expect("sections");
    assert_eq!((&sections[0]["label"], &sections[0]["start"]), (&json!("da"), &json!(0)));

    let page = format!("{DANISH}\n\n{ENGLISH}\n\n{ENGLISH}\n\n{ENGLISH}");
    sprog.write("a.jsonl", jsonl(&[("da", DANISH), ("nb", NORWEGIAN), ("page", &page), ("digits", "12345")]));
    let step = "\n[[step]]\nuse = \"langid\"\nkeep = [\"da\"]\nmin_share = 0.5\n";
    sprog.write("recipe.toml", recipe("a.jsonl", "jsonl", step));
    sprog.run(&["build", "recipe.toml"]).ok();
    assert_eq!(ids(&sprog), ["da", "digits"]);
    let published = rows(&sprog.path("sprog-out/t/1.0.0"), "data/text/");
    assert_eq!(column(&published, "language"), ["da", "und"]);
    let removed = rows(&sprog.path("sprog-out/t/1.0.0"), "removed/text.parquet");
    assert_eq!(column(&removed, "id"), ["nb", "page"]);
    assert_eq!(column(&removed, "reason")[0], "language nb");
    sprog.write("bad.toml", recipe("a.jsonl", "jsonl", "\n[[step]]\nuse = \"langid\"\nkeep = [\"dk\"]\n"));
    let refused = sprog.run(&["check", "bad.toml"]);
    assert!(refused.code == 2 && refused.stderr.contains("\"dk\""), "{}", refused.stderr);
}

#[test]
fn quality_is_measured_kept_beside_and_asked_by_filters() {
    let sprog = Sprog::new();
    let line = sprog.run_with(&["text", "profile", "--preset", "gopher"], &[], DANISH.as_bytes()).ok().stdout;
    let profile: serde_json::Value = serde_json::from_str(&line).expect("JSON");
    assert_eq!(profile["profile"]["sentence_count"], 2);
    assert_eq!(profile["failed"][0]["rule"], "gopher_short_doc");
    let long = story(0, 60);
    sprog.write("a.jsonl", jsonl(&[("kort", DANISH), ("lang", &long), ("støj", &"# ".repeat(200))]));
    let quality = "\n[[step]]\nuse = \"quality\"\npresets = [\"gopher\"]\n";
    let filter =
        "\n[[step]]\nuse = \"filter\"\nfor = \"text\"\nwhere = \"signals.alpha_word_ratio >= 0.5\"\n";

    // Dropped, with rule and value.
    sprog.write("recipe.toml", recipe("a.jsonl", "jsonl", quality));
    sprog.run(&["build", "recipe.toml"]).ok();
    assert_eq!(ids(&sprog), ["lang"]);
    let folder = sprog.path("sprog-out/t/1.0.0");
    let removed = rows(&folder, "removed/text.parquet");
    assert!(column(&removed, "reason")[0].starts_with("gopher_short_doc"), "{removed:?}");
    let value = removed[0].column_by_name("value").expect("value");
    let value = value.as_any().downcast_ref::<arrow::array::Float64Array>().expect("numbers").value(0);
    assert_eq!(value, profile["failed"][0]["value"].as_f64().expect("a number"));
    assert!(rows(&folder, "data/text/")[0].column_by_name("signals").is_some());

    // Labelled, asked by a filter, and published beside the texts, row by row.
    let _ = std::fs::remove_dir_all(sprog.path("sprog-out"));
    let label = format!("{quality}action = \"label\"\nsignals = \"beside\"\n{filter}");
    sprog.write("recipe.toml", recipe("a.jsonl", "jsonl", &label));
    sprog.run(&["build", "recipe.toml"]).ok();
    assert_eq!(ids(&sprog), ["kort", "lang"]);
    assert!(rows(&folder, "data/text/")[0].column_by_name("signals").is_none());
    let beside = rows(&folder, "data/signals/");
    assert_eq!(column(&beside, "id"), ["kort", "lang"]);
    let signals = beside[0].column_by_name("signals").expect("signals");
    let signals = signals.as_any().downcast_ref::<arrow::array::StructArray>().expect("a struct");
    let failed = signals.column_by_name("failed").expect("failed");
    let failed = failed.as_any().downcast_ref::<arrow::array::StringArray>().expect("strings");
    assert_eq!(failed.iter().collect::<Vec<_>>(), [Some("gopher_short_doc"), None]);
    let removed = rows(&folder, "removed/text.parquet");
    assert_eq!(
        (column(&removed, "id"), column(&removed, "step")),
        (vec!["støj".into()], vec!["filter".into()])
    );
    sprog.run(&["verify", "sprog-out/t/1.0.0"]).ok();
}

/// A clip of the demo as a WAV file, quieter, and from some frame on.
fn altered(clip: &str, gain: f32, from: usize) -> Vec<u8> {
    use sprog_formats::audio::{WavSamples, read, write_wav};
    let path = command::root().join("datasets/demo/speech/clips").join(clip);
    let file = std::fs::File::open(path).expect("opens");
    let parsed = read(Box::new(std::io::BufReader::new(file)), None, &sprog_formats::Limits::default());
    let audio = parsed.expect("decodes").value;
    let channels = usize::from(audio.info.channels);
    let samples: Vec<f32> = audio.samples[from * channels..].iter().map(|s| s * gain).collect();
    let mut out = std::io::Cursor::new(Vec::new());
    write_wav(&mut out, &samples, audio.info.sample_rate, audio.info.channels, WavSamples::I16)
        .expect("writes");
    out.into_inner()
}

#[test]
fn the_same_recording_is_found_by_its_sound() {
    let sprog = Sprog::new();
    sprog.write("a/first.wav", altered("c001.flac", 1.0, 0));
    sprog.write("a/other.wav", altered("c004.flac", 1.0, 0));
    sprog.write("a/quiet.wav", altered("c001.flac", 0.4, 0));
    sprog.write("test/prøve.wav", altered("c004.flac", 0.7, 4000));
    let speech = |extra: &str| {
        recipe("a", "audio", extra)
            .replace("kind = \"text\"", "kind = \"speech\"\nconsent = \"synthetic voices\"")
    };
    let ids = |sprog: &Sprog| column(&rows(&sprog.path("sprog-out/t/1.0.0"), "data/speech/"), "id");
    // Without `for` the step is for texts.
    sprog.write("recipe.toml", speech("\n[[step]]\nuse = \"near-dedup\"\n"));
    sprog.run(&["build", "recipe.toml"]).ok();
    let all = ids(&sprog);
    assert_eq!(all.len(), 3);
    std::fs::remove_dir_all(sprog.path("sprog-out")).expect("removes");
    sprog.write("recipe.toml", speech("\n[[step]]\nuse = \"near-dedup\"\nfor = \"speech\"\n"));
    sprog.run(&["build", "recipe.toml"]).ok();
    assert_eq!(ids(&sprog), all[..2]);
    let removed = rows(&sprog.path("sprog-out/t/1.0.0"), "removed/speech.parquet");
    assert_eq!((column(&removed, "id"), column(&removed, "kept_id")), (all[2..].to_vec(), all[..1].to_vec()));
    // A part of a test recording, louder or not, in the training set.
    std::fs::remove_dir_all(sprog.path("sprog-out")).expect("removes");
    let reference = "\n[[source]]\nid = \"test\"\nkind = \"speech\"\nrole = \"reference\"\nformat = \"audio\"\n\
        files = [\"test\"]\n\n[[step]]\nuse = \"decontaminate\"\nagainst = [\"test\"]\n";
    sprog.write("recipe.toml", speech(reference));
    sprog.run(&["build", "recipe.toml"]).ok();
    let removed = rows(&sprog.path("sprog-out/t/1.0.0"), "removed/speech.parquet");
    assert_eq!(column(&removed, "id"), all[1..2]);
    assert_eq!(column(&removed, "reason"), ["the same recording as in test"]);
}

#[test]
fn what_was_measured_is_measured_again_once_a_passage_is_cut() {
    let sprog = Sprog::new();
    let shared = story(0, 9);
    let mixed = format!("{shared}\n\n{}", ENGLISH.repeat(2));
    sprog.write("a.jsonl", jsonl(&[("a", &shared), ("b", &mixed), ("c", &story(50, 55))]));
    let steps = "\n[[step]]\nuse = \"langid\"\n\n[[step]]\nuse = \"quality\"\n\n[[step]]\nuse = \"substring-dedup\"\n";
    sprog.write("recipe.toml", recipe("a.jsonl", "jsonl", steps));
    sprog.run(&["build", "recipe.toml"]).ok();
    let batches = rows(&sprog.path("sprog-out/t/1.0.0"), "data/text/");
    assert_eq!(column(&batches, "language"), ["da", "en", "da"]);
    let texts = column(&batches, "text");
    let signals = batches[0].column_by_name("signals").expect("signals");
    let signals = signals.as_any().downcast_ref::<arrow::array::StructArray>().expect("a struct");
    let counts = signals.column_by_name("character_count").expect("the field");
    let counts = counts.as_any().downcast_ref::<arrow::array::Int64Array>().expect("numbers");
    let expected: Vec<i64> = texts.iter().map(|text| text.chars().count() as i64).collect();
    assert_eq!(counts.values().to_vec(), expected);
}

#[test]
fn dedup_takes_what_people_have() {
    let sprog = Sprog::new();
    // A byte order mark, CRLF, a key twice, an object for a text, a file with nothing in it.
    let long = story(0, 8);
    let twice = format!("{{\"text\":\"Nej\",\"id\":\"2\",\"text\":{}}}", json!(format!("{long} Og mere.")));
    let first = format!("\u{feff}{}\r\n", json!({"id": "1", "text": long}));
    let object = "{\"id\":\"3\",\"text\":{\"a\":1}}\r\n";
    sprog.write("a.jsonl", format!("{first}{twice}\r\n{object}"));
    sprog.write("tom.jsonl", "");
    let out = sprog.run(&["dedup", "tom.jsonl", "a.jsonl", "--out", "o", "--method", "substring"]);
    assert_eq!(out.code, 2, "{}", out.stderr);
    let kept = std::fs::read_to_string(sprog.path("o/kept.jsonl")).expect("reads");
    assert_eq!(kept, format!("{first}{{\"text\":\"Nej\",\"id\":\"2\",\"text\":\"Og mere.\"}}\r\n"));
    let problems = std::fs::read_to_string(sprog.path("o/problems.jsonl")).expect("reads");
    assert!(problems.contains("no string in `text`"), "{problems}");
    // Texts a line, with blank lines between them.
    sprog.write("a.txt", "Hej\n\nHej\nNej");
    sprog.run(&["dedup", "a.txt", "--out", "t", "--method", "exact"]).ok();
    assert_eq!(std::fs::read_to_string(sprog.path("t/kept.txt")).expect("reads"), "Hej\n\nNej\n");
    // A stream cut off in the middle: the whole lines before it count.
    let lines = jsonl(&[("1", "Hej"), ("2", "Hej"), ("3", "Nej")]).repeat(4000);
    let packed = zstd::encode_all(lines.as_bytes(), 3).expect("encodes");
    sprog.write("cut.zst", &packed[..packed.len() - 9]);
    let out = sprog.run(&["dedup", "cut.zst", "--out", "c", "--method", "exact"]);
    assert_eq!(out.code, 2, "{}", out.stderr);
    let kept = std::fs::read(sprog.path("c/kept.jsonl.zst")).expect("reads");
    assert!(!kept.is_empty());
    for (args, part) in [
        (vec!["dedup", "/dev/null", "--out", "p"], "no file"),
        (vec!["dedup", "a.jsonl", "--out", "p", "--threshold", "85"], "at most 1"),
        (vec!["dedup", "a.jsonl", "a.txt", "--out", "p"], "several kinds"),
    ] {
        let refused = sprog.run(&args);
        assert!(refused.code == 2 && refused.stderr.contains(part), "{}", refused.stderr);
    }
}
