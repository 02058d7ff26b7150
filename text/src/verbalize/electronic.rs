//! E-mail addresses and URLs: `info@example.dk`, `www.example.dk/side`.

use super::context::Context;
use super::letters;
use super::lexicon::{DOMAINS, SIGNS};
use super::{Class, Match};
use crate::number::add;

/// What is looked at before and after a sign, in bytes.
const REACH: usize = 64;
const LONGEST: usize = 1024;

/// Domains that are words: they need `www.`, an `@` or a path beside them.
const WORDS: [&str; 12] = ["no", "me", "is", "be", "se", "de", "fi", "fo", "us", "io", "app", "int"];

fn is_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-') || byte >= 0x80
}

fn is_local(byte: u8) -> bool {
    is_host(byte) && byte < 0x80 || matches!(byte, b'_' | b'+')
}

/// Start of the run of bytes that are `allowed`, before `at` and not before `floor`.
fn run_start(context: &Context, at: usize, floor: usize, allowed: fn(u8) -> bool) -> Option<usize> {
    let floor = floor.max(at.saturating_sub(REACH));
    let mut start = at;
    while start > floor && allowed(context.at(start - 1)) {
        start -= 1;
    }
    let clean = start == 0 || !allowed(context.at(start - 1));
    (clean && context.text.is_char_boundary(start)).then_some(start)
}

/// End of the host at `at`, its last label, and whether it has a dot.
fn host_end<'t>(context: &Context<'t>, at: usize) -> Option<(usize, &'t str)> {
    let length = context.rest(at).iter().take(4 * REACH).take_while(|&&byte| is_host(byte)).count();
    if length == 4 * REACH {
        return None;
    }
    let host = context.text.get(at..at + length)?.trim_end_matches(['.', '-']);
    let (_, last) = host.rsplit_once('.')?;
    let labels = host.split('.').all(|label| !label.is_empty());
    labels.then_some((at + host.len(), last))
}

/// Path, query and fragment after a host.
fn path_end(context: &Context, at: usize) -> usize {
    if context.at(at) == b':' && context.is_digit(at + 1) {
        let port = context.digits_end(at + 1);
        return if port - at <= 6 { path_end(context, port) } else { at };
    }
    if context.at(at) != b'/' {
        return at;
    }
    let path = context
        .rest(at)
        .iter()
        .take(LONGEST)
        .take_while(|byte| byte.is_ascii_graphic() && !b"\"<>`{}|\\^".contains(byte));
    let end = at + path.count();
    context
        .text
        .get(at..end)
        .map_or(at, |path| at + path.trim_end_matches(['.', ',', ')', ';', ':', '!', '?', '\'']).len())
}

/// An e-mail address around the `@` at `at`, or a name: `@navn`.
pub(crate) fn at_sign(context: &Context, at: usize, last: usize) -> Option<Match> {
    let start = run_start(context, at, last, is_local)?;
    if start == at {
        let word = context.word_at(at + 1);
        let free = !word.is_empty() && context.starts_token(at) && context.before(at) != Some('@');
        return free
            .then(|| Match::new(at, at + 1, Class::Electronic, vec!["snabela".into(), "snabel-a".into()]));
    }
    let (end, domain) = host_end(context, at + 1)?;
    let ok =
        domain.len() >= 2 && domain.bytes().all(|byte| byte.is_ascii_alphabetic()) && context.ends_token(end);
    ok.then(|| Match::new(start, end, Class::Electronic, readings(context, &context.text[start..end])))
}

/// A URL whose `://` is at `at`.
pub(crate) fn scheme(context: &Context, at: usize, last: usize) -> Option<Match> {
    let start = run_start(context, at, last, |byte| byte.is_ascii_alphabetic())?;
    let scheme = context.text.get(start..at)?.to_lowercase();
    if !["http", "https", "ftp"].contains(&scheme.as_str()) {
        return None;
    }
    let (end, _) = host_end(context, at + 3)?;
    let end = path_end(context, end);
    Some(Match::new(start, end, Class::Electronic, readings(context, &context.text[start..end])))
}

/// A web address without scheme around the full stop at `at`: `www.example.dk`, `example.dk/side`.
pub(crate) fn dot(context: &Context, at: usize, last: usize) -> Option<Match> {
    if !context.after(at + 1).is_some_and(char::is_alphanumeric) {
        return None;
    }
    let start = run_start(context, at, last, is_host)?;
    let free = context.before(start).is_none_or(|c| !matches!(c, '@' | '_' | '/' | '\\' | '='));
    if start == at || !free || context.at(start) == b'-' || !context.starts_token(start) {
        return None;
    }
    let (end, domain) = host_end(context, start)?;
    if context.at(end) == b'@' || context.at(end) == b'_' || end <= at {
        return None;
    }
    let www = context.rest(start).starts_with(b"www.");
    let path = context.at(end) == b'/' && context.after(end + 1).is_some_and(char::is_alphanumeric);
    let lower = domain.to_ascii_lowercase();
    let sure = DOMAINS.contains_key(lower.as_str()) && (www || path || !WORDS.contains(&lower.as_str()));
    // "2.dk" and "A.de" are slips more often than addresses.
    let label = at - start >= 2 && domain == lower;
    if !(www || sure && label) {
        return None;
    }
    let end = path_end(context, end);
    context
        .ends_token(end)
        .then(|| Match::new(start, end, Class::Electronic, readings(context, &context.text[start..end])))
}

fn readings(context: &Context, address: &str) -> Vec<String> {
    let mut out = vec![spoken(address, 0, true)];
    if context.all {
        for name in 0..3 {
            for spelled in [true, false] {
                add(&mut out, spoken(address, name, spelled));
            }
        }
    }
    out
}

/// Reads an address; `name` chooses among the names of the signs.
fn spoken(address: &str, name: usize, domain_spelled: bool) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut rest = address;
    while let Some(c) = rest.chars().next() {
        if c.is_alphabetic() {
            let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
            parts.push(label(&rest[..end], domain_spelled));
            rest = &rest[end..];
        } else if c.is_ascii_digit() {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            parts.push(letters::digits(&rest[..end]));
            rest = &rest[end..];
        } else {
            if let Some((_, names)) = SIGNS.iter().find(|(sign, _)| *sign == c) {
                parts
                    .push(names.get(name).or(names.first()).map(|name| name.to_string()).unwrap_or_default());
            }
            rest = &rest[c.len_utf8()..];
        }
    }
    parts.join(" ")
}

/// A run of letters: a word as it is, what no one can say as letters.
fn label(word: &str, domain_spelled: bool) -> String {
    let lower = word.to_lowercase();
    if let Some(forms) = DOMAINS.get(lower.as_str()) {
        let form = if domain_spelled { forms.first() } else { forms.last() };
        return form.map(|form| form.to_string()).unwrap_or(lower);
    }
    let vowel = lower.chars().any(|c| "aeiouyæøå".contains(c));
    if !vowel && lower.len() <= 5 { letters::spell(&lower) } else { lower }
}
