//! Rows of bits.

/// Whether bit `i` is set in `words`.
pub(super) fn get(words: &[u64], i: u32) -> bool {
    words.get(i as usize / 64).is_some_and(|w| w >> (i % 64) & 1 == 1)
}

/// Sets bit `i`, where `words` has it.
pub(super) fn set(words: &mut [u64], i: u32) {
    if let Some(word) = words.get_mut(i as usize / 64) {
        *word |= 1 << (i % 64);
    }
}

/// Words for `bits` bits.
pub(super) fn words(bits: usize) -> usize {
    bits.div_ceil(64)
}
