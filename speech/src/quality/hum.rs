//! Hum: lines at 50 and 100 Hz that stay, unlike the pitch of a voice.

use crate::stft::{Fft, LANES, Lanes};

/// Samples of a window after decimation, about a second.
const SIZE: usize = 1024;
const STEP: usize = SIZE / 2;
/// Rate after decimation in Hz, or a little more.
const RATE: u32 = 1000;
/// Lines in Hz.
const LINES: [f64; 2] = [50.0, 100.0];
/// Half the width of a line in Hz, and the end of its surroundings on either side.
const LINE_HZ: f64 = 2.0;
const AROUND_HZ: f64 = 8.0;

pub(super) struct Hum {
    factor: usize,
    /// A parabolic spline over three times the factor: its zeros fall on what would fold onto the lines.
    kernel: Vec<f32>,
    buffer: Vec<f32>,
    low: Vec<f32>,
    fft: Fft,
    window: Vec<f32>,
    scale: f64,
    bin_hz: f64,
    input: Vec<Lanes>,
    /// Mean square of each line above its surroundings, by window.
    lines: [Vec<f32>; 2],
}

impl Hum {
    pub(super) fn new(rate: u32) -> Hum {
        let factor = (rate / RATE).max(1) as usize;
        let box_once = vec![1.0 / factor as f64; factor];
        let kernel = convolved(&convolved(&box_once, &box_once), &box_once);
        let window: Vec<f32> = (0..SIZE)
            .map(|n| (0.5 - 0.5 * (std::f64::consts::TAU * (n as f64 + 0.5) / SIZE as f64).cos()) as f32)
            .collect();
        let energy: f64 = window.iter().map(|w| f64::from(*w) * f64::from(*w)).sum();
        Hum {
            factor,
            kernel: kernel.iter().map(|k| *k as f32).collect(),
            buffer: Vec::new(),
            low: Vec::new(),
            fft: Fft::new(SIZE),
            window,
            scale: 2.0 / (SIZE as f64 * energy),
            bin_hz: f64::from(rate) / factor as f64 / SIZE as f64,
            input: vec![Lanes::default(); SIZE],
            lines: [Vec::new(), Vec::new()],
        }
    }

    pub(super) fn take(&mut self, block: &[f32]) {
        self.buffer.extend_from_slice(block);
        let mut at = 0;
        while let Some(part) = self.buffer.get(at..at + self.kernel.len()) {
            // In eight strands, so that it is quick, added up in a fixed order.
            let mut strands = [0f32; LANES];
            let ((xs, x_rest), (ks, k_rest)) = (part.as_chunks::<LANES>(), self.kernel.as_chunks::<LANES>());
            for (x, k) in xs.iter().zip(ks) {
                for s in 0..LANES {
                    strands[s] += x[s] * k[s];
                }
            }
            let rest: f32 = x_rest.iter().zip(k_rest).map(|(x, k)| x * k).sum();
            self.low.push(strands.iter().sum::<f32>() + rest);
            at += self.factor;
        }
        self.buffer.drain(..at.min(self.buffer.len()));
        while self.low.len() >= SIZE + (LANES - 1) * STEP {
            self.windows(LANES);
            self.low.drain(..LANES * STEP);
        }
    }

    fn windows(&mut self, count: usize) {
        for (n, (slot, w)) in self.input.iter_mut().zip(&self.window).enumerate() {
            for lane in 0..LANES {
                let sample = if lane < count { self.low[lane * STEP + n] } else { 0.0 };
                slot.0[lane] = sample * w;
            }
        }
        let power = &self.fft.transform(&self.input).power;
        let bin = |hz: f64| (hz / self.bin_hz).round() as usize;
        for (line, hz) in self.lines.iter_mut().zip(LINES) {
            let (first, end) = (bin(hz - LINE_HZ), bin(hz + LINE_HZ) + 1);
            let (low, high) = (bin(hz - AROUND_HZ), bin(hz + AROUND_HZ) + 1);
            for lane in 0..count {
                let sum = |range: std::ops::Range<usize>| {
                    power[range].iter().map(|p| f64::from(p.0[lane])).sum::<f64>()
                };
                let around = (sum(low..first) + sum(end..high)) / ((first - low) + (high - end)) as f64;
                line.push(((sum(first..end) - around * (end - first) as f64) * self.scale) as f32);
            }
        }
    }

    /// Mean square of the lines that are there for at least three quarters of the time; `None` for less
    /// than about a second.
    pub(super) fn finish(&mut self) -> Option<f64> {
        if self.low.len() >= SIZE {
            self.windows((self.low.len() - SIZE) / STEP + 1);
        }
        let mut total = 0.0;
        for line in &mut self.lines {
            line.sort_by(f32::total_cmp);
            total += f64::from(*line.get(line.len() / 4)?).max(0.0);
        }
        Some(total)
    }
}

fn convolved(a: &[f64], b: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; a.len() + b.len() - 1];
    for (i, x) in a.iter().enumerate() {
        for (j, y) in b.iter().enumerate() {
            out[i + j] += x * y;
        }
    }
    out
}
