//! The background: its level and spread in each band, and the level of the speech above it.

use super::bands::LEVELS;

/// Frames of one part of the window that the minimum is sought in.
const PART: u64 = 10;
/// Parts of that window: 1.2 s, longer than a vowel and shorter than a change of background.
const PARTS: usize = 12;
/// dB above the minimum up to which a smoothed level counts as background.
const NEAR: f32 = 9.0;

/// Level of speech in dBFS that is expected until louder speech comes, so that breath before it is not
/// taken for it.
const FIRST_PEAK: f32 = -28.0;

/// Minimum statistics after Martin (2001) in the log domain, with subwindows, and a recursive mean of
/// what is near the minimum after Cohen's MCRA (2002).
pub(super) struct Background {
    frames: u64,
    smoothed: [f32; LEVELS],
    current: [f32; LEVELS],
    parts: [[f32; LEVELS]; PARTS],
    /// The least of `parts`.
    least: [f32; LEVELS],
    /// Mean level in dBFS.
    pub(super) mean: [f32; LEVELS],
    /// Mean distance from it in dB.
    pub(super) spread: [f32; LEVELS],
    /// Level of the loudest of late: falls by 1 dB a second.
    pub(super) peak: f32,
}

impl Background {
    pub(super) fn new() -> Background {
        Background {
            frames: 0,
            smoothed: [0.0; LEVELS],
            current: [0.0; LEVELS],
            parts: [[200.0; LEVELS]; PARTS],
            least: [200.0; LEVELS],
            mean: [0.0; LEVELS],
            spread: [4.0; LEVELS],
            peak: 0.0,
        }
    }

    /// Takes the levels of the next frame.
    #[allow(clippy::needless_range_loop, reason = "one index into six arrays of one length")]
    pub(super) fn follow(&mut self, levels: &[f32; LEVELS]) {
        if self.frames == 0 {
            self.smoothed = *levels;
            self.current = *levels;
            // A recording may begin with speech: what is above −50 dBFS is not taken for background at
            // once.
            self.mean = levels.map(|l| l.min(-50.0));
            self.peak = (self.mean[LEVELS - 1] + 20.0).max(FIRST_PEAK);
        }
        for band in 0..LEVELS {
            self.smoothed[band] += 0.3 * (levels[band] - self.smoothed[band]);
            self.current[band] = self.current[band].min(self.smoothed[band]);
        }
        if self.frames % PART == PART - 1 {
            self.parts[(self.frames / PART) as usize % PARTS] = self.current;
            self.current = self.smoothed;
            self.least = self.parts[0];
            for part in &self.parts[1..] {
                for (least, level) in self.least.iter_mut().zip(part) {
                    *least = least.min(*level);
                }
            }
        }
        let rate = if self.frames >= 50 { 0.05 } else { 0.2 };
        for band in 0..LEVELS {
            let least = self.least[band].min(self.current[band]);
            let rate = if self.smoothed[band] - least < NEAR { rate } else { 0.0 };
            let mean = self.mean[band] + rate * (levels[band] - self.mean[band]);
            self.mean[band] = mean.max(least).min(least + NEAR);
            let away = (levels[band] - self.mean[band]).abs();
            self.spread[band] = (self.spread[band] + 0.5 * rate * (away - self.spread[band])).clamp(1.5, 8.0);
        }
        let level = levels[LEVELS - 1];
        self.peak = (self.peak - 0.01).max(level.min(self.peak + 1.0)).max(self.mean[LEVELS - 1] + 10.0);
        self.frames += 1;
    }
}
