//! Forced alignment over the log-probabilities of any CTC model.
//!
//! A CTC model gives, for each frame, a log-probability of every label and of the blank. [`align`] finds
//! the likeliest path through them that says the labels in their order: each label lasts one frame or
//! more, any number of blanks may stand between, and two equal labels in a row have at least one blank
//! between them (Graves et al. 2006). The search is exact (Viterbi) unless a [`Band`] is set.
//!
//! [`Label::Star`] stands for speech that the transcript does not have: it matches anything, at a score of
//! its own ([`Star`]), as in torchaudio's tutorial "CTC forced alignment API" and in Pratap et al. 2023,
//! "Scaling Speech Technology to 1,000+ Languages".
//!
//! Times are frames here; [`to_samples`] turns them into samples.
//!
//! ```
//! use sprog_speech::align::ctc::{CtcOptions, Label, LogProbs, align};
//! // Four frames of a model that knows the blank (0), "j" (1) and "a" (2).
//! let scores = [-0.1, -3.0, -3.0, -3.0, -0.1, -3.0, -3.0, -3.0, -0.1, -3.0, -3.0, -0.1];
//! let log_probs = LogProbs::new(&scores, 3)?;
//! let found = align(log_probs, &[Label::Token(1), Label::Token(2)], &CtcOptions::default())?;
//! assert_eq!((found.spans[0].start, found.spans[0].end), (1, 2));
//! assert_eq!((found.spans[1].start, found.spans[1].end), (2, 4));
//! # Ok::<(), sprog_speech::align::ctc::CtcError>(())
//! ```

mod error;
mod spans;
mod viterbi;
mod vocabulary;
mod window;

use serde::{Deserialize, Serialize};

pub use error::CtcError;
pub use spans::{WordSpan, share_blanks, to_samples, word_spans};
pub use vocabulary::{EncodeOptions, Transcript, Unknown, Vocabulary};
pub use window::Band;

/// Scores of a model: one row of `vocab` log-probabilities a frame.
#[derive(Clone, Copy, Debug)]
pub struct LogProbs<'a> {
    scores: &'a [f32],
    vocab: usize,
}

impl<'a> LogProbs<'a> {
    /// Scores in rows of `vocab`, natural logarithms. They need not add up to 1; −∞ is allowed.
    ///
    /// # Errors
    /// [`CtcError::Shape`] if the length is no multiple of `vocab`, or there are no columns;
    /// [`CtcError::NotANumber`] at the first score that is NaN or +∞.
    pub fn new(scores: &'a [f32], vocab: usize) -> Result<Self, CtcError> {
        if vocab == 0 || !scores.len().is_multiple_of(vocab) {
            return Err(CtcError::Shape { scores: scores.len(), vocab });
        }
        // Without a branch in the loop, so that it is vectorized.
        if !scores.iter().fold(true, |fine, &score| fine & (score < f32::INFINITY))
            && let Some(at) = scores.iter().position(|&score| score.is_nan() || score == f32::INFINITY)
        {
            return Err(CtcError::NotANumber { frame: at / vocab, label: at % vocab, value: scores[at] });
        }
        Ok(LogProbs { scores, vocab })
    }

    /// Rows.
    pub fn frames(&self) -> usize {
        self.scores.len() / self.vocab
    }

    /// Columns.
    pub fn vocab(&self) -> usize {
        self.vocab
    }

    /// The scores of one frame; empty past the end.
    pub fn row(&self, frame: usize) -> &'a [f32] {
        let start = frame.saturating_mul(self.vocab);
        self.scores.get(start..start.saturating_add(self.vocab)).unwrap_or_default()
    }
}

/// What has to be found in the recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Label {
    /// A column of the scores.
    Token(u32),
    /// Anything, for one frame or more. Two stars in a row need a blank between them, as any two equal
    /// labels do.
    Star,
}

/// What a frame costs under [`Label::Star`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Star {
    /// The same log-probability at each frame. 0 as in torchaudio: then no label does better.
    Constant(f32),
    /// So far below the frame's likeliest column, the blank among them: 0 or more.
    BelowBest(f32),
}

/// How to align.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CtcOptions {
    /// The column of the blank.
    pub blank: u32,
    /// What a star costs.
    pub star: Star,
    /// Where to look.
    pub band: Band,
    /// Most bytes to use beside the scores. Where the table of back pointers (half a byte a label and frame
    /// in the band) is larger, only some of its rows are held, and the search takes twice the time.
    pub memory_bytes: usize,
}

impl Default for CtcOptions {
    fn default() -> Self {
        CtcOptions { blank: 0, star: Star::Constant(0.0), band: Band::Whole, memory_bytes: 512 << 20 }
    }
}

/// Where one label was found, in frames, half-open.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenSpan {
    /// The label.
    pub label: Label,
    /// Its first frame.
    pub start: usize,
    /// The frame after its last.
    pub end: usize,
    /// Mean of its frames' log-probabilities, as `merge_tokens` of torchaudio has it.
    pub mean_log_prob: f32,
    /// The least of them.
    pub min_log_prob: f32,
}

/// The likeliest path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CtcAlignment {
    /// Sum of the log-probabilities of all frames, blanks among them.
    pub log_prob: f64,
    /// One span for each label, in order.
    pub spans: Vec<TokenSpan>,
    /// Frames.
    pub frames: usize,
    /// Whether the path touches an edge of the band that could be moved: a wider one may well do better. A
    /// path within the band is no proof that no better one is outside.
    pub at_band_edge: bool,
    /// Bytes that the search held at most, beside the scores and this result.
    pub memory_bytes: usize,
}

impl CtcAlignment {
    /// The label of each frame, `None` where it is blank.
    pub fn frame_labels(&self) -> Vec<Option<Label>> {
        let mut labels = vec![None; self.frames];
        for span in &self.spans {
            if let Some(part) = labels.get_mut(span.start..span.end) {
                part.fill(Some(span.label));
            }
        }
        labels
    }
}

/// Finds where each label is.
///
/// Sums are in `f64`, frame by frame. Of equally likely paths it takes the one that is furthest along at
/// the last frame where they differ (labels as early as can be; at a tie between a label's last frame and
/// the blank after it, the blank). Time is O(T · labels in the band). Memory is T · labels / 2 bytes, or less
/// with a band; past [`CtcOptions::memory_bytes`] it is O(labels · √T), in twice the time.
///
/// No labels at all give a path of blanks.
///
/// # Errors
/// [`CtcError::UnknownLabel`] for a label or blank that is no column, or a token that is the blank;
/// [`CtcError::TooShort`] where the labels, with the blanks that repeats need, are more than the frames;
/// [`CtcError::NoPath`] where every path has a probability of zero or leaves the band;
/// [`CtcError::Memory`] where even the slower search needs more than allowed; [`CtcError::Band`] and
/// [`CtcError::Star`] for options out of range.
pub fn align(
    log_probs: LogProbs<'_>,
    labels: &[Label],
    options: &CtcOptions,
) -> Result<CtcAlignment, CtcError> {
    let vocab = log_probs.vocab();
    let is_column = |id: u32| usize::try_from(id).is_ok_and(|id| id < vocab);
    if !is_column(options.blank) {
        return Err(CtcError::UnknownLabel { at: None, label: options.blank, vocab });
    }
    for (at, label) in labels.iter().enumerate() {
        if let Label::Token(id) = *label
            && (!is_column(id) || id == options.blank)
        {
            return Err(CtcError::UnknownLabel { at: Some(at), label: id, vocab });
        }
    }
    match options.star {
        Star::Constant(score) if score.is_nan() || score == f32::INFINITY => {
            return Err(CtcError::Star(score));
        }
        Star::BelowBest(penalty) if !(penalty >= 0.0 && penalty.is_finite()) => {
            return Err(CtcError::Star(penalty));
        }
        _ => {}
    }
    let repeats = labels.windows(2).filter(|pair| pair[0] == pair[1]).count();
    let needed = labels.len().saturating_add(repeats);
    if needed > log_probs.frames() {
        return Err(CtcError::TooShort { frames: log_probs.frames(), labels: labels.len(), repeats });
    }
    viterbi::search(log_probs, labels, options)
}
