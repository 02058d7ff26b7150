//! The discrete Fourier transform of eight frames at once, of any length, the same on every processor.
//!
//! Decimation in frequency, in place, with the radices 4, 2, 3, 5 and any other prime that divides the
//! length. A real transform of even length is one of half the length on pairs of samples.

use std::ops::{Add, Sub};

use super::lanes::{Complex, Lane, Vector};

/// Twiddles of one pass and how many parts it cuts a block into.
struct Pass {
    radix: usize,
    /// Length of the blocks that it cuts.
    block: usize,
    /// e^(−2πi·j·q / block) for q in 0..radix, for j in 0..block / radix.
    turns: Vec<(f32, f32)>,
    /// e^(−2πi·q / radix), for primes without code of their own.
    roots: Vec<(f32, f32)>,
}

/// A real transform of a fixed length: a plan without state, for any number of threads.
pub(super) struct RealFft {
    length: usize,
    /// Complex numbers to transform: half the length, or all of it where that is odd.
    points: usize,
    passes: Vec<Pass>,
    /// Where the passes leave each frequency.
    places: Vec<u32>,
    /// Frequencies k and points − k of pairs, from k = 1 on while they differ.
    mirrors: Vec<Mirror>,
}

struct Mirror {
    here: u32,
    there: u32,
    /// e^(−2πi·k / length).
    turn: (f32, f32),
}

/// e^(−2πi · k / n), with the angle reduced in whole numbers.
fn turn(k: usize, n: usize) -> (f32, f32) {
    let angle = std::f64::consts::TAU * (k % n) as f64 / n as f64;
    (angle.cos() as f32, -angle.sin() as f32)
}

fn radices(mut n: usize) -> Vec<usize> {
    let mut out = Vec::new();
    for radix in [4, 2, 5, 3] {
        while n.is_multiple_of(radix) {
            out.push(radix);
            n /= radix;
        }
    }
    let mut prime = 7;
    while n > 1 {
        if prime * prime > n {
            prime = n;
        }
        while n.is_multiple_of(prime) {
            out.push(prime);
            n /= prime;
        }
        prime += 2;
    }
    out
}

impl RealFft {
    /// A plan for `length` real numbers, at least 1.
    pub(super) fn new(length: usize) -> RealFft {
        let points = if length.is_multiple_of(2) { length / 2 } else { length };
        let mut block = points;
        let mut passes = Vec::new();
        for radix in radices(points) {
            let part = block / radix;
            let turns = (0..part).flat_map(|j| (0..radix).map(move |q| turn(j * q, block))).collect();
            let roots = if radix > 5 { (0..radix).map(|q| turn(q, radix)).collect() } else { Vec::new() };
            passes.push(Pass { radix, block, turns, roots });
            block = part;
        }
        let place = |mut k: usize| {
            let mut at = 0;
            for pass in &passes {
                at += (k % pass.radix) * (pass.block / pass.radix);
                k /= pass.radix;
            }
            at as u32
        };
        let places: Vec<u32> = (0..points).map(place).collect();
        let mirror = |k: usize| Mirror { here: places[k], there: places[points - k], turn: turn(k, length) };
        let mirrors = (1..points.div_ceil(2)).map(mirror).collect();
        RealFft { length, points, places, mirrors, passes }
    }

    /// Complex numbers that [`RealFft::power`] wants: the signal, then room for its own use.
    pub(super) fn room(&self) -> usize {
        let largest = self.passes.iter().map(|p| p.radix).max().unwrap_or(1);
        self.points + if largest > 5 { largest } else { 0 }
    }

    /// Frequencies from 0 to half the rate.
    pub(super) fn bins(&self) -> usize {
        self.length / 2 + 1
    }

    /// True if two samples share a complex number: the even one is its real part.
    pub(super) fn pairs(&self) -> bool {
        self.length.is_multiple_of(2)
    }

    #[inline(always)]
    fn at<'a>(&self, data: &'a [Complex], k: usize) -> &'a Complex {
        &data[self.places[k] as usize]
    }

    /// Squared magnitudes of all frequencies of the signal in `data`, which is used up.
    #[inline(always)]
    pub(super) fn power<V: Vector>(&self, cpu: V::Cpu, data: &mut [Complex], power: &mut [Lane]) {
        let (data, column) = data.split_at_mut(self.points);
        for pass in &self.passes {
            match pass.radix {
                2 => each::<V, Two, 2>(cpu, pass, data),
                3 => each::<V, Three, 3>(cpu, pass, data),
                4 => each::<V, Four, 4>(cpu, pass, data),
                5 => each::<V, Five, 5>(cpu, pass, data),
                _ => other::<V>(cpu, pass, data, column),
            }
        }
        if !self.pairs() {
            for (k, power) in power.iter_mut().enumerate().take(self.bins()) {
                Value::<V>::load(cpu, self.at(data, k)).square().store(&mut power.0);
            }
            return;
        }
        let n = self.points;
        let zero = Value::<V>::load(cpu, self.at(data, 0));
        let (first, last) = (zero.re + zero.im, zero.re - zero.im);
        (first * first).store(&mut power[0].0);
        (last * last).store(&mut power[n].0);
        if n.is_multiple_of(2) {
            // The turn of the middle is −i.
            let middle = Value::<V>::load(cpu, self.at(data, n / 2));
            middle.square().store(&mut power[n / 2].0);
        }
        let quarter = V::splat(cpu, 0.25);
        let (low, high) = power[..n].split_at_mut(n / 2 + 1);
        for ((mirror, low), high) in self.mirrors.iter().zip(&mut low[1..]).zip(high.iter_mut().rev()) {
            let here = Value::<V>::load(cpu, &data[mirror.here as usize]);
            let there = Value::<V>::load(cpu, &data[mirror.there as usize]);
            let even = Value { re: here.re + there.re, im: here.im - there.im };
            let odd = Value { re: here.im + there.im, im: there.re - here.re }.times(cpu, mirror.turn);
            ((even + odd).square() * quarter).store(&mut low.0);
            ((even - odd).square() * quarter).store(&mut high.0);
        }
    }
}

/// A complex number of each frame, to compute with.
#[derive(Clone, Copy)]
struct Value<V> {
    re: V,
    im: V,
}

impl<V: Vector> Value<V> {
    #[inline(always)]
    fn load(cpu: V::Cpu, from: &Complex) -> Value<V> {
        Value { re: V::load(cpu, &from.re.0), im: V::load(cpu, &from.im.0) }
    }

    #[inline(always)]
    fn store(self, to: &mut Complex) {
        self.re.store(&mut to.re.0);
        self.im.store(&mut to.im.0);
    }

    #[inline(always)]
    fn square(self) -> V {
        self.re * self.re + self.im * self.im
    }

    #[inline(always)]
    fn times(self, cpu: V::Cpu, (cos, sin): (f32, f32)) -> Value<V> {
        let (cos, sin) = (V::splat(cpu, cos), V::splat(cpu, sin));
        Value { re: self.re * cos - self.im * sin, im: self.re * sin + self.im * cos }
    }

    #[inline(always)]
    fn scale(self, by: V) -> Value<V> {
        Value { re: self.re * by, im: self.im * by }
    }

    /// self − i·other.
    #[inline(always)]
    fn plus_right(self, other: Value<V>) -> Value<V> {
        Value { re: self.re + other.im, im: self.im - other.re }
    }

    /// self + i·other.
    #[inline(always)]
    fn plus_left(self, other: Value<V>) -> Value<V> {
        Value { re: self.re - other.im, im: self.im + other.re }
    }
}

impl<V: Vector> Add for Value<V> {
    type Output = Value<V>;
    #[inline(always)]
    fn add(self, other: Value<V>) -> Value<V> {
        Value { re: self.re + other.re, im: self.im + other.im }
    }
}

impl<V: Vector> Sub for Value<V> {
    type Output = Value<V>;
    #[inline(always)]
    fn sub(self, other: Value<V>) -> Value<V> {
        Value { re: self.re - other.re, im: self.im - other.im }
    }
}

/// A transform of R points. A trait, since closures are not always inlined, and then lack the instructions.
trait Butterfly<const R: usize> {
    fn turn<V: Vector>(cpu: V::Cpu, values: [Value<V>; R]) -> [Value<V>; R];
}

/// A pass whose butterfly has its own code.
#[inline(always)]
fn each<V: Vector, B: Butterfly<R>, const R: usize>(cpu: V::Cpu, pass: &Pass, data: &mut [Complex]) {
    let part = pass.block / R;
    if part == 1 {
        for block in data.as_chunks_mut::<R>().0 {
            let mut values = [Value::<V>::load(cpu, &block[0]); R];
            for q in 1..R {
                values[q] = Value::load(cpu, &block[q]);
            }
            let values = B::turn(cpu, values);
            for q in 0..R {
                values[q].store(&mut block[q]);
            }
        }
        return;
    }
    for block in data.chunks_exact_mut(pass.block) {
        let mut rest = block;
        let mut parts: [&mut [Complex]; R] = std::array::from_fn(|_| Default::default());
        for here in &mut parts {
            (*here, rest) = rest.split_at_mut(part);
        }
        for (j, turns) in pass.turns.as_chunks::<R>().0.iter().enumerate().take(part) {
            let mut values = [Value::<V>::load(cpu, &parts[0][j]); R];
            for q in 1..R {
                values[q] = Value::load(cpu, &parts[q][j]);
            }
            let values = B::turn(cpu, values);
            values[0].store(&mut parts[0][j]);
            for q in 1..R {
                values[q].times(cpu, turns[q]).store(&mut parts[q][j]);
            }
        }
    }
}

struct Two;

impl Butterfly<2> for Two {
    #[inline(always)]
    fn turn<V: Vector>(_: V::Cpu, [a, b]: [Value<V>; 2]) -> [Value<V>; 2] {
        [a + b, a - b]
    }
}

struct Three;

impl Butterfly<3> for Three {
    #[inline(always)]
    fn turn<V: Vector>(cpu: V::Cpu, [a, b, c]: [Value<V>; 3]) -> [Value<V>; 3] {
        let sum = b + c;
        let base = a - sum.scale(V::splat(cpu, 0.5));
        let gap = (b - c).scale(V::splat(cpu, 0.866_025_4));
        [a + sum, base.plus_right(gap), base.plus_left(gap)]
    }
}

struct Four;

impl Butterfly<4> for Four {
    #[inline(always)]
    fn turn<V: Vector>(_: V::Cpu, [a, b, c, d]: [Value<V>; 4]) -> [Value<V>; 4] {
        let (even, gap) = (a + c, a - c);
        let (odd, off) = (b + d, b - d);
        [even + odd, gap.plus_right(off), even - odd, gap.plus_left(off)]
    }
}

struct Five;

impl Butterfly<5> for Five {
    #[inline(always)]
    fn turn<V: Vector>(cpu: V::Cpu, [a, b, c, d, e]: [Value<V>; 5]) -> [Value<V>; 5] {
        let cos = [V::splat(cpu, 0.309_017), V::splat(cpu, -0.809_017)];
        let sin = [V::splat(cpu, 0.951_056_5), V::splat(cpu, 0.587_785_25)];
        let (near, far) = (b + e, c + d);
        let (near_gap, far_gap) = (b - e, c - d);
        let one = a + (near.scale(cos[0]) + far.scale(cos[1]));
        let two = a + (near.scale(cos[1]) + far.scale(cos[0]));
        let one_gap = near_gap.scale(sin[0]) + far_gap.scale(sin[1]);
        let two_gap = near_gap.scale(sin[1]) - far_gap.scale(sin[0]);
        [
            a + (near + far),
            one.plus_right(one_gap),
            two.plus_right(two_gap),
            two.plus_left(two_gap),
            one.plus_left(one_gap),
        ]
    }
}

/// A pass by the definition, for larger primes.
#[inline(always)]
fn other<V: Vector>(cpu: V::Cpu, pass: &Pass, data: &mut [Complex], column: &mut [Complex]) {
    let (radix, part) = (pass.radix, pass.block / pass.radix);
    let column = &mut column[..radix];
    for block in data.chunks_exact_mut(pass.block) {
        for j in 0..part {
            for (q, value) in column.iter_mut().enumerate() {
                *value = block[j + q * part];
            }
            for q in 0..radix {
                let mut sum = Value::<V>::load(cpu, &column[0]);
                let mut at = 0;
                for value in &column[1..] {
                    at += q;
                    at -= if at >= radix { radix } else { 0 };
                    sum = sum + Value::load(cpu, value).times(cpu, pass.roots[at]);
                }
                sum.times(cpu, pass.turns[j * radix + q]).store(&mut block[j + q * part]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::lanes::{LANES, Plain};

    #[test]
    fn every_length_equals_the_definition() {
        let mut state = 9u32;
        let mut noise = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 24) as f32 - 0.5
        };
        for length in (1..=66).chain([75, 98, 121, 128, 200, 251, 400, 441, 512, 550, 1102, 1024]) {
            let fft = RealFft::new(length);
            let frames: Vec<Vec<f32>> = (0..LANES).map(|_| (0..length).map(|_| noise()).collect()).collect();
            let mut data = vec![Complex::default(); fft.room()];
            for (lane, frame) in frames.iter().enumerate() {
                for (n, sample) in frame.iter().enumerate() {
                    match (fft.pairs(), n % 2) {
                        (true, 0) => data[n / 2].re.0[lane] = *sample,
                        (true, _) => data[n / 2].im.0[lane] = *sample,
                        (false, _) => data[n].re.0[lane] = *sample,
                    }
                }
            }
            let mut power = vec![Lane::default(); fft.bins()];
            fft.power::<Plain>((), &mut data, &mut power);
            for (k, power) in power.iter().enumerate() {
                for (lane, frame) in frames.iter().enumerate() {
                    let (mut re, mut im) = (0f64, 0f64);
                    for (n, sample) in frame.iter().enumerate() {
                        let phase = std::f64::consts::TAU * (k * n % length) as f64 / length as f64;
                        re += f64::from(*sample) * phase.cos();
                        im -= f64::from(*sample) * phase.sin();
                    }
                    let (got, want) = (f64::from(power.0[lane]), re * re + im * im);
                    let bound = 2e-6 * (want * length as f64).sqrt() + 1e-10 * length as f64;
                    assert!((got - want).abs() < bound, "{length}: bin {k}: {got} {want}");
                }
            }
        }
    }
}
