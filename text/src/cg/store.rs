//! Distinct readings, each with one bit per set and per rule.

use std::collections::HashMap;

use sprog_formats::rules::cg::SetOp;

use super::bits;
use super::grammar::{Alternative, Grammar, Set};

/// The tag that the last cohort's readings have.
pub(super) const END: &str = "<<<";
/// The tag of the unseen cohort before a window's first.
pub(super) const BEGIN: &str = ">>>";

/// A reading's tags and what they match; readings with the same tags share one.
pub(super) struct Type {
    /// Word form, lemma and tags, by number.
    pub(super) tags: Box<[u32]>,
    /// How many of `tags`, at the end, belong to the cohort.
    pub(super) shared: u32,
    /// Sub-readings, the first one nearest.
    pub(super) subs: Box<[u32]>,
    /// Whether it has a mapping tag.
    pub(super) mapped: bool,
    /// Whether the tags include [`END`].
    pub(super) last: bool,
}

struct TagInfo {
    text: Box<str>,
    atoms: Box<[u32]>,
    mapping: bool,
}

/// The readings met so far.
pub(super) struct Store {
    tags: HashMap<Box<str>, u32>,
    infos: Vec<TagInfo>,
    types: Vec<Type>,
    by_tags: HashMap<Vec<u32>, u32>,
    set_bits: Vec<u64>,
    rule_bits: Vec<u64>,
    set_words: usize,
    rule_words: usize,
    stamps: Vec<u32>,
    stamp: u32,
}

impl Store {
    pub(super) fn new(grammar: &Grammar) -> Store {
        Store {
            tags: HashMap::new(),
            infos: Vec::new(),
            types: Vec::new(),
            by_tags: HashMap::new(),
            set_bits: Vec::new(),
            rule_bits: Vec::new(),
            set_words: bits::words(grammar.sets.len()),
            rule_words: bits::words(grammar.rules.len()),
            stamps: vec![0; grammar.atoms],
            stamp: 0,
        }
    }

    /// The number of distinct readings.
    pub(super) fn types(&self) -> usize {
        self.types.len()
    }

    /// Bytes held by the rows of bits, the largest part.
    pub(super) fn bytes(&self) -> usize {
        (self.set_bits.len() + self.rule_bits.len()) * 8 + self.infos.len() * 64 + self.types.len() * 128
    }

    /// The number of a tag of a reading.
    pub(super) fn tag(&mut self, grammar: &Grammar, text: &str) -> u32 {
        if let Some(tag) = self.tags.get(text) {
            return *tag;
        }
        let mut atoms: Vec<u32> =
            if text.contains('\0') { None } else { grammar.plain.get(text).copied() }.into_iter().collect();
        if !grammar.patterns.is_empty() {
            let lower = text.to_lowercase();
            let matching = grammar.patterns.iter().filter(|(_, pattern)| pattern.matches(text, &lower));
            atoms.extend(matching.map(|(atom, _)| *atom));
        }
        let number = self.infos.len() as u32;
        let mapping = text.starts_with(grammar.prefix);
        self.infos.push(TagInfo { text: text.into(), atoms: atoms.into(), mapping });
        self.tags.insert(text.into(), number);
        number
    }

    pub(super) fn text(&self, tag: u32) -> &str {
        self.infos.get(tag as usize).map_or("", |info| &info.text)
    }

    pub(super) fn is_mapping(&self, tag: u32) -> bool {
        self.infos.get(tag as usize).is_some_and(|info| info.mapping)
    }

    pub(super) fn get(&self, ty: u32) -> &Type {
        // Numbers come from this store alone, and it never forgets.
        &self.types[ty as usize]
    }

    /// The number of the reading with these tags.
    pub(super) fn intern(
        &mut self,
        grammar: &Grammar,
        tags: &[u32],
        shared: u32,
        subs: &[u32],
        last: bool,
    ) -> u32 {
        let mut key = Vec::with_capacity(tags.len() + subs.len() + 3);
        key.extend([u32::from(last), shared, tags.len() as u32]);
        key.extend_from_slice(tags);
        key.extend_from_slice(subs);
        if let Some(ty) = self.by_tags.get(&key) {
            return *ty;
        }
        let ty = self.types.len() as u32;
        let mapped = tags.iter().any(|tag| self.is_mapping(*tag));
        let own = tags.len() - (shared as usize).min(tags.len());
        let sets = self.evaluate(grammar, tags, last);
        let target_sets = if shared == 0 { None } else { Some(self.evaluate(grammar, &tags[..own], last)) };
        let target_sets = target_sets.as_ref().unwrap_or(&sets);
        let mut rules = vec![0; self.rule_words];
        for (number, rule) in (0..).zip(&grammar.rules) {
            if bits::get(target_sets, rule.target) && rule.wordform.is_none_or(|form| self.stamped(form)) {
                bits::set(&mut rules, number);
            }
        }
        self.set_bits.extend_from_slice(&sets);
        self.rule_bits.extend_from_slice(&rules);
        self.types.push(Type { tags: tags.into(), shared, subs: subs.into(), mapped, last });
        self.by_tags.insert(key, ty);
        ty
    }

    /// The same reading as the last of its window, or not.
    pub(super) fn with_last(&mut self, grammar: &Grammar, ty: u32, last: bool) -> u32 {
        let (tags, shared, subs) = {
            let t = self.get(ty);
            if t.last == last {
                return ty;
            }
            (t.tags.clone(), t.shared, t.subs.clone())
        };
        self.intern(grammar, &tags, shared, &subs, last)
    }

    pub(super) fn has_set(&self, ty: u32, set: u32) -> bool {
        let word = ty as usize * self.set_words + set as usize / 64;
        self.set_bits.get(word).is_some_and(|w| w >> (set % 64) & 1 == 1)
    }

    pub(super) fn rules(&self, ty: u32) -> &[u64] {
        let at = ty as usize * self.rule_words;
        self.rule_bits.get(at..at + self.rule_words).unwrap_or_default()
    }

    pub(super) fn has_rule(&self, ty: u32, rule: u32) -> bool {
        bits::get(self.rules(ty), rule)
    }

    fn stamped(&self, atom: u32) -> bool {
        self.stamps.get(atom as usize).is_some_and(|s| *s == self.stamp)
    }

    fn stamp_tags(&mut self, grammar: &Grammar, tags: &[u32], last: bool) -> Vec<u32> {
        self.stamp = self.stamp.wrapping_add(1);
        if self.stamp == 0 {
            self.stamps.fill(0);
            self.stamp = 1;
        }
        let mut present = Vec::new();
        let end = if last { Some(self.tag(grammar, END)) } else { None };
        for tag in tags.iter().copied().chain(end) {
            let Some(info) = self.infos.get(tag as usize) else { continue };
            for atom in &info.atoms {
                if let Some(stamp) = self.stamps.get_mut(*atom as usize)
                    && *stamp != self.stamp
                {
                    *stamp = self.stamp;
                    present.push(*atom);
                }
            }
        }
        present
    }

    fn holds(&self, alternative: &Alternative) -> bool {
        alternative.need.iter().all(|a| self.stamped(*a))
            && !alternative.never.iter().any(|a| self.stamped(*a))
    }

    /// The bits of all sets for a reading of `tags`. Sets that unify get the bit that they could have.
    fn evaluate(&mut self, grammar: &Grammar, tags: &[u32], last: bool) -> Vec<u64> {
        let present = self.stamp_tags(grammar, tags, last);
        let mut sets = vec![0; self.set_words];
        for atom in &present {
            for alternative in grammar.by_atom.get(*atom as usize).into_iter().flatten() {
                if !bits::get(&sets, alternative.set) && self.holds(alternative) {
                    bits::set(&mut sets, alternative.set);
                }
            }
        }
        for alternative in grammar.loose.iter().filter(|a| self.holds(a)) {
            bits::set(&mut sets, alternative.set);
        }
        grammar.any_sets.iter().for_each(|set| bits::set(&mut sets, *set));
        for set in &grammar.fail_sets {
            let Some(Set::List { fail, .. }) = grammar.sets.get(*set as usize) else { continue };
            if fail.iter().any(|atom| self.stamped(*atom))
                && let Some(word) = sets.get_mut(*set as usize / 64)
            {
                *word &= !(1 << (set % 64));
            }
        }
        for set in &grammar.derived {
            let there = match grammar.sets.get(*set as usize) {
                Some(Set::Expr { first, rest, dynamic }) => {
                    let widening =
                        *dynamic && rest.iter().any(|(op, _)| !matches!(op, SetOp::Or | SetOp::Plus));
                    widening || expression(*first, rest, |set| bits::get(&sets, set))
                }
                Some(Set::SameTag(inner)) => bits::get(&sets, *inner),
                Some(Set::SameOf(members)) => members.iter().any(|m| bits::get(&sets, *m)),
                _ => true,
            };
            if there {
                bits::set(&mut sets, *set);
            }
        }
        sets
    }

    /// The alternatives of list `set`, or of the lists that it is made of, that the reading matches.
    pub(super) fn alternatives(&mut self, grammar: &Grammar, ty: u32, set: u32) -> Vec<u32> {
        let (tags, last) = (self.get(ty).tags.clone(), self.get(ty).last);
        let present = self.stamp_tags(grammar, &tags, last);
        let mut lists = Vec::new();
        lists_of(grammar, set, &mut lists);
        let all = present.iter().filter_map(|atom| grammar.by_atom.get(*atom as usize)).flatten();
        let mut found: Vec<u32> =
            all.filter(|a| lists.contains(&a.set) && self.holds(a)).map(|a| a.number).collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn lists_of(grammar: &Grammar, set: u32, out: &mut Vec<u32>) {
    let mut todo = vec![set];
    while let Some(set) = todo.pop() {
        if out.contains(&set) {
            continue;
        }
        out.push(set);
        if let Some(Set::Expr { first, rest, .. }) = grammar.sets.get(set as usize) {
            todo.push(*first);
            todo.extend(rest.iter().map(|(_, set)| *set));
        }
    }
}

/// Whether sets with operators match: `OR` parts, the others go from left to right.
pub(super) fn expression(first: u32, rest: &[(SetOp, u32)], mut has: impl FnMut(u32) -> bool) -> bool {
    let mut now = has(first);
    let mut failed = false;
    for (op, set) in rest {
        match op {
            SetOp::Or => {
                if now || failed {
                    return now;
                }
                now = has(*set);
            }
            SetOp::Plus => now = now && has(*set),
            SetOp::FailFast => {
                if has(*set) {
                    (now, failed) = (false, true);
                }
            }
            _ => now = now && !has(*set),
        }
    }
    now
}
