//! Times after `klokken`.

use super::words::Token;
use crate::number::words::Word;

/// Hour, minute where said, is it said by the dial, and the next word.
pub(crate) struct Clock {
    pub(crate) hour: u64,
    pub(crate) minute: Option<u64>,
    pub(crate) by_dial: bool,
    pub(crate) next: usize,
}

fn hour(tokens: &[Token], at: usize) -> Option<u64> {
    tokens.get(at)?.cardinal().filter(|hour| *hour <= 24)
}

fn on_dial(tokens: &[Token], at: usize) -> Option<u64> {
    hour(tokens, at).filter(|hour| (1..=12).contains(hour))
}

fn before(hour: u64) -> u64 {
    if hour == 1 { 12 } else { hour - 1 }
}

/// The time that starts with the word `at`, the one after `klokken`.
pub(crate) fn parse(tokens: &[Token], at: usize) -> Option<Clock> {
    dial(tokens, at).or_else(|| digital(tokens, at))
}

fn dial(tokens: &[Token], at: usize) -> Option<Clock> {
    let is = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.is(word));
    let clock = |hour, minute, next| Some(Clock { hour, minute: Some(minute), by_dial: true, next });
    if is(at, "halv") {
        let hour = on_dial(tokens, at + 1)?;
        return clock(before(hour), 30, at + 2);
    }
    if is(at, "kvart") {
        let hour = on_dial(tokens, at + 2)?;
        return match () {
            () if is(at + 1, "over") => clock(hour, 15, at + 3),
            () if is(at + 1, "i") => clock(before(hour), 45, at + 3),
            () => None,
        };
    }
    let minutes = tokens.get(at)?.cardinal().filter(|minutes| (1..30).contains(minutes))?;
    let mut next = at + 1;
    if is(next, "minutter") || is(next, "minut") {
        next += 1;
    }
    let over = is(next, "over");
    if !over && !is(next, "i") {
        return None;
    }
    if is(next + 1, "halv") {
        let hour = on_dial(tokens, next + 2)?;
        let minute = if over { 30 + minutes } else { 30 - minutes };
        return clock(before(hour), minute, next + 3);
    }
    let hour = on_dial(tokens, next + 1)?;
    if over { clock(hour, minutes, next + 2) } else { clock(before(hour), 60 - minutes, next + 2) }
}

fn digital(tokens: &[Token], at: usize) -> Option<Clock> {
    let hour = hour(tokens, at)?;
    let second = tokens.get(at + 1).and_then(Token::cardinal);
    let third = tokens.get(at + 2).and_then(Token::cardinal);
    let (minute, next) = match (second, third) {
        (Some(0), Some(unit)) if unit < 10 => (Some(unit), at + 3),
        (Some(0), _) => (Some(0), at + 2),
        (Some(minute), _) if (10..60).contains(&minute) => (Some(minute), at + 2),
        _ => (None, at + 1),
    };
    if matches!(tokens.get(next).and_then(|token| token.word), Some(Word::Hundred(_) | Word::Scale(_))) {
        return None;
    }
    Some(Clock { hour, minute, by_dial: false, next })
}

impl Clock {
    /// `8.15`, best first: with the full stop of Retskrivningsordbogen, without minutes where none were said.
    pub(crate) fn written(&self) -> Vec<String> {
        let hour = self.hour;
        let mut out = match self.minute {
            None => vec![
                format!("{hour}"),
                format!("{hour}.00"),
                format!("{hour}:00"),
                format!("{hour:02}.00"),
                format!("{hour:02}:00"),
            ],
            Some(minute) => {
                let mut out = vec![format!("{hour}.{minute:02}"), format!("{hour}:{minute:02}")];
                if hour < 10 {
                    out.extend([format!("{hour:02}.{minute:02}"), format!("{hour:02}:{minute:02}")]);
                }
                if minute == 0 {
                    out.push(format!("{hour}"));
                }
                out
            }
        };
        if let Some(minute) = self.minute.filter(|_| self.by_dial) {
            let late = (hour + 12) % 24;
            out.extend([format!("{late}.{minute:02}"), format!("{late}:{minute:02}")]);
        }
        out
    }
}
