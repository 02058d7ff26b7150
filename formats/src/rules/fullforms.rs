//! The full-form lists of Den Danske Ordbog and Ordbog over det danske Sprog
//! (`ddo_fullforms_2020-08-26.csv`, `ods_fullforms_2020-08-26.csv`; korpus.dsl.dk): five tab-separated
//! columns without a header, despite the name `.csv`.

use super::records::{field, read_records, tabs};
use super::{Charset, Content, Records};
use crate::{Limits, Parsed, Result};

/// An inflected form of a headword. Which inflection it is, the lists do not say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FullForm {
    /// The form.
    pub form: String,
    /// The headword.
    pub lemma: String,
    /// The homograph's number, where the dictionary has several headwords of this spelling.
    pub homograph: Option<String>,
    /// The part of speech in the dictionary's own terms, `sb.`.
    pub pos: Option<String>,
    /// The entry's id in the dictionary.
    pub entry_id: Option<String>,
}

/// Reads a full-form list.
///
/// Problems: [`codes::RULE_LINE`](crate::codes::RULE_LINE) for a line of another number of columns or
/// without a form or headword.
///
/// # Errors
/// [`Error::Limit`](crate::Error::Limit) past `limits`' bytes, bytes of a line or items (lines).
///
/// ```
/// use sprog_formats::{Limits, rules::{fullforms, write_records}};
/// let bytes = "husene\thus\t1\tsb.\t11021234\n".as_bytes();
/// let parsed = fullforms::read(bytes, &Limits::default())?;
/// let (_, entry) = parsed.value.entries().next().expect("one entry");
/// assert_eq!((entry.lemma.as_str(), entry.homograph.as_deref()), ("hus", Some("1")));
/// assert_eq!(write_records(&parsed.value)?, bytes);
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Parsed<Records<FullForm>>> {
    read_records(bytes, Charset::Utf8, limits, |line| {
        let [form, lemma, homograph, pos, entry_id] = tabs::<5>(line.text()).ok_or("not five columns")?;
        if form.trim().is_empty() || lemma.trim().is_empty() {
            return Err("no form or no headword");
        }
        Ok(Content::Entry(FullForm {
            form: form.to_owned(),
            lemma: lemma.to_owned(),
            homograph: field(homograph),
            pos: field(pos),
            entry_id: field(entry_id),
        }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Place;
    use crate::rules::write_records;

    #[test]
    fn optional_columns_may_be_empty_but_not_missing() {
        let text = "åh\tåh\t\tudråbsord\t12008476\r\na\ta\t\t\t\na\ta\t1\tsb.\n\ta\t\t\t\n";
        let parsed = read(text.as_bytes(), &Limits::default()).expect("reads");
        assert_eq!(write_records(&parsed.value).expect("writes"), text.as_bytes());
        let entries: Vec<_> = parsed.value.entries().map(|(_, e)| e.homograph.is_none()).collect();
        assert_eq!(entries, [true, true]);
        let places: Vec<_> = parsed.problems.iter().map(|p| p.place.clone()).collect();
        assert_eq!(places, [Place::Line(3), Place::Line(4)]);
    }
}
