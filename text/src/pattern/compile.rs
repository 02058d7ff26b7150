//! Patterns as they are run: tests by number, groups and markers resolved.

use std::collections::BTreeMap;

use regex_automata::meta;
use sprog_formats::rules::languagetool::{
    CaseConversion, MatchRef, Pattern, PatternElement, Phrases, Scope, Test, Token, Unification,
};

use super::regex::{TextTest, finder};

/// Elements of one pattern, after phrases are put in.
const MAX_ELEMENTS: usize = 256;
/// Patterns that one rule may stand for, by the alternatives of its phrases.
const MAX_VARIANTS: usize = 64;
/// Combinations of values that tokens may agree in.
const MAX_VALUES: usize = 1024;

#[derive(Clone, Debug)]
pub(super) struct CompiledPattern {
    pub(super) elements: Vec<Element>,
    pub(super) unify: Vec<UnifyBlock>,
    pub(super) optional: usize,
    pub(super) raw_pos: bool,
}

/// One word of a pattern.
#[derive(Clone, Debug)]
pub(super) struct Element {
    /// All of these, or with `any` one of them.
    pub(super) tests: Vec<Alternative>,
    pub(super) any: bool,
    pub(super) skip: i32,
    pub(super) min: usize,
    pub(super) max: usize,
    pub(super) marked: bool,
    pub(super) unify: Option<usize>,
}

#[derive(Clone, Debug)]
pub(super) struct Alternative {
    pub(super) test: CompiledTest,
    pub(super) current: Vec<CompiledTest>,
    pub(super) next: Vec<CompiledTest>,
    pub(super) previous: Vec<CompiledTest>,
    pub(super) reference: Option<Reference>,
}

#[derive(Clone, Debug)]
pub(super) struct CompiledTest {
    pub(super) text: Option<usize>,
    pub(super) inflected: bool,
    pub(super) negate: bool,
    pub(super) tag: Option<usize>,
    pub(super) negate_pos: bool,
    pub(super) space_before: Option<bool>,
    pub(super) chunk: Option<TextTest>,
    pub(super) case_sensitive: bool,
}

/// A word of the match so far that a test is made from.
#[derive(Clone, Debug)]
pub(super) struct Reference {
    pub(super) no: usize,
    pub(super) replace: Option<(meta::Regex, String)>,
    pub(super) case: CaseConversion,
    /// The tag is taken over, not the form.
    pub(super) tag: Option<(TextTest, Option<(meta::Regex, String)>)>,
}

/// Words that agree.
#[derive(Clone, Debug)]
pub(super) struct UnifyBlock {
    pub(super) negate: bool,
    /// Combinations of values, each a test for every feature.
    pub(super) values: Vec<Vec<CompiledTest>>,
}

/// A test of tags.
#[derive(Clone, Debug)]
pub(super) struct TagTest {
    pub(super) test: TextTest,
    pub(super) unknown: bool,
}

/// Tests shared by all rules.
#[derive(Clone, Debug, Default)]
pub(super) struct Tests {
    pub(super) texts: Vec<TextTest>,
    pub(super) tags: Vec<TagTest>,
    text_numbers: BTreeMap<(String, bool, bool), usize>,
    tag_numbers: BTreeMap<(String, bool), usize>,
}

impl Tests {
    fn text(&mut self, text: &str, regexp: bool, case_sensitive: bool) -> Result<usize, String> {
        let key = (text.to_owned(), regexp, case_sensitive);
        if let Some(number) = self.text_numbers.get(&key) {
            return Ok(*number);
        }
        self.texts.push(TextTest::new(text, regexp, case_sensitive)?);
        self.text_numbers.insert(key, self.texts.len() - 1);
        Ok(self.texts.len() - 1)
    }

    pub(super) fn tag(&mut self, tag: &str, regexp: bool) -> Result<usize, String> {
        let key = (tag.to_owned(), regexp);
        if let Some(number) = self.tag_numbers.get(&key) {
            return Ok(*number);
        }
        let test = TextTest::new(tag, regexp, true)?;
        let unknown = test.is_match("UNKNOWN", "unknown") && (!regexp || tag.contains("UNKNOWN"));
        self.tags.push(TagTest { test, unknown });
        self.tag_numbers.insert(key, self.tags.len() - 1);
        Ok(self.tags.len() - 1)
    }
}

/// What patterns may name: features to agree in, and phrases.
#[derive(Clone, Debug, Default)]
pub(super) struct Names<'a> {
    features: BTreeMap<&'a str, &'a Unification>,
    phrases: BTreeMap<&'a str, &'a [Vec<PatternElement>]>,
}

impl<'a> Names<'a> {
    pub(super) fn new(
        unifications: impl Iterator<Item = &'a Unification>,
        phrases: impl Iterator<Item = &'a Phrases>,
    ) -> Names<'a> {
        let features = unifications.map(|u| (u.feature.as_str(), u)).collect();
        let all = phrases.flat_map(|p| p.phrases.iter());
        Names {
            features,
            phrases: all.map(|(id, alternatives)| (id.as_str(), alternatives.as_slice())).collect(),
        }
    }
}

/// Compiles a pattern: several where phrases have alternatives.
pub(super) fn pattern(
    pattern: &Pattern,
    names: &Names<'_>,
    tests: &mut Tests,
) -> Result<Vec<CompiledPattern>, String> {
    let mut out = Vec::new();
    for elements in expand(&pattern.elements, names, 0)? {
        let mut compile = Compile {
            case_sensitive: pattern.case_sensitive,
            names,
            tests,
            elements: Vec::new(),
            unify: Vec::new(),
            has_marker: false,
        };
        compile.all(&elements, false, None)?;
        let Compile { mut elements, unify, has_marker, .. } = compile;
        if !has_marker {
            for element in &mut elements {
                element.marked = true;
            }
        }
        if elements.is_empty() {
            return Err("a pattern without tokens".to_owned());
        }
        if elements.iter().all(|e| e.min == 0) {
            return Err("a pattern of optional tokens alone".to_owned());
        }
        let optional = elements.iter().filter(|e| e.min == 0).count();
        out.push(CompiledPattern { elements, unify, optional, raw_pos: pattern.raw_pos });
    }
    Ok(out)
}

/// Puts phrases in, every alternative a pattern of its own.
fn expand(
    elements: &[PatternElement],
    names: &Names<'_>,
    depth: usize,
) -> Result<Vec<Vec<PatternElement>>, String> {
    if depth > 8 {
        return Err("phrases inside phrases without end".to_owned());
    }
    let mut out = vec![Vec::new()];
    for element in elements {
        if out.iter().any(|head: &Vec<PatternElement>| head.len() >= MAX_ELEMENTS) {
            return Err(format!("a pattern of more than {MAX_ELEMENTS} tokens"));
        }
        let wrap: &dyn Fn(Vec<PatternElement>) -> PatternElement;
        let inner = match element {
            PatternElement::PhraseRef(id) => {
                let phrase = names.phrases.get(id.as_str()).ok_or(format!("no phrase {id:?}"))?;
                let mut all = Vec::new();
                for alternative in phrase.iter() {
                    all.extend(expand(alternative, names, depth + 1)?);
                    if all.len() > MAX_VARIANTS {
                        return Err(format!("phrases with more than {MAX_VARIANTS} alternatives"));
                    }
                }
                all
            }
            PatternElement::Marker(inner) => {
                wrap = &PatternElement::Marker;
                expand(inner, names, depth)?.into_iter().map(|e| vec![wrap(e)]).collect()
            }
            PatternElement::Unify { negate, features, elements } => expand(elements, names, depth)?
                .into_iter()
                .map(|elements| {
                    vec![PatternElement::Unify { negate: *negate, features: features.clone(), elements }]
                })
                .collect(),
            PatternElement::UnifyIgnore(inner) => {
                wrap = &PatternElement::UnifyIgnore;
                expand(inner, names, depth)?.into_iter().map(|e| vec![wrap(e)]).collect()
            }
            plain => vec![vec![plain.clone()]],
        };
        if out.len().saturating_mul(inner.len()) > MAX_VARIANTS {
            return Err(format!("phrases with more than {MAX_VARIANTS} alternatives"));
        }
        out = out
            .iter()
            .flat_map(|head: &Vec<PatternElement>| {
                inner.iter().map(move |tail| head.iter().chain(tail).cloned().collect())
            })
            .collect();
    }
    Ok(out)
}

struct Compile<'n, 't> {
    case_sensitive: bool,
    names: &'n Names<'n>,
    tests: &'t mut Tests,
    elements: Vec<Element>,
    unify: Vec<UnifyBlock>,
    has_marker: bool,
}

impl Compile<'_, '_> {
    fn all(&mut self, elements: &[PatternElement], marked: bool, unify: Option<usize>) -> Result<(), String> {
        for element in elements {
            match element {
                PatternElement::Token(token) => {
                    self.push(std::slice::from_ref(&**token), false, marked, unify)?;
                }
                PatternElement::And(tokens) => self.push(tokens, false, marked, unify)?,
                PatternElement::Or(tokens) => self.push(tokens, true, marked, unify)?,
                PatternElement::Marker(inner) => {
                    self.has_marker = true;
                    self.all(inner, true, unify)?;
                }
                PatternElement::UnifyIgnore(inner) => self.all(inner, marked, None)?,
                PatternElement::Unify { negate, features, elements } => {
                    let block = self.block(*negate, features)?;
                    self.unify.push(block);
                    let number = self.unify.len() - 1;
                    self.all(elements, marked, Some(number))?;
                }
                PatternElement::PhraseRef(id) => return Err(format!("no phrase {id:?}")),
            }
        }
        Ok(())
    }

    fn push(
        &mut self,
        tokens: &[Token],
        any: bool,
        marked: bool,
        unify: Option<usize>,
    ) -> Result<(), String> {
        if self.elements.len() >= MAX_ELEMENTS {
            return Err(format!("a pattern of more than {MAX_ELEMENTS} tokens"));
        }
        let Some(first) = tokens.first() else { return Err("a group without tokens".to_owned()) };
        let unbounded = |n: i32| usize::try_from(n).unwrap_or(usize::MAX);
        let mut tests = Vec::new();
        for token in tokens {
            tests.push(self.alternative(token)?);
        }
        let min = first.min as usize;
        let max = unbounded(first.max).max(min).max(1);
        self.elements.push(Element { tests, any, skip: first.skip, min, max, marked, unify });
        Ok(())
    }

    fn alternative(&mut self, token: &Token) -> Result<Alternative, String> {
        let sensitive = token.test.case_sensitive.unwrap_or(self.case_sensitive);
        let mut out = Alternative {
            test: self.test(&token.test, sensitive)?,
            current: Vec::new(),
            next: Vec::new(),
            previous: Vec::new(),
            reference: None,
        };
        for exception in &token.exceptions {
            let case = exception.test.case_sensitive.unwrap_or(sensitive);
            let test = self.test(&exception.test, case)?;
            match exception.scope {
                Scope::Current => out.current.push(test),
                Scope::Next => out.next.push(test),
                Scope::Previous => out.previous.push(test),
            }
        }
        if let Some(reference) = &token.reference {
            if !token.test.text.is_empty() {
                return Err("text beside <match> in a token".to_owned());
            }
            out.reference = Some(reference_of(reference)?);
        }
        Ok(out)
    }

    fn test(&mut self, test: &Test, case_sensitive: bool) -> Result<CompiledTest, String> {
        let text = match test.text.as_str() {
            "" => None,
            text => Some(self.tests.text(text, test.regexp, case_sensitive)?),
        };
        let tag = match test.postag.as_deref() {
            None | Some("") => None,
            Some(tag) => Some(self.tests.tag(tag, test.postag_regexp)?),
        };
        let chunk = test.chunk.as_ref().map(|c| TextTest::new(c, test.chunk_regexp, true)).transpose()?;
        Ok(CompiledTest {
            text,
            inflected: test.inflected,
            negate: test.negate,
            tag,
            negate_pos: test.negate_pos,
            space_before: test.space_before,
            chunk,
            case_sensitive,
        })
    }

    fn block(&mut self, negate: bool, features: &[(String, Vec<String>)]) -> Result<UnifyBlock, String> {
        let mut values: Vec<Vec<CompiledTest>> = vec![Vec::new()];
        for (feature, types) in features {
            let named = self.names.features.get(feature.as_str()).ok_or(format!("no feature {feature:?}"))?;
            let mut tests = Vec::new();
            for (value, token) in &named.equivalences {
                if types.is_empty() || types.contains(value) {
                    let sensitive = token.test.case_sensitive.unwrap_or(self.case_sensitive);
                    tests.push(self.test(&token.test, sensitive)?);
                }
            }
            if values.len().saturating_mul(tests.len()) > MAX_VALUES {
                return Err(format!("agreement in more than {MAX_VALUES} combinations of values"));
            }
            values = values
                .iter()
                .flat_map(|head| tests.iter().map(move |t| head.iter().chain([t]).cloned().collect()))
                .collect();
        }
        Ok(UnifyBlock { negate, values })
    }
}

fn reference_of(reference: &MatchRef) -> Result<Reference, String> {
    let replace = match (&reference.regexp_match, &reference.regexp_replace) {
        (Some(find), Some(by)) => Some((finder(find, true)?, by.clone())),
        _ => None,
    };
    let tag = match (&reference.postag, reference.setpos) {
        (Some(postag), true) => {
            let test = TextTest::new(postag, reference.postag_regexp, true)?;
            let replace = match &reference.postag_replace {
                Some(by) => Some((finder(postag, true)?, by.clone())),
                None => None,
            };
            Some((test, replace))
        }
        (Some(_), false) => return Err("forms made from a tag inside a pattern".to_owned()),
        (None, _) => None,
    };
    Ok(Reference { no: reference.no as usize, replace, case: reference.case_conversion, tag })
}
