//! Letters to numbers, and a trie over them: one node is 16 bytes, its children lie side by side.

/// A letter that is in no stem; it ends every walk.
pub(crate) const OTHER: u8 = 63;
pub(crate) const HYPHEN: u8 = 40;
pub(crate) const APOSTROPHE: u8 = 41;

/// The number of a character, without regard to case and accents: `a` to `z` are 0 to 25, then æ, ø, å.
pub(crate) fn code(c: char) -> u8 {
    match c {
        'a'..='z' => (c as u8).wrapping_sub(b'a'),
        'A'..='Z' => (c as u8).wrapping_sub(b'A'),
        'æ' | 'Æ' | 'ä' | 'Ä' => 26,
        'ø' | 'Ø' | 'ö' | 'Ö' => 27,
        'å' | 'Å' => 28,
        '0'..='9' => (c as u8).wrapping_sub(b'0').wrapping_add(30),
        '-' | '\u{2010}' | '\u{2011}' => HYPHEN,
        '\'' | '\u{2019}' => APOSTROPHE,
        'é' | 'è' | 'ê' | 'ë' | 'É' | 'È' | 'Ê' | 'Ë' => 4,
        'á' | 'à' | 'â' | 'Á' | 'À' | 'Â' => 0,
        'ó' | 'ò' | 'ô' | 'Ó' | 'Ò' | 'Ô' => 14,
        'í' | 'ì' | 'î' | 'ï' | 'Í' | 'Ì' | 'Î' | 'Ï' => 8,
        'ú' | 'ù' | 'û' | 'ü' | 'Ú' | 'Ù' | 'Û' | 'Ü' => 20,
        'ñ' | 'Ñ' => 13,
        'ç' | 'Ç' => 2,
        _ => OTHER,
    }
}

pub(crate) const fn letter(ascii: u8) -> u8 {
    ascii.wrapping_sub(b'a')
}

/// Letters that endings and linking elements begin with.
pub(crate) const E: u8 = letter(b'e');
pub(crate) const I: u8 = letter(b'i');
pub(crate) const L: u8 = letter(b'l');
pub(crate) const N: u8 = letter(b'n');
pub(crate) const R: u8 = letter(b'r');
pub(crate) const S: u8 = letter(b's');

const VOWELS: u64 = 1 << letter(b'a')
    | 1 << letter(b'e')
    | 1 << letter(b'i')
    | 1 << letter(b'o')
    | 1 << letter(b'u')
    | 1 << letter(b'y')
    | 1 << 26
    | 1 << 27
    | 1 << 28;

pub(crate) fn is_vowel(code: u8) -> bool {
    code < 29 && VOWELS >> code & 1 == 1
}

pub(crate) fn is_consonant(code: u8) -> bool {
    code < 26 && !is_vowel(code)
}

pub(crate) fn codes(text: &str) -> Vec<u8> {
    text.chars().map(code).collect()
}

const NONE: u32 = u32::MAX;

#[derive(Debug, Clone, Copy, Default)]
struct Node {
    /// A bit for every letter that goes on from here.
    mask: u64,
    /// The first child.
    base: u32,
    value: u32,
}

/// From sequences of codes below 63 to numbers.
#[derive(Debug, Default)]
pub(crate) struct Trie {
    nodes: Vec<Node>,
}

impl Trie {
    /// `keys` sorted and without doubles; the value of a key is its index.
    pub(crate) fn new(keys: &[impl AsRef<[u8]>]) -> Trie {
        let mut nodes = vec![Node { mask: 0, base: 0, value: NONE }];
        let mut queue = std::collections::VecDeque::from([(0usize, 0usize, keys.len(), 0usize)]);
        while let Some((node, mut low, high, depth)) = queue.pop_front() {
            if low < high && keys[low].as_ref().len() == depth {
                nodes[node].value = low as u32;
                low += 1;
            }
            nodes[node].base = nodes.len() as u32;
            while low < high {
                let label = keys[low].as_ref()[depth];
                let end = low + keys[low..high].partition_point(|k| k.as_ref()[depth] <= label);
                nodes[node].mask |= 1 << label;
                queue.push_back((nodes.len(), low, end, depth + 1));
                nodes.push(Node { mask: 0, base: 0, value: NONE });
                low = end;
            }
        }
        Trie { nodes }
    }

    /// The node after `code`, from `node` (0 at the start).
    #[inline]
    pub(crate) fn step(&self, node: u32, code: u8) -> Option<u32> {
        let here = self.nodes.get(node as usize)?;
        let bit = 1u64 << (code & 63);
        if here.mask & bit == 0 {
            return None;
        }
        Some(here.base.wrapping_add((here.mask & (bit - 1)).count_ones()))
    }

    #[inline]
    pub(crate) fn value(&self, node: u32) -> Option<usize> {
        let value = self.nodes.get(node as usize)?.value;
        (value != NONE).then_some(value as usize)
    }

    pub(crate) fn get(&self, key: &[u8]) -> Option<usize> {
        self.value(key.iter().try_fold(0, |node, code| self.step(node, *code))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_and_its_prefix_is_not() {
        let mut keys: Vec<Vec<u8>> = ["bil", "bilsyn", "by", "å", "ørne"].iter().map(|w| codes(w)).collect();
        keys.sort();
        let trie = Trie::new(&keys);
        for (at, key) in keys.iter().enumerate() {
            assert_eq!(trie.get(key), Some(at));
        }
        assert_eq!(trie.get(&codes("bils")), None);
        assert_eq!(trie.get(&codes("")), None);
        assert_eq!(Trie::new(&Vec::<Vec<u8>>::new()).get(&codes("b")), None);
    }

    #[test]
    fn letters_lose_case_and_accents() {
        assert_eq!(codes("Idé"), codes("ide"));
        assert_eq!(code('€'), OTHER);
        assert!(is_vowel(code('Å')) && is_consonant(code('z')) && !is_vowel(OTHER) && !is_consonant(HYPHEN));
    }
}
