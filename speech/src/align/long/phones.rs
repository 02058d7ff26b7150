//! Recognition of phones without words: the best path through a loop of all phones. It is what the
//! text is searched with, and what words are compared with.

use super::inventory::{Inventory, Scores};
use super::matching::SCALE;
use crate::align::math::{exp, ln};

/// A recognised phone or silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Heard {
    /// Index of the phone; none for silence.
    pub(crate) phone: Option<u16>,
    /// First frame.
    pub(crate) start: usize,
    /// Frame after the last.
    pub(crate) end: usize,
}

/// What to a path of the loop costs to enter a phone, in nats.
pub(crate) const ENTER: f32 = 8.0;

/// The best path through the loop, and its score in each frame.
pub(crate) fn recognise(inventory: &Inventory, scores: &Scores) -> (Vec<Heard>, Vec<f32>) {
    let frames = scores.frames();
    if frames == 0 || inventory.phones.is_empty() {
        return (Vec::new(), Vec::new());
    }
    // All chains after one another, the silence last. A token is its score and the frame in which it
    // entered its phone, so that nothing is kept for each state and frame.
    let chains: Vec<&[u16]> =
        inventory.phones.iter().map(Vec::as_slice).chain([inventory.silence.as_slice()]).collect();
    let columns: Vec<u16> = chains.iter().flat_map(|c| c.iter().copied()).collect();
    let stay: Vec<f32> = columns.iter().map(|&c| inventory.stay[usize::from(c)]).collect();
    let leave: Vec<f32> = columns.iter().map(|&c| inventory.leave[usize::from(c)]).collect();
    let mut first = vec![false; columns.len()];
    let mut ends = Vec::new();
    let mut at = 0;
    for chain in chains.iter().filter(|c| !c.is_empty()) {
        first[at] = true;
        at += chain.len();
        ends.push(at - 1);
    }
    let owners: Vec<u16> =
        chains.iter().enumerate().filter(|(_, c)| !c.is_empty()).map(|(p, _)| p as u16).collect();
    const NEVER: f32 = -1e30;
    let mut score = vec![NEVER; columns.len()];
    let mut since = vec![0u32; columns.len()];
    let (mut new_score, mut new_since) = (score.clone(), since.clone());
    // exits[t]: which chain was left before frame t, and when it was entered.
    let mut exits: Vec<(u16, u32)> = Vec::with_capacity(frames + 1);
    for t in 0..=frames {
        let (mut best, mut exit) = (NEVER * 2.0, (0u16, 0u32));
        for (&end, &owner) in ends.iter().zip(&owners) {
            let left = score[end] + leave[end];
            if left > best {
                (best, exit) = (left, (owner, since[end]));
            }
        }
        if t == 0 {
            best = 0.0;
        }
        exits.push(exit);
        if t == frames {
            break;
        }
        let enter = best - ENTER;
        let row = scores.row(t);
        for s in 0..columns.len() {
            let stays = score[s] + stay[s];
            let (moves, moved_since) =
                if first[s] { (enter, t as u32) } else { (score[s - 1] + leave[s - 1], since[s - 1]) };
            let (value, from) = if moves > stays { (moves, moved_since) } else { (stays, since[s]) };
            new_score[s] = value + row[usize::from(columns[s])];
            new_since[s] = from;
        }
        std::mem::swap(&mut score, &mut new_score);
        std::mem::swap(&mut since, &mut new_since);
        // Differences alone matter; small numbers keep their bits.
        if t % 64 == 63 {
            let top = score.iter().copied().fold(NEVER, f32::max);
            score.iter_mut().for_each(|s| *s = (*s - top).max(NEVER));
        }
    }
    let mut heard = Vec::new();
    let mut end = frames;
    while end > 0 {
        let (owner, start) = exits[end];
        let start = (start as usize).min(end - 1);
        let phone = (usize::from(owner) < inventory.phones.len()).then_some(owner);
        heard.push(Heard { phone, start, end });
        end = start;
    }
    heard.reverse();
    let mut background = vec![0f32; frames];
    for h in &heard {
        let chain = h.phone.map_or(&inventory.silence, |p| &inventory.phones[usize::from(p)]);
        inside(inventory, chain, scores, h.start, &mut background[h.start..h.end]);
    }
    (heard, background)
}

/// Scores along the best way through one chain over the frames from `start`.
pub(crate) fn inside(inventory: &Inventory, chain: &[u16], scores: &Scores, start: usize, out: &mut [f32]) {
    let n = chain.len();
    let frames = out.len();
    let mut score = vec![f32::MIN / 4.0; n];
    let mut moved = vec![false; n * frames];
    for t in 0..frames {
        let row = scores.row(start + t);
        for s in (0..n).rev() {
            let column = usize::from(chain[s]);
            let stays = score[s] + inventory.stay[column];
            let moves = match s {
                0 if t == 0 => 0.0,
                0 => f32::MIN / 4.0,
                _ => score[s - 1] + inventory.leave[usize::from(chain[s - 1])],
            };
            moved[t * n + s] = moves > stays && s > 0;
            score[s] = stays.max(moves).max(f32::MIN / 4.0) + row[column];
        }
    }
    let mut s = n.saturating_sub(1);
    for t in (0..frames).rev() {
        out[t] = scores.row(start + t)[usize::from(chain[s])];
        s -= usize::from(moved[t * n + s]);
    }
}

/// How much of a difference of likelihoods counts when phones are compared.
const ACOUSTIC: f32 = 0.12;
/// Bounds of a pair's log odds, in nats.
const ODDS: (f32, f32) = (-4.0, 4.0);

/// Log odds of each phone of the inventory for a recognised stretch against chance, in units of
/// 1/[`SCALE`] nat, appended to `out`. `share` is how common each phone is.
pub(crate) fn odds(inventory: &Inventory, scores: &Scores, heard: Heard, share: &[f32], out: &mut Vec<i16>) {
    let mut sums = vec![0f32; inventory.phones.len()];
    for t in heard.start..heard.end {
        let row = scores.row(t);
        for (sum, chain) in sums.iter_mut().zip(&inventory.phones) {
            *sum += chain.iter().map(|&c| row[usize::from(c)]).fold(f32::MIN / 1e6, f32::max);
        }
    }
    let top = sums.iter().copied().fold(f32::MIN, f32::max);
    let mut total = 0f32;
    for (sum, share) in sums.iter_mut().zip(share) {
        *sum = exp(f64::from((*sum - top) * ACOUSTIC).max(-30.0)) as f32;
        total += *sum * share;
    }
    out.extend(sums.iter().map(|s| {
        let odds = (ln(f64::from((s / total.max(1e-20)).max(1e-9))) as f32).clamp(ODDS.0, ODDS.1);
        (odds * SCALE).round() as i16
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two phones of three states and a silence of one; column = state.
    fn small() -> Inventory {
        Inventory {
            phones: vec![vec![0, 1, 2], vec![3, 4, 5]],
            silence: vec![6],
            stay: vec![-0.7; 7],
            leave: vec![-0.7; 7],
        }
    }

    fn scores(states: &[usize]) -> Scores {
        let data =
            states.iter().flat_map(|&s| (0..7).map(move |c| if c == s { 0.0 } else { -9.0 })).collect();
        Scores { columns: 7, data }
    }

    #[test]
    fn phones_are_heard_where_they_are() {
        let scores = scores(&[6, 6, 6, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 0, 1, 2, 2, 6, 6]);
        let (heard, background) = recognise(&small(), &scores);
        let found: Vec<_> = heard.iter().map(|h| (h.phone, h.start, h.end)).collect();
        assert_eq!(
            found,
            [(None, 0, 3), (Some(0), 3, 9), (Some(1), 9, 15), (Some(0), 15, 19), (None, 19, 21)]
        );
        assert_eq!(background, [0.0; 21]);
        let mut table = Vec::new();
        odds(&small(), &scores, heard[1], &[0.5, 0.5], &mut table);
        assert!(table[0] > 0 && table[1] < 0, "{table:?}");
    }

    #[test]
    fn nothing_is_heard_in_nothing() {
        assert_eq!(recognise(&small(), &Scores::default()), (vec![], vec![]));
    }
}
