//! What tokenizers make of the same texts, side by side.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use anyhow::{Result, anyhow, bail};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use serde::Serialize;
use sprog_datasets::Error;
use sprog_text::subword::stats::{Counter, Counts, Words};
use sprog_text::subword::tokenizer::Tokenizer;

use super::texts::{self, Columns, Problems, Text};
use crate::build::outcome::FileProblem;

/// Most groups of texts that are counted apart.
pub const MOST_GROUPS: usize = 1000;
/// Tokens that stand for what a tokenizer does not know, by the names in use.
const UNKNOWN: [&str; 3] = ["[UNK]", "<unk>", "<|unk|>"];

/// A tokenizer and what it is called.
pub struct Named {
    /// Its name in tables and plots.
    pub name: String,
    /// The tokenizer.
    pub tokenizer: Tokenizer,
}

/// Names tokenizers by their files: without folder and ending, and with the folder where two files have one name.
pub fn names(paths: &[PathBuf]) -> Vec<String> {
    let stem = |path: &PathBuf| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let twice = |name: &String| paths.iter().filter(|path| stem(path) == *name).count() > 1;
    let name =
        |path: &PathBuf| Some(stem(path)).filter(|n| !twice(n)).unwrap_or_else(|| path.display().to_string());
    paths.iter().map(name).collect()
}

/// Figures of one tokenizer on one group of texts. A figure is null where there is nothing to divide by.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// The tokenizer's name.
    pub tokenizer: String,
    /// The group; null for all texts.
    pub group: Option<String>,
    /// Bytes of UTF-8 a token.
    pub bytes_per_token: Option<f64>,
    /// Code points a token.
    pub characters_per_token: Option<f64>,
    /// Tokens a word.
    pub tokens_per_word: Option<f64>,
    /// Share of words in one token.
    pub whole_words: Option<f64>,
    /// Share of the compounds cut that are cut only where their parts meet.
    pub compounds_cut_well: Option<f64>,
    /// Share of tokens that stand for a part of a character.
    pub partial_tokens: Option<f64>,
    /// Share of tokens that stand for what is not known.
    pub unknown_tokens: Option<f64>,
    /// Ids of the tokenizer.
    pub vocab_size: usize,
    /// Ids that no text of the group had.
    pub unused: usize,
    /// What was counted.
    pub counts: Counts,
}

/// Figures of all tokenizers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Stats {
    /// For all texts, then for each group in the order of its name; tokenizers in the order given.
    pub rows: Vec<Row>,
    /// How much could not be read.
    pub problems: u64,
    /// The first of it.
    pub first_problems: Vec<FileProblem>,
}

/// Counts all texts of some files with each tokenizer, on the threads of `pool`.
///
/// # Errors
/// Those of the files and of the tokenizers; more than [`MOST_GROUPS`] groups; no tokenizer.
pub fn stats(
    tokenizers: &[Named],
    inputs: &[PathBuf],
    columns: &Columns,
    pool: &rayon::ThreadPool,
) -> Result<Stats> {
    if tokenizers.is_empty() {
        bail!("no tokenizer");
    }
    let new = || -> Vec<Counter> { tokenizers.iter().map(|t| counter(&t.tokenizer)).collect() };
    let mut groups: BTreeMap<String, Vec<Counter>> = BTreeMap::new();
    let mut all = new();
    let mut problems = Problems::default();
    let idle = Mutex::new(Vec::new());
    texts::each_batch(inputs, columns, &mut problems, &mut |batch| {
        let mut by: BTreeMap<Option<&str>, Vec<&Text>> = BTreeMap::new();
        for text in &batch.texts {
            by.entry(text.by.as_deref()).or_default().push(text);
        }
        for (group, texts) in by {
            let counted = pool.install(|| count(tokenizers, &texts, &new, &idle))?;
            add(&mut all, &counted);
            if columns.by.is_some() {
                let name = group.unwrap_or_default();
                if !groups.contains_key(name) {
                    if groups.len() == MOST_GROUPS {
                        let by = columns.by.as_deref().unwrap_or_default();
                        return Err(Error::Invalid(format!("{by:?} has more than {MOST_GROUPS} values")));
                    }
                    groups.insert(name.to_owned(), new());
                }
                if let Some(counters) = groups.get_mut(name) {
                    add(counters, &counted);
                }
            }
        }
        Ok(())
    })?;
    if let Some(by) = &columns.by
        && groups.keys().eq([""])
    {
        bail!("no text has a value in {by:?}");
    }
    let mut stats = Stats { rows: Vec::new(), problems: problems.count, first_problems: problems.first };
    let groups = groups.iter().map(|(name, counters)| (Some(name.clone()), counters));
    for (group, counters) in std::iter::once((None, &all)).chain(groups) {
        for (named, counter) in tokenizers.iter().zip(counters) {
            stats.rows.push(row(&named.name, group.clone(), counter));
        }
    }
    Ok(stats)
}

fn counter(tokenizer: &Tokenizer) -> Counter {
    let unknown = UNKNOWN.iter().find_map(|name| tokenizer.token_to_id(name));
    Counter::new(tokenizer.vocab_size(), unknown)
}

fn add(counters: &mut [Counter], more: &[Counter]) {
    for (counter, more) in counters.iter_mut().zip(more) {
        counter.merge(more);
    }
}

/// Counts texts on all threads; `idle` holds what is remembered of words, for as many threads as there are.
fn count(
    tokenizers: &[Named],
    texts: &[&Text],
    new: &(impl Fn() -> Vec<Counter> + Sync),
    idle: &Mutex<Vec<Words>>,
) -> sprog_datasets::Result<Vec<Counter>> {
    // Few pieces, as each has counters with a bit an id.
    let piece = texts.len().div_ceil(4 * rayon::current_num_threads()).max(1);
    let pieces: Vec<&[&Text]> = texts.chunks(piece).collect();
    let counted = pieces.par_iter().map(|texts| {
        let mut counters = new();
        let mut words = idle.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        for text in texts.iter() {
            let found = words.find(&text.text);
            for (named, counter) in tokenizers.iter().zip(&mut counters) {
                let encoded = named.tokenizer.encode_with_offsets(&text.text, false);
                let encoded = encoded.map_err(|e| Error::Invalid(format!("{}: {e}", named.name)))?;
                counter.add(&text.text, &found, &encoded.ids, &encoded.offsets);
            }
        }
        idle.lock().unwrap_or_else(PoisonError::into_inner).push(words);
        Ok(counters)
    });
    let counted: Vec<Vec<Counter>> = counted.collect::<sprog_datasets::Result<_>>()?;
    let mut sum = new();
    for counters in &counted {
        add(&mut sum, counters);
    }
    Ok(sum)
}

fn row(name: &str, group: Option<String>, counter: &Counter) -> Row {
    let counts = *counter.counts();
    Row {
        tokenizer: name.to_owned(),
        group,
        bytes_per_token: counts.bytes_per_token(),
        characters_per_token: counts.characters_per_token(),
        tokens_per_word: counts.tokens_per_word(),
        whole_words: counts.whole_words(),
        compounds_cut_well: counts.compounds_cut_well(),
        partial_tokens: counts.partial(),
        unknown_tokens: counts.unknown(),
        vocab_size: counter.vocab_size(),
        unused: counter.unused(),
        counts,
    }
}

/// Opens tokenizers, in the order of their files.
///
/// # Errors
/// Those of [`open`](super::open); for a file that is named twice.
pub fn open_all(paths: &[PathBuf]) -> Result<Vec<Named>> {
    if paths.iter().collect::<BTreeSet<_>>().len() < paths.len() {
        return Err(anyhow!("a tokenizer is named twice"));
    }
    let opened = paths.iter().zip(names(paths));
    opened.map(|(path, name)| Ok(Named { name, tokenizer: super::open(path)? })).collect()
}

/// Rows as a table of aligned text, with the headings given for the group, the tokenizer, and the ten columns of
/// figures in the order of [`Row`], unknown tokens only where there are any.
pub fn text_table(stats: &Stats, headings: &Headings<'_>) -> String {
    let grouped = stats.rows.iter().any(|row| row.group.is_some());
    let unknown = stats.rows.iter().any(|row| row.counts.unknown_tokens > 0);
    let mut cells: Vec<Vec<String>> = Vec::new();
    let mut head = Vec::new();
    if grouped {
        head.push(headings.group.to_owned());
    }
    head.push(headings.tokenizer.to_owned());
    let left = head.len();
    let picked = |at: &usize| *at != 6 || unknown;
    head.extend((0..headings.figures.len()).filter(picked).map(|at| headings.figures[at].to_owned()));
    cells.push(head);
    for row in &stats.rows {
        let mut line = Vec::new();
        if grouped {
            let group = row.group.as_ref().map(|g| if g.is_empty() { "–".to_owned() } else { shown(g) });
            line.push(group.unwrap_or_else(|| headings.all.to_owned()));
        }
        line.push(shown(&row.tokenizer));
        let number = |value: Option<f64>| value.map_or_else(|| "–".into(), |v| format!("{v:.3}"));
        let percent =
            |value: Option<f64>| value.map_or_else(|| "–".into(), |v| format!("{:.2} %", 100.0 * v));
        let figures = [
            number(row.bytes_per_token),
            number(row.characters_per_token),
            number(row.tokens_per_word),
            percent(row.whole_words),
            percent(row.compounds_cut_well),
            percent(row.partial_tokens),
            percent(row.unknown_tokens),
            row.counts.tokens.to_string(),
            row.vocab_size.to_string(),
            row.unused.to_string(),
        ];
        line.extend(figures.into_iter().enumerate().filter(|(at, _)| picked(at)).map(|(_, text)| text));
        cells.push(line);
    }
    aligned(&cells, left)
}

/// The words at the top of a table.
#[derive(Clone, Copy, Debug)]
pub struct Headings<'h> {
    /// The group of texts.
    pub group: &'h str,
    /// The tokenizer.
    pub tokenizer: &'h str,
    /// In place of a group: all texts.
    pub all: &'h str,
    /// The columns of figures.
    pub figures: [&'h str; 10],
}

/// A name from data on one line, as it cannot act on a terminal.
fn shown(name: &str) -> String {
    const LONGEST: usize = 40;
    let mut text: String =
        name.chars().take(LONGEST).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if name.chars().nth(LONGEST).is_some() {
        text.push('…');
    }
    text
}

fn aligned(cells: &[Vec<String>], left: usize) -> String {
    let columns = cells.first().map_or(0, Vec::len);
    let width =
        |at: usize| cells.iter().filter_map(|row| Some(row.get(at)?.chars().count())).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in cells {
        let mut line = String::new();
        for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
            if at > 0 {
                line.push_str("  ");
            }
            let pad = " ".repeat(width.saturating_sub(cell.chars().count()));
            line.push_str(&if at < left { format!("{cell}{pad}") } else { format!("{pad}{cell}") });
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_with_one_name_are_told_apart() {
        let paths = ["a/da.json", "b/da.json", "gpt2.json"].map(PathBuf::from);
        assert_eq!(names(&paths), ["a/da.json", "b/da.json", "gpt2"]);
        assert!(open_all(&[paths[0].clone(), paths[0].clone()]).is_err());
    }

    #[test]
    fn numbers_stand_under_one_another() {
        let cells = [["navn", "tal"], ["å", "1"], ["lang", "12345"]];
        let cells: Vec<Vec<String>> = cells.iter().map(|row| row.map(str::to_owned).to_vec()).collect();
        assert_eq!(aligned(&cells, 1), "navn    tal\nå         1\nlang  12345\n");
        assert_eq!(shown("\u{1b}[31mrød"), "\u{fffd}[31mrød");
    }
}
