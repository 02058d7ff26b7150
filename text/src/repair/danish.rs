//! What is known of Danish: words with its letters, how its letters follow each other, and which
//! characters do not belong where they stand.

use std::sync::LazyLock;

use super::codepage::rows;

static WORDS: LazyLock<WordSet> =
    LazyLock::new(|| WordSet::new(rows(include_str!("../../data/repair/words.tsv"))));

/// Words by hash, with open addressing.
struct WordSet {
    slots: Box<[&'static str]>,
}

impl WordSet {
    fn new(words: impl Iterator<Item = &'static str>) -> Self {
        let words: Vec<&str> = words.collect();
        let mut slots = vec![""; (words.len() * 2).next_power_of_two()].into_boxed_slice();
        for word in words {
            let mut at = Self::hash(word) & (slots.len() - 1);
            while !slots[at].is_empty() {
                at = (at + 1) & (slots.len() - 1);
            }
            slots[at] = word;
        }
        Self { slots }
    }

    fn contains(&self, word: &str) -> bool {
        let mut at = Self::hash(word) & (self.slots.len() - 1);
        while !self.slots[at].is_empty() {
            if self.slots[at] == word {
                return !word.is_empty();
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        false
    }

    /// FNV-1a, folded.
    fn hash(word: &str) -> usize {
        let hash = word.bytes().fold(0xCBF2_9CE4_8422_2325u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
        });
        (hash ^ hash >> 32) as usize
    }
}

static FUNCTION_WORDS: LazyLock<Vec<&str>> =
    LazyLock::new(|| rows(include_str!("../../data/repair/function_words.tsv")).collect());

/// Letters of the table: a to z æ ø å é; the start and the end of a word come after them.
const LETTER_COUNT: usize = 30;
const EDGE: usize = LETTER_COUNT;

/// Cost in bits of a letter after two others, `[before][before][letter]`; edges are index 30.
type Trigrams = Vec<[[u8; LETTER_COUNT + 1]; LETTER_COUNT + 1]>;

static TRIGRAMS: LazyLock<Trigrams> = LazyLock::new(|| {
    let mut table = vec![[[UNSEEN; LETTER_COUNT + 1]; LETTER_COUNT + 1]; LETTER_COUNT + 1];
    for row in rows(include_str!("../../data/repair/trigrams.tsv")) {
        let Some((before, costs)) = row.split_once('\t') else { continue };
        let mut before = before.chars().map(|c| if c == '^' { Some(EDGE) } else { letter(c) });
        let (Some(Some(a)), Some(Some(b))) = (before.next(), before.next()) else { continue };
        for (place, digit) in table[a][b].iter_mut().zip(costs.chars()) {
            *place = digit.to_digit(36).and_then(|d| u8::try_from(d).ok()).unwrap_or(UNSEEN);
        }
    }
    table
});

/// Bits for a letter that Danish words do not have.
const UNSEEN: u8 = 20;

fn letter(c: char) -> Option<usize> {
    match c {
        'a'..='z' => Some(c as usize - 'a' as usize),
        'æ' => Some(26),
        'ø' => Some(27),
        'å' => Some(28),
        'é' => Some(29),
        _ => None,
    }
}

/// Whether `c` is one of the six letters that ASCII lacks and Danish needs.
pub(super) fn is_danish_letter(c: char) -> bool {
    matches!(c, 'æ' | 'ø' | 'å' | 'Æ' | 'Ø' | 'Å')
}

/// Whether the list has `word`, which is in lower case, or its genitive.
pub(super) fn is_word(word: &str) -> bool {
    let known = |w: &str| WORDS.contains(w);
    known(word) || word.strip_suffix('s').is_some_and(|stem| stem.chars().nth(2).is_some() && known(stem))
}

/// Whether a known word of four letters or more with æ, ø or å begins or ends `word`, as in compounds.
pub(super) fn has_known_part(word: &str) -> bool {
    let known =
        |part: &str| part.chars().nth(3).is_some() && part.contains(is_danish_letter) && WORDS.contains(part);
    word.char_indices().take(64).skip(1).any(|(at, _)| known(&word[..at]) || known(&word[at..]))
}

/// Whether `word`, in lower case, is a common Danish word of ASCII letters.
pub(super) fn is_function_word(word: &str) -> bool {
    FUNCTION_WORDS.binary_search(&word).is_ok()
}

/// The cost of a lower-case word in bits a letter, its end counted as a letter: about 3 for Danish
/// words, more than 6 for other strings.
pub(super) fn bits_per_letter(word: &str) -> f32 {
    let (mut a, mut b) = (EDGE, EDGE);
    let (mut bits, mut count) = (0u32, 0u16);
    for c in word.chars().take(64) {
        count += 1;
        let Some(c) = letter(c) else {
            bits += u32::from(UNSEEN);
            (a, b) = (EDGE, EDGE);
            continue;
        };
        bits += u32::from(TRIGRAMS[a][b][c]);
        (a, b) = (b, c);
    }
    bits += u32::from(TRIGRAMS[a][b][EDGE]);
    bits as f32 / f32::from(count + 1)
}

/// Whether upper and lower case stand in the word as they do in prose: `ord`, `Ord`, `ORD`.
pub(super) fn is_cased_as_prose(word: &str) -> bool {
    let mut chars = word.chars();
    let Some(first) = chars.next() else { return true };
    let rest_lower = chars.clone().all(|c| !c.is_uppercase());
    rest_lower || (first.is_uppercase() && chars.all(|c| !c.is_lowercase()))
}

/// How much a character past ASCII is out of place between its neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Oddness {
    /// As in ordinary text.
    None,
    /// Seldom so in ordinary text.
    Half,
    /// Not so in ordinary text.
    Full,
}

/// How odd `c` is between `before` and `after`.
pub(super) fn oddness(before: Option<char>, c: char, after: Option<char>) -> Oddness {
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    let (left, right) = (is_letter(before), is_letter(after));
    match c {
        '\u{80}'..='\u{9f}' | '\u{fffd}' => Oddness::Full,
        '\u{2500}'..='\u{259f}' if left || right => Oddness::Full,
        // Apostrophes, hyphens, dashes, ellipsis, middle dot and soft marks stand inside words.
        '’' | '´' | '‐'..='―' | '…' | '·' | '\u{ad}' | '\u{a0}' | '™' | '′' => Oddness::None,
        '‘' if left && right => Oddness::Half,
        '†' | '‡' | '¾' | '¼' | '¯' | '¥' | '¢' | '∆' | '≈' | '╞' | '╪' if left || right => {
            if left && right {
                Oddness::Full
            } else {
                Oddness::Half
            }
        }
        '°' | 'µ' | '¿' | '›' | 'ª' | 'º' if left && !right => {
            if matches!(c, 'ª' | 'º') {
                Oddness::None
            } else {
                Oddness::Half
            }
        }
        '®' if right && !left => Oddness::Half,
        'µ' | 'ª' | 'º' if left && right => Oddness::Full,
        'µ' | 'ª' | 'º' => Oddness::None,
        _ if c.is_alphabetic() => {
            let latin = is_latin(c);
            let other = |n: Option<char>| {
                n.is_some_and(|n| n.is_alphabetic() && !matches!(n, 'µ' | 'ª' | 'º') && is_latin(n) != latin)
            };
            let up = |n: Option<char>| n.is_some_and(char::is_uppercase);
            let low = |n: Option<char>| n.is_some_and(char::is_lowercase);
            if other(before) || other(after) || (c.is_uppercase() && low(before)) {
                Oddness::Full
            } else if c.is_lowercase() && up(after) {
                Oddness::Half
            } else {
                Oddness::None
            }
        }
        _ if left && right => Oddness::Full,
        '÷' | '×' | '¬' | '¦' | '¤' | '±' | '≠' | '≤' | '≥' | '√' | '∞' if left || right => {
            Oddness::Half
        }
        _ => Oddness::None,
    }
}

/// Whether a letter is of the Latin script, as far as U+024F and U+1EFF.
pub(super) fn is_latin(c: char) -> bool {
    matches!(c, 'A'..='Z' | 'a'..='z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}

/// The share of words of ASCII letters in `text` that are common Danish ones, from 0 to 1.
pub(super) fn danish_share(text: &str) -> f32 {
    let (mut known, mut all) = (0u16, 0u16);
    let mut lower = String::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty() && w.is_ascii()).take(400)
    {
        lower.clear();
        lower.extend(word.chars().map(|c| c.to_ascii_lowercase()));
        all += 1;
        known += u16::from(is_function_word(&lower));
    }
    if all == 0 { 0.0 } else { f32::from(known) / f32::from(all) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_lists_are_sorted_and_hold_what_they_say() {
        let words: Vec<&str> = rows(include_str!("../../data/repair/words.tsv")).collect();
        for list in [&words, &*FUNCTION_WORDS] {
            assert!(list.is_sorted_by(|a, b| a < b));
        }
        assert!(words.len() >= 1500);
        for word in words {
            assert!(is_word(word));
            assert!(word.chars().any(|c| matches!(c, 'æ' | 'ø' | 'å' | 'é')), "{word}");
            assert!(word.chars().all(|c| letter(c).is_some()), "{word}");
        }
        assert!(FUNCTION_WORDS.iter().all(|w| w.bytes().all(|b| b.is_ascii_lowercase())));
    }

    #[test]
    fn the_trigram_table_has_a_full_row_for_each_pair() {
        let table = include_str!("../../data/repair/trigrams.tsv");
        assert_eq!(
            "abcdefghijklmnopqrstuvwxyzæøåé".chars().filter_map(letter).collect::<Vec<_>>(),
            (0..LETTER_COUNT).collect::<Vec<_>>()
        );
        assert_eq!(rows(table).count(), (LETTER_COUNT + 1) * (LETTER_COUNT + 1) - LETTER_COUNT);
        for row in rows(table) {
            let (before, costs) = row.split_once('\t').expect("two columns");
            assert_eq!(before.chars().count(), 2);
            assert_eq!(costs.len(), LETTER_COUNT + 1, "{before}");
            assert!(costs.chars().all(|c| c.is_digit(36)), "{before}");
        }
    }

    #[test]
    fn danish_words_cost_less_than_other_strings() {
        for word in ["købekraft", "rødgrødsopskrift", "vandværksmøde"] {
            assert!(bits_per_letter(word) < 4.3, "{word}: {}", bits_per_letter(word));
        }
        for word in ["æxøyå", "qæzø", "ljøtæ", "sÆo"] {
            assert!(bits_per_letter(word) > 4.3, "{word}: {}", bits_per_letter(word));
        }
    }
}
