//! What `sprog rules` and the verbs that read rule files do with files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use arrow::array::{RecordBatch, StringArray};
use serde::Serialize;
use sprog_datasets::durable;
use sprog_datasets::rules::{RuleOrigin, RuleTable};
use sprog_datasets::table::{TableFile, write_rows};
use sprog_formats::rules::{hunspell_aff, hunspell_dic, hyphenation, languagetool};
use sprog_formats::{Limits, Problem};
use sprog_text::compounds::Splitter;
use sprog_text::hyphenate::{Hyphenator, Patterns};
use sprog_text::lexicon::{Form, Guesser, Lexicon};
use sprog_text::morph::{Reading, Upos};
use sprog_text::pattern::{ExampleReport, RuleSet, run_examples};
use sprog_text::spell::{SpellDictionary, Speller};
use sprog_text::{cg, grammar};

use crate::build::{self, plan};
use crate::mapped::Mapped;
use crate::recipe::Format;

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    Ok(fs::read(path).map_err(sprog_datasets::Error::io(path))?)
}

fn in_file<T>(path: &Path, result: sprog_formats::Result<T>) -> anyhow::Result<T> {
    result.with_context(|| path.display().to_string()).map_err(|e| anyhow::anyhow!("{e:#}"))
}

/// A compiled spelling dictionary, in memory or mapped from its file.
pub enum Dictionary {
    /// Built now.
    Built(SpellDictionary),
    /// Compiled before.
    Mapped(Mapped),
}

impl Dictionary {
    /// Opens a compiled dictionary, or builds one of a Hunspell dictionary (`X.aff` and `X.dic`; either is named), or of a
    /// word list, a word a line.
    ///
    /// # Errors
    /// Those of the file system, and for files that are none of these.
    pub fn open(path: &Path) -> anyhow::Result<Dictionary> {
        let hunspell = path.extension().is_some_and(|e| e == "aff" || e == "dic");
        if hunspell {
            let (aff, dic) = hunspell_files(path)?;
            let built = SpellDictionary::build(&aff, &dic);
            return Ok(Dictionary::Built(built.with_context(|| path.display().to_string())?));
        }
        let mapped = Mapped::open(path)?;
        if Speller::open(&mapped).is_ok() {
            return Ok(Dictionary::Mapped(mapped));
        }
        let Ok(text) = std::str::from_utf8(&mapped) else {
            let why = Speller::open(&mapped).err().map_or_else(String::new, |e| e.to_string());
            bail!(
                "{}: neither a dictionary of Hunspell (.aff and .dic), a word list, nor compiled: {why}",
                path.display()
            );
        };
        let words = text.lines().map(str::trim).filter(|w| !w.is_empty() && !w.starts_with('#'));
        Ok(Dictionary::Built(SpellDictionary::from_words(words.map(|w| (w, 0)))?))
    }

    /// The forms of our own lexicon: a small dictionary.
    ///
    /// # Errors
    /// Never for our lexicon.
    pub fn ours() -> anyhow::Result<Dictionary> {
        let forms: Vec<String> = Lexicon::ours().iter().map(|f| f.form).collect();
        Ok(Dictionary::Built(SpellDictionary::from_words(forms.iter().map(|f| (f.as_str(), 0)))?))
    }

    /// The dictionary in use.
    ///
    /// # Errors
    /// For a damaged file.
    pub fn speller(&self) -> anyhow::Result<Speller<'_>> {
        Ok(match self {
            Dictionary::Built(built) => Speller::open(built.as_bytes())?,
            Dictionary::Mapped(mapped) => Speller::open(mapped)?,
        })
    }

    /// Writes the compiled form.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        let bytes: &[u8] = match self {
            Dictionary::Built(built) => built.as_bytes(),
            Dictionary::Mapped(mapped) => mapped,
        };
        Ok(durable::write_bytes(path, bytes)?)
    }
}

fn hunspell_files(path: &Path) -> anyhow::Result<(hunspell_aff::AffFile, hunspell_dic::DicFile)> {
    let limits = Limits::default();
    let (aff_path, dic_path) = (path.with_extension("aff"), path.with_extension("dic"));
    let aff = in_file(&aff_path, hunspell_aff::read(&read(&aff_path)?, &limits))?.value;
    let dic = in_file(&dic_path, hunspell_dic::read_with(&read(&dic_path)?, &aff, &limits))?.value;
    Ok((aff, dic))
}

/// A splitter of compounds: ours, or ours and the words of a Hunspell dictionary.
///
/// # Errors
/// Those of the file system and of the files.
pub fn splitter(dictionary: Option<&Path>) -> anyhow::Result<Splitter> {
    match dictionary {
        None => Ok(Splitter::from_stems(&sprog_text::compounds::OurStems)),
        Some(path) => Ok(Splitter::with_dictionary(&hunspell_files(path)?.1)),
    }
}

/// A hyphenator: by our rules, or by patterns of libhyphen or TeX and the compounds' boundaries.
///
/// # Errors
/// Those of the file system and of the file.
pub fn hyphenator(patterns: Option<&Path>, only: bool) -> anyhow::Result<Option<Hyphenator>> {
    let Some(path) = patterns else { return Ok(None) };
    let file = in_file(path, hyphenation::read(&read(path)?, &Limits::default()))?.value;
    let patterns = Patterns::new(&file);
    Ok(Some(if only { Hyphenator::patterns_only(patterns) } else { Hyphenator::with_patterns(patterns) }))
}

/// A rule file as a Parquet table.
#[derive(Clone, Debug)]
pub struct Import {
    /// The format; by the file's ending where it is not given.
    pub format: Option<Format>,
    /// Which of our own tables the file belongs to.
    pub table: Option<RuleTable>,
    /// Source and licence in the rows.
    pub origin: RuleOrigin,
}

/// What became of the lines of a rule file.
#[derive(Clone, Debug, Serialize)]
pub struct Imported {
    /// The table that the rows belong to.
    pub table: &'static str,
    /// Rows: every line, or every rule.
    pub rows: usize,
    /// What is wrong with the file.
    pub problems: Vec<String>,
}

/// The format that a file's ending tells.
fn format_of(path: &Path) -> Option<Format> {
    Some(match path.extension()?.to_str()? {
        "aff" => Format::HunspellAff,
        "dic" => Format::HunspellDic,
        "cg3" | "rlx" => Format::Cg,
        "xml" => Format::Languagetool,
        "dix" => Format::Dix,
        "tex" => Format::Hyphenation,
        _ => return None,
    })
}

/// Reads a rule file and writes its table.
///
/// # Errors
/// Those of the file system and of the file; where the format is not known.
pub fn import(path: &Path, out: &Path, import: &Import) -> anyhow::Result<Imported> {
    let format = import.format.or_else(|| format_of(path));
    let format = format.context("the file's ending does not tell its format: name it with --format")?;
    if !plan::is_rules(format) {
        bail!("format {format:?} does not hold rules");
    }
    let possible = plan::tables_of(format);
    let table = plan::table_of(format).or(import.table.filter(|table| possible.contains(table)));
    let table = table.with_context(|| {
        let names: Vec<&str> = possible.iter().map(|table| table.name()).collect();
        format!("name the table with --table: {}", names.join(", "))
    })?;
    let limits = Limits::default();
    let read_as = build::rules::read_table(format, Some(table), path, &read(path)?, &limits, &import.origin)?;
    let parsed = in_file(path, read_as)?;
    let problems = parsed.problems.iter().map(Problem::to_string).collect();
    let batch = parsed.value?;
    let rows = batch.num_rows();
    write_rows(out, &batch.schema(), std::iter::once(Ok(batch)))?;
    Ok(Imported { table: table.name(), rows, problems })
}

/// The bytes of a rule file, from its rows in a published folder or in a table.
///
/// # Errors
/// Those of the file system; where the rows are not one whole file;
/// [`codes::NOT_EXPORTED`](crate::codes::NOT_EXPORTED) where they keep what the file says and not its lines.
pub fn export(from: &Path, file: &str) -> anyhow::Result<Vec<u8>> {
    let paths: Vec<PathBuf> = if from.is_dir() {
        let all = sprog_datasets::manifest::files_below(from)?;
        all.iter()
            .filter(|p| p.starts_with("data/") && p.ends_with(".parquet"))
            .map(|p| from.join(p))
            .collect()
    } else {
        vec![from.to_owned()]
    };
    // A file that several tables are made of stands in each of them whole.
    let mut tables: BTreeMap<PathBuf, Vec<RecordBatch>> = BTreeMap::new();
    let mut read_only = false;
    for path in paths {
        let table = TableFile::open(&path)?;
        if table.schema().index_of("raw").is_err() {
            continue;
        }
        for batch in
            table.read(&["source", "source_ref", "file", "line", "raw", "ending", "charset"], None)?
        {
            let batch = batch?;
            if some_text(&batch, "file", |name| name == file) {
                let of = path.parent().unwrap_or(&path).to_owned();
                tables.entry(of).or_default().push(batch);
            } else if !read_only {
                let of_file =
                    |place: &str| place.strip_prefix(file).is_some_and(|p| p.starts_with([':', '#']));
                read_only = some_text(&batch, "source_ref", of_file);
            }
        }
    }
    let mut found: Option<Vec<u8>> = None;
    for batches in tables.into_values() {
        let bytes = sprog_datasets::rules::export(batches.into_iter().map(Ok), file)?;
        match &found {
            Some(other) if *other != bytes => {
                bail!("two files are called {file:?}; name the table of the one: {}", from.display());
            }
            _ => found = Some(bytes),
        }
    }
    match found {
        Some(bytes) => Ok(bytes),
        None if read_only => bail!(
            "{}: the rows say what stands in {file:?} and not how; it cannot be written [{}]",
            from.display(),
            crate::codes::NOT_EXPORTED
        ),
        None => bail!("no rows of a file {file:?} in {}", from.display()),
    }
}

/// Whether a text column has a value that fits.
fn some_text(batch: &RecordBatch, name: &str, fits: impl Fn(&str) -> bool) -> bool {
    let column = batch.column_by_name(name).and_then(|c| c.as_any().downcast_ref::<StringArray>());
    column.is_some_and(|texts| texts.iter().flatten().any(fits))
}

/// Rules by patterns: ours where no file is named. `enable` switches rules on by id or category, `disable` off.
///
/// # Errors
/// Those of the files, and for a name that no rule has.
pub fn rule_set(
    files: &[PathBuf],
    enable: &[String],
    disable: &[String],
) -> anyhow::Result<(RuleSet, Vec<String>)> {
    let mut problems = Vec::new();
    let mut set = if files.is_empty() {
        RuleSet::compile(&grammar::files().map(|(_, file)| file).collect::<Vec<_>>())
    } else {
        let mut read_files = Vec::new();
        for path in files {
            let parsed = in_file(path, languagetool::read(&read(path)?, &Limits::default()))?;
            problems.extend(parsed.problems.iter().map(|p: &Problem| format!("{}: {p}", path.display())));
            read_files.push(parsed.value);
        }
        RuleSet::compile(&read_files)
    };
    for (names, on) in [(enable, true), (disable, false)] {
        for name in names {
            if set.enable(name, on) == 0 {
                bail!("no rule or category {name:?}");
            }
        }
    }
    Ok((set, problems))
}

/// What `sprog rules test` tells.
#[derive(Debug, Serialize)]
pub struct Tested {
    /// Rules that can be run.
    pub rules: usize,
    /// Rules with examples, all of which behave.
    pub behaving: usize,
    /// Rules without examples.
    pub without: Vec<String>,
    /// Rules that cannot be run, and why.
    pub rejected: Vec<(String, Vec<String>)>,
    /// Examples run.
    pub examples: usize,
    /// Examples that do not behave: rule, line, sentence, reason.
    pub failures: Vec<(String, u64, String, String)>,
}

/// Runs the examples of every rule.
pub fn test(set: &RuleSet) -> Tested {
    let report: ExampleReport = run_examples(set, grammar::lexicon(), Lexicon::ours());
    let failures = report.failures.into_iter().map(|f| (f.rule_id, f.line, f.text, f.reason));
    Tested {
        rules: report.rules,
        behaving: report.rules_behaving,
        without: report.rules_without,
        rejected: set.rejected().iter().map(|r| (r.rule_id.clone(), r.reasons.clone())).collect(),
        examples: report.examples,
        failures: failures.collect(),
    }
}

/// What the lexicon says of a word.
#[derive(Debug, Serialize)]
pub struct Looked {
    /// The word asked for.
    pub word: String,
    /// Whether the lexicon has it; otherwise the readings are guesses.
    pub known: bool,
    /// Its readings.
    pub readings: Vec<Row>,
    /// The forms of the lemma, where they are asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub forms: Vec<Row>,
}

/// A form with its reading.
#[derive(Debug, PartialEq, Serialize)]
pub struct Row {
    /// The form.
    pub form: String,
    /// Its lemma.
    pub lemma: String,
    /// The part of speech.
    pub upos: &'static str,
    /// Features, as in CoNLL-U.
    pub feats: String,
    /// The tag of UniMorph.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unimorph: Option<String>,
    /// `official`, `variant`, `old` or `colloquial`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub norm: Option<&'static str>,
    /// For a guess, from 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
}

fn row(form: Form) -> Row {
    Row {
        unimorph: form.unimorph(),
        norm: Some(form.status.as_str()),
        ..guess_row(form.form, form.reading, None)
    }
}

fn guess_row(form: String, reading: Reading, score: Option<f64>) -> Row {
    let Reading { lemma, upos, feats } = reading;
    let unimorph = sprog_text::lexicon::unimorph::from_ud(upos, &feats);
    Row { form, lemma, upos: upos.as_str(), feats, unimorph, norm: None, score }
}

/// Looks a word up: as a form, and with `forms` as a lemma too, whose forms are listed.
pub fn look_up(word: &str, forms: bool) -> Looked {
    let lexicon = Lexicon::ours();
    let known: Vec<Row> = lexicon.lookup(word).into_iter().map(row).collect();
    let mut looked =
        Looked { word: word.to_owned(), known: !known.is_empty(), readings: known, forms: Vec::new() };
    if !looked.known {
        let guesses = Guesser::ours().guess(word, 5);
        looked.readings =
            guesses.into_iter().map(|g| guess_row(word.to_owned(), g.reading, Some(g.score))).collect();
    }
    if forms {
        looked.forms = lexicon.forms(word).into_iter().map(row).collect();
        if looked.forms.is_empty() {
            for upos in [Upos::Noun, Upos::Verb, Upos::Adj] {
                let inflected = Guesser::ours().inflect(word, upos);
                let cells = inflected.into_iter().flat_map(|i| i.cells);
                looked.forms.extend(cells.map(|cell| {
                    let reading = Reading { lemma: word.to_owned(), upos, feats: cell.feats };
                    guess_row(cell.form, reading, None)
                }));
            }
        }
    }
    looked
}

/// Runs a Constraint Grammar over a stream of cohorts, with what of the grammar is not run.
///
/// # Errors
/// Those of the grammar.
pub fn constraint_grammar(path: &Path, stream: &str, trace: bool) -> anyhow::Result<(String, Vec<String>)> {
    let parsed = in_file(path, sprog_formats::rules::cg::read(&read(path)?, &Limits::default()))?;
    let grammar = cg::Grammar::compile(&parsed.value)?;
    let mut told: Vec<String> = parsed.problems.iter().map(|p| format!("{}: {p}", path.display())).collect();
    let left = |u: &cg::Unsupported| format!("{}: line {}: not run: {}", path.display(), u.line, u.what);
    told.extend(grammar.unsupported().iter().map(left));
    let options = cg::Options { trace, ..cg::Options::default() };
    let output = cg::Engine::new(grammar, options).run_stream(stream);
    if output.given_up > 0 {
        told.push(format!(
            "{} windows took more work than is allowed and were left as they were",
            output.given_up
        ));
    }
    Ok((output.stream, told))
}
