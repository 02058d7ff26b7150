//! The normalization that every text can have: nothing is lost that a reader would see.

use std::borrow::Cow;

use super::step::Step;

/// Which parts of [`normalize`] are on. All are by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Compose characters: `a` + U+030A becomes `å`.
    pub nfc: bool,
    /// Line ends to `\n`; tabs and Unicode spaces to one space; no space at line ends; at most one
    /// blank line; none around the text.
    pub whitespace: bool,
    /// Drop U+00AD SOFT HYPHEN, which text copied from PDF and the web carries inside words.
    pub soft_hyphens: bool,
    /// Drop U+200B, U+2060, U+FEFF and control characters other than line breaks and tabs. Joiners
    /// (U+200C, U+200D) stay: emoji and other scripts need them.
    pub invisible: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options { nfc: true, whitespace: true, soft_hyphens: true, invisible: true }
    }
}

/// Normalizes a text; borrowed when nothing had to change.
///
/// Idempotent: normalizing twice changes nothing more.
///
/// ```
/// use sprog_text::normalize::{Options, normalize};
/// assert_eq!(normalize("Aage\u{a0}Kirke\u{ad}gaard\r\n\r\n\r\nhej\t", &Options::default()), "Aage Kirkegaard\n\nhej");
/// let keep = Options { soft_hyphens: false, ..Options::default() };
/// assert_eq!(normalize("af\u{ad}tale", &keep), "af\u{ad}tale");
/// ```
pub fn normalize<'t>(text: &'t str, options: &Options) -> Cow<'t, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let on = [
        (Step::SoftHyphens, options.soft_hyphens),
        (Step::Invisible, options.invisible),
        (Step::Nfc, options.nfc),
        (Step::Whitespace, options.whitespace),
    ];
    let steps = on.into_iter().filter(|(_, on)| *on).map(|(step, _)| step);
    steps.fold(Cow::Borrowed(text), |text, step| match step.run(&text, false) {
        Some(done) => Cow::Owned(done.text),
        None => text,
    })
}

/// Bytes looked at together; the compiler turns the loops over them into vector instructions.
const BLOCK: usize = 32;

/// Whether nothing in the text can be touched: printable characters below U+0300 (all of which are in
/// NFC), dashes, quotes and €, single spaces, at most one blank line, no space at line ends.
pub(super) fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    // As if a line ended before the text; a text may not end with white space.
    let (mut before, mut last) = (b'\n', b'\n');
    let mut at = 0;
    while at < bytes.len() {
        if let Some(block) = bytes.get(at..at + BLOCK)
            && is_plain_prose(last, block)
        {
            at += BLOCK;
            (before, last) = (block[BLOCK - 2], block[BLOCK - 1]);
            continue;
        }
        let end = (at + BLOCK).min(bytes.len());
        for index in at..end {
            let byte = bytes[index];
            let next = |n: usize| bytes.get(index + n).copied().unwrap_or(0);
            let fine = match byte {
                b' ' => last != b' ' && last != b'\n',
                b'\n' => last != b' ' && !(last == b'\n' && before == b'\n') && index > 0,
                0x21..=0x7E | 0x80..=0xBF => true,
                // Lead bytes of U+00C0–U+02FF. Of those led by 0xC2, NBSP, the soft hyphen and the C1
                // controls are touched.
                0xC3..=0xCB => true,
                0xC2 => !matches!(next(1), 0x80..=0xA0 | 0xAD),
                // U+2010–U+2027 (dashes, quotes, bullets, ellipsis) and U+20A0–U+20BF (currencies).
                0xE2 => matches!((next(1), next(2)), (0x80, 0x90..=0xA7) | (0x82, 0xA0..=0xBF)),
                _ => false,
            };
            if !fine {
                return false;
            }
            before = last;
            last = byte;
        }
        at = end;
    }
    !matches!(last, b' ' | b'\n') || bytes.is_empty()
}

/// A block of nothing but letters, signs and single spaces, after the byte `last`.
fn is_plain_prose(last: u8, block: &[u8]) -> bool {
    let mut shifted = [last; BLOCK];
    shifted[1..].copy_from_slice(&block[..BLOCK - 1]);
    let mut bad = false;
    for (byte, previous) in block.iter().zip(shifted) {
        let printable = (*byte > b' ' && *byte < 0x7F)
            | ((*byte >= 0x80) & (*byte <= 0xBF))
            | ((*byte >= 0xC3) & (*byte <= 0xCB));
        let single_space = (*byte == b' ') & (previous != b' ') & (previous != b'\n');
        bad |= !(printable | single_space);
    }
    !bad
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    fn all(text: &str) -> String {
        normalize(text, &Options::default()).into_owned()
    }

    #[test]
    fn danish_survives() {
        for text in [
            "Aabenraa ligger i Sønderjylland.",
            "dét, én, allé, Ærø – “Åh!”",
            "succes'en, 80'erne, § 12, 5 €",
        ] {
            assert!(matches!(normalize(text, &Options::default()), Cow::Borrowed(t) if t == text), "{text}");
        }
    }

    #[test]
    fn each_kind_of_change() {
        for (from, to) in [
            ("Bla\u{30a}ba\u{e6}r", "Blåbaær"),
            ("\u{41}\u{30a}rhus", "Århus"),
            ("kom\u{ad}mune", "kommune"),
            ("\u{feff}hej\0 med\u{200b} dig", "hej med dig"),
            ("a\u{a0}b\u{2009}c\td", "a b c d"),
            ("  a  \r\n b \r\r\r\nc  ", "a\nb\n\nc"),
            ("a\u{2028}b\u{85}c", "a\nb\nc"),
            ("👩\u{200d}🔬", "👩\u{200d}🔬"),
            ("\n\n \t", ""),
        ] {
            assert_eq!(all(from), to, "{from:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn the_short_cut_never_changes_the_result(text in "[a-zæøåé§–“  \n\u{a0}\u{ad}\u{30a}\u{85}\u{200b}\u{2009}\u{2028}]{0,90}") {
            let options = Options::default();
            let once = normalize(&text, &options).into_owned();
            proptest::prop_assert_eq!(normalize(&once, &options), once.clone(), "idempotent");
            if is_plain(&text) {
                proptest::prop_assert!(Step::Whitespace.run(&text, false).is_none());
                let touched = text.contains(['\u{ad}', '\u{a0}', '\u{200b}', '\u{30a}', '\u{2009}', '\u{2028}']);
                proptest::prop_assert!(!touched);
            }
            let letters = |s: &str| s.nfc().filter(|c| c.is_alphabetic()).collect::<String>();
            // Dropping a soft hyphen may bring a ring next to its letter: compare without them.
            let bare: String = text.replace(['\u{ad}', '\u{200b}'], "");
            proptest::prop_assert_eq!(letters(&once), letters(&bare));
        }
    }
}
