//! Our merges are those of the crate `tokenizers`.
#![allow(clippy::unwrap_used, reason = "a reference that fails is to fail the test")]

use proptest::prelude::*;
use tokenizers::Trainer;
use tokenizers::models::bpe::{BPE, BpeTrainer as Theirs};

use super::*;
use crate::subword::byte_level;

/// The tokens by id, and the merges as they are written to a file.
fn theirs(ours: &BpeTrainer, words: &[(Vec<u8>, u64)]) -> (Vec<String>, Vec<(String, String)>) {
    let special = ours.special_tokens.iter().map(|t| tokenizers::AddedToken::from(t.clone(), true)).collect();
    let mut trainer = Theirs::builder()
        .show_progress(false)
        .vocab_size(ours.vocab_size)
        .min_frequency(ours.min_frequency)
        .max_token_length(ours.max_token_length)
        .special_tokens(special)
        .initial_alphabet(byte_level::CHARS.iter().copied().collect())
        .build();
    trainer
        .feed(words.iter().map(|(word, count)| format!("{count} {}", byte_level::encode(word))), |line| {
            let (count, word) = line.split_once(' ').unwrap();
            Ok(vec![word.to_owned(); count.parse()?])
        })
        .unwrap();
    let mut model = BPE::default();
    trainer.train(&mut model).unwrap();
    let json: serde_json::Value = serde_json::to_value(&model).unwrap();
    let mut tokens: Vec<(u64, String)> =
        json["vocab"].as_object().unwrap().iter().map(|(t, id)| (id.as_u64().unwrap(), t.clone())).collect();
    tokens.sort();
    let merges = json["merges"].as_array().unwrap().iter();
    let merges = merges.map(|m| (m[0].as_str().unwrap().to_owned(), m[1].as_str().unwrap().to_owned()));
    (tokens.into_iter().map(|(_, token)| token).collect(), merges.collect())
}

fn ours(trainer: &BpeTrainer, words: &[(Vec<u8>, u64)]) -> (Vec<String>, Vec<(String, String)>) {
    let mut counts = WordCounts::new();
    words.iter().for_each(|(word, count)| counts.add(word, *count));
    let each = &mut |each: &mut dyn FnMut(&[u8], u64)| -> Result<(), Error> {
        counts.for_each(each);
        Ok(())
    };
    let model = trainer.train(each, &mut |_| ()).unwrap();
    let token = |id: u32| model.tokens[id as usize].clone();
    let merges = model.merges.iter().map(|&(a, b)| (token(a), token(b))).collect();
    (model.tokens.clone(), merges)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn merges_are_theirs_on_random_words(
        words in prop::collection::btree_map(prop::collection::vec(b'a'..b'd', 1..12), 1u64..40, 1..50),
        vocab_size in 260usize..360,
        min_frequency in 0u64..4,
        max_token_length in prop::option::of(0usize..8),
    ) {
        let words: Vec<(Vec<u8>, u64)> = words.into_iter().collect();
        let trainer = BpeTrainer { vocab_size, min_frequency, max_token_length, ..BpeTrainer::default() };
        prop_assert_eq!(ours(&trainer, &words), theirs(&trainer, &words));
    }
}
