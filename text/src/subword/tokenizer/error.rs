//! Why a tokenizer could not be read or used.

use std::fmt;

use sprog_formats::Code;

/// Why a tokenizer could not be read, or a text not be encoded or decoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} [{code}]")]
pub struct Error {
    code: Code,
    message: String,
}

impl Error {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// An error of the crate `tokenizers`; its texts can hold the whole file.
    pub(super) fn of(code: Code, context: &str, cause: impl fmt::Display) -> Self {
        Self::new(code, format!("{context}: {}", quoted(&cause.to_string())))
    }

    /// The stable code, one of [`crate::codes`].
    pub fn code(&self) -> Code {
        self.code
    }
}

/// A name from data as `{:?}` writes it, cut if it is long.
pub(super) fn quoted(name: &str) -> String {
    const LONGEST: usize = 120;
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{:?}…", &name[..end]),
        None => format!("{name:?}"),
    }
}
