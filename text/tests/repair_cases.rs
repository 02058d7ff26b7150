//! Cases of damage and their repair: one JSON object a line, `gold` null where it must be told as lost.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a test tells what it saw")]

use sprog_text::repair::{Options, repair};

fn run(path: &str) -> (usize, usize) {
    let Ok(cases) = std::fs::read_to_string(path) else {
        println!("SKIPPED: {path}");
        return (0, 0);
    };
    let (mut right, mut all) = (0, 0);
    for line in cases.lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let broken = case["broken"].as_str().unwrap();
        let repaired = repair(broken, &Options::default());
        let ok = match case["gold"].as_str() {
            Some(gold) => repaired.text == gold,
            None => !repaired.changed() && repaired.lossy(),
        };
        all += 1;
        right += usize::from(ok);
        if !ok {
            println!("{} {}: {broken:?} -> {:?}", case["id"], case["kind"], repaired.text);
        }
    }
    println!("{path}: {right} of {all}");
    (right, all)
}

#[test]
fn cases_are_repaired() {
    let shared = std::env::var("SPROG_SHARED").unwrap_or_else(|_| "../../shared".into());
    let (right, all) = run(&format!("{shared}/cases/mojibake.jsonl"));
    assert!(right + 2 >= all);
    let (right, all) = run(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/mojibake.jsonl"));
    assert_eq!(right, all);
}
