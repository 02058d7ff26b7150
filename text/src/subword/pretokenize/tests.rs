//! The scanners give the words that fancy-regex gives.

use std::sync::LazyLock;

use fancy_regex::Regex;
use proptest::prelude::*;
use proptest::sample::select;

use super::regex::KNOWN;
use super::*;

/// Each way of writing a pattern, compiled.
static COMPILED: LazyLock<Vec<(Regex, Pattern)>> =
    LazyLock::new(|| KNOWN.iter().map(|(regex, pattern)| (Regex::new(regex).unwrap(), *pattern)).collect());

fn compare(text: &str) {
    for (regex, pattern) in &*COMPILED {
        let expected: Vec<&str> = regex.find_iter(text).map(|found| found.unwrap().as_str()).collect();
        let words: Vec<&str> = pattern.words(text).collect();
        assert_eq!(words, expected, "{pattern:?} {text:?} {}", regex.as_str());
    }
}

#[test]
fn all_short_strings_over_one_character_of_each_kind() {
    let alphabet = ["a", "B", "日", "\u{301}", "1", " ", "\n", "\t", "'", "s", "!", "/"];
    let mut strings = vec![String::new()];
    for _ in 0..4 {
        let longer: Vec<String> =
            strings.iter().flat_map(|s| alphabet.iter().map(move |c| format!("{s}{c}"))).collect();
        for text in &longer {
            compare(text);
        }
        strings = longer;
    }
}

/// Characters that are on an edge of some class, or that a scanner treats apart.
const HOSTILE: &[&str] = &[
    "a",
    "b",
    "s",
    "t",
    "S",
    "ſ",
    "K",
    "re",
    "LL",
    "'ve",
    "'s",
    "'S",
    "'ſ",
    "'d",
    "'LL",
    "'",
    "’",
    "æ",
    "ø",
    "å",
    "Æ",
    "Å",
    "é",
    "ß",
    "×",
    "÷",
    "ª",
    "µ",
    "²",
    "¼",
    "\u{85}",
    "\u{a0}",
    "A",
    "X",
    "Z",
    "ǅ",
    "ʰ",
    "ˈ",
    "日",
    "本",
    "ا",
    "\u{301}",
    "\u{308}",
    "\u{20dd}",
    "\u{200d}",
    "\u{fe0f}",
    "\u{20e3}",
    "😀",
    "👨\u{200d}👩",
    "🏽",
    "1",
    "23",
    "٣",
    "Ⅳ",
    "456789",
    "½",
    " ",
    "  ",
    "   ",
    "\t",
    "\n",
    "\r",
    "\r\n",
    "\n\n",
    "\u{b}",
    "\u{c}",
    "\u{2028}",
    "\u{3000}",
    "\u{1680}",
    "\u{200b}",
    "\u{feff}",
    "\0",
    ".",
    ",",
    "-",
    "/",
    "//",
    "!",
    "»",
    "…",
    "\u{ad}",
    "\u{7f}",
    "\u{e000}",
    "\u{10ffff}",
    "𝐀",
    "𝒶",
    "𐐀",
    "𞤢",
    "\u{e0100}",
];

fn cases(count: u32) -> ProptestConfig {
    ProptestConfig { cases: count, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(4000))]

    #[test]
    fn random_strings_of_hostile_characters(pieces in prop::collection::vec(select(HOSTILE), 0..24)) {
        compare(&pieces.concat());
    }

    #[test]
    fn random_strings_of_any_characters(text in "\\PC{0,24}", other in any::<String>()) {
        compare(&text);
        compare(&other);
    }

    #[test]
    fn numbers_of_any_length(before in "[a ,.]{0,2}", digits in "[0-9٣]{0,60}", after in "[a ,.½]{0,2}") {
        compare(&format!("{before}{digits}{after}"));
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_cut_inside_the_text(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        struct Ends<'a>(&'a [u8]);
        impl Visit for Ends<'_> {
            type Output = ();
            fn visit<S: Scan>(self) {
                let mut at = 0;
                while at < self.0.len() {
                    let end = S::end(self.0, at);
                    assert!(end > at && end <= self.0.len(), "{:x?} {at} {end}", self.0);
                    at = end;
                }
            }
        }
        for pattern in Pattern::ALL {
            pattern.visit(Ends(&bytes));
        }
    }
}

#[test]
fn a_mega_byte_of_anything_is_cut_in_linear_time() {
    for piece in
        ["a", "A", " ", "\n ", "\u{301}", "日A", "1", "!", "Aa", "\u{301}A", "'s", " \u{301}", "😀\u{fe0f}"]
    {
        let text = piece.repeat(1_000_000 / piece.len());
        for pattern in Pattern::ALL {
            assert_eq!(pattern.words(&text).map(str::len).sum::<usize>(), text.len());
        }
    }
}

#[test]
fn every_pattern_is_found_by_its_regular_expression() {
    for pattern in Pattern::ALL {
        assert_eq!(Pattern::from_regex(pattern.regex()), Some(pattern));
    }
    assert_eq!(Pattern::from_regex(""), None);
    assert_eq!(Pattern::from_regex(&format!("{} ", regex::GPT2)), None);
}

#[test]
fn an_empty_text_has_no_words() {
    for pattern in Pattern::ALL {
        assert_eq!(pattern.words("").next(), None);
    }
}
