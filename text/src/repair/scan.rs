//! Finds, at the speed of memory, the places that a repair could start from.
//!
//! Clean text must cost next to nothing: blocks of bytes are first asked with comparisons that the
//! compiler turns into vector code, and only blocks with an unusual byte are looked at one by one.

use std::ops::Range;

const BLOCK: usize = 64;

/// Whether a byte with the one after it may be unusual in Danish text: ASCII signs that stand for
/// letters somewhere, and all lead bytes but that of æ ø å Æ Ø Å é É.
#[inline(always)]
fn may_be_unusual(byte: u8, next: u8) -> bool {
    let sign = (byte == b'&') | (byte == b'=') | (byte == b'?') | (b'{'..=b'}').contains(&byte);
    let bracket = (byte == b'\\') | (byte == b']');
    let common = (next == 0xA6)
        | (next == 0xB8)
        | (next == 0xA5)
        | (next == 0x86)
        | (next == 0x98)
        | (next == 0x85)
        | (next == 0xA9)
        | (next == 0x89);
    sign | bracket | (byte >= 0xC2) & ((byte != 0xC3) | !common)
}

/// The first place at or after `from` that may be damage; always the start of a character.
pub(super) fn next(bytes: &[u8], from: usize) -> Option<usize> {
    // In damaged text the next place is near; blocks pay only past that.
    let near = bytes.len().min(from + BLOCK);
    if let Some(found) = first_suspect(bytes, from.min(near)..near) {
        return Some(found);
    }
    let mut at = near;
    while at + BLOCK < bytes.len() {
        let (block, shifted) = (&bytes[at..at + BLOCK], &bytes[at + 1..at + BLOCK + 1]);
        let unusual = block.iter().zip(shifted).fold(false, |any, (b, n)| any | may_be_unusual(*b, *n));
        if unusual && let Some(found) = first_suspect(bytes, at..at + BLOCK) {
            return Some(found);
        }
        at += BLOCK;
    }
    first_suspect(bytes, at..bytes.len())
}

/// [`may_be_unusual`] by byte, whatever follows.
static UNUSUAL: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        table[byte] = b >= 0xC2 || matches!(b, b'&' | b'=' | b'?' | b'{'..=b'}' | b'\\' | b']');
        byte += 1;
    }
    table
};

fn first_suspect(bytes: &[u8], range: Range<usize>) -> Option<usize> {
    let start = range.start;
    let mut at = 0;
    let block = &bytes[range];
    while let Some(by) = block[at..].iter().position(|b| UNUSUAL[usize::from(*b)]) {
        at += by;
        if is_suspect(bytes, start + at) {
            return Some(start + at);
        }
        at += 1;
    }
    None
}

/// Whether a letter ends right before `at`. Two-byte letters from À on are enough here.
fn letter_before(bytes: &[u8], at: usize) -> bool {
    match bytes[..at] {
        [.., b] if b.is_ascii() => b.is_ascii_alphabetic(),
        [.., 0xC3..=0xC9 | 0xD0 | 0xD1, _] => true,
        _ => false,
    }
}

fn letter_after(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, 0xC3..=0xC9 | 0xD0 | 0xD1))
}

fn is_suspect(bytes: &[u8], at: usize) -> bool {
    let byte = bytes[at];
    let peek = |by: usize| bytes.get(at + by).copied().unwrap_or(b' ');
    let before = || at.checked_sub(1).map_or(b' ', |at| bytes[at]);
    match byte {
        b'&' => peek(1) == b'#' || peek(1).is_ascii_alphabetic(),
        b'=' => matches!(peek(1), b'8' | b'9' | b'A'..=b'F') && matches!(peek(2), b'0'..=b'9' | b'A'..=b'F'),
        b'?' => peek(1).is_ascii_lowercase() || (peek(1) == b'?' && peek(2).is_ascii_lowercase()),
        b'{' if peek(1) == b'|' => true,
        b'{' | b'|' | b'}' => before().is_ascii_alphabetic() || peek(1).is_ascii_alphabetic(),
        b']' => peek(1).is_ascii_alphabetic() && !before().is_ascii_alphanumeric(),
        b'\\' => peek(1).is_ascii_uppercase() || before().is_ascii_uppercase(),
        0..=0xC1 => false,
        0xC2 => match peek(1) {
            0x80..=0x9F => true,
            // NBSP, soft hyphen and marks that stand between letters in ordinary text.
            0xA0 | 0xAD | 0xB4 | 0xB7 | 0xA7 => false,
            0xBE | 0xAF | 0xA5 | 0xA2 => {
                letter_before(bytes, at) || letter_after(bytes, at + 2) || peek(2) >= 0xC2
            }
            0xB0 | 0xB5 | 0xBF => {
                before().is_ascii_lowercase()
                    || letter_before(bytes, at) && letter_after(bytes, at + 2)
                    || matches!(peek(2), 0xC2 | 0xCF)
            }
            0xAE => letter_after(bytes, at + 2),
            0xAC => peek(2) >= 0xC2,
            _ => letter_before(bytes, at) && letter_after(bytes, at + 2),
        },
        0xC3 => match peek(1) {
            // The leads of UTF-8 read as windows-1252: Ã Â, with NBSP perhaps become a space; Â is å in
            // Windows text read as Mac too.
            0x82 | 0x83 => peek(2) >= 0xC2 || peek(2) == b' ' || before().is_ascii_lowercase(),
            // Ô before Ç is the lead of curly quotes and dashes in DOS text.
            0x94 if peek(2) == 0xC3 && peek(3) == 0x87 => true,
            // Other capitals: before a mark they may be leads, after a small letter Mac or DOS.
            0x80..=0x9E => before().is_ascii_lowercase() || !letter_after(bytes, at + 2) && peek(2) >= 0xC2,
            // â and ï, ð of curly quotes, U+FFFD and emoji; ã and others of CJK.
            0xA0..=0xB4 if peek(2) >= 0xC2 && !letter_after(bytes, at + 2) => true,
            0xA0..=0xB4 if matches!(peek(2), 0xC5..=0xCB) => true,
            // õ ë î are ø æ å in DOS text read as Mac and in Mac text read as DOS.
            0xB5 | 0xAB | 0xAE => true,
            _ => false,
        },
        // Latin Extended: ć ř ĺ ę ų, and Œ, Ă as a lead.
        0xC4 => match peek(1) {
            0x86 | 0x87 | 0x99 | 0xB9 | 0xBA => true,
            0x82 => peek(2) >= 0xC2,
            _ => false,
        },
        0xC5 => match peek(1) {
            0x98 | 0x99 | 0xB3 => true,
            0x92 => {
                before().is_ascii_lowercase() || (before() >= 0x80 && before() != 0x94) || peek(2) >= 0xC2
            }
            0xB8 => before().is_ascii_lowercase(),
            _ => false,
        },
        0xCC => true,
        0xCD => peek(1) <= 0xAF,
        // Greek and Cyrillic letters next to Latin ones; Γ, Г and В as leads.
        0xCE..=0xD1 => {
            before().is_ascii_alphabetic()
                || peek(2).is_ascii_alphabetic()
                || (byte == 0xCE && peek(1) == 0x93 && peek(2) >= 0xC2)
                || (byte == 0xD0 && peek(1) == 0xB2 && peek(2) == 0xD0 && peek(3) == 0x82)
                || (byte == 0xD0 && peek(1) == 0x93 && peek(2) == 0xD1 && peek(4).is_ascii_alphabetic())
                || (byte == 0xD0
                    && matches!(peek(1), 0x92 | 0x93 | 0xB2)
                    && !matches!(peek(2), 0xD0 | 0xD1)
                    && peek(2) >= 0xC2)
        }
        0xE2 => match (peek(1), peek(2)) {
            (0x80, 0xBA | 0xA0 | 0xA1) => {
                (letter_before(bytes, at)
                    && (letter_after(bytes, at + 3) || peek(2) == 0xA0 || peek(3) == 0xE2))
                    || peek(3) == 0xE2
                    || (peek(2) == 0xA0 && letter_after(bytes, at + 3))
            }
            (0x80, 0x98) => letter_before(bytes, at) && letter_after(bytes, at + 3) || peek(3) == 0xE2,
            (0x80, 0x9A) => peek(3) == 0xC3,
            (0x80, 0x9D | 0x9E) => letter_before(bytes, at) && letter_after(bytes, at + 3),
            (0x88, 0x86 | 0x9A) | (0x89, 0x88) => {
                letter_before(bytes, at) || letter_after(bytes, at + 3) || peek(3) >= 0xC2
            }
            (0x94..=0x96, third) => {
                letter_before(bytes, at)
                    || letter_after(bytes, at + 3)
                    || (peek(1) == 0x94 && matches!(third, 0x9C | 0xAC) && peek(3) >= 0xC2)
                    || peek(1) == 0x95 && peek(3) == 0xE2
            }
            _ => false,
        },
        0xEF => peek(1) == 0xBF && peek(2) == 0xBD,
        _ => false,
    }
}

/// The last start of a character at or before `at`.
pub(super) fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// The first start of a character at or after `at`, or the end.
pub(super) fn ceil(text: &str, at: usize) -> usize {
    (at..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

/// Longest stretch of a line, in bytes, that is judged as one.
const WINDOW: usize = 4096;

/// The stretch around `at` that is judged as one: its line or, of a long line, as many words as fit
/// a window. Starts at `floor` or later, ends after `at`.
pub(super) fn window(text: &str, at: usize, floor: usize) -> Range<usize> {
    let bytes = text.as_bytes();
    let nearest = floor.max(at.saturating_sub(WINDOW / 2));
    let start = match memchr::memrchr(b'\n', &bytes[nearest..at]) {
        Some(newline) => nearest + newline + 1,
        None if nearest == floor => floor,
        None => memchr::memchr(b' ', &bytes[nearest..at]).map_or(at, |space| nearest + space + 1),
    };
    let most = bytes.len().min(start + WINDOW).max(at);
    let end = match memchr::memchr(b'\n', &bytes[at..most]) {
        Some(newline) => at + newline,
        None if most == bytes.len() => most,
        None => memchr::memrchr(b' ', &bytes[at..most]).map_or(most, |space| at + space),
    };
    let end = ceil(text, end.max(at + 1));
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clean_text_has_no_suspect_and_damage_has() {
        for text in [
            "Rødgrød med fløde på Ærø – »ÅRHUS ØST« koster 5 € [1], ikke sandt? Det er it’s.",
            "São Paulo, château, Malmö, Łódź, 5 µg, 20 °C, N° 5, Привет, Ελλάδα, 日本",
        ] {
            assert_eq!(next(text.as_bytes(), 0).map(|at| &text[at..]), None);
        }
        for text in
            ["pÃ¥", "p� ", "S°ren", "S›ren", "S├╕ren", "S√∏ren", "bl}b{r", "&aring;", "=C3=A6", "a\u{30a}"]
        {
            assert!(next(text.as_bytes(), 0).is_some(), "{text}");
            let long = format!("{} {text} {}", "æ".repeat(100), "x".repeat(100));
            assert!(next(long.as_bytes(), 0).is_some(), "{text}");
        }
    }

    #[test]
    fn windows_are_lines_or_bounded() {
        let text = "en\nto tre\nfire";
        assert_eq!(&text[window(text, 5, 0)], "to tre");
        let long = "æ".repeat(100_000);
        let found = window(&long, 50_000, 0);
        assert!(found.contains(&50_000) && found.len() <= 2 * WINDOW);
        assert!(long.is_char_boundary(found.start) && long.is_char_boundary(found.end));
    }
}
