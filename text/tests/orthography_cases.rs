//! The cases in `tests/cases/orthography.tsv`.

use sprog_text::normalize::orthography;

#[test]
fn every_case_is_tagged_as_written() {
    let mut wrong = Vec::new();
    let mut cases = 0;
    for line in include_str!("cases/orthography.tsv").lines().filter(|line| !line.starts_with('#')) {
        let [id, text, want] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        cases += 1;
        let tags = orthography(text);
        let shown = tags.iter().map(|tag| {
            let kind = serde_json::to_value(tag.kind).unwrap();
            format!(
                "{}>{}>{}",
                &text[tag.range.clone()],
                tag.modern.as_deref().unwrap_or("?"),
                kind.as_str().unwrap()
            )
        });
        let got = shown.collect::<Vec<_>>().join("|");
        if got != want {
            wrong.push(format!("{id}: {text}\n   want {want}\n   got  {got}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {cases} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
