//! A document by its sections: which languages it has, and how much of each.

use super::identify::{Evidence, FOREIGN, Identification, Identifier, Weights, ends_sentence};
use super::language::{Language, LanguageSet};
use super::model::Model;
use super::words::{Folded, Sink, read};
use std::ops::Range;

/// Bytes of letters from which a line break ends a section; shorter lines are read with the next.
const LINE: usize = 30;
/// Bytes of letters from which the end of a sentence ends a section.
const SENTENCES: usize = 240;
/// Bytes of letters from which any space ends a section.
const LONGEST: usize = 600;
/// The share of a document's letters, and the bytes of letters, from which a second language makes it mixed.
const MIXED: (f32, f32) = (0.1, 50.0);

const LANGUAGES: usize = Language::ALL.len();

/// The languages of a document.
#[derive(Clone, Debug, PartialEq)]
pub struct DocumentLanguages {
    /// The language of the most letters; its scores are of all words taken together. Where these would rule
    /// that language out (half the page is in another), the scores and the set are the shares instead.
    pub identification: Identification,
    /// The share of the letters, in bytes, that is in each language, in the order of [`Language::ALL`]: the
    /// sections' letters times the probability of the language there. They add up to 1; all 0 without words.
    pub shares: [f32; LANGUAGES],
    /// Whether a second language has 10 % of the letters and 50 bytes of them.
    pub mixed: bool,
    /// The runs of sections of one language, in order. They cover the text up to its last word.
    pub sections: Vec<Section>,
}

impl DocumentLanguages {
    /// The share of the letters in a language.
    pub fn share(&self, language: Language) -> f32 {
        self.shares[language.index()]
    }
}

/// A part of a document in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// `None` if there are no words.
    pub language: Option<Language>,
    /// Bytes of letters.
    pub letters: usize,
}

impl Identifier {
    /// The languages of a document, by vote of its sections.
    ///
    /// A section is a paragraph: it ends at a line break after 30 bytes of letters, or, in long paragraphs,
    /// at a sentence's end after 240. A section's probabilities are weighed with the shares that the document
    /// has on the whole, so that a short ambiguous one goes with the rest.
    ///
    /// ```
    /// use sprog_text::langid::{Identifier, Language};
    /// let page = "Vi holder åbent hele sommeren, også om søndagen, og der er kaffe til alle, som kommer forbi.\n\
    ///             We are open all summer, also on Sundays, and there is coffee for everybody who drops in.";
    /// let found = Identifier::new().document(page);
    /// assert!(found.mixed && found.share(Language::Da) > 0.4 && found.share(Language::En) > 0.4);
    /// assert_eq!(found.sections.len(), 2);
    /// ```
    pub fn document(&mut self, text: &str) -> DocumentLanguages {
        let model = *self.model();
        let mut sink = Parts {
            weights: &mut Weights::new(self),
            model,
            now: Evidence::default(),
            letters: 0,
            begins: true,
            all: Evidence::default(),
            parts: Vec::new(),
        };
        read(text, &mut sink);
        sink.close(text.len());
        let Parts { all, parts, .. } = sink;
        summarise(&model, &all, &parts)
    }
}

struct Part {
    end: usize,
    letters: u32,
    /// Probabilities in 65,535ths.
    scores: [u16; LANGUAGES],
}

struct Parts<'w, 'i> {
    weights: &'w mut Weights<'i>,
    model: Model<'static>,
    now: Evidence,
    letters: usize,
    begins: bool,
    all: Evidence,
    parts: Vec<Part>,
}

impl Parts<'_, '_> {
    fn close(&mut self, end: usize) {
        if self.now.words == 0 {
            return;
        }
        let scores = self.model.probabilities(&self.now.sums(), self.now.words);
        let letters = u32::try_from(self.letters).unwrap_or(u32::MAX);
        self.parts.push(Part { end, letters, scores: scores.map(|p| (p * 65535.0) as u16) });
        self.all.merge(&self.now);
        self.now = Evidence::default();
        self.letters = 0;
    }
}

impl Sink for Parts<'_, '_> {
    #[inline]
    fn word(&mut self, word: &Folded, letter_bytes: usize, capital: bool) {
        self.weights.add(word, capital && !self.begins, &mut self.now);
        self.begins = false;
        self.letters += letter_bytes;
    }

    fn foreign(&mut self, letter_bytes: usize) {
        self.now.add(&FOREIGN);
        self.letters += letter_bytes;
    }

    #[inline]
    fn gap(&mut self, at: usize, last: u8, newline: bool) {
        let sentence = ends_sentence(last);
        self.begins |= newline || sentence;
        if self.letters < LINE {
            return;
        }
        if newline || (self.letters >= SENTENCES && sentence) || self.letters >= LONGEST {
            self.close(at);
        }
    }
}

fn summarise(model: &Model<'_>, all: &Evidence, parts: &[Part]) -> DocumentLanguages {
    let mut identification = Identification::new(model, all);
    let flat = shares(parts, &[1.0; LANGUAGES]);
    // A language is never ruled out by the rest of the document.
    let prior = flat.map(|share| share + 0.02);
    let shares = shares(parts, &prior);
    let main = likeliest(&shares);
    if identification.label.is_some() {
        // Where the vote is another than that of all words together, what tells is the shares.
        if !identification.set.contains(main) {
            let total: f32 = shares.iter().sum();
            identification.scores = shares.map(|share| share / total.max(f32::MIN_POSITIVE));
            identification.set = LanguageSet::covering(&identification.scores, Identification::COVERAGE);
        }
        identification.score = identification.scores[main.index()];
        identification.label = Some(main);
    }
    let letters: f32 = parts.iter().map(|part| part.letters as f32).sum();
    let mixed = Language::ALL.into_iter().any(|language| {
        let share = shares[language.index()];
        language != main && share >= MIXED.0 && share * letters >= MIXED.1
    });
    let mut sections: Vec<Section> = Vec::new();
    let mut start = 0;
    for part in parts {
        let language = Some(likeliest(&weighed(part, &prior)));
        let letters = part.letters as usize;
        match sections.last_mut() {
            Some(last) if last.language == language => {
                last.range.end = part.end;
                last.letters += letters;
            }
            _ => sections.push(Section { range: start..part.end, language, letters }),
        }
        start = part.end;
    }
    DocumentLanguages { identification, shares, mixed, sections }
}

fn weighed(part: &Part, prior: &[f32; LANGUAGES]) -> [f32; LANGUAGES] {
    let mut scores = [0.0; LANGUAGES];
    for ((weighed, score), prior) in scores.iter_mut().zip(part.scores).zip(prior) {
        *weighed = f32::from(score) * prior;
    }
    let total: f32 = scores.iter().sum();
    scores.map(|p| p / total.max(f32::MIN_POSITIVE))
}

fn shares(parts: &[Part], prior: &[f32; LANGUAGES]) -> [f32; LANGUAGES] {
    let mut shares = [0.0f64; LANGUAGES];
    let mut letters = 0.0;
    for part in parts {
        for (share, p) in shares.iter_mut().zip(weighed(part, prior)) {
            *share += f64::from(p) * f64::from(part.letters);
        }
        letters += f64::from(part.letters);
    }
    shares.map(|share| if letters > 0.0 { (share / letters) as f32 } else { 0.0 })
}

fn likeliest(scores: &[f32; LANGUAGES]) -> Language {
    let mut best = Language::Da;
    for language in Language::ALL {
        if scores[language.index()] > scores[best.index()] {
            best = language;
        }
    }
    best
}
