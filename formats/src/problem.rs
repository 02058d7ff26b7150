use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Code;

/// Where in its file a problem or error is. Lines and rows count from 1; bytes and frames from 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The file as a whole.
    File,
    /// A byte offset.
    Byte(u64),
    /// A line, counted from 1.
    Line(u64),
    /// A row of a table (the header not counted), from 1.
    Row(u64),
    /// An audio frame: one sample of every channel.
    Frame(u64),
    /// An entry of an archive, by its path, as the archive spells it.
    Entry(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::File => write!(f, "whole file"),
            Place::Byte(n) => write!(f, "byte {n}"),
            Place::Line(n) => write!(f, "line {n}"),
            Place::Row(n) => write!(f, "row {n}"),
            Place::Frame(n) => write!(f, "frame {n}"),
            Place::Entry(path) => write!(f, "entry {path:?}"),
        }
    }
}

/// Something wrong that did not stop the reading: counted, listed, never dropped in silence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which kind of problem; see [`mod@crate::codes`].
    pub code: Code,
    /// Where it is.
    pub place: Place,
    /// What was found, and what was done about it.
    pub message: String,
}

impl Problem {
    /// A problem of kind `code` at `place`.
    pub fn new(code: Code, place: Place, message: impl Into<String>) -> Self {
        Problem { code, place, message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} [{}]", self.place, self.message, self.code)
    }
}

/// A value read from a file, with what was wrong on the way.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed<T> {
    /// What was read.
    pub value: T,
    /// What was wrong, in the order met.
    pub problems: Vec<Problem>,
}

impl<T> Parsed<T> {
    /// A value with nothing wrong.
    pub fn clean(value: T) -> Self {
        Parsed { value, problems: Vec::new() }
    }

    /// The same problems around another value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Parsed<U> {
        Parsed { value: f(self.value), problems: self.problems }
    }
}
