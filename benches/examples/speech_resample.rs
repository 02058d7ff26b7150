//! Resamples a raw recording again and again; CPU time in seconds as JSON. `peers/speech_resample.py` calls it.
//!
//!     cargo run --release -p sprog-benches --example speech_resample -- ENGINE FROM TO IN.f32 OUT.f32 [TURNS]
//!
//! ENGINE is sprog (`resample`), stream (`Resampler`, 20 ms at a time) or rubato (its `Fft` in f32, with long chunks). IN and OUT are
//! mono, 32-bit floats of this machine. CPU time is read from /proc (Linux).
#![allow(clippy::print_stdout, missing_docs)]

use std::hint::black_box;

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler as _, WindowFunction};
use sprog_speech::resample::{Resampler, resample};

type Samples = Result<Vec<f32>, Box<dyn std::error::Error>>;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [engine, from, to, input, output, turns @ ..] = arguments.as_slice() else {
        return Err("wanted: ENGINE FROM TO IN.f32 OUT.f32 [TURNS]".into());
    };
    let (from, to): (u32, u32) = (from.parse()?, to.parse()?);
    let bytes = std::fs::read(input)?;
    let samples: Vec<f32> = bytes.as_chunks::<4>().0.iter().map(|b| f32::from_ne_bytes(*b)).collect();
    let convert: fn(&[f32], u32, u32) -> Samples = match engine.as_str() {
        "sprog" => |samples, from, to| Ok(resample(samples, 1, from, to)?),
        "stream" => stream,
        "rubato" => rubato_fft,
        other => return Err(format!("no engine {other:?}").into()),
    };
    let mut seconds = Vec::new();
    for _ in 0..turns.first().map_or(Ok(1), |n| n.parse::<usize>())? {
        let start = cpu_seconds()?;
        black_box(convert(black_box(&samples), from, to)?);
        seconds.push(format!("{:.6}", cpu_seconds()? - start));
    }
    let resampled = convert(&samples, from, to)?;
    std::fs::write(output, resampled.iter().flat_map(|s| s.to_ne_bytes()).collect::<Vec<u8>>())?;
    println!("[{}]", seconds.join(", "));
    Ok(())
}

/// CPU time of this process, which has one thread.
fn cpu_seconds() -> Result<f64, Box<dyn std::error::Error>> {
    let line = std::fs::read_to_string("/proc/self/schedstat")?;
    Ok(line.split(' ').next().ok_or("schedstat is empty")?.parse::<f64>()? * 1e-9)
}

fn stream(samples: &[f32], from: u32, to: u32) -> Samples {
    let mut plan = Resampler::new(1, from, to)?;
    let mut output = Vec::with_capacity(plan.max_output_len(samples.len()));
    for piece in samples.chunks(from as usize / 50) {
        plan.process(piece, &mut output);
    }
    plan.finish(&mut output);
    Ok(output)
}

fn rubato_fft(samples: &[f32], from: u32, to: u32) -> Samples {
    let window = WindowFunction::BlackmanHarris2;
    let mut fft = Fft::<f32>::new_custom(from as usize, to as usize, 4096, 1, 1, window, FixedSync::Input)?;
    let padded = samples.len() + fft.input_frames_max();
    let mut input = samples.to_vec();
    input.resize(padded, 0.0);
    let room = fft.process_all_needed_output_len(padded);
    let mut output = vec![0.0f32; room];
    let source = InterleavedSlice::new(&input, 1, padded)?;
    let mut sink = InterleavedSlice::new_mut(&mut output, 1, room)?;
    fft.process_all_into_buffer(&source, &mut sink, padded, None)?;
    output.truncate((samples.len() as u64 * u64::from(to) / u64::from(from)) as usize);
    Ok(output)
}
