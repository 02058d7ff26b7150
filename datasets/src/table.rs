//! Parquet files of a build: shards inside it, and the published files exactly as the contract says.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, Int64Array, RecordBatch};
use arrow::datatypes::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection, RowSelector,
};
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves,
};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::{KeyValue, PageIndexPolicy};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::schema::types::ColumnPath;

use crate::schema;
use crate::{Error, Result};

/// Payload bytes of a row group. Small enough that a part can be written within a small memory, large
/// enough that the footer of a part stays under 32 KB.
const ROW_GROUP_BYTES: i64 = 32 << 20;
/// Rows of a row group: bounds the page index that a reader of one clip fetches.
const ROW_GROUP_ROWS: usize = 100_000;
const SPEECH_ROW_GROUP_BYTES: i64 = 64 << 20;
const SPEECH_ROW_GROUP_ROWS: usize = 1024;
/// Payload bytes decoded at a time.
const BATCH_BYTES: i64 = 4 << 20;
/// Bound into every file: it must not change with the crates that write it.
const CREATED_BY: &str = concat!("sprog-datasets ", env!("CARGO_PKG_VERSION"));

fn base_properties() -> WriterPropertiesBuilder {
    WriterProperties::builder()
        .set_created_by(CREATED_BY.to_owned())
        .set_max_row_group_row_count(None)
        .set_column_data_page_size_limit(audio_bytes(), 1)
        .set_column_dictionary_enabled(audio_bytes(), false)
        .set_column_encoding(audio_bytes(), Encoding::PLAIN)
        .set_column_compression(audio_bytes(), Compression::UNCOMPRESSED)
        .set_column_statistics_enabled(audio_bytes(), EnabledStatistics::None)
}

fn audio_bytes() -> ColumnPath {
    ColumnPath::new(vec!["audio".to_owned(), "bytes".to_owned()])
}

/// Shards are read once or twice by the same build: plain bytes cost the least.
fn shard_properties() -> WriterProperties {
    base_properties()
        .set_compression(Compression::UNCOMPRESSED)
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::None)
        .build()
}

fn published_properties(schema: &SchemaRef, rows: u64) -> Result<WriterProperties> {
    let level = ZstdLevel::try_new(3).map_err(|e| Error::Invalid(e.to_string()))?;
    let metadata = schema.metadata();
    let mut keys: Vec<&String> = metadata.keys().collect();
    keys.sort();
    let key_values = keys.into_iter().map(|k| KeyValue::new(k.clone(), metadata[k].clone())).collect();
    let mut properties = base_properties()
        .set_compression(Compression::ZSTD(level))
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_statistics_truncate_length(Some(64))
        .set_column_index_truncate_length(Some(64))
        .set_key_value_metadata(Some(key_values));
    // Long unique texts: a dictionary is built, found too large and thrown away.
    for name in ["text", "id"] {
        properties = properties.set_column_dictionary_enabled(ColumnPath::from(name), false);
    }
    for name in ["id", "speaker_id"] {
        if schema.index_of(name).is_ok() {
            let distinct = rows.clamp(1, ROW_GROUP_ROWS as u64);
            properties = properties
                .set_column_bloom_filter_enabled(ColumnPath::from(name), true)
                .set_column_bloom_filter_fpp(ColumnPath::from(name), 0.01)
                .set_column_bloom_filter_max_ndv(ColumnPath::from(name), distinct);
        }
    }
    Ok(properties.build())
}

/// Writes one shard of a build and gives the BLAKE3 of its bytes, hexadecimal.
///
/// # Errors
/// Those of the file system.
pub fn write_shard(path: &Path, schema: &SchemaRef, batches: &[RecordBatch]) -> Result<String> {
    crate::durable::write_atomic(path, |out| {
        let mut hashed = Hashed { out, hasher: blake3::Hasher::new() };
        let mut writer = ArrowWriter::try_new(&mut hashed, schema.clone(), Some(shard_properties()))
            .map_err(Error::parquet(path))?;
        for batch in batches {
            writer.write(batch).map_err(Error::parquet(path))?;
        }
        writer.close().map_err(Error::parquet(path))?;
        Ok(hashed.hasher.finalize().to_hex().to_string())
    })
}

/// Hashes what it passes on.
struct Hashed<W> {
    out: W,
    hasher: blake3::Hasher,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, buf: &[u8]) -> std::io::Result<usize> {
        let n = self.out.write(buf)?;
        self.hasher.update(&buf[..n]);
        Ok(n)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

/// Writes one published file: zstd-3 columns with page index and bloom filters, audio plain with one
/// clip a page, row groups bounded by payload bytes. `rows` is how many rows will come.
///
/// `observe` sees every batch as published.
///
/// # Errors
/// Those of `batches` and of the file system.
pub fn write_published(
    path: &Path,
    schema: &SchemaRef,
    rows: u64,
    batches: impl Iterator<Item = Result<RecordBatch>>,
    mut observe: impl FnMut(&RecordBatch),
) -> Result<()> {
    let schema = schema::with_metadata(&schema::published(schema));
    let properties = published_properties(&schema, rows)?;
    let speech = schema.index_of("audio").is_ok();
    let (group_bytes, group_rows) = if speech {
        (SPEECH_ROW_GROUP_BYTES, SPEECH_ROW_GROUP_ROWS)
    } else {
        (ROW_GROUP_BYTES, ROW_GROUP_ROWS)
    };
    crate::durable::write_atomic(path, |out| {
        let mut writer =
            ArrowWriter::try_new(out, schema.clone(), Some(properties)).map_err(Error::parquet(path))?;
        let (mut in_group, mut payload) = (0usize, 0i64);
        for batch in batches {
            let batch = batch?;
            let sizes = payload_sizes(&batch)?;
            let keep: Vec<usize> = schema
                .fields()
                .iter()
                .map(|f| batch.schema().index_of(f.name()))
                .collect::<Result<_, _>>()
                .map_err(Error::parquet(path))?;
            let batch = batch.project(&keep).map_err(Error::parquet(path))?;
            let batch = RecordBatch::try_new(schema.clone(), batch.columns().to_vec())
                .map_err(Error::parquet(path))?;
            observe(&batch);
            let mut start = 0;
            for (row, size) in sizes.iter().enumerate() {
                if in_group > 0 && (payload + size > group_bytes || in_group == group_rows) {
                    writer.write(&batch.slice(start, row - start)).map_err(Error::parquet(path))?;
                    writer.flush().map_err(Error::parquet(path))?;
                    (start, in_group, payload) = (row, 0, 0);
                }
                in_group += 1;
                payload += size;
            }
            writer.write(&batch.slice(start, batch.num_rows() - start)).map_err(Error::parquet(path))?;
        }
        writer.close().map_err(Error::parquet(path))?;
        Ok(())
    })
}

fn row_properties(schema: &SchemaRef) -> Result<WriterProperties> {
    let level = ZstdLevel::try_new(3).map_err(|e| Error::Invalid(e.to_string()))?;
    let mut keys: Vec<(&String, &String)> = schema.metadata().iter().collect();
    keys.sort();
    let keys = keys.into_iter().map(|(k, v)| KeyValue::new(k.clone(), v.clone())).collect();
    Ok(WriterProperties::builder()
        .set_created_by(CREATED_BY.to_owned())
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_compression(Compression::ZSTD(level))
        .set_key_value_metadata(Some(keys))
        .build())
}

/// Rows of a foreign table, with all its columns and its metadata: zstd-3, row groups of a bounded size.
///
/// # Errors
/// Those of `batches` and of the file system.
pub fn write_rows(
    path: &Path,
    schema: &SchemaRef,
    batches: impl Iterator<Item = Result<RecordBatch>>,
) -> Result<()> {
    let properties = row_properties(schema)?;
    crate::durable::write_atomic(path, |out| {
        let mut writer =
            ArrowWriter::try_new(out, schema.clone(), Some(properties)).map_err(Error::parquet(path))?;
        for batch in batches {
            writer.write(&batch?).map_err(Error::parquet(path))?;
            if writer.in_progress_size() > ROW_GROUP_BYTES as usize {
                writer.flush().map_err(Error::parquet(path))?;
            }
        }
        writer.close().map_err(Error::parquet(path))?;
        Ok(())
    })
}

/// Encodes row groups, on any thread: see [`write_row_groups`].
pub struct RowGroupEncoder {
    schema: SchemaRef,
    factory: ArrowRowGroupWriterFactory,
}

/// A row group as it will lie in the file.
pub struct RowGroup(Vec<ArrowColumnChunk>);

impl RowGroupEncoder {
    /// The rows of a batch as one row group.
    ///
    /// # Errors
    /// For a batch of another schema.
    pub fn encode(&self, batch: &RecordBatch) -> Result<RowGroup> {
        let failed = |e: ParquetError| Error::Invalid(e.to_string());
        // The index matters to encrypted files only.
        let mut writers = self.factory.create_column_writers(0).map_err(failed)?;
        let mut columns = writers.iter_mut();
        for (field, array) in self.schema.fields().iter().zip(batch.columns()) {
            for leaf in compute_leaves(field, array).map_err(failed)? {
                let writer =
                    columns.next().ok_or_else(|| Error::Invalid("more leaves than columns".into()))?;
                writer.write(&leaf).map_err(failed)?;
            }
        }
        Ok(RowGroup(
            writers.into_iter().map(ArrowColumnWriter::close).collect::<Result<_, _>>().map_err(failed)?,
        ))
    }
}

/// Rows of a foreign table as [`write_rows`] writes them, in row groups that `produce` encodes, where it likes on several
/// threads, and hands over one by one in the order of the file.
///
/// # Errors
/// Those of `produce` and of the file system.
pub fn write_row_groups(
    path: &Path,
    schema: &SchemaRef,
    produce: impl FnOnce(&RowGroupEncoder, &mut dyn FnMut(RowGroup) -> Result<()>) -> Result<()>,
) -> Result<()> {
    let properties = row_properties(schema)?;
    crate::durable::write_atomic(path, |out| {
        let failed = |e: ParquetError| Error::parquet(path)(e);
        let writer = ArrowWriter::try_new(out, schema.clone(), Some(properties)).map_err(failed)?;
        let (mut file, factory) = writer.into_serialized_writer().map_err(failed)?;
        let encoder = RowGroupEncoder { schema: schema.clone(), factory };
        produce(&encoder, &mut |group| {
            let mut row_group = file.next_row_group().map_err(failed)?;
            for chunk in group.0 {
                chunk.append_to_row_group(&mut row_group).map_err(failed)?;
            }
            row_group.close().map_err(failed)?;
            Ok(())
        })?;
        file.close().map_err(failed)?;
        Ok(())
    })
}

fn payload_sizes(batch: &RecordBatch) -> Result<Vec<i64>> {
    match batch.column_by_name("__bytes") {
        None => Ok(vec![256; batch.num_rows()]),
        Some(column) => {
            let sizes = column.as_any().downcast_ref::<Int64Array>();
            let sizes = sizes.ok_or_else(|| Error::Invalid("__bytes is Int64".into()))?;
            Ok(sizes.values().to_vec())
        }
    }
}

/// Rows `start..start + len` of one shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RowRange {
    /// Index of the shard in its table.
    pub shard: u32,
    /// First row.
    pub start: u32,
    /// Number of rows.
    pub len: u32,
}

/// An open Parquet file of rows: a shard or a published file.
pub struct TableFile {
    path: PathBuf,
    metadata: ArrowReaderMetadata,
    rows_per_batch: usize,
}

impl TableFile {
    /// Opens a file and reads its footer.
    ///
    /// # Errors
    /// Those of the file system; [`Error::Parquet`] when it is no Parquet file.
    pub fn open(path: &Path) -> Result<TableFile> {
        let file = File::open(path).map_err(Error::io(path))?;
        let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional);
        let metadata = ArrowReaderMetadata::load(&file, options).map_err(Error::parquet(path))?;
        let rows = metadata.metadata().file_metadata().num_rows().max(1);
        let groups = metadata.metadata().row_groups();
        let bytes = groups.iter().fold(0i64, |sum, g| sum.saturating_add(g.total_byte_size()));
        let rows_per_batch = (BATCH_BYTES / (bytes / rows).max(1)).clamp(1, 8192) as usize;
        Ok(TableFile { path: path.to_owned(), metadata, rows_per_batch })
    }

    /// The schema.
    pub fn schema(&self) -> &SchemaRef {
        self.metadata.schema()
    }

    /// Number of rows.
    pub fn rows(&self) -> u64 {
        self.metadata.metadata().file_metadata().num_rows().max(0) as u64
    }

    /// Where the offset index of column `audio.bytes` lies, for each row group: its rows, and the first byte and the
    /// number of bytes of the index. Empty where there is no such column, or one without an index. With it a reader of
    /// one clip needs no footer: the index says where the clip's page is.
    pub fn clip_index(&self) -> Vec<[u64; 3]> {
        let path = audio_bytes();
        let of_group = |group: &parquet::file::metadata::RowGroupMetaData| {
            let chunk = group.columns().iter().find(|c| c.column_path() == &path)?;
            let offset = u64::try_from(chunk.offset_index_offset()?).ok()?;
            let length = u64::try_from(chunk.offset_index_length()?).ok()?;
            Some([u64::try_from(group.num_rows()).ok()?, offset, length])
        };
        let groups = self.metadata.metadata().row_groups();
        groups.iter().map(of_group).collect::<Option<Vec<_>>>().unwrap_or_default()
    }

    /// Rows that hold a few megabytes together: the size of the batches that [`read`](Self::read) gives.
    pub fn rows_per_batch(&self) -> usize {
        self.rows_per_batch
    }

    /// Batches of some columns (all if `columns` is empty) of some rows (all if `None`), in order.
    ///
    /// # Errors
    /// [`Error::Parquet`] when the file does not hold what its footer says.
    pub fn read(
        &self,
        columns: &[&str],
        rows: Option<&[RowRange]>,
    ) -> Result<impl Iterator<Item = Result<RecordBatch>> + use<>> {
        let file = File::open(&self.path).map_err(Error::io(&self.path))?;
        let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
            .with_batch_size(self.rows_per_batch);
        if !columns.is_empty() {
            let descriptor = self.metadata.metadata().file_metadata().schema_descr();
            let roots: Vec<usize> = columns
                .iter()
                .map(|c| self.schema().index_of(c))
                .collect::<Result<_, _>>()
                .map_err(Error::parquet(&self.path))?;
            builder = builder.with_projection(ProjectionMask::roots(descriptor, roots));
        }
        if let Some(ranges) = rows {
            let mut selectors = Vec::with_capacity(ranges.len() * 2);
            let mut at = 0u64;
            for range in ranges {
                let start = u64::from(range.start);
                selectors.push(RowSelector::skip(start.saturating_sub(at) as usize));
                selectors.push(RowSelector::select(range.len as usize));
                at = start + u64::from(range.len);
            }
            builder = builder.with_row_selection(RowSelection::from(selectors));
        }
        let reader = builder.build().map_err(Error::parquet(&self.path))?;
        let path = self.path.clone();
        Ok(reader.map(move |batch| batch.map_err(Error::parquet(&path))))
    }
}

/// Several shards of one schema, read by row ranges in any order.
pub struct Shards {
    paths: Vec<PathBuf>,
    open: std::sync::Mutex<Vec<(u32, Arc<TableFile>)>>,
}

/// Footers kept in memory at a time; files are opened only while they are read.
const OPEN_FOOTERS: usize = 64;

impl Shards {
    /// Over files that [`write_shard`] wrote.
    pub fn new(paths: Vec<PathBuf>) -> Shards {
        Shards { paths, open: std::sync::Mutex::new(Vec::new()) }
    }

    /// The files.
    pub fn paths(&self) -> &[PathBuf] {
        &self.paths
    }

    /// One shard's file.
    ///
    /// # Errors
    /// As [`TableFile::open`]; [`Error::Invalid`] past the last shard.
    pub fn file(&self, shard: u32) -> Result<Arc<TableFile>> {
        let mut open = self.open.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((_, file)) = open.iter().find(|(s, _)| *s == shard) {
            return Ok(file.clone());
        }
        let path = self.paths.get(shard as usize);
        let path = path.ok_or_else(|| Error::Invalid(format!("no shard {shard}")))?;
        let file = Arc::new(TableFile::open(path)?);
        if open.len() >= OPEN_FOOTERS {
            open.remove(0);
        }
        open.push((shard, file.clone()));
        Ok(file)
    }

    /// Rows in the order of `ranges`. Runs of ranges that go forward in one shard are read as one.
    pub fn gather<'s>(
        &'s self,
        ranges: &'s [RowRange],
        columns: &'s [&'s str],
    ) -> impl Iterator<Item = Result<RecordBatch>> + 's {
        let mut rest = ranges;
        let mut current: Option<Box<dyn Iterator<Item = Result<RecordBatch>>>> = None;
        std::iter::from_fn(move || {
            loop {
                if let Some(batch) = current.as_mut().and_then(Iterator::next) {
                    return Some(batch);
                }
                let first = rest.first()?;
                let mut end = 1;
                while let (Some(a), Some(b)) = (rest.get(end - 1), rest.get(end)) {
                    if b.shard != first.shard || b.start < a.start.saturating_add(a.len) {
                        break;
                    }
                    end += 1;
                }
                let (run, after) = rest.split_at(end);
                rest = after;
                match self.file(first.shard).and_then(|f| f.read(columns, Some(run))) {
                    Ok(reader) => current = Some(Box::new(reader)),
                    Err(e) => {
                        rest = &[];
                        return Some(Err(e));
                    }
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::StructArray;

    use super::*;
    use crate::id::{SegmentId, SpeakerId};
    use crate::records::{Origin, Utterance, UtteranceBuilder};

    fn speech_batch(clips: usize, bytes: usize) -> RecordBatch {
        let mut builder = UtteranceBuilder::new(Origin::default(), schema::SpeechColumns::default());
        for n in 0..clips {
            let audio = (0..bytes + n * 7).map(|i| (i * 31 + n) as u8).collect();
            let id = SegmentId::new(format!("c{n:05}")).expect("an id");
            let speaker_id = SpeakerId::new("s1").ok();
            builder.push(Utterance { audio, speaker_id, ..Utterance::new(id) }, "", "");
        }
        builder.finish().expect("builds")
    }

    fn ids(batches: impl Iterator<Item = Result<RecordBatch>>) -> Vec<String> {
        batches
            .flat_map(|b| {
                let b = b.expect("reads");
                let column = b.column_by_name("id").expect("id").clone();
                let strings = crate::records::as_strings(&column).expect("strings");
                strings.iter().flatten().map(str::to_owned).collect::<Vec<_>>()
            })
            .collect()
    }

    #[test]
    fn gather_follows_any_order_of_rows() {
        let dir = tempfile::tempdir().expect("dir");
        let batch = speech_batch(10, 100);
        let paths: Vec<PathBuf> = ["a", "b"].iter().map(|n| dir.path().join(n)).collect();
        write_shard(&paths[0], &batch.schema(), &[batch.slice(0, 6)]).expect("writes");
        write_shard(&paths[1], &batch.schema(), &[batch.slice(6, 4)]).expect("writes");
        let shards = Shards::new(paths);
        let range = |shard, start, len| RowRange { shard, start, len };
        let order = [range(1, 3, 1), range(0, 1, 2), range(0, 4, 1), range(0, 0, 1), range(1, 0, 1)];
        let got = ids(shards.gather(&order, &["id"]));
        assert_eq!(got, ["c00009", "c00001", "c00002", "c00004", "c00000", "c00006"]);
    }

    /// What a browser does to play one clip: the footer, the page index of one column, the page.
    #[test]
    fn one_clip_costs_little_more_than_itself() {
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("x.parquet");
        let batch = speech_batch(900, 60_000);
        write_published(&path, &batch.schema(), 900, [Ok(batch.clone())].into_iter(), |_| {})
            .expect("writes");
        let file = TableFile::open(&path).expect("opens");
        let metadata = file.metadata.metadata();
        let size = std::fs::metadata(&path).expect("metadata").len();
        let column = (0..metadata.row_group(0).num_columns())
            .find(|c| metadata.row_group(0).column(*c).column_path().string() == "audio.bytes")
            .expect("audio.bytes");
        let chunk = metadata.row_group(0).column(column);
        assert!(chunk.statistics().is_none());
        let locations = metadata.offset_index().expect("offset index")[0][column].page_locations();
        assert_eq!(locations.len(), metadata.row_group(0).num_rows() as usize, "one clip a page");
        // The footer starts after the last page index or bloom filter; its length ends the file.
        let bytes = std::fs::read(&path).expect("reads");
        let footer = u32::from_le_bytes(bytes[bytes.len() - 8..bytes.len() - 4].try_into().expect("4 bytes"));
        let index = chunk.offset_index_length().expect("length") as u64;
        let first = chunk.offset_index_offset().expect("offset") as u64;
        assert_eq!(file.clip_index()[0], [metadata.row_group(0).num_rows() as u64, first, index]);
        let clip = 60_000 + 5 * 7;
        let page = locations[5].compressed_page_size as u64;
        let total = 8 + u64::from(footer) + index + page;
        assert!(total <= clip * 11 / 10 + 32_768, "{total} bytes read for a clip of {clip} in {size}");
        // And the page holds the clip as it is, length first.
        let at = locations[5].offset as usize;
        let audio = batch.column_by_name("audio").expect("audio");
        let audio = audio.as_any().downcast_ref::<StructArray>().expect("struct").column(0).clone();
        let clips = audio.as_any().downcast_ref::<arrow::array::BinaryArray>().expect("binary");
        let raw = &bytes[at..at + page as usize];
        assert!(raw.windows(clips.value(5).len()).any(|w| w == clips.value(5)), "the clip is stored plain");
    }

    #[test]
    fn row_groups_are_cut_by_payload() {
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("x.parquet");
        let batch = speech_batch(40, 4 << 20);
        write_published(&path, &batch.schema(), 40, [Ok(batch)].into_iter(), |_| {}).expect("writes");
        let file = TableFile::open(&path).expect("opens");
        let groups = file.metadata.metadata().row_groups();
        assert!(groups.len() > 2 && groups.iter().all(|g| g.total_byte_size() <= 68 << 20));
        assert_eq!(ids(file.read(&["id"], None).expect("reads")).len(), 40);
    }
}
