//! WordPiece.

use std::collections::{BTreeMap, HashMap};

use super::Error;
use super::bpe::{EachWord, MOST_TOKENS, Merging, Trained, add_special};
use super::vocabulary::Vocabulary;

/// Stands before a token that does not begin a word.
pub(super) const CONTINUING: &str = "##";
/// Characters of a word that BERT looks up at all.
pub(super) const MOST_WORD_CHARS: usize = 100;

/// Trains WordPiece vocabularies as Hugging Face's `WordPieceTrainer` does: by the merges of BPE on characters, with
/// `##` before what continues a word.
///
/// Theirs gives the tokens of one character ids in the order of a hash map, so no two runs agree, and counts in 32
/// bits; it is not used here. Ids are: special tokens; the characters of the alphabet, sorted; those that continue
/// a word, sorted; what is merged. Words of more than 100 characters, which BERT never looks up, and words with a
/// character outside the alphabet, which are `[UNK]` as a whole, are not trained on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordPieceTrainer {
    /// Tokens in all.
    pub vocab_size: usize,
    /// Pairs that occur less often are not merged.
    pub min_frequency: u64,
    /// Special tokens, which have the first ids. `[UNK]` must be among them.
    pub special_tokens: Vec<String>,
    /// The most characters that the alphabet may have; the most frequent stay.
    pub limit_alphabet: usize,
    /// Bytes of memory for the training itself, as in [`BpeTrainer`](super::BpeTrainer).
    pub memory: usize,
}

impl Default for WordPieceTrainer {
    fn default() -> Self {
        WordPieceTrainer {
            vocab_size: 32_000,
            min_frequency: 2,
            special_tokens: ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"].map(str::to_owned).to_vec(),
            limit_alphabet: 1000,
            memory: 1 << 30,
        }
    }
}

/// A trained WordPiece model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WordPieceModel {
    /// Tokens by id.
    pub tokens: Vec<String>,
    /// The special tokens, which come first.
    pub special_tokens: Vec<String>,
    /// What it was trained on. Words with rare characters are not among the dropped.
    pub trained: Trained,
}

/// Ids of a character at the start of a word and later.
#[derive(Clone, Copy, Default)]
struct Ids {
    first: Option<u32>,
    later: Option<u32>,
}

impl WordPieceTrainer {
    /// Whether the special tokens can be used, and leave room. That the alphabet does too, the text decides.
    ///
    /// # Errors
    /// Those of [`train`](Self::train) that no text changes.
    pub fn check(&self) -> Result<(), Error> {
        self.special().map(|_| ())
    }

    fn special(&self) -> Result<Vocabulary, Error> {
        if !self.special_tokens.iter().any(|t| t == "[UNK]") {
            return Err(Error::NoUnknown);
        }
        let mut vocabulary = Vocabulary::default();
        add_special(&mut vocabulary, &self.special_tokens)?;
        let (wanted, least) = (self.vocab_size, vocabulary.len());
        match (least..=MOST_TOKENS).contains(&wanted) {
            true => Ok(vocabulary),
            false => Err(Error::VocabSize { wanted, least, most: MOST_TOKENS }),
        }
    }

    /// Trains on words with their counts, which must be UTF-8; others are left aside. `each_word` is called three
    /// times, and hands out the same words each time.
    ///
    /// # Errors
    /// [`Error::VocabSize`] and [`Error::SpecialToken`], also if `[UNK]` is missing; those of `each_word`.
    pub fn train<E: From<Error>>(
        &self,
        each_word: EachWord<'_, E>,
        on_merge: &mut dyn FnMut(usize),
    ) -> Result<WordPieceModel, E> {
        let mut vocabulary = self.special()?;
        let mut ids = self.alphabet(&mut vocabulary, each_word)?;
        if self.vocab_size < vocabulary.len() {
            let (wanted, least) = (self.vocab_size, vocabulary.len());
            return Err(Error::VocabSize { wanted, least, most: MOST_TOKENS }.into());
        }
        let ids = &mut ids;
        let symbols_of = |word: &[u8], to: &mut Vec<u32>| {
            for (n, c) in chars(word).enumerate() {
                let id = ids.get(&c).and_then(|ids| if n == 0 { ids.first } else { ids.later });
                let Some(id) = id else { return to.clear() };
                to.push(id);
            }
        };
        let merging = Merging {
            vocab_size: self.vocab_size,
            min_frequency: self.min_frequency,
            max_len: usize::MAX,
            prefix: CONTINUING,
            memory: self.memory,
            place_bytes: None,
        };
        let (_, trained) = merging.merge(&mut vocabulary, each_word, symbols_of, on_merge)?;
        Ok(WordPieceModel {
            tokens: vocabulary.into_tokens(),
            special_tokens: self.special_tokens.clone(),
            trained,
        })
    }

    /// Adds the most frequent characters.
    fn alphabet<E: From<Error>>(
        &self,
        vocabulary: &mut Vocabulary,
        each_word: EachWord<'_, E>,
    ) -> Result<HashMap<char, Ids>, E> {
        // How often, and whether it continues a word.
        let mut seen: BTreeMap<char, (u64, bool)> = BTreeMap::new();
        each_word(&mut |word, count| {
            for (n, c) in chars(word).enumerate() {
                let (sum, later) = seen.entry(c).or_default();
                *sum = sum.saturating_add(count);
                *later |= n > 0;
            }
        })?;
        let mut kept: Vec<(char, (u64, bool))> = seen.into_iter().collect();
        kept.sort_by_key(|&(c, (sum, _))| (std::cmp::Reverse(sum), c));
        kept.truncate(self.limit_alphabet);
        kept.sort_unstable();
        let mut ids: HashMap<char, Ids> = HashMap::new();
        for &(c, _) in &kept {
            ids.entry(c).or_default().first = vocabulary.add(c.to_string(), 1);
        }
        for (c, _) in kept.into_iter().filter(|(_, (_, later))| *later) {
            ids.entry(c).or_default().later = vocabulary.add(format!("{CONTINUING}{c}"), 1);
        }
        Ok(ids)
    }
}

/// The characters of a word; none of one that cannot be a token.
fn chars(word: &[u8]) -> impl Iterator<Item = char> {
    let word = std::str::from_utf8(word).unwrap_or("");
    let fits = word.len() <= MOST_WORD_CHARS || word.chars().nth(MOST_WORD_CHARS).is_none();
    if fits { word } else { "" }.chars()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn train(trainer: &WordPieceTrainer, words: &[(&str, u64)]) -> WordPieceModel {
        let each = &mut |each: &mut dyn FnMut(&[u8], u64)| -> Result<(), Error> {
            words.iter().for_each(|(word, count)| each(word.as_bytes(), *count));
            Ok(())
        };
        trainer.train(each, &mut |_| ()).unwrap()
    }

    #[test]
    fn what_continues_a_word_is_marked() {
        let words = [("æble", 5), ("æbler", 3), ("bær", 2), ("5€", 1)];
        let trainer = WordPieceTrainer { vocab_size: 24, limit_alphabet: 5, ..WordPieceTrainer::default() };
        let model = train(&trainer, &words);
        let expected = ["b", "e", "l", "r", "æ", "##b", "##e", "##l", "##r", "##æ"];
        assert_eq!(model.tokens[5..15], expected);
        // Ties go to the smaller ids.
        assert_eq!(model.tokens[15..], ["æb", "##le", "æble", "æbler", "bæ", "bær"]);
    }

    #[test]
    fn without_an_unknown_token_there_is_no_model() {
        let trainer = WordPieceTrainer { special_tokens: Vec::new(), ..WordPieceTrainer::default() };
        let none = &mut |_: &mut dyn FnMut(&[u8], u64)| -> Result<(), Error> { Ok(()) };
        assert_eq!(trainer.train(none, &mut |_| ()), Err(Error::NoUnknown));
    }

    #[test]
    fn words_that_bert_never_looks_up_are_left_aside() {
        let long = "a".repeat(101);
        assert_eq!(train(&WordPieceTrainer::default(), &[(&long, 100)]).tokens.len(), 5);
        assert_eq!(train(&WordPieceTrainer::default(), &[(&long[1..], 100)]).tokens[5..7], ["a", "##a"]);
    }
}
