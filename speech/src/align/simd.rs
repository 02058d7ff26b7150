//! Diagonal Gaussians over a block of frames, one frame a lane. The order of additions is the same in
//! every lane and with every instruction set, so the bits are the same too.
#![allow(clippy::needless_range_loop)] // Lanes by index: the form that becomes vector instructions.
#![allow(unsafe_code)] // Only the call of the AVX2 build of the same body, behind its run-time test.

/// Frames a block.
pub(crate) const BLOCK: usize = 32;

/// One value for each frame of a block.
pub(crate) type Lane = [f32; BLOCK];

/// The Gaussians of one pdf: `mean` and `half` (0.5/variance) are `count × dim`, `bias` holds
/// ln weight − ½ Σ ln 2πσ².
#[derive(Clone, Copy)]
pub(crate) struct Mixture<'a> {
    pub(crate) mean: &'a [f32],
    pub(crate) half: &'a [f32],
    pub(crate) bias: &'a [f32],
}

/// Which body runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Level {
    Plain,
    #[cfg(target_arch = "x86_64")]
    Avx2,
}

impl Level {
    pub(crate) fn best() -> Level {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") {
            return Level::Avx2;
        }
        Level::Plain
    }
}

/// Log-likelihood of every frame of the block under the mixture.
pub(crate) fn log_likelihood(level: Level, block: &[Lane], mixture: Mixture<'_>, out: &mut Lane) {
    match level {
        Level::Plain => body(block, mixture, out),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `Level::Avx2` is only made by `Level::best` after the run-time test for AVX2.
        Level::Avx2 => unsafe { avx2(block, mixture, out) },
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2(block: &[Lane], mixture: Mixture<'_>, out: &mut Lane) {
    body(block, mixture, out);
}

#[inline(always)]
fn body(block: &[Lane], mixture: Mixture<'_>, out: &mut Lane) {
    let dim = block.len();
    // Log-sum over the Gaussians, carried on as maximum and sum of exponentials.
    let mut top = [-1e30f32; BLOCK];
    let mut sum = [0f32; BLOCK];
    let single = mixture.bias.len() == 1;
    let rows = mixture.mean.chunks_exact(dim).zip(mixture.half.chunks_exact(dim));
    for ((mean, half), bias) in rows.zip(mixture.bias) {
        let mut acc = [0f32; BLOCK];
        for ((x, m), h) in block.iter().zip(mean).zip(half) {
            for (acc, x) in acc.iter_mut().zip(x) {
                let v = x - *m;
                *acc += v * v * *h;
            }
        }
        for lane in 0..BLOCK {
            acc[lane] = *bias - acc[lane];
        }
        if single {
            *out = acc;
            return;
        }
        for lane in 0..BLOCK {
            let high = if acc[lane] > top[lane] { acc[lane] } else { top[lane] };
            let low = if acc[lane] > top[lane] { top[lane] } else { acc[lane] };
            let scale = exp_of_negative(low - high);
            sum[lane] = if acc[lane] > top[lane] { sum[lane] * scale + 1.0 } else { sum[lane] + scale };
            top[lane] = high;
        }
    }
    for lane in 0..BLOCK {
        out[lane] = top[lane] + ln_from_one(sum[lane]);
    }
}

/// e^x for x ≤ 0, relative error below 1e-6; 0 for x < −80.
#[inline(always)]
pub(crate) fn exp_of_negative(x: f32) -> f32 {
    let clamped = if x > -80.0 { x } else { -80.0 };
    // Adding 1.5 · 2²³ rounds to a whole number, which then stands in the low bits.
    const MAGIC: f32 = 12_582_912.0;
    let shifted = clamped * std::f32::consts::LOG2_E + MAGIC;
    let n = shifted - MAGIC;
    let r = clamped - n * 0.693_359_4 + n * 2.121_944_4e-4;
    let p = 1.0
        + r * (1.0
            + r * (0.5 + r * (0.166_666_67 + r * (0.041_666_668 + r * (0.008_333_333 + r * 0.001_388_889)))));
    let scale = f32::from_bits((shifted.to_bits().wrapping_sub(MAGIC.to_bits()).wrapping_add(127)) << 23);
    if x < -80.0 { 0.0 } else { p * scale }
}

/// ln x for x ≥ 1, absolute error below 1e-6.
#[inline(always)]
fn ln_from_one(x: f32) -> f32 {
    let bits = x.to_bits();
    let high = (bits & 0x007f_ffff) > 0x0035_04f3;
    let exponent = ((bits >> 23) as i32 - 127 + i32::from(high)) as f32;
    let m = f32::from_bits((bits & 0x007f_ffff) | if high { 0x3f00_0000 } else { 0x3f80_0000 });
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    2.0 * s * (1.0 + z * (0.333_333_34 + z * (0.2 + z * (0.142_857_15 + z * 0.111_111_11))))
        + exponent * std::f32::consts::LN_2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::align::math::Normal;

    fn drawn(normal: &mut Normal, count: usize) -> Vec<f32> {
        (0..count).map(|_| normal.next() as f32).collect()
    }

    #[test]
    fn every_instruction_set_gives_the_same_bits_and_the_definition() {
        let mut normal = Normal::new(3);
        for count in [1usize, 2, 5, 16] {
            let dim = 39;
            let block: Vec<Lane> =
                (0..dim).map(|_| std::array::from_fn(|_| 3.0 * normal.next() as f32)).collect();
            let mean = drawn(&mut normal, count * dim);
            let half: Vec<f32> = drawn(&mut normal, count * dim).iter().map(|v| 0.1 + v * v).collect();
            let bias = drawn(&mut normal, count);
            let mixture = Mixture { mean: &mean, half: &half, bias: &bias };
            let (mut plain, mut best) = ([0f32; BLOCK], [0f32; BLOCK]);
            log_likelihood(Level::Plain, &block, mixture, &mut plain);
            log_likelihood(Level::best(), &block, mixture, &mut best);
            assert_eq!(plain.map(f32::to_bits), best.map(f32::to_bits));
            for lane in 0..BLOCK {
                let each: Vec<f64> = (0..count)
                    .map(|g| {
                        let distance = |d: usize| f64::from(block[d][lane]) - f64::from(mean[g * dim + d]);
                        let quadratic: f64 =
                            (0..dim).map(|d| distance(d) * distance(d) * f64::from(half[g * dim + d])).sum();
                        f64::from(bias[g]) - quadratic
                    })
                    .collect();
                let top = each.iter().cloned().fold(f64::NEG_INFINITY, f64::max);
                let want = top + each.iter().map(|l| (l - top).exp()).sum::<f64>().ln();
                assert!(
                    (f64::from(plain[lane]) - want).abs() < 1e-5 * want.abs().max(10.0),
                    "{} {want}",
                    plain[lane]
                );
            }
        }
    }

    #[test]
    fn lane_exp_and_ln_are_close_to_std() {
        for i in 0..8000 {
            let x = -(i as f32) * 0.01;
            assert!((exp_of_negative(x) - x.exp()).abs() <= 2e-6 * x.exp() + 1e-37, "{x}");
            let y = 1.0 + i as f32 * 0.07;
            assert!((ln_from_one(y) - y.ln()).abs() < 2e-6, "{y}");
        }
        assert_eq!(exp_of_negative(-1e30), 0.0);
    }
}
