//! Danish text and rules: pure functions on `&str`. No files, no network, no clock.
//!
//! ```
//! use sprog_text::normalize::{self, Options};
//! let nfc = normalize::normalize("Bla\u{30a}b\u{e6}r\u{ad}gr\u{f8}d \u{a0} ", &Options::default());
//! assert_eq!(nfc, "Blåbærgrød");
//! ```

pub mod cg;
pub mod codes;
pub mod compounds;
pub mod contamination;
pub mod dedup;
mod excerpt;
pub mod g2p;
pub mod grammar;
mod hash;
pub mod hyphenate;
pub mod itn;
pub mod langid;
pub mod lemma;
pub mod lexicon;
pub mod minhash;
pub mod morph;
pub mod normalize;
mod number;
pub mod pattern;
pub mod pii;
pub mod profile;
pub mod repair;
pub mod score;
pub mod segment;
pub mod spell;
pub mod subword;
mod tables;
pub mod tag;
pub mod verbalize;
mod words;

pub use excerpt::excerpt;
pub use words::count_words;
