//! What disambiguation rules do to readings.

use sprog_formats::rules::languagetool::{Action, Disambig, Wd};

use super::compile::CompiledPattern;
use super::matcher::{Found, View};
use super::regex::TextTest;
use super::sentence::{SENT_END, SENT_START, Sentence, Word, WordReading};
use super::unify;

/// A word and what becomes of it.
pub(super) struct Edit {
    at: usize,
    change: Change,
}

enum Change {
    Readings(Vec<WordReading>),
    Immunize,
    IgnoreSpelling,
}

fn is_edge(reading: &WordReading) -> bool {
    matches!(reading.tag.as_deref(), Some(SENT_START | SENT_END))
}

/// The edits of one match.
pub(super) fn edits(
    view: &View<'_>,
    pattern: &CompiledPattern,
    found: &Found,
    action: &Disambig,
    tag: Option<&TextTest>,
) -> Vec<Edit> {
    let marked = found.marked.0..=found.marked.1;
    let words = marked.clone().filter_map(|at| Some((at, view.words.get(at)?)));
    let whole = |change: fn() -> Change| marked.clone().map(|at| Edit { at, change: change() }).collect();
    match action.action {
        Action::Immunize => whole(|| Change::Immunize),
        Action::IgnoreSpelling => whole(|| Change::IgnoreSpelling),
        Action::Unify => unify::agreeing(view, pattern, found)
            .into_iter()
            .filter(|(at, kept)| marked.contains(at) && !kept.is_empty())
            .filter_map(|(at, kept)| {
                let word = view.words.get(at)?;
                let mut number = 0usize..;
                keep(at, word, |_| number.next().is_some_and(|n| kept.contains(&n)))
            })
            .collect(),
        Action::FilterAll => filter_all(view, pattern, found),
        Action::Filter => {
            let wanted = |r: &WordReading| tag.is_some_and(|t| tag_fits(t, r));
            words.take(1).filter_map(|(at, word)| keep(at, word, wanted)).collect()
        }
        Action::Remove if action.readings.is_empty() => {
            let wanted = |r: &WordReading| !tag.is_some_and(|t| tag_fits(t, r));
            words.take(1).filter_map(|(at, word)| keep(at, word, wanted)).collect()
        }
        Action::Remove => words
            .zip(&action.readings)
            .filter_map(|((at, word), wd)| keep(at, word, |r| !is_wd(r, wd, word)))
            .collect(),
        Action::Add => words
            .zip(&action.readings)
            .map(|((at, word), wd)| {
                let mut readings = word.readings.clone();
                let new = from_wd(wd, word);
                if !readings.contains(&new) {
                    readings.retain(|r| r.tag.is_some() || r.lemma.is_some());
                    readings.push(new);
                }
                Edit { at, change: Change::Readings(readings) }
            })
            .collect(),
        Action::Replace if !action.readings.is_empty() => words
            .zip(&action.readings)
            .map(|((at, word), wd)| Edit {
                at,
                change: Change::Readings(with_edges(word, vec![from_wd(wd, word)])),
            })
            .collect(),
        // `<match postag="…"/>` picks among the readings.
        Action::Replace if action.postag.is_none() => {
            let wanted = |r: &WordReading| tag.is_some_and(|t| tag_fits(t, r));
            words.take(1).filter_map(|(at, word)| keep(at, word, wanted)).collect()
        }
        Action::Replace => {
            words.take(1).filter_map(|(at, word)| replace(at, word, action.postag.as_deref()?)).collect()
        }
    }
}

/// The reading with exactly this tag, or a new one.
fn replace(at: usize, word: &Word, tag: &str) -> Option<Edit> {
    let own: Vec<WordReading> =
        word.readings.iter().filter(|r| r.tag.as_deref() == Some(tag)).cloned().collect();
    let new = if own.is_empty() {
        let lemma = word.readings.iter().find_map(|r| r.lemma.clone()).unwrap_or_else(|| word.form.clone());
        vec![WordReading::new(Some(lemma), Some(tag.to_owned()))]
    } else {
        own
    };
    Some(Edit { at, change: Change::Readings(with_edges(word, new)) })
}

fn with_edges(word: &Word, mut readings: Vec<WordReading>) -> Vec<WordReading> {
    readings.extend(word.readings.iter().filter(|r| is_edge(r)).cloned());
    readings
}

fn tag_fits(test: &TextTest, reading: &WordReading) -> bool {
    reading.tag.as_deref().is_some_and(|t| test.is_match(t, t))
}

/// Keeps the readings wanted, if there are any.
fn keep(at: usize, word: &Word, mut wanted: impl FnMut(&WordReading) -> bool) -> Option<Edit> {
    let kept: Vec<WordReading> = word
        .readings
        .iter()
        .filter(|r| {
            let wanted = wanted(r);
            wanted || is_edge(r)
        })
        .cloned()
        .collect();
    let some = kept.iter().any(|r| !is_edge(r));
    (some && kept.len() < word.readings.len()).then_some(Edit { at, change: Change::Readings(kept) })
}

/// Keeps in each word what its own element asks for.
fn filter_all(view: &View<'_>, pattern: &CompiledPattern, found: &Found) -> Vec<Edit> {
    let mut out = Vec::new();
    for (element, span) in pattern.elements.iter().zip(&found.spans) {
        let Some((first, last)) = span.filter(|_| element.marked) else { continue };
        for at in first..=last {
            let Some(word) = view.words.get(at) else { continue };
            let mut number = 0usize..;
            let edit = keep(at, word, |_| {
                number.next().is_some_and(|n| element.tests.iter().any(|t| view.reading(&t.test, at, n)))
            });
            out.extend(edit);
        }
    }
    out
}

fn is_wd(reading: &WordReading, wd: &Wd, word: &Word) -> bool {
    let same = |own: &Option<String>, wanted: &Option<String>| wanted.is_none() || own == wanted;
    same(&reading.lemma, &wd.lemma)
        && same(&reading.tag, &wd.pos)
        && (wd.text.is_empty() || wd.text == word.form)
}

fn from_wd(wd: &Wd, word: &Word) -> WordReading {
    let own = || word.readings.iter().find_map(|r| r.lemma.clone()).unwrap_or_else(|| word.form.clone());
    WordReading::new(Some(wd.lemma.clone().unwrap_or_else(own)), wd.pos.clone())
}

/// Makes the edits; whether readings changed.
pub(super) fn apply(sentence: &mut Sentence<'_>, edits: Vec<Edit>) -> bool {
    let mut changed = false;
    for Edit { at, change } in edits {
        if matches!(change, Change::Readings(_)) && sentence.raw.is_none() {
            sentence.raw = Some(sentence.words.clone());
        }
        let Some(word) = sentence.words.get_mut(at) else { continue };
        match change {
            Change::Immunize => word.immunized = true,
            Change::IgnoreSpelling => word.ignore_spelling = true,
            Change::Readings(readings) => {
                changed |= readings != word.readings;
                word.readings = readings;
            }
        }
    }
    changed
}
