//! Runs a model on raw little-endian floats from a file, for comparison with onnxruntime.
//!
//!     onnx_run ctc|silero MODEL SAMPLES.f32 > OUT.f32
#![allow(clippy::print_stderr)]

use std::io::Write;

use sprog::onnx::{ctc, silero};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [kind, model, samples] = &args[..] else { return Err("three arguments".into()) };
    let bytes = std::fs::read(samples)?;
    let samples: Vec<f32> = bytes.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect();
    let model = std::fs::File::open(model)?;
    let started = std::time::Instant::now();
    let out = if kind == "ctc" {
        let mut model = ctc::CtcModel::load(model, ctc::CtcModelOptions::default())?;
        eprintln!(
            "loaded in {:?}, each length anew: {}",
            started.elapsed(),
            model.is_prepared_for_each_length()
        );
        model.emissions(&samples)?.log_probs
    } else {
        let mut model = silero::SileroVad::load(model)?;
        eprintln!("loaded in {:?}", started.elapsed());
        model.push(&samples)?
    };
    eprintln!("{} samples in {:?} with loading", samples.len(), started.elapsed());
    let bytes: Vec<u8> = out.iter().flat_map(|value| value.to_le_bytes()).collect();
    std::io::stdout().write_all(&bytes)?;
    Ok(())
}
