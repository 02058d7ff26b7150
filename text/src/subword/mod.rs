//! Subword tokenizers: trained on Danish, compatible with Hugging Face's `tokenizer.json` to the id.

pub mod bpe;
pub mod byte_level;
pub mod ctc;
pub mod pretokenize;
pub mod stats;
pub mod tokenizer;
pub mod train;
