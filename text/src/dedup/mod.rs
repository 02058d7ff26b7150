//! What a corpus says twice: exact stretches of tokens, lines and paragraphs. Kernels on one text; the
//! stages over a corpus sort what these give.

mod cuts;
mod form;
mod match_tokens;
mod units;
mod windows;

pub use cuts::{cuts_to_bytes, without};
pub use form::{Digits, Form};
pub use match_tokens::{MatchToken, MatchTokens, match_tokens, token_hashes};
pub use units::{Unit, UnitHash, UnitOptions, UnitRepeat, Units, repeats_in_document, units};
pub use windows::{Minimizers, WindowHashes, minimizers, window_hashes};
