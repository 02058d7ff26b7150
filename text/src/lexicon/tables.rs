//! The tables that a core lexicon is made of, and all forms that they stand for.

use super::ours::expand;
use super::{Form, Paradigms};

/// A table of `data/lexicon`; each says in its own comments what its columns are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Lemmas by paradigm.
    Lemmas,
    /// The paradigms.
    Paradigms,
    /// Words of the closed classes, a form a line.
    Closed,
    /// Verbs whose forms are listed.
    VerbsIrregular,
    /// The prefixes that such verbs take.
    VerbsPrefixed,
    /// Nouns whose forms are listed.
    NounsIrregular,
    /// Adjectives whose forms are listed.
    AdjectivesIrregular,
    /// Names, one a line.
    Names,
    /// Given names with a note; those with the note `word` are words too and left out.
    GivenNames,
}

impl Table {
    /// Every table.
    pub const ALL: [Table; 9] = [
        Table::Lemmas,
        Table::Paradigms,
        Table::Closed,
        Table::VerbsIrregular,
        Table::VerbsPrefixed,
        Table::NounsIrregular,
        Table::AdjectivesIrregular,
        Table::Names,
        Table::GivenNames,
    ];

    /// Its file, as seen from the folder of the lexicon's tables.
    pub fn file(self) -> &'static str {
        match self {
            Table::Lemmas => "lemmas.tsv",
            Table::Paradigms => "paradigms.tsv",
            Table::Closed => "closed.tsv",
            Table::VerbsIrregular => "verbs-irregular.tsv",
            Table::VerbsPrefixed => "verbs-prefixed.tsv",
            Table::NounsIrregular => "nouns-irregular.tsv",
            Table::AdjectivesIrregular => "adjectives-irregular.tsv",
            Table::Names => "names.tsv",
            Table::GivenNames => "../pii/names.tsv",
        }
    }
}

/// The text of each table.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tables<'t> {
    pub(super) lemmas: &'t str,
    paradigms: &'t str,
    pub(super) closed: &'t str,
    pub(super) verbs_irregular: &'t str,
    pub(super) verbs_prefixed: &'t str,
    pub(super) nouns_irregular: &'t str,
    pub(super) adjectives_irregular: &'t str,
    pub(super) names: &'t str,
    pub(super) given_names: &'t str,
}

/// A form, and the line of a table that it comes of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FullForm {
    /// The form with its reading.
    pub form: Form,
    /// The table.
    pub table: Table,
    /// The line, from 1.
    pub line: u32,
}

/// All that tables stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FullForms {
    /// The forms by their bytes, then by the order of the tables. A form with the same reading stands there once, with
    /// the first line that has it.
    pub forms: Vec<FullForm>,
    /// Lines that no form comes of: of too few columns, or with a paradigm, part of speech or verb that is not known.
    pub without: Vec<(Table, u32)>,
}

impl Tables<'static> {
    /// The project's own.
    pub fn ours() -> Tables<'static> {
        Tables {
            lemmas: include_str!("../../data/lexicon/lemmas.tsv"),
            paradigms: include_str!("../../data/lexicon/paradigms.tsv"),
            closed: include_str!("../../data/lexicon/closed.tsv"),
            verbs_irregular: include_str!("../../data/lexicon/verbs-irregular.tsv"),
            verbs_prefixed: include_str!("../../data/lexicon/verbs-prefixed.tsv"),
            nouns_irregular: include_str!("../../data/lexicon/nouns-irregular.tsv"),
            adjectives_irregular: include_str!("../../data/lexicon/adjectives-irregular.tsv"),
            names: include_str!("../../data/lexicon/names.tsv"),
            given_names: include_str!("../../data/pii/names.tsv"),
        }
    }
}

impl<'t> Tables<'t> {
    /// The tables that `text` gives.
    pub fn new(text: impl Fn(Table) -> &'t str) -> Tables<'t> {
        Tables {
            lemmas: text(Table::Lemmas),
            paradigms: text(Table::Paradigms),
            closed: text(Table::Closed),
            verbs_irregular: text(Table::VerbsIrregular),
            verbs_prefixed: text(Table::VerbsPrefixed),
            nouns_irregular: text(Table::NounsIrregular),
            adjectives_irregular: text(Table::AdjectivesIrregular),
            names: text(Table::Names),
            given_names: text(Table::GivenNames),
        }
    }

    /// Every form of every word, genitives and passives included.
    ///
    /// ```
    /// use sprog_text::lexicon::{Table, Tables};
    /// let tables = Tables::new(|table| match table {
    ///     Table::Paradigms => "ne\tNOUN\tb\t\tDefinite=Ind|Gender=Neut|Number=Sing\ty\n",
    ///     Table::Lemmas => "# paradigm, lemmas\nne\thus tag\n",
    ///     _ => "",
    /// });
    /// let full = tables.full_forms();
    /// let forms: Vec<&str> = full.forms.iter().map(|f| f.form.form.as_str()).collect();
    /// assert_eq!(forms, ["hus", "hus’", "tag", "tags"]);
    /// assert_eq!((full.forms[0].table, full.forms[0].line), (Table::Lemmas, 2));
    /// ```
    pub fn full_forms(&self) -> FullForms {
        let maker = expand(self, &Paradigms::read(self.paradigms));
        let place = |number: usize| {
            let after = maker.places.partition_point(|(first, ..)| *first <= number);
            maker
                .places
                .get(after.wrapping_sub(1))
                .map_or((Table::Lemmas, 0), |(_, table, line)| (*table, *line))
        };
        let forms = maker.to.in_order().into_iter().map(|(number, form)| {
            let (table, line) = place(number);
            FullForm { form, table, line }
        });
        FullForms { forms: forms.collect(), without: maker.without }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::Lexicon;

    #[test]
    fn our_tables_stand_for_our_lexicon_and_every_line_for_a_form() {
        let full = Tables::ours().full_forms();
        assert_eq!(full.without, []);
        let forms: Vec<Form> = full.forms.iter().map(|f| f.form.clone()).collect();
        let lexicon: Vec<Form> = Lexicon::ours().iter().collect();
        assert_eq!(forms.len(), lexicon.len());
        assert!(forms == lexicon);
        let of = |form: &str| full.forms.iter().find(|f| f.form.form == form).map(|f| (f.table, f.line > 0));
        assert_eq!(of("mændene"), Some((Table::NounsIrregular, true)));
        assert_eq!(of("kopperne"), Some((Table::Lemmas, true)));
    }

    #[test]
    fn the_line_named_is_the_one_that_makes_the_form() {
        let tables = Tables::ours();
        for full in tables.full_forms().forms.iter().step_by(97) {
            let text = match full.table {
                Table::Lemmas => tables.lemmas,
                Table::Paradigms => tables.paradigms,
                Table::Closed => tables.closed,
                Table::VerbsIrregular => tables.verbs_irregular,
                Table::VerbsPrefixed => tables.verbs_prefixed,
                Table::NounsIrregular => tables.nouns_irregular,
                Table::AdjectivesIrregular => tables.adjectives_irregular,
                Table::Names => tables.names,
                Table::GivenNames => tables.given_names,
            };
            let line = text.lines().nth(full.line as usize - 1).expect("the line");
            let lemma = &full.form.reading.lemma;
            let named = match full.table {
                Table::VerbsPrefixed => {
                    let (base, prefixes) = line.split_once('\t').expect("columns");
                    prefixes.split(' ').any(|p| format!("{p}{base}") == *lemma)
                }
                // An adverb's lemma is the neuter of the adjective.
                _ if full.form.reading.upos == crate::morph::Upos::Adv => true,
                _ => line.split(['\t', ' ']).any(|cell| cell == lemma),
            };
            assert!(named, "{full:?}: {line}");
        }
    }

    #[test]
    fn lines_that_make_nothing_are_named() {
        let tables = Tables::new(|table| match table {
            Table::Lemmas => "# x\nnowhere\thus\n",
            Table::Closed => "og\tog\tKONJ\t_\n\n",
            Table::VerbsIrregular => "kun en celle\n",
            Table::GivenNames => "Anne\tgiven\t\nBo\tgiven\tword\nfejl\n",
            _ => "",
        });
        let full = tables.full_forms();
        let lines =
            [(Table::Closed, 1), (Table::VerbsIrregular, 1), (Table::Lemmas, 2), (Table::GivenNames, 3)];
        assert_eq!(full.without, lines);
        assert_eq!(full.forms.len(), 2);
    }
}
