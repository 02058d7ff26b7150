//! `sprog score`.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::process::ExitCode;

use sprog::score::{self, Options};
use sprog::speech::boundaries;
use sprog_text::score::boundaries::{EdgeScore, PlotLabels};
use sprog_text::score::{Rate, Unit};

use super::Voice;
use super::args::{RateArg, ScoreArgs, ScoreVerb};
use super::speech_args::BoundaryArgs;
use super::text::preset;

pub(crate) fn run(verb: ScoreVerb, voice: &Voice) -> anyhow::Result<ExitCode> {
    let (unit, args) = match verb {
        ScoreVerb::Boundaries(args) => return boundaries(&args, voice),
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

fn boundaries(args: &BoundaryArgs, voice: &Voice) -> anyhow::Result<ExitCode> {
    let options = boundaries::Options {
        tier: args.tier.clone(),
        bias_ms: args.bias,
        resamples: args.resamples,
        seed: args.seed,
    };
    let score = boundaries::score(&args.reference, &args.hypothesis, &options)?;
    for (ids, da, en) in [
        (&score.missing, "uden hypotese:", "without a hypothesis:"),
        (&score.unknown, "uden reference:", "without a reference:"),
    ] {
        if let Some(first) = ids.first() {
            voice.say(&format!("{} {} {first} …", ids.len(), voice.pick(da, en)));
        }
    }
    if let Some(path) = &args.svg {
        let labels = if voice.pick("da", "en") == "da" { PlotLabels::DANISH } else { PlotLabels::ENGLISH };
        let title = args.hypothesis.display().to_string();
        sprog_datasets::durable::write_bytes(path, boundaries::draw(&score, &title, &labels).as_bytes())?;
    }
    if voice.json {
        voice.print_json(&score)?;
        return Ok(ExitCode::SUCCESS);
    }
    let report = &score.report;
    voice.print(&format!(
        "{} {}, {} {}, {} {}, {} {}",
        report.utterances,
        voice.pick("optagelser", "recordings"),
        report.matched,
        voice.pick("par", "pairs"),
        report.only_reference,
        voice.pick("kun i referencen", "only in the reference"),
        report.only_hypothesis,
        voice.pick("kun i hypotesen", "only in the hypothesis")
    ))?;
    voice.print("\tn\tmean\tmedian\tbias\tsd\t<=10\t<=20\t<=25\t<=50\t<=100 ms")?;
    let row = |name: &str, edge: &EdgeScore| {
        let ms =
            [edge.mean, edge.median, edge.bias, edge.sd].map(|s| format!("{:.1}", 1000.0 * s)).join("\t");
        let shares: Vec<String> = edge.within.iter().map(|w| format!("{:.1} %", 100.0 * w.share)).collect();
        voice.print(&format!("{name}\t{}\t{ms}\t{}", edge.count, shares.join("\t")))
    };
    row(voice.pick("begyndelser", "starts"), &report.starts)?;
    row(voice.pick("slutninger", "ends"), &report.ends)?;
    for group in &report.groups {
        row(&format!("  {}", group.group.as_deref().unwrap_or("?")), &group.starts)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn open(path: &Path) -> anyhow::Result<BufReader<File>> {
    Ok(BufReader::new(File::open(path).map_err(sprog_datasets::Error::io(path))?))
}
