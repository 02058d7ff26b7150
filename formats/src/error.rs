use std::io;

use crate::{Code, Place, codes};

/// Why a file, or a stream from some point on, could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused.
    #[error("{0} [{code}]", code = codes::IO)]
    Io(#[from] io::Error),
    /// A bound of [`crate::Limits`] was reached.
    #[error("{place}: {what} over the limit of {limit} [{code}]", code = codes::LIMIT)]
    Limit {
        /// What was too large, deep or many.
        what: &'static str,
        /// The bound.
        limit: u64,
        /// Where it was reached.
        place: Place,
    },
    /// The bytes do not follow the format.
    #[error("{place}: not valid {format}: {message} [{code}]")]
    Malformed {
        /// The format's name.
        format: &'static str,
        /// Where.
        place: Place,
        /// What was expected and what was found.
        message: String,
        /// The kind of failure.
        code: Code,
    },
    /// A kind, version or codec that is not supported.
    #[error("{0} [{code}]", code = codes::UNSUPPORTED)]
    Unsupported(String),
}

/// The crate's result type.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// The bytes do not follow `format`, from `place` on.
    pub fn malformed(format: &'static str, place: Place, message: impl Into<String>) -> Self {
        Error::Malformed { format, place, message: message.into(), code: codes::MALFORMED }
    }

    /// The stable code.
    pub fn code(&self) -> Code {
        match self {
            Error::Io(_) => codes::IO,
            Error::Limit { .. } => codes::LIMIT,
            Error::Malformed { code, .. } => *code,
            Error::Unsupported(_) => codes::UNSUPPORTED,
        }
    }

    /// Where in the file, as far as known.
    pub fn place(&self) -> Place {
        match self {
            Error::Limit { place, .. } | Error::Malformed { place, .. } => place.clone(),
            Error::Io(_) | Error::Unsupported(_) => Place::File,
        }
    }
}
