//! Hashes of byte strings and of sequences of hashes. What is hashed, and how, is fixed: the numbers are
//! the same on every platform and in every version.

/// Odd numbers with no pattern in their bits (the first digits of π and e after the point, made odd).
const MULTIPLIER: u64 = 0x243f_6a88_85a3_08d3;
const LENGTH: u64 = 0xb7e1_5162_8aed_2a6b;
/// Base of the polynomial of [`Rolling`].
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

/// Both halves of the product of 128 bits, joined by exclusive or.
#[inline]
pub(crate) fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a).wrapping_mul(u128::from(b));
    (product as u64) ^ ((product >> 64) as u64)
}

/// Spreads a value over all bits; one-to-one: the finalizer of SplitMix64 (Steele, Lea and Flood, *Fast
/// splittable pseudorandom number generators*, OOPSLA 2014).
#[inline]
pub(crate) fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// 64-bit hash of `bytes[start..end]`: the bytes in little-endian words of eight, the last filled up with
/// zeros, each folded into the state by a multiplication; the state starts with the length.
///
/// Not keyed, so not safe against someone who looks for collisions. Bytes behind `end` may be read, never
/// used.
pub(crate) fn hash_of(bytes: &[u8], start: usize, end: usize) -> u64 {
    let mut state = LENGTH.wrapping_mul(end.wrapping_sub(start) as u64 | 1 << 63);
    let mut at = start;
    while at < end {
        let left = end - at;
        let word = match bytes.get(at..at + 8).and_then(|b| <[u8; 8]>::try_from(b).ok()) {
            Some(word) if left >= 8 => u64::from_le_bytes(word),
            Some(word) => u64::from_le_bytes(word) & (u64::MAX >> (64 - 8 * left)),
            None => {
                let mut word = [0u8; 8];
                for (to, from) in word.iter_mut().zip(bytes.get(at..end).unwrap_or(&[])) {
                    *to = *from;
                }
                u64::from_le_bytes(word)
            }
        };
        state = fold(state ^ word, MULTIPLIER).wrapping_add(LENGTH);
        at += 8;
    }
    mix(state)
}

/// A polynomial over windows of hashes, modulo 2^64: sum of `hash[i] · BASE^(len−1−i)`.
///
/// Its low bits are weak; [`mix`] it before comparing by order or taking some of the bits.
#[derive(Clone, Copy)]
pub(crate) struct Rolling {
    leaving: u64,
}

impl Rolling {
    /// For windows of `len` hashes.
    pub(crate) fn new(len: usize) -> Self {
        Rolling { leaving: (0..len).fold(1u64, |power, _| power.wrapping_mul(BASE)) }
    }

    /// The state after one more hash, while the window is not full.
    pub(crate) fn fill(state: u64, entering: u64) -> u64 {
        state.wrapping_mul(BASE).wrapping_add(entering)
    }

    /// The state when the window moves on by one.
    pub(crate) fn roll(self, state: u64, entering: u64, leaving: u64) -> u64 {
        Rolling::fill(state, entering).wrapping_sub(leaving.wrapping_mul(self.leaving))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_a_word_does_not_depend_on_what_stands_around_it() {
        for word in ["", "å", "ord", "rødgrød", "sytten tegn lange", "fireogtyve byte, præcis."] {
            let alone = hash_of(word.as_bytes(), 0, word.len());
            let inside = format!("ø{word}æblegrød med fløde");
            assert_eq!(hash_of(inside.as_bytes(), 2, 2 + word.len()), alone, "{word}");
        }
    }

    #[test]
    fn the_hashes_are_those_of_every_version() {
        assert_eq!(hash_of(b"", 0, 0), HASH_EMPTY);
        assert_eq!(hash_of("rødgrød med fløde".as_bytes(), 0, 20), HASH_DESSERT);
        assert_ne!(hash_of(b"a\0", 0, 2), hash_of(b"a", 0, 1));
    }

    const HASH_EMPTY: u64 = 2_720_858_781_877_447_050;
    const HASH_DESSERT: u64 = 8_833_523_686_420_037_896;

    #[test]
    fn rolling_gives_what_hashing_the_window_gives() {
        let hashes: Vec<u64> = (0..40u64).map(|n| mix(n % 7)).collect();
        let rolling = Rolling::new(9);
        let mut state = hashes[..9].iter().fold(0, |state, hash| Rolling::fill(state, *hash));
        for at in 9..hashes.len() {
            state = rolling.roll(state, hashes[at], hashes[at - 9]);
            let fresh = hashes[at - 8..=at].iter().fold(0, |state, hash| Rolling::fill(state, *hash));
            assert_eq!(state, fresh);
        }
    }
}
