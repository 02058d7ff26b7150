//! Tokens and sentences on hand-written cases.
#![allow(clippy::print_stderr, reason = "a test tells what it saw")]

mod shared;

/// Rows of a case file.
fn rows(file: &str) -> impl Iterator<Item = &str> {
    file.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[test]
fn danish_is_cut_into_the_tokens_that_danish_writes() {
    for row in rows(include_str!("cases/tokens.txt")) {
        let text = row.replace('·', "");
        let got: Vec<&str> = sprog_text::segment::tokens(&text).map(|token| &text[token.range]).collect();
        let want: Vec<&str> = row.split([' ', '·']).collect();
        assert_eq!(got, want);
    }
}

/// How many rows are cut as their `⏎` say, and how many there are.
fn score(file: &str) -> (usize, usize) {
    let (mut right, mut all) = (0, 0);
    for row in rows(file) {
        let want: Vec<&str> = row.split('⏎').map(str::trim).collect();
        let text = want.join(" ");
        let got: Vec<&str> =
            sprog_text::segment::sentences(&text).map(|sentence| &text[sentence.range]).collect();
        all += 1;
        right += usize::from(got == want);
        if got != want {
            eprintln!("{got:?}");
        }
    }
    (right, all)
}

#[test]
fn sentences_end_where_danish_ends_them() {
    let (right, all) = score(include_str!("cases/sentences.txt"));
    assert_eq!(right, all);
    let (right, all) = score(include_str!("cases/heldout/sentences.txt"));
    assert!(right + 2 >= all, "{right} of {all}");
    if let Some(cases) = shared::cases("sentences.txt") {
        let (right, all) = score(&cases);
        assert!(right + 1 >= all, "{right} of {all}");
    }
}

/// The sentences of a text, with their confidence.
fn cut(text: &str) -> Vec<(&str, f32)> {
    sprog_text::segment::sentences(text)
        .map(|sentence| (&text[sentence.range], sentence.confidence))
        .collect()
}

#[test]
fn an_empty_line_always_parts_sentences() {
    assert_eq!(cut("det regner\n\nog det blæser"), [("det regner", 1.0), ("og det blæser", 1.0)]);
    assert_eq!(cut("ca.\r\n \r\n500 kr.").len(), 2);
    assert_eq!(cut("side et\u{C}side to").len(), 2);
}

#[test]
fn a_line_break_within_a_sentence_is_white_space() {
    let text = "Kommunen har vedtaget et budget, der giver flere penge til skolerne i\nAarhus og omegn. Det gælder\nfra næste år.";
    assert_eq!(cut(text).len(), 2);
}

#[test]
fn headings_and_items_of_lists_stand_alone() {
    let text = "Indkøb\nHusk at købe:\n- mel\n- gær og 500 g\nsmør\n2. Bagning\nDejen æltes.";
    let got: Vec<&str> = cut(text).into_iter().map(|(sentence, _)| sentence).collect();
    assert_eq!(
        got,
        ["Indkøb", "Husk at købe:", "- mel", "- gær og 500 g\nsmør", "2. Bagning", "Dejen æltes."]
    );
}

#[test]
fn a_sure_boundary_has_more_confidence_than_a_guess() {
    let sure = cut("Det regner. Vi går ind.")[0].1;
    let guess = cut("Det regner igen Men vi går ud.")[0].1;
    assert!(sure > guess && guess > 0.5, "{sure} {guess}");
}

#[test]
fn tokens_can_be_computed_once() {
    let text = "Han bor i København K. Hun bor i Aarhus C.";
    let tokens: Vec<_> = sprog_text::segment::tokens(text).collect();
    let shared: Vec<_> = sprog_text::segment::sentences_of(text, tokens.iter().cloned()).collect();
    assert_eq!(shared, sprog_text::segment::sentences(text).collect::<Vec<_>>());
    assert_eq!(shared.len(), 2);
}

#[test]
fn empty_text_and_white_space_have_neither_tokens_nor_sentences() {
    for text in ["", " ", "\n\n\t\u{A0}\u{3000}\r\n"] {
        assert_eq!(sprog_text::segment::tokens(text).count(), 0);
        assert_eq!(sprog_text::segment::sentences(text).count(), 0);
    }
}

#[test]
fn what_a_word_is_shows_in_its_kind() {
    use sprog_text::segment::{SentenceFinal, TokenKind};
    let text = "Den 3. maj gav H.C. Bo ca. 1.500,50 kr. til www.example.dk.";
    let kinds: Vec<TokenKind> = sprog_text::segment::tokens(text).map(|token| token.kind).collect();
    assert_eq!(
        kinds,
        [
            TokenKind::Word,
            TokenKind::Ordinal,
            TokenKind::Word,
            TokenKind::Word,
            TokenKind::Initials,
            TokenKind::Word,
            TokenKind::Abbreviation(SentenceFinal::Never),
            TokenKind::Number,
            TokenKind::Abbreviation(SentenceFinal::May),
            TokenKind::Word,
            TokenKind::Address,
            TokenKind::Punctuation,
        ]
    );
}
