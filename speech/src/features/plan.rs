//! What all extractors have in common: eight frames at a time from samples to a row of features.

use std::ops::Range;

use super::Features;
use super::dither::Dither;
use super::fft::RealFft;
use super::frames::{Framing, Piece};
use super::lanes::{Complex, LANES, Lane, Vector, ln};
use super::mel::Banks;
use super::simd::Simd;

/// When a frame's energy is taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Taken {
    /// Before pre-emphasis and window.
    Raw,
    /// After them.
    Windowed,
}

#[derive(Clone, Debug)]
pub(super) struct Energy {
    pub(super) taken: Taken,
    /// Floor, logarithm.
    pub(super) log_floor: Option<f32>,
}

/// Cepstra as rows of weights for the log energies of the bands.
#[derive(Clone, Debug)]
pub(super) struct Cepstra {
    pub(super) rows: usize,
    pub(super) matrix: Vec<f32>,
}

/// What becomes of energies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Log {
    Linear,
    Natural { floor: f32 },
    Decimal { floor: f32 },
}

/// A plan: everything that depends on options, but on no recording.
pub(super) struct Plan {
    pub(super) framing: Framing,
    pub(super) scale: f32,
    pub(super) dither: Option<Dither>,
    pub(super) remove_dc_offset: bool,
    pub(super) preemph_coeff: f32,
    pub(super) window: Vec<f32>,
    pub(super) fft: RealFft,
    /// Square root of the power spectrum.
    pub(super) magnitude: bool,
    pub(super) banks: Option<Banks>,
    /// Floor of each band, before the logarithm.
    pub(super) band_floor: Option<f32>,
    pub(super) log: Log,
    pub(super) cepstra: Option<Cepstra>,
    pub(super) energy: Option<Energy>,
    /// The first number goes last, as HTK has it, times this.
    pub(super) first_goes_last: Option<f32>,
    pub(super) simd: Simd,
}

/// Memory for computing, for one thread: made once and used for many recordings, with any plan.
#[derive(Clone, Default)]
pub struct Scratch {
    wave: Vec<Lane>,
    data: Vec<Complex>,
    power: Vec<Lane>,
    bands: Vec<Lane>,
    row: Vec<Lane>,
    rows: Vec<f32>,
}

impl std::fmt::Debug for Scratch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scratch").finish_non_exhaustive()
    }
}

fn fit<T: Clone + Default>(buffer: &mut Vec<T>, len: usize) {
    if buffer.len() < len {
        buffer.resize(len, T::default());
    }
}

impl Plan {
    fn bands(&self) -> usize {
        self.banks.as_ref().map_or(self.fft.bins(), Banks::len)
    }

    /// Numbers in a row of features.
    pub(super) fn dim(&self) -> usize {
        match &self.cepstra {
            Some(cepstra) => cepstra.rows,
            None => self.bands() + usize::from(self.energy.is_some()),
        }
    }

    /// Rows of a recording of so many samples.
    pub(super) fn frames(&self, samples: usize) -> usize {
        self.framing.count(samples as u64) as usize
    }

    /// Rows of the whole recording, over what `out` held.
    pub(super) fn compute_into(&self, samples: &[f32], scratch: &mut Scratch, out: &mut Features) {
        out.clear(self.dim());
        let total = samples.len() as u64;
        let piece = Piece { samples, from: 0, total };
        self.append(piece, 0..self.framing.count(total), scratch, out);
    }

    /// Appends the rows of some frames.
    pub(super) fn append(
        &self,
        piece: Piece<'_>,
        frames: Range<u64>,
        scratch: &mut Scratch,
        out: &mut Features,
    ) {
        let (dim, count) = (self.dim(), frames.end.saturating_sub(frames.start) as usize);
        fit(&mut scratch.wave, self.framing.length);
        fit(&mut scratch.data, self.fft.room());
        fit(&mut scratch.power, self.fft.bins());
        fit(&mut scratch.bands, self.bands());
        fit(&mut scratch.row, dim);
        out.data.reserve(count * dim);
        out.frames += count;
        // Rows go through a small buffer: filling all of `out` with zeros first costs more.
        let mut rows = std::mem::take(&mut scratch.rows);
        fit(&mut rows, dim * LANES);
        for frame in frames.clone().step_by(LANES) {
            let rows = &mut rows[..dim * LANES.min((frames.end - frame) as usize)];
            self.simd.group(self, piece, frame..frames.end, scratch, rows);
            out.data.extend_from_slice(rows);
        }
        scratch.rows = rows;
    }

    /// Computes up to eight frames; `rows` is as long as there are frames.
    #[inline(always)]
    pub(super) fn group<V: Vector>(
        &self,
        cpu: V::Cpu,
        piece: Piece<'_>,
        frames: Range<u64>,
        scratch: &mut Scratch,
        rows: &mut [f32],
    ) {
        let wave = &mut scratch.wave[..self.framing.length];
        let data = &mut scratch.data[..self.fft.room()];
        let power = &mut scratch.power[..self.fft.bins()];
        self.framing.load::<V>(cpu, piece, frames.clone(), self.scale, wave);
        if let Some(dither) = &self.dither {
            dither.add(frames.start, wave);
        }
        let energy = self.pass_window::<V>(cpu, wave, data);
        self.fft.power::<V>(cpu, data, power);
        if self.magnitude {
            for power in power.iter_mut() {
                V::load(cpu, &power.0).sqrt().store(&mut power.0);
            }
        }
        let bands = match &self.banks {
            Some(banks) => {
                let bands = &mut scratch.bands[..banks.len()];
                banks.apply::<V>(cpu, power, bands);
                bands
            }
            None => power,
        };
        self.pass_log::<V>(cpu, bands);
        if self.cepstra.is_none() && energy.is_none() {
            write::<V>(cpu, bands, rows);
            return;
        }
        let row = &mut scratch.row[..self.dim()];
        match &self.cepstra {
            Some(cepstra) => cepstra.apply::<V>(cpu, bands, row),
            None => row[1..].copy_from_slice(bands),
        }
        if let Some(energy) = energy {
            energy.store(&mut row[0].0);
        }
        if let Some(factor) = self.first_goes_last {
            (V::load(cpu, &row[0].0) * V::splat(cpu, factor)).store(&mut row[0].0);
            row.rotate_left(1);
        }
        write::<V>(cpu, row, rows);
    }

    /// Takes the mean off, pre-emphasizes and windows; gives the logarithm of the energy if asked for.
    #[inline(always)]
    fn pass_window<V: Vector>(&self, cpu: V::Cpu, wave: &[Lane], data: &mut [Complex]) -> Option<V> {
        let mut mean = V::splat(cpu, 0.0);
        if self.remove_dc_offset {
            mean = sum::<V>(cpu, wave) / V::splat(cpu, wave.len() as f32);
        }
        let coeff = V::splat(cpu, self.preemph_coeff);
        let mut before = V::load(cpu, &wave[0].0) - mean;
        let used = if self.fft.pairs() {
            let (pairs, odd) = wave.as_chunks::<2>();
            let weights = self.window.as_chunks::<2>().0;
            for ((point, pair), weight) in data.iter_mut().zip(pairs).zip(weights) {
                let even = V::load(cpu, &pair[0].0) - mean;
                let odd = V::load(cpu, &pair[1].0) - mean;
                ((even - before * coeff) * V::splat(cpu, weight[0])).store(&mut point.re.0);
                ((odd - even * coeff) * V::splat(cpu, weight[1])).store(&mut point.im.0);
                before = odd;
            }
            if let ([last], Some(weight)) = (odd, self.window.last()) {
                let even = V::load(cpu, &last.0) - mean;
                data[pairs.len()] = Complex::default();
                ((even - before * coeff) * V::splat(cpu, *weight)).store(&mut data[pairs.len()].re.0);
            }
            wave.len().div_ceil(2)
        } else {
            for ((point, sample), weight) in data.iter_mut().zip(wave).zip(&self.window) {
                let here = V::load(cpu, &sample.0) - mean;
                *point = Complex::default();
                ((here - before * coeff) * V::splat(cpu, *weight)).store(&mut point.re.0);
                before = here;
            }
            wave.len()
        };
        data[used..].fill(Complex::default());
        let asked = self.energy.as_ref()?;
        let mut energy = V::splat(cpu, 0.0);
        match asked.taken {
            Taken::Raw => {
                for sample in wave {
                    let sample = V::load(cpu, &sample.0) - mean;
                    energy = energy + sample * sample;
                }
            }
            Taken::Windowed => {
                for point in &data[..used] {
                    let (re, im) = (V::load(cpu, &point.re.0), V::load(cpu, &point.im.0));
                    energy = energy + (re * re + im * im);
                }
            }
        }
        let log = energy.at_least(V::splat(cpu, f32::EPSILON)).ln(cpu);
        match asked.log_floor {
            Some(floor) => Some(log.at_least(V::splat(cpu, floor))),
            None => Some(log),
        }
    }

    #[inline(always)]
    fn pass_log<V: Vector>(&self, cpu: V::Cpu, bands: &mut [Lane]) {
        if let Some(floor) = self.band_floor {
            let floor = V::splat(cpu, floor);
            for band in bands.iter_mut() {
                V::load(cpu, &band.0).at_least(floor).store(&mut band.0);
            }
        }
        match self.log {
            Log::Linear => {}
            Log::Natural { floor } => {
                let floor = V::splat(cpu, floor);
                for band in bands {
                    V::load(cpu, &band.0).at_least(floor).ln(cpu).store(&mut band.0);
                }
            }
            Log::Decimal { floor } => {
                let floor = V::splat(cpu, floor);
                for band in bands {
                    V::load(cpu, &band.0).at_least(floor).log10(cpu).store(&mut band.0);
                }
            }
        }
    }
}

impl Cepstra {
    #[inline(always)]
    fn apply<V: Vector>(&self, cpu: V::Cpu, bands: &[Lane], row: &mut [Lane]) {
        for (value, weights) in row.iter_mut().zip(self.matrix.chunks_exact(bands.len())) {
            let mut sum = V::splat(cpu, 0.0);
            for (weight, band) in weights.iter().zip(bands) {
                sum = sum + V::load(cpu, &band.0) * V::splat(cpu, *weight);
            }
            sum.store(&mut value.0);
        }
    }
}

/// A sum over samples in eight parts, so that additions need not wait for each other.
#[inline(always)]
fn sum<V: Vector>(cpu: V::Cpu, wave: &[Lane]) -> V {
    let mut parts = [V::splat(cpu, 0.0); 8];
    let (blocks, tail) = wave.as_chunks::<8>();
    for block in blocks {
        for k in 0..8 {
            parts[k] = parts[k] + V::load(cpu, &block[k].0);
        }
    }
    for (k, sample) in tail.iter().enumerate() {
        parts[k] = parts[k] + V::load(cpu, &sample.0);
    }
    let [a, b, c, d, e, f, g, h] = parts;
    ((a + b) + (c + d)) + ((e + f) + (g + h))
}

/// Rows of features from one number of each frame after another.
#[inline(always)]
fn write<V: Vector>(cpu: V::Cpu, row: &[Lane], rows: &mut [f32]) {
    let dim = row.len();
    let mut done = 0;
    if rows.len() == dim * LANES {
        let mut rest = &mut *rows;
        let mut outs: [&mut [f32]; LANES] = Default::default();
        for here in &mut outs {
            (*here, rest) = rest.split_at_mut(dim);
        }
        for (n, block) in row.as_chunks::<LANES>().0.iter().enumerate() {
            let mut columns = [V::load(cpu, &block[0].0); LANES];
            for k in 1..LANES {
                columns[k] = V::load(cpu, &block[k].0);
            }
            let columns = V::transpose(columns);
            for l in 0..LANES {
                if let Some(out) = outs[l].as_chunks_mut::<LANES>().0.get_mut(n) {
                    columns[l].store(out);
                }
            }
        }
        done = dim / LANES * LANES;
    }
    for (lane, out) in rows.chunks_exact_mut(dim).enumerate() {
        for (value, lanes) in out[done..].iter_mut().zip(&row[done..]) {
            *value = lanes.0[lane];
        }
    }
}

/// Kaldi's logarithm of a floor, or none if it is not above 0.
pub(super) fn log_floor(floor: f32) -> Option<f32> {
    (floor > 0.0).then(|| ln(floor.max(f32::MIN_POSITIVE)))
}
