//! N-grams that come again, as `GopherRepetitionFilter` counts them (Gopher, table A1).
//!
//! Most n-grams of a text come once. So a pass over bits first finds the places where one may come again,
//! and only these are counted exactly.

use super::hash::{Numbers, Twice, bytes, join, short};

/// A word of the text.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Word {
    /// Hash of its bytes.
    pub(super) hash: u64,
    /// Where it starts among the bytes of all words, which stand one after another.
    pub(super) start: u32,
    /// Characters of all words before it.
    pub(super) chars: u32,
}

/// The most frequent n-gram.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Top {
    /// Its characters, with one space between words.
    pub(super) chars: usize,
    /// How often it is there.
    pub(super) count: usize,
}

/// Tables, kept between texts.
#[derive(Clone, Debug, Default)]
pub(super) struct NGrams {
    twice: Twice,
    numbers: Numbers,
    /// Places where an n-gram starts that may come again.
    places: Vec<u32>,
    /// What number the n-gram of each place has.
    of_place: Vec<u32>,
    counts: Vec<u32>,
}

/// A 5-gram that is shorter could be like a longer one, so its first bytes say nothing of it.
const PREFIX: usize = 12;

impl NGrams {
    /// The most frequent 2-, 3- and 4-gram; of several the first. Words are compared one by one.
    ///
    /// The last of `words` is only the end of the one before.
    pub(super) fn top(&mut self, words: &[Word]) -> [Top; 3] {
        let total = words.len() - 1;
        let pair = |at: usize| join(words[at].hash, words[at + 1].hash);
        self.twice.clear(total);
        for two in words[..total].windows(2) {
            self.twice.add(join(two[0].hash, two[1].hash));
        }
        let mut found = 0;
        self.places.resize(total.max(self.places.len()), 0);
        for (at, two) in words[..total].windows(2).enumerate() {
            self.places[found] = at as u32;
            found += usize::from(self.twice.maybe(join(two[0].hash, two[1].hash)));
        }
        let mut top = [Top::default(); 3];
        for (n, top) in (2..).zip(&mut top) {
            if n > total {
                break;
            }
            self.numbers.clear(found);
            self.counts.clear();
            self.of_place.clear();
            for place in &self.places[..found] {
                let at = *place as usize;
                let hash = (2..n).fold(pair(at), |hash, next| join(hash, words[at + next].hash));
                let (number, new) = self.numbers.number(hash);
                if new {
                    self.counts.push(0);
                }
                self.counts[number] += 1;
                self.of_place.push(number as u32);
            }
            let (mut first, mut most, mut kept) = (0, 1, 0);
            for index in 0..found {
                let (place, times) = (self.places[index], self.counts[self.of_place[index] as usize]);
                if times > most {
                    (first, most) = (place as usize, times);
                }
                // An n-gram that comes once starts no longer one that comes twice.
                self.places[kept] = place;
                kept += usize::from(times > 1 && place as usize + n < total);
            }
            found = kept;
            let chars = (words[first + n].chars - words[first].chars) as usize + n - 1;
            *top = Top { chars, count: most as usize };
        }
        top
    }

    /// Characters of 5- to 10-grams that came before. N-grams are the same if their words, written without
    /// spaces, are.
    ///
    /// `packed` holds the bytes of the words one after another.
    pub(super) fn duplicates(&mut self, words: &[Word], packed: &[u8]) -> [usize; 6] {
        let total = words.len() - 1;
        let mut out = [0; 6];
        if total < 6 {
            return out;
        }
        let starts = total - 4;
        let key = |word: &Word| {
            let first = packed.get(word.start as usize..).and_then(|rest| rest.first_chunk::<16>());
            let first = first.map_or(0, |bytes| u128::from_le_bytes(*bytes));
            short(first & (u128::MAX >> (128 - 8 * PREFIX)), 0)
        };
        self.twice.clear(starts);
        for word in &words[..starts] {
            self.twice.add(key(word));
        }
        let mut found = 0;
        self.places.resize(starts.max(self.places.len()), 0);
        for (at, (word, end)) in words.iter().zip(&words[5..]).enumerate() {
            self.places[found] = at as u32;
            let short = ((end.start - word.start) as usize) < PREFIX;
            found += usize::from(short | self.twice.maybe(key(word)));
        }
        for (n, out) in (5..).zip(&mut out) {
            self.numbers.clear(found);
            let mut next = 0;
            for place in &self.places[..found] {
                let at = *place as usize;
                if at < next || at + n > total {
                    continue;
                }
                let gram = packed.get(words[at].start as usize..words[at + n].start as usize);
                let (_, new) = self.numbers.number(bytes(gram.unwrap_or_default()));
                if !new {
                    *out += (words[at + n].chars - words[at].chars) as usize;
                    next = at + n;
                }
            }
        }
        out
    }

    /// Gives memory back that only a very long text needed.
    pub(super) fn shrink(&mut self, limit: usize) {
        self.twice.shrink(limit);
        self.numbers.shrink(limit);
        for list in [&mut self.places, &mut self.of_place, &mut self.counts] {
            if list.capacity() > limit {
                *list = Vec::new();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> (Vec<Word>, Vec<u8>) {
        let (mut words, mut packed, mut chars) = (Vec::new(), Vec::new(), 0);
        for word in text.split_whitespace() {
            words.push(Word { hash: bytes(word.as_bytes()), start: packed.len() as u32, chars });
            packed.extend_from_slice(word.as_bytes());
            chars += word.chars().count() as u32;
        }
        words.push(Word { hash: 0, start: packed.len() as u32, chars });
        packed.resize(packed.len() + 16, 0);
        (words, packed)
    }

    /// Slow and plain.
    fn expected(text: &str) -> ([Top; 3], [usize; 6]) {
        let words: Vec<&str> = text.split_whitespace().collect();
        let (mut top, mut duplicates) = ([Top::default(); 3], [0; 6]);
        for n in 2..=4 {
            let grams: Vec<String> = words.windows(n).map(|gram| gram.join(" ")).collect();
            let counts: Vec<usize> =
                grams.iter().map(|gram| grams.iter().filter(|other| *other == gram).count()).collect();
            let most = counts.iter().copied().max().unwrap_or(0);
            if let Some(first) = counts.iter().position(|count| *count == most) {
                top[n - 2] = Top { chars: grams[first].chars().count(), count: most };
            }
        }
        for n in 5..=10 {
            let (mut seen, mut at) = (std::collections::BTreeSet::new(), 0);
            while at + n <= words.len() {
                let gram = words[at..at + n].concat();
                if seen.contains(&gram) {
                    duplicates[n - 5] += gram.chars().count();
                    at += n;
                } else {
                    seen.insert(gram);
                    at += 1;
                }
            }
        }
        (top, duplicates)
    }

    proptest::proptest! {
        #[test]
        fn counts_are_those_of_plain_code(text in "([ab1æ]{1,2} ){0,80}|((og|det er|1|11|111|sammensætning|en) ){0,60}") {
            let (words, packed) = words(&text);
            let mut grams = NGrams::default();
            for _ in 0..2 {
                let got = (grams.top(&words), grams.duplicates(&words, &packed));
                proptest::prop_assert_eq!(got, expected(&text));
            }
        }
    }
}
