//! Numbers as written, and how they are read: `1.234`, `12 500`, `3,14`, `2½`, `007`.

use super::context::Context;
use crate::number::{Gender, add, cardinal, table, year};
use std::ops::Range;

/// A number in the text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Amount {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) negative: bool,
    /// The digits before the comma, separators left in.
    pub(crate) whole: Range<usize>,
    /// `None` where it is read digit by digit: a leading zero, or 10¹⁸ and more.
    pub(crate) value: Option<u64>,
    pub(crate) grouped: bool,
    /// The digits after the comma.
    pub(crate) decimals: Option<Range<usize>>,
    /// ½ and the like: numerator and denominator.
    pub(crate) vulgar: Option<(u64, u64)>,
}

/// ½ and the like at `at`.
pub(crate) fn vulgar(context: &Context, at: usize) -> Option<(u64, u64, usize)> {
    Some(match context.rest(at) {
        [0xC2, 0xBC, ..] => (1, 4, 2),
        [0xC2, 0xBD, ..] => (1, 2, 2),
        [0xC2, 0xBE, ..] => (3, 4, 2),
        [0xE2, 0x85, byte, ..] => {
            let (a, b) = match byte {
                0x90 => (1, 7),
                0x91 => (1, 9),
                0x92 => (1, 10),
                0x93 => (1, 3),
                0x94 => (2, 3),
                0x95 => (1, 5),
                0x96 => (2, 5),
                0x97 => (3, 5),
                0x98 => (4, 5),
                0x99 => (1, 6),
                0x9A => (5, 6),
                0x9B => (1, 8),
                0x9C => (3, 8),
                0x9D => (5, 8),
                0x9E => (7, 8),
                _ => return None,
            };
            (a, b, 3)
        }
        _ => return None,
    })
}

/// Length of a separator of groups of three at `at`.
fn separator(context: &Context, at: usize) -> usize {
    if context.at(at) == b'.' || context.at(at) == b'\'' { 1 } else { context.blank(at) }
}

/// End of `.000.000` at `at`, where the same separator stands between all groups.
fn groups_end(context: &Context, at: usize) -> Option<usize> {
    let length = separator(context, at);
    if length == 0 {
        return None;
    }
    let sign = &context.bytes[at..at + length];
    let mut end = at;
    // Six groups are 10¹⁸; what is longer is no number that is written in groups.
    for _ in 0..7 {
        if !context.rest(end).starts_with(sign) || !context.is_digit(end + length) {
            return (end > at).then_some(end);
        }
        if context.digits_end(end + length) != end + length + 3 {
            // "200 mennesker i 2024 5" is no reason to give up what came before; "1.5" and "1.2345" are.
            return (end > at && context.blank(end) > 0).then_some(end);
        }
        end += length + 3;
    }
    None
}

/// The number at `at`, which is a digit or a ½. The caller has checked what stands before.
pub(crate) fn lex(context: &Context, at: usize) -> Option<Amount> {
    let mut amount = Amount {
        start: at,
        end: at,
        negative: false,
        whole: at..at,
        value: Some(0),
        grouped: false,
        decimals: None,
        vulgar: None,
    };
    if let Some((a, b, length)) = vulgar(context, at) {
        amount.vulgar = Some((a, b));
        amount.end = at + length;
        return Some(amount);
    }
    let mut end = context.digits_end(at);
    if end == at {
        return None;
    }
    if end - at <= 3
        && context.at(at) != b'0'
        && let Some(grouped) = groups_end(context, end)
    {
        end = grouped;
        amount.grouped = true;
    }
    amount.whole = at..end;
    amount.end = end;
    let leading_zero = context.at(at) == b'0' && end - at > 1;
    let mut value = Some(0_u64);
    for digit in context.bytes[at..end].iter().filter(|byte| byte.is_ascii_digit()) {
        value = value.and_then(|value| value.checked_mul(10)?.checked_add(u64::from(digit - b'0')));
        if value.is_none() {
            break;
        }
    }
    amount.value = value.filter(|value| !leading_zero && *value < cardinal::LIMIT);
    if let Some((a, b, length)) = vulgar(context, end) {
        amount.vulgar = Some((a, b));
        amount.end = end + length;
    } else if context.at(end) == b',' && context.is_digit(end + 1) {
        let decimals = context.digits_end(end + 1);
        // "1,2,3" is a list.
        if !(context.at(decimals) == b',' && context.is_digit(decimals + 1)) {
            amount.decimals = Some(end + 1..decimals);
            amount.end = decimals;
        }
    }
    Some(amount)
}

impl Amount {
    /// The value, if it is a plain whole number.
    pub(crate) fn integer(&self) -> Option<u64> {
        if self.decimals.is_some() || self.vulgar.is_some() { None } else { self.value }
    }

    /// Is what it counts in the singular: 1, ½, 2½?
    pub(crate) fn is_singular(&self) -> bool {
        self.integer() == Some(1) || self.vulgar.is_some()
    }

    /// Four digits that are read as a year where nothing else is known.
    pub(crate) fn is_year_like(&self) -> bool {
        !self.grouped
            && !self.negative
            && self.whole.len() == 4
            && self.integer().is_some_and(|value| year::RANGE.contains(&value))
    }

    /// Readings, the best first; `gender` is that of what is counted.
    pub(crate) fn readings(&self, context: &Context, gender: Option<Gender>) -> Vec<String> {
        let mut out = self.unsigned(context, gender);
        if self.negative {
            for reading in &mut out {
                reading.insert_str(0, "minus ");
            }
        }
        out
    }

    fn unsigned(&self, context: &Context, gender: Option<Gender>) -> Vec<String> {
        if let Some((a, b)) = self.vulgar {
            return mixed(context, self.value.filter(|_| !self.whole.is_empty()), (a, b), gender);
        }
        let digits =
            |range: Range<usize>, one| cardinal::digit_by_digit(context.bytes[range].iter().copied(), one);
        let Some(decimals) = self.decimals.clone() else {
            return match self.value {
                Some(value) => cardinal::readings(value, gender, context.all),
                None => vec![digits(self.whole.clone(), gender.unwrap_or(Gender::Neuter))],
            };
        };
        let mut heads = match self.value {
            Some(value) => cardinal::readings(value, Some(Gender::Common), context.all),
            None => vec![digits(self.whole.clone(), Gender::Common)],
        };
        if context.all && self.value == Some(1) {
            add(&mut heads, "et".to_string());
        }
        let tails = decimal_readings(context, decimals);
        let mut out = Vec::new();
        for tail in &tails {
            for head in &heads {
                add(&mut out, format!("{head} komma {tail}"));
                if !context.all {
                    return out;
                }
            }
        }
        out
    }
}

/// What follows "komma": two digits as a number, else digit by digit.
fn decimal_readings(context: &Context, range: Range<usize>) -> Vec<String> {
    let digits = &context.bytes[range.clone()];
    let one_by_one = |one| cardinal::digit_by_digit(digits.iter().copied(), one);
    let mut out = match digits {
        [b'0', _] | [_] => vec![one_by_one(Gender::Neuter)],
        [tens, units] => {
            vec![cardinal::spell(u64::from(tens - b'0') * 10 + u64::from(units - b'0'), Gender::Neuter)]
        }
        _ => vec![one_by_one(Gender::Neuter)],
    };
    if context.all && digits.len() < 32 {
        add(&mut out, one_by_one(Gender::Neuter));
        add(&mut out, one_by_one(Gender::Common));
    }
    out
}

/// Readings of `a/b`, with whole before it.
pub(crate) fn mixed(
    context: &Context,
    whole: Option<u64>,
    (a, b): (u64, u64),
    gender: Option<Gender>,
) -> Vec<String> {
    let part = fraction(a, b, gender);
    let half = |gender| if gender == Gender::Neuter { "et halvt" } else { "en halv" };
    let mut out = match whole {
        None => return part,
        Some(1) if (a, b) == (1, 2) => {
            let one_half = if gender == Some(Gender::Neuter) { "halvandet" } else { "halvanden" };
            let best = half(gender.unwrap_or(Gender::Common));
            let one = gender.unwrap_or(Gender::Common).one();
            vec![one_half.to_string(), format!("{one} {best}"), format!("{one} og {best}")]
        }
        Some(whole) => {
            let one = gender.unwrap_or(Gender::Common);
            let mut out = Vec::new();
            for part in &part {
                out.push(format!("{} {part}", cardinal::spell(whole, one)));
                out.push(format!("{} og {part}", cardinal::spell(whole, one)));
            }
            if (a, b) != (1, 2) && out.len() > 1 {
                out.swap(0, 1);
            }
            out
        }
    };
    if !context.all {
        out.truncate(1);
    }
    out
}

/// Readings of the fraction `a/b`: `en halv`, `tre fjerdedele`; empty where no word is in use.
pub(crate) fn fraction(a: u64, b: u64, gender: Option<Gender>) -> Vec<String> {
    let count = cardinal::spell(a, Gender::Common);
    if b == 2 {
        let one_half = match gender {
            Some(Gender::Neuter) => vec!["et halvt".to_string()],
            Some(Gender::Common) => vec!["en halv".to_string()],
            None => vec!["en halv".to_string(), "et halvt".to_string()],
        };
        return if a == 1 { one_half } else { vec![format!("{count} halve")] };
    }
    let ending = if a == 1 { "del" } else { "dele" };
    let mut out = Vec::new();
    match b {
        3..100 => {
            for form in crate::number::ordinal::readings(b, Gender::Common) {
                out.push(format!("{count} {form}{ending}"));
            }
        }
        100 | 1_000 | 1_000_000 => {
            let exponent = b.ilog10();
            if let Some(row) = table::scale(exponent) {
                out.push(format!("{count} {}{}", row.fraction, if a == 1 { "" } else { "e" }));
            }
        }
        _ => {}
    }
    match (a, b) {
        (1, 4) => out.push("en kvart".to_string()),
        (3, 4) => out.extend(["trekvart".to_string(), "tre kvarte".to_string()]),
        _ => {}
    }
    out
}

/// All of `parts` joined by `between`: the best of each first, at most 16.
pub(crate) fn combine(parts: &[Vec<String>], between: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    for (index, part) in parts.iter().enumerate() {
        let mut next = Vec::with_capacity(out.len());
        'fill: for reading in part {
            for head in &out {
                let glue = if index == 0 || head.is_empty() || reading.is_empty() { "" } else { between };
                add(&mut next, [head.as_str(), glue, reading.as_str()].concat());
                if next.len() >= 16 {
                    break 'fill;
                }
            }
        }
        if !part.is_empty() {
            out = next;
        }
    }
    out
}

/// Words that are never what a number counts.
const FUNCTION_WORDS: [&str; 36] = [
    "på", "over", "til", "i", "og", "af", "er", "var", "som", "der", "med", "for", "mod", "fra", "eller",
    "men", "om", "ved", "blev", "bliver", "har", "havde", "kan", "skal", "vil", "ikke", "så", "at", "da",
    "når", "den", "det", "de", "efter", "før", "under",
];

/// Start of the digits that end at `end`.
fn start_of_number(context: &Context, end: usize) -> usize {
    let digits = context.bytes[..end].iter().rev().take(24).take_while(|byte| byte.is_ascii_digit()).count();
    end - digits
}

/// The gender of the noun that the number before `at` counts, by that word or, past one adjective, the next.
pub(crate) fn counted_gender(context: &Context, at: usize) -> Option<Gender> {
    let start = context.past_blanks(at);
    if start == at {
        return None;
    }
    let word = context.word_at(start);
    if word.is_empty() || word.chars().next().is_some_and(char::is_uppercase) {
        return None;
    }
    if FUNCTION_WORDS.contains(&word)
        || matches!(
            context.word_before(start_of_number(context, at)),
            "nr." | "Nr." | "nummer" | "side" | "s."
        )
    {
        return None;
    }
    if let Some(gender) = super::lexicon::gender_of(word) {
        return Some(gender);
    }
    let after = context.past_blanks(start + word.len());
    let noun = context.word_at(after);
    let adjective =
        ["e", "t", "ig", "lig", "sk", "y", "or", "ang"].iter().any(|ending| word.ends_with(ending));
    if after > start + word.len()
        && adjective
        && let Some(gender) = super::lexicon::gender_of(noun)
    {
        return Some(gender);
    }
    Some(Gender::Common)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexed(text: &str) -> (String, Option<u64>) {
        let context = Context::new(text, true);
        let amount = lex(&context, 0).unwrap();
        (text[..amount.end].to_string(), amount.value)
    }

    #[test]
    fn groups_of_three_are_one_number_and_lists_are_not() {
        assert_eq!(lexed("1.234.567,8 x"), ("1.234.567,8".into(), Some(1_234_567)));
        assert_eq!(lexed("12\u{a0}500 kr."), ("12\u{a0}500".into(), Some(12_500)));
        assert_eq!(lexed("1,2,3"), ("1".into(), Some(1)));
        assert_eq!(lexed("1.5"), ("1".into(), Some(1)));
        assert_eq!(lexed("007"), ("007".into(), None));
        assert_eq!(lexed("2½"), ("2½".into(), Some(2)));
    }
}
