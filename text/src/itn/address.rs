//! Addresses of streets and of e-mail: `nørregade tolv anden til højre`, `info snabela example punktum dk`.

use super::cardinal;
use super::phrase::Place;
use super::telephone::two_digits;
use super::words::word_before;
use crate::verbalize::lexicon::{DOMAINS, SIGNS, TOWNS_LOWER, is_spoken_street, is_street};
use crate::verbalize::{Class, Match};

/// The number of a house, with the floor: `nørregade tolv anden til højre`
pub(super) fn in_address(place: &Place) -> Option<Match> {
    if !is_street(&place.before) {
        return None;
    }
    let number = cardinal::parse(place.tokens, 0).filter(|number| (1..1_000).contains(&number.value))?;
    let article = number.next == 1 && (place.is(0, "en") || place.is(0, "et"));
    if article && !place.is_whole(1) && place.tokens.len() > 1 {
        return None;
    }
    let mut next = number.next;
    let mut out = number.value.to_string();
    if let Some(letter) = place.tokens.get(next).filter(|token| token.lower.len() == 1 && !token.is("i")) {
        out.push_str(&place.text[letter.start..letter.end].to_uppercase());
        next += 1;
    }
    let mut forms = vec![out.clone()];
    let floor = match place.tokens.get(next) {
        Some(token) if token.is("stuen") => Some("st.".to_string()),
        Some(token) => token.ordinal().map(|n| format!("{n}.")),
        None => None,
    };
    if let Some(floor) = floor {
        let mut at = next + 1;
        let mut sal = "";
        if place.is(at, "sal") {
            sal = " sal";
            at += 1;
        }
        let side = match (place.is(at, "til"), place.tokens.get(at + 1).map(|token| token.lower.as_str())) {
            (true, Some("højre")) => Some(("t.h.", "th.", at + 2)),
            (true, Some("venstre")) => Some(("t.v.", "tv.", at + 2)),
            _ if place.is(at, "midtfor") => Some(("m.f.", "mf.", at + 1)),
            _ => None,
        };
        match side {
            Some((long, short, after)) => {
                forms = vec![
                    format!("{out}, {floor}{sal} {long}"),
                    format!("{out}, {floor}{sal} {short}"),
                    format!("{out} {floor}{sal} {long}"),
                ];
                next = after;
            }
            None if !sal.is_empty() || floor == "st." => {
                forms = vec![format!("{out}, {floor}{sal}")];
                next = at;
            }
            None => {}
        }
    }
    // "på landevejen to mand": a street for sure only by what follows.
    let complete = next > number.next || place.text[place.end(next)..].trim().is_empty();
    if !complete && !is_spoken_street(&place.before) {
        return None;
    }
    place.found(next, Class::Address, forms)
}

/// Four digits before a post town: `elleve femogtres københavn`
pub(super) fn postcode(place: &Place) -> Option<Match> {
    let is_town =
        |next: usize| place.tokens.get(next).is_some_and(|token| TOWNS_LOWER.contains(&token.lower));
    let (code, next) = two_digits(place.tokens, 0)
        .and_then(|(head, next)| {
            let (tail, next) = two_digits(place.tokens, next)?;
            Some((head * 100 + tail, next)).filter(|(_, next)| is_town(*next))
        })
        .or_else(|| cardinal::parse(place.tokens, 0).map(|number| (number.value, number.next)))?;
    let fits = (800..10_000).contains(&code) && is_town(next) && place.before != "i";
    fits.then(|| place.found(next, Class::Address, vec![format!("{code:04}"), place.original(next)]))
        .flatten()
}

/// `info snabela example punktum dk`, at the name of the `@`.
pub(super) fn electronic(place: &Place) -> Option<Match> {
    let mut at = 1 + usize::from(place.is(0, "snabel"));
    if at == 2 && !place.is(1, "a") {
        return None;
    }
    let sign = |word: &str| {
        SIGNS
            .iter()
            .find(|(sign, names)| ".-_".contains(*sign) && names.contains(&word))
            .map(|(sign, _)| *sign)
    };
    let mut local = place.before.clone();
    let mut start = place.before_start;
    if local.is_empty() || sign(&local).is_some() {
        return None;
    }
    for _ in 0..8 {
        let (sign_start, name) = word_before(place.text, start);
        let Some(found) = sign(&name) else { break };
        let (label_start, label) = word_before(place.text, sign_start);
        if label.is_empty() {
            break;
        }
        local = format!("{label}{found}{local}");
        start = label_start;
    }
    let mut host = String::new();
    let mut last = String::new();
    loop {
        let mut label = String::new();
        while let Some(token) =
            place.tokens.get(at).filter(|token| label.is_empty() || token.lower.len() == 1)
        {
            if sign(&token.lower).is_some() || (label.len() > 1 && last.is_empty() && !label.is_ascii()) {
                break;
            }
            let single = token.lower.len() == 1;
            label.push_str(&token.lower);
            at += 1;
            if !single {
                break;
            }
        }
        if label.is_empty() {
            return None;
        }
        host.push_str(&label);
        last = label;
        match place.tokens.get(at).and_then(|token| sign(&token.lower)) {
            Some(found) if at + 1 < place.tokens.len() => {
                host.push(found);
                at += 1;
            }
            _ => break,
        }
    }
    let complete = host.contains('.') && DOMAINS.contains_key(last.as_str()) && start >= place.last;
    complete.then(|| Match::new(start, place.end(at), Class::Electronic, vec![format!("{local}@{host}")]))
}
