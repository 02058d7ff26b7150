//! Shard jobs and global stages: from the plan to tables whose parts are known.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use sprog_datasets::corpus::{Kept, Table, parts_by_speaker, parts_in_order, parts_whole};
use sprog_datasets::records::Origin;
use sprog_datasets::schema::{self, Modality};
use sprog_datasets::table::{Shards, write_shard};
use sprog_datasets::{Error, Result};
use sprog_speech::align::AcousticModel;

use super::audio_steps::AudioSteps;
use super::global::{self, Edit, EditStep, Global, References};
use super::outcome::{Beside, FileProblem, Outcome, StepCount, removed_batch, removed_schema};
use super::plan::PlannedSource;
use super::problems::{self, Problems};
use super::steps::{self, Phases, RowStep};
use super::{Context, pack, pool, rules, speech, text};
use super::{audit, passages};
use crate::recipe::{KeepSignals, Kind, Step, signals_config};
use crate::speech::align::manifest::Item;
use crate::speech::align::transcript::Pronouncer;
use crate::speech::align::{Aligner, train};

/// What happened to the rows, for the report.
#[derive(Default)]
pub(crate) struct Story {
    /// Records read, by source.
    pub(crate) records: BTreeMap<String, u64>,
    /// Steps: (config, index in the recipe) and what it did.
    pub(crate) steps: BTreeMap<(String, usize), StepCount>,
    /// Problems of all files.
    pub(crate) problems: Problems,
    /// Files with removed rows, by config, in order.
    pub(crate) removed: BTreeMap<String, Vec<String>>,
    /// Files with audits of personal data, by config, in order.
    pub(crate) audits: BTreeMap<String, Vec<String>>,
    /// Files with passages that were found elsewhere too, by config, in order.
    pub(crate) passages: BTreeMap<String, Vec<String>>,
}

impl Story {
    /// Rows taken out by all steps.
    pub(crate) fn removed_rows(&self) -> u64 {
        self.steps.values().map(|s| s.dropped).sum()
    }

    fn add(&mut self, config: &str, source: &str, outcome: &Outcome) {
        if !source.is_empty() {
            *self.records.entry(source.to_owned()).or_default() += outcome.records;
        }
        for (index, count) in &outcome.steps {
            self.steps.entry((config.to_owned(), *index)).or_default().add(count);
        }
        self.problems.extend(&outcome.problems);
        outcome.spilled.iter().for_each(|spilled| self.problems.add(spilled));
        self.removed.entry(config.to_owned()).or_default().extend(outcome.removed.iter().cloned());
        self.audits.entry(config.to_owned()).or_default().extend(outcome.audit.iter().cloned());
        self.passages.entry(config.to_owned()).or_default().extend(outcome.passages.iter().cloned());
    }
}

/// Tables ready for the gates.
pub(crate) struct Gathered {
    pub(crate) tables: Vec<Table>,
    /// Files to be published beside the tables, by their paths.
    pub(crate) files: Vec<(String, PathBuf)>,
    pub(crate) story: Story,
}

/// Source index, file or job number, slice: the order of the shards.
type Position = (usize, usize, u32);
type Outcomes = Mutex<BTreeMap<Position, Outcome>>;

/// Shards of one config with what is still kept of them.
struct Stage {
    names: Vec<String>,
    rows: Vec<u32>,
}

pub(crate) fn build(context: &Context<'_>) -> Result<Gathered> {
    let recipe_steps: Vec<&Step> = context.loaded.recipe.steps.iter().map(|s| s.get_ref()).collect();
    let mut gathered = Gathered { tables: Vec::new(), files: Vec::new(), story: Story::default() };
    gathered.story.problems.extend(&context.plan.problems());
    let mut references = References::new();
    for index in context.plan.references() {
        let id = &context.plan.sources[index].described.id;
        let audio = AudioSteps::default();
        let stage =
            first_phase(context, &format!("reference/{id}"), &[index], &[], &audio, &mut gathered.story)?;
        references.insert(id.clone(), shards_of(context, &stage));
    }
    for modality in [Modality::Text, Modality::Speech, Modality::Rules] {
        for (config, sources) in context.plan.configs(modality) {
            let audio = match modality {
                Modality::Speech => audio_steps(context, &config, &sources, &recipe_steps)?,
                _ => AudioSteps::default(),
            };
            let public = match modality {
                Modality::Text if signals_of(&recipe_steps, &config) == Some(KeepSignals::Column) => {
                    schema::text_with_signals()
                }
                Modality::Text => schema::text(),
                Modality::Speech => schema::speech(audio.columns()),
                Modality::Rules => {
                    let table = super::plan::rule_table(&context.plan.sources[sources[0]].recipe);
                    sprog_datasets::rules::schema(
                        table.ok_or_else(|| Error::Invalid("no rule table".into()))?,
                    )
                }
                // Attributes and tokens come of steps, not of sources.
                Modality::Attributes | Modality::Tokens => continue,
            };
            let phases = match modality {
                Modality::Rules => Phases { phases: vec![Vec::new()], globals: Vec::new() },
                Modality::Text => steps::phases(&recipe_steps, &config, &schema::text(), &context.tokenize)?,
                _ => steps::phases(&recipe_steps, &config, &public, &[])?,
            };
            context.progress.stage(&config, None);
            let stage =
                first_phase(context, &config, &sources, &phases.phases[0], &audio, &mut gathered.story)?;
            let mut table = match modality {
                Modality::Rules => {
                    let parts = parts_whole(&stage.rows);
                    let shards = shards_of(context, &stage);
                    Table { config, modality, schema: public, shards, parts, beside: None, tokens: None }
                }
                _ => later_phases(
                    context,
                    (config, modality, public),
                    phases,
                    stage,
                    &references,
                    &mut gathered.story,
                )?,
            };
            let tokenize =
                context.tokenize.iter().find(|t| recipe_steps[t.index].is_for(&table.config, false));
            let packed = match tokenize {
                Some(tokenize) if modality == Modality::Text => pack::run(context, &mut table, tokenize)?,
                _ => pack::Packed::default(),
            };
            let beside = signals_of(&recipe_steps, &table.config) == Some(KeepSignals::Beside);
            let beside = (beside && modality == Modality::Text).then(|| signals_beside(&table));
            gathered.tables.push(table);
            gathered.tables.extend(beside.into_iter().chain(packed.table));
            gathered.files.extend(packed.files);
        }
    }
    Ok(gathered)
}

/// The audio steps of a config, with the model that one of them aligns with: read from its file, or trained on
/// the config's own recordings.
fn audio_steps(
    context: &Context<'_>,
    config: &str,
    sources: &[usize],
    steps: &[&Step],
) -> Result<AudioSteps> {
    let invalid = |e: anyhow::Error| match e.downcast::<Error>() {
        Ok(e) => e,
        Err(e) => Error::Invalid(format!("align: {e:#}")),
    };
    let mut aligner = None;
    for step in steps {
        let Step::Align { model, train_hours, lexicon, .. } = step else { continue };
        let lexicon = lexicon.as_ref().map(|file| context.loaded.dir.join(file));
        let (pronouncer, _) = Pronouncer::new(lexicon.as_deref(), false).map_err(invalid)?;
        let model = match model {
            Some(file) => train::load(&context.loaded.dir.join(file)).map_err(invalid)?,
            None => trained(context, config, sources, *train_hours, &pronouncer).map_err(invalid)?,
        };
        aligner = Some(Aligner::new(model, pronouncer).map_err(invalid)?);
    }
    AudioSteps::new(steps, aligner).map_err(|e| Error::Invalid(e.to_string()))
}

/// A model of the config's recordings: a job of its own, which a stopped build finds done.
fn trained(
    context: &Context<'_>,
    config: &str,
    sources: &[usize],
    hours: f64,
    pronouncer: &Pronouncer,
) -> anyhow::Result<AcousticModel> {
    let key = format!("{config}/align-model");
    if let Some(name) = context.journal.finished::<String>(&key)
        && let Ok(model) = train::load(&context.work.join(name))
    {
        return Ok(model);
    }
    let clips = sources.iter().flat_map(|source| &context.plan.sources[*source].clips);
    let items: Vec<Item> = clips
        .filter_map(|clip| {
            Some(Item {
                id: clip.row.id.to_string(),
                audio: clip.audio.clone(),
                text: clip.row.text.clone()?,
            })
        })
        .collect();
    let (model, _) = train::train(&items, hours, pronouncer, context.resources, context.progress)?;
    let bytes = model.to_bytes();
    let name = format!("{}.model", &blake3::hash(&bytes).to_hex()[..32]);
    sprog_datasets::durable::write_bytes(&context.work.join(&name), &bytes)?;
    context.journal.commit(&key, &name)?;
    Ok(model)
}

/// Where the signals of a config go, if any are measured.
fn signals_of(steps: &[&Step], config: &str) -> Option<KeepSignals> {
    steps.iter().find_map(|step| match step {
        Step::Quality { signals, .. } if step.is_for(config, false) => Some(*signals),
        _ => None,
    })
}

/// The signals of a text table as one of their own: the same rows of the same shards, other columns.
fn signals_beside(text: &Table) -> Table {
    let config = signals_config(&text.config);
    Table {
        config,
        modality: Modality::Attributes,
        schema: schema::signals(),
        shards: Shards::new(text.shards.paths().to_vec()),
        parts: text.parts.clone(),
        beside: Some(text.config.clone()),
        tokens: None,
    }
}

fn shards_of(context: &Context<'_>, stage: &Stage) -> Shards {
    Shards::new(stage.names.iter().map(|n| context.work.join(n)).collect())
}

fn later_phases(
    context: &Context<'_>,
    (config, modality, public): (String, Modality, SchemaRef),
    phases: Phases,
    mut stage: Stage,
    references: &References,
    story: &mut Story,
) -> Result<Table> {
    let memory = context.resources.memory / 4;
    let mut kept = Kept::all(&stage.rows);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(context.resources.threads)
        .build()
        .map_err(|e| Error::io("threads")(std::io::Error::other(e.to_string())))?;
    for (number, stage_step) in phases.globals.iter().enumerate() {
        let name = stage_step.step.name();
        context.progress.stage(&format!("{config}: {name}"), None);
        let shards = shards_of(context, &stage);
        let global = Global {
            name,
            shards: &shards,
            references: stage_step
                .step
                .against()
                .iter()
                .filter_map(|id| references.get_key_value(id))
                .map(|(id, shards)| (id.as_str(), shards))
                .collect(),
            scratch: context.work,
            prefix: format!("{config}-{number}"),
            memory,
            pool: &pool,
        };
        let staged = global::run(&global, &stage_step.step, modality == Modality::Speech, &mut kept)?;
        story.steps.entry((config.clone(), stage_step.index)).or_default().add(&staged.count);
        story.removed.entry(config.clone()).or_default().extend(staged.removed);
        let again = Again {
            phase: number + 1,
            steps: &phases.phases[number + 1],
            edit: staged.edit.map(|edit| {
                let before = phases.phases[..=number].iter().flatten();
                let measures = before.filter(|step| step.measures()).collect();
                (edit, EditStep { named: (stage_step.index, name), measures })
            }),
        };
        if !again.steps.is_empty() || again.edit.is_some() {
            stage = rerun(context, &config, &shards, &kept, &again, story)?;
            kept = Kept::all(&stage.rows);
        }
    }
    let shards = shards_of(context, &stage);
    let split = context.loaded.split();
    let parts = match modality {
        Modality::Speech => parts_by_speaker(&shards, &kept, &split, context.work, memory)?,
        _ => parts_in_order(&shards, &kept, &split, modality)?,
    };
    Ok(Table { config, modality, schema: public, shards, parts, beside: None, tokens: None })
}

/// Writes what is left of a batch as a shard named by its content, and the removed rows beside it.
fn store(
    context: &Context<'_>,
    batches: &[RecordBatch],
    beside: &Beside,
    outcome: &mut Outcome,
) -> Result<()> {
    outcome.spilled = problems::spill(context.work, &mut outcome.problems)?;
    let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
    outcome.rows = u32::try_from(rows).map_err(|e| Error::Invalid(e.to_string()))?;
    if let Some(first) = batches.first().filter(|_| rows > 0) {
        let (name, bytes) = store_batches(context, &first.schema(), batches)?;
        (outcome.shard, outcome.shard_bytes) = (Some(name), bytes);
    }
    if !beside.removed.is_empty() {
        let (name, bytes) = store_batches(context, &removed_schema(), &[removed_batch(&beside.removed)?])?;
        (outcome.removed, outcome.removed_bytes) = (Some(name), bytes);
    }
    if !beside.finds.is_empty() {
        let (name, bytes) = store_batches(context, &audit::schema(), &[audit::batch(&beside.finds)?])?;
        (outcome.audit, outcome.audit_bytes) = (Some(name), bytes);
    }
    if !beside.passages.is_empty() {
        let (name, bytes) =
            store_batches(context, &passages::schema(), &[passages::batch(&beside.passages)?])?;
        (outcome.passages, outcome.passages_bytes) = (Some(name), bytes);
    }
    Ok(())
}

pub(super) fn store_batches(
    context: &Context<'_>,
    schema: &SchemaRef,
    batches: &[RecordBatch],
) -> Result<(String, u64)> {
    // A name of this thread alone until the content's own is known.
    let thread = rayon::current_thread_index().unwrap_or(usize::MAX);
    let temporary = context.work.join(format!("shard-{thread}{}", sprog_datasets::durable::TEMPORARY));
    let blake3 = write_shard(&temporary, schema, batches)?;
    let name = format!("{}.parquet", &blake3[..32]);
    let path = context.work.join(&name);
    std::fs::rename(&temporary, &path).map_err(Error::io(&path))?;
    sprog_datasets::durable::sync_dir(context.work)?;
    let bytes = std::fs::metadata(&path).map_err(Error::io(&path))?.len();
    Ok((name, bytes))
}

enum Job<'p> {
    Text(&'p PlannedSource, usize, text::Slice),
    Speech(&'p PlannedSource, Vec<speech::Clip>),
    Rules(&'p PlannedSource, usize),
}

/// The sources' own jobs: read, run the first phase's steps, store.
fn first_phase(
    context: &Context<'_>,
    config: &str,
    sources: &[usize],
    row_steps: &[RowStep],
    audio: &AudioSteps,
    story: &mut Story,
) -> Result<Stage> {
    let outcomes: Outcomes = Mutex::default();
    let keep = |position: Position, outcome: Outcome| {
        outcomes.lock().unwrap_or_else(PoisonError::into_inner).insert(position, outcome);
    };
    let total: u64 = sources.iter().flat_map(|s| &context.plan.sources[*s].inputs).map(|i| i.bytes).sum();
    context.progress.stage(config, Some(total));
    pool::run(
        context.resources,
        |hand_out| {
            for &index in sources {
                hand_out_source(context, config, index, &keep, hand_out)?;
            }
            Ok(())
        },
        |(position, key, job): (Position, String, Job<'_>)| {
            let outcome = run_job(context, job, row_steps, audio)?;
            context.journal.commit(&key, &outcome)?;
            keep(position, outcome);
            Ok(())
        },
    )?;
    let outcomes = outcomes.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut stage = Stage { names: Vec::new(), rows: Vec::new() };
    for ((source, ..), outcome) in outcomes {
        story.add(config, &context.plan.sources[source].described.id, &outcome);
        if let Some(name) = outcome.shard {
            stage.names.push(name);
            stage.rows.push(outcome.rows);
        }
    }
    Ok(stage)
}

type Keyed<'p> = (Position, String, Job<'p>);

fn hand_out_source<'p>(
    context: &Context<'p>,
    config: &str,
    index: usize,
    keep: &dyn Fn(Position, Outcome),
    hand_out: &mut dyn FnMut(Keyed<'p>) -> Result<()>,
) -> Result<()> {
    let source = &context.plan.sources[index];
    let id = &source.described.id;
    let mut give = |number: usize, slice: u32, bytes: u64, job: Job<'p>| {
        let key = format!("{config}/0/{id}/{number}/{slice}");
        context.progress.advance(bytes);
        match context.journal.finished::<Outcome>(&key).filter(|o| o.is_intact(context.work)) {
            Some(outcome) => {
                keep((index, number, slice), outcome);
                Ok(())
            }
            None => hand_out(((index, number, slice), key, job)),
        }
    };
    match source.recipe.kind {
        Kind::Text => {
            for (number, input) in source.inputs.iter().enumerate() {
                text::slices(&source.recipe, input, &context.limits, &mut |slice| {
                    let bytes = if slice.last { input.bytes } else { 0 };
                    give(number, slice.index, bytes, Job::Text(source, number, slice))
                })?;
            }
        }
        Kind::Speech => {
            let bytes: u64 = source.inputs.iter().map(|i| i.bytes).sum();
            let jobs = speech::jobs(source.clips.clone());
            let each = bytes / jobs.len().max(1) as u64;
            for (number, clips) in jobs.into_iter().enumerate() {
                give(number, 0, each, Job::Speech(source, clips))?;
            }
        }
        Kind::Rules => {
            for (number, input) in source.inputs.iter().enumerate() {
                give(number, 0, input.bytes, Job::Rules(source, number))?;
            }
        }
    }
    Ok(())
}

/// Names of the steps that a source's rows go through.
fn steps_of(context: &Context<'_>, source: &PlannedSource) -> String {
    let speech = source.recipe.kind == Kind::Speech;
    let names = context.loaded.recipe.steps.iter().map(|s| s.get_ref());
    let names = names.filter(|step| step.is_for(&source.described.config, speech));
    names.map(Step::name).collect::<Vec<_>>().join("; ")
}

fn run_job(
    context: &Context<'_>,
    job: Job<'_>,
    row_steps: &[RowStep],
    audio: &AudioSteps,
) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let mut beside = Beside::default();
    let origin_of = |source: &PlannedSource, file: &str| Origin {
        source: source.described.id.clone(),
        license: source.described.license.clone().unwrap_or_default(),
        file: file.to_owned(),
        steps: steps_of(context, source),
    };
    let batch = match job {
        Job::Text(source, number, slice) => {
            let file = &source.inputs[number].name;
            let mut problems = slice.problems;
            let origin = origin_of(source, file);
            let batch = text::batch_of(&source.recipe, &origin, slice.content, &mut problems, &mut outcome)?;
            let id = &source.described.id;
            outcome.problems.extend(problems.iter().map(|p| FileProblem::new(id, file, p)));
            Some(batch)
        }
        Job::Speech(source, clips) => {
            let origin = origin_of(source, "");
            let limits = &context.limits;
            Some(speech::batch_of(&source.recipe, &origin, clips, audio, limits, &mut outcome, &mut beside)?)
        }
        Job::Rules(source, number) => {
            rules::batch_of(&source.recipe, &source.inputs[number], &context.limits, &mut outcome)?
        }
    };
    let mut batches = Vec::new();
    if let Some(batch) = batch.filter(|b| b.num_rows() > 0) {
        batches.push(steps::run(row_steps, batch, &mut outcome, &mut beside)?);
    }
    store(context, &batches, &beside, &mut outcome)?;
    Ok(outcome)
}

/// What a later phase does.
struct Again<'s> {
    /// Its number.
    phase: usize,
    /// Its steps.
    steps: &'s [RowStep],
    /// What the stage before it wants done first.
    edit: Option<(Edit, EditStep<'s>)>,
}

/// A later phase: one job for each shard of the phase before.
fn rerun(
    context: &Context<'_>,
    config: &str,
    shards: &Shards,
    kept: &Kept,
    again: &Again<'_>,
    story: &mut Story,
) -> Result<Stage> {
    let phase = again.phase;
    let outcomes: Outcomes = Mutex::default();
    let keep = |position: Position, outcome: Outcome| {
        outcomes.lock().unwrap_or_else(PoisonError::into_inner).insert(position, outcome);
    };
    let count = shards.paths().len();
    context.progress.stage(&format!("{config}: {phase}"), Some(count as u64));
    pool::run(
        context.resources,
        |hand_out| {
            for shard in 0..count as u32 {
                let key = format!("{config}/{phase}/{shard}");
                match context.journal.finished::<Outcome>(&key).filter(|o| o.is_intact(context.work)) {
                    Some(outcome) => keep((0, 0, shard), outcome),
                    None => hand_out((shard, key))?,
                }
            }
            Ok(())
        },
        |(shard, key): (u32, String)| {
            let (mut outcome, mut beside, mut batches) = (Outcome::default(), Beside::default(), Vec::new());
            let ranges = kept.ranges(shard);
            let cuts = again.edit.as_ref().map(|(edit, ..)| edit.of_shard(shard)).transpose()?;
            let mut numbers = ranges.iter().flat_map(|range| range.start..range.start + range.len);
            for batch in shards.file(shard)?.read(&[], Some(&ranges))? {
                let mut batch = batch?;
                if let (Some((edit, step)), Some(cuts)) = (&again.edit, &cuts) {
                    let rows: Vec<u32> = numbers.by_ref().take(batch.num_rows()).collect();
                    batch = edit.run(&batch, &rows, cuts, step, &mut outcome, &mut beside)?;
                }
                batches.push(steps::run(again.steps, batch, &mut outcome, &mut beside)?);
            }
            store(context, &batches, &beside, &mut outcome)?;
            context.journal.commit(&key, &outcome)?;
            context.progress.advance(1);
            keep((0, 0, shard), outcome);
            Ok(())
        },
    )?;
    let mut stage = Stage { names: Vec::new(), rows: Vec::new() };
    for outcome in outcomes.into_inner().unwrap_or_else(PoisonError::into_inner).into_values() {
        story.add(config, "", &outcome);
        if let Some(name) = outcome.shard {
            stage.names.push(name);
            stage.rows.push(outcome.rows);
        }
    }
    Ok(stage)
}
