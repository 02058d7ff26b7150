//! The direction of dependencies: formats <- text <- speech <- datasets <- corpus-tools; benches
//! sees all. Any other edge between our crates is an error.

use std::collections::BTreeMap;
use std::process::Command;

/// Each crate and what it may depend on.
const ALLOWED: [(&str, &[&str]); 6] = [
    ("sprog-formats", &[]),
    ("sprog-text", &["sprog-formats"]),
    ("sprog-speech", &["sprog-formats", "sprog-text"]),
    ("sprog-datasets", &["sprog-formats", "sprog-text", "sprog-speech"]),
    ("sprog", &["sprog-formats", "sprog-text", "sprog-speech", "sprog-datasets"]),
    ("sprog-benches", &["sprog-formats", "sprog-text", "sprog-speech", "sprog-datasets", "sprog"]),
];

/// Dependencies that stay out of the crates whose tests must build in seconds.
const HEAVY: [&str; 8] =
    ["arrow", "parquet", "datafusion", "tokenizers", "ureq", "clap", "sqlparser", "rayon"];
const LIGHT_CRATES: [&str; 3] = ["sprog-formats", "sprog-text", "sprog-speech"];

fn wrong_edges(metadata: &serde_json::Value) -> Vec<String> {
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.into_iter().collect();
    let mut wrong = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        let Some(may) = allowed.get(name) else {
            wrong.push(format!("{name}: a crate that the contract does not name"));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let on = dependency["name"].as_str().unwrap_or_default();
            if allowed.contains_key(on) && !may.contains(&on) {
                wrong.push(format!("{name} -> {on}: against the direction of the data"));
            }
            // Behind a feature that is off by default it costs only those who ask for it.
            let asked_for = dependency["optional"] == true;
            if LIGHT_CRATES.contains(&name)
                && HEAVY.contains(&on)
                && dependency["kind"].is_null()
                && !asked_for
            {
                wrong.push(format!("{name} -> {on}: too heavy for a crate whose tests build in seconds"));
            }
        }
    }
    wrong
}

#[test]
fn dependencies_point_one_way() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(metadata["packages"].as_array().map(Vec::len), Some(ALLOWED.len()));
    assert_eq!(wrong_edges(&metadata), [""; 0]);
}

#[test]
fn a_wrong_edge_is_found() {
    let text = r#"{"packages": [
        {"name": "sprog-text", "dependencies": [{"name": "sprog-datasets", "kind": null}, {"name": "arrow", "kind": null}]},
        {"name": "sprog-formats", "dependencies": [{"name": "sprog-text", "kind": "dev"}]}
    ]}"#;
    let metadata: serde_json::Value = serde_json::from_str(text).expect("JSON");
    let wrong = wrong_edges(&metadata);
    assert_eq!(wrong.len(), 3, "{wrong:?}");
    assert!(wrong[0].contains("sprog-text -> sprog-datasets"));
}
