//! Phones and words.

use std::collections::BTreeMap;

use super::Error;

/// Index of a phone in a [`PhoneTable`]; 0 is silence.
pub type PhoneId = u16;

/// Silence.
pub const SILENCE: PhoneId = 0;

/// Labels of phones and their ids, in the order in which they came.
#[derive(Clone, Debug, PartialEq)]
pub struct PhoneTable {
    names: Vec<String>,
    ids: BTreeMap<String, PhoneId>,
}

impl Default for PhoneTable {
    fn default() -> Self {
        let mut table = PhoneTable { names: Vec::new(), ids: BTreeMap::new() };
        table.intern("sil");
        table
    }
}

impl PhoneTable {
    /// The id of `label`, a new one if need be. Past 65,535 phones all further ones share the last id.
    pub fn intern(&mut self, label: &str) -> PhoneId {
        if let Some(id) = self.ids.get(label) {
            return *id;
        }
        let id = self.names.len().min(usize::from(PhoneId::MAX)) as PhoneId;
        if usize::from(id) == self.names.len() {
            self.names.push(label.to_owned());
        }
        self.ids.insert(label.to_owned(), id);
        id
    }

    /// The id of `label`, if it is there.
    pub fn get(&self, label: &str) -> Option<PhoneId> {
        self.ids.get(label).copied()
    }

    /// The label of `id`.
    pub fn name(&self, id: PhoneId) -> &str {
        self.names.get(usize::from(id)).map_or("", String::as_str)
    }

    /// Number of phones, silence included.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Never: silence is always there.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// A word from pronunciations as labels, new phones added.
    pub fn word<S: AsRef<str>>(&mut self, pronunciations: &[Vec<S>]) -> Word {
        let ids = |p: &Vec<S>| p.iter().map(|label| self.intern(label.as_ref())).collect();
        Word { pronunciations: pronunciations.iter().map(ids).collect(), skippable: false }
    }

    /// A word from pronunciations as labels that must be in the table, or whose `fallback` must be:
    /// a label for one that is missing, tried up to four times in a row.
    ///
    /// # Errors
    /// [`Error::UnknownPhone`] when neither is.
    pub fn known_word<S: AsRef<str>>(
        &self,
        pronunciations: &[Vec<S>],
        fallback: &BTreeMap<String, String>,
    ) -> Result<Word, Error> {
        let id = |label: &str| {
            let mut tried = label;
            for _ in 0..5 {
                if let Some(id) = self.get(tried) {
                    return Ok(id);
                }
                match fallback.get(tried) {
                    Some(next) => tried = next,
                    None => break,
                }
            }
            Err(Error::UnknownPhone { phone: label.to_owned() })
        };
        let ids = |p: &Vec<S>| p.iter().map(|label| id(label.as_ref())).collect::<Result<Vec<_>, _>>();
        let pronunciations = pronunciations.iter().map(ids).collect::<Result<Vec<_>, _>>()?;
        Ok(Word { pronunciations, skippable: false })
    }
}

/// A word that is said: one or more pronunciations.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Word {
    /// Each a sequence of phones.
    pub pronunciations: Vec<Vec<PhoneId>>,
    /// It may be missing from the recording, at [`GraphOptions::skip_penalty`](super::GraphOptions).
    pub skippable: bool,
}
