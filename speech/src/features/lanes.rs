//! Eight frames side by side: one number of each, and the arithmetic on them.
//!
//! Every operation is one IEEE operation a lane, in the order written, so that the bits do not depend on
//! the width of a processor's vectors. The logarithms are ours for the same reason: those of platforms
//! differ in the last bit.
#![allow(clippy::needless_range_loop, reason = "one index into several arrays of lanes")]

use std::ops::{Add, Div, Mul, Sub};

/// Frames computed together.
pub(super) const LANES: usize = 8;

/// One number of each frame, in memory.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C, align(32))]
pub(super) struct Lane(pub(super) [f32; LANES]);

/// A complex number of each frame, in memory.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C, align(32))]
pub(super) struct Complex {
    pub(super) re: Lane,
    pub(super) im: Lane,
}

/// One number of each frame, to compute with.
pub(super) trait Vector:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self>
{
    /// Proof that the processor has the instructions.
    type Cpu: Copy;

    fn load(cpu: Self::Cpu, from: &[f32; LANES]) -> Self;
    fn splat(cpu: Self::Cpu, value: f32) -> Self;
    fn store(self, to: &mut [f32; LANES]);
    fn sqrt(self) -> Self;
    /// What is below `floor` becomes `floor`; NaN stays.
    fn at_least(self, floor: Self) -> Self;
    /// Rows become columns.
    fn transpose(rows: [Self; LANES]) -> [Self; LANES];
    /// Where a lane of `self` is below `bound`, that of `yes`; else, also for NaN, that of `no`.
    fn if_below(self, bound: Self, yes: Self, no: Self) -> Self;
    /// x = 2^exponent · (1 + f) with 1 + f from √½ to √2: the exponent and f, of positive normal numbers.
    fn split(self) -> (Self, Self);

    /// Natural logarithm of positive normal numbers, within 1 ulp; NaN and +∞ stay.
    #[inline(always)]
    fn ln(self, cpu: Self::Cpu) -> Self {
        let (exponent, f) = self.split();
        let (half_square, tail) = series(cpu, f);
        // ln 2 in two parts: the first times any exponent is exact.
        let low = exponent * Self::splat(cpu, 9.058_001e-6);
        let high = exponent * Self::splat(cpu, 0.693_138_1);
        let sum = tail + low - half_square + f + high;
        self.if_below(Self::splat(cpu, f32::INFINITY), sum, self)
    }

    /// Decimal logarithm of positive normal numbers, within 2 ulp; NaN and +∞ stay.
    #[inline(always)]
    fn log10(self, cpu: Self::Cpu) -> Self {
        let (exponent, f) = self.split();
        let (half_square, tail) = series(cpu, f);
        // log10 2 in two parts: the first times any exponent is exact.
        let low = exponent * Self::splat(cpu, 4.605039e-06);
        let high = exponent * Self::splat(cpu, 0.3010254);
        let sum = (f - (half_square - tail)) * Self::splat(cpu, std::f32::consts::LOG10_E) + low + high;
        self.if_below(Self::splat(cpu, f32::INFINITY), sum, self)
    }
}

/// h and t of ln(1 + f) = f − h + t, where h = f²/2, t = s·(h + R(s²)), s = f / (2 + f): the reduction of
/// Sun's fdlibm, with R fitted to 2^−36.
#[inline(always)]
fn series<V: Vector>(cpu: V::Cpu, f: V) -> (V, V) {
    let s = f / (f + V::splat(cpu, 2.0));
    let z = s * s;
    let rest = z * V::splat(cpu, 0.235_822_93) + V::splat(cpu, 0.285_373);
    let rest = z * rest + V::splat(cpu, 0.400_003_34);
    let rest = z * (z * rest + V::splat(cpu, 0.666_666_6));
    let half_square = f * f * V::splat(cpu, 0.5);
    (half_square, s * (half_square + rest))
}

/// Bits of √½ and of 1.
pub(super) const ROOT_HALF: u32 = 0x3f35_04f3;
pub(super) const ONE: u32 = 0x3f80_0000;

/// Lanes in an array, for every processor.
#[derive(Clone, Copy)]
pub(super) struct Plain([f32; LANES]);

impl Plain {
    #[inline(always)]
    fn each(self, other: Plain, f: impl Fn(f32, f32) -> f32) -> Plain {
        let mut out = [0.0; LANES];
        for l in 0..LANES {
            out[l] = f(self.0[l], other.0[l]);
        }
        Plain(out)
    }
}

macro_rules! operator {
    ($name:ident, $method:ident) => {
        impl $name for Plain {
            type Output = Plain;
            #[inline(always)]
            fn $method(self, other: Plain) -> Plain {
                self.each(other, |a, b| a.$method(b))
            }
        }
    };
}
operator!(Add, add);
operator!(Sub, sub);
operator!(Mul, mul);
operator!(Div, div);

impl Vector for Plain {
    type Cpu = ();

    #[inline(always)]
    fn load((): (), from: &[f32; LANES]) -> Plain {
        Plain(*from)
    }

    #[inline(always)]
    fn splat((): (), value: f32) -> Plain {
        Plain([value; LANES])
    }

    #[inline(always)]
    fn store(self, to: &mut [f32; LANES]) {
        *to = self.0;
    }

    #[inline(always)]
    fn sqrt(self) -> Plain {
        self.each(self, |a, _| a.sqrt())
    }

    #[inline(always)]
    fn at_least(self, floor: Plain) -> Plain {
        self.each(floor, |a, b| if a < b { b } else { a })
    }

    #[inline(always)]
    fn transpose(rows: [Plain; LANES]) -> [Plain; LANES] {
        let mut out = [Plain([0.0; LANES]); LANES];
        for i in 0..LANES {
            for j in 0..LANES {
                out[j].0[i] = rows[i].0[j];
            }
        }
        out
    }

    #[inline(always)]
    fn if_below(self, bound: Plain, yes: Plain, no: Plain) -> Plain {
        let mut out = no.0;
        for l in 0..LANES {
            out[l] = if self.0[l] < bound.0[l] { yes.0[l] } else { no.0[l] };
        }
        Plain(out)
    }

    #[inline(always)]
    fn split(self) -> (Plain, Plain) {
        let (mut exponent, mut fraction) = ([0.0; LANES], [0.0; LANES]);
        for l in 0..LANES {
            let bits = self.0[l].to_bits().wrapping_add(ONE - ROOT_HALF);
            exponent[l] = ((bits >> 23) as i32).wrapping_sub(127) as f32;
            fraction[l] = f32::from_bits((bits & 0x007f_ffff).wrapping_add(ROOT_HALF)) - 1.0;
        }
        (Plain(exponent), Plain(fraction))
    }
}

/// Natural logarithm of one positive normal number, with the same bits everywhere.
pub(super) fn ln(x: f32) -> f32 {
    Plain([x; LANES]).ln(()).0[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log10(x: f32) -> f32 {
        Plain([x; LANES]).log10(()).0[3]
    }

    fn ulps(got: f32, want: f64) -> f64 {
        let near = want as f32;
        let ulp = f64::from(f32::from_bits(near.abs().to_bits() + 1)) - f64::from(near.abs());
        (f64::from(got) - want).abs() / ulp
    }

    #[test]
    fn logarithms_are_within_their_ulps_over_all_floats() {
        let (mut worst_ln, mut worst_log10) = (0.0f64, 0.0f64);
        // A stride prime to the mantissa, and floats around 1, where cancellation is worst.
        let far = (0x0080_0000..0x7f80_0000u32).step_by(10_007);
        let near = (0x3f7f_0000..0x3f81_0000u32).step_by(3);
        for x in far.chain(near).map(f32::from_bits).filter(|x| *x != 1.0) {
            worst_ln = worst_ln.max(ulps(ln(x), f64::from(x).ln()));
            worst_log10 = worst_log10.max(ulps(log10(x), f64::from(x).log10()));
        }
        assert!(worst_ln < 1.0, "{worst_ln}");
        assert!(worst_log10 < 2.0, "{worst_log10}");
        assert_eq!([ln(1.0), log10(1.0)], [0.0, 0.0]);
    }

    #[test]
    fn the_special_stay() {
        for log in [ln, log10] {
            assert_eq!(log(f32::INFINITY), f32::INFINITY);
            assert!(log(f32::NAN).is_nan());
        }
        assert!(Plain([f32::NAN; LANES]).at_least(Plain([1.0; LANES])).0[0].is_nan());
    }

    #[test]
    fn logarithms_have_these_bits() {
        let bits = |x: f32| (ln(x).to_bits(), log10(x).to_bits());
        assert_eq!(
            [bits(0.1), bits(3.0), bits(123_456.79)],
            [(0xc013_5d8e, 0xbf80_0000), (0x3f8c_9f54, 0x3ef4_493d), (0x413b_940e, 0x40a2_edb1)]
        );
    }
}
