//! The hash under every table of this module, and one table that all of them are.
//!
//! What is hashed: the bytes of a word, of a line, or of the words of an n-gram one after another, by
//! folded multiplication of 64-bit little-endian pieces (the mixer of wyhash). Hashes never leave the module.

pub(super) use crate::hash::fold;

const KEYS: [u64; 4] =
    [0x9E37_79B9_7F4A_7C15, 0xD6E8_FEB8_6659_FD93, 0xA076_1D64_78BD_642F, 0xE703_7ED1_A0B4_28DB];

/// A key for each length.
#[inline]
fn sized(len: usize) -> u64 {
    KEYS[2].wrapping_mul(2 * len as u64 + 1)
}

/// The hash of up to 16 bytes, given as a number with zeros behind them.
#[inline]
pub(super) fn short(bytes: u128, len: usize) -> u64 {
    let (low, high) = (bytes as u64, (bytes >> 64) as u64);
    fold(low ^ KEYS[0], high ^ sized(len))
}

/// The hash of one piece after another.
#[inline]
pub(super) fn join(first: u64, second: u64) -> u64 {
    fold(first ^ KEYS[1], second.rotate_left(29) ^ KEYS[3])
}

/// The hash of bytes of any number.
#[inline]
pub(super) fn bytes(bytes: &[u8]) -> u64 {
    let mut hash = sized(bytes.len());
    let (chunks, rest) = bytes.as_chunks::<16>();
    for chunk in chunks {
        let piece = u128::from_le_bytes(*chunk);
        hash = fold((piece as u64) ^ hash, ((piece >> 64) as u64) ^ KEYS[1]);
    }
    match bytes.last_chunk::<16>() {
        _ if rest.is_empty() => {}
        // The last 16 bytes: some of them a second time.
        Some(last) => {
            let piece = u128::from_le_bytes(*last);
            hash = fold((piece as u64) ^ hash, ((piece >> 64) as u64) ^ KEYS[2]);
        }
        None => {
            let mut last = [0; 16];
            for (to, from) in last.iter_mut().zip(rest) {
                *to = *from;
            }
            let piece = u128::from_le_bytes(last);
            hash = fold((piece as u64) ^ hash, ((piece >> 64) as u64) ^ KEYS[0]);
        }
    }
    hash
}

/// Numbers different hashes from 0 on, in the order in which they come. Open addressing; kept between texts.
#[derive(Clone, Debug, Default)]
pub(super) struct Numbers {
    /// The number and 1; 0 where nothing is. Only the first `mask + 1` are in use.
    table: Vec<u32>,
    hashes: Vec<u64>,
    mask: usize,
}

impl Numbers {
    /// Forgets all, and makes room for about so many.
    pub(super) fn clear(&mut self, expected: usize) {
        self.hashes.clear();
        self.resize((2 * expected.clamp(16, 1 << 16)).next_power_of_two());
    }

    fn resize(&mut self, size: usize) {
        if self.table.len() < size {
            self.table.resize(size, 0);
        }
        self.mask = size - 1;
        self.table[..size].fill(0);
    }

    /// The number of a hash, and whether it came for the first time.
    #[inline]
    pub(super) fn number(&mut self, hash: u64) -> (usize, bool) {
        let mut at = (hash >> 20) as usize & self.mask;
        loop {
            match self.table[at] {
                0 => break,
                taken if self.hashes[taken as usize - 1] == hash => return (taken as usize - 1, false),
                _ => at = (at + 1) & self.mask,
            }
        }
        self.hashes.push(hash);
        self.table[at] = self.hashes.len() as u32;
        if 2 * self.hashes.len() > self.mask {
            self.grow();
        }
        (self.hashes.len() - 1, true)
    }

    #[cold]
    fn grow(&mut self) {
        self.resize(2 * (self.mask + 1));
        for (number, hash) in self.hashes.iter().enumerate() {
            let mut at = (hash >> 20) as usize & self.mask;
            while self.table[at] != 0 {
                at = (at + 1) & self.mask;
            }
            self.table[at] = number as u32 + 1;
        }
    }

    /// Gives memory back that only a very long text needed.
    pub(super) fn shrink(&mut self, limit: usize) {
        if self.table.len() > limit {
            *self = Self::default();
        }
    }
}

/// Tells which hashes came more than once; now and then it says so of one that did not.
#[derive(Clone, Debug, Default)]
pub(super) struct Twice {
    /// Bits for once and for twice.
    bits: Vec<[u64; 2]>,
    mask: usize,
}

impl Twice {
    /// Forgets all, and makes room for so many.
    pub(super) fn clear(&mut self, expected: usize) {
        let size = expected.div_ceil(4).next_power_of_two().clamp(16, 1 << 22);
        if self.bits.len() < size {
            self.bits.resize(size, [0; 2]);
        }
        self.bits[..size].fill([0; 2]);
        self.mask = size - 1;
    }

    #[inline]
    pub(super) fn add(&mut self, hash: u64) {
        let bit = 1 << (hash >> 58);
        let [once, twice] = &mut self.bits[hash as usize & self.mask];
        *twice |= *once & bit;
        *once |= bit;
    }

    #[inline]
    pub(super) fn maybe(&self, hash: u64) -> bool {
        (self.bits[hash as usize & self.mask][1] >> (hash >> 58)) & 1 == 1
    }

    /// Gives memory back that only a very long text needed.
    pub(super) fn shrink(&mut self, limit: usize) {
        if self.bits.len() > limit {
            *self = Self::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_count_up_through_every_growth() {
        let mut numbers = Numbers::default();
        for round in 0..2 {
            numbers.clear(0);
            for value in 0..5000u64 {
                assert_eq!(numbers.number(join(value, round)), (value as usize, true));
            }
            for value in 0..5000u64 {
                assert_eq!(numbers.number(join(value, round)), (value as usize, false));
            }
        }
    }

    #[test]
    fn twice_never_misses() {
        let mut twice = Twice::default();
        twice.clear(1000);
        for value in (0..1000u64).chain(0..100) {
            twice.add(join(value, 1));
        }
        assert!((0..100).all(|value| twice.maybe(join(value, 1))));
        let wrong = (100..1000).filter(|&value| twice.maybe(join(value, 1))).count();
        assert!(wrong < 150, "{wrong}");
    }

    #[test]
    fn hashes_see_every_byte_and_the_length() {
        let text = [7u8; 70];
        let mut seen = std::collections::BTreeSet::new();
        for len in 0..70 {
            assert!(seen.insert(bytes(&text[..len])));
            for at in 0..len {
                let mut other = text;
                other[at] = 8;
                assert!(seen.insert(bytes(&other[..len])), "{len} {at}");
            }
        }
    }
}
