//! `sprog tokenizer`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::bail;
use sprog::build::outcome::FileProblem;
use sprog::progress::Progress;
use sprog::tokenizer::encode::{self, Decode, Encode, TableOptions};
use sprog::tokenizer::stats::{self, Headings, Stats};
use sprog::tokenizer::train::{self, Model, TrainConfig};
use sprog::tokenizer::{Columns, ctc, plot};
use sprog_text::subword::ctc::{Options as LabelOptions, Rare};
use sprog_text::subword::pretokenize::Pattern;
use sprog_text::subword::tokenizer::Tokenizer;

use super::args::LineArgs;
use super::text::{each_line, normalizer};
use super::tokenizer_args::{
    CtcArgs, CtcModel, DecodeArgs, EncodeArgs, ModelArg, PatternArg, RareArg, StatsArgs, TokenizerVerb,
    TrainArgs,
};
use super::verbs::resolve;
use super::{BAD_INPUT, Voice};

/// Problems that are told one by one; the rest are counted.
const MOST_TOLD: usize = 20;

pub(crate) fn run(verb: TokenizerVerb, voice: &Voice) -> anyhow::Result<ExitCode> {
    match verb {
        TokenizerVerb::Train(args) => train(args, voice),
        TokenizerVerb::Encode(args) => encode(&args, voice),
        TokenizerVerb::Decode(args) => decode(&args, voice),
        TokenizerVerb::Stats(args) => stats(&args, voice),
        TokenizerVerb::Ctc(args) => ctc(&args, voice),
    }
}

fn train(args: TrainArgs, voice: &Voice) -> anyhow::Result<ExitCode> {
    let special_tokens = match (args.no_special_tokens, args.special_tokens.is_empty()) {
        (true, _) => Some(Vec::new()),
        (false, true) => None,
        (false, false) => Some(args.special_tokens),
    };
    let config = TrainConfig {
        text_column: args.text_column,
        model: match args.model {
            ModelArg::Bpe => Model::Bpe,
            ModelArg::Unigram => Model::Unigram,
            ModelArg::Wordpiece => Model::WordPiece,
        },
        vocab_size: args.vocab_size,
        min_frequency: args.min_frequency,
        special_tokens,
        pattern: match args.pattern {
            PatternArg::Danish => Pattern::Danish,
            PatternArg::Gpt2 => Pattern::Gpt2,
            PatternArg::Cl100k => Pattern::Cl100k,
            PatternArg::O200k => Pattern::O200k,
            PatternArg::Qwen2 => Pattern::Qwen2,
        },
        max_token_length: args.max_token_length,
        ..TrainConfig::new(args.inputs, args.out, resolve(&args.resources))
    };
    let report = train::train(&config, &Progress::new(voice.json || voice.quiet))?;
    if voice.json {
        voice.print_json(&report)?;
    } else {
        let (from, words) = (voice.pick("tokens af", "tokens from"), voice.pick("ord", "words"));
        let (texts, unique) = (voice.pick("tekster", "texts"), voice.pick("forskellige", "different"));
        voice.say(&format!(
            "{} {from} {} {texts}, {} bytes, {} {words}, {} {unique}",
            report.tokens, report.documents, report.bytes, report.words, report.unique_words
        ));
        if report.words_dropped > 0 {
            let dropped = voice.pick(
                "forskellige ord udeladt, de sjældneste: hukommelsen rakte ikke; giv mere med --mem",
                "different words left out, the rarest: there was too little memory; give more with --mem",
            );
            voice.say(&format!("{} {dropped}", report.words_dropped));
        }
        if report.tokens < args.vocab_size {
            let of = voice.pick("af", "of");
            let fewer = voice
                .pick("tokens: teksterne rækker ikke til flere", "tokens: the texts do not suffice for more");
            voice.say(&format!("{} {of} {} {fewer}", report.tokens, args.vocab_size));
        }
        voice.print(&report.file.display().to_string())?;
    }
    tell_problems(&report.first_problems, report.problems, voice)
}

fn open(path: &Path, voice: &Voice) -> anyhow::Result<Tokenizer> {
    let tokenizer = sprog::tokenizer::open(path)?;
    tell_fallback(path, &tokenizer, voice);
    Ok(tokenizer)
}

/// Once for each tokenizer that is run by the crate `tokenizers`, which is slower.
fn tell_fallback(path: &Path, tokenizer: &Tokenizer, voice: &Voice) {
    if let Some(why) = tokenizer.fallback() {
        let text = voice.pick("kører ad den langsomme vej, for", "takes the slow path:");
        voice.say(&format!("{}: {text} {why}", path.display()));
    }
}

fn pool(threads: Option<usize>) -> anyhow::Result<rayon::ThreadPool> {
    Ok(rayon::ThreadPoolBuilder::new().num_threads(threads.unwrap_or(0).min(256)).build()?)
}

fn encode(args: &EncodeArgs, voice: &Voice) -> anyhow::Result<ExitCode> {
    let parquet = args.lines.file.as_deref().filter(|file| encode::is_parquet(file));
    match (parquet, &args.out) {
        (Some(file), Some(out)) => {
            let tokenizer = open(&args.tokenizer, voice)?;
            let options = TableOptions {
                input: file.to_owned(),
                out: out.clone(),
                text_column: args.text_column.clone(),
                add_special_tokens: args.add_special_tokens,
            };
            let report = encode::table(&tokenizer, &pool(args.lines.threads)?, &options)?;
            if voice.json {
                voice.print_json(&report)?;
            } else {
                let (rows, tokens) = (voice.pick("rækker", "rows"), voice.pick("tokens", "tokens"));
                let without = voice.pick("uden tekst", "without a text");
                voice.say(&format!(
                    "{} {rows}, {} {without}, {} {tokens}",
                    report.rows, report.without_text, report.tokens
                ));
                voice.print(&out.display().to_string())?;
            }
            Ok(ExitCode::SUCCESS)
        }
        (Some(file), None) => {
            bail!("{}: a Parquet file; name the file for its ids with --out", file.display())
        }
        (None, Some(_)) => bail!("--out is for Parquet files; the ids of lines go to standard output"),
        (None, None) => {
            let tokenizer = open(&args.tokenizer, voice)?;
            let options = encode::Options {
                add_special_tokens: args.add_special_tokens,
                tokens: args.tokens,
                offsets: args.offsets,
            };
            each_line(&Encode::new(&tokenizer, options), &args.lines, voice)
        }
    }
}

fn decode(args: &DecodeArgs, voice: &Voice) -> anyhow::Result<ExitCode> {
    let tokenizer = open(&args.tokenizer, voice)?;
    let lines = LineArgs {
        file: args.file.clone(),
        // The verb reads objects itself, as their texts are lists of ids.
        jsonl: false,
        plain: args.plain,
        line_buffered: args.line_buffered,
        threads: args.threads,
    };
    each_line(&Decode { tokenizer: &tokenizer, skip_special_tokens: args.skip_special_tokens }, &lines, voice)
}

fn stats(args: &StatsArgs, voice: &Voice) -> anyhow::Result<ExitCode> {
    let as_page = match args.plot.as_deref().map(|path| path.extension().and_then(|e| e.to_str())) {
        None | Some(Some("svg")) => false,
        Some(Some("html")) => true,
        Some(_) => bail!("--plot is a .svg or .html file"),
    };
    let tokenizers = stats::open_all(&args.tokenizer)?;
    for (path, named) in args.tokenizer.iter().zip(&tokenizers) {
        tell_fallback(path, &named.tokenizer, voice);
    }
    let columns = Columns { text: args.text_column.clone(), by: args.by.clone() };
    let stats = stats::stats(&tokenizers, &args.inputs, &columns, &pool(args.threads)?)?;
    if let Some(path) = &args.plot {
        let drawn = draw(&stats, args.by.as_deref(), as_page, voice);
        sprog_datasets::durable::write_bytes(path, drawn.as_bytes())?;
    }
    if voice.json {
        voice.print_json(&stats)?;
    } else {
        voice.print(stats::text_table(&stats, &headings(args.by.as_deref(), voice)).trim_end())?;
    }
    tell_problems(&stats.first_problems, stats.problems, voice)
}

fn headings<'h>(by: Option<&'h str>, voice: &Voice) -> Headings<'h> {
    let pick = |da, en| voice.pick(da, en);
    Headings {
        group: by.unwrap_or_default(),
        tokenizer: "tokenizer",
        all: pick("(alle)", "(all)"),
        figures: [
            "bytes/token",
            pick("tegn/token", "characters/token"),
            pick("tokens/ord", "tokens/word"),
            pick("hele ord", "whole words"),
            pick("delt i led", "cut at joints"),
            pick("dele af tegn", "parts of characters"),
            pick("ukendt", "unknown"),
            "tokens",
            pick("ordforråd", "vocabulary"),
            pick("ubrugt", "unused"),
        ],
    }
}

fn draw(stats: &Stats, by: Option<&str>, as_page: bool, voice: &Voice) -> String {
    let pick = |da, en| voice.pick(da, en);
    let danish = pick("da", "en") == "da";
    let counts = stats.rows.first().map(|row| row.counts).unwrap_or_default();
    let megabytes = format!("{:.1}", counts.bytes as f64 / 1e6);
    let megabytes = if danish { megabytes.replace('.', ",") } else { megabytes };
    let texts = grouped(counts.texts, if danish { '.' } else { ',' });
    let subtitle = match danish {
        true => format!("{texts} tekster, {megabytes} MB"),
        false => format!("{texts} texts, {megabytes} MB"),
    };
    let groups =
        format!("{} {}", pick("Bytes pr. token efter", "Bytes per token by"), by.unwrap_or_default());
    let (more, fewer) = (pick("flere er bedre", "more is better"), pick("færre er bedre", "fewer is better"));
    let words = plot::Words {
        language: pick("da", "en"),
        title: pick("Hvad tokenizerne får ud af teksterne", "What the tokenizers make of the texts"),
        subtitle: &subtitle,
        panels: [
            (pick("Bytes pr. token", "Bytes per token"), more),
            (pick("Tokens pr. ord", "Tokens per word"), fewer),
            (pick("Ord, der holdes hele", "Words kept whole"), more),
            (
                pick(
                    "Delte sammensætninger, der kun er delt mellem leddene",
                    "Cut compounds that are cut only between their parts",
                ),
                more,
            ),
        ],
        groups: &groups,
        not_all: pick("De største grupper; --json har dem alle.", "The largest groups; --json has all."),
        decimal_comma: danish,
    };
    if as_page { plot::html(stats, &words) } else { plot::svg(stats, &words) }
}

/// A whole number with a sign between thousands.
fn grouped(number: u64, sign: char) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(sign);
        }
        text.push(digit);
    }
    text
}

fn tell_problems(first: &[FileProblem], problems: u64, voice: &Voice) -> anyhow::Result<ExitCode> {
    for problem in first.iter().take(MOST_TOLD) {
        voice.say(&format!("{}: {}: {} [{}]", problem.file, problem.place, problem.message, problem.code));
    }
    if problems == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    voice.say(&format!("{problems} {}", voice.pick("problemer i alt", "problems in all")));
    Ok(ExitCode::from(BAD_INPUT))
}

fn ctc(args: &CtcArgs, voice: &Voice) -> anyhow::Result<ExitCode> {
    let normalizer = match args.normalize.as_str() {
        "none" => None,
        preset => Some(normalizer(preset, &[], &args.without)?),
    };
    let rare = match args.rare {
        RareArg::Map => Rare::Map,
        RareArg::Unknown => Rare::Unknown,
        RareArg::Refuse => Rare::Refuse,
    };
    let options = ctc::CtcOptions {
        out: args.out.clone(),
        text_column: args.text_column.clone(),
        normalizer,
        labels: LabelOptions {
            blank: args.blank.clone(),
            unknown: args.unknown.clone(),
            delimiter: args.delimiter.clone(),
            always: args.alphabet.clone(),
            min_count: args.min_count,
            rare,
            digits: args.digits,
        },
        subwords: (args.model == CtcModel::Bpe).then_some(args.vocab_size),
        lexicon: args.lexicon.clone(),
    };
    let report = ctc::ctc(&args.inputs, &options, &pool(args.threads)?)?;
    if voice.json {
        voice.print_json(&report)?;
    } else {
        let (labels, of) =
            (voice.pick("etiketter af", "labels of"), voice.pick("transskriptioner", "transcripts"));
        voice.say(&format!("{} {labels} {} {of}", report.labels, report.transcripts));
        if !report.rare.is_empty() {
            let rare = voice.pick("tegn er for sjældne til en etiket", "characters are too rare for a label");
            voice.say(&format!("{} {rare}: {}", report.rare.len(), rare_characters(&report, voice)));
        }
        if let Some(lexicon) = &report.lexicon {
            let (words, unwritable) = (
                voice.pick("ord i lexicon.txt", "words in lexicon.txt"),
                voice.pick("kan ikke skrives", "cannot be written"),
            );
            let outside = voice.pick(
                "af transskriptionernes ord er ikke i leksikonet, af",
                "words of the transcripts are not in the lexicon, of",
            );
            voice.say(&format!("{} {words}, {} {unwritable}", lexicon.words, lexicon.unwritable));
            voice.say(&format!("{} {outside} {}", lexicon.outside, lexicon.transcript_words));
        }
        voice.print(&args.out.display().to_string())?;
    }
    tell_problems(&report.first_problems, report.problems, voice)
}

fn rare_characters(report: &ctc::CtcReport, voice: &Voice) -> String {
    let unknown = voice.pick("ukendt", "unknown");
    let told = report.rare.iter().take(MOST_TOLD).map(|rare| {
        let written = rare.written.as_ref().map_or_else(|| unknown.to_owned(), |w| format!("{w:?}"));
        format!("{:?} ({}) → {written}", rare.character, rare.count)
    });
    let mut told: Vec<String> = told.collect();
    if report.rare.len() > MOST_TOLD {
        told.push("…".into());
    }
    told.join(", ")
}
