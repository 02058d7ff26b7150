//! The words that pairs are counted in: one flat array of symbols, those of the most frequent words first.

use std::collections::BTreeMap;

/// How a symbol is held: 16 bits where the vocabulary lets it.
pub(super) trait Symbol: Copy + Eq {
    /// Stands between words.
    const END: Self;
    /// Stands where a symbol began that is a part of a longer one now.
    const HOLE: Self;
    /// The symbol of an id below [`END`](Self::END) and [`HOLE`](Self::HOLE).
    fn of(id: u32) -> Self;
    /// Its id.
    fn id(self) -> u32;
}

/// Ids below this fit 16 bits, with the two marks.
pub(super) const MOST_SHORT: usize = 0xFFFE;

impl Symbol for u16 {
    const END: u16 = u16::MAX;
    const HOLE: u16 = u16::MAX - 1;
    #[inline]
    fn of(id: u32) -> u16 {
        id as u16
    }
    #[inline]
    fn id(self) -> u32 {
        u32::from(self)
    }
}

impl Symbol for u32 {
    const END: u32 = u32::MAX;
    const HOLE: u32 = u32::MAX - 1;
    #[inline]
    fn of(id: u32) -> u32 {
        id
    }
    #[inline]
    fn id(self) -> u32 {
        self
    }
}

/// Words that occur equally often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Group {
    /// Where the first of them begins.
    start: u32,
    count: u64,
}

/// What did not fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Dropped {
    pub(super) words: u64,
    pub(super) occurrences: u64,
}

/// Words as symbols. A symbol takes as many places as it has characters: it stands at the first and at the last of
/// them, so both neighbours of a place are found without looking for them.
pub(super) struct Flat<S> {
    pub(super) symbols: Vec<S>,
    groups: Vec<Group>,
    pub(super) words: u64,
    pub(super) dropped: Dropped,
}

/// Places and words that a count has.
#[derive(Clone, Copy, Default)]
struct Share {
    places: u64,
    words: u64,
}

impl<S: Symbol> Flat<S> {
    /// Places the words that `each_word` hands out, the same ones both times that it is called. `symbols_of` gives
    /// the first symbols of a word, each of one character; a word of fewer than two has no pairs and is not placed.
    /// Where not all of them fit into `most` places, the rarest are left out: all of the same count, or none.
    pub(super) fn new<E>(
        most: usize,
        mut each_word: impl FnMut(&mut dyn FnMut(&[u8], u64)) -> Result<(), E>,
        mut symbols_of: impl FnMut(&[u8], &mut Vec<u32>),
    ) -> Result<Flat<S>, E> {
        let most = most.min(u32::MAX as usize - 1) as u64;
        let mut shares: BTreeMap<u64, Share> = BTreeMap::new();
        // Nearly all words are rare.
        let mut rare = [Share::default(); 256];
        let mut word_symbols = Vec::new();
        each_word(&mut |word, count| {
            word_symbols.clear();
            symbols_of(word, &mut word_symbols);
            if word_symbols.len() < 2 || count == 0 {
                return;
            }
            let share = match usize::try_from(count).ok().and_then(|c| rare.get_mut(c)) {
                Some(share) => share,
                None => shares.entry(count).or_default(),
            };
            share.places += word_symbols.len() as u64 + 1;
            share.words += 1;
        })?;
        shares.extend((0u64..).zip(rare).filter(|(_, share)| share.words > 0));

        let (mut groups, mut next) = (Vec::with_capacity(shares.len()), BTreeMap::new());
        let (mut dropped, mut words) = (Dropped::default(), 0);
        // The first place is an end: what stands before a word.
        let mut place = 1u64;
        let mut full = false;
        for (&count, share) in shares.iter().rev() {
            full |= place + share.places > most;
            if full {
                dropped.words += share.words;
                dropped.occurrences = dropped.occurrences.saturating_add(count.saturating_mul(share.words));
                continue;
            }
            groups.push(Group { start: place as u32, count });
            next.insert(count, place as usize);
            place += share.places;
            words += share.words;
        }
        let mut symbols = vec![S::END; place as usize];
        let mut next_rare: [Option<usize>; 256] = [None; 256];
        for (count, to) in (0u64..).zip(&mut next_rare) {
            *to = next.remove(&count);
        }
        each_word(&mut |word, count| {
            word_symbols.clear();
            symbols_of(word, &mut word_symbols);
            if word_symbols.len() < 2 || count == 0 {
                return;
            }
            let next = match usize::try_from(count).ok().and_then(|c| next_rare.get_mut(c)) {
                Some(rare) => rare.as_mut(),
                None => next.get_mut(&count),
            };
            let Some(at) = next else { return };
            // A caller that hands out others the second time gets nonsense, and no panic.
            if let Some(to) = symbols.get_mut(*at..*at + word_symbols.len()) {
                for (to, from) in to.iter_mut().zip(&word_symbols) {
                    *to = S::of(*from);
                }
            }
            *at += word_symbols.len() + 1;
        })?;
        if let Some(last) = symbols.last_mut() {
            *last = S::END;
        }
        Ok(Flat { symbols, groups, words, dropped })
    }

    /// Counts by place, for places that mostly ascend.
    pub(super) fn counts(&self) -> Counts<'_> {
        Counts { groups: &self.groups, at: 0 }
    }

    /// Hands out each two symbols side by side, with the place of the first and the count of their word.
    #[inline]
    pub(super) fn pairs(&self, lens: &[u32], mut each: impl FnMut(usize, u32, u32, u64)) {
        let symbols = &self.symbols[..];
        for (g, group) in self.groups.iter().enumerate() {
            let end = self.groups.get(g + 1).map_or(symbols.len(), |next| next.start as usize);
            let mut at = group.start as usize;
            while at < end {
                let mut first = symbols[at];
                while first != S::END {
                    let next = at + lens[first.id() as usize] as usize;
                    let second = symbols[next];
                    if second != S::END {
                        each(at, first.id(), second.id(), group.count);
                    }
                    at = next;
                    first = second;
                }
                at += 1;
            }
        }
    }
}

/// The count of the word at a place. Places that ascend cost little.
pub(super) struct Counts<'f> {
    groups: &'f [Group],
    at: usize,
}

impl Counts<'_> {
    #[inline]
    pub(super) fn at(&mut self, place: u32) -> u64 {
        let here = self.groups[self.at];
        let ends = |g: usize| self.groups.get(g + 1).map_or(u32::MAX, |next| next.start);
        if here.start <= place && place < ends(self.at) {
            return here.count;
        }
        if place < here.start {
            self.at = 0;
        }
        // Steps that double, then a search between the last two.
        let (mut low, mut step) = (self.at, 1);
        while low + step < self.groups.len() && self.groups[low + step].start <= place {
            low += step;
            step *= 2;
        }
        let high = (low + step).min(self.groups.len());
        let after = self.groups[low..high].partition_point(|group| group.start <= place);
        self.at = low + after.saturating_sub(1);
        self.groups[self.at].count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: [(&[u8], u64); 6] =
        [(b"abc", 2), (b"a", 100), (b"bb", 7), (b"abab", 2), (b"cc", 3000), (b"ca", 1)];

    fn flat(most: usize) -> Flat<u16> {
        let words = |each: &mut dyn FnMut(&[u8], u64)| -> Result<(), ()> {
            WORDS.iter().for_each(|(word, count)| each(word, *count));
            Ok(())
        };
        Flat::new(most, words, |word, to| to.extend(word.iter().map(|b| u32::from(b - b'a')))).unwrap()
    }

    fn pairs(flat: &Flat<u16>) -> Vec<(usize, u32, u32, u64)> {
        let mut all = Vec::new();
        flat.pairs(&[1, 1, 1], |at, a, b, count| all.push((at, a, b, count)));
        all
    }

    #[test]
    fn frequent_words_stand_first_and_every_pair_has_the_count_of_its_word() {
        let flat = flat(1000);
        let found = pairs(&flat);
        assert_eq!(
            found,
            [
                (1, 2, 2, 3000),
                (4, 1, 1, 7),
                (7, 0, 1, 2),
                (8, 1, 2, 2),
                (11, 0, 1, 2),
                (12, 1, 0, 2),
                (13, 0, 1, 2),
                (16, 2, 0, 1)
            ]
        );
        assert_eq!((flat.words, flat.dropped), (5, Dropped::default()));
        let mut counts = flat.counts();
        for &(at, _, _, count) in found.iter().chain(found.iter().rev()) {
            assert_eq!(counts.at(at as u32), count, "{at}");
        }
    }

    #[test]
    fn what_does_not_fit_is_counted_and_the_rarest() {
        let flat = flat(10);
        assert_eq!(pairs(&flat).len(), 2);
        assert_eq!(flat.dropped, Dropped { words: 3, occurrences: 5 });
        assert_eq!(pairs(&self::flat(0)), []);
    }
}
