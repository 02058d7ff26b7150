use std::io::{BufRead, Read};

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

/// Whole lines of a stream, many at a time, for workers to take apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Number of its first line, from 1.
    pub first_line: u64,
    /// Lines with their line feeds; only the last of a file may lack one.
    pub bytes: Vec<u8>,
}

impl Chunk {
    /// The lines, without their line endings.
    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        let body = self.bytes.strip_suffix(b"\n").unwrap_or(&self.bytes);
        let none = self.bytes.is_empty();
        body.split(|b| *b == b'\n').enumerate().filter(move |_| !none).map(|(index, line)| Line {
            number: self.first_line + index as u64,
            bytes: line.strip_suffix(b"\r").unwrap_or(line),
        })
    }
}

/// Cuts a stream into [`Chunk`]s of about a given size, between lines.
///
/// Where the cuts fall depends on the content alone. Lines over `limits.line_bytes` are left out
/// and listed, as [`LineReader`] does.
///
/// ```
/// use sprog_formats::{ChunkReader, Limits};
/// let mut chunks = ChunkReader::new(&b"a\nbb\nccc\n"[..], 4, &Limits::default());
/// let first = chunks.next_chunk()?.unwrap();
/// assert_eq!((first.first_line, &first.bytes[..]), (1, &b"a\n"[..]));
/// assert_eq!(chunks.next_chunk()?.unwrap().first_line, 2);
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub struct ChunkReader<R> {
    inner: R,
    target: usize,
    most: usize,
    most_lines: usize,
    line: u64,
    carry: Vec<u8>,
    ended: bool,
    failed: Option<std::io::Error>,
    problems: Vec<Problem>,
}

impl<R: Read> ChunkReader<R> {
    /// Chunks of at most `target` bytes, or of one longer line.
    pub fn new(inner: R, target: usize, limits: &Limits) -> Self {
        let target = target.max(1);
        ChunkReader {
            inner,
            target,
            most: limits.line_bytes,
            most_lines: usize::MAX,
            line: 1,
            carry: Vec::new(),
            ended: false,
            failed: None,
            problems: Vec::new(),
        }
    }

    /// The same, with at most so many lines a chunk.
    pub fn with_lines(self, most_lines: usize) -> Self {
        ChunkReader { most_lines: most_lines.max(1), ..self }
    }

    /// The next chunk, or `None` at the end.
    ///
    /// # Errors
    /// Those of the stream, once the whole lines before them are handed out.
    pub fn next_chunk(&mut self) -> Result<Option<Chunk>> {
        loop {
            let mut want = self.target;
            // More than the target only where one line is longer than it.
            while !self.ended && (self.carry.len() < want || memchr::memchr(b'\n', &self.carry).is_none()) {
                if self.carry.len() >= want {
                    if self.carry.len() > self.most {
                        self.skip_line()?;
                        continue;
                    }
                    want += self.target;
                }
                let missing = (want - self.carry.len()) as u64;
                match self.inner.by_ref().take(missing).read_to_end(&mut self.carry) {
                    Ok(read) => self.ended = (read as u64) < missing,
                    Err(e) => (self.ended, self.failed) = (true, Some(e)),
                }
            }
            // The line in which a stream breaks off is not whole.
            if memchr::memchr(b'\n', &self.carry).is_none()
                && let Some(e) = self.failed.take()
            {
                self.carry.clear();
                return Err(e.into());
            }
            if self.carry.is_empty() {
                return Ok(None);
            }
            let cut = match memchr::memrchr(b'\n', &self.carry[..self.carry.len().min(want)]) {
                Some(at) => at + 1,
                None => self.carry.len(),
            };
            let last = memchr::memchr_iter(b'\n', &self.carry[..cut]).nth(self.most_lines - 1);
            let cut = last.map_or(cut, |at| at + 1);
            let rest = self.carry.split_off(cut);
            let mut bytes = std::mem::replace(&mut self.carry, rest);
            let first_line = self.line;
            self.line += memchr::memchr_iter(b'\n', &bytes).count() as u64;
            self.drop_long_lines(&mut bytes, first_line);
            if !bytes.is_empty() {
                return Ok(Some(Chunk { first_line, bytes }));
            }
        }
    }

    /// Lets a line that is too long, of which the start is held, pass by unheld.
    fn skip_line(&mut self) -> Result<()> {
        let mut length = self.carry.len() as u64;
        let mut buffer = vec![0u8; 1 << 16];
        self.carry.clear();
        loop {
            let n = match self.inner.read(&mut buffer) {
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            if n == 0 {
                self.ended = true;
                break;
            }
            if let Some(at) = memchr::memchr(b'\n', &buffer[..n]) {
                length += at as u64;
                // The line's own line feed stays, so that the numbers of the next lines hold.
                self.carry.extend_from_slice(&buffer[at..n]);
                break;
            }
            length += n as u64;
        }
        self.too_long(self.line, length);
        Ok(())
    }

    fn too_long(&mut self, line: u64, length: u64) {
        let message = format!("a line of {length} bytes, over the limit of {}, left out", self.most);
        self.problems.push(Problem::new(codes::LINE_TOO_LONG, Place::Line(line), message));
    }

    /// A long line within a larger chunk becomes an empty one.
    fn drop_long_lines(&mut self, bytes: &mut Vec<u8>, first_line: u64) {
        if bytes.len() <= self.most {
            return;
        }
        let mut kept = Vec::with_capacity(bytes.len());
        for (index, line) in bytes.split_inclusive(|b| *b == b'\n').enumerate() {
            let content = line.strip_suffix(b"\n").unwrap_or(line);
            if content.len() > self.most {
                self.too_long(first_line + index as u64, content.len() as u64);
                kept.push(b'\n');
            } else {
                kept.extend_from_slice(line);
            }
        }
        *bytes = kept;
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

    #[test]
    fn chunks_hold_every_line_once_with_its_number() {
        let text: String = (1..=200).map(|n| format!("{n} {}\n", "x".repeat(n % 17))).collect();
        for (target, tail) in [(1, ""), (10, "201"), (64, ""), (10_000, "201")] {
            let text = text.clone() + tail;
            let mut chunks = ChunkReader::new(text.as_bytes(), target, &Limits::default());
            let mut numbers = Vec::new();
            let mut joined = Vec::new();
            while let Some(chunk) = chunks.next_chunk().expect("reads") {
                for line in chunk.lines() {
                    let number = String::from_utf8_lossy(line.bytes).split(' ').next().map(str::to_owned);
                    assert_eq!(number, Some(line.number.to_string()));
                    numbers.push(line.number);
                }
                joined.extend(chunk.bytes);
            }
            assert_eq!(numbers, (1..=200 + u64::from(!tail.is_empty())).collect::<Vec<_>>());
            assert!(joined == text.as_bytes());
        }
    }

    #[test]
    fn a_long_line_among_chunks_is_listed_and_not_held() {
        let text = format!("a\n{}\nb\n{}", "x".repeat(500_000), "y".repeat(300));
        let limits = Limits { line_bytes: 200, ..Limits::default() };
        for target in [16, 1000, 1_000_000] {
            let mut chunks = ChunkReader::new(text.as_bytes(), target, &limits);
            let mut seen = Vec::new();
            while let Some(chunk) = chunks.next_chunk().expect("reads") {
                let lines = chunk.lines().filter(|l| !l.bytes.is_empty());
                seen.extend(lines.map(|l| (l.number, l.bytes.to_vec())));
            }
            assert_eq!(seen, [(1, b"a".to_vec()), (3, b"b".to_vec())], "target {target}");
            let places: Vec<Place> = chunks.take_problems().into_iter().map(|p| p.place).collect();
            assert_eq!(places, [Place::Line(2), Place::Line(4)], "target {target}");
        }
    }
}
