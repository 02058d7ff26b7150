//! Contextual tests.

use super::grammar::{Grammar, Link, LinkTest, Place, Set};
use super::store::{Store, expression};
use super::window::{Active, Spot, Windows};

/// What a test may look at, and what it remembers.
pub(super) struct Tester<'e, 'a> {
    pub(super) grammar: &'e Grammar,
    pub(super) store: &'e mut Store,
    pub(super) windows: &'e Windows<'a>,
    pub(super) target: Spot,
    pub(super) mark: Spot,
    pub(super) look_deleted: bool,
    /// Whether BARRIER and CBARRIER are turned around after NOT.
    pub(super) barriers_turn: bool,
    /// Alternatives and sets that unified so far, by set.
    pub(super) unified: Vec<(u32, Vec<u32>)>,
    /// How many more cohorts may be looked at before the window is given up.
    pub(super) steps: &'e mut u64,
}

/// What to test where a chain ends: the rest of the chain it is part of.
struct Then<'t> {
    chain: u32,
    from: usize,
    then: Option<&'t Then<'t>>,
}

/// Which readings of a cohort must match.
#[derive(Clone, Copy)]
enum Which {
    Any,
    All,
    /// The first one: how vislcg3 reads `C` after NOT.
    First,
}

enum Verdict {
    Holds,
    /// The set matched, the links after it did not.
    Found,
    Stop,
    Onward,
}

impl Tester<'_, '_> {
    /// Whether a whole test holds, seen from `at`.
    pub(super) fn holds(&mut self, chain: u32, at: Spot) -> bool {
        self.mark = self.target;
        self.chain(chain, 0, at, None, None)
    }

    fn chain(
        &mut self,
        chain: u32,
        from: usize,
        at: Spot,
        origin: Option<Spot>,
        then: Option<&Then<'_>>,
    ) -> bool {
        let grammar = self.grammar;
        let Some(link) = grammar.chains.get(chain as usize).and_then(|links| links.get(from)) else {
            return match then {
                Some(t) => self.chain(t.chain, t.from, at, origin, t.then),
                None => true,
            };
        };
        if link.negate {
            let held = self.link(link, chain, from, at, origin, None);
            return !held && then.is_none_or(|t| self.chain(t.chain, t.from, at, origin, t.then));
        }
        self.link(link, chain, from, at, origin, then)
    }

    fn link(
        &mut self,
        link: &Link,
        chain: u32,
        from: usize,
        at: Spot,
        origin: Option<Spot>,
        then: Option<&Then<'_>>,
    ) -> bool {
        match &link.test {
            LinkTest::Any(chains) if link.not => {
                let held = chains.iter().any(|inner| self.chain(*inner, 0, at, origin, None));
                !held && self.chain(chain, from + 1, at, origin, then)
            }
            LinkTest::Any(chains) => {
                let next = Then { chain, from: from + 1, then };
                chains.iter().any(|inner| self.chain(*inner, 0, at, origin, Some(&next)))
            }
            LinkTest::Set { place, .. } => {
                let origin = match place.origin {
                    Some(true) => Some(at),
                    Some(false) => None,
                    None => origin,
                };
                let base = if place.jump_mark { self.mark } else { at };
                self.set(link, place, base, origin, &Then { chain, from: from + 1, then })
            }
        }
    }

    fn set(&mut self, link: &Link, place: &Place, base: Spot, origin: Option<Spot>, next: &Then<'_>) -> bool {
        if place.scan > 0 && place.offset == 0 && !place.absolute {
            return self.nearest(link, place, base, origin, next);
        }
        let start = if place.absolute {
            self.absolute(place, base)
        } else {
            self.windows.at(base, i64::from(place.offset), place.left, place.right)
        };
        let Some(mut spot) = start else { return link.not && self.is_end(next) };
        let step = if place.offset < 0 { -1 } else { 1 };
        loop {
            match self.visit(link, place, spot, origin, next) {
                Verdict::Holds => return true,
                Verdict::Stop | Verdict::Found => return false,
                Verdict::Onward => {}
            }
            match self.windows.at(spot, step, place.left, place.right) {
                Some(onward) => spot = onward,
                None => return link.not && self.chain(next.chain, next.from, spot, origin, next.then),
            }
        }
    }

    /// `0*`: one to the left, one to the right, two to the left, …
    fn nearest(
        &mut self,
        link: &Link,
        place: &Place,
        base: Spot,
        origin: Option<Spot>,
        next: &Then<'_>,
    ) -> bool {
        let (mut left, mut right) = (Some(base), Some(base));
        while left.is_some() || right.is_some() {
            for (side, step) in [(&mut left, -1), (&mut right, 1)] {
                let Some(spot) = *side else { continue };
                *side = self.windows.at(spot, step, place.left, place.right);
                let Some(spot) = *side else { continue };
                match self.visit(link, place, spot, origin, next) {
                    Verdict::Holds => return true,
                    Verdict::Found if link.not => return false,
                    Verdict::Stop | Verdict::Found => *side = None,
                    Verdict::Onward => {}
                }
            }
        }
        link.not
    }

    fn absolute(&self, place: &Place, base: Spot) -> Option<Spot> {
        let mut window = base.window;
        if place.left && !place.right {
            window = window.checked_sub(1)?;
        } else if place.right && !place.left {
            window += 1;
        }
        let len = self.windows.len(window) as i64;
        let cell = if place.offset < 0 { len + i64::from(place.offset) } else { i64::from(place.offset) };
        (0..len).contains(&cell).then_some(Spot { window, cell: cell as usize })
    }

    fn visit(
        &mut self,
        link: &Link,
        place: &Place,
        spot: Spot,
        origin: Option<Spot>,
        next: &Then<'_>,
    ) -> Verdict {
        let LinkTest::Set { target, barrier, cbarrier, .. } = &link.test else { return Verdict::Stop };
        if *self.steps == 0 {
            return Verdict::Stop;
        }
        *self.steps -= 1;
        let scanning = place.scan > 0;
        if origin == Some(spot) && spot.cell != 0 && (place.offset != 0 || scanning) {
            return if link.not && self.is_end(next) { Verdict::Holds } else { Verdict::Stop };
        }
        let which = match (place.careful, link.not) {
            (false, _) => Which::Any,
            (true, false) => Which::All,
            (true, true) => Which::First,
        };
        let matched = self.cohort(*target, spot, which, place.deleted, place.sub);
        if place.set_mark {
            self.mark = spot;
        }
        if matched != link.not
            && !(link.not && scanning)
            && self.chain(next.chain, next.from, spot, origin, next.then)
        {
            return Verdict::Holds;
        }
        if matched && place.scan == 1 {
            return Verdict::Found;
        }
        // `*-1C` ends at the first cohort that has the set at all, also where another reading has it not; `**-1C` goes on.
        if place.careful
            && place.scan == 1
            && self.cohort(*target, spot, Which::Any, place.deleted, place.sub)
        {
            let held = link.not && self.chain(next.chain, next.from, spot, origin, next.then);
            return if held { Verdict::Holds } else { Verdict::Found };
        }
        if !scanning {
            return Verdict::Stop;
        }
        // After NOT, vislcg3 (1.3) turns barriers around too: the scan ends where there is none.
        let around = link.not && self.barriers_turn;
        let stops = barrier
            .is_some_and(|set| around != self.cohort(set, spot, Which::Any, place.deleted, None))
            || cbarrier.is_some_and(|set| around != self.cohort(set, spot, Which::All, place.deleted, None));
        if !stops {
            return Verdict::Onward;
        }
        if link.not && self.chain(next.chain, next.from, spot, origin, next.then) {
            return Verdict::Holds;
        }
        Verdict::Stop
    }

    /// Whether one reading of the cohort, or all of them, match `set`.
    fn cohort(
        &mut self,
        set: u32,
        spot: Spot,
        which: Which,
        deleted: bool,
        sub: Option<Option<i32>>,
    ) -> bool {
        let windows = self.windows;
        let Some(cell) = windows.cell(spot) else { return false };
        let removed = if deleted || self.look_deleted { cell.removed.as_slice() } else { &[] };
        let mut readings = cell.readings.iter().chain(removed);
        let dynamic = sub.is_some() || self.grammar.sets.get(set as usize).is_none_or(Set::dynamic);
        let mut test = |r: &Active| {
            if dynamic { self.reading_at(set, r.ty, spot, sub) } else { self.store.has_set(r.ty, set) }
        };
        match which {
            Which::Any => readings.any(&mut test),
            Which::All => !cell.readings.is_empty() && readings.all(&mut test),
            Which::First => readings.next().is_some_and(&mut test),
        }
    }

    /// Whether nothing is left to test.
    fn is_end(&self, next: &Then<'_>) -> bool {
        let left = self.grammar.chains.get(next.chain as usize).map_or(0, Vec::len) > next.from;
        !left && next.then.is_none_or(|then| self.is_end(then))
    }

    fn reading_at(&mut self, set: u32, ty: u32, spot: Spot, sub: Option<Option<i32>>) -> bool {
        let subs = match sub {
            None | Some(Some(0)) => return self.reading(set, ty, spot),
            Some(_) => self.store.get(ty).subs.clone(),
        };
        match sub {
            Some(Some(n)) => {
                let i = if n > 0 { i64::from(n) - 1 } else { subs.len() as i64 + i64::from(n) };
                let sub = usize::try_from(i).ok().and_then(|i| subs.get(i));
                sub.is_some_and(|ty| self.reading(set, *ty, spot))
            }
            _ => self.reading(set, ty, spot) || subs.iter().any(|ty| self.reading(set, *ty, spot)),
        }
    }

    /// Whether a reading of the cohort at `spot` matches `set`.
    pub(super) fn reading(&mut self, set: u32, ty: u32, spot: Spot) -> bool {
        let grammar = self.grammar;
        match grammar.sets.get(set as usize) {
            Some(s) if !s.dynamic() => self.store.has_set(ty, set),
            Some(Set::Expr { first, rest, .. }) => {
                if *self.steps == 0 {
                    return false;
                }
                *self.steps -= 1;
                expression(*first, rest, |set| self.reading(set, ty, spot))
            }
            Some(Set::Target) => spot == self.target,
            Some(Set::Mark) => spot == self.mark,
            Some(Set::SameTag(inner)) => {
                if !self.store.has_set(ty, *inner) {
                    return false;
                }
                let found = self.store.alternatives(grammar, ty, *inner);
                self.unify(set, found)
            }
            Some(Set::SameOf(members)) => {
                let found = members.iter().copied().filter(|m| self.reading(*m, ty, spot)).collect();
                self.unify(set, found)
            }
            _ => false,
        }
    }

    /// Whether something of `found` is what `set` matched before; the rest is forgotten.
    fn unify(&mut self, set: u32, found: Vec<u32>) -> bool {
        match self.unified.iter_mut().find(|(s, _)| *s == set) {
            Some((_, before)) => {
                let both: Vec<u32> = before.iter().copied().filter(|x| found.contains(x)).collect();
                let holds = !both.is_empty();
                if holds {
                    *before = both;
                }
                holds
            }
            None => {
                let holds = !found.is_empty();
                if holds {
                    self.unified.push((set, found));
                }
                holds
            }
        }
    }
}
