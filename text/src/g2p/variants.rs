//! Everyday speech: schwa assimilation.

use super::phones::PhoneId;
use super::{Phone, Symbol};

/// The word as it is said in everyday speech; `None` where that is no different.
///
/// After Grønnum and Basbøll: ə and a following l, n, m or ð make one syllabic consonant (`hunden` → hunˀn̩); ə after a
/// sonorant makes that syllabic (`tale` → tæːl̩), and after a vowel it is lost; ʋ between a vowel and ə is ʊ̯; ɐɐ is ɐ.
pub(super) fn everyday(phones: &[Phone]) -> Option<Vec<Phone>> {
    let mut out: Vec<Phone> = Vec::with_capacity(phones.len());
    let mut changed = false;
    let mut at = 0;
    while let Some(phone) = phones.get(at) {
        at += 1;
        if ipa(phone) == "ʋ" && out.last().is_some_and(is_vowel) && phones.get(at).map(ipa) == Some("ə") {
            changed |= replace(&mut out, phone, "ʊ̯");
            continue;
        }
        if ipa(phone) == "ɐ" && out.last().map(ipa) == Some("ɐ") {
            if let Some(last) = out.last_mut() {
                last.bytes.end = last.bytes.end.max(phone.bytes.end);
            }
            changed = true;
            continue;
        }
        if ipa(phone) != "ə" {
            out.push(phone.clone());
            continue;
        }
        let before = out.last().map_or("", |last| ipa(last));
        let next = phones.get(at);
        let syllabic = syllabic(next.map_or("", ipa));
        let ends = phones.get(at + 1).is_none_or(|after| !is_vowel(after));
        if let (Some(next), Some(syllabic), true, false) = (next, syllabic, ends, before.is_empty()) {
            changed |= replace(&mut out, next, syllabic);
            at += 1;
        } else if let (Some(syllabic), true) = (self::syllabic(before), next.is_none()) {
            if let (Some(last), Some(id)) = (out.last_mut(), PhoneId::from_ipa(syllabic)) {
                last.symbol = Symbol::Phone(id);
                last.bytes.end = last.bytes.end.max(phone.bytes.end);
                changed = true;
            }
        } else if out.last().is_some_and(is_vowel) && next.is_none() {
            if let Some(last) = out.last_mut() {
                last.bytes.end = last.bytes.end.max(phone.bytes.end);
            }
            changed = true;
        } else {
            out.push(phone.clone());
        }
    }
    changed.then_some(out)
}

fn replace(out: &mut Vec<Phone>, phone: &Phone, ipa: &str) -> bool {
    let id = PhoneId::from_ipa(ipa);
    out.push(Phone { symbol: id.map_or(phone.symbol, Symbol::Phone), ..phone.clone() });
    id.is_some()
}

fn syllabic(ipa: &str) -> Option<&'static str> {
    match ipa {
        "l" => Some("l̩"),
        "n" => Some("n̩"),
        "m" => Some("m̩"),
        "ŋ" => Some("ŋ̍"),
        "ð" => Some("ð̩"),
        _ => None,
    }
}

fn ipa(phone: &Phone) -> &'static str {
    match phone.symbol {
        Symbol::Phone(id) => id.info().ipa,
        Symbol::Letter(_) => "",
    }
}

fn is_vowel(phone: &Phone) -> bool {
    matches!(phone.symbol, Symbol::Phone(id) if id.is_vowel())
}
