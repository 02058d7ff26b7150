//! What holds for any text.

#[path = "../fuzz/checks/langid.rs"]
mod checks;

use proptest::prelude::*;
use sprog_text::langid::{Identifier, Language, identify};

const PIECES: [&str; 40] = [
    "Jeg",
    "ved",
    "ikke",
    "ikkje",
    "inte",
    "the",
    "hvad",
    "å",
    "a\u{30a}",
    "Ærø",
    "og",
    " ",
    "  ",
    "\n",
    "\n\n",
    "\t",
    ". ",
    "! ",
    "123",
    "mp3",
    "https://sprog.dk/a?b=c",
    "a@b.dk",
    "f.eks.",
    "don't",
    "’",
    "'",
    "\u{301}",
    "\u{202e}",
    "\0",
    "日本",
    "Ω",
    "ﬂ",
    "ẞ",
    "İ",
    "\u{ad}",
    "og/eller",
    "x_y",
    "RØDGRØD",
    "camelCase",
    "s",
];

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..60).prop_map(|p| p.concat()),
        proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..60).prop_map(|p| p.join(" ")),
        any::<String>(),
    ]
}

proptest! {
    #[test]
    fn scores_are_probabilities_and_ranges_are_of_the_text(text in texts()) {
        checks::check(text.as_bytes());
    }

    #[test]
    fn a_used_cache_changes_nothing(texts in proptest::collection::vec(texts(), 1..8)) {
        let mut identifier = Identifier::new();
        for text in texts.iter().chain(&texts) {
            prop_assert_eq!(identifier.identify(text), identify(text));
            let mut fresh = Identifier::uncached();
            prop_assert_eq!(identifier.document(text), fresh.document(text));
        }
    }

    #[test]
    fn white_space_and_signs_are_no_evidence(text in "[a-zæøå ]{0,80}", sign in "[ \n\t.,!?–»«0-9]{0,9}") {
        let apart = format!("{sign} {text} {sign}");
        prop_assert_eq!(identify(&text).scores, identify(&apart).scores);
    }

    #[test]
    fn capitals_and_decomposed_letters_are_the_same_evidence(text in "[a-zæøåäöéü ]{0,80}") {
        use unicode_normalization::UnicodeNormalization;
        prop_assert_eq!(identify(&text).scores, identify(&text.to_uppercase()).scores);
        prop_assert_eq!(identify(&text).scores, identify(&text.nfd().collect::<String>()).scores);
    }
}

#[test]
fn twice_the_text_is_the_same_language() {
    for text in
        ["Hvad skal vi have til aftensmad?", "Kva skal vi ha til middag?", "What is for dinner tonight?"]
    {
        let one = identify(text);
        let two = identify(&format!("{text} {text}"));
        assert_eq!(one.label, two.label);
        assert_eq!(two.words, 2 * one.words);
    }
}

#[test]
fn hostile_texts_take_linear_time_and_give_bounded_sections() {
    let mut identifier = Identifier::new();
    for piece in [
        "a",
        "å",
        "日",
        "\u{301}",
        "a\u{301}",
        "'",
        "a'",
        "a.",
        ".",
        "/",
        "a/",
        "a\n",
        "\n",
        "\0",
        "ab1",
        "\u{202e}x ",
        "Aa",
    ] {
        let text = piece.repeat(1_000_000 / piece.len());
        let found = identifier.document(&text);
        assert!(found.sections.len() < 20_000, "{piece:?}");
        identifier.identify(&text);
    }
    for _ in 0..100_000 {
        assert_eq!(identifier.document("").identification.label, None);
    }
}

#[test]
fn codes_come_back() {
    for language in Language::ALL {
        assert_eq!(Language::from_code(language.code()), Some(language));
        assert_eq!(Language::ALL[language.index()], language);
    }
    assert_eq!(Language::from_code("und"), None);
    assert_eq!(Language::from_code("no"), None);
}
