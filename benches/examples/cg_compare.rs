//! Compares two CG streams of the same cohorts: how many have the same readings, and how the others differ.
//!
//! `cg_compare <stream> <stream> [--show N]`; exit code 1 where a cohort differs.
#![expect(clippy::print_stdout, reason = "a program")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use sprog_formats::{
    Limits,
    rules::cg::stream::{self, StreamLine},
};

/// A word form with its readings.
type Cohort = (String, Vec<String>);

type Readings = BTreeSet<String>;

fn cohorts(path: &str) -> Result<Vec<Cohort>, Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string(path)?;
    let mut out: Vec<(String, Vec<String>)> = Vec::new();
    let mut indent_of_main = 0;
    for line in stream::lines(&text, &Limits::default())? {
        match (line, out.last_mut()) {
            (StreamLine::Cohort(head), _) => {
                out.push((head.to_owned(), Vec::new()));
                indent_of_main = usize::MAX;
            }
            (StreamLine::Reading { indent, tags }, Some((_, readings))) => {
                indent_of_main = indent_of_main.min(indent);
                match readings.last_mut() {
                    Some(main) if indent > indent_of_main => {
                        main.push_str(" // ");
                        main.push_str(tags);
                    }
                    _ => readings.push(tags.to_owned()),
                }
            }
            _ => {}
        }
    }
    Ok(out)
}

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [left, right, more @ ..] = arguments.as_slice() else {
        return Err("usage: cg_compare <stream> <stream> [--show N]".into());
    };
    let mut show = match more {
        [option, number] if option == "--show" => number.parse::<usize>()?,
        [] => 10,
        _ => return Err("usage: cg_compare <stream> <stream> [--show N]".into()),
    };
    let (left, right) = (cohorts(left)?, cohorts(right)?);
    if left.len() != right.len() {
        return Err(format!("{} cohorts in one stream, {} in the other", left.len(), right.len()).into());
    }
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, (a, b)) in left.iter().zip(&right).enumerate() {
        let (set_a, set_b): (Readings, Readings) =
            (a.1.iter().cloned().collect(), b.1.iter().cloned().collect());
        let kind = match () {
            () if a.0 != b.0 => "another word form",
            () if a.1 == b.1 => "equal",
            () if set_a == set_b => "another order",
            () if set_a.is_superset(&set_b) => "more readings in the first",
            () if set_b.is_superset(&set_a) => "more readings in the second",
            () => "other readings",
        };
        *kinds.entry(kind).or_default() += 1;
        if kind != "equal" && show > 0 {
            show -= 1;
            println!("cohort {number} {}: {kind}\n  first  {:?}\n  second {:?}", a.0, a.1, b.1);
        }
    }
    let equal = kinds.get("equal").copied().unwrap_or(0);
    println!("{equal} of {} cohorts equal", left.len());
    kinds.iter().filter(|(kind, _)| **kind != "equal").for_each(|(kind, count)| println!("{count} {kind}"));
    Ok(if equal == left.len() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
