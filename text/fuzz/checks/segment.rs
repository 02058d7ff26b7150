//! What holds of the tokens and sentences of any bytes.

/// Panics if an invariant of tokens or sentences does not hold.
pub(crate) fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let tokens: Vec<sprog_text::segment::Token> = sprog_text::segment::tokens(&text).collect();
    let mut end = 0;
    for token in &tokens {
        let range = token.range.clone();
        assert!(range.start >= end && range.start < range.end, "out of order");
        assert!(text[end..range.start].chars().all(char::is_whitespace), "text left out");
        assert!(!text[range.clone()].contains(char::is_whitespace), "white space in a token");
        end = range.end;
    }
    assert!(text[end..].chars().all(char::is_whitespace), "text left out at the end");
    let sentences: Vec<sprog_text::segment::Sentence> = sprog_text::segment::sentences(&text).collect();
    let shared: Vec<sprog_text::segment::Sentence> =
        sprog_text::segment::sentences_of(&text, tokens.iter().cloned()).collect();
    assert_eq!(sentences, shared, "sentences of given tokens differ");
    let mut end = 0;
    for sentence in &sentences {
        let range = sentence.range.clone();
        assert!(range.start >= end && range.start < range.end, "out of order");
        assert!(text[end..range.start].chars().all(char::is_whitespace), "text left out");
        assert_eq!(text[range.clone()].trim(), &text[range.clone()], "white space around a sentence");
        assert!(!text[range].contains("\n\n"), "an empty line in a sentence");
        assert!((0.0..=1.0).contains(&sentence.confidence), "confidence out of range");
        end = sentence.range.end;
    }
    assert!(text[end..].chars().all(char::is_whitespace), "text left out at the end");
}
