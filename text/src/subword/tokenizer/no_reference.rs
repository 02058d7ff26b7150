//! What stands for the crate `tokenizers` where it is not built in: nothing, so that a value of it cannot be.

use super::{Encoding, Error};
use crate::codes::TOKENIZER_UNSUPPORTED;

pub(super) enum Reference {}

impl Reference {
    pub(super) fn from_json(_: &[u8], why: &str) -> Result<Self, Error> {
        let message = format!("no fast path ({why}), and the feature `tokenizers` is not built in");
        Err(Error::new(TOKENIZER_UNSUPPORTED, message))
    }

    pub(super) fn vocab_size(&self) -> usize {
        match *self {}
    }

    pub(super) fn token_to_id(&self, _: &str) -> Option<u32> {
        match *self {}
    }

    pub(super) fn id_to_token(&self, _: u32) -> Option<String> {
        match *self {}
    }

    pub(super) fn encode(&self, _: &str, _: bool) -> Result<Vec<u32>, Error> {
        match *self {}
    }

    pub(super) fn encode_with_offsets(&self, _: &str, _: bool) -> Result<Encoding, Error> {
        match *self {}
    }

    pub(super) fn encode_batch(&self, _: &[&str], _: bool) -> Result<Vec<Vec<u32>>, Error> {
        match *self {}
    }

    pub(super) fn decode(&self, _: &[u32], _: bool) -> Result<String, Error> {
        match *self {}
    }
}
