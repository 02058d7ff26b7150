//! Invariants of quality signals on any bytes. Uses the public API alone.

use std::ops::Range;

use sprog_text::profile::{LineEnd, Preset, Profile, Profiler, TokenView, Value, c4_dropped_lines};

/// Shares that may exceed 1: n-grams overlap, and a text may have more signs or lines than words.
const NO_SHARES: [&str; 10] = [
    "mean_word_length",
    "hash_word_ratio",
    "ellipsis_word_ratio",
    "symbol_word_ratio",
    "top_2_gram_fraction",
    "top_3_gram_fraction",
    "top_4_gram_fraction",
    "newline_ratio",
    "lix",
    "mean_sentence_length",
];

/// Reads the bytes as UTF-8 with replacement characters; panics where something does not hold.
pub(crate) fn check(data: &[u8]) {
    let text = &*String::from_utf8_lossy(data);
    let mut profiler = Profiler::default();
    let profile = profiler.profile(text);
    holds(&profile);
    // The texts before do not matter.
    profiler.profile("Noget andet, som skulde glemmes.");
    assert_eq!(profiler.profile(text), profile);
    assert_eq!(profile.counts.character_count as usize, text.chars().count());
    // The same words by another way.
    let words: Vec<Range<usize>> = sprog_text::segment::tokens(text).map(|token| token.range).collect();
    let sentences: Vec<Range<usize>> =
        sprog_text::segment::sentences(text).map(|found| found.range).collect();
    assert_eq!(profiler.profile_view(text, &TokenView { words: &words, sentences: &sentences }), profile);
    // Ranges that are none.
    let half = data.len() / 2;
    let wild = [0..1, half..half + 3, 1..half, half..usize::MAX, data.len()..data.len() + 1];
    holds(&profiler.profile_view(text, &TokenView { words: &wild, sentences: &wild }));
    for end in [LineEnd::Terminal, LineEnd::Any] {
        let mut last = 0;
        for dropped in c4_dropped_lines(text, end) {
            assert!(dropped.range.start >= last && text.get(dropped.range.clone()).is_some());
            last = dropped.range.end;
        }
    }
    let dropped = c4_dropped_lines(text, LineEnd::Terminal).count();
    assert_eq!(profile.c4.kept_line_count as usize + dropped, profile.counts.line_count as usize);
}

fn holds(profile: &Profile) {
    for (field, value) in Profile::fields().iter().zip(profile.values()) {
        if let Value::F32(value) = value {
            assert!(value.is_finite() && value >= 0.0, "{} is {value}", field.name);
            assert!(value <= 1.0 || NO_SHARES.contains(&field.name), "{} is {value}", field.name);
        }
    }
    for preset in Preset::ALL {
        assert_eq!(preset.check(profile), preset.failures(profile).into_iter().next());
    }
}
