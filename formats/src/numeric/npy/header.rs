//! The header: a Python dictionary of three entries.

use std::io::Read;

use super::MAGIC;
use crate::{Error, Place, Result};

/// Most bytes of a header. NumPy itself stops at 10,000.
const MOST_BYTES: u32 = 1 << 16;
/// Most dimensions, as in NumPy 2.
const MOST_DIMENSIONS: usize = 64;
/// Room left for the first dimension to grow, as NumPy leaves it.
const GROWTH_DIGITS: usize = 21;

/// How the numbers of an array follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The last dimension changes fastest: row by row.
    C,
    /// The first dimension changes fastest: column by column.
    Fortran,
}

/// A type of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dtype {
    /// Half precision.
    F16,
    /// Single precision.
    F32,
    /// Double precision.
    F64,
    /// 16 bits.
    I16,
    /// 32 bits.
    I32,
    /// 64 bits.
    I64,
}

impl Dtype {
    const ALL: [(Dtype, &'static str, usize); 6] = [
        (Dtype::F16, "f2", 2),
        (Dtype::F32, "f4", 4),
        (Dtype::F64, "f8", 8),
        (Dtype::I16, "i2", 2),
        (Dtype::I32, "i4", 4),
        (Dtype::I64, "i8", 8),
    ];

    /// NumPy's name without the byte order: `f4`.
    pub fn name(self) -> &'static str {
        Dtype::ALL.iter().find(|(dtype, ..)| *dtype == self).map_or("", |(_, name, _)| name)
    }

    /// Bytes of one number in a file.
    pub fn bytes(self) -> usize {
        Dtype::ALL.iter().find(|(dtype, ..)| *dtype == self).map_or(1, |(.., bytes)| *bytes)
    }
}

pub(super) struct Header {
    pub(super) dtype: Dtype,
    pub(super) big_endian: bool,
    pub(super) order: Order,
    pub(super) shape: Vec<usize>,
    pub(super) data_start: u64,
}

fn bad(at: usize, message: impl Into<String>) -> Error {
    Error::malformed("npy", Place::Byte(at as u64), message)
}

/// Exactly `length` bytes, which are few.
fn bytes_of(source: &mut impl Read, length: u32, at: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.by_ref().take(length.into()).read_to_end(&mut bytes)?;
    if bytes.len() as u64 != u64::from(length) {
        return Err(bad(at + bytes.len(), "the file ends inside its header"));
    }
    Ok(bytes)
}

impl Header {
    pub(super) fn read(source: &mut impl Read) -> Result<Header> {
        let start = bytes_of(source, 8, 0)?;
        if !start.starts_with(MAGIC) {
            return Err(bad(0, "expected \\x93NUMPY"));
        }
        let (major, minor) = (start[6], start[7]);
        let length_bytes = match major {
            1 => 2,
            2 | 3 => 4,
            _ => {
                return Err(Error::Unsupported(format!("version {major}.{minor} of npy; 1 to 3 are read")));
            }
        };
        let length = bytes_of(source, length_bytes, 8)?;
        let length = length.iter().rev().fold(0u32, |sum, &byte| sum << 8 | u32::from(byte));
        if length > MOST_BYTES {
            let (limit, place) = (MOST_BYTES.into(), Place::Byte(8));
            return Err(Error::Limit { what: "bytes of an npy header", limit, place });
        }
        let text_start = 8 + length_bytes as usize;
        let bytes = bytes_of(source, length, text_start)?;
        // Versions 1 and 2 are Latin-1, version 3 is UTF-8; what is read of them is ASCII in all.
        if let Some(at) = bytes.iter().position(|byte| !byte.is_ascii()) {
            return Err(bad(
                text_start + at,
                "a field name that is not ASCII; structured arrays are not read",
            ));
        }
        let mut header = Parser { bytes: &bytes, at: 0, text_start }.dictionary()?;
        header.data_start = (text_start + bytes.len()) as u64;
        Ok(header)
    }
}

struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
    text_start: usize,
}

impl Parser<'_> {
    fn bad(&self, message: impl Into<String>) -> Error {
        bad(self.text_start + self.at, message)
    }

    fn peek(&mut self) -> Option<u8> {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        self.bytes.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn expect(&mut self, byte: u8) -> Result<()> {
        if self.take(byte) { Ok(()) } else { Err(self.bad(format!("expected {:?}", char::from(byte)))) }
    }

    fn dictionary(&mut self) -> Result<Header> {
        let (mut descr, mut order, mut shape) = (None, None, None);
        self.expect(b'{')?;
        while !self.take(b'}') {
            let key_at = self.at;
            let key = self.string()?;
            self.expect(b':')?;
            let twice = match key.as_str() {
                "descr" => descr.replace(self.descr()?).is_some(),
                "fortran_order" => order.replace(self.order()?).is_some(),
                "shape" => shape.replace(self.shape()?).is_some(),
                _ => true,
            };
            if twice {
                self.at = key_at;
                return Err(self.bad(format!("the key {key:.40?} is not known, or is there twice")));
            }
            if !self.take(b',') {
                self.expect(b'}')?;
                break;
            }
        }
        if self.peek().is_some() {
            return Err(self.bad("expected nothing after the dictionary"));
        }
        let missing = |name: &str| self.bad(format!("the key {name:?} is missing"));
        let (dtype, big_endian) = descr.ok_or_else(|| missing("descr"))?;
        let order = order.ok_or_else(|| missing("fortran_order"))?;
        let shape = shape.ok_or_else(|| missing("shape"))?;
        Ok(Header { dtype, big_endian, order, shape, data_start: 0 })
    }

    fn string(&mut self) -> Result<String> {
        let quote = self.peek();
        let Some(quote) = quote.filter(|quote| matches!(quote, b'\'' | b'"')) else {
            return Err(self.bad("expected a text in quotes"));
        };
        let start = self.at + 1;
        let length = self.bytes[start..].iter().position(|byte| *byte == quote || *byte == b'\\');
        match length.map(|length| start + length) {
            Some(end) if self.bytes[end] == quote => {
                self.at = end + 1;
                Ok(self.bytes[start..end].iter().map(|byte| char::from(*byte)).collect())
            }
            _ => Err(self.bad("a text without its end, or with an escape")),
        }
    }

    fn descr(&mut self) -> Result<(Dtype, bool)> {
        if self.peek() == Some(b'[') {
            return Err(Error::Unsupported(
                "a structured npy array; save one array of numbers a file".into(),
            ));
        }
        let descr = self.string()?;
        let (big_endian, name) = match descr.as_bytes().first() {
            Some(b'<') => (false, &descr[1..]),
            Some(b'>') => (true, &descr[1..]),
            _ => (false, descr.as_str()),
        };
        let known = Dtype::ALL.iter().find(|(_, known, _)| *known == name && descr != *known);
        match known {
            Some((dtype, ..)) => Ok((*dtype, big_endian)),
            None => Err(Error::Unsupported(format!(
                "an npy array of type {descr:.40?}; save it as one of float16, float32, float64, int16, int32, int64"
            ))),
        }
    }

    fn order(&mut self) -> Result<Order> {
        self.peek();
        for (word, order) in [("True", Order::Fortran), ("False", Order::C)] {
            if self.bytes[self.at..].starts_with(word.as_bytes()) {
                self.at += word.len();
                return Ok(order);
            }
        }
        Err(self.bad("expected True or False"))
    }

    fn shape(&mut self) -> Result<Vec<usize>> {
        self.expect(b'(')?;
        let mut shape = Vec::new();
        while !self.take(b')') {
            if shape.len() == MOST_DIMENSIONS {
                let (limit, place) =
                    (MOST_DIMENSIONS as u64, Place::Byte((self.text_start + self.at) as u64));
                return Err(Error::Limit { what: "dimensions of an npy array", limit, place });
            }
            self.peek();
            let digits = self.bytes[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            let number = std::str::from_utf8(&self.bytes[self.at..self.at + digits]).unwrap_or_default();
            let length: usize = number.parse().map_err(|_| self.bad("expected a length"))?;
            shape.push(length);
            self.at += digits;
            // Python 2 wrote long integers so.
            self.at += usize::from(self.bytes.get(self.at) == Some(&b'L'));
            if !self.take(b',') {
                // (3) is a number in Python, not a shape.
                if shape.len() == 1 {
                    return Err(self.bad("expected ','"));
                }
                self.expect(b')')?;
                break;
            }
        }
        Ok(shape)
    }
}

/// Magic, version, length and dictionary, padded so that the numbers start at a multiple of 64.
pub(super) fn bytes(dtype: Dtype, order: Order, shape: &[usize]) -> Vec<u8> {
    let fortran = if order == Order::Fortran { "True" } else { "False" };
    let mut text = format!("{{'descr': '<{}', 'fortran_order': {fortran}, 'shape': (", dtype.name());
    for length in shape {
        text.push_str(&length.to_string());
        text.push_str(", ");
    }
    if shape.len() > 1 {
        text.truncate(text.len() - 2);
    } else if shape.len() == 1 {
        text.truncate(text.len() - 1);
    }
    text.push_str("), }");
    let first = shape.first().map_or(GROWTH_DIGITS, |length| length.to_string().len());
    text.push_str(&" ".repeat(GROWTH_DIGITS.saturating_sub(first)));
    let long = text.len() + 128 > usize::from(u16::MAX);
    let before = if long { 12 } else { 10 };
    text.push_str(&" ".repeat((64 - (before + text.len() + 1) % 64) % 64));
    text.push('\n');
    let mut out = MAGIC.to_vec();
    let length = (text.len() as u32).to_le_bytes();
    if long {
        out.extend([2, 0]);
        out.extend(length);
    } else {
        out.extend([1, 0]);
        out.extend(&length[..2]);
    }
    out.extend(text.as_bytes());
    out
}
