//! Features of Universal Dependencies as the UniMorph schema writes them, and back.
//!
//! The table is `data/lexicon/unimorph.tsv`; the schema is Sylak-Glassman, "The Composition and Use of the Universal
//! Morphological Feature Schema" (2016). Common gender and kinds of pronouns, which the schema lacks, are `LGSPEC`
//! labels that the table explains.

use super::ours::lines;
use crate::morph::Upos;
use std::sync::OnceLock;

struct Row {
    ud: Vec<&'static str>,
    unimorph: &'static str,
    rank: u8,
}

fn rows() -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    ROWS.get_or_init(|| {
        lines(include_str!("../../data/lexicon/unimorph.tsv"))
            .filter_map(|line| {
                let mut fields = line.split('\t');
                let ud = fields.next()?.split('|').collect();
                Some(Row { ud, unimorph: fields.next()?, rank: fields.next()?.parse().ok()? })
            })
            .collect()
    })
}

/// Parts of speech of both; verbs are V unless a participle or gerund has taken its place.
const POS: [(Upos, &str); 13] = [
    (Upos::Noun, "N"),
    (Upos::Propn, "PROPN"),
    (Upos::Adj, "ADJ"),
    (Upos::Verb, "V"),
    (Upos::Aux, "AUX"),
    (Upos::Adv, "ADV"),
    (Upos::Adp, "ADP"),
    (Upos::Pron, "PRO"),
    (Upos::Det, "DET"),
    (Upos::Cconj, "CONJ"),
    (Upos::Sconj, "COMP"),
    (Upos::Num, "NUM"),
    (Upos::Intj, "INTJ"),
];

/// The UniMorph tag of a part of speech with features; `None` where the schema or the table has no name for one of them.
///
/// ```
/// use sprog_text::lexicon::unimorph;
/// use sprog_text::morph::Upos;
/// let tag = unimorph::from_ud(Upos::Noun, "Definite=Def|Gender=Neut|Number=Sing");
/// assert_eq!(tag.as_deref(), Some("N;DEF;NEUT;SG"));
/// ```
pub fn from_ud(upos: Upos, feats: &str) -> Option<String> {
    let mut left: Vec<&str> = feats.split('|').filter(|f| !f.is_empty() && *f != "_").collect();
    left.retain(|&f| f != "Degree=Pos");
    let mut pos = match upos {
        Upos::Part => "PART",
        _ => POS.iter().find(|(u, _)| *u == upos)?.1,
    };
    let mut parts: Vec<(u8, &str)> = Vec::new();
    for row in rows() {
        if row.ud.iter().all(|f| left.contains(f)) {
            left.retain(|f| !row.ud.contains(f));
            match row.rank {
                0 if upos == Upos::Verb => pos = row.unimorph,
                rank => parts.push((rank, row.unimorph)),
            }
        }
    }
    if !left.is_empty() {
        return None;
    }
    parts.sort_by_key(|(rank, _)| *rank);
    let mut tag = pos.to_owned();
    for (_, part) in parts {
        tag.push(';');
        tag.push_str(part);
    }
    Some(tag)
}

/// The part of speech and sorted features of a UniMorph tag; `None` for one with a label that the table has not.
///
/// ```
/// use sprog_text::lexicon::unimorph;
/// use sprog_text::morph::Upos;
/// assert_eq!(unimorph::to_ud("V;IND;PST"), Some((Upos::Verb, "Mood=Ind|Tense=Past".into())));
/// assert_eq!(unimorph::to_ud("N;DU"), None);
/// ```
pub fn to_ud(tag: &str) -> Option<(Upos, String)> {
    let (upos, feats, unknown) = read(tag);
    if unknown.is_empty() { Some((upos?, feats)) } else { None }
}

/// What is known of a tag, and the labels that are not.
pub(super) fn read(tag: &str) -> (Option<Upos>, String, Vec<String>) {
    let mut labels = tag.split(';').map(str::trim).filter(|label| !label.is_empty()).peekable();
    let (mut upos, mut feats, mut unknown) = (None, Vec::new(), Vec::new());
    if let Some(&first) = labels.peek() {
        upos = match first {
            "PART" => Some(Upos::Part),
            "V.PTCP" | "V.MSDR" => Some(Upos::Verb),
            _ => POS.iter().find(|(_, name)| *name == first).map(|(u, _)| *u),
        };
        if upos.is_some() && first != "V.PTCP" && first != "V.MSDR" {
            labels.next();
        }
    }
    for label in labels {
        match rows().iter().find(|row| row.unimorph == label) {
            Some(row) => feats.extend(row.ud.iter().copied()),
            None => unknown.push(label.to_owned()),
        }
    }
    let graded = |f: &&str| f.starts_with("Degree=") || f.starts_with("NumType=");
    if upos == Some(Upos::Adj) && !feats.iter().any(graded) {
        feats.push("Degree=Pos");
    }
    (upos, sorted(feats), unknown)
}

/// Features in CoNLL-U's order, by name without regard to case, each once.
pub(super) fn sorted(mut feats: Vec<&str>) -> String {
    feats.sort_by_key(|f| (f.split('=').next().unwrap_or("").to_lowercase(), f.to_string()));
    feats.dedup();
    feats.join("|")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::Lexicon;

    #[test]
    fn every_tag_of_our_lexicon_goes_there_and_back() {
        let mut seen = 0;
        for (upos, feats) in Lexicon::ours().tags() {
            if matches!(upos, Upos::Punct | Upos::Sym | Upos::X) {
                assert_eq!(from_ud(upos, feats), None);
                continue;
            }
            let tag = from_ud(upos, feats).unwrap_or_else(|| panic!("{upos} {feats} has no tag"));
            // The one loss that the table names.
            let feats = if upos == Upos::Adv && feats == "Degree=Pos" { "" } else { feats };
            assert_eq!(to_ud(&tag), Some((upos, feats.to_owned())), "{tag}");
            seen += 1;
        }
        assert!(seen > 80, "{seen}");
    }

    #[test]
    fn tags_as_unimorph_has_them() {
        let feats = "Mood=Ind|Tense=Past|VerbForm=Fin|Voice=Act";
        assert_eq!(from_ud(Upos::Verb, feats).as_deref(), Some("V;FIN;IND;PST;ACT"));
        assert_eq!(to_ud("N;DEF;PL;GEN"), Some((Upos::Noun, "Case=Gen|Definite=Def|Number=Plur".into())));
        assert_eq!(to_ud("V.PTCP;PRS"), Some((Upos::Verb, "Tense=Pres|VerbForm=Part".into())));
        assert_eq!(to_ud(""), None);
        assert_eq!(to_ud(";;;"), None);
    }
}
