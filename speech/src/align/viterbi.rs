//! The best path through a graph: exact, or within a beam.

use super::Error;
use super::graph::Graph;
use super::simd::{BLOCK, Lane};

/// Log-likelihoods block by block of 32 frames.
pub(crate) trait Scorer {
    /// Fills `out` with the log-likelihoods of `pdf` for the frames of block `block`.
    fn score(&mut self, block: usize, pdf: u32, out: &mut Lane);
}

/// For every frame its state, and the path's log-likelihood.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Path {
    /// (chain, state) for each frame.
    pub(crate) frames: Vec<(u32, u32)>,
    pub(crate) total: f64,
}

const NEVER: f32 = -1e30;

/// Back pointers: a bit a state within the band (stay or come from before), an index a node.
#[derive(Default)]
struct Back {
    bits: Vec<u8>,
    /// (offset into `bits`, first state; a multiple of 8)
    rows: Vec<(usize, u32)>,
    nodes: Vec<u32>,
    /// (offset into `nodes`, first node)
    node_rows: Vec<(usize, u32)>,
}

const JUMP: u32 = 1 << 31;

/// Runs Viterbi over `frames` frames. `beam` in log-likelihood; infinite for the exact search.
pub(crate) fn viterbi(
    graph: &Graph,
    frames: usize,
    beam: f32,
    silence_boost: f32,
    scorer: &mut dyn Scorer,
) -> Result<Path, Error> {
    let states = graph.states.len();
    let nodes = graph.nodes as usize;
    if frames == 0 || states == 0 {
        return Err(Error::TooShort { frames, needed: graph.least_frames().max(1) });
    }
    let padded = states.div_ceil(8) * 8;
    // Local index of each pdf, so that a block of scores is small and dense.
    let mut distinct: Vec<u32> = graph.states.iter().map(|s| s.pdf).collect();
    distinct.sort_unstable();
    distinct.dedup();
    let local: Vec<u32> =
        graph.states.iter().map(|s| distinct.binary_search(&s.pdf).unwrap_or(0) as u32).collect();
    let stay: Vec<f32> =
        graph.states.iter().map(|s| s.stay).chain(std::iter::repeat_n(0.0, padded - states)).collect();
    let leave: Vec<f32> = graph.states.iter().map(|s| s.leave).collect();
    let boost: Vec<f32> =
        graph.states.iter().map(|s| if s.phone == super::SILENCE { silence_boost } else { 0.0 }).collect();
    let mut first_chain = vec![graph.chains.len() as u32; nodes + 1];
    for (index, chain) in graph.chains.iter().enumerate().rev() {
        first_chain[chain.from as usize] = index as u32;
    }
    for node in (0..nodes).rev() {
        first_chain[node] = first_chain[node].min(first_chain[node + 1]);
    }
    let mut chain_of = vec![0u32; states];
    for (index, chain) in graph.chains.iter().enumerate() {
        chain_of[chain.first as usize..(chain.first + chain.len) as usize].fill(index as u32);
    }
    let mut first_jump = vec![graph.jumps.len() as u32; nodes + 1];
    for (index, jump) in graph.jumps.iter().enumerate().rev() {
        first_jump[jump.to as usize] = index as u32;
    }
    for node in (0..nodes).rev() {
        first_jump[node] = first_jump[node].min(first_jump[node + 1]);
    }

    let mut scores = vec![[0f32; BLOCK]; distinct.len()];
    let mut scored = vec![usize::MAX; distinct.len()];
    // `score[s + 1]` is state s; `score[0]` stays impossible.
    let mut score = vec![NEVER; padded + 1];
    let mut arriving = vec![NEVER; padded];
    let mut emitted = vec![0f32; padded];
    let mut moved = vec![0u8; padded];
    let mut node_score = vec![NEVER; nodes];
    let mut node_back = vec![u32::MAX; nodes];
    let mut back = Back::default();
    back.rows.reserve(frames);
    let mut removed = 0f64;

    // Nodes before the first frame.
    node_score[0] = 0.0;
    let (mut node_low, mut node_high) = (0usize, 1usize);
    while node_high < nodes {
        if !relax_jumps(graph, &first_jump, node_high, &mut node_score, &mut node_back) {
            break;
        }
        node_high += 1;
    }
    back.node_rows.push((0, 0));
    back.nodes.extend_from_slice(&node_back[..node_high]);

    let (mut low, mut high) = (0usize, 0usize);
    for t in 0..frames {
        let (block, lane) = (t / BLOCK, t % BLOCK);
        // The band grows by one state and by the chains that leave reached nodes.
        let mut grown = if high > low { (high + 1).min(states) } else { 0 };
        let from = first_chain[node_low] as usize;
        let to = first_chain[node_high] as usize;
        if from < to {
            let entered = graph.chains[to - 1].first as usize + 1;
            let least = graph.chains[from].first as usize;
            grown = grown.max(entered);
            low = if high > low { low.min(least) } else { least };
        }
        high = grown;
        low -= low % 8;
        if high <= low {
            return Err(Error::NoPath);
        }
        for s in low..high {
            let l = local[s] as usize;
            if scored[l] != block {
                scorer.score(block, distinct[l], &mut scores[l]);
                scored[l] = block;
            }
            emitted[s] = scores[l][lane] + boost[s];
        }
        for s in low..high {
            arriving[s] = if s == 0 { NEVER } else { score[s] + leave[s - 1] };
        }
        // Chains whose first state is in the band; the node decides what comes in.
        let chains = chain_of[low] as usize..=chain_of[high - 1] as usize;
        for chain in &graph.chains[chains.clone()] {
            let s = chain.first as usize;
            if s >= low && s < high {
                arriving[s] = node_score[chain.from as usize] - chain.cost;
            }
        }
        let end = high.div_ceil(8) * 8;
        arriving[high..end].fill(NEVER);
        step(
            &mut score[low + 1..end + 1],
            &stay[low..end],
            &arriving[low..end],
            &emitted[low..end],
            &mut moved[low..end],
        );
        back.rows.push((back.bits.len(), low as u32));
        back.bits.extend(
            moved[low..end]
                .chunks_exact(8)
                .map(|m| m.iter().enumerate().fold(0u8, |bits, (i, v)| bits | (v << i))),
        );
        let best = score[low + 1..high + 1].iter().fold(NEVER, |m, v| if *v > m { *v } else { m });
        if best <= NEVER * 0.5 {
            return Err(Error::NoPath);
        }
        // Narrow the band.
        let threshold = if beam.is_finite() { best - beam } else { NEVER * 0.5 };
        while high > low && score[high] < threshold {
            score[high] = NEVER;
            high -= 1;
        }
        let mut cut = low;
        while cut < high && score[cut + 1] < threshold {
            cut += 1;
        }
        let cut = cut - cut % 8;
        score[low + 1..cut + 1].fill(NEVER);
        low = cut;
        // Nodes reached by the ends of chains, then by jumps.
        node_score[node_low..node_high].fill(NEVER);
        let (first, last) = (chain_of[low] as usize, chain_of[high - 1] as usize);
        node_low = graph.chains[first].from as usize;
        node_high = node_low;
        for (index, chain) in graph.chains.iter().enumerate().take(last + 1).skip(first) {
            node_low = node_low.min(chain.to as usize);
            let s = (chain.first + chain.len - 1) as usize;
            if s < low || s >= high {
                continue;
            }
            let value = score[s + 1] + leave[s];
            let to = chain.to as usize;
            while node_high <= to {
                node_score[node_high] = NEVER;
                node_back[node_high] = u32::MAX;
                node_high += 1;
            }
            if value > node_score[to] && value >= threshold {
                node_score[to] = value;
                node_back[to] = index as u32;
            }
        }
        let mut node = node_low;
        while node < nodes {
            if node >= node_high {
                node_score[node] = NEVER;
                node_back[node] = u32::MAX;
            }
            let reached = relax_jumps(graph, &first_jump, node, &mut node_score, &mut node_back);
            if node >= node_high {
                if !reached {
                    break;
                }
                node_high = node + 1;
            }
            node += 1;
        }
        back.node_rows.push((back.nodes.len(), node_low as u32));
        back.nodes.extend_from_slice(&node_back[node_low..node_high.max(node_low)]);
        if lane == BLOCK - 1 {
            removed += f64::from(best);
            for v in &mut score[low + 1..high + 1] {
                *v -= best;
            }
            for v in &mut node_score[node_low..node_high] {
                *v -= best;
            }
        }
    }
    if node_high < nodes || node_score[nodes - 1] <= NEVER * 0.5 {
        return Err(Error::NoPath);
    }
    let total = removed + f64::from(node_score[nodes - 1]);
    trace(graph, frames, &back, total)
}

fn relax_jumps(graph: &Graph, first: &[u32], node: usize, score: &mut [f32], back: &mut [u32]) -> bool {
    for index in first[node]..first[node + 1] {
        let jump = &graph.jumps[index as usize];
        let value = score[jump.from as usize] - jump.cost;
        if value > score[node] && value > NEVER * 0.5 {
            score[node] = value;
            back[node] = index | JUMP;
        }
    }
    score[node] > NEVER * 0.5
}

/// One frame for all states of the band.
fn step(score: &mut [f32], stay: &[f32], arriving: &[f32], emitted: &[f32], moved: &mut [u8]) {
    let rest = stay.iter().zip(arriving).zip(emitted.iter().zip(moved));
    for (value, ((stay, arrive), (emit, moved))) in score.iter_mut().zip(rest) {
        let stayed = *value + *stay;
        let came = *arrive > stayed;
        *value = (if came { *arrive } else { stayed }) + *emit;
        *moved = u8::from(came);
    }
}

fn trace(graph: &Graph, frames: usize, back: &Back, total: f64) -> Result<Path, Error> {
    let node_at = |row: usize, node: u32| {
        let (offset, first) = back.node_rows[row];
        let index = node.checked_sub(first)? as usize;
        back.nodes.get(offset + index).copied()
    };
    let mut path = vec![(0u32, 0u32); frames];
    let mut node = graph.nodes - 1;
    let mut t = frames;
    while t > 0 || node > 0 {
        let how = node_at(t, node).ok_or(Error::NoPath)?;
        if how == u32::MAX {
            return Err(Error::NoPath);
        }
        if how & JUMP != 0 {
            node = graph.jumps[(how & !JUMP) as usize].from;
            continue;
        }
        let chain = &graph.chains[how as usize];
        let mut s = chain.first + chain.len - 1;
        loop {
            t = t.checked_sub(1).ok_or(Error::NoPath)?;
            path[t] = (how, s);
            let (offset, first) = back.rows[t];
            let index = s.checked_sub(first).ok_or(Error::NoPath)? as usize;
            let moved = back.bits[offset + index / 8] >> (index % 8) & 1 == 1;
            if moved {
                if s == chain.first {
                    break;
                }
                s -= 1;
            }
        }
        node = chain.from;
    }
    Ok(Path { frames: path, total })
}
