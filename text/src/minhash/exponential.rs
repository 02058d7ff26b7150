//! Exponentially distributed numbers from random bits, in integers: the same on every platform.

/// Bits behind the point.
pub(super) const SCALE: u32 = 31;

const SEGMENTS: usize = 256;

/// `1 - log2(1 + i/256)` in units of 2⁻³¹, for `i` of 0 to 256, by repeated squaring.
const LOG: [u32; SEGMENTS + 1] = {
    let mut table = [0; SEGMENTS + 1];
    let mut i = 0;
    while i < SEGMENTS {
        // x in [1, 2) with 62 bits behind the point.
        let mut x: u128 = (1 << 62) + ((i as u128) << 54);
        let mut log: u32 = 0;
        let mut bit = 0;
        while bit < SCALE {
            x = (x * x) >> 62;
            log <<= 1;
            if x >= 1 << 63 {
                x >>= 1;
                log |= 1;
            }
            bit += 1;
        }
        table[i] = (1 << SCALE) - log;
        i += 1;
    }
    table
};

/// `-log2` of `(bits | 1) / 2³²` in units of 2⁻³¹: above 0, at most 32. The logarithm is linear between
/// 256 points an octave, which changes the distribution by less than 10⁻⁵.
#[inline]
pub(super) fn exponential(bits: u32) -> u64 {
    let bits = bits | 1;
    let octave = bits.leading_zeros();
    let fraction = bits << octave << 1;
    let segment = (fraction >> 24) as usize;
    let (high, low) = (LOG[segment], LOG[segment + 1]);
    let down = (u64::from(high.wrapping_sub(low)) * u64::from(fraction & 0xff_ffff)) >> 24;
    ((u64::from(octave) << SCALE) + u64::from(high)).wrapping_sub(down)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logarithm_is_near_and_falls_as_the_bits_rise() {
        let mut last = u64::MAX;
        for step in 1..1u32 << 20 {
            let bits = step << 12 | 1;
            let got = exponential(bits) as f64 / f64::from(1u32 << 31);
            let expected = 32.0 - f64::from(bits).log2();
            assert!((got - expected).abs() < 5e-6, "{bits}: {got} {expected}");
            assert!(exponential(bits) < last, "{bits}");
            last = exponential(bits);
        }
        assert!(exponential(u32::MAX) >= 1);
        assert_eq!(exponential(0), 32 << 31);
    }
}
