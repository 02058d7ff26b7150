//! Bands, blocks, errors and bounds of the CTC search.

use proptest::prelude::*;
use sprog_speech::align::ctc::{Band, CtcError, CtcOptions, Label, LogProbs, Star, align};

/// Scores like those of a model, from a stream of numbers that is the same everywhere.
fn scores(frames: usize, vocab: usize, seed: u64) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    (0..frames * vocab)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            -((state >> 40) as f32) / (1u32 << 21) as f32
        })
        .collect()
}

fn tokens(count: usize, vocab: usize) -> Vec<Label> {
    (0..count).map(|n| Label::Token(1 + (n * 7 % (vocab - 1)) as u32)).collect()
}

/// The sum over the path that the spans tell.
fn total(log_probs: LogProbs<'_>, found: &sprog_speech::align::ctc::CtcAlignment) -> f64 {
    let frames = found.frame_labels();
    let score = |(frame, label): (usize, &Option<Label>)| {
        let column = match label {
            Some(Label::Token(id)) => *id as usize,
            _ => 0,
        };
        f64::from(log_probs.row(frame)[column])
    };
    frames.iter().enumerate().map(score).sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn blocks_give_what_the_whole_table_gives(frames in 200usize..600, count in 1usize..150, seed: u64) {
        let scores = scores(frames, 5, seed);
        let log_probs = LogProbs::new(&scores, 5).expect("valid");
        let labels = tokens(count, 5);
        let whole = align(log_probs, &labels, &CtcOptions::default());
        let few = CtcOptions { memory_bytes: (count + 1) * 450 + 12_000, ..CtcOptions::default() };
        let blocks = align(log_probs, &labels, &few);
        if let (Ok(whole), Ok(blocks)) = (&whole, &blocks) {
            prop_assert!(blocks.memory_bytes <= few.memory_bytes);
            prop_assert_eq!(&whole.spans, &blocks.spans);
            prop_assert!((total(log_probs, whole) - whole.log_prob).abs() < 1e-6);
        } else {
            let lacks_memory = matches!(whole, Err(CtcError::Memory { .. }));
            prop_assert!(!lacks_memory);
        }
    }

    #[test]
    fn a_band_is_never_better(frames in 60usize..300, count in 1usize..60, width in 0usize..40, seed: u64) {
        let scores = scores(frames, 6, seed);
        let log_probs = LogProbs::new(&scores, 6).expect("valid");
        let labels = tokens(count, 6);
        let whole = align(log_probs, &labels, &CtcOptions::default()).expect("a path");
        prop_assert!(!whole.at_band_edge);
        let narrow = CtcOptions { band: Band::Diagonal(width), ..CtcOptions::default() };
        if let Ok(banded) = align(log_probs, &labels, &narrow) {
            prop_assert!(banded.log_prob <= whole.log_prob);
            prop_assert!((total(log_probs, &banded) - banded.log_prob).abs() < 1e-6);
        }
    }

    #[test]
    fn windows_around_the_best_path_find_it_again(frames in 60usize..300, count in 1usize..60, seed: u64) {
        let scores = scores(frames, 6, seed);
        let log_probs = LogProbs::new(&scores, 6).expect("valid");
        let labels = tokens(count, 6);
        let whole = align(log_probs, &labels, &CtcOptions::default()).expect("a path");
        let windows = (0..frames).map(|frame| {
            let first = whole.spans.iter().filter(|span| span.end <= frame).count();
            first.saturating_sub(2)..(first + 3).min(count + 1)
        });
        let options = CtcOptions { band: Band::Windows(windows.collect()), ..CtcOptions::default() };
        let banded = align(log_probs, &labels, &options).expect("a path");
        prop_assert_eq!((banded.spans, banded.log_prob), (whole.spans, whole.log_prob));
    }

    #[test]
    fn no_input_panics(
        scores in prop::collection::vec(prop_oneof![-9f32..0.0, Just(f32::NEG_INFINITY), any::<f32>()], 0..80),
        vocab in 0usize..6,
        labels in prop::collection::vec((0u32..7).prop_map(|n| if n == 6 { Label::Star } else { Label::Token(n) }), 0..20),
        blank in 0u32..6,
        width in prop_oneof![0usize..9, Just(usize::MAX)],
        windows in prop::collection::vec((0usize..9).prop_flat_map(|start| start..start + 9).prop_map(|end| end.min(5)..end), 0..30),
        star in any::<f32>(),
        memory_bytes in prop_oneof![0usize..5000, Just(usize::MAX)],
    ) {
        let Ok(log_probs) = LogProbs::new(&scores, vocab) else { return Ok(()) };
        for band in [Band::Whole, Band::Diagonal(width), Band::Windows(windows)] {
            for star in [Star::Constant(star), Star::BelowBest(star)] {
                let options = CtcOptions { blank, star, band: band.clone(), memory_bytes };
                if let Ok(found) = align(log_probs, &labels, &options) {
                    prop_assert_eq!(found.spans.len(), labels.len());
                    prop_assert!(found.spans.windows(2).all(|pair| pair[0].end <= pair[1].start));
                }
            }
        }
    }
}

#[test]
fn memory_grows_with_the_band_and_not_with_the_labels() {
    let frames = 20_000;
    let scores = scores(frames, 4, 1);
    let log_probs = LogProbs::new(&scores, 4).expect("valid");
    let used = |count, band| {
        let options = CtcOptions { band, memory_bytes: usize::MAX, ..CtcOptions::default() };
        align(log_probs, &tokens(count, 4), &options).expect("a path").memory_bytes
    };
    // Half a byte a place and frame, 16 bytes a frame, and less than 100 bytes a label.
    assert!(used(2_000, Band::Whole) <= frames * (2_001 / 2 + 1 + 16) + 2_001 * 100);
    let narrow = used(2_000, Band::Diagonal(100));
    assert!(narrow <= frames * (201 / 2 + 1 + 16) + 2_001 * 100, "{narrow}");
    assert!(used(4_000, Band::Diagonal(100)) - narrow < 2_000 * 100);
    // Without a band, in a tenth of the memory.
    let options = CtcOptions { memory_bytes: 2_600_000, ..CtcOptions::default() };
    assert!(align(log_probs, &tokens(2_000, 4), &options).is_ok());
}

#[test]
fn what_is_wrong_is_said() {
    let error = |scores: &[f32], vocab, labels: &[Label], options: &CtcOptions| {
        LogProbs::new(scores, vocab)
            .and_then(|log_probs| align(log_probs, labels, options))
            .expect_err("refused")
            .to_string()
    };
    let plain = CtcOptions::default();
    let one = [Label::Token(1)];
    assert_eq!(error(&[0.0; 5], 2, &one, &plain), "5 scores are not whole frames of 2 labels");
    assert_eq!(error(&[], 0, &one, &plain), "0 scores are not whole frames of 0 labels");
    assert_eq!(
        error(&[0.0, 0.0, 0.0, f32::NAN], 2, &one, &plain),
        "frame 1: the score of label 1 is NaN, not a log-probability"
    );
    assert_eq!(
        error(&[0.0; 4], 2, &[Label::Token(1); 2], &plain),
        "2 frames are too few for 2 labels and a blank between 1 repeated ones"
    );
    assert_eq!(
        error(&[], 2, &one, &plain),
        "0 frames are too few for 1 labels and a blank between 0 repeated ones"
    );
    assert_eq!(
        error(&[0.0; 4], 2, &[Label::Token(2)], &plain),
        "label 0: 2 is not one of 2 columns, or is the blank"
    );
    assert_eq!(
        error(&[0.0; 4], 2, &[Label::Token(0)], &plain),
        "label 0: 0 is not one of 2 columns, or is the blank"
    );
    let blank = CtcOptions { blank: 2, ..CtcOptions::default() };
    assert_eq!(error(&[0.0; 4], 2, &one, &blank), "the blank 2 is not one of 2 columns, or is the blank");
    assert_eq!(
        error(&[0.0, f32::NEG_INFINITY], 2, &one, &plain),
        "no path through the scores says these labels: each has a probability of zero"
    );
    let band = CtcOptions { band: Band::Windows(vec![0..1, 0..3]), ..CtcOptions::default() };
    assert_eq!(
        error(&[0.0; 4], 2, &one, &band),
        "frame 1: the band is empty, or goes past the place after the last label"
    );
    let star = CtcOptions { star: Star::BelowBest(-1.0), ..CtcOptions::default() };
    assert_eq!(error(&[0.0; 4], 2, &one, &star), "-1 is not a score or penalty for the star");
    let little = CtcOptions { memory_bytes: 10, ..CtcOptions::default() };
    assert!(error(&[0.0; 4], 2, &one, &little).starts_with("the search needs "));
}

#[test]
fn no_labels_are_a_path_of_blanks() {
    let log_probs = LogProbs::new(&[-1.0, -2.0, -3.0, -4.0], 2).expect("valid");
    let found = align(log_probs, &[], &CtcOptions::default()).expect("a path");
    assert_eq!((found.log_prob, found.spans.len(), found.frame_labels()), (-4.0, 0, vec![None; 2]));
    let nothing = align(LogProbs::new(&[], 2).expect("valid"), &[], &CtcOptions::default());
    assert_eq!(nothing.expect("a path").frames, 0);
}

#[test]
fn a_path_along_the_edge_of_its_band_is_told() {
    // All of ten labels are said in the last ten of 100 frames.
    let said = |frame: usize, column: usize| (frame < 90) == (column == 0);
    let scores: Vec<f32> = (0..300).map(|at| if said(at / 3, at % 3) { -0.1 } else { -9.0 }).collect();
    let log_probs = LogProbs::new(&scores, 3).expect("valid");
    let labels: Vec<Label> = (0..10).map(|n| Label::Token(1 + n % 2)).collect();
    let at_edge = |width| {
        let options = CtcOptions { band: Band::Diagonal(width), ..CtcOptions::default() };
        align(log_probs, &labels, &options).expect("a path").at_band_edge
    };
    assert!(at_edge(3) && !at_edge(10));
}

#[test]
fn a_star_takes_what_the_transcript_lacks() {
    // Blank, a, b; heard: b b a. The transcript says only a.
    let heard = [-5.0, -5.0, -0.1, -5.0, -5.0, -0.1, -5.0, -0.1, -5.0];
    let log_probs = LogProbs::new(&heard, 3).expect("valid");
    let options = CtcOptions { star: Star::BelowBest(0.5), ..CtcOptions::default() };
    let found = align(log_probs, &[Label::Star, Label::Token(1)], &options).expect("a path");
    assert_eq!((found.spans[0].start, found.spans[0].end, found.spans[1].start), (0, 2, 2));
    assert!((found.spans[0].mean_log_prob + 0.6).abs() < 1e-6);
}
