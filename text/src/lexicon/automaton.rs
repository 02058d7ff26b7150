//! A minimal acyclic automaton that numbers its keys in sorted order, in bytes that are read as they lie.
//!
//! Built incrementally from sorted keys (Daciuk, Mihov, Watson & Watson 2000, Computational Linguistics 26(1));
//! each arc carries how many keys lie before it, so that a key gives its number (Lucchesi & Kowaltowski 1993) and
//! a number its key.
//!
//! A node: flags (bit 7 final, bits 3–4 width of targets − 1, bits 0–2 width of counts), number of arcs, labels,
//! counts, targets; numbers are little-endian. Targets are places in the same bytes and always lie before the node.

use std::collections::HashMap;
use std::ops::Range;

/// Keys longer than this are not stored, and no walk goes further.
pub(super) const MAX_KEY_BYTES: usize = 1024;

#[derive(Default)]
struct Draft {
    last: bool,
    arcs: Vec<Arc>,
}

struct Arc {
    label: u8,
    target: u32,
    keys: u32,
}

/// Builds an automaton from keys in ascending order.
#[derive(Default)]
pub(super) struct Builder {
    bytes: Vec<u8>,
    known: HashMap<Box<[u8]>, u32>,
    path: Vec<Draft>,
    previous: Vec<u8>,
    encoded: Vec<u8>,
}

impl Builder {
    pub(super) fn new() -> Builder {
        Builder { path: vec![Draft::default()], ..Builder::default() }
    }

    /// Adds a key that is greater than the one before.
    pub(super) fn insert(&mut self, key: &[u8]) {
        let common = self.previous.iter().zip(key).take_while(|(a, b)| a == b).count();
        self.freeze_to(common);
        for _ in common..key.len() {
            self.path.push(Draft::default());
        }
        if let Some(end) = self.path.last_mut() {
            end.last = true;
        }
        self.previous.truncate(common);
        self.previous.extend_from_slice(&key[common..]);
    }

    /// The bytes, and where the first node is in them.
    pub(super) fn finish(mut self) -> (Vec<u8>, u32) {
        self.freeze_to(0);
        let root = self.path.pop().unwrap_or_default();
        let (root, _) = self.write(&root);
        (self.bytes, root)
    }

    fn freeze_to(&mut self, depth: usize) {
        while self.path.len() > depth + 1 {
            let Some(node) = self.path.pop() else { return };
            let label = self.previous[self.path.len() - 1];
            let (target, keys) = self.write(&node);
            if let Some(parent) = self.path.last_mut() {
                parent.arcs.push(Arc { label, target, keys });
            }
        }
    }

    /// Writes a node, or finds one that is the same; its place, and how many keys end in or below it.
    fn write(&mut self, node: &Draft) -> (u32, u32) {
        let mut keys = u32::from(node.last);
        let most = node.arcs.iter().map(|a| a.target).max().unwrap_or(0);
        let total = node.arcs.iter().fold(keys, |sum, a| sum.saturating_add(a.keys));
        let (targets, counts) = (width(most).max(1), width(total));
        self.encoded.clear();
        self.encoded.push((u8::from(node.last) << 7) | ((targets as u8 - 1) << 3) | counts as u8);
        self.encoded.push(u8::try_from(node.arcs.len()).unwrap_or(u8::MAX));
        self.encoded.extend(node.arcs.iter().map(|a| a.label));
        for arc in &node.arcs {
            self.encoded.extend_from_slice(&keys.to_le_bytes()[..counts]);
            keys = keys.saturating_add(arc.keys);
        }
        for arc in &node.arcs {
            self.encoded.extend_from_slice(&arc.target.to_le_bytes()[..targets]);
        }
        if let Some(&place) = self.known.get(self.encoded.as_slice()) {
            return (place, keys);
        }
        let place = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        self.bytes.extend_from_slice(&self.encoded);
        self.known.insert(self.encoded.as_slice().into(), place);
        (place, keys)
    }
}

fn width(number: u32) -> usize {
    4 - number.leading_zeros() as usize / 8
}

/// An automaton in bytes that may be anything: wrong bytes give wrong answers or none, and never a panic.
#[derive(Clone, Copy)]
pub(super) struct Automaton<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) root: u32,
    pub(super) keys: u32,
}

struct Node<'a> {
    last: bool,
    labels: &'a [u8],
    counts: &'a [u8],
    targets: &'a [u8],
}

impl<'a> Node<'a> {
    fn count(&self, arc: usize) -> Option<u32> {
        number(self.counts, arc, self.counts.len() / self.labels.len().max(1))
    }

    fn target(&self, arc: usize) -> Option<u32> {
        number(self.targets, arc, self.targets.len() / self.labels.len().max(1))
    }
}

fn number(bytes: &[u8], index: usize, width: usize) -> Option<u32> {
    let part = bytes.get(index * width..(index + 1) * width)?;
    Some(part.iter().rev().fold(0, |sum, &byte| (sum << 8) | u32::from(byte)))
}

impl<'a> Automaton<'a> {
    #[inline]
    fn node(&self, place: u32) -> Option<Node<'a>> {
        let rest = self.bytes.get(place as usize..)?;
        let (&flags, rest) = rest.split_first()?;
        let (&arcs, rest) = rest.split_first()?;
        let (labels, rest) = rest.split_at_checked(usize::from(arcs))?;
        let (counts, rest) = rest.split_at_checked(usize::from(arcs) * usize::from(flags & 7).min(4))?;
        let targets = rest.get(..usize::from(arcs) * (usize::from(flags >> 3 & 3) + 1))?;
        Some(Node { last: flags & 0x80 != 0, labels, counts, targets })
    }

    /// The number of a key.
    pub(super) fn number(&self, key: &[u8]) -> Option<u32> {
        let mut node = self.node(self.root)?;
        let mut found = 0u32;
        for &byte in key {
            let arc = memchr::memchr(byte, node.labels)?;
            found = found.wrapping_add(node.count(arc)?);
            node = self.node(node.target(arc)?)?;
        }
        (node.last && found < self.keys).then_some(found)
    }

    /// The numbers of the keys that start with `prefix`.
    pub(super) fn prefixed(&self, prefix: &[u8]) -> Range<u32> {
        let mut range = 0..self.keys;
        let Some(mut node) = self.node(self.root) else { return 0..0 };
        for &byte in prefix {
            let next = memchr::memchr(byte, node.labels).and_then(|arc| {
                let lower = range.start.wrapping_add(node.count(arc)?);
                let upper = node.count(arc + 1).map_or(range.end, |count| range.start.wrapping_add(count));
                Some((lower..upper.min(self.keys), self.node(node.target(arc)?)?))
            });
            let Some((smaller, below)) = next else { return 0..0 };
            (range, node) = (smaller, below);
        }
        range
    }

    /// Writes the key of a number to `key`; false for a number that no key has.
    pub(super) fn key(&self, number: u32, key: &mut Vec<u8>) -> bool {
        key.clear();
        let mut rest = number;
        let Some(mut node) = self.node(self.root) else { return false };
        while key.len() <= MAX_KEY_BYTES {
            if rest == 0 && node.last {
                return true;
            }
            let next = (0..node.labels.len()).rev().find_map(|arc| {
                let before = node.count(arc).filter(|&before| before <= rest)?;
                Some((arc, before))
            });
            let below = next.and_then(|(arc, before)| Some((arc, before, self.node(node.target(arc)?)?)));
            let Some((arc, before, below)) = below else { return false };
            key.push(node.labels[arc]);
            rest -= before;
            node = below;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(keys: &[&str]) -> (Vec<u8>, u32) {
        let mut builder = Builder::new();
        for key in keys {
            builder.insert(key.as_bytes());
        }
        builder.finish()
    }

    #[test]
    fn a_key_gives_its_number_and_a_number_its_key() {
        let keys = ["", "and", "anden", "and\u{e9}", "b", "bands", "hus", "huse", "huset"];
        let (bytes, root) = built(&keys);
        let automaton = Automaton { bytes: &bytes, root, keys: keys.len() as u32 };
        let mut key = Vec::new();
        for (number, expected) in keys.iter().enumerate() {
            assert_eq!(automaton.number(expected.as_bytes()), Some(number as u32), "{expected}");
            assert!(automaton.key(number as u32, &mut key));
            assert_eq!(key, expected.as_bytes());
        }
        for absent in ["a", "ande", "husets", "x", "ba"] {
            assert_eq!(automaton.number(absent.as_bytes()), None);
        }
        assert!(!automaton.key(9, &mut key));
        assert_eq!(automaton.prefixed(b"hus"), 6..9);
        assert_eq!(automaton.prefixed(b"and"), 1..4);
        assert_eq!(automaton.prefixed(b""), 0..9);
        assert!(automaton.prefixed(b"z").is_empty());
    }

    #[test]
    fn no_keys_are_no_keys() {
        let (bytes, root) = built(&[]);
        let automaton = Automaton { bytes: &bytes, root, keys: 0 };
        assert_eq!(automaton.number(b""), None);
        assert!(!automaton.key(0, &mut Vec::new()));
    }
}
