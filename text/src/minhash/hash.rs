//! The hash functions. What they give is fixed: signatures of different versions can be compared.

use super::words::words_keyed;
pub(super) use crate::hash::mix;

/// Odd constants without structure: the fractional parts of the square roots of 2, 3, 5 and 7.
pub(super) const K: [u64; 4] =
    [0x6a09_e667_f3bc_c909, 0xbb67_ae85_84ca_a73b, 0x3c6e_f372_fe94_f82b, 0xa54f_f53a_5f1d_36f1];

/// Joins a state and what comes next.
#[inline]
pub(super) fn fold(a: u64, b: u64) -> u64 {
    crate::hash::fold(a ^ K[0], b ^ K[1])
}

/// A 128-bit hash of a text's words in order; `None` without words.
///
/// Equal for texts that differ only in letter case, punctuation, white space and composed letters. Not
/// a cryptographic hash: somebody who wants two texts to have the same can do so.
///
/// ```
/// use sprog_text::minhash::text_hash;
/// assert_eq!(text_hash("Å, nej!"), text_hash("a\u{30a} NEJ"));
/// assert_ne!(text_hash("å nej"), text_hash("nej å"));
/// assert_eq!(text_hash("…"), None);
/// ```
pub fn text_hash(text: &str) -> Option<u128> {
    let mut any = false;
    let mut half = |key: u64| {
        let mut state = key;
        let mut count = 0u64;
        for word in words_keyed(text, key) {
            state = fold(state, word).wrapping_add(word);
            count += 1;
        }
        any |= count > 0;
        mix(state ^ count)
    };
    let (high, low) = (half(K[2]), half(K[3]));
    any.then_some(u128::from(high) << 64 | u128::from(low))
}
