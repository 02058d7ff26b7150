//! Near-duplicate texts: word n-gram shingles, Jaccard similarity, MinHash signatures and bands.
//!
//! Two texts are near-duplicates when the sets of their word n-grams overlap: their Jaccard similarity
//! is the size of the intersection over that of the union. A MinHash signature estimates it without the
//! other text, and the hashes of its bands find candidates without comparing every pair.
//!
//! Everything here depends on the words alone, as [`words`] cuts them: not on letter case, punctuation,
//! white space, or whether letters are composed.
//!
//! ```
//! use sprog_text::minhash::{MinHash, Options, estimate};
//! let mut minhash = MinHash::new(Options::default())?;
//! let (mut a, mut b) = (Vec::new(), Vec::new());
//! assert!(minhash.signature("Rødgrød med fløde er en dansk dessert.", &mut a));
//! assert!(minhash.signature("RØDGRØD med fløde – er en dansk dessert", &mut b));
//! assert_eq!(estimate(&a, &b), 1.0);
//! # Ok::<(), sprog_text::minhash::OptionsError>(())
//! ```

mod exponential;
mod hash;
mod shingles;
mod signature;
mod sketch;
mod words;

pub use hash::text_hash;
pub use shingles::{MAX_NGRAM, ShingleSet, Shingles, jaccard, shingles};
pub use signature::{MinHash, Options, OptionsError, estimate, prob};
pub use words::{Words, words};
