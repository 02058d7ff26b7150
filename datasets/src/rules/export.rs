use arrow::array::{Array, Int64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use sprog_formats::rules::{Charset, LineEnding, RawLine, write_lines};

use super::columns::charset_name;
use crate::{Error, Result};

/// The bytes of one file, from the rows of its lines in any order; rows of other files are passed over.
///
/// In the tables `rules_cg` and `rules_pattern` `line` counts units, each of one or more lines.
///
/// Only the columns `source`, `file`, `line`, `raw`, `ending` and `charset` are read: a change to a
/// typed column does not show. The file is held in memory.
///
/// # Errors
/// Those of `batches`; [`Error::Invalid`] where the rows are not one whole file: no row, a line that is
/// missing (from the end only if the rows do not show it: the last one may end as any other) or there
/// twice, lines of several sources or charsets, a column that is absent, of another type or null.
pub fn export(batches: impl Iterator<Item = Result<RecordBatch>>, file: &str) -> Result<Vec<u8>> {
    let mut rows = Rows { file, lines: Vec::new(), source: None, charset: None };
    for batch in batches {
        rows.take(&batch?)?;
    }
    let Rows { mut lines, charset, .. } = rows;
    lines.sort_by_key(|line| line.number);
    let Some(charset) = charset else { return Err(Error::Invalid(format!("no row is of `{file}`"))) };
    // Rules of several lines: units that need not end in a line ending.
    let units = lines.iter().any(|line| line.raw.contains('\n'));
    for (line, expected) in lines.iter().zip(1u64..) {
        if line.number != expected {
            let what = if line.number < expected { "is there twice" } else { "is missing" };
            let number = line.number.min(expected);
            return Err(Error::Invalid(format!("line {number} of `{file}` {what}")));
        }
        if !units && line.ending == LineEnding::None && lines.len() as u64 != expected {
            let message = format!("line {expected} of `{file}` has no ending, but is not the last");
            return Err(Error::Invalid(message));
        }
    }
    write_lines(&lines, charset).map_err(|e| Error::Invalid(format!("`{file}`: {e}")))
}

struct Rows<'f> {
    file: &'f str,
    lines: Vec<RawLine>,
    source: Option<String>,
    charset: Option<Charset>,
}

impl Rows<'_> {
    fn take(&mut self, batch: &RecordBatch) -> Result<()> {
        let files = strings(batch, "file")?;
        let of_file = |row: &usize| files.is_valid(*row) && files.value(*row) == self.file;
        let rows: Vec<usize> = (0..batch.num_rows()).filter(of_file).collect();
        if rows.is_empty() {
            return Ok(());
        }
        let [sources, raws, endings, charsets] =
            ["source", "raw", "ending", "charset"].map(|n| strings(batch, n));
        let (sources, raws, endings, charsets) = (sources?, raws?, endings?, charsets?);
        let numbers = column(batch, "line", &DataType::Int64)?;
        let numbers = numbers.as_any().downcast_ref::<Int64Array>().ok_or_else(|| absent("line"))?;
        for row in rows {
            let number = numbers.is_valid(row).then(|| numbers.value(row)).filter(|n| *n > 0);
            let number = number.and_then(|n| u64::try_from(n).ok());
            let number = number
                .ok_or_else(|| Error::Invalid(format!("a row of `{}` has no line number", self.file)))?;
            let wrong = |what: String| Error::Invalid(format!("line {number} of `{}` {what}", self.file));
            let value = |name: &str, of: &StringArray| {
                let value = of.is_valid(row).then(|| of.value(row).to_owned());
                value.ok_or_else(|| wrong(format!("has no `{name}`")))
            };
            let source = value("source", &sources)?;
            if let Some(other) = self.source.as_ref().filter(|s| **s != source) {
                return Err(wrong(format!(
                    "is of source `{source}`, others are of `{other}`: give one source's rows"
                )));
            }
            let charset = value("charset", &charsets)?;
            let known = [Charset::Utf8, Charset::Latin1].into_iter().find(|c| charset_name(*c) == charset);
            let known = known.ok_or_else(|| wrong(format!("has the unknown charset `{charset}`")))?;
            if self.charset.is_some_and(|other| other != known) {
                return Err(wrong(format!("has the charset {charset}, others have another")));
            }
            let ending = value("ending", &endings)?;
            let endings = [LineEnding::Lf, LineEnding::CrLf, LineEnding::Cr, LineEnding::None];
            let ending = endings.into_iter().find(|e| e.as_str() == ending);
            let ending = ending.ok_or_else(|| wrong("has an ending that is none".into()))?;
            let raw = value("raw", &raws)?;
            if raw.contains('\n') && ending != LineEnding::None {
                return Err(wrong("holds a line feed: it is more than one line".into()));
            }
            self.lines.push(RawLine { number, raw, ending });
            self.source = Some(source);
            self.charset = Some(known);
        }
        Ok(())
    }
}

fn absent(name: &str) -> Error {
    Error::Invalid(format!("the rows have no usable column `{name}`"))
}

/// A column, whichever of Arrow's types for the same values it was read as.
fn column(batch: &RecordBatch, name: &str, data_type: &DataType) -> Result<arrow::array::ArrayRef> {
    let column = batch.column_by_name(name).ok_or_else(|| absent(name))?;
    cast(column, data_type).map_err(|_| absent(name))
}

fn strings(batch: &RecordBatch, name: &str) -> Result<StringArray> {
    let column = column(batch, name, &DataType::Utf8)?;
    column.as_any().downcast_ref::<StringArray>().cloned().ok_or_else(|| absent(name))
}
