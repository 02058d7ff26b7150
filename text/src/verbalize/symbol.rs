//! Signs between numbers: `2+2=4`, `x²`, `±`.

use super::amount::{self, Amount};
use super::context::Context;
use super::{Class, Match};

/// A sign at `at`.
pub(crate) fn at(context: &Context, at: usize) -> Option<Match> {
    let (length, spoken): (usize, &[&str]) = match context.rest(at) {
        [b'+', ..] => (1, &["plus"]),
        [b'<', ..] => (1, &["er mindre end", "mindre end"]),
        [b'>', ..] => (1, &["er større end", "større end"]),
        [b'=', ..] => (1, &["er", "er lig med", "lig med"]),
        [0xC3, 0x97, ..] => (2, &["gange"]),
        [0xC3, 0xB7, ..] => (2, &["divideret med"]),
        [0xC2, 0xB7, ..] => (2, &["gange"]),
        [0xC2, 0xB1, ..] => (2, &["plus minus", "plus eller minus"]),
        [0xC2, 0xB2, ..] => (2, &["i anden"]),
        [0xC2, 0xB3, ..] => (2, &["i tredje"]),
        [0xE2, 0x89, 0xA4, ..] => (3, &["er mindre end eller lig med", "mindre end eller lig med"]),
        [0xE2, 0x89, 0xA5, ..] => (3, &["er større end eller lig med", "større end eller lig med"]),
        [0xE2, 0x89, 0x88, ..] => (3, &["er cirka", "er cirka lig med"]),
        [0xE2, 0x89, 0xA0, ..] => (3, &["er forskellig fra"]),
        [0xE2, 0x88, 0x92, ..] => (3, &["minus"]),
        [0xE2, 0x88, 0x9A, ..] => (3, &["kvadratroden af"]),
        _ => return None,
    };
    let end = at + length;
    let next = context.past_blanks(end);
    let blanks_before = context.text[..at].len() - context.text[..at].trim_end_matches(' ').len();
    if blanks_before > 2 {
        return None;
    }
    let before = context.before(at - blanks_before);
    let number_after =
        context.is_digit(next) || context.dash(next) > 0 && context.is_digit(next + context.dash(next));
    let operand_after = number_after || matches!(context.after(next), Some('x' | 'y' | '(' | '√' | '?'));
    let operand_before =
        before.is_some_and(|c| c.is_ascii_digit() || matches!(c, ')' | '²' | '³' | 'x' | 'y' | '½' | '%'));
    let fits = match context.rest(at) {
        [0xC2, 0xB2 | 0xB3, ..] => {
            blanks_before == 0
                && before.is_some_and(|c| c.is_ascii_alphanumeric() || c == ')')
                && context.ends_token(end)
        }
        [0xE2, 0x88, 0x9A, ..] | [0xC2, 0xB1, ..] => number_after,
        [b'+', ..]
            if at == 0
                || before.is_none()
                || (blanks_before > 0 && context.is_digit(end) && !operand_before) =>
        {
            context.is_digit(end)
        }
        [b'<' | b'>', ..] => {
            before.is_some_and(|c| c.is_ascii_digit())
                && context.is_digit(next)
                && (blanks_before > 0) == (next > end)
        }
        [b'=' | b'+', ..] if blanks_before == 0 && before.is_some_and(char::is_alphabetic) => false,
        _ => operand_before && operand_after,
    };
    fits.then(|| Match::new(at, end, Class::Math, spoken.iter().map(|form| form.to_string()).collect()))
}

/// `10 - 5 =`, with the sign at `sign`.
fn difference(context: &Context, amount: &Amount, sign: usize) -> Option<Match> {
    let next = context.past_blanks(sign + context.dash(sign));
    if !context.is_digit(next) || sign == amount.end {
        return None;
    }
    let second = amount::lex(context, next)?;
    if context.at(context.past_blanks(second.end)) != b'=' {
        return None;
    }
    let readings = amount.readings(context, None).into_iter().map(|head| format!("{head} minus")).collect();
    Some(Match::new(amount.start, next, Class::Math, readings))
}

/// `5 x 7 cm`, `3 × 4`: the first number and the sign; what follows is a quantity of its own.
pub(crate) fn times(context: &Context, amount: &Amount) -> Option<Match> {
    let sign = context.past_blanks(amount.end);
    let length = match context.rest(sign) {
        [b'x' | b'X' | b'*', ..] => 1,
        [0xC3, 0x97, ..] | [0xC2, 0xB7, ..] => 2,
        // "10 - 5 = 5" is a sum by its sign of equality.
        [b'-', b' ', ..] | [0xE2, 0x88, 0x92, ..] | [0xE2, 0x80, 0x93, b' ', ..] => {
            return difference(context, amount, sign);
        }
        _ => return None,
    };
    let next = context.past_blanks(sign + length);
    let spaced = (sign > amount.end) == (next > sign + length);
    if !spaced || !context.is_digit(next) || (context.at(sign) == b'x' && context.at(amount.start) == b'0') {
        return None;
    }
    let readings = amount.readings(context, None).into_iter().map(|head| format!("{head} gange")).collect();
    Some(Match::new(amount.start, next, Class::Math, readings))
}
