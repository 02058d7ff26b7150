use std::io::BufRead;

use crate::{Limits, Place, Problem, Result, codes};

/// One line of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// Its number, from 1.
    pub number: u64,
    /// Its bytes without the line ending (`\n` or `\r\n`).
    pub bytes: &'a [u8],
}

/// Lines of bounded length from a stream.
///
/// A line over `limits.line_bytes` is skipped without being held and listed as a problem, so one bad
/// line costs neither memory nor the lines after it.
///
/// ```
/// use sprog_formats::{Limits, LineReader};
/// let mut lines = LineReader::new(&b"en\r\nto\n"[..], &Limits::default());
/// assert_eq!(lines.next_line()?.map(|l| l.bytes), Some(&b"en"[..]));
/// assert_eq!(lines.next_line()?.map(|l| l.number), Some(2));
/// assert!(lines.next_line()?.is_none());
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub struct LineReader<R> {
    inner: R,
    most: usize,
    number: u64,
    buffer: Vec<u8>,
    problems: Vec<Problem>,
}

impl<R: BufRead> LineReader<R> {
    /// Lines of `inner`.
    pub fn new(inner: R, limits: &Limits) -> Self {
        LineReader { inner, most: limits.line_bytes, number: 0, buffer: Vec::new(), problems: Vec::new() }
    }

    /// The next line, or `None` at the end.
    ///
    /// # Errors
    /// Those of the stream.
    pub fn next_line(&mut self) -> Result<Option<Line<'_>>> {
        loop {
            self.buffer.clear();
            let mut length = 0usize;
            let mut ended = false;
            while !ended {
                let available = match self.inner.fill_buf() {
                    Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
                    other => other?,
                };
                if available.is_empty() {
                    break;
                }
                let newline = memchr::memchr(b'\n', available);
                let content = newline.unwrap_or(available.len());
                if length + content <= self.most {
                    self.buffer.extend_from_slice(&available[..content]);
                }
                length += content;
                ended = newline.is_some();
                self.inner.consume(content + usize::from(ended));
            }
            if length == 0 && !ended {
                return Ok(None);
            }
            self.number += 1;
            if length <= self.most {
                let bytes = self.buffer.strip_suffix(b"\r").unwrap_or(&self.buffer);
                return Ok(Some(Line { number: self.number, bytes }));
            }
            let message = format!("a line of {length} bytes, over the limit of {}, left out", self.most);
            self.problems.push(Problem::new(codes::LINE_TOO_LONG, Place::Line(self.number), message));
        }
    }

    /// The problems met since the last call.
    pub fn take_problems(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.problems)
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    #[test]
    fn a_long_line_is_listed_and_the_next_one_read() {
        let text = format!("kort\n{}\nefter", "x".repeat(5000));
        let limits = Limits { line_bytes: 100, ..Limits::default() };
        let mut lines = LineReader::new(BufReader::with_capacity(7, text.as_bytes()), &limits);
        let mut seen = Vec::new();
        while let Some(line) = lines.next_line().expect("reads") {
            seen.push((line.number, String::from_utf8_lossy(line.bytes).into_owned()));
        }
        assert_eq!(seen, [(1, "kort".to_owned()), (3, "efter".to_owned())]);
        let problems = lines.take_problems();
        assert_eq!(
            (problems.len(), problems[0].code, &problems[0].place),
            (1, codes::LINE_TOO_LONG, &Place::Line(2))
        );
        assert!(lines.buffer.capacity() < 1000, "the long line was held");
    }

    #[test]
    fn empty_lines_are_lines() {
        let mut lines = LineReader::new(&b"\n\na"[..], &Limits::default());
        let mut count = 0;
        while lines.next_line().expect("reads").is_some() {
            count += 1;
        }
        assert_eq!(count, 3);
    }
}
