//! What a tagger sees of one word form: affixes, shape, and what the lexicon says.

use std::collections::HashMap;

use super::tagset::{TagId, Tagset};
use crate::hash::{hash_of, mix};
use crate::morph::{Analyze, Reading, Upos};

/// Longest suffix and prefix that are features.
pub(super) const SUFFIXES: usize = 5;
pub(super) const PREFIXES: usize = 3;

/// Forms longer than this many bytes are looked at by their first and last letters only.
const LONG: usize = 96;

/// How many forms are remembered.
const REMEMBERED: usize = 1 << 15;

/// How the lexicon came to know a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Unknown,
    Listed,
    /// Listed in small letters.
    Folded,
    /// A listed word with something before it.
    Tail,
}

/// What a word can be in a clause, by its readings or its looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Role {
    /// Ends a clause.
    pub(super) stop: bool,
    /// Neither particle, pronoun nor adverb.
    pub(super) content: bool,
    pub(super) participle: bool,
    pub(super) infinitive: bool,
    pub(super) finite: bool,
}

/// One word form.
#[derive(Clone, Debug)]
pub(super) struct Word {
    /// Hash of the form in small letters.
    pub(super) lower: u64,
    /// Hash of the form as written.
    pub(super) form: u64,
    pub(super) suffixes: [u64; SUFFIXES],
    pub(super) prefixes: [u64; PREFIXES],
    pub(super) shape: u64,
    pub(super) source: Source,
    /// Which parts of speech the lexicon lists, a bit each, with `source` above them.
    pub(super) class: u64,
    /// Between `class` and `readings`: parts of speech with what tells clauses apart.
    pub(super) middle: u64,
    pub(super) role: Role,
    /// Hash of all readings.
    pub(super) readings: u64,
    /// By part of speech: hash of its readings.
    pub(super) by_upos: Vec<(Upos, u64)>,
    pub(super) listed: Vec<TagId>,
}

impl Word {
    /// The hash of the readings of one part of speech; 0 for none.
    pub(super) fn readings_of(&self, upos: Upos) -> u64 {
        self.by_upos.iter().find(|(u, _)| *u == upos).map_or(0, |(_, hash)| *hash)
    }
}

/// Forms already looked at. It empties itself when it is full.
#[derive(Default)]
pub(super) struct Words {
    known: HashMap<String, u32>,
    words: Vec<Word>,
}

impl Words {
    /// Makes room, so that what [`Words::find`] returns stays for as many forms as `next` says; `true` where all
    /// words had to be forgotten for it.
    pub(super) fn reserve(&mut self, next: usize) -> bool {
        let full = self.words.len() + next > REMEMBERED.max(next);
        if full {
            self.known.clear();
            self.words.clear();
        }
        full
    }

    pub(super) fn get(&self, at: u32) -> &Word {
        &self.words[at as usize]
    }

    pub(super) fn find(&mut self, form: &str, lexicon: &dyn Analyze, tagset: &mut Tagset) -> u32 {
        if let Some(at) = self.known.get(form) {
            return *at;
        }
        let at = self.words.len() as u32;
        self.words.push(look(form, lexicon, tagset));
        if form.len() <= LONG {
            self.known.insert(form.to_owned(), at);
        }
        at
    }
}

pub(super) fn hash(text: &str) -> u64 {
    hash_of(text.as_bytes(), 0, text.len())
}

fn look(form: &str, lexicon: &dyn Analyze, tagset: &mut Tagset) -> Word {
    let lower = if form.len() <= LONG { form.to_lowercase() } else { String::new() };
    let mut suffixes = [0; SUFFIXES];
    let mut prefixes = [0; PREFIXES];
    if !lower.is_empty() {
        for (slot, (at, _)) in suffixes.iter_mut().zip(lower.char_indices().rev()) {
            *slot = hash(&lower[at..]);
        }
        for (slot, (at, c)) in prefixes.iter_mut().zip(lower.char_indices()) {
            *slot = hash(&lower[..at + c.len_utf8()]);
        }
    }
    let mut readings = Vec::new();
    let source =
        if lower.is_empty() { Source::Unknown } else { readings_of(form, &lower, lexicon, &mut readings) };
    readings.sort_by(|a, b| (a.upos, &a.feats).cmp(&(b.upos, &b.feats)));
    readings.dedup_by(|a, b| a.upos == b.upos && a.feats == b.feats);
    let mut class = (source as u64) << 32;
    let mut middle: Vec<(Upos, &str)> = Vec::new();
    let mut role = Role { stop: !form.contains(char::is_alphanumeric), ..Role::default() };
    if readings.is_empty() {
        role.content = !role.stop;
        role.participle = lower.ends_with("et");
    }
    let mut all = source as u64;
    let mut by_upos: Vec<(Upos, u64)> = Vec::new();
    let mut listed = Vec::new();
    for reading in &readings {
        class |= 1 << reading.upos as u32;
        let this = mix(hash(&reading.feats) ^ reading.upos as u64);
        all = mix(all ^ this);
        match by_upos.last_mut() {
            Some((upos, hash)) if *upos == reading.upos => *hash = mix(*hash ^ this),
            _ => by_upos.push((reading.upos, mix(this))),
        }
        listed.push(tagset.adopt(reading.upos, &reading.feats));
        let value = |name: &str| {
            reading.feats.split('|').find_map(|f| f.strip_prefix(name)?.strip_prefix('=')).unwrap_or("")
        };
        let open = matches!(reading.upos, Upos::Noun | Upos::Propn | Upos::Adj | Upos::Verb | Upos::Num);
        role.content |= open;
        let detail = match reading.upos {
            Upos::Verb | Upos::Aux => value("VerbForm"),
            Upos::Noun => value("Definite"),
            Upos::Adj => value("Degree"),
            Upos::Pron => value("Case"),
            _ => "",
        };
        role.participle |= detail == "Part" && value("Tense") != "Pres";
        role.infinitive |= detail == "Inf";
        role.finite |= detail == "Fin";
        if middle.last() != Some(&(reading.upos, detail)) {
            middle.push((reading.upos, detail));
        }
    }
    let middle =
        middle.iter().fold(source as u64, |all, (upos, detail)| mix(all ^ hash(detail) ^ *upos as u64));
    Word {
        lower: hash(if lower.is_empty() { form } else { &lower }),
        form: hash(form) ^ 1,
        suffixes,
        prefixes,
        shape: shape(form),
        source,
        class,
        middle,
        role,
        readings: all,
        by_upos,
        listed,
    }
}

/// The lexicon's readings of a form, of the form in small letters, or of what it ends in.
fn readings_of(form: &str, lower: &str, lexicon: &dyn Analyze, out: &mut Vec<Reading>) -> Source {
    lexicon.readings(form, out);
    let exact = !out.is_empty();
    if lower != form {
        lexicon.readings(lower, out);
    }
    if !out.is_empty() {
        return if exact { Source::Listed } else { Source::Folded };
    }
    if tail(lower, lexicon, out).is_some() { Source::Tail } else { Source::Unknown }
}

/// The longest listed noun, verb or adjective that a word ends in, with something before it: where it starts.
/// At least two letters stand before it; it has four letters or follows a hyphen.
pub(crate) fn tail(lower: &str, lexicon: &dyn Analyze, out: &mut Vec<Reading>) -> Option<usize> {
    for (n, (at, _)) in lower.char_indices().enumerate().skip(1) {
        let rest = &lower[at..];
        let hyphen = lower[..at].ends_with('-');
        if rest.chars().nth(if hyphen { 1 } else { 3 }).is_none() {
            break;
        }
        if n < 2 && !hyphen {
            continue;
        }
        lexicon.readings(rest, out);
        out.retain(|r| matches!(r.upos, Upos::Noun | Upos::Adj | Upos::Verb));
        if !out.is_empty() {
            return Some(at);
        }
    }
    None
}

/// Capitals, digits and signs of a form, as a small number.
fn shape(form: &str) -> u64 {
    let (mut upper, mut lower, mut digit, mut hyphen, mut point, mut other) =
        (0u32, 0u32, 0u32, 0u32, 0u32, 0u32);
    for c in form.chars().take(64) {
        *(match c {
            _ if c.is_uppercase() => &mut upper,
            _ if c.is_alphabetic() => &mut lower,
            _ if c.is_numeric() => &mut digit,
            '-' => &mut hyphen,
            '.' | ',' | ':' => &mut point,
            _ => &mut other,
        }) += 1;
    }
    let first = form.chars().next().is_some_and(char::is_uppercase);
    let last = form.chars().next_back();
    let mut shape = u64::from(first);
    for (bit, is) in [
        upper > 1,
        lower > 0,
        digit > 0,
        hyphen > 0,
        point > 0,
        other > 0,
        upper + lower + digit == 1,
        last == Some('-'),
        last == Some('.'),
        upper + lower + digit == 0,
    ]
    .into_iter()
    .enumerate()
    {
        shape |= u64::from(is) << (bit + 1);
    }
    shape
}
