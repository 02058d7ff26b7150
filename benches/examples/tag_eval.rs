//! Cross-validated accuracy of tagger and lemmatizer on a CoNLL-U file.
//!
//!     cargo run --release --example tag_eval -- FILE.conllu [--folds N] [--lexicon ours|FORM-LEMMA-UPOS-FEATS.tsv]...
//!         [--epochs N] [--runs N] [--margin N] [--hide N] [--seed N] [--prune N] [--errors] [--train OTHER.conllu]
//!         [--also CONLLU] [--save FILE] [--model FILE]
//!
//! Fold n is every N-th sentence from the n-th on. With `--train` nothing is cross-validated: the model is trained on
//! the other file and measured on the whole of this one; with `--model` the model is read.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use sprog_text::lemma::Lemmatizer;
use sprog_text::lexicon::Lexicon;
use sprog_text::morph::{Analyze, Reading, Upos};
use sprog_text::tag::{Annotated, Model, Tagger, TrainOptions, Trainer};

#[derive(Default)]
struct Listed(HashMap<String, Vec<Reading>>, Vec<(String, Reading)>);

impl Analyze for Listed {
    fn readings(&self, form: &str, out: &mut Vec<Reading>) {
        out.extend(self.0.get(form).into_iter().flatten().cloned());
    }
}

impl Listed {
    /// A file; `ours` is the lexicon of this project.
    fn load(&mut self, path: &str) {
        if path == "ours" {
            for form in Lexicon::ours().iter() {
                self.0.entry(form.form.clone()).or_default().push(form.reading.clone());
                self.1.push((form.form, form.reading));
            }
            return;
        }
        for line in std::fs::read_to_string(path).unwrap().lines().filter(|l| !l.starts_with("# ")) {
            let cells: Vec<&str> = line.split('\t').collect();
            let Some(upos) = cells.get(2).and_then(|upos| Upos::parse(upos)) else { continue };
            let feats = cells.get(3).copied().filter(|f| *f != "_").unwrap_or("");
            let reading = Reading { lemma: cells[1].into(), upos, feats: feats.into() };
            let readings = self.0.entry(cells[0].into()).or_default();
            if !readings.contains(&reading) {
                readings.push(reading.clone());
                self.1.push((cells[0].into(), reading));
            }
        }
    }
}

fn read(path: &str) -> Vec<Vec<Annotated>> {
    let text = std::fs::read_to_string(path).unwrap();
    let blank = |cell: &str| if cell == "_" { String::new() } else { cell.to_owned() };
    let sentence = |block: &str| {
        let lines = block.lines().map(|line| line.split('\t').collect::<Vec<_>>());
        lines
            .filter(|c| c.len() == 10 && c[0].bytes().all(|b| b.is_ascii_digit()))
            .map(|c| Annotated {
                form: c[1].into(),
                reading: Reading {
                    lemma: c[2].into(),
                    upos: Upos::parse(c[3]).unwrap_or(Upos::X),
                    feats: blank(c[5]),
                },
            })
            .collect::<Vec<_>>()
    };
    text.split("\n\n").map(sentence).filter(|s| !s.is_empty()).collect()
}

#[derive(Default, Clone)]
struct Score {
    tokens: u32,
    right: BTreeMap<&'static str, u32>,
    errors: BTreeMap<String, u32>,
}

impl Score {
    fn count(&mut self, what: &'static str, right: bool) -> bool {
        *self.right.entry(what).or_default() += u32::from(right);
        right
    }

    fn measure(&mut self, model: &Model, lexicon: &dyn Analyze, sentences: &[Vec<Annotated>]) {
        let mut tagger = Tagger::new(model, lexicon);
        let mut lemmatizer = Lemmatizer::new(model, lexicon);
        for sentence in sentences {
            let forms: Vec<&str> = sentence.iter().map(|t| t.form.as_str()).collect();
            let upos: Vec<Upos> = sentence.iter().map(|t| t.reading.upos).collect();
            let own = tagger.tag(&forms);
            let given = tagger.tag_given(&forms, &upos);
            for (n, gold) in sentence.iter().enumerate() {
                let right = &gold.reading;
                self.tokens += 1;
                if !self.count("upos", own[n].reading.upos == right.upos) {
                    self.error(format!(
                        "upos  {} {}>{}",
                        gold.form.to_lowercase(),
                        right.upos,
                        own[n].reading.upos
                    ));
                    self.error(format!("UPOS  {}>{}", right.upos, own[n].reading.upos));
                } else if own[n].reading.feats != right.feats {
                    self.error(format!(
                        "feats {} {} {}>{}",
                        gold.form.to_lowercase(),
                        right.upos,
                        right.feats,
                        own[n].reading.feats
                    ));
                    self.error(format!("FEATS {} {}>{}", right.upos, right.feats, own[n].reading.feats));
                }
                self.count("feats", own[n].reading.feats == right.feats);
                self.count(
                    "upos+feats",
                    own[n].reading.feats == right.feats && own[n].reading.upos == right.upos,
                );
                self.count("feats, gold upos", given[n].reading.feats == right.feats);
                self.count("lemma, own tags", own[n].reading.lemma == right.lemma);
                if !self.count("lemma, gold upos", given[n].reading.lemma == right.lemma) {
                    self.error(format!(
                        "lemma {} {} {}: {}>{}",
                        gold.form, right.upos, right.feats, right.lemma, given[n].reading.lemma
                    ));
                }
                self.count(
                    "lemma, gold upos only",
                    lemmatizer.lemma(&gold.form, right.upos, None) == right.lemma,
                );
                self.count(
                    "lemma, gold upos+feats",
                    lemmatizer.lemma(&gold.form, right.upos, Some(&right.feats)) == right.lemma,
                );
                self.count("lemma, form only", lemmatizer.guess(&gold.form) == right.lemma);
            }
        }
    }

    fn error(&mut self, what: String) {
        *self.errors.entry(what).or_default() += 1;
    }
}

fn main() {
    let mut options = TrainOptions::default();
    let (mut file, mut folds, mut errors, mut other, mut saved) = (String::new(), 2, false, None, None);
    let mut lexicon = Listed::default();
    let mut rules = true;
    let mut also = Vec::new();
    let mut save = None;
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().unwrap();
        match arg.as_str() {
            "--folds" => folds = value().parse().unwrap(),
            "--lexicon" => lexicon.load(&value()),
            "--epochs" => options.epochs = value().parse().unwrap(),
            "--runs" => options.runs = value().parse().unwrap(),
            "--margin" => options.margin = value().parse().unwrap(),
            "--hide" => options.hide = value().parse().unwrap(),
            "--prune" => options.prune = value().parse().unwrap(),
            "--seed" => options.seed = value().parse().unwrap(),
            "--no-rules" => rules = false,
            "--errors" => errors = true,
            "--train" => other = Some(value()),
            "--also" => also.extend(read(&value())),
            "--save" => save = Some(value()),
            "--model" => saved = Some(value()),
            _ => file = arg,
        }
    }
    let sentences = read(&file);
    let trainer = || Trainer::new(options).with_forms(if rules { lexicon.1.clone() } else { Vec::new() });
    let mut score = Score::default();
    if let Some(saved) = saved {
        score.measure(&Model::open(&std::fs::read(saved).unwrap()).unwrap(), &lexicon, &sentences);
    } else if let Some(other) = other {
        let model = trainer().train(&read(&other), &lexicon);
        if let Some(save) = save {
            std::fs::write(save, model.to_bytes()).unwrap();
        }
        score.measure(&model, &lexicon, &sentences);
    } else {
        for fold in 0..folds {
            let (test, train): (Vec<_>, Vec<_>) =
                sentences.iter().cloned().enumerate().partition(|(n, _)| n % folds == fold);
            let train: Vec<_> = also.iter().cloned().chain(train.into_iter().map(|(_, s)| s)).collect();
            let test: Vec<_> = test.into_iter().map(|(_, s)| s).collect();
            let start = Instant::now();
            let model = trainer().train(&train, &lexicon);
            if fold == 0 {
                println!(
                    "training {:.1} s, model {} bytes, features {:?}",
                    start.elapsed().as_secs_f64(),
                    model.to_bytes().len(),
                    model.sizes()
                );
            }
            score.measure(&model, &lexicon, &test);
        }
    }
    for (what, right) in &score.right {
        println!("{what:24} {:6.2} %", 100.0 * f64::from(*right) / f64::from(score.tokens));
    }
    if errors {
        let mut list: Vec<_> = score.errors.iter().collect();
        list.sort_by_key(|(what, n)| (std::cmp::Reverse(**n), what.as_str()));
        for kind in ["UPOS", "upos", "FEATS", "feats", "lemma"] {
            for (what, n) in list.iter().filter(|(what, _)| what.starts_with(kind)).take(40) {
                println!("{n:4} {what}");
            }
        }
    }
}
