//! `sprog subset`: the demo and a small corpus of several licences, cut and checked.

mod command;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use command::{Sprog, column, demo, hashes, rows};
use serde_json::Value;
use sprog_datasets::manifest::{MANIFEST, checksums};

fn dataset(folder: &Path) -> Value {
    serde_json::from_slice(&fs::read(folder.join("dataset.json")).expect("reads")).expect("JSON")
}

#[test]
fn rows_of_the_demo_are_a_dataset_of_their_own() {
    let sprog = Sprog::new();
    sprog.run(&["build", &demo(), "--out", "out", "-q"]).ok();
    let parent = sprog.path("out/demo/1.0.0");
    let take = ["subset", "out/demo/1.0.0", "--where", "domain IN ('sundhed', 'pension')", "--id", "udsnit"];
    let done = sprog.run(&[&take[..], &["--out", "a"]].concat()).ok();
    assert!(done.stderr.contains("speech: left out: it has no column domain"), "{}", done.stderr);
    assert!(done.stderr.contains("source \"breve\": left out"), "{}", done.stderr);
    let folder = sprog.path("a/udsnit/1.0.0");
    sprog.run(&["verify", "a/udsnit/1.0.0"]).ok();

    // The rows for which it is true, in the parent's order and splits; what lies beside them is cut along.
    for split in ["train", "validation", "test"] {
        let prefix = format!("data/text/{split}");
        let (all, some) = (rows(&parent, &prefix), rows(&folder, &prefix));
        let domains = column(&all, "domain");
        let ids: Vec<String> = column(&all, "id")
            .into_iter()
            .zip(domains)
            .filter(|(_, domain)| ["sundhed", "pension"].contains(&domain.as_str()))
            .map(|(id, _)| id)
            .collect();
        assert_eq!(column(&some, "id"), ids, "{split}");
        assert_eq!(column(&rows(&folder, &format!("data/signals/{split}")), "id"), ids, "{split}");
    }
    let described = dataset(&folder);
    let from = &described["derived_from"][0];
    assert_eq!(from["id"], "demo");
    assert_eq!(from["expression"], "domain IN ('sundhed', 'pension')");
    assert_eq!(from["manifest_sha256"], checksums(&parent.join(MANIFEST)).expect("reads").1);
    let card = fs::read_to_string(folder.join("README.md")).expect("reads");
    assert!(card.contains("Subset of demo 1.0.0") && card.contains("Udsnit af demo 1.0.0"), "{card}");

    // Again, with other threads, beside a killed run's folder: the same bytes.
    let again = sprog.run(&[&take[..], &["--out", "a", "--threads", "1"]].concat()).ok();
    assert!(again.stderr.contains("byte for byte"), "{}", again.stderr);
    sprog.run(&[&take[..], &["--out", "b", "--threads", "3"]].concat()).ok();
    assert_eq!(hashes(&folder), hashes(&sprog.path("b/udsnit/1.0.0")));
    assert!(!sprog.path("a/.work").exists());

    // A subset of a subset.
    let take = ["subset", "a/udsnit/1.0.0", "--where", "domain = 'pension'", "--out", "a", "--id", "mindre"];
    sprog.run(&take).ok();
    sprog.run(&["verify", "a/mindre/1.0.0"]).ok();
    assert_eq!(dataset(&sprog.path("a/mindre/1.0.0"))["derived_from"][0]["id"], "udsnit");
}

#[test]
fn speech_is_cut_by_what_is_known_of_speakers_and_columns_are_emptied() {
    let sprog = Sprog::new();
    sprog.run(&["build", &demo(), "--out", "out", "-q"]).ok();
    let expression = "dialect = 'sønderjysk' AND license = 'CC0-1.0' AND gender = 'male'";
    let take =
        ["subset", "out/demo/1.0.0", "--where", expression, "--out", "a", "--columns", "dialect,words"];
    let done = sprog.run(&take).ok();
    let folder = Path::new(done.stdout.trim()).to_owned();
    let folder = sprog.path(&folder.to_string_lossy());
    sprog.run(&["verify", &folder.to_string_lossy()]).ok();
    let found = rows(&folder, "data/speech");
    let dialects: BTreeSet<String> = column(&found, "dialect").into_iter().collect();
    assert_eq!(dialects, BTreeSet::from(["sønderjysk".to_owned()]));
    assert!(column(&found, "normalized").iter().all(String::is_empty));
    assert!(column(&found, "text").iter().all(|t| !t.is_empty()), "content stays");
    let all = rows(&sprog.path("out/demo/1.0.0"), "data/speech");
    assert_eq!(found[0].schema().fields(), all[0].schema().fields());
    let configs = dataset(&folder);
    let names: Vec<&str> =
        configs["configs"].as_array().expect("a list").iter().filter_map(|c| c["name"].as_str()).collect();
    assert_eq!(names, ["speech"]);
}

#[test]
fn what_cannot_be_taken_is_refused_with_a_reason() {
    let sprog = Sprog::new();
    sprog.run(&["build", &demo(), "--out", "out", "-q"]).ok();
    for (more, code) in [
        (["--where", "domain = 'findes ikke'"].as_slice(), "SPROG-2043"),
        (&["--where", "ingen_kolonne = 1"], "SPROG-2043"),
        (&["--where", "id = '1'", "--config", "lexicon_entries"], "SPROG-2042"),
        (&["--config", "signals"], "SPROG-2044"),
        (&["--config", "findes-ikke"], "SPROG-2044"),
        (&["--columns", "findes_ikke"], "SPROG-2044"),
        (&["--id", "demo"], "SPROG-2044"),
        (&["--id", "../x"], "SPROG-2044"),
        (&["--version", "1"], "SPROG-2044"),
        (&["--created", "i dag"], "SPROG-2044"),
    ] {
        let done = sprog.run(&[&["subset", "out/demo/1.0.0", "--out", "a"], more].concat());
        assert!(done.code == 2 && done.stderr.contains(code), "{more:?}: {}", done.stderr);
    }
    for expression in ["domain =", "length(id)", "id > 1", "1 / 0 = 1"] {
        let done = sprog.run(&["subset", "out/demo/1.0.0", "--out", "a", "--where", expression]);
        assert_eq!(done.code, 2, "{expression}: {}", done.stderr);
    }
    let left: Vec<_> = fs::read_dir(sprog.path("a")).map(|d| d.flatten().collect()).unwrap_or_default();
    assert!(left.is_empty(), "{left:?}");
    // Rules come whole, and still give their files back.
    sprog.run(&["subset", "out/demo/1.0.0", "--out", "a", "--id", "ord", "--config", "affix_rules"]).ok();
    sprog.run(&["verify", "a/ord/1.0.0"]).ok();
    let file = sprog.run(&["rules", "export", "a/ord/1.0.0", "rules/demo.aff"]).ok();
    assert_eq!(file.bytes, fs::read(command::root().join("datasets/demo/rules/demo.aff")).expect("reads"));
    // A parent that is not as published.
    fs::write(sprog.path("out/demo/1.0.0/README.md"), "x").expect("writes");
    let done = sprog.run(&["subset", "out/demo/1.0.0", "--out", "a"]);
    assert!(done.code == 2 && done.stderr.contains("SPROG-2041"), "{}", done.stderr);
}

#[test]
fn the_licences_are_those_of_the_rows_that_are_left() {
    let sprog = Sprog::new();
    let text =
        |n: usize| format!("En lang dansk sætning om at bo og arbejde, nummer {n}, skrevet til en prøve.");
    let mut recipe = command::recipe("frit.txt", "text", "cut = \"paragraphs\"");
    recipe.push_str(
        r#"
[[source]]
id = "delt"
kind = "text"
format = "text"
cut = "paragraphs"
files = ["delt.txt"]
license = "CC-BY-SA-4.0"
legal_basis = "own work"
attribution = "Ane"
"#,
    );
    sprog.write("frit.txt", (0..5).map(text).collect::<Vec<_>>().join("\n\n"));
    sprog.write("delt.txt", (5..9).map(text).collect::<Vec<_>>().join("\n\n"));
    sprog.write("recipe.toml", recipe);
    sprog.run(&["build", "recipe.toml", "--out", "out", "-q"]).ok();
    let whole = dataset(&sprog.path("out/t/1.0.0"));
    assert_eq!(whole["configs"][0]["terms"]["share_alike"], "CC-BY-SA-4.0");
    let take = ["subset", "out/t/1.0.0", "--where", "license = 'CC0-1.0'", "--out", "a", "--id", "frit"];
    sprog.run(&take).ok();
    let free = dataset(&sprog.path("a/frit/1.0.0"));
    assert!(free["configs"][0]["terms"]["share_alike"].is_null(), "{free}");
    let sources = free["sources"].as_array().expect("a list");
    let left_out: Vec<&str> =
        sources.iter().filter(|s| !s["excluded"].is_null()).filter_map(|s| s["id"].as_str()).collect();
    assert_eq!(left_out, ["delt"]);
    let card = fs::read_to_string(sprog.path("a/frit/1.0.0/README.md")).expect("reads");
    assert!(card.contains("license: cc0-1.0"), "{card}");
}
