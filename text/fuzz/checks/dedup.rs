//! What holds of the match view, of lines and of cuts of any bytes.

use sprog_text::dedup::{
    Minimizers, Unit, UnitOptions, cuts_to_bytes, match_tokens, minimizers, repeats_in_document,
    token_hashes, units, without,
};

/// Panics if an invariant of repeats does not hold. The first bytes are the cuts, the rest is the text.
pub(crate) fn check(data: &[u8]) {
    let (bounds, text) = data.split_at(data.len().min(8));
    let text = String::from_utf8_lossy(text);
    let mut end = 0;
    let tokens: Vec<_> = match_tokens(&text).collect();
    for token in &tokens {
        assert!(token.range.start >= end && token.range.start < token.range.end, "out of order");
        assert!(text[end..token.range.start].chars().all(char::is_whitespace), "text left out");
        assert!(!text[token.range.clone()].contains(char::is_whitespace), "white space in a token");
        end = token.range.end;
    }
    assert!(text[end..].chars().all(char::is_whitespace), "text left out at the end");

    let mut hashes = Vec::new();
    token_hashes(&text, &mut hashes);
    assert_eq!(hashes.len(), tokens.len());
    let of = Minimizers::new(usize::from(bounds.first().copied().unwrap_or(0) % 60));
    let (mut last, mut reach) = (None, 0);
    minimizers(&hashes, of, |at, _| {
        assert!(last < Some(at) && at + of.run() <= hashes.len(), "out of order");
        assert!(at <= reach + of.min_tokens() - of.run(), "a window without a fingerprint");
        (last, reach) = (Some(at), at + 1);
    });
    assert_eq!(last.is_some(), hashes.len() >= of.min_tokens());

    let mut bounds: Vec<usize> = bounds.iter().map(|b| usize::from(*b)).collect();
    bounds.sort_unstable();
    let cuts: Vec<_> = bounds.chunks_exact(2).map(|pair| pair[0]..pair[1]).collect();
    let ranges = cuts_to_bytes(&text, &cuts);
    assert!(ranges.windows(2).all(|pair| pair[0].end <= pair[1].start), "cuts overlap");
    let removed: usize = ranges.iter().map(|range| text[range.clone()].len()).sum();
    assert_eq!(without(&text, &ranges).len(), text.len() - removed);

    for unit in [Unit::Line, Unit::Paragraph] {
        let options =
            UnitOptions { unit, min_characters: 1, min_median_characters: 0, ..UnitOptions::default() };
        let mut end = 0;
        for (range, _) in units(&text, &options) {
            assert!(range.start == end && range.end > end, "text left out");
            end = range.end;
        }
        assert_eq!(end, text.len());
        let repeats = repeats_in_document(&text, &options);
        assert!(repeats.iter().all(|repeat| repeat.first.end <= repeat.range.start), "the first comes later");
        let ranges: Vec<_> = repeats.into_iter().map(|repeat| repeat.range).collect();
        // A paragraph may grow when the one between goes; a line never does.
        if unit == Unit::Line {
            assert!(repeats_in_document(&without(&text, &ranges), &options).is_empty(), "a repeat is left");
        }
    }
}
