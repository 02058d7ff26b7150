//! The words of the automaton that are nearest to another word.
//!
//! A walk through the automaton that keeps one row of the edit-distance matrix for each letter on the way
//! (Oflazer, "Error-tolerant finite-state recognition", Computational Linguistics 22(1), 1996), with the
//! weights of [`confusions`](super::confusions). The walk is repeated with wider bounds until enough was found.

use std::collections::BTreeMap;

use super::confusions::{self, Confusion, EDIT, NEVER};
use super::dawg::State;
use super::{Speller, case};

/// Letters of the longest word that is looked at.
pub(super) const MOST_LETTERS: usize = 40;
/// Letters that are added at most.
const MOST_ADDED: usize = 6;

/// A word that was found, with its class and what the differences cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Near {
    pub(super) cost: u16,
    pub(super) bits: u32,
    pub(super) word: Vec<char>,
}

/// The weights, worked out for the alphabet of a dictionary.
#[derive(Clone, Debug)]
pub(super) struct Model {
    /// Small letters by symbol.
    letters: Vec<char>,
    omission: Vec<u16>,
    /// What it costs that a letter stands for each symbol, in rows by letter.
    substitution: BTreeMap<char, Vec<u16>>,
    /// The confusions by the first letter of what is written.
    by_written: BTreeMap<char, Vec<&'static Confusion>>,
    /// The symbols of each small letter.
    symbols: BTreeMap<char, Vec<u8>>,
}

impl Model {
    pub(super) fn of(alphabet: &[char]) -> Model {
        let letters: Vec<char> = alphabet.iter().map(|c| case::to_lower(*c)).collect();
        let mut substitution = BTreeMap::new();
        let mut symbols: BTreeMap<char, Vec<u8>> = BTreeMap::new();
        for (symbol, from) in letters.iter().enumerate() {
            let row = || letters.iter().map(|to| confusions::substitution(*from, *to)).collect();
            substitution.entry(*from).or_insert_with(row);
            symbols.entry(*from).or_default().push(symbol as u8);
        }
        let mut by_written: BTreeMap<char, Vec<&'static Confusion>> = BTreeMap::new();
        for confusion in confusions::confusions() {
            if let Some(first) = confusion.written.first() {
                by_written.entry(*first).or_default().push(confusion);
            }
        }
        let omission = letters.iter().map(|c| confusions::omission(*c)).collect();
        Model { letters, omission, substitution, by_written, symbols }
    }
}

/// A confusion that fits the word, and where in it the written form ends, as bits.
type Fitting = (&'static Confusion, u64);

/// A search for the words nearest to one word.
pub(super) struct Nearest<'w, 'a> {
    speller: &'w Speller<'a>,
    model: &'w Model,
    /// In small letters.
    written: Vec<char>,
    /// What it costs that `written[j]` stands for a symbol, at `j * 256 + symbol`.
    costs: Vec<u16>,
    addition: Vec<u16>,
    fitting: Vec<Fitting>,
    /// The fitting confusions with `meant[k]` at the index of the letter's symbol, as (confusion, k).
    by_letter: Vec<Vec<(u16, u8)>>,
    /// Where each symbol's letter stands in the word, as bits.
    places: Vec<u64>,
    rows: Vec<u16>,
    /// The first and the last cell of each row that is within the bound.
    bands: Vec<(usize, usize)>,
    path: Vec<(u8, char)>,
    bound: u16,
    wanted: u32,
    nodes: u32,
    found: Vec<Near>,
}

impl<'w, 'a> Nearest<'w, 'a> {
    /// Looks for words near to `written`; `None` where it is too long. Of their classes, one of the bits in
    /// `wanted` must be set.
    pub(super) fn new(speller: &'w Speller<'a>, written: &[char], wanted: u32) -> Option<Self> {
        if written.is_empty() || written.len() > MOST_LETTERS {
            return None;
        }
        let written = case::lowered(written);
        let model = speller.model();
        let mut costs = vec![NEVER; written.len() * 256];
        let mut places = vec![0u64; 256];
        for (j, (from, row)) in written.iter().zip(costs.chunks_exact_mut(256)).enumerate() {
            match model.substitution.get(from) {
                Some(known) => row.iter_mut().zip(known).for_each(|(cost, known)| *cost = *known),
                None => row.iter_mut().for_each(|cost| *cost = EDIT),
            }
            // A wrong first letter is rare.
            if j == 0 {
                row.iter_mut().filter(|cost| **cost >= 70).for_each(|cost| *cost = cost.saturating_add(35));
            }
            for symbol in model.symbols.get(from).into_iter().flatten() {
                if let Some(place) = places.get_mut(*symbol as usize) {
                    *place |= 1 << j;
                }
            }
        }
        let addition = written.iter().enumerate().map(|(j, c)| {
            let doubled = j.checked_sub(1).and_then(|i| written.get(i)) == Some(c);
            if doubled { confusions::DOUBLE } else { confusions::addition(*c) }
        });
        let depths = written.len() + MOST_ADDED + 2;
        let mut this = Nearest {
            speller,
            model,
            addition: addition.collect(),
            costs,
            fitting: Vec::new(),
            by_letter: vec![Vec::new(); 256],
            places,
            rows: vec![NEVER; (written.len() + 1) * depths],
            bands: vec![(0, 0); depths],
            path: Vec::new(),
            bound: 0,
            wanted,
            nodes: 0,
            found: Vec::new(),
            written,
        };
        this.fit();
        Some(this)
    }

    /// Picks the confusions that fit the word.
    fn fit(&mut self) {
        for (start, first) in self.written.iter().enumerate() {
            let rest = self.written.get(start..).unwrap_or_default();
            for confusion in self.model.by_written.get(first).into_iter().flatten() {
                let end = start + confusion.written.len();
                let right_place =
                    (!confusion.start || start == 0) && (!confusion.end || end == self.written.len());
                if !right_place || !rest.starts_with(&confusion.written) {
                    continue;
                }
                if let Some((_, ends)) = self.fitting.iter_mut().find(|(c, _)| std::ptr::eq(*c, *confusion)) {
                    *ends |= 1 << end;
                    continue;
                }
                let number = self.fitting.len() as u16;
                for (k, letter) in confusion.meant.iter().enumerate() {
                    for symbol in self.model.symbols.get(letter).into_iter().flatten() {
                        if let Some(list) = self.by_letter.get_mut(*symbol as usize) {
                            list.push((number, k as u8));
                        }
                    }
                }
                self.fitting.push((confusion, 1 << end));
            }
        }
    }

    /// The words within `bound`, after looking at no more than `nodes` states.
    pub(super) fn within(&mut self, bound: u16, nodes: u32) -> &[Near] {
        self.found.clear();
        self.bound = bound;
        self.nodes = nodes;
        self.path.clear();
        let mut sum = 0u16;
        let mut first = vec![0];
        for cost in &self.addition {
            sum = sum.saturating_add(*cost).min(NEVER);
            first.push(sum);
        }
        if let Some(row) = self.rows.get_mut(..first.len()) {
            row.copy_from_slice(&first);
        }
        let last = first.iter().take_while(|cost| **cost <= bound).count().saturating_sub(1);
        if let Some(band) = self.bands.first_mut() {
            *band = (0, last);
        }
        self.walk(self.speller.image.dawg.root());
        &self.found
    }

    /// What the last search left of the states it might look at.
    pub(super) fn nodes_left(&self) -> u32 {
        self.nodes
    }

    /// Whether the last search saw all that it should.
    pub(super) fn complete(&self) -> bool {
        self.nodes > 0
    }

    fn cell(&self, depth: usize, j: usize) -> u16 {
        self.rows.get(depth * (self.written.len() + 1) + j).copied().unwrap_or(NEVER)
    }

    fn walk(&mut self, state: State) {
        let depth = self.path.len();
        self.nodes = self.nodes.saturating_sub(1);
        if self.nodes == 0 {
            return;
        }
        if state.class != 0 && depth > 0 {
            let cost = self.cell(depth, self.written.len());
            let bits = self.speller.image.bits(state.class);
            if cost <= self.bound && bits & self.wanted != 0 {
                let char = |symbol: u8| self.speller.image.alphabet.char(symbol);
                let word = self.path.iter().map_while(|(symbol, _)| char(*symbol)).collect();
                self.found.push(Near { cost, bits, word });
            }
        }
        if depth >= self.written.len() + MOST_ADDED {
            return;
        }
        let dawg = self.speller.image.dawg;
        for (symbol, next) in dawg.transitions(state) {
            let Some(letter) = self.model.letters.get(symbol as usize).copied() else { continue };
            self.path.push((symbol, letter));
            if self.row(depth + 1, symbol, letter) || self.may_go_on(depth + 1, symbol) {
                self.walk(next);
            }
            self.path.pop();
            if self.nodes == 0 {
                return;
            }
        }
    }

    /// Works out the row of `depth`, whose letter is `letter`; whether one of its cells is within the bound.
    fn row(&mut self, depth: usize, symbol: u8, letter: char) -> bool {
        let width = self.written.len() + 1;
        let before = depth.checked_sub(2).and_then(|i| self.path.get(i)).map(|(_, l)| *l);
        let omission = match before {
            Some(b) if b == letter => confusions::DOUBLE,
            _ => self.model.omission.get(symbol as usize).copied().unwrap_or(EDIT),
        };
        let (above, this) = self.rows.split_at_mut(depth * width);
        let Some(above_row) = above.get((depth - 1) * width..) else { return false };
        let Some(row) = this.get_mut(..width) else { return false };
        row.fill(NEVER);
        let (first, last) = self.bands.get(depth - 1).copied().unwrap_or((0, width - 1));
        let bound = self.bound;
        let mut band = (usize::MAX, 0);
        let mut left = NEVER;
        let mut diagonal = NEVER;
        for j in first..width {
            let up = above_row.get(j).copied().unwrap_or(NEVER);
            let mut cost = up.saturating_add(omission);
            if j > 0 {
                let replaced = self.costs.get((j - 1) * 256 + symbol as usize).copied().unwrap_or(NEVER);
                let added = self.addition.get(j - 1).copied().unwrap_or(NEVER);
                cost = cost.min(diagonal.saturating_add(replaced)).min(left.saturating_add(added));
            }
            diagonal = up;
            left = cost;
            if cost <= bound {
                band = (band.0.min(j), j);
                if let Some(cell) = row.get_mut(j) {
                    *cell = cost;
                }
            } else if j > last {
                break;
            }
        }
        let changed = self.swapped(depth, symbol) | self.confused(depth, symbol);
        if changed {
            band = self.close(depth);
        }
        if let Some(place) = self.bands.get_mut(depth) {
            *place = if band.0 <= band.1 { band } else { (width, 0) };
        }
        band.0 <= band.1
    }

    /// Two letters that changed places.
    fn swapped(&mut self, depth: usize, symbol: u8) -> bool {
        let Some((before, _)) = depth.checked_sub(2).and_then(|i| self.path.get(i)).copied() else {
            return false;
        };
        let places = |s: u8| self.places.get(s as usize).copied().unwrap_or(0);
        // Written `symbol before`, where `before symbol` was meant.
        let mut ends = (places(symbol) << 1) & places(before);
        let mut changed = false;
        while ends != 0 && before != symbol {
            let j = ends.trailing_zeros() as usize + 1;
            ends &= ends - 1;
            if j >= 2 {
                let cost = self.cell(depth - 2, j - 2).saturating_add(confusions::SWAP);
                changed |= self.lower(depth, j, cost);
            }
        }
        changed
    }

    /// The confusions that end in this letter.
    fn confused(&mut self, depth: usize, symbol: u8) -> bool {
        let mut changed = false;
        for i in 0..self.by_letter.get(symbol as usize).map_or(0, Vec::len) {
            let Some((number, k)) = self.by_letter.get(symbol as usize).and_then(|l| l.get(i)).copied()
            else {
                break;
            };
            let Some((confusion, ends)) = self.fitting.get(number as usize).copied() else { break };
            let length = confusion.meant.len();
            if k as usize + 1 != length || !self.path_ends_with(&confusion.meant) {
                continue;
            }
            if confusion.start && depth != length {
                continue;
            }
            let mut ends = ends;
            while ends != 0 {
                let j = ends.trailing_zeros() as usize;
                ends &= ends - 1;
                let cost =
                    self.cell(depth - length, j - confusion.written.len()).saturating_add(confusion.cost);
                changed |= self.lower(depth, j, cost);
            }
        }
        changed
    }

    fn path_ends_with(&self, letters: &[char]) -> bool {
        let tail = self.path.len().checked_sub(letters.len()).and_then(|at| self.path.get(at..));
        tail.is_some_and(|tail| tail.iter().map(|(_, l)| l).eq(letters))
    }

    fn lower(&mut self, depth: usize, j: usize, cost: u16) -> bool {
        match self.rows.get_mut(depth * (self.written.len() + 1) + j) {
            Some(cell) if *cell > cost && cost <= self.bound => {
                *cell = cost;
                true
            }
            _ => false,
        }
    }

    /// Carries lowered cells on to the right; the first and the last cell within the bound.
    fn close(&mut self, depth: usize) -> (usize, usize) {
        let mut band = (usize::MAX, 0);
        for j in 0..=self.written.len() {
            if let Some(before) = j.checked_sub(1) {
                let added = self.addition.get(before).copied().unwrap_or(NEVER);
                let cost = self.cell(depth, before).saturating_add(added);
                self.lower(depth, j, cost);
            }
            if self.cell(depth, j) <= self.bound {
                band = (band.0.min(j), j);
            }
        }
        band
    }

    /// Whether a swap or a confusion is under way that the next letters may complete.
    fn may_go_on(&self, depth: usize, symbol: u8) -> bool {
        let bound = self.bound;
        let mut ends = self.places.get(symbol as usize).copied().unwrap_or(0) >> 1;
        while ends != 0 {
            let j = ends.trailing_zeros() as usize;
            ends &= ends - 1;
            if self.cell(depth - 1, j).saturating_add(confusions::SWAP) <= bound {
                return true;
            }
        }
        let list = self.by_letter.get(symbol as usize).map_or(&[][..], Vec::as_slice);
        list.iter().any(|(number, k)| {
            let Some((confusion, ends)) = self.fitting.get(*number as usize) else { return false };
            let seen = *k as usize + 1;
            if seen >= confusion.meant.len() || seen > depth || confusion.cost > bound {
                return false;
            }
            if !confusion.meant.get(..seen).is_some_and(|m| self.path_ends_with(m)) {
                return false;
            }
            let mut ends = *ends;
            while ends != 0 {
                let j = ends.trailing_zeros() as usize;
                ends &= ends - 1;
                if self.cell(depth - seen, j - confusion.written.len()).saturating_add(confusion.cost)
                    <= bound
                {
                    return true;
                }
            }
            false
        })
    }
}
