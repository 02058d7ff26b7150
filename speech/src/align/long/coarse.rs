//! The coarse pass: what phones are heard in the recording, and where in the text they stand.

use super::acoustic::Acoustic;
use super::matching::{self, LANES, Pair, Profile, SCALE};
use super::phones::{self, Heard};
use super::recording::Recording;
use crate::align::math::ln;
use crate::align::{PhoneId, SILENCE};

/// One frame of so many is listened to.
const STRIDE: usize = 2;
/// Frames listened to at a time, at the most.
const LISTEN: usize = 4000;
/// Phones of a stretch that is searched for: at the least (then a pause ends it), and at the most.
const STRETCH: (usize, usize) = (60, 120);
/// Frames of silence that end a stretch.
const PAUSE: usize = 50;
/// Phones of text that one search reads at the most; longer texts are read around the last place.
const REACH: usize = 1 << 18;
/// Pairs of phones that are compared without a search.
const CLOSE: usize = 4_000_000;
/// ln of how much rarer than one in a search a chance find has to be.
const SURE: f32 = 7.0;

/// What was heard.
#[derive(Debug, Default)]
pub(super) struct Sound {
    /// Phones and silences with their frames, in order. Between stretches of speech nothing is heard.
    pub(super) heard: Vec<Heard>,
    /// Indices of the phones in `heard`.
    pub(super) voiced: Vec<usize>,
    /// Log odds of each voiced phone for each phone of the model.
    odds: Vec<i16>,
    phones: usize,
}

/// Listens to all speech of the recording. `share` is how common each phone is in the text.
pub(super) fn listen(acoustic: &Acoustic<'_>, recording: &Recording, share: &[f32]) -> Sound {
    let (columns, _) = acoustic.columns((0..acoustic.phones()).map(|p| p as PhoneId), std::iter::empty());
    let mut sound = Sound { phones: acoustic.phones(), ..Sound::default() };
    for range in &recording.speech {
        let mut start = range.start;
        while start < range.end {
            let end = recording.quiet_cut(start, range.end, LISTEN);
            let features = recording.features(&acoustic.front_end, start..end, STRIDE, None);
            let scores = acoustic.scores(&features, &columns);
            let (heard, _) = phones::recognise(columns.inventory(), &scores);
            for h in heard {
                if h.phone.is_some() {
                    sound.voiced.push(sound.heard.len());
                    phones::odds(columns.inventory(), &scores, h, share, &mut sound.odds);
                }
                sound.heard.push(Heard {
                    start: start + h.start * STRIDE,
                    end: (start + h.end * STRIDE).min(end),
                    ..h
                });
            }
            start = end;
        }
    }
    sound
}

/// How common each phone is; never zero.
pub(super) fn shares(text: &[PhoneId], phones: usize) -> Vec<f32> {
    let mut count = vec![1f32; phones];
    for &p in text {
        if let Some(c) = count.get_mut(usize::from(p)) {
            *c += 1.0;
        }
    }
    if let Some(silence) = count.get_mut(usize::from(SILENCE)) {
        *silence = 0.0;
    }
    let total: f32 = count.iter().sum();
    count.iter().map(|c| c / total.max(1.0)).collect()
}

/// Where the sound stands in the text.
#[derive(Debug, Default)]
pub(super) struct Path {
    /// Voiced phones beside phones of the text; both rise.
    pub(super) pairs: Vec<Pair>,
    /// Sums of the best scores of all stretches in the text, and in the text with its words shuffled.
    pub(super) score: f64,
    pub(super) chance: f64,
}

/// Finds the sound in the text. `shuffled` is the same text with its words in another order: what is
/// found there is chance.
pub(super) fn place(sound: &Sound, text: &[PhoneId], shuffled: &[PhoneId]) -> Path {
    let stretches = sound.stretches();
    let mut candidates: Vec<Vec<(usize, i64)>> = Vec::with_capacity(stretches.len());
    let mut hits = Vec::with_capacity(stretches.len());
    let mut chances: Vec<(usize, i16)> = Vec::new();
    let mut path = Path::default();
    let mut last = 0usize;
    for group in stretches.chunks(LANES) {
        let profiles: Vec<Profile> = group.iter().map(|&(a, b)| sound.profile(a, b)).collect();
        let from =
            if text.len() > REACH { last.saturating_sub(REACH / 4).min(text.len() - REACH) } else { 0 };
        let to = (from + REACH).min(text.len());
        let found = matching::search(&profiles, sound.phones, &text[from..to], 3);
        let chance = matching::search(&profiles, sound.phones, &shuffled[from..to], 1);
        for ((mut found, chance), profile) in found.into_iter().zip(chance).zip(&profiles) {
            let chance = chance.first().map_or(0, |h| h.score);
            chances.push((profile.len, chance));
            path.chance += f64::from(chance);
            path.score += found.first().map_or(0.0, |h| f64::from(h.score));
            found.iter_mut().for_each(|h| h.block += from);
            hits.push(found);
        }
        // The next search is around the best place of this one.
        if let Some(best) = hits[hits.len() - group.len()..].iter().flatten().max_by_key(|h| h.score) {
            last = best.block;
        }
    }
    // Chance scores grow with the logarithm of what is compared; their mean gives the scale.
    let reach = text.len().min(REACH) as f32;
    let steepness = steepness(&chances, reach);
    for (found, &(a, b)) in hits.iter().zip(&stretches) {
        let least = threshold(steepness, (b - a) as f32 * reach);
        candidates
            .push(found.iter().filter(|h| h.score >= least).map(|h| (h.block, i64::from(h.score))).collect());
    }
    let chosen = matching::chain(&candidates);
    let mut pairs: Vec<Pair> = Vec::new();
    for ((pick, found), &(a, b)) in chosen.iter().zip(&hits).zip(&stretches) {
        let Some(hit) = pick.and_then(|k| found.get(k)) else { continue };
        let profile = sound.profile(a, b);
        for pair in matching::trace(&profile, sound.phones, text, *hit) {
            if pairs.last().is_none_or(|last| pair.text > last.text) {
                pairs.push(Pair { audio: pair.audio + a, ..pair });
            }
        }
    }
    path.pairs = fill(sound, text, &pairs, steepness);
    path
}

/// Chance scores are about ln(pairs compared) / steepness.
fn steepness(chances: &[(usize, i16)], reach: f32) -> f32 {
    let (mut expected, mut seen) = (0f32, 0f32);
    for &(len, score) in chances {
        expected += ln(f64::from((len as f32 * reach).max(2.0))) as f32;
        seen += f32::from(score) / SCALE;
    }
    if seen > 0.0 { (expected / seen).clamp(0.2, 1.5) } else { 1.0 }
}

fn threshold(steepness: f32, compared: f32) -> i16 {
    (((ln(f64::from(compared.max(2.0))) as f32 + SURE) / steepness) * SCALE).min(30_000.0) as i16
}

/// Looks again between neighbouring pairs, where chance has less room.
fn fill(sound: &Sound, text: &[PhoneId], pairs: &[Pair], steepness: f32) -> Vec<Pair> {
    let mut filled = Vec::with_capacity(pairs.len());
    // Regions that are still to be looked at, the next one last.
    let (mut audio, mut place) = (0, 0);
    for next in pairs.iter().map(Some).chain([None]) {
        let (to_audio, to_text) = next.map_or((sound.voiced.len(), text.len()), |p| (p.audio, p.text));
        between(sound, text, (audio, to_audio), (place, to_text), steepness, 0, &mut filled);
        if let Some(pair) = next {
            filled.push(*pair);
            (audio, place) = (pair.audio + 1, pair.text + 1);
        }
    }
    filled
}

fn between(
    sound: &Sound,
    text: &[PhoneId],
    audio: (usize, usize),
    place: (usize, usize),
    steepness: f32,
    depth: usize,
    out: &mut Vec<Pair>,
) {
    let (n, m) = (audio.1.saturating_sub(audio.0), place.1.saturating_sub(place.0));
    if n < 6 || m < 6 || depth > 12 {
        return;
    }
    if n.saturating_mul(m) > CLOSE {
        return;
    }
    let profile = sound.profile(audio.0, audio.1);
    let found = matching::local(&profile, sound.phones, &text[place.0..place.1], None);
    let (Some(first), Some(last)) = (found.first(), found.last()) else { return };
    let lost = last.audio - first.audio + last.text - first.text + 2 - 2 * found.len();
    let score =
        found.iter().map(|p| i32::from(p.score)).sum::<i32>() - lost as i32 * i32::from(matching::GAP);
    if score < i32::from(threshold(steepness, (n * m) as f32)) {
        return;
    }
    let (a, b) = (audio.0 + first.audio, place.0 + first.text);
    between(sound, text, (audio.0, a), (place.0, b), steepness, depth + 1, out);
    out.extend(found.iter().map(|p| Pair { audio: p.audio + audio.0, text: p.text + place.0, ..*p }));
    let (a, b) = (audio.0 + last.audio + 1, place.0 + last.text + 1);
    between(sound, text, (a, audio.1), (b, place.1), steepness, depth + 1, out);
}

impl Sound {
    /// The frames of a voiced phone.
    pub(super) fn frames(&self, voiced: usize) -> (usize, usize) {
        let heard = self.heard[self.voiced[voiced]];
        (heard.start, heard.end)
    }

    fn profile(&self, from: usize, to: usize) -> Profile {
        Profile { scores: self.odds[from * self.phones..to * self.phones].to_vec(), len: to - from }
    }

    /// Runs of voiced phones, cut in pauses where that leaves enough.
    fn stretches(&self) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        let mut start = 0;
        for i in 1..=self.voiced.len() {
            let len = i - start;
            let ends = i == self.voiced.len()
                || len >= STRETCH.1
                || (len >= STRETCH.0 && self.frames(i).0 - self.frames(i - 1).1 >= PAUSE);
            if ends {
                found.push((start, i));
                start = i;
            }
        }
        found
    }
}
