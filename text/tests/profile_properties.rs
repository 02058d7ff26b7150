//! What holds for any text, and for texts made to be slow.

use proptest::prelude::*;

use sprog_text::profile::{Preset, Profiler, profile};

#[path = "../fuzz/checks/profile.rs"]
mod checks;

proptest! {
    #[test]
    fn invariants_hold_on_any_text(text in "\\PC{0,60}|([a-zæøåA-Z01 .\n-]|og |paa |\\.\\.\\.|[1]|\u{2028}|\r\n){0,80}") {
        checks::check(text.as_bytes());
    }

    #[test]
    fn invariants_hold_on_any_bytes(data in prop::collection::vec(any::<u8>(), 0..200)) {
        checks::check(&data);
    }

    #[test]
    fn a_text_twice_repeats_itself(text in "([a-zæøå]{1,9} ){12,30}") {
        let once = profile(&text);
        let twice = profile(&format!("{text}\n\n{text}"));
        prop_assert!(twice.repetition.duplicate_10_gram_fraction >= once.repetition.duplicate_10_gram_fraction);
        prop_assert_eq!(twice.counts.word_count, 2 * once.counts.word_count);
        prop_assert_eq!(twice.gopher.stop_words, once.gopher.stop_words);
    }
}

/// A megabyte of each; what takes the square of that would not end.
#[test]
fn hostile_texts_are_measured() {
    let mut profiler = Profiler::default();
    for piece in [
        "a",
        " ",
        "\n",
        "\0",
        "å",
        "\u{301}",
        "\u{202e}",
        "a ",
        "a b ",
        "\n\n",
        "\n \n",
        "...",
        "[",
        "[1]",
        "#",
        "- ",
        "og ",
        "aa",
        "\r\n",
        "\u{85}",
        "x\u{2028}",
        "cookies ",
        "vi bruger cookies\n",
        "{",
        "lorem ",
        "a. ",
        "I ",
        "I\n",
        "1l",
        "日本",
        "Hunden skulde gaa. ",
        "1 11 111 ",
        "()",
        "-",
        "😀",
        "\u{1f}",
    ] {
        let text = piece.repeat(1_000_000 / piece.len());
        let profile = profiler.profile(&text);
        assert_eq!(profile.counts.character_count as usize, text.chars().count(), "{piece:?}");
        assert!(
            Preset::GopherRepetition.check(&profile).is_some() || profile.counts.word_count < 10,
            "{piece:?}"
        );
    }
}

#[test]
fn a_long_text_of_different_words_is_measured() {
    let text: String = (0..400_000u32).map(|at| format!("ord{} ", at.wrapping_mul(2_654_435_761))).collect();
    let profile = profile(&text);
    assert_eq!(profile.counts.word_count, 400_000);
    assert_eq!(profile.repetition.duplicate_5_gram_fraction, 0.0);
}

#[test]
fn ten_thousand_texts_alike_and_empty_ones_are_the_same_each_time() {
    let mut profiler = Profiler::default();
    let text = "Det er en kort tekst. Den er her mange gange.";
    let (first, empty) = (profiler.profile(text), profiler.profile(""));
    for _ in 0..10_000 {
        assert_eq!(profiler.profile(text), first);
        assert_eq!(profiler.profile(""), empty);
    }
}
