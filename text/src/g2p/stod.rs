//! Where the rules put stød: Basbøll's non-stød model, made simple.

use super::{Phone, Stress, Symbol};

/// Adds stød to the stressed syllable of a part that the rules read, where it has the basis and nothing takes it away.
///
/// The basis is a long vowel, or a short vowel and a sonorant. A stressed last syllable has it, and it stays ahead of an
/// ending that keeps it; a part that ends in a weak syllable of its own has none. `stem_end` is the stem's end in bytes.
pub(super) fn add(phones: &mut [Phone], stem_end: usize, keeps: bool) {
    if !keeps {
        return;
    }
    let Some(at) = phones.iter().position(|phone| phone.stress != Stress::None) else { return };
    let Symbol::Phone(vowel) = phones[at].symbol else { return };
    if vowel.is_long() {
        phones[at].stod = true;
        return;
    }
    let Some(Symbol::Phone(next)) = phones.get(at + 1).map(|phone| phone.symbol) else { return };
    let sonorant = matches!(next.info().kind, "nasal" | "lateral" | "glide") || next.info().ipa == "ð";
    let after = phones.get(at + 2).map(|phone| phone.symbol);
    let after = if let Some(Symbol::Phone(id)) = after { Some(id) } else { None };
    let voiceless = after.is_some_and(|id| matches!(id.info().kind, "plosive" | "fricative"));
    let basis = match next.info().ipa {
        "ɐ̯" => !voiceless && after.is_some(),
        "m" | "ŋ" => true,
        "ɪ̯" | "ʊ̯" => true,
        // spand: the silent d is a consonant to it.
        _ => after.map_or(phones[at + 1].bytes.end < stem_end, |id| !id.is_syllabic()),
    };
    if sonorant && basis {
        phones[at + 1].stod = true;
    }
}
