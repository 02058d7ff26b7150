use sprog_formats::Code;

use crate::codes;
use crate::fetch::FetchError;

/// Why a dataset could not be brought.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatasetError {
    /// A file could not be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// What came could not be read, or this machine's disk refused.
    #[error(transparent)]
    Data(#[from] sprog_datasets::Error),
    /// Anything else.
    #[error("{message}")]
    Other {
        /// What to do about it: the exit code.
        kind: Kind,
        /// The code.
        code: Code,
        /// What is wrong, and where, with the code and a hint.
        message: String,
    },
}

/// What kind of fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A check refused: bytes are not those published, or nobody vouches for them.
    Refused,
    /// What was asked for is not there.
    Asked,
    /// This machine, the network or a server.
    Environment,
}

impl DatasetError {
    /// Something that a check refused.
    pub(super) fn refused(code: Code, message: String) -> DatasetError {
        DatasetError::of(Kind::Refused, code, message)
    }

    /// Something asked for that is not there.
    pub(super) fn asked(code: Code, message: String) -> DatasetError {
        DatasetError::of(Kind::Asked, code, message)
    }

    /// The code stands at the end of what is wrong, before the hint.
    pub(super) fn of(kind: Kind, code: Code, message: String) -> DatasetError {
        let message = match message.split_once("\nhint: ") {
            Some((what, hint)) => format!("{what} [{code}]\nhint: {hint}"),
            None => format!("{message} [{code}]"),
        };
        DatasetError::Other { kind, code, message }
    }

    /// What kind of fault it is.
    pub fn kind(&self) -> Kind {
        match self {
            DatasetError::Fetch(FetchError::Hash { .. } | FetchError::Length { .. }) => Kind::Refused,
            DatasetError::Fetch(e) if e.is_environment() => Kind::Environment,
            DatasetError::Data(sprog_datasets::Error::Io { .. }) => Kind::Environment,
            DatasetError::Data(sprog_datasets::Error::Refused(_)) => Kind::Refused,
            DatasetError::Fetch(_) | DatasetError::Data(_) => Kind::Asked,
            DatasetError::Other { kind, .. } => *kind,
        }
    }
}

/// A file that came with other bytes than the manifest lists, from each of the sites.
pub(super) fn changed(path: &str, error: FetchError) -> DatasetError {
    let what = match &error {
        FetchError::Hash { expected, got, .. } => format!("sha256 {got} where the manifest has {expected}"),
        FetchError::Length { expected, got, .. } => format!("{got} bytes where the manifest has {expected}"),
        _ => return error.into(),
    };
    DatasetError::refused(
        codes::FILE_REFUSED,
        format!(
            "{path}: {what}\nhint: the server changed or damaged the file; ask its publisher, or name a --mirror"
        ),
    )
}
