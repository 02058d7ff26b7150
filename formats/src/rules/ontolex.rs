//! OntoLex-Lemon in Turtle: export of lexicons for the Semantic Web.
//!
//! Follows the W3C community report "Lexicon Model for Ontologies" (2016): entries with a canonical
//! form and other forms, written representations with a language tag, phonetic representations, senses;
//! categories are LexInfo 3.0's. Entries are written as they come, in the order given, so the same
//! rows give the same bytes.

use std::io::Write;

use super::lexinfo;
use super::rows::{EntryRow, FormRow};
use crate::{Error, Place, Result};

/// What a lexicon says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LexiconInfo {
    /// The address that ids are put after: `https://example.org/lexicon/`. It is the lexicon's own too.
    pub base: String,
    /// Its title.
    pub title: Option<String>,
    /// Its language, a BCP 47 tag: `da`.
    pub language: String,
    /// Its licence, an address.
    pub license: Option<String>,
}

/// A sense of an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OntolexSense {
    /// Its id, put after the base.
    pub id: String,
    /// A definition.
    pub definition: Option<String>,
    /// The concept (a synset) that it lexicalizes: an id, or an address with a scheme.
    pub concept: Option<String>,
    /// Examples of its use.
    pub examples: Vec<String>,
}

/// Writes entries as Turtle.
///
/// ```
/// use sprog_formats::rules::{ontolex::{LexiconInfo, Writer}, rows::{EntryRow, FormRow}};
/// let info = LexiconInfo { base: "https://example.org/".into(), language: "da".into(), ..LexiconInfo::default() };
/// let entry = EntryRow { entry_id: "hus-n".into(), lemma: "hus".into(), upos: Some("NOUN".into()), ..EntryRow::default() };
/// let form = FormRow { form: "huse".into(), feats: Some("Number=Plur".into()), ..FormRow::default() };
/// let mut turtle = Vec::new();
/// let mut writer = Writer::new(&mut turtle, &info)?;
/// writer.entry(&entry, &[form], &[])?;
/// let text = String::from_utf8(turtle).expect("UTF-8");
/// assert!(text.contains("ontolex:writtenRep \"huse\"@da"), "{text}");
/// assert!(text.contains("lexinfo:number lexinfo:plural"), "{text}");
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub struct Writer<'a> {
    out: &'a mut dyn Write,
    base: String,
    language: String,
}

const PREFIXES: &str = "@prefix dct: <http://purl.org/dc/terms/> .
@prefix lexinfo: <http://www.lexinfo.net/ontology/3.0/lexinfo#> .
@prefix lime: <http://www.w3.org/ns/lemon/lime#> .
@prefix ontolex: <http://www.w3.org/ns/lemon/ontolex#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
";

impl<'a> Writer<'a> {
    /// Writes the prefixes and the lexicon's description.
    ///
    /// # Errors
    /// [`Error::Malformed`] where the language is no language tag; those of `out`.
    pub fn new(out: &'a mut dyn Write, info: &LexiconInfo) -> Result<Writer<'a>> {
        if !is_language_tag(&info.language) {
            let message = format!("{:?} is no language tag, such as da", info.language);
            return Err(Error::malformed("Turtle", Place::File, message));
        }
        let mut writer = Writer { out, base: info.base.clone(), language: info.language.clone() };
        let mut text = PREFIXES.to_owned();
        text.push('\n');
        let mut block = Block::new(&mut text, &iri("", &info.base));
        block.add("a", "lime:Lexicon");
        block.add("lime:language", &literal(&info.language));
        if let Some(title) = &info.title {
            block.add("dct:title", &writer.tagged(title));
        }
        if let Some(license) = &info.license {
            block.add("dct:license", &iri("", license));
        }
        block.end();
        writer.write(&text)?;
        Ok(writer)
    }

    /// Writes an entry with its forms and senses.
    ///
    /// The first form that is written as the lemma is the canonical form; without one, a form of the
    /// lemma alone is. Forms of the same features (`feats`, else `tag`) become one form with several written
    /// representations. `upos` and `feats` become LexInfo's categories; what LexInfo has no word for, and
    /// the source's own `pos` and `tag`, stand in `rdfs:comment` on the entry or form. Forms are called
    /// by the entry's id with `-form-1` and so on after it. Without an `entry_id`, an entry is called
    /// by its lemma and part of speech: the caller sees to it that no two are the same.
    ///
    /// # Errors
    /// Those of the output.
    pub fn entry(&mut self, entry: &EntryRow, forms: &[FormRow], senses: &[OntolexSense]) -> Result<()> {
        let id = match entry.entry_id.as_str() {
            "" => {
                let pos = entry.upos.as_deref().or(entry.pos.as_deref()).unwrap_or("x");
                format!("{}-{pos}", entry.lemma)
            }
            id => id.to_owned(),
        };
        let lemma = FormRow { form: entry.lemma.clone(), ..FormRow::default() };
        let mut groups = grouped(forms);
        let found = groups.iter().position(|g| g.iter().any(|f| f.form == entry.lemma));
        let canonical = found.unwrap_or_else(|| {
            groups.insert(0, vec![&lemma]);
            0
        });
        let name = |number: usize| iri(&self.base, &format!("{id}-form-{}", number.saturating_add(1)));

        let mut text = String::new();
        let subject = iri(&self.base, &id);
        text.push_str(&format!("{} lime:entry {subject} .\n", iri("", &self.base)));
        let mut block = Block::new(&mut text, &subject);
        block.add("a", kind(&entry.lemma));
        block.add("rdfs:label", &self.tagged(&entry.lemma));
        if let Some(pos) = entry.upos.as_deref().and_then(lexinfo::part_of_speech) {
            block.add("lexinfo:partOfSpeech", &format!("lexinfo:{pos}"));
        }
        if let Some(pos) = &entry.pos {
            block.add("rdfs:comment", &literal(pos));
        }
        if let (Some(gloss), true) = (&entry.gloss, senses.is_empty()) {
            block.add("skos:definition", &self.tagged(gloss));
        }
        for number in 0..groups.len() {
            let property = if number == canonical { "ontolex:canonicalForm" } else { "ontolex:otherForm" };
            block.add(property, &name(number));
        }
        for sense in senses {
            block.add("ontolex:sense", &iri(&self.base, &sense.id));
        }
        block.end();
        for (number, group) in groups.iter().enumerate() {
            self.form(&mut text, &name(number), group);
        }
        for sense in senses {
            let mut block = Block::new(&mut text, &iri(&self.base, &sense.id));
            block.add("a", "ontolex:LexicalSense");
            if let Some(concept) = &sense.concept {
                block.add("ontolex:isLexicalizedSenseOf", &iri(&self.base, concept));
            }
            if let Some(definition) = &sense.definition {
                block.add("skos:definition", &self.tagged(definition));
            }
            for example in &sense.examples {
                block.add("lexinfo:senseExample", &self.tagged(example));
            }
            block.end();
        }
        text.push('\n');
        self.write(&text)
    }

    fn form(&self, text: &mut String, subject: &str, group: &[&FormRow]) {
        let mut block = Block::new(text, subject);
        block.add("a", "ontolex:Form");
        let mut written: Vec<&str> = Vec::new();
        for row in group {
            if !written.contains(&row.form.as_str()) {
                written.push(&row.form);
                block.add("ontolex:writtenRep", &self.tagged(&row.form));
            }
        }
        for row in group {
            let alphabet = row.phonetic_alphabet.as_deref().filter(|a| is_subtag(a));
            for said in &row.pronunciations {
                let tag = match alphabet {
                    Some("ipa") => format!("{}-fonipa", self.language),
                    Some(alphabet) => format!("{}-x-{alphabet}", self.language),
                    None => self.language.clone(),
                };
                block.add("ontolex:phoneticRep", &format!("{}@{tag}", literal(said)));
            }
        }
        if let Some(row) = group.first() {
            let pairs = row.feats.iter().flat_map(|f| f.split('|')).filter_map(|f| f.split_once('='));
            let mut unknown = Vec::new();
            for (feature, values) in pairs {
                for value in values.split(',') {
                    match lexinfo::feature(feature, value) {
                        Some((property, value)) => {
                            block.add(&format!("lexinfo:{property}"), &format!("lexinfo:{value}"));
                        }
                        None => unknown.push(format!("{feature}={value}")),
                    }
                }
            }
            if !unknown.is_empty() {
                block.add("rdfs:comment", &literal(&unknown.join("|")));
            }
            if let Some(tag) = &row.tag {
                block.add("rdfs:comment", &literal(tag));
            }
        }
        block.end();
    }

    fn tagged(&self, text: &str) -> String {
        format!("{}@{}", literal(text), self.language)
    }

    fn write(&mut self, text: &str) -> Result<()> {
        Ok(self.out.write_all(text.as_bytes())?)
    }
}

/// The forms by their features, in the order met. Forms without any are one by one.
fn grouped(forms: &[FormRow]) -> Vec<Vec<&FormRow>> {
    let mut numbers = std::collections::BTreeMap::new();
    let mut groups: Vec<Vec<&FormRow>> = Vec::new();
    for form in forms {
        let key = (form.feats.as_deref(), form.tag.as_deref());
        let alone = (key == (None, None)).then_some(form.form.as_str());
        let number = *numbers.entry((key, alone)).or_insert(groups.len());
        match groups.get_mut(number) {
            Some(group) => group.push(form),
            None => groups.push(vec![form]),
        }
    }
    groups
}

fn kind(lemma: &str) -> &'static str {
    if lemma.trim().contains(' ') {
        "ontolex:MultiwordExpression"
    } else if lemma.starts_with('-') || lemma.ends_with('-') {
        "ontolex:Affix"
    } else {
        "ontolex:Word"
    }
}

/// A subject's properties: `subject a x ;\n  b c .`
struct Block<'t> {
    text: &'t mut String,
    first: bool,
}

impl<'t> Block<'t> {
    fn new(text: &'t mut String, subject: &str) -> Block<'t> {
        text.push_str(subject);
        Block { text, first: true }
    }

    fn add(&mut self, property: &str, object: &str) {
        self.text.push_str(if std::mem::take(&mut self.first) { " " } else { " ;\n    " });
        self.text.push_str(property);
        self.text.push(' ');
        self.text.push_str(object);
    }

    fn end(self) {
        self.text.push_str(" .\n");
    }
}

/// `<base + id>`, or `<id>` where it has a scheme of its own. What an IRI cannot hold is percent-encoded.
fn iri(base: &str, id: &str) -> String {
    let has_scheme = ["http://", "https://", "urn:"].iter().any(|s| id.starts_with(s));
    let mut out = String::from("<");
    for (part, is_id) in [(if has_scheme { "" } else { base }, false), (id, !has_scheme && !base.is_empty())]
    {
        for c in part.chars() {
            let barred = matches!(c, '\0'..=' ' | '<' | '>' | '"' | '{' | '}' | '|' | '^' | '`' | '\\' | '\u{7F}'..='\u{A0}');
            // In an id these would begin another part of the address.
            let structural = is_id && matches!(c, '#' | '?' | '/' | '%' | ':');
            if barred || structural {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    out.push_str(&format!("%{byte:02X}"));
                }
            } else {
                out.push(c);
            }
        }
    }
    out.push('>');
    out
}

/// A Turtle string in double quotes.
fn literal(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..='\u{1F}' | '\u{7F}' => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn is_subtag(text: &str) -> bool {
    (1..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn is_language_tag(text: &str) -> bool {
    let mut subtags = text.split('-');
    let first = subtags.next().unwrap_or_default();
    first.bytes().all(|b| b.is_ascii_alphabetic()) && is_subtag(first) && subtags.all(is_subtag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info() -> LexiconInfo {
        LexiconInfo {
            base: "https://example.org/lexicon/".into(),
            title: Some("Et \"leksikon\"".into()),
            language: "da".into(),
            license: Some("https://creativecommons.org/publicdomain/zero/1.0/".into()),
        }
    }

    fn form(form: &str, feats: &str) -> FormRow {
        FormRow { form: form.into(), feats: Some(feats.into()), ..FormRow::default() }
    }

    #[test]
    fn an_entry_with_all_it_can_have() {
        let entry = EntryRow {
            entry_id: "COR.1".into(),
            lemma: "lift".into(),
            pos: Some("sb".into()),
            upos: Some("NOUN".into()),
            ..EntryRow::default()
        };
        let said = FormRow {
            pronunciations: vec!["\"lEfd".into(), "l\\E".into()],
            phonetic_alphabet: Some("sampa".into()),
            ..form("lift", "Definite=Ind|Gender=Com,Neut|Number=Sing|Typo=Yes")
        };
        let forms =
            [form("liftet", "Definite=Def|Number=Sing"), said, form("liften", "Definite=Def|Number=Sing")];
        let senses = [OntolexSense {
            id: "s 1".into(),
            definition: Some("apparat,\nder kører op".into()),
            concept: Some("urn:x:c1".into()),
            examples: vec!["tag liften".into()],
        }];
        let mut out = Vec::new();
        let mut writer = Writer::new(&mut out, &info()).expect("writes");
        writer.entry(&entry, &forms, &senses).expect("writes");
        let turtle = String::from_utf8(out).expect("UTF-8");
        assert_eq!(turtle, include_str!("../../tests/data/rules/ontolex-one-entry.ttl"));
    }

    #[test]
    fn ids_and_texts_of_any_characters_stay_inside_their_quotes() {
        assert_eq!(iri("http://a/", "x> <y\"\\#/é"), "<http://a/x%3E%20%3Cy%22%5C%23%2Fé>");
        assert_eq!(iri("http://a/", "https://b/c#d"), "<https://b/c#d>");
        assert_eq!(literal("a\"\\\n\u{1}å"), "\"a\\\"\\\\\\n\\u0001å\"");
        let mut out = Vec::new();
        let bad = LexiconInfo { language: "da ; x".into(), ..info() };
        assert!(Writer::new(&mut out, &bad).is_err());
    }

    #[test]
    fn a_lemma_without_forms_gets_its_canonical_form() {
        let mut out = Vec::new();
        let mut writer = Writer::new(&mut out, &info()).expect("writes");
        let entry = EntryRow { lemma: "i dag".into(), upos: Some("ADV".into()), ..EntryRow::default() };
        writer.entry(&entry, &[], &[]).expect("writes");
        let turtle = String::from_utf8(out).expect("UTF-8");
        assert!(turtle.contains("i%20dag-ADV> a ontolex:MultiwordExpression"), "{turtle}");
        assert!(
            turtle.contains("ontolex:canonicalForm <https://example.org/lexicon/i%20dag-ADV-form-1>"),
            "{turtle}"
        );
        assert!(turtle.contains("ontolex:writtenRep \"i dag\"@da"), "{turtle}");
    }
}
