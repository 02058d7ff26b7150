//! Builders of columns that refuse what an Arrow array with 32-bit offsets cannot hold.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, ListArray, RecordBatch, StringBuilder};
use arrow::buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes::DataType;
use sprog_formats::rules::{Charset, RawLine};

use super::{RuleOrigin, RuleTable, schema};
use crate::schema::field;
use crate::split::key_hash;
use crate::{Error, Result};

fn offset(length: usize) -> Result<i32> {
    let message = || Error::Invalid("a rule file's column is larger than 2 GiB: split the file".into());
    i32::try_from(length).map_err(|_| message())
}

/// A column of text.
#[derive(Default)]
pub(super) struct Texts {
    builder: StringBuilder,
    bytes: usize,
}

impl Texts {
    pub(super) fn push(&mut self, value: Option<&str>) -> Result<()> {
        self.bytes = self.bytes.saturating_add(value.map_or(0, str::len));
        offset(self.bytes)?;
        self.builder.append_option(value);
        Ok(())
    }

    pub(super) fn finish(mut self) -> ArrayRef {
        Arc::new(self.builder.finish())
    }
}

/// The bounds of a column of lists; its values stand in a column of their own.
pub(super) struct Bounds {
    ends: Vec<i32>,
    present: Vec<bool>,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds { ends: vec![0], present: Vec::new() }
    }
}

impl Bounds {
    /// Ends a list after `values` values in all; nothing was added for a list that is null.
    pub(super) fn push(&mut self, values: usize, present: bool) -> Result<()> {
        self.ends.push(offset(values)?);
        self.present.push(present);
        Ok(())
    }

    pub(super) fn finish(self, child: DataType, values: ArrayRef) -> Result<ArrayRef> {
        let offsets = OffsetBuffer::new(ScalarBuffer::from(self.ends));
        let nulls = NullBuffer::from(self.present);
        let list = ListArray::try_new(field("element", child), offsets, values, Some(nulls));
        Ok(Arc::new(list.map_err(|e| Error::Invalid(e.to_string()))?))
    }
}

/// A column of lists of text.
#[derive(Default)]
pub(super) struct TextLists {
    bounds: Bounds,
    values: Texts,
    count: usize,
}

impl TextLists {
    pub(super) fn push<S: AsRef<str>>(&mut self, list: Option<impl IntoIterator<Item = S>>) -> Result<()> {
        let present = list.is_some();
        for value in list.into_iter().flatten() {
            self.values.push(Some(value.as_ref()))?;
            self.count = self.count.saturating_add(1);
        }
        self.bounds.push(self.count, present)
    }

    pub(super) fn push_null(&mut self) -> Result<()> {
        self.bounds.push(self.count, false)
    }

    pub(super) fn finish(self) -> Result<ArrayRef> {
        self.bounds.finish(DataType::Utf8, self.values.finish())
    }
}

/// The batch of a table: the columns that all have, then `typed`.
pub(super) fn batch<'l>(
    table: RuleTable,
    origin: &RuleOrigin,
    charset: Charset,
    lines: impl Iterator<Item = (&'l RawLine, &'static str)>,
    typed: Vec<ArrayRef>,
) -> Result<RecordBatch> {
    batch_at(table, origin, charset, lines.map(|(line, kind)| (line, line.number, kind)), typed)
}

/// As [`batch`], for units that are not lines: each with the line that it starts on.
pub(super) fn batch_at<'l>(
    table: RuleTable,
    origin: &RuleOrigin,
    charset: Charset,
    lines: impl Iterator<Item = (&'l RawLine, u64, &'l str)>,
    typed: Vec<ArrayRef>,
) -> Result<RecordBatch> {
    let charset = charset_name(charset);
    let mut before: [Texts; 5] = Default::default();
    let mut after: [Texts; 4] = Default::default();
    let mut numbers = Vec::new();
    for (line, at, kind) in lines {
        let place = format!("{}:{at}", origin.file);
        let id = row_id(origin, line);
        let values = [id.as_str(), &origin.source, &place, &origin.license, &origin.file];
        for (column, value) in before.iter_mut().zip(values) {
            column.push(Some(value))?;
        }
        let number = i64::try_from(line.number);
        numbers.push(number.map_err(|_| Error::Invalid(format!("no line has the number {}", line.number)))?);
        for (column, value) in after.iter_mut().zip([&line.raw, line.ending.as_str(), charset, kind]) {
            column.push(Some(value))?;
        }
    }
    let mut columns: Vec<ArrayRef> = before.map(Texts::finish).to_vec();
    columns.push(Arc::new(Int64Array::from(numbers)));
    columns.extend(after.map(Texts::finish));
    columns.extend(typed);
    RecordBatch::try_new(schema(table), columns).map_err(|e| Error::Invalid(e.to_string()))
}

/// The name in the column `charset`.
pub(super) fn charset_name(charset: Charset) -> &'static str {
    match charset {
        Charset::Utf8 => "UTF-8",
        Charset::Latin1 => "ISO-8859-1",
    }
}

fn row_id(origin: &RuleOrigin, line: &RawLine) -> String {
    hash_text(&[&origin.source, &origin.file, &line.number.to_string(), &line.raw])
}

/// The first 16 bytes of BLAKE3 over parts with a NUL byte between them, in hexadecimal digits.
pub(super) fn hash_text(parts: &[&str]) -> String {
    key_hash(parts.join("\0").as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
