//! Files that lie, made byte by byte: each has one clear outcome, and none panics, hangs or fills the memory.

use std::io::Cursor;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use sprog_formats::audio;
use sprog_formats::{Limits, codes};

/// An error's code, or frames and the codes of problems.
#[derive(Debug, PartialEq)]
enum Outcome {
    Error(u16),
    Frames(u64, Vec<u16>),
}

fn outcome(bytes: Vec<u8>) -> Outcome {
    keep(&bytes);
    outcome_of(bytes)
}

/// Leaves the file in the folder that `SPROG_BAD_AUDIO` names, for whoever measures a program over all of them.
fn keep(bytes: &[u8]) {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    if let Some(folder) = std::env::var_os("SPROG_BAD_AUDIO") {
        let name = format!("bad{:03}.audio", COUNT.fetch_add(1, Ordering::SeqCst));
        std::fs::write(PathBuf::from(folder).join(name), bytes).expect("writes");
    }
}

fn outcome_of(bytes: Vec<u8>) -> Outcome {
    match audio::read(
        Box::new(Cursor::new(bytes)),
        None,
        &Limits { audio_bytes: 64 << 20, ..Limits::default() },
    ) {
        Err(e) => Outcome::Error(e.code().0),
        Ok(parsed) => {
            assert!(parsed.value.samples.iter().all(|s| s.is_finite()));
            let mut codes: Vec<u16> = parsed.problems.iter().map(|p| p.code.0).collect();
            codes.dedup();
            Outcome::Frames(parsed.value.frames(), codes)
        }
    }
}

struct Wav {
    tag: u16,
    channels: u16,
    rate: u32,
    align: u16,
    bits: u16,
    claimed: u32,
    data: Vec<u8>,
}

const GOOD: Wav =
    Wav { tag: 1, channels: 1, rate: 16_000, align: 2, bits: 16, claimed: 200, data: Vec::new() };

impl Wav {
    fn bytes(&self) -> Vec<u8> {
        let mut out = b"RIFF\xff\xff\xff\x7fWAVEfmt \x10\0\0\0".to_vec();
        out.extend(self.tag.to_le_bytes());
        out.extend(self.channels.to_le_bytes());
        out.extend(self.rate.to_le_bytes());
        out.extend([0; 4]);
        out.extend(self.align.to_le_bytes());
        out.extend(self.bits.to_le_bytes());
        out.extend(b"data");
        out.extend(self.claimed.to_le_bytes());
        out.extend(if self.data.is_empty() { &[1; 200] } else { &self.data[..] });
        out
    }
}

fn aiff(channels: u16, frames: u32, bits: u16, rate: [u8; 10], data: usize) -> Vec<u8> {
    let mut out = b"FORM\0\0\0\0AIFFCOMM\0\0\0\x12".to_vec();
    out.extend(channels.to_be_bytes());
    out.extend(frames.to_be_bytes());
    out.extend(bits.to_be_bytes());
    out.extend(rate);
    out.extend(b"SSND");
    out.extend((data as u32 + 8).to_be_bytes());
    out.extend([0; 8]);
    out.extend(vec![1; data]);
    out
}

const RATE: [u8; 10] = [0x40, 0x0C, 0xFA, 0, 0, 0, 0, 0, 0, 0];

#[test]
fn wav_headers_that_lie() {
    let malformed = || Outcome::Error(codes::MALFORMED.0);
    for (what, wav, expected) in [
        ("as it should be", GOOD, Outcome::Frames(100, vec![])),
        ("0 Hz", Wav { rate: 0, ..GOOD }, malformed()),
        ("768 kHz", Wav { rate: 768_000, ..GOOD }, Outcome::Frames(100, vec![])),
        ("0 channels", Wav { channels: 0, ..GOOD }, malformed()),
        ("65535 channels", Wav { channels: 65_535, ..GOOD }, malformed()),
        (
            "65535 channels of 8 bits, less than a frame",
            Wav { channels: 65_535, bits: 8, align: 65_535, ..GOOD },
            Outcome::Frames(0, vec![205]),
        ),
        ("frames of 0 bytes", Wav { align: 0, ..GOOD }, malformed()),
        ("0 bits", Wav { bits: 0, ..GOOD }, Outcome::Error(codes::UNSUPPORTED.0)),
        ("65535 bits", Wav { bits: 65_535, ..GOOD }, Outcome::Error(codes::UNSUPPORTED.0)),
        ("floats of 16 bits", Wav { tag: 3, ..GOOD }, Outcome::Error(codes::UNSUPPORTED.0)),
        ("a codec of 1994", Wav { tag: 0x31, ..GOOD }, Outcome::Error(codes::UNSUPPORTED.0)),
        ("4 GB claimed", Wav { claimed: 0xFFFF_FFF0, ..GOOD }, Outcome::Frames(100, vec![200])),
        ("no length", Wav { claimed: 0, ..GOOD }, Outcome::Frames(100, vec![201])),
        (
            "half a frame at the end",
            Wav { claimed: 301, data: vec![1; 151], ..GOOD },
            Outcome::Frames(75, vec![200]),
        ),
        (
            "NaN",
            Wav { tag: 3, bits: 32, align: 4, data: vec![0xFF; 200], ..GOOD },
            Outcome::Frames(50, vec![207]),
        ),
        ("ADPCM blocks of 3 bytes", Wav { tag: 17, bits: 4, align: 3, ..GOOD }, malformed()),
    ] {
        assert_eq!(outcome(wav.bytes()), expected, "{what}");
    }
}

#[test]
fn an_rf64_whose_ds64_is_wrong_is_read_to_its_end() {
    let mut bytes = b"RF64\xff\xff\xff\xffWAVEds64\x1c\0\0\0".to_vec();
    bytes.extend([0xEE; 28]);
    bytes.extend(&Wav { claimed: u32::MAX, ..GOOD }.bytes()[12..]);
    assert_eq!(outcome(bytes), Outcome::Frames(100, vec![200]));
}

/// A good file with the box or element `from` overwritten by `to`.
fn changed(name: &str, from: &[u8], to: &[u8]) -> Vec<u8> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/audio")).join(name);
    let mut bytes = std::fs::read(path).expect("fixture");
    let at = bytes.windows(from.len()).position(|w| w == from).expect("is there");
    bytes[at..at + to.len()].copy_from_slice(to);
    bytes
}

#[test]
fn a_fragment_that_claims_samples_without_bytes_is_refused() {
    // `trun` with flags that give each sample no bytes, and 2^32 - 1 samples.
    let bytes = changed("aac-fragmented.m4a", b"trun", b"trun\0\0\0\0\xff\xff\xff\xff");
    assert_eq!(outcome(bytes), Outcome::Error(codes::MALFORMED.0));
}

#[test]
fn a_matroska_track_numbered_0_comes_to_its_end() {
    let bytes = changed("opus-discard-padding.mka", b"\xd7\x81\x01", b"\xd7\x81\x00");
    keep(&bytes);
    let mut decoder = audio::Decoder::open(Box::new(Cursor::new(bytes)), None).expect("opens");
    let mut samples = Vec::new();
    while decoder.next_block(&mut samples) {}
    decoder.seek(0).expect("goes back");
    while decoder.next_block(&mut samples) {}
    assert!(samples.is_empty(), "no block is of track 0");
}

#[test]
fn chunks_without_end_are_given_up() {
    let mut bytes = b"RIFF\0\0\0\0WAVE".to_vec();
    bytes.extend(b"junk\0\0\0\0".repeat(200_000));
    assert_eq!(outcome(bytes), Outcome::Error(codes::MALFORMED.0));
}

#[test]
fn aiff_headers_that_lie() {
    let malformed = || Outcome::Error(codes::MALFORMED.0);
    for (what, bytes, expected) in [
        ("as it should be", aiff(1, 100, 16, RATE, 200), Outcome::Frames(100, vec![])),
        ("0 channels", aiff(0, 100, 16, RATE, 200), malformed()),
        ("0 Hz", aiff(1, 100, 16, [0; 10], 200), malformed()),
        ("a rate that is no number", aiff(1, 100, 16, [0x7F; 10], 200), malformed()),
        ("0 bits", aiff(1, 100, 0, RATE, 200), Outcome::Error(codes::UNSUPPORTED.0)),
        ("more frames than bytes", aiff(1, 4_000_000_000, 16, RATE, 200), Outcome::Frames(100, vec![200])),
        ("no length", aiff(1, 0, 16, RATE, 200), Outcome::Frames(100, vec![201])),
        ("65535 channels", aiff(65_535, 1, 16, RATE, 200), Outcome::Frames(0, vec![205, 200])),
    ] {
        assert_eq!(outcome(bytes), expected, "{what}");
    }
}

#[test]
fn tags_and_marks_without_audio_are_refused() {
    let id3 = b"ID3\x04\0\0\x7f\x7f\x7f\x7f".repeat(10_000);
    for (what, bytes) in [
        ("ID3 tags one in the other", id3),
        ("Ogg marks only", b"OggS".repeat(50_000)),
        ("an Ogg page of nothing", [&b"OggS\0\x02"[..], &[0; 21]].concat()),
        ("a Matroska head only", b"\x1a\x45\xdf\xa3\x80".to_vec()),
        ("a Matroska element of 2^56 bytes", b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\x01\0\0\0\0\0\0\0\x16\x54\xae\x6b\x01\xff\xff\xff\xff\xff\xff\xfe".to_vec()),
        ("MP4 boxes in each other", [&b"\0\0\0\x08ftyp"[..], &b"\0\0\xff\xffmoov".repeat(1000)].concat()),
        ("an MP4 box of 2^64 bytes", [&b"\0\0\0\x08ftypM4A \0\0\0\x01free"[..], &[0xFF; 8], &[0; 40]].concat()),
        ("a FLAC mark only", b"fLaC".to_vec()),
        ("a FLAC picture of 16 MB", b"fLaC\x06\xff\xff\xff".to_vec()),
        ("ADTS headers only", b"\xff\xf1\x50\x80\0\xe0\xfc".to_vec()),
    ] {
        let got = outcome(bytes);
        assert!(matches!(got, Outcome::Error(102 | 103 | 203) | Outcome::Frames(0, _)), "{what}: {got:?}");
    }
}

/// Good files of every codec, cut, with bytes overwritten, and with a stretch missing or twice: xorshift, so always the same.
#[test]
fn damaged_files_of_every_codec_come_to_an_end() {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/audio"));
    let mut names: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("lists").map(|e| e.expect("an entry").path()).collect();
    names.retain(|name| name.extension().is_some_and(|e| e != "sh"));
    names.sort();
    assert!(names.len() > 10);
    let mut state = 0x9E37_79B9_7F4A_7C15u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below.max(1) as u64) as usize
    };
    for name in names {
        let whole = std::fs::read(&name).expect("reads");
        for kind in 0..12 {
            let mut bytes = whole.clone();
            let (at, len) = (random(bytes.len()), 1 + random(200));
            let end = (at + len).min(bytes.len());
            match kind % 4 {
                0 => bytes.truncate(at),
                1 => (0..=len).for_each(|_| {
                    let at = random(bytes.len());
                    bytes[at] = random(256) as u8;
                }),
                2 => drop(bytes.drain(at..end)),
                _ => bytes = [&bytes[..end], &bytes[at..]].concat(),
            }
            match outcome(bytes) {
                Outcome::Error(code) => assert!((100..300).contains(&code), "{name:?}: {code}"),
                Outcome::Frames(frames, _) => assert!(frames < 50_000_000, "{name:?}: {frames}"),
            }
        }
    }
}
