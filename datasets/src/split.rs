//! Splits by a hash of a key: adding data never moves a row, and one speaker is in one split.

use serde::{Deserialize, Serialize};

/// Shares of the splits, in parts of their sum.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Split {
    /// Changes which rows go where.
    pub seed: String,
    /// Split names and weights, in the order they fill the unit interval.
    pub shares: Vec<(String, f64)>,
}

impl Default for Split {
    /// Everything in `train`.
    fn default() -> Self {
        Split { seed: String::new(), shares: vec![("train".to_owned(), 1.0)] }
    }
}

/// A key's 128-bit hash; equal keys, equal hashes, on every machine and in every version.
pub type KeyHash = [u8; 16];

/// Hashes a key (BLAKE3, the first 16 bytes).
pub fn key_hash(key: &[u8]) -> KeyHash {
    let mut out = [0; 16];
    out.copy_from_slice(&blake3::hash(key).as_bytes()[..16]);
    out
}

impl Split {
    /// The index into [`shares`](Self::shares) for a key.
    ///
    /// ```
    /// use sprog_datasets::split::{Split, key_hash};
    /// let split = Split { seed: "1".into(), shares: vec![("train".into(), 8.0), ("test".into(), 2.0)] };
    /// let of = |n: u32| split.assign(&key_hash(format!("spk{n}").as_bytes()));
    /// let test = (0..100_000).filter(|n| of(*n) == 1).count();
    /// assert!((19_500..20_500).contains(&test));
    /// ```
    pub fn assign(&self, key: &KeyHash) -> usize {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.seed.as_bytes());
        hasher.update(&[0]);
        hasher.update(key);
        let mut first = [0u8; 8];
        first.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
        // 53 bits, so that the quotient is exact in an f64.
        let unit = (u64::from_le_bytes(first) >> 11) as f64 / (1u64 << 53) as f64;
        let total: f64 = self.shares.iter().map(|(_, w)| w).sum();
        let mut edge = 0.0;
        for (index, (_, weight)) in self.shares.iter().enumerate() {
            edge += weight / total;
            if unit < edge {
                return index;
            }
        }
        self.shares.len().saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_split_is_pinned_for_all_time() {
        let split = Split { seed: "a".into(), shares: vec![("train".into(), 0.5), ("test".into(), 0.5)] };
        let sides: Vec<usize> = (0..12).map(|n: u8| split.assign(&key_hash(&[n]))).collect();
        // Published datasets depend on these very values.
        assert_eq!(sides, SIDES);
    }
    const SIDES: [usize; 12] = [1, 1, 1, 0, 0, 1, 0, 1, 0, 1, 0, 0];
}
