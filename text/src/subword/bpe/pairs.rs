//! The rank of the merge of two ids.

use std::hash::{BuildHasher, RandomState};

use super::Merge;

/// The rank of a pair that no merge knows.
pub(super) const NONE: u32 = u32::MAX;

const RANK_BITS: u32 = 22;
const ID_BITS: u32 = 21;
const EMPTY: u64 = u64::MAX;

/// Ranks of pairs: a table of their own for pairs of bytes, which are half of all that is asked, and an open-addressed
/// one for the rest. An entry is left id, right id and rank in 64 bits, so that a look-up reads one cache line.
///
/// Most pairs that are asked for have no merge: a bit for each hash says so for nearly all of them, from an eighth of the
/// memory.
pub(super) struct Pairs {
    bytes: Box<[u32]>,
    bits: Vec<u64>,
    table: Vec<u64>,
    shift: u32,
    seed: u64,
}

impl Pairs {
    pub(super) fn new(bytes: &[u32; 256], merges: &[Merge]) -> Self {
        let size = (merges.len() * 2).next_power_of_two().max(2);
        let mut pairs = Self {
            bytes: vec![NONE; 1 << 16].into_boxed_slice(),
            bits: vec![0; (size / 8).max(1)],
            table: vec![EMPTY; size],
            shift: 64 - size.trailing_zeros(),
            // Not known to whoever wrote the file, so that pairs cannot be chosen to collide.
            seed: RandomState::new().hash_one(size),
        };
        for (rank, merge) in merges.iter().enumerate() {
            pairs.insert(merge.left, merge.right, rank as u64);
        }
        for a in 0..256 {
            for b in 0..256 {
                pairs.bytes[a << 8 | b] = pairs.rank(bytes[a], bytes[b]);
            }
        }
        pairs
    }

    fn insert(&mut self, left: u32, right: u32, rank: u64) {
        let key = key(left, right);
        let hash = self.hash(key);
        let bit = self.bit(hash);
        self.bits[bit / 64] |= 1 << (bit % 64);
        let mut at = self.home(hash);
        while self.table[at] != EMPTY && self.table[at] >> RANK_BITS != key {
            at = (at + 1) & (self.table.len() - 1);
        }
        self.table[at] = key << RANK_BITS | rank;
    }

    #[inline]
    fn hash(&self, key: u64) -> u64 {
        let product = u128::from(key ^ self.seed) * u128::from(0x9E37_79B9_7F4A_7C15_u64);
        (product >> 64) as u64 ^ product as u64
    }

    #[inline]
    fn home(&self, hash: u64) -> usize {
        (hash >> self.shift) as usize
    }

    #[inline]
    fn bit(&self, hash: u64) -> usize {
        hash as usize & (self.bits.len() * 64 - 1)
    }

    /// The rank of the merge of two bytes.
    #[inline]
    pub(super) fn byte_rank(&self, left: u8, right: u8) -> u32 {
        self.bytes[usize::from(left) << 8 | usize::from(right)]
    }

    /// The rank of the merge of two ids.
    #[inline]
    pub(super) fn rank(&self, left: u32, right: u32) -> u32 {
        let key = key(left, right);
        let hash = self.hash(key);
        let bit = self.bit(hash);
        if self.bits[bit / 64] >> (bit % 64) & 1 == 0 {
            return NONE;
        }
        let mask = self.table.len() - 1;
        let mut at = self.home(hash);
        loop {
            let entry = self.table[at & mask];
            if entry >> RANK_BITS == key && entry != EMPTY {
                return (entry & ((1 << RANK_BITS) - 1)) as u32;
            }
            if entry == EMPTY {
                return NONE;
            }
            at += 1;
        }
    }
}

#[inline]
fn key(left: u32, right: u32) -> u64 {
    u64::from(left) << ID_BITS | u64::from(right)
}
