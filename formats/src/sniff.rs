//! Tells what a file is from its first bytes.

use std::fmt;

use crate::Compression;
use crate::audio::AudioFormat;

/// How many bytes [`sniff`] wants to see.
pub const HEAD_BYTES: usize = 4096;

/// What a file seems to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Audio.
    Audio(AudioFormat),
    /// gzip or Zstandard around something else.
    Compressed(Compression),
    /// A zip archive.
    Zip,
    /// A tar archive.
    Tar,
    /// Apache Parquet.
    Parquet,
    /// A Praat TextGrid.
    TextGrid,
    /// WebVTT subtitles.
    Vtt,
    /// HTML.
    Html,
    /// XML that is not HTML.
    Xml,
    /// Text that starts as a JSON object or array.
    Json,
    /// Text of another kind, in some encoding.
    Text,
    /// None of these.
    Unknown,
    /// No bytes at all.
    Empty,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Audio(format) => format.extension(),
            Kind::Compressed(Compression::Gzip) => "gzip",
            Kind::Compressed(_) => "zstd",
            Kind::Zip => "zip",
            Kind::Tar => "tar",
            Kind::Parquet => "parquet",
            Kind::TextGrid => "textgrid",
            Kind::Vtt => "vtt",
            Kind::Html => "html",
            Kind::Xml => "xml",
            Kind::Json => "json",
            Kind::Text => "text",
            Kind::Unknown => "unknown bytes",
            Kind::Empty => "an empty file",
        })
    }
}

/// Tells the kind from the first [`HEAD_BYTES`] bytes (fewer only if the file is shorter).
///
/// ```
/// use sprog_formats::{audio::AudioFormat, sniff::{Kind, sniff}};
/// assert_eq!(sniff(b"fLaC\0\0\0\x22"), Kind::Audio(AudioFormat::Flac));
/// assert_eq!(sniff("Rødgrød med fløde".as_bytes()), Kind::Text);
/// ```
pub fn sniff(head: &[u8]) -> Kind {
    let starts = |magic: &[u8]| head.starts_with(magic);
    let at = |offset: usize, magic: &[u8]| head.get(offset..).is_some_and(|rest| rest.starts_with(magic));
    if head.is_empty() {
        return Kind::Empty;
    }
    if (starts(b"RIFF") || starts(b"RF64") || starts(b"BW64")) && at(8, b"WAVE") {
        return Kind::Audio(AudioFormat::Wav);
    }
    if crate::audio::is_w64(head) {
        return Kind::Audio(AudioFormat::Wav);
    }
    if starts(b"FORM") && (at(8, b"AIFF") || at(8, b"AIFC")) {
        return Kind::Audio(AudioFormat::Aiff);
    }
    if starts(b"fLaC") {
        return Kind::Audio(AudioFormat::Flac);
    }
    if starts(b"OggS") {
        return Kind::Audio(AudioFormat::Ogg);
    }
    if starts(&[0x1A, 0x45, 0xDF, 0xA3]) {
        return Kind::Audio(AudioFormat::Matroska);
    }
    if at(4, b"ftyp") {
        return Kind::Audio(AudioFormat::Mp4);
    }
    match Compression::sniff(head) {
        Compression::None => {}
        compressed => return Kind::Compressed(compressed),
    }
    if starts(b"PK\x03\x04") || starts(b"PK\x05\x06") {
        return Kind::Zip;
    }
    if at(257, b"ustar") {
        return Kind::Tar;
    }
    if starts(b"PAR1") {
        return Kind::Parquet;
    }
    if let Some(format) = mpeg(head) {
        return Kind::Audio(format);
    }
    text_kind(head)
}

/// MP3 (an ID3 tag, or a frame header with another one where the first says it ends) or ADTS.
fn mpeg(head: &[u8]) -> Option<AudioFormat> {
    if head.starts_with(b"ID3") {
        return Some(AudioFormat::Mp3);
    }
    let &[0xFF, second, third, ..] = head else { return None };
    if second & 0xF6 == 0xF0 {
        return Some(AudioFormat::Adts);
    }
    // Sync 0xFFE, layer III, a bit rate and a sample rate that exist.
    let plausible =
        second & 0xE6 == 0xE2 && second & 0x18 != 0x08 && third >> 4 != 15 && third & 0x0C != 0x0C;
    plausible.then_some(AudioFormat::Mp3)
}

fn text_kind(head: &[u8]) -> Kind {
    let text = crate::decode(head, crate::EncodingChoice::Detect).value.0;
    let controls = text.chars().filter(|c| c.is_control() && !"\n\r\t\u{c}\u{1b}".contains(*c)).count();
    if controls * 50 > text.chars().count() {
        return Kind::Unknown;
    }
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
    let lower = start.chars().take(400).collect::<String>().to_ascii_lowercase();
    if start.starts_with("File type = \"ooTextFile") {
        Kind::TextGrid
    } else if start.starts_with("WEBVTT") {
        Kind::Vtt
    } else if lower.starts_with("<!doctype html")
        || lower.starts_with("<html")
        || lower.starts_with("<?xml") && lower.contains("<html")
    {
        Kind::Html
    } else if lower.starts_with("<?xml") || lower.starts_with("<!doctype") {
        Kind::Xml
    } else if start.starts_with('{') || start.starts_with('[') {
        Kind::Json
    } else {
        Kind::Text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_by_their_first_bytes() {
        for (bytes, kind) in [
            (&b""[..], Kind::Empty),
            (b"RF64\xff\xff\xff\xffWAVEds64", Kind::Audio(AudioFormat::Wav)),
            (b"FORM\0\0\0\x2eAIFF", Kind::Audio(AudioFormat::Aiff)),
            (b"ID3\x04\0\0\0\0\0\0", Kind::Audio(AudioFormat::Mp3)),
            (b"\xFF\xFB\x90\x64\0\0\0\0", Kind::Audio(AudioFormat::Mp3)),
            (b"\xFF\xF1\x50\x80", Kind::Audio(AudioFormat::Adts)),
            (b"\xFF\xFEh\0e\0j\0 \0d\0u\0", Kind::Text),
            (b"\xEF\xBB\xBF{\"a\": 1}", Kind::Json),
            (b"<?xml version=\"1.0\"?><TEI>", Kind::Xml),
            (b"  <!DOCTYPE html><html>", Kind::Html),
            (b"PAR1\x15\x04", Kind::Parquet),
            (b"\x01\x02\x03\x04\x05\x06", Kind::Unknown),
            ("r\u{f8}dgr\u{f8}d".as_bytes(), Kind::Text),
        ] {
            assert_eq!(sniff(bytes), kind, "{bytes:?}");
        }
    }
}
