//! `sprog text`.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use sprog::build;
use sprog::lines::{self, Verb, text, words};
use sprog::{rules, tagging};
use sprog_text::compounds::Mode;
use sprog_text::hyphenate::Hyphenator;
use sprog_text::lemma::Lemmatizer;
use sprog_text::normalize::{Normalizer, Preset, Step};
use sprog_text::tag::{Model, Tagger, TrainOptions};
use sprog_text::{pii, repair, verbalize};

use super::args::{CompoundMode, LineArgs, TagArgs, TextVerb};
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
        TextVerb::Spell { dictionary, suggestions, lines } => {
            let dictionary = match dictionary {
                Some(path) => rules::Dictionary::open(&path)?,
                None => {
                    let text = voice.pick(
                        "uden --dictionary kendes kun ordene i vores lille leksikon",
                        "without --dictionary only the words of our small lexicon are known",
                    );
                    voice.say(text);
                    rules::Dictionary::ours()?
                }
            };
            each_line(&words::Spell { speller: dictionary.speller()?, suggestions }, &lines, voice)
        }
        TextVerb::Compounds { mode, most, dictionary, lines } => {
            let mode = match mode {
                CompoundMode::Lexical => Mode::Lexical,
                CompoundMode::Deep => Mode::Deep,
            };
            let splitter = rules::splitter(dictionary.as_deref())?;
            each_line(&words::Compounds { splitter: &splitter, mode, most: usize::from(most) }, &lines, voice)
        }
        TextVerb::Hyphenate { patterns, patterns_only, lines } => {
            let own = rules::hyphenator(patterns.as_deref(), patterns_only)?;
            each_line(&words::Hyphenate(own.as_ref().unwrap_or_else(|| Hyphenator::ours())), &lines, voice)
        }
        TextVerb::Grammar { files, enable, disable, lines } => {
            let (set, problems) = rules::rule_set(&files, &enable, &disable)?;
            problems.iter().for_each(|problem| voice.say(problem));
            each_line(&words::Grammar(&set), &lines, voice)
        }
        TextVerb::Tag(args) => tag(&args, true, voice),
        TextVerb::Lemma(args) => tag(&args, false, voice),
    }
}

fn tag(args: &TagArgs, whole: bool, voice: &Voice) -> anyhow::Result<ExitCode> {
    if !args.train.is_empty() {
        let open = |path: &PathBuf| -> anyhow::Result<Box<dyn BufRead>> {
            Ok(Box::new(BufReader::new(File::open(path).map_err(sprog_datasets::Error::io(path))?)))
        };
        let inputs = args.train.iter().map(open).collect::<anyhow::Result<Vec<_>>>()?;
        let (model, tally) = tagging::train(TrainOptions::default(), inputs)?;
        tally.problems.iter().for_each(|problem| voice.say(problem));
        sprog_datasets::durable::write_bytes(&args.model, &model.to_bytes())?;
        let text = voice.pick("ord lært af", "words learnt from");
        voice.say(&format!("{} {text}: {} ", tally.words, tally.sentences));
        voice.print(&args.model.display().to_string())?;
        return Ok(ExitCode::SUCCESS);
    }
    let bytes = std::fs::read(&args.model).map_err(sprog_datasets::Error::io(&args.model))?;
    let model = Model::open(&bytes).map_err(|e| anyhow::anyhow!("{}: {e}", args.model.display()))?;
    let task = match whole {
        true => tagging::Task::Tag(Box::new(Tagger::new(&model, tagging::lexicon()))),
        false => tagging::Task::Lemma(Box::new(Lemmatizer::new(&model, tagging::lexicon()))),
    };
    let input: Box<dyn BufRead> = match args.file.as_deref().filter(|f| *f != Path::new("-")) {
        Some(path) => Box::new(BufReader::new(File::open(path).map_err(sprog_datasets::Error::io(path))?)),
        None => Box::new(std::io::stdin().lock()),
    };
    let out = BufWriter::with_capacity(1 << 16, std::io::stdout());
    let tally =
        if args.text { tagging::texts(task, input, out)? } else { tagging::conllu(task, input, out)? };
    tally.problems.iter().for_each(|problem| voice.say(problem));
    Ok(if tally.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(BAD_INPUT) })
}

/// With `--plain` only the best reading is seen.
fn readings(max_readings: usize, lines: &LineArgs) -> verbalize::Options {
    verbalize::Options { max_readings: if lines.plain { 1 } else { max_readings } }
}

pub(super) fn normalizer(preset: &str, steps: &[String], without: &[String]) -> anyhow::Result<Normalizer> {
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

pub(super) fn each_line(verb: &impl Verb, args: &LineArgs, voice: &Voice) -> anyhow::Result<ExitCode> {
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
