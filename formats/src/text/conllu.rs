//! CoNLL-U: sentences with words, lemmas, tags and dependencies, as in Universal Dependencies.
//!
//! A sentence is comment lines (`#`), then token lines of ten tab-separated columns, then an empty line.
//! Source: <https://universaldependencies.org/format.html>. The reader keeps every column as the file
//! spells it, so a valid file is written back byte for byte; what it checks is the shape of a sentence
//! (columns and ids), not its analysis.

use std::borrow::Cow;
use std::fmt;
use std::io::{BufRead, Read as _};

use crate::{Error, Limits, Place, Problem, Result, codes};

/// Which token a line describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenId {
    /// A syntactic word, counted from 1 in its sentence.
    Word(u32),
    /// A multiword token: one surface form for the words from the first to the last, both included.
    Range(u32, u32),
    /// An empty node: after this word (0: before the first), counted from 1.
    Empty(u32, u32),
}

impl TokenId {
    fn parse(text: &str) -> Option<TokenId> {
        if let Some((first, last)) = text.split_once('-') {
            Some(TokenId::Range(plain_number(first)?, plain_number(last)?))
        } else if let Some((word, nth)) = text.split_once('.') {
            Some(TokenId::Empty(plain_number(word)?, plain_number(nth)?))
        } else {
            Some(TokenId::Word(plain_number(text)?))
        }
    }
}

/// A number without sign or leading zeros, so that it is written back as it was.
fn plain_number(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TokenId::Word(n) => write!(f, "{n}"),
            TokenId::Range(first, last) => write!(f, "{first}-{last}"),
            TokenId::Empty(word, nth) => write!(f, "{word}.{nth}"),
        }
    }
}

/// One token line. The columns are the file's own text; `_` (no value) is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// ID: which token this is.
    pub id: TokenId,
    /// FORM: the word or punctuation as in the text.
    pub form: String,
    /// LEMMA: the dictionary form.
    pub lemma: String,
    /// UPOS: the universal part of speech.
    pub upos: String,
    /// XPOS: the treebank's own part of speech.
    pub xpos: String,
    /// FEATS: morphological features, `Name=Value` parted by `|`.
    pub feats: String,
    /// HEAD: the id of the head word; `0` for the root.
    pub head: String,
    /// DEPREL: the relation to the head.
    pub deprel: String,
    /// DEPS: the enhanced graph, `head:relation` parted by `|`.
    pub deps: String,
    /// MISC: anything else, such as `SpaceAfter=No`.
    pub misc: String,
}

impl Token {
    fn space_after(&self) -> bool {
        !self.misc.split('|').any(|attribute| attribute == "SpaceAfter=No")
    }
}

/// One sentence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sentence {
    /// The comment lines in their order, each with its `#`, without line end.
    pub comments: Vec<String>,
    /// The tokens in their order.
    pub tokens: Vec<Token>,
}

impl Sentence {
    /// The sentence's text: its `# text =` comment, else rebuilt from the forms.
    ///
    /// Rebuilt, a multiword token stands for its words, empty nodes have no form, and a blank follows
    /// every token but the last and those with `SpaceAfter=No`.
    pub fn text(&self) -> Cow<'_, str> {
        match self.comment("text") {
            Some(text) => Cow::Borrowed(text),
            None => Cow::Owned(self.rebuilt_text()),
        }
    }

    fn rebuilt_text(&self) -> String {
        let mut text = String::new();
        let mut covered = 0;
        let mut space = false;
        for token in &self.tokens {
            match token.id {
                TokenId::Range(_, last) => covered = last,
                TokenId::Word(n) if n > covered => {}
                TokenId::Word(_) | TokenId::Empty(..) => continue,
            }
            if space {
                text.push(' ');
            }
            text.push_str(&token.form);
            space = token.space_after();
        }
        text
    }

    /// The `# sent_id =` comment.
    pub fn sent_id(&self) -> Option<&str> {
        self.comment("sent_id")
    }

    /// The `# newdoc id =` comment: this sentence begins that document.
    pub fn newdoc_id(&self) -> Option<&str> {
        self.comment("newdoc id")
    }

    /// The trimmed value of the first comment `# key = value`.
    fn comment(&self, key: &str) -> Option<&str> {
        self.comments.iter().find_map(|line| {
            let (name, value) = line.strip_prefix('#')?.split_once('=')?;
            (name.trim() == key).then_some(value.trim())
        })
    }
}

/// Reads sentences one at a time, holding no more than one.
///
/// A line with other than ten columns, or with an id that does not continue its sentence, is a
/// [`codes::BAD_TOKEN_LINE`] problem, once a sentence; the sentence is left out and reading goes on. So
/// are comments without tokens, and comments below tokens (two sentences with no empty line between).
/// Bytes that are not UTF-8 become U+FFFD with [`codes::BAD_ENCODING`]. A last line without line end is
/// [`codes::TRUNCATED`]: it may have lost something, its sentence is given all the same.
///
/// ```
/// use sprog_formats::{Limits, text::conllu::{Reader, write_sentence}};
/// let file = "# sent_id = 1\n\
///     1\tHej\thej\tINTJ\t_\t_\t0\troot\t_\tSpaceAfter=No\n\
///     2\t!\t!\tPUNCT\t_\t_\t1\tpunct\t_\t_\n\n";
/// let mut reader = Reader::new(file.as_bytes(), &Limits::default());
/// let mut written = String::new();
/// while let Some(sentence) = reader.next_sentence()? {
///     assert_eq!((sentence.sent_id(), &*sentence.text()), (Some("1"), "Hej!"));
///     write_sentence(&sentence, &mut written);
/// }
/// assert!(reader.problems().is_empty());
/// assert_eq!(written, file);
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub struct Reader<R> {
    inner: R,
    limits: Limits,
    line: u64,
    buffer: Vec<u8>,
    problems: Vec<Problem>,
    done: bool,
}

impl<R: BufRead> Reader<R> {
    /// A reader of `inner`, which is read line by line and must be UTF-8 (a byte-order mark is left out).
    pub fn new(inner: R, limits: &Limits) -> Self {
        Reader {
            inner,
            limits: limits.clone(),
            line: 0,
            buffer: Vec::new(),
            problems: Vec::new(),
            done: false,
        }
    }

    /// What was wrong so far, since the last [`take_problems`](Reader::take_problems).
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Hands over what was wrong so far and forgets it; the way to read a large, bad file in little memory.
    pub fn take_problems(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.problems)
    }

    /// The next sentence; `None` at the end, and after an error.
    ///
    /// # Errors
    /// Those of the source, and [`Error::Limit`]: a line over `limits.line_bytes` (no more of it is read),
    /// a sentence over `limits.bytes` or of more than `limits.items` lines, or more than `limits.items`
    /// problems not yet taken.
    pub fn next_sentence(&mut self) -> Result<Option<Sentence>> {
        if self.done {
            return Ok(None);
        }
        // Taken out, so that a line can be looked at while problems are noted.
        let mut buffer = std::mem::take(&mut self.buffer);
        let sentence = self.sentence(&mut buffer);
        self.buffer = buffer;
        self.done = !matches!(sentence, Ok(Some(_)));
        sentence
    }

    fn sentence(&mut self, buffer: &mut Vec<u8>) -> Result<Option<Sentence>> {
        let mut draft = Draft::default();
        loop {
            let end_of_file = !self.read_line(buffer)?;
            let text = match std::str::from_utf8(buffer) {
                Ok(text) => Cow::Borrowed(text),
                Err(_) => {
                    self.problem(codes::BAD_ENCODING, "bytes that are not UTF-8 were replaced by U+FFFD")?;
                    String::from_utf8_lossy(buffer)
                }
            };
            if !text.trim().is_empty() {
                self.check_size(&mut draft, text.len())?;
                if let Err(message) = draft.push(&text) {
                    self.problem(codes::BAD_TOKEN_LINE, message)?;
                }
                continue;
            }
            let draft = std::mem::take(&mut draft);
            if !draft.bad && !draft.sentence.tokens.is_empty() {
                return Ok(Some(draft.sentence));
            }
            if !draft.bad && !draft.sentence.comments.is_empty() {
                self.problem(codes::BAD_TOKEN_LINE, "comments without a sentence below were left out")?;
            }
            if end_of_file {
                return Ok(None);
            }
        }
    }

    /// Reads a line without its end into `buffer`; `false`, and an empty line, at the end of the file.
    fn read_line(&mut self, buffer: &mut Vec<u8>) -> Result<bool> {
        buffer.clear();
        let limit = self.limits.line_bytes as u64;
        // Room for the line end, or for the one byte that shows the line to be too long.
        let read = (&mut self.inner).take(limit.saturating_add(1)).read_until(b'\n', buffer)?;
        if read == 0 {
            return Ok(false);
        }
        self.line += 1;
        if buffer.last() == Some(&b'\n') {
            buffer.pop();
        } else if read as u64 > limit {
            return Err(Error::Limit { what: "CoNLL-U line", limit, place: Place::Line(self.line) });
        } else {
            self.problem(codes::TRUNCATED, "the last line has no line end; it may be cut")?;
        }
        if buffer.last() == Some(&b'\r') {
            buffer.pop();
        }
        if self.line == 1 && buffer.starts_with(b"\xEF\xBB\xBF") {
            buffer.drain(..3);
        }
        Ok(true)
    }

    fn problem(&mut self, code: crate::Code, message: impl Into<String>) -> Result<()> {
        let place = Place::Line(self.line);
        let limit = self.limits.items;
        if self.problems.len() as u64 >= limit {
            return Err(Error::Limit { what: "CoNLL-U problems", limit, place });
        }
        self.problems.push(Problem::new(code, place, message));
        Ok(())
    }

    fn check_size(&self, draft: &mut Draft, bytes: usize) -> Result<()> {
        if draft.bad {
            return Ok(());
        }
        draft.lines += 1;
        draft.bytes = draft.bytes.saturating_add(bytes as u64);
        let place = Place::Line(self.line);
        if draft.lines > self.limits.items {
            return Err(Error::Limit {
                what: "lines of a CoNLL-U sentence",
                limit: self.limits.items,
                place,
            });
        }
        if draft.bytes > self.limits.bytes {
            return Err(Error::Limit {
                what: "bytes of a CoNLL-U sentence",
                limit: self.limits.bytes,
                place,
            });
        }
        Ok(())
    }
}

/// A sentence while it is read.
#[derive(Default)]
struct Draft {
    sentence: Sentence,
    bad: bool,
    lines: u64,
    bytes: u64,
    last_word: u32,
    last_empty: u32,
    last_of_range: u32,
}

impl Draft {
    /// Adds a line, or says what is wrong with it, once a sentence.
    fn push(&mut self, line: &str) -> Result<(), String> {
        if self.bad {
            return Ok(());
        }
        let pushed = if line.starts_with('#') { self.push_comment(line) } else { self.push_token(line) };
        if pushed.is_err() {
            *self = Draft { bad: true, ..Draft::default() };
        }
        pushed
    }

    fn push_comment(&mut self, line: &str) -> Result<(), String> {
        if !self.sentence.tokens.is_empty() {
            return Err(
                "a comment below tokens: an empty line is missing; the sentence was left out".to_owned()
            );
        }
        self.sentence.comments.push(line.to_owned());
        Ok(())
    }

    fn push_token(&mut self, line: &str) -> Result<(), String> {
        let columns: Vec<&str> = line.splitn(11, '\t').collect();
        let &[id, form, lemma, upos, xpos, feats, head, deprel, deps, misc] = columns.as_slice() else {
            let found = line.split('\t').count();
            return Err(format!("{found} columns, expected 10; the sentence was left out"));
        };
        let id = match TokenId::parse(id) {
            Some(parsed) if self.continues(parsed) => parsed,
            _ => {
                let last = self.last_word;
                return Err(format!("the id {id:.20?} cannot follow word {last}; the sentence was left out"));
            }
        };
        self.sentence.tokens.push(Token {
            id,
            form: form.to_owned(),
            lemma: lemma.to_owned(),
            upos: upos.to_owned(),
            xpos: xpos.to_owned(),
            feats: feats.to_owned(),
            head: head.to_owned(),
            deprel: deprel.to_owned(),
            deps: deps.to_owned(),
            misc: misc.to_owned(),
        });
        Ok(())
    }

    /// Whether `id` is the next of its kind; notes it if so.
    fn continues(&mut self, id: TokenId) -> bool {
        let next_word = self.last_word.checked_add(1);
        match id {
            TokenId::Word(n) if Some(n) == next_word => {
                self.last_word = n;
                self.last_empty = 0;
                true
            }
            TokenId::Range(first, last)
                if Some(first) == next_word && first <= last && first > self.last_of_range =>
            {
                self.last_of_range = last;
                true
            }
            TokenId::Empty(word, nth)
                if word == self.last_word && Some(nth) == self.last_empty.checked_add(1) =>
            {
                self.last_empty = nth;
                true
            }
            _ => false,
        }
    }
}

/// Appends a sentence and its empty line to `out`.
///
/// What came from a [`Reader`] is written as it was read. In a sentence made otherwise, an empty column is
/// written as `_`, a tab or line break inside a column or comment as a blank, and a comment without its
/// `#` gets one.
pub fn write_sentence(sentence: &Sentence, out: &mut String) {
    for comment in &sentence.comments {
        if !comment.starts_with('#') {
            out.push_str("# ");
        }
        push_without(&['\n', '\r'], comment, out);
        out.push('\n');
    }
    for token in &sentence.tokens {
        out.push_str(&token.id.to_string());
        let Token { id: _, form, lemma, upos, xpos, feats, head, deprel, deps, misc } = token;
        for column in [form, lemma, upos, xpos, feats, head, deprel, deps, misc] {
            out.push('\t');
            push_without(&['\t', '\n', '\r'], if column.is_empty() { "_" } else { column }, out);
        }
        out.push('\n');
    }
    out.push('\n');
}

fn push_without(breaks: &[char], text: &str, out: &mut String) {
    for (i, part) in text.split(breaks).enumerate() {
        if i > 0 {
            out.push(' ');
        }
        out.push_str(part);
    }
}

#[cfg(test)]
mod tests;
