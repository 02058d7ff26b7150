//! The phones of a model as chains of states, and the scores of a stretch of frames.

/// States of the phones and of silence, by their columns in [`Scores`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Inventory {
    /// Columns of each phone's states.
    pub(crate) phones: Vec<Vec<u16>>,
    /// Columns of the states of silence.
    pub(crate) silence: Vec<u16>,
    /// ln probability of staying in a state and of leaving it, by column.
    pub(crate) stay: Vec<f32>,
    pub(crate) leave: Vec<f32>,
}

/// Log-likelihoods of frames, `data[t * columns + c]`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scores {
    pub(crate) columns: usize,
    pub(crate) data: Vec<f32>,
}

impl Scores {
    pub(crate) fn frames(&self) -> usize {
        self.data.len().checked_div(self.columns).unwrap_or(0)
    }

    pub(crate) fn row(&self, t: usize) -> &[f32] {
        &self.data[t * self.columns..(t + 1) * self.columns]
    }
}
