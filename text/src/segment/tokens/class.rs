//! What a byte, or the character that starts with it, is to the tokenizer.

use unicode_segmentation::UnicodeSegmentation;

/// Bits of [`CLASS`]: letter, digit, first byte of a two-byte letter.
pub(super) const LETTER: u8 = 1;
pub(super) const DIGIT: u8 = 2;
pub(super) const LEAD: u8 = 4;
/// White space of ASCII.
pub(super) const SPACE: u8 = 8;
/// Any other ASCII: punctuation, symbols, controls.
pub(super) const SIGN: u8 = 16;
/// A character that the table cannot tell.
pub(super) const OTHER: u8 = 32;

/// The class of each byte that can start a character.
///
/// `_` is a letter here: UAX #29 joins it to words (ExtendNumLet, WB13a). The leads C3 to C9 are
/// U+00C0 to U+027F, all letters but × and ÷.
pub(super) const CLASS: [u8; 256] = {
    let mut table = [OTHER; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => LETTER,
            b'0'..=b'9' => DIGIT,
            b' ' | 0x09..=0x0D => SPACE,
            0..0x80 => SIGN,
            0xC3..=0xC9 => LEAD,
            _ => OTHER,
        };
        byte += 1;
    }
    table
};

/// The end of the run of letters and digits from `at`, and the classes seen in it.
#[inline]
pub(super) fn run(bytes: &[u8], mut at: usize) -> (usize, u8) {
    let mut seen = 0;
    while let Some(&byte) = bytes.get(at) {
        let class = CLASS[usize::from(byte)];
        match class {
            LETTER | DIGIT => at += 1,
            LEAD => match bytes.get(at + 1) {
                Some(0x97 | 0xB7) if byte == 0xC3 => break,
                Some(_) => at += 2,
                None => break,
            },
            _ => break,
        }
        seen |= class;
    }
    (at, seen)
}

/// The character at a byte offset.
pub(super) fn char_at(text: &str, at: usize) -> Option<char> {
    text.get(at..)?.chars().next()
}

/// Whether a letter or digit stands at a byte offset.
#[inline]
pub(super) fn alphanumeric_at(text: &str, at: usize) -> bool {
    match text.as_bytes().get(at).map(|&byte| (byte, CLASS[usize::from(byte)])) {
        None => false,
        Some((b'_', _)) => false,
        Some((_, LETTER | DIGIT)) => true,
        Some((_, SPACE | SIGN)) => false,
        Some(_) => char_at(text, at).is_some_and(char::is_alphanumeric),
    }
}

/// Characters beyond ASCII that never belong to a word, whatever their neighbours: dashes, quotes,
/// signs. ‘ and ’ are not here: UAX #29 takes them into words, as it does the apostrophe.
pub(super) fn is_sign(c: char) -> bool {
    matches!(
        c,
        '¡' | '¢'..='©' | '«' | '¬' | '®' | '¯' | '°' | '±' | '´' | '¶' | '»' | '¿' | '×' | '÷'
        | '‐'..='―' | '‚' | '“' | '”' | '„' | '†' | '‡' | '•' | '…' | '‰' | '‹' | '›' | '€' | '−'
    )
}

/// The end of the first segment between word boundaries of UAX #29, from `at`, cut at white space.
pub(super) fn segment_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let segment = rest.split_word_bounds().next().unwrap_or_default();
    let cut = segment.char_indices().skip(1).find(|(_, c)| c.is_whitespace());
    at + cut.map_or(segment.len(), |(offset, _)| offset)
}

/// The end of the character at `at` with the marks that UAX #29 (WB4) keeps on it.
///
/// Only a sign may stand there: of a letter this would take the whole word.
#[inline]
pub(super) fn with_marks(text: &str, at: usize, len: usize) -> usize {
    let end = at + len;
    match text.as_bytes().get(end).map(|&byte| CLASS[usize::from(byte)]) {
        Some(OTHER) => match char_at(text, end) {
            Some(c) if !is_sign(c) && c != '’' && !c.is_whitespace() => segment_end(text, at).max(end),
            _ => end,
        },
        _ => end,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_of_the_fast_leads_is_a_letter() {
        for c in '\u{C0}'..='\u{27F}' {
            assert_eq!(c.is_alphabetic(), c != '×' && c != '÷', "{c:?}");
        }
    }

    #[test]
    fn no_sign_belongs_to_a_word_in_uax_29() {
        for c in '\u{80}'..='\u{2FFF}' {
            if is_sign(c) {
                assert_eq!(format!("a{c}a").split_word_bounds().count(), 3, "{c:?}");
            }
        }
    }
}
