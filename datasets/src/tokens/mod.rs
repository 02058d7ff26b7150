//! Texts as tokens for training: sequences of one length in Parquet, and flat binary files with an index.
//!
//! Every document becomes the ids of its tokens with the token of the document's end behind them (and that of its
//! beginning before them, if there is one). They lie in a [`Store`], one plain file a shard; [`Ranker`] puts the
//! documents of each split in order, and what is published is gathered along that order:
//!
//! - **Sequences** ([`sequence_schema`]): `input_ids` (`list<int32>`, at most `sequence_length` of them),
//!   `seq_lengths` (`list<int32>`, how many of these each document has, in order) and `document_ids`
//!   (`list<string>`, which documents those are). `input_ids` and `seq_lengths` are named as TRL names the columns
//!   of packed datasets, so that its collator starts `position_ids` anew in each document. What `input_ids` has
//!   behind the sum of `seq_lengths` is padding. [`Packing`] says how documents come into sequences; no token is
//!   left out.
//! - **Binary** ([`write_binary`]): `<split>.bin` holds the tokens of all documents, one behind the other, as
//!   little-endian integers of [`Width`]: what nanoGPT maps as `np.uint16`. `<split>.idx` beside it is the index of
//!   Megatron-LM's `IndexedDataset`, version 1, a sequence for each document, so that the two are one dataset to
//!   Megatron. `<split>_documents.parquet` names the documents: `id`, `start` and `tokens`, in tokens.
//!
//! Sources: `trl.pack_dataset` and `DataCollatorForLanguageModeling` of TRL 0.20 and later;
//! `megatron/core/datasets/indexed_dataset.py` of Megatron-LM; Ding et al. 2024, "Fewer Truncations Improve Language
//! Modeling" (best-fit packing).

mod binary;
mod order;
mod pack;
mod sequences;
mod store;

use arrow::datatypes::{DataType, Schema, SchemaRef};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::binary::{BinaryPaths, check_binary, write_binary};
pub use self::order::{Ranked, Ranker};
pub use self::pack::{Counts, Packing, Piece, best_fit, concatenate};
pub use self::sequences::SequenceBuilder;
pub use self::store::{Located, Reader, Store, StoreWriter};
use crate::schema::{field, list_of};

/// The build's own column of a text shard: the tokens of the row as little-endian integers.
pub const TOKENS: &str = "__tokens";

/// The table of sequences.
///
/// ```
/// let schema = sprog_datasets::tokens::sequence_schema();
/// let features = sprog_datasets::schema::hugging_face_features(&schema);
/// assert_eq!(features["input_ids"]["feature"]["dtype"], "int32");
/// ```
pub fn sequence_schema() -> SchemaRef {
    std::sync::Arc::new(Schema::new(vec![
        field("input_ids", list_of(DataType::Int32)),
        field("seq_lengths", list_of(DataType::Int32)),
        field("document_ids", list_of(DataType::Utf8)),
    ]))
}

/// The table beside a binary file that names its documents.
pub fn document_schema() -> SchemaRef {
    std::sync::Arc::new(Schema::new(vec![
        field("id", DataType::Utf8),
        field("start", DataType::Int64),
        field("tokens", DataType::Int64),
    ]))
}

/// The integers that tokens are stored as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Width {
    /// Two bytes a token: ids up to 65,535.
    Uint16,
    /// Four bytes a token.
    Uint32,
}

impl Width {
    /// The narrowest that holds every id below `vocab_size`.
    ///
    /// ```
    /// use sprog_datasets::tokens::Width;
    /// assert_eq!((Width::of(65_536), Width::of(65_537)), (Width::Uint16, Width::Uint32));
    /// ```
    pub fn of(vocab_size: usize) -> Width {
        if vocab_size <= 1 << 16 { Width::Uint16 } else { Width::Uint32 }
    }

    /// Bytes of a token.
    pub fn bytes(self) -> usize {
        match self {
            Width::Uint16 => 2,
            Width::Uint32 => 4,
        }
    }

    /// As NumPy names it.
    pub fn name(self) -> &'static str {
        match self {
            Width::Uint16 => "uint16",
            Width::Uint32 => "uint32",
        }
    }

    /// Appends an id as bytes; `false` if it does not fit.
    #[must_use]
    pub fn push(self, id: u32, out: &mut Vec<u8>) -> bool {
        match self {
            Width::Uint16 => match u16::try_from(id) {
                Ok(id) => out.extend_from_slice(&id.to_le_bytes()),
                Err(_) => return false,
            },
            // Readers take int32 as well: no vocabulary reaches 2^31.
            Width::Uint32 if i32::try_from(id).is_ok() => out.extend_from_slice(&id.to_le_bytes()),
            Width::Uint32 => return false,
        }
        true
    }

    /// The ids that bytes hold.
    pub fn ids(self, bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
        bytes
            .chunks_exact(self.bytes())
            .map(|chunk| chunk.iter().rev().fold(0u32, |id, byte| id << 8 | u32::from(*byte)))
    }
}

/// How the texts of a config were made into tokens; `tokens` of its entry in dataset.json.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tokens {
    /// File name of the tokenizer.
    pub tokenizer: String,
    /// BLAKE3 of that file, hexadecimal.
    pub blake3: String,
    /// Tokens that it knows, added ones too.
    pub vocab_size: u64,
    /// Why the tokenizer has no fast path, if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<String>,
    /// The token before each document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bos: Option<String>,
    /// The token behind each document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eos: Option<String>,
    /// The token that fills what is left of a sequence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pad: Option<String>,
    /// What the order of the documents was drawn with; that of the texts if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<String>,
    /// How documents come into sequences; for a config of sequences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packing: Option<Packing>,
    /// Tokens of the longest sequence; for a config of sequences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence_length: Option<u32>,
    /// What the binary files hold, if there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binary: Option<Width>,
    /// Folder of the binary files, in the published folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// By split, in the order of the splits.
    pub splits: Vec<SplitTokens>,
}

/// The tokens of one split.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SplitTokens {
    /// The split.
    pub name: String,
    /// Documents.
    pub documents: u64,
    /// UTF-8 bytes of their texts.
    pub bytes: u64,
    /// Tokens of their texts, without those of beginning and end.
    pub tokens: u64,
    /// Sequences; none where nothing is packed.
    pub sequences: u64,
    /// Documents that lie in more than one sequence.
    pub cut: u64,
    /// Tokens of padding.
    pub padding: u64,
}

impl SplitTokens {
    /// UTF-8 bytes of text to a token.
    pub fn bytes_per_token(&self) -> f64 {
        if self.tokens == 0 { 0.0 } else { self.bytes as f64 / self.tokens as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_the_same_behind_either_width() {
        for (width, ids) in [(Width::Uint16, vec![0, 1, 65_535]), (Width::Uint32, vec![7, 65_536, 1 << 20])] {
            let mut bytes = Vec::new();
            assert!(ids.iter().all(|id| width.push(*id, &mut bytes)));
            assert_eq!(width.ids(&bytes).collect::<Vec<_>>(), ids);
        }
        let mut out = Vec::new();
        assert!(
            !Width::Uint16.push(65_536, &mut out) && !Width::Uint32.push(1 << 31, &mut out) && out.is_empty()
        );
    }
}
