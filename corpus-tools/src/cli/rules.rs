//! `sprog rules`.

use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use sprog::recipe::Format;
use sprog::rules::{self, Row};
use sprog_datasets::rules::{RuleOrigin, RuleTable};

use super::args::RulesVerb;
use super::{REFUSED, Voice};

/// The longest stream of cohorts that is read at once.
const LONGEST_STREAM: u64 = 1 << 30;

pub(crate) fn run(verb: RulesVerb, voice: &Voice) -> anyhow::Result<ExitCode> {
    match verb {
        RulesVerb::Import { file, out, compile: true, .. } => {
            rules::Dictionary::open(&file)?.write(&out)?;
            voice.print(&out.display().to_string())?;
            Ok(ExitCode::SUCCESS)
        }
        RulesVerb::Import { file, format, out, source, license, table, .. } => {
            let named = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let origin = RuleOrigin {
                source: source.unwrap_or_else(|| named.clone()),
                license: license.unwrap_or_default(),
                file: named,
            };
            let import = rules::Import {
                format: format.as_deref().map(format_named).transpose()?,
                table: table.as_deref().map(table_named).transpose()?,
                origin,
            };
            import_file(&file, &out, &import, voice)
        }
        RulesVerb::Export { dir, file } => {
            let bytes = rules::export(&dir, &file)?;
            let mut out = std::io::stdout().lock();
            out.write_all(&bytes)?;
            out.flush()?;
            Ok(ExitCode::SUCCESS)
        }
        RulesVerb::Test { files } => {
            let (set, problems) = rules::rule_set(&files, &[], &[])?;
            problems.iter().for_each(|problem| voice.say(problem));
            tell_tested(&rules::test(&set), voice)
        }
        RulesVerb::Lookup { words, forms } => look_up(&words, forms, voice),
        RulesVerb::Cg { grammar, file, trace } => {
            let mut stream = String::new();
            let input: Box<dyn Read> = match &file {
                Some(path) => Box::new(std::fs::File::open(path).map_err(sprog_datasets::Error::io(path))?),
                None => Box::new(std::io::stdin().lock()),
            };
            input.take(LONGEST_STREAM).read_to_string(&mut stream)?;
            let (text, told) = rules::constraint_grammar(&grammar, &stream, trace)?;
            told.iter().for_each(|line| voice.say(line));
            let mut out = std::io::stdout().lock();
            out.write_all(text.as_bytes())?;
            out.flush()?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn format_named(name: &str) -> anyhow::Result<Format> {
    let found = serde_json::from_value(serde_json::Value::String(name.to_owned()));
    found.ok().with_context(|| format!("no format {name:?}; see `sprog rules import --help`"))
}

fn table_named(name: &str) -> anyhow::Result<RuleTable> {
    let all = RuleTable::ALL.map(RuleTable::name).join(", ");
    RuleTable::parse(name).with_context(|| format!("no table {name:?}; there are {all}"))
}

fn import_file(file: &Path, out: &Path, import: &rules::Import, voice: &Voice) -> anyhow::Result<ExitCode> {
    let imported = rules::import(file, out, import)?;
    if voice.json {
        voice.print_json(&imported)?;
    } else {
        imported.problems.iter().for_each(|problem| voice.say(&format!("{}: {problem}", file.display())));
        let text = voice.pick("rækker i tabellen", "rows of the table");
        voice.say(&format!("{} {text} {}", imported.rows, imported.table));
        voice.print(&out.display().to_string())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn tell_tested(tested: &rules::Tested, voice: &Voice) -> anyhow::Result<ExitCode> {
    if voice.json {
        voice.print_json(tested)?;
    } else {
        for (rule, line, text, reason) in &tested.failures {
            voice.print(&format!("{rule}, line {line}: {text:?}: {reason}"))?;
        }
        for (rule, reasons) in &tested.rejected {
            voice.print(&format!(
                "{rule}: {}: {}",
                voice.pick("kan ikke køres", "cannot be run"),
                reasons.join("; ")
            ))?;
        }
        for rule in &tested.without {
            voice.print(&format!("{rule}: {}", voice.pick("ingen eksempler", "no examples")))?;
        }
        let (of, examples) = (voice.pick("af", "of"), voice.pick("eksempler", "examples"));
        let all = tested.rules + tested.rejected.len();
        let right = tested.examples - tested.failures.len();
        let kept = voice.pick("regler opfører sig som vist", "rules behave as shown");
        voice.print(&format!(
            "{} {of} {all} {kept}; {right} {of} {} {examples}",
            tested.behaving, tested.examples
        ))?;
    }
    Ok(if tested.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(REFUSED) })
}

fn look_up(words: &[String], forms: bool, voice: &Voice) -> anyhow::Result<ExitCode> {
    let found: Vec<_> = words.iter().map(|word| rules::look_up(word, forms)).collect();
    if voice.json {
        voice.print_json(&found)?;
        return Ok(ExitCode::SUCCESS);
    }
    let line = |row: &Row| {
        let feats = if row.feats.is_empty() { "_" } else { &row.feats };
        let sure = row.score.map_or_else(String::new, |s| format!("\t{s:.2}"));
        format!("{}\t{}\t{}\t{feats}{sure}", row.form, row.lemma, row.upos)
    };
    for looked in &found {
        if !looked.known && !looked.readings.is_empty() {
            let text = voice.pick("er ikke i leksikonet; gæt", "is not in the lexicon; guesses");
            voice.say(&format!("{:?} {text}", looked.word));
        }
        for row in looked.readings.iter().chain(&looked.forms) {
            voice.print(&line(row))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
