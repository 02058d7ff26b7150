//! A tokenizer as `tokenizer.json` describes it.

mod error;
#[cfg(feature = "tokenizers")]
mod reference;

pub use error::Error;

#[cfg(feature = "tokenizers")]
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
pub struct Tokenizer {
    #[cfg(feature = "tokenizers")]
    reference: Reference,
    fallback: String,
}

#[cfg(feature = "tokenizers")]
impl Tokenizer {
    /// Reads a `tokenizer.json`.
    ///
    /// # Errors
    /// If it is not one, or its vocabulary and merges do not fit together.
    pub fn from_json(json: &[u8]) -> Result<Self, Error> {
        Ok(Self { reference: Reference::from_json(json)?, fallback: "the fast path is not there yet".into() })
    }

    /// Why this tokenizer has no fast path, in words; `None` if it has.
    pub fn fallback(&self) -> Option<&str> {
        Some(&self.fallback)
    }

    /// How many tokens there are, added ones too.
    pub fn vocab_size(&self) -> usize {
        self.reference.vocab_size()
    }

    /// The id of a token, written as in the file.
    pub fn token_to_id(&self, token: &str) -> Option<u32> {
        self.reference.token_to_id(token)
    }

    /// The token of an id, written as in the file.
    pub fn id_to_token(&self, id: u32) -> Option<String> {
        self.reference.id_to_token(id)
    }

    /// The ids of a text.
    ///
    /// # Errors
    /// If the tokenizer cannot encode the text.
    pub fn encode(&self, text: &str, add_special_tokens: bool) -> Result<Vec<u32>, Error> {
        self.reference.encode(text, add_special_tokens)
    }

    /// The ids of a text, with their places.
    ///
    /// # Errors
    /// If the tokenizer cannot encode the text.
    pub fn encode_with_offsets(&self, text: &str, add_special_tokens: bool) -> Result<Encoding, Error> {
        self.reference.encode_with_offsets(text, add_special_tokens)
    }

    /// The ids of many texts, spread over threads.
    ///
    /// # Errors
    /// If the tokenizer cannot encode one of them.
    pub fn encode_batch(&self, texts: &[&str], add_special_tokens: bool) -> Result<Vec<Vec<u32>>, Error> {
        self.reference.encode_batch(texts, add_special_tokens)
    }

    /// The ids of bytes that need not be UTF-8, without special tokens around them.
    ///
    /// # Errors
    /// If the bytes are not UTF-8 and the tokenizer does not work on bytes.
    pub fn encode_bytes(&self, bytes: &[u8]) -> Result<Vec<u32>, Error> {
        let text = std::str::from_utf8(bytes).map_err(|e| {
            Error::new(
                crate::codes::TOKENIZER_UNSUPPORTED,
                format!("byte {}: not UTF-8, and the tokenizer works on text", e.valid_up_to()),
            )
        })?;
        self.encode(text, false)
    }

    /// The text of ids; what is not UTF-8 becomes U+FFFD, and ids without a token are left out.
    ///
    /// # Errors
    /// If the tokenizer cannot decode them.
    pub fn decode(&self, ids: &[u32], skip_special_tokens: bool) -> Result<String, Error> {
        self.reference.decode(ids, skip_special_tokens)
    }

    /// The bytes of ids, special tokens too.
    ///
    /// # Errors
    /// If the tokenizer cannot decode them.
    pub fn decode_bytes(&self, ids: &[u32]) -> Result<Vec<u8>, Error> {
        self.reference.decode(ids, false).map(String::into_bytes)
    }

    /// An encoder for one thread, with a cache of its own.
    pub fn encoder(&self) -> Encoder<'_> {
        Encoder { tokenizer: self }
    }
}

/// Encodes for one thread, with a cache of words of its own.
pub struct Encoder<'t> {
    tokenizer: &'t Tokenizer,
}

#[cfg(feature = "tokenizers")]
impl Encoder<'_> {
    /// Appends the ids of a text, without special tokens around it.
    ///
    /// # Errors
    /// If the tokenizer cannot encode the text; `ids` is as it was then.
    pub fn encode_into(&mut self, text: &str, ids: &mut Vec<u32>) -> Result<(), Error> {
        ids.extend(self.tokenizer.encode(text, false)?);
        Ok(())
    }
}
