//! Training.

use std::collections::HashMap;

use super::features::{self, Features, Sentence};
use super::model::Model;
use super::tagger::{PASS, before, first_pass, total};
use super::tagset::{LISTED, TagId, Tagset};
use super::weights::{Learner, Table, join};
use super::word::{Words, hash};
use crate::hash::mix;
use crate::lemma;
use crate::morph::{Analyze, Reading, Upos};

/// A token with what it should be tagged as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotated {
    /// The word as it is written.
    pub form: String,
    /// Its right reading.
    pub reading: Reading,
}

/// How to train. The defaults are for treebanks of 5,000 to 100,000 tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrainOptions {
    /// How often the sentences are gone through in one run.
    pub epochs: u32,
    /// Runs with the sentences in different orders; the model is their average.
    pub runs: u32,
    /// By how much the right tag must lead; otherwise the weights are changed.
    pub margin: u32,
    /// How often words are hidden, so that the rest is learnt too: one that occurs n times is hidden with
    /// probability `hide / (hide + n)`. 0 hides none.
    pub hide: u32,
    /// Averaged weights below this many thousandths are left out.
    pub prune: u32,
    /// What the order of sentences and the hiding of words start from.
    pub seed: u64,
}

impl Default for TrainOptions {
    fn default() -> Self {
        TrainOptions { epochs: 16, runs: 5, margin: 80, hide: 1, prune: 1000, seed: 1 }
    }
}

/// Averaged weights are kept in units of 1/128.
const SCALE: i64 = 128;

/// Parts that the sentences are divided into, to see what the first pass makes of unseen sentences.
const PARTS: usize = 5;

/// Learns models.
#[derive(Clone, Debug, Default)]
pub struct Trainer {
    options: TrainOptions,
    entries: Vec<(String, Reading)>,
}

impl Trainer {
    /// A trainer with these options.
    pub fn new(options: TrainOptions) -> Trainer {
        Trainer { options, entries: Vec::new() }
    }

    /// Adds forms with readings that lemma rules are learnt from, for instance a lexicon's. The lexicon need not be
    /// there when the model is used: the rules stay.
    #[must_use]
    pub fn with_forms(mut self, entries: impl IntoIterator<Item = (String, Reading)>) -> Trainer {
        self.entries.extend(entries);
        self
    }

    /// Learns a model. No sentences give a model that tags everything alike.
    pub fn train(&self, sentences: &[Vec<Annotated>], lexicon: &dyn Analyze) -> Model {
        let mut tagset = Tagset::new();
        let mut counts: HashMap<String, u32> = HashMap::new();
        let mut seen: Vec<TagId> = Vec::new();
        for token in sentences.iter().flatten() {
            seen.push(tagset.intern(token.reading.upos, &token.reading.feats));
            let count = counts.entry(token.form.to_lowercase()).or_default();
            *count = count.saturating_add(1);
        }
        let lemmas = self.lemmas(sentences, lexicon);
        let mut words = Words::default();
        words.reserve(seen.len());
        let mut wide = tagset.clone();
        let mut gold = seen.iter();
        let mut rows = Vec::with_capacity(sentences.len());
        for sentence in sentences.iter().filter(|sentence| !sentence.is_empty()) {
            let mut row = Row::default();
            for token in sentence {
                row.words.push(words.find(&token.form, lexicon, &mut wide));
                row.gold.extend(gold.next());
                row.counts.push(counts.get(&token.form.to_lowercase()).copied().unwrap_or(1));
            }
            rows.push(row);
        }
        let mut course =
            Course { options: self.options, words: &words, tagset: &wide, features: Features::default() };
        let all: Vec<&Row> = rows.iter().collect();
        let least = SCALE * i64::from(self.options.prune) / 1000;
        let runs = self.options.runs;
        let mut first = course
            .run(&all, runs, |course, sentence, row, learner| course.upos(sentence, row, None, learner));
        // The second pass learns from what the first makes of sentences that it was not trained on.
        let mut guesses: Vec<Vec<Upos>> = vec![Vec::new(); rows.len()];
        for part in 0..PARTS {
            let rest: Vec<&Row> =
                rows.iter().enumerate().filter(|(n, _)| n % PARTS != part).map(|(_, row)| row).collect();
            let table = course
                .run(&rest, 1, |course, sentence, row, learner| course.upos(sentence, row, None, learner))
                .freeze(SCALE, least);
            let table = Table::new(table);
            for (n, row) in rows.iter().enumerate().filter(|(n, _)| n % PARTS == part) {
                let sentence = course.sentence(row, Vec::new());
                first_pass(&table, &sentence, &mut course.features, &mut guesses[n]);
            }
        }
        for (row, guess) in rows.iter_mut().zip(guesses) {
            row.first = guess;
        }
        let all: Vec<&Row> = rows.iter().collect();
        let mut second = course.run(&all, runs, |course, sentence, row, learner| {
            course.upos(sentence, row, Some(&row.first), learner)
        });
        let mut feats = course
            .run(&all, runs, |course, sentence, row, learner| course.feats(sentence, &row.gold, learner));
        Model {
            upos: Table::new(join(first.freeze(SCALE, least), second.freeze(SCALE, least), PASS as u16)),
            feats: Table::new(feats.freeze(SCALE, least)),
            scale: self.options.margin.saturating_mul(SCALE as u32).max(1),
            tagset,
            lemmas,
        }
    }

    fn lemmas(&self, sentences: &[Vec<Annotated>], lexicon: &dyn Analyze) -> lemma::Lemmas {
        let mut learner = lemma::Learner::default();
        let mut types: Vec<(&str, &Reading)> = Vec::new();
        for token in sentences.iter().flatten() {
            let reading = &token.reading;
            let base = lemma::base(&token.form, Some(reading.upos), lexicon);
            learner.token(&base, reading.upos, &reading.feats, &reading.lemma);
            types.push((&token.form, reading));
        }
        types.sort_unstable();
        types.dedup();
        for (form, reading) in types {
            let base = lemma::base(form, Some(reading.upos), lexicon);
            learner.example(&base, reading.upos, &reading.feats, &reading.lemma, 1);
        }
        for (form, reading) in &self.entries {
            learner.example(form, reading.upos, &reading.feats, &reading.lemma, 1);
        }
        learner.finish()
    }
}

/// A sentence of the training set.
#[derive(Default)]
struct Row {
    words: Vec<u32>,
    gold: Vec<TagId>,
    counts: Vec<u32>,
    /// The first pass's parts of speech.
    first: Vec<Upos>,
}

struct Course<'a> {
    options: TrainOptions,
    words: &'a Words,
    tagset: &'a Tagset,
    features: Features,
}

impl<'a> Course<'a> {
    /// The sum of all runs over the sentences, each with its own order and hidden words.
    fn run(
        &mut self,
        rows: &[&Row],
        runs: u32,
        mut lesson: impl FnMut(&mut Self, &Sentence<'_>, &Row, &mut Learner),
    ) -> Learner {
        let mut learner = Learner::default();
        let mut random = Random(self.options.seed);
        let mut order: Vec<usize> = (0..rows.len()).collect();
        for _ in 0..runs.max(1) {
            for _ in 0..self.options.epochs.max(1) {
                random.shuffle(&mut order);
                for at in &order {
                    let hidden = self.hide(rows[*at], &mut random);
                    let sentence = self.sentence(rows[*at], hidden);
                    lesson(self, &sentence, rows[*at], &mut learner);
                }
            }
            learner.restart();
        }
        learner
    }

    fn sentence(&self, row: &Row, hidden: Vec<bool>) -> Sentence<'a> {
        Sentence { words: row.words.iter().map(|at| self.words.get(*at)).collect(), hidden }
    }

    fn hide(&self, row: &Row, random: &mut Random) -> Vec<bool> {
        let hide = u64::from(self.options.hide);
        row.counts.iter().map(|count| random.below(hide + u64::from(*count)) < hide).collect()
    }

    fn upos(&mut self, sentence: &Sentence<'_>, row: &Row, first: Option<&[Upos]>, learner: &mut Learner) {
        let margin = self.options.margin.min(1 << 20) as i32;
        let mut given: Vec<Upos> = Vec::with_capacity(row.gold.len());
        for (at, gold) in row.gold.iter().enumerate() {
            let right = self.tagset.get(*gold).map_or(Upos::X, |tag| tag.upos);
            features::upos(sentence, at, before(&given), first, &mut self.features);
            let mut scores = [0i32; Upos::ALL.len()];
            learner.scores(&self.features.list, &mut scores);
            let top = |scores: &[i32]| (0..scores.len()).rev().max_by_key(|n| scores[*n]).unwrap_or(0);
            given.push(Upos::ALL[top(&scores)]);
            scores[right as usize] -= margin;
            let worst = top(&scores);
            if worst != right as usize {
                learner.add(&self.features.list, right as u16, 1);
                learner.add(&self.features.list, worst as u16, -1);
            }
            learner.tick();
        }
    }

    /// The features of each word are learnt given the right parts of speech, and the features chosen before.
    fn feats(&mut self, sentence: &Sentence<'_>, gold: &[TagId], learner: &mut Learner) {
        let margin = self.options.margin.min(1 << 20) as i32;
        let upos: Vec<Upos> =
            gold.iter().map(|tag| self.tagset.get(*tag).map_or(Upos::X, |tag| tag.upos)).collect();
        let mut given: Vec<u64> = Vec::with_capacity(gold.len());
        let mut parts = Vec::new();
        for (at, right) in gold.iter().enumerate() {
            let known = features::Tagged { upos: &upos, feats: &given };
            features::feats(sentence, at, &known, &mut self.features);
            parts.clear();
            parts.resize(self.tagset.part_names().len(), 0);
            learner.scores(&self.features.list, &mut parts);
            let listed = sentence.words[at].listed.as_slice();
            let (mut top, mut highest) = (*right, i32::MIN);
            let (mut worst, mut nearest) = (*right, i32::MIN);
            for tag in self.tagset.of(upos[at]) {
                let score = total(self.tagset, *tag, listed, &parts);
                if score > highest {
                    (top, highest) = (*tag, score);
                }
                let score = score - if tag == right { margin } else { 0 };
                if score > nearest {
                    (worst, nearest) = (*tag, score);
                }
            }
            given.push(self.tagset.get(top).map_or(0, |tag| hash(&tag.feats)));
            if worst != *right {
                for (tag, by) in [(*right, 1), (worst, -1)] {
                    if listed.contains(&tag) {
                        learner.add(&self.features.list, LISTED, by);
                    }
                    for part in self.tagset.get(tag).map_or(&[][..], |tag| &tag.parts) {
                        learner.add(&self.features.list, *part, by);
                    }
                }
            }
            learner.tick();
        }
    }
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(end)) >> 64) as u64
    }

    fn shuffle(&mut self, order: &mut [usize]) {
        for n in (1..order.len()).rev() {
            order.swap(n, self.below(n as u64 + 1) as usize);
        }
    }
}
