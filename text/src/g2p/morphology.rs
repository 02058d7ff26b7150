//! Cuts a word into prefixes, stems and endings by the cheapest way through known ones.

use super::letters::{self, Letter};
use super::stems::{ENDINGS, Kind, STEMS};

/// A part of a word: a prefix, or a stem with its ending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) start: usize,
    /// Where the stem ends and the ending starts.
    pub(super) stem: usize,
    pub(super) end: usize,
    /// Index into [`STEMS`]; `None` where the part is not known.
    pub(super) entry: Option<usize>,
    /// Index into [`ENDINGS`].
    pub(super) ending: Option<usize>,
}

/// Longer words are one part, which bounds the time that a word takes.
pub(super) const LONGEST: usize = 40;

#[derive(Clone, Copy)]
struct Step {
    cost: u32,
    segment: Segment,
    /// The state at the segment's start.
    from: usize,
}

/// After a known part, after a prefix, after a part that is not known.
const STATES: usize = 3;
const KNOWN: usize = 0;
const PREFIX: usize = 1;
const UNKNOWN: usize = 2;

/// The parts of a word, in order; they cover it. Never empty for a word that is not.
pub(super) fn segments(word: &[Letter], out: &mut Vec<Segment>) {
    out.clear();
    let n = word.len();
    let whole = Segment { start: 0, stem: n, end: n, entry: None, ending: None };
    if n == 0 {
        return;
    }
    if n > LONGEST {
        out.push(whole);
        return;
    }
    let mut best: [[Option<Step>; STATES]; LONGEST + 1] = [[None; STATES]; LONGEST + 1];
    for start in 0..n {
        for from in 0..STATES {
            let before = match (start, from) {
                (0, KNOWN) => 0,
                (0, _) => continue,
                _ => match best[start][from] {
                    Some(step) => step.cost,
                    None => continue,
                },
            };
            extend(word, start, from, before, &mut best);
        }
    }
    let last = [KNOWN, UNKNOWN].into_iter().filter_map(|s| Some((best[n][s]?.cost, s))).min();
    let Some((_, mut state)) = last else {
        out.push(whole);
        return;
    };
    let mut at = n;
    while at > 0 {
        let Some(step) = best[at][state] else { break };
        out.push(step.segment);
        (at, state) = (step.segment.start, step.from);
    }
    out.reverse();
}

type Table = [[Option<Step>; STATES]; LONGEST + 1];

fn offer(best: &mut Table, state: usize, step: Step) {
    let cell = &mut best[step.segment.end][state];
    if cell.is_none_or(|old| step.cost < old.cost) {
        *cell = Some(step);
    }
}

fn extend(word: &[Letter], start: usize, from: usize, before: u32, best: &mut Table) {
    let n = word.len();
    let rest = &word[start..];
    STEMS.prefixes(rest, |length, index| {
        let entry = &STEMS.values[index];
        let stem = start + length;
        let segment = Segment { start, stem, end: stem, entry: Some(index), ending: None };
        let step = |cost, segment| Step { cost: before + cost, segment, from };
        match entry.kind {
            Kind::Word => {
                if start == 0 && stem == n {
                    offer(best, KNOWN, step(1, segment));
                }
            }
            Kind::Prefix | Kind::WeakPrefix => {
                let fits = (start == 0 || from == PREFIX) && n - stem >= 3;
                if fits && has_vowel(&word[stem..]) {
                    // Short ones only where a known stem follows.
                    let cost = match (entry.kind, length) {
                        (Kind::WeakPrefix, _) => 8,
                        (_, 0..=3) => 17,
                        _ => 12,
                    };
                    offer(best, PREFIX, step(cost, segment));
                }
            }
            Kind::Suffix => {
                if start > 0 && from != PREFIX && has_vowel(&word[..start]) {
                    inflect(word, segment, true, |cost, segment| offer(best, KNOWN, step(8 + cost, segment)));
                }
            }
            Kind::Stem => {
                let cost = match length {
                    0..=2 => 30,
                    3 => 20,
                    4 => 16,
                    5 => 13,
                    _ => 11,
                };
                // Two of the same letter are seldom of two stems: hellere is not hel and ler.
                let cost = if start > 0 && word[start] == word[start - 1] { cost + 8 } else { cost };
                // A whole word is not in doubt.
                let cost = if start == 0 && stem == n { 1 } else { cost };
                inflect(word, segment, entry.doubles, |more, segment| {
                    if length > 2 || (start == 0 || from == PREFIX) && segment.end == n {
                        offer(best, KNOWN, step(cost + more, segment));
                    }
                });
            }
        }
    });
    if from == UNKNOWN {
        return;
    }
    let least = if start == 0 || from == PREFIX { 3 } else { 4 };
    for end in start + least..=n {
        let fits =
            start == 0 || may_start(&word[start..]) || (from == PREFIX && letters::is_vowel(word[start]));
        if !has_vowel(&word[start..end]) || !fits {
            continue;
        }
        if end < n && (!may_start(&word[end..]) || !may_end(&word[..end])) {
            continue;
        }
        let cost = before + 14 + 5 * (end - start) as u32;
        let segment = Segment { start, stem: end, end, entry: None, ending: None };
        offer(best, UNKNOWN, Step { cost, segment, from });
    }
}

/// The stem alone, with its endings, and with a letter that links it to the next stem.
fn inflect(word: &[Letter], stem: Segment, doubles: bool, mut found: impl FnMut(u32, Segment)) {
    let n = word.len();
    found(0, stem);
    let mut ending = |from: usize, cost: u32, vowel: bool| {
        ENDINGS.prefixes(&word[from..], |length, index| {
            let end = from + length;
            if vowel && !letters::is_vowel(word[from]) {
                return;
            }
            // slutte is slut with its consonant doubled, and not slut and te.
            let again = u32::from(!vowel && from > 0 && word[from] == word[from - 1]);
            let long = length.min(8) as u32;
            // Inside a word a linking s or e is likelier than any other ending.
            let cost = 4 * again
                + match (end == n, length) {
                    (true, _) => cost + 2 + long,
                    (false, 1) if word[from] == S => cost + 1,
                    (false, 1) if word[from] == E => cost + 7,
                    (false, _) => cost + 8 + long,
                };
            found(cost, Segment { end, ending: Some(index), ..stem });
        });
    };
    ending(stem.stem, 0, false);
    // The last consonant is doubled ahead of a vowel: `katten`.
    let doubled = doubles
        && stem.stem > 0
        && stem.stem + 1 < n
        && word[stem.stem] == word[stem.stem - 1]
        && !letters::is_vowel(word[stem.stem]);
    if doubled {
        ending(stem.stem + 1, 1, true);
    }
}

const S: Letter = b's' - b'a';
const E: Letter = b'e' - b'a';

fn has_vowel(part: &[Letter]) -> bool {
    part.iter().any(|letter| letters::is_vowel(*letter))
}

/// Whether a stem may start with these letters: at most the consonants of a Danish onset.
fn may_start(part: &[Letter]) -> bool {
    let consonants = part.iter().take_while(|letter| !letters::is_vowel(**letter)).count();
    let text = |at: usize| part.get(at).map_or(0, |letter| letter + b'a');
    match consonants {
        0 => false,
        1 => true,
        2 => matches!(
            (text(0), text(1)),
            (b'b' | b'f' | b'g' | b'k' | b'p', b'l' | b'r' | b'j')
                | (b'd' | b't' | b'v', b'r' | b'j')
                | (b'd' | b't' | b'k' | b'h' | b's', b'v')
                | (b'k' | b'g' | b's' | b'f', b'n')
                | (b's', b't' | b'p' | b'k' | b'l' | b'm' | b'j')
                | (b'h' | b'l' | b'm' | b'n', b'j')
                | (b'c', b'h')
        ),
        3 => matches!((text(0), text(1), text(2)), (b's', b't' | b'k' | b'p', b'r' | b'j' | b'l' | b'v')),
        _ => false,
    }
}

/// Whether a stem may end in these letters.
fn may_end(part: &[Letter]) -> bool {
    let text = |back: usize| part.len().checked_sub(back).and_then(|at| part.get(at)).map_or(0, |l| l + b'a');
    match (text(2), text(1)) {
        (_, b'h' | b'q' | b'c') => false,
        (before, b'r' | b'l' | b'n' | b'm' | b'v' | b'j') => {
            letters::is_vowel(before.wrapping_sub(b'a') & 31) || text(1) == before || before == b'r'
        }
        _ => true,
    }
}
