//! The acoustic model and what it does with a recording.

use super::Error;
use super::frontend::{Features, FrontEndOptions};
use super::gmm::{Bank, Blocks};
use super::graph::{BACKGROUND, Graph, GraphOptions, Role};
use super::score::{Gap, ScoreOptions, Status};
use super::simd::{BLOCK, Lane, Level};
use super::viterbi::{Path, Scorer, viterbi};
use super::words::{PhoneId, PhoneTable, Word};

/// Phones, their pdfs and transitions, and the front end they were trained on.
#[derive(Clone, Debug, PartialEq)]
pub struct AcousticModel {
    pub(crate) front_end: FrontEndOptions,
    pub(crate) phones: PhoneTable,
    pub(crate) bank: Bank,
    /// (stay, leave) log-probabilities for each state of each phone.
    pub(crate) transitions: Vec<(f32, f32)>,
    /// One Gaussian a pdf, for scores.
    pub(crate) coarse: Bank,
}

/// States a phone.
pub(crate) const STATES: usize = 3;

/// How to align.
#[derive(Clone, Debug, PartialEq)]
pub struct AlignOptions {
    /// The word graph.
    pub graph: GraphOptions,
    /// Paths this much worse than the best are dropped, in log-likelihood. Infinite: the exact search,
    /// which is also done when a beam finds no path. Below about 800 paths begin to be lost.
    pub beam: f32,
    /// Limits of scores; `None` leaves scores and statuses out.
    pub score: Option<ScoreOptions>,
}

impl Default for AlignOptions {
    fn default() -> Self {
        let score = Some(ScoreOptions::default());
        AlignOptions { graph: GraphOptions::default(), beam: f32::INFINITY, score }
    }
}

/// A phone of a word, in frames.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PhoneSpan {
    /// The phone.
    pub phone: PhoneId,
    /// First frame.
    pub start: usize,
    /// One past the last frame.
    pub end: usize,
}

/// A word's place, in frames.
#[derive(Clone, Debug, PartialEq)]
pub struct WordSpan {
    /// Which pronunciation was said; `None` when the word was skipped or the background took its place.
    pub pronunciation: Option<usize>,
    /// First frame.
    pub start: usize,
    /// One past the last frame.
    pub end: usize,
    /// The phones.
    pub phones: Vec<PhoneSpan>,
    /// Whether the frame before belongs to silence (or is the recording's start).
    pub after_silence: bool,
    /// Mean log-likelihood a frame that the word's states lose to the best phone, by phones; 0 or more.
    pub evidence: f32,
    /// 0 (surely wrong) to 1; 0 when the word was skipped.
    pub score: f32,
    /// What the score and the durations say.
    pub status: Status,
}

/// Where the words of an utterance are.
#[derive(Clone, Debug, PartialEq)]
pub struct Alignment {
    /// One for each word of the graph.
    pub words: Vec<WordSpan>,
    /// Frames in all.
    pub frames: usize,
    /// Log-likelihood of the path.
    pub log_likelihood: f64,
    /// Stretches without words.
    pub gaps: Vec<Gap>,
    /// Mean of the words' scores.
    pub score: f32,
    /// What the words' statuses and the gaps say.
    pub status: Status,
}

struct BankScorer<'a> {
    coarse: &'a Bank,
    bank: &'a Bank,
    blocks: &'a Blocks,
    level: Level,
}

impl Scorer for BankScorer<'_> {
    fn score(&mut self, block: usize, pdf: u32, out: &mut Lane) {
        if pdf != BACKGROUND {
            self.bank.score_block(self.level, self.blocks.block(block), pdf, out);
            return;
        }
        // Any speech: the best pdf of any phone.
        out.fill(f32::MIN);
        let mut one = [0f32; BLOCK];
        for pdf in 0..self.coarse.pdfs() as u32 {
            self.coarse.score_block(self.level, self.blocks.block(block), pdf, &mut one);
            for (o, v) in out.iter_mut().zip(&one) {
                *o = if *v > *o { *v } else { *o };
            }
        }
    }
}

impl AcousticModel {
    pub(crate) fn of_parts(
        front_end: FrontEndOptions,
        phones: PhoneTable,
        bank: Bank,
        transitions: Vec<(f32, f32)>,
    ) -> AcousticModel {
        let coarse = bank.coarse();
        AcousticModel { front_end, phones, bank, transitions, coarse }
    }

    /// The front end that its features must come from.
    pub fn front_end(&self) -> &FrontEndOptions {
        &self.front_end
    }

    /// Its phones.
    pub fn phones(&self) -> &PhoneTable {
        &self.phones
    }

    /// Number of Gaussians.
    pub fn gaussians(&self) -> usize {
        self.bank.gaussians()
    }

    pub(crate) fn states_of(&self, phone: PhoneId) -> usize {
        if usize::from(phone) < self.phones.len() { STATES } else { 0 }
    }

    /// The pdf of a state of a phone.
    pub(crate) fn pdf(phone: PhoneId, state: usize) -> u32 {
        (usize::from(phone) * STATES + state) as u32
    }

    pub(crate) fn transition(&self, phone: PhoneId, state: usize) -> (f32, f32) {
        self.transitions.get(usize::from(phone) * STATES + state).copied().unwrap_or((-0.3, -1.4))
    }

    /// Aligns features with words. When the recording is too short for the phones' three states, phones
    /// of two and then of one state are tried.
    ///
    /// # Errors
    /// [`Error::Dimension`], [`Error::NotFinite`], [`Error::TooShort`], [`Error::NoPath`] and those of
    /// [`Graph::of_words`].
    pub fn align(
        &self,
        features: &Features,
        words: &[Word],
        options: &AlignOptions,
    ) -> Result<Alignment, Error> {
        let graph = self.fitting_graph(features.frames, words, &options.graph)?;
        self.align_graph(features, &graph, options)
    }

    /// Aligns features with a graph of the caller's making.
    ///
    /// # Errors
    /// As [`AcousticModel::align`].
    pub fn align_graph(
        &self,
        features: &Features,
        graph: &Graph,
        options: &AlignOptions,
    ) -> Result<Alignment, Error> {
        self.check(features)?;
        let blocks = Blocks::new(features);
        let path = match self.path(features.frames, &blocks, graph, options.beam, 0.0) {
            // The beam lost the way: search everything.
            Err(Error::NoPath) if options.beam.is_finite() => {
                self.path(features.frames, &blocks, graph, f32::INFINITY, 0.0)?
            }
            found => found?,
        };
        let mut alignment = spans(graph, &path);
        if let Some(score) = &options.score {
            self.judge(features, &blocks, graph, &path, score, &mut alignment);
        }
        Ok(alignment)
    }

    pub(crate) fn fitting_graph(
        &self,
        frames: usize,
        words: &[Word],
        options: &GraphOptions,
    ) -> Result<Graph, Error> {
        let mut options = options.clone();
        loop {
            let graph = Graph::of_words(words, self, &options)?;
            let needed = graph.least_frames().max(1);
            if needed <= frames {
                return Ok(graph);
            }
            if options.states <= 1 {
                return Err(Error::TooShort { frames, needed });
            }
            options.states = options.states.min(STATES) - 1;
        }
    }

    pub(crate) fn path(
        &self,
        frames: usize,
        blocks: &Blocks,
        graph: &Graph,
        beam: f32,
        silence_boost: f32,
    ) -> Result<Path, Error> {
        let mut scorer = BankScorer { bank: &self.bank, coarse: &self.coarse, blocks, level: Level::best() };
        viterbi(graph, frames, beam, silence_boost, &mut scorer)
    }

    pub(crate) fn check(&self, features: &Features) -> Result<(), Error> {
        if features.dim != self.bank.dim || features.data.len() != features.frames * features.dim {
            return Err(Error::Dimension { got: features.dim, want: self.bank.dim });
        }
        match features.data.iter().position(|v| !v.is_finite()) {
            Some(at) => Err(Error::NotFinite { frame: at / features.dim.max(1) }),
            None => Ok(()),
        }
    }
}

/// Words and phones of a path.
pub(crate) fn spans(graph: &Graph, path: &Path) -> Alignment {
    let empty = WordSpan {
        pronunciation: None,
        start: 0,
        end: 0,
        phones: Vec::new(),
        after_silence: true,
        evidence: 0.0,
        score: 0.0,
        status: Status::Ok,
    };
    let mut words = vec![empty; graph.words];
    let mut seen = vec![false; graph.words];
    let mut t = 0;
    while t < path.frames.len() {
        let (chain, _) = path.frames[t];
        let mut end = t + 1;
        while end < path.frames.len() && path.frames[end].0 == chain {
            end += 1;
        }
        if let Role::Word { word, variant } = graph.chains[chain as usize].role {
            let span = &mut words[word as usize];
            seen[word as usize] = true;
            span.pronunciation = Some(usize::from(variant));
            (span.start, span.end) = (t, end);
            span.after_silence = t == 0 || graph.chains[path.frames[t - 1].0 as usize].role == Role::Silence;
            let mut last = u16::MAX;
            for (frame, (_, state)) in path.frames.iter().enumerate().take(end).skip(t) {
                let state = graph.states[*state as usize];
                match span.phones.last_mut() {
                    Some(phone) if state.position == last => phone.end = frame + 1,
                    _ => span.phones.push(PhoneSpan { phone: state.phone, start: frame, end: frame + 1 }),
                }
                last = state.position;
            }
        }
        t = end;
    }
    // A skipped word is empty, at the end of the one before.
    let mut at = 0;
    for (word, seen) in words.iter_mut().zip(seen) {
        if !seen {
            (word.start, word.end) = (at, at);
        }
        at = word.end;
    }
    Alignment {
        words,
        frames: path.frames.len(),
        log_likelihood: path.total,
        gaps: Vec::new(),
        score: 0.0,
        status: Status::Ok,
    }
}
