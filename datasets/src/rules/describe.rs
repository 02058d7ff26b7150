//! What the columns and kinds of rows of each table of rules mean, in Danish and in English.

use super::RuleTable;

/// What a column holds, in Danish and in English; empty for a column that the table has not.
///
/// ```
/// use sprog_datasets::rules::{RuleTable, describe_column};
/// assert!(describe_column(RuleTable::LexiconForms, "lemma")[1].starts_with("the dictionary form"));
/// ```
pub fn describe_column(table: RuleTable, column: &str) -> [&'static str; 2] {
    match column {
        "row_id" => [
            "rækkens id: 32 hexadecimale cifre af kilde, fil, sted og tekst",
            "the row's id: 32 hexadecimal digits of source, file, place and text",
        ],
        "source" => [
            "kildens navn i opskriften og i dataset.json",
            "the source's name in the recipe and in dataset.json",
        ],
        "source_ref" => [
            "hvor rækken kommer fra: fil og linje (`fil:17`) eller fil og id (`fil#id`)",
            "where the row comes from: file and line (`file:17`) or file and id (`file#id`)",
        ],
        "license" => ["rækkens licens (SPDX)", "the row's licence (SPDX)"],
        "file" => [
            "filen, som rækken er en linje eller en regel af; tom, hvor rækken er udledt",
            "the file that the row is a line or a rule of; null where the row is derived",
        ],
        "line" => [
            "linjens eller reglens nummer i filen, fra 1",
            "the number of the line or rule in the file, from 1",
        ],
        "raw" => [
            "teksten, som den står i filen, uden linjeskift til sidst",
            "the text as it stands in the file, without its line ending",
        ],
        "ending" => [
            "linjeskiftet: `\\n`, `\\r\\n`, `\\r` eller intet",
            "the line ending: `\\n`, `\\r\\n`, `\\r` or none",
        ],
        "charset" => [
            "filens tegnsæt, `UTF-8` eller `ISO-8859-1`; `raw` er altid UTF-8",
            "the file's charset, `UTF-8` or `ISO-8859-1`; `raw` is UTF-8 always",
        ],
        "kind" => ["hvilken slags række det er (se nedenfor)", "what kind of row it is (below)"],
        _ => own_column(table, column),
    }
}

fn own_column(table: RuleTable, column: &str) -> [&'static str; 2] {
    use RuleTable as T;
    match (table, column) {
        (T::AffixRules, "flag") => [
            "affiksklassens flag, som ord i `dic_entries` henviser til",
            "the affix class's flag, which words in `dic_entries` refer to",
        ],
        (T::AffixRules, "affix_kind") => ["`prefix` eller `suffix`", "`prefix` or `suffix`"],
        (T::AffixRules, "cross_product") => [
            "om forstavelse og endelse kan stå på samme ord",
            "whether prefix and suffix may stand on one word",
        ],
        (T::AffixRules, "strip") => [
            "det, der tages af ordet; en tom tekst er intet",
            "what is taken off the word; an empty text is nothing",
        ],
        (T::AffixRules, "affix") => ["det, der sættes på", "what is put on"],
        (T::AffixRules, "condition") => {
            ["hvad ordet skal ende eller begynde med", "what the word has to end or begin with"]
        }
        (T::AffixRules, "continuation") => ["flag på den nye form", "flags of the new form"],
        (T::AffixRules | T::DicEntries, "morph") => {
            ["Hunspells morfologiske felter, som de står", "Hunspell's morphological fields as they stand"]
        }
        (T::AffixRules, "name") => ["indstillingens eller tabellens navn", "the option's or table's name"],
        (T::AffixRules, "args") => {
            ["indstillingens værdier eller tabellens felter", "the option's values or the table's fields"]
        }
        (T::DicEntries, "word") => ["ordet", "the word"],
        (T::DicEntries, "flags") => [
            "affiksklasser og egenskaber, som ordet har",
            "the affix classes and properties that the word has",
        ],
        (T::DicEntries, "stem") => {
            ["grundformen, hvor kilden nævner den (`st:`)", "the stem, where the source names it (`st:`)"]
        }
        (T::HyphenationPatterns, "letters") => [
            "mønstrets bogstaver; punktum er ordets kant",
            "the pattern's letters; a full stop is the word's edge",
        ],
        (T::HyphenationPatterns, "values") => [
            "tallene mellem bogstaverne: ulige tillader deling, lige forbyder den, det højeste gælder",
            "the numbers between the letters: odd ones allow a division, even ones forbid it, the highest counts",
        ],
        (T::HyphenationPatterns, "replacement") => [
            "hvad der skrives i stedet, hvor stavningen ændres ved delingen",
            "what is written instead, where the spelling changes at the division",
        ],
        (T::HyphenationPatterns, "name") => ["indstillingens navn", "the option's name"],
        (T::LexiconEntries, "form") => ["opslagsformen", "the form of the headword"],
        (T::LexiconEntries | T::LexiconForms, "lemma") => {
            ["grundformen (opslagsordet)", "the dictionary form (headword)"]
        }
        (T::LexiconEntries, "pos") => {
            ["ordklassen med kildens egen betegnelse", "the part of speech in the source's own terms"]
        }
        (T::LexiconEntries, "features") => {
            ["bøjningen med kildens egen betegnelse", "the inflection in the source's own terms"]
        }
        (T::LexiconEntries, "pronunciation") => {
            ["udtalen med kildens lydskrift", "the pronunciation in the source's alphabet"]
        }
        (T::LexiconEntries | T::LexiconForms, "extra") => {
            ["kildens øvrige felter: navn og værdi", "the source's other fields: name and value"]
        }
        (T::LexiconForms, "form") => ["ordet, som det skrives i tekst", "the word as it is written in text"],
        (T::LexiconForms, "upos") => [
            "ordklassen i Universal Dependencies (`NOUN`, `VERB` …)",
            "the part of speech of Universal Dependencies (`NOUN`, `VERB` …)",
        ],
        (T::LexiconForms, "feats") => [
            "bøjningstræk i Universal Dependencies, i alfabetisk orden med `|` imellem",
            "features of Universal Dependencies, in alphabetical order with `|` between",
        ],
        (T::LexiconForms, "unimorph") => {
            ["de samme træk i UniMorphs skema", "the same features in UniMorph's schema"]
        }
        (T::LexiconForms, "tag") => [
            "ordklasse og bøjning med kildens egen betegnelse",
            "part of speech and inflection in the source's own terms",
        ],
        (T::LexiconForms, "norm") => [
            "formens status i retskrivningen: `official`, `variant`, `old`, `colloquial`, eller kildens eget tegn",
            "how the form stands to the official orthography: `official`, `variant`, `old`, `colloquial`, or the source's own mark",
        ],
        (T::LexiconForms, "correction") => [
            "det rette, hvor formen er en fejl; flere med komma imellem",
            "what is right, where the form is a mistake; several with commas between",
        ],
        (T::LexiconForms, "phonetic_alphabet") => [
            "udtalernes lydskrift: `sampa` eller `ipa`",
            "the alphabet of the pronunciations: `sampa` or `ipa`",
        ],
        (T::LexiconForms, "hyphenation") => {
            ["hvor ordet kan deles, på kildens måde", "where the word can be divided, in the source's way"]
        }
        (T::LexiconForms, "segmentation") => {
            ["ordets led, på kildens måde", "the word's parts, in the source's way"]
        }
        (T::LexiconForms, "entry_id") => ["opslagsordets id i kilden", "the headword's id in its source"],
        (T::LexiconForms, "form_id") => ["formens id i kilden", "the form's id in its source"],
        (T::LexiconForms, "pronunciations") => {
            ["udtaler, en tekst for hver", "pronunciations, one text each"]
        }
        (T::Thesaurus, "word") => ["ordet", "the word"],
        (T::Thesaurus, "pos") => {
            ["ordklassen med kildens egen betegnelse", "the part of speech in the source's own terms"]
        }
        (T::Thesaurus, "synonyms") => {
            ["ord med samme eller beslægtet betydning", "words of the same or a related meaning"]
        }
        (T::Thesaurus, "notes") => [
            "hvordan hvert af dem er beslægtet (`hypernym`, `antonym` …); tomt for et synonym",
            "how each of them is related (`hypernym`, `antonym` …); empty for a synonym",
        ],
        (T::RulesPattern, "rule_id") => [
            "reglens id, som `--enable` og `--disable` tager det",
            "the rule's id, as `--enable` and `--disable` take it",
        ],
        (T::RulesPattern, "category") => ["reglens familie", "the rule's family"],
        (T::RulesPattern, "name") => ["reglens navn", "the rule's name"],
        (T::RulesPattern, "message") => [
            "det, brugeren får at vide; `\\1` er det første ord, der passer",
            "what the user is told; `\\1` is the first word that matches",
        ],
        (T::RulesPattern, "short") => ["det samme i få ord", "the same in few words"],
        (T::RulesPattern, "url") => ["hvor der kan læses mere", "where to read more"],
        (T::RulesPattern, "default_on") => [
            "om reglen er slået til, når intet andet er sagt",
            "whether the rule is on if nothing else is said",
        ],
        (T::RulesPattern, "suggestions") => ["rettelserne", "the corrections"],
        (T::RulesPattern, "examples") => [
            "reglens egne eksempler: sætning, `incorrect` eller `correct`, og rettelserne",
            "the rule's own examples: sentence, `incorrect` or `correct`, and the corrections",
        ],
        (T::RulesCg, "name") => {
            ["mængdens, reglens eller afsnittets navn", "the name of the set, rule or section"]
        }
        (T::RulesCg, "section") => ["afsnittet, som en regel står i", "the section that a rule stands in"],
        (T::RulesCg, "options") => ["reglens tilvalg", "the rule's options"],
        (T::RulesCg, "statement") => {
            ["sætningen uden de kommentarer, der står foran", "the statement without the comments before it"]
        }
        (_, "name") => ["filens navn uden endelse", "the file's name without its ending"],
        (_, "key") => ["linjens første celle", "the line's first cell"],
        (_, "cells") => [
            "alle linjens celler; kommentaren øverst i filen siger, hvad de er",
            "all cells of the line; the comment at the top of the file says what they are",
        ],
        _ => ["", ""],
    }
}

/// What the rows of a kind are, in Danish and in English; empty where the kind is a statement of its own format.
pub(super) fn describe_kind(kind: &str) -> [&'static str; 2] {
    match kind {
        "entry" => ["det, en linje eller et element siger", "what a line or an element says"],
        "meaning" => ["en betydning af et ord", "a meaning of a word"],
        "word" => ["et opslagsord; dets betydninger følger", "a headword; its meanings follow"],
        "source" => [
            "en linje af en fil, hvis indhold er rækker for sig",
            "a line of a file whose content is rows of their own",
        ],
        "rule" => ["en regel", "a rule"],
        "frame" => ["det, der står mellem to regler", "what stands between two rules"],
        "header" => ["kolonnernes navne", "the names of the columns"],
        "comment" => ["en kommentar", "a comment"],
        "blank" => ["en tom linje", "an empty line"],
        "unknown" => [
            "en linje, der ikke blev forstået, bevaret som den er",
            "a line that was not understood, kept as it is",
        ],
        "tail" => ["det, der står efter den sidste regel", "what stands after the last rule"],
        "encoding" => ["filens tegnsæt", "the file's charset"],
        "count" => ["antallet af ord, som filen selv angiver det", "the number of words as the file says it"],
        "option" => ["en indstilling", "an option"],
        "table_header" | "affix_header" => {
            ["en tabels eller affiksklasses hoved", "the head of a table or an affix class"]
        }
        "table_row" => ["en række i en af filens tabeller", "a row of one of the file's tables"],
        "affix_rule" => ["en endelse eller forstavelse", "a suffix or prefix"],
        "pattern" => ["et mønster", "a pattern"],
        "minimum" => ["det mindste antal bogstaver ved ordets kant", "the fewest letters at an edge"],
        _ => ["", ""],
    }
}

/// Whether rows of a kind are there for the file's sake, not for what they say.
pub(super) fn is_frame(kind: &str) -> bool {
    matches!(
        kind,
        "source"
            | "frame"
            | "header"
            | "comment"
            | "blank"
            | "unknown"
            | "tail"
            | "encoding"
            | "count"
            | "option"
            | "table_header"
            | "affix_header"
            | "minimum"
            | "no_hyphen"
            | "next_level"
            | "tex"
            | "tex_code"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::schema;

    #[test]
    fn every_column_of_every_table_is_explained_in_both_languages() {
        for table in RuleTable::ALL {
            for field in schema(table).fields() {
                let texts = describe_column(table, field.name());
                assert!(texts.iter().all(|t| t.len() > 4), "{} {}", table.name(), field.name());
            }
            assert_eq!(describe_column(table, "nowhere"), ["", ""]);
        }
    }
}
