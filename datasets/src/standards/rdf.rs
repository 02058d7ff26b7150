//! A graph of triples that is written the same way every time, as Turtle, JSON-LD and RDF/XML.
//!
//! There are no blank nodes: each thing has an IRI, mostly the dataset's with a fragment. So two graphs are the same
//! when their triples are, and somebody else can refer to a file or an agent of ours. Whatever text comes from a recipe
//! or from data becomes a literal; it becomes an IRI only by [`web_iri`].

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use oxrdf::{Literal, LiteralRef, NamedNode, NamedNodeRef, TermRef, TripleRef};
use serde_json::{Value, json};

use crate::{Error, Result};

/// Prefixes and what they stand for. Names of properties, classes and well-known values are written with them.
const PREFIXES: [(&str, &str); 22] = [
    ("adms", "http://www.w3.org/ns/adms#"),
    ("dcat", "http://www.w3.org/ns/dcat#"),
    ("dcatap", "http://data.europa.eu/r5r/"),
    ("dct", "http://purl.org/dc/terms/"),
    ("dqv", "http://www.w3.org/ns/dqv#"),
    ("foaf", "http://xmlns.com/foaf/0.1/"),
    ("ms", "http://w3id.org/meta-share/meta-share/"),
    ("oa", "http://www.w3.org/ns/oa#"),
    ("org", "http://www.w3.org/ns/org#"),
    ("owl", "http://www.w3.org/2002/07/owl#"),
    ("prov", "http://www.w3.org/ns/prov#"),
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("schema", "http://schema.org/"),
    ("skos", "http://www.w3.org/2004/02/skos/core#"),
    ("spdx", "http://spdx.org/rdf/terms#"),
    ("vcard", "http://www.w3.org/2006/vcard/ns#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
    ("filetype", "http://publications.europa.eu/resource/authority/file-type/"),
    ("language", "http://publications.europa.eu/resource/authority/language/"),
    ("licence", "http://publications.europa.eu/resource/authority/licence/"),
    ("theme", "http://publications.europa.eu/resource/authority/data-theme/"),
];

/// The IRI that `prefix:name` stands for; what has no prefix of ours is one already.
pub(crate) fn expand(name: &str) -> String {
    let known = name.split_once(':').and_then(|(prefix, local)| {
        PREFIXES.iter().find(|(known, _)| *known == prefix).map(|(_, iri)| format!("{iri}{local}"))
    });
    known.unwrap_or_else(|| name.to_owned())
}

/// The value of a property.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Object {
    /// A resource.
    Iri(String),
    /// Text without a language.
    Plain(String),
    /// Text in Danish (`da`) or English (`en`).
    Text(String, &'static str),
    /// A value of a type, `xsd:date`.
    Typed(String, &'static str),
}

impl Object {
    /// A resource by its prefixed name.
    pub(crate) fn name(name: &str) -> Object {
        Object::Iri(expand(name))
    }

    /// Text that any of the three formats can hold.
    pub(crate) fn plain(text: &str) -> Object {
        Object::Plain(clean(text))
    }

    /// Text in a language.
    pub(crate) fn text(text: &str, language: &'static str) -> Object {
        Object::Text(clean(text), language)
    }

    fn literal(&self) -> Option<Literal> {
        match self {
            Object::Iri(_) => None,
            Object::Plain(text) => Some(Literal::new_simple_literal(text)),
            Object::Text(text, language) => {
                Some(Literal::new_language_tagged_literal_unchecked(text, *language))
            }
            Object::Typed(value, datatype) => {
                Some(Literal::new_typed_literal(value, NamedNode::new_unchecked(expand(datatype))))
            }
        }
    }
}

/// XML has no characters for most of C0, and reads a carriage return as a line feed.
fn clean(text: &str) -> String {
    let replaced = |c: char| match c {
        '\r' => '\n',
        '\t' | '\n' => c,
        '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        _ => c,
    };
    text.replace("\r\n", "\n").chars().map(replaced).collect()
}

/// An http(s) or mailto address as an IRI of plain ASCII; `None` for anything else, `javascript:` among it.
///
/// What may not stand in an IRI is percent-encoded, and so is all beyond ASCII: bidirectional controls cannot turn an
/// address round.
pub(crate) fn web_iri(address: &str) -> Option<String> {
    let address = address.trim();
    let (scheme, rest) = address.split_once(':')?;
    let scheme = scheme.to_ascii_lowercase();
    let whole = match scheme.as_str() {
        "http" | "https" => {
            let rest =
                rest.strip_prefix("//").filter(|r| !r.is_empty() && !r.starts_with(['/', '?', '#']))?;
            format!("{scheme}://{}", encode(rest, b"-._~:/?#@!$&'()*+,;=%"))
        }
        "mailto" => format!("{scheme}:{}", encode(rest, b"-._~@!$'*+=%")),
        _ => return None,
    };
    NamedNode::new(whole).ok().map(NamedNode::into_string)
}

/// A relative path as part of an IRI.
pub(crate) fn path_iri(path: &str) -> String {
    encode(&path.replace('%', "%25"), b"-._~/!$'()*+,;=@%")
}

/// Percent-encodes every byte that is not a letter, a digit or one of `kept`; `%` is kept before two digits only.
fn encode(text: &str, kept: &[u8]) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    for (at, byte) in bytes.iter().enumerate() {
        let escape = *byte != b'%'
            || bytes.get(at + 1..at + 3).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit));
        if byte.is_ascii_alphanumeric() || (kept.contains(byte) && escape) {
            out.push(char::from(*byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Triples, grouped by what they are of, in the order they were added; each once.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// The document's address in Turtle.
    base: Option<String>,
    /// What IRIs begin with that are written relative to it.
    local: Vec<String>,
    nodes: Vec<(String, Vec<(&'static str, Object)>)>,
    index: BTreeMap<String, usize>,
}

impl Graph {
    /// Sets what Turtle writes short: IRIs that begin with `base` and one of `under`.
    pub(crate) fn set_base(&mut self, base: &str, under: &[&str]) {
        // How relative references to URNs are resolved is told differently by parsers.
        if base.starts_with("http") && !base.contains('#') {
            self.base = Some(base.to_owned());
            self.local = under.iter().map(|part| format!("<{base}{part}")).collect();
        }
    }

    /// Adds a triple.
    pub(crate) fn add(&mut self, subject: &str, property: &'static str, object: Object) {
        let at = *self.index.entry(subject.to_owned()).or_insert_with(|| {
            self.nodes.push((subject.to_owned(), Vec::new()));
            self.nodes.len() - 1
        });
        if let Some((_, triples)) = self.nodes.get_mut(at)
            && !triples.iter().any(|(p, o)| *p == property && *o == object)
        {
            triples.push((property, object));
        }
    }

    /// Adds a list of resources to a property that often has many; the same one is not looked for.
    pub(crate) fn add_new(&mut self, subject: &str, property: &'static str, object: Object) {
        match self.index.get(subject).and_then(|at| self.nodes.get_mut(*at)) {
            Some((_, triples)) => triples.push((property, object)),
            None => self.add(subject, property, object),
        }
    }

    /// Adds what a thing is.
    pub(crate) fn class(&mut self, subject: &str, class: &str) {
        self.add(subject, "rdf:type", Object::name(class));
    }

    /// Adds a text in both languages.
    pub(crate) fn both(&mut self, subject: &str, property: &'static str, da: &str, en: &str) {
        for (text, language) in [(da, "da"), (en, "en")] {
            if !text.trim().is_empty() {
                self.add(subject, property, Object::text(text, language));
            }
        }
    }

    /// Whether something is said of a resource.
    pub(crate) fn has(&self, subject: &str) -> bool {
        self.index.contains_key(subject)
    }

    /// Adds all of another graph behind.
    pub(crate) fn append(&mut self, other: Graph) {
        for (subject, triples) in other.nodes {
            if let Some(at) = self.index.get(&subject) {
                let Some((_, mine)) = self.nodes.get_mut(*at) else { continue };
                let new: Vec<_> = triples.into_iter().filter(|triple| !mine.contains(triple)).collect();
                mine.extend(new);
            } else {
                self.index.insert(subject.clone(), self.nodes.len());
                self.nodes.push((subject, triples));
            }
        }
    }

    /// Number of triples.
    pub fn len(&self) -> usize {
        self.nodes.iter().map(|(_, triples)| triples.len()).sum()
    }

    /// Whether there is no triple.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Each node with its triples: what it is first, then by property in the order of the first of each.
    fn ordered(&self) -> impl Iterator<Item = (&str, Vec<(&'static str, &Object)>)> {
        self.nodes.iter().map(|(subject, triples)| {
            let mut places: BTreeMap<&str, usize> = BTreeMap::from([("rdf:type", 0)]);
            for (property, _) in triples {
                let next = places.len();
                places.entry(property).or_insert(next);
            }
            let mut sorted: Vec<(&'static str, &Object)> = triples.iter().map(|(p, o)| (*p, o)).collect();
            sorted.sort_by_key(|(property, _)| places.get(property).copied());
            (subject.as_str(), sorted)
        })
    }

    /// The prefixes that are used.
    fn prefixes(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let mut used: BTreeSet<&str> = BTreeSet::new();
        let mut iri = |iri: &str| {
            let prefix = PREFIXES.iter().find(|(_, space)| iri.starts_with(space));
            used.extend(prefix.map(|(prefix, _)| *prefix));
        };
        for (subject, triples) in &self.nodes {
            iri(subject);
            for (property, object) in triples {
                iri(&expand(property));
                match object {
                    Object::Iri(object) => iri(object),
                    Object::Typed(_, datatype) => iri(&expand(datatype)),
                    Object::Plain(_) | Object::Text(..) => {}
                }
            }
        }
        PREFIXES.into_iter().filter(move |(prefix, _)| used.contains(prefix))
    }
}

/// How a graph is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Turtle 1.1, `.ttl`.
    Turtle,
    /// JSON-LD 1.1, `.jsonld`.
    JsonLd,
    /// RDF/XML 1.1, `.rdf`.
    RdfXml,
}

impl Format {
    /// All of them, in the order in which people look for them.
    pub const ALL: [Format; 3] = [Format::Turtle, Format::JsonLd, Format::RdfXml];

    /// The name's end, without a dot.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Turtle => "ttl",
            Format::JsonLd => "jsonld",
            Format::RdfXml => "rdf",
        }
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Format::Turtle => "text/turtle",
            Format::JsonLd => "application/ld+json",
            Format::RdfXml => "application/rdf+xml",
        }
    }
}

/// Writes a graph; the same graph gives the same bytes.
///
/// # Errors
/// Never in practice: IRIs were checked when they came in, and memory is written to.
pub fn write(graph: &Graph, format: Format) -> Result<String> {
    let failed = |e: &dyn std::fmt::Display| Error::Invalid(format!("RDF cannot be written: {e}"));
    match format {
        Format::JsonLd => json_ld(graph).map_err(|e| failed(&e)),
        Format::Turtle => turtle(graph).map_err(|e| failed(&e)),
        Format::RdfXml => rdf_xml(graph).map_err(|e| failed(&e)),
    }
}

type Written = std::result::Result<String, Box<dyn std::error::Error>>;

/// Calls `each` with every triple.
fn triples(graph: &Graph, each: &mut dyn FnMut(TripleRef<'_>) -> std::io::Result<()>) -> std::io::Result<()> {
    for (subject, properties) in graph.ordered() {
        for (property, object) in properties {
            let property = expand(property);
            let literal = object.literal();
            let object = match (object, &literal) {
                (Object::Iri(iri), _) => TermRef::NamedNode(NamedNodeRef::new_unchecked(iri)),
                (_, Some(literal)) => TermRef::Literal(literal.as_ref()),
                (_, None) => TermRef::Literal(LiteralRef::new_simple_literal("")),
            };
            let subject = NamedNodeRef::new_unchecked(subject);
            each(TripleRef::new(subject, NamedNodeRef::new_unchecked(&property), object))?;
        }
    }
    Ok(())
}

fn turtle(graph: &Graph) -> Written {
    let mut serializer = oxttl::TurtleSerializer::new();
    for (prefix, iri) in graph.prefixes() {
        serializer = serializer.with_prefix(prefix, iri)?;
    }
    let mut writer = serializer.for_writer(Vec::new());
    triples(graph, &mut |triple| writer.serialize_triple(triple))?;
    let text = String::from_utf8(writer.finish()?)?;
    let (text, base) = relative(graph, text);
    // A blank line before each subject: lines inside one begin with a tab, and literals have no line breaks.
    let mut out = String::with_capacity(text.len() + text.len() / 50);
    out.extend(base.map(|base| format!("@base <{base}> .\n")));
    for line in text.lines() {
        if !line.starts_with('\t') && !line.starts_with("@prefix") {
            out.push('\n');
        }
        out.push_str(line);
        out.push('\n');
    }
    Ok(out)
}

/// Makes the graph's own IRIs relative, unless a text holds what looks like one.
fn relative(graph: &Graph, mut text: String) -> (String, Option<&str>) {
    let Some(base) = graph.base.as_deref() else { return (text, None) };
    let whole = format!("<{base}>");
    let short: Vec<(&str, String)> = graph
        .local
        .iter()
        .map(|long| (long.as_str(), format!("<{}", &long[base.len() + 1..])))
        .chain([(whole.as_str(), "<>".to_owned())])
        .collect();
    let literals =
        graph.nodes.iter().flat_map(|(_, triples)| triples).filter_map(|(_, object)| match object {
            Object::Iri(_) => None,
            Object::Plain(text) | Object::Text(text, _) | Object::Typed(text, _) => Some(text),
        });
    for literal in literals {
        if short.iter().any(|(long, _)| literal.contains(long)) {
            return (text, None);
        }
    }
    for (long, short) in short {
        text = text.replace(long, &short);
    }
    (text, Some(base))
}

fn rdf_xml(graph: &Graph) -> Written {
    let mut serializer = oxrdfxml::RdfXmlSerializer::new();
    for (prefix, iri) in graph.prefixes() {
        serializer = serializer.with_prefix(prefix, iri)?;
    }
    let mut writer = serializer.for_writer(Vec::new());
    triples(graph, &mut |triple| writer.serialize_triple(triple))?;
    let mut text = String::from_utf8(writer.finish()?)?;
    text.push('\n');
    Ok(text)
}

/// Compact JSON-LD with a context of prefixes. Written here: `oxjsonld` writes the expanded form on one line.
fn json_ld(graph: &Graph) -> Written {
    let context: BTreeMap<&str, &str> = graph.prefixes().collect();
    let mut nodes: Vec<BTreeMap<&str, Value>> = Vec::new();
    for (subject, properties) in graph.ordered() {
        let mut node: BTreeMap<&str, Value> = BTreeMap::from([("@id", Value::from(subject))]);
        for (property, object) in properties {
            let (key, value) = match object {
                Object::Iri(iri) if property == "rdf:type" => ("@type", Value::from(compact(iri))),
                Object::Iri(iri) => (property, json!({ "@id": iri })),
                Object::Plain(text) => (property, Value::from(text.as_str())),
                Object::Text(text, language) => (property, json!({ "@language": language, "@value": text })),
                Object::Typed(value, datatype) => (property, json!({ "@type": datatype, "@value": value })),
            };
            if let Value::Array(values) = node.entry(key).or_insert_with(|| Value::Array(Vec::new())) {
                values.push(value);
            }
        }
        nodes.push(node);
    }
    #[derive(serde::Serialize)]
    struct Document<'d> {
        #[serde(rename = "@context")]
        context: BTreeMap<&'d str, &'d str>,
        #[serde(rename = "@graph")]
        graph: Vec<BTreeMap<&'d str, Value>>,
    }
    Ok(serde_json::to_string_pretty(&Document { context, graph: nodes })? + "\n")
}

fn compact(iri: &str) -> String {
    let found = PREFIXES.iter().find_map(|(prefix, space)| Some((prefix, iri.strip_prefix(space)?)));
    found.map_or_else(|| iri.to_owned(), |(prefix, local)| format!("{prefix}:{local}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hostile() -> Graph {
        let mut graph = Graph::default();
        let texts = [
            "<b>\"'&]]>",
            "a\r\nb\rc\t\0\u{b}",
            "\u{202e}live\u{2028}",
            "\\\\\n@prefix x: <y> .",
            " rum ",
            "",
        ];
        for text in texts {
            graph.add("https://a.dk/#x", "dct:title", Object::text(text, "da"));
            graph.add("https://a.dk/#x", "dcat:keyword", Object::plain(text));
        }
        graph.add("https://a.dk/#x", "dct:issued", Object::Typed("2026-11-22".into(), "xsd:date"));
        graph.add(
            "https://a.dk/#y",
            "dct:relation",
            Object::Iri(web_iri("http://a.dk/<é \u{202e}>\"").expect("one")),
        );
        graph.class("https://a.dk/#x", "dcat:Dataset");
        graph
    }

    #[test]
    fn the_three_formats_say_the_same_whatever_the_text() {
        let graph = hostile();
        let read = |format: Format| -> Vec<String> {
            let text = write(&graph, format).expect("writes");
            let mut triples: Vec<String> = match format {
                Format::Turtle => oxttl::TurtleParser::new()
                    .for_slice(&text)
                    .map(|t| t.expect("valid").to_string())
                    .collect(),
                Format::RdfXml => oxrdfxml::RdfXmlParser::new()
                    .for_slice(&text)
                    .map(|t| t.expect("valid").to_string())
                    .collect(),
                Format::JsonLd => oxjsonld::JsonLdParser::new()
                    .for_slice(&text)
                    .map(|q| oxrdf::Triple::from(q.expect("valid")).to_string())
                    .collect(),
            };
            triples.sort();
            triples
        };
        let turtle = read(Format::Turtle);
        assert_eq!(turtle.len(), graph.len());
        assert_eq!(turtle, read(Format::JsonLd));
        assert_eq!(turtle, read(Format::RdfXml));
    }

    #[test]
    fn own_addresses_are_short_unless_a_text_looks_like_one() {
        let mut graph = Graph::default();
        graph.set_base("https://a.dk/", &["#", "ds/"]);
        for iri in ["https://a.dk/#x", "https://a.dk/", "https://a.dk/ds/y", "https://a.dk//evil.dk/"] {
            graph.class(iri, "dcat:Dataset");
        }
        let text = write(&graph, Format::Turtle).expect("writes");
        assert!(text.starts_with("@base <https://a.dk/> .\n@prefix"), "{text}");
        for short in ["\n<#x> a", "\n<> a", "\n<ds/y> a", "\n<https://a.dk//evil.dk/> a"] {
            assert!(text.contains(short), "{short} {text}");
        }
        graph.add("https://a.dk/", "dct:title", Object::plain("see <https://a.dk/#x>"));
        let text = write(&graph, Format::Turtle).expect("writes");
        assert!(!text.contains("@base") && text.contains("\n<https://a.dk/ds/y> a"), "{text}");
    }

    #[test]
    fn only_addresses_become_iris() {
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "",
            "http:",
            "https://",
            "http:///x",
            "ftp://a.dk",
            "a.dk",
        ] {
            assert_eq!(web_iri(bad), None, "{bad}");
        }
        assert_eq!(
            web_iri(" HTTPS://a.dk/a b\n<c>?q=%C3%A5&r=% "),
            Some("https://a.dk/a%20b%0A%3Cc%3E?q=%C3%A5&r=%25".into())
        );
        assert_eq!(web_iri("https://a.dk/ø\u{202e}"), Some("https://a.dk/%C3%B8%E2%80%AE".into()));
        assert_eq!(web_iri("mailto:a@b.dk?subject=x"), Some("mailto:a@b.dk%3Fsubject=x".into()));
        assert_eq!(path_iri("data/a b%20#.parquet"), "data/a%20b%2520%23.parquet");
    }

    #[test]
    fn a_triple_is_there_once_and_types_come_first() {
        let mut graph = Graph::default();
        for _ in 0..2 {
            graph.both("urn:x", "dct:title", "Navn", "Name");
            graph.class("urn:x", "dcat:Dataset");
        }
        assert_eq!(graph.len(), 3);
        let text = write(&graph, Format::Turtle).expect("writes");
        assert!(text.contains("\n\n<urn:x> a dcat:Dataset ;\n\tdct:title \"Navn\"@da"), "{text}");
        assert!(!text.contains("foaf:"), "{text}");
    }
}
