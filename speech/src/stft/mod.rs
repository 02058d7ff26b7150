//! Power spectra of overlapping frames, eight frames at once, with the same bits on every machine.
//!
//! Each of eight lanes holds a frame of its own and no lane sees another, so the result does not depend
//! on how frames are grouped, nor on the width of the processor's vectors. `rustfft` is not used here:
//! its AVX code fuses multiplications with additions, so that its bits differ from its code for other
//! processors.

mod fft;
mod log;
mod simd;

pub(crate) use fft::{Fft, Spectrum};
pub(crate) use log::{decibels, decibels_lanes};
pub(crate) use simd::{Work, widest};

/// Frames computed together.
pub(crate) const LANES: usize = 8;

/// One value of each of eight frames.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(align(32))]
pub(crate) struct Lanes(pub(crate) [f32; LANES]);

/// Larger samples are cut to this, far above full scale, so that no power overflows.
const LARGEST: f32 = 1e6;

/// Hops a second.
pub(crate) const FRAMES_A_SECOND: u64 = 100;

/// Frames of 10 ms hop and 20 to 25 ms Hann window, centred on their hop, of a stream of samples given
/// in any chunks.
///
/// Frame `i` stands for the samples from [`Stft::start`]`(i)` to `start(i + 1)`, which is exact for
/// rates that 100 does not divide too. Before the first sample and after the last there are zeros.
pub(crate) struct Stft {
    rate: u32,
    fft: Fft,
    window: Vec<f32>,
    /// Scales `|X|²` so that the sum over bins is the mean square of the windowed samples.
    scale: f32,
    /// Samples from `buffer_start` on.
    buffer: Vec<f32>,
    /// Position of `buffer[0]`, counted with the zeros in front.
    buffer_start: u64,
    received: u64,
    next_frame: u64,
    input: Vec<Lanes>,
}

impl Stft {
    pub(crate) fn new(rate: u32) -> Stft {
        let (length, size) = window_and_size(rate);
        let window: Vec<f32> = (0..length)
            .map(|n| {
                let phase = std::f64::consts::TAU * (n as f64 + 0.5) / length as f64;
                (0.5 - 0.5 * phase.cos()) as f32
            })
            .collect();
        let energy: f64 = window.iter().map(|w| f64::from(*w) * f64::from(*w)).sum();
        let lead = lead(rate, length);
        Stft {
            rate,
            fft: Fft::new(size),
            scale: (2.0 / (size as f64 * energy)) as f32,
            buffer: vec![0.0; lead],
            buffer_start: 0,
            received: 0,
            next_frame: 0,
            input: vec![Lanes::default(); size],
            window,
        }
    }

    /// Bins of a spectrum: half the transform's length and one.
    pub(crate) fn bins(&self) -> usize {
        self.fft.size() / 2 + 1
    }

    /// Hz from one bin to the next.
    pub(crate) fn bin_hz(&self) -> f64 {
        f64::from(self.rate) / self.fft.size() as f64
    }

    /// What is left of the correlation of a steady signal with itself when one of the two is `delay`
    /// samples later: the window's own correlation.
    pub(crate) fn overlap(&self, delay: usize) -> f64 {
        let at = |delay: usize| -> f64 {
            let later = self.window.get(delay..).unwrap_or(&[]);
            self.window.iter().zip(later).map(|(a, b)| f64::from(a * b)).sum()
        };
        at(delay) / at(0)
    }

    pub(crate) fn scale(&self) -> f32 {
        self.scale
    }

    /// First sample of frame `index`.
    pub(crate) fn start(rate: u32, index: u64) -> u64 {
        (u128::from(index) * u128::from(rate) / u128::from(FRAMES_A_SECOND)) as u64
    }

    /// Takes samples and gives each group of eight frames to `sink` as soon as it is complete, so that a
    /// frame's lane is its number modulo 8. What is not finite counts as zero.
    pub(crate) fn push(&mut self, samples: &[f32], sink: &mut impl FnMut(usize, &Spectrum)) {
        // In blocks, so that the buffer stays small for any chunk.
        for block in samples.chunks(1 << 14) {
            self.received += block.len() as u64;
            self.buffer
                .extend(block.iter().map(|s| if s.is_finite() { s.clamp(-LARGEST, LARGEST) } else { 0.0 }));
            let length = self.window.len() as u64;
            let have = self.buffer_start + self.buffer.len() as u64;
            while Stft::start(self.rate, self.next_frame + LANES as u64 - 1) + length <= have {
                self.group(LANES, sink);
            }
            self.forget();
        }
    }

    /// Gives the frames that are left, and starts anew.
    pub(crate) fn finish(&mut self, sink: &mut impl FnMut(usize, &Spectrum)) {
        let frames = frames(self.rate, self.received);
        let length = self.window.len();
        while self.next_frame < frames {
            let count = (frames - self.next_frame).min(LANES as u64) as usize;
            let end = Stft::start(self.rate, self.next_frame + count as u64 - 1) - self.buffer_start;
            self.buffer.resize(self.buffer.len().max(end as usize + length), 0.0);
            self.group(count, sink);
        }
        self.buffer.clear();
        self.buffer.resize(lead(self.rate, length), 0.0);
        (self.buffer_start, self.received, self.next_frame) = (0, 0, 0);
    }

    fn group(&mut self, count: usize, sink: &mut impl FnMut(usize, &Spectrum)) {
        let mut offsets = [0usize; LANES];
        for (lane, offset) in offsets.iter_mut().enumerate() {
            // Lanes without a frame repeat the first: their results are not read.
            let lane = if lane < count { lane as u64 } else { 0 };
            *offset = (Stft::start(self.rate, self.next_frame + lane) - self.buffer_start) as usize;
        }
        self.gather(&offsets);
        sink(count, self.fft.transform(&self.input));
        self.next_frame += count as u64;
    }

    /// Drops the samples that no frame to come needs.
    fn forget(&mut self) {
        let done = (Stft::start(self.rate, self.next_frame) - self.buffer_start) as usize;
        let done = done.min(self.buffer.len());
        self.buffer.drain(..done);
        self.buffer_start += done as u64;
    }

    fn gather(&mut self, offsets: &[usize; LANES]) {
        let length = self.window.len();
        let mut frames: [&[f32]; LANES] = [&[]; LANES];
        for (frame, offset) in frames.iter_mut().zip(offsets) {
            *frame = self.buffer.get(*offset..offset + length).unwrap_or(&[]);
        }
        if frames.iter().any(|f| f.len() != length) {
            return;
        }
        for (n, (slot, w)) in self.input.iter_mut().zip(&self.window).enumerate() {
            for (value, frame) in slot.0.iter_mut().zip(&frames) {
                *value = frame[n] * w;
            }
        }
    }
}

/// Samples of a window of 25 ms and of its transform. A power of two that comes to 20 ms is taken for
/// both, which halves the work at 44.1 and 48 kHz.
fn window_and_size(rate: u32) -> (usize, usize) {
    let length = ((rate / 40) as usize).max(8);
    let size = length.next_power_of_two();
    let shorter = size / 2;
    if shorter >= (rate / 50) as usize { (shorter, shorter) } else { (length, size) }
}

/// Zeros in front, so that the window of frame 0 is centred on its hop.
fn lead(rate: u32, length: usize) -> usize {
    let hop = (u64::from(rate) / FRAMES_A_SECOND) as usize;
    (length.saturating_sub(hop)) / 2
}

/// Frames that `samples` samples have; the last may be shorter than a hop.
pub(crate) fn frames(rate: u32, samples: u64) -> u64 {
    let frames = (u128::from(samples) * u128::from(FRAMES_A_SECOND)).div_ceil(u128::from(rate.max(1)));
    frames as u64
}
