//! Audio files of every container: what is decoded, and what is said of broken ones.
//!
//! The clips are those of the demo corpus (CC0-1.0), made with espeak-ng.

use std::fs;
use std::io::Cursor;
use std::path::PathBuf;

use sprog_formats::audio::{self, Audio, WavSamples};
use sprog_formats::{Error, Limits, Parsed, codes};

fn demo(path: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../datasets/demo/speech")).join(path)
}

fn read(bytes: Vec<u8>, name: &str) -> Result<Parsed<Audio>, Error> {
    audio::read(Box::new(Cursor::new(bytes)), Some(name), &Limits::default())
}

fn problem_codes(parsed: &Parsed<Audio>) -> Vec<u16> {
    parsed.problems.iter().map(|p| p.code.0).collect()
}

fn tone(frames: usize, channels: usize) -> Vec<f32> {
    (0..frames * channels).map(|n| ((n / channels) as f32 * 0.07).sin() * 0.4).collect()
}

fn wav(samples: &[f32], rate: u32, channels: u16, stored: WavSamples) -> Vec<u8> {
    let mut out = Vec::new();
    audio::write_wav(Cursor::new(&mut out), samples, rate, channels, stored).expect("writes");
    out
}

#[test]
fn every_good_demo_clip_decodes_without_a_problem() {
    let table = fs::read_to_string(demo("prompts.tsv")).expect("prompts.tsv");
    let mut lines = table.lines();
    let header: Vec<&str> = lines.next().expect("header").split('\t').collect();
    let column = |name: &str| header.iter().position(|h| *h == name).expect("column");
    let (id, format, rate, channels) = (column("id"), column("format"), column("rate"), column("channels"));
    let mut count = 0;
    for line in lines {
        let fields: Vec<&str> = line.split('\t').collect();
        let name = format!("{}.{}", fields[id], fields[format]);
        let parsed = read(fs::read(demo("clips").join(&name)).expect("clip"), &name).expect("decodes");
        assert_eq!(parsed.problems, [], "{name}");
        let info = &parsed.value.info;
        assert_eq!(info.sample_rate.to_string(), fields[rate], "{name}");
        assert_eq!(info.channels.to_string(), fields[channels], "{name}");
        let seconds = parsed.value.duration();
        assert!((1.0..6.0).contains(&seconds), "{name}: {seconds} s");
        let peak = parsed.value.samples.iter().fold(0f32, |m, s| m.max(s.abs()));
        assert!((0.3..=1.0).contains(&peak), "{name}: peak {peak}");
        count += 1;
    }
    assert_eq!(count, 64);
}

#[test]
fn flawed_demo_clips_are_told() {
    for (name, expected) in [
        ("f03.flac", Ok(vec![codes::AUDIO_TRUNCATED.0])),
        ("f04.wav", Ok(vec![codes::AUDIO_NAME.0])),
        ("f06.wav", Ok(vec![codes::AUDIO_TRUNCATED.0])),
        ("f09.mp3", Err(codes::EMPTY_FILE)),
    ] {
        let result = read(fs::read(demo("clips-flaws").join(name)).expect("clip"), name);
        match (result, expected) {
            (Ok(parsed), Ok(codes)) => {
                let seen = problem_codes(&parsed);
                assert!(codes.iter().all(|c| seen.contains(c)), "{name}: {:?}", parsed.problems);
            }
            (Err(error), Err(code)) => assert_eq!(error.code(), code, "{name}"),
            (result, expected) => panic!("{name}: {result:?}, expected {expected:?}"),
        }
    }
}

#[test]
fn wav_write_then_read_is_the_identity() {
    for (channels, rate) in [(1u16, 16_000u32), (2, 44_100), (8, 8_000)] {
        let samples = tone(40_000, usize::from(channels));
        let back = read(wav(&samples, rate, channels, WavSamples::F32), "a.wav").expect("reads");
        assert_eq!(back.value.samples, samples);
        assert_eq!(back.problems, []);
        let once = read(wav(&samples, rate, channels, WavSamples::I16), "a.wav").expect("reads").value;
        let twice = read(wav(&once.samples, rate, channels, WavSamples::I16), "a.wav").expect("reads").value;
        assert_eq!(once, twice);
        let flac = audio::write_flac(&once.samples, rate, channels).expect("encodes");
        let from_flac = read(flac, "a.flac").expect("reads");
        assert_eq!(from_flac.value.samples, once.samples, "FLAC keeps 16-bit samples exactly");
        assert_eq!(from_flac.problems, []);
    }
}

#[test]
fn rf64_with_its_length_in_ds64_reads_whole() {
    let plain = wav(&tone(1000, 2), 48_000, 2, WavSamples::I16);
    let mut rf64 = b"RF64\xff\xff\xff\xffWAVEds64".to_vec();
    rf64.extend_from_slice(&28u32.to_le_bytes());
    rf64.extend_from_slice(&[0; 8]);
    rf64.extend_from_slice(&4000u64.to_le_bytes());
    rf64.extend_from_slice(&[0; 12]);
    let mut rest = plain[12..].to_vec();
    let data = rest.windows(4).position(|w| w == b"data").expect("data");
    rest[data + 4..data + 8].copy_from_slice(&[0xff; 4]);
    rf64.extend(rest);
    let parsed = read(rf64, "a.wav").expect("reads");
    assert_eq!((parsed.value.frames(), parsed.problems.len()), (1000, 0));
}

#[test]
fn lying_wav_headers_are_seen_through() {
    let good = wav(&tone(1000, 1), 16_000, 1, WavSamples::I16);
    let with = |at: usize, bytes: &[u8]| {
        let mut wav = good.clone();
        wav[at..at + bytes.len()].copy_from_slice(bytes);
        wav
    };
    let four_gb = read(with(40, &0xF000_0000u32.to_le_bytes()), "a.wav").expect("reads");
    assert_eq!((four_gb.value.frames(), problem_codes(&four_gb)), (1000, vec![200]));
    let streamed = read(with(40, &0u32.to_le_bytes()), "a.wav").expect("reads");
    assert_eq!((streamed.value.frames(), problem_codes(&streamed)), (1000, vec![201]));
    for (what, bytes) in [
        ("0 channels", with(22, &[0, 0])),
        ("0 Hz", with(24, &[0; 4])),
        ("block align 0", with(32, &[0, 0])),
        ("block align 1 for 16 bits", with(32, &[1, 0])),
        ("cut in the header", good[..30].to_vec()),
    ] {
        assert!(matches!(read(bytes, "a.wav"), Err(Error::Malformed { .. })), "{what}");
    }
    let odd = read(good[..good.len() - 3].to_vec(), "a.wav").expect("reads");
    assert_eq!((odd.value.frames(), problem_codes(&odd)), (998, vec![200]));
}

#[test]
fn samples_that_are_not_numbers_become_silence() {
    let mut samples = tone(100, 1);
    samples[3] = f32::NAN;
    samples[4] = f32::INFINITY;
    let parsed = read(wav(&samples, 16_000, 1, WavSamples::F32), "a.wav").expect("reads");
    assert_eq!(&parsed.value.samples[3..5], [0.0, 0.0]);
    assert_eq!(problem_codes(&parsed), [codes::AUDIO_NOT_FINITE.0]);
}

#[test]
fn the_audio_limit_stops_a_long_file() {
    let limits = Limits { audio_bytes: 1000, ..Limits::default() };
    let bytes = wav(&tone(50_000, 1), 16_000, 1, WavSamples::I16);
    assert!(matches!(audio::read(Box::new(Cursor::new(bytes)), None, &limits), Err(Error::Limit { .. })));
}

/// Each clip cut at many places and with bytes flipped: a result or an error, never a panic.
#[test]
fn damaged_files_never_panic() {
    let mut tried = 0;
    for name in ["c001.flac", "f04.wav"].iter().map(|n| (*n).to_owned()).chain(first_of_each()) {
        let folder = if name.starts_with('f') { "clips-flaws" } else { "clips" };
        let bytes = fs::read(demo(folder).join(&name)).expect("clip");
        let mut state = 0x9E37_79B9_7F4A_7C15u64;
        for round in 0..24 {
            let mut damaged = bytes.clone();
            if round % 2 == 0 {
                damaged.truncate(bytes.len() * (round + 1) / 25);
            }
            for _ in 0..round {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                // Half of the flips in the header, where they hurt most.
                let span = if state & 1 == 0 { damaged.len().min(200) } else { damaged.len() };
                if span > 0 {
                    let at = (state >> 33) as usize % span;
                    damaged[at] ^= 1 << (state >> 8 & 7);
                }
            }
            if let Ok(parsed) = read(damaged, &name) {
                assert!(parsed.value.samples.iter().all(|s| s.is_finite()));
            }
            tried += 1;
        }
    }
    assert!(tried >= 120);
}

fn first_of_each() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(demo("clips"))
        .expect("clips")
        .map(|e| e.expect("entry").file_name().into_string().expect("utf-8"))
        .collect();
    names.sort();
    ["mp3", "ogg", "m4a", "wav"]
        .iter()
        .map(|ext| names.iter().find(|n| n.ends_with(ext)).expect("a clip of each kind").clone())
        .collect()
}
