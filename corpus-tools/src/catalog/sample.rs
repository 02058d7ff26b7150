//! First rows of a config as text, for readers without JavaScript.

use std::path::Path;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Int64Type};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use sprog_datasets::release::Config;
use sprog_datasets::schema::{GENDERS, Modality};
use sprog_datasets::table::TableFile;

/// Longest cell that is shown, in code points.
pub(crate) const CELL: usize = 280;
/// Rows that are shown.
const ROWS: usize = 10;
/// Columns that are shown.
const COLUMNS: usize = 7;

/// First rows of a config.
pub(crate) struct Sample {
    /// The config.
    pub(crate) config: String,
    /// The split that the rows are of.
    pub(crate) split: String,
    /// Names of the columns shown.
    pub(crate) columns: Vec<String>,
    /// Cells, row by row; cut where they are long.
    pub(crate) rows: Vec<Vec<String>>,
    /// Columns that are not shown.
    pub(crate) hidden: usize,
}

/// Columns that readers want to see first, whatever the config.
const FIRST: [&str; 11] = [
    "id",
    "text",
    "speaker_id",
    "dialect",
    "gender",
    "duration",
    "title",
    "source",
    "token_count",
    "created",
    "license",
];
/// Columns that say where a rule is from, and not what it says: last.
const LAST: [&str; 10] =
    ["kind", "raw", "file", "line", "source", "license", "source_ref", "row_id", "ending", "charset"];

impl Sample {
    /// Reads `sample/<config>.parquet`; nothing where there is none, or it is of numbers only.
    pub(crate) fn read(dir: &Path, config: &Config) -> Option<Sample> {
        let path = dir.join("sample").join(format!("{}.parquet", config.name));
        let file = TableFile::open(&path).ok()?;
        let batch = file.read(&[], None).ok()?.next()?.ok()?;
        let batch = batch.slice(0, batch.num_rows().min(ROWS));
        let mut columns: Vec<usize> = (0..batch.num_columns()).filter(|&i| is_shown(&batch, i)).collect();
        let is_rules = config.modality == Modality::Rules;
        let place = |i: &usize| {
            let name = batch.schema_ref().field(*i).name().as_str();
            match LAST.iter().position(|last| *last == name).filter(|_| is_rules) {
                Some(place) => FIRST.len() + 1 + place,
                None => FIRST.iter().position(|first| *first == name).unwrap_or(FIRST.len()),
            }
        };
        columns.sort_by_key(|i| (place(i), *i));
        columns.truncate(COLUMNS);
        let name = |i: &usize| batch.schema_ref().field(*i).name().clone();
        let rows = (0..batch.num_rows()).map(|row| columns.iter().map(|&i| cell(&batch, i, row)).collect());
        Some(Sample {
            config: config.name.clone(),
            split: config.splits.first().map(|s| s.name.clone()).unwrap_or_default(),
            hidden: batch.num_columns() - columns.len(),
            columns: columns.iter().map(name).collect(),
            rows: rows.collect(),
        })
    }

    pub(crate) fn is_numeric(&self, column: &usize) -> bool {
        let number =
            |row: &Vec<String>| row.get(*column).is_some_and(|c| c.is_empty() || c.parse::<f64>().is_ok());
        self.rows.iter().all(number)
    }
}

fn is_shown(batch: &RecordBatch, column: usize) -> bool {
    let array = batch.column(column);
    let simple = match array.data_type() {
        DataType::Struct(_) | DataType::Binary | DataType::LargeBinary => false,
        DataType::List(item) => item.data_type() == &DataType::Utf8,
        _ => true,
    };
    simple && array.null_count() < array.len()
}

fn cell(batch: &RecordBatch, column: usize, row: usize) -> String {
    let array = batch.column(column);
    if batch.schema_ref().field(column).name() == "gender"
        && let Some(classes) = array.as_primitive_opt::<Int64Type>()
    {
        let name = usize::try_from(classes.value(row)).ok().and_then(|class| GENDERS.get(class));
        return name.filter(|_| classes.is_valid(row)).map(|name| (*name).to_owned()).unwrap_or_default();
    }
    let options = FormatOptions::default().with_null("");
    let Ok(format) = ArrayFormatter::try_new(array.as_ref(), &options) else {
        return String::new();
    };
    let whole = format.value(row).to_string();
    match whole.char_indices().nth(CELL) {
        Some((end, _)) => format!("{}…", &whole[..end]),
        None => whole,
    }
}
