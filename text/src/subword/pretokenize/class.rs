//! Unicode general categories, as the bits that pre-tokenizers ask for.
//!
//! Latin-1 is a table in the program. The rest is made once from `regex-syntax`, so that the classes are those of the
//! regular expressions that the crate `tokenizers` runs, of the same Unicode version.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex_syntax::hir::{Class, HirKind};

/// `\s` but `\r` and `\n`.
pub(super) const SPACE: u8 = 1;
/// `\r` and `\n`.
pub(super) const NEWLINE: u8 = 1 << 1;
/// `\p{N}`
pub(super) const NUMBER: u8 = 1 << 2;
/// `\p{Lu}` and `\p{Lt}`
pub(super) const UPPER: u8 = 1 << 3;
/// `\p{Ll}`
pub(super) const LOWER: u8 = 1 << 4;
/// `\p{Lm}` and `\p{Lo}`
pub(super) const CASELESS: u8 = 1 << 5;
/// `\p{M}`
pub(super) const MARK: u8 = 1 << 6;
/// All else: punctuation, symbols, control and format characters, what is not assigned.
pub(super) const OTHER: u8 = 1 << 7;

/// `\p{L}`
pub(super) const LETTER: u8 = UPPER | LOWER | CASELESS;
/// `\s`
pub(super) const WHITESPACE: u8 = SPACE | NEWLINE;
/// `[^\s\p{L}\p{N}]`
pub(super) const SYMBOL: u8 = MARK | OTHER;

const LATIN1: [u8; 256] = {
    let mut classes = [OTHER; 256];
    let mut c = 0;
    while c < 256 {
        classes[c] = match c {
            0x0A | 0x0D => NEWLINE,
            0x09..=0x0D | 0x20 | 0x85 | 0xA0 => SPACE,
            0x30..=0x39 | 0xB2 | 0xB3 | 0xB9 | 0xBC..=0xBE => NUMBER,
            0xD7 | 0xF7 => OTHER,
            0x41..=0x5A | 0xC0..=0xDE => UPPER,
            0x61..=0x7A | 0xB5 | 0xDF..=0xFF => LOWER,
            0xAA | 0xBA => CASELESS,
            _ => OTHER,
        };
        c += 1;
    }
    classes
};

/// The class of each code point, in blocks of 256 that are kept once.
struct Table {
    block_of: Vec<u16>,
    blocks: Vec<u8>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut classes = vec![OTHER; 0x11_0000];
    for (regex, class) in [
        (r"\p{N}", NUMBER),
        (r"[\p{Lu}\p{Lt}]", UPPER),
        (r"\p{Ll}", LOWER),
        (r"[\p{Lm}\p{Lo}]", CASELESS),
        (r"\p{M}", MARK),
        (r"\s", SPACE),
        (r"[\r\n]", NEWLINE),
    ] {
        // All seven can be read: a test asks for each code point's class.
        let Ok(hir) = regex_syntax::parse(regex) else { continue };
        let HirKind::Class(Class::Unicode(ranges)) = hir.kind() else { continue };
        for range in ranges.ranges() {
            classes[range.start() as usize..=range.end() as usize].fill(class);
        }
    }
    let mut table = Table { block_of: Vec::new(), blocks: Vec::new() };
    let mut known: BTreeMap<&[u8], u16> = BTreeMap::new();
    for block in classes.chunks(256) {
        let next = u16::try_from(known.len()).unwrap_or(u16::MAX);
        table.block_of.push(*known.entry(block).or_insert_with(|| {
            table.blocks.extend_from_slice(block);
            next
        }));
    }
    table
});

fn of(c: u32) -> u8 {
    let table = &*TABLE;
    let block = table.block_of.get((c >> 8) as usize).copied().unwrap_or(0);
    table.blocks.get((usize::from(block) << 8) | (c & 0xFF) as usize).copied().unwrap_or(OTHER)
}

/// The class of the character that starts at `at`, and its length in bytes. At the end of the text no class and 0.
///
/// Bytes that are not UTF-8 are `OTHER`; the length never goes past the end.
#[inline(always)]
pub(super) fn at(text: &[u8], at: usize) -> (u8, usize) {
    match text.get(at) {
        None => (0, 0),
        Some(&b) if b < 0x80 => (LATIN1[usize::from(b)], 1),
        Some(&b @ (0xC2 | 0xC3)) => match text.get(at + 1) {
            Some(&next) => (LATIN1[usize::from(((b & 3) << 6) | (next & 0x3F))], 2),
            None => (OTHER, 1),
        },
        Some(&b) => beyond_latin1(&text[at..], b),
    }
}

#[inline(never)]
fn beyond_latin1(text: &[u8], lead: u8) -> (u8, usize) {
    let bits = |i: usize| text.get(i).map_or(0, |&b| u32::from(b & 0x3F));
    let lead = u32::from(lead);
    let (c, length) = match lead {
        0..0xC4 => return (OTHER, 1),
        0xC4..0xE0 => ((lead & 0x1F) << 6 | bits(1), 2),
        0xE0..0xF0 => ((lead & 0xF) << 12 | bits(1) << 6 | bits(2), 3),
        _ => ((lead & 0x7) << 18 | bits(1) << 12 | bits(2) << 6 | bits(3), 4),
    };
    (of(c), length.min(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The categories by regular expressions that are run, and not by the ranges that the table is made of.
    #[test]
    fn every_code_point_has_the_class_that_the_regular_expressions_see() {
        let classes = [
            (r"\p{L}", LETTER),
            (r"[\p{Lu}\p{Lt}]", UPPER),
            (r"\p{Lu}", UPPER),
            (r"\p{Lt}", UPPER),
            (r"\p{Ll}", LOWER),
            (r"[\p{Lm}\p{Lo}]", CASELESS),
            (r"\p{Lm}", CASELESS),
            (r"\p{Lo}", CASELESS),
            (r"\p{M}", MARK),
            (r"\p{N}", NUMBER),
            (r"\s", WHITESPACE),
            (r"[\r\n]", NEWLINE),
            (r"[^\s\p{L}\p{N}]", SYMBOL),
            (r"[^\s\p{L}\p{N}\p{M}]", OTHER),
        ];
        let all: String = ('\0'..=char::MAX).collect();
        for (regex, class) in classes {
            let mut expected = vec![false; 0x11_0000];
            let regex_of_runs = fancy_regex::Regex::new(&format!("{regex}+")).unwrap();
            for found in regex_of_runs.find_iter(&all) {
                for c in found.unwrap().as_str().chars() {
                    expected[c as usize] = true;
                }
            }
            // `Lt` and `Lu` share a bit, and `Lm` and `Lo`: what is in one of them is in the bit.
            let part_only = matches!(regex, r"\p{Lu}" | r"\p{Lt}" | r"\p{Lm}" | r"\p{Lo}");
            let mut buffer = [0; 4];
            for c in '\0'..=char::MAX {
                let bytes = c.encode_utf8(&mut buffer).as_bytes();
                let (found, length) = at(bytes, 0);
                assert_eq!(length, bytes.len(), "{c:?}");
                assert_eq!(found.count_ones(), 1, "{c:?}");
                if !part_only || expected[c as usize] {
                    assert_eq!(found & class != 0, expected[c as usize], "{c:?} {regex}");
                }
            }
        }
    }

    #[test]
    fn bytes_that_are_not_utf_8_stay_inside_the_text() {
        for bytes in [
            &b"\x80"[..],
            b"\xC3",
            b"\xC2",
            b"\xE2\x82",
            b"\xF0\x9F",
            b"\xFF",
            b"\xC0\x80",
            b"\xED\xA0\x80",
            b"\xF7\xBF\xBF\xBF",
        ] {
            let (class, length) = at(bytes, 0);
            assert!(class.count_ones() == 1 && (1..=bytes.len()).contains(&length), "{bytes:x?}");
        }
        assert_eq!(at(b"", 0), (0, 0));
        assert_eq!(at(b"a", 7), (0, 0));
    }
}
