//! Lemmas of words, with or without a tag.

use std::collections::HashMap;

use super::case::base;
use super::rules::class;
use crate::morph::{Analyze, Reading, Upos};
use crate::tag::Model;
use crate::tag::word::tail;

/// How many answers are remembered.
const REMEMBERED: usize = 1 << 16;

/// Longer forms (bytes) are their own lemma.
const LONG: usize = 256;

/// Finds lemmas; remembers its answers, so use one for many words.
pub struct Lemmatizer<'a> {
    model: &'a Model,
    lexicon: &'a dyn Analyze,
    known: HashMap<String, u32>,
    lemmas: Vec<String>,
    question: String,
    long: String,
}

impl<'a> Lemmatizer<'a> {
    /// A lemmatizer with a model and the lexicon that the model was trained with.
    pub fn new(model: &'a Model, lexicon: &'a dyn Analyze) -> Lemmatizer<'a> {
        Lemmatizer {
            model,
            lexicon,
            known: HashMap::new(),
            lemmas: Vec::new(),
            question: String::new(),
            long: String::new(),
        }
    }

    /// The lemma of a form with its part of speech and, where they are known, its features (as in CoNLL-U; empty:
    /// it has none).
    pub fn lemma(&mut self, form: &str, upos: Upos, feats: Option<&str>) -> &str {
        self.answer(form, Some(upos), feats)
    }

    /// The likeliest lemma of a form of which nothing else is known.
    pub fn guess(&mut self, form: &str) -> &str {
        self.answer(form, None, None)
    }

    fn answer(&mut self, form: &str, upos: Option<Upos>, feats: Option<&str>) -> &str {
        if form.len() > LONG {
            form.clone_into(&mut self.long);
            return &self.long;
        }
        self.question.clear();
        self.question.push_str(form);
        self.question.push('\t');
        self.question.push_str(upos.map_or("", Upos::as_str));
        if let Some(feats) = feats {
            self.question.push('\t');
            self.question.push_str(feats);
        }
        let at = match self.known.get(&self.question) {
            Some(at) => *at,
            None => {
                if self.lemmas.len() >= REMEMBERED {
                    self.known.clear();
                    self.lemmas.clear();
                }
                let at = self.lemmas.len() as u32;
                self.lemmas.push(self.find(form, upos, feats));
                self.known.insert(self.question.clone(), at);
                at
            }
        };
        &self.lemmas[at as usize]
    }

    fn find(&self, form: &str, upos: Option<Upos>, feats: Option<&str>) -> String {
        let learnt = &self.model.lemmas;
        let base = base(form, upos, self.lexicon);
        if let Some(lemma) = feats.and_then(|feats| learnt.word(class(upos, Some(feats)), &base)) {
            return lemma;
        }
        let mut readings = Vec::new();
        self.lexicon.readings(&base, &mut readings);
        if base != form {
            self.lexicon.readings(form, &mut readings);
        }
        readings.retain(|r| upos.is_none_or(|upos| fits(r.upos, upos)) && !r.lemma.is_empty());
        if let Some(feats) = feats
            && let Some(lemma) = self.pick(&readings, &base, upos, Some(feats))
        {
            return lemma;
        }
        if let Some(lemma) = learnt.word(class(upos, None), &base) {
            return lemma;
        }
        if let Some(lemma) = self.pick(&readings, &base, upos, None) {
            return lemma;
        }
        if !base.ends_with(char::is_alphabetic) {
            return base.into_owned();
        }
        if !matches!(upos, Some(Upos::Propn | Upos::X)) {
            readings.clear();
            if let Some(at) = tail(&base, self.lexicon, &mut readings) {
                readings.retain(|r| upos.is_none_or(|upos| fits(r.upos, upos)));
                let rest = &base[at..];
                let lemma = self
                    .pick(&readings, rest, upos, feats)
                    .or_else(|| self.pick(&readings, rest, upos, None));
                if let Some(lemma) = lemma {
                    return format!("{}{lemma}", &base[..at]);
                }
            }
        }
        self.rule(&base, upos, feats).unwrap_or_else(|| base.into_owned())
    }

    fn rule(&self, base: &str, upos: Option<Upos>, feats: Option<&str>) -> Option<String> {
        let learnt = &self.model.lemmas;
        feats
            .and_then(|feats| learnt.rule(class(upos, Some(feats)), base))
            .or_else(|| learnt.rule(class(upos, None), base))
    }

    /// Of the readings with these features (all, if none are given): the one that the rules expect, or the first.
    fn pick(
        &self,
        readings: &[Reading],
        base: &str,
        upos: Option<Upos>,
        feats: Option<&str>,
    ) -> Option<String> {
        let mut these = readings.iter().filter(|r| feats.is_none_or(|feats| r.feats == feats));
        let first = these.next()?;
        if these.all(|r| r.lemma == first.lemma) {
            return Some(first.lemma.clone());
        }
        let expected = self.rule(base, upos, feats)?;
        let found =
            readings.iter().any(|r| r.lemma == expected && feats.is_none_or(|feats| r.feats == feats));
        Some(if found { expected } else { first.lemma.clone() })
    }
}

/// Whether a lexicon's reading can be meant by a part of speech: auxiliaries are verbs, and pronouns are determiners.
fn fits(listed: Upos, upos: Upos) -> bool {
    listed == upos
        || matches!((listed, upos), (Upos::Verb, Upos::Aux) | (Upos::Aux, Upos::Verb))
        || matches!((listed, upos), (Upos::Det, Upos::Pron) | (Upos::Pron, Upos::Det))
}
