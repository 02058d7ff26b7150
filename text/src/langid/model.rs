//! The model: a table from feature hashes to weights, as one file; ours is linked in as zstd packs it.
//!
//! Little-endian. 8 bytes `SPROGLI1`; `u32` slots; `u32` classes (12); `f32` nats of a weight of 1; 12 `f32`
//! temperatures by number of words ([`length_class`]); then for each of slots + 31 entries a `u16` fingerprint
//! (0: empty), and for each the 12 `i8` weights. A feature is in the first entry with its fingerprint of the 32
//! from its home slot on, before an empty one. About one unknown feature in ten thousand meets another's.

use std::io::Read;
use std::sync::OnceLock;

use sprog_formats::{Limits, decompress};

use super::features::features;
use super::language::Language;

/// What the weights are of: the nine languages and three groups of others, which are added up.
pub(super) const CLASSES: usize = 12;

/// Entries looked at for a feature.
pub(super) const PROBES: usize = 32;

/// A one in each lane of 16 bits.
const ONES: u64 = 0x0001_0001_0001_0001;

/// The bytes that a file starts with.
pub(super) const MAGIC: &[u8; 8] = b"SPROGLI1";

/// Bytes before the fingerprints.
pub(super) const HEADER: usize = 20 + 4 * LENGTHS;

/// Classes of length with a temperature of their own.
pub(super) const LENGTHS: usize = 12;

/// The class of a text of `words` words of evidence.
pub(super) fn length_class(words: u32) -> usize {
    match words {
        0..=1 => 0,
        2 => 1,
        3 => 2,
        4 => 3,
        5..=6 => 4,
        7..=9 => 5,
        10..=14 => 6,
        15..=21 => 7,
        22..=31 => 8,
        32..=49 => 9,
        50..=99 => 10,
        _ => 11,
    }
}

/// The language of a class.
pub(super) const fn language_index(class: usize) -> usize {
    if class < Language::Other.index() { class } else { Language::Other.index() }
}

/// Where the probing for a feature starts.
pub(super) fn home(hash: u64, slots: u64) -> usize {
    (((hash >> 32) * slots) >> 32) as usize
}

/// The fingerprint of a feature; never 0.
pub(super) fn fingerprint(hash: u64) -> u16 {
    (hash as u16).max(1)
}

/// A model read from its file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Model<'a> {
    slots: u64,
    scale: f32,
    temperatures: [f32; LENGTHS],
    prints: &'a [[u8; 2]],
    weights: &'a [[u8; CLASSES]],
}

impl<'a> Model<'a> {
    /// The model of this crate.
    pub(super) fn built_in() -> Model<'static> {
        static FILE: OnceLock<Vec<u8>> = OnceLock::new();
        let file = FILE.get_or_init(|| {
            let (packed, mut file) = (&include_bytes!("../../data/langid/model.bin.zst")[..], Vec::new());
            let read = decompress(packed, &Limits::default()).and_then(|(mut r, _)| r.read_to_end(&mut file));
            read.map_or_else(|_| Vec::new(), |_| file)
        });
        Model::parse(file).unwrap_or(Model::EMPTY)
    }

    /// Knows nothing.
    pub(super) const EMPTY: Model<'static> =
        Model { slots: 0, scale: 1.0, temperatures: [1.0; LENGTHS], prints: &[], weights: &[] };

    /// Reads a file; `None` if it is not one, or of another length than it says.
    pub(super) fn parse(file: &'a [u8]) -> Option<Model<'a>> {
        let number = |at: usize| file.get(at..)?.first_chunk::<4>().copied();
        if !file.starts_with(MAGIC) || u32::from_le_bytes(number(12)?) as usize != CLASSES {
            return None;
        }
        let slots = u32::from_le_bytes(number(8)?);
        let scale = f32::from_le_bytes(number(16)?);
        let mut temperatures = [1.0; LENGTHS];
        for (n, temperature) in temperatures.iter_mut().enumerate() {
            *temperature = f32::from_le_bytes(number(20 + 4 * n)?);
        }
        let entries = (slots as usize).checked_add(PROBES - 1)?;
        let (prints, weights) = file.get(HEADER..)?.split_at_checked(entries.checked_mul(2)?)?;
        let (weights, rest) = weights.as_chunks();
        if weights.len() != entries || !rest.is_empty() {
            return None;
        }
        Some(Model { slots: u64::from(slots), scale, temperatures, prints: prints.as_chunks().0, weights })
    }

    /// Adds up the weights of a folded word's features.
    pub(super) fn word(&self, word: &[u8]) -> [i16; CLASSES] {
        let mut sum = [0i16; CLASSES];
        features(word, |hash| {
            let Some(weights) = self.find(hash) else { return };
            for (sum, weight) in sum.iter_mut().zip(weights) {
                *sum = sum.wrapping_add(i16::from(weight.cast_signed()));
            }
        });
        sum
    }

    fn find(&self, hash: u64) -> Option<&[u8; CLASSES]> {
        let home = home(hash, self.slots);
        let wanted = fingerprint(hash);
        let all = u64::from(wanted).wrapping_mul(ONES);
        for start in (home..home + PROBES).step_by(4) {
            let four = self.prints.get(start..)?.first_chunk::<4>()?;
            let four = u64::from_le_bytes(*four.as_flattened().first_chunk()?);
            // The top bit of each lane that is zero; right up to the lowest such lane.
            let zero = |lanes: u64| lanes.wrapping_sub(ONES) & !lanes & (ONES << 15);
            let (equal, empty) = (zero(four ^ all), zero(four));
            if equal != 0 && equal.trailing_zeros() < empty.trailing_zeros() {
                return self.weights.get(start + equal.trailing_zeros() as usize / 16);
            }
            if empty != 0 {
                return None;
            }
        }
        None
    }

    /// Probabilities of the languages from summed weights over a number of words.
    pub(super) fn probabilities(&self, sums: &[i64; CLASSES], words: u32) -> [f32; Language::ALL.len()] {
        let factor = self.scale / self.temperatures[length_class(words)];
        let best = sums.iter().copied().max().unwrap_or(0);
        let mut scores = [0.0; Language::ALL.len()];
        let mut total = 0.0;
        for (class, sum) in sums.iter().enumerate() {
            let p = exp((sum - best) as f32 * factor);
            scores[language_index(class)] += p;
            total += p;
        }
        scores.map(|p| p / total)
    }
}

/// eˣ for x ≤ 0, from additions and products only, so that all platforms agree to the bit; within 1e-6 of it,
/// and 0 below −30.
pub(super) fn exp(x: f32) -> f32 {
    /// 1/n for the terms of Taylor's series; the last is below 2e-6 of the sum.
    const SHARES: [f32; 9] =
        [1.0 / 9.0, 1.0 / 8.0, 1.0 / 7.0, 1.0 / 6.0, 1.0 / 5.0, 1.0 / 4.0, 1.0 / 3.0, 1.0 / 2.0, 1.0];
    if x < -30.0 {
        return 0.0;
    }
    let x = x * std::f32::consts::LOG2_E;
    let whole = x.floor();
    let part = (x - whole) * std::f32::consts::LN_2;
    let sum = SHARES.iter().fold(1.0, |sum, share| 1.0 + sum * (part * share));
    sum * f32::from_bits(((whole as i32 + 127) as u32) << 23)
}
