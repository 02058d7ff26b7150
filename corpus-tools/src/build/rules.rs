//! Rule sources: files become tables, line by line.

use std::fs;

use arrow::array::RecordBatch;
use sprog_datasets::rules::{RuleOrigin, affix_rules, dic_entries, hyphenation_patterns, lexicon_entries};
use sprog_datasets::{Error, Result};
use sprog_formats::rules::{hunspell_aff, hunspell_dic, hyphenation, lexicon};
use sprog_formats::{Limits, Parsed};

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
    let parsed = match source.format {
        Format::HunspellAff => flat(hunspell_aff::read(&bytes, limits), |f| affix_rules(f, &origin)),
        Format::HunspellDic => {
            let aff = input.path.with_extension("aff");
            let aff_bytes = fs::read(&aff).map_err(Error::io(&aff))?;
            match hunspell_aff::read(&aff_bytes, limits) {
                Ok(aff) => {
                    flat(hunspell_dic::read_with(&bytes, &aff.value, limits), |f| dic_entries(f, &origin))
                }
                Err(e) => Err(e),
            }
        }
        Format::Hyphenation => flat(hyphenation::read(&bytes, limits), |f| hyphenation_patterns(f, &origin)),
        _ => {
            let format = lexicon::LexiconFormat::tsv();
            flat(lexicon::read(&bytes, &format, limits), |f| lexicon_entries(f, &origin))
        }
    };
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

/// The table of a parsed file, with the file's problems.
fn flat<T>(
    parsed: sprog_formats::Result<Parsed<T>>,
    table: impl FnOnce(&T) -> Result<RecordBatch>,
) -> sprog_formats::Result<Parsed<Result<RecordBatch>>> {
    parsed.map(|p| p.map(|file| table(&file)))
}

/// The affix file that says the flag type of a dictionary.
pub(super) fn companion(format: Format, input: &Input) -> Result<Option<Input>> {
    if format != Format::HunspellDic {
        return Ok(None);
    }
    let path = input.path.with_extension("aff");
    let bytes = fs::metadata(&path).map_err(Error::io(&path))?.len();
    Ok(Some(Input { path, name: format!("{}.aff", input.name.trim_end_matches(".dic")), bytes }))
}
