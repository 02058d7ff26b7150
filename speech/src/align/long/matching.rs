//! Where stretches of recognised phones stand in the transcript: local alignment (Smith and
//! Waterman 1981) of sixteen stretches at a time against all of the text, in integers.
//!
//! A stretch has for each of its recognised phones a score for each phone of the inventory (log
//! odds, in [`SCALE`]ths of a nat) instead of one label, so a phone that was nearly recognised
//! counts too.

/// Stretches in one search, one a lane.
pub(crate) const LANES: usize = 16;
/// Integer scores a nat.
pub(crate) const SCALE: f32 = 8.0;
/// Cost of a phone on one side only.
pub(crate) const GAP: i16 = (2.0 * SCALE) as i16;
/// Phones of text over which one best score is kept.
const BLOCK: usize = 64;

/// Scores of one stretch of audio: `scores[i * phones + q]` for its phone `i` being phone `q`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Profile {
    pub(crate) scores: Vec<i16>,
    pub(crate) len: usize,
}

/// A place in the text that a stretch fits: its score, and the phone of the text it ends at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) score: i16,
    /// First phone of the block that holds the end.
    pub(crate) block: usize,
}

/// Finds for each stretch (at most [`LANES`]) the `top` best blocks of the text, best first.
/// Neighbouring blocks count once.
pub(crate) fn search(stretches: &[Profile], phones: usize, text: &[u16], top: usize) -> Vec<Vec<Hit>> {
    let stretches = &stretches[..stretches.len().min(LANES)];
    let longest = stretches.iter().map(|s| s.len).max().unwrap_or(0);
    if longest == 0 || phones == 0 {
        return vec![Vec::new(); stretches.len()];
    }
    // One row a phone of the inventory, so that a column of the table reads it in order. Lanes that
    // are shorter than the longest never match behind their end.
    let mut profile = vec![[i16::MIN / 4; LANES]; phones * longest];
    for (lane, stretch) in stretches.iter().enumerate() {
        for i in 0..stretch.len {
            for q in 0..phones {
                profile[q * longest + i][lane] = stretch.scores[i * phones + q];
            }
        }
    }
    let mut column = vec![[0i16; LANES]; longest];
    let mut best = vec![[0i16; LANES]; text.len().div_ceil(BLOCK)];
    for (chunk, best) in text.chunks(BLOCK).zip(&mut best) {
        for &q in chunk {
            let q = usize::from(q);
            if q < phones {
                step(&mut column, &profile[q * longest..(q + 1) * longest], best);
            }
        }
    }
    (0..stretches.len()).map(|lane| peaks(&best, lane, top)).collect()
}

fn step(column: &mut [[i16; LANES]], profile: &[[i16; LANES]], best: &mut [i16; LANES]) {
    let (mut diagonal, mut above) = ([0i16; LANES], [0i16; LANES]);
    for (cell, odds) in column.iter_mut().zip(profile) {
        let left = *cell;
        for lane in 0..LANES {
            let matched = diagonal[lane].saturating_add(odds[lane]);
            let gap = above[lane].max(left[lane]).saturating_sub(GAP);
            let value = matched.max(gap).max(0);
            above[lane] = value;
            best[lane] = best[lane].max(value);
        }
        *cell = above;
        diagonal = left;
    }
}

fn peaks(best: &[[i16; LANES]], lane: usize, top: usize) -> Vec<Hit> {
    let score = |b: usize| best.get(b).map_or(0, |s| s[lane]);
    let mut hits: Vec<Hit> = (0..best.len())
        .filter(|&b| score(b) > 0 && (b == 0 || score(b) > score(b - 1)) && score(b) >= score(b + 1))
        .map(|b| Hit { score: score(b), block: b * BLOCK })
        .collect();
    hits.sort_by_key(|h| (std::cmp::Reverse(h.score), h.block));
    hits.truncate(top);
    hits
}

/// One phone of a stretch beside one phone of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    /// Index into the stretch.
    pub(crate) audio: usize,
    /// Index into the text.
    pub(crate) text: usize,
    /// Score of the pair.
    pub(crate) score: i16,
}

/// The pairs of the best local alignment that ends in the block of a hit, in order.
pub(crate) fn trace(stretch: &Profile, phones: usize, text: &[u16], hit: Hit) -> Vec<Pair> {
    let end = (hit.block + BLOCK).min(text.len());
    let start = hit.block.saturating_sub(2 * stretch.len + BLOCK);
    local(stretch, phones, &text[start..end], Some(hit.block.saturating_sub(start)))
        .into_iter()
        .map(|p| Pair { text: p.text + start, ..p })
        .collect()
}

/// The pairs of the best local alignment of a stretch and a piece of text; with `ends_from`, the
/// best of those that end there or later.
pub(crate) fn local(stretch: &Profile, phones: usize, text: &[u16], ends_from: Option<usize>) -> Vec<Pair> {
    let (n, m) = (stretch.len, text.len());
    let mut from = vec![0u8; n * m];
    let (mut column, mut best, mut at) = (vec![0i32; n], 0i32, None);
    for (j, &q) in text.iter().enumerate() {
        let (mut diagonal, mut above) = (0i32, 0i32);
        for (i, cell) in column.iter_mut().enumerate() {
            let left = *cell;
            let odds = stretch.scores.get(i * phones + usize::from(q)).copied().unwrap_or(i16::MIN / 4);
            let (mut value, mut way) = (0, 0u8);
            for (candidate, w) in
                [(diagonal + i32::from(odds), 1), (above - i32::from(GAP), 2), (left - i32::from(GAP), 3)]
            {
                if candidate > value {
                    (value, way) = (candidate, w);
                }
            }
            from[j * n + i] = way;
            *cell = value;
            (above, diagonal) = (value, left);
            if value > best && j >= ends_from.unwrap_or(0) {
                (best, at) = (value, Some((i, j)));
            }
        }
    }
    let mut pairs = Vec::new();
    while let Some((i, j)) = at {
        let way = from[j * n + i];
        if way == 1 {
            let score = stretch.scores.get(i * phones + usize::from(text[j])).copied().unwrap_or(0);
            pairs.push(Pair { audio: i, text: j, score });
        }
        at = match way {
            1 => i.checked_sub(1).zip(j.checked_sub(1)),
            2 => i.checked_sub(1).map(|i| (i, j)),
            3 => j.checked_sub(1).map(|j| (i, j)),
            _ => None,
        };
    }
    pairs.reverse();
    pairs
}

/// Picks from the candidates of each stretch at most one, so that the places rise with the
/// stretches and the scores add up to the most. `candidates[c]` holds (place, score).
pub(crate) fn chain(candidates: &[Vec<(usize, i64)>]) -> Vec<Option<usize>> {
    // Places are ranked; a Fenwick tree keeps the best sum that ends at or before a rank.
    let mut places: Vec<usize> = candidates.iter().flatten().map(|c| c.0).collect();
    places.sort_unstable();
    places.dedup();
    let mut tree: Vec<(i64, Option<usize>)> = vec![(0, None); places.len() + 1];
    let mut nodes: Vec<(usize, usize, Option<usize>)> = Vec::new(); // stretch, candidate, previous node
    for (c, list) in candidates.iter().enumerate() {
        let mut made = Vec::new();
        for (k, &(place, score)) in list.iter().enumerate() {
            let rank = places.partition_point(|&p| p < place);
            // Strictly before: two stretches do not share a place.
            let (mut r, mut best) = (rank, (0, None));
            while r > 0 {
                if tree[r].0 > best.0 {
                    best = tree[r];
                }
                r &= r - 1;
            }
            nodes.push((c, k, best.1));
            made.push((rank + 1, best.0 + score, nodes.len() - 1));
        }
        for (mut r, sum, node) in made {
            while r < tree.len() {
                if sum > tree[r].0 {
                    tree[r] = (sum, Some(node));
                }
                r += r & r.wrapping_neg();
            }
        }
    }
    let (mut r, mut best) = (places.len(), (0, None));
    while r > 0 {
        if tree[r].0 > best.0 {
            best = tree[r];
        }
        r &= r - 1;
    }
    let mut picked = vec![None; candidates.len()];
    let mut at = best.1;
    while let Some(node) = at {
        let (c, k, before) = nodes[node];
        picked[c] = Some(k);
        at = before;
    }
    picked
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn exact(labels: &[u16], phones: usize) -> Profile {
        let scores = labels
            .iter()
            .flat_map(|&l| (0..phones as u16).map(move |q| if q == l { 24 } else { -24 }))
            .collect();
        Profile { scores, len: labels.len() }
    }

    fn noise(n: usize, phones: u64, seed: u64) -> Vec<u16> {
        let mut state = seed;
        (0..n)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                ((state >> 33) % phones) as u16
            })
            .collect()
    }

    #[test]
    fn stretches_are_found_where_they_stand() {
        let text = noise(5000, 30, 1);
        let stretches: Vec<Profile> =
            (0..12).map(|k| exact(&text[k * 400 + 7..k * 400 + 60 + k * 3], 30)).collect();
        let hits = search(&stretches, 30, &text, 2);
        for (k, hits) in hits.iter().enumerate() {
            let pairs = trace(&stretches[k], 30, &text, hits[0]);
            assert_eq!(pairs.len(), 53 + k * 3);
            assert_eq!(pairs[0].text, k * 400 + 7);
            assert_eq!(hits[0].score, 24 * pairs.len() as i16);
            assert!(hits.get(1).is_none_or(|h| h.score < hits[0].score / 2));
        }
    }

    #[test]
    fn lost_and_changed_phones_are_stepped_over() {
        let text = noise(2000, 30, 2);
        let mut heard: Vec<u16> = text[500..600].to_vec();
        heard.remove(30);
        heard.insert(60, 3);
        heard[80] = (heard[80] + 1) % 30;
        let stretch = exact(&heard, 30);
        let hit = search(std::slice::from_ref(&stretch), 30, &text, 1)[0][0];
        let pairs = trace(&stretch, 30, &text, hit);
        assert_eq!((pairs[0].text, pairs.last().unwrap().text), (500, 599));
        assert!(pairs.iter().filter(|p| p.score > 0).count() >= 97);
    }

    #[test]
    fn a_chain_leaves_out_what_stands_elsewhere() {
        let chosen = chain(&[vec![(10, 5)], vec![(400, 6), (20, 4)], vec![(30, 5)], vec![], vec![(25, 3)]]);
        assert_eq!(chosen, [Some(0), Some(1), Some(0), None, None]);
        assert_eq!(chain(&[]), []);
    }

    proptest! {
        #[test]
        fn search_scores_as_the_plain_table(
            text in prop::collection::vec(0u16..6, 0..200),
            heard in prop::collection::vec(prop::collection::vec(0u16..6, 0..40), 1..17),
        ) {
            let stretches: Vec<Profile> = heard.iter().map(|h| exact(h, 6)).collect();
            for (stretch, hits) in stretches.iter().zip(search(&stretches, 6, &text, 1)) {
                let pairs = local(stretch, 6, &text, None);
                prop_assert_eq!(pairs.is_empty(), hits.is_empty());
                if let Some(hit) = hits.first() {
                    let again = trace(stretch, 6, &text, *hit);
                    let sum: i32 = again.iter().map(|p| i32::from(p.score)).sum();
                    // What is missing to the sum of pairs is gaps.
                    prop_assert!(sum >= i32::from(hit.score));
                    prop_assert!(again.windows(2).all(|w| w[0].audio < w[1].audio && w[0].text < w[1].text));
                }
            }
        }

        #[test]
        fn a_chain_is_as_good_as_any(
            candidates in prop::collection::vec(prop::collection::vec((0usize..12, 1i64..9), 0..3), 0..6),
        ) {
            fn best(candidates: &[Vec<(usize, i64)>], from: usize) -> i64 {
                let Some((first, rest)) = candidates.split_first() else { return 0 };
                let mut value = best(rest, from);
                for &(place, score) in first {
                    if place >= from {
                        value = value.max(score + best(rest, place + 1));
                    }
                }
                value
            }
            let chosen = chain(&candidates);
            let mut sum = 0;
            let mut last = None;
            for (list, pick) in candidates.iter().zip(&chosen) {
                if let Some(k) = pick {
                    prop_assert!(last.is_none_or(|l| list[*k].0 > l));
                    last = Some(list[*k].0);
                    sum += list[*k].1;
                }
            }
            prop_assert_eq!(sum, best(&candidates, 0));
        }
    }
}
