//! Apertium's dictionaries (`apertium-dan.dan.dix`), as lttoolbox's DTD describes them: paradigms kept as
//! they stand, and expanded to forms within bounds as `lt-expand` does it.
//!
//! In a monolingual dictionary the left side is the surface form and the right side the lemma with its
//! tags; in a bilingual one they are the two languages.

use std::collections::BTreeMap;
use std::io::BufRead;

pub use super::dix_expand::{Expansion, expand};
use super::source::excerpt;
use super::xml::{Child, Node, Step, Xml};
use crate::{Limits, Parsed, Place, Problem, Result, codes};

/// A dictionary.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dictionary {
    /// The letters that words are made of.
    pub alphabet: String,
    /// The tags that entries may use.
    pub symbols: Vec<Symbol>,
    /// The paradigms: lists of entries that others refer to by name.
    pub paradigms: Vec<Paradigm>,
    /// The sections with the dictionary's own entries.
    pub sections: Vec<Section>,
}

/// A tag's definition, `<sdef n="n" c="Noun"/>`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Symbol {
    /// The tag.
    pub name: String,
    /// What it means.
    pub comment: Option<String>,
}

/// A paradigm, `<pardef n="hus__n">`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paradigm {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub comment: Option<String>,
    /// Its entries.
    pub entries: Vec<Entry>,
}

/// A section, `<section id="main" type="standard">`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// Its id.
    pub id: String,
    /// Its type: `standard`, `inconditional`, `postblank` or `preblank`.
    pub kind: String,
    /// Its entries.
    pub entries: Vec<Entry>,
}

/// In which direction an entry is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Restriction {
    /// `r="LR"`: from left to right only; in a monolingual dictionary, for analysis.
    LeftToRight,
    /// `r="RL"`: from right to left only; in a monolingual dictionary, for generation.
    RightToLeft,
}

/// An entry, `<e>`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The lemma, for people: `lm`.
    pub lemma: Option<String>,
    /// In which direction it is used; `None` for both.
    pub restriction: Option<Restriction>,
    /// Whether it is to be passed over: `i="yes"`.
    pub ignored: bool,
    /// Its other attributes as they stand: `a` (author), `c` (comment), `alt`, `v`, `vl`, `vr`, `slr`, `srl`, `w` …
    pub attributes: Vec<(String, String)>,
    /// Its parts, one after the other.
    pub parts: Vec<Part>,
}

impl Entry {
    /// Another attribute's value.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// A part of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// `<i>`: the same on both sides.
    Identity(String),
    /// `<p>` with `<l>` and `<r>`: left and right.
    Pair(String, String),
    /// `<par>`: one of a paradigm's entries, the paradigm by name.
    Paradigm(String),
    /// `<re>`: a regular expression for both sides.
    Regex(String),
}

/// Reads a dictionary. A side becomes a text as in Apertium's stream format: `<n>` for a tag, a space for
/// `<b/>`, `+` for `<j/>`, `~` for `<a/>`, `#` for the start of a group `<g>`.
///
/// Problems: [`codes::RULE_LINE`] for an element that the format has not, which is left out with all it
/// holds; [`codes::RULE_REFERENCE`] for a tag or paradigm that is used and not defined (once for each);
/// [`codes::RULE_DUPLICATE`] for a second paradigm of a name.
///
/// # Errors
/// [`Error::Malformed`](crate::Error::Malformed) where the document is not well-formed XML or no
/// dictionary, and with the code [`codes::DTD_REFUSED`] where its DTD has declarations of its own;
/// [`Error::Limit`](crate::Error::Limit) past `limits`' depth, bytes or items (entries and their parts).
///
/// ```
/// use sprog_formats::{Limits, rules::dix::{self, expand}};
/// let xml = r#"<dictionary><sdefs><sdef n="n"/><sdef n="sg"/><sdef n="pl"/></sdefs>
/// <pardefs><pardef n="hus__n"><e><p><l/><r><s n="n"/><s n="sg"/></r></p></e>
/// <e><p><l>e</l><r><s n="n"/><s n="pl"/></r></p></e></pardef></pardefs>
/// <section id="main" type="standard"><e lm="hus"><i>hus</i><par n="hus__n"/></e></section></dictionary>"#;
/// let parsed = dix::read(&mut xml.as_bytes(), &Limits::default())?;
/// let mut forms = Vec::new();
/// expand(&parsed.value, &Limits::default(), &mut |e| { forms.push(e.to_string()); Ok(()) })?;
/// assert_eq!(forms, ["hus:hus<n><sg>", "huse:hus<n><pl>"]);
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub fn read(source: &mut dyn BufRead, limits: &Limits) -> Result<Parsed<Dictionary>> {
    let mut xml = Xml::new(source, "dix", limits);
    let mut reader = Reader { dictionary: Dictionary::default(), problems: Vec::new(), items: 0, bytes: 0 };
    let mut open: Vec<&'static str> = Vec::new();
    let mut started = false;
    loop {
        match xml.next()? {
            Step::Eof if !started => return Err(xml.bad("no dictionary element")),
            Step::Eof => return Ok(reader.finish()),
            Step::Text(text) if text.trim().is_empty() => {}
            Step::Text(_) if open.is_empty() => return Err(xml.bad("text outside the document's element")),
            Step::Text(text) => reader.stray(xml.offset(), &text),
            Step::End => drop(open.pop()),
            Step::Start(node) => {
                let name = node.name.as_str();
                match (open.last().copied(), name) {
                    (None, "dictionary") if !started => {
                        started = true;
                        open.push("dictionary");
                    }
                    (None, _) => return Err(xml.bad("the first element is not dictionary")),
                    (Some("dictionary"), "sdefs") => open.push("sdefs"),
                    (Some("dictionary"), "pardefs") => open.push("pardefs"),
                    (Some("dictionary"), "section") => {
                        reader.section(node);
                        open.push("section");
                    }
                    (Some("pardefs"), "pardef") => {
                        reader.paradigm(node);
                        open.push("pardef");
                    }
                    (parent, _) => {
                        let node = xml.finish(node)?;
                        reader.element(parent.unwrap_or_default(), node);
                    }
                }
                reader.check(limits)?;
            }
        }
    }
}

struct Reader {
    dictionary: Dictionary,
    problems: Vec<Problem>,
    items: u64,
    bytes: u64,
}

impl Reader {
    fn problem(&mut self, offset: u64, code: crate::Code, message: String) {
        self.problems.push(Problem::new(code, Place::Byte(offset), message));
    }

    fn check(&self, limits: &Limits) -> Result<()> {
        let over = [
            ("bytes of the entries", self.bytes, limits.bytes),
            ("number of entries and parts", self.items, limits.items),
        ];
        match over.into_iter().find(|(_, n, most)| n > most) {
            Some((what, _, limit)) => Err(crate::Error::Limit { what, limit, place: Place::File }),
            None => Ok(()),
        }
    }

    /// Counts a thing that is kept.
    fn count(&mut self, text: &str) {
        self.items = self.items.saturating_add(1);
        self.bytes = self.bytes.saturating_add(text.len() as u64);
    }

    fn must(&mut self, node: &mut Node, name: &str) -> String {
        let value = node.take(name);
        if value.is_none() {
            let message = format!("{:?} lacks the attribute {name:?}", excerpt(&node.name));
            self.problem(node.offset, codes::RULE_LINE, message);
        }
        let value = value.unwrap_or_default();
        self.count(&value);
        value
    }

    fn section(&mut self, mut node: Node) {
        let id = self.must(&mut node, "id");
        let kind = self.must(&mut node, "type");
        self.dictionary.sections.push(Section { id, kind, entries: Vec::new() });
    }

    fn paradigm(&mut self, mut node: Node) {
        let name = self.must(&mut node, "n");
        let comment = node.take("c");
        self.dictionary.paradigms.push(Paradigm { name, comment, entries: Vec::new() });
    }

    fn element(&mut self, parent: &str, mut node: Node) {
        match (parent, node.name.as_str()) {
            ("dictionary", "alphabet") => {
                let alphabet = node.text();
                self.count(&alphabet);
                self.dictionary.alphabet = alphabet;
            }
            ("sdefs", "sdef") => {
                let symbol = Symbol { name: self.must(&mut node, "n"), comment: node.take("c") };
                self.dictionary.symbols.push(symbol);
            }
            ("pardef" | "section", "e") => {
                let entry = self.entry(node);
                let entries = match parent {
                    "pardef" => self.dictionary.paradigms.last_mut().map(|p| &mut p.entries),
                    _ => self.dictionary.sections.last_mut().map(|s| &mut s.entries),
                };
                if let Some(entries) = entries {
                    entries.push(entry);
                }
            }
            _ => self.unknown(&node),
        }
    }

    fn stray(&mut self, offset: u64, text: &str) {
        let message = format!("the text {:?} does not belong here; left out", excerpt(text.trim()));
        self.problem(offset, codes::RULE_LINE, message);
    }

    /// The elements in an element that has no text of its own.
    fn children(&mut self, node: &mut Node) -> impl Iterator<Item = Node> + use<> {
        let text = node.text();
        if !text.is_empty() {
            self.stray(node.offset, &text);
        }
        node.take_nodes()
    }

    fn unknown(&mut self, node: &Node) {
        let message = format!("the element {:?} does not belong here; left out", excerpt(&node.name));
        self.problem(node.offset, codes::RULE_LINE, message);
    }

    fn entry(&mut self, mut node: Node) -> Entry {
        let lemma = node.take("lm");
        self.count(lemma.as_deref().unwrap_or_default());
        let restriction = match node.take("r").as_deref() {
            Some("LR") => Some(Restriction::LeftToRight),
            Some("RL") => Some(Restriction::RightToLeft),
            None | Some("") => None,
            Some(other) => {
                let message = format!("the restriction {:?} is neither LR nor RL", excerpt(other));
                self.problem(node.offset, codes::RULE_LINE, message);
                None
            }
        };
        let ignored = node.take("i").as_deref() == Some("yes");
        let mut parts = Vec::new();
        for mut part in self.children(&mut node) {
            let part = match part.name.as_str() {
                "i" => Part::Identity(self.side(&part)),
                "ig" => Part::Identity(format!("#{}", self.side(&part))),
                "p" => self.pair(part),
                "par" => Part::Paradigm(self.must(&mut part, "n")),
                "re" => Part::Regex(part.text()),
                _ => {
                    self.unknown(&part);
                    continue;
                }
            };
            if let Part::Identity(a) | Part::Regex(a) = &part {
                self.count(a);
            } else if let Part::Pair(a, b) = &part {
                self.count(a);
                self.count(b);
            }
            parts.push(part);
        }
        let attributes = node.attributes;
        attributes.iter().for_each(|(_, value)| self.count(value));
        Entry { lemma, restriction, ignored, attributes, parts }
    }

    fn pair(&mut self, mut node: Node) -> Part {
        let (mut left, mut right) = (None, None);
        for side in self.children(&mut node) {
            match side.name.as_str() {
                "l" if left.is_none() => left = Some(self.side(&side)),
                "r" if right.is_none() => right = Some(self.side(&side)),
                _ => self.unknown(&side),
            }
        }
        if left.is_none() || right.is_none() {
            self.problem(node.offset, codes::RULE_LINE, "a pair without a left or right side".to_owned());
        }
        Part::Pair(left.unwrap_or_default(), right.unwrap_or_default())
    }

    /// The text of a side. Groups nest, but no deeper than elements may.
    fn side(&mut self, node: &Node) -> String {
        let mut out = String::new();
        let mut stack = vec![node.children.iter()];
        while let Some(top) = stack.last_mut() {
            match top.next() {
                None => drop(stack.pop()),
                // A dictionary is indented; its words have <b/> for a space.
                Some(Child::Text(text)) => {
                    out.extend(text.chars().filter(|c| !matches!(c, '\n' | '\r' | '\t')))
                }
                Some(Child::Node(child)) => match child.name.as_str() {
                    "s" => {
                        let name = child.attributes.iter().find(|(n, _)| n == "n").map(|(_, v)| v.as_str());
                        out.push('<');
                        out.push_str(name.unwrap_or_default());
                        out.push('>');
                    }
                    "b" => out.push(' '),
                    "j" => out.push('+'),
                    "a" => out.push('~'),
                    "m" => out.push_str("<$>"),
                    "g" => {
                        out.push('#');
                        stack.push(child.children.iter());
                    }
                    "prm" | "sa" => {}
                    _ => self.unknown(child),
                },
            }
        }
        out
    }

    fn finish(mut self) -> Parsed<Dictionary> {
        let dictionary = &self.dictionary;
        let mut names: BTreeMap<&str, usize> = BTreeMap::new();
        for paradigm in &dictionary.paradigms {
            let times = names.entry(&paradigm.name).or_default();
            *times = times.saturating_add(1);
        }
        let mut found = Vec::new();
        let twice = names.iter().filter(|(_, times)| **times > 1).map(|(name, _)| name);
        found.extend(twice.map(|name| {
            (codes::RULE_DUPLICATE, format!("several paradigms are called {:?}", excerpt(name)))
        }));
        let symbols: std::collections::BTreeSet<&str> =
            dictionary.symbols.iter().map(|s| s.name.as_str()).collect();
        let mut missing = std::collections::BTreeSet::new();
        let entries = dictionary.paradigms.iter().flat_map(|p| &p.entries);
        for entry in entries.chain(dictionary.sections.iter().flat_map(|s| &s.entries)) {
            for part in &entry.parts {
                match part {
                    Part::Paradigm(name) if !names.contains_key(name.as_str()) => {
                        missing.insert(("paradigm", name.as_str()));
                    }
                    Part::Identity(side) => missing.extend(undefined(side, &symbols)),
                    Part::Pair(l, r) => missing.extend(undefined(l, &symbols).chain(undefined(r, &symbols))),
                    Part::Paradigm(_) | Part::Regex(_) => {}
                }
            }
        }
        found.extend(missing.into_iter().map(|(what, name)| {
            (codes::RULE_REFERENCE, format!("the {what} {:?} is used and not defined", excerpt(name)))
        }));
        self.problems
            .extend(found.into_iter().map(|(code, message)| Problem::new(code, Place::File, message)));
        Parsed { value: self.dictionary, problems: self.problems }
    }
}

/// The tags of a side that are not among `symbols`.
fn undefined<'a>(
    side: &'a str,
    symbols: &std::collections::BTreeSet<&str>,
) -> impl Iterator<Item = (&'static str, &'a str)> {
    let tags = side.split('<').skip(1).filter_map(|t| t.split_once('>')).map(|(name, _)| name);
    tags.filter(|name| *name != "$" && !symbols.contains(name)).map(|name| ("tag", name))
}

#[cfg(test)]
#[path = "dix_tests.rs"]
mod tests;
