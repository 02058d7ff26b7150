//! NST's pronunciation lexicon (`dan030224NST.pron`; Språkbanken, sbr-26): 51 fields between
//! semicolons, Latin-1, no header, nothing quoted.
//!
//! The fields' names are those of Språkbanken's description. The transcriptions are in SAMPA: `"` and `%`
//! are primary and secondary stress, `?` is stød, `$` a syllable break, `_` a word break.

use super::records::{read_records, report_duplicates};
use super::{Charset, Content, Records};
use crate::{Limits, Parsed, Result};

/// The names of the fields, in order.
pub const FIELDS: [&str; 51] = [
    "orthography",
    "extended_pos",
    "morphology",
    "decomp",
    "decpos",
    "source",
    "language_code",
    "garbage",
    "domain",
    "abbr_acr",
    "expansion",
    "transcription_1",
    "certainty_trans_1",
    "status_trans_1",
    "language_code_trans_1",
    "transcription_2",
    "certainty_trans_2",
    "status_trans_2",
    "language_code_trans_2",
    "transcription_3",
    "certainty_trans_3",
    "status_trans_3",
    "language_code_trans_3",
    "transcription_4",
    "certainty_trans_4",
    "status_trans_4",
    "language_code_trans_4",
    "auto_gen_variants",
    "set_id",
    "set_name",
    "style_status",
    "inflector_role",
    "lemma",
    "inflection_rule",
    "morph_label",
    "compounder_code",
    "semantic_info",
    "available_field_1",
    "available_field_2",
    "available_field_3",
    "available_field_4",
    "available_field_5",
    "available_field_6",
    "available_field_7",
    "available_field_8",
    "available_field_9",
    "frequency",
    "original_orthography",
    "comment_field",
    "update_info",
    "unique_id",
];

/// The first fields of the four transcriptions, which are four fields each.
const TRANSCRIPTIONS: [usize; 4] = [11, 15, 19, 23];

/// A word of the lexicon: where its fields lie in its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NstEntry {
    text: Box<str>,
    ends: Box<[u32]>,
}

/// One way to say a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transcription<'a> {
    /// SAMPA.
    pub sampa: &'a str,
    /// How certain it is, in the lexicon's own terms.
    pub certainty: &'a str,
    /// How it came about, in the lexicon's own terms.
    pub status: &'a str,
    /// The language whose sounds it has, such as `DAN`.
    pub language: &'a str,
}

impl NstEntry {
    /// Field `index`, from 0; empty past the last one.
    pub fn get(&self, index: usize) -> &str {
        let end = |i: usize| self.ends.get(i).map(|e| *e as usize);
        // A field starts after the semicolon that ends the one before.
        let start = index.checked_sub(1).map_or(Some(0), |i| end(i)?.checked_add(1));
        start.zip(end(index)).and_then(|(start, end)| self.text.get(start..end)).unwrap_or_default()
    }

    /// The field of this name, see [`FIELDS`]; empty for another name.
    pub fn field(&self, name: &str) -> &str {
        FIELDS.iter().position(|f| *f == name).map_or("", |index| self.get(index))
    }

    /// The word; the words of a phrase have `_` between them.
    pub fn orthography(&self) -> &str {
        self.get(0)
    }

    /// Whether the lexicon's makers marked the word as garbage.
    pub fn is_garbage(&self) -> bool {
        self.field("garbage") == "GARB"
    }

    /// Its transcriptions, at most four; empty ones are left out.
    pub fn transcriptions(&self) -> impl Iterator<Item = Transcription<'_>> {
        TRANSCRIPTIONS.into_iter().filter(|i| !self.get(*i).is_empty()).map(|i| Transcription {
            sampa: self.get(i),
            certainty: self.get(i.saturating_add(1)),
            status: self.get(i.saturating_add(2)),
            language: self.get(i.saturating_add(3)),
        })
    }
}

/// Reads the lexicon.
///
/// Problems: [`codes::RULE_LINE`](crate::codes::RULE_LINE) for a line of another number of fields or
/// without a word, [`codes::RULE_DUPLICATE`](crate::codes::RULE_DUPLICATE) for a `unique_id` that is
/// not, [`codes::RULE_ENCODING`](crate::codes::RULE_ENCODING) for bytes that are no letters in Latin-1.
///
/// # Errors
/// [`Error::Limit`](crate::Error::Limit) past `limits`' bytes, bytes of a line or items (lines).
///
/// ```
/// use sprog_formats::{Limits, rules::{nst, write_records}};
/// let line = format!("bl\u{e5}b\u{e6}r;NN;NEU;bl\u{e5}+b\u{e6}r;;;DAN;;;;;\"blO:$%bE:?6;;STD;DAN;{}\n", ";".repeat(35));
/// let bytes: Vec<u8> = line.chars().map(|c| c as u8).collect();
/// let parsed = nst::read(&bytes, &Limits::default())?;
/// let (_, entry) = parsed.value.entries().next().expect("one entry");
/// assert_eq!((entry.orthography(), entry.field("decomp")), ("blåbær", "blå+bær"));
/// assert_eq!(entry.transcriptions().next().map(|t| t.sampa), Some("\"blO:$%bE:?6"));
/// assert_eq!(write_records(&parsed.value)?, bytes);
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Parsed<Records<NstEntry>>> {
    let mut parsed = read_records(bytes, Charset::Latin1, limits, |line| {
        let text = line.text();
        let length = u32::try_from(text.len()).map_err(|_| "too long")?;
        let mut ends = Vec::with_capacity(FIELDS.len());
        // The number of fields is known before any more are held.
        ends.extend(text.match_indices(';').take(FIELDS.len()).filter_map(|(at, _)| u32::try_from(at).ok()));
        if ends.len().checked_add(1) != Some(FIELDS.len()) {
            return Err("not 51 fields");
        }
        ends.push(length);
        let entry = NstEntry { text: text.into(), ends: ends.into() };
        if entry.orthography().trim().is_empty() { Err("no word") } else { Ok(Content::Entry(entry)) }
    })?;
    let ids = parsed.value.entries().map(|(line, entry)| (line, entry.field("unique_id")));
    report_duplicates(ids.filter(|(_, id)| !id.is_empty()), &mut parsed.problems);
    Ok(parsed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::write_records;
    use crate::{Place, codes};

    fn line(fields: &[(usize, &str)]) -> String {
        let mut all = vec![""; FIELDS.len()];
        for (index, text) in fields {
            all[*index] = text;
        }
        all.join(";")
    }

    #[test]
    fn fields_are_found_by_number_and_by_name() {
        let good = line(&[
            (0, "hus"),
            (7, "GARB"),
            (11, "\"hu:?s"),
            (14, "DAN"),
            (19, "hus"),
            (32, "hus|N"),
            (50, "17"),
        ]);
        let text = format!("header\r\n{good}\n{}\n{};\n", line(&[(1, "NN")]), good);
        let parsed = read(text.as_bytes(), &Limits::default()).expect("reads");
        assert_eq!(write_records(&parsed.value).expect("writes"), text.as_bytes());
        let (_, entry) = parsed.value.entries().next().expect("one entry");
        assert_eq!((entry.get(0), entry.get(50), entry.get(51)), ("hus", "17", ""));
        assert_eq!((entry.field("lemma"), entry.field("unique_id"), entry.field("x")), ("hus|N", "17", ""));
        assert!(entry.is_garbage());
        let said: Vec<_> = entry.transcriptions().map(|t| (t.sampa, t.language)).collect();
        assert_eq!(said, [("\"hu:?s", "DAN"), ("hus", "")]);
        let problems: Vec<_> = parsed.problems.iter().map(|p| (p.code, p.place.clone())).collect();
        assert_eq!(problems, [1, 3, 4].map(|n| (codes::RULE_LINE, Place::Line(n))));
    }

    #[test]
    fn letters_that_utf8_has_two_bytes_for_do_not_move_the_fields() {
        let bytes: Vec<u8> = line(&[(0, "æøå"), (1, "NN"), (3, "æ+ø")]).chars().map(|c| c as u8).collect();
        let parsed = read(&bytes, &Limits::default()).expect("reads");
        let (_, entry) = parsed.value.entries().next().expect("one entry");
        assert_eq!((entry.get(0), entry.get(1), entry.get(3)), ("æøå", "NN", "æ+ø"));
    }
}
