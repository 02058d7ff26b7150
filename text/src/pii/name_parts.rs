//! Reading the words that may be parts of a name.

use super::lexicon::{self, GIVEN, Info, NAME, SURNAME};
use super::table::Folded;

/// One part of a name.
#[derive(Clone, Copy)]
pub(super) struct Part {
    /// Where it starts and ends, in bytes, the s of the genitive left out.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Where it ends as written.
    pub(super) written_end: usize,
    pub(super) kind: Kind,
    pub(super) info: Info,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// On a list of names, or a compound of such.
    Known,
    /// `P.`, `H.C.`
    Initials,
    /// `von`, `de`, `al-`
    Particle,
    /// Capitalised, and on no list.
    Unknown,
}

/// Longer words are no names, in bytes.
const MAX: usize = 48;

/// The length of the word at byte `at`: letters, with hyphens and apostrophes inside.
pub(super) fn word_len(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let mut end = at;
    while let Some(&byte) = bytes.get(end) {
        let len = match byte {
            b'a'..=b'z' | b'A'..=b'Z' => 1,
            b'-' | b'\'' if end > at => {
                let next = text[end + 1..].chars().next();
                if next.is_some_and(char::is_alphabetic) { 1 } else { break }
            }
            0x80.. => match text[end..].chars().next() {
                Some(c) if c.is_alphabetic() => c.len_utf8(),
                Some('’' | '\u{2010}' | '\u{2011}')
                    if end > at && text[end + 3..].chars().next().is_some_and(char::is_alphabetic) =>
                {
                    3
                }
                _ => break,
            },
            _ => break,
        };
        end += len;
    }
    end - at
}

/// The part of a name that starts with a capital letter at byte `at`.
pub(super) fn part_at(text: &str, at: usize) -> Option<Part> {
    if let Some(end) = initials_end(text, at) {
        return Some(Part { start: at, end, written_end: end, kind: Kind::Initials, info: 0 });
    }
    let len = word_len(text, at);
    let word = &text[at..at + len];
    if !(2..=MAX).contains(&len) {
        return None;
    }
    let written_end = at + len;
    let (info, used) = look_up(word);
    let kind = if info & NAME != 0 { Kind::Known } else { Kind::Unknown };
    Some(Part { start: at, end: at + used, written_end, kind, info })
}

/// What the lists know of a word, and how many of its bytes the name has: without the s of the genitive.
fn look_up(word: &str) -> (Info, usize) {
    let info = lexicon::info(word);
    if info != 0 {
        return (info, word.len());
    }
    for end in ["'s", "’s", "s"] {
        if let Some(stem) = word.strip_suffix(end) {
            let info = lexicon::info(stem);
            if info != 0 || end != "s" {
                return (info, stem.len());
            }
        }
    }
    if word.len() > 3 && word.chars().all(|c| c.is_uppercase() || c == '-') {
        return (in_capitals(word), word.len());
    }
    if let Some((first, last)) = word.split_once(['-', '\u{2010}', '\u{2011}']) {
        return compound(word, first, last);
    }
    (0, word.len())
}

/// `Anne-Marie`, `Bak-Jensen`, `Louis-Hansens`: what the parts are.
fn compound(word: &str, first: &str, last: &str) -> (Info, usize) {
    let (head, (tail, used)) = (lexicon::info(first), look_up(last));
    let used = word.len() - last.len() + used;
    let both = head & tail & NAME;
    let info = if both != 0 {
        both
    } else if tail & SURNAME != 0 && first.chars().count() > 1 && head & lexicon::STOP == 0 {
        SURNAME
    } else if head & tail & GIVEN != 0 {
        GIVEN
    } else {
        0
    };
    (info, if info == 0 { word.len() } else { used })
}

/// What the lists know of a word in capitals.
fn in_capitals(word: &str) -> Info {
    let Some(folded) = Folded::new(word) else { return 0 };
    let mut title = String::with_capacity(word.len());
    let mut start = true;
    for (upper, lower) in word.chars().zip(folded.as_str().chars()) {
        title.push(if start { upper } else { lower });
        start = upper == '-';
    }
    lexicon::info(&title)
}

/// Where the initials at byte `at` end: `P.`, `H.C.`, `J. P.` are read one by one.
fn initials_end(text: &str, at: usize) -> Option<usize> {
    let mut end = at;
    for _ in 0..4 {
        let mut chars = text[end..].chars();
        let Some(letter) = chars.next().filter(|c| c.is_uppercase()) else { break };
        // "Th.", "Chr." and "Aa." are initials of two letters.
        let rest = chars.as_str();
        let more = ["h.", "hr.", "r.", "a."].into_iter().find(|more| rest.starts_with(more)).unwrap_or(".");
        if !rest.starts_with(more) {
            break;
        }
        end += letter.len_utf8() + more.len();
        if rest[more.len()..].starts_with('-') {
            end += 1;
        }
    }
    (end > at && !text[..end].ends_with('-')).then_some(end)
}

const PARTICLES: [&str; 22] = [
    "von", "van", "de", "la", "du", "di", "del", "della", "da", "dos", "el", "al", "bin", "ibn", "ben",
    "bint", "ter", "ten", "zu", "le", "der", "af",
];

/// The particle at byte `at`, with a capitalised word or another particle behind it.
pub(super) fn particle_at(text: &str, at: usize) -> Option<Part> {
    let len = text[at..].bytes().take(6).take_while(u8::is_ascii_lowercase).count();
    let word = &text[at..at + len];
    let rest = text[at + len..].strip_prefix([' ', '-'])?;
    let follows =
        rest.starts_with(char::is_uppercase) || ["der ", "la ", "den "].iter().any(|p| rest.starts_with(p));
    let fine = PARTICLES.contains(&word) && follows;
    fine.then_some(Part { start: at, end: at + len, written_end: at + len, kind: Kind::Particle, info: 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_as_written() {
        let part = |text| part_at(text, 0).map(|p: Part| (&text[..p.end], p.kind));
        assert_eq!(part("Hansens bil"), Some(("Hansen", Kind::Known)));
        assert_eq!(part("Jens’s bil"), Some(("Jens", Kind::Known)));
        assert_eq!(part("Anne-Maries"), Some(("Anne-Marie", Kind::Known)));
        assert_eq!(part("Bak-Jensen,"), Some(("Bak-Jensen", Kind::Known)));
        assert_eq!(part("H.C. Andersen"), Some(("H.C.", Kind::Initials)));
        assert_eq!(part("MØLLER"), Some(("MØLLER", Kind::Known)));
        assert_eq!(part("Ztovrup"), Some(("Ztovrup", Kind::Unknown)));
        assert!(part("I").is_none());
    }
}
