//! The fields of a `tokenizer.json`, as they stand there.

use std::borrow::Cow;
use std::fmt;

use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::Error;
use crate::codes::TOKENIZER_JSON;

/// A file, with its model still as text: models differ in the type of their vocabulary.
#[derive(Deserialize)]
pub(super) struct File<'a> {
    pub(super) truncation: Option<Value>,
    pub(super) padding: Option<Value>,
    #[serde(default)]
    pub(super) added_tokens: Vec<AddedToken>,
    pub(super) normalizer: Option<Value>,
    pub(super) pre_tokenizer: Option<Value>,
    pub(super) post_processor: Option<Value>,
    pub(super) decoder: Option<Value>,
    #[serde(borrow)]
    pub(super) model: &'a RawValue,
}

/// A token that is looked for in the text before the model sees it.
#[derive(Deserialize, Clone, Debug, PartialEq, Eq)]
pub(super) struct AddedToken {
    pub(super) id: u32,
    pub(super) content: String,
    pub(super) single_word: bool,
    pub(super) lstrip: bool,
    pub(super) rstrip: bool,
    pub(super) normalized: bool,
    pub(super) special: bool,
}

/// What all models have.
#[derive(Deserialize)]
pub(super) struct Model {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
}

/// A BPE model.
#[derive(Deserialize)]
pub(super) struct BpeModel<'a> {
    pub(super) dropout: Option<f32>,
    pub(super) continuing_subword_prefix: Option<String>,
    pub(super) end_of_word_suffix: Option<String>,
    pub(super) byte_fallback: Option<bool>,
    pub(super) ignore_merges: Option<bool>,
    #[serde(borrow)]
    pub(super) vocab: Vocab<'a>,
    #[serde(borrow)]
    pub(super) merges: Merges<'a>,
}

/// Tokens with their ids, in the file's order, all of them.
pub(super) struct Vocab<'a>(pub(super) Vec<(Cow<'a, str>, u32)>);

/// Merges as pairs.
pub(super) struct Merges<'a>(pub(super) Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> File<'a> {
    pub(super) fn read(json: &'a [u8]) -> Result<Self, Error> {
        serde_json::from_slice(json).map_err(|e| Error::of(TOKENIZER_JSON, "not a tokenizer.json", e))
    }

    /// Reads the model as `T`.
    pub(super) fn model<T: Deserialize<'a>>(&self) -> Result<T, Error> {
        serde_json::from_str(self.model.get()).map_err(|e| Error::of(TOKENIZER_JSON, "model", e))
    }
}

/// A string that is borrowed from the file where it has no escapes.
struct Str<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Str<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Str<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a token")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Str<'de>, E> {
                Ok(Str(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Str<'de>, E> {
                Ok(Str(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Read)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Vocab<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Vocab<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a vocabulary of tokens and ids")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vocab<'de>, A::Error> {
                let mut tokens = Vec::new();
                while let Some((token, id)) = map.next_entry::<Str<'de>, u32>()? {
                    tokens.push((token.0, id));
                }
                Ok(Vocab(tokens))
            }
        }
        deserializer.deserialize_map(Read)
    }
}

/// One merge: `"a b"`, or `["a", "b"]`. `None` for a line of version.
struct Pair<'a>(Option<(Cow<'a, str>, Cow<'a, str>)>);

impl<'de: 'a, 'a> Deserialize<'de> for Pair<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Pair<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a merge of two tokens with a space between them")
            }

            fn visit_borrowed_str<E: serde::de::Error>(self, text: &'de str) -> Result<Pair<'de>, E> {
                if text.starts_with("#version") {
                    return Ok(Pair(None));
                }
                match text.split_once(' ') {
                    Some((a, b)) if !b.contains(' ') => Ok(Pair(Some((a.into(), b.into())))),
                    _ => Err(E::invalid_value(serde::de::Unexpected::Str(text), &self)),
                }
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Pair<'de>, E> {
                if text.starts_with("#version") {
                    return Ok(Pair(None));
                }
                match text.split_once(' ') {
                    Some((a, b)) if !b.contains(' ') => {
                        Ok(Pair(Some((a.to_owned().into(), b.to_owned().into()))))
                    }
                    _ => Err(E::invalid_value(serde::de::Unexpected::Str(text), &self)),
                }
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Pair<'de>, A::Error> {
                let (Some(a), Some(b)) = (seq.next_element::<Str<'de>>()?, seq.next_element::<Str<'de>>()?)
                else {
                    return Err(serde::de::Error::custom("a merge of less than two tokens"));
                };
                if seq.next_element::<Str<'de>>()?.is_some() {
                    return Err(serde::de::Error::custom("a merge of more than two tokens"));
                }
                Ok(Pair(Some((a.0, b.0))))
            }
        }
        deserializer.deserialize_any(Read)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Merges<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Merges<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of merges")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Merges<'de>, A::Error> {
                let mut merges = Vec::new();
                while let Some(pair) = seq.next_element::<Pair<'de>>()? {
                    merges.extend(pair.0);
                }
                Ok(Merges(merges))
            }
        }
        deserializer.deserialize_seq(Read)
    }
}
