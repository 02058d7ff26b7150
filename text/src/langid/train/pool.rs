//! Where training texts come from: the sources as lists of numbered words.

use super::super::language::Language;
use super::super::model::CLASSES;
use super::super::words::{Folded, Sink, read};
use super::chain::Chain;
use super::{Random, Source, class};
use std::collections::HashMap;
use std::sync::OnceLock;

/// Made-up words of one of the nine languages without a frequency list, with one, and of each other one.
const MADE_UP: [usize; 3] = [500_000, 400_000, 12_000];

/// All distinct words, numbered in the order they are met.
#[derive(Default)]
pub(super) struct Vocabulary {
    numbers: HashMap<Vec<u8>, u32>,
    /// The folded words.
    pub(super) words: Vec<Vec<u8>>,
    /// How many times a word is expected in a million training words.
    pub(super) mass: Vec<f32>,
    /// The same in a million words of each class.
    pub(super) by_class: Vec<[f32; CLASSES]>,
}

impl Vocabulary {
    fn number(&mut self, word: &[u8]) -> u32 {
        if let Some(&number) = self.numbers.get(word) {
            return number;
        }
        let number = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        self.numbers.insert(word.to_vec(), number);
        self.words.push(word.to_vec());
        self.mass.push(0.0);
        self.by_class.push([0.0; CLASSES]);
        number
    }
}

/// Words of a language to draw from.
pub(super) struct Pool {
    pub(super) class: usize,
    /// Running words; a capital inside a sentence is marked.
    texts: Vec<(f64, Vec<(u32, bool)>)>,
    /// Numbers with running sums of frequency.
    lists: Vec<(f64, Vec<(u32, f64)>)>,
    made_up: Vec<u32>,
}

/// Shares of texts, lists and made-up words among the training texts of a language that has all.
const SHARES: [f64; 3] = [0.08, 0.57, 0.35];

impl Pool {
    pub(super) fn new(source: &Source, vocabulary: &mut Vocabulary, random: &mut Random) -> Option<Pool> {
        let mut pool =
            Pool { class: class(source), texts: Vec::new(), lists: Vec::new(), made_up: Vec::new() };
        for (weight, text) in &source.texts {
            let words = running(text, vocabulary);
            if words.len() > 50 {
                pool.texts.push((*weight, words));
            }
        }
        for (weight, list) in &source.words {
            let mut sum = 0.0;
            let mut words = Vec::new();
            for (word, frequency) in list {
                let mut folded = Vec::new();
                read(word, &mut Collect { words: &mut folded, begins: false });
                if let [(word, _)] = folded.as_slice()
                    && !strange(word, source)
                {
                    sum += frequency;
                    words.push((vocabulary.number(word), sum));
                }
            }
            if words.len() > 100 {
                pool.lists.push((*weight, words));
            }
        }
        if let Some(chain) = Chain::new(&source.grams) {
            let count = match source.language {
                Language::Other => MADE_UP[2],
                _ => MADE_UP[usize::from(!pool.lists.is_empty())],
            };
            for _ in 0..count {
                let word = chain.word(random);
                let mut folded = Vec::new();
                read(&word, &mut Collect { words: &mut folded, begins: false });
                if let [(word, _)] = folded.as_slice()
                    && !strange(word, source)
                {
                    pool.made_up.push(vocabulary.number(word));
                }
            }
        }
        let some = !(pool.texts.is_empty() && pool.lists.is_empty() && pool.made_up.is_empty());
        some.then_some(pool)
    }

    fn shares(&self) -> [f64; 3] {
        let has = [!self.texts.is_empty(), !self.lists.is_empty(), !self.made_up.is_empty()];
        let mut shares = SHARES;
        for (share, has) in shares.iter_mut().zip(has) {
            *share *= f64::from(u8::from(has));
        }
        let sum: f64 = shares.iter().sum();
        shares.map(|share| share / sum)
    }

    /// Adds what this pool gives to a million words: `share` of all, `of_class` of its class.
    pub(super) fn weigh(&self, share: f64, of_class: f64, vocabulary: &mut Vocabulary) {
        let shares = self.shares().map(|s| s * 1e6);
        let mut add = |word: u32, times: f64| {
            vocabulary.mass[word as usize] += (times * share) as f32;
            vocabulary.by_class[word as usize][self.class] += (times * of_class) as f32;
        };
        let all: f64 = self.texts.iter().map(|(w, _)| w).sum();
        for (weight, words) in &self.texts {
            let each = shares[0] * weight / all / words.len() as f64;
            words.iter().for_each(|(word, _)| add(*word, each));
        }
        let all: f64 = self.lists.iter().map(|(w, _)| w).sum();
        for (weight, words) in &self.lists {
            let total = words.last().map_or(1.0, |(_, sum)| *sum);
            let mut before = 0.0;
            for (word, sum) in words {
                add(*word, shares[1] * weight / all * (sum - before) / total);
                before = *sum;
            }
        }
        let each = shares[2] / self.made_up.len().max(1) as f64;
        self.made_up.iter().for_each(|word| add(*word, each));
    }

    /// Draws `count` words.
    pub(super) fn draw(&self, count: usize, random: &mut Random, into: &mut Vec<u32>) {
        let [texts, lists, _] = self.shares();
        let which = random.unit();
        if which < texts {
            let words = pick(&self.texts, random);
            let at = random.below(words.len());
            // Names say little of the language; German writes all its nouns so.
            let keep_names = self.class == Language::De.index() || random.unit() < 0.4;
            let run = words[at..].iter().filter(|(_, name)| keep_names || !name).take(count);
            into.extend(run.map(|(word, _)| *word));
        } else if which < texts + lists {
            let words = pick(&self.lists, random);
            for _ in 0..count {
                into.push(drawn(words, random));
            }
        } else {
            for _ in 0..count {
                into.extend(self.made_up.get(random.below(self.made_up.len())));
            }
        }
    }
}

/// Whether a form of the markers' table is not of the source's language.
pub(super) fn strange(word: &[u8], source: &Source) -> bool {
    static TABLE: OnceLock<HashMap<&str, &str>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        include_str!("../../../data/langid/markers.tsv")
            .lines()
            .filter(|line| !line.starts_with("# "))
            .filter_map(|line| line.split_once('\t'))
            .collect()
    });
    MARKED.contains(&source.code.as_str())
        && std::str::from_utf8(word)
            .ok()
            .and_then(|word| table.get(word))
            .is_some_and(|of| !of.split(' ').any(|code| code == source.code))
}

/// The languages of the markers' table.
const MARKED: [&str; 4] = ["da", "nb", "nn", "sv"];

fn pick<'p, T>(list: &'p [(f64, Vec<T>)], random: &mut Random) -> &'p [T] {
    let all: f64 = list.iter().map(|(weight, _)| weight).sum();
    let mut at = random.unit() * all;
    for (weight, items) in list {
        at -= weight;
        if at < 0.0 {
            return items;
        }
    }
    list.last().map_or(&[], |(_, items)| items)
}

fn drawn(words: &[(u32, f64)], random: &mut Random) -> u32 {
    let at = random.unit() * words.last().map_or(0.0, |(_, sum)| *sum);
    let place = words.partition_point(|(_, sum)| *sum <= at);
    words.get(place).or(words.last()).map_or(0, |(word, _)| *word)
}

struct Collect<'w> {
    words: &'w mut Vec<(Vec<u8>, bool)>,
    begins: bool,
}

impl Sink for Collect<'_> {
    fn word(&mut self, word: &Folded, _: usize, capital: bool) {
        self.words.push((word.as_bytes().to_vec(), capital && !self.begins));
        self.begins = false;
    }

    fn foreign(&mut self, _: usize) {}

    fn gap(&mut self, _: usize, last: u8, newline: bool) {
        self.begins |= newline || matches!(last, b'.' | b'!' | b'?' | b':');
    }
}

/// The words of a prose text, a capital inside a sentence marked.
fn running(text: &str, vocabulary: &mut Vocabulary) -> Vec<(u32, bool)> {
    let mut words = Vec::new();
    read(text, &mut Collect { words: &mut words, begins: true });
    words.into_iter().map(|(word, name)| (vocabulary.number(&word), name)).collect()
}

/// For each word its number in a spelling without letters outside a–z, and in Danish before 1948 (`aa`); its
/// own number where there is none.
pub(super) fn plain_spellings(vocabulary: &mut Vocabulary) -> (Vec<u32>, Vec<u32>) {
    let count = vocabulary.words.len();
    let (mut plain, mut old) = (Vec::with_capacity(count), Vec::with_capacity(count));
    for at in 0..count {
        let word = String::from_utf8_lossy(&vocabulary.words[at]).into_owned();
        let mut variant = |spelling: String| {
            let number = if spelling == word { at as u32 } else { vocabulary.number(spelling.as_bytes()) };
            let mass = vocabulary.mass[at] * 0.05;
            vocabulary.mass[number as usize] += mass;
            let by_class = vocabulary.by_class[at].map(|mass| mass * 0.05);
            vocabulary.by_class[number as usize].iter_mut().zip(by_class).for_each(|(sum, m)| *sum += m);
            number
        };
        plain.push(if word.is_ascii() { at as u32 } else { variant(ascii(&word)) });
        old.push(if word.contains('å') { variant(word.replace('å', "aa")) } else { at as u32 });
    }
    (plain, old)
}

fn ascii(word: &str) -> String {
    let mut plain = String::new();
    for c in word.chars() {
        match c {
            'æ' => plain.push_str("ae"),
            'ø' => plain.push_str("oe"),
            'å' => plain.push_str("aa"),
            'ä' | 'á' | 'à' | 'â' => plain.push('a'),
            'ö' | 'ó' | 'ò' | 'ô' => plain.push('o'),
            'ü' | 'ú' => plain.push('u'),
            'é' | 'è' | 'ê' | 'ë' => plain.push('e'),
            'í' | 'ï' => plain.push('i'),
            'ý' => plain.push('y'),
            'ð' => plain.push('d'),
            'þ' => plain.push_str("th"),
            'ß' => plain.push_str("ss"),
            c => plain.push(c),
        }
    }
    while plain.len() > super::super::words::MAX_WORD {
        plain.pop();
    }
    plain
}
