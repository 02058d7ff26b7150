//! Tokens by id, ids by token.

use std::collections::HashMap;

use crate::subword::byte_level;

/// All tokens, added ones too.
#[derive(Default)]
pub(super) struct Vocab {
    ids: HashMap<Box<str>, u32>,
    tokens: Vec<Token>,
}

#[derive(Default, Clone)]
struct Token {
    /// As in the file; `None` where the ids have a hole.
    text: Option<Box<str>>,
    /// What it is in a text, where that is not `text` itself.
    bytes: Option<Box<[u8]>>,
    special: bool,
}

impl Vocab {
    /// Adds a token of the model; false if its text or its id is there already.
    pub(super) fn add_model_token(&mut self, text: &str, id: u32) -> bool {
        let bytes = byte_level::decode(text).filter(|bytes| bytes != text.as_bytes());
        self.add(text, id, bytes)
    }

    fn add(&mut self, text: &str, id: u32, bytes: Option<Vec<u8>>) -> bool {
        let at = id as usize;
        if at >= self.tokens.len() {
            self.tokens.resize(at + 1, Token::default());
        }
        let token = &mut self.tokens[at];
        if token.text.is_some() || self.ids.contains_key(text) {
            return false;
        }
        token.text = Some(text.into());
        token.bytes = bytes.map(Vec::into_boxed_slice);
        self.ids.insert(text.into(), id);
        true
    }

    /// Adds an added token, which may be one of the model's; false if its id is another's.
    ///
    /// It decodes to its text as it stands, unless the model makes that token too.
    pub(super) fn add_added_token(&mut self, text: &str, id: u32, special: bool, is_made: bool) -> bool {
        if self.id(text) != Some(id) && !self.add(text, id, None) {
            return false;
        }
        let token = &mut self.tokens[id as usize];
        if !is_made {
            token.bytes = None;
        }
        token.special = special;
        true
    }

    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(super) fn id(&self, text: &str) -> Option<u32> {
        self.ids.get(text).copied()
    }

    /// The token as in the file.
    pub(super) fn text(&self, id: u32) -> Option<&str> {
        self.tokens.get(id as usize)?.text.as_deref()
    }

    pub(super) fn is_special(&self, id: u32) -> bool {
        self.tokens.get(id as usize).is_some_and(|t| t.special)
    }

    /// The token as in a text.
    pub(super) fn bytes(&self, id: u32) -> Option<&[u8]> {
        let token = self.tokens.get(id as usize)?;
        let text = token.text.as_deref()?;
        Some(token.bytes.as_deref().unwrap_or(text.as_bytes()))
    }
}
