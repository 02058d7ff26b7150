//! Which labels are looked at in which frame.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::CtcError;

/// Where to look for a path.
///
/// Place `p` of `n` labels means that label `p` is said, or that the blank before it is; place `n` is the
/// blank after the last label.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Band {
    /// Everywhere: the exact best path.
    #[default]
    Whole,
    /// So many places before and after the straight line from the first label at the first frame to the last
    /// label at the last frame.
    Diagonal(usize),
    /// For each frame the places to look at, as from times that are known roughly. Neither starts nor ends
    /// may go back from one frame to the next.
    Windows(Vec<Range<usize>>),
}

/// The places worth a look at each frame: those of the band from which both ends can still be reached.
pub(super) struct Window<'a> {
    band: &'a Band,
    frames: usize,
    labels: usize,
}

impl<'a> Window<'a> {
    pub(super) fn new(band: &'a Band, frames: usize, labels: usize) -> Result<Self, CtcError> {
        if let Band::Windows(windows) = band {
            let wrong = |frame, reason| Err(CtcError::Band { frame, reason });
            if windows.len() != frames {
                return wrong(windows.len().min(frames), "has another length than the scores");
            }
            let mut last = 0..0;
            for (frame, window) in windows.iter().enumerate() {
                if window.start >= window.end || window.end > labels + 1 {
                    return wrong(frame, "is empty, or goes past the place after the last label");
                }
                if window.start < last.start || window.end < last.end {
                    return wrong(frame, "goes back");
                }
                last = window.clone();
            }
        }
        Ok(Window { band, frames, labels })
    }

    /// Places of the band at `frame`.
    fn of_band(&self, frame: usize) -> Range<usize> {
        let all = 0..self.labels + 1;
        match self.band {
            Band::Whole => all,
            Band::Diagonal(width) => {
                let centre = frame as u128 * self.labels as u128 / (self.frames.max(2) - 1) as u128;
                // Never more than `labels`, so the cast is exact.
                let centre = (centre as usize).min(self.labels);
                centre.saturating_sub(*width)..centre.saturating_add(*width).saturating_add(1).min(all.end)
            }
            Band::Windows(windows) => windows.get(frame).cloned().unwrap_or(0..0),
        }
    }

    /// The places to compute at `frame`. Starts and ends never go back; the range may be empty.
    pub(super) fn at(&self, frame: usize) -> Range<usize> {
        let reachable = self.reachable(frame);
        let band = self.of_band(frame);
        let end = reachable.end.min(band.end);
        reachable.start.max(band.start).min(end)..end
    }

    /// At most one label a frame: from the start, and to the end.
    fn reachable(&self, frame: usize) -> Range<usize> {
        let left = self.frames - frame;
        self.labels.saturating_sub(left)..(frame + 1).min(self.labels + 1)
    }

    /// Whether the band, and not the ends of the recording, keeps a path at `place` from going further.
    pub(super) fn is_edge(&self, frame: usize, place: usize) -> bool {
        let (band, reachable) = (self.of_band(frame), self.reachable(frame));
        (place == band.start && band.start > reachable.start)
            || (place + 1 == band.end && band.end < reachable.end)
    }
}
