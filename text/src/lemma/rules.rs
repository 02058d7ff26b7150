//! What the trainer learnt of lemmas: words of the treebank, and the rules on endings.

use super::script::Script;
use crate::hash::{fold, hash_of};
use crate::morph::Upos;
use crate::tag::bytes::{Reader, Writer};
use crate::tag::weights::Table;

/// Longest ending that a rule looks at, in letters.
pub(super) const ENDING: usize = 12;

/// Scripts, and which of them is for which word or ending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lemmas {
    pub(super) scripts: Vec<Script>,
    /// Words of the treebank.
    pub(super) words: Table,
    /// Endings.
    pub(super) rules: Table,
}

/// What a rule or word is for: a tag, a part of speech, or anything.
pub(super) fn class(upos: Option<Upos>, feats: Option<&str>) -> u64 {
    let upos = upos.map_or(99, |upos| upos as u64 + 1);
    match feats {
        Some(feats) => fold(hash_of(feats.as_bytes(), 0, feats.len()) ^ 0x5bd1, upos | 1 << 40),
        None => fold(0x9e37_79b9_7f4a_7c15, upos | 1 << 41),
    }
}

/// The key of a word or ending in its class.
pub(super) fn key(class: u64, text: &str) -> u64 {
    fold(class ^ 0x243f_6a88_85a3_08d3, hash_of(text.as_bytes(), 0, text.len()) | 1)
}

impl Lemmas {
    fn script(&self, table: &Table, key: u64) -> Option<&Script> {
        self.scripts.get(usize::from(table.row(key).first()?.0))
    }

    /// The lemma that a word of the treebank has.
    pub(super) fn word(&self, class: u64, base: &str) -> Option<String> {
        self.script(&self.words, key(class, base))?.apply(base)
    }

    /// By the rule of the longest ending that has one.
    pub(super) fn rule(&self, class: u64, base: &str) -> Option<String> {
        let mut starts = [0usize; ENDING + 1];
        let mut count = 0;
        for (start, (at, _)) in starts.iter_mut().skip(1).zip(base.char_indices().rev()) {
            *start = at;
            count += 1;
        }
        starts[0] = base.len();
        (0..=count).rev().find_map(|n| self.script(&self.rules, key(class, &base[starts[n]..]))?.apply(base))
    }

    pub(crate) fn write(&self, out: &mut Writer) {
        out.number(self.scripts.len() as u64);
        for script in &self.scripts {
            out.number(u64::from(script.cut));
            out.text(&script.add);
        }
        self.words.write(out);
        self.rules.write(out);
    }

    pub(crate) fn read(input: &mut Reader<'_>) -> Option<Lemmas> {
        let count = input.count(2)?;
        let mut scripts = Vec::with_capacity(count);
        for _ in 0..count {
            let cut = u8::try_from(input.number()?).ok()?;
            scripts.push(Script { cut, add: input.text()?.to_owned() });
        }
        Some(Lemmas { scripts, words: Table::read(input)?, rules: Table::read(input)? })
    }
}
