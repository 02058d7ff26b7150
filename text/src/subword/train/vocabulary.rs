//! Tokens by id, and ids by token.

use std::collections::HashMap;

/// Tokens of a model that is being trained. Equal tokens have one id.
#[derive(Clone, Debug, Default)]
pub(super) struct Vocabulary {
    tokens: Vec<String>,
    ids: HashMap<String, u32>,
    /// Characters of each token, without a prefix; 0 of a special token that no word has made yet.
    pub(super) lens: Vec<u32>,
}

impl Vocabulary {
    /// Adds a token that no word is made of, unless it is there.
    pub(super) fn add_special(&mut self, token: &str) {
        if !self.ids.contains_key(token) {
            self.push(token.to_owned(), 0);
        }
    }

    /// The id of a token of `len` characters, which is added if it is new. `None` if there is one that is written the
    /// same and has another length: what begins with a prefix of its own.
    pub(super) fn add(&mut self, token: String, len: u32) -> Option<u32> {
        let Some(&id) = self.ids.get(&token) else { return Some(self.push(token, len)) };
        let there = &mut self.lens[id as usize];
        if *there == 0 {
            *there = len;
        }
        (*there == len).then_some(id)
    }

    fn push(&mut self, token: String, len: u32) -> u32 {
        let id = self.tokens.len() as u32;
        self.ids.insert(token.clone(), id);
        self.tokens.push(token);
        self.lens.push(len);
        id
    }

    /// The token of two, the second without `prefix`.
    pub(super) fn join(&mut self, first: u32, second: u32, prefix: &str) -> Option<u32> {
        let (a, b) = (&self.tokens[first as usize], &self.tokens[second as usize]);
        let token = format!("{a}{}", b.strip_prefix(prefix).unwrap_or(b));
        let len = self.lens[first as usize].saturating_add(self.lens[second as usize]);
        self.add(token, len)
    }

    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    pub(super) fn into_tokens(self) -> Vec<String> {
        self.tokens
    }
}
