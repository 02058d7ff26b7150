//! A minimal acyclic automaton of words, read in place from bytes.
//!
//! Built from sorted keys after Daciuk, Mihov, Watson and Watson, "Incremental construction of minimal
//! acyclic finite-state automata" (Computational Linguistics 26(1), 2000). A state is a header of four bytes
//! (little-endian: bits 0–7 the number of transitions, bits 8–31 the class of the word that ends here, 0 for
//! none), the symbols of the transitions, one byte each and filled up with zeros to a multiple of four, and
//! their targets, a `u32` each: where the target's header is, counted in fours of bytes. Symbols are in order, and
//! looked for eight at a time. Eight zeros follow the last state.

use std::collections::HashMap;

use super::SpellError;

/// Classes have this many bits.
const WIDTH: u32 = 24;

/// Collects sorted keys into an automaton.
#[derive(Default)]
pub(super) struct Builder {
    bytes: Vec<u8>,
    register: HashMap<Box<[u8]>, u32>,
    /// The states of the last key, from the root.
    open: Vec<Open>,
    last: Vec<u8>,
}

#[derive(Default)]
struct Open {
    class: u32,
    symbols: Vec<u8>,
    targets: Vec<u32>,
}

impl Builder {
    /// Adds a key that is greater than all before it.
    pub(super) fn add(&mut self, key: &[u8], class: u32) -> Result<(), SpellError> {
        if class >> WIDTH != 0 {
            return Err(SpellError::TooLarge);
        }
        if self.open.is_empty() {
            self.open.push(Open::default());
        }
        let shared = key.iter().zip(&self.last).take_while(|(a, b)| a == b).count();
        self.close(shared)?;
        self.open.extend(key.iter().skip(shared).map(|_| Open::default()));
        if let Some(state) = self.open.last_mut() {
            state.class = class;
        }
        self.last.clear();
        self.last.extend_from_slice(key);
        Ok(())
    }

    /// Freezes the states of the last key below `depth`.
    fn close(&mut self, depth: usize) -> Result<(), SpellError> {
        while self.open.len() > depth + 1 {
            let Some(state) = self.open.pop() else { break };
            let index = self.freeze(state)?;
            let symbol = self.last.get(self.open.len() - 1).copied().unwrap_or(0);
            if let Some(parent) = self.open.last_mut() {
                parent.symbols.push(symbol);
                parent.targets.push(index);
            }
        }
        Ok(())
    }

    fn freeze(&mut self, state: Open) -> Result<u32, SpellError> {
        let mut bytes = Vec::with_capacity(8 + state.symbols.len() * 5);
        bytes.extend((state.class << 8 | (state.symbols.len() as u32 & 0xFF)).to_le_bytes());
        bytes.extend(&state.symbols);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes.extend(state.targets.iter().flat_map(|t| t.to_le_bytes()));
        if let Some(index) = self.register.get(bytes.as_slice()) {
            return Ok(*index);
        }
        let index = u32::try_from(self.bytes.len() / 4).map_err(|_| SpellError::TooLarge)?;
        self.bytes.extend_from_slice(&bytes);
        self.register.insert(bytes.into_boxed_slice(), index);
        Ok(index)
    }

    /// The bytes of the automaton, and the index of its root.
    pub(super) fn finish(mut self) -> Result<(Vec<u8>, u32), SpellError> {
        self.close(0)?;
        let root = self.open.pop().unwrap_or_default();
        let root = self.freeze(root)?;
        self.bytes.extend([0; 8]);
        Ok((self.bytes, root))
    }
}

/// An automaton in place. Any bytes can be read: what points outside leads nowhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dawg<'a> {
    bytes: &'a [u8],
    root: u32,
}

/// A state that was reached.
#[derive(Clone, Copy, Debug)]
pub(super) struct State {
    /// The class of the word that ends here; 0 for none.
    pub(super) class: u32,
    count: usize,
    /// Where the symbols start.
    at: usize,
}

/// Each byte 1, and each byte 128.
const ONES: u64 = u64::MAX / 255;
const TOPS: u64 = ONES << 7;

impl<'a> Dawg<'a> {
    pub(super) fn new(bytes: &'a [u8], root: u32) -> Self {
        Dawg { bytes, root }
    }

    pub(super) fn root(self) -> State {
        self.state(self.root as usize * 4)
    }

    #[inline]
    fn state(self, at: usize) -> State {
        let Some(header) = self.number(at) else { return State { class: 0, count: 0, at: 0 } };
        State { class: header >> 8, count: (header & 0xFF) as usize, at: at + 4 }
    }

    #[inline]
    fn number(self, at: usize) -> Option<u32> {
        self.bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes)
    }

    /// The target of a state's transition.
    #[inline]
    fn target(self, from: State, transition: usize) -> Option<State> {
        let targets = from.at + from.count.next_multiple_of(4);
        self.number(targets + transition * 4).map(|index| self.state(index as usize * 4))
    }

    /// The state that `symbol` leads to.
    #[inline]
    pub(super) fn step(self, from: State, symbol: u8) -> Option<State> {
        let mut base = 0;
        while base < from.count {
            let at = from.at + base;
            let eight = self.bytes.get(at..at + 8).and_then(|b| b.try_into().ok()).map(u64::from_le_bytes)?;
            let differences = eight ^ (ONES * u64::from(symbol));
            // The lowest of these bits is of the first byte that is equal.
            let equal = differences.wrapping_sub(ONES) & !differences & TOPS;
            if equal != 0 {
                let transition = base + equal.trailing_zeros() as usize / 8;
                return if transition < from.count { self.target(from, transition) } else { None };
            }
            base += 8;
        }
        None
    }

    /// The class of a whole key; 0 where there is none.
    #[inline]
    pub(super) fn class(self, key: &[u8]) -> u32 {
        let mut state = self.root();
        for symbol in key {
            match self.step(state, *symbol) {
                Some(next) => state = next,
                None => return 0,
            }
        }
        state.class
    }

    /// The transitions of a state: symbol and target, in order.
    pub(super) fn transitions(self, from: State) -> impl Iterator<Item = (u8, State)> + use<'a> {
        let symbols = self.bytes.get(from.at..from.at + from.count).unwrap_or_default();
        symbols.iter().enumerate().filter_map(move |(i, symbol)| Some((*symbol, self.target(from, i)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(keys: &[(&str, u32)]) -> (Vec<u8>, u32) {
        let mut builder = Builder::default();
        for (key, class) in keys {
            builder.add(key.as_bytes(), *class).expect("adds");
        }
        builder.finish().expect("builds")
    }

    #[test]
    fn keys_are_found_with_their_class_and_others_are_not() {
        let keys = [("a", 1), ("abe", 2), ("aben", 1), ("hus", 2), ("huse", 1)];
        let (bytes, root) = built(&keys);
        let dawg = Dawg::new(&bytes, root);
        for (key, class) in keys {
            assert_eq!(dawg.class(key.as_bytes()), class, "{key}");
        }
        for key in ["", "ab", "abener", "hu", "x", "husen"] {
            assert_eq!(dawg.class(key.as_bytes()), 0, "{key}");
        }
        assert_eq!(dawg.transitions(dawg.root()).map(|t| t.0).collect::<Vec<_>>(), [b'a', b'h']);
    }

    #[test]
    fn common_endings_are_stored_once() {
        let (two, _) = built(&[("bilens", 1), ("husens", 1)]);
        let (one, _) = built(&[("bilens", 1)]);
        assert!(two.len() < one.len() * 2 - 20, "{} {}", two.len(), one.len());
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_walked_without_a_panic(bytes: Vec<u8>, root: u32, key: Vec<u8>) {
            let dawg = Dawg::new(&bytes, root);
            dawg.class(&key);
            for (_, state) in dawg.transitions(dawg.root()) {
                dawg.transitions(state).count();
            }
        }
    }
}
