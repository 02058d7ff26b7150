//! What holds for any text.

use proptest::prelude::*;
use sprog_text::itn::itn;
use sprog_text::verbalize::{Options, verbalize};

fn config() -> ProptestConfig {
    // PROPTEST_CASES sets the number of cases; 256 otherwise.
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

/// Text of what the rules of `verbalize` look for.
fn written() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => "[0-9]{1,6}",
        6 => prop::sample::select(vec![
            ".", ",", "-", "–", "−", "/", ":", " ", "  ", "\u{a0}", "\u{202f}", "'", "’", "%", "‰", "§", "§§", "&", "@", "+", "=", "$",
            "€", "£", "½", "¾", "⅓", "°", "²", "³", "×", "x", "<", ">", "\n", "(", ")", "\"", ",-", "\0", "\u{301}", "\u{200f}", "_", "#",
        ]).prop_map(str::to_string),
        5 => prop::sample::select(vec![
            "kl.", "kl", "kr.", "Kr.", "mio.", "mia.", "d.", "den", "stk.", "nr.", "pkt.", "litra", "f.eks.", "fx", "bl.a.", "dec.", "maj",
            "december", "ons.", "år", "årige", "'erne", "-tallet", "km/t", "kg", "m²", "°C", "pct.", "th.", "tv.", "st.", "sal", "A/S", "ApS",
            "EU", "DSB", "IV", "XIV", "I", "II.", "Christian", "Frederik", "Vestergade", "København", "K", "tlf.", "ring", "www.", ".dk",
            "https://", "min.", "t.", "s.", "DKK", "USD", "og", "i", "a", "b", "Æ", "Ø", "å", "1.", "2024", "+45", "33 14 25 36",
        ]).prop_map(str::to_string),
        1 => "\\PC{0,4}",
    ];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

/// Text of the words that `itn` looks for.
fn spoken() -> impl Strategy<Value = String> {
    let words = vec![
        "nul",
        "en",
        "et",
        "to",
        "tre",
        "fire",
        "fem",
        "ti",
        "elleve",
        "nitten",
        "tyve",
        "enogtyve",
        "halvtreds",
        "nioghalvfems",
        "femogtresindstyve",
        "hundrede",
        "tohundrede",
        "tusind",
        "tusinde",
        "million",
        "millioner",
        "milliard",
        "billiarder",
        "og",
        "komma",
        "minus",
        "plus",
        "klokken",
        "halv",
        "halvt",
        "kvart",
        "over",
        "i",
        "minutter",
        "paragraf",
        "stykke",
        "nummer",
        "litra",
        "b",
        "første",
        "anden",
        "tredje",
        "tyvende",
        "halvtredsindstyvende",
        "december",
        "den",
        "christian",
        "kroner",
        "øre",
        "euro",
        "procent",
        "kilometer",
        "timen",
        "grader",
        "celsius",
        "vestergade",
        "til",
        "højre",
        "sal",
        "stuen",
        "ring",
        "på",
        "snabela",
        "punktum",
        "dk",
        "d",
        "k",
        "info",
        "halvfemserne",
        "attenhundredetallet",
        "fjerdedele",
        "tak",
        "par",
        "Et",
        "FEM",
        "ses",
        "ofte",
    ];
    let piece = prop_oneof![
        20 => prop::sample::select(words).prop_map(str::to_string),
        1 => "[0-9]{1,3}",
        1 => prop::sample::select(vec![",", ".", "-", "\n", "’", "“", "\0", "\u{301}", "é"]).prop_map(str::to_string),
        1 => "\\PC{0,3}",
    ];
    let gap = prop_oneof![9 => Just(" "), 1 => Just(""), 1 => Just("  ")];
    prop::collection::vec((piece, gap), 0..24)
        .prop_map(|pieces| pieces.iter().flat_map(|(piece, gap)| [piece.as_str(), gap]).collect())
}

/// Puts the parts of the text outside the spans together, with the spans' own form between.
fn rebuilt(text: &str, spans: &[(std::ops::Range<usize>, &str)]) -> String {
    let mut out = String::new();
    let mut last = 0;
    for (range, form) in spans {
        out.push_str(&text[last..range.start]);
        out.push_str(form);
        last = range.end;
    }
    out.push_str(&text[last..]);
    out
}

/// Blanks that were put between two words apart.
fn solid(text: &str) -> String {
    text.replace(' ', "")
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn spans_are_ordered_and_all_else_stays(text in written()) {
        let found = verbalize(&text, &Options::default());
        let mut last = 0;
        for span in &found.spans {
            prop_assert!(span.range.start >= last && span.range.end > span.range.start && span.range.end <= text.len());
            prop_assert!(text.is_char_boundary(span.range.start) && text.is_char_boundary(span.range.end));
            prop_assert_eq!(span.readings.first(), Some(&span.spoken));
            prop_assert!(!span.spoken.is_empty() && !span.spoken.contains(|c: char| c.is_ascii_digit()));
            last = span.range.end;
        }
        let parts: Vec<_> = found.spans.iter().map(|span| (span.range.clone(), span.spoken.as_str())).collect();
        prop_assert_eq!(solid(&rebuilt(&text, &parts)), solid(&found.spoken));
        prop_assert_eq!(found.readings.first(), Some(&found.spoken));
        prop_assert!(found.readings.len() <= 64);
    }

    #[test]
    fn one_reading_is_the_best_of_all(text in written()) {
        let all = verbalize(&text, &Options::default());
        let one = verbalize(&text, &Options { max_readings: 1 });
        prop_assert_eq!(all.spoken, one.spoken);
        prop_assert_eq!(one.readings.len(), 1);
    }

    #[test]
    fn itn_changes_spans_only(text in spoken()) {
        let found = itn(&text, &Options::default());
        let mut last = 0;
        for span in &found.spans {
            prop_assert!(span.range.start >= last && span.range.end > span.range.start && span.range.end <= text.len());
            prop_assert_eq!(span.readings.first(), Some(&span.written));
            last = span.range.end;
        }
        let parts: Vec<_> = found.spans.iter().map(|span| (span.range.clone(), span.written.as_str())).collect();
        prop_assert_eq!(solid(&rebuilt(&text, &parts)), solid(&found.written));
        prop_assert_eq!(itn(&text, &Options { max_readings: 1 }).written, found.written);
    }

    #[test]
    fn each_kernel_stands_the_other_ones_text(a in written(), b in spoken()) {
        itn(&a, &Options::default());
        verbalize(&b, &Options::default());
    }
}
