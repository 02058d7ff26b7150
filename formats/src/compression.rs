use std::io::{self, BufRead, BufReader, Read};

use crate::Limits;

/// How a file is compressed, told by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Not compressed.
    None,
    /// gzip, one member or several.
    Gzip,
    /// Zstandard, one frame or several.
    Zstd,
}

impl Compression {
    /// Tells by the magic number.
    pub fn sniff(head: &[u8]) -> Compression {
        match head {
            [0x1F, 0x8B, ..] => Compression::Gzip,
            [0x28, 0xB5, 0x2F, 0xFD, ..] => Compression::Zstd,
            _ => Compression::None,
        }
    }
}

/// Largest zstd window accepted: a frame may not make a reader hold more than 2²⁷ = 128 MiB.
const ZSTD_WINDOW_LOG_MAX: u32 = 27;
/// Compressed bytes before the expansion ratio counts: small files may expand much.
const RATIO_GRACE: u64 = 1 << 20;

struct Counting<R> {
    inner: R,
    count: std::rc::Rc<std::cell::Cell<u64>>,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.count.set(self.count.get() + n as u64);
        Ok(n)
    }
}

struct Bounded<R> {
    inner: R,
    compressed: std::rc::Rc<std::cell::Cell<u64>>,
    expanded: u64,
    ratio: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.expanded += n as u64;
        let allowed = self.compressed.get().max(RATIO_GRACE).saturating_mul(self.ratio);
        if self.expanded > allowed {
            let message = format!("expands to more than {} times its size", self.ratio);
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        Ok(n)
    }
}

/// Reads through gzip or Zstandard as the first bytes tell, bounded by `limits.expansion_ratio`.
///
/// # Errors
/// Those of `inner`. A stream that expands too far ends with [`io::ErrorKind::InvalidData`]; a
/// compressed stream cut short with [`io::ErrorKind::UnexpectedEof`].
///
/// ```
/// use std::io::Read;
/// use sprog_formats::{Compression, Limits, decompress};
/// let (mut reader, kind) = decompress(&b"hej"[..], &Limits::default())?;
/// let mut text = String::new();
/// reader.read_to_string(&mut text)?;
/// assert_eq!((text.as_str(), kind), ("hej", Compression::None));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn decompress<'r>(
    inner: impl Read + 'r,
    limits: &Limits,
) -> io::Result<(Box<dyn Read + 'r>, Compression)> {
    let count = std::rc::Rc::new(std::cell::Cell::new(0));
    let mut buffered = BufReader::with_capacity(1 << 16, Counting { inner, count: count.clone() });
    let kind = Compression::sniff(buffered.fill_buf()?);
    let ratio = limits.expansion_ratio;
    let bound = |reader: Box<dyn Read + 'r>| -> Box<dyn Read + 'r> {
        Box::new(Bounded { inner: reader, compressed: count.clone(), expanded: 0, ratio })
    };
    Ok((
        match kind {
            Compression::None => Box::new(buffered),
            Compression::Gzip => bound(Box::new(flate2::bufread::MultiGzDecoder::new(buffered))),
            Compression::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(buffered)?;
                decoder.window_log_max(ZSTD_WINDOW_LOG_MAX)?;
                bound(Box::new(decoder))
            }
        },
        kind,
    ))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).expect("writes");
        encoder.finish().expect("finishes")
    }

    fn read(bytes: &[u8], limits: &Limits) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        decompress(bytes, limits)?.0.read_to_end(&mut out)?;
        Ok(out)
    }

    #[test]
    fn several_members_and_frames_read_as_one() {
        let limits = Limits::default();
        let mut gz = gzip(b"hej ");
        gz.extend(gzip(b"verden"));
        assert_eq!(read(&gz, &limits).expect("reads"), b"hej verden");
        let mut zst = zstd::encode_all(&b"hej "[..], 1).expect("encodes");
        zst.extend(zstd::encode_all(&b"verden"[..], 1).expect("encodes"));
        assert_eq!(read(&zst, &limits).expect("reads"), b"hej verden");
    }

    #[test]
    fn a_bomb_is_stopped_and_a_cut_stream_is_an_error() {
        let limits = Limits { expansion_ratio: 5, ..Limits::default() };
        let bomb = gzip(&vec![0u8; 20 << 20]);
        assert_eq!(read(&bomb, &limits).expect_err("bomb").kind(), io::ErrorKind::InvalidData);
        let cut = &gzip(&[7u8; 4000])[..20];
        assert_eq!(read(cut, &Limits::default()).expect_err("cut").kind(), io::ErrorKind::UnexpectedEof);
    }
}
