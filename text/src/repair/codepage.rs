//! Single-byte code pages as tables, from `codepages.tsv`.

use std::fmt;
use std::sync::LazyLock;

/// A character encoding that a step of a [`Chain`](super::Chain) names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Encoding {
    /// `utf-8`
    Utf8,
    /// `windows-1252`
    Windows1252,
    /// `iso-8859-1`, where its C1 controls tell it from `windows-1252`
    Iso8859_1,
    /// `iso-8859-15`
    Iso8859_15,
    /// `IBM850`, DOS Western European
    Ibm850,
    /// `IBM865`, DOS Nordic
    Ibm865,
    /// `IBM437`, DOS United States
    Ibm437,
    /// `macintosh`
    Macintosh,
    /// `windows-1250`
    Windows1250,
    /// `windows-1251`
    Windows1251,
    /// `windows-1253`
    Windows1253,
    /// `windows-1257`
    Windows1257,
    /// `KOI8-R`
    Koi8R,
}

impl Encoding {
    /// The name in the WHATWG Encoding Standard or, where that has none, in IANA's registry.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Windows1252 => "windows-1252",
            Self::Iso8859_1 => "iso-8859-1",
            Self::Iso8859_15 => "iso-8859-15",
            Self::Ibm850 => "IBM850",
            Self::Ibm865 => "IBM865",
            Self::Ibm437 => "IBM437",
            Self::Macintosh => "macintosh",
            Self::Windows1250 => "windows-1250",
            Self::Windows1251 => "windows-1251",
            Self::Windows1253 => "windows-1253",
            Self::Windows1257 => "windows-1257",
            Self::Koi8R => "KOI8-R",
        }
    }

    /// Of encodings that are code pages, in the order of `codepages.tsv`.
    const PAGES: [Self; 11] = [
        Self::Windows1252,
        Self::Ibm850,
        Self::Ibm865,
        Self::Ibm437,
        Self::Macintosh,
        Self::Iso8859_15,
        Self::Windows1250,
        Self::Windows1251,
        Self::Windows1253,
        Self::Windows1257,
        Self::Koi8R,
    ];
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One past the last character that any code page here holds, but for a few that are no letters
/// of Danish (ligatures and Apple's logo in `macintosh`).
const END: usize = 0x2600;

/// A code page, both ways. Bytes below 0x80 are ASCII and not asked for.
pub(super) struct CodePage {
    pub(super) encoding: Encoding,
    upper: [char; 128],
    /// By code point from U+0080; 0 is "not in this code page".
    bytes: Box<[u8]>,
}

impl CodePage {
    /// The character that `byte` stands for; bytes below 0x80 are ASCII.
    pub(super) fn decode(&self, byte: u8) -> char {
        if byte < 0x80 { char::from(byte) } else { self.upper[usize::from(byte - 0x80)] }
    }

    /// The byte for a character past ASCII. C1 controls are the bytes of the same number, where
    /// the code page leaves such a byte undefined, and always in `windows-1252`, which thereby is
    /// `iso-8859-1` too.
    pub(super) fn encode(&self, c: char) -> Option<u8> {
        let at = (c as usize).checked_sub(0x80)?;
        self.bytes.get(at).copied().filter(|byte| *byte != 0)
    }

    fn parse(encoding: Encoding, row: &str) -> Option<Self> {
        let mut upper = ['\u{fffd}'; 128];
        let mut bytes = vec![0; END - 0x80].into_boxed_slice();
        let mut fields = row.split(' ');
        for (at, byte) in (0x80..=0xFFu8).enumerate() {
            let c = char::from_u32(u32::from_str_radix(fields.next()?, 16).ok()?)?;
            upper[at] = c;
            if let Some(place) = (c as usize).checked_sub(0x80).and_then(|at| bytes.get_mut(at))
                && *place == 0
            {
                *place = byte;
            }
        }
        if encoding == Encoding::Windows1252 {
            for byte in 0x80..=0x9Fu8 {
                bytes[usize::from(byte - 0x80)] = byte;
            }
        }
        fields.next().is_none().then_some(Self { encoding, upper, bytes })
    }
}

static PAGES: LazyLock<Vec<CodePage>> = LazyLock::new(|| {
    rows(include_str!("../../data/repair/codepages.tsv"))
        .filter_map(|row| row.split_once('\t'))
        .zip(Encoding::PAGES)
        .filter_map(|((_, row), encoding)| CodePage::parse(encoding, row))
        .collect()
});

/// The lines of a table that are not comments.
pub(super) fn rows(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The table of `encoding`; `None` for UTF-8, and for `iso-8859-1`, which is in `windows-1252`.
pub(super) fn page(encoding: Encoding) -> Option<&'static CodePage> {
    let at = Encoding::PAGES.iter().position(|e| *e == encoding)?;
    PAGES.get(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_code_pages_parses_and_is_named_as_in_the_code() {
        let table = include_str!("../../data/repair/codepages.tsv");
        let names: Vec<&str> = rows(table).filter_map(|row| row.split('\t').next()).collect();
        let expected: Vec<String> = Encoding::PAGES.iter().map(|e| e.name().to_lowercase()).collect();
        assert_eq!(names.iter().map(|n| n.to_lowercase()).collect::<Vec<_>>(), expected);
        assert_eq!(PAGES.len(), names.len());
    }

    #[test]
    fn danish_letters_have_their_bytes() {
        for (encoding, bytes) in [
            (Encoding::Windows1252, [0xE6, 0xF8, 0xE5, 0xC6, 0xD8, 0xC5]),
            (Encoding::Ibm850, [0x91, 0x9B, 0x86, 0x92, 0x9D, 0x8F]),
            (Encoding::Ibm865, [0x91, 0x9B, 0x86, 0x92, 0x9D, 0x8F]),
            (Encoding::Macintosh, [0xBE, 0xBF, 0x8C, 0xAE, 0xAF, 0x81]),
        ] {
            let page = page(encoding).expect("a code page");
            for (letter, byte) in "æøåÆØÅ".chars().zip(bytes) {
                assert_eq!(page.encode(letter), Some(byte), "{letter} in {encoding}");
                assert_eq!(page.decode(byte), letter);
            }
        }
    }
}
