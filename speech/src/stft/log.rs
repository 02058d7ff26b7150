//! Decibels with the same bits on every machine, unlike the platform's logarithm.

use super::{LANES, Lanes};

/// `10 · log10(power)` to within 0.001 dB; −200 for what is below 1e-20 or not a number.
///
/// The exponent is read from the bits; the mantissa m in [√½, √2) goes through the series of
/// `ln m = 2·artanh((m − 1)/(m + 1))`.
#[inline(always)]
pub(crate) fn decibels(power: f32) -> f32 {
    // A NaN fails the comparison and becomes the floor too.
    let power = if power > 1e-20 { power.min(1e30) } else { 1e-20 };
    let bits = power.to_bits();
    // Takes the exponent so that the mantissa is in [√½, √2).
    let exponent = (bits.wrapping_sub(0x3f35_04f3) as i32) >> 23;
    let mantissa = f32::from_bits(bits.wrapping_sub((exponent as u32) << 23));
    let u = (mantissa - 1.0) / (mantissa + 1.0);
    let square = u * u;
    let series = 2.0 + square * (2.0 / 3.0 + square * (0.4 + square * (2.0 / 7.0)));
    // 10·log10(2) and 10·log10(e).
    exponent as f32 * 3.010_3 + u * series * 4.342_945
}

/// [`decibels`] of each lane.
#[inline(always)]
pub(crate) fn decibels_lanes(power: Lanes) -> Lanes {
    let mut out = Lanes::default();
    for lane in 0..LANES {
        out.0[lane] = decibels(power.0[lane]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::decibels;

    #[test]
    fn is_the_logarithm_within_a_thousandth_of_a_decibel() {
        let mut power = 1.1e-20f32;
        while power < 1e20 {
            let want = 10.0 * f64::from(power).log10();
            assert!((f64::from(decibels(power)) - want).abs() < 1e-3, "{power}");
            power *= 1.0137;
        }
        assert_eq!(decibels(0.0), decibels(f32::NAN));
        assert!(decibels(f32::INFINITY) > 290.0 && decibels(f32::NEG_INFINITY) <= -200.0);
    }
}
