//! Words as evidence: what is read of a text, folded to one spelling.
//!
//! A word is a run of letters, combining marks, and apostrophes between letters. It is lower-cased and
//! composed (`A` + U+030A is `å`, `’` is `'`). No evidence: runs that touch a digit (`mp3`), `camelCase`,
//! and tokens between spaces that look like addresses, domains, paths or code.

/// Longest word looked at, in bytes after folding; the rest of a longer one is not read.
pub(super) const MAX_WORD: usize = 48;

/// A folded word; bytes past `len` are zero.
pub(super) struct Folded {
    /// UTF-8, lower case.
    pub(super) bytes: [u8; MAX_WORD],
    /// Bytes used.
    pub(super) len: usize,
    /// A letter had no room; none after it is taken.
    full: bool,
}

impl Folded {
    /// The word.
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// What a text is read into.
pub(super) trait Sink {
    /// A word of a Latin script. `capital`: it starts with a capital and has small letters.
    fn word(&mut self, word: &Folded, letter_bytes: usize, capital: bool);
    /// A run of letters of another script, of two letters or more or ideographic.
    fn foreign(&mut self, letter_bytes: usize);
    /// White space after a token, which ended in `last` at `at`. `newline`: the space holds a line break.
    fn gap(&mut self, at: usize, last: u8, newline: bool);
}

const LETTER: u8 = 1;
const SPACE: u8 = 2;
const HIGH: u8 = 4;
const DIGIT: u8 = 8;
/// Signs that make a token worth a second look.
const SUSPECT: u8 = 16;
const DOT: u8 = 32;

const CLASS: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        table[at] = match at as u8 {
            b'a'..=b'z' | b'A'..=b'Z' => LETTER,
            b' ' | b'\t' | b'\n' | b'\r' | 0x0B | 0x0C => SPACE,
            b'0'..=b'9' => DIGIT,
            b'.' => DOT,
            b'@' | b'/' | b'\\' | b'_' | b'=' | b'<' | b'>' | b'{' | b'}' | b'$' | b'|' | b'~' | b'^' => {
                SUSPECT
            }
            0x80.. => HIGH,
            _ => 0,
        };
        at += 1;
    }
    table
}

/// Reads the words of a text into a sink, in order.
#[inline]
pub(super) fn read(text: &str, sink: &mut impl Sink) {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut folded = Folded { bytes: [0; MAX_WORD], len: 0, full: false };
    while at < bytes.len() {
        let start = at;
        let mut seen = 0;
        while let Some(&byte) = bytes.get(at) {
            let class = CLASS[usize::from(byte)];
            if class == SPACE {
                break;
            }
            seen |= class;
            at += 1;
        }
        let end = at;
        if seen & (LETTER | HIGH) != 0 && (seen & (SUSPECT | DOT) == 0 || !is_code(&text[start..end], seen)) {
            token(text, start, end, seen, &mut folded, sink);
        }
        let mut newline = false;
        while let Some(&byte) = bytes.get(at) {
            if CLASS[usize::from(byte)] != SPACE {
                break;
            }
            newline |= byte == b'\n';
            at += 1;
        }
        if end > start {
            sink.gap(end, bytes[end - 1], newline || at == bytes.len());
        }
    }
}

/// Whether a token looks like an address, a domain, a path or code.
#[cold]
fn is_code(token: &str, seen: u8) -> bool {
    let token = token.trim_matches(|c: char| c.is_ascii_punctuation());
    let bytes = token.as_bytes();
    if seen & SUSPECT != 0 {
        if bytes
            .iter()
            .any(|b| matches!(b, b'@' | b'\\' | b'_' | b'=' | b'<' | b'>' | b'{' | b'}' | b'$' | b'^'))
        {
            return true;
        }
        let slashes = bytes.iter().filter(|&&b| b == b'/').count();
        if slashes > 2 || (slashes > 0 && seen & DOT != 0 && bytes.contains(&b'.')) {
            return true;
        }
    }
    seen & DOT != 0 && is_domain(bytes)
}

/// `dr.dk`, `readme.txt`; not `f.eks` or `bl.a`.
fn is_domain(token: &[u8]) -> bool {
    let mut last = 0;
    let mut parts = 0;
    for part in token.split(|&b| b == b'.') {
        if part.len() < 2 || !part.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
        {
            return false;
        }
        last = part.len();
        parts += 1;
    }
    parts > 1 && last <= 4
}

/// The words of a token.
#[inline]
fn token(text: &str, start: usize, end: usize, seen: u8, folded: &mut Folded, sink: &mut impl Sink) {
    let bytes = text.as_bytes();
    let mut at = start;
    while at < end {
        if CLASS[usize::from(bytes[at])] & (LETTER | HIGH) == 0 {
            at += 1;
            continue;
        }
        let from = at;
        while at < end && CLASS[usize::from(bytes[at])] == LETTER {
            at += 1;
        }
        let plain = at == end || (CLASS[usize::from(bytes[at])] != HIGH && bytes[at] != b'\'');
        if plain {
            if seen & DIGIT != 0 && touches_digit(bytes, from, at) {
                continue;
            }
            let word = &bytes[from..at];
            let capitals = fold_ascii(bytes, from, at, folded);
            let first = word[0] & 0x20 == 0;
            if capitals > usize::from(first) && capitals < folded.len {
                continue;
            }
            sink.word(folded, word.len(), first && word.len() > 1 && capitals == 1);
        } else {
            at = wide(text, from, end, folded, sink).max(from + 1);
        }
    }
}

/// Folds ASCII letters; gives how many were capitals.
#[inline]
fn fold_ascii(text: &[u8], from: usize, to: usize, folded: &mut Folded) -> usize {
    const WINDOW: usize = 24;
    const SMALL: u64 = 0x2020_2020_2020_2020;
    folded.bytes = [0; MAX_WORD];
    folded.len = (to - from).min(MAX_WORD);
    let mut capitals = 0usize;
    if let Some(window) = text.get(from..from + WINDOW)
        && folded.len <= WINDOW
    {
        // Eight bytes at a time, those after the word masked.
        let (parts, _) = window.as_chunks::<8>();
        let (places, _) = folded.bytes.as_chunks_mut::<8>();
        for (n, (part, place)) in parts.iter().zip(places).enumerate() {
            let used = folded.len.saturating_sub(8 * n).min(8);
            let mask = u64::MAX.checked_shr(64 - 8 * used as u32).unwrap_or(0);
            let part = u64::from_le_bytes(*part);
            capitals += (!part & SMALL & mask).count_ones() as usize;
            *place = ((part | SMALL) & mask).to_le_bytes();
        }
    } else {
        for (place, byte) in folded.bytes.iter_mut().zip(&text[from..to]) {
            *place = byte | 0x20;
            capitals += usize::from(byte & 0x20 == 0);
        }
    }
    capitals
}

fn touches_digit(bytes: &[u8], from: usize, to: usize) -> bool {
    from.checked_sub(1).and_then(|before| bytes.get(before)).is_some_and(u8::is_ascii_digit)
        || bytes.get(to).is_some_and(u8::is_ascii_digit)
}

/// A run of letters not all ASCII, or with an apostrophe; gives where it ends.
fn wide(text: &str, from: usize, end: usize, folded: &mut Folded, sink: &mut impl Sink) -> usize {
    *folded = Folded { bytes: [0; MAX_WORD], len: 0, full: false };
    let mut letters = 0usize;
    let (mut upper, mut lower, mut camel, mut first_upper) = (0usize, 0usize, false, false);
    let mut foreign = 0usize;
    let mut ideographs = false;
    let mut at = from;
    let mut rest = text[from..end].chars().peekable();
    while let Some(c) = rest.next() {
        let size = c.len_utf8();
        if c == '\'' || c == '’' || c == 'ʼ' {
            if letters == 0 || !rest.peek().is_some_and(|next| next.is_alphabetic()) {
                break;
            }
            push(folded, '\'');
        } else if let Some(composed) = mark(folded, c) {
            if let Some(composed) = composed {
                push(folded, composed);
            }
        } else if c == '\u{ad}' || c == '\u{200d}' || c == '\u{200c}' {
            // Invisible inside a word.
            if letters == 0 {
                break;
            }
        } else if c.is_alphabetic() {
            letters += 1;
            if c.is_uppercase() {
                upper += 1;
                camel |= lower > 0;
                first_upper |= letters == 1;
            } else {
                lower += 1;
            }
            if is_latin(c) {
                fold(folded, c);
            } else {
                foreign += 1;
                ideographs |= c >= '\u{2e80}';
            }
        } else {
            break;
        }
        at += size;
    }
    if letters == 0 {
        // A sign, such as a dash or a quotation mark.
        return at.max(from + text[from..end].chars().next().map_or(1, char::len_utf8));
    }
    let mixed_case = camel || (upper > 1 && lower > 0);
    if foreign > 0 {
        if foreign > 1 || ideographs {
            sink.foreign(at - from);
        }
    } else if !mixed_case && !touches_digit(text.as_bytes(), from, at) {
        sink.word(folded, at - from, first_upper && lower > 0);
    }
    at
}

fn is_latin(c: char) -> bool {
    matches!(c, '\0'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' | '\u{fb00}'..='\u{fb06}')
}

fn push(folded: &mut Folded, c: char) {
    match folded.bytes.get_mut(folded.len..folded.len + c.len_utf8()) {
        Some(room) if !folded.full => {
            c.encode_utf8(room);
            folded.len += c.len_utf8();
        }
        _ => folded.full = true,
    }
}

fn fold(folded: &mut Folded, c: char) {
    match c {
        '\0'..='\x7f' => push(folded, c.to_ascii_lowercase()),
        'À'..='Þ' if c != '×' => push(folded, char::from_u32(c as u32 + 32).unwrap_or(c)),
        'ß'..='ÿ' => push(folded, c),
        'ﬁ' => ['f', 'i'].into_iter().for_each(|c| push(folded, c)),
        'ﬂ' => ['f', 'l'].into_iter().for_each(|c| push(folded, c)),
        _ => c.to_lowercase().take(1).for_each(|c| push(folded, c)),
    }
}

/// `Some` for a combining mark: the letter that it makes with the last one, which is taken off; `Some(None)`
/// for a mark that makes none and is left out.
fn mark(folded: &mut Folded, c: char) -> Option<Option<char>> {
    if !matches!(c, '\u{300}'..='\u{36f}') {
        return None;
    }
    let Some(&last) = folded.as_bytes().last() else { return Some(None) };
    if folded.full {
        return Some(None);
    }
    let composed = match (last, c) {
        (b'a', '\u{30a}') => 'å',
        (b'a', '\u{308}') => 'ä',
        (b'o', '\u{308}') => 'ö',
        (b'u', '\u{308}') => 'ü',
        (b'e', '\u{308}') => 'ë',
        (b'i', '\u{308}') => 'ï',
        (b'a', '\u{301}') => 'á',
        (b'e', '\u{301}') => 'é',
        (b'i', '\u{301}') => 'í',
        (b'o', '\u{301}') => 'ó',
        (b'u', '\u{301}') => 'ú',
        (b'y', '\u{301}') => 'ý',
        (b'a', '\u{300}') => 'à',
        (b'e', '\u{300}') => 'è',
        (b'o', '\u{300}') => 'ò',
        (b'a', '\u{302}') => 'â',
        (b'e', '\u{302}') => 'ê',
        (b'o', '\u{302}') => 'ô',
        (b'n', '\u{303}') => 'ñ',
        (b'a', '\u{303}') => 'ã',
        (b'o', '\u{303}') => 'õ',
        (b'c', '\u{327}') => 'ç',
        (b's', '\u{30c}') => 'š',
        (b'c', '\u{30c}') => 'č',
        (b'z', '\u{30c}') => 'ž',
        _ => return Some(None),
    };
    folded.len -= 1;
    folded.bytes[folded.len] = 0;
    Some(Some(composed))
}
