//! Normalization in named steps, each of which can be switched, is counted, and can be traced back
//! to the text it came from.
//!
//! Four [`Preset`]s put [`Step`]s together. Old orthography is never changed by any step:
//! [`orthography`] only says where it is.
//!
//! ```
//! use sprog_text::normalize::{Normalizer, Preset, Step};
//! let asr = Normalizer::preset(Preset::Asr);
//! let done = asr.normalize("Den 42-årige sagde: »Nej!«");
//! assert_eq!(done.text, "den 42-årige sagde nej");
//! // `nej` comes from bytes 22 to 25.
//! assert_eq!(done.map.to_original(20..23), 23..26);
//! assert_eq!(done.report.count(Step::Casefold), 2);
//! ```

mod normalizer;
mod offsets;
mod orthography;
mod plain;
mod rewrite;
mod spoken;
mod step;
mod steps;

pub use normalizer::{Change, Normalized, Normalizer, Replacement, ReplacementError, Report, StepCount};
pub use offsets::{Edit, OffsetMap};
pub use orthography::{Certainty, Tag, TagKind, orthography};
pub use plain::{Options, normalize};
pub use spoken::spoken;
pub use step::{Preset, Step};
