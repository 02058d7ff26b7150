//! `sprog text tag` and `sprog text lemma`: CoNLL-U in and out, with all other columns as they were.

use std::io::{BufRead, Write};

use sprog_formats::text::conllu::{Reader, Sentence, Token, TokenId, write_sentence};
use sprog_formats::{Limits, Problem};
use sprog_text::lemma::Lemmatizer;
use sprog_text::lexicon::Lexicon;
use sprog_text::morph::{Analyze, Reading, Upos};
use sprog_text::segment::{sentences, tokens};
use sprog_text::tag::{Annotated, Model, Tagger, TrainOptions, Trainer};

/// What words are looked up in: a model goes with the lexicon that it was trained with.
pub fn lexicon() -> &'static dyn Analyze {
    Lexicon::ours()
}

/// What came of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Tally {
    /// Sentences written.
    pub sentences: u64,
    /// Words that got a new analysis.
    pub words: u64,
    /// What was wrong with the input; such sentences are left out.
    pub problems: Vec<String>,
}

/// What to do with each sentence.
pub enum Task<'m> {
    /// Part of speech, features and lemma.
    Tag(Box<Tagger<'m>>),
    /// The lemma, from the part of speech and the features that the word has.
    Lemma(Box<Lemmatizer<'m>>),
}

impl Task<'_> {
    fn apply(&mut self, sentence: &mut Sentence) -> u64 {
        let words = sentence.tokens.iter_mut().filter(|t| matches!(t.id, TokenId::Word(_)));
        match self {
            Task::Tag(tagger) => {
                let mut words: Vec<&mut Token> = words.collect();
                let forms: Vec<String> = words.iter().map(|w| w.form.clone()).collect();
                for (word, tagged) in words.iter_mut().zip(tagger.tag(&forms)) {
                    let Reading { lemma, upos, feats } = tagged.reading;
                    (word.lemma, word.upos) = (lemma, upos.as_str().to_owned());
                    word.feats = if feats.is_empty() { "_".into() } else { feats };
                }
                words.len() as u64
            }
            Task::Lemma(lemmatizer) => {
                let mut count = 0;
                for word in words {
                    let feats = if word.feats == "_" { "" } else { word.feats.as_str() };
                    let lemma = match Upos::parse(&word.upos) {
                        Some(upos) => lemmatizer.lemma(&word.form, upos, Some(feats)),
                        None => lemmatizer.guess(&word.form),
                    };
                    word.lemma = lemma.to_owned();
                    count += 1;
                }
                count
            }
        }
    }
}

/// Reads CoNLL-U, does the task, and writes CoNLL-U.
///
/// # Errors
/// Those of reading and writing.
pub fn conllu(mut task: Task<'_>, input: impl BufRead, mut out: impl Write) -> anyhow::Result<Tally> {
    let mut reader = Reader::new(input, &Limits::default());
    let mut tally = Tally::default();
    let mut text = String::new();
    while let Some(mut sentence) = reader.next_sentence()? {
        tally.words += task.apply(&mut sentence);
        tally.sentences += 1;
        text.clear();
        write_sentence(&sentence, &mut text);
        out.write_all(text.as_bytes())?;
        tally.problems.extend(reader.take_problems().iter().map(Problem::to_string));
    }
    tally.problems.extend(reader.take_problems().iter().map(Problem::to_string));
    out.flush()?;
    Ok(tally)
}

/// Reads texts, one a line, and writes their sentences as CoNLL-U.
///
/// # Errors
/// Those of reading and writing; for a line that is not UTF-8.
pub fn texts(mut task: Task<'_>, input: impl BufRead, mut out: impl Write) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    let mut written = String::new();
    for (number, line) in input.lines().enumerate() {
        let line = line?;
        for (nth, range) in sentences(&line).map(|s| s.range).enumerate() {
            let mut sentence = of_text(line.get(range).unwrap_or_default());
            if sentence.tokens.is_empty() {
                continue;
            }
            sentence.comments.insert(0, format!("# sent_id = {}.{}", number + 1, nth + 1));
            tally.words += task.apply(&mut sentence);
            tally.sentences += 1;
            written.clear();
            write_sentence(&sentence, &mut written);
            out.write_all(written.as_bytes())?;
        }
    }
    out.flush()?;
    Ok(tally)
}

fn of_text(text: &str) -> Sentence {
    let found: Vec<_> = tokens(text).map(|t| t.range).collect();
    let none = || "_".to_owned();
    let token = |(index, range): (usize, &std::ops::Range<usize>)| {
        let joined = found.get(index + 1).is_some_and(|next| next.start == range.end);
        Token {
            id: TokenId::Word(index as u32 + 1),
            form: text.get(range.clone()).unwrap_or_default().replace(char::is_whitespace, "\u{a0}"),
            lemma: none(),
            upos: none(),
            xpos: none(),
            feats: none(),
            head: none(),
            deprel: none(),
            deps: none(),
            misc: if joined { "SpaceAfter=No".into() } else { none() },
        }
    };
    let comments = vec![format!("# text = {}", text.split_whitespace().collect::<Vec<_>>().join(" "))];
    Sentence { comments, tokens: found.iter().enumerate().map(token).collect() }
}

/// Trains a model on CoNLL-U; words without a part of speech of Universal Dependencies end it.
///
/// # Errors
/// Those of reading; where there is nothing to train on.
pub fn train(options: TrainOptions, inputs: Vec<Box<dyn BufRead>>) -> anyhow::Result<(Model, Tally)> {
    let mut tally = Tally::default();
    let mut all: Vec<Vec<Annotated>> = Vec::new();
    for input in inputs {
        let mut reader = Reader::new(input, &Limits::default());
        while let Some(sentence) = reader.next_sentence()? {
            let words = sentence.tokens.iter().filter(|t| matches!(t.id, TokenId::Word(_)));
            let annotated: Option<Vec<Annotated>> = words.map(annotated).collect();
            match annotated {
                Some(words) if !words.is_empty() => {
                    tally.words += words.len() as u64;
                    all.push(words);
                }
                _ => {
                    let id = sentence.sent_id().unwrap_or_default();
                    tally
                        .problems
                        .push(format!("sentence {id:?}: a word without part of speech or lemma; left out"));
                }
            }
        }
        tally.problems.extend(reader.take_problems().iter().map(Problem::to_string));
    }
    tally.sentences = all.len() as u64;
    if all.is_empty() {
        anyhow::bail!("no sentence to train on");
    }
    // The lexicon's own forms teach the rules of lemmas.
    let forms = Lexicon::ours().iter().map(|form| (form.form, form.reading));
    Ok((Trainer::new(options).with_forms(forms).train(&all, lexicon()), tally))
}

fn annotated(token: &Token) -> Option<Annotated> {
    let upos = Upos::parse(&token.upos)?;
    if token.lemma == "_" && token.form != "_" {
        return None;
    }
    let feats = if token.feats == "_" { String::new() } else { token.feats.clone() };
    Some(Annotated { form: token.form.clone(), reading: Reading { lemma: token.lemma.clone(), upos, feats } })
}
