//! Paradigms: from a lemma and a code to its forms, by `data/lexicon/paradigms.tsv`.

use crate::morph::Upos;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// How Danish nouns, verbs and adjectives are inflected, by code.
///
/// A code is a paradigm and flags: `cer2` is a noun of common gender with a plural in `-er` and a doubled consonant
/// (`kop`, `koppen`, `kopper`). The table says what each means; the spelling is that of Retskrivningsordbogen.
#[derive(Debug)]
pub struct Paradigms<'t> {
    rows: BTreeMap<&'t str, Vec<Slot<'t>>>,
}

/// A cell of a paradigm.
#[derive(Debug)]
struct Slot<'t> {
    upos: Upos,
    stem: Stem,
    ending: &'t str,
    feats: &'t str,
    genitive: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stem {
    Lemma,
    Oblique,
    BeforeUm,
    BeforeE,
    Imperative,
    Superlative,
}

/// A form that a paradigm gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The form.
    pub form: String,
    /// Its part of speech: that of the paradigm, or `Adv` for the adverb that an adjective makes.
    pub upos: Upos,
    /// Its features, as in CoNLL-U.
    pub feats: String,
}

impl Paradigms<'static> {
    /// The project's own table.
    pub fn ours() -> &'static Paradigms<'static> {
        static OURS: OnceLock<Paradigms<'static>> = OnceLock::new();
        OURS.get_or_init(|| Paradigms::read(include_str!("../../data/lexicon/paradigms.tsv")))
    }
}

impl<'t> Paradigms<'t> {
    pub(super) fn read(table: &'t str) -> Paradigms<'t> {
        let mut rows: BTreeMap<&'t str, Vec<Slot<'t>>> = BTreeMap::new();
        for line in super::ours::lines(table) {
            let mut fields = line.split('\t');
            let mut next = || fields.next().unwrap_or("");
            let (code, upos, stem, ending, feats, genitive) =
                (next(), next(), next(), next(), next(), next());
            let stem = match stem {
                "o" => Stem::Oblique,
                "u" => Stem::BeforeUm,
                "t" => Stem::BeforeE,
                "i" => Stem::Imperative,
                "s" => Stem::Superlative,
                _ => Stem::Lemma,
            };
            if let Some(upos) = Upos::parse(upos) {
                rows.entry(code).or_default().push(Slot {
                    upos,
                    stem,
                    ending,
                    feats,
                    genitive: genitive == "y",
                });
            }
        }
        Paradigms { rows }
    }

    /// The codes without their flags.
    pub fn codes(&self) -> impl Iterator<Item = &'t str> + '_ {
        self.rows.keys().copied()
    }

    fn slots(&self, code: &str) -> Option<&[Slot<'t>]> {
        self.rows
            .get(code)
            .or_else(|| self.rows.get(code.trim_end_matches(['2', '~', '!'])))
            .map(Vec::as_slice)
    }

    /// The part of speech of a code; `None` for a code that is not known.
    pub fn upos(&self, code: &str) -> Option<Upos> {
        self.slots(code)?.first().map(|slot| slot.upos)
    }

    /// The forms of a lemma, genitives included; none for a code that is not known.
    ///
    /// ```
    /// use sprog_text::lexicon::Paradigms;
    /// let forms: Vec<_> = Paradigms::ours().inflect("kop", "cer2").into_iter().map(|cell| cell.form).collect();
    /// assert_eq!(forms[..4], ["kop", "kops", "koppen", "koppens"]);
    /// ```
    pub fn inflect(&self, lemma: &str, code: &str) -> Vec<Cell> {
        let mut cells = Vec::new();
        self.each(lemma, code, |form, upos, feats| {
            cells.push(Cell { form: form.to_owned(), upos, feats: feats.to_owned() });
        });
        cells
    }

    pub(super) fn each(&self, lemma: &str, code: &str, mut with: impl FnMut(&str, Upos, &str)) {
        let stems = Stems::new(lemma, code);
        let mut form = String::with_capacity(lemma.len() + 8);
        for slot in self.slots(code).unwrap_or_default() {
            form.clear();
            let stem = stems.get(slot.stem);
            let ending = match slot.ending.strip_prefix('e') {
                // museum keeps the e of its stem: muse-et.
                Some(rest) if stem.ends_with('e') && !stems.keeps_e && slot.stem != Stem::BeforeUm => rest,
                _ => slot.ending,
            };
            form.push_str(stem);
            form.push_str(ending);
            with(&form, slot.upos, slot.feats);
            if slot.genitive {
                push_genitive(&mut form);
                with(&form, slot.upos, with_genitive(slot.feats).as_str());
            }
        }
    }
}

/// The features of a genitive: `Case=Gen` sorts before what nouns have.
pub(super) fn with_genitive(feats: &str) -> String {
    if feats.is_empty() { "Case=Gen".to_owned() } else { format!("Case=Gen|{feats}") }
}

/// Adds the ending of the genitive: `-s`, after s, x and z an apostrophe (Retskrivningsordbogen § 21).
pub(super) fn push_genitive(form: &mut String) {
    form.push(if form.ends_with(['s', 'x', 'z', 'S', 'X', 'Z']) { '’' } else { 's' });
}

/// The stems of a lemma that the endings of a paradigm stand after.
struct Stems<'a> {
    lemma: &'a str,
    oblique: String,
    superlative: String,
    keeps_e: bool,
}

impl<'a> Stems<'a> {
    fn new(lemma: &'a str, code: &str) -> Stems<'a> {
        let mut oblique = lemma.to_owned();
        if code.ends_with('2') {
            oblique.extend(lemma.chars().next_back());
        } else if code.ends_with('~') {
            oblique = without_e(lemma);
        }
        let keeps_e = code.ends_with('!');
        let superlative = match lemma {
            _ if lemma.ends_with("ig") || lemma.ends_with("som") || lemma.ends_with('e') => lemma.to_owned(),
            _ => format!("{oblique}e"),
        };
        Stems { lemma, oblique, superlative, keeps_e }
    }

    fn get(&self, stem: Stem) -> &str {
        match stem {
            Stem::Lemma => self.lemma,
            Stem::Oblique => &self.oblique,
            Stem::BeforeUm => self.lemma.strip_suffix("um").unwrap_or(self.lemma),
            Stem::BeforeE => {
                self.lemma.strip_suffix("et").or_else(|| self.lemma.strip_suffix('e')).unwrap_or(self.lemma)
            }
            Stem::Imperative => imperative(self.lemma),
            Stem::Superlative => &self.superlative,
        }
    }
}

/// `gammel`, `cykel`, `sikker` without the e of their last syllable: `gaml`, `cykl`, `sikr`.
fn without_e(lemma: &str) -> String {
    let Some((last_at, last)) = lemma.char_indices().next_back() else { return String::new() };
    let Some(front) = lemma[..last_at].strip_suffix('e') else { return lemma.to_owned() };
    let mut stem = single(front).to_owned();
    stem.push(last);
    stem
}

/// A stem without the second of two equal consonants at its end.
fn single(stem: &str) -> &str {
    let bytes = stem.as_bytes();
    match bytes {
        [.., a, b] if a == b && b"bdfgklmnprstv".contains(b) => &stem[..stem.len() - 1],
        _ => stem,
    }
}

/// The imperative of an infinitive: without -e, and without a double consonant that would end it.
fn imperative(infinitive: &str) -> &str {
    match infinitive.strip_suffix('e') {
        Some(stem) if stem.len() > 1 => single(stem),
        _ => infinitive,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(lemma: &str, code: &str) -> Vec<String> {
        Paradigms::ours().inflect(lemma, code).into_iter().map(|cell| cell.form).collect()
    }

    #[test]
    fn flags_change_the_stem() {
        assert_eq!(
            forms("cykel", "cer~"),
            ["cykel", "cykels", "cyklen", "cyklens", "cykler", "cyklers", "cyklerne", "cyklernes"]
        );
        assert_eq!(forms("knæ", "n0!")[2], "knæet");
        assert_eq!(forms("ske", "cer!")[2], "skeen");
        assert_eq!(forms("pige", "cer")[2..6], ["pigen", "pigens", "piger", "pigers"]);
        assert_eq!(forms("gammel", "tm~")[2], "gamle");
        assert_eq!(forms("minister", "cre~")[4], "ministre");
    }

    #[test]
    fn a_genitive_after_s_has_an_apostrophe() {
        assert_eq!(forms("hus", "ne")[..2], ["hus", "hus’"]);
    }

    #[test]
    fn verbs_lose_a_double_consonant() {
        assert!(forms("takke", "va").contains(&"tak".to_owned()));
        assert!(forms("drømme", "vt").contains(&"drømte".to_owned()));
        assert!(forms("hente", "va").contains(&"hent".to_owned()));
    }

    #[test]
    fn odd_lemmas_do_no_harm() {
        for code in Paradigms::ours().codes().flat_map(|c| [c.to_owned(), format!("{c}~"), format!("{c}2")]) {
            for lemma in ["", "e", "æ", "ée", "el", "\u{0}", "🙂", "um", "et"] {
                let _ = Paradigms::ours().inflect(lemma, &code);
            }
        }
        assert!(Paradigms::ours().inflect("hus", "nowhere").is_empty());
    }
}
