//! Power spectra of eight frames at once, in the same order of operations on every processor.
//!
//! A fingerprint is stored and compared between machines, so its bits must not depend on which vector
//! instructions a library picks. Here each of eight lanes is one frame, the operations are plain
//! additions and multiplications in a written order, and the constants are rounded from `f64`.

use super::FRAME;

/// Frames transformed together.
pub(super) const LANES: usize = 8;
/// Points of the complex transform: even samples are its real part, odd ones its imaginary part.
const POINTS: usize = FRAME / 2;

/// One value of each of the frames.
pub(super) type Lane = [f32; LANES];

/// A real transform of [`FRAME`] points, radix 4, decimated in frequency.
pub(super) struct Spectra {
    re: Box<[Lane; POINTS]>,
    im: Box<[Lane; POINTS]>,
    /// cos and sin of −2πk / `POINTS`.
    turn: [(f32, f32); POINTS],
    /// cos and sin of −2πk / `FRAME`.
    half_turn: [(f32, f32); POINTS],
    window: [f32; FRAME],
}

fn turns(of: usize) -> [(f32, f32); POINTS] {
    std::array::from_fn(|k| {
        let angle = -std::f64::consts::TAU * k as f64 / of as f64;
        (angle.cos() as f32, angle.sin() as f32)
    })
}

/// Where the radix-4 passes leave bin `k`: its four base-4 digits in reverse.
fn place(k: usize) -> usize {
    (k & 3) << 6 | (k >> 2 & 3) << 4 | (k >> 4 & 3) << 2 | k >> 6 & 3
}

fn add(a: Lane, b: Lane) -> Lane {
    std::array::from_fn(|l| a[l] + b[l])
}

fn sub(a: Lane, b: Lane) -> Lane {
    std::array::from_fn(|l| a[l] - b[l])
}

fn times((re, im): (Lane, Lane), (cos, sin): (f32, f32)) -> (Lane, Lane) {
    (std::array::from_fn(|l| re[l] * cos - im[l] * sin), std::array::from_fn(|l| re[l] * sin + im[l] * cos))
}

impl Spectra {
    pub(super) fn new() -> Spectra {
        let hann = |n: usize| 0.5 - 0.5 * (std::f64::consts::TAU * n as f64 / FRAME as f64).cos();
        Spectra {
            re: Box::new([[0.0; LANES]; POINTS]),
            im: Box::new([[0.0; LANES]; POINTS]),
            turn: turns(POINTS),
            half_turn: turns(FRAME),
            window: std::array::from_fn(|n| hann(n) as f32),
        }
    }

    /// Transforms frames that start `hop` samples apart; those that do not fit are silence.
    pub(super) fn load(&mut self, samples: &[f32], hop: usize) {
        for lane in 0..LANES {
            let frame = samples.get(lane * hop..lane * hop + FRAME);
            let Some(frame) = frame else {
                self.re.iter_mut().chain(self.im.iter_mut()).for_each(|value| value[lane] = 0.0);
                continue;
            };
            let pairs = frame.chunks_exact(2).zip(self.window.chunks_exact(2));
            for ((re, im), (sample, weight)) in self.re.iter_mut().zip(self.im.iter_mut()).zip(pairs) {
                re[lane] = sample[0] * weight[0];
                im[lane] = sample[1] * weight[1];
            }
        }
        self.transform();
    }

    fn transform(&mut self) {
        let mut len = POINTS;
        while len >= 4 {
            let quarter = len / 4;
            for start in (0..POINTS).step_by(len) {
                for j in 0..quarter {
                    self.butterfly(start + j, quarter, j * (POINTS / len));
                }
            }
            len = quarter;
        }
    }

    #[inline(always)]
    fn butterfly(&mut self, at: usize, quarter: usize, turn: usize) {
        let [a, b, c, d] = [at, at + quarter, at + 2 * quarter, at + 3 * quarter];
        let (re, im) = (&mut *self.re, &mut *self.im);
        let (sum_re, sum_im) = (add(re[a], re[c]), add(im[a], im[c]));
        let (gap_re, gap_im) = (sub(re[a], re[c]), sub(im[a], im[c]));
        let (odd_re, odd_im) = (add(re[b], re[d]), add(im[b], im[d]));
        let (off_re, off_im) = (sub(re[b], re[d]), sub(im[b], im[d]));
        (re[a], im[a]) = (add(sum_re, odd_re), add(sum_im, odd_im));
        (re[b], im[b]) = times((add(gap_re, off_im), sub(gap_im, off_re)), self.turn[turn]);
        (re[c], im[c]) = times((sub(sum_re, odd_re), sub(sum_im, odd_im)), self.turn[2 * turn]);
        (re[d], im[d]) = times((sub(gap_re, off_im), add(gap_im, off_re)), self.turn[3 * turn]);
    }

    /// Squared magnitude of bin `k`, 0 < k < 256, in each frame.
    #[inline(always)]
    pub(super) fn power(&self, k: usize) -> Lane {
        let (here, there) = (place(k & (POINTS - 1)), place((POINTS - k) & (POINTS - 1)));
        let (cos, sin) = self.half_turn[k & (POINTS - 1)];
        let (zr, zi, yr, yi) = (self.re[here], self.im[here], self.re[there], self.im[there]);
        std::array::from_fn(|l| {
            let (even_re, even_im) = (zr[l] + yr[l], zi[l] - yi[l]);
            let (odd_re, odd_im) = (zi[l] + yi[l], yr[l] - zr[l]);
            let re = even_re + odd_re * cos - odd_im * sin;
            let im = even_im + odd_re * sin + odd_im * cos;
            0.25 * (re * re + im * im)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bin_equals_the_definition() {
        let mut state = 9u32;
        let hop = 100;
        let samples: Vec<f32> = (0..FRAME + (LANES - 2) * hop)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / (1 << 24) as f32 - 0.5
            })
            .collect();
        let mut spectra = Spectra::new();
        spectra.load(&samples, hop);
        for k in 1..FRAME / 2 {
            let got = spectra.power(k);
            for (lane, got) in got.iter().enumerate() {
                let (mut re, mut im) = (0f64, 0f64);
                // The last lane does not fit.
                for n in (0..FRAME).filter(|_| lane < LANES - 1) {
                    let phase = std::f64::consts::TAU * (k * n % FRAME) as f64 / FRAME as f64;
                    let hann = 0.5 - 0.5 * (std::f64::consts::TAU * n as f64 / FRAME as f64).cos();
                    let x = f64::from(samples[lane * hop + n]) * hann;
                    re += x * phase.cos();
                    im -= x * phase.sin();
                }
                let want = re * re + im * im;
                assert!((f64::from(*got) - want).abs() < 1e-4 * (1.0 + want), "bin {k} lane {lane}");
            }
        }
    }
}
