//! What holds of the overlaps of any bytes.

use sprog_text::contamination::{NgramCounts, Options, TestSet, passages};

/// Panics if an invariant of hits does not hold. Lines are test items; all of them and more are the training text.
pub(crate) fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let items: Vec<&str> = text.split('\n').step_by(2).collect();
    for options in
        [Options { words: 3, min_words: 2 }, Options { words: 1, min_words: 5 }, Options::default()]
    {
        let tests = TestSet::new(items.iter().map(|item| ("", item)), options);
        let mut counts = NgramCounts::new(&tests);
        let hits = tests.of_counting(&text, &mut counts);
        assert_eq!(hits, tests.of(&text), "counting changes hits");
        for hit in &hits {
            assert!(hit.covered > 0.0 && hit.covered <= 1.0, "share out of range");
            assert!(hit.words >= options.words.min(options.min_words), "too short");
            assert!(
                !items[hit.item][hit.in_item.clone()].is_empty() && !text[hit.training.clone()].is_empty()
            );
            assert_eq!(counts.rarest(&tests, hit), 1, "one document was counted");
        }
        let ranges: Vec<_> = hits.iter().map(|hit| hit.training.clone()).collect();
        for cut in passages(&text, &ranges, 20) {
            assert!(!text[cut].is_empty());
        }
        if items.len() <= 8 {
            let found = (0..items.len()).all(|item| {
                let long = tests.of(items[item]).iter().any(|hit| hit.item == item && hit.covered == 1.0);
                long || tests.of(items[item]).is_empty()
            });
            assert!(found, "an item does not hold itself");
        }
    }
}
