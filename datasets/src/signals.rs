//! The struct column `signals`: what `sprog_text::profile` measures, and the rule that a text failed.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanBuilder, Float32Builder, Int64Builder, StringBuilder, StructArray};
use arrow::datatypes::{DataType, FieldRef, Fields};
use sprog_text::profile::{FieldKind, Profile, Value};

use crate::schema;

/// Name of the field with the first rule that a text does not pass; null where it passes all.
pub const FAILED: &str = "failed";

fn fields() -> Fields {
    let measured = Profile::fields().iter().map(|f| {
        let data_type = match f.kind {
            FieldKind::U32 => DataType::Int64,
            FieldKind::F32 => DataType::Float32,
            FieldKind::Bool => DataType::Boolean,
        };
        schema::field(f.name, data_type)
    });
    measured.chain([schema::field(FAILED, DataType::Utf8)]).collect()
}

/// The column's field.
pub fn field() -> FieldRef {
    schema::field(schema::SIGNALS, DataType::Struct(fields()))
}

enum Column {
    Int(Int64Builder),
    Float(Float32Builder),
    Bool(BooleanBuilder),
}

/// Builds the column, a row a text.
pub struct SignalsBuilder {
    columns: Vec<Column>,
    failed: StringBuilder,
}

impl Default for SignalsBuilder {
    fn default() -> Self {
        let column = |kind: FieldKind| match kind {
            FieldKind::U32 => Column::Int(Int64Builder::new()),
            FieldKind::F32 => Column::Float(Float32Builder::new()),
            FieldKind::Bool => Column::Bool(BooleanBuilder::new()),
        };
        let columns = Profile::fields().iter().map(|f| column(f.kind)).collect();
        SignalsBuilder { columns, failed: StringBuilder::new() }
    }
}

impl SignalsBuilder {
    /// Adds a row; `failed` is the first rule that the text does not pass.
    pub fn push(&mut self, profile: &Profile, failed: Option<&str>) {
        for (column, value) in self.columns.iter_mut().zip(profile.values()) {
            match (column, value) {
                (Column::Int(column), value) => column.append_value(value.as_f64() as i64),
                (Column::Float(column), Value::F32(value)) => column.append_value(value),
                (Column::Float(column), value) => column.append_value(value.as_f64() as f32),
                (Column::Bool(column), value) => column.append_value(value == Value::Bool(true)),
            }
        }
        self.failed.append_option(failed);
    }

    /// The column; the builder is empty again.
    pub fn finish(&mut self) -> StructArray {
        let mut columns: Vec<ArrayRef> = Vec::with_capacity(self.columns.len() + 1);
        for column in &mut self.columns {
            columns.push(match column {
                Column::Int(column) => Arc::new(column.finish()),
                Column::Float(column) => Arc::new(column.finish()),
                Column::Bool(column) => Arc::new(column.finish()),
            });
        }
        columns.push(Arc::new(self.failed.finish()));
        StructArray::new(fields(), columns, None)
    }
}
