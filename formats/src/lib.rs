//! Readers and writers of the file formats that speech, text and lexicon corpora come in.
//!
//! Bytes on one side, plain structs on the other. This crate knows nothing of Danish, of dataset
//! records or of Arrow. Every reader takes [`Limits`] and gives back its value with a list of
//! [`Problem`]s, each with its [`Place`]; what cannot be read at all is an [`Error`]. No input,
//! however hostile, makes a reader panic, hang or allocate past its limits.
//!
//! ```
//! use sprog_formats::{Limits, time::ctm};
//!
//! let parsed = ctm::read("utt1 1 0.50 0.25 hej 0.98\n", &Limits::default())?;
//! assert_eq!(parsed.value[0].word, "hej");
//! assert!(parsed.problems.is_empty());
//! # Ok::<(), sprog_formats::Error>(())
//! ```

#[cfg(feature = "audio")]
pub mod archive;
#[cfg(feature = "audio")]
pub mod audio;
pub mod codes;
mod compression;
mod encoding;
mod error;
mod limits;
mod lines;
pub mod numeric;
mod problem;
pub mod rules;
#[cfg(feature = "audio")]
pub mod sniff;
pub mod text;
pub mod time;

pub use codes::Code;
pub use compression::{Compression, decompress};
pub use encoding::{Encoding, EncodingChoice, Utf8Reader, decode};
pub use error::{Error, Result};
pub use limits::Limits;
pub use lines::{Chunk, ChunkReader, Line, LineReader};
pub use problem::{Parsed, Place, Problem};
