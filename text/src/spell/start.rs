//! Where words start in an automaton: the states that the first two symbols lead to, looked up instead of searched.
//!
//! The root has a transition for every character that words start with, and the states after it nearly as many. What
//! the table says is what [`Dawg::step`] says.

use super::dawg::{Dawg, State};

/// Symbols whose pairs are in the table: the most frequent ones have the lowest numbers.
const FREQUENT: usize = 32;

/// The states after one and after two symbols.
#[derive(Clone, Debug)]
pub(super) struct Start {
    first: Vec<Option<State>>,
    second: Vec<Option<State>>,
}

impl Start {
    pub(super) fn of(dawg: Dawg<'_>) -> Start {
        let first: Vec<_> = (0..=u8::MAX).map(|a| dawg.step(dawg.root(), a)).collect();
        let mut second = vec![None; FREQUENT * FREQUENT];
        for (a, state) in first.iter().take(FREQUENT).enumerate() {
            let Some(state) = state else { continue };
            for b in 0..FREQUENT {
                if let Some(place) = second.get_mut(a * FREQUENT + b) {
                    *place = dawg.step(*state, b as u8);
                }
            }
        }
        Start { first, second }
    }

    /// The state that a symbol leads to from the root.
    #[inline]
    pub(super) fn first(&self, symbol: u8) -> Option<State> {
        self.first.get(usize::from(symbol)).copied().flatten()
    }

    /// The state that two symbols lead to from the root.
    #[inline]
    pub(super) fn second(&self, dawg: Dawg<'_>, symbols: [u8; 2]) -> Option<State> {
        let [a, b] = symbols.map(usize::from);
        if a < FREQUENT && b < FREQUENT {
            return self.second.get(a * FREQUENT + b).copied().flatten();
        }
        dawg.step(self.first(symbols[0])?, symbols[1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spell::dawg::Builder;

    #[test]
    fn the_table_says_what_the_automaton_says() {
        let mut builder = Builder::default();
        let mut keys: Vec<Vec<u8>> = (0..=255u8).step_by(3).map(|a| vec![a, a / 2, a ^ 1]).collect();
        keys.extend((0..40u8).flat_map(|a| (0..40u8).step_by(7).map(move |b| vec![a, b])));
        keys.sort();
        keys.dedup();
        keys.iter().for_each(|key| builder.add(key, 1).expect("adds"));
        let (bytes, root) = builder.finish().expect("builds");
        let dawg = Dawg::new(&bytes, root);
        let start = Start::of(dawg);
        let at = |state: Option<State>| state.map(|s| format!("{s:?}"));
        for a in 0..=255u8 {
            let one = dawg.step(dawg.root(), a);
            assert_eq!(at(start.first(a)), at(one), "{a}");
            for b in 0..=255u8 {
                assert_eq!(at(start.second(dawg, [a, b])), at(one.and_then(|s| dawg.step(s, b))), "{a} {b}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_have_a_start(bytes: Vec<u8>, root: u32) {
            let dawg = Dawg::new(&bytes, root);
            let start = Start::of(dawg);
            for (a, b) in [(0, 0), (1, 200), (255, 255)] {
                let two = dawg.step(dawg.root(), a).and_then(|s| dawg.step(s, b));
                let found = start.second(dawg, [a, b]);
                proptest::prop_assert_eq!(format!("{found:?}"), format!("{two:?}"));
            }
        }
    }
}
