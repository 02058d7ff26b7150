//! Training an acoustic model on the recordings that are to be aligned.

use std::path::Path;

use anyhow::{Context, Result};
use rayon::prelude::*;
use sprog_datasets::durable;
use sprog_speech::align::{
    Accumulator, AcousticModel, CepstralMean, FrontEnd, FrontEndOptions, Labels, PhoneTable, TrainOptions,
    Trainer, Utterance,
};

use super::RATE;
use super::manifest::Item;
use super::transcript::Pronouncer;
use crate::build::Resources;
use crate::progress::Progress;
use crate::speech::audio::mono;

/// Parts that the utterances are divided into, whatever the number of threads: the sums are added up in the same
/// order everywhere, and the model is the same.
const PARTS: usize = 32;
/// Recordings longer than this are not trained on, seconds: a flat start needs to know about where words are.
const LONGEST: f64 = 40.0;

/// What a model was trained on.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct Trained {
    /// Recordings.
    pub recordings: usize,
    /// Hours of them.
    pub hours: f64,
    /// Recordings that could not be used: too long, unreadable, or without a transcript.
    pub left_out: usize,
    /// Recordings taken whose words found no path in the last iteration, and so did not count.
    pub failed: usize,
    /// Mean log-likelihood of a frame in the last iteration.
    pub log_likelihood: f64,
    /// Gaussians of the model.
    pub gaussians: usize,
}

/// A recording as the trainer takes it, and its seconds.
type Ready = (Utterance, Vec<Vec<Vec<String>>>, f64);

fn ready(item: &Item, front_end: &FrontEnd, pronouncer: &Pronouncer) -> Option<Ready> {
    let audio = mono(&item.audio, RATE).ok()?;
    let seconds = audio.samples.len() as f64 / f64::from(RATE);
    let mut words = pronouncer.transcript(&item.text).words;
    words.retain(|pronunciations| !pronunciations.is_empty());
    // Less than a tenth of a second holds no word.
    if words.is_empty() || !(0.1..=LONGEST).contains(&seconds) {
        return None;
    }
    let cepstra = front_end.cepstra(&audio.samples);
    let features = front_end.finish(&cepstra, &CepstralMean::of(&cepstra).mean());
    Some((Utterance { features, words: Vec::new() }, words, seconds))
}

/// Trains a model from a flat start on at most `hours` of the recordings, chosen by a hash of their ids.
///
/// The same recordings give the same model, whatever the number of threads.
///
/// # Errors
/// Where no recording can be used.
pub fn train(
    items: &[Item],
    hours: f64,
    pronouncer: &Pronouncer,
    resources: Resources,
    progress: &Progress,
) -> Result<(AcousticModel, Trained)> {
    let mut order: Vec<&Item> = items.iter().collect();
    order.sort_by_cached_key(|item| *blake3::hash(item.id.as_bytes()).as_bytes());
    let front_end_options = FrontEndOptions::default();
    let front_end = FrontEnd::new(front_end_options.clone())?;
    let mut trained = Trained::default();
    let mut phones = PhoneTable::default();
    let mut utterances: Vec<Utterance> = Vec::new();
    progress.stage("features", Some(order.len() as u64));
    for group in order.chunks(4 * resources.threads.max(1)) {
        for found in crate::speech::map(resources, group, |item| ready(item, &front_end, pronouncer))? {
            // Past the limit the rest of a group is left alone, so that the number of threads does not matter.
            if trained.hours >= hours {
                break;
            }
            let Some((mut utterance, words, seconds)) = found else {
                trained.left_out += 1;
                continue;
            };
            utterance.words = words.iter().map(|pronunciations| phones.word(pronunciations)).collect();
            utterances.push(utterance);
            trained.recordings += 1;
            trained.hours += seconds / 3600.0;
        }
        progress.advance(group.len() as u64);
        if trained.hours >= hours {
            break;
        }
    }
    let options = TrainOptions::default();
    let failed = || format!("no model can be trained on {} recordings", items.len());
    let mut trainer =
        Trainer::new(&utterances, &phones, &front_end_options, &options).with_context(failed)?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(resources.threads).build()?;
    progress.stage("train", Some(options.iterations as u64));
    let mut labels: Vec<Labels> = Vec::new();
    let part = utterances.len().div_ceil(PARTS).max(1);
    while !trainer.is_done() {
        if trainer.realigns() {
            labels = pool.install(|| utterances.par_iter().map(|u| trainer.label(u)).collect());
        }
        let parts: Vec<Accumulator> = pool.install(|| {
            let parts = utterances.par_chunks(part).zip(labels.par_chunks(part));
            parts
                .map(|(utterances, labels)| {
                    let mut sums = trainer.accumulator();
                    for (utterance, labels) in utterances.iter().zip(labels) {
                        sums.add_utterance(trainer.model(), &utterance.features, labels);
                    }
                    sums
                })
                .collect()
        });
        let mut sums = trainer.accumulator();
        parts.iter().for_each(|part| sums.merge(part));
        (trained.failed, trained.log_likelihood) = (sums.failed(), sums.mean_log_likelihood());
        trainer.update(&sums).with_context(failed)?;
        progress.advance(1);
    }
    let model = trainer.into_model();
    trained.gaussians = model.gaussians();
    Ok((model, trained))
}

/// Reads a model.
///
/// # Errors
/// Those of the file system, and for what is no model of this program.
pub fn load(path: &Path) -> Result<AcousticModel> {
    let bytes = std::fs::read(path).map_err(sprog_datasets::Error::io(path))?;
    AcousticModel::from_bytes(&bytes).with_context(|| path.display().to_string())
}

/// Writes a model.
///
/// # Errors
/// Those of the file system.
pub fn save(model: &AcousticModel, path: &Path) -> Result<()> {
    Ok(durable::write_bytes(path, &model.to_bytes())?)
}
