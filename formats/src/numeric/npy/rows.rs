//! A matrix written row by row, its height not known before the end.

use std::io::{Seek, SeekFrom, Write};

use super::header;
use super::{Dtype, Order};
use crate::{Error, Place, Result};

/// Writes a matrix of floats of any number of rows. The header is set right by [`RowWriter::finish`].
///
/// ```
/// use sprog_formats::{Limits, numeric::npy};
/// let mut file = std::io::Cursor::new(Vec::new());
/// let mut rows = npy::RowWriter::new(&mut file, 2)?;
/// rows.push(&[0.5, 1.5])?;
/// rows.push(&[2.5, 3.5, 4.5, 5.5])?;
/// rows.finish()?;
/// let read = npy::read(&file.get_ref()[..], &Limits::default())?.value;
/// assert_eq!(read.shape, [3, 2]);
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub struct RowWriter<W> {
    out: W,
    start: u64,
    columns: usize,
    rows: usize,
    buffer: Vec<u8>,
}

impl<W: Write + Seek> RowWriter<W> {
    /// A matrix of `columns` columns, from where `out` stands. Until it is finished the file says 0 rows.
    ///
    /// # Errors
    /// Those of the output.
    pub fn new(mut out: W, columns: usize) -> Result<Self> {
        let start = out.stream_position()?;
        out.write_all(&header::bytes(Dtype::F32, Order::C, &[0, columns]))?;
        Ok(RowWriter { out, start, columns, rows: 0, buffer: Vec::new() })
    }

    /// Adds one row or several.
    ///
    /// # Errors
    /// [`Error::Malformed`] if they are not whole rows; those of the output.
    pub fn push(&mut self, rows: &[f32]) -> Result<()> {
        if self.columns == 0 || !rows.len().is_multiple_of(self.columns) {
            let message = format!("{} numbers are not rows of {}", rows.len(), self.columns);
            return Err(Error::malformed("npy", Place::Row(self.rows as u64 + 1), message));
        }
        for part in rows.chunks(super::CHUNK / 4) {
            self.buffer.clear();
            self.buffer.extend(part.iter().flat_map(|value| value.to_le_bytes()));
            self.out.write_all(&self.buffer)?;
        }
        self.rows += rows.len() / self.columns;
        Ok(())
    }

    /// Writes the number of rows into the header, and gives the output back, at its end.
    ///
    /// # Errors
    /// Those of the output.
    pub fn finish(mut self) -> Result<W> {
        self.out.seek(SeekFrom::Start(self.start))?;
        // As long as the first: the padding gives what the digits take.
        self.out.write_all(&header::bytes(Dtype::F32, Order::C, &[self.rows, self.columns]))?;
        self.out.seek(SeekFrom::End(0))?;
        self.out.flush()?;
        Ok(self.out)
    }
}
