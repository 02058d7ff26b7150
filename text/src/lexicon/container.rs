//! A lexicon in one piece of memory, as a file that is mapped: nothing is parsed but the list of tags.

use super::automaton::{Automaton, MAX_KEY_BYTES};
use super::{Form, LexiconError, NormStatus};
use crate::morph::{Reading, Upos};
use std::borrow::Cow;
use std::ops::Range;

pub(super) const MAGIC: &[u8; 8] = b"SPROGLEX";
pub(super) const VERSION: u32 = 1;
pub(super) const HEADER_BYTES: usize = 40;
pub(super) const RECORD_BYTES: usize = 8;

/// Word forms with their readings: found by form, by lemma and by prefix.
///
/// Opened from the bytes of [`LexiconBuilder::build`](super::LexiconBuilder::build), which may be a mapped file. The
/// header, the sizes of the parts and the tags are checked when it is opened; bytes that are wrong further in give
/// wrong readings or none, never a panic.
///
/// The bytes: a header of ten little-endian `u32` (`SPROGLEX` is two of them; version, first node, keys, readings,
/// bytes of the automaton, of the tags, of the sources, and 0), then the automaton over forms and lemmas, for each key
/// where its readings start, and where it starts as a lemma, the readings (lemma `u32`, tag `u16`, status `u8`,
/// source `u8`), the readings ordered by lemma, the tags and the sources.
pub struct Lexicon<'a> {
    data: Cow<'a, [u8]>,
    root: u32,
    keys: u32,
    records: u32,
    automaton: Range<usize>,
    of_form: usize,
    of_lemma: usize,
    table: usize,
    by_lemma: usize,
    tags: Vec<(Upos, Box<str>)>,
    sources: Vec<String>,
}

/// A reading of a form as it lies in the container: numbers for lemma and tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) lemma: u32,
    pub(super) tag: u16,
    pub(super) status: NormStatus,
    pub(super) source: u8,
}

fn u32_at(data: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*data.get(at..)?.first_chunk()?))
}

impl<'a> Lexicon<'a> {
    /// Opens a built lexicon; with a mapped file nothing is copied but its tags.
    ///
    /// # Errors
    /// [`LexiconError::Format`] for bytes that are not a lexicon of this version, or are cut off.
    pub fn open(data: impl Into<Cow<'a, [u8]>>) -> Result<Lexicon<'a>, LexiconError> {
        let data = data.into();
        if data.get(..8) != Some(MAGIC) {
            return Err(LexiconError::Format("it does not start with SPROGLEX"));
        }
        let cut = LexiconError::Format("it is cut off");
        let field = |n: usize| u32_at(&data, 8 + 4 * n).ok_or(LexiconError::Format("it is cut off"));
        if field(0)? != VERSION {
            return Err(LexiconError::Format("it has another version"));
        }
        let (root, keys, records) = (field(1)?, field(2)?, field(3)?);
        let automaton = HEADER_BYTES..HEADER_BYTES + field(4)? as usize;
        let of_form = automaton.end;
        let of_lemma = of_form + (keys as usize + 1) * 4;
        let table = of_lemma + (keys as usize + 1) * 4;
        let by_lemma = table + records as usize * RECORD_BYTES;
        let tags_at = by_lemma + records as usize * 4;
        let sources_at = tags_at + field(5)? as usize;
        let end = sources_at + field(6)? as usize;
        if data.len() != end {
            return Err(cut);
        }
        let tags =
            read_tags(&data[tags_at..sources_at]).ok_or(LexiconError::Format("its tags are damaged"))?;
        let sources = std::str::from_utf8(&data[sources_at..end])
            .map_err(|_| LexiconError::Format("its sources are not UTF-8"))?
            .lines()
            .map(str::to_owned)
            .collect();
        Ok(Lexicon {
            root,
            keys,
            records,
            automaton,
            of_form,
            of_lemma,
            table,
            by_lemma,
            tags,
            sources,
            data,
        })
    }

    /// A lexicon without words.
    pub(super) fn empty() -> Lexicon<'static> {
        Lexicon {
            data: Cow::Borrowed(&[]),
            root: 0,
            keys: 0,
            records: 0,
            automaton: 0..0,
            of_form: 0,
            of_lemma: 0,
            table: 0,
            by_lemma: 0,
            tags: Vec::new(),
            sources: Vec::new(),
        }
    }

    /// The lexicon's bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.data
    }

    /// How many readings it has, over all forms.
    pub fn len(&self) -> usize {
        self.records as usize
    }

    /// Whether it has no readings.
    pub fn is_empty(&self) -> bool {
        self.records == 0
    }

    /// Where the entries come from, by [`Form::source`].
    pub fn sources(&self) -> &[String] {
        &self.sources
    }

    /// The tags in use: part of speech and features.
    pub fn tags(&self) -> impl Iterator<Item = (Upos, &str)> {
        self.tags.iter().map(|(upos, feats)| (*upos, &**feats))
    }

    fn automaton(&self) -> Automaton<'_> {
        Automaton {
            bytes: self.data.get(self.automaton.clone()).unwrap_or_default(),
            root: self.root,
            keys: self.keys,
        }
    }

    fn span(&self, at: usize, key: u32) -> Range<u32> {
        let at = at + key as usize * 4;
        let (start, end) = (u32_at(&self.data, at), u32_at(&self.data, at + 4));
        start.unwrap_or(0).min(self.records)..end.unwrap_or(0).min(self.records)
    }

    fn record(&self, index: u32) -> Option<Record> {
        let at = self.table + index as usize * RECORD_BYTES;
        let bytes: [u8; RECORD_BYTES] = *self.data.get(at..)?.first_chunk()?;
        let [a, b, c, d, e, f, status, source] = bytes;
        Some(Record {
            lemma: u32::from_le_bytes([a, b, c, d]),
            tag: u16::from_le_bytes([e, f]),
            status: NormStatus::from_code(status),
            source,
        })
    }

    fn key(&self, number: u32) -> Option<String> {
        let mut key = Vec::new();
        self.automaton().key(number, &mut key).then_some(())?;
        String::from_utf8(key).ok()
    }

    fn form(&self, form: &str, record: Record) -> Option<Form> {
        let (upos, feats) = self.tags.get(usize::from(record.tag))?;
        Some(Form {
            form: form.to_owned(),
            reading: Reading { lemma: self.key(record.lemma)?, upos: *upos, feats: (**feats).to_owned() },
            status: record.status,
            source: record.source,
        })
    }

    /// Whether the form is in the lexicon, exactly so.
    pub fn contains(&self, form: &str) -> bool {
        form.len() <= MAX_KEY_BYTES
            && self
                .automaton()
                .number(form.as_bytes())
                .is_some_and(|n| !self.span(self.of_form, n).is_empty())
    }

    /// The readings of exactly this form, best first.
    pub fn lookup(&self, form: &str) -> Vec<Form> {
        let mut found = Vec::new();
        self.each(form, |record| found.extend(self.form(form, record)));
        found
    }

    pub(super) fn each(&self, form: &str, mut with: impl FnMut(Record)) {
        if form.len() > MAX_KEY_BYTES {
            return;
        }
        let Some(number) = self.automaton().number(form.as_bytes()) else { return };
        for index in self.span(self.of_form, number) {
            if let Some(record) = self.record(index) {
                with(record);
            }
        }
    }

    pub(super) fn tag(&self, record: Record) -> Option<(Upos, &str)> {
        self.tags.get(usize::from(record.tag)).map(|(upos, feats)| (*upos, &**feats))
    }

    pub(super) fn reading(&self, record: Record) -> Option<Reading> {
        let (upos, feats) = self.tag(record)?;
        Some(Reading { lemma: self.key(record.lemma)?, upos, feats: feats.to_owned() })
    }

    /// Every form of a lemma, in the order in which they were added: its paradigms.
    pub fn forms(&self, lemma: &str) -> Vec<Form> {
        let number =
            if lemma.len() > MAX_KEY_BYTES { None } else { self.automaton().number(lemma.as_bytes()) };
        let Some(number) = number else { return Vec::new() };
        self.span(self.of_lemma, number)
            .filter_map(|n| {
                let index = u32_at(&self.data, self.by_lemma + n as usize * 4)?;
                let form = self.key(self.form_of_record(index)?)?;
                self.form(&form, self.record(index)?)
            })
            .collect()
    }

    /// The forms of a lemma with this part of speech whose features include all of `feats` (`Number=Plur`).
    ///
    /// ```
    /// use sprog_text::lexicon::Lexicon;
    /// use sprog_text::morph::Upos;
    /// let forms = Lexicon::ours().inflect("himmel", Upos::Noun, "Definite=Ind|Number=Plur");
    /// assert_eq!(forms[0].form, "himle");
    /// ```
    pub fn inflect(&self, lemma: &str, upos: Upos, feats: &str) -> Vec<Form> {
        let mut found = self.forms(lemma);
        found.retain(|f| f.reading.upos == upos && includes(&f.reading.feats, feats));
        // The genitive only where it is asked for.
        if !feats.contains("Case=") && found.iter().any(|f| !f.reading.feats.contains("Case=Gen")) {
            found.retain(|f| !f.reading.feats.contains("Case=Gen"));
        }
        found
    }

    /// At most `most` forms that start with `prefix`, in byte order.
    pub fn prefixed(&self, prefix: &str, most: usize) -> Vec<String> {
        if prefix.len() > MAX_KEY_BYTES {
            return Vec::new();
        }
        self.automaton()
            .prefixed(prefix.as_bytes())
            .filter(|&n| !self.span(self.of_form, n).is_empty())
            .take(most)
            .filter_map(|n| self.key(n))
            .collect()
    }

    /// Every form with its readings, by form in byte order.
    pub fn iter(&self) -> impl Iterator<Item = Form> + '_ {
        (0..self.keys).flat_map(move |n| {
            let span = self.span(self.of_form, n);
            let key = if span.is_empty() { None } else { self.key(n) };
            key.into_iter().flat_map(move |key| {
                span.clone().filter_map(move |index| self.form(&key, self.record(index)?)).collect::<Vec<_>>()
            })
        })
    }

    /// The key that a reading belongs to: the last whose readings start at or before it.
    fn form_of_record(&self, index: u32) -> Option<u32> {
        let (mut low, mut high) = (0, self.keys);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if u32_at(&self.data, self.of_form + middle as usize * 4)? <= index {
                low = middle
            } else {
                high = middle
            }
        }
        Some(low)
    }
}

/// Whether `feats` has each of the features of `wanted`.
pub(super) fn includes(feats: &str, wanted: &str) -> bool {
    wanted.split('|').filter(|f| !f.is_empty() && *f != "_").all(|f| feats.split('|').any(|g| g == f))
}

fn read_tags(mut bytes: &[u8]) -> Option<Vec<(Upos, Box<str>)>> {
    let mut tags = Vec::new();
    while let Some((&upos, rest)) = bytes.split_first() {
        let (&length, rest) = rest.split_first()?;
        let (feats, rest) = rest.split_at_checked(usize::from(length))?;
        tags.push((*Upos::ALL.get(usize::from(upos))?, std::str::from_utf8(feats).ok()?.into()));
        bytes = rest;
    }
    Some(tags)
}

impl std::fmt::Debug for Lexicon<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lexicon")
            .field("keys", &self.keys)
            .field("readings", &self.records)
            .finish_non_exhaustive()
    }
}
