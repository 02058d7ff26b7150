use std::path::{Path, PathBuf};

use sprog_formats::Code;

/// Why something of a dataset could not be read, written or published.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A Parquet file could not be read or written.
    #[error("{path}: {message}", path = path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// Why.
        message: String,
    },
    /// Data that does not fit its schema or its own description.
    #[error("{0}")]
    Invalid(String),
    /// One or more gates refused the corpus.
    #[error("{}", summary(.0))]
    Refused(Vec<Refusal>),
}

/// The crate's result type.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a gate refused.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Refusal {
    /// The gate's name.
    pub gate: &'static str,
    /// The kind of reason, `SPROG-1001`.
    #[serde(serialize_with = "code_as_text")]
    pub code: Code,
    /// What was found, where; never the personal data itself.
    pub message: String,
}

pub(crate) fn code_as_text<S: serde::Serializer>(code: &Code, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(code)
}

fn summary(refusals: &[Refusal]) -> String {
    let lines: Vec<String> =
        refusals.iter().map(|r| format!("gate `{}`: {} [{}]", r.gate, r.message, r.code)).collect();
    lines.join("\n")
}

impl Error {
    /// Adds the path to an I/O error.
    pub fn io(path: impl AsRef<Path>) -> impl FnOnce(std::io::Error) -> Error {
        let path = path.as_ref().to_owned();
        move |source| Error::Io { path, source }
    }

    /// Adds the path to a Parquet or Arrow error. What the operating system refused stays such.
    pub fn parquet<E: std::error::Error + 'static>(path: impl AsRef<Path>) -> impl FnOnce(E) -> Error {
        let path = path.as_ref().to_owned();
        move |error| {
            let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
            while let Some(e) = cause {
                if let Some(io) = e.downcast_ref::<std::io::Error>() {
                    let source = match io.raw_os_error() {
                        Some(code) => std::io::Error::from_raw_os_error(code),
                        None => std::io::Error::new(io.kind(), io.to_string()),
                    };
                    return Error::Io { path, source };
                }
                cause = e.source();
            }
            // Arrow keeps only the text of an I/O error inside a Parquet error.
            let message = error.to_string();
            let code = message.split("(os error ").nth(1).and_then(|t| t.split(')').next()?.parse().ok());
            match code {
                Some(code) => Error::Io { path, source: std::io::Error::from_raw_os_error(code) },
                None => Error::Parquet { path, message },
            }
        }
    }
}
