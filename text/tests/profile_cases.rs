//! The cases in `tests/cases/profile.tsv`.

use sprog_text::profile::{Preset, Profile, profile};

/// `\n`, `\u{2028}`, and «piece×times».
fn text(cell: &str) -> String {
    let mut text =
        cell.replace("\\n", "\n").replace("\\u{2028}", "\u{2028}").replace("\\u{fffd}", "\u{fffd}");
    while let Some((before, rest)) = text.split_once('«') {
        let (inside, after) = rest.split_once('»').expect("a closed piece");
        let (piece, times) = inside.rsplit_once('×').expect("a number of times");
        text = format!("{before}{}{after}", piece.repeat(times.parse().expect("a number")));
    }
    text
}

/// What does not hold.
fn wrong(profile: &Profile, claim: &str) -> Option<String> {
    if let Some((preset, rule)) = claim.split_once(':') {
        let preset = Preset::ALL.into_iter().find(|known| known.name() == preset).expect(claim);
        let found = preset.check(profile).map_or("kept", |reason| reason.rule);
        return (found != rule).then(|| format!("{claim}: {found}"));
    }
    let at = claim.find(['=', '<', '>']).expect(claim);
    let place = Profile::fields().iter().position(|field| field.name == &claim[..at]).expect(claim);
    let value = profile.values()[place].as_f64();
    let wanted: f64 = claim[at + 1..].parse().expect(claim);
    let holds = match claim.as_bytes()[at] {
        b'=' => (value - wanted).abs() < 1e-6,
        b'<' => value < wanted,
        _ => value > wanted,
    };
    (!holds).then(|| format!("{claim}: {value}"))
}

#[test]
fn every_case_holds() {
    let (mut cases, mut failures) = (0, Vec::new());
    for line in include_str!("cases/profile.tsv").lines().filter(|line| !line.starts_with("# ")) {
        let [id, cell, claims] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        cases += 1;
        let profile = profile(&text(cell));
        failures.extend(
            claims.split(';').filter_map(|claim| wrong(&profile, claim)).map(|wrong| format!("{id} {wrong}")),
        );
    }
    assert!(failures.is_empty(), "{} claims in {cases} cases:\n{}", failures.len(), failures.join("\n"));
    assert!(cases >= 60);
}
