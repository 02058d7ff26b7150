//! `sprog text`.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, IsTerminal};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use sprog::build;
use sprog::lines::{self, Verb, text};
use sprog_text::normalize::{Normalizer, Preset, Step};
use sprog_text::{pii, repair, verbalize};

use super::args::{LineArgs, TextVerb};
use super::{BAD_INPUT, Voice};

pub(crate) fn run(verb: TextVerb, voice: &Voice) -> anyhow::Result<ExitCode> {
    match verb {
        TextVerb::Repair { margin, lines } => {
            let mut options = repair::Options::default();
            options.margin = margin;
            each_line(&text::Repair(options), &lines, voice)
        }
        TextVerb::Normalize { preset, steps, without, changes, orthography, lines } => {
            let normalizer = normalizer(&preset, &steps, &without)?;
            let speaks = normalizer.steps().contains(&Step::Verbalize);
            let normalizer = if changes { normalizer.log_changes() } else { normalizer };
            let verbalize = speaks.then_some(verbalize::Options { max_readings: 1 });
            each_line(&text::Normalize { normalizer, verbalize, changes, orthography }, &lines, voice)
        }
        TextVerb::Tokens { lines } => each_line(&text::Tokens, &lines, voice),
        TextVerb::Sentences { min_confidence, lines } => {
            each_line(&text::Sentences { min_confidence }, &lines, voice)
        }
        TextVerb::Verbalize { max_readings, lines } => {
            each_line(&text::Verbalize(readings(max_readings, &lines)), &lines, voice)
        }
        TextVerb::Itn { max_readings, lines } => {
            each_line(&text::Itn(readings(max_readings, &lines)), &lines, voice)
        }
        TextVerb::Langid { document, lines } => each_line(&text::Langid { document }, &lines, voice),
        TextVerb::Profile { preset, lines } => {
            let presets = build::presets(&preset).map_err(anyhow::Error::msg)?;
            if presets.is_empty() && lines.plain {
                bail!("--plain writes the rules that fail: name them with --preset");
            }
            each_line(&text::Profile { presets }, &lines, voice)
        }
        TextVerb::Pii { labels, min_score, pseudonymize, lines } => {
            let labels = if labels.is_empty() { pii::Labels::ALL } else { parse_labels(&labels)? };
            let pseudonymizer = pseudonymize.as_deref().map(read_key).transpose()?;
            let verb = text::Pii { options: pii::Options { labels, min_score }, pseudonymizer };
            each_line(&verb, &lines, voice)
        }
    }
}

/// With `--plain` only the best reading is seen.
fn readings(max_readings: usize, lines: &LineArgs) -> verbalize::Options {
    verbalize::Options { max_readings: if lines.plain { 1 } else { max_readings } }
}

fn normalizer(preset: &str, steps: &[String], without: &[String]) -> anyhow::Result<Normalizer> {
    let step = |name: &String| {
        let found = Step::ALL.into_iter().find(|s| s.name() == name);
        let names = || Step::ALL.map(Step::name).join(", ");
        found.with_context(|| format!("no step {name:?}; there are {}", names()))
    };
    if !steps.is_empty() {
        return Ok(Normalizer::new(steps.iter().map(step).collect::<anyhow::Result<Vec<_>>>()?));
    }
    without.iter().try_fold(Normalizer::preset(self::preset(preset)?), |n, name| Ok(n.without(step(name)?)))
}

pub(super) fn preset(name: &str) -> anyhow::Result<Preset> {
    Ok(match name {
        "publish" => Preset::Publish,
        "asr" => Preset::Asr,
        "lookup" => Preset::Lookup,
        "coral-eval" => Preset::CoralEval,
        other => bail!("no preset {other:?}; there are publish, asr, lookup and coral-eval"),
    })
}

fn parse_labels(names: &[String]) -> anyhow::Result<pii::Labels> {
    let label = |name: &String| {
        pii::Label::from_name(name).with_context(|| format!("no label {name:?}; see `sprog text pii --help`"))
    };
    Ok(pii::Labels::of(&names.iter().map(label).collect::<anyhow::Result<Vec<_>>>()?))
}

fn read_key(path: &Path) -> anyhow::Result<pii::Pseudonymizer> {
    let text = std::fs::read_to_string(path).map_err(sprog_datasets::Error::io(path))?;
    match text::parse_key(&text) {
        Ok(key) => Ok(pii::Pseudonymizer::new(&key)),
        Err(why) => bail!("{}: {why}", path.display()),
    }
}

fn each_line(verb: &impl Verb, args: &LineArgs, voice: &Voice) -> anyhow::Result<ExitCode> {
    let stdin = std::io::stdin();
    let mut waits_for_a_person = false;
    let input: Box<dyn BufRead> = match args.file.as_deref().filter(|f| *f != Path::new("-")) {
        Some(path) => Box::new(BufReader::with_capacity(
            1 << 18,
            File::open(path).map_err(sprog_datasets::Error::io(path))?,
        )),
        None => {
            waits_for_a_person = stdin.is_terminal();
            Box::new(stdin.lock())
        }
    };
    let options = lines::Options {
        jsonl: args.jsonl,
        plain: args.plain,
        line_buffered: args.line_buffered || waits_for_a_person,
    };
    let threads = args.threads.unwrap_or(0).min(256);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    let out = BufWriter::with_capacity(1 << 16, std::io::stdout());
    // The input is read on this thread: rayon's are for the work.
    let tally = lines::run(&pool, verb, input, out, options, |error| voice.say(error))?;
    if tally.errors > 0 {
        let text = voice.pick("linjer kunne ikke læses, af", "lines could not be read, of");
        voice.say(&format!("{} {text} {}", tally.errors, tally.lines));
        return Ok(ExitCode::from(BAD_INPUT));
    }
    Ok(ExitCode::SUCCESS)
}
