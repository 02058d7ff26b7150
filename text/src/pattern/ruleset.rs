//! Rules compiled to be run.

use regex_automata::meta;
use sprog_formats::rules::languagetool::{Body, Disambig, Rule, RuleFile};

use super::check::{Checked, Checker};
use super::compile::{self, CompiledPattern, Names, Tests};
use super::index::Index;
use super::regex::{TextTest, finder};
use super::sentence::{Sentence, WordReadings};
use super::suggest::{self, CompiledPiece, Synthesize};

/// A rule that cannot be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Its id, with its number in its group.
    pub rule_id: String,
    /// Its line in its file.
    pub line: u64,
    /// Why.
    pub reasons: Vec<String>,
}

/// A rule of a set.
#[derive(Clone, Debug)]
pub struct RuleInfo {
    /// The rule as read.
    pub rule: Rule,
    /// Whether it takes part in checks.
    pub enabled: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Run {
    Tokens(Vec<CompiledPattern>),
    Regexp { regex: meta::Regex, mark: usize },
    Disambiguate { patterns: Vec<CompiledPattern>, action: Disambig, tag: Option<TextTest> },
}

#[derive(Clone, Debug)]
pub(super) struct CompiledRule {
    pub(super) run: Run,
    pub(super) antipatterns: Vec<CompiledPattern>,
    pub(super) message: Vec<CompiledPiece>,
    pub(super) suggestions: Vec<CompiledPiece>,
    pub(super) id: String,
    pub(super) adapt_case: bool,
}

/// Rules compiled to be run, indexed by the words and tags they need.
#[derive(Clone, Debug, Default)]
pub struct RuleSet {
    pub(super) infos: Vec<RuleInfo>,
    pub(super) rules: Vec<CompiledRule>,
    pub(super) rejected: Vec<Rejected>,
    pub(super) tests: Tests,
    pub(super) index: Index,
}

impl RuleSet {
    /// Compiles the rules of files. Those that cannot be run are in [`rejected`](RuleSet::rejected).
    ///
    /// ```
    /// use sprog_formats::{Limits, rules::languagetool};
    /// use sprog_text::{morph::{Analyze, Reading}, pattern::{NoSynthesis, RuleSet, Sentence}};
    /// struct Nothing;
    /// impl Analyze for Nothing {
    ///     fn readings(&self, _: &str, _: &mut Vec<Reading>) {}
    /// }
    /// let xml = r#"<rules lang="da"><category name="x"><rule id="I_DAG"><pattern>
    ///   <token>idag</token></pattern><message>Skriv <suggestion>i dag</suggestion>.</message>
    ///   </rule></category></rules>"#;
    /// let file = languagetool::read(xml.as_bytes(), &Limits::default())?.value;
    /// let set = RuleSet::compile(&[file]);
    /// let text = "Kommer du? Idag regner det.";
    /// let all = set.check_text(text, &Nothing, &NoSynthesis).matches;
    /// assert_eq!((&text[all[0].range.clone()], &all[0].suggestions[..]), ("Idag", &["I dag".to_owned()][..]));
    /// # Ok::<(), sprog_formats::Error>(())
    /// ```
    pub fn compile(files: &[RuleFile]) -> RuleSet {
        let mut set = RuleSet::default();
        for file in files {
            let names = Names::new(file.unifications(), file.phrases());
            for rule in file.rules() {
                match compile_rule(rule, &names, &mut set.tests) {
                    Ok(compiled) => {
                        set.rules.push(compiled);
                        set.infos.push(RuleInfo { rule: rule.clone(), enabled: !rule.default_off });
                    }
                    Err(reasons) => {
                        set.rejected.push(Rejected { rule_id: rule.full_id(), line: rule.line, reasons });
                    }
                }
            }
        }
        for (number, rule) in set.rules.iter().enumerate() {
            if let Run::Tokens(patterns) = &rule.run {
                for (variant, pattern) in patterns.iter().enumerate() {
                    set.index.add(number, variant, pattern, &set.tests);
                }
            }
        }
        set
    }

    /// The rules, by number.
    pub fn rules(&self) -> &[RuleInfo] {
        &self.infos
    }

    /// The rules that cannot be run.
    pub fn rejected(&self) -> &[Rejected] {
        &self.rejected
    }

    /// Switches the rules whose id, full id or category is `id` on or off; how many there are.
    pub fn enable(&mut self, id: &str, on: bool) -> usize {
        let mut count = 0;
        for info in &mut self.infos {
            if info.rule.id == id || info.rule.category == id || info.rule.full_id() == id {
                info.enabled = on;
                count += 1;
            }
        }
        count
    }

    /// Something that checks sentences, and remembers tags from one to the next.
    pub fn checker(&self) -> Checker<'_> {
        Checker::new(self)
    }

    /// Checks a whole text, sentence by sentence, disambiguation first.
    pub fn check_text<A: WordReadings + ?Sized>(
        &self,
        text: &str,
        analyze: &A,
        synthesize: &dyn Synthesize,
    ) -> Checked {
        let mut checker = self.checker();
        let mut out = Checked::default();
        for mut sentence in Sentence::all(text, analyze) {
            checker.disambiguate(&mut sentence);
            out.append(checker.check(&sentence, synthesize));
        }
        out
    }
}

fn compile_rule(rule: &Rule, names: &Names<'_>, tests: &mut Tests) -> Result<CompiledRule, Vec<String>> {
    if !rule.unsupported.is_empty() {
        return Err(rule.unsupported.clone());
    }
    build_rule(rule, names, tests).map_err(|reason| vec![reason])
}

fn build_rule(rule: &Rule, names: &Names<'_>, tests: &mut Tests) -> Result<CompiledRule, String> {
    let run = match &rule.body {
        Body::None => return Err("the rule has no pattern".to_owned()),
        Body::Pattern(pattern) => Run::Tokens(compile::pattern(pattern, names, tests)?),
        Body::Regexp(regexp) => {
            let spaced = regexp.expression.replace(' ', r"(?:[ \x{A0}\x{202F}]+)");
            let expression = if regexp.smart { spaced.as_str() } else { regexp.expression.as_str() };
            let regex = finder(expression, regexp.case_sensitive)?;
            Run::Regexp { regex, mark: regexp.mark as usize }
        }
        Body::Disambiguation(pattern, action) => Run::Disambiguate {
            patterns: compile::pattern(pattern, names, tests)?,
            tag: disambiguation_tag(action)?,
            action: action.clone(),
        },
    };
    let mut antipatterns = Vec::new();
    for antipattern in &rule.antipatterns {
        antipatterns.extend(compile::pattern(antipattern, names, tests)?);
    }
    let suggestions = rule.suggestions.iter().map(suggest::compile_suggestion).collect::<Result<_, _>>()?;
    let message = suggest::compile(&rule.message)?;
    let adapt_case = rule.adjust_suggestion_case;
    Ok(CompiledRule { run, antipatterns, message, suggestions, id: rule.full_id(), adapt_case })
}

/// The readings that a disambiguation rule picks, by tag.
fn disambiguation_tag(action: &Disambig) -> Result<Option<TextTest>, String> {
    if let Some(tag) = &action.postag {
        return Ok(Some(TextTest::new(tag, true, true)?));
    }
    let Some(reference) = &action.reference else { return Ok(None) };
    if reference.postag_replace.is_some() || reference.regexp_match.is_some() {
        return Err("tags made from other tags in <disambig>".to_owned());
    }
    let Some(tag) = &reference.postag else {
        return Err("<disambig> with a <match> without postag".to_owned());
    };
    Ok(Some(TextTest::new(tag, reference.postag_regexp, true)?))
}
