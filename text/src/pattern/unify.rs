//! Agreement: words that share a value of each feature.

use super::compile::CompiledPattern;
use super::matcher::{Found, View};

/// Whether the words of each block agree, or with `negate` do not.
pub(super) fn agrees(view: &View<'_>, pattern: &CompiledPattern, found: &Found) -> bool {
    pattern.unify.iter().enumerate().all(|(number, block)| {
        let words = words_of(pattern, found, number);
        let agree = block.values.iter().any(|value| {
            words.iter().all(|(element, at)| !readings(view, pattern, *element, *at, value).is_empty())
        });
        agree != block.negate
    })
}

/// The words of a block, each with its element.
fn words_of(pattern: &CompiledPattern, found: &Found, number: usize) -> Vec<(usize, usize)> {
    let spans = found.spans.iter().enumerate();
    let own = spans.filter(|(k, _)| pattern.elements.get(*k).is_some_and(|e| e.unify == Some(number)));
    own.filter_map(|(k, span)| span.map(|(first, last)| (first..=last).map(move |at| (k, at))))
        .flatten()
        .collect()
}

/// The readings of a word that pass its element's tests and have the value.
fn readings(
    view: &View<'_>,
    pattern: &CompiledPattern,
    element: usize,
    at: usize,
    value: &[super::compile::CompiledTest],
) -> Vec<usize> {
    let Some(element) = pattern.elements.get(element) else { return Vec::new() };
    let count = view.words.get(at).map_or(0, |w| w.readings.len());
    let fits = |reading: usize| {
        let mut tests = element.tests.iter().map(|a| view.reading(&a.test, at, reading));
        let own = if element.any { tests.any(|t| t) } else { tests.all(|t| t) };
        own && value.iter().all(|test| view.reading(test, at, reading))
    };
    (0..count).filter(|reading| fits(*reading)).collect()
}

/// For `action="unify"`: the readings that are part of some agreement, by word.
pub(super) fn agreeing(
    view: &View<'_>,
    pattern: &CompiledPattern,
    found: &Found,
) -> Vec<(usize, Vec<usize>)> {
    let mut out = Vec::new();
    for (number, block) in pattern.unify.iter().enumerate() {
        let words = words_of(pattern, found, number);
        let mut kept: Vec<Vec<usize>> = vec![Vec::new(); words.len()];
        for value in &block.values {
            let each: Vec<Vec<usize>> =
                words.iter().map(|(element, at)| readings(view, pattern, *element, *at, value)).collect();
            if each.iter().all(|r| !r.is_empty()) {
                for (all, some) in kept.iter_mut().zip(each) {
                    all.extend(some);
                }
            }
        }
        for ((_, at), mut readings) in words.into_iter().zip(kept) {
            readings.sort_unstable();
            readings.dedup();
            out.push((at, readings));
        }
    }
    out
}
