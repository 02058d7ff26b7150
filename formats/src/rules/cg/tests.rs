use proptest::prelude::*;

use super::*;

fn parse(text: &str) -> Parsed<CgGrammar> {
    let parsed = read(text.as_bytes(), &Limits::default()).expect("within limits");
    assert_eq!(write(&parsed.value).expect("encodable"), text.as_bytes());
    parsed
}

fn rule(text: &str) -> Rule {
    let parsed = parse(text);
    assert_eq!(parsed.problems, [], "{text}");
    parsed.value.rules().next().expect("a rule").1.clone()
}

#[test]
fn every_rule_kind_is_read() {
    for (text, kind, arguments) in [
        ("SELECT (a) ;", RuleKind::Select, 0),
        ("MAP (@x) TARGET (a) IF (1 (b)) ;", RuleKind::Map, 1),
        ("SUBSTITUTE (a b) (*) (c) ;", RuleKind::Substitute, 2),
        ("COPY (x) EXCEPT (y) (a) ;", RuleKind::Copy, 1),
        ("SETPARENT (a) TO (-1* (b)) (NOT 0 (c)) ;", RuleKind::SetParent, 0),
        ("ADDRELATION (r) (a) TO (1 (b)) ;", RuleKind::AddRelation, 1),
        ("ADDCOHORT (\"<x>\" \"x\") BEFORE (a) ;", RuleKind::AddCohort, 1),
        ("MOVE WITHCHILD (*) (a) AFTER (1 (b)) ;", RuleKind::Move, 0),
        ("SETVARIABLE (n) (1) (a) ;", RuleKind::SetVariable, 2),
        ("JUMP end (a) (1 (b)) ;", RuleKind::Jump, 1),
        ("WITH (a) (1 (b)) { MAP (@x) (*) ; REMOVE (\"}\") ; } ;", RuleKind::With, 0),
        ("EXTERNAL ONCE /bin/true (a) ;", RuleKind::External, 0),
    ] {
        let rule = rule(text);
        assert_eq!((rule.kind, rule.arguments.len()), (kind, arguments), "{text}");
    }
}

#[test]
fn positions_are_read_in_any_order() {
    for (text, offset, scan, careful) in
        [("*-1", -1, Scan::First, false), ("1**-", -1, Scan::All, false), ("W*2C", 2, Scan::First, true)]
    {
        let rule = rule(&format!("SELECT (a) ({text} (b)) ;"));
        let Test::Set { position, .. } = &rule.contexts[0].links[0].test else { panic!("{text}") };
        assert_eq!((position.offset, position.scan, position.careful), (offset, scan, careful), "{text}");
    }
}

#[test]
fn a_statement_that_is_not_understood_is_a_problem_at_its_line_and_nothing_more() {
    let parsed = parse("LIST A = a ;\nSELECT (a (b ;\nLIST B = b ;\nhvad er det ;\nREMOVE A (1 B) ;\n");
    let places: Vec<Place> = parsed.problems.iter().map(|p| p.place.clone()).collect();
    assert_eq!(places, [Place::Line(2), Place::Line(4)]);
    assert_eq!((parsed.value.statements.len(), parsed.value.rules().count()), (5, 1));
}

#[test]
fn quotes_hide_what_would_end_a_tag() {
    let parsed = parse("LIST A = \"a ; b\" \"\"\" \"$\"\" \"\\\"\" (\"x)\" y) # en ; to\n ;\nLIST B = b ;");
    assert_eq!((parsed.problems.len(), parsed.value.statements.len()), (0, 2));
    let StatementKind::List { tags, .. } = &parsed.value.statements[0].kind else { panic!("a list") };
    assert_eq!(tags.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1, 1, 1, 2]);
}

#[test]
fn bytes_that_are_not_utf8_survive() {
    let bytes = b"LIST A = bl\xE5 ;\n\xFF";
    let parsed = read(bytes, &Limits::default()).expect("within limits");
    assert_eq!(parsed.problems[0].code, codes::RULE_ENCODING);
    assert_eq!(write(&parsed.value).expect("encodable"), bytes);
}

#[test]
fn nesting_and_size_are_bounded() {
    let deep = format!("SELECT (a) ({}1 (b)", "(".repeat(100_000));
    assert!(matches!(read(deep.as_bytes(), &Limits::default()), Err(Error::Limit { .. })));
    let limits = Limits { items: 1000, ..Limits::default() };
    let wide = format!("LIST A = {};", "a ".repeat(1001));
    assert!(matches!(read(wide.as_bytes(), &limits), Err(Error::Limit { .. })));
    let links = format!("SELECT (a) (1 (b){}) ;", " LINK 1 (b)".repeat(200_000));
    assert_eq!(parse(&links).value.rules().count(), 1);
}

proptest! {
    #[test]
    fn any_bytes_are_written_back(bytes: Vec<u8>) {
        let parsed = read(&bytes, &Limits::default()).expect("within limits");
        prop_assert_eq!(write(&parsed.value).expect("encodable"), bytes);
    }
}
