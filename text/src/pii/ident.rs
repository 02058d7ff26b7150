//! CVR and P-numbers, journal and case numbers.

use super::context;
use super::groups::{char_before, joined_after, joined_before, word_at};
use super::scan::{Number, UNASSIGNED};
use super::{Label, Span};

/// A CVR number: eight digits with a modulus 11 check (Erhvervsstyrelsen), and a word or `DK` before it.
/// The `DK` of a VAT number is no part of it.
pub(super) fn cvr_at(number: &Number) -> Option<Span> {
    let (text, groups) = (number.text, &number.groups);
    let used = groups.with_total(8)?;
    if used > 4 || groups.counts()[..used].contains(&1) {
        return None;
    }
    let end = groups.end(used - 1);
    let (start, digits) = (groups.start, groups.digits(used));
    if digits.starts_with(&[0, 0]) && !passes_mod11(digits) && !word_at(text, end) {
        return Some(Span { range: start..end, label: Label::Cvr, score: 0.2, reason: UNASSIGNED });
    }
    // One more group of the same size makes it a row of figures.
    let counts = groups.counts();
    if used > 1 && counts.get(used) == counts.get(used - 1) && groups.separator(used) == groups.separator(1) {
        return None;
    }
    let list = text[..start].ends_with([',', ':']);
    if digits[0] == 0
        || !passes_mod11(digits)
        || word_at(text, end)
        || joined_after(text, end)
        || joined_before(text, start) && !list
    {
        return None;
    }
    let prefixed = country_prefix(text, start);
    if prefixed.is_none()
        && char_before(text, start).is_some_and(char::is_alphabetic)
        && number.before().distance != 1
    {
        return None;
    }
    let before = context::before(text, prefixed.unwrap_or(start));
    let beside = if before.nearest == 0 { context::after(text, end) } else { before.nearest };
    let word = beside & context::CVR != 0;
    let (score, reason) = match (word, prefixed.is_some()) {
        (true, _) => (0.98, "mod11+word"),
        (false, true) if beside == 0 => (0.8, "mod11+country"),
        (false, _) if joined_before(text, start) || beside != 0 => return None,
        (false, _) => (0.3, "mod11"),
    };
    Some(Span { range: start..end, label: Label::Cvr, score, reason })
}

/// Where `DK` right before the number starts, as in a VAT number.
fn country_prefix(text: &str, at: usize) -> Option<usize> {
    let head = text[..at].strip_suffix([' ', '-']).unwrap_or(&text[..at]);
    let head = head.strip_suffix("DK")?;
    (!head.chars().next_back().is_some_and(char::is_alphanumeric)).then_some(head.len())
}

/// Whether eight digits pass the check of CVR numbers.
pub(super) fn passes_mod11(digits: &[u8]) -> bool {
    let weights = [2u32, 7, 6, 5, 4, 3, 2, 1];
    digits.len() == 8
        && digits.iter().zip(weights).map(|(d, w)| u32::from(*d) * w).sum::<u32>().is_multiple_of(11)
}

/// A P-number: ten digits from 1000000000 on, after a word for it. It has no check digit.
pub(super) fn pnr_at(number: &Number) -> Option<Span> {
    let (text, groups) = (number.text, &number.groups);
    let used = groups.with_total(10)?;
    let end = groups.end(used - 1);
    let form = used <= 5 && groups.digits(used)[0] == 1 && !word_at(text, end);
    let fine = form && number.before().says(context::PNR);
    fine.then_some(Span { range: groups.start..end, label: Label::Pnr, score: 0.9, reason: "length+word" })
}

/// A case number is read no further than this from the first digit, in bytes.
const CASE_REACH: usize = 24;

/// A journal or case number right after a word for it, such as `18/04567-12` or `F2-2021-44-1`.
pub(super) fn case_at(number: &Number) -> Option<Span> {
    let text = number.text;
    let at = number.groups.start;
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '/' | '.' | '_' | '–');
    let head: usize =
        text[..at].chars().rev().take_while(|c| is_part(*c)).take(CASE_REACH).map(char::len_utf8).sum();
    // A word for it may be glued on: `sagsnr.2019-1234`.
    let glued = text[at - head..at].rfind(['.', '_']).map_or(0, |dot| dot + 1);
    let start = [at - head, at - head + glued]
        .into_iter()
        .find(|start| context::just_before(text, *start) & context::CASE != 0)?;
    let len = text[at..]
        .chars()
        .take_while(|c| is_part(*c))
        .take(2 * CASE_REACH)
        .map(char::len_utf8)
        .sum::<usize>();
    let value = text[start..at + len].trim_start_matches(['-', '.', '/', '_', '–']);
    let start = at + len - value.len();
    let value = value.trim_end_matches(['-', '.', '/', '_', '–']);
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let fine = digits >= 3 && value.len() >= 4 && !word_at(text, start + value.len());
    fine.then_some(Span {
        range: start..start + value.len(),
        label: Label::Case,
        score: 0.9,
        reason: "form+word",
    })
}

#[cfg(test)]
mod tests {
    use crate::pii::find;

    fn labels(text: &str) -> Vec<(&str, &str)> {
        find(text).into_iter().map(|s| (s.label.as_str(), &text[s.range])).collect()
    }

    #[test]
    fn company_numbers_need_their_check_and_a_word() {
        assert_eq!(labels("CVR-nr. 37526886"), [("CVR", "37526886")]);
        assert_eq!(labels("SE-nr. 31 07 42 90"), [("CVR", "31 07 42 90")]);
        assert_eq!(labels("DK37526886"), [("CVR", "37526886")]);
        assert_eq!(labels("CVR-nr. 37526887"), []);
        assert_eq!(labels("P-nummer 1004621032"), [("PNR", "1004621032")]);
    }

    #[test]
    fn case_numbers_follow_their_word() {
        assert_eq!(labels("j.nr. 2019-1234,"), [("CASE", "2019-1234")]);
        assert_eq!(labels("journalnr.: 19/04567"), [("CASE", "19/04567")]);
        assert_eq!(labels("Sag nr. EMN-2020-00417."), [("CASE", "EMN-2020-00417")]);
        assert_eq!(labels("journalen 2019-1234"), []);
    }
}
