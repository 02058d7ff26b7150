//! Where runs of letters and digits end, found for 64 bytes at once.

use super::class;

/// Bytes looked at together: one bit each in a `u64`.
const BLOCK: usize = 64;

/// The bytes of one block that belong to words.
#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    start: usize,
    /// Behind the last byte; 0 before the first block is read.
    end: usize,
    /// A bit for each byte of a letter, a digit or `_`.
    words: u64,
}

impl Block {
    /// The end of the run of letters and digits from `at`, where a character starts.
    #[inline]
    pub(super) fn run_end(&mut self, bytes: &[u8], mut at: usize) -> usize {
        loop {
            if at >= self.end {
                let Some(block) = bytes.get(at..).and_then(|rest| rest.first_chunk()) else {
                    // The last block may have ended within a letter.
                    at +=
                        bytes.get(at..).unwrap_or_default().iter().take_while(|&&b| b & 0xC0 == 0x80).count();
                    return class::run(bytes, at).0;
                };
                self.start = at;
                self.end = at + BLOCK;
                self.words = words(block, bytes.get(at + BLOCK).copied());
            }
            let ones = (self.words >> ((at - self.start) & (BLOCK - 1))).trailing_ones() as usize;
            at += ones;
            if at < self.end {
                return at;
            }
        }
    }
}

/// The bits of a block. The loop over the bytes has no branch, so that it becomes vector code.
fn words(block: &[u8; BLOCK], next: Option<u8>) -> u64 {
    let mut is_word = [0_u8; BLOCK];
    let mut suspect = 0_u8;
    for (to, &byte) in is_word.iter_mut().zip(block) {
        let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        let digit = byte.wrapping_sub(b'0') < 10;
        let lead = byte.wrapping_sub(0xC3) < 7;
        let rest = byte.wrapping_sub(0x80) < 0x40;
        *to = u8::from(letter) | u8::from(digit) | u8::from(lead) | u8::from(rest) | u8::from(byte == b'_');
        suspect |= u8::from(byte == 0x97) | u8::from(byte == 0xB7);
    }
    let mut bits = 0;
    for (place, eight) in is_word.chunks_exact(8).enumerate() {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(eight);
        // Gathers the lowest bit of each byte into the highest byte.
        let gathered = u64::from_le_bytes(bytes).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        bits |= gathered << (8 * place);
    }
    if suspect != 0 || block[BLOCK - 1] == 0xC3 {
        bits = without_signs(bits, block, next);
    }
    bits
}

/// Takes × and ÷ out, which stand among the letters of their lead byte.
#[cold]
fn without_signs(mut bits: u64, block: &[u8; BLOCK], next: Option<u8>) -> u64 {
    for (at, &byte) in block.iter().enumerate() {
        if byte == 0xC3 && matches!(block.get(at + 1).copied().or(next), Some(0x97 | 0xB7)) {
            bits &= !(0b11 << at);
        }
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_ends_runs_where_the_bytes_one_by_one_do() {
        let text =
            "blåbær×2÷3 ėż—ord_ord… 12æ,3 øøøøøøøøøøøøøøøøøøøøøøøøøøøøøøøøøøøøø×øøøøøøøøøøø x".repeat(5);
        for shift in 0..70 {
            let text = format!("{}{text}", "a".repeat(shift));
            let mut block = Block::default();
            let mut free = 0;
            for (at, _) in text.char_indices() {
                if at >= free {
                    free = block.run_end(text.as_bytes(), at);
                    assert_eq!(free, class::run(text.as_bytes(), at).0, "{shift} {at}");
                }
            }
        }
    }
}
