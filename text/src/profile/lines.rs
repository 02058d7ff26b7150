//! What is counted of lines and paragraphs.

use super::boilerplate;
use super::c4::{Facts, LineEnd, LineFault, Said};
use super::chars::{Lines, count_chars, is_space, is_terminal, trim};
use super::fields::{Boilerplate, C4};
use super::hash::{Numbers, bytes};

/// Parts that came before, and their characters.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Duplicates {
    pub(super) parts: usize,
    pub(super) again: usize,
    pub(super) chars: usize,
}

/// Paragraphs, by Gopher: the stripped text, cut at two line breaks or more.
pub(super) fn paragraphs(text: &str, seen: &mut Numbers) -> Duplicates {
    let text = trim(text);
    let mut out = Duplicates::default();
    seen.clear(0);
    let all = text.as_bytes();
    let mut start = 0;
    let mut at = 0;
    loop {
        let end = memchr::memmem::find(&all[at..], b"\n\n").map_or(all.len(), |found| at + found);
        let part = &all[start..end];
        out.parts += 1;
        if !seen.number(bytes(part)).1 {
            out.again += 1;
            out.chars += count_chars(part);
        }
        if end == all.len() {
            return out;
        }
        at = end + all[end..].iter().take_while(|byte| **byte == b'\n').count();
        start = at;
    }
}

/// What is counted of lines between `\n`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct BreakLines {
    /// By Gopher: cut at one line break or more.
    pub(super) gopher: Duplicates,
    /// All lines, and those with more than white space.
    pub(super) all: usize,
    pub(super) nonblank: usize,
    /// Characters of non-blank lines that came before.
    pub(super) nonblank_chars: usize,
    pub(super) terminal: usize,
    pub(super) short: usize,
    /// Longer than that without the white space around.
    pub(super) long: usize,
    /// `-` or `*` behind spaces.
    pub(super) dashes: usize,
}

/// FineWeb's lines of text are longer than this, in characters.
const SHORT: usize = 30;

pub(super) fn break_lines(text: &str, seen: &mut Numbers) -> BreakLines {
    let mut out = BreakLines::default();
    seen.clear(0);
    let all = text.as_bytes();
    // What Python's `split` has before a break at the start, and behind one at the end.
    let empty = usize::from(all.first() == Some(&b'\n')) + usize::from(all.last() == Some(&b'\n'));
    out.gopher = Duplicates { parts: empty, again: usize::from(empty == 2), chars: 0 };
    let mut at = 0;
    while at <= all.len() {
        let end = memchr::memchr(b'\n', &all[at..]).map_or(all.len(), |found| at + found);
        let line = &text[at..end];
        at = end + 1;
        out.all += 1;
        if line.is_empty() {
            continue;
        }
        out.gopher.parts += 1;
        let again = !seen.number(bytes(line.as_bytes())).1;
        let stripped = trim(line);
        let stripped_chars = count_chars(stripped.as_bytes());
        let chars = if stripped.len() == line.len() { stripped_chars } else { count_chars(line.as_bytes()) };
        out.gopher.again += usize::from(again);
        out.gopher.chars += chars * usize::from(again);
        out.dashes += usize::from(line.trim_start_matches(' ').starts_with(['-', '*']));
        if stripped.is_empty() {
            continue;
        }
        out.nonblank += 1;
        out.nonblank_chars += chars * usize::from(again);
        out.terminal += usize::from(line.chars().next_back().is_some_and(is_terminal));
        out.short += usize::from(chars <= SHORT);
        out.long += usize::from(stripped_chars > SHORT);
    }
    if text == "\n" {
        // Two empty parts and nothing between.
        out.gopher = Duplicates { parts: 2, again: 1, chars: 0 };
    }
    out
}

/// What is counted of the lines of Python's `splitlines`.
#[derive(Clone, Debug, Default)]
pub(super) struct TextLines {
    pub(super) all: usize,
    pub(super) bullets: usize,
    pub(super) ellipses: usize,
    pub(super) c4: C4,
    pub(super) boilerplate: Boilerplate,
    pub(super) boilerplate_chars: usize,
}

/// Counts lines. `sentences` and `anchors` are in order, by bytes of the text.
pub(super) fn text_lines(
    text: &str,
    sentences: &[(u32, u32)],
    anchors: &[(u32, u32)],
    normal: &mut String,
) -> TextLines {
    let mut out = TextLines::default();
    let said = Said::of(text);
    out.c4.contains_lorem_ipsum = said.lorem_ipsum;
    out.c4.contains_javascript = said.javascript;
    out.c4.contains_curly_bracket = said.curly_bracket;
    let (mut sentence, mut anchor) = (0, 0);
    for range in Lines::new(text) {
        let line = &text[range.clone()];
        out.all += 1;
        let start = line.trim_start_matches(is_space);
        out.bullets += usize::from(start.starts_with(['•', '-']));
        let end = line.trim_end_matches(is_space);
        out.ellipses += usize::from(end.ends_with("...") || end.ends_with('…'));

        // Sentences that have a part of themselves in this line.
        while sentences.get(sentence).is_some_and(|(_, end)| *end as usize <= range.start) {
            sentence += 1;
        }
        let rest = sentences.get(sentence..).unwrap_or_default();
        let here = rest.iter().take_while(|(start, _)| (*start as usize) < range.end).count();
        // One may go on in the next line.
        sentence += here.saturating_sub(1);
        let facts = Facts::of(line, &said);
        let c4 = &mut out.c4;
        let counts = [
            (
                &mut c4.kept_line_count,
                &mut c4.kept_sentence_count,
                &mut c4.lorem_ipsum,
                &mut c4.curly_bracket,
            ),
            (
                &mut c4.any_end_kept_line_count,
                &mut c4.any_end_kept_sentence_count,
                &mut c4.any_end_lorem_ipsum,
                &mut c4.any_end_curly_bracket,
            ),
        ];
        for (end, (lines, kept, lorem_ipsum, curly_bracket)) in
            [LineEnd::Terminal, LineEnd::Any].into_iter().zip(counts)
        {
            let decided = *lorem_ipsum || *curly_bracket;
            match facts.fault(end) {
                None => {
                    *lines = lines.saturating_add(1);
                    *kept = kept.saturating_add(super::fields::count(here.max(1)));
                }
                Some(LineFault::LoremIpsum) => *lorem_ipsum |= !decided,
                Some(LineFault::CurlyBracket) => *curly_bracket |= !decided,
                Some(_) => {}
            }
        }

        let from = anchor;
        while anchors.get(anchor).is_some_and(|(at, _)| (*at as usize) < range.end) {
            anchor += 1;
        }
        let inside = anchors.get(from..anchor).unwrap_or_default();
        if inside.is_empty() {
            continue;
        }
        if let Some(kind) = boilerplate::kind(line, inside, normal) {
            let found = &mut out.boilerplate;
            let count = match kind {
                boilerplate::Kind::Cookie => &mut found.cookie_line_count,
                boilerplate::Kind::Copyright => &mut found.copyright_line_count,
                boilerplate::Kind::Login => &mut found.login_line_count,
                boilerplate::Kind::Navigation => &mut found.navigation_line_count,
                boilerplate::Kind::Share => &mut found.share_line_count,
                boilerplate::Kind::Technical => &mut found.technical_line_count,
            };
            *count = count.saturating_add(1);
            found.boilerplate_line_count = found.boilerplate_line_count.saturating_add(1);
            out.boilerplate_chars += count_chars(line.as_bytes());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_parts_are_counted_as_python_splits() {
        for (text, parts, again) in [
            ("", 0, 0),
            ("\n", 2, 1),
            ("\n\n", 2, 1),
            ("a", 1, 0),
            ("a\n", 2, 0),
            ("\na\n\n", 3, 1),
            (" \n ", 2, 1),
        ] {
            let lines = break_lines(text, &mut Numbers::default()).gopher;
            assert_eq!((lines.parts, lines.again), (parts, again), "{text:?}");
        }
        for (text, parts, again) in [("", 1, 0), ("a\n\na\n\n\nb\n", 3, 1), ("\n\na", 1, 0), ("a\nb", 1, 0)] {
            let found = paragraphs(text, &mut Numbers::default());
            assert_eq!((found.parts, found.again), (parts, again), "{text:?}");
        }
    }
}
