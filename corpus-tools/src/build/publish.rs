//! Parts, report and release: from a cleared corpus to the published folder.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use arrow::array::{Array, BinaryArray, Float64Array, Int32Array, StructArray};
use serde::{Deserialize, Serialize};
use sprog_datasets::corpus::{Corpus, Table};
use sprog_datasets::gate::Cleared;
use sprog_datasets::licence::Licence;
use sprog_datasets::release::{Published, Release, StepInfo};
use sprog_datasets::schema::Modality;
use sprog_datasets::stats::{self, TableStats};
use sprog_datasets::table::{TableFile, write_published};
use sprog_datasets::tokens::SplitTokens;
use sprog_datasets::{Error, Result, durable};
use sprog_formats::audio;
use sprog_speech::{envelope, to_mono};

use super::outcome::removed_schema;
use super::steps::{strings, value};
use super::tables::Story;
use super::{Context, TOOL, pool};
use super::{audit, passages};
use crate::recipe::Step;
use crate::report::{self, ReportData};

/// What a part job came to.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct PartOutcome {
    file: String,
    bytes: u64,
    stats: TableStats,
}

/// Clips shown in the report.
const CLIPS: usize = 12;
const CLIP_COLUMNS: usize = 240;
const CLIP_ROWS: usize = 48;

/// Writes the parts, the report and the folder.
pub(super) fn publish(
    context: &Context<'_>,
    cleared: &Cleared<Corpus>,
    story: &Story,
    files: Vec<(String, PathBuf)>,
    dest: &Path,
) -> Result<(Published, BTreeMap<String, u64>)> {
    let corpus = cleared.corpus();
    let (parts, stats) = write_parts(context, corpus)?;
    let removed = write_removed(context, story)?;
    context.progress.stage("report", None);
    let report = report_data(context, cleared, story, &stats, &parts)?;
    let report = report::render(&report).map_err(|e| Error::Invalid(format!("the report: {e}")))?;
    let run = context.plan.run.clone();
    let beside = files.into_iter().chain(removed).collect();
    let steps =
        context.loaded.recipe.steps.iter().map(|step| step_info(step.get_ref())).collect::<Result<_>>()?;
    let release = Release { parts, stats: &stats, beside, report, tool: TOOL.to_owned(), run, steps };
    context.progress.stage("publish", None);
    let published = release.publish(cleared, dest)?;
    let rows = corpus.tables.iter().map(|t| (t.config.clone(), t.parts.iter().map(|p| p.num_rows).sum()));
    Ok((published, rows.collect()))
}

/// A step as dataset.json has it; what has no value is left out.
fn step_info(step: &Step) -> Result<StepInfo> {
    let invalid = |e: serde_json::Error| Error::Invalid(format!("a step of the recipe: {e}"));
    let mut value = serde_json::to_value(step).map_err(invalid)?;
    if let Some(settings) = value.as_object_mut() {
        settings.retain(|_, value| !value.is_null());
    }
    serde_json::from_value(value).map_err(invalid)
}

type Written = (Vec<Vec<PathBuf>>, BTreeMap<String, TableStats>);

fn write_parts(context: &Context<'_>, corpus: &Corpus) -> Result<Written> {
    let outcomes: Mutex<BTreeMap<(usize, usize), PartOutcome>> = Mutex::default();
    let keep = |at: (usize, usize), outcome: PartOutcome| {
        outcomes.lock().unwrap_or_else(PoisonError::into_inner).insert(at, outcome);
    };
    let total: u64 = corpus.tables.iter().flat_map(|t| &t.parts).map(|p| p.num_rows).sum();
    context.progress.stage("parts", Some(total));
    pool::run(
        context.resources,
        |hand_out| {
            for (t, table) in corpus.tables.iter().enumerate() {
                for p in 0..table.parts.len() {
                    let key = format!("part/{t}/{p}");
                    let finished = context.journal.finished::<PartOutcome>(&key).filter(|o| {
                        std::fs::metadata(context.work.join(&o.file)).is_ok_and(|m| m.len() == o.bytes)
                    });
                    match finished {
                        Some(outcome) => keep((t, p), outcome),
                        None => hand_out((t, p, key))?,
                    }
                }
            }
            Ok(())
        },
        |(t, p, key): (usize, usize, String)| {
            let table = &corpus.tables[t];
            let part = &table.parts[p];
            let file = format!("part-{t}-{p}.parquet");
            let mut stats = TableStats::default();
            // What others have in the same shards is not read.
            let mut names: Vec<&str> = match (table.modality, &table.tokens) {
                (Modality::Attributes, _) | (_, Some(_)) => {
                    table.schema.fields().iter().map(|f| f.name().as_str()).collect()
                }
                _ => Vec::new(),
            };
            if table.tokens.is_some() {
                names.push("__bytes");
            }
            let batches = table.shards.gather(&part.rows, &names);
            write_published(&context.work.join(&file), &table.schema, part.num_rows, batches, |batch| {
                stats.observe(&part.split, batch);
                context.progress.advance(batch.num_rows() as u64);
            })?;
            let path = context.work.join(&file);
            let bytes = std::fs::metadata(&path).map_err(Error::io(&path))?.len();
            let outcome = PartOutcome { file, bytes, stats };
            context.journal.commit(&key, &outcome)?;
            keep((t, p), outcome);
            Ok(())
        },
    )?;
    let mut outcomes = outcomes.into_inner().unwrap_or_else(PoisonError::into_inner);
    let (mut files, mut stats) = (Vec::new(), BTreeMap::new());
    for (t, table) in corpus.tables.iter().enumerate() {
        let mut mine = Vec::new();
        let mut sum = TableStats::default();
        for p in 0..table.parts.len() {
            let outcome =
                outcomes.remove(&(t, p)).ok_or_else(|| Error::Invalid("a part without outcome".into()))?;
            mine.push(context.work.join(&outcome.file));
            sum.merge(&outcome.stats);
        }
        files.push(mine);
        stats.insert(table.config.clone(), sum);
    }
    Ok((files, stats))
}

/// `removed/<config>.parquet`, `removed/<config>_personal_data.parquet`, `removed/<config>_passages.parquet`
/// and `removed/problems.jsonl`.
fn write_removed(context: &Context<'_>, story: &Story) -> Result<Vec<(String, PathBuf)>> {
    let mut out = Vec::new();
    let removed = story.removed.iter().map(|(config, files)| (config.clone(), files, removed_schema()));
    let audits = story.audits.iter();
    let audits = audits.map(|(config, files)| (format!("{config}_personal_data"), files, audit::schema()));
    let cut = story.passages.iter();
    let cut = cut.map(|(config, files)| (format!("{config}_passages"), files, passages::schema()));
    for (name, files, schema) in removed.chain(audits).chain(cut).filter(|(_, files, _)| !files.is_empty()) {
        let path = context.work.join(format!("removed-{}.parquet", out.len()));
        let opened: Vec<TableFile> =
            files.iter().map(|f| TableFile::open(&context.work.join(f))).collect::<Result<_>>()?;
        let rows = opened.iter().map(TableFile::rows).sum();
        let batches = opened.iter().flat_map(|file| match file.read(&[], None) {
            Ok(batches) => Box::new(batches) as Box<dyn Iterator<Item = _>>,
            Err(e) => Box::new(std::iter::once(Err(e))),
        });
        write_published(&path, &schema, rows, batches, |_| {})?;
        out.push((format!("removed/{name}.parquet"), path));
    }
    if story.problems.len() > 0 {
        let path = context.work.join("problems.jsonl");
        durable::write_atomic(&path, |file| story.problems.write(context.work, file))?;
        out.push(("removed/problems.jsonl".to_owned(), path));
    }
    Ok(out)
}

/// Problems shown in the report; all of them are in `removed/problems.jsonl`.
const PROBLEMS_SHOWN: usize = 2_000;

fn report_data(
    context: &Context<'_>,
    cleared: &Cleared<Corpus>,
    story: &Story,
    stats: &BTreeMap<String, TableStats>,
    parts: &[Vec<PathBuf>],
) -> Result<ReportData> {
    let corpus = cleared.corpus();
    // Two filters differ by what they ask.
    let steps: Vec<String> = context
        .loaded
        .recipe
        .steps
        .iter()
        .map(|s| match s.get_ref() {
            Step::Filter { expression, .. } => format!("filter {expression}"),
            Step::Tokenize { tokenizer, .. } => {
                let file = Path::new(tokenizer).file_name().unwrap_or_default();
                format!("tokenize {}", file.to_string_lossy())
            }
            step => step.name().to_owned(),
        })
        .collect();
    let problems = story.problems.first(context.work, PROBLEMS_SHOWN)?;
    Ok(ReportData {
        sources: source_rows(context, corpus, story, stats),
        steps: story
            .steps
            .iter()
            .map(|((config, index), count)| report::StepRow {
                config: config.clone(),
                step: steps.get(*index).cloned().unwrap_or_default(),
                rows_in: count.rows_in,
                dropped: count.dropped,
                changed: count.changed,
                examples: count
                    .examples
                    .iter()
                    .map(|e| report::Example {
                        id: e.id.clone(),
                        reason: e.reason.clone(),
                        excerpt: e.excerpt.clone(),
                    })
                    .collect(),
            })
            .collect(),
        problems: problems
            .iter()
            .map(|p| report::ProblemRow {
                source: p.source.clone(),
                file: p.file.clone(),
                place: p.place.clone(),
                code: p.code.clone(),
                message: p.message.clone(),
            })
            .collect(),
        problems_total: story.problems.len(),
        ..report_of_tables(corpus, stats, parts, &context.plan.run)?
    })
}

/// What the report tells of any corpus: its description and its tables.
pub(crate) fn report_of_tables(
    corpus: &Corpus,
    stats: &BTreeMap<String, TableStats>,
    parts: &[Vec<PathBuf>],
    run: &str,
) -> Result<ReportData> {
    let m = &corpus.metadata;
    let both =
        |b: &sprog_datasets::metadata::Bilingual| report::Bilingual { da: b.da.clone(), en: b.en.clone() };
    let mut ids: Vec<&str> =
        corpus.sources.iter().filter(|s| s.excluded.is_none()).filter_map(|s| s.license.as_deref()).collect();
    ids.sort_unstable();
    ids.dedup();
    let licence = ids.join(", ");
    let of = |modality: Modality| corpus.tables.iter().filter(move |t| t.modality == modality);
    let mut speech = TableStats::default();
    of(Modality::Speech).filter_map(|t| stats.get(&t.config)).for_each(|s| speech.merge(s));
    let mut text = TableStats::default();
    of(Modality::Text).filter_map(|t| stats.get(&t.config)).for_each(|s| text.merge(s));
    let clips = corpus.tables.iter().zip(parts).find(|(t, _)| t.modality == Modality::Speech);
    Ok(ReportData {
        id: m.id.clone(),
        version: m.version.clone(),
        title: both(&m.title),
        description: both(&m.description),
        created: m.created.clone(),
        run: run.to_owned(),
        tool: TOOL.to_owned(),
        licence,
        licences: licence_rows(corpus, &[&text, &speech]),
        splits: split_rows(corpus, stats),
        speakers: speech
            .speakers
            .iter()
            .map(|(id, s)| report::SpeakerRow {
                speaker: id.clone(),
                gender: s.gender.clone(),
                age_group: s.age_group.clone(),
                dialect: s.dialect.clone(),
                clips: s.totals.rows,
                seconds: s.totals.microseconds as f64 / 1e6,
            })
            .collect(),
        dialects: shares(&speech, |s| s.dialect.as_deref()),
        genders: shares(&speech, |s| s.gender.as_deref()),
        ages: shares(&speech, |s| s.age_group.as_deref()),
        domains: counts(&text.domains),
        languages: counts(&text.languages),
        durations: histogram(&speech.durations, "s"),
        levels: histogram(&speech.levels, "dBFS"),
        clips: match clips.and_then(|(_, files)| files.first()) {
            Some(file) => clip_rows(file)?,
            None => Vec::new(),
        },
        tokens: corpus.tables.iter().filter_map(token_table).collect(),
        tables: of(Modality::Rules)
            .chain(of(Modality::Attributes))
            .map(|t| report::TableRow {
                name: t.config.clone(),
                rows: t.parts.iter().map(|p| p.num_rows).sum(),
            })
            .collect(),
        ..ReportData::default()
    })
}

/// What the report tells of a config's tokens.
fn token_table(table: &Table) -> Option<report::TokenTable> {
    let tokens = table.tokens.as_ref()?;
    let row = |split: &SplitTokens| report::TokenRow {
        split: split.name.clone(),
        documents: split.documents,
        tokens: split.tokens,
        bytes_per_token: split.bytes_per_token(),
        sequences: split.sequences,
        cut: split.cut,
        padding: split.padding,
    };
    let packing = tokens.packing.zip(tokens.sequence_length);
    Some(report::TokenTable {
        config: table.config.clone(),
        tokenizer: tokens.tokenizer.clone(),
        vocab_size: tokens.vocab_size,
        fallback: tokens.fallback.clone(),
        packing: packing.map(|(packing, length)| (packing.name().to_owned(), u64::from(length))),
        files: tokens.folder.as_ref().map(|folder| format!("{folder}/*.bin, *.idx")),
        splits: tokens.splits.iter().map(row).collect(),
    })
}

fn source_rows(
    context: &Context<'_>,
    corpus: &Corpus,
    story: &Story,
    stats: &BTreeMap<String, TableStats>,
) -> Vec<report::SourceRow> {
    let rows = corpus.sources.iter().zip(&context.plan.sources).map(|(source, planned)| {
        let records = story.records.get(&source.id).copied().unwrap_or_default();
        let problems = story.problems.of_source(&source.id);
        let (modality, kept) = match source.modality {
            Some(Modality::Rules) => ("rules", records),
            other => {
                let kept = stats.get(&source.config).and_then(|s| s.sources.get(&source.id));
                let kept = kept.map_or(0, |t| t.rows);
                (if other == Some(Modality::Speech) { "speech" } else { "text" }, kept)
            }
        };
        report::SourceRow {
            id: source.id.clone(),
            modality: modality.to_owned(),
            licence: source.license.clone().unwrap_or_default(),
            legal_basis: source.legal_basis.clone().unwrap_or_default(),
            files: source.files.len() as u64,
            bytes: planned.inputs.iter().map(|i| i.bytes).sum(),
            records,
            kept,
            dropped: records.saturating_sub(kept),
            problems,
            excluded: source.excluded.clone(),
        }
    });
    rows.collect()
}

fn licence_rows(corpus: &Corpus, stats: &[&TableStats]) -> Vec<report::LicenceRow> {
    let mut sums: BTreeMap<&str, stats::Totals> = BTreeMap::new();
    for table in stats {
        for (licence, totals) in &table.licences {
            let sum = sums.entry(licence).or_default();
            sum.rows += totals.rows;
            sum.tokens += totals.tokens;
            sum.microseconds += totals.microseconds;
        }
    }
    sums.into_iter()
        .map(|(licence, totals)| {
            let parsed = Licence::parse(licence, &corpus.metadata.licences);
            report::LicenceRow {
                licence: licence.to_owned(),
                terms: parsed.map(|l| l.terms().phrases()).unwrap_or_default(),
                rows: totals.rows,
                tokens: totals.tokens,
                hours: totals.hours(),
            }
        })
        .collect()
}

fn split_rows(corpus: &Corpus, stats: &BTreeMap<String, TableStats>) -> Vec<report::SplitRow> {
    let mut out = Vec::new();
    for table in corpus.tables.iter().filter(|t| matches!(t.modality, Modality::Text | Modality::Speech)) {
        let mut names: Vec<&str> = table.parts.iter().map(|p| p.split.as_str()).collect();
        names.dedup();
        for split in names {
            let totals =
                stats.get(&table.config).and_then(|s| s.splits.get(split)).copied().unwrap_or_default();
            out.push(report::SplitRow {
                config: table.config.clone(),
                split: split.to_owned(),
                rows: totals.rows,
                tokens: totals.tokens,
                hours: totals.hours(),
                speakers: stats
                    .get(&table.config)
                    .map_or(0, |s| s.speakers.values().filter(|s| s.splits.contains(split)).count() as u64),
            });
        }
    }
    out
}

fn shares(stats: &TableStats, key: impl Fn(&stats::Speaker) -> Option<&str>) -> Vec<report::Share> {
    let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
    for speaker in stats.speakers.values() {
        *sums.entry(key(speaker).unwrap_or("–")).or_default() += speaker.totals.microseconds;
    }
    let share =
        |(label, us): (&str, u64)| report::Share { label: label.to_owned(), value_hours: us as f64 / 3.6e9 };
    sums.into_iter().map(share).collect()
}

fn counts(map: &BTreeMap<String, stats::Totals>) -> Vec<report::Count> {
    map.iter().map(|(label, t)| report::Count { label: label.clone(), count: t.rows }).collect()
}

fn histogram(from: &stats::Histogram, unit: &str) -> Option<report::Histogram> {
    let last = from.counts.iter().rposition(|c| *c > 0)?;
    let first = from.counts.iter().position(|c| *c > 0)?;
    let edges = (first..=last + 1).map(|i| from.from + from.width * i as f64).collect();
    Some(report::Histogram { edges, counts: from.counts[first..=last].to_vec(), unit: unit.to_owned() })
}

/// Pictures of the first clips of a published file.
fn clip_rows(path: &Path) -> Result<Vec<report::Clip>> {
    let mut out = Vec::new();
    let file = TableFile::open(path)?;
    // One clip of each speaker before a second of any.
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for batch in file.read(&["id", "audio", "text", "speaker_id", "duration", "sampling_rate"], None)? {
        let batch = batch?;
        let column = |name: &str| batch.column_by_name(name);
        let audio = column("audio").and_then(|c| c.as_any().downcast_ref::<StructArray>());
        let clips = audio.and_then(|a| a.column(0).as_any().downcast_ref::<BinaryArray>());
        let duration = column("duration").and_then(|c| c.as_any().downcast_ref::<Float64Array>());
        let rate = column("sampling_rate").and_then(|c| c.as_any().downcast_ref::<Int32Array>());
        let (Some(clips), Some(duration), Some(rate)) = (clips, duration, rate) else { break };
        let (ids, texts, speakers) =
            (strings(&batch, "id")?, strings(&batch, "text")?, strings(&batch, "speaker_id")?);
        for row in 0..batch.num_rows() {
            let speaker = value(speakers, row).unwrap_or_default();
            let count = seen.entry(speaker.to_owned()).or_default();
            *count += 1;
            if *count > 2 || out.len() >= CLIPS {
                continue;
            }
            let source = Box::new(Cursor::new(clips.value(row).to_vec()));
            let Ok(parsed) = audio::read(source, None, &sprog_formats::Limits::default()) else { continue };
            let mono = to_mono(&parsed.value.samples, parsed.value.info.channels);
            out.push(report::Clip {
                id: value(ids, row).unwrap_or_default().to_owned(),
                text: value(texts, row).map(str::to_owned),
                speaker: value(speakers, row).map(str::to_owned),
                duration: duration.value(row),
                sampling_rate: rate.value(row).unsigned_abs(),
                waveform: envelope::waveform(&mono, CLIP_COLUMNS),
                spectrogram: envelope::spectrogram(&mono, CLIP_COLUMNS, CLIP_ROWS),
                spectrogram_columns: CLIP_COLUMNS,
                spectrogram_rows: CLIP_ROWS,
            });
        }
        if out.len() >= CLIPS {
            break;
        }
    }
    Ok(out)
}
