//! The words of a text, as hashes.

use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::hash::{K, fold};

/// The words of a text as 64-bit hashes, in order.
///
/// A word is a maximal run of letters, digits (Unicode's `Alphabetic` and `Numeric`), `_`, and combining
/// marks after one of these; that is `\w+` but for the marks, which `\w` of many engines leaves out.
/// It is hashed in lower case (character by character, `ς` as `σ`) and in NFC. So `Blåbær`, `BLÅBÆR`
/// and `blåbær` with a combining ring are the same, and `SID-huset` is two words.
///
/// ```
/// use sprog_text::minhash::words;
/// assert!(words("Øl & vand!").eq(words("øl vand")));
/// assert_eq!(words("3,5 SID-huset").count(), 4);
/// ```
pub fn words(text: &str) -> Words<'_> {
    words_keyed(text, 0)
}

/// Hashes that depend on a key.
pub(super) fn words_keyed(text: &str, key: u64) -> Words<'_> {
    Words { text, at: 0, key: fold(key, K[2]) }
}

/// The word hashes of a text, from [`words`].
#[derive(Clone, Debug)]
pub struct Words<'a> {
    text: &'a str,
    at: usize,
    key: u64,
}

/// ASCII word bytes in lower case; 0 for what ends a word; `0x80` for bytes outside ASCII.
const LOWER: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        if b >= 0x80 {
            table[byte] = 0x80;
        } else if b.is_ascii_alphanumeric() || b == b'_' {
            table[byte] = b.to_ascii_lowercase();
        }
        byte += 1;
    }
    table
};

/// The lead byte of U+00C0–U+00FF, where the Danish letters are.
const LATIN: u8 = 0xC3;

/// The second byte of a lower-case letter of U+00C0–U+00FF; `None` for × and ÷.
#[inline]
fn latin_lower(second: u8) -> Option<u8> {
    match second {
        0x97 | 0xB7 => None,
        0x80..0x9F => Some(second + 0x20),
        _ => Some(second),
    }
}

/// Hashes bytes in groups of eight.
struct ByteHash {
    state: u64,
    group: u64,
    len: u64,
}

impl ByteHash {
    #[inline]
    fn new(key: u64) -> Self {
        ByteHash { state: key, group: 0, len: 0 }
    }

    #[inline]
    fn push(&mut self, byte: u8) {
        self.group = (self.group << 8) | u64::from(byte);
        self.len = self.len.wrapping_add(1);
        if self.len & 7 == 0 {
            self.state = fold(self.state, self.group);
            self.group = 0;
        }
    }

    #[inline]
    fn finish(self) -> u64 {
        fold(self.state ^ self.len.wrapping_mul(K[3]), self.group)
    }
}

impl Iterator for Words<'_> {
    type Item = u64;

    #[inline]
    fn next(&mut self) -> Option<u64> {
        let bytes = self.text.as_bytes();
        loop {
            let byte = *bytes.get(self.at)?;
            match LOWER[usize::from(byte)] {
                0 => self.at += 1,
                0x80 => {
                    let c = self.char_at(self.at);
                    if starts_word(c) {
                        break;
                    }
                    self.at += c.len_utf8();
                }
                _ => break,
            }
        }
        let start = self.at;
        let mut hash = ByteHash::new(self.key);
        let mut at = start;
        while let Some(&byte) = bytes.get(at) {
            match LOWER[usize::from(byte)] {
                0 => break,
                0x80 => {
                    if byte == LATIN
                        && let Some(second) = bytes.get(at + 1).and_then(|b| latin_lower(*b))
                    {
                        hash.push(LATIN);
                        hash.push(second);
                        at += 2;
                    } else if continues_word(self.char_at(at)) {
                        return Some(self.other_word(start, at));
                    } else {
                        break;
                    }
                }
                lower => {
                    hash.push(lower);
                    at += 1;
                }
            }
        }
        self.at = at;
        Some(hash.finish())
    }
}

impl Words<'_> {
    #[inline]
    fn char_at(&self, at: usize) -> char {
        self.text.get(at..).and_then(|rest| rest.chars().next()).unwrap_or(' ')
    }

    /// A word with a character outside ASCII and U+00C0–U+00FF, that goes on at least to `at`.
    #[cold]
    #[inline(never)]
    fn other_word(&mut self, start: usize, at: usize) -> u64 {
        let rest = self.text.get(at..).unwrap_or_default();
        let end = at + rest.find(|c| !continues_word(c)).unwrap_or(rest.len());
        self.at = end;
        let lower = self.text.get(start..end).unwrap_or_default().chars().flat_map(lower);
        let mut hash = ByteHash::new(self.key);
        let mut buffer = [0; 4];
        let mut push = |c: char| c.encode_utf8(&mut buffer).bytes().for_each(|b| hash.push(b));
        match is_nfc_quick(lower.clone()) {
            IsNormalized::Yes => lower.for_each(&mut push),
            _ => lower.nfc().for_each(&mut push),
        }
        hash.finish()
    }
}

/// In lower case; a sigma at the end of a word as any other.
fn lower(c: char) -> std::char::ToLowercase {
    match c {
        'ς' => 'σ'.to_lowercase(),
        _ => c.to_lowercase(),
    }
}

/// A mark never starts a word, so that words do not depend on the order of marks.
fn starts_word(c: char) -> bool {
    (c.is_alphanumeric() || c == '_') && !is_combining_mark(c)
}

fn continues_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || is_combining_mark(c)
}
