//! Invariants of normalization and scoring on any bytes. Uses the public API alone.

use sprog_text::normalize::{Normalizer, Options, Preset, Step, normalize, orthography};
use sprog_text::score::{Alternative, ChunkKind, Unit, align, cer, distance, equivalent, wer};

/// Reads the bytes as UTF-8 with replacement characters; panics where something does not hold.
pub(crate) fn check_normalize(data: &[u8]) {
    let text = &*String::from_utf8_lossy(data);
    for preset in [Preset::Publish, Preset::Asr, Preset::Lookup, Preset::CoralEval] {
        let normalizer = Normalizer::preset(preset);
        let done = normalizer.normalize(text);
        assert_eq!((done.map.original_len(), done.map.output_len()), (text.len(), done.text.len()));
        let mut last = 0;
        for (at, c) in done.text.char_indices() {
            let from = done.map.to_original(at..at + c.len_utf8());
            assert!(text.get(from.clone()).is_some() && from.start >= last);
            last = from.start;
        }
        assert_eq!(done.report.total() == 0, done.text == text);
        if preset == Preset::Publish {
            assert_eq!(done.text, normalize(text, &Options::default()));
        }
        if preset != Preset::CoralEval {
            assert_eq!(normalizer.normalize(&done.text).text, done.text);
        }
    }
    for step in Step::ALL {
        let done = Normalizer::new([step]).log_changes().normalize(text);
        assert!(done.changes.iter().all(|change| text.get(change.original.clone()).is_some()));
    }
    let mut end = 0;
    for tag in orthography(text) {
        assert!(tag.range.start >= end && text.get(tag.range.clone()).is_some());
        end = tag.range.end;
    }
}

/// The first line is the reference, the rest the hypothesis; the first two bytes place an alternative.
pub(crate) fn check_score(data: &[u8]) {
    let data = &data[..data.len().min(4096)];
    let text = String::from_utf8_lossy(data);
    let (reference, hypothesis) = text.split_once('\n').unwrap_or((&text, ""));
    for counts in [wer(reference, hypothesis), cer(reference, hypothesis)] {
        assert!(counts.rate() >= 0.0 && (0.0..=1.0).contains(&counts.match_error_rate()));
        assert!((0.0..=1.0).contains(&counts.information_lost()));
    }
    let (a, b) = (reference.as_bytes(), hypothesis.as_bytes());
    let alignment = align(a, b);
    assert_eq!(alignment.counts().errors() as usize, distance(a, b));
    for chunk in &alignment.chunks {
        let same = a[chunk.reference.clone()] == b[chunk.hypothesis.clone()];
        assert_eq!(same, chunk.kind == ChunkKind::Equal);
    }
    let [first, second] = [0, 1].map(|at| data.get(at).copied().unwrap_or(0) as usize);
    let alternative =
        Alternative { range: first..first + second % 16, readings: vec!["fem og".into(), String::new()] };
    for unit in [Unit::Word, Unit::Char] {
        let Ok(done) = equivalent(reference, std::slice::from_ref(&alternative), hypothesis, &[], unit)
        else {
            continue;
        };
        assert!(done.counts.errors() <= done.written.errors());
        assert_eq!(done.counts.reference() as usize, done.reference.len());
    }
}
