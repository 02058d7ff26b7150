//! Tokens a second of 500 pattern rules on UD_Danish-DDT dev, one thread, CPU time, three turns.
//!
//! `pattern_speed [RULES.xml…]`: with files their rules are run, else 500 made from the text's own words.
//! Readings are the gold ones and those of the same form elsewhere in the file.
#![expect(clippy::print_stdout, reason = "a program")]

use std::collections::BTreeMap;

use sprog_formats::{Limits, rules::languagetool};
use sprog_text::morph::{Analyze, Reading, Upos};
use sprog_text::pattern::{NoSynthesis, RuleSet, Sentence};

#[derive(Default)]
struct Table(BTreeMap<String, Vec<Reading>>);

impl Analyze for Table {
    fn readings(&self, form: &str, out: &mut Vec<Reading>) {
        out.extend(self.0.get(form).into_iter().flatten().cloned());
    }
}

/// Nanoseconds of CPU that this thread has used.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    stat.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0.0)
}

/// Rules of the kinds that grammars have: two words, a lemma and a tag, tags alone, endings.
fn made(words: &[&str]) -> String {
    let mut rules = String::new();
    for n in 0..500 {
        let word = |k: usize| words.get((n * 7 + k * 13) % words.len().max(1)).copied().unwrap_or("x");
        let (a, b, c) = (word(0), word(1), word(2));
        let pattern = match n % 10 {
            0..=3 => format!("<token>{a}</token><marker><token regexp='yes'>{b}|{c}</token></marker>"),
            4 => format!("<token regexp='yes'>{a}|{b}</token><token postag='VERB.*' postag_regexp='yes'/>"),
            5 => format!("<token inflected='yes' skip='3'>{a}</token><token>{b}</token>"),
            6 => "<token postag='SENT_START'/><token postag='VERB.*Tense=Past.*' postag_regexp='yes'/><token postag='VERB.*Inf.*' postag_regexp='yes'/>".to_owned(),
            7 => format!("<token postag='ADP'/><token min='0' postag='ADJ.*' postag_regexp='yes'/><token>{a}<exception scope='previous'>{b}</exception></token>"),
            8 => format!("<token postag='DET.*Gender=Neut.*' postag_regexp='yes'/><token postag='NOUN.*Gender=Com.*' postag_regexp='yes'><exception regexp='yes'>{a}|.*hed</exception></token><token>{c}</token>"),
            _ => format!("<token>{a}</token><token regexp='yes'>.*(ende|ene)</token>"),
        };
        rules.push_str(&format!("<rule id='R{n}'><pattern>{pattern}</pattern><message>m <suggestion>\\1</suggestion></message></rule>"));
    }
    format!("<rules lang='da'><category name='c'>{rules}</category></rules>")
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let shared = std::env::var("SPROG_SHARED").unwrap_or_else(|_| "../shared".into());
    let conllu = std::fs::read_to_string(format!("{shared}/data/ud/da/da_ddt-ud-dev.conllu"))?;
    let mut table = Table::default();
    let mut text = String::new();
    for line in conllu.lines() {
        if let Some(sentence) = line.strip_prefix("# text = ") {
            text.push_str(sentence);
            text.push('\n');
        }
        let fields: Vec<&str> = line.split('\t').collect();
        if let [_, form, lemma, upos, _, feats, ..] = fields.as_slice() {
            let Some(upos) = Upos::parse(upos) else { continue };
            let feats = if *feats == "_" { String::new() } else { (*feats).to_owned() };
            let reading = Reading { lemma: (*lemma).to_owned(), upos, feats };
            let own = table.0.entry((*form).to_owned()).or_default();
            if !own.contains(&reading) {
                own.push(reading);
            }
        }
    }
    let words: Vec<&str> =
        table.0.keys().map(String::as_str).filter(|w| w.chars().all(char::is_alphabetic)).collect();
    let mut files = Vec::new();
    for path in std::env::args().skip(1) {
        files.push(languagetool::read(&std::fs::read(path)?, &Limits::default())?.value);
    }
    if files.is_empty() {
        files.push(languagetool::read(made(&words).as_bytes(), &Limits::default())?.value);
    }
    let start = cpu();
    let set = RuleSet::compile(&files);
    println!(
        "{} rules compiled in {:.1} ms, {} rejected",
        set.rules().len(),
        (cpu() - start) / 1e6,
        set.rejected().len()
    );
    let sentences: Vec<Sentence<'_>> = Sentence::all(&text, &table);
    let tokens: usize = sentences.iter().map(|s| s.words().len() - 1).sum();
    for _ in 0..3 {
        let start = cpu();
        let mut checker = set.checker();
        let found: usize = sentences.iter().map(|s| checker.check(s, &NoSynthesis).matches.len()).sum();
        let rules = cpu() - start;
        let start = cpu();
        let whole = set.check_text(&text, &table, &NoSynthesis).matches.len();
        let all = cpu() - start;
        let rate = |nanoseconds: f64| tokens as f64 / nanoseconds * 1e6;
        println!(
            "{tokens} tokens: rules {:.0} k tokens/s ({found} matches); with segmentation and table {:.0} k ({whole})",
            rate(rules),
            rate(all)
        );
    }
    Ok(())
}
