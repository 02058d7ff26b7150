//! `sprog score`.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::process::ExitCode;

use sprog::score::{self, Options};
use sprog_text::score::{Rate, Unit};

use super::Voice;
use super::args::{RateArg, ScoreArgs, ScoreVerb};
use super::text::preset;

pub(crate) fn run(verb: ScoreVerb, voice: &Voice) -> anyhow::Result<ExitCode> {
    let (unit, args) = match verb {
        ScoreVerb::Wer(args) => (Unit::Word, args),
        ScoreVerb::Cer(args) => (Unit::Char, args),
    };
    let ScoreArgs { reference, hypothesis, .. } = &args;
    let options = Options {
        unit,
        normalize: args.normalize.as_deref().map(preset).transpose()?,
        equivalent: args.equivalent,
        groups: args.group.clone(),
        speaker: args.speaker.clone(),
        rate: match args.rate {
            RateArg::Reference => Rate::Reference,
            RateArg::Match => Rate::Match,
        },
        resamples: args.resamples,
        seed: args.seed,
        level: args.level,
        details: args.details,
    };
    let names = [reference.display().to_string(), hypothesis.display().to_string()];
    let found = score::score(open(reference)?, open(hypothesis)?, [&names[0], &names[1]], &options)?;
    for (ids, da, en) in [
        (&found.missing, "uden hypotese, talt som tom:", "without a hypothesis, counted as empty:"),
        (&found.unknown, "uden reference, ikke talt:", "without a reference, not counted:"),
        (&found.bounded, "for lange til at gennemsøge helt:", "too long to be searched in full:"),
    ] {
        if let Some(first) = ids.first() {
            voice.say(&format!("{} {} {first} …", ids.len(), voice.pick(da, en)));
        }
    }
    if voice.json {
        voice.print_json(&found)?;
        return Ok(ExitCode::SUCCESS);
    }
    for detail in &found.utterances {
        voice.print(&format!("{}\n{}\n", detail.id, detail.drawing()))?;
    }
    for named in &found.scores {
        let score = &named.score;
        let name = match (named.group.as_str(), &score.value) {
            ("all", None) => found.metric.to_owned(),
            (group, value) => format!("{group}={}", value.as_deref().unwrap_or("?")),
        };
        let (rate, low, high) = (100.0 * score.rate, 100.0 * score.interval.low, 100.0 * score.interval.high);
        let counts = &score.counts;
        let (s, d, i, n) = (counts.substitutions, counts.deletions, counts.insertions, counts.reference());
        let utterances = voice.pick("ytringer", "utterances");
        voice.print(&format!(
            "{name}\t{rate:.2} % [{low:.2}; {high:.2}]\tS {s} D {d} I {i} N {n}\t{} {utterances}",
            score.utterances
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn open(path: &Path) -> anyhow::Result<BufReader<File>> {
    Ok(BufReader::new(File::open(path).map_err(sprog_datasets::Error::io(path))?))
}
