//! The pairs that are worth knowing: their counts, and the places where they are.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::flat::{Flat, Symbol};
use crate::hash::fold;

const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
/// Bytes that a pair with few places takes, in all tables.
const PAIR_BYTES: u64 = 160;

/// Two symbols side by side.
pub(super) type Pair = (u32, u32);

/// From pairs to numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct PairMap {
    keys: Vec<u64>,
    values: Vec<u32>,
    len: usize,
}

/// No pair: both symbols would be marks.
const FREE: u64 = u64::MAX;

fn key(pair: Pair) -> u64 {
    u64::from(pair.0) << 32 | u64::from(pair.1)
}

impl PairMap {
    fn slot(&self, pair: Pair) -> usize {
        let mask = self.keys.len().wrapping_sub(1);
        let mut slot = fold(key(pair), MULTIPLIER) as usize;
        loop {
            slot &= mask;
            let there = self.keys[slot];
            if there == FREE || there == key(pair) {
                return slot;
            }
            slot += 1;
        }
    }

    #[inline]
    pub(super) fn get(&self, pair: Pair) -> Option<usize> {
        if self.keys.is_empty() {
            return None;
        }
        let slot = self.slot(pair);
        (self.keys[slot] == key(pair)).then(|| self.values[slot] as usize)
    }

    /// The number of a pair, `value` if it has none yet.
    pub(super) fn or_insert(&mut self, pair: Pair, value: usize) -> usize {
        if self.len >= self.keys.len() / 2 {
            self.grow();
        }
        let slot = self.slot(pair);
        if self.keys[slot] == FREE {
            self.keys[slot] = key(pair);
            self.values[slot] = value as u32;
            self.len += 1;
        }
        self.values[slot] as usize
    }

    fn grow(&mut self) {
        let size = (self.keys.len() * 2).max(64);
        let keys = std::mem::replace(&mut self.keys, vec![FREE; size]);
        let values = std::mem::replace(&mut self.values, vec![0; size]);
        for (key, value) in keys.into_iter().zip(values).filter(|(key, _)| *key != FREE) {
            let slot = self.slot(((key >> 32) as u32, key as u32));
            self.keys[slot] = key;
            self.values[slot] = value;
        }
    }
}

/// A pair that is tracked.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) pair: Pair,
    /// As Hugging Face's trainer counts: what was merged still counts.
    pub(super) count: i64,
    /// Places of the first symbol. Some may be gone; none is missing.
    pub(super) places: Vec<u32>,
    /// Whether the places ascend, each once.
    pub(super) sorted: bool,
    pub(super) merged: bool,
}

/// Pairs by count: of equal ones the smaller pair first.
type Queue = BinaryHeap<(i64, Reverse<Pair>, Reverse<u32>)>;

/// All pairs that occur at least `threshold` times, and those that were merged.
pub(super) struct Pairs {
    pub(super) entries: Vec<Entry>,
    pub(super) map: PairMap,
    queue: Queue,
    pub(super) threshold: i64,
    /// Bytes of all places.
    pub(super) place_bytes: u64,
}

/// What a scan may track.
pub(super) struct Bounds<'b> {
    /// Pairs that occur less often are never wanted.
    pub(super) floor: i64,
    /// The range of counts that is tracked at a time: from the largest down to its `ratio`-th part.
    pub(super) ratio: i64,
    /// Bytes for places and pairs.
    pub(super) bytes: u64,
    /// Whether a pair may be merged.
    pub(super) eligible: &'b dyn Fn(Pair) -> bool,
}

impl Pairs {
    /// None are tracked.
    pub(super) fn new() -> Pairs {
        Pairs {
            entries: Vec::new(),
            map: PairMap::default(),
            queue: Queue::new(),
            threshold: i64::MAX,
            place_bytes: 0,
        }
    }

    /// Adds a pair that was not tracked.
    pub(super) fn add(&mut self, pair: Pair, count: i64, places: usize) -> usize {
        let index = self.entries.len();
        self.map.or_insert(pair, index);
        let places = Vec::with_capacity(places);
        self.place_bytes += 4 * places.capacity() as u64;
        self.entries.push(Entry { pair, count, places, sorted: true, merged: false });
        index
    }

    pub(super) fn enqueue(&mut self, index: usize) {
        let entry = &self.entries[index];
        if entry.count > 0 {
            self.queue.push((entry.count, Reverse(entry.pair), Reverse(index as u32)));
        }
    }

    /// The pair to merge next, of those tracked.
    pub(super) fn pop(&mut self) -> Option<usize> {
        loop {
            let (count, _, Reverse(index)) = self.queue.pop()?;
            let index = index as usize;
            let entry = &self.entries[index];
            if entry.places.is_empty() {
                // A second one in the queue of a pair that was merged.
                continue;
            }
            if entry.count == count {
                return Some(index);
            }
            self.enqueue(index);
        }
    }

    /// Takes the places of a pair, in order.
    pub(super) fn take_places(&mut self, index: usize) -> Vec<u32> {
        let entry = &mut self.entries[index];
        let mut places = std::mem::take(&mut entry.places);
        self.place_bytes = self.place_bytes.saturating_sub(4 * places.capacity() as u64);
        if !std::mem::replace(&mut entry.sorted, true) {
            places.sort_unstable();
            places.dedup();
        }
        places
    }

    /// Looks at all words again, for the pairs of the counts that come next. No pair that is not tracked and not
    /// merged occurs more than `most` times. Afterwards `threshold` is the floor, or something is tracked.
    pub(super) fn scan<S: Symbol>(&mut self, words: &Flat<S>, lens: &[u32], most: i64, bounds: &Bounds<'_>) {
        self.queue.clear();
        self.entries.retain(|entry| entry.merged);
        self.map = PairMap::default();
        for (index, entry) in self.entries.iter_mut().enumerate() {
            (entry.places, entry.sorted) = (Vec::new(), true);
            self.map.or_insert(entry.pair, index);
        }
        let sketch = Sketch::new(words, lens);
        let merged = self.entries.len();
        self.threshold = sketch.threshold(most, bounds);
        let mut places: Vec<u32> = Vec::new();
        loop {
            // A bucket may hold several pairs, so its count is a bound only.
            self.entries.truncate(merged);
            places.clear();
            places.resize(merged, 0);
            words.pairs(lens, |_, a, b, count| {
                let known = match sketch.count(a, b) >= self.threshold as u64 {
                    true if (bounds.eligible)((a, b)) => {
                        let next = self.entries.len();
                        let index = self.map.or_insert((a, b), next);
                        if index == next {
                            self.entries.push(Entry {
                                pair: (a, b),
                                count: 0,
                                places: Vec::new(),
                                sorted: true,
                                merged: false,
                            });
                            places.push(0);
                        }
                        Some(index)
                    }
                    true => None,
                    false if merged > 0 => self.map.get((a, b)),
                    false => None,
                };
                if let Some(index) = known {
                    places[index] += 1;
                    if index >= merged {
                        let sum = &mut self.entries[index].count;
                        *sum = sum.saturating_add_unsigned(count);
                    }
                }
            });
            // Only those that reach the threshold stay.
            let mut kept = 0;
            for index in 0..self.entries.len() {
                if index < merged || self.entries[index].count >= self.threshold {
                    self.entries.swap(kept, index);
                    places.swap(kept, index);
                    kept += 1;
                }
            }
            self.entries.truncate(kept);
            self.map = PairMap::default();
            for (index, entry) in self.entries.iter().enumerate() {
                self.map.or_insert(entry.pair, index);
            }
            if kept > merged || self.threshold <= bounds.floor {
                break;
            }
            self.threshold = (self.threshold / bounds.ratio).max(bounds.floor);
        }
        self.place_bytes = 0;
        for (entry, places) in self.entries.iter_mut().zip(&places) {
            entry.places = Vec::with_capacity(*places as usize);
            self.place_bytes += 4 * entry.places.capacity() as u64;
        }
        let threshold = self.threshold as u64;
        words.pairs(lens, |at, a, b, _| {
            if (merged > 0 || sketch.count(a, b) >= threshold)
                && let Some(index) = self.map.get((a, b))
            {
                self.entries[index].places.push(at as u32);
            }
        });
        for index in 0..self.entries.len() {
            if !self.entries[index].places.is_empty() {
                self.enqueue(index);
            }
        }
    }
}

/// Counts of many pairs in few numbers: each is a bound on those of the pairs that share it.
struct Sketch {
    counts: Vec<u64>,
    places: Vec<u32>,
}

impl Sketch {
    fn new<S: Symbol>(words: &Flat<S>, lens: &[u32]) -> Sketch {
        let size = (words.symbols.len() / 8).next_power_of_two().clamp(1 << 12, 1 << 20);
        let mut sketch = Sketch { counts: vec![0; size], places: vec![0; size] };
        words.pairs(lens, |_, a, b, count| {
            let bucket = sketch.bucket(a, b);
            sketch.counts[bucket] = sketch.counts[bucket].saturating_add(count);
            sketch.places[bucket] += 1;
        });
        sketch
    }

    #[inline]
    fn bucket(&self, a: u32, b: u32) -> usize {
        let hash = key((a, b)).wrapping_mul(MULTIPLIER);
        (hash >> 40) as usize & (self.counts.len() - 1)
    }

    #[inline]
    fn count(&self, a: u32, b: u32) -> u64 {
        self.counts[self.bucket(a, b)]
    }

    /// From which count on pairs are tracked.
    fn threshold(&self, most: i64, bounds: &Bounds<'_>) -> i64 {
        let largest = self.counts.iter().copied().max().unwrap_or(0);
        let largest = i64::try_from(largest).unwrap_or(i64::MAX).min(most);
        let wanted = (largest / bounds.ratio).max(bounds.floor).max(1);
        let mut buckets: Vec<(u64, u32)> = self
            .counts
            .iter()
            .copied()
            .zip(self.places.iter().copied())
            .filter(|(count, _)| *count >= wanted as u64)
            .collect();
        buckets.sort_unstable_by_key(|bucket| Reverse(*bucket));
        let mut bytes = 0;
        for (count, places) in buckets {
            bytes += PAIR_BYTES + 4 * u64::from(places);
            if bytes > bounds.bytes {
                // The first always fits: nothing would be tracked otherwise.
                return i64::try_from(count)
                    .unwrap_or(i64::MAX)
                    .saturating_add(1)
                    .clamp(wanted, largest.max(wanted));
            }
        }
        wanted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_have_the_number_they_were_given_first() {
        let mut map = PairMap::default();
        assert_eq!(map.get((0, 0)), None);
        for n in 0..10_000u32 {
            assert_eq!(map.or_insert((n % 100, n / 100), n as usize), n as usize);
        }
        for n in 0..10_000u32 {
            assert_eq!(map.or_insert((n % 100, n / 100), 7), n as usize);
            assert_eq!(map.get((n % 100, n / 100)), Some(n as usize));
        }
        assert_eq!(map.get((100, 0)), None);
    }
}
