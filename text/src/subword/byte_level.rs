//! GPT-2's alphabet: a printable character for each byte, in which byte-level BPE writes its tokens.
//!
//! Printable Latin-1 stands for itself; the other 68 bytes are the characters from U+0100 on, in order. Source:
//! `bytes_to_unicode` in OpenAI's gpt-2, `ByteLevel` in Hugging Face tokenizers.

/// Whether a byte stands for itself.
const fn is_printable(byte: u8) -> bool {
    matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF)
}

/// The character that stands for each byte.
pub const CHARS: [char; 256] = {
    let mut chars = ['\0'; 256];
    let mut shifted = 0x100u32;
    let mut byte = 0usize;
    while byte < 256 {
        #[allow(clippy::cast_possible_truncation)]
        let b = byte as u8;
        chars[byte] = if is_printable(b) {
            b as char
        } else {
            let c = shifted;
            shifted += 1;
            match char::from_u32(c) {
                Some(c) => c,
                None => '\0',
            }
        };
        byte += 1;
    }
    chars
};

/// The byte that a character stands for.
///
/// ```
/// use sprog_text::subword::byte_level;
/// assert_eq!(byte_level::byte('Ġ'), Some(b' '));
/// assert_eq!(byte_level::byte('æ'), Some(0xE6));
/// assert_eq!(byte_level::byte('—'), None);
/// ```
pub fn byte(c: char) -> Option<u8> {
    match u32::from(c) {
        c @ 0..=0xFF => u8::try_from(c).ok().filter(|&b| is_printable(b)),
        0x100..=0x143 => CHARS.iter().position(|&x| x == c).and_then(|b| u8::try_from(b).ok()),
        _ => None,
    }
}

/// Bytes in GPT-2's alphabet.
///
/// ```
/// use sprog_text::subword::byte_level;
/// assert_eq!(byte_level::encode(" på".as_bytes()), "ĠpÃ¥");
/// assert_eq!(byte_level::decode("ĠpÃ¥").unwrap(), " på".as_bytes());
/// ```
pub fn encode(bytes: &[u8]) -> String {
    bytes.iter().map(|&b| CHARS[usize::from(b)]).collect()
}

/// The bytes of a token in GPT-2's alphabet; `None` if a character is not in it.
pub fn decode(token: &str) -> Option<Vec<u8>> {
    token.chars().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_a_character_of_its_own() {
        for b in 0..=255u8 {
            assert_eq!(byte(CHARS[usize::from(b)]), Some(b));
        }
        assert_eq!(CHARS[0], '\u{100}');
        assert_eq!(CHARS[0xAD], '\u{143}');
        assert_eq!(byte('\u{144}'), None);
    }
}
