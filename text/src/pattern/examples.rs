//! Running the examples that rules carry.

use sprog_formats::rules::languagetool::{Example, ExampleKind};

use super::check::{Checker, Match};
use super::ruleset::RuleSet;
use super::sentence::{Sentence, WordReadings};
use super::suggest::Synthesize;

/// An example that does not behave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExampleFailure {
    /// The rule's full id.
    pub rule_id: String,
    /// The example's line in its file.
    pub line: u64,
    /// The sentence.
    pub text: String,
    /// What is wrong.
    pub reason: String,
}

/// How the examples of a set behave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExampleReport {
    /// Rules in the set, those rejected left out.
    pub rules: usize,
    /// Rules with examples, all of which behave.
    pub rules_behaving: usize,
    /// Rules without examples.
    pub rules_without: Vec<String>,
    /// Examples run.
    pub examples: usize,
    /// Examples that do not behave.
    pub failures: Vec<ExampleFailure>,
}

/// Runs every rule's own examples, as LanguageTool's tests do.
///
/// In an incorrect example the rule matches exactly once, at the marker, with exactly the corrections
/// expected in their order, and each correction put in is left alone by the rule. In a correct one it
/// matches nowhere. An example of the kind `triggers_error` is not run. A disambiguation rule's
/// `ambiguous` example must end with the readings of its output form, and an `untouched` one is not
/// changed. Rules that are off are run too; disambiguation rules before the rule apply.
pub fn run<A: WordReadings + ?Sized>(
    set: &RuleSet,
    analyze: &A,
    synthesize: &dyn Synthesize,
) -> ExampleReport {
    let mut report = ExampleReport { rules: set.rules().len(), ..ExampleReport::default() };
    let mut runner = Runner { checker: set.checker(), analyze, synthesize };
    for (number, info) in set.rules().iter().enumerate() {
        let id = info.rule.full_id();
        if info.rule.examples.is_empty() {
            report.rules_without.push(id);
            continue;
        }
        let before = report.failures.len();
        for example in &info.rule.examples {
            report.examples += 1;
            if let Err(reason) = runner.example(set, number, example) {
                report.failures.push(ExampleFailure {
                    rule_id: id.clone(),
                    line: example.line,
                    text: example.text.clone(),
                    reason,
                });
            }
        }
        report.rules_behaving += usize::from(report.failures.len() == before);
    }
    report
}

struct Runner<'a, A: ?Sized> {
    checker: Checker<'a>,
    analyze: &'a A,
    synthesize: &'a dyn Synthesize,
}

impl<A: WordReadings + ?Sized> Runner<'_, A> {
    fn matches(&mut self, number: usize, text: &str) -> Result<Vec<Match>, String> {
        let mut out = Vec::new();
        for mut sentence in Sentence::all(text, self.analyze) {
            self.checker.disambiguate(&mut sentence);
            let checked = self.checker.check_rule(number, &sentence, self.synthesize);
            if !checked.over_budget.is_empty() {
                return Err("the rule costs too much".to_owned());
            }
            out.extend(checked.matches);
        }
        Ok(out)
    }

    fn example(&mut self, set: &RuleSet, number: usize, example: &Example) -> Result<(), String> {
        match example.kind {
            ExampleKind::TriggersError => Ok(()),
            ExampleKind::Correct => self.correct(number, &example.text),
            ExampleKind::Incorrect => self.incorrect(number, example),
            ExampleKind::Ambiguous | ExampleKind::Untouched => self.disambiguation(set, number, example),
        }
    }

    fn correct(&mut self, number: usize, text: &str) -> Result<(), String> {
        match self.matches(number, text)?.first() {
            None => Ok(()),
            Some(found) => Err(format!("matches {:?}, but is correct", shown(text, found))),
        }
    }

    fn incorrect(&mut self, number: usize, example: &Example) -> Result<(), String> {
        let text = example.text.as_str();
        let matches = self.matches(number, text)?;
        let [found] = matches.as_slice() else {
            let all: Vec<&str> = matches.iter().map(|m| shown(text, m)).collect();
            return Err(match all.len() {
                0 => "no match".to_owned(),
                n => format!("{n} matches, not one: {all:?}"),
            });
        };
        if let Some(marker) = &example.marker
            && *marker != found.range
        {
            let wanted = text.get(marker.clone()).unwrap_or_default();
            return Err(format!("marks {:?}, not {wanted:?}", shown(text, found)));
        }
        let Some(corrections) = &example.corrections else { return Ok(()) };
        let empty = corrections.iter().all(String::is_empty) && found.suggestions.is_empty();
        if found.suggestions != *corrections && !empty {
            return Err(format!("suggests {:?}, not {corrections:?}", found.suggestions));
        }
        for suggestion in &found.suggestions {
            let mut fixed = text.to_owned();
            fixed.replace_range(found.range.clone(), suggestion);
            if let Some(again) = self.matches(number, &fixed)?.first() {
                return Err(format!("still matches {:?} in {fixed:?}", shown(&fixed, again)));
            }
        }
        Ok(())
    }

    fn disambiguation(&mut self, set: &RuleSet, number: usize, example: &Example) -> Result<(), String> {
        let Some(rule) = set.rules.get(number) else { return Ok(()) };
        let mut changed = false;
        let mut seen = Vec::new();
        for mut sentence in Sentence::all(&example.text, self.analyze) {
            for earlier in set.rules.get(..number).unwrap_or_default() {
                self.checker.apply(earlier, &mut sentence);
            }
            let before = sentence.clone();
            self.checker.apply(rule, &mut sentence);
            changed |= before.words != sentence.words;
            for (old, new) in before.words.iter().zip(&sentence.words) {
                if example
                    .marker
                    .as_ref()
                    .is_none_or(|m| m.start <= new.range.start && new.range.end <= m.end)
                {
                    seen.push((form_of(old), form_of(new)));
                }
            }
        }
        if example.kind == ExampleKind::Untouched {
            return if changed { Err("changed, but is to stay".to_owned()) } else { Ok(()) };
        }
        for (wanted, input) in [(&example.input_form, true), (&example.output_form, false)] {
            let Some(wanted) = wanted else { continue };
            let wanted = normal_form(wanted);
            let all: Vec<&str> =
                seen.iter().map(|(old, new)| if input { old.as_str() } else { new.as_str() }).collect();
            if !all.contains(&wanted.as_str()) {
                let which = if input { "before" } else { "after" };
                return Err(format!("the readings {which} are {all:?}, not {wanted:?}"));
            }
        }
        if changed { Ok(()) } else { Err("not changed".to_owned()) }
    }
}

fn shown<'t>(text: &'t str, found: &Match) -> &'t str {
    text.get(found.range.clone()).unwrap_or_default()
}

/// `form[lemma/TAG,lemma/TAG]`, sorted.
fn form_of(word: &super::Word) -> String {
    let part = |s: &Option<String>| s.clone().unwrap_or_else(|| "null".to_owned());
    let mut readings: Vec<String> =
        word.readings.iter().map(|r| format!("{}/{}", part(&r.lemma), part(&r.tag))).collect();
    readings.sort_unstable();
    readings.retain(|r| r != "null/null" && r != "null/SENT_END");
    format!("{}[{}]", word.form, readings.join(","))
}

fn normal_form(text: &str) -> String {
    let Some((form, rest)) = text.split_once('[') else { return text.to_owned() };
    let mut readings: Vec<&str> = rest.trim_end_matches(']').split(',').map(str::trim).collect();
    readings.sort_unstable();
    readings.retain(|r| *r != "null/null" && !r.ends_with("/SENT_END"));
    format!("{form}[{}]", readings.join(","))
}
