//! Tests of the trainer without a reference: a trainer that does the same in the plainest way.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::subword::byte_level;

type Words = Vec<(Vec<u8>, u64)>;

fn train(trainer: &BpeTrainer, words: &Words) -> BpeModel {
    train_within(trainer, words, None)
}

fn train_within(trainer: &BpeTrainer, words: &Words, place_bytes: Option<usize>) -> BpeModel {
    let each = &mut |each: &mut dyn FnMut(&[u8], u64)| -> Result<(), Error> {
        words.iter().for_each(|(word, count)| each(word, *count));
        Ok(())
    };
    trainer.train_within(place_bytes, each, &mut |_| ()).unwrap()
}

/// Words that are different, with counts.
fn words(letters: u8, longest: usize) -> impl Strategy<Value = Words> {
    let word = prop::collection::vec(b'a'..b'a' + letters, 1..longest);
    prop::collection::btree_map(word, 1u64..30, 1..60).prop_map(|map| map.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn memory_changes_nothing(words in words(3, 14), vocab_size in 260usize..400, floor in 0u64..4) {
        let trainer = BpeTrainer { vocab_size, min_frequency: floor, ..BpeTrainer::default() };
        let model = train(&trainer, &words);
        let mut backwards = words.clone();
        backwards.reverse();
        prop_assert_eq!(train(&trainer, &backwards).merges, model.merges.clone());
        for bytes in [0, 200, 1000] {
            let tight = train_within(&trainer, &words, Some(bytes));
            prop_assert_eq!(&tight.tokens, &model.tokens);
            prop_assert_eq!(&tight.merges, &model.merges);
        }
    }
}

#[test]
fn a_token_that_two_pairs_make_has_one_id() {
    let words: Words =
        vec![(b"xabc".to_vec(), 9), (b"bc".to_vec(), 20), (b"yab".to_vec(), 15), (b"abc".to_vec(), 3)];
    let model = train(&BpeTrainer { vocab_size: 270, ..BpeTrainer::default() }, &words);
    let tokens: BTreeMap<&String, usize> = model.tokens.iter().zip(0..).collect();
    assert_eq!(tokens.len(), model.tokens.len());
}

#[test]
fn nothing_to_merge_leaves_special_tokens_and_bytes() {
    let model = train(&BpeTrainer::default(), &Vec::new());
    assert_eq!((model.tokens.len(), model.merges.len()), (257, 0));
    assert_eq!(model.tokens[1], "!");
    assert_eq!(model.tokens[256], byte_level::CHARS[0xAD].to_string());
}

#[test]
fn words_without_an_end_take_linear_time() {
    const LEN: usize = 300_000;
    let mut state = 1u64;
    let mut random = |letters: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % letters
    };
    for letters in [1, 2, 26, 256] {
        let word: Vec<u8> = (0..LEN).map(|_| random(letters) as u8).collect();
        let model =
            train(&BpeTrainer { vocab_size: 3000, ..BpeTrainer::default() }, &vec![(word.clone(), 1)]);
        let most = if letters == 1 { 257 + 17 } else { 3000 };
        assert_eq!(model.tokens.len(), most);
    }
}

#[test]
fn what_does_not_fit_is_counted() {
    let words: Words =
        (0..1000u32).map(|n| (format!("ord{n}").into_bytes(), u64::from(n / 10 + 1))).collect();
    let trainer = BpeTrainer { vocab_size: 300, memory: 4096, ..BpeTrainer::default() };
    let model = train(&trainer, &words);
    let Trained { words: kept, words_dropped, occurrences_dropped, .. } = model.trained;
    assert_eq!(kept + words_dropped, 1000);
    let dropped = words.iter().take(words_dropped as usize).map(|(_, count)| count).sum::<u64>();
    assert!(words_dropped > 0 && occurrences_dropped == dropped, "the rarest are left out");
}
