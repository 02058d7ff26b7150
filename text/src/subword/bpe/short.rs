//! Words of up to 64 bytes: the least rank is looked for again after each merge.

use super::Bpe;
use super::pairs::NONE;

/// The longest word for this way, in bytes.
pub(super) const LONGEST: usize = 64;

/// No pair here, or none that a merge knows.
const DEAD: u32 = u32::MAX;

/// Rank and place in one number, so that the least is the leftmost of the least rank.
#[inline]
fn key(rank: u32, at: usize) -> u32 {
    if rank == NONE { DEAD } else { rank << 6 | at as u32 }
}

impl Bpe {
    /// Puts the ids of a word into `ids`; how many.
    pub(super) fn merge_short(&self, word: &[u8], ids: &mut [u32; LONGEST]) -> usize {
        let n = word.len().min(LONGEST);
        let mut keys = [DEAD; LONGEST];
        // Symbols stay where their first byte is; `next` and `before` lead over those that were merged.
        let mut next = [0u8; LONGEST];
        let mut before = [0u8; LONGEST];
        for (i, &byte) in word[..n].iter().enumerate() {
            ids[i] = self.bytes[usize::from(byte)];
            next[i] = (i + 1) as u8;
            before[i] = i.saturating_sub(1) as u8;
        }
        for (i, pair) in word[..n].windows(2).enumerate() {
            keys[i] = key(self.pairs.byte_rank(pair[0], pair[1]), i);
        }
        let mut left = n;
        let mut end = n.next_multiple_of(8);
        loop {
            let least = keys[..end.min(LONGEST)].iter().copied().min().unwrap_or(DEAD);
            if least == DEAD {
                break;
            }
            let i = (least & 63) as usize;
            let new = self.new[(least >> 6) as usize];
            let right = usize::from(next[i]) & 63;
            ids[i] = new;
            keys[right] = DEAD;
            left -= 1;
            let after = next[right];
            next[i] = after;
            if usize::from(after) < n {
                before[usize::from(after)] = i as u8;
                keys[i] = key(self.pairs.rank(new, ids[usize::from(after)]), i);
            } else {
                keys[i] = DEAD;
                end = i.next_multiple_of(8).max(8);
            }
            if i > 0 {
                let b = usize::from(before[i]) & 63;
                keys[b] = key(self.pairs.rank(ids[b], new), b);
            }
        }
        let mut at = 0;
        for k in 0..left {
            ids[k] = ids[at & 63];
            at = usize::from(next[at & 63]);
        }
        left
    }
}
