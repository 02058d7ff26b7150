//! The minima of a MinHash signature, without hashing every shingle once for each of them.
//!
//! Every shingle draws the points of a Poisson process in time, and each point falls in one of the
//! bins at random. The points of one shingle in one bin are then a Poisson process of their own,
//! independent of those in other bins; the shingle whose point comes first in a bin is a uniformly
//! random one, independently for each bin. That is MinHash exactly, but points that come later than
//! the first of every bin need not be drawn: `n + m·ln m` draws instead of `n·m`.
//! Source: ProbMinHash1a in Ertl, *ProbMinHash – a class of locality-sensitive hash algorithms for the
//! (probability) Jaccard similarity*, IEEE TKDE 2022, with all weights equal.

use super::exponential::exponential;
use super::hash::mix;

/// Shingles drawn for together: their second points follow when all have their first.
const CHUNK: usize = 1024;
/// Low bits of a value that tell apart points of the same time.
const TIE_BITS: u32 = 20;
/// Points after this time are not drawn. All bins have theirs by then, but for once in 10⁹ shortest texts.
const END: u64 = 1 << (64 - TIE_BITS);
const EMPTY: u64 = u64::MAX;
/// Points drawn at least before it is looked which shingles go on.
const ROUND: usize = 64;
/// What tells the points of a shingle apart.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
/// Pairs of places for shingles that were seen.
const SEEN: usize = 512;

#[derive(Clone, Debug)]
pub(super) struct Sketch {
    bins: Vec<u64>,
    /// No point from this time on can be first in its bin.
    end: u64,
    chunk: Vec<Draw>,
    seen: Seen,
}

/// A shingle and the time of its last point.
#[derive(Clone, Copy, Debug)]
struct Draw {
    shingle: u64,
    time: u64,
}

/// Shingles of late, so that a text that repeats itself costs no more than others. It may forget, and
/// with a probability of 2⁻⁶⁴ it takes a new one, whose hash is 0, for seen.
#[derive(Clone, Debug)]
struct Seen {
    places: Vec<[u64; 2]>,
}

impl Seen {
    #[inline]
    fn insert(&mut self, shingle: u64) -> bool {
        let place = &mut self.places[(shingle >> 40) as usize % SEEN];
        let [first, second] = *place;
        let new = (first != shingle) & (second != shingle);
        *place = if new { [shingle, first] } else { [first, second] };
        new
    }
}

impl Sketch {
    pub(super) fn new(bins: usize) -> Self {
        let seen = Seen { places: vec![[0; 2]; SEEN] };
        Sketch { bins: vec![EMPTY; bins], end: END, chunk: Vec::with_capacity(CHUNK), seen }
    }

    /// The first time in each bin, or all ones.
    pub(super) fn bins(&self) -> &[u64] {
        &self.bins
    }

    /// Draws for shingles; `false` if there is none.
    pub(super) fn fill(&mut self, shingles: impl Iterator<Item = u64>) -> bool {
        self.bins.fill(EMPTY);
        self.end = END;
        self.seen.places.fill([0; 2]);
        let mut any = false;
        self.chunk.clear();
        for shingle in shingles {
            any = true;
            if self.seen.insert(shingle) {
                self.chunk.push(Draw { shingle, time: 0 });
                if self.chunk.len() == CHUNK {
                    self.rounds();
                    self.chunk.clear();
                }
            }
        }
        self.rounds();
        any
    }

    /// Draws one point for each shingle of the chunk, again and again, until all are past the end.
    fn rounds(&mut self) {
        let bins = self.bins.as_mut_slice();
        let bin_count = bins.len() as u64;
        let mut live = self.chunk.as_mut_slice();
        let (mut round, mut drawn) = (0u64, 0);
        while !live.is_empty() {
            let end = self.end;
            // Of few shingles, several points each: a round costs more than a point.
            let points = (ROUND / live.len()).max(1);
            for draw in live.iter_mut() {
                let Draw { mut time, shingle } = *draw;
                let mut state = shingle.wrapping_add(round);
                // Without a branch that depends on the draw: it could not be predicted.
                for _ in 0..points {
                    state = state.wrapping_add(STEP);
                    let random = mix(state);
                    time = time.wrapping_add(exponential((random >> 32) as u32));
                    let value = (time << TIE_BITS) | (random & ((1 << TIE_BITS) - 1));
                    let value = if time < end { value } else { EMPTY };
                    let bin = &mut bins[(((random & 0xffff_ffff) * bin_count) >> 32) as usize];
                    *bin = value.min(*bin);
                }
                draw.time = time;
            }
            round = round.wrapping_add(STEP.wrapping_mul(points as u64));
            drawn += live.len() * points;
            if drawn >= bins.len() {
                let last = bins.iter().fold(0, |last, bin| last.max(*bin));
                self.end = END.min((last >> TIE_BITS).wrapping_add(1));
                drawn = 0;
            }
            let mut kept = 0;
            for index in 0..live.len() {
                let draw = live[index];
                live[kept] = draw;
                kept += usize::from(draw.time < self.end);
            }
            live = &mut live[..kept];
        }
    }
}
