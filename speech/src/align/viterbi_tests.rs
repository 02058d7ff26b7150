//! The search against all paths, tried one by one.

use super::graph::{Chain, Graph, Jump, Role, State};
use super::math::Normal;
use super::simd::{BLOCK, Lane};
use super::viterbi::{Scorer, viterbi};

struct Table<'a> {
    scores: &'a [Vec<f32>],
}

impl Scorer for Table<'_> {
    fn score(&mut self, block: usize, pdf: u32, out: &mut Lane) {
        for (lane, slot) in out.iter_mut().enumerate() {
            *slot = self.scores.get(block * BLOCK + lane).map_or(0.0, |row| row[pdf as usize]);
        }
    }
}

/// A graph of random chains and jumps between nodes in a row.
fn drawn(normal: &mut Normal) -> Graph {
    let mut pick = |n: usize| (normal.next().abs() * 1e6) as usize % n;
    let nodes = 2 + pick(4) as u32;
    let mut graph = Graph { nodes, ..Graph::default() };
    for from in 0..nodes - 1 {
        for variant in 0..1 + pick(3) {
            let first = graph.states.len() as u32;
            let len = 1 + pick(3) as u32;
            for _ in 0..len {
                let (stay, leave) = (-(pick(30) as f32) / 10.0, -(pick(30) as f32) / 10.0);
                let pdf = pick(6) as u32;
                graph.states.push(State { pdf, phone: 1, position: 0, index: 0, stay, leave });
            }
            // Some chains pass over a node.
            let to = (from + 1 + pick(2) as u32).min(nodes - 1);
            let role = Role::Word { word: from, variant: variant as u16 };
            graph.chains.push(Chain { role, from, to, first, len, cost: pick(20) as f32 / 10.0 });
        }
        if pick(2) == 0 {
            graph.jumps.push(Jump { from, to: from + 1, cost: pick(40) as f32 / 10.0 });
        }
    }
    graph
}

/// The best score from a node to the end, by trying everything.
fn best_from(graph: &Graph, scores: &[Vec<f32>], node: u32, t: usize) -> f64 {
    let mut best = f64::NEG_INFINITY;
    if node == graph.nodes - 1 && t == scores.len() {
        best = 0.0;
    }
    for jump in graph.jumps.iter().filter(|j| j.from == node) {
        best = best.max(best_from(graph, scores, jump.to, t) - f64::from(jump.cost));
    }
    for chain in graph.chains.iter().filter(|c| c.from == node) {
        best = best.max(best_in(graph, scores, chain, chain.first, t) - f64::from(chain.cost));
    }
    best
}

fn best_in(graph: &Graph, scores: &[Vec<f32>], chain: &Chain, s: u32, t: usize) -> f64 {
    if t >= scores.len() {
        return f64::NEG_INFINITY;
    }
    let state = graph.states[s as usize];
    let emitted = f64::from(scores[t][state.pdf as usize]);
    let stay = f64::from(state.stay) + best_in(graph, scores, chain, s, t + 1);
    let next = if s + 1 == chain.first + chain.len {
        best_from(graph, scores, chain.to, t + 1)
    } else {
        best_in(graph, scores, chain, s + 1, t + 1)
    };
    emitted + stay.max(f64::from(state.leave) + next)
}

#[test]
fn the_exact_search_equals_brute_force_on_random_graphs() {
    let mut normal = Normal::new(11);
    let (mut found, mut none) = (0, 0);
    for case in 0..400 {
        let graph = drawn(&mut normal);
        let frames = 1 + case % 9;
        let scores: Vec<Vec<f32>> =
            (0..frames).map(|_| (0..6).map(|_| (normal.next() * 3.0) as f32).collect()).collect();
        let want = best_from(&graph, &scores, 0, 0);
        for beam in [f32::INFINITY, 1e6] {
            match viterbi(&graph, frames, beam, 0.0, &mut Table { scores: &scores }) {
                Ok(path) => {
                    assert!((path.total - want).abs() < 1e-3, "case {case}: {} {want}", path.total);
                    assert_eq!(path.frames.len(), frames);
                    found += 1;
                }
                Err(_) => {
                    assert_eq!(want, f64::NEG_INFINITY, "case {case}");
                    none += 1;
                }
            }
        }
    }
    assert!(found > 200 && none > 20, "{found} {none}");
}

#[test]
fn a_long_search_keeps_its_total_and_a_beam_can_lose_the_path_but_not_panic() {
    let mut normal = Normal::new(5);
    let mut graph = Graph::new();
    for word in 0..40u32 {
        let first = graph.states.len() as u32;
        for _ in 0..6 {
            let pdf = (normal.next().abs() * 1e6) as u32 % 6;
            graph.states.push(State { pdf, phone: 1, position: 0, index: 0, stay: -0.3, leave: -1.4 });
        }
        let role = Role::Word { word, variant: 0 };
        graph.chains.push(Chain { role, from: word, to: word + 1, first, len: 6, cost: 0.0 });
        graph.nodes += 1;
    }
    let scores: Vec<Vec<f32>> =
        (0..500).map(|_| (0..6).map(|_| -60.0 + (normal.next() * 5.0) as f32).collect()).collect();
    let exact = viterbi(&graph, 500, f32::INFINITY, 0.0, &mut Table { scores: &scores }).unwrap();
    let mut total = 0f64;
    for (t, (_, s)) in exact.frames.iter().enumerate() {
        let state = graph.states[*s as usize];
        let stays = exact.frames.get(t + 1).is_some_and(|(_, next)| next == s);
        total += f64::from(scores[t][state.pdf as usize])
            + f64::from(if stays { state.stay } else { state.leave });
    }
    assert!((total - exact.total).abs() < 0.05, "{total} {}", exact.total);
    for beam in [0.0, 1.0, 10.0, 100.0, 1000.0] {
        if let Ok(path) = viterbi(&graph, 500, beam, 0.0, &mut Table { scores: &scores }) {
            assert!(path.total <= exact.total + 0.05);
        }
    }
}
