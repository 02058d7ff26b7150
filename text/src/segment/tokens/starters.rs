//! Words that tell a sentence's start by their capital.

use std::sync::LazyLock;

const TABLE: &str = include_str!("../../../data/segment/sentence_starters.tsv");

static WORDS: LazyLock<Vec<(String, Starter)>> = LazyLock::new(|| {
    let mut words: Vec<_> = TABLE.lines().filter_map(parse).collect();
    words.sort();
    words
});

/// What a word with a capital tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Starter {
    /// A new sentence.
    Sure,
    /// A new sentence if a small letter follows.
    Small,
    /// A new sentence if a verb follows.
    Verb,
    /// A new sentence, or a name or title.
    Likely,
    /// Nothing.
    No,
}

/// The word with its first letter as a capital, and its class.
fn parse(line: &str) -> Option<(String, Starter)> {
    let (word, class) = line.split_once('\t').filter(|_| !line.starts_with('#'))?;
    let class = match class {
        "sure" => Starter::Sure,
        "small" => Starter::Small,
        "verb" => Starter::Verb,
        "likely" => Starter::Likely,
        _ => return None,
    };
    let mut letters = word.chars();
    let first = letters.next()?;
    Some((first.to_uppercase().chain(letters).collect(), class))
}

/// For each first byte, the marks of the words that it starts: most names fail here.
static MARKS: LazyLock<[u64; 256]> = LazyLock::new(|| {
    let mut marks = [0; 256];
    for (word, _) in WORDS.iter() {
        if let Some(first) = word.as_bytes().first() {
            marks[usize::from(*first)] |= mark(word.as_bytes());
        }
    }
    marks
});

/// One bit, chosen by the length and the second and third byte.
fn mark(word: &[u8]) -> u64 {
    let byte = |at: usize| usize::from(word.get(at).copied().unwrap_or_default());
    1 << ((byte(1) ^ byte(2).wrapping_mul(5) ^ word.len()) & 63)
}

/// Whether [`starter`] has to be asked.
#[inline]
pub(crate) fn may_start(word: &str) -> bool {
    word.as_bytes().first().is_some_and(|first| MARKS[usize::from(*first)] & mark(word.as_bytes()) != 0)
}

/// Looks up a word written with one capital, its first letter.
pub(crate) fn starter(word: &str) -> Starter {
    if !may_start(word) {
        return Starter::No;
    }
    match WORDS.binary_search_by(|(known, _)| known.as_str().cmp(word)) {
        Ok(at) => WORDS.get(at).map_or(Starter::No, |(_, class)| *class),
        Err(_) => Starter::No,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_parses_and_stands_once() {
        let rows = TABLE.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(WORDS.len(), rows);
        assert!(WORDS.windows(2).all(|pair| pair[0].0 != pair[1].0));
    }

    #[test]
    fn only_a_capital_tells() {
        assert_eq!(starter("Men"), Starter::Sure);
        assert_eq!(starter("Det"), Starter::Verb);
        assert_eq!(starter("men"), Starter::No);
        assert_eq!(starter("MEN"), Starter::No);
    }
}
