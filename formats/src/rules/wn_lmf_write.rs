use std::io::Write;

use super::wn_lmf::{Frame, Item, LexicalEntry, Lexicon, Meta, Relation, Sense, Synset, Text, WordForm};
use super::xml::escape;
use crate::Result;

/// Writes WN-LMF 1.4, item by item. The same items give the same bytes.
///
/// ```
/// use sprog_formats::{Limits, rules::wn_lmf::{self, Item, Lexicon, Synset, Writer}};
/// let mut xml = Vec::new();
/// let mut writer = Writer::new(&mut xml)?;
/// let synset = Item::Synset(Synset { id: "c1".into(), ..Synset::default() });
/// writer.item(&Item::Lexicon(Lexicon { id: "t".into(), ..Lexicon::default() }))?;
/// writer.item(&synset)?;
/// writer.finish()?;
/// let mut items = Vec::new();
/// wn_lmf::for_each(&mut &xml[..], &Limits::default(), &mut |item| { items.push(item); Ok(()) })?;
/// assert_eq!(items[1], synset);
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub struct Writer<'a> {
    out: &'a mut dyn Write,
    /// The end tag of the lexicon that is open.
    open: Option<&'static str>,
    text: String,
    depth: usize,
}

const HEAD: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
    "<!DOCTYPE LexicalResource SYSTEM \"http://globalwordnet.github.io/schemas/WN-LMF-1.4.dtd\">\n",
    "<LexicalResource xmlns:dc=\"https://globalwordnet.github.io/schemas/dc/\">\n",
);

impl<'a> Writer<'a> {
    /// Writes the head of the file.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn new(out: &'a mut dyn Write) -> Result<Writer<'a>> {
        out.write_all(HEAD.as_bytes())?;
        Ok(Writer { out, open: None, text: String::new(), depth: 1 })
    }

    /// Writes an item. A lexicon ends the one before it; other items belong to the last lexicon.
    ///
    /// # Errors
    /// Those of the output.
    pub fn item(&mut self, item: &Item) -> Result<()> {
        match item {
            Item::Lexicon(lexicon) => self.lexicon(lexicon),
            Item::Entry(entry) => self.entry(entry),
            Item::Synset(synset) => self.synset(synset),
            Item::Frame(frame) => self.frame(frame),
        }
        self.flush()
    }

    /// Ends the file.
    ///
    /// # Errors
    /// Those of the output.
    pub fn finish(mut self) -> Result<()> {
        self.close();
        self.text.push_str("</LexicalResource>\n");
        self.flush()
    }

    fn flush(&mut self) -> Result<()> {
        self.out.write_all(self.text.as_bytes())?;
        self.text.clear();
        Ok(())
    }

    fn close(&mut self) {
        if let Some(name) = self.open.take() {
            self.depth = 1;
            self.end(name);
        }
    }

    fn indent(&mut self) {
        for _ in 0..self.depth {
            self.text.push_str("  ");
        }
    }

    /// A start tag, or one without content; `None` leaves an attribute out.
    fn tag(&mut self, name: &str, attributes: &[(&str, Option<&str>)], meta: &Meta, content: bool) {
        self.indent();
        self.text.push('<');
        self.text.push_str(name);
        let given = attributes.iter().filter_map(|(n, v)| v.map(|v| (*n, v)));
        for (name, value) in given.chain(meta.iter().map(|(n, v)| (n.as_str(), v.as_str()))) {
            self.text.push(' ');
            self.text.push_str(name);
            self.text.push_str("=\"");
            escape(value, &mut self.text);
            self.text.push('"');
        }
        self.text.push_str(if content { ">" } else { "/>\n" });
    }

    fn start(&mut self, name: &str, attributes: &[(&str, Option<&str>)], meta: &Meta) {
        self.tag(name, attributes, meta, true);
        self.text.push('\n');
        self.depth = self.depth.saturating_add(1);
    }

    fn end(&mut self, name: &str) {
        self.indent();
        self.text.push_str("</");
        self.text.push_str(name);
        self.text.push_str(">\n");
    }

    fn stop(&mut self, name: &str) {
        self.depth = self.depth.saturating_sub(1);
        self.end(name);
    }

    fn lexicon(&mut self, l: &Lexicon) {
        self.close();
        let name = if l.extension { "LexiconExtension" } else { "Lexicon" };
        let attributes = [
            ("id", Some(l.id.as_str())),
            ("label", Some(&l.label)),
            ("language", Some(&l.language)),
            ("license", Some(&l.license)),
            ("version", Some(&l.version)),
        ];
        self.start(name, &attributes, &l.meta);
        for (index, required) in l.requires.iter().enumerate() {
            let name = if l.extension && index == 0 { "Extends" } else { "Requires" };
            self.tag(name, &[], required, false);
        }
        self.open = Some(name);
    }

    fn entry(&mut self, e: &LexicalEntry) {
        let name = if e.external { "ExternalLexicalEntry" } else { "LexicalEntry" };
        self.start(name, &[("id", Some(&e.id))], &e.meta);
        if let Some(lemma) = &e.lemma {
            self.form("Lemma", lemma);
        }
        for form in &e.forms {
            self.form("Form", form);
        }
        for sense in &e.senses {
            self.sense(sense);
        }
        for frame in &e.frames {
            self.frame(frame);
        }
        self.stop(name);
    }

    fn form(&mut self, name: &str, f: &WordForm) {
        let name = if f.external { format!("External{name}") } else { name.to_owned() };
        let written = (!f.external || !f.written_form.is_empty()).then_some(f.written_form.as_str());
        let attributes = [
            ("id", f.id.as_deref()),
            ("writtenForm", written),
            ("partOfSpeech", f.part_of_speech.as_deref()),
            ("script", f.script.as_deref()),
        ];
        if f.pronunciations.is_empty() && f.tags.is_empty() {
            return self.tag(&name, &attributes, &f.meta, false);
        }
        self.start(&name, &attributes, &f.meta);
        f.pronunciations.iter().for_each(|p| self.words("Pronunciation", p));
        f.tags.iter().for_each(|t| self.words("Tag", t));
        self.stop(&name);
    }

    fn sense(&mut self, s: &Sense) {
        let name = if s.external { "ExternalSense" } else { "Sense" };
        let synset = (!s.external || !s.synset.is_empty()).then_some(s.synset.as_str());
        let attributes = [("id", Some(s.id.as_str())), ("synset", synset)];
        if s.relations.is_empty() && s.examples.is_empty() && s.counts.is_empty() {
            return self.tag(name, &attributes, &s.meta, false);
        }
        self.start(name, &attributes, &s.meta);
        s.relations.iter().for_each(|r| self.relation("SenseRelation", r));
        s.examples.iter().for_each(|t| self.words("Example", t));
        s.counts.iter().for_each(|t| self.words("Count", t));
        self.stop(name);
    }

    fn synset(&mut self, s: &Synset) {
        let name = if s.external { "ExternalSynset" } else { "Synset" };
        let ili = (!s.external || !s.ili.is_empty()).then_some(s.ili.as_str());
        let attributes = [
            ("id", Some(s.id.as_str())),
            ("ili", ili),
            ("partOfSpeech", s.part_of_speech.as_deref()),
            ("members", s.members.as_deref()),
            ("lexfile", s.lexfile.as_deref()),
        ];
        self.start(name, &attributes, &s.meta);
        s.definitions.iter().for_each(|t| self.words("Definition", t));
        s.ili_definition.iter().for_each(|t| self.words("ILIDefinition", t));
        s.relations.iter().for_each(|r| self.relation("SynsetRelation", r));
        s.examples.iter().for_each(|t| self.words("Example", t));
        self.stop(name);
    }

    fn relation(&mut self, name: &str, r: &Relation) {
        self.tag(name, &[("relType", Some(&r.rel_type)), ("target", Some(&r.target))], &r.meta, false);
    }

    fn frame(&mut self, f: &Frame) {
        let attributes = [
            ("id", f.id.as_deref()),
            ("subcategorizationFrame", Some(f.subcategorization_frame.as_str())),
            ("senses", f.senses.as_deref()),
        ];
        self.tag("SyntacticBehaviour", &attributes, &Vec::new(), false);
    }

    fn words(&mut self, name: &str, t: &Text) {
        self.tag(name, &[], &t.meta, true);
        escape(&t.text, &mut self.text);
        for said in &t.pronunciations {
            self.text.push('\n');
            self.depth = self.depth.saturating_add(1);
            self.tag("Pronunciation", &[], &said.meta, true);
            escape(&said.text, &mut self.text);
            self.text.push_str("</Pronunciation>");
            self.depth = self.depth.saturating_sub(1);
        }
        self.text.push_str("</");
        self.text.push_str(name);
        self.text.push_str(">\n");
    }
}
