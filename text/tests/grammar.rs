//! Our own grammar rules: their examples, the sentences kept apart, and false alarms on running text.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "tests that report figures")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sprog_formats::Limits;
use sprog_formats::rules::languagetool::{self, ExampleKind, RuleFile};
use sprog_text::pattern::{NoSynthesis, RuleSet, run_examples};

use sprog_text::lexicon::Lexicon;

const FAMILIES: usize = 19;

fn files() -> Vec<RuleFile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/grammar");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    paths.retain(|path| path.extension().is_some_and(|ext| ext == "xml"));
    assert_eq!(paths.len(), FAMILIES);
    let mut total = 0;
    let files = paths
        .iter()
        .map(|path| {
            let bytes = std::fs::read(path).unwrap();
            total += bytes.len();
            let parsed = languagetool::read(&bytes, &Limits::default()).unwrap();
            assert!(parsed.problems.is_empty(), "{}: {:?}", path.display(), parsed.problems);
            parsed.value
        })
        .collect();
    assert!(total <= 350 * 1024, "{total} bytes of rules");
    files
}

#[test]
fn every_rule_runs_and_has_three_wrong_and_three_right_examples() {
    let files = files();
    let mut count = 0;
    let mut ids = std::collections::BTreeSet::new();
    for rule in files.iter().flat_map(RuleFile::rules) {
        count += 1;
        assert!(rule.unsupported.is_empty(), "{}: {:?}", rule.id, rule.unsupported);
        assert!(ids.insert(rule.id.clone()), "{} stands twice", rule.id);
        let wrong = rule.examples.iter().filter(|e| e.kind == ExampleKind::Incorrect).count();
        let right = rule.examples.iter().filter(|e| e.kind == ExampleKind::Correct).count();
        assert!(wrong >= 3 && right >= 3, "{}: {wrong} wrong, {right} right", rule.id);
    }
    assert!(count >= 120, "{count} rules");
    assert!(RuleSet::compile(&files).rejected().is_empty());
}

#[test]
fn every_example_behaves() {
    let set = RuleSet::compile(&files());
    let report = run_examples(&set, Lexicon::ours(), &NoSynthesis);
    for failure in &report.failures {
        println!("{} (line {}): {}: {}", failure.rule_id, failure.line, failure.reason, failure.text);
    }
    println!("{} rules, {} examples", report.rules, report.examples);
    assert!(report.failures.is_empty(), "{} examples fail", report.failures.len());
}

/// The text after each suggestion of each match.
fn corrections(set: &RuleSet, text: &str) -> Vec<(String, Vec<String>)> {
    let checked = set.check_text(text, Lexicon::ours(), &NoSynthesis);
    let apply = |range: std::ops::Range<usize>, with: &String| {
        [text.get(..range.start).unwrap(), with.as_str(), text.get(range.end..).unwrap()].concat()
    };
    let matches = checked.matches.iter();
    matches
        .map(|m| (m.rule_id.to_string(), m.suggestions.iter().map(|s| apply(m.range.clone(), s)).collect()))
        .collect()
}

#[test]
fn sentences_kept_apart_are_found_and_their_likes_left_alone() {
    let set = RuleSet::compile(&files());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/grammar.tsv");
    let table = std::fs::read_to_string(path).unwrap();
    let (mut errors, mut found, mut corrected, mut good, mut alarms) = (0, 0, 0, 0, Vec::new());
    let mut families: BTreeMap<&str, [u32; 3]> = BTreeMap::new();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        match fields[..] {
            ["error", family, wrong, right] => {
                let matches = corrections(&set, wrong);
                let hit = matches.iter().flat_map(|(_, texts)| texts).any(|text| text == right);
                let row = families.entry(family).or_default();
                errors += 1;
                row[0] += 1;
                found += u32::from(!matches.is_empty());
                row[1] += u32::from(!matches.is_empty());
                corrected += u32::from(hit);
                row[2] += u32::from(hit);
                alarms.extend(corrections(&set, right).into_iter().map(|(id, _)| (id, right)));
            }
            ["good", _, sentence] => {
                good += 1;
                alarms.extend(corrections(&set, sentence).into_iter().map(|(id, _)| (id, sentence)));
            }
            _ => panic!("not a row: {line}"),
        }
    }
    for (family, [n, found, corrected]) in &families {
        println!("{family}: {n}, found {found}, corrected {corrected}");
    }
    println!("{errors} errors: {found} found, {corrected} corrected; {good} right: {} alarms", alarms.len());
    println!("{alarms:?}");
    assert!(found * 100 >= errors * 90, "{found} of {errors} found");
    assert!(corrected * 100 >= errors * 85, "{corrected} of {errors} corrected");
    assert!(alarms.len() <= 3, "{alarms:?}");
}

#[test]
fn running_text_has_at_most_one_alarm_in_a_hundred_sentences() {
    let shared = std::env::var("SPROG_SHARED").unwrap_or_else(|_| "../../shared".to_owned());
    let path = Path::new(&shared).join("data/ud/da/da_ddt-ud-dev.conllu");
    let Ok(treebank) = std::fs::read_to_string(&path) else {
        println!("NOT RUN: {} is not here; set SPROG_SHARED", path.display());
        return;
    };
    let set = RuleSet::compile(&files());
    let (mut sentences, mut alarms) = (0, 0);
    for text in treebank.lines().filter_map(|line| line.strip_prefix("# text = ")) {
        sentences += 1;
        for found in set.check_text(text, Lexicon::ours(), &NoSynthesis).matches {
            alarms += 1;
            println!("{}: {:?} in {text}", found.rule_id, text.get(found.range.clone()).unwrap_or_default());
        }
    }
    println!("{alarms} alarms in {sentences} sentences");
    assert!(alarms * 100 <= sentences, "{alarms} alarms in {sentences} sentences");
}
