//! Tokens and sentences of Danish text.

mod abbreviations;
mod sentences;
mod tokens;

pub use abbreviations::{Abbreviation, SentenceFinal, abbreviation, abbreviations};
pub use sentences::{Sentence, Sentences, sentences, sentences_of};
pub use tokens::{Token, TokenKind, Tokens, tokens};

/// The sentences of a text, where only boundaries of at least `min_confidence` part them.
///
/// ```
/// let text = "Mødet er slut. Vi ses.";
/// assert_eq!(sprog_text::segment::confident_sentences(text, 0.5).count(), 2);
/// assert_eq!(sprog_text::segment::confident_sentences(text, 1.0).count(), 1, "only the end is that sure");
/// ```
pub fn confident_sentences(text: &str, min_confidence: f32) -> impl Iterator<Item = Sentence> {
    let mut open: Option<usize> = None;
    sentences(text).filter_map(move |sentence| {
        let start = open.take().unwrap_or(sentence.range.start);
        if sentence.confidence < min_confidence {
            open = Some(start);
            return None;
        }
        Some(Sentence { range: start..sentence.range.end, ..sentence })
    })
}
