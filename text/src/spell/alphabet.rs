//! The characters of a dictionary, as symbols of one byte.

use std::collections::HashMap;

use super::SpellError;

/// Characters below this are looked up in a table.
const TABLE: usize = 0x180;
/// Symbols from 0 on stand for the most frequent characters.
const SYMBOLS: usize = 250;
/// Starts a character without a symbol of its own: four more symbols follow, each below 64, the high one first.
const ESCAPE: u8 = 250;
/// A character that no word of the dictionary has.
pub(super) const UNKNOWN: u8 = 255;

/// Which symbol stands for which character.
#[derive(Clone, Debug)]
pub(super) struct Alphabet {
    /// Characters by symbol.
    chars: Vec<char>,
    table: [u8; TABLE],
    /// Characters from [`TABLE`] on, sorted.
    others: Vec<(char, u8)>,
    /// Whether there are characters without a symbol.
    escapes: bool,
}

impl Alphabet {
    /// The alphabet of a text: the most frequent character is symbol 0.
    pub(super) fn of(text: &str) -> Alphabet {
        let mut counts: HashMap<char, u64> = HashMap::new();
        for c in text.chars() {
            let count = counts.entry(c).or_default();
            *count = count.saturating_add(1);
        }
        let mut chars: Vec<(char, u64)> = counts.into_iter().collect();
        chars.sort_unstable_by_key(|(c, count)| (std::cmp::Reverse(*count), *c));
        let escapes = chars.len() > SYMBOLS;
        chars.truncate(SYMBOLS);
        Alphabet::new(chars.into_iter().map(|(c, _)| c).collect(), escapes)
    }

    fn new(chars: Vec<char>, escapes: bool) -> Alphabet {
        let (mut table, mut others) = ([UNKNOWN; TABLE], Vec::new());
        for (symbol, c) in chars.iter().enumerate() {
            match table.get_mut(*c as usize) {
                Some(place) => *place = symbol as u8,
                None => others.push((*c, symbol as u8)),
            }
        }
        others.sort_unstable();
        Alphabet { chars, table, others, escapes }
    }

    /// The symbol of a character; [`UNKNOWN`] where it has none.
    #[inline]
    pub(super) fn symbol(&self, c: char) -> u8 {
        match self.table.get(c as usize) {
            Some(symbol) => *symbol,
            None => {
                let found = self.others.binary_search_by_key(&c, |(c, _)| *c).ok();
                found.and_then(|i| self.others.get(i)).map_or(UNKNOWN, |(_, symbol)| *symbol)
            }
        }
    }

    /// The characters that have a symbol, by symbol.
    pub(super) fn chars(&self) -> &[char] {
        &self.chars
    }

    /// The character of a symbol; `None` for escapes.
    pub(super) fn char(&self, symbol: u8) -> Option<char> {
        self.chars.get(symbol as usize).copied()
    }

    pub(super) fn encode(&self, text: &str, out: &mut Vec<u8>) {
        text.chars().for_each(|c| self.encode_char(c, out));
    }

    pub(super) fn encode_char(&self, c: char, out: &mut Vec<u8>) {
        let symbol = self.symbol(c);
        if symbol == UNKNOWN && self.escapes {
            let c = c as u32;
            out.push(ESCAPE);
            out.extend([18, 12, 6, 0].map(|shift| (c >> shift & 63) as u8));
        } else {
            out.push(symbol);
        }
    }

    pub(super) fn write(&self) -> Vec<u8> {
        let escapes = u32::from(self.escapes);
        let numbers = std::iter::once(escapes).chain(self.chars.iter().map(|c| *c as u32));
        numbers.flat_map(u32::to_le_bytes).collect()
    }

    pub(super) fn read(bytes: &[u8]) -> Result<Alphabet, SpellError> {
        let (numbers, rest) = bytes.as_chunks::<4>();
        let mut numbers = numbers.iter().map(|n| u32::from_le_bytes(*n));
        let escapes = numbers.next().ok_or(SpellError::Damaged)? != 0;
        let chars: Option<Vec<char>> = numbers.map(char::from_u32).collect();
        let chars = chars.filter(|c| c.len() <= SYMBOLS && rest.is_empty()).ok_or(SpellError::Damaged)?;
        Ok(Alphabet::new(chars, escapes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_beyond_the_symbols_are_escaped() {
        let text: String = ('\u{4e00}'..'\u{5000}').chain(['a'; 9]).collect();
        let alphabet = Alphabet::of(&text);
        let mut out = Vec::new();
        alphabet.encode("a\u{4e00}\u{4fff}", &mut out);
        assert_eq!(out, [0, 1, ESCAPE, 0, 4, 63, 63]);
        assert_eq!(Alphabet::read(&alphabet.write()).expect("reads").symbol('\u{4e00}'), 1);
    }
}
