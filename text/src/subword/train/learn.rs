//! Merges of pairs, the most frequent first, as Hugging Face's `BpeTrainer` chooses them.
//!
//! Its rules, seen in the source of `tokenizers` 0.23: of pairs that occur equally often the one with the smaller ids
//! is merged first. A token that two pairs make has one id, and the merge of the second adds no token. The count of a
//! pair that was merged stays: where a merge makes the pair anew, it is merged at once, and then stands in the list of
//! merges at the later of its places. Counts there are 32 bits wide; ours are 64.
//!
//! Its speed comes from a list of words for every pair, which is most of its memory. Here a pair is tracked only
//! while its count is among the largest; the words are looked at again when the counts have come down. What is
//! merged, and when, does not depend on how much is tracked.

use super::flat::{Dropped, Flat, Symbol};
use super::pairs::{Bounds, Pair, PairMap, Pairs};
use super::vocabulary::Vocabulary;

/// Counts tracked at a time: from the largest down to this part of it.
const RATIO: i64 = 8;
/// A scan for fewer merges than this was not worth it.
const FEW_MERGES: usize = 64;

/// How to merge.
pub(super) struct Options<'o> {
    pub(super) vocab_size: usize,
    pub(super) min_frequency: u64,
    /// A token must be shorter, in characters; those of two always may be.
    pub(super) max_len: usize,
    /// Left out of the second token when two are joined.
    pub(super) prefix: &'o str,
    /// Bytes for places and pairs.
    pub(super) bytes: usize,
}

/// What came of it.
pub(super) struct Learned {
    /// Pairs in the order of their merges, each once.
    pub(super) merges: Vec<Pair>,
    pub(super) words: u64,
    pub(super) dropped: Dropped,
    /// Times that the words were looked at.
    pub(super) scans: usize,
}

/// What stands on one side of the merges of one step: by the id of the neighbour.
#[derive(Clone, Copy, Default)]
struct Neighbour {
    count: i64,
    places: u32,
    /// Number of the pair with the new token, plus one.
    entry: u32,
}

/// Neighbours on one side.
#[derive(Default)]
struct Side {
    by_id: Vec<Neighbour>,
    met: Vec<u32>,
}

impl Side {
    #[inline]
    fn meet(&mut self, id: u32, count: i64) {
        let neighbour = &mut self.by_id[id as usize];
        if neighbour.places == 0 {
            self.met.push(id);
        }
        neighbour.places += 1;
        neighbour.count = neighbour.count.saturating_add(count);
    }

    fn count(&self, id: u32) -> i64 {
        self.by_id[id as usize].count
    }

    #[inline]
    fn entry(&self, id: u32) -> Option<usize> {
        (self.by_id[id as usize].entry as usize).checked_sub(1)
    }

    fn set_entry(&mut self, id: u32, entry: Option<usize>) {
        self.by_id[id as usize].entry = entry.map_or(0, |e| e as u32 + 1);
    }

    fn clear(&mut self, also: u32) {
        for id in self.met.drain(..).chain([also]) {
            self.by_id[id as usize] = Neighbour::default();
        }
    }
}

/// Pairs that are not tracked and became more: how much more, since the last scan.
#[derive(Default)]
struct Gains {
    map: PairMap,
    sums: Vec<i64>,
    /// The largest sum.
    most: i64,
}

impl Gains {
    fn add(&mut self, pair: Pair, count: i64) {
        let next = self.sums.len();
        let index = self.map.or_insert(pair, next);
        if index == next {
            self.sums.push(0);
        }
        let sum = &mut self.sums[index];
        *sum = sum.saturating_add(count);
        self.most = self.most.max(*sum);
    }
}

struct Learner<'l, S> {
    words: Flat<S>,
    vocabulary: &'l mut Vocabulary,
    options: &'l Options<'l>,
    pairs: Pairs,
    gains: Gains,
    left: Side,
    right: Side,
}

/// Merges until the vocabulary is full or no pair is left; `on_merge` is told how many tokens there are.
pub(super) fn learn<S: Symbol>(
    words: Flat<S>,
    vocabulary: &mut Vocabulary,
    options: &Options<'_>,
    on_merge: &mut dyn FnMut(usize),
) -> Learned {
    let (words_placed, dropped) = (words.words, words.dropped);
    let mut learner = Learner {
        words,
        vocabulary,
        options,
        pairs: Pairs::new(),
        gains: Gains::default(),
        left: Side::default(),
        right: Side::default(),
    };
    let floor = i64::try_from(options.min_frequency.max(1)).unwrap_or(i64::MAX);
    let bytes = options.bytes as u64;
    let (mut ratio, mut scans, mut since_scan) = (RATIO, 0, FEW_MERGES);
    let mut merges: Vec<Pair> = Vec::new();
    while learner.vocabulary.len() < options.vocab_size {
        let top = learner.pairs.pop();
        let count = top.map_or(0, |index| learner.pairs.entries[index].count);
        let tracked = learner.pairs.threshold;
        // The most that a pair can have that is not tracked.
        let other = (tracked - 1).saturating_add(learner.gains.most);
        let too_large = learner.pairs.place_bytes > bytes.saturating_mul(2) && since_scan > 0;
        if count <= other && other >= floor || too_large {
            ratio = if since_scan < FEW_MERGES { ratio.saturating_mul(4) } else { RATIO.max(ratio / 2) };
            learner.scan(count.max(other), &Bounds { floor, ratio, bytes, eligible: &|_| true });
            scans += 1;
            since_scan = 0;
            continue;
        }
        let Some(index) = top.filter(|_| count >= floor) else { break };
        let pair = learner.pairs.entries[index].pair;
        since_scan += 1;
        learner.pairs.entries[index].merged = true;
        let places = learner.pairs.take_places(index);
        let before = learner.vocabulary.len();
        let Some(id) = learner.vocabulary.join(pair.0, pair.1, options.prefix) else { continue };
        merges.push(pair);
        learner.merge(pair, id, id as usize == before, places);
        on_merge(learner.vocabulary.len());
    }
    // A pair that was merged twice stands where it was merged last.
    let mut seen = PairMap::default();
    let mut next = 0;
    let mut once = Vec::with_capacity(merges.len());
    for pair in merges.into_iter().rev() {
        if seen.or_insert(pair, next) == next {
            next += 1;
            once.push(pair);
        }
    }
    once.reverse();
    Learned { merges: once, words: words_placed, dropped, scans }
}

impl<S: Symbol> Learner<'_, S> {
    fn scan(&mut self, most: i64, bounds: &Bounds<'_>) {
        let (lens, max_len) = (&self.vocabulary.lens, self.options.max_len);
        let eligible = |pair| is_eligible(lens, max_len, pair);
        self.pairs.scan(&self.words, lens, most, &Bounds { eligible: &eligible, ..*bounds });
        self.gains = Gains::default();
    }

    fn is_eligible(&self, pair: Pair) -> bool {
        is_eligible(&self.vocabulary.lens, self.options.max_len, pair)
    }

    /// Merges a pair at its places.
    fn merge(&mut self, (a, b): Pair, id: u32, is_new: bool, mut places: Vec<u32>) {
        for side in [&mut self.left, &mut self.right] {
            side.by_id.resize(self.vocabulary.len(), Neighbour::default());
        }
        let lens = &self.vocabulary.lens;
        let (len_a, len_b) = (lens[a as usize] as usize, lens[b as usize] as usize);
        let (first, second, whole) = (S::of(a), S::of(b), S::of(id));
        let mut symbols = std::mem::take(&mut self.words.symbols);
        let mut counts = self.words.counts();
        let mut merged = 0;
        for n in 0..places.len() {
            let place = places[n];
            let at = place as usize;
            if symbols[at] != first {
                continue;
            }
            let middle = at + len_a;
            if symbols[middle] != second {
                continue;
            }
            let end = middle + len_b;
            let count = i64::try_from(counts.at(place)).unwrap_or(i64::MAX);
            let (before, after) = (symbols[at - 1], symbols[end]);
            if before != S::END {
                self.left.meet(before.id(), count);
            }
            if after != S::END {
                self.right.meet(after.id(), count);
            }
            symbols[middle] = S::HOLE;
            symbols[at] = whole;
            symbols[end - 1] = whole;
            places[merged] = place;
            merged += 1;
        }
        places.truncate(merged);
        self.words.symbols = symbols;
        let tracked = self.pairs.entries.len();
        match is_new {
            true => self.count_new((a, b), id),
            false => self.count_again((a, b), id),
        }
        self.place(id, is_new, &places);
        let sides = [(&self.left, true), (&self.right, false)];
        for (side, is_left) in sides {
            for &neighbour in side.met.iter().chain([&id]) {
                // Both sides know the pair of the token with itself.
                if let Some(index) = side.entry(neighbour).filter(|_| !is_left || neighbour != id)
                    && (index >= tracked || !is_new)
                {
                    self.pairs.enqueue(index);
                }
            }
        }
        self.left.clear(id);
        self.right.clear(id);
    }

    /// Fewer of the pairs that the merged ones stood in.
    fn lessen(&mut self, pair: Pair, count: i64) {
        if let Some(index) = self.pairs.map.get(pair) {
            let there = &mut self.pairs.entries[index].count;
            *there = there.saturating_sub(count);
        }
    }

    /// Counts the pairs of a token that is new: all of them are.
    fn count_new(&mut self, (a, b): Pair, id: u32) {
        let (left, right) = (std::mem::take(&mut self.left), std::mem::take(&mut self.right));
        let (mut left, mut right) = (left, right);
        // Of two side by side the right one found the other merged already.
        let doubled = left.count(id);
        for n in 0..left.met.len() {
            let before = left.met[n];
            if before != id {
                let Neighbour { count, places, .. } = left.by_id[before as usize];
                self.lessen((before, a), count);
                left.set_entry(before, self.track((before, id), count, places));
            }
        }
        for n in 0..right.met.len() {
            let after = right.met[n];
            let Neighbour { count, places, .. } = right.by_id[after as usize];
            self.lessen((b, after), count);
            let count = if after == a { count.saturating_sub(doubled) } else { count };
            right.set_entry(after, self.track((id, after), count, places));
        }
        if doubled > 0 {
            let places = left.by_id[id as usize].places;
            right.set_entry(id, self.track((id, id), doubled, places));
        }
        (self.left, self.right) = (left, right);
    }

    fn track(&mut self, pair: Pair, count: i64, places: u32) -> Option<usize> {
        let wanted = count >= self.pairs.threshold && self.is_eligible(pair);
        wanted.then(|| self.pairs.add(pair, count, places as usize))
    }

    /// Counts the pairs of a token that another pair made before.
    fn count_again(&mut self, (a, b): Pair, id: u32) {
        let mut changes: Vec<(Pair, i64)> = Vec::new();
        let mut ends = vec![id];
        for &before in &self.left.met {
            let count = self.left.count(before);
            changes.extend([((before, a), -count), ((before, id), count)]);
            ends.push(before);
        }
        let mut starts = vec![id];
        for &after in &self.right.met {
            let count = self.right.count(after);
            changes.extend([((b, after), -count), ((id, after), count)]);
            starts.push(after);
        }
        changes.retain(|(pair, change)| *change < 0 || self.is_eligible(*pair));
        changes.sort_unstable();
        for same in changes.chunk_by(|x, y| x.0 == y.0) {
            let pair = same[0].0;
            let change = same.iter().fold(0i64, |sum, (_, change)| sum.saturating_add(*change));
            match self.pairs.map.get(pair) {
                Some(index) => {
                    let there = &mut self.pairs.entries[index].count;
                    *there = there.saturating_add(change);
                }
                None if change > 0 && self.is_eligible(pair) => {
                    if self.pairs.threshold <= 1 {
                        self.pairs.add(pair, change, 0);
                    } else {
                        self.gains.add(pair, change);
                    }
                }
                None => {}
            }
        }
        for before in ends {
            self.left.set_entry(before, self.pairs.map.get((before, id)));
        }
        for after in starts {
            self.right.set_entry(after, self.pairs.map.get((id, after)));
        }
    }

    /// Notes the places of the pairs of a token that was just made at `places`.
    fn place(&mut self, id: u32, is_new: bool, places: &[u32]) {
        let (lens, symbols) = (&self.vocabulary.lens, &self.words.symbols);
        let (whole, len) = (S::of(id), lens[id as usize] as usize);
        let entries = &mut self.pairs.entries;
        let mut grown = 0;
        let mut push = |index: usize, place: u32| {
            let entry = &mut entries[index];
            if !is_new {
                entry.sorted = false;
            }
            let room = entry.places.capacity();
            entry.places.push(place);
            grown += 4 * (entry.places.capacity() - room) as u64;
        };
        for &place in places {
            let at = place as usize;
            let (before, after) = (symbols[at - 1], symbols[at + len]);
            // Of two new ones side by side the left one notes the pair.
            if before != S::END
                && !(is_new && before == whole)
                && let Some(index) = self.left.entry(before.id())
            {
                push(index, place - lens[before.id() as usize]);
            }
            if after != S::END
                && let Some(index) = self.right.entry(after.id())
            {
                push(index, place);
            }
        }
        self.pairs.place_bytes += grown;
    }
}

/// Hugging Face's rule, which looks at pairs that a merge made only.
fn is_eligible(lens: &[u32], max_len: usize, (a, b): Pair) -> bool {
    let (a, b) = (lens[a as usize] as usize, lens[b as usize] as usize);
    a + b == 2 || a + b < max_len
}
