//! The cases in `tests/cases/score.tsv`.

use sprog_text::score::{Alternative, Counts, Unit, cer, equivalent, wer};

fn alternatives(text: &str, cell: &str) -> Vec<Alternative> {
    let rows = cell.split(';').filter(|row| !row.is_empty());
    rows.map(|row| {
        let Some((stretch, readings)) = row.split_once('=') else { panic!("{row}") };
        let start = text.find(stretch).unwrap_or_else(|| panic!("{stretch:?} is not in {text:?}"));
        let readings = readings.split('|').map(str::to_owned).collect();
        Alternative { range: start..start + stretch.len(), readings }
    })
    .collect()
}

fn shown(counts: Counts) -> String {
    format!("{}/{}", counts.errors(), counts.reference())
}

#[test]
fn every_case_scores_as_written() {
    let mut wrong = Vec::new();
    let mut cases = 0;
    for line in include_str!("cases/score.tsv").lines().filter(|line| !line.starts_with('#')) {
        let [id, unit, reference, hypothesis, ours, theirs, standard, best] =
            line.split('\t').collect::<Vec<_>>()[..]
        else {
            panic!("{line}")
        };
        cases += 1;
        let (unit, plain) = match unit {
            "word" => (Unit::Word, wer(reference, hypothesis)),
            _ => (Unit::Char, cer(reference, hypothesis)),
        };
        let (ours, theirs) = (alternatives(reference, ours), alternatives(hypothesis, theirs));
        let done = equivalent(reference, &ours, hypothesis, &theirs, unit).unwrap();
        assert!(done.exact && done.written == plain);
        let got = (shown(plain), shown(done.counts));
        if got != (standard.to_owned(), best.to_owned()) {
            wrong.push(format!("{id}: want {standard} {best}, got {} {}", got.0, got.1));
        }
    }
    assert!(wrong.is_empty(), "{} of {cases} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(cases >= 30);
}
