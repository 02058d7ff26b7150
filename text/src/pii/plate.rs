//! Licence plates: two letters and five digits (Bekendtgørelse om registrering af køretøjer).

use super::context;
use super::groups::{char_before, word_at};
use super::scan::Number;
use super::{Label, Span};

/// The letters of standards, units and the like that also stand before such numbers.
const NO_PLATE: [&str; 14] =
    ["EN", "DS", "NS", "SS", "IS", "KR", "NR", "EU", "AF", "OG", "TV", "PC", "XR", "GF"];

/// The plate whose digits start where `number` does: `AB 12 345`, `AB 12345` or `AB12345`.
pub(super) fn at(number: &Number) -> Option<Span> {
    let (text, groups) = (number.text, &number.groups);
    let used = match *groups.counts() {
        [2, 3, ..] => 2,
        [5, ..] => 1,
        _ => return None,
    };
    let at = groups.start;
    let spaced = text[..at].ends_with(' ');
    let letters_end = at - usize::from(spaced);
    let start = letters_end.checked_sub(2)?;
    let letters = text.get(start..letters_end)?;
    let end = groups.end(used - 1);
    // I, O and Q are not used, nor Æ, Ø and Å.
    let fine = letters.bytes().all(|b| b.is_ascii_uppercase() && !matches!(b, b'I' | b'O' | b'Q'))
        && groups.digits(1)[0] != 0
        && !word_at(text, end)
        && !char_before(text, start).is_some_and(|c| c.is_alphanumeric() || c == '-');
    if !fine {
        return None;
    }
    let before = context::before(text, start);
    let word = before.all & context::PLATE != 0 || context::after(text, end) & context::PLATE != 0;
    let known_else = NO_PLATE.contains(&letters) || before.nearest & (context::OTHER | context::AMOUNT) != 0;
    let (score, reason) = match (word, known_else) {
        (true, false) => (0.9, "form+word"),
        (true, true) => (0.5, "form+word"),
        (false, true) => (0.1, "form"),
        (false, false) if used == 2 && spaced => (0.4, "form"),
        (false, false) => (0.25, "form"),
    };
    Some(Span { range: start..end, label: Label::Plate, score, reason })
}

#[cfg(test)]
mod tests {
    use crate::pii::find;

    #[test]
    fn plates_need_a_word_for_a_vehicle() {
        for text in
            ["Bilen AB 12 345 holdt her", "reg.nr. AB12345", "nummerplade AB 12345", "AB 12 345 er en bil"]
        {
            assert_eq!(find(text).len(), 1, "{text}");
        }
        for text in
            ["EN 12 345 er en standard", "AB 12 345", "nummerplade AO 12 345", "Bilen kostede KR 12 345"]
        {
            assert!(find(text).iter().all(|s| s.score <= 0.5), "{text}");
        }
    }
}
