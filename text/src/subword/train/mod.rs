//! Vocabularies from text.
//!
//! Words are counted first ([`WordCounts`]), then a model is made of the counts: byte-level BPE ([`BpeTrainer`]),
//! WordPiece ([`WordPieceTrainer`]), or, with the feature `tokenizers`, Unigram. Each model writes its
//! `tokenizer.json`. That files are read, and counts spilled to disk, is known to the caller.
//!
//! ```
//! use sprog_text::subword::pretokenize::Pattern;
//! use sprog_text::subword::train::{BpeTrainer, Error, WordCounts};
//! let mut counts = WordCounts::new();
//! counts.count_text("Rødgrød med fløde. Mere rødgrød, mere fløde!", Pattern::Danish);
//! let trainer = BpeTrainer { vocab_size: 270, ..BpeTrainer::default() };
//! let model = trainer.train::<Error>(&mut |each| Ok(counts.for_each(each)), &mut |_| ())?;
//! let json = model.to_json(Pattern::Danish);
//! assert!(json.contains("\"<|endoftext|>\": 0"));
//! # Ok::<(), Error>(())
//! ```

#[cfg(feature = "tokenizers")]
mod bert;
mod bpe;
mod counts;
mod flat;
mod json;
mod learn;
mod pairs;
#[cfg(all(test, feature = "tokenizers"))]
mod reference;
#[cfg(test)]
mod tests;
#[cfg(feature = "tokenizers")]
mod unigram;
mod vocabulary;
mod wordpiece;

#[cfg(feature = "tokenizers")]
pub use bert::BertWords;
pub use bpe::{BpeModel, BpeTrainer, Trained};
pub use counts::WordCounts;
#[cfg(feature = "tokenizers")]
pub use unigram::{UnigramModel, UnigramTrainer};
pub use wordpiece::{WordPieceModel, WordPieceTrainer};

use sprog_formats::Code;

use crate::codes;

/// Why a vocabulary could not be trained.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No room for what every vocabulary has, or too many ids.
    #[error(
        "vocabulary of {wanted} tokens: ask for {least} to {most}, with special tokens and alphabet [{}]",
        codes::TRAIN_VOCAB_SIZE
    )]
    VocabSize {
        /// Tokens asked for.
        wanted: usize,
        /// The fewest there can be.
        least: usize,
        /// The most there can be.
        most: usize,
    },
    /// A special token that is empty or there twice.
    #[error("special token {:?}: it is empty, or given twice [{}]", .0, codes::TRAIN_SPECIAL_TOKEN)]
    SpecialToken(String),
    /// WordPiece has words that no tokens make.
    #[error("special tokens: WordPiece needs \"[UNK]\" among them [{}]", codes::TRAIN_SPECIAL_TOKEN)]
    NoUnknown,
    /// The trainer of Unigram failed; with the reason.
    #[error(
        "Unigram could not be trained: {}; give more text, or ask for fewer tokens [{}]",
        .0,
        codes::TRAIN_FAILED
    )]
    Unigram(String),
    /// A text could not be cut into words; with the reason.
    #[error("a text could not be cut into words: {} [{}]", .0, codes::TRAIN_FAILED)]
    Words(String),
}

impl Error {
    /// The stable code.
    pub fn code(&self) -> Code {
        match self {
            Error::VocabSize { .. } => codes::TRAIN_VOCAB_SIZE,
            Error::SpecialToken(_) | Error::NoUnknown => codes::TRAIN_SPECIAL_TOKEN,
            Error::Unigram(_) | Error::Words(_) => codes::TRAIN_FAILED,
        }
    }
}
