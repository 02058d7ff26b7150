//! A few clips of a speech config: files that any browser plays, with pictures of them.

use std::io::Cursor;
use std::path::Path;

use arrow::array::{Array, ArrayRef, AsArray, BinaryArray, RecordBatch, StringArray, StructArray};
use arrow::datatypes::{Float64Type, Int32Type};
use sprog_datasets::table::{RowRange, Shards, TableFile};
use sprog_formats::{Limits, audio};
use sprog_speech::envelope;

use super::model::Dataset;
use sprog_speech::to_mono;

/// Columns and rows of the pictures.
const COLUMNS: usize = 240;
const ROWS: usize = 48;
/// Clips of a dataset.
const CLIPS: usize = 3;

/// A clip.
pub(crate) struct Clip {
    /// Its config.
    pub(crate) config: String,
    /// Its row in the first file of the first split.
    pub(crate) row: usize,
    /// Its id.
    pub(crate) id: String,
    /// Its transcript.
    pub(crate) text: String,
    /// The speaker.
    pub(crate) speaker: String,
    /// The dialect, if it is known.
    pub(crate) dialect: String,
    /// Seconds.
    pub(crate) duration: f64,
    /// Samples a second.
    pub(crate) rate: i32,
    /// Lowest and highest sample of each column.
    pub(crate) waveform: Vec<(f32, f32)>,
    /// Levels column by column.
    pub(crate) spectrogram: Vec<u8>,
    /// The file.
    bytes: Vec<u8>,
}

impl Clip {
    /// Name of its file.
    pub(crate) fn file(&self) -> String {
        format!("{}-{}.{}", self.config, self.row, extension(&self.bytes))
    }

    pub(crate) fn spectrogram_size() -> (usize, usize) {
        (COLUMNS, ROWS)
    }
}

fn extension(bytes: &[u8]) -> &'static str {
    match bytes {
        [b'f', b'L', b'a', b'C', ..] => "flac",
        [b'R', b'I', b'F', b'F', ..] => "wav",
        [b'O', b'g', b'g', b'S', ..] => "ogg",
        [b'I', b'D', b'3', ..] | [0xFF, 0xE0..=0xFF, ..] => "mp3",
        _ => "bin",
    }
}

/// Some clips of a file that can be decoded; none where the file is not as expected.
pub(crate) fn clips(path: &Path, config: &str) -> Vec<Clip> {
    read(path, config).unwrap_or_default()
}

/// Rows that are looked through for speakers.
const LOOKED: usize = 20_000;

/// The first clip of each of some speakers, then others: rows are sorted by speaker, and three of one say less.
fn rows(file: &TableFile) -> Option<Vec<u32>> {
    let mut firsts = Vec::new();
    let (mut row, mut last) = (0u32, None);
    for batch in file.read(&["speaker_id"], None).ok()? {
        let batch = batch.ok()?;
        let speakers = strings(batch.column(0))?;
        for i in 0..batch.num_rows() {
            let speaker = Some(speakers.value(i).to_owned());
            if speaker != last {
                firsts.push(row);
                last = speaker;
            }
            row += 1;
        }
        if firsts.len() >= CLIPS || row as usize >= LOOKED {
            break;
        }
    }
    let others = (0..row).filter(|row| !firsts.contains(row)).take(CLIPS);
    let mut rows: Vec<u32> = firsts.iter().copied().chain(others).take(CLIPS).collect();
    rows.sort_unstable();
    Some(rows)
}

fn read(path: &Path, config: &str) -> Option<Vec<Clip>> {
    let rows = rows(&TableFile::open(path).ok()?)?;
    let shards = Shards::new(vec![path.to_owned()]);
    let ranges: Vec<RowRange> = rows.iter().map(|row| RowRange { shard: 0, start: *row, len: 1 }).collect();
    let mut clips = Vec::new();
    let mut row = rows.iter();
    for batch in shards.gather(&ranges, &[]) {
        clips.extend(of_batch(&batch.ok()?, config, &mut row)?);
    }
    Some(clips)
}

fn of_batch<'r>(
    batch: &RecordBatch,
    config: &str,
    rows: &mut impl Iterator<Item = &'r u32>,
) -> Option<Vec<Clip>> {
    let column = |name: &str| batch.column_by_name(name);
    let audio = column("audio")?.as_any().downcast_ref::<StructArray>()?;
    let bytes = audio.column(0).as_any().downcast_ref::<BinaryArray>()?;
    let text = |name: &str, row: usize| {
        column(name)
            .and_then(strings)
            .filter(|s| s.is_valid(row))
            .map(|s| s.value(row).to_owned())
            .unwrap_or_default()
    };
    let duration = column("duration")?.as_primitive_opt::<Float64Type>()?;
    let rate = column("sampling_rate")?.as_primitive_opt::<Int32Type>()?;
    let mut clips = Vec::new();
    for row in 0..batch.num_rows() {
        let at = rows.next().copied().unwrap_or_default() as usize;
        let clip = bytes.value(row);
        let Ok(decoded) = audio::read(Box::new(Cursor::new(clip.to_vec())), None, &Limits::default()) else {
            continue;
        };
        let mono = to_mono(&decoded.value.samples, decoded.value.info.channels);
        clips.push(Clip {
            config: config.to_owned(),
            row: at,
            id: text("id", row),
            text: text("text", row),
            speaker: text("speaker_id", row),
            dialect: text("dialect", row),
            duration: duration.value(row),
            rate: rate.value(row),
            waveform: envelope::waveform(&mono, COLUMNS),
            spectrogram: envelope::spectrogram(&mono, COLUMNS, ROWS),
            bytes: clip.to_vec(),
        });
    }
    Some(clips)
}

fn strings(column: &ArrayRef) -> Option<&StringArray> {
    column.as_any().downcast_ref()
}

/// The files of a dataset's clips.
pub(crate) fn files(dataset: &Dataset) -> Vec<(String, Vec<u8>)> {
    let path = |clip: &Clip| format!("ds/{}/clips/{}", dataset.id, clip.file());
    dataset.clips.iter().map(|clip| (path(clip), clip.bytes.clone())).collect()
}
