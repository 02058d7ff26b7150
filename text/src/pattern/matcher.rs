//! Finding a pattern in a sentence, from the left and without going back, as LanguageTool does.

use super::compile::{Alternative, CompiledPattern, CompiledTest, Element, Reference, Tests};
use super::index::Tags;
use super::regex::replace_all;
use super::sentence::Word;
use super::suggest::convert_case;
use super::unify;

/// Tests that one start may cost; a rule that needs more is given up there.
const STEPS_PER_START: u32 = 20_000;

/// Where a pattern was found. Words by number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// First and last word of each element; `None` where it was left out.
    pub(super) spans: Vec<Option<(usize, usize)>>,
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) marked: (usize, usize),
}

/// What is matched against.
pub(super) struct View<'a> {
    pub(super) words: &'a [Word],
    pub(super) tags: &'a [Vec<u32>],
    pub(super) cache: &'a Tags,
    pub(super) tests: &'a Tests,
    /// Words that no element may take.
    pub(super) immune: &'a [bool],
}

/// How much work was done.
#[derive(Debug, Default)]
pub(super) struct Steps {
    here: u32,
    pub(super) total: u64,
    pub(super) exceeded: bool,
}

impl Steps {
    fn take(&mut self) -> bool {
        self.here += 1;
        self.total += 1;
        if self.here > STEPS_PER_START {
            self.exceeded = true;
            return false;
        }
        true
    }
}

impl View<'_> {
    pub(super) fn match_at(
        &self,
        pattern: &CompiledPattern,
        start: usize,
        steps: &mut Steps,
    ) -> Option<Found> {
        steps.here = 0;
        let elements = &pattern.elements;
        let count = elements.len();
        let length = self.words.len();
        let mut spans: Vec<Option<(usize, usize)>> = Vec::new();
        let mut position = start;
        let mut skip = 0i64;
        for (k, element) in elements.iter().enumerate() {
            let before = k.checked_sub(1).and_then(|p| elements.get(p));
            let room = (length as i64 - 1 - position as i64).max(0);
            let reach = if skip < 0 || skip > room { room } else { skip };
            let last = (length + pattern.optional).saturating_sub(count - k);
            let last = last.min(position + reach as usize).min(length.saturating_sub(1));
            let mut span = None;
            let mut left_out = false;
            let mut barred = false;
            let mut m = position;
            while m <= last && m < length {
                if !steps.take() {
                    return None;
                }
                let taken = self.fits(element, before, m, reach, &mut barred, &spans, start, steps);
                if element.min == 0 {
                    for next in elements.get(k + 1..).unwrap_or_default() {
                        if self.fits(next, Some(element), m, reach, &mut false, &spans, start, steps) {
                            left_out = true;
                            break;
                        }
                        if next.min > 0 {
                            break;
                        }
                    }
                    if left_out {
                        break;
                    }
                }
                if taken {
                    let rest = count - k - 1;
                    let more = element.max.saturating_sub(1);
                    let mut end = m;
                    while end - m < more && end + 1 + rest < length {
                        let fits =
                            self.fits(element, before, end + 1, reach, &mut barred, &spans, start, steps);
                        if !fits || !steps.take() {
                            break;
                        }
                        end += 1;
                    }
                    if end - m + 1 >= element.min {
                        span = Some((m, end));
                        break;
                    }
                }
                m += 1;
            }
            match span {
                Some((_, end)) => {
                    position = end + 1;
                    skip = i64::from(element.skip);
                }
                None if left_out => {}
                // Optional tokens at the end of a pattern may be missing.
                None if elements.get(k..).is_some_and(|rest| rest.iter().all(|e| e.min == 0)) => {}
                None => return None,
            }
            spans.push(span);
        }
        self.found(pattern, spans)
    }

    fn found(&self, pattern: &CompiledPattern, spans: Vec<Option<(usize, usize)>>) -> Option<Found> {
        let first = spans.iter().flatten().next()?.0;
        let last = spans.iter().flatten().last()?.1;
        let mut marked = spans.iter().zip(&pattern.elements).filter(|(_, e)| e.marked);
        let marked_first = marked.clone().find_map(|(s, _)| *s).map_or(first, |s| s.0);
        let marked_last = marked.by_ref().filter_map(|(s, _)| *s).last().map_or(last, |s| s.1);
        let found = Found { spans, first, last, marked: (marked_first, marked_last) };
        unify::agrees(self, pattern, &found).then_some(found)
    }

    #[expect(clippy::too_many_arguments, reason = "the state of one match")]
    fn fits(
        &self,
        element: &Element,
        before: Option<&Element>,
        at: usize,
        reach: i64,
        barred: &mut bool,
        spans: &[Option<(usize, usize)>],
        start: usize,
        steps: &mut Steps,
    ) -> bool {
        let Some(word) = self.words.get(at) else { return false };
        if word.immunized || self.immune.get(at).copied().unwrap_or(false) {
            return false;
        }
        if reach > 0 && !*barred {
            let next = before.iter().flat_map(|e| &e.tests).flat_map(|a| &a.next);
            *barred = next.into_iter().any(|test| self.any_reading(test, at));
        }
        if *barred {
            return false;
        }
        let mut one = |alternative: &Alternative| {
            if !steps.take() {
                return false;
            }
            // Without a skip, exceptions of the next word look at the one right after.
            let next = if element.skip == 0 { alternative.next.as_slice() } else { &[] };
            self.alternative(alternative, at, spans, start)
                && !next.iter().any(|test| self.any_reading(test, at + 1))
        };
        if element.any { element.tests.iter().any(&mut one) } else { element.tests.iter().all(&mut one) }
    }

    fn alternative(
        &self,
        alternative: &Alternative,
        at: usize,
        spans: &[Option<(usize, usize)>],
        start: usize,
    ) -> bool {
        let matched = match &alternative.reference {
            Some(reference) => self.refers(reference, &alternative.test, at, spans, start),
            None => self.any_reading(&alternative.test, at),
        };
        matched
            && !alternative.current.iter().any(|test| self.any_reading(test, at))
            && !at
                .checked_sub(1)
                .is_some_and(|before| alternative.previous.iter().any(|t| self.any_reading(t, before)))
            && alternative.test.chunk.as_ref().is_none_or(|chunk| {
                let inside =
                    self.words.get(at).is_some_and(|w| w.chunks.iter().any(|c| chunk.is_match(c, c)));
                inside != alternative.test.negate
            })
    }

    pub(super) fn any_reading(&self, test: &CompiledTest, at: usize) -> bool {
        let Some(word) = self.words.get(at) else { return false };
        (0..word.readings.len()).any(|reading| self.reading(test, at, reading))
    }

    /// Whether one reading of a word passes a test.
    pub(super) fn reading(&self, test: &CompiledTest, at: usize, reading: usize) -> bool {
        let Some(word) = self.words.get(at) else { return false };
        if test.space_before.is_some_and(|wanted| wanted != word.space_before) {
            return false;
        }
        let text = match test.text.and_then(|t| self.tests.texts.get(t)) {
            None => !test.negate,
            Some(text) => {
                let lemma = word.readings.get(reading).filter(|_| test.inflected);
                let (form, lower) = match lemma.and_then(|r| r.lemma.as_deref().zip(r.lemma_lower.as_deref()))
                {
                    Some((lemma, lower)) => (lemma, lower),
                    None => (word.form.as_str(), word.lower.as_str()),
                };
                text.is_match(form, lower) != test.negate
            }
        };
        text && self.tag(test, at, reading)
    }

    fn tag(&self, test: &CompiledTest, at: usize, reading: usize) -> bool {
        let Some(number) = test.tag else { return true };
        let id = self.tags.get(at).and_then(|ids| ids.get(reading)).copied().unwrap_or_default();
        let unknown = self.tests.tags.get(number).is_some_and(|t| t.unknown)
            && self.words.get(at).is_some_and(Word::is_untagged);
        (self.cache.passes(id, number) || unknown) != test.negate_pos
    }

    /// A test against an earlier word of the match.
    fn refers(
        &self,
        reference: &Reference,
        test: &CompiledTest,
        at: usize,
        spans: &[Option<(usize, usize)>],
        start: usize,
    ) -> bool {
        let place = spans.get(reference.no).copied().flatten().map_or(start + reference.no, |(_, last)| last);
        let (Some(other), Some(word)) = (self.words.get(place), self.words.get(at)) else { return false };
        if let Some((wanted, replace)) = &reference.tag {
            let tags = other.readings.iter().filter_map(|r| r.tag.as_deref());
            let tags = tags.filter(|t| wanted.is_match(t, t)).map(|t| match replace {
                Some((find, by)) => replace_all(find, t, by),
                None => t.to_owned(),
            });
            let tags: Vec<String> = tags.collect();
            let own = |r: &super::WordReading| r.tag.as_ref().is_some_and(|t| tags.contains(t));
            return (0..word.readings.len())
                .any(|r| self.reading(test, at, r) && word.readings.get(r).is_some_and(own));
        }
        let mut form = other.form.clone();
        if let Some((find, by)) = &reference.replace {
            form = replace_all(find, &form, by);
        }
        form = convert_case(&form, reference.case, &other.form);
        let same = |r: &super::WordReading| {
            let own = r.lemma.as_deref().filter(|_| test.inflected).unwrap_or(&word.form);
            if test.case_sensitive { own == form } else { own.to_lowercase() == form.to_lowercase() }
        };
        // With `negate` the text must differ; the rest of the test holds as it stands.
        let plain = CompiledTest { negate: false, ..test.clone() };
        (0..word.readings.len()).any(|r| {
            self.reading(&plain, at, r) && word.readings.get(r).is_some_and(|own| same(own) != test.negate)
        })
    }
}
