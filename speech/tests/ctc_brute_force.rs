//! The search against all alignments of small cases, written out.

use proptest::prelude::*;
use sprog_speech::align::ctc::{Band, CtcError, CtcOptions, Label, LogProbs, Star, align};

const BLANK: u32 = 0;

/// A case with scores in eighths, so that sums are exact and ties are many.
#[derive(Clone, Debug)]
struct Case {
    vocab: usize,
    scores: Vec<f32>,
    labels: Vec<Label>,
    star: Star,
}

fn case() -> impl Strategy<Value = Case> {
    (2usize..5, 1usize..8, 0usize..5).prop_flat_map(|(vocab, frames, labels)| {
        let score = prop_oneof![
            8 => (-8i8..1).prop_map(|n| f32::from(n) / 8.0),
            1 => Just(f32::NEG_INFINITY)
        ];
        let label = prop_oneof![
            4 => (1..vocab as u32).prop_map(Label::Token),
            1 => Just(Label::Star)
        ];
        let star = prop_oneof![
            (-8i8..1).prop_map(|n| Star::Constant(f32::from(n) / 8.0)),
            (0i8..8).prop_map(|n| Star::BelowBest(f32::from(n) / 8.0)),
        ];
        (prop::collection::vec(score, vocab * frames), prop::collection::vec(label, labels), star)
            .prop_map(move |(scores, labels, star)| Case { vocab, scores, labels, star })
    })
}

fn score(case: &Case, frame: usize, label: Option<Label>) -> f64 {
    let row = &case.scores[frame * case.vocab..(frame + 1) * case.vocab];
    f64::from(match (label, case.star) {
        (None, _) => row[BLANK as usize],
        (Some(Label::Token(id)), _) => row[id as usize],
        (Some(Label::Star), Star::Constant(score)) => score,
        (Some(Label::Star), Star::BelowBest(penalty)) => {
            row.iter().copied().fold(f32::NEG_INFINITY, f32::max) - penalty
        }
    })
}

/// Labels of the frames of a path, collapsed by the rule of CTC: runs of one label, without blanks.
fn says(path: &[Option<usize>], count: usize) -> bool {
    let mut runs: Vec<Option<usize>> = path.to_vec();
    runs.dedup();
    runs.into_iter().flatten().eq(0..count)
}

/// The best path by trying each. A path names the label (by its number) or blank of each frame.
fn brute_force(case: &Case) -> Option<(f64, Vec<Option<usize>>)> {
    let frames = case.scores.len() / case.vocab;
    let count = case.labels.len();
    let mut best: Option<(f64, Vec<Option<usize>>)> = None;
    let mut path: Vec<Option<usize>> = vec![None; frames];
    loop {
        let equal_touch = path.windows(2).any(|pair| match (pair[0], pair[1]) {
            (Some(a), Some(b)) => a != b && case.labels[a] == case.labels[b],
            _ => false,
        });
        if says(&path, count) && !equal_touch {
            let labels = path.iter().map(|at| at.map(|at| case.labels[at]));
            let total: f64 = labels.enumerate().map(|(frame, label)| score(case, frame, label)).sum();
            let better = match &best {
                None => true,
                Some((most, held)) => total > *most || (total == *most && further(&path, held)),
            };
            if total > f64::NEG_INFINITY && better {
                best = Some((total, path.clone()));
            }
        }
        // The next path, counting in base count + 1.
        let Some(at) = path.iter().position(|at| *at != count.checked_sub(1)) else { return best };
        path[..at].fill(None);
        path[at] = Some(path[at].map_or(0, |label| label + 1));
    }
}

/// Whether `path` is further along than `other` at the last frame where they differ.
fn further(path: &[Option<usize>], other: &[Option<usize>]) -> bool {
    let states = |path: &[Option<usize>]| {
        let mut state = 0;
        let mut states = Vec::new();
        for at in path {
            // Label n is state 2n + 1; the blank after it 2n + 2.
            state = at.map_or(state + state % 2, |label| 2 * label + 1);
            states.push(state);
        }
        states.reverse();
        states
    };
    states(path) > states(other)
}

fn check(case: &Case, options: &CtcOptions) -> Result<(), TestCaseError> {
    let log_probs = LogProbs::new(&case.scores, case.vocab).expect("valid");
    let found = align(log_probs, &case.labels, options);
    match brute_force(case) {
        None => prop_assert!(
            matches!(found, Err(CtcError::NoPath { .. } | CtcError::TooShort { .. })),
            "{found:?}"
        ),
        Some((total, path)) => {
            let found = found.expect("a path");
            prop_assert_eq!(found.log_prob, total);
            let mut held = vec![None; path.len()];
            for (at, span) in found.spans.iter().enumerate() {
                prop_assert!(span.start < span.end);
                held[span.start..span.end].fill(Some(at));
                let scores: Vec<f64> =
                    (span.start..span.end).map(|frame| score(case, frame, Some(span.label))).collect();
                let mean = scores.iter().sum::<f64>() / scores.len() as f64;
                prop_assert_eq!(span.mean_log_prob, mean as f32);
                prop_assert_eq!(span.min_log_prob, scores.iter().copied().fold(0.0, f64::min) as f32);
            }
            prop_assert_eq!(held, path);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_best_of_all_alignments_is_found(case in case()) {
        let options = CtcOptions { blank: BLANK, star: case.star, ..CtcOptions::default() };
        check(&case, &options)?;
    }

}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn with_little_memory_too(case in case(), block in 1usize..8) {
        let frames = case.scores.len() / case.vocab;
        let options = CtcOptions { star: case.star, ..CtcOptions::default() };
        // From what each block costs to what is never enough.
        let memory_bytes = (case.labels.len() + 1) * (53 + 16 * block) + frames * 17;
        let few = CtcOptions { memory_bytes, ..options.clone() };
        let log_probs = LogProbs::new(&case.scores, case.vocab).expect("valid");
        match align(log_probs, &case.labels, &few) {
            Err(CtcError::Memory { .. }) => {}
            found => {
                let whole = align(log_probs, &case.labels, &options);
                let same = |a: &sprog_speech::align::ctc::CtcAlignment| (a.log_prob, a.spans.clone());
                prop_assert_eq!(found.as_ref().map(same), whole.as_ref().map(same));
            }
        }
    }

    #[test]
    fn a_band_that_leaves_nothing_out_changes_nothing(case in case()) {
        let frames = case.scores.len() / case.vocab;
        let places = case.labels.len() + 1;
        for band in [Band::Diagonal(places), Band::Diagonal(usize::MAX), Band::Windows(vec![0..places; frames])] {
            let options = CtcOptions { star: case.star, band, ..CtcOptions::default() };
            check(&case, &options)?;
        }
    }
}
