//! Word lists: one word or phrase a line, as `/usr/share/dict/danish` and `aspell dump master` give
//! them, and GNU Aspell's compressed form of the same (`da.cwl`).

use super::records::read_records;
use super::{Charset, Content, Records, prezip, write_records};
use crate::{Limits, Parsed, Result};

/// Reads a word list. White space around a word is left out of it; a line may hold several words.
///
/// `comment` starts a line that is none, where the list has such lines. What is not UTF-8 is read as
/// Latin-1, which is a [`codes::RULE_ENCODING`](crate::codes::RULE_ENCODING) problem where
/// `encoding` says UTF-8.
///
/// # Errors
/// [`Error::Limit`](crate::Error::Limit) past `limits`' bytes, bytes of a line or items (lines).
///
/// ```
/// use sprog_formats::{Limits, rules::{Charset, wordlist, write_records}};
/// let bytes = "# navne\nÅse\n\nÆrø\n".as_bytes();
/// let parsed = wordlist::read(bytes, Some('#'), Charset::Utf8, &Limits::default())?;
/// let words: Vec<&str> = parsed.value.entries().map(|(_, word)| word.as_str()).collect();
/// assert_eq!(words, ["Åse", "Ærø"]);
/// assert_eq!(write_records(&parsed.value)?, bytes);
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub fn read(
    bytes: &[u8],
    comment: Option<char>,
    encoding: Charset,
    limits: &Limits,
) -> Result<Parsed<Records<String>>> {
    read_records(bytes, encoding, limits, |line| {
        Ok(match comment {
            Some(mark) if line.text().starts_with(mark) => Content::Comment,
            _ => Content::Entry(line.text().trim().to_owned()),
        })
    })
}

/// Reads a compressed word list, version 2 of the form that Aspell's `prezip-bin` writes.
///
/// # Errors
/// As [`read`]; [`Error::Malformed`](crate::Error::Malformed) where the bytes are not of that form;
/// [`Error::Limit`](crate::Error::Limit) where more than `limits.bytes` come of them.
pub fn read_compressed(bytes: &[u8], encoding: Charset, limits: &Limits) -> Result<Parsed<Records<String>>> {
    read(&prezip::decompress(bytes, limits)?, None, encoding, limits)
}

/// The compressed form of a word list, byte for byte what `prezip-bin -z` makes of [`write_records`]'
/// bytes, but for empty lines, which it leaves out.
///
/// # Errors
/// Those of [`write_records`].
///
/// ```
/// use sprog_formats::{Limits, rules::{Charset, wordlist, write_records}};
/// let list = wordlist::read(b"bil\nbilen\n", None, Charset::Utf8, &Limits::default())?.value;
/// let compressed = wordlist::write_compressed(&list)?;
/// assert_eq!(compressed, b"\x02\x00bil\x03en\x00\x1F\xFF");
/// let again = wordlist::read_compressed(&compressed, Charset::Utf8, &Limits::default())?.value;
/// assert_eq!(write_records(&again)?, b"bil\nbilen\n");
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub fn write_compressed(list: &Records<String>) -> Result<Vec<u8>> {
    Ok(prezip::compress(&write_records(list)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Place;

    #[test]
    fn long_shared_starts_and_control_characters_are_written_as_aspell_does() {
        let a = |n: usize| "a".repeat(n);
        let compress = |text: &str| prezip::compress(text.as_bytes());
        let tail = |text: &str, from: usize| compress(text)[from..].to_vec();
        assert_eq!(tail(&format!("{}\n{}", a(29), a(30)), 31), b"\x1Da\x1F\xFF");
        assert_eq!(tail(&format!("{}\n{}", a(30), a(31)), 32), b"\x1E\x00a\x1F\xFF");
        assert_eq!(tail(&format!("{}\n{}", a(284), a(285)), 286), b"\x1E\xFEa\x1F\xFF");
        assert_eq!(tail(&format!("{}\n{}", a(285), a(286)), 287), b"\x1E\xFF\x00a\x1F\xFF");
        assert_eq!(compress("b\x01c\nb\x1Fc"), b"\x02\x00b\x1F\x21c\x02\x3Fc\x1F\xFF");
        assert_eq!(compress(""), b"\x02\x00\x1F\xFF");
    }

    #[test]
    fn what_is_not_compressed_is_refused_and_bounded() {
        let limits = Limits { bytes: 1000, ..Limits::default() };
        let bad: [(&[u8], u64); 9] = [
            (b"\x02\x00a\x1F\xFFb", 5),
            (b"\x02\x1F\xFFb", 3),
            (b"", 0),
            (b"\x01\x00a\x1F\xFF", 0),
            (b"\x02\x00a", 3),
            (b"\x02\x01a\x1F\xFF", 1),
            (b"\x02\x00a\x1E", 3),
            (b"\x02\x00a\x1E\xFF\xFF", 3),
            (b"\x02\x00a\x1F", 1),
        ];
        for (bytes, at) in bad {
            let error = read_compressed(bytes, Charset::Latin1, &limits).expect_err("refused");
            assert_eq!(error.place(), Place::Byte(at), "{bytes:?}");
        }
        let mut bomb = [b"\x02\x00".to_vec(), b"x".repeat(100)].concat();
        bomb.extend([LONG_LINE; 100].concat());
        bomb.extend(b"\x1F\xFF");
        assert_eq!(
            read_compressed(&bomb, Charset::Utf8, &limits).expect_err("bomb").code(),
            crate::codes::LIMIT
        );
    }

    /// The whole line of 100 bytes again.
    const LONG_LINE: [u8; 2] = [30, 70];

    proptest! {
        #[test]
        fn any_list_survives(lines in prop::collection::vec("(a{0,40}|æ|\u{1}|\u{1f}|\u{1e}|b){0,4}", 0..20)) {
            let text = lines.join("\n");
            let compressed = prezip::compress(text.as_bytes());
            let plain = prezip::decompress(&compressed, &Limits::default()).expect("decompresses");
            prop_assert_eq!(plain, text.as_bytes());
        }

        #[test]
        fn any_bytes_end(bytes: Vec<u8>) {
            let _ = prezip::decompress(&[&[2], &bytes[..]].concat(), &Limits::default());
        }
    }
}
