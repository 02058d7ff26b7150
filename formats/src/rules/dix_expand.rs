use std::collections::BTreeMap;
use std::fmt;

use super::dix::{Dictionary, Entry, Part, Restriction};
use super::source::excerpt;
use crate::{Error, Limits, Place, Result};

/// A form that a dictionary stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expansion<'a> {
    /// The left side: in a monolingual dictionary the surface form.
    pub left: &'a str,
    /// The right side: in a monolingual dictionary the lemma and its tags, `hus<n><nt><pl>`.
    pub right: &'a str,
    /// In which direction it is used; `None` for both.
    pub restriction: Option<Restriction>,
    /// Whether a part of it is a regular expression, which then stands in both sides as it is written.
    pub regex: bool,
    /// The entry of the section that it comes from.
    pub entry: &'a Entry,
    /// The id of that section.
    pub section: &'a str,
}

/// As `lt-expand` prints it: `huse:hus<n><pl>`, with `:>:` or `:<:` for one direction only.
impl fmt::Display for Expansion<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.restriction {
            None => ":",
            Some(Restriction::LeftToRight) => ":>:",
            Some(Restriction::RightToLeft) => ":<:",
        };
        let mark = if self.regex { ":" } else { mark };
        write!(f, "{}{mark}{}", self.left, self.right)
    }
}

/// Hands every form of the dictionary's sections to `visit`, entry by entry, in the file's order.
///
/// As with `lt-expand` without options, entries with `i="yes"` or `alt` are passed over, those with
/// `v` or `vl` are for analysis only and those with `vr` for generation only, and what is for one direction
/// in one part and for the other in another is no form. The forms are those that `lt-comp` compiles. They
/// come in another order than with `lt-expand`, which leaves some out: those where a part for one
/// direction comes before a paradigm that has such entries too. A paradigm that is not defined has no
/// entries; several of one name are one.
///
/// A dictionary of a whole language takes some millions of steps, more than the default limit allows.
///
/// # Errors
/// [`Error::Malformed`] where a paradigm holds itself; [`Error::Limit`] past `limits.bytes` of one form
/// or `limits.items` steps (an entry or part that is put on, whether or not a form comes of it); what
/// `visit` returns.
pub fn expand(
    dictionary: &Dictionary,
    limits: &Limits,
    visit: &mut dyn FnMut(Expansion<'_>) -> Result<()>,
) -> Result<()> {
    let mut numbers: Numbers<'_> = BTreeMap::new();
    for (number, paradigm) in dictionary.paradigms.iter().enumerate() {
        numbers.entry(&paradigm.name).or_default().push(number);
    }
    if let Some(name) = holds_itself(dictionary, &numbers) {
        let message = format!("the paradigm {:?} holds itself", excerpt(name));
        return Err(Error::malformed("dix", Place::File, message));
    }
    let mut walk = Walk { dictionary, numbers, limits, steps: 0, pending: Vec::new(), rests: Vec::new() };
    for section in &dictionary.sections {
        for entry in &section.entries {
            walk.entry(entry, &section.id, visit)?;
        }
    }
    Ok(())
}

/// The paradigms of each name. Several of a name are one, as they are to lttoolbox.
type Numbers<'d> = BTreeMap<&'d str, Vec<usize>>;

/// Parts that come after a paradigm, and the ones after those.
#[derive(Clone, Copy)]
struct Rest<'d> {
    parts: &'d [Part],
    then: Option<usize>,
}

/// A way on that is still to be gone: what is left of it, and how much of both sides stands before it.
struct Way<'d> {
    rest: Rest<'d>,
    left: usize,
    right: usize,
    rests: usize,
    restriction: Option<Restriction>,
    regex: bool,
}

struct Walk<'d> {
    dictionary: &'d Dictionary,
    numbers: Numbers<'d>,
    limits: &'d Limits,
    steps: u64,
    pending: Vec<Way<'d>>,
    rests: Vec<Rest<'d>>,
}

impl<'d> Walk<'d> {
    fn count(&mut self, steps: usize) -> Result<()> {
        self.steps = self.steps.saturating_add(steps as u64);
        let limit = self.limits.items;
        let what = "number of steps of the expansion";
        if self.steps > limit { Err(Error::Limit { what, limit, place: Place::File }) } else { Ok(()) }
    }

    fn entry(
        &mut self,
        entry: &'d Entry,
        section: &'d str,
        visit: &mut dyn FnMut(Expansion<'_>) -> Result<()>,
    ) -> Result<()> {
        self.pending.clear();
        self.rests.clear();
        let (mut left, mut right) = (String::new(), String::new());
        self.push(
            entry,
            None,
            &Way {
                rest: Rest { parts: &[], then: None },
                left: 0,
                right: 0,
                rests: 0,
                restriction: None,
                regex: false,
            },
        )?;
        while let Some(way) = self.pending.pop() {
            left.truncate(way.left);
            right.truncate(way.right);
            self.rests.truncate(way.rests);
            let Way { mut rest, mut regex, restriction, .. } = way;
            loop {
                let Some((part, parts)) = rest.parts.split_first() else {
                    match rest.then.and_then(|then| self.rests.get(then)) {
                        Some(then) => {
                            rest = *then;
                            continue;
                        }
                        None => {
                            visit(Expansion {
                                left: &left,
                                right: &right,
                                restriction,
                                regex,
                                entry,
                                section,
                            })?;
                            break;
                        }
                    }
                };
                rest.parts = parts;
                self.count(1)?;
                let (l, r) = match part {
                    Part::Identity(text) => (text, text),
                    Part::Pair(l, r) => (l, r),
                    Part::Regex(text) => {
                        regex = true;
                        (text, text)
                    }
                    Part::Paradigm(name) => {
                        let before =
                            Way { rest, left: left.len(), right: right.len(), rests: 0, restriction, regex };
                        self.paradigm(name, &before)?;
                        break;
                    }
                };
                left.push_str(l);
                right.push_str(r);
                if left.len().saturating_add(right.len()) as u64 > self.limits.bytes {
                    let limit = self.limits.bytes;
                    return Err(Error::Limit { what: "bytes of one form", limit, place: Place::File });
                }
            }
        }
        Ok(())
    }

    /// Puts every entry of a paradigm before the rest of `way`.
    fn paradigm(&mut self, name: &str, way: &Way<'d>) -> Result<()> {
        let numbers = self.numbers.get(name).map(Vec::as_slice).unwrap_or_default();
        let paradigms = numbers.iter().filter_map(|n| self.dictionary.paradigms.get(*n));
        let entries: Vec<&'d Entry> = paradigms.flat_map(|p| &p.entries).collect();
        self.count(entries.len())?;
        let then = if way.rest.parts.is_empty() {
            way.rest.then
        } else {
            self.rests.push(way.rest);
            self.rests.len().checked_sub(1)
        };
        for entry in entries.into_iter().rev() {
            self.push(entry, then, way)?;
        }
        Ok(())
    }

    fn push(&mut self, entry: &'d Entry, then: Option<usize>, before: &Way<'d>) -> Result<()> {
        let given = |name| entry.attribute(name).is_some_and(|v| !v.is_empty());
        let mut restriction = join(Some(before.restriction), entry.restriction);
        // A variant is read, but written only where it is asked for, which nobody does here.
        if given("v") || given("vl") {
            restriction = join(restriction, Some(Restriction::LeftToRight));
        }
        if given("vr") {
            restriction = join(restriction, Some(Restriction::RightToLeft));
        }
        if let (Some(restriction), false) = (restriction, entry.ignored || given("alt")) {
            let rest = Rest { parts: &entry.parts, then };
            let (left, right, rests, regex) = (before.left, before.right, self.rests.len(), before.regex);
            self.pending.push(Way { rest, left, right, rests, restriction, regex });
        }
        self.count(1)
    }
}

/// The direction that two restrictions leave; `None` for none at all.
fn join(a: Option<Option<Restriction>>, b: Option<Restriction>) -> Option<Option<Restriction>> {
    match (a?, b) {
        (None, other) | (other, None) => Some(other),
        (Some(a), Some(b)) => (a == b).then_some(Some(a)),
    }
}

/// The name of a paradigm that holds itself, directly or through others.
fn holds_itself<'d>(dictionary: &'d Dictionary, numbers: &Numbers<'_>) -> Option<&'d str> {
    let held = |number: usize| -> Vec<usize> {
        let entries = dictionary.paradigms.get(number).map(|p| p.entries.as_slice()).unwrap_or_default();
        let names = entries.iter().flat_map(|e| &e.parts).filter_map(|part| match part {
            Part::Paradigm(name) => numbers.get(name.as_str()),
            _ => None,
        });
        names.flatten().copied().collect()
    };
    // Not seen, open, done.
    let mut state = vec![0u8; dictionary.paradigms.len()];
    for start in 0..state.len() {
        if state.get(start) != Some(&0) {
            continue;
        }
        let mut stack = vec![(start, held(start).into_iter())];
        state[start] = 1;
        while let Some((number, rest)) = stack.last_mut() {
            let number = *number;
            let Some(next) = rest.next() else {
                state[number] = 2;
                stack.pop();
                continue;
            };
            match state.get(next) {
                Some(1) => return dictionary.paradigms.get(next).map(|p| p.name.as_str()),
                Some(0) => {
                    state[next] = 1;
                    stack.push((next, held(next).into_iter()));
                }
                _ => {}
            }
        }
    }
    None
}
