//! Entities of a DTD's internal subset, expanded before the document is parsed as XML.

use std::collections::BTreeMap;

use crate::{Error, Limits, Place, Problem, Result, codes};

/// How deep entities may name entities.
const DEPTH: usize = 16;

/// The document with its DOCTYPE blanked and its own entities replaced by their text, line breaks kept.
pub(super) fn expand(source: &str, limits: &Limits, problems: &mut Vec<Problem>) -> Result<String> {
    let mut scan = Scan { source, at: 0, line: 1, entities: BTreeMap::new(), out: String::new(), limit: 0 };
    let length = source.len() as u64;
    scan.limit = limits.bytes.min(length.saturating_mul(limits.expansion_ratio).saturating_add(1 << 20));
    scan.document(problems)?;
    Ok(scan.out)
}

struct Scan<'a> {
    source: &'a str,
    at: usize,
    line: u64,
    entities: BTreeMap<&'a str, &'a str>,
    out: String,
    limit: u64,
}

impl<'a> Scan<'a> {
    fn rest(&self) -> &'a str {
        self.source.get(self.at..).unwrap_or_default()
    }

    /// Steps over `length` bytes, copying them.
    fn copy(&mut self, length: usize) -> Result<()> {
        let part = self.rest().get(..length).unwrap_or(self.rest());
        self.push(part)?;
        self.step(part);
        Ok(())
    }

    fn step(&mut self, part: &str) {
        self.at += part.len();
        self.line += part.bytes().filter(|b| *b == b'\n').count() as u64;
    }

    fn push(&mut self, part: &str) -> Result<()> {
        if (self.out.len() + part.len()) as u64 > self.limit {
            let place = Place::Line(self.line);
            return Err(Error::Limit { what: "bytes after entities are expanded", limit: self.limit, place });
        }
        self.out.push_str(part);
        Ok(())
    }

    fn document(&mut self, problems: &mut Vec<Problem>) -> Result<()> {
        let mut doctype_allowed = true;
        loop {
            let rest = self.rest();
            let Some(next) = rest.find(['<', '&']) else { return self.copy(rest.len()) };
            self.copy(next)?;
            let rest = self.rest();
            if rest.starts_with('&') {
                self.reference(None, problems)?;
            } else if let Some(end) = verbatim_end(rest) {
                self.copy(end)?;
            } else if rest.starts_with("<!DOCTYPE") {
                if !doctype_allowed {
                    let message = "a DOCTYPE inside the document";
                    return Err(Error::malformed("LanguageTool XML", Place::Line(self.line), message));
                }
                doctype_allowed = false;
                self.doctype(problems)?;
            } else {
                doctype_allowed = false;
                self.tag(problems)?;
            }
        }
    }

    /// A tag, up to its `>`: quotes inside are part of attribute values.
    fn tag(&mut self, problems: &mut Vec<Problem>) -> Result<()> {
        let mut quote = None;
        loop {
            let rest = self.rest();
            let stop = |c: char| c == '&' || quote.map_or(matches!(c, '>' | '"' | '\''), |q| c == q);
            let Some(next) = rest.find(stop) else { return self.copy(rest.len()) };
            self.copy(next)?;
            match self.rest().chars().next() {
                Some('&') => self.reference(quote, problems)?,
                Some('>') => return self.copy(1),
                Some(c) => {
                    quote = if quote.is_some() { None } else { Some(c) };
                    self.copy(1)?;
                }
                None => return Ok(()),
            }
        }
    }

    /// An `&name;` in the document. References of XML itself are copied.
    fn reference(&mut self, quote: Option<char>, problems: &mut Vec<Problem>) -> Result<()> {
        let rest = self.rest();
        let name = rest.get(1..).and_then(|r| r.split_once(';')).map_or("", |(name, _)| name);
        if !is_name(name) {
            let plain = !name.starts_with('#');
            if plain {
                self.push("&amp;")?;
                self.step("&");
                let message = "an & that starts no reference; read as itself";
                problems.push(Problem::new(codes::RULE_ELEMENT, Place::Line(self.line), message));
                return Ok(());
            }
            return self.copy(1);
        }
        let whole = rest.get(..name.len() + 2).unwrap_or(rest);
        if matches!(name, "amp" | "lt" | "gt" | "quot" | "apos") {
            return self.copy(whole.len());
        }
        self.step(whole);
        match self.entities.get(name) {
            Some(value) => self.replacement(value, quote, 1),
            None => {
                let message = format!("the entity &{name}; is not declared; read as its name");
                problems.push(Problem::new(codes::RULE_ELEMENT, Place::Line(self.line), message));
                self.push(&format!("&amp;{name};"))
            }
        }
    }

    fn replacement(&mut self, value: &'a str, quote: Option<char>, depth: usize) -> Result<()> {
        if depth > DEPTH {
            let place = Place::Line(self.line);
            return Err(Error::Limit { what: "entities inside entities", limit: DEPTH as u64, place });
        }
        let mut rest = value;
        while let Some(next) = rest.find(['&', '<', '"', '\'', '\n']) {
            let (before, after) = rest.split_at(next);
            self.push(before)?;
            let mut taken = 1;
            match after.as_bytes().first() {
                Some(b'\n') => self.push(" ")?,
                Some(b'<') if quote.is_some() => self.push("&lt;")?,
                Some(b'"') if quote == Some('"') => self.push("&quot;")?,
                Some(b'\'') if quote == Some('\'') => self.push("&apos;")?,
                Some(b'&') => {
                    let name = after.get(1..).and_then(|r| r.split_once(';')).map_or("", |(name, _)| name);
                    let inner = self.entities.get(name).copied().filter(|_| is_name(name));
                    match inner {
                        Some(inner) => {
                            self.replacement(inner, quote, depth + 1)?;
                            taken = name.len() + 2;
                        }
                        None => self.push("&")?,
                    }
                }
                _ => self.push(after.get(..1).unwrap_or_default())?,
            }
            rest = after.get(taken..).unwrap_or_default();
        }
        self.push(rest)
    }

    /// `<!DOCTYPE … [ … ]>`: its entities are noted, and its line breaks alone copied.
    fn doctype(&mut self, problems: &mut Vec<Problem>) -> Result<()> {
        let start = self.line;
        let mut inside = false;
        loop {
            let rest = self.rest();
            let Some(next) = rest.find(['<', '[', ']', '>', '"', '\'']) else { break };
            self.skip(next)?;
            let rest = self.rest();
            match rest.as_bytes().first() {
                Some(b'[') => inside = true,
                Some(b']') => inside = false,
                Some(b'>') if !inside => return self.skip(1),
                Some(b'<') if rest.starts_with("<!--") => {
                    let end = rest.find("-->").map_or(rest.len(), |e| e + 3);
                    self.skip(end)?;
                    continue;
                }
                Some(b'<') if rest.starts_with("<!ENTITY") => {
                    let end = self.entity(rest, problems);
                    self.skip(end)?;
                    continue;
                }
                Some(quote @ (b'"' | b'\'')) => {
                    let end = rest.get(1..).and_then(|r| r.find(char::from(*quote)));
                    self.skip(end.map_or(rest.len(), |e| e + 2))?;
                    continue;
                }
                _ => {}
            }
            self.skip(1)?;
        }
        Err(Error::malformed("LanguageTool XML", Place::Line(start), "the DOCTYPE does not end"))
    }

    fn skip(&mut self, length: usize) -> Result<()> {
        let part = self.rest().get(..length).unwrap_or(self.rest());
        let breaks = part.bytes().filter(|b| *b == b'\n').count();
        self.push(&"\n".repeat(breaks))?;
        self.step(part);
        Ok(())
    }

    /// Notes `<!ENTITY name "value">` at the start of `rest`; how many bytes it takes.
    fn entity(&mut self, rest: &'a str, problems: &mut Vec<Problem>) -> usize {
        let mut problem = |message: String| {
            problems.push(Problem::new(codes::RULE_ELEMENT, Place::Line(self.line), message));
        };
        let body = rest.strip_prefix("<!ENTITY").unwrap_or(rest).trim_start();
        let name_end = body.find(|c: char| c.is_whitespace()).unwrap_or(body.len());
        let (name, value) = body.split_at(name_end);
        let value = value.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let close = quote.and_then(|q| value.get(1..)?.find(q).map(|end| end + 1));
        let Some(close) = close.filter(|_| is_name(name)) else {
            problem(format!("the entity {name:?} is not an internal one with a value; left out"));
            return rest.find('>').map_or(rest.len(), |end| end + 1);
        };
        if self.entities.contains_key(name) {
            problem(format!("the entity &{name}; is declared twice; the first one is used"));
        } else {
            self.entities.insert(name, value.get(1..close).unwrap_or_default());
        }
        let after = value.get(close + 1..).unwrap_or_default();
        let tail = after.find('>').map_or(after.len(), |end| end + 1);
        rest.len() - after.len() + tail
    }
}

/// The end of a comment, CDATA section or processing instruction at the start of `rest`.
fn verbatim_end(rest: &str) -> Option<usize> {
    let close = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")]
        .into_iter()
        .find_map(|(open, close)| Some((rest.strip_prefix(open)?, open.len(), close)));
    let (inner, opened, close) = close?;
    Some(inner.find(close).map_or(rest.len(), |end| opened + end + close.len()))
}

fn is_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && chars.all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
}
