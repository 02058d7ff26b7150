//! Keys: what sorting brings together before two recordings are compared.

use super::{Fingerprint, HOP};

/// Frames between the two halves of a key, past which sub-fingerprints share no sound.
const APART: usize = 12;
/// Positions of a key in one recording beyond which it says nothing about where.
const MOST_PLACES: usize = 16;

/// Offsets this near are of one diagonal.
const BESIDE: u64 = 2;

/// A narrow hash of a place in a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The 16 low bits (300 to 1200 Hz) of a frame, and above them those of the frame 12 later.
    pub key: u32,
    /// The frame.
    pub frame: u32,
}

impl Key {
    /// The place's first sample.
    pub fn start_sample(&self) -> u64 {
        u64::from(self.frame) * HOP as u64
    }
}

impl Fingerprint {
    /// The keys of the recording, in order of time: at most one a frame, and none where it is no
    /// evidence or where the key is the one before.
    ///
    /// Two copies of a recording share some of the keys at one offset; the low bits are those that
    /// coding changes least. Frames past 2³² (two years) have none.
    pub fn keys(&self) -> impl Iterator<Item = Key> + '_ {
        let later = self.frames.get(APART..).unwrap_or_default();
        let mut last = None;
        self.frames.iter().zip(later).zip(0u32..).filter_map(move |((now, later), frame)| {
            let key = (*now != 0 && *later != 0).then(|| now & 0xffff | later << 16);
            let new = key.filter(|_| key != last);
            last = key;
            new.map(|key| Key { key, frame })
        })
    }
}

/// The offsets that most common keys vote for, a neighbour's votes counted too; most votes first.
pub(super) fn voted(a: &Fingerprint, b: &Fingerprint, most: usize) -> Vec<i64> {
    let sorted = |f: &Fingerprint| {
        let mut keys: Vec<Key> = f.keys().collect();
        keys.sort_unstable();
        keys
    };
    let (a, b) = (sorted(a), sorted(b));
    let (mut a, mut b) = (a.chunk_by(|x, y| x.key == y.key), b.chunk_by(|x, y| x.key == y.key));
    let mut offsets: Vec<i64> = Vec::new();
    let (mut x, mut y) = (a.next(), b.next());
    while let (Some(xs), Some(ys)) = (x, y) {
        match xs[0].key.cmp(&ys[0].key) {
            std::cmp::Ordering::Less => x = a.next(),
            std::cmp::Ordering::Greater => y = b.next(),
            std::cmp::Ordering::Equal => {
                if xs.len() <= MOST_PLACES && ys.len() <= MOST_PLACES {
                    let pairs = xs.iter().flat_map(|x| ys.iter().map(move |y| (x, y)));
                    offsets.extend(pairs.map(|(x, y)| i64::from(x.frame) - i64::from(y.frame)));
                }
                (x, y) = (a.next(), b.next());
            }
        }
    }
    offsets.sort_unstable();
    let runs: Vec<(i64, usize)> = offsets.chunk_by(|x, y| x == y).map(|run| (run[0], run.len())).collect();
    let beside = |i: Option<usize>, offset: i64| {
        i.and_then(|i| runs.get(i)).filter(|r| r.0 == offset).map_or(0, |r| r.1)
    };
    let mut votes: Vec<(std::cmp::Reverse<usize>, i64)> = runs
        .iter()
        .enumerate()
        .map(|(i, (offset, count))| {
            let near = beside(i.checked_sub(1), offset - 1) + beside(Some(i + 1), offset + 1);
            (std::cmp::Reverse(count + near), *offset)
        })
        .collect();
    votes.sort_unstable();
    let mut chosen: Vec<i64> = Vec::with_capacity(most);
    for (_, offset) in votes {
        if chosen.len() == most {
            break;
        }
        // A good diagonal's neighbours have votes too, and must not take the place of another.
        if chosen.iter().all(|c| offset.abs_diff(*c) > BESIDE) {
            chosen.push(offset);
        }
    }
    chosen
}
