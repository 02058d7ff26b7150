//! Files whose entries are not lines: XML, CSV with cells of several lines, tables that stand for more than they say.
//!
//! The lines of such a file are rows of kind `source`, which give it back; what its elements say are rows after them,
//! with no `raw`, `file` or `line` of their own. `source_ref` says where each comes from.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StructArray, new_null_array};
use arrow::compute::concat_batches;
use arrow::datatypes::DataType;
use sprog_formats::rules::rows::{EntryRow, FormRow};
use sprog_formats::rules::{RawLine, Records};

use super::columns::{Bounds, TextLists, Texts, batch, hash_text};
use super::{RuleOrigin, RuleTable, extra_fields, records, schema};
use crate::{Error, Result};

/// What an element says, and where it stands in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element<T> {
    /// What follows the file's name in `source_ref`: `:17` for a line, `#w1` for an id.
    pub place: String,
    /// What it says.
    pub row: T,
}

/// A meaning of a word: a row of the table `thesaurus`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MeaningRow {
    /// The word.
    pub word: String,
    /// Its part of speech in the source's terms.
    pub pos: Option<String>,
    /// Words and how each is related; empty for a synonym.
    pub synonyms: Vec<(String, String)>,
}

/// Rows of the table `lexicon_forms`: the lines of `file`, where they are to be kept, then the forms.
///
/// # Errors
/// [`Error::Invalid`] for a column larger than 2 GiB.
///
/// ```
/// use sprog_datasets::rules::{Element, RuleOrigin, form_rows};
/// use sprog_formats::rules::rows::FormRow;
/// let form = FormRow { form: "huse".into(), lemma: "hus".into(), ..FormRow::default() };
/// let origin = RuleOrigin { file: "da.dix".into(), ..RuleOrigin::default() };
/// let rows = form_rows(None, &[Element { place: "#main".into(), row: form }], &origin)?;
/// assert_eq!(rows.num_rows(), 1);
/// # Ok::<(), sprog_datasets::Error>(())
/// ```
pub fn form_rows(
    file: Option<&Records<String>>,
    rows: &[Element<FormRow>],
    origin: &RuleOrigin,
) -> Result<RecordBatch> {
    let typed = records::columns(rows.iter().map(|element| Some(&element.row)))?;
    let key = |row: &FormRow| {
        let of = |text: &Option<String>| text.clone().unwrap_or_default();
        [
            row.form.clone(),
            row.lemma.clone(),
            of(&row.upos),
            of(&row.feats),
            of(&row.tag),
            of(&row.norm),
            row.entry_id.clone(),
            row.form_id.clone(),
        ]
        .join("\t")
    };
    let keys = rows.iter().map(|element| (element.place.as_str(), key(&element.row)));
    table(RuleTable::LexiconForms, file, "entry", keys, typed, origin)
}

/// Rows of the table `lexicon_entries`: the lines of `file`, where they are to be kept, then the entries.
///
/// # Errors
/// [`Error::Invalid`] for a column larger than 2 GiB.
pub fn entry_rows(
    file: Option<&Records<String>>,
    rows: &[Element<EntryRow>],
    origin: &RuleOrigin,
) -> Result<RecordBatch> {
    let mut texts: [Texts; 5] = Default::default();
    let [mut columns, mut values]: [Texts; 2] = Default::default();
    let (mut bounds, mut count) = (Bounds::default(), 0usize);
    for Element { row, .. } in rows {
        let lemma = Some(row.lemma.as_str());
        let cells = [lemma, lemma, row.pos.as_deref(), None, None];
        texts.iter_mut().zip(cells).try_for_each(|(column, value)| column.push(value))?;
        let own = [
            ("entry_id", Some(row.entry_id.as_str())),
            ("upos", row.upos.as_deref()),
            ("homograph", row.homograph.as_deref()),
            ("gloss", row.gloss.as_deref()),
        ];
        let own = own.into_iter().filter_map(|(name, value)| Some((name, value.filter(|v| !v.is_empty())?)));
        let senses = row.senses.iter().map(|sense| ("sense", sense.as_str()));
        let extra = row.extra.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in own.chain(senses).chain(extra) {
            columns.push(Some(name))?;
            values.push(Some(value))?;
            count = count.saturating_add(1);
        }
        bounds.push(count, true)?;
    }
    let extra = StructArray::try_new(extra_fields(), vec![columns.finish(), values.finish()], None);
    let extra = Arc::new(extra.map_err(|e| Error::Invalid(e.to_string()))?);
    let mut typed = texts.map(Texts::finish).to_vec();
    typed.push(bounds.finish(DataType::Struct(extra_fields()), extra)?);
    let keys = rows.iter().map(|Element { place, row }| {
        let of = |text: &Option<String>| text.clone().unwrap_or_default();
        let senses = row.senses.join(" ");
        let cells = [row.lemma.clone(), of(&row.pos), row.entry_id.clone(), of(&row.homograph), senses];
        (place.as_str(), cells.join("\t"))
    });
    table(RuleTable::LexiconEntries, file, "entry", keys, typed, origin)
}

/// Rows of the table `thesaurus`: the lines of `file`, where they are to be kept, then the meanings.
///
/// # Errors
/// [`Error::Invalid`] for a column larger than 2 GiB.
pub fn meaning_rows(
    file: Option<&Records<String>>,
    rows: &[Element<MeaningRow>],
    origin: &RuleOrigin,
) -> Result<RecordBatch> {
    let [mut words, mut pos]: [Texts; 2] = Default::default();
    let [mut synonyms, mut notes]: [TextLists; 2] = Default::default();
    for Element { row, .. } in rows {
        words.push(Some(&row.word))?;
        pos.push(row.pos.as_deref())?;
        synonyms.push(Some(row.synonyms.iter().map(|(word, _)| word)))?;
        notes.push(Some(row.synonyms.iter().map(|(_, note)| note)))?;
    }
    let typed = vec![words.finish(), pos.finish(), synonyms.finish()?, notes.finish()?];
    let keys = rows.iter().map(|Element { place, row }| {
        (place.as_str(), [row.word.as_str(), row.pos.as_deref().unwrap_or_default()].join("\t"))
    });
    table(RuleTable::Thesaurus, file, "meaning", keys, typed, origin)
}

/// The lines of a file, then rows with a place and a text that tells them apart.
fn table<'r>(
    table: RuleTable,
    file: Option<&Records<String>>,
    kind: &'static str,
    keys: impl Iterator<Item = (&'r str, String)>,
    typed: Vec<ArrayRef>,
    origin: &RuleOrigin,
) -> Result<RecordBatch> {
    let schema = schema(table);
    let mut common: [Texts; 4] = Default::default();
    // The second of two rows that say the same has another id all the same.
    let mut seen: HashMap<String, u64> = HashMap::new();
    let mut count = 0usize;
    for (place, key) in keys {
        let id = hash_text(&[&origin.source, &origin.file, place, &key]);
        let before = seen.entry(id.clone()).or_default();
        let number = before.to_string();
        let id = match *before {
            0 => id,
            _ => hash_text(&[&origin.source, &origin.file, place, &key, &number]),
        };
        *before = before.saturating_add(1);
        let place = format!("{}{place}", origin.file);
        let cells = [id.as_str(), &origin.source, &place, &origin.license];
        common.iter_mut().zip(cells).try_for_each(|(column, value)| column.push(Some(value)))?;
        count = count.saturating_add(1);
    }
    let mut columns: Vec<ArrayRef> = common.map(Texts::finish).to_vec();
    let null = |name: &str| {
        let data_type = schema.field_with_name(name).map_or(DataType::Utf8, |f| f.data_type().clone());
        new_null_array(&data_type, count)
    };
    columns.extend(["file", "line", "raw", "ending", "charset"].map(null));
    let mut kinds = Texts::default();
    (0..count).try_for_each(|_| kinds.push(Some(kind)))?;
    columns.push(kinds.finish());
    let first_typed = columns.len();
    columns.extend(typed);
    let invalid = |e: arrow::error::ArrowError| Error::Invalid(e.to_string());
    let rows = RecordBatch::try_new(schema.clone(), columns).map_err(invalid)?;
    let Some(file) = file else { return Ok(rows) };
    let nothing = schema.fields().iter().skip(first_typed);
    let nothing = nothing.map(|field| new_null_array(field.data_type(), file.lines.len())).collect();
    let lines = file.lines.iter().map(|record| (&record.line as &RawLine, "source"));
    let lines = batch(table, origin, file.encoding, lines, nothing)?;
    concat_batches(&schema, [&lines, &rows]).map_err(invalid)
}

#[cfg(test)]
mod tests {
    use sprog_formats::rules::{Charset, wordlist};
    use sprog_formats::{Limits, rules::rows::FormRow};

    use super::*;
    use crate::rules::export;

    fn text(batch: &RecordBatch, name: &str) -> Vec<Option<String>> {
        let column = batch.column_by_name(name).expect(name);
        let column = column.as_any().downcast_ref::<arrow::array::StringArray>().expect("text");
        column.iter().map(|v| v.map(str::to_owned)).collect()
    }

    #[test]
    fn lines_and_what_they_say_stand_in_one_table_and_give_the_file_back() {
        let bytes = "<a>\r\n<b æ=\"1\"/></a>".as_bytes();
        let file = wordlist::read(bytes, None, Charset::Utf8, &Limits::default()).expect("reads").value;
        let origin = RuleOrigin { source: "s".into(), license: "CC0-1.0".into(), file: "x.xml".into() };
        let form = |form: &str| Element {
            place: "#b".into(),
            row: FormRow { form: form.into(), unimorph: Some("N;PL".into()), ..FormRow::default() },
        };
        let rows =
            form_rows(Some(&file), &[form("huse"), form("huse"), form("tage")], &origin).expect("rows");
        assert_eq!(
            text(&rows, "kind").iter().flatten().collect::<Vec<_>>(),
            ["source", "source", "entry", "entry", "entry"]
        );
        assert_eq!(text(&rows, "source_ref")[1..3], [Some("x.xml:2".into()), Some("x.xml#b".into())]);
        assert_eq!(text(&rows, "form")[1..3], [None, Some("huse".into())]);
        assert_eq!(text(&rows, "unimorph")[4].as_deref(), Some("N;PL"));
        let mut ids = text(&rows, "row_id");
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 5, "two rows that say the same are two rows");
        assert_eq!(export([Ok(rows)].into_iter(), "x.xml").expect("exports"), bytes);
        let without = form_rows(None, &[form("huse")], &origin).expect("rows");
        assert!(export([Ok(without)].into_iter(), "x.xml").is_err(), "no line of the file is there");
    }

    #[test]
    fn entries_and_meanings_keep_what_has_no_column() {
        let entry = EntryRow {
            entry_id: "w1".into(),
            lemma: "hund".into(),
            senses: vec!["s1".into(), "s2".into()],
            ..EntryRow::default()
        };
        let element = [Element { place: "#w1".into(), row: entry }];
        let rows = entry_rows(None, &element, &RuleOrigin::default()).expect("rows");
        let options = arrow::util::display::FormatOptions::new();
        let extra = rows.column_by_name("extra").expect("extra");
        let shown = arrow::util::display::ArrayFormatter::try_new(extra, &options).expect("formats");
        let expected =
            "[{column: entry_id, value: w1}, {column: sense, value: s1}, {column: sense, value: s2}]";
        assert_eq!(shown.value(0).to_string(), expected);
        let meaning = MeaningRow {
            word: "hund".into(),
            pos: None,
            synonyms: vec![("køter".into(), String::new()), ("dyr".into(), "hypernym".into())],
        };
        let rows =
            meaning_rows(None, &[Element { place: "#c1".into(), row: meaning }], &RuleOrigin::default());
        assert_eq!(rows.expect("rows").num_rows(), 1);
    }
}
