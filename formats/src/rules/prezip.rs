//! GNU Aspell's compressed word lists (`da.cwl`), version 2, as `prezip-bin` writes them.
//!
//! After the byte 2, each line is the number of bytes that it shares with the line before, and the rest
//! of its bytes. The number is one byte below 30, or 30 followed by what it is above 30, in bytes of
//! which 255 means that another follows. A byte of the line below 32 is written as 31 and 32 more. The
//! bytes 31 and 255 end the file.

use crate::{Error, Limits, Place, Result};

const VERSION: u8 = 2;
const LONG: u8 = 30;
const ESCAPE: u8 = 31;
const END: u8 = 255;

fn bad(at: usize, message: &str) -> Error {
    Error::malformed("compressed word list", Place::Byte(at as u64), message)
}

/// The bytes of the word list that was compressed.
pub(super) fn decompress(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>> {
    let mut rest = bytes.iter().copied().enumerate().skip(1).peekable();
    if bytes.first() != Some(&VERSION) {
        return Err(bad(0, "the first byte is not 2"));
    }
    let mut out: Vec<u8> = Vec::new();
    // The line as it stands in the file: what is shared is counted in escaped bytes.
    let mut line: Vec<u8> = Vec::new();
    let mut first = true;
    loop {
        let Some((at, byte)) = rest.next() else {
            return Err(bad(bytes.len(), "the list ends without its end mark"));
        };
        if byte == ESCAPE && rest.peek().is_some_and(|(_, b)| *b == END) {
            rest.next();
            return at_end(rest.next().map(|(at, _)| at), out);
        }
        let mut shared = usize::from(byte);
        if byte == LONG {
            loop {
                let Some((_, more)) = rest.next() else { return Err(bad(at, "half a line")) };
                shared = shared.saturating_add(usize::from(more));
                if more != u8::MAX {
                    break;
                }
            }
        }
        if byte > LONG || shared > line.len() {
            return Err(bad(at, "more bytes shared than the line before has"));
        }
        line.truncate(shared);
        while let Some((_, byte)) = rest.next_if(|(_, b)| *b > LONG) {
            if byte == ESCAPE {
                match rest.peek() {
                    Some((_, END)) => {
                        // The end mark, straight after a line.
                        push(&mut out, &line, &mut first, limits)?;
                        rest.next();
                        return at_end(rest.next().map(|(at, _)| at), out);
                    }
                    Some((_, next)) => {
                        line.extend([ESCAPE, *next]);
                        rest.next();
                    }
                    None => return Err(bad(at, "half a line")),
                }
            } else {
                line.push(byte);
            }
        }
        push(&mut out, &line, &mut first, limits)?;
    }
}

fn at_end(after: Option<usize>, out: Vec<u8>) -> Result<Vec<u8>> {
    match after {
        Some(at) => Err(bad(at, "bytes after the end mark")),
        None => Ok(out),
    }
}

fn push(out: &mut Vec<u8>, line: &[u8], first: &mut bool, limits: &Limits) -> Result<()> {
    if !std::mem::take(first) {
        out.push(b'\n');
    }
    let mut bytes = line.iter();
    while let Some(byte) = bytes.next() {
        let plain = match byte {
            &ESCAPE => bytes.next().copied().unwrap_or(ESCAPE).wrapping_sub(32),
            _ => *byte,
        };
        out.push(plain);
    }
    if out.len() as u64 > limits.bytes {
        return Err(Error::Limit { what: "word list", limit: limits.bytes, place: Place::File });
    }
    Ok(())
}

/// The compressed form of a word list.
pub(super) fn compress(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![VERSION];
    let mut before: Vec<u8> = Vec::new();
    for line in bytes.split(|b| *b == b'\n') {
        let mut escaped = Vec::with_capacity(line.len());
        for byte in line {
            match byte {
                0..=31 => escaped.extend([ESCAPE, byte.wrapping_add(32)]),
                _ => escaped.push(*byte),
            }
        }
        let shared = before.iter().zip(&escaped).take_while(|(a, b)| a == b).count();
        let mut left = shared;
        if left < usize::from(LONG) {
            out.push(u8::try_from(left).unwrap_or(LONG));
        } else {
            left = left.saturating_sub(usize::from(LONG));
            out.push(LONG);
            while left >= usize::from(u8::MAX) {
                out.push(u8::MAX);
                left = left.saturating_sub(usize::from(u8::MAX));
            }
            out.push(u8::try_from(left).unwrap_or(u8::MAX));
        }
        out.extend(escaped.get(shared..).unwrap_or_default());
        before = escaped;
    }
    out.extend([ESCAPE, END]);
    out
}
