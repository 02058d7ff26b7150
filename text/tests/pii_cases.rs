//! The project's own cases: `tests/cases/pii.jsonl`, one JSON object a line with `text` and `spans` of
//! [start, end, label] in code points. CC0-1.0.

#![allow(clippy::unwrap_used, reason = "a case that does not parse is to fail the test")]

mod shared;

use sprog_text::pii::{Label, find};
use std::collections::BTreeMap;

type Finds = Vec<(usize, usize, String)>;

fn parsed(file: &str) -> Vec<(String, String, Finds)> {
    let parse = |line: &str| {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let spans = case["spans"].as_array().unwrap().iter();
        let number = |value: &serde_json::Value| value.as_u64().unwrap() as usize;
        let spans =
            spans.map(|s| (number(&s[0]), number(&s[1]), s[2].as_str().unwrap().to_owned())).collect();
        (case["id"].as_str().unwrap().to_owned(), case["text"].as_str().unwrap().to_owned(), spans)
    };
    file.lines().map(parse).collect()
}

fn finds(text: &str) -> Finds {
    let points = |byte: usize| text[..byte].chars().count();
    find(text)
        .into_iter()
        .map(|s| (points(s.range.start), points(s.range.end), s.label.as_str().to_owned()))
        .collect()
}

#[test]
fn the_cases_are_well_formed() {
    let files = [include_str!("cases/pii.jsonl"), include_str!("cases/heldout/pii.jsonl")];
    for (id, text, spans) in files.into_iter().flat_map(parsed) {
        let length = text.chars().count();
        assert!(spans.windows(2).all(|w| w[0].1 <= w[1].0), "{id}");
        assert!(spans.iter().all(|s| s.0 < s.1 && s.1 <= length && Label::from_name(&s.2).is_some()), "{id}");
    }
}

#[test]
fn every_cpr_number_is_found_and_few_others() {
    measure(include_str!("cases/pii.jsonl"));
    measure(include_str!("cases/heldout/pii.jsonl"));
    if let Some(cases) = shared::cases("pii.jsonl") {
        measure(&cases);
    }
}

fn measure(file: &str) {
    let mut counts: BTreeMap<String, [usize; 3]> = BTreeMap::new();
    for (_, text, gold) in parsed(file) {
        let found = finds(&text);
        for find in &found {
            counts.entry(find.2.clone()).or_default()[usize::from(!gold.contains(find))] += 1;
        }
        for missed in gold.iter().filter(|g| !found.contains(g)) {
            counts.entry(missed.2.clone()).or_default()[2] += 1;
        }
    }
    for (label, [right, wrong, missed]) in counts {
        let (precision, recall) = match label.as_str() {
            "CPR" => (0.95, 1.0),
            "CVR" | "IBAN" | "EMAIL" => (0.98, 0.98),
            "PHONE" => (0.92, 0.98),
            "ADDRESS" => (0.95, 0.85),
            "NAME" => (0.85, 0.8),
            _ => (0.6, 0.8),
        };
        let share = |others: usize| right as f64 / (right + others) as f64;
        assert!(share(wrong) >= precision, "{label}: {right} right, {wrong} wrong");
        assert!(share(missed) >= recall, "{label}: {right} right, {missed} missed");
    }
}
