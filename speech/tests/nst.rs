//! Real Danish speech with two microphones, under `$SPROG_SHARED/data/nst`, which is not part of the
//! repository.
#![allow(clippy::print_stderr)]

use std::path::PathBuf;

use sprog_speech::quality::{PaceVerdict, Reason, Relation, SYLLABLES_PER_SECOND, measure_pair, pace};
use sprog_speech::vad::{SegmentOptions, Vad, segments};

/// Interleaved samples of a clip; `None`, said loudly, where it is absent. In CI it must be there.
fn clip(name: &str) -> Option<Vec<f32>> {
    let folder =
        std::env::var_os("SPROG_SHARED").map_or_else(|| PathBuf::from("../../shared"), PathBuf::from);
    let path = folder.join("data/nst").join(name).with_extension("wav");
    let Ok(bytes) = std::fs::read(&path) else {
        eprintln!("SKIPPED: {} is missing; set SPROG_SHARED to the folder of shared data", path.display());
        assert!(std::env::var_os("CI").is_none(), "{} must be there in CI", path.display());
        return None;
    };
    // 16-bit PCM after the plain header of 44 bytes.
    Some(
        bytes[44..].as_chunks::<2>().0.iter().map(|b| f32::from(i16::from_le_bytes(*b)) / 32_768.0).collect(),
    )
}

#[test]
fn the_better_microphone_of_each_clip() {
    let clips = [
        ("u0013002", 1, Reason::Snr),
        ("u0042008", 1, Reason::Level),
        ("u0042010", 0, Reason::Snr),
        ("u0042012", 0, Reason::Snr),
        ("u0042014", 0, Reason::Snr),
        ("u0042016", 0, Reason::Snr),
        ("u0042018", 0, Reason::Snr),
    ];
    for (name, channel, reason) in clips {
        let Some(samples) = clip(name) else { return };
        let (qualities, pair) = measure_pair(&samples, 16_000).unwrap();
        assert_eq!((pair.choice.channel, pair.choice.reason), (channel, reason), "{name} {qualities:?}");
        assert_eq!(pair.relation, Relation::OneSource, "{name}");
        assert!(qualities.iter().all(|q| q.bandwidth_hz == Some(8000.0) && q.dropouts == 0), "{name}");
    }
}

#[test]
fn eight_words_with_a_pause_before_the_last() {
    let Some(samples) = clip("u0013002") else { return };
    let second: Vec<f32> = samples.iter().skip(1).step_by(2).copied().collect();
    let frames = Vad::frames_of(&second, 16_000).unwrap();
    let found = segments(&frames, 16_000, second.len() as u64, &SegmentOptions::default());
    let near = |at: u64, seconds: f64| (at as f64 / 16_000.0 - seconds).abs() < 0.15;
    // Read off the spectrogram: 0.53 to 2.62 s, 3.0 to 3.3 s.
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(near(found[0].start, 0.5) && near(found[0].end, 2.65), "{found:?}");
    assert!(near(found[1].start, 2.95) && near(found[1].end, 3.35), "{found:?}");
    let speech = frames.iter().filter(|f| f.score > 0.0).count() as f64 / 100.0;
    // "tester en to tre fire fem seks syv otte".
    assert_eq!(pace(12.0, speech, SYLLABLES_PER_SECOND).verdict, PaceVerdict::Plausible, "{speech}");
}
