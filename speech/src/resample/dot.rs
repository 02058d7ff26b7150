//! Rows of taps times windows of samples, four at a time.
//!
//! Each sum is sixteen partial sums of every sixteenth product, added at the end as a fixed tree. Neither the
//! order nor the rounding depends on the processor: vectors of any length give the same bits, and products are
//! rounded before they are added. The vector code is here and nowhere else.

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{
    __m256, _mm256_add_ps, _mm256_loadu_ps, _mm256_mul_ps, _mm256_setzero_ps, _mm256_storeu_ps,
};

/// Partial sums an output. Rows and windows have a multiple of it.
pub(super) const LANES: usize = 16;
/// Outputs computed together.
pub(super) const GROUP: usize = 4;

/// Taps that are used together, aligned as the processor's caches are.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
pub(super) struct Taps(pub(super) [f32; LANES]);

/// What the processor can do. Only [`Vectors::detect`] makes one that is not plain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Vectors {
    avx2: bool,
}

impl Vectors {
    /// For every processor.
    #[cfg(test)]
    pub(super) const PLAIN: Self = Self { avx2: false };

    /// For this processor.
    pub(super) fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        let avx2 = std::arch::is_x86_feature_detected!("avx2");
        #[cfg(not(target_arch = "x86_64"))]
        let avx2 = false;
        Self { avx2 }
    }

    /// One row by each window; what is longer than the shortest is left out.
    #[inline]
    pub(super) fn row_by_windows(self, row: &[Taps], windows: [&[f32]; GROUP]) -> [f32; GROUP] {
        #[cfg(target_arch = "x86_64")]
        if self.avx2 {
            // SAFETY: `detect` found AVX2, and the function asks for nothing else.
            #[allow(unsafe_code)]
            return unsafe { row_by_windows_avx2(row, windows) };
        }
        windows.map(|window| dot_plain(row, window))
    }

    /// Each row by its window; what is longer than the shortest is left out.
    #[inline]
    pub(super) fn rows_by_windows(self, rows: [&[Taps]; GROUP], windows: [&[f32]; GROUP]) -> [f32; GROUP] {
        #[cfg(target_arch = "x86_64")]
        if self.avx2 {
            // SAFETY: `detect` found AVX2, and the function asks for nothing else.
            #[allow(unsafe_code)]
            return unsafe { rows_by_windows_avx2(rows, windows) };
        }
        std::array::from_fn(|k| dot_plain(rows[k], windows[k]))
    }

    /// Adds to each output the samples at odd distances, which are the neighbours in `odd`: of output `n` those of
    /// number `n + taps − 1 − k` and `n + taps + k` with tap `k`.
    pub(super) fn add_pairs(self, taps: &[f32], odd: &[f32], out: &mut [f32]) {
        #[cfg(target_arch = "x86_64")]
        if self.avx2 {
            // SAFETY: `detect` found AVX2, and the function asks for nothing else.
            #[allow(unsafe_code)]
            return unsafe { add_pairs_avx2(taps, odd, out) };
        }
        add_pairs_plain(taps, odd, out);
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn add_pairs_avx2(taps: &[f32], odd: &[f32], out: &mut [f32]) {
    add_pairs_plain(taps, odd, out);
}

/// Each output by itself in the same order, however many are added at a time.
#[inline(always)]
fn add_pairs_plain(taps: &[f32], odd: &[f32], out: &mut [f32]) {
    let (reach, count) = (taps.len(), out.len());
    let pair = |k: usize| (&odd[reach - 1 - k..][..count], &odd[reach + k..][..count]);
    let mut k = 0;
    // Four at a time save loads and stores of the outputs.
    while k + 3 < reach {
        let t = &taps[k..k + 4];
        let ((a0, b0), (a1, b1)) = (pair(k), pair(k + 1));
        let ((a2, b2), (a3, b3)) = (pair(k + 2), pair(k + 3));
        for n in 0..count {
            let two = out[n] + t[0] * (a0[n] + b0[n]) + t[1] * (a1[n] + b1[n]);
            out[n] = two + t[2] * (a2[n] + b2[n]) + t[3] * (a3[n] + b3[n]);
        }
        k += 4;
    }
    while k < reach {
        let (a, b) = pair(k);
        for n in 0..count {
            out[n] += taps[k] * (a[n] + b[n]);
        }
        k += 1;
    }
}

fn dot_plain(row: &[Taps], window: &[f32]) -> f32 {
    let mut sums = [0.0f32; LANES];
    for (Taps(row), window) in row.iter().zip(window.as_chunks::<LANES>().0) {
        for n in 0..LANES {
            sums[n] += row[n] * window[n];
        }
    }
    let mut eight = [0.0; LANES / 2];
    for n in 0..LANES / 2 {
        eight[n] = sums[n] + sums[n + LANES / 2];
    }
    total(eight)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn row_by_windows_avx2(row: &[Taps], windows: [&[f32]; GROUP]) -> [f32; GROUP] {
    let [w0, w1, w2, w3] = windows;
    let (w0, w1, w2, w3) = (w0.as_chunks().0, w1.as_chunks().0, w2.as_chunks().0, w3.as_chunks().0);
    // Named one by one: the compiler keeps these in registers, and an array of them in memory.
    let zero = _mm256_setzero_ps();
    let (mut low0, mut low1, mut low2, mut low3) = (zero, zero, zero, zero);
    let (mut high0, mut high1, mut high2, mut high3) = (zero, zero, zero, zero);
    for ((((row, w0), w1), w2), w3) in row.iter().zip(w0).zip(w1).zip(w2).zip(w3) {
        let (row_low, row_high) = (low(&row.0), high(&row.0));
        low0 = _mm256_add_ps(low0, _mm256_mul_ps(row_low, low(w0)));
        high0 = _mm256_add_ps(high0, _mm256_mul_ps(row_high, high(w0)));
        low1 = _mm256_add_ps(low1, _mm256_mul_ps(row_low, low(w1)));
        high1 = _mm256_add_ps(high1, _mm256_mul_ps(row_high, high(w1)));
        low2 = _mm256_add_ps(low2, _mm256_mul_ps(row_low, low(w2)));
        high2 = _mm256_add_ps(high2, _mm256_mul_ps(row_high, high(w2)));
        low3 = _mm256_add_ps(low3, _mm256_mul_ps(row_low, low(w3)));
        high3 = _mm256_add_ps(high3, _mm256_mul_ps(row_high, high(w3)));
    }
    [sum(low0, high0), sum(low1, high1), sum(low2, high2), sum(low3, high3)]
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn rows_by_windows_avx2(rows: [&[Taps]; GROUP], windows: [&[f32]; GROUP]) -> [f32; GROUP] {
    let [r0, r1, r2, r3] = rows;
    let [w0, w1, w2, w3] = windows;
    let (w0, w1, w2, w3) = (w0.as_chunks().0, w1.as_chunks().0, w2.as_chunks().0, w3.as_chunks().0);
    let zero = _mm256_setzero_ps();
    let (mut low0, mut low1, mut low2, mut low3) = (zero, zero, zero, zero);
    let (mut high0, mut high1, mut high2, mut high3) = (zero, zero, zero, zero);
    for (((((((r0, w0), r1), w1), r2), w2), r3), w3) in
        r0.iter().zip(w0).zip(r1).zip(w1).zip(r2).zip(w2).zip(r3).zip(w3)
    {
        low0 = _mm256_add_ps(low0, _mm256_mul_ps(low(&r0.0), low(w0)));
        high0 = _mm256_add_ps(high0, _mm256_mul_ps(high(&r0.0), high(w0)));
        low1 = _mm256_add_ps(low1, _mm256_mul_ps(low(&r1.0), low(w1)));
        high1 = _mm256_add_ps(high1, _mm256_mul_ps(high(&r1.0), high(w1)));
        low2 = _mm256_add_ps(low2, _mm256_mul_ps(low(&r2.0), low(w2)));
        high2 = _mm256_add_ps(high2, _mm256_mul_ps(high(&r2.0), high(w2)));
        low3 = _mm256_add_ps(low3, _mm256_mul_ps(low(&r3.0), low(w3)));
        high3 = _mm256_add_ps(high3, _mm256_mul_ps(high(&r3.0), high(w3)));
    }
    [sum(low0, high0), sum(low1, high1), sum(low2, high2), sum(low3, high3)]
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
#[inline]
fn sum(low: __m256, high: __m256) -> f32 {
    let mut eight = [0.0f32; LANES / 2];
    // SAFETY: the array has the vector's eight numbers, and the store needs no alignment.
    #[allow(unsafe_code)]
    unsafe {
        _mm256_storeu_ps(eight.as_mut_ptr(), _mm256_add_ps(low, high));
    }
    total(eight)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
#[inline]
fn low(numbers: &[f32; LANES]) -> __m256 {
    // SAFETY: the first eight of sixteen numbers; the load needs no alignment.
    #[allow(unsafe_code)]
    unsafe {
        _mm256_loadu_ps(numbers.as_ptr())
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
#[inline]
fn high(numbers: &[f32; LANES]) -> __m256 {
    // SAFETY: the last eight of sixteen numbers; the load needs no alignment.
    #[allow(unsafe_code)]
    unsafe {
        _mm256_loadu_ps(numbers.as_ptr().add(LANES / 2))
    }
}

#[inline(always)]
fn total(n: [f32; LANES / 2]) -> f32 {
    let four = [n[0] + n[4], n[1] + n[5], n[2] + n[6], n[3] + n[7]];
    (four[0] + four[2]) + (four[1] + four[3])
}
