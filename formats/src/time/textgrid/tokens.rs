use crate::{Error, Place, Result};

/// A free-standing value.
pub(super) enum Token<'a> {
    Number(f64),
    Text(String),
    Flag(&'a str),
    /// The file ends inside a text or flag.
    Cut,
    End,
}

impl Token<'_> {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Token::Number(_) => "a number",
            Token::Text(_) => "a text in quotes",
            Token::Flag(_) => "a flag",
            Token::Cut | Token::End => "the end of the file",
        }
    }
}

pub(super) fn malformed(line: u64, message: impl Into<String>) -> Error {
    Error::malformed("TextGrid", Place::Line(line), message)
}

/// The free-standing values of a file, with the line that each begins on.
pub(super) struct Tokens<'a> {
    rest: &'a str,
    line: u64,
    peeked: Option<(u64, Token<'a>)>,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Tokens { rest: text, line: 1, peeked: None }
    }

    pub(super) fn peek(&mut self) -> Result<&(u64, Token<'a>)> {
        let token = match self.peeked.take() {
            Some(token) => token,
            None => self.scan()?,
        };
        Ok(self.peeked.insert(token))
    }

    pub(super) fn next(&mut self) -> Result<(u64, Token<'a>)> {
        match self.peeked.take() {
            Some(token) => Ok(token),
            None => self.scan(),
        }
    }

    /// Takes `n` bytes of the rest; `n` is always the offset of an ASCII character or of its end.
    fn take(&mut self, n: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(n).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn scan(&mut self) -> Result<(u64, Token<'a>)> {
        loop {
            let trimmed = self.rest.trim_start();
            let blank = self.take(self.rest.len() - trimmed.len());
            self.line += newlines(blank);
            let line = self.line;
            let Some(first) = self.rest.chars().next() else {
                return Ok((line, Token::End));
            };
            match first {
                '!' => {
                    self.take(self.rest.find('\n').unwrap_or(self.rest.len()));
                }
                '"' => return Ok((line, self.text()?)),
                '<' => {
                    let word = self.word();
                    let flag = word.strip_prefix('<').and_then(|w| w.strip_suffix('>'));
                    return match flag {
                        Some(flag) => Ok((line, Token::Flag(flag))),
                        None if self.rest.is_empty() => Ok((line, Token::Cut)),
                        None => Err(malformed(line, format!("the flag {word:.40} has no closing bracket"))),
                    };
                }
                '0'..='9' | '-' | '+' => match self.word() {
                    // Praat lets a lone plus pass: it writes complex numbers as `a + b i`.
                    "+" => {}
                    word => {
                        let number = number(word)
                            .ok_or_else(|| malformed(line, format!("{word:.40} is not a number")))?;
                        return Ok((line, Token::Number(number)));
                    }
                },
                _ => {
                    self.word();
                }
            }
        }
    }

    fn word(&mut self) -> &'a str {
        self.take(self.rest.find(char::is_whitespace).unwrap_or(self.rest.len()))
    }

    fn text(&mut self) -> Result<Token<'a>> {
        self.take(1);
        let mut text = String::new();
        loop {
            let Some(quote) = self.rest.find('"') else {
                self.take(self.rest.len());
                return Ok(Token::Cut);
            };
            let segment = self.take(quote);
            self.line += newlines(segment);
            text.push_str(segment);
            self.take(1);
            match self.rest.chars().next() {
                Some('"') => {
                    text.push('"');
                    self.take(1);
                }
                Some(c) if !c.is_whitespace() => {
                    let message = format!("{c:?} right after a quote: quotes inside a text must be doubled");
                    return Err(malformed(self.line, message));
                }
                _ => return Ok(Token::Text(text)),
            }
        }
    }
}

fn newlines(text: &str) -> u64 {
    text.bytes().filter(|b| *b == b'\n').count() as u64
}

/// A number as Praat takes it: a unit may follow (`0.5s`), and it may be a percentage or a fraction.
/// Unlike in Praat, what else follows is no number: `1,5` would silently become 1.
fn number(word: &str) -> Option<f64> {
    let value = if let Some(percent) = word.strip_suffix('%') {
        percent.parse::<f64>().ok()? / 100.0
    } else if let Some((numerator, denominator)) = word.split_once('/') {
        numerator.parse::<f64>().ok()? / denominator.parse::<f64>().ok()?
    } else {
        word.trim_end_matches(|c: char| c.is_ascii_alphabetic()).parse().ok()?
    };
    value.is_finite().then_some(value)
}
