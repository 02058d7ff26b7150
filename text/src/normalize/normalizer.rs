//! Runs steps one after the other, and keeps the way back.

use std::borrow::Cow;
use std::ops::Range;

use serde::Serialize;

use super::offsets::OffsetMap;
use super::plain::is_plain;
use super::rewrite::{Rewrite, Rewritten};
use super::step::{Preset, Step};

/// A list of steps to run over texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Normalizer {
    steps: Vec<Step>,
    log: bool,
}

/// A normalized text and how it came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Normalized<'t> {
    /// The text, borrowed where nothing had to change.
    pub text: Cow<'t, str>,
    /// Leads from ranges of `text` to ranges of the original and back.
    pub map: OffsetMap,
    /// How much each step changed.
    pub report: Report,
    /// Every change in order of steps, if asked for with [`Normalizer::log_changes`].
    pub changes: Vec<Change>,
}

/// Counts of changes by step, in the order in which the steps ran.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// One entry a step, also where it changed nothing.
    pub steps: Vec<StepCount>,
}

/// How often a step changed something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct StepCount {
    /// The step.
    pub step: Step,
    /// Stretches of text that it replaced.
    pub changes: u64,
}

impl Report {
    /// Changes of a step; of all its runs if it ran more than once.
    pub fn count(&self, step: Step) -> u64 {
        self.steps.iter().filter(|count| count.step == step).map(|count| count.changes).sum()
    }

    /// Changes of all steps.
    pub fn total(&self) -> u64 {
        self.steps.iter().map(|count| count.changes).sum()
    }

    /// Adds the counts of another text that went through the same steps.
    pub fn add(&mut self, other: &Report) {
        if self.steps.is_empty() {
            self.steps.clone_from(&other.steps);
            return;
        }
        for (mine, theirs) in self.steps.iter_mut().zip(&other.steps) {
            mine.changes += theirs.changes;
        }
    }
}

/// One stretch that a step replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The step.
    pub step: Step,
    /// Where it was in the original text, in bytes.
    pub original: Range<usize>,
    /// What the step found there, which may be the work of an earlier step.
    pub before: String,
    /// What it put there.
    pub after: String,
}

/// A spoken form for a range of the original text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// Bytes of the original text.
    pub range: Range<usize>,
    /// What to put there.
    pub text: String,
}

/// Replacements that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplacementError {
    /// A range is past the end, ends before it starts, or cuts through a character.
    #[error("replacement {index} covers bytes {start} to {end}, which is no range of characters of the text")]
    Range {
        /// Which of the replacements, from 0.
        index: usize,
        /// First byte.
        start: usize,
        /// Byte after the last.
        end: usize,
    },
    /// Replacements are not in order, or overlap.
    #[error("replacement {index} starts before the one ahead of it ends; sort them and drop overlaps")]
    Order {
        /// Which of the replacements, from 0.
        index: usize,
    },
    /// The normalizer has no step that would use them.
    #[error("replacements are given, but the steps have no \"verbalize\"; put it in")]
    NoStep,
}

impl Normalizer {
    /// Steps to run in the order given.
    pub fn new(steps: impl IntoIterator<Item = Step>) -> Normalizer {
        Normalizer { steps: steps.into_iter().collect(), log: false }
    }

    /// The steps of a preset.
    pub fn preset(preset: Preset) -> Normalizer {
        Normalizer::new(preset.steps().iter().copied())
    }

    /// Puts a step in at its place in [`Step::ALL`], if it is not there yet.
    ///
    /// ```
    /// use sprog_text::normalize::{Normalizer, Preset, Step};
    /// let plain_quotes = Normalizer::preset(Preset::Publish).with(Step::Quotes);
    /// assert_eq!(plain_quotes.normalize("»Hej«").text, "\"Hej\"");
    /// ```
    #[must_use]
    pub fn with(mut self, step: Step) -> Normalizer {
        if !self.steps.contains(&step) {
            let place = self.steps.iter().position(|other| *other > step).unwrap_or(self.steps.len());
            self.steps.insert(place, step);
        }
        self
    }

    /// Takes a step out.
    #[must_use]
    pub fn without(mut self, step: Step) -> Normalizer {
        self.steps.retain(|other| *other != step);
        self
    }

    /// Also list every change, which costs memory for each.
    #[must_use]
    pub fn log_changes(mut self) -> Normalizer {
        self.log = true;
        self
    }

    /// The steps in order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Runs the steps over a text. Linear in the text's length, but for sorting combining marks on one
    /// letter.
    pub fn normalize<'t>(&self, text: &'t str) -> Normalized<'t> {
        self.run(text, &[])
    }

    /// As [`normalize`](Self::normalize), with spoken forms for [`Step::Verbalize`] to put in. They are
    /// in order and do not overlap. Later steps see them like other text.
    ///
    /// To verbalize text that has been cleaned first, run [`Preset::Publish`], then this on its
    /// output, and join the two maps with [`OffsetMap::then`].
    ///
    /// ```
    /// use sprog_text::normalize::{Normalizer, Preset, Replacement};
    /// let spoken = [Replacement { range: 4..6, text: "toogfyrre".into() }];
    /// let done = Normalizer::preset(Preset::Asr).normalize_with("Kl. 42!", &spoken)?;
    /// assert_eq!(done.text, "kl toogfyrre");
    /// assert_eq!(done.map.to_original(3..12), 4..6);
    /// # Ok::<(), sprog_text::normalize::ReplacementError>(())
    /// ```
    pub fn normalize_with<'t>(
        &self,
        text: &'t str,
        replacements: &[Replacement],
    ) -> Result<Normalized<'t>, ReplacementError> {
        let mut end = 0;
        for (index, replacement) in replacements.iter().enumerate() {
            let range = &replacement.range;
            if text.get(range.clone()).is_none() {
                return Err(ReplacementError::Range { index, start: range.start, end: range.end });
            }
            if range.start < end {
                return Err(ReplacementError::Order { index });
            }
            end = range.end;
        }
        match self.steps.first() {
            Some(Step::Verbalize) => {}
            _ if replacements.is_empty() => {}
            _ => return Err(ReplacementError::NoStep),
        }
        Ok(self.run(text, replacements))
    }

    fn run<'t>(&self, text: &'t str, replacements: &[Replacement]) -> Normalized<'t> {
        let mut done = Normalized {
            text: Cow::Borrowed(text),
            map: OffsetMap::identity(text.len()),
            report: Report::default(),
            changes: Vec::new(),
        };
        let plain = self.steps.iter().any(|step| step.spares_plain_text()) && is_plain(text);
        let mut untouched = true;
        for (index, step) in self.steps.iter().copied().enumerate() {
            let spared = plain && untouched && step.spares_plain_text();
            let result = match step {
                _ if spared => None,
                Step::Verbalize if index == 0 => verbalize(&done.text, replacements, self.log),
                step => step.run(&done.text, self.log),
            };
            let changes = result.as_ref().map_or(0, |result| result.changes);
            done.report.steps.push(StepCount { step, changes });
            let Some(result) = result else { continue };
            untouched = false;
            done.changes.extend(result.log.into_iter().map(|(range, after)| Change {
                step,
                original: done.map.to_original(range.clone()),
                before: done.text[range].to_owned(),
                after,
            }));
            done.map = done.map.then(&result.map);
            done.text = Cow::Owned(result.text);
        }
        done
    }
}

/// The replacements are in order, and of this text: checked by the caller.
fn verbalize(text: &str, replacements: &[Replacement], log: bool) -> Option<Rewritten> {
    let mut rewrite = Rewrite::new(text, log);
    for replacement in replacements {
        rewrite.replace(replacement.range.clone(), &replacement.text);
    }
    rewrite.finish()
}
