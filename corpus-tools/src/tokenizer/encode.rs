//! From texts to ids and back, line by line or as a column of a table.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use arrow::array::{Array, ArrayRef, Int32Builder, ListBuilder, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use serde::Serialize;
use serde_json::Value;
use sprog_datasets::table::{TableFile, write_rows};
use sprog_datasets::{Error, schema};
use sprog_text::subword::tokenizer::Tokenizer;

use crate::codes;
use crate::lines::{CodePoints, Failure, Verb};

/// What is written of each text beside its ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Put the special tokens around the text that the tokenizer has for that.
    pub add_special_tokens: bool,
    /// The tokens as the vocabulary writes them.
    pub tokens: bool,
    /// Where each token stands in the text, in code points.
    pub offsets: bool,
}

/// `sprog tokenizer encode`: the ids of a text.
pub struct Encode<'t> {
    tokenizer: &'t Tokenizer,
    options: Options,
}

impl<'t> Encode<'t> {
    /// With a tokenizer.
    pub fn new(tokenizer: &'t Tokenizer, options: Options) -> Self {
        Encode { tokenizer, options }
    }

    fn encode(&self, text: &str) -> Result<Encoded, sprog_text::subword::tokenizer::Error> {
        let mut encoded = Encoded::default();
        if self.options.offsets {
            let found = self.tokenizer.encode_with_offsets(text, self.options.add_special_tokens)?;
            let mut at = CodePoints::new(text);
            encoded.offsets =
                Some(found.offsets.iter().map(|&(start, end)| [at.at(start), at.at(end)]).collect());
            encoded.ids = found.ids;
        } else {
            encoded.ids = self.tokenizer.encode(text, self.options.add_special_tokens)?;
        }
        if self.options.tokens {
            let name = |id: &u32| self.tokenizer.id_to_token(*id);
            encoded.tokens = Some(encoded.ids.iter().map(|id| name(id).unwrap_or_default()).collect());
        }
        Ok(encoded)
    }
}

/// What [`Encode`] writes.
#[derive(Default, Serialize)]
pub struct Encoded {
    ids: Vec<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tokens: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offsets: Option<Vec<[usize; 2]>>,
    #[serde(skip)]
    error: Option<String>,
}

impl Verb for Encode<'_> {
    type Output = Encoded;

    fn apply(&self, text: &str) -> Encoded {
        let failed = |e: sprog_text::subword::tokenizer::Error| Encoded {
            error: Some(e.to_string()),
            ..Encoded::default()
        };
        self.encode(text).unwrap_or_else(failed)
    }

    fn plain<'o>(&self, _: &str, output: &'o Encoded) -> Cow<'o, str> {
        if let Some(tokens) = &output.tokens {
            return tokens.join(" ").into();
        }
        let mut plain = String::with_capacity(output.ids.len() * 6);
        for (at, id) in output.ids.iter().enumerate() {
            if at > 0 {
                plain.push(' ');
            }
            plain.push_str(&id.to_string());
        }
        plain.into()
    }

    fn failure<'o>(&self, output: &'o Encoded) -> Option<Failure<'o>> {
        output.error.as_deref().map(|what| Failure { id: None, what })
    }
}

/// `sprog tokenizer decode`: the text of ids. A line is an object with `ids`, as [`Encode`] writes them, a JSON list, or
/// ids with spaces between.
pub struct Decode<'t> {
    /// The tokenizer.
    pub tokenizer: &'t Tokenizer,
    /// Leave special tokens out.
    pub skip_special_tokens: bool,
}

/// What [`Decode`] writes.
#[derive(Default, Serialize)]
pub struct Decoded {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Value>,
    text: String,
    #[serde(skip)]
    error: Option<String>,
}

impl Decode<'_> {
    fn decode(&self, line: &str, id: &mut Option<Value>) -> Result<String, String> {
        let ids = read_ids(line, id)?;
        if let Some(wrong) = ids.iter().find(|id| self.tokenizer.id_to_token(**id).is_none()) {
            let size = self.tokenizer.vocab_size();
            return Err(format!(
                "no token has the id {wrong}; the tokenizer has {size} [{}]",
                codes::TOKEN_IDS
            ));
        }
        self.tokenizer.decode(&ids, self.skip_special_tokens).map_err(|e| e.to_string())
    }
}

impl Verb for Decode<'_> {
    type Output = Decoded;

    fn apply(&self, line: &str) -> Decoded {
        let mut id = None;
        match self.decode(line, &mut id) {
            Ok(text) => Decoded { id, text, error: None },
            Err(error) => Decoded { id, text: String::new(), error: Some(error) },
        }
    }

    fn plain<'o>(&self, _: &str, output: &'o Decoded) -> Cow<'o, str> {
        Cow::Borrowed(&output.text)
    }

    fn failure<'o>(&self, output: &'o Decoded) -> Option<Failure<'o>> {
        output.error.as_deref().map(|what| Failure { id: output.id.as_ref(), what })
    }
}

/// The ids of a line, and the line's own id if it has one.
fn read_ids(line: &str, id: &mut Option<Value>) -> Result<Vec<u32>, String> {
    let wrong = |what: &str| format!("{what} [{}]", codes::TOKEN_IDS);
    let line = line.trim();
    if !line.starts_with(['{', '[']) {
        let number = |word: &str| {
            word.parse().map_err(|_| {
                let shown: String = word.chars().take(20).collect();
                wrong(&format!("{shown:?} is no id"))
            })
        };
        return line.split_whitespace().map(number).collect();
    }
    let value: Value = serde_json::from_str(line).map_err(|e| wrong(&e.to_string()))?;
    let list = match value {
        Value::Object(mut object) => {
            *id = object.remove("id");
            object.remove("ids").ok_or_else(|| wrong("no `ids`"))?
        }
        list => list,
    };
    let Value::Array(list) = list else { return Err(wrong("`ids` is no list")) };
    let number = |value: &Value| {
        let id = value.as_u64().and_then(|id| u32::try_from(id).ok());
        id.ok_or_else(|| {
            wrong(&format!("{} is no id", value.to_string().chars().take(20).collect::<String>()))
        })
    };
    list.iter().map(number).collect()
}

/// A table whose texts get a column of ids.
#[derive(Clone, Debug)]
pub struct TableOptions {
    /// The Parquet file.
    pub input: PathBuf,
    /// The Parquet file with the column.
    pub out: PathBuf,
    /// The column of the texts.
    pub text_column: String,
    /// Put special tokens around each text.
    pub add_special_tokens: bool,
}

/// What came of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TableReport {
    /// Rows, all of which are written.
    pub rows: u64,
    /// Rows without a text: their ids are null.
    pub without_text: u64,
    /// Tokens.
    pub tokens: u64,
}

/// The name of the column of ids, as Hugging Face calls it.
pub const IDS_COLUMN: &str = "input_ids";

/// Copies a Parquet file with a column more: `input_ids`, a list of int32 a row.
///
/// # Errors
/// Those of the file system and of the tokenizer; for a table without the column of texts, or with one of ids. The file is
/// written whole or not at all.
pub fn table(tokenizer: &Tokenizer, pool: &rayon::ThreadPool, options: &TableOptions) -> Result<TableReport> {
    let path = &options.input;
    let table = TableFile::open(path)?;
    super::texts::has_column(&table, path, &options.text_column)?;
    if table.schema().column_with_name(IDS_COLUMN).is_some() {
        anyhow::bail!("{}: there is a column {IDS_COLUMN:?} already", path.display());
    }
    let schema = with_ids(table.schema());
    let mut report = TableReport::default();
    let rows = table.read(&[], None)?.map(|rows| {
        let rows = rows?;
        let ids = ids_of(tokenizer, pool, options, &rows, &mut report)?;
        let columns: Vec<ArrayRef> = rows.columns().iter().cloned().chain([ids]).collect();
        RecordBatch::try_new(schema.clone(), columns).map_err(|e| Error::Invalid(e.to_string()))
    });
    write_rows(&options.out, &schema, rows)?;
    Ok(report)
}

fn ids_of(
    tokenizer: &Tokenizer,
    pool: &rayon::ThreadPool,
    options: &TableOptions,
    rows: &RecordBatch,
    report: &mut TableReport,
) -> sprog_datasets::Result<ArrayRef> {
    let in_file = |what: String| Error::Invalid(format!("{}: {what}", options.input.display()));
    let column = rows.column_by_name(&options.text_column).and_then(crate::dedup::input::as_text);
    let texts = column.ok_or_else(|| in_file(format!("column {:?} has no text", options.text_column)))?;
    let given: Vec<&str> = texts.iter().flatten().collect();
    let encoded = pool.install(|| tokenizer.encode_batch(&given, options.add_special_tokens));
    let mut encoded = encoded.map_err(|e| in_file(e.to_string()))?.into_iter();
    let mut builder = ListBuilder::new(Int32Builder::new()).with_field(element());
    for row in 0..texts.len() {
        report.rows += 1;
        if texts.is_null(row) {
            report.without_text += 1;
            builder.append_null();
            continue;
        }
        for id in encoded.next().unwrap_or_default() {
            report.tokens += 1;
            let id =
                i32::try_from(id).map_err(|_| in_file(format!("the id {id} is past the ids of int32")))?;
            builder.values().append_value(id);
        }
        builder.append(true);
    }
    Ok(Arc::new(builder.finish()))
}

/// An id in a list.
fn element() -> Arc<Field> {
    Arc::new(Field::new("element", DataType::Int32, true))
}

/// The schema with the column of ids, which the features for Hugging Face `datasets` have to name too.
fn with_ids(schema: &SchemaRef) -> SchemaRef {
    let ids = Field::new(IDS_COLUMN, DataType::List(element()), true);
    let mut metadata = schema.metadata().clone();
    let info = metadata.get("huggingface").and_then(|text| serde_json::from_str::<Value>(text).ok());
    if let Some(mut info) = info
        && let Some(features) = info.pointer_mut("/info/features").and_then(Value::as_object_mut)
    {
        let feature = schema::hugging_face_features(&Schema::new(vec![ids.clone()]));
        features.insert(IDS_COLUMN.into(), feature[IDS_COLUMN].clone());
        metadata.insert("huggingface".into(), info.to_string());
    }
    let fields: Vec<_> = schema.fields().iter().cloned().chain([Arc::new(ids)]).collect();
    Arc::new(Schema::new_with_metadata(fields, metadata))
}

/// Whether a file is Parquet, by its first bytes.
pub fn is_parquet(path: &Path) -> bool {
    use std::io::Read;
    let mut head = [0; 4];
    std::fs::File::open(path).is_ok_and(|mut file| file.read_exact(&mut head).is_ok()) && &head == b"PAR1"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_in_each_form() {
        let mut id = None;
        assert_eq!(read_ids("1 2\t3", &mut id), Ok(vec![1, 2, 3]));
        assert_eq!(read_ids(" [1, 2] ", &mut id), Ok(vec![1, 2]));
        assert_eq!((read_ids("", &mut id), read_ids("[]", &mut id)), (Ok(vec![]), Ok(vec![])));
        assert_eq!(read_ids(r#"{"id": "a", "ids": [4294967295]}"#, &mut id), Ok(vec![u32::MAX]));
        assert_eq!(id, Some("a".into()));
        for wrong in
            ["-1", "1.5", "x", "[1.5]", "[-1]", "[4294967296]", "{}", "{\"ids\": 1}", "[1", "4294967296"]
        {
            let error = read_ids(wrong, &mut id).expect_err(wrong);
            assert!(error.contains("SPROG-2021"), "{wrong}: {error}");
        }
    }
}
