//! Which vowel of a stem has the stress: `data/g2p/stress.tsv`.

use std::sync::LazyLock;

use super::letters::{self, Letter};
use crate::tables::rows;

struct Ending {
    letters: Vec<Letter>,
    place: Place,
    inflected: bool,
    ahead: usize,
}

#[derive(Clone, Copy)]
enum Place {
    /// The vowel so many letters from the start of the ending.
    Here(usize),
    /// The last vowel ahead of the ending.
    Ahead,
    /// As in other stems.
    Stem,
}

/// By last letter, the longest first.
static ENDINGS: LazyLock<Vec<Vec<Ending>>> = LazyLock::new(|| {
    let mut out: Vec<Vec<Ending>> = (0..32).map(|_| Vec::new()).collect();
    for row in rows(include_str!("../../data/g2p/stress.tsv")) {
        let [form, inflected, ahead, ..] = row[..] else { continue };
        let place = match form.find('\'') {
            Some(at) => Place::Here(form[..at].chars().count()),
            None if form.starts_with('<') => Place::Ahead,
            None => Place::Stem,
        };
        let Some(letters) = letters::letters_of(&form.replace(['\'', '<'], "")) else { continue };
        let Some(&last) = letters.last() else { continue };
        let ahead = ahead.parse().unwrap_or(0);
        out[usize::from(last)].push(Ending { letters, place, inflected: inflected == "+", ahead });
    }
    for bucket in &mut out {
        bucket.sort_by_key(|ending| std::cmp::Reverse(ending.letters.len()));
    }
    out
});

/// Endings of inflection that may follow a row with `+`, the longest first.
const INFLECTED: [&[u8]; 12] =
    [b"ernes", b"erne", b"ens", b"ets", b"ers", b"en", b"et", b"er", b"es", b"e", b"s", b"t"];

/// The index of the stressed vowel; `None` where there is no vowel.
pub(super) fn stressed(part: &[Letter]) -> Option<usize> {
    by_ending(part).or_else(|| first_full_vowel(part))
}

fn by_ending(part: &[Letter]) -> Option<usize> {
    let direct = longest(part, false);
    let inflected = INFLECTED.iter().find_map(|ending| {
        let cut = part.len().checked_sub(ending.len())?;
        let same = part[cut..].iter().zip(ending.iter()).all(|(letter, byte)| *letter == byte - b'a');
        if !same {
            return None;
        }
        longest(&part[..cut], true).map(|(index, length)| (index, length + ending.len()))
    });
    match (direct, inflected) {
        (Some(a), Some(b)) => {
            if b.1 > a.1 {
                b.0
            } else {
                a.0
            }
        }
        (Some(one), None) | (None, Some(one)) => one.0,
        (None, None) => None,
    }
}

/// The stressed vowel by the longest ending that fits, and the ending's length.
fn longest(part: &[Letter], inflected: bool) -> Option<(Option<usize>, usize)> {
    let bucket = &ENDINGS[usize::from(*part.last()? & 31)];
    bucket.iter().find_map(|ending| {
        let cut = part.len().checked_sub(ending.letters.len())?;
        let stem = &part[..cut];
        let fits = part.ends_with(&ending.letters)
            && cut >= ending.ahead
            && (!inflected || ending.inflected)
            && stem.iter().any(|letter| letters::is_vowel(*letter));
        let vowel = || stem.iter().rposition(|letter| letters::is_vowel(*letter));
        fits.then(|| match ending.place {
            Place::Here(offset) => (Some(cut + offset), ending.letters.len()),
            Place::Ahead => (vowel(), ending.letters.len()),
            Place::Stem => (None, ending.letters.len()),
        })
    })
}

fn first_full_vowel(part: &[Letter]) -> Option<usize> {
    // é has the stress where it is written.
    let acute = part.iter().position(|letter| *letter == letters::E_ACUTE);
    acute.or_else(|| part.iter().position(|letter| letters::is_vowel(*letter)))
}
