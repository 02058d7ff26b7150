//! Unigram, by the trainer of the crate `tokenizers`.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tokenizers::AddedToken;
use tokenizers::models::unigram::{Unigram, UnigramTrainer as Theirs};

use super::Error;
use super::bpe::{EachWord, MOST_TOKENS, Trained};
use crate::subword::byte_level;

/// A longer word makes the likelihood underflow.
const MOST_WORD_BYTES: usize = 256;
/// Bytes that the trainer takes for a byte of its words: a suffix array with its intervals, and the words.
const BYTES_A_BYTE: usize = 64;
/// Scores of bytes that no piece has, one after the other: `min_score_penalty_delta` in the crate.
const STEP: f64 = 0.0001;
/// One over the unit of scores: so few digits are read back as the same number by every JSON parser, those that are
/// fast and not exact among them.
const ROUND: f64 = 1e10;

/// Trains Unigram vocabularies (Kudo, *Subword Regularization*, ACL 2018) with the crate's trainer, on the bytes of
/// words in [`byte_level`]'s alphabet. So the words are those of BPE, every byte has a token, nothing is unknown, and
/// what is encoded decodes to the same bytes.
///
/// What the crate leaves to the order of a hash map, which is the scores of bytes that no piece needs, is put in
/// order here; its sums are made on one thread, because their last bits depend on how they are cut. Counts there are
/// 32 bits wide: larger ones are divided, all by the same number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnigramTrainer {
    /// Tokens in all, special ones and the 256 bytes among them.
    pub vocab_size: usize,
    /// Tokens that no text makes; they have the first ids.
    pub special_tokens: Vec<String>,
    /// The most bytes of a token.
    pub max_piece_length: usize,
    /// Bytes of memory for the training. What the words take beyond it is left out, the rarest first.
    pub memory: usize,
}

impl Default for UnigramTrainer {
    fn default() -> Self {
        UnigramTrainer {
            vocab_size: 32_000,
            special_tokens: vec!["<|endoftext|>".to_owned()],
            max_piece_length: 16,
            memory: 1 << 30,
        }
    }
}

/// A trained Unigram model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UnigramModel {
    /// Tokens by id, in the alphabet of [`byte_level`], with their log-probabilities; 0 for special tokens.
    pub pieces: Vec<(String, f64)>,
    /// The special tokens, which come first.
    pub special_tokens: Vec<String>,
    /// What it was trained on.
    pub trained: Trained,
}

impl UnigramTrainer {
    /// Whether there can be such a vocabulary.
    ///
    /// # Errors
    /// [`Error::VocabSize`] and [`Error::SpecialToken`], as in [`train`](Self::train).
    pub fn check(&self) -> Result<(), Error> {
        let least = self.special_tokens.len() + 256;
        if self.vocab_size < least || self.vocab_size > MOST_TOKENS {
            return Err(Error::VocabSize { wanted: self.vocab_size, least, most: MOST_TOKENS });
        }
        for (n, token) in self.special_tokens.iter().enumerate() {
            if token.is_empty() || self.special_tokens[..n].contains(token) {
                return Err(Error::SpecialToken(token.clone()));
            }
        }
        Ok(())
    }

    /// Trains on words with their counts. `each_word` is called twice, and hands out the same words both times.
    ///
    /// # Errors
    /// [`Error::VocabSize`], [`Error::SpecialToken`]; [`Error::Unigram`] if the crate's trainer fails, as it does
    /// where there is too little text; those of `each_word`.
    pub fn train<E: From<Error>>(&self, each_word: EachWord<'_, E>) -> Result<UnigramModel, E> {
        self.check()?;
        let (words, trained) = self.words(each_word)?;
        if words.is_empty() {
            return Err(Error::Unigram("there are no words".to_owned()).into());
        }
        let pieces = self.train_theirs(words)?;
        Ok(UnigramModel { pieces, special_tokens: self.special_tokens.clone(), trained })
    }

    /// The words that fit, the most frequent first.
    fn words<E>(&self, each_word: EachWord<'_, E>) -> Result<(Vec<(String, u32)>, Trained), E> {
        let mut shares: BTreeMap<u64, (u64, u64)> = BTreeMap::new();
        let mut trained = Trained { scans: 1, ..Trained::default() };
        each_word(&mut |word, count| {
            if word.len() > MOST_WORD_BYTES {
                trained.words_dropped += 1;
                trained.occurrences_dropped = trained.occurrences_dropped.saturating_add(count);
                return;
            }
            let (bytes, words) = shares.entry(count).or_default();
            *bytes += word.len() as u64 + 1;
            *words += 1;
        })?;
        let (mut room, mut rarest, mut weight) = ((self.memory / BYTES_A_BYTE) as u64, u64::MAX, 0u64);
        for (&count, &(bytes, words)) in shares.iter().rev() {
            match room.checked_sub(bytes) {
                Some(left) if count > 0 => {
                    (room, rarest) = (left, count);
                    trained.words += words;
                    weight = weight.saturating_add(count.saturating_mul(bytes));
                }
                _ => {
                    // Nothing rarer either, however short.
                    room = 0;
                    trained.words_dropped += words;
                    let occurrences = count.saturating_mul(words);
                    trained.occurrences_dropped = trained.occurrences_dropped.saturating_add(occurrences);
                }
            }
        }
        let divisor = weight / u64::from(u32::MAX) + 1;
        let mut words = Vec::new();
        each_word(&mut |word, count| {
            if word.len() <= MOST_WORD_BYTES && count >= rarest {
                let count = u32::try_from((count / divisor).max(1)).unwrap_or(u32::MAX);
                words.push((byte_level::encode(word), count));
            }
        })?;
        words.sort_unstable_by(|a, b| (Reverse(a.1), &a.0).cmp(&(Reverse(b.1), &b.0)));
        Ok((words, trained))
    }

    fn train_theirs(&self, words: Vec<(String, u32)>) -> Result<Vec<(String, f64)>, Error> {
        let failed = |why: String| Error::Unigram(why);
        let mut trainer = Theirs::default();
        trainer.show_progress = false;
        trainer.vocab_size = u32::try_from(self.vocab_size).unwrap_or(u32::MAX);
        trainer.special_tokens =
            self.special_tokens.iter().map(|t| AddedToken::from(t.clone(), true)).collect();
        trainer.initial_alphabet.extend(byte_level::CHARS);
        trainer.max_piece_length = self.max_piece_length;
        let pool =
            rayon::ThreadPoolBuilder::new().num_threads(1).build().map_err(|e| failed(e.to_string()))?;
        let mut model = Unigram::default();
        // Its checks of its own numbers are panics.
        let trained = catch_unwind(AssertUnwindSafe(|| pool.install(|| trainer.do_train(words, &mut model))));
        match trained {
            Ok(Ok(_)) => {}
            Ok(Err(e)) => return Err(failed(e.to_string())),
            Err(_) => return Err(failed("it stopped inside".to_owned())),
        }
        let mut pieces: Vec<(String, f64)> = model.iter().cloned().collect();
        if pieces.iter().any(|(_, score)| !score.is_finite()) {
            return Err(failed("a score is no number".to_owned()));
        }
        let special = self.special_tokens.len().min(pieces.len());
        for (_, score) in &mut pieces {
            *score = (*score * ROUND).round() / ROUND;
        }
        order(&mut pieces[special..]);
        Ok(pieces)
    }
}

/// Gives the scores of bytes that no piece needs by the order of the bytes, and sorts.
fn order(pieces: &mut [(String, f64)]) {
    let mut single: Vec<usize> =
        (0..pieces.len()).filter(|&n| pieces[n].0.chars().nth(1).is_none()).collect();
    single.sort_by(|&a, &b| pieces[a].1.total_cmp(&pieces[b].1));
    // The first of them has the lowest score of all pieces, which may be that of others too.
    let count = single.windows(2).take_while(|w| pieces[w[1]].1 - pieces[w[0]].1 < STEP * 1.01).count();
    if count > 0 {
        single.truncate(count + 1);
        let scores: Vec<f64> = single.iter().map(|&n| pieces[n].1).collect();
        single.sort_by(|&a, &b| pieces[a].0.cmp(&pieces[b].0));
        for (n, score) in single.into_iter().zip(scores) {
            pieces[n].1 = score;
        }
    }
    pieces.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn train(trainer: &UnigramTrainer, words: &[(&str, u64)]) -> Result<UnigramModel, Error> {
        let each = &mut |each: &mut dyn FnMut(&[u8], u64)| -> Result<(), Error> {
            words.iter().for_each(|(word, count)| each(word.as_bytes(), *count));
            Ok(())
        };
        trainer.train(each)
    }

    const WORDS: [(&str, u64); 8] = [
        (" rødgrød", 50),
        (" grød", 90),
        (" rød", 70),
        (" grødris", 20),
        (" ris", 40),
        (" risengrød", 30),
        (" mandelgave", 9),
        (" gave", u64::MAX / 1_000_000),
    ];

    #[test]
    fn every_byte_has_a_token_and_two_runs_agree() {
        let trainer = UnigramTrainer { vocab_size: 280, ..UnigramTrainer::default() };
        let model = train(&trainer, &WORDS).unwrap();
        assert_eq!(model.pieces[0], ("<|endoftext|>".to_owned(), 0.0));
        for c in byte_level::CHARS {
            assert!(model.pieces.iter().any(|(piece, _)| *piece == c.to_string()), "{c:?}");
        }
        let mut backwards = WORDS;
        backwards.reverse();
        for _ in 0..5 {
            assert_eq!(train(&trainer, &backwards).unwrap(), model);
        }
    }

    #[test]
    fn what_cannot_be_trained_is_an_error_and_no_panic() {
        let trainer = UnigramTrainer { vocab_size: 280, ..UnigramTrainer::default() };
        assert!(matches!(train(&trainer, &[]), Err(Error::Unigram(_))));
        let long = "a".repeat(100_000);
        assert!(matches!(train(&trainer, &[(&long, 1)]), Err(Error::Unigram(_))));
        let _ = train(&trainer, &[("a", 1)]);
        let _ = train(&trainer, &[("\0\0\0", 3), ("<UNK>", 4)]);
        let small = UnigramTrainer { vocab_size: 256, ..trainer };
        assert!(matches!(train(&small, &WORDS), Err(Error::VocabSize { least: 257, .. })));
    }

    #[test]
    fn words_beyond_the_memory_are_told() {
        let trainer = UnigramTrainer { vocab_size: 280, memory: 64 * 40, ..UnigramTrainer::default() };
        let model = train(&trainer, &WORDS).unwrap();
        assert!(model.trained.words_dropped > 0);
        assert_eq!(model.trained.words + model.trained.words_dropped, 8);
    }
}
