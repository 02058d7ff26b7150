//! Signs of encoding damage in Danish text. Only told here, never mended.

use std::ops::Range;

/// Sequences that UTF-8 read as Windows-1252 leaves behind and that no Danish text holds, the
/// letters first: æ ø å Æ Ø Å é, then curly quotes, dashes and §.
const UTF8_AS_CP1252: [&str; 16] = [
    "Ã¦",
    "Ã¸",
    "Ã¥",
    "Ã†",
    "Ã˜",
    "Ã…",
    "Ã©",
    "Ã\u{86}",
    "Ã\u{98}",
    "Ã\u{85}",
    "â€œ",
    "â€\u{9d}",
    "â€™",
    "â€“",
    "â€¦",
    "Â§",
];

/// The first place that looks garbled, as a byte range: mojibake or U+FFFD.
///
/// ```
/// use sprog_text::damage::first_garbled;
/// let text = "RÃ¸dgrÃ¸d";
/// assert_eq!(first_garbled(text).map(|r| &text[r]), Some("Ã¸"));
/// assert_eq!(first_garbled("Rødgrød"), None);
/// ```
pub fn first_garbled(text: &str) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    // Ã and Â are led by 0xC3 0x83 and 0xC3 0x82, â by 0xC3 0xA2, U+FFFD by 0xEF.
    while let Some(found) = memchr::memchr2(0xC3, 0xEF, &bytes[at..]) {
        let start = at + found;
        let rest = &text[start..];
        if rest.starts_with('\u{fffd}') {
            return Some(start..start + '\u{fffd}'.len_utf8());
        }
        if matches!(bytes.get(start + 1), Some(0x82 | 0x83 | 0xA2))
            && let Some(sign) = UTF8_AS_CP1252.iter().find(|s| rest.starts_with(**s))
        {
            return Some(start..start + sign.len());
        }
        at = start + rest.chars().next().map_or(1, char::len_utf8);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_is_found_and_clean_text_is_not() {
        for text in ["pÃ¥ Ã†rÃ¸", "Â§ 12", "den â€œsidsteâ€\u{9d}", "gr\u{fffd}d", "FÃ¦rÃ¸erne"]
        {
            assert!(first_garbled(text).is_some(), "{text}");
        }
        for text in ["São Paulo, château, Âge d’or", "æøåÆØÅé §“”–…", ""] {
            assert_eq!(first_garbled(text), None, "{text}");
        }
    }
}
