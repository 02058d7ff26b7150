//! Compounds: words put together from parts that the dictionary allows to stand first, inside and last.
//!
//! The search is Hunspell's: two parts first, more only where two do not do, and never a word that a row of
//! the REP table, or a space, makes a plain dictionary word of. Results are kept by place, so that the work
//! is bounded by the square of the word's length for each number of parts.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::options::RuleItem;
use super::{Speller, case, class};

/// Steps through the automaton that one word may cost.
const STEPS: u32 = 400_000;
/// Parts a compound may have at most.
const MOST_PARTS: u32 = 100;

/// What is left of the work that one word may cost.
#[derive(Debug)]
pub(super) struct Work(Cell<u32>);

impl Work {
    pub(super) fn new() -> Work {
        Work(Cell::new(STEPS))
    }

    /// Takes `steps` off; `false` once nothing is left.
    pub(super) fn take(&self, steps: usize) -> bool {
        let left = self.0.get().saturating_sub(u32::try_from(steps).unwrap_or(u32::MAX));
        self.0.set(left);
        left > 0
    }
}

impl Speller<'_> {
    /// Whether a word is long enough to have parts.
    pub(super) fn may_be_compound(&self, word: &[char]) -> bool {
        let options = &self.image.options;
        word.len() >= (options.compound_min as usize).saturating_mul(2) || !options.rules.is_empty()
    }
}

/// A word that is looked at as a compound.
pub(super) struct Parts<'w, 'a> {
    speller: &'w Speller<'a>,
    chars: &'w [char],
    symbols: &'w [u8],
    /// Whether the word had a capital that FORCEUCASE asks for.
    upper: bool,
    work: &'w Work,
    /// The class of the last part that starts here, 0 for none, where it was looked up.
    ends: Vec<Option<u32>>,
    rest: BTreeMap<(usize, u32), Option<Part>>,
}

/// The first part of a compound: where it ends, and where its stem does.
#[derive(Clone, Copy, Debug)]
struct Part {
    stem_end: Option<usize>,
}

impl<'w, 'a> Parts<'w, 'a> {
    pub(super) fn new(
        speller: &'w Speller<'a>,
        chars: &'w [char],
        symbols: &'w [u8],
        upper: bool,
        work: &'w Work,
    ) -> Self {
        Parts {
            speller,
            chars,
            symbols,
            upper,
            work,
            ends: vec![None; symbols.len() + 1],
            rest: BTreeMap::new(),
        }
    }

    /// Whether the word is a compound.
    pub(super) fn found(&mut self) -> bool {
        let least = self.speller.image.options.compound_min as usize;
        // Characters without a symbol of their own are in no compound.
        if self.symbols.len() != self.chars.len() || self.symbols.len() < least.saturating_mul(2) {
            return self.by_rule();
        }
        match self.two_parts() {
            Some(found) => found,
            None => self.rest_of(0, 0).is_some() || self.by_rule(),
        }
    }

    /// `Some` where two parts were found: whether they are accepted.
    fn two_parts(&mut self) -> Option<bool> {
        for (end, class) in self.first_parts(0, class::BEGIN) {
            if self.pair(0, end, class, 0) {
                return Some(!self.is_slip(0, self.chars.len()));
            }
        }
        None
    }

    /// The parts that start at `start` and carry `place`: their ends and classes.
    fn first_parts(&self, start: usize, place: u32) -> Vec<(usize, u32)> {
        let image = &self.speller.image;
        let least = image.options.compound_min as usize;
        let mut out = Vec::new();
        let mut state = image.dawg.root();
        for (end, symbol) in self.symbols.iter().enumerate().skip(start) {
            if end >= start + least && end + least <= self.symbols.len() && state.class != 0 {
                let bits = image.bits(state.class);
                if bits & place != 0 && !self.refused(start, end) {
                    out.push((end, state.class));
                }
            }
            match image.dawg.step(state, *symbol) {
                Some(next) if self.work.take(1) => state = next,
                _ => break,
            }
        }
        out
    }

    /// CHECKCOMPOUNDTRIPLE and CHECKCOMPOUNDCASE at the border before `at`.
    fn refused(&self, start: usize, at: usize) -> bool {
        let options = &self.speller.image.options;
        let char = |i: Option<usize>| i.filter(|i| *i >= start).and_then(|i| self.chars.get(i)).copied();
        let (Some(left), Some(right)) = (char(at.checked_sub(1)), char(Some(at))) else { return false };
        let triple = options.check_triple
            && left == right
            && (char(at.checked_sub(2)) == Some(left) || char(Some(at + 1)) == Some(left));
        let upper = |c: char| case::to_upper(c) == c;
        let inner_case = options.check_case && (upper(left) || upper(right)) && left != '-' && right != '-';
        triple || inner_case
    }

    /// The class of the last part that starts at `start`; 0 where there is none.
    fn end_class(&mut self, start: usize) -> u32 {
        if let Some(Some(class)) = self.ends.get(start) {
            return *class;
        }
        let image = &self.speller.image;
        let rest = self.symbols.get(start..).unwrap_or_default();
        self.work.take(rest.len());
        let class = image.dawg.class(rest);
        let bits = image.bits(class);
        let upper = bits & class::FORCE_UPPER == 0 || self.upper;
        let class = if bits & class::END != 0 && upper { class } else { 0 };
        if let Some(place) = self.ends.get_mut(start) {
            *place = Some(class);
        }
        class
    }

    /// Whether the part `start..at` and what is left are a compound of two.
    fn pair(&mut self, start: usize, at: usize, first: u32, number: u32) -> bool {
        let image = &self.speller.image;
        let least = image.options.compound_min as usize;
        if self.symbols.len() < at + least {
            return false;
        }
        let triple = image.options.simplified_triple
            && at > start + 2
            && self.chars.get(at - 1) == self.chars.get(at - 2);
        for from in [Some(at), triple.then_some(at - 1)].into_iter().flatten() {
            let last = self.end_class(from);
            if last == 0 {
                continue;
            }
            let options = &image.options;
            let double = |class| u32::from(image.bits(class) & class::DOUBLE != 0);
            let parts = number + double(first) + double(last) + 1;
            let few = options.compound_word_max == 0 || parts < options.compound_word_max;
            let same = options.check_duplicate && self.symbols.get(start..at) == self.symbols.get(from..);
            if few && !same && !self.refused_border(at, first, last) {
                return true;
            }
        }
        false
    }

    /// CHECKCOMPOUNDPATTERN.
    fn refused_border(&self, at: usize, first: u32, last: u32) -> bool {
        let image = &self.speller.image;
        let (left, right) = self.chars.split_at(at.min(self.chars.len()));
        let flag = |class, flag| flag == 0 || image.flags(class).contains(&flag);
        image.options.borders.iter().any(|b| {
            left.ends_with(&b.left)
                && right.starts_with(&b.right)
                && flag(first, b.left_flag)
                && flag(last, b.right_flag)
        })
    }

    /// The compound of what starts at `start`, as part `number`: its first part.
    fn rest_of(&mut self, start: usize, number: u32) -> Option<Part> {
        if number + 1 >= MOST_PARTS || !self.work.take(1) {
            return None;
        }
        if let Some(known) = self.rest.get(&(start, number)) {
            return *known;
        }
        let found = self.search(start, number);
        self.rest.insert((start, number), found);
        found
    }

    fn search(&mut self, start: usize, number: u32) -> Option<Part> {
        let whole = self.chars.len();
        let place = if number == 0 { class::BEGIN } else { class::MIDDLE };
        for (end, class) in self.first_parts(start, place) {
            let bits = self.speller.image.bits(class);
            let cut = class::cut(bits);
            let stem_end = (cut != class::NO_CUT).then(|| end.saturating_sub(cut as usize));
            let part = Part { stem_end };
            if self.pair(start, end, class, number) {
                return (!self.is_slip(start, whole)).then_some(part);
            }
            let number = number + u32::from(bits & class::DOUBLE != 0);
            let Some(next) = self.rest_of(end, number + 1) else { continue };
            if self.is_slip(start, whole) {
                return None;
            }
            if next.stem_end.is_some_and(|stem_end| self.is_slip(start, stem_end)) {
                continue;
            }
            return Some(part);
        }
        None
    }

    /// Whether `start..end` is a dictionary word with a typical mistake, or two words written as one.
    fn is_slip(&self, start: usize, end: usize) -> bool {
        let word = self.chars.get(start..end).unwrap_or_default();
        (self.speller.image.options.check_replacements && self.speller.is_replaced_word(word, self.work))
            || self.speller.is_word_pair(word, self.work)
    }

    /// Whether a COMPOUNDRULE makes the word.
    fn by_rule(&self) -> bool {
        let rules = &self.speller.image.options.rules;
        rules.iter().any(|rule| self.follows(rule, 0, 0, 0))
    }

    fn follows(&self, rule: &[RuleItem], start: usize, item: usize, parts: usize) -> bool {
        let image = &self.speller.image;
        let least = image.options.compound_min as usize;
        let mut state = image.dawg.root();
        for end in start..=self.symbols.len() {
            if !self.work.take(1) {
                return false;
            }
            if end >= start + least && state.class != 0 {
                let flags = image.flags(state.class);
                for next in
                    reachable(rule, item).filter(|i| rule.get(*i).is_some_and(|i| flags.contains(&i.flag)))
                {
                    let following = if rule.get(next).is_some_and(|i| i.repeated) { next } else { next + 1 };
                    let over = |from: usize| rule.iter().skip(from).all(|i| i.optional);
                    let done = end == self.symbols.len() && parts > 0 && (over(following) || over(next + 1));
                    if done || (end < self.symbols.len() && self.follows(rule, end, following, parts + 1)) {
                        return true;
                    }
                }
            }
            let Some(symbol) = self.symbols.get(end) else { break };
            match image.dawg.step(state, *symbol) {
                Some(next) => state = next,
                None => break,
            }
        }
        false
    }
}

/// The items of a rule that the next word may be, from `item` on.
fn reachable(rule: &[RuleItem], item: usize) -> impl Iterator<Item = usize> {
    let mut open = true;
    (item..rule.len()).take_while(move |i| {
        let this = open;
        open = rule.get(*i).is_some_and(|i| i.optional);
        this
    })
}
