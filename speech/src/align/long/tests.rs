//! A language of eight sounds, each with two tones of its own, in which recordings are made.

use std::ops::Range;

use super::*;
use crate::align::{FrontEndOptions, PhoneTable, TrainOptions, train};

const SOUNDS: usize = 8;
/// Samples of a sound.
const LENGTH: usize = 1280;

struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 40) as f32) / (1u64 << 24) as f32 - 0.5
    }

    fn below(&mut self, n: usize) -> usize {
        (((self.next() + 0.5) * n as f32) as usize).min(n - 1)
    }
}

/// A word is some sounds.
fn vocabulary(noise: &mut Noise) -> Vec<Vec<usize>> {
    (0..60).map(|_| (0..3 + noise.below(4)).map(|_| noise.below(SOUNDS)).collect()).collect()
}

fn silence(samples: &mut Vec<f32>, count: usize, noise: &mut Noise) {
    samples.extend((0..count).map(|_| 0.001 * noise.next()));
}

/// Appends a word and gives its place.
fn say(samples: &mut Vec<f32>, word: &[usize], noise: &mut Noise) -> Range<u64> {
    let start = samples.len() as u64;
    for &sound in word {
        let (low, high) = (300.0 + 160.0 * sound as f32, 1800.0 + 620.0 * ((sound * 3) % SOUNDS) as f32);
        let length = LENGTH + noise.below(400);
        samples.extend((0..length).map(|n| {
            let t = n as f32 / 16_000.0 * std::f32::consts::TAU;
            let edge = (n.min(length - n) as f32 / 80.0).min(1.0);
            edge * (0.2 * (low * t).sin() + 0.1 * (high * t).sin()) + 0.005 * noise.next()
        }));
    }
    start..samples.len() as u64
}

struct World {
    front_end: FrontEnd,
    model: AcousticModel,
    words: Vec<Word>,
    sounds: Vec<Vec<usize>>,
}

fn world() -> World {
    let mut noise = Noise(7);
    let sounds = vocabulary(&mut noise);
    let mut phones = PhoneTable::default();
    let label = |s: &usize| format!("s{s}");
    let words: Vec<Word> = sounds.iter().map(|w| phones.word(&[w.iter().map(label).collect()])).collect();
    let front_end = FrontEnd::new(FrontEndOptions::default()).unwrap();
    let utterances: Vec<Utterance> = (0..24)
        .map(|_| {
            let mut samples = Vec::new();
            let said: Vec<usize> = (0..5).map(|_| noise.below(sounds.len())).collect();
            silence(&mut samples, 2400, &mut noise);
            for &w in &said {
                say(&mut samples, &sounds[w], &mut noise);
                if noise.below(2) == 0 {
                    silence(&mut samples, 1600, &mut noise);
                }
            }
            silence(&mut samples, 2400, &mut noise);
            let words = said.iter().map(|&w| words[w].clone()).collect();
            Utterance { features: front_end.compute(&samples), words }
        })
        .collect();
    let options = TrainOptions { iterations: 16, gaussians: 60, ..TrainOptions::default() };
    let model = train(&utterances, &phones, front_end.options(), &options).unwrap();
    World { front_end, model, words, sounds }
}

impl World {
    /// A recording of words, with a pause after every fourth; places of the words.
    fn record(&self, said: &[usize], seed: u64) -> (Vec<f32>, Vec<Range<u64>>) {
        let mut noise = Noise(seed);
        let mut samples = Vec::new();
        silence(&mut samples, 4000, &mut noise);
        let mut places = Vec::new();
        for (i, &w) in said.iter().enumerate() {
            places.push(say(&mut samples, &self.sounds[w], &mut noise));
            if i % 4 == 3 {
                silence(&mut samples, 8000, &mut noise);
            }
        }
        silence(&mut samples, 4000, &mut noise);
        (samples, places)
    }

    fn recording(&self, samples: &[f32]) -> Recording {
        let mut builder = RecordingBuilder::new(&self.front_end);
        builder.push(samples);
        builder.finish(&[]).unwrap()
    }

    fn align(&self, samples: &[f32], text: &[usize]) -> Outcome {
        let words: Vec<Word> = text.iter().map(|&w| self.words[w].clone()).collect();
        align(&self.model, &self.recording(samples), &words, &LongOptions::default()).unwrap()
    }
}

fn story(count: usize, seed: u64) -> Vec<usize> {
    let mut noise = Noise(seed);
    (0..count).map(|_| noise.below(60)).collect()
}

fn aligned(outcome: Outcome) -> LongAlignment {
    match outcome {
        Outcome::Aligned(alignment) => alignment,
        Outcome::Refused(evidence) => panic!("refused: {evidence:?}"),
    }
}

fn near(word: &LongWord, place: &Range<u64>) -> bool {
    word.place
        .as_ref()
        .is_some_and(|p| p.start.abs_diff(place.start) <= 1600 && p.end.abs_diff(place.end) <= 1600)
}

#[test]
fn words_have_their_places_and_what_is_wrong_is_flagged() {
    let world = world();
    let said = story(240, 3);
    let (samples, places) = world.record(&said, 4);
    // Words 50 to 53 are missing from the text, 120 is another word, and one is put in before 180.
    let other = (said[120] + 7) % 60;
    let mut text: Vec<usize> = said[..50].to_vec();
    text.extend(&said[54..120]);
    text.push(other);
    text.extend(&said[121..180]);
    text.push((said[180] + 11) % 60);
    text.extend(&said[180..]);
    let alignment = aligned(world.align(&samples, &text));
    assert_eq!(alignment.words.len(), text.len());
    let kept: Vec<(usize, usize)> = (0..50)
        .map(|w| (w, w))
        .chain((54..120).map(|w| (w - 4, w)))
        .chain((121..180).map(|w| (w - 4, w)))
        .chain((180..240).map(|w| (w - 3, w)))
        .collect();
    let right = kept.iter().filter(|(t, s)| near(&alignment.words[*t], &places[*s])).count();
    assert!(right * 100 >= kept.len() * 97, "{right} of {}", kept.len());
    let sure = kept.iter().filter(|(t, _)| alignment.words[*t].status == Status::Ok).count();
    assert!(sure * 100 >= kept.len() * 90, "{sure} of {}", kept.len());
    assert_ne!(alignment.words[116].status, Status::Ok);
    assert_ne!(alignment.words[176].status, Status::Ok);
    let missing = places[50].start..places[53].end;
    // A short word beside it may be heard in it.
    let covered: u64 = alignment
        .gaps
        .iter()
        .map(|g| g.end.min(missing.end).saturating_sub(g.start.max(missing.start)))
        .sum();
    let length = missing.end - missing.start;
    assert!(covered * 10 >= length * 6, "{covered} of {length}: {:?}", alignment.gaps);

    let whole = segments(&alignment, samples.len() as u64, &SegmentOptions::default());
    assert!(whole.segments.len() > 5, "{whole:?}");
    for segment in &whole.segments {
        assert_eq!(segment.bad, 0);
        let seconds = (segment.samples.end - segment.samples.start) as f64 / 16_000.0;
        assert!((1.0..=30.4).contains(&seconds));
        for (t, s) in kept.iter() {
            let (inside, place) = (segment.words.contains(t), &places[*s]);
            // The cut is in silence: what is said is inside or outside as a whole.
            let middle = (place.start + place.end) / 2;
            assert_eq!(inside, segment.samples.contains(&middle), "{segment:?} word {t}");
        }
    }
    let mut covered: Vec<usize> = whole.segments.iter().flat_map(|s| s.words.clone()).collect();
    covered.extend(whole.left_out.iter().flat_map(|l| l.words.clone()));
    covered.sort_unstable();
    assert_eq!(covered, (0..text.len()).collect::<Vec<_>>());

    let words: Vec<Word> = text.iter().map(|&w| world.words[w].clone()).collect();
    let own = training_utterances(&world.front_end, &world.recording(&samples), &words, &alignment);
    assert!(own.iter().map(|u| u.words.len()).sum::<usize>() > 150);
}

#[test]
fn another_transcript_is_refused() {
    let world = world();
    let (samples, _) = world.record(&story(200, 5), 6);
    let outcome = world.align(&samples, &story(200, 99));
    assert!(matches!(outcome, Outcome::Refused(e) if e.share() < 0.1), "{outcome:?}");
    // No words, no sound, nothing at all.
    assert!(matches!(world.align(&samples, &[]), Outcome::Refused(_)));
    assert!(matches!(world.align(&[0.0; 40_000], &story(20, 5)), Outcome::Refused(_)));
    assert!(matches!(world.align(&[], &[]), Outcome::Refused(_)));
    assert!(matches!(world.align(&[0.1], &[1]), Outcome::Refused(_)));
}

#[test]
fn half_a_transcript_is_aligned_with_its_half() {
    let world = world();
    let said = story(240, 8);
    let (samples, places) = world.record(&said, 9);
    let alignment = aligned(world.align(&samples, &said[120..]));
    let right = (0..120).filter(|&t| near(&alignment.words[t], &places[t + 120])).count();
    assert!(right >= 114, "{right}");
    assert!(alignment.gaps.iter().any(|g| g.before == 0 && g.start < 16_000));
}

#[test]
fn pieces_of_samples_do_not_matter() {
    let world = world();
    let (samples, _) = world.record(&story(150, 10), 11);
    let whole = world.recording(&samples);
    let mut noise = Noise(12);
    let mut builder = RecordingBuilder::new(&world.front_end);
    let mut rest = samples.as_slice();
    while !rest.is_empty() {
        let (now, later) = rest.split_at((1 + noise.below(90_000)).min(rest.len()));
        builder.push(now);
        rest = later;
    }
    let pieces = builder.finish(&[]).unwrap();
    assert_eq!(whole.cepstra, pieces.cepstra);
    assert_eq!(whole.cepstra, world.front_end.cepstra(&samples));
    assert_eq!(whole.speech(), pieces.speech());
    let mut builder = RecordingBuilder::new(&world.front_end);
    builder.push(&[0.0, f32::NAN]);
    assert_eq!(builder.finish(&[]).unwrap_err(), Error::NotFinite { frame: 0 });
}
