//! Groups and intervals.

use sprog_text::score::{Bootstrap, BootstrapError, Counts, Rate, Utterance, bootstrap, by_group};

/// 40 speakers of 10 utterances of 10 words; `errors` says how many a speaker and utterance has.
fn utterances(errors: impl Fn(u64, u64) -> u64) -> Vec<Utterance> {
    let of = |speaker, utterance| {
        let wrong = errors(speaker, utterance);
        Utterance {
            counts: Counts { hits: 10 - wrong, substitutions: wrong, ..Counts::default() },
            speaker: Some(format!("s{speaker:02}")),
            groups: vec![("dialect".into(), if speaker % 4 == 0 { "fynsk" } else { "østjysk" }.into())],
        }
    };
    (0..40)
        .flat_map(|speaker| (0..10).map(move |utterance| (speaker, utterance)))
        .map(|(s, u)| of(s, u))
        .collect()
}

#[test]
fn speakers_are_drawn_whole() {
    // Half of the speakers make 2 errors an utterance, the others none: what differs is between speakers.
    let all = utterances(|speaker, _| speaker % 2 * 2);
    let of_speakers = bootstrap(&all, &Bootstrap::default()).unwrap();
    let alone: Vec<Utterance> = all.iter().cloned().map(|u| Utterance { speaker: None, ..u }).collect();
    let of_utterances = bootstrap(&alone, &Bootstrap::default()).unwrap();
    assert_eq!((of_speakers.clusters, of_utterances.clusters), (40, 400));
    // The binomial's own intervals: 0.1 ± 1.96 · 0.1 / √n.
    assert!(
        (of_speakers.low - 0.069).abs() < 0.006 && (of_speakers.high - 0.131).abs() < 0.006,
        "{of_speakers:?}"
    );
    assert!(
        (of_utterances.low - 0.090).abs() < 0.002 && (of_utterances.high - 0.110).abs() < 0.002,
        "{of_utterances:?}"
    );
}

#[test]
fn a_seed_gives_one_interval_whatever_the_order() {
    let all = utterances(|speaker, utterance| (speaker * 7 + utterance * 3) % 4);
    let mut turned = all.clone();
    turned.reverse();
    let options = Bootstrap { seed: 42, resamples: 200, ..Bootstrap::default() };
    assert_eq!(bootstrap(&all, &options), bootstrap(&turned, &options));
    assert_ne!(bootstrap(&all, &options), bootstrap(&all, &Bootstrap { seed: 43, ..options }));
    let narrow = bootstrap(&all, &Bootstrap { level: 0.5, ..options }).unwrap();
    let wide = bootstrap(&all, &Bootstrap { level: 0.99, ..options }).unwrap();
    assert!(wide.low <= narrow.low && narrow.low <= narrow.high && narrow.high <= wide.high);
}

#[test]
fn groups_have_their_own_counts() {
    let mut all = utterances(|speaker, _| u64::from(speaker % 4 == 0));
    all.push(Utterance { counts: Counts { deletions: 5, ..Counts::default() }, ..Utterance::default() });
    let scores = by_group(&all, "dialect", &Bootstrap::default()).unwrap();
    let shown: Vec<_> =
        scores.iter().map(|s| (s.value.as_deref(), s.utterances, s.speakers, s.rate)).collect();
    assert_eq!(shown, [(Some("fynsk"), 100, 10, 0.1), (Some("østjysk"), 300, 30, 0.0), (None, 1, 0, 1.0)]);
    assert_eq!((scores[0].interval.low, scores[0].interval.high), (0.1, 0.1));
}

#[test]
fn options_out_of_range_are_refused() {
    for level in [0.0, 1.0, -1.0, f64::NAN, f64::INFINITY] {
        let refused = bootstrap(&[], &Bootstrap { level, ..Bootstrap::default() });
        assert!(matches!(refused, Err(BootstrapError::Level(_))), "{level}");
    }
    let none = Bootstrap { resamples: 0, ..Bootstrap::default() };
    assert_eq!(bootstrap(&[], &none), Err(BootstrapError::Resamples(0)));
    let empty = bootstrap(&[], &Bootstrap { rate: Rate::Match, ..Bootstrap::default() }).unwrap();
    assert_eq!((empty.low, empty.high, empty.clusters), (0.0, 0.0, 0));
}
