//! Abbreviations with a full stop: `f.eks.`, `kl. 9`, `d. 24. dec.`

use super::context::{Context, is_letter};
use super::lexicon::{ABBREVIATIONS, Abbreviation, Final, WEEKDAYS, Where, is_street};
use super::{Class, Match};
use crate::number::{Gender, ordinal};

/// No form of the table is longer, in bytes.
const LONGEST: usize = 20;

/// An abbreviation whose first full stop is at `dot`, and that starts at `last` or later.
pub(crate) fn at(context: &Context, dot: usize, last: usize) -> Option<Match> {
    let start = start_of(context, dot, last)?;
    if let Some(found) = weekday(context, start, dot) {
        return Some(found);
    }
    let (entry, end) = spaced(context, start).or_else(|| longest(context, start))?;
    if !stands(context, entry, start, end) {
        return None;
    }
    let number_at = context.past_blanks(end);
    let digit = number_at > end && context.is_digit(number_at) || context.is_digit(end);
    match entry.form {
        "kl." if digit => {
            if let Some(time) = super::time::at(context, number_at) {
                return Some(prefixed("klokken", start, time));
            }
        }
        "kr." if digit || context.after(number_at) == Some('-') => {
            if let Some(money) = super::quantity::currency_first(context, start) {
                return Some(money);
            }
        }
        "d." if !context.is_whole(start, end) => {
            let date = super::date::at(context, number_at)
                .or_else(|| super::ordinals::at(context, number_at))
                .or_else(|| bare_day(context, number_at))?;
            return Some(Match { class: Class::Date, ..prefixed("den", start, date) });
        }
        "st." if is_street(context.word_at(number_at)) => {
            return Some(Match::new(start, end, Class::Abbreviation, vec!["store".into()]));
        }
        "st." if context.after(number_at).is_some_and(char::is_uppercase) => {
            return Some(Match::new(start, end, Class::Abbreviation, vec!["sankt".into(), "store".into()]));
        }
        "stk." if digit => {
            return Some(Match::new(start, end, Class::Legal, vec!["stykke".into(), "styk".into()]));
        }
        _ => {}
    }
    // The full stop that ends the sentence too is left where it is.
    let leads = matches!(entry.place, Where::DigitAfter | Where::NameAfter | Where::WordAfter);
    let stop = context.at(end - 1) == b'.'
        && entry.final_stop != Final::Never
        && !leads
        && context.sentence_ends(end);
    let readings = entry.spoken.iter().map(|form| form.to_string()).collect();
    Some(Match::new(start, if stop { end - 1 } else { end }, Class::Abbreviation, readings))
}

/// `d. 1`, without the full stop of the ordinal.
fn bare_day(context: &Context, at: usize) -> Option<Match> {
    let (day, end) = context.small(at).filter(|(day, _)| (1..=31).contains(day))?;
    let fits = context.ends_token(end) && !matches!(context.at(end), b'.' | b',' | b'/' | b'-' | b':');
    fits.then(|| Match::new(at, end, Class::Date, ordinal::readings(day, Gender::Common)))
}

fn prefixed(word: &str, start: usize, mut found: Match) -> Match {
    for reading in &mut found.readings {
        *reading = format!("{word} {reading}");
    }
    found.start = start;
    found
}

/// Where the letters before `dot` start, if they start a token.
fn start_of(context: &Context, dot: usize, last: usize) -> Option<usize> {
    let floor = dot.saturating_sub(LONGEST).max(last);
    let mut start = dot;
    while start > floor && (is_letter(context.at(start - 1)) || context.at(start - 1) >= 0x80) {
        start -= 1;
    }
    while start < dot && !context.text.is_char_boundary(start) {
        start += 1;
    }
    let before = context.before(start);
    let free =
        before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '.' | '_' | '@' | '/' | '-' | '\\'));
    (start < dot && free).then_some(start)
}

/// The longest form of the table at `start`.
fn longest(context: &Context, start: usize) -> Option<(&'static Abbreviation, usize)> {
    let window = context.rest(start);
    let window = &window[..window.len().min(LONGEST + 2)];
    let length = window.iter().take_while(|&&byte| byte == b'.' || is_letter(byte) || byte >= 0x80).count();
    let ends = (1..=length).rev().map(|length| start + length);
    for end in ends {
        let boundary = context.text.is_char_boundary(end);
        let complete = context.at(end - 1) == b'.' || context.ends_token(end);
        if !boundary || !complete {
            continue;
        }
        // "f.eks" is complete before a blank, "kl" of "kl.9" is not.
        if context.at(end - 1) != b'.' && context.at(end) == b'.' {
            continue;
        }
        let form = &context.text[start..end];
        let entry = ABBREVIATIONS.get(form).or_else(|| {
            let first = form.chars().next().filter(|c| c.is_uppercase())?;
            let lower: String = first.to_lowercase().chain(form.chars().skip(1)).collect();
            ABBREVIATIONS.get(lower.as_str()).or_else(|| {
                let capitals =
                    form.chars().filter(|c| c.is_alphabetic()).count() > 1 && form == form.to_uppercase();
                capitals.then(|| ABBREVIATIONS.get(form.to_lowercase().as_str())).flatten()
            })
        });
        if let Some(entry) = entry {
            // "dvs.dk" is no abbreviation.
            let glued = context.at(end - 1) == b'.' && context.after(end).is_some_and(char::is_alphabetic);
            return (!glued).then_some((entry, end));
        }
    }
    None
}

/// The older way of writing, with blanks: `bl. a.`, `m. fl.`
fn spaced(context: &Context, start: usize) -> Option<(&'static Abbreviation, usize)> {
    let mut form = String::new();
    let (mut at, mut parts) = (start, 0);
    let mut best = None;
    while parts < 4 {
        let word = context.word_at(at);
        if word.is_empty()
            || word.len() > 5
            || context.at(at + word.len()) != b'.'
            || !word.starts_with(char::is_lowercase)
        {
            break;
        }
        form.push_str(word);
        form.push('.');
        at += word.len() + 1;
        parts += 1;
        if parts > 1
            && let Some(entry) = ABBREVIATIONS.get(form.as_str())
        {
            best = Some((entry, at));
        }
        if context.blank(at) == 0 {
            break;
        }
        at += context.blank(at);
    }
    best
}

/// Is the context what the form needs?
fn stands(context: &Context, entry: &Abbreviation, start: usize, end: usize) -> bool {
    let next = context.past_blanks(end);
    let after = context.after(next);
    let blank = next > end;
    if context.is_whole(start, end) {
        return !matches!(entry.place, Where::NameAfter | Where::Address) || entry.form.len() > 3;
    }
    // An initial: "H. C. Andersen", "P. Hansen".
    let initial = context.after(start).is_some_and(char::is_uppercase) && entry.form.chars().count() == 2;
    if initial && !matches!(after, Some(c) if c.is_ascii_digit() || c.is_lowercase()) {
        return false;
    }
    match entry.place {
        Where::Anywhere => true,
        Where::DigitBefore => context.before(start.saturating_sub(1)).is_some_and(|c| c.is_ascii_digit()),
        Where::DigitAfter => after.is_some_and(|c| {
            c.is_ascii_digit() || blank && matches!(c, 'I' | 'V' | 'X') && context.word_at(next).len() < 6
        }),
        Where::NameAfter => blank && after.is_some_and(char::is_uppercase),
        Where::WordAfter => {
            blank && after.is_some_and(|c| c.is_alphanumeric() || matches!(c, '"' | '»' | '('))
        }
        Where::Inside => blank && after.is_some_and(|c| c.is_lowercase() || c.is_ascii_digit()),
        Where::Address => {
            let before = context.text[..start].trim_end_matches([' ', ',']);
            before.ends_with("sal")
                || before.ends_with('.') && before.len() > 1 && context.is_digit(before.len() - 2)
                || is_street(context.word_before(start))
        }
    }
}

/// `ons. d. 3.`, `fre. 13. maj`: a day of the week only before a date.
fn weekday(context: &Context, start: usize, dot: usize) -> Option<Match> {
    let form = context.text.get(start..=dot)?;
    let lower = form.to_lowercase();
    let (_, name) = WEEKDAYS.iter().find(|(short, _)| *short == lower)?;
    let next = context.past_blanks(dot + 1);
    let dated = context.is_digit(next)
        || context.rest(next).starts_with(b"d. ")
        || context.rest(next).starts_with(b"den ");
    dated.then(|| Match::new(start, dot + 1, Class::Date, vec![name.to_string()]))
}
