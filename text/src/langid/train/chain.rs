//! Words made up from character n-gram statistics.

use super::Random;
use std::collections::HashMap;

const ORDER: usize = 5;

/// The chain of a language: how often each n-gram is met, at a word's start and anywhere.
pub(super) struct Chain {
    /// By length less one: n-grams with their count at the start of a word, sorted.
    starts: [Vec<(String, f64)>; ORDER - 1],
    /// 4-grams and 5-grams with their counts, sorted.
    contexts: Vec<(String, f64)>,
    longest: Vec<(String, f64)>,
}

impl Chain {
    /// From frequencies of n-grams given their first n − 1 letters, where the rarest letter was met once.
    pub(super) fn new(grams: &[(String, f64)]) -> Option<Chain> {
        let mut by_length: [Vec<(String, f64)>; ORDER] = Default::default();
        for (gram, frequency) in grams {
            if let Some(list) = gram.chars().count().checked_sub(1).and_then(|n| by_length.get_mut(n)) {
                list.push((gram.clone(), *frequency));
            }
        }
        let rarest = by_length[0].iter().map(|(_, f)| *f).fold(1.0, f64::min);
        let mut before: HashMap<String, f64> = HashMap::from([(String::new(), 1.0 / rarest)]);
        for list in &mut by_length {
            list.sort_by(|a, b| a.0.cmp(&b.0));
            let mut counts = HashMap::new();
            for (gram, value) in list.iter_mut() {
                let cut = gram.char_indices().next_back().map_or(0, |(at, _)| at);
                *value = (*value * before.get(&gram[..cut]).copied().unwrap_or(0.0)).round();
                counts.insert(gram.clone(), *value);
            }
            before = counts;
        }
        let mut starts: [Vec<(String, f64)>; ORDER - 1] = Default::default();
        for n in 0..ORDER - 1 {
            let mut inside: HashMap<&str, f64> = HashMap::new();
            for (gram, count) in &by_length[n + 1] {
                let cut = gram.chars().next().map_or(0, char::len_utf8);
                *inside.entry(&gram[cut..]).or_default() += count;
            }
            starts[n] = by_length[n]
                .iter()
                .map(|(gram, count)| {
                    (gram.clone(), (count - inside.get(gram.as_str()).unwrap_or(&0.0)).max(0.0))
                })
                .filter(|(_, count)| *count > 0.5)
                .collect();
        }
        let [_, _, _, contexts, longest] = by_length;
        (!starts[0].is_empty()).then_some(Chain { starts, contexts, longest })
    }

    /// One word of at most 30 letters.
    pub(super) fn word(&self, random: &mut Random) -> String {
        let mut word = String::new();
        let mut letters = 0;
        while letters < 30 {
            let (prefix, total, next) = match letters {
                0 => ("", 0.0, &self.starts[0]),
                1..ORDER => {
                    let total = count(&self.starts[letters - 1], &word);
                    match self.starts.get(letters) {
                        Some(next) => (word.as_str(), total, next),
                        None => (word.as_str(), count(&self.contexts, &word), &self.longest),
                    }
                }
                _ => {
                    let cut = word.char_indices().rev().nth(ORDER - 2).map_or(0, |(at, _)| at);
                    (&word[cut..], count(&self.contexts, &word[cut..]), &self.longest)
                }
            };
            let from = next.partition_point(|(gram, _)| gram.as_str() < prefix);
            let choices = next[from..].iter().take_while(|(gram, _)| gram.starts_with(prefix));
            let sum: f64 = choices.clone().map(|(_, count)| count).sum();
            let mut at = random.unit() * sum.max(total);
            let Some(letter) = choices
                .into_iter()
                .find(|(_, count)| {
                    at -= count;
                    at < 0.0
                })
                .and_then(|(gram, _)| gram.chars().next_back())
            else {
                break;
            };
            word.push(letter);
            letters += 1;
        }
        word
    }
}

fn count(list: &[(String, f64)], gram: &str) -> f64 {
    list.binary_search_by(|(g, _)| g.as_str().cmp(gram)).map_or(0.0, |at| list[at].1)
}
