//! Word and character error rates.
//!
//! - [`wer`] and [`cer`] count like [jiwer](https://github.com/jitsi/jiwer) 4: the same tokens, the same
//!   counts, the same rates for empty texts.
//! - [`align`] says which token became which, for tokens of any kind.
//! - [`equivalent`] lets a number or an abbreviation stand in any of several readings, on both sides.
//! - [`by_group`] and [`bootstrap`] score groups of speakers, with intervals.
//!
//! Nothing is normalized here: that is [`normalize`](crate::normalize)'s work.
//!
//! ```
//! use sprog_text::score::{cer, wer};
//! let words = wer("de kom klokken tolv", "de kom kl tolv nu");
//! assert_eq!((words.hits, words.substitutions, words.insertions), (3, 1, 1));
//! assert_eq!(words.rate(), 0.5);
//! assert_eq!(cer("åen", "aen").substitutions, 1);
//! ```

mod align;
mod bits;
mod bootstrap;
pub mod boundaries;
mod counts;
mod equivalence;
mod groups;
mod lattice;
mod random;
mod tokens;

pub use align::{Alignment, Chunk, ChunkKind, align, cer, distance, wer};
pub use bootstrap::{Bootstrap, BootstrapError, Interval, Rate, bootstrap};
pub use counts::Counts;
pub use equivalence::{Alternative, AlternativeError, Equivalent, PathToken, Reading, Unit, equivalent};
pub use groups::{GroupScore, Utterance, by_group};
pub use tokens::{char_ranges, word_ranges};
