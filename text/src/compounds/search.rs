//! The search: from each place where a part can begin, every part that can stand there, and the cheapest ways so far.
//! A part is as long as stem and affixes allow, so the time is linear in the length of the word.

mod parts;

use super::affixes::{AFFIXES, LONGEST_ENDING};
use super::stems::{Class, Table};
use super::trie::{HYPHEN, code};
use super::{LONGEST_WORD, Mode, Part, PartKind, Split};

/// A word that no stems explain: so much, and so much more for each character.
const UNKNOWN: u32 = 200;
const UNKNOWN_NAME: u32 = 40;
const UNKNOWN_LETTER: u32 = 30;
const LEAST_UNKNOWN: usize = 5;
const MOST_HYPHENS: usize = 16;

const NONE: u32 = u32::MAX;
const NOMINAL: Class = Class::NOUN.or(Class::DEVERBAL);
const VERBAL: Class = Class::INFINITIVE.or(Class::VERB_STEM);

/// What the part to the left is, as far as the next one cares.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Left {
    Noun,
    Adjective,
    Verb,
    Particle,
    Combining,
    Edge,
}
const LEFTS: usize = 6;

/// How seldom a word of `class` follows.
fn pair_cost(left: usize, class: Class) -> u32 {
    const COSTS: [[u32; 4]; LEFTS] =
        [[0, 12, 40, 30], [6, 25, 40, 40], [8, 30, 60, 40], [10, 20, 30, 30], [0, 10, 20, 20], [0, 0, 0, 0]];
    let row = COSTS[left];
    let mut cost = if class.meets(Class::PARTICLE.or(Class::COMBINING)) { row[3] } else { 80 };
    if class.meets(NOMINAL.or(Class::HEAD)) {
        cost = cost.min(row[0]);
    }
    if class.meets(Class::ADJECTIVE) {
        cost = cost.min(row[1]);
    }
    if class.meets(VERBAL) {
        cost = cost.min(row[2]);
    }
    if left == Left::Edge as usize { 0 } else { cost }
}

/// A part that can begin at a place.
#[derive(Clone, Copy)]
struct Found {
    stem_end: usize,
    /// Where the next part begins, after a linking element.
    end: usize,
    class: Class,
    left: Left,
    cost: u32,
    inner: u32,
}

/// A way to read the word up to some place.
#[derive(Clone, Copy)]
struct Way {
    cost: u32,
    previous: u32,
    start: u32,
    stem_end: u32,
    end: u32,
    inner: u32,
}

pub(super) fn split(table: &Table, word: &str, mode: Mode, n: usize) -> Vec<Split> {
    let mut best = vec![Split { parts: Vec::new(), cost: 0 }];
    let mut start = 0;
    // Something with so many hyphens is no word; one way through it is enough.
    let n = if word.chars().filter(|c| code(*c) == HYPHEN).nth(MOST_HYPHENS).is_some() { 1 } else { n };
    for (at, c) in word.char_indices().filter(|(_, c)| code(*c) == HYPHEN).chain([(word.len(), ' ')]) {
        if at > start || word.is_empty() {
            let piece = split_piece(table, &word[start..at], mode, n);
            best = joined(best, piece, start, n);
        }
        if at < word.len() {
            start = at + c.len_utf8();
            for split in &mut best {
                split.parts.push(Part { start: at, end: start, kind: PartKind::Hyphen });
            }
        }
    }
    best
}

/// The `n` cheapest pairs of a way to split what is on the left and a way to split the piece at `offset`.
fn joined(mut left: Vec<Split>, piece: Vec<Split>, offset: usize, n: usize) -> Vec<Split> {
    let moved = |p: &Part| Part { start: p.start + offset, end: p.end + offset, ..*p };
    if let ([a], [b]) = (left.as_mut_slice(), piece.as_slice()) {
        a.parts.extend(b.parts.iter().map(moved));
        a.cost = a.cost.saturating_add(b.cost);
        return left;
    }
    let mut all: Vec<Split> = Vec::with_capacity(left.len().saturating_mul(piece.len()));
    for a in &left {
        for b in &piece {
            let parts = a.parts.iter().copied().chain(b.parts.iter().map(moved)).collect();
            all.push(Split { parts, cost: a.cost.saturating_add(b.cost) });
        }
    }
    all.sort_by_key(|split| split.cost);
    all.truncate(n);
    all
}

/// A piece without hyphens.
fn split_piece(table: &Table, piece: &str, mode: Mode, n: usize) -> Vec<Split> {
    let mut codes = [0u8; LONGEST_WORD];
    let mut length = 0;
    let whole = |cost| Split { parts: vec![Part { start: 0, end: piece.len(), kind: PartKind::Stem }], cost };
    for c in piece.chars() {
        let Some(slot) = codes.get_mut(length) else { return vec![whole(UNKNOWN)] };
        *slot = code(c);
        length += 1;
    }
    let word = &codes[..length];
    // With a capital it may be a name.
    let capital = piece.starts_with(char::is_uppercase) && piece.chars().skip(1).all(char::is_lowercase);
    let unknown = if capital { UNKNOWN_NAME } else { UNKNOWN } + UNKNOWN_LETTER * length as u32;
    if length < 3 {
        return vec![whole(unknown)];
    }
    let width = if n == 1 { 1 } else { n * 2 };
    let mut search = Search::new(table, word, mode, width);
    search.run();
    if search.ends().all(|way| search.ways[way as usize].cost >= unknown)
        && length >= 2 * LEAST_UNKNOWN
        && !piece.chars().any(char::is_uppercase)
        && word.iter().all(|c| *c < 29)
    {
        search = Search::new(table, word, mode, width);
        search.guess = true;
        search.run();
    }
    let mut splits: Vec<Split> = Vec::with_capacity(n);
    if n == 1 {
        let best = search.ends().min_by_key(|way| search.ways[*way as usize].cost);
        if let Some(way) = best.filter(|way| search.ways[*way as usize].cost < unknown) {
            splits.push(search.trace(way, piece));
        } else {
            splits.push(whole(unknown));
        }
        return splits;
    }
    let mut ends: Vec<u32> = search.ends().collect();
    ends.sort_by_key(|way| search.ways[*way as usize].cost);
    for way in ends {
        let split = search.trace(way, piece);
        if !splits.iter().any(|other| other.parts == split.parts) {
            splits.push(split);
        }
    }
    if !splits.iter().any(|split| split.parts.len() == 1) {
        splits.push(whole(unknown));
        splits.sort_by_key(|split| split.cost);
    }
    splits.truncate(n);
    splits
}

struct Search<'a> {
    table: &'a Table,
    word: &'a [u8],
    mode: Mode,
    width: usize,
    /// Whether one part may be unknown.
    guess: bool,
    endings: [Class; LONGEST_ENDING + 1],
    ways: Vec<Way>,
    /// For each place and each [`Left`], the cheapest ways, as indices; [`NONE`] at the end.
    cells: Vec<u32>,
    found: Vec<Found>,
}

impl<'a> Search<'a> {
    fn new(table: &'a Table, word: &'a [u8], mode: Mode, width: usize) -> Self {
        Search {
            table,
            word,
            mode,
            width,
            guess: false,
            endings: AFFIXES.endings_of(word),
            ways: Vec::with_capacity(16),
            cells: vec![NONE; (word.len() + 1) * LEFTS * width],
            found: Vec::with_capacity(16),
        }
    }

    fn cell(&self, place: usize, left: usize) -> &[u32] {
        let at = (place * LEFTS + left) * self.width;
        &self.cells[at..at + self.width]
    }

    /// The ways that cover the word.
    fn ends(&self) -> impl Iterator<Item = u32> + '_ {
        self.cell(self.word.len(), Left::Edge as usize).iter().copied().filter(|way| *way != NONE)
    }

    fn run(&mut self) {
        self.parts_at(0);
        self.extend(0);
        for place in 1..self.word.len() {
            let first = place * LEFTS * self.width;
            if self.cells[first..first + LEFTS * self.width].iter().any(|way| *way != NONE) {
                self.parts_at(place);
                self.extend(place);
            }
        }
    }

    /// Joins the parts found at `place` to the ways that lead there.
    fn extend(&mut self, place: usize) {
        for at in 0..self.found.len() {
            let found = self.found[at];
            if place == 0 {
                self.push(found, NONE, found.cost, 0);
                continue;
            }
            for left in 0..LEFTS - 1 {
                let pair = pair_cost(left, found.class);
                for slot in 0..self.width {
                    let way = self.cell(place, left)[slot];
                    if way == NONE {
                        break;
                    }
                    let cost = self.ways[way as usize].cost + found.cost + pair;
                    self.push(found, way, cost, place);
                }
            }
        }
    }

    fn push(&mut self, found: Found, previous: u32, cost: u32, start: usize) {
        let first = (found.end * LEFTS + found.left as usize) * self.width;
        let last = first + self.width - 1;
        let mut slot = last;
        if self.cells[slot] != NONE && self.ways[self.cells[slot] as usize].cost <= cost {
            return;
        }
        let (stem_end, end) = (found.stem_end as u32, found.end as u32);
        let way = Way { cost, previous, start: start as u32, stem_end, end, inner: found.inner };
        self.cells[slot] = self.ways.len() as u32;
        self.ways.push(way);
        while slot > first {
            let before = self.cells[slot - 1];
            if before != NONE && self.ways[before as usize].cost <= cost {
                break;
            }
            self.cells.swap(slot - 1, slot);
            slot -= 1;
        }
    }

    fn trace(&self, way: u32, piece: &str) -> Split {
        let mut steps = Vec::with_capacity(4);
        let mut at = way;
        while let Some(step) = self.ways.get(at as usize) {
            steps.push(*step);
            at = step.previous;
        }
        let cost = steps.first().map_or(0, |step| step.cost);
        let mut parts = Vec::with_capacity(steps.len() * 2);
        let (mut bytes, mut done) = (piece.char_indices().map(|(at, _)| at), 0);
        // Byte of the character `place`, asked for in rising order.
        let mut byte = move |place: usize| {
            let at = bytes.nth(place - done).unwrap_or(piece.len());
            done = place + 1;
            at
        };
        let mut start = 0;
        let mut push = |end: usize, kind: PartKind| {
            let end = byte(end);
            if end > start {
                parts.push(Part { start, end, kind });
            }
            start = end;
        };
        for step in steps.iter().rev() {
            let mut place = step.start as usize;
            if step.inner != 0 && self.mode == Mode::Deep {
                let inner = &self.table.inner[step.inner as usize - 1];
                for (letters, link) in &inner[..inner.len() - 1] {
                    place += *letters as usize;
                    push(place, if *link { PartKind::Link } else { PartKind::Stem });
                }
            }
            push(step.stem_end as usize, PartKind::Stem);
            if step.end > step.stem_end {
                push(step.end as usize, PartKind::Link);
            }
        }
        Split { parts, cost }
    }
}
