//! How the cepstra of a recording differ from what the model expects, near each place. The mean of
//! speech is a poor guide where a stretch is short or has music in it; phones that were found in the
//! text say what should have been there.

use super::acoustic::Acoustic;
use super::coarse::Sound;
use super::matching::Pair;
use super::recording::Recording;
use crate::align::PhoneId;
use crate::align::math::exp;

/// Seconds that one value holds for.
const BLOCK: f64 = 0.25;
/// Seconds in which what a phone says fades to 1/e.
const FADE: f64 = 1.5;
/// Seconds of phones that weigh as much as what is known beforehand.
const PRIOR: f64 = 0.3;

/// Differences from the model's means by block of frames.
pub(super) struct Offsets {
    pub(super) block: usize,
    pub(super) rows: Vec<Vec<f32>>,
}

/// Differences near each place, from the pairs of heard phones and phones of the text.
pub(super) fn measure(
    acoustic: &Acoustic<'_>,
    recording: &Recording,
    sound: &Sound,
    text: &[PhoneId],
    pairs: &[Pair],
    a_second: f64,
) -> Offsets {
    let ceps = acoustic.front_end.options().num_ceps;
    let block = ((BLOCK * a_second) as usize).max(1);
    let blocks = recording.frames().div_ceil(block).max(1);
    let mut sums = vec![vec![0f64; ceps]; blocks];
    let mut counts = vec![0f64; blocks];
    let means: Vec<Vec<Vec<f32>>> =
        (0..acoustic.phones()).map(|p| acoustic.state_means(p as PhoneId, ceps)).collect();
    for pair in pairs.iter().filter(|p| p.score > 0) {
        let (start, end) = sound.frames(pair.audio);
        let states = &means[usize::from(text[pair.text])];
        for t in start..end.min(recording.frames()) {
            let Some(expected) = states.get((t - start) * states.len() / (end - start).max(1)) else {
                continue;
            };
            let sum = &mut sums[t / block];
            for ((s, x), (m, e)) in
                sum.iter_mut().zip(recording.cepstrum(t)).zip(recording.mean(t).iter().zip(expected))
            {
                *s += f64::from(x - m - e);
            }
            counts[t / block] += 1.0;
        }
    }
    // What fades from both sides.
    let keep = exp(-BLOCK / FADE);
    let (mut before, mut before_count) = (vec![0f64; ceps], 0f64);
    let mut total: Vec<(Vec<f64>, f64)> = Vec::with_capacity(blocks);
    for (sum, count) in sums.iter().zip(&counts) {
        before.iter_mut().zip(sum).for_each(|(b, s)| *b = *b * keep + s);
        before_count = before_count * keep + count;
        total.push((before.clone(), before_count));
    }
    let (mut after, mut after_count) = (vec![0f64; ceps], 0f64);
    let prior = PRIOR * a_second;
    let mut rows = vec![Vec::new(); blocks];
    for b in (0..blocks).rev() {
        let (sum, count) = &total[b];
        let weight = 1.0 / (count + after_count + prior);
        rows[b] = sum.iter().zip(&after).map(|(s, a)| ((s + a) * weight) as f32).collect();
        after.iter_mut().zip(&sums[b]).for_each(|(a, s)| *a = (*a + s) * keep);
        after_count = (after_count + counts[b]) * keep;
    }
    Offsets { block, rows }
}
