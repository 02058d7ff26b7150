//! UTF-8 that was read as a single-byte code page, once or several times over.
//!
//! Such text has sequences that encode, in the code page, to valid UTF-8. They are undone one by
//! one, so that clean characters beside them stay. A sequence is *strong* if no clean text has it
//! where it stands, and *weak* if only strong ones in the same line make it believable.

use std::ops::Range;

use super::chain::{Chain, Step};
use super::codepage::{CodePage, Encoding, page};
use super::{danish, scan};

/// A sequence that can be undone.
pub(super) struct Found {
    pub(super) range: Range<usize>,
    pub(super) text: String,
    pub(super) chain: Chain,
    pub(super) strong: bool,
}

/// Code pages that text is known to be read as, the likeliest first.
const READ_AS: [Encoding; 9] = [
    Encoding::Windows1252,
    Encoding::Iso8859_15,
    Encoding::Ibm850,
    Encoding::Ibm865,
    Encoding::Ibm437,
    Encoding::Macintosh,
    Encoding::Windows1250,
    Encoding::Windows1251,
    Encoding::Windows1257,
];

/// Longest run of characters past ASCII that is looked at in one go.
const RUN: usize = 512;

/// Levels of damage that are undone in one go; a further round undoes more.
const LEVELS: usize = 6;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Strength {
    Reject,
    Weak,
    Strong,
}

/// A part of a run of characters, `from..to`, and what it stands for.
struct Piece {
    from: usize,
    to: usize,
    text: String,
    chain: Chain,
    strength: Strength,
}

/// What stands around a run.
struct Around<'t> {
    before: Option<char>,
    after: &'t str,
    /// The line before the run.
    head: &'t str,
}

/// Undoes what it can in the run of characters past ASCII that starts at `at`; pushes to `found` and
/// gives the end of the run. `line` starts where the judged stretch does.
pub(super) fn undo_run(line: &str, at: usize, found: &mut Vec<Found>) -> usize {
    let mut run = Vec::new();
    let mut ends = vec![at];
    for (place, c) in line[at..].char_indices().take(RUN) {
        if c.is_ascii() {
            break;
        }
        run.push(c);
        ends.push(at + place + c.len_utf8());
    }
    let end = ends.last().copied().unwrap_or(at);
    let around = Around { before: line[..at].chars().next_back(), after: &line[end..], head: &line[..at] };
    for piece in undo(&run, &around, LEVELS) {
        if piece.strength == Strength::Reject {
            continue;
        }
        // A piece may end with the space that was a no-break space.
        let to = if piece.to < ends.len() { ends[piece.to] } else { end + 1 };
        found.push(Found {
            range: ends[piece.from]..to,
            text: piece.text,
            chain: piece.chain,
            strong: piece.strength == Strength::Strong,
        });
    }
    end
}

/// The usual sequences of UTF-8 read as `windows-1252` or `iso-8859-1`, undone without looking further:
/// the end of the sequence, its character and what it was read as. `None` if it takes a closer look.
pub(super) fn undo_usual(line: &str, at: usize) -> Option<(usize, char, Encoding)> {
    let bytes = line.as_bytes();
    let upper_before = at > 0 && (bytes[at - 1].is_ascii_uppercase() || !bytes[at - 1].is_ascii());
    let lead = *bytes.get(at + 1)?;
    if bytes[at] != 0xC3 {
        return None;
    }
    let mut place = at + 2;
    if lead == 0xA2 {
        // â€ and a third character are punctuation.
        if bytes.get(place..place + 3)? != "€".as_bytes() {
            return None;
        }
        place += 3;
    } else if !matches!(lead, 0x82 | 0x83) || upper_before {
        return None;
    }
    let (byte, length, c1) = match *bytes.get(place..place + 2)? {
        [0xC2, byte] => (byte, 2, byte < 0xA0),
        [0xC5 | 0xC6 | 0xCB | 0xE2, _] => {
            let c = line[place..].chars().next()?;
            (page(Encoding::Windows1252)?.encode(c)?, c.len_utf8(), false)
        }
        _ => return None,
    };
    let is_lower = |b: Option<&u8>| b.is_some_and(u8::is_ascii_lowercase);
    let inside = at > 0 && is_lower(bytes.get(at - 1)) && is_lower(bytes.get(place + length));
    let decoded = match lead {
        0xA2 => char::from_u32(0x2000 | u32::from(byte & 0x3F))?,
        0x82 if byte >= 0xA0 && byte != 0xAC && !(inside && byte != 0xA0) => char::from(byte),
        0x83 => char::from(0xC0 | byte & 0x3F),
        _ => return None,
    };
    // Bytes that iso-8859-15 has for Š ž and others are told apart elsewhere, further levels too.
    let plain = matches!(
        decoded,
        'æ' | 'ø' | 'å' | 'Æ' | 'Ø' | 'Å' | 'é' | 'É' | 'ü' | 'ö' | 'ä' | '\u{a0}'..='\u{bf}'
    ) || matches!(decoded, '\u{2010}'..='\u{2019}' | '\u{201c}'..='\u{201e}' | '…');
    let defined = !(c1 && matches!(byte, 0x81 | 0x8D | 0x8F | 0x90 | 0x9D));
    let read_as = if c1 && defined { Encoding::Iso8859_1 } else { Encoding::Windows1252 };
    plain.then_some((place + length, decoded, read_as))
}

/// Whether the last “ before has no ” after it, in either spelling.
fn is_quote_open(before: &str) -> bool {
    let tail = &before[scan::floor(before, before.len().saturating_sub(1024))..];
    let opened = tail.rfind("â€œ").max(tail.rfind('“'));
    opened.is_some_and(|at| {
        let rest = &tail[at..];
        !rest.contains('”') && !rest.contains("â€\u{9d}") && !rest.contains("â€\u{fffd}")
    })
}

/// All pieces of the run that the best code page, and those of deeper levels, give.
fn undo(run: &[char], around: &Around<'_>, levels: usize) -> Vec<Piece> {
    let mut best: (i32, Vec<Piece>) = (0, Vec::new());
    if levels == 0 {
        return best.1;
    }
    for encoding in READ_AS {
        let Some(page) = page(encoding) else { continue };
        let pieces = undo_as(run, around, page, levels);
        let value: i32 = pieces.iter().map(value).sum();
        if value > best.0 {
            best = (value, pieces);
        }
    }
    best.1
}

/// What a piece is worth when code pages are compared: more for what Danish text is likely to have.
fn value(piece: &Piece) -> i32 {
    let worth = |c| match c {
        _ if danish::is_danish_letter(c) => 4,
        '\u{a0}'..='\u{ff}' | '\u{2010}'..='\u{2026}' | '€' | '™' => 2,
        _ => 1,
    };
    let letters: i32 = piece.text.chars().map(worth).sum();
    match piece.strength {
        Strength::Reject => 0,
        Strength::Weak => letters,
        Strength::Strong => 4 * letters + 4 + i32::from(piece.to - piece.from > 2),
    }
}

fn undo_as(run: &[char], around: &Around<'_>, page: &CodePage, levels: usize) -> Vec<Piece> {
    let mut pieces = sequences(run, around, page);
    if pieces.is_empty() {
        return pieces;
    }
    rate(run, around, page, &mut pieces);
    // The run as it was one reading earlier, with the place that each character comes from.
    let mut earlier = Vec::new();
    let mut origin: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    for piece in &pieces {
        earlier.extend(&run[at..piece.from]);
        origin.extend((at..piece.from).map(|at| at..at + 1));
        earlier.extend(piece.text.chars());
        origin.extend(piece.text.chars().map(|_| piece.from..piece.to));
        at = piece.to.min(run.len());
    }
    earlier.extend(&run[at..]);
    origin.extend((at..run.len()).map(|at| at..at + 1));
    if !earlier.iter().any(|c| is_lead(*c)) {
        return pieces;
    }
    let deeper = undo(&earlier, around, levels - 1);
    let step = pieces[0].chain;
    for found in deeper.into_iter().filter(|p| p.strength == Strength::Strong) {
        let (Some(first), Some(last)) = (origin.get(found.from), origin.get(found.to.saturating_sub(1)))
        else {
            continue;
        };
        let (from, to) = (first.start, last.end);
        let passed = |p: &Piece| p.from >= from && p.to <= to;
        if !pieces.iter().any(passed) {
            continue;
        }
        pieces.retain(|p| p.to <= from || p.from >= to);
        pieces.push(Piece {
            from,
            to,
            text: found.text,
            chain: step.followed_by(&found.chain),
            strength: found.strength,
        });
    }
    pieces.sort_by_key(|p| p.from);
    pieces
}

/// Whether `c` can begin a sequence in one of the code pages.
fn is_lead(c: char) -> bool {
    matches!(
        c,
        'Â' | 'Ã'
            | 'â'
            | 'ã'
            | 'ï'
            | 'ð'
            | 'Ä'
            | 'Å'
            | 'Ð'
            | 'Ñ'
            | '├'
            | '┬'
            | 'Ô'
            | 'Γ'
            | '√'
            | '¬'
            | '‚'
            | 'Ă'
    )
}

/// The sequences of the run that are valid UTF-8 in the code page, not rated yet.
fn sequences(run: &[char], around: &Around<'_>, page: &CodePage) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < run.len() {
        match sequence(run, at, around, page) {
            Some((to, decoded)) => {
                let encoding = named(&run[at..to.min(run.len())], page);
                let chain = Chain::of(Step::Misread { actual: Encoding::Utf8, read_as: encoding });
                pieces.push(Piece {
                    from: at,
                    to,
                    text: decoded.to_string(),
                    chain,
                    strength: Strength::Weak,
                });
                at = to;
            }
            None => at += 1,
        }
    }
    pieces
}

/// `iso-8859-1` where C1 controls show it, else the code page's name.
fn named(sequence: &[char], page: &CodePage) -> Encoding {
    let is_c1 = |c: &char| matches!(*c, '\u{80}'..='\u{9f}');
    let undefined = |c: &char| matches!(*c, '\u{81}' | '\u{8d}' | '\u{8f}' | '\u{90}' | '\u{9d}');
    if page.encoding == Encoding::Windows1252
        && sequence.iter().any(|c| is_c1(c) && !undefined(c))
        && sequence.iter().all(|c| (*c as u32) < 0x100)
    {
        Encoding::Iso8859_1
    } else {
        page.encoding
    }
}

/// The sequence at `at`, its end and its character. An end past the run takes the space after it.
fn sequence(run: &[char], at: usize, around: &Around<'_>, page: &CodePage) -> Option<(usize, char)> {
    let lead = page.encode(run[at])?;
    let length = match lead {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => return None,
    };
    // Elsewhere only what Danish prose has: Latin-1 and punctuation.
    if page.encoding != Encoding::Windows1252 && !matches!(lead, 0xC2 | 0xC3 | 0xE2) {
        return None;
    }
    let mut bytes = [lead, 0, 0, 0];
    for (by, byte) in bytes.iter_mut().enumerate().take(length).skip(1) {
        *byte = match run.get(at + by) {
            // Of the bytes that these leave undefined, just one makes a letter of Danish: Ø.
            Some('\u{fffd}')
                if lead == 0xC3 && matches!(page.encoding, Encoding::Windows1250 | Encoding::Windows1251) =>
            {
                0x98
            }
            // ” ends in 0x9D, which windows-1252 leaves undefined.
            Some('\u{fffd}')
                if by == 2
                    && lead == 0xE2
                    && bytes_are_quote(run, at, page)
                    && is_quote_open(around.head) =>
            {
                0x9D
            }
            Some(c) => page.encode(*c)?,
            None if by == 2 && at + 2 == run.len() && bytes_are_quote(run, at, page) => {
                if !around.after.starts_with(char::is_alphabetic) && is_quote_open(around.head) {
                    return Some((at + 2, '”'));
                }
                space_as_no_break(around)?
            }
            None if by + 1 == length => space_as_no_break(around)?,
            None => return None,
        };
    }
    let decoded = std::str::from_utf8(&bytes[..length]).ok()?.chars().next()?;
    Some((at + length, decoded))
}

fn bytes_are_quote(run: &[char], at: usize, page: &CodePage) -> bool {
    run.get(at + 1).and_then(|c| page.encode(*c)) == Some(0x80)
}

fn space_as_no_break(around: &Around<'_>) -> Option<u8> {
    around.after.starts_with(' ').then_some(0xA0)
}

/// Rates each piece by what stands around it.
fn rate(run: &[char], around: &Around<'_>, page: &CodePage, pieces: &mut [Piece]) {
    let foreign = foreign_runs(pieces);
    for at in 0..pieces.len() {
        let piece = &pieces[at];
        let before = if piece.from == 0 { around.before } else { Some(run[piece.from - 1]) };
        let after = run.get(piece.to).copied().or_else(|| around.after.chars().next());
        let touching = (at > 0 && pieces[at - 1].to == piece.from)
            || pieces.get(at + 1).is_some_and(|next| next.from == piece.to);
        let Some(decoded) = piece.text.chars().next() else { continue };
        let place = Place { before, after, touching, foreign: foreign[at] };
        let (mut to, mut text) = (piece.to, None);
        let strength = if to > run.len() {
            let (strength, takes_space, c) = rate_lost_space(decoded, &place, around);
            to = if takes_space { to } else { run.len() };
            text = Some(c);
            strength
        } else if page.encoding == Encoding::Windows1252 {
            rate_windows(&run[piece.from..to], decoded, &place)
        } else {
            rate_other(&run[piece.from..to], decoded, &place, page.encoding)
        };
        let piece = &mut pieces[at];
        piece.strength = strength;
        piece.to = to;
        if let Some(c) = text {
            piece.text = c.to_string();
        }
    }
}

struct Place {
    before: Option<char>,
    after: Option<char>,
    /// Whether another sequence stands right beside.
    touching: bool,
    /// Number of sequences in a row that give letters of one script that is not Latin.
    foreign: usize,
}

/// For each piece how many in a row, itself among them, give letters of the same script past Latin.
fn foreign_runs(pieces: &[Piece]) -> Vec<usize> {
    let script = |p: &Piece| match p.text.chars().next().map_or(0, |c| c as u32) {
        0x370..=0x3FF | 0x1F00..=0x1FFF => 1,
        0x400..=0x52F => 2,
        0x590..=0x5FF => 3,
        0x600..=0x6FF => 4,
        0x900..=0xDFF => 5,
        0xE00..=0x109F => 6,
        0x3000..=0x9FFF | 0xAC00..=0xD7AF | 0xF900..=0xFAFF | 0xFF00..=0xFFEF => 7,
        _ => 0,
    };
    let mut counts = vec![0; pieces.len()];
    let mut start = 0;
    while start < pieces.len() {
        let of = script(&pieces[start]);
        let mut end = start + 1;
        while end < pieces.len() && script(&pieces[end]) == of && pieces[end - 1].to == pieces[end].from {
            end += 1;
        }
        if of != 0 {
            counts[start..end].fill(end - start);
        }
        start = end;
    }
    counts
}

/// "Ã " and "Â " whose no-break space became a space: how sure, whether the space belongs to it, and
/// what it was.
fn rate_lost_space(decoded: char, place: &Place, around: &Around<'_>) -> (Strength, bool, char) {
    let rest = around.after.get(1..).unwrap_or("");
    let next = rest.chars().next();
    let before_lower = place.before.is_some_and(char::is_lowercase);
    match decoded {
        'à' => {
            let takes_space = matches!(next, Some(' ' | '-' | ',' | '.')) || rest.is_empty();
            let phrase =
                ["la ", "la carte", "jour", "conto"].iter().any(|p| rest.trim_start().starts_with(p));
            let number = next == Some(' ') && rest.trim_start().starts_with(|c: char| c.is_ascii_digit());
            let word = before_lower || place.before == Some('-') || (place.before != Some('-') && phrase);
            let strength = if word || number { Strength::Strong } else { Strength::Weak };
            let upper = place.before.is_some_and(char::is_uppercase);
            (if upper { Strength::Reject } else { strength }, takes_space, 'à')
        }
        '\u{a0}' => {
            // After a small letter it may be the å of Windows text read as Mac, as in "pÂ ".
            let odd = place.before.is_some_and(|c| c.is_ascii_digit() || matches!(c, '.' | '§' | '%' | ')'));
            let strength = match () {
                () if odd => Strength::Strong,
                () if before_lower => Strength::Weak,
                () => Strength::Reject,
            };
            (strength, true, '\u{a0}')
        }
        // Believed only when a deeper level makes a letter of it.
        other => (Strength::Reject, true, other),
    }
}

/// Marks that may stand after a capital at the end of a word.
fn may_close_word(c: char) -> bool {
    matches!(
        c,
        '…' | '”'
            | '“'
            | '’'
            | '‘'
            | '–'
            | '—'
            | '›'
            | '‹'
            | '»'
            | '«'
            | '®'
            | '©'
            | '™'
            | '°'
            | '´'
            | '\u{a0}'
            | '\u{ad}'
            | '·'
    )
}

fn rate_windows(run: &[char], decoded: char, place: &Place) -> Strength {
    let upper_before = place.before.is_some_and(char::is_uppercase);
    let letter_after = place.after.is_some_and(|c| c.is_ascii_alphabetic());
    let last = run[run.len() - 1];
    match run[0] {
        'Ã' if may_close_word(last) && upper_before && !letter_after && !place.touching => Strength::Weak,
        'Ã' => Strength::Strong,
        'Â' if decoded <= '\u{9f}' => Strength::Reject,
        'Â' if upper_before && !letter_after => Strength::Weak,
        // Inside a word it may be å before ø, Windows text read as Mac.
        'Â' if letter_after && decoded != '\u{a0}' && place.before.is_some_and(char::is_lowercase) => {
            Strength::Weak
        }
        'Â' => Strength::Strong,
        // â€x, â‚¬, â„¢, arrows, check marks, and U+FFFD and the byte order mark as ï¿½ and ï»¿.
        'â' if matches!(decoded, '\u{2000}'..='\u{2bff}') => Strength::Strong,
        'ï' if matches!(decoded, '\u{fffd}' | '\u{feff}') => Strength::Strong,
        'ð' if decoded >= '\u{1f000}' => Strength::Strong,
        _ if place.foreign >= 3 || (place.foreign == 2 && run.len() == 3) => Strength::Strong,
        _ if place.foreign > 0 || run.len() > 2 => Strength::Reject,
        _ if !decoded.is_alphabetic() => Strength::Reject,
        _ if danish::is_latin(decoded) => {
            let odd_inside = !last.is_alphabetic()
                && (!may_close_word(last) || place.before.is_some_and(char::is_lowercase));
            let lower_around = place.after.is_some_and(|c| c.is_ascii_lowercase());
            if odd_inside && lower_around { Strength::Strong } else { Strength::Weak }
        }
        _ => Strength::Reject,
    }
}

fn rate_other(run: &[char], decoded: char, place: &Place, read_as: Encoding) -> Strength {
    let plausible = matches!(
        decoded,
        '\u{c0}'..='\u{ff}' | '\u{a0}' | '§' | '°' | '½' | '«' | '»' | '´' | '£' | '®' | '©' | '·'
    ) || matches!(decoded, '\u{2010}'..='\u{203a}' | '€' | '™');
    let foreign = |c: Option<char>| c.is_some_and(|c| c >= '\u{370}' && c.is_alphabetic() && !is_lead(c));
    // Icelandic letters and signs of arithmetic are likelier chance than damage there.
    let chance = matches!(decoded, 'Ð' | 'ð' | 'Þ' | 'þ' | 'Ý' | 'ý' | '×' | '÷');
    if !plausible || chance || foreign(place.before) || foreign(place.after) {
        return Strength::Reject;
    }
    let beside_letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
    let beside = beside_letter(place.before) || beside_letter(place.after);
    let mark = !run[run.len() - 1].is_alphabetic();
    match (read_as, run[0]) {
        // Box drawing, roots and Cyrillic or Polish letters do not stand before these.
        (Encoding::Ibm850 | Encoding::Ibm865 | Encoding::Ibm437, _) => {
            let box_drawing = matches!(run[run.len() - 1], '\u{2500}'..='\u{259f}');
            if run.len() == 3 || beside || place.touching || !box_drawing {
                Strength::Strong
            } else {
                Strength::Weak
            }
        }
        (Encoding::Macintosh, '‚' | '¬') => Strength::Strong,
        (Encoding::Macintosh, _) if beside || place.touching => Strength::Strong,
        _ if run.len() == 3 => Strength::Strong,
        (Encoding::Windows1251, _) if beside && (mark || danish::is_danish_letter(decoded)) => {
            Strength::Strong
        }
        (Encoding::Windows1250 | Encoding::Windows1257, _) => {
            let upper = place.before.is_some_and(char::is_uppercase);
            let likely = !upper && (mark || danish::is_danish_letter(decoded)) && (beside || place.touching);
            if likely { Strength::Strong } else { Strength::Weak }
        }
        (Encoding::Iso8859_15, _) if danish::is_danish_letter(decoded) && (beside || place.touching) => {
            let upper = |c: Option<char>| c.is_some_and(char::is_uppercase);
            if decoded.is_lowercase() && upper(place.after) && !place.touching {
                Strength::Reject
            } else {
                Strength::Strong
            }
        }
        _ => Strength::Weak,
    }
}
