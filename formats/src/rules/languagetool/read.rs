//! Rules, groups and categories from the tree.

use super::element::{Notes, mark, pattern, phrase, token};
use super::message::{match_ref, pieces, suggestion};
use super::model::{
    Action, Body, Disambig, Example, ExampleKind, Item, Pattern, Phrases, Piece, Regexp, Rule, RuleFile,
    Section, Unification, Wd,
};
use super::tree::{Document, Element, Node};
use crate::Problem;

/// What a rule inherits.
#[derive(Clone, Default)]
struct Inherited {
    category: String,
    category_name: String,
    group: Option<Group>,
    off: bool,
    keep_case: bool,
    issue_type: Option<String>,
    tags: Vec<String>,
}

#[derive(Clone)]
struct Group {
    id: String,
    name: String,
    antipatterns: Vec<Pattern>,
    unsupported: Vec<String>,
    url: Option<String>,
    short: Option<String>,
}

pub(super) fn rule_file(document: Document, problems: &mut Vec<Problem>) -> RuleFile {
    let Document { prolog, root, epilog } = document;
    let mut notes = Notes { problems, unsupported: Vec::new() };
    let known = ["lang", "idprefix", "premium", "integrate"];
    notes.check_attributes(&root, &known, false);
    if root.name != "rules" {
        notes.problem(root.line, format!("the root is <{}>, not <rules>; read as if it were", root.name));
    }
    let items = items(&root, &Inherited::default(), 0, &mut notes);
    RuleFile {
        attributes: root.attributes,
        prolog: prolog.iter().map(written).collect(),
        epilog: epilog.iter().map(written).collect(),
        items,
    }
}

fn written(node: &Node) -> String {
    let mut out = String::new();
    node.write(&mut out);
    out
}

/// The canonical XML of an element that stands `indent` blanks in.
fn raw(element: &Element, indent: usize) -> String {
    let mut out = String::new();
    element.write(&mut out, indent);
    out.trim_matches([' ', '\n']).to_owned()
}

fn items(parent: &Element, inherited: &Inherited, level: usize, notes: &mut Notes<'_>) -> Vec<Item> {
    let indent = level * 2 + 2;
    let mut out = Vec::new();
    let mut number = 0;
    for node in &parent.children {
        let element = match node {
            Node::Element(element) => element,
            Node::Text(text) => {
                if !text.trim().is_empty() {
                    notes.problem(parent.line, format!("text directly inside <{}>", parent.name));
                    out.push(Item::Other(written(&Node::Text(text.trim().to_owned()))));
                }
                continue;
            }
            Node::Comment(_) | Node::Instruction(_) => {
                out.push(Item::Comment(written(node)));
                continue;
            }
        };
        let item = match (element.name.as_str(), parent.name.as_str()) {
            ("category", _) if level == 0 => Item::Category(category(element, inherited, level, notes)),
            ("rulegroup", _) if inherited.group.is_none() => {
                Item::Group(group(element, inherited, level, notes))
            }
            ("rule", _) => {
                number += 1;
                Item::Rule(Box::new(rule(element, inherited, number, indent, notes)))
            }
            ("unification", _) if level == 0 => Item::Unification(unification(element, indent, notes)),
            ("phrases", _) if level == 0 => Item::Phrases(phrases(element, indent, notes)),
            ("antipattern" | "url" | "short", "rulegroup") => Item::Other(raw(element, indent)),
            (name, parent) => {
                notes
                    .problem(element.line, format!("<{name}> inside <{parent}> is not known; kept as it is"));
                Item::Other(raw(element, indent))
            }
        };
        out.push(item);
    }
    out
}

fn is_off(element: &Element, notes: &mut Notes<'_>) -> Option<bool> {
    match element.attribute("default")? {
        "off" | "temp_off" => Some(true),
        "on" => Some(false),
        other => {
            notes.problem(element.line, format!("default={other:?} is not on or off; read as on"));
            None
        }
    }
}

fn words(element: &Element, name: &str) -> Vec<String> {
    element.attribute(name).unwrap_or_default().split_whitespace().map(str::to_owned).collect()
}

const METADATA: [&str; 15] = [
    "adjust_suggestion_case",
    "id",
    "name",
    "default",
    "type",
    "tags",
    "tone_tags",
    "is_goal_specific",
    "premium",
    "external",
    "tab",
    "prio",
    "min_prev_matches",
    "distance_tokens",
    "is_sentence_starter",
];

/// What a category or group says of all its rules.
fn inherit(element: &Element, from: &Inherited, notes: &mut Notes<'_>) -> Inherited {
    notes.check_attributes(element, &METADATA, false);
    let mut inherited = from.clone();
    inherited.off = is_off(element, notes).unwrap_or(from.off);
    inherited.keep_case |= notes.flag(element, "adjust_suggestion_case") == Some(false);
    inherited.tags.extend(words(element, "tags"));
    if let Some(kind) = element.attribute("type") {
        inherited.issue_type = Some(kind.to_owned());
    }
    inherited
}

fn category(element: &Element, from: &Inherited, level: usize, notes: &mut Notes<'_>) -> Section {
    let mut inherited = inherit(element, from, notes);
    inherited.category_name = element.attribute("name").unwrap_or_default().to_owned();
    inherited.category = element.attribute("id").unwrap_or(&inherited.category_name).to_owned();
    let items = items(element, &inherited, level + 1, notes);
    Section { attributes: element.attributes.clone(), items, line: element.line }
}

fn group(element: &Element, from: &Inherited, level: usize, notes: &mut Notes<'_>) -> Section {
    let mut inherited = inherit(element, from, notes);
    let find = |name: &str| element.elements().find(|e| e.name == name).map(|e| e.text().trim().to_owned());
    let before = notes.unsupported.len();
    let of_group = element.elements().filter(|e| e.name == "antipattern");
    let antipatterns = of_group.map(|e| pattern(e, notes)).collect();
    let group = Group {
        id: element.attribute("id").unwrap_or_default().to_owned(),
        name: element.attribute("name").unwrap_or_default().to_owned(),
        antipatterns,
        unsupported: notes.unsupported.split_off(before),
        url: find("url"),
        short: find("short"),
    };
    inherited.group = Some(group);
    let items = items(element, &inherited, level + 1, notes);
    Section { attributes: element.attributes.clone(), items, line: element.line }
}

fn unification(element: &Element, indent: usize, notes: &mut Notes<'_>) -> Unification {
    notes.check_attributes(element, &["feature"], false);
    let before = notes.unsupported.len();
    let mut equivalences = Vec::new();
    for child in element.elements() {
        match (child.name.as_str(), child.elements().find(|e| e.name == "token")) {
            ("equivalence", Some(inner)) => {
                let value = child.attribute("type").unwrap_or_default().to_owned();
                equivalences.push((value, token(inner, notes)));
            }
            _ => notes.problem(child.line, format!("<{}> inside <unification> has no token", child.name)),
        }
    }
    notes.unsupported.truncate(before);
    let feature = element.attribute("feature").unwrap_or_default().to_owned();
    Unification { feature, equivalences, raw: raw(element, indent), line: element.line }
}

fn phrases(element: &Element, indent: usize, notes: &mut Notes<'_>) -> Phrases {
    let before = notes.unsupported.len();
    let each = element.elements().filter(|e| e.name == "phrase");
    let phrases =
        each.map(|e| (e.attribute("id").unwrap_or_default().to_owned(), phrase(e, notes))).collect();
    notes.unsupported.truncate(before);
    Phrases { phrases, raw: raw(element, indent), line: element.line }
}

fn rule(element: &Element, inherited: &Inherited, number: u32, indent: usize, notes: &mut Notes<'_>) -> Rule {
    notes.check_attributes(element, &METADATA, false);
    let group = inherited.group.as_ref();
    let own = |name: &str| element.attribute(name).map(str::to_owned);
    let mut rule = Rule {
        id: own("id").or_else(|| group.map(|g| g.id.clone())).unwrap_or_default(),
        number: if group.is_some() { number } else { 0 },
        name: own("name").or_else(|| group.map(|g| g.name.clone())).unwrap_or_default(),
        category: inherited.category.clone(),
        category_name: inherited.category_name.clone(),
        default_off: is_off(element, notes).unwrap_or(inherited.off),
        issue_type: own("type").or_else(|| inherited.issue_type.clone()),
        tags: inherited.tags.iter().cloned().chain(words(element, "tags")).collect(),
        adjust_suggestion_case: !inherited.keep_case
            && element.attribute("adjust_suggestion_case") != Some("no"),
        line: element.line,
        raw: raw(element, indent),
        antipatterns: group.map(|g| g.antipatterns.clone()).unwrap_or_default(),
        url: group.and_then(|g| g.url.clone()),
        short: group.and_then(|g| g.short.clone()),
        ..Rule::default()
    };
    notes.unsupported = group.map(|g| g.unsupported.clone()).unwrap_or_default();
    if rule.id.is_empty() {
        notes.problem(element.line, "a rule without an id".to_owned());
    }
    for name in ["min_prev_matches", "distance_tokens"] {
        if element.attribute(name).is_some() {
            notes.unsupported(element.line, format!("{name} needs the whole document"));
        }
    }
    let mut action = None;
    for child in element.elements() {
        part(child, &mut rule, &mut action, notes);
    }
    if let Some(action) = action {
        rule.body = match std::mem::take(&mut rule.body) {
            Body::Pattern(pattern) => Body::Disambiguation(pattern, action),
            other => other,
        };
    }
    if rule.body == Body::None {
        notes.unsupported(element.line, "the rule has no pattern".to_owned());
    }
    rule.unsupported = std::mem::take(&mut notes.unsupported);
    rule
}

/// One child of a rule.
fn part(child: &Element, rule: &mut Rule, action: &mut Option<Disambig>, notes: &mut Notes<'_>) {
    match child.name.as_str() {
        "pattern" | "regexp" if rule.body != Body::None => {
            notes.unsupported(child.line, "a second pattern".to_owned());
        }
        "pattern" => rule.body = Body::Pattern(pattern(child, notes)),
        "regexp" => {
            notes.check_attributes(child, &["case_sensitive", "type", "mark"], true);
            rule.body = Body::Regexp(Regexp {
                expression: child.text().trim().to_owned(),
                case_sensitive: notes.flag(child, "case_sensitive").unwrap_or(false),
                smart: child.attribute("type") != Some("exact"),
                mark: mark(child, notes),
            });
        }
        "antipattern" => rule.antipatterns.push(pattern(child, notes)),
        "filter" => {
            let argument = |name: &str| child.attribute(name).unwrap_or_default().to_owned();
            rule.filter = Some((argument("class"), argument("args")));
            notes.unsupported(child.line, format!("the filter {:?} is Java code", argument("class")));
        }
        "message" => {
            let suppress = notes.flag(child, "suppress_misspelled").unwrap_or(false);
            rule.message = pieces(child, notes);
            for piece in &mut rule.message {
                if let Piece::Suggestion(suggestion) = piece {
                    suggestion.suppress_misspelled |= suppress;
                }
            }
        }
        "suggestion" => {
            let suggestion = suggestion(child, notes);
            rule.suggestions.push(suggestion);
        }
        "url" => rule.url = Some(child.text().trim().to_owned()),
        "short" => rule.short = Some(child.text().trim().to_owned()),
        "example" => {
            let example = example(child, notes);
            rule.examples.push(example);
        }
        "disambig" => *action = Some(disambig(child, notes)),
        "tag" => {}
        _ => notes.unknown_child(child, "rule"),
    }
}

fn example(element: &Element, notes: &mut Notes<'_>) -> Example {
    notes.check_attributes(element, &["correction", "type", "reason", "inputform", "outputform"], false);
    let mut example = Example {
        corrections: element.attribute("correction").map(|c| c.split('|').map(str::to_owned).collect()),
        input_form: element.attribute("inputform").map(str::to_owned),
        output_form: element.attribute("outputform").map(str::to_owned),
        line: element.line,
        ..Example::default()
    };
    for child in &element.children {
        match child {
            Node::Text(text) => example.text.push_str(text),
            Node::Element(e) if e.name == "marker" => {
                let start = example.text.len();
                example.text.push_str(&e.text());
                let from = example.marker.as_ref().map_or(start, |m| m.start);
                example.marker = Some(from..example.text.len());
            }
            Node::Element(e) => {
                notes
                    .problem(e.line, format!("<{}> inside <example> is not known; its text is read", e.name));
                example.text.push_str(&e.text());
            }
            Node::Comment(_) | Node::Instruction(_) => {}
        }
    }
    example.kind = match element.attribute("type") {
        None if example.corrections.is_some() => ExampleKind::Incorrect,
        None => ExampleKind::Correct,
        Some("correct") => ExampleKind::Correct,
        Some("incorrect") => ExampleKind::Incorrect,
        Some("triggers_error") => ExampleKind::TriggersError,
        Some("ambiguous") => ExampleKind::Ambiguous,
        Some("untouched") => ExampleKind::Untouched,
        Some(other) => {
            notes.problem(element.line, format!("type={other:?} of <example> is not known; read as correct"));
            ExampleKind::Correct
        }
    };
    example
}

fn disambig(element: &Element, notes: &mut Notes<'_>) -> Disambig {
    notes.check_attributes(element, &["action", "postag"], true);
    let action = match element.attribute("action") {
        None | Some("replace") => Action::Replace,
        Some("remove") => Action::Remove,
        Some("add") => Action::Add,
        Some("filter") => Action::Filter,
        Some("filterall") => Action::FilterAll,
        Some("immunize") => Action::Immunize,
        Some("ignore_spelling") => Action::IgnoreSpelling,
        Some("unify") => Action::Unify,
        Some(other) => {
            notes.unsupported(element.line, format!("action={other:?} is not known"));
            Action::Replace
        }
    };
    let mut out =
        Disambig { action, postag: element.attribute("postag").map(str::to_owned), ..Disambig::default() };
    for child in element.elements() {
        match child.name.as_str() {
            "wd" => {
                notes.check_attributes(child, &["lemma", "pos"], true);
                let own = |name: &str| child.attribute(name).map(str::to_owned);
                out.readings.push(Wd {
                    lemma: own("lemma"),
                    pos: own("pos"),
                    text: child.text().trim().to_owned(),
                });
            }
            "match" => out.reference = Some(Box::new(match_ref(child, notes))),
            _ => notes.unknown_child(child, "disambig"),
        }
    }
    out
}
