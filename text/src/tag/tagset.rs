//! Tags as wholes and by their parts: the features of two words with `Number=Plur` have that much in common.

use std::collections::HashMap;

use crate::morph::Upos;

/// A tag's place in a [`Tagset`].
pub(super) type TagId = u32;

/// The part that every tag has which the lexicon names for the word.
pub(super) const LISTED: u16 = 0;

/// A tag: part of speech and features, and the parts that its score is the sum of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag {
    pub(super) upos: Upos,
    pub(super) feats: String,
    pub(super) parts: Vec<u16>,
}

/// All tags, in the order in which they were first met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tagset {
    tags: Vec<Tag>,
    index: HashMap<(Upos, String), TagId>,
    parts: Vec<String>,
    part_index: HashMap<String, u16>,
    by_upos: [Vec<TagId>; Upos::ALL.len()],
}

impl Tagset {
    pub(super) fn new() -> Tagset {
        let mut set = Tagset::default();
        set.part("listed");
        set
    }

    pub(super) fn len(&self) -> usize {
        self.tags.len()
    }

    pub(super) fn tags(&self) -> &[Tag] {
        &self.tags
    }

    pub(super) fn part_names(&self) -> &[String] {
        &self.parts
    }

    pub(super) fn get(&self, id: TagId) -> Option<&Tag> {
        self.tags.get(id as usize)
    }

    /// Tags of a part of speech.
    pub(super) fn of(&self, upos: Upos) -> &[TagId] {
        &self.by_upos[upos as usize]
    }

    pub(super) fn find(&self, upos: Upos, feats: &str) -> Option<TagId> {
        self.index.get(&(upos, feats.to_owned())).copied()
    }

    /// The number of a part; the last one for all parts past 65,535.
    pub(super) fn part(&mut self, name: &str) -> u16 {
        if let Some(part) = self.part_index.get(name) {
            return *part;
        }
        let Ok(number) = u16::try_from(self.parts.len()) else { return u16::MAX };
        self.parts.push(name.to_owned());
        self.part_index.insert(name.to_owned(), number);
        number
    }

    /// Adds a tag with new parts as needed: while training.
    pub(super) fn intern(&mut self, upos: Upos, feats: &str) -> TagId {
        if let Some(id) = self.find(upos, feats) {
            return id;
        }
        let mut parts = vec![self.part(&format!("{upos}|{feats}"))];
        for feature in feats.split('|').filter(|f| !f.is_empty()) {
            parts.push(self.part(&format!("{upos}:{feature}")));
        }
        self.push(upos, feats, parts)
    }

    /// Adds a tag that training did not meet, of the parts that it did meet.
    pub(super) fn adopt(&mut self, upos: Upos, feats: &str) -> TagId {
        if let Some(id) = self.find(upos, feats) {
            return id;
        }
        let parts =
            feats.split('|').filter_map(|f| self.part_index.get(&format!("{upos}:{f}")).copied()).collect();
        self.push(upos, feats, parts)
    }

    fn push(&mut self, upos: Upos, feats: &str, parts: Vec<u16>) -> TagId {
        let id = self.tags.len() as TagId;
        self.tags.push(Tag { upos, feats: feats.to_owned(), parts });
        self.index.insert((upos, feats.to_owned()), id);
        self.by_upos[upos as usize].push(id);
        id
    }
}
