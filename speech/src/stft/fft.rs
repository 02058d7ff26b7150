//! A real transform of eight frames at once: Stockham's self-sorting FFT in radix 4 (and 2 for odd
//! powers) over half the length, then the split into the real frame's spectrum (Cooley, Lewis & Welch
//! 1970).

use super::simd::{Work, widest};
use super::{LANES, Lanes};

#[derive(Clone, Copy, Default)]
struct Complex {
    re: Lanes,
    im: Lanes,
}

/// Plan and memory for one length, a power of two from 8.
pub(crate) struct Fft {
    size: usize,
    /// Three twiddles for each butterfly of each radix-4 pass.
    twiddles: Vec<[(f32, f32); 3]>,
    /// `exp(−2πik/size)` for k up to a quarter of the size.
    split: Vec<(f32, f32)>,
    a: Vec<Complex>,
    b: Vec<Complex>,
    spectrum: Spectrum,
}

/// Bins 0 to half the length of eight frames, unscaled.
#[derive(Clone)]
pub(crate) struct Spectrum {
    pub(crate) re: Vec<Lanes>,
    pub(crate) im: Vec<Lanes>,
    /// `re² + im²`.
    pub(crate) power: Vec<Lanes>,
}

fn root(k: usize, n: usize) -> (f32, f32) {
    let (sin, cos) = (-std::f64::consts::TAU * k as f64 / n as f64).sin_cos();
    (cos as f32, sin as f32)
}

struct Transform<'a> {
    fft: &'a mut Fft,
    input: &'a [Lanes],
}

impl Work for Transform<'_> {
    #[inline(always)]
    fn run(self) {
        self.fft.run(self.input);
    }
}

impl Fft {
    pub(crate) fn new(size: usize) -> Fft {
        let size = size.next_power_of_two().max(8);
        let half = size / 2;
        let mut twiddles = Vec::new();
        let mut n = half;
        while n >= 4 {
            twiddles.extend((0..n / 4).map(|p| [root(p, n), root(2 * p, n), root(3 * p, n)]));
            n /= 4;
        }
        Fft {
            size,
            twiddles,
            split: (0..=half / 2).map(|k| root(k, size)).collect(),
            a: vec![Complex::default(); half],
            b: vec![Complex::default(); half],
            spectrum: Spectrum {
                re: vec![Lanes::default(); half + 1],
                im: vec![Lanes::default(); half + 1],
                power: vec![Lanes::default(); half + 1],
            },
        }
    }

    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// The spectra of eight frames of `size` samples.
    pub(crate) fn transform(&mut self, input: &[Lanes]) -> &Spectrum {
        widest(Transform { fft: self, input });
        &self.spectrum
    }

    #[inline(always)]
    fn run(&mut self, input: &[Lanes]) {
        let half = self.size / 2;
        for (slot, pair) in self.a.iter_mut().zip(input.chunks_exact(2)) {
            *slot = Complex { re: pair[0], im: pair[1] };
        }
        let (mut from, mut to) = (&mut self.a, &mut self.b);
        let (mut n, mut stride, mut first) = (half, 1, 0);
        while n >= 4 {
            radix4(from, to, &self.twiddles[first..first + n / 4], stride);
            first += n / 4;
            n /= 4;
            stride *= 4;
            std::mem::swap(&mut from, &mut to);
        }
        if n == 2 {
            radix2(from, to, stride);
            std::mem::swap(&mut from, &mut to);
        }
        split(from, &self.split, &mut self.spectrum);
    }
}

#[inline(always)]
fn radix4(from: &[Complex], to: &mut [Complex], twiddles: &[[(f32, f32); 3]], stride: usize) {
    let quarter = from.len() / 4;
    let (first, rest) = from.split_at(quarter);
    let (second, rest) = rest.split_at(quarter);
    let (third, fourth) = rest.split_at(quarter);
    for (p, (w, out)) in twiddles.iter().zip(to.chunks_exact_mut(4 * stride)).enumerate() {
        let at = p * stride..(p + 1) * stride;
        let (out0, rest) = out.split_at_mut(stride);
        let (out1, rest) = rest.split_at_mut(stride);
        let (out2, out3) = rest.split_at_mut(stride);
        let ins = first[at.clone()].iter().zip(&second[at.clone()]).zip(&third[at.clone()]).zip(&fourth[at]);
        let outs = out0.iter_mut().zip(out1).zip(out2).zip(out3);
        for ((((a, b), c), d), (((y0, y1), y2), y3)) in ins.zip(outs) {
            let (apc, amc) = (add(a, c), sub(a, c));
            let (bpd, bmd) = (add(b, d), sub(b, d));
            let jbmd = Complex { re: negated(&bmd.im), im: bmd.re };
            *y0 = add(&apc, &bpd);
            *y1 = turned(&sub(&amc, &jbmd), w[0]);
            *y2 = turned(&sub(&apc, &bpd), w[1]);
            *y3 = turned(&add(&amc, &jbmd), w[2]);
        }
    }
}

#[inline(always)]
fn radix2(from: &[Complex], to: &mut [Complex], stride: usize) {
    let (low, high) = from.split_at(stride);
    let (out0, out1) = to.split_at_mut(stride);
    for ((a, b), (y0, y1)) in low.iter().zip(high).zip(out0.iter_mut().zip(out1)) {
        *y0 = add(a, b);
        *y1 = sub(a, b);
    }
}

/// From the transform Z of even and odd samples as real and imaginary parts to that of the real frame:
/// `X[k] = (Z[k] + Z*[−k])/2 − i/2 · w^k · (Z[k] − Z*[−k])`.
#[inline(always)]
fn split(z: &[Complex], roots: &[(f32, f32)], out: &mut Spectrum) {
    let half = z.len();
    let (re, im) = (&mut out.re[..half + 1], &mut out.im[..half + 1]);
    for lane in 0..LANES {
        re[0].0[lane] = z[0].re.0[lane] + z[0].im.0[lane];
        im[0].0[lane] = 0.0;
        re[half].0[lane] = z[0].re.0[lane] - z[0].im.0[lane];
        im[half].0[lane] = 0.0;
    }
    for (k, root) in roots.iter().enumerate().skip(1) {
        let (low, high) = (z[k], z[half - k]);
        for lane in 0..LANES {
            let even_re = 0.5 * (low.re.0[lane] + high.re.0[lane]);
            let even_im = 0.5 * (low.im.0[lane] - high.im.0[lane]);
            let odd_re = 0.5 * (low.im.0[lane] + high.im.0[lane]);
            let odd_im = 0.5 * (high.re.0[lane] - low.re.0[lane]);
            let turn_re = odd_re * root.0 - odd_im * root.1;
            let turn_im = odd_re * root.1 + odd_im * root.0;
            re[k].0[lane] = even_re + turn_re;
            im[k].0[lane] = even_im + turn_im;
            re[half - k].0[lane] = even_re - turn_re;
            im[half - k].0[lane] = turn_im - even_im;
        }
    }
    for (power, (r, i)) in out.power.iter_mut().zip(re.iter().zip(im.iter())) {
        for lane in 0..LANES {
            power.0[lane] = r.0[lane] * r.0[lane] + i.0[lane] * i.0[lane];
        }
    }
}

#[inline(always)]
fn add(a: &Complex, b: &Complex) -> Complex {
    let mut out = Complex::default();
    for lane in 0..LANES {
        out.re.0[lane] = a.re.0[lane] + b.re.0[lane];
        out.im.0[lane] = a.im.0[lane] + b.im.0[lane];
    }
    out
}

#[inline(always)]
fn sub(a: &Complex, b: &Complex) -> Complex {
    let mut out = Complex::default();
    for lane in 0..LANES {
        out.re.0[lane] = a.re.0[lane] - b.re.0[lane];
        out.im.0[lane] = a.im.0[lane] - b.im.0[lane];
    }
    out
}

#[inline(always)]
fn negated(a: &Lanes) -> Lanes {
    let mut out = Lanes::default();
    for lane in 0..LANES {
        out.0[lane] = -a.0[lane];
    }
    out
}

#[inline(always)]
fn turned(a: &Complex, (re, im): (f32, f32)) -> Complex {
    let mut out = Complex::default();
    for lane in 0..LANES {
        out.re.0[lane] = a.re.0[lane] * re - a.im.0[lane] * im;
        out.im.0[lane] = a.re.0[lane] * im + a.im.0[lane] * re;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lane_has_the_transform_of_its_own_frame() {
        for size in [8, 16, 32, 256, 512, 2048] {
            let mut state = 1u32;
            let mut next = || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / (1 << 24) as f32 - 0.5
            };
            let input: Vec<Lanes> = (0..size).map(|_| Lanes(std::array::from_fn(|_| next()))).collect();
            let mut fft = Fft::new(size);
            let Spectrum { re, im, .. } = fft.transform(&input);
            for lane in [0, 5] {
                for k in (0..=size / 2).step_by(1 + size / 64) {
                    let (mut want_re, mut want_im) = (0f64, 0f64);
                    for (n, x) in input.iter().enumerate() {
                        let phase = -std::f64::consts::TAU * (k * n % size) as f64 / size as f64;
                        want_re += f64::from(x.0[lane]) * phase.cos();
                        want_im += f64::from(x.0[lane]) * phase.sin();
                    }
                    let error =
                        (f64::from(re[k].0[lane]) - want_re).hypot(f64::from(im[k].0[lane]) - want_im);
                    assert!(error < 2e-5 * (size as f64).sqrt(), "{size} {lane} {k}: {error}");
                }
            }
        }
    }

    #[test]
    fn the_wide_code_has_the_bits_of_the_plain_code() {
        let input: Vec<Lanes> = (0..512)
            .map(|n| Lanes(std::array::from_fn(|l| ((n * 37 + l * 11) % 101) as f32 / 50.0 - 1.0)))
            .collect();
        let (mut wide, mut plain) = (Fft::new(512), Fft::new(512));
        wide.transform(&input);
        plain.run(&input);
        let (wide, plain) = (wide.spectrum, plain.spectrum);
        assert!(wide.re == plain.re && wide.im == plain.im && wide.power == plain.power);
    }
}
