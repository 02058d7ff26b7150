//! COR, the Danish word register (Det Centrale Ordregister, ordregister.dk): tab-separated lists without a header.
//!
//! | list | columns |
//! |---|---|
//! | COR (`cor1.02.tsv`) | id, lemma, gloss, grammar, form, norm |
//! | COR.EXT (`corext1.0.tsv`) | id, headword, gloss, part of speech in DDO, DDO entry id, trademark, grammar, form |
//! | COR.SØGEHJÆLP | id, official headword, grammar, variant form |
//!
//! The columns are those of the technical specifications at ordregister.dk/doc. An id is
//! `COR.<lemma>.<inflection>.<variant>`, in the other lists with the list's name after `COR.`. A
//! quotation mark is a character like any other.

use std::fmt;

use super::records::{field, read_records, report_duplicates, tabs};
use super::{Charset, Content, RawLine, Records};
use crate::{Limits, Parsed, Result};

/// An id of the register: `COR.15006.302.01`, `COR.EXT.100002.110.001`, or a lemma's alone, `COR.15006`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CorId {
    /// `EXT`, `SOEGEHJAELP` or another list's name; `None` for the register itself.
    pub resource: Option<String>,
    /// The lemma's number with its zeros: `00010`.
    pub lemma: String,
    /// The inflection index, `302`.
    pub inflection: Option<String>,
    /// The running number of the spelling, `01`.
    pub variant: Option<String>,
}

impl CorId {
    /// Takes an id apart; `None` where it is none.
    ///
    /// ```
    /// use sprog_formats::rules::cor::CorId;
    /// let id = CorId::parse("COR.EXT.100002.110.001").expect("an id");
    /// assert_eq!((id.resource.as_deref(), id.lemma.as_str()), (Some("EXT"), "100002"));
    /// assert_eq!(id.lemma_id(), "COR.EXT.100002");
    /// assert_eq!(id.to_string(), "COR.EXT.100002.110.001");
    /// assert_eq!(CorId::parse("COR.x"), None);
    /// ```
    pub fn parse(text: &str) -> Option<CorId> {
        let mut parts = text.strip_prefix("COR.")?.split('.').peekable();
        let number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let name = |part: &&str| part.chars().all(|c| c.is_uppercase() || c == '_') && !part.is_empty();
        let resource = parts.next_if(name).map(str::to_owned);
        let lemma = parts.next().filter(number)?.to_owned();
        let inflection = parts.next().map(str::to_owned);
        let variant = parts.next().map(str::to_owned);
        let numbers = [&inflection, &variant].into_iter().flatten().all(|part| number(&part.as_str()));
        (numbers && parts.next().is_none()).then_some(CorId { resource, lemma, inflection, variant })
    }

    /// The id of the lemma alone.
    pub fn lemma_id(&self) -> String {
        match &self.resource {
            Some(resource) => format!("COR.{resource}.{}", self.lemma),
            None => format!("COR.{}", self.lemma),
        }
    }
}

impl fmt::Display for CorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("COR.")?;
        for part in [&self.resource, &Some(self.lemma.clone()), &self.inflection, &self.variant]
            .into_iter()
            .flatten()
            .enumerate()
        {
            write!(f, "{}{}", if part.0 == 0 { "" } else { "." }, part.1)?;
        }
        Ok(())
    }
}

/// Whether Retskrivningsordbogen sets a form as norm.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Norm {
    /// `1`, or `N` since version 1.5: the official spelling and inflection.
    Normed,
    /// `0`, or `U` since version 1.5: not in the norm.
    NotNormed,
    /// `K`, since version 1.5: not in the norm, but probably right.
    ProbablyRight,
    /// Another value, as it stands.
    Other(String),
}

impl Norm {
    fn parse(text: &str) -> Norm {
        match text {
            "1" | "N" => Norm::Normed,
            "0" | "U" => Norm::NotNormed,
            "K" => Norm::ProbablyRight,
            other => Norm::Other(other.to_owned()),
        }
    }
}

/// A word form of COR.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorEntry {
    /// The form's id.
    pub id: CorId,
    /// The lemma.
    pub lemma: String,
    /// A short hint that tells homographs apart.
    pub gloss: Option<String>,
    /// Part of speech and inflection, `sb.fk.sg.ubest`.
    pub grammar: String,
    /// The form.
    pub form: String,
    /// Whether the form is in the norm; `None` in a list of five columns.
    pub norm: Option<Norm>,
}

/// A word form of COR.EXT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorExtEntry {
    /// The form's id.
    pub id: CorId,
    /// The headword in Den Danske Ordbog.
    pub lemma: String,
    /// A short hint that tells homographs apart.
    pub gloss: Option<String>,
    /// The part of speech in Den Danske Ordbog.
    pub pos: Option<String>,
    /// The entry's id in Den Danske Ordbog.
    pub ddo_id: Option<String>,
    /// Whether the word is a registered trademark, as the list says it.
    pub trademark: Option<String>,
    /// Part of speech and inflection, `sb.fk.sg.ubest`.
    pub grammar: String,
    /// The form.
    pub form: String,
}

/// A misspelling or variant of COR.SØGEHJÆLP. The right forms are those of the same lemma and
/// inflection index in COR.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchHelp {
    /// The pair's id.
    pub id: CorId,
    /// The official headword.
    pub lemma: String,
    /// Part of speech and inflection.
    pub grammar: String,
    /// The misspelling or variant.
    pub variant: String,
}

/// Reads COR.
///
/// Problems: [`codes::RULE_LINE`](crate::codes::RULE_LINE) for a line of another number of columns,
/// without an id or without a form; [`codes::RULE_DUPLICATE`](crate::codes::RULE_DUPLICATE);
/// [`codes::RULE_ENCODING`](crate::codes::RULE_ENCODING).
///
/// # Errors
/// [`Error::Limit`](crate::Error::Limit) past `limits`' bytes, bytes of a line or items (lines).
///
/// ```
/// use sprog_formats::{Limits, rules::{cor::{self, Norm}, write_records}};
/// let bytes = "COR.15006.302.01\tdansk\t\tadj.sg.best\tdanske\t1\n".as_bytes();
/// let parsed = cor::read(bytes, &Limits::default())?;
/// let (_, entry) = parsed.value.entries().next().expect("one entry");
/// assert_eq!((entry.lemma.as_str(), entry.form.as_str()), ("dansk", "danske"));
/// assert_eq!(entry.norm, Some(Norm::Normed));
/// assert_eq!(write_records(&parsed.value)?, bytes);
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Parsed<Records<CorEntry>>> {
    let parsed = read_records(bytes, Charset::Utf8, limits, |line| {
        let (columns, norm) = match tabs::<6>(line.text()) {
            Some([a, b, c, d, e, norm]) => ([a, b, c, d, e], field(norm)),
            None => (tabs::<5>(line.text()).ok_or("not five or six columns")?, None),
        };
        let [id, lemma, gloss, grammar, form] = columns;
        Ok(Content::Entry(CorEntry {
            id: id_of(id, [lemma, form])?,
            lemma: lemma.to_owned(),
            gloss: field(gloss),
            grammar: grammar.to_owned(),
            form: form.to_owned(),
            norm: norm.map(|n| Norm::parse(&n)),
        }))
    })?;
    Ok(checked(parsed))
}

/// Reads COR.EXT.
///
/// # Errors
/// As [`read`], also its problems.
pub fn read_ext(bytes: &[u8], limits: &Limits) -> Result<Parsed<Records<CorExtEntry>>> {
    let parsed = read_records(bytes, Charset::Utf8, limits, |line| {
        let columns = tabs::<8>(line.text()).ok_or("not eight columns")?;
        let [id, lemma, gloss, pos, ddo_id, trademark, grammar, form] = columns;
        Ok(Content::Entry(CorExtEntry {
            id: id_of(id, [lemma, form])?,
            lemma: lemma.to_owned(),
            gloss: field(gloss),
            pos: field(pos),
            ddo_id: field(ddo_id),
            trademark: field(trademark),
            grammar: grammar.to_owned(),
            form: form.to_owned(),
        }))
    })?;
    Ok(checked(parsed))
}

/// Reads COR.SØGEHJÆLP.
///
/// # Errors
/// As [`read`], also its problems.
pub fn read_search_help(bytes: &[u8], limits: &Limits) -> Result<Parsed<Records<SearchHelp>>> {
    let parsed = read_records(bytes, Charset::Utf8, limits, |line| {
        let [id, lemma, grammar, variant] = tabs::<4>(line.text()).ok_or("not four columns")?;
        Ok(Content::Entry(SearchHelp {
            id: id_of(id, [lemma, variant])?,
            lemma: lemma.to_owned(),
            grammar: grammar.to_owned(),
            variant: variant.to_owned(),
        }))
    })?;
    Ok(checked(parsed))
}

fn id_of(text: &str, needed: [&str; 2]) -> std::result::Result<CorId, &'static str> {
    if needed.iter().any(|f| f.trim().is_empty()) {
        return Err("no lemma or no form");
    }
    CorId::parse(text).ok_or("the first column is no id of COR")
}

/// Reports ids that stand twice.
fn checked<T>(mut parsed: Parsed<Records<T>>) -> Parsed<Records<T>> {
    let ids = parsed.value.entries().map(|(line, _)| (line, first_column(line)));
    report_duplicates(ids, &mut parsed.problems);
    parsed
}

fn first_column(line: &RawLine) -> &str {
    line.text().split('\t').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::write_records;
    use crate::{Code, Place, codes};

    fn places<T>(parsed: &Parsed<T>) -> Vec<(Code, Place)> {
        parsed.problems.iter().map(|p| (p.code, p.place.clone())).collect()
    }

    #[test]
    fn every_norm_of_old_and_new_versions() {
        let text = "COR.00010.400.01\tifølge\t\tfork\tif.\tN\r\nCOR.00010.400.02\tifølge\tet hint\tfork\tifl.\tU\nCOR.1.1.1\ta\t\tsb\ta\tK\nCOR.1.2.1\ta\t\tsb\ta\t1\nCOR.1.3.1\ta\t\tsb\ta\t0\nCOR.1.4.1\ta\t\tsb\ta\tZ\nCOR.1.5.1\ta\t\tsb\ta\n";
        let parsed = read(text.as_bytes(), &Limits::default()).expect("reads");
        assert_eq!(write_records(&parsed.value).expect("writes"), text.as_bytes());
        assert_eq!(parsed.problems, []);
        let norms: Vec<_> = parsed.value.entries().map(|(_, e)| e.norm.clone()).collect();
        let expected =
            [Norm::Normed, Norm::NotNormed, Norm::ProbablyRight, Norm::Normed, Norm::NotNormed].map(Some);
        assert_eq!(norms[..5], expected);
        assert_eq!(norms[5..], [Some(Norm::Other("Z".into())), None]);
        assert_eq!(parsed.value.entries().nth(1).and_then(|(_, e)| e.gloss.as_deref()), Some("et hint"));
    }

    #[test]
    fn the_other_lists_have_their_own_columns() {
        let ext =
            "COR.EXT.100002.110.001\t3D-printer\t\tsubstantiv\t12345678\t\tsb.fk.sg.ubest\t3D-printer\n";
        let parsed = read_ext(ext.as_bytes(), &Limits::default()).expect("reads");
        let (_, entry) = parsed.value.entries().next().expect("one entry");
        assert_eq!((entry.ddo_id.as_deref(), entry.trademark.as_deref()), (Some("12345678"), None));
        assert_eq!(
            (entry.id.lemma_id(), entry.id.to_string()),
            ("COR.EXT.100002".into(), "COR.EXT.100002.110.001".into())
        );
        assert_eq!(read(ext.as_bytes(), &Limits::default()).expect("reads").problems.len(), 1);

        let help = "COR.SOEGEHJAELP.43665.110.01\tdøgn\tsb.itk.sg.ubest\tdøjn\n";
        let parsed = read_search_help(help.as_bytes(), &Limits::default()).expect("reads");
        let (_, entry) = parsed.value.entries().next().expect("one entry");
        assert_eq!((entry.lemma.as_str(), entry.variant.as_str()), ("døgn", "døjn"));
        assert_eq!(entry.id.resource.as_deref(), Some("SOEGEHJAELP"));
    }

    #[test]
    fn bad_ids_and_twice_used_ids_are_reported() {
        let text = "COR.1.1.1\ta\t\tsb\ta\t1\nCOR.1.1.1\ta\t\tsb\tb\t1\nDOR.1.1.2\ta\t\tsb\ta\t1\nCOR.1.1.3\ta\t\tsb\t\t1\n";
        let parsed = read(text.as_bytes(), &Limits::default()).expect("reads");
        let expected = [
            (codes::RULE_LINE, Place::Line(3)),
            (codes::RULE_LINE, Place::Line(4)),
            (codes::RULE_DUPLICATE, Place::Line(2)),
        ];
        assert_eq!(places(&parsed), expected);
        assert_eq!(parsed.value.entries().count(), 2);
        for bad in ["", "COR", "COR.", "COR.EXT", "COR..1", "COR.1.", "COR.1.2.3.4", "COR.1.a", "cor.1"] {
            assert_eq!(CorId::parse(bad), None, "{bad:?}");
        }
        for good in ["COR.1", "COR.1.2", "COR.SØGEHJÆLP.1.2.003", "COR.EXT.100001"] {
            assert_eq!(CorId::parse(good).expect(good).to_string(), good);
        }
    }
}
