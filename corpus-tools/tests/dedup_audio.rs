//! The search for recordings that are in a corpus twice, on fingerprints made up of random frames.

use proptest::prelude::*;
use sprog::dedup::audio::{Candidates, Counts, Options, Pair};
use sprog_speech::fingerprint::Fingerprint;

struct Random(u64);

impl Random {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 32) as u32
    }
}

fn frames(seed: u64, count: usize) -> Vec<u32> {
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    (0..count).map(|_| random.next()).collect()
}

/// Flips one bit in so many of the frames.
fn worn(frames: &[u32], one_in: u32, seed: u64) -> Vec<u32> {
    let mut random = Random(seed);
    let mut flip = || if random.next().is_multiple_of(one_in) { 1 << (random.next() >> 27) } else { 0 };
    frames.iter().map(|f| f ^ flip()).collect()
}

fn search(corpus: &[Vec<u32>], options: &Options, wanted: impl Fn(u32, u32) -> bool) -> (Vec<Pair>, Counts) {
    let dir = tempfile::tempdir().expect("dir");
    let mut candidates = Candidates::new(dir.path(), options.clone());
    for (recording, frames) in (0u32..).zip(corpus) {
        candidates.push(recording, &Fingerprint::from_frames(frames.clone())).expect("pushes");
    }
    let mut pairs = Vec::new();
    let stored = |recording: u32| Ok(corpus.get(recording as usize).cloned().map(Fingerprint::from_frames));
    let found = |pair| {
        pairs.push(pair);
        Ok(())
    };
    let counts = candidates.verify(wanted, stored, found).expect("verifies");
    assert_eq!(std::fs::read_dir(dir.path()).expect("lists").count(), 0, "nothing is left");
    (pairs, counts)
}

fn numbers(pairs: &[Pair]) -> Vec<(u32, u32, i64)> {
    pairs.iter().map(|p| (p.first, p.second, p.found.offset_frames)).collect()
}

/// Ten recordings; 3 is an excerpt of 0, 7 a worn copy of 5 with a late start.
fn corpus() -> Vec<Vec<u32>> {
    let mut corpus: Vec<Vec<u32>> = (1..=10).map(|seed| frames(seed, 300)).collect();
    corpus[3] = corpus[0][100..220].to_vec();
    corpus[7] = [frames(99, 40), worn(&corpus[5], 2, 4)].concat();
    corpus
}

#[test]
fn copies_and_excerpts_are_found_at_their_offsets() {
    let (pairs, counts) = search(&corpus(), &Options::default(), |_, _| true);
    assert_eq!(numbers(&pairs), [(0, 3, 100), (5, 7, -40)]);
    assert_eq!((pairs[0].found.bit_error_rate, pairs[0].found.overlap_frames), (0.0, 120));
    assert!((0.01..0.025).contains(&pairs[1].found.bit_error_rate), "{:?}", pairs[1]);
    assert_eq!((counts.candidates, counts.matched, counts.common_keys), (2, 2, 0));
}

#[test]
fn only_wanted_pairs_are_looked_at() {
    let (pairs, counts) = search(&corpus(), &Options::default(), |a, b| a < 5 && b >= 5);
    assert_eq!((pairs.len(), counts.sharing), (0, 0));
    let (pairs, _) = search(&corpus(), &Options::default(), |a, b| a == 5 && b == 7);
    assert_eq!(numbers(&pairs), [(5, 7, -40)]);
}

#[test]
fn memory_does_not_change_the_result() {
    let want = search(&corpus(), &Options::default(), |_, _| true);
    for memory_bytes in [0, 100, 5_000] {
        let options = Options { memory_bytes, ..Options::default() };
        assert_eq!(search(&corpus(), &options, |_, _| true), want);
    }
}

#[test]
fn neighbouring_diagonals_vote_together() {
    let one = frames(1, 26);
    // One key at offset 0 and one at offset −1.
    let other = [&one[..13], &frames(2, 1), &one[13..]].concat();
    let counts = |least_votes| {
        let corpus = [one.clone(), other.clone()];
        search(&corpus, &Options { least_votes, ..Options::default() }, |_, _| true).1
    };
    assert_eq!((counts(2).sharing, counts(2).candidates, counts(3).candidates), (1, 1, 0));
}

#[test]
fn a_key_in_too_many_recordings_is_skipped_and_counted() {
    let jingle = frames(77, 60);
    let corpus: Vec<Vec<u32>> =
        (0..12).map(|seed| [frames(200 + seed, 50), jingle.clone()].concat()).collect();
    let (pairs, counts) =
        search(&corpus, &Options { most_recordings: 12, ..Options::default() }, |_, _| true);
    assert_eq!((pairs.len(), counts.common_keys), (66, 0));
    let (pairs, counts) =
        search(&corpus, &Options { most_recordings: 11, ..Options::default() }, |_, _| true);
    assert_eq!((pairs.len(), counts.common_keys, counts.sharing), (0, 48, 0));
}

#[test]
fn ten_thousand_identical_recordings_take_bounded_work() {
    let one = frames(5, 60);
    let corpus = vec![one; 10_000];
    let (pairs, counts) = search(&corpus, &Options::default(), |_, _| true);
    assert_eq!((pairs.len(), counts.keys, counts.common_keys), (0, 480_000, 48));
}

#[test]
fn one_recording_of_one_repeated_key_takes_bounded_work() {
    // Two frames by turns, so that every key differs from the one before.
    let turns: Vec<u32> = (0..200_000).map(|n| if n % 2 == 0 { 0xaaaa_5555 } else { 0x1234_8765 }).collect();
    let (pairs, counts) = search(&[turns.clone(), turns], &Options::default(), |_, _| true);
    assert_eq!((pairs.len(), counts.sharing), (0, 1));
}

#[test]
fn a_lost_fingerprint_is_no_pair_and_a_failure_is_passed_on() {
    let dir = tempfile::tempdir().expect("dir");
    let filled = || {
        let mut candidates = Candidates::new(dir.path(), Options::default());
        for (recording, frames) in (0u32..).zip(corpus()) {
            candidates.push(recording, &Fingerprint::from_frames(frames)).expect("pushes");
        }
        candidates
    };
    let counts = filled().verify(|_, _| true, |_| Ok(None), |_| Ok(())).expect("verifies");
    assert_eq!((counts.candidates, counts.matched), (2, 0));
    let full = || sprog_datasets::Error::io(std::path::Path::new("x"))(std::io::Error::other("full"));
    assert!(filled().verify(|_, _| true, |_| Err(full()), |_| Ok(())).is_err());
}

#[test]
fn an_empty_corpus_and_empty_recordings_have_no_pairs() {
    assert_eq!(search(&[], &Options::default(), |_, _| true), (Vec::new(), Counts::default()));
    assert_eq!(search(&vec![Vec::new(); 1000], &Options::default(), |_, _| true).0, []);
    let zero = Options { most_recordings: 0, least_votes: 0, one_key_in: 0, memory_bytes: 0 };
    assert_eq!(numbers(&search(&corpus(), &zero, |_, _| true).0), [(0, 3, 100), (5, 7, -40)]);
}

proptest! {
    #[test]
    fn every_planted_copy_is_found_and_nothing_else(
        seed in 1u64..1000, start in 0usize..150, lead in 0usize..100, one_key_in in 1u32..4, one_in in 2u32..20,
    ) {
        let mut corpus: Vec<Vec<u32>> = (0..6).map(|n| frames(seed * 10 + n, 300)).collect();
        corpus[4] = [frames(seed + 50_000, lead), worn(&corpus[1][start..start + 150], one_in, seed)].concat();
        let options = Options { one_key_in, ..Options::default() };
        let (pairs, _) = search(&corpus, &options, |_, _| true);
        prop_assert_eq!(numbers(&pairs), [(1, 4, start as i64 - lead as i64)]);
    }
}
