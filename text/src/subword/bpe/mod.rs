//! Byte pair encoding: words to ids, with the fast path.
//!
//! A word begins as its bytes. Of all pairs of neighbours the one whose merge was learnt first is merged, of equal ones
//! the leftmost, until no pair is left that a merge knows (Sennrich et al. 2016; the order is that of Hugging Face's
//! `tokenizers`). Merges need not be in the order in which they can happen: files made from tiktoken's ranks have merges
//! that make a pair of a lower rank.
//!
//! A word of up to 64 bytes is merged in arrays, a longer one with a queue of ranks in linear time. Words met before are
//! in a cache, whose size never changes.

mod cache;
mod encode;
mod long;
mod pairs;
mod short;

pub(super) use cache::Cache;

use std::collections::HashMap;

use long::Long;
use pairs::Pairs;

/// What a model may hold: ids are less than this.
pub(super) const MOST_IDS: usize = 1 << 21;
/// What a model may hold: merges.
pub(super) const MOST_MERGES: usize = (1 << 22) - 1;
/// The longest word that can be merged, in bytes.
pub(super) const LONGEST_WORD: usize = 1 << 30;

/// A word is longer than [`LONGEST_WORD`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLong;

/// A merge: two ids become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merge {
    /// The left id.
    pub left: u32,
    /// The right id.
    pub right: u32,
    /// The id that they become.
    pub new: u32,
}

/// A byte-level BPE model.
pub struct Bpe {
    /// The id of each byte.
    bytes: Box<[u32; 256]>,
    merges: Vec<Merge>,
    /// What each makes: a third of the memory, for the loop over short words.
    new: Vec<u32>,
    /// The ids of bytes and merges, in order.
    made: Vec<u32>,
    pairs: Pairs,
    /// The words that are tokens whatever the merges say, for files with `ignore_merges`.
    whole: Option<HashMap<Box<[u8]>, u32>>,
}

impl Bpe {
    /// A model of the id of each byte and its merges, in the order in which they were learnt. Of a pair that comes twice
    /// the last counts.
    ///
    /// `None` if there are more than 4,194,303 merges, or an id is 2,097,152 or more.
    ///
    /// ```
    /// use sprog_text::subword::bpe::{Bpe, Merge};
    /// let bytes = std::array::from_fn(|b| b as u32);
    /// let merges = [Merge { left: 107, right: 97, new: 256 }, Merge { left: 256, right: 116, new: 257 }];
    /// let bpe = Bpe::new(bytes, merges.to_vec()).unwrap();
    /// assert_eq!(bpe.merge("kat".as_bytes()), Some(vec![257]));
    /// assert_eq!(bpe.merge("akut".as_bytes()), Some(vec![97, 107, 117, 116]));
    /// ```
    pub fn new(bytes: [u32; 256], merges: Vec<Merge>) -> Option<Self> {
        let known = |id: u32| (id as usize) < MOST_IDS;
        if merges.len() > MOST_MERGES
            || !bytes.iter().all(|&id| known(id))
            || !merges.iter().all(|m| known(m.left) && known(m.right) && known(m.new))
        {
            return None;
        }
        let pairs = Pairs::new(&bytes, &merges);
        let mut made: Vec<u32> = bytes.iter().copied().chain(merges.iter().map(|m| m.new)).collect();
        made.sort_unstable();
        made.dedup();
        let new = merges.iter().map(|m| m.new).collect();
        Some(Self { bytes: Box::new(bytes), merges, new, made, pairs, whole: None })
    }

    pub(super) fn with_whole_words(mut self, whole: HashMap<Box<[u8]>, u32>) -> Self {
        self.whole = Some(whole);
        self
    }

    /// The ids of one word; `None` if it is longer than 1 GiB.
    pub fn merge(&self, word: &[u8]) -> Option<Vec<u32>> {
        let mut ids = Vec::new();
        self.merge_into(word, &mut Long::default(), &mut ids).ok().map(|()| ids)
    }

    /// Whether an id is that of a byte or of a merge.
    pub(super) fn makes(&self, id: u32) -> bool {
        self.made.binary_search(&id).is_ok()
    }

    /// Appends the ids of a word that is not in the cache.
    fn merge_into(&self, word: &[u8], long: &mut Long, ids: &mut Vec<u32>) -> Result<(), TooLong> {
        if let Some(id) = self.whole.as_ref().and_then(|whole| whole.get(word)) {
            ids.push(*id);
            return Ok(());
        }
        if word.len() <= short::LONGEST {
            let mut merged = [0; short::LONGEST];
            let n = self.merge_short(word, &mut merged);
            ids.extend_from_slice(&merged[..n]);
            return Ok(());
        }
        if word.len() > LONGEST_WORD {
            return Err(TooLong);
        }
        self.merge_long(word, long, ids);
        Ok(())
    }
}
