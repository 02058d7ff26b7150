//! The words of a grammar's text.

use crate::{Error, Limits, Place, Result};

/// Why a statement was not understood: stops the statement, not the file.
pub(super) enum Stop {
    /// The statement does not follow the format.
    Syntax(String),
    /// The file passes a limit.
    Fatal(Error),
}

impl From<Error> for Stop {
    fn from(e: Error) -> Stop {
        Stop::Fatal(e)
    }
}

pub(super) type Scanned<T> = Result<T, Stop>;

/// A place in the text that moves forward.
pub(super) struct Scanner<'a> {
    text: &'a str,
    pub(super) at: usize,
    line: u64,
    counted_to: usize,
    items_left: u64,
    limits: &'a Limits,
    depth: usize,
    /// Whether commas and brackets end words, as between `[` and `]`.
    pub(super) in_list: bool,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str, limits: &'a Limits) -> Scanner<'a> {
        let at = if text.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 };
        Scanner {
            text,
            at,
            line: 1,
            counted_to: 0,
            items_left: limits.items,
            limits,
            depth: 0,
            in_list: false,
        }
    }

    /// The line of the current place; counts only forward.
    pub(super) fn line(&mut self) -> u64 {
        if let Some(passed) = self.text.as_bytes().get(self.counted_to..self.at) {
            self.line += memchr_count(passed);
            self.counted_to = self.at;
        }
        self.line
    }

    /// Takes one statement, tag, set or test from the budget.
    pub(super) fn item(&mut self) -> Scanned<()> {
        match self.items_left.checked_sub(1) {
            Some(left) => {
                self.items_left = left;
                Ok(())
            }
            None => {
                let place = Place::Line(self.line());
                let what = "number of statements, tags, sets and tests";
                Err(Stop::Fatal(Error::Limit { what, limit: self.limits.items, place }))
            }
        }
    }

    pub(super) fn enter(&mut self) -> Scanned<()> {
        self.depth += 1;
        if self.depth <= self.limits.depth {
            return Ok(());
        }
        let place = Place::Line(self.line());
        let limit = self.limits.depth as u64;
        Err(Stop::Fatal(Error::Limit { what: "nesting of parentheses", limit, place }))
    }

    pub(super) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Forgets the parentheses of a statement that was not understood.
    pub(super) fn start_statement(&mut self) {
        self.depth = 0;
        self.in_list = false;
    }

    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn between(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    /// Skips white space and comments.
    pub(super) fn trivia(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            if !trimmed.starts_with('#') {
                return;
            }
            self.at += trimmed.find(['\n', '\r']).unwrap_or(trimmed.len());
        }
    }

    /// Skips `c` where it is next after trivia.
    pub(super) fn eat(&mut self, c: char) -> bool {
        self.trivia();
        let there = self.peek() == Some(c);
        if there {
            self.at += c.len_utf8();
        }
        there
    }

    pub(super) fn expect(&mut self, c: char) -> Scanned<()> {
        if self.eat(c) { Ok(()) } else { Err(self.unexpected(&format!("{c:?}"))) }
    }

    pub(super) fn unexpected(&self, expected: &str) -> Stop {
        let found: String = self.rest().chars().take(30).collect();
        let found = found.lines().next().unwrap_or_default();
        Stop::Syntax(if found.is_empty() && self.at_end() {
            format!("{expected} expected, but the file ends")
        } else {
            format!("{expected} expected, found {found:?}")
        })
    }

    /// The next word, which is not taken: up to white space, a parenthesis, a bracket's comma or `;`.
    pub(super) fn peek_word(&mut self) -> &'a str {
        self.trivia();
        let rest = self.rest();
        rest.get(..self.word_end(rest)).unwrap_or_default()
    }

    /// The next word.
    pub(super) fn word(&mut self) -> &'a str {
        let word = self.peek_word();
        self.at += word.len();
        word
    }

    /// Takes the next word where it is `word` in any letter case.
    pub(super) fn keyword(&mut self, word: &str) -> bool {
        let there = self.peek_word().eq_ignore_ascii_case(word);
        if there {
            self.at += word.len();
        }
        there
    }

    /// The next tag as written: quotes protect white space inside them.
    pub(super) fn tag(&mut self) -> Scanned<&'a str> {
        self.trivia();
        let rest = self.rest();
        let prefix = rest.len() - rest.trim_start_matches(['!', '^']).len();
        let body = rest.get(prefix..).unwrap_or_default();
        let body = body.strip_prefix("VSTR:").unwrap_or(body);
        let start = rest.len() - body.len();
        let mut end = start;
        if body.starts_with('"') {
            let Some(close) = closing_quote(body) else {
                return Err(self.unexpected("a closing quote"));
            };
            end = start + close;
        }
        let after = rest.get(end..).unwrap_or_default();
        end += if end > start { self.tag_rest(after) } else { self.word_end(after) };
        let tag = rest.get(..end).unwrap_or_default();
        if tag.is_empty() {
            return Err(self.unexpected("a tag"));
        }
        self.at += end;
        self.item()?;
        Ok(tag)
    }

    fn word_end(&self, text: &str) -> usize {
        end_before(text, |c| c == '(' || self.ends_tag(c))
    }

    fn tag_rest(&self, text: &str) -> usize {
        end_before(text, |c| self.ends_tag(c))
    }

    fn ends_tag(&self, c: char) -> bool {
        c.is_whitespace() || matches!(c, ')' | ';') || self.in_list && matches!(c, ']' | ',')
    }

    /// Skips past the `;` that ends a statement that was not understood.
    pub(super) fn recover(&mut self) {
        loop {
            self.trivia();
            let rest = self.rest();
            match self.peek() {
                None => return,
                Some(';') => {
                    self.at += 1;
                    return;
                }
                Some('"') => self.at += closing_quote(rest).unwrap_or(1),
                Some('\\') => self.at += rest.chars().take(2).map(char::len_utf8).sum::<usize>(),
                Some(c) => {
                    let word = rest.find(|c: char| c.is_whitespace() || matches!(c, ';' | '"' | '\\'));
                    self.at += word.unwrap_or(rest.len()).max(c.len_utf8());
                }
            }
        }
    }
}

fn memchr_count(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|b| **b == b'\n').count() as u64
}

/// The byte after the quote that closes the one `text` starts with, on the same line.
fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (i, b) in text.bytes().enumerate().skip(1) {
        match b {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(i + 1),
            b'\n' | b'\r' => return None,
            _ => {}
        }
    }
    None
}

fn end_before(text: &str, stop: impl Fn(char) -> bool) -> usize {
    let mut escaped = false;
    for (i, c) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if stop(c) {
            return i;
        } else if c == '\\' {
            // A lone backslash is the operator of set difference.
            escaped = !text.get(i + 1..).is_none_or(|r| r.is_empty() || r.starts_with(char::is_whitespace));
        }
    }
    text.len()
}
