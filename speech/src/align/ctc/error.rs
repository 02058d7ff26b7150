/// Why labels could not be aligned.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CtcError {
    /// Scores that are not in rows of the vocabulary's length.
    #[error("{scores} scores are not whole frames of {vocab} labels")]
    Shape {
        /// Scores given.
        scores: usize,
        /// Columns.
        vocab: usize,
    },
    /// A score that is NaN or +∞.
    #[error("frame {frame}: the score of label {label} is {value}, not a log-probability")]
    NotANumber {
        /// Frame, from 0.
        frame: usize,
        /// Column, from 0.
        label: usize,
        /// The score.
        value: f32,
    },
    /// A label that is no column of the scores, or a token that is the blank.
    #[error("{} {label} is not one of {vocab} columns, or is the blank", .at.map_or("the blank".to_owned(), |at| format!("label {at}:")))]
    UnknownLabel {
        /// Which of the labels, from 0; `None` for the blank of the options.
        at: Option<usize>,
        /// Its column.
        label: u32,
        /// Columns there are.
        vocab: usize,
    },
    /// More labels than frames.
    #[error("{frames} frames are too few for {labels} labels and a blank between {repeats} repeated ones")]
    TooShort {
        /// Frames.
        frames: usize,
        /// Labels.
        labels: usize,
        /// Labels that are equal to the one before.
        repeats: usize,
    },
    /// No path has a probability above zero.
    #[error("no path through the {} says these labels: {}", if *.banded { "band" } else { "scores" }, if *.banded { "widen the band" } else { "each has a probability of zero" })]
    NoPath {
        /// Whether a band was set.
        banded: bool,
    },
    /// A band that does not fit the frames and labels.
    #[error("frame {frame}: the band {reason}")]
    Band {
        /// Frame, from 0.
        frame: usize,
        /// What is wrong.
        reason: &'static str,
    },
    /// A star's score that is no number, or a penalty below zero.
    #[error("{0} is not a score or penalty for the star")]
    Star(f32),
    /// The search needs more than allowed.
    #[error("the search needs {needed} bytes, {allowed} are allowed: set a band, or raise memory_bytes")]
    Memory {
        /// Bytes needed.
        needed: usize,
        /// Bytes allowed.
        allowed: usize,
    },
}
