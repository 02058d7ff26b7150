//! What to cut around a hit.

use std::ops::Range;

/// Characters past the margin that are searched for white space.
const WORD: usize = 40;

/// The byte ranges to cut so that `ranges` go with `margin` characters on each side, in order and disjoint.
///
/// GPT-3 (Brown et al. 2020, appendix C) cuts 200 characters on each side, drops pieces shorter than 200
/// characters, and drops documents of more than ten pieces; the last two are the caller's. Where the margin
/// ends inside a word, the word goes as well, unless it has more than forty characters. What is not of the
/// text is ignored.
///
/// ```
/// use sprog_text::contamination::passages;
/// let text = "Han svarede: den længste å i Danmark er Gudenåen, og så gik han.";
/// let start = text.find("den længste").unwrap();
/// let cuts = passages(text, &[start..text.find(',').unwrap()], 4);
/// assert_eq!(sprog_text::dedup::without(text, &cuts), "Han  så gik han.");
/// ```
pub fn passages(text: &str, ranges: &[Range<usize>], margin: usize) -> Vec<Range<usize>> {
    let mut cuts: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        let (Some(before), Some(after)) = (text.get(..range.start), text.get(range.end..)) else { continue };
        if range.start < range.end {
            cuts.push(
                before.len() - reach(before.chars().rev(), margin)..range.end + reach(after.chars(), margin),
            );
        }
    }
    cuts.sort_by_key(|cut| (cut.start, cut.end));
    cuts.dedup_by(|next, cut| {
        let joined = next.start <= cut.end;
        if joined {
            cut.end = cut.end.max(next.end);
        }
        joined
    });
    cuts
}

/// Bytes of `margin` characters and of the rest of the word they end in.
fn reach(mut characters: impl Iterator<Item = char>, margin: usize) -> usize {
    let (mut bytes, mut inside) = (0, true);
    for c in characters.by_ref().take(margin) {
        bytes += c.len_utf8();
        inside = !c.is_whitespace();
    }
    let mut rest = 0;
    for (count, c) in characters.enumerate() {
        if c.is_whitespace() {
            break;
        }
        if count == WORD || !inside {
            return bytes;
        }
        rest += c.len_utf8();
    }
    bytes + if inside { rest } else { 0 }
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init, reason = "lists of ranges, one of them short")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn passages_that_touch_are_one_and_words_go_whole() {
        let text = "et to tre fire fem seks";
        assert_eq!(passages(text, &[3..5, 10..14], 0), [3..5, 10..14]);
        assert_eq!(passages(text, &[10..14, 3..5], 3), [0..18]);
        assert_eq!(passages(text, &[0..0, 90..99, 6..9], 1000), [0..text.len()]);
        let long = format!("{} x", "a".repeat(100));
        assert_eq!(passages(&long, &[101..102], 2), [99..102], "a word of a hundred letters is cut through");
    }

    proptest! {
        #[test]
        fn passages_hold_what_was_asked_and_can_be_cut(
            text in "[a-cæ \u{301}]{0,60}",
            bounds in proptest::collection::vec(0usize..70, 0..8),
            margin in 0usize..9,
        ) {
            let ranges: Vec<Range<usize>> = bounds.chunks_exact(2).map(|pair| pair[0]..pair[1]).collect();
            let cuts = passages(&text, &ranges, margin);
            prop_assert!(cuts.windows(2).all(|pair| pair[0].end < pair[1].start));
            prop_assert!(cuts.iter().all(|cut| text.get(cut.clone()).is_some()));
            for range in ranges.into_iter().filter(|r| text.get(r.clone()).is_some_and(|t| !t.is_empty())) {
                let cut = cuts.iter().find(|cut| cut.start <= range.start && range.end <= cut.end);
                let cut = cut.expect("is held");
                let before = text[cut.start..range.start].chars().count();
                prop_assert!(cut.start == 0 || before >= margin);
                let after = text[range.end..cut.end].chars().count();
                prop_assert!(cut.end == text.len() || after >= margin);
            }
        }
    }
}
