//! How sure an alignment is. Every frame's state competes with the best state of any phone, each as one
//! Gaussian (the mixture's own mean and variance); what it loses is the evidence against it.

use super::frontend::Features;
use super::gmm::{Blocks, logistic};
use super::graph::{BACKGROUND, Graph, Role};
use super::model::{AcousticModel, Alignment};
use super::simd::{BLOCK, Level};
use super::viterbi::Path;

/// What may be done with a word's times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Nothing speaks against them.
    #[default]
    Ok,
    /// Look or listen before use.
    Suspect,
    /// The word is not there, or not where it was put.
    Unaligned,
}

impl Status {
    /// `ok`, `suspect` or `unaligned`.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Ok => "ok",
            Status::Suspect => "suspect",
            Status::Unaligned => "unaligned",
        }
    }
}

/// A stretch without words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gap {
    /// First frame.
    pub start: usize,
    /// One past the last frame.
    pub end: usize,
    /// Index of the word after it; the number of words for the one at the end.
    pub before_word: usize,
    /// Whether it sounds like speech rather than silence.
    pub speech: bool,
}

/// Limits. The numbers of the default are from synthetic Danish speech (six voices, 900 s) whose
/// transcripts had 10 % of the words changed, 5 % inserted and 10 % deleted.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreOptions {
    /// Evidence (mean log-likelihood a frame lost to the best phone) at which a word is as likely wrong
    /// as right.
    pub centre: f64,
    /// How fast the score falls there.
    pub slope: f64,
    /// Scores below this are suspect.
    pub suspect: f64,
    /// Scores below this are unaligned.
    pub unaligned: f64,
    /// A word with less time a phone than this is suspect, with half of it unaligned. Milliseconds.
    pub least_phone_ms: f64,
    /// A word with a phone longer than this is suspect. Milliseconds.
    pub longest_phone_ms: f64,
    /// A word longer than this is unaligned, however many phones it has. Milliseconds.
    pub longest_word_ms: f64,
    /// Gaps at least this long are judged. Milliseconds.
    pub gap_ms: f64,
    /// Evidence against silence from which a gap counts as speech.
    pub gap_evidence: f64,
}

impl Default for ScoreOptions {
    fn default() -> Self {
        ScoreOptions {
            centre: 13.0,
            slope: 0.6,
            suspect: 0.5,
            unaligned: 0.05,
            least_phone_ms: 16.0,
            longest_phone_ms: 500.0,
            longest_word_ms: 4000.0,
            gap_ms: 80.0,
            gap_evidence: 13.0,
        }
    }
}

/// One frame cannot speak against a word more than this.
const MOST: f32 = 60.0;

impl AcousticModel {
    /// What each frame's state loses to the best state of any phone, ≥ 0.
    fn evidence(&self, blocks: &Blocks, pdfs: &[u32]) -> Vec<f32> {
        let level = Level::best();
        let count = self.coarse.pdfs();
        let mut scores = vec![[0f32; BLOCK]; count];
        let mut evidence = Vec::with_capacity(pdfs.len());
        for (index, chunk) in pdfs.chunks(BLOCK).enumerate() {
            let mut best = [f32::MIN; BLOCK];
            for (pdf, score) in scores.iter_mut().enumerate() {
                self.coarse.score_block(level, blocks.block(index), pdf as u32, score);
                for (b, s) in best.iter_mut().zip(score.iter()) {
                    *b = if *s > *b { *s } else { *b };
                }
            }
            for (lane, pdf) in chunk.iter().enumerate() {
                let own = if *pdf == BACKGROUND { best[lane] } else { scores[*pdf as usize][lane] };
                evidence.push((best[lane] - own).min(MOST));
            }
        }
        evidence
    }

    /// Fills in scores, statuses and gaps.
    pub(crate) fn judge(
        &self,
        features: &Features,
        blocks: &Blocks,
        graph: &Graph,
        path: &Path,
        options: &ScoreOptions,
        alignment: &mut Alignment,
    ) {
        let pdfs: Vec<u32> = path.frames.iter().map(|(_, s)| graph.states[*s as usize].pdf).collect();
        let evidence = self.evidence(blocks, &pdfs);
        let mean = |from: usize, to: usize| {
            let sum: f64 = evidence[from..to].iter().map(|e| f64::from(*e)).sum();
            sum / (to - from).max(1) as f64
        };
        let frame_ms = self.front_end.shift_samples() as f64 / 16.0;
        for word in &mut alignment.words {
            if word.phones.is_empty() {
                (word.score, word.status) = (0.0, Status::Unaligned);
                continue;
            }
            let phones = word.phones.len() as f64;
            let against = word.phones.iter().map(|p| mean(p.start, p.end)).sum::<f64>() / phones;
            word.evidence = against as f32;
            word.score = logistic(options.slope * (options.centre - against)) as f32;
            let score = f64::from(word.score);
            let length = (word.end - word.start) as f64 * frame_ms;
            let longest = word.phones.iter().map(|p| p.end - p.start).max().unwrap_or(0) as f64 * frame_ms;
            if score < options.unaligned
                || length < 0.5 * options.least_phone_ms * phones
                || length > options.longest_word_ms
            {
                word.status = Status::Unaligned;
            } else if score < options.suspect
                || length < options.least_phone_ms * phones
                || longest > options.longest_phone_ms
            {
                word.status = Status::Suspect;
            }
        }
        alignment.gaps = gaps(graph, path, |from, to| {
            (to - from) as f64 * frame_ms >= options.gap_ms && mean(from, to) > options.gap_evidence
        });
        // Garbage is speech; so is silence that does not sound like it.
        for gap in alignment.gaps.iter().filter(|g| g.speech) {
            for index in [gap.before_word.checked_sub(1), Some(gap.before_word)].into_iter().flatten() {
                if let Some(word) = alignment.words.get_mut(index) {
                    word.status = word.status.max(Status::Suspect);
                }
            }
        }
        let words = alignment.words.len() as f64;
        let count = |status| alignment.words.iter().filter(|w| w.status >= status).count() as f64;
        let mean_score = alignment.words.iter().map(|w| f64::from(w.score)).sum::<f64>() / words.max(1.0);
        alignment.score = mean_score as f32;
        alignment.status = if words > 0.0 && (count(Status::Unaligned) > 0.5 * words || mean_score < 0.3) {
            Status::Unaligned
        } else if count(Status::Suspect) > 0.25 * words || alignment.gaps.iter().any(|g| g.speech) {
            Status::Suspect
        } else {
            Status::Ok
        };
        debug_assert_eq!(features.frames, path.frames.len());
    }
}

fn gaps(graph: &Graph, path: &Path, speech: impl Fn(usize, usize) -> bool) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let (mut t, mut before_word) = (0, 0);
    while t < path.frames.len() {
        let role = graph.chains[path.frames[t].0 as usize].role;
        let chain = path.frames[t].0;
        let mut end = t + 1;
        while end < path.frames.len() && path.frames[end].0 == chain {
            end += 1;
        }
        match role {
            Role::Word { word, .. } => before_word = word as usize + 1,
            Role::Silence => gaps.push(Gap { start: t, end, before_word, speech: speech(t, end) }),
            Role::Garbage => gaps.push(Gap { start: t, end, before_word, speech: true }),
        }
        t = end;
    }
    gaps
}
