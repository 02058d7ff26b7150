//! Added tokens: found in the text before the model sees it.

use aho_corasick::{AhoCorasick, MatchKind};

use super::Error;
use super::json::AddedToken;
use crate::codes::TOKENIZER_VOCABULARY;

/// A part of a text, in bytes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// What the model is to encode.
    Text { start: usize, end: usize },
    /// An added token, with the white space that it takes along.
    Token { id: u32, start: usize, end: usize },
}

/// The added tokens of a file.
#[derive(Default)]
pub(super) struct Added {
    /// Those that are looked for before normalization, and those after it in what is left.
    passes: Vec<Pass>,
}

struct Pass {
    finder: AhoCorasick,
    tokens: Vec<AddedToken>,
}

impl Added {
    /// `tokens` with their final ids, and no two with the same content.
    pub(super) fn new(tokens: Vec<AddedToken>) -> Result<Self, Error> {
        let (normalized, raw): (Vec<_>, Vec<_>) = tokens.into_iter().partition(|t| t.normalized);
        let mut passes = Vec::new();
        for tokens in [raw, normalized] {
            if tokens.is_empty() {
                continue;
            }
            let finder = AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostLongest)
                .build(tokens.iter().map(|t| &t.content))
                .map_err(|e| Error::of(TOKENIZER_VOCABULARY, "too many added tokens", e))?;
            passes.push(Pass { finder, tokens });
        }
        Ok(Self { passes })
    }

    /// Whether a text can be cut before a space between letters without any token, or a space that it takes along,
    /// being missed.
    pub(super) fn keep_off_spaces(&self) -> bool {
        self.passes.iter().flat_map(|p| &p.tokens).all(|t| !t.content.contains(' ') && !t.rstrip)
    }

    /// Calls `visit` with the parts of a text, in order; empty ones are left out.
    pub(super) fn cut<E>(&self, text: &str, visit: &mut impl FnMut(Part) -> Result<(), E>) -> Result<(), E> {
        cut(&self.passes, text, 0, visit)
    }
}

fn cut<E>(
    passes: &[Pass],
    text: &str,
    offset: usize,
    visit: &mut impl FnMut(Part) -> Result<(), E>,
) -> Result<(), E> {
    if text.is_empty() {
        return Ok(());
    }
    let Some((pass, rest)) = passes.split_first() else {
        return visit(Part::Text { start: offset, end: offset + text.len() });
    };
    let mut done = 0;
    for found in pass.finder.find_iter(text) {
        let Some(token) = pass.tokens.get(found.pattern().as_usize()) else { continue };
        let (mut start, mut end) = (found.start(), found.end());
        let (before, after) = (&text[..start], &text[end..]);
        if token.single_word
            && (before.chars().next_back().is_some_and(is_word) || after.chars().next().is_some_and(is_word))
        {
            continue;
        }
        if token.lstrip {
            start = before.trim_end().len().max(done);
        }
        if token.rstrip {
            end += after.len() - after.trim_start().len();
        }
        cut(rest, &text[done.min(start)..start], offset + done, visit)?;
        if start < end {
            visit(Part::Token { id: token.id, start: offset + start, end: offset + end })?;
        }
        done = end;
    }
    cut(rest, &text[done..], offset + done, visit)
}

/// `\w` of the crate `regex`.
fn is_word(c: char) -> bool {
    regex_syntax::try_is_word_character(c).unwrap_or(false)
}
