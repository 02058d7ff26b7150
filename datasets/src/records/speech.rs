//! Rows of the speech table.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryBuilder, Float32Array, Float32Builder, Float64Builder, Int32Array, ListBuilder,
    RecordBatch, StringArray, StringBuilder, StructArray, StructBuilder,
};
use arrow::datatypes::{DataType, Fields, SchemaRef};

use sprog_speech::quality::Quality;

use super::{Origin, build_columns, invalid, provenance, repeated};
use crate::id::{RecordingId, SegmentId, SpeakerId};
use crate::schema::{self, GENDERS, SpeechColumns};
use crate::split::{KeyHash, key_hash};
use crate::{Error, Result};

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
    /// The words of the transcript in time, where they were aligned.
    pub words: Option<Vec<Word>>,
    /// Stretches of speech, half-open, in samples at [`Self::sampling_rate`].
    pub vad: Option<Vec<std::ops::Range<u64>>>,
    /// Feature frames, row by row, and the values of a frame.
    pub input_features: Option<(Vec<f32>, usize)>,
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
            words: None,
            vad: None,
            input_features: None,
        }
    }
}

/// A word of the transcript and when it is said.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    /// The word as the transcript has it.
    pub w: String,
    /// First sample, at the utterance's sampling rate; `None` where the word was not found.
    pub start: Option<u64>,
    /// The sample after the last one.
    pub end: Option<u64>,
    /// How sure it is that the word is said there, 0 to 1.
    pub score: Option<f32>,
    /// `ok`, `suspect` or `unaligned`.
    pub status: &'static str,
}

/// What is measured of an utterance before any step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SpeechQuality {
    /// Of the channel recorded best.
    pub measured: Option<Quality>,
    /// That channel, from 1, where there are several.
    pub channel: Option<i32>,
    /// Why that one.
    pub channel_reason: Option<String>,
    /// Characters of transcript a second of audio.
    pub characters_per_second: Option<f32>,
    /// Syllables of transcript a second of speech; of letters and digits where it has no Danish words.
    pub units_per_second: Option<f32>,
    /// Whether anyone speaks like that: `too_slow`, `slow`, `plausible`, `fast`, `too_fast`, `one_sided`, `empty`.
    pub pace: Option<String>,
    /// What a step `align` came to: `ok`, `suspect` or `refused`.
    pub alignment: Option<String>,
    /// Share of the words that it found without doubt.
    pub aligned_share: Option<f32>,
    /// Problems that the decoder met.
    pub problems: i32,
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
    /// For rows of one source, which have these columns beside the usual ones.
    pub fn new(origin: Origin, columns: SpeechColumns) -> Self {
        let schema = schema::with_build_columns(&schema::speech(columns));
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
            words_column(&rows)?,
            strings(&|r| Some(r.segment.recording.as_str())),
            Arc::new(start),
            speech_quality(&rows),
            repeated(&self.origin.source, rows.len()),
            repeated(&self.origin.license, rows.len()),
            provenance(Arc::new(self.files.finish()), self.places.finish(), &self.origin.steps)?,
        ];
        if self.schema.index_of("vad").is_ok() {
            columns.push(vad_column(&rows)?);
        }
        if self.schema.index_of("input_features").is_ok() {
            columns.push(features_column(&rows));
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
            .map(|r| (r.audio.len() + r.input_features.as_ref().map_or(0, |(v, _)| v.len() * 4)) as i64)
            .collect();
        columns.extend(build_columns(&hash, &split_key, &size)?);
        RecordBatch::try_new(self.schema.clone(), columns).map_err(invalid)
    }
}

fn speech_quality(rows: &[Utterance]) -> ArrayRef {
    let fields: Fields = schema::speech_quality();
    let floats = |get: &dyn Fn(&SpeechQuality) -> Option<f32>| -> ArrayRef {
        Arc::new(rows.iter().map(|row| get(&row.quality)).collect::<Float32Array>())
    };
    let integers = |get: &dyn Fn(&SpeechQuality) -> Option<i32>| -> ArrayRef {
        Arc::new(rows.iter().map(|row| get(&row.quality)).collect::<Int32Array>())
    };
    let strings = |get: &dyn Fn(&SpeechQuality) -> Option<&str>| -> ArrayRef {
        Arc::new(rows.iter().map(|row| get(&row.quality)).collect::<StringArray>())
    };
    let measured = |get: &dyn Fn(&Quality) -> Option<f64>| -> ArrayRef {
        floats(&|q| q.measured.as_ref().and_then(get).map(|value| value as f32))
    };
    let mut columns: Vec<ArrayRef> = MEASURED.iter().map(|(_, get)| measured(get)).collect();
    columns.extend([
        integers(&|q| q.measured.map(|m| i32::try_from(m.dropouts).unwrap_or(i32::MAX))),
        integers(&|q| q.channel),
        strings(&|q| q.channel_reason.as_deref()),
        floats(&|q| q.characters_per_second),
        floats(&|q| q.units_per_second),
        strings(&|q| q.pace.as_deref()),
        strings(&|q| q.alignment.as_deref()),
        floats(&|q| q.aligned_share),
        integers(&|q| Some(q.problems)),
    ]);
    Arc::new(StructArray::new(fields, columns, None))
}

/// A measurement's name and how it is had.
type Measurement = (&'static str, fn(&Quality) -> Option<f64>);

/// The numbers of `quality` that are measured on the audio alone; see [`Quality`] for what they are.
pub(crate) const MEASURED: [Measurement; 18] = [
    ("peak_db", |q| Some(q.peak_db)),
    ("true_peak_db", |q| Some(q.true_peak_db)),
    ("rms_db", |q| Some(q.rms_db)),
    ("dc_offset", |q| Some(q.dc_offset)),
    ("loudness_lufs", |q| q.loudness_lufs),
    ("loudness_range_lu", |q| q.loudness_range_lu),
    ("clipping_share", |q| Some(q.clipping_share)),
    ("flat_top_share", |q| Some(q.flat_top_share)),
    ("silence_share", |q| Some(q.silence_share)),
    ("speech_share", |q| Some(q.speech_share)),
    ("speech_s", |q| Some(q.speech_s)),
    ("speech_level_db", |q| q.speech_level_db),
    ("noise_level_db", |q| q.noise_level_db),
    ("snr_db", |q| q.snr_db),
    ("bandwidth_hz", |q| q.bandwidth_hz),
    ("hum_db", |q| q.hum_db),
    ("hum_share", |q| q.hum_share),
    ("dropout_share", |q| Some(q.dropout_share)),
];

/// Seconds of a sample of a row's audio.
fn seconds(row: &Utterance, sample: u64) -> f64 {
    sample as f64 / f64::from(row.sampling_rate.max(1))
}

/// A builder of a list of structs.
fn list_of_structs(list: &DataType) -> Result<ListBuilder<StructBuilder>> {
    let DataType::List(child) = list else { return Err(Error::Invalid("a list".into())) };
    let DataType::Struct(fields) = child.data_type() else { return Err(Error::Invalid("a struct".into())) };
    Ok(ListBuilder::new(StructBuilder::from_fields(fields.clone(), 0)).with_field(child.clone()))
}

/// The builder of a struct's field.
fn child<B: arrow::array::ArrayBuilder>(
    list: &mut ListBuilder<StructBuilder>,
    index: usize,
) -> Result<&mut B> {
    list.values().field_builder(index).ok_or_else(|| Error::Invalid(format!("field {index}")))
}

/// Builds the column `words`: for each row a list of words with seconds, score and status.
pub struct WordsBuilder(ListBuilder<StructBuilder>);

impl WordsBuilder {
    /// Without rows.
    ///
    /// # Errors
    /// Never in practice: the column's type is a list of structs.
    pub fn new() -> Result<WordsBuilder> {
        list_of_structs(&schema::words()).map(WordsBuilder)
    }

    /// Adds a word to the row under way; `times` are its start and end in seconds.
    ///
    /// # Errors
    /// Never in practice.
    pub fn word(
        &mut self,
        w: &str,
        times: [Option<f64>; 2],
        score: Option<f32>,
        status: Option<&str>,
    ) -> Result<()> {
        child::<StringBuilder>(&mut self.0, 0)?.append_value(w);
        for (index, time) in times.into_iter().enumerate() {
            child::<Float64Builder>(&mut self.0, 1 + index)?.append_option(time);
        }
        child::<Float32Builder>(&mut self.0, 3)?.append_option(score);
        child::<StringBuilder>(&mut self.0, 4)?.append_option(status);
        self.0.values().append(true);
        Ok(())
    }

    /// Ends the row; one that was not aligned is null.
    pub fn row(&mut self, aligned: bool) {
        self.0.append(aligned);
    }

    /// The column.
    pub fn finish(&mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}

fn words_column(rows: &[Utterance]) -> Result<ArrayRef> {
    let mut words = WordsBuilder::new()?;
    for row in rows {
        for word in row.words.iter().flatten() {
            let times = [word.start, word.end].map(|time| time.map(|t| seconds(row, t)));
            words.word(&word.w, times, word.score, Some(word.status))?;
        }
        words.row(row.words.is_some());
    }
    Ok(words.finish())
}

fn vad_column(rows: &[Utterance]) -> Result<ArrayRef> {
    let mut list = list_of_structs(&schema::intervals())?;
    for row in rows {
        for speech in row.vad.iter().flatten() {
            for (index, sample) in [speech.start, speech.end].into_iter().enumerate() {
                child::<Float64Builder>(&mut list, index)?.append_value(seconds(row, sample));
            }
            list.values().append(true);
        }
        list.append(row.vad.is_some());
    }
    Ok(Arc::new(list.finish()))
}

fn features_column(rows: &[Utterance]) -> ArrayRef {
    let inner =
        ListBuilder::new(Float32Builder::new()).with_field(schema::field("element", DataType::Float32));
    let frame_type = schema::list_of(DataType::Float32);
    let mut builder = ListBuilder::new(inner).with_field(schema::field("element", frame_type));
    for row in rows {
        match &row.input_features {
            None => builder.append_null(),
            Some((values, dim)) => {
                for frame in values.chunks_exact((*dim).max(1)) {
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
    use arrow::array::Array;

    use super::*;

    #[test]
    fn utterances_become_rows_of_the_speech_schema() {
        let all = SpeechColumns { vad: true, input_features: true };
        let mut builder = UtteranceBuilder::new(Origin::default(), all);
        let id = |id: &str| SegmentId::new(id).expect("an id");
        let segment =
            Segment { recording: id("r1").into(), start: 8_000, end: 24_000, sampling_rate: 16_000 };
        let row = Utterance {
            segment,
            audio: vec![1, 2, 3],
            gender: Some("male".into()),
            sampling_rate: 8_000,
            input_features: Some((vec![0.0, 1.0, 2.0, 3.0], 2)),
            words: Some(vec![Word {
                w: "hej".into(),
                start: Some(4_000),
                end: None,
                score: None,
                status: "suspect",
            }]),
            vad: Some(vec![0..400, 4_000..8_000]),
            ..Utterance::new(id("c1"))
        };
        builder.push(row, "a.wav", "line 2");
        let row = Utterance { gender: Some("ukendt".into()), ..Utterance::new(id("c2")) };
        builder.push(row, "b.wav", "line 3");
        let batch = builder.finish().expect("builds");
        assert_eq!(schema::published(&batch.schema()), schema::speech(all));
        let gender = batch.column_by_name("gender").expect("column");
        let gender = gender.as_any().downcast_ref::<arrow::array::Int64Array>().expect("ints");
        assert_eq!((gender.value(0), gender.is_null(1)), (1, true));
        let seconds = |name: &str| {
            let column = batch.column_by_name(name).expect("column");
            column.as_any().downcast_ref::<arrow::array::Float64Array>().expect("floats").value(0)
        };
        assert_eq!((seconds("start"), seconds("duration")), (0.5, 1.0));
        let list = |name: &str, row: usize| {
            let column = batch.column_by_name(name).expect("column");
            let list = column.as_any().downcast_ref::<arrow::array::ListArray>().expect("a list");
            list.is_valid(row).then(|| list.value(row))
        };
        assert!(list("words", 1).is_none() && list("vad", 1).is_none());
        let vad = list("vad", 0).expect("intervals");
        let vad = vad.as_any().downcast_ref::<StructArray>().expect("structs");
        let starts = vad.column(0).as_any().downcast_ref::<arrow::array::Float64Array>().expect("floats");
        assert_eq!(starts.values()[..], [0.0, 0.5]);
        let words = list("words", 0).expect("words");
        let words = words.as_any().downcast_ref::<StructArray>().expect("structs");
        assert!(words.column(1).is_valid(0) && words.column(2).is_null(0));
    }
}
