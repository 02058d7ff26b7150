//! Constraint Grammar against outputs that vislcg3 gave: see tests/data/cg.

use std::path::Path;

use sprog_formats::{Limits, rules::cg};
use sprog_text::cg::{Engine, Grammar, Options};

fn data(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/cg").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn engine(grammar: &str, options: Options) -> Engine {
    let parsed = cg::read(grammar.as_bytes(), &Limits::default()).expect("within limits");
    assert_eq!(parsed.problems, [], "{grammar}");
    let compiled = Grammar::compile(&parsed.value).expect("compiles");
    assert_eq!(compiled.unsupported(), [], "{grammar}");
    Engine::new(compiled, options)
}

#[test]
fn grammars_give_the_outputs_of_vislcg3() {
    let text = data("cases.txt");
    let mut wrong = Vec::new();
    let mut count = 0;
    for case in text.split("=== ").skip(1) {
        let (name, rest) = case.split_once('\n').expect("a name");
        let (grammar, rest) = rest.split_once("--- input\n").expect("an input");
        let (input, expected) = rest.split_once("--- output\n").expect("an output");
        let found = engine(grammar, Options::default()).run_stream(input).stream;
        count += 1;
        if found != expected {
            wrong.push(format!("{name}: expected\n{expected}found\n{found}"));
        }
    }
    assert!(count >= 60, "{count} cases");
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn tests_hold_where_they_hold_in_vislcg3() {
    let (text, stream) = (data("contexts.tsv"), data("contexts.stream"));
    let mut wrong = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (expected, test) = line.split_once('\t').expect("two columns");
        let output =
            engine(&format!("SECTION\nREMOVE (X) IF ({test}) ;\n"), Options::default()).run_stream(&stream);
        let found = if output.stream.contains("\"t\" X") { "F" } else { "T" };
        if found != expected {
            wrong.push(format!("{test}: expected {expected}, found {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_barrier_after_not_can_mean_what_the_manual_says() {
    let options = || Options { barriers_turn_after_not: false, ..Options::default() };
    let stream = data("contexts.stream");
    for (test, acts) in [("NOT *-1 (B) BARRIER (A)", false), ("NOT *-1 (B) BARRIER (C)", true)] {
        let output = engine(&format!("SECTION REMOVE (X) IF ({test}) ;"), options()).run_stream(&stream);
        assert_eq!(!output.stream.contains("\"t\" X"), acts, "{test}");
    }
}
