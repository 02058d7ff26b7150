/// Why an alignment or a training could not be done.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Features of another kind than the model was made for.
    #[error("features have {got} values a frame, the model needs {want}")]
    Dimension {
        /// Values a frame that came.
        got: usize,
        /// Values a frame that the model has.
        want: usize,
    },
    /// Fewer frames than the shortest way through the words.
    #[error("{frames} frames are too few: the words need at least {needed}")]
    TooShort {
        /// Frames that came.
        frames: usize,
        /// The least number of frames.
        needed: usize,
    },
    /// A phone that the model has never met, and no fallback that it has.
    #[error("phone {phone:?} is not in the model")]
    UnknownPhone {
        /// The phone's label.
        phone: String,
    },
    /// A word without a pronunciation, or a pronunciation without a phone.
    #[error("word {word} has no pronunciation")]
    NoPronunciation {
        /// Index of the word, from 0.
        word: usize,
    },
    /// Not a number among the samples or features.
    #[error("frame {frame} has a value that is not a finite number")]
    NotFinite {
        /// The first such frame.
        frame: usize,
    },
    /// Nothing to train on.
    #[error("cannot train: {reason}")]
    Training {
        /// What was missing.
        reason: String,
    },
    /// Options that make no sense together.
    #[error("option {name}: {reason}")]
    Option {
        /// The option's name.
        name: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// Bytes that are no model, or a damaged one.
    #[error("not a usable acoustic model: {reason}")]
    Model {
        /// What was found.
        reason: String,
    },
    /// No path through the words, for instance because the beam was too narrow.
    #[error("no path through the words: widen the beam")]
    NoPath,
}
