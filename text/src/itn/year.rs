//! Parses years: `nitten nioghalvfems`, `atten hundrede og fem`, `to tusind og seksogtyve`.

use super::cardinal;
use super::words::Token;
use crate::number::words::Word;

/// Words after which a number is a year, if nothing that is counted follows.
const BEFORE: [&str; 24] = [
    "i",
    "år",
    "året",
    "siden",
    "fra",
    "før",
    "efter",
    "omkring",
    "til",
    "inden",
    "sommeren",
    "efteråret",
    "foråret",
    "vinteren",
    "primo",
    "ultimo",
    "medio",
    "årgang",
    "sæsonen",
    "født",
    "ved",
    "cirka",
    "anno",
    "årene",
];

/// Does the word date what follows?
pub(crate) fn is_dating(word: &str) -> bool {
    BEFORE.contains(&word)
}

/// Two numbers that are read as a year: 19 and 99, 19 and nul 5, 19 and 5.
pub(crate) fn pair(tokens: &[Token], at: usize) -> Option<(u64, usize)> {
    let century = tokens.get(at)?.cardinal().filter(|value| (10..=20).contains(value))?;
    let second = tokens.get(at + 1)?.cardinal()?;
    let (rest, next) = match second {
        0 => (tokens.get(at + 2)?.cardinal().filter(|value| (1..10).contains(value))?, at + 3),
        rest => (rest, at + 2),
    };
    let one = tokens.get(next - 1).is_some_and(|token| token.is("en") || token.is("et"));
    let more = matches!(
        tokens.get(next).and_then(|token| token.word),
        Some(Word::Cardinal(_) | Word::Hundred(_) | Word::Scale(_))
    );
    let article = one && next == at + 2 && tokens.len() > next;
    (!more && !article).then_some((century * 100 + rest, next))
}

/// A year where one is expected: after a month, or after "i" (the caller looks at what follows).
pub(crate) fn expected(tokens: &[Token], at: usize) -> Option<(u64, usize)> {
    if let Some(found) = pair(tokens, at) {
        return Some(found);
    }
    let number = cardinal::parse(tokens, at)?;
    (1_000..3_000).contains(&number.value).then_some((number.value, number.next))
}
