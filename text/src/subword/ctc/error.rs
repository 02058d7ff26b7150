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
}

impl Error {
    /// The stable code.
    pub fn code(&self) -> Code {
        match self {
            Error::Label { .. } => codes::CTC_LABEL,
            Error::Rare { .. } => codes::CTC_RARE,
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
