//! The project's own lexicon, from the tables of `data/lexicon`.

use super::paradigms::{push_genitive, with_genitive};
use super::tables::{Table, Tables};
use super::{Lexicon, LexiconBuilder, NormStatus, Paradigms};
use crate::morph::Upos;
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// The rows of a table, without its comments.
pub(super) fn lines(table: &str) -> impl Iterator<Item = &str> {
    numbered(table).map(|(_, line)| line)
}

/// The rows of a table with their line numbers, from 1.
fn numbered(table: &str) -> impl Iterator<Item = (u32, &str)> {
    (1..).zip(table.lines()).filter(|(_, line)| !line.is_empty() && !line.starts_with("# "))
}

/// Lemmas with their paradigms.
pub(super) fn coded() -> impl Iterator<Item = (&'static str, &'static str)> {
    lines(Tables::ours().lemmas).flat_map(codes_of)
}

/// The lemmas of a line of `lemmas.tsv`, each with the line's paradigm.
fn codes_of(line: &str) -> impl Iterator<Item = (&str, &str)> {
    let (code, lemmas) = line.split_once('\t').unwrap_or_default();
    lemmas.split(' ').filter(|lemma| !lemma.is_empty()).map(move |lemma| (lemma, code))
}

impl Lexicon<'static> {
    /// The project's own core lexicon: closed classes, and the frequent nouns, verbs, adjectives and names of Danish,
    /// in the conventions of UD Danish-DDT. Built once, when it is first asked for.
    pub fn ours() -> &'static Lexicon<'static> {
        static OURS: OnceLock<Lexicon<'static>> = OnceLock::new();
        OURS.get_or_init(|| {
            let bytes = expand(&Tables::ours(), Paradigms::ours()).to.build().unwrap_or_default();
            Lexicon::open(bytes).unwrap_or_else(|_| Lexicon::empty())
        })
    }
}

/// Entries in the making, and which line of which table each is of.
#[derive(Default)]
pub(super) struct Maker {
    pub(super) to: LexiconBuilder,
    /// The first entry of each line that has one.
    pub(super) places: Vec<(usize, Table, u32)>,
    /// Lines that no entry comes of.
    pub(super) without: Vec<(Table, u32)>,
}

impl Maker {
    /// Makes the entries of each row of a table.
    fn each<'t>(&mut self, table: Table, text: &'t str, mut make: impl FnMut(&mut LexiconBuilder, &'t str)) {
        for (number, line) in numbered(text) {
            let first = self.to.len();
            make(&mut self.to, line);
            match self.to.len() == first {
                true => self.without.push((table, number)),
                false => self.places.push((first, table, number)),
            }
        }
    }
}

/// The tables as entries.
pub(super) fn expand(tables: &Tables<'_>, paradigms: &Paradigms<'_>) -> Maker {
    let mut maker = Maker::default();
    maker.to.source("sprog");
    maker.each(Table::Closed, tables.closed, |to, line| {
        let mut fields = line.split('\t');
        let (form, lemma) = (fields.next().unwrap_or(""), fields.next().unwrap_or(""));
        let (upos, feats) = (fields.next().unwrap_or(""), fields.next().unwrap_or("_"));
        if let Some(upos) = Upos::parse(upos) {
            let feats = if feats == "_" { "" } else { feats };
            // Not `put`: here a hyphen is a hyphen, not a form that there is none of.
            let (lemma, tag) = (to.lemma(lemma), to.tag(upos, feats));
            to.row(form, lemma, tag, NormStatus::Official, 0);
        }
    });
    irregular_verbs(&mut maker, tables);
    maker.each(Table::AdjectivesIrregular, tables.adjectives_irregular, adjective);
    maker.each(Table::NounsIrregular, tables.nouns_irregular, noun);
    maker.each(Table::Lemmas, tables.lemmas, |to, line| {
        for (lemma, code) in codes_of(line) {
            let number = to.lemma(lemma);
            paradigms.each(lemma, code, |form, upos, feats| {
                // An adverb of an adjective is its own lemma, as in DDT.
                let lemma = if upos == Upos::Adv { to.lemma(form) } else { number };
                let tag = to.tag(upos, feats);
                to.row(form, lemma, tag, NormStatus::Official, 0);
            });
        }
    });
    maker.each(Table::Names, tables.names, name);
    // Names of people from the table that finds personal data, but those that are words too.
    maker.each(Table::GivenNames, tables.given_names, |to, line| {
        let fields: Vec<&str> = line.split('\t').collect();
        if let [given, _, note, ..] = fields[..]
            && note != "word"
        {
            name(to, given);
        }
    });
    let is_word = |line: &str| line.split('\t').nth(2) == Some("word");
    let words: BTreeSet<u32> =
        numbered(tables.given_names).filter(|(_, line)| is_word(line)).map(|(number, _)| number).collect();
    maker.without.retain(|(table, number)| *table != Table::GivenNames || !words.contains(number));
    maker
}

fn name(to: &mut LexiconBuilder, name: &str) {
    put(to, name, name, Upos::Propn, "", NormStatus::Official);
    let mut genitive = name.to_owned();
    push_genitive(&mut genitive);
    put(to, &genitive, name, Upos::Propn, "Case=Gen", NormStatus::Official);
}

fn put(to: &mut LexiconBuilder, form: &str, lemma: &str, upos: Upos, feats: &str, status: NormStatus) {
    if form != "-" && !form.is_empty() {
        let (lemma, tag) = (to.lemma(lemma), to.tag(upos, feats));
        to.row(form, lemma, tag, status, 0);
    }
}

const AUXILIARIES: [&str; 9] =
    ["være", "have", "blive", "kunne", "skulle", "ville", "måtte", "burde", "turde"];

fn irregular_verbs(maker: &mut Maker, tables: &Tables<'_>) {
    let auxiliary = |line: &&str| line.split('\t').next().is_some_and(|v| AUXILIARIES.contains(&v));
    for (number, line) in numbered(tables.verbs_irregular).filter(|(_, line)| auxiliary(line)) {
        maker.places.push((maker.to.len(), Table::VerbsIrregular, number));
        verb(&mut maker.to, "", line, Upos::Aux);
    }
    maker.each(Table::VerbsIrregular, tables.verbs_irregular, |to, line| verb(to, "", line, Upos::Verb));
    maker.each(Table::VerbsPrefixed, tables.verbs_prefixed, |to, line| {
        let Some((base, prefixes)) = line.split_once('\t') else { return };
        for row in lines(tables.verbs_irregular).filter(|row| row.split('\t').next() == Some(base)) {
            for prefix in prefixes.split(' ') {
                verb(to, prefix, row, Upos::Verb);
            }
        }
    });
}

/// Adds the forms of a verb that are listed, and those that follow from them.
fn verb(to: &mut LexiconBuilder, prefix: &str, line: &str, upos: Upos) {
    let fields: Vec<&str> = line.split('\t').collect();
    let [infinitive, present, past, participle, inflected, imperative] = fields[..] else { return };
    let lemma = format!("{prefix}{infinitive}");
    let mut add = |form: &str, ending: &str, feats: &str| {
        if form != "-" {
            put(to, &format!("{prefix}{form}{ending}"), &lemma, upos, feats, NormStatus::Official);
        }
    };
    let deponent = infinitive.ends_with('s');
    let voice = if deponent { "Pass" } else { "Act" };
    add(infinitive, "", &format!("VerbForm=Inf|Voice={voice}"));
    add(present, "", &format!("Mood=Ind|Tense=Pres|VerbForm=Fin|Voice={voice}"));
    add(past, "", &format!("Mood=Ind|Tense=Past|VerbForm=Fin|Voice={voice}"));
    add(participle, "", "Definite=Ind|Number=Sing|Tense=Past|VerbForm=Part");
    add(inflected, "", "Number=Plur|Tense=Past|VerbForm=Part");
    add(inflected, "", "Definite=Def|Number=Sing|Tense=Past|VerbForm=Part");
    add(imperative, "", "Mood=Imp");
    if deponent || imperative == "-" {
        return;
    }
    // leende, seende: a stressed e stays before the ending.
    let ending = if infinitive.ends_with('e') && infinitive.len() > 3 { "nde" } else { "ende" };
    add(infinitive, ending, "Tense=Pres|VerbForm=Part");
    if upos == Upos::Verb && !matches!(infinitive, "være" | "have" | "blive") {
        add(infinitive, "s", "VerbForm=Inf|Voice=Pass");
        add(infinitive, "s", "Mood=Ind|Tense=Pres|VerbForm=Fin|Voice=Pass");
        let ending = match past.as_bytes() {
            [.., b'e'] => Some("s"),
            [.., b'd' | b't', b't' | b'd'] | [.., b'n', b'd' | b't'] | [.., b'g' | b'v'] => Some("es"),
            _ => None,
        };
        if let Some(ending) = ending {
            add(past, ending, "Mood=Ind|Tense=Past|VerbForm=Fin|Voice=Pass");
        }
    }
}

fn noun(to: &mut LexiconBuilder, line: &str) {
    let fields: Vec<&str> = line.split('\t').collect();
    let [lemma, gender, definite, plural, plural_definite] = fields[..] else { return };
    let gender = if gender == "n" { "Neut" } else { "Com" };
    // Plurals without a singular are their own lemma: penge, briller.
    let only_plural = definite == "-" && plural == lemma;
    let cells = [
        (if only_plural { "-" } else { lemma }, "Ind", "Sing"),
        (definite, "Def", "Sing"),
        (plural, "Ind", "Plur"),
        (plural_definite, "Def", "Plur"),
    ];
    for (form, definite, number) in cells {
        if form == "-" {
            continue;
        }
        let feats = format!("Definite={definite}|Gender={gender}|Number={number}");
        put(to, form, lemma, Upos::Noun, &feats, NormStatus::Official);
        let mut genitive = form.to_owned();
        push_genitive(&mut genitive);
        put(to, &genitive, lemma, Upos::Noun, &with_genitive(&feats), NormStatus::Official);
    }
}

fn adjective(to: &mut LexiconBuilder, line: &str) {
    let fields: Vec<&str> = line.split('\t').collect();
    let [common, neuter, inflected, comparative, superlative] = fields[..] else { return };
    // DDT names a gender, or a number, only where the form tells it.
    let singular = "Definite=Ind|Degree=Pos|Number=Sing";
    let plain = if common == inflected { "Degree=Pos" } else { singular };
    let [of_common, of_neuter] = match common == neuter {
        true => [plain, plain],
        false => [
            "Definite=Ind|Degree=Pos|Gender=Com|Number=Sing",
            "Definite=Ind|Degree=Pos|Gender=Neut|Number=Sing",
        ],
    };
    let cells = [
        (common, of_common),
        (neuter, of_neuter),
        (inflected, "Degree=Pos|Number=Plur"),
        (inflected, "Definite=Def|Degree=Pos|Number=Sing"),
        (comparative, "Degree=Cmp"),
        (superlative, "Degree=Sup"),
    ];
    for (form, feats) in cells {
        put(to, form, common, Upos::Adj, feats, NormStatus::Official);
    }
    if superlative != "-" {
        put(
            to,
            &format!("{superlative}e"),
            common,
            Upos::Adj,
            "Definite=Def|Degree=Sup",
            NormStatus::Official,
        );
    }
    for (form, feats) in [(neuter, "Degree=Pos"), (comparative, "Degree=Cmp"), (superlative, "Degree=Sup")] {
        put(to, form, form, Upos::Adv, feats, NormStatus::Official);
    }
}
