//! LanguageTool's rule files: `grammar.xml` and `disambiguation.xml`, with their examples.
//!
//! The format is that of LanguageTool's published schemas (`rules.xsd`, `disambiguation.xsd`,
//! `pattern.xsd`). A file becomes [`RuleFile`], a tree of categories, groups and [`Rule`]s; each rule
//! has its typed parts and its own canonical XML. [`write`](fn@write) puts the file together from the
//! canonical parts: two blanks a level, attributes in their order, comments kept, entities expanded and
//! the DOCTYPE gone. What was written once is read and written again byte for byte.
//!
//! An element, attribute or value that is not known is a [`codes::RULE_ELEMENT`] problem with its line.
//! Where it bears on what the rule matches, the rule is kept and written, and what was not understood
//! is in [`Rule::unsupported`].

mod element;
mod entities;
mod message;
mod model;
mod read;
#[cfg(test)]
mod tests;
mod tree;

pub use model::{
    Action, Attribute, Body, CaseConversion, Disambig, Example, ExampleKind, Exception, IncludeSkipped, Item,
    MatchRef, Pattern, PatternElement, Phrases, Piece, Regexp, Rule, RuleFile, Scope, Section, Suggestion,
    Test, Token, Unification, Wd,
};

use crate::{Error, Limits, Parsed, Place, Problem, Result, codes};

/// Reads a grammar or disambiguation file.
///
/// Entities of the DTD's internal subset are expanded; a DTD in another file is never looked for.
///
/// Problems: [`codes::RULE_ELEMENT`] for what is not known, [`codes::BAD_ENCODING`] for bytes that are no
/// UTF-8.
///
/// # Errors
/// [`Error::Malformed`] where the bytes are not well-formed XML; [`Error::Limit`] past `limits`' bytes
/// (of the file, and after entities are expanded), depth or items (elements, attributes and texts).
///
/// ```
/// use sprog_formats::{Limits, rules::languagetool::{self, Body}};
/// let xml = r#"<rules lang="da"><category id="STAVNING" name="Stavning"><rule id="AD_AF" name="ad/af">
///   <pattern><token>en</token><token>ad</token></pattern>
///   <message>Skriv <suggestion>\1 af</suggestion>.</message>
///   <example correction="en af">Det er <marker>en ad</marker> dem.</example>
/// </rule></category></rules>"#;
/// let parsed = languagetool::read(xml.as_bytes(), &Limits::default())?;
/// assert!(parsed.problems.is_empty());
/// let rule = parsed.value.rules().next().expect("one rule");
/// assert!(matches!(&rule.body, Body::Pattern(p) if p.elements.len() == 2));
/// assert_eq!(rule.examples[0].marker, Some(7..12));
/// let written = languagetool::write(&parsed.value);
/// let again = languagetool::read(written.as_bytes(), &Limits::default())?;
/// assert_eq!(languagetool::write(&again.value), written);
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Parsed<RuleFile>> {
    if bytes.len() as u64 > limits.bytes {
        return Err(Error::Limit { what: "file", limit: limits.bytes, place: Place::File });
    }
    let mut problems = Vec::new();
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => std::borrow::Cow::Borrowed(text),
        Err(e) => {
            let message = format!("byte {} is no UTF-8; what is not was replaced", e.valid_up_to());
            problems.push(Problem::new(codes::BAD_ENCODING, Place::File, message));
            String::from_utf8_lossy(bytes)
        }
    };
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let expanded = entities::expand(&text, limits, &mut problems)?;
    let document = tree::parse(&expanded, limits)?;
    let value = read::rule_file(document, &mut problems);
    Ok(Parsed { value, problems })
}

/// The file in its canonical form.
pub fn write(file: &RuleFile) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    for node in &file.prolog {
        out.push_str(node);
        out.push('\n');
    }
    write_section(&mut out, "rules", &file.attributes, &file.items, 0);
    for node in &file.epilog {
        out.push_str(node);
        out.push('\n');
    }
    out
}

fn write_section(out: &mut String, name: &str, attributes: &[Attribute], items: &[Item], indent: usize) {
    out.extend(std::iter::repeat_n(' ', indent));
    tree::write_start(out, name, attributes);
    if items.is_empty() {
        out.push_str("/>\n");
        return;
    }
    out.push_str(">\n");
    for item in items {
        let raw = match item {
            Item::Category(section) => {
                write_section(out, "category", &section.attributes, &section.items, indent + 2);
                continue;
            }
            Item::Group(section) => {
                write_section(out, "rulegroup", &section.attributes, &section.items, indent + 2);
                continue;
            }
            Item::Comment(raw) | Item::Other(raw) => raw,
            Item::Unification(unification) => &unification.raw,
            Item::Phrases(phrases) => &phrases.raw,
            Item::Rule(rule) => &rule.raw,
        };
        write_raw(out, raw, indent + 2);
    }
    out.extend(std::iter::repeat_n(' ', indent));
    out.push_str("</");
    out.push_str(name);
    out.push_str(">\n");
}

/// A canonical part, which stands at its level already.
fn write_raw(out: &mut String, raw: &str, indent: usize) {
    out.extend(std::iter::repeat_n(' ', indent));
    out.push_str(raw);
    out.push('\n');
}

impl RuleFile {
    /// Every rule, in order, from all categories and groups.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        let mut out = Vec::new();
        collect(&self.items, &mut |item| {
            if let Item::Rule(rule) = item {
                out.push(&**rule);
            }
        });
        out.into_iter()
    }

    /// The features that tokens can agree in.
    pub fn unifications(&self) -> impl Iterator<Item = &Unification> {
        self.items.iter().filter_map(|item| match item {
            Item::Unification(u) => Some(u),
            _ => None,
        })
    }

    /// The named parts of patterns.
    pub fn phrases(&self) -> impl Iterator<Item = &Phrases> {
        self.items.iter().filter_map(|item| match item {
            Item::Phrases(p) => Some(p),
            _ => None,
        })
    }

    /// The language, from the root's `lang`.
    pub fn lang(&self) -> Option<&str> {
        self.attributes.iter().find(|a| a.name == "lang").map(|a| a.value.as_str())
    }
}

fn collect<'a>(items: &'a [Item], visit: &mut dyn FnMut(&'a Item)) {
    for item in items {
        visit(item);
        if let Item::Category(section) | Item::Group(section) = item {
            collect(&section.items, visit);
        }
    }
}
