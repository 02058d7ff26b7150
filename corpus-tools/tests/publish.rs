//! Publishing into a folder: layout, signatures, versions, bags, and what is refused.

mod command;

use std::fs;
use std::path::{Path, PathBuf};

use command::Sprog;

const RECIPE: &str = r#"[dataset]
id = "lille"
version = "VERSION"
created = "2026-11-22"
publisher = "sprog"
contact = "nobody"
languages = ["da"]
[dataset.title]
da = "Lille"
en = "Small"
[dataset.description]
da = "Til afprøvning."
en = "For tests."
[dataset.about.changes]
da = "Nyt i VERSION."
en = "New in VERSION."
[[source]]
id = "t"
kind = "text"
format = "jsonl"
files = ["t.jsonl"]
license = "CC0-1.0"
legal_basis = "own work"
[[step]]
use = "split"
seed = "x"
shares = [["train", 1.0]]
"#;

fn build(sprog: &Sprog, version: &str, rows: &[(&str, &str)]) -> String {
    let lines: Vec<String> = rows
        .iter()
        .map(|(id, text)| serde_json::json!({"id": id, "text": text}).to_string() + "\n")
        .collect();
    sprog.write(&format!("r-{version}/t.jsonl"), lines.concat());
    sprog.write(&format!("r-{version}/recipe.toml"), RECIPE.replace("VERSION", version));
    sprog.run(&["build", &format!("r-{version}"), "--out", "out", "-q"]).ok();
    format!("out/lille/{version}")
}

fn keys(sprog: &Sprog, name: &str) {
    sprog.run(&["keygen", "--out", name, "--no-password", "-q"]).ok();
}

fn latest(sprog: &Sprog) -> serde_json::Value {
    let text = fs::read(sprog.path("root/ds/lille/latest.json")).expect("a pointer");
    serde_json::from_slice(&text).expect("JSON")
}

fn files(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let names = sprog_datasets::manifest::files_below(dir).expect("lists");
    names.into_iter().map(|n| (n.clone(), fs::read(dir.join(n)).expect("reads"))).collect()
}

const ROWS: [(&str, &str); 3] =
    [("a", "En tekst om at flytte."), ("b", "En anden tekst."), ("c", "Den tredje.")];

#[test]
fn versions_are_published_signed_and_the_pointer_moves_forward_only() {
    let sprog = Sprog::new();
    let first = build(&sprog, "1.9.0", &ROWS);
    let newer = build(&sprog, "1.10.0", &[ROWS[0], ("b", "En anden, rettet tekst."), ("d", "Den fjerde.")]);
    let older = build(&sprog, "1.2.0", &ROWS[..2]);
    keys(&sprog, "k");
    let publish = |dir: &str| sprog.run(&["publish", dir, "--to", "root", "--key", "k.key"]);
    publish(&first).ok();
    assert_eq!(latest(&sprog)["version"], "1.9.0");
    publish(&newer).ok();
    let done = publish(&older).ok();
    assert!(done.stderr.contains("still points to a newer one"), "{}", done.stderr);
    let pointer = latest(&sprog);
    assert_eq!(pointer["version"], "1.10.0");
    let listed: Vec<&str> =
        pointer["versions"].as_array().expect("list").iter().filter_map(|v| v["version"].as_str()).collect();
    assert_eq!(listed, ["1.10.0", "1.9.0", "1.2.0"]);
    let changes = fs::read_to_string(sprog.path("root/ds/lille/CHANGELOG.md")).expect("changes");
    for part in ["Nyt i 1.10.0.", "New in 1.9.0.", "| text | 1 | 1 | 1 | 1 |", "| text | 1 | 0 | 0 | 2 |"] {
        assert!(changes.contains(part), "{part}: {changes}");
    }
    let diff = fs::read_to_string(sprog.path("root/ds/lille/diff/1.9.0-1.10.0.json")).expect("a diff");
    for id in ["\"~b\"", "\"-c\"", "\"+d\""] {
        assert!(diff.contains(id), "{diff}");
    }
    for version in listed {
        let dir = format!("root/ds/lille/{version}");
        let done = sprog.run(&["verify", &dir, "--key", "k.pub"]).ok();
        assert!(done.stderr.contains("the signature is right"), "{}", done.stderr);
    }
    // Again: not a byte changes, and nothing is left beside.
    let before = files(&sprog.path("root"));
    for dir in [&first, &newer, &older] {
        assert!(publish(dir).ok().stderr.contains("0 files copied"));
    }
    assert_eq!(files(&sprog.path("root")), before);
    assert!(before.iter().all(|(name, _)| !name.ends_with(".tmp")));
}

#[test]
fn a_published_version_never_changes() {
    let sprog = Sprog::new();
    let dir = build(&sprog, "1.0.0", &ROWS);
    sprog.run(&["publish", &dir, "--to", "root"]).ok();
    let before = files(&sprog.path("root"));
    fs::remove_dir_all(sprog.path("out")).expect("removes");
    let other = build(&sprog, "1.0.0", &ROWS[..2]);
    let done = sprog.run(&["publish", &other, "--to", "root"]);
    assert!(done.code == 1 && done.stderr.contains("SPROG-2052"), "{}", done.stderr);
    assert_eq!(files(&sprog.path("root")), before);
    // Not even one that was damaged: somebody has to look.
    fs::write(sprog.path("root/ds/lille/1.0.0/README.md"), "x").expect("writes");
    fs::remove_dir_all(sprog.path("out")).expect("removes");
    let same = build(&sprog, "1.0.0", &ROWS);
    let done = sprog.run(&["publish", &same, "--to", "root", "--lang", "da"]);
    assert!(
        done.code == 1 && done.stderr.contains("SPROG-2052") && done.stderr.contains("udgave"),
        "{}",
        done.stderr
    );
    // One that is missing comes back.
    fs::remove_file(sprog.path("root/ds/lille/1.0.0/README.md")).expect("removes");
    sprog.run(&["publish", &same, "--to", "root"]).ok();
    assert_eq!(files(&sprog.path("root")), before);
}

#[test]
fn an_unsound_folder_a_key_in_the_tree_and_a_root_in_the_dataset_are_refused() {
    let sprog = Sprog::new();
    let dir = build(&sprog, "1.0.0", &ROWS);
    let refused = |args: &[&str], code: &str| {
        let done = sprog.run(args);
        assert!(done.code == 1 && done.stderr.contains(code), "{args:?}: {} {}", done.code, done.stderr);
        assert!(!sprog.path("root/ds").exists());
    };
    refused(&["publish", &dir, "--to", &format!("{dir}/root")], "SPROG-2056");
    refused(&["publish", &dir, "--to", "https://example.dk/x"], "SPROG-2056");
    fs::create_dir(sprog.path("root")).expect("creates");
    keys(&sprog, "root/k");
    refused(&["publish", &dir, "--to", "root", "--key", "root/k.key"], "SPROG-2053");
    keys(&sprog, &format!("{dir}/k"));
    refused(&["publish", &dir, "--to", "root", "--key", &format!("{dir}/k.key")], "SPROG-2053");
    // A key that lies in the dataset is not published either when another one signs.
    refused(&["publish", &dir, "--to", "root"], "SPROG-2051");
    for ending in ["key", "pub"] {
        fs::remove_file(sprog.path(&format!("{dir}/k.{ending}"))).expect("removes");
    }
    sprog.write("bad.key", "untrusted comment: x\nRWQ\n");
    refused(&["publish", &dir, "--to", "root", "--key", "bad.key"], "SPROG-1111");
    let done = sprog.run(&["publish", &dir, "--to", "root", "--key", "none.key"]);
    assert_eq!(done.code, 2, "{}", done.stderr);
    let done = sprog.run(&["publish", &dir, "--to", "root", "--dry-run"]).ok();
    assert!(done.stderr.contains("would copy") && !sprog.path("root/ds").exists());
}

#[test]
fn keys_are_private_never_overwritten_and_may_have_a_password() {
    let sprog = Sprog::new();
    let password = [("SPROG_SIGNING_PASSWORD", "hemmeligt æ")];
    let done = sprog.run(&["keygen", "--out", "k"]);
    assert!(done.code == 2 && done.stderr.contains("SPROG-2059"), "{}", done.stderr);
    sprog.run_in(&["keygen", "--out", "k"], &password).ok();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(sprog.path("k.key")).expect("a key").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let before = fs::read(sprog.path("k.key")).expect("a key");
    let done = sprog.run(&["keygen", "--out", "k", "--no-password"]);
    assert!(done.code == 1 && done.stderr.contains("SPROG-2058"), "{}", done.stderr);
    assert_eq!(fs::read(sprog.path("k.key")).expect("a key"), before);
    let dir = build(&sprog, "1.0.0", &ROWS);
    let publish = ["publish", &dir, "--to", "root"];
    let data = String::from_utf8(before).expect("text");
    let done = sprog.run_in(&publish, &[("SPROG_SIGNING_KEY_DATA", &data)]);
    assert!(done.code == 1 && done.stderr.contains("SPROG-2059"), "{}", done.stderr);
    let wrong = [("SPROG_SIGNING_KEY", "k.key"), ("SPROG_SIGNING_PASSWORD", "forkert")];
    let done = sprog.run_in(&publish, &wrong);
    assert!(
        done.code == 1 && done.stderr.contains("SPROG-1111") && !done.stderr.contains("forkert"),
        "{}",
        done.stderr
    );
    let done = sprog.run_in(&publish, &[("SPROG_SIGNING_KEY_DATA", &data), password[0]]).ok();
    assert!(done.stderr.contains("signed with key"), "{}", done.stderr);
    let public = fs::read_to_string(sprog.path("k.pub")).expect("a key");
    sprog.run(&["verify", "root/ds/lille/1.0.0", "--key", public.lines().last().expect("a line")]).ok();
}

#[test]
fn tampering_is_found_in_files_manifest_signature_and_key() {
    let sprog = Sprog::new();
    let dir = build(&sprog, "1.0.0", &ROWS);
    keys(&sprog, "k");
    keys(&sprog, "other");
    let found = |code: &str, key: &str| {
        let done = sprog.run(&["verify", "root/ds/lille/1.0.0", "--key", key]);
        assert!(done.code == 1 && done.stdout.contains(code), "{code}: {}", done.stdout);
    };
    sprog.run(&["publish", &dir, "--to", "root"]).ok();
    found("SPROG-1107", "k.pub");
    sprog.run(&["publish", &dir, "--to", "root", "--key", "k.key"]).ok();
    found("SPROG-1109", "other.pub");
    let done = sprog.run(&["publish", &dir, "--to", "root", "--key", "other.key"]);
    assert!(done.code == 1 && done.stderr.contains("SPROG-2052"), "{}", done.stderr);
    let home: PathBuf = sprog.path("root/ds/lille/1.0.0");
    let tamper = |name: &str, code: &str, change: &dyn Fn(&str) -> String| {
        let text = fs::read_to_string(home.join(name)).expect("reads");
        fs::write(home.join(name), change(&text)).expect("writes");
        found(code, "k.pub");
        fs::write(home.join(name), text).expect("writes");
    };
    tamper("README.md", "SPROG-1103", &|text| format!("{text} "));
    tamper("MANIFEST.json", "SPROG-1109", &|text| text.replacen("\"files\"", " \"files\"", 1));
    tamper("MANIFEST.json", "SPROG-1110", &|text| text.replacen("\"1.0.0\"", "\"1.0.1\"", 1));
    tamper("MANIFEST.json", "SPROG-1112", &|text| text.replacen("README.md", "../../../../etc/passwd", 1));
    tamper("MANIFEST.json.minisig", "SPROG-1108", &|text| text.replacen("untrusted", "Untrusted", 1));
    tamper("MANIFEST.json.minisig", "SPROG-1109", &|text| text.replacen("lille", "andet", 1));
    tamper("MANIFEST.json.minisig", "SPROG-1108", &|_| "x".repeat(100_000));
    fs::write(home.join("more.txt"), "x").expect("writes");
    found("SPROG-1104", "k.pub");
    fs::remove_file(home.join("more.txt")).expect("removes");
    // All made consistent again, but not signed by the publisher: only the key tells.
    let text = fs::read_to_string(home.join("README.md")).expect("reads");
    fs::write(home.join("README.md"), format!("{text}!")).expect("writes");
    let manifest =
        sprog_datasets::manifest::Manifest::measure(&home, "lille", "1.0.0", Vec::new()).expect("measures");
    let mut manifest = manifest;
    manifest.files.retain(|f| f.path != "MANIFEST.json.minisig");
    fs::write(home.join("MANIFEST.json"), manifest.to_json().expect("JSON")).expect("writes");
    let (_, own, _) = sprog_datasets::manifest::checksums(&home.join("MANIFEST.json")).expect("hashes");
    let entries = manifest.files.iter().map(|f| (f.sha256.as_str(), f.path.as_str()));
    let list = sprog_datasets::manifest::sha256_list(entries.chain([(own.as_str(), "MANIFEST.json")]));
    fs::write(home.join("manifest-sha256.txt"), list).expect("writes");
    sprog.run(&["verify", "root/ds/lille/1.0.0"]).ok();
    found("SPROG-1109", "k.pub");
}

#[test]
fn a_bag_is_whole_the_same_again_and_never_over_something_else() {
    let sprog = Sprog::new();
    let dir = build(&sprog, "1.0.0", &ROWS);
    keys(&sprog, "k");
    let bag = ["publish", &dir, "--to", "bag", "--format", "bagit", "--key", "k.key"];
    sprog.run(&bag).ok();
    let before = files(&sprog.path("bag"));
    assert!(before.iter().any(|(name, _)| name == "data/MANIFEST.json.minisig"));
    sprog.run(&["verify", "bag/data", "--key", "k.pub"]).ok();
    sprog.run(&bag).ok();
    assert_eq!(files(&sprog.path("bag")), before);
    sprog.write("mine/x.txt", "x");
    let done = sprog.run(&["publish", &dir, "--to", "mine", "--format", "bagit"]);
    assert!(done.stderr.contains("SPROG-1115"), "{}", done.stderr);
    assert_eq!(files(&sprog.path("mine")).len(), 1);
    assert!(!sprog.path(".mine.bag-staging").exists());
}
