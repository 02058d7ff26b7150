//! Rows of the text and speech tables, and the builders that turn them into Arrow batches.

mod derived;
mod speech;

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BooleanBuilder, FixedSizeBinaryBuilder, Int64Builder, RecordBatch, StringArray,
    StringBuilder, StructArray,
};
use arrow::datatypes::DataType;

pub use self::derived::with_build_columns;
pub(crate) use self::speech::MEASURED;
pub use self::speech::{Segment, SpeechQuality, Utterance, UtteranceBuilder, Word, WordsBuilder};
use crate::id::DocumentId;
use crate::schema;
use crate::split::{KeyHash, key_hash};
use crate::{Error, Result};

/// A text of a corpus with what is known of it. Absent values are `None`, never empty strings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// The id that the source gives, if any, unchecked.
    pub id: Option<String>,
    /// The text.
    pub text: String,
    /// When it was added to the dataset, `2026-11-01`.
    pub added: Option<String>,
    /// When it was written, a day or a range `1900-01-01, 1999-12-31`.
    pub created: Option<String>,
    /// Where it is published.
    pub url: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Author.
    pub author: Option<String>,
    /// Domain of use.
    pub domain: Option<String>,
    /// BCP 47 language tag.
    pub language: Option<String>,
    /// Where in the source file it stands.
    pub place: String,
}

/// What all rows of one file share.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Origin {
    /// The source's id in the recipe.
    pub source: String,
    /// Its licence, an SPDX expression.
    pub license: String,
    /// The file, relative to the recipe, with `/`; utterances name their own.
    pub file: String,
    /// Names of the steps that the rows go through, joined by `; `.
    pub steps: String,
}

/// Builds batches of the text table with the build's own columns.
pub struct DocumentBuilder {
    origin: Origin,
    strings: Vec<StringBuilder>,
    places: StringBuilder,
    rows: usize,
}

/// Utf8 columns of the text table that come from a [`Document`], in schema order.
const DOCUMENT_STRINGS: [&str; 11] =
    ["id", "text", "source", "added", "created", "license", "url", "title", "author", "domain", "language"];

impl DocumentBuilder {
    /// For rows of one file.
    pub fn new(origin: Origin) -> Self {
        let strings = DOCUMENT_STRINGS.iter().map(|_| StringBuilder::new()).collect();
        DocumentBuilder { origin, strings, places: StringBuilder::new(), rows: 0 }
    }

    /// Rows so far.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Adds a row under its id, which the document's own need not be.
    pub fn push(&mut self, id: &DocumentId, document: &Document) {
        let values = [
            Some(id.as_str()),
            Some(document.text.as_str()),
            Some(self.origin.source.as_str()),
            document.added.as_deref(),
            document.created.as_deref(),
            Some(self.origin.license.as_str()),
            document.url.as_deref(),
            document.title.as_deref(),
            document.author.as_deref(),
            document.domain.as_deref(),
            document.language.as_deref(),
        ];
        for (builder, value) in self.strings.iter_mut().zip(values) {
            builder.append_option(value);
        }
        self.places.append_value(&document.place);
        self.rows += 1;
    }

    /// The batch; the builder is empty again.
    ///
    /// # Errors
    /// Never in practice: the columns are of one length.
    pub fn finish(&mut self) -> Result<RecordBatch> {
        let rows = std::mem::take(&mut self.rows);
        let mut columns: Vec<ArrayRef> =
            self.strings.iter_mut().map(|b| Arc::new(b.finish()) as ArrayRef).collect();
        let texts = columns[1].clone();
        let measured = measure_texts(as_strings(&texts)?);
        // token_count stands between `created` and `license`.
        columns.insert(5, measured.token_count);
        columns.push(Arc::new(arrow::array::new_null_array(&DataType::Float32, rows)));
        columns.push(measured.quality);
        columns.push(provenance(
            repeated(&self.origin.file, rows),
            self.places.finish(),
            &self.origin.steps,
        )?);
        let schema = schema::with_build_columns(&schema::text());
        columns.extend(build_columns(&measured.hash, &measured.hash, &measured.bytes)?);
        RecordBatch::try_new(schema, columns).map_err(|e| Error::Invalid(e.to_string()))
    }
}

fn repeated(value: &str, rows: usize) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(std::iter::repeat_n(value, rows)))
}

fn provenance(files: ArrayRef, places: StringArray, steps: &str) -> Result<ArrayRef> {
    let DataType::Struct(fields) =
        schema::text().field_with_name("provenance").map_err(invalid)?.data_type().clone()
    else {
        return Err(Error::Invalid("provenance is a struct".into()));
    };
    let columns = vec![files.clone(), Arc::new(places), repeated(steps, files.len())];
    Ok(Arc::new(StructArray::try_new(fields, columns, None).map_err(invalid)?))
}

fn invalid(e: impl std::fmt::Display) -> Error {
    Error::Invalid(e.to_string())
}

fn build_columns(hash: &[KeyHash], split_key: &[KeyHash], bytes: &[i64]) -> Result<[ArrayRef; 3]> {
    let fixed = |keys: &[KeyHash]| -> Result<ArrayRef> {
        let mut builder = FixedSizeBinaryBuilder::with_capacity(keys.len(), 16);
        for key in keys {
            builder.append_value(key).map_err(invalid)?;
        }
        Ok(Arc::new(builder.finish()))
    };
    Ok([fixed(hash)?, fixed(split_key)?, Arc::new(arrow::array::Int64Array::from(bytes.to_vec()))])
}

struct Measured {
    token_count: ArrayRef,
    quality: ArrayRef,
    hash: Vec<KeyHash>,
    bytes: Vec<i64>,
}

fn measure_texts(texts: &StringArray) -> Measured {
    let rows = texts.len();
    let mut tokens = Int64Builder::with_capacity(rows);
    let mut characters = Int64Builder::with_capacity(rows);
    let mut garbled = BooleanBuilder::with_capacity(rows);
    let (mut hash, mut bytes) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
    for row in 0..rows {
        let text = if texts.is_null(row) { "" } else { texts.value(row) };
        tokens.append_value(sprog_text::count_words(text) as i64);
        characters.append_value(text.chars().count() as i64);
        garbled.append_value(sprog_text::repair::first_garbled(text).is_some());
        hash.push(key_hash(text.as_bytes()));
        bytes.push(text.len() as i64);
    }
    let columns: Vec<ArrayRef> = vec![Arc::new(characters.finish()), Arc::new(garbled.finish())];
    let quality = StructArray::new(schema::text_quality(), columns, None);
    Measured { token_count: Arc::new(tokens.finish()), quality: Arc::new(quality), hash, bytes }
}

/// The text column of a batch.
pub(crate) fn as_strings(column: &ArrayRef) -> Result<&StringArray> {
    column.as_any().downcast_ref().ok_or_else(|| Error::Invalid("expected a Utf8 column".into()))
}

/// Puts changed texts into a batch of the text or speech table and measures them anew: token count,
/// quality, the hash for duplicates, payload size.
///
/// # Errors
/// [`Error::Invalid`] when `texts` is not of the batch's length.
pub fn replace_text(batch: &RecordBatch, texts: StringArray) -> Result<RecordBatch> {
    let schema = batch.schema();
    let mut columns = batch.columns().to_vec();
    if schema.index_of("audio").is_err() {
        let measured = measure_texts(&texts);
        let [hash, split_key, bytes] = build_columns(&measured.hash, &measured.hash, &measured.bytes)?;
        for (name, column) in [
            ("token_count", measured.token_count),
            ("quality", measured.quality),
            ("__hash", hash),
            ("__split_key", split_key),
            ("__bytes", bytes),
        ] {
            columns[schema.index_of(name).map_err(invalid)?] = column;
        }
    }
    columns[schema.index_of("text").map_err(invalid)?] = Arc::new(texts);
    RecordBatch::try_new(schema, columns).map_err(invalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_become_rows_of_the_text_schema() {
        let origin = Origin {
            source: "s".into(),
            license: "CC0-1.0".into(),
            file: "a.jsonl".into(),
            steps: "normalize".into(),
        };
        let mut builder = DocumentBuilder::new(origin);
        for (id, text) in [("1", "Rødgrød med fløde"), ("2", "pÃ¥")] {
            let id = DocumentId::new(id).expect("an id");
            builder.push(&id, &Document { text: text.into(), ..Document::default() });
        }
        let batch = builder.finish().expect("builds");
        assert_eq!(schema::published(&batch.schema()), schema::text());
        let column = |name: &str| batch.column_by_name(name).expect("column").clone();
        assert_eq!(as_strings(&column("license")).expect("strings").value(1), "CC0-1.0");
        let tokens = column("token_count");
        assert_eq!(tokens.as_any().downcast_ref::<arrow::array::Int64Array>().expect("ints").value(0), 3);
        let changed =
            replace_text(&batch, StringArray::from(vec!["en to tre fire", "på"])).expect("replaces");
        let tokens = changed.column_by_name("token_count").expect("column").clone();
        assert_eq!(tokens.as_any().downcast_ref::<arrow::array::Int64Array>().expect("ints").value(0), 4);
        assert_ne!(batch.column_by_name("__hash"), changed.column_by_name("__hash"));
    }
}
