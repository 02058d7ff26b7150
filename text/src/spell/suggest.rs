//! What was meant: corrections, best first.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::case::{self, Case};
use super::check::convert;
use super::nearest::{MOST_LETTERS, Near, Nearest};
use super::options::chars;
use super::{Speller, class};

/// How far apart words may be, step by step, in hundredths of an edit.
const BOUNDS: [u16; 4] = [60, 115, 165, 215];
/// States of the automaton that one search may look at, over all bounds.
const NODES: u32 = 4_500;
/// The same, for a part of a compound.
const PART_NODES: u32 = 1_500;
/// What a part may cost.
const PART_BOUND: u16 = 115;
/// Borders between parts that are tried from either side.
const MOST_BORDERS: usize = 4;
/// Candidates that are ranked.
const MOST_CANDIDATES: usize = 400;

const OWN: u32 = class::ROOT | class::AFFIXED;

impl Speller<'_> {
    /// At most `n` corrections of a word, best first; none where the word is right.
    ///
    /// Ranked by the cost of the mistakes that lead to what was written (`data/spell/confusions.tsv`: mute
    /// letters, double consonants, endings that sound alike, neighbouring keys …), then by how often a word
    /// occurs where the dictionary was built with frequencies. The dictionary's own REP rows count as
    /// confusions, and words it marks with NOSUGGEST or forbids are not suggested. A compound is corrected in one
    /// part; words written together or apart are parted or joined. The answer has the capitals of the question.
    ///
    /// The work is bounded, and the same word always gets the same answer.
    ///
    /// ```
    /// use sprog_text::spell::{SpellDictionary, Speller};
    /// let words = ["hvilken", "desværre", "vandet", "vand", "i", "aften"].map(|w| (w, 0));
    /// let dictionary = SpellDictionary::from_words(words)?;
    /// let speller = Speller::open(dictionary.as_bytes())?;
    /// assert_eq!(speller.suggest("Vilken", 1), ["Hvilken"]);
    /// assert_eq!(speller.suggest("desvære", 1), ["desværre"]);
    /// assert!(speller.suggest("iaften", 2).contains(&"i aften".to_owned()));
    /// # Ok::<(), sprog_text::spell::SpellError>(())
    /// ```
    pub fn suggest(&self, word: &str, n: usize) -> Vec<String> {
        if n == 0 || word.len() >= 4 * MOST_LETTERS || self.check(word) {
            return Vec::new();
        }
        let options = &self.image.options;
        let trimmed = word.trim_matches([' ', '.']);
        let written = convert(&chars(trimmed), &options.input);
        if written.is_empty() || written.len() > MOST_LETTERS {
            return Vec::new();
        }
        let case = Case::of(&written);
        let small = case::lowered(&written);
        let mut candidates = Candidates { speller: self, small: &small, case, best: BTreeMap::new() };
        self.by_replacements(&small, &mut candidates);
        if matches!(case, Case::Mixed | Case::MixedInitial | Case::Initial) {
            self.by_replacements(&written, &mut candidates);
        }
        self.joined(&small, &mut candidates);
        self.nearest(&small, n, &mut candidates);
        if candidates.doubtful(n) {
            self.in_compounds(&small, &mut candidates);
        }
        self.parted(&small, n, &mut candidates);
        candidates.ranked(n)
    }

    fn nearest(&self, small: &[char], n: usize, candidates: &mut Candidates<'_, '_>) {
        let Some(mut nearest) = Nearest::new(self, small, OWN) else { return };
        let mut nodes = NODES;
        for bound in BOUNDS {
            let mut found = nearest.within(bound, nodes).to_vec();
            found.sort_by_key(|near| near.cost);
            found.truncate(MOST_CANDIDATES);
            for Near { cost, bits, word } in found {
                candidates.add(word, cost, bits);
            }
            nodes = nearest.nodes_left();
            if candidates.best.len() >= n.saturating_add(2) || !nearest.complete() {
                return;
            }
        }
    }

    /// What the dictionary's own table of mistakes makes of the word.
    fn by_replacements(&self, word: &[char], candidates: &mut Candidates<'_, '_>) {
        let mut left = 2_000usize;
        let _ = self.replaced(word, |row, form| {
            left = left.saturating_sub(1);
            let whole = row.from.len() == word.len();
            let cost = if whole {
                5
            } else if row.start || row.end || row.from.len() > 2 {
                45
            } else {
                60
            };
            if form.contains(&' ') {
                let pieces = form.split(|c| *c == ' ');
                if pieces.into_iter().all(|piece| self.bits_of(piece) & OWN != 0)
                    || self.bits_of(form) & OWN != 0
                {
                    candidates.add(form.to_vec(), cost, class::ROOT);
                }
            } else {
                let bits = self.bits_of(form);
                if bits & OWN != 0 {
                    candidates.add(form.to_vec(), cost, bits);
                }
            }
            if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
    }

    /// Compounds written apart, or with a hyphen too much.
    fn joined(&self, word: &[char], candidates: &mut Candidates<'_, '_>) {
        if !word.iter().any(|c| matches!(c, ' ' | '-')) {
            return;
        }
        let one: Vec<char> = word.iter().copied().filter(|c| !matches!(c, ' ' | '-')).collect();
        if self.check(&one.iter().collect::<String>()) {
            candidates.add(one, 30, class::AFFIXED);
        }
    }

    /// Two words written as one.
    fn parted(&self, word: &[char], n: usize, candidates: &mut Candidates<'_, '_>) {
        let few = candidates.best.len() < n;
        if self.image.options.no_split && !few {
            return;
        }
        for at in 1..word.len() {
            let (left, right) = word.split_at(at);
            let (left_bits, right_bits) = (self.bits_of(left), self.bits_of(right));
            if left_bits & right_bits & class::ROOT == 0 {
                continue;
            }
            let short = left.len().min(right.len());
            let cost = match short {
                1 => 120,
                2 => 100,
                _ => 90,
            };
            let common = class::commonness(left_bits).min(class::commonness(right_bits));
            let bits = class::ROOT | common << 20;
            candidates.add([left, &[' '], right].concat(), cost, bits);
        }
    }

    /// Compounds with a mistake in one of two parts.
    fn in_compounds(&self, word: &[char], candidates: &mut Candidates<'_, '_>) {
        let options = &self.image.options;
        if !options.compounds {
            return;
        }
        let least = (options.compound_min as usize).max(2);
        if word.len() < 2 * least {
            return;
        }
        let symbols = self.symbols(word);
        let borders = least..=word.len() - least;
        let has = |part: Option<&[u8]>, bit| {
            part.is_some_and(|p| self.image.bits(self.image.dawg.class(p)) & bit != 0)
        };
        let after =
            borders.clone().rev().filter(|at| has(symbols.get(..*at), class::BEGIN)).take(MOST_BORDERS);
        let before = borders.clone().filter(|at| has(symbols.get(*at..), class::END)).take(MOST_BORDERS);
        let (after, before): (Vec<usize>, Vec<usize>) = (after.collect(), before.collect());
        for at in after {
            let (left, right) = word.split_at(at);
            for near in self.parts_near(right, class::END) {
                candidates.add_compound([left, &near.word].concat(), near.cost);
            }
        }
        for at in before {
            let (left, right) = word.split_at(at);
            for near in self.parts_near(left, class::BEGIN) {
                candidates.add_compound([&near.word, right].concat(), near.cost);
            }
        }
    }

    fn parts_near(&self, part: &[char], place: u32) -> Vec<Near> {
        let Some(mut nearest) = Nearest::new(self, part, place) else { return Vec::new() };
        let mut found = Vec::new();
        for bound in [60, PART_BOUND] {
            found = nearest.within(bound, PART_NODES).to_vec();
            if !found.is_empty() {
                break;
            }
        }
        found.sort_by_key(|near| near.cost);
        found.truncate(3);
        found
    }
}

/// Corrections with their scores; the lower, the better.
struct Candidates<'s, 'a> {
    speller: &'s Speller<'a>,
    small: &'s [char],
    case: Case,
    best: BTreeMap<Vec<char>, i32>,
}

impl Candidates<'_, '_> {
    fn add(&mut self, word: Vec<char>, cost: u16, bits: u32) {
        const REFUSED: u32 = class::NO_SUGGEST | class::FORBIDDEN;
        if bits & REFUSED != 0 || bits & OWN == 0 {
            return;
        }
        let score = self.score(&word, cost, bits);
        self.put(word, score);
    }

    /// A compound, which need not be one that the dictionary accepts.
    fn add_compound(&mut self, word: Vec<char>, cost: u16) {
        if self.best.contains_key(&word) {
            return;
        }
        if self.speller.check(&word.iter().collect::<String>()) {
            let score = self.score(&word, cost, class::AFFIXED) + 25;
            self.put(word, score);
        }
    }

    /// Whether there are few candidates, or none is near.
    fn doubtful(&self, n: usize) -> bool {
        self.best.len() < n || self.best.values().all(|score| *score > 60)
    }

    fn put(&mut self, word: Vec<char>, score: i32) {
        let place = self.best.entry(word).or_insert(score);
        *place = score.min(*place);
    }

    fn score(&self, word: &[char], cost: u16, bits: u32) -> i32 {
        let small = case::lowered(word);
        let mut score = i32::from(cost);
        score -= 3 * class::commonness(bits) as i32;
        if bits & class::ROOT == 0 {
            score += 6;
        }
        let written_small = matches!(self.case, Case::Lower);
        let capitals = word.iter().filter(|c| case::is_upper(**c)).count();
        if written_small && capitals > 0 {
            score += if small == self.small { 5 } else { 25 };
        }
        if capitals > 1 && capitals == word.len() && self.case != Case::All {
            score += 25;
        }
        let signs = |w: &[char]| w.iter().filter(|c| !c.is_alphanumeric()).count();
        if signs(word) > signs(self.small) && !word.contains(&' ') {
            score += 20;
        }
        score + word.len().abs_diff(self.small.len()) as i32
    }

    fn ranked(self, n: usize) -> Vec<String> {
        let mut best: Vec<(i32, Vec<char>)> =
            self.best.into_iter().map(|(word, score)| (score, word)).collect();
        best.sort();
        let mut out: Vec<String> = Vec::new();
        for (_, mut word) in best {
            match self.case {
                Case::All => word.iter_mut().for_each(|c| *c = case::to_upper(*c)),
                Case::Initial | Case::MixedInitial => case::capitalize(&mut word),
                Case::Lower | Case::Mixed => {}
            }
            let word: String = convert(&word, &self.speller.image.options.output).into_iter().collect();
            if !out.contains(&word) {
                out.push(word);
            }
            if out.len() == n {
                break;
            }
        }
        out
    }
}
