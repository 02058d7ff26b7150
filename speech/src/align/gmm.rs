//! Mixtures of diagonal Gaussians, one a pdf: evaluation, statistics, re-estimation, splitting.

use super::frontend::Features;
use super::math::{Normal, exp, ln, pow};
use super::simd::{BLOCK, Lane, Level, Mixture, log_likelihood};

/// All pdfs of a model.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Bank {
    pub(crate) dim: usize,
    /// Gaussians of pdf p: `offsets[p]..offsets[p + 1]`.
    pub(crate) offsets: Vec<u32>,
    pub(crate) weights: Vec<f32>,
    pub(crate) means: Vec<f32>,
    pub(crate) variances: Vec<f32>,
    half: Vec<f32>,
    bias: Vec<f32>,
}

impl Bank {
    pub(crate) fn new(
        dim: usize,
        offsets: Vec<u32>,
        weights: Vec<f32>,
        means: Vec<f32>,
        variances: Vec<f32>,
    ) -> Bank {
        let half = variances.iter().map(|v| 0.5 / v).collect();
        let tau = ln(std::f64::consts::TAU);
        let bias = weights
            .iter()
            .zip(variances.chunks_exact(dim.max(1)))
            .map(|(w, row)| {
                let log_det: f64 = row.iter().map(|v| ln(f64::from(*v)) + tau).sum();
                (ln(f64::from(*w)) - 0.5 * log_det) as f32
            })
            .collect();
        Bank { dim, offsets, weights, means, variances, half, bias }
    }

    /// One Gaussian, the same for every pdf.
    pub(crate) fn flat(pdfs: usize, mean: &[f32], variance: &[f32]) -> Bank {
        let repeat = |v: &[f32]| v.iter().copied().cycle().take(pdfs * v.len()).collect();
        Bank::new(mean.len(), (0..=pdfs as u32).collect(), vec![1.0; pdfs], repeat(mean), repeat(variance))
    }

    /// Each mixture as one Gaussian of the same mean and variance.
    pub(crate) fn coarse(&self) -> Bank {
        let (mut means, mut variances) = (Vec::new(), Vec::new());
        for pdf in 0..self.pdfs() as u32 {
            for d in 0..self.dim {
                let (mut mean, mut square) = (0f64, 0f64);
                for g in self.range(pdf) {
                    let w = f64::from(self.weights[g]);
                    let m = f64::from(self.means[g * self.dim + d]);
                    mean += w * m;
                    square += w * (f64::from(self.variances[g * self.dim + d]) + m * m);
                }
                means.push(mean as f32);
                variances.push(((square - mean * mean) as f32).max(1e-6));
            }
        }
        let pdfs = self.pdfs();
        Bank::new(self.dim, (0..=pdfs as u32).collect(), vec![1.0; pdfs], means, variances)
    }

    pub(crate) fn pdfs(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    pub(crate) fn gaussians(&self) -> usize {
        self.weights.len()
    }

    fn range(&self, pdf: u32) -> std::ops::Range<usize> {
        self.offsets[pdf as usize] as usize..self.offsets[pdf as usize + 1] as usize
    }

    pub(crate) fn score_block(&self, level: Level, block: &[Lane], pdf: u32, out: &mut Lane) {
        let r = self.range(pdf);
        let rows = r.start * self.dim..r.end * self.dim;
        let mixture =
            Mixture { mean: &self.means[rows.clone()], half: &self.half[rows], bias: &self.bias[r] };
        log_likelihood(level, block, mixture, out);
    }

    /// Log-likelihood of each Gaussian of the pdf for one frame.
    fn each(&self, pdf: u32, x: &[f32], out: &mut Vec<f32>) {
        out.clear();
        for g in self.range(pdf) {
            let row = g * self.dim..(g + 1) * self.dim;
            // Eight sums side by side, so that the loop is not one chain of additions.
            let mut sums = [0f32; 8];
            let all = x.chunks(8).zip(self.means[row.clone()].chunks(8).zip(self.half[row].chunks(8)));
            for (x, (m, h)) in all {
                for (slot, (x, (m, h))) in sums.iter_mut().zip(x.iter().zip(m.iter().zip(h))) {
                    let v = x - m;
                    *slot += v * v * h;
                }
            }
            out.push(self.bias[g] - sums.iter().sum::<f32>());
        }
    }
}

/// Transposed frames: one [`Lane`] for every value of a frame, block after block.
pub(crate) struct Blocks {
    lanes: Vec<Lane>,
    dim: usize,
}

impl Blocks {
    pub(crate) fn new(features: &Features) -> Blocks {
        let dim = features.dim;
        let mut lanes = vec![[0f32; BLOCK]; features.frames.div_ceil(BLOCK) * dim];
        for (t, row) in features.data.chunks_exact(dim.max(1)).enumerate() {
            let first = t / BLOCK * dim;
            for (lane, v) in lanes[first..first + dim].iter_mut().zip(row) {
                lane[t % BLOCK] = *v;
            }
        }
        Blocks { lanes, dim }
    }

    pub(crate) fn block(&self, index: usize) -> &[Lane] {
        &self.lanes[index * self.dim..(index + 1) * self.dim]
    }
}

/// Sums for re-estimation; those of several threads are merged in a fixed order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Statistics {
    dim: usize,
    occupancy: Vec<f64>,
    sum: Vec<f64>,
    square: Vec<f64>,
    scratch: Vec<f32>,
}

impl Statistics {
    pub(crate) fn new(bank: &Bank) -> Statistics {
        let g = bank.gaussians();
        Statistics {
            dim: bank.dim,
            occupancy: vec![0.0; g],
            sum: vec![0.0; g * bank.dim],
            square: vec![0.0; g * bank.dim],
            scratch: Vec::new(),
        }
    }

    /// Adds a frame that belongs to `pdf`, shared among its Gaussians by their posteriors.
    pub(crate) fn add(&mut self, bank: &Bank, pdf: u32, x: &[f32]) {
        let range = bank.range(pdf);
        let mut scratch = std::mem::take(&mut self.scratch);
        if range.len() == 1 {
            scratch.clear();
            scratch.push(0.0);
        } else {
            bank.each(pdf, x, &mut scratch);
        }
        let top = scratch.iter().fold(f32::NEG_INFINITY, |m, v| if *v > m { *v } else { m });
        let mut total = 0.0;
        for v in &mut scratch {
            *v = super::simd::exp_of_negative(*v - top);
            total += *v;
        }
        for (g, p) in range.zip(&scratch) {
            let p = f64::from(*p / total);
            if p < 1e-4 {
                continue;
            }
            self.occupancy[g] += p;
            let row = g * self.dim..(g + 1) * self.dim;
            for ((s, q), x) in self.sum[row.clone()].iter_mut().zip(&mut self.square[row]).zip(x) {
                let x = f64::from(*x);
                *s += p * x;
                *q += p * (x * x);
            }
        }
        self.scratch = scratch;
    }

    pub(crate) fn merge(&mut self, other: &Statistics) {
        let pairs = [
            (&mut self.occupancy, &other.occupancy),
            (&mut self.sum, &other.sum),
            (&mut self.square, &other.square),
        ];
        for (to, from) in pairs {
            for (a, b) in to.iter_mut().zip(from) {
                *a += b;
            }
        }
    }

    /// Occupancy of each pdf.
    pub(crate) fn occupancies(&self, bank: &Bank) -> Vec<f64> {
        (0..bank.pdfs()).map(|p| self.occupancy[bank.range(p as u32)].iter().sum()).collect()
    }

    /// Maximum likelihood, with a floor for the variances; Gaussians seen less than three times go.
    pub(crate) fn update(&self, bank: &Bank, floor: &[f32]) -> Bank {
        let dim = self.dim;
        let (mut offsets, mut weights, mut means, mut variances) = (vec![0u32], vec![], vec![], vec![]);
        for pdf in 0..bank.pdfs() {
            let range = bank.range(pdf as u32);
            let kept: Vec<usize> = range.clone().filter(|g| self.occupancy[*g] >= 3.0).collect();
            let total: f64 = kept.iter().map(|g| self.occupancy[*g]).sum();
            if kept.is_empty() {
                for g in range {
                    weights.push(bank.weights[g]);
                    means.extend_from_slice(&bank.means[g * dim..(g + 1) * dim]);
                    variances.extend_from_slice(&bank.variances[g * dim..(g + 1) * dim]);
                }
            }
            for g in kept {
                let n = self.occupancy[g];
                weights.push((n / total) as f32);
                for (d, low) in floor.iter().enumerate() {
                    let mean = self.sum[g * dim + d] / n;
                    let variance = self.square[g * dim + d] / n - mean * mean;
                    means.push(mean as f32);
                    variances.push((variance as f32).max(*low));
                }
            }
            offsets.push(weights.len() as u32);
        }
        Bank::new(dim, offsets, weights, means, variances)
    }
}

/// Splits the heaviest Gaussians until there are about `target`, shared among pdfs by
/// occupancy^`power` (Kaldi's `MixUp`).
pub(crate) fn mix_up(
    bank: &Bank,
    occupancies: &[f64],
    target: usize,
    power: f64,
    normal: &mut Normal,
) -> Bank {
    let shares: Vec<f64> = occupancies.iter().map(|n| if *n > 20.0 { pow(*n, power) } else { 0.0 }).collect();
    let total: f64 = shares.iter().sum::<f64>().max(1e-30);
    let (mut offsets, mut weights, mut means, mut variances) = (vec![0u32], vec![], vec![], vec![]);
    let dim = bank.dim;
    for pdf in 0..bank.pdfs() {
        let range = bank.range(pdf as u32);
        let first = weights.len();
        weights.extend_from_slice(&bank.weights[range.clone()]);
        means.extend_from_slice(&bank.means[range.start * dim..range.end * dim]);
        variances.extend_from_slice(&bank.variances[range.start * dim..range.end * dim]);
        let most = ((occupancies[pdf] / 12.0) as usize).max(1);
        let wanted = ((target as f64 * shares[pdf] / total).round() as usize).clamp(1, most);
        while weights.len() - first < wanted {
            let mut heaviest = first;
            for g in first..weights.len() {
                if weights[g] > weights[heaviest] {
                    heaviest = g;
                }
            }
            let half = weights[heaviest] * 0.5;
            weights[heaviest] = half;
            weights.push(half);
            for d in 0..dim {
                let at = heaviest * dim + d;
                let variance = variances[at];
                let shift = (0.1 * normal.next() * f64::from(variance).sqrt()) as f32;
                means.push(means[at] + shift);
                means[at] -= shift;
                variances.push(variance);
            }
        }
        offsets.push(weights.len() as u32);
    }
    Bank::new(dim, offsets, weights, means, variances)
}

/// Mean and variance of all frames.
#[derive(Clone, Debug, Default)]
pub(crate) struct Global {
    sum: Vec<f64>,
    square: Vec<f64>,
    frames: f64,
}

impl Global {
    pub(crate) fn add(&mut self, features: &Features) {
        self.sum.resize(features.dim, 0.0);
        self.square.resize(features.dim, 0.0);
        for row in features.data.chunks_exact(features.dim.max(1)) {
            for ((s, q), v) in self.sum.iter_mut().zip(&mut self.square).zip(row) {
                let v = f64::from(*v);
                *s += v;
                *q += v * v;
            }
        }
        self.frames += features.frames as f64;
    }

    pub(crate) fn mean_and_variance(&self) -> (Vec<f32>, Vec<f32>) {
        let n = self.frames.max(1.0);
        let mean: Vec<f32> = self.sum.iter().map(|s| (s / n) as f32).collect();
        let variance = self
            .sum
            .iter()
            .zip(&self.square)
            .map(|(s, q)| ((q / n - (s / n) * (s / n)) as f32).max(1e-4))
            .collect();
        (mean, variance)
    }
}

/// A probability from a log-odds-like number.
pub(crate) fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + exp(-x.clamp(-60.0, 60.0)))
}
