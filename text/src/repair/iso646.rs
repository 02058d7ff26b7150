//! Danish ISO 646 (DS 2089), the seven-bit set in which `{|}[\]` are æ ø å Æ Ø Å.
//!
//! These signs are at home in program text, tables and markup. A line counts only if it is ASCII
//! throughout, several words in it become Danish words, and nothing in it becomes nonsense.

use std::ops::Range;

use super::danish;

fn letter(byte: u8) -> Option<char> {
    Some(match byte {
        b'{' => 'æ',
        b'|' => 'ø',
        b'}' => 'å',
        b'[' => 'Æ',
        b'\\' => 'Ø',
        b']' => 'Å',
        _ => return None,
    })
}

/// A token that would change, and what it would become.
pub(super) struct Candidate {
    pub(super) range: Range<usize>,
    pub(super) text: String,
    /// Whether it becomes a known word.
    known: bool,
    /// Points that its line must have for it to change.
    pub(super) needs: f32,
}

/// Points that a line must have for tokens to change of which no likely word comes.
const CERTAIN: f32 = 9.0;

/// Longest token that is judged, in bytes.
const LONGEST: usize = 60;

/// The points of evidence in a line, and its candidates; points are as in
/// [`single_byte`](super::single_byte).
pub(super) fn weigh(line: &str) -> (f32, Vec<Candidate>) {
    let nothing = (0.0, Vec::new());
    if !line.is_ascii() || looks_like_code(line) {
        return nothing;
    }
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut points = 0.0;
    let mut start = 0;
    for token in line.split_ascii_whitespace() {
        // Tokens are in order, so that each is found after the one before.
        let from = start + line[start..].find(token).unwrap_or(0);
        start = from + token.len();
        if !token.bytes().any(|b| letter(b).is_some()) {
            continue;
        }
        match judge(token) {
            Some((range, text, weight)) => {
                let range = from + range.start..from + range.end;
                let known = weight > 0.0;
                if known && !candidates.iter().any(|c| c.text == text) {
                    points += weight;
                }
                candidates.push(Candidate { range, text, known, needs: 0.0 });
            }
            None if is_bracketed(token) => {}
            None => {
                points -= 2.0;
                let text: String = token.bytes().map(|b| letter(b).unwrap_or(char::from(b))).collect();
                candidates.push(Candidate { range: from..start, text, known: false, needs: CERTAIN });
            }
        }
    }
    // Words with different letters bear each other out.
    let has = |l: char| candidates.iter().any(|c| c.known && c.text.to_lowercase().contains(l));
    let kinds = ['æ', 'ø', 'å'].into_iter().filter(|l| has(*l)).count();
    points += 0.5 * kinds.saturating_sub(1) as f32;
    // The alphabet itself.
    let is_alphabet =
        |small: bool| candidates.iter().any(|c| c.text == if small { "æøå" } else { "ÆØÅ" });
    if is_alphabet(true) && !is_alphabet(false) {
        points -= 3.0;
    }
    let names = candidates.iter().filter(|c| c.known).count();
    if points < 0.0 || names == 0 { nothing } else { (points, candidates) }
}

/// Marks of program text, tables and TeX. `|` between spaces is a table.
fn looks_like_code(line: &str) -> bool {
    let trimmed = line.trim();
    let bytes = trimmed.as_bytes();
    [
        " | ", "||", "\\\\", "{{", "[[", "]]", "${", "=>", "->", "();", "{}", "[]", "==", "://", "</", "|-",
        "\\begin", "\\end",
    ]
    .iter()
    .any(|sign| trimmed.contains(sign))
        || (bytes.first() == Some(&b'|') && bytes.last() == Some(&b'|') && bytes.len() > 3)
        || trimmed.ends_with(';')
        || trimmed.ends_with(" {")
}

/// Whether brackets only enclose the token, or its start or end: `[1]`, `{ord`, `ord]`.
fn is_bracketed(token: &str) -> bool {
    let inner = token.trim_matches(|c: char| c.is_ascii_punctuation());
    !inner.bytes().any(|b| letter(b).is_some())
}

/// The part of a token that changes, what it becomes, and its points; 0 points if it may be a word,
/// `None` if it is none.
fn judge(token: &str) -> Option<(Range<usize>, String, f32)> {
    if token.len() > LONGEST {
        return None;
    }
    // Brackets that enclose a word are brackets; the widest reading that is a word counts.
    let is_edge = |b: u8| b.is_ascii_punctuation() && letter(b).is_none();
    let bytes = token.as_bytes();
    let outer = bytes.iter().position(|b| !is_edge(*b))?..bytes.iter().rposition(|b| !is_edge(*b))? + 1;
    let mut best = None;
    for (left, right) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
        let range = outer.start + left..outer.end.saturating_sub(right);
        let Some(part) = token.get(range.clone()).filter(|p| !p.is_empty()) else { continue };
        if (left == 1 && !matches!(bytes[outer.start], b'[' | b'{'))
            || (right == 1 && !matches!(bytes[outer.end - 1], b']' | b'}'))
        {
            continue;
        }
        if !part.bytes().any(|b| letter(b).is_some())
            || !part.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-' || letter(b).is_some())
        {
            continue;
        }
        let text: String = part.bytes().map(|b| letter(b).unwrap_or(char::from(b))).collect();
        let parts_known = text.split('-').all(|word| {
            let lower = word.to_lowercase();
            danish::is_cased_as_prose(word) && (word.is_ascii() || danish::is_word(&lower))
        });
        let lower = text.to_lowercase();
        if parts_known {
            let weight = match text.chars().count() {
                0 | 1 => 0.0,
                2 => 0.8,
                3 if lower == "æøå" => 1.6,
                3 => 1.2,
                4 => 1.9,
                5 => 2.4,
                _ => 3.2,
            };
            return Some((range, text, weight));
        }
        let single = matches!(text.as_str(), "å" | "ø" | "Å" | "Ø");
        let likely = text.chars().count() >= 4
            && danish::is_cased_as_prose(&text)
            && danish::bits_per_letter(&lower) < 4.3;
        if best.is_none() && (likely || single) {
            // A compound of a known word with two of the signs or more.
            let signs = part.bytes().filter(|b| letter(*b).is_some()).count();
            let weight = if signs >= 2 && likely && danish::has_known_part(&lower) { 2.0 } else { 0.0 };
            best = Some((range, text, weight));
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_has_points_and_code_has_none() {
        for line in ["S|ren ]kj{r, ]lborg", "Vi spiser bl}b{r og r|dgr|d p} K|benhavns havn", "{|} [\\]"] {
            assert!(weigh(line).0 >= 3.0, "{line}: {}", weigh(line).0);
        }
        for line in [
            "a[0] = {x|y}",
            "| f}r | b|rn |",
            "grep -E 'f|r|h|r'",
            "\\st{ord} og \\o{}",
            "let f = |b|rn| {",
            "C:\\ST\\RNE",
            "Navn|By|Pris",
            "{b|r}",
            "{|}",
            "[se her] og {der}",
        ] {
            assert!(weigh(line).0 < 3.0, "{line}: {}", weigh(line).0);
        }
    }
}
