//! Statements and rules.

use super::context::{chain, contexts};
use super::scan::{Scanned, Scanner, Stop};
use super::sets::{set_expr, tag_list};
use super::syntax::{Inline, Rule, RuleKind, Section, Statement, StatementKind, Tag};
use crate::{Limits, Place, Problem, Result, codes};

/// The words that may stand between a rule's keyword and its sets.
const OPTIONS: [&str; 41] = [
    "NEAREST",
    "ALLOWLOOP",
    "ALLOWCROSS",
    "DELAYED",
    "IMMEDIATE",
    "IGNORED",
    "LOOKDELETED",
    "LOOKDELAYED",
    "LOOKIGNORED",
    "UNSAFE",
    "SAFE",
    "UNMAPLAST",
    "REMEMBERX",
    "RESETX",
    "KEEPORDER",
    "VARYORDER",
    "ENCL_INNER",
    "ENCL_OUTER",
    "ENCL_FINAL",
    "ENCL_ANY",
    "WITHCHILD",
    "NOCHILD",
    "ITERATE",
    "NOITERATE",
    "REVERSE",
    "OUTPUT",
    "CAPTURE_UNIF",
    "REPEAT",
    "NOMAPPED",
    "NOPARENT",
    "DETACH",
    "ONCE",
    "ALWAYS",
    "BEFORE",
    "AFTER",
    "INNER",
    "OUTER",
    "FINAL",
    "ANY",
    "RELATION",
    "MARK",
];

/// Every statement of `text`, and what stands after the last.
pub(super) fn statements(
    text: &str,
    limits: &Limits,
    problems: &mut Vec<Problem>,
) -> Result<(Vec<Statement>, String)> {
    let mut s = Scanner::new(text, limits);
    let mut out = Vec::new();
    let mut section = (None, 0);
    let mut from = 0;
    loop {
        s.trivia();
        let start = s.at;
        let line = s.line();
        if s.at_end() || s.peek_word().eq_ignore_ascii_case("END") {
            return Ok((out, text.get(from..).unwrap_or_default().to_owned()));
        }
        s.start_statement();
        let parsed = s.item().and_then(|()| statement(&mut s, section));
        let kind = match parsed {
            Ok(kind) => kind,
            Err(Stop::Fatal(e)) => return Err(e),
            Err(Stop::Syntax(message)) => {
                let at = s.line();
                let message = if at == line { message } else { format!("line {at}: {message}") };
                problems.push(Problem::new(codes::RULE_LINE, Place::Line(line), message));
                s.recover();
                StatementKind::Unknown
            }
        };
        if let StatementKind::Section { section: kind, .. } = &kind {
            section = (Some(*kind), if section.0.is_some() { section.1 + 1 } else { 0 });
        }
        let raw = s.between(from, s.at).to_owned();
        out.push(Statement { line, raw, start: start - from, kind });
        from = s.at;
    }
}

fn statement(s: &mut Scanner<'_>, section: (Option<Section>, usize)) -> Scanned<StatementKind> {
    if s.eat(';') {
        return Ok(StatementKind::Empty);
    }
    let wordform = if s.peek() == Some('"') { Some(Tag::parse(s.tag()?)) } else { None };
    let word = s.word();
    let (keyword, name) = match word.split_once(':') {
        Some((keyword, name)) => (keyword, Some(name)),
        None => (word, None),
    };
    if let Some(kind) = RuleKind::parse(keyword) {
        return rule(s, kind, name, wordform, section);
    }
    if wordform.is_some() || name.is_some() {
        return Err(Stop::Syntax(format!("{word:?} is not a rule's keyword")));
    }
    let keyword = word.to_ascii_uppercase();
    let kind = match keyword.as_str() {
        "SECTION" | "CONSTRAINTS" => return Ok(section_start(s, Section::Main)),
        "BEFORE-SECTIONS" | "MAPPINGS" | "CORRECTIONS" => return Ok(section_start(s, Section::Before)),
        "AFTER-SECTIONS" => return Ok(section_start(s, Section::After)),
        "NULL-SECTION" => return Ok(section_start(s, Section::Null)),
        "DELIMITERS" => StatementKind::Delimiters(assigned_tags(s)?),
        "SOFT-DELIMITERS" => StatementKind::SoftDelimiters(assigned_tags(s)?),
        "PREFERRED-TARGETS" => StatementKind::PreferredTargets(assigned_tags(s)?),
        "LIST-TAGS" | "STRICT-TAGS" => {
            if !s.keyword("+=") {
                return Err(s.unexpected("\"+=\""));
            }
            StatementKind::ListTags(tag_list(s)?)
        }
        "MAPPING-PREFIX" => {
            equals(s)?;
            StatementKind::MappingPrefix(s.word().to_owned())
        }
        "SUBREADINGS" => {
            equals(s)?;
            StatementKind::Subreadings(s.word().to_owned())
        }
        "LIST" => {
            let name = set_name(s)?;
            let append = s.keyword("+=");
            if !append {
                equals(s)?;
            }
            StatementKind::List { name, append, tags: tag_list(s)? }
        }
        "SET" => {
            let name = set_name(s)?;
            equals(s)?;
            StatementKind::Set { name, expr: set_expr(s)? }
        }
        "TEMPLATE" => {
            let name = set_name(s)?;
            equals(s)?;
            StatementKind::Template { name, context: chain(s)? }
        }
        "ANCHOR" => StatementKind::Anchor(s.word().to_owned()),
        "INCLUDE" => {
            s.keyword("STATIC");
            s.trivia();
            let rest = s.rest();
            let end = rest.find([';', '\n']).unwrap_or(rest.len());
            s.at += end;
            StatementKind::Include(rest.get(..end).unwrap_or_default().trim().to_owned())
        }
        "OPTIONS" | "PARENTHESES" | "STATIC-SETS" | "UNDEF-SETS" | "CMDARGS" | "CMDARGS-OVERRIDE"
        | "RELOCATE" => {
            s.recover();
            return Ok(StatementKind::Other(keyword));
        }
        _ => {
            let shown: String = word.chars().take(40).collect();
            return Err(Stop::Syntax(format!("{shown:?} starts no statement")));
        }
    };
    s.expect(';')?;
    Ok(kind)
}

fn section_start(s: &mut Scanner<'_>, section: Section) -> StatementKind {
    let before = s.at;
    let name = s.word();
    if s.eat(';') {
        let name = Some(name.to_owned()).filter(|name| !name.is_empty());
        return StatementKind::Section { section, name };
    }
    s.at = before;
    StatementKind::Section { section, name: None }
}

fn set_name(s: &mut Scanner<'_>) -> Scanned<String> {
    s.item()?;
    let name = s.word();
    if name.is_empty() || name == "=" { Err(s.unexpected("a name")) } else { Ok(name.to_owned()) }
}

/// Skips `=`, which may touch what follows it.
fn equals(s: &mut Scanner<'_>) -> Scanned<()> {
    s.expect('=')
}

fn assigned_tags(s: &mut Scanner<'_>) -> Scanned<Inline> {
    equals(s)?;
    tag_list(s)
}

fn rule(
    s: &mut Scanner<'_>,
    kind: RuleKind,
    name: Option<&str>,
    wordform: Option<Tag>,
    (section, section_number): (Option<Section>, usize),
) -> Scanned<StatementKind> {
    use RuleKind::*;
    let mut rule = Rule {
        kind,
        name: name.filter(|name| !name.is_empty()).map(str::to_owned),
        wordform,
        options: Vec::new(),
        arguments: Vec::new(),
        placing: Vec::new(),
        target: None,
        contexts: Vec::new(),
        other: None,
        section,
        section_number,
    };
    // These have forms of their own (braces, programs, recipes): kept whole, not taken apart.
    if matches!(kind, With | External | Execute | SplitCohort | MergeCohorts | CopyCohort) {
        if kind == With {
            skip_braces(s)?
        } else {
            s.recover()
        }
        return Ok(StatementKind::Rule(Box::new(rule)));
    }
    options(s, &mut rule.options);
    let arguments = match kind {
        Map | Add | Replace | Append | Copy | AddRelation | SetRelation | RemRelation | Restore => 1,
        AddCohort | RemVariable | Jump => 1,
        Substitute | AddRelations | SetRelations | RemRelations | SetVariable => 2,
        _ => 0,
    };
    for _ in 0..arguments {
        rule.arguments.push(set_expr(s)?);
    }
    while let Some(word) =
        ["EXCEPT", "BEFORE", "AFTER", "WITHCHILD", "NOCHILD"].into_iter().find(|w| s.keyword(w))
    {
        let bare = kind == AddCohort && matches!(word, "BEFORE" | "AFTER") || word == "NOCHILD";
        let set = if bare { None } else { Some(set_expr(s)?) };
        rule.placing.push((word.to_owned(), set));
    }
    options(s, &mut rule.options);
    s.keyword("TARGET");
    rule.target = Some(set_expr(s)?);
    rule.contexts = contexts(s)?;
    if let Some(word) = ["TO", "FROM", "WITH", "BEFORE", "AFTER"].into_iter().find(|w| s.keyword(w)) {
        while s.keyword("BEFORE") || s.keyword("AFTER") || s.keyword("NOCHILD") {}
        rule.other = Some((word.to_owned(), contexts(s)?));
    }
    s.expect(';')?;
    Ok(StatementKind::Rule(Box::new(rule)))
}

fn options(s: &mut Scanner<'_>, out: &mut Vec<String>) {
    loop {
        let word = s.peek_word();
        let known = OPTIONS.contains(&word) && !matches!(word, "BEFORE" | "AFTER" | "WITHCHILD" | "NOCHILD");
        if !known && !word.starts_with("SUB:") {
            return;
        }
        out.push(s.word().to_owned());
    }
}

/// Skips a rule with rules in braces.
fn skip_braces(s: &mut Scanner<'_>) -> Scanned<()> {
    let mut depth = 0_u32;
    loop {
        s.trivia();
        match s.peek() {
            None => return Err(s.unexpected("\"}\"")),
            Some('"') => {
                s.tag()?;
            }
            Some(c) => {
                s.at += c.len_utf8();
                match c {
                    '{' => depth += 1,
                    '}' => {
                        depth = depth.saturating_sub(1);
                        if depth == 0 {
                            return s.expect(';');
                        }
                    }
                    _ => {}
                }
            }
        }
    }
}
