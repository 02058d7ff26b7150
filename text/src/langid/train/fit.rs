//! The regression, the cutting down, the rounding and the temperatures.

use super::super::features::features;
use super::super::model::Model;
use super::super::model::{
    CLASSES, LENGTHS, MAGIC, PROBES, exp, fingerprint, home, language_index, length_class,
};
use super::super::words::{Folded, Sink, read};
use super::pool::{Pool, Vocabulary, plain_spellings, strange};
use super::{Random, Settings, Source, class};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Numbers of words of a training text; each as likely.
const LENGTHS_DRAWN: [usize; 20] = [1, 2, 3, 3, 4, 4, 5, 5, 5, 6, 6, 7, 8, 9, 10, 12, 15, 20, 30, 40];

/// Shares of the classes among the training texts.
const CLASS_SHARES: [f64; CLASSES] = [1.5, 1.5, 1.5, 1.0, 0.7, 0.7, 0.7, 0.7, 0.7, 0.5, 0.5, 0.4];

/// Expected number in a million training words from which a feature is tried.
const LEAST_MASS: f32 = 0.9;

/// Trains a model; gives the bytes of its file. `progress` gets lines to show.
pub fn train(sources: &[Source], settings: &Settings, progress: &mut dyn FnMut(String)) -> Vec<u8> {
    let mut random = Random(settings.seed);
    let mut vocabulary = Vocabulary::default();
    let mut pools: Vec<Vec<Pool>> = (0..CLASSES).map(|_| Vec::new()).collect();
    for source in sources {
        if let Some(pool) = Pool::new(source, &mut vocabulary, &mut random) {
            pools[pool.class].push(pool);
        }
    }
    let all: f64 = CLASS_SHARES.iter().sum();
    for (pools, share) in pools.iter().zip(CLASS_SHARES) {
        for pool in pools {
            let part = 1.0 / pools.len() as f64;
            pool.weigh(share / all * part, part, &mut vocabulary);
        }
    }
    let (plain, old) = plain_spellings(&mut vocabulary);
    progress(format!("{} words", vocabulary.words.len()));
    let mut table = Table::new(&vocabulary);
    progress(format!("{} features", table.hashes.len()));
    let drawer = Drawer { pools, plain, old };
    let mut fit = Fit::new(table.hashes.len());
    fit.begin(&vocabulary, &table, &mut random, settings.passes);
    fit.run(&drawer, &table, &mut random, settings.first, settings.rate, settings.rate * 0.3, progress);
    table.keep(&mut fit, &vocabulary, settings.features);
    progress(format!("{} kept", table.hashes.len()));
    fit.run(&drawer, &table, &mut random, settings.second, settings.rate * 0.5, 0.0, progress);
    let mut file = write(&table, &fit, progress);
    set_temperatures(&mut file, sources, settings, &mut random, progress);
    file
}

/// A hasher of what is a hash already.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// Features of all words.
struct Table {
    /// The hash of each feature.
    hashes: Vec<u64>,
    /// For each word where its features start in `of`; one more at the end.
    starts: Vec<u32>,
    of: Vec<u32>,
    /// Whether a word's last feature is the word itself.
    whole: Vec<bool>,
}

impl Table {
    fn new(vocabulary: &Vocabulary) -> Table {
        let mut numbers: HashMap<u64, u32, BuildHasherDefault<Hashed>> = HashMap::default();
        let mut mass: Vec<f32> = Vec::new();
        for (word, weight) in vocabulary.words.iter().zip(&vocabulary.mass) {
            features(word, |hash| {
                let next = mass.len() as u32;
                let number = *numbers.entry(hash).or_insert(next);
                if number == next {
                    mass.push(0.0);
                }
                mass[number as usize] += weight;
            });
        }
        let mut table = Table { hashes: Vec::new(), starts: vec![0], of: Vec::new(), whole: Vec::new() };
        let mut renumbered = vec![u32::MAX; mass.len()];
        for word in &vocabulary.words {
            let mut last = false;
            features(word, |hash| {
                let number = numbers.get(&hash).copied().unwrap_or(0) as usize;
                last = mass[number] >= LEAST_MASS;
                if last {
                    if renumbered[number] == u32::MAX {
                        renumbered[number] = table.hashes.len() as u32;
                        table.hashes.push(hash);
                    }
                    table.of.push(renumbered[number]);
                }
            });
            table.whole.push(last && word.len() > 3);
            table.starts.push(table.of.len() as u32);
        }
        table
    }

    fn of(&self, word: u32) -> &[u32] {
        &self.of[self.starts[word as usize] as usize..self.starts[word as usize + 1] as usize]
    }

    /// Keeps the features whose weights differ most, by how often they are met.
    fn keep(&mut self, fit: &mut Fit, vocabulary: &Vocabulary, count: usize) {
        let mut mass = vec![0.0f32; self.hashes.len()];
        for (word, weight) in vocabulary.mass.iter().enumerate() {
            for &feature in self.of(word as u32) {
                mass[feature as usize] += weight;
            }
        }
        let mut worth: Vec<(f32, u32)> = Vec::new();
        for (at, weights) in fit.weights.iter().enumerate() {
            let mean = weights.iter().sum::<f32>() / CLASSES as f32;
            let spread: f32 = weights.iter().map(|w| (w - mean) * (w - mean)).sum();
            worth.push((spread * mass[at].sqrt(), at as u32));
        }
        worth.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        worth.truncate(count);
        let mut kept: Vec<u32> = worth.iter().map(|(_, at)| *at).collect();
        kept.sort_unstable();
        let mut renumbered = vec![u32::MAX; self.hashes.len()];
        kept.iter().enumerate().for_each(|(new, old)| renumbered[*old as usize] = new as u32);
        let mut of = Vec::new();
        let mut starts = vec![0];
        for word in 0..self.whole.len() {
            let features = &self.of[self.starts[word] as usize..self.starts[word + 1] as usize];
            if self.whole[word] {
                self.whole[word] = features.last().is_some_and(|f| renumbered[*f as usize] != u32::MAX);
            }
            of.extend(features.iter().map(|f| renumbered[*f as usize]).filter(|f| *f != u32::MAX));
            starts.push(of.len() as u32);
        }
        (self.of, self.starts) = (of, starts);
        self.hashes = kept.iter().map(|at| self.hashes[*at as usize]).collect();
        fit.weights = kept.iter().map(|at| fit.weights[*at as usize]).collect();
        fit.squares = kept.iter().map(|at| fit.squares[*at as usize]).collect();
    }
}

/// Draws training texts.
struct Drawer {
    pools: Vec<Vec<Pool>>,
    plain: Vec<u32>,
    old: Vec<u32>,
}

impl Drawer {
    fn draw(&self, random: &mut Random, words: &mut Vec<u32>) -> usize {
        words.clear();
        let all: f64 = CLASS_SHARES.iter().sum();
        let mut at = random.unit() * all;
        let mut class = 0;
        for (number, share) in CLASS_SHARES.iter().enumerate() {
            class = number;
            at -= share;
            if at < 0.0 {
                break;
            }
        }
        let pools = &self.pools[class];
        let Some(pool) = pools.get(random.below(pools.len().max(1))) else { return class };
        pool.draw(LENGTHS_DRAWN[random.below(LENGTHS_DRAWN.len())], random, words);
        let english = super::Language::En.index();
        if class != english && words.len() > 3 && random.unit() < 0.08 {
            // English words in other languages' texts.
            let mut one = Vec::new();
            if let Some(pool) = self.pools[english].first() {
                pool.draw(1, random, &mut one);
            }
            if let Some(&word) = one.first() {
                let place = random.below(words.len());
                words[place] = word;
            }
        }
        let spelling = random.unit();
        if spelling < 0.05 {
            words.iter_mut().for_each(|word| *word = self.plain[*word as usize]);
        } else if spelling < 0.1 && class == super::Language::Da.index() {
            words.iter_mut().for_each(|word| *word = self.old[*word as usize]);
        }
        class
    }
}

/// Weights as they are learnt.
struct Fit {
    weights: Vec<[f32; CLASSES]>,
    squares: Vec<f32>,
}

impl Fit {
    fn new(features: usize) -> Fit {
        Fit { weights: vec![[0.0; CLASSES]; features], squares: vec![0.1; features] }
    }

    /// Sets the weights so that a word's come near the logarithms of its frequencies in the classes, by
    /// least squares: rare words are met too seldom to be learnt from texts alone.
    fn begin(&mut self, vocabulary: &Vocabulary, table: &Table, random: &mut Random, passes: usize) {
        let mut order: Vec<u32> = (0..vocabulary.words.len() as u32).collect();
        for at in (1..order.len()).rev() {
            order.swap(at, random.below(at + 1));
        }
        for pass in 0..passes {
            let rate = 0.5 / (1.0 + pass as f32);
            for &word in &order {
                let features = table.of(word);
                let mass = vocabulary.mass[word as usize];
                if features.is_empty() || mass < 0.02 {
                    continue;
                }
                let mut goal = vocabulary.by_class[word as usize].map(|mass| ln(mass + 0.4));
                let mean = goal.iter().sum::<f32>() / CLASSES as f32;
                goal.iter_mut().for_each(|g| *g -= mean);
                for &feature in features {
                    goal.iter_mut().zip(&self.weights[feature as usize]).for_each(|(g, w)| *g -= w);
                }
                let step = rate * (mass / (mass + 1.0)) / features.len() as f32;
                for &feature in features {
                    self.weights[feature as usize].iter_mut().zip(goal).for_each(|(w, g)| *w += step * g);
                }
            }
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn run(
        &mut self,
        drawer: &Drawer,
        table: &Table,
        random: &mut Random,
        texts: u64,
        from: f32,
        to: f32,
        progress: &mut dyn FnMut(String),
    ) {
        let mut words = Vec::new();
        let mut active: Vec<u32> = Vec::new();
        let (mut loss, mut right, mut seen) = (0.0f64, 0u64, 0u64);
        for text in 0..texts {
            let class = drawer.draw(random, &mut words);
            active.clear();
            for &word in &words {
                let features = table.of(word);
                // Without the word itself its grams have to do: they are what unknown words have.
                let drop = table.whole[word as usize] && random.next() & 7 == 0;
                active.extend(&features[..features.len() - usize::from(drop)]);
            }
            let mut sums = [0.0f32; CLASSES];
            for &feature in &active {
                for (sum, weight) in sums.iter_mut().zip(&self.weights[feature as usize]) {
                    *sum += weight;
                }
            }
            let best = sums.iter().copied().fold(f32::MIN, f32::max);
            let mut gradient = sums.map(|sum| exp(sum - best));
            let total: f32 = gradient.iter().sum();
            gradient.iter_mut().for_each(|p| *p /= total);
            right += u64::from(sums[class] == best);
            loss += f64::from(1.0 - gradient[class]);
            seen += 1;
            gradient[class] -= 1.0;
            let square: f32 = gradient.iter().map(|g| g * g).sum();
            if square > 1e-8 {
                let rate = from + (to - from) * (text as f32 / texts as f32);
                for &feature in &active {
                    let at = feature as usize;
                    self.squares[at] += square;
                    let step = rate / self.squares[at].sqrt();
                    for (weight, gradient) in self.weights[at].iter_mut().zip(gradient) {
                        *weight -= step * gradient;
                    }
                }
            }
            if seen == 100_000 {
                progress(format!(
                    "{} texts: {:.2} % right, {:.4} missing",
                    text + 1,
                    right as f64 / seen as f64 * 100.0,
                    loss / seen as f64
                ));
                (loss, right, seen) = (0.0, 0, 0);
            }
        }
    }
}

/// The file, with temperatures of 1.
fn write(table: &Table, fit: &Fit, progress: &mut dyn FnMut(String)) -> Vec<u8> {
    // The mean over the classes says nothing.
    let centred = |weights: &[f32; CLASSES]| {
        let mean = weights.iter().sum::<f32>() / CLASSES as f32;
        weights.map(|weight| weight - mean)
    };
    let mut sizes: Vec<f32> =
        fit.weights.iter().map(|w| centred(w).iter().fold(0.0f32, |a, b| a.max(b.abs()))).collect();
    sizes.sort_by(f32::total_cmp);
    // One in a thousand is cut off.
    let largest = sizes.get(sizes.len() - sizes.len() / 1000 - 1).copied().unwrap_or(1.0);
    let scale = largest / 127.0;
    let slots = (table.hashes.len() as u64 * 100 / 92).max(1);
    let entries = slots as usize + PROBES - 1;
    let mut prints = vec![0u16; entries];
    let mut weights = vec![[0i8; CLASSES]; entries];
    let mut lost = 0;
    let mut order: Vec<usize> = (0..table.hashes.len()).collect();
    // Those often learnt from first: they are found at once, and never lost.
    order.sort_by(|a, b| fit.squares[*b].total_cmp(&fit.squares[*a]).then(a.cmp(b)));
    for at in order {
        let hash = table.hashes[at];
        let home = home(hash, slots);
        match (home..home + PROBES).find(|place| prints[*place] == 0 || prints[*place] == fingerprint(hash)) {
            Some(place) if prints[place] == 0 => {
                prints[place] = fingerprint(hash);
                weights[place] =
                    centred(&fit.weights[at]).map(|w| (w / scale).round().clamp(-127.0, 127.0) as i8);
            }
            _ => lost += 1,
        }
    }
    progress(format!("{lost} features without a place, weights up to {largest:.2}"));
    let mut file = MAGIC.to_vec();
    file.extend((slots as u32).to_le_bytes());
    file.extend((CLASSES as u32).to_le_bytes());
    file.extend(scale.to_le_bytes());
    (0..LENGTHS).for_each(|_| file.extend(1.0f32.to_le_bytes()));
    prints.iter().for_each(|print| file.extend(print.to_le_bytes()));
    weights.iter().flatten().for_each(|weight| file.push(weight.cast_unsigned()));
    file
}

struct Heldout<'m> {
    model: Model<'m>,
    source: &'m Source,
    words: Vec<[i16; CLASSES]>,
    strange: bool,
}

impl Sink for Heldout<'_> {
    fn word(&mut self, word: &Folded, _: usize, _: bool) {
        self.strange |= strange(word.as_bytes(), self.source);
        self.words.push(self.model.word(word.as_bytes()));
    }

    fn foreign(&mut self, _: usize) {}

    fn gap(&mut self, _: usize, _: u8, _: bool) {}
}

/// Sets the temperature of each class of length to the one under which held-out texts are likeliest.
fn set_temperatures(
    file: &mut [u8],
    sources: &[Source],
    settings: &Settings,
    random: &mut Random,
    progress: &mut dyn FnMut(String),
) {
    let Some(model) = Model::parse(file) else { return };
    let mut samples: Vec<Vec<([i32; CLASSES], usize)>> = vec![Vec::new(); LENGTHS];
    for source in sources {
        let share = CLASS_SHARES[class(source)];
        let draws = if source.language == super::Language::Other { 40 } else { (600.0 * share) as usize };
        let texts: Vec<Vec<[i16; CLASSES]>> = source
            .heldout
            .iter()
            .map(|text| {
                let mut all = Heldout { model, source, words: Vec::new(), strange: false };
                for line in text.lines() {
                    let mut sink = Heldout { model, source, words: Vec::new(), strange: false };
                    read(line, &mut sink);
                    // Collections of one of the four hold sentences of the others.
                    if !sink.strange {
                        all.words.append(&mut sink.words);
                    }
                }
                all.words
            })
            .filter(|words| words.len() > 200)
            .collect();
        if texts.is_empty() {
            continue;
        }
        for length in [1usize, 2, 3, 4, 5, 6, 8, 12, 18, 26, 40, 70, 120] {
            for _ in 0..draws {
                let words = &texts[random.below(texts.len())];
                let at = random.below(words.len() - length);
                let mut sums = [0i32; CLASSES];
                for word in &words[at..at + length] {
                    sums.iter_mut().zip(word).for_each(|(sum, w)| *sum += i32::from(*w));
                }
                samples[length_class(length as u32)].push((sums, language_index(class(source))));
            }
        }
    }
    let scale = file.get(16..).and_then(|f| f.first_chunk()).map_or(1.0, |f| f32::from_le_bytes(*f));
    let mut found = [1.0f32; LENGTHS];
    for (temperature, samples) in found.iter_mut().zip(&samples) {
        let mut best = f64::INFINITY;
        // From 0.5 to 12 by 4 % at a time.
        let mut tried = 0.5f32;
        while tried < 12.0 {
            let loss: f64 = samples.iter().map(|(sums, class)| brier(sums, *class, scale / tried)).sum();
            if loss < best {
                (best, *temperature) = (loss, tried);
            }
            tried *= 1.04;
        }
        *temperature *= settings.caution;
    }
    progress(format!("temperatures {found:.2?}"));
    for (n, temperature) in found.iter().enumerate() {
        file[20 + 4 * n..24 + 4 * n].copy_from_slice(&temperature.to_le_bytes());
    }
}

/// Brier's score of the languages' probabilities.
fn brier(sums: &[i32; CLASSES], right: usize, factor: f32) -> f64 {
    let best = sums.iter().copied().max().unwrap_or(0);
    let mut p = [0.0f32; CLASSES];
    for (class, sum) in sums.iter().enumerate() {
        p[language_index(class)] += exp((sum - best) as f32 * factor);
    }
    let total: f32 = p.iter().sum();
    let squares = p.iter().enumerate().map(|(class, p)| {
        let off = p / total - f32::from(u8::from(class == right));
        off * off
    });
    f64::from(squares.sum::<f32>())
}

/// The natural logarithm of x > 0 from products and divisions only, within 1e-6.
fn ln(x: f32) -> f32 {
    let bits = x.to_bits();
    let whole = (bits >> 23) as i32 - 127;
    let part = f32::from_bits((bits & 0x7f_ffff) | 0x3f80_0000);
    let t = (part - 1.0) / (part + 1.0);
    let square = t * t;
    let mut sum = 0.0;
    for n in (0..8u8).rev() {
        sum = sum * square + 1.0 / f32::from(2 * n + 1);
    }
    2.0 * t * sum + whole as f32 * std::f32::consts::LN_2
}
