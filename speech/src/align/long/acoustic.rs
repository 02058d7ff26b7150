//! What the long aligner asks of an acoustic model.

use std::collections::BTreeMap;

use super::inventory::{Inventory, Scores};
use super::recording::Recording;
use super::window::Chain;
use crate::align::gmm::Blocks;
use crate::align::simd::{BLOCK, Level};
use crate::align::{AcousticModel, Error, Features, FrontEnd, PhoneId, SILENCE, Word};

/// A model with its front end.
pub(super) struct Acoustic<'a> {
    pub(super) model: &'a AcousticModel,
    pub(super) front_end: FrontEnd,
}

/// Columns of scores: the pdfs that are needed.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns {
    pdfs: Vec<u32>,
    /// Columns by their pdfs.
    known: BTreeMap<u32, u16>,
    inventory: Inventory,
}

impl<'a> Acoustic<'a> {
    pub(super) fn new(model: &'a AcousticModel) -> Result<Acoustic<'a>, Error> {
        Ok(Acoustic { model, front_end: FrontEnd::new(model.front_end().clone())? })
    }

    /// Whether recording and words are such that the model can be used on them.
    pub(super) fn check(&self, recording: &Recording, words: &[Word]) -> Result<(), Error> {
        let ceps = self.front_end.options().num_ceps;
        if recording.cepstra.dim != ceps || recording.shift != self.front_end.options().shift_samples() {
            return Err(Error::Dimension { got: recording.cepstra.dim, want: ceps });
        }
        for phone in words.iter().flat_map(|w| w.pronunciations.iter().flatten()) {
            if self.model.states_of(*phone) == 0 {
                return Err(Error::UnknownPhone { phone: format!("#{phone}") });
            }
        }
        Ok(())
    }

    /// Phones of the model, silence included.
    pub(super) fn phones(&self) -> usize {
        self.model.phones().len()
    }

    /// Columns of silence, of the named phones, and of the words.
    pub(super) fn columns<'w>(
        &self,
        phones: impl Iterator<Item = PhoneId>,
        words: impl Iterator<Item = &'w Vec<Vec<PhoneId>>>,
    ) -> (Columns, Vec<Vec<Chain>>) {
        let mut columns = Columns::default();
        columns.inventory.phones = vec![Vec::new(); self.phones()];
        columns.inventory.silence = self.chain(&mut columns, SILENCE);
        for phone in phones {
            if phone != SILENCE && columns.inventory.phones[usize::from(phone)].is_empty() {
                columns.inventory.phones[usize::from(phone)] = self.chain(&mut columns, phone);
            }
        }
        let chains = words
            .map(|variants| {
                variants
                    .iter()
                    .map(|variant| {
                        let mut chain = Chain::default();
                        for &phone in variant {
                            chain.phones.push(chain.columns.len());
                            chain.columns.extend(self.chain(&mut columns, phone));
                        }
                        chain
                    })
                    .collect()
            })
            .collect();
        (columns, chains)
    }

    /// Columns of a phone's states.
    fn chain(&self, columns: &mut Columns, phone: PhoneId) -> Vec<u16> {
        (0..self.model.states_of(phone))
            .map(|state| {
                columns.column(AcousticModel::pdf(phone, state), self.model.transition(phone, state))
            })
            .collect()
    }

    /// Mean of the cepstra in each state of a phone.
    pub(super) fn state_means(&self, phone: PhoneId, ceps: usize) -> Vec<Vec<f32>> {
        let bank = &self.model.bank;
        (0..self.model.states_of(phone))
            .map(|state| {
                let pdf = AcousticModel::pdf(phone, state) as usize;
                let mut mean = vec![0f32; ceps];
                for g in bank.offsets[pdf] as usize..bank.offsets[pdf + 1] as usize {
                    let row = &bank.means[g * bank.dim..];
                    mean.iter_mut().zip(row).for_each(|(m, v)| *m += bank.weights[g] * v);
                }
                mean
            })
            .collect()
    }

    /// Log-likelihoods of all frames for all columns.
    pub(super) fn scores(&self, features: &Features, columns: &Columns) -> Scores {
        let width = columns.pdfs.len();
        let mut data = vec![0f32; features.frames * width];
        let blocks = Blocks::new(features);
        let level = Level::best();
        let mut lane = [0f32; BLOCK];
        for (block, rows) in data.chunks_mut(BLOCK * width.max(1)).enumerate() {
            for (column, &pdf) in columns.pdfs.iter().enumerate() {
                self.model.bank.score_block(level, blocks.block(block), pdf, &mut lane);
                for (row, value) in rows.chunks_exact_mut(width).zip(&lane) {
                    row[column] = *value;
                }
            }
        }
        Scores { columns: width, data }
    }
}

impl Columns {
    fn column(&mut self, pdf: u32, (stay, leave): (f32, f32)) -> u16 {
        if let Some(&column) = self.known.get(&pdf) {
            return column;
        }
        let column = self.pdfs.len().min(usize::from(u16::MAX) - 1) as u16;
        self.pdfs.push(pdf);
        self.inventory.stay.push(stay);
        self.inventory.leave.push(leave);
        self.known.insert(pdf, column);
        column
    }

    /// The phones as chains of columns.
    pub(super) fn inventory(&self) -> &Inventory {
        &self.inventory
    }
}
