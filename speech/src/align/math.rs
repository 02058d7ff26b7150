//! `exp` and `ln` that give the same bits on every platform; std's call the platform's libm.

const LN_2: f64 = std::f64::consts::LN_2;

/// Natural logarithm of a positive normal number; smaller ones count as the least normal number.
pub(crate) fn ln(x: f64) -> f64 {
    if x.is_nan() {
        return f64::NAN;
    }
    let x = x.clamp(f64::MIN_POSITIVE, f64::MAX);
    let bits = x.to_bits();
    let mut exponent = ((bits >> 52) & 0x7ff) as i32 - 1023;
    let mut m = f64::from_bits((bits & 0x000f_ffff_ffff_ffff) | 0x3ff0_0000_0000_0000);
    if m > std::f64::consts::SQRT_2 {
        m *= 0.5;
        exponent += 1;
    }
    // ln m = 2 artanh((m − 1)/(m + 1)), |s| ≤ 0.172.
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    let mut series = 0.0;
    for k in (0..12).rev() {
        series = series * z + 1.0 / f64::from(2 * k + 1);
    }
    2.0 * s * series + f64::from(exponent) * LN_2
}

/// e to the x; 0 below −700, the value at 700 above it.
pub(crate) fn exp(x: f64) -> f64 {
    if x.is_nan() {
        return f64::NAN;
    }
    if x < -700.0 {
        return 0.0;
    }
    let x = x.min(700.0);
    let n = (x * std::f64::consts::LOG2_E).round();
    let r = x - n * LN_2;
    let mut series = 1.0;
    for k in (1..14).rev() {
        series = 1.0 + series * r / f64::from(k);
    }
    series * f64::from_bits(((1023 + n as i64) as u64) << 52)
}

/// x to the p for positive x.
pub(crate) fn pow(x: f64, p: f64) -> f64 {
    exp(p * ln(x))
}

/// A small generator of standard normal numbers (sum of twelve uniform ones): fixed seed, same numbers.
#[derive(Clone, Debug)]
pub(crate) struct Normal(u64);

impl Normal {
    pub(crate) fn new(seed: u64) -> Normal {
        Normal(seed ^ 0x9e37_79b9_7f4a_7c15)
    }

    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(crate) fn next(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ln_and_exp_are_std_within_a_few_ulp() {
        let mut x = 1e-300;
        while x < 1e300 {
            assert!((ln(x) - x.ln()).abs() <= 1e-14 * x.ln().abs().max(1.0), "{x}");
            x *= 7.3;
        }
        for i in -690..=690 {
            let x = f64::from(i) * 1.0137;
            if x.abs() < 699.0 {
                assert!((exp(x) / x.exp() - 1.0).abs() < 1e-12, "{x}");
            }
        }
        assert!(ln(f64::NAN).is_nan() && exp(f64::NAN).is_nan());
        assert_eq!(exp(-1e9), 0.0);
        assert!((pow(2.0, 0.5) - 2f64.sqrt()).abs() < 1e-15);
    }

    #[test]
    fn normal_numbers_have_mean_zero_and_variance_one() {
        let mut normal = Normal::new(1);
        let drawn: Vec<f64> = (0..10_000).map(|_| normal.next()).collect();
        let mean = drawn.iter().sum::<f64>() / 1e4;
        let variance = drawn.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 1e4;
        assert!(mean.abs() < 0.05 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
    }
}
