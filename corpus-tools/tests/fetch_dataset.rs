//! `sprog fetch` of a published dataset, from a folder and from a small server; faults are in
//! `reliability/fetch.py`.

mod command;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow::array::{Array, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema};
use command::{Sprog, column, demo, hashes, rows};
use serde_json::{Value, json};
use sprog_datasets::chunks::{Chunks, differs, write_columns};
use sprog_datasets::manifest::{MANIFEST, Manifest, checksums};
use sprog_datasets::table::{TableFile, write_published};

/// A published root with the demo in it, built once for a test.
fn publish(sprog: &Sprog) -> PathBuf {
    sprog.run(&["build", &demo(), "--out", "out", "-q"]).ok();
    let from = sprog.path("out/demo/1.0.0");
    let site = sprog.path("root/ds/demo");
    fs::create_dir_all(&site).expect("creates");
    fs::rename(from, site.join("1.0.0")).expect("moves");
    point(&site, "1.0.0");
    site
}

fn point(site: &Path, version: &str) {
    let sha256 = checksums(&site.join(version).join(MANIFEST)).expect("reads").1;
    let one = json!({"version": version, "created": "2026-11-22", "manifest_sha256": sha256, "bytes": 1});
    let pointer = json!({"format": 1, "id": "demo", "version": version, "created": "2026-11-22",
        "manifest_sha256": sha256, "versions": [one]});
    fs::write(site.join("latest.json"), pointer.to_string()).expect("writes");
}

fn url(site: &Path) -> String {
    format!("file://{}", site.display())
}

fn bytes_of(folder: &Path) -> u64 {
    command::files(folder).iter().map(|f| fs::metadata(f).expect("metadata").len()).sum()
}

#[test]
fn a_dataset_comes_whole_or_in_parts_and_each_verifies() {
    let sprog = Sprog::new();
    let site = publish(&sprog);
    let whole = sprog.run(&["fetch", &url(&site), "--to", "whole"]).ok();
    assert!(whole.stderr.contains("nobody vouches"), "{}", whole.stderr);
    assert!(whole.stdout.ends_with("demo/1.0.0\n"), "{}", whole.stdout);
    assert_eq!(hashes(&sprog.path("whole/demo/1.0.0")), hashes(&site.join("1.0.0")));
    let again = sprog.run(&["fetch", &url(&site), "--to", "whole"]).ok();
    assert!(again.stderr.contains("whole and unchanged"), "{}", again.stderr);

    // One split of one config: its files as published, the card, and word of what is not there.
    let args = ["fetch", &url(&site), "--config", "text", "--split", "test", "--to", "part"];
    sprog.run(&args).ok();
    let part = sprog.path("part/demo/1.0.0");
    let (some, all) = (hashes(&part), hashes(&site.join("1.0.0")));
    assert!(some.contains_key("README.md") && some.contains_key("data/text/test-00000-of-00001.parquet"));
    assert!(!some.keys().any(|f| f.contains("train") || f.starts_with("data/speech")));
    let own = ["PARTIAL.json", ".huggingface.yaml"];
    assert!(some.iter().all(|(f, sha256)| own.contains(&f.as_str()) || all[f] == *sha256));
    let verified = sprog.run(&["verify", "part/demo/1.0.0", "--json"]).ok();
    let verified: Value = serde_json::from_str(&verified.stdout).expect("JSON");
    assert_eq!(verified["left_out"].as_u64(), Some((all.len() + own.len() - some.len()) as u64));
    let other = sprog.run(&["fetch", &url(&site), "--config", "speech", "--to", "part"]);
    assert!(other.code == 2 && other.stderr.contains("SPROG-2038"), "{}", other.stderr);
}

#[test]
fn columns_come_without_the_rest_and_are_checked_against_what_was_signed() {
    let sprog = Sprog::new();
    let site = publish(&sprog);
    let args = ["fetch", &url(&site), "--columns", "text,id", "--config", "speech", "--to", "c", "--json"];
    let told: Value = serde_json::from_str(&sprog.run(&args).ok().stdout).expect("JSON");
    let folder = sprog.path("c/demo/1.0.0");
    let speech: u64 = bytes_of(&site.join("1.0.0/data/speech"));
    let transferred = told["transferred"].as_u64().expect("a number");
    assert!(transferred * 20 < speech, "{transferred} of {speech} bytes");
    let (got, had) = (rows(&folder, "data/speech"), rows(&site.join("1.0.0"), "data/speech"));
    for name in ["id", "text"] {
        assert_eq!(column(&got, name), column(&had, name));
    }
    let path = folder.join("data/speech/test-00000-of-00001.parquet");
    let schema = TableFile::open(&path).expect("opens").schema().clone();
    assert_eq!(schema.fields().iter().map(|f| f.name()).collect::<Vec<_>>(), ["id", "text"]);
    let features: Value = serde_json::from_str(&schema.metadata()["huggingface"]).expect("JSON");
    assert_eq!(features["info"]["features"].as_object().expect("an object").len(), 2);
    sprog.run(&["verify", "c/demo/1.0.0"]).ok();

    // Who changes a word, and the hash beside it, still does not have the column that was published.
    let mut bytes = fs::read(&path).expect("reads");
    bytes[40] ^= 1;
    fs::write(&path, bytes).expect("writes");
    let own = folder.join("PARTIAL.json");
    let mut partial: Value = serde_json::from_slice(&fs::read(&own).expect("reads")).expect("JSON");
    let made = partial["made"].as_array_mut().expect("a list").iter_mut();
    for made in made.filter(|m| m["path"] == "data/speech/test-00000-of-00001.parquet") {
        made["sha256"] = json!(checksums(&path).expect("reads").1);
    }
    fs::write(own, partial.to_string()).expect("writes");
    let verified = sprog.run(&["verify", "c/demo/1.0.0"]);
    assert!(
        verified.code == 1 && verified.stdout.contains("is not the one published"),
        "{}",
        verified.stdout
    );
}

#[test]
fn what_is_not_there_is_told_with_what_is() {
    let sprog = Sprog::new();
    let site = publish(&sprog);
    let nowhere = sprog.path("root/ds/none");
    let from = |site: &Path, more: &[&str]| {
        let address = url(site);
        let done = sprog.run(&[&["fetch", &address, "--to", "x"], more].concat());
        assert!(!sprog.path("x").exists(), "nothing is written");
        (done.code, done.stderr)
    };
    for (more, code, told) in [
        (["--version", "2.0.0"], "SPROG-2032", "1.0.0"),
        (["--config", "tale"], "SPROG-2036", "speech"),
        (["--split", "dev"], "SPROG-2036", "validation"),
        (["--columns", "dialekt"], "SPROG-2036", "dialect"),
    ] {
        let (exit, text) = from(&site, &more);
        assert!(exit == 2 && text.contains(code) && text.contains(told), "{text}");
    }
    assert_eq!(from(&nowhere, &[]).0, 3);
    let dry = sprog.run(&["fetch", &url(&site), "--dry-run", "--config", "text", "--to", "x"]).ok();
    assert!(dry.stdout.contains("data/text/train-00000-of-00001.parquet") && !sprog.path("x").exists());
    // A key that is asked for must have signed.
    let key = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
    let (exit, text) = from(&site, &["--key", key]);
    assert!(exit == 1 && text.contains("SPROG-2034"), "{text}");
    fs::write(site.join("1.0.0/MANIFEST.json.minisig"), "untrusted comment: x\nno\n").expect("writes");
    let (exit, text) = from(&site, &["--key", key]);
    assert!(exit == 1 && text.contains("SPROG-2035"), "{text}");
    // The pointer's hash holds the manifest.
    let manifest = site.join("1.0.0").join(MANIFEST);
    let text = fs::read_to_string(&manifest).expect("reads");
    fs::write(&manifest, text.replacen('0', "1", 1)).expect("writes");
    let (exit, text) = from(&site, &[]);
    assert!(exit == 1 && text.contains("SPROG-2033"), "{text}");
}

#[test]
fn a_manifest_cannot_write_outside_its_folder() {
    let sprog = Sprog::new();
    let site = sprog.path("root/ds/demo");
    fs::create_dir_all(site.join("1.0.0")).expect("creates");
    fs::write(site.join("evil"), "x").expect("writes");
    let (bytes, sha256, blake3) = checksums(&site.join("evil")).expect("reads");
    for path in ["../evil", "/tmp/evil", "a/../../evil", "PARTIAL.json", "x.part"] {
        let path = path.to_owned();
        let entry =
            sprog_datasets::manifest::Entry { path, bytes, sha256: sha256.clone(), blake3: blake3.clone() };
        let manifest =
            Manifest { format: 1, dataset: "demo".into(), version: "1.0.0".into(), files: vec![entry] };
        fs::write(site.join("1.0.0").join(MANIFEST), manifest.to_json().expect("JSON")).expect("writes");
        point(&site, "1.0.0");
        let done = sprog.run(&["fetch", &url(&site), "--to", "x"]);
        assert!(done.code == 1 && done.stderr.contains("SPROG-2033"), "{}", done.stderr);
        assert!(!sprog.path("x").exists());
    }
}

/// Serves a folder with ranges, a connection a request; counts the bytes of bodies.
fn serve(folder: PathBuf, ranges: bool) -> (String, Arc<AtomicU64>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("binds");
    let address = format!("http://{}", listener.local_addr().expect("address"));
    let sent = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&sent);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let _ = answer(stream, &folder, ranges, &count);
        }
    });
    (address, sent)
}

fn answer(mut stream: TcpStream, folder: &Path, ranges: bool, count: &AtomicU64) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    let path = first.split(' ').nth(1).unwrap_or("/").trim_start_matches('/').to_owned();
    let mut range = None;
    for line in lines {
        let line = line?.to_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some((from, to)) = line.strip_prefix("range: bytes=").and_then(|r| r.split_once('-')) {
            range = from.parse::<usize>().ok().map(|from| (from, to.parse::<usize>().ok()));
        }
    }
    let Ok(body) = fs::read(folder.join(path)) else {
        return stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    };
    let total = body.len();
    let (status, body) = match range.filter(|_| ranges) {
        Some((from, to)) => {
            let to = to.map_or(total, |to| to + 1).min(total);
            let range = format!("206 Partial Content\r\nContent-Range: bytes {from}-{}/{total}", to - 1);
            (range, body[from..to].to_vec())
        }
        None => ("200 OK".to_owned(), body),
    };
    count.fetch_add(body.len() as u64, Ordering::Relaxed);
    stream.write_all(format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n", body.len()).as_bytes())?;
    stream.write_all(&body)
}

#[test]
fn a_server_sends_only_the_columns_and_one_without_ranges_gives_the_same_file() {
    let sprog = Sprog::new();
    publish(&sprog);
    let mut made = Vec::new();
    for (ranges, to) in [(true, "with"), (false, "without")] {
        let (address, sent) = serve(sprog.path("root"), ranges);
        let address = format!("{address}/ds/demo");
        let args = ["fetch", &address, "--config", "speech", "--columns", "text", "--to", to, "--json"];
        let flags = ["--allow-http", "--allow-private"];
        let told: Value =
            serde_json::from_str(&sprog.run(&[&args[..], &flags].concat()).ok().stdout).expect("JSON");
        // Counted at both ends; a whole answer that is not read to its end leaves some on the way.
        let (told_bytes, sent) =
            (told["transferred"].as_u64().expect("a number"), sent.load(Ordering::Relaxed));
        assert!(if ranges { told_bytes == sent } else { told_bytes <= sent }, "{told_bytes} {sent}");
        assert_eq!(told["without_ranges"], if ranges { 0 } else { 3 });
        made.push((told_bytes, hashes(&sprog.path(to).join("demo/1.0.0"))));
    }
    assert_eq!(made[0].1, made[1].1);
    assert!(made[0].0 * 20 < made[1].0, "{} and {}", made[0].0, made[1].0);
    // Without leave neither http nor this machine is connected to.
    let (address, sent) = serve(sprog.path("root"), true);
    let done = sprog.run(&["fetch", &format!("{address}/ds/demo"), "--to", "no"]);
    assert!(done.code == 2 && done.stderr.contains("SPROG-2101") && sent.load(Ordering::Relaxed) == 0);
}

/// Columns of several row groups, among them dictionaries, lists and structs, come back as they were.
#[test]
fn any_columns_of_any_groups_make_a_valid_file() {
    let sprog = Sprog::new();
    sprog.run(&["build", &demo(), "--out", "out", "-q"]).ok();
    let from = sprog.path("out/demo/1.0.0/data/speech/train-00000-of-00001.parquet");
    let file = TableFile::open(&from).expect("opens");
    let all = file.schema().fields().iter().map(|f| f.name().as_str());
    let columns: Vec<&str> = all.filter(|name| !["audio", "input_features"].contains(name)).collect();
    let batches = file.read(&columns, None).expect("reads");
    // As if each row were large: a row group takes a few of them.
    let large = |batch: RecordBatch| {
        let bytes = Int64Array::from(vec![8 << 20; batch.num_rows()]);
        let mut fields: Vec<_> = batch.schema().fields().iter().cloned().collect();
        fields.push(Arc::new(Field::new("__bytes", DataType::Int64, true)));
        let mut arrays = batch.columns().to_vec();
        arrays.push(Arc::new(bytes));
        RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).expect("fits")
    };
    let batches: Vec<RecordBatch> = batches.map(|b| large(b.expect("a batch"))).collect();
    let path = sprog.path("many.parquet");
    let schema = batches[0].schema();
    write_published(&path, &schema, file.rows(), batches.into_iter().map(Ok), |_| {}).expect("writes");
    let chunks = Chunks::measure(&sprog.path("."), ["many.parquet"].into_iter()).expect("measures");
    let chunks = Chunks::parse(chunks.to_json().expect("JSON").as_bytes()).expect("parses");
    let many = &chunks.files[0];
    assert!(many.groups.len() > 5, "{}", many.groups.len());
    for wanted in [vec!["dialect"], vec!["words", "id"], vec!["quality", "provenance", "gender"]] {
        let columns: Vec<String> =
            many.columns.iter().filter(|c| wanted.contains(&c.as_str())).cloned().collect();
        let to = sprog.path("some.parquet");
        write_columns(&path, many, &columns, &to).expect("writes");
        assert_eq!(differs(&to, many, &columns).expect("reads"), None);
        let names: Vec<&str> = columns.iter().map(String::as_str).collect();
        let read = |path: &Path, column: &str| {
            let file = TableFile::open(path).expect("opens");
            let batches: Vec<RecordBatch> =
                file.read(&[column], None).expect("reads").map(|b| b.expect("a batch")).collect();
            let arrays: Vec<&dyn Array> = batches.iter().map(|b| b.column(0).as_ref()).collect();
            arrow::compute::concat(&arrays).expect("of one type")
        };
        for name in names {
            assert_eq!(&read(&to, name), &read(&path, name), "{name}");
        }
        // Columns of another file are told.
        assert!(differs(&path, many, &columns).expect("reads").is_some());
    }
}

#[test]
fn a_list_of_chunks_that_does_not_fit_is_refused() {
    let span = json!({"offset": 4, "length": 10, "sha256": "0"});
    let file = |spans: Value, footer: Value| {
        json!({"format": 1, "files": [{"path": "a", "bytes": 100, "columns": ["x"], "footer": footer,
            "groups": [{"rows": 1, "spans": spans}]}]})
    };
    let far = json!({"offset": u64::MAX, "length": 10, "sha256": "0"});
    assert!(Chunks::parse(file(json!([span]), span.clone()).to_string().as_bytes()).is_ok());
    for bad in [file(json!([]), span.clone()), file(json!([far]), span.clone()), file(json!([span]), far)] {
        let error = Chunks::parse(bad.to_string().as_bytes()).expect_err("does not fit").to_string();
        assert!(error.contains("SPROG-1120"), "{error}");
    }
}
