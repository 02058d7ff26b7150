//! The cases in `tests/cases/normalize.tsv`.

use sprog_text::normalize::{Normalizer, Preset};

fn unescape(cell: &str) -> String {
    let mut out = String::new();
    let mut chars = cell.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('0') => out.push('\0'),
            Some('u') => {
                let hex: String = chars.by_ref().skip(1).take_while(|c| *c != '}').collect();
                out.extend(u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32));
            }
            other => out.extend(other),
        }
    }
    out
}

#[test]
fn every_case_comes_out_as_written() {
    let mut wrong = Vec::new();
    let mut cases = 0;
    for line in include_str!("cases/normalize.tsv").lines().filter(|line| !line.starts_with('#')) {
        let [id, preset, input, output] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        cases += 1;
        let preset = match preset {
            "publish" => Preset::Publish,
            "asr" => Preset::Asr,
            "lookup" => Preset::Lookup,
            "coral-eval" => Preset::CoralEval,
            other => panic!("{other}"),
        };
        let (input, output) = (unescape(input), unescape(output));
        let done = Normalizer::preset(preset).normalize(&input);
        if done.text != output {
            wrong.push(format!("{id}: {input:?}\n   want {output:?}\n   got  {:?}", done.text));
        }
    }
    assert!(wrong.is_empty(), "{} of {cases} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(cases >= 60);
}
