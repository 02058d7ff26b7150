//! A tokenizer as `tokenizer.json` describes it.
//!
//! Byte-level BPE, as GPT-2, Llama 3, Qwen, GPT-4o and what [`train`](super::train) writes are, has a fast path of ours:
//! pre-tokenizers by hand, a cache of words, merges by rank. Everything else goes through the crate `tokenizers`
//! (feature `tokenizers`), and [`Tokenizer::fallback`] says why. The ids are those of the crate in both cases.
//!
//! ```
//! # fn main() -> Result<(), sprog_text::subword::tokenizer::Error> {
//! use sprog_text::subword::{byte_level, tokenizer::Tokenizer};
//! let vocab: Vec<String> = (0..=255u8).map(|b| format!("{:?}:{b}", byte_level::encode(&[b]))).collect();
//! let json = format!(
//!     r#"{{"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":null,
//!     "pre_tokenizer":{{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}},
//!     "post_processor":null,"decoder":{{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}},
//!     "model":{{"type":"BPE","vocab":{{{},"ka":256,"kat":257}},"merges":[["k","a"],["ka","t"]]}}}}"#,
//!     vocab.join(",")
//! );
//! let tokenizer = Tokenizer::from_json(json.as_bytes())?;
//! assert_eq!(tokenizer.fallback(), None);
//! let ids = tokenizer.encode("katten på", false)?;
//! assert_eq!(ids, [257, 116, 101, 110, 32, 112, 195, 165]);
//! assert_eq!(tokenizer.decode(&ids, true)?, "katten på");
//! # Ok(())
//! # }
//! ```

mod added;
mod bounds;
mod error;
mod fast;
mod json;
mod plan;
mod pool;
mod post;
#[cfg(feature = "tokenizers")]
mod reference;
#[cfg(not(feature = "tokenizers"))]
#[path = "no_reference.rs"]
mod reference;
mod vocab;

use std::sync::OnceLock;

pub use error::Error;

use super::bpe::Cache;
use fast::Fast;
use reference::Reference;

/// The ids of a text, and where in the text each comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Encoding {
    /// One id a token.
    pub ids: Vec<u32>,
    /// Start and end of each token in bytes of the text, half-open, as many as `ids`. They lie on character bounds:
    /// the tokens of one character all have that character's. Tokens that are not in the text have `(0, 0)`.
    pub offsets: Vec<(usize, usize)>,
}

/// A tokenizer read from a `tokenizer.json`. It can be shared between threads.
pub struct Tokenizer(Way);

enum Way {
    /// The file is kept where a text can need the crate all the same.
    Fast {
        fast: Box<Fast>,
        json: Option<Box<[u8]>>,
        reference: Box<OnceLock<Result<Reference, Error>>>,
    },
    Slow {
        reference: Box<Reference>,
        why: String,
    },
}

impl std::fmt::Debug for Tokenizer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokenizer")
            .field("vocab_size", &self.vocab_size())
            .field("fallback", &self.fallback())
            .finish_non_exhaustive()
    }
}

impl Tokenizer {
    /// Reads a `tokenizer.json`.
    ///
    /// # Errors
    /// If it is not one, or its vocabulary and merges do not fit together; without the feature `tokenizers` also if
    /// there is no fast path for it.
    pub fn from_json(json: &[u8]) -> Result<Self, Error> {
        Ok(Self(match plan::plan(json)? {
            Ok(fast) => {
                let json = fast.nfc.then(|| json.into());
                Way::Fast { fast, json, reference: Box::default() }
            }
            Err(why) => Way::Slow { reference: Box::new(Reference::from_json(json, &why)?), why },
        }))
    }

    /// Why this tokenizer has no fast path, in words; `None` if it has.
    pub fn fallback(&self) -> Option<&str> {
        match &self.0 {
            Way::Fast { .. } => None,
            Way::Slow { why, .. } => Some(why),
        }
    }

    /// How many tokens there are, added ones too.
    pub fn vocab_size(&self) -> usize {
        match &self.0 {
            Way::Fast { fast, .. } => fast.vocab.len(),
            Way::Slow { reference, .. } => reference.vocab_size(),
        }
    }

    /// The id of a token, written as in the file.
    pub fn token_to_id(&self, token: &str) -> Option<u32> {
        match &self.0 {
            Way::Fast { fast, .. } => fast.vocab.id(token),
            Way::Slow { reference, .. } => reference.token_to_id(token),
        }
    }

    /// The token of an id, written as in the file.
    pub fn id_to_token(&self, id: u32) -> Option<String> {
        match &self.0 {
            Way::Fast { fast, .. } => fast.vocab.text(id).map(str::to_owned),
            Way::Slow { reference, .. } => reference.id_to_token(id),
        }
    }

    /// The fast path for a text, or else the crate.
    fn way(&self, text: &str) -> Result<Result<&Fast, &Reference>, Error> {
        match &self.0 {
            Way::Fast { fast, json, reference } => match json {
                Some(json) if !fast.is_normal(text) => {
                    let why = "a text is not in Unicode's form C, which the tokenizer asks for";
                    let reference = reference.get_or_init(|| Reference::from_json(json, why));
                    reference.as_ref().map(Err).map_err(Error::clone)
                }
                _ => Ok(Ok(fast)),
            },
            Way::Slow { reference, .. } => Ok(Err(reference)),
        }
    }

    fn encode_with(&self, text: &str, cache: &mut Cache, ids: &mut Vec<u32>) -> Result<(), Error> {
        match self.way(text)? {
            Ok(fast) => fast.encode_into(text, cache, ids),
            Err(reference) => {
                ids.extend(reference.encode(text, false)?);
                Ok(())
            }
        }
    }

    /// The ids of a text; with `add_special_tokens` also those that the file puts around it.
    ///
    /// # Errors
    /// If the tokenizer cannot encode the text.
    pub fn encode(&self, text: &str, add_special_tokens: bool) -> Result<Vec<u32>, Error> {
        match self.way(text)? {
            Ok(fast) => {
                let mut ids = Vec::new();
                fast.pool.with(|cache| fast.encode_into(text, cache, &mut ids))?;
                fast.finish(&mut ids, add_special_tokens);
                Ok(ids)
            }
            Err(reference) => reference.encode(text, add_special_tokens),
        }
    }

    /// The ids of a text, with their places.
    ///
    /// # Errors
    /// If the tokenizer cannot encode the text.
    pub fn encode_with_offsets(&self, text: &str, add_special_tokens: bool) -> Result<Encoding, Error> {
        match self.way(text)? {
            Ok(fast) => fast.encode_with_offsets(text, add_special_tokens),
            Err(reference) => reference.encode_with_offsets(text, add_special_tokens),
        }
    }

    /// The ids of many texts, in their order; with the feature `rayon` spread over its threads.
    ///
    /// # Errors
    /// If the tokenizer cannot encode one of them.
    pub fn encode_batch(&self, texts: &[&str], add_special_tokens: bool) -> Result<Vec<Vec<u32>>, Error> {
        match &self.0 {
            Way::Fast { fast, .. } if texts.iter().all(|text| fast.is_normal(text)) => {
                fast.encode_batch(texts, add_special_tokens)
            }
            Way::Fast { .. } => pool::map(texts, |text| self.encode(text, add_special_tokens)),
            Way::Slow { reference, .. } => reference.encode_batch(texts, add_special_tokens),
        }
    }

    /// The ids of bytes that need not be UTF-8, without special tokens around them.
    ///
    /// What is UTF-8 is encoded as text; each piece that is not is a word of its own.
    ///
    /// # Errors
    /// If the bytes are not UTF-8 and the tokenizer has no fast path.
    pub fn encode_bytes(&self, bytes: &[u8]) -> Result<Vec<u32>, Error> {
        let Way::Fast { fast, .. } = &self.0 else {
            let text = std::str::from_utf8(bytes).map_err(|e| {
                let place = e.valid_up_to();
                let message = format!("byte {place}: not UTF-8, and this tokenizer encodes text only");
                Error::new(crate::codes::TOKENIZER_UNSUPPORTED, message)
            })?;
            return self.encode(text, false);
        };
        let mut ids = Vec::new();
        fast.pool.with(|cache| {
            for chunk in bytes.utf8_chunks() {
                self.encode_with(chunk.valid(), cache, &mut ids)?;
                fast.encode_invalid(chunk.invalid(), cache, &mut ids)?;
            }
            Ok(ids)
        })
    }

    /// The text of ids; what is not UTF-8 becomes U+FFFD, and ids without a token are left out.
    ///
    /// # Errors
    /// If the tokenizer cannot decode them.
    pub fn decode(&self, ids: &[u32], skip_special_tokens: bool) -> Result<String, Error> {
        match &self.0 {
            Way::Fast { fast, .. } => Ok(fast.decode(ids, skip_special_tokens)),
            Way::Slow { reference, .. } => reference.decode(ids, skip_special_tokens),
        }
    }

    /// The bytes of ids, special tokens too. Those of a byte-level tokenizer are the bytes that were encoded.
    ///
    /// # Errors
    /// If the tokenizer cannot decode them.
    pub fn decode_bytes(&self, ids: &[u32]) -> Result<Vec<u8>, Error> {
        match &self.0 {
            Way::Fast { fast, .. } => Ok(fast.decode_bytes(ids.iter().copied())),
            Way::Slow { reference, .. } => reference.decode(ids, false).map(String::into_bytes),
        }
    }

    /// An encoder for one thread, with a cache of its own.
    pub fn encoder(&self) -> Encoder<'_> {
        Encoder { tokenizer: self, cache: Box::default() }
    }
}

/// Encodes for one thread, with a cache of words of its own: 48 MiB that never grow.
pub struct Encoder<'t> {
    tokenizer: &'t Tokenizer,
    cache: Box<Cache>,
}

impl Encoder<'_> {
    /// Appends the ids of a text, without special tokens around it.
    ///
    /// # Errors
    /// If the tokenizer cannot encode the text; `ids` is as it was then.
    pub fn encode_into(&mut self, text: &str, ids: &mut Vec<u32>) -> Result<(), Error> {
        self.tokenizer.encode_with(text, &mut self.cache, ids)
    }
}
