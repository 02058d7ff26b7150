//! Spelling: whether words are right, and what was meant.

mod affixes;
mod alphabet;
mod build;
mod case;
mod check;
mod class;
mod compound;
mod confusions;
mod dawg;
mod expand;
mod image;
mod nearest;
mod options;
mod simple;
mod start;
mod suggest;
mod text;

pub use build::SpellDictionary;
pub use text::CheckedWord;

use std::sync::OnceLock;

use image::Image;
use nearest::Model;

/// Why a dictionary cannot be built or opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SpellError {
    /// The bytes are something else.
    #[error("not a compiled spelling dictionary")]
    NoDictionary,
    /// Compiled by another version of this crate.
    #[error("a spelling dictionary of version {0}, this is version 1: build it again")]
    Version(u32),
    /// Cut off, or changed.
    #[error("a damaged spelling dictionary: build it again")]
    Damaged,
    /// More forms than can be worked out.
    #[error("the affixes make more than 20 million forms of the words")]
    TooManyForms,
    /// More than an image can hold.
    #[error("the dictionary is too large for a compiled form")]
    TooLarge,
}

/// A spelling dictionary in use.
#[derive(Clone, Debug)]
pub struct Speller<'a> {
    image: Image<'a>,
    /// The rows of the REP table by the first letter of what is replaced, sorted.
    by_first: Vec<(char, u32)>,
    /// The weights of corrections, worked out when the first is asked for.
    model: OnceLock<Model>,
}

impl<'a> Speller<'a> {
    /// Opens a compiled dictionary in place, as from a file that is mapped into memory.
    ///
    /// # Errors
    /// Bytes that are no dictionary, of another version, or damaged in a part that is read now. Damage further
    /// inside makes words be found or not, and nothing worse.
    pub fn open(image: &'a [u8]) -> Result<Speller<'a>, SpellError> {
        let image = Image::open(image)?;
        let rows = image.options.replacements.iter().enumerate();
        let mut by_first: Vec<(char, u32)> =
            rows.filter_map(|(i, row)| Some((*row.from.first()?, u32::try_from(i).ok()?))).collect();
        by_first.sort_unstable();
        Ok(Speller { image, by_first, model: OnceLock::new() })
    }

    fn model(&self) -> &Model {
        self.model.get_or_init(|| Model::of(self.image.alphabet.chars()))
    }
}
