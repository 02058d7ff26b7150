//! What is asked of any bytes: an end, finite samples, honest counts, and seeks that stay inside.
//!
//! A panic inside a codec is caught by the decoder and is no find; one in this crate's own files is.

use std::io::Cursor;

use sprog_formats::audio::{AudioFormat, Decoder};
use sprog_formats::sniff::{Kind, sniff};

/// Samples after which a file has shown enough.
const ENOUGH: u64 = 1 << 21;

pub fn init() {
    std::panic::set_hook(Box::new(|info| {
        let file = info.location().map_or("", |l| l.file());
        if !file.contains(".cargo") && !file.contains("/rustc/") && !file.contains("library/") {
            eprintln!("{info}");
            std::process::abort();
        }
    }));
}

fn abort_unless(good: bool, what: &str) {
    if !good {
        eprintln!("{what}");
        std::process::abort();
    }
}

pub fn check(data: &[u8], format: AudioFormat) {
    if sniff(&data[..data.len().min(4096)]) != Kind::Audio(format) {
        return;
    }
    let Ok(mut decoder) = Decoder::open(Box::new(Cursor::new(data)), None) else { return };
    let channels = u64::from(decoder.info().channels);
    abort_unless(channels > 0 && decoder.info().sample_rate > 0, "no rate or no channels");
    let mut block = Vec::new();
    let mut samples = 0u64;
    while samples < ENOUGH {
        block.clear();
        let more = decoder.next_block(&mut block);
        samples += block.len() as u64;
        abort_unless(block.iter().all(|s| s.is_finite()), "a sample that is no number");
        abort_unless(samples == decoder.frames() * channels, "frames miscounted");
        if !more {
            break;
        }
    }
    abort_unless(decoder.problems().len() <= 200, "problems without end");
    let to = decoder.frames() / 2;
    if decoder.seek(to).is_ok() {
        abort_unless(decoder.frames() <= to, "past the frame sought");
        block.clear();
        decoder.next_block(&mut block);
        abort_unless(block.iter().all(|s| s.is_finite()), "a sample that is no number after a seek");
    }
}
