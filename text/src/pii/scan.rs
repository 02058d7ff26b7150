//! One pass over the bytes: where something may start, its detectors are asked.

use super::context::{self, Before};
use super::groups::Groups;
use super::{Label, Options, Span, address, bank, cpr, dob, ident, names, net, phone, plate, spoken};
use std::cell::OnceCell;

/// The reason of numbers that nobody has, such as telephone numbers that start with 0 or 1.
pub(super) const UNASSIGNED: &str = "unassigned";

/// Digits in groups, and the words before them, read once for all detectors.
pub(super) struct Number<'t> {
    pub(super) text: &'t str,
    pub(super) groups: Groups,
    before: OnceCell<Before>,
}

impl Number<'_> {
    /// The words before the number.
    pub(super) fn before(&self) -> Before {
        *self.before.get_or_init(|| context::before(self.text, self.groups.start))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Nothing,
    Digit,
    Capital,
    /// The first byte of Æ, Ø, Å and their small letters.
    Latin,
    At,
    Colon,
    Slash,
    W,
}

/// What each byte may start.
const CLASSES: [Class; 256] = {
    let mut classes = [Class::Nothing; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'0'..=b'9' => Class::Digit,
            b'A'..=b'Z' => Class::Capital,
            0xC3 => Class::Latin,
            b'@' => Class::At,
            b':' => Class::Colon,
            b'/' => Class::Slash,
            b'w' => Class::W,
            _ => Class::Nothing,
        };
        byte += 1;
    }
    classes
};

/// Finds all that `options` ask for.
pub(super) fn find(text: &str, options: &Options) -> Vec<Span> {
    let mut spans = Spans { found: Vec::new(), last_bank: None, options: *options };
    let with_names = options.labels.contains(Label::Name);
    let bytes = text.as_bytes();
    let (mut at, mut url_end) = (0, 0);
    // Without names and URLs only digits and `@` start anything.
    let numbers_only = ![Label::Name, Label::Url, Label::Ip].iter().any(|l| options.labels.contains(*l));
    let next = |at: usize| match numbers_only {
        true => next_digit_or_at(bytes, at),
        false => {
            bytes[at..].iter().position(|byte| CLASSES[usize::from(*byte)] != Class::Nothing).map(|n| at + n)
        }
    };
    while let Some(found) = next(at) {
        at = found;
        at = match CLASSES[usize::from(bytes[at])] {
            Class::Digit => number_at(text, at, &mut spans),
            Class::Capital | Class::Latin if starts_word(text, at) => {
                let capital =
                    bytes[at] != 0xC3 || matches!(bytes.get(at + 1), Some(0x80..=0x96 | 0x98..=0x9E));
                if with_names && capital {
                    let read = names::at(text, at);
                    spans.extend(read.span);
                    read.next
                } else {
                    at + 1
                }
            }
            Class::At => {
                spans.extend(net::email_around(text, at));
                at + 1
            }
            Class::Colon => {
                let url = bytes[at..].starts_with(b"://");
                if !url {
                    spans.extend(net::ipv6_around(text, at));
                } else if at >= url_end {
                    let url = net::url_around(text, at);
                    url_end = url.as_ref().map_or(url_end, |url| url.range.end);
                    spans.extend(url);
                }
                at + if url { 3 } else { 1 }
            }
            Class::Slash if at >= url_end => {
                spans.extend(net::profile_around(text, at));
                at + 1
            }
            Class::W if at >= url_end && bytes[at..].starts_with(b"www.") => {
                let url = net::www_at(text, at);
                url_end = url.as_ref().map_or(url_end, |url| url.range.end);
                spans.extend(url);
                at + 4
            }
            _ => at + 1,
        };
        // A name may end inside a word that starts with a letter of two bytes.
        at = ceil(text, at);
        if at >= bytes.len() {
            break;
        }
    }
    if options.labels.contains(Label::Cpr) {
        let mut spoken = Vec::new();
        spoken::find(text, &mut spoken);
        spans.extend(spoken);
    }
    without_overlaps(spans.found)
}

/// Most blocks of prose have neither: they are told by one branch for 32 bytes.
fn next_digit_or_at(bytes: &[u8], mut at: usize) -> Option<usize> {
    let is_wanted = |byte: &u8| byte.is_ascii_digit() | (*byte == b'@');
    while let Some(block) = bytes.get(at..at + 32) {
        if block.iter().fold(false, |any, byte| any | is_wanted(byte)) {
            break;
        }
        at += 32;
    }
    bytes[at..].iter().position(is_wanted).map(|n| at + n)
}

fn ceil(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

/// Whether the byte before `at` ends no word, address or file name.
fn starts_word(text: &str, at: usize) -> bool {
    let Some(last) = at.checked_sub(1) else { return true };
    match text.as_bytes()[last] {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'@' | b'-' | b'\'' => false,
        b'.' => at < 2 || !text.as_bytes()[at - 2].is_ascii_lowercase(),
        0x80.. => !text[..at].chars().next_back().is_some_and(char::is_alphanumeric),
        _ => true,
    }
}

struct Spans {
    found: Vec<Span>,
    last_bank: Option<usize>,
    options: Options,
}

impl Spans {
    fn extend(&mut self, spans: impl IntoIterator<Item = Span>) {
        let options = self.options;
        self.found.extend(
            spans.into_iter().filter(|s| s.score >= options.min_score && options.labels.contains(s.label)),
        );
    }
}

/// Asks the detectors of numbers about the digits at byte `at`; where to read on.
fn number_at(text: &str, at: usize, spans: &mut Spans) -> usize {
    let number = Number { text, groups: Groups::read(text, at), before: OnceCell::new() };
    let first_run = number.groups.run_end;
    let Some(&count) = number.groups.counts().first() else { return first_run };
    let many = number.groups.digits(usize::MAX).len() >= 8 || count >= 6;
    let mut found: Vec<Span> = Vec::new();
    found.extend(ident::case_at(&number));
    if count <= 3 {
        found.extend(address::at(&number));
        if text.as_bytes().get(first_run) == Some(&b'.') {
            found.extend(net::ipv4_at(&number));
        }
    }
    if count <= 2 || count == 4 || count == 6 || count == 8 {
        found.extend(dob::at(&number));
    }
    if count == 2 || count == 5 {
        found.extend(plate::at(&number));
    }
    if text[..at].ends_with('+') {
        found.extend(phone::at(&number));
    } else if many {
        found.extend(cpr::at(&number));
        found.extend(ident::cvr_at(&number));
        found.extend(ident::pnr_at(&number));
        found.extend(phone::at(&number));
        found.extend(bank::card_at(&number));
        found.extend(bank::iban_at(&number));
        found.extend(cpr::with_letters_joined(&number));
    } else if count == 2 || count == 6 || count == 7 {
        found.extend(bank::iban_at(&number));
    }
    if count >= 4 {
        let account = bank::account_at(&number, spans.last_bank);
        if let Some(account) = &account {
            spans.last_bank = Some(account.range.end);
        }
        found.extend(account);
    }
    let threshold = spans.options.min_score.max(Options::MIN_SCORE);
    // A number that nobody has, such as a stand-in, is read as a whole too.
    let whole = |s: &&Span| s.score >= threshold || s.reason == UNASSIGNED;
    let best = found.iter().filter(whole).min_by(|a, b| precedence(a).cmp(&precedence(b)));
    let next = best.map_or(first_run, |span| span.range.end.max(first_run));
    spans.extend(found);
    next
}

/// Less is stronger.
fn precedence(span: &Span) -> (bool, i32, Label) {
    (span.label == Label::Name, -(span.score * 1000.0) as i32, span.label)
}

/// Labels that are cut out of a URL instead of giving way to it or removing it.
fn cuts_url(label: Label) -> bool {
    matches!(label, Label::Cpr | Label::Iban | Label::Card | Label::Email)
}

/// Keeps the stronger of each two that overlap. Linear: each span is kept or removed once.
fn without_overlaps(mut found: Vec<Span>) -> Vec<Span> {
    found.sort_by(|a, b| (a.range.start, b.range.end).cmp(&(b.range.start, a.range.end)));
    let mut kept: Vec<Span> = Vec::with_capacity(found.len());
    for span in found {
        add(&mut kept, span);
    }
    kept
}

fn add(kept: &mut Vec<Span>, span: Span) {
    while let Some(last) = kept.last() {
        if last.range.end <= span.range.start {
            break;
        }
        let url = last.label == Label::Url;
        if url && cuts_url(span.label) {
            let Some(url) = kept.pop() else { break };
            // What cut the URL before may reach into this find.
            if let Some(before) = kept.last().filter(|before| before.range.end > span.range.start) {
                if precedence(before) <= precedence(&span) {
                    kept.push(url);
                    return;
                }
                kept.pop();
            }
            let tail = Span { range: span.range.end..url.range.end, ..url.clone() };
            if url.range.start < span.range.start {
                kept.push(Span { range: url.range.start..span.range.start, ..url });
            }
            kept.push(span);
            if !tail.range.is_empty() {
                kept.push(tail);
            }
            return;
        }
        if url && span.label != Label::Url || precedence(last) <= precedence(&span) {
            return;
        }
        kept.pop();
    }
    kept.push(span);
}
