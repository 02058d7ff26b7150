//! The verbs of `sprog speech`, `sprog score boundaries`, and the same kernels as steps of a recipe.

mod command;

use std::f32::consts::TAU;
use std::fs;
use std::io::Cursor;
use std::path::Path;

use arrow::array::{Array, Float32Array, Float64Array, ListArray, StringArray, StructArray};
use command::{Sprog, column, hashes, root, rows, shared};
use serde_json::{Value, json};
use sprog_formats::audio::{WavSamples, write_wav};
use sprog_formats::numeric::npy;
use sprog_formats::{Limits, time::textgrid};

/// A WAV of a tone at 440 Hz that is off in the middle third.
fn beep(sprog: &Sprog, name: &str, rate: u32, channels: u16, seconds: u32) -> String {
    let frames = rate * seconds;
    let mut samples = Vec::new();
    for n in 0..frames {
        let on = if n / (frames / 3) == 1 { 0.0 } else { 0.3 };
        let value = on * (TAU * 440.0 * n as f32 / rate as f32).sin();
        samples.extend((0..channels).map(|channel| value / f32::from(channel + 1)));
    }
    let mut bytes = Vec::new();
    write_wav(Cursor::new(&mut bytes), &samples, rate, channels, WavSamples::I16).expect("writes");
    sprog.write(name, bytes).display().to_string()
}

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn info_counts_the_samples_and_tells_what_is_wrong_when() {
    let sprog = Sprog::new();
    let path = beep(&sprog, "a.wav", 8_000, 2, 3);
    let found = json_of(&sprog.run(&["speech", "info", &path, "--json"]).ok().stdout);
    assert_eq!(
        (&found["frames"], &found["duration"], &found["channels"]),
        (&json!(24_000), &json!(3.0), &json!(2))
    );
    assert_eq!(found["problems"], json!([]));
    let mut cut = fs::read(&path).expect("reads");
    cut.truncate(44 + 4 * 8_000);
    let cut = sprog.write("cut.wav", cut).display().to_string();
    let found = json_of(&sprog.run(&["speech", "info", &cut, "--json"]).ok().stdout);
    assert_eq!(found["frames"], 8_000);
    assert_eq!(
        (&found["problems"][0]["code"], &found["problems"][0]["time"]),
        (&json!("SPROG-0200"), &json!(1.0))
    );
    let none = sprog.write("none.wav", "no audio").display().to_string();
    let out = sprog.run(&["speech", "info", &path, &none, "--json"]);
    assert_eq!((out.code, out.stdout.lines().count()), (2, 1), "{}", out.stderr);
    assert!(out.stderr.contains("none.wav"), "{}", out.stderr);
}

#[test]
fn resample_writes_the_exact_length_and_the_better_channel() {
    let sprog = Sprog::new();
    let path = beep(&sprog, "a.wav", 44_100, 2, 3);
    for (out, channels, width) in [("b.wav", "keep", 2), ("b.flac", "mix", 1), ("c.wav", "best", 1)] {
        sprog.run(&["speech", "resample", &path, out, "--rate", "16000", "--channels", channels]).ok();
        let found = json_of(&sprog.run(&["speech", "info", out, "--json"]).ok().stdout);
        assert_eq!((&found["frames"], &found["channels"]), (&json!(48_000), &json!(width)), "{out}");
    }
    assert_eq!(sprog.run(&["speech", "resample", &path, "b.mp3", "--rate", "16000"]).code, 2);
    assert_eq!(sprog.run(&["speech", "resample", &path, "d.wav", "--rate", "0"]).code, 2);
    assert!(!sprog.path("d.wav").exists());
}

#[test]
fn features_have_the_shapes_of_their_programs() {
    let sprog = Sprog::new();
    let path = beep(&sprog, "a.wav", 16_000, 1, 3);
    let shape = |args: &[&str]| {
        let all = [&["speech", "features", &path, "--out", "x.npy"], args].concat();
        sprog.run(&all).ok();
        let file = fs::File::open(sprog.path("x.npy")).expect("opens");
        npy::read(file, &Limits::default()).expect("reads").value.shape
    };
    assert_eq!(shape(&["--type", "kaldi-fbank"]), [298, 80]);
    assert_eq!(shape(&["--type", "kaldi-mfcc", "--deltas", "2", "--cmvn"]), [298, 39]);
    assert_eq!(shape(&["--type", "kaldi-mfcc", "--snip-edges", "false"]), [300, 13]);
    assert_eq!(shape(&["--type", "whisper-mel", "--bins", "128"]), [300, 128]);
    assert_eq!(shape(&["--type", "whisper-mel", "--pad-or-trim"]), [3000, 80]);
    let other = beep(&sprog, "b.wav", 8_000, 1, 3);
    sprog.run(&["speech", "features", &path, &other, "--type", "kaldi-fbank", "--out", "x.parquet"]).ok();
    let table = rows(sprog.path("").as_path(), "x.parquet");
    assert_eq!(column(&table, "id"), ["a", "b"]);
    // A megabyte of audio is a row group; they are made on several threads, and their order is that of the files.
    let long: Vec<String> = (0..3).map(|n| beep(&sprog, &format!("long{n}.wav"), 16_000, 1, 40)).collect();
    for threads in ["1", "3"] {
        let out = format!("t{threads}.parquet");
        let head = ["speech", "features", &path, &long[0], &long[1], &other, &long[2]];
        let tail = ["--type", "kaldi-fbank", "--threads", threads, "--out", &out];
        sprog.run(&[&head[..], &tail[..]].concat()).ok();
    }
    assert_eq!(column(&rows(&sprog.path(""), "t3.parquet"), "id"), ["a", "long0", "long1", "b", "long2"]);
    assert!(
        fs::read(sprog.path("t1.parquet")).expect("reads")
            == fs::read(sprog.path("t3.parquet")).expect("reads")
    );
    let out = sprog.run(&["speech", "features", &path, &other, "--type", "kaldi-fbank", "--out", "x.npy"]);
    assert_eq!(out.code, 2);
    assert_eq!(
        sprog
            .run(&["speech", "features", &path, "--type", "whisper-mel", "--bins", "40", "--out", "x.npy"])
            .code,
        2
    );
}

#[test]
fn vad_and_quality_speak_json_and_plain() {
    let Some(shared) = shared() else { return };
    let sprog = Sprog::new();
    let clip = shared.join("data/nst/u0013002.wav").display().to_string();
    let found = json_of(&sprog.run(&["speech", "vad", &clip]).ok().stdout);
    let segments = found["segments"].as_array().expect("stretches");
    assert!(!segments.is_empty() && found["speech"].as_f64() < found["duration"].as_f64(), "{found}");
    let plain = sprog.run(&["speech", "vad", &clip, "--plain"]).ok().stdout;
    assert_eq!(plain.lines().count(), segments.len());
    let rttm = sprog.run(&["speech", "vad", &clip, "--format", "rttm"]).ok().stdout;
    assert!(rttm.starts_with("SPEAKER u0013002 1 "), "{rttm}");
    let said = "tester en to tre fire fem seks syv otte";
    let found = json_of(&sprog.run(&["speech", "quality", &clip, "--text", said]).ok().stdout);
    assert_eq!((&found["channels"], &found["channel"]), (&json!(2), &json!(2)), "{found}");
    assert!(
        found["snr_db"].as_f64() > Some(30.0) && found["bandwidth_hz"].as_f64() > Some(7_000.0),
        "{found}"
    );
    assert!(found["pace"]["verdict"].is_string(), "{found}");
}

/// A manifest of the demo's clips that are FLAC, with their transcripts.
fn demo_manifest(sprog: &Sprog, wrong: Option<&str>) -> (String, usize) {
    let folder = root().join("datasets/demo/speech");
    let table = fs::read_to_string(folder.join("transcripts.tsv")).expect("reads");
    let (mut lines, mut count) = (String::new(), 0);
    for row in table.lines().skip(1) {
        let mut cells = row.split('\t');
        let (Some(path), Some(text)) = (cells.next(), cells.next()) else { continue };
        if !folder.join(path).is_file() {
            continue;
        }
        let id = Path::new(path).file_stem().expect("a name").to_string_lossy().into_owned();
        let text = wrong.unwrap_or(text);
        let item = json!({"id": id, "audio": folder.join(path), "text": text});
        lines.push_str(&format!("{item}\n"));
        count += 1;
    }
    let name = if wrong.is_some() { "wrong.jsonl" } else { "clips.jsonl" };
    (sprog.write(name, lines).display().to_string(), count)
}

#[test]
fn align_trains_on_the_recordings_and_writes_every_form() {
    let sprog = Sprog::new();
    let (manifest, count) = demo_manifest(&sprog, None);
    let args = [
        "speech",
        "align",
        "--manifest",
        &manifest,
        "--out",
        "a",
        "--parquet",
        "--json",
        "--save-model",
        "m.model",
    ];
    let forms = ["--format", "ctm", "--format", "srt", "--format", "vtt", "--format", "eaf"];
    let done = sprog.run(&[&args[..], &forms, &["--threads", "2"]].concat());
    let summary = json_of(&done.stdout);
    assert_eq!(
        summary["recordings"]["ok"].as_u64().unwrap_or(0)
            + summary["recordings"]["suspect"].as_u64().unwrap_or(0)
            + summary["recordings"]["unaligned"].as_u64().unwrap_or(0),
        count as u64,
        "{summary}"
    );
    let words = |status: &str| summary["words"][status].as_f64().unwrap_or(0.0);
    let all = words("ok") + words("suspect") + words("unaligned");
    assert!(words("ok") / all > 0.8, "{summary}");
    let one = json_of(&fs::read_to_string(sprog.path("a/c002.json")).expect("reads"));
    let list = one["words"].as_array().expect("words");
    let spelled: Vec<&str> = list.iter().filter_map(|w| w["text"].as_str()).collect();
    assert_eq!(spelled.join(" "), "Husk at melde flytning inden fem dage");
    assert_eq!((&list[1]["char_start"], &list[1]["char_end"]), (&json!(5), &json!(7)));
    let times: Vec<f64> = list.iter().filter_map(|w| w["start"].as_f64()).collect();
    assert!(times.is_sorted() && times.len() == 7, "{times:?}");
    let grid = fs::read(sprog.path("a/c002.TextGrid")).expect("reads");
    let grid = textgrid::read(&grid, &Limits::default()).expect("a TextGrid");
    assert!(grid.problems.is_empty() && grid.value.tiers.len() == 3, "{:?}", grid.problems);
    for form in ["ctm", "srt", "vtt", "eaf"] {
        assert!(fs::metadata(sprog.path(&format!("a/c002.{form}"))).expect("is there").len() > 50, "{form}");
    }
    assert_eq!(rows(&sprog.path("a"), "words.parquet").iter().map(|b| b.num_rows()).sum::<usize>(), count);

    // The same on one thread, byte for byte; and with the model that was kept.
    let again = ["speech", "align", "--manifest", &manifest, "--out", "b", "--parquet", "--threads", "1"];
    sprog.run(&[&again[..], &forms].concat());
    assert_eq!(hashes(&sprog.path("a")), hashes(&sprog.path("b")));
    let kept = ["speech", "align", "--manifest", &manifest, "--out", "c", "--parquet", "--model", "m.model"];
    sprog.run(&[&kept[..], &forms].concat());
    assert_eq!(hashes(&sprog.path("a")), hashes(&sprog.path("c")));

    let score =
        json_of(&sprog.run(&["score", "boundaries", "a", "c", "--json", "--svg", "x.svg"]).ok().stdout);
    assert_eq!((&score["starts"]["mean"], &score["only_reference"]), (&json!(0.0), &json!(0)));
    assert!(score["groups"].as_array().is_some_and(|g| g.len() > 3), "{score}");
    assert!(fs::read_to_string(sprog.path("x.svg")).expect("reads").starts_with("<svg"));

    // Another text for every recording: nothing of it may pass for right.
    let said = "Det regner i Skagen, og færgen til Læsø er aflyst hele ugen på grund af storm.";
    let (manifest, _) = demo_manifest(&sprog, Some(said));
    let out = sprog.run(&[
        "speech",
        "align",
        "--manifest",
        &manifest,
        "--out",
        "w",
        "--model",
        "m.model",
        "--json",
    ]);
    let summary = json_of(&out.stdout);
    assert_eq!((out.code, &summary["recordings"]["ok"]), (1, &json!(0)), "{summary}");
    let words = |status: &str| summary["words"][status].as_f64().unwrap_or(0.0);
    assert!(words("ok") / (words("ok") + words("suspect") + words("unaligned")) < 0.4, "{summary}");
    assert!(summary["recordings"]["unaligned"].as_u64() > Some(count as u64 / 2), "{summary}");
}

#[test]
fn align_tells_what_it_cannot_do() {
    let sprog = Sprog::new();
    let clip = beep(&sprog, "a.wav", 16_000, 1, 3);
    let line =
        |id: &str, audio: &str, text: &str| format!("{}\n", json!({"id": id, "audio": audio, "text": text}));
    sprog.write("m.jsonl", line("a", &clip, "hej") + &line("a", &clip, "hej"));
    let twice = sprog.run(&["speech", "align", "--manifest", "m.jsonl", "--out", "o"]);
    assert_eq!(twice.code, 2);
    assert!(twice.stderr.contains("line 2"), "{}", twice.stderr);
    sprog.write("m.jsonl", line("a", "missing.wav", "hej"));
    assert_eq!(sprog.run(&["speech", "align", "--manifest", "m.jsonl", "--out", "o"]).code, 2);
    sprog.write("m.model", "no model");
    sprog.write("m.jsonl", line("a", &clip, "hej"));
    let out = sprog.run(&["speech", "align", "--manifest", "m.jsonl", "--out", "o", "--model", "m.model"]);
    assert_eq!(out.code, 2);
    assert!(out.stderr.contains("m.model"), "{}", out.stderr);
    sprog.write("t.txt", "hej");
    let long = sprog.run(&["speech", "align", "--audio", &clip, "--text", "t.txt", "--long", "--out", "o"]);
    assert_eq!(long.code, 2);
    assert!(long.stderr.contains("--model"), "{}", long.stderr);
}

#[test]
fn a_ctc_model_of_the_user_aligns_too() {
    let sprog = Sprog::new();
    // 40 frames: `hej` in frames 5 to 14, `du` in frames 20 to 27.
    let labels = ["<pad>", "|", "h", "e", "j", "d", "u"];
    let mut scores = vec![-8.0f32; 40 * labels.len()];
    for frame in 0..40 {
        let label = match frame {
            5..8 => 2,
            8..11 => 3,
            11..14 => 4,
            17 => 1,
            20..24 => 5,
            24..27 => 6,
            _ => 0,
        };
        scores[frame * labels.len() + label] = -0.01;
    }
    let file = fs::File::create(sprog.path("clip.npy")).expect("creates");
    npy::write(&npy::Array::matrix(scores, labels.len()), file).expect("writes");
    let vocabulary: serde_json::Map<_, _> =
        labels.iter().zip(0..).map(|(l, n)| ((*l).to_owned(), json!(n))).collect();
    sprog.write("vocab.json", Value::Object(vocabulary).to_string());
    sprog.write("clip.txt", "Hej, du!");
    let args = [
        "speech",
        "align",
        "--ctc",
        "clip.npy",
        "--labels",
        "vocab.json",
        "--text",
        "clip.txt",
        "--out",
        "o",
    ];
    sprog.run(&args).ok();
    let found = json_of(&fs::read_to_string(sprog.path("o/clip.json")).expect("reads"));
    let words = found["words"].as_array().expect("words");
    assert_eq!(
        (&words[0]["text"], &words[1]["text"], &found["status"]),
        (&json!("Hej"), &json!("du"), &json!("ok"))
    );
    let start = words[1]["start"].as_f64().expect("a time");
    assert!((0.30..=0.42).contains(&start), "{found}");
}

#[test]
fn steps_align_detect_and_measure_in_a_build() {
    let sprog = Sprog::new();
    let recipe = |steps: &str| {
        format!(
            r#"[dataset]
id = "s"
version = "1.0.0"
created = "2026-11-22"
publisher = "p"
contact = "c"
languages = ["da"]
[dataset.title]
da = "t"
en = "t"
[dataset.description]
da = "d"
en = "d"
[[source]]
id = "tale"
kind = "speech"
format = "tsv"
files = ["speech/transcripts.tsv"]
license = "CC0-1.0"
legal_basis = "own work"
consent = "no person is heard"
{steps}"#
        )
    };
    let steps = "[[step]]\nuse = \"resample\"\nrate = 16000\nchannels = \"best\"\n\
                 [[step]]\nuse = \"vad\"\n[[step]]\nuse = \"align\"\n\
                 [[step]]\nuse = \"features\"\ntype = \"kaldi-mfcc\"\n";
    let speech = root().join("datasets/demo/speech");
    for entry in walk(&speech) {
        let relative = entry.strip_prefix(&speech).expect("below").display().to_string();
        sprog.write(&format!("r/speech/{relative}"), fs::read(&entry).expect("reads"));
    }
    sprog.write("r/recipe.toml", recipe(steps));
    sprog.run(&["build", "r", "--out", "one", "--threads", "1"]).ok();
    sprog.run(&["build", "r", "--out", "two", "--threads", "2"]).ok();
    let folder = sprog.path("one/s/1.0.0");
    assert_eq!(hashes(&folder), hashes(&sprog.path("two/s/1.0.0")));
    let table = rows(&folder, "data/speech/");
    let mut aligned = 0;
    for batch in &table {
        let list = |name: &str| {
            batch
                .column_by_name(name)
                .expect("the column")
                .as_any()
                .downcast_ref::<ListArray>()
                .expect("a list")
                .clone()
        };
        let (words, vad, features) = (list("words"), list("vad"), list("input_features"));
        let durations = batch.column_by_name("duration").expect("the column").clone();
        let durations = durations.as_any().downcast_ref::<Float64Array>().expect("numbers").clone();
        let quality = batch.column_by_name("quality").expect("the column").clone();
        let quality = quality.as_any().downcast_ref::<StructArray>().expect("a struct").clone();
        let status = quality.column_by_name("alignment").expect("a field").clone();
        let status = status.as_any().downcast_ref::<StringArray>().expect("strings").clone();
        let snr = quality.column_by_name("snr_db").expect("a field").clone();
        assert!(snr.as_any().downcast_ref::<Float32Array>().is_some());
        for row in 0..batch.num_rows() {
            let duration = durations.value(row);
            let frames = features.value(row).len() as f64;
            assert!((frames - (duration * 100.0 - 2.0)).abs() < 3.0, "{frames} frames of {duration} s");
            assert!(!vad.value(row).is_empty());
            if words.is_null(row) {
                continue;
            }
            aligned += usize::from(status.value(row) == "ok");
            let row_words = words.value(row);
            let row_words = row_words.as_any().downcast_ref::<StructArray>().expect("structs");
            let ends = row_words.column(2).as_any().downcast_ref::<Float64Array>().expect("numbers");
            assert!(ends.iter().flatten().all(|end| end <= duration + 0.01));
        }
    }
    assert!(aligned >= 40, "{aligned} aligned");
    sprog.run(&["verify", &folder.display().to_string()]).ok();
    // A model or a lexicon that is not there is told before anything is done.
    sprog.write("r/recipe.toml", recipe("[[step]]\nuse = \"align\"\nmodel = \"none.model\"\n"));
    let out = sprog.run(&["build", "r", "--out", "three"]);
    assert!(out.code != 0 && out.stderr.contains("none.model"), "{}", out.stderr);
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("lists") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { found.extend(walk(&path)) } else { found.push(path) }
    }
    found
}
