//! Stems: what a splitter knows. Ours are `data/compounds/stems.tsv` and `exceptions.tsv`.

use super::trie::{E, L, N, R, Trie, codes, is_consonant, is_vowel};
use crate::tables::rows;

/// What a stem can be; a set of word classes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Class(pub(super) u16);

impl Class {
    /// The empty set.
    pub const NONE: Class = Class(0);
    /// A noun.
    pub const NOUN: Class = Class(1);
    /// A noun made of a verb without a suffix (`gang`, `slag`): a particle ahead of it is its prefix (`ud-gang`).
    pub const DEVERBAL: Class = Class(1 << 1);
    /// A verb's stem, without `-e`.
    pub const VERB_STEM: Class = Class(1 << 2);
    /// A verb's infinitive; with `-e` it can be a first part (`stave-kontrol`).
    pub const INFINITIVE: Class = Class(1 << 3);
    /// An adjective or participle.
    pub const ADJECTIVE: Class = Class(1 << 4);
    /// A preposition, adverb or numeral that can be a first part.
    pub const PARTICLE: Class = Class(1 << 5);
    /// A form that is only ever a first part: `foto-`, `jern-`.
    pub const COMBINING: Class = Class(1 << 6);
    /// A form that is only ever a last part, as it stands: `børnene`.
    pub const HEAD: Class = Class(1 << 7);
    /// A word that takes part in no compound: `derfor`.
    pub const WORD: Class = Class(1 << 8);
    /// A noun that is often an ending or a suffix instead: `te`, `ring`.
    pub const RISKY: Class = Class(1 << 9);

    /// Reads the letters of `stems.tsv`; others are passed over.
    pub fn parse(letters: &str) -> Class {
        letters.chars().fold(Class::NONE, |class, c| {
            class.or(match c {
                'n' => Class::NOUN,
                'd' => Class::DEVERBAL,
                'v' => Class::VERB_STEM,
                'i' => Class::INFINITIVE,
                'a' => Class::ADJECTIVE,
                'p' => Class::PARTICLE,
                'c' => Class::COMBINING,
                'h' => Class::HEAD,
                'w' => Class::WORD,
                'r' => Class::RISKY,
                _ => Class::NONE,
            })
        })
    }

    /// What is in one or the other.
    #[must_use]
    pub const fn or(self, other: Class) -> Class {
        Class(self.0 | other.0)
    }

    /// Whether the two have a class in common.
    #[must_use]
    pub const fn meets(self, other: Class) -> bool {
        self.0 & other.0 != 0
    }
}

/// How a stem is joined to what follows; a set of linking elements.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Links(u8);

impl Links {
    /// None known.
    pub const UNKNOWN: Links = Links(0);
    /// Nothing between: `hus-båd`.
    pub const ZERO: Links = Links(1);
    /// `-s-`: `arbejd-s-marked`.
    pub const S: Links = Links(2);
    /// `-e-`, with the consonant doubled where it is: `dreng-e-værelse`, `kat-te-mad`.
    pub const E: Links = Links(4);
    /// `-er-`: `blomst-er-bed`.
    pub const ER: Links = Links(8);
    /// `-n-`: `rose-n-busk`.
    pub const N: Links = Links(16);

    /// Reads the letters of `stems.tsv`: `0`, `s`, `e`, `r`, `n`; others are passed over.
    pub fn parse(letters: &str) -> Links {
        letters.chars().fold(Links::UNKNOWN, |links, c| {
            links.or(match c {
                '0' => Links::ZERO,
                's' => Links::S,
                'e' => Links::E,
                'r' => Links::ER,
                'n' => Links::N,
                _ => Links::UNKNOWN,
            })
        })
    }

    /// What is in one or the other.
    #[must_use]
    pub const fn or(self, other: Links) -> Links {
        Links(self.0 | other.0)
    }

    /// Whether the two have an element in common.
    #[must_use]
    pub const fn has(self, other: Links) -> bool {
        self.0 & other.0 != 0
    }
}

/// One thing that a splitter is to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stem {
    /// The stem; `|` stands between the parts of one that is a compound itself (`fod|bold`), and `+` ahead of a linking
    /// element (`folk|+e|ting`). A verb is its infinitive.
    pub form: String,
    /// What it can be.
    pub class: Class,
    /// How it is joined to what follows.
    pub links: Links,
}

/// What gives a splitter its stems.
pub trait StemSource {
    /// Hands every stem to `take`.
    fn each(&self, take: &mut dyn FnMut(Stem));
}

impl StemSource for [Stem] {
    fn each(&self, take: &mut dyn FnMut(Stem)) {
        self.iter().cloned().for_each(take);
    }
}

impl StemSource for Vec<Stem> {
    fn each(&self, take: &mut dyn FnMut(Stem)) {
        self.as_slice().each(take);
    }
}

/// The tables of this project (CC0-1.0).
#[derive(Debug, Clone, Copy)]
pub struct OurStems;

impl StemSource for OurStems {
    fn each(&self, take: &mut dyn FnMut(Stem)) {
        let tables = [
            include_str!("../../data/compounds/stems.tsv"),
            include_str!("../../data/compounds/exceptions.tsv"),
        ];
        for row in tables.into_iter().flat_map(rows) {
            let [class, links, words, ..] = row[..] else { continue };
            let (class, links) = (Class::parse(class), Links::parse(links));
            for form in words.split(' ').filter(|form| !form.is_empty()) {
                take(Stem { form: form.to_owned(), class, links });
            }
        }
        // `enogtyve` to `nioghalvfems`, and their ordinals.
        for tens in TENS {
            for ones in ["en", "et", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni"] {
                let form = format!("{ones}og{tens}");
                take(Stem { form, class: Class::PARTICLE, links: Links::ZERO });
            }
        }
    }
}

const TENS: [&str; 17] = [
    "tyve",
    "tredive",
    "fyrre",
    "halvtreds",
    "tres",
    "halvfjerds",
    "firs",
    "halvfems",
    "tyvende",
    "tredivte",
    "tredvte",
    "fyrretyvende",
    "halvtredsindstyvende",
    "tresindstyvende",
    "halvfjerdsindstyvende",
    "firsindstyvende",
    "halvfemsindstyvende",
];

/// A stem as the search sees it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Entry {
    pub(super) class: Class,
    pub(super) links: Links,
    /// The split of a compound, as an index into [`Table::inner`] plus one.
    pub(super) inner: u32,
    /// Only a stem in lexical mode: a compound that the stems would split.
    pub(super) lexical_only: bool,
}

/// A part inside a lexicalised compound: bytes of its letters, and whether it is a linking element.
pub(super) type Inner = Vec<(u16, bool)>;

#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) trie: Trie,
    pub(super) entries: Vec<Entry>,
    /// Lengths in characters.
    pub(super) inner: Vec<Inner>,
}

/// Collects stems into a [`Table`].
#[derive(Debug, Default)]
pub(super) struct Builder {
    rows: Vec<(Vec<u8>, Entry)>,
    inner: Vec<Inner>,
}

impl Builder {
    pub(super) fn add(&mut self, stem: &Stem, lexical_only: bool) {
        let Stem { form, class, links } = stem;
        let plain: String = form.chars().filter(|c| !matches!(c, '|' | '+')).collect();
        let key = codes(&plain);
        if key.is_empty() || key.contains(&super::trie::OTHER) || key.len() > super::LONGEST_WORD {
            return;
        }
        let mut entry = Entry { class: *class, links: *links, inner: 0, lexical_only };
        if form.contains('|') {
            let parts = form.split('|').map(|part| match part.strip_prefix('+') {
                Some(link) => (link.chars().count() as u16, true),
                None => (part.chars().count() as u16, false),
            });
            self.inner.push(parts.collect());
            entry.inner = self.inner.len() as u32;
        }
        self.derived(&key, entry);
        self.rows.push((key, entry));
    }

    /// Forms that the endings do not reach from the stem itself.
    fn derived(&mut self, key: &[u8], entry: Entry) {
        let class = entry.class;
        let only = |class| Entry { class, links: Links::UNKNOWN, ..entry };
        if class.meets(Class::INFINITIVE)
            && let [stem @ .., last] = key
            && *last == E
            && stem.len() >= 2
        {
            self.rows.push((stem.to_vec(), only(Class::VERB_STEM)));
            // The imperative of `slikke` is `slik`.
            if let [.., a, b] = stem
                && a == b
            {
                self.rows.push((stem[..stem.len() - 1].to_vec(), only(Class::VERB_STEM)));
            }
        }
        // `seddel` is `sedler` in the plural, `sikker` is `sikre`.
        if class.meets(Class::NOUN.or(Class::ADJECTIVE))
            && let [stem @ .., e, last] = key
            && *e == E
            && matches!(*last, L | N | R)
            && stem.len() >= 2
            && stem.last().is_some_and(|c| is_consonant(*c))
            && stem.iter().any(|c| is_vowel(*c))
            && entry.inner == 0
        {
            let stem = match stem {
                [.., a, b] if a == b => &stem[..stem.len() - 1],
                _ => stem,
            };
            let kind = if class.meets(Class::NOUN) { Class::NOUN } else { Class::ADJECTIVE };
            let mut short = stem.to_vec();
            short.push(*last);
            for ending in
                ["e", "er", "en", "et", "erne", "ene", "ne", "s", "ens", "ets", "ernes", "ere", "est"]
            {
                let mut form = short.clone();
                form.extend(codes(ending));
                let class = if kind == Class::NOUN { Class::HEAD } else { Class::ADJECTIVE };
                if ending != "ne" && ending != "s" {
                    self.rows.push((form, only(class)));
                }
            }
        }
    }

    pub(super) fn build(mut self) -> Table {
        // Stable, so that the first of two rows with the same letters and an inner split keeps it.
        self.rows.sort_by(|a, b| a.0.cmp(&b.0));
        let mut keys: Vec<Vec<u8>> = Vec::with_capacity(self.rows.len());
        let mut entries: Vec<Entry> = Vec::with_capacity(self.rows.len());
        for (key, entry) in self.rows {
            match entries.last_mut() {
                Some(last) if keys.last() == Some(&key) => {
                    // A stem beside a compound of the same letters: the stem, `bilag`.
                    if !entry.lexical_only || last.lexical_only {
                        if last.lexical_only && !entry.lexical_only {
                            *last = entry;
                        } else {
                            last.class = last.class.or(entry.class);
                            last.links = last.links.or(entry.links);
                            last.inner = last.inner.max(entry.inner);
                        }
                    }
                }
                _ => {
                    keys.push(key);
                    entries.push(entry);
                }
            }
        }
        Table { trie: Trie::new(&keys), entries, inner: self.inner }
    }
}
