//! A few clips of a speech config: files that any browser plays, with pictures of them.

use std::io::Cursor;
use std::path::Path;

use arrow::array::{Array, ArrayRef, AsArray, BinaryArray, StringArray, StructArray};
use arrow::datatypes::{Float64Type, Int32Type};
use sprog_datasets::table::TableFile;
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

/// The first clips of a sample that can be decoded; none where the file is not as expected.
pub(crate) fn clips(path: &Path, config: &str) -> Vec<Clip> {
    read(path, config).unwrap_or_default()
}

fn read(path: &Path, config: &str) -> Option<Vec<Clip>> {
    let file = TableFile::open(path).ok()?;
    let batch = file.read(&[], None).ok()?.next()?.ok()?;
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
        if clips.len() == CLIPS {
            break;
        }
        let clip = bytes.value(row);
        let Ok(decoded) = audio::read(Box::new(Cursor::new(clip.to_vec())), None, &Limits::default()) else {
            continue;
        };
        let mono = to_mono(&decoded.value.samples, decoded.value.info.channels);
        clips.push(Clip {
            config: config.to_owned(),
            row,
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
