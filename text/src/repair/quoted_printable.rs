//! Quoted-printable (RFC 2045, section 6.7) that was not undone: `=C3=A6`, `=E6`.
//!
//! Left alone: addresses and queries, encoded words of mail headers (`=?utf-8?Q?…?=`, RFC 2047),
//! which are as they should be there, and lines in which no Danish word comes of it.

use std::ops::Range;

use super::codepage::{Encoding, page};
use super::danish;
use super::entities::in_address;

/// Bytes that stand in a row as `=XX`.
struct Group {
    range: Range<usize>,
    text: String,
    utf8: bool,
}

fn byte_at(line: &[u8], at: usize) -> Option<u8> {
    let digit = |b: u8| match b {
        b'0'..=b'9' => Some(b - b'0'),
        b'A'..=b'F' => Some(b - b'A' + 10),
        _ => None,
    };
    match line.get(at..at + 3)? {
        [b'=', high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    }
}

/// Longest row of bytes that is decoded as one.
const LONGEST: usize = 1024;

fn group_at(line: &str, at: usize) -> Option<Group> {
    let mut bytes = Vec::new();
    let mut end = at;
    while let Some(byte) = byte_at(line.as_bytes(), end).filter(|_| bytes.len() < LONGEST) {
        bytes.push(byte);
        end += 3;
    }
    if bytes.is_ascii() {
        return None;
    }
    let (text, utf8) = match String::from_utf8(bytes) {
        Ok(text) => (text, true),
        Err(error) => {
            let page = page(Encoding::Windows1252)?;
            (error.as_bytes().iter().map(|b| page.decode(*b)).collect(), false)
        }
    };
    (!text.contains(char::is_control)).then_some(Group { range: at..end, text, utf8 })
}

/// The stretches of a line that are to be undone, in order.
/// Soft line breaks stay.
pub(super) fn undo(line: &str, mut change: impl FnMut(Range<usize>, &str)) {
    let mut groups: Vec<Group> = Vec::new();
    let mut at = 0;
    while let Some(by) = memchr::memchr(b'=', &line.as_bytes()[at..]) {
        at += by;
        match group_at(line, at) {
            Some(group) => {
                at = group.range.end;
                if !in_address(line, group.range.start) && !in_encoded_word(line, group.range.start) {
                    groups.push(group);
                }
            }
            None => at += 1,
        }
    }
    let mut points = 0;
    let mut keep = Vec::with_capacity(groups.len());
    let mut attached = Vec::with_capacity(groups.len());
    for (at, group) in groups.iter().enumerate() {
        let (word, touches) = word_around(line, &groups, at);
        let lower = word.to_lowercase();
        let known = danish::is_cased_as_prose(&word) && danish::is_word(&lower);
        let short = word.chars().count() <= 3;
        let worth = match group.utf8 {
            true if touches || !group.text.contains(char::is_alphabetic) => 2,
            true => 1,
            false if known => {
                if short {
                    1
                } else {
                    2
                }
            }
            false if touches && !short && danish::bits_per_letter(&lower) < 4.5 => 1,
            false => 0,
        };
        keep.push(worth > 0);
        attached.push(touches);
        points += worth;
    }
    if points < 2 {
        return;
    }
    // Marks beside known words, and unknown words beside two known ones.
    for (at, group) in groups.iter().enumerate() {
        keep[at] |=
            (points >= 3 && !group.text.contains(char::is_alphabetic)) || (points >= 4 && attached[at]);
    }
    // In a line that is quoted-printable, `=3D` and a space at the end are so too.
    let mut marks: Vec<(Range<usize>, &str)> = Vec::new();
    for (sign, text) in [("=3D", "="), ("=20", " "), ("=09", "\t")] {
        marks.extend(line.match_indices(sign).map(|(at, _)| (at..at + 3, text)));
    }
    marks.retain(|(range, _)| {
        !in_address(line, range.start)
            && !groups.iter().any(|g| g.range.start < range.end && range.start < g.range.end)
    });
    let kept =
        groups.iter().zip(keep).filter(|(_, keep)| *keep).map(|(g, _)| (g.range.clone(), g.text.as_str()));
    let mut all: Vec<(Range<usize>, &str)> = kept.chain(marks).collect();
    all.sort_by_key(|(range, _)| range.start);
    for (range, text) in all {
        change(range, text);
    }
}

/// The word that holds group `at` when all groups are undone, and whether a letter touches it.
fn word_around(line: &str, groups: &[Group], at: usize) -> (String, bool) {
    let group = &groups[at];
    let mut word: String = group.text.chars().filter(|c| c.is_alphabetic()).collect();
    let own = word.chars().count();
    let mut start = group.range.start;
    let mut index = at;
    for _ in 0..40 {
        if index > 0 && groups[index - 1].range.end == start {
            index -= 1;
            word.insert_str(0, &groups[index].text);
            start = groups[index].range.start;
        } else if let Some(c) = line[..start].chars().next_back().filter(|c| c.is_alphabetic()) {
            word.insert(0, c);
            start -= c.len_utf8();
        } else {
            break;
        }
    }
    let mut end = group.range.end;
    let mut index = at;
    for _ in 0..40 {
        if let Some(next) = groups.get(index + 1).filter(|g| g.range.start == end) {
            index += 1;
            word.push_str(&next.text);
            end = next.range.end;
        } else if let Some(c) = line[end..].chars().next().filter(|c| c.is_alphabetic()) {
            word.push(c);
            end += c.len_utf8();
        } else {
            break;
        }
    }
    let touches = word.chars().count() > own;
    (word, touches)
}

fn in_encoded_word(line: &str, at: usize) -> bool {
    let start = line[..at].rfind(|c: char| c.is_ascii_whitespace()).map_or(0, |gap| gap + 1);
    line[start..at].contains("=?")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn undone(line: &str) -> String {
        let (mut out, mut at) = (String::new(), 0);
        undo(line, |range, text| {
            out.push_str(&line[at..range.start]);
            out.push_str(text);
            at = range.end;
        });
        out + &line[at..]
    }

    #[test]
    fn words_are_undone_and_queries_and_headers_stay() {
        assert_eq!(undone("R=C3=B8d gr=C3=B8d 1 =3D 1"), "Rød grød 1 = 1");
        assert_eq!(undone("Vi m=F8des p=E5 torsdag =E2=80=93 m=E5ske"), "Vi mødes på torsdag – måske");
        for line in [
            "https://example.dk/?id=C3=A6l",
            "Subject: =?utf-8?Q?K=C3=B8benhavn?=",
            "x=E5; y=F8",
            "a=AB b=CD",
            "farve=FF00EE",
        ] {
            assert_eq!(undone(line), line);
        }
    }
}
