//! The words of numbers, as `itn` reads them: every form of the tables, long forms included.

use super::table::{NUMERALS, SCALES, numeral};
use std::collections::HashMap;
use std::sync::LazyLock;

/// What one word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    /// A cardinal below 100.
    Cardinal(u64),
    /// An ordinal.
    Ordinal(u64),
    /// `hundrede`, or `tohundrede` as one word.
    Hundred(u64),
    /// `femtusind`, `nittentusinde` as one word, by what is counted.
    Thousands(u64),
    /// `tusind`, `million` … as a power of ten; 3 or more.
    Scale(u32),
}

static WORDS: LazyLock<HashMap<String, Word>> = LazyLock::new(|| {
    let mut words = HashMap::new();
    let units = || NUMERALS.iter().filter(|row| (1..10).contains(&row.value));
    for row in NUMERALS.iter() {
        for form in row.cardinal.iter().chain(&row.long_cardinal) {
            words.insert(form.to_string(), Word::Cardinal(row.value));
        }
        for form in row.ordinal.iter().chain(&row.long_ordinal) {
            words.insert(form.to_string(), Word::Ordinal(row.value));
        }
        if row.value < 20 {
            continue;
        }
        for unit in units() {
            for first in &unit.cardinal {
                for last in row.cardinal.iter().chain(&row.long_cardinal) {
                    words.insert(format!("{first}og{last}"), Word::Cardinal(row.value + unit.value));
                }
                for last in row.ordinal.iter().chain(&row.long_ordinal) {
                    words.insert(format!("{first}og{last}"), Word::Ordinal(row.value + unit.value));
                }
            }
        }
    }
    for scale in SCALES.iter() {
        for form in scale.singular.iter().chain(&scale.plural) {
            let word = if scale.exponent == 2 { Word::Hundred(1) } else { Word::Scale(scale.exponent) };
            words.insert(form.to_string(), word);
        }
        if scale.exponent > 3 {
            for form in &scale.ordinal {
                words.insert(form.to_string(), Word::Ordinal(10_u64.pow(scale.exponent)));
            }
        }
    }
    for form in ["hundrede", "hundred"] {
        for unit in (1..20).filter_map(numeral) {
            for first in &unit.cardinal {
                words.insert(format!("{first}{form}"), Word::Hundred(unit.value));
            }
        }
    }
    words
});

/// The first three letters of the words above and of `more`, as a set of bits: a filter that most words of prose
/// fail, without a look at the rest of the word.
pub(crate) struct Starts(Vec<u64>);

impl Starts {
    pub(crate) fn new(more: &[&str]) -> Self {
        let mut bits = vec![0; 512];
        // The order of the map does not show: bits are only set.
        #[allow(clippy::iter_over_hash_type, reason = "a set of bits is the same in any order")]
        for word in WORDS.keys() {
            let at = Self::index(word.as_bytes());
            bits[at / 64] |= 1 << (at % 64);
        }
        for word in more {
            let at = Self::index(word.as_bytes());
            bits[at / 64] |= 1 << (at % 64);
        }
        Starts(bits)
    }

    /// Five bits a letter; all that is not ASCII is alike, and so is all after the word's end.
    fn index(word: &[u8]) -> usize {
        let letter = |at: usize| match word.get(at) {
            Some(&byte) if byte.is_ascii_alphabetic() => usize::from(byte & 0x1F),
            Some(&byte) if byte >= 0x80 => 31,
            _ => 0,
        };
        letter(0) << 10 | letter(1) << 5 | letter(2)
    }

    /// Can the word at the head of `bytes` be one of the set?
    pub(crate) fn may(&self, bytes: &[u8]) -> bool {
        let at = Self::index(bytes);
        self.0[at / 64] >> (at % 64) & 1 == 1
    }
}

/// What a word in lower case says.
pub(crate) fn lookup(word: &str) -> Option<Word> {
    if let Some(count) = word.strip_suffix("tusinde").or_else(|| word.strip_suffix("tusind"))
        && !count.is_empty()
    {
        return match lookup(count)? {
            Word::Cardinal(count) if count > 0 => Some(Word::Thousands(count)),
            Word::Hundred(count) => Some(Word::Thousands(count * 100)),
            _ => None,
        };
    }
    // The longest is "nioghalvfjerdsindstyvende"; nothing shorter than "en" is a number.
    if !(2..=28).contains(&word.len()) || !matches!(word.as_bytes()[0], b'a'..=b'v') {
        return None;
    }
    WORDS.get(word).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_forms_are_read() {
        assert_eq!(lookup("femogtresindstyve"), Some(Word::Cardinal(65)));
        assert_eq!(lookup("halvtredsindstyve"), Some(Word::Cardinal(50)));
        assert_eq!(lookup("treoghalvfemsindstyvende"), Some(Word::Ordinal(93)));
        assert_eq!(lookup("tohundrede"), Some(Word::Hundred(2)));
        assert_eq!(lookup("nittentusinde"), Some(Word::Thousands(19)));
        assert_eq!((lookup("årtusind"), lookup("tusindtusind")), (None, None));
        assert_eq!(lookup("ses"), None);
    }
}
