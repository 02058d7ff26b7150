//! Speech sources: transcripts and recordings become utterances, and utterances become shards.

use std::collections::BTreeMap;
use std::fs;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use sprog_datasets::Result;
use sprog_datasets::id::{InvalidId, SegmentId, SpeakerId};
use sprog_datasets::records::{Origin, Segment, Utterance, UtteranceBuilder};
use sprog_datasets::split::key_hash;
use sprog_formats::audio::{self, Audio};
use sprog_formats::text::{delimited, jsonl};
use sprog_formats::{EncodingChoice, Limits, LineReader, Place, Problem, Utf8Reader};

use super::audio_steps::{AudioSteps, Take};
use super::inputs::{self, Input};
use super::outcome::{Beside, FileProblem, Outcome, Removed, file_problem, line_problem};
use crate::codes;
use crate::recipe::{Format, Source};

/// Audio bytes on disk that one job takes.
const JOB_BYTES: u64 = 16 << 20;
/// Clips that one job takes.
const JOB_CLIPS: usize = 200;

/// Our names of the columns of a transcript table.
const COLUMNS: [&str; 8] =
    ["path", "text", "text_verbatim", "id", "speaker_id", "gender", "age_group", "dialect"];

/// A recording and what is known of it, before it is decoded.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Clip {
    /// Where the audio is.
    pub(super) audio: PathBuf,
    /// How the dataset names the audio file.
    pub(super) file: String,
    /// Where the transcript stands.
    pub(super) place: String,
    /// Size of the audio file.
    pub(super) bytes: u64,
    /// Everything but the audio.
    pub(super) row: Utterance,
}

/// The clips of a source in order, with the problems of the tables they are listed in.
pub(super) struct Listing {
    /// Clips.
    pub(super) clips: Vec<Clip>,
    /// Problems.
    pub(super) problems: Vec<FileProblem>,
    /// Audio files by their dataset name, to be identified as inputs too.
    pub(super) audio: BTreeMap<String, PathBuf>,
}

/// Lists the clips of a source.
///
/// # Errors
/// Those of the file system.
pub(super) fn list(source: &Source, inputs: &[Input], limits: &Limits) -> Result<Listing> {
    let mut listing = Listing { clips: Vec::new(), problems: Vec::new(), audio: BTreeMap::new() };
    for input in inputs {
        if source.format == Format::Audio {
            if input.name.ends_with(".txt") {
                continue;
            }
            match identify_file(source, input) {
                Ok((id, speaker)) => listing.clips.push(clip_of_file(input, id, speaker)?),
                Err(why) => {
                    let message = format!("the file's name as an id {why}; left out");
                    let problem = Problem::new(codes::BAD_ID, Place::File, message);
                    listing.problems.push(FileProblem::new(&source.id, &input.name, &problem));
                }
            }
        } else {
            list_table(source, input, limits, &mut listing)?;
        }
    }
    for clip in &listing.clips {
        listing.audio.insert(clip.file.clone(), clip.audio.clone());
    }
    Ok(listing)
}

/// A file's name as an id: its path below the recipe without the ending. The folders count, for
/// corpora keep `001.wav` of every speaker in a folder of its own.
fn named(file: &str) -> String {
    let path = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let path = if path.starts_with('$') { path.split_once('/').map_or(path, |(_, rest)| rest) } else { path };
    path.replace('/', ".")
}

/// The transcript beside a recording, if there is one.
pub(super) fn companion(format: Format, input: &Input) -> Result<Option<Input>> {
    let path = input.path.with_extension("txt");
    if format != Format::Audio || input.name.ends_with(".txt") {
        return Ok(None);
    }
    let name = input.name.rsplit_once('.').map_or(input.name.as_str(), |(stem, _)| stem);
    let of = |bytes| Input { path: path.clone(), name: format!("{name}.txt"), bytes };
    Ok(inputs::size_if_file(&path)?.map(of))
}

/// The ids of a recording by itself: its speaker is the start of its name.
fn identify_file(
    source: &Source,
    input: &Input,
) -> std::result::Result<(SegmentId, Option<SpeakerId>), InvalidId> {
    let stem = Path::new(&input.name).file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let speaker =
        source.speaker_chars.map(|n| format!("{}-{}", source.id, stem.chars().take(n).collect::<String>()));
    let id = SegmentId::new(format!("{}-{}", source.id, named(&input.name)))?;
    Ok((id, speaker.map(SpeakerId::new).transpose()?))
}

/// A recording by itself: its transcript is the `.txt` beside it.
fn clip_of_file(input: &Input, id: SegmentId, speaker_id: Option<SpeakerId>) -> Result<Clip> {
    let transcript = input.path.with_extension("txt");
    let text = match fs::read(&transcript) {
        Ok(bytes) => Some(sprog_formats::decode(&bytes, EncodingChoice::Detect).value.0.trim().to_owned()),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => None,
        Err(e) => return Err(sprog_datasets::Error::io(&transcript)(e)),
    };
    let row = Utterance { text: text.filter(|t| !t.is_empty()), speaker_id, ..Utterance::new(id) };
    Ok(Clip {
        audio: input.path.clone(),
        file: input.name.clone(),
        place: "whole file".into(),
        bytes: input.bytes,
        row,
    })
}

fn list_table(source: &Source, input: &Input, limits: &Limits, listing: &mut Listing) -> Result<()> {
    let names: Vec<String> =
        COLUMNS.iter().map(|c| source.columns.get(*c).cloned().unwrap_or_else(|| (*c).to_owned())).collect();
    let folder = input.path.parent().unwrap_or(Path::new(".")).to_owned();
    let shown = input.name.rsplit_once('/').map_or(String::new(), |(dir, _)| format!("{dir}/"));
    let mut problems = Vec::new();
    let mut failed = None;
    let (file, watch) = inputs::open(&input.path)?;
    let read = read_rows(source, file, &names, limits, &mut problems, &mut |fields, line| {
        let get = |index: usize| fields.get(index).cloned().flatten().filter(|v| !v.is_empty());
        let Some(path) = get(0) else {
            return Some(line_problem(
                codes::AUDIO_MISSING,
                line,
                format!("no file in {:?}; left out", names[0]),
            ));
        };
        let Ok(relative) = sprog_formats::archive::safe_path(&path) else {
            return Some(line_problem(
                codes::AUDIO_MISSING,
                line,
                format!("an unsafe path {path:?}; left out"),
            ));
        };
        let stem = Path::new(&relative).file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let id = SegmentId::new(get(3).unwrap_or_else(|| format!("{}-{}", source.id, stem)));
        let speaker = get(4).map(|s| SpeakerId::new(format!("{}-{s}", source.id))).transpose();
        let (id, speaker_id) = match (id, speaker) {
            (Ok(id), Ok(speaker)) => (id, speaker),
            (Err(why), _) => {
                return Some(line_problem(codes::BAD_ID, line, format!("the id {why}; left out")));
            }
            (_, Err(why)) => {
                return Some(line_problem(codes::BAD_ID, line, format!("the speaker's id {why}; left out")));
            }
        };
        let row = Utterance {
            text: get(1),
            text_verbatim: get(2),
            speaker_id,
            gender: get(5),
            age_group: get(6),
            dialect: get(7),
            ..Utterance::new(id)
        };
        let audio = folder.join(&relative);
        let bytes = match inputs::size_if_file(&audio) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => {
                let message = format!("{relative} is not there; left out");
                return Some(line_problem(codes::AUDIO_MISSING, line, message));
            }
            Err(e) => {
                failed = Some(e);
                return None;
            }
        };
        let place = format!("{}, line {line}", input.name);
        listing.clips.push(Clip { audio, file: format!("{shown}{relative}"), place, bytes, row });
        None
    });
    watch.check()?;
    if let Some(e) = failed {
        return Err(e);
    }
    if let Err(e) = read {
        listing.problems.push(FileProblem::of_error(&source.id, &input.name, &e));
    }
    listing.problems.extend(problems.iter().map(|p| FileProblem::new(&source.id, &input.name, p)));
    Ok(())
}

fn read_rows(
    source: &Source,
    file: inputs::Watched,
    names: &[String],
    limits: &Limits,
    problems: &mut Vec<Problem>,
    row: &mut dyn FnMut(Vec<Option<String>>, u64) -> Option<Problem>,
) -> sprog_formats::Result<()> {
    let (reader, _) = sprog_formats::decompress(file, limits)?;
    let mut reader = Utf8Reader::new(reader, EncodingChoice::Detect)?;
    if source.format == Format::Jsonl {
        let wanted: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut lines = LineReader::new(BufReader::new(&mut reader), limits);
        while let Some(line) = lines.next_line()? {
            let number = line.number;
            match jsonl::fields(line.bytes, &wanted) {
                Ok(fields) => problems.extend(row(fields, number)),
                Err(message) => {
                    let message = format!("{message}; left out");
                    problems.push(line_problem(sprog_formats::codes::BAD_RECORD, number, message));
                }
            }
        }
        problems.extend(lines.take_problems());
    } else {
        let mut rows = delimited::open_sniffed(&mut reader, limits)?;
        let at: Vec<Option<usize>> =
            names.iter().map(|n| rows.columns().iter().position(|c| c == n)).collect();
        while let Some(found) = rows.next_row()? {
            let fields = at.iter().map(|i| i.and_then(|i| found.fields.get(i)).cloned()).collect();
            problems.extend(row(fields, found.line));
        }
        problems.extend(rows.take_problems());
    }
    problems.extend(reader.problems());
    Ok(())
}

/// Cuts a listing into jobs by bytes of audio on disk, clips staying in order.
pub(super) fn jobs(clips: Vec<Clip>) -> Vec<Vec<Clip>> {
    let mut jobs: Vec<Vec<Clip>> = Vec::new();
    let mut bytes = 0;
    for clip in clips {
        let size = clip.bytes;
        match jobs.last_mut().filter(|j| bytes + size <= JOB_BYTES && j.len() < JOB_CLIPS) {
            Some(job) => {
                bytes += size;
                job.push(clip);
            }
            None => {
                bytes = size;
                jobs.push(vec![clip]);
            }
        }
    }
    jobs
}

/// Decodes the clips of a job into one batch. A clip that cannot be used is a problem, no more.
///
/// # Errors
/// Never in practice.
pub(super) fn batch_of(
    source: &Source,
    origin: &Origin,
    clips: Vec<Clip>,
    steps: &AudioSteps,
    limits: &Limits,
    outcome: &mut Outcome,
    beside: &mut Beside,
) -> Result<RecordBatch> {
    let mut builder = UtteranceBuilder::new(origin.clone(), steps.columns());
    for clip in clips {
        outcome.records += 1;
        let (file, place) = (clip.file.clone(), clip.place.clone());
        let mut problems = Vec::new();
        let from = Removed {
            source: source.id.clone(),
            file: file.clone(),
            place: place.clone(),
            ..Removed::default()
        };
        match utterances(clip, steps, limits, outcome, &mut problems, beside, &from) {
            Ok(rows) => rows.into_iter().for_each(|row| builder.push(row, &file, &place)),
            Err(Stop::Clip(problem)) => problems.push(problem),
            Err(Stop::Build(e)) => return Err(e),
        }
        outcome.problems.extend(problems.iter().map(|p| FileProblem::new(&source.id, &file, p)));
    }
    builder.finish()
}

/// Why there is no row: the clip's fault, or the machine's.
enum Stop {
    Clip(Problem),
    Build(sprog_datasets::Error),
}

fn utterances(
    clip: Clip,
    steps: &AudioSteps,
    limits: &Limits,
    outcome: &mut Outcome,
    problems: &mut Vec<Problem>,
    beside: &mut Beside,
    from: &Removed,
) -> std::result::Result<Vec<Utterance>, Stop> {
    let mut row = clip.row;
    let of_error = |e: sprog_formats::Error| match e {
        sprog_formats::Error::Limit { limit, place, .. } => {
            let message = format!("more than {} MB of decoded audio; left out", limit >> 20);
            Stop::Clip(Problem::new(codes::AUDIO_TOO_LONG, place, message))
        }
        e => Stop::Clip(file_problem(&e)),
    };
    let (file, watch) = inputs::open(&clip.audio).map_err(Stop::Build)?;
    let parsed = audio::read(Box::new(BufReader::with_capacity(1 << 16, file)), Some(&clip.file), limits);
    watch.check().map_err(Stop::Build)?;
    let parsed = parsed.map_err(of_error)?;
    row.quality.problems = i32::try_from(parsed.problems.len()).unwrap_or(i32::MAX);
    problems.extend(parsed.problems);
    let audio = parsed.value;
    if audio.samples.is_empty() {
        // Told by the decoder already; a row without audio is none.
        return Err(Stop::Clip(Problem::new(codes::STEP_FAILED, Place::File, "no audio; left out")));
    }
    if row.text.is_none() {
        problems.push(Problem::new(codes::TRANSCRIPT_MISSING, Place::File, "no transcript"));
    }
    let failed = |e: &dyn std::fmt::Display| {
        Stop::Clip(Problem::new(codes::STEP_FAILED, Place::File, format!("{e}; left out")))
    };
    row.samples_hash = samples_hash(&audio);
    row.segment = Segment {
        recording: row.id.clone().into(),
        start: 0,
        end: audio.frames(),
        sampling_rate: audio.info.sample_rate,
    };
    let mut take = Take { audio, row };
    take.measure();
    let takes = steps.run(take, outcome, problems, beside, from).map_err(|e| failed(&e))?;
    takes.into_iter().map(|take| take.publish().map_err(|e| failed(&e))).collect()
}

/// Equal for the same samples in whatever lossless container, at the same rate and channels.
pub(super) fn samples_hash(audio: &Audio) -> sprog_datasets::split::KeyHash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&audio.info.sample_rate.to_le_bytes());
    hasher.update(&audio.info.channels.to_le_bytes());
    let mut bytes = Vec::with_capacity(1 << 16);
    for block in audio.samples.chunks(1 << 14) {
        bytes.clear();
        block.iter().for_each(|s| bytes.extend_from_slice(&s.to_le_bytes()));
        hasher.update(&bytes);
    }
    key_hash(hasher.finalize().as_bytes())
}
