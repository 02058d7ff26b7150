//! What holds for every pair.

use proptest::prelude::*;
use sprog_text::score::{
    Alignment, Alternative, ChunkKind, Counts, Unit, align, char_ranges, distance, equivalent, word_ranges,
};

/// The textbook recurrence.
fn plain_distance<T: PartialEq>(a: &[T], b: &[T]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let best = (diagonal + usize::from(x != y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = best;
        }
    }
    row[b.len()]
}

fn covers(alignment: &Alignment, a: &[u8], b: &[u8]) -> bool {
    let (mut i, mut j) = (0, 0);
    let fine = alignment.chunks.iter().all(|chunk| {
        let in_order = chunk.reference.start == i && chunk.hypothesis.start == j;
        (i, j) = (chunk.reference.end, chunk.hypothesis.end);
        let (x, y) = (&a[chunk.reference.clone()], &b[chunk.hypothesis.clone()]);
        in_order
            && match chunk.kind {
                ChunkKind::Equal => x == y && !x.is_empty(),
                ChunkKind::Substitute => x.len() == y.len() && x.iter().zip(y).all(|(x, y)| x != y),
                ChunkKind::Delete => !x.is_empty() && y.is_empty(),
                ChunkKind::Insert => x.is_empty() && !y.is_empty(),
            }
    });
    fine && (i, j) == (a.len(), b.len())
}

/// A text of words a to d, and readings for some of its words.
fn side() -> impl Strategy<Value = (String, Vec<Alternative>)> {
    let words = prop::collection::vec("[a-d]{1,2}", 1..5);
    let readings = prop::collection::vec(
        prop::collection::vec(prop::sample::select(vec!["", "a", "b c", "d", "a b"]), 1..3),
        0..3,
    );
    (words, readings, any::<prop::sample::Index>(), 1..4usize).prop_map(|(words, readings, place, width)| {
        let text = words.join(" ");
        let ranges = word_ranges(&text);
        let alternatives = readings.into_iter().enumerate().map(|(n, readings)| {
            let first = (place.index(ranges.len()) + n * width) % ranges.len();
            let last = (first + width - 1).min(ranges.len() - 1);
            Alternative {
                range: ranges[first].start..ranges[last].end,
                readings: readings.into_iter().map(str::to_owned).collect(),
            }
        });
        let alternatives = alternatives.collect();
        (text, alternatives)
    })
}

/// Every text that a side can be read as.
fn readings(text: &str, alternatives: &[Alternative]) -> Vec<String> {
    let mut all = vec![text.to_owned()];
    for chosen in 1u32..1 << alternatives.len() {
        let mut picked: Vec<&Alternative> =
            (0..alternatives.len()).filter(|n| chosen >> n & 1 == 1).map(|n| &alternatives[n]).collect();
        picked.sort_by_key(|alternative| alternative.range.start);
        if picked.windows(2).any(|pair| pair[0].range.end > pair[1].range.start) {
            continue;
        }
        let mut partial = vec![(String::new(), 0)];
        for alternative in picked {
            partial = partial
                .into_iter()
                .flat_map(|(done, at)| {
                    alternative.readings.iter().map(move |reading| {
                        (
                            format!("{done}{}{reading}", &text[at..alternative.range.start]),
                            alternative.range.end,
                        )
                    })
                })
                .collect();
        }
        all.extend(partial.into_iter().map(|(done, at)| done + &text[at..]));
    }
    all
}

fn words(text: &str) -> Vec<&str> {
    word_ranges(text).into_iter().map(|range| &text[range]).collect()
}

proptest! {
    #[test]
    fn distances_are_the_textbook_ones(a in "[ab]{0,150}", b in "[abc]{0,150}") {
        let (a, b) = (a.as_bytes(), b.as_bytes());
        let want = plain_distance(a, b);
        prop_assert_eq!(distance(a, b), want);
        let alignment = align(a, b);
        prop_assert_eq!(alignment.counts().errors() as usize, want);
        prop_assert!(covers(&alignment, a, b));
    }

    #[test]
    fn near_copies_too(a in prop::collection::vec(0..40u8, 0..700), edits in prop::collection::vec((any::<prop::sample::Index>(), 0..40u8, 0..3u8), 0..40)) {
        let mut b = a.clone();
        for (place, token, edit) in edits {
            let at = place.index(b.len() + 1);
            match edit {
                0 => b.insert(at, token),
                1 if at < b.len() => b[at] = token,
                _ if at < b.len() => _ = b.remove(at),
                _ => {}
            }
        }
        let alignment = align(&a, &b);
        prop_assert_eq!(alignment.counts().errors() as usize, plain_distance(&a, &b));
        prop_assert_eq!(distance(&b, &a), distance(&a, &b));
        prop_assert!(covers(&alignment, &a, &b));
    }

    #[test]
    fn no_other_choice_of_readings_is_better((reference, ours) in side(), (hypothesis, theirs) in side()) {
        let done = equivalent(&reference, &ours, &hypothesis, &theirs, Unit::Word).unwrap();
        let best = readings(&reference, &ours).iter().flat_map(|a| {
            readings(&hypothesis, &theirs).into_iter().map(move |b| plain_distance(&words(a), &words(&b)))
        }).min();
        prop_assert_eq!(Some(done.counts.errors() as usize), best);
        prop_assert!(done.exact);
        let path: Vec<&str> = done.reference.iter().map(|token| token.text.as_str()).collect();
        prop_assert!(readings(&reference, &ours).iter().any(|reading| words(reading) == path));
        prop_assert_eq!(done.counts.reference() as usize, path.len());
        let plain = equivalent(&reference, &[], &hypothesis, &[], Unit::Word).unwrap();
        prop_assert_eq!(plain.counts, plain.written);
        prop_assert!(done.counts.errors() <= plain.counts.errors());
    }

    #[test]
    fn tokens_are_in_order_and_not_empty(text in any::<String>()) {
        for ranges in [word_ranges(&text), char_ranges(&text)] {
            prop_assert!(ranges.windows(2).all(|pair| pair[0].end <= pair[1].start));
            prop_assert!(ranges.iter().all(|range| !text[range.clone()].is_empty()));
        }
    }

    #[test]
    fn any_alternatives_are_taken_or_refused(text in "\\PC{0,12}", other in "\\PC{0,12}", start in 0..14usize, end in 0..14usize, unit in prop::sample::select(vec![Unit::Word, Unit::Char])) {
        let alternative = Alternative { range: start..end, readings: vec!["x y".into(), String::new()] };
        if let Ok(done) = equivalent(&text, std::slice::from_ref(&alternative), &other, &[], unit) {
            prop_assert!(done.counts.errors() <= done.written.errors());
        }
    }
}

#[test]
fn rates_of_empty_texts_are_those_of_jiwer() {
    let rate = |hits, substitutions, deletions, insertions| {
        Counts { hits, substitutions, deletions, insertions }.rate()
    };
    assert_eq!([rate(0, 0, 0, 0), rate(0, 0, 0, 3), rate(0, 0, 2, 0)], [0.0, 3.0, 1.0]);
}
