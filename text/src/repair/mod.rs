//! Encoding damage in Danish text: finds it, undoes what can be undone, and tells the rest.
//!
//! Knows UTF-8 read as a single-byte code page, once or several times; one code page read as
//! another; Danish ISO 646; quoted-printable; HTML character references; and letters whose marks
//! stand apart. Undone are the damaged places only, each with the [`Chain`] of steps that explains
//! it; clean text beside them stays as it is, byte for byte.
//!
//! A place changes only on evidence: sequences that no clean text has, or Danish words that come
//! of it, counted in points against [`Options::margin`]. What was lost — U+FFFD, or `?` inside a
//! word — is told in [`Repaired::losses`], never made up; a single exception is [`LossKind::UndefinedByte`].
//!
//! It ends at encodings: `aa` for å, `ö` for ø and spelling are not its matter, nor is text of
//! which nothing Danish or typographic would come.
//!
//! ```
//! use sprog_text::repair::{repair, Options};
//! let repaired = repair("RÃ¸dgrÃ¸d pÃ¥ Ã†rÃ¸, sagde han på dansk", &Options::default());
//! assert_eq!(repaired.text, "Rødgrød på Ærø, sagde han på dansk");
//! assert_eq!(repaired.chain()[0].to_string(), "utf-8 as windows-1252");
//! assert!(!repaired.lossy());
//! ```

mod chain;
mod codepage;
mod danish;
mod edits;
mod entities;
mod iso646;
mod loss;
mod quoted_printable;
mod scan;
mod single_byte;
mod utf8;

use std::borrow::Cow;
use std::ops::Range;

pub use chain::{Chain, Step};
pub use codepage::Encoding;
pub use loss::{Loss, LossKind};

use edits::Edits;

/// How sure a repair must be, and what it may undo.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Options {
    /// Points that words must give before one code page is taken for another, or ASCII for ISO 646:
    /// 3 by default, about one known word of six letters or three of two. UTF-8 read as a code page
    /// needs no points.
    pub margin: f32,
    /// Whether letters with their marks apart (NFD) are composed; yes by default.
    pub compose: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { margin: 3.0, compose: true }
    }
}

/// One stretch that was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Bytes of the original text.
    pub original: Range<usize>,
    /// Bytes of the repaired text.
    pub repaired: Range<usize>,
    /// What was undone, the last damage first.
    pub chain: Chain,
}

/// A text after repair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repaired<'t> {
    /// The text; borrowed if nothing changed.
    pub text: Cow<'t, str>,
    /// What changed, in order; stretches do not overlap.
    pub changes: Vec<Change>,
    /// What was lost, in order of the original text.
    pub losses: Vec<Loss>,
}

impl Repaired<'_> {
    /// Whether anything was changed.
    #[must_use]
    pub fn changed(&self) -> bool {
        !self.changes.is_empty()
    }

    /// Whether characters were lost, even if one could be filled in.
    #[must_use]
    pub fn lossy(&self) -> bool {
        !self.losses.is_empty()
    }

    /// The steps of all changes: the longest chain, then steps that others add.
    #[must_use]
    pub fn chain(&self) -> Vec<Step> {
        let longest =
            self.changes.iter().map(|c| c.chain).reduce(|a, b| if b.len() > a.len() { b } else { a });
        let mut steps = longest.map_or_else(Vec::new, |chain| chain.to_vec());
        for step in self.changes.iter().flat_map(|c| c.chain.iter()) {
            if !steps.contains(step) {
                steps.push(*step);
            }
        }
        steps
    }
}

/// Rounds until nothing changes. Each round undoes up to six levels, each of which needs the text to
/// be longer than the one before, so that this many are never reached.
const ROUNDS: usize = 32;

/// Undoes encoding damage. Repairing the result again changes nothing.
///
/// ```
/// use sprog_text::repair::{repair, LossKind, Options};
/// let lost = repair("R\u{fffd}dgr\u{fffd}d", &Options::default());
/// assert!(!lost.changed() && lost.lossy());
/// assert_eq!(lost.losses[0].kind, LossKind::ReplacementCharacter);
/// ```
#[must_use]
pub fn repair<'t>(text: &'t str, options: &Options) -> Repaired<'t> {
    let Some(first) = scan::next(text.as_bytes(), 0) else {
        return Repaired { text: Cow::Borrowed(text), changes: Vec::new(), losses: Vec::new() };
    };
    let mut current = Cow::Borrowed(text);
    let mut changes = Vec::new();
    for number in 0..ROUNDS {
        let edits = round(&current, if number == 0 { first } else { 0 }, options);
        if edits.is_empty() {
            break;
        }
        match edits.apply(&current, std::mem::take(&mut changes)) {
            Ok((next, composed)) => {
                current = Cow::Owned(next);
                changes = composed;
            }
            Err(unchanged) => {
                changes = unchanged;
                break;
            }
        }
    }
    drop_byte_order_mark(&mut current, &mut changes);
    let losses = loss::losses(text, &current, &changes);
    Repaired { text: current, changes, losses }
}

/// A byte order mark that a repair brought to the start (`ï»¿`) is no part of the text.
fn drop_byte_order_mark(text: &mut Cow<'_, str>, changes: &mut [Change]) {
    let mark = '\u{feff}'.len_utf8();
    if changes.first().is_some_and(|c| c.original.start == 0 && c.repaired.end >= mark)
        && let Some(rest) = text.strip_prefix('\u{feff}')
    {
        *text = Cow::Owned(rest.to_owned());
        for change in changes {
            let shorter = |at: usize| at.saturating_sub(mark);
            change.repaired = shorter(change.repaired.start)..shorter(change.repaired.end);
        }
    }
}

/// Evidence of a stretch that only the whole text decides on.
struct Undecided {
    window: Range<usize>,
    evidence: single_byte::Evidence,
}

struct UndecidedAscii {
    window: Range<usize>,
    points: f32,
    candidates: Vec<iso646::Candidate>,
}

/// Share of the margin that a line needs where the whole text has this many margins of the same.
const SUPPORTED_SHARE: f32 = 0.3;
const SUPPORT: f32 = 2.0;

/// One pass over the text from `from`, at or before the first suspect place.
fn round(text: &str, from: usize, options: &Options) -> Edits {
    let bytes = text.as_bytes();
    let mut edits = Edits::default();
    let mut found = Vec::new();
    let (mut undecided, mut undecided_ascii) = (Vec::new(), Vec::new());
    let mut is_html: Option<bool> = None;
    let mut floor = 0;
    let mut next = scan::next(bytes, scan::floor(text, from));
    if next.is_some() {
        edits.reserve(text.len());
    }
    while let Some(at) = next {
        let window = scan::window(text, at, floor);
        let line = &text[window.clone()];
        let mut seen = Seen::default();
        let mut place = at;
        found.clear();
        let mark = edits.len();
        while place < window.end {
            place = match bytes[place] {
                b'&' => {
                    seen.entities = true;
                    place + 1
                }
                b'=' => {
                    seen.quoted_printable = true;
                    place + 1
                }
                b'{' | b'|' | b'}' | b'\\' | b']' => {
                    seen.iso646 = true;
                    place + 1
                }
                b'?' => place + 1,
                0xCC | 0xCD if options.compose => {
                    window.start + compose(line, place - window.start, &mut edits, window.start)
                }
                _ => match utf8::undo_usual(line, place - window.start) {
                    Some((end, c, read_as)) => {
                        let step = Step::Misread { actual: Encoding::Utf8, read_as };
                        let end = window.start + end;
                        edits.push(place..end, c.encode_utf8(&mut [0; 4]), Chain::of(step));
                        seen.usual = true;
                        end
                    }
                    None => {
                        seen.foreign = true;
                        window.start + utf8::undo_run(line, place - window.start, &mut found)
                    }
                },
            };
            next = scan::next(bytes, place);
            match next {
                Some(at) => place = at,
                None => break,
            }
        }
        let believed = push_believed(line, window.start, &found, seen.usual, &mut edits) || seen.usual;
        if seen.entities && !*is_html.get_or_insert_with(|| has_end_tag(text)) {
            entities::undo(line, |range, c| {
                let range = window.start + range.start..window.start + range.end;
                edits.push(range, c.encode_utf8(&mut [0; 4]), Chain::of(Step::HtmlEntities));
            });
        }
        if seen.quoted_printable {
            quoted_printable::undo(line, |range, to| {
                let range = window.start + range.start..window.start + range.end;
                edits.push(range, to, Chain::of(Step::QuotedPrintable));
            });
        }
        if seen.foreign
            && !believed
            && let Some(evidence) = single_byte::weigh(line)
        {
            undecided.push(Undecided { window: window.clone(), evidence });
        }
        if seen.iso646 {
            let (points, candidates) = iso646::weigh(line);
            if points > 0.0 {
                undecided_ascii.push(UndecidedAscii { window: window.clone(), points, candidates });
            }
        }
        edits.sort_from(mark);
        floor = window.end;
    }
    decide(text, &undecided, options, &mut edits);
    decide_ascii(&undecided_ascii, options, &mut edits);
    edits
}

/// Which kinds of suspect places a stretch has.
#[derive(Default)]
struct Seen {
    /// UTF-8 read as `windows-1252`, already undone.
    usual: bool,
    foreign: bool,
    iso646: bool,
    entities: bool,
    quoted_printable: bool,
}

/// Pushes strong sequences, and weak ones beside strong ones or in known words. Whether any was.
fn push_believed(line: &str, base: usize, found: &[utf8::Found], usual: bool, edits: &mut Edits) -> bool {
    let mut any = false;
    let windows = Step::Misread { actual: Encoding::Utf8, read_as: Encoding::Windows1252 };
    let mut readings: Vec<Step> =
        found.iter().filter(|f| f.strong).filter_map(|f| f.chain.first().copied()).collect();
    readings.extend(usual.then_some(windows));
    for f in found {
        if f.strong || f.chain.first().is_some_and(|step| readings.contains(step)) || makes_word(line, f) {
            edits.push(base + f.range.start..base + f.range.end, &f.text, f.chain);
            any = true;
        }
    }
    any
}

/// Whether a weak sequence, undone, makes a known word of two letters or more.
fn makes_word(line: &str, found: &utf8::Found) -> bool {
    let is_letter = |c: &char| c.is_alphabetic();
    let before: Vec<char> = line[..found.range.start].chars().rev().take(40).take_while(is_letter).collect();
    let after = line[found.range.end..].chars().take(40).take_while(is_letter);
    let word: String = before.into_iter().rev().chain(found.text.chars()).chain(after).collect();
    let alone = word == found.text;
    if alone {
        matches!(word.as_str(), "Å" | "Ø")
    } else {
        danish::is_cased_as_prose(&word) && danish::is_word(&word.to_lowercase())
    }
}

/// Composes the letter before `at` with the marks from there; gives the end of the marks.
fn compose(line: &str, at: usize, edits: &mut Edits, base: usize) -> usize {
    let end = at + line[at..].chars().next().map_or(1, char::len_utf8);
    let Some(letter) = line[..at].chars().next_back().filter(|c| danish::is_latin(*c)) else { return end };
    let mut composed = letter;
    let mut end = at;
    for mark in line[at..].chars() {
        let Some(next) = unicode_normalization::char::compose(composed, mark) else { break };
        composed = next;
        end += mark.len_utf8();
    }
    if end == at {
        return at + line[at..].chars().next().map_or(1, char::len_utf8);
    }
    let start = at - letter.len_utf8();
    edits.push(base + start..base + end, composed.encode_utf8(&mut [0; 4]), Chain::of(Step::Decomposed));
    end
}

/// Whether the text is HTML with end tags.
fn has_end_tag(text: &str) -> bool {
    memchr::memmem::find_iter(text.as_bytes(), "</")
        .any(|at| text.as_bytes().get(at + 2).is_some_and(u8::is_ascii_alphabetic))
}

/// Repairs the lines whose points reach the margin, alone or with the help of others.
fn decide(text: &str, undecided: &[Undecided], options: &Options, edits: &mut Edits) {
    let mut total = [0.0f32; single_byte::PAIR_COUNT];
    for line in undecided.iter().filter(|l| l.evidence.points >= options.margin) {
        total[line.evidence.pair] += line.evidence.points;
    }
    for line in undecided {
        let single_byte::Evidence { pair, points } = line.evidence;
        let supported = total[pair] >= SUPPORT * options.margin && points >= SUPPORTED_SHARE * options.margin;
        if points < options.margin && !supported {
            continue;
        }
        let stretch = &text[line.window.clone()];
        single_byte::repair_tokens(stretch, pair, |range, to| {
            let chain = Chain::of(single_byte::step(pair, &stretch[range.clone()]));
            edits.push(line.window.start + range.start..line.window.start + range.end, to, chain);
        });
    }
}

/// The same for ISO 646.
fn decide_ascii(undecided: &[UndecidedAscii], options: &Options, edits: &mut Edits) {
    let total: f32 = undecided.iter().filter(|l| l.points >= options.margin).map(|l| l.points).sum();
    for line in undecided {
        let supported = total >= SUPPORT * options.margin && line.points >= SUPPORTED_SHARE * options.margin;
        if line.points < options.margin && !supported {
            continue;
        }
        for candidate in line.candidates.iter().filter(|c| c.needs <= line.points) {
            let range = line.window.start + candidate.range.start..line.window.start + candidate.range.end;
            edits.push(range, &candidate.text, Chain::of(Step::Iso646Dk));
        }
    }
}

/// The first place that looks garbled, as a range of bytes: UTF-8 read as a code page for sure, or
/// U+FFFD.
///
/// ```
/// use sprog_text::repair::first_garbled;
/// let text = "RÃ¸dgrÃ¸d";
/// assert_eq!(first_garbled(text).map(|r| &text[r]), Some("Ã¸"));
/// assert_eq!(first_garbled("Rødgrød"), None);
/// ```
#[must_use]
pub fn first_garbled(text: &str) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut next = scan::next(bytes, 0);
    while let Some(at) = next {
        let mut place = at + 1;
        if text[at..].starts_with('\u{fffd}') {
            return Some(at..at + '\u{fffd}'.len_utf8());
        }
        if !bytes[at].is_ascii() && !matches!(bytes[at], 0xCC | 0xCD) {
            let window = scan::window(text, at, 0);
            if let Some((end, ..)) = utf8::undo_usual(&text[window.clone()], at - window.start) {
                return Some(at..window.start + end);
            }
            let end = utf8::undo_run(&text[window.clone()], at - window.start, &mut found);
            if let Some(f) = found.iter().find(|f| f.strong) {
                return Some(window.start + f.range.start..window.start + f.range.end);
            }
            found.clear();
            place = window.start + end;
        }
        next = scan::next(bytes, place);
    }
    None
}

#[cfg(test)]
mod tests;
