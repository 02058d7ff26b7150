//! Runs the hand-written cases: ours, and the shared half where `SPROG_SHARED` (default `../shared`) has it.

#![allow(clippy::print_stdout, reason = "the score of each table is what one runs this for")]

use sprog_text::{itn, verbalize};

use std::path::PathBuf;

struct Case {
    id: String,
    input: String,
    best: String,
    also: Vec<String>,
}

fn cases(table: &str) -> Vec<Case> {
    let rows = table.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    rows.map(|line| {
        let cells: Vec<&str> = line.split('\t').collect();
        let [id, class, input, best, ..] = cells[..] else { panic!("{line:?} has fewer than four columns") };
        let also = cells.get(4).copied().unwrap_or_default().split('|').filter(|form| !form.is_empty());
        Case {
            id: format!("{id} {class}"),
            input: input.to_string(),
            best: best.to_string(),
            also: also.map(str::to_string).collect(),
        }
    })
    .collect()
}

/// (accepted, canonical, all); case is not judged.
fn score(table: &str, run: impl Fn(&str) -> (String, Vec<String>)) -> (usize, usize, usize) {
    let (mut accepted, mut canonical, mut all) = (0, 0, 0);
    for case in cases(table) {
        let (output, readings) = run(&case.input);
        let same = |form: &String| form.to_lowercase() == output.to_lowercase();
        let is_best = same(&case.best);
        let ok = is_best || case.also.iter().any(same);
        all += 1;
        accepted += usize::from(ok);
        canonical += usize::from(is_best);
        if !is_best {
            println!(
                "{} {} {:?} -> {output:?}, wanted {:?}",
                if ok { "also" } else { "FAIL" },
                case.id,
                case.input,
                case.best
            );
        }
        let known =
            |form: &String| readings.iter().any(|reading| reading.to_lowercase() == form.to_lowercase());
        for form in std::iter::once(&case.best).chain(&case.also).filter(|form| !known(form)) {
            println!("     {} {:?} has no reading {form:?}", case.id, case.input);
        }
    }
    println!("accepted {accepted}, canonical {canonical} of {all}");
    (accepted, canonical, all)
}

fn spoken(text: &str) -> (String, Vec<String>) {
    let found = verbalize::verbalize(text, &verbalize::Options::default());
    (found.spoken, found.readings)
}

fn written(text: &str) -> (String, Vec<String>) {
    let found = itn::itn(text, &verbalize::Options::default());
    (found.written, found.readings)
}

fn shared(name: &str) -> Option<String> {
    let root = std::env::var_os("SPROG_SHARED").map_or_else(|| PathBuf::from("../../shared"), PathBuf::from);
    let path = root.join("cases").join(name);
    let found = std::fs::read_to_string(&path).ok();
    if found.is_none() {
        println!("SKIPPED: {} is missing; set SPROG_SHARED", path.display());
        assert!(std::env::var_os("CI").is_none(), "{} is missing", path.display());
    }
    found
}

#[test]
fn our_cases_of_verbalize_hold() {
    let (accepted, _, all) = score(include_str!("cases/verbalise.tsv"), spoken);
    assert_eq!(accepted, all);
}

#[test]
fn our_cases_of_itn_hold() {
    let (accepted, _, all) = score(include_str!("cases/inverse.tsv"), written);
    assert_eq!(accepted, all);
}

#[test]
fn the_shared_cases_of_verbalize_hold() {
    let Some(table) = shared("verbalise.tsv") else { return };
    let (accepted, canonical, all) = score(&table, spoken);
    assert!(
        accepted + 1 >= all && canonical + 4 >= all,
        "{accepted} accepted, {canonical} canonical of {all}"
    );
}

#[test]
fn the_shared_cases_of_itn_hold() {
    let Some(table) = shared("inverse.tsv") else { return };
    let (accepted, _, all) = score(&table, written);
    assert!(accepted + 1 >= all, "{accepted} of {all}");
}
