//! From words with times to subtitle cues.
//!
//! Cuts are chosen all at once, at the least sum of penalties: at long pauses and after a full stop or comma
//! rather than elsewhere, in few cues of a readable length. Within a cue the lines are cut after a comma or
//! where they become most equal. The defaults follow what broadcasters publish (two lines of 42 characters,
//! 1 to 7 seconds; Netflix, "Timed Text Style Guide: General Requirements").

use super::subtitle::Cue;

/// A word with its time, in milliseconds, half-open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimedWord<'t> {
    /// The word with its punctuation, without blanks around it.
    pub text: &'t str,
    /// Start, in milliseconds.
    pub start_ms: u64,
    /// End, in milliseconds.
    pub end_ms: u64,
}

/// What a cue may look like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CueOptions {
    /// Most characters (Unicode scalar values) a line, 1 at least. A longer word has a line of its own.
    pub line_chars: usize,
    /// Most lines a cue, 1 at least.
    pub lines: usize,
    /// Shortest cue, in milliseconds, as far as the next one leaves room.
    pub min_ms: u64,
    /// Longest cue, in milliseconds; only a single word may last longer.
    pub max_ms: u64,
    /// A pause as long as this, in milliseconds, always parts two cues.
    pub pause_ms: u64,
    /// Left free between two cues, in milliseconds, where a cue is made longer than its words.
    pub gap_ms: u64,
    /// Reading speed: a cue stays, where it can, as long as its characters take.
    pub chars_per_second: u64,
}

impl Default for CueOptions {
    fn default() -> Self {
        CueOptions {
            line_chars: 42,
            lines: 2,
            min_ms: 1000,
            max_ms: 7000,
            pause_ms: 1000,
            gap_ms: 80,
            chars_per_second: 17,
        }
    }
}

/// Penalties. Only their relations matter.
const PER_CUE: u64 = 100;
const CUT_IN_CLAUSE: u64 = 60;
const CUT_AT_COMMA: u64 = 15;
const SENTENCE_END_INSIDE: u64 = 90;
const COMMA_INSIDE: u64 = 5;
const TOO_SHORT: u64 = 50;
/// Times this share of a second of pause.
const PAUSE_INSIDE: u64 = 60;
/// A longer pause inside a cue costs no more.
const MOST_PAUSE: u64 = 60_000;

#[derive(Clone, Copy, PartialEq)]
enum End {
    Sentence,
    Clause,
    Word,
}

fn end_of(word: &str) -> End {
    let bare = word.trim_end_matches(['"', '\'', ')', '»', '”', '’', '«', '“']);
    match bare.chars().last() {
        Some('.' | '!' | '?' | '…') => End::Sentence,
        Some(',' | ';' | ':' | '–' | '—') => End::Clause,
        _ => End::Word,
    }
}

/// Makes cues of words.
///
/// Words must be in order; one that starts before the one above it ends is cut as if it started there.
/// Words without text are left out. Time is O(words · words a cue).
///
/// ```
/// use sprog_formats::time::cues::{CueOptions, TimedWord, cues};
/// let word = |text, start_ms, end_ms| TimedWord { text, start_ms, end_ms };
/// let words = [word("Kommer", 0, 300), word("du?", 300, 500), word("Ja,", 2000, 2300), word("nu.", 2350, 2600)];
/// let made = cues(&words, &CueOptions::default());
/// assert_eq!((made[0].text.as_str(), made[0].start_ms, made[0].end_ms), ("Kommer du?", 0, 1000));
/// assert_eq!((made[1].text.as_str(), made[1].start_ms), ("Ja, nu.", 2000));
/// ```
pub fn cues(words: &[TimedWord<'_>], options: &CueOptions) -> Vec<Cue> {
    let mut all: Vec<Word<'_>> = Vec::with_capacity(words.len());
    let mut free = 0;
    for word in words.iter().filter(|word| !word.text.trim().is_empty()) {
        let start_ms = word.start_ms.max(free);
        let end_ms = word.end_ms.max(start_ms);
        free = end_ms;
        let text = word.text.trim();
        all.push(Word { text, chars: text.chars().count(), start_ms, end_ms, end: end_of(text) });
    }
    let cuts = cut(&all, options);
    let mut out = Vec::with_capacity(cuts.len());
    for (at, (first, last)) in cuts.iter().copied().enumerate() {
        let part = &all[first..last];
        let text = lines(part, options);
        let (start_ms, spoken_end) = (part[0].start_ms, part[part.len() - 1].end_ms);
        let reading = (text.chars().count() as u64).saturating_mul(1000) / options.chars_per_second.max(1);
        let wanted = options.min_ms.max(reading).min(options.max_ms);
        let next = cuts.get(at + 1).map_or(u64::MAX, |(first, _)| all[*first].start_ms);
        let end_ms = start_ms.saturating_add(wanted).min(next.saturating_sub(options.gap_ms)).max(spoken_end);
        out.push(Cue { start_ms, end_ms, text, ..Cue::default() });
    }
    out
}

struct Word<'t> {
    text: &'t str,
    chars: usize,
    start_ms: u64,
    end_ms: u64,
    end: End,
}

/// The cues as ranges of words, never empty.
fn cut(words: &[Word<'_>], options: &CueOptions) -> Vec<(usize, usize)> {
    // Least penalty of the words before each, and where their last cue starts. Of equals the longest.
    let mut best: Vec<(u64, usize)> = vec![(0, 0)];
    for end in 1..=words.len() {
        let mut least = (u64::MAX, end - 1);
        let mut inside = 0u64;
        for start in (0..end).rev() {
            if start + 1 < end {
                let (word, next) = (&words[start], &words[start + 1]);
                let pause = next.start_ms - word.end_ms;
                if pause >= options.pause_ms.max(1) {
                    break;
                }
                inside += pause.min(MOST_PAUSE) * PAUSE_INSIDE / 1000;
                inside += match word.end {
                    End::Sentence => SENTENCE_END_INSIDE,
                    End::Clause => COMMA_INSIDE,
                    End::Word => 0,
                };
                let long = words[end - 1].end_ms - words[start].start_ms > options.max_ms;
                if long || line_count(&words[start..end], options.line_chars) > options.lines.max(1) {
                    break;
                }
            }
            let last = &words[end - 1];
            let pause = words.get(end).map_or(u64::MAX, |next| next.start_ms - last.end_ms);
            let at_end = match last.end {
                _ if pause >= options.pause_ms => 0,
                End::Sentence => 0,
                End::Clause => CUT_AT_COMMA,
                End::Word => CUT_IN_CLAUSE,
            };
            let room = pause.saturating_add(last.end_ms - words[start].start_ms);
            let short = if room < options.min_ms { TOO_SHORT } else { 0 };
            let total = best[start].0.saturating_add(PER_CUE + inside + at_end + short);
            if total <= least.0 {
                least = (total, start);
            }
        }
        best.push(least);
    }
    let mut cuts = Vec::new();
    let mut end = words.len();
    while end > 0 {
        let start = best[end].1;
        cuts.push((start, end));
        end = start;
    }
    cuts.reverse();
    cuts
}

/// Lines that the words take when each is filled.
fn line_count(words: &[Word<'_>], line_chars: usize) -> usize {
    let (mut lines, mut filled) = (1, 0);
    for word in words {
        if filled > 0 && filled + 1 + word.chars > line_chars {
            lines += 1;
            filled = 0;
        }
        filled += word.chars + usize::from(filled > 0);
    }
    lines
}

/// The text of a cue, cut in as few lines as hold it.
fn lines(words: &[Word<'_>], options: &CueOptions) -> String {
    let count = line_count(words, options.line_chars);
    let mut out = String::new();
    let mut rest = words;
    for left in (1..=count).rev() {
        let taken = if left == 1 { rest.len() } else { line_end(rest, left, options.line_chars) };
        let (line, after) = rest.split_at(taken);
        for (at, word) in line.iter().enumerate() {
            if at > 0 {
                out.push(' ');
            }
            out.push_str(word.text);
        }
        if left > 1 {
            out.push('\n');
        }
        rest = after;
    }
    out
}

/// How many words the first of `lines` lines takes: the rest must fit, and the length be near an equal
/// share, a comma counting for a sixth of a line.
fn line_end(words: &[Word<'_>], lines: usize, line_chars: usize) -> usize {
    let total: usize = words.iter().map(|word| word.chars + 1).sum::<usize>() - 1;
    let share = total / lines;
    let (mut filled, mut best) = (0, (usize::MAX, 1));
    for (at, word) in words.iter().enumerate().take(words.len() - 1) {
        filled += word.chars + usize::from(at > 0);
        if at > 0 && filled > line_chars {
            break;
        }
        let rest = &words[at + 1..];
        if line_count(rest, line_chars) > lines - 1 {
            continue;
        }
        let bonus = if word.end == End::Word { 0 } else { line_chars / 6 };
        let off = filled.abs_diff(share).saturating_sub(bonus);
        if off <= best.0 {
            best = (off, at + 1);
        }
    }
    best.1
}

#[cfg(test)]
mod tests;
