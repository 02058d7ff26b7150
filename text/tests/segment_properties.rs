//! What holds of the tokens and sentences of any text.

use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

/// Pieces that meet the rules of the tokenizer and the sentence splitter.
#[rustfmt::skip]
const PIECES: &[&str] = &[
    ".", "..", "...", ",", "-", "--", "–", "'", "’", "\"", "»", "«", "”", "“", "(", ")", "!", "?", "…", ":",
    ";", "/", "@", "&", "§", "%", "°", "°C", "+", "*", "_", "<3", ":-)", "://", "http", "www", " ", " ",
    " ", "  ", "\n", "\n\n", "\r\n", "\t", "\u{A0}", "\u{2028}", "\u{3000}", "\u{85}", "\0", "a", "å", "Å",
    "i", "I", "s", "K", "Han", "Men", "Det", "er", "København", "kl", "kr", "bl.a", "osv", "m.m", "f.eks",
    "ph.d", "H.C", "min", "cand", "jur", "stk", "den", "1", "2", "3", "12", "1992", "0,5", "800.000", "IV",
    "erne", "ord", "ORD", "EN DAG", "×", "÷", "ß", "é", "e\u{301}", "\u{308}", "\u{200D}", "\u{2060}",
    "\u{FEFF}", "\u{AD}", "\u{202F}", "\u{200F}", "ж", "字", "。", "؟", "ア", "א", "ไทย", "👍🏽",
    "👨\u{200D}👩\u{200D}👧", "🇩🇰", "1\u{FE0F}\u{20E3}", "\u{600}", "\u{903}", "\u{10FFFF}",
];

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![8 => prop::sample::select(PIECES).prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Ranges are in order and not empty, start and end at characters, and leave out white space only.
fn cover<'a>(text: &str, ranges: impl Iterator<Item = &'a std::ops::Range<usize>>) {
    let mut end = 0;
    for range in ranges {
        assert!(range.start >= end && range.start < range.end, "{range:?} after {end} in {text:?}");
        assert!(
            text[end..range.start].chars().all(char::is_whitespace),
            "left out before {range:?} in {text:?}"
        );
        let inside = &text[range.clone()];
        assert_eq!(inside.trim(), inside, "white space around {range:?} in {text:?}");
        end = range.end;
    }
    assert!(text[end..].chars().all(char::is_whitespace), "left out after {end} in {text:?}");
}

proptest! {
    #[test]
    fn tokens_hold_all_of_a_text_but_white_space(text in text()) {
        let tokens: Vec<_> = sprog_text::segment::tokens(&text).collect();
        cover(&text, tokens.iter().map(|token| &token.range));
        for token in &tokens {
            prop_assert!(!text[token.range.clone()].contains(char::is_whitespace), "{token:?} in {text:?}");
        }
    }

    #[test]
    fn sentences_hold_all_tokens(text in text()) {
        let tokens: Vec<_> = sprog_text::segment::tokens(&text).collect();
        let sentences: Vec<_> = sprog_text::segment::sentences(&text).collect();
        cover(&text, sentences.iter().map(|sentence| &sentence.range));
        for sentence in &sentences {
            prop_assert!((0.0..=1.0).contains(&sentence.confidence));
            prop_assert!(tokens.iter().any(|token| token.range.start == sentence.range.start));
            prop_assert!(tokens.iter().any(|token| token.range.end == sentence.range.end));
        }
        let shared: Vec<_> = sprog_text::segment::sentences_of(&text, tokens.iter().cloned()).collect();
        prop_assert_eq!(sentences, shared);
    }

    #[test]
    fn a_token_ends_where_unicode_has_a_word_boundary(text in text()) {
        // Where a token ends, UAX #29 has a boundary too, or white space stands there.
        // To UAX #29 the narrow no-break space is part of words, to us it is white space.
        let spaced = text.replace('\u{202F}', "\u{2005}");
        let bounds: Vec<usize> = spaced.split_word_bound_indices().map(|(at, _)| at).chain([text.len()]).collect();
        for token in sprog_text::segment::tokens(&text).filter(|token| token.kind != sprog_text::segment::TokenKind::Address) {
            let end = token.range.end;
            let space = text[end..].starts_with(char::is_whitespace);
            prop_assert!(space || bounds.contains(&end), "{:?} in {:?}", &text[token.range.clone()], text);
        }
    }

    #[test]
    fn an_empty_line_parts_texts(one in text(), two in text()) {
        let both = format!("{one}\n\n{two}");
        let count = |text: &str| sprog_text::segment::sentences(text).count();
        prop_assert!(count(&both) >= usize::from(count(&one) > 0) + usize::from(count(&two) > 0));
        let paragraph = one.len() + 1;
        for sentence in sprog_text::segment::sentences(&both) {
            prop_assert!(!sentence.range.contains(&paragraph), "{both:?}");
        }
    }
}

#[test]
fn the_work_is_linear_in_the_length() {
    #[rustfmt::skip]
    let patterns = [
        "1", ".", "@", " ", "\"", "'", "’", "a", "æ", "»", "(", ")", "-", "1.", "a.", "A.", "a'", "'a",
        "a-", "a,", "1,", "\n", "http://", "http://a)", "www.a(", "http://)", "e\u{301}", "\u{301}",
        "a.\u{301}", "字", "ж", "aж", "ж-a", "。", "…", "\u{202E}", "👍", "🇩🇰", "\u{200D}", "§", ":", ": ",
        "\"a", "»a", "osv. ", "A ", "EN ", "Han ", "! ", "?\" ", "1. A ", "\u{A0}", "\0",
    ];
    for pattern in patterns {
        let text = pattern.repeat(200_000 / pattern.len());
        let tokens = sprog_text::segment::tokens(&text).count();
        let sentences = sprog_text::segment::sentences(&text).count();
        // Quadratic work on this much takes a minute a pattern: the test would be seen to hang.
        assert!(sentences <= tokens, "{pattern:?}");
    }
}
