//! From a word to its pronunciations.

use std::ops::Range;

use super::letters::{self, Letter, Piece};
use super::lexicon::Reading;
use super::morphology::{self, Segment};
use super::phones::{PhoneId, Sound};
use super::rules::Part;
use super::stems::{DIGITS, ENDINGS, Kind, LETTER_NAMES, STEMS};
use super::{Phone, Pronunciation, Source, Stress, Symbol, place, stod, stress};

/// At most this many readings of one stem are tried in a word.
const READINGS: usize = 3;

/// The readings of a word, the best first, without variants of register.
pub(super) fn pronounce(word: &str, foreign: bool) -> Vec<Pronunciation> {
    let mut out = vec![Pronunciation { phones: Vec::new(), source: Source::Rules, weight: 1.0 }];
    let pieces = letters::pieces(word);
    for piece in pieces {
        match piece {
            Piece::Letters(letters, bytes) => {
                let readings = of_letters(&letters, &bytes);
                append(&mut out, readings);
            }
            Piece::Digit(digit, range) => {
                let name = DIGITS.get(usize::from(digit)).copied().unwrap_or("nul");
                let letters = letters::letters_of(name).unwrap_or_default();
                let bytes: Vec<Range<usize>> = letters.iter().map(|_| range.clone()).collect();
                append(&mut out, of_letters(&letters, &bytes));
            }
            Piece::Foreign(c, range) => {
                if foreign {
                    for one in &mut out {
                        one.phones.push(Phone {
                            symbol: Symbol::Letter(c),
                            stress: Stress::None,
                            stod: false,
                            bytes: range.clone(),
                        });
                        one.source = Source::Letters;
                    }
                }
            }
        }
    }
    out.retain(|one| !one.phones.is_empty());
    out
}

/// The readings of the user's lexicon.
pub(super) fn by_lexicon(word: &str, readings: &[Reading]) -> Vec<Pronunciation> {
    let (mut letters, mut bytes) = (Vec::new(), Vec::new());
    for piece in letters::pieces(word) {
        if let Piece::Letters(more, places) = piece {
            letters.extend(more);
            bytes.extend(places);
        }
    }
    if letters.is_empty() {
        // Nothing to place the phones by: they share the word.
        letters.push(0);
        bytes.push(0..word.len());
    }
    let read = |reading: &Reading| {
        let mut phones = Vec::with_capacity(reading.sounds.len());
        place::place(&letters, &bytes, &reading.sounds, &mut phones);
        Pronunciation { phones, source: Source::User, weight: reading.weight }
    };
    readings.iter().map(read).collect()
}

/// Every reading so far with the first of the piece; the other readings of the piece only while there are few.
fn append(out: &mut Vec<Pronunciation>, readings: Vec<Pronunciation>) {
    let Some(first) = readings.first() else { return };
    if out.len() == 1 && out[0].phones.is_empty() {
        *out = readings;
        return;
    }
    for one in out.iter_mut() {
        one.phones.extend(first.phones.iter().cloned());
        if first.source < one.source {
            one.source = first.source;
        }
    }
}

fn of_letters(word: &[Letter], bytes: &[Range<usize>]) -> Vec<Pronunciation> {
    let spelled = word.len() == 1 || !word.iter().any(|letter| letters::is_vowel(*letter)) && word.len() <= 8;
    let known = || {
        let mut whole = false;
        STEMS.prefixes(word, |length, index| {
            whole |= length == word.len() && matches!(STEMS.values[index].kind, Kind::Stem | Kind::Word);
        });
        whole
    };
    if word.len() == 1 || spelled && !known() {
        return vec![spell(word, bytes)];
    }
    let mut segments = Vec::new();
    morphology::segments(word, &mut segments);
    let readings = segments
        .iter()
        .filter_map(|segment| Some(STEMS.values[segment.entry?].readings.len()))
        .max()
        .unwrap_or(1)
        .clamp(1, READINGS);
    (0..readings).map(|reading| one(word, bytes, &segments, reading)).collect()
}

fn spell(word: &[Letter], bytes: &[Range<usize>]) -> Pronunciation {
    let mut phones = Vec::new();
    for (letter, range) in word.iter().zip(bytes) {
        for sound in LETTER_NAMES.get(letter).into_iter().flatten() {
            phones.push(Phone {
                symbol: Symbol::Phone(sound.id),
                stress: sound.stress,
                stod: sound.stod,
                bytes: range.clone(),
            });
        }
    }
    Pronunciation { phones, source: Source::Spelled, weight: 1.0 }
}

fn one(word: &[Letter], bytes: &[Range<usize>], segments: &[Segment], reading: usize) -> Pronunciation {
    let mut phones: Vec<Phone> = Vec::with_capacity(word.len() + 4);
    let mut source = Source::Lexicon;
    let mut had_primary = false;
    for (index, segment) in segments.iter().enumerate() {
        let entry = segment.entry.map(|entry| &STEMS.values[entry]);
        let weak = entry.is_some_and(|entry| entry.kind == Kind::WeakPrefix);
        let last = index + 1 == segments.len();
        let prefixed = index
            .checked_sub(1)
            .and_then(|before| segments[before].entry)
            .is_some_and(|entry| matches!(STEMS.values[entry].kind, Kind::Prefix | Kind::WeakPrefix));
        let start = phones.len();
        let readings = entry.map_or(&[][..], |entry| &entry.readings[..]);
        match readings.get(reading).or(readings.first()) {
            Some(sounds) => {
                let manner = Manner { weak, prefixed };
                known(word, bytes, segment, sounds, manner, &mut phones);
            }
            None => {
                source = Source::Rules;
                by_rules(word, bytes, segment, prefixed, &mut phones);
            }
        }
        // A part ahead of another gives its stød up when it has one syllable.
        let part = &mut phones[start..];
        if !last && !weak && part.iter().filter(|phone| phone.is_syllabic()).count() == 1 {
            part.iter_mut().for_each(|phone| phone.stod = false);
        }
        for phone in part {
            match phone.stress {
                Stress::Primary if had_primary => phone.stress = Stress::Secondary,
                Stress::Primary => had_primary = true,
                _ => {}
            }
        }
    }
    Pronunciation { phones, source, weight: 1.0 }
}

fn by_rules(
    word: &[Letter],
    bytes: &[Range<usize>],
    segment: &Segment,
    prefixed: bool,
    out: &mut Vec<Phone>,
) {
    let letters = &word[segment.start..segment.end];
    let stem = segment.stem - segment.start;
    // The stem decides, and all of the part where the stem has no vowel.
    let stressed = if segment.entry.is_some() { stress::stressed(&letters[..stem]) } else { None };
    let stressed = stressed.or_else(|| stress::stressed(letters));
    let part =
        Part { letters, bytes: &bytes[segment.start..segment.end], stressed, stem, stress: Stress::Primary };
    let start = out.len();
    part.read(out);
    let keeps = match segment.ending {
        Some(ending) => prefixed || !ENDINGS.values[ending].drops_stod,
        None => true,
    };
    let end = bytes.get(segment.stem.wrapping_sub(1)).map_or(0, |letter| letter.end);
    stod::add(
        &mut out[start..],
        end,
        keeps && ends_stressed(letters, stressed, stem, segment.entry.is_some()),
    );
}

/// Whether the stressed vowel is the stem's last, as far as letters tell.
fn ends_stressed(letters: &[Letter], stressed: Option<usize>, stem: usize, known: bool) -> bool {
    let Some(stressed) = stressed else { return false };
    // studere, regering: a loan that is stressed on -er- has it too.
    if letters[..stressed].iter().any(|letter| letters::is_vowel(*letter))
        && matches!(letters[stressed..], [4, 17, 4 | 8, ..])
    {
        return true;
    }
    let mut cut = stem;
    if !known {
        for ending in [&b"erne"[..], b"ens", b"ets", b"en", b"et"] {
            let fits = letters.len() > ending.len() + stressed
                && letters[letters.len() - ending.len()..].iter().zip(ending).all(|(l, b)| *l == b - b'a');
            if fits {
                cut = letters.len() - ending.len();
                break;
            }
        }
    }
    let after = letters.get(stressed + 1..cut).unwrap_or(&[]);
    let later = after.iter().position(|letter| letters::is_vowel(*letter));
    match later {
        None => true,
        // teorien, and not hue
        Some(0) if letters[..stressed].iter().any(|letter| letters::is_vowel(*letter)) => {
            after.iter().skip(1).all(|letter| !letters::is_vowel(*letter))
        }
        Some(_) => false,
    }
}

/// What a part is in its word.
#[derive(Clone, Copy)]
struct Manner {
    /// It has no stress.
    weak: bool,
    /// It follows a prefix.
    prefixed: bool,
}

fn known(
    word: &[Letter],
    bytes: &[Range<usize>],
    segment: &Segment,
    sounds: &[Sound],
    manner: Manner,
    out: &mut Vec<Phone>,
) {
    let ending = segment.ending.map(|ending| &ENDINGS.values[ending]);
    let syllables = sounds.iter().filter(|sound| sound.id.is_syllabic()).count();
    let drops = ending.is_some_and(|ending| ending.drops_stod) && syllables == 1 && !manner.prefixed;
    let marked = sounds.iter().any(|sound| sound.stress == Stress::Primary);
    let start = out.len();
    place::place(&word[segment.start..segment.stem], &bytes[segment.start..segment.stem], sounds, out);
    let mut unmarked = !marked && !manner.weak;
    for phone in &mut out[start..] {
        phone.stod &= !drops;
        if unmarked && phone.is_full_vowel() {
            phone.stress = Stress::Primary;
            unmarked = false;
        }
    }
    if let Some(ending) = ending {
        let from = out.len();
        place::place(
            &word[segment.stem..segment.end],
            &bytes[segment.stem..segment.end],
            &ending.sounds,
            out,
        );
        join(out, from, word.get(segment.stem.wrapping_sub(1)) == Some(&(b'r' - b'a')));
    }
}

/// What happens where a stem and an ending meet.
fn join(phones: &mut Vec<Phone>, at: usize, after_r: bool) {
    let lower = |phones: &mut Vec<Phone>, at: usize| {
        if let (Some(vowel), Some(id)) = (phones.get_mut(at), PhoneId::from_ipa("ɐ")) {
            vowel.symbol = Symbol::Phone(id);
        }
    };
    let ipa = |phone: Option<&Phone>| match phone.map(|phone| phone.symbol) {
        Some(Symbol::Phone(id)) => id.info().ipa,
        _ => "",
    };
    let Some(before) = at.checked_sub(1) else { return };
    match (ipa(phones.get(before)), ipa(phones.get(at))) {
        // pige + r, pige + (e)n
        ("ə", "ɐ" | "ə") => {
            phones.remove(before);
        }
        // pleje + t
        ("ə", "d") => {
            if let (Some(phone), Some(id)) = (phones.get_mut(at), PhoneId::from_ipa("ð")) {
                phone.symbol = Symbol::Phone(id);
            }
        }
        // lærer + en, ændr + e: ʁ colours the weak vowel.
        ("ɐ" | "ʁ", "ə") => lower(phones, at),
        // svar + et
        ("ɑː" | "ɒː", "ə") if after_r => lower(phones, at),
        // stor + e, bær + er: the glide and the weak vowel are one.
        ("ɐ̯", "ə" | "ɐ") => {
            let glide = phones.remove(before);
            if let (Some(vowel), Some(id)) = (phones.get_mut(before), PhoneId::from_ipa("ɐ")) {
                vowel.symbol = Symbol::Phone(id);
                vowel.bytes.start = glide.bytes.start;
            }
            if glide.stod
                && let Some(vowel) = before.checked_sub(1).and_then(|at| phones.get_mut(at))
            {
                vowel.stod = true;
            }
        }
        _ => {}
    }
}
