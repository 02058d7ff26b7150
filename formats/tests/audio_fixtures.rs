//! Small files of every codec: their exact length, their place in time, and seeks to any frame.

use std::io::Cursor;
use std::path::PathBuf;

use proptest::prelude::*;
use sprog_formats::audio::{self, Audio, Decoder};
use sprog_formats::{Limits, Parsed};

/// Frames of the chirp at 16 kHz.
const FRAMES: u64 = 2_400;

fn fixture(name: &str) -> Vec<u8> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/audio")).join(name);
    std::fs::read(path).expect("fixture")
}

fn read(name: &str) -> Parsed<Audio> {
    audio::read(Box::new(Cursor::new(fixture(name))), Some(name), &Limits::default()).expect(name)
}

/// Name, codec, frames that come out, and by how many the sound is late.
const FILES: [(&str, &str, u64, usize); 10] = [
    ("mp3-info-tag.mp3", "mp3", FRAMES, 0),
    ("opus-48k-pre-skip.opus", "opus", 3 * FRAMES, 0),
    ("vorbis-end-trim.ogg", "vorbis", FRAMES, 0),
    ("aac-edit-list.m4a", "aac", FRAMES, 0),
    // Neither tells the delay of the encoder, 1024 frames.
    ("aac-fragmented.m4a", "aac", 4 * 1024, 1024),
    ("aac-no-length.aac", "aac", 4 * 1024, 1024),
    ("opus-discard-padding.mka", "opus", 3 * FRAMES, 0),
    ("flac-in-ogg.ogg", "flac", FRAMES, 0),
    ("flac-16bit.flac", "flac", FRAMES, 0),
    // No fact chunk that is shorter than the blocks.
    ("adpcm-ima.wav", "adpcm_ima_wav", 4_082, 0),
];

/// The shift within ±40 at which `signal` is most like `truth`, in its frames.
fn best_shift(truth: &[f32], signal: &[f32], step: usize, late: usize) -> i64 {
    let at = |shift: i64| -> f64 {
        (400..1_800i64)
            .map(|n| {
                let heard = (n + late as i64) * step as i64 + shift;
                f64::from(truth[n as usize]) * f64::from(signal[heard as usize])
            })
            .sum()
    };
    (-40..=40).max_by(|a, b| at(*a).total_cmp(&at(*b))).expect("not empty")
}

#[test]
fn every_codec_has_its_exact_length_and_no_shift() {
    let truth = read("flac-16bit.flac").value.samples;
    for (name, codec, frames, late) in FILES {
        let parsed = read(name);
        assert_eq!(parsed.value.info.codec, codec, "{name}");
        assert_eq!(parsed.problems, [], "{name}");
        if name != "adpcm-ima.wav" {
            assert_eq!(parsed.value.frames(), frames, "{name}");
        }
        let step = if codec == "opus" { 3 } else { 1 };
        assert_eq!(best_shift(&truth, &parsed.value.samples, step, late), 0, "{name}");
    }
}

/// Power of a tone in a channel.
fn tone(audio: &Audio, channel: usize, hz: f64) -> f64 {
    let frames = audio.samples.chunks(usize::from(audio.info.channels)).skip(500).take(2_880);
    let (mut re, mut im) = (0.0, 0.0);
    for (n, frame) in frames.enumerate() {
        let phase = std::f64::consts::TAU * hz * n as f64 / f64::from(audio.info.sample_rate);
        re += f64::from(frame[channel]) * phase.cos();
        im += f64::from(frame[channel]) * phase.sin();
    }
    re * re + im * im
}

#[test]
fn surround_opus_has_the_channel_order_of_wav() {
    // The n-th channel of the WAV file it was made of held a tone of n × 300 Hz; the fourth is for low tones only.
    let parsed = read("opus-surround.opus");
    assert_eq!((parsed.value.info.channels, parsed.value.frames(), parsed.problems), (6, 3_840, vec![]));
    for channel in [0, 1, 2, 4, 5] {
        let at = |n: u32| tone(&parsed.value, channel, 300.0 * f64::from(n));
        let loudest = (1..=6).max_by(|a, b| at(*a).total_cmp(&at(*b)));
        assert_eq!(loudest, Some(channel as u32 + 1));
    }
}

#[test]
fn flac_of_32_bits_is_the_same_samples() {
    let (parsed, truth) = (read("flac-32bit.flac"), read("flac-16bit.flac").value.samples);
    assert_eq!((parsed.value.info.codec.as_str(), &parsed.problems[..]), ("flac", &[][..]));
    assert_eq!(parsed.value.samples.len(), truth.len());
    // The chirp of 16 bits was dithered anew.
    let worst = parsed.value.samples.iter().zip(&truth).fold(0f32, |m, (a, b)| m.max((a - b).abs()));
    assert!(worst <= 3.0 / 32_768.0, "{worst}");
}

#[test]
fn a_chain_of_two_streams_is_read_to_its_end() {
    for name in ["opus-48k-pre-skip.opus", "vorbis-end-trim.ogg", "flac-in-ogg.ogg"] {
        let once = read(name).value;
        let twice = [fixture(name), fixture(name)].concat();
        let parsed = audio::read(Box::new(Cursor::new(twice)), Some(name), &Limits::default()).expect(name);
        assert_eq!((parsed.value.frames(), parsed.problems), (2 * once.frames(), vec![]), "{name}");
        assert_eq!(parsed.value.samples[once.samples.len()..], once.samples[..], "{name}");
    }
}

#[test]
fn a_cut_file_of_any_codec_is_told() {
    for (name, _, frames, _) in
        FILES.into_iter().filter(|f| f.0 != "aac-no-length.aac" && f.0 != "adpcm-ima.wav")
    {
        let whole = fixture(name);
        let cut = whole[..whole.len() - whole.len() / 8].to_vec();
        match audio::read(Box::new(Cursor::new(cut)), Some(name), &Limits::default()) {
            // An MP4 whose index stood at the end has none now.
            Err(_) => assert!(name.ends_with("m4a"), "{name}"),
            Ok(parsed) => {
                assert!(!parsed.problems.is_empty(), "{name}: {} of {frames}", parsed.value.frames());
                assert!(parsed.value.frames() <= frames, "{name}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn decoding_from_a_frame_sought_is_decoding_from_the_start(places in prop::collection::vec(0u64..13_000, 1..4)) {
        for (name, codec, _, _) in FILES {
            let all = read(name).value.samples;
            let mut decoder = Decoder::open(Box::new(Cursor::new(fixture(name))), None).expect(name);
            for place in &places {
                decoder.seek(*place).expect(name);
                let mut rest = Vec::new();
                while decoder.next_block(&mut rest) {}
                let want = all.get(*place as usize..).unwrap_or_default();
                prop_assert_eq!(rest.len(), want.len(), "{} from {}", name, place);
                let worst = rest.iter().zip(want).fold(0f32, |m, (a, b)| m.max((a - b).abs()));
                prop_assert!(worst <= if codec == "opus" { 1e-4 } else { 0.0 }, "{} from {}: {}", name, place, worst);
            }
        }
    }
}
