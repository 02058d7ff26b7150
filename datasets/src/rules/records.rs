use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StructArray};
use arrow::datatypes::DataType;
use sprog_formats::rules::rows::FormRow;
use sprog_formats::rules::{Content, RawLine, Records};

use super::columns::{Bounds, TextLists, Texts, batch};
use super::{RuleOrigin, RuleTable, extra_fields};
use crate::{Error, Result};

/// Text columns of [`RuleTable::LexiconForms`] after those that all tables have, in order.
pub(super) const FORM_TEXTS: [&str; 13] = [
    "form",
    "lemma",
    "upos",
    "feats",
    "unimorph",
    "tag",
    "norm",
    "correction",
    "phonetic_alphabet",
    "hyphenation",
    "segmentation",
    "entry_id",
    "form_id",
];

/// The lines of a full-form lexicon or word list. `row` makes a row of an entry (none where it goes on an earlier line's), with the source's own terms in `tag`;
/// where it knows them, `upos` and `feats` are those of Universal Dependencies.
///
/// # Errors
/// [`Error::Invalid`] for a column larger than 2 GiB.
///
/// ```
/// use sprog_datasets::rules::{RuleOrigin, export, lexicon_forms};
/// use sprog_formats::{Limits, rules::{rows::FormRow, unimorph}};
/// let bytes = "hus\thusene\tN;DEF;PL\n".as_bytes();
/// let file = unimorph::read(bytes, &Limits::default())?.value;
/// let origin = RuleOrigin { file: "dan".into(), ..RuleOrigin::default() };
/// let rows = lexicon_forms(&file, |line, entry| Some(FormRow::unimorph(line, entry)), &origin);
/// assert_eq!(export([rows].into_iter(), "dan")?, bytes);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn lexicon_forms<T>(
    file: &Records<T>,
    row: impl Fn(&RawLine, &T) -> Option<FormRow>,
    origin: &RuleOrigin,
) -> Result<RecordBatch> {
    let rows: Vec<Option<FormRow>> = file
        .lines
        .iter()
        .map(|line| match &line.content {
            Content::Entry(entry) => row(&line.line, entry),
            _ => None,
        })
        .collect();
    let typed = columns(rows.iter().map(Option::as_ref))?;
    let lines = file.lines.iter().map(|l| (&l.line, kind(&l.content)));
    batch(RuleTable::LexiconForms, origin, file.encoding, lines, typed)
}

/// The columns of forms after those that all tables have.
pub(super) fn columns<'r>(rows: impl Iterator<Item = Option<&'r FormRow>>) -> Result<Vec<ArrayRef>> {
    let mut texts: [Texts; FORM_TEXTS.len()] = Default::default();
    let mut said = TextLists::default();
    let [mut names, mut values]: [Texts; 2] = Default::default();
    let (mut bounds, mut count) = (Bounds::default(), 0usize);
    for row in rows {
        let cells = row.map_or([None; FORM_TEXTS.len()], cells);
        texts.iter_mut().zip(cells).try_for_each(|(column, value)| column.push(value))?;
        said.push(row.map(|r| &r.pronunciations))?;
        for (name, value) in row.iter().flat_map(|r| &r.extra) {
            names.push(Some(name))?;
            values.push(Some(value))?;
            count = count.saturating_add(1);
        }
        bounds.push(count, row.is_some())?;
    }
    let extra = StructArray::try_new(extra_fields(), vec![names.finish(), values.finish()], None);
    let extra = Arc::new(extra.map_err(|e| Error::Invalid(e.to_string()))?);
    let mut typed = texts.map(Texts::finish).to_vec();
    typed.push(said.finish()?);
    typed.push(bounds.finish(DataType::Struct(extra_fields()), extra)?);
    Ok(typed)
}

fn cells(row: &FormRow) -> [Option<&str>; FORM_TEXTS.len()] {
    [
        Some(row.form.as_str()),
        filled(&row.lemma),
        row.upos.as_deref(),
        row.feats.as_deref(),
        row.unimorph.as_deref(),
        row.tag.as_deref(),
        row.norm.as_deref(),
        row.correction.as_deref(),
        row.phonetic_alphabet.as_deref(),
        row.hyphenation.as_deref(),
        row.segmentation.as_deref(),
        filled(&row.entry_id),
        filled(&row.form_id),
    ]
}

fn filled(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

fn kind<T>(content: &Content<T>) -> &'static str {
    match content {
        Content::Entry(_) => "entry",
        Content::Header => "header",
        Content::Blank => "blank",
        Content::Comment => "comment",
        Content::Unknown => "unknown",
    }
}
