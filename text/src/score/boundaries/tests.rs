use proptest::prelude::*;

use super::*;
use crate::score::Bootstrap;

fn word(label: &str, start: f64, end: f64) -> Segment<'_> {
    Segment { label, start, end, ..Segment::default() }
}

fn at(label: &str, chars: Range<u64>) -> Segment<'_> {
    Segment { label, chars: Some(chars), ..Segment::default() }
}

#[test]
fn figures_by_hand() {
    // Deviations of starts −30, 0, 10, 60 ms; of ends all 20 ms.
    let mut all = Boundaries::default();
    let truth: Vec<Segment<'_>> = ["a", "b", "c", "d"].map(|label| word(label, 1.0, 2.0)).to_vec();
    let found: Vec<Segment<'_>> = truth
        .iter()
        .zip([0.97, 1.0, 1.01, 1.06])
        .map(|(word, start)| Segment { start, end: 2.02, ..word.clone() })
        .collect();
    all.add(&truth, &found);
    let report = all.report(&ReportOptions::default()).expect("options in range");
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} is not {b}");
    near(report.starts.mean, 0.025);
    near(report.starts.median, 0.02);
    near(report.starts.percentile_90, 0.051);
    near(report.starts.max, 0.06);
    near(report.starts.bias, 0.01);
    // Squares around the bias: 1600 + 100 + 0 + 2500, over 3.
    near(report.starts.sd, (0.0042f64 / 3.0).sqrt());
    let shares: Vec<f64> = report.starts.within.iter().map(|within| within.share).collect();
    assert_eq!(shares, [0.5, 0.5, 0.5, 0.75, 1.0]);
    near(report.ends.sd, 0.0);
    assert_eq!(report.ends.within[1].share, 1.0);
    // One utterance: every draw is the same.
    let interval = report.starts.mean_interval.expect("asked for");
    near(interval.low, 0.025);
    near(interval.high, 0.025);
}

#[test]
fn groups_stand_in_order_and_no_group_last() {
    let segment = |label: &'static str, group| Segment { group, ..word(label, 0.0, 1.0) };
    let truth = [segment("a", Some("vokal")), segment("k", Some("lukkelyd")), segment("x", None)];
    let mut all = Boundaries::default();
    all.add(&truth, &[word("a", 0.5, 1.0), word("x", 0.0, 1.0), word("y", f64::NAN, 1.0)]);
    all.add(&truth, &[word("k", f64::INFINITY, 1.0)]);
    let report = all.report(&ReportOptions::default()).expect("options in range");
    let names: Vec<Option<&str>> = report.groups.iter().map(|group| group.group.as_deref()).collect();
    assert_eq!(names, [Some("vokal"), None]);
    assert_eq!(
        (report.matched, report.only_reference, report.only_hypothesis, report.not_finite),
        (2, 3, 1, 1)
    );
    assert_eq!(Boundaries::default().report(&ReportOptions::default()).expect("in range").starts.count, 0);
    let level = Some(Bootstrap { level: 2.0, ..Bootstrap::default() });
    assert!(all.report(&ReportOptions { bootstrap: level, ..ReportOptions::default() }).is_err());
}

#[test]
fn places_in_the_transcript_decide_where_they_are_known() {
    let truth = [at("han", 0..3), at("sagde", 4..9), at("ja", 10..12)];
    let found = [at("Han", 0..3), at("sag", 4..7), at("de", 7..9), at("ja.", 10..13)];
    let pairing = pair(&truth, &found);
    assert_eq!(pairing.pairs, [(0, 0), (1, 1), (2, 3)]);
    assert_eq!(pairing.only_hypothesis, [2]);
    // Where one of them is not known, labels decide.
    let mixed = [at("han", 5..9), word("ja", 0.0, 1.0)];
    assert_eq!(pair(&truth, &mixed).pairs, [(0, 0), (2, 1)]);
}

#[test]
fn intervals_hold_the_mean_and_are_narrower_with_more_data() {
    let width = |utterances: u32| {
        let mut all = Boundaries::default();
        for n in 0..utterances {
            let off = f64::from(n * 37 % 50) / 1000.0;
            all.add(&[word("a", 0.0, 1.0)], &[word("a", off, 1.0)]);
        }
        let starts = all.report(&ReportOptions::default()).expect("in range").starts;
        let interval = starts.mean_interval.expect("asked for");
        assert!(interval.low < starts.mean && starts.mean < interval.high, "{interval:?}");
        interval.high - interval.low
    };
    assert!(width(1000) < width(50) / 2.0);
}

#[test]
fn a_picture_of_odd_numbers_is_whole() {
    for values in [&[][..], &[f64::NAN, f64::INFINITY, -1e300], &[0.0, 0.1, -0.1]] {
        let picture = svg("a\u{0}&", values, values, &PlotLabels::ENGLISH);
        assert!(picture.ends_with("</svg>") && !picture.contains("NaN") && !picture.contains("inf"));
    }
    assert_eq!(histogram(&[0.0], 0.0, 1.0), Histogram::default());
    assert_eq!(histogram(&[0.0], f64::NAN, 1.0), Histogram::default());
    assert_eq!(cumulative(&[0.01, 0.03], 0.04, 5)[1..4], [(0.01, 0.5), (0.02, 0.5), (0.03, 1.0)]);
}

proptest! {
    #[test]
    fn each_segment_is_in_one_list(
        truth in prop::collection::vec((0u64..30, 0u64..6), 0..12),
        found in prop::collection::vec((0u64..30, 0u64..6), 0..12),
        known: bool,
    ) {
        let segments = |places: &[(u64, u64)]| places.iter().map(|(start, length)| {
            let label = ["a", "b", "."][(*start % 3) as usize];
            Segment { chars: known.then_some(*start..start + length), ..word(label, 0.0, 1.0) }
        }).collect::<Vec<_>>();
        let pairing = pair(&segments(&truth), &segments(&found));
        let mut mine: Vec<usize> = pairing.pairs.iter().map(|pair| pair.0).chain(pairing.only_reference).collect();
        let mut other: Vec<usize> = pairing.pairs.iter().map(|pair| pair.1).chain(pairing.only_hypothesis).collect();
        mine.sort_unstable();
        other.sort_unstable();
        prop_assert_eq!(mine, (0..truth.len()).collect::<Vec<_>>());
        prop_assert_eq!(other, (0..found.len()).collect::<Vec<_>>());
    }
}
