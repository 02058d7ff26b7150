//! Resampling: tones, lengths, streams, odd input, and the bits themselves.
#![allow(missing_docs, clippy::unwrap_used)]

use std::f64::consts::TAU;

use proptest::prelude::*;
use sprog_speech::resample::{Resampler, resample};

fn tone(hz: f64, rate: u32, frames: usize) -> Vec<f32> {
    (0..frames).map(|n| (0.5 * (TAU * hz * n as f64 / f64::from(rate)).sin()) as f32).collect()
}

/// Numbers in [−1, 1) that are the same everywhere.
fn noise(count: usize, seed: u32) -> Vec<f32> {
    let mut state = seed;
    (0..count)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        })
        .collect()
}

/// The middle of a second of a tone after conversion: its gain in dB, and all else in dB below the tone that went in.
fn measure(hz: f64, from: u32, to: u32) -> (f64, f64) {
    let out = resample(&tone(hz, from, from as usize), 1, from, to).unwrap();
    let middle = &out[out.len() / 4..out.len() * 3 / 4];
    let turn = |n: usize| TAU * hz * (n + out.len() / 4) as f64 / f64::from(to);
    // Least squares for the sine and cosine, whose sums over the piece are not quite orthogonal.
    let (mut ss, mut sc, mut cc, mut ys, mut yc) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (n, y) in middle.iter().enumerate() {
        let (s, c) = turn(n).sin_cos();
        (ss, sc, cc) = (ss + s * s, sc + s * c, cc + c * c);
        (ys, yc) = (ys + f64::from(*y) * s, yc + f64::from(*y) * c);
    }
    let determinant = ss * cc - sc * sc;
    let (a, b) = ((ys * cc - yc * sc) / determinant, (yc * ss - ys * sc) / determinant);
    let rest = middle.iter().enumerate().map(|(n, y)| {
        let (s, c) = turn(n).sin_cos();
        (f64::from(*y) - a * s - b * c).powi(2)
    });
    let rest = rest.sum::<f64>() / middle.len() as f64 / 0.125;
    (20.0 * (a.hypot(b) / 0.5).log10(), -10.0 * (rest + 1e-30).log10())
}

fn level_db(samples: &[f32]) -> f64 {
    let power = samples.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / samples.len() as f64;
    10.0 * (power / 0.125 + 1e-30).log10()
}

const RATIOS: [(u32, u32); 16] = [
    (48_000, 16_000),
    (44_100, 16_000),
    (32_000, 16_000),
    (24_000, 16_000),
    (22_050, 16_000),
    (96_000, 16_000),
    (192_000, 16_000),
    (11_025, 16_000),
    (8_000, 16_000),
    (16_000, 8_000),
    (16_000, 44_100),
    (16_000, 48_000),
    (44_101, 16_000),
    (16_000, 44_101),
    (15_999, 16_000),
    (40_000, 16_000),
];

#[test]
fn the_pass_band_is_flat_and_the_noise_is_low() {
    for (from, to) in RATIOS {
        let lower = f64::from(from.min(to));
        for share in [0.003, 1.0 / 16.0, 0.25, 0.4, 0.4375, 0.4625] {
            let (gain, snr) = measure((lower * share).round(), from, to);
            assert!(gain.abs() < 0.05, "{from} to {to}, {share}: {gain:.4} dB");
            // What the filter lets through of images; to 16 kHz and at 1 kHz less.
            let least = if from > to && to == 16_000 && share == 1.0 / 16.0 { 123.0 } else { 115.0 };
            assert!(snr > least, "{from} to {to}, {share}: noise {snr:.1} dB down");
        }
    }
}

#[test]
fn what_the_lower_rate_cannot_hold_is_gone() {
    for (from, to) in RATIOS.into_iter().filter(|(from, to)| from > to) {
        for share in [0.50625, 0.51, 0.55, 0.6, 0.8, 0.9, 0.99, 1.01, 1.25, 1.5, 1.9, 2.4, 2.9, 5.5] {
            let hz = f64::from(to) * share;
            if hz < f64::from(from) / 2.0 {
                let out = resample(&tone(hz, from, from as usize), 1, from, to).unwrap();
                let level = level_db(&out[out.len() / 4..out.len() * 3 / 4]);
                assert!(level < -110.0, "{from} to {to}, tone of {hz} Hz left at {level:.1} dB");
            }
        }
    }
}

#[test]
fn a_constant_stays_the_same() {
    for (from, to) in RATIOS {
        let out = resample(&vec![0.75; from as usize / 4], 1, from, to).unwrap();
        for sample in &out[out.len() / 4..out.len() * 3 / 4] {
            assert!((sample - 0.75).abs() < 5e-7, "{from} to {to}: {sample}");
        }
    }
}

#[test]
fn length_is_exact_and_nothing_is_delayed() {
    for (from, to) in RATIOS {
        for frames in [1, 2, 3, 5, 100, 777, 4800, 44_099] {
            let out = resample(&vec![0.1; frames * 2], 2, from, to).unwrap();
            let (frames, rates) = (frames as u64, (u64::from(from), u64::from(to)));
            assert_eq!(
                out.len() as u64,
                (frames * rates.1 * 2 + rates.0) / (2 * rates.0) * 2,
                "{from} to {to}"
            );
        }
        // A click at 0.1 s, symmetric around its place.
        let at = from as usize / 10;
        let mut click = vec![0.0; 2 * at + 1];
        click[at] = 1.0;
        if from % 10 == 0 && to % 10 == 0 {
            let out = resample(&click, 1, from, to).unwrap();
            let (middle, peak) = (to as usize / 10, out.iter().copied().fold(0.0, f32::max));
            assert_eq!(out[middle], peak, "{from} to {to}");
            for n in 1..middle {
                let difference = (out[middle - n] - out[middle + n]).abs();
                assert!(difference < 1e-6, "{from} to {to}: {difference} at {n}");
            }
        }
    }
}

#[test]
fn the_first_and_last_samples_are_those_of_a_longer_recording() {
    for (from, to) in [(48_000, 16_000), (44_100, 16_000), (192_000, 16_000), (16_000, 48_000)] {
        // Whole numbers of the smallest period that both rates share.
        let pad = from as usize / 10;
        let samples = noise(from as usize / 5, 7);
        let mut padded = vec![0.0; pad];
        padded.extend(&samples);
        padded.resize(padded.len() + pad, 0.0);
        let short = resample(&samples, 1, from, to).unwrap();
        let long = resample(&padded, 1, from, to).unwrap();
        assert_eq!(short, long[to as usize / 10..][..short.len()], "{from} to {to}");
    }
}

#[test]
fn channels_do_not_mix() {
    for (from, to) in [(44_100, 16_000), (96_000, 16_000), (16_000, 24_000), (44_101, 16_000)] {
        let channels: Vec<Vec<f32>> = (0..8).map(|n| noise(5001, n + 1)).collect();
        let mixed: Vec<f32> = (0..5001 * 8).map(|n| channels[n % 8][n / 8]).collect();
        let out = resample(&mixed, 8, from, to).unwrap();
        for (n, channel) in channels.iter().enumerate() {
            let alone = resample(channel, 1, from, to).unwrap();
            let taken: Vec<f32> = out.iter().skip(n).step_by(8).copied().collect();
            assert_eq!(taken, alone, "{from} to {to}, channel {n}");
        }
    }
}

#[test]
fn numbers_that_are_none_count_as_silence() {
    let good = noise(4000, 3);
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN_POSITIVE] {
        for (from, to) in [(48_000, 16_000), (44_100, 16_000), (44_101, 16_000), (8_000, 16_000)] {
            let (mut broken, mut silent) = (good.clone(), good.clone());
            broken[1234] = bad;
            silent[1234] = 0.0;
            assert_eq!(resample(&broken, 1, from, to).unwrap(), resample(&silent, 1, from, to).unwrap());
        }
    }
    assert_eq!(resample(&[1.0, f32::NAN, 3.0, -0.0], 1, 16_000, 16_000).unwrap(), [1.0, 0.0, 3.0, 0.0]);
}

#[test]
fn odd_lengths_and_rates_are_told_or_cut() {
    assert!(resample(&[0.0], 1, 0, 16_000).is_err());
    assert!(resample(&[0.0], 0, 8_000, 16_000).is_err());
    assert!(resample(&[0.0], 1, u32::MAX, 16_000).is_err());
    assert_eq!(resample(&[], 2, 48_000, 16_000).unwrap(), []);
    assert_eq!(resample(&[0.5], 1, 48_000, 16_000).unwrap(), []);
    assert_eq!(resample(&[0.5; 3], 2, 16_000, 16_000).unwrap(), [0.5; 2]);
    assert_eq!(resample(&[0.5; 2 * 480 + 1], 2, 48_000, 16_000).unwrap().len(), 2 * 160);
    for (from, to) in
        [(768_000, 1_000), (1_000, 768_000), (768_000, 767_999), (767_999, 768_000), (1_000, 1_001)]
    {
        let out = resample(&noise(3000, 1), 1, from, to).unwrap();
        assert!(out.iter().all(|s| s.abs() < 3.0), "{from} to {to}");
    }
}

/// The same numbers on every machine; a change here changes what users computed before.
#[test]
fn the_bits_are_these() {
    let mut found = Vec::new();
    for (from, to) in
        [(48_000, 16_000), (44_100, 16_000), (16_000, 44_100), (44_101, 16_000), (96_000, 16_000)]
    {
        let out = resample(&noise(10_000, 99), 1, from, to).unwrap();
        // FNV-1a.
        let bytes = out.iter().flat_map(|s| s.to_bits().to_le_bytes());
        let hash = bytes.fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        });
        found.push(format!("{from} {to} {hash:016x}"));
    }
    let expected = [
        "48000 16000 e323f0eeb86faa42",
        "44100 16000 6bb0438de00473a6",
        "16000 44100 5c3ccd90f82dfa8c",
        "44101 16000 fcb34369fadbc011",
        "96000 16000 f5202c537ff04e62",
    ];
    assert_eq!(found, expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_pieces_give_the_same(
        ratio in prop::sample::select(RATIOS.to_vec()),
        channels in 1u16..4,
        length in 0usize..60_000,
        pieces in prop::collection::vec(0usize..9000, 1..20),
    ) {
        let (from, to) = ratio;
        let samples = noise(length, length as u32);
        let whole = resample(&samples, channels, from, to).unwrap();
        let mut plan = Resampler::new(channels, from, to).unwrap();
        // The second turn shows that finish leaves nothing behind.
        for _ in 0..2 {
            let mut output = Vec::with_capacity(plan.max_output_len(length));
            let room = output.capacity();
            let (mut rest, mut sizes) = (samples.as_slice(), pieces.iter().cycle());
            while !rest.is_empty() {
                // At least one sample, so that it ends.
                let (piece, after) = rest.split_at((*sizes.next().unwrap()).clamp(1, rest.len()));
                plan.process(piece, &mut output);
                rest = after;
            }
            plan.finish(&mut output);
            prop_assert_eq!(output.capacity(), room);
            prop_assert!(output == whole);
        }
    }

    #[test]
    fn any_rates_give_the_length(from in 1_000u32..200_000, to in 1_000u32..200_000, frames in 0usize..3000) {
        let out = resample(&noise(frames, 5), 1, from, to).unwrap();
        let expected = (frames as u64 * u64::from(to) * 2 + u64::from(from)) / (2 * u64::from(from));
        prop_assert_eq!(out.len() as u64, expected);
        prop_assert!(out.iter().all(|s| s.abs() < 4.0));
    }
}
