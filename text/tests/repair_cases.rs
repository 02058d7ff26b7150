//! Cases of damage and their repair: one JSON object a line, `gold` null where it must be told as lost.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a test tells what it saw")]

mod shared;

use sprog_text::repair::{Options, repair};

fn run(path: &str, cases: &str) -> (usize, usize) {
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
    let (right, all) = run("ours", include_str!("cases/mojibake.jsonl"));
    assert_eq!(right, all);
    let (right, all) = run("held out", include_str!("cases/heldout/mojibake.jsonl"));
    assert!(right + 6 >= all, "{right} of {all}");
    if let Some(cases) = shared::cases("mojibake.jsonl") {
        let (right, all) = run("shared", &cases);
        assert!(right + 2 >= all, "{right} of {all}");
    }
}
