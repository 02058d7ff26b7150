//! Finds what may need reading: a scan over bytes that stops at digits, signs, full stops and capitals, and asks
//! the rules there. Each rule looks at a bounded part of the text, so the whole is linear.

use super::amount::{self, Amount};
use super::context::Context;
use super::{
    Class, Match, abbreviation, address, date, electronic, legal, letters, ordinals, phone, quantity, range,
    roman, suffix, symbol, time,
};
use crate::number::{Gender, cardinal};

/// What a byte may start.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trigger {
    None,
    Digit,
    Dot,
    Upper,
    Sign,
    /// First byte of § ½ £ ² and of € − ‰ ⅓.
    Lead,
}

static TRIGGERS: [Trigger; 256] = {
    let mut table = [Trigger::None; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'0'..=b'9' => Trigger::Digit,
            b'.' => Trigger::Dot,
            b'A'..=b'Z' => Trigger::Upper,
            b'@' | b'&' | b'+' | b'=' | b'<' | b'>' | b'$' | b'/' | b':' | b'x' => Trigger::Sign,
            0xC2 | 0xE2 => Trigger::Lead,
            // × and ÷ after 0xC3; rare as the second byte of anything else in Danish.
            0x97 | 0xB7 => Trigger::Sign,
            _ => Trigger::None,
        };
        byte += 1;
    }
    table
};

/// All matches, in order, none overlapping.
pub(crate) fn matches(text: &str, all: bool) -> Vec<Match> {
    let context = Context::new(text, all);
    let bytes = context.bytes;
    let mut out: Vec<Match> = Vec::new();
    let (mut at, mut last) = (0, 0);
    while let Some(offset) = bytes[at..].iter().position(|&byte| TRIGGERS[usize::from(byte)] != Trigger::None)
    {
        at += offset;
        let found = match TRIGGERS[usize::from(bytes[at])] {
            Trigger::Digit => number(&context, at, last),
            Trigger::Dot => {
                abbreviation::at(&context, at, last).or_else(|| electronic::dot(&context, at, last))
            }
            Trigger::Upper => capital(&context, at),
            Trigger::Sign => sign(&context, at, last),
            Trigger::Lead => lead(&context, at),
            Trigger::None => None,
        };
        match found {
            Some(found)
                if found.start >= last
                    && found.end >= at
                    && found.end > found.start
                    && !found.readings.is_empty() =>
            {
                at = found.end;
                last = found.end;
                out.push(found);
            }
            _ if bytes[at].is_ascii_digit() => at = context.digits_end(at),
            _ => at += 1,
        }
    }
    out
}

/// An acronym, a roman numeral, or a currency code before its number.
fn capital(context: &Context, at: usize) -> Option<Match> {
    let next = context.at(at + 1);
    let second = context.at(at + 2);
    // "I", "V", "X" and the like alone, or with a genitive.
    let alone = !next.is_ascii_lowercase() && next != 0xC3;
    let mixed = next.is_ascii_lowercase() && second.is_ascii_uppercase();
    let accented = next == 0xC3 && matches!(second, 0x80..=0x9E);
    if !(alone || mixed || accented || (next == b'r' && second == b'.') || next == b's')
        || !context.starts_token(at)
    {
        return None;
    }
    if context.before(at).is_some_and(|c| matches!(c, '@' | '/' | '&' | '\\')) && !alone {
        return None;
    }
    roman::at(context, at)
        .or_else(|| quantity::currency_first(context, at).filter(|_| next != b'r'))
        .or_else(|| letters::at(context, at))
}

fn sign(context: &Context, at: usize, last: usize) -> Option<Match> {
    match context.at(at) {
        b'@' => electronic::at_sign(context, at, last),
        b'&' => letters::ampersand(context, at),
        b'+' => phone::international(context, at).or_else(|| symbol::at(context, at)),
        b'$' => quantity::currency_first(context, at),
        b':' => context.rest(at).starts_with(b"://").then(|| electronic::scheme(context, at, last)).flatten(),
        b'/' => slash(context, at, last),
        b'x' => fx(context, at),
        b'=' | b'<' | b'>' => symbol::at(context, at),
        _ if at > last && context.at(at - 1) == 0xC3 => symbol::at(context, at - 1),
        _ => None,
    }
}

/// `fx`, the one abbreviation that has no full stop.
fn fx(context: &Context, at: usize) -> Option<Match> {
    let start = at.checked_sub(1)?;
    let fits =
        matches!(context.at(start), b'f' | b'F') && context.starts_token(start) && context.ends_token(at + 1);
    let end = at + 1 + usize::from(context.at(at + 1) == b'.' && !context.sentence_ends(at + 2));
    let address =
        context.before(start).is_some_and(|c| matches!(c, '/' | '.' | '@' | '-')) || context.at(end) == b'/';
    (fits && !address).then(|| Match::new(start, end, Class::Abbreviation, vec!["for eksempel".to_string()]))
}

/// `a/s`, `c/o`, `m/k`: one letter on either side.
fn slash(context: &Context, at: usize, last: usize) -> Option<Match> {
    let start = at.checked_sub(1).filter(|start| *start >= last)?;
    let letters = context.at(start).is_ascii_lowercase() && context.at(at + 1).is_ascii_lowercase();
    let form = context.text.get(start..at + 2).filter(|_| letters)?;
    let spoken = super::lexicon::ACRONYMS.get(form)?;
    let fits = context.starts_token(start)
        && context.ends_token(at + 2)
        && context.at(at + 2) != b'/'
        && context.before(start) != Some('/');
    fits.then(|| {
        Match::new(start, at + 2, Class::Abbreviation, spoken.iter().map(|form| form.to_string()).collect())
    })
}

fn lead(context: &Context, at: usize) -> Option<Match> {
    match context.rest(at) {
        [0xC2, 0xA7, ..] => legal::at(context, at),
        [0xC2, 0xBC..=0xBE, ..] | [0xE2, 0x85, ..] => {
            if !context.starts_token(at) {
                return None;
            }
            let amount = amount::lex(context, at)?;
            Some(quantity::at(context, &amount).unwrap_or_else(|| quantity::plain(context, &amount)))
        }
        [0xC2, 0xA3 | 0xA5 | 0xA2, ..] | [0xE2, 0x82, ..] => quantity::currency_first(context, at),
        [0xC2, 0xB1 | 0xB2 | 0xB3 | 0xB7, ..] | [0xE2, 0x88 | 0x89, ..] => symbol::at(context, at),
        _ => None,
    }
}

/// A minus sign before the number at `at`.
fn minus(context: &Context, at: usize, last: usize) -> Option<usize> {
    let sign = context.before(at).filter(|c| matches!(c, '-' | '\u{2212}' | '\u{2013}'))?;
    let start = at - sign.len_utf8();
    let before = context.before(start);
    // A dash of the sentence has a blank after it; a list mark starts its line.
    let fits = before.is_none_or(|c| c.is_whitespace() || matches!(c, '(' | '=' | '[' | ';' | ':' | '"'));
    (start >= last && fits).then_some(start)
}

fn number(context: &Context, at: usize, last: usize) -> Option<Match> {
    // After "2x" of "2x4" a number stands although a letter is before it.
    let after_times = at == last && at > 0 && matches!(context.at(at - 1), b'x' | b'X');
    if !context.starts_token(at) && !after_times {
        return None;
    }
    // "#39", "//10", "a=5" are markup and paths; "2=2" is none.
    let marked = match context.before(at) {
        Some('#' | '\\' | '@') => true,
        Some('/') => context.before(at - 1) == Some('/'),
        Some('=') => {
            return plain(context, at, last)
                .filter(|_| !context.before(at - 1).is_some_and(char::is_alphabetic));
        }
        _ => false,
    };
    if marked {
        return None;
    }
    if let Some(found) = alone_on_line(context, at) {
        return Some(found);
    }
    phone::cpr(context, at)
        .or_else(|| phone::at(context, at))
        .or_else(|| time::at(context, at).filter(|_| time::follows_klokken(context, at)))
        .or_else(|| address::at(context, at))
        .or_else(|| date::at(context, at))
        .or_else(|| time::at(context, at))
        .map(|found| with_klokken(context, found, last))
        .or_else(|| ordinals::at(context, at))
        .or_else(|| plain(context, at, last))
}

/// A number that has a line to itself, as lists and tables have: no word beside it can make it anything else.
fn alone_on_line(context: &Context, at: usize) -> Option<Match> {
    let starts = at == 0 || context.at(at - 1) == b'\n';
    let end = if starts { context.digits_end(at) } else { at };
    let ends = end == context.bytes.len() || matches!(context.at(end), b'\n' | b'\r');
    // Three digits may be "112", eight a telephone number.
    if !starts || !ends || matches!(end - at, 3 | 8) {
        return None;
    }
    Some(quantity::plain(context, &amount::lex(context, at)?))
}

/// `kl 9`: the word without its full stop is taken into the span.
fn with_klokken(context: &Context, mut found: Match, last: usize) -> Match {
    let (start, end) = context.word_before_at(found.start);
    if found.class == Class::Time && start >= last && matches!(&context.text[start..end], "kl" | "Kl") {
        found.start = start;
        for reading in &mut found.readings {
            reading.insert_str(0, "klokken ");
        }
    }
    found
}

fn plain(context: &Context, at: usize, last: usize) -> Option<Match> {
    let mut amount = amount::lex(context, at)?;
    if let Some(start) = minus(context, at, last) {
        amount.negative = true;
        amount.start = start;
    }
    if let Some(found) = dotted(context, &amount) {
        return Some(found);
    }
    range::fraction(context, &amount)
        .or_else(|| range::ratio(context, &amount))
        .or_else(|| symbol::times(context, &amount))
        .or_else(|| quantity::at(context, &amount))
        .or_else(|| suffix::at(context, &amount))
        .or_else(|| range::range(context, &amount))
        .or_else(|| {
            // Letters that no rule knows: a code.
            let glued =
                context.after(amount.end).is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '@');
            (!glued).then(|| quantity::plain(context, &amount))
        })
}

/// `5.5`, `1.2.3`, `192.168.0.1`: full stops between numbers that are no groups of three.
fn dotted(context: &Context, amount: &Amount) -> Option<Match> {
    let mut end = amount.whole.end;
    if context.at(end) != b'.'
        || !context.is_digit(end + 1)
        || amount.decimals.is_some()
        || amount.whole.is_empty()
    {
        return None;
    }
    let first = context.digits_end(amount.whole.start);
    let part = |range: std::ops::Range<usize>| letters::digits(&context.text[range]);
    let mut spoken = part(amount.whole.start..first);
    end = first;
    while context.at(end) == b'.' && context.is_digit(end + 1) {
        let next = context.digits_end(end + 1);
        spoken.push_str(" punktum ");
        spoken.push_str(&part(end + 1..next));
        end = next;
    }
    if !context.ends_token(end) {
        return None;
    }
    let mut readings = vec![spoken];
    if amount.negative {
        readings[0].insert_str(0, "minus ");
    }
    // "8.15" may be a time, "5.5" a decimal in English style.
    if context.all && end - amount.whole.start <= 5 {
        let digits: Vec<&str> = context.text[amount.whole.start..end].split('.').collect();
        if let [whole, rest] = digits[..] {
            let decimals = if rest.len() == 2 && !rest.starts_with('0') {
                rest.parse().map(|n| cardinal::spell(n, Gender::Neuter)).unwrap_or_default()
            } else {
                cardinal::digit_by_digit(rest.bytes(), Gender::Neuter)
            };
            readings.push(format!("{} komma {decimals}", letters::digits(whole)));
            readings.push(format!("{} {decimals}", letters::digits(whole)));
        }
    }
    Some(Match::new(amount.start, end, Class::Decimal, readings))
}
