//! Models that are loaded and run: a small one made by `benches/peers/make_tiny_ctc.py`, and Silero's where
//! `SPROG_SILERO` names the file.
#![cfg(feature = "onnx")]

use sprog::onnx::OnnxError;
use sprog::onnx::ctc::{CtcModel, CtcModelOptions, vocabulary};
use sprog::onnx::silero::{SileroVad, WINDOW};

const TINY: &[u8] = include_bytes!("data/tiny-ctc.onnx");

fn samples(count: usize) -> Vec<f32> {
    (0..count).map(|n| ((n * 7919 % 1009) as f32 / 1009.0 - 0.5) * 0.8).collect()
}

/// What the small model computes, from the formula of its weights.
fn expected(samples: &[f32]) -> Vec<f32> {
    let half = |value: f64| {
        // To eleven significant bits, as the file holds them. None is subnormal but those that do not matter.
        let step = 2f64.powi(value.abs().log2().floor() as i32 - 10);
        if value == 0.0 { 0.0 } else { (value / step).round_ties_even() * step }
    };
    let weight = |n: usize| half(((n as u64 * 2_654_435_761 % 4093) as f64) / 4093.0 - 0.5);
    let mut out = Vec::new();
    for frame in 0..(samples.len() - 400) / 320 + 1 {
        let logits: Vec<f64> = (0..5)
            .map(|label| {
                let heard = &samples[frame * 320..frame * 320 + 400];
                let sum: f64 =
                    heard.iter().enumerate().map(|(at, x)| f64::from(*x) * weight(label * 400 + at)).sum();
                (sum - 0.2 + 0.1 * label as f64).tanh()
            })
            .collect();
        let log_sum = logits.iter().map(|logit| logit.exp()).sum::<f64>().ln();
        out.extend(logits.iter().map(|logit| (logit - log_sum) as f32));
    }
    out
}

#[test]
fn a_ctc_model_gives_log_probabilities_at_any_length() {
    let options = CtcModelOptions { normalize: false, least_samples: 400, ..CtcModelOptions::default() };
    let mut model = CtcModel::load(TINY, options).expect("loads");
    for count in [400, 719, 720, 16_080, 5_000] {
        let samples = samples(count);
        let found = model.emissions(&samples).expect("runs");
        assert_eq!((found.frames, found.vocab), ((count - 400) / 320 + 1, 5));
        let expected = expected(&samples);
        assert_eq!(found.log_probs.len(), expected.len());
        for (a, b) in found.log_probs.iter().zip(expected) {
            assert!((a - b).abs() < 1e-4, "{a} is not {b}");
        }
    }
}

#[test]
fn loudness_does_not_matter_where_input_is_normalized() {
    let mut model = CtcModel::load(TINY, CtcModelOptions::default()).expect("loads");
    let samples = samples(3000);
    let quiet: Vec<f32> = samples.iter().map(|sample| sample * 0.1 + 0.05).collect();
    let (a, b) = (model.emissions(&samples).expect("runs"), model.emissions(&quiet).expect("runs"));
    assert!(a.log_probs.iter().zip(&b.log_probs).all(|(a, b)| (a - b).abs() < 1e-3));
}

#[test]
fn what_cannot_be_used_is_told() {
    let refused =
        |bytes: &[u8]| CtcModel::load(bytes, CtcModelOptions::default()).err().map(|e| e.to_string());
    for length in (0..TINY.len()).step_by(97) {
        assert!(refused(&TINY[..length]).is_some_and(|error| error.starts_with("the model ")), "{length}");
    }
    assert!(matches!(SileroVad::load(TINY), Err(OnnxError::Kind { .. })));
    let mut model =
        CtcModel::load(TINY, CtcModelOptions { most_samples: 999, least_samples: 400, normalize: true })
            .expect("loads");
    assert!(matches!(model.emissions(&samples(1000)), Err(OnnxError::TooLong { .. })));
    assert!(matches!(
        model.emissions(&[f32::NAN; 500]),
        Err(OnnxError::NotANumber { what: "sample", at: 0 })
    ));
    assert!(matches!(model.emissions(&samples(99)), Err(OnnxError::TooShort { .. })));
}

#[test]
fn a_vocabulary_is_a_map_or_a_list() {
    assert_eq!(vocabulary(r#"["-", "a"]"#).expect("reads")[1], ("a".to_owned(), 1));
    for wrong in ["", "1", "[1]", r#"{"a": -1}"#, r#"{"a": 1.5}"#, r#"{"a": 0, "b": 0}"#] {
        assert!(vocabulary(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn silero_says_the_same_however_the_samples_come() {
    let Some(path) = std::env::var_os("SPROG_SILERO") else {
        eprintln!("SKIPPED: set SPROG_SILERO to a file of Silero VAD, such as silero_vad_op18_ifless.onnx");
        return;
    };
    let file = std::fs::read(path).expect("the file of SPROG_SILERO");
    let mut vad = SileroVad::load(&file[..]).expect("loads");
    let samples = samples(WINDOW * 300 + 100);
    let whole = vad.push(&samples).expect("runs");
    assert_eq!(whole.len(), 300);
    assert!(vad.finish().expect("runs").is_some());
    let mut parts = Vec::new();
    for part in samples.chunks(1237) {
        parts.extend(vad.push(part).expect("runs"));
    }
    assert!(whole.iter().zip(&parts).all(|(a, b)| (a - b).abs() < 1e-4));
    assert!(whole.iter().all(|probability| (0.0..=1.0).contains(probability)));
}
