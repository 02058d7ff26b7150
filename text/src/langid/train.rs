//! Training of the model: multinomial logistic regression over the features of words.
//!
//! A training text is 1 to 40 words of one language: running words of a prose source, words drawn from a
//! frequency list, or words made up by a chain of character 5-grams. Its score is the sum over its words, as
//! when identifying, so the weights are learnt for texts of all lengths. Steps are those of AdaGrad, one
//! accumulator a feature; the features that matter least are dropped half way; weights are rounded to `i8`.
//! Only additions, products, divisions and square roots of IEEE floats, in one order: the same sources give
//! the same file on every machine.

mod chain;
mod fit;
mod pool;

use super::language::Language;
use super::model::CLASSES;

pub use fit::train;

/// What there is of one language.
#[derive(Clone, Debug)]
pub struct Source {
    /// The class; [`Language::Other`] for languages outside the nine.
    pub language: Language,
    /// The language's own code.
    pub code: String,
    /// Prose, one sentence or paragraph a line, with a weight for each text.
    pub texts: Vec<(f64, String)>,
    /// Frequency lists, with a weight for each; words with counts or frequencies.
    pub words: Vec<(f64, Vec<(String, f64)>)>,
    /// Character n-grams (1 to 5) inside words, with the frequency given their first n − 1 letters.
    pub grams: Vec<(String, f64)>,
    /// Prose that is not trained on: temperatures are set with it.
    pub heldout: Vec<String>,
}

/// How much to train.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Where the random numbers start.
    pub seed: u64,
    /// Training texts before the features are cut down.
    pub first: u64,
    /// Training texts after.
    pub second: u64,
    /// Features that are kept.
    pub features: usize,
    /// Passes over all words before.
    pub passes: usize,
    /// How far a step goes.
    pub rate: f32,
    /// Factor on the temperatures measured on held-out text: texts met later are less alike.
    pub caution: f32,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            seed: 1,
            first: 200_000,
            second: 1_800_000,
            features: 200_000,
            passes: 4,
            rate: 0.2,
            caution: 1.0,
        }
    }
}

/// The class that a source is trained as.
fn class(source: &Source) -> usize {
    match source.language {
        Language::Other => match source.code.as_str() {
            "cs" | "sk" | "pl" | "sl" | "hr" | "sh" | "bs" | "lt" | "lv" | "fi" | "et" | "hu" | "tr"
            | "se" => CLASSES - 2,
            "af" | "fy" | "lb" | "li" | "nds" | "cy" | "ga" | "gd" | "br" => CLASSES - 1,
            _ => CLASSES - 3,
        },
        language => language.index(),
    }
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next()) * n as u128) >> 64) as usize
    }

    /// In [0, 1).
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}
