//! Rule files whose rules are more than a line each: a row is a rule, or what stands between two rules.

use std::sync::Arc;

use arrow::array::{BooleanArray, RecordBatch, StructArray};
use arrow::datatypes::DataType;
use sprog_formats::rules::cg::{CgGrammar, Section, Statement, StatementKind};
use sprog_formats::rules::languagetool::{self, Example, ExampleKind, Piece, Rule, RuleFile, Suggestion};
use sprog_formats::rules::{Charset, LineEnding, RawLine};

use super::columns::{Bounds, TextLists, Texts, batch_at};
use super::{RuleOrigin, RuleTable, example_fields};
use crate::{Error, Result};

/// The statements of a Constraint Grammar, with the comments before them. `kind` is what the statement does, `name` the
/// rule's, the set's or the section's name, `section` the kind of section that a rule stands in, `options` the rule's.
///
/// # Errors
/// [`Error::Invalid`] for a column larger than 2 GiB.
///
/// ```
/// use sprog_datasets::rules::{RuleOrigin, export, rules_cg};
/// use sprog_formats::{Limits, rules::cg};
/// let bytes = b"LIST N = NOUN ;\n# an example\nSECTION\nSELECT N ;\n";
/// let file = cg::read(bytes, &Limits::default())?.value;
/// let rows = rules_cg(&file, &RuleOrigin { file: "da.cg3".into(), ..RuleOrigin::default() })?;
/// assert_eq!(rows.num_rows(), 4, "three statements and the end of the file");
/// assert_eq!(export([Ok(rows)].into_iter(), "da.cg3")?, bytes);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn rules_cg(file: &CgGrammar, origin: &RuleOrigin) -> Result<RecordBatch> {
    let [mut names, mut sections, mut statements]: [Texts; 3] = Default::default();
    let mut options = TextLists::default();
    let mut lines: Vec<(RawLine, u64, String)> = Vec::new();
    for statement in &file.statements {
        let rule = match &statement.kind {
            StatementKind::Rule(rule) => Some(rule),
            _ => None,
        };
        names.push(name(&statement.kind))?;
        sections.push(rule.and_then(|r| r.section).map(section))?;
        options.push(rule.map(|r| &r.options))?;
        statements.push(Some(statement.text()))?;
        lines.push((unit(lines.len(), &statement.raw), statement.line, kind(statement)));
    }
    if !file.tail.is_empty() {
        let at = 1 + file.statements.iter().map(|s| s.raw.matches('\n').count() as u64).sum::<u64>();
        names.push(None)?;
        sections.push(None)?;
        options.push_null()?;
        statements.push(None)?;
        lines.push((unit(lines.len(), &file.tail), at, "tail".into()));
    }
    let typed = vec![names.finish(), sections.finish(), options.finish()?, statements.finish()];
    batch_at(
        RuleTable::RulesCg,
        origin,
        file.encoding,
        lines.iter().map(|(l, at, k)| (l, *at, k.as_str())),
        typed,
    )
}

fn unit(before: usize, raw: &str) -> RawLine {
    RawLine { number: before as u64 + 1, raw: raw.to_owned(), ending: LineEnding::None }
}

fn section(section: Section) -> &'static str {
    match section {
        Section::Before => "before",
        Section::Main => "main",
        Section::After => "after",
        Section::Null => "null",
    }
}

fn name(kind: &StatementKind) -> Option<&str> {
    match kind {
        StatementKind::List { name, .. }
        | StatementKind::Set { name, .. }
        | StatementKind::Template { name, .. }
        | StatementKind::Anchor(name)
        | StatementKind::Include(name) => Some(name),
        StatementKind::Section { name, .. } => name.as_deref(),
        StatementKind::Rule(rule) => rule.name.as_deref(),
        _ => None,
    }
}

fn kind(statement: &Statement) -> String {
    match &statement.kind {
        StatementKind::Rule(rule) => rule.kind.as_str().to_lowercase(),
        StatementKind::Empty => "empty".into(),
        StatementKind::Unknown => "unknown".into(),
        StatementKind::Section { .. } => "section".into(),
        StatementKind::Other(keyword) => keyword.to_lowercase(),
        _ => statement.text().split_whitespace().next().unwrap_or_default().to_lowercase(),
    }
}

/// The rules of a LanguageTool file, in its canonical form; what stands between two rules (categories, groups, comments)
/// is a row of kind `frame`.
///
/// # Errors
/// [`Error::Invalid`] for a column larger than 2 GiB.
pub fn rules_pattern(file: &RuleFile, origin: &RuleOrigin) -> Result<RecordBatch> {
    let mut texts: [Texts; 6] = Default::default();
    let mut defaults: Vec<Option<bool>> = Vec::new();
    let mut suggestions = TextLists::default();
    let mut examples = Examples::default();
    let mut lines: Vec<(RawLine, u64, &'static str)> = Vec::new();
    let text = languagetool::write(file);
    let mut rest = text.as_str();
    let mut line = 1u64;
    let mut unit_of = |raw: &str, kind| {
        lines.push((unit(lines.len(), raw), line, kind));
        line = line.saturating_add(raw.matches('\n').count() as u64);
    };
    for rule in file.rules() {
        let lost = || Error::Invalid(format!("rule {:?} is not in its own file", rule.full_id()));
        let at = rest.find(&rule.raw).ok_or_else(lost)?;
        // From the start of the rule's first line to the end of its last.
        let start = rest[..at].rfind('\n').map_or(0, |n| n + 1);
        let end = at + rule.raw.len();
        let end = end + rest[end..].find('\n').map_or(0, |n| n + 1);
        if start > 0 {
            unit_of(&rest[..start], "frame");
            texts.iter_mut().try_for_each(|column| column.push(None))?;
            defaults.push(None);
            suggestions.push_null()?;
            examples.push(None)?;
        }
        unit_of(&rest[start..end], "rule");
        rest = &rest[end..];
        let id = rule.full_id();
        let message = text_of(&rule.message);
        let short = rule.short.as_deref();
        let values = [
            Some(id.as_str()),
            Some(&rule.category),
            Some(&rule.name),
            Some(&message),
            short,
            rule.url.as_deref(),
        ];
        texts.iter_mut().zip(values).try_for_each(|(column, value)| column.push(value))?;
        defaults.push(Some(!rule.default_off));
        suggestions.push(Some(suggestions_of(rule)))?;
        examples.push(Some(&rule.examples))?;
    }
    if !rest.is_empty() {
        unit_of(rest, "frame");
        texts.iter_mut().try_for_each(|column| column.push(None))?;
        defaults.push(None);
        suggestions.push_null()?;
        examples.push(None)?;
    }
    let mut typed = texts.map(Texts::finish).to_vec();
    typed.push(Arc::new(BooleanArray::from(defaults)));
    typed.push(suggestions.finish()?);
    typed.push(examples.finish()?);
    let lines = lines.iter().map(|(l, at, kind)| (l, *at, *kind));
    batch_at(RuleTable::RulesPattern, origin, Charset::Utf8, lines, typed)
}

fn suggestions_of(rule: &Rule) -> Vec<String> {
    let inside = rule.message.iter().filter_map(|piece| match piece {
        Piece::Suggestion(suggestion) => Some(suggestion),
        _ => None,
    });
    inside.chain(&rule.suggestions).map(|s: &Suggestion| text_of(&s.pieces)).collect()
}

/// Text with the tokens of a match by their numbers, as LanguageTool writes them: `\1`.
fn text_of(pieces: &[Piece]) -> String {
    let part = |piece: &Piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Match(token) => format!("\\{}", token.no),
        Piece::Suggestion(suggestion) => format!("»{}«", text_of(&suggestion.pieces)),
    };
    let text: String = pieces.iter().map(part).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[derive(Default)]
struct Examples {
    texts: [Texts; 2],
    corrections: TextLists,
    bounds: Bounds,
    count: usize,
}

impl Examples {
    fn push(&mut self, list: Option<&Vec<Example>>) -> Result<()> {
        for example in list.into_iter().flatten() {
            let kind = match example.kind {
                ExampleKind::Incorrect => "incorrect",
                ExampleKind::Correct => "correct",
                _ => "other",
            };
            let [texts, kinds] = &mut self.texts;
            texts.push(Some(&example.text))?;
            kinds.push(Some(kind))?;
            self.corrections.push(example.corrections.as_ref())?;
            self.count = self.count.saturating_add(1);
        }
        self.bounds.push(self.count, list.is_some())
    }

    fn finish(self) -> Result<arrow::array::ArrayRef> {
        let [texts, kinds] = self.texts.map(Texts::finish);
        let columns = vec![texts, kinds, self.corrections.finish()?];
        let values = StructArray::try_new(example_fields(), columns, None);
        let values = Arc::new(values.map_err(|e| Error::Invalid(e.to_string()))?);
        self.bounds.finish(DataType::Struct(example_fields()), values)
    }
}
