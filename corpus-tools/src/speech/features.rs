//! `sprog speech features`, and the step `features` of recipes.

use std::fs::File;
use std::io::BufWriter;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use arrow::array::{ArrayRef, Float32Builder, Int64Array, ListBuilder, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use sprog_datasets::{durable, schema, table};
use sprog_formats::numeric::npy;
use sprog_speech::features::{
    CmvnStats, DeltaFeaturesOptions, Fbank, FbankOptions, Features, Mfcc, MfccOptions, Norm, Scratch,
    compute_deltas, whisper,
};

use super::audio::{AudioProblem, mono};
use crate::build::Resources;

/// What is computed, before what is done to it.
#[derive(Clone, Debug)]
pub enum Kind {
    /// Kaldi's log-mel filter bank.
    Fbank(FbankOptions),
    /// Kaldi's MFCC.
    Mfcc(MfccOptions),
    /// Whisper's log-mel spectrogram.
    Whisper {
        /// 80 or 128.
        bins: usize,
        /// Cut or fill up to 30 s first.
        pad_or_trim: bool,
    },
}

/// How features are made.
#[derive(Clone, Debug)]
pub struct Options {
    /// What.
    pub kind: Kind,
    /// Derivatives appended up to this order.
    pub deltas: usize,
    /// Normalized by the means of the recording, or by means and variances.
    pub cmvn: Option<Norm>,
}

enum Extractor {
    Fbank(Fbank),
    Mfcc(Mfcc),
    Whisper(whisper::LogMel, bool),
}

/// A plan for many recordings and threads.
pub struct Plan {
    extractor: Extractor,
    rate: u32,
    deltas: usize,
    cmvn: Option<Norm>,
}

impl Plan {
    /// Makes windows, transforms and filters.
    ///
    /// # Errors
    /// For options that make no sense together.
    pub fn new(options: &Options) -> Result<Plan, sprog_speech::Error> {
        let (extractor, rate) = match &options.kind {
            Kind::Fbank(kaldi) => (Extractor::Fbank(Fbank::new(kaldi)?), kaldi.frame_opts.samp_freq),
            Kind::Mfcc(kaldi) => (Extractor::Mfcc(Mfcc::new(kaldi)?), kaldi.frame_opts.samp_freq),
            Kind::Whisper { bins, pad_or_trim } => {
                (Extractor::Whisper(whisper::LogMel::new(*bins)?, *pad_or_trim), whisper::SAMPLE_RATE as f32)
            }
        };
        Ok(Plan { extractor, rate: rate as u32, deltas: options.deltas, cmvn: options.cmvn })
    }

    /// The sample rate that the audio must have, Hz.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// Features of mono samples at [`Self::rate`].
    ///
    /// # Errors
    /// Never for what [`Plan::new`] took.
    pub fn compute(&self, samples: &[f32], scratch: &mut Scratch) -> Result<Features, sprog_speech::Error> {
        let mut out = Features::default();
        match &self.extractor {
            Extractor::Fbank(plan) => plan.compute_into(samples, scratch, &mut out),
            Extractor::Mfcc(plan) => plan.compute_into(samples, scratch, &mut out),
            Extractor::Whisper(plan, false) => plan.compute_into(samples, scratch, &mut out),
            Extractor::Whisper(plan, true) => {
                let mut samples = samples.to_vec();
                whisper::pad_or_trim(&mut samples);
                plan.compute_into(&samples, scratch, &mut out);
            }
        }
        if self.deltas > 0 {
            let options = DeltaFeaturesOptions { order: self.deltas, ..DeltaFeaturesOptions::default() };
            out = compute_deltas(&options, &out)?;
        }
        if let Some(norm) = self.cmvn.filter(|_| out.frames > 0) {
            let mut stats = CmvnStats::new(out.dim);
            stats.accumulate(&out)?;
            stats.apply(norm, &mut out)?;
        }
        Ok(out)
    }

    /// Features of a file.
    ///
    /// # Errors
    /// Those of the file system, and for what is no audio.
    pub fn of_file(&self, path: &Path) -> anyhow::Result<(Features, Vec<AudioProblem>)> {
        let audio = mono(path, self.rate)?;
        Ok((self.compute(&audio.samples, &mut Scratch::default())?, audio.problems))
    }
}

/// Writes the features of one recording as a NumPy file, float32 [frames, dims].
///
/// # Errors
/// Those of the file system.
pub fn write_npy(features: Features, path: &Path) -> anyhow::Result<()> {
    let shape = vec![features.frames, features.dim];
    let array = npy::Array { shape, order: npy::Order::C, values: npy::Values::F32(features.data) };
    durable::write_atomic(path, |out: &mut BufWriter<File>| {
        npy::write(&array, out).map_err(|e| super::failed(path, e))
    })?;
    Ok(())
}

/// Bytes of audio files whose features make a row group: compressed audio of 16 minutes at most, a few MB of features.
const GROUP_BYTES: u64 = 1 << 20;

/// What became of the recordings of a table.
#[derive(Debug, Default, serde::Serialize)]
pub struct Written {
    /// Rows written.
    pub rows: usize,
    /// Files that could not be read, and why.
    pub failed: Vec<(PathBuf, String)>,
    /// What was wrong with those that could.
    pub problems: Vec<(PathBuf, AudioProblem)>,
}

/// Writes the features of recordings as a Parquet table: id, input_features, frames, dim. Ids are the names of the
/// files without their endings. A file that cannot be read is left out and told.
///
/// # Errors
/// Those of the file system, and for two files of one name.
pub fn write_parquet(
    plan: &Plan,
    files: &[PathBuf],
    path: &Path,
    resources: Resources,
) -> anyhow::Result<Written> {
    let mut ids: Vec<String> = Vec::new();
    for file in files {
        let id = file.file_stem().context("a file has a name")?.to_string_lossy().into_owned();
        if ids.contains(&id) {
            bail!("two files are called {id:?}: the name is the id of the row");
        }
        ids.push(id);
    }
    let list = schema::list_of(DataType::Float32);
    let fields = vec![
        Field::new("id", DataType::Utf8, true),
        Field::new("input_features", schema::list_of(list), true),
        Field::new("frames", DataType::Int64, true),
        Field::new("dim", DataType::Int64, true),
    ];
    let schema = Arc::new(Schema::new(fields));
    let groups = groups(files);
    let mut written = Written::default();
    table::write_row_groups(path, &schema, |encoder, put| {
        // A few groups a thread at a time: enough to keep all busy, and little to hold.
        for at_once in groups.chunks(resources.threads.max(1) * 4) {
            let done = super::map(resources, at_once, |rows| {
                let mut group = Written::default();
                let mut found: Vec<(&String, Features)> = Vec::new();
                for (file, id) in files[rows.clone()].iter().zip(&ids[rows.clone()]) {
                    match plan.of_file(file) {
                        Ok((features, problems)) => {
                            group.problems.extend(problems.into_iter().map(|p| (file.clone(), p)));
                            found.push((id, features));
                        }
                        Err(e) => group.failed.push((file.clone(), format!("{e:#}"))),
                    }
                }
                group.rows = found.len();
                let encoded =
                    if found.is_empty() { None } else { Some(encoder.encode(&batch(&schema, found)?)?) };
                Ok::<_, sprog_datasets::Error>((group, encoded))
            })?;
            for result in done {
                let (group, encoded): (Written, _) = result?;
                written.rows += group.rows;
                written.failed.extend(group.failed);
                written.problems.extend(group.problems);
                encoded.map(&mut *put).transpose()?;
            }
        }
        Ok(())
    })?;
    Ok(written)
}

/// Runs of files that make a row group each: by their sizes, so that the bytes do not hang on the threads.
fn groups(files: &[PathBuf]) -> Vec<Range<usize>> {
    let (mut groups, mut start, mut bytes) = (Vec::new(), 0, 0);
    for (at, file) in files.iter().enumerate() {
        // What cannot be opened is told when it is read.
        bytes += file.metadata().map_or(0, |m| m.len());
        if bytes >= GROUP_BYTES || at + 1 == files.len() {
            groups.push(start..at + 1);
            (start, bytes) = (at + 1, 0);
        }
    }
    groups
}

fn batch(schema: &Arc<Schema>, rows: Vec<(&String, Features)>) -> sprog_datasets::Result<RecordBatch> {
    let element = |data_type| Field::new("element", data_type, true);
    let inner = ListBuilder::new(Float32Builder::new()).with_field(element(DataType::Float32));
    let mut lists = ListBuilder::new(inner).with_field(element(schema::list_of(DataType::Float32)));
    for (_, features) in &rows {
        for frame in features.rows() {
            lists.values().values().append_slice(frame);
            lists.values().append(true);
        }
        lists.append(true);
    }
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(rows.iter().map(|(id, _)| *id))),
        Arc::new(lists.finish()),
        Arc::new(rows.iter().map(|(_, f)| Some(f.frames as i64)).collect::<Int64Array>()),
        Arc::new(rows.iter().map(|(_, f)| Some(f.dim as i64)).collect::<Int64Array>()),
    ];
    RecordBatch::try_new(schema.clone(), columns).map_err(|e| sprog_datasets::Error::Invalid(e.to_string()))
}
