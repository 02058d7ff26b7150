//! Sparse weights: while they are learnt ([`Learner`]), and as they are used ([`Table`]).

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::bytes::{Reader, Writer};

/// Weights of one feature for one class, and their sum over all steps so far.
#[derive(Clone, Copy, Debug)]
struct Cell {
    class: u16,
    weight: i32,
    total: i64,
    since: u32,
}

/// For keys that are hashes already.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// Rows of a [`Table`], by key.
pub(crate) type Rows = Vec<(u32, Vec<(u16, i16)>)>;

/// An averaged perceptron's weights. Whole numbers only, so that every platform learns the same.
#[derive(Default)]
pub(super) struct Learner {
    index: HashMap<u64, u32, BuildHasherDefault<Hashed>>,
    rows: Vec<(u64, Vec<Cell>)>,
    step: u32,
}

impl Learner {
    pub(super) fn scores(&self, features: &[u64], scores: &mut [i32]) {
        for feature in features {
            let Some(row) = self.index.get(feature) else { continue };
            for cell in &self.rows[*row as usize].1 {
                if let Some(score) = scores.get_mut(usize::from(cell.class)) {
                    *score = score.wrapping_add(cell.weight);
                }
            }
        }
    }

    pub(super) fn add(&mut self, features: &[u64], class: u16, by: i32) {
        let step = self.step;
        for feature in features {
            let row = *self.index.entry(*feature).or_insert_with(|| {
                self.rows.push((*feature, Vec::new()));
                (self.rows.len() - 1) as u32
            });
            let cells = &mut self.rows[row as usize].1;
            match cells.iter_mut().find(|cell| cell.class == class) {
                Some(cell) => {
                    cell.total += i64::from(cell.weight) * i64::from(step - cell.since);
                    cell.since = step;
                    cell.weight = cell.weight.saturating_add(by);
                }
                None => cells.push(Cell { class, weight: by, total: 0, since: step }),
            }
        }
    }

    pub(super) fn tick(&mut self) {
        self.step = self.step.saturating_add(1);
    }

    /// Ends a run: weights go back to zero, and the sums stay.
    pub(super) fn restart(&mut self) {
        let step = self.step;
        for (_, cells) in &mut self.rows {
            for cell in cells {
                cell.total += i64::from(cell.weight) * i64::from(step - cell.since);
                cell.since = step;
                cell.weight = 0;
            }
        }
    }

    /// The average over all steps times `scale`, without what is below `least`.
    pub(super) fn freeze(&mut self, scale: i64, least: i64) -> Rows {
        self.restart();
        let steps = i64::from(self.step.max(1));
        let mut rows = Rows::new();
        for (feature, cells) in &self.rows {
            let mut kept: Vec<(u16, i16)> = cells
                .iter()
                .map(|cell| (cell.class, cell.total.saturating_mul(scale) / steps))
                .filter(|(_, weight)| weight.abs() >= least.max(1))
                .map(|(class, weight)| {
                    (class, weight.clamp(-i64::from(i16::MAX), i64::from(i16::MAX)) as i16)
                })
                .collect();
            kept.sort_unstable();
            if !kept.is_empty() {
                rows.push(((feature >> 32) as u32, kept));
            }
        }
        rows.sort();
        rows.dedup_by_key(|row| row.0);
        rows
    }
}

/// Rows of two tables as one, the classes of the second moved up.
pub(super) fn join(first: Rows, second: Rows, by: u16) -> Rows {
    let mut rows = first;
    rows.extend(second.into_iter().map(|(key, mut cells)| {
        cells.iter_mut().for_each(|cell| cell.0 = cell.0.saturating_add(by));
        (key, cells)
    }));
    rows.sort_by_key(|row| row.0);
    rows.dedup_by(|later, earlier| {
        let same = later.0 == earlier.0;
        if same {
            earlier.1.append(&mut later.1);
        }
        same
    });
    rows
}

/// How far from its place a row of a model file may lie.
const FAR: usize = 1024;

/// A hash table from features to rows of (class, weight): open addressing, in the order of the keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Table {
    /// Key and where its row starts in `cells`; a start of 0 is an empty slot, and the last slot is empty.
    slots: Vec<(u32, u32)>,
    shift: u32,
    /// For each row: (cells, 0), then the cells.
    cells: Vec<(u16, i16)>,
    features: usize,
    /// The longest way from a row's place to the row.
    farthest: usize,
}

impl Table {
    /// From rows sorted by keys, each key once.
    pub(crate) fn new(rows: Rows) -> Table {
        let bits = (rows.len() * 2).next_power_of_two().trailing_zeros().clamp(1, 31);
        let shift = 32 - bits;
        let mut slots = vec![(0, 0); 1 << bits];
        let mut all = vec![(0, 0)];
        let (mut free, mut farthest) = (0, 0);
        let features = rows.len();
        for (key, cells) in rows {
            let start = all.len() as u32;
            all.push((cells.len() as u16, 0));
            all.extend(cells);
            let home = (key >> shift) as usize;
            let at = home.max(free);
            farthest = farthest.max(at - home);
            if at >= slots.len() {
                slots.resize(at + 1, (0, 0));
            }
            slots[at] = (key, start);
            free = at + 1;
        }
        slots.push((0, 0));
        Table { slots, shift, cells: all, features, farthest }
    }

    /// How many features have weights.
    pub(crate) fn features(&self) -> usize {
        self.features
    }

    #[inline]
    pub(crate) fn row(&self, feature: u64) -> &[(u16, i16)] {
        let key = (feature >> 32) as u32;
        let Some(slots) = self.slots.get((key >> self.shift) as usize..) else { return &[] };
        for (found, start) in slots {
            if *start == 0 || *found > key {
                break;
            }
            if *found == key {
                let start = *start as usize;
                return &self.cells[start + 1..start + 1 + usize::from(self.cells[start].0)];
            }
        }
        &[]
    }

    #[inline]
    pub(super) fn scores(&self, features: &[u64], scores: &mut [i32]) {
        for feature in features {
            for (class, weight) in self.row(*feature) {
                if let Some(score) = scores.get_mut(usize::from(*class)) {
                    *score = score.wrapping_add(i32::from(*weight));
                }
            }
        }
    }

    /// Rows by key, keys as differences; numbers in LEB128, weights zigzag.
    pub(crate) fn write(&self, out: &mut Writer) {
        let mut slots: Vec<(u32, u32)> = self.slots.iter().copied().filter(|slot| slot.1 != 0).collect();
        slots.sort_unstable();
        out.number(slots.len() as u64);
        let mut last = 0;
        for (key, start) in slots {
            out.number(u64::from(key - last));
            last = key;
            let start = start as usize;
            let count = usize::from(self.cells[start].0);
            out.number(count as u64);
            for (class, weight) in &self.cells[start + 1..start + 1 + count] {
                out.number(u64::from(*class));
                out.number(u64::from((i32::from(*weight) << 1 ^ i32::from(*weight) >> 15) as u32));
            }
        }
    }

    pub(crate) fn read(input: &mut Reader<'_>) -> Option<Table> {
        let count = input.count(3)?;
        let mut rows: Vec<(u32, Vec<(u16, i16)>)> = Vec::with_capacity(count);
        let mut last = 0u32;
        for n in 0..count {
            let step = u32::try_from(input.number()?).ok()?;
            if n > 0 && step == 0 {
                return None;
            }
            last = last.checked_add(step)?;
            let cells = input.count(2).filter(|cells| *cells <= usize::from(u16::MAX))?;
            let mut row = Vec::with_capacity(cells);
            for _ in 0..cells {
                let class = u16::try_from(input.number()?).ok()?;
                let zigzag = u32::try_from(input.number()?).ok()?;
                row.push((class, i16::try_from((zigzag >> 1) as i32 ^ -((zigzag & 1) as i32)).ok()?));
            }
            rows.push((last, row));
        }
        Some(Table::new(rows)).filter(|table| table.farthest <= FAR)
    }
}
