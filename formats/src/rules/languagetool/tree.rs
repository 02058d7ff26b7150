//! The XML document as a tree, and the canonical form it is written in.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::Attribute;
use crate::{Error, Limits, Place, Result};

/// An element with everything inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) attributes: Vec<Attribute>,
    pub(super) children: Vec<Node>,
    pub(super) line: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Element(Element),
    Text(String),
    Comment(String),
    Instruction(String),
}

/// Elements whose text is kept to the letter, and written on one line.
const VERBATIM: [&str; 10] =
    ["message", "suggestion", "example", "short", "url", "regexp", "match", "name", "description", "filter"];
/// Elements whose text is trimmed, and written on one line.
const TRIMMED: [&str; 3] = ["token", "exception", "wd"];

impl Element {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|a| a.name == name).map(|a| a.value.as_str())
    }

    pub(super) fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|n| match n {
            Node::Element(e) => Some(e),
            _ => None,
        })
    }

    /// The text directly inside.
    pub(super) fn text(&self) -> String {
        let texts = self.children.iter().map(|n| match n {
            Node::Text(text) => text.as_str(),
            _ => "",
        });
        texts.collect()
    }

    /// The canonical form.
    pub(super) fn write(&self, out: &mut String, indent: usize) {
        out.extend(std::iter::repeat_n(' ', indent));
        self.write_inline_or_block(out, indent, false);
        out.push('\n');
    }

    fn write_inline_or_block(&self, out: &mut String, indent: usize, inline: bool) {
        write_start(out, &self.name, &self.attributes);
        if self.children.is_empty() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        if inline || self.is_inline() {
            for child in &self.children {
                match child {
                    Node::Element(e) => e.write_inline_or_block(out, 0, true),
                    other => other.write(out),
                }
            }
        } else {
            out.push('\n');
            for child in &self.children {
                match child {
                    Node::Element(e) => e.write(out, indent + 2),
                    other => {
                        out.extend(std::iter::repeat_n(' ', indent + 2));
                        other.write(out);
                        out.push('\n');
                    }
                }
            }
            out.extend(std::iter::repeat_n(' ', indent));
        }
        out.push_str("</");
        out.push_str(&self.name);
        out.push('>');
    }

    fn is_inline(&self) -> bool {
        VERBATIM.contains(&self.name.as_str())
            || TRIMMED.contains(&self.name.as_str())
            || self.children.iter().any(|n| matches!(n, Node::Text(_)))
    }

    /// Drops white space that stands for layout alone. Called once, when the element ends.
    fn settle(&mut self, verbatim: bool) {
        if verbatim || VERBATIM.contains(&self.name.as_str()) {
            return;
        }
        let trimmed = TRIMMED.contains(&self.name.as_str());
        let layout = !self.children.iter().any(|n| matches!(n, Node::Text(t) if !is_blank(t)));
        self.children.retain_mut(|child| match child {
            Node::Text(text) if trimmed => {
                *text = text.trim_matches(is_space).to_owned();
                !text.is_empty()
            }
            Node::Text(_) => !layout,
            _ => true,
        });
    }
}

impl Node {
    pub(super) fn write(&self, out: &mut String) {
        match self {
            Node::Element(e) => e.write_inline_or_block(out, 0, true),
            Node::Text(text) => escape(out, text, false),
            Node::Comment(text) => {
                out.push_str("<!--");
                out.push_str(text);
                out.push_str("-->");
            }
            Node::Instruction(text) => {
                out.push_str("<?");
                out.push_str(text);
                out.push_str("?>");
            }
        }
    }
}

/// `<name a="b"`, without the `>`.
pub(super) fn write_start(out: &mut String, name: &str, attributes: &[Attribute]) {
    out.push('<');
    out.push_str(name);
    for attribute in attributes {
        out.push(' ');
        out.push_str(&attribute.name);
        out.push_str("=\"");
        escape(out, &attribute.value, true);
        out.push('"');
    }
}

fn escape(out: &mut String, text: &str, attribute: bool) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if attribute => out.push_str("&quot;"),
            '\n' if attribute => out.push_str("&#10;"),
            '\t' if attribute => out.push_str("&#9;"),
            '\r' => out.push_str("&#13;"),
            c => out.push(c),
        }
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

fn is_blank(text: &str) -> bool {
    text.chars().all(is_space)
}

/// A document: what stands before and after the root, and the root.
pub(super) struct Document {
    pub(super) prolog: Vec<Node>,
    pub(super) root: Element,
    pub(super) epilog: Vec<Node>,
}

pub(super) fn parse(xml: &str, limits: &Limits) -> Result<Document> {
    let mut build = Build {
        newlines: memchr_newlines(xml),
        stack: Vec::new(),
        root: None,
        prolog: Vec::new(),
        epilog: Vec::new(),
        nodes: 0,
        verbatim: 0,
    };
    let mut reader = Reader::from_str(xml);
    loop {
        let offset = reader.buffer_position();
        let event = reader.read_event().map_err(|e| {
            Error::malformed("LanguageTool XML", build.place(reader.error_position()), e.to_string())
        })?;
        let place = build.place(offset);
        match event {
            Event::Eof => break,
            Event::Start(start) => build.open(&start, place, limits)?,
            Event::Empty(start) => {
                build.open(&start, place, limits)?;
                build.close();
            }
            Event::End(_) => build.close(),
            Event::Text(text) => build.text(&String::from_utf8_lossy(&text), place, limits)?,
            Event::CData(text) => build.text(&String::from_utf8_lossy(&text), place, limits)?,
            Event::GeneralRef(name) => {
                let reference = format!("&{};", String::from_utf8_lossy(&name));
                let text = quick_xml::escape::unescape(&reference)
                    .map_err(|e| Error::malformed("LanguageTool XML", place.clone(), e.to_string()))?;
                build.text(&text, place, limits)?;
            }
            Event::Comment(text) => {
                build.push(Node::Comment(String::from_utf8_lossy(&text).into_owned()), place, limits)?;
            }
            Event::PI(text) => {
                build.push(Node::Instruction(String::from_utf8_lossy(&text).into_owned()), place, limits)?;
            }
            Event::Decl(_) | Event::DocType(_) => {}
        }
    }
    if let Some(open) = build.stack.last() {
        let message = format!("the file ends inside <{}>", open.name);
        return Err(Error::malformed("LanguageTool XML", Place::Line(open.line), message));
    }
    match build.root {
        Some(root) => Ok(Document { prolog: build.prolog, root, epilog: build.epilog }),
        None => Err(Error::malformed("LanguageTool XML", Place::File, "no element")),
    }
}

struct Build {
    newlines: Vec<usize>,
    stack: Vec<Element>,
    root: Option<Element>,
    prolog: Vec<Node>,
    epilog: Vec<Node>,
    nodes: u64,
    /// How many open elements keep their text to the letter.
    verbatim: usize,
}

impl Build {
    fn place(&self, offset: u64) -> Place {
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        Place::Line(self.newlines.partition_point(|n| *n < offset) as u64 + 1)
    }

    fn count(&mut self, place: &Place, limits: &Limits) -> Result<()> {
        self.nodes += 1;
        if self.nodes > limits.items {
            let place = place.clone();
            return Err(Error::Limit { what: "number of elements and texts", limit: limits.items, place });
        }
        Ok(())
    }

    fn open(&mut self, start: &BytesStart<'_>, place: Place, limits: &Limits) -> Result<()> {
        self.count(&place, limits)?;
        if self.stack.len() >= limits.depth {
            let limit = limits.depth as u64;
            return Err(Error::Limit { what: "nested elements", limit, place });
        }
        if self.stack.is_empty() && self.root.is_some() {
            return Err(Error::malformed("LanguageTool XML", place, "a second root element"));
        }
        let name = String::from_utf8_lossy(start.name().as_ref()).into_owned();
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let bad = |e: String| Error::malformed("LanguageTool XML", place.clone(), e);
            let attribute = attribute.map_err(|e| bad(e.to_string()))?;
            let raw = String::from_utf8_lossy(&attribute.value).replace(['\n', '\t', '\r'], " ");
            let value = quick_xml::escape::unescape(&raw).map_err(|e| bad(e.to_string()))?.into_owned();
            let name = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
            self.count(&place, limits)?;
            attributes.push(Attribute { name, value });
        }
        let line = match place {
            Place::Line(line) => line,
            _ => 0,
        };
        self.verbatim += usize::from(VERBATIM.contains(&name.as_str()));
        self.stack.push(Element { name, attributes, children: Vec::new(), line });
        Ok(())
    }

    fn close(&mut self) {
        let Some(mut element) = self.stack.pop() else { return };
        self.verbatim -= usize::from(VERBATIM.contains(&element.name.as_str()));
        element.settle(self.verbatim > 0);
        match self.stack.last_mut() {
            Some(parent) => parent.children.push(Node::Element(element)),
            None => self.root = Some(element),
        }
    }

    fn push(&mut self, node: Node, place: Place, limits: &Limits) -> Result<()> {
        self.count(&place, limits)?;
        match self.stack.last_mut() {
            Some(parent) => parent.children.push(node),
            None if self.root.is_none() => self.prolog.push(node),
            None => self.epilog.push(node),
        }
        Ok(())
    }

    fn text(&mut self, text: &str, place: Place, limits: &Limits) -> Result<()> {
        if self.stack.is_empty() {
            if is_blank(text.trim_start_matches('\u{FEFF}')) {
                return Ok(());
            }
            return Err(Error::malformed("LanguageTool XML", place, "text outside the root element"));
        }
        if let Some(Node::Text(last)) = self.stack.last_mut().and_then(|e| e.children.last_mut()) {
            last.push_str(text);
            return Ok(());
        }
        if text.is_empty() {
            return Ok(());
        }
        self.push(Node::Text(text.to_owned()), place, limits)
    }
}

fn memchr_newlines(xml: &str) -> Vec<usize> {
    xml.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at).collect()
}
