//! What a lexicon covers of a treebank, and how fast it is: `lexicon_eval FILE.conllu`.
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

use sprog_text::lexicon::{Guesser, Lexicon};
use sprog_text::morph::{Analyze, Reading};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;

fn main() {
    let start = Instant::now();
    let lexicon = Lexicon::ours();
    let built = start.elapsed();
    let bytes = lexicon.as_bytes();
    let start = Instant::now();
    for _ in 0..100 {
        black_box(Lexicon::open(black_box(bytes)).unwrap());
    }
    let opened = start.elapsed() / 100;
    println!(
        "readings {}, {} tags, {} bytes, built in {built:?}, opened in {opened:?}",
        lexicon.len(),
        lexicon.tags().count(),
        bytes.len()
    );
    let start = Instant::now();
    let guesser = Guesser::ours();
    println!("guesser learnt in {:?}", start.elapsed());

    let Some(path) = std::env::args().nth(1) else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let tokens: Vec<Vec<&str>> = text
        .lines()
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .filter(|fields| fields.len() == 10 && fields[0].bytes().all(|b| b.is_ascii_digit()))
        .collect();
    for (name, analyzer) in [("lexicon", lexicon as &dyn Analyze), ("lexicon and guesser", guesser)] {
        // Tokens, known, UPOS, UPOS and FEATS, lemma, all of them; the first reading's UPOS; readings.
        let mut counts: BTreeMap<&str, [usize; 8]> = BTreeMap::new();
        let mut missed: BTreeMap<(String, &str, &str), usize> = BTreeMap::new();
        for token in &tokens {
            let (form, lemma, upos, feats) = (token[1], token[2], token[3], token[5]);
            let feats = if feats == "_" { "" } else { feats };
            let mut readings: Vec<Reading> = Vec::new();
            analyzer.readings(form, &mut readings);
            let with = |test: &dyn Fn(&Reading) -> bool| usize::from(readings.iter().any(test));
            let row = [
                1,
                usize::from(!readings.is_empty()),
                with(&|r| r.upos.as_str() == upos),
                with(&|r| r.upos.as_str() == upos && r.feats == feats),
                with(&|r| r.lemma == lemma),
                with(&|r| r.upos.as_str() == upos && r.feats == feats && r.lemma == lemma),
                usize::from(readings.first().is_some_and(|r| r.upos.as_str() == upos)),
                readings.len(),
            ];
            for class in [upos, "all"] {
                let sums = counts.entry(class).or_default();
                sums.iter_mut().zip(row).for_each(|(sum, n)| *sum += n);
            }
            if row[5] == 0 && std::env::var_os("MISSED").is_some() {
                let how = if row[1] == 0 {
                    "unknown"
                } else if row[3] == 0 {
                    "tag"
                } else {
                    "lemma"
                };
                *missed.entry((format!("{form}/{lemma}/{feats}"), upos, how)).or_default() += 1;
            }
        }
        println!("\n{name}\nclass\ttokens\tknown\tUPOS\tUPOS+FEATS\tlemma\tall three\tfirst UPOS\treadings");
        for (class, [tokens, rest @ ..]) in counts {
            let shares: Vec<String> =
                rest[..6].iter().map(|n| format!("{:.1}", 100.0 * *n as f64 / tokens as f64)).collect();
            println!("{class}\t{tokens}\t{}\t{:.2}", shares.join("\t"), rest[6] as f64 / tokens as f64);
        }
        let mut missed: Vec<_> = missed.into_iter().collect();
        missed.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        for ((form, upos, how), n) in missed.into_iter().take(600) {
            println!("missed {name}\t{n}\t{how}\t{upos}\t{form}");
        }
    }
    println!();
    let forms: Vec<&str> = tokens.iter().map(|token| token[1]).collect();
    for turn in 1..=3 {
        let mut readings = Vec::new();
        let per_second = |what: &str, run: &mut dyn FnMut(&str)| {
            let start = Instant::now();
            let rounds = 10;
            for _ in 0..rounds {
                forms.iter().for_each(|form| run(form));
            }
            let rate = (rounds * forms.len()) as f64 / start.elapsed().as_secs_f64();
            println!("turn {turn}: {what} {rate:.0}/s");
        };
        per_second("contains", &mut |form| {
            black_box(lexicon.contains(form));
        });
        per_second("readings", &mut |form| {
            readings.clear();
            lexicon.readings(form, &mut readings);
            black_box(&readings);
        });
        per_second("readings with guesser", &mut |form| {
            readings.clear();
            guesser.readings(form, &mut readings);
            black_box(&readings);
        });
    }
}
