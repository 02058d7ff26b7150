//! Fingerprints of windows of tokens: all of them, and the few by which repeats are found.

use crate::hash::{Rolling, mix};

/// Finds where long repeats can be: from each window of tokens it selects one shorter run, by the run alone.
///
/// Winnowing (Schleimer, Wilkerson & Aiken 2003, "Winnowing: local algorithms for document fingerprinting"):
/// of the `min_tokens − run + 1` runs in a window of `min_tokens` tokens the one with the smallest
/// fingerprint is selected, the last of them if several are equal. Two equal windows therefore select the run
/// at the same place in them: wherever they stand, overlapping or not, they share a fingerprint at two
/// positions. On text without repeats 2 of `min_tokens − run + 2` runs are selected; of one token repeated,
/// all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Minimizers {
    min_tokens: usize,
    run: usize,
}

impl Minimizers {
    /// For repeats of at least `min_tokens` tokens (1 at the least), by runs of half as many.
    pub fn new(min_tokens: usize) -> Self {
        let min_tokens = min_tokens.max(1);
        Minimizers { min_tokens, run: min_tokens.div_ceil(2) }
    }

    /// Tokens in a window.
    pub fn min_tokens(self) -> usize {
        self.min_tokens
    }

    /// Tokens in a selected run.
    pub fn run(self) -> usize {
        self.run
    }
}

/// Calls `select` with position and fingerprint of each selected run, in ascending order of position, each
/// once.
///
/// ```
/// use sprog_text::dedup::{Minimizers, minimizers, token_hashes};
/// let mut hashes = Vec::new();
/// token_hashes("et to tre fire fem seks, og igen et to tre fire fem seks", &mut hashes);
/// let mut selected = Vec::new();
/// minimizers(&hashes, Minimizers::new(6), |position, fingerprint| selected.push((fingerprint, position)));
/// selected.sort();
/// assert!(selected.windows(2).any(|pair| pair[0].0 == pair[1].0), "six tokens repeat");
/// ```
pub fn minimizers(hashes: &[u64], of: Minimizers, mut select: impl FnMut(usize, u64)) {
    let runs = of.min_tokens - of.run + 1;
    // The last fingerprints, each at its position modulo the length.
    let mut last = vec![0u64; runs.next_power_of_two()];
    let mask = last.len() - 1;
    let (mut at, mut smallest, mut selected) = (0, u64::MAX, None);
    window_hashes(hashes, WindowHashes::new(of.run), |position, fingerprint| {
        last[position & mask] = fingerprint;
        if fingerprint <= smallest {
            (at, smallest) = (position, fingerprint);
        } else if at + runs <= position {
            // The smallest has left: once in as many positions, unless fingerprints ascend.
            smallest = u64::MAX;
            for there in position + 1 - runs..=position {
                if last[there & mask] <= smallest {
                    (at, smallest) = (there, last[there & mask]);
                }
            }
        }
        if position + 1 >= runs && selected != Some(at) {
            selected = Some(at);
            select(at, smallest);
        }
    });
}

/// The length of the windows of [`window_hashes`], and what is computed from it once.
#[derive(Clone, Copy)]
pub struct WindowHashes {
    len: usize,
    rolling: Rolling,
}

impl WindowHashes {
    /// For windows of `len` tokens, 1 at the least.
    pub fn new(len: usize) -> Self {
        let len = len.max(1);
        WindowHashes { len, rolling: Rolling::new(len) }
    }
}

/// Calls `each` with position and 64-bit fingerprint of each window of tokens, in order.
///
/// The fingerprint is a polynomial over the hashes of the tokens modulo 2^64, whose bits are mixed at the
/// end. Different windows with the same fingerprint are rare but possible: compare the tokens.
pub fn window_hashes(hashes: &[u64], of: WindowHashes, mut each: impl FnMut(usize, u64)) {
    let Some(first) = hashes.get(..of.len) else { return };
    let mut state = first.iter().fold(0, |state, hash| Rolling::fill(state, *hash));
    each(0, mix(state));
    for (at, (leaving, entering)) in hashes.iter().zip(&hashes[of.len..]).enumerate() {
        state = of.rolling.roll(state, *entering, *leaving);
        each(at + 1, mix(state));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_shorter_than_a_window_select_nothing() {
        for len in 0..10 {
            minimizers(&vec![7; len], Minimizers::new(10), |_, _| panic!("{len}"));
        }
    }

    proptest! {
        #[test]
        fn equal_windows_share_a_fingerprint_at_two_positions(
            tokens in proptest::collection::vec(0u64..3, 0..120),
            min_tokens in 1usize..14,
        ) {
            let hashes: Vec<u64> = tokens.iter().map(|t| mix(*t + 1)).collect();
            let of = Minimizers::new(min_tokens);
            let mut selected = Vec::new();
            minimizers(&hashes, of, |at, fingerprint| selected.push((at, fingerprint)));
            prop_assert!(selected.windows(2).all(|pair| pair[0].0 < pair[1].0));
            let inside = |start: usize| -> BTreeSet<(usize, u64)> {
                let last = start + min_tokens - of.run();
                selected.iter().copied().filter(|(at, _)| (start..=last).contains(at)).collect()
            };
            for (i, one) in tokens.windows(min_tokens).enumerate() {
                for (j, two) in tokens.windows(min_tokens).enumerate().skip(i + 1) {
                    if one == two {
                        let (of_one, of_two) = (inside(i), inside(j));
                        let shared = of_one.iter().any(|(a, f)| of_two.iter().any(|(b, g)| f == g && a != b));
                        prop_assert!(shared, "{} and {}", i, j);
                    }
                }
            }
        }
    }
}
