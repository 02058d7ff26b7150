use std::io::{self, Read};

use encoding_rs::{Decoder, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::{Parsed, Place, Problem, codes};

/// A text encoding that Danish material comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte-order mark.
    Utf8,
    /// UTF-16, little-endian.
    Utf16Le,
    /// UTF-16, big-endian.
    Utf16Be,
    /// Windows-1252, which is also read for ISO-8859-1 (as the WHATWG Encoding Standard does).
    Windows1252,
}

impl Encoding {
    /// The encoding of a label such as `utf-8`, `latin1`, `iso-8859-1`, `cp1252`, `utf-16le`.
    ///
    /// ```
    /// use sprog_formats::Encoding;
    /// assert_eq!(Encoding::for_label("ISO8859-1"), Some(Encoding::Windows1252));
    /// assert_eq!(Encoding::for_label("klingon"), None);
    /// ```
    pub fn for_label(label: &str) -> Option<Encoding> {
        let found = encoding_rs::Encoding::for_label(label.trim().as_bytes()).or_else(|| {
            // Spellings of Hunspell, R and Python that the WHATWG list lacks.
            let plain: String =
                label.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
            match plain.as_str() {
                "iso88591" | "latin1" | "cp1252" | "windows1252" => Some(WINDOWS_1252),
                "utf8" => Some(UTF_8),
                _ => None,
            }
        })?;
        [Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be, Encoding::Windows1252]
            .into_iter()
            .find(|e| e.whatwg() == found)
    }

    fn whatwg(self) -> &'static encoding_rs::Encoding {
        match self {
            Encoding::Utf8 => UTF_8,
            Encoding::Utf16Le => UTF_16LE,
            Encoding::Utf16Be => UTF_16BE,
            Encoding::Windows1252 => WINDOWS_1252,
        }
    }

    /// The encoding that a byte-order mark at the start of `bytes` names, and the mark's length.
    pub fn for_bom(bytes: &[u8]) -> Option<(Encoding, usize)> {
        match bytes {
            [0xEF, 0xBB, 0xBF, ..] => Some((Encoding::Utf8, 3)),
            [0xFF, 0xFE, ..] => Some((Encoding::Utf16Le, 2)),
            [0xFE, 0xFF, ..] => Some((Encoding::Utf16Be, 2)),
            _ => None,
        }
    }
}

/// Which encoding to read a file as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EncodingChoice {
    /// The byte-order mark's, else UTF-8 if the bytes are valid, else Windows-1252 with a
    /// [`codes::GUESSED_ENCODING`] problem. A stream decides on its first MiB.
    #[default]
    Detect,
    /// This one; a byte-order mark of the same encoding is left out.
    Fixed(Encoding),
}

/// Bytes that a stream looks at before it decides on an encoding.
const DETECT_BYTES: usize = 1 << 20;

/// Decides on an encoding from the first bytes: `(encoding, length of the mark, was it a guess?)`.
fn detect(head: &[u8], whole: bool, choice: EncodingChoice) -> (Encoding, usize, bool) {
    let bom = Encoding::for_bom(head);
    match choice {
        EncodingChoice::Fixed(fixed) => {
            let skip = bom.filter(|(e, _)| *e == fixed).map_or(0, |(_, n)| n);
            (fixed, skip, false)
        }
        EncodingChoice::Detect => {
            if let Some((encoding, skip)) = bom {
                return (encoding, skip, false);
            }
            // Before UTF-8: half of Danish in UTF-16 is NULs, which are valid there too.
            if let Some(encoding) = utf16_without_bom(head) {
                return (encoding, 0, true);
            }
            match std::str::from_utf8(head) {
                Ok(_) => (Encoding::Utf8, 0, false),
                // A character cut by the end of the look-ahead is no error.
                Err(e) if e.error_len().is_none() && !whole => (Encoding::Utf8, 0, false),
                // Mostly UTF-8 with a few bad bytes: say so rather than turn all of it into mojibake.
                Err(e) if e.valid_up_to() > 0 && mostly_utf8(head) => (Encoding::Utf8, 0, false),
                Err(_) => (Encoding::Windows1252, 0, true),
            }
        }
    }
}

/// Whether multi-byte UTF-8 sequences outnumber bad bytes by ten to one.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > 10 * bad
}

/// UTF-16 Danish has a zero in every other byte; legacy 8-bit text has none.
fn utf16_without_bom(head: &[u8]) -> Option<Encoding> {
    let pairs = head.len() / 2;
    let zeros = |offset: usize| head.iter().skip(offset).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    if pairs < 8 {
        None
    } else if odd * 10 > pairs * 7 && even * 10 < pairs {
        Some(Encoding::Utf16Le)
    } else if even * 10 > pairs * 7 && odd * 10 < pairs {
        Some(Encoding::Utf16Be)
    } else {
        None
    }
}

fn guess_problem(encoding: Encoding) -> Problem {
    Problem::new(
        codes::GUESSED_ENCODING,
        Place::File,
        format!("not valid UTF-8 and no byte-order mark; read as {}", encoding.whatwg().name()),
    )
}

fn replaced_problem(encoding: Encoding, count: u64) -> Problem {
    Problem::new(
        codes::BAD_ENCODING,
        Place::File,
        format!("{count} malformed sequences in {} replaced by U+FFFD", encoding.whatwg().name()),
    )
}

/// Turns a whole file's bytes into text.
///
/// ```
/// use sprog_formats::{decode, EncodingChoice, codes};
/// let parsed = decode(b"r\xf8dgr\xf8d", EncodingChoice::Detect);
/// assert_eq!(parsed.value.0, "rødgrød");
/// assert_eq!(parsed.problems[0].code, codes::GUESSED_ENCODING);
/// ```
pub fn decode(bytes: &[u8], choice: EncodingChoice) -> Parsed<(String, Encoding)> {
    let (encoding, skip, guessed) = detect(bytes, true, choice);
    let mut problems = Vec::new();
    if guessed {
        problems.push(guess_problem(encoding));
    }
    let (text, bad) = encoding.whatwg().decode_without_bom_handling(&bytes[skip..]);
    if bad {
        let count = text.matches('\u{FFFD}').count() as u64;
        problems.push(replaced_problem(encoding, count));
    }
    Parsed { value: (text.into_owned(), encoding), problems }
}

/// A [`Read`] that gives UTF-8 whatever the source's encoding.
///
/// Valid UTF-8 passes through; malformed input becomes U+FFFD and is counted, see
/// [`problems`](Utf8Reader::problems).
pub struct Utf8Reader<R> {
    inner: R,
    encoding: Encoding,
    decoder: Decoder,
    guessed: bool,
    replaced: u64,
    raw: Vec<u8>,
    raw_at: usize,
    raw_end: usize,
    out: Vec<u8>,
    out_at: usize,
    end_of_input: bool,
    done: bool,
}

impl<R: Read> Utf8Reader<R> {
    /// Reads ahead as far as it takes to decide on the encoding (1 MiB at most).
    ///
    /// # Errors
    /// Those of `inner`.
    pub fn new(mut inner: R, choice: EncodingChoice) -> io::Result<Self> {
        let mut raw = Vec::with_capacity(1 << 16);
        inner.by_ref().take(DETECT_BYTES as u64).read_to_end(&mut raw)?;
        let end_of_input = raw.len() < DETECT_BYTES;
        let (encoding, skip, guessed) = detect(&raw, end_of_input, choice);
        let raw_end = raw.len();
        Ok(Utf8Reader {
            inner,
            encoding,
            decoder: encoding.whatwg().new_decoder_without_bom_handling(),
            guessed,
            replaced: 0,
            raw,
            raw_at: skip,
            raw_end,
            out: Vec::new(),
            out_at: 0,
            end_of_input,
            done: false,
        })
    }

    /// The encoding decided on.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// What was wrong so far: a guessed encoding, replaced bytes.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.guessed {
            problems.push(guess_problem(self.encoding));
        }
        if self.replaced > 0 {
            problems.push(replaced_problem(self.encoding, self.replaced));
        }
        problems
    }

    fn refill(&mut self) -> io::Result<()> {
        if self.raw_at == self.raw_end && !self.end_of_input {
            self.raw.resize(DETECT_BYTES, 0);
            self.raw_at = 0;
            self.raw_end = loop {
                match self.inner.read(&mut self.raw) {
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                    other => break other?,
                }
            };
            self.end_of_input = self.raw_end == 0;
        }
        self.out.resize(1 << 16, 0);
        self.out_at = 0;
        let source = &self.raw[self.raw_at..self.raw_end];
        // Without replacement, so that each malformed sequence is counted exactly once.
        let (result, read, written) =
            self.decoder.decode_to_utf8_without_replacement(source, &mut self.out, self.end_of_input);
        self.raw_at += read;
        self.out.truncate(written);
        match result {
            encoding_rs::DecoderResult::InputEmpty => self.done = self.end_of_input,
            encoding_rs::DecoderResult::OutputFull => {}
            encoding_rs::DecoderResult::Malformed(..) => {
                self.replaced += 1;
                self.out.extend_from_slice("\u{FFFD}".as_bytes());
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Utf8Reader<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        while self.out_at == self.out.len() {
            if self.done {
                return Ok(0);
            }
            self.refill()?;
        }
        let n = buf.len().min(self.out.len() - self.out_at);
        buf[..n].copy_from_slice(&self.out[self.out_at..self.out_at + n]);
        self.out_at += n;
        Ok(n)
    }
}

/// `text` in `encoding`; `None` where a character has no place in it.
#[cfg(test)]
pub(crate) fn encode(text: &str, encoding: Encoding) -> Option<Vec<u8>> {
    match encoding {
        Encoding::Utf8 => Some(text.as_bytes().to_vec()),
        Encoding::Utf16Le => Some(text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        Encoding::Utf16Be => Some(text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        Encoding::Windows1252 => {
            let mut encoder = WINDOWS_1252.new_encoder();
            let mut out = Vec::with_capacity(text.len());
            let mut buffer = [0u8; 4096];
            let mut rest = text;
            loop {
                let (result, read, written) =
                    encoder.encode_from_utf8_without_replacement(rest, &mut buffer, true);
                out.extend_from_slice(&buffer[..written]);
                rest = &rest[read..];
                match result {
                    encoding_rs::EncoderResult::InputEmpty => return Some(out),
                    encoding_rs::EncoderResult::OutputFull => {}
                    encoding_rs::EncoderResult::Unmappable(_) => return None,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(bytes: &[u8], choice: EncodingChoice) -> (String, Vec<u16>) {
        let mut reader = Utf8Reader::new(bytes, choice).expect("reads");
        let mut text = String::new();
        reader.read_to_string(&mut text).expect("utf-8");
        (text, reader.problems().iter().map(|p| p.code.0).collect())
    }

    #[test]
    fn every_encoding_reads_the_same_in_one_go_and_as_a_stream() {
        let text = "Ærø, “blåbærgrød” – 5 €\n".repeat(70_000);
        for encoding in [Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be, Encoding::Windows1252] {
            let bytes = encode(&text, encoding).expect("encodable");
            let choice = EncodingChoice::Fixed(encoding);
            assert!(decode(&bytes, choice).value.0 == text, "{encoding:?}");
            assert!(stream(&bytes, choice) == (text.clone(), vec![]), "{encoding:?}");
            assert!(stream(&bytes, EncodingChoice::Detect).0 == text, "{encoding:?} detected");
        }
    }

    #[test]
    fn byte_order_marks_are_believed_and_left_out() {
        for (bytes, expected) in
            [(&b"\xEF\xBB\xBFhej"[..], "hej"), (b"\xFF\xFEh\0\xE5\0", "hå"), (b"\xFE\xFF\0h\0\xE5", "hå")]
        {
            assert_eq!(stream(bytes, EncodingChoice::Detect), (expected.to_owned(), vec![]));
        }
    }

    #[test]
    fn stray_bytes_in_utf8_are_counted_not_turned_into_mojibake() {
        let mut bytes = "blåbærgrød og rødgrød med fløde på Ærø. ".repeat(5).into_bytes();
        bytes.push(0xE5);
        bytes.extend_from_slice(b" slut");
        let (text, codes) = stream(&bytes, EncodingChoice::Detect);
        assert!(text.ends_with("\u{FFFD} slut"), "{text}");
        assert_eq!(codes, vec![110]);
        assert_eq!(decode(&bytes, EncodingChoice::Detect).problems[0].code.0, 110);
    }

    #[test]
    fn a_character_cut_by_the_look_ahead_is_whole_again() {
        let mut text = "a".repeat(DETECT_BYTES - 1);
        text.push_str("øre");
        assert_eq!(stream(text.as_bytes(), EncodingChoice::Detect), (text, vec![]));
    }
}
