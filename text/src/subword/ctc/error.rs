//! Why no labels could be made.

use sprog_formats::Code;

use crate::codes;

/// Why no labels could be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A name that cannot be a label: it is empty, has white space in it, or is another label's.
    #[error("label {name:?}: {reason} [{}]", codes::CTC_LABEL)]
    Label {
        /// The name.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Characters that are too rare to be labels, where that is refused.
    #[error("{} characters are too rare to be labels: {} [{}]", .characters.len(), shown(.characters), codes::CTC_RARE)]
    Rare {
        /// The characters and their counts.
        characters: Vec<(char, u64)>,
    },
    /// Fewer labels asked for than there are characters.
    #[error("{wanted} labels: the characters and special names alone are {least} [{}]", codes::CTC_SIZE)]
    Size {
        /// Labels asked for.
        wanted: usize,
        /// The fewest there can be.
        least: usize,
    },
    /// Subwords could not be trained on these transcripts.
    #[error("labels could not be trained: {reason} [{}]", codes::CTC_SIZE)]
    Training {
        /// Why.
        reason: String,
    },
}

impl Error {
    /// The stable code.
    pub fn code(&self) -> Code {
        match self {
            Error::Label { .. } => codes::CTC_LABEL,
            Error::Rare { .. } => codes::CTC_RARE,
            Error::Size { .. } | Error::Training { .. } => codes::CTC_SIZE,
        }
    }
}

/// The first of them, for people.
fn shown(characters: &[(char, u64)]) -> String {
    const MOST: usize = 20;
    let mut shown: Vec<String> =
        characters.iter().take(MOST).map(|(c, count)| format!("{c:?} {count} times")).collect();
    if characters.len() > MOST {
        shown.push("…".into());
    }
    shown.join(", ")
}
