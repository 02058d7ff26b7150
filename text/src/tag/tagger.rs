//! Tagging with a model.

use super::features::{self, Features, Sentence};
use super::model::Model;
use super::tagset::{LISTED, TagId, Tagset};
use super::weights::Table;
use super::word::{Word, Words, hash};
use crate::lemma::Lemmatizer;
use crate::morph::{Analyze, Reading, Upos};

/// A word's reading, and how sure the tagger is of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Tagged {
    /// Lemma, part of speech and features.
    pub reading: Reading,
    /// 0 to 1: near 1 where no other tag came near. It is no calibrated probability.
    pub score: f32,
}

/// Classes of one pass.
pub(super) const PASS: usize = Upos::ALL.len();

/// Scores of both passes.
type Sums = [i32; 2 * PASS];

/// A lead of so many margins in the first pass stands without a second.
const SURE: u32 = 1;

/// Tags sentences; keeps what it found out about words, so use one for many sentences.
pub struct Tagger<'a> {
    model: &'a Model,
    lexicon: &'a dyn Analyze,
    tagset: Tagset,
    words: Words,
    /// By word: what it adds to its scores, and to its neighbours'.
    sums: Vec<[Sums; 5]>,
    lemmatizer: Lemmatizer<'a>,
    scratch: Scratch,
}

#[derive(Default)]
struct Scratch {
    features: Features,
    parts: Vec<i32>,
    found: Vec<u32>,
    statics: Vec<Sums>,
    first: Vec<Upos>,
    upos: Vec<Upos>,
    margins: Vec<i32>,
    feats: Vec<u64>,
    tags: Vec<TagId>,
}

impl<'a> Tagger<'a> {
    /// A tagger with a model and the lexicon that the model was trained with.
    pub fn new(model: &'a Model, lexicon: &'a dyn Analyze) -> Tagger<'a> {
        Tagger {
            model,
            lexicon,
            tagset: model.tagset.clone(),
            words: Words::default(),
            sums: Vec::new(),
            lemmatizer: Lemmatizer::new(model, lexicon),
            scratch: Scratch::default(),
        }
    }

    /// One reading for each token of a sentence.
    pub fn tag<S: AsRef<str>>(&mut self, tokens: &[S]) -> Vec<Tagged> {
        self.run(tokens, None)
    }

    /// The same for a sentence whose parts of speech are known. Tokens past the end of `upos` are tagged.
    pub fn tag_given<S: AsRef<str>>(&mut self, tokens: &[S], upos: &[Upos]) -> Vec<Tagged> {
        self.run(tokens, Some(upos))
    }

    fn run<S: AsRef<str>>(&mut self, tokens: &[S], given: Option<&[Upos]>) -> Vec<Tagged> {
        if self.words.reserve(tokens.len()) {
            self.sums.clear();
        }
        let Scratch { features, parts, found, statics, first, upos, margins, feats, tags } =
            &mut self.scratch;
        found.clear();
        for token in tokens {
            let at = self.words.find(token.as_ref(), self.lexicon, &mut self.tagset);
            if at as usize >= self.sums.len() {
                self.sums.push(word_sums(&self.model.upos, self.words.get(at), features));
            }
            found.push(at);
        }
        let sentence =
            Sentence { words: found.iter().map(|at| self.words.get(*at)).collect(), hidden: Vec::new() };
        first.clear();
        upos.clear();
        margins.clear();
        feats.clear();
        tags.clear();
        statics.clear();
        for at in 0..tokens.len() {
            let mut sums = self.sums[found[at] as usize][0];
            for (offset, n) in features::OFFSETS.iter().zip(1..) {
                match at.checked_add_signed(*offset).and_then(|at| found.get(at)) {
                    Some(word) => add(&mut sums, &self.sums[*word as usize][n]),
                    None => {
                        features::part(features, |f| features::neighbour(None, false, *offset, f));
                        self.model.upos.scores(&features.list, &mut sums);
                    }
                }
            }
            features::part(features, |f| features::context(&sentence, at, f));
            self.model.upos.scores(&features.list, &mut sums);
            statics.push(sums);
        }
        for (at, sums) in statics.iter().enumerate() {
            let mut sums = *sums;
            features::part(features, |f| features::history(&sentence, at, before(first), f));
            self.model.upos.scores(&features.list, &mut sums);
            let (best, margin) = best(&sums[..PASS]);
            first.push(Upos::ALL[best]);
            margins.push(margin);
        }
        let sure = self.model.scale.saturating_mul(SURE);
        for (at, sums) in statics.iter().enumerate() {
            if margins[at].unsigned_abs() >= sure {
                upos.push(first[at]);
                continue;
            }
            let mut sums = *sums;
            features::part(features, |f| {
                features::history(&sentence, at, before(upos), f);
                features::around(&sentence, at, first, f);
            });
            self.model.upos.scores(&features.list, &mut sums);
            let (best, margin) = best(&sums[PASS..]);
            upos.push(Upos::ALL[best]);
            margins[at] = margin;
        }
        for (at, known) in given.unwrap_or(&[]).iter().enumerate().take(tokens.len()) {
            upos[at] = *known;
            margins[at] = i32::MAX;
        }
        for at in 0..tokens.len() {
            if let [only] = self.tagset.of(upos[at]) {
                tags.push(*only);
                feats.push(self.tagset.get(*only).map_or(0, |tag| hash(&tag.feats)));
                continue;
            }
            let known = features::Tagged { upos, feats };
            features::feats(&sentence, at, &known, features);
            parts.clear();
            parts.resize(self.tagset.part_names().len(), 0);
            self.model.feats.scores(&features.list, parts);
            let (tag, margin) = choose(&self.tagset, upos[at], &sentence.words[at].listed, parts);
            margins[at] = margins[at].min(margin);
            tags.push(tag);
            feats.push(self.tagset.get(tag).map_or(0, |tag| hash(&tag.feats)));
        }
        let mut out = Vec::with_capacity(tokens.len());
        for (at, token) in tokens.iter().enumerate() {
            let feats = self.tagset.get(tags[at]).map_or("", |tag| tag.feats.as_str());
            let lemma = self.lemmatizer.lemma(token.as_ref(), upos[at], Some(feats)).to_owned();
            let reading = Reading { lemma, upos: upos[at], feats: feats.to_owned() };
            out.push(Tagged { reading, score: score(margins[at], self.model.scale) });
        }
        out
    }
}

/// The first pass as a [`Tagger`] does it, without what that one keeps.
pub(super) fn first_pass(
    table: &Table,
    sentence: &Sentence<'_>,
    features: &mut Features,
    upos: &mut Vec<Upos>,
) {
    for at in 0..sentence.words.len() {
        let mut scores = [0i32; PASS];
        features::upos(sentence, at, before(upos), None, features);
        table.scores(&features.list, &mut scores);
        upos.push(Upos::ALL[best(&scores).0]);
    }
}

/// What a word adds to its own scores, and to those of its neighbours.
fn word_sums(table: &Table, word: &Word, features: &mut Features) -> [Sums; 5] {
    let mut all = [[0; 2 * PASS]; 5];
    features::part(features, |f| features::alone(word, false, f));
    table.scores(&features.list, &mut all[0]);
    for (offset, sums) in features::OFFSETS.iter().zip(&mut all[1..]) {
        features::part(features, |f| features::neighbour(Some(word), false, *offset, f));
        table.scores(&features.list, sums);
    }
    all
}

fn add(sums: &mut Sums, more: &Sums) {
    for (sum, more) in sums.iter_mut().zip(more) {
        *sum = sum.wrapping_add(*more);
    }
}

/// The two tags before the next word, the nearest first.
pub(super) fn before(upos: &[Upos]) -> [Option<Upos>; 2] {
    let back = |n: usize| upos.len().checked_sub(n).map(|at| upos[at]);
    [back(1), back(2)]
}

/// The place of the highest score, the first among equals, and by how much it leads.
fn best(scores: &[i32]) -> (usize, i32) {
    let mut best = 0;
    let mut second = i32::MIN;
    for (n, score) in scores.iter().enumerate().skip(1) {
        if *score > scores[best] {
            second = scores[best];
            best = n;
        } else {
            second = second.max(*score);
        }
    }
    (best, scores[best].saturating_sub(second))
}

/// The score of a tag: the sum over its parts.
pub(super) fn total(tagset: &Tagset, tag: TagId, listed: &[TagId], parts: &[i32]) -> i32 {
    let part = |n: u16| parts.get(usize::from(n)).copied().unwrap_or(0);
    let sum = if listed.contains(&tag) { part(LISTED) } else { 0 };
    tagset.get(tag).map_or(sum, |tag| tag.parts.iter().fold(sum, |sum, n| sum.wrapping_add(part(*n))))
}

/// The best tag of a part of speech, and by how much it leads.
fn choose(tagset: &Tagset, upos: Upos, listed: &[TagId], parts: &[i32]) -> (TagId, i32) {
    let (mut best, mut highest, mut second) = (TagId::MAX, i32::MIN, i32::MIN);
    for tag in tagset.of(upos) {
        let score = total(tagset, *tag, listed, parts);
        if score > highest || best == TagId::MAX {
            (best, highest, second) = (*tag, score, highest);
        } else {
            second = second.max(score);
        }
    }
    (best, highest.saturating_sub(second))
}

/// A margin as a number from 0.5 to 1, without a function that platforms round differently.
fn score(margin: i32, scale: u32) -> f32 {
    let x = margin as f32 / scale as f32;
    0.5 + 0.5 * (x / (1.0 + x))
}
