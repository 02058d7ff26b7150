//! The examples in data/cg/danish.cg3, each run as a test.

use sprog_formats::{Limits, rules::cg};
use sprog_text::cg::{Cohort, CohortReading, Engine, Grammar, Options};

const RULES: &str = include_str!("../data/cg/danish.cg3");

fn word(written: &str) -> (Cohort, Vec<Vec<String>>) {
    let (form, readings) = written.rsplit_once('/').expect("form/READING");
    let mut cohort = Cohort { form: form.to_owned(), readings: Vec::new() };
    let mut left = Vec::new();
    for reading in readings.split('|') {
        let (reading, starred) = reading.strip_suffix('*').map_or((reading, false), |r| (r, true));
        let tags: Vec<String> = reading.split('+').map(str::to_owned).collect();
        if starred {
            left.push(tags.clone());
        }
        cohort.readings.push(CohortReading { lemma: form.to_lowercase(), tags });
    }
    (cohort, left)
}

#[test]
fn every_rule_has_two_examples_that_behave() {
    let parsed = cg::read(RULES.as_bytes(), &Limits::default()).expect("within limits");
    assert_eq!(parsed.problems, []);
    let grammar = Grammar::compile(&parsed.value).expect("compiles");
    assert_eq!(grammar.unsupported(), []);
    let mut engine = Engine::new(grammar, Options::default());
    let (mut rules, mut wrong) = (0, Vec::new());
    for (statement, rule) in parsed.value.rules() {
        rules += 1;
        let name = rule.name.as_deref().expect("a name");
        let examples: Vec<&str> =
            statement.raw.lines().filter_map(|l| l.strip_prefix("# EXAMPLE: ")).collect();
        assert!(examples.len() >= 2, "{name}: {} examples", examples.len());
        for example in examples {
            let (mut cohorts, left): (Vec<_>, Vec<_>) = example.split_whitespace().map(word).unzip();
            let trace = engine.run(&mut cohorts);
            if !trace.events.iter().any(|event| event.line == statement.line) {
                wrong.push(format!("{name}: the rule did not act: {example}"));
            }
            for (cohort, left) in cohorts.iter().zip(left).filter(|(_, left)| !left.is_empty()) {
                let found: Vec<Vec<String>> = cohort.readings.iter().map(|r| r.tags.clone()).collect();
                if found != left {
                    wrong.push(format!("{name}: {:?} has {found:?} left: {example}", cohort.form));
                }
            }
        }
    }
    assert!(rules >= 40, "{rules} rules");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
