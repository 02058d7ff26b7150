//! The loops that the pre-tokenizers are made of.

use super::class::{self, LOWER, NEWLINE, NUMBER, SPACE, UPPER, WHITESPACE};

/// A pre-tokenizer: where the word ends that starts at `at`.
///
/// One unit struct each, so that a caller's loop is compiled for each of them; [`Pattern::visit`](super::Pattern::visit)
/// chooses one at run time.
pub trait Scan {
    /// The end, in bytes, of the word that starts at byte `at`, where the word before it ended.
    ///
    /// Past `at` for every `at` inside the text, and never past the text's end. `text` is UTF-8 from `at` on; on other
    /// bytes the answer is inside the text, and means nothing.
    ///
    /// What it reads behind the word is at most the run of spaces, letters or symbols that the word begins, so going
    /// through a text takes linear time.
    fn end(text: &[u8], at: usize) -> usize;
}

const HIGH: u64 = 0x8080_8080_8080_8080;
const LOW7: u64 = !HIGH;

const fn bytes(b: u8) -> u64 {
    u64::from_ne_bytes([b; 8])
}

/// How many of the first bytes of a word of eight are of letters: ASCII and U+00C0–U+00FF.
///
/// All letters if `SET` has [`UPPER`], else only lower case. A letter cut off at the end counts as none.
#[inline(always)]
fn letters_in<const SET: u8>(word: u64) -> usize {
    let low = if SET & UPPER != 0 { (word & LOW7) | bytes(0x20) } else { word & LOW7 };
    // Sums of bytes below 0x80 do not reach into the next byte: the high bit says whether a bound was passed.
    let from_a = low.wrapping_add(bytes(0x80 - b'a'));
    let past_z = low.wrapping_add(bytes(0x80 - b'{'));
    let ascii = from_a & !past_z & !word & HIGH;

    let lead = word ^ bytes(0xC3);
    let lead = !((lead & LOW7).wrapping_add(LOW7) | lead) & HIGH;
    let continuation = word & !(word << 1) & HIGH;
    let second = (lead << 8) & continuation;
    let second = if SET & UPPER != 0 {
        // U+00D7 × and U+00F7 ÷ are no letters.
        second & ((word & bytes(0x1F)) ^ bytes(0x17)).wrapping_add(LOW7)
    } else {
        let in_block = word & bytes(0x3F);
        second & in_block.wrapping_add(bytes(0x80 - 0x1F)) & (in_block ^ bytes(0x37)).wrapping_add(LOW7)
    };
    let letters = ascii | second | (second >> 8);
    (!letters & HIGH).trailing_zeros() as usize / 8
}

/// The end of the run of characters of the classes `SET` that starts at `at`.
#[inline(always)]
pub(super) fn run<const SET: u8>(text: &[u8], mut at: usize) -> usize {
    loop {
        if SET & LOWER != 0
            && let Some(word) = text.get(at..).and_then(|rest| rest.first_chunk::<8>())
        {
            let letters = letters_in::<SET>(u64::from_le_bytes(*word));
            at += letters;
            if letters == 8 {
                continue;
            }
        }
        let (class, length) = class::at(text, at);
        if class & SET == 0 {
            return at;
        }
        at += length;
    }
}

/// The end of the run of `\r`, `\n`, and of `/` if `SLASH`.
#[inline(always)]
pub(super) fn newlines<const SLASH: bool>(text: &[u8], mut at: usize) -> usize {
    while let Some(&b) = text.get(at)
        && (matches!(b, b'\r' | b'\n') || (SLASH && b == b'/'))
    {
        at += 1;
    }
    at
}

/// `\s*[\r\n]+|\s+(?!\S)|\s+` where a space starts at `at`, or without the first part if not `LINES`.
#[inline(never)]
pub(super) fn spaces<const LINES: bool>(text: &[u8], at: usize) -> usize {
    let (mut end, mut last, mut after_line) = (at, at, at);
    loop {
        let (class, length) = class::at(text, end);
        if class & WHITESPACE == 0 {
            break;
        }
        last = end;
        end += length;
        if class & NEWLINE != 0 {
            after_line = end;
        }
    }
    if LINES && after_line > at {
        after_line
    } else if end == text.len() || last == at {
        end
    } else {
        last
    }
}

/// The end of one to `MOST` characters of `\p{N}`, of which the first starts at `at`.
#[inline(always)]
pub(super) fn digits<const MOST: usize>(text: &[u8], mut at: usize) -> usize {
    for _ in 0..MOST {
        let (class, length) = class::at(text, at);
        if class & NUMBER == 0 {
            break;
        }
        at += length;
    }
    at
}

/// The length of `(?i:'s|'t|'re|'ve|'m|'ll|'d)`, the endings of English, after an apostrophe at `at`; 0 if none is
/// there.
///
/// In Unicode's simple case folding `ſ` is an `s`, and the regular expressions see it so.
#[inline(always)]
pub(super) fn contraction(text: &[u8], at: usize) -> usize {
    let lower = |i: usize| text.get(at + i).map_or(0, |b| b | 0x20);
    match lower(1) {
        b's' | b't' | b'm' | b'd' => 2,
        b'r' | b'v' if lower(2) == b'e' => 3,
        b'l' if lower(2) == b'l' => 3,
        0xE5 if text.get(at + 1..at + 3) == Some("ſ".as_bytes()) => 3,
        _ => 0,
    }
}

/// The length of `'s|'t|'re|'ve|'m|'ll|'d` at `at`; 0 if none is there.
#[inline(always)]
pub(super) fn lower_contraction(text: &[u8], at: usize) -> usize {
    match (text.get(at + 1), text.get(at + 2)) {
        (Some(b's' | b't' | b'm' | b'd'), _) => 2,
        (Some(b'r' | b'v'), Some(b'e')) | (Some(b'l'), Some(b'l')) => 3,
        _ => 0,
    }
}

/// `\s*[\r\n]+|\s+(?!\S)|\s+` or the end of the text at `at`.
#[inline(always)]
pub(super) fn rest<const LINES: bool>(text: &[u8], at: usize) -> usize {
    if at < text.len() { spaces::<LINES>(text, at) } else { at }
}

/// What may stand before a word's letters: `[^\r\n\p{L}\p{N}]`, here without marks, which need a look of their own.
pub(super) const BEFORE_WORD: u8 = SPACE | class::OTHER;

#[cfg(test)]
mod tests {
    use super::class::LETTER;
    use super::*;

    #[test]
    fn eight_bytes_at_once_end_where_single_characters_do() {
        let letters = ["a", "z", "A", "Z", "æ", "Å", "ß", "Þ", "ÿ", "À"];
        let others = ["@", "[", "`", "{", "×", "÷", "¿", "\u{80}", "Ā", "–", "\u{7F}", "\0", " ", "0"];
        for length in 0..9 {
            for letter in letters {
                for other in others {
                    let text = format!("{}{other}aaaaaaaaaaaa", letter.repeat(length));
                    let naive = |set: u8| {
                        let mut at = 0;
                        while class::at(text.as_bytes(), at).0 & set != 0 {
                            at += class::at(text.as_bytes(), at).1;
                        }
                        at
                    };
                    assert_eq!(run::<LETTER>(text.as_bytes(), 0), naive(LETTER), "{text}");
                    assert_eq!(run::<LOWER>(text.as_bytes(), 0), naive(LOWER), "{text}");
                }
            }
        }
    }

    #[test]
    fn a_long_s_ends_a_contraction_as_an_s_does() {
        assert_eq!(contraction("'ſ".as_bytes(), 0), 3);
        assert_eq!(contraction("'Se".as_bytes(), 0), 2);
        assert_eq!(contraction("'RE".as_bytes(), 0), 3);
        assert_eq!(contraction("'r".as_bytes(), 0), 0);
        assert_eq!(contraction("'\u{13}".as_bytes(), 0), 0);
        assert_eq!(lower_contraction("'S".as_bytes(), 0), 0);
    }
}
