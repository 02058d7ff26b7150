//! Tokens a second of tagger and lemmatizer, one thread, best of three.
//!
//!     cargo run --release --example tag_speed -- FILE.conllu [ours|LEXICON.tsv]...
//!
//! The file's sentences are tagged ten times over; `cold` is the first time, with nothing remembered.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::collections::HashMap;
use std::time::Instant;

use sprog_text::lemma::Lemmatizer;
use sprog_text::lexicon::Lexicon;
use sprog_text::morph::{Analyze, Reading, Upos};
use sprog_text::tag::{Annotated, Model, Tagger, TrainOptions, Trainer};

#[derive(Default)]
struct Listed(HashMap<String, Vec<Reading>>);

impl Analyze for Listed {
    fn readings(&self, form: &str, out: &mut Vec<Reading>) {
        out.extend(self.0.get(form).into_iter().flatten().cloned());
    }
}

fn main() {
    let mut args = std::env::args().skip(1);
    let text = std::fs::read_to_string(args.next().unwrap()).unwrap();
    let mut lexicon = Listed::default();
    for path in args {
        if path == "ours" {
            for form in Lexicon::ours().iter() {
                lexicon.0.entry(form.form).or_default().push(form.reading);
            }
            continue;
        }
        for line in std::fs::read_to_string(path).unwrap().lines() {
            let c: Vec<&str> = line.split('\t').collect();
            let Some(upos) = c.get(2).and_then(|upos| Upos::parse(upos)) else { continue };
            let feats = c.get(3).copied().unwrap_or("").to_owned();
            lexicon.0.entry(c[0].into()).or_default().push(Reading { lemma: c[1].into(), upos, feats });
        }
    }
    let mut sentences: Vec<Vec<Annotated>> = vec![Vec::new()];
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let c: Vec<&str> = line.split('\t').collect();
        if c.len() < 10 {
            sentences.push(Vec::new());
        } else if let Some(upos) = Upos::parse(c[3]) {
            let feats = if c[5] == "_" { String::new() } else { c[5].to_owned() };
            let reading = Reading { lemma: c[2].into(), upos, feats };
            sentences.last_mut().unwrap().push(Annotated { form: c[1].into(), reading });
        }
    }
    let start = Instant::now();
    let model = Trainer::new(TrainOptions::default()).train(&sentences, &lexicon);
    println!("train       {:8.2} s", start.elapsed().as_secs_f64());
    let bytes = model.to_bytes();
    let start = Instant::now();
    let model = Model::open(&bytes).unwrap();
    println!("open        {:8.2} ms, {} bytes", start.elapsed().as_secs_f64() * 1e3, bytes.len());
    let forms: Vec<Vec<&str>> =
        sentences.iter().map(|s| s.iter().map(|t| t.form.as_str()).collect()).collect();
    let tokens: usize = forms.iter().map(Vec::len).sum();
    for turn in 1..=3 {
        let mut tagger = Tagger::new(&model, &lexicon);
        let start = Instant::now();
        forms.iter().for_each(|s| drop(tagger.tag(s)));
        let cold = start.elapsed().as_secs_f64();
        let start = Instant::now();
        for _ in 0..10 {
            forms.iter().for_each(|s| drop(tagger.tag(s)));
        }
        let warm = start.elapsed().as_secs_f64() / 10.0;
        let mut lemmatizer = Lemmatizer::new(&model, &lexicon);
        let mut lemmas = |times: u32| {
            let start = Instant::now();
            let mut bytes = 0;
            for _ in 0..times {
                for t in sentences.iter().flatten() {
                    bytes += lemmatizer.lemma(&t.form, t.reading.upos, Some(&t.reading.feats)).len();
                }
            }
            assert!(bytes > 0);
            start.elapsed().as_secs_f64() / f64::from(times)
        };
        let (first, later) = (lemmas(1), lemmas(10));
        let rate = |seconds: f64| tokens as f64 / seconds / 1e3;
        println!(
            "turn {turn}: tag {:.0} k/s (cold {:.0}), lemma {:.0} k/s (cold {:.0})",
            rate(warm),
            rate(cold),
            rate(later),
            rate(first)
        );
    }
}
