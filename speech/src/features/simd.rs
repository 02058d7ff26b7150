//! Picks the processor's instructions when the program runs. The arithmetic is the same either way.
#![allow(unsafe_code, reason = "vector instructions that only some processors have")]

use std::ops::Range;

use super::frames::Piece;
use super::lanes::Plain;
use super::plan::{Plan, Scratch};

/// Instructions to compute with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Simd {
    /// What every processor of this kind has.
    Plain,
    /// x86-64 with 256-bit vectors.
    #[cfg(target_arch = "x86_64")]
    Avx2(avx2::Avx2),
}

impl Simd {
    pub(super) fn detect() -> Simd {
        #[cfg(target_arch = "x86_64")]
        if let Some(avx2) = avx2::Avx2::detect() {
            return Simd::Avx2(avx2);
        }
        Simd::Plain
    }

    /// Runs [`Plan::group`].
    pub(super) fn group(
        self,
        plan: &Plan,
        piece: Piece<'_>,
        frames: Range<u64>,
        scratch: &mut Scratch,
        rows: &mut [f32],
    ) {
        match self {
            Simd::Plain => plan.group::<Plain>((), piece, frames, scratch, rows),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: an `Avx2` is made by `detect` alone, after it found the processor to have AVX2.
            Simd::Avx2(cpu) => unsafe { avx2::group(cpu, plan, piece, frames, scratch, rows) },
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::*;
    use std::ops::{Add, Div, Mul, Range, Sub};

    use super::{Piece, Plan, Scratch};
    use crate::features::lanes::{LANES, ONE, ROOT_HALF, Vector};

    /// Proof that the processor has AVX2.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub(in crate::features) struct Avx2(());

    impl Avx2 {
        pub(super) fn detect() -> Option<Avx2> {
            is_x86_feature_detected!("avx2").then_some(Avx2(()))
        }
    }

    #[target_feature(enable = "avx2")]
    pub(super) fn group(
        cpu: Avx2,
        plan: &Plan,
        piece: Piece<'_>,
        frames: Range<u64>,
        scratch: &mut Scratch,
        rows: &mut [f32],
    ) {
        plan.group::<Wide>(cpu, piece, frames, scratch, rows);
    }

    /// Eight lanes in a register. SAFETY, for every `unsafe` below: a value is made by `load` and `splat`
    /// alone, or from another value, and these two ask for proof that the processor has AVX2.
    #[derive(Clone, Copy)]
    pub(super) struct Wide(__m256);

    macro_rules! operator {
        ($name:ident, $method:ident, $instruction:ident) => {
            impl $name for Wide {
                type Output = Wide;
                #[inline(always)]
                fn $method(self, other: Wide) -> Wide {
                    // SAFETY: see `Wide`.
                    Wide(unsafe { $instruction(self.0, other.0) })
                }
            }
        };
    }
    operator!(Add, add, _mm256_add_ps);
    operator!(Sub, sub, _mm256_sub_ps);
    operator!(Mul, mul, _mm256_mul_ps);
    operator!(Div, div, _mm256_div_ps);

    impl Vector for Wide {
        type Cpu = Avx2;

        #[inline(always)]
        fn load(_: Avx2, from: &[f32; LANES]) -> Wide {
            // SAFETY: the proof is there, and the array has as many numbers as are read.
            Wide(unsafe { _mm256_loadu_ps(from.as_ptr()) })
        }

        #[inline(always)]
        fn splat(_: Avx2, value: f32) -> Wide {
            // SAFETY: the proof is there.
            Wide(unsafe { _mm256_set1_ps(value) })
        }

        #[inline(always)]
        fn store(self, to: &mut [f32; LANES]) {
            // SAFETY: see `Wide`; the array has as many numbers as are written.
            unsafe { _mm256_storeu_ps(to.as_mut_ptr(), self.0) }
        }

        #[inline(always)]
        fn sqrt(self) -> Wide {
            // SAFETY: see `Wide`.
            Wide(unsafe { _mm256_sqrt_ps(self.0) })
        }

        #[inline(always)]
        fn at_least(self, floor: Wide) -> Wide {
            // The instruction gives its second operand if one is NaN.
            // SAFETY: see `Wide`.
            Wide(unsafe { _mm256_max_ps(floor.0, self.0) })
        }

        #[inline(always)]
        fn transpose(rows: [Wide; LANES]) -> [Wide; LANES] {
            let [a, b, c, d, e, f, g, h] = rows;
            let (upper, lower) = (quarter(a, b, c, d), quarter(e, f, g, h));
            let mut out = [a; LANES];
            for i in 0..4 {
                // SAFETY: see `Wide`.
                unsafe {
                    out[i] = Wide(_mm256_permute2f128_ps::<0x20>(upper[i], lower[i]));
                    out[i + 4] = Wide(_mm256_permute2f128_ps::<0x31>(upper[i], lower[i]));
                }
            }
            out
        }

        #[inline(always)]
        fn if_below(self, bound: Wide, yes: Wide, no: Wide) -> Wide {
            // SAFETY: see `Wide`.
            Wide(unsafe { _mm256_blendv_ps(no.0, yes.0, _mm256_cmp_ps::<_CMP_LT_OQ>(self.0, bound.0)) })
        }

        #[inline(always)]
        fn split(self) -> (Wide, Wide) {
            // SAFETY: see `Wide`.
            unsafe {
                let bits = _mm256_castps_si256(self.0);
                let bits = _mm256_add_epi32(bits, _mm256_set1_epi32((ONE - ROOT_HALF) as i32));
                let exponent = _mm256_sub_epi32(_mm256_srli_epi32::<23>(bits), _mm256_set1_epi32(127));
                let fraction = _mm256_and_si256(bits, _mm256_set1_epi32(0x007f_ffff));
                let fraction = _mm256_add_epi32(fraction, _mm256_set1_epi32(ROOT_HALF as i32));
                let fraction = _mm256_sub_ps(_mm256_castsi256_ps(fraction), _mm256_set1_ps(1.0));
                (Wide(_mm256_cvtepi32_ps(exponent)), Wide(fraction))
            }
        }
    }

    /// Four rows, turned within each half.
    #[inline(always)]
    fn quarter(a: Wide, b: Wide, c: Wide, d: Wide) -> [__m256; 4] {
        // SAFETY: see `Wide`.
        unsafe {
            let (ab_low, ab_high) = (_mm256_unpacklo_ps(a.0, b.0), _mm256_unpackhi_ps(a.0, b.0));
            let (cd_low, cd_high) = (_mm256_unpacklo_ps(c.0, d.0), _mm256_unpackhi_ps(c.0, d.0));
            [
                _mm256_shuffle_ps::<0x44>(ab_low, cd_low),
                _mm256_shuffle_ps::<0xee>(ab_low, cd_low),
                _mm256_shuffle_ps::<0x44>(ab_high, cd_high),
                _mm256_shuffle_ps::<0xee>(ab_high, cd_high),
            ]
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use crate::features::lanes::Plain;

        fn both(inputs: [[f32; LANES]; 3]) -> Option<[Vec<u32>; 2]> {
            fn all<V: Vector>(cpu: V::Cpu, inputs: [[f32; LANES]; 3]) -> Vec<u32> {
                let [a, b, c] = inputs.map(|input| V::load(cpu, &input));
                let (exponent, fraction) = a.split();
                let mut out = vec![a + b, a - b, a * b, a / b, a.sqrt(), a.at_least(b), b.at_least(a)];
                out.extend([a.if_below(b, c, a), exponent, fraction, V::splat(cpu, 3.0)]);
                out.extend([a.ln(cpu), a.log10(cpu)]);
                out.extend(V::transpose([a, b, c, a + b, b + c, a, b - a, c]));
                let bits = |vector: V| {
                    let mut to = [0.0; LANES];
                    vector.store(&mut to);
                    // The sign and payload of a NaN are nobody's promise.
                    to.map(|x| if x.is_nan() { 0x7fc0_0000 } else { x.to_bits() })
                };
                out.into_iter().flat_map(bits).collect()
            }
            #[target_feature(enable = "avx2")]
            fn wide(cpu: Avx2, inputs: [[f32; LANES]; 3]) -> Vec<u32> {
                all::<Wide>(cpu, inputs)
            }
            let cpu = Avx2::detect()?;
            // SAFETY: the proof is there.
            Some([all::<Plain>((), inputs), unsafe { wide(cpu, inputs) }])
        }

        #[test]
        fn every_operation_has_the_bits_of_the_plain_one() {
            let special =
                [0.0, -0.0, 1.0, f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MIN_POSITIVE, -1e-40];
            let mut state = 5u32;
            for turn in 0..20_000 {
                let mut any = || {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    let mixed = (state ^ state >> 15).wrapping_mul(0x2c1b_3c6d);
                    if turn % 4 == 0 && mixed.is_multiple_of(3) {
                        special[(mixed >> 8) as usize % 8]
                    } else {
                        f32::from_bits(mixed)
                    }
                };
                let inputs = std::array::from_fn(|_| std::array::from_fn(|_| any()));
                let Some([plain, wide]) = both(inputs) else {
                    eprintln!("SKIPPED: this processor has no AVX2");
                    return;
                };
                assert_eq!(plain, wide, "{inputs:?}");
            }
        }
    }
}
