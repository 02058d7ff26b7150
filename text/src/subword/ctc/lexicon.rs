//! Words of a lexicon in labels, for decoders that are bound to it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::Labels;

/// A word and its labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The word.
    pub word: String,
    /// Its labels by number, without what stands between words.
    pub labels: Vec<u32>,
}

/// The words that can be written, and those that cannot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lexicon {
    /// Words, sorted, each once.
    pub entries: Vec<Entry>,
    /// Words that hold something without a label, and what that is; sorted.
    pub unwritable: Vec<(String, char)>,
}

/// Spells words with `spell`, such as [`Labels::spell`]. Words come once, whatever their order; empty ones are left out,
/// and one with white space in it cannot be written, as no file could hold it.
pub fn lexicon<'w>(
    words: impl IntoIterator<Item = &'w str>,
    mut spell: impl FnMut(&str) -> Result<Vec<u32>, char>,
) -> Lexicon {
    let words: BTreeSet<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let mut lexicon = Lexicon::default();
    for word in words {
        let blank = word.chars().find(|c| c.is_whitespace() || c.is_control());
        match blank.map_or_else(|| spell(word), Err) {
            Ok(labels) => lexicon.entries.push(Entry { word: word.to_owned(), labels }),
            Err(c) => lexicon.unwritable.push((word.to_owned(), c)),
        }
    }
    lexicon
}

impl Lexicon {
    /// `lexicon.txt` as torchaudio and flashlight read it: a word, a tab, and the names of its labels with spaces between,
    /// the one between words at the end where the labels have it.
    pub fn text(&self, labels: &Labels) -> String {
        let mut text = String::new();
        for entry in &self.entries {
            let names = entry.labels.iter().filter_map(|id| labels.name(*id)).chain(labels.delimiter());
            // Writing to a string does not fail.
            let _ = writeln!(text, "{}\t{}", entry.word, names.collect::<Vec<_>>().join(" "));
        }
        text
    }

    /// Whether a word can be written.
    pub fn contains(&self, word: &str) -> bool {
        self.entries.binary_search_by(|entry| entry.word.as_str().cmp(word)).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_spelled_once_and_what_cannot_be_is_told() {
        let names = ["<blank>", "<unk>", "|", "e", "n", "å"].map(str::to_owned).to_vec();
        let labels = Labels::new(names, Some("<unk>"), Some("|")).unwrap();
        let found = lexicon(["en", "å", "en", "", "nul", "å en"], |word| labels.spell(word));
        assert_eq!(found.text(&labels), "en\te n |\nå\tå |\n");
        assert_eq!(found.unwritable, [("nul".to_owned(), 'u'), ("å en".to_owned(), ' ')]);
        assert!(found.contains("en") && !found.contains("nul"));
    }
}
