//! Training from a flat start: Kaldi's `train_mono` schedule.

use super::Error;
use super::frontend::{Features, FrontEndOptions};
use super::gmm::{Bank, Blocks, Global, Statistics, mix_up};
use super::graph::{Graph, GraphOptions, Role};
use super::math::{Normal, ln};
use super::model::{AcousticModel, STATES};
use super::words::{PhoneTable, Word};

/// A recording's features and the words said in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Utterance {
    /// From the front end named in the options.
    pub features: Features,
    /// The words.
    pub words: Vec<Word>,
}

/// The schedule.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainOptions {
    /// Iterations in all.
    pub iterations: usize,
    /// The iterations that align anew.
    pub realign: Vec<usize>,
    /// Gaussians at the end of the mixing-up, at three quarters of the iterations.
    pub gaussians: usize,
    /// Gaussians are shared among pdfs by occupancy to this power.
    pub power: f64,
    /// Silence's log-likelihood is raised by this in the first half of the iterations.
    pub silence_boost: f32,
    /// Variances are at least this share of the variance of all frames.
    pub variance_floor: f64,
    /// Beam of the alignments, in log-likelihood.
    pub beam: f32,
    /// The word graph.
    pub graph: GraphOptions,
    /// Seed of the splitting of Gaussians.
    pub seed: u64,
}

impl Default for TrainOptions {
    fn default() -> Self {
        TrainOptions {
            iterations: 24,
            realign: vec![1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20, 23],
            gaussians: 600,
            power: 0.25,
            silence_boost: 0.22,
            variance_floor: 0.01,
            beam: f32::INFINITY,
            graph: GraphOptions::default(),
            seed: 0,
        }
    }
}

/// Which state every frame of an utterance belongs to; empty when it has no path.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Labels {
    /// State, and the frames in a row that it has.
    runs: Vec<(u32, u32)>,
    frames: usize,
    log_likelihood: f64,
}

/// Training that the caller drives, so that it may share the utterances among threads: align and
/// accumulate in fixed chunks, merge in their order, update. [`train`] does it in one thread.
#[derive(Clone, Debug)]
pub struct Trainer {
    options: TrainOptions,
    model: AcousticModel,
    floor: Vec<f32>,
    normal: Normal,
    iteration: usize,
    target: f64,
}

/// Sums of some utterances.
#[derive(Clone, Debug, PartialEq)]
pub struct Accumulator {
    statistics: Statistics,
    /// Per state of a phone: frames, and times it was left.
    stays: Vec<(f64, f64)>,
    frames: f64,
    log_likelihood: f64,
    failed: usize,
}

impl Accumulator {
    /// Adds an utterance with its labels.
    pub fn add_utterance(&mut self, model: &AcousticModel, features: &Features, labels: &Labels) {
        if labels.frames != features.frames || features.frames == 0 {
            self.failed += 1;
            return;
        }
        let mut t = 0;
        for (pdf, frames) in &labels.runs {
            for frame in t..t + *frames as usize {
                self.statistics.add(&model.bank, *pdf, features.row(frame));
            }
            t += *frames as usize;
            let at = &mut self.stays[*pdf as usize];
            at.0 += f64::from(*frames);
            at.1 += 1.0;
        }
        self.frames += features.frames as f64;
        self.log_likelihood += labels.log_likelihood;
    }

    /// Adds the sums of later utterances.
    pub fn merge(&mut self, other: &Accumulator) {
        self.statistics.merge(&other.statistics);
        for (a, b) in self.stays.iter_mut().zip(&other.stays) {
            a.0 += b.0;
            a.1 += b.1;
        }
        self.frames += other.frames;
        self.log_likelihood += other.log_likelihood;
        self.failed += other.failed;
    }

    /// Mean log-likelihood a frame.
    pub fn mean_log_likelihood(&self) -> f64 {
        self.log_likelihood / self.frames.max(1.0)
    }

    /// Utterances without a path.
    pub fn failed(&self) -> usize {
        self.failed
    }
}

impl Trainer {
    /// Starts flat: every state has the mean and variance of all frames.
    ///
    /// # Errors
    /// [`Error::Training`] without frames, [`Error::Dimension`] and [`Error::NotFinite`].
    pub fn new(
        utterances: &[Utterance],
        phones: &PhoneTable,
        front_end: &FrontEndOptions,
        options: &TrainOptions,
    ) -> Result<Trainer, Error> {
        let mut global = Global::default();
        for utterance in utterances {
            if utterance.features.dim != front_end.dim() {
                return Err(Error::Dimension { got: utterance.features.dim, want: front_end.dim() });
            }
            global.add(&utterance.features);
        }
        if utterances.iter().all(|u| u.features.frames == 0) {
            return Err(Error::Training { reason: "there are no frames".to_owned() });
        }
        let (mean, variance) = global.mean_and_variance();
        let pdfs = phones.len() * STATES;
        let bank = Bank::flat(pdfs, &mean, &variance);
        let transitions = vec![(ln(0.75) as f32, ln(0.25) as f32); pdfs];
        let model = AcousticModel::of_parts(front_end.clone(), phones.clone(), bank, transitions);
        for utterance in utterances {
            model.check(&utterance.features)?;
        }
        let floor = variance.iter().map(|v| (f64::from(*v) * options.variance_floor) as f32).collect();
        let normal = Normal::new(options.seed);
        Ok(Trainer { options: options.clone(), target: pdfs as f64, model, floor, normal, iteration: 0 })
    }

    /// The model as it stands.
    pub fn model(&self) -> &AcousticModel {
        &self.model
    }

    /// The model when training has ended.
    pub fn into_model(self) -> AcousticModel {
        self.model
    }

    /// Whether all iterations are done.
    pub fn is_done(&self) -> bool {
        self.iteration >= self.options.iterations
    }

    /// Whether this iteration needs new labels.
    pub fn realigns(&self) -> bool {
        self.iteration == 0 || self.options.realign.contains(&self.iteration)
    }

    /// Labels of an utterance by the model as it stands; by an equal division at first.
    pub fn label(&self, utterance: &Utterance) -> Labels {
        let frames = utterance.features.frames;
        let Ok(graph) = self.model.fitting_graph(frames, &utterance.words, &self.options.graph) else {
            return Labels::default();
        };
        if self.iteration == 0 {
            return equal(&graph, frames);
        }
        let early = self.iteration <= self.options.iterations / 2;
        let boost = if early { self.options.silence_boost } else { 0.0 };
        let blocks = Blocks::new(&utterance.features);
        match self.model.path(frames, &blocks, &graph, self.options.beam, boost) {
            Ok(path) => {
                let states: Vec<u32> = path.frames.iter().map(|(_, s)| *s).collect();
                labels(&graph, &states, path.total)
            }
            Err(_) => Labels::default(),
        }
    }

    /// Empty sums for the model as it stands.
    pub fn accumulator(&self) -> Accumulator {
        Accumulator {
            statistics: Statistics::new(&self.model.bank),
            stays: vec![(0.0, 0.0); self.model.transitions.len()],
            frames: 0.0,
            log_likelihood: 0.0,
            failed: 0,
        }
    }

    /// Ends an iteration: a new model from the sums of all utterances.
    ///
    /// # Errors
    /// [`Error::Training`] when no utterance had a path.
    pub fn update(&mut self, sums: &Accumulator) -> Result<(), Error> {
        if sums.frames == 0.0 {
            return Err(Error::Training { reason: "no utterance fits its words".to_owned() });
        }
        let mut bank = sums.statistics.update(&self.model.bank, &self.floor);
        let steps = self.options.iterations * 3 / 4;
        let grows = self.iteration > 0;
        if grows && self.iteration <= steps {
            let left = (self.options.gaussians as f64 - self.target).max(0.0);
            self.target += left / (steps + 1 - self.iteration) as f64;
        }
        if grows {
            let occupancies = sums.statistics.occupancies(&self.model.bank);
            bank = mix_up(&bank, &occupancies, self.target as usize, self.options.power, &mut self.normal);
        }
        self.model.bank = bank;
        for (transition, (frames, left)) in self.model.transitions.iter_mut().zip(&sums.stays) {
            if *frames > 5.0 {
                let leave = (left / frames).clamp(0.01, 0.99);
                *transition = (ln(1.0 - leave) as f32, ln(leave) as f32);
            }
        }
        self.iteration += 1;
        if self.is_done() {
            self.model.coarse = self.model.bank.coarse();
        }
        Ok(())
    }
}

/// Frames divided equally among the states of the first pronunciations, with silence at both ends.
fn equal(graph: &Graph, frames: usize) -> Labels {
    let mut states = Vec::new();
    let last = graph.chains.len().saturating_sub(1);
    for (index, chain) in graph.chains.iter().enumerate() {
        let taken = match chain.role {
            Role::Silence => index == 0 || index == last,
            Role::Word { variant, .. } => variant == 0,
            Role::Garbage => false,
        };
        if taken {
            states.extend(chain.first..chain.first + chain.len);
        }
    }
    let path: Vec<u32> = (0..frames).map(|t| states[t * states.len() / frames]).collect();
    labels(graph, &path, 0.0)
}

fn labels(graph: &Graph, path: &[u32], log_likelihood: f64) -> Labels {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for (t, state) in path.iter().enumerate() {
        match runs.last_mut() {
            Some(run) if t > 0 && path[t - 1] == *state => run.1 += 1,
            _ => runs.push((graph.states[*state as usize].pdf, 1)),
        }
    }
    Labels { runs, frames: path.len(), log_likelihood }
}

/// Trains in one thread.
///
/// # Errors
/// [`Error::Training`] when there is nothing to train on, [`Error::Dimension`] and [`Error::NotFinite`].
pub fn train(
    utterances: &[Utterance],
    phones: &PhoneTable,
    front_end: &FrontEndOptions,
    options: &TrainOptions,
) -> Result<AcousticModel, Error> {
    let mut trainer = Trainer::new(utterances, phones, front_end, options)?;
    let mut labels: Vec<Labels> = Vec::new();
    while !trainer.is_done() {
        if trainer.realigns() {
            labels = utterances.iter().map(|u| trainer.label(u)).collect();
        }
        let mut sums = trainer.accumulator();
        for (utterance, labels) in utterances.iter().zip(&labels) {
            sums.add_utterance(trainer.model(), &utterance.features, labels);
        }
        trainer.update(&sums)?;
    }
    Ok(trainer.into_model())
}
