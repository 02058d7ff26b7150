//! Fits the constant offsets of word starts (speech/data/align/boundary_offsets.tsv) to recordings whose times are
//! known: `align_offsets TRUTH.jsonl FOLDER > boundary_offsets.tsv`, where FOLDER is what
//! `sprog speech align --no-calibration` wrote.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::fs;

use serde_json::Value;
use sprog_speech::align::{Calibration, Observed};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(truth), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("align_offsets TRUTH.jsonl FOLDER".into());
    };
    let mut observed = Vec::new();
    for line in fs::read_to_string(truth)?.lines() {
        let truth: Value = serde_json::from_str(line)?;
        let id = truth["id"].as_str().ok_or("no id")?;
        let found: Value = serde_json::from_str(&fs::read_to_string(format!("{folder}/{id}.json"))?)?;
        let list = |value: &Value, name: &str| value[name].as_array().cloned().unwrap_or_default();
        let phones = list(&found, "phones");
        for word in list(&found, "words") {
            let same = |other: &&Value| other["char_start"] == word["char_start"];
            let truths = list(&truth, "words");
            let (Some(truth), Some(start)) = (truths.iter().find(same), word["start"].as_f64()) else {
                continue;
            };
            let Some(at) = phones.iter().position(|phone| phone["start"].as_f64() == Some(start)) else {
                continue;
            };
            let before = at.checked_sub(1).map(|before| &phones[before]);
            let before = before.filter(|before| before["end"].as_f64() == Some(start));
            let label = |phone: &Value| phone["phone"].as_str().unwrap_or("").to_owned();
            observed.push(Observed {
                before: before.map(label),
                phone: label(&phones[at]),
                error: start - truth["start"].as_f64().ok_or("no time")?,
            });
        }
    }
    let origin = format!(
        "medians of {} word starts of synthetic Danish speech (espeak-ng, six voices)",
        observed.len()
    );
    print!("{}", Calibration::fit(&observed, &origin).to_tsv());
    Ok(())
}
