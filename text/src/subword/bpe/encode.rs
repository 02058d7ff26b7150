//! Text between added tokens to ids, word by word.

use super::cache::{Cache, LONGEST_KEY, LongKey, SHORT_IDS, ShortKey, short_hash};
use super::{Bpe, TooLong};
use crate::subword::pretokenize::Scan;

/// The bits of a key of two `u64` that are a word's, by its length.
const MASKS: [[u64; 2]; 16] = {
    let mut masks = [[0; 2]; 16];
    let mut length = 0;
    while length < 16 {
        let bits = if length == 0 { 0 } else { u128::MAX >> (128 - 8 * length) };
        masks[length] = [bits as u64, (bits >> 64) as u64];
        length += 1;
    }
    masks
};
const LONGEST_SHORT: usize = 15;
/// Words looked up together.
const AHEAD: usize = 32;
/// Ids of as many words, and space for what is stored behind the last.
const BUFFER: usize = AHEAD * SHORT_IDS + SHORT_IDS;

/// A word whose end is known, and whose ids are not.
#[derive(Clone, Copy, Default)]
struct Ahead {
    end: usize,
    key: ShortKey,
    hash: u64,
}

impl Bpe {
    /// Appends the ids of a text that `S` cuts into words.
    pub(in super::super) fn encode<S: Scan>(
        &self,
        text: &[u8],
        cache: &mut Cache,
        ids: &mut Vec<u32>,
    ) -> Result<(), TooLong> {
        let mut ahead = [Ahead::default(); AHEAD];
        // A word's ids are stored four at a time whatever their count, which is quicker than a copy of that many.
        let mut buffer = [0u32; BUFFER];
        let mut at = 0;
        while at < text.len() {
            // Where words end is found first, so that the tables' lines are on their way together: one after the other
            // each would wait for memory.
            let mut count = 0;
            let mut place = at;
            for word in &mut ahead {
                if place >= text.len() {
                    break;
                }
                let end = S::end(text, place);
                word.end = end;
                word.key = short_key(text, place, end - place);
                word.hash = short_hash(word.key);
                place = end;
                count += 1;
            }
            let touched = ahead[..count].iter().fold(0, |sum, word| sum ^ cache.touch(word.hash));
            std::hint::black_box(touched);
            let mut filled = 0;
            for word in &ahead[..count] {
                if let Some((found, number)) = cache.short(word.key, word.hash) {
                    if let Some(place) = buffer[filled..].first_chunk_mut() {
                        *place = found;
                    }
                    filled += number;
                } else {
                    ids.extend_from_slice(&buffer[..filled]);
                    filled = 0;
                    self.encode_word(&text[at..word.end], cache, ids)?;
                }
                at = word.end;
            }
            ids.extend_from_slice(&buffer[..filled]);
        }
        Ok(())
    }

    /// Appends the ids of one word.
    #[inline(never)]
    pub(in super::super) fn encode_word(
        &self,
        word: &[u8],
        cache: &mut Cache,
        ids: &mut Vec<u32>,
    ) -> Result<(), TooLong> {
        if word.is_empty() {
            return Ok(());
        }
        if word.len() > LONGEST_KEY {
            return self.merge_into(word, &mut cache.work, ids);
        }
        let long = long_key(word);
        let short = [long[0], long[1] | (word.len() as u64) << 56];
        let is_short = word.len() <= LONGEST_SHORT;
        if is_short && let Some((found, count)) = cache.short(short, short_hash(short)) {
            ids.extend_from_slice(&found[..count.min(SHORT_IDS)]);
            return Ok(());
        }
        if cache.long(long, ids) {
            return Ok(());
        }
        let start = ids.len();
        self.merge_into(word, &mut cache.work, ids)?;
        let merged = &ids[start..];
        if is_short && merged.len() <= SHORT_IDS {
            cache.insert_short(short, merged);
        } else {
            cache.insert_long(long, merged);
        }
        Ok(())
    }
}

/// The key of a short word; one that no word has if it is longer, or the text ends too soon behind it.
#[inline]
fn short_key(text: &[u8], at: usize, length: usize) -> ShortKey {
    let bytes = text.get(at..).and_then(|rest| rest.first_chunk::<16>());
    let (Some(bytes), Some([low, high])) = (bytes, MASKS.get(length)) else { return [0, 1] };
    let all = u128::from_le_bytes(*bytes);
    [all as u64 & low, (all >> 64) as u64 & high | (length as u64) << 56]
}

/// The key of a word of up to 31 bytes.
fn long_key(word: &[u8]) -> LongKey {
    let mut bytes = [0u8; 32];
    bytes[..word.len()].copy_from_slice(word);
    bytes[31] = word.len() as u8;
    let mut key = [0; 4];
    for (part, bytes) in key.iter_mut().zip(bytes.as_chunks::<8>().0) {
        *part = u64::from_le_bytes(*bytes);
    }
    key
}
