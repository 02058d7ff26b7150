//! `sprog tokenizer`: training, encoding and decoding, what tokenizers make of texts, and labels of CTC models.
//!
//! ```no_run
//! use std::path::Path;
//! let tokenizer = sprog::tokenizer::open(Path::new("da32k.json"))?;
//! let ids = tokenizer.encode("rødgrød med fløde", false)?;
//! assert_eq!(tokenizer.decode(&ids, false)?, "rødgrød med fløde");
//! # Ok::<(), anyhow::Error>(())
//! ```

mod counts;
pub mod ctc;
pub mod encode;
pub mod plot;
pub mod stats;
mod texts;
pub mod train;

use std::path::Path;

use anyhow::{Result, anyhow};
use sprog_text::subword::tokenizer::Tokenizer;

pub use texts::Columns;

/// Reads a `tokenizer.json`.
///
/// # Errors
/// Those of the file system, and for what is none.
pub fn open(path: &Path) -> Result<Tokenizer> {
    let bytes = std::fs::read(path).map_err(sprog_datasets::Error::io(path))?;
    Tokenizer::from_json(&bytes).map_err(|e| anyhow!("{}: {e}", path.display()))
}
