//! Gives the phones of a transcription their letters.

use std::ops::Range;

use super::letters::{self, Letter};
use super::phones::{PhoneId, Sound};
use super::{Phone, Symbol};

const LONGEST: usize = 48;

/// How badly a phone stands for a letter.
fn distance(letter: Letter, phone: PhoneId) -> u32 {
    let info = phone.info();
    let c = (letter < 26).then(|| char::from(letter + b'a'));
    let vowel = letters::is_vowel(letter);
    match info.kind {
        "vowel" if vowel => 0,
        "vowel" => 4,
        "glide" => match (info.ipa, c) {
            ("ɐ̯", Some('r'))
            | ("ʊ̯", Some('v' | 'g' | 'w' | 'u' | 'o'))
            | ("ɪ̯", Some('j' | 'g' | 'y' | 'i')) => 0,
            _ => 3,
        },
        _ if vowel => 5,
        "plosive" => match (info.ipa, c) {
            ("p" | "b", Some('p' | 'b')) | ("t" | "d", Some('t' | 'd')) => 0,
            ("k" | "ɡ", Some('k' | 'g' | 'c' | 'q' | 'x')) => 0,
            _ => 3,
        },
        _ => match (info.bare.info().ipa, c) {
            ("f", Some('f'))
            | ("s", Some('s' | 'c' | 'z' | 'x'))
            | ("h", Some('h'))
            | ("ʋ", Some('v' | 'w')) => 0,
            ("j", Some('j')) | ("ʁ", Some('r')) | ("l", Some('l')) | ("ð", Some('d')) | ("m", Some('m')) => {
                0
            }
            ("n" | "ŋ", Some('n')) | ("ɕ", Some('s' | 'c' | 'g' | 'j')) => 0,
            ("ð", Some('t')) => 1,
            _ => 3,
        },
    }
}

/// Appends the sounds, each with the bytes of the letters that fit it best; silent letters have none.
pub(super) fn place(letters: &[Letter], bytes: &[Range<usize>], sounds: &[Sound], out: &mut Vec<Phone>) {
    let (n, m) = (letters.len(), sounds.len());
    let push = |out: &mut Vec<Phone>, sound: &Sound, bytes: Range<usize>| {
        out.push(Phone { symbol: Symbol::Phone(sound.id), stress: sound.stress, stod: sound.stod, bytes });
    };
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return };
    if n > LONGEST || m > LONGEST {
        for sound in sounds {
            push(out, sound, first.start..last.end);
        }
        return;
    }
    // Edit distance: a silent letter costs 2, a phone that shares the letter before it 2.
    let mut cost = [[0u32; LONGEST + 1]; LONGEST + 1];
    for i in 0..=n {
        for j in 0..=m {
            if i == 0 && j == 0 {
                continue;
            }
            let silent = if i > 0 { cost[i - 1][j] + 2 } else { u32::MAX };
            let shared = if j > 0 { cost[i][j - 1] + 2 } else { u32::MAX };
            let both = if i > 0 && j > 0 {
                cost[i - 1][j - 1] + distance(letters[i - 1], sounds[j - 1].id)
            } else {
                u32::MAX
            };
            cost[i][j] = both.min(silent).min(shared);
        }
    }
    let mut owner = [0usize; LONGEST];
    let (mut i, mut j) = (n, m);
    while j > 0 {
        if i > 0 && cost[i][j] == cost[i - 1][j - 1] + distance(letters[i - 1], sounds[j - 1].id) {
            (i, j) = (i - 1, j - 1);
            owner[j] = i;
        } else if i > 0 && cost[i][j] == cost[i - 1][j] + 2 {
            i -= 1;
        } else {
            j -= 1;
            owner[j] = i.saturating_sub(1);
        }
    }
    for (sound, owner) in sounds.iter().zip(owner) {
        let range = bytes.get(owner).cloned().unwrap_or(first.start..last.end);
        push(out, sound, range);
    }
}
