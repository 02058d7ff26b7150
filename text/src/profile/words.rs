//! One pass over the words: each form is described once, and then only looked up by its hash.

use super::boilerplate;
use super::chars::{is_letter, is_punctuation};
use super::hash::{bytes, short};
use super::ngrams::Word;
use super::ocr::{Misread, misread};
use super::old::{Age, by_rule, is_common_noun, may_be_old, old_forms, shows};
use crate::normalize::TagKind;

/// What a word is: characters in the lowest 16 bits, then the number of the stop word and of the anchor, then flags.
type Form = u64;

const STOP_SHIFT: u32 = 16;
const ANCHOR_SHIFT: u32 = 28;
const TWELVE_BITS: u64 = 0xFFF;

/// Not punctuation alone; has a letter; more than six letters; a stop word in any case.
const PLAIN: u32 = 40;
const ALPHA: u32 = 41;
const LONG: u32 = 42;
const STOP_ANY: u32 = 43;
/// A single letter; small letters alone; the forms of a common noun.
const SINGLE: u32 = 44;
const LOWER: u32 = 45;
const CAPITAL_NOUN: u32 = 46;
const LOWER_NOUN: u32 = 47;
/// Old spelling, in the order of `Sums::old`; old only if the word before shows it.
const OLD: u32 = 48;
const LONG_S: u32 = 52;
const OLD_AFTER: u32 = 53;
/// Misread, in the order of `Sums::misread`.
const MISREAD: u32 = 54;

/// What few words are.
const RARE: u64 = (0x7FF << CAPITAL_NOUN) | (TWELVE_BITS << ANCHOR_SHIFT);

/// The forms kept: by the lowest bits of their hash.
const CACHE: usize = 1 << 14;

/// Longer words are not looked up in tables.
const LONGEST: usize = 64;

/// The words of all tables, by their hash: stop words as they are written, the rest in small letters.
#[derive(Clone, Debug, Default)]
pub(super) struct Lexicon {
    /// Hash, and bits of `Form`; a hash of 0 is none. Three of four places are free.
    table: Vec<(u64, Form)>,
    stop_words: usize,
}

impl Lexicon {
    /// With these stop words, of which 4,000 are taken.
    pub(super) fn new<S: AsRef<str>>(stop_words: &[S]) -> Self {
        let mut exact: Vec<&str> = stop_words.iter().map(AsRef::as_ref).collect();
        exact.sort_unstable();
        exact.dedup();
        exact.truncate(4000);
        let lower: Vec<String> = exact.iter().map(|word| word.to_lowercase()).collect();
        let numbered = exact.iter().zip(1..).map(|(word, number)| (*word, number << STOP_SHIFT));
        let any = lower.iter().map(|word| (word.as_str(), 1 << STOP_ANY));
        let anchors = boilerplate::anchors().zip(1..).map(|(word, number)| (word, number << ANCHOR_SHIFT));
        let old = old_forms().map(|(word, age)| (word, old_bits(age)));
        let all: Vec<(&str, Form)> = numbered.chain(any).chain(anchors).chain(old).collect();
        let mut table = vec![(0, 0); (4 * all.len()).next_power_of_two().max(64)];
        let mask = table.len() - 1;
        for (word, bits) in all {
            let hash = hash_of(word.as_bytes());
            let mut at = hash as usize & mask;
            while table[at].0 != 0 && table[at].0 != hash {
                at = (at + 1) & mask;
            }
            table[at] = (hash, table[at].1 | bits);
        }
        Self { table, stop_words: exact.len() }
    }

    fn get(&self, hash: u64) -> Form {
        let mask = self.table.len().wrapping_sub(1);
        let mut at = hash as usize & mask;
        while let Some(&(found, form)) = self.table.get(at) {
            if found == hash {
                return form;
            }
            if found == 0 {
                break;
            }
            at = (at + 1) & mask;
        }
        0
    }
}

/// The hash of a word.
fn hash_of(word: &[u8]) -> u64 {
    if word.len() > 16 {
        return bytes(word);
    }
    let mut chunk = [0; 16];
    chunk.iter_mut().zip(word).for_each(|(to, from)| *to = *from);
    short(u128::from_le_bytes(chunk), word.len())
}

fn old_bits(age: Age) -> Form {
    let (kind, after) = match age {
        Age::Old(kind) => (kind, false),
        Age::OldAfter(kind) => (kind, true),
    };
    let index = match kind {
        TagKind::DoubleA => 0,
        TagKind::OldModal => 1,
        TagKind::PluralVerb => 2,
        _ => 3,
    };
    1 << (OLD + index) | u64::from(after) << OLD_AFTER
}

/// What was counted, and the words for n-grams.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    lexicon: Lexicon,
    /// Hash and description; a hash of 0 is none.
    cache: Vec<(u64, Form)>,
    /// The words, and at last where they end.
    pub(super) words: Vec<Word>,
    /// Their bytes, and some more.
    pub(super) packed: Vec<u8>,
    /// Where in the text the words stand that a phrase of boilerplate may be around, and which phrases.
    pub(super) anchors: Vec<(u32, u32)>,
    pub(super) sums: Sums,
    stops_seen: Vec<u64>,
    /// Bytes and characters of the words so far.
    size: usize,
    chars: usize,
    /// Where the last word stands.
    last: (usize, usize),
    last_form: Form,
    /// Single letters in a row.
    singles: usize,
}

/// Sums over the words.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    pub(super) plain: usize,
    pub(super) plain_chars: usize,
    pub(super) alpha: usize,
    pub(super) long: usize,
    pub(super) stop_any: usize,
    pub(super) capital_nouns: usize,
    pub(super) lower_nouns: usize,
    /// Double a, modals, plural verbs, other spellings.
    pub(super) old: [usize; 4],
    pub(super) long_s: usize,
    /// Digits, capital I, sequences.
    pub(super) misread: [usize; 3],
    pub(super) strewn: usize,
}

impl Words {
    pub(super) fn new(lexicon: Lexicon) -> Self {
        Self { lexicon, cache: vec![(0, 0); CACHE], ..Self::default() }
    }

    /// Forgets the last text, and makes ready for one of so many bytes.
    pub(super) fn start(&mut self, text_size: usize) {
        self.words.clear();
        self.anchors.clear();
        self.sums = Sums::default();
        self.stops_seen.clear();
        self.stops_seen.resize(self.lexicon.stop_words / 64 + 1, 0);
        if self.packed.len() < text_size + 16 {
            self.packed.resize(text_size + 16, 0);
        }
        (self.size, self.chars, self.last, self.last_form, self.singles) = (0, 0, (0, 0), 0, 0);
    }

    /// The next word, at bytes of the text. Words that begin before the last one ends are left out.
    #[inline]
    pub(super) fn push(&mut self, text: &str, start: usize, end: usize) {
        let all = text.as_bytes();
        let len = end.wrapping_sub(start);
        let first = all.get(start..).and_then(|rest| rest.first_chunk::<16>());
        let room = self.packed.get_mut(self.size..).and_then(|rest| rest.first_chunk_mut::<16>());
        let hash = match (first, room) {
            (Some(chunk), Some(room)) if len.wrapping_sub(1) < 16 => {
                *room = *chunk;
                short(u128::from_le_bytes(*chunk) & (u128::MAX >> (128 - 8 * len)), len)
            }
            _ => match self.slow(all, start, end) {
                Some(hash) => hash,
                None => return,
            },
        };
        let (kept, form) = self.cache[hash as usize % CACHE];
        let form = if kept == hash { form } else { self.describe(text, start, end, hash) };
        self.words.push(Word { hash, start: self.size as u32, chars: self.chars as u32 });
        self.size += len;
        let bit = |flag: u32| (form >> flag) as usize & 1;
        let mut chars = form as usize & 0xFFFF;
        if chars == 0xFFFF {
            chars = super::chars::count_chars(all.get(start..end).unwrap_or_default());
        }
        self.chars += chars;
        let sums = &mut self.sums;
        sums.plain += bit(PLAIN);
        sums.plain_chars += chars * bit(PLAIN);
        sums.alpha += bit(ALPHA);
        sums.long += bit(LONG);
        sums.stop_any += bit(STOP_ANY);
        let stop = (form >> STOP_SHIFT) & TWELVE_BITS;
        // The lowest bit of all is of no stop word.
        self.stops_seen[stop as usize / 64] |= 1 << (stop % 64);
        if form & (RARE | 1 << SINGLE) != 0 {
            self.rare(text, start, form);
        } else {
            self.singles = 0;
        }
        self.last = (start, end);
        self.last_form = form;
    }

    /// The hash of a word that is long, stands at the end of the text, or is no range of it.
    #[cold]
    fn slow(&mut self, all: &[u8], start: usize, end: usize) -> Option<u64> {
        let word = all.get(start..end).filter(|word| !word.is_empty())?;
        self.packed.get_mut(self.size..self.size + word.len())?.copy_from_slice(word);
        Some(hash_of(word))
    }

    fn rare(&mut self, text: &str, start: usize, form: Form) {
        let (last_start, last_end) = self.last;
        if form >> SINGLE & 1 == 1 {
            let beside = self.singles > 0 && text.get(last_end..start) == Some(" ");
            self.singles = if beside { self.singles + 1 } else { 1 };
            self.sums.strewn += match self.singles {
                0..4 => 0,
                4 => 4,
                _ => 1,
            };
        } else {
            self.singles = 0;
        }
        let anchor = (form >> ANCHOR_SHIFT) & TWELVE_BITS;
        if anchor > 0 {
            self.anchors.push((start as u32, anchor as u32 - 1));
        }
        let sums = &mut self.sums;
        let behind_lower = self.last_form >> LOWER & 1 == 1 && text.get(last_end..start) == Some(" ");
        // At the start of a sentence or behind a name a capital says nothing.
        sums.capital_nouns += usize::from(form >> CAPITAL_NOUN & 1 == 1 && behind_lower);
        sums.lower_nouns += form as usize >> LOWER_NOUN & 1;
        let before = text.get(last_start..last_end).unwrap_or_default();
        let shown = form >> OLD_AFTER & 1 == 0
            || text[start..].split(|c: char| !is_letter(c)).next().is_some_and(|word| shows(word, before));
        for (index, sum) in sums.old.iter_mut().enumerate() {
            *sum += usize::from(shown) * ((form >> OLD) as usize >> index & 1);
        }
        sums.long_s += form as usize >> LONG_S & 1;
        for (index, sum) in sums.misread.iter_mut().enumerate() {
            *sum += (form >> MISREAD) as usize >> index & 1;
        }
    }

    /// Closes the last word.
    pub(super) fn finish(&mut self) {
        self.words.push(Word { hash: 0, start: self.size as u32, chars: self.chars as u32 });
    }

    /// How many different stop words were there.
    pub(super) fn different_stops(&self) -> usize {
        let all: u32 = self.stops_seen.iter().map(|bits| bits.count_ones()).sum();
        all as usize - self.stops_seen.first().map_or(0, |bits| *bits as usize & 1)
    }

    #[inline(never)]
    fn describe(&mut self, text: &str, start: usize, end: usize, hash: u64) -> Form {
        let Some(word) = text.get(start..end) else { return 0 };
        let form = describe(word, hash, &self.lexicon);
        self.cache[hash as usize % CACHE] = (hash, form);
        form
    }

    /// Gives memory back that only a very long text needed.
    pub(super) fn shrink(&mut self, limit: usize) {
        if self.packed.len() > limit {
            (self.packed, self.words, self.anchors) = Default::default();
        }
    }
}

fn describe(word: &str, hash: u64, lexicon: &Lexicon) -> Form {
    let (mut chars, mut letters, mut capitals, mut plain, mut long_s) = (0u64, 0, 0, false, false);
    let mut first_capital = false;
    for c in word.chars() {
        chars += 1;
        if is_letter(c) {
            letters += 1;
            plain = true;
            let capital = c.is_uppercase();
            first_capital |= capital && chars == 1;
            capitals += usize::from(capital);
            long_s |= c == 'ſ';
        } else {
            plain |= !is_punctuation(c);
        }
    }
    let flag = |is: bool, at: u32| u64::from(is) << at;
    let mut form = chars.min(0xFFFF)
        | flag(plain, PLAIN)
        | flag(letters > 0, ALPHA)
        | flag(letters > 6, LONG)
        | flag(letters == 1 && chars == 1, SINGLE)
        | flag(letters == chars as usize && capitals == 0, LOWER)
        | flag(long_s, LONG_S);
    if word.len() > LONGEST {
        return form;
    }
    form |= misread(word).map_or(0, |misread| match misread {
        Misread::Digit => 1 << MISREAD,
        Misread::CapitalI => 2 << MISREAD,
        Misread::Sequence => 4 << MISREAD,
    });
    let exact = lexicon.get(hash);
    form |= exact & (TWELVE_BITS << STOP_SHIFT);
    let lower_cased;
    let (lower, known) = if capitals == 0 {
        (word, exact)
    } else {
        lower_cased = word.to_lowercase();
        (lower_cased.as_str(), lexicon.get(hash_of(lower_cased.as_bytes())))
    };
    form |= known & (TWELVE_BITS << ANCHOR_SHIFT | 1 << STOP_ANY);
    if letters < 2 || letters < chars as usize || capitals > 1 || capitals == 1 && !first_capital {
        return form;
    }
    let old_spelling = may_be_old(lower);
    let noun = is_common_noun(lower, old_spelling);
    form |= flag(noun && capitals == 1, CAPITAL_NOUN) | flag(noun && capitals == 0, LOWER_NOUN);
    let mut old = known & (0xF << OLD | 1 << OLD_AFTER);
    if old == 0 && old_spelling {
        old = by_rule(lower).map_or(0, old_bits);
    }
    // Names keep their `aa`: with a capital only nouns of the table, and forms that no name has.
    if capitals == 0 || noun || old == 1 << (OLD + 1) {
        form |= old;
    }
    form
}
