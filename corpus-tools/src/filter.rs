//! The `filter` step of a recipe: which rows to keep, as a SQL `WHERE` expression.
//!
//! Supported are columns (`text`, `"text"`) and fields of struct columns (`quality.peak`,
//! `quality['peak']`), numbers, `'strings'`, `TRUE`, `FALSE`, `NULL`, the comparisons `= <> < <= > >=`,
//! `AND`, `OR`, `NOT`, `IS [NOT] NULL|TRUE|FALSE|UNKNOWN`, `[NOT] IN (…)`, `[NOT] BETWEEN … AND …`,
//! `[NOT] LIKE` and `ILIKE` (with `ESCAPE`), `+ - * / %`, `CAST` and `TRY_CAST` to `BIGINT`, `REAL`,
//! `DOUBLE`, `BOOLEAN` and `TEXT`, and the functions `length`, `lower`, `upper`, `coalesce`, `abs`,
//! `starts_with` and `contains`. Anything else is an error that says so.
//!
//! Semantics are SQL's, with these choices where systems differ:
//! - Names are compared as they stand: `Text` is not the column `text`.
//! - `AND` and `OR` go from left to right. What the left side decides for a row cannot fail on the right:
//!   `n <> 0 AND total / n > 2` is safe.
//! - Integers are 64 bits wide; division truncates; overflow and division by zero are errors. Integers
//!   meet decimals as `DOUBLE`, exact up to 2⁵³.
//! - `DOUBLE` follows IEEE 754, but NaN equals itself and is greater than all else, as in PostgreSQL.
//! - A `Float32` column is compared in `DOUBLE`, where its 0.1 is 0.100000001490116…: so
//!   `quality.peak = 0.1` holds for no row, and `quality.peak = CAST(0.1 AS REAL)` for the rows meant.
//! - `length` counts Unicode code points; in `LIKE` a backslash escapes unless `ESCAPE` names another.
//! - The column `gender`, a class label, is compared with its names: `gender = 'female'`.

mod check;
mod convert;
mod error;
mod eval;
mod node;
mod ops;
mod parse;

use std::collections::BTreeSet;

use arrow::array::{Array, BooleanArray, Float64Array, RecordBatch, StructArray};
use arrow::datatypes::{DataType, Schema};

pub use error::{FilterError, Position};
use node::{Kind, Node};

/// A parsed `WHERE` expression.
///
/// ```
/// use std::sync::Arc;
/// use arrow::array::{Array, ArrayRef, Float64Array, RecordBatch, StringArray};
/// use sprog::filter::Filter;
///
/// let filter = Filter::parse("duration BETWEEN 1 AND 20 AND text NOT LIKE '%(%'")?;
/// assert_eq!(filter.columns(), ["duration", "text"]);
///
/// let text: ArrayRef = Arc::new(StringArray::from(vec![Some("hej"), Some("(latter)"), None]));
/// let duration: ArrayRef = Arc::new(Float64Array::from(vec![2.5, 3.0, 4.0]));
/// let batch = RecordBatch::try_from_iter([("text", text), ("duration", duration)])?;
/// filter.check(&batch.schema())?;
/// let keep = filter.evaluate(&batch)?;
/// assert!(keep.value(0) && !keep.value(1) && keep.is_null(2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Filter {
    root: Node,
}

impl Filter {
    /// Parses an expression.
    ///
    /// # Errors
    /// [`FilterError::Syntax`] for what is no SQL, [`FilterError::Unsupported`] for SQL that filters
    /// do not have, [`FilterError::TooLarge`] for more of it than anyone writes.
    ///
    /// ```
    /// use sprog::filter::Filter;
    /// let error = Filter::parse("CASE WHEN id = '1' THEN TRUE END").expect_err("no CASE");
    /// assert!(error.to_string().contains("feature `sql`"));
    /// ```
    pub fn parse(expression: &str) -> Result<Filter, FilterError> {
        Ok(Filter { root: parse::parse(expression)? })
    }

    /// The top-level columns that the expression reads, sorted: what a reader must load.
    pub fn columns(&self) -> Vec<&str> {
        let mut names = BTreeSet::new();
        let mut open = vec![&self.root];
        while let Some(node) = open.pop() {
            if let Kind::Column { path, .. } = &node.kind {
                names.extend(path.first().map(String::as_str));
            }
            open.extend(node.children());
        }
        names.into_iter().collect()
    }

    /// The numbers that decide, where the expression reads just one column or field of numbers.
    pub fn number(&self, batch: &RecordBatch) -> Option<Float64Array> {
        let mut paths = BTreeSet::new();
        let mut open = vec![&self.root];
        while let Some(node) = open.pop() {
            if let Kind::Column { path, .. } = &node.kind {
                paths.insert(path);
            }
            open.extend(node.children());
        }
        let only = paths.pop_first().filter(|_| paths.is_empty())?;
        number_at(batch, only)
    }

    /// Whether the expression fits a table, before any data is read.
    ///
    /// # Errors
    /// [`FilterError::UnknownColumn`] and [`FilterError::Type`].
    pub fn check(&self, schema: &Schema) -> Result<(), FilterError> {
        let found = check::type_of(&self.root, schema)?;
        check::condition(found, &self.root, "a filter")
    }

    /// The expression's value for each row: true, false or NULL. SQL keeps the rows where it is true.
    ///
    /// # Errors
    /// As [`check`](Self::check); [`FilterError::Value`] where a value cannot be computed: division by
    /// zero, integer overflow, a failed `CAST`.
    pub fn evaluate(&self, batch: &RecordBatch) -> Result<BooleanArray, FilterError> {
        self.check(&batch.schema())?;
        eval::evaluate(&self.root, batch)
    }
}

/// A column of numbers, or a field of them inside struct columns, as decimals.
pub(crate) fn number_at(batch: &RecordBatch, path: &[impl AsRef<str>]) -> Option<Float64Array> {
    let (first, rest) = path.split_first()?;
    let mut column = batch.column_by_name(first.as_ref())?;
    for name in rest {
        column = column.as_any().downcast_ref::<StructArray>()?.column_by_name(name.as_ref())?;
    }
    if !column.data_type().is_numeric() {
        return None;
    }
    let numbers = arrow::compute::cast(column, &DataType::Float64).ok()?;
    numbers.as_any().downcast_ref::<Float64Array>().cloned()
}

#[cfg(test)]
mod tests;
