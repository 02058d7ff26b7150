//! Rows of published tables as a build has them, to publish some of them again.

use arrow::array::{Array, ArrayRef, AsArray, BinaryArray, ListArray, RecordBatch, StringArray, StructArray};

use super::{as_strings, build_columns};
use crate::split::{KeyHash, key_hash};
use crate::{Error, Result, codes, schema};

/// Puts the build's own columns beside rows of a published text or speech table, worked out from the rows as a build
/// works them out; for speech `__hash` is of the clip's bytes, and not of its samples.
///
/// # Errors
/// [`Error::Invalid`] with SPROG-1122 for rows without `id` or content columns.
pub fn with_build_columns(batch: &RecordBatch) -> Result<RecordBatch> {
    let column = |name: &str| {
        let missing = || Error::Invalid(format!("no column {name:?} [{}]", codes::DERIVED_ROWS));
        batch.column_by_name(name).ok_or_else(missing)
    };
    let strings = |name: &str| column(name).and_then(as_strings);
    let [mut hash, mut split_key]: [Vec<KeyHash>; 2] = Default::default();
    let mut bytes: Vec<i64> = Vec::with_capacity(batch.num_rows());
    if let Some(audio) = batch.column_by_name("audio") {
        let clips = audio.as_any().downcast_ref::<StructArray>().and_then(|a| a.column_by_name("bytes"));
        let clips = clips.and_then(|c| c.as_any().downcast_ref::<BinaryArray>());
        let clips = clips.ok_or_else(|| Error::Invalid(format!("no clips [{}]", codes::DERIVED_ROWS)))?;
        let (speakers, recordings) = (strings("speaker_id")?, strings("recording_id")?);
        let features = batch.column_by_name("input_features");
        for row in 0..batch.num_rows() {
            let clip = if clips.is_null(row) { &[][..] } else { clips.value(row) };
            hash.push(key_hash(clip));
            // Where no speaker is known the recording is the key.
            let key = value(speakers, row).or(value(recordings, row)).unwrap_or_default();
            split_key.push(key_hash(key.as_bytes()));
            bytes.push(clip.len() as i64 + features.map_or(0, |f| feature_bytes(f, row)));
        }
    } else {
        let texts = strings("text")?;
        for row in 0..batch.num_rows() {
            let text = value(texts, row).unwrap_or_default();
            hash.push(key_hash(text.as_bytes()));
            bytes.push(text.len() as i64);
        }
        split_key.clone_from(&hash);
    }
    let mut columns = batch.columns().to_vec();
    columns.extend(build_columns(&hash, &split_key, &bytes)?);
    RecordBatch::try_new(schema::with_build_columns(&batch.schema()), columns)
        .map_err(|e| Error::Invalid(e.to_string()))
}

fn value(column: &StringArray, row: usize) -> Option<&str> {
    column.is_valid(row).then(|| column.value(row))
}

/// Bytes of a row's frames of 32-bit numbers.
fn feature_bytes(column: &ArrayRef, row: usize) -> i64 {
    let Some(frames) = column.as_list_opt::<i32>().filter(|c| c.is_valid(row)).map(|c| c.value(row)) else {
        return 0;
    };
    let frames: Option<&ListArray> = frames.as_list_opt();
    frames.map_or(0, |f| (0..f.len()).map(|i| i64::from(f.value_length(i)) * 4).sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::{Document, DocumentBuilder, Origin};

    #[test]
    fn published_texts_get_the_columns_that_they_were_built_with() {
        let mut builder = DocumentBuilder::new(Origin::default());
        let id = crate::id::DocumentId::new("1").expect("an id");
        builder.push(&id, &Document { text: "rødgrød".into(), ..Document::default() });
        let built = builder.finish().expect("builds");
        let names = schema::text();
        let keep: Vec<usize> = (0..names.fields().len()).collect();
        let published = built.project(&keep).expect("projects");
        assert_eq!(with_build_columns(&published).expect("derives"), built);
    }
}
