//! Running rules over sentences.

use std::ops::Range;

use super::compile::CompiledPattern;
use super::disambiguate;
use super::index::{Candidate, Tags};
use super::matcher::{Found, Steps, View};
use super::ruleset::{CompiledRule, RuleSet, Run};
use super::sentence::Sentence;
use super::suggest::{Render, Synthesize};

/// Tests that one rule may cost in one sentence.
const STEPS_PER_RULE: u64 = 2_000_000;

/// A rule that matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The rule's number in its set.
    pub rule: usize,
    /// Its id, with its number in its group: `AD_AF[2]`.
    pub rule_id: String,
    /// What is reported: bytes of the text.
    pub range: Range<usize>,
    /// The message, suggestions in quotation marks.
    pub message: String,
    /// What to write instead.
    pub suggestions: Vec<String>,
}

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Matches, by place and then by rule.
    pub matches: Vec<Match>,
    /// Rules that were given up because they cost too much, by full id; once each.
    pub over_budget: Vec<String>,
}

impl Checked {
    pub(super) fn append(&mut self, other: Checked) {
        self.matches.extend(other.matches);
        for id in other.over_budget {
            if !self.over_budget.contains(&id) {
                self.over_budget.push(id);
            }
        }
    }
}

/// Checks sentences with the rules of a set.
#[derive(Clone, Debug)]
pub struct Checker<'r> {
    set: &'r RuleSet,
    tags: Tags,
    ids: Vec<Vec<u32>>,
    candidates: Vec<Candidate>,
}

impl<'r> Checker<'r> {
    pub(super) fn new(set: &'r RuleSet) -> Checker<'r> {
        Checker { set, tags: Tags::new(&set.tests), ids: Vec::new(), candidates: Vec::new() }
    }

    /// Runs the disambiguation rules, in order. What a rule costs too much for is left undone.
    pub fn disambiguate(&mut self, sentence: &mut Sentence<'_>) {
        for (rule, info) in self.set.rules.iter().zip(&self.set.infos) {
            if info.enabled && matches!(rule.run, Run::Disambiguate { .. }) {
                self.apply(rule, sentence);
            }
        }
    }

    pub(super) fn apply(&mut self, rule: &CompiledRule, sentence: &mut Sentence<'_>) {
        let Run::Disambiguate { patterns, action, tag } = &rule.run else { return };
        for pattern in patterns {
            let length = sentence.words.len();
            let mut steps = Steps::default();
            self.tags.of(&sentence.words, &self.set.tests, &mut self.ids);
            let immune = self.immune(rule, sentence, &mut steps);
            for start in 0..length {
                if steps.total > STEPS_PER_RULE {
                    break;
                }
                let view = self.view(&sentence.words, &immune);
                let Some(found) = view.match_at(pattern, start, &mut steps) else { continue };
                let edits = disambiguate::edits(&view, pattern, &found, action, tag.as_ref());
                if disambiguate::apply(sentence, edits) {
                    self.tags.of(&sentence.words, &self.set.tests, &mut self.ids);
                }
            }
        }
    }

    /// Runs all rules that are on.
    pub fn check(&mut self, sentence: &Sentence<'_>, synthesize: &dyn Synthesize) -> Checked {
        let mut out = Checked::default();
        self.tags.of(&sentence.words, &self.set.tests, &mut self.ids);
        let mut candidates = std::mem::take(&mut self.candidates);
        self.set.index.candidates(&sentence.words, &self.ids, &self.tags, &mut candidates);
        for group in candidates.chunk_by(|a, b| a.rule == b.rule) {
            let number = group.first().map_or(0, |c| c.rule as usize);
            if self.set.infos.get(number).is_some_and(|i| i.enabled) {
                self.run(number, group, sentence, synthesize, &mut out);
            }
        }
        self.candidates = candidates;
        for (number, rule) in self.set.rules.iter().enumerate() {
            let on = self.set.infos.get(number).is_some_and(|i| i.enabled);
            if on && matches!(rule.run, Run::Regexp { .. }) {
                self.run(number, &[], sentence, synthesize, &mut out);
            }
        }
        out.matches.sort_by_key(|a| (a.range.start, a.range.end, a.rule));
        self.one_of_a_group(&mut out.matches);
        out
    }

    /// Runs one rule, on or off, at every place.
    pub fn check_rule(
        &mut self,
        number: usize,
        sentence: &Sentence<'_>,
        synthesize: &dyn Synthesize,
    ) -> Checked {
        let mut out = Checked::default();
        self.tags.of(&sentence.words, &self.set.tests, &mut self.ids);
        let variants = match self.set.rules.get(number).map(|r| &r.run) {
            Some(Run::Tokens(patterns)) => patterns.len() as u32,
            _ => 0,
        };
        let rule = number as u32;
        let all: Vec<Candidate> =
            (0..variants).map(|variant| Candidate { rule, variant, start: None }).collect();
        self.run(number, &all, sentence, synthesize, &mut out);
        out
    }

    fn view<'a>(&'a self, words: &'a [super::Word], immune: &'a [bool]) -> View<'a> {
        View { words, tags: &self.ids, cache: &self.tags, tests: &self.set.tests, immune }
    }

    /// The words that a rule's antipatterns take out of its sight.
    fn immune(&self, rule: &CompiledRule, sentence: &Sentence<'_>, steps: &mut Steps) -> Vec<bool> {
        let mut immune = Vec::new();
        for pattern in &rule.antipatterns {
            for start in 0..sentence.words.len() {
                if steps.total > STEPS_PER_RULE {
                    return immune;
                }
                let view = self.view(&sentence.words, &[]);
                if let Some(found) = view.match_at(pattern, start, steps) {
                    immune.resize(sentence.words.len(), false);
                    for at in found.marked.0..=found.marked.1 {
                        if let Some(flag) = immune.get_mut(at) {
                            *flag = true;
                        }
                    }
                }
            }
        }
        immune
    }

    fn run(
        &mut self,
        number: usize,
        places: &[Candidate],
        sentence: &Sentence<'_>,
        synthesize: &dyn Synthesize,
        out: &mut Checked,
    ) {
        let Some(rule) = self.set.rules.get(number) else { return };
        let mut steps = Steps::default();
        match &rule.run {
            Run::Disambiguate { .. } => {}
            Run::Regexp { regex, mark } => {
                let body = sentence.text.get(sentence.range.clone()).unwrap_or_default();
                let mut captures = regex.create_captures();
                let mut at = 0;
                while at <= body.len() {
                    regex.search_captures(&regex_automata::Input::new(body).range(at..), &mut captures);
                    let Some(whole) = captures.get_match() else { break };
                    let step =
                        body.get(whole.end()..).and_then(|r| r.chars().next()).map_or(1, char::len_utf8);
                    at = whole.end() + if whole.is_empty() { step } else { 0 };
                    let found = self.regexp_match(number, rule, *mark, &captures, sentence);
                    out.matches.extend(found);
                }
            }
            Run::Tokens(patterns) => {
                let raw = patterns.iter().any(|p| p.raw_pos);
                let words = sentence.raw.as_ref().filter(|_| raw).unwrap_or(&sentence.words);
                if raw {
                    self.tags.of(words, &self.set.tests, &mut self.ids);
                }
                let mut found = self.find(patterns, places, words, &[], &mut steps);
                if !found.is_empty() && !rule.antipatterns.is_empty() {
                    let immune = self.immune(rule, sentence, &mut steps);
                    if !immune.is_empty() {
                        found = self.find(patterns, places, words, &immune, &mut steps);
                    }
                }
                for found in &found {
                    let render = Render { sentence, words, found, synthesize };
                    let rendered = render.render(&rule.message, &rule.suggestions, rule.adapt_case);
                    let range = render.range(rendered.comma);
                    if rendered.suppressed || range.start >= range.end {
                        continue;
                    }
                    out.matches.push(Match {
                        rule: number,
                        rule_id: rule.id.clone(),
                        range,
                        message: rendered.message,
                        suggestions: rendered.suggestions,
                    });
                }
                if raw {
                    self.tags.of(&sentence.words, &self.set.tests, &mut self.ids);
                }
            }
        }
        if steps.exceeded || steps.total > STEPS_PER_RULE {
            out.over_budget.push(rule.id.clone());
        }
    }

    fn find(
        &self,
        patterns: &[CompiledPattern],
        places: &[Candidate],
        words: &[super::Word],
        immune: &[bool],
        steps: &mut Steps,
    ) -> Vec<Found> {
        let mut out: Vec<Found> = Vec::new();
        for variant in places.chunk_by(|a, b| a.variant == b.variant) {
            let Some(first) = variant.first() else { continue };
            let Some(pattern) = patterns.get(first.variant as usize) else { continue };
            let mut try_at = |start: usize| {
                if steps.total > STEPS_PER_RULE {
                    return;
                }
                let view = self.view(words, immune);
                out.extend(view.match_at(pattern, start, steps));
            };
            if variant.iter().any(|c| c.start.is_none()) {
                (0..words.len()).for_each(&mut try_at);
            } else {
                variant.iter().filter_map(|c| c.start).for_each(|start| try_at(start as usize));
            }
        }
        // Of matches of one rule inside each other, as repeated words give, the longest stays.
        let mut kept: Vec<Found> = Vec::new();
        out.sort_by_key(|f| (f.marked.0, std::cmp::Reverse(f.marked.1), f.first));
        for found in out {
            let inside =
                kept.last().is_some_and(|k| k.marked.0 <= found.marked.0 && found.marked.1 <= k.marked.1);
            if !inside {
                kept.push(found);
            }
        }
        kept
    }

    /// A match of a regular expression: groups stand for tokens in its message.
    fn regexp_match(
        &self,
        number: usize,
        rule: &CompiledRule,
        mark: usize,
        captures: &regex_automata::util::captures::Captures,
        sentence: &Sentence<'_>,
    ) -> Option<Match> {
        let span = captures.get_group(mark)?;
        let body = sentence.text.get(sentence.range.clone())?;
        let words: Vec<super::Word> = (1..captures.group_len())
            .map(|g| captures.get_group(g).and_then(|s| body.get(s.range()).map(|t| (t, s.range()))))
            .map(|group| {
                group.map_or(super::Word::new("", 0..0, Vec::new(), false), |(t, r)| {
                    super::Word::new(t, r, Vec::new(), false)
                })
            })
            .collect();
        let spans = (0..words.len()).map(|n| Some((n, n))).collect();
        // The marked word gives the case of suggestions.
        let whole = super::Word::new(body.get(span.range())?, span.range(), Vec::new(), false);
        let marked = words.len();
        let words: Vec<super::Word> = words.into_iter().chain([whole]).collect();
        let found = Found { spans, first: marked, last: marked, marked: (marked, marked) };
        let render = Render { sentence, words: &words, found: &found, synthesize: &super::NoSynthesis };
        let rendered = render.render(&rule.message, &rule.suggestions, rule.adapt_case);
        let start = sentence.range.start;
        if span.start >= span.end {
            return None;
        }
        Some(Match {
            rule: number,
            rule_id: rule.id.clone(),
            range: start + span.start..start + span.end,
            message: rendered.message,
            suggestions: rendered.suggestions,
        })
    }

    /// Of overlapping matches of one group the first stays.
    fn one_of_a_group(&self, matches: &mut Vec<Match>) {
        let mut kept: Vec<Match> = Vec::with_capacity(matches.len());
        let id = |m: &Match| self.set.infos.get(m.rule).map(|i| (i.rule.id.as_str(), i.rule.number > 0));
        for found in matches.drain(..) {
            let own = id(&found);
            let overlaps = kept.iter().rev().take(16).any(|k| {
                own.is_some_and(|(_, grouped)| grouped) && id(k) == own && k.range.end > found.range.start
            });
            if !overlaps {
                kept.push(found);
            }
        }
        *matches = kept;
    }
}
