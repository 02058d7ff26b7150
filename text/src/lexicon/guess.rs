//! Words that no lexicon has: read by their last part or their ending, and inflected like their likes.

use super::container::Lexicon;
use super::paradigms::{Cell, Paradigms};
use crate::morph::{Analyze, Reading, Upos};
use std::collections::HashMap;
use std::sync::OnceLock;

/// The longest ending that is learnt, in letters.
const ENDING_LETTERS: usize = 5;
/// A longer word is guessed by its last letters alone.
const MAX_WORD_BYTES: usize = 256;

/// A reading that was guessed, and how likely it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Guess {
    /// The reading.
    pub reading: Reading,
    /// From 0 to 1, to compare readings of one word by.
    pub score: f64,
}

/// The forms of a word that was inflected like others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inflected {
    /// The paradigm, as [`Paradigms::inflect`] takes it; empty where the last part's listed forms were used.
    pub code: String,
    /// Whether the gender is sure: from a known last part, or an ending that settles it (`-hed`, `-ning`). True for
    /// what has none.
    pub gender_known: bool,
    /// The known word that the word ends in, if it was inflected like that.
    pub like: Option<String>,
    /// The forms.
    pub cells: Vec<Cell>,
}

/// Guesses readings of unknown forms, and paradigms of unknown lemmas, from statistics over a lexicon's endings.
///
/// ```
/// use sprog_text::lexicon::Guesser;
/// let guesses = Guesser::ours().guess("digitaliseringsstyrelsens", 3);
/// assert_eq!(guesses[0].reading.feats, "Case=Gen|Definite=Def|Gender=Com|Number=Sing");
/// ```
pub struct Guesser<'l> {
    lexicon: &'l Lexicon<'l>,
    endings: HashMap<Box<str>, Ending>,
    rules: Vec<Rule>,
    paradigms: HashMap<Box<str>, Vec<(&'static str, u32)>>,
}

#[derive(Default)]
struct Ending {
    total: u32,
    rules: Vec<(u32, u32)>,
}

/// How a form becomes its lemma, and what it is.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Rule {
    strip: usize,
    add: Box<str>,
    upos: Upos,
    feats: Box<str>,
}

/// The endings of a word, shortest first, up to [`ENDING_LETTERS`] letters.
fn endings(word: &str) -> impl Iterator<Item = &str> {
    word.char_indices().rev().take(ENDING_LETTERS).map(move |(at, _)| &word[at..])
}

impl Guesser<'static> {
    /// A guesser over [`Lexicon::ours`]; it learns when it is first asked for.
    pub fn ours() -> &'static Guesser<'static> {
        static OURS: OnceLock<Guesser<'static>> = OnceLock::new();
        OURS.get_or_init(|| Guesser::learn(Lexicon::ours()))
    }
}

impl<'l> Guesser<'l> {
    /// Learns from a lexicon's nouns, verbs, adjectives and adverbs.
    pub fn learn(lexicon: &'l Lexicon<'l>) -> Guesser<'l> {
        let mut endings_seen: HashMap<Box<str>, Ending> = HashMap::new();
        let mut rules: Vec<Rule> = Vec::new();
        let mut numbers: HashMap<Rule, u32> = HashMap::new();
        for form in lexicon.iter() {
            let open = matches!(form.reading.upos, Upos::Noun | Upos::Verb | Upos::Adj | Upos::Adv);
            if !open || form.form.len() < 3 {
                continue;
            }
            let rule = rule(&form.form, form.reading);
            let number = match numbers.get(&rule) {
                Some(&number) => number,
                None => {
                    let number = u32::try_from(rules.len()).unwrap_or(u32::MAX);
                    rules.push(rule.clone());
                    numbers.insert(rule, number);
                    number
                }
            };
            for ending in endings(&form.form) {
                // An ending that changes more than the ending is no rule for it.
                if rules.get(number as usize).is_some_and(|rule| rule.strip > ending.len()) {
                    continue;
                }
                if !endings_seen.contains_key(ending) {
                    endings_seen.insert(ending.into(), Ending::default());
                }
                if let Some(seen) = endings_seen.get_mut(ending) {
                    seen.total += 1;
                    match seen.rules.iter_mut().find(|(n, _)| *n == number) {
                        Some((_, count)) => *count += 1,
                        None => seen.rules.push((number, 1)),
                    }
                }
            }
        }
        let mut paradigms: HashMap<Box<str>, Vec<(&'static str, u32)>> = HashMap::new();
        for (lemma, code) in super::ours::coded() {
            for ending in endings(lemma) {
                let codes = paradigms.entry(ending.into()).or_default();
                match codes.iter_mut().find(|(c, _)| *c == code) {
                    Some((_, count)) => *count += 1,
                    None => codes.push((code, 1)),
                }
            }
        }
        Guesser { lexicon, endings: endings_seen, rules, paradigms }
    }

    /// The lexicon that was learnt from.
    pub fn lexicon(&self) -> &'l Lexicon<'l> {
        self.lexicon
    }

    /// The `most` likeliest readings of a form that the lexicon need not have, best first.
    pub fn guess(&self, form: &str, most: usize) -> Vec<Guess> {
        let mut found: Vec<Guess> = Vec::new();
        let lower = form.to_lowercase();
        let capital = form.chars().next().is_some_and(char::is_uppercase);
        if capital {
            names(form, &mut found);
        }
        if lower.chars().any(char::is_alphabetic) {
            self.by_last_part(&lower, &mut found);
            self.by_ending(&lower, &mut found);
        }
        found.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.reading.cmp(&b.reading)));
        let mut kept: Vec<Guess> = Vec::new();
        for guess in found {
            if kept.len() >= most {
                break;
            }
            if !kept.iter().any(|k| k.reading == guess.reading) {
                kept.push(guess);
            }
        }
        kept
    }

    /// Reads a compound like its last part: the longest that the lexicon has.
    fn by_last_part(&self, form: &str, found: &mut Vec<Guess>) {
        let Some((first, head)) = self.last_part(form, |reading| {
            matches!(reading.upos, Upos::Noun | Upos::Adj) || reading.upos == Upos::Verb
        }) else {
            return;
        };
        let known = self.known_first(first);
        let prefixed = PREFIXES.contains(&first);
        let letters = head.chars().count().min(10) as f64;
        let base = if known { 0.9 } else { 0.55 } + letters * 0.009;
        let mut rank = 0.0;
        self.lexicon.each(head, |record| {
            let Some(mut reading) = self.lexicon.reading(record) else { return };
            let fits = match reading.upos {
                Upos::Noun | Upos::Adj => true,
                // Only particles make verbs; a participle is made of anything.
                Upos::Verb => prefixed || reading.feats.contains("VerbForm=Part"),
                _ => false,
            };
            if fits {
                reading.lemma.insert_str(0, first);
                let less = if reading.upos == Upos::Noun { 0.0 } else { 0.05 };
                found.push(Guess { reading, score: (base - less - rank).max(0.01) });
                rank += 0.004;
            }
        });
    }

    /// Splits a word before the longest last part that has a reading which `fits`.
    fn last_part<'w>(&self, word: &'w str, fits: impl Fn(&Reading) -> bool) -> Option<(&'w str, &'w str)> {
        if word.len() > MAX_WORD_BYTES {
            return None;
        }
        word.char_indices().skip(2).map(|(at, _)| word.split_at(at)).find(|(first, head)| {
            let mut found = false;
            if head.chars().count() >= 3 && first.contains(is_vowel) && head.contains(is_vowel) {
                self.lexicon.each(head, |record| {
                    found |= self.lexicon.reading(record).is_some_and(|reading| fits(&reading));
                });
            }
            found
        })
    }

    /// Whether the first part of a compound is a word, with or without a link.
    fn known_first(&self, first: &str) -> bool {
        let first = first.trim_end_matches('-');
        [Some(first), first.strip_suffix('s'), first.strip_suffix('e'), first.strip_suffix("er")]
            .into_iter()
            .flatten()
            .any(|part| part.chars().count() > 1 && self.lexicon.contains(part))
    }

    fn by_ending(&self, form: &str, found: &mut Vec<Guess>) {
        // From the shortest ending to the longest, each giving way to a longer one that was seen often.
        let mut scores: Vec<(u32, f64)> = Vec::new();
        for ending in endings(form) {
            let Some(seen) = self.endings.get(ending) else { break };
            let weight = f64::from(seen.total) / (f64::from(seen.total) + 3.0);
            for (_, score) in &mut scores {
                *score *= 1.0 - weight;
            }
            for &(rule, count) in &seen.rules {
                let more = weight * f64::from(count) / f64::from(seen.total);
                match scores.iter_mut().find(|(r, _)| *r == rule) {
                    Some((_, score)) => *score += more,
                    None => scores.push((rule, more)),
                }
            }
        }
        for (number, score) in scores {
            let Some(rule) = self.rules.get(number as usize) else { continue };
            let Some(stem) = form.len().checked_sub(rule.strip).and_then(|at| form.get(..at)) else {
                continue;
            };
            if stem.is_empty() {
                continue;
            }
            let reading = Reading {
                lemma: format!("{stem}{}", rule.add),
                upos: rule.upos,
                feats: rule.feats.to_string(),
            };
            found.push(Guess { reading, score: score * 0.8 });
        }
    }

    /// The forms of a lemma: as listed, like its last part, or by the likeliest paradigm of its ending.
    ///
    /// `None` for parts of speech that are not inflected, and for a lemma without letters. A noun's gender may have to be
    /// guessed: see [`Inflected::gender_known`].
    ///
    /// ```
    /// use sprog_text::lexicon::Guesser;
    /// use sprog_text::morph::Upos;
    /// let table = Guesser::ours().inflect("vindmøllepark", Upos::Noun).unwrap();
    /// assert!(table.gender_known);
    /// assert!(table.cells.iter().any(|cell| cell.form == "vindmølleparkerne"));
    /// ```
    pub fn inflect(&self, lemma: &str, upos: Upos) -> Option<Inflected> {
        if !matches!(upos, Upos::Noun | Upos::Verb | Upos::Adj) || !lemma.chars().any(char::is_alphabetic) {
            return None;
        }
        let is_lemma = |head: &str| self.lexicon.forms(head).into_iter().any(|f| f.reading.upos == upos);
        if is_lemma(lemma) {
            return Some(self.like(lemma, "", lemma, upos));
        }
        let split = self.last_part(lemma, |reading| reading.upos == upos).filter(|(first, head)| {
            is_lemma(head)
                && (self.known_first(first) || PREFIXES.contains(first) || head.chars().count() > 4)
        });
        if let Some((first, head)) = split {
            return Some(self.like(lemma, first, head, upos));
        }
        let (mut code, mut sure) = (default_code(lemma, upos), upos != Upos::Noun);
        for ending in endings(lemma) {
            let Some(codes) = self.paradigms.get(ending) else { break };
            let of_class: Vec<(&str, u32)> =
                codes.iter().copied().filter(|(c, _)| Paradigms::ours().upos(c) == Some(upos)).collect();
            let total: u32 = of_class.iter().map(|(_, count)| count).sum();
            // Of equals the first by name, so that the answer never depends on the order of the table.
            let best = of_class.iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(a.0)));
            if let Some(&(best, _)) = best
                && (total >= 3 || code.is_empty())
            {
                code = best;
                let alike: u32 = of_class
                    .iter()
                    .filter(|(c, _)| c.as_bytes()[0] == best.as_bytes()[0])
                    .map(|(_, n)| n)
                    .sum();
                // A longer ending that was seen seldom may confirm a shorter one, and not more.
                let alike = alike.saturating_mul(50) >= total.saturating_mul(49);
                sure = upos != Upos::Noun || (alike && (total >= 10 || sure));
            }
        }
        let cells = Paradigms::ours().inflect(lemma, code);
        let cells = cells.into_iter().filter(|cell| cell.upos == upos).collect();
        Some(Inflected { code: code.to_owned(), gender_known: sure, like: None, cells })
    }

    fn like(&self, lemma: &str, first: &str, head: &str, upos: Upos) -> Inflected {
        let forms = self.lexicon.forms(head);
        let cells = forms
            .into_iter()
            .filter(|f| f.reading.upos == upos)
            .map(|f| Cell { form: format!("{first}{}", f.form), upos, feats: f.reading.feats })
            .collect();
        let like = (head != lemma).then(|| head.to_owned());
        Inflected { code: String::new(), gender_known: true, like, cells }
    }
}

/// Where no ending says more.
fn default_code(lemma: &str, upos: Upos) -> &'static str {
    match upos {
        Upos::Verb => "va",
        Upos::Adj if lemma.ends_with('t') || lemma.ends_with("sk") => "0m",
        Upos::Adj => "tm",
        _ => "cer",
    }
}

/// First parts that make verbs of verbs.
const PREFIXES: &[&str] = &[
    "af", "an", "be", "bi", "bort", "de", "efter", "er", "fejl", "for", "fore", "fra", "frem", "gen",
    "gennem", "hen", "hjem", "ind", "med", "mis", "mod", "ned", "ny", "om", "op", "over", "på", "re", "sam",
    "sammen", "selv", "til", "tilbage", "ud", "und", "under", "ved", "vel", "videre",
];

fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'æ' | 'ø' | 'å' | 'é' | 'ä' | 'ö' | 'ü')
}

/// A capital in a word that the lexicon does not have: most are names.
fn names(form: &str, found: &mut Vec<Guess>) {
    let name = |lemma: &str, feats: &str, score| Guess {
        reading: Reading { lemma: lemma.to_owned(), upos: Upos::Propn, feats: feats.to_owned() },
        score,
    };
    let bare = ["’s", "'s", "’", "'", "s"].iter().find_map(|ending| form.strip_suffix(ending));
    match bare {
        Some(bare) if !bare.is_empty() && form.contains(['\'', '’']) => {
            found.push(name(bare, "Case=Gen", 0.9));
        }
        Some(bare) if bare.chars().count() > 2 => {
            found.push(name(form, "", 0.62));
            found.push(name(bare, "Case=Gen", 0.6));
        }
        _ => found.push(name(form, "", 0.8)),
    }
}

fn rule(form: &str, reading: Reading) -> Rule {
    let common: usize =
        form.chars().zip(reading.lemma.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    Rule {
        strip: form.len() - common,
        add: reading.lemma.get(common..).unwrap_or("").into(),
        upos: reading.upos,
        feats: reading.feats.into(),
    }
}

impl Analyze for Guesser<'_> {
    /// The lexicon's readings, and for a word that it does not have the five likeliest guesses.
    fn readings(&self, form: &str, out: &mut Vec<Reading>) {
        let start = out.len();
        self.lexicon.readings(form, out);
        if out.len() == start {
            out.extend(self.guess(form, 5).into_iter().map(|guess| guess.reading));
        }
    }
}

impl std::fmt::Debug for Guesser<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guesser").field("endings", &self.endings.len()).finish_non_exhaustive()
    }
}
