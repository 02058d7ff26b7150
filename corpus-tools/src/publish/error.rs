use sprog_formats::Code;

use crate::codes;

/// Why nothing, or not all, was published.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PublishError {
    /// A check refused.
    #[error("{message} [{code}]")]
    Refused {
        /// The kind, `SPROG-2051` to `SPROG-2060`.
        code: Code,
        /// What was met, and where.
        message: String,
    },
    /// The server or the machine refused; the same command may succeed later.
    #[error("{message} [{code}]")]
    Environment {
        /// The kind.
        code: Code,
        /// What was met, and where.
        message: String,
    },
    /// Something could not be read or written.
    #[error(transparent)]
    Datasets(#[from] sprog_datasets::Error),
}

/// The module's result type.
pub type Result<T, E = PublishError> = std::result::Result<T, E>;

impl PublishError {
    pub(crate) fn refused(code: Code, message: impl Into<String>) -> PublishError {
        PublishError::Refused { code, message: message.into() }
    }

    pub(crate) fn environment(code: Code, message: impl Into<String>) -> PublishError {
        PublishError::Environment { code, message: message.into() }
    }

    /// A file of a published version that has other bytes.
    pub(crate) fn taken(path: &str) -> PublishError {
        let message = format!("{path} is there with other bytes; a published version never changes");
        PublishError::refused(codes::VERSION_TAKEN, message)
    }
}

impl From<sprog_datasets::signature::Rejected> for PublishError {
    fn from(rejected: sprog_datasets::signature::Rejected) -> PublishError {
        PublishError::refused(rejected.code, rejected.message)
    }
}
