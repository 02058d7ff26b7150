//! Rule tables: rows of a TSV file, and a table of words to look up.

pub(super) use crate::tables::rows;

/// Words with a value each. Looked up by an open-addressed table of row numbers, which is a few times
/// faster than the standard map for short words.
pub(super) struct Table<V> {
    slots: Vec<u32>,
    rows: Vec<(&'static str, V)>,
}

impl<V: Copy> Table<V> {
    /// Builds the table; of two rows with the same word, `join` makes one.
    pub(super) fn new(rows: impl Iterator<Item = (&'static str, V)>, join: impl Fn(V, V) -> V) -> Self {
        let mut sorted: Vec<(&'static str, V)> = rows.collect();
        sorted.sort_by_key(|row| row.0);
        let mut unique: Vec<(&'static str, V)> = Vec::with_capacity(sorted.len());
        for row in sorted {
            match unique.last_mut() {
                Some(last) if last.0 == row.0 => last.1 = join(last.1, row.1),
                _ => unique.push(row),
            }
        }
        let mut slots = vec![u32::MAX; (unique.len() * 3).next_power_of_two()];
        let mask = slots.len() - 1;
        for (number, row) in unique.iter().enumerate() {
            let mut slot = hash(row.0) & mask;
            while slots[slot] != u32::MAX {
                slot = (slot + 1) & mask;
            }
            slots[slot] = number as u32;
        }
        Table { slots, rows: unique }
    }

    /// The value of `word`.
    pub(super) fn get(&self, word: &str) -> Option<V> {
        let mask = self.slots.len() - 1;
        let mut slot = hash(word) & mask;
        loop {
            let row = self.rows.get(self.slots[slot] as usize)?;
            if row.0 == word {
                return Some(row.1);
            }
            slot = (slot + 1) & mask;
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }
}

fn hash(word: &str) -> usize {
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    for byte in word.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    (hash ^ (hash >> 29)) as usize
}

/// A word in lower case, made without allocation: ASCII and Latin-1 letters are folded, others are left.
pub(super) struct Folded {
    bytes: [u8; Folded::MAX],
    len: usize,
}

impl Folded {
    /// Longer words are not looked up.
    pub(super) const MAX: usize = 64;

    pub(super) fn new(word: &str) -> Option<Folded> {
        if word.len() > Self::MAX {
            return None;
        }
        let mut bytes = [0; Self::MAX];
        let mut lead = 0;
        for (to, byte) in bytes.iter_mut().zip(word.bytes()) {
            // À to Þ are C3 80 to C3 9E, their small letters 0x20 above; 97 is the sign ×.
            *to = match byte {
                0x80..=0x9E if lead == 0xC3 && byte != 0x97 => byte + 0x20,
                _ => byte.to_ascii_lowercase(),
            };
            lead = byte;
        }
        Some(Folded { bytes, len: word.len() })
    }

    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.len]).unwrap_or("")
    }
}
