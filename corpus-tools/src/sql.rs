//! SQL over published datasets, by DataFusion. Only here with feature `sql`.
//!
//! Queries read; nothing that writes, creates or sets is let through. Without an `ORDER BY` the order
//! of the rows is not defined.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::arrow::json::LineDelimitedWriter;
use datafusion::arrow::{csv, util::pretty};
use datafusion::catalog::MemorySchemaProvider;
use datafusion::error::DataFusionError;
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::context::SQLOptions;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use futures_util::StreamExt;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use sprog_datasets::durable::write_atomic;
use sprog_datasets::table::TableFile;

/// Encoded bytes after which a row group of a written file ends.
const ROW_GROUP_BYTES: usize = 32 << 20;

/// What a query may use.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Bytes. A quarter is the pool of sorts, joins and groups, which then spill to the temporary
    /// folder: what they hold beside it was measured at several times the pool.
    pub memory: usize,
    /// Worker threads.
    pub threads: usize,
}

/// A published folder or a Parquet file, with the name of the SQL schema its tables get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// `None`: the default schema, so tables go by their bare names.
    pub name: Option<String>,
    /// Folder or file.
    pub path: PathBuf,
}

impl Input {
    /// From `PATH` or `NAME=PATH`.
    pub fn parse(text: &str) -> Input {
        match text.split_once('=') {
            Some((name, path)) if !name.is_empty() && !name.contains(['/', '\\', '.']) => {
                Input { name: Some(name.to_owned()), path: path.into() }
            }
            _ => Input { name: None, path: text.into() },
        }
    }

    /// The tables and their files: `text` for all splits of a config and `text_train` for one, and
    /// `removed_*` for what was taken out; a Parquet file goes by its stem.
    ///
    /// # Errors
    /// Nothing at the path, or no Parquet file in it.
    pub fn tables(&self) -> Result<BTreeMap<String, Vec<PathBuf>>> {
        let mut tables: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
        if self.path.is_file() {
            let stem = self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            tables.insert(stem, vec![self.path.clone()]);
            return Ok(tables);
        }
        for file in sprog_datasets::manifest::files_below(&self.path)? {
            let Some(stem) = file.strip_suffix(".parquet") else { continue };
            let mut names = Vec::new();
            match stem.split('/').collect::<Vec<_>>()[..] {
                ["data", config, part] => {
                    let split = part.split('-').next().unwrap_or(part);
                    names.push(config.to_owned());
                    names.push(format!("{config}_{split}"));
                }
                ["removed", part] => names.push(format!("removed_{part}")),
                _ => continue,
            }
            for name in names {
                tables.entry(name).or_default().push(self.path.join(&file));
            }
        }
        if tables.is_empty() {
            bail!("{}: no Parquet files under data/", self.path.display());
        }
        Ok(tables)
    }
}

/// Runs a query and gives its rows, batch by batch, to `each`.
///
/// # Errors
/// What the query gets wrong, more memory than there is, and those of `each` and of the file system.
pub fn query(
    sql: &str,
    inputs: &[Input],
    options: Options,
    mut each: impl FnMut(&SchemaRef, Option<&RecordBatch>) -> Result<()>,
) -> Result<()> {
    let mut tables = Vec::new();
    for input in inputs {
        for (table, files) in input.tables()? {
            tables.push((input.name.clone(), table, files));
        }
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(options.threads).build()?;
    runtime.block_on(async {
        let context = session(&tables, options)?;
        for (schema, table, files) in tables {
            register(&context, schema.as_deref(), &table, files).await?;
        }
        let read_only =
            SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
        let frame = context.sql_with_options(sql, read_only).await?;
        let mut stream = frame.execute_stream().await?;
        let schema = stream.schema();
        each(&schema, None)?;
        while let Some(batch) = stream.next().await {
            each(&schema, Some(&batch?))?;
        }
        Ok(())
    })
}

fn session(tables: &[(Option<String>, String, Vec<PathBuf>)], options: Options) -> Result<SessionContext> {
    // Counted in rows, and a clip is thousands of times larger than a count.
    let mut batch_rows = 8192;
    for path in tables.iter().flat_map(|(_, _, files)| files) {
        batch_rows = batch_rows.min(TableFile::open(path)?.rows_per_batch());
    }
    let mut config =
        SessionConfig::new().with_target_partitions(options.threads).with_batch_size(batch_rows.max(16));
    // The types stay those of the published schema.
    config.options_mut().execution.parquet.schema_force_view_types = false;
    config.options_mut().sql_parser.map_string_types_to_utf8view = false;
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(FairSpillPool::new(options.memory / 4)))
        .build_arc()?;
    let state = SessionStateBuilder::new()
        .with_config(config)
        .with_runtime_env(runtime)
        .with_default_features()
        .build();
    Ok(SessionContext::new_with_state(state))
}

async fn register(
    context: &SessionContext,
    schema: Option<&str>,
    table: &str,
    files: Vec<PathBuf>,
) -> Result<()> {
    let paths: Vec<String> = files.iter().map(|f| f.to_string_lossy().into_owned()).collect();
    let provider = context.read_parquet(paths, ParquetReadOptions::default()).await?.into_view();
    let catalog = context.catalog("datafusion").context("no default catalog")?;
    let name = schema.unwrap_or("public");
    let schema = match catalog.schema(name) {
        Some(schema) => schema,
        None => {
            let schema = Arc::new(MemorySchemaProvider::new());
            catalog.register_schema(name, schema.clone())?;
            schema
        }
    };
    if schema.table_exist(table) {
        bail!("two inputs have a table {table:?}: give them names, as in old=PATH new=PATH");
    }
    schema.register_table(table.to_owned(), provider)?;
    Ok(())
}

/// Whether a query failed for want of memory or disk, not for what it says.
pub fn is_environment(error: &anyhow::Error) -> bool {
    let root = error.downcast_ref::<DataFusionError>().map(DataFusionError::find_root);
    matches!(root, Some(DataFusionError::ResourcesExhausted(_) | DataFusionError::IoError(_)))
}

/// Prints rows as tables for people, or as one JSON object a line.
pub fn print(out: &mut impl Write, batch: &RecordBatch, json: bool) -> Result<()> {
    if json {
        let mut writer = LineDelimitedWriter::new(Vec::new());
        writer.write(batch)?;
        writer.finish()?;
        out.write_all(&writer.into_inner())?;
    } else {
        writeln!(out, "{}", pretty::pretty_format_batches(std::slice::from_ref(batch))?)?;
    }
    Ok(())
}

/// Writes all rows of a query to a file, by its ending: `.parquet` (zstd), `.jsonl` or `.csv`. The file
/// is there whole or not at all.
///
/// # Errors
/// Those of [`query`], and an ending that is none of these.
pub fn write(sql: &str, inputs: &[Input], options: Options, path: &Path) -> Result<u64> {
    let ending = path.extension().unwrap_or_default().to_string_lossy().into_owned();
    if !matches!(&*ending, "parquet" | "jsonl" | "csv") {
        bail!("{}: the ending must be .parquet, .jsonl or .csv", path.display());
    }
    let mut failed = None;
    let written = write_atomic(path, |out| {
        fill(sql, inputs, options, &ending, out).map_err(|e| {
            let message = format!("{e:#}");
            failed = Some(e);
            sprog_datasets::Error::Invalid(message)
        })
    });
    match (written, failed) {
        (Err(_), Some(error)) => Err(error),
        (written, _) => Ok(written?),
    }
}

fn fill(
    sql: &str,
    inputs: &[Input],
    options: Options,
    ending: &str,
    out: &mut BufWriter<File>,
) -> Result<u64> {
    let mut rows = 0;
    let mut count = |batch: Option<&RecordBatch>| rows += batch.map_or(0, |b| b.num_rows() as u64);
    match ending {
        "parquet" => {
            let zstd = Compression::ZSTD(ZstdLevel::try_new(3)?);
            let properties = WriterProperties::builder().set_compression(zstd).build();
            let mut target = Some(out);
            let mut writer = None;
            query(sql, inputs, options, |schema, batch| {
                count(batch);
                if let Some(out) = target.take() {
                    writer = Some(ArrowWriter::try_new(out, schema.clone(), Some(properties.clone()))?);
                }
                if let (Some(writer), Some(batch)) = (&mut writer, batch) {
                    writer.write(batch)?;
                    if writer.in_progress_size() > ROW_GROUP_BYTES {
                        writer.flush()?;
                    }
                }
                Ok(())
            })?;
            if let Some(writer) = writer {
                writer.close()?;
            }
        }
        "csv" => {
            let mut writer = csv::Writer::new(out);
            query(sql, inputs, options, |schema, batch| {
                count(batch);
                let empty = RecordBatch::new_empty(schema.clone());
                Ok(writer.write(batch.unwrap_or(&empty))?)
            })?;
        }
        _ => query(sql, inputs, options, |_, batch| {
            count(batch);
            batch.map_or(Ok(()), |batch| print(out, batch, true))
        })?,
    }
    Ok(rows)
}
