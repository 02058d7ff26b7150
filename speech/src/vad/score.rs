//! From levels to log-odds of speech: seven measures of each frame, averaged over three spans of time,
//! weighted.

use super::Frame;
use super::bands::{BANDS, LEVELS};
use super::noise::Background;

/// Measures of a frame, and one place left over to make eight.
const MEASURES: usize = 8;
/// Frames on either side that the spread of levels is taken over.
const SPREAD: u64 = 10;
/// Frames on either side of the three averages.
const SPANS: [u64; 3] = [3, 10, 25];
/// Frames kept; more than `2 · 25 + 10 + 1`, and a power of two.
const KEPT: usize = 64;

/// Weights of the measures by span. The measures: mean dB above the background below 1 kHz, to 3.4 kHz
/// and above; mean distance from the background in its spreads; level below the peak in dB; standard
/// deviation over 0.2 s; change in 20 ms.
///
/// Fitted by logistic regression on 2.5 h of synthetic Danish (eSpeak NG) with made echo, colouring,
/// breaths and the noises of benches/peers/speech_vad.py from 25 to −3 dB; measured on other sentences,
/// other noise and real recordings.
const WEIGHTS: [[f32; MEASURES]; 3] = [
    [-0.0096, -0.0422, 0.0754, 0.5987, 0.0523, -0.0616, 0.0706, 0.0],
    [-0.1083, -0.0779, 0.0682, 1.2284, 0.2295, -0.1572, 0.8115, 0.0],
    [0.0437, -0.351, -0.2063, 1.4135, 0.1858, 0.6948, -0.0732, 0.0],
];
const BIAS: f32 = 0.8398;

/// Scores frames one after the other; a frame's score comes 35 frames later.
pub(super) struct Scorer {
    present: usize,
    background: Background,
    levels: [[f32; LEVELS]; KEPT],
    measures: [[f32; MEASURES]; KEPT],
    taken: u64,
    spread_done: u64,
    scored: u64,
}

impl Scorer {
    pub(super) fn new(present: usize) -> Scorer {
        Scorer {
            present: present.clamp(1, BANDS),
            background: Background::new(),
            levels: [[0.0; LEVELS]; KEPT],
            measures: [[0.0; MEASURES]; KEPT],
            taken: 0,
            spread_done: 0,
            scored: 0,
        }
    }

    /// dB of the frame taken last above the background.
    pub(super) fn above_background(&self) -> f32 {
        let last = self.taken.wrapping_sub(1) as usize % KEPT;
        self.levels[last][BANDS] - self.background.mean[BANDS]
    }

    /// Takes the levels of the next frame; may give the score of an earlier one.
    pub(super) fn take(&mut self, levels: &[f32; LEVELS]) -> Option<Frame> {
        self.background.follow(levels);
        let slot = self.taken as usize % KEPT;
        self.levels[slot] = *levels;
        self.measures[slot] = self.measure(levels);
        self.taken += 1;
        if self.taken > self.spread_done + SPREAD {
            self.spread();
        }
        (self.spread_done > self.scored + SPANS[2]).then(|| self.score())
    }

    /// The next frame after the last was taken, whose averages end there; `None` after the last.
    pub(super) fn drain(&mut self) -> Option<Frame> {
        while self.spread_done < self.taken && self.spread_done <= self.scored + SPANS[2] {
            self.spread();
        }
        (self.scored < self.taken).then(|| self.score())
    }

    fn measure(&self, levels: &[f32; LEVELS]) -> [f32; MEASURES] {
        let (mean, spread) = (&self.background.mean, &self.background.spread);
        let mut above = [0f32; BANDS];
        let mut distance = [0f32; BANDS];
        let mut change = [0f32; BANDS];
        // The first two frames are compared with themselves.
        let before = if self.taken >= 2 { &self.levels[(self.taken - 2) as usize % KEPT] } else { levels };
        for band in 0..BANDS {
            let difference = levels[band] - mean[band];
            above[band] = difference.clamp(-3.0, 30.0);
            distance[band] = (difference / spread[band]).clamp(-1.0, 6.0);
            change[band] = (levels[band] - before[band]).abs();
        }
        let average = |of: &[f32; BANDS], first: usize, end: usize| {
            let (first, end) = (first.min(self.present - 1), end.min(self.present));
            of[first..end].iter().sum::<f32>() / (end - first) as f32
        };
        [
            average(&above, 0, 7),
            average(&above, 7, 13),
            average(&above, 13, BANDS),
            average(&distance, 0, BANDS),
            (levels[BANDS] - self.background.peak).clamp(-40.0, 3.0),
            0.0,
            average(&change, 0, BANDS),
            0.0,
        ]
    }

    /// Standard deviation over time of each band about the next frame, averaged over bands.
    fn spread(&mut self) {
        let frame = self.spread_done;
        let (first, end) = (frame.saturating_sub(SPREAD), (frame + SPREAD + 1).min(self.taken));
        let count = (end - first) as f32;
        let (mut sum, mut squares) = ([0f32; BANDS], [0f32; BANDS]);
        // Taken from the frame's own level, so that little is lost in the difference of squares.
        let origin = self.levels[frame as usize % KEPT];
        for at in first..end {
            let levels = &self.levels[at as usize % KEPT];
            for band in 0..BANDS {
                let level = levels[band] - origin[band];
                sum[band] += level;
                squares[band] += level * level;
            }
        }
        let mut total = 0f32;
        for band in 0..self.present {
            let mean = sum[band] / count;
            total += (squares[band] / count - mean * mean).max(0.0).sqrt();
        }
        self.measures[frame as usize % KEPT][5] = total / self.present as f32;
        self.spread_done += 1;
    }

    fn score(&mut self) -> Frame {
        let frame = self.scored;
        let mut score = [0f32; MEASURES];
        for (span, weights) in SPANS.iter().zip(&WEIGHTS) {
            let (first, end) = (frame.saturating_sub(*span), (frame + span + 1).min(self.spread_done));
            let mut sum = [0f32; MEASURES];
            for at in first..end {
                let measures = &self.measures[at as usize % KEPT];
                for m in 0..MEASURES {
                    sum[m] += measures[m];
                }
            }
            for m in 0..MEASURES {
                score[m] += sum[m] * weights[m] / (end - first) as f32;
            }
        }
        self.scored += 1;
        let level_db = self.levels[frame as usize % KEPT][BANDS];
        Frame { score: score.iter().sum::<f32>() + BIAS, level_db }
    }
}
