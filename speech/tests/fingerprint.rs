//! Fingerprints of synthetic sound: what must match, and what must not.

use proptest::prelude::*;
use sprog_speech::fingerprint::{Fingerprint, Fingerprinter, HOP, SPAN, compare, compare_at};

const RATE: f32 = 16_000.0;

struct Noise(u32);

impl Noise {
    /// Evenly from −0.5 to 0.5.
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as f32 / (1 << 24) as f32 - 0.5
    }
}

/// Like speech: pulses and noise through three resonances that move every 0.1 s, with pauses.
fn babble(seed: u32, seconds: f32) -> Vec<f32> {
    let mut noise = Noise(seed.wrapping_mul(2_654_435_761).wrapping_add(1));
    for _ in 0..8 {
        noise.next();
    }
    let mut memory = [[0f32; 2]; 3];
    let (mut now, mut goal) = ([500.0f32, 1500.0, 2500.0], [500.0f32, 1500.0, 2500.0]);
    let (mut loud, mut loud_goal, mut voiced, mut phase, mut pitch) =
        (0.0f32, 1.0f32, true, 0.0f32, 120.0f32);
    (0..(seconds * RATE) as usize)
        .map(|n| {
            if n % 1600 == 0 {
                goal = [
                    550.0 + 500.0 * noise.next(),
                    1500.0 + 1200.0 * noise.next(),
                    2700.0 + 800.0 * noise.next(),
                ];
                loud_goal = if noise.next() < -0.35 { 0.0 } else { 0.6 + noise.next() };
                voiced = noise.next() < 0.2;
                pitch = 130.0 + 60.0 * noise.next();
            }
            loud += (loud_goal - loud) * 0.002;
            phase += pitch / RATE;
            let pulse = if phase >= 1.0 { 1.0 } else { 0.0 };
            phase -= phase.floor();
            let source = loud * if voiced { pulse + 0.02 * noise.next() } else { 0.4 * noise.next() };
            let mut out = 0.001 * noise.next();
            for k in 0..3 {
                now[k] += (goal[k] - now[k]) * 0.001;
                let radius = 0.985f32;
                let turn = (std::f32::consts::TAU * now[k] / RATE).cos();
                let y = source + 2.0 * radius * turn * memory[k][0] - radius * radius * memory[k][1];
                memory[k] = [y, memory[k][0]];
                out += y * 0.03;
            }
            out
        })
        .collect()
}

fn tone(hz: &[f32], seconds: f32, phase: f32) -> Vec<f32> {
    let wave = |n: usize, hz: f32| {
        (std::f64::consts::TAU * f64::from(hz) * n as f64 / 16_000.0 + f64::from(phase)).sin()
    };
    (0..(seconds * RATE) as usize)
        .map(|n| (hz.iter().map(|hz| wave(n, *hz)).sum::<f64>() * 0.3 / hz.len() as f64) as f32)
        .collect()
}

/// Tones with pauses: seconds on, seconds off.
fn ringing(hz: &[f32], on: f32, off: f32, seconds: f32, phase: f32) -> Vec<f32> {
    let mut sound = tone(hz, seconds, phase);
    for (n, sample) in sound.iter_mut().enumerate() {
        if (n as f32 / RATE) % (on + off) >= on {
            *sample = 0.0;
        }
    }
    sound
}

fn with_noise(sound: &[f32], level: f32, seed: u32) -> Vec<f32> {
    let mut noise = Noise(seed);
    sound.iter().map(|s| s + level * noise.next()).collect()
}

fn fingerprint(sound: &[f32]) -> Fingerprint {
    Fingerprinter::new().fingerprint(sound)
}

#[test]
fn a_copy_with_gain_offset_and_noise_is_found_where_it_is() {
    let sound = babble(1, 12.0);
    let excerpt: Vec<f32> = sound[30_000..100_000].iter().map(|s| s * 0.2 + 0.05).collect();
    let (whole, part) = (fingerprint(&sound), fingerprint(&with_noise(&excerpt, 0.002, 5)));
    let found = compare(&whole, &part).expect("matches");
    assert_eq!(found.offset_frames, 117, "30,000 / 256");
    assert!(found.bit_error_rate < 0.15, "{found:?}");
    assert!(found.second.start < 10_000 && found.second.end > 60_000, "{found:?}");
    assert_eq!(found.first.start - found.second.start, 117 * HOP as u64);
    let back = compare(&part, &whole).expect("matches");
    assert_eq!((back.offset_frames, back.score), (-117, found.score));
    assert_eq!((&back.first, &back.second), (&found.second, &found.first));
    assert_eq!(compare_at(&whole, &part, 118).as_ref(), Some(&found), "the diagonal beside is tried");
    assert_eq!(compare_at(&whole, &part, 130), None);
}

#[test]
fn an_excerpt_is_found_in_a_recording_too_long_to_try_every_offset() {
    let long = fingerprint(&babble(7, 100.0));
    let other = [babble(8, 5.0), babble(7, 100.0)[800_000..912_000].to_vec(), babble(9, 35.0)].concat();
    let other = fingerprint(&with_noise(&other, 0.002, 3));
    assert!(long.frames().len() * other.frames().len() > 1 << 22);
    let found = compare(&long, &other).expect("matches");
    assert!((found.offset_frames - (800_000 - 80_000) / 256).abs() <= 1, "{found:?}");
    assert!((380..470).contains(&found.overlap_frames), "7 s, not the whole: {found:?}");
}

#[test]
fn different_sounds_do_not_match() {
    let all: Vec<Fingerprint> = (0..24).map(|seed| fingerprint(&babble(100 + seed, 6.0))).collect();
    for (i, a) in all.iter().enumerate() {
        assert!(a.degenerate_share() < 0.6, "{}", a.degenerate_share());
        for b in &all[i + 1..] {
            assert_eq!(compare(a, b), None);
        }
    }
}

#[test]
fn steady_sounds_are_no_evidence() {
    let hum = tone(&[50.0, 100.0, 150.0, 250.0, 350.0, 450.0, 550.0], 8.0, 0.3);
    let cases = [
        ("silence", vec![0.0; 128_000]),
        ("DC", vec![0.25; 128_000]),
        ("one sample step", (0..128_000).map(|n| (n % 2) as f32 / 32_768.0).collect()),
        ("sine", tone(&[440.0], 8.0, 0.0)),
        ("high sine", tone(&[5000.0], 8.0, 0.0)),
        ("dial tone", tone(&[425.0], 8.0, 1.0)),
        ("dial tone of two", tone(&[350.0, 440.0], 8.0, 1.0)),
        ("hum", hum),
        ("square wave", tone(&[300.0], 8.0, 0.1).iter().map(|s| s.signum() * 0.3).collect()),
    ];
    for (name, sound) in cases {
        let print = fingerprint(&sound);
        assert_eq!(print.frames().len(), (sound.len() - SPAN) / HOP + 1);
        assert!(print.degenerate_share() > 0.95, "{name}: {}", print.degenerate_share());
        assert_eq!(compare(&print, &print), None, "{name}");
        assert_eq!(print.keys().count(), 0, "{name}");
    }
}

#[test]
fn beeps_are_no_evidence_and_neither_is_what_nobody_hears() {
    let mut beeps = ringing(&[1000.0], 0.5, 0.5, 8.0, 0.0);
    for (n, sample) in beeps.iter_mut().enumerate() {
        // Without clicks: 30 ms in and out.
        let within = (n % 16_000).min(8000_usize.saturating_sub(n % 16_000)) as f32 / 480.0;
        *sample *= within.min(1.0);
    }
    assert!(fingerprint(&beeps).degenerate_share() > 0.95, "{}", fingerprint(&beeps).degenerate_share());
    let faint: Vec<f32> = babble(4, 4.0).iter().map(|s| s * 1e-6).collect();
    assert_eq!(fingerprint(&faint).degenerate_share(), 1.0);
}

#[test]
fn a_score_of_200_and_32_frames_make_a_match() {
    let mut noise = Noise(5);
    let frames: Vec<u32> =
        (0..300).map(|_| (noise.next().to_bits() << 9) ^ noise.next().to_bits() >> 5).collect();
    let matches = |count: usize, flips: u32| {
        let other: Vec<u32> = frames[..count].iter().map(|f| f ^ flips).collect();
        compare_at(&Fingerprint::from_frames(frames[..count].to_vec()), &Fingerprint::from_frames(other), 0)
    };
    // Eight bits of difference leave 2 a frame.
    assert_eq!(matches(99, 0x1111_1111), None);
    let found = matches(100, 0x1111_1111).expect("matches");
    assert_eq!((found.score, found.evidence_frames, found.bit_error_rate), (200, 100, 0.25));
    assert_eq!(
        (found.first.clone(), found.second),
        (0..(99 * HOP + SPAN) as u64, 0..(99 * HOP + SPAN) as u64)
    );
    assert_eq!(matches(31, 0), None);
    assert!(matches(32, 0).is_some());
}

/// A recording of one kind of sound by its seed.
type Make = Box<dyn Fn(u32) -> Vec<f32>>;

#[test]
fn two_recordings_of_a_signal_tone_or_of_noise_do_not_match() {
    let keypad = |seed: u32| {
        let rows = [[697.0, 1209.0], [770.0, 1336.0], [852.0, 1477.0], [941.0, 1336.0], [697.0, 1477.0]];
        let parts: Vec<Vec<f32>> = rows.iter().map(|hz| ringing(hz, 0.1, 0.1, 0.2, seed as f32)).collect();
        with_noise(&parts.concat().repeat(4), 0.001, seed)
    };
    let cases: [(&str, Make); 7] = [
        ("ringing", Box::new(|s| with_noise(&ringing(&[425.0], 1.0, 4.0, 16.0, s as f32), 0.0005, s))),
        ("engaged", Box::new(|s| with_noise(&ringing(&[425.0], 0.25, 0.25, 8.0, s as f32), 0.0005, s))),
        ("engaged, clean", Box::new(|_| ringing(&[480.0, 620.0], 0.5, 0.5, 8.0, 0.0))),
        ("clicks", Box::new(|_| (0..128_000).map(|n| if n % 8000 == 0 { 0.9 } else { 0.0 }).collect())),
        ("keypad", Box::new(keypad)),
        ("noise", Box::new(|s| with_noise(&[0.0; 128_000], 0.5, s))),
        (
            "applause",
            Box::new(|s| {
                let mut noise = Noise(s);
                let mut level = 0.0f32;
                (0..128_000)
                    .map(|_| {
                        level = if noise.next() > 0.498 { 1.0 } else { level * 0.997 };
                        level * noise.next()
                    })
                    .collect()
            }),
        ),
    ];
    for (name, make) in cases {
        assert_eq!(compare(&fingerprint(&make(17)), &fingerprint(&make(1234))), None, "{name}");
    }
}

#[test]
fn what_is_no_number_is_silence_and_nothing_overflows() {
    let mut broken = babble(3, 3.0);
    let mut silent = broken.clone();
    for n in 5000..9000 {
        broken[n] = f32::NAN;
        silent[n] = 0.0;
    }
    assert_eq!(fingerprint(&broken), fingerprint(&silent));
    for value in [f32::MAX, f32::INFINITY, f32::NEG_INFINITY, f32::MIN_POSITIVE, -0.0, 1e-42] {
        let loud: Vec<f32> = (0..20_000).map(|n| if n % 7 < 3 { value } else { -value }).collect();
        let print = fingerprint(&loud);
        assert_eq!(compare(&print, &print), None, "{value}");
    }
    for len in [0, 1, FRAME - 1, FRAME, SPAN - 1] {
        assert!(fingerprint(&vec![0.3; len]).frames().is_empty(), "{len}");
    }
    assert_eq!(fingerprint(&vec![0.3; SPAN]).frames().len(), 1);
    assert_eq!(Fingerprint::default().degenerate_share(), 1.0);
    assert_eq!(compare(&Fingerprint::default(), &Fingerprint::default()), None);
}

const FRAME: usize = 512;

#[test]
fn extreme_frames_and_offsets_do_not_panic() {
    for frame in [0, 1, u32::MAX] {
        let long = Fingerprint::from_frames(vec![frame; 100_000]);
        assert_eq!(compare(&long, &long), None, "the same frame all along repeats itself");
        for offset in [i64::MIN, i64::MAX, -100_000, 99_999] {
            assert_eq!(compare_at(&long, &long, offset), None);
        }
    }
}

#[test]
fn the_bits_are_what_they_were_in_the_first_version() {
    // Whole numbers only, so that the input is the same on every machine.
    let mut state = 1u32;
    let sound: Vec<f32> = (0..SPAN + 7 * HOP)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) as f32 / 65_536.0 - 0.5
        })
        .collect();
    let want = [
        2_639_114_019,
        2_504_289_319,
        3_041_422_437,
        2_909_557_477,
        2_774_036_708,
        2_772_070_648,
        1_691_087_064,
        1_688_951_000,
    ];
    assert_eq!(fingerprint(&sound).frames(), want);
}

proptest! {
    #[test]
    fn pieces_give_the_bits_of_the_whole(seed in 0u32..1000, cuts in prop::collection::vec(0usize..6000, 0..12)) {
        let sound = babble(seed, 2.0);
        let whole = fingerprint(&sound);
        let mut plan = Fingerprinter::new();
        plan.push(&sound[..700]);
        // A recording that was not finished leaves nothing behind.
        prop_assert_eq!(&plan.fingerprint(&sound), &whole);
        let mut rest = &sound[..];
        for cut in cuts {
            let (piece, after) = rest.split_at(cut.min(rest.len()));
            plan.push(piece);
            rest = after;
        }
        plan.push(rest);
        prop_assert_eq!(&plan.finish(), &whole);
        prop_assert_eq!(plan.finish(), Fingerprint::default());
    }

    #[test]
    fn any_excerpt_of_two_seconds_matches_at_its_place(
        seed in 0u32..50, start in 0usize..96_000, seconds in 2.0f32..6.0, gain in 0.05f32..1.5,
    ) {
        let sound = babble(seed, 12.0);
        let whole = fingerprint(&sound);
        let end = (start + (seconds * RATE) as usize).min(sound.len());
        let excerpt: Vec<f32> = sound[start..end].iter().map(|s| s * gain).collect();
        let part = fingerprint(&excerpt);
        // A pause that happens to fill the excerpt is no evidence.
        prop_assume!(part.evidence_frames() >= 48);
        let found = compare(&whole, &part);
        prop_assert!(found.is_some());
        let found = found.unwrap();
        prop_assert!((found.offset_frames * HOP as i64 - start as i64).abs() <= HOP as i64, "{:?}", found);
        prop_assert!(found.first.end <= sound.len() as u64 && found.second.end <= excerpt.len() as u64);
    }

    #[test]
    fn unrelated_frames_never_match(a in prop::collection::vec(any::<u32>(), 0..400), b in prop::collection::vec(any::<u32>(), 0..400)) {
        prop_assert_eq!(compare(&Fingerprint::from_frames(a), &Fingerprint::from_frames(b)), None);
    }
}
