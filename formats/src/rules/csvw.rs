//! CSV on the Web (W3C, 2015), as DanNet is published in it: tables without a header row
//! (`synsets.csv`) and beside each a description (`synsets-metadata.json`).
//!
//! Rows are streamed. Of the description, the columns and the dialect are read; a table is the one its
//! description lies beside, whatever `url` says (DanNet names the wrong file in two of six). Rows may
//! have columns after those described, as DanNet's words have.

use std::io::{BufRead, Write};

use super::source::excerpt;
use crate::{Error, Limits, Parsed, Place, Problem, Result, codes};

/// What a description says of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The file, as the description names it.
    pub url: String,
    /// The columns, in order. Virtual columns, which no row has, are left out.
    pub columns: Vec<Column>,
    /// Whether the first row has the columns' names.
    pub header: bool,
    /// The character between two fields.
    pub delimiter: u8,
    /// `dc:license`.
    pub license: Option<String>,
}

/// A column of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// The property that its values are of.
    pub property_url: Option<String>,
    /// What stands between the values of a cell, where a cell may have several.
    pub separator: Option<String>,
}

impl Table {
    /// The values of a cell of column `index`, one for a column without a separator.
    pub fn values<'a>(&'a self, index: usize, cell: &'a str) -> impl Iterator<Item = &'a str> {
        let separator =
            self.columns.get(index).and_then(|c| c.separator.as_deref()).filter(|s| !s.is_empty());
        let (many, one) = match separator {
            Some(separator) => (Some(cell.split(separator)), None),
            None => (None, Some(cell)),
        };
        many.into_iter().flatten().chain(one).filter(|v| !v.is_empty())
    }

    /// The position of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == name)
    }
}

/// Reads a description and gives its first table.
///
/// Problems: [`codes::BAD_RECORD`] for a column without a name (it is called `column_3` by its place),
/// [`codes::DUPLICATE_COLUMN`].
///
/// # Errors
/// [`Error::Malformed`] where the text is not JSON or describes no table with columns; [`Error::Limit`]
/// past `limits`' bytes or items (columns); [`Error::Unsupported`] for another delimiter than one ASCII
/// character or another quote character than `"`.
///
/// ```
/// use sprog_formats::{Limits, rules::csvw};
/// let json = br#"{"tables": [{"url": "s.csv", "tableSchema": {"columns": [{"name": "synset"},
///     {"name": "ontotype", "separator": "; "}, {"virtual": true}]}}], "dialect": {"header": false}}"#;
/// let table = csvw::read_metadata(json, &Limits::default())?.value;
/// assert_eq!((table.columns.len(), table.header), (2, false));
/// assert_eq!(table.values(1, "Plante; Objekt").collect::<Vec<_>>(), ["Plante", "Objekt"]);
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub fn read_metadata(bytes: &[u8], limits: &Limits) -> Result<Parsed<Table>> {
    const FORMAT: &str = "CSVW metadata";
    if bytes.len() as u64 > limits.bytes {
        return Err(Error::Limit { what: "file", limit: limits.bytes, place: Place::File });
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let root: serde_json::Value = serde_json::from_slice(bytes)
        .map_err(|e| Error::malformed(FORMAT, Place::Line(e.line() as u64), e.to_string()))?;
    // A description is of one table or of a group of them.
    let table = root.get("tables").and_then(|t| t.get(0)).unwrap_or(&root);
    let columns = table.pointer("/tableSchema/columns").and_then(|c| c.as_array());
    let columns = columns.ok_or_else(|| Error::malformed(FORMAT, Place::File, "no table with columns"))?;
    if columns.len() as u64 > limits.items {
        return Err(Error::Limit { what: "number of columns", limit: limits.items, place: Place::File });
    }
    let text =
        |value: &serde_json::Value, key: &str| value.get(key).and_then(|v| v.as_str()).map(str::to_owned);
    let mut out = Vec::new();
    let mut problems = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    let present = columns.iter().filter(|c| c.get("virtual").and_then(|v| v.as_bool()) != Some(true));
    for (column, number) in present.zip(1..) {
        let name = text(column, "name").filter(|n| !n.is_empty()).unwrap_or_else(|| {
            let message = format!("column {number} has no name");
            problems.push(Problem::new(codes::BAD_RECORD, Place::File, message));
            format!("column_{number}")
        });
        if !seen.insert(name.clone()) {
            let message = format!("two columns are called {:?}; the first one is used", excerpt(&name));
            problems.push(Problem::new(codes::DUPLICATE_COLUMN, Place::File, message));
        }
        let (property_url, separator) = (text(column, "propertyUrl"), text(column, "separator"));
        out.push(Column { name, property_url, separator });
    }
    let dialect = table.get("dialect").or_else(|| root.get("dialect"));
    let set = |key: &str| dialect.and_then(|d| text(d, key));
    let delimiter = set("delimiter").unwrap_or_else(|| ",".to_owned());
    let delimiter = match delimiter.as_bytes() {
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n') => *byte,
        _ => return Err(Error::Unsupported(format!("the CSV delimiter {:?}", excerpt(&delimiter)))),
    };
    if set("quoteChar").is_some_and(|q| q != "\"") {
        return Err(Error::Unsupported("another CSV quote character than \"".to_owned()));
    }
    let header = dialect.and_then(|d| d.get("header")).and_then(|h| h.as_bool()).unwrap_or(true);
    let license = text(&root, "dc:license").or_else(|| text(table, "dc:license"));
    let url = text(table, "url").unwrap_or_default();
    Ok(Parsed { value: Table { url, columns: out, header, delimiter, license }, problems })
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The line that it starts on, from 1. Quoted cells may span lines.
    pub line: u64,
    /// Its cells, at least one for each column described.
    pub cells: Vec<String>,
}

/// Cuts a stream into rows, as RFC 4180 has them. A quote counts at the start of a cell only; text after
/// the quote that ends a cell belongs to the cell. Lines end in a line feed, a carriage return or both.
struct Rows<'a> {
    inner: &'a mut dyn BufRead,
    delimiter: u8,
    most: usize,
    cells: u64,
    line: u64,
    after_return: bool,
    /// Where the cell starts that the file ends in, if it ends in a quoted one.
    unclosed: Option<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Plain,
    Quoted,
    /// After a quote in a quoted cell: the cell's end, or the first of two quotes.
    Quote,
}

impl Rows<'_> {
    /// The next row that has anything in it: its first line, and its cells.
    fn next_row(&mut self) -> Result<Option<(u64, Vec<Vec<u8>>)>> {
        let (mut cells, mut cell) = (Vec::new(), Vec::new());
        let mut state = State::Start;
        let mut first = self.line;
        loop {
            let available = match self.inner.fill_buf() {
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            if available.is_empty() {
                if cells.is_empty() && cell.is_empty() && state == State::Start {
                    return Ok(None);
                }
                self.unclosed = (state == State::Quoted).then_some(first);
                cells.push(cell);
                return Ok(Some((first, cells)));
            }
            let mut used = 0usize;
            let mut ended = false;
            for byte in available {
                used = used.saturating_add(1);
                let line_feed_of_before = std::mem::take(&mut self.after_return) && *byte == b'\n';
                if matches!(byte, b'\n' | b'\r') && !line_feed_of_before {
                    self.line = self.line.saturating_add(1);
                }
                self.after_return = *byte == b'\r';
                match (state, *byte) {
                    (State::Quoted, b'"') => state = State::Quote,
                    (State::Quoted, byte) => cell.push(byte),
                    (State::Quote, b'"') => {
                        cell.push(b'"');
                        state = State::Quoted;
                    }
                    (_, b'\n') if line_feed_of_before => first = self.line,
                    (State::Start, b'\n' | b'\r') if cells.is_empty() => first = self.line,
                    (_, b'\n' | b'\r') => {
                        ended = true;
                        break;
                    }
                    (_, byte) if byte == self.delimiter => {
                        cells.push(std::mem::take(&mut cell));
                        state = State::Start;
                    }
                    (State::Start, b'"') => state = State::Quoted,
                    (_, byte) => {
                        cell.push(byte);
                        state = State::Plain;
                    }
                }
            }
            self.inner.consume(used);
            let place = Place::Line(first);
            let held = cells.iter().fold(cell.len(), |sum, c: &Vec<u8>| sum.saturating_add(c.len()));
            if held > self.most {
                let what = "one row (a quote that is never closed?)";
                return Err(Error::Limit { what, limit: self.most as u64, place });
            }
            if cells.len() as u64 > self.cells {
                return Err(Error::Limit { what: "number of cells of one row", limit: self.cells, place });
            }
            if ended {
                cells.push(cell);
                return Ok(Some((first, cells)));
            }
        }
    }
}

/// Reads a table and hands its rows to `visit`, in order. A header row is passed over.
///
/// Problems: [`codes::RAGGED_ROW`] for a row with fewer cells than columns and
/// [`codes::BAD_RECORD`] for one that is not UTF-8, both left out; [`codes::TRUNCATED`] for a quote that
/// is not closed, [`codes::NUL_IN_TEXT`], [`codes::EMPTY_FILE`].
///
/// # Errors
/// Those of the stream; [`Error::Limit`] past `limits.line_bytes` in one row; what `visit` returns.
///
/// ```
/// use sprog_formats::{Limits, rules::csvw::{self, Table}};
/// let json = br#"{"tableSchema": {"columns": [{"name": "synset"}, {"name": "definition"}]}, "dialect": {"header": false}}"#;
/// let table = csvw::read_metadata(json, &Limits::default())?.value;
/// let csv = "synset-1,\"dyr, der \"\"gør\"\"\"\n";
/// let (mut rows, mut again) = (Vec::new(), Vec::new());
/// csvw::for_each_row(&mut csv.as_bytes(), &table, &Limits::default(), &mut |row| { rows.push(row.cells); Ok(()) })?;
/// assert_eq!(rows[0][1], "dyr, der \"gør\"");
/// csvw::write_row(&mut again, b',', &rows[0])?;
/// assert_eq!(again, csv.as_bytes());
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub fn for_each_row(
    source: &mut dyn BufRead,
    table: &Table,
    limits: &Limits,
    visit: &mut dyn FnMut(Row) -> Result<()>,
) -> Result<Vec<Problem>> {
    let (most, cells) = (limits.line_bytes, limits.items);
    let delimiter = table.delimiter;
    let mut rows =
        Rows { inner: source, delimiter, most, cells, line: 1, after_return: false, unclosed: None };
    let mut problems = Vec::new();
    let mut header = table.header;
    let (mut empty, mut nuls) = (true, 0u64);
    while let Some((line, mut row)) = rows.next_row()? {
        if line == 1
            && let Some(first) = row.first_mut()
            && first.starts_with(b"\xEF\xBB\xBF")
        {
            first.drain(..3);
        }
        empty = false;
        if std::mem::take(&mut header) {
            continue;
        }
        nuls = row.iter().fold(nuls, |n, c| n.saturating_add(memchr::memchr_iter(0, c).count() as u64));
        let width = row.len();
        let cells: Option<Vec<String>> = row.into_iter().map(|c| String::from_utf8(c).ok()).collect();
        match cells {
            None => {
                let message = "a row that is not UTF-8; left out";
                problems.push(Problem::new(codes::BAD_RECORD, Place::Line(line), message));
            }
            Some(_) if width < table.columns.len() => {
                let message = format!("{width} cells for {} columns; left out", table.columns.len());
                problems.push(Problem::new(codes::RAGGED_ROW, Place::Line(line), message));
            }
            Some(cells) => visit(Row { line, cells })?,
        }
    }
    let mut report = |code, place, message: String| problems.push(Problem::new(code, place, message));
    if empty {
        report(codes::EMPTY_FILE, Place::File, "the table has no rows".to_owned());
    }
    if nuls > 0 {
        report(codes::NUL_IN_TEXT, Place::File, format!("{nuls} NUL characters, kept as they are"));
    }
    if let Some(line) = rows.unclosed {
        report(codes::TRUNCATED, Place::Line(line), "the file ends inside a quoted cell".to_owned());
    }
    Ok(problems)
}

/// Writes a row with a line feed. A cell is quoted where it has to be: with the delimiter, a quote or a
/// line ending in it. DanNet's own files come out byte for byte.
///
/// # Errors
/// Those of `out`.
pub fn write_row(out: &mut dyn Write, delimiter: u8, cells: &[String]) -> Result<()> {
    let mut line = Vec::new();
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            line.push(delimiter);
        }
        let special = |b: u8| b == delimiter || matches!(b, b'"' | b'\n' | b'\r');
        if cell.bytes().any(special) || (cells.len() == 1 && cell.is_empty()) {
            line.push(b'"');
            line.extend(cell.replace('"', "\"\"").bytes());
            line.push(b'"');
        } else {
            line.extend(cell.bytes());
        }
    }
    line.push(b'\n');
    Ok(out.write_all(&line)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn table(columns: usize) -> Table {
        let column = |n| Column { name: format!("c{n}"), ..Column::default() };
        let columns = (0..columns).map(column).collect();
        Table { url: String::new(), columns, header: false, delimiter: b',', license: None }
    }

    fn rows(csv: &[u8], columns: usize, limits: &Limits) -> Result<(Vec<Row>, Vec<Problem>)> {
        let mut rows = Vec::new();
        let problems = for_each_row(&mut &csv[..], &table(columns), limits, &mut |row| {
            rows.push(row);
            Ok(())
        })?;
        Ok((rows, problems))
    }

    #[test]
    fn rows_keep_their_lines_and_their_further_cells() {
        let csv = "\u{FEFF}a,b\r\n\"x\ny\",z,w\r\nonly\n\n,\n";
        let (rows, problems) = rows(csv.as_bytes(), 2, &Limits::default()).expect("reads");
        let cells: Vec<_> = rows.iter().map(|r| (r.line, r.cells.join("|"))).collect();
        assert_eq!(cells, [(1, "a|b".to_owned()), (2, "x\ny|z|w".into()), (6, "|".into())]);
        let places: Vec<_> = problems.iter().map(|p| (p.code, p.place.clone())).collect();
        assert_eq!(places, [(codes::RAGGED_ROW, Place::Line(4))]);
    }

    #[test]
    fn a_quote_that_is_never_closed_is_stopped() {
        let limits = Limits { line_bytes: 1000, ..Limits::default() };
        let csv = format!("a,b\nc,\"{}", "x,y\n".repeat(100_000));
        let error = rows(csv.as_bytes(), 2, &limits).expect_err("refused");
        assert_eq!((error.code(), error.place()), (codes::LIMIT, Place::Line(2)));
        let bad = rows(b"a,\xFF\nb,c\n", 2, &limits).expect("reads");
        assert_eq!((bad.0.len(), bad.1[0].code), (1, codes::BAD_RECORD));
    }

    #[test]
    fn what_describes_no_table_is_refused() {
        let read = |json: &str| read_metadata(json.as_bytes(), &Limits::default());
        for bad in ["", "{", "[]", "{\"tables\": []}", "{\"tables\": [{}]}", "\0", &"[".repeat(100_000)] {
            assert_eq!(read(bad).expect_err("refused").code(), codes::MALFORMED, "{bad:.20}");
        }
        let delimiter = "{\"tableSchema\": {\"columns\": []}, \"dialect\": {\"delimiter\": \"\\u00e6\"}}";
        assert_eq!(read(delimiter).expect_err("refused").code(), codes::UNSUPPORTED);
        let twice = read("{\"tableSchema\": {\"columns\": [{\"name\": \"a\"}, {\"name\": \"a\"}, {}]}}")
            .expect("reads");
        let found: Vec<_> = twice.problems.iter().map(|p| p.code).collect();
        assert_eq!(found, [codes::DUPLICATE_COLUMN, codes::BAD_RECORD]);
        assert_eq!((twice.value.columns[2].name.as_str(), twice.value.header), ("column_3", true));
    }

    proptest! {
        #[test]
        fn any_cells_survive(table in prop::collection::vec(prop::collection::vec("[a,\"\n\r;æ ]{0,4}", 3), 1..10)) {
            let mut csv = Vec::new();
            for cells in &table {
                write_row(&mut csv, b',', cells).expect("writes");
            }
            let (rows, problems) = rows(&csv, 3, &Limits::default()).expect("reads");
            prop_assert_eq!(problems, []);
            prop_assert_eq!(rows.into_iter().map(|r| r.cells).collect::<Vec<_>>(), table);
        }

        #[test]
        fn any_bytes_end(bytes: Vec<u8>) {
            let _ = rows(&bytes, 2, &Limits::default());
            let _ = read_metadata(&bytes, &Limits::default());
        }
    }
}
