//! From tokens to cut to bytes to remove, and how a text closes up around a cut.

use std::ops::Range;

use super::match_tokens::{MatchToken, match_tokens};

/// Signs of a cut that stay because they end the sentence before.
const SIGNS: usize = 2;

/// The byte ranges to remove so that the tokens of `cuts` go, in order and disjoint.
///
/// `cuts` are ranges of token numbers of [`match_tokens`](super::match_tokens()), sorted by their start;
/// ranges that touch or overlap are taken together, and what lies past the last token is ignored. All other
/// tokens stay as they are, and in order:
///
/// - Up to two signs with which a cut starts stay if no white space parts them from the token before: the
///   full stop of a sentence that is kept, or the hyphen of a word. So two words never become one.
/// - Of the white space on both sides of a cut the stronger stays (an empty line, a line break, another
///   space, nothing; that before the cut if they are equal), and the other goes.
/// - At the start of the text what stood before the cut stays, at its end what stood behind it.
/// - If all tokens go, the whole text goes.
///
/// Brackets and quotation marks that lose their partner stay.
///
/// ```
/// use sprog_text::dedup::{cuts_to_bytes, without};
/// let text = "Se her.\n\nKlik for mere. Så går vi.";
/// let cuts = cuts_to_bytes(text, &[3..7]);
/// assert_eq!(without(text, &cuts), "Se her.\n\nSå går vi.");
/// ```
pub fn cuts_to_bytes(text: &str, cuts: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut tokens = match_tokens(text).enumerate();
    let mut cuts = cuts.iter().filter(|cut| cut.start < cut.end).cloned().peekable();
    // The end of the last token that stays.
    let mut left: Option<usize> = None;
    while let Some(mut cut) = cuts.next() {
        while let Some(next) = cuts.next_if(|next| next.start <= cut.end) {
            cut.end = cut.end.max(next.end);
        }
        let mut taken: Option<Range<usize>> = None;
        let mut right: Option<MatchToken> = None;
        for (index, token) in tokens.by_ref() {
            if index < cut.start {
                left = Some(token.range.end);
            } else if index >= cut.end {
                right = Some(token);
                break;
            } else if let Some(taken) = &mut taken {
                taken.end = token.range.end;
            } else if !token.is_word && index < cut.start + SIGNS && left == Some(token.range.start) {
                left = Some(token.range.end);
            } else {
                taken = Some(token.range);
            }
        }
        if let Some(taken) = taken {
            out.push(closed(text, left, taken, right.as_ref().map(|token| token.range.start)));
        }
        // No cut touches the one before: the token behind a cut is never the next cut's first.
        left = right.map(|token| token.range.end).or(left);
    }
    out
}

/// What goes with the tokens of a cut, which stand between `left` and `right`.
fn closed(text: &str, left: Option<usize>, taken: Range<usize>, right: Option<usize>) -> Range<usize> {
    match (left, right) {
        (None, None) => 0..text.len(),
        (None, Some(right)) => taken.start..right,
        (Some(left), None) => left..taken.end,
        (Some(left), Some(right))
            if strength(&text[taken.end..right]) > strength(&text[left..taken.start]) =>
        {
            left..taken.end
        }
        (Some(_), Some(right)) => taken.start..right,
    }
}

/// What is left of a text when ranges are removed; `ranges` in order and disjoint, as [`cuts_to_bytes`] gives
/// them.
///
/// What does not lie inside the text, on borders of characters and behind the range before, is not removed.
pub fn without(text: &str, ranges: &[Range<usize>]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for range in ranges {
        if range.end >= range.start
            && text.is_char_boundary(range.end)
            && let Some(kept) = text.get(at..range.start)
        {
            out.push_str(kept);
            at = range.end;
        }
    }
    out.push_str(text.get(at..).unwrap_or(""));
    out
}

/// How much white space parts.
fn strength(space: &str) -> u8 {
    match space.bytes().filter(|b| *b == b'\n').count() {
        0 if space.is_empty() => 0,
        0 => 1,
        1 => 2,
        _ => 3,
    }
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init, reason = "lists of ranges, one of them short")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(text: &str, cuts: &[Range<usize>]) -> String {
        without(text, &cuts_to_bytes(text, cuts))
    }

    #[test]
    fn the_stronger_white_space_stays() {
        for (text, cuts, expected) in [
            ("a b c d", &[1usize..3] as &[Range<usize>], "a d"),
            ("a b\nc d", &[1..2], "a\nc d"),
            ("a\nb c d", &[1..3], "a\nd"),
            ("a\r\n\r\nb\nc", &[1..2], "a\r\n\r\nc"),
            ("a b\n\nc", &[1..2], "a\n\nc"),
            ("a b\n", &[1..2], "a\n"),
            (" a b", &[0..1], " b"),
            (" a b ", &[0..2], ""),
            ("a b c d e", &[1..2, 2..3, 3..9], "a"),
            ("a b c d e", &[0..1, 2..3, 4..5], "b d"),
            ("a b", &[5..9], "a b"),
            ("ord-og ord-ord", &[1..5], "ord-ord"),
            ("Slut.) Se her. Ny", &[1..6], "Slut.) Ny"),
            ("ord-ord", &[1..2], "ord-ord"),
            ("sig (det) nu", &[2..3], "sig () nu"),
            ("a+-+-+-b", &[1..7], "a+-b"),
            ("", &[0..1], ""),
        ] {
            assert_eq!(cut(text, cuts), expected, "{text:?} {cuts:?}");
        }
    }

    fn cuts_of(mut bounds: Vec<usize>) -> Vec<Range<usize>> {
        bounds.sort_unstable();
        bounds.chunks_exact(2).map(|pair| pair[0]..pair[1]).collect()
    }

    /// The text of the tokens that no cut holds.
    fn kept<'a>(text: &'a str, cuts: &[Range<usize>]) -> Vec<&'a str> {
        let tokens = match_tokens(text).enumerate();
        tokens.filter(|(i, _)| !cuts.iter().any(|cut| cut.contains(i))).map(|(_, t)| &text[t.range]).collect()
    }

    fn is_subsequence(short: &str, long: &str) -> bool {
        let mut long = long.chars();
        short.chars().all(|c| long.any(|l| l == c))
    }

    proptest! {
        #[test]
        fn where_white_space_parts_tokens_the_kept_ones_are_the_tokens_after(
            text in "([ \n]{0,2}([abå]{1,2}\u{301}?|[.]{1,2}|,|日)[ \n\u{a0}]{1,3}){0,20}",
            bounds in proptest::collection::vec(0usize..24, 0..8),
        ) {
            let cuts = cuts_of(bounds);
            let after = cut(&text, &cuts);
            let tokens: Vec<&str> = match_tokens(&after).map(|t| &after[t.range]).collect();
            prop_assert_eq!(tokens, kept(&text, &cuts));
        }

        #[test]
        fn kept_tokens_stay_in_any_text(
            text in "[ab å.,\n\u{301}-]{0,40}|\\PC{0,20}",
            bounds in proptest::collection::vec(0usize..30, 0..8),
        ) {
            let cuts = cuts_of(bounds);
            let ranges = cuts_to_bytes(&text, &cuts);
            prop_assert!(ranges.windows(2).all(|pair| pair[0].end <= pair[1].start));
            prop_assert!(ranges.iter().all(|r| text.get(r.clone()).is_some()));
            let after = without(&text, &ranges);
            prop_assert!(is_subsequence(&kept(&text, &cuts).concat(), &after), "{:?}", after);
            prop_assert!(is_subsequence(&after, &text));
        }
    }
}
