//! Windows of cohorts, and places in them.

/// A reading in its cohort.
#[derive(Clone, Debug)]
pub(super) struct Active {
    /// Its tags, by number in the store.
    pub(super) ty: u32,
    /// Whether a MAP rule, or the input, gave it its mapping tag.
    pub(super) mapped: bool,
    /// The rules that acted on it.
    pub(super) rules: Vec<u32>,
    /// Its number among the cohort's readings in the input, `None` for one that a rule made.
    pub(super) source: Option<u32>,
}

/// A cohort.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell<'a> {
    /// Its line: the word form and what stands after it.
    pub(super) head: &'a str,
    pub(super) readings: Vec<Active>,
    pub(super) removed: Vec<Active>,
    /// Lines after it that are no readings.
    pub(super) text: &'a str,
}

/// The cohorts from one delimiter to the next; the first one stands for the beginning.
#[derive(Clone, Debug, Default)]
pub(super) struct Window<'a> {
    pub(super) cells: Vec<Cell<'a>>,
    /// Lines before its first cohort.
    pub(super) text: &'a str,
    /// The number of its first cohort in the input.
    pub(super) first: usize,
}

/// A cohort's place: window, then cohort.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) window: usize,
    pub(super) cell: usize,
}

/// Windows that tests may look at.
pub(super) struct Windows<'a> {
    pub(super) list: std::collections::VecDeque<Window<'a>>,
}

impl<'a> Windows<'a> {
    pub(super) fn cell(&self, spot: Spot) -> Option<&Cell<'a>> {
        self.list.get(spot.window)?.cells.get(spot.cell)
    }

    pub(super) fn cell_mut(&mut self, spot: Spot) -> Option<&mut Cell<'a>> {
        self.list.get_mut(spot.window)?.cells.get_mut(spot.cell)
    }

    pub(super) fn len(&self, window: usize) -> usize {
        self.list.get(window).map_or(0, |w| w.cells.len())
    }

    /// The place `offset` cohorts from `spot`, in a window that is left only where that is allowed.
    pub(super) fn at(&self, spot: Spot, offset: i64, left: bool, right: bool) -> Option<Spot> {
        let mut window = spot.window;
        let mut cell = spot.cell as i64 + offset;
        while cell < 0 {
            if !left || window == 0 {
                return None;
            }
            window -= 1;
            cell += self.len(window) as i64;
        }
        while cell >= self.len(window) as i64 {
            if !right || window + 1 >= self.list.len() {
                return None;
            }
            cell -= self.len(window) as i64;
            window += 1;
        }
        Some(Spot { window, cell: cell as usize })
    }
}
