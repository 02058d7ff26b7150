//! Which documents are connected, in four bytes a document.

/// Disjoint sets of the numbers below a count.
pub(super) struct UnionFind {
    parent: Vec<u32>,
}

impl UnionFind {
    pub(super) fn new(count: u32) -> Self {
        UnionFind { parent: (0..count).collect() }
    }

    /// The smallest number of a set. Every second number on the way is moved up, so that the next way
    /// is half as long (path halving).
    pub(super) fn find(&mut self, mut number: u32) -> u32 {
        loop {
            let parent = self.parent[number as usize];
            let above = self.parent[parent as usize];
            if parent == above {
                return parent;
            }
            self.parent[number as usize] = above;
            number = above;
        }
    }

    pub(super) fn union(&mut self, a: u32, b: u32) {
        let (a, b) = (self.find(a), self.find(b));
        self.parent[a.max(b) as usize] = a.min(b);
    }
}

/// A set of numbers, each with its place among the others, in 1.5 bits a number below the count.
pub(super) struct Places {
    bits: Vec<u64>,
    /// Members before each word of `bits`; empty until they are counted.
    before: Vec<u32>,
}

impl Places {
    pub(super) fn new(count: u32) -> Self {
        Places { bits: vec![0; (count as usize).div_ceil(64)], before: Vec::new() }
    }

    pub(super) fn insert(&mut self, number: u32) {
        self.bits[number as usize / 64] |= 1 << (number % 64);
    }

    /// Counts the members; after this there are places.
    pub(super) fn count(&mut self) -> u32 {
        let mut count = 0;
        self.before.clear();
        self.before.reserve_exact(self.bits.len());
        for word in &self.bits {
            self.before.push(count);
            count += word.count_ones();
        }
        count
    }

    /// How many members are smaller, if the number is one.
    pub(super) fn place(&self, number: u32) -> Option<u32> {
        let word = self.bits.get(number as usize / 64)?;
        let bit = 1u64 << (number % 64);
        (word & bit != 0).then(|| self.before[number as usize / 64] + (word & (bit - 1)).count_ones())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sets_are_what_labels_spread_along_the_pairs_say(
            pairs in proptest::collection::vec((0u32..60, 0u32..60), 0..60),
        ) {
            let mut union = UnionFind::new(60);
            let mut label: Vec<u32> = (0..60).collect();
            for (a, b) in pairs {
                union.union(a, b);
                let (a, b) = (label[a as usize], label[b as usize]);
                label.iter_mut().filter(|l| **l == a || **l == b).for_each(|l| *l = a.min(b));
            }
            for number in 0..60 {
                prop_assert_eq!(union.find(number), label[number as usize]);
            }
        }

        #[test]
        fn a_place_is_the_number_of_smaller_members(members in proptest::collection::btree_set(0u32..500, 0..90)) {
            let mut places = Places::new(500);
            members.iter().for_each(|m| places.insert(*m));
            prop_assert_eq!(places.count() as usize, members.len());
            for (place, member) in members.iter().enumerate() {
                prop_assert_eq!(places.place(*member), Some(place as u32));
            }
            prop_assert_eq!((0..600).filter(|n| places.place(*n).is_some()).count(), members.len());
        }
    }

    #[test]
    fn a_chain_of_a_million_is_one_set() {
        let count = 1_000_000;
        let mut union = UnionFind::new(count);
        (1..count).rev().for_each(|n| union.union(n - 1, n));
        assert!((0..count).all(|n| union.find(n) == 0));
    }
}
