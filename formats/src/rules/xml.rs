//! XML for rule files: elements one after the other, each taken whole, in bounded memory.
//!
//! A document type declaration may name an external DTD, which is never loaded; one with declarations
//! of its own is refused. Only XML's own five entities and character references are replaced.

use std::io::{BufRead, Read};

use quick_xml::events::{BytesStart, Event};

use super::Charset;
use crate::{Error, Limits, Place, Result, codes};

/// An element with all it holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) name: String,
    /// The byte at which the start tag starts.
    pub(super) offset: u64,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) children: Vec<Child>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Child {
    Node(Node),
    Text(String),
}

impl Node {
    /// Takes an attribute out.
    pub(super) fn take(&mut self, name: &str) -> Option<String> {
        let at = self.attributes.iter().position(|(n, _)| n == name)?;
        Some(self.attributes.remove(at).1)
    }

    /// The text that stands directly in the element, without the white space around it.
    pub(super) fn text(&self) -> String {
        self.raw_text().trim().to_owned()
    }

    /// The text that stands directly in the element.
    pub(super) fn raw_text(&self) -> String {
        let texts = self.children.iter().filter_map(|c| match c {
            Child::Text(text) => Some(text.as_str()),
            Child::Node(_) => None,
        });
        texts.collect()
    }

    /// Takes the elements out of the children.
    pub(super) fn take_nodes(&mut self) -> impl Iterator<Item = Node> + use<> {
        std::mem::take(&mut self.children).into_iter().filter_map(|c| match c {
            Child::Node(node) => Some(node),
            Child::Text(_) => None,
        })
    }
}

/// What comes next in a document.
pub(super) enum Step {
    /// A start tag; [`Xml::finish`] reads the rest of the element.
    Start(Node),
    /// The end tag of the innermost open element.
    End,
    /// Text.
    Text(String),
    /// The end of the document.
    Eof,
}

/// A stream that refuses to go on when one token has grown past a bound.
struct Metered<'a> {
    inner: &'a mut dyn BufRead,
    since_token: u64,
    most: u64,
}

impl Read for Metered<'_> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        self.inner.read(buf)
    }
}

impl BufRead for Metered<'_> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        if self.since_token > self.most {
            let message = "one tag or text is longer than the limit";
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, message));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.since_token = self.since_token.saturating_add(amount as u64);
        self.inner.consume(amount);
    }
}

/// A reader of one document.
pub(super) struct Xml<'a> {
    reader: quick_xml::Reader<Metered<'a>>,
    buffer: Vec<u8>,
    format: &'static str,
    charset: Charset,
    depth: usize,
    limits: &'a Limits,
}

impl<'a> Xml<'a> {
    pub(super) fn new(source: &'a mut dyn BufRead, format: &'static str, limits: &'a Limits) -> Xml<'a> {
        let metered = Metered { inner: source, since_token: 0, most: limits.line_bytes as u64 };
        let mut reader = quick_xml::Reader::from_reader(metered);
        reader.config_mut().expand_empty_elements = true;
        Xml { reader, buffer: Vec::new(), format, charset: Charset::Utf8, depth: 0, limits }
    }

    /// The byte reached: the end of the last step.
    pub(super) fn offset(&self) -> u64 {
        self.reader.buffer_position()
    }

    /// An error at the place reached.
    pub(super) fn bad(&self, message: impl Into<String>) -> Error {
        Error::malformed(self.format, Place::Byte(self.reader.buffer_position()), message)
    }

    /// The next start tag, end tag or text; comments, processing instructions and the head are passed over.
    pub(super) fn next(&mut self) -> Result<Step> {
        loop {
            self.buffer.clear();
            self.reader.get_mut().since_token = 0;
            let offset = self.reader.buffer_position();
            let event = match self.reader.read_event_into(&mut self.buffer) {
                Ok(event) => event,
                Err(quick_xml::Error::Io(e)) if e.kind() == std::io::ErrorKind::InvalidData => {
                    let limit = self.limits.line_bytes as u64;
                    return Err(Error::Limit { what: "one tag or text", limit, place: Place::Byte(offset) });
                }
                Err(quick_xml::Error::Io(e)) => {
                    return Err(std::io::Error::new(e.kind(), e.to_string()).into());
                }
                Err(e) => {
                    let place = Place::Byte(self.reader.error_position());
                    return Err(Error::malformed(self.format, place, e.to_string()));
                }
            };
            let length = self.reader.buffer_position().saturating_sub(offset);
            if length > self.limits.line_bytes as u64 {
                let limit = self.limits.line_bytes as u64;
                return Err(Error::Limit { what: "one tag or text", limit, place: Place::Byte(offset) });
            }
            let text = match event {
                Event::Eof if self.depth > 0 => {
                    return Err(self.bad("the document ends inside an element"));
                }
                Event::Eof => return Ok(Step::Eof),
                Event::DocType(declaration) if declaration.contains(&b'[') => {
                    return Err(Error::Malformed {
                        format: self.format,
                        place: Place::Byte(offset),
                        message: "a document type declaration with declarations of its own is refused".into(),
                        code: codes::DTD_REFUSED,
                    });
                }
                Event::Decl(declaration) => {
                    let label = declaration.encoding().and_then(|e| e.ok());
                    if let Some(label) = label {
                        let label = String::from_utf8_lossy(&label).into_owned();
                        self.charset = Charset::for_label(&label).ok_or_else(|| {
                            Error::Unsupported(format!("XML in the encoding {label:?}; convert it to UTF-8"))
                        })?;
                    }
                    continue;
                }
                Event::DocType(_) | Event::Comment(_) | Event::PI(_) => continue,
                Event::Start(start) => {
                    self.depth = self.depth.saturating_add(1);
                    if self.depth > self.limits.depth {
                        let limit = self.limits.depth as u64;
                        let place = Place::Byte(offset);
                        return Err(Error::Limit { what: "nested elements", limit, place });
                    }
                    let node = node(&start, offset, self.charset);
                    return node
                        .map(Step::Start)
                        .map_err(|m| Error::malformed(self.format, Place::Byte(offset), m));
                }
                Event::End(_) => {
                    let depth = self.depth.checked_sub(1);
                    self.depth = depth.ok_or_else(|| self.bad("an end tag without a start tag"))?;
                    return Ok(Step::End);
                }
                Event::Text(text) => decode(&text, self.charset),
                Event::CData(text) => decode(&text, self.charset),
                Event::GeneralRef(name) => match decode(&name, self.charset) {
                    Ok(name) => reference(&name).map(String::from),
                    Err(e) => Err(e),
                },
                Event::Empty(_) => continue,
            };
            return text.map(Step::Text).map_err(|m| Error::malformed(self.format, Place::Byte(offset), m));
        }
    }

    /// Reads the rest of the element whose start tag `open` is.
    pub(super) fn finish(&mut self, open: Node) -> Result<Node> {
        let start = open.offset;
        let mut items = 0u64;
        let mut bytes = 0u64;
        let mut stack = vec![open];
        loop {
            match self.next()? {
                Step::Start(node) => {
                    items = items.saturating_add(1).saturating_add(node.attributes.len() as u64);
                    let values = node.attributes.iter().map(|(n, v)| n.len().saturating_add(v.len()) as u64);
                    bytes = values.fold(bytes, u64::saturating_add);
                    stack.push(node);
                }
                Step::Text(text) => {
                    bytes = bytes.saturating_add(text.len() as u64);
                    items = items.saturating_add(1);
                    if let Some(node) = stack.last_mut() {
                        match node.children.last_mut() {
                            Some(Child::Text(before)) => before.push_str(&text),
                            _ => node.children.push(Child::Text(text)),
                        }
                    }
                }
                Step::End => {
                    let Some(done) = stack.pop() else { return Err(self.bad("an end tag too many")) };
                    match stack.last_mut() {
                        Some(parent) => parent.children.push(Child::Node(done)),
                        None => return Ok(done),
                    }
                }
                Step::Eof => return Err(self.bad("the document ends inside an element")),
            }
            let over = [
                ("bytes of one element", bytes, self.limits.bytes),
                ("parts of one element", items, self.limits.items),
            ];
            if let Some((what, _, limit)) = over.into_iter().find(|(_, n, most)| n > most) {
                return Err(Error::Limit { what, limit, place: Place::Byte(start) });
            }
        }
    }
}

fn node(start: &BytesStart<'_>, offset: u64, charset: Charset) -> std::result::Result<Node, String> {
    let name = decode(start.name().as_ref(), charset)?;
    let mut attributes = Vec::new();
    for attribute in start.attributes().with_checks(true) {
        let attribute = attribute.map_err(|e| e.to_string())?;
        let key = decode(attribute.key.as_ref(), charset)?;
        let value = decode(&attribute.value, charset)?.replace(['\n', '\r', '\t'], " ");
        let value = quick_xml::escape::unescape(&value).map_err(|e| e.to_string())?.into_owned();
        attributes.push((key, value));
    }
    Ok(Node { name, offset, attributes, children: Vec::new() })
}

fn decode(bytes: &[u8], charset: Charset) -> std::result::Result<String, String> {
    match charset {
        Charset::Utf8 => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(text.to_owned()),
            Err(_) => Err("bytes that are not UTF-8".to_owned()),
        },
        Charset::Latin1 => Ok(bytes.iter().copied().map(char::from).collect()),
    }
}

fn reference(name: &str) -> std::result::Result<char, String> {
    let number = |n: &str| match n.strip_prefix('x') {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => n.parse().ok(),
    };
    let known = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => name.strip_prefix('#').and_then(number).and_then(char::from_u32),
    };
    known.ok_or_else(|| format!("the entity &{}; is not one of XML's own", super::source::excerpt(name)))
}

/// Text as it may stand in an element or between double quotes. Characters that XML cannot hold at
/// all (most control characters) become U+FFFD.
pub(super) fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' => out.push_str("&#9;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            '\0'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(xml: &[u8], limits: &Limits) -> Result<Node> {
        let mut source = xml;
        let mut xml = Xml::new(&mut source, "XML", limits);
        loop {
            match xml.next()? {
                Step::Start(node) => return xml.finish(node),
                Step::Eof => return Err(xml.bad("no element")),
                Step::End | Step::Text(_) => {}
            }
        }
    }

    #[test]
    fn text_attributes_and_references() {
        let xml =
            "<?xml version='1.0'?><!DOCTYPE a SYSTEM \"a.dtd\"><!-- x --><a n='1\n&#x26;'>bl&aelig;</a>";
        assert_eq!(root(xml.as_bytes(), &Limits::default()).expect_err("&aelig;").code(), codes::MALFORMED);
        let xml = xml.replace("&aelig;", "&#230;&lt;<b/> <![CDATA[<c>]]>");
        let mut node = root(xml.as_bytes(), &Limits::default()).expect("reads");
        assert_eq!((node.text().as_str(), node.take("n").as_deref()), ("blæ< <c>", Some("1 &")));
        assert_eq!(node.take_nodes().map(|n| n.name).collect::<Vec<_>>(), ["b"]);
    }

    #[test]
    fn encodings_are_those_of_the_declaration() {
        let latin1 = b"<?xml version='1.0' encoding='iso-8859-1'?><a>\xE5</a>";
        assert_eq!(root(latin1, &Limits::default()).expect("reads").text(), "å");
        assert_eq!(root(b"<a>\xE5</a>", &Limits::default()).expect_err("bytes").place(), Place::Byte(3));
        let other = b"<?xml version='1.0' encoding='koi8-r'?><a/>";
        assert_eq!(root(other, &Limits::default()).expect_err("koi8-r").code(), codes::UNSUPPORTED);
    }

    #[test]
    fn what_would_not_end_is_refused() {
        let small = Limits { line_bytes: 100, bytes: 200, items: 50, depth: 5, ..Limits::default() };
        let code = |xml: &str| root(xml.as_bytes(), &small).err().map(|e| e.code());
        let bomb = "<!DOCTYPE a [<!ENTITY b 'bbbb'>]><a>&b;</a>";
        assert_eq!(code(bomb), Some(codes::DTD_REFUSED));
        assert_eq!(code(&"<a>".repeat(10)), Some(codes::LIMIT));
        assert_eq!(code(&format!("<a>{}</a>", "<b/>".repeat(60))), Some(codes::LIMIT));
        assert_eq!(code(&format!("<a>{}</a>", "<b>0123456789</b>".repeat(21))), Some(codes::LIMIT));
        assert_eq!(code(&format!("<a n='{}'/>", "x".repeat(20_000))), Some(codes::LIMIT));
        for broken in [
            "<a>",
            "<a",
            "<a></b>",
            "</a>",
            "",
            "a",
            "<a b='1' b='2'/>",
            "<a b=1/>",
            "<a>&x;</a>",
            "<a>&#0;x&#xD800;</a>",
        ] {
            assert!(code(broken).is_some(), "{broken:?}");
        }
    }
}
