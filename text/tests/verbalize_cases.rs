//! Hand-written cases: ours, those held out from the rules, and the shared ones.

#![allow(clippy::print_stdout, reason = "the score of each table is what one runs this for")]

mod shared;

use sprog_text::{itn, verbalize};

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
    let Some(table) = shared::cases("verbalise.tsv") else { return };
    let (accepted, canonical, all) = score(&table, spoken);
    assert!(
        accepted + 1 >= all && canonical + 4 >= all,
        "{accepted} accepted, {canonical} canonical of {all}"
    );
}

#[test]
fn the_shared_cases_of_itn_hold() {
    let Some(table) = shared::cases("inverse.tsv") else { return };
    let (accepted, _, all) = score(&table, written);
    assert!(accepted + 1 >= all, "{accepted} of {all}");
}

#[test]
fn cases_held_out_from_the_rules_hold_but_for_few() {
    let (accepted, canonical, all) = score(include_str!("cases/heldout/verbalise.tsv"), spoken);
    assert!(accepted + 2 >= all && canonical + 8 >= all, "{accepted}, {canonical} of {all}");
    let (accepted, _, all) = score(include_str!("cases/heldout/inverse.tsv"), written);
    assert!(accepted + 2 >= all, "{accepted} of {all}");
}
