//! WN-LMF, the Global WordNet Association's XML for wordnets, versions 1.0 to 1.4, read as a stream:
//! DanNet's `dannet-wn-lmf.xml` among them.
//!
//! A file holds lexicons (and extensions of lexicons), each with entries, synsets and verb frames. They
//! are handed over one by one, so memory is bounded by the largest of them. What the format has no
//! attribute for (`dc:…`, `confidenceScore`, `note`) is kept as it stands, in `meta`.
//! See <https://globalwordnet.github.io/schemas/>.

use std::io::BufRead;

use super::source::excerpt;
pub use super::wn_lmf_write::Writer;
use super::xml::{Node, Step, Xml};
use crate::{Limits, Place, Problem, Result, codes};

/// Attributes that have no field of their own: name and value.
pub type Meta = Vec<(String, String)>;

/// What a file holds, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A lexicon, or an extension of one, starts; the items up to the next one belong to it.
    Lexicon(Lexicon),
    /// A word with its senses.
    Entry(LexicalEntry),
    /// A concept.
    Synset(Synset),
    /// A verb frame that senses refer to.
    Frame(Frame),
}

/// A lexicon's head.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lexicon {
    /// Its id, the start of the ids in it.
    pub id: String,
    /// Its name.
    pub label: String,
    /// Its language, a BCP 47 tag.
    pub language: String,
    /// Its licence, an address.
    pub license: String,
    /// Its version.
    pub version: String,
    /// Whether it extends another lexicon, which `requires` then starts with.
    pub extension: bool,
    /// The lexicons it needs: each one's attributes.
    pub requires: Vec<Meta>,
    /// `email`, `url`, `citation`, `logo` and others.
    pub meta: Meta,
}

/// A word with its forms and senses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LexicalEntry {
    /// Its id.
    pub id: String,
    /// Whether it adds to an entry of the lexicon that is extended.
    pub external: bool,
    /// The lemma; an external entry may have none.
    pub lemma: Option<WordForm>,
    /// Other forms.
    pub forms: Vec<WordForm>,
    /// Its senses.
    pub senses: Vec<Sense>,
    /// Verb frames that stand in the entry, as up to version 1.0.
    pub frames: Vec<Frame>,
    /// Other attributes: `index` (version 1.4) and such.
    pub meta: Meta,
}

/// A lemma or form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WordForm {
    /// A form's id.
    pub id: Option<String>,
    /// The form as written; empty where it adds to one of the lexicon that is extended.
    pub written_form: String,
    /// A lemma's part of speech: `n`, `v`, `a`, `r`, `s`, `c`, `p`, `x` or `u`.
    pub part_of_speech: Option<String>,
    /// Its script, `Latn`.
    pub script: Option<String>,
    /// How it is said: an attribute list (`variety`, `notation`, `phonemic`, `audio`) and a text each.
    pub pronunciations: Vec<Text>,
    /// Tags: `category` and a text each.
    pub tags: Vec<Text>,
    /// Whether it adds to a form of the lexicon that is extended.
    pub external: bool,
    /// Other attributes.
    pub meta: Meta,
}

/// A sense of a word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sense {
    /// Its id.
    pub id: String,
    /// The synset it is a member of; empty where it adds to a sense of the lexicon that is extended.
    pub synset: String,
    /// Whether it adds to a sense of the lexicon that is extended.
    pub external: bool,
    /// Relations to other senses and to synsets.
    pub relations: Vec<Relation>,
    /// Examples.
    pub examples: Vec<Text>,
    /// How often it was counted, and where.
    pub counts: Vec<Text>,
    /// Other attributes: `n`, `subcat`, `lexicalized`, `adjposition` and such.
    pub meta: Meta,
}

/// A concept: the senses that share a meaning.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Synset {
    /// Its id.
    pub id: String,
    /// Whether it adds to a synset of the lexicon that is extended.
    pub external: bool,
    /// Its id in the Collaborative Interlingual Index; `in` for one that is proposed.
    pub ili: String,
    /// Its part of speech.
    pub part_of_speech: Option<String>,
    /// Its members' ids (senses, in some files entries) with spaces between them.
    pub members: Option<String>,
    /// Its lexicographer file, `noun.cognition`.
    pub lexfile: Option<String>,
    /// Its definitions.
    pub definitions: Vec<Text>,
    /// The definition that goes with a proposed `ili`.
    pub ili_definition: Option<Text>,
    /// Relations to other synsets.
    pub relations: Vec<Relation>,
    /// Examples.
    pub examples: Vec<Text>,
    /// Other attributes: `lexicalized` and such.
    pub meta: Meta,
}

/// A relation to a sense or synset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relation {
    /// Its kind, `hypernym`.
    pub rel_type: String,
    /// The id it points to.
    pub target: String,
    /// Other attributes; `dc:type` says more of the kind `other`.
    pub meta: Meta,
}

/// A verb frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// Its id, from version 1.1 on.
    pub id: Option<String>,
    /// The frame, `Somebody ----s something`.
    pub subcategorization_frame: String,
    /// The senses it is for, with spaces between them.
    pub senses: Option<String>,
}

/// A text with attributes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// The text. White space around it is left out and within it made one space each, but for a text with
    /// `xml:space="preserve"` among its attributes.
    pub text: String,
    /// Pronunciations of a definition or example, from version 1.4 on.
    pub pronunciations: Vec<Text>,
    /// Its attributes.
    pub meta: Meta,
}

/// Reads a file and hands its items to `visit`, in order.
///
/// Problems: [`codes::RULE_LINE`] for an element that the format has not, which is left out with all it
/// holds, and for one that lacks an attribute it must have, which is kept.
///
/// # Errors
/// [`Error::Malformed`](crate::Error::Malformed) where the document is not well-formed XML or not
/// WN-LMF; with the code [`codes::DTD_REFUSED`] where its DTD has declarations of its own (an external
/// DTD is named by most files, and never loaded); [`Error::Limit`](crate::Error::Limit) past
/// `limits.depth`, or `limits`' bytes or items in one entry or synset; what `visit` returns.
///
/// ```
/// use sprog_formats::{Limits, rules::wn_lmf::{self, Item}};
/// let xml = r#"<LexicalResource><Lexicon id="t" label="T" language="da" license="CC0" version="1" email="x">
///   <LexicalEntry id="w1"><Lemma writtenForm="hund" partOfSpeech="n"/><Sense id="s1" synset="c1"/></LexicalEntry>
///   <Synset id="c1" ili="" partOfSpeech="n"><SynsetRelation relType="hypernym" target="c2"/></Synset>
/// </Lexicon></LexicalResource>"#;
/// let mut words = Vec::new();
/// let problems = wn_lmf::for_each(&mut xml.as_bytes(), &Limits::default(), &mut |item| {
///     if let Item::Entry(entry) = item { words.extend(entry.lemma.map(|l| l.written_form)); }
///     Ok(())
/// })?;
/// assert_eq!((words, problems.len()), (vec!["hund".to_owned()], 0));
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub fn for_each(
    source: &mut dyn BufRead,
    limits: &Limits,
    visit: &mut dyn FnMut(Item) -> Result<()>,
) -> Result<Vec<Problem>> {
    let mut xml = Xml::new(source, "WN-LMF", limits);
    let mut read = Reader { problems: Vec::new() };
    // A lexicon is handed over once its requirements are known: before its first other item.
    let mut pending: Option<Lexicon> = None;
    let mut level = Level::Outside;
    loop {
        match xml.next()? {
            Step::Eof if level == Level::Outside => return Err(xml.bad("no LexicalResource element")),
            Step::Eof => return Ok(read.problems),
            Step::Text(text) if text.trim().is_empty() => {}
            Step::Text(_) if matches!(level, Level::Outside | Level::After) => {
                return Err(xml.bad("text outside the document's element"));
            }
            Step::Text(text) => read.stray(xml.offset(), &text),
            Step::End => {
                if let Some(lexicon) = pending.take() {
                    visit(Item::Lexicon(lexicon))?;
                }
                level = if level == Level::Lexicon { Level::Resource } else { Level::After };
            }
            Step::Start(node) => match (level, node.name.as_str()) {
                (Level::Outside, "LexicalResource") => level = Level::Resource,
                (Level::After, _) => return Err(xml.bad("an element after the document's own")),
                (Level::Outside, _) => return Err(xml.bad("the first element is not LexicalResource")),
                (Level::Resource, "Lexicon" | "LexiconExtension") => {
                    pending = Some(read.lexicon(node));
                    level = Level::Lexicon;
                }
                (Level::Lexicon, "Requires" | "Extends") => {
                    let node = xml.finish(node)?;
                    match &mut pending {
                        Some(lexicon) => lexicon.requires.push(node.attributes),
                        None => read.unknown(&node),
                    }
                }
                (Level::Lexicon, _) => {
                    if let Some(lexicon) = pending.take() {
                        visit(Item::Lexicon(lexicon))?;
                    }
                    let node = xml.finish(node)?;
                    if let Some(item) = read.item(node) {
                        visit(item)?;
                    }
                }
                (Level::Resource, _) => {
                    let node = xml.finish(node)?;
                    read.unknown(&node);
                }
            },
        }
    }
}

/// How far into a document the reader is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Outside,
    Resource,
    Lexicon,
    After,
}

/// Turns elements into items.
struct Reader {
    problems: Vec<Problem>,
}

impl Reader {
    fn problem(&mut self, offset: u64, message: String) {
        self.problems.push(Problem::new(codes::RULE_LINE, Place::Byte(offset), message));
    }

    fn stray(&mut self, offset: u64, text: &str) {
        self.problem(offset, format!("the text {:?} does not belong here; left out", excerpt(text.trim())));
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
        self.problem(
            node.offset,
            format!("the element {:?} does not belong here; left out", excerpt(&node.name)),
        );
    }

    /// An attribute that must be there; without it, the empty text and a problem.
    fn must(&mut self, node: &mut Node, name: &str) -> String {
        node.take(name).unwrap_or_else(|| {
            let message = format!("{:?} lacks the attribute {name:?}", excerpt(&node.name));
            self.problem(node.offset, message);
            String::new()
        })
    }

    fn lexicon(&mut self, mut node: Node) -> Lexicon {
        Lexicon {
            id: self.must(&mut node, "id"),
            label: self.must(&mut node, "label"),
            language: self.must(&mut node, "language"),
            license: self.must(&mut node, "license"),
            version: self.must(&mut node, "version"),
            extension: node.name == "LexiconExtension",
            requires: Vec::new(),
            meta: node.attributes,
        }
    }

    fn item(&mut self, node: Node) -> Option<Item> {
        match node.name.as_str() {
            "LexicalEntry" | "ExternalLexicalEntry" => Some(Item::Entry(self.entry(node))),
            "Synset" | "ExternalSynset" => Some(Item::Synset(self.synset(node))),
            "SyntacticBehaviour" => Some(Item::Frame(self.frame(node))),
            _ => {
                self.unknown(&node);
                None
            }
        }
    }

    fn entry(&mut self, mut node: Node) -> LexicalEntry {
        let mut entry = LexicalEntry {
            id: self.must(&mut node, "id"),
            external: node.name == "ExternalLexicalEntry",
            ..LexicalEntry::default()
        };
        for child in self.children(&mut node) {
            match child.name.as_str() {
                "Lemma" | "ExternalLemma" if entry.lemma.is_none() => entry.lemma = Some(self.form(child)),
                "Form" | "ExternalForm" => entry.forms.push(self.form(child)),
                "Sense" | "ExternalSense" => entry.senses.push(self.sense(child)),
                "SyntacticBehaviour" => entry.frames.push(self.frame(child)),
                _ => self.unknown(&child),
            }
        }
        if entry.lemma.is_none() && !entry.external {
            self.problem(node.offset, format!("the entry {:?} has no Lemma", excerpt(&entry.id)));
        }
        entry.meta = node.attributes;
        entry
    }

    fn form(&mut self, mut node: Node) -> WordForm {
        let external = node.name.starts_with("External");
        let written_form = match external {
            true => node.take("writtenForm").unwrap_or_default(),
            false => self.must(&mut node, "writtenForm"),
        };
        let mut form = WordForm { written_form, external, ..WordForm::default() };
        if node.name == "Lemma" {
            form.part_of_speech = Some(self.must(&mut node, "partOfSpeech"));
        } else {
            form.id = node.take("id");
        }
        form.script = node.take("script");
        for child in self.children(&mut node) {
            match child.name.as_str() {
                "Pronunciation" => form.pronunciations.push(self.text(child)),
                "Tag" => form.tags.push(self.text(child)),
                _ => self.unknown(&child),
            }
        }
        form.meta = node.attributes;
        form
    }

    fn sense(&mut self, mut node: Node) -> Sense {
        let external = node.name == "ExternalSense";
        let id = self.must(&mut node, "id");
        let synset = match external {
            true => node.take("synset").unwrap_or_default(),
            false => self.must(&mut node, "synset"),
        };
        let mut sense = Sense { id, synset, external, ..Sense::default() };
        for child in self.children(&mut node) {
            match child.name.as_str() {
                "SenseRelation" => sense.relations.push(self.relation(child)),
                "Example" => sense.examples.push(self.text(child)),
                "Count" => sense.counts.push(self.text(child)),
                _ => self.unknown(&child),
            }
        }
        sense.meta = node.attributes;
        sense
    }

    fn synset(&mut self, mut node: Node) -> Synset {
        let external = node.name == "ExternalSynset";
        let id = self.must(&mut node, "id");
        let ili = match external {
            true => node.take("ili").unwrap_or_default(),
            false => self.must(&mut node, "ili"),
        };
        let mut synset = Synset {
            id,
            external,
            ili,
            part_of_speech: node.take("partOfSpeech"),
            members: node.take("members"),
            lexfile: node.take("lexfile"),
            ..Synset::default()
        };
        for child in self.children(&mut node) {
            match child.name.as_str() {
                "Definition" => synset.definitions.push(self.text(child)),
                "ILIDefinition" if synset.ili_definition.is_none() => {
                    synset.ili_definition = Some(self.text(child));
                }
                "SynsetRelation" => synset.relations.push(self.relation(child)),
                "Example" => synset.examples.push(self.text(child)),
                _ => self.unknown(&child),
            }
        }
        synset.meta = node.attributes;
        synset
    }

    fn relation(&mut self, mut node: Node) -> Relation {
        let (rel_type, target) = (self.must(&mut node, "relType"), self.must(&mut node, "target"));
        for child in self.children(&mut node) {
            self.unknown(&child);
        }
        Relation { rel_type, target, meta: node.attributes }
    }

    fn frame(&mut self, mut node: Node) -> Frame {
        let frame = Frame {
            id: node.take("id"),
            subcategorization_frame: self.must(&mut node, "subcategorizationFrame"),
            senses: node.take("senses"),
        };
        for child in self.children(&mut node) {
            self.unknown(&child);
        }
        frame
    }

    fn text(&mut self, mut node: Node) -> Text {
        let mut text = Text { text: spaced(&node), ..Text::default() };
        let named = matches!(node.name.as_str(), "Definition" | "Example");
        for mut child in node.take_nodes() {
            if named && child.name == "Pronunciation" {
                let said = Text {
                    text: spaced(&child),
                    pronunciations: Vec::new(),
                    meta: std::mem::take(&mut child.attributes),
                };
                text.pronunciations.push(said);
            } else {
                self.unknown(&child);
            }
        }
        text.meta = node.attributes;
        text
    }
}

/// An element's text, its white space as the format has it.
fn spaced(node: &Node) -> String {
    let text = node.raw_text();
    match node.attributes.iter().any(|(name, value)| name == "xml:space" && value == "preserve") {
        true => text,
        false => text.split_whitespace().collect::<Vec<_>>().join(" "),
    }
}

#[cfg(test)]
#[path = "wn_lmf_tests.rs"]
mod tests;
