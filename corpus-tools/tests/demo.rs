//! The main job on the demo corpus: every planted flaw ends as EXPECTED.toml says, the result
//! verifies, and the bytes do not depend on how it was built.

mod command;

use std::collections::BTreeMap;
use std::fs;

use command::{Sprog, column, demo, hashes, rows};
use serde::Deserialize;

#[derive(Deserialize)]
struct Expected {
    flaw: Vec<Flaw>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Flaw {
    what: String,
    outcome: String,
    config: Option<String>,
    id: Option<String>,
    step: Option<String>,
    kept_id: Option<String>,
    text: Option<String>,
    source: Option<String>,
    file: Option<String>,
    place: Option<String>,
    code: Option<String>,
}

#[test]
fn every_planted_flaw_ends_as_expected_and_builds_are_the_same_byte_for_byte() {
    let sprog = Sprog::new();
    sprog.run(&["build", &demo(), "--out", "one", "--threads", "1"]).ok();
    let folder = sprog.path("one/demo/1.0.0");
    sprog.run(&["verify", &folder.to_string_lossy()]).ok();
    // The metadata files can be written again from the folder alone.
    let publication = sprog_datasets::publication::Publication::read(&folder).expect("reads");
    for (name, text) in sprog_datasets::standards::files(&publication).expect("writes") {
        assert_eq!(fs::read_to_string(folder.join(&name)).expect(&name), text, "{name}");
    }

    let text = fs::read_to_string(format!("{}/EXPECTED.toml", demo())).expect("EXPECTED.toml");
    let expected: Expected = toml::from_str(&text).expect("valid");
    assert!(expected.flaw.len() >= 20);
    let problems = fs::read_to_string(folder.join("removed/problems.jsonl")).expect("problems");
    let dataset = fs::read_to_string(folder.join("dataset.json")).expect("dataset.json");
    let dataset: serde_json::Value = serde_json::from_str(&dataset).expect("JSON");
    let report = fs::read_to_string(folder.join("report.html")).expect("report.html");
    for flaw in &expected.flaw {
        let what = &flaw.what;
        let published: BTreeMap<String, String> = match &flaw.config {
            None => BTreeMap::new(),
            Some(config) => {
                let batches = rows(&folder, &format!("data/{config}/"));
                column(&batches, "id").into_iter().zip(column(&batches, "text")).collect()
            }
        };
        if let (Some(file), Some(code)) = (&flaw.file, &flaw.code) {
            let listed = problems.lines().map(|l| serde_json::from_str(l).expect("JSON")).any(
                |p: serde_json::Value| {
                    p["file"] == file.as_str()
                        && p["code"] == code.as_str()
                        && flaw.place.as_ref().is_none_or(|place| p["place"] == place.as_str())
                },
            );
            assert!(listed, "{what}: no problem {code} in {file}:\n{problems}");
        }
        match flaw.outcome.as_str() {
            "problem" => assert!(flaw.file.is_some() && flaw.code.is_some(), "{what}"),
            "excluded" => {
                let sources = dataset["sources"].as_array().expect("sources");
                let source = sources.iter().find(|s| s["id"] == flaw.source.as_deref().unwrap_or_default());
                let reason = source.and_then(|s| s["excluded"].as_str()).unwrap_or_default();
                assert!(reason.contains(flaw.code.as_deref().expect("code")), "{what}: {reason}");
                assert!(
                    report.contains(flaw.source.as_deref().expect("source")),
                    "{what}: not in the report"
                );
            }
            "removed" => {
                let id = flaw.id.as_ref().expect("id");
                assert!(!published.contains_key(id), "{what}: {id} is published");
                let config = flaw.config.as_ref().expect("config");
                let removed = rows(&folder, &format!("removed/{config}.parquet"));
                let at = column(&removed, "id").iter().position(|i| i == id);
                let at = at.unwrap_or_else(|| panic!("{what}: {id} is not in removed/"));
                assert_eq!(Some(&column(&removed, "step")[at]), flaw.step.as_ref(), "{what}");
                assert_eq!(
                    column(&removed, "kept_id")[at],
                    flaw.kept_id.clone().unwrap_or_default(),
                    "{what}"
                );
            }
            "kept" => {
                let text = published.get(flaw.id.as_ref().expect("id"));
                assert!(text.is_some(), "{what}: not published");
                if flaw.text.is_some() {
                    assert_eq!(text, flaw.text.as_ref(), "{what}");
                }
            }
            other => panic!("{what}: unknown outcome {other}"),
        }
    }
    // Personal data stands nowhere in the folder but in no file at all.
    for path in command::files(&folder) {
        let bytes = fs::read(&path).expect("reads");
        for secret in ["010190-1234", "nordby.example.dk"] {
            assert!(!command::contains(&bytes, secret.as_bytes()), "{secret} in {}", path.display());
        }
    }

    sprog
        .run_in(
            &["build", &demo(), "--out", "elsewhere/two", "--threads", "2", "--mem", "512M"],
            &[("TZ", "Asia/Tokyo"), ("LANG", "da_DK.UTF-8"), ("LC_ALL", "C")],
        )
        .ok();
    assert_eq!(hashes(&folder), hashes(&sprog.path("elsewhere/two/demo/1.0.0")));

    // Built again over itself: the version is there already.
    let again = sprog.run(&["build", &demo(), "--out", "one"]);
    assert!(again.stderr.contains("byte for byte"), "{}", again.stderr);
    again.ok();

    // One bit changed anywhere is found.
    let victim = folder.join("data/text/train-00000-of-00001.parquet");
    let mut bytes = fs::read(&victim).expect("reads");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::remove_file(&victim).expect("removes");
    fs::write(&victim, bytes).expect("writes");
    let verify = sprog.run(&["verify", &folder.to_string_lossy()]);
    assert_eq!(verify.code, 1);
    assert!(verify.stdout.contains("SPROG-1103"), "{}", verify.stdout);
}
