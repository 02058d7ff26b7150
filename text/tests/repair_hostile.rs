//! Hostile input takes time in proportion to its length, and other languages and markup stay.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a test tells what it saw")]

use sprog_text::repair::{Options, repair};

#[test]
fn hostile_input_is_linear() {
    let n = 1 << 19;
    let zalgo = format!("Z{}", "\u{30a}\u{301}".repeat(n / 4));
    let inputs = [
        "0".repeat(n),
        ".".repeat(n),
        "@".repeat(n),
        " ".repeat(n),
        "\"".repeat(n),
        "'".repeat(n),
        "&".repeat(n),
        "=".repeat(n),
        "?".repeat(n),
        "|".repeat(n),
        "{a}".repeat(n / 3),
        "=C3".repeat(n / 3),
        "&amp;".repeat(n / 5),
        "&amp;amp;oslash;".repeat(n / 16),
        "\u{fffd}".repeat(n / 3),
        "Ã".repeat(n / 2),
        "Ãƒ".repeat(n / 4),
        "â€".repeat(n / 5),
        "ÃƒÆ’Ã‚Â¦".repeat(n / 20),
        "›".repeat(n / 3),
        "a›b".repeat(n / 5),
        "a°".repeat(n / 3),
        "\u{202e}\u{200f}".repeat(n / 6),
        "a\u{30a}".repeat(n / 3),
        "a?b".repeat(n / 3),
        "<a&oslash;".repeat(n / 10),
        "\0".repeat(n),
        "├ª".repeat(n / 5),
        "“".repeat(n / 3),
        "â€œ".repeat(n / 8),
        "R&oslash;d ".repeat(n / 11),
        "b°rn ".repeat(n / 6),
        zalgo,
    ];
    for input in inputs {
        // Quadratic work on this much takes minutes: the test would not end.
        let repaired = repair(&input, &Options::default());
        assert!(repaired.changes.windows(2).all(|c| c[0].original.end <= c[1].original.start));
    }
}

#[test]
fn other_languages_markup_and_code_stay() {
    for text in include_str!("cases/untouched.txt").split("\n%%\n") {
        let repaired = repair(text, &Options::default());
        let changes: Vec<_> = repaired.changes.iter().map(|c| &text[c.original.clone()]).collect();
        assert!(!repaired.changed(), "{changes:?} in {text}");
    }
}

#[test]
fn empty_and_odd_texts_are_survived() {
    for text in [
        "",
        "\0",
        "\u{feff}",
        "Ã",
        "Â ",
        "â€",
        "\u{fffd}",
        "&;",
        "=",
        "=C",
        "=C3",
        "&#;",
        "&#x;",
        "&#999999999;",
        "\u{301}",
    ] {
        let _ = repair(text, &Options::default());
    }
}
