//! Words of any length, in linear time: the pairs wait in a list for each rank.
//!
//! The ranks are taken from the least on, and the pairs of a rank from left to right. What a merge makes is mostly of a
//! higher rank than the merge, and is put into the list of that. Where it is not, it goes into a heap that comes first.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::Bpe;
use super::pairs::NONE;

/// The id where no symbol begins.
const INSIDE: u32 = u32::MAX;
const NOWHERE: u32 = u32::MAX;
/// Bytes of a word from which on the working memory is given back.
const KEEP: usize = 1 << 18;

/// Working memory for long words.
#[derive(Default)]
pub(super) struct Long {
    /// The id of the symbol that begins at each byte.
    ids: Vec<u32>,
    /// The length of a symbol, where its first and where its last byte is.
    lengths: Vec<u32>,
    queue: Queue,
    sorted: Vec<u32>,
    early: BinaryHeap<Reverse<(u32, u32)>>,
}

/// Places by rank.
#[derive(Default)]
struct Queue {
    /// The first entry of each rank's list.
    heads: Vec<u32>,
    /// Place and next entry.
    entries: Vec<(u32, u32)>,
    free: u32,
    ranks: RankSet,
}

impl Queue {
    fn clear(&mut self, ranks: usize) {
        if self.heads.len() != ranks {
            self.heads = vec![NOWHERE; ranks];
            self.ranks = RankSet::new(ranks);
        }
        self.entries.clear();
        self.free = NOWHERE;
    }

    fn push(&mut self, rank: u32, at: u32) {
        let head = &mut self.heads[rank as usize];
        if *head == NOWHERE {
            self.ranks.insert(rank);
        }
        let entry = (at, *head);
        match self.entries.get_mut(self.free as usize) {
            Some(unused) => {
                *head = self.free;
                self.free = unused.1;
                *unused = entry;
            }
            None => {
                *head = self.entries.len() as u32;
                self.entries.push(entry);
            }
        }
    }

    /// The least rank; its places go to `sorted`.
    fn pop(&mut self, sorted: &mut Vec<u32>) -> Option<u32> {
        let rank = self.ranks.pop()?;
        sorted.clear();
        let first = std::mem::replace(&mut self.heads[rank as usize], NOWHERE);
        let mut entry = first;
        loop {
            let (at, next) = self.entries[entry as usize];
            sorted.push(at);
            if next == NOWHERE {
                break;
            }
            entry = next;
        }
        self.entries[entry as usize].1 = self.free;
        self.free = first;
        if !sorted.is_sorted() {
            sorted.sort_unstable();
        }
        Some(rank)
    }
}

/// A set of ranks with its least one at hand: bits, and above them bits that say which words have any.
#[derive(Default)]
struct RankSet(Vec<Vec<u64>>);

impl RankSet {
    fn new(ranks: usize) -> Self {
        let mut levels = Vec::new();
        let mut size = ranks;
        loop {
            size = size.div_ceil(64).max(1);
            levels.push(vec![0; size]);
            if size == 1 {
                return Self(levels);
            }
        }
    }

    fn insert(&mut self, rank: u32) {
        let mut at = rank as usize;
        for level in &mut self.0 {
            let word = &mut level[at / 64];
            let had = *word != 0;
            *word |= 1 << (at % 64);
            if had {
                return;
            }
            at /= 64;
        }
    }

    fn pop(&mut self) -> Option<u32> {
        if self.0.is_empty() {
            return None;
        }
        let mut at = 0;
        for level in self.0.iter().rev() {
            let word = level[at];
            if word == 0 {
                return None;
            }
            at = at * 64 + word.trailing_zeros() as usize;
        }
        let rank = at as u32;
        for level in &mut self.0 {
            let word = &mut level[at / 64];
            *word &= !(1 << (at % 64));
            if *word != 0 {
                break;
            }
            at /= 64;
        }
        Some(rank)
    }
}

impl Bpe {
    /// Appends the ids of a word, which is not empty.
    pub(super) fn merge_long(&self, word: &[u8], long: &mut Long, ids: &mut Vec<u32>) {
        long.ids.clear();
        long.ids.extend(word.iter().map(|&b| self.bytes[usize::from(b)]));
        long.lengths.clear();
        long.lengths.resize(word.len(), 1);
        long.queue.clear(self.merges.len());
        for (i, pair) in word.windows(2).enumerate().rev() {
            let rank = self.pairs.byte_rank(pair[0], pair[1]);
            if rank != NONE {
                long.queue.push(rank, i as u32);
            }
        }
        let mut sorted = std::mem::take(&mut long.sorted);
        while let Some(rank) = long.queue.pop(&mut sorted) {
            for &at in &sorted {
                self.merge_early(long, rank, (rank, at));
                self.merge_at(long, rank, rank, at);
            }
            self.merge_early(long, rank, (u32::MAX, u32::MAX));
        }
        let mut at = 0;
        while at < word.len() {
            ids.push(long.ids[at]);
            at += long.lengths[at] as usize;
        }
        if word.len() > KEEP {
            *long = Long::default();
        } else {
            long.sorted = sorted;
        }
    }

    /// Does what came up while `rank` was being done and goes before `until`.
    fn merge_early(&self, long: &mut Long, now: u32, until: (u32, u32)) {
        while let Some(&Reverse((rank, at))) = long.early.peek() {
            if (rank, at) >= until {
                return;
            }
            long.early.pop();
            self.merge_at(long, now, rank, at);
        }
    }

    /// Merges the pair at `at`, if it is still that of `rank`.
    fn merge_at(&self, long: &mut Long, now: u32, rank: u32, at: u32) {
        let i = at as usize;
        let merge = self.merges[rank as usize];
        if long.ids[i] != merge.left {
            return;
        }
        let right = i + long.lengths[i] as usize;
        if right >= long.ids.len() || long.ids[right] != merge.right {
            return;
        }
        let length = long.lengths[i] + long.lengths[right];
        let after = i + length as usize;
        long.ids[right] = INSIDE;
        long.ids[i] = merge.new;
        long.lengths[i] = length;
        long.lengths[after - 1] = length;
        let mut queue = |left: u32, right: u32, at: usize| {
            let rank = self.pairs.rank(left, right);
            if rank == NONE {
            } else if rank > now {
                long.queue.push(rank, at as u32);
            } else {
                long.early.push(Reverse((rank, at as u32)));
            }
        };
        if i > 0 {
            let before = i - long.lengths[i - 1] as usize;
            queue(long.ids[before], merge.new, before);
        }
        if after < long.ids.len() {
            queue(merge.new, long.ids[after], i);
        }
    }
}
