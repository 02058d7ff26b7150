//! From entries to a container.

use super::automaton::{Builder, MAX_KEY_BYTES};
use super::container::{HEADER_BYTES, MAGIC, RECORD_BYTES, VERSION};
use super::{Entry, Form, LexiconError, NormStatus};
use crate::morph::{Reading, Upos};
use std::collections::HashMap;

/// Collects entries, and writes them as the bytes that [`Lexicon::open`](super::Lexicon::open) reads.
///
/// The same entries in the same order give the same bytes. Readings of one form keep the order in which they were
/// added; an entry that was added before is left out.
///
/// ```
/// use sprog_text::lexicon::{Entry, Lexicon, LexiconBuilder};
/// use sprog_text::morph::Upos;
/// let mut builder = LexiconBuilder::new();
/// let source = builder.source("mine");
/// builder.add(&Entry::new("huse", "hus", Upos::Noun, "Definite=Ind|Gender=Neut|Number=Plur").source(source));
/// let bytes = builder.build()?;
/// let lexicon = Lexicon::open(&bytes[..])?;
/// assert_eq!(lexicon.lookup("huse")[0].reading.lemma, "hus");
/// # Ok::<(), sprog_text::lexicon::LexiconError>(())
/// ```
#[derive(Default)]
pub struct LexiconBuilder {
    /// Forms, one after the other.
    text: String,
    rows: Vec<Row>,
    lemmas: HashMap<Box<str>, u32>,
    lemma_text: Vec<Box<str>>,
    tags: HashMap<(Upos, Box<str>), u16>,
    tag_list: Vec<(Upos, Box<str>)>,
    last_tag: Option<u16>,
    sources: Vec<String>,
    left_out: usize,
}

#[derive(Clone, Copy)]
struct Row {
    start: u32,
    end: u32,
    lemma: u32,
    tag: u16,
    status: NormStatus,
    source: u8,
}

impl LexiconBuilder {
    /// A builder with no entries.
    pub fn new() -> LexiconBuilder {
        LexiconBuilder::default()
    }

    /// Names a source of entries; its number goes into [`Entry::source`]. After 255 sources all others share the last.
    pub fn source(&mut self, name: &str) -> u8 {
        let name = name.replace(['\n', '\r'], " ");
        if let Some(at) = self.sources.iter().position(|s| *s == name) {
            return u8::try_from(at).unwrap_or(u8::MAX);
        }
        if self.sources.len() < usize::from(u8::MAX) {
            self.sources.push(name);
        }
        u8::try_from(self.sources.len().saturating_sub(1)).unwrap_or(u8::MAX)
    }

    /// Adds a word form. An entry whose form or lemma is empty or longer than 1,024 bytes is left out and counted.
    pub fn add(&mut self, entry: &Entry) {
        let lemma = self.lemma(&entry.lemma);
        let tag = self.tag(entry.upos, &entry.feats);
        self.row(&entry.form, lemma, tag, entry.status, entry.source);
    }

    /// How many entries were left out: too long, empty, or beyond the container's numbers.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// How many entries there are, repeated ones included.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The entries in the order of [`Lexicon::iter`](super::Lexicon::iter), each once, with its number among those added.
    pub(super) fn in_order(&self) -> Vec<(usize, Form)> {
        let form = |row: &Row| &self.text[row.start as usize..row.end as usize];
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        order.sort_by(|&a, &b| form(&self.rows[a]).cmp(form(&self.rows[b])).then(a.cmp(&b)));
        let mut out: Vec<(usize, Form)> = Vec::with_capacity(order.len());
        let mut seen: Vec<(u32, u16)> = Vec::new();
        for number in order {
            let row = &self.rows[number];
            if out.last().is_none_or(|(_, before)| before.form != form(row)) {
                seen.clear();
            }
            if seen.contains(&(row.lemma, row.tag)) {
                continue;
            }
            seen.push((row.lemma, row.tag));
            let lemma = self.lemma_text[row.lemma as usize].to_string();
            let (upos, feats) = &self.tag_list[usize::from(row.tag)];
            let reading = Reading { lemma, upos: *upos, feats: feats.to_string() };
            let (status, source) = (row.status, row.source);
            out.push((number, Form { form: form(row).to_owned(), reading, status, source }));
        }
        out
    }

    pub(super) fn lemma(&mut self, lemma: &str) -> Option<u32> {
        if lemma.is_empty() || lemma.len() > MAX_KEY_BYTES {
            return None;
        }
        if let Some(&number) = self.lemmas.get(lemma) {
            return Some(number);
        }
        let number = u32::try_from(self.lemma_text.len()).ok()?;
        self.lemma_text.push(lemma.into());
        self.lemmas.insert(lemma.into(), number);
        Some(number)
    }

    pub(super) fn tag(&mut self, upos: Upos, feats: &str) -> Option<u16> {
        // Entries of one tag tend to come together.
        if let Some(last) = self.last_tag
            && self.tag_list.get(usize::from(last)).is_some_and(|(u, f)| *u == upos && **f == *feats)
        {
            return Some(last);
        }
        let key = (upos, Box::from(feats));
        if let Some(&tag) = self.tags.get(&key) {
            self.last_tag = Some(tag);
            return Some(tag);
        }
        let tag = u16::try_from(self.tag_list.len()).ok().filter(|_| feats.len() <= usize::from(u8::MAX))?;
        self.tag_list.push(key.clone());
        self.tags.insert(key, tag);
        Some(tag)
    }

    pub(super) fn row(
        &mut self,
        form: &str,
        lemma: Option<u32>,
        tag: Option<u16>,
        status: NormStatus,
        source: u8,
    ) {
        let start = self.text.len();
        let spans = u32::try_from(start).ok().zip(u32::try_from(start + form.len()).ok());
        match (lemma, tag, spans) {
            (Some(lemma), Some(tag), Some((start, end)))
                if !form.is_empty() && form.len() <= MAX_KEY_BYTES =>
            {
                self.text.push_str(form);
                self.rows.push(Row { start, end, lemma, tag, status, source });
            }
            _ => self.left_out += 1,
        }
    }

    /// Writes the container.
    ///
    /// # Errors
    /// [`LexiconError::TooLarge`] where a part would pass 4 GiB.
    pub fn build(mut self) -> Result<Vec<u8>, LexiconError> {
        let text = std::mem::take(&mut self.text);
        let mut rows = std::mem::take(&mut self.rows);
        let form = |row: &Row| &text.as_bytes()[row.start as usize..row.end as usize];
        // Where a row starts in the text says which was added first.
        rows.sort_unstable_by(|a, b| form(a).cmp(form(b)).then(a.start.cmp(&b.start)));
        let mut lemmas: Vec<(&[u8], u32)> =
            self.lemma_text.iter().zip(0..).map(|(lemma, n)| (lemma.as_bytes(), n)).collect();
        lemmas.sort_unstable();

        let mut automaton = Builder::new();
        let mut lemma_keys = vec![0u32; lemmas.len()];
        let mut starts = Vec::with_capacity(rows.len());
        let mut kept: Vec<Row> = Vec::with_capacity(rows.len());
        let (mut keys, mut row, mut lemma) = (0u32, 0, 0);
        while row < rows.len() || lemma < lemmas.len() {
            let key = match (rows.get(row).map(form), lemmas.get(lemma).map(|l| l.0)) {
                (Some(a), Some(b)) => a.min(b),
                (Some(a), None) | (None, Some(a)) => a,
                (None, None) => break,
            };
            automaton.insert(key);
            let first = kept.len();
            starts.push(u32::try_from(first).map_err(|_| LexiconError::TooLarge)?);
            while let Some(next) = rows.get(row).filter(|r| form(r) == key) {
                let known = kept[first..].iter().any(|k| k.lemma == next.lemma && k.tag == next.tag);
                if !known {
                    kept.push(*next);
                }
                row += 1;
            }
            while let Some(&(_, number)) = lemmas.get(lemma).filter(|l| l.0 == key) {
                lemma_keys[number as usize] = keys;
                lemma += 1;
            }
            keys = keys.checked_add(1).ok_or(LexiconError::TooLarge)?;
        }
        starts.push(u32::try_from(kept.len()).map_err(|_| LexiconError::TooLarge)?);

        let mut by_lemma: Vec<u32> = (0..kept.len() as u32).collect();
        by_lemma.sort_by_key(|&n| {
            let row = kept[n as usize];
            (lemma_keys[row.lemma as usize], row.start)
        });
        let mut lemma_starts = vec![0u32; keys as usize + 1];
        for row in &kept {
            lemma_starts[lemma_keys[row.lemma as usize] as usize + 1] += 1;
        }
        for at in 1..lemma_starts.len() {
            lemma_starts[at] += lemma_starts[at - 1];
        }

        let (automaton, root) = automaton.finish();
        let mut tags = Vec::new();
        for (upos, feats) in &self.tag_list {
            tags.push(Upos::ALL.iter().position(|u| u == upos).unwrap_or(0) as u8);
            tags.push(feats.len() as u8);
            tags.extend_from_slice(feats.as_bytes());
        }
        let sources = self.sources.join("\n");
        let size = |n: usize| u32::try_from(n).map_err(|_| LexiconError::TooLarge);
        let header = [
            VERSION,
            root,
            keys,
            size(kept.len())?,
            size(automaton.len())?,
            size(tags.len())?,
            size(sources.len())?,
            0,
        ];
        let total = HEADER_BYTES + automaton.len() + keys as usize * 8 + 8 + kept.len() * (RECORD_BYTES + 4);
        let mut out = Vec::with_capacity(total + tags.len() + sources.len());
        out.extend_from_slice(MAGIC);
        out.extend(header.iter().flat_map(|n| n.to_le_bytes()));
        out.extend_from_slice(&automaton);
        out.extend(starts.iter().chain(&lemma_starts).flat_map(|n| n.to_le_bytes()));
        for row in &kept {
            out.extend_from_slice(&lemma_keys[row.lemma as usize].to_le_bytes());
            out.extend_from_slice(&row.tag.to_le_bytes());
            out.extend_from_slice(&[row.status.code(), row.source]);
        }
        out.extend(by_lemma.iter().flat_map(|n| n.to_le_bytes()));
        out.extend_from_slice(&tags);
        out.extend_from_slice(sources.as_bytes());
        Ok(out)
    }
}
