//! E-mail addresses, URLs and IP addresses.

use super::context;
use super::groups::{char_before, word_at};
use super::scan::{Number, UNASSIGNED};
use super::{Label, Span};
use std::net::{Ipv4Addr, Ipv6Addr};

/// No local part is longer (RFC 5321, 4.5.3.1.1: 64 octets), here in characters.
const LOCAL: usize = 64;
/// No domain is longer (RFC 5321, 4.5.3.1.2), here in characters.
const DOMAIN: usize = 255;
/// A URL is read no further than this, in characters.
const URL: usize = 2048;

/// The e-mail address around the `@` at byte `at`, by the practical part of RFC 5321 and 6531: letters
/// of any script are allowed.
pub(super) fn email_around(text: &str, at: usize) -> Option<Span> {
    let local = |c: char| c.is_alphanumeric() || "._%+-'".contains(c);
    let len: usize = text[..at].chars().rev().take(LOCAL).take_while(|c| local(*c)).map(char::len_utf8).sum();
    let head = text[at - len..at].trim_start_matches(['.', '\'', '-', '+', '%']);
    let start = at - head.len();
    let rest = &text[at + 1..];
    let len: usize = rest
        .chars()
        .take(DOMAIN)
        .take_while(|c| c.is_alphanumeric() || matches!(c, '.' | '-'))
        .map(char::len_utf8)
        .sum();
    let domain = rest[..len].trim_end_matches(['.', '-']);
    let mut labels = domain.rsplit('.');
    let mut top = labels.next()?;
    let mut domain_len = domain.len();
    // "a@b.dk.Vi ses" and "a@b.dk.12": what is no domain is the next sentence.
    if domain.matches('.').count() > 1
        && (top.starts_with(char::is_uppercase) && domain.contains(char::is_lowercase))
    {
        domain_len -= top.len() + 1;
        top = labels.next()?;
    }
    let domain = &domain[..domain_len];
    let fine = start < at
        && domain.contains('.')
        && domain.split('.').all(|label| !label.is_empty() && !label.starts_with('-'))
        && top.chars().count() >= 2
        && top.chars().all(char::is_alphabetic);
    // RFC 2606: nobody has an address there, and stand-ins do.
    let (score, reason) =
        if top.eq_ignore_ascii_case("invalid") { (0.2, UNASSIGNED) } else { (0.98, "grammar") };
    fine.then(|| Span { range: start..at + 1 + domain.len(), label: Label::Email, score, reason })
}

/// Parts of a URL that lead to a person.
const PERSONAL: [&str; 14] = [
    "user=", "bruger=", "name=", "navn=", "email=", "mail=", "/~", "/users/", "/user/", "/people/",
    "/profile", "/profil", "/in/", "cpr",
];

/// Hosts whose first path part is a person's own page.
const PROFILE_HOSTS: [&str; 9] = [
    "facebook.com",
    "instagram.com",
    "linkedin.com",
    "twitter.com",
    "x.com",
    "github.com",
    "tiktok.com",
    "youtube.com",
    "snapchat.com",
];

/// The URL whose `://` stands at byte `at`.
pub(super) fn url_around(text: &str, at: usize) -> Option<Span> {
    let scheme = ["https", "http", "ftp"]
        .into_iter()
        .find(|scheme| ends_with(&text.as_bytes()[..at], scheme.as_bytes()))?;
    let start = at - scheme.len();
    if char_before(text, start).is_some_and(char::is_alphanumeric) {
        return None;
    }
    let end = url_end(text, at + 3);
    let host = &text[at + 3..end];
    let fine = host.starts_with(|c: char| c.is_alphanumeric() || c == '[');
    fine.then(|| url(text, start, end))
}

fn ends_with(bytes: &[u8], end: &[u8]) -> bool {
    bytes.len() >= end.len() && bytes[bytes.len() - end.len()..].eq_ignore_ascii_case(end)
}

/// The URL whose `www.` starts at byte `at`.
pub(super) fn www_at(text: &str, at: usize) -> Option<Span> {
    if char_before(text, at).is_some_and(|c| c.is_alphanumeric() || matches!(c, '/' | '.' | '@' | '-')) {
        return None;
    }
    let end = url_end(text, at + 4);
    let host = text[at + 4..end].split(['/', '?', '#', ':']).next()?;
    let fine = host.contains('.') && host.starts_with(char::is_alphanumeric);
    fine.then(|| url(text, at, end))
}

/// The address without a scheme whose first slash stands at byte `at`, on a host where people have pages.
pub(super) fn profile_around(text: &str, at: usize) -> Option<Span> {
    let len: usize = text[..at]
        .chars()
        .rev()
        .take(32)
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
        .map(char::len_utf8)
        .sum();
    let host = text[at - len..at].to_ascii_lowercase();
    let known = PROFILE_HOSTS
        .iter()
        .any(|known| host.strip_suffix(known).is_some_and(|sub| sub.is_empty() || sub.ends_with('.')));
    let start = at - len;
    if !known || char_before(text, start).is_some_and(|c| matches!(c, '/' | '@' | '_')) {
        return None;
    }
    let end = url_end(text, at);
    (end > at + 2).then_some(Span {
        range: start..end,
        label: Label::Url,
        score: 0.8,
        reason: "profile-host",
    })
}

fn url(text: &str, start: usize, end: usize) -> Span {
    let lower = text[start..end].to_ascii_lowercase();
    let profile = PROFILE_HOSTS.iter().any(|host| {
        lower
            .split_once(host)
            .is_some_and(|(head, tail)| head.ends_with(['/', '.']) && tail.len() > 2 && tail.starts_with('/'))
    });
    let personal = profile || PERSONAL.iter().any(|part| lower.contains(part));
    let (score, reason) = if personal { (0.9, "grammar+personal") } else { (0.6, "grammar") };
    Span { range: start..end, label: Label::Url, score, reason }
}

/// Where the URL that runs from byte `from` ends: before a space, a quote or what closes the sentence.
fn url_end(text: &str, from: usize) -> usize {
    let is_end = |c: char| c.is_whitespace() || c.is_control() || "<>\"«»”“’`|\\^{}".contains(c);
    let len: usize = text[from..].chars().take(URL).take_while(|c| !is_end(*c)).map(char::len_utf8).sum();
    let mut url = &text[from..from + len];
    while let Some(last) = url.chars().next_back() {
        // A closing bracket belongs to the URL that opened it.
        let unopened =
            |open: char, close: char| last == close && url.matches(open).count() < url.matches(close).count();
        if ".,;:!?'*…".contains(last) || unopened('(', ')') || unopened('[', ']') {
            url = &url[..url.len() - last.len_utf8()];
        } else {
            break;
        }
    }
    from + url.len()
}

/// The IPv4 address that starts where `number` does.
pub(super) fn ipv4_at(number: &Number) -> Option<Span> {
    let (text, start) = (number.text, number.groups.start);
    let len =
        text.as_bytes()[start..].iter().take(16).take_while(|b| b.is_ascii_digit() || **b == b'.').count();
    let value = text[start..start + len].trim_end_matches('.');
    let address: Ipv4Addr = value.parse().ok()?;
    let end = start + value.len();
    let before = char_before(text, start);
    let glued = before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '+'));
    if glued || word_at(text, end) || text[end..].starts_with('-') {
        return None;
    }
    let words = number.before();
    let section = words.nearest & (context::VERSION | context::AMOUNT) != 0 && words.distance <= 3;
    // Sections and versions have small numbers; few addresses in use do.
    let small = address.octets().iter().all(|octet| *octet < 20);
    let (score, reason) = match (section, small) {
        _ if words.says(context::IP) => (0.95, "grammar+word"),
        (true, _) => (0.2, "grammar+version-word"),
        (false, true) if address.octets()[0] != 10 => (0.45, "grammar+small"),
        (false, _) if address.is_loopback() || address.is_unspecified() || address.is_broadcast() => {
            (0.3, "grammar+nobody")
        }
        (false, _) => (0.8, "grammar"),
    };
    Some(Span { range: start..end, label: Label::Ip, score, reason })
}

/// The IPv6 address whose first colon stands at byte `at`: global, unique local or link-local (RFC 4291).
pub(super) fn ipv6_around(text: &str, at: usize) -> Option<Span> {
    let bytes = text.as_bytes();
    let head = bytes[..at].iter().rev().take(5).take_while(|b| b.is_ascii_hexdigit()).count();
    if head != 4 {
        return None;
    }
    let start = at - head;
    let first = u16::from_str_radix(&text[start..at], 16).ok()?;
    let known = matches!(first, 0x2000..=0x3fff | 0xfc00..=0xfdff | 0xfe80..=0xfebf);
    if !known || char_before(text, start).is_some_and(|c| c.is_alphanumeric() || c == ':') {
        return None;
    }
    let len = bytes[start..]
        .iter()
        .take(45)
        .take_while(|b| b.is_ascii_hexdigit() || **b == b':' || **b == b'.')
        .count();
    let mut value = &text[start..start + len];
    loop {
        if value.parse::<Ipv6Addr>().is_ok() {
            let end = start + value.len();
            return (!word_at(text, end)).then_some(Span {
                range: start..end,
                label: Label::Ip,
                score: 0.9,
                reason: "grammar",
            });
        }
        value = value.strip_suffix([':', '.'])?;
    }
}

#[cfg(test)]
mod tests {
    use crate::pii::find;

    fn found(text: &str) -> Vec<&str> {
        find(text).into_iter().map(|s| &text[s.range]).collect()
    }

    #[test]
    fn e_mail_addresses_with_danish_letters_and_without_their_sentence() {
        assert_eq!(found("Skriv til søren.ø@blåbær.dk."), ["søren.ø@blåbær.dk"]);
        assert_eq!(found("<a.b+c@mail.example.com>, @dr, a@b, x@1.2"), ["a.b+c@mail.example.com"]);
        assert_eq!(found("Skriv til a@kommune.example.dk.Vi ses"), ["a@kommune.example.dk"]);
    }

    #[test]
    fn urls_end_before_their_sentence() {
        assert_eq!(found("Se https://x.example.dk/a_(b)?c=1, eller"), ["https://x.example.dk/a_(b)?c=1"]);
        assert_eq!(found("(www.example.dk)."), ["www.example.dk"]);
        assert_eq!(found("std://x, a//b, www. og wwww"), [""; 0]);
        assert_eq!(found("linkedin.com/in/nogen-her."), ["linkedin.com/in/nogen-her"]);
        assert_eq!(found("https://x.dk/?cpr=010190-1234&s=1"), ["https://x.dk/?cpr=", "010190-1234", "&s=1"]);
    }

    #[test]
    fn ip_addresses_and_not_versions() {
        assert_eq!(found("fra 80.62.117.3, port 80"), ["80.62.117.3"]);
        assert_eq!(found("2001:db8::1 og fe80::1"), ["2001:db8::1", "fe80::1"]);
        for text in ["version 10.4.2.1", "1.2.3.4.5", "256.1.1.1", "12:30:15", "a::b", "kl. 2030:15"] {
            assert!(found(text).is_empty(), "{text}");
        }
    }
}
