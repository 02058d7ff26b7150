//! Parses cardinals: `to hundrede og tooghalvfjerds`, `elleve hundrede`, `en milliard to hundrede millioner`.

use super::words::Token;
use crate::number::words::Word;

/// A number in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cardinal {
    pub(crate) value: u64,
    /// Index of the first word after it.
    pub(crate) next: usize,
    /// Was the last word of scale `million` or more, with nothing after it?
    pub(crate) round: Option<u32>,
}

fn word(tokens: &[Token], at: usize) -> Option<Word> {
    tokens.get(at)?.word
}

fn is_og(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| token.is("og"))
}

fn is_one(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| token.is("en") || token.is("et"))
}

/// One word, or `fem og tyve` as dictation writes it.
pub(crate) fn below_hundred(tokens: &[Token], at: usize) -> Option<(u64, usize)> {
    let Some(Word::Cardinal(value)) = word(tokens, at) else { return None };
    if (1..10).contains(&value)
        && is_og(tokens, at + 1)
        && let Some(Word::Cardinal(tens)) = word(tokens, at + 2)
        && (20..100).contains(&tens)
        && tens.is_multiple_of(10)
    {
        return Some((tens + value, at + 3));
    }
    Some((value, at + 1))
}

/// Below a thousand, or in hundreds up to 9,999.
fn group(tokens: &[Token], at: usize) -> Option<(u64, usize)> {
    let (mut value, mut next) = match word(tokens, at)? {
        // The word is its own scale.
        Word::Thousands(count) => return Some((count, at)),
        Word::Hundred(count) => (count * 100, at + 1),
        Word::Cardinal(_) => {
            let (count, next) = below_hundred(tokens, at)?;
            match word(tokens, next) {
                Some(Word::Hundred(1)) if count > 0 => (count * 100, next + 1),
                _ => return Some((count, next)),
            }
        }
        _ => return None,
    };
    let rest_at = next + usize::from(is_og(tokens, next));
    if let Some(Word::Thousands(count @ 1..100)) = word(tokens, rest_at) {
        return Some((value + count, rest_at));
    }
    if let Some((rest, after)) = below_hundred(tokens, rest_at)
        && rest > 0
        && !matches!(word(tokens, after), Some(Word::Hundred(_)))
        // "to hundrede en gang" is no 201.
        && (rest_at > next || !is_one(tokens, rest_at) || tokens.len() == after)
    {
        value += rest;
        next = after;
    }
    Some((value, next))
}

/// The cardinal that starts with the word `at`.
pub(crate) fn parse(tokens: &[Token], at: usize) -> Option<Cardinal> {
    let (mut total, mut next, mut last) = (0_u64, at, u32::MAX);
    let mut round = None;
    loop {
        let head = next == at;
        let start = if head { next } else { next + usize::from(is_og(tokens, next)) };
        let (value, after) = match group(tokens, start) {
            Some(found) => found,
            None if head && word(tokens, start) == Some(Word::Scale(3)) => (1, start),
            None => break,
        };
        let scale = match word(tokens, after) {
            Some(Word::Scale(exponent)) => Some(exponent),
            Some(Word::Thousands(_)) => Some(3),
            _ => None,
        };
        let small = value < 1_000;
        match scale {
            Some(exponent) if exponent < last && small && value > 0 => {
                let Some(sum) =
                    10_u64.checked_pow(exponent).and_then(|unit| unit.checked_mul(value)?.checked_add(total))
                else {
                    break;
                };
                total = sum;
                last = exponent;
                next = after + 1;
                round = (head && exponent > 3).then_some(exponent);
            }
            Some(_) if !head => break,
            _ => {
                if !head {
                    let article =
                        is_one(tokens, start) && after == start + 1 && start == next && tokens.len() > after;
                    if !small || value == 0 || article || last == 0 {
                        break;
                    }
                }
                total += value;
                next = after;
                round = None;
                break;
            }
        }
    }
    (next > at).then_some(Cardinal { value: total, next, round })
}

/// The number as digits, with full stops between groups of three from 1,000 on.
pub(crate) fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::words::tokens;
    use super::*;

    fn value(text: &str) -> Option<(u64, usize)> {
        parse(&tokens(text, 0, 40), 0).map(|found| (found.value, found.next))
    }

    #[test]
    fn cardinals_are_parsed_in_every_form_of_usage() {
        for (text, n) in [
            ("nul", 0),
            ("enogtyve", 21),
            ("fem og tyve", 25),
            ("femogtresindstyve", 65),
            ("hundrede og en", 101),
            ("et hundrede femogtyve", 125),
            ("tusind et hundrede", 1_100),
            ("nittentusind sekshundrede og halvfjerds", 19_670),
            ("tre hundrede og femtusind", 305_000),
            ("en million femtusinde og to", 1_005_002),
            ("elleve hundrede og fem", 1_105),
            ("to tusinde og seksogtyve", 2_026),
            ("hundrede og enogtyve tusind", 121_000),
            ("en milliard to hundrede millioner", 1_200_000_000),
            ("en million og et", 1_000_001),
        ] {
            assert_eq!(value(text).map(|found| found.0), Some(n), "{text}");
        }
    }

    #[test]
    fn an_article_after_a_number_is_not_its_end() {
        assert_eq!(value("tre tusind en gang"), Some((3_000, 2)));
        assert_eq!(value("to hundrede et eller andet"), Some((200, 2)));
    }
}
