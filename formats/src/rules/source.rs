use std::borrow::Cow;

use crate::{Encoding, Error, Limits, Place, Problem, Result, codes};

/// How a line of a rule file ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LineEnding {
    /// A line feed, as on Unix.
    Lf,
    /// A carriage return and a line feed, as on Windows.
    CrLf,
    /// A carriage return alone, in a file that holds no line feed at all.
    Cr,
    /// Nothing: the last line of a file that does not end in a line ending.
    None,
}

impl LineEnding {
    /// The ending as it stands in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            LineEnding::Lf => "\n",
            LineEnding::CrLf => "\r\n",
            LineEnding::Cr => "\r",
            LineEnding::None => "",
        }
    }
}

/// One line exactly as it stands in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawLine {
    /// The line's number, from 1.
    pub number: u64,
    /// The text without its ending. A byte-order mark stays in the first line.
    pub raw: String,
    /// How the line ends.
    pub ending: LineEnding,
}

impl RawLine {
    /// The text without the byte-order mark that may start a file's first line.
    pub fn text(&self) -> &str {
        if self.number != 1 {
            return &self.raw;
        }
        self.raw.strip_prefix('\u{FEFF}').or_else(|| self.raw.strip_prefix("ï»¿")).unwrap_or(&self.raw)
    }

    pub(super) fn place(&self) -> Place {
        Place::Line(self.number)
    }

    /// A problem that shows the line, cut to a length that a report can hold.
    pub(super) fn problem(&self, code: crate::Code, what: &str) -> Problem {
        Problem::new(code, self.place(), format!("{what}: {:?}", excerpt(self.text())))
    }
}

/// The start of `text`, at most 80 characters.
pub(super) fn excerpt(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(80) {
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())),
        None => Cow::Borrowed(text),
    }
}

/// How the bytes of a rule file stand for characters.
///
/// Rule files are old: besides UTF-8 there are only 8-bit encodings, and those are all read as
/// Latin-1, in which each byte is the character of the same number. So every file survives a round
/// trip, whatever its bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Charset {
    /// UTF-8.
    #[default]
    Utf8,
    /// ISO-8859-1: byte `0xE5` is U+00E5.
    Latin1,
}

impl Charset {
    /// The charset that a label such as `UTF-8`, `ISO8859-1` or `latin1` names.
    ///
    /// Windows-1252 counts as Latin-1: they differ only in the bytes 0x80–0x9F, which a reader reports.
    ///
    /// ```
    /// use sprog_formats::rules::Charset;
    /// assert_eq!(Charset::for_label("ISO8859-1"), Some(Charset::Latin1));
    /// assert_eq!(Charset::for_label("ISO8859-2"), None);
    /// ```
    pub fn for_label(label: &str) -> Option<Charset> {
        match Encoding::for_label(label)? {
            Encoding::Utf8 => Some(Charset::Utf8),
            Encoding::Windows1252 => Some(Charset::Latin1),
            Encoding::Utf16Le | Encoding::Utf16Be => None,
        }
    }
}

/// The bytes of a file made of `lines`; the inverse of every reader in [`crate::rules`].
///
/// # Errors
/// [`Error::Malformed`] when a line holds a character that `charset` lacks, which no line that was
/// read from a file of that charset does.
///
/// ```
/// use sprog_formats::rules::{Charset, LineEnding, RawLine, write_lines};
/// let line = RawLine { number: 1, raw: "blåbær/7".into(), ending: LineEnding::CrLf };
/// assert_eq!(write_lines([&line], Charset::Latin1)?, b"bl\xE5b\xE6r/7\r\n");
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub fn write_lines<'a>(lines: impl IntoIterator<Item = &'a RawLine>, charset: Charset) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    for line in lines {
        match charset {
            Charset::Utf8 => out.extend_from_slice(line.raw.as_bytes()),
            Charset::Latin1 => {
                for c in line.raw.chars() {
                    let byte = u8::try_from(c).map_err(|_| {
                        let message = format!("{c:?} has no place in Latin-1");
                        Error::malformed("Latin-1 rule file", line.place(), message)
                    })?;
                    out.push(byte);
                }
            }
        }
        out.extend_from_slice(line.ending.as_str().as_bytes());
    }
    Ok(out)
}

/// A file's lines and how they were decoded.
pub(super) struct Source {
    pub(super) charset: Charset,
    pub(super) lines: Vec<RawLine>,
    pub(super) problems: Vec<Problem>,
}

impl Source {
    /// Splits `bytes` into lines, read as `charset` or, where that is UTF-8 and they are not, as Latin-1.
    pub(super) fn read(bytes: &[u8], charset: Charset, limits: &Limits) -> Result<Source> {
        let terminator = if bytes.contains(&b'\n') { b'\n' } else { b'\r' };
        check_limits(bytes, terminator, limits)?;
        let mut problems = Vec::new();
        if bytes.is_empty() {
            problems.push(Problem::new(codes::EMPTY_FILE, Place::File, "the file is empty"));
        }
        let (charset, text) = match (charset, std::str::from_utf8(bytes)) {
            (Charset::Utf8, Ok(text)) => (Charset::Utf8, Cow::Borrowed(text)),
            (Charset::Utf8, Err(e)) => {
                let message = format!(
                    "declared as UTF-8, but byte {} is not; read byte by byte as Latin-1",
                    e.valid_up_to()
                );
                problems.push(Problem::new(codes::RULE_ENCODING, Place::File, message));
                (Charset::Latin1, Cow::Owned(latin1(bytes)))
            }
            (Charset::Latin1, utf8) => {
                let controls = bytes.iter().filter(|b| (0x80..=0x9F).contains(*b)).count();
                if controls > 0 {
                    let hint = if utf8.is_ok() { "; the file is valid UTF-8" } else { "" };
                    let message =
                        format!("{controls} bytes 0x80–0x9F, which are no letters in Latin-1{hint}");
                    problems.push(Problem::new(codes::RULE_ENCODING, Place::File, message));
                }
                (Charset::Latin1, Cow::Owned(latin1(bytes)))
            }
        };
        let lines = text
            .split_inclusive(char::from(terminator))
            .zip(1..)
            .map(|(line, number)| {
                let (raw, ending) = split_ending(line, terminator);
                RawLine { number, raw: raw.to_owned(), ending }
            })
            .collect();
        Ok(Source { charset, lines, problems })
    }

    /// As [`read`](Source::read), with the charset that the file itself names by `label`.
    pub(super) fn read_labelled(bytes: &[u8], label: &[u8], limits: &Limits) -> Result<Source> {
        let label = latin1(label);
        let named = Charset::for_label(&label);
        let mut source = Source::read(bytes, named.unwrap_or(Charset::Latin1), limits)?;
        if named.is_none() {
            let message = format!("encoding {:?} is not known; read as Latin-1", excerpt(&label));
            source.problems.insert(0, Problem::new(codes::RULE_ENCODING, Place::File, message));
        }
        Ok(source)
    }
}

fn split_ending(line: &str, terminator: u8) -> (&str, LineEnding) {
    if terminator == b'\r' {
        return match line.strip_suffix('\r') {
            Some(raw) => (raw, LineEnding::Cr),
            None => (line, LineEnding::None),
        };
    }
    match line.strip_suffix('\n') {
        Some(rest) => match rest.strip_suffix('\r') {
            Some(raw) => (raw, LineEnding::CrLf),
            None => (rest, LineEnding::Lf),
        },
        None => (line, LineEnding::None),
    }
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

fn check_limits(bytes: &[u8], terminator: u8, limits: &Limits) -> Result<()> {
    let over = |what, limit, place| Err(Error::Limit { what, limit, place });
    if bytes.len() as u64 > limits.bytes {
        return over("file", limits.bytes, Place::File);
    }
    for (line, number) in bytes.split_inclusive(|b| *b == terminator).zip(1u64..) {
        if number > limits.items {
            return over("number of lines", limits.items, Place::Line(number));
        }
        if line.len() > limits.line_bytes {
            return over("line", limits.line_bytes as u64, Place::Line(number));
        }
    }
    Ok(())
}

/// How many parts (words, flags, fields, patterns) the lines of one file may still be split into: a part
/// takes more memory than its bytes in the file, so [`Limits::items`] bounds them all together.
pub(super) struct Budget {
    left: u64,
    limit: u64,
}

impl Budget {
    pub(super) fn new(limits: &Limits) -> Budget {
        Budget { left: limits.items, limit: limits.items }
    }

    /// Takes `parts` of `line` from the budget, before they are allocated.
    pub(super) fn take(&mut self, parts: usize, line: &RawLine) -> Result<()> {
        let what = "number of parts of the lines so far";
        let left = self.left.checked_sub(parts as u64);
        self.left = left.ok_or(Error::Limit { what, limit: self.limit, place: line.place() })?;
        Ok(())
    }
}

/// The bytes of the file's lines without endings, to look for a declaration before decoding.
pub(super) fn byte_lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    bytes.split(|b| matches!(b, b'\n' | b'\r'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(bytes: &[u8], charset: Charset) -> Source {
        Source::read(bytes, charset, &Limits::default()).expect("within limits")
    }

    fn parts(bytes: &[u8], charset: Charset) -> Vec<(String, LineEnding)> {
        read(bytes, charset).lines.into_iter().map(|l| (l.raw, l.ending)).collect()
    }

    #[test]
    fn every_kind_of_ending_is_kept_apart_from_its_line() {
        let lf = |s: &str| (s.to_owned(), LineEnding::Lf);
        assert_eq!(parts(b"", Charset::Utf8), []);
        assert_eq!(parts(b"\n", Charset::Utf8), [lf("")]);
        assert_eq!(
            parts(b"a\r\nb\n\rc\r\r\nd", Charset::Utf8),
            [
                ("a".into(), LineEnding::CrLf),
                lf("b"),
                ("\rc\r".into(), LineEnding::CrLf),
                ("d".into(), LineEnding::None)
            ]
        );
        assert_eq!(
            parts(b"a\rb", Charset::Utf8),
            [("a".into(), LineEnding::Cr), ("b".into(), LineEnding::None)]
        );
    }

    #[test]
    fn a_byte_order_mark_is_in_the_raw_line_but_not_in_its_text() {
        for (bytes, charset) in [
            (&b"\xEF\xBB\xBFx\n\xEF\xBB\xBFy"[..], Charset::Utf8),
            (b"\xEF\xBB\xBFx\xFF\ny", Charset::Latin1),
        ] {
            let source = read(bytes, charset);
            assert!(source.lines[0].text().starts_with('x'), "{:?}", source.lines[0]);
            assert_eq!(source.lines[1].text(), source.lines[1].raw, "only at the start of the file");
        }
    }

    #[test]
    fn bytes_that_are_not_utf8_make_the_file_latin1_and_are_reported() {
        let source = read(b"bl\xE5\n\x81\n", Charset::Utf8);
        assert_eq!(source.charset, Charset::Latin1);
        assert_eq!(source.lines[0].raw, "blå");
        assert_eq!(source.problems[0].code, codes::RULE_ENCODING);
        assert!(source.problems[0].message.contains("byte 2"), "{}", source.problems[0]);
    }

    #[test]
    fn utf8_declared_as_an_eight_bit_charset_is_reported() {
        let source = read("Ærø".as_bytes(), Charset::Latin1);
        assert!(source.problems[0].message.contains("valid UTF-8"), "{:?}", source.problems);
        let unknown = Source::read_labelled(b"x", b"KOI8-R", &Limits::default()).expect("reads");
        assert_eq!(unknown.problems[0].code, codes::RULE_ENCODING);
        assert!(read(b"\xE6\xF8\xE5", Charset::Latin1).problems.is_empty());
    }

    #[test]
    fn limits_on_lines_and_bytes_are_kept() {
        let limits = Limits { items: 2, line_bytes: 4, bytes: 9, ..Limits::default() };
        let place = |bytes: &[u8]| Source::read(bytes, Charset::Utf8, &limits).err().map(|e| e.place());
        assert_eq!(place(b"abc\nabcd"), None);
        assert_eq!(place(b"abc\nabcde"), Some(Place::Line(2)));
        assert_eq!(place(b"a\nb\nc"), Some(Place::Line(3)));
        assert_eq!(place(b"abc\nabc\nab"), Some(Place::File));
    }

    #[test]
    fn a_character_outside_latin1_is_refused_when_writing() {
        let line = RawLine { number: 7, raw: "5 €".into(), ending: LineEnding::Lf };
        let error = write_lines([&line], Charset::Latin1).expect_err("no euro sign");
        assert_eq!(error.place(), Place::Line(7));
    }

    proptest! {
        #[test]
        fn any_bytes_are_written_back(bytes: Vec<u8>, charset in prop_oneof![Just(Charset::Utf8), Just(Charset::Latin1)]) {
            let source = read(&bytes, charset);
            prop_assert_eq!(write_lines(&source.lines, source.charset).expect("encodable"), bytes);
        }

        #[test]
        fn any_lines_are_written_back(lines: Vec<(String, bool)>) {
            let text: String = lines.iter().map(|(l, crlf)| format!("{l}{}", if *crlf { "\r\n" } else { "\n" })).collect();
            let source = read(text.as_bytes(), Charset::Utf8);
            prop_assert_eq!(source.charset, Charset::Utf8);
            prop_assert_eq!(write_lines(&source.lines, source.charset).expect("encodable"), text.as_bytes());
        }
    }
}
