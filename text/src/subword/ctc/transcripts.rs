//! What transcripts are written with.

use std::collections::BTreeMap;

/// Counts of the characters and words of transcripts. Words are what white space parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transcripts {
    transcripts: u64,
    with_digits: u64,
    empty: u64,
    gaps: u64,
    characters: BTreeMap<char, u64>,
    words: BTreeMap<Box<str>, u64>,
}

impl Transcripts {
    /// Counts a transcript. Returns whether it has a digit: any number of Unicode (category Nd, Nl or No).
    pub fn add(&mut self, transcript: &str) -> bool {
        let mut digits = false;
        let mut words = 0;
        for word in transcript.split_whitespace() {
            words += 1;
            for c in word.chars() {
                digits |= c.is_numeric();
                *self.characters.entry(c).or_default() += 1;
            }
            match self.words.get_mut(word) {
                Some(count) => *count += 1,
                None => {
                    self.words.insert(word.into(), 1);
                }
            }
        }
        self.transcripts += 1;
        self.with_digits += u64::from(digits);
        self.empty += u64::from(words == 0);
        self.gaps += u64::saturating_sub(words, 1);
        digits
    }

    /// Adds what was counted elsewhere.
    pub fn merge(&mut self, other: Transcripts) {
        self.transcripts += other.transcripts;
        self.with_digits += other.with_digits;
        self.empty += other.empty;
        self.gaps += other.gaps;
        for (c, count) in other.characters {
            *self.characters.entry(c).or_default() += count;
        }
        for (word, count) in other.words {
            *self.words.entry(word).or_default() += count;
        }
    }

    /// Transcripts counted.
    pub fn len(&self) -> u64 {
        self.transcripts
    }

    /// Whether there was none.
    pub fn is_empty(&self) -> bool {
        self.transcripts == 0
    }

    /// Transcripts that have a digit.
    pub fn with_digits(&self) -> u64 {
        self.with_digits
    }

    /// Transcripts without a word.
    pub fn without_words(&self) -> u64 {
        self.empty
    }

    /// Places between words.
    pub fn gaps(&self) -> u64 {
        self.gaps
    }

    /// The characters other than white space, by code point, with their counts.
    pub fn characters(&self) -> impl Iterator<Item = (char, u64)> + '_ {
        self.characters.iter().map(|(c, count)| (*c, *count))
    }

    /// The words, sorted, with their counts.
    pub fn words(&self) -> impl Iterator<Item = (&str, u64)> {
        self.words.iter().map(|(word, count)| (word.as_ref(), *count))
    }

    /// How often a word stands in the transcripts.
    pub fn count_of(&self, word: &str) -> u64 {
        self.words.get(word).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_add_up_to_the_whole() {
        let texts = ["ja ja", "", "en 2 tre½", "  \t"];
        let (mut all, mut merged) = (Transcripts::default(), Transcripts::default());
        for text in texts {
            let has = all.add(text);
            assert_eq!(has, text.contains('2'));
            let mut one = Transcripts::default();
            one.add(text);
            merged.merge(one);
        }
        assert_eq!(all, merged);
        assert_eq!((all.len(), all.with_digits(), all.without_words(), all.gaps()), (4, 1, 2, 3));
        assert_eq!(all.words().collect::<Vec<_>>(), [("2", 1), ("en", 1), ("ja", 2), ("tre½", 1)]);
    }
}
