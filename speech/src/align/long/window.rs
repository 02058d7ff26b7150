//! Exact Viterbi through the words of a window. Any word can be skipped at a cost, and between any
//! two words there can be silence or other sound. All scores are relative to the loop of phones, so
//! other sound costs a constant a frame.

use super::inventory::{Inventory, Scores};

/// Costs of a path, in nats.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Costs {
    /// A word that is not spoken: once, and for each of its phones.
    pub(crate) skip: f32,
    pub(crate) skip_phone: f32,
    /// Sound without a word: once.
    pub(crate) filler: f32,
    /// Sound without a word: each frame.
    pub(crate) filler_frame: f32,
    /// Silence between words: once.
    pub(crate) silence: f32,
    /// A frame never costs a word more than this.
    pub(crate) floor: f32,
}

/// What a stretch of frames is, by the best path.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Stretch {
    /// Silence before the word of this index.
    Silence { before: usize, start: usize, end: usize },
    /// Sound without a word before the word of this index.
    Filler { before: usize, start: usize, end: usize },
    /// A word with the first frame of each phone, and each phone's sum of scores relative to the loop.
    Word { word: usize, variant: usize, phones: Vec<usize>, end: usize, scores: Vec<f32> },
}

/// A pronunciation as a chain of states.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Chain {
    /// Columns of the states in [`Scores`].
    pub(crate) columns: Vec<u16>,
    /// First state of each phone.
    pub(crate) phones: Vec<usize>,
}

#[cfg(test)]
impl Chain {
    /// Of phones without their context.
    pub(crate) fn of_phones(inventory: &Inventory, phones: &[u16]) -> Chain {
        let mut chain = Chain::default();
        for &phone in phones {
            chain.phones.push(chain.columns.len());
            chain.columns.extend_from_slice(&inventory.phones[usize::from(phone)]);
        }
        chain
    }
}

/// Frames of sound without a word at the least.
const FILLER_STATES: usize = 4;
/// Pronunciations of a word that are looked at; the way back has six bits for them.
const MOST_VARIANTS: usize = 62;
const NEVER: f32 = -1e30;
/// A state of other sound has no column.
const NO_COLUMN: u16 = u16::MAX;

struct Block {
    start: usize,
    len: usize,
    /// First states of the phones, relative to `start`.
    phones: Vec<usize>,
    /// Index of the pronunciation.
    variant: usize,
}

/// The best path of the frames through the words: `words[w]` holds the pronunciations,
/// `background[t]` the score of the loop of phones.
pub(crate) fn align(
    inventory: &Inventory,
    scores: &Scores,
    background: &[f32],
    words: &[Vec<Chain>],
    costs: &Costs,
) -> Vec<Stretch> {
    let frames = scores.frames().min(background.len());
    let graph = Graph::new(inventory, words);
    let states = graph.columns.len();
    let nodes = words.len() + 1;
    let (mut old, mut new) = (vec![NEVER; states], vec![NEVER; states]);
    let mut moved = vec![0u8; states * frames];
    let mut ways = vec![0u8; nodes * (frames + 1)];
    let mut row = vec![0f32; scores.columns];
    // What has no pronunciation is not spoken.
    let skips: Vec<f32> = graph
        .words
        .iter()
        .map(|w| w.first().map_or(0.0, |v| costs.skip + costs.skip_phone * v.phones.len() as f32))
        .collect();
    for t in 0..=frames {
        if t < frames {
            for (r, s) in row.iter_mut().zip(scores.row(t)) {
                *r = (s - background[t]).max(-costs.floor);
            }
        }
        let here = (t * states).min(moved.len());
        let moved = &mut moved[here..];
        let mut depart = NEVER;
        for k in 0..nodes {
            let (mut arrive, mut way) = (if k == 0 && t == 0 { 0.0 } else { NEVER }, 0u8);
            if k > 0 {
                arrive = depart - skips[k - 1];
                for (v, block) in graph.words[k - 1].iter().enumerate() {
                    let last = block.start + block.len - 1;
                    let left = old[last] + graph.leave[last];
                    if left > arrive {
                        (arrive, way) = (left, 1 + v as u8);
                    }
                }
            }
            depart = arrive;
            let mut out = 0u8;
            for (which, block) in [(1u8, &graph.silences[k]), (2, &graph.fillers[k])] {
                let last = block.start + block.len - 1;
                let left = old[last] + graph.leave[last];
                if left > depart {
                    (depart, out) = (left, which);
                }
            }
            ways[t * nodes + k] = way | (out << 6);
            if t == frames {
                continue;
            }
            graph.advance(&graph.silences[k], arrive - costs.silence, &old, &mut new, &row, costs, moved);
            graph.advance(&graph.fillers[k], arrive - costs.filler, &old, &mut new, &row, costs, moved);
            if k < words.len() {
                for block in &graph.words[k] {
                    graph.advance(block, depart, &old, &mut new, &row, costs, moved);
                }
            }
        }
        std::mem::swap(&mut old, &mut new);
    }
    graph.way_back(frames, &moved, &ways, |t, column| {
        (scores.row(t)[usize::from(column)] - background[t]).max(-costs.floor)
    })
}

struct Graph {
    columns: Vec<u16>,
    stay: Vec<f32>,
    leave: Vec<f32>,
    silences: Vec<Block>,
    fillers: Vec<Block>,
    words: Vec<Vec<Block>>,
}

impl Graph {
    fn new(inventory: &Inventory, words: &[Vec<Chain>]) -> Graph {
        let mut g = Graph {
            columns: Vec::new(),
            stay: Vec::new(),
            leave: Vec::new(),
            silences: Vec::new(),
            fillers: Vec::new(),
            words: Vec::new(),
        };
        for k in 0..=words.len() {
            let silence = g.block(inventory, &inventory.silence, vec![0], 0);
            g.silences.push(silence);
            let filler = g.block(inventory, &[NO_COLUMN; FILLER_STATES], vec![0], 0);
            g.fillers.push(filler);
            if let Some(word) = words.get(k) {
                let variants = word
                    .iter()
                    .enumerate()
                    .filter(|(_, v)| !v.columns.is_empty())
                    .take(MOST_VARIANTS)
                    .map(|(i, v)| g.block(inventory, &v.columns, v.phones.clone(), i))
                    .collect();
                g.words.push(variants);
            }
        }
        g
    }

    fn block(&mut self, inventory: &Inventory, columns: &[u16], phones: Vec<usize>, variant: usize) -> Block {
        let start = self.columns.len();
        for &column in columns {
            let c = usize::from(column);
            self.columns.push(column);
            self.stay.push(inventory.stay.get(c).copied().unwrap_or(0.0));
            self.leave.push(inventory.leave.get(c).copied().unwrap_or(0.0));
        }
        Block { start, len: columns.len(), phones, variant }
    }

    #[allow(clippy::too_many_arguments, reason = "the inner loop, with its buffers")]
    fn advance(
        &self,
        block: &Block,
        enter: f32,
        old: &[f32],
        new: &mut [f32],
        row: &[f32],
        costs: &Costs,
        moved: &mut [u8],
    ) {
        let range = block.start..block.start + block.len;
        let (columns, stay) = (&self.columns[range.clone()], &self.stay[range.clone()]);
        let leave = &self.leave[range.clone()];
        let (old, new, moved) = (&old[range.clone()], &mut new[range.clone()], &mut moved[range]);
        let mut moves = enter;
        for s in 0..columns.len() {
            let stays = old[s] + stay[s];
            let sound = row.get(usize::from(columns[s])).copied().unwrap_or(-costs.filler_frame);
            moved[s] = u8::from(moves > stays);
            new[s] = if moves > stays { moves } else { stays } + sound;
            moves = old[s] + leave[s];
        }
    }

    fn way_back(
        &self,
        frames: usize,
        moved: &[u8],
        ways: &[u8],
        sound: impl Fn(usize, u16) -> f32,
    ) -> Vec<Stretch> {
        let (states, nodes) = (self.columns.len(), self.silences.len());
        let (mut t, mut k) = (frames, nodes - 1);
        let mut path = Vec::new();
        // Back from the block's last state at the frame before `t` to its first; the first frames of
        // the phones.
        let back = |block: &Block, end: usize| -> (usize, Vec<usize>, Vec<f32>) {
            let mut starts = vec![0; block.phones.len()];
            let mut sums = vec![0f32; block.phones.len()];
            let (mut s, mut t) = (block.len, end);
            while s > 0 && t > 0 {
                t -= 1;
                let column = self.columns[block.start + s - 1];
                if column != NO_COLUMN {
                    let phone = block.phones.partition_point(|&p| p < s).saturating_sub(1);
                    sums[phone] += sound(t, column);
                }
                if moved[t * states + block.start + s - 1] == 1 {
                    s -= 1;
                    if let Ok(phone) = block.phones.binary_search(&s) {
                        starts[phone] = t;
                    }
                }
            }
            (t, starts, sums)
        };
        loop {
            let way = ways[t * nodes + k];
            match way >> 6 {
                1 => {
                    let (start, ..) = back(&self.silences[k], t);
                    path.push(Stretch::Silence { before: k, start, end: t });
                    t = start;
                }
                2 => {
                    let (start, ..) = back(&self.fillers[k], t);
                    path.push(Stretch::Filler { before: k, start, end: t });
                    t = start;
                }
                _ => {}
            }
            if k == 0 {
                break;
            }
            let way = ways[t * nodes + k] & 63;
            k -= 1;
            if way > 0 {
                let Some(block) = self.words[k].get(usize::from(way) - 1) else { break };
                let variant = block.variant;
                let (start, phones, scores) = back(block, t);
                path.push(Stretch::Word { word: k, variant, phones, end: t, scores });
                t = start;
            }
        }
        path.reverse();
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COSTS: Costs =
        Costs { skip: 12.0, skip_phone: 0.0, filler: 6.0, filler_frame: 1.0, silence: 0.0, floor: 10.0 };

    /// Phones 0 to 4 with a state each, silence in column 5.
    fn small() -> Inventory {
        Inventory {
            phones: (0..5).map(|p| vec![p]).collect(),
            silence: vec![5],
            stay: vec![0.0; 6],
            leave: vec![0.0; 6],
        }
    }

    fn scores(columns: &[usize]) -> Scores {
        let data =
            columns.iter().flat_map(|&s| (0..6).map(move |c| if c == s { 0.0 } else { -9.0 })).collect();
        Scores { columns: 6, data }
    }

    fn run(columns: &[usize], words: &[&[u16]]) -> Vec<Stretch> {
        let words: Vec<Vec<Chain>> = words.iter().map(|w| vec![Chain::of_phones(&small(), w)]).collect();
        align(&small(), &scores(columns), &vec![0.0; columns.len()], &words, &COSTS)
    }

    fn word(word: usize, phones: &[usize], end: usize) -> Stretch {
        Stretch::Word { word, variant: 0, phones: phones.to_vec(), end, scores: vec![0.0; phones.len()] }
    }

    #[test]
    fn words_and_silence_have_their_frames() {
        let path = run(&[5, 5, 0, 0, 1, 5, 2, 3, 3], &[&[0, 1], &[2, 3]]);
        assert_eq!(
            path,
            [
                Stretch::Silence { before: 0, start: 0, end: 2 },
                word(0, &[2, 4], 5),
                Stretch::Silence { before: 1, start: 5, end: 6 },
                word(1, &[6, 7], 9),
            ]
        );
    }

    #[test]
    fn a_word_that_is_not_spoken_is_skipped() {
        let path = run(&[0, 0, 1, 1, 3, 3, 0, 0], &[&[0, 1], &[4, 2, 4], &[3, 0]]);
        assert_eq!(path, [word(0, &[0, 2], 4), word(2, &[4, 6], 8)]);
        // All of them, and nothing but silence.
        let path = run(&[5, 5, 5], &[&[0, 1], &[4, 2, 4]]);
        assert_eq!(path, [Stretch::Silence { before: 0, start: 0, end: 3 }]);
    }

    #[test]
    fn sound_without_a_word_has_a_place_of_its_own() {
        let path = run(&[0, 0, 4, 4, 2, 2, 4, 4, 1, 1], &[&[0], &[1]]);
        assert_eq!(
            path,
            [word(0, &[0], 2), Stretch::Filler { before: 1, start: 2, end: 8 }, word(1, &[8], 10)]
        );
    }

    #[test]
    fn no_frames_and_no_words_give_no_path() {
        assert_eq!(run(&[], &[&[0], &[1]]), []);
        assert_eq!(run(&[5, 5], &[]), [Stretch::Silence { before: 0, start: 0, end: 2 }]);
        assert_eq!(run(&[], &[]), []);
    }
}
