//! Liang's patterns, compiled: the levels of all patterns that match add up to where a hyphen may stand.

use sprog_formats::rules::hyphenation::{HyphenationFile, HyphenationRule, Pattern};

use super::{Change, Hyphen};

/// Words longer than this, in characters, are not hyphenated.
const LONGEST_WORD: usize = 1000;
/// A pattern longer than this is left out; none of a natural language is.
const LONGEST_PATTERN: usize = 100;

const NONE: u32 = u32::MAX;

/// A node of the trie; its children lie side by side, sorted by character.
#[derive(Debug, Clone, Copy)]
struct Node {
    first: u32,
    count: u32,
    pattern: u32,
}

/// Patterns up to a NEXTLEVEL.
#[derive(Debug, Default)]
struct Level {
    nodes: Vec<Node>,
    /// The character that leads to each node.
    labels: Vec<char>,
    patterns: Vec<Compiled>,
}

#[derive(Debug)]
struct Compiled {
    /// The first level that is not 0, and the levels from there to the last one that is not.
    offset: usize,
    values: Vec<u8>,
    change: Option<Spelling>,
}

/// A change of spelling: in characters of the pattern, where the hyphen stands, and what is replaced by what.
#[derive(Debug)]
struct Spelling {
    hyphen: usize,
    start: usize,
    cut: usize,
    before: String,
    after: String,
}

/// A change of spelling in a word: from, to (characters), and what stands ahead of the hyphen and behind it.
type Changed<'a> = Option<(usize, usize, &'a str, &'a str)>;

/// A pattern file, ready to be applied.
///
/// ```
/// use sprog_formats::{Limits, rules::hyphenation};
/// use sprog_text::hyphenate::Patterns;
/// let file = hyphenation::read("UTF-8\nLEFTHYPHENMIN 2\nt1t\n1de\n".as_bytes(), &Limits::default())?.value;
/// let patterns = Patterns::new(&file);
/// assert_eq!(patterns.parts("kattemade"), ["kat", "tema", "de"]);
/// # Ok::<(), sprog_formats::Error>(())
/// ```
#[derive(Debug)]
pub struct Patterns {
    levels: Vec<Level>,
    /// TeX's exceptions: the word, and the characters after which it may be divided.
    exceptions: Vec<(String, Vec<usize>)>,
    /// LEFTHYPHENMIN and RIGHTHYPHENMIN.
    pub(super) minima: (usize, usize),
    /// COMPOUNDLEFTHYPHENMIN and COMPOUNDRIGHTHYPHENMIN.
    compound_minima: (usize, usize),
    no_hyphen: Vec<Vec<char>>,
}

impl Patterns {
    /// Compiles what was read of a libhyphen or a TeX file. Minima that the file does not set are 2.
    pub fn new(file: &HyphenationFile) -> Patterns {
        let mut all: Vec<Vec<&Pattern>> = vec![Vec::new()];
        let (mut minima, mut compound) = ((2, 2), (0, 0));
        let (mut exceptions, mut no_hyphen) = (Vec::new(), Vec::new());
        for line in &file.lines {
            match &line.rule {
                HyphenationRule::Pattern(pattern) => {
                    all.iter_mut().last().into_iter().for_each(|l| l.push(pattern))
                }
                HyphenationRule::NextLevel => all.push(Vec::new()),
                HyphenationRule::Minimum { name, characters } => {
                    let n = *characters as usize;
                    match name.as_str() {
                        "LEFTHYPHENMIN" => minima.0 = n,
                        "RIGHTHYPHENMIN" => minima.1 = n,
                        "COMPOUNDLEFTHYPHENMIN" => compound.0 = n,
                        _ => compound.1 = n,
                    }
                }
                HyphenationRule::NoHyphen(list) => {
                    no_hyphen.extend(list.iter().filter(|s| !s.is_empty()).map(|s| s.chars().collect()));
                }
                HyphenationRule::Tex { patterns, exceptions: words } => {
                    all.iter_mut().last().into_iter().for_each(|l| l.extend(patterns));
                    exceptions.extend(words.iter().map(|word| {
                        let mut at = 0;
                        let mut places: Vec<usize> = Vec::new();
                        for part in &word.parts {
                            at += part.chars().count();
                            places.push(at);
                        }
                        places.pop();
                        (word.parts.concat().to_lowercase(), places)
                    }));
                }
                _ => {}
            }
        }
        exceptions.sort();
        let compound_minima = (
            if compound.0 == 0 { minima.0 } else { compound.0 },
            if compound.1 == 0 { minima.1 } else { compound.1 },
        );
        let levels = all.into_iter().filter(|l| !l.is_empty()).map(|l| Level::new(&l)).collect();
        Patterns { levels, exceptions, minima, compound_minima, no_hyphen }
    }

    /// Where the file's own minima let a hyphen stand.
    pub fn hyphens(&self, word: &str) -> Vec<Hyphen> {
        self.hyphens_within(word, self.minima.0, self.minima.1)
    }

    /// The parts of the word between its hyphens; changes of spelling are not made.
    pub fn parts<'w>(&self, word: &'w str) -> Vec<&'w str> {
        super::cut(word, &self.hyphens(word))
    }

    /// As [`Patterns::hyphens`], with at least `left` characters ahead of a hyphen and `right` behind it.
    pub fn hyphens_within(&self, word: &str, left: usize, right: usize) -> Vec<Hyphen> {
        let letters: Vec<char> =
            word.chars().take(LONGEST_WORD + 1).map(|c| c.to_lowercase().next().unwrap_or(c)).collect();
        if letters.len() < left.saturating_add(right) || letters.len() > LONGEST_WORD {
            return Vec::new();
        }
        let mut found: Vec<(usize, Changed<'_>)> = Vec::new();
        let exception = if self.exceptions.is_empty() {
            None
        } else {
            let lower: String = letters.iter().collect();
            self.exceptions
                .binary_search_by(|(word, _)| word.cmp(&lower))
                .ok()
                .map(|at| &self.exceptions[at].1)
        };
        match exception {
            Some(places) => found.extend(places.iter().map(|place| (*place, None))),
            None => self.at_level(0, &letters, 0, (left, right), &mut found),
        }
        found.sort_by_key(|(place, _)| *place);
        let mut bytes: Vec<usize> = word.char_indices().map(|(at, _)| at).collect();
        bytes.push(word.len());
        let byte = |place: usize| bytes.get(place).copied().unwrap_or(word.len());
        found
            .into_iter()
            .filter(|(place, _)| {
                *place >= left
                    && place.saturating_add(right) <= letters.len()
                    && !self.beside(&letters, *place)
            })
            .map(|(place, change)| Hyphen {
                at: byte(place),
                change: change.map(|(start, end, before, after)| Change {
                    start: byte(start),
                    end: byte(end),
                    before: before.to_owned(),
                    after: after.to_owned(),
                }),
            })
            .collect()
    }

    /// Whether NOHYPHEN forbids a hyphen at `place`.
    fn beside(&self, letters: &[char], place: usize) -> bool {
        let (before, after) = letters.split_at(place);
        self.no_hyphen.iter().any(|s| before.ends_with(s) || after.starts_with(s))
    }

    /// The hyphens of `letters`, which begin at `offset` of the word, by the patterns of `level` and the next ones.
    fn at_level<'a>(
        &'a self,
        level: usize,
        letters: &[char],
        offset: usize,
        minima: (usize, usize),
        out: &mut Vec<(usize, Changed<'a>)>,
    ) {
        let Some(patterns) = self.levels.get(level) else { return };
        let length = letters.len();
        let mut places: Vec<usize> = Vec::new();
        for (place, change) in patterns.matches(letters) {
            if place >= minima.0.max(1) && place.saturating_add(minima.1.max(1)) <= length {
                let change =
                    change.map(|(start, end, before, after)| (start + offset, end + offset, before, after));
                out.push((place + offset, change));
                places.push(place);
            }
        }
        if level + 1 < self.levels.len() {
            places.push(length);
            let mut start = 0;
            for end in places {
                let left = if start == 0 { minima.0 } else { self.compound_minima.0 };
                let right = if end == length { minima.1 } else { self.compound_minima.1 };
                self.at_level(level + 1, &letters[start..end], start + offset, (left, right), out);
                start = end;
            }
        }
    }
}

impl Level {
    fn new(patterns: &[&Pattern]) -> Level {
        let mut rows: Vec<(Vec<char>, Compiled)> = patterns
            .iter()
            .map(|p| (p.letters.to_lowercase().chars().collect::<Vec<char>>(), *p))
            .filter(|(key, p)| key.len() <= LONGEST_PATTERN && key.len() + 1 == p.values.len())
            .map(|(key, p)| {
                let compiled = Compiled::new(p, key.len());
                (key, compiled)
            })
            .collect();
        rows.sort_by(|a, b| a.0.cmp(&b.0));
        // Of two patterns with the same letters the last one counts, as in libhyphen.
        let mut keys: Vec<Vec<char>> = Vec::with_capacity(rows.len());
        let mut values: Vec<Compiled> = Vec::with_capacity(rows.len());
        for (key, value) in rows {
            if keys.last() == Some(&key) {
                values.pop();
                values.push(value);
            } else {
                keys.push(key);
                values.push(value);
            }
        }
        let mut nodes = vec![Node { first: 0, count: 0, pattern: NONE }];
        let mut labels = vec!['\0'];
        let mut queue = std::collections::VecDeque::from([(0usize, 0usize, keys.len(), 0usize)]);
        while let Some((node, mut low, high, depth)) = queue.pop_front() {
            if low < high && keys[low].len() == depth {
                nodes[node].pattern = low as u32;
                low += 1;
            }
            nodes[node].first = nodes.len() as u32;
            while low < high {
                let label = keys[low][depth];
                let end = low + keys[low..high].partition_point(|k| k[depth] <= label);
                nodes[node].count += 1;
                queue.push_back((nodes.len(), low, end, depth + 1));
                nodes.push(Node { first: 0, count: 0, pattern: NONE });
                labels.push(label);
                low = end;
            }
        }
        Level { nodes, labels, patterns: values }
    }

    fn step(&self, node: u32, c: char) -> Option<u32> {
        let Node { first, count, .. } = *self.nodes.get(node as usize)?;
        let labels = self.labels.get(first as usize..first as usize + count as usize)?;
        let at = if labels.len() <= 8 {
            labels.iter().position(|label| *label == c)?
        } else {
            labels.binary_search(&c).ok()?
        };
        Some(first + at as u32)
    }

    /// The places with an odd level, in rising order, and the change of spelling there.
    fn matches(&self, letters: &[char]) -> Vec<(usize, Changed<'_>)> {
        // Digits are edges, as in libhyphen.
        let dotted: Vec<char> = std::iter::once('.')
            .chain(letters.iter().map(|c| if c.is_ascii_digit() { '.' } else { *c }))
            .chain(std::iter::once('.'))
            .collect();
        let mut levels = vec![0u8; dotted.len() + 1];
        let mut changes: Vec<(usize, u8, usize, &Compiled)> = Vec::new();
        for start in 0..dotted.len() {
            let mut node = 0;
            for c in &dotted[start..] {
                let Some(next) = self.step(node, *c) else { break };
                node = next;
                let pattern = self.nodes[node as usize].pattern;
                let Some(pattern) = self.patterns.get(pattern as usize) else { continue };
                for (i, value) in pattern.values.iter().enumerate() {
                    let slot = &mut levels[start + pattern.offset + i];
                    *slot = (*slot).max(*value);
                }
                if let Some(Spelling { hyphen, .. }) = &pattern.change {
                    let value = pattern.values.get(hyphen.wrapping_sub(pattern.offset)).copied().unwrap_or(0);
                    changes.push((start + hyphen, value, start, pattern));
                }
            }
        }
        (1..letters.len())
            .filter(|place| levels[place + 1] % 2 == 1)
            .map(|place| {
                let level = levels[place + 1];
                let change = changes.iter().find(|(at, value, ..)| *at == place + 1 && *value == level);
                let change = change.and_then(|(_, _, start, pattern)| {
                    let Spelling { start: from, cut, before, after, .. } = pattern.change.as_ref()?;
                    let first = (start + from).checked_sub(1)?;
                    (first + cut <= letters.len()).then_some((
                        first,
                        first + cut,
                        before.as_str(),
                        after.as_str(),
                    ))
                });
                (place, change)
            })
            .collect()
    }
}

impl Compiled {
    fn new(pattern: &Pattern, length: usize) -> Compiled {
        let values = &pattern.values;
        let first = values.iter().position(|v| *v > 0).unwrap_or(0);
        let last = values.iter().rposition(|v| *v > 0).map_or(0, |at| at + 1);
        let values = values.get(first..last).unwrap_or_default().to_vec();
        let change = pattern.replacement.as_ref().and_then(|r| {
            let (before, after) = r.text.split_once('=')?;
            let (start, cut) = r.span.map_or((1, length), |(s, c)| (s as usize, c as usize));
            let start = start.checked_sub(1)?;
            if start + cut > length {
                return None;
            }
            // The hyphen's place is the odd level inside what is replaced.
            let hyphen =
                (start..=start + cut).find(|at| pattern.values.get(*at).is_some_and(|v| v % 2 == 1))?;
            Some(Spelling { hyphen, start, cut, before: before.to_owned(), after: after.to_owned() })
        });
        Compiled { offset: first, values, change }
    }
}
