//! The changes between two versions of COR (`COR-1.01b-1.02.cordiff`).
//!
//! Each line is an operation of three capital letters and its operands. `MRG`, `MOV` and `REP` have
//! the new id and the old one, `REP COR.02139.400.01 < COR.02140.400.01`. Of the other operations only
//! the form is known; their operands are kept as one text.

use super::cor::CorId;
use super::records::read_records;
use super::{Charset, Content, Records};
use crate::{Limits, Parsed, Result};

/// A change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorChange {
    /// The operation's three letters: `MRG`, `MOV`, `REP` or another.
    pub operation: String,
    /// The id that the line is about; the new one where there are two.
    pub id: Option<CorId>,
    /// The old id, after `<`.
    pub old: Option<CorId>,
    /// What stands after the operation, as it stands.
    pub operands: String,
}

/// Reads a file of changes.
///
/// Problems: [`codes::RULE_LINE`](crate::codes::RULE_LINE) for a line that does not start with an
/// operation, or with `<` between anything but two ids. Lines that start with `#` are comments.
///
/// # Errors
/// [`Error::Limit`](crate::Error::Limit) past `limits`' bytes, bytes of a line or items (lines).
///
/// ```
/// use sprog_formats::{Limits, rules::{cordiff, write_records}};
/// let bytes = b"MRG COR.02139.400.01 < COR.02140.400.01\n";
/// let parsed = cordiff::read(bytes, &Limits::default())?;
/// let (_, change) = parsed.value.entries().next().expect("one change");
/// assert_eq!(change.operation, "MRG");
/// assert_eq!(change.old.as_ref().map(|id| id.lemma.as_str()), Some("02140"));
/// assert_eq!(write_records(&parsed.value)?, bytes);
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Parsed<Records<CorChange>>> {
    read_records(bytes, Charset::Utf8, limits, |line| {
        let text = line.text();
        if text.starts_with('#') {
            return Ok(Content::Comment);
        }
        let (operation, rest) = text.split_at_checked(3).ok_or("no operation of three letters")?;
        if !operation.bytes().all(|b| b.is_ascii_uppercase()) || !rest.starts_with([' ', '\t']) {
            return Err("no operation of three letters");
        }
        let operands = rest.trim();
        let (id, old) = match operands.split_once(" < ") {
            Some((new, old)) => {
                let ids = (CorId::parse(new.trim()), CorId::parse(old.trim()));
                let (Some(new), Some(old)) = ids else { return Err("no two ids around <") };
                (Some(new), Some(old))
            }
            None => (operands.split_whitespace().next().and_then(CorId::parse), None),
        };
        let (operation, operands) = (operation.to_owned(), operands.to_owned());
        Ok(Content::Entry(CorChange { operation, id, old, operands }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::write_records;
    use crate::{Place, codes};

    #[test]
    fn known_and_unknown_operations() {
        let text = "# 1.01b\nMOV COR.1.2.01 < COR.3.2.01\nDEL COR.7.110.01\nADD\tCOR.8.1.1\tordet\nXYZ et eller andet\nrep a < b\nREP a < b\nREP\nød\n";
        let parsed = read(text.as_bytes(), &Limits::default()).expect("reads");
        assert_eq!(write_records(&parsed.value).expect("writes"), text.as_bytes());
        let seen: Vec<_> = parsed
            .value
            .entries()
            .map(|(l, c)| (l.number, c.operation.as_str(), c.id.as_ref().map(|i| i.lemma.as_str())))
            .collect();
        let expected =
            [(2, "MOV", Some("1")), (3, "DEL", Some("7")), (4, "ADD", Some("8")), (5, "XYZ", None)];
        assert_eq!(seen, expected);
        let places: Vec<_> = parsed.problems.iter().map(|p| (p.code, p.place.clone())).collect();
        assert_eq!(places, [6, 7, 8, 9].map(|n| (codes::RULE_LINE, Place::Line(n))));
    }
}
