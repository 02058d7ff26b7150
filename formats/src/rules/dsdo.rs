//! The records of Den store danske ordliste (da.speling.org, "filformat").
//!
//! A record is a run of lines `FIELD: value`, like the head of an e-mail; blank lines part records. The
//! fields are WORD, STATUS (`+` right, `-` wrong, `?` not clear), CLASS, CONJUGATION, CONJUGATION-RULE,
//! ROOT, HYPHENATION, SYNONYM, ANTONYM, PRONUNCIATION, CORRECTION, AUTHORITY, SOURCE, EXAMPLE, CATEGORY,
//! COMMENT, EDITOR and DATE; a field may stand several times. Old files are Latin-1.

use super::records::read_records;
use super::{Charset, Content, RawLine, Records};
use crate::{Limits, Parsed, Place, Problem, Result, codes};

/// A line of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DsdoField {
    /// The field's name, in capitals as in the file.
    pub name: String,
    /// Its value, without the white space around it.
    pub value: String,
}

/// How a word is spelt, by a record's STATUS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// `+`: spelt right.
    Right,
    /// `-`: spelt wrong.
    Wrong,
    /// `?`: not clear.
    Unclear,
}

/// A record, in terms of the lines of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DsdoRecord<'a> {
    /// The record's fields in order, each with its line.
    pub fields: Vec<(&'a RawLine, &'a DsdoField)>,
}

impl<'a> DsdoRecord<'a> {
    /// The first field of this name.
    pub fn get(&self, name: &str) -> Option<&'a str> {
        self.all(name).next()
    }

    /// Every field of this name.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &'a str> {
        let has_name = move |f: &&(&'a RawLine, &'a DsdoField)| f.1.name == name;
        self.fields.iter().filter(has_name).map(|f| f.1.value.as_str())
    }

    /// The word.
    pub fn word(&self) -> Option<&'a str> {
        self.get("WORD")
    }

    /// How the word is spelt; `None` without a STATUS of the three.
    pub fn status(&self) -> Option<Status> {
        match self.get("STATUS")? {
            "+" => Some(Status::Right),
            "-" => Some(Status::Wrong),
            "?" => Some(Status::Unclear),
            _ => None,
        }
    }
}

/// Reads a file of records. `encoding` is the charset to try; what is not UTF-8 is read as Latin-1.
///
/// Problems: [`codes::RULE_LINE`] for a line that is no field, [`codes::BAD_RECORD`] for a record
/// without a word, [`codes::RULE_ENCODING`].
///
/// # Errors
/// [`Error::Limit`](crate::Error::Limit) past `limits`' bytes, bytes of a line or items (lines).
///
/// ```
/// use sprog_formats::{Limits, rules::{Charset, dsdo::{self, Status}, write_records}};
/// let bytes = "WORD: ordbøger\nSTATUS: +\nROOT: ordbog\n\nWORD: ordböger\nSTATUS: -\nCORRECTION: ordbøger\n".as_bytes();
/// let parsed = dsdo::read(bytes, Charset::Utf8, &Limits::default())?;
/// let records = dsdo::records(&parsed.value);
/// assert_eq!((records.len(), records[1].status()), (2, Some(Status::Wrong)));
/// assert_eq!(records[1].get("CORRECTION"), Some("ordbøger"));
/// assert_eq!(write_records(&parsed.value)?, bytes);
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub fn read(bytes: &[u8], encoding: Charset, limits: &Limits) -> Result<Parsed<Records<DsdoField>>> {
    let mut parsed = read_records(bytes, encoding, limits, |line| {
        let (name, value) = line.text().split_once(':').ok_or("no field name before a colon")?;
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_uppercase() || b == b'-') {
            return Err("the field name is not of capital letters");
        }
        Ok(Content::Entry(DsdoField { name: name.to_owned(), value: value.trim().to_owned() }))
    })?;
    let without_word: Vec<Place> = records(&parsed.value)
        .iter()
        .filter(|r| r.word().is_none_or(str::is_empty))
        .filter_map(|r| r.fields.first().map(|(line, _)| line.place()))
        .collect();
    let problem = |place| Problem::new(codes::BAD_RECORD, place, "the record that starts here has no WORD");
    parsed.problems.extend(without_word.into_iter().map(problem));
    Ok(parsed)
}

/// The records of a file, in order.
pub fn records(file: &Records<DsdoField>) -> Vec<DsdoRecord<'_>> {
    let mut records = Vec::new();
    let mut open = Vec::new();
    for line in &file.lines {
        match &line.content {
            Content::Entry(field) => open.push((&line.line, field)),
            Content::Blank if !open.is_empty() => {
                records.push(DsdoRecord { fields: std::mem::take(&mut open) });
            }
            _ => {}
        }
    }
    if !open.is_empty() {
        records.push(DsdoRecord { fields: open });
    }
    records
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::write_records;

    #[test]
    fn records_end_at_blank_lines_only() {
        let text =
            b"\n\nWORD: bl\xE5\r\nSYNONYM: azur\nnot a field\nSYNONYM: marine\nSTATUS: !\n \nSTATUS: +\n";
        let parsed = read(text, Charset::Latin1, &Limits::default()).expect("reads");
        assert_eq!(write_records(&parsed.value).expect("writes"), text);
        let all = records(&parsed.value);
        assert_eq!((all.len(), all[0].word(), all[0].status()), (2, Some("blå"), None));
        assert_eq!(all[0].all("SYNONYM").collect::<Vec<_>>(), ["azur", "marine"]);
        let problems: Vec<_> = parsed.problems.iter().map(|p| (p.code, p.place.clone())).collect();
        assert_eq!(problems, [(codes::RULE_LINE, Place::Line(5)), (codes::BAD_RECORD, Place::Line(9))]);
    }
}
