//! The detector and its segments: what it must find, and what must not change.

use proptest::prelude::*;
use sprog_speech::vad::{Frame, Mode, SegmentOptions, Vad, segments};

struct Noise(u32);

impl Noise {
    /// Evenly from −0.5 to 0.5.
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as f32 / (1 << 24) as f32 - 0.5
    }
}

/// Like speech where `on` says so: pulses at a gliding pitch through two resonances, in syllables of 0.2
/// s with consonants of noise between; `noise` is added everywhere.
fn talk(rate: u32, seconds: f32, noise: f32, on: impl Fn(f32) -> bool) -> Vec<f32> {
    let mut random = Noise(7);
    let (mut phase, mut memory) = (0f32, [[0f32; 2]; 2]);
    let rate_hz = rate as f32;
    (0..(seconds * rate_hz) as usize)
        .map(|n| {
            let t = n as f32 / rate_hz;
            let syllable = (t % 0.2) / 0.2;
            let vowel = syllable < 0.7;
            phase += (130.0 + 30.0 * (t * 2.0).sin()) / rate_hz;
            let pulse = if phase >= 1.0 { 1.0 } else { 0.0 };
            phase -= phase.floor();
            let source = if !on(t) {
                0.0
            } else if vowel {
                pulse * (std::f32::consts::PI * syllable / 0.7).sin()
            } else {
                0.1 * random.next()
            };
            let mut out = noise * random.next();
            for (k, hz) in [600.0 + 200.0 * (t * 5.0).sin(), 1700.0].into_iter().enumerate() {
                let (radius, turn) = ((-500.0 / rate_hz).exp(), (std::f32::consts::TAU * hz / rate_hz).cos());
                let y = source + 2.0 * radius * turn * memory[k][0] - radius * radius * memory[k][1];
                memory[k] = [y, memory[k][0]];
                out += 0.05 * y;
            }
            out
        })
        .collect()
}

fn share(frames: &[Frame], range: std::ops::Range<usize>, mode: Mode) -> f32 {
    let count = range.len() as f32;
    frames[range].iter().filter(|f| f.is_speech(mode)).count() as f32 / count
}

#[test]
fn speech_in_noise_is_found_at_every_rate_and_the_noise_is_not() {
    for rate in [8_000, 11_025, 16_000, 22_050, 44_100, 48_000] {
        let on = |t: f32| (3.0..5.0).contains(&t) || (7.0..9.0).contains(&t);
        let frames = Vad::frames_of(&talk(rate, 12.0, 0.003, on), rate).unwrap();
        assert_eq!(frames.len(), 1200);
        let normal = |range| share(&frames, range, Mode::Normal);
        assert!(normal(305..495) > 0.95 && normal(705..895) > 0.95, "{rate}: {}", normal(305..495));
        assert!(normal(100..280) < 0.05 && normal(530..670) < 0.05 && normal(950..1200) < 0.05, "{rate}");
    }
}

#[test]
fn stationary_sounds_are_not_speech() {
    let mut random = Noise(3);
    let white: Vec<f32> = (0..160_000).map(|_| 0.2 * random.next()).collect();
    let hum: Vec<f32> = (0..160_000).map(|n| 0.1 * (n as f32 * 0.0196).sin()).collect();
    for (name, sound) in
        [("white", white), ("hum", hum), ("zero", vec![0.0; 160_000]), ("DC", vec![0.5; 160_000])]
    {
        let frames = Vad::frames_of(&sound, 16_000).unwrap();
        let share = share(&frames, 100..950, Mode::Normal);
        assert!(share < 0.02, "{name}: {share}");
    }
}

#[test]
fn stricter_modes_find_less() {
    let frames = Vad::frames_of(&talk(16_000, 6.0, 0.02, |t| t % 2.0 < 1.0), 16_000).unwrap();
    let counts = Mode::ALL.map(|mode| frames.iter().filter(|f| f.is_speech(mode)).count());
    assert!(counts.windows(2).all(|w| w[0] >= w[1]) && counts[0] > counts[3], "{counts:?}");
}

#[test]
fn lengths_at_the_edges() {
    assert!(Vad::new(7_999).is_err() && Vad::new(0).is_err() && Vad::new(u32::MAX).is_err());
    for (samples, frames) in [(0, 0), (1, 1), (159, 1), (160, 1), (161, 2), (1280, 8), (1281, 9)] {
        assert_eq!(Vad::frames_of(&vec![0.1; samples], 16_000).unwrap().len(), frames, "{samples}");
    }
    // 22 050 Hz has hops of 220 and 221 samples.
    assert_eq!(Vad::frames_of(&vec![0.1; 22_050], 22_050).unwrap().len(), 100);
}

#[test]
fn a_finished_detector_starts_anew() {
    let sound = talk(16_000, 3.0, 0.01, |t| t > 1.0);
    let mut vad = Vad::new(16_000).unwrap();
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for out in [&mut first, &mut second] {
        vad.push(&sound, out);
        vad.finish(out);
    }
    assert_eq!(first, second);
}

#[test]
fn what_is_not_finite_counts_as_zero() {
    let mut sound = talk(16_000, 2.0, 0.01, |t| t > 1.0);
    let mut zeroed = sound.clone();
    for (n, value) in [(3, f32::NAN), (9_000, f32::INFINITY), (20_000, f32::NEG_INFINITY)] {
        (sound[n], zeroed[n]) = (value, 0.0);
    }
    assert_eq!(Vad::frames_of(&sound, 16_000).unwrap(), Vad::frames_of(&zeroed, 16_000).unwrap());
}

fn frames(pattern: &[(usize, f32, f32)]) -> Vec<Frame> {
    pattern.iter().flat_map(|&(count, score, level_db)| vec![Frame { score, level_db }; count]).collect()
}

#[test]
fn gaps_close_bursts_go_and_padding_meets_halfway() {
    let options = SegmentOptions { padding_ms: 200, ..SegmentOptions::default() };
    // A burst of 50 ms; two words 100 ms apart; then, after 300 ms, another.
    let (yes, no) = (2.0, -2.0);
    let frames = frames(&[
        (50, no, -60.0),
        (5, yes, -20.0),
        (50, no, -60.0),
        (20, yes, -20.0),
        (10, no, -60.0),
        (20, yes, -20.0),
        (30, no, -60.0),
        (20, yes, -20.0),
        (10, no, -60.0),
    ]);
    let found = segments(&frames, 16_000, frames.len() as u64 * 160, &options);
    assert_eq!(found, [85 * 160..170 * 160, 170 * 160..215 * 160]);
}

#[test]
fn long_speech_is_cut_where_it_is_quietest() {
    let options = SegmentOptions { max_length_ms: 10_000, padding_ms: 0, ..SegmentOptions::default() };
    let frames = frames(&[(800, 3.0, -20.0), (8, 3.0, -45.0), (700, 3.0, -20.0)]);
    let found = segments(&frames, 16_000, frames.len() as u64 * 160, &options);
    assert_eq!(found.len(), 2);
    assert!((802 * 160..=806 * 160).contains(&found[0].end), "{found:?}");
    assert_eq!(found[0].end, found[1].start);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_chunks_give_the_same_frames(cuts in prop::collection::vec(1usize..9_000, 1..12), rate in prop::sample::select(vec![8_000u32, 16_000, 22_050, 44_100])) {
        let sound = talk(rate, 1.5, 0.01, |t| t > 0.7);
        let whole = Vad::frames_of(&sound, rate).unwrap();
        let mut vad = Vad::new(rate).unwrap();
        let (mut frames, mut at) = (Vec::new(), 0);
        for cut in cuts.iter().cycle() {
            let end = (at + cut).min(sound.len());
            vad.push(&sound[at..end], &mut frames);
            at = end;
            if at == sound.len() {
                break;
            }
        }
        vad.finish(&mut frames);
        prop_assert_eq!(frames, whole);
    }

    #[test]
    fn nothing_panics_and_segments_are_in_order(
        samples in prop::collection::vec(any::<f32>(), 0..5_000),
        rate in 8_000u32..60_000,
        min_speech_ms in 0u32..500, min_silence_ms in 0u32..500, padding_ms in 0u32..500, max_length_ms in 0u32..2_000,
    ) {
        let frames = Vad::frames_of(&samples, rate).unwrap();
        prop_assert!(frames.iter().all(|f| f.score.is_finite() && f.level_db.is_finite()));
        let options = SegmentOptions { mode: Mode::Lenient, min_speech_ms, min_silence_ms, padding_ms, max_length_ms };
        let found = segments(&frames, rate, samples.len() as u64, &options);
        prop_assert!(found.iter().all(|s| s.start < s.end && s.end <= samples.len() as u64));
        prop_assert!(found.windows(2).all(|w| w[0].end <= w[1].start));
    }

    #[test]
    fn no_segment_is_longer_than_the_limit(
        runs in prop::collection::vec((1usize..400, any::<bool>(), -80f32..0.0), 1..12),
        padding_ms in 0u32..500, limit in 1u32..300,
    ) {
        let frames: Vec<Frame> = runs
            .iter()
            .flat_map(|&(n, speech, level_db)| vec![Frame { score: if speech { 1.0 } else { -1.0 }, level_db }; n])
            .collect();
        let samples = frames.len() as u64 * 160;
        let options = SegmentOptions { padding_ms, max_length_ms: limit * 10, min_speech_ms: 0, min_silence_ms: 0, mode: Mode::Normal };
        let found = segments(&frames, 16_000, samples, &options);
        prop_assert!(found.iter().all(|s| s.end - s.start <= u64::from(limit) * 160));
        let covered: u64 = found.iter().map(|s| s.end - s.start).sum();
        let speech = frames.iter().filter(|f| f.score > 0.0).count() as u64 * 160;
        prop_assert!(covered >= speech && covered <= samples);
    }
}
