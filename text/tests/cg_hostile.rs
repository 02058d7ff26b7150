//! Grammars and streams made to break the engine.

use proptest::prelude::*;
use sprog_formats::{Limits, rules::cg};
use sprog_text::cg::{Engine, Grammar, GrammarError, Options};

fn compile(grammar: &str) -> Result<Grammar, GrammarError> {
    Grammar::compile(&cg::read(grammar.as_bytes(), &Limits::default()).expect("within limits").value)
}

fn run(grammar: &str, stream: &str) -> Option<String> {
    Some(Engine::new(compile(grammar).ok()?, Options::default()).run_stream(stream).stream)
}

#[test]
fn a_set_made_of_itself_is_an_error() {
    let error = compile("SET A = B OR (x) ;\nSET B = A ;\nSECTION REMOVE A ;").expect_err("a circle");
    assert!(matches!(error, GrammarError::Recursion { line: 3, .. }), "{error}");
}

#[test]
fn a_template_made_of_itself_is_an_error() {
    let error =
        compile("TEMPLATE a = (T:a) OR (1 (x)) ;\nSECTION REMOVE (y) IF (T:a) ;").expect_err("a circle");
    assert!(matches!(error, GrammarError::Recursion { line: 2, .. }), "{error}");
}

#[test]
fn templates_that_double_at_each_level_are_an_error() {
    let mut grammar = "TEMPLATE t0 = 1 (a) ;\n".to_owned();
    for i in 1..26 {
        grammar.push_str(&format!("TEMPLATE t{i} = (T:t{0}) OR (T:t{0}) ;\n", i - 1));
    }
    grammar.push_str("SECTION REMOVE (b) IF (T:t25) ;");
    assert!(matches!(compile(&grammar), Err(GrammarError::TooLarge { .. })));
}

#[test]
fn a_million_alternatives_end() {
    let tags: String = (0..1_000_000).map(|i| format!("t{i} ")).collect();
    let stream = "\"<a>\"\n\t\"a\" t7\n\t\"a\" u\n";
    let found = run(&format!("LIST L = {tags};\nSECTION REMOVE L ;"), stream);
    assert_eq!(found.as_deref(), Some("\"<a>\"\n\t\"a\" u\n"));
}

#[test]
fn scans_that_look_everywhere_from_everywhere_are_given_up() {
    let links = "**1 (a) LINK **-1 (a) LINK ".repeat(12);
    let grammar = format!("SECTION REMOVE (b) IF ({links} 1 (q)) ;");
    let stream = "\"<a>\"\n\t\"a\" a\n\t\"a\" b\n".repeat(400);
    let mut engine = Engine::new(compile(&grammar).expect("compiles"), Options::default());
    let output = engine.run_stream(&stream);
    assert_eq!((output.given_up, output.cohorts), (1, 400));
    assert_eq!(output.stream, stream);
}

#[test]
fn rules_that_add_for_ever_end() {
    let stream = "\"<a>\"\n\t\"a\" A\n\t\"a\" B\n";
    let found = run(
        "SECTION APPEND (\"x\" A) (A) ; ADD ITERATE (y) (A) ; SUBSTITUTE ITERATE (A) (A A) (A) ;",
        stream,
    );
    assert!(found.is_some());
}

#[test]
fn expressions_that_would_take_too_much_are_left_out() {
    let grammar = compile("SECTION REMOVE (\"(((a{1,500}){1,500}){1,500})\"r) ;").expect("compiles");
    assert_eq!((grammar.rules(), grammar.unsupported().len()), (0, 1));
}

#[test]
fn odd_streams_are_written_back() {
    let long = "x".repeat(1 << 20);
    for stream in ["", "\n", "\0", "a\u{301}\u{301}\u{301}", "\"<\0>\"\n\t\"\0\" \0\n", "\t\"a\" b\n", &long]
    {
        assert_eq!(run("SECTION REMOVE (q) ;", stream).as_deref(), Some(stream));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_text_is_a_grammar_or_a_problem(text in "[A-Z]{0,6}[ ();=+\"<>*1-9a-z#|^$&:/\\[\\]\n-]{0,80}") {
        let parsed = cg::read(text.as_bytes(), &Limits::default()).expect("within limits");
        prop_assert_eq!(cg::write(&parsed.value).expect("encodable"), text.as_bytes());
        let _ = Grammar::compile(&parsed.value);
    }

    #[test]
    fn rules_only_take_away_what_they_may(
        tests in prop::collection::vec("(NOT |NEGATE |)(\\*|\\*\\*|)(-1|0|1|2|-2)(C|O|)", 1..3),
        sets in prop::collection::vec("[A-D]", 3),
        words in prop::collection::vec(prop::collection::btree_set("[A-D]", 1..4), 1..8),
    ) {
        let test: Vec<String> = tests.iter().zip(&sets).map(|(t, s)| format!("{t} ({s})")).collect();
        let grammar = format!("SECTION REMOVE ({}) IF ({}) ; SELECT ({}) ;", sets[0], test.join(" LINK "), sets[2]);
        let mut stream = String::new();
        for word in &words {
            stream.push_str("\"<w>\"\n");
            word.iter().for_each(|tag| stream.push_str(&format!("\t\"w\" {tag}\n")));
        }
        let found = run(&grammar, &stream).expect("runs");
        prop_assert_eq!(found.matches("\"<w>\"").count(), words.len());
        for cohort in found.split("\"<w>\"\n").skip(1) {
            prop_assert!(cohort.starts_with("\t\"w\""), "no cohort is emptied: {}", found);
        }
        prop_assert_eq!(run(&grammar, &found), Some(found.clone()), "a second run changes nothing");
    }
}
