//! Pattern rules on whole files, and on hostile ones.

use proptest::prelude::*;
use sprog_formats::{Limits, rules::languagetool};
use sprog_text::morph::{Analyze, Reading, Upos};
use sprog_text::pattern::{NoSynthesis, RuleSet, Sentence, run_examples};

const FEATURES: &str = include_str!("data/rules/features.xml");
const LEXICON: &str = include_str!("data/rules/lexicon.tsv");

struct Table;

impl Analyze for Table {
    fn readings(&self, form: &str, out: &mut Vec<Reading>) {
        for line in LEXICON.lines().filter(|l| !l.starts_with('#')) {
            let fields: Vec<&str> = line.split('\t').collect();
            let [own, lemma, upos, feats] = fields.as_slice() else { panic!("four columns: {line}") };
            if *own == form {
                let feats = if *feats == "_" { String::new() } else { (*feats).to_owned() };
                let upos = Upos::parse(upos).expect("a part of speech");
                out.push(Reading { lemma: (*lemma).to_owned(), upos, feats });
            }
        }
    }
}

fn set_of(xml: &str) -> RuleSet {
    RuleSet::compile(&[languagetool::read(xml.as_bytes(), &Limits::default()).expect("reads").value])
}

fn rule(pattern: &str) -> String {
    format!(
        "<rules lang='da'><category name='c'><rule id='R'><pattern>{pattern}</pattern><message>m \
         <suggestion>\\1</suggestion></message></rule></category></rules>"
    )
}

#[test]
fn every_feature_behaves_in_its_own_examples() {
    let set = set_of(FEATURES);
    let report = run_examples(&set, &Table, &NoSynthesis);
    assert_eq!(report.failures, []);
    assert_eq!((report.rules, report.rules_behaving, report.examples), (12, 12, 32));
    let rejected: Vec<&str> = set.rejected().iter().map(|r| r.rule_id.as_str()).collect();
    assert_eq!(rejected, ["JAVA"], "a filter is Java code");
}

#[test]
fn examples_that_do_not_behave_are_listed_with_the_reason() {
    let xml = "<rules lang='da'><category name='c'><rule id='R'><pattern><token>ad</token></pattern><message>
               <suggestion>af</suggestion></message>
               <example correction='af'>en <marker>af</marker> dem</example>
               <example correction='af'><marker>en ad</marker> dem</example>
               <example correction='at'>en <marker>ad</marker> dem</example>
               <example correction='af'>ad og ad</example>
               <example>en ad dem</example>
               <example correction='af'>en <marker>ad</marker> dem</example></rule>
               <rule id='S'><pattern><token>en</token></pattern><message><suggestion>en</suggestion></message>
               <example correction='en'><marker>en</marker></example></rule>
               <rule id='T'><pattern><token>en</token></pattern><message>m</message></rule></category></rules>";
    let report = run_examples(&set_of(xml), &Table, &NoSynthesis);
    let reasons: Vec<(u64, &str)> = report.failures.iter().map(|f| (f.line, f.reason.as_str())).collect();
    assert_eq!(
        reasons,
        [
            (3, "no match"),
            (4, "marks \"ad\", not \"en ad\""),
            (5, "suggests [\"af\"], not [\"at\"]"),
            (6, "2 matches, not one: [\"ad\", \"ad\"]"),
            (7, "matches \"ad\", but is correct"),
            (10, "still matches \"en\" in \"en\""),
        ]
    );
    assert_eq!((report.rules_behaving, report.rules_without), (0, vec!["T".to_owned()]));
}

#[test]
fn matches_of_a_text_have_its_offsets() {
    let set = set_of(FEATURES);
    let text = "Ærø er stor. Tag en ad dem! Vi ses Mandag.";
    let checked = set.check_text(text, &Table, &NoSynthesis);
    let found: Vec<(&str, &str)> =
        checked.matches.iter().map(|m| (m.rule_id.as_str(), &text[m.range.clone()])).collect();
    assert_eq!(found, [("AD_AF[1]", "ad"), ("ENTITY", "Mandag")]);
    assert_eq!(checked.over_budget, [""; 0]);
}

/// A sentence of `count` words, all alike.
fn long(count: usize) -> String {
    "a ".repeat(count)
}

#[test]
fn a_rule_that_costs_too_much_is_given_up_and_named() {
    let skips = "<token skip='-1'>a</token>".repeat(40) + "<token>b</token>";
    let repeats = "<token min='0' max='-1'>a</token>".repeat(100) + "<token>b</token>";
    let both = "<token min='0' max='-1' skip='-1' regexp='yes'>a|a?</token>".repeat(200) + "<token>b</token>";
    for pattern in [skips, repeats, both] {
        let set = set_of(&rule(&pattern));
        assert_eq!(set.rejected(), []);
        let text = format!("{}b", long(20_000));
        let sentence = Sentence::analyze(&text, 0..text.len(), &Table);
        assert_eq!(sentence.words().len(), 20_002);
        let checked = set.checker().check(&sentence, &NoSynthesis);
        assert_eq!(checked.over_budget, ["R"]);
    }
}

#[test]
fn a_million_alternatives_are_looked_up_or_refused() {
    let words = (0..1_000_000).map(|n| format!("a{n}")).collect::<Vec<_>>().join("|");
    let set = set_of(&rule(&format!("<token regexp='yes'>{words}</token>")));
    assert_eq!(set.rejected(), []);
    let checked = set.check_text("a999999 a1000000", &Table, &NoSynthesis);
    assert_eq!(checked.matches.len(), 1);
    let set = set_of(&rule(&format!("<token regexp='yes'>({words})+</token>")));
    assert!(set.rejected()[0].reasons[0].contains("bytes"), "{:?}", set.rejected());
    let nested = format!("{}a{}", "(".repeat(10_000), ")*".repeat(10_000));
    let set = set_of(&rule(&format!("<token regexp='yes'>{nested}</token>")));
    assert_eq!(set.rejected().len(), 1);
    let tokens = "<token>a</token>".repeat(100_000);
    assert!(set_of(&rule(&tokens)).rejected()[0].reasons[0].contains("more than"));
    let and = format!("<and>{}</and>", "<token negate='yes'>b</token>".repeat(100_000));
    let checked = set_of(&rule(&and)).check_text("a a a", &Table, &NoSynthesis);
    assert_eq!(checked.over_budget, ["R"]);
}

#[test]
fn phrases_without_end_and_agreement_in_too_much_are_refused() {
    let phrases = "<phrases><phrase id='A'><includephrases><phraseref idref='B'/><phraseref idref='B'/>\
                   </includephrases></phrase><phrase id='B'><includephrases><phraseref idref='A'/>\
                   <phraseref idref='A'/></includephrases></phrase></phrases>";
    let xml = rule("<phraseref idref='A'/>").replace("<category", &format!("{phrases}<category"));
    assert!(set_of(&xml).rejected()[0].reasons[0].contains("without end"));
    let equivalences: String =
        (0..40).map(|n| format!("<equivalence type='t{n}'><token>{n}</token></equivalence>")).collect();
    let unification = |f: &str| format!("<unification feature='{f}'>{equivalences}</unification>");
    let features = format!("{}{}", unification("x"), unification("y"));
    let xml = rule("<unify><feature id='x'/><feature id='y'/><token/></unify>");
    let xml = xml.replace("<category", &format!("{features}<category"));
    assert!(set_of(&xml).rejected()[0].reasons[0].contains("combinations"));
}

#[test]
fn odd_texts_are_checked_without_panic() {
    let set = set_of(FEATURES);
    let zalgo = format!("en a{} ad", "\u{301}\u{489}".repeat(5000));
    let word = "a".repeat(1 << 20);
    for text in
        ["", " ", "\0", "\u{FEFF}", "en\u{A0}ad", "en ad\0", &zalgo, &word, "☃️ en ad 👩‍👩‍👧", "…", "\r\n"]
    {
        let checked = set.check_text(text, &Table, &NoSynthesis);
        assert!(checked.matches.iter().all(|m| text.get(m.range.clone()).is_some()));
    }
}

fn any_pattern() -> impl Strategy<Value = String> {
    let text = prop_oneof![
        Just("a"),
        Just("b"),
        Just("a|b"),
        Just(".*"),
        Just("[ab]+"),
        Just("(?!a).+"),
        Just("\\d+"),
        Just("a++"),
        Just("")
    ];
    let attributes = prop_oneof![
        Just(""),
        Just(" regexp='yes'"),
        Just(" negate='yes'"),
        Just(" skip='-1'"),
        Just(" skip='2' regexp='yes'"),
        Just(" min='0'"),
        Just(" min='0' max='-1' regexp='yes'"),
        Just(" min='2' max='3'"),
        Just(" postag='NOUN.*' postag_regexp='yes'"),
        Just(" postag='SENT_END' negate_pos='yes'"),
        Just(" spacebefore='no'")
    ];
    let exception = prop_oneof![
        Just(""),
        Just("<exception>b</exception>"),
        Just("<exception scope='next'>b</exception>"),
        Just("<exception scope='previous' postag='SENT_START'/>"),
        Just("<match no='0'/>")
    ];
    let token = (attributes, text, exception).prop_map(|(a, t, e)| format!("<token{a}>{t}{e}</token>"));
    let element = prop_oneof![
        4 => token.clone(),
        1 => (token.clone(), token.clone()).prop_map(|(a, b)| format!("<or>{a}{b}</or>")),
        1 => (token.clone(), token.clone()).prop_map(|(a, b)| format!("<and>{a}{b}</and>")),
        1 => token.prop_map(|t| format!("<marker>{t}</marker>")),
    ];
    prop::collection::vec(element, 1..6).prop_map(|all| all.concat())
}

proptest! {
    #[test]
    fn any_pattern_gives_the_same_with_and_without_the_index(
        pattern in any_pattern(),
        text in "([ab]|lærer|er|har|[0-9]|[.,]){0,3}( ([ab]|lærer|er|mange|hund|[0-9]|[.,])){0,10}",
    ) {
        let set = set_of(&rule(&pattern));
        if set.rules().len() == 1 {
            let mut checker = set.checker();
            for sentence in Sentence::all(&text, &Table) {
                let checked = checker.check(&sentence, &NoSynthesis);
                prop_assert_eq!(&checked, &checker.check_rule(0, &sentence, &NoSynthesis));
                for found in checked.matches {
                    prop_assert!(text.get(found.range.clone()).is_some());
                    prop_assert!(found.range.start >= sentence.range.start && found.range.end <= sentence.range.end);
                }
            }
        }
    }

    #[test]
    fn any_expression_and_text_give_a_result(expression in "[a-c\\\\(){}|*+?.\\[\\]^$0-9wdsb!=<>:&-]{0,12}", text in "\\PC{0,30}") {
        let escaped = expression.replace('&', "&amp;").replace('<', "&lt;");
        for xml in [
            rule(&format!("<token regexp='yes'>{escaped}</token>")),
            rule(&format!("<token/><token><match no='0' regexp_match='{escaped}' regexp_replace='$1{escaped}'/></token>")),
            rule("").replace("<pattern></pattern>", &format!("<regexp>{escaped}</regexp>")),
        ] {
            let set = set_of(&xml);
            set.check_text(&text, &Table, &NoSynthesis);
        }
    }
}
