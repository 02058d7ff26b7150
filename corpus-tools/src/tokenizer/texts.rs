//! The texts of files, batch by batch: Parquet, JSON lines, or a text a line.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use arrow::array::{Array, StringArray};
use sprog_datasets::table::TableFile;
use sprog_datasets::{Error, Result};
use sprog_formats::text::jsonl;

use super::train::is_string;
use crate::build::outcome::FileProblem;
use crate::codes;
use crate::dedup::input::{Content, Input, Kind, without_bom};
use crate::dedup::limits;

/// The columns of Parquet files, or fields of JSON lines, that are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    /// The text.
    pub text: String,
    /// What texts are grouped by.
    pub by: Option<String>,
}

impl Default for Columns {
    /// `text`, and no groups.
    fn default() -> Self {
        Columns { text: "text".into(), by: None }
    }
}

/// Problems of each report that are listed; all are counted.
const MOST_LISTED: usize = 10_000;

/// What is wrong with texts: all of it counted, the first of it kept.
#[derive(Debug, Default)]
pub(super) struct Problems {
    pub(super) count: u64,
    pub(super) first: Vec<FileProblem>,
}

impl Problems {
    pub(super) fn push(&mut self, problem: FileProblem) {
        self.count += 1;
        if self.first.len() < MOST_LISTED {
            self.first.push(problem);
        }
    }
}

/// A text and where it stands.
pub(super) struct Text {
    pub(super) text: String,
    /// The value of the column that texts are grouped by.
    pub(super) by: Option<String>,
    /// `line 3` or `row 3`.
    pub(super) number: u64,
}

/// Texts of one file that are worked on together, some megabytes.
pub(super) struct Batch<'f> {
    pub(super) file: &'f Path,
    pub(super) unit: &'static str,
    pub(super) texts: Vec<Text>,
}

impl Batch<'_> {
    /// A problem of one of its texts.
    pub(super) fn problem(&self, number: u64, code: sprog_formats::Code, message: String) -> FileProblem {
        FileProblem {
            source: String::new(),
            file: self.file.display().to_string(),
            place: format!("{} {number}", self.unit),
            code: code.to_string(),
            message,
        }
    }
}

/// Hands out the texts of files in order. What cannot be read is left out and told in `problems`.
///
/// # Errors
/// Those of the file system and of `each`; for a Parquet file without the columns.
pub(super) fn each_batch(
    paths: &[PathBuf],
    columns: &Columns,
    problems: &mut Problems,
    each: &mut dyn FnMut(&Batch<'_>) -> Result<()>,
) -> Result<()> {
    for path in paths {
        let input = Input::open(path)?;
        if input.kind == Kind::Parquet {
            parquet(path, columns, problems, each)?;
        } else {
            lines(&input, columns, problems, each)?;
        }
    }
    Ok(())
}

fn parquet(
    path: &Path,
    columns: &Columns,
    problems: &mut Problems,
    each: &mut dyn FnMut(&Batch<'_>) -> Result<()>,
) -> Result<()> {
    let table = TableFile::open(path)?;
    let mut wanted = vec![columns.text.as_str()];
    wanted.extend(columns.by.as_deref().filter(|by| *by != columns.text));
    for name in &wanted {
        has_column(&table, path, name)?;
    }
    let mut number = 0;
    for rows in table.read(&wanted, None)? {
        let rows = rows?;
        let column = |name: &str| -> Result<StringArray> {
            let found = rows.column_by_name(name).and_then(crate::dedup::input::as_text);
            found.ok_or_else(|| Error::Invalid(format!("{}: column {name:?} has no text", path.display())))
        };
        let texts = column(&columns.text)?;
        let groups = columns.by.as_deref().map(column).transpose()?;
        let mut batch = Batch { file: path, unit: "row", texts: Vec::with_capacity(rows.num_rows()) };
        for row in 0..rows.num_rows() {
            number += 1;
            if texts.is_null(row) {
                let message = format!("no text in {:?}; left out", columns.text);
                problems.push(batch.problem(number, codes::TEXT_MISSING, message));
                continue;
            }
            let by = groups.as_ref().filter(|g| g.is_valid(row)).map(|g| g.value(row).to_owned());
            batch.texts.push(Text { text: texts.value(row).to_owned(), by, number });
        }
        each(&batch)?;
    }
    Ok(())
}

/// That a table has a column, or which it has.
pub(super) fn has_column(table: &TableFile, path: &Path, name: &str) -> Result<()> {
    if table.schema().column_with_name(name).is_some() {
        return Ok(());
    }
    let names: Vec<&str> = table.schema().fields().iter().map(|f| f.name().as_str()).collect();
    Err(Error::Invalid(format!("{}: no column {name:?}; there are {}", path.display(), names.join(", "))))
}

fn lines(
    input: &Input,
    columns: &Columns,
    problems: &mut Problems,
    each: &mut dyn FnMut(&Batch<'_>) -> Result<()>,
) -> Result<()> {
    let whole = input.blocks(0, &limits(), &mut |block| {
        let mut batch = Batch { file: &input.path, unit: "line", texts: Vec::new() };
        let Content::Lines { kind, chunk } = &block.content else { return Ok(()) };
        for line in chunk.lines().filter(|line| !line.bytes.trim_ascii().is_empty()) {
            let found = match kind {
                Kind::Jsonl => of_json(without_bom(line.bytes), columns),
                _ => match std::str::from_utf8(line.bytes) {
                    Ok(text) => Ok((text.to_owned(), None)),
                    Err(_) => Err((sprog_formats::codes::BAD_ENCODING, "not UTF-8; left out".into())),
                },
            };
            match found {
                Ok((text, by)) => batch.texts.push(Text { text, by, number: line.number }),
                Err((code, message)) => problems.push(batch.problem(line.number, code, message.into_owned())),
            }
        }
        each(&batch)
    })?;
    let file = input.path.display().to_string();
    whole.iter().for_each(|problem| problems.push(FileProblem::new("", &file, problem)));
    Ok(())
}

type Wrong = (sprog_formats::Code, Cow<'static, str>);

fn of_json(line: &[u8], columns: &Columns) -> std::result::Result<(String, Option<String>), Wrong> {
    let mut wanted = vec![columns.text.as_str()];
    wanted.extend(columns.by.as_deref().filter(|by| *by != columns.text));
    let bad =
        |message: String| (sprog_formats::codes::BAD_RECORD, Cow::Owned(format!("{message}; left out")));
    let mut fields = jsonl::fields(line, &wanted).map_err(bad)?.into_iter();
    let text = fields.next().flatten();
    if text.as_ref().is_some_and(|text| text.starts_with(['{', '[']) && !is_string(line, &columns.text)) {
        return Err(bad(format!("no string in {:?}", columns.text)));
    }
    let text = text.ok_or((codes::TEXT_MISSING, Cow::Owned(format!("no {:?}; left out", columns.text))))?;
    let by = match &columns.by {
        Some(by) if *by == columns.text => Some(text.clone()),
        _ => fields.next().flatten(),
    };
    Ok((text, by))
}
