//! The project's own lexicon, from the tables of `data/lexicon`.

use super::paradigms::{push_genitive, with_genitive};
use super::{Lexicon, LexiconBuilder, NormStatus, Paradigms};
use crate::morph::Upos;
use std::sync::OnceLock;

const CLOSED: &str = include_str!("../../data/lexicon/closed.tsv");
const VERBS_IRREGULAR: &str = include_str!("../../data/lexicon/verbs-irregular.tsv");
const VERBS_PREFIXED: &str = include_str!("../../data/lexicon/verbs-prefixed.tsv");
const NOUNS_IRREGULAR: &str = include_str!("../../data/lexicon/nouns-irregular.tsv");
const LEMMAS: &str = include_str!("../../data/lexicon/lemmas.tsv");
const ADJECTIVES_IRREGULAR: &str = include_str!("../../data/lexicon/adjectives-irregular.tsv");
const NAMES: &str = include_str!("../../data/lexicon/names.tsv");

/// The rows of a table, without its comments.
pub(super) fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.is_empty() && !line.starts_with("# "))
}

/// Lemmas with their paradigms.
pub(super) fn coded() -> impl Iterator<Item = (&'static str, &'static str)> {
    lines(LEMMAS)
        .filter_map(|line| line.split_once('\t'))
        .flat_map(|(code, lemmas)| lemmas.split(' ').map(move |lemma| (lemma, code)))
}

impl Lexicon<'static> {
    /// The project's own core lexicon: closed classes, and the frequent nouns, verbs, adjectives and names of Danish,
    /// in the conventions of UD Danish-DDT. Built once, when it is first asked for.
    pub fn ours() -> &'static Lexicon<'static> {
        static OURS: OnceLock<Lexicon<'static>> = OnceLock::new();
        OURS.get_or_init(|| {
            let bytes = ours().build().unwrap_or_default();
            Lexicon::open(bytes).unwrap_or_else(|_| Lexicon::empty())
        })
    }
}

/// The embedded tables as entries.
pub(super) fn ours() -> LexiconBuilder {
    let mut to = LexiconBuilder::new();
    to.source("sprog");
    for line in lines(CLOSED) {
        let mut fields = line.split('\t');
        let (form, lemma) = (fields.next().unwrap_or(""), fields.next().unwrap_or(""));
        let (upos, feats) = (fields.next().unwrap_or(""), fields.next().unwrap_or("_"));
        if let Some(upos) = Upos::parse(upos) {
            let feats = if feats == "_" { "" } else { feats };
            put(&mut to, form, lemma, upos, feats, NormStatus::Official);
        }
    }
    irregular_verbs(&mut to);
    adjectives(&mut to);
    nouns(&mut to);
    for (lemma, code) in coded() {
        let number = to.lemma(lemma);
        Paradigms::ours().each(lemma, code, |form, upos, feats| {
            // An adverb of an adjective is its own lemma, as in DDT.
            let lemma = if upos == Upos::Adv { to.lemma(form) } else { number };
            let tag = to.tag(upos, feats);
            to.row(form, lemma, tag, NormStatus::Official, 0);
        });
    }
    for name in lines(NAMES).chain(given_names()) {
        put(&mut to, name, name, Upos::Propn, "", NormStatus::Official);
        let mut genitive = name.to_owned();
        push_genitive(&mut genitive);
        put(&mut to, &genitive, name, Upos::Propn, "Case=Gen", NormStatus::Official);
    }
    to
}

fn put(to: &mut LexiconBuilder, form: &str, lemma: &str, upos: Upos, feats: &str, status: NormStatus) {
    if form != "-" && !form.is_empty() {
        let (lemma, tag) = (to.lemma(lemma), to.tag(upos, feats));
        to.row(form, lemma, tag, status, 0);
    }
}

/// Names of people from the table that finds personal data, but those that are words too.
fn given_names() -> impl Iterator<Item = &'static str> {
    lines(include_str!("../../data/pii/names.tsv")).filter_map(|line| {
        let (name, rest) = line.split_once('\t')?;
        let (_, note) = rest.split_once('\t')?;
        (note != "word").then_some(name)
    })
}

const AUXILIARIES: [&str; 9] =
    ["være", "have", "blive", "kunne", "skulle", "ville", "måtte", "burde", "turde"];

fn irregular_verbs(to: &mut LexiconBuilder) {
    let rows: Vec<Vec<&str>> = lines(VERBS_IRREGULAR).map(|line| line.split('\t').collect()).collect();
    for row in &rows {
        if let [infinitive, rest @ ..] = row.as_slice()
            && AUXILIARIES.contains(infinitive)
        {
            verb(to, "", infinitive, rest, Upos::Aux);
        }
    }
    for row in &rows {
        if let [infinitive, rest @ ..] = row.as_slice() {
            verb(to, "", infinitive, rest, Upos::Verb);
        }
    }
    for line in lines(VERBS_PREFIXED) {
        let Some((base, prefixes)) = line.split_once('\t') else { continue };
        for row in rows.iter().filter(|row| row.first() == Some(&base)) {
            for prefix in prefixes.split(' ') {
                verb(to, prefix, base, &row[1..], Upos::Verb);
            }
        }
    }
}

/// Adds the forms of a verb that are listed, and those that follow from them.
fn verb(to: &mut LexiconBuilder, prefix: &str, infinitive: &str, listed: &[&str], upos: Upos) {
    let lemma = format!("{prefix}{infinitive}");
    let [present, past, participle, inflected, imperative] = listed else { return };
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
    if deponent || *imperative == "-" {
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

fn nouns(to: &mut LexiconBuilder) {
    for line in lines(NOUNS_IRREGULAR) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [lemma, gender, definite, plural, plural_definite] = fields[..] else { continue };
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
}

fn adjectives(to: &mut LexiconBuilder) {
    for line in lines(ADJECTIVES_IRREGULAR) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [common, neuter, inflected, comparative, superlative] = fields[..] else { continue };
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
        for (form, feats) in
            [(neuter, "Degree=Pos"), (comparative, "Degree=Cmp"), (superlative, "Degree=Sup")]
        {
            put(to, form, form, Upos::Adv, feats, NormStatus::Official);
        }
    }
}
