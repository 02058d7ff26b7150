//! Stems of a Hunspell dictionary beside ours.

use sprog_formats::rules::hunspell_dic::{DicContent, DicFile};

use super::stems::{Builder, Class, Links, OurStems, Stem, StemSource};
use super::{Mode, Splitter};

/// Words of the dictionary shorter than this bring more wrong splits than right ones.
const LEAST_LETTERS: usize = 3;
/// A word that is short enough not to be asked whether it is a compound.
const LEAST_COMPOUND: usize = 6;
/// A split of a dictionary's word that costs less makes the word a compound.
const CLEAR_SPLIT: u32 = 260;

impl Splitter {
    /// A splitter of our stems and the words of a Danish Hunspell dictionary (`da_DK.dic` of Stavekontrolden).
    ///
    /// What a word of it is follows from its flags, see `class_of`. A word that our stems explain stays as they have it;
    /// one that the other words split is a compound, and so a part of its own in [`Mode::Lexical`] alone.
    pub fn with_dictionary(dictionary: &DicFile) -> Splitter {
        let mut words: Vec<Stem> = Vec::new();
        for line in &dictionary.lines {
            let DicContent::Entry { word, flags, .. } = &line.entry else { continue };
            let letters = word.chars().count();
            let lower = word.chars().all(|c| c.is_lowercase());
            if letters < LEAST_LETTERS || !lower {
                continue;
            }
            let (class, links) = class_of(word, flags.iter().map(|flag| flag.to_string()));
            words.push(Stem { form: word.clone(), class, links });
        }
        words.sort_by(|a, b| a.form.cmp(&b.form));
        words.dedup_by(|b, a| {
            let same = a.form == b.form;
            if same {
                a.class = a.class.or(b.class);
                a.links = a.links.or(b.links);
            }
            same
        });
        // First those that ours cannot read, and then of these and the rest those that are no compounds.
        let ours = Splitter::ours();
        let unknown = |splitter: &Splitter, word: &str| {
            splitter.split(word, Mode::Deep, 1).first().is_none_or(|s| s.parts.len() == 1 && s.cost >= 200)
        };
        let fresh: Vec<Stem> = words.iter().filter(|w| unknown(ours, &w.form)).cloned().collect();
        let both = Splitter::from_two(&fresh, &[]);
        let is_compound = |word: &str| {
            let splits = both.split(word, Mode::Deep, 4);
            splits.iter().any(|s| s.is_compound() && s.cost < CLEAR_SPLIT)
        };
        let simple: Vec<Stem> = fresh
            .iter()
            .filter(|w| w.form.chars().count() < LEAST_COMPOUND || !is_compound(&w.form))
            .cloned()
            .collect();
        let compounds: Vec<Stem> = words
            .into_iter()
            .filter(|w| w.class.meets(Class::NOUN.or(Class::ADJECTIVE)))
            .filter(|w| w.form.chars().count() >= LEAST_COMPOUND && is_compound(&w.form))
            .collect();
        Splitter::from_two(&simple, &compounds)
    }

    /// Our stems, others beside them, and those that are one part in lexical mode only.
    fn from_two(stems: &[Stem], lexical: &[Stem]) -> Splitter {
        let mut builder = Builder::default();
        OurStems.each(&mut |stem| builder.add(&stem, false));
        stems.iter().for_each(|stem| builder.add(stem, false));
        lexical.iter().for_each(|stem| builder.add(stem, true));
        Splitter { table: builder.build() }
    }
}

/// What Stavekontrolden's flags say of a word: its classes and how it links.
///
/// The flags' meanings are the headings of `da_DK.aff`.
fn class_of(word: &str, flags: impl Iterator<Item = String>) -> (Class, Links) {
    let (mut class, mut links) = (Class::NONE, Links::UNKNOWN);
    for flag in flags {
        match flag.as_str() {
            "1" | "20" | "21" | "22" | "79" if word.ends_with('e') => class = class.or(Class::INFINITIVE),
            "2" | "3" | "4" | "5" | "7" | "11" | "13" | "14" | "15" | "18" | "19" | "44" | "45" | "46"
            | "47" | "48" | "57" | "58" | "64" | "65" | "66" | "70" | "71" | "72" | "74" | "76" | "84"
            | "85" => {
                class = class.or(Class::NOUN);
            }
            "12" | "23" | "24" | "25" | "26" | "27" | "28" | "38" | "40" | "41" | "42" | "49" | "59"
            | "77" | "78" | "82" => class = class.or(Class::ADJECTIVE),
            "29" => links = links.or(Links::S),
            "30" | "61" => links = links.or(Links::E),
            "31" => links = links.or(Links::ZERO),
            "60" | "68" => links = links.or(Links::ER),
            "62" => links = links.or(Links::ZERO).or(Links::S),
            "63" | "67" => links = links.or(Links::ZERO).or(Links::E),
            _ => {}
        }
    }
    if class == Class::NONE {
        class = Class::WORD;
    }
    (class, links)
}
