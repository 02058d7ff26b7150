//! The second pass: what is kept, as it stood, and the list of what is not.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{BooleanArray, Float32Array, Int64Array, RecordBatch, StringArray};
use arrow::compute::filter_record_batch;
use arrow::datatypes::{DataType, Field, Schema};
use serde_json::value::RawValue;
use sprog_datasets::extsort::{Sorted, Sorter};
use sprog_datasets::table::{TableFile, write_published, write_rows};
use sprog_datasets::{Error, Result, durable, gate};
use sprog_text::dedup::{cuts_to_bytes, match_tokens, without};

use super::input::{Block, Content, Kind, place, without_bom};
use super::{Deduplicated, Run, limits};
use crate::lines::CodePoints;

/// key, what, first and last token, kept key, score.
const DECISION: usize = 8 + 1 + 8 + 8 + 4;
/// Rows of a batch of `removed.parquet`.
const BATCH: usize = 8192;
/// The list of what is not kept, and what is kept, in the scratch folder until all is there.
pub(super) const REMOVED_FILE: &str = "removed.parquet";
pub(super) const KEPT: &str = "kept";
const BAD: u8 = 0;
const REMOVED: u8 = 1;
const CUT: u8 = 2;

/// What becomes of a document that is not simply kept.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Decision {
    key: u64,
    what: u8,
    tokens: Range<u32>,
    kept: u64,
    score: f32,
}

impl Decision {
    /// It cannot be read.
    pub(super) fn bad(key: u64) -> Decision {
        Decision { key, what: BAD, tokens: 0..0, kept: 0, score: 0.0 }
    }

    /// It goes, and `kept` stays in its place; `score` is how alike they are, 0 to 1.
    pub(super) fn removed(key: u64, kept: u64, score: f32) -> Decision {
        Decision { key, what: REMOVED, tokens: 0..0, kept, score }
    }

    /// Some tokens of it go, which stand in another document, or before, as well.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a document of more than 2³² tokens.
    pub(super) fn cut(cut: &super::Cut) -> Result<Decision> {
        let token = |n: u64| u32::try_from(n).map_err(|_| Error::Invalid("a text of 2^32 tokens".into()));
        let tokens = token(cut.tokens.start)?..token(cut.tokens.end)?;
        Ok(Decision { key: cut.document, what: CUT, tokens, kept: cut.kept_document, score: f32::NAN })
    }
}

/// Decisions, sorted outside memory.
pub(super) struct Decisions {
    sorter: Sorter<DECISION>,
    heads: Sorter<8>,
}

impl Decisions {
    pub(super) fn new(scratch: &Path, memory: usize) -> Decisions {
        Decisions { sorter: Sorter::new(scratch, memory / 2), heads: Sorter::new(scratch, memory / 4) }
    }

    pub(super) fn push(&mut self, decision: &Decision) -> Result<()> {
        let mut record = [0; DECISION];
        record[..8].copy_from_slice(&decision.key.to_be_bytes());
        record[8] = decision.what;
        record[9..13].copy_from_slice(&decision.tokens.start.to_be_bytes());
        record[13..17].copy_from_slice(&decision.tokens.end.to_be_bytes());
        record[17..25].copy_from_slice(&decision.kept.to_be_bytes());
        record[25..].copy_from_slice(&decision.score.to_bits().to_be_bytes());
        if decision.what != BAD {
            self.heads.push(decision.kept.to_be_bytes())?;
        }
        self.sorter.push(record)
    }
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |n, b| n << 8 | u64::from(*b))
}

/// Walks along sorted decisions beside the documents.
struct Walk {
    sorted: Sorted<DECISION>,
    next: Option<Decision>,
    heads: Sorted<8>,
    head: Option<u64>,
}

impl Walk {
    fn new(decisions: Decisions) -> Result<Walk> {
        let (sorted, heads) = (decisions.sorter.finish()?, decisions.heads.finish()?);
        let mut walk = Walk { sorted, next: None, heads, head: None };
        walk.advance()?;
        walk.head = walk.heads.next().transpose()?.map(|key| number(&key));
        Ok(walk)
    }

    fn advance(&mut self) -> Result<()> {
        self.next = self.sorted.next().transpose()?.map(|record| Decision {
            key: number(&record[..8]),
            what: record[8],
            tokens: number(&record[9..13]) as u32..number(&record[13..17]) as u32,
            kept: number(&record[17..25]),
            score: f32::from_bits(number(&record[25..]) as u32),
        });
        Ok(())
    }

    /// What becomes of a document; keys come in rising order.
    fn of(&mut self, key: u64) -> Result<Vec<Decision>> {
        let mut out = Vec::new();
        while let Some(next) = self.next.take_if(|next| next.key <= key) {
            if next.key == key {
                out.push(next);
            }
            self.advance()?;
        }
        Ok(out)
    }

    /// Whether another document goes in favour of this one.
    fn is_head(&mut self, key: u64) -> Result<bool> {
        while self.head.is_some_and(|head| head < key) {
            self.head = self.heads.next().transpose()?.map(|key| number(&key));
        }
        Ok(self.head == Some(key))
    }
}

/// Ids of documents on disk, found again by their keys.
struct Ids<'r> {
    run: &'r Run<'r>,
    file: BufWriter<File>,
    written: u64,
    at: BTreeMap<u64, (u64, u32)>,
}

impl Ids<'_> {
    fn of(&self, key: u64, id: Option<&str>) -> String {
        match id.filter(|id| !id.is_empty()) {
            Some(id) => gate::mask(id),
            None => {
                let (file, number) = place(key);
                format!("{}:{number}", self.run.name(file))
            }
        }
    }

    fn add(&mut self, key: u64, id: Option<&str>) -> Result<()> {
        let id = self.of(key, id);
        self.file.write_all(id.as_bytes()).map_err(Error::io(self.run.scratch))?;
        self.at.insert(key, (self.written, id.len() as u32));
        self.written += id.len() as u64;
        Ok(())
    }
}

/// Removed documents and passages, to be listed once the ids of all that stay are known: id length, id,
/// kept key, first and last code point of a passage, score.
struct Gone {
    file: BufWriter<File>,
    count: u64,
}

/// Bytes of the numbers behind an id.
const NUMBERS: usize = 8 + 8 + 8 + 4;
/// The end of what is no passage but a whole document.
const WHOLE: u64 = u64::MAX;

impl Gone {
    fn push(&mut self, id: &str, decision: &Decision, passage: Option<Range<u64>>) -> std::io::Result<()> {
        let passage = passage.unwrap_or(0..WHOLE);
        let mut record = Vec::with_capacity(id.len() + 4 + NUMBERS);
        record.extend((id.len() as u32).to_be_bytes());
        record.extend(id.as_bytes());
        for number in [decision.kept, passage.start, passage.end] {
            record.extend(number.to_be_bytes());
        }
        record.extend(decision.score.to_bits().to_be_bytes());
        self.count += 1;
        self.file.write_all(&record)
    }
}

/// Writes `kept.*` and `removed.parquet`.
pub(super) fn write(run: &Run<'_>, decisions: Decisions) -> Result<Deduplicated> {
    let total = run.inputs.iter().map(|i| i.bytes).sum();
    run.progress.stage("write", Some(total));
    let unnamed = || tempfile::tempfile_in(run.scratch).map_err(Error::io(run.scratch));
    let mut pass = Pass {
        walk: Walk::new(decisions)?,
        ids: Ids { run, file: BufWriter::new(unnamed()?), written: 0, at: BTreeMap::new() },
        gone: Gone { file: BufWriter::new(unnamed()?), count: 0 },
        done: Deduplicated::default(),
    };
    let staged = run.scratch.join(KEPT);
    if run.inputs.first().is_some_and(|i| i.kind == Kind::Parquet) {
        write_table(run, &mut pass, &staged)?;
    } else {
        write_lines(run, &mut pass, &staged)?;
    }
    let Pass { ids, gone, done, .. } = pass;
    list_removed(run, ids, gone)?;
    Ok(done)
}

struct Pass<'r> {
    walk: Walk,
    ids: Ids<'r>,
    gone: Gone,
    done: Deduplicated,
}

/// What becomes of a document.
enum Verdict {
    Keep,
    Drop,
    /// Tokens that go.
    Cut(Vec<Decision>),
}

impl Pass<'_> {
    /// What becomes of a document. `id` is asked for only where it is needed.
    fn verdict(&mut self, key: u64, id: impl FnOnce() -> Option<String>) -> Result<Verdict> {
        let decisions = self.walk.of(key)?;
        let is_head = self.walk.is_head(key)?;
        let Some(first) = decisions.first() else {
            if is_head {
                self.ids.add(key, id().as_deref())?;
            }
            self.done.read += 1;
            self.done.kept += 1;
            return Ok(Verdict::Keep);
        };
        if first.what == BAD {
            return Ok(Verdict::Drop);
        }
        self.done.read += 1;
        let id = id();
        if is_head {
            self.ids.add(key, id.as_deref())?;
        }
        if first.what == CUT {
            return Ok(Verdict::Cut(decisions));
        }
        let id = self.ids.of(key, id.as_deref());
        self.gone.push(&id, first, None).map_err(Error::io(self.ids.run.scratch))?;
        self.done.removed += 1;
        Ok(Verdict::Drop)
    }

    /// A text without the tokens that go; `None` where nothing is left.
    fn cut(&mut self, id: Option<&str>, text: &str, cuts: &[Decision]) -> Result<Option<String>> {
        let tokens: Vec<Range<usize>> = match_tokens(text).map(|token| token.range).collect();
        let mut points = CodePoints::new(text);
        for cut in cuts {
            let id = self.ids.of(cut.key, id);
            let (first, last) = (cut.tokens.start as usize, (cut.tokens.end as usize).saturating_sub(1));
            let (Some(first), Some(last)) = (tokens.get(first), tokens.get(last)) else { continue };
            let passage = points.at(first.start) as u64..points.at(last.end) as u64;
            self.gone.push(&id, cut, Some(passage)).map_err(Error::io(self.ids.run.scratch))?;
        }
        let units: Vec<Range<usize>> =
            cuts.iter().map(|cut| cut.tokens.start as usize..cut.tokens.end as usize).collect();
        let left = without(text, &cuts_to_bytes(text, &units));
        if left.trim().is_empty() {
            self.done.removed += 1;
            if let Some(first) = cuts.first() {
                let id = self.ids.of(first.key, id);
                self.gone.push(&id, first, None).map_err(Error::io(self.ids.run.scratch))?;
            }
            return Ok(None);
        }
        self.done.kept += 1;
        self.done.changed += 1;
        Ok(Some(left))
    }
}

/// The string `text` of a line of JSON as it stands there; of several the last, as readers take it.
pub(super) fn value_of_text(line: &[u8]) -> Option<&str> {
    struct Last;
    impl<'de> serde::de::Visitor<'de> for Last {
        type Value = Option<&'de RawValue>;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a JSON object")
        }
        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut last = None;
            while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
                let value = map.next_value()?;
                if key == "text" {
                    last = Some(value);
                }
            }
            Ok(last)
        }
    }
    let mut deserializer = serde_json::Deserializer::from_slice(line);
    let value = serde::Deserializer::deserialize_map(&mut deserializer, Last).ok()??.get();
    value.starts_with('"').then_some(value)
}

/// A line of JSON with another value of `text`, and all else as it stands.
fn with_text(line: &[u8], text: &str) -> Option<Vec<u8>> {
    let old = value_of_text(line)?;
    let line = std::str::from_utf8(line).ok()?;
    // The value is a part of the line: where it lies tells what is around it.
    let start = (old.as_ptr() as usize).checked_sub(line.as_ptr() as usize)?;
    let (before, after) = (line.get(..start)?, line.get(start + old.len()..)?);
    Some([before, &serde_json::to_string(text).ok()?, after].concat().into_bytes())
}

fn write_lines(run: &Run<'_>, pass: &mut Pass<'_>, staged: &Path) -> Result<()> {
    durable::write_atomic(staged, |out| {
        let compressed = run.inputs.iter().any(|i| i.compressed);
        if !compressed {
            return copy_lines(run, pass, out);
        }
        let mut encoder = zstd::stream::write::Encoder::new(out, 3).map_err(Error::io(staged))?;
        copy_lines(run, pass, &mut encoder)?;
        encoder.finish().map(drop).map_err(Error::io(staged))
    })
}

fn copy_lines(run: &Run<'_>, pass: &mut Pass<'_>, out: &mut impl Write) -> Result<()> {
    for (file, input) in (0u16..).zip(&run.inputs) {
        let mut copy = |block: Block| -> Result<()> {
            let Content::Lines { kind, chunk } = &block.content else { return Ok(()) };
            for (number, whole) in (chunk.first_line..).zip(chunk.bytes.split_inclusive(|b| *b == b'\n')) {
                let bytes = whole.strip_suffix(b"\n").unwrap_or(whole);
                let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
                // A line keeps its ending; the last of a file gets one if it has none.
                let ending = if bytes.len() == whole.len() { b"\n" } else { &whole[bytes.len()..] };
                let mut put = |bytes: &[u8]| {
                    out.write_all(bytes).and_then(|()| out.write_all(ending)).map_err(Error::io("kept"))
                };
                if bytes.trim_ascii().is_empty() {
                    // Of a text file blank lines stay; in JSON Lines they are nothing.
                    if *kind == Kind::Lines {
                        put(bytes)?;
                    }
                    continue;
                }
                let json = without_bom(bytes);
                let id = || match kind {
                    Kind::Jsonl => sprog_formats::text::jsonl::fields(json, &["id"]).ok()?.pop()?,
                    _ => None,
                };
                let key = super::input::key(file, number);
                match pass.verdict(key, id)? {
                    Verdict::Keep => put(bytes)?,
                    Verdict::Drop => {}
                    Verdict::Cut(cuts) if *kind == Kind::Jsonl => {
                        let mut fields =
                            sprog_formats::text::jsonl::fields(json, &["id", "text"]).unwrap_or_default();
                        let text = fields.pop().flatten().unwrap_or_default();
                        let id = fields.pop().flatten();
                        if let Some(left) = pass.cut(id.as_deref(), &text, &cuts)? {
                            let changed = with_text(json, &left);
                            put(&changed.ok_or_else(|| Error::Invalid("a line without `text`".into()))?)?;
                        }
                    }
                    Verdict::Cut(cuts) => {
                        let text = String::from_utf8_lossy(bytes);
                        if let Some(left) = pass.cut(None, &text, &cuts)? {
                            put(left.as_bytes())?;
                        }
                    }
                }
            }
            Ok(())
        };
        // What is wrong with the file was told by the first pass.
        input.blocks(file, &limits(), &mut copy)?;
        run.progress.advance(input.bytes);
    }
    Ok(())
}

fn write_table(run: &Run<'_>, pass: &mut Pass<'_>, staged: &Path) -> Result<()> {
    let Some(first) = run.inputs.first() else { return Ok(()) };
    let schema = TableFile::open(&first.path)?.schema().clone();
    for input in &run.inputs {
        if TableFile::open(&input.path)?.schema().fields() != schema.fields() {
            let message = format!("{}: other columns than {}", input.path.display(), first.path.display());
            return Err(Error::Invalid(message));
        }
    }
    // Each is opened as the one before it has been read.
    let batches = (0u16..).zip(&run.inputs).flat_map(|(file, input)| {
        let mut first = 1u64;
        let read = TableFile::open(&input.path).and_then(|table| table.read(&[], None));
        let (batches, failed) = match read {
            Ok(batches) => (Some(batches), None),
            Err(e) => (None, Some(Err(e))),
        };
        let numbered = batches.into_iter().flatten().map(move |batch| {
            batch.map(|batch| {
                let from = first;
                first += batch.num_rows() as u64;
                (file, from, batch)
            })
        });
        numbered.chain(failed)
    });
    let kept = batches.map(|next| {
        let (file, first, batch) = next?;
        let ids = batch
            .column_by_name("id")
            .and_then(|c| arrow::compute::cast(c, &DataType::Utf8).ok())
            .and_then(|c| c.as_any().downcast_ref::<StringArray>().cloned());
        let mut keep = Vec::with_capacity(batch.num_rows());
        let mut changed: BTreeMap<usize, String> = BTreeMap::new();
        for row in 0..batch.num_rows() {
            let id = || crate::build::value(ids.as_ref()?, row).map(str::to_owned);
            let verdict = pass.verdict(super::input::key(file, first + row as u64), id)?;
            keep.push(!matches!(verdict, Verdict::Drop));
            if let Verdict::Cut(cuts) = verdict {
                let text = batch.column_by_name("text").and_then(super::input::as_text);
                let text = text.map(|texts| texts.value(row).to_owned()).unwrap_or_default();
                match pass.cut(id().as_deref(), &text, &cuts)? {
                    Some(left) => drop(changed.insert(row, left)),
                    None => drop(keep.pop().map(|_| keep.push(false))),
                }
            }
        }
        let batch = if changed.is_empty() { batch } else { with_texts(&batch, &changed)? };
        filter_record_batch(&batch, &BooleanArray::from(keep)).map_err(|e| Error::Invalid(e.to_string()))
    });
    write_rows(staged, &schema, kept)
}

/// The batch with other texts in some rows.
fn with_texts(batch: &RecordBatch, changed: &BTreeMap<usize, String>) -> Result<RecordBatch> {
    let invalid = |e: arrow::error::ArrowError| Error::Invalid(e.to_string());
    let schema = batch.schema();
    let at = schema.index_of("text").map_err(invalid)?;
    let old = super::input::as_text(batch.column(at)).ok_or_else(|| Error::Invalid("no text".into()))?;
    let new = (0..batch.num_rows())
        .map(|row| changed.get(&row).map(String::as_str).or_else(|| crate::build::value(&old, row)));
    let new: StringArray = new.collect();
    let mut columns = batch.columns().to_vec();
    columns[at] = arrow::compute::cast(&new, schema.field(at).data_type()).map_err(invalid)?;
    RecordBatch::try_new(schema, columns).map_err(invalid)
}

/// `removed.parquet`: id, kept_id, reason, score, and for passages start and end in code points.
fn list_removed(run: &Run<'_>, ids: Ids<'_>, gone: Gone) -> Result<()> {
    let io = || Error::io(run.scratch);
    let mut names = ids.file.into_inner().map_err(|e| io()(e.into_error()))?;
    let mut file = gone.file.into_inner().map_err(|e| io()(e.into_error()))?;
    file.seek(SeekFrom::Start(0)).map_err(io())?;
    let mut reader = BufReader::with_capacity(1 << 18, file);
    let field = |name: &str, data_type: DataType| Field::new(name, data_type, true);
    let schema = Arc::new(Schema::new(vec![
        field("id", DataType::Utf8),
        field("kept_id", DataType::Utf8),
        field("reason", DataType::Utf8),
        field("score", DataType::Float32),
        field("start", DataType::Int64),
        field("end", DataType::Int64),
    ]));
    let reason = format!("{} duplicate", run.options.method.name());
    let mut left = gone.count;
    let mut next = || -> Result<RecordBatch> {
        let rows = left.min(BATCH as u64);
        left -= rows;
        let (mut removed, mut kept, mut scores) = (Vec::new(), Vec::new(), Vec::new());
        let (mut starts, mut ends) = (Vec::new(), Vec::new());
        for _ in 0..rows {
            let mut length = [0; 4];
            reader.read_exact(&mut length).map_err(io())?;
            let mut rest = vec![0; u32::from_be_bytes(length) as usize + NUMBERS];
            reader.read_exact(&mut rest).map_err(io())?;
            let (id, numbers) = rest.split_at(rest.len() - NUMBERS);
            removed.push(String::from_utf8_lossy(id).into_owned());
            let (at, length) = ids.at.get(&number(&numbers[..8])).copied().unwrap_or_default();
            let mut name = vec![0; length as usize];
            names.seek(SeekFrom::Start(at)).and_then(|_| names.read_exact(&mut name)).map_err(io())?;
            kept.push(String::from_utf8_lossy(&name).into_owned());
            let score = f32::from_bits(number(&numbers[24..]) as u32);
            scores.push((!score.is_nan()).then_some(score));
            let (start, end) = (number(&numbers[8..16]), number(&numbers[16..24]));
            starts.push((end != WHOLE).then_some(start as i64));
            ends.push((end != WHOLE).then_some(end as i64));
        }
        let reasons = vec![reason.as_str(); removed.len()];
        RecordBatch::try_new(
            schema.clone(),
            vec![
                Arc::new(StringArray::from(removed)),
                Arc::new(StringArray::from(kept)),
                Arc::new(StringArray::from(reasons)),
                Arc::new(Float32Array::from(scores)),
                Arc::new(Int64Array::from(starts)),
                Arc::new(Int64Array::from(ends)),
            ],
        )
        .map_err(|e| Error::Invalid(e.to_string()))
    };
    let batches = (0..gone.count.div_ceil(BATCH as u64)).map(|_| next());
    write_published(&run.scratch.join(REMOVED_FILE), &schema, gone.count, batches, |_| {})
}
