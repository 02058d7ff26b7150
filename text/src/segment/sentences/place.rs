//! The place between two tokens, and what of the sentence so far bears on it.

use super::item::Item;
use super::lines::Gap;
use crate::segment::abbreviations::SentenceFinal;
use crate::segment::tokens::{Token, TokenKind, is_terminal, may_start};

/// What the last stop was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Stop,
    Mark,
    Ellipsis,
    Foreign,
    Abbreviation(SentenceFinal),
    Initials,
    Ordinal,
}

/// The place between the last token and the next.
#[derive(Clone, Debug)]
pub(super) struct Place<'a> {
    pub(super) text: &'a str,
    /// The last token.
    pub(super) last: Token,
    /// A stop with nothing but closing signs after it.
    pub(super) ended: Option<Ended>,
    /// The word that the stop stands after, or ends.
    pub(super) stopped: Token,
    /// Tokens of the sentence so far.
    pub(super) count: usize,
    /// The sentence started with a small letter.
    pub(super) small: bool,
    /// What the list would go on with that the sentence is an item of.
    pub(super) next_item: Option<Item>,
    /// A double quote was opened.
    pub(super) quoted: bool,
    /// Words of the sentence, as long as all of them are in capitals.
    pub(super) shouted: usize,
    /// One of them has four letters or more.
    pub(super) shouted_long: bool,
    /// Where the line started.
    pub(super) line: usize,
    /// The sentence started with the line.
    pub(super) line_opens: bool,
}

impl<'a> Place<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            last: Token { range: 0..0, kind: TokenKind::Symbol },
            ended: None,
            stopped: Token { range: 0..0, kind: TokenKind::Symbol },
            count: 0,
            small: false,
            next_item: None,
            quoted: false,
            shouted: 0,
            shouted_long: false,
            line: 0,
            line_opens: true,
        }
    }

    /// Where the last token ended.
    pub(super) fn end(&self) -> usize {
        self.last.range.end
    }

    pub(super) fn slice(&self, token: &Token) -> &'a str {
        self.text.get(token.range.clone()).unwrap_or_default()
    }

    pub(super) fn gap(&self, token: &Token) -> Gap {
        Gap::of(self.text.get(self.last.range.end..token.range.start).unwrap_or_default())
    }

    /// Goes on past a token in the middle of a sentence, if it needs no closer look.
    #[inline]
    pub(super) fn passes(&mut self, start: usize, end: usize, kind: TokenKind) -> bool {
        let bytes = self.text.as_bytes();
        let last = self.last.range.end;
        let Some(&first) = bytes.get(start) else { return false };
        let plain = match kind {
            TokenKind::Word | TokenKind::Number => {
                start == last + 1
                    && bytes.get(last) == Some(&b' ')
                    && match first {
                        b'A'..=b'Z' => {
                            self.shouted < self.count
                                && !may_start(self.text.get(start..end).unwrap_or_default())
                        }
                        // The small letters of Latin-1.
                        0xC3 => bytes.get(start + 1).is_some_and(|&byte| byte >= 0xA0),
                        _ => first.is_ascii(),
                    }
            }
            TokenKind::Punctuation => first == b',' && start == last,
            _ => false,
        };
        if !plain || self.ended.is_some() || self.next_item.is_some() || self.count == 0 {
            return false;
        }
        self.shouted_long = false;
        self.count += 1;
        self.last.range = start..end;
        self.last.kind = kind;
        true
    }

    /// Goes on past a token.
    pub(super) fn pass(&mut self, token: Token, new: bool) {
        let gap = self.gap(&token);
        let first = self.last.range.end == 0;
        if gap == Gap::Paragraph {
            self.quoted = false;
        }
        if matches!(gap, Gap::Line | Gap::Paragraph) || first {
            self.line = token.range.start;
            self.line_opens = new || first;
        }
        if new || first {
            self.open(&token);
        }
        self.shout(&token);
        self.count += 1;
        match token.kind {
            TokenKind::Punctuation => self.pass_punctuation(&token, gap),
            TokenKind::Abbreviation(class) if self.slice(&token).ends_with('.') => {
                self.stop(Ended::Abbreviation(class), &token);
            }
            TokenKind::Initials => self.stop(Ended::Initials, &token),
            TokenKind::Ordinal => self.stop(Ended::Ordinal, &token),
            _ => self.ended = None,
        }
        self.last = token;
    }

    /// Counts the words in capitals that a sentence starts with.
    fn shout(&mut self, token: &Token) {
        let word = self.slice(token);
        let shouted = self.shouted == self.count
            && token.kind == TokenKind::Word
            && word.starts_with(char::is_uppercase)
            && !word.bytes().any(|b| b.is_ascii_lowercase());
        if shouted {
            self.shouted += 1;
        }
        self.shouted_long = shouted && (self.shouted_long || word.len() >= 4);
    }

    fn stop(&mut self, ended: Ended, token: &Token) {
        self.ended = Some(ended);
        self.stopped = token.clone();
    }

    fn open(&mut self, token: &Token) {
        self.count = 0;
        self.shouted = 0;
        self.shouted_long = false;
        self.ended = None;
        let text = self.slice(token);
        self.small = text.starts_with(char::is_lowercase);
        self.next_item = Item::at(self.text, token).map(Item::next);
    }

    fn pass_punctuation(&mut self, token: &Token, gap: Gap) {
        let sign = self.slice(token);
        let closes = self.ended.is_some() && self.closes(token, gap);
        if matches!(sign, "\"" | "»" | "«" | "”" | "“" | "„") {
            self.quoted = self.opens(token, gap);
        }
        if closes {
            // In brackets within a sentence an abbreviation's stop is only its own.
            if sign.starts_with([')', ']'])
                && !matches!(self.ended, Some(Ended::Stop | Ended::Mark | Ended::Ellipsis))
            {
                self.ended = None;
            }
            return;
        }
        let Some(ended) = stop_of(sign) else {
            self.ended = None;
            return;
        };
        let alone = matches!(self.slice(&self.last), "(" | "[");
        if alone && gap == Gap::None {
            self.ended = None;
            return;
        }
        if self.ended.is_none() {
            self.stopped = self.last.clone();
        }
        self.ended = Some(ended);
    }
}

/// What stop a sign is.
pub(super) fn stop_of(sign: &str) -> Option<Ended> {
    let mut chars = sign.chars();
    match chars.next()? {
        '.' if sign.len() > 1 && sign.as_bytes().get(1) == Some(&b'.') => Some(Ended::Ellipsis),
        '.' => Some(Ended::Stop),
        '!' | '?' => Some(Ended::Mark),
        '…' => Some(Ended::Ellipsis),
        c if !c.is_ascii() && is_terminal(c) => Some(Ended::Foreign),
        _ => None,
    }
}
