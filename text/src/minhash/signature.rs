//! MinHash signatures and the hashes of their bands.

use super::hash::{K, fold, mix};
use super::shingles::{MAX_NGRAM, shingles_keyed};
use super::sketch::Sketch;

/// How texts become signatures. Only those of the same options can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Words in a shingle, 1 to 32.
    pub ngram: usize,
    /// Bands of a signature, 1 to 1024.
    pub bands: usize,
    /// Values in a band, 1 to 1024. A signature has at most 4096 values.
    pub rows: usize,
    /// Chooses among independent signatures.
    pub seed: u64,
}

impl Default for Options {
    /// Shingles of 5 words, 14 bands of 8 rows: half of the pairs of Jaccard similarity .71 are found,
    /// .92 of those of .8. FineWeb's choice.
    fn default() -> Self {
        Options { ngram: 5, bands: 14, rows: 8, seed: 1 }
    }
}

/// Why options cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OptionsError {
    /// No words in a shingle, or too many.
    #[error("ngram {0} is not 1 to 32")]
    Ngram(usize),
    /// No bands or rows, or too many.
    #[error("{bands} bands of {rows} rows are not 1 to 1024 each and at most 4096 values")]
    Bands {
        /// The bands.
        bands: usize,
        /// The rows.
        rows: usize,
    },
}

/// Makes signatures, and keeps what it needs for the next.
///
/// Each value of a signature is equal in two texts with the probability of their Jaccard similarity,
/// independently of the others. A text of fewer words than a shingle has one shingle of all its words.
/// A text without words has no signature.
///
/// The work is linear in the length of the text, and the memory does not depend on it.
#[derive(Clone, Debug)]
pub struct MinHash {
    options: Options,
    key: u64,
    sketch: Sketch,
}

impl MinHash {
    /// Checks the options.
    ///
    /// # Errors
    /// Where a number is out of its range.
    pub fn new(options: Options) -> Result<Self, OptionsError> {
        let Options { ngram, bands, rows, seed } = options;
        if !(1..=MAX_NGRAM).contains(&ngram) {
            return Err(OptionsError::Ngram(ngram));
        }
        if !(1..=1024).contains(&bands) || !(1..=1024).contains(&rows) || bands * rows > 4096 {
            return Err(OptionsError::Bands { bands, rows });
        }
        Ok(MinHash { options, key: mix(seed ^ K[0]), sketch: Sketch::new(bands * rows) })
    }

    /// The options.
    pub fn options(&self) -> Options {
        self.options
    }

    /// Puts the signature of a text in `out`: `bands * rows` values, band by band. `false`, and nothing
    /// in `out`, if the text has no words.
    pub fn signature(&mut self, text: &str, out: &mut Vec<u32>) -> bool {
        out.clear();
        let any = self.fill(text);
        if any {
            out.extend(self.sketch.bins().iter().map(|bin| (bin ^ (bin >> 32)) as u32));
        }
        any
    }

    /// Puts the hash of each band of a text in `out`. `false`, and nothing in `out`, if the text has
    /// no words.
    ///
    /// Two texts are candidates when a hash of one is among those of the other. Hashes of different
    /// bands are never equal but by chance, so that all can be sorted together.
    pub fn bands(&mut self, text: &str, out: &mut Vec<u64>) -> bool {
        out.clear();
        let any = self.fill(text);
        if any {
            let bands = self.sketch.bins().chunks_exact(self.options.rows);
            out.extend((1u64..).zip(bands).map(|(number, band)| {
                mix(band.iter().fold(number.wrapping_mul(K[2]), |state, bin| fold(state, *bin)))
            }));
        }
        any
    }

    fn fill(&mut self, text: &str) -> bool {
        self.sketch.fill(shingles_keyed(text, self.options.ngram, self.key))
    }
}

/// The Jaccard similarity that two signatures of the same options tell of: the share of equal values.
/// The standard deviation is `sqrt(j(1-j)/values)`, .047 at most for 112 values. 0 where one is empty.
///
/// ```
/// assert_eq!(sprog_text::minhash::estimate(&[1, 2, 3, 4], &[1, 2, 3, 9]), 0.75);
/// ```
pub fn estimate(a: &[u32], b: &[u32]) -> f64 {
    let equal = a.iter().zip(b).filter(|(a, b)| a == b).count();
    match a.len().max(b.len()) {
        0 => 0.0,
        values => equal as f64 / values as f64,
    }
}

/// The probability that two texts of Jaccard similarity `j` are equal in some band: `1-(1-j^rows)^bands`.
///
/// ```
/// assert!((sprog_text::minhash::prob(0.8, 14, 8) - 0.924).abs() < 0.001);
/// ```
pub fn prob(j: f64, bands: usize, rows: usize) -> f64 {
    1.0 - (1.0 - j.powf(rows as f64)).powf(bands as f64)
}
