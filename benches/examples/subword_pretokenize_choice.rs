//! What each pre-tokenizer makes of Danish: BPE trained with each, measured on text kept aside; a table in Markdown.
//!
//!     cargo run --release -p sprog-benches --example subword_pretokenize_choice -- TRAIN.jsonl HELD_FOLDER COMPOUNDS.tsv [TOKENS]
//!
//! TRAIN.jsonl and each `*.jsonl` of HELD_FOLDER have a `text` a line; COMPOUNDS.tsv has a word and its split
//! (`arbejd|+s|marked`) a line. TOKENS is the size of the vocabularies (32000). One thread.
//!
//! Rows with "parts" have the Danish pattern with its words cut where compounds fall apart, by `sprog_text::compounds`:
//! in training only, which any `tokenizer.json` can hold, or in use too, which none can say.
#![allow(clippy::print_stdout, missing_docs)]

use std::collections::HashMap;
use std::error::Error;
use std::path::{Path, PathBuf};

use sprog_text::compounds::{Mode, Splitter};
use sprog_text::subword::pretokenize::Pattern;
use sprog_text::subword::stats::{Counter, Word, Words};
use sprog_text::subword::train::{self, BpeModel, BpeTrainer, WordCounts};

#[derive(Clone, Copy)]
struct Choice {
    name: &'static str,
    pattern: Pattern,
    /// How words are cut in training.
    compounds: Option<Mode>,
    /// Whether they are cut in use too.
    in_use: bool,
}

impl Choice {
    const fn new(name: &'static str, pattern: Pattern) -> Choice {
        Choice { name, pattern, compounds: None, in_use: false }
    }

    const fn compounds(name: &'static str, mode: Mode, in_use: bool) -> Choice {
        Choice { name, pattern: Pattern::Danish, compounds: Some(mode), in_use }
    }

    /// Cuts a word of the pattern's into those that are not merged across.
    fn cut<'w>(&self, word: &'w str, mut each: impl FnMut(&'w str)) {
        let Some(mode) = self.compounds else { return each(word) };
        let sign = word.chars().next().filter(|c| !c.is_alphabetic()).map_or(0, char::len_utf8);
        let letters = &word[sign..];
        let mut from = 0;
        if letters.len() >= 4
            && letters.chars().all(char::is_alphabetic)
            && let Some(split) = Splitter::ours().split(letters, mode, 1).first()
        {
            for at in split.boundaries() {
                each(&word[from..sign + at]);
                from = sign + at;
            }
        }
        each(&word[from..]);
    }
}

const CHOICES: [Choice; 9] = [
    Choice::new("GPT-2", Pattern::Gpt2),
    Choice::new("cl100k", Pattern::Cl100k),
    Choice::new("Qwen 2", Pattern::Qwen2),
    Choice::new("o200k", Pattern::O200k),
    Choice::new("Danish", Pattern::Danish),
    Choice::compounds("Danish, trained on parts (lexical)", Mode::Lexical, false),
    Choice::compounds("Danish, trained on parts (deep)", Mode::Deep, false),
    Choice::compounds("Danish, cut in parts (lexical)", Mode::Lexical, true),
    Choice::compounds("Danish, cut in parts (deep)", Mode::Deep, true),
];

/// Byte-level BPE by the book: the best merge of a word, again and again. Words are remembered.
struct Bpe<'m> {
    choice: Choice,
    bytes: [u32; 256],
    merges: HashMap<(u32, u32), (usize, u32)>,
    lengths: Vec<usize>,
    known: HashMap<&'m str, Vec<u32>>,
}

impl<'m> Bpe<'m> {
    fn new(choice: Choice, model: &BpeModel) -> Bpe<'m> {
        let ids: HashMap<&str, u32> =
            model.tokens.iter().enumerate().map(|(id, token)| (token.as_str(), id as u32)).collect();
        let chars = sprog_text::subword::byte_level::CHARS;
        let merges = model.merges.iter().enumerate().map(|(rank, &(a, b))| {
            let token = format!("{}{}", model.tokens[a as usize], model.tokens[b as usize]);
            ((a, b), (rank, ids[token.as_str()]))
        });
        let choice = Choice { compounds: choice.compounds.filter(|_| choice.in_use), ..choice };
        Bpe {
            choice,
            bytes: std::array::from_fn(|b| ids[chars[b].to_string().as_str()]),
            merges: merges.collect(),
            lengths: model.tokens.iter().map(|token| token.chars().count()).collect(),
            known: HashMap::new(),
        }
    }

    fn encode_word(&self, word: &str) -> Vec<u32> {
        let mut all = Vec::new();
        self.choice.cut(word, |part| {
            let mut ids: Vec<u32> = part.bytes().map(|b| self.bytes[usize::from(b)]).collect();
            loop {
                let pairs = ids.windows(2).enumerate();
                let best = pairs.filter_map(|(at, pair)| {
                    self.merges.get(&(pair[0], pair[1])).map(|&(rank, id)| (rank, at, id))
                });
                let Some((_, at, id)) = best.min() else { break };
                ids[at] = id;
                ids.remove(at + 1);
            }
            all.append(&mut ids);
        });
        all
    }

    /// Ids, and the bytes of the text that each stands for.
    fn encode(&mut self, text: &'m str) -> (Vec<u32>, Vec<(usize, usize)>) {
        let (mut ids, mut offsets, mut at) = (Vec::new(), Vec::new(), 0);
        for word in self.choice.pattern.words(text) {
            if !self.known.contains_key(word) {
                let encoded = self.encode_word(word);
                self.known.insert(word, encoded);
            }
            for &id in &self.known[word] {
                let end = at + self.lengths[id as usize];
                ids.push(id);
                offsets.push((at, end));
                at = end;
            }
        }
        (ids, offsets)
    }
}

/// Tokens of compounds that are in several tokens: all, and those with letters from both sides of a boundary.
#[derive(Default)]
struct Crossing {
    tokens: usize,
    crossing: usize,
}

impl Crossing {
    fn add(&mut self, text: &str, words: &[Word], offsets: &[(usize, usize)], splits: &mut Splits) {
        let mut first = 0;
        for word in words.iter().filter(|word| word.is_compound()) {
            let (start, end) = (word.range.start, word.range.end);
            while offsets.get(first).is_some_and(|token| token.1 <= start) {
                first += 1;
            }
            let tokens: Vec<_> = offsets[first..].iter().take_while(|token| token.0 < end).collect();
            if tokens.len() > 1 {
                let boundaries = splits.of(&text[word.range.clone()]);
                let crosses = |token: &&&(usize, usize)| {
                    boundaries.iter().any(|at| token.0 < start + at && start + at < token.1)
                };
                self.tokens += tokens.len();
                self.crossing += tokens.iter().filter(crosses).count();
            }
        }
    }
}

/// Where compounds fall apart, remembered.
#[derive(Default)]
struct Splits(HashMap<String, Vec<usize>>);

impl Splits {
    fn of(&mut self, word: &str) -> &[usize] {
        self.0.entry(word.to_owned()).or_insert_with(|| {
            let best = Splitter::ours().split(word, Mode::Deep, 1);
            best.first().map(|split| split.boundaries().collect()).unwrap_or_default()
        })
    }
}

fn texts(path: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut texts = Vec::new();
    for line in std::fs::read_to_string(path)?.lines() {
        let row: serde_json::Value = serde_json::from_str(line)?;
        texts.push(row["text"].as_str().unwrap_or_default().to_owned());
    }
    Ok(texts)
}

/// Words and the bytes at which their parts begin, a linking element being of the part ahead of it.
type Gold = Vec<(String, Vec<usize>)>;

fn gold(path: &str) -> Result<Gold, Box<dyn Error>> {
    let mut cases = Vec::new();
    for line in std::fs::read_to_string(path)?.lines().filter(|line| !line.starts_with('#')) {
        let mut cells = line.split('\t');
        let (Some(word), Some(split)) = (cells.next(), cells.next()) else { continue };
        let (mut at, mut starts) = (0, Vec::new());
        for part in split.split('|') {
            if at > 0 && !part.starts_with('+') && part != "-" {
                starts.push(at);
            }
            at += part.trim_start_matches('+').len();
        }
        if at == word.len() && !starts.is_empty() {
            cases.push((word.to_owned(), starts));
        }
    }
    Ok(cases)
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [train, held, compounds, rest @ ..] = &arguments[..] else {
        return Err("TRAIN.jsonl, HELD_FOLDER and COMPOUNDS.tsv are wanted".into());
    };
    let vocab_size = rest.first().map_or(Ok(32_000), |n| n.parse::<usize>())?;
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(held)? {
        files.push(entry?.path());
    }
    files.retain(|path| path.extension().is_some_and(|e| e == "jsonl"));
    files.sort();
    let kinds: Vec<String> = files
        .iter()
        .map(|path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned())
        .collect();
    let mut held = Vec::new();
    for path in &files {
        held.push(texts(path)?);
    }
    let training = texts(Path::new(train))?;
    let gold = gold(compounds)?;
    let mut words = Words::default();
    let found: Vec<Vec<Vec<Word>>> =
        held.iter().map(|texts| texts.iter().map(|text| words.find(text)).collect()).collect();

    println!(
        "| pre-tokenizer | {} | mean | tokens/word | whole words | compounds cut well | tokens across a boundary | gold boundaries |",
        kinds.join(" | ")
    );
    println!("|---|{}", "---:|".repeat(kinds.len() + 6));
    let mut splits = Splits::default();
    for choice in CHOICES {
        let mut all = WordCounts::new();
        for text in &training {
            all.count_text(text, choice.pattern);
        }
        let mut counts = WordCounts::new();
        all.for_each(|word, count| match std::str::from_utf8(word) {
            Ok(word) => choice.cut(word, |part| counts.add(part.as_bytes(), count)),
            Err(_) => counts.add(word, count),
        });
        drop(all);
        let trainer = BpeTrainer { vocab_size, ..BpeTrainer::default() };
        let model = trainer.train::<train::Error>(
            &mut |each| {
                counts.for_each(each);
                Ok(())
            },
            &mut |_| (),
        )?;
        let mut bpe = Bpe::new(choice, &model);
        let mut total = Counter::new(vocab_size, None);
        let mut crossing = Crossing::default();
        let mut sizes = Vec::new();
        for (texts, found) in held.iter().zip(&found) {
            let mut counter = Counter::new(vocab_size, None);
            for (text, words) in texts.iter().zip(found) {
                let (ids, offsets) = bpe.encode(text);
                counter.add(text, words, &ids, &offsets);
                crossing.add(text, words, &offsets, &mut splits);
            }
            sizes.push(counter.counts().bytes_per_token().unwrap_or_default());
            total.merge(&counter);
        }
        // Of the boundaries of gold compounds that are in several tokens, how many a token begins at.
        let (mut boundaries, mut met) = (0, 0);
        for (word, starts) in &gold {
            let spaced = format!(" {word}");
            let ids = bpe.encode_word(&spaced);
            let (mut at, mut cuts) = (0, Vec::new());
            for &id in &ids {
                cuts.push(at);
                at += bpe.lengths[id as usize];
            }
            if ids.len() > 1 {
                boundaries += starts.len();
                met += starts.iter().filter(|start| cuts.contains(&(*start + 1))).count();
            }
        }
        let counts = total.counts();
        let percent = |share: f64| format!("{:.1} %", 100.0 * share);
        println!(
            "| {} | {} | {:.3} | {:.3} | {} | {} | {} | {met}/{boundaries} |",
            choice.name,
            sizes.iter().map(|size| format!("{size:.3}")).collect::<Vec<_>>().join(" | "),
            sizes.iter().sum::<f64>() / sizes.len() as f64,
            counts.tokens_per_word().unwrap_or_default(),
            percent(counts.whole_words().unwrap_or_default()),
            percent(counts.compounds_cut_well().unwrap_or_default()),
            percent(crossing.crossing as f64 / crossing.tokens.max(1) as f64),
        );
    }
    Ok(())
}
