//! Voice activity of raw 16-bit files at 16 kHz, for benches/peers/speech_vad.py: each NAME.s16 becomes
//! NAME.sprog, of an f32 score and the decisions of the four modes per 10 ms. CPU seconds of the
//! detector go to stdout.

use std::io::Write;

use sprog_speech::vad::{Mode, Vad};

/// CPU seconds of this process so far.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    stat.split_whitespace().next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(0.0) * 1e-9
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut seconds = 0.0;
    for name in std::env::args().skip(1) {
        let samples: Vec<f32> = std::fs::read(&name)?
            .chunks_exact(2)
            .map(|b| f32::from(i16::from_le_bytes([b[0], b[1]])) / 32_768.0)
            .collect();
        let start = cpu();
        let frames = Vad::frames_of(&samples, 16_000)?;
        seconds += cpu() - start;
        let mut out = std::io::BufWriter::new(std::fs::File::create(name.replace(".s16", ".sprog"))?);
        for frame in frames {
            out.write_all(&frame.score.to_le_bytes())?;
            out.write_all(&Mode::ALL.map(|mode| u8::from(frame.is_speech(mode))))?;
        }
        out.flush()?;
    }
    writeln!(std::io::stdout(), "{seconds}")?;
    Ok(())
}
