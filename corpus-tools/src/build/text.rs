//! Text sources: files become slices of documents, and slices become shards.

use std::io::{BufReader, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow::array::RecordBatch;
use sprog_datasets::id::DocumentId;
use sprog_datasets::records::{Document, DocumentBuilder, Origin};
use sprog_datasets::table::TableFile;
use sprog_datasets::{Error, Result};
use sprog_formats::text::{conllu, delimited, html, jsonl, plain, xml};
use sprog_formats::{
    Chunk, ChunkReader, EncodingChoice, Limits, Place, Problem, Utf8Reader, archive, decompress, sniff,
};

use super::inputs::{self, Input};
use super::outcome::{Outcome, file_problem, line_problem};
use crate::codes;
use crate::recipe::{Cut, Format, Source};

/// Bytes of a slice: what one job reads, and how much is done again after a kill.
const SLICE_BYTES: usize = 8 << 20;
/// Lines of a slice: a million empty texts are a million problems, but not at the same time.
const SLICE_LINES: usize = 1 << 16;

/// Our names of the columns, in the order that a record is taken apart.
pub(super) const COLUMNS: [&str; 9] =
    ["text", "id", "title", "author", "url", "domain", "language", "created", "added"];

/// A part of a file, ready for a worker.
pub(super) struct Slice {
    /// Its number in the file.
    pub(super) index: u32,
    /// What it holds.
    pub(super) content: Content,
    /// Problems met while it was read.
    pub(super) problems: Vec<Problem>,
    /// Whether the file ends with it.
    pub(super) last: bool,
}

/// What a slice holds.
pub(super) enum Content {
    /// Lines of JSON objects, not yet parsed.
    Lines(Chunk),
    /// Documents, with the number that names those without an id.
    Documents(Vec<(Document, u64)>),
}

/// Gathers documents into slices and hands each out once the next one has begun, so that the last
/// one is known to be the last.
struct Slicer<'e> {
    emit: &'e mut dyn FnMut(Slice) -> Result<()>,
    index: u32,
    documents: Vec<(Document, u64)>,
    bytes: usize,
    waiting: Option<(Content, Vec<Problem>)>,
    problems: Vec<Problem>,
    in_archive: bool,
    documents_so_far: u64,
}

impl Slicer<'_> {
    /// Adds a document. In an archive its number is its place among all the archive's documents:
    /// the places inside the entries repeat.
    fn document(&mut self, document: Document, number: u64) -> Result<()> {
        self.documents_so_far += 1;
        let number = if self.in_archive { self.documents_so_far } else { number };
        self.bytes += document.text.len() + 200;
        self.documents.push((document, number));
        if self.bytes >= SLICE_BYTES { self.cut() } else { Ok(()) }
    }

    fn cut(&mut self) -> Result<()> {
        self.bytes = 0;
        let documents = std::mem::take(&mut self.documents);
        self.content(Content::Documents(documents))
    }

    fn content(&mut self, content: Content) -> Result<()> {
        let problems = std::mem::take(&mut self.problems);
        if let Some((content, problems)) = self.waiting.replace((content, problems)) {
            (self.emit)(Slice { index: self.index, content, problems, last: false })?;
            self.index += 1;
        }
        Ok(())
    }

    fn finish(mut self) -> Result<()> {
        if !self.documents.is_empty() || self.waiting.is_none() {
            self.cut()?;
        }
        if let Some((content, mut problems)) = self.waiting.take() {
            problems.append(&mut self.problems);
            (self.emit)(Slice { index: self.index, content, problems, last: true })?;
        }
        Ok(())
    }
}

/// Cuts a file into slices. What is wrong with the file as a whole is a problem of its last slice.
///
/// # Errors
/// Those of `emit`.
pub(super) fn slices(
    source: &Source,
    input: &Input,
    limits: &Limits,
    emit: &mut dyn FnMut(Slice) -> Result<()>,
) -> Result<()> {
    let mut slicer = Slicer {
        emit,
        index: 0,
        documents: Vec::new(),
        bytes: 0,
        waiting: None,
        problems: Vec::new(),
        in_archive: false,
        documents_so_far: 0,
    };
    let (file, watch) = inputs::open(&input.path)?;
    let read = catch_unwind(AssertUnwindSafe(|| read_file(source, input, file, limits, &mut slicer)));
    watch.check()?;
    match read.unwrap_or_else(|_| Err(Stop::File(reader_failed()))) {
        Ok(()) => {}
        // What the machine refuses is no fault of the file: it would be missing for no reason.
        Err(Stop::File(sprog_formats::Error::Io(e))) if e.raw_os_error().is_some() => {
            return Err(Error::io(&input.path)(e));
        }
        Err(Stop::File(e)) => slicer.problems.push(file_problem(&e)),
        Err(Stop::Build(e)) => return Err(e),
    }
    slicer.finish()
}

/// A reader that panicked; it costs its file, not the build.
fn reader_failed() -> sprog_formats::Error {
    sprog_formats::Error::malformed("file", Place::File, "the reader failed inside; please report the file")
}

/// A file that cannot be read further, or a build that cannot go on.
enum Stop {
    File(sprog_formats::Error),
    Build(Error),
}

impl From<sprog_formats::Error> for Stop {
    fn from(e: sprog_formats::Error) -> Self {
        Stop::File(e)
    }
}

impl From<std::io::Error> for Stop {
    fn from(e: std::io::Error) -> Self {
        Stop::File(e.into())
    }
}

fn read_file(
    source: &Source,
    input: &Input,
    mut file: inputs::Watched,
    limits: &Limits,
    slicer: &mut Slicer<'_>,
) -> Result<(), Stop> {
    if source.format == Format::Parquet {
        return parquet(source, input, slicer);
    }
    let mut head = Vec::new();
    file.by_ref().take(sniff::HEAD_BYTES as u64).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    if head.is_empty() {
        let empty = sprog_formats::codes::EMPTY_FILE;
        slicer.problems.push(Problem::new(empty, Place::File, "the file is empty"));
        return Ok(());
    }
    let is_archive = match sniff::sniff(&head) {
        sniff::Kind::Zip | sniff::Kind::Tar => true,
        // A tar inside gzip or zstd shows only once it is unpacked.
        sniff::Kind::Compressed(_) => {
            let mut inner = Vec::new();
            let (reader, _) = decompress(file.by_ref(), limits)?;
            reader.take(sniff::HEAD_BYTES as u64).read_to_end(&mut inner)?;
            file.seek(SeekFrom::Start(0))?;
            sniff::sniff(&inner) == sniff::Kind::Tar
        }
        _ => false,
    };
    if is_archive {
        slicer.in_archive = true;
        let mut stopped = None;
        let result = archive::for_each_entry(Box::new(file), limits, &mut |path, content| {
            match read_stream(source, &mut *content, Some(path), limits, slicer) {
                Ok(()) => Ok(()),
                Err(Stop::File(e)) => {
                    let place = Place::Entry(path.to_owned());
                    slicer.problems.push(Problem { place, ..file_problem(&e) });
                    // What is left of a broken entry is read past; it may be broken to its end.
                    let _ = std::io::copy(content, &mut std::io::sink());
                    Ok(())
                }
                Err(Stop::Build(e)) => {
                    stopped = Some(e);
                    Err(sprog_formats::Error::Unsupported("stopped".into()))
                }
            }
        });
        return match (stopped, result) {
            (Some(e), _) => Err(Stop::Build(e)),
            (None, Ok(problems)) => {
                slicer.problems.extend(problems);
                Ok(())
            }
            (None, Err(e)) => Err(e.into()),
        };
    }
    let (reader, _) = decompress(file, limits)?;
    read_stream(source, reader, None, limits, slicer)
}

fn encoding_of(source: &Source) -> EncodingChoice {
    let fixed = source.encoding.as_deref().and_then(sprog_formats::Encoding::for_label);
    fixed.map_or(EncodingChoice::Detect, EncodingChoice::Fixed)
}

/// Reads one stream of text, a file or an entry of an archive.
fn read_stream(
    source: &Source,
    reader: impl Read,
    entry: Option<&str>,
    limits: &Limits,
    slicer: &mut Slicer<'_>,
) -> Result<(), Stop> {
    let mut reader = Utf8Reader::new(reader, encoding_of(source))?;
    let build = Stop::Build;
    // Places inside an archive name the entry too.
    let place = |inner: String| match entry {
        Some(path) => format!("entry {path:?}, {inner}"),
        None => inner,
    };
    match source.format {
        Format::Jsonl => {
            let mut chunks = ChunkReader::new(&mut reader, SLICE_BYTES, limits).with_lines(SLICE_LINES);
            while let Some(chunk) = chunks.next_chunk()? {
                slicer.problems.extend(chunks.take_problems());
                slicer.content(Content::Lines(chunk)).map_err(build)?;
            }
            slicer.problems.extend(chunks.take_problems());
        }
        Format::Csv | Format::Tsv => table(source, &mut reader, &place, limits, slicer)?,
        Format::Conllu => treebank(&mut reader, &place, limits, slicer)?,
        Format::Xml => {
            let element = source.element.as_deref().unwrap_or_default();
            let mut number = 0;
            let mut stopped = None;
            let read = xml::for_each_element(BufReader::new(&mut reader), element, limits, &mut |e| {
                number += 1;
                let place = place(format!("byte {}", e.offset));
                let document = Document { id: e.id, text: e.text, place, ..Document::default() };
                slicer.document(document, number).map_err(|e| {
                    stopped = Some(e);
                    sprog_formats::Error::Unsupported("stopped".into())
                })
            });
            if let Some(e) = stopped {
                return Err(Stop::Build(e));
            }
            read?;
        }
        _ => {
            let mut text = String::new();
            (&mut reader).take(limits.bytes.saturating_add(1)).read_to_string(&mut text)?;
            if text.len() as u64 > limits.bytes {
                let limit = limits.bytes;
                return Err(sprog_formats::Error::Limit {
                    what: "bytes of one document",
                    limit,
                    place: Place::File,
                }
                .into());
            }
            if source.format == Format::Html {
                let page = html::main_text(&text, limits)?;
                slicer.problems.extend(page.problems);
                let document = Document {
                    text: page.value.text,
                    title: page.value.title,
                    language: page.value.lang,
                    place: place("page".into()),
                    ..Document::default()
                };
                slicer.document(document, 1).map_err(build)?;
            } else {
                let cut = match source.cut {
                    Cut::File => plain::Cut::File,
                    Cut::Paragraphs => plain::Cut::Paragraphs,
                    Cut::Lines => plain::Cut::Lines,
                };
                for found in plain::documents(&text, cut) {
                    let place = place(format!("line {}", found.line));
                    let document = Document { text: found.text.to_owned(), place, ..Document::default() };
                    slicer.document(document, found.line).map_err(build)?;
                }
            }
        }
    }
    slicer.problems.extend(reader.problems());
    Ok(())
}

fn table(
    source: &Source,
    reader: &mut impl Read,
    place: &dyn Fn(String) -> String,
    limits: &Limits,
    slicer: &mut Slicer<'_>,
) -> Result<(), Stop> {
    let mut rows = delimited::open_sniffed(reader, limits)?;
    let names = column_names(source);
    let at: Vec<Option<usize>> = names.iter().map(|n| rows.columns().iter().position(|c| c == n)).collect();
    while let Some(row) = rows.next_row()? {
        slicer.problems.extend(rows.take_problems());
        let fields =
            at.iter().map(|i| i.and_then(|i| row.fields.get(i)).filter(|v| !v.is_empty()).cloned()).collect();
        match document_of(fields, place(format!("line {}", row.line))) {
            Some(document) => slicer.document(document, row.line).map_err(Stop::Build)?,
            None => slicer.problems.push(no_text(&names, row.line)),
        }
    }
    slicer.problems.extend(rows.take_problems());
    Ok(())
}

fn treebank(
    reader: &mut impl Read,
    place: &dyn Fn(String) -> String,
    limits: &Limits,
    slicer: &mut Slicer<'_>,
) -> Result<(), Stop> {
    let mut sentences = conllu::Reader::new(BufReader::new(reader), limits);
    let mut open: Option<Document> = None;
    let mut number = 0u64;
    while let Some(sentence) = sentences.next_sentence()? {
        number += 1;
        slicer.problems.extend(sentences.take_problems());
        if let Some(id) = sentence.newdoc_id()
            && let Some(done) = open.replace(Document {
                id: Some(id.to_owned()),
                place: place(format!("sentence {number}")),
                ..Document::default()
            })
            && !done.text.is_empty()
        {
            slicer.document(done, number).map_err(Stop::Build)?;
        }
        let document =
            open.get_or_insert_with(|| Document { place: place("sentence 1".into()), ..Document::default() });
        if !document.text.is_empty() {
            document.text.push(' ');
        }
        document.text.push_str(&sentence.text());
        if document.text.len() as u64 > limits.bytes {
            let (limit, place) = (limits.bytes, Place::File);
            return Err(sprog_formats::Error::Limit { what: "bytes of one document", limit, place }.into());
        }
    }
    slicer.problems.extend(sentences.take_problems());
    match open {
        Some(document) => slicer.document(document, number).map_err(Stop::Build),
        None => Ok(()),
    }
}

fn parquet(source: &Source, input: &Input, slicer: &mut Slicer<'_>) -> Result<(), Stop> {
    let malformed = |e: Error| match e {
        e @ Error::Io { .. } => Stop::Build(e),
        e => Stop::File(sprog_formats::Error::malformed("Parquet", Place::File, e.to_string())),
    };
    let file = TableFile::open(&input.path).map_err(malformed)?;
    let names = column_names(source);
    let present: Vec<&str> =
        names.iter().map(String::as_str).filter(|n| file.schema().index_of(n).is_ok()).collect();
    let mut number = 0u64;
    for batch in file.read(&present, None).map_err(malformed)? {
        let batch = batch.map_err(malformed)?;
        let columns: Vec<Option<arrow::array::StringArray>> =
            names.iter().map(|n| batch.column_by_name(n).and_then(as_text)).collect();
        for row in 0..batch.num_rows() {
            number += 1;
            let take = |c: &Option<arrow::array::StringArray>| {
                Some(super::steps::value(c.as_ref()?, row)?.to_owned())
            };
            match document_of(columns.iter().map(take).collect(), format!("row {number}")) {
                Some(document) => slicer.document(document, number).map_err(Stop::Build)?,
                None => slicer.problems.push(Problem::new(
                    codes::TEXT_MISSING,
                    Place::Row(number),
                    format!("no column {:?}; left out", names[0]),
                )),
            }
        }
    }
    Ok(())
}

/// A column as strings, whatever its type.
pub(crate) fn as_text(column: &arrow::array::ArrayRef) -> Option<arrow::array::StringArray> {
    let cast = arrow::compute::cast(column, &arrow::datatypes::DataType::Utf8).ok()?;
    cast.as_any().downcast_ref::<arrow::array::StringArray>().cloned()
}

/// The source's names for [`COLUMNS`].
pub(super) fn column_names(source: &Source) -> Vec<String> {
    COLUMNS.iter().map(|c| source.columns.get(*c).cloned().unwrap_or_else(|| (*c).to_owned())).collect()
}

fn no_text(names: &[String], line: u64) -> Problem {
    line_problem(codes::TEXT_MISSING, line, format!("no text in {:?}; left out", names[0]))
}

/// A record's fields, in the order of [`COLUMNS`], as a document; `None` without text.
fn document_of(mut fields: Vec<Option<String>>, place: String) -> Option<Document> {
    let mut take = |index: usize| fields.get_mut(index).and_then(Option::take).filter(|v| !v.is_empty());
    Some(Document {
        text: take(0)?,
        id: take(1),
        title: take(2),
        author: take(3),
        url: take(4),
        domain: take(5),
        language: take(6),
        created: take(7),
        added: take(8),
        place,
    })
}

/// A slice's documents as one batch.
///
/// # Errors
/// Never in practice.
pub(super) fn batch_of(
    source: &Source,
    origin: &Origin,
    content: Content,
    problems: &mut Vec<Problem>,
    outcome: &mut Outcome,
) -> Result<RecordBatch> {
    let mut builder = DocumentBuilder::new(origin.clone());
    // Ids of rows without one: the file's name and their place in it; a name that is too long by its hash.
    let stem = match origin.file.replace(['/', '$'], ".") {
        long if long.len() + source.id.len() > 90 => blake3::hash(long.as_bytes()).to_hex()[..32].to_owned(),
        name => name.trim_start_matches('.').to_owned(),
    };
    let mut push = |mut document: Document, number: u64| {
        outcome.records += 1;
        let given = document.id.take().filter(|id| !id.is_empty());
        let id = given.unwrap_or_else(|| format!("{}-{stem}-{number}", source.id));
        let id = match DocumentId::new(id.as_str()) {
            Ok(id) => id,
            Err(why) => {
                problems.push(line_problem(codes::BAD_ID, number, format!("the id {id:?} {why}; left out")));
                return;
            }
        };
        document.language = document.language.or_else(|| source.language.clone());
        document.domain = document.domain.or_else(|| source.domain.clone());
        document.created = document.created.or_else(|| source.created.clone());
        builder.push(&id, &document);
    };
    match content {
        Content::Documents(documents) => documents.into_iter().for_each(|(d, n)| push(d, n)),
        Content::Lines(chunk) => {
            let names = column_names(source);
            let wanted: Vec<&str> = names.iter().map(String::as_str).collect();
            let mut bad = Vec::new();
            for line in chunk.lines().filter(|l| !l.bytes.trim_ascii().is_empty()) {
                match jsonl::fields(line.bytes, &wanted) {
                    Err(message) => {
                        let message = format!("{message}; left out");
                        bad.push(line_problem(sprog_formats::codes::BAD_RECORD, line.number, message));
                    }
                    Ok(fields) => match document_of(fields, format!("line {}", line.number)) {
                        None => bad.push(no_text(&names, line.number)),
                        Some(document) => push(document, line.number),
                    },
                }
            }
            outcome.records += bad.len() as u64;
            problems.append(&mut bad);
        }
    }
    builder.finish()
}
