//! From words to the labels of a model.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::Label;

/// The tokens of a model, in the order of its columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vocabulary {
    columns: BTreeMap<String, u32>,
    longest: usize,
}

/// What becomes of a character that no token spells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unknown {
    /// Left out: right for punctuation.
    #[default]
    Drop,
    /// A star for each run of them: right for digits, and letters that the model lacks.
    Star,
}

/// How to make labels of words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EncodeOptions {
    /// Token between words, such as `|` of wav2vec2.
    pub delimiter: Option<String>,
    /// Characters outside the vocabulary.
    pub unknown: Unknown,
    /// A star before the first word, for speech before it.
    pub star_at_start: bool,
    /// A star after the last word.
    pub star_at_end: bool,
    /// A star between words, in place of the delimiter.
    pub star_between_words: bool,
}

/// Words as labels.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transcript {
    /// All labels.
    pub labels: Vec<Label>,
    /// For each word, which of them are its own; empty if none of its characters is in the vocabulary.
    pub words: Vec<Range<usize>>,
    /// Characters that were left out.
    pub dropped: u64,
}

impl Vocabulary {
    /// Tokens with their columns, as in a `vocab.json`. Of two columns with one name the first counts.
    pub fn new<S: Into<String>>(tokens: impl IntoIterator<Item = (S, u32)>) -> Self {
        let mut columns: BTreeMap<String, u32> = BTreeMap::new();
        let mut longest = 1;
        for (token, column) in tokens {
            let token = token.into();
            longest = longest.max(token.chars().count());
            let held = columns.entry(token).or_insert(column);
            *held = column.min(*held);
        }
        Vocabulary { columns, longest }
    }

    /// The column of a token.
    pub fn column(&self, token: &str) -> Option<u32> {
        self.columns.get(token).copied()
    }

    /// The column of the blank, by the names in use: `<pad>` (wav2vec2), `<blank>`, `[PAD]`, `<blk>`, `-`
    /// (torchaudio).
    pub fn blank(&self) -> Option<u32> {
        ["<pad>", "<blank>", "[PAD]", "<blk>", "-"].iter().find_map(|name| self.column(name))
    }

    /// Spells words in tokens, the longest that fits first. A character that is not there is tried in lower
    /// and then in upper case. Names in `<…>` and `[…]` are never used for spelling.
    ///
    /// ```
    /// use sprog_speech::align::ctc::{EncodeOptions, Label, Vocabulary};
    /// let vocabulary = Vocabulary::new([("<pad>", 0), ("|", 1), ("å", 2), ("p", 3)]);
    /// let options = EncodeOptions { delimiter: Some("|".into()), ..EncodeOptions::default() };
    /// let said = vocabulary.encode(&["På", "å!"], &options);
    /// assert_eq!(said.labels, [3, 2, 1, 2].map(Label::Token));
    /// assert_eq!((said.words, said.dropped), (vec![0..2, 3..4], 1));
    /// ```
    pub fn encode<S: AsRef<str>>(&self, words: &[S], options: &EncodeOptions) -> Transcript {
        let delimiter = options.delimiter.as_deref().and_then(|token| self.column(token)).map(Label::Token);
        let between = if options.star_between_words { Some(Label::Star) } else { delimiter };
        let mut out = Transcript::default();
        // A gap is due only before a word with labels, and after one.
        let mut gap = options.star_at_start.then_some(Label::Star);
        for word in words {
            let start = out.labels.len() + usize::from(gap.is_some());
            let held = out.labels.len();
            out.labels.extend(gap);
            self.spell(word.as_ref(), options.unknown, &mut out);
            if out.labels.len() == start {
                out.labels.truncate(held);
                out.words.push(held..held);
            } else {
                out.words.push(start..out.labels.len());
                gap = between;
            }
        }
        let all_missing = out.labels.is_empty();
        if options.star_at_end || (options.star_at_start && all_missing) {
            out.labels.push(Label::Star);
        }
        out
    }

    fn spell(&self, word: &str, unknown: Unknown, out: &mut Transcript) {
        let mut rest = word;
        let mut in_unknown = false;
        while let Some(c) = rest.chars().next() {
            if let Some((length, column)) = self.longest_at(rest) {
                out.labels.push(Label::Token(column));
                rest = &rest[length..];
                in_unknown = false;
                continue;
            }
            rest = &rest[c.len_utf8()..];
            let lower: String = c.to_lowercase().collect();
            let upper: String = c.to_uppercase().collect();
            if let Some(column) = self.spelling(&lower).or_else(|| self.spelling(&upper)) {
                out.labels.push(Label::Token(column));
                in_unknown = false;
            } else if unknown == Unknown::Drop {
                out.dropped += 1;
            } else {
                if !in_unknown {
                    out.labels.push(Label::Star);
                }
                in_unknown = true;
            }
        }
    }

    fn longest_at(&self, text: &str) -> Option<(usize, u32)> {
        let ends = text.char_indices().map(|(at, c)| at + c.len_utf8()).take(self.longest);
        let ends: Vec<usize> = ends.collect();
        ends.into_iter().rev().find_map(|end| Some((end, self.spelling(&text[..end])?)))
    }

    fn spelling(&self, token: &str) -> Option<u32> {
        let special = token.chars().count() > 1
            && (token.starts_with('<') && token.ends_with('>')
                || token.starts_with('[') && token.ends_with(']'));
        if special { None } else { self.column(token) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary() -> Vocabulary {
        Vocabulary::new([("<pad>", 0), ("|", 1), ("a", 2), ("b", 3), ("ab", 4), ("Ø", 5), ("", 6)])
    }

    #[test]
    fn stars_stand_where_asked() {
        let options = EncodeOptions {
            star_at_start: true,
            star_at_end: true,
            star_between_words: true,
            unknown: Unknown::Star,
            ..EncodeOptions::default()
        };
        let said = vocabulary().encode(&["abø", "", "a77"], &options);
        use Label::{Star, Token};
        assert_eq!(said.labels, [Star, Token(4), Token(5), Star, Token(2), Star, Star]);
        assert_eq!(said.words, [1..3, 3..3, 4..6]);
        let nothing = vocabulary().encode(&["77"], &EncodeOptions::default());
        assert_eq!((nothing.words.first(), nothing.dropped), (Some(&(0..0)), 2));
    }

    #[test]
    fn names_in_brackets_spell_nothing() {
        let vocabulary = Vocabulary::new([("<pad>", 0), ("p", 1), ("<", 2)]);
        let said = vocabulary.encode(&["<pad>"], &EncodeOptions::default());
        assert_eq!(said.labels, [2, 1].map(Label::Token));
        assert_eq!((said.dropped, vocabulary.blank()), (3, Some(0)));
    }
}
