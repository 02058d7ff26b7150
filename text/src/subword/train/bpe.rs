//! Byte-level BPE.

use super::Error;
use super::flat::{Flat, MOST_SHORT, Symbol};
use super::learn::{self, learn};
use super::vocabulary::Vocabulary;
use crate::subword::byte_level;

/// Ids that a vocabulary may have.
pub(super) const MOST_TOKENS: usize = 1 << 24;
/// The least that places are given, whatever the budget.
const LEAST_PLACE_BYTES: usize = 1 << 20;

/// Hands out words with their counts.
pub(super) type EachWord<'e, E> = &'e mut dyn FnMut(&mut dyn FnMut(&[u8], u64)) -> Result<(), E>;

/// Trains byte-level BPE: the merges, and the ids, of `BpeTrainer` in Hugging Face tokenizers with
/// `initial_alphabet = ByteLevel.alphabet()`, in 64-bit counts and in memory that is bounded.
///
/// Ids: special tokens in their order, the 256 bytes by their characters in [`byte_level`], then what is merged. The
/// same counts give the same model, in whichever order they come and however much memory there is, unless words had
/// to be left out; how many were is told.
///
/// ```
/// use sprog_text::subword::train::{BpeTrainer, Error, WordCounts};
/// let mut counts = WordCounts::new();
/// for (word, count) in [(" rødgrød", 5), (" rød", 9), (" grød", 4)] {
///     counts.add(word.as_bytes(), count);
/// }
/// let trainer = BpeTrainer { vocab_size: 263, ..BpeTrainer::default() };
/// let model = trainer.train::<Error>(&mut |each| Ok(counts.for_each(each)), &mut |_| ())?;
/// assert_eq!(model.tokens[0], "<|endoftext|>");
/// assert_eq!(model.tokens[257..], ["rÃ", "¸d", "rÃ¸d", "ĠrÃ¸d", "grÃ¸d", "ĠrÃ¸dgrÃ¸d"]);
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BpeTrainer {
    /// Tokens in all, special ones and the 256 bytes among them.
    pub vocab_size: usize,
    /// Pairs that occur less often are not merged.
    pub min_frequency: u64,
    /// Tokens that no text makes, such as `<|endoftext|>`; they have the first ids.
    pub special_tokens: Vec<String>,
    /// A token must be shorter than this many bytes, if it has more than two: Hugging Face's rule.
    pub max_token_length: Option<usize>,
    /// Bytes of memory for the training itself. What the words take beyond five eighths of it is left out, the rarest
    /// first.
    pub memory: usize,
}

impl Default for BpeTrainer {
    fn default() -> Self {
        BpeTrainer {
            vocab_size: 32_000,
            min_frequency: 2,
            special_tokens: vec!["<|endoftext|>".to_owned()],
            max_token_length: None,
            memory: 1 << 30,
        }
    }
}

/// A trained BPE model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BpeModel {
    /// Tokens by id, in the alphabet of [`byte_level`].
    pub tokens: Vec<String>,
    /// Ids of the two tokens of each merge, in order of rank.
    pub merges: Vec<(u32, u32)>,
    /// The special tokens, which come first.
    pub special_tokens: Vec<String>,
    /// What it was trained on.
    pub trained: Trained,
}

/// What a training used, and what it left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trained {
    /// Different words that pairs were counted in; words of one symbol have none.
    pub words: u64,
    /// Different words that were left out: there was no memory for them.
    pub words_dropped: u64,
    /// Their occurrences.
    pub occurrences_dropped: u64,
    /// Times that all words were looked at, for the pairs of the next counts.
    pub scans: usize,
}

impl BpeTrainer {
    /// Whether there can be such a vocabulary.
    ///
    /// # Errors
    /// [`Error::VocabSize`] and [`Error::SpecialToken`], as in [`train`](Self::train).
    pub fn check(&self) -> Result<(), Error> {
        self.alphabet().map(|_| ())
    }

    /// Special tokens and bytes, and the ids of the bytes.
    fn alphabet(&self) -> Result<(Vocabulary, [u32; 256]), Error> {
        let mut vocabulary = Vocabulary::default();
        add_special(&mut vocabulary, &self.special_tokens)?;
        let mut alphabet: Vec<(char, usize)> = byte_level::CHARS.iter().copied().zip(0..).collect();
        alphabet.sort_unstable();
        let mut ids = [0u32; 256];
        for (c, byte) in alphabet {
            let id = vocabulary.add(c.to_string(), 1);
            ids[byte] = id.ok_or_else(|| Error::SpecialToken(c.to_string()))?;
        }
        let (wanted, least) = (self.vocab_size, vocabulary.len());
        match (least..=MOST_TOKENS).contains(&wanted) {
            true => Ok((vocabulary, ids)),
            false => Err(Error::VocabSize { wanted, least, most: MOST_TOKENS }),
        }
    }

    /// Trains on words with their counts. `each_word` is called twice, and hands out the same words both times, each
    /// once; [`WordCounts::for_each`](super::WordCounts::for_each) does. `on_merge` is told the number of tokens.
    ///
    /// # Errors
    /// [`Error::VocabSize`] if the vocabulary has no room for special tokens and bytes, or is too large;
    /// [`Error::SpecialToken`] for an empty or a repeated special token; those of `each_word`.
    pub fn train<E: From<Error>>(
        &self,
        each_word: EachWord<'_, E>,
        on_merge: &mut dyn FnMut(usize),
    ) -> Result<BpeModel, E> {
        self.train_within(None, each_word, on_merge)
    }

    pub(super) fn train_within<E: From<Error>>(
        &self,
        place_bytes: Option<usize>,
        each_word: EachWord<'_, E>,
        on_merge: &mut dyn FnMut(usize),
    ) -> Result<BpeModel, E> {
        let (mut vocabulary, ids) = self.alphabet()?;
        let options = Merging {
            vocab_size: self.vocab_size,
            min_frequency: self.min_frequency,
            max_len: self.max_token_length.unwrap_or(usize::MAX),
            prefix: "",
            memory: self.memory,
            place_bytes,
        };
        let symbols_of =
            |word: &[u8], to: &mut Vec<u32>| to.extend(word.iter().map(|&b| ids[usize::from(b)]));
        let (merges, trained) = options.merge(&mut vocabulary, each_word, symbols_of, on_merge)?;
        let special_tokens = self.special_tokens.clone();
        Ok(BpeModel { tokens: vocabulary.into_tokens(), merges, special_tokens, trained })
    }
}

/// Puts special tokens first.
pub(super) fn add_special(vocabulary: &mut Vocabulary, tokens: &[String]) -> Result<(), Error> {
    for (n, token) in tokens.iter().enumerate() {
        vocabulary.add_special(token);
        if token.is_empty() || vocabulary.len() != n + 1 {
            return Err(Error::SpecialToken(token.clone()));
        }
    }
    Ok(())
}

/// What the models that merge have in common.
pub(super) struct Merging<'m> {
    pub(super) vocab_size: usize,
    pub(super) min_frequency: u64,
    pub(super) max_len: usize,
    pub(super) prefix: &'m str,
    pub(super) memory: usize,
    /// Bytes for places and pairs, if not what the memory leaves.
    pub(super) place_bytes: Option<usize>,
}

impl Merging<'_> {
    pub(super) fn merge<E>(
        &self,
        vocabulary: &mut Vocabulary,
        each_word: EachWord<'_, E>,
        symbols_of: impl FnMut(&[u8], &mut Vec<u32>),
        on_merge: &mut dyn FnMut(usize),
    ) -> Result<(Vec<(u32, u32)>, Trained), E> {
        match self.vocab_size.max(vocabulary.len()) <= MOST_SHORT {
            true => self.merge_as::<u16, E>(vocabulary, each_word, symbols_of, on_merge),
            false => self.merge_as::<u32, E>(vocabulary, each_word, symbols_of, on_merge),
        }
    }

    fn merge_as<S: Symbol, E>(
        &self,
        vocabulary: &mut Vocabulary,
        each_word: EachWord<'_, E>,
        symbols_of: impl FnMut(&[u8], &mut Vec<u32>),
        on_merge: &mut dyn FnMut(usize),
    ) -> Result<(Vec<(u32, u32)>, Trained), E> {
        let most = self.memory / 8 * 5 / size_of::<S>();
        let words = Flat::<S>::new(most, each_word, symbols_of)?;
        let taken = words.symbols.len() * size_of::<S>();
        let options = learn::Options {
            vocab_size: self.vocab_size,
            min_frequency: self.min_frequency,
            max_len: self.max_len,
            prefix: self.prefix,
            // The places may grow to twice this, and beside them stands a sketch.
            bytes: self.place_bytes.unwrap_or((self.memory.saturating_sub(taken) / 3).max(LEAST_PLACE_BYTES)),
        };
        let learned = learn(words, vocabulary, &options, on_merge);
        let trained = Trained {
            words: learned.words,
            words_dropped: learned.dropped.words,
            occurrences_dropped: learned.dropped.occurrences,
            scans: learned.scans,
        };
        Ok((learned.merges, trained))
    }
}
