//! UniMorph's paradigm files (`dan`): lemma, form and features between tabs.
//!
//! The features are those of the UniMorph schema (Sylak-Glassman 2016; Batsuren et al. 2022), between
//! semicolons: `N;DEF;NOM;SG`. A fourth column, where a file has one, is UniMorph 4.0's segmentation
//! (`hus|et`). Paradigms may be parted by blank lines. Nothing is quoted, and there are no comments.

use super::records::{read_records, tabs};
use super::{Charset, Content, Records};
use crate::{Limits, Parsed, Result};

/// An inflected form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnimorphEntry {
    /// The lemma.
    pub lemma: String,
    /// The inflected form. It may hold spaces.
    pub form: String,
    /// The features as they stand, `N;DEF;NOM;SG`.
    pub features: String,
    /// The form's morphs with `|` between them, where the file has a fourth column.
    pub segmentation: Option<String>,
}

impl UnimorphEntry {
    /// The features one by one; the first is the part of speech. White space around them is left out.
    pub fn feature_list(&self) -> impl Iterator<Item = &str> {
        self.features.split(';').map(str::trim).filter(|f| !f.is_empty())
    }

    /// The entry as a line of a file, without a line ending.
    ///
    /// ```
    /// use sprog_formats::rules::unimorph::UnimorphEntry;
    /// let entry = UnimorphEntry { lemma: "hus".into(), form: "huset".into(), features: "N;DEF;NOM;SG".into(), segmentation: None };
    /// assert_eq!(entry.to_line(), "hus\thuset\tN;DEF;NOM;SG");
    /// ```
    pub fn to_line(&self) -> String {
        let mut line = format!("{}\t{}\t{}", self.lemma, self.form, self.features);
        if let Some(segmentation) = &self.segmentation {
            line.push('\t');
            line.push_str(segmentation);
        }
        line
    }
}

/// Reads a paradigm file.
///
/// Problems: [`codes::RULE_LINE`](crate::codes::RULE_LINE) for a line of another number of columns or
/// without a lemma, form or features.
///
/// # Errors
/// [`Error::Limit`](crate::Error::Limit) past `limits`' bytes, bytes of a line or items (lines).
///
/// ```
/// use sprog_formats::{Limits, rules::{unimorph, write_records}};
/// let bytes = "hus\thuset\tN;DEF;NOM;SG\n".as_bytes();
/// let parsed = unimorph::read(bytes, &Limits::default())?;
/// let (_, entry) = parsed.value.entries().next().expect("one entry");
/// assert_eq!(entry.feature_list().collect::<Vec<_>>(), ["N", "DEF", "NOM", "SG"]);
/// assert_eq!(write_records(&parsed.value)?, bytes);
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Parsed<Records<UnimorphEntry>>> {
    read_records(bytes, Charset::Utf8, limits, |line| {
        let (lemma, form, features, segmentation) = match tabs::<3>(line.text()) {
            Some([lemma, form, features]) => (lemma, form, features, None),
            None => match tabs::<4>(line.text()) {
                Some([lemma, form, features, segments]) => (lemma, form, features, Some(segments.to_owned())),
                None => return Err("not three or four columns"),
            },
        };
        if [lemma, form, features].iter().any(|f| f.trim().is_empty()) {
            return Err("an empty lemma, form or feature list");
        }
        Ok(Content::Entry(UnimorphEntry {
            lemma: lemma.to_owned(),
            form: form.to_owned(),
            features: features.to_owned(),
            segmentation,
        }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::write_records;
    use crate::{Place, codes};

    #[test]
    fn four_columns_blank_lines_and_bad_lines() {
        let text = "gå\tgik\tV;PST\r\n\r\nhus\thuset\tN;DEF; SG\thus|et\nhus\thuse\n\tx\tN\n";
        let parsed = read(text.as_bytes(), &Limits::default()).expect("reads");
        assert_eq!(write_records(&parsed.value).expect("writes"), text.as_bytes());
        let entries: Vec<_> = parsed.value.entries().map(|(l, e)| (l.number, e.clone())).collect();
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[1].0, 3);
        assert_eq!(entries[1].1.segmentation.as_deref(), Some("hus|et"));
        assert_eq!(entries[1].1.feature_list().last(), Some("SG"));
        assert_eq!(entries[1].1.to_line(), "hus\thuset\tN;DEF; SG\thus|et");
        let problems: Vec<_> = parsed.problems.iter().map(|p| (p.code, p.place.clone())).collect();
        assert_eq!(problems, [(codes::RULE_LINE, Place::Line(4)), (codes::RULE_LINE, Place::Line(5))]);
    }
}
