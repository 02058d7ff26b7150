//! Applying rules to a window.

use sprog_formats::rules::cg::RuleKind;

use super::bits;
use super::context::Tester;
use super::engine::Options;
use super::grammar::{Grammar, Rule};
use super::store::Store;
use super::window::{Active, Spot, Windows};

/// The most times that one section is run over a window.
const MAX_RUNS: usize = 1000;
/// The most readings that rules may give one cohort.
const MAX_READINGS: usize = 500;
/// Tags that rules may give one reading.
const MAX_TAGS: usize = 500;
/// Distinct readings that rules may make in one window before it is given up.
const MAX_NEW: usize = 20_000;
/// Cohorts that the tests of one window may look at before it is given up.
const MAX_STEPS: u64 = 20_000_000;

/// Runs all sections over a window. False where the window took too much and was left as it was then.
pub(super) fn run(
    grammar: &Grammar,
    store: &mut Store,
    windows: &mut Windows<'_>,
    window: usize,
    options: &Options,
) -> bool {
    let most_types = store.types() + MAX_NEW;
    let mut w = Work {
        grammar,
        most_types,
        store,
        windows,
        window,
        active: vec![0; bits::words(grammar.rules.len())],
        tried: vec![0; grammar.rules.len()],
        version: 1,
        steps: MAX_STEPS,
        barriers_turn: options.barriers_turn_after_not,
    };
    w.find_active();
    w.section(&grammar.before);
    for mask in &grammar.sections {
        for _ in 0..options.max_runs.clamp(1, MAX_RUNS) {
            if !w.section(mask) {
                break;
            }
        }
    }
    w.section(&grammar.after);
    w.steps > 0
}

struct Work<'e, 'a> {
    grammar: &'e Grammar,
    store: &'e mut Store,
    windows: &'e mut Windows<'a>,
    window: usize,
    /// Rules that some reading of the window is a target of.
    active: Vec<u64>,
    /// The version of the window at which each rule last found nothing to do.
    tried: Vec<u32>,
    version: u32,
    steps: u64,
    barriers_turn: bool,
    most_types: usize,
}

impl Work<'_, '_> {
    fn find_active(&mut self) {
        self.active.fill(0);
        let Some(window) = self.windows.list.get(self.window) else { return };
        for reading in window.cells.iter().skip(1).flat_map(|cell| &cell.readings) {
            for (all, one) in self.active.iter_mut().zip(self.store.rules(reading.ty)) {
                *all |= one;
            }
        }
    }

    /// Tries each rule of a section once; whether one did something that calls for another run.
    fn section(&mut self, mask: &[u64]) -> bool {
        let mut again = false;
        for (i, section) in mask.iter().enumerate() {
            let mut done = 0_u64;
            loop {
                let left = self.active.get(i).copied().unwrap_or(0) & section & !done;
                if left == 0 {
                    break;
                }
                let bit = left.trailing_zeros();
                // All rules up to this one count as done, also those that become active by it.
                done = u64::MAX >> (63 - bit);
                let number = i as u32 * 64 + bit;
                again |= self.rule(number);
            }
        }
        again
    }

    fn rule(&mut self, number: u32) -> bool {
        let grammar = self.grammar;
        let (Some(rule), Some(tried)) =
            (grammar.rules.get(number as usize), self.tried.get_mut(number as usize))
        else {
            return false;
        };
        if *tried == self.version {
            return false;
        }
        let before = self.version;
        let removes = matches!(rule.kind, RuleKind::Select | RuleKind::Remove | RuleKind::Iff);
        let mut changed = false;
        for cell in 1..self.windows.len(self.window) {
            let spot = Spot { window: self.window, cell };
            let Some(here) = self.windows.cell(spot) else { break };
            if removes && !rule.unsafe_ && here.readings.len() < 2 {
                continue;
            }
            if !here.readings.iter().any(|r| self.store.has_rule(r.ty, number)) {
                continue;
            }
            if self.cohort(rule, number, spot) {
                changed = true;
                self.version = self.version.wrapping_add(1).max(1);
            }
        }
        if self.version == before
            && let Some(tried) = self.tried.get_mut(number as usize)
        {
            *tried = before;
        }
        changed && rule.iterates
    }

    /// Applies a rule to one cohort; whether that changed it.
    fn cohort(&mut self, rule: &Rule, number: u32, spot: Spot) -> bool {
        let Some(types) =
            self.windows.cell(spot).map(|c| c.readings.iter().map(|r| r.ty).collect::<Vec<u32>>())
        else {
            return false;
        };
        let mut tester = Tester {
            grammar: self.grammar,
            store: self.store,
            windows: self.windows,
            target: spot,
            mark: spot,
            look_deleted: rule.look_deleted,
            barriers_turn: self.barriers_turn,
            unified: Vec::new(),
            steps: &mut self.steps,
        };
        let mut matched = Vec::with_capacity(types.len());
        let mut held = None;
        for ty in &types {
            let mut is_target = tester.store.has_rule(*ty, number);
            if is_target && rule.dynamic_target {
                tester.unified.clear();
                is_target = tester.reading(rule.target, *ty, spot);
            }
            if !is_target {
                matched.push((false, false));
                continue;
            }
            let holds = match held {
                Some(holds) if !rule.unifies => holds,
                _ => {
                    let holds = rule.contexts.iter().all(|chain| tester.holds(*chain, spot));
                    *held.insert(holds)
                }
            };
            matched.push((true, holds));
        }
        if self.steps == 0 {
            return false;
        }
        match rule.kind {
            RuleKind::Select => self.keep(number, spot, rule, &matched, true),
            RuleKind::Remove => self.keep(number, spot, rule, &matched, false),
            RuleKind::Iff => {
                if matched.iter().any(|(_, holds)| *holds) {
                    self.keep(number, spot, rule, &matched, true)
                } else {
                    let inverse: Vec<_> =
                        matched.iter().map(|(target, holds)| (*target, *target && !*holds)).collect();
                    self.keep(number, spot, rule, &inverse, false)
                }
            }
            _ => self.change(rule, number, spot, &matched),
        }
    }

    /// Removes the readings that matched, or with `select` the others.
    fn keep(&mut self, number: u32, spot: Spot, rule: &Rule, matched: &[(bool, bool)], select: bool) -> bool {
        let hits = matched.iter().filter(|(_, holds)| *holds).count();
        if hits == 0 || select && hits == matched.len() || !select && hits == matched.len() && !rule.unsafe_ {
            return false;
        }
        let Some(cell) = self.windows.cell_mut(spot) else { return false };
        let readings = std::mem::take(&mut cell.readings);
        for (mut reading, (_, holds)) in readings.into_iter().zip(matched) {
            if *holds || select {
                reading.rules.push(number);
            }
            if *holds == select { cell.readings.push(reading) } else { cell.removed.push(reading) }
        }
        true
    }

    fn change(&mut self, rule: &Rule, number: u32, spot: Spot, matched: &[(bool, bool)]) -> bool {
        let grammar = self.grammar;
        let mut changed = false;
        if self.store.types() > self.most_types {
            self.steps = 0;
            return false;
        }
        let Some(cell) = self.windows.cell(spot) else { return false };
        let mut readings = cell.readings.clone();
        let only_one = readings.len() == 1;
        if rule.kind == RuleKind::Append {
            let Some(model) =
                readings.first().map(|r| r.ty).filter(|_| matched.iter().any(|(_, holds)| *holds))
            else {
                return false;
            };
            let again = readings.iter().chain(&cell.removed).any(|r| r.rules.contains(&number));
            if again || readings.len() >= MAX_READINGS {
                return false;
            }
            let form = self.store.get(model).tags.first().copied().into_iter();
            let shared = self.store.get(model).shared;
            let own_len = self.store.get(model).tags.len() - shared as usize;
            let statics: Vec<u32> = self.store.get(model).tags.iter().skip(own_len).copied().collect();
            let last = self.store.get(model).last;
            let mut tags: Vec<u32> = form.collect();
            tags.extend(rule.put.iter().map(|(text, _)| self.store.tag(grammar, text)));
            tags.extend(statics);
            let ty = self.store.intern(grammar, &tags, shared, &[], last);
            let mapped = self.store.get(ty).mapped;
            readings.push(Active { ty, mapped, rules: vec![number], source: None });
            changed = true;
        } else {
            for (reading, (_, holds)) in readings.iter_mut().zip(matched) {
                if *holds && self.rewrite(rule, reading, only_one) {
                    reading.rules.push(number);
                    changed = true;
                }
            }
        }
        if changed {
            if let Some(cell) = self.windows.cell_mut(spot) {
                cell.readings = readings;
            }
            self.find_active();
        }
        changed
    }

    /// Gives a reading the tags that a rule says; whether that changed it.
    fn rewrite(&mut self, rule: &Rule, reading: &mut Active, only_one: bool) -> bool {
        let grammar = self.grammar;
        let put: Vec<u32> = rule.put.iter().map(|(text, _)| self.store.tag(grammar, text)).collect();
        let old = self.store.get(reading.ty);
        let own_len = old.tags.len() - old.shared as usize;
        let (shared, subs, last) = (old.shared, old.subs.clone(), old.last);
        let mut tags: Vec<u32> = old.tags.iter().take(own_len).copied().collect();
        let statics: Vec<u32> = old.tags.iter().skip(own_len).copied().collect();
        match rule.kind {
            RuleKind::Add | RuleKind::Map => {
                if reading.mapped {
                    return false;
                }
                tags.extend(put);
                reading.mapped |= rule.kind == RuleKind::Map && rule.put.iter().any(|(_, mapping)| *mapping);
            }
            RuleKind::Replace => {
                if reading.mapped {
                    return false;
                }
                let lemma =
                    rule.put.iter().any(|(text, _)| text.starts_with('"') && !text.starts_with("\"<"));
                tags.truncate(if lemma { 1 } else { 2 });
                tags.extend(put);
            }
            RuleKind::Substitute => {
                let is_found = |store: &Store, tag: u32| rule.find.iter().any(|f| f == store.text(tag));
                let Some(at) = tags.iter().rposition(|t| is_found(self.store, *t)) else { return false };
                let mut new: Vec<u32> = Vec::with_capacity(tags.len() + put.len());
                for (i, tag) in tags.iter().enumerate() {
                    if !is_found(self.store, *tag) {
                        new.push(*tag);
                    }
                    if i == at {
                        new.extend(&put);
                    }
                }
                tags = new;
            }
            _ => {
                if !only_one && !rule.unsafe_ {
                    return false;
                }
                tags.retain(|tag| !self.store.is_mapping(*tag));
                reading.mapped = false;
            }
        }
        if tags.len() > MAX_TAGS.max(own_len) {
            return false;
        }
        tags.extend(statics);
        let ty = self.store.intern(grammar, &tags, shared, &subs, last);
        let changed = ty != reading.ty;
        reading.ty = ty;
        changed
    }
}
