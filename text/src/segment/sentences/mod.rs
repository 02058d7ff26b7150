//! Sentences of Danish text, found in its tokens.
//!
//! Knows tokens and the white space between them. What of them bears on a boundary is kept in
//! `place`, and `rules` decides.

mod boundary;
mod cues;
mod item;
mod lines;
mod place;
mod rules;

use std::ops::Range;

use crate::segment::tokens::{Token, Tokens, tokens};
use place::Place;

/// A sentence and how sure its end is.
#[derive(Clone, Debug, PartialEq)]
pub struct Sentence {
    /// Bytes of the text, without white space around.
    pub range: Range<usize>,
    /// From 0 to 1: how often a boundary of this kind is one. 1 at the end of the text and before an
    /// empty line. The kinds were counted on the training section of UD_Danish-DDT.
    pub confidence: f32,
}

/// Cuts a text into sentences.
///
/// The sentences are in order, do not overlap and hold all of the text but white space. An empty line
/// always parts sentences. A single line break is white space, unless the next line is an item of a list
/// or the line before looks like a heading. The work is linear in the length of the text.
///
/// ```
/// let text = "Mødet er kl. 14, jf. bilag 2. »Nej!« råbte han. Så gik de hver til sit.";
/// let sentences: Vec<&str> = sprog_text::segment::sentences(text).map(|s| &text[s.range]).collect();
/// assert_eq!(sentences, ["Mødet er kl. 14, jf. bilag 2.", "»Nej!« råbte han.", "Så gik de hver til sit."]);
/// ```
pub fn sentences(text: &str) -> Sentences<'_, Tokens<'_>> {
    sentences_of(text, tokens(text))
}

/// Cuts a text into sentences by the tokens that [`tokens`] found in it.
///
/// For when the tokens are needed as well: they are computed once.
///
/// ```
/// let text = "Det regner. Vi går ind.";
/// let tokens: Vec<_> = sprog_text::segment::tokens(text).collect();
/// let sentences: Vec<_> = sprog_text::segment::sentences_of(text, tokens.iter().cloned()).collect();
/// assert_eq!(sentences[1].range, 12..24);
/// ```
pub fn sentences_of<I: Iterator<Item = Token>>(text: &str, tokens: I) -> Sentences<'_, I> {
    Sentences { tokens, place: Place::new(text), start: None }
}

/// The sentences of a text, from [`sentences`] or [`sentences_of`].
#[derive(Clone, Debug)]
pub struct Sentences<'a, I> {
    tokens: I,
    place: Place<'a>,
    /// Where the sentence starts that is being read.
    start: Option<usize>,
}

impl<I: Iterator<Item = Token>> Iterator for Sentences<'_, I> {
    type Item = Sentence;

    fn next(&mut self) -> Option<Sentence> {
        // Taken apart at once: a token that is moved whole goes through memory.
        for Token { range: Range { start, end }, kind } in self.tokens.by_ref() {
            if self.place.passes(start, end, kind) {
                continue;
            }
            let token = Token { range: start..end, kind };
            let Some(start) = self.start else {
                self.start = Some(token.range.start);
                self.place.pass(token, false);
                continue;
            };
            let boundary = self.place.boundary_before(&token);
            let (next, end) = (token.range.start, self.place.end());
            self.place.pass(token, boundary.is_some());
            if let Some(boundary) = boundary {
                self.start = Some(next);
                return Some(Sentence { range: start..end, confidence: boundary.confidence() });
            }
        }
        let start = self.start.take()?;
        Some(Sentence { range: start..self.place.end(), confidence: 1.0 })
    }
}
