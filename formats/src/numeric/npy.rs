//! NumPy's `.npy`: one array of numbers.
//!
//! Versions 1 to 3 of the format are read; halves, floats, doubles and integers of 16, 32 and 64 bits, of
//! either byte order. Structured types, strings, complex numbers and pickled objects are refused. Source:
//! NumPy Enhancement Proposal 1, and `numpy/lib/format.py`.

mod header;
mod rows;

use std::io::{self, Read, Write};

use self::header::Header;
use super::half;
use crate::{Error, Limits, Parsed, Place, Problem, Result, codes};

pub use self::header::{Dtype, Order};
pub use self::rows::RowWriter;

const MAGIC: &[u8; 6] = b"\x93NUMPY";
/// Bytes read at a time, so that a lying shape costs no memory. A multiple of every item's size.
const CHUNK: usize = 1 << 16;

/// An array.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// Length of each dimension; none for a single number.
    pub shape: Vec<usize>,
    /// How the numbers are ordered.
    pub order: Order,
    /// The numbers, one after the other.
    pub values: Values,
}

/// The numbers of an array, by their type in the file.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Halves (`f2`), held as floats. Those that are no half are rounded in writing.
    F16(Vec<f32>),
    /// Floats (`f4`).
    F32(Vec<f32>),
    /// Doubles (`f8`).
    F64(Vec<f64>),
    /// `i2`.
    I16(Vec<i16>),
    /// `i4`.
    I32(Vec<i32>),
    /// `i8`.
    I64(Vec<i64>),
}

impl Values {
    fn new(dtype: Dtype) -> Self {
        match dtype {
            Dtype::F16 => Values::F16(Vec::new()),
            Dtype::F32 => Values::F32(Vec::new()),
            Dtype::F64 => Values::F64(Vec::new()),
            Dtype::I16 => Values::I16(Vec::new()),
            Dtype::I32 => Values::I32(Vec::new()),
            Dtype::I64 => Values::I64(Vec::new()),
        }
    }

    /// Their type.
    pub fn dtype(&self) -> Dtype {
        match self {
            Values::F16(_) => Dtype::F16,
            Values::F32(_) => Dtype::F32,
            Values::F64(_) => Dtype::F64,
            Values::I16(_) => Dtype::I16,
            Values::I32(_) => Dtype::I32,
            Values::I64(_) => Dtype::I64,
        }
    }

    /// How many.
    pub fn len(&self) -> usize {
        match self {
            Values::F16(values) | Values::F32(values) => values.len(),
            Values::F64(values) => values.len(),
            Values::I16(values) => values.len(),
            Values::I32(values) => values.len(),
            Values::I64(values) => values.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// As floats, doubles and large integers rounded.
    pub fn into_f32(self) -> Vec<f32> {
        match self {
            Values::F16(values) | Values::F32(values) => values,
            Values::F64(values) => values.into_iter().map(|value| value as f32).collect(),
            Values::I16(values) => values.into_iter().map(f32::from).collect(),
            Values::I32(values) => values.into_iter().map(|value| value as f32).collect(),
            Values::I64(values) => values.into_iter().map(|value| value as f32).collect(),
        }
    }

    fn extend(&mut self, bytes: &[u8], big_endian: bool) {
        fn items<const N: usize, T>(bytes: &[u8], big: bool, to: fn([u8; N]) -> T, out: &mut Vec<T>) {
            out.extend(bytes.as_chunks::<N>().0.iter().map(|item| {
                let mut item = *item;
                if big {
                    item.reverse();
                }
                to(item)
            }));
        }
        match self {
            Values::F16(out) => {
                items(bytes, big_endian, |item| half::to_f32(u16::from_le_bytes(item)), out);
            }
            Values::F32(out) => items(bytes, big_endian, f32::from_le_bytes, out),
            Values::F64(out) => items(bytes, big_endian, f64::from_le_bytes, out),
            Values::I16(out) => items(bytes, big_endian, i16::from_le_bytes, out),
            Values::I32(out) => items(bytes, big_endian, i32::from_le_bytes, out),
            Values::I64(out) => items(bytes, big_endian, i64::from_le_bytes, out),
        }
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        fn items<const N: usize, T: Copy>(
            values: &[T],
            to: fn(T) -> [u8; N],
            out: &mut impl Write,
        ) -> io::Result<()> {
            let mut buffer = Vec::with_capacity(CHUNK.min(values.len() * N));
            for part in values.chunks(CHUNK / N) {
                buffer.clear();
                buffer.extend(part.iter().flat_map(|value| to(*value)));
                out.write_all(&buffer)?;
            }
            Ok(())
        }
        match self {
            Values::F16(values) => items(values, |value| half::from_f32(value).to_le_bytes(), out),
            Values::F32(values) => items(values, f32::to_le_bytes, out),
            Values::F64(values) => items(values, f64::to_le_bytes, out),
            Values::I16(values) => items(values, i16::to_le_bytes, out),
            Values::I32(values) => items(values, i32::to_le_bytes, out),
            Values::I64(values) => items(values, i64::to_le_bytes, out),
        }
    }
}

impl Array {
    /// A matrix of floats in rows of `columns`, for [`write()`].
    pub fn matrix(values: Vec<f32>, columns: usize) -> Self {
        let rows = values.len().checked_div(columns).unwrap_or_default();
        Array { shape: vec![rows, columns], order: Order::C, values: Values::F32(values) }
    }

    /// The numbers as floats in C order, whatever the order in the file.
    ///
    /// ```
    /// use sprog_formats::numeric::npy::{Array, Order, Values};
    /// let values = Values::I16(vec![1, 4, 2, 5, 3, 6]);
    /// let array = Array { shape: vec![2, 3], order: Order::Fortran, values };
    /// assert_eq!(array.into_rows(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    /// ```
    pub fn into_rows(self) -> Vec<f32> {
        let values = self.values.into_f32();
        if self.order == Order::C || self.shape.len() < 2 {
            return values;
        }
        // Digits of the place in C order, the last fastest; strides as in Fortran order.
        let mut strides = Vec::with_capacity(self.shape.len());
        let mut stride = 1usize;
        for &length in &self.shape {
            strides.push(stride);
            stride = stride.saturating_mul(length);
        }
        let mut digits = vec![0usize; self.shape.len()];
        let mut at = 0usize;
        let mut out = Vec::with_capacity(values.len());
        for _ in 0..values.len() {
            out.push(values.get(at).copied().unwrap_or_default());
            for ((digit, &length), &stride) in digits.iter_mut().zip(&self.shape).zip(&strides).rev() {
                *digit += 1;
                at += stride;
                if *digit < length {
                    break;
                }
                at -= *digit * stride;
                *digit = 0;
            }
        }
        out
    }
}

/// Reads an array.
///
/// Memory grows with what is read, not with what the header claims. Bytes after the array are left out with a
/// [`codes::BAD_RECORD`] problem.
///
/// ```
/// use sprog_formats::{Limits, numeric::npy};
/// let mut file = Vec::new();
/// npy::write(&npy::Array::matrix(vec![0.5; 6], 3), &mut file)?;
/// let read = npy::read(&file[..], &Limits::default())?.value;
/// assert_eq!((read.shape, read.values.len()), (vec![2, 3], 6));
/// # Ok::<(), sprog_formats::Error>(())
/// ```
///
/// # Errors
/// [`Error::Malformed`] where the header is not one, or the file ends before the array;
/// [`Error::Unsupported`] for other versions and types; [`Error::Limit`] past `limits.bytes` of numbers, as
/// in the file or as held; those of the source.
pub fn read(mut source: impl Read, limits: &Limits) -> Result<Parsed<Array>> {
    let header = Header::read(&mut source)?;
    let over = || Error::Limit {
        what: "bytes of an array",
        limit: limits.bytes,
        place: Place::Byte(header.data_start),
    };
    let count = header.shape.iter().try_fold(1u64, |count, &length| count.checked_mul(length as u64));
    let item = header.dtype.bytes();
    // A half is held as a float.
    let held = count.and_then(|count| count.checked_mul(item.max(4) as u64)).ok_or_else(over)?;
    if held > limits.bytes {
        return Err(over());
    }
    let mut left = count.unwrap_or_default() * item as u64;
    let end = header.data_start + left;
    let mut values = Values::new(header.dtype);
    let mut buffer = Vec::new();
    while left > 0 {
        buffer.clear();
        source.by_ref().take(left.min(CHUNK as u64)).read_to_end(&mut buffer)?;
        left -= buffer.len() as u64;
        if !buffer.len().is_multiple_of(item) || (buffer.is_empty() && left > 0) {
            let message = format!("the file ends here; the shape needs {end} bytes");
            return Err(Error::malformed("npy", Place::Byte(end - left), message));
        }
        values.extend(&buffer, header.big_endian);
    }
    let mut problems = Vec::new();
    if source.read(&mut [0])? > 0 {
        problems.push(Problem::new(
            codes::BAD_RECORD,
            Place::Byte(end),
            "bytes after the array were left out",
        ));
    }
    let Header { shape, order, .. } = header;
    Ok(Parsed { value: Array { shape, order, values }, problems })
}

/// Writes an array, low byte first, as version 1 where the header fits.
///
/// # Errors
/// [`Error::Malformed`] if the shape does not hold as many numbers as there are; those of the output.
pub fn write(array: &Array, mut out: impl Write) -> Result<()> {
    let count = array.shape.iter().try_fold(1usize, |count, &length| count.checked_mul(length));
    if count != Some(array.values.len()) {
        let message = format!("shape {:?} does not hold {} numbers", array.shape, array.values.len());
        return Err(Error::malformed("npy", Place::File, message));
    }
    out.write_all(&header::bytes(array.values.dtype(), array.order, &array.shape))?;
    Ok(array.values.write(&mut out)?)
}

#[cfg(test)]
mod tests;
