//! Rows of the text and speech tables, and the builders that turn them into Arrow batches.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BinaryBuilder, BooleanBuilder, FixedSizeBinaryBuilder, Float32Builder, Int32Builder,
    Int64Builder, ListBuilder, RecordBatch, StringArray, StringBuilder, StructArray,
};
use arrow::datatypes::{DataType, Fields, SchemaRef};

use crate::id::{DocumentId, RecordingId, SegmentId, SpeakerId};
use crate::schema::{self, GENDERS};
use crate::split::{KeyHash, key_hash};
use crate::{Error, Result};

/// A text of a corpus with what is known of it. Absent values are `None`, never empty strings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// The id that the source gives, if any, unchecked.
    pub id: Option<String>,
    /// The text.
    pub text: String,
    /// When it was added to the dataset, `2026-11-01`.
    pub added: Option<String>,
    /// When it was written, a day or a range `1900-01-01, 1999-12-31`.
    pub created: Option<String>,
    /// Where it is published.
    pub url: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Author.
    pub author: Option<String>,
    /// Domain of use.
    pub domain: Option<String>,
    /// BCP 47 language tag.
    pub language: Option<String>,
    /// Where in the source file it stands.
    pub place: String,
}

/// What all rows of one file share.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Origin {
    /// The source's id in the recipe.
    pub source: String,
    /// Its licence, an SPDX expression.
    pub license: String,
    /// The file, relative to the recipe, with `/`; utterances name their own.
    pub file: String,
    /// Names of the steps that the rows go through, joined by `; `.
    pub steps: String,
}

/// A supervised interval of a recording, half-open, in samples a channel at the recording's own rate.
#[doc(alias = "supervision")]
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// What it was cut from.
    pub recording: RecordingId,
    /// First sample.
    pub start: u64,
    /// The sample after the last one.
    pub end: u64,
    /// The recording's samples a second.
    pub sampling_rate: u32,
}

impl Segment {
    /// Where it starts in the recording, in seconds.
    pub fn start_seconds(&self) -> f64 {
        self.seconds(self.start)
    }

    /// Its length in seconds.
    pub fn duration_seconds(&self) -> f64 {
        self.seconds(self.end.saturating_sub(self.start))
    }

    fn seconds(&self, samples: u64) -> f64 {
        samples as f64 / f64::from(self.sampling_rate.max(1))
    }
}

/// A segment with its audio: a row of the speech table.
#[derive(Clone, Debug, PartialEq)]
pub struct Utterance {
    /// Unique in its config.
    pub id: SegmentId,
    /// Where it is in its recording.
    pub segment: Segment,
    /// The audio as it will be published, an encoded file.
    pub audio: Vec<u8>,
    /// The audio's file name.
    pub path: String,
    /// Transcript.
    pub text: Option<String>,
    /// Transcript with hesitations and repairs.
    pub text_verbatim: Option<String>,
    /// Transcript in the form that training wants.
    pub normalized: Option<String>,
    /// The speaker, unique over all sources of the dataset.
    pub speaker_id: Option<SpeakerId>,
    /// `female`, `male` or `other`.
    pub gender: Option<String>,
    /// Such as `30-39` or `thirties`.
    pub age_group: Option<String>,
    /// Dialect or region.
    pub dialect: Option<String>,
    /// Of the published audio, Hz.
    pub sampling_rate: u32,
    /// Measured on the source audio.
    pub quality: SpeechQuality,
    /// Hash of the decoded source samples: what exact duplicates share.
    pub samples_hash: KeyHash,
    /// Log-mel frames, row by row, and the number of bands.
    pub log_mel: Option<(Vec<f32>, usize)>,
}

impl Utterance {
    /// An utterance of which nothing is known yet but its id: a recording of its own.
    pub fn new(id: SegmentId) -> Utterance {
        Utterance {
            segment: Segment { recording: id.clone().into(), start: 0, end: 0, sampling_rate: 0 },
            id,
            audio: Vec::new(),
            path: String::new(),
            text: None,
            text_verbatim: None,
            normalized: None,
            speaker_id: None,
            gender: None,
            age_group: None,
            dialect: None,
            sampling_rate: 0,
            quality: SpeechQuality::default(),
            samples_hash: KeyHash::default(),
            log_mel: None,
        }
    }
}

/// Levels and plausibility of an utterance; see [`sprog_speech::levels::Levels`].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SpeechQuality {
    /// Levels of the source audio.
    pub levels: Option<sprog_speech::levels::Levels>,
    /// Integrated loudness, LUFS.
    pub loudness_lufs: Option<f64>,
    /// Characters of transcript a second of audio.
    pub characters_per_second: Option<f32>,
    /// Problems that the decoder met.
    pub problems: i32,
}

/// Builds batches of the text table with the build's own columns.
pub struct DocumentBuilder {
    origin: Origin,
    strings: Vec<StringBuilder>,
    places: StringBuilder,
    rows: usize,
}

/// Utf8 columns of the text table that come from a [`Document`], in schema order.
const DOCUMENT_STRINGS: [&str; 11] =
    ["id", "text", "source", "added", "created", "license", "url", "title", "author", "domain", "language"];

impl DocumentBuilder {
    /// For rows of one file.
    pub fn new(origin: Origin) -> Self {
        let strings = DOCUMENT_STRINGS.iter().map(|_| StringBuilder::new()).collect();
        DocumentBuilder { origin, strings, places: StringBuilder::new(), rows: 0 }
    }

    /// Rows so far.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Adds a row under its id, which the document's own need not be.
    pub fn push(&mut self, id: &DocumentId, document: &Document) {
        let values = [
            Some(id.as_str()),
            Some(document.text.as_str()),
            Some(self.origin.source.as_str()),
            document.added.as_deref(),
            document.created.as_deref(),
            Some(self.origin.license.as_str()),
            document.url.as_deref(),
            document.title.as_deref(),
            document.author.as_deref(),
            document.domain.as_deref(),
            document.language.as_deref(),
        ];
        for (builder, value) in self.strings.iter_mut().zip(values) {
            builder.append_option(value);
        }
        self.places.append_value(&document.place);
        self.rows += 1;
    }

    /// The batch; the builder is empty again.
    ///
    /// # Errors
    /// Never in practice: the columns are of one length.
    pub fn finish(&mut self) -> Result<RecordBatch> {
        let rows = std::mem::take(&mut self.rows);
        let mut columns: Vec<ArrayRef> =
            self.strings.iter_mut().map(|b| Arc::new(b.finish()) as ArrayRef).collect();
        let texts = columns[1].clone();
        let measured = measure_texts(as_strings(&texts)?);
        // token_count stands between `created` and `license`.
        columns.insert(5, measured.token_count);
        columns.push(Arc::new(arrow::array::new_null_array(&DataType::Float32, rows)));
        columns.push(measured.quality);
        columns.push(provenance(
            repeated(&self.origin.file, rows),
            self.places.finish(),
            &self.origin.steps,
        )?);
        let schema = schema::with_build_columns(&schema::text());
        columns.extend(build_columns(&measured.hash, &measured.hash, &measured.bytes)?);
        RecordBatch::try_new(schema, columns).map_err(|e| Error::Invalid(e.to_string()))
    }
}

fn repeated(value: &str, rows: usize) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(std::iter::repeat_n(value, rows)))
}

fn provenance(files: ArrayRef, places: StringArray, steps: &str) -> Result<ArrayRef> {
    let DataType::Struct(fields) =
        schema::text().field_with_name("provenance").map_err(invalid)?.data_type().clone()
    else {
        return Err(Error::Invalid("provenance is a struct".into()));
    };
    let columns = vec![files.clone(), Arc::new(places), repeated(steps, files.len())];
    Ok(Arc::new(StructArray::try_new(fields, columns, None).map_err(invalid)?))
}

fn invalid(e: impl std::fmt::Display) -> Error {
    Error::Invalid(e.to_string())
}

fn build_columns(hash: &[KeyHash], split_key: &[KeyHash], bytes: &[i64]) -> Result<[ArrayRef; 3]> {
    let fixed = |keys: &[KeyHash]| -> Result<ArrayRef> {
        let mut builder = FixedSizeBinaryBuilder::with_capacity(keys.len(), 16);
        for key in keys {
            builder.append_value(key).map_err(invalid)?;
        }
        Ok(Arc::new(builder.finish()))
    };
    Ok([fixed(hash)?, fixed(split_key)?, Arc::new(arrow::array::Int64Array::from(bytes.to_vec()))])
}

struct Measured {
    token_count: ArrayRef,
    quality: ArrayRef,
    hash: Vec<KeyHash>,
    bytes: Vec<i64>,
}

fn measure_texts(texts: &StringArray) -> Measured {
    let rows = texts.len();
    let mut tokens = Int64Builder::with_capacity(rows);
    let mut characters = Int64Builder::with_capacity(rows);
    let mut garbled = BooleanBuilder::with_capacity(rows);
    let (mut hash, mut bytes) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
    for row in 0..rows {
        let text = if texts.is_null(row) { "" } else { texts.value(row) };
        tokens.append_value(sprog_text::count_words(text) as i64);
        characters.append_value(text.chars().count() as i64);
        garbled.append_value(sprog_text::repair::first_garbled(text).is_some());
        hash.push(key_hash(text.as_bytes()));
        bytes.push(text.len() as i64);
    }
    let columns: Vec<ArrayRef> = vec![Arc::new(characters.finish()), Arc::new(garbled.finish())];
    let quality = StructArray::new(schema::text_quality(), columns, None);
    Measured { token_count: Arc::new(tokens.finish()), quality: Arc::new(quality), hash, bytes }
}

/// The text column of a batch.
pub(crate) fn as_strings(column: &ArrayRef) -> Result<&StringArray> {
    column.as_any().downcast_ref().ok_or_else(|| Error::Invalid("expected a Utf8 column".into()))
}

/// Puts changed texts into a batch of the text or speech table and measures them anew: token count,
/// quality, the hash for duplicates, payload size.
///
/// # Errors
/// [`Error::Invalid`] when `texts` is not of the batch's length.
pub fn replace_text(batch: &RecordBatch, texts: StringArray) -> Result<RecordBatch> {
    let schema = batch.schema();
    let mut columns = batch.columns().to_vec();
    if schema.index_of("audio").is_err() {
        let measured = measure_texts(&texts);
        let [hash, split_key, bytes] = build_columns(&measured.hash, &measured.hash, &measured.bytes)?;
        for (name, column) in [
            ("token_count", measured.token_count),
            ("quality", measured.quality),
            ("__hash", hash),
            ("__split_key", split_key),
            ("__bytes", bytes),
        ] {
            columns[schema.index_of(name).map_err(invalid)?] = column;
        }
    }
    columns[schema.index_of("text").map_err(invalid)?] = Arc::new(texts);
    RecordBatch::try_new(schema, columns).map_err(invalid)
}

/// Builds batches of the speech table with the build's own columns.
pub struct UtteranceBuilder {
    origin: Origin,
    schema: SchemaRef,
    rows: Vec<Utterance>,
    files: StringBuilder,
    places: StringBuilder,
}

impl UtteranceBuilder {
    /// For rows of one source; `log_mel` when the rows carry it.
    pub fn new(origin: Origin, log_mel: bool) -> Self {
        let schema = schema::with_build_columns(&schema::speech(log_mel));
        UtteranceBuilder {
            origin,
            schema,
            rows: Vec::new(),
            files: StringBuilder::new(),
            places: StringBuilder::new(),
        }
    }

    /// Adds a row; `file` is its recording, `place` where its transcript stands.
    pub fn push(&mut self, utterance: Utterance, file: &str, place: &str) {
        self.rows.push(utterance);
        self.files.append_value(file);
        self.places.append_value(place);
    }

    /// Rows so far.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The batch; the builder is empty again.
    ///
    /// # Errors
    /// Never in practice: the columns are of one length.
    pub fn finish(&mut self) -> Result<RecordBatch> {
        let rows = std::mem::take(&mut self.rows);
        let strings = |get: &dyn Fn(&Utterance) -> Option<&str>| -> ArrayRef {
            Arc::new(rows.iter().map(get).collect::<StringArray>())
        };
        let mut bytes = BinaryBuilder::new();
        rows.iter().for_each(|r| bytes.append_value(&r.audio));
        let DataType::Struct(audio_fields) = self.schema.field(1).data_type().clone() else {
            return Err(Error::Invalid("audio is a struct".into()));
        };
        let path = strings(&|r| Some(&r.path));
        let audio = StructArray::try_new(audio_fields, vec![Arc::new(bytes.finish()), path], None)
            .map_err(invalid)?;
        let gender: arrow::array::Int64Array = rows
            .iter()
            .map(|r| GENDERS.iter().position(|g| Some(*g) == r.gender.as_deref()).map(|i| i as i64))
            .collect();
        let duration: arrow::array::Float64Array =
            rows.iter().map(|r| Some(r.segment.duration_seconds())).collect();
        let rate: arrow::array::Int32Array =
            rows.iter().map(|r| i32::try_from(r.sampling_rate).ok()).collect();
        let start: arrow::array::Float64Array =
            rows.iter().map(|r| Some(r.segment.start_seconds())).collect();
        let words_type = self.schema.field_with_name("words").map_err(invalid)?.data_type();
        let mut columns: Vec<ArrayRef> = vec![
            strings(&|r| Some(r.id.as_str())),
            Arc::new(audio),
            strings(&|r| r.text.as_deref()),
            strings(&|r| r.text_verbatim.as_deref()),
            strings(&|r| r.normalized.as_deref()),
            strings(&|r| r.speaker_id.as_ref().map(SpeakerId::as_str)),
            Arc::new(gender),
            strings(&|r| r.age_group.as_deref()),
            strings(&|r| r.dialect.as_deref()),
            Arc::new(duration),
            Arc::new(rate),
            arrow::array::new_null_array(words_type, rows.len()),
            strings(&|r| Some(r.segment.recording.as_str())),
            Arc::new(start),
            speech_quality(&rows),
            repeated(&self.origin.source, rows.len()),
            repeated(&self.origin.license, rows.len()),
            provenance(Arc::new(self.files.finish()), self.places.finish(), &self.origin.steps)?,
        ];
        if self.schema.index_of("log_mel").is_ok() {
            columns.push(log_mel_column(&rows));
        }
        let hash: Vec<KeyHash> = rows.iter().map(|r| r.samples_hash).collect();
        // Where no speaker is known the recording is the key: its cuts must stay together.
        let key = |r: &Utterance| {
            let recording = r.segment.recording.as_str();
            key_hash(r.speaker_id.as_ref().map_or(recording, SpeakerId::as_str).as_bytes())
        };
        let split_key: Vec<KeyHash> = rows.iter().map(key).collect();
        let size: Vec<i64> = rows
            .iter()
            .map(|r| (r.audio.len() + r.log_mel.as_ref().map_or(0, |(v, _)| v.len() * 4)) as i64)
            .collect();
        columns.extend(build_columns(&hash, &split_key, &size)?);
        RecordBatch::try_new(self.schema.clone(), columns).map_err(invalid)
    }
}

fn speech_quality(rows: &[Utterance]) -> ArrayRef {
    let fields: Fields = schema::speech_quality();
    let mut floats: Vec<Float32Builder> = (0..7).map(|_| Float32Builder::new()).collect();
    let mut problems = Int32Builder::new();
    for row in rows {
        let q = &row.quality;
        let level = |get: fn(&sprog_speech::levels::Levels) -> f32| q.levels.as_ref().map(get);
        let values = [
            level(|l| l.peak),
            level(|l| l.rms_db),
            level(|l| l.clipping_share),
            level(|l| l.silence_share),
            level(|l| l.dc),
            q.loudness_lufs.map(|v| v as f32),
            q.characters_per_second,
        ];
        for (builder, value) in floats.iter_mut().zip(values) {
            builder.append_option(value);
        }
        problems.append_value(q.problems);
    }
    let mut columns: Vec<ArrayRef> = floats.iter_mut().map(|b| Arc::new(b.finish()) as ArrayRef).collect();
    columns.push(Arc::new(problems.finish()));
    Arc::new(StructArray::new(fields, columns, None))
}

fn log_mel_column(rows: &[Utterance]) -> ArrayRef {
    let inner =
        ListBuilder::new(Float32Builder::new()).with_field(schema::field("element", DataType::Float32));
    let frame_type = schema::list_of(DataType::Float32);
    let mut builder = ListBuilder::new(inner).with_field(schema::field("element", frame_type));
    for row in rows {
        match &row.log_mel {
            None => builder.append_null(),
            Some((values, bands)) => {
                for frame in values.chunks_exact((*bands).max(1)) {
                    builder.values().values().append_slice(frame);
                    builder.values().append(true);
                }
                builder.append(true);
            }
        }
    }
    Arc::new(builder.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_become_rows_of_the_text_schema() {
        let origin = Origin {
            source: "s".into(),
            license: "CC0-1.0".into(),
            file: "a.jsonl".into(),
            steps: "normalize".into(),
        };
        let mut builder = DocumentBuilder::new(origin);
        for (id, text) in [("1", "Rødgrød med fløde"), ("2", "pÃ¥")] {
            let id = DocumentId::new(id).expect("an id");
            builder.push(&id, &Document { text: text.into(), ..Document::default() });
        }
        let batch = builder.finish().expect("builds");
        assert_eq!(schema::published(&batch.schema()), schema::text());
        let column = |name: &str| batch.column_by_name(name).expect("column").clone();
        assert_eq!(as_strings(&column("license")).expect("strings").value(1), "CC0-1.0");
        let tokens = column("token_count");
        assert_eq!(tokens.as_any().downcast_ref::<arrow::array::Int64Array>().expect("ints").value(0), 3);
        let changed =
            replace_text(&batch, StringArray::from(vec!["en to tre fire", "på"])).expect("replaces");
        let tokens = changed.column_by_name("token_count").expect("column").clone();
        assert_eq!(tokens.as_any().downcast_ref::<arrow::array::Int64Array>().expect("ints").value(0), 4);
        assert_ne!(batch.column_by_name("__hash"), changed.column_by_name("__hash"));
    }

    #[test]
    fn utterances_become_rows_of_the_speech_schema() {
        let mut builder = UtteranceBuilder::new(Origin::default(), true);
        let id = |id: &str| SegmentId::new(id).expect("an id");
        let segment =
            Segment { recording: id("r1").into(), start: 8_000, end: 24_000, sampling_rate: 16_000 };
        let row = Utterance {
            segment,
            audio: vec![1, 2, 3],
            gender: Some("male".into()),
            log_mel: Some((vec![0.0, 1.0, 2.0, 3.0], 2)),
            ..Utterance::new(id("c1"))
        };
        builder.push(row, "a.wav", "line 2");
        let row = Utterance { gender: Some("ukendt".into()), ..Utterance::new(id("c2")) };
        builder.push(row, "b.wav", "line 3");
        let batch = builder.finish().expect("builds");
        assert_eq!(schema::published(&batch.schema()), schema::speech(true));
        let gender = batch.column_by_name("gender").expect("column");
        let gender = gender.as_any().downcast_ref::<arrow::array::Int64Array>().expect("ints");
        assert_eq!((gender.value(0), gender.is_null(1)), (1, true));
        let seconds = |name: &str| {
            let column = batch.column_by_name(name).expect("column");
            column.as_any().downcast_ref::<arrow::array::Float64Array>().expect("floats").value(0)
        };
        assert_eq!((seconds("start"), seconds("duration")), (0.5, 1.0));
    }
}
