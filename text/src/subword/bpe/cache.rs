//! Words met before, with their ids: fixed memory, no pointers.

use super::long::Long;

/// Bytes of a cache line; a look-up reads one, or two for a long word.
const LINE: usize = 8;
/// The longest word in the tables.
pub(super) const LONGEST_KEY: usize = 31;
/// Ids of a word in the table of short words.
pub(super) const SHORT_IDS: usize = 4;
/// Ids of a word in the table of longer words.
const IDS: usize = 8;
/// Above the bits of an id, in the first one: how many there are.
const COUNT_SHIFT: u32 = 24;
const ID_MASK: u32 = (1 << COUNT_SHIFT) - 1;

/// A word as a key: its bytes, zeros, and its length in the last byte.
pub(super) type ShortKey = [u64; 2];
pub(super) type LongKey = [u64; 4];

/// Words that an encoder has met, with their ids, and working memory. It changes speed, never ids.
///
/// Two tables of fixed size: 32 bytes for a word of up to 15 bytes and 4 ids, 64 bytes for one of up to 31 bytes and 8
/// ids. A word has two places; a new word takes the first, and what was there the second. A cache belongs to one model.
pub(in super::super) struct Cache {
    short: Table,
    long: Table,
    pub(super) work: Long,
}

/// Lines of eight `u64`, the first of them at a multiple of 64 bytes.
struct Table {
    words: Vec<u64>,
    start: usize,
    mask: usize,
}

impl Table {
    fn new(bytes: usize) -> Self {
        let lines = (bytes / 64).next_power_of_two().max(2);
        let words = vec![0u64; (lines + 1) * LINE];
        let start = words.as_ptr().align_offset(64).min(LINE);
        Self { words, start, mask: lines - 1 }
    }

    #[inline]
    fn line(&self, hash: u64) -> &[u64; LINE] {
        let at = self.start + (hash as usize & self.mask) * LINE;
        // Always there; the empty line finds nothing.
        self.words[at..].first_chunk().unwrap_or(&[0; LINE])
    }
}

impl Cache {
    const SHORT: usize = 32 << 20;
    const LONG: usize = 16 << 20;

    /// An empty cache of the usual size.
    pub(in super::super) fn new() -> Self {
        Self::with_sizes(Self::SHORT, Self::LONG)
    }

    /// One for when memory is short, or the text.
    pub(in super::super) fn small() -> Self {
        Self::with_sizes(Self::SHORT >> 8, Self::LONG >> 8)
    }

    fn with_sizes(short: usize, long: usize) -> Self {
        Self { short: Table::new(short), long: Table::new(long), work: Long::default() }
    }

    /// Reads from where a short word would be, so that it is in a nearer cache when it is wanted.
    #[inline]
    pub(super) fn touch(&self, hash: u64) -> u64 {
        self.short.line(hash)[0]
    }

    /// The ids of a short word, and how many of them count.
    #[inline]
    pub(super) fn short(&self, key: ShortKey, hash: u64) -> Option<([u32; SHORT_IDS], usize)> {
        let line = self.short.line(hash);
        let [a0, a1, a2, a3, b0, b1, b2, b3] = *line;
        let (low, high) = if [a0, a1] == key {
            (a2, a3)
        } else if [b0, b1] == key {
            (b2, b3)
        } else {
            return None;
        };
        let first = low as u32;
        let ids = [first & ID_MASK, (low >> 32) as u32, high as u32, (high >> 32) as u32];
        Some((ids, (first >> COUNT_SHIFT) as usize))
    }

    pub(super) fn insert_short(&mut self, key: ShortKey, ids: &[u32]) {
        let at = self.short.start + (short_hash(key) as usize & self.short.mask) * LINE;
        let mut packed = [0u64; 2];
        pack(ids, &mut packed);
        let line = &mut self.short.words[at..at + LINE];
        line.copy_within(..4, 4);
        line[..2].copy_from_slice(&key);
        line[2..4].copy_from_slice(&packed);
    }

    /// Appends the ids of a longer word.
    pub(super) fn long(&self, key: LongKey, ids: &mut Vec<u32>) -> bool {
        let hash = long_hash(key);
        for way in [hash, hash ^ 1] {
            let line = self.long.line(way);
            if line[..4] == key {
                let count = (line[4] as u32 >> COUNT_SHIFT) as usize;
                let mut unpacked = [0u32; IDS];
                for (two, word) in unpacked.chunks_exact_mut(2).zip(&line[4..]) {
                    two[0] = *word as u32;
                    two[1] = (word >> 32) as u32;
                }
                unpacked[0] &= ID_MASK;
                ids.extend_from_slice(&unpacked[..count.min(IDS)]);
                return true;
            }
        }
        false
    }

    pub(super) fn insert_long(&mut self, key: LongKey, ids: &[u32]) {
        if ids.len() > IDS {
            return;
        }
        let hash = long_hash(key) as usize;
        let first = self.long.start + (hash & self.long.mask) * LINE;
        let second = self.long.start + ((hash ^ 1) & self.long.mask) * LINE;
        self.long.words.copy_within(first..first + LINE, second);
        let line = &mut self.long.words[first..first + LINE];
        line[..4].copy_from_slice(&key);
        let mut packed = [0u64; 4];
        pack(ids, &mut packed);
        line[4..].copy_from_slice(&packed);
    }
}

impl Default for Cache {
    fn default() -> Self {
        Self::new()
    }
}

fn pack(ids: &[u32], packed: &mut [u64]) {
    for (i, &id) in ids.iter().enumerate() {
        packed[i / 2] |= u64::from(id) << (i % 2 * 32);
    }
    packed[0] |= (ids.len() as u64) << COUNT_SHIFT;
}

/// Both halves of a product, as in wyhash. A collision costs time only.
#[inline]
fn hash(a: u64, b: u64) -> u64 {
    let product = u128::from(a ^ 0xA076_1D64_78BD_642F) * u128::from(b ^ 0xE703_7ED1_A0B4_28DB);
    (product >> 64) as u64 ^ product as u64
}

#[inline]
pub(super) fn short_hash(key: ShortKey) -> u64 {
    hash(key[0], key[1])
}

#[inline]
fn long_hash(key: LongKey) -> u64 {
    hash(hash(key[0], key[1]) ^ key[2], key[3])
}
