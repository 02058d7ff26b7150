//! Quality measures on signals whose properties are known.

use proptest::prelude::*;
use sprog_speech::quality::{
    Meter, PaceVerdict, PairMeter, Quality, Reason, Relation, SYLLABLES_PER_SECOND, choose, measure,
    measure_pair, pace,
};

struct Noise(u32);

impl Noise {
    /// Evenly from −0.5 to 0.5.
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as f32 / (1 << 24) as f32 - 0.5
    }
}

const RATE: u32 = 16_000;

/// Syllables of a buzz and noise for 1 s, then a pause of 1 s, and so on; white noise of RMS `noise`
/// throughout.
fn talk(seconds: f32, noise: f32, seed: u32) -> Vec<f32> {
    let mut random = Noise(seed);
    let mut memory = [0f32; 2];
    (0..(seconds * RATE as f32) as usize)
        .map(|n| {
            let t = n as f32 / RATE as f32;
            let on = t % 2.0 >= 1.0;
            let syllable = (t % 0.2) / 0.2;
            let pulse = if n % 125 == 0 { 3.0 } else { 0.0 };
            let source = if on {
                (pulse + 0.3 * random.next()) * (std::f32::consts::PI * syllable).sin()
            } else {
                0.0
            };
            let y = source + 1.7 * memory[0] - 0.9 * memory[1];
            memory = [y, memory[0]];
            0.1 * y + noise * 3.464 * random.next()
        })
        .collect()
}

#[test]
fn the_signal_to_noise_ratio_is_that_of_the_mix() {
    let clean = measure(&talk(20.0, 0.0, 1), RATE).unwrap();
    let level = clean.speech_level_db.unwrap();
    for noise_db in [-60.0f64, -45.0, -35.0] {
        let noise = 10f64.powf(noise_db / 20.0) as f32;
        let quality = measure(&talk(20.0, noise, 1), RATE).unwrap();
        // 80 to 7200 Hz of 8000.
        let in_band = noise_db + 10.0 * (7120.0f64 / 8000.0).log10();
        let (snr, floor) = (quality.snr_db.unwrap(), quality.noise_level_db.unwrap());
        assert!((floor - in_band).abs() < 0.6, "{noise_db}: {floor}");
        assert!((snr - (level - in_band)).abs() < 2.0, "{noise_db}: {snr}, level {level}");
    }
}

#[test]
fn clipping_is_found_at_full_scale_and_below_it() {
    let loud: Vec<f32> = talk(6.0, 0.001, 2).iter().map(|s| s * 8.0).collect();
    let cut = loud.iter().filter(|s| s.abs() > 1.0).count() as f64 / loud.len() as f64;
    let hard: Vec<f32> = loud.iter().map(|s| s.clamp(-1.0, 1.0)).collect();
    let soft: Vec<f32> = hard.iter().map(|s| s * 0.4).collect();
    let (hard, soft) = (measure(&hard, RATE).unwrap(), measure(&soft, RATE).unwrap());
    assert!(
        cut > 0.005 && hard.clipping_share > 0.5 * cut && hard.flat_top_share > 0.3 * cut,
        "{cut} {hard:?}"
    );
    assert!(
        soft.clipping_share == 0.0 && (soft.flat_top_share - hard.flat_top_share).abs() < 1e-4,
        "{soft:?}"
    );
    let low: Vec<f32> = (0..48_000).map(|n| ((n as f32 * 0.02).sin() * 3_000.0).round() / 32_768.0).collect();
    assert_eq!(measure(&low, RATE).unwrap().flat_top_share, 0.0, "the crests of a low tone are not cut");
}

#[test]
fn hum_is_measured_under_speech() {
    let mut sound = talk(12.0, 0.001, 3);
    for (n, s) in sound.iter_mut().enumerate() {
        *s += 0.01 * (std::f64::consts::TAU * 50.0 * n as f64 / f64::from(RATE)).sin() as f32;
    }
    let hum = measure(&sound, RATE).unwrap().hum_db.unwrap();
    assert!((hum + 43.0).abs() < 1.0, "{hum}");
    let none = measure(&talk(12.0, 0.001, 3), RATE).unwrap();
    assert!(none.hum_db.unwrap() < -70.0 && none.hum_share.unwrap() < 1e-3, "{none:?}");
}

#[test]
fn dropouts_are_counted_and_pauses_are_not() {
    let mut sound = talk(10.0, 0.0, 4);
    assert_eq!(measure(&sound, RATE).unwrap().dropouts, 0);
    for second in [1, 3, 5] {
        // 50 ms into a syllable, 10 ms long.
        let at = second * 16_000 + 3_200 + 1_205;
        sound[at..at + 160].fill(0.0);
    }
    let quality = measure(&sound, RATE).unwrap();
    assert_eq!(quality.dropouts, 3);
    assert!((quality.dropout_share - 0.003).abs() < 0.001);
}

#[test]
fn a_low_pass_shows_in_the_bandwidth() {
    // A windowed sinc that passes up to 3.5 kHz.
    let taps: Vec<f64> = (-100i32..=100)
        .map(|n| {
            let (x, w) =
                (f64::from(n) * 7.0 / 16.0, 0.5 + 0.5 * (std::f64::consts::PI * f64::from(n) / 101.0).cos());
            let sinc =
                if n == 0 { 1.0 } else { (std::f64::consts::PI * x).sin() / (std::f64::consts::PI * x) };
            sinc * w * 7.0 / 16.0
        })
        .collect();
    let wide = talk(8.0, 0.0, 5);
    let narrow: Vec<f32> = wide
        .windows(taps.len())
        .map(|w| w.iter().zip(&taps).map(|(x, t)| f64::from(*x) * t).sum::<f64>() as f32)
        .collect();
    let (wide, narrow) = (measure(&wide, RATE).unwrap(), measure(&narrow, RATE).unwrap());
    assert_eq!(wide.bandwidth_hz, Some(8000.0));
    assert!((3_200.0..3_800.0).contains(&narrow.bandwidth_hz.unwrap()), "{narrow:?}");
    assert_eq!(choose(&narrow, &wide).reason, Reason::OtherNarrow);
}

fn interleaved(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter().zip(b).flat_map(|(a, b)| [*a, *b]).collect()
}

#[test]
fn two_channels_are_known_for_what_they_are() {
    let sound = talk(6.0, 0.001, 6);
    let late: Vec<f32> = [vec![0.0; 23], sound.clone()].concat();
    let mut random = Noise(11);
    let far: Vec<f32> = late.iter().map(|s| 0.3 * s + 0.02 * random.next()).collect();
    let upside: Vec<f32> = sound.iter().map(|s| -s).collect();
    let other: Vec<f32> = talk(7.3, 0.001, 99)[16_000..].to_vec();
    let relation = |b: &[f32]| measure_pair(&interleaved(&sound, b), RATE).unwrap().1;
    assert_eq!(relation(&sound).relation, Relation::Identical);
    assert_eq!(relation(&upside).relation, Relation::Inverted);
    assert_eq!(relation(&vec![0.0; sound.len()]).relation, Relation::SecondSilent);
    assert_eq!(relation(&other).relation, Relation::Different);
    let pair = relation(&late);
    assert_eq!((pair.relation, pair.delay_samples), (Relation::OneSignal, Some(23)));
    let pair = relation(&far);
    assert_eq!((pair.relation, pair.delay_samples, pair.choice.channel), (Relation::OneSource, Some(23), 0));
    assert_eq!(pair.choice.reason, Reason::Snr);
    let swapped = measure_pair(&interleaved(&far, &sound), RATE).unwrap().1;
    assert_eq!((swapped.delay_samples, swapped.choice.channel), (Some(-23), 1));
}

#[test]
fn a_transcript_of_another_recording_has_an_impossible_pace() {
    let verdict = |units, seconds| pace(units, seconds, SYLLABLES_PER_SECOND).verdict;
    assert_eq!(verdict(2.0, 298.0), PaceVerdict::TooSlow);
    assert_eq!(verdict(50.0, 10.0), PaceVerdict::Plausible);
    assert_eq!(verdict(200.0, 10.0), PaceVerdict::TooFast);
    assert_eq!(verdict(5.0, 0.0), PaceVerdict::OneSided);
    assert_eq!(verdict(f64::NAN, f64::INFINITY), PaceVerdict::Empty);
}

#[test]
fn nothing_and_silence_have_numbers_too() {
    for sound in [vec![], vec![0.0], vec![0.0; 40_000], vec![f32::NAN; 40_000]] {
        let quality = measure(&sound, RATE).unwrap();
        assert_eq!((quality.rms_db, quality.silence_share, quality.speech_s), (-200.0, 1.0, 0.0));
        assert_eq!((quality.snr_db, quality.loudness_lufs, quality.hum_share), (None, None, None));
    }
    assert!(Meter::new(0).is_err() && PairMeter::new(4_000).is_err());
}

fn finite(q: &Quality) -> bool {
    let options =
        [q.loudness_lufs, q.loudness_range_lu, q.speech_level_db, q.noise_level_db, q.snr_db, q.bandwidth_hz];
    let plain =
        [q.duration_s, q.peak_db, q.true_peak_db, q.rms_db, q.dc_offset, q.clipping_share, q.flat_top_share];
    plain
        .iter()
        .chain(options.iter().flatten())
        .chain(q.hum_db.iter())
        .chain(q.hum_share.iter())
        .all(|v| v.is_finite())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_chunks_give_the_same_numbers(cuts in prop::collection::vec(1usize..9_000, 1..12)) {
        let sound = interleaved(&talk(3.0, 0.01, 8), &talk(3.0, 0.02, 9));
        let whole = measure_pair(&sound, RATE).unwrap();
        let mut meter = PairMeter::new(RATE).unwrap();
        let mut at = 0;
        for cut in cuts.iter().cycle() {
            let end = (at + cut).min(sound.len());
            meter.push(&sound[at..end]);
            at = end;
            if at == sound.len() {
                break;
            }
        }
        let (qualities, pair, _) = meter.finish();
        prop_assert_eq!((qualities, pair), whole);
        let first: Vec<f32> = sound.iter().step_by(2).copied().collect();
        prop_assert_eq!(measure(&first, RATE).unwrap(), whole.0[0]);
    }

    #[test]
    fn nothing_panics(samples in prop::collection::vec(any::<f32>(), 0..6_000), rate in 8_000u32..100_000) {
        let quality = measure(&samples, rate).unwrap();
        prop_assert!(finite(&quality), "{:?}", quality);
        let (qualities, _) = measure_pair(&samples, rate).unwrap();
        prop_assert!(qualities.iter().all(finite));
    }
}
