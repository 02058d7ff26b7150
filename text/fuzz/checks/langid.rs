//! What a fuzzer checks of `langid`; only the public API is called.

use sprog_text::langid::{Identification, Identifier, Language, identify};

fn probabilities(found: &Identification) {
    let sum: f32 = found.scores.iter().sum();
    assert!((sum - 1.0).abs() < 1e-4, "{sum}");
    assert!(found.scores.iter().all(|p| (0.0..=1.0001).contains(p)));
    assert!((0.0..=1.0001).contains(&found.score));
    assert_eq!(found.words == 0, found.score == 0.0);
    let covered: f32 = found.set.iter().map(|l| found.scores[l.index()]).sum();
    assert!(!found.set.is_empty() && covered > Identification::COVERAGE - 1e-3);
    let order: Vec<f32> = found.set.iter().map(|l| found.scores[l.index()]).collect();
    assert!(order.is_sorted_by(|a, b| a >= b));
}

/// The invariants: probabilities add up, sets cover, sections are in order on character bounds, a cache changes
/// nothing.
pub(crate) fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let text = text.as_ref();
    let mut identifier = Identifier::new();
    let found = identifier.identify(text);
    probabilities(&found);
    assert_eq!(found, identify(text));
    let document = identifier.document(text);
    probabilities(&document.identification);
    assert_eq!(document.identification.words, found.words);
    let sum: f32 = document.shares.iter().sum();
    assert!((sum - if found.words == 0 { 0.0 } else { 1.0 }).abs() < 1e-3, "{sum}");
    let mut last = 0;
    for section in &document.sections {
        assert!(section.range.start == last && section.range.end > last && section.letters > 0);
        assert!(text.get(section.range.clone()).is_some());
        last = section.range.end;
    }
    assert!(document.sections.windows(2).all(|pair| pair[0].language != pair[1].language));
    assert!(document.shares.iter().zip(Language::ALL).all(|(share, l)| document.share(l) == *share));
}
