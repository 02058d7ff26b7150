//! One shape for what the lexicons and thesauri say: rows of the tables `lexicon_entries`,
//! `lexicon_forms` and `thesaurus`.
//!
//! A row has the source's own terms, unchanged; what is said in other terms (UD's, for one) is for the
//! caller to fill in. `line` is the line of the file, 0 where the file has none (XML, CSV in rows).

use super::RawLine;
use super::cor::{CorEntry, CorExtEntry, Norm, SearchHelp};
use super::dix::Expansion;
use super::dsdo::{DsdoRecord, Status};
use super::fullforms::FullForm;
use super::misspellings::Misspelling;
use super::mythes::Meaning;
use super::nst::NstEntry;
use super::unimorph::UnimorphEntry;
use super::wn_lmf::{LexicalEntry, Synset};

/// A lemma: a row of `lexicon_entries`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryRow {
    /// The entry's id in its source; empty where the source has none.
    pub entry_id: String,
    /// The lemma.
    pub lemma: String,
    /// The part of speech in the source's terms.
    pub pos: Option<String>,
    /// UPOS, where the caller knows it.
    pub upos: Option<String>,
    /// The homograph's number.
    pub homograph: Option<String>,
    /// A gloss or definition.
    pub gloss: Option<String>,
    /// The ids of its senses, in order.
    pub senses: Vec<String>,
    /// The source's other fields: name and text.
    pub extra: Vec<(String, String)>,
    /// Its line in the file.
    pub line: u64,
}

/// A form of a lemma: a row of `lexicon_forms`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormRow {
    /// The id of the form in its source; empty where the source has none.
    pub form_id: String,
    /// The id of its lemma's row; empty where the source has none.
    pub entry_id: String,
    /// The form as written.
    pub form: String,
    /// Its lemma; empty where the source has none.
    pub lemma: String,
    /// Part of speech and inflection in the source's terms: `sb.fk.sg.ubest`, `N;DEF;NOM;SG`.
    pub tag: Option<String>,
    /// UPOS, where the caller knows it.
    pub upos: Option<String>,
    /// UD's features, where the caller knows them.
    pub feats: Option<String>,
    /// UniMorph's tag, where the source has it or the caller knows it.
    pub unimorph: Option<String>,
    /// Its standing in the norm, in the source's terms: `1`, `N`, `U`, `+`.
    pub norm: Option<String>,
    /// What it should have been, for a misspelling; several with commas between.
    pub correction: Option<String>,
    /// How it is said, one text for each way.
    pub pronunciations: Vec<String>,
    /// The alphabet of the pronunciations: `sampa`, `ipa`.
    pub phonetic_alphabet: Option<String>,
    /// Where it may be divided, in the source's terms.
    pub hyphenation: Option<String>,
    /// The parts of a compound or the morphs of the form, in the source's terms.
    pub segmentation: Option<String>,
    /// The source's other fields: name and text.
    pub extra: Vec<(String, String)>,
    /// Its line in the file.
    pub line: u64,
}

/// A related word: a row of `thesaurus`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThesaurusRow {
    /// The word that is looked up, or the id of a synset or sense.
    pub headword: String,
    /// Its part of speech in the source's terms.
    pub pos: Option<String>,
    /// The number of the meaning within the word's entry, from 1.
    pub meaning: u64,
    /// The place of the term within the meaning, from 1.
    pub position: u64,
    /// The related word or phrase, or the id of a synset or sense.
    pub term: String,
    /// How it is related, in the source's terms (`underbegreb`, `hypernym`); `None` for a synonym.
    pub relation: Option<String>,
    /// Its line in the file.
    pub line: u64,
}

fn given(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn extra(fields: &[(&str, Option<&str>)]) -> Vec<(String, String)> {
    let present = fields.iter().filter_map(|(n, v)| v.map(|v| ((*n).to_owned(), v.to_owned())));
    present.filter(|(_, v)| !v.is_empty()).collect()
}

impl FormRow {
    /// A form of UniMorph.
    pub fn unimorph(line: &RawLine, e: &UnimorphEntry) -> FormRow {
        FormRow {
            form: e.form.clone(),
            lemma: e.lemma.clone(),
            tag: given(&e.features),
            unimorph: given(&e.features),
            segmentation: e.segmentation.clone(),
            line: line.number,
            ..FormRow::default()
        }
    }

    /// A form of COR.
    pub fn cor(line: &RawLine, e: &CorEntry) -> FormRow {
        let norm = e.norm.as_ref().map(|norm| match norm {
            Norm::Normed => "N".to_owned(),
            Norm::NotNormed => "U".to_owned(),
            Norm::ProbablyRight => "K".to_owned(),
            Norm::Other(other) => other.clone(),
        });
        FormRow {
            form_id: e.id.to_string(),
            entry_id: e.id.lemma_id(),
            form: e.form.clone(),
            lemma: e.lemma.clone(),
            tag: given(&e.grammar),
            norm,
            line: line.number,
            ..FormRow::default()
        }
    }

    /// A form of COR.EXT.
    pub fn cor_ext(line: &RawLine, e: &CorExtEntry) -> FormRow {
        FormRow {
            form_id: e.id.to_string(),
            entry_id: e.id.lemma_id(),
            form: e.form.clone(),
            lemma: e.lemma.clone(),
            tag: given(&e.grammar),
            line: line.number,
            ..FormRow::default()
        }
    }

    /// A misspelling or variant of COR.SØGEHJÆLP; its correction is the headword where the form is the
    /// lemma, and else stands in COR under the same lemma and inflection.
    pub fn search_help(line: &RawLine, e: &SearchHelp) -> FormRow {
        FormRow {
            form_id: e.id.to_string(),
            entry_id: e.id.lemma_id(),
            form: e.variant.clone(),
            lemma: e.lemma.clone(),
            tag: given(&e.grammar),
            line: line.number,
            ..FormRow::default()
        }
    }

    /// A word of the NST lexicon.
    pub fn nst(line: &RawLine, e: &NstEntry) -> FormRow {
        let pronunciations: Vec<String> = e.transcriptions().map(|t| t.sampa.to_owned()).collect();
        let tag = [e.field("extended_pos"), e.field("morphology")].join(" ");
        let names = [
            "decpos",
            "language_code",
            "garbage",
            "domain",
            "abbr_acr",
            "expansion",
            "style_status",
            "inflector_role",
            "inflection_rule",
            "frequency",
            "comment_field",
        ];
        let fields: Vec<(&str, Option<&str>)> = names.iter().map(|n| (*n, Some(e.field(n)))).collect();
        FormRow {
            form_id: e.field("unique_id").to_owned(),
            form: e.orthography().replace('_', " "),
            lemma: e.field("lemma").to_owned(),
            tag: given(tag.trim()),
            phonetic_alphabet: (!pronunciations.is_empty()).then(|| "sampa".to_owned()),
            pronunciations,
            segmentation: given(e.field("decomp")),
            extra: extra(&fields),
            line: line.number,
            ..FormRow::default()
        }
    }

    /// A form of DDO's or ODS's list.
    pub fn full_form(line: &RawLine, e: &FullForm) -> FormRow {
        FormRow {
            entry_id: e.entry_id.clone().unwrap_or_default(),
            form: e.form.clone(),
            lemma: e.lemma.clone(),
            tag: e.pos.clone(),
            extra: extra(&[("homograph", e.homograph.as_deref())]),
            line: line.number,
            ..FormRow::default()
        }
    }

    /// A record of Den store danske ordliste; `None` without a word.
    pub fn dsdo(record: &DsdoRecord<'_>) -> Option<FormRow> {
        let norm = record.status().map(|status| match status {
            Status::Right => "+",
            Status::Wrong => "-",
            Status::Unclear => "?",
        });
        let own =
            ["WORD", "STATUS", "CLASS", "CONJUGATION", "ROOT", "HYPHENATION", "PRONUNCIATION", "CORRECTION"];
        let others = record.fields.iter().filter(|(_, f)| !own.contains(&f.name.as_str()));
        let tag: Vec<&str> = [record.get("CLASS"), record.get("CONJUGATION")].into_iter().flatten().collect();
        let corrections: Vec<&str> = record.all("CORRECTION").collect();
        Some(FormRow {
            form: record.word()?.to_owned(),
            lemma: record.get("ROOT").unwrap_or_default().to_owned(),
            tag: given(&tag.join(", ")),
            norm: norm.map(str::to_owned),
            correction: given(&corrections.join(", ")),
            pronunciations: record.all("PRONUNCIATION").map(str::to_owned).collect(),
            hyphenation: record.get("HYPHENATION").map(str::to_owned),
            extra: others.map(|(_, f)| (f.name.clone(), f.value.clone())).collect(),
            line: record.fields.first().map_or(0, |(line, _)| line.number),
            ..FormRow::default()
        })
    }

    /// A word of a plain list.
    pub fn word(line: &RawLine, word: &str) -> FormRow {
        FormRow { form: word.to_owned(), line: line.number, ..FormRow::default() }
    }

    /// A misspelling.
    pub fn misspelling(line: &RawLine, pair: &Misspelling) -> FormRow {
        let form = pair.wrong.clone();
        FormRow { form, correction: given(&pair.right), line: line.number, ..FormRow::default() }
    }

    /// A form of a monolingual Apertium dictionary. The lemma is what stands before the first tag.
    pub fn dix(e: &Expansion<'_>) -> FormRow {
        let (lemma, tags) = e.right.split_once('<').unwrap_or((e.right, ""));
        let tags = if tags.is_empty() { String::new() } else { format!("<{tags}") };
        FormRow {
            form: e.left.to_owned(),
            lemma: lemma.to_owned(),
            tag: given(&tags),
            extra: extra(&[("author", e.entry.attribute("a")), ("comment", e.entry.attribute("c"))]),
            ..FormRow::default()
        }
    }

    /// The lemma and the other forms of a wordnet's entry.
    pub fn wordnet(entry: &LexicalEntry) -> Vec<FormRow> {
        let lemma = entry.lemma.as_ref().map(|l| l.written_form.as_str()).unwrap_or_default();
        let pos = entry.lemma.as_ref().and_then(|l| l.part_of_speech.clone());
        let forms = entry.lemma.iter().chain(&entry.forms).filter(|f| !f.written_form.is_empty());
        let row = |f: &super::wn_lmf::WordForm| FormRow {
            form_id: f.id.clone().unwrap_or_default(),
            entry_id: entry.id.clone(),
            form: f.written_form.clone(),
            lemma: lemma.to_owned(),
            tag: pos.clone(),
            pronunciations: f.pronunciations.iter().map(|p| p.text.clone()).collect(),
            extra: f.tags.iter().filter_map(|t| Some((t.meta.first()?.1.clone(), t.text.clone()))).collect(),
            ..FormRow::default()
        };
        forms.map(row).collect()
    }
}

impl EntryRow {
    /// The lemma of a form of COR. The rows of a lemma's forms are the same but for `line`.
    pub fn cor(line: &RawLine, e: &CorEntry) -> EntryRow {
        EntryRow {
            entry_id: e.id.lemma_id(),
            lemma: e.lemma.clone(),
            pos: e.grammar.split('.').next().and_then(given),
            gloss: e.gloss.clone(),
            line: line.number,
            ..EntryRow::default()
        }
    }

    /// The headword of a form of COR.EXT. The rows of a headword's forms are the same but for `line`.
    pub fn cor_ext(line: &RawLine, e: &CorExtEntry) -> EntryRow {
        EntryRow {
            entry_id: e.id.lemma_id(),
            lemma: e.lemma.clone(),
            pos: e.pos.clone(),
            gloss: e.gloss.clone(),
            extra: extra(&[("ddo_id", e.ddo_id.as_deref()), ("trademark", e.trademark.as_deref())]),
            line: line.number,
            ..EntryRow::default()
        }
    }

    /// The headword of a form of DDO's or ODS's list.
    pub fn full_form(line: &RawLine, e: &FullForm) -> EntryRow {
        EntryRow {
            entry_id: e.entry_id.clone().unwrap_or_default(),
            lemma: e.lemma.clone(),
            pos: e.pos.clone(),
            homograph: e.homograph.clone(),
            line: line.number,
            ..EntryRow::default()
        }
    }

    /// A wordnet's entry; `None` where it only adds to one of another lexicon.
    pub fn wordnet(entry: &LexicalEntry) -> Option<EntryRow> {
        let lemma = entry.lemma.as_ref().filter(|l| !l.external)?;
        Some(EntryRow {
            entry_id: entry.id.clone(),
            lemma: lemma.written_form.clone(),
            pos: lemma.part_of_speech.clone(),
            senses: entry.senses.iter().map(|s| s.id.clone()).collect(),
            extra: entry.meta.clone(),
            ..EntryRow::default()
        })
    }
}

impl ThesaurusRow {
    /// The rows of one meaning of a thesaurus.
    pub fn mythes(line: &RawLine, word: &str, number: u64, meaning: &Meaning) -> Vec<ThesaurusRow> {
        let row = |(position, term): (u64, &super::mythes::Term)| ThesaurusRow {
            headword: word.to_owned(),
            pos: given(&meaning.pos),
            meaning: number,
            position,
            term: term.text.clone(),
            relation: term.note.clone(),
            line: line.number,
        };
        (1..).zip(&meaning.terms).map(row).collect()
    }

    /// The relations of a wordnet's synset, by ids.
    pub fn synset(synset: &Synset) -> Vec<ThesaurusRow> {
        let row = |(position, r): (u64, &super::wn_lmf::Relation)| ThesaurusRow {
            headword: synset.id.clone(),
            pos: synset.part_of_speech.clone(),
            meaning: 1,
            position,
            term: r.target.clone(),
            relation: Some(r.rel_type.clone()),
            line: 0,
        };
        (1..).zip(&synset.relations).map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;
    use crate::rules::{Charset, cor, dsdo, mythes};

    #[test]
    fn rows_keep_the_terms_of_their_source() {
        let cor = "COR.1.110.01\tkost\tmad\tsb.fk.sg.ubest\tkost\t1\n";
        let parsed = cor::read(cor.as_bytes(), &Limits::default()).expect("reads");
        let (line, entry) = parsed.value.entries().next().expect("one entry");
        let row = EntryRow::cor(line, entry);
        assert_eq!(
            (row.entry_id.as_str(), row.pos.as_deref(), row.gloss.as_deref()),
            ("COR.1", Some("sb"), Some("mad"))
        );
        let row = FormRow::cor(line, entry);
        assert_eq!((row.form_id.as_str(), row.norm.as_deref(), row.line), ("COR.1.110.01", Some("N"), 1));

        let dat = "UTF-8\nkost|1\n(sb.)|mad|føde (overbegreb)\n";
        let parsed = mythes::read(dat.as_bytes(), &Limits::default()).expect("reads");
        let (line, word, number, meaning) = parsed.value.meanings().next().expect("one meaning");
        let rows = ThesaurusRow::mythes(line, word, number, meaning);
        assert_eq!(
            (rows[1].position, rows[1].term.as_str(), rows[1].relation.as_deref()),
            (2, "føde", Some("overbegreb"))
        );

        let text = b"STATUS: -\nWORD: kosst\nCORRECTION: kost\nCORRECTION: koste\nEDITOR: os\n";
        let parsed = dsdo::read(text, Charset::Utf8, &Limits::default()).expect("reads");
        let row = FormRow::dsdo(&dsdo::records(&parsed.value)[0]).expect("a word");
        assert_eq!((row.norm.as_deref(), row.correction.as_deref()), (Some("-"), Some("kost, koste")));
        assert_eq!(row.extra, [("EDITOR".to_owned(), "os".to_owned())]);
    }
}
