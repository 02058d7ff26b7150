//! What holds for every text, and for Danish sentences under every damage that is known.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a test tells what it saw")]

use proptest::prelude::*;
use sprog_text::repair::{Options, first_garbled, repair};

/// Pieces that start repairs, and plain ones between.
const PIECES: [&str; 64] = [
    "Ã",
    "Â",
    "â",
    "€",
    "™",
    "¦",
    "¸",
    "¥",
    "†",
    "…",
    "˜",
    "œ",
    "”",
    "“",
    "\u{9d}",
    "\u{85}",
    "\u{fffd}",
    "ƒ",
    "\u{a0}",
    " ",
    "├",
    "┬",
    "√",
    "∏",
    "╕",
    "Ô",
    "Ç",
    "ô",
    "°",
    "µ",
    "Õ",
    "›",
    "‘",
    "’",
    "¿",
    "¾",
    "Œ",
    "®",
    "¯",
    "Ê",
    "Γ",
    "Г",
    "ё",
    "Ă",
    "{",
    "|",
    "}",
    "[",
    "\\",
    "]",
    "=C3",
    "=B8",
    "=E5",
    "&aelig;",
    "&amp;",
    "&#230;",
    "a\u{30a}",
    "\u{301}",
    "\n",
    "?",
    "k",
    "benhavn",
    "p",
    "rødgrød",
];

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..40).prop_map(|pieces| pieces.concat())
}

fn check(text: &str) {
    let options = Options::default();
    let once = repair(text, &options);
    let twice = repair(&once.text, &options);
    assert_eq!(once.text, twice.text, "from {text:?}");
    assert!(!twice.changed(), "from {text:?}");
    // The changes alone lead from one text to the other, and are in order.
    let (mut rebuilt, mut at) = (String::new(), 0);
    for change in &once.changes {
        rebuilt.push_str(&text[at..change.original.start]);
        assert_eq!(rebuilt.len(), change.repaired.start, "from {text:?}");
        rebuilt.push_str(&once.text[change.repaired.clone()]);
        assert!(!change.chain.is_empty());
        at = change.original.end;
    }
    rebuilt.push_str(&text[at..]);
    assert_eq!(rebuilt, once.text);
    for loss in &once.losses {
        assert!(text.get(loss.range.clone()).is_some_and(|lost| !lost.is_empty()), "from {text:?}");
    }
    if let Some(range) = first_garbled(text) {
        assert!(text.get(range).is_some());
    }
}

/// The upper half of a code page, by its name in the table.
fn page(name: &str) -> Vec<char> {
    let table = include_str!("../data/repair/codepages.tsv");
    let row = table.lines().find_map(|row| row.strip_prefix(name)?.strip_prefix('\t')).unwrap();
    row.split(' ').map(|code| char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap()).collect()
}

fn encode(text: &str, name: &str) -> Vec<u8> {
    if name == "utf-8" {
        return text.as_bytes().to_vec();
    }
    let page = page(name);
    let byte = |c: char| {
        if c.is_ascii() { c as u8 } else { page.iter().position(|p| *p == c).unwrap() as u8 + 0x80 }
    };
    text.chars().map(byte).collect()
}

fn decode(bytes: &[u8], name: &str) -> String {
    let page = page(name);
    bytes.iter().map(|b| if b.is_ascii() { char::from(*b) } else { page[usize::from(*b) - 0x80] }).collect()
}

fn words(with: fn(&str) -> bool) -> Vec<&'static str> {
    let table = include_str!("../data/repair/words.tsv");
    table.lines().filter(|row| !row.starts_with('#') && with(row)).collect()
}

fn sentence(count: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    let words = words(|w| w.chars().count() >= 4 && !w.contains('é') && !w.starts_with(['æ', 'ø', 'å']));
    const BETWEEN: [&str; 6] = ["og", "den", "til", "er", "ikke", "med"];
    proptest::collection::vec(
        (proptest::sample::select(words), proptest::sample::select(&BETWEEN[..])),
        count,
    )
    .prop_map(|pairs| {
        pairs.iter().map(|(a, b)| format!("{a} {b} ")).collect::<String>().trim_end().to_owned()
    })
}

proptest! {
    #[test]
    fn repairing_twice_changes_nothing_more(text in text()) {
        check(&text);
    }

    #[test]
    fn any_text_is_survived(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn clean_sentences_stay(sentence in sentence(1..20)) {
        prop_assert!(!repair(&sentence, &Options::default()).changed());
    }

    #[test]
    fn utf8_read_as_a_code_page_comes_back(
        sentence in sentence(1..12),
        name in proptest::sample::select(vec!["windows-1252", "IBM850", "IBM865", "IBM437", "macintosh", "iso-8859-15"]),
        times in 1usize..4,
    ) {
        let name = if name == "iso-8859-15" { "ISO-8859-15" } else { name };
        let times = if name == "windows-1252" { times } else { 1 };
        let damaged = (0..times).fold(sentence.clone(), |text, _| decode(&encode(&text, "utf-8"), name));
        prop_assert_eq!(&repair(&damaged, &Options::default()).text, &sentence, "{}", damaged);
    }

    #[test]
    fn a_code_page_read_as_another_comes_back_from_four_words_on(
        sentence in sentence(4..12),
        pair in proptest::sample::select(vec![
            ("windows-1252", "IBM850"), ("windows-1252", "IBM865"), ("IBM850", "windows-1252"), ("IBM865", "windows-1252"),
            ("macintosh", "windows-1252"), ("windows-1252", "macintosh"), ("windows-1252", "windows-1251"),
            ("macintosh", "IBM850"),
        ]),
    ) {
        let damaged = decode(&encode(&sentence, pair.0), pair.1);
        prop_assert_eq!(&repair(&damaged, &Options::default()).text, &sentence, "{}", damaged);
    }

    #[test]
    fn iso646_comes_back_from_four_words_on(sentence in sentence(4..12)) {
        let damaged: String = sentence.chars().map(|c| match c { 'æ' => '{', 'ø' => '|', 'å' => '}', c => c }).collect();
        prop_assert_eq!(&repair(&damaged, &Options::default()).text, &sentence);
    }
}
