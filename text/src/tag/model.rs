//! A trained model and its file.
//!
//! `SPROGTG1`, then numbers in LEB128 and strings with their length: the tagset (tags, names of parts, the
//! parts of each tag), the scale of scores, the table for parts of speech, that for features, the lemmas.

use super::bytes::{Reader, Writer};
use super::tagset::Tagset;
use super::weights::Table;
use crate::lemma::Lemmas;
use crate::morph::Upos;

const MAGIC: &[u8; 8] = b"SPROGTG1";

/// Bytes that are no model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelError {
    /// Where the bytes stop making sense.
    pub byte: usize,
}

impl std::fmt::Display for ModelError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "byte {}: this is no tagger model, or it is damaged; train it again", self.byte)
    }
}

impl std::error::Error for ModelError {}

/// What a [`super::Trainer`] learnt; for [`super::Tagger`] and [`crate::lemma::Lemmatizer`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    pub(super) tagset: Tagset,
    /// By so much a score differs from another that is clearly worse.
    pub(super) scale: u32,
    /// Classes are parts of speech: the first pass's, then the second's.
    pub(super) upos: Table,
    pub(super) feats: Table,
    pub(crate) lemmas: Lemmas,
}

impl Model {
    /// The file: the same bytes for the same training.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer(MAGIC.to_vec());
        out.number(u64::from(self.scale));
        let parts = self.tagset.part_names();
        out.number(parts.len() as u64);
        for part in parts {
            out.text(part);
        }
        out.number(self.tagset.len() as u64);
        for tag in self.tagset.tags() {
            out.number(tag.upos as u64);
            out.text(&tag.feats);
        }
        self.upos.write(&mut out);
        self.feats.write(&mut out);
        self.lemmas.write(&mut out);
        out.0
    }

    /// Reads a file.
    ///
    /// # Errors
    /// Bytes that are not a whole model, with the place where they stop being one.
    pub fn open(bytes: &[u8]) -> Result<Model, ModelError> {
        let mut input = Reader(bytes);
        match Model::read(&mut input) {
            Some(model) if input.0.is_empty() => Ok(model),
            _ => Err(ModelError { byte: bytes.len() - input.0.len() }),
        }
    }

    fn read(input: &mut Reader<'_>) -> Option<Model> {
        if input.take(MAGIC.len())? != MAGIC {
            return None;
        }
        let scale = u32::try_from(input.number()?).ok().filter(|scale| *scale > 0)?;
        let mut tagset = Tagset::default();
        let parts = input.count(1)?;
        if parts > usize::from(u16::MAX) {
            return None;
        }
        for n in 0..parts {
            if usize::from(tagset.part(input.text()?)) != n {
                return None;
            }
        }
        for n in 0..input.count(2)? {
            let upos = *Upos::ALL.get(usize::try_from(input.number()?).ok()?)?;
            if tagset.intern(upos, input.text()?) as usize != n || tagset.part_names().len() != parts {
                return None;
            }
        }
        let upos = Table::read(input)?;
        let feats = Table::read(input)?;
        let lemmas = Lemmas::read(input)?;
        Some(Model { tagset, scale, upos, feats, lemmas })
    }

    /// How many features have weights: for parts of speech, and for features.
    pub fn sizes(&self) -> (usize, usize) {
        (self.upos.features(), self.feats.features())
    }
}
