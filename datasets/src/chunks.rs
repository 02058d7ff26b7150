//! chunks.json: where each column of each published Parquet file lies, with hashes, so that a reader who wants some
//! columns can bring only these, over any server that knows ranges, and still check every byte against the manifest.
//!
//! For each file it has the footer and, row group by row group, one span a column: all chunks of a column (those of its
//! fields, where it is a struct or a list) lie one behind the other in the files that this crate writes. The file is
//! listed in MANIFEST.json like all others, and so signed with it. Offsets and lengths are bytes.
//!
//! [`write_columns`] makes a Parquet file of some columns: the chunks are copied as they are, without decoding, and
//! the footer is written anew. Page indices and bloom filters are not carried over; readers do without. The format of
//! files and footers: <https://parquet.apache.org/docs/file-format/>.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use arrow::datatypes::Schema;
use parquet::arrow::{ARROW_SCHEMA_META_KEY, encode_arrow_schema, parquet_to_arrow_schema};
use parquet::column::writer::ColumnCloseResult;
use parquet::file::metadata::{
    ColumnChunkMetaData, FooterTail, KeyValue, PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader,
};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::Digest;

use crate::{Error, Result, codes, durable};

/// Name of the list of chunks.
pub const CHUNKS_JSON: &str = "chunks.json";
/// The metadata key under which Hugging Face keeps the features of a table.
const HUGGING_FACE: &str = "huggingface";
/// Bytes at the end of every Parquet file: the length of the footer, and `PAR1`.
const TAIL: u64 = 8;

/// The longest footer that is read, bytes: those of our files have some KB.
const MAX_FOOTER: u64 = 256 << 20;

/// chunks.json.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chunks {
    /// Version of this format: 1.
    pub format: u32,
    /// The data files, in the order of dataset.json.
    pub files: Vec<FileChunks>,
}

/// The columns of one Parquet file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileChunks {
    /// Path in the published folder.
    pub path: String,
    /// Size of the file.
    pub bytes: u64,
    /// Top-level columns, in the order of the schema.
    pub columns: Vec<String>,
    /// Footer, with its length and magic: the end of the file.
    pub footer: Span,
    /// Row groups in order.
    pub groups: Vec<Group>,
}

/// One row group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Rows.
    pub rows: u64,
    /// A span for each of the file's columns.
    pub spans: Vec<Span>,
}

/// Some bytes of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// From the start of the file.
    pub offset: u64,
    /// Number of bytes.
    pub length: u64,
    /// SHA-256 of them, hexadecimal.
    pub sha256: String,
}

impl Span {
    /// One past the last byte.
    pub fn end(&self) -> u64 {
        self.offset.saturating_add(self.length)
    }
}

impl Chunks {
    /// Measures Parquet files of a folder.
    ///
    /// # Errors
    /// Those of the file system; [`Error::Parquet`] for a file that is no Parquet file, or one whose columns do not lie
    /// one behind the other.
    pub fn measure<'p>(dir: &Path, paths: impl Iterator<Item = &'p str>) -> Result<Chunks> {
        let files = paths.map(|path| measure(dir, path)).collect::<Result<_>>()?;
        Ok(Chunks { format: 1, files })
    }

    /// The file's text: a line for each data file.
    ///
    /// # Errors
    /// Never in practice.
    pub fn to_json(&self) -> Result<String> {
        let line = |file| serde_json::to_string(file).map_err(|e| Error::Invalid(e.to_string()));
        let lines: Vec<String> = self.files.iter().map(line).collect::<Result<_>>()?;
        Ok(format!("{{\"format\":{},\"files\":[\n{}\n]}}\n", self.format, lines.join(",\n")))
    }

    /// Reads the text of chunks.json and checks that it can be used: spans lie inside their files, and each row group has
    /// one for each column.
    ///
    /// # Errors
    /// [`Error::Invalid`] with SPROG-1120.
    pub fn parse(text: &[u8]) -> Result<Chunks> {
        let invalid = |why: String| Error::Invalid(format!("{CHUNKS_JSON}: {why} [{}]", codes::CHUNKS_WRONG));
        let chunks: Chunks = serde_json::from_slice(text).map_err(|e| invalid(e.to_string()))?;
        if chunks.format != 1 {
            return Err(invalid(format!("format {} where 1 is known", chunks.format)));
        }
        for file in &chunks.files {
            let spans = file.groups.iter().flat_map(|g| &g.spans).chain([&file.footer]);
            let outside = spans.into_iter().any(|s| s.end() > file.bytes || s.length == 0);
            if outside
                || file.footer.length > MAX_FOOTER
                || file.groups.iter().any(|g| g.spans.len() != file.columns.len())
            {
                return Err(invalid(format!("{:?}: spans that do not fit the file", file.path)));
            }
        }
        Ok(chunks)
    }

    /// The columns of a file.
    pub fn file(&self, path: &str) -> Option<&FileChunks> {
        self.files.iter().find(|f| f.path == path)
    }
}

impl FileChunks {
    /// The footer and the spans of some columns, by offset.
    pub fn spans(&self, columns: &[String]) -> Vec<&Span> {
        let mut spans = vec![&self.footer];
        for group in &self.groups {
            let named = self.columns.iter().zip(&group.spans);
            spans.extend(named.filter(|(name, _)| columns.contains(name)).map(|(_, span)| span));
        }
        spans.sort_by_key(|s| s.offset);
        spans
    }
}

impl Group {
    fn span(&self, column: usize) -> Option<&Span> {
        self.spans.get(column)
    }
}

fn measure(dir: &Path, name: &str) -> Result<FileChunks> {
    let path = dir.join(name);
    let mut file = File::open(&path).map_err(Error::io(&path))?;
    let bytes = file.metadata().map_err(Error::io(&path))?.len();
    let metadata = ParquetMetaDataReader::new()
        .with_page_index_policy(PageIndexPolicy::Skip)
        .parse_and_finish(&file)
        .map_err(Error::parquet(&path))?;
    let mut tail = [0; TAIL as usize];
    file.seek(SeekFrom::End(-(TAIL as i64)))
        .and_then(|_| file.read_exact(&mut tail))
        .map_err(Error::io(&path))?;
    let footer = FooterTail::try_new(&tail).map_err(Error::parquet(&path))?.metadata_length() as u64 + TAIL;
    let offset =
        bytes.checked_sub(footer).ok_or_else(|| unfit(&path, "the footer is longer than the file"))?;
    let columns = roots(&metadata);
    let ranges = group_ranges(&metadata).ok_or_else(|| unfit(&path, "columns that do not lie together"))?;
    let mut groups = Vec::with_capacity(ranges.len());
    for (group, ranges) in metadata.row_groups().iter().zip(ranges) {
        let spans = ranges.into_iter().map(|(offset, length)| span(&mut file, &path, offset, length));
        groups.push(Group { rows: group.num_rows().max(0) as u64, spans: spans.collect::<Result<_>>()? });
    }
    let footer = span(&mut file, &path, offset, footer)?;
    Ok(FileChunks { path: name.to_owned(), bytes, columns, footer, groups })
}

fn unfit(path: &Path, why: &str) -> Error {
    Error::Parquet { path: path.to_owned(), message: format!("{why} [{}]", codes::CHUNKS_WRONG) }
}

/// Names of the top-level columns.
fn roots(metadata: &ParquetMetaData) -> Vec<String> {
    let fields = metadata.file_metadata().schema_descr().root_schema().get_fields();
    fields.iter().map(|f| f.name().to_owned()).collect()
}

/// For each row group and top-level column offset and length of its chunks; `None` where these leave gaps.
fn group_ranges(metadata: &ParquetMetaData) -> Option<Vec<Vec<(u64, u64)>>> {
    let descriptor = metadata.file_metadata().schema_descr();
    let columns = descriptor.root_schema().get_fields().len();
    let mut out = Vec::new();
    for group in metadata.row_groups() {
        let mut ranges: Vec<Option<(u64, u64)>> = vec![None; columns];
        for (leaf, chunk) in group.columns().iter().enumerate().take(descriptor.num_columns()) {
            let (start, length) = chunk_range(chunk)?;
            let range = ranges.get_mut(descriptor.get_column_root_idx(leaf))?;
            *range = Some(match *range {
                None => (start, length),
                Some((first, before)) if first.checked_add(before)? == start => {
                    (first, before.checked_add(length)?)
                }
                Some(_) => return None,
            });
        }
        out.push(ranges.into_iter().collect::<Option<Vec<_>>>()?);
    }
    Some(out)
}

/// Offset and length of a column chunk.
fn chunk_range(chunk: &ColumnChunkMetaData) -> Option<(u64, u64)> {
    let start = chunk.dictionary_page_offset().unwrap_or_else(|| chunk.data_page_offset());
    // What a writer of ours never does, and what would overflow in one that copies.
    if start > chunk.data_page_offset() || chunk.data_page_offset() > i64::MAX / 4 {
        return None;
    }
    Some((u64::try_from(start).ok()?, u64::try_from(chunk.compressed_size()).ok()?))
}

fn span(file: &mut File, path: &Path, offset: u64, length: u64) -> Result<Span> {
    let sha256 = sha256_at(file, offset, length).map_err(Error::io(path))?;
    Ok(Span { offset, length, sha256 })
}

/// SHA-256 of some bytes of a file, hexadecimal.
///
/// # Errors
/// Those of the file system; `UnexpectedEof` where the file is shorter.
pub fn sha256_at(file: &mut File, offset: u64, length: u64) -> std::io::Result<String> {
    file.seek(SeekFrom::Start(offset))?;
    let mut left = file.take(length);
    let mut hasher = sha2::Sha256::new();
    let mut buffer = vec![0u8; 1 << 16];
    let mut read = 0u64;
    loop {
        match left.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => {
                hasher.update(&buffer[..n]);
                read += n as u64;
            }
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    if read < length {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    Ok(hasher.finalize().iter().map(|b| format!("{b:02x}")).collect())
}

/// Writes `to`, a Parquet file with some top-level columns of another, whose footer and wanted spans lie in `from` where
/// they lie in the original; the rest of `from` is not read and may be holes. Nothing is decoded. The metadata of the
/// file stays, with the features of Hugging Face and the Arrow schema reduced to these columns.
///
/// The spans must have been compared with their hashes.
///
/// # Errors
/// Those of the file system; [`Error::Parquet`] with SPROG-1120 where footer and spans do not fit each other.
pub fn write_columns(from: &Path, chunks: &FileChunks, columns: &[String], to: &Path) -> Result<()> {
    let mut source = File::open(from).map_err(Error::io(from))?;
    let mut footer =
        vec![0; usize::try_from(chunks.footer.length).map_err(|e| Error::Invalid(e.to_string()))?];
    source
        .seek(SeekFrom::Start(chunks.footer.offset))
        .and_then(|_| source.read_exact(&mut footer))
        .map_err(Error::io(from))?;
    let body = footer.len().saturating_sub(TAIL as usize);
    let metadata =
        ParquetMetaDataReader::decode_metadata(&footer[..body]).map_err(Error::parquet(&chunks.path))?;
    let ranges =
        group_ranges(&metadata).filter(|r| *r == listed(chunks) && roots(&metadata) == chunks.columns);
    if ranges.is_none() {
        return Err(unfit(Path::new(&chunks.path), "the footer does not say what chunks.json lists"));
    }
    let descriptor = metadata.file_metadata().schema_descr();
    let kept = |root: usize| chunks.columns.get(root).is_some_and(|name| columns.contains(name));
    let fields = descriptor.root_schema().get_fields().iter().enumerate();
    let fields = fields.filter(|(root, _)| kept(*root)).map(|(_, field)| field.clone()).collect();
    let failed = |e| Error::parquet(to)(e);
    let schema = Type::group_type_builder(descriptor.root_schema().name())
        .with_fields(fields)
        .build()
        .map_err(failed)?;
    let properties = Arc::new(properties(&metadata, columns).map_err(failed)?);
    durable::write_atomic(to, |out| {
        let mut writer = SerializedFileWriter::new(out, Arc::new(schema), properties).map_err(failed)?;
        for group in metadata.row_groups() {
            let mut copy = writer.next_row_group().map_err(failed)?;
            for (leaf, chunk) in group.columns().iter().enumerate() {
                if !kept(descriptor.get_column_root_idx(leaf)) {
                    continue;
                }
                let close = ColumnCloseResult {
                    bytes_written: chunk.compressed_size().unsigned_abs(),
                    rows_written: group.num_rows().unsigned_abs(),
                    metadata: chunk.clone(),
                    bloom_filter: None,
                    column_index: None,
                    offset_index: None,
                };
                copy.append_column(&source, close).map_err(failed)?;
            }
            copy.close().map_err(failed)?;
        }
        writer.close().map_err(failed)?;
        Ok(())
    })
}

fn listed(chunks: &FileChunks) -> Vec<Vec<(u64, u64)>> {
    chunks.groups.iter().map(|g| g.spans.iter().map(|s| (s.offset, s.length)).collect()).collect()
}

/// The original's key-value metadata, said of fewer columns.
fn properties(
    metadata: &ParquetMetaData,
    columns: &[String],
) -> Result<WriterProperties, parquet::errors::ParquetError> {
    let file = metadata.file_metadata();
    let pairs = file.key_value_metadata().cloned().unwrap_or_default();
    let arrow = parquet_to_arrow_schema(file.schema_descr(), Some(&pairs))?;
    let fields: Vec<_> = arrow.fields().iter().filter(|f| columns.contains(f.name())).cloned().collect();
    let reduced = |key: &str, value: &str| {
        if key == HUGGING_FACE { features_of(value, columns) } else { value.to_owned() }
    };
    let about = arrow.metadata().iter().map(|(key, value)| (key.clone(), reduced(key, value))).collect();
    let arrow = Schema::new(fields).with_metadata(about);
    let pairs = pairs.into_iter().map(|pair| match (pair.key.as_str(), pair.value) {
        (ARROW_SCHEMA_META_KEY, Some(_)) => KeyValue::new(pair.key, encode_arrow_schema(&arrow)),
        (key, Some(value)) => KeyValue::new(key.to_owned(), reduced(key, &value)),
        (_, None) => KeyValue::new(pair.key, None),
    });
    let builder = WriterProperties::builder().set_key_value_metadata(Some(pairs.collect()));
    Ok(match file.created_by() {
        Some(by) => builder.set_created_by(by.to_owned()).build(),
        None => builder.build(),
    })
}

/// The value of the key `huggingface` for some columns.
fn features_of(value: &str, columns: &[String]) -> String {
    let Ok(mut info) = serde_json::from_str::<Value>(value) else { return value.to_owned() };
    if let Some(features) = info.pointer_mut("/info/features").and_then(Value::as_object_mut) {
        features.retain(|name, _| columns.contains(name));
    }
    info.to_string()
}

/// Whether a file that [`write_columns`] wrote holds what chunks.json lists for these columns, byte for byte; `None`
/// if it does, else what is wrong.
///
/// # Errors
/// Those of the file system.
pub fn differs(path: &Path, chunks: &FileChunks, columns: &[String]) -> Result<Option<String>> {
    let mut file = File::open(path).map_err(Error::io(path))?;
    let metadata = match ParquetMetaDataReader::new().parse_and_finish(&file) {
        Ok(metadata) => metadata,
        Err(e) => return Ok(Some(e.to_string())),
    };
    let wanted: Vec<usize> =
        (0..chunks.columns.len()).filter(|i| columns.contains(&chunks.columns[*i])).collect();
    let names: Vec<&String> = wanted.iter().filter_map(|i| chunks.columns.get(*i)).collect();
    let Some(ranges) = group_ranges(&metadata).filter(|r| r.len() == chunks.groups.len()) else {
        return Ok(Some("other row groups than chunks.json lists".to_owned()));
    };
    if roots(&metadata).iter().ne(names) {
        return Ok(Some("other columns than PARTIAL.json names".to_owned()));
    }
    let rows = metadata.row_groups().iter().map(|g| g.num_rows().max(0) as u64);
    if rows.ne(chunks.groups.iter().map(|g| g.rows)) {
        return Ok(Some("other rows than chunks.json lists".to_owned()));
    }
    let size = fs::metadata(path).map_err(Error::io(path))?.len();
    for (group, ranges) in chunks.groups.iter().zip(ranges) {
        for (column, (offset, length)) in wanted.iter().zip(ranges) {
            let Some(span) = group.span(*column) else { continue };
            let inside = offset.checked_add(length).is_some_and(|end| end <= size);
            let same = inside
                && length == span.length
                && sha256_at(&mut file, offset, length).map_err(Error::io(path))? == span.sha256;
            if !same {
                return Ok(Some(format!("column {:?} is not the one published", chunks.columns[*column])));
            }
        }
    }
    Ok(None)
}
