//! Words, numbers and signs, as UD_Danish-DDT cuts them.
//!
//! A token ends where UAX #29 has a word boundary, except where Danish writes one word with signs
//! in it: `SID-huset`, `succes'en`, `f.eks.`, `km/t.`, `800.000`. What Danish does not decide, such
//! as other scripts, marks and emoji, is cut as UAX #29 does. White space is in no token.

mod address;
mod block;
mod class;
mod scan;
mod starters;
mod stop;
mod terminals;
mod word;

use std::ops::Range;

use crate::segment::abbreviations::SentenceFinal;

use block::Block;
use class::CLASS;
pub(crate) use starters::{Starter, may_start, starter};
pub(crate) use stop::Ahead;
pub(crate) use terminals::is_terminal;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A word: `rødgrød`, `42-årige`, `80'ernes`, `og/eller`, and words of other scripts.
    Word,
    /// Digits, with the signs inside numbers: `800.000`, `0,5`, `14.30-15.30`, `1/2`, `-5`.
    Number,
    /// A number whose stop is its own: `3.` in *den 3. december*, `IV.`, `2.` at the start of a line.
    Ordinal,
    /// A word whose stop is its own, or a form such as `v/`.
    Abbreviation(SentenceFinal),
    /// One capital or more, each with its stop: `H.C.`
    Initials,
    /// A web or e-mail address.
    Address,
    /// Stops, commas, quotes, brackets, dashes. An ellipsis is one token, and a run of hyphens too.
    Punctuation,
    /// Everything else: `%`, `§`, `+`, emoji, a smiley.
    Symbol,
}

/// A token and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Token {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// What it is.
    pub kind: TokenKind,
}

/// Cuts a text into tokens.
///
/// The tokens are in order, do not overlap and hold all of the text but its white space. The work is
/// linear in the length of the text, and nothing is allocated.
///
/// Source: the guidelines of UD_Danish-DDT as its training section shows them, and
/// [UAX #29](https://www.unicode.org/reports/tr29/) for the rest.
///
/// ```
/// let text = "Mødet er den 3. december kl. 14.30.";
/// let words: Vec<&str> = sprog_text::segment::tokens(text).map(|token| &text[token.range]).collect();
/// assert_eq!(words, ["Mødet", "er", "den", "3.", "december", "kl.", "14.30", "."]);
/// ```
pub fn tokens(text: &str) -> Tokens<'_> {
    Tokens { text, at: 0, block: Block::default(), seen: Seen::default() }
}

/// The tokens of a text, from [`tokens`].
#[derive(Clone, Debug)]
pub struct Tokens<'a> {
    text: &'a str,
    at: usize,
    block: Block,
    seen: Seen,
}

/// What the tokens so far tell of the next.
#[derive(Clone, Debug, Default)]
struct Seen {
    /// The last token, if there is one.
    last: Option<TokenKind>,
    start: usize,
    end: usize,
    /// Tokens since the last stop, colon, line break or the start.
    since_stop: usize,
    /// The number that a list would go on with; 0 outside of a list.
    next_item: u32,
    /// Up to here a single quote that was opened still counts as open.
    quoted: usize,
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    #[inline]
    fn next(&mut self) -> Option<Token> {
        let bytes = self.text.as_bytes();
        let start = self.at + usize::from(bytes.get(self.at) == Some(&b' '));
        let first = CLASS[usize::from(*bytes.get(start)?)];
        if first & (class::LETTER | class::LEAD) != 0 {
            let end = self.block.run_end(bytes, start);
            // Most words end with a space, or with a comma and a space.
            let plain = match bytes.get(end) {
                Some(b' ') => true,
                Some(b',') => bytes.get(end + 1) == Some(&b' '),
                _ => false,
            };
            if plain && end > start {
                self.seen.since_stop += 1;
                return Some(self.pass(Token { range: start..end, kind: TokenKind::Word }));
            }
        }
        self.next_other(start)
    }
}

impl Tokens<'_> {
    /// The next token where the short way does not lead to it.
    fn next_other(&mut self, from: usize) -> Option<Token> {
        let start = scan::skip_space(self.text, from);
        if start == self.text.len() {
            self.at = start;
            return None;
        }
        if start > from && self.text[from..start].contains('\n') {
            self.seen.since_stop = 0;
        }
        let token = scan::token(self.text, start, &mut self.seen);
        self.seen.note(self.text, &token);
        Some(self.pass(token))
    }

    #[inline]
    fn pass(&mut self, token: Token) -> Token {
        self.at = token.range.end;
        self.seen.start = token.range.start;
        self.seen.end = token.range.end;
        self.seen.last = Some(token.kind);
        token
    }
}

impl Seen {
    fn note(&mut self, text: &str, token: &Token) {
        self.since_stop = match token.kind {
            TokenKind::Punctuation => match text.as_bytes()[token.range.start] {
                b'.' | b'!' | b'?' | b':' | b';' => 0,
                // What opens a sentence does not count, and what closes one neither.
                b'"' | b'(' | b')' | b'-' if self.since_stop == 0 => 0,
                0xC2 | 0xE2 => match class::char_at(text, token.range.start) {
                    Some('…') => 0,
                    Some('»' | '«' | '”' | '“' | '–') if self.since_stop == 0 => 0,
                    _ => self.since_stop + 1,
                },
                _ => self.since_stop + 1,
            },
            _ => self.since_stop + 1,
        };
    }
}
