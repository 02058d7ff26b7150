//! Training and alignment on made-up speech: every phone is a tone of its own.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use sprog_speech::align::*;

const PHONES: [(&str, f64); 5] = [("a", 700.0), ("b", 1500.0), ("c", 2600.0), ("d", 4000.0), ("e", 5500.0)];
const WORDS: [&[&str]; 5] = [&["a", "b"], &["c", "d", "a"], &["e"], &["b", "c"], &["d", "e", "b"]];

struct Made {
    samples: Vec<f32>,
    words: Vec<usize>,
    starts: Vec<usize>,
}

fn noise(state: &mut u64) -> f32 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    (*state >> 40) as f32 / (1 << 24) as f32 - 0.5
}

fn speak(words: &[usize], seed: u64) -> Made {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut made = Made { samples: Vec::new(), words: words.to_vec(), starts: Vec::new() };
    let silence = |made: &mut Made, state: &mut u64, length: usize| {
        made.samples.extend((0..length).map(|_| 0.0005 * noise(state)));
    };
    silence(&mut made, &mut state, 1600);
    for (i, word) in words.iter().enumerate() {
        made.starts.push(made.samples.len());
        for phone in WORDS[*word] {
            let hz = PHONES.iter().find(|p| p.0 == *phone).unwrap().1;
            let length = 960 + (noise(&mut state).abs() * 1600.0) as usize;
            for n in 0..length {
                let tone = (std::f64::consts::TAU * hz * n as f64 / 16_000.0).sin() as f32;
                made.samples.push(0.3 * tone + 0.02 * noise(&mut state));
            }
        }
        if i % 3 == 2 {
            silence(&mut made, &mut state, 1200);
        }
    }
    silence(&mut made, &mut state, 1600);
    made
}

fn corpus(count: u64) -> Vec<Made> {
    (0..count)
        .map(|u| {
            speak(&(0..6).map(|i| ((u * 7 + i * i * 3 + i * u) % 5) as usize).collect::<Vec<_>>(), u + 1)
        })
        .collect()
}

fn trained(options: &TrainOptions) -> (AcousticModel, FrontEnd, Vec<Made>, Vec<Utterance>) {
    let plan = FrontEnd::new(FrontEndOptions::default()).unwrap();
    let mut phones = PhoneTable::default();
    let made = corpus(24);
    let utterances: Vec<Utterance> = made
        .iter()
        .map(|m| Utterance {
            features: plan.compute(&m.samples),
            words: m.words.iter().map(|w| phones.word(&[WORDS[*w].to_vec()])).collect(),
        })
        .collect();
    let model = train(&utterances, &phones, plan.options(), options).unwrap();
    (model, plan, made, utterances)
}

fn small() -> TrainOptions {
    TrainOptions { iterations: 12, gaussians: 30, ..TrainOptions::default() }
}

#[test]
fn a_flat_start_finds_the_words_and_the_model_survives_as_bytes() {
    let (model, plan, made, utterances) = trained(&small());
    let bytes = model.to_bytes();
    let again = AcousticModel::from_bytes(&bytes).unwrap();
    assert_eq!(again, model);
    let shift = plan.options().shift_samples();
    let (mut near, mut all) = (0, 0);
    for (made, utterance) in made.iter().zip(&utterances) {
        let alignment = again.align(&utterance.features, &utterance.words, &AlignOptions::default()).unwrap();
        for (word, start) in alignment.words.iter().zip(&made.starts) {
            all += 1;
            near += usize::from((word.start * shift).abs_diff(*start) <= 320);
            assert!(word.start < word.end && word.pronunciation == Some(0));
        }
        assert!(alignment.words.windows(2).all(|w| w[0].end <= w[1].start));
    }
    assert!(near * 100 >= all * 95, "{near} of {all} within 20 ms");
}

#[test]
fn a_wrong_word_scores_below_a_right_one_and_is_flagged() {
    let (model, _, _, utterances) = trained(&small());
    let (mut right, mut wrong, mut flagged) = (0f32, 0f32, 0);
    for utterance in &utterances {
        let sound = model.align(&utterance.features, &utterance.words, &AlignOptions::default()).unwrap();
        right += sound.words[2].score;
        let mut words = utterance.words.clone();
        let other = utterances
            .iter()
            .flat_map(|u| &u.words)
            .find(|w| w.pronunciations[0][0] != words[2].pronunciations[0][0]);
        words[2] = other.unwrap().clone();
        let spoilt = model.align(&utterance.features, &words, &AlignOptions::default()).unwrap();
        wrong += spoilt.words[2].score;
        flagged += usize::from(spoilt.words[2].status != Status::Ok);
    }
    assert!(right > 2.0 * wrong && flagged * 10 >= utterances.len() * 9, "{right} {wrong} {flagged}");
}

#[test]
fn a_skippable_word_that_was_not_said_is_unaligned_and_empty() {
    let (model, _, _, utterances) = trained(&small());
    let utterance = &utterances[3];
    let mut words = utterance.words.clone();
    let mut extra = words[0].clone();
    extra.pronunciations = vec![[4u16, 1, 5, 2, 4, 3].iter().map(|p| p % 6).map(|p| p.max(1)).collect()];
    extra.skippable = true;
    words.insert(3, extra);
    let alignment = model.align(&utterance.features, &words, &AlignOptions::default()).unwrap();
    assert_eq!(alignment.words[3].pronunciation, None);
    assert_eq!(alignment.words[3].start, alignment.words[3].end);
    assert_eq!(alignment.words[3].status, Status::Unaligned);
    assert_eq!(alignment.words.len(), words.len());
}

#[test]
fn the_right_pronunciation_is_chosen() {
    let (model, _, _, utterances) = trained(&small());
    let mut words = utterances[0].words.clone();
    let wrong =
        words.iter().map(|w| w.pronunciations[0].clone()).find(|p| *p != words[1].pronunciations[0]).unwrap();
    words[1].pronunciations.insert(0, wrong);
    let alignment = model.align(&utterances[0].features, &words, &AlignOptions::default()).unwrap();
    assert_eq!(alignment.words[1].pronunciation, Some(1));
}

#[test]
fn chunks_merged_in_order_give_the_same_model_for_any_threads() {
    let (_, plan, _, utterances) = trained(&small());
    let (model, ..) = trained(&small());
    let run = |threads: bool| {
        let mut trainer = Trainer::new(&utterances, model.phones(), plan.options(), &small()).unwrap();
        let mut labels: Vec<Labels> = Vec::new();
        while !trainer.is_done() {
            if trainer.realigns() {
                labels = utterances.iter().map(|u| trainer.label(u)).collect();
            }
            let sum = |from: usize| {
                let mut sums = trainer.accumulator();
                for i in from..(from + 6).min(utterances.len()) {
                    sums.add_utterance(trainer.model(), &utterances[i].features, &labels[i]);
                }
                sums
            };
            let parts: Vec<Accumulator> = if threads {
                std::thread::scope(|s| {
                    let sum = &sum;
                    let all: Vec<_> = (0..4).map(|c| s.spawn(move || sum(c * 6))).collect();
                    all.into_iter().map(|h| h.join().unwrap()).collect()
                })
            } else {
                (0..4).map(|c| sum(c * 6)).collect()
            };
            let mut sums = trainer.accumulator();
            parts.iter().for_each(|p| sums.merge(p));
            trainer.update(&sums).unwrap();
        }
        trainer.into_model().to_bytes()
    };
    assert_eq!(run(false), run(true));
}

#[test]
fn a_damaged_model_is_refused_and_never_panics() {
    let (model, ..) = trained(&small());
    let bytes = model.to_bytes();
    for cut in (0..bytes.len()).step_by(97).chain(0..40) {
        assert!(AcousticModel::from_bytes(&bytes[..cut]).is_err());
    }
    for at in (0..bytes.len()).step_by(61) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x55;
        assert!(AcousticModel::from_bytes(&damaged).is_err(), "byte {at}");
        // With a checksum that fits, the numbers themselves are checked.
        let sum = damaged[28..]
            .iter()
            .fold(0xcbf2_9ce4_8422_2325u64, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3));
        damaged[20..28].copy_from_slice(&sum.to_le_bytes());
        let _ = AcousticModel::from_bytes(&damaged);
    }
}

#[test]
fn odd_input_is_told_not_a_panic() {
    let (model, plan, _, utterances) = trained(&small());
    let options = AlignOptions::default();
    let words = &utterances[0].words;
    for samples in [vec![], vec![0.1], vec![0.0; 100], vec![0.3; 3000]] {
        let features = plan.compute(&samples);
        assert!(matches!(model.align(&features, words, &options), Err(Error::TooShort { .. }) | Ok(_)));
    }
    let features = plan.compute(&[0.1, f32::NAN, f32::INFINITY].repeat(4000));
    assert!(matches!(model.align(&features, words, &options), Err(Error::NotFinite { .. })));
    let good = &utterances[0].features;
    assert!(matches!(
        model.align(good, &[Word::default()], &options),
        Err(Error::NoPronunciation { word: 0 })
    ));
    let unknown = Word { pronunciations: vec![vec![999]], skippable: false };
    assert!(matches!(model.align(good, &[unknown], &options), Err(Error::UnknownPhone { .. })));
    assert!(model.align(good, &[], &options).is_ok_and(|a| a.words.is_empty()));
    let narrow = Features { frames: 10, dim: 3, data: vec![0.0; 30] };
    assert!(matches!(model.align(&narrow, words, &options), Err(Error::Dimension { .. })));
    let silence = plan.compute(&[0.0; 32_000]);
    let alignment = model.align(&silence, words, &options).unwrap();
    assert!(alignment.status != Status::Ok);
    let none: &[Utterance] = &[];
    assert!(train(none, model.phones(), plan.options(), &small()).is_err());
    let hopeless = Utterance { features: plan.compute(&[0.1; 200]), words: words.clone() };
    assert!(train(&[hopeless], model.phones(), plan.options(), &small()).is_err());
}

#[test]
fn a_missing_phone_takes_its_fallback_or_is_named() {
    let (model, ..) = trained(&small());
    let fallback = BTreeMap::from([("x".to_owned(), "y".to_owned()), ("y".to_owned(), "a".to_owned())]);
    let word = model.phones().known_word(&[vec!["x", "b"]], &fallback).unwrap();
    assert_eq!(word.pronunciations[0][0], model.phones().get("a").unwrap());
    let error = model.phones().known_word(&[vec!["z"]], &fallback).unwrap_err();
    assert_eq!(error, Error::UnknownPhone { phone: "z".to_owned() });
    let circle = BTreeMap::from([("p".to_owned(), "q".to_owned()), ("q".to_owned(), "p".to_owned())]);
    assert!(model.phones().known_word(&[vec!["p"]], &circle).is_err());
}

#[test]
fn garbage_takes_the_place_of_a_word_that_was_not_said() {
    let (model, _, _, utterances) = trained(&small());
    let graph = GraphOptions { garbage_penalty: Some(20.0), ..GraphOptions::default() };
    let options = AlignOptions { graph, ..AlignOptions::default() };
    let sound = model.align(&utterances[5].features, &utterances[5].words, &options).unwrap();
    assert!(sound.words.iter().filter(|w| w.pronunciation.is_some()).count() >= 5);
    let mut words = utterances[5].words.clone();
    let phones = words[2].pronunciations[0].len();
    words[2].pronunciations = vec![[4u16, 2, 5, 1, 3].into_iter().cycle().take(phones + 6).collect()];
    let alignment = model.align(&utterances[5].features, &words, &options).unwrap();
    assert_eq!(alignment.words[2].pronunciation, None);
    assert_eq!(alignment.words[2].status, Status::Unaligned);
}
