//! Sentences as rules see them: words with their readings.

use std::ops::Range;

use crate::morph::{Analyze, Reading};
use crate::segment;

/// Something that knows words, in tags of its own. Every [`Analyze`] is one.
pub trait WordReadings {
    /// Adds the readings of a form.
    fn word_readings(&self, form: &str, out: &mut Vec<WordReading>);
}

impl<A: Analyze + ?Sized> WordReadings for A {
    fn word_readings(&self, form: &str, out: &mut Vec<WordReading>) {
        let mut readings = Vec::new();
        self.readings(form, &mut readings);
        out.extend(readings.into_iter().map(WordReading::from));
    }
}

/// A reading of a word, its tag any string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordReading {
    /// The lemma, where known.
    pub lemma: Option<String>,
    /// The tag, where known.
    pub tag: Option<String>,
    pub(super) lemma_lower: Option<String>,
}

impl WordReading {
    /// A reading.
    pub fn new(lemma: Option<String>, tag: Option<String>) -> WordReading {
        let lemma_lower = lemma.as_ref().map(|l| l.to_lowercase());
        WordReading { lemma, tag, lemma_lower }
    }
}

impl From<Reading> for WordReading {
    fn from(reading: Reading) -> WordReading {
        let tag = reading.tag();
        WordReading::new(Some(reading.lemma), Some(tag))
    }
}

/// A word with its readings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Where it stands: bytes of the text.
    pub range: Range<usize>,
    /// The form.
    pub form: String,
    /// Its readings; one without lemma and tag for an unknown word.
    pub readings: Vec<WordReading>,
    /// Whether white space stands before it.
    pub space_before: bool,
    /// The chunks it is in.
    pub chunks: Vec<String>,
    /// No rule looks at it.
    pub immunized: bool,
    /// A spelling checker leaves it alone.
    pub ignore_spelling: bool,
    pub(super) lower: String,
}

/// The tag of the empty word before the first.
pub(super) const SENT_START: &str = "SENT_START";
/// The tag that the last word has besides its own.
pub(super) const SENT_END: &str = "SENT_END";

impl Word {
    /// A word at `range` of the text.
    pub fn new(form: &str, range: Range<usize>, readings: Vec<WordReading>, space_before: bool) -> Word {
        Word {
            range,
            form: form.to_owned(),
            lower: form.to_lowercase(),
            readings,
            space_before,
            chunks: Vec::new(),
            immunized: false,
            ignore_spelling: false,
        }
    }

    /// Whether no reading has a tag of its own.
    pub fn is_untagged(&self) -> bool {
        let own = |r: &WordReading| r.tag.as_deref().is_some_and(|t| t != SENT_START && t != SENT_END);
        !self.readings.iter().any(own)
    }
}

/// A sentence with its words; the first is the empty `SENT_START`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence<'a> {
    pub(super) text: &'a str,
    /// Where it stands: bytes of the text.
    pub range: Range<usize>,
    pub(super) words: Vec<Word>,
    /// The readings before disambiguation, where that changed any.
    pub(super) raw: Option<Vec<Word>>,
}

impl<'a> Sentence<'a> {
    /// A sentence at `range` of `text` from words with readings, without `SENT_START` and `SENT_END`.
    ///
    /// Words that are not in order or not inside `range` are left out.
    ///
    /// ```
    /// use sprog_text::pattern::{Sentence, Word, WordReading};
    /// let reading = WordReading::new(Some("gå".into()), Some("VERB|Mood=Imp".into()));
    /// let sentence = Sentence::new("Gå!", 0..3, vec![Word::new("Gå", 0..3, vec![reading], false)]);
    /// assert_eq!(sentence.words().len(), 2);
    /// ```
    pub fn new(text: &'a str, range: Range<usize>, words: Vec<Word>) -> Sentence<'a> {
        let start = WordReading::new(None, Some(SENT_START.to_owned()));
        let mut all = Vec::with_capacity(words.len() + 1);
        all.push(Word::new("", range.start..range.start, vec![start], false));
        let mut at = range.start;
        for mut word in words {
            let Range { start, end } = word.range;
            if start < at || end < start || end > range.end || text.get(start..end).is_none() {
                continue;
            }
            at = end;
            if word.readings.is_empty() {
                word.readings.push(WordReading::new(None, None));
            }
            all.push(word);
        }
        if let Some(last) = all.last_mut() {
            last.readings.push(WordReading::new(None, Some(SENT_END.to_owned())));
        }
        Sentence { text, range, words: all, raw: None }
    }

    /// Cuts `text[range]` into tokens and asks `analyze` for their readings.
    ///
    /// The first word with a capital is looked up in lower case too, and a word with none of its own
    /// readings in lower case.
    pub fn analyze<A: WordReadings + ?Sized>(
        text: &'a str,
        range: Range<usize>,
        analyze: &A,
    ) -> Sentence<'a> {
        let body = text.get(range.clone()).unwrap_or_default();
        let mut words = Vec::new();
        let mut readings = Vec::new();
        let mut end = 0;
        for token in segment::tokens(body) {
            let form = body.get(token.range.clone()).unwrap_or_default();
            readings.clear();
            analyze.word_readings(form, &mut readings);
            let lower = form.to_lowercase();
            if lower != form && (end == 0 || readings.is_empty()) {
                let mut more = Vec::new();
                analyze.word_readings(&lower, &mut more);
                more.retain(|r| !readings.contains(r));
                readings.append(&mut more);
            }
            let place = range.start + token.range.start..range.start + token.range.end;
            let space = token.range.start > end;
            end = token.range.end;
            let readings = std::mem::take(&mut readings);
            words.push(Word::new(form, place, readings, space));
        }
        Sentence::new(text, range, words)
    }

    /// The words, `SENT_START` first.
    pub fn words(&self) -> &[Word] {
        &self.words
    }

    /// The words, to change their chunks or readings.
    pub fn words_mut(&mut self) -> &mut [Word] {
        &mut self.words
    }

    /// The sentences of a text, analysed.
    pub fn all<A: WordReadings + ?Sized>(text: &'a str, analyze: &A) -> Vec<Sentence<'a>> {
        segment::sentences(text).map(|s| Sentence::analyze(text, s.range, analyze)).collect()
    }
}
