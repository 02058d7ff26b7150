use std::sync::Arc;

use arrow::array::{RecordBatch, StructArray};
use arrow::datatypes::DataType;
use sprog_formats::rules::lexicon::{LexiconContent, LexiconEntry, LexiconFile};

use super::columns::{Bounds, Texts, batch};
use super::{RuleOrigin, RuleTable, extra_fields};
use crate::{Error, Result};

/// The lines of a lexicon. `extra` has the fields that have no column here, by their column's name.
///
/// # Errors
/// [`Error::Invalid`] for a column larger than 2 GiB.
///
/// ```
/// use sprog_datasets::rules::{RuleOrigin, lexicon_entries};
/// use sprog_formats::{Limits, rules::lexicon::{self, LexiconFormat}};
/// let file = lexicon::read(b"lemma\tform\tid\nhus\thuse\t7\n", &LexiconFormat::tsv(), &Limits::default())?;
/// let rows = lexicon_entries(&file.value, &RuleOrigin::default())?;
/// let forms = rows.column_by_name("form").expect("form");
/// assert_eq!((forms.len(), forms.null_count()), (2, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn lexicon_entries(file: &LexiconFile, origin: &RuleOrigin) -> Result<RecordBatch> {
    let mut texts: [Texts; 5] = Default::default();
    let [mut columns, mut values]: [Texts; 2] = Default::default();
    let (mut bounds, mut count) = (Bounds::default(), 0usize);
    for line in &file.lines {
        let entry = match &line.content {
            LexiconContent::Entry(entry) => Some(entry),
            _ => None,
        };
        let fields = entry.map_or([None; 5], |e: &LexiconEntry| {
            let rest = [&e.lemma, &e.pos, &e.features, &e.pronunciation];
            let [lemma, pos, features, pronunciation] = rest.map(Option::as_deref);
            [Some(e.form.as_str()), lemma, pos, features, pronunciation]
        });
        for (column, value) in texts.iter_mut().zip(fields) {
            column.push(value)?;
        }
        for (index, value) in entry.into_iter().flat_map(|e| &e.extra) {
            columns.push(Some(&file.column_name(*index)))?;
            values.push(Some(value))?;
            count = count.saturating_add(1);
        }
        bounds.push(count, entry.is_some())?;
    }
    let extra = StructArray::try_new(extra_fields(), vec![columns.finish(), values.finish()], None);
    let extra = Arc::new(extra.map_err(|e| Error::Invalid(e.to_string()))?);
    let mut typed = texts.map(Texts::finish).to_vec();
    typed.push(bounds.finish(DataType::Struct(extra_fields()), extra)?);
    let lines = file.lines.iter().map(|l| (&l.line, kind(&l.content)));
    batch(RuleTable::LexiconEntries, origin, file.encoding, lines, typed)
}

pub(super) fn kind(content: &LexiconContent) -> &'static str {
    match content {
        LexiconContent::Header => "header",
        LexiconContent::Entry(_) => "entry",
        LexiconContent::Blank => "blank",
        LexiconContent::Comment => "comment",
        LexiconContent::Unknown => "unknown",
    }
}
