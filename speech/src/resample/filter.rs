//! Filters as rows of taps: one row for each place between two samples that an output can have.
//!
//! All numbers are made by additions, multiplications, divisions and square roots of `f64`, which give the
//! same bits everywhere; no sine or exponential of the platform's library is used.

use std::f64::consts::PI;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::design::HALF;
use super::dot::{LANES, Taps};

/// The design's rate, in lower rates.
const DESIGN_RATE: f64 = 3.0;
/// The lower rate's band that neither the filter passes nor an alias may fall into, in lower rates.
const STOP_EDGE: f64 = 8.1 / 16.0;
/// Of windows by Kaiser, which add to what the design leaves.
const STOP_DB: f64 = 130.0;
/// Points of the continuous kernel between two taps of the design.
const OVERSAMPLING: usize = 64;
/// Design taps on each side that a point of the continuous kernel is interpolated from.
const REACH: usize = 7;
/// Length of that interpolation's window, from its middle, for [`STOP_DB`].
const WINDOW: f64 = 6.5;
/// Banks with more taps are interpolated instead; 512 KiB, which a core's own cache holds.
const MAX_EXACT_TAPS: usize = 1 << 17;

/// Filters that are kept for the next plan, the last used first; up to 4 MiB.
const KEPT: usize = 8;

/// A filter for one ratio of rates.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    /// Outputs in `step` inputs.
    pub(super) phases: usize,
    /// Inputs in `phases` outputs.
    pub(super) step: usize,
    /// Taps a row, a multiple of [`LANES`].
    pub(super) taps: usize,
    /// Inputs before the output's place that the first tap takes.
    pub(super) before: usize,
    /// Rows an input sample when outputs lie between rows; 0 where each phase has a row.
    pub(super) interpolated_rows: usize,
    /// With interpolation the first lies one row before the sample, and two lie after the next.
    bank: Vec<Taps>,
}

impl Filter {
    /// The filter that takes `from ÷ divisor` to `to` Hz; whichever is lower sets the band. Making one takes up
    /// to a millisecond, so short recordings of one rate would mostly wait for it.
    pub(super) fn low_pass(from: u32, divisor: u32, to: u32) -> Arc<Self> {
        static FILTERS: Mutex<Vec<Arc<Filter>>> = Mutex::new(Vec::new());
        let to = u64::from(to) * u64::from(divisor);
        let common = gcd(u64::from(from), to);
        let (step, phases) = ((u64::from(from) / common) as usize, (to / common) as usize);
        let kept = || FILTERS.lock().unwrap_or_else(PoisonError::into_inner);
        let position =
            |filters: &[Arc<Self>]| filters.iter().position(|f| (f.step, f.phases) == (step, phases));
        {
            let mut filters = kept();
            if let Some(n) = position(&filters) {
                filters[..=n].rotate_right(1);
                return Arc::clone(&filters[0]);
            }
        }
        let made = Arc::new(Self::make(step, phases));
        let mut filters = kept();
        if position(&filters).is_none() {
            filters.insert(0, Arc::clone(&made));
            filters.truncate(KEPT);
        }
        made
    }

    fn make(step: usize, phases: usize) -> Self {
        // Design taps an input sample.
        let density = DESIGN_RATE * step.min(phases) as f64 / step as f64;
        let reach = (HALF.len() + REACH) as f64 / density;
        let reach = reach as usize + 2;
        let kernel = kernel();
        let exact = phases.saturating_mul(2 * reach) <= MAX_EXACT_TAPS;
        // The error of cubic interpolation goes with the fourth power of the rows' distance: −150 dB.
        let rows = if exact { phases } else { ((density * 40.0) as usize).next_power_of_two() };
        let places = if exact { 0..phases as i64 } else { -1..rows as i64 + 2 };
        let taps: Vec<Vec<f64>> = places
            .map(|row| {
                let place = row as f64 / rows as f64;
                (0..=2 * reach).map(|n| point(kernel, (n as f64 - reach as f64 - place) * density)).collect()
            })
            .collect();
        Self::from_rows(&taps, reach, phases, step, if exact { 0 } else { rows })
    }

    /// The taps of a phase, or the row of that number.
    #[inline]
    pub(super) fn row(&self, number: usize) -> &[Taps] {
        let length = self.taps / LANES;
        &self.bank[number * length..][..length]
    }

    /// Rounds rows, whose tap `before` lies at the sample itself, and cuts what is zero in all of them.
    fn from_rows(
        rows: &[Vec<f64>],
        before: usize,
        phases: usize,
        step: usize,
        interpolated_rows: usize,
    ) -> Self {
        let width = rows.first().map_or(0, Vec::len);
        let is_used = |n: &usize| rows.iter().any(|row| row[*n] != 0.0);
        let first = (0..width).find(is_used).unwrap_or(0).min(before);
        let end = (0..width).rev().find(is_used).map_or(width, |n| n + 1).max(before + 1);
        let taps = (end - first).next_multiple_of(LANES);
        let mut bank = Vec::with_capacity(taps / LANES * rows.len());
        let mut rounded = vec![0.0; taps];
        for row in rows {
            let sum: f64 = row.iter().sum();
            round_to_sum(&row[first..end], 1.0 / sum, &mut rounded);
            bank.extend(rounded.as_chunks::<LANES>().0.iter().map(|taps| Taps(*taps)));
        }
        Self { phases, step, taps, before: before - first, interpolated_rows, bank }
    }
}

/// The taps at distances 1, 3, 5 and so on of a filter that leaves every other sample of `rate`, and keeps the
/// band of `to` Hz free of aliases: a sinc by a Kaiser window (Kaiser 1974). They sum to a quarter.
pub(super) fn half_band(rate: f64, to: f64) -> Vec<f32> {
    let transition = 0.5 - 2.0 * STOP_EDGE * to / rate;
    let length = (STOP_DB - 7.95) / (14.36 * transition);
    let pairs = (length / 4.0) as usize + 1;
    let taps: Vec<f64> = (0..pairs)
        .map(|k| {
            let t = (2 * k + 1) as f64;
            sinc(t / 2.0) * kaiser(t / (2 * pairs) as f64, kaiser_beta(STOP_DB))
        })
        .collect();
    let mut rounded = vec![0.0; pairs];
    round_to_sum(&taps, 0.25 / taps.iter().sum::<f64>(), &mut rounded);
    rounded
}

/// Rounds scaled taps. What rounding takes from one is given to the next, so that the sum is not changed.
fn round_to_sum(taps: &[f64], scale: f64, rounded: &mut [f32]) {
    let mut owed = 0.0;
    for (tap, rounded) in taps.iter().zip(rounded) {
        let wanted = tap * scale + owed;
        *rounded = wanted as f32;
        owed = wanted - f64::from(*rounded);
    }
}

/// The largest number that divides both.
fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a.max(1) } else { gcd(b, a % b) }
}

/// The design between its taps, as points from the middle outwards. Images of the design's band start at five
/// sixths of its rate, so a short Nyquist filter takes them away and leaves the taps as they are.
fn kernel() -> &'static [f64] {
    static KERNEL: OnceLock<Vec<f64>> = OnceLock::new();
    KERNEL.get_or_init(|| {
        let beta = kaiser_beta(STOP_DB);
        let nyquist: Vec<f64> = (0..=REACH * OVERSAMPLING)
            .map(|n| {
                let t = n as f64 / OVERSAMPLING as f64;
                sinc(t) * kaiser(t / WINDOW, beta)
            })
            .collect();
        let design = |tap: isize| HALF.get(tap.unsigned_abs()).copied().unwrap_or(0.0);
        // A few more points, all zero, for the interpolation at the end.
        (0..(HALF.len() + REACH) * OVERSAMPLING + 4)
            .map(|n| {
                let (tap, part) = ((n / OVERSAMPLING) as isize, n % OVERSAMPLING);
                (1 - REACH as isize..=REACH as isize)
                    .map(|k| {
                        let distance = (part as isize - k * OVERSAMPLING as isize).unsigned_abs();
                        design(tap + k) * nyquist.get(distance).copied().unwrap_or(0.0)
                    })
                    .sum()
            })
            .collect()
    })
}

/// The kernel `t` design taps from its middle.
fn point(kernel: &[f64], t: f64) -> f64 {
    let place = t.abs() * OVERSAMPLING as f64;
    let n = place as usize;
    let u = place - n as f64;
    let at = |n: usize| kernel.get(n).copied().unwrap_or(0.0);
    if u == 0.0 {
        return at(n);
    }
    let w = lagrange(u);
    // The kernel is even.
    w[0] * at(n.abs_diff(1)) + w[1] * at(n) + w[2] * at(n + 1) + w[3] * at(n + 2)
}

/// Weights of the points at −1, 0, 1 and 2 for a value at `u` in [0, 1): Lagrange's cubic.
pub(super) fn lagrange(u: f64) -> [f64; 4] {
    let (a, b, c) = (u + 1.0, u - 1.0, u - 2.0);
    [-u * b * c / 6.0, a * b * c / 2.0, -a * u * c / 2.0, a * u * b / 6.0]
}

/// sin(πt) ÷ πt, and exactly zero at whole numbers.
fn sinc(t: f64) -> f64 {
    let t = t.abs();
    if t == 0.0 {
        return 1.0;
    }
    let whole = t.floor();
    let part = t - whole;
    // Near a half the series wants few terms from either side.
    let x = PI * part.min(1.0 - part);
    let (mut term, mut sum, mut n) = (x, x, 1.0);
    while n < 30.0 {
        term *= -x * x / ((n + 1.0) * (n + 2.0));
        sum += term;
        n += 2.0;
    }
    let sign = if whole % 2.0 == 0.0 { 1.0 } else { -1.0 };
    sign * sum / (PI * t)
}

/// The Kaiser window at `t` in [−1, 1].
fn kaiser(t: f64, beta: f64) -> f64 {
    let inside = 1.0 - t * t;
    if inside <= 0.0 { 0.0 } else { bessel(beta * inside.sqrt()) / bessel(beta) }
}

/// The window's shape for a stop band so many dB down, above 50.
fn kaiser_beta(stop_db: f64) -> f64 {
    0.1102 * (stop_db - 8.7)
}

/// The modified Bessel function of order 0, by its series.
fn bessel(x: f64) -> f64 {
    let (mut term, mut sum, mut n) = (1.0, 1.0, 1.0);
    while n < 60.0 {
        let factor = x / (2.0 * n);
        term *= factor * factor;
        sum += term;
        n += 1.0;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_series_agree_with_the_library() {
        for n in 1..2000 {
            let t = n as f64 * 0.0137;
            assert!((sinc(t) - (PI * t).sin() / (PI * t)).abs() < 1e-14, "{t}");
        }
        assert_eq!(sinc(3.0), 0.0);
        // Abramowitz and Stegun, table 9.8: e^-5 I0(5).
        assert!((bessel(5.0) * (-5.0f64).exp() - 0.183_540_812_6).abs() < 1e-9);
    }

    #[test]
    fn the_kernel_passes_through_the_design() {
        let kernel = kernel();
        for (n, tap) in HALF.iter().enumerate() {
            assert_eq!(point(kernel, n as f64), *tap);
            assert_eq!(point(kernel, -(n as f64)), *tap);
        }
        let filter = Filter::low_pass(48_000, 1, 16_000);
        assert_eq!((filter.phases, filter.step, filter.taps), (1, 3, 416));
        assert_eq!(filter.before, 201);
    }

    #[test]
    fn each_row_sums_to_one() {
        for (from, to) in
            [(48_000, 16_000), (44_100, 16_000), (16_000, 44_100), (44_101, 16_000), (8_000, 7_999)]
        {
            let filter = Filter::low_pass(from, 1, to);
            for row in filter.bank.chunks_exact(filter.taps / LANES) {
                let sum: f64 = row.iter().flat_map(|taps| taps.0).map(f64::from).sum();
                assert!((sum - 1.0).abs() < 1e-12, "{from} to {to}: {sum}");
            }
        }
        let sum: f64 = half_band(96_000.0, 16_000.0).iter().map(|tap| f64::from(*tap)).sum();
        assert!((sum - 0.25).abs() < 1e-12);
    }
}
