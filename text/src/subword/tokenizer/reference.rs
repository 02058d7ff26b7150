//! The crate `tokenizers`: what has no fast path, and what the fast path is compared with.
//!
//! A panic in it ends here and becomes an error. Nothing of it can be half changed then: it is only read from.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{Encoding, Error};
use crate::codes::{TOKENIZER_JSON, TOKENIZER_UNSUPPORTED};

/// Texts for one call of the crate's batch, which spreads them over threads.
const BATCH: usize = 1024;

pub(super) struct Reference(tokenizers::Tokenizer);

impl Reference {
    pub(super) fn from_json(json: &[u8], _why: &str) -> Result<Self, Error> {
        let read = guard("the file", || tokenizers::Tokenizer::from_bytes(json))?;
        read.map(Self).map_err(|e| Error::of(TOKENIZER_JSON, "not a tokenizer.json", e))
    }

    pub(super) fn vocab_size(&self) -> usize {
        self.0.get_vocab_size(true)
    }

    pub(super) fn token_to_id(&self, token: &str) -> Option<u32> {
        self.0.token_to_id(token)
    }

    pub(super) fn id_to_token(&self, id: u32) -> Option<String> {
        self.0.id_to_token(id)
    }

    pub(super) fn encode(&self, text: &str, add_special_tokens: bool) -> Result<Vec<u32>, Error> {
        let encoding = guard("a text", || self.0.encode_fast(text, add_special_tokens))?;
        Ok(encoding.map_err(failed)?.get_ids().to_vec())
    }

    pub(super) fn encode_with_offsets(
        &self,
        text: &str,
        add_special_tokens: bool,
    ) -> Result<Encoding, Error> {
        let encoding = guard("a text", || self.0.encode(text, add_special_tokens))?.map_err(failed)?;
        Ok(Encoding { ids: encoding.get_ids().to_vec(), offsets: encoding.get_offsets().to_vec() })
    }

    pub(super) fn encode_batch(
        &self,
        texts: &[&str],
        add_special_tokens: bool,
    ) -> Result<Vec<Vec<u32>>, Error> {
        // Padding goes by the longest text of a batch, which must then be one.
        let batch = if self.0.get_padding().is_some() { texts.len().max(1) } else { BATCH };
        let mut all = Vec::with_capacity(texts.len());
        for texts in texts.chunks(batch) {
            let encodings = guard("a text", || self.0.encode_batch_fast(texts.to_vec(), add_special_tokens))?;
            all.extend(encodings.map_err(failed)?.iter().map(|e| e.get_ids().to_vec()));
        }
        Ok(all)
    }

    pub(super) fn decode(&self, ids: &[u32], skip_special_tokens: bool) -> Result<String, Error> {
        guard("these ids", || self.0.decode(ids, skip_special_tokens))?.map_err(failed)
    }
}

fn failed(cause: tokenizers::Error) -> Error {
    Error::of(TOKENIZER_UNSUPPORTED, "the tokenizer failed", cause)
}

fn guard<T>(what: &str, call: impl FnOnce() -> T) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|_| {
        Error::new(TOKENIZER_UNSUPPORTED, format!("the crate tokenizers stopped with a panic on {what}"))
    })
}
