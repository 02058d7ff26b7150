//! Aligns labels with log-probabilities, both from `.npy`: for `benches/peers/speech_ctc.py`.
//!
//!     ctc_align LOG_PROBS.npy LABELS.npy PATH_OUT.npy [TURNS [BAND [MEMORY_BYTES]]]
//!
//! Prints the score, bytes held, and nanoseconds of the fastest turn. A label of −1 is a star.

use std::error::Error;
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::time::Instant;

use sprog_formats::Limits;
use sprog_formats::numeric::npy::{self, Array, Order, Values};
use sprog_speech::align::ctc::{Band, CtcOptions, Label, LogProbs, align};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [scores, labels, out, rest @ ..] = &args[..] else { return Err("three files".into()) };
    let limits = Limits { bytes: 4 << 30, ..Limits::default() };
    let read = |path: &String| -> Result<Array, Box<dyn Error>> {
        Ok(npy::read(BufReader::new(File::open(path)?), &limits)?.value)
    };
    let scores = read(scores)?;
    let vocab = scores.shape.last().copied().ok_or("no columns")?;
    let scores = scores.into_rows();
    let Values::I64(labels) = read(labels)?.values else { return Err("labels are not i8".into()) };
    let label = |id: &i64| u32::try_from(*id).map_or(Label::Star, Label::Token);
    let labels: Vec<Label> = labels.iter().map(label).collect();
    let number = |at: usize| rest.get(at).map(|text| text.parse::<usize>()).transpose();
    let mut options = CtcOptions::default();
    if let Some(width) = number(1)?.filter(|width| *width > 0) {
        options.band = Band::Diagonal(width);
    }
    if let Some(bytes) = number(2)? {
        options.memory_bytes = bytes;
    }
    let mut fastest = u128::MAX;
    let mut found = None;
    for _ in 0..number(0)?.unwrap_or(1).max(1) {
        let started = Instant::now();
        found = Some(align(LogProbs::new(&scores, vocab)?, &labels, &options)?);
        fastest = fastest.min(started.elapsed().as_nanos());
    }
    let found = found.ok_or("no turn")?;
    let mut path = vec![0i64; found.frames];
    for span in &found.spans {
        let Label::Token(id) = span.label else { continue };
        path[span.start..span.end].fill(i64::from(id));
    }
    let path = Array { shape: vec![path.len()], order: Order::C, values: Values::I64(path) };
    npy::write(&path, BufWriter::new(File::create(out)?))?;
    #[allow(clippy::print_stdout, reason = "a measuring program")]
    {
        println!("{} {} {fastest} {}", found.log_prob, found.memory_bytes, found.at_band_edge);
    }
    Ok(())
}
