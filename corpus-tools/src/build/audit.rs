//! The audit of personal data: what was found where, and what was done about it. It goes into
//! `removed/<config>_personal_data.parquet`, and never holds the data itself.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float32Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use sprog_datasets::{Error, Result};

/// One find.
#[derive(Clone, Debug, PartialEq)]
pub struct Find {
    /// The row's id.
    pub id: String,
    /// Source id.
    pub source: String,
    /// The column.
    pub column: &'static str,
    /// What it is: `CPR`.
    pub label: &'static str,
    /// First code point, in the text as the step met it.
    pub start: i64,
    /// The code point after the last one.
    pub end: i64,
    /// How sure, 0 to 1.
    pub score: f32,
    /// Why it was taken for that.
    pub reason: &'static str,
    /// `report`, `mask`, `pseudonymize` or `drop`.
    pub action: &'static str,
}

/// Schema of the audit.
pub(super) fn schema() -> SchemaRef {
    let field = |name: &str, data_type: DataType| Field::new(name, data_type, true);
    Arc::new(Schema::new(vec![
        field("id", DataType::Utf8),
        field("source", DataType::Utf8),
        field("column", DataType::Utf8),
        field("label", DataType::Utf8),
        field("start", DataType::Int64),
        field("end", DataType::Int64),
        field("score", DataType::Float32),
        field("reason", DataType::Utf8),
        field("action", DataType::Utf8),
    ]))
}

/// A batch of finds.
///
/// # Errors
/// Never in practice.
pub(super) fn batch(finds: &[Find]) -> Result<RecordBatch> {
    let strings = |get: &dyn Fn(&Find) -> String| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(finds.iter().map(get)))
    };
    let numbers = |get: fn(&Find) -> i64| -> ArrayRef {
        Arc::new(finds.iter().map(|f| Some(get(f))).collect::<Int64Array>())
    };
    let columns: Vec<ArrayRef> = vec![
        // An id can be personal too.
        strings(&|f| sprog_datasets::gate::mask(&f.id)),
        strings(&|f| f.source.clone()),
        strings(&|f| f.column.to_owned()),
        strings(&|f| f.label.to_owned()),
        numbers(|f| f.start),
        numbers(|f| f.end),
        Arc::new(finds.iter().map(|f| Some(f.score)).collect::<Float32Array>()),
        strings(&|f| f.reason.to_owned()),
        strings(&|f| f.action.to_owned()),
    ];
    RecordBatch::try_new(schema(), columns).map_err(|e| Error::Invalid(e.to_string()))
}
