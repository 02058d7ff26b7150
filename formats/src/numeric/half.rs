//! IEEE 754 binary16 from and to `f32`.

/// The value of a half, exactly.
pub(super) fn to_f32(bits: u16) -> f32 {
    let sign = u32::from(bits >> 15) << 31;
    let (exponent, fraction) = (u32::from(bits >> 10 & 0x1F), u32::from(bits & 0x3FF));
    f32::from_bits(match (exponent, fraction) {
        // A subnormal half is a whole number of 2⁻²⁴.
        (0, fraction) => sign | (fraction as f32 / (1u32 << 24) as f32).to_bits(),
        (31, fraction) => sign | 0x7F80_0000 | fraction << 13,
        (exponent, fraction) => sign | (exponent + 112) << 23 | fraction << 13,
    })
}

/// The nearest half, ties to even; beyond the largest ±∞.
pub(super) fn from_f32(value: f32) -> u16 {
    let bits = value.to_bits();
    let sign = (bits >> 16) as u16 & 0x8000;
    let magnitude = bits & 0x7FFF_FFFF;
    if magnitude > 0x7F80_0000 {
        // Quiet, with what fits of the payload.
        return sign | 0x7E00 | (magnitude >> 13 & 0x3FF) as u16;
    }
    if magnitude >= 0x4780_0000 {
        return sign | 0x7C00;
    }
    if magnitude < 0x3880_0000 {
        // Whole numbers of 2⁻²⁴. The product is exact, and adding and taking 2²³ rounds to even.
        let units = f32::from_bits(magnitude) * (1u32 << 24) as f32;
        let rounded = (units + 8_388_608.0) - 8_388_608.0;
        return sign | rounded as u16;
    }
    let rounded = magnitude + 0xFFF + (magnitude >> 13 & 1);
    sign | ((rounded - 0x3800_0000) >> 13) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_halves_come_back() {
        for bits in 0..=u16::MAX {
            let value = to_f32(bits);
            if value.is_nan() {
                assert!(to_f32(from_f32(value)).is_nan());
            } else {
                assert_eq!(from_f32(value), bits, "{value}");
            }
        }
    }

    #[test]
    fn between_two_halves_the_nearer_is_taken_and_of_equals_the_even_one() {
        for bits in 0..0x7BFFu16 {
            let (low, high) = (to_f32(bits), to_f32(bits + 1));
            let middle = (low + high) / 2.0;
            assert_eq!(from_f32(middle), bits + bits % 2);
            assert_eq!(from_f32(middle.next_down()), bits);
            assert_eq!(from_f32(-middle.next_up()), 0x8000 | (bits + 1));
        }
        assert_eq!(to_f32(0x0001), 2f32.powi(-24));
        assert_eq!(from_f32(65_519.0), 0x7BFF);
        assert_eq!((from_f32(65_520.0), from_f32(f32::MAX)), (0x7C00, 0x7C00));
    }
}
