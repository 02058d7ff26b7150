//! symphonia's readers over a [`Source`].

use std::io::{ErrorKind, Read, Seek, SeekFrom};

use symphonia::core::common::Limit;
use symphonia::core::errors::Error as SymphoniaError;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader};
use symphonia::core::io::{MediaSource, MediaSourceStream};
use symphonia::core::meta::MetadataOptions;

use super::Source;
use super::packets::Next;
use crate::{Error, Place, Result};

/// Bytes of a picture or a tag that may be held.
const MAX_METADATA: usize = 1 << 20;

struct Media<'s> {
    inner: Box<dyn Source + 's>,
    len: u64,
}

impl Read for Media<'_> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        self.inner.read(buf)
    }
}

impl Seek for Media<'_> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.inner.seek(to)
    }
}

impl MediaSource for Media<'_> {
    fn is_seekable(&self) -> bool {
        true
    }
    fn byte_len(&self) -> Option<u64> {
        Some(self.len)
    }
}

pub(super) fn probe<'s>(
    mut source: Box<dyn Source + 's>,
    extension: &str,
) -> Result<Box<dyn FormatReader + 's>> {
    let len = source.seek(SeekFrom::End(0))?;
    source.seek(SeekFrom::Start(0))?;
    let stream = MediaSourceStream::new(Box::new(Media { inner: source, len }), Default::default());
    probe_stream(stream, extension)
}

/// As [`probe`], for a stream that stands at its start.
pub(super) fn probe_stream<'s>(
    stream: MediaSourceStream<'s>,
    extension: &str,
) -> Result<Box<dyn FormatReader + 's>> {
    let mut hint = Hint::new();
    hint.with_extension(extension);
    let limits = MetadataOptions::default()
        .limit_tag_bytes(Limit::Maximum(MAX_METADATA))
        .limit_visual_bytes(Limit::Maximum(MAX_METADATA));
    symphonia::default::get_probe().probe(&hint, stream, FormatOptions::default(), limits).map_err(
        |e| match e {
            SymphoniaError::IoError(e) if e.kind() != ErrorKind::UnexpectedEof => Error::Io(e),
            SymphoniaError::Unsupported(what) => Error::Unsupported(format!("{extension}: {what}")),
            other => Error::malformed("audio", Place::File, other.to_string()),
        },
    )
}

/// What a reader's error means in the middle of a file: its end, or a failure.
pub(super) fn stop(e: SymphoniaError) -> Result<Next> {
    match e {
        SymphoniaError::IoError(e) if e.kind() == ErrorKind::UnexpectedEof => Ok(Next::End),
        SymphoniaError::IoError(e) => Err(Error::Io(e)),
        other => Err(Error::malformed("audio", Place::File, other.to_string())),
    }
}
