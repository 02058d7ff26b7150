//! Arrow schemas of the published tables, and their Hugging Face feature types.
//!
//! Every field is nullable: Hugging Face `datasets` drops feature types otherwise. Columns whose
//! names start with `__` exist only inside a build.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef, Fields, Schema, SchemaRef};
use schemars::JsonSchema;
use serde_json::{Map, Value, json};

/// Version of the schemas; part of every file's metadata.
pub const SCHEMA_VERSION: &str = "1";

/// What a table holds.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, JsonSchema, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Modality {
    /// Documents.
    Text,
    /// Utterances with audio.
    Speech,
    /// Grammar and lexicon tables.
    Rules,
    /// Values measured on the rows of another config, row by row beside them.
    Attributes,
    /// Sequences of tokens, packed of the texts of another config.
    Tokens,
}

/// Values of the `gender` ClassLabel, in the order of their numbers.
pub const GENDERS: [&str; 3] = ["female", "male", "other"];

/// A nullable field.
pub(crate) fn field(name: &str, data_type: DataType) -> FieldRef {
    Arc::new(Field::new(name, data_type, true))
}

fn text_field(name: &str) -> FieldRef {
    field(name, DataType::Utf8)
}

/// A list type; the child is named as Parquet's standard and pyarrow name it.
pub fn list_of(child: DataType) -> DataType {
    DataType::List(field("element", child))
}

fn provenance() -> FieldRef {
    field("provenance", DataType::Struct(["file", "place", "steps"].map(text_field).to_vec().into()))
}

/// Fields of the text table's `quality`.
pub(crate) fn text_quality() -> Fields {
    vec![field("characters", DataType::Int64), field("garbled", DataType::Boolean)].into()
}

/// Fields of the speech table's `quality`: measured on the source audio before any step, or on the piece that a
/// step cut.
pub(crate) fn speech_quality() -> Fields {
    let float = |name| field(name, DataType::Float32);
    let mut fields: Vec<FieldRef> = crate::records::MEASURED.iter().map(|(name, _)| float(name)).collect();
    fields.extend([
        field("dropouts", DataType::Int32),
        field("channel", DataType::Int32),
        text_field("channel_reason"),
        float("characters_per_second"),
        float("units_per_second"),
        text_field("pace"),
        text_field("alignment"),
        float("aligned_share"),
        field("problems", DataType::Int32),
    ]);
    fields.into()
}

/// The text table: a superset of Danish Dynaword's columns, in its order.
pub fn text() -> SchemaRef {
    let mut fields: Vec<FieldRef> = ["id", "text", "source", "added", "created"].map(text_field).to_vec();
    fields.push(field("token_count", DataType::Int64));
    fields.extend(["license", "url", "title", "author", "domain", "language"].map(text_field));
    fields.push(field("language_score", DataType::Float32));
    fields.push(field("quality", DataType::Struct(text_quality())));
    fields.push(provenance());
    Arc::new(Schema::new(fields))
}

/// Name of the column of quality signals.
pub const SIGNALS: &str = "signals";

/// The text table with the struct column [`SIGNALS`].
pub fn text_with_signals() -> SchemaRef {
    let mut fields: Vec<FieldRef> = text().fields().iter().cloned().collect();
    fields.push(crate::signals::field());
    Arc::new(Schema::new(fields))
}

/// The table of signals beside a text table: its ids and their signals, in its order.
pub fn signals() -> SchemaRef {
    Arc::new(Schema::new(vec![text_field("id"), crate::signals::field()]))
}

/// Columns that a speech table has where its recipe asks for them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpeechColumns {
    /// `vad`: stretches of speech.
    pub vad: bool,
    /// `input_features`: a list of frames, under the name that Hugging Face models take them by.
    pub input_features: bool,
}

impl SpeechColumns {
    /// Those that a schema has.
    pub fn of(schema: &Schema) -> SpeechColumns {
        let has = |name| schema.index_of(name).is_ok();
        SpeechColumns { vad: has("vad"), input_features: has("input_features") }
    }
}

/// The type of `words`: seconds from the start of the clip.
pub fn words() -> DataType {
    let word = vec![
        text_field("w"),
        field("start", DataType::Float64),
        field("end", DataType::Float64),
        field("score", DataType::Float32),
        text_field("status"),
    ];
    list_of(DataType::Struct(word.into()))
}

/// The type of `vad`: seconds from the start of the clip.
pub(crate) fn intervals() -> DataType {
    let interval = vec![field("start", DataType::Float64), field("end", DataType::Float64)];
    list_of(DataType::Struct(interval.into()))
}

/// The speech table.
pub fn speech(columns: SpeechColumns) -> SchemaRef {
    let audio = vec![field("bytes", DataType::Binary), text_field("path")];
    let mut fields = vec![text_field("id"), field("audio", DataType::Struct(audio.into()))];
    fields.extend(["text", "text_verbatim", "normalized", "speaker_id"].map(text_field));
    fields.push(field("gender", DataType::Int64));
    fields.extend(["age_group", "dialect"].map(text_field));
    fields.push(field("duration", DataType::Float64));
    fields.push(field("sampling_rate", DataType::Int32));
    fields.push(field("words", words()));
    fields.push(text_field("recording_id"));
    fields.push(field("start", DataType::Float64));
    fields.push(field("quality", DataType::Struct(speech_quality())));
    fields.extend(["source", "license"].map(text_field));
    fields.push(provenance());
    if columns.vad {
        fields.push(field("vad", intervals()));
    }
    if columns.input_features {
        fields.push(field("input_features", list_of(list_of(DataType::Float32))));
    }
    Arc::new(Schema::new(fields))
}

/// Columns that a build needs and a dataset does not publish: the hash that exact duplicates share,
/// the key of the split, and the payload's size.
pub(crate) fn with_build_columns(schema: &SchemaRef) -> SchemaRef {
    let mut fields: Vec<FieldRef> = schema.fields().iter().cloned().collect();
    fields.push(field("__hash", DataType::FixedSizeBinary(16)));
    fields.push(field("__split_key", DataType::FixedSizeBinary(16)));
    fields.push(field("__bytes", DataType::Int64));
    Arc::new(Schema::new(fields))
}

/// The columns of `schema` that are published.
pub(crate) fn published(schema: &SchemaRef) -> SchemaRef {
    let fields: Vec<FieldRef> =
        schema.fields().iter().filter(|f| !f.name().starts_with("__")).cloned().collect();
    Arc::new(Schema::new(fields))
}

/// The Hugging Face `features` of a schema, as stored under the metadata key `huggingface`.
///
/// ```
/// use sprog_datasets::schema::{SpeechColumns, hugging_face_features, speech};
/// let features = hugging_face_features(&speech(SpeechColumns::default()));
/// assert_eq!(features["audio"]["_type"], "Audio");
/// assert_eq!(features["gender"]["names"][0], "female");
/// ```
pub fn hugging_face_features(schema: &Schema) -> Value {
    let features = schema.fields().iter().map(|f| {
        let feature = match f.name().as_str() {
            "audio" => json!({"_type": "Audio"}),
            "gender" => json!({"names": GENDERS, "_type": "ClassLabel"}),
            _ => feature(f.data_type()),
        };
        (f.name().clone(), feature)
    });
    Value::Object(features.collect())
}

fn feature(data_type: &DataType) -> Value {
    let value = |dtype: &str| json!({"dtype": dtype, "_type": "Value"});
    match data_type {
        DataType::Utf8 => value("string"),
        DataType::Binary => value("binary"),
        DataType::Boolean => value("bool"),
        DataType::Int32 => value("int32"),
        DataType::Int64 => value("int64"),
        DataType::Float32 => value("float32"),
        DataType::Float64 => value("float64"),
        DataType::List(child) => json!({"feature": feature(child.data_type()), "_type": "List"}),
        DataType::Struct(fields) => Value::Object(
            fields.iter().map(|f| (f.name().clone(), feature(f.data_type()))).collect::<Map<_, _>>(),
        ),
        other => value(&other.to_string().to_lowercase()),
    }
}

/// The schema with the metadata that published files carry.
pub(crate) fn with_metadata(schema: &SchemaRef) -> SchemaRef {
    let info = json!({"info": {"features": hugging_face_features(schema)}});
    let metadata = [
        ("huggingface".to_owned(), info.to_string()),
        ("sprog_schema".to_owned(), SCHEMA_VERSION.to_owned()),
    ];
    Arc::new(schema.as_ref().clone().with_metadata(metadata.into_iter().collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_at_every_level_is_nullable() {
        fn check(field: &Field) {
            assert!(field.is_nullable(), "{}", field.name());
            match field.data_type() {
                DataType::Struct(fields) => fields.iter().for_each(|f| check(f)),
                DataType::List(child) => check(child),
                _ => {}
            }
        }
        for schema in [text(), speech(SpeechColumns { vad: true, input_features: true })] {
            schema.fields().iter().for_each(|f| check(f));
        }
    }

    #[test]
    fn the_text_table_starts_as_dynaword_does() {
        let names: Vec<String> = text().fields().iter().take(6).map(|f| f.name().clone()).collect();
        assert_eq!(names, ["id", "text", "source", "added", "created", "token_count"]);
    }
}
