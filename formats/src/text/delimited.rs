//! Delimited tables: CSV and TSV with a header.

use std::cell::Cell;
use std::collections::HashSet;
use std::io::{Read, Write};
use std::rc::Rc;

use crate::{Error, Limits, Parsed, Place, Problem, Result, codes};

/// How a table is delimited and quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// The byte between fields.
    pub delimiter: u8,
    /// Whether `"` quotes fields and `""` stands for a quote inside (RFC 4180).
    pub quoting: bool,
}

impl Dialect {
    /// Comma-separated, quoted.
    pub const CSV: Dialect = Dialect { delimiter: b',', quoting: true };
    /// Semicolon-separated, quoted: what Danish spreadsheets write.
    pub const SEMICOLON: Dialect = Dialect { delimiter: b';', quoting: true };
    /// Tab-separated, nothing quoted.
    pub const TSV: Dialect = Dialect { delimiter: b'\t', quoting: false };

    /// Tells the dialect from the header line: the most frequent of tab, semicolon and comma.
    pub fn sniff(header: &str) -> Dialect {
        let count = |c: char| header.matches(c).count();
        let (tabs, semicolons, commas) = (count('\t'), count(';'), count(','));
        if tabs > 0 && tabs >= semicolons.max(commas) {
            Dialect::TSV
        } else if semicolons > commas {
            Dialect::SEMICOLON
        } else {
            Dialect::CSV
        }
    }
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The line that it starts on, from 1 (quoted fields may span lines).
    pub line: u64,
    /// One value a column.
    pub fields: Vec<String>,
}

/// Opens a table whose dialect is told from its header line.
///
/// # Errors
/// As [`Reader::new`].
pub fn open_sniffed<R: Read>(mut inner: R, limits: &Limits) -> Result<Reader<impl Read>> {
    let mut head = Vec::new();
    inner.by_ref().take(HEADER_BYTES).read_to_end(&mut head)?;
    let line = head.split(|b| *b == b'\n').next().unwrap_or_default();
    let dialect = Dialect::sniff(&String::from_utf8_lossy(line));
    Reader::new(std::io::Cursor::new(head).chain(inner), dialect, limits)
}

/// More columns than any table of a corpus has.
const MAX_COLUMNS: usize = 10_000;

/// Longest header line that [`open_sniffed`] looks at.
const HEADER_BYTES: u64 = 1 << 16;

/// Bytes that the csv reader may have read ahead of the record it gives.
const READ_AHEAD: u64 = 1 << 17;

/// Stops a record that never ends (a quote never closed) before it fills the memory.
struct Metered<R> {
    inner: R,
    since_record: Rc<Cell<u64>>,
    most: u64,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        if self.since_record.get() > self.most {
            let message = "one record is longer than the limit (a quote that is never closed?)";
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, message));
        }
        let n = self.inner.read(buf)?;
        self.since_record.set(self.since_record.get() + n as u64);
        Ok(n)
    }
}

/// Reads a table row by row.
///
/// ```
/// use sprog_formats::{Limits, text::delimited::{Dialect, Reader}};
/// let table = "id;text\n1;\"a;\"\"b\"\"\"\n";
/// let mut rows = Reader::new(table.as_bytes(), Dialect::SEMICOLON, &Limits::default())?;
/// assert_eq!(rows.columns(), ["id", "text"]);
/// assert_eq!(rows.next_row()?.unwrap().fields, ["1", "a;\"b\""]);
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub struct Reader<R> {
    inner: csv::Reader<Metered<R>>,
    metered: Rc<Cell<u64>>,
    columns: Vec<String>,
    record: csv::StringRecord,
    most: usize,
    problems: Vec<Problem>,
}

impl<R: Read> Reader<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// Those of the stream; [`Error::Malformed`] when there is no header or it is not UTF-8.
    pub fn new(inner: R, dialect: Dialect, limits: &Limits) -> Result<Self> {
        let metered = Rc::new(Cell::new(0));
        let most = (limits.line_bytes as u64).saturating_add(READ_AHEAD);
        let mut inner = csv::ReaderBuilder::new()
            .delimiter(dialect.delimiter)
            .quoting(dialect.quoting)
            .flexible(true)
            .from_reader(Metered { inner, since_record: metered.clone(), most });
        let header = inner.headers().map_err(|e| table_error(&e, 1))?;
        let columns: Vec<String> = header.iter().map(|c| c.trim().to_owned()).collect();
        if columns.iter().all(String::is_empty) {
            return Err(Error::malformed("table", Place::Line(1), "no header"));
        }
        let mut problems = Vec::new();
        if columns.len() > MAX_COLUMNS {
            let limit = MAX_COLUMNS as u64;
            return Err(Error::Limit { what: "columns", limit, place: Place::Line(1) });
        }
        let mut seen = HashSet::new();
        for column in &columns {
            if !column.is_empty() && !seen.insert(column) {
                let message = format!("column {column:?} twice; the first is used");
                problems.push(Problem::new(codes::DUPLICATE_COLUMN, Place::Line(1), message));
            }
        }
        Ok(Reader {
            inner,
            metered,
            columns,
            record: csv::StringRecord::new(),
            most: limits.line_bytes,
            problems,
        })
    }

    /// The header's column names.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The next row with as many fields as there are columns; other rows become problems.
    ///
    /// # Errors
    /// Those of the stream; [`Error::Limit`] for a record longer than `limits.line_bytes`, which a
    /// quote that is never closed makes of the rest of a file.
    pub fn next_row(&mut self) -> Result<Option<Row>> {
        loop {
            let line = self.inner.position().line();
            self.metered.set(0);
            match self.inner.read_record(&mut self.record) {
                Ok(false) => return Ok(None),
                Ok(true) => {}
                Err(e) if matches!(e.kind(), csv::ErrorKind::Utf8 { .. }) => {
                    let message = format!("{e}; left out");
                    self.problems.push(Problem::new(codes::BAD_RECORD, Place::Line(line), message));
                    continue;
                }
                Err(e) => return Err(table_error(&e, line)),
            }
            let line = self.record.position().map_or(line, csv::Position::line);
            if self.record.as_slice().len() > self.most {
                let what = "bytes of one record (a quote that is never closed?)";
                return Err(Error::Limit { what, limit: self.most as u64, place: Place::Line(line) });
            }
            if self.record.len() == self.columns.len() {
                return Ok(Some(Row { line, fields: self.record.iter().map(str::to_owned).collect() }));
            }
            let message =
                format!("{} fields where the header has {}; left out", self.record.len(), self.columns.len());
            self.problems.push(Problem::new(codes::RAGGED_ROW, Place::Line(line), message));
        }
    }

    /// The problems met since the last call.
    pub fn take_problems(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.problems)
    }
}

fn table_error(error: &csv::Error, line: u64) -> Error {
    match error.kind() {
        csv::ErrorKind::Io(e) => Error::Io(std::io::Error::new(e.kind(), e.to_string())),
        _ => Error::malformed("table", Place::Line(line), error.to_string()),
    }
}

/// Reads a whole table.
///
/// # Errors
/// As [`Reader`], and [`Error::Limit`] past `limits.items` rows.
pub fn read(text: &str, dialect: Dialect, limits: &Limits) -> Result<Parsed<(Vec<String>, Vec<Row>)>> {
    let mut reader = Reader::new(text.as_bytes(), dialect, limits)?;
    let mut rows = Vec::new();
    while let Some(row) = reader.next_row()? {
        if rows.len() as u64 >= limits.items {
            return Err(Error::Limit { what: "rows", limit: limits.items, place: Place::Line(row.line) });
        }
        rows.push(row);
    }
    let problems = reader.take_problems();
    Ok(Parsed { value: (reader.columns, rows), problems })
}

/// Writes a table. In TSV, which cannot quote, tabs and line breaks inside fields are refused.
///
/// # Errors
/// Those of `out`; [`Error::Malformed`] for a row of another width or a field that cannot be written.
pub fn write<'r>(
    out: impl Write,
    dialect: Dialect,
    columns: &'r [String],
    rows: impl IntoIterator<Item = &'r [String]>,
) -> Result<()> {
    let style = if dialect.quoting { csv::QuoteStyle::Necessary } else { csv::QuoteStyle::Never };
    let mut writer = csv::WriterBuilder::new()
        .delimiter(dialect.delimiter)
        .quote_style(style)
        .flexible(true)
        .from_writer(out);
    for (index, fields) in std::iter::once(columns).chain(rows).enumerate() {
        let place = Place::Row(index as u64);
        if fields.len() != columns.len() {
            let message = format!("{} fields for {} columns", fields.len(), columns.len());
            return Err(Error::malformed("table", place, message));
        }
        let breaks = |f: &String| f.contains(['\n', '\r', char::from(dialect.delimiter)]);
        if !dialect.quoting && fields.iter().any(breaks) {
            return Err(Error::malformed("table", place, "a tab or line break in a field of a TSV file"));
        }
        writer.write_record(fields).map_err(|e| table_error(&e, index as u64))?;
    }
    writer.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ragged_rows_are_listed_and_the_rest_read() {
        let table = "id\ttext\n1\thej\n2\n3\ta\tb\n4\tmed \"gåseøjne\"\n";
        let parsed = read(table, Dialect::TSV, &Limits::default()).expect("reads");
        let (_, rows) = parsed.value;
        assert_eq!(rows.iter().map(|r| r.line).collect::<Vec<_>>(), [2, 5]);
        assert_eq!(rows[1].fields[1], "med \"gåseøjne\"");
        let places: Vec<_> = parsed.problems.iter().map(|p| (p.code, p.place.clone())).collect();
        assert_eq!(places, [(codes::RAGGED_ROW, Place::Line(3)), (codes::RAGGED_ROW, Place::Line(4))]);
    }

    #[test]
    fn a_quote_never_closed_is_a_limit_not_a_full_memory() {
        let table = format!("id,text\n1,\"{}", "x".repeat(10_000));
        let limits = Limits { line_bytes: 1000, ..Limits::default() };
        assert!(matches!(read(&table, Dialect::CSV, &limits), Err(Error::Limit { .. })));
    }

    proptest::proptest! {
        #[test]
        fn read_after_write_is_the_identity(
            rows in proptest::collection::vec(proptest::collection::vec("[a-zæøå,;\"\r\n ]{0,6}", 3), 0..6)
        ) {
            let columns: Vec<String> = ["a", "b", "c"].map(String::from).to_vec();
            for dialect in [Dialect::CSV, Dialect::SEMICOLON] {
                let mut out = Vec::new();
                write(&mut out, dialect, &columns, rows.iter().map(Vec::as_slice)).expect("writes");
                let text = String::from_utf8(out).expect("utf-8");
                let parsed = read(&text, dialect, &Limits::default()).expect("reads");
                let back: Vec<Vec<String>> = parsed.value.1.into_iter().map(|r| r.fields).collect();
                proptest::prop_assert_eq!(&back, &rows);
            }
        }
    }
}
