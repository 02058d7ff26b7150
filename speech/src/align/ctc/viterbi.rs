//! The search. Place `p` has two states: the blank before label `p`, and label `p`. The place after the
//! last label has only the blank; its label has a score of −∞.

use super::window::Window;
use super::{Band, CtcAlignment, CtcError, CtcOptions, Label, LogProbs, Star, TokenSpan};

const NEVER: f64 = f64::NEG_INFINITY;

/// Back pointers of a place, in four bits: one for its blank, two for its label.
const BLANK_FROM_LABEL: u8 = 1;
const LABEL_FROM_BLANK: u8 = 1 << 1;
const LABEL_FROM_LABEL: u8 = 2 << 1;

/// Best scores of all places at one frame. `label[p + 1]` is of label `p`, so that `label[p]` is the one
/// before.
struct Row {
    blank: Vec<f64>,
    label: Vec<f64>,
}

impl Row {
    fn new(places: usize) -> Self {
        Row { blank: vec![NEVER; places], label: vec![NEVER; places + 1] }
    }
}

/// Back pointers of some frames in a row, two places a byte.
#[derive(Default)]
struct Table {
    first_frame: usize,
    /// Where a frame's bytes start, and its first place.
    rows: Vec<(usize, usize)>,
    bytes: Vec<u8>,
}

impl Table {
    fn clear(&mut self, first_frame: usize) {
        self.first_frame = first_frame;
        self.rows.clear();
        self.bytes.clear();
    }

    fn push(&mut self, first_place: usize, codes: &[u8]) {
        self.rows.push((self.bytes.len(), first_place));
        let (pairs, rest) = codes.as_chunks::<2>();
        self.bytes.extend(pairs.iter().map(|[low, high]| low | high << 4));
        self.bytes.extend_from_slice(rest);
    }

    fn get(&self, frame: usize, place: usize) -> u8 {
        let (start, first_place) = self.rows[frame - self.first_frame];
        let at = place - first_place;
        self.bytes[start + at / 2] >> (at % 2 * 4) & 0xF
    }
}

/// How the table is cut into blocks of frames.
struct Plan {
    block: usize,
    bytes: usize,
}

/// Bytes of one place: a row holds two `f64`, of which there are two beside those kept at block starts.
const ROW_BYTES: usize = 16;
/// Bytes of one place beside the rows: label score, skip score, label column, code.
const PLACE_BYTES: usize = 8 + 8 + 4 + 1;
const FRAME_BYTES: usize = size_of::<(usize, usize)>();

impl Plan {
    fn new(window: &Window<'_>, frames: usize, labels: usize, allowed: usize) -> Result<Self, CtcError> {
        let places = labels + 1;
        let fixed = places.saturating_mul(2 * ROW_BYTES + PLACE_BYTES);
        let widths = |range: std::ops::Range<usize>| range.map(|frame| window.at(frame).len());
        let table = |range: std::ops::Range<usize>| {
            widths(range).fold(0usize, |sum, width| sum.saturating_add(width.div_ceil(2) + FRAME_BYTES))
        };
        let whole = fixed.saturating_add(table(0..frames));
        if whole <= allowed {
            return Ok(Plan { block: frames.max(1), bytes: whole });
        }
        // Rows at block starts cost 32 times what back pointers cost, so √(32 T) frames a block are least.
        let block = ((frames as f64 * (2 * ROW_BYTES) as f64).sqrt() as usize).clamp(1, frames.max(1));
        let starts = || (0..frames).step_by(block);
        let largest =
            starts().map(|start| table(start..(start + block).min(frames))).max().unwrap_or_default();
        let kept = starts()
            .fold(0usize, |sum, start| sum.saturating_add(window.at(start).len().saturating_mul(ROW_BYTES)));
        let bytes = fixed.saturating_add(largest).saturating_add(kept);
        if bytes > allowed {
            return Err(CtcError::Memory { needed: bytes.min(whole), allowed });
        }
        Ok(Plan { block, bytes })
    }
}

struct Search<'a> {
    log_probs: LogProbs<'a>,
    blank: usize,
    star: Star,
    window: Window<'a>,
    /// Column of each label; `u32::MAX` for a star.
    columns: Vec<u32>,
    /// 0 where a path may go from the label before straight to this one, −∞ where they are equal.
    skip: Vec<f64>,
    /// Scores of the places' labels at the frame.
    emitted: Vec<f64>,
    codes: Vec<u8>,
    row: Row,
    next: Row,
}

const STAR_COLUMN: u32 = u32::MAX;

pub(super) fn search(
    log_probs: LogProbs<'_>,
    labels: &[Label],
    options: &CtcOptions,
) -> Result<CtcAlignment, CtcError> {
    let frames = log_probs.frames();
    let window = Window::new(&options.band, frames, labels.len())?;
    if frames == 0 {
        return Ok(CtcAlignment {
            log_prob: 0.0,
            spans: Vec::new(),
            frames,
            at_band_edge: false,
            memory_bytes: 0,
        });
    }
    let plan = Plan::new(&window, frames, labels.len(), options.memory_bytes)?;
    let places = labels.len() + 1;
    let mut skip: Vec<f64> = vec![0.0; places];
    for (at, pair) in labels.windows(2).enumerate() {
        if pair[0] == pair[1] {
            skip[at + 1] = NEVER;
        }
    }
    let column = |label: &Label| match label {
        Label::Token(id) => *id,
        Label::Star => STAR_COLUMN,
    };
    let mut search = Search {
        log_probs,
        blank: options.blank as usize,
        star: options.star,
        window,
        columns: labels.iter().map(column).collect(),
        skip,
        emitted: vec![NEVER; places],
        codes: vec![0; places],
        row: Row::new(places),
        next: Row::new(places),
    };
    search.run(labels, &plan, options.band != Band::Whole)
}

impl Search<'_> {
    fn run(&mut self, labels: &[Label], plan: &Plan, banded: bool) -> Result<CtcAlignment, CtcError> {
        let frames = self.log_probs.frames();
        let last_block = (frames - 1) / plan.block * plan.block;
        let mut table = Table::default();
        let mut kept: Vec<(Vec<f64>, Vec<f64>)> = Vec::new();
        // Only the last block's back pointers are needed at once.
        for start in (0..frames).step_by(plan.block) {
            if start > 0 {
                kept.push(self.keep(start - 1));
            }
            self.forward(
                start,
                (start + plan.block).min(frames),
                (start == last_block).then_some(&mut table),
            );
        }
        let end = labels.len();
        // What the last frame's places leave out may hold scores of an older row.
        let last = self.window.at(frames - 1);
        let from_blank = if last.contains(&end) { self.row.blank[end] } else { NEVER };
        let from_label = if end > 0 && last.contains(&(end - 1)) { self.row.label[end] } else { NEVER };
        let log_prob = from_blank.max(from_label);
        if log_prob == NEVER {
            return Err(CtcError::NoPath { banded });
        }
        let mut trace = Trace {
            spans: vec![(0, 0); labels.len()],
            place: if from_blank >= from_label { end } else { end - 1 },
            on_label: from_blank < from_label,
            at_band_edge: false,
        };
        let mut block = last_block;
        loop {
            trace.follow(&table, &self.window, block, (block + plan.block).min(frames));
            let Some(start) = block.checked_sub(plan.block) else { break };
            block = start;
            match block.checked_sub(1) {
                Some(before) => {
                    if let Some((blank, label)) = kept.get(block / plan.block - 1) {
                        self.restore(before, blank, label);
                    }
                }
                None => self.row = Row::new(end + 1),
            }
            self.forward(block, block + plan.block, Some(&mut table));
        }
        let spans = labels.iter().zip(trace.spans);
        let spans = spans.map(|(label, (start, end))| self.scored(*label, start, end)).collect();
        let at_band_edge = trace.at_band_edge;
        Ok(CtcAlignment { log_prob, spans, frames, at_band_edge, memory_bytes: plan.bytes })
    }

    /// The row of `frame`, as far as it is not −∞.
    fn keep(&self, frame: usize) -> (Vec<f64>, Vec<f64>) {
        let places = self.window.at(frame);
        let labels = places.start + 1..places.end + 1;
        (self.row.blank[places].to_vec(), self.row.label[labels].to_vec())
    }

    fn restore(&mut self, frame: usize, blank: &[f64], label: &[f64]) {
        let places = self.window.at(frame);
        self.row = Row::new(self.skip.len());
        self.row.label[places.start + 1..places.end + 1].copy_from_slice(label);
        self.row.blank[places].copy_from_slice(blank);
    }

    /// Goes on from the row of the frame before `start` to that of the frame before `end`.
    fn forward(&mut self, start: usize, end: usize, mut table: Option<&mut Table>) {
        if let Some(table) = table.as_deref_mut() {
            table.clear(start);
        }
        for frame in start..end {
            let places = self.window.at(frame);
            let blank = self.emit(frame, places.clone());
            if frame == 0 {
                self.first(blank, places.contains(&0));
                if places.contains(&0) {
                    self.codes[0] = 0;
                }
            } else {
                let last = self.window.at(frame - 1);
                self.step(blank, places.clone(), last);
            }
            if let Some(table) = table.as_deref_mut() {
                table.push(places.start, &self.codes[places.clone()]);
            }
        }
    }

    fn star_score(&self, row: &[f32]) -> f64 {
        match self.star {
            Star::Constant(score) => score.into(),
            Star::BelowBest(penalty) => {
                f64::from(row.iter().copied().fold(f32::NEG_INFINITY, f32::max)) - f64::from(penalty)
            }
        }
    }

    /// Fills the labels' scores; gives the blank's.
    fn emit(&mut self, frame: usize, places: std::ops::Range<usize>) -> f64 {
        let row = self.log_probs.row(frame);
        let star = self.star_score(row);
        let labels = places.start.min(self.columns.len())..places.end.min(self.columns.len());
        for (emitted, &column) in self.emitted[labels.clone()].iter_mut().zip(&self.columns[labels]) {
            // Only a star is not among the columns.
            *emitted = row.get(column as usize).map_or(star, |score| f64::from(*score));
        }
        row[self.blank].into()
    }

    fn first(&mut self, blank: f64, inside: bool) {
        if inside {
            self.row.blank[0] = blank;
            self.row.label[1] = self.emitted[0];
        }
    }

    fn step(&mut self, blank: f64, places: std::ops::Range<usize>, last: std::ops::Range<usize>) {
        // Read below: the places themselves, and the label before the first. What the frame before did not
        // reach is −∞, whatever an older row left there.
        for place in last.end..places.end {
            self.row.blank[place] = NEVER;
            self.row.label[place + 1] = NEVER;
        }
        if places.start <= last.start {
            self.row.label[places.start] = NEVER;
        }
        let count = places.len();
        let stay_blank = &self.row.blank[places.clone()];
        let before = &self.row.label[places.start..places.end];
        let stay_label = &self.row.label[places.start + 1..places.end + 1];
        let skip = &self.skip[places.clone()];
        let emitted = &self.emitted[places.clone()];
        let next_blank = &mut self.next.blank[places.clone()];
        let next_label = &mut self.next.label[places.start + 1..places.end + 1];
        let codes = &mut self.codes[places];
        // All have the same length; told once so that the loop below has no checks.
        let (stay_blank, before, stay_label) = (&stay_blank[..count], &before[..count], &stay_label[..count]);
        let (skip, emitted) = (&skip[..count], &emitted[..count]);
        let (next_blank, next_label) = (&mut next_blank[..count], &mut next_label[..count]);
        let codes = &mut codes[..count];
        for at in 0..count {
            let moved = before[at] > stay_blank[at];
            next_blank[at] = blank + if moved { before[at] } else { stay_blank[at] };
            let skipped = before[at] + skip[at];
            let advanced = stay_blank[at] > stay_label[at];
            let best = if advanced { stay_blank[at] } else { stay_label[at] };
            let jumped = skipped > best;
            next_label[at] = emitted[at] + if jumped { skipped } else { best };
            let label = if jumped {
                LABEL_FROM_LABEL
            } else if advanced {
                LABEL_FROM_BLANK
            } else {
                0
            };
            codes[at] = label | if moved { BLANK_FROM_LABEL } else { 0 };
        }
        std::mem::swap(&mut self.row, &mut self.next);
    }

    fn scored(&self, label: Label, start: usize, end: usize) -> TokenSpan {
        let (mut sum, mut least) = (0.0, f64::INFINITY);
        for frame in start..end {
            let row = self.log_probs.row(frame);
            let score = match label {
                Label::Token(id) => row.get(id as usize).map_or(NEVER, |score| f64::from(*score)),
                Label::Star => self.star_score(row),
            };
            sum += score;
            least = least.min(score);
        }
        let frames = end.saturating_sub(start).max(1) as f64;
        TokenSpan { label, start, end, mean_log_prob: (sum / frames) as f32, min_log_prob: least as f32 }
    }
}

/// Where the path is, from its end on.
struct Trace {
    spans: Vec<(usize, usize)>,
    place: usize,
    on_label: bool,
    at_band_edge: bool,
}

impl Trace {
    fn follow(&mut self, table: &Table, window: &Window<'_>, start: usize, end: usize) {
        for frame in (start..end).rev() {
            self.at_band_edge |= window.is_edge(frame, self.place);
            if self.on_label
                && let Some(span) = self.spans.get_mut(self.place)
            {
                if span.1 == 0 {
                    span.1 = frame + 1;
                }
                span.0 = frame;
            }
            let code = table.get(frame, self.place);
            if frame == 0 {
                continue;
            }
            if !self.on_label {
                if code & BLANK_FROM_LABEL != 0 {
                    self.place -= 1;
                    self.on_label = true;
                }
            } else if code & LABEL_FROM_LABEL != 0 {
                self.place -= 1;
            } else if code & LABEL_FROM_BLANK != 0 {
                self.on_label = false;
            }
        }
    }
}
