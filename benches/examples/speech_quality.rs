//! Quality of WAV-less raw 16-bit files for benches/peers/speech_quality.py: `speech_quality RATE
//! CHANNELS FILE…` prints one line of JSON-like fields a file, and the speed of all together on stderr.

use std::io::Write;

use sprog_speech::quality::{Meter, PairMeter};

/// CPU seconds of this process so far.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    stat.split_whitespace().next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(0.0) * 1e-9
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let rate: u32 = args.next().ok_or("no rate")?.parse()?;
    let channels: u32 = args.next().ok_or("no channels")?.parse()?;
    let (mut seconds, mut spent) = (0.0, 0.0);
    let mut out = std::io::stdout().lock();
    for name in args {
        let samples: Vec<f32> = std::fs::read(&name)?
            .chunks_exact(2)
            .map(|b| f32::from(i16::from_le_bytes([b[0], b[1]])) / 32_768.0)
            .collect();
        seconds += samples.len() as f64 / f64::from(rate * channels);
        let start = cpu();
        if channels == 2 {
            let mut meter = PairMeter::new(rate)?;
            meter.push(&samples);
            let (qualities, pair, _) = meter.finish();
            spent += cpu() - start;
            writeln!(out, "{name}\t{:?}\n{name}\t{:?}\n{name}\t{pair:?}", qualities[0], qualities[1])?;
        } else {
            let mut meter = Meter::new(rate)?;
            meter.push(&samples);
            let (quality, _) = meter.finish();
            spent += cpu() - start;
            writeln!(out, "{name}\t{quality:?}")?;
        }
    }
    writeln!(std::io::stderr(), "{seconds:.0} s, {:.0} times real time", seconds / spent)?;
    Ok(())
}
