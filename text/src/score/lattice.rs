//! Texts with several readings as graphs, and the two paths through two of them that differ least.

use std::collections::HashMap;
use std::ops::Range;

use super::equivalence::{Alternative, AlternativeError, PathToken, Reading, Unit};

/// More cells are not filled: 8 bytes each.
const CELLS: usize = 4 << 20;
/// Combinations of the readings of one word that are tried.
const COMBINATIONS: usize = 1024;

/// A text's tokens, and what may stand in place of runs of them.
pub(super) struct Lattice {
    tokens: Vec<(String, Range<usize>)>,
    /// By first token, then in the order given.
    variants: Vec<Variant>,
    /// Whether a variant spans the place before a token.
    spanned: Vec<bool>,
}

struct Variant {
    tokens: Range<usize>,
    range: Range<usize>,
    words: Vec<String>,
    readings: Vec<Reading>,
}

impl Lattice {
    pub(super) fn new(
        text: &str,
        alternatives: &[Alternative],
        unit: Unit,
        side: &'static str,
    ) -> Result<Lattice, AlternativeError> {
        let ranges = unit.ranges(text);
        let mut spans = Vec::with_capacity(alternatives.len());
        for (index, alternative) in alternatives.iter().enumerate() {
            let Range { start, end } = alternative.range.clone();
            let first = ranges.partition_point(|range| range.end <= start);
            let past = ranges.partition_point(|range| range.start < end);
            if text.get(start..end).is_none() || first >= past {
                return Err(AlternativeError { side, index, start, end });
            }
            spans.push((first..past, index));
        }
        spans.sort_by_key(|(_, index)| {
            (alternatives[*index].range.start, alternatives[*index].range.end, *index)
        });
        let mut variants = Vec::new();
        let mut rest = spans.as_slice();
        while let Some((head, _)) = rest.first() {
            // Alternatives that share tokens, if only by way of others.
            let mut end = head.end;
            let count = rest
                .iter()
                .take_while(|(tokens, _)| {
                    let shares = tokens.start < end;
                    end = if shares { end.max(tokens.end) } else { end };
                    shares
                })
                .count();
            let (group, others) = rest.split_at(count);
            let mut combine =
                Combine { text, ranges: &ranges, alternatives, unit, chosen: Vec::new(), out: Vec::new() };
            combine.go(group);
            variants.append(&mut combine.out);
            rest = others;
        }
        variants.sort_by_key(|variant| variant.tokens.start);
        let mut spanned = vec![false; ranges.len() + 1];
        for variant in &variants {
            spanned[variant.tokens.start + 1..variant.tokens.end].fill(true);
        }
        let tokens = ranges.into_iter().map(|range| (text[range.clone()].to_owned(), range)).collect();
        Ok(Lattice { tokens, variants, spanned })
    }

    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    pub(super) fn written(&self) -> Vec<&str> {
        self.tokens.iter().map(|(text, _)| text.as_str()).collect()
    }

    pub(super) fn is_spanned(&self, token: usize) -> bool {
        self.spanned.get(token).copied().unwrap_or(false)
    }

    pub(super) fn has_variants(&self, tokens: &Range<usize>) -> bool {
        !self.variants_in(tokens).is_empty()
    }

    fn variants_in(&self, tokens: &Range<usize>) -> &[Variant] {
        let first = self.variants.partition_point(|variant| variant.tokens.start < tokens.start);
        let past = self.variants.partition_point(|variant| variant.tokens.start < tokens.end);
        &self.variants[first..past]
    }

    pub(super) fn as_written(&self, tokens: Range<usize>) -> impl Iterator<Item = PathToken> {
        let token = |(text, range): &(String, Range<usize>)| PathToken {
            text: text.clone(),
            range: range.clone(),
            readings: Vec::new(),
        };
        self.tokens[tokens].iter().map(token)
    }

    fn nodes(&self, tokens: &Range<usize>) -> usize {
        let inner = |variant: &Variant| variant.words.len().saturating_sub(1);
        tokens.len() + 1 + self.variants_in(tokens).iter().map(inner).sum::<usize>()
    }
}

/// Whether the table for two parts is small enough.
pub(super) fn fits(a: &Lattice, of_a: &Range<usize>, b: &Lattice, of_b: &Range<usize>) -> bool {
    a.nodes(of_a).saturating_mul(b.nodes(of_b)) <= CELLS
}

/// Makes a variant of each combination of readings that do not overlap.
struct Combine<'a> {
    text: &'a str,
    ranges: &'a [Range<usize>],
    alternatives: &'a [Alternative],
    unit: Unit,
    chosen: Vec<(Range<usize>, Reading)>,
    out: Vec<Variant>,
}

impl Combine<'_> {
    /// Goes through the group in order of first tokens. One that is alone in it never combines.
    fn go(&mut self, group: &[(Range<usize>, usize)]) {
        // Each alone first, so that a limit on combinations never loses a reading.
        for (tokens, alternative) in group {
            for reading in 0..self.alternatives[*alternative].readings.len() {
                self.chosen.push((tokens.clone(), Reading { alternative: *alternative, reading }));
                self.push();
                self.chosen.pop();
            }
        }
        let mut budget = COMBINATIONS;
        for (index, _) in group.iter().enumerate() {
            self.extend(&group[index..], &mut budget);
        }
    }

    /// Takes each reading of the first of the group, and goes on with those after it.
    fn extend(&mut self, group: &[(Range<usize>, usize)], budget: &mut usize) {
        let Some(((tokens, alternative), rest)) = group.split_first() else { return };
        let Some(left) = budget.checked_sub(1) else { return };
        *budget = left;
        let range = &self.alternatives[*alternative].range;
        // In the same word, and not overlapping. Others meet in the graph.
        let fits = self.chosen.last().is_none_or(|(last, reading)| {
            tokens.start < last.end && self.alternatives[reading.alternative].range.end <= range.start
        });
        if !fits {
            return;
        }
        for reading in 0..self.alternatives[*alternative].readings.len() {
            self.chosen.push((tokens.clone(), Reading { alternative: *alternative, reading }));
            if self.chosen.len() > 1 {
                self.push();
            }
            for index in 0..rest.len().min(*budget) {
                self.extend(&rest[index..], budget);
            }
            self.chosen.pop();
        }
    }

    fn push(&mut self) {
        let (Some((first, _)), Some((last, _))) = (self.chosen.first(), self.chosen.last()) else { return };
        let tokens = first.start..last.end;
        let range = self.ranges[tokens.start].start..self.ranges[tokens.end - 1].end;
        let (mut read, mut at) = (String::new(), range.start);
        for (_, Reading { alternative, reading }) in &self.chosen {
            let Alternative { range, readings } = &self.alternatives[*alternative];
            read.push_str(&self.text[at.min(range.start)..range.start]);
            read.push_str(&readings[*reading]);
            at = range.end;
        }
        read.push_str(self.text.get(at..range.end).unwrap_or_default());
        let words = self.unit.ranges(&read).into_iter().map(|word| read[word].to_owned()).collect();
        let readings = self.chosen.iter().map(|(_, reading)| *reading).collect();
        self.out.push(Variant { tokens, range, words, readings });
    }
}

/// An edge into a node.
#[derive(Clone, Copy)]
struct Edge {
    from: u32,
    /// `None` for the edge of an empty reading.
    token: Option<u32>,
    /// Readings that begin with this edge.
    readings: u32,
    /// Where the token is: a token of the text, or a variant and one of its words.
    place: Place,
}

#[derive(Clone, Copy)]
enum Place {
    Token(usize),
    Word(usize, usize),
}

/// A lattice's part as edges by node; nodes are in an order that every edge follows.
struct Graph(Vec<Vec<Edge>>);

fn graph<'a>(lattice: &'a Lattice, tokens: &Range<usize>, ids: &mut HashMap<&'a str, u32>) -> Graph {
    let mut number = |text: &'a str| {
        let next = ids.len() as u32;
        *ids.entry(text).or_insert(next)
    };
    let variants = lattice.variants_in(tokens);
    let first_variant = lattice.variants.partition_point(|variant| variant.tokens.start < tokens.start);
    // Nodes inside a variant follow the node it starts at.
    let mut boundary = Vec::with_capacity(tokens.len() + 1);
    let mut inner = Vec::with_capacity(variants.len());
    let (mut next, mut of) = (0u32, variants.iter().peekable());
    for token in tokens.start..=tokens.end {
        boundary.push(next);
        next += 1;
        while let Some(variant) = of.next_if(|variant| variant.tokens.start == token) {
            inner.push(next);
            next += variant.words.len().saturating_sub(1) as u32;
        }
    }
    let mut into = vec![Vec::new(); next as usize];
    for (at, (text, _)) in lattice.tokens[tokens.clone()].iter().enumerate() {
        let place = Place::Token(tokens.start + at);
        into[boundary[at + 1] as usize].push(Edge {
            from: boundary[at],
            token: Some(number(text)),
            readings: 0,
            place,
        });
    }
    for (index, (variant, inner)) in variants.iter().zip(inner).enumerate() {
        let mut from = boundary[variant.tokens.start - tokens.start];
        let end = boundary[variant.tokens.end - tokens.start];
        let mut readings = variant.readings.len() as u32;
        for word in 0..variant.words.len().max(1) {
            let to = if word + 1 < variant.words.len() { inner + word as u32 } else { end };
            let token = variant.words.get(word).map(|text| number(text));
            let place = Place::Word(first_variant + index, word);
            into[to as usize].push(Edge { from, token, readings, place });
            (from, readings) = (to, 0);
        }
    }
    Graph(into)
}

/// An error; a reading in the reference; a reading in the hypothesis.
const COSTS: [u64; 3] = [1 << 42, 1 << 21, 1];

/// The two paths with the fewest errors; then the fewest readings in `a`, then in `b`.
pub(super) fn best_paths(
    a: &Lattice,
    of_a: Range<usize>,
    b: &Lattice,
    of_b: Range<usize>,
) -> (Vec<PathToken>, Vec<PathToken>) {
    let mut ids = HashMap::new();
    let (left, right) = (graph(a, &of_a, &mut ids), graph(b, &of_b, &mut ids));
    let width = right.0.len();
    let mut table = vec![u64::MAX; left.0.len() * width];
    for u in 0..left.0.len() {
        for v in 0..width {
            let best = steps(&left, &right, u, v)
                .map(|step| table[step.from.0 * width + step.from.1] + step.cost)
                .min();
            table[u * width + v] = best.unwrap_or(0);
        }
    }
    let (mut of_left, mut of_right) = (Vec::new(), Vec::new());
    let (mut u, mut v) = (left.0.len() - 1, width - 1);
    while (u, v) != (0, 0) {
        let here = table[u * width + v];
        let Some(step) = steps(&left, &right, u, v)
            .find(|step| table[step.from.0 * width + step.from.1] + step.cost == here)
        else {
            break;
        };
        of_left.extend(step.left.and_then(|edge| path_token(a, edge)));
        of_right.extend(step.right.and_then(|edge| path_token(b, edge)));
        (u, v) = step.from;
    }
    of_left.reverse();
    of_right.reverse();
    (of_left, of_right)
}

struct Step<'g> {
    from: (usize, usize),
    cost: u64,
    left: Option<&'g Edge>,
    right: Option<&'g Edge>,
}

/// All ways into a pair of nodes.
fn steps<'g>(left: &'g Graph, right: &'g Graph, u: usize, v: usize) -> impl Iterator<Item = Step<'g>> {
    let [error, ours, theirs] = COSTS;
    let reads = move |a: Option<&Edge>, b: Option<&Edge>| {
        a.map_or(0, |edge| u64::from(edge.readings) * ours)
            + b.map_or(0, |edge| u64::from(edge.readings) * theirs)
    };
    let pairs = left.0[u].iter().flat_map(move |a| right.0[v].iter().map(move |b| (a, b)));
    let both = pairs.filter_map(move |(a, b)| {
        let (x, y) = (a.token?, b.token?);
        let cost = reads(Some(a), Some(b)) + if x == y { 0 } else { error };
        Some(Step { from: (a.from as usize, b.from as usize), cost, left: Some(a), right: Some(b) })
    });
    let deleted = left.0[u].iter().map(move |a| {
        let cost = reads(Some(a), None) + if a.token.is_some() { error } else { 0 };
        Step { from: (a.from as usize, v), cost, left: Some(a), right: None }
    });
    let inserted = right.0[v].iter().map(move |b| {
        let cost = reads(None, Some(b)) + if b.token.is_some() { error } else { 0 };
        Step { from: (u, b.from as usize), cost, left: None, right: Some(b) }
    });
    both.chain(deleted).chain(inserted)
}

fn path_token(lattice: &Lattice, edge: &Edge) -> Option<PathToken> {
    edge.token?;
    match edge.place {
        Place::Token(at) => lattice.as_written(at..at + 1).next(),
        Place::Word(variant, word) => {
            let variant = lattice.variants.get(variant)?;
            let text = variant.words.get(word)?.clone();
            Some(PathToken { text, range: variant.range.clone(), readings: variant.readings.clone() })
        }
    }
}
