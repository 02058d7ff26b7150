//! Noise that depends on a seed and a frame's number alone.

use super::lanes::{LANES, Lane};

#[derive(Clone, Debug)]
pub(super) struct Dither {
    pub(super) deviation: f32,
    pub(super) seed: u64,
}

/// Vigna's SplitMix64.
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// Nearly normal, deviation 1: the sum of twelve even numbers (Irwin–Hall), exact in `f32`'s sense.
    fn normal(&mut self) -> f32 {
        let mut sum = 0;
        for _ in 0..3 {
            let bits = self.next();
            sum += (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48);
        }
        (sum as i32 * 2 - 12 * 65_535) as f32 / 131_072.0
    }
}

impl Dither {
    /// Adds noise to the frames from number `frame` on.
    pub(super) fn add(&self, frame: u64, wave: &mut [Lane]) {
        for lane in 0..LANES {
            let mut start = SplitMix(self.seed);
            let mut noise = SplitMix(start.next() ^ SplitMix(frame.wrapping_add(lane as u64)).next());
            for sample in wave.iter_mut() {
                sample.0[lane] += noise.normal() * self.deviation;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_nearly_normal_and_differs_between_frames_and_seeds() {
        let mut wave = vec![Lane::default(); 20_000];
        Dither { deviation: 2.0, seed: 7 }.add(0, &mut wave);
        let all: Vec<f64> = wave.iter().flat_map(|w| w.0).map(f64::from).collect();
        let mean = all.iter().sum::<f64>() / all.len() as f64;
        let square = all.iter().map(|x| x * x).sum::<f64>() / all.len() as f64;
        let within = all.iter().filter(|x| x.abs() < 2.0).count() as f64 / all.len() as f64;
        assert!(mean.abs() < 0.02 && (square - 4.0).abs() < 0.05 && (within - 0.6827).abs() < 0.01);
        assert!(wave[0].0[1..].iter().all(|x| *x != wave[0].0[0]));
        let mut later = vec![Lane::default(); 20_000];
        Dither { deviation: 2.0, seed: 7 }.add(3, &mut later);
        assert!((0..20_000).all(|n| later[n].0[2] == wave[n].0[5]));
        let mut other = vec![Lane::default(); 20_000];
        Dither { deviation: 2.0, seed: 8 }.add(0, &mut other);
        assert_ne!(other, wave);
    }
}
