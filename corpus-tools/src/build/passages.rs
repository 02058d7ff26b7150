//! Passages of texts that a stage found elsewhere too: cut, or only listed. They go into
//! `removed/<config>_passages.parquet`, without the words themselves.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use sprog_datasets::{Error, Result, gate};

/// One passage.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Passage {
    /// The row's id.
    pub id: String,
    /// Source id.
    pub source: String,
    /// The step.
    pub step: &'static str,
    /// First code point, in the text as the step met it.
    pub start: i64,
    /// The code point after the last one.
    pub end: i64,
    /// `cut`, `drop` or `report`.
    pub action: &'static str,
    /// The source that has it too, if that is a reference.
    pub kept_source: Option<String>,
    /// The row that has it too.
    pub kept_id: String,
    /// First code point there, where it is known.
    pub kept_start: Option<i64>,
    /// The code point after the last one there.
    pub kept_end: Option<i64>,
    /// For test sets: the share of the item's n-grams that the row has, 0 to 1.
    pub value: Option<f64>,
}

/// Schema of the list.
pub(super) fn schema() -> SchemaRef {
    let field = |name: &str, data_type: DataType| Field::new(name, data_type, true);
    Arc::new(Schema::new(vec![
        field("id", DataType::Utf8),
        field("source", DataType::Utf8),
        field("step", DataType::Utf8),
        field("start", DataType::Int64),
        field("end", DataType::Int64),
        field("action", DataType::Utf8),
        field("kept_source", DataType::Utf8),
        field("kept_id", DataType::Utf8),
        field("kept_start", DataType::Int64),
        field("kept_end", DataType::Int64),
        field("value", DataType::Float64),
    ]))
}

/// A batch of passages.
///
/// # Errors
/// Never in practice.
pub(super) fn batch(passages: &[Passage]) -> Result<RecordBatch> {
    let strings = |get: &dyn Fn(&Passage) -> Option<String>| -> ArrayRef {
        Arc::new(passages.iter().map(get).collect::<StringArray>())
    };
    let numbers = |get: fn(&Passage) -> Option<i64>| -> ArrayRef {
        Arc::new(passages.iter().map(get).collect::<Int64Array>())
    };
    let columns: Vec<ArrayRef> = vec![
        // An id can be personal.
        strings(&|p| Some(gate::mask(&p.id))),
        strings(&|p| Some(p.source.clone())),
        strings(&|p| Some(p.step.to_owned())),
        numbers(|p| Some(p.start)),
        numbers(|p| Some(p.end)),
        strings(&|p| Some(p.action.to_owned())),
        strings(&|p| p.kept_source.clone()),
        strings(&|p| Some(gate::mask(&p.kept_id))),
        numbers(|p| p.kept_start),
        numbers(|p| p.kept_end),
        Arc::new(passages.iter().map(|p| p.value).collect::<Float64Array>()),
    ];
    RecordBatch::try_new(schema(), columns).map_err(|e| Error::Invalid(e.to_string()))
}
