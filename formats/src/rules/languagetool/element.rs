//! Tokens, exceptions and patterns from their elements.

use super::message::{match_ref, number};
use super::model::{Exception, Pattern, PatternElement, Scope, Test, Token};
use super::tree::{Element, Node};
use crate::{Place, Problem, codes};

/// What was not understood on the way: problems of the file, and the reasons why a rule cannot run.
pub(super) struct Notes<'a> {
    pub(super) problems: &'a mut Vec<Problem>,
    pub(super) unsupported: Vec<String>,
}

impl Notes<'_> {
    /// Something that does not bear on what the rule matches.
    pub(super) fn problem(&mut self, line: u64, message: String) {
        self.problems.push(Problem::new(codes::RULE_ELEMENT, Place::Line(line), message));
    }

    /// Something without which the rule cannot run.
    pub(super) fn unsupported(&mut self, line: u64, message: String) {
        self.unsupported.push(message.clone());
        self.problem(line, format!("{message}; the rule is kept, but not run"));
    }

    /// Lists the attributes of `element` that are not in `known`.
    pub(super) fn check_attributes(&mut self, element: &Element, known: &[&str], vital: bool) {
        for attribute in &element.attributes {
            let name = attribute.name.as_str();
            if known.contains(&name) || name.starts_with("xml") || name.starts_with("xsi:") {
                continue;
            }
            let message = format!("attribute {name:?} of <{}> is not known", element.name);
            if vital {
                self.unsupported(element.line, message);
            } else {
                self.problem(element.line, message);
            }
        }
    }

    pub(super) fn unknown_child(&mut self, child: &Element, parent: &str) {
        self.unsupported(child.line, format!("<{}> inside <{parent}> is not known", child.name));
    }

    /// A `yes` or `no`.
    pub(super) fn flag(&mut self, element: &Element, name: &str) -> Option<bool> {
        match element.attribute(name)? {
            "yes" => Some(true),
            "no" => Some(false),
            other => {
                let message = format!("{name}={other:?} of <{}> is not yes or no", element.name);
                self.unsupported(element.line, message);
                None
            }
        }
    }
}

const TEST: [&str; 11] = [
    "regexp",
    "inflected",
    "negate",
    "postag",
    "postag_regexp",
    "negate_pos",
    "case_sensitive",
    "spacebefore",
    "chunk",
    "chunk_re",
    "scope",
];

fn test(element: &Element, notes: &mut Notes<'_>) -> Test {
    let space_before = match element.attribute("spacebefore") {
        None | Some("ignore") => None,
        Some(_) => notes.flag(element, "spacebefore"),
    };
    let chunk_re = element.attribute("chunk_re");
    Test {
        text: element.text().trim().to_owned(),
        regexp: notes.flag(element, "regexp").unwrap_or(false),
        inflected: notes.flag(element, "inflected").unwrap_or(false),
        negate: notes.flag(element, "negate").unwrap_or(false),
        postag: element.attribute("postag").map(str::to_owned),
        postag_regexp: notes.flag(element, "postag_regexp").unwrap_or(false),
        negate_pos: notes.flag(element, "negate_pos").unwrap_or(false),
        case_sensitive: notes.flag(element, "case_sensitive"),
        space_before,
        chunk: chunk_re.or_else(|| element.attribute("chunk")).map(str::to_owned),
        chunk_regexp: chunk_re.is_some(),
    }
}

pub(super) fn token(element: &Element, notes: &mut Notes<'_>) -> Token {
    let known: Vec<&str> =
        TEST.iter().copied().filter(|a| *a != "scope").chain(["skip", "min", "max"]).collect();
    notes.check_attributes(element, &known, true);
    let mut token = Token { test: test(element, notes), ..Token::default() };
    let mut integer = |name: &str, least: i32, default: i32| match element.attribute(name) {
        None => default,
        Some(value) => match value.trim().parse::<i32>() {
            Ok(n) if n >= least => n,
            _ => {
                notes.unsupported(element.line, format!("{name}={value:?} is no number from {least}"));
                default
            }
        },
    };
    token.skip = integer("skip", -1, 0);
    token.min = integer("min", 0, 1).unsigned_abs();
    let at_least = i32::try_from(token.min.max(1)).unwrap_or(i32::MAX);
    token.max = integer("max", -1, at_least);
    if token.max != -1 && token.max < at_least {
        notes.unsupported(element.line, format!("max={} is less than min={}", token.max, token.min));
    }
    for child in element.elements() {
        match child.name.as_str() {
            "exception" => token.exceptions.push(exception(child, notes)),
            "match" if token.reference.is_none() => {
                token.reference = Some(Box::new(match_ref(child, notes)));
            }
            _ => notes.unknown_child(child, "token"),
        }
    }
    token
}

fn exception(element: &Element, notes: &mut Notes<'_>) -> Exception {
    notes.check_attributes(element, &TEST, true);
    if let Some(child) = element.elements().next() {
        notes.unknown_child(child, "exception");
    }
    let scope = match element.attribute("scope") {
        None | Some("current") => Scope::Current,
        Some("next") => Scope::Next,
        Some("previous") => Scope::Previous,
        Some(other) => {
            notes.unsupported(element.line, format!("scope={other:?} is not previous, current or next"));
            Scope::Current
        }
    };
    Exception { test: test(element, notes), scope }
}

pub(super) fn pattern(element: &Element, notes: &mut Notes<'_>) -> Pattern {
    notes.check_attributes(element, &["case_sensitive", "raw_pos", "name"], true);
    Pattern {
        case_sensitive: notes.flag(element, "case_sensitive").unwrap_or(false),
        raw_pos: notes.flag(element, "raw_pos").unwrap_or(false),
        elements: pattern_elements(element, notes),
    }
}

fn stray_text(element: &Element, notes: &mut Notes<'_>) {
    if element.children.iter().any(|n| matches!(n, Node::Text(t) if !t.trim().is_empty())) {
        notes.unsupported(element.line, format!("text directly inside <{}>", element.name));
    }
}

pub(super) fn pattern_elements(parent: &Element, notes: &mut Notes<'_>) -> Vec<PatternElement> {
    stray_text(parent, notes);
    let mut out = Vec::new();
    for child in parent.elements() {
        let element = match child.name.as_str() {
            "token" => PatternElement::Token(Box::new(token(child, notes))),
            "and" | "or" => {
                // A marker may stand inside a group; the group is one token, so it marks all of it.
                let marked = child.elements().any(|e| e.name == "marker");
                let tokens = group(child, notes);
                let group = if child.name == "and" {
                    PatternElement::And(tokens)
                } else {
                    PatternElement::Or(tokens)
                };
                if marked { PatternElement::Marker(vec![group]) } else { group }
            }
            "unify" => unify(child, notes),
            "unify-ignore" => PatternElement::UnifyIgnore(pattern_elements(child, notes)),
            "marker" => PatternElement::Marker(pattern_elements(child, notes)),
            "phraseref" => PatternElement::PhraseRef(child.attribute("idref").unwrap_or_default().to_owned()),
            "feature" if parent.name == "unify" => continue,
            "example" if parent.name == "antipattern" => continue,
            _ => {
                notes.unknown_child(child, &parent.name);
                continue;
            }
        };
        out.push(element);
    }
    out
}

fn group(element: &Element, notes: &mut Notes<'_>) -> Vec<Token> {
    stray_text(element, notes);
    let mut out = Vec::new();
    for child in element.elements() {
        match child.name.as_str() {
            "token" => out.push(token(child, notes)),
            "marker" => out.extend(group(child, notes)),
            _ => notes.unknown_child(child, &element.name),
        }
    }
    if out.is_empty() {
        notes.unsupported(element.line, format!("<{}> without tokens", element.name));
    }
    out
}

fn unify(element: &Element, notes: &mut Notes<'_>) -> PatternElement {
    notes.check_attributes(element, &["negate"], true);
    let features = element.elements().filter(|e| e.name == "feature").map(|feature| {
        let types = feature.elements().filter(|e| e.name == "type");
        let id = feature.attribute("id").unwrap_or_default().to_owned();
        (id, types.filter_map(|t| t.attribute("id")).map(str::to_owned).collect())
    });
    let features = features.collect();
    let negate = notes.flag(element, "negate").unwrap_or(false);
    PatternElement::Unify { negate, features, elements: pattern_elements(element, notes) }
}

/// The phrases that `includephrases` or plain elements make up.
pub(super) fn phrase(element: &Element, notes: &mut Notes<'_>) -> Vec<Vec<PatternElement>> {
    let mut alternatives = Vec::new();
    let mut own = Vec::new();
    for child in element.elements() {
        if child.name == "includephrases" {
            let refs = child.elements().filter(|e| e.name == "phraseref");
            alternatives.extend(refs.map(|r| {
                vec![PatternElement::PhraseRef(r.attribute("idref").unwrap_or_default().to_owned())]
            }));
        }
    }
    if alternatives.is_empty() {
        own = pattern_elements(element, notes);
    }
    if !own.is_empty() {
        alternatives.push(own);
    }
    alternatives
}

/// A number of a regular expression's group.
pub(super) fn mark(element: &Element, notes: &mut Notes<'_>) -> u32 {
    match element.attribute("mark") {
        None => 0,
        Some(value) => number(value).unwrap_or_else(|| {
            notes.unsupported(element.line, format!("mark={value:?} is no number"));
            0
        }),
    }
}
