//! Lexicons of others as entries: their labels in Universal Dependencies.
//!
//! The table is `data/lexicon/tagsets.tsv`. A label that it does not have is counted and named; its row is kept with
//! what the other labels say, or with part of speech `X`.

use super::ours::lines;
use super::{Entry, LexiconBuilder, NormStatus, unimorph};
use crate::morph::Upos;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Whose labels they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tagset {
    /// Det Centrale Ordregister (Dansk Sprognævn): `sb.fk.sg.ubest`, `vb.præt.akt`, `adj.sg.ubest.itk`.
    Cor,
    /// UniMorph: `N;DEF;SG`.
    UniMorph,
    /// Den Danske Ordbog's full-form list: `substantiv, fælleskøn`.
    Ddo,
    /// Apertium's dictionaries: `n.ut.sg.ind`.
    Apertium,
    /// NST's pronunciation lexicon: `NN`, `NEU|SIN|IND|NOM`.
    Nst,
    /// The fields `po:` and `is:` of a Hunspell dictionary, without their names: `noun pl`.
    Hunspell,
    /// Universal Dependencies themselves: `NOUN|Gender=Com|Number=Sing`.
    Ud,
}

impl Tagset {
    fn name(self) -> &'static str {
        match self {
            Tagset::Cor => "cor",
            Tagset::UniMorph => "unimorph",
            Tagset::Ddo => "ddo",
            Tagset::Apertium => "apertium",
            Tagset::Nst => "nst",
            Tagset::Hunspell => "hunspell",
            Tagset::Ud => "ud",
        }
    }
}

/// A row of someone's lexicon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// The form.
    pub form: &'a str,
    /// Its lemma; where it is empty the form is its own lemma.
    pub lemma: &'a str,
    /// Its labels, as they stand.
    pub label: &'a str,
    /// Its status in the norm: COR's `N`, `K`, `U`, `1`, `0`, or a name of [`NormStatus`]; empty for the official one.
    pub norm: &'a str,
}

/// What was made of rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapped {
    /// How many rows became entries: all but those without a form.
    pub entries: usize,
    /// Rows without a form.
    pub empty: usize,
    /// Labels that the table does not have, and how often they came.
    pub unknown: BTreeMap<String, usize>,
    /// Labels that the table has but that were not checked against the lexicon's own documentation.
    pub unsure: BTreeMap<String, usize>,
    /// Rows whose part of speech stayed unknown; their entries have `X`.
    pub without_pos: usize,
}

struct Label {
    upos: Option<Upos>,
    feats: Vec<&'static str>,
    unsure: bool,
}

fn labels() -> &'static BTreeMap<(&'static str, &'static str), Label> {
    static LABELS: OnceLock<BTreeMap<(&'static str, &'static str), Label>> = OnceLock::new();
    LABELS.get_or_init(|| {
        lines(include_str!("../../data/lexicon/tagsets.tsv"))
            .filter_map(|line| {
                let mut fields = line.split('\t');
                let key = (fields.next()?, fields.next()?);
                let upos = Upos::parse(fields.next()?);
                let feats = fields.next()?.split('|').filter(|f| *f != "-").collect();
                Some((key, Label { upos, feats, unsure: fields.next() == Some("?") }))
            })
            .collect()
    })
}

/// The part of speech and features of a label, with the parts that are not known.
///
/// ```
/// use sprog_text::lexicon::tagsets::{Tagset, to_ud};
/// use sprog_text::morph::Upos;
/// let (upos, feats, unknown) = to_ud(Tagset::Cor, "vb.præt.akt");
/// assert_eq!((upos, feats.as_str()), (Some(Upos::Verb), "Mood=Ind|Tense=Past|VerbForm=Fin|Voice=Act"));
/// assert!(unknown.is_empty());
/// ```
pub fn to_ud(tagset: Tagset, label: &str) -> (Option<Upos>, String, Vec<String>) {
    let mut unsure = Vec::new();
    convert(tagset, label, &mut unsure)
}

fn convert(tagset: Tagset, label: &str, unsure: &mut Vec<String>) -> (Option<Upos>, String, Vec<String>) {
    match tagset {
        Tagset::UniMorph => return unimorph::read(label),
        Tagset::Ud => {
            let (tag, feats) = label.split_once('|').unwrap_or((label, ""));
            let upos = Upos::parse(tag);
            let unknown = if upos.is_none() { vec![tag.to_owned()] } else { Vec::new() };
            return (upos, if feats == "_" { String::new() } else { feats.to_owned() }, unknown);
        }
        _ => {}
    }
    let (mut upos, mut feats, mut unknown) = (None, Vec::new(), Vec::new());
    let split = |c: char| c.is_whitespace() || matches!(c, '.' | ';' | '|' | ':' | ',' | '<' | '>');
    for part in label.split(split).filter(|part| !part.is_empty()) {
        let Some(found) = labels().get(&(tagset.name(), part)) else {
            unknown.push(part.to_owned());
            continue;
        };
        if found.unsure {
            unsure.push(part.to_owned());
        }
        // The first label names the part of speech; where two do, as apertium's vblex.part, the first stays.
        upos = upos.or(found.upos);
        feats.extend(found.feats.iter().copied());
    }
    settle(upos, &mut feats);
    (upos, unimorph::sorted(feats), unknown)
}

/// What the labels of others leave unsaid, and DDT says.
fn settle(upos: Option<Upos>, feats: &mut Vec<&'static str>) {
    let has = |feats: &[&str], name: &str| feats.iter().any(|f| f.starts_with(name));
    match upos {
        Some(Upos::Verb | Upos::Aux) if has(feats, "VerbForm=Part") => {
            feats
                .retain(|f| !f.starts_with("Voice=") && !f.starts_with("Mood=") && !f.starts_with("Gender="));
            if feats.contains(&"Tense=Past") && !has(feats, "Number=") && !has(feats, "Definite=") {
                feats.extend(["Definite=Ind", "Number=Sing"]);
            }
            if feats.contains(&"Number=Plur") {
                feats.retain(|f| !f.starts_with("Definite="));
            }
        }
        Some(Upos::Verb | Upos::Aux) if feats.contains(&"VerbForm=Inf") && !has(feats, "Voice=") => {
            feats.push("Voice=Act");
        }
        Some(Upos::Verb | Upos::Aux) if has(feats, "Mood=Imp") => feats.retain(|f| *f == "Mood=Imp"),
        Some(Upos::Verb | Upos::Aux) if has(feats, "Tense=") && !has(feats, "VerbForm=Inf") => {
            feats.extend(["Mood=Ind", "VerbForm=Fin"]);
            if !has(feats, "Voice=") {
                feats.push("Voice=Act");
            }
        }
        Some(Upos::Adj) if !has(feats, "Degree=") && !has(feats, "NumType=") => {
            feats.push("Degree=Pos");
            if feats.contains(&"Number=Plur") || feats.contains(&"Definite=Def") {
                feats.retain(|f| !f.starts_with("Gender="));
            }
            if feats.contains(&"Number=Plur") {
                feats.retain(|f| !f.starts_with("Definite="));
            }
        }
        _ => {}
    }
}

fn status(norm: &str) -> NormStatus {
    match norm {
        "" | "N" | "1" => NormStatus::Official,
        // COR: not normed, but probably right; and not in the norm.
        "K" => NormStatus::Variant,
        "U" | "0" => NormStatus::Colloquial,
        name => NormStatus::parse(name).unwrap_or_default(),
    }
}

impl LexiconBuilder {
    /// Adds rows of a lexicon with labels of `tagset` under a source's name.
    ///
    /// ```
    /// use sprog_text::lexicon::tagsets::{Row, Tagset};
    /// use sprog_text::lexicon::{Lexicon, LexiconBuilder};
    /// let mut builder = LexiconBuilder::new();
    /// let rows = [Row { form: "huset", lemma: "hus", label: "sb.itk.sg.best", norm: "N" }];
    /// let mapped = builder.add_rows("COR", Tagset::Cor, rows);
    /// assert_eq!((mapped.entries, mapped.unknown.len()), (1, 0));
    /// ```
    pub fn add_rows<'r>(
        &mut self,
        source: &str,
        tagset: Tagset,
        rows: impl IntoIterator<Item = Row<'r>>,
    ) -> Mapped {
        let source = self.source(source);
        let mut mapped = Mapped::default();
        for row in rows {
            if row.form.is_empty() {
                mapped.empty += 1;
                continue;
            }
            let mut unsure = Vec::new();
            let (upos, feats, unknown) = convert(tagset, row.label, &mut unsure);
            mapped.without_pos += usize::from(upos.is_none());
            for label in unknown {
                *mapped.unknown.entry(label).or_default() += 1;
            }
            for label in unsure {
                *mapped.unsure.entry(label).or_default() += 1;
            }
            let lemma = if row.lemma.is_empty() { row.form } else { row.lemma };
            let entry = Entry::new(row.form, lemma, upos.unwrap_or(Upos::X), &feats);
            self.add(&entry.source(source).status(status(row.norm)));
            mapped.entries += 1;
        }
        mapped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(tagset: Tagset, label: &str, upos: Upos, feats: &str) {
        assert_eq!(to_ud(tagset, label), (Some(upos), feats.to_owned(), Vec::new()), "{label}");
    }

    #[test]
    fn labels_of_others_become_ud() {
        check(Tagset::Cor, "sb.fk.sg.ubest", Upos::Noun, "Definite=Ind|Gender=Com|Number=Sing");
        check(Tagset::Cor, "sb.itk.pl.best.gen", Upos::Noun, "Case=Gen|Definite=Def|Gender=Neut|Number=Plur");
        check(Tagset::Cor, "vb.inf.pass", Upos::Verb, "VerbForm=Inf|Voice=Pass");
        check(Tagset::Cor, "vb.præs.part", Upos::Verb, "Tense=Pres|VerbForm=Part");
        check(Tagset::Cor, "vb.perf.part", Upos::Verb, "Definite=Ind|Number=Sing|Tense=Past|VerbForm=Part");
        check(Tagset::Cor, "vb.imp", Upos::Verb, "Mood=Imp");
        check(Tagset::Cor, "adj.sg.ubest.itk", Upos::Adj, "Definite=Ind|Degree=Pos|Gender=Neut|Number=Sing");
        check(
            Tagset::Apertium,
            "n.ut.pl.def.gen",
            Upos::Noun,
            "Case=Gen|Definite=Def|Gender=Com|Number=Plur",
        );
        check(
            Tagset::Apertium,
            "<vblex><past><actv>",
            Upos::Verb,
            "Mood=Ind|Tense=Past|VerbForm=Fin|Voice=Act",
        );
        check(Tagset::Nst, "NN NEU|SIN|IND|NOM", Upos::Noun, "Definite=Ind|Gender=Neut|Number=Sing");
        check(Tagset::Ddo, "substantiv, fælleskøn", Upos::Noun, "Gender=Com");
        check(Tagset::UniMorph, "V;IMP", Upos::Verb, "Mood=Imp");
        check(Tagset::Ud, "ADV|_", Upos::Adv, "");
    }

    #[test]
    fn unknown_labels_are_counted_and_their_rows_kept() {
        let mut builder = LexiconBuilder::new();
        let row = |label| Row { form: "ord", lemma: "", label, norm: "U" };
        let mapped = builder.add_rows("x", Tagset::Cor, [row("sb.qqq"), row("zzz"), row("sb.komp")]);
        assert_eq!((mapped.entries, mapped.without_pos), (3, 1));
        assert_eq!(mapped.unknown.keys().collect::<Vec<_>>(), ["qqq", "zzz"]);
        assert_eq!(mapped.unsure.get("komp"), Some(&1));
        assert_eq!(builder.len(), 3);
    }
}
