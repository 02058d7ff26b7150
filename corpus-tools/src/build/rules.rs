//! Rule sources: files become tables, line by line.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use sprog_datasets::rules::{
    RuleOrigin, RuleTable, affix_rules, cells, cells_format, dic_entries, hyphenation_patterns,
    lexicon_entries, lexicon_forms, rules_cg, rules_pattern, thesaurus,
};
use sprog_datasets::{Error, Result};
use sprog_formats::rules::rows::FormRow;
use sprog_formats::rules::{
    Charset, RawLine, Records, cg, cor, dsdo, fullforms, hunspell_aff, hunspell_dic, hyphenation,
    languagetool, lexicon, misspellings, mythes, nst, unimorph, wordlist,
};
use sprog_formats::{Limits, Parsed};
use sprog_text::lexicon::Table;
use sprog_text::lexicon::tagsets::Tagset;

use super::elements;
use super::inputs::Input;
use super::outcome::{FileProblem, Outcome};
use crate::recipe::{Format, Source};

/// Reads one rule file as a batch of its table.
///
/// A file that cannot be read is a problem of the outcome, and no batch.
///
/// # Errors
/// Those of the file system.
pub(super) fn batch_of(
    source: &Source,
    input: &Input,
    limits: &Limits,
    outcome: &mut Outcome,
) -> Result<Option<RecordBatch>> {
    if input.bytes > limits.bytes {
        let error = sprog_formats::Error::Limit {
            what: "bytes of a rule file",
            limit: limits.bytes,
            place: sprog_formats::Place::File,
        };
        outcome.problems.push(FileProblem::of_error(&source.id, &input.name, &error));
        return Ok(None);
    }
    let bytes = fs::read(&input.path).map_err(Error::io(&input.path))?;
    let origin = RuleOrigin {
        source: source.id.clone(),
        license: source.license.clone().unwrap_or_default(),
        file: input.name.clone(),
    };
    let table = super::plan::rule_table(source);
    let parsed = read_table(source.format, table, &input.path, &bytes, limits, &origin)?;
    match parsed {
        Err(e) => {
            outcome.problems.push(FileProblem::of_error(&source.id, &input.name, &e));
            Ok(None)
        }
        Ok(parsed) => {
            let problems = parsed.problems.iter().map(|p| FileProblem::new(&source.id, &input.name, p));
            outcome.problems.extend(problems);
            let batch = parsed.value?;
            outcome.records = batch.num_rows() as u64;
            Ok(Some(batch))
        }
    }
}

/// A rule file as a batch of its table, or why the file cannot be read. `path` says where the files lie that it cannot be
/// read without, `table` which table is made of it where its format alone does not tell.
///
/// # Errors
/// Those of the file system.
pub fn read_table(
    format: Format,
    table: Option<RuleTable>,
    path: &Path,
    bytes: &[u8],
    limits: &Limits,
    origin: &RuleOrigin,
) -> Result<sprog_formats::Result<Parsed<Result<RecordBatch>>>> {
    Ok(match format {
        Format::HunspellDic => {
            let aff = path.with_extension("aff");
            let aff_bytes = fs::read(&aff).map_err(Error::io(&aff))?;
            match hunspell_aff::read(&aff_bytes, limits) {
                Ok(aff) => {
                    flat(hunspell_dic::read_with(bytes, &aff.value, limits), |f| dic_entries(f, origin))
                }
                Err(e) => Err(e),
            }
        }
        Format::HunspellAff => flat(hunspell_aff::read(bytes, limits), |f| affix_rules(f, origin)),
        Format::Hyphenation if path.extension().is_some_and(|e| e == "tex") => {
            flat(hyphenation::read_tex(bytes, limits), |f| hyphenation_patterns(f, origin))
        }
        Format::Hyphenation => flat(hyphenation::read(bytes, limits), |f| hyphenation_patterns(f, origin)),
        Format::Mythes => flat(mythes::read(bytes, limits), |f| thesaurus(f, origin)),
        Format::Languagetool => flat(languagetool::read(bytes, limits), |f| rules_pattern(f, origin)),
        Format::Cg => flat(cg::read(bytes, limits), |f| rules_cg(f, origin)),
        Format::Unimorph => {
            forms(unimorph::read(bytes, limits), ud(Tagset::UniMorph, FormRow::unimorph), origin)
        }
        Format::Cor => forms(cor::read(bytes, limits), ud(Tagset::Cor, FormRow::cor), origin),
        Format::CorExt => forms(cor::read_ext(bytes, limits), ud(Tagset::Cor, FormRow::cor_ext), origin),
        Format::CorSearchHelp => {
            forms(cor::read_search_help(bytes, limits), ud(Tagset::Cor, FormRow::search_help), origin)
        }
        Format::FullForms => {
            forms(fullforms::read(bytes, limits), ud(Tagset::Ddo, FormRow::full_form), origin)
        }
        Format::NstLexicon => forms(nst::read(bytes, limits), ud(Tagset::Nst, FormRow::nst), origin),
        Format::Dsdo => flat(dsdo::read(bytes, Charset::Utf8, limits), |f| dsdo_forms(f, origin)),
        Format::WordList => {
            let charset = if std::str::from_utf8(bytes).is_ok() { Charset::Utf8 } else { Charset::Latin1 };
            let row = |line: &RawLine, word: &String| FormRow::word(line, word);
            forms(wordlist::read(bytes, Some('#'), charset, limits), row, origin)
        }
        Format::Misspellings => forms(misspellings::read(bytes, limits), FormRow::misspelling, origin),
        Format::CoreLexicon => {
            let mut beside = BTreeMap::new();
            for table in Table::ALL.into_iter().filter(|table| *table != Table::Lemmas) {
                let (path, name) = beside_lexicon(table, path, &origin.file);
                beside.insert(table, (name, fs::read(&path).map_err(Error::io(&path))?));
            }
            elements::core_lexicon(bytes, origin, &beside)
        }
        Format::WnLmf => {
            let table = table.unwrap_or(RuleTable::LexiconEntries);
            elements::wordnet(table, bytes, limits, origin)
        }
        Format::Csvw => {
            let description = elements::description_of(path);
            let metadata = fs::read(&description).map_err(Error::io(&description))?;
            let table = table.unwrap_or(RuleTable::LexiconEntries);
            elements::csv_on_the_web(table, bytes, &metadata, limits, origin)
        }
        Format::Dix => elements::dictionary(bytes, limits, origin),
        Format::ConlluLexicon => elements::treebank_words(bytes, limits, origin),
        Format::RuleTable => {
            let table = table.unwrap_or(RuleTable::NormalizationRules);
            flat(lexicon::read(bytes, &cells_format(), limits), |f| cells(table, f, origin))
        }
        _ => {
            let format = lexicon::LexiconFormat::tsv();
            flat(lexicon::read(bytes, &format, limits), |f| lexicon_entries(f, origin))
        }
    })
}

fn forms<T>(
    parsed: sprog_formats::Result<Parsed<Records<T>>>,
    row: impl Fn(&RawLine, &T) -> FormRow,
    origin: &RuleOrigin,
) -> sprog_formats::Result<Parsed<Result<RecordBatch>>> {
    flat(parsed, |file| lexicon_forms(file, |line, entry| Some(row(line, entry)), origin))
}

/// A record of DSDO is several lines; its row is that of the first.
fn dsdo_forms(file: &Records<dsdo::DsdoField>, origin: &RuleOrigin) -> Result<RecordBatch> {
    let rows: BTreeMap<u64, FormRow> =
        dsdo::records(file).iter().filter_map(FormRow::dsdo).map(|row| (row.line, row)).collect();
    lexicon_forms(file, |line, _| rows.get(&line.number).cloned(), origin)
}

/// The table of a parsed file, with the file's problems.
fn flat<T>(
    parsed: sprog_formats::Result<Parsed<T>>,
    table: impl FnOnce(&T) -> Result<RecordBatch>,
) -> sprog_formats::Result<Parsed<Result<RecordBatch>>> {
    parsed.map(|p| p.map(|file| table(&file)))
}

/// A row whose tag is said in the terms of Universal Dependencies too.
fn ud<T>(tagset: Tagset, row: impl Fn(&RawLine, &T) -> FormRow) -> impl Fn(&RawLine, &T) -> FormRow {
    let tags = elements::Tags::new(tagset);
    move |line, entry| tags.fill(row(line, entry))
}

/// Another table of our own lexicon, from where its lemmas lie: path, and name in the dataset.
fn beside_lexicon(table: Table, lemmas: &Path, name: &str) -> (PathBuf, String) {
    let (mut dir, mut file) = (name.rsplit_once('/').map_or("", |(dir, _)| dir), table.file());
    if let (Some(rest), false) = (file.strip_prefix("../"), dir.is_empty()) {
        (dir, file) = (dir.rsplit_once('/').map_or("", |(above, _)| above), rest);
    }
    let name = if dir.is_empty() { file.to_owned() } else { format!("{dir}/{file}") };
    (lemmas.with_file_name(table.file()), name)
}

/// The files that another cannot be read without: the affix file that says the flag type of a dictionary, the
/// description of a table of CSV on the Web, the other tables of our lexicon.
pub(super) fn companions(format: Format, input: &Input) -> Result<Vec<Input>> {
    let named: Vec<(PathBuf, String)> = match format {
        Format::HunspellDic => {
            let stem = input.name.trim_end_matches(".dic");
            vec![(input.path.with_extension("aff"), format!("{stem}.aff"))]
        }
        Format::Csvw => {
            let stem = input.name.rsplit_once('.').map_or(input.name.as_str(), |(stem, _)| stem);
            vec![(elements::description_of(&input.path), format!("{stem}-metadata.json"))]
        }
        Format::CoreLexicon => {
            let others = Table::ALL.into_iter().filter(|table| *table != Table::Lemmas);
            others.map(|table| beside_lexicon(table, &input.path, &input.name)).collect()
        }
        _ => Vec::new(),
    };
    let found = named.into_iter().map(|(path, name)| {
        let bytes = fs::metadata(&path).map_err(Error::io(&path))?.len();
        Ok(Input { path, name, bytes })
    });
    found.collect()
}
