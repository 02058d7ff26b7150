//! Times of day: `kl. 8.15`, `14:30`, `kl. 10-16`.

use super::amount::combine;
use super::context::Context;
use super::{Class, Match};
use crate::number::add;
use crate::number::cardinal::below_hundred;

/// A clock time.
struct Clock {
    hour: u64,
    minute: Option<u64>,
    second: Option<u64>,
    end: usize,
    colon: bool,
}

/// Is `klokken` said before `at`?
pub(crate) fn follows_klokken(context: &Context, at: usize) -> bool {
    matches!(context.word_before(at), "kl." | "Kl." | "kl" | "Kl" | "klokken" | "Klokken" | "klokka" | "KL.")
}

/// A time at `at`, a digit. Without `klokken` before it, it needs its minutes.
pub(crate) fn at(context: &Context, at: usize) -> Option<Match> {
    let cued = follows_klokken(context, at);
    let first = clock(context, at)?;
    if !cued && first.minute.is_none() {
        return None;
    }
    let ranged = range(context, &first, cued);
    let (mut readings, end) = match ranged {
        Some((last, end)) => (combine(&[spoken(context, &first), last], " til "), end),
        None => (spoken(context, &first), first.end),
    };
    if !ends_clock(context, end) {
        return None;
    }
    let timetable = end > first.end && first.minute.is_some() && context.dash(first.end) > 0;
    if !cued && !first.colon && !timetable && !is_free_dotted(context, at, end) {
        return None;
    }
    if !cued && context.all {
        let with: Vec<String> = readings.iter().map(|reading| format!("klokken {reading}")).collect();
        readings.extend(with);
    }
    Some(Match::new(at, end, Class::Time, readings))
}

/// `8.15` without `kl.` may be a section number, a version or a score: only alone, or in the range of a timetable.
fn is_free_dotted(context: &Context, at: usize, end: usize) -> bool {
    let before = context.word_before(at).to_lowercase();
    let section = [
        "afsnit", "kapitel", "kap.", "version", "v.", "pkt.", "punkt", "§", "figur", "tabel", "nr.", "bilag",
    ];
    let blocked = matches!(context.before(at), Some('§' | '/' | 'v' | '='));
    let cue = ["fra", "til", "før", "efter", "omkring", "ca.", "cirka", "ved"].contains(&before.as_str());
    !blocked && !section.contains(&before.as_str()) && (cue || context.is_whole(at, end))
}

fn ends_clock(context: &Context, end: usize) -> bool {
    let next = context.at(end);
    let more = matches!(next, b'.' | b',' | b':' | b'/') && context.is_digit(end + 1);
    let joined =
        context.dash(end) > 0 && context.after(end + context.dash(end)).is_some_and(char::is_alphanumeric);
    context.ends_token(end) && !more && !joined && next != b'%'
}

fn clock(context: &Context, at: usize) -> Option<Clock> {
    let (hour, end) = context.small(at)?;
    if hour > 24 {
        return None;
    }
    let mut clock = Clock { hour, minute: None, second: None, end, colon: false };
    let sign = context.at(end);
    if matches!(sign, b'.' | b':')
        && let Some(minute) = context.exactly(end + 1, 2).filter(|minute| *minute < 60)
    {
        clock.minute = Some(minute);
        clock.colon = sign == b':';
        clock.end = end + 3;
        if context.at(clock.end) == sign
            && let Some(second) = context.exactly(clock.end + 1, 2).filter(|second| *second < 60)
        {
            clock.second = Some(second);
            clock.end += 3;
        }
    }
    Some(clock)
}

fn range(context: &Context, first: &Clock, cued: bool) -> Option<(Vec<String>, usize)> {
    let dash_at = context.past_blanks(first.end);
    let dash = context.dash(dash_at);
    if dash == 0 {
        return None;
    }
    let start = context.past_blanks(dash_at + dash);
    let last = clock(context, start)?;
    let alike = last.minute.is_some() || first.minute.is_none() || cued;
    (alike && context.ends_token(last.end)).then(|| (spoken(context, &last), last.end))
}

/// Readings of the clock, `klokken` left out.
fn spoken(context: &Context, clock: &Clock) -> Vec<String> {
    let hour = if clock.hour == 1 { "et" } else { below_hundred(clock.hour) };
    let two = |value: u64| {
        if value < 10 { format!("nul {}", below_hundred(value)) } else { below_hundred(value).into() }
    };
    let mut out = match (clock.minute, clock.second) {
        (None, _) => vec![hour.to_string()],
        (Some(0), None) if clock.hour == 0 => vec!["nul nul".to_string(), "nul nul nul".to_string()],
        (Some(0), None) => vec![hour.to_string(), format!("{hour} nul nul")],
        (Some(minute), None) => vec![format!("{hour} {}", two(minute))],
        (Some(minute), Some(second)) => vec![format!("{hour} {} {}", two(minute), two(second))],
    };
    if !context.all {
        out.truncate(1);
    } else if let (Some(minute), None) = (clock.minute, clock.second) {
        for reading in by_the_dial(clock.hour, minute) {
            add(&mut out, reading);
        }
    }
    out
}

/// `kvart over otte`, `fem minutter i halv ni`.
fn by_the_dial(hour: u64, minute: u64) -> Vec<String> {
    let on_dial = |hour: u64| match hour % 12 {
        0 => "tolv",
        1 => "et",
        other => below_hundred(other),
    };
    let (this, next) = (on_dial(hour), on_dial(hour + 1));
    let word = |count: u64| below_hundred(count);
    let unit = |count: u64| if count == 1 { "minut" } else { "minutter" };
    let count = |count: u64| if count == 1 { "et" } else { word(count) };
    match minute {
        0 => vec![],
        15 => vec![format!("kvart over {this}")],
        30 => vec![format!("halv {next}")],
        45 => vec![format!("kvart i {next}")],
        1..=20 => vec![
            format!("{} {} over {this}", count(minute), unit(minute)),
            format!("{} over {this}", count(minute)),
        ],
        21..=29 => {
            let left = 30 - minute;
            vec![
                format!("{} {} i halv {next}", count(left), unit(left)),
                format!("{} i halv {next}", count(left)),
            ]
        }
        31..=39 => {
            let past = minute - 30;
            vec![
                format!("{} {} over halv {next}", count(past), unit(past)),
                format!("{} over halv {next}", count(past)),
            ]
        }
        _ => {
            let left = 60 - minute;
            vec![format!("{} {} i {next}", count(left), unit(left)), format!("{} i {next}", count(left))]
        }
    }
}
