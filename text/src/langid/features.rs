//! Features of a word: the word, and its character 1- to 5-grams with `^` and `$` at its ends.

use super::words::MAX_WORD;

/// Longest character n-gram.
const MAX_GRAM: usize = 5;

/// Calls `f` with the hash of each feature of a folded word.
///
/// A gram's hash is [`step`] over its characters (U+005E and U+0024 for the ends) from the seed 1, the word's
/// the same from 2, then [`finish`]. Bare end marks are no features.
pub(super) fn features(word: &[u8], mut f: impl FnMut(u64)) {
    let mut chars = ['^'; MAX_WORD + 2];
    let mut len = 1;
    for c in std::str::from_utf8(word).unwrap_or("").chars() {
        chars[len] = c;
        len += 1;
    }
    chars[len] = '$';
    len += 1;
    let chars = &chars[..len];
    for start in 0..len {
        let mut hash = 1;
        for (n, &c) in chars[start..].iter().take(MAX_GRAM).enumerate() {
            hash = step(hash, c);
            if n > 0 || (c != '^' && c != '$') {
                f(finish(hash));
            }
        }
    }
    if len > MAX_GRAM {
        f(finish(chars.iter().fold(2, |hash, &c| step(hash, c))));
    }
}

#[inline]
fn step(hash: u64, c: char) -> u64 {
    let hash = (hash ^ u64::from(u32::from(c))).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    hash ^ (hash >> 29)
}

#[inline]
fn finish(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    hash ^ (hash >> 32)
}
